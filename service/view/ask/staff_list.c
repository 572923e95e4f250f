/* Lists of people. A page is found in one of two ways: along the kept order until it is full, or, for a small branch,
 * another order, or a page that is not full for long, by keeping the best of all who match. */
#include <stdlib.h>
#include <string.h>

#include "view/ask/ask.h"

enum { FEW = 8 };    /* of a branch with less than 1/FEW of all people the members are looked at, else everybody is */
enum { AHEAD = 12 }; /* people fetched into the cache before their turn */
enum { ROWS_AHEAD = 4, ROW_BYTES = 512 }; /* rows too, for all that they show */
enum { STRIDES = 2000, SHARE = 16 };      /* along the order, and a share of it, before all are looked at */
enum { RARE = 256 };                      /* of so many one may have the words that are looked for */

/* ---- the question, with slots for ids ---- */
static bool system_bit(const struct view *v, const char *slug, const char *parameter, uint16_t *out,
                       struct cv_error *err)
{
    if (slug == NULL)
        return true;
    int slot = view_system_known(v, slug);
    if (slot < 0)
        return view_no_system(v, parameter, slug, err);
    *out = (uint16_t)(1u << slot);
    return true;
}

static bool place_filter(const struct view *v, struct view_scope scope, bool has_unit, struct cv_id unit,
                         bool recursive, struct view_filter *f, struct cv_arena *arena, struct cv_error *err)
{
    f->scope = view_scope_slot(v, scope);
    f->unit = has_unit ? view_unit_slot_of(v, unit) : 0;
    f->recursive = recursive || !has_unit;
    if (has_unit && (f->unit == NONE || !view_below(v, f->unit, f->scope)))
        return view_no_unit(v, err);
    view_filter_place(v, f, arena);
    return true;
}

static bool judge_use(const struct view *v, struct view_window window, struct view_filter *f, struct cv_error *err)
{
    if (!view_slice_of(v, window, &f->slice, err))
        return false;
    for (unsigned s = 0; s < v->system_count; s++) {
        struct view_system_usage usage = view_usage_of(v, s, &f->slice);
        f->unknown_use |= usage.stale ? (uint16_t)(1u << s) : 0;
        f->unknown_regular |= usage.regular_known ? 0 : (uint16_t)(1u << s);
        f->unknown_activation |= usage.activation_known ? 0 : (uint16_t)(1u << s);
    }
    return true;
}

static bool make_filter(const struct view *v, const struct view_staff_query *q, struct view_filter *f,
                        struct cv_arena *arena, struct cv_error *err)
{
    f->statuses = q->statuses;
    f->categories = q->categories;
    f->updated_since = q->updated_since;
    f->stages = q->stages;
    f->by_stage = f->at_home = q->system != NULL || q->stages != 0;
    f->staged = UINT16_MAX;
    if (f->by_stage && !judge_use(v, q->window, f, err))
        return false;
    return place_filter(v, q->scope, q->has_unit, q->unit, q->recursive, f, arena, err) &&
           system_bit(v, q->has, "has", &f->has, err) && system_bit(v, q->missing, "missing", &f->missing, err) &&
           system_bit(v, q->system, "system", &f->staged, err);
}

/* ---- finding ---- */
struct search {
    const struct view *v;
    struct view_filter f;
    struct view_position after;
    bool has_after, descending, want_total;
    struct view_sorting sort;
    struct view_best best;
    size_t total;
    struct cv_arena *arena;
    uint32_t *rare; /* whoever may have the words, when they are few and were looked for; or NULL */
    size_t rare_count;
};

static bool is_behind(const struct search *s, uint32_t slot)
{
    if (!s->has_after)
        return true;
    int order = view_position_order(s->v->people[slot], s->sort, &s->after);
    return s->descending ? order < 0 : order > 0;
}

/* Later, when the person is there: what he is sorted by. */
static void fetch_key(const struct person *p)
{
    __builtin_prefetch(p->data + p->key);
}

static void offer(struct search *s, uint32_t slot)
{
    if (!view_match(s->v, &s->f, slot))
        return;
    s->total++;
    if (is_behind(s, slot))
        view_best_offer(&s->best, slot);
}

