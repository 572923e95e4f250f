/* Inside view/: what is kept, and how it hangs together. Nobody else includes this.
 *
 * The feed's thread is the only one that changes records; it takes the write lock for one record or a small batch.
 * Figures are also changed by whoever notices midnight first (view_roll_day), under the write lock too. Questions hold
 * the read lock (view_enter, view_leave).
 *
 * People lie in one allocation each and are named by slot numbers, units by slots too: a unit that a person or a
 * sub-unit names before it arrives has its slot already (known = false), so the order of arrival does not matter. Slot
 * 0 is the root above all roots. Out of memory ends the process: a view with holes would lie. */
#pragma once

#include <pthread.h>

#include "congvu/lock.h"
#include <stdatomic.h>
#include <string.h>

#include "congvu/connector.h"
#include "congvu/text.h"
#include "congvu/token.h"
#include "congvu/view_figures.h"
#include "congvu/view_lists.h"

#define NONE         UINT32_MAX
#define NO_DAY_AHEAD INT32_MAX

void *view_must(void *memory);                                       /* aborts on NULL */
void *view_grow(void *items, size_t *cap, size_t need, size_t size); /* doubles an array */

/* ---- hash -> slots; several values may share a hash, the caller compares ---- */
struct view_cell {
    uint32_t hash, value;
};
struct view_lookup {
    struct view_cell *cells;
    size_t cap, count;
};
struct view_probe {
    size_t at;
    uint32_t hash;
};
uint32_t view_hash(const void *bytes, size_t len);
uint32_t view_hash_text(const char *text); /* ASCII letters caselessly */
uint32_t view_hash_code(const char *code); /* and without the leading zeros of a number */
void view_lookup_put(struct view_lookup *l, uint32_t hash, uint32_t value);
void view_lookup_drop(struct view_lookup *l, uint32_t hash, uint32_t value); /* one such pair */
/* Walks the values of a hash; NONE ends. */
uint32_t view_lookup_first(const struct view_lookup *l, uint32_t hash, struct view_probe *probe);
uint32_t view_lookup_next(const struct view_lookup *l, struct view_probe *probe);

/* ---- copies of records: pieces of malloc for the view itself, an arena for answers ---- */
struct view_piece;
struct view_keep {
    struct view_piece *pieces;
    struct cv_arena *arena;
};
void *view_keep_alloc(struct view_keep *k, size_t size);
const char *view_keep_text(struct view_keep *k, const char *text); /* NULL stays NULL */
void view_keep_free(struct view_keep *k);
void view_copy_unit(struct view_keep *k, const struct dom_unit *in, struct dom_unit *out);
void view_copy_system(struct view_keep *k, const struct dom_system *in, struct dom_system *out);
void view_copy_token(struct view_keep *k, const struct dom_token *in, struct dom_token *out);

/* ---- shared texts: titles and reasons, counted ---- */
struct view_word {
    char *text;
    const char *folded;
    uint32_t uses, next_free;
};
struct view_words {
    struct view_word *items;
    size_t count, cap;
    uint32_t free;
    struct view_lookup by_text;
};
uint32_t view_word_take(struct view_words *w, const char *text, struct cv_arena *scratch); /* NONE for NULL */
void view_word_drop(struct view_words *w, uint32_t word);
void view_words_free(struct view_words *w);
static inline const char *view_word_text(const struct view_words *w, uint32_t word)
{
    return word == NONE ? NULL : w->items[word].text;
}

