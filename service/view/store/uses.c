/* Active days of people, and of those who are not here (yet, or any more). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/store/view.h"

struct dom_active view_active(const struct view_uses *uses, unsigned system)
{
    size_t at = 0;
    while (uses && at < uses->size) {
        const struct use *u = (const struct use *)(const void *)(uses->data + at);
        if (u->system == system)
            return (struct dom_active){.first = u->first, .bits = u->bits, .len = u->len, .older = u->older};
        at += sizeof(*u) + u->len;
    }
    return (struct dom_active){.first = CV_NO_DAY};
}

/* ---- of merged records ---- */
uint32_t view_stands_for(const struct view *v, uint32_t slot)
{
    for (int i = 0; slot != NONE && v->people[slot]->into && i < VIEW_HOPS; i++)
        slot = view_person_slot(v, view_into_of(v->people[slot]));
    return slot;
}

bool view_next_absorbed(const char **at, struct cv_id *out)
{
    char text[CV_ID_TEXT];
    while (*at != NULL && **at != '\0') {
        size_t len = strcspn(*at, " ");
        snprintf(text, sizeof text, "%.*s", (int)len, *at);
        *at += len;
        *at += strspn(*at, " ");
        if (cv_id_parse("stf_", text, out))
            return true;
    }
    return false;
}

static void add_days(const struct view_uses *uses, unsigned system, struct view_days *room, struct dom_active *days)
{
    const struct dom_active more = view_active(uses, system);
    struct dom_active joined;
    if (days->len > 0)
        memcpy(room->before, days->bits, days->len);
    days->bits = room->before;
    dom_active_join(days, &more, room->bits, &joined);
    *days = joined;
}

int view_id_order(const void *a, const void *b)
{
    return memcmp(((const struct cv_id *)a)->bytes, ((const struct cv_id *)b)->bytes,
                  sizeof((const struct cv_id *)a)->bytes);
}

static bool is_listed(const struct view_listed *listed, struct cv_id id)
{
    return listed != NULL && listed->count > 0 &&
           bsearch(&id, listed->ids, listed->count, sizeof(id), view_id_order) != NULL;
}

struct dom_active view_active_of(const struct view *v, const struct person *p, unsigned system, struct view_days *room)
{
    return view_active_beside(v, p, system, NULL, room);
}

struct dom_active view_active_beside(const struct view *v, const struct person *p, unsigned system,
                                     const struct view_listed *listed, struct view_days *room)
{
    struct dom_active days = view_active(p->uses, system);
    struct cv_id id;
    for (const char *at = person_text(p, p->absorbed); view_next_absorbed(&at, &id);) {
        uint32_t slot = view_person_slot(v, id);
        if (slot != NONE && v->people[slot]->into && !is_listed(listed, id))
            add_days(v->people[slot]->uses, system, room, &days);
    }
    return days;
}

cv_day view_last_active(const struct view *v, const struct person *p, const struct account *a)
{
    struct view_days room;
    struct dom_active days = view_active_of(v, p, a->system, &room);
    return dom_active_last(&days);
}

/* ---- strays ---- */
static uint32_t find_stray(const struct view *v, struct cv_id staff)
{
    struct view_probe probe;
    uint32_t at = view_lookup_first(&v->stray_by_id, view_hash(staff.bytes, 16), &probe);
    while (at != NONE && !cv_id_equal(v->strays[at].staff, staff))
        at = view_lookup_next(&v->stray_by_id, &probe);
    return at;
}

struct view_uses *view_stray_take(struct view *v, struct cv_id staff)
{
    uint32_t at = find_stray(v, staff);
    if (at == NONE)
        return NULL;
    struct view_uses *uses = v->strays[at].uses;
    view_lookup_drop(&v->stray_by_id, view_hash(staff.bytes, 16), at);
    v->strays[at].uses = NULL;
    view_slots_add(&v->free_strays, at);
    return uses;
}

void view_stray_put(struct view *v, struct cv_id staff, struct view_uses *uses)
{
    uint32_t at;
    if (uses == NULL)
        return;
    if (v->free_strays.count > 0) {
        at = v->free_strays.items[--v->free_strays.count];
    } else {
        v->strays = view_grow(v->strays, &v->stray_cap, v->stray_end + 1, sizeof(*v->strays));
        at = (uint32_t)v->stray_end++;
    }
    v->strays[at] = (struct view_stray){.staff = staff, .uses = uses};
    view_lookup_put(&v->stray_by_id, view_hash(staff.bytes, 16), at);
}

void view_uses_adopt(struct view *v, struct person *p)
{
    p->uses = view_stray_take(v, p->id);
}

void view_uses_orphan(struct view *v, struct person *p)
{
    view_stray_put(v, p->id, p->uses);
    p->uses = NULL;
}
