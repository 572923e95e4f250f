/* What units are to be from a day that is to come: it waits for its day, and happens as if it were said then. */
#include <string.h>

#include "congvu/staff.h"
#include "domain/time/past.h"

static void lay(const struct dom_next_unit *next, struct dom_unit *unit)
{
    const struct dom_past_unit *facts = &next->facts;
    if (next->parts & DOM_PART_NAME)
        memcpy(unit->name, facts->name, sizeof unit->name);
    if (next->parts & DOM_PART_KIND)
        unit->kind = facts->kind;
    if (next->parts & DOM_PART_BLOCK)
        unit->block = facts->block;
    if (next->parts & DOM_PART_PARENT) {
        unit->has_parent = facts->has_parent;
        unit->parent = facts->parent;
    }
    if (next->parts & DOM_PART_LETTERHEAD) {
        unit->has_letterhead = facts->has_letterhead;
        unit->letterhead = facts->letterhead;
    }
}

static struct dom_next_unit difference(const struct dom_unit *before, const struct dom_unit *after, cv_day day)
{
    const struct dom_past_unit was = dom_unit_facts(before), is = dom_unit_facts(after);
    uint32_t parts = 0;
    if (!dom_facts_same_names(&was, &is))
        parts |= DOM_PART_NAME;
    if (was.kind != is.kind)
        parts |= DOM_PART_KIND;
    if (was.block != is.block)
        parts |= DOM_PART_BLOCK;
    if (!dom_facts_same_parent(&was, &is))
        parts |= DOM_PART_PARENT;
    if (!dom_letterhead_same(&was.letterhead, &is.letterhead))
        parts |= DOM_PART_LETTERHEAD;
    return (struct dom_next_unit){.from = day, .parts = parts, .facts = is};
}

struct dom_unit dom_unit_planned(const struct dom_unit *unit, cv_day day)
{
    struct dom_unit then = *unit;
    for (size_t i = 0; i < unit->next_count && unit->next[i].from <= day; i++)
        lay(&unit->next[i], &then);
    return then;
}

void dom_unit_plan(const struct dom_unit *before, struct dom_unit *after, cv_day day, struct cv_arena *arena)
{
    const struct dom_unit until = dom_unit_planned(before, day - 1);
    const struct dom_next_unit anew = difference(&until, after, day);
    struct dom_next_unit *rows = CV_NEWS(arena, struct dom_next_unit, before->next_count + 1);
    size_t count = 0, i = 0;
    for (; i < before->next_count && before->next[i].from < day; i++)
        rows[count++] = before->next[i];
    if (anew.parts != 0)
        rows[count++] = anew;
    for (; i < before->next_count; i++)
        if (before->next[i].from != day)
            rows[count++] = before->next[i];
    *after = *before;
    after->next = rows;
    after->next_count = count;
}

void dom_unit_call_off(struct dom_unit *unit, uint32_t parts, cv_day day, struct cv_arena *arena)
{
    struct dom_next_unit *rows = CV_NEWS(arena, struct dom_next_unit, unit->next_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < unit->next_count; i++) {
        struct dom_next_unit row = unit->next[i];
        if (row.from <= day)
            row.parts &= ~parts;
        if (row.parts != 0)
            rows[count++] = row;
    }
    unit->next = rows;
    unit->next_count = count;
}

bool dom_unit_turn(struct dom_unit *unit, cv_day today, struct cv_arena *arena)
{
    bool turned = false;
    while (unit->next_count > 0 && unit->next[0].from <= today) {
        struct dom_unit then = *unit;
        lay(&unit->next[0], &then);
        then.next++;
        then.next_count--;
        dom_unit_keep_past(unit, &then, unit->next[0].from, arena);
        *unit = then;
        turned = true;
    }
    return turned;
}

static bool is_parent(struct cv_id parent, bool has_parent, struct cv_id id)
{
    return has_parent && cv_id_equal(parent, id);
}

bool dom_unit_lies_below(const struct dom_unit *unit, struct cv_id parent, cv_day day, cv_day today)
{
    cv_day first = day;
    bool below = is_parent(unit->parent, unit->has_parent, parent);
    for (size_t i = 0; i < unit->next_count; i++) {
        const struct dom_next_unit *next = &unit->next[i];
        if ((next->parts & DOM_PART_PARENT) == 0)
            continue;
        bool overdue = next->from <= today; /* it waits until it can happen */
        if (below && (overdue || next->from > first) && dom_day_within(CV_NO_DAY, unit->active_to, first))
            return true;
        first = next->from > first ? next->from : first;
        below = is_parent(next->facts.parent, next->facts.has_parent, parent);
    }
    return below && dom_day_within(CV_NO_DAY, unit->active_to, first);
}

bool dom_unit_ever_below(const struct dom_unit *unit, struct cv_id parent)
{
    bool below = is_parent(unit->parent, unit->has_parent, parent);
    for (size_t i = 0; i < unit->past_count && !below; i++)
        below = is_parent(unit->past[i].parent, unit->past[i].has_parent, parent);
    for (size_t i = 0; i < unit->next_count && !below; i++)
        below = (unit->next[i].parts & DOM_PART_PARENT) != 0 &&
                is_parent(unit->next[i].facts.parent, unit->next[i].facts.has_parent, parent);
    return below;
}
