/* Inside view/: what is kept, and how it hangs together. Nobody else includes this.
 *
 * The feed's thread is the only one that changes records; it takes the write lock for one record or a small batch.
 * Figures of few people are also changed by whoever notices midnight first (view_roll_day), under the write lock too,
 * and a period's by the one who adds it up, under the read lock (figures/period.c). Questions hold the read lock
 * (view_enter, view_leave).
 *
 * People lie in one allocation each and are named by slot numbers, units by slots too: a unit that a person or a
 * sub-unit names before it arrives has its slot already (known = false), so the order of arrival does not matter. Slot
 * 0 is the root above all roots. Out of memory ends the process: a view with holes would lie. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "congvu/connector.h"
#include "congvu/lock.h"
#include "view/store/records.h"

/* ---- read-your-writes: what was applied lately ---- */
enum { APPLIED = 4096 };
struct view_applied {
    uint8_t uuid[16];
    char csn[DIR_CSN_TEXT];
};
/* A write of ours that was answered before the feed had brought it. */
enum { OWED = 64, OWED_MS = 5000 };
struct view_owed {
    struct view_applied what;
    int64_t since_ns; /* 0 = free */
};
struct view_wait {
    struct cv_lock lock;
    pthread_cond_t more;
    uint64_t count; /* ever; the newest is at (count - 1) % APPLIED */
    struct view_applied *ring;
    struct view_owed owed[OWED];
    _Atomic int64_t owed_since; /* the oldest of them; 0 = none */
};

/* Beginnings of the words that a person is looked for by, as bits: they rule people out without a look at them. `all`
 * of the words is asked first, of everybody, one after the other in memory. It lets many through where the letters of
 * a login or a code happen to be those of a name, so these are asked by other bits, the name and the rest for
 * themselves: of 100,000 people "Lê Linh" had 13,026 to look at for 229. */
struct view_sign {
    uint64_t all, finer;
};
struct view_finer_sign {
    uint64_t name, rest;
};

enum kind { PERSON, UNIT, SYSTEM, TOKEN, KINDS };

enum { PERIODS = 4 };
enum { MANY = 20000 }; /* people for whom midnight waits for the feed's thread */
struct view_period;

struct view_stray {
    struct cv_id staff;
    struct view_uses *uses;
};

/* What ICU makes of a part of a name; len (of the key) 0: of none yet. */
enum { VIEW_NAME_PARTS = 1024 };
struct view_name_part {
    char text[24], folded[24];
    uint8_t len, key[39];
};

struct view {
    pthread_rwlock_t lock;
    _Atomic bool loaded, alive, refreshing;
    _Atomic size_t release; /* how many may vanish at once, once */
    _Atomic size_t doubles; /* pairs of people with one name or code, at the last refresh */
    _Atomic uint64_t generation;
    int64_t patience_ms;         /* how old a list of people may be */
    _Atomic int64_t complete_ns; /* monotonic: last known complete and alive */
    _Atomic cv_day day;          /* that all figures stand for */
    _Atomic bool many;           /* people: see view_roll_day */
    cv_moment changed_at;        /* may lie behind `day`: coverage.c cuts it there */
    bool sweep_refused;
    size_t sweep_size;
    uint32_t refresh;                                  /* number of the running refresh: entries named in it carry it */
    bool whole;                                        /* it names everything */
    uint64_t named;                                    /* how many were */
    struct cv_arena *scratch;                          /* the feed's */
    uint8_t *build;                                    /* the feed's: where a person is packed */
    struct view_name_part name_parts[VIEW_NAME_PARTS]; /* the feed's, by the hash of the text */

    struct view_lookup by_uuid; /* kind << 29 | slot */
    size_t known[KINDS];

    struct unit **units;
    size_t unit_count, unit_cap;
    struct view_lookup unit_by_id, unit_by_code, unit_by_name; /* name: of its mailbox and accounts, ever */
    size_t detours, changed_units;                             /* the latter: those that were others before */
    uint64_t tree_print;

