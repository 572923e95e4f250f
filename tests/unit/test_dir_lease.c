/* The lease against a real slapd. The clock of each contender is moved by hand, so nothing here waits or depends on the
 * machine's load. */
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "dir_server.h"
#include "directory/records/lease.h"

enum { TERM_MS = 12000 };
#define SECOND INT64_C(1000000000)

struct contender {
    struct dir_lease *lease;
    struct dir_session *session;
    int64_t now;
};

static int64_t hand_clock(void *ctx)
{
    return ((struct contender *)ctx)->now;
}

static void enter(struct server *s, const char *name, struct contender *c)
{
    c->now = SECOND;
    assert_ok(s, dir_lease_open(name, TERM_MS, &c->lease, &s->err));
    lease_set_clock(c->lease, hand_clock, c);
    assert_ok(s, dir_session_open(&s->config, &c->session, &s->err));
}

static void leave(struct contender *c)
{
    dir_lease_close(&c->lease);
    dir_session_close(&c->session);
}

static bool tend(struct server *s, struct contender *c)
{
    assert_ok(s, dir_lease_tend(c->lease, c->session, &s->err));
    return dir_lease_held(c->lease);
}

static void first_come_and_renewed(void **state)
{
    struct server *s = *state;
    struct contender a, b;

    enter(s, "renewed", &a);
    enter(s, "renewed", &b);
    assert_false(dir_lease_held(a.lease));
    assert_true(tend(s, &a));
    for (int i = 0; i < 40; i++) { /* 48 s, four terms */
        assert_false(tend(s, &b));
        assert_true(tend(s, &a));
        a.now += TERM_MS * INT64_C(100000);
        b.now += TERM_MS * INT64_C(100000);
    }
    leave(&a);
    leave(&b);
}

/* The holder is frozen: it stops by itself at two thirds, the challenger starts after the whole term. */
static void frozen_holder_stops_before_the_next_starts(void **state)
{
    struct server *s = *state;
    struct contender a, b;
    int64_t stopped = 0, started = 0;

    enter(s, "frozen", &a);
    enter(s, "frozen", &b);
    assert_true(tend(s, &a));
    assert_false(tend(s, &b));
    for (int ms = 0; ms <= 15000 && !started; ms += 100) {
        a.now += SECOND / 10;
        b.now += SECOND / 10;
        if (!dir_lease_held(a.lease) && !stopped)
            stopped = a.now;
        if (tend(s, &b))
            started = b.now;
    }
    assert_int_equal(stopped, SECOND + 8 * SECOND);
    assert_int_equal(started, SECOND + 12 * SECOND);
    assert_false(tend(s, &a)); /* awake again: sees that it is another's */
    a.now += 20 * SECOND;
    b.now += 5 * SECOND;
    assert_true(tend(s, &b)); /* moved on, so a waits anew */
    assert_false(tend(s, &a));
    leave(&a);
    leave(&b);
}

static void given_back_at_a_stop(void **state)
{
    struct server *s = *state;
    struct contender a, b;

    enter(s, "released", &a);
    enter(s, "released", &b);
    assert_true(tend(s, &a));
    assert_false(tend(s, &b));
    dir_lease_release(a.lease, a.session);
    assert_false(dir_lease_held(a.lease));
    assert_true(tend(s, &b));
    assert_false(tend(s, &a));
    leave(&a);
    leave(&b);
}

static void freeze(int pid)
{
    siginfo_t info;
    kill(pid, SIGSTOP);
    waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT); /* it takes effect some time after kill() */
}

/* The directory does not answer: the holder stops at two thirds, and goes on when it does if nobody came. */
static void directory_away(void **state)
{
    struct server *s = *state;
    struct contender a;
    int pid = dir_embedded_pid(s->slapd);

    enter(s, "away", &a);
    assert_true(tend(s, &a));
    a.now += 5 * SECOND;
    freeze(pid);
    dir_session_deadline(a.session, cv_deadline_in_ms(50));
    bool tended = dir_lease_tend(a.lease, a.session, &s->err), held = dir_lease_held(a.lease);
    a.now += 3 * SECOND;
    bool held_later = dir_lease_held(a.lease);
    kill(pid, SIGCONT);
    assert_true(!tended && held && !held_later);
    assert_true(eventually(s, pings));
    dir_session_deadline(a.session, cv_deadline_in_ms(10000));
    for (int i = 0; i < 3 && !dir_lease_held(a.lease); i++) /* the late write may come between a look and a take */
        tend(s, &a);
    assert_true(dir_lease_held(a.lease));
    leave(&a);
}

/* ---- two processes, one clock that the test moves ---- */

struct side {
    _Atomic int asked, done;
    _Atomic bool held_before, held_after; /* its own tending */
};
struct shared {
    _Atomic int64_t now;
    struct side side[2];
};

static int64_t shared_clock(void *ctx)
{
    return ((struct shared *)ctx)->now;
}

/* Ends when the test does. */
_Noreturn static void serve(const struct dir_config *config, struct shared *shared, struct side *side)
{
    struct cv_error err = {0};
    struct dir_session *session;
    struct dir_lease *lease;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!dir_session_open(config, &session, &err) || !dir_lease_open("two", TERM_MS, &lease, &err))
        _exit(1);
    lease_set_clock(lease, shared_clock, shared);
    for (;;) {
        while (side->asked == side->done)
            poll(NULL, 0, 1);
        side->held_before = dir_lease_held(lease);
        (void)dir_lease_tend(lease, session, &err);
        side->held_after = dir_lease_held(lease);
        side->done++;
    }
}

static bool step(struct side *side)
{
    struct cv_deadline until = cv_deadline_in_ms(20000);
    side->asked++;
    while (side->done != side->asked) {
        assert_false(cv_deadline_passed(until));
        poll(NULL, 0, 1);
    }
    return side->held_after;
}

/* Seconds until the other side holds it, while this one is frozen or dead. */
static int64_t taken_over_after(struct shared *shared, struct side *other)
{
    int64_t begin = shared->now;
    while (!step(other) && shared->now - begin < 60 * SECOND)
        shared->now += SECOND / 2;
    return (shared->now - begin) / SECOND;
}

static void two_processes(void **state)
{
    struct server *s = *state;
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct side *a, *b;
    pid_t pid[2];
    assert_true(shared != MAP_FAILED);
    a = &shared->side[0];
    b = &shared->side[1];
    shared->now = SECOND;
    for (int i = 0; i < 2; i++) {
        pid[i] = fork();
        if (pid[i] == 0)
            serve(&s->config, shared, &shared->side[i]);
    }
    assert_true(step(a));
    assert_false(step(b));
    kill(pid[0], SIGSTOP);
    assert_int_equal(taken_over_after(shared, b), TERM_MS / 1000);
    kill(pid[0], SIGCONT);
    assert_false(step(a));
    assert_false(a->held_before); /* awake again, it knew so before it looked */
    assert_true(step(b));
    kill(pid[1], SIGKILL);
    assert_int_equal(taken_over_after(shared, a), TERM_MS / 1000);
    kill(pid[0], SIGKILL);
    for (int i = 0; i < 2; i++)
        assert_int_equal(waitpid(pid[i], NULL, 0), pid[i]);
    munmap(shared, sizeof *shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_come_and_renewed), cmocka_unit_test(frozen_holder_stops_before_the_next_starts),
        cmocka_unit_test(given_back_at_a_stop),   cmocka_unit_test(directory_away),
        cmocka_unit_test(two_processes),
    };
    return cmocka_run_group_tests(tests, server_setup, server_teardown);
}
