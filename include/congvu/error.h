/* Errors: one type for the whole service.
 *
 * Story of use. A function that can fail returns bool and takes `struct cv_error *err` last. On failure it calls
 * cv_fail() (or cv_fail_as()), which fills the caller's struct and returns false, so that `return cv_fail(...)` reads
 * well. Callers branch on `kind`, clients read `problem`, people read the text in their language, the log gets
 * `lib_code`. Nothing is allocated on the failure path, and outputs of the failed function are untouched.
 *
 *     if (!dir_read(session, dn, &entry, err))
 *             return false;                              // passes on what the lower layer described
 *     if (entry->revision != wanted)
 *             return cv_fail(err, cvp_etag_mismatch, "", "Bản ghi đã đổi", "The record has changed");
 *
 * Thread: a cv_error belongs to one thread. Ownership: by the caller, usually on the stack.
 * Four outcomes must never be mixed up: CV_UNAVAILABLE (certainly not done), CV_REFUSED, CV_CONFLICT, CV_UNKNOWN (sent,
 * outcome not known: read back before repeating). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct cv_arena;

/* What the caller can do about it. */
enum cv_kind {
    CV_OK = 0,
    CV_INVALID,     /* the request is wrong: mend it */
    CV_REFUSED,     /* not allowed to this caller */
    CV_NOT_FOUND,   /* no such thing, or none that the caller may see */
    CV_EXISTS,      /* an entry of that name is already there */
    CV_CONFLICT,    /* a rule of uniqueness or state forbids it now */
    CV_STALE,       /* the record changed since it was read: read again */
    CV_LIMIT,       /* too much at once: later, or smaller */
    CV_UNAVAILABLE, /* the directory or a system is away; certainly not done */
    CV_UNKNOWN,     /* sent, but the outcome is not known */
    CV_INTERNAL,    /* our fault */
    CV_KIND_COUNT,
};

/* Stable problem codes of the API, from api-spec/problems.yaml (generated: one row each, code = name without cvp_). */
enum cv_problem {
    cvp_none = 0,
#define CV_PROBLEM(name, status, title_en, title_vi, remedy_en, remedy_vi) cvp_##name,
#include "congvu_problems.inc"
#undef CV_PROBLEM
    CVP_COUNT,
};

enum cv_lang { CV_VI = 0, CV_EN = 1, CV_LANGS = 2 };

/* The published row of a problem. Texts are static. */
struct cv_problem_row {
    const char *code; /* "staff_not_found" */
    int status;       /* HTTP status, RFC 9110 */
    const char *title[CV_LANGS];
    const char *remedy[CV_LANGS];
};

/* Never fails: an unknown value gives the row of `internal`. */
const struct cv_problem_row *cv_problem_row(enum cv_problem problem);

/* Finds a row by its code; cvp_none when there is none. */
enum cv_problem cv_problem_by_code(const char *code);

struct cv_error {
    enum cv_kind kind;
    enum cv_problem problem;
    char field[96];           /* attribute, JSON pointer or parameter that it is about, or "" */
    char text[CV_LANGS][512]; /* one sentence for people, no secrets; with what another system said */
    char subject[64];         /* what the brake stopped: "staff/stf_...", "unit/unt_...", "system/...", or "" */
    char link[128];           /* where to go next (release, reinstatements, read-back), or "" */
    char etag[32];            /* the current entity tag, with etag_mismatch */
    unsigned retry_after_s;   /* 0 = not said */
    int lib_code;             /* raw code of a library: for the log only */
    char lib_text[160];       /* its own words: for the log only */
};

/* Fills *err and returns false. Both formats take the same arguments in the same order. `field` may be NULL. The kind
 * follows from the problem's status (400 413 415 422 invalid; 401 403 refused; 404 not found; 409 conflict; 412 428
 * stale; 429 limit; 503 unavailable; 504 unknown; else internal). */
bool cv_fail(struct cv_error *err, enum cv_problem problem, const char *field, const char *vi, const char *en, ...)
    __attribute__((format(printf, 4, 6), format(printf, 5, 6)));

/* Same, for lower layers that know the kind and no public problem; the problem is the kind's general one. */
bool cv_fail_as(struct cv_error *err, enum cv_kind kind, const char *field, const char *vi, const char *en, ...)
    __attribute__((format(printf, 4, 6), format(printf, 5, 6)));

/* Back to CV_OK, all members zero. */
void cv_error_clear(struct cv_error *err);
/* True: it was of that kind, which is none to the caller, and is cleared. False: it stays. */
bool cv_error_forgive(struct cv_error *err, enum cv_kind kind);

/* Faults of one request: all of them at once, never only the first. */
enum cv_where { CV_AT_POINTER, CV_AT_PARAMETER, CV_AT_HEADER };

struct cv_fault {
    enum cv_where where;
    const char *at;   /* "/accounts/0/login", "page_size", "If-Match" */
    const char *code; /* stable: "required", "too_long", ... */
    const char *text[CV_LANGS];
};

/* At most CV_FAULTS_MAX are kept; further ones are only counted. Lives in `arena`. */
#define CV_FAULTS_MAX 100
struct cv_faults {
    struct cv_arena *arena;
    struct cv_fault *items; /* grows in the arena */
    size_t count;           /* kept */
    size_t dropped;         /* beyond the limit */
};

void cv_faults_init(struct cv_faults *faults, struct cv_arena *arena);

/* `at` and texts are copied into the arena; `code` must be static. */
void cv_fault_add(struct cv_faults *faults, enum cv_where where, const char *at, const char *code, const char *vi,
                  const char *en, ...) __attribute__((format(printf, 5, 7), format(printf, 6, 7)));

/* True when nothing is wrong; else fills *err with validation_failed (or the given problem) and returns false. */
bool cv_faults_check(const struct cv_faults *faults, enum cv_problem problem, struct cv_error *err);
