/* What waits for a second person: orders to leave on the people themselves, locks and refusals on the brakes. */
#include <stdlib.h>
#include <string.h>

#include "provision/brake/status.h"

enum { PAGE = 500, WAITING_MAX = 5000, DAY_S = 24 * 3600, DIGEST_SHOWN = 16 };

const char *const prov_waiting_words[] = {"departure", "lock", "change", "system", "unit", NULL};
_Static_assert(CV_COUNT(prov_waiting_words) == PROV_WAITING_KINDS + 1, "prov_waiting_words differs from its enum");

static struct prov_waiting *add(struct prov_call *call, struct prov_wait_list *all, struct cv_id line)
{
    if (all->count == all->cap) {
        size_t cap = all->cap == 0 ? 64 : all->cap * 2;
        struct prov_waiting *items = CV_NEWS(call->arena, struct prov_waiting, cap);
        struct cv_id *lines = CV_NEWS(call->arena, struct cv_id, cap);
        if (all->count > 0 && cv_arena_ok(call->arena)) {
            memcpy(items, all->items, all->count * sizeof(*items));
            memcpy(lines, all->lines, all->count * sizeof(*lines));
        }
        all->items = items;
        all->lines = lines;
        all->cap = cap;
    }
    if (!cv_arena_ok(call->arena) || all->count >= WAITING_MAX)
        return NULL;
    all->lines[all->count] = line;
    all->items[all->count] = (struct prov_waiting){.people = 1, .effective_on = CV_NO_DAY};
    return &all->items[all->count++];
}

static const char *person_key(struct prov_call *call, const char *what, struct cv_id staff, const char *system)
{
    char id[CV_ID_TEXT];
    return cv_arena_printf(call->arena, "%s %s %s", what, cv_id_text("stf_", staff, id), system);
}

/* Home unit and all: who only has a second post here is another unit's to release. */
static bool find_here(struct prov_call *call, struct cv_id id, struct view_staff *out)
{
    const struct view *view = call->prov->options.view;
    return view_staff_by_id(view, call->scope, id, call->arena, out) &&
           view_reaches_people(view, call->scope, out->unit);
}

/* ---- orders to leave ---- */

/* What a second person agrees to: another reason, day or delegate is another order. */
const char *prov_order_key(struct cv_arena *arena, struct cv_id staff, const struct dom_departure *d)
{
    char id[CV_ID_TEXT], day[CV_DAY_TEXT];
    return cv_arena_printf(arena, "departure %s %d %s %s %s", cv_id_text("stf_", staff, id), d->number,
                           dom_reason_words[d->reason], cv_day_iso(d->effective_on, day),
                           d->delegate_to != NULL ? d->delegate_to : "");
}

static bool add_order(struct prov_call *call, const struct prov_lines *lines, const struct view_staff *seen,
                      struct prov_wait_list *all, struct cv_error *err)
{
    struct dom_staff staff;
    if (!view_reaches_people(call->prov->options.view, call->scope, seen->unit))
        return true;
    if (!dir_staff_read(call->dir, seen->id, call->arena, &staff, err))
        return err->kind == CV_NOT_FOUND;
    const struct dom_departure *d = dom_current_departure(&staff);
    if (d == NULL || d->state != DOM_HELD)
        return true;
    const char *by = d->held_by != NULL ? d->held_by : d->recorded_by;
    struct prov_waiting *w = add(call, all, prov_line_of_actor(lines, by));
    if (w == NULL)
        return true;
    w->kind = PROV_WAITS_DEPARTURE;
    w->key = prov_order_key(call->arena, staff.id, d);
    w->staff = *seen;
    w->by = by;
    w->since = d->held_at != CV_NO_MOMENT ? d->held_at : d->recorded_at;
    w->reason = d->reason;
    w->effective_on = d->effective_on;
    w->touched = d->started_at != CV_NO_MOMENT;
    return true;
}

static bool add_orders(struct prov_call *call, const struct prov_lines *lines, struct prov_wait_list *all,
                       struct cv_error *err)
{
    struct view_departure_query query = {
        .scope = call->scope, .states = 1u << DOM_HELD, .from = CV_NO_DAY, .to = CV_NO_DAY, .page_size = PAGE};
    struct view_staff_page page;
    do {
        if (!view_departure_list(call->prov->options.view, &query, call->arena, &page, err))
            return false;
        for (size_t i = 0; i < page.count; i++)
            if (!add_order(call, lines, &page.items[i], all, err))
                return false;
        query.after = page.next;
        query.after_len = page.next_len;
    } while (page.next != NULL && all->count < WAITING_MAX);
    cv_error_clear(err);
    return true;
}

/* ---- locks and refusals ---- */

static bool wanted(const struct view_staff *staff, const char *system)
{
    for (size_t i = 0; i < staff->account_count; i++)
        if (strcmp(staff->accounts[i].system, system) == 0)
            return staff->accounts[i].desired == DOM_PRESENT;
    return false;
}

