/* Use cases of frozen reports: freeze, change a draft, make it final, correct, find again.
 *
 * Story of use. As in provision.h: a handler fills a prov_call and an input and calls one use case. Freezing asks the
 * view once and keeps everything that a reader will see in one document of the directory; every later reading is made
 * from that document alone. A report is known by "rep_" + 26 signs that sort the newest first, its corrections by the
 * same with ".2", ".3" ... behind it.
 *
 *     if (!prov_report_create(&call, &input, &report, err)) return htp_problem(x, err, call.faults);
 *
 * Reports of units outside call->scope do not exist: report_not_found.
 *
 * Thread: a prov_call belongs to one thread. Memory: results live in call->arena. */
#pragma once

#include "congvu/period.h"
#include "congvu/provision.h"
#include "congvu/report.h"

enum { PROV_REPORT_DEPTH = 8 };
struct prov_report_input {
    enum rep_kind kind;
    const char *unit; /* id or code; NULL = the top of the caller's subtree */
    const char **systems;
    size_t system_count; /* 0 = all that somebody must have */
    bool has_period;
    struct dom_period period;
    cv_day from, to; /* without a period; CV_NO_DAY = not given */
    bool cumulative, compare, declared, accept_incomplete;
    uint32_t categories; /* bits of dom_category; 0 = all */
    int depth;           /* levels of units that get lines of their own, 1 to PROV_REPORT_DEPTH */
    const char *number, *comment;
    enum rep_state state;
    struct rep_indicator *indicators; /* a and b are filled in */
    size_t indicator_count;
    const char *id, *made_by; /* of what is made by itself; NULL = a new id, the caller */
};
struct prov_report_patch {
    struct prov_text number, comment;
    bool refreeze, accept_incomplete, final;
};
struct prov_report {
    struct rep_report report;
    const char *figures; /* the canonical JSON */
    size_t figures_len;
    char figures_hash[REP_HASH_TEXT]; /* of it; that of the whole paper is report.hash */
    const char *superseded_by;        /* id of its correction, or NULL; not told in lists */
    int64_t revision;                 /* of the document: its ETag */
    enum prov_outcome outcome;
};
bool prov_report_create(struct prov_call *call, const struct prov_report_input *in, struct prov_report *out,
                        struct cv_error *err);
/* The same question as that of the final report `id`, frozen anew as the next revision. */
bool prov_report_revise(struct prov_call *call, const char *id, const struct prov_report_patch *in,
                        struct prov_report *out, struct cv_error *err);
bool prov_report_read(struct prov_call *call, const char *id, struct prov_report *out, struct cv_error *err);
bool prov_report_patch(struct prov_call *call, const char *id, const struct prov_report_patch *in,
                       struct prov_report *out, struct cv_error *err);
/* Drafts only. */
bool prov_report_delete(struct prov_call *call, const char *id, struct cv_error *err);

struct prov_report_query {
    bool has_unit, recursive;
    struct cv_id unit;
    uint32_t kinds, states; /* bits; 0 = all */
    size_t page_size;
    const char *after; /* id of the last one seen, or NULL */
};
struct prov_report_page {
    struct prov_report *items;
    size_t count;
    const char *next; /* NULL at the end */
};
bool prov_report_list(struct prov_call *call, const struct prov_report_query *q, struct prov_report_page *out,
                      struct cv_error *err);
