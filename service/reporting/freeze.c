/* Freezing: the question is asked of the view once, and everything that a reader will see is copied. */
#include <stdlib.h>
#include <string.h>

#include "congvu/prov_units.h"
#include "reporting/internal.h"

/* The total, and the lines that add up to it: own people of what is broken down, and units that are not. There is room
 * for the own line of every unit that has none yet. */
static void take_rows(const struct prov_freeze *f, struct rep_sheet *s)
{
    const struct view_coverage_row *last = NULL;
    s->rows = CV_NEWS(f->call->arena, struct rep_row, f->coverage.count + 1);
    for (size_t i = 0; i < f->coverage.count; i++) {
        const struct view_coverage_row *row = &f->coverage.rows[i];
        if (strcmp(row->system, s->system) != 0)
            continue;
        if (last != NULL && last->kind == VIEW_ROW_UNIT && row->depth > last->depth)
            s->row_count--; /* broken down after all */
        s->rows[s->row_count++] = prov_freeze_row(f, row);
        last = row;
    }
}

static void take_rule(const struct prov_freeze *f, const struct view_system_usage *u, struct rep_sheet *s)
{
    const struct dom_system *system = prov_system_of(&f->systems, s->system);
    s->name[CV_VI] = system != NULL ? system->name[CV_VI] : s->system;
    s->name[CV_EN] = system != NULL ? system->name[CV_EN] : NULL;
    s->rule_version = u->rule.version;
    s->regular_days = u->rule.regular_days;
    s->regular_of = u->rule.regular_of;
    s->regular_needed = u->regular_known ? dom_regular_days(&u->rule, f->window.to - f->window.from + 1) : 0;
    s->stale_after = u->rule.stale_after;
    s->reported = u->rule.reported;
    s->last_only = u->rule.precision == DOM_LAST_ONLY;
    s->data_through = u->data_through;
    s->data_from = u->data_from;
    s->unknown = u->unknown;
    s->stale = u->stale;
}

static bool count(struct prov_freeze *f, const struct rep_report *r, struct cv_error *err)
{
    const char *slugs[DOM_SYSTEMS_MAX];
    struct view_coverage_query q = prov_freeze_query(f, r, slugs);
    if (!view_coverage(f->call->prov->options.view, &q, f->call->arena, &f->coverage, err))
        return false;
    if (f->coverage.count > REP_ROWS_MAX * r->sheet_count)
        return cv_fail(err, cvp_report_too_large, NULL, "Đơn vị có quá nhiều đơn vị trực thuộc cho một báo cáo",
                       "The unit has too many sub-units for one report");
    return true;
}

/* ---- do the data reach the end of the period? ---- */

static void judge_data(struct prov_call *call, const struct rep_report *r, const struct rep_sheet *s)
{
    char through[CV_DAY_TEXT] = "", to[CV_DAY_TEXT];
    const char *name = s->name[CV_VI] != NULL ? s->name[CV_VI] : s->system;
    if (!s->reported || r->kind == REP_LOCKED || (s->data_through != CV_NO_DAY && s->data_through >= r->to))
        return;
    cv_day_people(r->to, to);
    if (s->data_through == CV_NO_DAY)
        cv_fault_add(call->faults, CV_AT_POINTER, "/period", "data_behind",
                     "%s: chưa có số liệu sử dụng nào, kỳ báo cáo đến ngày %s",
                     "%s: there are no usage data yet, the period ends on %s", name, to);
    else
        cv_fault_add(call->faults, CV_AT_POINTER, "/period", "data_behind",
                     "%s: số liệu sử dụng mới có đến ngày %s, kỳ báo cáo đến ngày %s",
                     "%s: the usage data reach %s, the period ends on %s", name,
                     cv_day_people(s->data_through, through), to);
}

static bool complete(const struct prov_freeze *f, struct rep_report *r, bool accept, struct cv_error *err)
{
    struct prov_call *call = f->call;
    struct cv_faults behind, *mine = call->faults;
    cv_faults_init(&behind, call->arena);
    call->faults = &behind;
    if (r->to > cv_today())
        cv_fault_add(call->faults, CV_AT_POINTER, "/period", "data_behind", "Kỳ báo cáo chưa kết thúc",
                     "The period is not over yet");
    if (f->coverage.count > 0 && f->coverage.rows[0].not_recorded_yet)
        cv_fault_add(call->faults, CV_AT_POINTER, "/period", "not_recorded_yet",
                     "Kỳ báo cáo kết thúc trước khi đơn vị được đưa vào hệ thống",
                     "The period ended before the unit was written down here");
    for (size_t i = 0; i < r->sheet_count; i++)
        judge_data(call, r, &r->sheets[i]);
    call->faults = mine;
    r->incomplete = behind.count > 0;
    if (!r->incomplete || accept)
        return true;
    *mine = behind;
    return cv_faults_check(mine, cvp_data_incomplete, err);
}

static void score_all(struct rep_report *r)
{
    for (size_t i = 0; i < r->indicator_count; i++)
        rep_score(r, &r->indicators[i]);
}