/* Who was locked otherwise meanwhile, or has left, does not wait any more. */
static void add_lock(struct prov_call *call, struct cv_id line, const struct dom_brake_lock *lock,
                     struct prov_wait_list *all)
{
    struct view_staff staff;
    if (!find_here(call, lock->staff, &staff) || staff.status == DOM_DEPARTED || !wanted(&staff, lock->system))
        return;
    struct prov_waiting *w = add(call, all, line);
    if (w == NULL)
        return;
    w->kind = PROV_WAITS_LOCK;
    w->key = person_key(call, "lock", lock->staff, lock->system);
    w->staff = staff;
    w->system = lock->system;
    w->by = lock->by;
    w->since = lock->at;
}

static const char *after(const char *target, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(target, prefix, len) == 0 ? target + len : NULL;
}

bool prov_waiting_place(struct prov_call *call, const char *target, struct prov_waiting *w)
{
    struct cv_id id;
    const char *staff = after(target, "staff/"), *unit = after(target, "unit/");
    if (staff != NULL) {
        w->kind = PROV_WAITS_CHANGE;
        return cv_id_parse("stf_", staff, &id) && find_here(call, id, &w->staff);
    }
    if (unit != NULL) {
        w->kind = PROV_WAITS_UNIT;
        return cv_id_parse("unt_", unit, &w->unit) && view_in_scope(call->prov->options.view, call->scope, w->unit);
    }
    w->kind = PROV_WAITS_SYSTEM;
    w->system = after(target, "system/");
    return w->system != NULL && call->scope.everywhere;
}

static void add_refusal(struct prov_call *call, struct cv_id line, const struct dom_brake_refusal *r,
                        struct prov_wait_list *all)
{
    struct prov_waiting found = {.effective_on = CV_NO_DAY};
    if (r->released_until != CV_NO_MOMENT || cv_now() - r->at >= DAY_S || !prov_waiting_place(call, r->target, &found))
        return;
    struct prov_waiting *w = add(call, all, line);
    if (w == NULL)
        return;
    *w = found;
    w->key = cv_arena_printf(call->arena, "change %s %s", r->target, r->digest);
    w->change = cv_arena_printf(call->arena, "%s@%.*s", r->target, DIGEST_SHOWN, r->digest);
    w->target = r->target;
    w->digest = r->digest;
    w->people = r->people;
    w->by = r->by;
    w->since = r->at;
}

bool prov_waiting_gather(struct prov_call *call, const struct prov_lines *lines, const struct dom_brake *brakes,
                         size_t brake_count, struct prov_wait_list *out, struct cv_error *err)
{
    *out = (struct prov_wait_list){0};
    if (!add_orders(call, lines, out, err))
        return false;
    for (size_t b = 0; b < brake_count; b++) {
        for (size_t i = 0; i < brakes[b].lock_count; i++)
            add_lock(call, brakes[b].line, &brakes[b].locks[i], out);
        for (size_t i = 0; i < brakes[b].refusal_count; i++)
            add_refusal(call, brakes[b].line, &brakes[b].refusals[i], out);
    }
    return cv_arena_ok(call->arena) || cv_fail(err, cvp_internal, NULL, "Danh sách quá dài", "The list is too long");
}

/* ---- of one line ---- */

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct prov_waiting *)a)->key, ((const struct prov_waiting *)b)->key);
}

static bool digest_of(const struct prov_brake_line *line, char out[CV_DIGEST_TEXT])
{
    char id[CV_ID_TEXT];
    cv_auto_buf text = {0};
    cv_buf_init(&text, CV_MAX_BODY);
    cv_buf_printf(&text, "%s\n", cv_id_text("tok_", line->line, id));
    for (size_t i = 0; i < line->count; i++)
        cv_buf_printf(&text, "%s\n", line->items[i].key);
    if (cv_buf_ok(&text))
        cv_sha256(text.data, text.len, out);
    return cv_buf_ok(&text);
}

bool prov_waiting_of(struct prov_call *call, const struct prov_wait_list *all, struct cv_id line,
                     struct prov_brake_line *out, struct cv_error *err)
{
    out->line = line;
    out->items = CV_NEWS(call->arena, struct prov_waiting, all->count + 1);
    for (size_t i = 0; i < all->count && cv_arena_ok(call->arena); i++) {
        if (!cv_id_equal(all->lines[i], line))
            continue;
        out->items[out->count++] = all->items[i];
        out->untouched += !all->items[i].touched;
    }
    if (out->count > 1)
        qsort(out->items, out->count, sizeof(*out->items), by_key);
    return digest_of(out, out->digest) || cv_fail(err, cvp_internal, NULL, "Danh sách quá dài", "The list is too long");
}
