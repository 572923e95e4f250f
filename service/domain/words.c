/* Words of the enums, the same in JSON and in the directory. */
#include <string.h>

#include "congvu/brake.h"
#include "congvu/connector.h"
#include "congvu/role.h"
#include "congvu/staff.h"
#include "congvu/system.h"
#include "congvu/token.h"

const char *const dom_unit_kind_words[] = {"so_nganh", "ubnd_huyen", "phong",     "ubnd_xa",    "dang",
                                           "mat_tran", "doan_the",   "su_nghiep", "truong_hoc", NULL};
const char *const dom_block_words[] = {"chinh_quyen", "dang_doan_the", NULL};
const char *const dom_category_words[] = {
    "can_bo", "cong_chuc", "vien_chuc", "nld_hop_dong", "luc_luong_vu_trang", "nguoi_hoat_dong_khong_chuyen_trach",
    NULL};
const char *const dom_post_kind_words[] = {"chinh_thuc", "kiem_nhiem", "biet_phai", NULL};
const char *const dom_role_words[] = {"site_admin", "unit_admin", "unit_hr", "unit_head", "clerk", "inspector", NULL};
const char *const dom_status_words[] = {"pending", "active", "on_leave", "departing", "departed", NULL};
const char *const dom_desired_words[] = {"present", "locked", "closed", "revoked", NULL};
const char *const dom_observed_words[] = {"requested", "provisioned", "active",    "temp_locked",
                                          "closed",    "revoked",     "migrating", NULL};
const char *const dom_system_kind_words[] = {"directory", "connector", "manual", NULL};
const char *const dom_departure_state_words[] = {"scheduled", "in_progress", "done", "failed",
                                                 "held",      "withdrawn",   NULL};
const char *const dom_reason_words[] = {"nghi_huu",
                                        "thoi_viec",
                                        "chuyen_cong_tac",
                                        "tu_tran",
                                        "buoc_thoi_viec",
                                        "het_hop_dong",
                                        "het_nhiem_ky",
                                        "tinh_gian_bien_che",
                                        "giai_the",
                                        "khac",
                                        NULL};
const char *const dom_lock_reason_words[] = {
    "default_password", "inactivity",     "wrong_password", "compromised", "violation", "leave",
    "suspended",        "leaver_pending", "other",          NULL};
const char *const dom_stand_words[] = {"issued", "active", "locked", "inactivity", NULL};
const char *const dom_cause_words[] = {"hand", "compromise", "transfer", "departure", "departure_locked", NULL};
const char *const dom_leave_kind_words[] = {"thai_san", "khong_luong", "di_hoc", "om_dau", "khac", NULL};
const char *const dom_brake_kind_words[] = {"ordinary", "lock", "dismissal", "opened", NULL};
const char *const dom_scope_words[] = {"staff:read",     "staff:write",
                                       "accounts:write", "departures:write",
                                       "brake:release",  "units:read",
                                       "units:write",    "systems:write",
                                       "coverage:read",  "tokens:write",
                                       "usage:write",    "reports:write",
                                       "audit:read",     NULL};

const char *const dom_fact_words[] = {"full_name", "birth_year", "category", "mobile", "posts", "title", "leave", NULL};

const char *const dom_precision_words[] = {"by_day", "last_only", NULL};

/* A word more or less than the enum has would shift every code after it. */
#define SAME_LENGTH(words, count)                                                                                      \
    _Static_assert(CV_COUNT(words) == (size_t)(count) + 1, #words " differs from its enum")
SAME_LENGTH(dom_fact_words, DOM_FACTS);
SAME_LENGTH(dom_unit_kind_words, DOM_UNIT_KINDS);
SAME_LENGTH(dom_block_words, DOM_BLOCKS);
SAME_LENGTH(dom_category_words, DOM_CATEGORIES);
SAME_LENGTH(dom_post_kind_words, DOM_POST_KINDS);
SAME_LENGTH(dom_status_words, DOM_STATUSES);
SAME_LENGTH(dom_desired_words, DOM_DESIREDS);
SAME_LENGTH(dom_observed_words, DOM_OBSERVEDS);
SAME_LENGTH(dom_stand_words, DOM_STANDS);
SAME_LENGTH(dom_system_kind_words, DOM_SYSTEM_KINDS);
SAME_LENGTH(dom_departure_state_words, DOM_DEPARTURE_STATES);
SAME_LENGTH(dom_reason_words, DOM_REASONS);
SAME_LENGTH(dom_lock_reason_words, DOM_LOCK_REASONS);
SAME_LENGTH(dom_cause_words, DOM_CAUSES);
SAME_LENGTH(dom_leave_kind_words, DOM_LEAVE_KINDS);
SAME_LENGTH(dom_brake_kind_words, DOM_BRAKE_KINDS);
SAME_LENGTH(dom_precision_words, DOM_PRECISIONS);
_Static_assert(DOM_ALL_SCOPES == (1 << (CV_COUNT(dom_scope_words) - 1)) - 1,
               "dom_scope_words differs from enum dom_scope");

int dom_word_index(const char *const *words, const char *word)
{
    if (!word)
        return -1;
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}
const char *const dom_field_words[] = {"id",          "login",       "active",     "staff_code", "full_name",
                                       "family_name", "middle_name", "given_name", "address",    "mobile",
                                       "title",       "unit_name",   "unit_code",  "category",   NULL};
