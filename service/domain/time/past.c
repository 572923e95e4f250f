/* What held before: former values in a row, each until the first day on which it did not hold. */
#include <string.h>

#include "congvu/coverage.h"
#include "congvu/staff.h"
#include "congvu/text.h"
#include "congvu/unit.h"
#include "domain/time/past.h"

/* ---- categories of people ---- */
enum dom_category dom_category_on(const struct dom_staff *s, cv_day day)
{
    for (size_t i = 0; i < s->past_count; i++)
        if (day < s->past[i].to)
            return s->past[i].category;
    return s->category;
}

void dom_set_category(struct dom_staff *s, enum dom_category category, cv_day from, struct cv_arena *arena)
{
    enum dom_category before = dom_category_on(s, from == CV_NO_DAY ? from : from - 1);
    struct dom_past_category *row = CV_NEWS(arena, struct dom_past_category, s->past_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < s->past_count && s->past[i].to < from; i++)
        row[count++] = s->past[i];
    if (before != category && from != CV_NO_DAY)
        row[count++] = (struct dom_past_category){.to = from, .category = before};
    size_t over = count > DOM_PAST_MAX ? count - DOM_PAST_MAX : 0;
    s->past = row + over;
    s->past_count = count - over;
    s->category = category;
}

cv_day dom_category_turns(const struct dom_staff *s, cv_day day)
{
    for (size_t i = 0; i < s->past_count; i++)
        if (s->past[i].to > day)
            return s->past[i].to;
    return CV_NO_DAY;
}

/* ---- units ---- */
struct dom_past_unit dom_unit_facts(const struct dom_unit *u)
{
    struct dom_past_unit facts = {.to = CV_NO_DAY,
                                  .code = u->code,
                                  .kind = u->kind,
                                  .block = u->block,
                                  .has_parent = u->has_parent,
                                  .parent = u->parent,
                                  .headed = true,
                                  .slug = u->slug,
                                  .has_letterhead = u->has_letterhead,
                                  .letterhead = u->letterhead};
    memcpy(facts.name, u->name, sizeof facts.name);
    return facts;
}

bool dom_facts_same_parent(const struct dom_past_unit *a, const struct dom_past_unit *b)
{
    return a->has_parent == b->has_parent && (!a->has_parent || cv_id_equal(a->parent, b->parent));
}

bool dom_facts_same_names(const struct dom_past_unit *a, const struct dom_past_unit *b)
{
    return cv_text_same(a->name[CV_VI], b->name[CV_VI]) && cv_text_same(a->name[CV_EN], b->name[CV_EN]);
}

struct dom_unit dom_unit_as_of(const struct dom_unit *unit, cv_day day)
{
    struct dom_unit then = *unit;
    size_t i = 0;
    while (i < unit->past_count && unit->past[i].to <= day)
        i++;
    if (i == unit->past_count)
        return then;
    const struct dom_past_unit *past = &unit->past[i];
    then.code = past->code;
    memcpy(then.name, past->name, sizeof then.name);
    then.kind = past->kind;
    then.block = past->block;
    then.has_parent = past->has_parent;
    then.parent = past->parent;
    if (past->headed) {
        then.slug = past->slug;
        then.has_letterhead = past->has_letterhead;
        then.letterhead = past->letterhead;
    }
    return then;
}

/* In figures. */
static bool same_place(const struct dom_past_unit *a, const struct dom_past_unit *b)
{
    return cv_text_same(a->code, b->code) && dom_facts_same_names(a, b) && a->kind == b->kind && a->block == b->block &&
           dom_facts_same_parent(a, b);
}

static bool same_facts(const struct dom_past_unit *a, const struct dom_past_unit *b)
{
    return same_place(a, b) && a->headed == b->headed && cv_text_same(a->slug, b->slug) &&
           dom_letterhead_same(&a->letterhead, &b->letterhead);
}

