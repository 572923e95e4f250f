/* What the rows of a list mean: columns by their headings, cells as values of the field, and of each row what is to be
 * looked at before anything is done.
 *
 * Story of use. An opened list (intake.h) is understood as one of the kinds: the heading row is found, headings are
 * matched by a table of synonyms in Vietnamese and English, and each row below becomes a proposal. What is certain is
 * mended and said (a phone that lost its 0); what could mean two things is never guessed: the row needs review, and the
 * note names cell, reason and remedy. Rows that are no people (groups, sums, repeated headings, signatures) are told
 * apart.
 *
 *     struct int_table table;
 *     ok = int_find_table(list, INT_STAFF, overrides, count, arena, &table, err);
 *     ok = int_proposals(list, &table, each, ctx, err);      // each(ctx, proposal)
 *
 * Thread: as the list. Memory: a proposal is gone after the call; the table lives in the arena given. Errors:
 * list_unreadable (no heading row, or a column that the kind needs is missing). */
#pragma once

#include "congvu/intake.h"
#include "congvu/memory.h"

enum int_list_kind { INT_STAFF, INT_LEAVERS, INT_HEADCOUNTS, INT_UNITS, INT_ROSTER, INT_LIST_KINDS };
extern const char *const int_list_kind_words[]; /* staff leavers headcounts units roster */

enum int_field {
    INT_F_NUMBER, /* STT: looked at for gaps only */
    INT_F_NAME,   /* of a person */
    INT_F_HEAD,   /* family and middle name, where the given name has a column of its own */
    INT_F_GIVEN,
    INT_F_CODE, /* HR code */
    INT_F_OLD_CODE,
    INT_F_BIRTH, /* value: the year */
    INT_F_TITLE,
    INT_F_UNIT, /* as written: code, name, path or abbreviation */
    INT_F_UNIT_CODE,
    INT_F_CATEGORY, /* value: cong_chuc, ... */
    INT_F_MOBILE,   /* value: +84... */
    INT_F_ADDRESS,
    INT_F_DECISION,
    INT_F_SIGNED, /* value: ISO day, like all days */
    INT_F_EFFECTIVE,
    INT_F_HIRED,
    INT_F_REASON, /* value: nghi_huu, ... */
    INT_F_DAY,    /* of a headcount */
    INT_F_TOTAL,
    INT_F_ESTABLISHMENT,
    INT_F_UNIT_NAME,
    INT_F_UNIT_KIND, /* value: phong, ... */
    INT_F_PARENT,
    INT_F_SLUG,
    INT_F_IGNORED, /* known and not kept: sex, citizen id, remarks, ... */
    INT_FIELDS,
};
extern const char *const int_field_words[]; /* number full_name ... */

struct int_column {
    const char *heading; /* "" = none */
    int field;           /* enum int_field, -1 = not known */
};
struct int_table {
    enum int_list_kind kind;
    uint32_t heading_row, below_row; /* of a second row of headings; 0 = none */
    struct int_column columns[INT_COLUMNS_MAX];
    size_t column_count;
    int column_of[INT_FIELDS]; /* -1 = none */
    int birth_too;             /* a second column of birth dates, as of women; -1 = none, like the next two */
    int beside_name;           /* without a heading, and perhaps the given names */
    int notes;                 /* remarks */
};
/* Chosen by a person (or remembered): this column is that field. */
struct int_override {
    size_t column;
    enum int_field field;
};
/* int_open(), and without a sheet's name the one that is shown and alone has the headings, where a cover stands first.
 */
bool int_open_list(const void *bytes, size_t len, const char *sheet, enum int_list_kind kind, struct int_list **out,
                   struct cv_error *err);
bool int_find_table(struct int_list *list, enum int_list_kind kind, const struct int_override *overrides, size_t count,
                    struct cv_arena *arena, struct int_table *out, struct cv_error *err);

enum int_weight { INT_SAID, INT_REVIEW, INT_FAULT };
struct int_note {
    enum int_weight weight;
    int column;       /* -1 = the row */
    const char *code; /* static: "lost_zero", "two_people", ... */
    const char *text[CV_LANGS];
};
enum int_state { INT_READY, INT_NEEDS_REVIEW, INT_FAILED, INT_SKIPPED, INT_STATES };
extern const char *const int_state_words[]; /* ready needs_review failed skipped */

enum { INT_NOTES_MAX = 24 };
struct int_proposal {
    uint32_t row;
    enum int_state state;
    const char *skipped; /* INT_SKIPPED: "group", "total", "heading", "numbering", "remark", "empty"; else NULL */
    const char *value[INT_FIELDS]; /* NULL = nothing there */
    struct int_note notes[INT_NOTES_MAX];
    size_t note_count;
};
typedef bool int_proposal_fn(void *ctx, const struct int_proposal *proposal); /* false: enough */
/* Every row below the heading, skipped ones too (but empty ones). */
bool int_proposals(struct int_list *list, const struct int_table *table, int_proposal_fn *each, void *ctx,
                   struct cv_error *err);
