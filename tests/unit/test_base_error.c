#include <string.h>

#include "base/inner.h"
#include "base_test.h"

static void kind_follows_status(void **state)
{
    static const struct {
        enum cv_problem problem;
        enum cv_kind kind;
    } cases[] = {
        {cvp_malformed_body, CV_INVALID},  {cvp_validation_failed, CV_INVALID},
        {cvp_scope_missing, CV_REFUSED},   {cvp_staff_not_found, CV_NOT_FOUND},
        {cvp_brake_engaged, CV_CONFLICT},  {cvp_etag_mismatch, CV_STALE},
        {cvp_rate_limited, CV_LIMIT},      {cvp_directory_unavailable, CV_UNAVAILABLE},
        {cvp_outcome_unknown, CV_UNKNOWN}, {cvp_internal, CV_INTERNAL},
    };
    (void)state;
    for (size_t i = 0; i < CV_COUNT(cases); i++) {
        struct cv_error err;

        assert_false(cv_fail(&err, cases[i].problem, "/a", "vi %d", "en %d", 7));
        assert_int_equal(err.kind, cases[i].kind);
        assert_int_equal(err.problem, cases[i].problem);
        assert_string_equal(err.text[CV_VI], "vi 7");
        assert_string_equal(err.text[CV_EN], "en 7");
        assert_string_equal(err.field, "/a");
    }
}

static void general_problem_has_the_kinds_status(void **state)
{
    static const struct {
        enum cv_kind kind;
        int status;
    } cases[] = {
        {CV_INVALID, 422}, {CV_REFUSED, 403}, {CV_NOT_FOUND, 404},   {CV_EXISTS, 409},  {CV_CONFLICT, 409},
        {CV_STALE, 412},   {CV_LIMIT, 429},   {CV_UNAVAILABLE, 503}, {CV_UNKNOWN, 504}, {CV_INTERNAL, 500},
    };
    (void)state;
    for (size_t i = 0; i < CV_COUNT(cases); i++) {
        struct cv_error err;

        cv_fail_as(&err, cases[i].kind, NULL, "x", "x");
        assert_int_equal(err.kind, cases[i].kind);
        assert_int_equal(cv_problem_row(err.problem)->status, cases[i].status);
        assert_string_equal(err.field, "");
    }
}

static void every_problem_speaks_both_languages(void **state)
{
    (void)state;
    for (int i = cvp_none + 1; i < CVP_COUNT; i++) {
        const struct cv_problem_row *row = cv_problem_row((enum cv_problem)i);

        assert_int_equal(cv_problem_by_code(row->code), i);
        assert_in_range(row->status, 400, 599);
        for (int lang = 0; lang < CV_LANGS; lang++)
            assert_true(row->title[lang][0] != '\0' && row->remedy[lang][0] != '\0');
    }
    assert_string_equal(cv_problem_row((enum cv_problem)9999)->code, "internal");
    assert_string_equal(cv_problem_row(cvp_none)->code, "internal");
    assert_int_equal(cv_problem_by_code("no_such_code"), cvp_none);
}

static void long_text_is_cut_between_letters(void **state)
{
    struct cv_error err;
    char words[600] = "";

    (void)state;
    for (int shift = 0; shift < 3; shift++) {
        memset(words, 'x', (size_t)shift);
        for (size_t n = (size_t)shift; n < 500; n += 3)
            memcpy(words + n, "ế", 4);
        cv_fail(&err, cvp_internal, words, "%s", "%s", words);
        size_t len = strlen(err.text[CV_VI]);

        assert_int_equal((len - (size_t)shift) % 3, 0);
        assert_true(len > 250);
        assert_int_equal((strlen(err.field) - (size_t)shift) % 3, 0);
    }
}

static void field_may_be_its_own(void **state)
{
    struct cv_error err;

    (void)state;
    cv_fail(&err, cvp_validation_failed, "/accounts/0", "a", "a");
    cv_fail(&err, cvp_internal, err.field, "b", "b");
    assert_string_equal(err.field, "/accounts/0");
}

