/* Inside api/intake/: lists as plans. A row of a list is the request that a person would have sent for it: its body is
 * kept as JSON, and planning and carrying out go through the door of PUT and POST. */
#pragma once

#include "api/internal.h"
#include "congvu/intake_rows.h"
#include "congvu/prov_units.h"

enum { IMP_BY_CHANGES = -1, IMP_KEEP_DAYS = 30, IMP_ID_TEXT = CV_ID_TEXT, IMP_NOTES = INT_NOTES_MAX + 8 };
enum { IMP_ROW_ARENA = 8 << 20 }; /* of one row */

enum imp_action {
    IMP_CREATE,
    IMP_UPDATE,
    IMP_MOVE,
    IMP_DEPART,
    IMP_WITHDRAW,
    IMP_REINSTATE,
    IMP_REMOVE,
    IMP_QUESTION, /* put among the duplicates; the last that is carried out */
    IMP_UNCHANGED,
    IMP_SINCE_CHANGED, /* of a list taken back: it is no more what the list made of it */
    IMP_ABSENT,
    IMP_REVIEW,
    IMP_FAILED,
    IMP_ACTIONS
};
extern const char *const imp_action_words[]; /* create update ... */

/* The request that a row stands for. */
enum imp_op {
    IMP_PUT_STAFF,
    IMP_PATCH_STAFF,
    IMP_PUT_DEPARTURE,
    IMP_PUT_UNIT,
    IMP_PATCH_UNIT,
    IMP_PUT_HEADCOUNT,
    IMP_SET_CODE,
    IMP_WITHDRAW_DEPARTURE,
    IMP_REINSTATE_STAFF,
    IMP_DELETE_UNIT,
    IMP_OPS
};
extern const char *const imp_op_words[]; /* put_staff ... */

enum imp_outcome {
    IMP_DONE,
    IMP_SCHEDULED, /* for a day to come */
    IMP_SAME,      /* was there already as wished */
    IMP_CHANGED_SINCE,
    IMP_HELD,
    IMP_UNDECIDED, /* perhaps there already: a question for somebody */
    IMP_NOT_DONE,
    IMP_OUTCOMES
};
extern const char *const imp_outcome_words[]; /* done scheduled unchanged changed_since held needs_decision failed */

struct imp_options {
    enum int_list_kind kind;
    bool has_unit;
    struct cv_id unit;
    const char *unit_code;
    const char *category, *decision, *sheet; /* or NULL */
    cv_day signed_on, effective_on;
    bool here_before;
    const char *absent_reason; /* of a roster: who is in no row leaves, for this reason; or NULL */
    const char *accept;        /* codes of notes that a person has looked at, with commas; or NULL */
    const char *name;          /* of the file, as its sender calls it; or NULL */
    const char *replaces;      /* the list that this one is a corrected copy of; or NULL */
    struct int_override overrides[INT_FIELDS];
    size_t override_count;
};

struct imp_note {
    const char *column; /* Excel's letters, or NULL */
    const char *code, *weight;
    const char *text[CV_LANGS];
};

struct imp_row {
    int64_t row; /* 0 = stands in no row of the list */
    enum imp_action action;
    enum imp_op op;
    const char *key, *staff, *name, *address; /* or NULL */
    int64_t revision; /* of what is there, 0 = nothing; IMP_BY_CHANGES: it still has to be what `changes` go from */
    const char *body, *changes; /* JSON, or NULL */
    bool fresh;                 /* with a code that somebody else still has */
    bool parent_above;          /* its unit is made by a row above */
    bool corrects;              /* an order that is there: it does not come back */
    bool unclear;               /* a part of the body is not known: nothing to be judged */
    bool lacks_number;          /* of the decision whose days it gives */
    struct imp_note notes[IMP_NOTES];
    size_t note_count;
};

/* ---- places.c: in which cell it stands, and what to do about it there ---- */
/* Letters of the column that a note of this code is about; NULL = none. */
const char *imp_column_of(const struct int_table *table, const char *code, struct cv_arena *arena);
struct imp_note imp_note_of_fault(const struct int_table *table, const struct cv_fault *fault, struct cv_arena *arena);