    struct person **people; /* NULL = free slot */
    uint64_t *signs;        /* of all words of each; 0 at a free slot, where the next two mean nothing */
    struct view_finer_sign *finer_signs;
    struct tally *tallies; /* what each adds to the figures */
    size_t people_end, people_cap, signs_cap, finer_cap, tallies_cap;
    struct view_slots free_people, order, leavers, cutting; /* cutting: sessions have to end */
    size_t lacking;                                         /* people who lack a required account */
    struct view_lookup by_id, by_code, by_name;
    struct view_period *periods[PERIODS]; /* see figures/period.c */
    uint64_t weights;                     /* goes on with each rule, unit and day that changes what people weigh */
    _Atomic uint64_t periods_asked;
    struct view_words words;

    struct system systems[DOM_SYSTEMS_MAX];
    unsigned system_count;

    int kept_days;               /* of activity */
    int dated_days;              /* of facts with their days */
    cv_day dated_since;          /* former values are kept from this day on */
    bool usage_ready;            /* a refresh of usage is complete */
    bool usage_fresh;            /* the running one names everybody */
    uint8_t usage_mark;          /* its number */
    struct view_stray *strays;   /* usage of people who are not here */
    size_t stray_end, stray_cap; /* uses NULL = free place */
    struct view_slots free_strays;
    struct view_lookup stray_by_id;
    struct token **tokens;
    size_t token_end, token_cap;
    struct view_lookup token_by_digest, token_by_id;

    struct view_wait wait;
};

/* ---- store.c ---- */
/* Takes the read lock; false (and *err, if any) before the first refresh is complete. */
bool view_enter(const struct view *v, struct cv_error *err);
/* The same for a list of people: also false when the feed has been silent for too long. */
bool view_enter_people(const struct view *v, struct cv_error *err);
int64_t view_silent_ms(const struct view *v);
int64_t view_owed_ms(const struct view *v); /* for how long a write of ours has not come */
/* This entry came with this CSN, or is gone (csn NULL); uuid NULL = all are settled. Under the wait's lock. */
void view_paid(struct view_wait *w, const uint8_t uuid[16], const char *csn);
bool view_lives(const struct view *v);                              /* complete, and the directory answers */
bool view_fresh_enough(const struct view *v, struct cv_error *err); /* for a list of people */
void view_leave(const struct view *v);
void view_breathe(const struct view *v); /* leaves and enters again, so that a writer gets his turn */
void view_write(struct view *v);
void view_write_end(struct view *v);
void view_changed(struct view *v); /* something visible moved; under the write lock */
uint32_t view_entry(enum kind kind, uint32_t slot);
uint32_t view_entry_find(const struct view *v, const uint8_t uuid[16]); /* entry or NONE */
static inline enum kind view_entry_kind(uint32_t entry)
{
    return (enum kind)(entry >> 29);
}
static inline uint32_t view_entry_slot(uint32_t entry)
{
    return entry & 0x1FFFFFFFu;
}
const uint8_t *view_entry_uuid(const struct view *v, uint32_t entry);
uint32_t *view_entry_mark(struct view *v, uint32_t entry);
void view_entry_add(struct view *v, const uint8_t uuid[16], enum kind kind, uint32_t slot);
void view_entry_drop(struct view *v, const uint8_t uuid[16], uint32_t entry);
void view_slots_add(struct view_slots *s, uint32_t slot);
void view_slots_insert(struct view_slots *s, size_t at, uint32_t slot);
void view_slots_cut(struct view_slots *s, size_t at);
bool view_slots_take_out(struct view_slots *s, uint32_t slot); /* keeps no order */

