/* Tables of members, with a record of every kind. */
#include <string.h>

#include "base_test.h"
#include "congvu/prov_fields.h"

static const char *const colours[] = {"red", "green", NULL};

struct thing {
    const char *name, *label;
    int size, rank, colour;
    bool open;
    cv_day on;
    cv_moment at;
    int64_t revision;
};
struct thing_input {
    struct prov_text label;
    struct prov_int rank;
    struct prov_day on;
};

static bool no_digit(const char *text)
{
    return strpbrk(text, "0123456789") == NULL;
}

#define AT(m)  .at = offsetof(struct thing, m)
#define MEMBER PROV_CREATE | PROV_UPDATE | PROV_SHOWN | PROV_TOLD
static const struct prov_field items[] = {
    {"name", PROV_TEXT, AT(name), .max = 5, .valid = no_digit, .complaint = {"không số", "no digit"}, .flags = MEMBER},
    {"label", PROV_TEXT, AT(label), PROV_INTO(struct thing_input, label), .max = 9, .flags = MEMBER | PROV_VALUE},
    {"size", PROV_INT, AT(size), .least = 1, .most = 9, .flags = MEMBER},
    {"rank", PROV_COUNT, AT(rank), PROV_INTO(struct thing_input, rank), .most = 9, .flags = MEMBER},
    {"colour", PROV_WORD, AT(colour), .words = colours, .flags = MEMBER},
    {"open", PROV_BOOL, AT(open), .flags = PROV_UPDATE | PROV_SHOWN | PROV_TOLD | PROV_VALUE},
    {"on", PROV_DAY, AT(on), PROV_INTO(struct thing_input, on), .flags = MEMBER},
    {"at", PROV_MOMENT, AT(at), .flags = PROV_SHOWN},
    {"revision", PROV_LONG, AT(revision), .flags = PROV_SHOWN},
};
static const struct prov_fields things = {"thing", items, CV_COUNT(items)};

static struct thing nothing(void)
{
    return (struct thing){.colour = -1, .on = CV_NO_DAY, .at = CV_NO_MOMENT};
}

struct body {
    struct cv_arena *arena;
    struct cv_faults faults;
    struct thing_input input;
    struct prov_given given;
};

static void read_body(struct body *b, unsigned flag, const char *json)
{
    struct cv_error err = {0};
    memset(b, 0, sizeof(*b));
    b->arena = cv_arena_new(1 << 16);
    cv_faults_init(&b->faults, b->arena);
    const struct cv_jin *o = cv_json_parse(b->arena, &b->faults, json, strlen(json), &err);
    assert_non_null(o);
    prov_fields_read(&things, flag, o, &b->input, &b->given, NULL);
    cv_jin_done(o);
}

/* {"code at", ...} of what is wrong. */
static void assert_faults(const char *json, const char *const *wanted)
{
    struct body b;
    read_body(&b, PROV_UPDATE, json);
    size_t n = 0;
    for (; wanted[n] != NULL; n++) {
        assert_true(n < b.faults.count);
        assert_string_equal(cv_arena_printf(b.arena, "%s %s", b.faults.items[n].code, b.faults.items[n].at), wanted[n]);
    }
    assert_int_equal(b.faults.count, n);
    cv_arena_free(&b.arena);
}

static const char *written(struct cv_arena *arena, const struct thing *thing)
{
    struct cv_buf buf;
    struct cv_jout j;
    cv_buf_init(&buf, CV_MAX_BODY);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    prov_fields_write(&things, &j, thing, NULL);
    cv_jout_end(&j);
    const char *text = cv_arena_strdup(arena, cv_buf_str(&buf));
    cv_buf_free(&buf);
    return text;
}

static void values_go_onto_the_record(void **state)
{
    struct body b;
    struct thing t = nothing();
    (void)state;
    read_body(&b, PROV_UPDATE,
              "{\"name\":\"a\",\"label\":\"b\",\"size\":3,\"rank\":0,\"colour\":\"green\",\"open\":true,"
              "\"on\":\"2026-11-29\"}");
    assert_int_equal(b.faults.count, 0);
    prov_given_apply(&b.given, &t);
    assert_string_equal(written(b.arena, &t),
                        "{\"name\":\"a\",\"label\":null,\"size\":3,\"rank\":0,\"colour\":\"green\","
                        "\"open\":true,\"on\":null,\"at\":null,\"revision\":0}");
    assert_string_equal(b.input.label.value, "b"); /* those of the input are the use case's */
    assert_true(b.input.rank.given == CV_VALUE && b.input.on.given == CV_VALUE);
    assert_int_equal(prov_given_of(&b.given, "size"), CV_VALUE);
    assert_int_equal(prov_given_of(&b.given, "none of them"), CV_ABSENT);
    cv_arena_free(&b.arena);
}

