/* Inside view/: what is kept of units, people, systems and tokens. */
#pragma once

#include "congvu/text.h"
#include "congvu/view_figures.h"
#include "congvu/view_lists.h"
#include "view/store/memory.h"

/* ---- figures ---- what people bring first, then what follows from the declared headcount, then a group per system */
enum {
    F_RECORDED_BY,
    F_RECORDED = F_RECORDED_BY + DOM_CATEGORIES,
    F_SECONDED_IN,
    F_SECONDED_OUT,
    F_COMPLETE,
    F_ELIGIBLE_PEOPLE,
    F_MOVED_BY, /* who came less who left since the unit's declaration */
    F_HEADCOUNT = F_MOVED_BY + DOM_CATEGORIES,
    F_CARRIED,
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
    S_ISSUED_BEYOND,
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
struct unit {
    bool known, detour; /* detour: hangs at the root because its parent would close a cycle */
    uint32_t mark, parent;
    uint8_t uuid[16];
    struct cv_id id;
    struct dom_unit u;     /* when known */
    struct view_pool keep; /* its strings */
    const uint8_t *key;    /* vi order of the name */
    size_t key_len;
    const char *folded;         /* names and code, for search */
    uint64_t print;             /* its share of the tree's version */
    struct view_slots children; /* known and unknown, in order */
    int known_children;
    cv_day turns_on;           /* first day on which something planned is to happen, or CV_NO_DAY */
    cv_day declared_on;        /* of the headcount in force: since then F_MOVED_BY counts; or CV_NO_DAY */
    struct view_slots members; /* people with any post here, each once */
    int32_t *own, *sum;        /* one block, view_figures_used() each */
};

/* ---- people ---- */
struct post {
    uint32_t unit, title;
    cv_day from, to;
    uint8_t kind, primary, spare[2];
};
/* Most accounts are wanted, there, and nothing else: what only some have lies in a struct account_more behind them. */
struct account {
    uint32_t since; /* seconds; 0 = not said */
    cv_day issued;  /* CV_NO_DAY = not said */
    uint16_t login;
    uint8_t system : 4, desired : 3, synced : 1;
    uint8_t observed : 4, formers : 1, kept : 1; /* a move left accounts behind; see struct dom_account */
    uint8_t more : 1;
};
_Static_assert(DOM_SYSTEMS_MAX <= 16, "a system is four bits of an account");
struct account_more {
    uint32_t reason;
    uint32_t next_try; /* seconds since 1970; 0 = nothing to wait for */
    uint32_t lost_at;  /* seconds; 0 = it is there */
    uint16_t error, remote_id, attempts, not_taken;
};
struct leaving {
    cv_moment recorded_at;
    cv_day on;
    uint16_t number;
    uint8_t state, reason;
};
struct absence {
    cv_day from, to;  /* both included */
    uint32_t decided; /* there is a decision */
};

/* A time that is over in which an account counted as issued, or in which the person had an own password. */
enum { SPAN_PASSWORD = DOM_SYSTEMS_MAX }; /* of no system */
struct account_span {
    cv_day from;         /* CV_NO_DAY = nobody knows */
    uint32_t days : 23;  /* until the first day out, or that day itself when `from` is not known */
    uint32_t how : 4;    /* enum dom_stand */
    uint32_t system : 5; /* or SPAN_PASSWORD */
};

/* What held until the day `to`, the first on which it did not. */
struct past {
    cv_day to;
    uint8_t category, spare[3];
};

/* Of a digital certificate; see struct dom_certificate. */
struct certificate {
    struct cv_id custodian;
    cv_day valid_to, returned_on;
    uint16_t serial;
    uint8_t system, spare;
};

/* Who gave him a way in; see struct dom_way_in. */
struct way_in {
    struct cv_id by;
    uint32_t at;
};

struct role {
    uint32_t unit; /* slot; 0 = everywhere */
    cv_day from, to;
    struct cv_id lent_by; /* zero = his own */
    uint8_t kind, number, spare[2];
};

/* What a person adds to the figures today, and what lists ask of everybody: beside each other (struct view.tallies), so
 * that a look at all people goes through them in order and touches nobody who does not match. */
enum {
    T_RECORDED = 1,
    T_LONG_LEAVE = 2,
    T_SECONDED_OUT = 4,
    T_LACKING = 8,
    T_COUNTED = 16,
    T_POSTED = 32,    /* has a post at all */
    T_SEVERAL = 64,   /* posts in several units */
    T_UNDECIDED = 128 /* the long leave has no decision */
};
struct tally {
    uint32_t home;                                                             /* unit of the primary post, or NONE */
    cv_day next_day;                                                           /* first day on which this may differ */
    uint16_t required, issued, locked;                                         /* systems, whether recorded or not */
    uint16_t activated, ever, never, too_new, used[WINDOWS], regular[WINDOWS]; /* issued ones, required or not */
    uint8_t status : 4, category : 4;
    uint8_t flags;
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
    uint32_t mark;
    /* from here to the end: the record itself, compared bytewise */
    uint8_t uuid[16];
    struct cv_id id;
    cv_day hired_on;
    cv_moment updated_at;
    int64_t revision;
    cv_day credential_on;
    int32_t epoch; /* of sessions */
    uint16_t birth_year;
    uint16_t size;                             /* of data */
    uint16_t name, folded, code, address, key; /* offsets in data, 0 = none */
    uint16_t key_len;
    uint16_t into;     /* "stf_... unt_...": the record that this one was merged into, and its own unit; 0 = none */
    uint16_t absorbed; /* ids of records merged into this one, with blanks between; 0 = none */
    uint16_t texts;    /* where the offsets of names and former codes begin */
    uint8_t mobile[6]; /* the number, little-endian; 0 = none */
    uint8_t category, posts, accounts, mores, names, formers, absences, spans, roles, pasts, certificates, ways;
    uint8_t has_leaving : 1, credential_set : 1, cutting : 1,
        apart : 1; /* behind `folded` the same with its apostrophes as blanks: "kbay", "k bay" */
    /* leaving?, accounts, mores, posts, absences, spans, pasts, roles, certificates, ways, offsets of names and
     * former codes, strings */
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
static inline const struct account_more *person_mores(const struct person *p)
{
    return (const struct account_more *)(const void *)(person_accounts(p) + p->accounts);
}
static inline const struct post *person_posts(const struct person *p)
{
    return (const struct post *)(const void *)(person_mores(p) + p->mores);
}
static inline const struct absence *person_absences(const struct person *p)
{
    return (const struct absence *)(const void *)(person_posts(p) + p->posts);
}
static inline const struct account_span *person_spans(const struct person *p)
{
    return (const struct account_span *)(const void *)(person_absences(p) + p->absences);
}
static inline const struct past *person_pasts(const struct person *p)
{
    return (const struct past *)(const void *)(person_spans(p) + p->spans);
}
static inline const struct role *person_roles(const struct person *p)
{
    return (const struct role *)(const void *)(person_pasts(p) + p->pasts);
}
static inline const struct certificate *person_certificates(const struct person *p)
{
    return (const struct certificate *)(const void *)(person_roles(p) + p->roles);
}
static inline const struct way_in *person_ways(const struct person *p)
{
    return (const struct way_in *)(const void *)(person_certificates(p) + p->certificates);
}
struct account_more view_account_some(const struct person *p, const struct account *a);
static inline struct account_more view_account_more(const struct person *p, const struct account *a)
{
    return a->more ? view_account_some(p, a) : (struct account_more){.reason = NONE};
}
static inline const char *person_name_held(const struct person *p, size_t i)
{
    return person_text(p, ((const uint16_t *)(const void *)(p->data + p->texts))[i]);
}
static inline const char *person_former(const struct person *p, size_t i)
{
    return person_name_held(p, p->names + i);
}

/* ---- catalogue and tokens ---- */
enum { VIEW_SEEN_DAYS = 512 }; /* more than are kept (DOM_KEPT_DAYS_MAX) */
struct system {
    bool known;
    uint32_t mark;
    uint8_t uuid[16];
    char *slug;
    struct dom_system s;
    struct view_pool keep;
    cv_day data_from, data_through;   /* of its usage */
    uint8_t seen[VIEW_SEEN_DAYS / 8]; /* days on which anybody used it, by day % VIEW_SEEN_DAYS */
    struct view_bits work, lost;      /* people: see store/work.c */
};
struct token {
    uint32_t mark;
    uint8_t uuid[16];
    struct dom_token t;
    struct view_pool keep;
};
