/* Inside reporting/: freezing and keeping reports. */
#pragma once

#include "congvu/prov_report.h"
#include "congvu/view_figures.h"
#include "provision/internal.h"

#define REPORT_FOLDER "reports"
enum { REPORT_NAME = 48 };
/* Ids of reports sort the newest first: the first bytes say when. */
void prov_report_sort_id(struct cv_id *id, cv_moment at);

/* ---- freeze.c: the question, answered once ---- */
struct prov_freeze {
    struct prov_call *call;
    struct view_unit unit;
    struct view_coverage coverage;
    struct view_window window; /* what was counted: the period, not beyond today */
    bool declared;             /* as the report's */
    struct prov_systems systems;
};
/* Fills what is frozen of *out from the question in it: kind, unit, from, to, basis, systems' slugs in sheets,
 * indicators without figures. `accept` lets data pass that do not reach the end. *out_list = the closing-day list of a
 * draft. */
bool prov_freeze(struct prov_call *call, struct rep_report *out, bool accept, const char **out_list,
                 struct cv_error *err);
/* A draft again: with a list only its figures of use change; without one everything does. */
bool prov_refreeze(struct prov_call *call, struct rep_report *r, bool accept, const char **list, struct cv_error *err);
/* ---- question.c ---- the unit and the days of it; then as the view takes it */
bool prov_freeze_begin(struct prov_freeze *f, const struct rep_report *r, struct cv_error *err);
struct view_coverage_query prov_freeze_query(const struct prov_freeze *f, const struct rep_report *r,
                                             const char *slugs[DOM_SYSTEMS_MAX]);
/* A line of the answer as it is kept. */
struct rep_row prov_freeze_row(const struct prov_freeze *f, const struct view_coverage_row *from);

/* Faults of the kind and its lines, whoever asks: a schedule is refused what freezing would refuse. */
void prov_report_judge_kind(struct prov_call *call, enum rep_kind kind, const struct rep_indicator *lines,
                            size_t count);

/* ---- systems.c ---- */
/* A sheet for each system that people of the unit must have or have, mail first, then by how many. */
bool prov_usual_systems(struct prov_call *call, const struct prov_systems *all, struct rep_report *r,
                        struct cv_error *err);

/* ---- closing.c ---- */
/* *out_agrees: whom it holds are those whom the figures count; people change while both are read. */
bool prov_closing_list(const struct prov_freeze *f, struct rep_report *r, const char **out, bool *out_agrees,
                       struct cv_error *err);
/* Counts the use of the list's people again, from r->from to `to`. */
bool prov_closing_recount(struct prov_call *call, struct rep_report *r, cv_day to, const char *list,
                          struct cv_error *err);

/* ---- compare.c ---- */
/* Figures of the days before, each sheet by itself: of the last final report that has just these days, else counted
 * now; given = false where neither can be. */
bool prov_compare(struct prov_call *call, struct rep_report *r, cv_day from, cv_day to, struct cv_error *err);
/* What makes the difference, in every sheet that is compared; behind its figures. */
void prov_freeze_causes(const struct prov_freeze *f, struct rep_report *r);

/* ---- levers.c ---- */
/* Counts who left the base by a change of category, who is on long leave without a decision, and who must have it where
 * nothing was declared, in every sheet. */
bool prov_freeze_levers(const struct prov_freeze *f, struct rep_report *r, struct cv_error *err);

/* ---- lists.c: what is counted or listed account by account ---- */
/* The line that counts people of this unit, in the tree of the last day counted; NULL = the total alone. A unit that is
 * broken down gets a line for its own people: the lines behind it move on by one. */
struct rep_row *prov_freeze_line(const struct prov_freeze *f, struct rep_sheet *sheet, struct cv_id unit);
bool prov_freeze_revoked(const struct prov_freeze *f, const struct rep_report *r, struct rep_sheet *sheet,
                         struct cv_error *err);
bool prov_freeze_people(const struct prov_freeze *f, const struct rep_report *r, struct rep_sheet *sheet,
                        struct cv_error *err);

/* ---- store.c: one document: the paper, the canonical figures, the closing-day list; a line each ---- */
struct prov_kept {
    struct prov_report report;
    struct dir_document document;
    const char *list; /* closing-day list, "" = none */
};
bool prov_kept_bytes(struct prov_call *call, struct prov_report *report, const char *list, const char **out_bytes,
                     size_t *out_len, struct cv_error *err);
bool prov_kept_take(struct prov_call *call, const struct dir_document *document, struct prov_kept *out,
                    struct cv_error *err);
/* By id, inside the caller's reach. */
bool prov_kept_read(struct prov_call *call, const char *id, struct prov_kept *out, struct cv_error *err);
bool prov_kept_visible(const struct prov_call *call, const struct rep_report *r);
const char *prov_report_name(struct cv_arena *arena, const char *base, int revision);
/* The last final report of the same question over these days, its corrections before it; given = false when there is
 * none. */
bool prov_freeze_previous(struct prov_call *call, struct rep_report *r, cv_day from, cv_day to, struct cv_error *err);
