/* JSON in and out.
 *
 * Story of use, in. cv_json_parse() reads a whole body (duplicates refused, depth <= CV_MAX_JSON_DEPTH) into an object.
 * Each getter asks for one member and says what is allowed; a fault is added to the request's fault list with the
 * member's JSON pointer and reading goes on, so that all faults are found in one pass. cv_jin_done() then reports
 * members that nobody asked for.
 *
 *     const struct cv_jin *body = cv_json_parse(arena, faults, bytes, len, err);
 *     if (!body) return false;
 *     cv_jin_string(body, "full_name", CV_REQUIRED, 200, &in.full_name);
 *     in.mobile_given = cv_jin_string(body, "mobile", CV_NULLABLE, 20, &in.mobile);
 *     cv_jin_done(body);
 *     if (!cv_faults_check(faults, cvp_validation_failed, err)) return false;
 *
 * Strings come NFC-normalised and trimmed, with control characters refused and legacy charsets (TCVN3, VNI) refused.
 *
 * Story of use, out. A cv_jout writes into a cv_buf; commas and escapes are its business. cv_jout_ok() at the end.
 *
 * Thread: one at a time. Memory: everything in lives in the arena (the library's tree too, released with it); no
 * library type shows. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "congvu/clock.h"
#include "congvu/error.h"
#include "congvu/memory.h"

enum cv_presence { CV_ABSENT = 0, CV_NULL = 1, CV_VALUE = 2 };
enum {
    CV_OPTIONAL = 0,
    CV_REQUIRED = 1,
    CV_NULLABLE = 2,
    CV_RAW = 4,  /* no trimming, no charset check: passwords */
    CV_LINES = 8 /* line feeds are kept, each line is a text of its own */
};

struct cv_jin;      /* an object being read */
struct cv_jin_list; /* an array being read */

/* Draws the seed of the library's hashing. Once, before other threads start; called by the first parse otherwise. */
void cv_json_init(void);

/* NULL + err (malformed_body) when it is not one JSON object. */
const struct cv_jin *cv_json_parse(struct cv_arena *arena, struct cv_faults *faults, const char *bytes, size_t len,
                                   struct cv_error *err);
/* The same for documents of our own (stored JSON values): texts are taken as they are, and faults go to a list of the
 * document's own, so that cv_jin_ok() at the end says whether everything was as asked for. */
const struct cv_jin *cv_json_parse_own(struct cv_arena *arena, const char *bytes, size_t len, struct cv_error *err);

/* No fault in this request's (or own document's) list so far. */
bool cv_jin_ok(const struct cv_jin *o);

/* Each returns what was there; on a fault it adds it and returns CV_ABSENT, leaving *out untouched. A null for a member
 * that is not CV_NULLABLE is a fault. Lengths count code points. */
enum cv_presence cv_jin_string(const struct cv_jin *o, const char *name, unsigned flags, size_t max, const char **out);
enum cv_presence cv_jin_int(const struct cv_jin *o, const char *name, unsigned flags, int64_t min, int64_t max,
                            int64_t *out);
/* A number with at most two decimals, as hundredths: 1.5 gives 150. */
enum cv_presence cv_jin_hundredths(const struct cv_jin *o, const char *name, unsigned flags, int64_t min, int64_t max,
                                   int64_t *out);
enum cv_presence cv_jin_bool(const struct cv_jin *o, const char *name, unsigned flags, bool *out);
enum cv_presence cv_jin_day(const struct cv_jin *o, const char *name, unsigned flags, cv_day *out);
enum cv_presence cv_jin_moment(const struct cv_jin *o, const char *name, unsigned flags, cv_moment *out);
/* `words` ends with NULL; *out is the index. */
enum cv_presence cv_jin_word(const struct cv_jin *o, const char *name, unsigned flags, const char *const *words,
                             int *out);
/* An array of words, each once (`repeated`); `words` has at most 32. *out is 1 << index of each. */
enum cv_presence cv_jin_words(const struct cv_jin *o, const char *name, unsigned flags, const char *const *words,
                              uint32_t *out);
enum cv_presence cv_jin_object(const struct cv_jin *o, const char *name, unsigned flags, const struct cv_jin **out);
enum cv_presence cv_jin_array(const struct cv_jin *o, const char *name, unsigned flags, size_t max_items,
                              const struct cv_jin_list **out);
/* Has the member (even null)? Marks it as known. */
enum cv_presence cv_jin_has(const struct cv_jin *o, const char *name);

size_t cv_jin_count(const struct cv_jin_list *list);
/* Item i as object or string; a fault and NULL when it is something else. */
const struct cv_jin *cv_jin_item(const struct cv_jin_list *list, size_t i);
const char *cv_jin_item_string(const struct cv_jin_list *list, size_t i, size_t max);
bool cv_jin_item_int(const struct cv_jin_list *list, size_t i, int64_t min, int64_t max, int64_t *out);
bool cv_jin_item_word(const struct cv_jin_list *list, size_t i, const char *const *words, int *out);

