/* Why a figure changed between two days, or since a period's last day was kept, with the people behind each cause. */
#include <string.h>

#include "api/figures/figures.h"
#include "api/units/units.h"
#include "congvu/history.h"

enum { KEPT_ARENA = 192 << 20 }; /* a million people */

struct question {
    bool period;
    cv_moment kept_at;            /* with `period` */
    struct view_pair_counts rest; /* of what is kept of a period: no person tells it */
    struct view_changes_query query;
    bool declared;
    int32_t unrecorded_from, unrecorded_to;
    bool known_from, known_to; /* had the unit been written down by then? */
    struct view_changes found;
};

static const char *const causes[] = {[VIEW_JOINED] = "joined",
                                     [VIEW_LEFT] = "left",
                                     [VIEW_MOVED_IN] = "moved_in",
                                     [VIEW_MOVED_OUT] = "moved_out",
                                     [VIEW_REQUIRED] = "became_required",
                                     [VIEW_NOT_REQUIRED] = "no_longer_required",
                                     [VIEW_ISSUED_NOW] = "issued",
                                     [VIEW_REVOKED_NOW] = "revoked",
                                     [VIEW_BEGAN_USING] = "began_using",
                                     [VIEW_STOPPED_USING] = "stopped_using",
                                     [VIEW_BECAME_UNKNOWN] = "became_unknown",
                                     [VIEW_LEAVE] = "long_leave",
                                     [VIEW_LOCKED_NOW] = "locked"};
_Static_assert(CV_COUNT(causes) == VIEW_CAUSES, "a cause has no word");

/* ---- the question ---- */

static void read_period(struct htp_exchange *x, struct view_changes_query *q)
{
    struct api_window window;
    api_read_window(x, &window);
    q->from = q->to = window.days.to;
    if (htp_query(x, "from") != NULL || htp_query(x, "to") != NULL)
        api_query_fault(x, "period", "not_together", "period không đi cùng from, to",
                        "period goes without from and to");
    else if (x->faults.count == 0 && q->to >= view_day(api_of(x)->view))
        api_query_fault(x, "period", "out_of_range", "Kỳ này chưa kết thúc", "This period is not over yet");
}

static void read_days(struct htp_exchange *x, struct view_changes_query *q)
{
    cv_day today = view_day(api_of(x)->view), oldest = view_dated_from(api_of(x)->view) + VIEW_DEFAULT_WINDOW - 1;
    char text[CV_DAY_TEXT];
    q->from = CV_NO_DAY;
    q->to = today;
    htp_query_day(x, "from", &q->from);
    htp_query_day(x, "to", &q->to);
    if (htp_query(x, "calendar") != NULL)
        api_query_fault(x, "calendar", "not_allowed", "calendar chỉ đi cùng period", "calendar goes with period only");
    if (htp_query(x, "from") == NULL)
        api_query_fault(x, "from", "required", "Cần tham số from", "The parameter from is needed");
    else if (q->to > today)
        api_query_fault(x, "to", "out_of_range", "to không được sau hôm nay", "to may not be later than today");
    else if (q->from >= q->to)
        api_query_fault(x, "from", "out_of_range", "from phải trước to", "from must be before to");
    else if (q->from < oldest)
        cv_fault_add(&x->faults, CV_AT_PARAMETER, "from", "out_of_range", "from sớm nhất là %s",
                     "from may be %s at the earliest", cv_day_iso(oldest, text));
}

static bool read_question(struct htp_exchange *x, struct question *q, struct cv_error *err)
{
    static const char *const bases[] = {"declared", "recorded", NULL};
    uint32_t basis = 1;
    *q = (struct question){.query = {.scope = api_actor(x)->scope, .system = htp_query(x, "system")}};
    htp_query_words(x, "basis", bases, &basis);
    if (basis == 3)
        api_query_fault(x, "basis", "not_together", "Chỉ chọn một basis", "Choose one basis");
    q->declared = basis == 1;
    if (q->query.system == NULL)
        api_query_fault(x, "system", "required", "Cần tham số system", "The parameter system is needed");
    q->period = htp_query(x, "period") != NULL;
    if (q->period)
        read_period(x, &q->query);
    else
        read_days(x, &q->query);
    return cv_faults_check(&x->faults, cvp_validation_failed, err) && api_figures_unit(x, &q->query.unit, err);
}

