#include <stdlib.h>
#include <string.h>

#include "base_test.h"
#include "congvu/clock.h"
#include "congvu/json.h"
#include "congvu/text.h"

static struct cv_faults faults;

static const struct cv_jin *read_body(struct cv_arena *arena, const char *text)
{
    struct cv_error err;

    cv_faults_init(&faults, arena);
    const struct cv_jin *body = cv_json_parse(arena, &faults, text, strlen(text), &err);

    assert_non_null(body);
    return body;
}

static void assert_one_fault(const char *at, const char *code)
{
    assert_int_equal(faults.count, 1);
    assert_string_equal(faults.items[0].at, at);
    assert_string_equal(faults.items[0].code, code);
    assert_true(faults.items[0].text[CV_VI][0] && faults.items[0].text[CV_EN][0]);
}

/* The library takes a NUL behind a number for a blank. */
static void a_zero_byte_is_nowhere(void **state)
{
    static const char good[] = "{\"a\":1, \"b\":[2, \"x\"]} ";
    for (size_t i = 0; i < sizeof(good); i++) {
        char body[sizeof(good)];
        struct cv_error err = {0};

        memcpy(body, good, sizeof(body));
        memmove(body + i + (i < sizeof(good) - 1), body + i, sizeof(good) - 1 - i);
        body[i] = '\0';
        cv_faults_init(&faults, *state);
        assert_null(cv_json_parse(*state, &faults, body, sizeof(good), &err));
        assert_int_equal(err.problem, cvp_malformed_body);
    }
}

static void bad_bodies_are_malformed(void **state)
{
    static const char *const bodies[] = {
        "",
        " ",
        "null",
        "1",
        "\"a\"",
        "[]",
        "[{}]",
        "{",
        "{}}",
        "{} {}",
        "{}x",
        "{\"a\":1,}",
        "{\"a\"}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":NaN}",
        "{\"a\":1e999}",
        "{\"a\":9223372036854775808}",
        "{\"a\":\"\\u0000\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\xC3\"}",
        "{\"a\":\"\xED\xA0\x80\"}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\\x\"}",
        "\xEF\xBB\xBF{}",
        "{\"a\":tru}",
        "{\"a\":1 \"b\":2}",
        "// x\n{}",
        "{\"a\":\"unfinished}",
        "{\"a\":[1,2}",
    };
    for (size_t i = 0; i < CV_COUNT(bodies); i++) {
        struct cv_error err = {0};

        cv_faults_init(&faults, *state);
        if (cv_json_parse(*state, &faults, bodies[i], strlen(bodies[i]), &err))
            fail_msg("accepted: %s", bodies[i]);
        assert_int_equal(err.problem, cvp_malformed_body);
        assert_int_equal(err.kind, CV_INVALID);
    }
    struct cv_error err;

    assert_null(cv_json_parse(*state, &faults, "{\"a\":1}\0", 8, &err));
}

static void depth_is_bounded(void **state)
{
    for (int depth = 30; depth < 36; depth++) {
        char text[128] = "{\"a\":";
        size_t n = strlen(text);
        struct cv_error err;

        memset(text + n, '[', (size_t)depth - 1);
        memset(text + n + depth - 1, ']', (size_t)depth - 1);
        text[n + 2 * (size_t)depth - 2] = '}';
        cv_faults_init(&faults, *state);
        assert_int_equal(cv_json_parse(*state, &faults, text, strlen(text), &err) != NULL, depth <= CV_MAX_JSON_DEPTH);
    }
    read_body(*state,
              "{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[\"}"); /* brackets in a text do not count */
}

