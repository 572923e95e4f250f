/* Words for people of what the JSON names by enum words: in files that somebody opens in a spreadsheet.
 *
 * Story of use. cells[STATUS] = rep_text(rep_status_title(person->status, CV_VI)) is "Đang công tác", never "active".
 *
 * Thread: any; the texts are constants. The argument is a value of the enum, not its count. */
#pragma once

#include "congvu/account.h"
#include "congvu/record.h"
#include "congvu/staff.h"

const char *rep_category_title(enum dom_category category, enum cv_lang lang);
const char *rep_status_title(enum dom_status status, enum cv_lang lang);
const char *rep_account_title(enum dom_observed observed, enum cv_lang lang);
