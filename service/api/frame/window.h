/* Inside api/: the days that use is counted in, as parameters of a question. */
#pragma once

#include "api/internal.h"
#include "congvu/period.h"

struct api_window {
    bool given;
    int length; /* of a window that ends today; 0 = a period */
    struct dom_period period;
    struct view_window days;
};
/* window, or period and calendar; faults go to x->faults. */
void api_read_window(struct htp_exchange *x, struct api_window *out);
/* As parameters of a link: "window=P30D", "period=2026-11&calendar=admin". */
const char *api_window_query(struct htp_exchange *x, const struct api_window *window);
/* Member `warnings` of an answer to a change that holds from a day that is over: the periods that it changes. Nothing
 * without a day, or when no period has ended since. */
void api_write_touched(struct htp_exchange *x, cv_day from);
/* The same, into `warnings` that are open. */
void api_write_touched_item(struct htp_exchange *x, cv_day from);
/* A parameter that cannot be; `code` static. */
void api_query_fault(struct htp_exchange *x, const char *name, const char *code, const char *vi, const char *en);
