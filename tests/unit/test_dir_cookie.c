/* What a cookie says, and when it is not to be trusted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "directory/feed/internal.h"

#define AT(second, sid) "20261129125" second ".000000Z#000000#" sid "#000000"

static struct sync_cookie cookie(const char *text)
{
    struct sync_cookie c = {0};
    struct berval value = {strlen(text), (char *)(uintptr_t)text};

    assert_true(sync_cookie_set(&c, &value));
    return c;
}

static void own_number_is_never_sent_back(void **unused)
{
    static const char *const texts[][2] = {
        {"rid=000,sid=001,csn=" AT("735", "001"), "rid=000,csn=" AT("735", "001")},
        {"rid=000,csn=" AT("735", "000"), "rid=000,csn=" AT("735", "000")},
        {"sid=00a,rid=000", "rid=000"},
        {"rid=000,sid=001", "rid=000,"},
        {"sid=001", ""},
        {"", ""},
    };

    (void)unused;
    for (size_t i = 0; i < CV_COUNT(texts); i++) {
        struct sync_cookie c = cookie(texts[i][0]);

        assert_int_equal(c.len, strlen(texts[i][1]));
        assert_memory_equal(c.bytes, texts[i][1], c.len);
    }
}

static void one_that_is_too_long_is_not_kept(void **unused)
{
    static char text[SYNC_COOKIE_MAX + 1];
    struct sync_cookie c = {0};
    struct berval value = {sizeof(text), text};

    (void)unused;
    memset(text, 'x', sizeof(text));
    assert_false(sync_cookie_set(&c, &value));
    assert_int_equal(c.len, 0);
}

static bool covered(const char *text, const char *const *values)
{
    cv_auto_arena arena = cv_arena_new(64 << 10);
    struct dir_attrs attrs;
    struct sync_cookie c = cookie(text);
    static const struct dir_attr nothing = {0};

    dir_attrs_init(&attrs, arena);
    for (; *values; values++)
        dir_put(&attrs, "contextCSN", *values);
    return sync_cookie_covered(&c, attrs.count ? &attrs.items[0] : &nothing);
}

static void a_server_must_know_all_that_it_stands_for(void **unused)
{
    static const char *const one[] = {AT("735", "000"), NULL},
                             *const two[] = {AT("735", "001"), AT("740", "002"), NULL}, *const none[] = {NULL};

    (void)unused;
    assert_true(covered("rid=000,csn=" AT("735", "000"), one));
    assert_true(covered("rid=000,csn=" AT("734", "000"), one));
    assert_false(covered("rid=000,csn=" AT("736", "000"), one));
    assert_false(covered("rid=000,csn=" AT("735", "001"), one));
    assert_true(covered("rid=000,csn=" AT("735", "001") ";" AT("739", "002"), two));
    assert_false(covered("rid=000,csn=" AT("736", "001") ";" AT("739", "002"), two));
    assert_false(covered("rid=000,csn=" AT("735", "001") ";" AT("739", "003"), two));
    assert_false(covered("rid=000,csn=" AT("735", "000"), none));
    assert_false(covered("rid=000", one));
    assert_false(covered("rid=000,csn=", one));
    assert_false(covered("rid=000,csn=rubbish", one));
}

static bool passed(const char *text, const char *csn, int age_s)
{
    struct sync_cookie c = cookie(text);

    return sync_cookie_passed(&c, csn, (int64_t)age_s * 1000000000);
}

static void a_write_of_now_must_lie_above_it(void **unused)
{
    static const char here[] = "rid=000,csn=" AT("735", "000");

    (void)unused;
    assert_true(passed(here, AT("736", "000"), 0));
    assert_false(passed(here, AT("735", "000"), 0));
    assert_false(passed(here, AT("734", "000"), 0));
    assert_false(passed("rid=000,csn=" AT("735", "001") ";" AT("739", "002"), AT("736", "001"), 0));
    assert_false(passed("rid=000", AT("736", "000"), 0));
    assert_false(passed("rid=000,csn=rubbish", AT("736", "000"), 0));
    assert_false(passed(here, "rubbish", 0));
}

/* Half a minute went by here, ten seconds there: it stood back in between. */
static void and_its_clock_must_have_gone_on(void **unused)
{
    static const char here[] = "rid=000,csn=" AT("700", "000");

    (void)unused;
    assert_true(passed(here, AT("730", "000"), 30));
    assert_true(passed(here, AT("729", "000"), 30));
    assert_true(passed(here, AT("759", "000"), 30));
    assert_false(passed(here, AT("710", "000"), 30));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_number_is_never_sent_back),
        cmocka_unit_test(one_that_is_too_long_is_not_kept),
        cmocka_unit_test(a_server_must_know_all_that_it_stands_for),
        cmocka_unit_test(a_write_of_now_must_lie_above_it),
        cmocka_unit_test(and_its_clock_must_have_gone_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