static void offer_all(struct search *s, const uint32_t *slots, size_t count)
{
    for (size_t i = 0; i < count; i++)
        offer(s, slots[i]);
}

/* Looked at in the order in which they lie in memory, so that a million take milliseconds. */
static void offer_everybody(struct search *s)
{
    uint32_t slots[VIEW_CANDIDATES], from = 0;
    if (s->rare != NULL)
        offer_all(s, s->rare, s->rare_count);
    else
        for (size_t count; (count = view_candidates(s->v, &s->f, &from, slots)) > 0;)
            offer_all(s, slots, count);
    view_best_finish(&s->best);
}

static void offer_branch(struct search *s, uint32_t top)
{
    struct view_slots people = {0};
    view_people_below(s->v, top, s->f.unit == 0 || s->f.recursive, &people);
    for (size_t i = 0; i < people.count; i++) {
        if (i + AHEAD < people.count)
            view_fetch(s->v, people.items[i + AHEAD]);
        if (i + AHEAD / 2 < people.count)
            fetch_key(s->v->people[people.items[i + AHEAD / 2]]);
        offer(s, people.items[i]);
    }
    free(people.items);
    view_best_finish(&s->best);
}

/* First index in the kept order that lies behind the position, in the direction of reading. */
static size_t start_of(const struct search *s)
{
    const struct view_slots *order = &s->v->order;
    size_t low = 0, high = order->count;
    if (!s->has_after)
        return s->descending ? high : 0;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int at = view_position_order(s->v->people[order->items[mid]], s->sort, &s->after);
        if (at < 0 || (at == 0 && !s->descending))
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static uint32_t at_stride(const struct search *s, size_t start, size_t i)
{
    return s->v->order.items[s->descending ? start - 1 - i : start + i];
}

/* Signs rule most people out before anybody looks at them; the others are on their way into the cache. */
static size_t candidates_along(const struct search *s, size_t start, size_t *from, size_t until,
                               uint32_t out[VIEW_CANDIDATES])
{
    size_t count = 0, i = *from;
    for (; i < until && count < VIEW_CANDIDATES; i++) {
        uint32_t slot = at_stride(s, start, i);
        if (i + AHEAD < until)
            __builtin_prefetch(&s->v->signs[at_stride(s, start, i + AHEAD)]);
        if (!view_signs_allow(s->v, &s->f, slot))
            continue;
        view_fetch(s->v, slot);
        out[count++] = slot;
    }
    *from = i;
    view_fetch_names(s->v, out, count);
    return count;
}

/* Of many who may have the words the page is found along the order, wherever they begin in it; of a few each is looked
 * at. */
static bool are_rare(struct search *s)
{
    size_t count = 0, most = s->v->order.count / RARE;
    uint32_t from = 0, *slots = CV_NEWS(s->arena, uint32_t, most + VIEW_CANDIDATES);
    for (size_t more = 1; cv_arena_ok(s->arena) && more > 0 && count <= most; count += more)
        more = view_candidates(s->v, &s->f, &from, slots + count);
    if (!cv_arena_ok(s->arena) || count > most)
        return false;
    s->rare = slots;
    s->rare_count = count;
    return true;
}

static bool is_full(const struct search *s)
{
    return s->best.count == s->best.cap;
}

static void keep_matching(struct search *s, const uint32_t *slots, size_t count)
{
    for (size_t i = 0; i < count && !is_full(s); i++)
        if (view_match(s->v, &s->f, slots[i]))
            s->best.slots[s->best.count++] = slots[i];
}

/* True when the page is full, or nobody is left; false: few may have the words, and they lie far on. */
static bool words_along_order(struct search *s, size_t start, size_t left)
{
    uint32_t slots[VIEW_CANDIDATES];
    size_t strides = STRIDES + s->v->order.count / SHARE, i = 0;
    for (bool asked = false; i < left && !is_full(s);) {
        if (!asked && i >= strides && are_rare(s))
            return false;
        asked = i >= strides;
        keep_matching(s, slots, candidates_along(s, start, &i, asked || left < strides ? left : strides, slots));
    }
    return true;
}

static void everybody_along_order(struct search *s, size_t start, size_t left)
{
    for (size_t i = 0; i < left && !is_full(s); i++) {
        if (i + AHEAD < left)
            view_fetch(s->v, at_stride(s, start, i + AHEAD));
        uint32_t slot = at_stride(s, start, i);
        keep_matching(s, &slot, 1);
    }
}

static bool along_order(struct search *s)
{
    size_t start = start_of(s), left = s->descending ? start : s->v->order.count - start;
    if (s->f.word_count > 0)
        return words_along_order(s, start, left);
    everybody_along_order(s, start, left);
    return true;
}

static size_t count_everybody(const struct search *s)
{
    size_t total = 0;
    for (uint32_t slot = 0; slot < s->v->people_end; slot++)
        total += s->v->people[slot] != NULL && view_match(s->v, &s->f, slot);
    return total;
}

static size_t count_branch(const struct search *s, uint32_t top)
{
    struct view_slots people = {0};
    size_t total = 0;
    view_people_below(s->v, top, s->f.unit == 0 || s->f.recursive, &people);
    for (size_t i = 0; i < people.count; i++)
        total += view_match(s->v, &s->f, people.items[i]);
    free(people.items);
    return total;
}

/* Whoever holds or held one of the keys, each once. */
static void by_keys(struct search *s, const struct view_staff_query *q, struct cv_arena *arena)
{
    uint32_t *slots = CV_NEWS(arena, uint32_t, q->key_count * VIEW_HOLDERS_MAX), held[VIEW_HOLDERS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < q->key_count; i++)
        for (size_t n = view_holders(s->v, s->f.scope, q->by, q->keys[i], held); n-- > 0;)
            count = view_slots_add_once(slots, count, held[n]);
    for (size_t i = 0; i < count; i++)
        offer(s, slots[i]);
    view_best_finish(&s->best);
}

/* Along the order a page of a branch is found after so many strides that its few members cost less. */
static bool is_tiny(size_t members, size_t most)
{
    return members < most && members / 4 < most / (members + 1);
}

static void look_at_all(struct search *s, uint32_t top, bool few)
{
    s->best.count = s->total = 0;
    if (few)
        offer_branch(s, top);
    else
        offer_everybody(s);
}

/* The page of many begins where it begins in the order, and counting is cheap; of a few each is looked at once. */
static void run(struct search *s, const struct view_staff_query *q, struct cv_arena *arena)
{
    size_t page_size = q->page_size;
    uint32_t top = s->f.moved ? 0 : s->f.unit ? s->f.unit : s->f.scope;
    size_t most = s->v->order.count,
           members = top == 0 ? most : view_members_below(s->v, top, s->f.unit == 0 || s->f.recursive);
    bool few = members < most / FEW;
    size_t cap = page_size + 1 < most ? page_size + 1 : most;
    s->best = (struct view_best){.slots = CV_NEWS(arena, uint32_t, cap + 1),
                                 .cap = cap,
                                 .sort = s->sort,
                                 .descending = s->descending,
                                 .v = s->v};
    if (q->key_count > 0)
        by_keys(s, q, arena);
    else if (s->sort.by != VIEW_BY_GIVEN_NAME || (s->want_total && s->f.word_count > 0) || is_tiny(members, most) ||
             !along_order(s))
        look_at_all(s, top, few);
    else if (s->want_total)
        s->total = few ? count_branch(s, top) : count_everybody(s);
}

static void fetch_row(const struct person *p)
{
    for (size_t at = 0; at < ROW_BYTES; at += 64)
        __builtin_prefetch((const char *)p + at);
}

static void fill_then(const struct search *s, uint32_t slot, struct cv_arena *arena, struct view_then *out)
{
    struct view_pool keep = {.arena = arena};
    struct tally space;
    cv_day day = s->f.slice.window.to;
    const struct tally *t = view_tally_in(s->v, slot, &s->f.slice, &space);
    const struct post *home = view_home_on(s->v->people[slot], day);
    *out = (struct view_then){.stages = view_stages_at(&s->f, t)};
    if (home == NULL || !s->v->units[home->unit]->known)
        return;
    const struct dom_unit unit = dom_unit_as_of(&s->v->units[home->unit]->u, day);
    out->title = view_pool_text(&keep, view_word_text(&s->v->words, home->title));
    out->unit = s->v->units[home->unit]->id;
    out->unit_code = view_pool_text(&keep, unit.code);
    for (int i = 0; i < CV_LANGS; i++)
        out->unit_name[i] = view_pool_text(&keep, unit.name[i]);
}

static void fill_page(const struct search *s, size_t page_size, bool then, struct cv_arena *arena,
                      struct view_staff_page *out)
{
    bool more = s->best.count > page_size;
    *out = (struct view_staff_page){.count = more ? page_size : s->best.count, .total = s->total};
    out->items = CV_NEWS(arena, struct view_staff, out->count + 1);
    out->then = then ? CV_NEWS(arena, struct view_then, out->count + 1) : NULL;
    for (size_t i = 0; i < out->count; i++) {
        if (i + ROWS_AHEAD < out->count)
            fetch_row(s->v->people[s->best.slots[i + ROWS_AHEAD]]);
        view_fill_staff(s->v, s->best.slots[i], true, arena, &out->items[i]);
        if (out->then != NULL)
            fill_then(s, s->best.slots[i], arena, &out->then[i]);
    }
    if (more && out->count > 0)
        out->next = view_position_write(arena, s->v->people[s->best.slots[out->count - 1]], s->sort, &out->next_len);
}

bool view_staff_list(const struct view *v, const struct view_staff_query *q, struct cv_arena *arena,
                     struct view_staff_page *out, struct cv_error *err)
{
    struct search s = {
        .v = v, .descending = q->descending, .want_total = q->want_total, .sort = {(int)q->sort, &s.f}, .arena = arena};
    if (q->q == NULL && q->sort == VIEW_BY_MATCH)
        s.sort.by = VIEW_BY_GIVEN_NAME;
    s.has_after = view_position_read(q->after, q->after_len, &s.after);
    bool possible = view_filter_person(&s.f, q->q, q->phones, arena);
    if (!view_enter_people(v, err))
        return false;
    bool ok = make_filter(v, q, &s.f, arena, err);
    if (ok && possible)
        run(&s, q, arena);
    if (ok)
        fill_page(&s, q->page_size, q->then, arena, out);
    view_leave(v);
    return ok;
}

/* ---- departures ---- */
static bool departure_matches(const struct search *s, const struct view_departure_query *q, const struct person *p)
{
    const struct leaving *l = person_leaving(p);
    return (q->states == 0 || q->states >> l->state & 1) && (q->from == CV_NO_DAY || l->on >= q->from) &&
           (q->to == CV_NO_DAY || l->on <= q->to) && view_person_visible(s->v, p, s->f.scope);
}

static void find_departures(struct search *s, const struct view_departure_query *q, struct cv_arena *arena)
{
    const struct view_slots *leavers = &s->v->leavers;
    size_t cap = q->page_size + 1 < leavers->count ? q->page_size + 1 : leavers->count;
    s->best = (struct view_best){.slots = CV_NEWS(arena, uint32_t, cap + 1), .cap = cap, .sort = s->sort, .v = s->v};
    for (size_t i = 0; i < leavers->count; i++) {
        uint32_t slot = leavers->items[i];
        if (!departure_matches(s, q, s->v->people[slot]) || !view_match(s->v, &s->f, slot))
            continue;
        s->total++;
        if (is_behind(s, slot))
            view_best_offer(&s->best, slot);
    }
    view_best_finish(&s->best);
}

bool view_departure_list(const struct view *v, const struct view_departure_query *q, struct cv_arena *arena,
                         struct view_staff_page *out, struct cv_error *err)
{
    struct search s = {.v = v, .sort = {BY_DEPARTURE, NULL}, .f = {.updated_since = CV_NO_MOMENT}};
    s.has_after = view_position_read(q->after, q->after_len, &s.after);
    if (!view_enter_people(v, err))
        return false;
    bool ok = place_filter(v, q->scope, q->has_unit, q->unit, q->recursive, &s.f, arena, err);
    if (ok) {
        find_departures(&s, q, arena);
        fill_page(&s, q->page_size, false, arena, out);
    }
    view_leave(v);
    return ok;
}
