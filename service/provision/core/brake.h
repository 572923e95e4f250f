/* Inside provision/: judging by the brake of a line, and noting what it held. */
#pragma once

#include "congvu/prov_brake.h"
#include "congvu/token.h"
#include "provision/internal.h"

/* ---- lines ---- as the view knows the tokens now */
struct prov_lines {
    struct dom_token *tokens;
    size_t count;
};
bool prov_lines_load(struct prov_call *call, struct prov_lines *out, struct cv_error *err);
/* NULL: there is none, as of a person's line. */
const struct dom_token *prov_lines_token(const struct prov_lines *lines, struct cv_id id);
struct cv_id prov_line_of(const struct prov_lines *lines, struct cv_id token);
/* Of whom `actor` names ("tok_...", "stf_..."); zero: of nobody, the service itself. */
struct cv_id prov_line_of_actor(const struct prov_lines *lines, const char *actor);
/* Who is no second person for whom, both ways round: whoever lends a role and whoever has it lent, while that lasts;
 * whoever gave somebody a way in (a one-time code, the second factor taken away) and that one, for DOM_WAY_IN_S, and
 * whomever the same one gave it. Only the bootstrap token makes nobody one with anybody but itself. */
enum prov_oneness prov_oneness(struct prov_call *call, const struct prov_lines *lines, struct cv_id one,
                               struct cv_id other);
/* Of the caller's own line and this one. */
enum prov_oneness prov_own_line(struct prov_call *call, const struct prov_lines *lines, struct cv_id line);

/* What a token or a person reaches: the size that the brake measures against is that of who gave the order. Zero, the
 * service itself, reaches everything. */
struct view_scope prov_reach_of(struct prov_call *call, struct cv_id id);

/* ---- judging ---- */
/* Judges what `kind` says of this person for the line of `token` (zero = the service itself: judged when ordered), and
 * counts it in the directory before the deactivation itself is written. */
bool prov_brake_pass(struct prov_call *call, struct cv_id token, const struct dom_staff *staff,
                     enum dom_brake_kind kind, struct cv_error *err);
/* Judges a change of one person as a whole, and notes what is refused; an order to leave is kept by its own use case.
 */
bool prov_brake_change(struct prov_change *change, struct cv_error *err);
enum dom_brake_kind prov_order_kind(const struct dom_departure *d);
/* The order waits for a second person; `by`: who was stopped. */
void prov_hold_order(struct dom_departure *d, const char *by);
/* The same for a change of rules that concerns many people at once: all or nothing. */
struct prov_withdrawn {
    int people;
    struct cv_tag sum; /* of who they are, in any order */
};
void prov_withdrawn_add(struct prov_withdrawn *all, const char *system, struct cv_id staff);
bool prov_brake_pass_many(struct prov_call *call, const char *target, const struct prov_withdrawn *all,
                          struct cv_error *err);

/* What a refusal is of, in the arena: "staff/stf_...", "system/e-office", "unit/unt_...". */
const char *prov_staff_target(struct cv_arena *arena, struct cv_id staff);
const char *prov_system_target(struct cv_arena *arena, const char *slug);
const char *prov_unit_target(struct cv_arena *arena, struct cv_id unit);

/* Fails: what is ordered of him waits for a second person already, whatever the hour has room for. */
bool prov_brake_waits(struct cv_id staff, struct cv_error *err);

/* ---- changing a line's brake ---- by compare-and-swap; `fn` changes the copy, false = nothing to save */
typedef bool prov_brake_fn(struct dom_brake *brake, struct cv_arena *arena, void *ctx);
bool prov_brake_edit(struct prov_call *call, struct cv_id line, prov_brake_fn *fn, void *ctx, struct cv_error *err);
