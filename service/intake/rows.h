/* Inside intake/: what the understanding of rows shares. */
#pragma once

#include <stdio.h>

#include "congvu/clock.h"
#include "congvu/intake_rows.h"

/* headings.c */
bool int_repeats_headings(const struct int_table *table, const struct int_row *row);

/* values.c */
enum value_found {
    VALUE_FINE,
    VALUE_MENDED,    /* certain, and to be said */
    VALUE_AMBIGUOUS, /* could mean two things */
    VALUE_BAD,
};
enum { INT_MOBILE_TEXT = 20 };
enum value_found int_read_day(const char *text, char out[CV_DAY_TEXT]);
enum value_found int_read_year(const char *text, int *out);
enum value_found int_read_mobile(const char *text, char out[INT_MOBILE_TEXT]);
enum value_found int_read_address(struct cv_arena *arena, const char *text, const char **out); /* small letters */
enum value_found int_read_count(const char *text, int *out);
const char *int_read_category(struct cv_arena *arena, const char *text); /* the API's word, or NULL */
const char *int_read_reason(struct cv_arena *arena, const char *text);
const char *int_read_unit_kind(struct cv_arena *arena, const char *text);
