/* Many at once: one name has one winner, a lost update cannot happen, first starts do not disturb each other. */
#include <pthread.h>

#include "dir_server.h"

enum { RACERS = 8, ROUNDS = 20 };

struct racer {
    struct server *server;
    struct dir_session *session;
    struct cv_arena *arena;
    pthread_barrier_t *start;
    int number, wins, conflicts, others;
    bool (*run)(struct racer *r, int round, struct cv_error *err);
};

static void *race(void *arg)
{
    struct racer *r = arg;
    for (int round = 0; round < ROUNDS; round++) {
        struct cv_error err;
        cv_error_clear(&err);
        cv_arena_reset(r->arena);
        pthread_barrier_wait(r->start);
        if (r->run(r, round, &err))
            r->wins++;
        else if (err.kind == CV_CONFLICT || err.kind == CV_STALE)
            r->conflicts++;
        else
            r->others++;
    }
    return NULL;
}

static void run_race(struct server *s, bool (*run)(struct racer *, int, struct cv_error *), struct racer total[1])
{
    struct racer racers[RACERS];
    pthread_t threads[RACERS];
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, RACERS);
    memset(total, 0, sizeof *total);
    for (int i = 0; i < RACERS; i++) {
        racers[i] =
            (struct racer){.server = s, .number = i, .run = run, .start = &start, .arena = cv_arena_new(1 << 20)};
        assert_ok(s, dir_session_open(&s->config, &racers[i].session, &s->err));
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < RACERS; i++) {
        pthread_join(threads[i], NULL);
        total->wins += racers[i].wins;
        total->conflicts += racers[i].conflicts;
        total->others += racers[i].others;
        dir_session_close(&racers[i].session);
        cv_arena_free(&racers[i].arena);
    }
    pthread_barrier_destroy(&start);
}

static bool add_twin(struct racer *r, int round, struct cv_error *err)
{
    struct dir_attrs a;
    const char *id = cv_arena_printf(r->arena, "race-%d-%d", round, r->number);
    dir_attrs_init(&a, r->arena);
    dir_put(&a, "objectClass", "inetOrgPerson");
    dir_put(&a, "objectClass", "cvStaff");
    dir_put(&a, "cvId", id);
    dir_put(&a, "cn", "Trần Thị Bưởi");
    dir_put(&a, "sn", "Trần");
    /* one of two values clashes, in different order and letter case */
    dir_put(&a, "cvName", cv_arena_printf(r->arena, r->number % 2 ? "Buoitt%d@x.vn" : "buoitt%d@X.vn", round));
    dir_put(&a, "cvName", cv_arena_printf(r->arena, "own/%s", id));
    dir_session_deadline(r->session, cv_deadline_in_ms(10000));
    return dir_add_entry(r->session, dir_dn_child(r->arena, SERVICE_PEOPLE, "cvId", id), &a, NULL, err);
}

static void test_one_name_one_winner(void **state)
{
    struct racer total;
    run_race(*state, add_twin, &total);
    assert_int_equal(total.others, 0);
    assert_int_equal(total.wins, ROUNDS);
    assert_int_equal(total.conflicts, ROUNDS * (RACERS - 1));
}

/* Reads the revision and raises it; tries until it is not too late. */
static bool raise_revision(struct racer *r, int round, struct cv_error *err)
{
    const char *dn = dir_dn_child(r->arena, SERVICE_PEOPLE, "cvId", "counter");
    for (int tries = 0; tries < 200; tries++) {
        struct dir_entry e;
        struct dir_attrs before, after;
        struct dir_stamp stamp;
        cv_error_clear(err);
        dir_session_deadline(r->session, cv_deadline_in_ms(10000));
        if (!dir_read_entry(r->session, dn, r->arena, &e, err))
            return false;
        int64_t revision = dir_get_int(&e, "cvRevision", 0);
        dir_attrs_init(&before, r->arena);
        dir_attrs_init(&after, r->arena);
        dir_put(&after, "title", cv_arena_printf(r->arena, "%d.%d", round, r->number));
        dir_put_int(&after, "cvRevision", revision + 1);
        const char *filter = cv_arena_printf(r->arena, "(cvRevision=%d)", (int)revision);
        if (dir_modify_entry(r->session, dn, &before, &after, filter, &stamp, err))
            return stamp.revision == revision + 1;
        if (err->kind != CV_STALE)
            return false;
    }
    return false;
}

static void test_no_update_is_lost(void **state)
{
    struct server *s = *state;
    struct dir_attrs a;
    struct dir_entry e;
    struct racer total;
    const char *dn = dir_dn_child(s->arena, SERVICE_PEOPLE, "cvId", "counter");
    dir_attrs_init(&a, s->arena);
    dir_put(&a, "objectClass", "inetOrgPerson");
    dir_put(&a, "objectClass", "cvStaff");
    dir_put(&a, "cvId", "counter");
    dir_put(&a, "cn", "x");
    dir_put(&a, "sn", "x");
    dir_put_int(&a, "cvRevision", 1);
    assert_ok(s, dir_add_entry(s->session, dn, &a, NULL, &s->err));
    run_race(s, raise_revision, &total);
    assert_int_equal(total.wins, RACERS * ROUNDS);
    assert_ok(s, dir_read_entry(s->session, dn, s->arena, &e, &s->err));
    assert_int_equal(dir_get_int(&e, "cvRevision", 0), 1 + RACERS * ROUNDS);
}

static bool first_start(struct racer *r, int round, struct cv_error *err)
{
    const struct dir_bootstrap what = {.key_fingerprint = "0123456789abcdef"};
    (void)round;
    dir_session_deadline(r->session, cv_deadline_in_ms(20000));
    return dir_bootstrap(r->session, &what, err);
}

static void test_first_starts_at_once(void **state)
{
    (void)state;
    struct server s = {.slapd = NULL};
    struct racer total;
    snprintf(s.dir, sizeof s.dir, "/tmp/cv-first-XXXXXX");
    assert_non_null(mkdtemp(s.dir));
    assert_ok(&s, server_boot(&s));
    run_race(&s, first_start, &total);
    server_halt(&s);
    nftw(s.dir, server_remove, 16, FTW_DEPTH | FTW_PHYS);
    assert_int_equal(total.wins, RACERS * ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_name_one_winner),
        cmocka_unit_test(test_no_update_is_lost),
        cmocka_unit_test(test_first_starts_at_once),
    };
    return cmocka_run_group_tests(tests, server_setup, server_teardown);
}