static void strings_come_clean(void **state)
{
    const struct cv_jin *o = read_body(
        *state, "{\"n\":\"  Nguye\\u0302\\u0303n   V\xC4\x83n \", \"raw\":\" p\\tw \", \"nul\":null, \"e\":\"\"}");
    const char *s = "kept";

    assert_int_equal(cv_jin_string(o, "n", CV_REQUIRED, 10, &s), CV_VALUE);
    assert_string_equal(s, "Nguyễn Văn");
    assert_int_equal(cv_jin_string(o, "raw", CV_RAW, 10, &s), CV_VALUE);
    assert_string_equal(s, " p\tw ");
    s = "kept";
    assert_int_equal(cv_jin_string(o, "nul", CV_NULLABLE, 10, &s), CV_NULL);
    assert_int_equal(cv_jin_string(o, "none", CV_OPTIONAL, 10, &s), CV_ABSENT);
    assert_string_equal(s, "kept");
    assert_int_equal(cv_jin_string(o, "e", CV_OPTIONAL, 10, &s), CV_VALUE);
    assert_string_equal(s, "");
    cv_jin_done(o);
    assert_int_equal(faults.count, 0);
    assert_true(cv_jin_ok(o));
}

static void each_wrong_member_is_one_fault(void **state)
{
    static const struct {
        const char *body, *code;
    } cases[] = {
        {"{}", "required"},
        {"{\"m\":\"\"}", "required"},
        {"{\"m\":\" \"}", "required"},
        {"{\"m\":null}", "null_not_allowed"},
        {"{\"m\":5}", "wrong_type"},
        {"{\"m\":[\"a\"]}", "wrong_type"},
        {"{\"m\":\"123456\"}", "too_long"},
        {"{\"m\":\"a\\nb\"}", "bad_characters"},
        {"{\"m\":\"a\\u0085\"}", "bad_characters"},
        {"{\"m\":\"\\u202eab\"}", "bad_characters"},
        {"{\"m\":\"a\\u200bb\"}", "bad_characters"},
        {"{\"m\":\"a\\ufffd\"}", "bad_characters"},
        {"{\"m\":\"a\\u2028b\"}", "bad_characters"},
        {"{\"m\":\"V\xC2\xA8n\"}", "bad_charset"},
    };
    for (size_t i = 0; i < CV_COUNT(cases); i++) {
        const struct cv_jin *o = read_body(*state, cases[i].body);
        const char *s = "kept";

        assert_int_equal(cv_jin_string(o, "m", CV_REQUIRED, 5, &s), CV_ABSENT);
        assert_string_equal(s, "kept");
        assert_one_fault("/m", cases[i].code);
        assert_false(cv_jin_ok(o));
    }
}

static void numbers_bools_words(void **state)
{
    static const char *const words[] = {"active", "locked", NULL};
    const struct cv_jin *o = read_body(
        *state,
        "{\"i\":-5,\"big\":9223372036854775807,\"b\":true,\"w\":\"locked\",\"f\":1.0,\"x\":\"Locked\",\"y\":1}");
    int64_t i = 0;
    bool b = false;
    int w = -1;

    assert_int_equal(cv_jin_int(o, "i", CV_REQUIRED, -5, 5, &i), CV_VALUE);
    assert_int_equal(i, -5);
    assert_int_equal(cv_jin_int(o, "big", CV_REQUIRED, 0, INT64_MAX, &i), CV_VALUE);
    assert_true(i == INT64_MAX);
    assert_int_equal(cv_jin_bool(o, "b", CV_REQUIRED, &b), CV_VALUE);
    assert_true(b);
    assert_int_equal(cv_jin_word(o, "w", CV_REQUIRED, words, &w), CV_VALUE);
    assert_int_equal(w, 1);
    assert_int_equal(faults.count, 0);
    cv_jin_int(o, "f", CV_REQUIRED, 0, 5, &i);
    cv_jin_int(o, "i", CV_REQUIRED, 0, 5, &i);
    cv_jin_word(o, "x", CV_REQUIRED, words, &w);
    cv_jin_word(o, "y", CV_REQUIRED, words, &w);
    cv_jin_bool(o, "y", CV_REQUIRED, &b);
    assert_int_equal(faults.count, 5);
    assert_string_equal(faults.items[0].code, "wrong_type");
    assert_string_equal(faults.items[1].code, "out_of_range");
    assert_string_equal(faults.items[2].code, "not_allowed_value");
    assert_non_null(strstr(faults.items[2].text[CV_EN], "active, locked"));
    assert_int_equal(w, 1);
    assert_true(b);
}

