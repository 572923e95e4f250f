/* Who used a system on which day: events in, one bit per person and day out. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/prov_systems.h"
#include "congvu/usage.h"
#include "congvu/view_figures.h"
#include "provision/internal.h"

enum { FOLD_BATCH = 100, CHUNK_ARENA = 16 << 20, SPELL_WRITES = 16, REST_LEAST_MS = 1, REST_MOST_MS = 100 };

/* ---- what each event says ---- */
__attribute__((format(printf, 4, 6), format(printf, 5, 6))) static void
reject(struct prov_call *call, struct prov_usage_event *e, const char *code, const char *vi, const char *en, ...)
{
    va_list args;
    e->code = code;
    va_start(args, en);
    e->text[CV_VI] = cv_arena_vprintf(call->arena, vi, args);
    va_end(args);
    va_start(args, en);
    e->text[CV_EN] = cv_arena_vprintf(call->arena, en, args);
    va_end(args);
}

static bool holder(struct prov_call *call, enum view_key by, const char *key, struct cv_id *out)
{
    return view_staff_holder(call->prov->options.view, call->scope, by, key, out);
}

static bool find_person(struct prov_call *call, const struct dom_system *system, struct prov_usage_event *e)
{
    switch (e->by) {
    case PROV_BY_LOGIN:
        return view_login_holder(call->prov->options.view, call->scope, system->slug, e->key, &e->staff);
    case PROV_BY_ADDRESS:
        return strchr(e->key, '@') != NULL && holder(call, VIEW_BY_NAME, e->key, &e->staff);
    case PROV_BY_CODE:
        return holder(call, VIEW_BY_CODE, e->key, &e->staff);
    case PROV_BY_ID:
        return holder(call, VIEW_BY_ID, e->key, &e->staff);
    }
    return false;
}

static void set_aside(struct prov_call *call, struct prov_usage_event *e)
{
    char day[CV_DAY_TEXT];
    e->outside = true;
    e->text[CV_VI] = cv_arena_printf(call->arena, "Ngày %s nằm ngoài thời gian làm việc của “%s” nên không tính",
                                     cv_day_people(e->on, day), e->key);
    e->text[CV_EN] =
        cv_arena_printf(call->arena, "On %s “%s” was not yet or no longer here, so the day counts for nothing",
                        cv_day_iso(e->on, day), e->key);
}

/* False: nobody knows at present whether there is such a person. What is rejected is never sent again. */
static bool judge(struct prov_call *call, const struct dom_system *system, struct prov_usage_event *e,
                  struct cv_error *err)
{
    char day[CV_DAY_TEXT];
    cv_day today = cv_today(), first = dom_use_keep_from(today);
    if (e->on > today)
        reject(call, e, "in_the_future", "Ngày %s chưa tới", "The day %s is yet to come", cv_day_iso(e->on, day));
    else if (e->on < first)
        reject(call, e, "outside_retention", "Chỉ nhận số liệu từ ngày %s", "Days are taken from %s on",
               cv_day_iso(first, day));
    else if (find_person(call, system, e)) {
        if (!view_staff_there(call->prov->options.view, e->staff, e->on))
            set_aside(call, e);
    } else if (view_may_deny(call->prov->options.view, err))
        reject(call, e, "unknown_login", "Không tìm thấy người dùng “%s”", "Nobody is found for “%s”", e->key);
    else
        return false;
    return true;
}

/* ---- each event_id once ---- */
static int by_event_id(const void *a, const void *b)
{
    const struct prov_usage_event *x = *(struct prov_usage_event *const *)a, *y = *(struct prov_usage_event *const *)b;
    int order = strcmp(x->event_id, y->event_id);
    return order != 0 ? order : (x > y) - (x < y);
}

