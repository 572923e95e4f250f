#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/internal.h"

static const struct htp_route route = {.pattern = "/a", .operation = "a", .query = "n flag day at words validate_only"};

struct fixture {
    struct htp_private p;
    struct cv_error err;
};

static bool admit(struct fixture *f, struct cv_arena *arena, const char *query)
{
    memset(f, 0, sizeof(*f));
    f->p.arena = arena;
    f->p.x.arena = arena;
    f->p.x.priv = &f->p;
    f->p.x.route = &route;
    f->p.x.query_string = query;
    cv_faults_init(&f->p.x.faults, arena);
    return htp_query_admit(&f->p, &f->err);
}

static void test_typed(void **state)
{
    static const char *const words[] = {"active", "departed", NULL};
    cv_auto_arena arena = cv_arena_new(1 << 20);
    struct fixture f;
    int64_t n = 0;
    bool flag = false;
    cv_day day = 0;
    cv_moment at = 0;
    uint32_t bits = 0;

    (void)state;
    assert_true(admit(&f, arena, "n=-5&flag=true&day=2026-11-24&at=2026-11-24T07:00:00%2B07:00&words=departed,active"));
    assert_int_equal(htp_query_int(&f.p.x, "n", -9, 9, &n), CV_VALUE);
    assert_int_equal(n, -5);
    assert_int_equal(htp_query_bool(&f.p.x, "flag", &flag), CV_VALUE);
    assert_true(flag);
    assert_int_equal(htp_query_day(&f.p.x, "day", &day), CV_VALUE);
    assert_int_equal(htp_query_moment(&f.p.x, "at", &at), CV_VALUE);
    assert_int_equal(at, 1795478400);
    assert_int_equal(htp_query_words(&f.p.x, "words", words, &bits), CV_VALUE);
    assert_int_equal(bits, 3);
    assert_int_equal(htp_query_int(&f.p.x, "validate_only", 0, 1, &n), CV_ABSENT);
    assert_int_equal(f.p.x.faults.count, 0);
}

static void test_faults_leave_outputs(void **state)
{
    static const char *const words[] = {"active", NULL};
    cv_auto_arena arena = cv_arena_new(1 << 20);
    struct fixture f;
    int64_t n = 77;
    bool flag = true;
    cv_day day = 5;
    uint32_t bits = 8;

    (void)state;
    assert_true(admit(&f, arena, "n=12x&flag=maybe&day=2026-02-30&words=active,"));
    assert_int_equal(htp_query_int(&f.p.x, "n", 0, 9, &n), CV_ABSENT);
    assert_int_equal(htp_query_bool(&f.p.x, "flag", &flag), CV_ABSENT);
    assert_int_equal(htp_query_day(&f.p.x, "day", &day), CV_ABSENT);
    assert_int_equal(htp_query_words(&f.p.x, "words", words, &bits), CV_ABSENT);
    assert_int_equal(f.p.x.faults.count, 4);
    assert_true(n == 77 && flag && day == 5 && bits == 8);
    assert_true(admit(&f, arena, "n=99999999999999999999"));
    assert_int_equal(htp_query_int(&f.p.x, "n", 0, 9, &n), CV_ABSENT);
    assert_true(admit(&f, arena, "n=10"));
    assert_int_equal(htp_query_int(&f.p.x, "n", 0, 9, &n), CV_ABSENT);
    assert_string_equal(f.p.x.faults.items[0].code, "out_of_range");
}

static void test_admission(void **state)
{
    cv_auto_arena arena = cv_arena_new(1 << 20);
    struct fixture f;

    (void)state;
    assert_false(admit(&f, arena, "x=1&N=2&n=1"));
    assert_int_equal(f.err.problem, cvp_unknown_parameter);
    assert_int_equal(f.p.x.faults.count, 2); /* names are case-sensitive */
    assert_non_null(strstr(f.err.text[CV_EN], "\"x\", \"N\""));
    assert_false(admit(&f, arena, "n=1&n=1"));
    assert_int_equal(f.err.problem, cvp_invalid_parameter);
    assert_string_equal(f.p.x.faults.items[0].code, "repeated");
    assert_false(admit(&f, arena, "n=a%0Ab"));
    assert_false(admit(&f, arena, "validate_only="));
    assert_false(admit(&f, arena, "validate_only=1"));
    assert_true(admit(&f, arena, "validate_only=false"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_typed), cmocka_unit_test(test_faults_leave_outputs),
                                       cmocka_unit_test(test_admission)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