/* ---- judge.c: what a row would do ---- */
enum { IMP_MET_PER_ROW = 4 }; /* who, and a new name with unit, birth year and mobile */
struct imp_units;
struct imp_roster;
struct imp_texts;
struct imp {
    struct htp_exchange *x;
    struct prov_call call; /* of the request; rows get copies */
    const struct imp_options *options;
    const struct int_table *table; /* of the row that is judged; or NULL */
    struct imp_units *units;
    struct imp_texts *met;     /* people, codes and new names of the rows above, by the row's number; or NULL */
    struct imp_roster *roster; /* of a roster, once its rows were looked at; or NULL */
};
/* Fills *out in `arena`; never fails: what is wrong is said in the row. */
void imp_judge(struct imp *imp, const struct int_proposal *p, const struct int_table *table, struct cv_arena *arena,
               struct imp_row *out);

/* Not to be carried out, unless it is accepted. */
void imp_say(const struct imp *imp, struct imp_row *r, const char *code, const char *vi, const char *en);
/* Not to be carried out, whatever is accepted. */
void imp_ask(const struct imp *imp, struct imp_row *r, const char *code, const char *vi, const char *en);
/* The row that gives another code to whom a roster's row means; false: his code stays. */
bool imp_judge_code(struct imp *imp, const struct int_proposal *p, struct cv_arena *arena, struct imp_row *out);
/* Somebody who is in no row: only said, or leaving, as the options say. */
void imp_judge_absent(struct imp *imp, struct cv_arena *arena, struct imp_row *row);

/* ---- roster.c ---- */
bool imp_roster_make(struct imp *imp, struct int_list *list, const struct int_table *table, struct cv_error *err);
struct imp_met {
    const char *staff;      /* whom the row means, or NULL */
    bool several;           /* it could be several */
    bool fresh;             /* somebody new, with a code that another one gives up */
    const char *code;       /* his new code; NULL = it stays */
    const char *was, *from; /* his code now; who has or had the new one; or NULL */
    bool given_on;          /* `was` is wanted by another row */
    bool code_taken;        /* who has the new code keeps it */
    bool loses;             /* another row takes a code that he has or had */
};
void imp_roster_met(struct imp_roster *r, const struct int_proposal *p, struct cv_arena *arena, struct imp_met *out);
size_t imp_roster_size(const struct imp_roster *r); /* on the staff */
bool imp_roster_absent(const struct imp_roster *r, size_t *at, struct imp_row *out, struct cv_arena *arena);

/* ---- texts.c: texts, each with a number of its own ---- */
struct imp_texts *imp_texts_new(struct cv_arena *arena, size_t most);
int64_t imp_texts_get(const struct imp_texts *all, const char *text); /* -1 = none */
void imp_texts_set(struct imp_texts *all, const char *text, int64_t number);

/* ---- ops.c: the request that a row stands for ---- */
struct imp_trial {
    struct htp_exchange x; /* a copy: arena, faults and answer are the row's */
    struct prov_call call;
    struct cv_buf buf;
    struct prov_staff_result staff;
    struct prov_unit_result unit;
    cv_day day; /* of a headcount */
    struct cv_error err;
};
/* `only`: nothing is written. */
void imp_trial_begin(struct imp_trial *t, const struct imp *imp, struct cv_arena *arena, bool only);
void imp_trial_end(struct imp_trial *t);
/* False: why stands in t->err and t->x.faults. */
bool imp_try(struct imp_trial *t, enum imp_op op, const char *key, const char *body);
/* Once, of one that was tried with success. */
enum imp_action imp_action_of(struct imp_trial *t, enum imp_op op, const char **changes);
int64_t imp_revision_of(const struct imp_trial *t, enum imp_op op); /* before it */
/* A question was met: nothing was done. */
bool imp_undecided(const struct imp_trial *t, enum imp_op op);
enum imp_op imp_op_of_kind(enum int_list_kind kind);
bool imp_of_units(enum imp_op op);
struct imp_done {
    enum imp_outcome outcome;
    bool made;                   /* by this list; it may have been in a run before */
    const char *staff, *address; /* of the person, or NULL */
    int64_t revision;            /* of the record now; 0 = not known */
    cv_moment updated_at;        /* of the record */
    const char *changes;         /* what the answer to a question did, which the plan could not tell; or NULL */
};
void imp_carry_out(struct imp *imp, const char *import, const struct imp_row *row, struct cv_arena *arena,
                   struct imp_done *out, struct cv_error *err);
