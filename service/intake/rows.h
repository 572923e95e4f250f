/* Inside intake/: what the understanding of rows shares. */
#pragma once

#include <stdio.h>

#include "congvu/clock.h"
#include "congvu/intake_rows.h"

/* kinds.c: what a row is, if no person. The state is of the rows above. */
enum { INT_GROUP_TEXT = 300 };
struct int_row_kinds {
    char group[INT_GROUP_TEXT];                       /* heading of the group that the rows stand in */
    bool numbered;                                    /* people have numbers */
    bool begun;                                       /* a row that counts was met below the headings */
    enum { INT_GOES_ON, INT_SUMMED, INT_SIGNED } end; /* what was met below the last number */
};
const char *int_kind_of_row(struct int_row_kinds *k, const struct int_table *t, const struct int_row *row,
                            struct cv_arena *arena);
bool int_begins(struct cv_arena *arena, const char *text, const char *const *heads, size_t count); /* folded */
bool int_is_unit_name(struct cv_arena *arena, const char *text);
bool int_has_number(const struct int_table *t, const struct int_row *row); /* of digits */
/* Nothing but its name is filled. */
bool int_stands_alone(const struct int_table *t, const struct int_row *row);

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
/* `groups`: digits in threes, as people type them; a spreadsheet's own number has none. */
enum value_found int_read_count(const char *text, bool groups, int *out);
const char *int_read_category(struct cv_arena *arena, const char *text); /* the API's word, or NULL */
const char *int_read_reason(struct cv_arena *arena, const char *text);
const char *int_read_unit_kind(struct cv_arena *arena, const char *text);
