/* Who was counted on a day that ends a period, so that a difference later can be told person by person. */
#include <stdlib.h>
#include <string.h>

#include "congvu/period.h"
#include "history/internal.h"

enum {
    PEOPLE_MAX = 96 << 20, /* a million */
    PEOPLE_A_PART = 20000
};

/* Those of one unit, then those who had the same, follow each other: the text is short then, and alike on every day on
 * which nothing changed. */
static int by_place(const void *a, const void *b)
{
    const struct view_standing *x = a, *y = b;
    int order = memcmp(x->unit.bytes, y->unit.bytes, sizeof x->unit.bytes);
    const uint64_t had_x =
                       (uint64_t)x->eligible << 48 | (uint64_t)x->issued << 32 | (uint64_t)x->used << 16 | x->locked,
                   had_y =
                       (uint64_t)y->eligible << 48 | (uint64_t)y->issued << 32 | (uint64_t)y->used << 16 | y->locked;
    if (order == 0)
        order = had_x != had_y ? (had_x < had_y ? -1 : 1) : x->away - y->away;
    return order != 0 ? order : memcmp(x->staff.bytes, y->staff.bytes, sizeof x->staff.bytes);
}

static bool ends_period(cv_day day)
{
    for (int calendar = 0; calendar < DOM_CALENDARS; calendar++) {
        struct dom_period over = dom_period_over(DOM_MONTH, (enum dom_calendar)calendar, day);
        cv_day from, to;
        dom_period_days(&over, &from, &to);
        if (to == day)
            return true;
    }
    return false;
}

static bool write_all(struct history_moment *m, struct view_standing *people, size_t count, struct cv_error *err)
{
    cv_auto_buf text = {0};
    cv_buf_init(&text, DIR_DOCUMENT_MAX);
    m->day.people = CV_NEWS(m->call->arena, struct history_ref, count / PEOPLE_A_PART + 1);
    m->day.people_count = 0;
    qsort(people, count, sizeof *people, by_place);
    for (size_t done = 0; done < count || m->day.people_count == 0; done += PEOPLE_A_PART) {
        size_t some = count - done < PEOPLE_A_PART ? count - done : PEOPLE_A_PART;
        cv_buf_reset(&text);
        history_put_people(&text, &people[done], some);
        if (!history_write_part(m, "people", &text, NULL, &m->day.people[m->day.people_count++], err))
            return false;
    }
    return true;
}

bool history_write_people(struct history_moment *m, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(PEOPLE_MAX);
    struct view_standing *people;
    size_t count;
    if (!ends_period(m->day.day))
        return true;
    if (arena == NULL || !view_standings(m->call->prov->options.view, m->day.day, m->slugs, m->day.system_count, arena,
                                         &people, &count, err))
        return arena != NULL || history_too_large(err);
    return cv_arena_ok(arena) ? write_all(m, people, count, err) : history_too_large(err);
}

/* ---- reading ---- */
static bool read_all(struct prov_call *call, const struct history_day *day, struct cv_arena *arena,
                     struct view_standing **out, size_t *out_count, struct cv_error *err)
{
    size_t cap = day->people_count * PEOPLE_A_PART;
    struct view_standing *people = cv_arena_room(arena, cap + 1, sizeof *people);
    *out_count = 0;
    for (size_t i = 0; i < day->people_count; i++) {
        cv_auto_arena one = cv_arena_new(2 * DIR_DOCUMENT_MAX);
        const char *name = history_part_name(call->arena, "people", &day->people[i]);
        struct dir_document doc;
        if (one == NULL || !dir_document_read(call->dir, HISTORY_FOLDER, name, one, &doc, err))
            return one != NULL ? false : history_too_large(err);
        if (!history_take_people(doc.bytes, doc.len, people, cap, out_count))
            return history_unreadable(err, name);
    }
    *out = people;
    return cv_arena_ok(arena) || history_too_large(err);
}

static int by_staff(const void *a, const void *b)
{
    return view_id_order(&((const struct view_standing *)a)->staff, &((const struct view_standing *)b)->staff);
}

