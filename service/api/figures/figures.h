/* Inside api/: a question for figures, and how its answer is written. */
#pragma once

#include "api/frame/window.h"
#include "congvu/view_figures.h"

/* Figures of another day, from the snapshots; or of the period before, counted as this one is. */
struct api_past {
    cv_day day;         /* asked for; CV_NO_DAY = the live figures, or no comparison */
    bool period_before; /* by its name */
    bool found;
    bool other_window;  /* its use is of another window, so it is not set against this one */
    cv_day snapshot_on; /* CV_NO_DAY = not from a snapshot */
    struct view_coverage figures;
    size_t *cursor; /* row that was looked at last: both answers are in tree order */
};
struct api_figures {
    struct view_coverage_query view;
    const char *unit; /* as sent, or NULL */
    struct api_past as_of, compare;
    struct api_window window;
    bool declared;          /* basis */
    bool targets;           /* rows show their target and band */
    bool use_first;         /* order of the members */
    const char *categories; /* as sent, or NULL */
    const char *slugs[DOM_SYSTEMS_MAX];
};

/* Are unrecorded and over_recorded known? Of some categories only where somebody declared them; of everybody they leave
 * out who declared nothing, and `undeclared` says so. */
static inline bool api_gap_known(const struct api_figures *question, const struct view_coverage_row *row)
{
    return !row->not_recorded_yet && (question->view.categories == 0 || dom_counts_declared(&row->counts));
}

/* as_of.c: as_of and compare; faults go to x->faults. After the window and the categories. */
void api_read_past(struct htp_exchange *x, struct api_figures *question);
/* The figures of as_of. */
bool api_find_past(struct htp_exchange *x, struct api_figures *question, struct view_coverage *out,
                   struct cv_error *err);
/* The period ended before facts were kept with their days. */
bool api_reconstructed(const struct htp_exchange *x, const struct api_figures *question);
/* Of such a period: what nobody knows by the records, as the snapshot of its last day has it for just as many. */
bool api_take_kept(struct htp_exchange *x, const struct api_figures *question, struct view_coverage *io,
                   struct cv_error *err);
/* Those that `now` is compared with; none found is no failure. */
bool api_find_previous(struct htp_exchange *x, struct api_figures *question, const struct view_coverage *now,
                       struct cv_error *err);
/* "previous" and "delta" of a row. */
void api_write_previous(struct htp_exchange *x, const struct api_figures *question,
                        const struct view_coverage_row *row);
/* The unit that a question for figures is about: `unit`, or the top of what the caller may see. */
bool api_figures_unit(struct htp_exchange *x, struct cv_id *out, struct cv_error *err);

/* targets.c: "target" and "band" of a row. */
void api_write_row_target(struct htp_exchange *x, const struct api_figures *question,
                          const struct view_coverage_row *row);

/* figures_table.c: the rows as CSV or XLSX, and the name of the file. */
struct api_file;
bool api_figures_file(struct htp_exchange *x, const struct api_file *file, const struct api_figures *question,
                      const struct view_coverage *coverage, struct cv_buf *out, struct cv_error *err);

/* figures_json.c: the whole answer. */
void api_write_figures(struct htp_exchange *x, const struct api_figures *question,
                       const struct view_coverage *coverage);