static void absent_keeps_and_null_clears(void **state)
{
    struct body b;
    struct thing was = {.name = "a", .size = 3, .colour = 1, .open = true, .on = 20000, .at = CV_NO_MOMENT}, t = was;
    (void)state;
    read_body(&b, PROV_UPDATE, "{}");
    prov_given_apply(&b.given, &t);
    assert_string_equal(written(b.arena, &t), written(b.arena, &was));
    cv_arena_free(&b.arena);
    read_body(&b, PROV_UPDATE, "{\"name\":\"\",\"size\":null,\"colour\":null,\"on\":null}");
    assert_int_equal(b.faults.count, 0);
    prov_given_apply(&b.given, &t);
    assert_null(t.name);
    assert_int_equal(t.size, 0);
    assert_int_equal(t.colour, -1);
    assert_int_equal(b.input.on.given, CV_NULL);
    cv_arena_free(&b.arena);
    prov_given_apply(&(struct prov_given){0}, &t); /* no body at all */
}

static void all_faults_at_once(void **state)
{
    (void)state;
    assert_faults(
        "{\"name\":\"a1\",\"label\":\"\",\"size\":0,\"rank\":10,\"colour\":\"blue\",\"open\":null,\"on\":\"x\","
        "\"at\":1}",
        (const char *const[]){"bad_format /name", "too_short /label", "out_of_range /size", "out_of_range /rank",
                              "not_allowed_value /colour", "null_not_allowed /open", "not_a_date /on",
                              "unknown_member /at", NULL});
    assert_faults("{\"name\":\"abcdef\",\"label\":null}",
                  (const char *const[]){"too_long /name", "null_not_allowed /label", NULL});
}

static void each_body_has_its_own_members(void **state)
{
    struct body b;
    (void)state;
    read_body(&b, PROV_CREATE, "{\"open\":true,\"name\":\"a\"}");
    assert_int_equal(b.faults.count, 1);
    assert_string_equal(b.faults.items[0].at, "/open");
    cv_arena_free(&b.arena);
}

static const char *told(struct cv_arena *arena, const struct thing *before, const struct thing *after)
{
    struct cv_buf buf;
    struct cv_jout j;
    cv_buf_init(&buf, CV_MAX_BODY);
    cv_jout_init(&j, &buf);
    cv_jout_array(&j, NULL);
    struct prov_telling t = {.j = &j, .arena = arena, .before = before, .after = after};
    prov_fields_tell(&things, &t);
    cv_jout_end(&j);
    const char *text = cv_arena_strdup(arena, cv_buf_str(&buf));
    cv_buf_free(&buf);
    return text;
}

static void only_what_differs_is_told(void **state)
{
    struct cv_arena *arena = cv_arena_new(1 << 16);
    struct thing a = nothing(), b = nothing();
    (void)state;
    assert_string_equal(told(arena, &a, &b), "[]");
    b.revision = 9;
    b.at = 1; /* shown, never told */
    assert_string_equal(told(arena, &a, &b), "[]");
    b.name = "say \"x\"";
    b.rank = 2;
    assert_string_equal(told(arena, &a, &b), "[{\"field\":\"name\",\"from\":null,\"to\":\"say \\\"x\\\"\"},"
                                             "{\"field\":\"rank\",\"from\":0,\"to\":2}]");
    a = nothing();
    assert_string_equal(told(arena, NULL, &a), "[{\"field\":\"rank\",\"from\":null,\"to\":0},"
                                               "{\"field\":\"open\",\"from\":null,\"to\":false}]");
    cv_arena_free(&arena);
}

static void lists_without_order(void **state)
{
    struct cv_arena *arena = cv_arena_new(1 << 16);
    const char *const one[] = {"b", "a; c"}, *const other[] = {"a; c", "b"}, *const more[] = {"a", "c", "b"};
    (void)state;
    assert_string_equal(prov_json_texts(arena, one, 2), prov_json_texts(arena, other, 2));
    assert_string_not_equal(prov_json_texts(arena, one, 2), prov_json_texts(arena, more, 3));
    assert_string_equal(prov_json_texts(arena, NULL, 0), "[]");
    cv_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_go_onto_the_record), cmocka_unit_test(absent_keeps_and_null_clears),
        cmocka_unit_test(all_faults_at_once),        cmocka_unit_test(each_body_has_its_own_members),
        cmocka_unit_test(only_what_differs_is_told), cmocka_unit_test(lists_without_order),
    };
    struct cv_error err = {0};
    if (!cv_clock_init("Asia/Ho_Chi_Minh", 0, &err))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
