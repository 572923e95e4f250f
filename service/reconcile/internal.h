/* Inside the connectors' source: peers (one per system), one person's step, the comparison. */
#pragma once

#include <pthread.h>

#include "congvu/connector.h"
#include "congvu/lock.h"
#include "congvu/reconcile.h"
#include "congvu/scim.h"
#include "congvu/view_lists.h"
#include "provision/internal.h"

enum { REC_REVISIT_MAX = 4096 };

struct rec_peer {
    char slug[DOM_SLUG_MAX + 1];
    struct con_scim *server; /* thread-safe by itself */
    int64_t revision;        /* of the configuration that it was learned under */
    size_t cursor;
    int64_t compare_at_ns;
    struct cv_id *revisit; /* accounts that a comparison found to be other than we saw them */
    size_t revisit_count;
    struct rec_comparison comparison; /* items and texts in its own memory */
    struct cv_arena *memory;
    struct rec_exchange exchange; /* of kind file */
};

struct rec_connectors {
    struct rec_connectors_options options;
    struct cv_arena *scratch; /* of the clock's thread */
    struct cv_lock lock;      /* guards the peers */
    struct rec_peer peers[DOM_SYSTEMS_MAX];
    size_t peer_count;
};

/* One system, reached for one piece of work. */
struct rec_link {
    struct rec_worker *w;
    struct dom_system system;
    struct con_target target;
    struct con_scim_call scim;
};

/* Whose account it is: a person, or a unit. */
struct rec_owner {
    bool is_unit;
    struct cv_id id;
    char mark[CV_ID_TEXT]; /* "stf_..." or "unt_...": what the account carries there */
    int64_t revision;
    struct dom_staff staff; /* one of them */
    struct dom_unit unit;
    struct dom_account *account; /* in it, at the link's system; NULL = none there */
};

/* One account at one system, while it is worked on. */
struct rec_step {
    struct rec_link *link;
    struct rec_owner owner;
    struct dom_account *account; /* in the owner */
    bool revisit;
    cv_moment begun;
    /* what was seen and done */
    struct con_scim_account there;
    bool found;
    const char *closed[DOM_NAMES_MAX]; /* logins of accounts left behind that are closed now */
    size_t closed_count;
    enum dom_observed observed;
    bool known; /* `observed` was seen, although the step may fail */
    bool deleted;
    struct cv_error failure;
};

/* ---- peers/seen.c ---- */
/* The observed state, with the moment when it is another one. */
void rec_observe(struct dom_account *account, enum dom_observed observed);
/* "stf_..." or "unt_...", and for an account left behind by a move "stf_...#noivu_an". */
bool rec_mark_parse(const char *mark, struct cv_id *out_owner, bool *out_left_behind);
const char *rec_mark_of(const struct view_connector_account *account, char out[CV_ID_TEXT]);
/* Is it more likely that the list is wrong? */
bool rec_too_many_missing(size_t missing, size_t issued);

/* ---- peers/owner.c ---- */
/* CV_NOT_FOUND: no longer there. */
bool rec_owner_read(struct rec_link *link, struct cv_id id, bool is_unit, struct rec_owner *out, struct cv_error *err);
/* Changes the account in the record as it is then, quietly unless *loud is set. */
typedef void rec_noting(struct dom_account *account, const struct rec_owner *now, void *ctx, bool *loud);
bool rec_owner_note(struct rec_link *link, struct cv_id id, bool is_unit, const char *action, rec_noting *note,
                    void *ctx, struct cv_error *err);

/* Everybody whom the system should have, in an arena that the call's arena frees. */
bool rec_all_accounts(const struct rec_link *link, struct cv_arena **out_arena, struct view_connector_account **out,
                      size_t *out_count, struct cv_error *err);

/* ---- peers/peers.c ---- */
struct rec_peer *rec_peer_of(struct rec_connectors *c, const char *slug);   /* under the lock; or NULL */
struct rec_peer *rec_peer_made(struct rec_connectors *c, const char *slug); /* under the lock; NULL: no room */
/* Did a comparison ask to look at this account again? It is forgotten with the answer. */
bool rec_take_revisit(struct rec_connectors *c, const char *slug, struct cv_id staff);
/* What a comparison found; its items lie in `memory`, which becomes the peer's. */
void rec_peer_publish(struct rec_connectors *c, const char *slug, const struct rec_comparison *found,
                      struct cv_arena *memory);
void rec_peers_free(struct rec_connectors *c);

/* ---- scim/account.c ---- */
/* Brings one account to what is wanted, whether or not it looks as if it were, and saves what was seen. */
bool rec_account_step(struct rec_link *link, struct cv_id owner, bool revisit, struct cv_error *err);

/* ---- scim/look.c ---- */
bool rec_marked_as_ours(const struct rec_step *s, const struct con_scim_account *a);
bool rec_may_become_ours(const struct rec_step *s, const struct con_scim_account *a);
bool rec_not_ours(struct cv_error *err, const char *login);
bool rec_moved_back_to(const struct rec_step *s, const struct dom_former *f);
/* What is known by the id (or NULL) and the login, if what has the id now is ours still. */
bool rec_ours_by_id(struct rec_step *s, const char *id, const char *login, struct con_scim_account *out,
                    bool *out_found, struct cv_error *err);
/* Fills s->found and s->there. `adopt`: is an unmarked account of that login to become ours? Never in order to close
 * it. */
bool rec_look(struct rec_step *s, bool adopt, struct cv_error *err);
bool rec_shut(struct rec_step *s, const struct con_scim_account *a, struct cv_error *err);
/* Deletes; where nothing can be deleted, shuts (*out_deleted false). */
bool rec_remove_there(struct rec_step *s, const struct con_scim_account *a, bool *out_deleted, struct cv_error *err);

/* ---- scim/formers.c ---- */
/* Tries all of them; those that are closed now are noted in the step. */
bool rec_close_formers(struct rec_step *s, struct cv_error *err);
/* Ways to make room for the new account; *out_any: something was given up, so that it may be tried again. */
bool rec_former_gives_mark(struct rec_step *s, bool *out_any, struct cv_error *err);
bool rec_former_gives_address(struct rec_step *s, bool *out_any, struct cv_error *err);
/* Renamed in place: it is what was found. */
bool rec_former_becomes_it(struct rec_step *s, bool *out_any, struct cv_error *err);

/* ---- peers/wanted.c ---- */
/* What the account should hold there, in the system's own attributes; at most DOM_FIELDS. */
size_t rec_wanted(const struct rec_link *link, const struct rec_owner *owner, const struct dom_account *account,
                  bool active, struct con_scim_field out[DOM_FIELDS]);

/* ---- scim/compare.c ---- */
bool rec_compare(struct rec_connectors *c, struct rec_link *link, struct cv_error *err);
