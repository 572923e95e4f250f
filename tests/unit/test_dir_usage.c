/* Usage in a real slapd: stored, raced for, followed over restarts. */
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "congvu/feed.h"
#include "congvu/log.h"
#include "congvu/records.h"
#include "congvu/text.h"
#include "congvu/usage.h"
#include "dir_server.h"

enum { PEOPLE = 12, WAIT_S = 20 };

static cv_day day_of(const char *text)
{
    cv_day day = CV_NO_DAY;

    assert_true(cv_day_parse(text, &day));
    return day;
}

static void use(struct dom_usage *usage, const char *system, const char *day)
{
    assert_true(dom_use_set(dom_use_need(usage, system), day_of(day)));
}

/* One more day, read and written. */
static void add_day(struct server *s, struct cv_id staff, const char *system, const char *day)
{
    struct dom_usage before, after;

    assert_ok(s, dir_usage_read(s->session, staff, s->arena, &before, &s->err));
    after = before;
    use(&after, system, day);
    assert_ok(s, dir_usage_save(s->session, &before, &after, &s->err));
}

static void comes_back_as_written(void **state)
{
    struct server *s = *state;
    struct cv_id id = cv_id_make();
    struct dom_usage empty, got;

    assert_ok(s, dir_usage_read(s->session, id, s->arena, &empty, &s->err));
    assert_true(cv_id_equal(empty.staff, id) && empty.use_count == 0 && empty.revision == 0);
    add_day(s, id, "mailbox", "2026-11-20");
    add_day(s, id, "mailbox", "2026-11-01");
    add_day(s, id, "mailbox", "2025-12-31");
    add_day(s, id, "td-office", "2026-11-30");
    assert_ok(s, dir_usage_read(s->session, id, s->arena, &got, &s->err));
    const struct dom_use *mail = dom_use_of(&got, "mailbox"), *office = dom_use_of(&got, "td-office");

    assert_true(got.use_count == 2 && got.revision == 4);
    assert_true(mail->month_count == 2 && mail->months[0].days == 1u << 30 && mail->months[1].days == (1u << 19 | 1));
    assert_int_equal(mail->last_on, day_of("2026-11-20"));
    assert_int_equal(office->last_on, day_of("2026-11-30"));
}

static void emptied_and_folded(void **state)
{
    struct server *s = *state;
    struct cv_id id = cv_id_make();
    struct dom_usage before, after, got;

    add_day(s, id, "mailbox", "2025-01-02");
    add_day(s, id, "mailbox", "2025-01-03");
    assert_ok(s, dir_usage_read(s->session, id, s->arena, &before, &s->err));
    after = before;
    assert_true(dom_use_fold(&after.uses[0], day_of("2026-11-26")));
    assert_ok(s, dir_usage_save(s->session, &before, &after, &s->err));
    assert_ok(s, dir_usage_read(s->session, id, s->arena, &got, &s->err));
    assert_true(got.uses[0].earlier_days == 2 && got.uses[0].month_count == 0);
    assert_int_equal(got.uses[0].last_on, day_of("2025-01-03"));
    after = (struct dom_usage){.staff = id};
    assert_ok(s, dir_usage_save(s->session, &got, &after, &s->err));
    assert_ok(s, dir_usage_read(s->session, id, s->arena, &got, &s->err));
    assert_true(got.use_count == 0 && got.revision == 4);
}

static void the_slower_writer_is_told(void **state)
{
    struct server *s = *state;
    struct cv_id id = cv_id_make();
    struct dom_usage before, mine, theirs;

    assert_ok(s, dir_usage_read(s->session, id, s->arena, &before, &s->err));
    mine = theirs = before;
    use(&mine, "mailbox", "2026-11-20");
    use(&theirs, "mailbox", "2026-11-21");
    assert_ok(s, dir_usage_save(s->session, &before, &theirs, &s->err));
    assert_false(dir_usage_save(s->session, &before, &mine, &s->err)); /* both wanted to make it */
    assert_int_equal(s->err.kind, CV_STALE);
    assert_ok(s, dir_usage_read(s->session, id, s->arena, &before, &s->err));
    mine = theirs = before;
    use(&mine, "mailbox", "2026-11-22");
    use(&theirs, "mailbox", "2026-11-23");
    assert_ok(s, dir_usage_save(s->session, &before, &theirs, &s->err));
    assert_false(dir_usage_save(s->session, &before, &mine, &s->err)); /* both wanted to change it */
    assert_int_equal(s->err.kind, CV_STALE);
}

