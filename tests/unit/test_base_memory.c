#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base_test.h"

static void buffer_stops_at_its_maximum(void **state)
{
    struct cv_buf b;

    (void)state;
    cv_buf_init(&b, 10);
    cv_buf_puts(&b, "12345");
    cv_buf_printf(&b, "%d", 67890);
    assert_true(cv_buf_ok(&b));
    assert_string_equal(cv_buf_str(&b), "1234567890");
    cv_buf_putc(&b, 'x');
    assert_false(cv_buf_ok(&b));
    assert_string_equal(cv_buf_str(&b), "1234567890");
    cv_buf_puts(&b, "");
    assert_false(cv_buf_ok(&b));
    assert_null(cv_buf_steal(&b, NULL));
    cv_buf_reset(&b);
    assert_true(cv_buf_ok(&b));
    assert_string_equal(cv_buf_str(&b), "");
    cv_buf_put(&b, "y", SIZE_MAX);
    assert_false(cv_buf_ok(&b));
    cv_buf_free(&b);
    assert_null(b.data);
    assert_int_equal(b.max, 10);
}

static void an_arena_is_told_that_something_is_missing(void **state)
{
    struct cv_arena *arena = *state;

    cv_arena_overflow(arena);
    assert_false(cv_arena_ok(arena));
    cv_arena_alloc(arena, 8);
    assert_false(cv_arena_ok(arena));
    cv_arena_reset(arena);
    assert_true(cv_arena_ok(arena));
}

static void printf_past_the_maximum_writes_nothing(void **state)
{
    cv_auto_buf b;

    (void)state;
    cv_buf_init(&b, 8);
    cv_buf_puts(&b, "abc");
    cv_buf_printf(&b, "%s", "123456");
    assert_false(cv_buf_ok(&b));
    assert_string_equal(cv_buf_str(&b), "abc");
}

static void stolen_bytes_are_the_callers(void **state)
{
    struct cv_buf b;
    size_t len = 99;

    (void)state;
    cv_buf_init(&b, 100);
    char *empty = cv_buf_steal(&b, &len);

    assert_string_equal(empty, "");
    assert_int_equal(len, 0);
    free(empty);
    cv_buf_put(&b, "a\0b", 3);
    char *data = cv_buf_steal(&b, &len);

    assert_int_equal(len, 3);
    assert_memory_equal(data, "a\0b", 4);
    assert_string_equal(cv_buf_str(&b), "");
    cv_buf_puts(&b, "new");
    assert_string_equal(data, "a");
    free(data);
    cv_buf_free(&b);
}

static void arena_memory_is_zeroed_aligned_and_apart(void **state)
{
    struct cv_arena *arena = *state;
    unsigned char *seen[200];

    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < CV_COUNT(seen); i++) {
            size_t size = i * 37 % 5000;

            seen[i] = cv_arena_alloc(arena, size);
            assert_int_equal((uintptr_t)seen[i] % _Alignof(max_align_t), 0);
            for (size_t k = 0; k < size; k++)
                assert_int_equal(seen[i][k], 0);
            memset(seen[i], (int)i, size);
        }
        for (size_t i = 0; i < CV_COUNT(seen); i++)
            for (size_t k = 0; k < i * 37 % 5000; k++)
                assert_int_equal(seen[i][k], i);
        assert_true(cv_arena_used(arena) >= 200 * 2000);
        cv_arena_reset(arena);
        assert_int_equal(cv_arena_used(arena), 0);
    }
}

static void past_the_ceiling_memory_is_real_and_flagged(void **state)
{
    struct cv_arena *arena = cv_arena_new(4096);

    (void)state;
    char *first = cv_arena_alloc(arena, 4000);
    assert_true(cv_arena_ok(arena));
    char *second = cv_arena_alloc(arena, 100000);
    assert_false(cv_arena_ok(arena));
    memset(first, 'a', 4000);
    memset(second, 'b', 100000);
    char *third = cv_arena_strdup(arena, "third");
    assert_int_equal(first[3999], 'a');
    assert_int_equal(second[99999], 'b');
    assert_string_equal(third, "third");
    cv_arena_reset(arena);
    assert_true(cv_arena_ok(arena));
    cv_arena_free(&arena);
    assert_null(arena);
    cv_arena_free(&arena);
}

/* Runs fn in a child and says whether abort() ended it. */
static bool aborts(void (*fn)(void))
{
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        close(STDERR_FILENO);
        fn();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void allocate_for_ever(void)
{
    struct cv_arena *arena = cv_arena_new(1 << 20);

    for (int i = 0; i < 100; i++)
        cv_arena_alloc(arena, 1 << 16);
}

static void wrap_around(void)
{
    volatile size_t n = SIZE_MAX / 4;

    CV_NEWS(cv_arena_new(1 << 20), uint64_t, n);
}

static void runaways_are_stopped(void **state)
{
    (void)state;
    assert_true(aborts(allocate_for_ever));
    assert_true(aborts(wrap_around));
}

static void arena_texts(void **state)
{
    struct cv_arena *arena = *state;
    char big[1000];

    memset(big, 'x', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    assert_string_equal(cv_arena_strndup(arena, "abcdef", 3), "abc");
    assert_string_equal(cv_arena_strndup(arena, "ab", 30), "ab");
    assert_memory_equal(cv_arena_bytes(arena, "a\0b", 3), "a\0b", 4); /* whatever they are */
    assert_string_equal(cv_arena_printf(arena, "%d-%s", 5, "x"), "5-x");
    const char *out = cv_arena_printf(arena, "<%s>", big);
    assert_int_equal(strlen(out), 1001);
    assert_int_equal(out[1000], '>');
}

static char order[8];

static void note(void *what)
{
    order[strlen(order)] = *(const char *)what; /* two calls; the rest of it is zero */
}

static void deferred_run_newest_first_and_once(void **state)
{
    struct cv_arena *arena = *state;
    char a[] = "a", b[] = "b";

    memset(order, 0, sizeof(order));
    cv_arena_defer(arena, note, a);
    cv_arena_defer(arena, note, b);
    cv_arena_reset(arena);
    assert_string_equal(order, "ba");
    cv_arena_reset(arena);
    assert_string_equal(order, "ba");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(an_arena_is_told_that_something_is_missing),
        cmocka_unit_test(buffer_stops_at_its_maximum),
        cmocka_unit_test(printf_past_the_maximum_writes_nothing),
        cmocka_unit_test(stolen_bytes_are_the_callers),
        with_arena(arena_memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(past_the_ceiling_memory_is_real_and_flagged),
        cmocka_unit_test(runaways_are_stopped),
        with_arena(arena_texts),
        with_arena(deferred_run_newest_first_and_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
