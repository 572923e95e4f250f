/* The daily snapshot: when it is taken, and what else history does in its turn. */
#include "history/internal.h"

enum {
    CLOSING_S = 600,  /* the last minutes of a day, in which its snapshot is taken once more */
    RETRY_MS = 60000, /* after a failure */
};

static bool take(struct prov_call *call, cv_day today, struct cv_error *err)
{
    struct history_moment m = {.call = call, .day = {.day = today, .window = {today - HISTORY_WINDOW_DAYS + 1, today}}};
    struct history_day last = {.day = CV_NO_DAY};
    if (!history_gather(&m, err))
        return false;
    if (m.day.unit_count == 0)
        return true; /* nothing to tell yet */
    if (!history_latest_day(call, today, &last, err) && !cv_error_forgive(err, CV_NOT_FOUND))
        return false;
    if (!history_write_tree(&m, &last, err) ||
        !history_write_rows(&m, "rows", last.rows, last.row_count, &m.day.rows, &m.day.row_count, err) ||
        !history_write_people(&m, err) || !history_write_day(&m, err))
        return false;
    if (last.day == today) {
        history_drop_replaced(&m, "rows", last.rows, last.row_count, m.day.rows, m.day.row_count);
        history_drop_replaced(&m, "tree", last.tree, last.tree_count, m.day.tree, m.day.tree_count);
        history_drop_replaced(&m, "people", last.people, last.people_count, m.day.people, m.day.people_count);
    }
    cv_log(CV_LOG_INFO, "snapshot", "figures of %zu units were kept", m.day.unit_count);
    return true;
}

/* Is there one already: of an earlier start, or of the process that held the lease before? */
static bool there_already(struct prov_call *call, cv_day today, cv_moment since, struct cv_error *err)
{
    struct history_day day;
    if (history_read_day(call, today, &day, err))
        return day.taken_at >= since;
    (void)cv_error_forgive(err, CV_NOT_FOUND);
    return false;
}

static bool look_after(struct prov_call *call, cv_day today, bool closing, struct cv_error *err)
{
    cv_moment since = closing ? cv_day_start(today + 1) - CLOSING_S : cv_day_start(today);
    if (there_already(call, today, since, err))
        return true;
    return err->kind == CV_OK && take(call, today, err);
}

void prov_history_stop(struct prov_call *call)
{
    struct view_state state;
    struct cv_error err = {0};
    view_state(call->prov->options.view, &state);
    if (call->prov->options.history_days == 0 || !state.usage_ready || !state.alive || state.people == 0)
        return;
    if (!take(call, view_day(call->prov->options.view), &err))
        cv_log_error(CV_LOG_WARN, "snapshot", &err);
}

static void keep_today(struct prov_call *call)
{
    struct prov *prov = call->prov;
    cv_day today = cv_today();
    if (view_day(prov->options.view) != today)
        return; /* its figures are still those of the day before */
    bool closing = cv_now() >= cv_day_start(today + 1) - CLOSING_S;
    struct cv_error err = {0};
    if ((closing ? prov->closed_on : prov->opened_on) == today || !cv_deadline_passed(prov->next_snapshot))
        return;
    if (!look_after(call, today, closing, &err)) {
        cv_log_error(CV_LOG_WARN, "snapshot", &err);
        prov->next_snapshot = cv_deadline_in_ms(RETRY_MS);
        return;
    }
    if (prov->opened_on != today)
        history_drop_old(call, today);
    prov->opened_on = today;
    prov->snapshot_day = today;
    if (closing)
        prov->closed_on = today;
}

void prov_history_tick(struct prov_call *call)
{
    struct view_state state;
    if (call->prov->options.history_days == 0)
        return;
    view_state(call->prov->options.view, &state);
    if (!state.usage_ready || state.people == 0) /* an empty directory has nothing to tell, now or later */
        return;
    keep_today(call);
    history_complete(call);
}