static void days_and_moments(void **state)
{
    const struct cv_jin *o =
        read_body(*state, "{\"d\":\"2026-11-24\",\"m\":\"2026-11-24T07:05:00+07:00\",\"bad\":\"24/11/2026\",\"n\":3}");
    cv_day d = 0;
    cv_moment m = 0;

    assert_int_equal(cv_jin_day(o, "d", CV_REQUIRED, &d), CV_VALUE);
    assert_int_equal(d, 20781);
    assert_int_equal(cv_jin_moment(o, "m", CV_REQUIRED, &m), CV_VALUE);
    assert_int_equal(m, 1795478700);
    assert_int_equal(cv_jin_day(o, "bad", CV_REQUIRED, &d), CV_ABSENT);
    assert_int_equal(cv_jin_moment(o, "n", CV_REQUIRED, &m), CV_ABSENT);
    assert_int_equal(faults.count, 2);
    assert_string_equal(faults.items[0].code, "not_a_date");
    assert_string_equal(faults.items[1].code, "not_a_moment");
    assert_int_equal(d, 20781);
}

static void pointers_lead_to_the_fault(void **state)
{
    const struct cv_jin *o = read_body(*state, "{\"list\":[{\"a/b~c\":{\"x\":1}},\"s\",7]}"), *item, *inner;
    const struct cv_jin_list *list;
    const char *s;

    assert_int_equal(cv_jin_array(o, "list", CV_REQUIRED, 3, &list), CV_VALUE);
    assert_int_equal(cv_jin_count(list), 3);
    item = cv_jin_item(list, 0);
    assert_int_equal(cv_jin_object(item, "a/b~c", CV_REQUIRED, &inner), CV_VALUE);
    assert_string_equal(cv_jin_pointer(inner, "x"), "/list/0/a~1b~0c/x");
    assert_string_equal(cv_jin_pointer(o, NULL), "");
    assert_string_equal(cv_jin_pointer(item, NULL), "/list/0");
    assert_string_equal(cv_jin_item_string(list, 1, 5), "s");
    assert_int_equal(faults.count, 0);
    assert_null(cv_jin_item_string(list, 2, 5));
    assert_null(cv_jin_item(list, 2));
    assert_null(cv_jin_item(list, 3)); /* past the end */
    cv_jin_string(inner, "x", CV_REQUIRED, 5, &s);
    assert_int_equal(faults.count, 4);
    assert_string_equal(faults.items[0].at, "/list/2");
    assert_string_equal(faults.items[2].at, "/list/3");
    assert_string_equal(faults.items[3].at, "/list/0/a~1b~0c/x");
    assert_int_equal(cv_jin_array(o, "list", CV_REQUIRED, 2, &list), CV_ABSENT);
    assert_string_equal(faults.items[4].code, "too_many");
}

static void unknown_members_are_told(void **state)
{
    const struct cv_jin *o = read_body(*state, "{\"a\":1,\"b\":null,\"full_nmae\":\"x\"}");

    assert_int_equal(cv_jin_has(o, "a"), CV_VALUE);
    assert_int_equal(cv_jin_has(o, "b"), CV_NULL);
    assert_int_equal(cv_jin_has(o, "c"), CV_ABSENT);
    cv_jin_done(o);
    assert_one_fault("/full_nmae", "unknown_member");
}