/* Walks the members of an object whose names are data (maps): NULL at the end. */
const char *cv_jin_member(const struct cv_jin *o, size_t index);

/* JSON pointer of a member (RFC 6901), for faults found later. `name` NULL = the object itself. */
const char *cv_jin_pointer(const struct cv_jin *o, const char *name);
void cv_jin_fault(const struct cv_jin *o, const char *name, const char *code, const char *vi, const char *en, ...)
    __attribute__((format(printf, 4, 6), format(printf, 5, 6)));
/* Faults for members that were never asked for (`unknown_member`). */
void cv_jin_done(const struct cv_jin *o);

/* ---- documents of others ---- answers of systems that we do not control: everything is asked for and nothing is a
 * fault. Names are compared without regard to the case of ASCII letters, the last of two equal ones counts, any value
 * may stand at the top. A NULL document or member may be asked again: the answer is "nothing". */
struct cv_jany;
enum cv_jany_kind {
    CV_JANY_NONE,
    CV_JANY_NULL,
    CV_JANY_BOOL,
    CV_JANY_NUMBER,
    CV_JANY_TEXT,
    CV_JANY_LIST,
    CV_JANY_OBJECT
};
/* NULL + err when it is not JSON, or nested deeper than CV_MAX_JSON_DEPTH. */
const struct cv_jany *cv_jany_parse(struct cv_arena *arena, const char *bytes, size_t len, struct cv_error *err);
enum cv_jany_kind cv_jany_kind(const struct cv_jany *v);
const struct cv_jany *cv_jany_get(const struct cv_jany *object, const char *name); /* NULL when there is none */
size_t cv_jany_count(const struct cv_jany *list);                                  /* 0 when it is no list */
const struct cv_jany *cv_jany_item(const struct cv_jany *list, size_t i);
/* A text; a whole number as its digits; else NULL. Lives as long as the document. */
const char *cv_jany_text(const struct cv_jany *v, struct cv_arena *arena);
/* true and false, also as texts in any case; *out untouched and false returned when it is neither. */
bool cv_jany_bool(const struct cv_jany *v, bool *out);
bool cv_jany_int(const struct cv_jany *v, int64_t *out); /* also as a text of digits */
/* Calls each(ctx, name, value) for every member of an object. */
void cv_jany_each(const struct cv_jany *object, void (*each)(void *ctx, const char *name, const struct cv_jany *value),
                  void *ctx);

/* Out. `name` NULL inside arrays and at the top. */
struct cv_jout {
    struct cv_buf *buf;
    uint32_t first; /* bit per depth: nothing written there yet */
    uint32_t array; /* bit per depth: an array, else an object */
    int depth;
};
void cv_jout_init(struct cv_jout *j, struct cv_buf *buf);
bool cv_jout_ok(const struct cv_jout *j); /* balanced, and the buffer did not fail */
void cv_jout_object(struct cv_jout *j, const char *name);
void cv_jout_array(struct cv_jout *j, const char *name);
void cv_jout_end(struct cv_jout *j);                                         /* closes the innermost object or array */
void cv_jout_string(struct cv_jout *j, const char *name, const char *value); /* NULL writes null */
void cv_jout_strings(struct cv_jout *j, const char *name, const char *const *values, size_t count);
/* What cv_jin_words() reads. */
void cv_jout_words(struct cv_jout *j, const char *name, const char *const *words, uint32_t bits);
void cv_jout_int(struct cv_jout *j, const char *name, int64_t value);
void cv_jout_bool(struct cv_jout *j, const char *name, bool value);
void cv_jout_null(struct cv_jout *j, const char *name);
void cv_jout_day(struct cv_jout *j, const char *name, cv_day d);       /* CV_NO_DAY writes null */
void cv_jout_moment(struct cv_jout *j, const char *name, cv_moment m); /* CV_NO_MOMENT writes null */
/* numerator/denominator with 4 decimals half-up; null when the base is 0; never 1 unless equal, never 0 unless
 * numerator is 0. */
void cv_jout_ratio(struct cv_jout *j, const char *name, int64_t numerator, int64_t denominator);
/* The difference of two such ratios as they are printed, so that a reader can check it; null when either is null. */
struct cv_ratio {
    int64_t numerator, denominator;
};
void cv_jout_ratio_change(struct cv_jout *j, const char *name, struct cv_ratio from, struct cv_ratio to);
/* A value of somebody else's document, as it is. */
void cv_jout_any(struct cv_jout *j, const char *name, const struct cv_jany *value);
/* Text that is already JSON. */
void cv_jout_raw(struct cv_jout *j, const char *name, const char *json, size_t len);