/* Codes are given to other units; who may read the names is asked by the units themselves. */
static void keep_units(struct cv_arena *arena, struct rep_report *r)
{
    size_t most = 1, count = 0, kept = 0;
    for (size_t i = 0; i < r->sheet_count; i++)
        most += r->sheets[i].people_count;
    struct cv_id *ids = CV_NEWS(arena, struct cv_id, most);
    const char **units = CV_NEWS(arena, const char *, most);
    for (size_t i = 0; i < r->sheet_count; i++)
        for (size_t k = 0; k < r->sheets[i].people_count; k++)
            if (!cv_id_is_zero(r->sheets[i].people[k].unit))
                ids[count++] = r->sheets[i].people[k].unit;
    qsort(ids, count, sizeof(*ids), view_id_order);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !cv_id_equal(ids[i], ids[i - 1]))
            units[kept++] = cv_id_kept("unt_", ids[i], arena);
    r->people_units = units;
    r->people_unit_count = kept;
}

static bool fill_sheets(struct prov_freeze *f, struct rep_report *r, struct cv_error *err)
{
    if (!count(f, r, err))
        return false;
    for (size_t i = 0; i < r->sheet_count; i++) {
        struct rep_sheet *s = &r->sheets[i];
        s->row_count = s->people_count = 0;
        take_rule(f, &f->coverage.systems[i], s);
        take_rows(f, s);
        if (!prov_freeze_revoked(f, r, s, err) || (rep_is_of_people(r->kind) && !prov_freeze_people(f, r, s, err)))
            return false;
    }
    return prov_freeze_levers(f, r, err);
}

/* Figures and the list of who was there are two readings. While people change all the time there is none, and the next
 * freezing counts them anew. */
static bool fill(struct prov_freeze *f, struct rep_report *r, const char **out_list, struct cv_error *err)
{
    enum { TRIES = 3 };
    bool agrees = rep_is_of_people(r->kind) || r->state == REP_FINAL;
    *out_list = "";
    for (int tries = 0; tries == 0 || (!agrees && tries < TRIES); tries++)
        if (!fill_sheets(f, r, err) || (!agrees && !prov_closing_list(f, r, out_list, &agrees, err)))
            return false;
    if (!agrees)
        cv_log(CV_LOG_WARN, "report_list", "people of %s changed while they were counted: no list of the closing day",
               f->unit.code);
    *out_list = agrees ? *out_list : "";
    score_all(r);
    keep_units(f->call->arena, r);
    prov_freeze_causes(f, r);
    return true;
}

static bool may_freeze(const struct prov_call *call, const struct rep_report *r, struct cv_error *err)
{
    return !rep_is_of_people(r->kind) || (call->scopes & DOM_STAFF_READ) != 0 ||
           cv_fail(err, cvp_scope_missing, NULL, "Danh sách người cần quyền xem nhân sự",
                   "A list of people needs the scope staff:read");
}

bool prov_freeze(struct prov_call *call, struct rep_report *r, bool accept, const char **out_list, struct cv_error *err)
{
    struct prov_freeze f = {.call = call};
    if (!may_freeze(call, r, err) || !prov_freeze_begin(&f, r, err) || !prov_load_systems(call, &f.systems, err) ||
        !prov_unit_letterhead(call, f.unit.id, f.window.to, &r->letterhead, err) || !fill(&f, r, out_list, err))
        return false;
    const struct view_unit *then = f.coverage.count > 0 ? &f.coverage.rows[0].unit : NULL; /* as it was called */
    r->code = then ? then->code : f.unit.code;
    for (int i = 0; i < CV_LANGS; i++)
        r->name[i] = then ? then->name[i] : f.unit.name[i];
    r->population = r->to >= cv_today()                                  ? REP_CLOSING_DAY
                    : r->to < view_dated_since(call->prov->options.view) ? REP_RECONSTRUCTED
                                                                         : REP_DATED;
    r->unit_tree = cv_arena_strdup(call->arena, f.coverage.unit_tree);
    r->definition = DOM_DEFINITION;
    r->as_of = f.coverage.as_of;
    r->frozen_at = cv_now();
    return complete(&f, r, accept, err);
}

/* How far the sources reach by now; the rule stays the one that the report was frozen with. */
static void renew_source(struct rep_sheet *s, const struct view_system_usage *now, const struct prov_freeze *f)
{
    struct dom_activity rule = {.regular_days = s->regular_days, .regular_of = s->regular_of};
    s->data_through = now->data_through;
    s->data_from = now->data_from;
    s->unknown = now->unknown;
    s->stale = now->stale;
    s->regular_needed = !now->stale && !s->last_only ? dom_regular_days(&rule, f->window.to - f->window.from + 1) : 0;
}

bool prov_refreeze(struct prov_call *call, struct rep_report *r, bool accept, const char **list, struct cv_error *err)
{
    struct prov_freeze f = {.call = call};
    if (**list == '\0')
        return prov_freeze(call, r, accept, list, err);
    if (!prov_freeze_begin(&f, r, err) || !count(&f, r, err))
        return false;
    for (size_t i = 0; i < r->sheet_count; i++)
        renew_source(&r->sheets[i], &f.coverage.systems[i], &f);
    r->frozen_at = cv_now();
    if (!prov_closing_recount(call, r, f.window.to, *list, err))
        return false;
    score_all(r);
    return complete(&f, r, accept, err);
}
