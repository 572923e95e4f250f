/* Inside view/: counts kept true, and the days that use is judged over. */
#pragma once

#include "view/store/view.h"

/* ---- usage.c ---- */
void view_usage_callbacks(struct dir_feed *feed);
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
const struct tally *view_tally_in(const struct view *v, uint32_t slot, const struct view_slice *slice,
                                  struct tally *space);
/* Of the account that counted as issued on that day: since when it did without a break. */
cv_day view_issued_on(const struct person *p, const struct account *a, cv_day day);
/* The last day of the window on which it stopped counting as issued, and did not go on; CV_NO_DAY = none. */
cv_day view_ended_in(const struct person *p, const struct account *a, struct view_window window);
/* Locked for inactivity by that day: never regular. */
bool view_idle(const struct view *v, const struct person *p, const struct account *a, cv_day day);
/* `system` is left to the caller. */
struct view_system_usage view_usage_of(const struct view *v, unsigned system, const struct view_slice *slice);

/* ---- figures.c: keeps own and sums true ---- */
void view_count(struct view *v, uint32_t slot); /* makes the person's tally today's and the figures with it */
void view_uncount(struct view *v, uint32_t slot);
/* What a tally rests on beside its person and the tree. */
struct view_basis {
    cv_day day; /* today */
    const struct system *systems;
};
static inline struct view_basis view_basis_now(const struct view *v)
{
    return (struct view_basis){atomic_load(&v->day), v->systems};
}
/* NULL = today and the standard windows. */
struct tally view_tally_of(const struct view *v, const struct person *p, const struct view_window *special);
struct tally view_tally_on(const struct view *v, const struct view_basis *basis, const struct person *p,
                           const struct view_window *special);
/* The systems that the person would have to have on that day if he were of that category. */
uint16_t view_required_as(const struct view *v, const struct person *p, enum dom_category category, cv_day day);
/* `figures` holds view_figures_used() of them, here and below. */
void view_tally_add(const struct tally *t, int sign, int32_t *figures);
void view_derive(const struct view *v, uint32_t unit, int32_t *own); /* what follows from the headcount */
void view_derive_for(const struct view *v, const struct view_tree *then, uint32_t unit, cv_day day,
                     const struct dom_headcount *h, uint32_t categories, int32_t *own);
/* ---- silence.c ---- */
void view_seen_add(struct system *s, const struct dom_active *days); /* somebody's days of use */
bool view_seen_has(const struct system *s, const struct dom_active *days);
void view_seen_roll(struct view *v, cv_day was, cv_day today);   /* days that come anew */
cv_day view_quiet_since(const struct system *s, cv_day through); /* as view_silent_since */
/* ---- moves.c: who came and left since a unit declared its headcount ---- */
/* What the person adds to F_MOVED_BY of a unit that declared on `from`, as it stands at the end of `to`. False:
 * nothing. */
const struct post *view_place_on(const struct person *p, cv_day day); /* where he serves; NULL = nowhere */
bool view_moved(const struct person *p, uint32_t unit, cv_day from, cv_day to, int moved[DOM_CATEGORIES]);
/* Adds it to a unit's own figures; nothing when `from` is CV_NO_DAY. */
void view_moves_add(const struct person *p, uint32_t unit, cv_day from, cv_day to, int sign, int32_t *own);
/* Is it the first of the person's primary posts in its unit? */
bool view_first_home_there(const struct person *p, size_t post);
/* The day from which the unit's moves count, as of `day`: that of the headcount in force, or CV_NO_DAY. */
cv_day view_moves_from(const struct unit *unit, cv_day day);
/* Counts all members of the unit anew into own[F_MOVED_BY], from the headcount in force on the view's day. */
void view_moves_settle(struct view *v, uint32_t unit, int32_t *own);
/* ---- figures.c ---- */
void view_refigure(struct view *v, uint32_t unit);                             /* after the unit itself changed */
void view_push(struct view *v, uint32_t from, const int32_t *delta, int sign); /* into the sums of `from` and above */

/* ---- period.c ---- figures of a window or of categories that are not kept for good */
struct view_period;
/* The whole one, or NULL; under the read lock, and good until it is left. */
const struct view_period *view_period_of(const struct view *v, const struct view_slice *slice, uint32_t categories);
/* Adds one up. Called with the read lock, which it leaves and takes again: look up anew whatever you know. False: what
 * it rests on changed meanwhile, or there is no place for one. */
bool view_period_add_up(const struct view *v, const struct view_slice *slice, uint32_t categories);
const int32_t *view_period_own(const struct view_period *period, uint32_t unit); /* without what is derived */
/* Before (-1) and after (1) a person, his use or his tally changes; under the write lock. */
void view_periods_person(struct view *v, uint32_t slot, int sign);
void view_periods_free(struct view *v);

/* ---- shadow.c ---- everybody's tallies and every unit's own figures, worked out beside those in force */
struct view_shadow;
/* Reads records and tree: for the feed's thread, or under the write lock. `basis` is read only here. */
struct view_shadow *view_shadow_make(const struct view *v, const struct view_basis *basis);
/* Under the write lock, when v->systems and v->day are what it was made for: puts it in force. */
void view_shadow_swap(struct view *v, struct view_shadow *shadow);
void view_shadow_free(struct view_shadow *shadow); /* with what was in force before; NULL does nothing */

/* ---- recount.c ---- */
void view_recount_all(struct view *v);                 /* from nothing; under the write lock */
void view_recount_below(struct view *v, uint32_t top); /* the feed's thread; locks inside */
/* It is another day. Whoever asks rolls it at once; of many people the feed's thread works the new day out beside the
 * old one, whether it hears the directory or not, and until then the answers are those of the old. Locks inside. */
void view_roll_day(struct view *v);
void view_roll_beside(struct view *v); /* the feed's thread */
