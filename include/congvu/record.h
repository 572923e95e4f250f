/* What every record of the field has: limits, decisions, idempotency keys, categories, words.
 *
 * Story of use. Records are plain data whose strings live in an arena; copying a struct is shallow. A use case reads
 * one, lets the rules of its subject (staff.h, unit.h, account.h, ...) change or judge a copy, and saves it. Codes of
 * enums have one table of words each, the same words in JSON and in the directory: each list ends with NULL, index =
 * enum value.
 *
 * Thread: plain data and pure functions, any thread. No directory, no HTTP, no clock of their own (the moment is always
 * an argument). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "congvu/clock.h"
#include "congvu/error.h"
#include "congvu/json.h"
#include "congvu/memory.h"
#include "congvu/secret.h"

enum {
    DOM_SYSTEMS_MAX = 16,
    DOM_POSTS_MAX = 8,       /* in force or to come */
    DOM_POSTS_KEPT_MAX = 16, /* with those that have ended */
    DOM_LEAVES_MAX = 24,
    DOM_PAST_MAX = 24,  /* former values that are kept, oldest first to go */
    DOM_SPANS_MAX = 12, /* of one account */
    DOM_NAMES_MAX = 64, /* addresses and logins a person ever held */
    DOM_CODES_MAX = 16,
    DOM_RULES_MAX = 16,
    DOM_DEPARTURES_MAX = 16,
    DOM_HEADCOUNTS_MAX = 400,
    DOM_HOLDS_MAX = 16, /* unit mailboxes of one person, people of one unit mailbox */
    DOM_SLUG_MAX = 32,
    DOM_CODE_MAX = 35,
};

struct dom_decision {
    const char *number;
    cv_day signed_on, effective_on;
}; /* number NULL = none */

struct dom_idempotency {
    const char *key, *body;
    cv_moment at;
}; /* digests; key NULL = none */

enum dom_category {
    DOM_CAN_BO,
    DOM_CONG_CHUC,
    DOM_VIEN_CHUC,
    DOM_NLD_HOP_DONG,
    DOM_LUC_LUONG_VU_TRANG,
    DOM_KHONG_CHUYEN_TRACH,
    DOM_CATEGORIES
};

extern const char *const dom_category_words[]; /* can_bo cong_chuc vien_chuc nld_hop_dong luc_luong_vu_trang
                                                  nguoi_hoat_dong_khong_chuyen_trach */
/* Index of a word, or -1. */
int dom_word_index(const char *const *words, const char *word);
