/* What the files of base share among themselves; nobody outside includes this. Thread: all functions are pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "congvu/error.h"

/* Length to keep so that a cut text does not end inside a UTF-8 sequence. */
size_t cv_utf8_whole(const char *s, size_t len);

/* Writes `s` between JSON quotes' rules into out (no quotes, no NUL), at most `room` bytes, never half a sign.
 * Returns the bytes written. */
size_t cv_json_escape(const char *s, size_t len, char *out, size_t room);

/* Six escaped bytes at most per byte. Table: 0 = copy, 1 = \u00XX, else the letter after the backslash. */
extern const unsigned char cv_json_escapes[256];

/* Adds texts that already live in the list's arena. */
void cv_fault_add_texts(struct cv_faults *faults, enum cv_where where, const char *at, const char *code, const char *vi,
                        const char *en);

/* Civil calendar, proleptic Gregorian (Howard Hinnant's arithmetic). */
int64_t cv_days_from_civil(int64_t year, int month, int day);
void cv_civil_from_days(int64_t days, int64_t *out_year, int *out_month, int *out_day);

/* Writes exactly `digits` decimal digits. */
char *cv_put_digits(char *p, uint64_t value, int digits);

_Noreturn void cv_die(const char *why); /* a broken promise of our own code: one line on stderr, then abort */