bool history_retell_people(struct history_moment *m, uint16_t systems, struct cv_arena *arena, struct cv_error *err)
{
    struct prov_call *call = m->call;
    struct view_standing *now;
    size_t count;
    if (m->day.people_count == 0)
        return true;
    if (!read_all(call, &m->day, arena, &m->people, &m->people_count, err) ||
        !view_standings(call->prov->options.view, m->day.day, m->slugs, m->day.system_count, arena, &now, &count, err))
        return false;
    qsort(now, count, sizeof *now, by_staff);
    for (size_t i = 0; i < m->people_count; i++) {
        struct view_standing *kept = &m->people[i];
        const struct view_standing *found = bsearch(kept, now, count, sizeof *now, by_staff);
        uint16_t used = found != NULL ? found->used & kept->issued : 0;
        kept->used = (uint16_t)((kept->used & ~systems) | (used & systems));
    }
    return cv_arena_ok(arena) || history_too_large(err);
}

bool history_save_people(struct history_moment *m, struct cv_error *err)
{
    return m->people == NULL || write_all(m, m->people, m->people_count, err);
}

/* ---- of one unit and system ---- */
struct branch {
    struct cv_id *ids; /* ascending */
    size_t count;
};

static struct branch branch_of(const struct history_unit *units, size_t count, size_t top, struct cv_arena *arena)
{
    struct branch b = {.ids = CV_NEWS(arena, struct cv_id, count - top + 1)};
    size_t i = top;
    do
        b.ids[b.count++] = units[i++].u.id;
    while (i < count && units[i].u.depth > units[top].u.depth);
    qsort(b.ids, b.count, sizeof *b.ids, view_id_order);
    return b;
}

static struct view_kept kept_of(const struct view_standing *s, const struct branch *b, size_t bit)
{
    return (struct view_kept){.staff = s->staff,
                              .here = bsearch(&s->unit, b->ids, b->count, sizeof *b->ids, view_id_order) != NULL,
                              .eligible = s->eligible >> bit & 1,
                              .issued = s->issued >> bit & 1,
                              .used = s->used >> bit & 1,
                              .locked = s->locked >> bit & 1,
                              .away = s->away};
}

static bool nobody_kept(cv_day day, struct cv_error *err)
{
    char text[CV_DAY_TEXT];
    return cv_fail(err, cvp_snapshot_missing, "period", "Không lưu ai được tính vào ngày %s",
                   "Who was counted on %s was not kept", cv_day_iso(day, text));
}

static size_t bit_of(const struct history_day *day, const char *system)
{
    size_t bit = 0;
    while (bit < day->system_count && strcmp(day->systems[bit].system, system) != 0)
        bit++;
    return bit;
}

bool prov_history_people(struct prov_call *call, cv_day day, struct cv_id unit, const char *system,
                         struct cv_arena *arena, struct view_kept **out, size_t *out_count, struct cv_error *err)
{
    struct history_day at;
    struct history_unit *units;
    struct view_standing *people;
    size_t unit_count;
    if (!history_read_day(call, day, &at, err))
        return err->kind == CV_NOT_FOUND ? nobody_kept(day, err) : false;
    if (at.people_count == 0)
        return nobody_kept(day, err);
    if (!history_read_tree(call, &at, &units, &unit_count, err) || !read_all(call, &at, arena, &people, out_count, err))
        return false;
    size_t top = history_find_unit(units, unit_count, unit), bit = bit_of(&at, system);
    if (top == unit_count || bit == at.system_count)
        return nobody_kept(day, err);
    struct branch branch = branch_of(units, unit_count, top, arena);
    qsort(people, *out_count, sizeof *people, by_staff);
    *out = cv_arena_room(arena, *out_count + 1, sizeof **out);
    for (size_t i = 0; i < *out_count; i++)
        (*out)[i] = kept_of(&people[i], &branch, bit);
    return cv_arena_ok(arena) || history_too_large(err);
}