/* ---- person.c: building one ---- */
enum { PERSON_DATA_MAX = UINT16_MAX };
/* `texts` were computed before the lock was taken. */
struct view_person_texts {
    const char *folded, *apart; /* apart: the same with apostrophes as blanks, or NULL */
    const uint8_t *key;
    size_t key_len;
};
void view_person_texts(struct view *v, const struct dom_staff *s, struct cv_arena *scratch,
                       struct view_person_texts *out);
struct person *view_person_build(struct view *v, const uint8_t uuid[16], const struct dom_staff *s,
                                 const struct view_person_texts *texts);
/* Has all that he names a place already? Then the feed's thread builds him without the lock. */
bool view_person_placed(const struct view *v, const struct dom_staff *s);
void view_mobile_pack(const char *mobile, uint8_t out[6]); /* NULL = none */
void view_person_free(struct view *v, struct person *p);
bool view_person_same(const struct person *a, const struct person *b);
bool view_post_in_force(const struct post *post, cv_day day);
enum dom_category view_category_on(const struct person *p, cv_day day);
const struct post *view_home_on(const struct person *p, cv_day day); /* as dom_home_on; NULL without a primary post */

/* ---- letters.c: words that people are looked for by ---- */
struct view_sign view_word_sign(const char *word, size_t len); /* holds what every listed one has */
void view_sign_person(struct view *v, uint32_t slot);
bool view_text_has(const char *folded, const char *with, size_t len); /* does a word begin so? */
bool view_name_has(const struct person *p, const char *with, size_t len);
/* All of these are words of his name, whole and in this order. */
bool view_name_is(const struct person *p, const char *const *words, const size_t *lens, size_t count);
bool view_rest_has(const struct person *p, bool phones, const char *with, size_t len); /* all but the name */

/* ---- order.c ---- */
int view_person_order(const struct person *a, const struct person *b);
void view_order_sort(struct view *v);
void view_order_add(struct view *v, uint32_t slot);
void view_order_move(struct view *v, uint32_t slot, const struct person *next); /* before he becomes that */
void view_order_cut(struct view *v, uint32_t slot);                             /* before he goes */

/* ---- units.c, unit_find.c ---- */
void view_child_add(struct view *v, uint32_t parent, uint32_t child); /* in order */
void view_child_cut(struct view *v, uint32_t child);                  /* before what orders it changes */
uint32_t view_unit_slot(struct view *v, struct cv_id id);             /* makes a place */
bool view_unit_placed(const struct view *v, struct cv_id id);         /* has it one? */
uint32_t view_unit_slot_of(const struct view *v, struct cv_id id);    /* of a known unit, or NONE */
bool view_below(const struct view *v, uint32_t unit, uint32_t top);   /* or equal */
int view_block(const struct view *v, uint32_t unit);
/* Below `top`, or equal, and of its block: where who sees `top` knows people by name. 0 = everywhere. */
bool view_names_below(const struct view *v, uint32_t unit, uint32_t top);
uint32_t view_hr_feed(const struct view *v, uint32_t unit);
int view_depth(const struct view *v, uint32_t unit);                           /* known ancestors */
void view_subtree(const struct view *v, uint32_t top, struct view_slots *out); /* parents first; free(out->items) */
void view_fill_unit(const struct view *v, uint32_t slot, struct cv_arena *arena, struct view_unit *out);
bool view_unit_active(const struct unit *u, cv_day day);
/* ---- past.c: the tree on a day that is over; NULL is the one of today, and of any day while no unit was another ----
 */
