/* Entering the view on its day, the days that a question judges use over, and what that rests on. */
#include "view/figures/figures.h"

/* ---- locking ---- */
cv_day view_day(const struct view *view)
{
    struct view *v = (struct view *)view; /* the lock and the day are no part of what a reader calls const */
    if (atomic_load(&v->loaded) && atomic_load(&v->day) != cv_today())
        view_roll_day(v);
    return atomic_load(&v->day);
}

bool view_enter(const struct view *view, struct cv_error *err)
{
    struct view *v = (struct view *)view;
    if (!atomic_load(&v->loaded))
        return err && cv_fail(err, cvp_directory_unavailable, NULL,
                              "Dịch vụ đang nạp dữ liệu từ thư mục, xin thử lại sau ít giây",
                              "The service is still reading the directory, please try again in a few seconds");
    (void)view_day(v);
    cv_rank_take(CV_RANK_VIEW);
    pthread_rwlock_rdlock(&v->lock);
    return true;
}

bool view_enter_people(const struct view *v, struct cv_error *err)
{
    return view_fresh_enough(v, err) && view_enter(v, err);
}

void view_leave(const struct view *view)
{
    pthread_rwlock_unlock(&((struct view *)view)->lock);
    cv_rank_give(CV_RANK_VIEW);
}

void view_breathe(const struct view *v)
{
    view_leave(v);
    (void)view_enter(v, NULL); /* loaded it stays */
}

/* ---- what a question rests on ---- */
static int slot_of(int length)
{
    int slot = 0;
    while (slot < WINDOWS && view_window_days[slot] != length)
        slot++;
    return slot;
}

bool view_slice_of(const struct view *v, struct view_window asked, struct view_slice *out, struct cv_error *err)
{
    cv_day today = atomic_load(&v->day);
    char text[CV_DAY_TEXT];
    if (asked.from == 0 && asked.to == 0)
        asked = (struct view_window){today - VIEW_DEFAULT_WINDOW + 1, today};
    if (!view_tells_of(v, asked))
        return cv_fail(err, cvp_validation_failed, "period", "Chỉ có số liệu từ ngày %s đến hôm nay",
                       "Figures are kept from %s until today", cv_day_iso(view_dated_from(v), text));
    int slot = slot_of(asked.to - asked.from + 1);
    bool special = asked.to != today || slot == WINDOWS;
    *out = (struct view_slice){.special = special, .slot = special ? 0 : slot, .window = asked};
    return true;
}

const struct tally *view_tally_in(const struct view *v, uint32_t slot, const struct view_slice *slice,
                                  struct tally *space)
{
    if (!slice->special)
        return &v->tallies[slot];
    *space = view_tally_of(v, v->people[slot], &slice->window);
    return space;
}

/* 0 is not said where nothing can be known. A window that has ended is judged as of its own end: what came until then
 * is all that can come. */
static void judge_source(const struct view *v, const struct system *s, struct view_window window,
                         struct view_system_usage *usage)
{
    cv_day today = atomic_load(&v->day);
    cv_day ended = window.to < today ? window.to + 1 : today, through = usage->data_through;
    usage->silent_since = CV_NO_DAY;
    if (dom_usage_stale(&usage->rule, through, ended)) {
        usage->unknown = DOM_USE_STALE;
        return;
    }
    if (window.from < view_activity_from(v)) {
        usage->unknown = DOM_USE_BEFORE_KEPT;
        return;
    }
    if (usage->rule.precision == DOM_BY_DAY)
        usage->silent_since = view_quiet_since(s, through < window.to ? through : window.to);
    if (through < window.from)
        usage->unknown = DOM_USE_NOT_REACHED;
    else if (usage->data_from != CV_NO_DAY && usage->data_from > window.from)
        usage->unknown = DOM_USE_BEGINS_INSIDE;
    else if (usage->silent_since != CV_NO_DAY)
        usage->unknown = DOM_USE_SILENT;
}

struct view_system_usage view_usage_of(const struct view *v, unsigned system, const struct view_slice *slice)
{
    const struct system *s = &v->systems[system];
    struct dom_system space;
    struct view_system_usage usage = {.rule = dom_system_on(&s->s, slice->window.to, &space)->activity,
                                      .data_from = s->data_from,
                                      .data_through = v->usage_ready ? s->data_through : CV_NO_DAY,
                                      .open_until = CV_NO_MOMENT};
    judge_source(v, s, slice->window, &usage);
    usage.stale = usage.unknown != DOM_USE_KNOWN;
    usage.regular_known = !usage.stale && usage.rule.precision == DOM_BY_DAY &&
                          dom_regular_days(&usage.rule, slice->window.to - slice->window.from + 1) > 0;
    usage.missing_there = view_bits_count(&s->lost);
    usage.activation_known =
        (s->s.kind != DOM_MANUAL || usage.rule.reported) && slice->window.to >= view_activity_from(v);
    return usage;
}

bool view_system_usage_in(const struct view *v, const char *slug, struct view_window window,
                          struct view_system_usage *out)
{
    struct view_slice slice = {0};
    if (!view_enter(v, NULL))
        return false;
    int system = view_system_known(v, slug);
    bool ok = system >= 0 && view_slice_of(v, window, &slice, &(struct cv_error){0});
    if (ok)
        *out = view_usage_of(v, (unsigned)system, &slice);
    view_leave(v);
    return ok;
}

bool view_system_usage(const struct view *v, const char *slug, struct view_system_usage *out)
{
    return view_system_usage_in(v, slug, (struct view_window){0}, out);
}
