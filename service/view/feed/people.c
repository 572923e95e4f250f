/* People as the feed brings them, and the indexes over them. */
#include <stdlib.h>
#include <string.h>

#include "view/feed/feed.h"

typedef void (*index_change)(struct view_lookup *, uint32_t hash, uint32_t slot);

static void index_codes(struct view *v, const struct person *p, uint32_t slot, index_change change)
{
    if (p->code)
        change(&v->by_code, view_hash_code(person_text(p, p->code)), slot);
    for (size_t i = 0; i < p->formers; i++)
        if (person_former(p, i))
            change(&v->by_code, view_hash_code(person_former(p, i)), slot);
}

static void index_names(struct view *v, const struct person *p, uint32_t slot, index_change change)
{
    for (size_t i = 0; i < p->names; i++)
        if (person_name_held(p, i))
            change(&v->by_name, view_hash_text(person_name_held(p, i)), slot);
}

static void index_person(struct view *v, uint32_t slot, index_change change)
{
    const struct person *p = v->people[slot];
    change(&v->by_id, view_hash(p->id.bytes, 16), slot);
    index_codes(v, p, slot, change);
    index_names(v, p, slot, change);
}

static bool same_codes(const struct person *a, const struct person *b)
{
    bool same = a->formers == b->formers && cv_text_same(person_text(a, a->code), person_text(b, b->code));
    for (size_t i = 0; same && i < a->formers; i++)
        same = cv_text_same(person_former(a, i), person_former(b, i));
    return same;
}

static bool same_names(const struct person *a, const struct person *b)
{
    bool same = a->names == b->names;
    for (size_t i = 0; same && i < a->names; i++)
        same = cv_text_same(person_name_held(a, i), person_name_held(b, i));
    return same;
}

static void reindex(struct view *v, uint32_t slot, const struct person *old, const struct person *p)
{
    if (!cv_id_equal(old->id, p->id)) {
        view_lookup_drop(&v->by_id, view_hash(old->id.bytes, 16), slot);
        view_lookup_put(&v->by_id, view_hash(p->id.bytes, 16), slot);
    }
    if (!same_codes(old, p)) {
        index_codes(v, old, slot, view_lookup_drop);
        index_codes(v, p, slot, view_lookup_put);
    }
    if (!same_names(old, p)) {
        index_names(v, old, slot, view_lookup_drop);
        index_names(v, p, slot, view_lookup_put);
    }
}

/* A person with two posts in one unit is its member once. */
static bool first_post_there(const struct person *p, size_t i)
{
    for (size_t before = 0; before < i; before++)
        if (person_posts(p)[before].unit == person_posts(p)[i].unit)
            return false;
    return true;
}

static void join_units(struct view *v, uint32_t slot)
{
    const struct person *p = v->people[slot];
    for (size_t i = 0; i < p->posts; i++)
        if (first_post_there(p, i))
            view_slots_add(&v->units[person_posts(p)[i].unit]->members, slot);
}

static void leave_units(struct view *v, uint32_t slot)
{
    const struct person *p = v->people[slot];
    for (size_t i = 0; i < p->posts; i++)
        if (first_post_there(p, i))
            view_slots_take_out(&v->units[person_posts(p)[i].unit]->members, slot);
}

static bool same_posts(const struct person *a, const struct person *b)
{
    if (a->posts != b->posts)
        return false;
    for (size_t i = 0; i < a->posts; i++)
        if (person_posts(a)[i].unit != person_posts(b)[i].unit)
            return false;
    return true;
}

/* ---- in and out ---- under the write lock */
static uint32_t free_slot(struct view *v)
{
    if (v->free_people.count > 0)
        return v->free_people.items[--v->free_people.count];
    size_t need = v->people_end + 1;
    v->people = view_grow(v->people, &v->people_cap, need, sizeof(*v->people));
    v->signs = view_grow(v->signs, &v->signs_cap, need, sizeof(*v->signs));
    v->finer_signs = view_grow(v->finer_signs, &v->finer_cap, need, sizeof(*v->finer_signs));
    v->tallies = view_grow(v->tallies, &v->tallies_cap, need, sizeof(*v->tallies));
    atomic_store(&v->many, need > MANY);
    return (uint32_t)v->people_end++;
}

static void count_if_loaded(struct view *v, uint32_t slot)
{
    if (atomic_load(&v->loaded))
        view_count(v, slot);
}

static void insert(struct view *v, struct person *p)
{
    uint32_t slot = free_slot(v);
    v->people[slot] = p;
    view_sign_person(v, slot);
    v->tallies[slot] = (struct tally){.home = NONE};
    p->mark = v->refresh;
    view_entry_add(v, p->uuid, PERSON, slot);
    index_person(v, slot, view_lookup_put);
    join_units(v, slot);
    if (p->has_leaving)
        view_slots_add(&v->leavers, slot);
    if (p->cutting)
        view_slots_add(&v->cutting, slot);
    view_order_add(v, slot);
    view_uses_adopt(v, p);
    view_work_note(v, slot);
    count_if_loaded(v, slot);
    view_periods_person(v, slot, 1);
}

/* Whose use counts with whose changes when two records become one, or two again. */
struct heirs {
    uint32_t slots[2];
    size_t count;
};