/* ---- figures ---- what people bring first, then what follows from the declared headcount, then a group per system */
enum {
    F_RECORDED_BY,
    F_RECORDED = F_RECORDED_BY + DOM_CATEGORIES,
    F_SECONDED_IN,
    F_SECONDED_OUT,
    F_COMPLETE,
    F_ELIGIBLE_PEOPLE,
    F_HEADCOUNT,
    F_DECLARED,
    F_UNDECLARED,
    F_UNDECLARED_RECORDED,
    F_HEADCOUNT_BY,
    F_DECLARED_BY = F_HEADCOUNT_BY + DOM_CATEGORIES,
    F_SYSTEMS = F_DECLARED_BY + DOM_CATEGORIES,
};
enum { WINDOWS = 4 }; /* kept up to date: see view_window_days */
enum {
    S_ELIGIBLE,
    S_ISSUED,
    S_LOCKED,
    S_ON_LEAVE,
    S_ACTIVATED,
    S_UNRECORDED,
    S_OVER,
    S_TOO_NEW,
    S_NEVER_USED,
    S_USED,
    S_REGULAR = S_USED + WINDOWS,
    S_LEAVE_UNUSED = S_REGULAR + WINDOWS,
    S_FIGURES = S_LEAVE_UNUSED + WINDOWS
};
enum { FIGURES = F_SYSTEMS + DOM_SYSTEMS_MAX * S_FIGURES };
extern const int view_window_days[WINDOWS]; /* 7, 30, 90, 180; the longest is the least that the view keeps */
/* Room for all systems there can be; a unit keeps as many as are in use (view_figures_used). */
struct view_figures {
    int32_t at[FIGURES];
};
static inline int view_figure_of(unsigned system, int figure)
{
    return F_SYSTEMS + (int)system * S_FIGURES + figure;
}

/* ---- units ---- */
struct view_slots {
    uint32_t *items;
    size_t count, cap;
};
struct unit {
    bool known, detour; /* detour: hangs at the root because its parent would close a cycle */
    uint32_t mark, parent;
    uint8_t uuid[16];
    struct cv_id id;
    struct dom_unit u;     /* when known */
    struct view_keep keep; /* its strings */
    const uint8_t *key;    /* vi order of the name */
    size_t key_len;
    const char *folded;         /* names and code, for search */
    uint64_t print;             /* its share of the tree's version */
    struct view_slots children; /* known and unknown, in order */
    int known_children;
    struct view_slots members; /* people with any post here, each once */
    int32_t *own, *sum;        /* one block, view_figures_used() each */
};

/* ---- people ---- */
struct post {
    uint32_t unit, title;
    cv_day from, to;
    uint8_t kind, primary, spare[2];
};
struct account {
    uint32_t since; /* seconds; 0 = not said */
    cv_day issued;  /* CV_NO_DAY = not said */
    uint32_t reason;
    uint32_t next_try; /* seconds since 1970; 0 = nothing to wait for */
    uint16_t login, error, remote_id, attempts;
    uint8_t system;
    uint8_t desired : 3, observed : 4, synced : 1;
    uint8_t formers : 1, kept : 1; /* a move left accounts behind; see struct dom_account */
    uint8_t spare;
    uint16_t not_taken, spare_too;
    uint32_t lost_at; /* seconds; 0 = it is there */
};
struct leaving {
    cv_moment recorded_at;
    cv_day on;
    uint16_t number;
    uint8_t state, reason;
};
struct absence {
    cv_day from, to; /* both included */
};

/* A time that is over in which an account counted as issued. */
struct account_span {
    cv_day from;        /* CV_NO_DAY = nobody knows */
    uint32_t days : 23; /* until the first day out, or that day itself when `from` is not known */
    uint32_t locked : 1;
    uint32_t system : 8;
};

struct role {
    uint32_t unit; /* slot; 0 = everywhere */
    cv_day from, to;
    uint8_t kind, number, spare[2];
};

/* What a person adds to the figures today. */
enum { T_RECORDED = 1, T_LONG_LEAVE = 2, T_SECONDED_OUT = 4, T_LACKING = 8, T_COUNTED = 16 };
struct tally {
    uint32_t home;                                                      /* unit of the primary post, or NONE */
    cv_day next_day;                                                    /* first day on which this may differ */
    uint16_t required, issued, locked;                                  /* systems, whether recorded or not */
    uint16_t activated, ever, too_new, used[WINDOWS], regular[WINDOWS]; /* issued ones, required or not */
    uint8_t status, flags;
    uint16_t hosts; /* bits of the posts that count as seconded in */
};