static void many_are_read_at_once(void **state)
{
    struct server *s = *state;
    struct cv_id ids[DIR_USAGE_MANY + 1];
    static struct dom_usage got[DIR_USAGE_MANY];

    for (size_t i = 0; i < CV_COUNT(ids); i++)
        ids[i] = cv_id_make();
    add_day(s, ids[1], "mailbox", "2026-11-20");
    add_day(s, ids[99], "mailbox", "2026-11-21");
    assert_ok(s, dir_usage_read_many(s->session, ids, DIR_USAGE_MANY, s->arena, got, &s->err));
    for (size_t i = 0; i < DIR_USAGE_MANY; i++) {
        assert_true(cv_id_equal(got[i].staff, ids[i]));
        assert_int_equal(got[i].use_count, i == 1 || i == 99);
    }
    assert_false(dir_usage_read_many(s->session, ids, CV_COUNT(ids), s->arena, got, &s->err));
    assert_int_equal(s->err.kind, CV_LIMIT);
}

static struct dom_usage_feed feed_until(const char *day)
{
    return (struct dom_usage_feed){
        .system = "mailbox", .data_through = day ? day_of(day) : CV_NO_DAY, .received_at = 1700000000};
}

static void data_through_goes_forward(void **state)
{
    struct server *s = *state;
    struct dom_usage_feed none = feed_until(NULL), early = feed_until("2026-11-19"), late = feed_until("2026-11-21"),
                          got;

    assert_ok(s, dir_usage_feed_read(s->session, "mailbox", s->arena, &got, &s->err));
    assert_true(got.data_through == CV_NO_DAY && got.received_at == CV_NO_MOMENT);
    assert_ok(s, dir_usage_feed_save(s->session, &none, false, &s->err));
    assert_ok(s, dir_usage_feed_save(s->session, &early, false, &s->err));
    assert_ok(s, dir_usage_feed_save(s->session, &late, false, &s->err));
    assert_false(dir_usage_feed_save(s->session, &early, false, &s->err));
    assert_int_equal(s->err.kind, CV_STALE);
    assert_false(dir_usage_feed_save(s->session, &none, false, &s->err));
    assert_int_equal(s->err.kind, CV_STALE);
    assert_ok(s, dir_usage_feed_read(s->session, "mailbox", s->arena, &got, &s->err));
    assert_true(got.data_through == late.data_through && got.received_at == late.received_at);
    assert_ok(s, dir_usage_feed_save(s->session, &early, true, &s->err));
    assert_ok(s, dir_usage_feed_read(s->session, "mailbox", s->arena, &got, &s->err));
    assert_int_equal(got.data_through, early.data_through);
}

/* ---- the feed ---- */
struct seen {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct dom_usage known[64]; /* systems are not kept: only numbers of uses and months are looked at */
    size_t count;
    int begins, fresh, ends, records, feeds, alive, main_ends, order_faults;
    cv_day through;
};