/* Writes nothing: IMP_SAME when it is there as wished. */
void imp_look_back(struct imp *imp, const char *import, const struct imp_row *row, struct cv_arena *arena,
                   struct imp_done *out, struct cv_error *err);
bool imp_to_be_done(enum imp_action action);

/* ---- second.c ---- */
/* *out: of the rows so many are departures that a second person has to see the names first. */
bool imp_lets_many_go(struct imp *imp, const struct cv_buf *rows, int64_t departs, bool *out, struct cv_error *err);

/* ---- units.c ---- */
bool imp_units_load(struct imp *imp, struct cv_error *err);
/* What rows have made: the list is gone through from its beginning again. */
void imp_units_forget(struct imp *imp);
/* How each unit is named for certain. */
bool imp_unit_names(const struct imp *imp, const char ***out, size_t *out_count);
/* One that a row makes: the rows below it may mean it. `parent`: its code, or NULL. */
void imp_units_add(const struct imp *imp, const char *code, const char *name, const char *parent);
/* The code of the unit that is meant; NULL: none (*ambiguous false) or several. */
const char *imp_unit_of(const struct imp *imp, const char *text, struct cv_arena *arena, bool *ambiguous);

/* ---- remember.c ---- */
/* Adds overrides for headings of the table that were set right before; how many. */
size_t imp_recall(struct imp *imp, const struct int_table *table, struct imp_options *options);
void imp_remember(struct imp *imp, const struct int_table *table);

/* ---- common.c ---- */
uint32_t imp_rights(const struct imp_options *options);
bool imp_may(struct htp_exchange *x, const struct imp_options *options, struct cv_error *err);
struct imp_stored;
bool imp_may_look(struct htp_exchange *x, const struct imp_stored *plan, struct cv_error *err);
/* Rows of the first phase are carried out before those of the next one begin. */
int imp_phase(const struct imp_row *row);
struct imp_options imp_options_copy(struct cv_arena *arena, const struct imp_options *from);

/* ---- store.c ---- */
struct imp_stored {
    const char *id;
    const char *head; /* JSON, as answered */
    size_t head_len;
    int64_t revision;
    const char *created_at; /* as the head says */
    bool needs_approval;
    const char *replaced_by; /* the corrected copy that is carried out in its stead; or NULL */
    struct imp_options options;
    char *rows; /* NDJSON */
    size_t rows_len;
    char *file;
    size_t file_len;
};
bool imp_store(struct prov_call *call, const struct imp_stored *in, struct cv_error *err);
/* import_not_found also for one that the caller may not see. */
bool imp_load(struct htp_exchange *x, struct prov_call *call, const char *id, bool rows, bool file,
              struct imp_stored *out, struct cv_error *err);
/* Has one been sent, be it deleted since? What ran then does not go on by itself. */
bool imp_replaced(struct prov_call *call, const char *id, bool *out, struct cv_error *err);
/* Somebody asks for the plan: import_replaced, unless its corrected copy is gone; then it is forgotten. */
bool imp_not_replaced(struct prov_call *call, const char *id, struct cv_error *err);
/* `old` is not carried out any more: `id` is. */
bool imp_replace(struct prov_call *call, const char *old, const char *id, struct cv_error *err);
bool imp_delete(struct prov_call *call, const char *id, struct cv_error *err);
/* The oldest first. */
bool imp_list(struct htp_exchange *x, struct prov_call *call, struct imp_stored **out, size_t *count,
              struct cv_error *err);
void imp_row_write(struct cv_buf *out, const struct imp_row *row);
bool imp_row_read(struct cv_arena *arena, const char *line, size_t len, struct imp_row *out);
/* What of it is wanted; to look only: a second person may too. */
enum imp_what { IMP_HEAD = 0, IMP_ROWS = 1, IMP_FILE = 2, IMP_TO_LOOK = 4 };
/* The list of the path, for who has the right for its kind; false: answered already. */
bool imp_open(struct htp_exchange *x, struct prov_call *call, enum imp_what what, struct imp_stored *out);
/* The next stored line; false at the end. */
bool imp_next_line(const char **at, const char *end, const char **line, size_t *len);
void imp_put_head(struct htp_exchange *x, const struct imp_stored *stored);
void imp_write_head(struct htp_exchange *x, int status, const struct imp_stored *stored);
