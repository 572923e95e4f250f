/* Words for people of what the JSON names by enum words: in files that somebody opens in a spreadsheet.
 *
 * Story of use. cells[STATUS] = rep_text(rep_status_title(person->status, CV_VI)) is "Đang công tác", never "active".
 *
 * Thread: any; the texts are constants unless they lie in an arena. The argument is a value of the enum, not its count.
 */
#pragma once

#include "congvu/account.h"
#include "congvu/departure.h"
#include "congvu/record.h"
#include "congvu/staff.h"

const char *rep_category_title(enum dom_category category, enum cv_lang lang);
/* Of a set (bit i is category i), in the arena: "công chức, viên chức"; and, behind a title, " (chỉ tính công chức)". 0
 * is all of them: "". */
const char *rep_categories_text(uint32_t categories, enum cv_lang lang, struct cv_arena *arena);
const char *rep_only_text(uint32_t categories, enum cv_lang lang, struct cv_arena *arena);
const char *rep_status_title(enum dom_status status, enum cv_lang lang);
const char *rep_account_title(enum dom_observed observed, enum cv_lang lang);
/* Of a word of dom_lock_reason_words; another word is its own title. */
const char *rep_lock_title(const char *reason, enum cv_lang lang);
/* Of a departure, inside a sentence: "nghỉ hưu". */
const char *rep_reason_title(enum dom_reason reason, enum cv_lang lang);