static void what_is_faulty_is_not_missing_too(void **state)
{
    struct cv_faults faults;
    cv_faults_init(&faults, *state);
    cv_fault_add(&faults, CV_AT_POINTER, "/full_name", "bad_charset", "v", "e");
    cv_fault_add(&faults, CV_AT_POINTER, "/full_name", "required", "v", "e");
    cv_fault_add(&faults, CV_AT_POINTER, "/unit", "required", "v", "e");
    assert_int_equal(faults.count, 2);
    assert_string_equal(faults.items[1].at, "/unit");
}

static void faults_are_bounded_and_counted(void **state)
{
    struct cv_arena *arena = *state;
    struct cv_faults faults;
    struct cv_error err = {0};

    cv_faults_init(&faults, arena);
    assert_true(cv_faults_check(&faults, cvp_validation_failed, &err));
    assert_int_equal(err.kind, CV_OK);
    cv_fault_add(&faults, CV_AT_PARAMETER, "page_size", "out_of_range", "từ %d", "from %d", 1);
    assert_false(cv_faults_check(&faults, cvp_validation_failed, &err));
    assert_string_equal(err.field, "page_size");
    assert_string_equal(err.text[CV_VI], "từ 1");
    for (int i = 0; i < 149; i++)
        cv_fault_add(&faults, CV_AT_POINTER, "/x", "too_long", "v%d", "e%d", i);
    assert_int_equal(faults.count, CV_FAULTS_MAX);
    assert_int_equal(faults.dropped, 50);
    assert_string_equal(faults.items[0].at, "page_size");
    assert_string_equal(faults.items[CV_FAULTS_MAX - 1].text[CV_EN], "e98");
    assert_false(cv_faults_check(&faults, cvp_malformed_body, &err));
    assert_int_equal(err.problem, cvp_malformed_body);
    assert_non_null(strstr(err.text[CV_EN], "150"));
}

static void an_overflowed_arena_fails_the_check(void **state)
{
    struct cv_arena *arena = cv_arena_new(1024);
    struct cv_faults faults;
    struct cv_error err;

    (void)state;
    cv_faults_init(&faults, arena);
    cv_arena_alloc(arena, 2048);
    assert_false(cv_faults_check(&faults, cvp_validation_failed, &err));
    assert_int_equal(err.kind, CV_LIMIT);
    cv_arena_free(&arena);
}

static void utf8_is_cut_whole(void **state)
{
    (void)state;
    assert_int_equal(cv_utf8_whole("ế", 3), 3);
    assert_int_equal(cv_utf8_whole("ế", 2), 0);
    assert_int_equal(cv_utf8_whole("aế", 3), 1);
    assert_int_equal(cv_utf8_whole("a\xF0\x9F\x98\x80", 4), 1);
    assert_int_equal(cv_utf8_whole("a\xF0\x9F\x98\x80", 5), 5);
    assert_int_equal(cv_utf8_whole("", 0), 0);
}

static void what_is_none_to_the_caller_is_forgiven(void **state)
{
    struct cv_error err;
    (void)state;
    cv_fail(&err, cvp_staff_not_found, NULL, "x", "x");
    assert_false(cv_error_forgive(&err, CV_EXISTS));
    assert_int_equal(err.kind, CV_NOT_FOUND);
    assert_true(cv_error_forgive(&err, CV_NOT_FOUND));
    assert_int_equal(err.kind, CV_OK);
    assert_false(cv_error_forgive(&err, CV_NOT_FOUND));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kind_follows_status),
        cmocka_unit_test(general_problem_has_the_kinds_status),
        cmocka_unit_test(every_problem_speaks_both_languages),
        cmocka_unit_test(long_text_is_cut_between_letters),
        cmocka_unit_test(field_may_be_its_own),
        with_arena(what_is_faulty_is_not_missing_too),
        with_arena(faults_are_bounded_and_counted),
        cmocka_unit_test(an_overflowed_arena_fails_the_check),
        cmocka_unit_test(utf8_is_cut_whole),
        cmocka_unit_test(what_is_none_to_the_caller_is_forgiven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
