/* Every result code of RFC 4511 and libldap has one meaning for callers, with and without the request having left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "directory/internal.h"

static const struct {
    int code;
    enum cv_kind kept, sent;
} table[] = {
    {-1, CV_UNAVAILABLE, CV_UNKNOWN},
    {-5, CV_UNAVAILABLE, CV_UNKNOWN},
    {-4, CV_UNAVAILABLE, CV_UNKNOWN},
    {-8, CV_UNAVAILABLE, CV_UNKNOWN},
    {-11, CV_UNAVAILABLE, CV_UNKNOWN},
    {-18, CV_UNAVAILABLE, CV_UNKNOWN},
    {-2, CV_INTERNAL, CV_INTERNAL},
    {-3, CV_INTERNAL, CV_INTERNAL},
    {-6, CV_REFUSED, CV_REFUSED},
    {-7, CV_INTERNAL, CV_INTERNAL},
    {-9, CV_INTERNAL, CV_INTERNAL},
    {-10, CV_INTERNAL, CV_INTERNAL},
    {1, CV_INTERNAL, CV_INTERNAL},
    {2, CV_INTERNAL, CV_INTERNAL},
    {3, CV_UNAVAILABLE, CV_UNAVAILABLE},
    {4, CV_LIMIT, CV_LIMIT},
    {7, CV_REFUSED, CV_REFUSED},
    {8, CV_REFUSED, CV_REFUSED},
    {10, CV_UNAVAILABLE, CV_UNAVAILABLE},
    {11, CV_LIMIT, CV_LIMIT},
    {12, CV_INTERNAL, CV_INTERNAL},
    {13, CV_REFUSED, CV_REFUSED},
    {14, CV_INTERNAL, CV_INTERNAL},
    {16, CV_STALE, CV_STALE},
    {17, CV_INVALID, CV_INVALID},
    {18, CV_INVALID, CV_INVALID},
    {19, CV_INVALID, CV_INVALID},
    {20, CV_STALE, CV_STALE},
    {21, CV_INVALID, CV_INVALID},
    {32, CV_NOT_FOUND, CV_NOT_FOUND},
    {33, CV_INTERNAL, CV_INTERNAL},
    {34, CV_INVALID, CV_INVALID},
    {36, CV_INTERNAL, CV_INTERNAL},
    {48, CV_REFUSED, CV_REFUSED},
    {49, CV_REFUSED, CV_REFUSED},
    {50, CV_REFUSED, CV_REFUSED},
    {51, CV_UNAVAILABLE, CV_UNAVAILABLE},
    {52, CV_UNAVAILABLE, CV_UNAVAILABLE},
    {53, CV_UNAVAILABLE, CV_UNAVAILABLE},
    {54, CV_INTERNAL, CV_INTERNAL},
    {64, CV_INVALID, CV_INVALID},
    {65, CV_INVALID, CV_INVALID},
    {66, CV_INTERNAL, CV_INTERNAL},
    {67, CV_INVALID, CV_INVALID},
    {68, CV_EXISTS, CV_EXISTS},
    {69, CV_INVALID, CV_INVALID},
    {71, CV_INTERNAL, CV_INTERNAL},
    {80, CV_INTERNAL, CV_INTERNAL},
    {118, CV_UNAVAILABLE, CV_UNAVAILABLE},
    {122, CV_STALE, CV_STALE},
    {123, CV_REFUSED, CV_REFUSED},
    {4096, CV_UNAVAILABLE, CV_UNAVAILABLE},
    {31337, CV_INTERNAL, CV_INTERNAL},
};

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < CV_COUNT(table); i++)
        for (int sent = 0; sent < 2; sent++) {
            struct cv_error err;
            cv_error_clear(&err);
            assert_false(dir_fail(&err, NULL, table[i].code, "", sent, "testing"));
            if (err.kind != (sent ? table[i].sent : table[i].kept))
                fail_msg("code %d sent %d gives kind %d", table[i].code, sent, err.kind);
            assert_int_equal(err.lib_code, table[i].code);
            assert_non_null(strstr(err.lib_text, "testing"));
            assert_true(err.text[CV_VI][0] && err.text[CV_EN][0]);
        }
}

static const struct {
    int code;
    const char *words;
    enum cv_kind kind;
    const char *field;
} texts[] = {
    {19, "non-unique attributes found with (|(cvName=uocnv@x.vn))", CV_CONFLICT, "cvName"},
    {19, "non-unique attributes found with (cvCode=staff/ns-1)", CV_CONFLICT, "cvCode"},
    {19, "non-unique attributes found with (|(cvIdempotencyKey=aa)(cvIdempotencyKey=bb))", CV_CONFLICT,
     "cvIdempotencyKey"},
    {19, "some attributes not unique", CV_CONFLICT, ""},
    {19, "Password fails quality checking policy", CV_INVALID, "userPassword"},
    {19, "Password is in history of old passwords", CV_INVALID, "userPassword"},
    {19, "attribute 'cvBirthYear' cannot have multiple values", CV_INVALID, "cvBirthYear"},
    {19, "cvBirthYear: multiple values provided", CV_INVALID, "cvBirthYear"},
    {65, "attribute 'cvUnitCode' not allowed", CV_INVALID, "cvUnitCode"},
    {21, "cvBirthYear: value #0 invalid per syntax", CV_INVALID, "cvBirthYear"},
    {65, "object class 'cvStaff' requires attribute 'cvId'", CV_INVALID, "cvId"},
};

static void test_fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < CV_COUNT(texts); i++) {
        struct cv_error err;
        cv_error_clear(&err);
        dir_fail(&err, NULL, texts[i].code, texts[i].words, true, "testing");
        assert_int_equal(err.kind, texts[i].kind);
        assert_string_equal(err.field, texts[i].field);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table), cmocka_unit_test(test_fields)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
