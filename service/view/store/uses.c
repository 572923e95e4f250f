/* Active days of people, and of those who are not here (yet, or any more). */
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
