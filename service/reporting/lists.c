/* What a report counts or lists account by account: who was revoked in the period, and the people of lists. */
#include <stdlib.h>
#include <string.h>

#include "congvu/naming.h"
#include "congvu/view_lists.h"
#include "reporting/internal.h"

enum { PAGE = 500, REVOKED_ARENA = 8 << 20 };

/* ---- revoked in the period ---- */

static struct rep_row *find_row(struct rep_sheet *s, struct cv_id unit, bool with_own)
{
    char id[CV_ID_TEXT];
    cv_id_text("unt_", unit, id);
    for (size_t i = 1; i < s->row_count; i++)
        if ((with_own || s->rows[i].kind == REP_ROW_UNIT) && strcmp(s->rows[i].unit, id) == 0)
            return &s->rows[i];
    return NULL;
}

static const struct view_coverage_row *counted(const struct prov_freeze *f, const char *system, struct cv_id unit)
{
    for (size_t i = 0; i < f->coverage.count; i++) {
        const struct view_coverage_row *row = &f->coverage.rows[i];
        if (row->kind != VIEW_ROW_OWN && strcmp(row->system, system) == 0 && cv_id_equal(row->unit.id, unit))
            return row;
    }
    return NULL;
}

/* A unit's own people had no line as long as nothing was counted of them. Its own line, which was broken down, made the
 * room. */
static struct rep_row *add_own(const struct prov_freeze *f, struct rep_sheet *s, struct cv_id unit)
{
    const struct view_coverage_row *of = counted(f, s->system, unit);
    if (of == NULL)
        return NULL;
    struct view_coverage_row own = *of;
    own.kind = VIEW_ROW_OWN;
    own.counts = (struct dom_counts){0};
    memmove(&s->rows[2], &s->rows[1], (s->row_count - 1) * sizeof(s->rows[0]));
    s->row_count++;
    s->rows[1] = prov_freeze_row(f, &own);
    return &s->rows[1];
}

/* The unit and what it was below, up to that of the report; 0 = it was not below that one. */
static size_t way_up(const struct prov_freeze *f, struct cv_id unit, struct cv_id way[VIEW_DEEPEST])
{
    size_t count = view_unit_way(f->call->prov->options.view, unit, f->window.to, way);
    while (count > 0 && !cv_id_equal(way[count - 1], f->unit.id))
        count--;
    return count;
}

static struct rep_row *line_of(const struct prov_freeze *f, struct rep_sheet *s, const struct cv_id *way, size_t count)
{
    if (s->row_count <= 1 || count == 0)
        return NULL;
    struct rep_row *row = find_row(s, way[0], true);
    for (size_t at = 1; row == NULL && at + 1 < count; at++)
        row = find_row(s, way[at], false);
    for (size_t at = 0; row == NULL && at < count; at++) { /* a unit that is gone has no line: what it was below has */
        row = find_row(s, way[at], true);
        row = row != NULL ? row : add_own(f, s, way[at]);
    }
    return row;
}

struct rep_row *prov_freeze_line(const struct prov_freeze *f, struct rep_sheet *s, struct cv_id unit)
{
    struct cv_id way[VIEW_DEEPEST];
    return line_of(f, s, way, way_up(f, unit, way));
}

static void count_revoked(const struct prov_freeze *f, uint32_t categories, struct rep_sheet *s,
                          const struct view_account_row *row)
{
    cv_day day = row->account.ended_on;
    if (categories != 0 && !(categories >> view_staff_category(f->call->prov->options.view, row->staff.id, day) & 1u))
        return;
    struct cv_id unit = row->staff.unit, way[VIEW_DEEPEST];
    (void)view_staff_unit(f->call->prov->options.view, row->staff.id, day, &unit);
    size_t count = way_up(f, unit, way);
    if (count == 0)
        return;
    struct rep_row *line = line_of(f, s, way, count);
    if (line != NULL)
        line->counts.revoked++;
    s->rows[0].counts.revoked++;
}

/* Accounts that stopped counting as issued, each once, whatever became of them later. Of everybody, whose unit of that
 * day is what counts; a page at a time, for there may be years of them. */