static void mark_repeats(struct prov_call *call, struct prov_usage_input *in)
{
    struct prov_usage_event **list = CV_NEWS(call->arena, struct prov_usage_event *, in->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < in->count; i++)
        if (in->events[i].code == NULL && !in->events[i].outside && in->events[i].event_id != NULL)
            list[n++] = &in->events[i];
    if (n > 0)
        qsort(list, n, sizeof(struct prov_usage_event *), by_event_id);
    for (size_t i = 1; i < n; i++)
        list[i]->repeated = strcmp(list[i]->event_id, list[i - 1]->event_id) == 0;
}

/* ---- each person once ---- */
struct person_use {
    struct cv_id staff;
    struct dom_use use; /* the days of this call */
    size_t events;
};

static int by_person(const void *a, const void *b)
{
    const struct prov_usage_event *x = *(struct prov_usage_event *const *)a, *y = *(struct prov_usage_event *const *)b;
    return memcmp(x->staff.bytes, y->staff.bytes, sizeof(x->staff.bytes));
}

static size_t group(struct prov_call *call, const struct prov_usage_input *in, struct person_use **out)
{
    struct prov_usage_event **list = CV_NEWS(call->arena, struct prov_usage_event *, in->count + 1);
    struct person_use *people = CV_NEWS(call->arena, struct person_use, in->count + 1);
    size_t n = 0, count = 0;
    for (size_t i = 0; i < in->count; i++)
        if (in->events[i].code == NULL && !in->events[i].repeated && !in->events[i].outside)
            list[n++] = &in->events[i];
    if (n > 0)
        qsort(list, n, sizeof(struct prov_usage_event *), by_person);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || !cv_id_equal(list[i]->staff, list[i - 1]->staff))
            people[count++] = (struct person_use){.staff = list[i]->staff, .use = {.last_on = CV_NO_DAY}};
        dom_use_set(&people[count - 1].use, list[i]->on);
        people[count - 1].events++;
    }
    *out = people;
    return count;
}

/* ---- never in the way of people ---- */
/* A morning's logins come while the offices work: after a spell of writing the feed rests as long as the spell took, so
 * that it never has more than half of the directory. With half of its time gone it hurries. */
struct pace {
    int64_t hurry_ms, spell_ns;
    int writes;
};

static struct pace pace_of(const struct prov_call *call)
{
    return (struct pace){.hurry_ms = cv_deadline_left_ms(call->deadline) / 2, .spell_ns = cv_mono_ns()};
}

static void pace_wrote(struct pace *pace, const struct prov_call *call)
{
    if (++pace->writes < SPELL_WRITES)
        return;
    int64_t ms = (cv_mono_ns() - pace->spell_ns) / 1000000;
    ms = ms < REST_LEAST_MS ? REST_LEAST_MS : ms > REST_MOST_MS ? REST_MOST_MS : ms;
    if (cv_deadline_left_ms(call->deadline) > pace->hurry_ms)
        poll(NULL, 0, (int)ms);
    *pace = (struct pace){.hurry_ms = pace->hurry_ms, .spell_ns = cv_mono_ns()};
}

/* ---- into the directory ---- */
static bool fold(struct dom_usage *usage)
{
    bool any = false;
    for (size_t i = 0; i < usage->use_count; i++)
        any |= dom_use_fold(&usage->uses[i], cv_today());
    return any;
}

/* How many of the days were new; nothing is written when none was. */
static bool save_person(struct prov_call *call, const char *system, const struct person_use *person,
                        struct dom_usage *before, struct cv_arena *arena, int *out_added, struct cv_error *err)
{
    for (int i = 0; i < PROV_RETRIES; i++) {
        struct dom_usage after = *before;
        struct dom_use *use = dom_use_need(&after, system);
        if (use == NULL)
            return cv_fail_as(err, CV_LIMIT, "system", "Quá nhiều hệ thống", "Too many systems");
        fold(&after);
        *out_added = dom_use_merge(use, &person->use);
        if (*out_added == 0 || dir_usage_save(call->dir, before, &after, err))
            return true;
        if (!cv_error_forgive(err, CV_STALE)) /* else another feed wrote: its bits must not get lost */
            return false;
        if (!dir_usage_read(call->dir, person->staff, arena, before, err))
            return false;
    }
    return cv_fail_as(err, CV_STALE, "", "Nhiều nguồn cùng ghi một người", "Too many feeds write one person at once");
}

