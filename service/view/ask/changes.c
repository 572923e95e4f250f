/* Why a figure changed: the people of two days side by side, or of one day as it was kept and as it is told now. */
#include <stdlib.h>
#include <string.h>

#include "view/ask/ask.h"

enum { WINDOW = VIEW_DEFAULT_WINDOW };
enum { AT_A_TIME = 1000 }; /* people */

struct changes {
    const struct view *v;
    uint32_t top, reach; /* of the question, of who asks */
    uint16_t system;     /* its bit */
    uint32_t categories; /* 0 = all */
    struct view_window from, to;
    const struct view_changes_query *q;
    bool *met; /* of q->kept */
    struct view_tree *then_from, *then_to;
    struct cv_arena *arena;
    struct view_changes *out;
};

/* One person on one day. */
struct standing {
    bool recorded, here, eligible, issued, used, away, away_unused, locked;
};

static struct standing standing_of(const struct changes *c, const struct person *p, const struct view_window *window,
                                   const struct view_tree *then)
{
    struct tally t = view_tally_of(c->v, p, window);
    struct standing s = {.recorded = t.flags & T_RECORDED};
    s.here = s.recorded && view_below_then(c->v, then, t.home, c->top);
    s.eligible = s.here && (t.required & c->system) && (c->categories == 0 || (c->categories >> t.category & 1u));
    s.issued = s.eligible && (t.issued & c->system);
    s.locked = s.issued && (t.locked & c->system);
    s.used = s.issued && (t.used[0] & c->system);
    s.away = s.eligible && (t.flags & T_LONG_LEAVE);
    s.away_unused = s.away && !s.used;
    return s;
}

/* Who was not recorded was not kept. */
static struct standing standing_kept(const struct changes *c, struct cv_id staff)
{
    const struct view_changes_query *q = c->q;
    const struct view_kept *k = bsearch(&staff, q->kept, q->kept_count, sizeof(*k), view_id_order);
    if (k == NULL)
        return (struct standing){0};
    c->met[k - q->kept] = true;
    struct standing s = {.recorded = true, .here = k->here, .eligible = k->here && k->eligible};
    s.issued = s.eligible && k->issued;
    s.locked = s.issued && k->locked;
    s.used = s.issued && k->used;
    s.away = s.eligible && k->away;
    s.away_unused = s.away && !s.used;
    return s;
}

static struct view_pair_counts count_of(const struct standing *s)
{
    return (struct view_pair_counts){s->issued, s->eligible, s->used, s->away_unused};
}

static void add(struct view_pair_counts *sum, const struct view_pair_counts *part, int sign)
{
    sum->issued += sign * part->issued;
    sum->eligible += sign * part->eligible;
    sum->used += sign * part->used;
    sum->on_leave_unused += sign * part->on_leave_unused;
}

/* Where he went or came from, or what changed while he stayed. */
static enum view_cause cause_of(const struct standing *was, const struct standing *is, bool lost)
{
    if (!was->eligible)
        return was->here ? VIEW_REQUIRED : was->recorded ? VIEW_MOVED_IN : VIEW_JOINED;
    if (!is->eligible)
        return is->here ? VIEW_NOT_REQUIRED : is->recorded ? VIEW_MOVED_OUT : VIEW_LEFT;
    if (was->issued != is->issued)
        return is->issued ? VIEW_ISSUED_NOW : VIEW_REVOKED_NOW;
    if (lost)
        return VIEW_BECAME_UNKNOWN;
    if (was->used != is->used)
        return is->used ? VIEW_BEGAN_USING : VIEW_STOPPED_USING;
    return was->away_unused != is->away_unused ? VIEW_LEAVE : VIEW_LOCKED_NOW;
}

static void add_reason(struct changes *c, const struct person *p, const struct view_pair_counts *lost)
{
    const struct leaving *l = person_leaving(p);
    if (l != NULL)
        add(&c->out->left_by[l->reason], lost, -1);
}

/* Use that is not known on both days is no difference. */
static struct standing without_use(const struct standing *s)
{
    struct standing told = *s;
    told.used = false;
    told.away_unused = s->away;
    return told;
}

/* Of NONE there is no record any more. */
static void note(struct changes *c, uint32_t slot, struct standing was, struct standing is)
{
    bool from = c->out->used_known_from, to = c->out->used_known_to;
    bool lost = from && !to && was.used && is.issued;
    if (!from || !to) {
        was = without_use(&was);
        is = without_use(&is);
    }
    bool same = was.eligible == is.eligible && was.issued == is.issued && was.used == is.used &&
                was.away_unused == is.away_unused && (was.locked || !is.locked) && !lost;
    if ((!was.eligible && !is.eligible) || same)
        return;
    enum view_cause cause = cause_of(&was, &is, lost);
    struct view_cause_part *part = &c->out->causes[cause];
    struct view_pair_counts before = count_of(&was), after = count_of(&is);
    add(&part->change, &after, 1);
    add(&part->change, &before, -1);
    part->count++;
    if (slot == NONE)
        return;
    if (cause == VIEW_LEFT)
        add_reason(c, c->v->people[slot], &before);
    if (!view_person_visible(c->v, c->v->people[slot], c->reach))
        return;
    if (part->people == NULL)
        part->people = CV_NEWS(c->arena, struct view_staff, VIEW_CAUSE_PEOPLE);
    if (part->shown < VIEW_CAUSE_PEOPLE)
        view_fill_staff(c->v, slot, false, c->arena, &part->people[part->shown++]);
}