static void add_heir(const struct view *v, const struct person *p, struct heirs *h)
{
    uint32_t slot = p->into ? view_person_slot(v, view_into_of(p)) : NONE;
    slot = slot != NONE ? view_stands_for(v, slot) : NONE;
    if (slot != NONE && (h->count == 0 || h->slots[0] != slot))
        h->slots[h->count++] = slot;
}

static struct heirs heirs_of_change(struct view *v, const struct person *old, const struct person *fresh)
{
    struct heirs h = {0};
    if (!old->into == !fresh->into &&
        (!old->into || strcmp(person_text(old, old->into), person_text(fresh, fresh->into)) == 0))
        return h;
    add_heir(v, old, &h);
    add_heir(v, fresh, &h);
    for (size_t i = 0; i < h.count; i++)
        view_periods_person(v, h.slots[i], -1);
    return h;
}

static void count_heirs(struct view *v, const struct heirs *h)
{
    for (size_t i = 0; i < h->count; i++) {
        count_if_loaded(v, h->slots[i]);
        view_periods_person(v, h->slots[i], 1);
    }
}

/* The usual change: a state, a phone, a date. What stays as it was is not touched. */
static void replace(struct view *v, uint32_t slot, struct person *p)
{
    struct person *old = v->people[slot];
    bool other_units = !same_posts(old, p);
    struct heirs heirs = heirs_of_change(v, old, p);
    view_periods_person(v, slot, -1);
    view_uncount(v, slot);
    view_order_move(v, slot, p);
    if (other_units)
        leave_units(v, slot);
    if (old->has_leaving && !p->has_leaving)
        view_slots_take_out(&v->leavers, slot);
    if (old->cutting && !p->cutting)
        view_slots_take_out(&v->cutting, slot);
    v->people[slot] = p;
    view_sign_person(v, slot);
    p->mark = v->refresh;
    p->uses = old->uses;
    reindex(v, slot, old, p);
    if (p->has_leaving && !old->has_leaving)
        view_slots_add(&v->leavers, slot);
    if (p->cutting && !old->cutting)
        view_slots_add(&v->cutting, slot);
    if (other_units)
        join_units(v, slot);
    view_work_note(v, slot);
    count_if_loaded(v, slot);
    view_periods_person(v, slot, 1);
    count_heirs(v, &heirs);
    view_person_free(v, old);
}

void view_drop_person(struct view *v, uint32_t slot)
{
    struct person *p = v->people[slot];
    view_periods_person(v, slot, -1);
    view_uncount(v, slot);
    view_order_cut(v, slot);
    leave_units(v, slot);
    index_person(v, slot, view_lookup_drop);
    if (p->has_leaving)
        view_slots_take_out(&v->leavers, slot);
    if (p->cutting)
        view_slots_take_out(&v->cutting, slot);
    view_entry_drop(v, p->uuid, view_entry(PERSON, slot));
    view_uses_orphan(v, p);
    view_work_forget(v, slot);
    v->people[slot] = NULL;
    v->signs[slot] = 0;
    v->tallies[slot] = (struct tally){.home = NONE};
    view_slots_add(&v->free_people, slot);
    view_person_free(v, p);
}

/* Two entries of one id cannot both be there: the other one was deleted and made anew. */
static void drop_namesake(struct view *v, const struct person *p)
{
    uint32_t other = view_person_slot(v, p->id);
    if (other != NONE && memcmp(v->people[other]->uuid, p->uuid, 16) != 0)
        view_drop_person(v, other);
}

/* Without the lock where nothing new is named: a writer whom the machine lets wait keeps all readers waiting, and when
 * everything is read again hardly anybody has changed. */
static struct person *build(struct view *v, const uint8_t uuid[16], const struct dom_staff *staff,
                            const struct view_person_texts *texts)
{
    if (atomic_load(&v->loaded) && view_person_placed(v, staff))
        return view_person_build(v, uuid, staff, texts);
    view_write(v);
    struct person *p = view_person_build(v, uuid, staff, texts);
    view_write_end(v);
    return p;
}

void view_put_staff(struct view *v, const uint8_t uuid[16], const struct dom_staff *staff)
{
    struct view_person_texts texts;
    cv_arena_reset(v->scratch);
    view_person_texts(v, staff, v->scratch, &texts);
    uint32_t entry = view_entry_find(v, uuid);
    struct person *p = build(v, uuid, staff, &texts);
    if (entry != NONE && view_person_same(v->people[view_entry_slot(entry)], p)) {
        view_person_free(v, p); /* he who is there holds all that he held */
        return;
    }
    view_write(v);
    drop_namesake(v, p);
    if (entry != NONE)
        replace(v, view_entry_slot(entry), p);
    else
        insert(v, p);
    view_changed(v);
    view_write_end(v);
}

void view_people_free(struct view *v)
{
    for (size_t i = 0; i < v->people_end; i++) {
        if (v->people[i])
            free(v->people[i]->uses);
        free(v->people[i]);
    }
    view_work_free(v);
    free(v->people);
    free(v->signs);
    free(v->finer_signs);
    free(v->tallies);
    free(v->free_people.items);
    free(v->order.items);
    free(v->leavers.items);
    free(v->cutting.items);
    free(v->by_id.cells);
    free(v->by_code.cells);
    free(v->by_name.cells);
}
