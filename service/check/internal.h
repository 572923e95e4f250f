/* Inside check/: what is kept of everybody, and the rules that read it. */
#pragma once

#include "congvu/check.h"
#include "congvu/dump.h"
#include "congvu/memory.h"

/* What was seen of somebody in the log. */
struct chk_past {
    bool leaked;        /* out of a hold that nobody released */
    bool stolen;        /* an account was locked for it, and the password is still the same */
    bool old_password;  /* with which an account was opened again */
    struct cv_id *left; /* units of primary posts that a transfer overwrote */
    size_t left_count;
};

struct chk_person {
    struct cv_id id;
    const char *code, *name, *folded, *mobile, *address;
    const char **aliases;
    size_t alias_count;
    int birth_year;
    struct cv_id unit; /* of the primary post */
    cv_day post_from, hired_on;
    struct cv_id *units; /* of all posts */
    size_t unit_count;
    bool departed, merged, may_sign_in, credential_set;
    struct dom_departure departure; /* of who has departed: its reason */
    const char **left_open;         /* systems whose accounts no departure has ordered to end, or not for long */
    size_t left_open_count;
    struct chk_past past;
};

struct chk_unit {
    struct cv_id id;
    const char *code, *address; /* of its mailbox, or NULL */
};

struct chk_credit; /* releases of a token that have not been matched with anybody yet */

struct chk {
    struct cv_arena *arena; /* as long as the run */
    chk_say *say;
    void *ctx;
    struct chk_summary *summary;
    struct chk_person *people; /* by id, once all are read */
    size_t count, cap;
    struct chk_unit *units;
    size_t unit_count, unit_cap;
    struct dom_system *systems; /* what a departure asks of them */
    size_t system_count, system_cap;
    struct chk_credit *credits;
    size_t credit_count, credit_cap;
    struct chk_document *documents; /* of snapshots */
    size_t document_count, document_cap;
};

/* finding.c */
void chk_found(struct chk *c, enum chk_kind kind, const char *id, const struct chk_person *person, const char *vi,
               const char *en, ...) __attribute__((format(printf, 5, 7), format(printf, 6, 7)));
/* A unit's code; its id when it is gone. In the run's arena. */
const char *chk_unit_code(struct chk *c, struct cv_id id);
/* One more place in a list of the arena; what was there moves. */
void *chk_grow(struct cv_arena *arena, void *items, size_t count, size_t *cap, size_t size);

/* people.c */
void chk_add_person(struct chk *c, const struct dom_staff *staff);
void chk_sort_people(struct chk *c);
/* NULL: not there any more. */
struct chk_person *chk_person_of(struct chk *c, struct cv_id id);
void chk_judge_people(struct chk *c);
/* changes.c */
void chk_add_past(struct chk *c, const struct dir_past *past);
void chk_add_brake(struct chk *c, const struct dir_past_brake *brake);
void chk_judge_past(struct chk *c);
/* snapshots.c */
void chk_add_document(struct chk *c, const struct dir_document *document);
void chk_judge_snapshots(struct chk *c);
