/* What moves a rate without anybody working more or less, counted beside the figures: people whose category changed, on
 * leave without a decision, recorded where nothing was declared. */
#include "reporting/internal.h"

enum { UNITS_ARENA = 64 << 20 };

/* ---- person by person ---- */

static void count_levers(const struct view_closing *person, size_t system, struct rep_counts *to)
{
    to->category_left += person->left >> system & 1;
    to->leave_undecided += person->undecided >> system & 1;
}

static bool count_people(const struct prov_freeze *f, struct rep_report *r, struct cv_error *err)
{
    const char *slugs[DOM_SYSTEMS_MAX];
    struct view_closing *people;
    size_t count;
    struct view_coverage_query q = prov_freeze_query(f, r, slugs);
    if (!view_lever_list(f->call->prov->options.view, &q, f->call->arena, &people, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < r->sheet_count; k++) {
            struct rep_sheet *s = &r->sheets[k];
            if (!((people[i].left | people[i].undecided) >> k & 1) || s->row_count == 0)
                continue;
            struct rep_row *line = prov_freeze_line(f, s, people[i].unit);
            if (line != NULL)
                count_levers(&people[i], k, &line->counts);
            count_levers(&people[i], k, &s->rows[0].counts);
        }
    return true;
}

/* ---- unit by unit: who must have it where no headcount was declared ---- */

/* Of a unit alone: its own people, or a unit without others below it. */
static bool is_of_one(const struct view_coverage *all, size_t at)
{
    bool broken_down = at + 1 < all->count && all->rows[at + 1].depth > all->rows[at].depth;
    return all->rows[at].kind == VIEW_ROW_OWN || !broken_down;
}

static bool count_units(const struct prov_freeze *f, const struct rep_report *r, struct rep_sheet *s,
                        struct cv_error *err)
{
    const char *slugs[DOM_SYSTEMS_MAX];
    struct view_coverage units;
    cv_auto_arena arena = cv_arena_new(UNITS_ARENA);
    struct view_coverage_query q = prov_freeze_query(f, r, slugs);
    q.systems = &s->system;
    q.system_count = 1;
    q.depth = VIEW_DEEPEST;
    if (s->row_count == 0 || s->rows[0].counts.undeclared_units <= 0)
        return true;
    if (arena == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    if (!view_coverage(f->call->prov->options.view, &q, arena, &units, err))
        return false;
    for (size_t i = 0; i < units.count; i++) {
        const struct view_coverage_row *unit = &units.rows[i];
        if (!is_of_one(&units, i) || unit->counts.undeclared_units == 0 || unit->counts.eligible == 0)
            continue;
        struct rep_row *line = prov_freeze_line(f, s, unit->unit.id);
        if (line != NULL)
            line->counts.undeclared_eligible += unit->counts.eligible;
        s->rows[0].counts.undeclared_eligible += unit->counts.eligible;
    }
    return cv_arena_ok(arena) ||
           cv_fail(err, cvp_report_too_large, NULL, "Đơn vị có quá nhiều đơn vị trực thuộc cho một báo cáo",
                   "The unit has too many sub-units for one report");
}

bool prov_freeze_levers(const struct prov_freeze *f, struct rep_report *r, struct cv_error *err)
{
    for (size_t i = 0; i < r->sheet_count; i++)
        if (!count_units(f, r, &r->sheets[i], err))
            return false;
    return count_people(f, r, err);
}