struct view_tree {
    uint32_t *parent;
    struct view_slots *children; /* known and unknown, in order */
    size_t count;
    uint64_t print;
};
struct view_tree *view_tree_on(const struct view *v, cv_day day);
uint32_t view_parent_on(const struct view *v, uint32_t slot, cv_day day); /* of one alone; 0 = the root */
void view_tree_free(struct view_tree **tree);
const struct view_slots *view_children_then(const struct view *v, const struct view_tree *then, uint32_t unit);
uint32_t view_parent_then(const struct view *v, const struct view_tree *then, uint32_t unit);
bool view_below_then(const struct view *v, const struct view_tree *then, uint32_t unit, uint32_t top);
void view_subtree_then(const struct view *v, const struct view_tree *then, uint32_t top, struct view_slots *out);
/* Without a tree, for who asks of one person. */
int view_block_on(const struct view *v, uint32_t unit, cv_day day);
enum dom_unit_kind view_kind_on(const struct unit *u, cv_day day);
uint64_t view_unit_print(const struct dom_unit *u);
int view_unit_order(const struct unit *a, const struct unit *b); /* among siblings */

/* NONE = the scope sees nothing; 0 = everything. */
uint32_t view_scope_slot(const struct view *v, struct view_scope scope);
/* Fails: there is none, or, while nobody knows, directory_unavailable. */
bool view_no_unit(const struct view *v, struct cv_error *err);

/* ---- store/work.c ---- under the write lock */
struct dom_connector_look view_connector_look(const struct person *p, const struct account *a);
void view_work_note(struct view *v, uint32_t slot);
void view_work_forget(struct view *v, uint32_t slot);
void view_work_free(struct view *v);
const struct certificate *view_certificate_of(const struct person *p, const struct account *a); /* or NULL */
/* `p`: a copy of the person's record, in which the texts of the answer lie; `at`: which of its accounts. */
void view_fill_account(const struct view *v, uint32_t slot, const struct person *p, size_t at, struct cv_arena *arena,
                       struct view_account *out);

/* ---- systems.c, uses.c ---- */
static inline int view_figures_used(const struct view *v)
{
    return F_SYSTEMS + (int)v->system_count * S_FIGURES;
}
void view_figures_room(struct view *v, struct unit *u, int used_before); /* as many as are in use now */
unsigned view_system_slot(struct view *v, const char *slug);     /* makes a place; DOM_SYSTEMS_MAX when all are taken */
bool view_system_placed(const struct view *v, const char *slug); /* has it one? */
int view_system_known(const struct view *v, const char *slug);   /* or -1 */
/* Slots of the known systems by slug; out holds DOM_SYSTEMS_MAX. */
size_t view_systems_sorted(const struct view *v, unsigned *out);
/* What is known of one account; first = CV_NO_DAY when nothing is. Points into `uses`. */
struct dom_active view_active(const struct view_uses *uses, unsigned system);
/* The same of a person: with what was used under records that were merged into his; that is put together in `room`. */
struct view_days {
    uint8_t bits[DOM_ACTIVE_BYTES_MAX], before[DOM_ACTIVE_BYTES_MAX];
};
struct dom_active view_active_of(const struct view *v, const struct person *p, unsigned system, struct view_days *room);
/* The same without records that are `listed`; NULL = none is. */
struct view_listed;
struct dom_active view_active_beside(const struct view *v, const struct person *p, unsigned system,
                                     const struct view_listed *listed, struct view_days *room);
cv_day view_last_active(const struct view *v, const struct person *p, const struct account *a);
struct view_uses *view_stray_take(struct view *v, struct cv_id staff); /* or NULL */
void view_stray_put(struct view *v, struct cv_id staff, struct view_uses *uses);
/* The uses of somebody who comes or goes; under the write lock. */
void view_uses_adopt(struct view *v, struct person *p);
void view_uses_orphan(struct view *v, struct person *p);
uint32_t view_person_slot(const struct view *v, struct cv_id id); /* or NONE */
struct cv_id view_into_of(const struct person *p);                /* of one with `into` */
enum { VIEW_HOPS = 8 };                                           /* from record to record that it was merged into */
uint32_t view_stands_for(const struct view *v, uint32_t slot);    /* the record at the end of them; NONE: not here */
/* The next of `absorbed`, a list with blanks; false at its end. */
bool view_next_absorbed(const char **at, struct cv_id *out);