static void wide_objects_and_maps(void **state)
{
    struct cv_buf b;
    char name[16];
    bool yes;

    cv_buf_init(&b, 1 << 20);
    cv_buf_putc(&b, '{');
    for (int i = 0; i < 3000; i++)
        cv_buf_printf(&b, "%s\"k%d\":true", i ? "," : "", i);
    cv_buf_putc(&b, '}');
    const struct cv_jin *o = read_body(*state, cv_buf_str(&b));

    for (int i = 0; i < 3000; i += 2) {
        cv_buf_reset(&b);
        cv_buf_printf(&b, "k%d", i);
        assert_int_equal(cv_jin_bool(o, cv_buf_str(&b), CV_REQUIRED, &yes), CV_VALUE);
    }
    assert_int_equal(cv_jin_has(o, "k3000"), CV_ABSENT);
    cv_jin_done(o);
    assert_int_equal(faults.count + faults.dropped, 1500);
    cv_faults_init(&faults, *state);
    size_t n = 0;

    for (; cv_jin_member(o, n); n++)
        assert_true(strlen(cv_jin_member(o, n)) < sizeof(name));
    assert_int_equal(n, 3000);
    assert_string_equal(cv_jin_member(o, 2), "k2");
    cv_jin_done(o);
    assert_int_equal(faults.count, 0);
    cv_buf_free(&b);
}

static void own_documents_are_taken_as_they_are(void **state)
{
    struct cv_error err;
    static const char text[] = "{\"t\":\" V\xC2\xA8n \\n\"}";
    const struct cv_jin *o = cv_json_parse_own(*state, text, sizeof(text) - 1, &err);
    const char *s;
    int64_t i;

    assert_non_null(o);
    assert_int_equal(cv_jin_string(o, "t", CV_REQUIRED, 20, &s), CV_VALUE);
    assert_string_equal(s, " V\xC2\xA8n \n");
    assert_true(cv_jin_ok(o));
    cv_jin_int(o, "t", CV_REQUIRED, 0, 1, &i);
    assert_false(cv_jin_ok(o));
    assert_null(cv_json_parse_own(*state, "[]", 2, &err));
}

static void out_writes_json(void **state)
{
    cv_auto_buf b;
    struct cv_jout j;
    struct cv_error err;

    (void)state;
    assert_true(cv_clock_init("Asia/Ho_Chi_Minh", 0, &err));
    cv_buf_init(&b, 4096);
    cv_jout_init(&j, &b);
    assert_false(cv_jout_ok(&j)); /* nothing is no JSON */
    cv_jout_object(&j, NULL);
    cv_jout_string(&j, "s", "a\"b\\c\n\x01\x7F ế/");
    cv_jout_string(&j, "no", NULL);
    cv_jout_int(&j, "min", INT64_MIN);
    cv_jout_int(&j, "zero", 0);
    cv_jout_array(&j, "l");
    cv_jout_object(&j, NULL);
    cv_jout_end(&j);
    cv_jout_bool(&j, NULL, false);
    cv_jout_raw(&j, NULL, "[1]", 3);
    cv_jout_array(&j, NULL);
    cv_jout_end(&j);
    assert_false(cv_jout_ok(&j));
    cv_jout_end(&j);
    cv_jout_day(&j, "d", 20781);
    cv_jout_day(&j, "nd", CV_NO_DAY);
    cv_jout_moment(&j, "m", 1795478700);
    cv_jout_moment(&j, "nm", CV_NO_MOMENT);
    cv_jout_end(&j);
    assert_true(cv_jout_ok(&j));
    assert_string_equal(
        cv_buf_str(&b),
        "{\"s\":\"a\\\"b\\\\c\\n\\u0001\\u007f ế/\",\"no\":null,\"min\":-9223372036854775808,\"zero\":0,"
        "\"l\":[{},false,[1],[]],\"d\":\"2026-11-24\",\"nd\":null,\"m\":\"2026-11-24T07:05:00+07:00\","
        "\"nm\":null}");
}