/* Active days of one person: for each system a struct use with its bits behind it. */
struct use {
    cv_day first;
    uint8_t system, len : 7, older : 1;
    uint8_t bits[];
} __attribute__((packed));
struct view_uses {
    uint16_t size; /* of data */
    uint8_t mark;  /* of the refresh that named it last */
    uint8_t data[];
};

struct person {
    struct view_uses *uses; /* or NULL */
    struct tally tally;
    uint32_t mark;
    /* from here to the end: the record itself, compared bytewise */
    uint8_t uuid[16];
    struct cv_id id;
    cv_moment updated_at;
    int64_t revision;
    cv_day hired_on, credential_on;
    uint16_t active; /* systems whose observed state is active, required or not */
    uint16_t birth_year;
    uint16_t size;                             /* of data */
    uint16_t name, folded, code, address, key; /* offsets in data, 0 = none */
    uint16_t key_len;
    uint16_t texts;    /* where the offsets of names and former codes begin */
    uint8_t mobile[6]; /* the number, little-endian; 0 = none */
    uint8_t category, posts, accounts, names, formers, absences, spans, roles;
    int32_t epoch; /* of sessions */
    uint8_t has_leaving : 1, credential_set : 1, cutting : 1,
        apart : 1; /* behind `folded` the same with its apostrophes as blanks: "kbay", "k bay" */
    /* leaving?, accounts, posts, absences, spans, roles, offsets of names and former codes, strings */
    uint8_t data[] __attribute__((aligned(8)));
};
static inline const char *person_text(const struct person *p, uint16_t at)
{
    return at == 0 ? NULL : (const char *)p->data + at;
}
static inline uint64_t person_mobile(const struct person *p)
{
    uint64_t number = 0;
    memcpy(&number, p->mobile, sizeof p->mobile); /* the machines that we build for are little-endian */
    return number;
}
static inline const struct leaving *person_leaving(const struct person *p)
{
    return p->has_leaving ? (const struct leaving *)(const void *)p->data : NULL;
}
static inline const struct account *person_accounts(const struct person *p)
{
    return (const struct account *)(const void *)(p->data + (p->has_leaving ? sizeof(struct leaving) : 0));
}
static inline const struct post *person_posts(const struct person *p)
{
    return (const struct post *)(const void *)(person_accounts(p) + p->accounts);
}
static inline const struct absence *person_absences(const struct person *p)
{
    return (const struct absence *)(const void *)(person_posts(p) + p->posts);
}
static inline const struct account_span *person_spans(const struct person *p)
{
    return (const struct account_span *)(const void *)(person_absences(p) + p->absences);
}
static inline const struct role *person_roles(const struct person *p)
{
    return (const struct role *)(const void *)(person_spans(p) + p->spans);
}
static inline const char *person_name_held(const struct person *p, size_t i)
{
    return person_text(p, ((const uint16_t *)(const void *)(p->data + p->texts))[i]);
}
static inline const char *person_former(const struct person *p, size_t i)
{
    return person_name_held(p, p->names + i);
}

/* ---- a bit a place ---- */
struct view_bits {
    uint64_t *items;
    size_t words;
};
uint32_t view_bits_next(const struct view_bits *bits, uint32_t from); /* the first one set at or behind it, or NONE */
size_t view_bits_count(const struct view_bits *bits);

/* ---- catalogue and tokens ---- */
struct system {
    bool known;
    uint32_t mark;
    uint8_t uuid[16];
    char *slug;
    struct dom_system s;
    struct view_keep keep;
    cv_day data_through;         /* of its usage */
    struct view_bits work, lost; /* people: see store/work.c */
};
struct token {
    uint32_t mark;
    uint8_t uuid[16];
    struct dom_token t;
    struct view_keep keep;
};

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

enum kind { PERSON, UNIT, SYSTEM, TOKEN, KINDS };