static bool unrecorded_on(struct htp_exchange *x, const struct question *q, cv_day day, int32_t *out, bool *out_known,
                          struct cv_error *err)
{
    struct view_coverage coverage;
    const struct view_coverage_query query = {.scope = q->query.scope,
                                              .unit = q->query.unit,
                                              .recursive = true,
                                              .systems = &q->query.system,
                                              .system_count = 1,
                                              .by_system = true,
                                              .window = {day - VIEW_DEFAULT_WINDOW + 1, day}};
    if (!view_coverage(api_of(x)->view, &query, x->arena, &coverage, err))
        return false;
    *out = q->declared ? coverage.rows[0].counts.unrecorded : 0;
    *out_known = !coverage.rows[0].not_recorded_yet;
    return true;
}

/* ---- a period as it was kept ---- */

static bool find_kept(struct htp_exchange *x, struct question *q, struct cv_arena *arena, struct view_coverage *out,
                      struct cv_error *err)
{
    char unit[CV_ID_TEXT];
    cv_day day = q->query.to, found;
    struct view_kept *people;
    struct prov_call call;
    const struct prov_history_query query = {.unit = cv_id_text("unt_", q->query.unit, unit),
                                             .recursive = true,
                                             .systems = &q->query.system,
                                             .system_count = 1,
                                             .by_system = true};
    if (!api_call(x, &call) || !prov_history_coverage(&call, day, &query, &found, out, err) ||
        !prov_history_people(&call, day, q->query.unit, q->query.system, arena, &people, &q->query.kept_count, err))
        return false;
    q->query.kept = people;
    q->query.kept_use_known = out->rows[0].used_known;
    q->kept_at = out->as_of;
    return true;
}

/* What the snapshot says, and how far the people that were kept beside it do not. */
static void take_kept(struct question *q, const struct dom_counts *kept)
{
    struct view_pair_counts *from = &q->found.from;
    bool use = q->found.used_known_from && q->found.used_known_to;
    q->rest = (struct view_pair_counts){from->issued - kept->issued, from->eligible - kept->eligible,
                                        use ? from->used - kept->used : 0,
                                        use ? from->on_leave_unused - kept->on_leave_unused : 0};
    *from = (struct view_pair_counts){kept->issued, kept->eligible, kept->used, kept->on_leave_unused};
}

static bool ask_period(struct htp_exchange *x, struct question *q, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(KEPT_ARENA);
    struct view_coverage kept;
    if (arena == NULL || !find_kept(x, q, arena, &kept, err) ||
        !view_changes(api_of(x)->view, &q->query, x->arena, &q->found, err))
        return false;
    take_kept(q, &kept.rows[0].counts);
    q->unrecorded_from = q->declared ? kept.rows[0].counts.unrecorded : 0;
    q->known_from = true;
    return true;
}

static bool ask_days(struct htp_exchange *x, struct question *q, struct cv_error *err)
{
    return unrecorded_on(x, q, q->query.from, &q->unrecorded_from, &q->known_from, err) &&
           view_changes(api_of(x)->view, &q->query, x->arena, &q->found, err);
}

/* ---- the answer ---- */

static void write_pair(struct cv_jout *j, const char *name, int64_t a, int64_t b, bool known, bool ratio)
{
    cv_jout_object(j, name);
    if (known) {
        cv_jout_int(j, "a", a);
        cv_jout_int(j, "b", b);
    } else {
        cv_jout_null(j, "a");
        cv_jout_null(j, "b");
    }
    if (ratio)
        cv_jout_ratio(j, "ratio", a, known ? b : 0);
    cv_jout_end(j);
}

/* What is known of a day, or of both. */
struct known {
    bool people, use;
};

