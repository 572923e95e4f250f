/* Locks with ranks: order is a promise, broken at the first try. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base_test.h"
#include "congvu/lock.h"

static struct cv_lock names = CV_LOCK_INITIALIZER(CV_RANK_NAMES), lane = CV_LOCK_INITIALIZER(CV_RANK_LANE);

static void in_order(void)
{
    cv_lock_take(&names);
    cv_lock_take(&lane);
    cv_lock_give(&names);
    cv_lock_give(&lane);
    cv_no_lock("nothing is held");
}

static void downwards(void)
{
    cv_lock_take(&lane);
    cv_lock_take(&names);
}

static void twice(void)
{
    cv_rank_take(CV_RANK_VIEW);
    cv_rank_take(CV_RANK_VIEW);
}

static void over_a_call(void)
{
    cv_lock_take(&names);
    cv_no_lock("a call");
}

static void given_twice(void)
{
    cv_lock_take(&names);
    cv_lock_give(&names);
    cv_lock_give(&names);
}

static bool aborts(void (*act)(void))
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        close(STDERR_FILENO);
        act();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void ranks(void **state)
{
    (void)state;
    assert_false(aborts(in_order));
    assert_true(aborts(downwards));
    assert_true(aborts(twice));
    assert_true(aborts(over_a_call));
    assert_true(aborts(given_twice));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ranks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
