/* The words of the paper, Vietnamese and English. */
#include <string.h>

#include "congvu/account.h"
#include "congvu/titles.h"
#include "report/internal.h"

const char *rep_name(const char *const name[CV_LANGS], enum cv_lang lang)
{
    const char *own = name[lang], *other = name[lang == CV_EN ? CV_VI : CV_EN];
    if (own != NULL && *own != '\0')
        return own;
    return other != NULL ? other : "";
}

const char *rep_date(struct cv_arena *arena, cv_day d)
{
    char out[CV_DAY_TEXT];
    return d == CV_NO_DAY ? "–" : cv_arena_strdup(arena, cv_day_people(d, out));
}

const char *rep_unknown(enum cv_lang lang)
{
    return REP_SAY(lang, "chưa xác định", "unknown");
}

const char *rep_not_recorded_text(enum cv_lang lang)
{
    return REP_SAY(lang, "được đưa vào hệ thống sau kỳ báo cáo nên chưa xác định được số liệu",
                   "written down here after the period, so its figures are unknown");
}

const char *rep_group_title(enum rep_group group, enum cv_lang lang)
{
    static const char *const titles[REP_GROUPS][CV_LANGS] = {
        [REP_PARTY] = {"Khối Đảng, Mặt trận, đoàn thể", "Party, Fatherland Front and mass organisations"},
        [REP_OFFICES] = {"Cơ quan chuyên môn", "Specialised offices"},
        [REP_COMMUNES] = {"UBND xã, phường, đặc khu", "Commune and ward People's Committees"},
        [REP_SERVICES] = {"Đơn vị sự nghiệp, trường học", "Public-service units and schools"},
    };
    return titles[group][lang];
}

const char *rep_stage_title(enum rep_stage stage, enum cv_lang lang)
{
    static const char *const titles[REP_STAGES][CV_LANGS] = {
        [REP_NOT_ISSUED] = {"Chưa được cấp", "Not issued"},
        [REP_NOT_ACTIVATED] = {"Đã cấp, chưa kích hoạt", "Issued, not activated"},
        [REP_NEVER_USED] = {"Chưa từng sử dụng", "Never used"},
        [REP_NOT_USED] = {"Không sử dụng trong kỳ", "Not used in the period"},
        [REP_IS_LOCKED] = {"Tạm khóa", "Temporarily locked"},
    };
    return titles[stage][lang];
}

const char *rep_beyond_text(const struct rep_counts *c, enum cv_lang lang, struct cv_arena *arena)
{
    if (c->issued_beyond <= 0)
        return "";
    return cv_arena_printf(arena,
                           REP_SAY(lang,
                                   " Ngoài ra đã cấp cho %s người không thuộc diện phải cấp, không tính vào tỷ lệ.",
                                   " Also issued to %s people who need not have it, in no rate."),
                           rep_number(arena, lang, c->issued_beyond));
}

/* The rate without leaving anybody out stands beside the one that does. */
const char *rep_undeducted_text(int32_t a, const struct rep_counts *c, enum cv_lang lang, struct cv_arena *arena)
{
    int32_t away = rep_lever_people(c, REP_LEAVE_DEDUCTED);
    if (away == 0 || a == REP_NONE || c->base <= 0)
        return "";
    return cv_arena_printf(arena,
                           REP_SAY(lang, "; nếu không trừ %s người nghỉ dài ngày thì đạt %s%% (%s/%s)",
                                   "; without leaving out %s people on long leave %s%% (%s/%s)"),
                           rep_number(arena, lang, away), rep_decimal(arena, lang, rep_percent_of(a, c->base)),
                           rep_number(arena, lang, a), rep_number(arena, lang, c->base));
}

const char *rep_period_name(const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena)
{
    const char *name = rep_name(r->period_name, lang);
    if (*name == '\0' || !r->cumulative)
        return name;
    return cv_arena_printf(arena, REP_SAY(lang, "%s, lũy kế từ đầu năm", "%s, cumulative from the start of the year"),
                           name);
}

const char *rep_period_text(const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena)
{
    const char *name = rep_period_name(r, lang, arena);
    const char *dates = cv_arena_printf(arena, REP_SAY(lang, "từ ngày %s đến ngày %s", "from %s to %s"),
                                        rep_date(arena, r->from), rep_date(arena, r->to));
    return *name != '\0' ? cv_arena_printf(arena, "%s (%s)", name, dates) : dates;
}

/* The systems by name: "hộp thư điện tử công vụ, TD.Office". */
static const char *subjects(const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena)
{
    const char *out = "";
    for (size_t i = 0; i < r->sheet_count; i++)
        out = cv_arena_printf(arena, "%s%s%s", out, i > 0 ? ", " : "", rep_name(r->sheets[i].name, lang));
    return out;
}

const char *rep_report_title(const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena)
{
    static const char *const titles[REP_KINDS][CV_LANGS] = {
        [REP_COVERAGE] = {"Tình hình cấp và sử dụng %s", "Issue and use of %s"},
        [REP_LOCKED] = {"Danh sách tài khoản tạm khóa: %s", "Temporarily locked accounts: %s"},
        [REP_UNUSED] = {"Danh sách chưa cấp, chưa kích hoạt, chưa sử dụng: %s",
                        "Accounts not issued, not activated, not used: %s"},
        [REP_INDICATORS] = {"Kết quả các chỉ số về sử dụng %s", "Scores for the use of %s"},
    };
    static const char mark[] = "%s";
    const char *form = titles[r->kind][lang], *at = strstr(form, mark);
    return cv_arena_printf(arena, "%.*s%s%s%s", (int)(at - form), form, subjects(r, lang, arena), at + strlen(mark),
                           rep_only_text(r->categories, lang, arena));
}

const char *rep_sheet_title(const struct rep_report *r, const struct rep_sheet *s, enum cv_lang lang,
                            struct cv_arena *arena)
{
    struct rep_report one = *r;
    struct rep_sheet only = *s;
    one.sheets = &only;
    one.sheet_count = 1;
    return rep_report_title(&one, lang, arena);
}

const char *rep_unit_text(const char *name, const char *code, bool twice, struct cv_arena *arena)
{
    return twice && code != NULL ? cv_arena_printf(arena, "%s (%s)", name, code) : name;
}

/* Two communes have a school of one name each. */
static bool is_twice(const struct rep_sheet *s, const struct rep_row *row, enum cv_lang lang)
{
    bool twice = false;
    for (size_t i = 0; i < s->row_count; i++)
        twice |= strcmp(s->rows[i].unit, row->unit) != 0 &&
                 strcmp(rep_name(s->rows[i].name, lang), rep_name(row->name, lang)) == 0;
    return twice;
}

const char *rep_row_name(const struct rep_sheet *s, const struct rep_row *row, enum cv_lang lang,
                         struct cv_arena *arena)
{
    if (rep_row_is_top(s, row))
        return REP_SAY(lang, "Trực thuộc trực tiếp", "Directly in the unit");
    const char *name = rep_unit_text(rep_name(row->name, lang), row->code, is_twice(s, row, lang), arena);
    return row->kind != REP_ROW_OWN
               ? name
               : cv_arena_printf(arena, REP_SAY(lang, "%s (trực thuộc trực tiếp)", "%s (directly)"), name);
}