/* a and b of coverage and of adoption. */
static void write_both(struct cv_jout *j, const struct view_pair_counts *c, int32_t unrecorded, struct known known,
                       bool ratio)
{
    int64_t b = (int64_t)c->eligible + unrecorded;
    write_pair(j, "coverage", c->issued, b, known.people, ratio);
    write_pair(j, "adoption", c->used, b - c->on_leave_unused, known.people && known.use, ratio);
}

static void write_end(struct cv_jout *j, const char *name, cv_day on, const struct view_pair_counts *c,
                      int32_t unrecorded, struct known known)
{
    cv_jout_object(j, name);
    cv_jout_day(j, "on", on);
    write_both(j, c, unrecorded, known, true);
    cv_jout_end(j);
}

static void write_people(struct htp_exchange *x, const struct view_cause_part *part)
{
    struct cv_jout *j = &x->out;
    bool names = (api_actor(x)->scopes & DOM_STAFF_READ) != 0;
    cv_jout_array(j, "items");
    for (size_t i = 0; names && i < part->shown; i++) {
        cv_jout_object(j, NULL);
        api_write_staff_names(x, &part->people[i]);
        cv_jout_end(j);
    }
    cv_jout_end(j);
}

/* What nobody is named for. */
static void write_count(struct htp_exchange *x, const char *cause, const struct view_pair_counts *c, int32_t unrecorded,
                        struct known known)
{
    const struct view_cause_part nobody = {0};
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "cause", cause);
    cv_jout_null(j, "people");
    write_both(j, c, unrecorded, known, false);
    write_people(x, &nobody);
    cv_jout_end(j);
}

static void write_parts(struct htp_exchange *x, const struct question *q, struct known known)
{
    static const struct view_pair_counts none;
    struct cv_jout *j = &x->out;
    int32_t unrecorded = q->unrecorded_to - q->unrecorded_from;
    cv_jout_array(j, "parts");
    for (int i = 0; i < VIEW_CAUSES; i++) {
        const struct view_cause_part *part = &q->found.causes[i];
        if (part->count == 0)
            continue;
        cv_jout_object(j, NULL);
        cv_jout_string(j, "cause", causes[i]);
        cv_jout_int(j, "people", (int64_t)part->count);
        write_both(j, &part->change, 0, known, false);
        write_people(x, part);
        cv_jout_end(j);
    }
    if (unrecorded != 0)
        write_count(x, "declared", &none, unrecorded, known);
    if (memcmp(&q->rest, &none, sizeof none) != 0)
        write_count(x, "not_by_person", &q->rest, 0, known);
    cv_jout_end(j);
}

static void write_changes(struct htp_exchange *x, const struct question *q)
{
    struct cv_jout *j = &x->out;
    const struct view_changes *found = &q->found;
    const struct known from = {q->known_from, found->used_known_from}, to = {q->known_to, found->used_known_to};
    cv_jout_object(j, NULL);
    api_write_unit_ref(x, "unit", q->query.unit);
    cv_jout_string(j, "system", q->query.system);
    cv_jout_string(j, "basis", q->declared ? "declared" : "recorded");
    cv_jout_string(j, "window", "P30D");
    cv_jout_moment(j, "kept_at", q->period ? q->kept_at : CV_NO_MOMENT);
    write_end(j, "from", q->query.from, &found->from, q->unrecorded_from, from);
    write_end(j, "to", q->query.to, &found->to, q->unrecorded_to, to);
    write_parts(x, q, (struct known){from.people && to.people, from.use && to.use});
    cv_jout_end(j);
}

void api_get_coverage_changes(struct htp_exchange *x)
{
    struct question q;
    struct cv_error err = {0};
    if (read_question(x, &q, &err) && (q.period ? ask_period(x, &q, &err) : ask_days(x, &q, &err)) &&
        unrecorded_on(x, &q, q.query.to, &q.unrecorded_to, &q.known_to, &err)) {
        write_changes(x, &q);
        htp_reply(x, 200);
    } else {
        htp_problem(x, &err, &x->faults);
    }
}
