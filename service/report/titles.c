/* Words for people of the enums, Vietnamese and English. */
#include "congvu/titles.h"

const char *rep_category_title(enum dom_category category, enum cv_lang lang)
{
    static const char *const titles[DOM_CATEGORIES][CV_LANGS] = {
        [DOM_CAN_BO] = {"Cán bộ", "Cadre"},
        [DOM_CONG_CHUC] = {"Công chức", "Civil servant"},
        [DOM_VIEN_CHUC] = {"Viên chức", "Public employee"},
        [DOM_NLD_HOP_DONG] = {"Lao động hợp đồng", "Contract staff"},
        [DOM_LUC_LUONG_VU_TRANG] = {"Lực lượng vũ trang", "Armed forces"},
        [DOM_KHONG_CHUYEN_TRACH] = {"Người hoạt động không chuyên trách", "Part-time commune staff"},
    };
    return titles[category][lang];
}

const char *rep_categories_text(uint32_t categories, enum cv_lang lang, struct cv_arena *arena)
{
    const char *out = "";
    for (int c = 0; c < DOM_CATEGORIES; c++) {
        if (!(categories >> c & 1u))
            continue;
        const char *title = rep_category_title((enum dom_category)c, lang); /* all of them begin with an ASCII letter */
        out = cv_arena_printf(arena, "%s%s%c%s", out, *out != '\0' ? ", " : "", *title | 0x20, title + 1);
    }
    return out;
}

const char *rep_only_text(uint32_t categories, enum cv_lang lang, struct cv_arena *arena)
{
    return categories == 0 ? ""
                           : cv_arena_printf(arena, lang == CV_EN ? " (only: %s)" : " (chỉ tính %s)",
                                             rep_categories_text(categories, lang, arena));
}

const char *rep_status_title(enum dom_status status, enum cv_lang lang)
{
    static const char *const titles[DOM_STATUSES][CV_LANGS] = {
        [DOM_PENDING] = {"Chưa đến ngày nhận việc", "Not yet begun"},
        [DOM_ACTIVE] = {"Đang công tác", "In service"},
        [DOM_ON_LEAVE] = {"Đang nghỉ", "On leave"},
        [DOM_DEPARTING] = {"Sắp kết thúc công tác", "Leaving"},
        [DOM_DEPARTED] = {"Đã kết thúc công tác", "Left"},
    };
    return titles[status][lang];
}

const char *rep_account_title(enum dom_observed observed, enum cv_lang lang)
{
    static const char *const titles[DOM_OBSERVEDS][CV_LANGS] = {
        [DOM_REQUESTED] = {"Chờ xử lý", "Pending"},
        [DOM_PROVISIONED] = {"Đã cấp, chưa kích hoạt", "Issued, not activated"},
        [DOM_OBS_ACTIVE] = {"Đang hoạt động", "Active"},
        [DOM_TEMP_LOCKED] = {"Tạm khóa", "Temporarily locked"},
        [DOM_OBS_CLOSED] = {"Đã khóa (chờ thu hồi)", "Closed"},
        [DOM_OBS_REVOKED] = {"Đã thu hồi", "Revoked"},
        [DOM_MIGRATING] = {"Đang chuyển đổi", "Migrating"},
    };
    return titles[observed][lang];
}

const char *rep_lock_title(const char *reason, enum cv_lang lang)
{
    static const char *const titles[DOM_LOCK_REASONS][CV_LANGS] = {
        [DOM_LOCK_DEFAULT_PASSWORD] = {"Còn mật khẩu ban đầu", "Initial password not changed"},
        [DOM_LOCK_INACTIVITY] = {"Lâu không dùng", "Not used for long"},
        [DOM_LOCK_WRONG_PASSWORD] = {"Nhập sai mật khẩu nhiều lần", "Wrong password many times"},
        [DOM_LOCK_COMPROMISED] = {"Nghi bị lộ, bị chiếm", "Perhaps in other hands"},
        [DOM_LOCK_VIOLATION] = {"Vi phạm quy định", "Against the rules"},
        [DOM_LOCK_LEAVE] = {"Nghỉ dài ngày", "Long leave"},
        [DOM_LOCK_SUSPENDED] = {"Đình chỉ công tác", "Suspended from work"},
        [DOM_LOCK_LEAVER_PENDING] = {"Sắp nghỉ, chuyển đi", "About to leave"},
        [DOM_LOCK_OTHER] = {"Lý do khác", "Another reason"},
    };
    int i = dom_word_index(dom_lock_reason_words, reason);
    return i >= 0 ? titles[i][lang] : reason;
}

const char *rep_reason_title(enum dom_reason reason, enum cv_lang lang)
{
    static const char *const titles[DOM_REASONS][CV_LANGS] = {
        [DOM_NGHI_HUU] = {"nghỉ hưu", "retirement"},
        [DOM_THOI_VIEC] = {"thôi việc", "resignation"},
        [DOM_CHUYEN_CONG_TAC] = {"chuyển công tác", "moved elsewhere"},
        [DOM_TU_TRAN] = {"từ trần", "death"},
        [DOM_BUOC_THOI_VIEC] = {"buộc thôi việc", "dismissal"},
        [DOM_HET_HOP_DONG] = {"hết hợp đồng", "end of contract"},
        [DOM_HET_NHIEM_KY] = {"hết nhiệm kỳ", "end of term"},
        [DOM_TINH_GIAN_BIEN_CHE] = {"tinh giản biên chế", "downsizing"},
        [DOM_GIAI_THE] = {"giải thể đơn vị", "unit dissolved"},
        [DOM_KHAC] = {"lý do khác", "another reason"},
    };
    return titles[reason][lang];
}