static void compare(struct changes *c, uint32_t slot, struct standing was, struct standing is)
{
    struct view_pair_counts before = count_of(&was), after = count_of(&is);
    add(&c->out->from, &before, 1);
    add(&c->out->to, &after, 1);
    note(c, slot, was, is);
}

static void compare_unmet(struct changes *c)
{
    for (size_t i = 0; i < c->q->kept_count; i++)
        if (!c->met[i])
            compare(c, NONE, standing_kept(c, c->q->kept[i].staff), (struct standing){0});
}

/* Whoever changes while others are compared is met as he was or as he is, on both days alike. */
static void compare_people(struct changes *c)
{
    struct view_slots people = {0};
    bool kept = c->q->kept != NULL;
    c->then_from = view_tree_on(c->v, c->from.to);
    c->then_to = view_tree_on(c->v, c->to.to);
    c->met = CV_NEWS(c->arena, bool, c->q->kept_count + 1);
    view_people_below(c->v, kept || c->then_from || c->then_to ? 0 : c->top, true, &people);
    const size_t end = c->v->people_end;
    for (size_t i = 0; i < people.count; i++) {
        if (i % AT_A_TIME == AT_A_TIME - 1)
            view_breathe(c->v);
        const struct person *p = people.items[i] < end ? c->v->people[people.items[i]] : NULL;
        if (p == NULL)
            continue;
        struct standing was = kept ? standing_kept(c, p->id) : standing_of(c, p, &c->from, c->then_from);
        compare(c, people.items[i], was, standing_of(c, p, &c->to, c->then_to));
    }
    compare_unmet(c);
    free(people.items);
    view_tree_free(&c->then_from);
    view_tree_free(&c->then_to);
}

static bool known_in(const struct changes *c, unsigned system, struct view_window window)
{
    struct view_slice slice = {.special = true, .window = window};
    return view_usage_of(c->v, system, &slice).unknown == DOM_USE_KNOWN;
}

static bool look(struct changes *c, const struct view_changes_query *q, struct cv_error *err)
{
    struct view_slice slice;
    int system = view_system_known(c->v, q->system);
    c->top = view_unit_slot_of(c->v, q->unit);
    if (c->top == NONE || !view_below(c->v, c->top, view_scope_slot(c->v, q->scope)))
        return view_no_unit(c->v, err);
    if (system < 0)
        return view_no_system(c->v, "system", q->system, err);
    if (!view_slice_of(c->v, c->from, &slice, err))
        return false;
    c->reach = view_scope_slot(c->v, q->scope);
    c->system = (uint16_t)(1u << system);
    c->out->used_known_from = q->kept ? q->kept_use_known : known_in(c, (unsigned)system, c->from);
    c->out->used_known_to = known_in(c, (unsigned)system, c->to);
    compare_people(c);
    return true;
}

bool view_changes(const struct view *v, const struct view_changes_query *q, struct cv_arena *arena,
                  struct view_changes *out, struct cv_error *err)
{
    const cv_day from = q->kept ? q->to : q->from;
    struct changes c = {.v = v,
                        .q = q,
                        .categories = q->categories,
                        .from = {from - WINDOW + 1, from},
                        .to = {q->to - WINDOW + 1, q->to},
                        .arena = arena,
                        .out = out};
    *out = (struct view_changes){0};
    if (!view_enter_people(v, err))
        return false;
    bool ok = look(&c, q, err);
    view_leave(v);
    return ok;
}

/* ---- for who looks again later ---- */
static uint16_t in_order(uint16_t bits, const unsigned *systems, size_t count)
{
    uint16_t out = 0;
    for (size_t i = 0; i < count; i++)
        out |= (uint16_t)((bits >> systems[i] & 1u) << i);
    return out;
}

static struct view_standing standing_in(const struct view *v, const struct person *p, const struct tally *t,
                                        const unsigned *systems, size_t count)
{
    return (struct view_standing){.staff = p->id,
                                  .unit = v->units[t->home]->id,
                                  .away = t->flags & T_LONG_LEAVE,
                                  .eligible = in_order(t->required, systems, count),
                                  .issued = in_order(t->issued, systems, count),
                                  .used = in_order(t->used[0] & t->issued, systems, count),
                                  .locked = in_order(t->locked, systems, count)};
}

static void put_standings(const struct view *v, cv_day day, const unsigned *systems, size_t count,
                          struct cv_arena *arena, struct view_standing **out, size_t *out_count)
{
    const struct view_window window = {day - WINDOW + 1, day};
    const size_t end = v->people_end;
    *out = cv_arena_room(arena, end + 1, sizeof(**out));
    *out_count = 0;
    for (size_t i = 0; i < end && cv_arena_ok(arena); i++) {
        if (i % AT_A_TIME == AT_A_TIME - 1)
            view_breathe(v);
        if (v->people[i] == NULL)
            continue;
        struct tally t = view_tally_of(v, v->people[i], &window);
        if (t.flags & T_RECORDED)
            (*out)[(*out_count)++] = standing_in(v, v->people[i], &t, systems, count);
    }
}

bool view_standings(const struct view *v, cv_day day, const char *const *systems, size_t system_count,
                    struct cv_arena *arena, struct view_standing **out, size_t *out_count, struct cv_error *err)
{
    unsigned slots[DOM_SYSTEMS_MAX];
    if (!view_enter_people(v, err))
        return false;
    for (size_t i = 0; i < system_count; i++) {
        int slot = view_system_known(v, systems[i]);
        slots[i] = slot >= 0 ? (unsigned)slot : DOM_SYSTEMS_MAX; /* nobody has it */
    }
    put_standings(v, day, slots, system_count, arena, out, out_count);
    view_leave(v);
    return true;
}