static void a_full_buffer_is_told_at_the_end(void **state)
{
    cv_auto_buf b;
    struct cv_jout j;

    (void)state;
    cv_buf_init(&b, 8);
    cv_jout_init(&j, &b);
    cv_jout_object(&j, NULL);
    cv_jout_string(&j, "name", "value");
    cv_jout_end(&j);
    assert_false(cv_jout_ok(&j));
}

static void ratios_never_flatter(void **state)
{
    static const struct {
        int64_t a, b;
        const char *text;
    } cases[] = {
        {0, 0, "null"},
        {5, 0, "null"},
        {0, 7, "0.0000"},
        {7, 7, "1.0000"},
        {1, 3, "0.3333"},
        {2, 3, "0.6667"},
        {1199, 1200, "0.9992"},
        {99996, 100000, "0.9999"},
        {99995, 100000, "0.9999"},
        {999999, 1000000, "0.9999"},
        {1, 1000000, "0.0001"},
        {1, 20000, "0.0001"},
        {3, 20000, "0.0002"},
        {1, 8, "0.1250"},
        {12345, 100000000, "0.0001"},
        {INT64_MAX, INT64_MAX, "1.0000"},
        {INT64_MAX - 1, INT64_MAX, "0.9999"},
        {1, INT64_MAX, "0.0001"},
        {3, 2, "1.5000"},
        {1000001, 1000000, "1.0001"},
        {12, 1, "12.0000"},
        {15, 100000, "0.0002"},
        {25, 100000, "0.0003"},
    };
    (void)state;
    for (size_t i = 0; i < CV_COUNT(cases); i++) {
        cv_auto_buf b;
        struct cv_jout j;

        cv_buf_init(&b, 64);
        cv_jout_init(&j, &b);
        cv_jout_ratio(&j, NULL, cases[i].a, cases[i].b);
        assert_string_equal(cv_buf_str(&b), cases[i].text);
    }
}

static int start(void **state)
{
    struct cv_error err;

    (void)state;
    cv_json_init();
    return cv_text_init(&err) ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    cv_text_close();
    return 0;
}

static void a_change_is_that_of_what_is_printed(void **state)
{
    static const struct {
        struct cv_ratio from, to;
        const char *text;
    } cases[] = {
        {{1, 3}, {2, 3}, "0.3334"}, /* 0.6667 - 0.3333 */
        {{2, 3}, {1, 3}, "-0.3334"}, {{7, 7}, {1199, 1200}, "-0.0008"}, {{5, 9}, {5, 9}, "0.0000"},
        {{1, 2}, {7, 2}, "3.0000"},  {{1, 0}, {1, 2}, "null"},          {{1, 2}, {-1, 2}, "null"},
    };

    (void)state;
    for (size_t i = 0; i < CV_COUNT(cases); i++) {
        struct cv_buf b;
        struct cv_jout j;

        cv_buf_init(&b, 100);
        cv_jout_init(&j, &b);
        cv_jout_ratio_change(&j, NULL, cases[i].from, cases[i].to);
        assert_string_equal(cv_buf_str(&b), cases[i].text);
        cv_buf_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_arena(bad_bodies_are_malformed),
        with_arena(a_zero_byte_is_nowhere),
        with_arena(depth_is_bounded),
        with_arena(strings_come_clean),
        with_arena(each_wrong_member_is_one_fault),
        with_arena(numbers_bools_words),
        with_arena(days_and_moments),
        with_arena(pointers_lead_to_the_fault),
        with_arena(unknown_members_are_told),
        with_arena(wide_objects_and_maps),
        with_arena(own_documents_are_taken_as_they_are),
        cmocka_unit_test(out_writes_json),
        cmocka_unit_test(a_full_buffer_is_told_at_the_end),
        cmocka_unit_test(ratios_never_flatter),
        cmocka_unit_test(a_change_is_that_of_what_is_printed),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