/* The others go on; somebody has to look at that record. */
static void reject_person(struct prov_call *call, struct prov_usage_input *in, struct cv_id staff)
{
    char id[CV_ID_TEXT];
    for (size_t i = 0; i < in->count; i++)
        if (in->events[i].code == NULL && cv_id_equal(in->events[i].staff, staff))
            reject(call, &in->events[i], "unreadable_record", "Không đọc được bản ghi sử dụng của %s",
                   "The stored days of %s cannot be read", cv_id_text("stf_", staff, id));
}

static bool save_chunk(struct prov_call *call, struct prov_usage_input *in, const struct person_use *people,
                       size_t count, struct pace *pace, struct prov_usage_result *out, struct cv_error *err)
{
    struct cv_id ids[DIR_USAGE_MANY];
    cv_auto_arena arena = cv_arena_new(CHUNK_ARENA);
    if (arena == NULL)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    struct dom_usage *stored = CV_NEWS(arena, struct dom_usage, count);
    for (size_t i = 0; i < count; i++)
        ids[i] = people[i].staff;
    if (!dir_usage_read_many(call->dir, ids, count, arena, stored, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        int added = 0;
        if (stored[i].revision == DIR_USAGE_UNREADABLE) {
            reject_person(call, in, people[i].staff);
            continue;
        }
        if (!save_person(call, out->system.slug, &people[i], &stored[i], arena, &added, err))
            return false;
        if (added > 0)
            pace_wrote(pace, call);
        out->accepted += (size_t)added;
        out->duplicate += people[i].events - (size_t)added;
    }
    return true;
}

static bool save_people(struct prov_call *call, struct prov_usage_input *in, const struct person_use *people,
                        size_t count, struct prov_usage_result *out, struct cv_error *err)
{
    struct pace pace = pace_of(call);
    for (size_t i = 0; i < count; i += DIR_USAGE_MANY) {
        size_t n = count - i < DIR_USAGE_MANY ? count - i : DIR_USAGE_MANY;
        if (!save_chunk(call, in, people + i, n, &pace, out, err))
            return false;
    }
    return true;
}

/* How far the whole source is, nobody can say who sees only a part of its people. */
static bool may_move_clock(const struct prov_call *call, const struct prov_usage_input *in, struct cv_error *err)
{
    bool said = in->data_from != CV_NO_DAY || in->data_through != CV_NO_DAY;
    return call->scope.everywhere || (!said && !in->rewind) ||
           cv_fail(
               err, cvp_scope_missing, "/data_through",
               "Chỉ mã truy cập toàn hệ thống mới báo được số liệu đủ từ ngày nào đến ngày nào; xin bỏ data_from, "
               "data_through và rewind",
               "Only a token for everything says how far the data reach; leave data_from, data_through and rewind out");
}

/* A source that does not say from when on it reports begins with the first event that counts; a late one takes nothing
 * back. One that reported before anybody asked is left as it is. */
static cv_day begin_of(const struct prov_usage_input *in, const struct dom_usage_feed *feed)
{
    cv_day first = CV_NO_DAY;
    if (in->data_from != CV_NO_DAY)
        return in->data_from;
    if (feed->data_from != CV_NO_DAY || feed->data_through != CV_NO_DAY)
        return feed->data_from;
    for (size_t i = 0; i < in->count; i++)
        if (in->events[i].code == NULL && !in->events[i].outside && (first == CV_NO_DAY || in->events[i].on < first))
            first = in->events[i].on;
    return first;
}

/* A day that is not over is not complete. */
static cv_day end_of(const struct prov_usage_input *in, struct prov_usage_result *out)
{
    cv_day today = cv_today();
    out->day_not_over = in->data_through == today;
    return out->day_not_over ? today - 1 : in->data_through;
}

/* Once more when another call moved it on meanwhile. */
static bool save_feed(struct prov_call *call, const struct prov_usage_input *in, struct prov_usage_result *out,
                      struct cv_error *err)
{
    cv_day through = end_of(in, out);
    for (int i = 0; i < PROV_RETRIES; i++) {
        struct dom_usage_feed feed;
        if (!dir_usage_feed_read(call->dir, in->system, call->arena, &feed, err))
            return false;
        out->data_from = feed.data_from;
        out->data_through = feed.data_through;
        if (!call->scope.everywhere)
            return true;
        feed.data_from = begin_of(in, &feed);
        if (through != CV_NO_DAY && (in->rewind || through > feed.data_through))
            feed.data_through = through; /* CV_NO_DAY is below every day */
        feed.received_at = cv_now();
        out->data_from = feed.data_from;
        out->data_through = feed.data_through;
        if (dir_usage_feed_save(call->dir, &feed, in->rewind, err))
            return true;
        if (!cv_error_forgive(err, CV_STALE))
            return false;
    }
    return cv_fail_as(err, CV_STALE, "", "Nhiều nguồn cùng báo một hệ thống",
                      "Too many feeds report one system at once");
}

static void count_verdicts(const struct prov_usage_input *in, struct prov_usage_result *out)
{
    for (size_t i = 0; i < in->count; i++) {
        out->rejected += in->events[i].code != NULL;
        out->outside += in->events[i].code == NULL && in->events[i].outside;
        out->duplicate += in->events[i].code == NULL && !in->events[i].outside && in->events[i].repeated;
    }
}

static bool record(struct prov_call *call, struct prov_usage_input *in, struct prov_usage_result *out,
                   struct cv_error *err)
{
    struct person_use *people;
    for (size_t i = 0; i < in->count; i++)
        if (in->events[i].code == NULL && !judge(call, &out->system, &in->events[i], err))
            return false;
    mark_repeats(call, in);
    size_t count = group(call, in, &people);
    if (!cv_arena_ok(call->arena))
        return cv_fail_as(err, CV_LIMIT, "", "Yêu cầu quá lớn", "The request is too large");
    if (!save_people(call, in, people, count, out, err) || !save_feed(call, in, out, err) ||
        !dir_usage_settle(call->dir, err))
        return false;
    count_verdicts(in, out);
    return true;
}

bool prov_usage_record(struct prov_call *call, struct prov_usage_input *in, struct prov_usage_result *out,
                       struct cv_error *err)
{
    struct prov_audit audit;
    *out = (struct prov_usage_result){.data_from = CV_NO_DAY, .data_through = CV_NO_DAY};
    if (!view_system_find(call->prov->options.view, in->system, call->arena, &out->system, err) ||
        !may_move_clock(call, in, err))
        return false;
    prov_audit_begin(&audit, call, "usage.record", in->system, NULL);
    bool ok = record(call, in, out, err);
    prov_audit_end(&audit, ok, err);
    return ok;
}

/* ---- the calendar ---- */
/* Who is active is folded by the next event; this is for those who are not. */
bool prov_usage_fold(struct prov_call *call)
{
    struct dom_usage *old;
    struct cv_error err = {0};
    size_t count;
    cv_day first = dom_use_keep_from(cv_today());
    if (!dir_usage_older(call->dir, first, FOLD_BATCH, call->arena, &old, &count, &err)) {
        cv_log_error(CV_LOG_WARN, "usage_fold", &err);
        return false;
    }
    for (size_t i = 0; i < count && !cv_deadline_passed(call->deadline); i++) {
        struct dom_usage after = old[i];
        fold(&after);
        cv_error_clear(&err);
        if (!dir_usage_save(call->dir, &old[i], &after, &err) && err.kind != CV_STALE)
            cv_log_error(CV_LOG_WARN, "usage_fold", &err);
    }
    return count == 0;
}