/* The row with those members replaced that a change replaces. */
static struct dom_past_unit changed(struct dom_past_unit row, const struct dom_past_unit *was,
                                    const struct dom_past_unit *is)
{
    if (!cv_text_same(was->code, is->code))
        row.code = is->code;
    if (!dom_facts_same_names(was, is))
        memcpy(row.name, is->name, sizeof row.name);
    if (was->kind != is->kind)
        row.kind = is->kind;
    if (was->block != is->block)
        row.block = is->block;
    if (!dom_facts_same_parent(was, is)) {
        row.has_parent = is->has_parent;
        row.parent = is->parent;
    }
    if (!cv_text_same(was->slug, is->slug))
        row.slug = is->slug;
    dom_letterhead_change(&row.letterhead, &was->letterhead, &is->letterhead);
    row.has_letterhead = !dom_letterhead_empty(&row.letterhead);
    return row;
}

/* No row of no days, and none like the one before it. */
static void push(struct dom_unit *unit, struct dom_past_unit row, cv_day to)
{
    struct dom_past_unit *last = unit->past_count > 0 ? &unit->past[unit->past_count - 1] : NULL;
    row.to = to;
    if (last && last->to >= to)
        return;
    if (last && same_facts(last, &row))
        last->to = to;
    else
        unit->past[unit->past_count++] = row;
}

void dom_unit_keep_past(const struct dom_unit *before, struct dom_unit *after, cv_day from, struct cv_arena *arena)
{
    const struct dom_past_unit was = dom_unit_facts(before), is = dom_unit_facts(after);
    if (same_facts(&was, &is))
        return;
    after->past = CV_NEWS(arena, struct dom_past_unit, 2 * before->past_count + 1);
    after->past_count = 0;
    for (size_t i = 0; i < before->past_count; i++) {
        const struct dom_past_unit *row = &before->past[i];
        if (from != CV_NO_DAY)
            push(after, *row, row->to < from ? row->to : from);
        if (from == CV_NO_DAY || row->to > from)
            push(after, changed(*row, &was, &is), row->to);
    }
    if (from != CV_NO_DAY)
        push(after, was, from);
    while (after->past_count > 0 && same_facts(&after->past[after->past_count - 1], &is))
        after->past_count--;
    if (after->past_count > DOM_PAST_MAX) {
        after->past += after->past_count - DOM_PAST_MAX;
        after->past_count = DOM_PAST_MAX;
    }
}

bool dom_unit_was_headed(const struct dom_unit *unit)
{
    bool headed = unit->has_letterhead;
    for (size_t i = 0; i < unit->past_count; i++)
        headed |= unit->past[i].has_letterhead;
    return headed;
}

/* ---- from which day on a change makes the past another one ---- */
static bool same_headcount(const struct dom_headcount *a, const struct dom_headcount *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->on == b->on && a->total == b->total && a->has_categories == b->has_categories &&
           (!a->has_categories || memcmp(a->by_category, b->by_category, sizeof a->by_category) == 0);
}

static bool alike_on(const struct dom_unit *a, const struct dom_unit *b, cv_day day)
{
    const struct dom_unit then_a = dom_unit_as_of(a, day), then_b = dom_unit_as_of(b, day);
    const struct dom_past_unit was = dom_unit_facts(&then_a), is = dom_unit_facts(&then_b);
    return same_place(&was, &is) &&
           dom_day_within(a->active_from, a->active_to, day) == dom_day_within(b->active_from, b->active_to, day) &&
           same_headcount(dom_headcount_on(a, day), dom_headcount_on(b, day));
}

struct search {
    const struct dom_unit *before, *after;
    cv_day today, found;
};

static void look_at(struct search *s, cv_day day)
{
    if (day != CV_NO_DAY && day < s->today && (s->found == CV_NO_DAY || day < s->found) &&
        !alike_on(s->before, s->after, day))
        s->found = day;
}

static void look_at_turns(struct search *s, const struct dom_unit *of)
{
    look_at(s, of->active_from);
    look_at(s, of->active_to);
    for (size_t i = 0; i < of->past_count; i++)
        look_at(s, of->past[i].to);
    for (size_t i = 0; i < of->headcount_count; i++)
        look_at(s, of->headcounts[i].on);
}

cv_day dom_unit_touches_from(const struct dom_unit *before, const struct dom_unit *after, cv_day today)
{
    struct search s = {before, after, today, CV_NO_DAY};
    look_at_turns(&s, before);
    look_at_turns(&s, after);
    return s.found;
}