bool prov_freeze_revoked(const struct prov_freeze *f, const struct rep_report *r, struct rep_sheet *s,
                         struct cv_error *err)
{
    struct view_account_page page = {0};
    cv_auto_arena arena = cv_arena_new(REVOKED_ARENA);
    /* the unit is the caller's, and sums reach into every block */
    struct view_account_query q = {
        .scope = {.everywhere = true}, .system = s->system, .ended = true, .ended_in = f->window, .page_size = PAGE};
    if (s->row_count == 0)
        return true;
    if (arena == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    do {
        cv_arena_reset(arena);
        if (!view_account_list(f->call->prov->options.view, &q, arena, &page, err))
            return false;
        for (size_t i = 0; i < page.count; i++)
            count_revoked(f, r->categories, s, &page.items[i]);
        q.after_len = page.next_len;
        q.after =
            page.next != NULL ? memcpy(cv_arena_alloc(f->call->arena, page.next_len), page.next, page.next_len) : NULL;
    } while (q.after != NULL);
    return true;
}

/* ---- people of a list ---- */

static const struct view_account *account_of(const struct view_staff *p, const char *system)
{
    for (size_t i = 0; i < p->account_count; i++)
        if (strcmp(p->accounts[i].system, system) == 0)
            return &p->accounts[i];
    return NULL;
}

/* Who is at several: what came first on his way. */
static enum rep_stage stage_of(uint32_t at)
{
    if (at >> VIEW_LOCKED & 1)
        return REP_IS_LOCKED;
    if (at >> VIEW_MISSING & 1)
        return REP_NOT_ISSUED;
    if (at >> VIEW_NOT_ACTIVATED & 1)
        return REP_NOT_ACTIVATED;
    return at >> VIEW_NEVER_USED & 1 ? REP_NEVER_USED : REP_NOT_USED;
}

/* A box locked because nobody used it is taken back after the time that the policy says. */
static cv_day revoked_on(const struct prov_freeze *f, const struct view_account *a)
{
    int days = dom_policy_revoke_days(f->call->prov->options.policy);
    bool idle = a->reason != NULL && strcmp(a->reason, dom_lock_reason_words[DOM_LOCK_INACTIVITY]) == 0;
    return idle && days > 0 && a->since != CV_NO_MOMENT ? cv_day_of(a->since) + days : CV_NO_DAY;
}

/* The lock that is there now, when it is that of the last day counted; who was let in again since has no more to say.
 */
static const struct view_account *locked_then(const struct prov_freeze *f, const struct view_staff *p,
                                              const char *system)
{
    const struct view_account *a = account_of(p, system);
    bool is =
        a != NULL && a->observed == DOM_TEMP_LOCKED && a->since != CV_NO_MOMENT && cv_day_of(a->since) <= f->window.to;
    return is ? a : NULL;
}

static void take_person(const struct prov_freeze *f, const struct rep_report *r, const struct rep_sheet *s,
                        const struct view_staff *from, const struct view_then *then, struct rep_person *to)
{
    const struct view_account *a = r->kind == REP_LOCKED ? locked_then(f, from, s->system) : NULL;
    *to = (struct rep_person){.full_name = from->full_name,
                              .title = then->title,
                              .address = from->address,
                              .unit = then->unit,
                              .unit_code = then->unit_code != NULL ? then->unit_code : "–",
                              .unit_name = {then->unit_name[CV_VI], then->unit_name[CV_EN]},
                              .stage = stage_of(then->stages),
                              .since = a != NULL ? cv_day_of(a->since) : CV_NO_DAY,
                              .reason = a != NULL ? a->reason : NULL,
                              .revoke_on = a != NULL ? revoked_on(f, a) : CV_NO_DAY};
}

/* By unit, and within a unit as they came: by given name. */
struct placed {
    struct rep_person person;
    size_t at;
};

static int by_unit(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    int order = strcmp(x->person.unit_code, y->person.unit_code);
    if (order != 0)
        return order;
    return x->at < y->at ? -1 : x->at > y->at;
}

static struct view_staff_query people_query(const struct prov_freeze *f, const struct rep_report *r,
                                            const struct rep_sheet *s)
{
    const uint32_t unused = 1u << VIEW_MISSING | 1u << VIEW_NOT_ACTIVATED | 1u << VIEW_NEVER_USED | 1u << VIEW_UNUSED;
    return (struct view_staff_query){.scope = f->call->scope,
                                     .has_unit = true,
                                     .unit = f->unit.id,
                                     .recursive = true,
                                     .categories = r->categories,
                                     .system = s->system,
                                     .stages = r->kind == REP_LOCKED ? 1u << VIEW_LOCKED : unused,
                                     .window = f->window,
                                     .then = true,
                                     .updated_since = CV_NO_MOMENT,
                                     .page_size = PAGE};
}

bool prov_freeze_people(const struct prov_freeze *f, const struct rep_report *r, struct rep_sheet *s,
                        struct cv_error *err)
{
    struct view_staff_page page;
    struct view_staff_query q = people_query(f, r, s);
    struct placed *all = CV_NEWS(f->call->arena, struct placed, REP_PEOPLE_MAX);
    size_t count = 0, most = REP_PEOPLE_MAX;
    for (const struct rep_sheet *before = r->sheets; before < s; before++)
        most -= before->people_count;
    do {
        if (!view_staff_list(f->call->prov->options.view, &q, f->call->arena, &page, err))
            return false;
        if (count + page.count > most)
            return cv_fail(err, cvp_report_too_large, NULL, "Danh sách có hơn %d người; hãy chọn đơn vị nhỏ hơn",
                           "The list has over %d people; choose a smaller unit", REP_PEOPLE_MAX);
        for (size_t i = 0; i < page.count; i++, count++) {
            take_person(f, r, s, &page.items[i], &page.then[i], &all[count].person);
            all[count].at = count;
        }
        q.after = page.next;
        q.after_len = page.next_len;
    } while (page.next != NULL);
    qsort(all, count, sizeof(*all), by_unit);
    s->people = CV_NEWS(f->call->arena, struct rep_person, count + 1);
    s->people_count = count;
    for (size_t i = 0; i < count; i++)
        s->people[i] = all[i].person;
    return true;
}
