/* Inside api/: a list of people, or of accounts, as CSV or XLSX. */
#pragma once

#include "api/internal.h"

/* Answers the whole list. False + *err: nothing is answered yet. */
bool api_reply_staff_file(struct htp_exchange *x, struct view_staff_query *q, size_t *out_count, struct cv_error *err);
bool api_reply_account_file(struct htp_exchange *x, struct view_account_query *q, size_t *out_count,
                            struct cv_error *err);
