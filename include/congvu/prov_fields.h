/* The members of a record in JSON: one table per record drives reading a body, applying it, writing the record and
 * telling what a change changes, so that none of the four can forget a member.
 *
 * Story of use. A record's file holds the table, in the order of writing:
 *
 *     #define ROW(m) .at = offsetof(struct dom_staff, m)
 *     static const struct prov_field fields[] = {
 *         {"mobile", PROV_TEXT, ROW(mobile), .max = 20, .flags = PROV_CREATE | PROV_UPDATE | PROV_SHOWN},
 *         {"unit", PROV_TEXT, INTO(unit), .max = 64, .write = write_unit, .tell = tell_unit, .flags = ...},
 *     };
 *
 * A member that is nothing but a value of the record (`at`, no `into`) needs its row and no more: its value waits in
 * struct prov_given until prov_given_apply() puts it onto the record. One with `into` goes to a member of the use
 * case's input, which knows what it means. One of its own kind brings its functions. `congvud fields` prints the
 * tables, and a test holds them against the contract.
 *
 * Thread: tables are constant; the rest belongs to one request. Memory: texts live as long as the body and the arena.
 */
#pragma once

#include "congvu/provision.h"

enum prov_field_kind {
    PROV_TEXT,   /* const char *; struct prov_text. "" and null clear */
    PROV_INT,    /* int, 0 = none; struct prov_int */
    PROV_COUNT,  /* int, 0 is a number; struct prov_int */
    PROV_LONG,   /* int64_t; shown only */
    PROV_BOOL,   /* bool; onto the record alone */
    PROV_DAY,    /* cv_day; struct prov_day */
    PROV_MOMENT, /* cv_moment; shown only */
    PROV_WORD,   /* an enum or int, -1 = none; struct prov_int, the index of the word */
    PROV_OWN     /* read, write and tell of its own */
};
enum {
    PROV_CREATE = 1, /* in the body that makes the record */
    PROV_UPDATE = 2, /* in the body that changes it */
    PROV_SHOWN = 4,  /* in the record's JSON */
    PROV_TOLD = 8,   /* of the changes of a dry run, when it differs */
    PROV_VALUE = 16, /* may not be null */
};
enum { PROV_FIELDS_MAX = 48 };

struct prov_telling;
struct prov_field {
    const char *name;
    enum prov_field_kind kind;
    size_t at;   /* offsetof in the record, for values */
    size_t into; /* INTO(m): offsetof in the input, and one; 0 = onto the record */
    size_t max;  /* signs of a text */
    int64_t least, most;
    const char *const *words;
    unsigned flags;
    bool (*valid)(const char *text); /* of a text; else bad_format with the complaint */
    const char *complaint[CV_LANGS];
    void (*read)(const struct cv_jin *o, void *input, void *ctx);
    void (*write)(struct cv_jout *j, const char *name, const void *record, void *ctx);
    void (*tell)(struct prov_telling *t, const char *name); /* NULL: the two values as they are written */
};
struct prov_fields {
    const char *record; /* "staff" */
    const struct prov_field *items;
    size_t count;
};

/* ---- in ---- */
struct prov_value {
    enum cv_presence given;
    const char *text;
    int64_t number; /* of an int or word */
    cv_day day;
};
/* What a body gives of the members that go onto the record by themselves. */
struct prov_given {
    const struct prov_fields *fields; /* NULL: nothing */
    struct prov_value values[PROV_FIELDS_MAX];
};
/* Reads the members with `flag` (PROV_CREATE or PROV_UPDATE) of `o`; faults go to the document's list. The rest of the
 * object is the caller's: cv_jin_done() is not called. */
void prov_fields_read(const struct prov_fields *fields, unsigned flag, const struct cv_jin *o, void *input,
                      struct prov_given *out, void *ctx);
/* Absent keeps, null clears. */
void prov_given_apply(const struct prov_given *given, void *record);
/* CV_ABSENT for a member that is none of the table. */
enum cv_presence prov_given_of(const struct prov_given *given, const char *name);

/* ---- out ---- */
/* All members that are shown, into the object that is open. */
void prov_fields_write(const struct prov_fields *fields, struct cv_jout *j, const void *record, void *ctx);

/* One of them, as the member `name`; NULL in an array. */
void prov_field_write(const struct prov_field *field, struct cv_jout *j, const char *name, const void *record,
                      void *ctx);

struct prov_telling {
    struct cv_jout *j; /* in the array of changes */
    struct cv_arena *arena;
    const void *before, *after; /* before NULL: the record is not there yet */
    void *ctx;                  /* of the writers */
};
/* One line {field, from, to} for each member that differs. */
void prov_fields_tell(const struct prov_fields *fields, struct prov_telling *t);
/* A line; nothing when both are the same. NULL is null. */
void prov_tell_text(struct prov_telling *t, const char *field, const char *from, const char *to);
/* The same of what is never shown: *** for a value that is there. */
void prov_tell_masked(struct prov_telling *t, const char *field, const char *from, const char *to);
void prov_tell_json(struct prov_telling *t, const char *field, const char *from, const char *to);
/* Lists whose order says nothing: the same items are the same list. `items` (JSON texts) are put in order. */
const char *prov_json_list(struct cv_arena *arena, const char **items, size_t count);
/* Of plain texts. */
const char *prov_json_texts(struct cv_arena *arena, const char *const *texts, size_t count);
/* One value as JSON text in the arena, as `write` writes it. */
const char *prov_json_of(struct cv_arena *arena,
                         void (*write)(struct cv_jout *j, const char *name, const void *record, void *ctx),
                         const void *record, void *ctx);

/* "staff mobile text create update shown told max=20", as one JSON object. */
void prov_field_print(const struct prov_fields *fields, const struct prov_field *field, struct cv_jout *j);

#define PROV_INTO(type, member) .into = (offsetof(type, member) + 1)
