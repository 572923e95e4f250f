/* How a record becomes attributes and back: one table of fields per record type drives both directions, so they cannot
 * drift apart.
 *
 *     static const struct dir_field fields[] = {
 *         {"cn", DIR_TEXT, offsetof(struct dom_staff, full_name), .flags = DIR_NEEDED},
 *         {"cvPost", DIR_OWN, .put = put_posts, .take = take_posts},
 *     };
 *
 * Writing walks the table, reading walks the entry's attributes once and looks each up in the table, beginning behind
 * the last hit: slapd answers in the order of writing, so a look-up is mostly one or two comparisons. Attributes that
 * are not in the table are passed over. A value that cannot be understood makes the whole record unreadable
 * (CV_INTERNAL, field = the attribute). */
#pragma once

#include <stddef.h>

#include "congvu/json.h"
#include "congvu/staff.h"
#include "congvu/system.h"
#include "directory/internal.h"

enum dir_field_kind {
    DIR_TEXT,       /* const char *; absent = NULL */
    DIR_TEXT_BLANK, /* const char *; absent = "" */
    DIR_TEXTS,      /* const char ** and its size_t count; caseless doubles are written once */
    DIR_INT,        /* int; 0 is not stored */
    DIR_LONG,       /* int64_t; 0 is not stored */
    DIR_BOOL,       /* false is not stored */
    DIR_DAY,
    DIR_MOMENT,
    DIR_WORD, /* an enum or int; -1 is not stored */
    DIR_ID,   /* struct cv_id; `prefix` */
    DIR_OWN,  /* put and take of its own */
};

enum {
    DIR_NEEDED = 1, /* without it the record would be wrong */
    DIR_BOOK = 2,   /* revision bookkeeping: read here, written by add and save */
    DIR_UNFED = 4,  /* of no use to the live view: the feed does not ask for it */
};

struct dir_reader {
    const struct dir_entry *entry;
    struct cv_arena *arena;
    void *record;
    size_t room; /* for a take() that grows an array: its capacity so far */
    struct cv_error *err;
};

struct dir_field {
    const char *name; /* without a tag */
    enum dir_field_kind kind;
    size_t at, count_at; /* offsetof in the record */
    const char *const *words;
    const char *prefix;
    unsigned flags;
    void (*put)(const void *record, const char *base, struct dir_attrs *out);
    /* NULL: the attribute only serves LDAP readers and is not read back. `tag` is what follows ";x-" or ";lang-", or
     * "". */
    bool (*take)(struct dir_reader *r, const struct dir_attr *attr, const char *tag);
};

enum { DIR_FIELDS_MAX = 96 };
struct dir_fields {
    const struct dir_field *items;
    size_t count;
    const char *const *classes; /* ends with NULL */
};

extern const struct dir_fields dir_staff_fields, dir_unit_fields, dir_system_fields, dir_token_fields, dir_usage_fields;

/* Classes and all fields but bookkeeping. */
void dir_fields_put(const struct dir_fields *fields, const void *record, const char *base, struct dir_attrs *out);
/* Fills *record, which holds the defaults of what is absent. */
bool dir_fields_take(const struct dir_fields *fields, const struct dir_entry *entry, struct cv_arena *arena,
                     void *record, struct cv_error *err);
/* The record cannot be read: CV_INTERNAL with the entry's DN. */
bool dir_unreadable(struct cv_error *err, const struct dir_entry *entry, const char *attribute, const char *why);

/* ---- values ---- */
/* Like dir_put, but a value that is already there (ASCII letters alike in either case) is not added again: LDAP refuses
 * doubles. */
void dir_put_once(struct dir_attrs *a, const char *name, const char *value);
void dir_put_distinct(struct dir_attrs *a, const char *name, const char *value); /* the same, byte for byte */
/* "staff/ns-0001" as a value of cvCode: what makes a code unique over all entries. With a day:
 * "unit/h43.99@2025-07-01". */
const char *dir_subject_claim(struct cv_arena *arena, const char *subject); /* the same of a subject of OpenID */
void dir_put_claim(struct dir_attrs *a, const char *space, const char *code, cv_day until);
/* Names for people, one per language: cvLabel;lang-vi, cvLabel;lang-en. */
void dir_put_labels(const char *const name[CV_LANGS], struct dir_attrs *a);
void dir_take_label(const struct dir_attr *attr, const char *tag, const char *name[CV_LANGS]);
/* Adopts the values as texts (they live as long as the entry). */
const char **dir_texts(struct cv_arena *arena, const struct dir_attr *attr);
/* Room for one more item in a growing array of the arena. */
void *dir_grow(struct cv_arena *arena, void *items, size_t item_size, size_t count, size_t *room);