static void done(struct seen *s)
{
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

#define NOTE(name, parameters, ...)                                                                                    \
    static void name parameters                                                                                        \
    {                                                                                                                  \
        struct seen *s = ctx;                                                                                          \
        pthread_mutex_lock(&s->lock);                                                                                  \
        __VA_ARGS__;                                                                                                   \
        done(s);                                                                                                       \
    }
#define IGNORE(name, parameters)                                                                                       \
    static void name parameters                                                                                        \
    {                                                                                                                  \
        (void)ctx;                                                                                                     \
    }

static void keep(struct seen *s, const struct dom_usage *usage)
{
    for (size_t i = 0; i < s->count; i++) {
        if (cv_id_equal(s->known[i].staff, usage->staff)) {
            s->known[i] = *usage;
            return;
        }
    }
    assert_true(s->count < CV_COUNT(s->known));
    s->known[s->count++] = *usage;
}

NOTE(on_usage_begin, (void *ctx, bool fresh), s->begins++, s->fresh += fresh, s->order_faults += s->main_ends == 0)
NOTE(on_usage, (void *ctx, const struct dom_usage *usage), s->records++, keep(s, usage))
NOTE(on_usage_feed, (void *ctx, const struct dom_usage_feed *feed), s->feeds++, s->through = feed->data_through)
NOTE(on_usage_end, (void *ctx), s->ends++)
NOTE(on_alive, (void *ctx, bool alive), s->alive = alive)
IGNORE(on_begin, (void *ctx, __attribute__((unused)) bool fresh))
IGNORE(on_mark, (void *ctx, __attribute__((unused)) const uint8_t uuid[16]))
static bool on_settled(void *ctx)
{
    (void)ctx;
    return true;
}
#define UNUSED_RECORD(type)                                                                                            \
    (void *ctx, __attribute__((unused)) const uint8_t uuid[16], __attribute__((unused)) const char *csn,               \
     __attribute__((unused)) const struct type *record)
IGNORE(on_staff, UNUSED_RECORD(dom_staff))
IGNORE(on_unit, UNUSED_RECORD(dom_unit))
IGNORE(on_system, UNUSED_RECORD(dom_system))
IGNORE(on_token, UNUSED_RECORD(dom_token))

static bool on_end(void *ctx, bool sweep)
{
    struct seen *s = ctx;

    (void)sweep;
    pthread_mutex_lock(&s->lock);
    s->main_ends++;
    done(s);
    return true;
}

static struct dir_sync *follow(struct server *server, struct seen *s)
{
    const struct dir_feed feed = {.ctx = s,
                                  .begin = on_begin,
                                  .staff = on_staff,
                                  .unit = on_unit,
                                  .system = on_system,
                                  .token = on_token,
                                  .present = on_mark,
                                  .remove = on_mark,
                                  .usage_begin = on_usage_begin,
                                  .usage = on_usage,
                                  .usage_feed = on_usage_feed,
                                  .usage_end = on_usage_end,
                                  .end = on_end,
                                  .settled = on_settled,
                                  .alive = on_alive};
    struct dir_sync *sync = NULL;

    memset(s, 0, sizeof(*s));
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    assert_ok(server, dir_sync_start(&server->config, &feed, &sync, &server->err));
    return sync;
}

#define WAIT(seen, condition)                                                                                          \
    do {                                                                                                               \
        struct timespec until;                                                                                         \
        int rc_ = 0;                                                                                                   \
        clock_gettime(CLOCK_REALTIME, &until);                                                                         \
        until.tv_sec += WAIT_S;                                                                                        \
        pthread_mutex_lock(&(seen)->lock);                                                                             \
        while (!(condition) && rc_ == 0)                                                                               \
            rc_ = pthread_cond_timedwait(&(seen)->changed, &(seen)->lock, &until);                                     \
        bool held_ = (condition);                                                                                      \
        pthread_mutex_unlock(&(seen)->lock);                                                                           \
        if (!held_)                                                                                                    \
            fail_msg("never came true: %s", #condition);                                                               \
    } while (0)

/* Under the lock: how many months of how many systems are known of him; -1 = never named. */
static int months_of(const struct seen *s, struct cv_id staff)
{
    for (size_t i = 0; i < s->count; i++) {
        int months = 0;

        if (!cv_id_equal(s->known[i].staff, staff))
            continue;
        for (size_t u = 0; u < s->known[i].use_count; u++)
            months += (int)s->known[i].uses[u].month_count;
        return months;
    }
    return -1;
}

static void restart_slapd(struct server *s, int by)
{
    int pid = dir_embedded_pid(s->slapd);

    kill(pid, by);
    struct cv_deadline until = cv_deadline_in_ms(WAIT_S * 1000);

    while (dir_embedded_pid(s->slapd) == pid || !pings(s)) {
        assert_false(cv_deadline_passed(until));
        poll(NULL, 0, 5); /* asks again, up to the deadline */
    }
    dir_session_deadline(s->session, cv_deadline_in_ms(10000));
}

static void changes_arrive(void **state)
{
    struct server *s = *state;
    static struct seen seen;
    struct cv_id old = cv_id_make(), fresh = cv_id_make();
    struct dom_usage_feed feed = feed_until("2026-11-24");

    add_day(s, old, "mailbox", "2026-11-20");
    struct dir_sync *sync = follow(s, &seen);

    WAIT(&seen, seen.ends == 1 && seen.alive);
    WAIT(&seen, months_of(&seen, old) == 1 && months_of(&seen, fresh) == -1);
    assert_true(seen.fresh == 1 && seen.order_faults == 0);
    add_day(s, old, "mailbox", "2026-10-20");
    add_day(s, fresh, "td-office", "2026-10-20");
    assert_ok(s, dir_usage_feed_save(s->session, &feed, true, &s->err));
    WAIT(&seen, months_of(&seen, old) == 2 && months_of(&seen, fresh) == 1 && seen.through == feed.data_through);
    assert_ok(s, dir_delete_entry(s->session, dir_dn_usage(s->arena, old), NULL, &s->err));
    WAIT(&seen, months_of(&seen, old) == 0); /* deleted by hand: nothing is known of him */
    dir_sync_stop(&sync);
}

/* What came while slapd was away from us arrives, by whatever signal it went; after an orderly end alone. */
static void resumes(struct server *s, int by)
{
    static struct seen seen;
    struct cv_id ids[PEOPLE];

    for (size_t i = 0; i < PEOPLE; i++) {
        ids[i] = cv_id_make();
        add_day(s, ids[i], "mailbox", "2026-11-20");
    }
    struct dir_sync *sync = follow(s, &seen);

    WAIT(&seen, seen.ends == 1 && months_of(&seen, ids[PEOPLE - 1]) == 1);
    for (int round = 1; round <= 3; round++) {
        int records = seen.records;

        add_day(s, ids[round], "mailbox", "2026-10-20");
        restart_slapd(s, by);
        add_day(s, ids[round + 3], "mailbox", "2026-10-20");
        WAIT(&seen,
             seen.ends == 1 + round && months_of(&seen, ids[round]) == 2 && months_of(&seen, ids[round + 3]) == 2);
        if (by == SIGTERM && round == 1) /* else it was killed, or ended soon after a cookie was used: all is read */
            assert_true(seen.fresh == 1 && seen.records - records <= 4);
    }
    dir_sync_stop(&sync);
}

static void resumes_over_a_restart(void **state)
{
    resumes(*state, SIGTERM);
}

static void resumes_over_a_kill(void **state)
{
    resumes(*state, SIGKILL);
}

/* Read anew after a kill: everything that was acknowledged is there, although no write was flushed. */
static void nothing_acknowledged_is_lost_by_a_kill(void **state)
{
    struct server *s = *state;
    static struct seen seen;
    struct cv_id ids[PEOPLE];

    for (size_t i = 0; i < PEOPLE; i++) {
        ids[i] = cv_id_make();
        add_day(s, ids[i], "mailbox", "2026-11-20");
    }
    restart_slapd(s, SIGKILL);
    struct dir_sync *sync = follow(s, &seen);

    WAIT(&seen, seen.ends == 1);
    for (size_t i = 0; i < PEOPLE; i++)
        assert_int_equal(months_of(&seen, ids[i]), 1);
    dir_sync_stop(&sync);
}

static void broken_record_is_passed_over(void **state)
{
    struct server *s = *state;
    static struct seen seen;
    struct cv_id good = cv_id_make(), bad = cv_id_make();
    struct dir_attrs a;
    char id[CV_ID_TEXT];

    dir_attrs_init(&a, s->arena);
    dir_put(&a, "objectClass", "cvUsageEntry");
    dir_put(&a, "cvId", cv_id_text("stf_", bad, id));
    dir_put(&a, "cvUseDays;x-mailbox", "2026-13:00000001");
    assert_ok(s, dir_add_entry(s->session, dir_dn_usage(s->arena, bad), &a, NULL, &s->err));
    add_day(s, good, "mailbox", "2026-11-20");
    struct dir_sync *sync = follow(s, &seen);

    WAIT(&seen, seen.ends == 1 && months_of(&seen, good) == 1);
    assert_int_equal(months_of(&seen, bad), -1);
    dir_sync_stop(&sync);
    struct dom_usage got;

    assert_false(dir_usage_read(s->session, bad, s->arena, &got, &s->err));
    assert_int_equal(s->err.kind, CV_INTERNAL);
}

static void remove_below(struct server *s, const char *name)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/slapd/%s", s->dir, name);
    assert_int_equal(nftw(path, server_remove, 4, FTW_DEPTH | FTW_PHYS), 0);
}

static void data_of_an_older_version_get_the_database(void **state)
{
    static const struct dir_bootstrap what = {.key_fingerprint = "0123456789abcdef"};
    struct server *s = *state;

    server_halt(s);
    remove_below(s, "usage");
    remove_below(s, "digest");
    assert_ok(s, server_boot(s));
    assert_ok(s, dir_bootstrap(s->session, &what, &s->err));
    add_day(s, cv_id_make(), "mailbox", "2026-11-20");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(comes_back_as_written, server_setup, server_teardown),
        cmocka_unit_test_setup_teardown(emptied_and_folded, server_setup, server_teardown),
        cmocka_unit_test_setup_teardown(the_slower_writer_is_told, server_setup, server_teardown),
        cmocka_unit_test_setup_teardown(many_are_read_at_once, server_setup, server_teardown),
        cmocka_unit_test_setup_teardown(data_through_goes_forward, server_setup, server_teardown),
        cmocka_unit_test_setup_teardown(changes_arrive, server_setup, server_teardown),
        cmocka_unit_test_setup_teardown(resumes_over_a_restart, server_setup, server_teardown),
        cmocka_unit_test_setup_teardown(resumes_over_a_kill, server_setup, server_teardown),
        cmocka_unit_test_setup_teardown(nothing_acknowledged_is_lost_by_a_kill, server_setup, server_teardown),
        cmocka_unit_test_setup_teardown(broken_record_is_passed_over, server_setup, server_teardown),
        cmocka_unit_test_setup_teardown(data_of_an_older_version_get_the_database, server_setup, server_teardown),
    };
    struct cv_error why;

    if (!cv_clock_init("Asia/Ho_Chi_Minh", 0, &why) || !cv_text_init(&why))
        return 1;
    cv_log_level(CV_LOG_ERROR);
    signal(SIGPIPE, SIG_IGN); /* as congvud does */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
