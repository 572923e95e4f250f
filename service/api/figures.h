/* Inside api/: a question for figures, and how its answer is written. */
#pragma once

#include "api/internal.h"
#include "congvu/period.h"

#define API_DEFINITION "coverage-1" /* version of the rules of counting */

/* window.c: the days that use is counted in. */
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

struct api_figures {
    struct view_coverage_query view;
    struct api_window window;
    bool declared;          /* basis */
    bool use_first;         /* order of the members */
    const char *categories; /* as sent, or NULL */
    const char *slugs[DOM_SYSTEMS_MAX];
};

/* figures_json.c: the whole answer. */
void api_write_figures(struct htp_exchange *x, const struct api_figures *question,
                       const struct view_coverage *coverage);