/* ---- JSON values ---- */
enum { DIR_JSON_MAX = 2 << 20 }; /* a longer one is not written, nor its record: CV_LIMIT */
struct dir_json {
    struct cv_buf buf;
    struct cv_jout out;
};
void dir_json_begin(struct dir_json *j);                                      /* opens an object */
void dir_json_end(struct dir_json *j, struct dir_attrs *a, const char *name); /* closes it, adds the value, frees */
void dir_json_text(struct dir_json *j, const char *name, const char *value);  /* NULL and "" write nothing */
void dir_json_day(struct dir_json *j, const char *name, cv_day d);            /* CV_NO_DAY writes nothing */
void dir_json_moment(struct dir_json *j, const char *name,
                     cv_moment m); /* UTC, so that a change of zone changes no entry */
void dir_json_decision(struct dir_json *j, const struct dom_decision *d); /* without a number: nothing */

/* ---- mail of leavers: derived, for mail servers alone ---- */
void dir_put_delegate(const void *record, const char *base, struct dir_attrs *out);
void dir_put_auto_reply(const void *record, const char *base, struct dir_attrs *out);

/* ---- sessions ---- NULL puts nothing */
void dir_put_cut_off(struct dir_attrs *a, const char *name, const struct dom_cut_off *cut);
bool dir_take_cut_off(struct dir_reader *r, const struct dir_attr *attr, const struct dom_cut_off **out);
void dir_put_sessions(struct dir_attrs *a, const struct dom_sessions *s);
bool dir_take_sessions(struct dir_reader *r, const struct dir_attr *attr, const struct dom_sessions **out);

/* One stored value being read: every getter is called, then dir_read_ok() says whether all was well. */
struct dir_json_in {
    struct dir_reader *reader;
    const char *attribute;
    const struct cv_jin *object; /* NULL: not JSON */
    bool bad;
};
bool dir_read_begin(struct dir_json_in *in, struct dir_reader *r, const struct dir_attr *attr, size_t value);
bool dir_read_ok(const struct dir_json_in *in); /* fills the reader's error */
void dir_read_text(const struct cv_jin *o, const char *name, const char **out);
void dir_read_day(const struct cv_jin *o, const char *name, cv_day *out);
void dir_read_moment(struct dir_json_in *in, const struct cv_jin *o, const char *name, cv_moment *out);
void dir_read_int(const struct cv_jin *o, const char *name, int *out);
void dir_read_id(struct dir_json_in *in, const struct cv_jin *o, const char *name, const char *prefix,
                 struct cv_id *out);
void dir_read_decision(struct dir_json_in *in, const struct cv_jin *o, struct dom_decision *out);

/* ---- times that are over ---- */
const char *dir_span_text(struct cv_arena *arena, const struct dom_span *span); /* without how it stood */
bool dir_take_spans(struct dir_reader *r, const struct dir_attr *attr, struct dom_span spans[DOM_SPANS_MAX],
                    size_t *count);
void dir_put_passwords(const void *record, const char *base, struct dir_attrs *out); /* that a person had */
bool dir_take_passwords(struct dir_reader *r, const struct dir_attr *attr, const char *tag);

/* ---- accounts of a unit ---- */
void dir_put_unit_accounts(const void *record, const char *base, struct dir_attrs *out);
bool dir_take_unit_accounts(struct dir_reader *r, const struct dir_attr *attr, const char *tag);

/* ---- departures of a person ---- */
void dir_put_departures(const void *record, const char *base, struct dir_attrs *out);
bool dir_take_departures(struct dir_reader *r, const struct dir_attr *attr, const char *tag);

/* ---- accounts of a person ---- */
void dir_put_accounts(const void *record, const char *base, struct dir_attrs *out);
bool dir_take_account(struct dir_reader *r, const struct dir_attr *attr, const char *tag);
/* Every account has both states; else the record is unreadable. What an earlier version did not keep is guessed. */
bool dir_accounts_whole(struct dom_staff *s, const struct dir_entry *entry, struct cv_error *err);