struct view_stray {
    struct cv_id staff;
    struct view_uses *uses;
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
    cv_moment changed_at;
    bool sweep_refused;
    size_t sweep_size;
    uint32_t refresh;         /* number of the running refresh: entries named in it carry it */
    bool whole;               /* it names everything */
    uint64_t named;           /* how many were */
    struct cv_arena *scratch; /* the feed's */
    uint8_t *build;           /* the feed's: where a person is packed */

    struct view_lookup by_uuid; /* kind << 29 | slot */
    size_t known[KINDS];

    struct unit **units;
    size_t unit_count, unit_cap;
    struct view_lookup unit_by_id, unit_by_code;
    size_t detours;
    uint64_t tree_print;

    struct person **people; /* NULL = free slot */
    uint64_t *signs; /* letters of all that a person is looked for by: rules most people out without looking at them */
    size_t people_end, people_cap, signs_cap;
    struct view_slots free_people, order, leavers, cutting; /* cutting: sessions have to end */
    size_t lacking;                                         /* people who lack a required account */
    struct view_lookup by_id, by_code, by_name;
    struct view_words words;

    struct system systems[DOM_SYSTEMS_MAX];
    unsigned system_count;

    int kept_days;               /* of activity */
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
bool view_lives(const struct view *v); /* complete, and the directory answers */
/* May a question be answered with "there is none"? Not while the feed is silent: CV_UNAVAILABLE (err may be NULL). */
bool view_fresh_enough(const struct view *v, struct cv_error *err); /* for a list of people */
bool view_may_deny(const struct view *v, struct cv_error *err);
void view_leave(const struct view *v);
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

/* ---- feed side; the feed's thread only ---- */
void view_feed_sweep(struct view *v); /* sweep.c */
void view_find_doubles(struct view *v);
bool view_sweep_allowed(struct view *v);
void view_drop_entry(struct view *v, uint32_t entry);
void view_put_staff(struct view *v, const uint8_t uuid[16], const struct dom_staff *staff); /* people.c; locks inside */
void view_drop_person(struct view *v, uint32_t slot);                                       /* under the write lock */
uint32_t view_person_slot(const struct view *v, struct cv_id id);                           /* or NONE */
void view_people_free(struct view *v);
void view_put_unit(struct view *v, const uint8_t uuid[16], const struct dom_unit *unit); /* units.c; locks inside */
void view_drop_unit(struct view *v, uint32_t slot);                                      /* locks inside */
void view_units_free(struct view *v);
void view_put_system(struct view *v, const uint8_t uuid[16], const struct dom_system *system); /* catalog.c */
void view_put_token(struct view *v, const uint8_t uuid[16], const struct dom_token *token);
void view_drop_system(struct view *v, uint32_t slot);
void view_drop_token(struct view *v, uint32_t slot);
void view_catalog_free(struct view *v);
unsigned view_system_slot(struct view *v, const char *slug);   /* makes a place; DOM_SYSTEMS_MAX when all are taken */
int view_system_known(const struct view *v, const char *slug); /* or -1 */
/* Fails as view_no_unit does. */
bool view_no_system(const struct view *v, const char *parameter, const char *slug, struct cv_error *err);
/* Slots of the known systems by slug; out holds DOM_SYSTEMS_MAX. */
size_t view_systems_sorted(const struct view *v, unsigned *out);

/* ---- person.c: building one ---- */
enum { PERSON_DATA_MAX = UINT16_MAX };
/* `texts` were computed before the lock was taken. */
struct view_person_texts {
    const char *folded, *apart; /* apart: the same with apostrophes as blanks, or NULL */
    const uint8_t *key;
    size_t key_len;
};
void view_person_texts(const struct dom_staff *s, struct cv_arena *scratch, struct view_person_texts *out);
struct person *view_person_build(struct view *v, const uint8_t uuid[16], const struct dom_staff *s,
                                 const struct view_person_texts *texts);
void view_mobile_pack(const char *mobile, uint8_t out[6]); /* NULL = none */
void view_person_free(struct view *v, struct person *p);
bool view_person_same(const struct person *a, const struct person *b);
bool view_post_in_force(const struct post *post, cv_day day);
const struct post *view_home_on(const struct person *p, cv_day day); /* as dom_home_on; NULL without a primary post */

/* ---- letters.c: words that people are looked for by ---- */
uint64_t view_word_sign(const char *word, size_t len);
uint64_t view_text_sign(const char *folded); /* of "": what every listed one has */
uint64_t view_person_sign(const struct person *p);
bool view_text_has(const char *folded, const char *with, size_t len); /* does a word begin so? */
bool view_person_has(const struct person *p, bool phones, const char *with, size_t len);

/* ---- order.c ---- */
int view_person_order(const struct person *a, const struct person *b);
void view_order_sort(struct view *v);
void view_order_add(struct view *v, uint32_t slot);
void view_order_cut(struct view *v, uint32_t slot); /* before the person changes */

/* ---- units.c, unit_find.c ---- */
static inline struct unit *view_unit_at(const struct view *v, uint32_t slot)
{
    return v->units[slot];
}
void view_child_add(struct view *v, uint32_t parent, uint32_t child); /* in order */
void view_child_cut(struct view *v, uint32_t child);                  /* before what orders it changes */
uint32_t view_unit_slot(struct view *v, struct cv_id id);             /* makes a place */
uint32_t view_unit_slot_of(const struct view *v, struct cv_id id);    /* of a known unit, or NONE */
bool view_below(const struct view *v, uint32_t unit, uint32_t top);   /* or equal */
int view_block(const struct view *v, uint32_t unit);
int view_depth(const struct view *v, uint32_t unit);                           /* known ancestors */
void view_subtree(const struct view *v, uint32_t top, struct view_slots *out); /* parents first; free(out->items) */
void view_fill_unit(const struct view *v, uint32_t slot, struct cv_arena *arena, struct view_unit *out);
bool view_unit_active(const struct unit *u, cv_day day);
/* NONE = the scope sees nothing; 0 = everything. */
uint32_t view_scope_slot(const struct view *v, struct view_scope scope);
/* Fails: there is none, or, while nobody knows, directory_unavailable. */
bool view_no_unit(const struct view *v, struct cv_error *err);

/* ---- usage.c ---- */
void view_usage_callbacks(struct dir_feed *feed);
/* What is known of one account; first = CV_NO_DAY when nothing is. Points into `uses`. */
struct dom_active view_active(const struct view_uses *uses, unsigned system);
static inline cv_day view_last_active(const struct person *p, const struct account *a)
{
    struct dom_active days = view_active(p->uses, a->system);
    return dom_active_last(&days);
}
struct view_uses *view_stray_take(struct view *v, struct cv_id staff); /* or NULL */
void view_stray_put(struct view *v, struct cv_id staff, struct view_uses *uses);
/* The uses of somebody who comes or goes; under the write lock. */
void view_uses_adopt(struct view *v, struct person *p);
void view_uses_orphan(struct view *v, struct person *p);
void view_usage_free(struct view *v);
/* The days a question judges use over, and where its verdicts lie in a tally: kept ones (slot of a standard window
 * that ends today), or special, to be worked out person by person as of window.to (slot 0). */
struct view_slice {
    bool special;
    int slot;
    struct view_window window;
};
bool view_slice_of(const struct view *v, struct view_window asked, struct view_slice *out, struct cv_error *err);
/* The person's tally for the slice: the kept one, or worked out into *space. */
const struct tally *view_tally_in(const struct view *v, const struct person *p, const struct view_slice *slice,
                                  struct tally *space);
bool view_idle(const struct view *v, const struct account *a); /* locked for inactivity: never regular */
/* `system` is left to the caller. */
struct view_system_usage view_usage_of(const struct view *v, unsigned system, const struct view_slice *slice);

/* ---- figures.c: keeps own and sums true ---- */
static inline int view_figures_used(const struct view *v)
{
    return F_SYSTEMS + (int)v->system_count * S_FIGURES;
}
void view_figures_room(struct view *v, struct unit *u, int used_before); /* as many as are in use now */
void view_count(struct view *v, struct person *p); /* makes p->tally today's and the figures with it */
void view_uncount(struct view *v, struct person *p);
/* NULL = today and the standard windows. */
struct tally view_tally_of(const struct view *v, const struct person *p, const struct view_window *special);
/* `figures` holds view_figures_used() of them, here and below. */
void view_tally_add(const struct person *p, const struct tally *t, int sign, int32_t *figures);
void view_derive(const struct view *v, uint32_t unit, int32_t *own); /* what follows from the headcount */
void view_derive_for(const struct view *v, uint32_t unit, cv_day day, const struct dom_headcount *h,
                     uint32_t categories, int32_t *own);
void view_refigure(struct view *v, uint32_t unit);                             /* after the unit itself changed */
void view_push(struct view *v, uint32_t from, const int32_t *delta, int sign); /* into the sums of `from` and above */

/* ---- recount.c ---- */
void view_recount_all(struct view *v);                 /* from nothing; under the write lock */
void view_recount_below(struct view *v, uint32_t top); /* in small batches; locks inside */
void view_roll_day(struct view *v);                    /* locks inside */

/* ---- filter.c, select.c: lists ---- */
enum { WORDS = 8 };
struct view_filter {
    uint32_t scope, unit;    /* tops; 0 = everything, NONE = nothing */
    bool recursive, at_home; /* at_home: only the unit that counts the person */
    uint32_t statuses, categories;
    const char *words[WORDS];
    size_t word_len[WORDS], word_count;
    bool phones; /* words are looked for in phone numbers too */
    uint64_t sign;
    uint16_t has, missing, staged;
    bool by_stage;
    uint32_t stages;
    struct view_slice slice;
    uint16_t unknown_use, unknown_regular, unknown_activation; /* systems */
    cv_moment updated_since;
};
bool view_filter_words(struct view_filter *f, const char *q, struct cv_arena *arena); /* false: nothing can match */
/* The same for people: of an address its domain does not count, and a phone number is one word. */
bool view_filter_person(struct view_filter *f, const char *q, bool phones, struct cv_arena *arena);
bool view_words_match(const char *folded, const struct view_filter *f);
bool view_match(const struct view *v, const struct view_filter *f, uint32_t slot);
uint32_t view_holder_slot(const struct view *v, enum view_key by, const char *key); /* person_find.c; or NONE */
bool view_person_visible(const struct view *v, const struct person *p, uint32_t top);
/* People with any post at or below `top`, each once. NONE-safe. */
void view_people_below(const struct view *v, uint32_t top, bool recursive, struct view_slots *out);
size_t view_members_below(const struct view *v, uint32_t top, bool recursive); /* at most that many */

enum { BY_DEPARTURE = VIEW_BY_UPDATED_AT + 1 };
struct view_position {
    const uint8_t *value;
    size_t len;
    struct cv_id id;
};
bool view_position_read(const void *after, size_t len, struct view_position *out);
const void *view_position_write(struct cv_arena *arena, const struct person *p, int sort, size_t *out_len);
int view_position_order(const struct person *p, int sort, const struct view_position *at);
struct view_best {
    uint32_t *slots;
    size_t count, cap;
    int sort;
    bool descending;
    const struct view *v;
};
void view_best_offer(struct view_best *b, uint32_t slot);
void view_best_finish(struct view_best *b); /* in order */
void view_fill_staff(const struct view *v, const struct person *p, bool accounts, struct cv_arena *arena,
                     struct view_staff *out);
bool view_drifts(const struct account *a);
/* ---- store/work.c ---- under the write lock */
struct dom_connector_look view_connector_look(const struct account *a);
void view_work_note(struct view *v, uint32_t slot);
void view_work_forget(struct view *v, uint32_t slot);
void view_work_free(struct view *v);
void view_fill_account(const struct view *v, const struct person *p, const struct account *a, struct cv_arena *arena,
                       struct view_account *out);
