/* The inside of struct cv_jin, for the json_*.c files only. Thread: one at a time; all memory is the arena's. */
#pragma once

#include <jansson.h>

#include "congvu/json.h"

enum { FEW = 8 }; /* up to here a scan beats a search */

struct jin_ctx {
    struct cv_arena *arena;
    struct cv_faults *faults;
    struct cv_faults own_faults;
    bool own; /* a document of ours: texts are taken as they are */
};

struct member {
    const char *name; /* of the library's tree, which lives as long as the arena's content */
    json_t *value;
    struct cv_jin *object; /* wrapped once, so that what is known of it adds up */
    struct cv_jin_list *list;
    bool known;
};

struct cv_jin {
    struct jin_ctx *ctx;
    const struct cv_jin *parent;    /* the object it is a member of, under `name`, */
    const struct cv_jin_list *list; /* or the array it is item `index` of; neither = the top */
    const char *name;
    size_t index, count;
    struct member *members; /* in the document's order */
    struct member **sorted; /* by name when there are more than FEW */
};

struct cv_jin_list {
    const struct cv_jin *parent;
    const char *name;
    json_t *value;
    struct cv_jin **objects; /* wrapped items */
};

struct cv_jin *cv_jin_wrap(struct jin_ctx *ctx, json_t *value);

/* Nested deeper than CV_MAX_JSON_DEPTH? A cheap look ahead. */
bool cv_json_too_deep(const char *bytes, size_t len);
