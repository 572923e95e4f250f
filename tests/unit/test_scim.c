/* The SCIM client's parts: paths, what stands there, and what is sent. */
#include <string.h>

#include "base_test.h"
#include "congvu/text.h"
#include "connect/scim.h"

static const struct cv_jany *doc(struct cv_arena *arena, const char *json)
{
    struct cv_error err = {0};
    const struct cv_jany *out = cv_jany_parse(arena, json, strlen(json), &err);
    assert_non_null(out);
    return out;
}

static void test_paths(void **state)
{
    (void)state;
    assert_true(con_scim_path_ok("userName") && con_scim_path_ok("name.familyName") && con_scim_path_ok("emails") &&
                con_scim_path_ok("phoneNumbers[type eq \"mobile\"].value") &&
                con_scim_path_ok("emails[type eq \"work\"]") && con_scim_path_ok(SCIM_ENTERPRISE ":department") &&
                con_scim_path_ok(SCIM_ENTERPRISE ":manager.value"));
    assert_false(con_scim_path_ok("") || con_scim_path_ok("a b") || con_scim_path_ok("name.") ||
                 con_scim_path_ok(".x") || con_scim_path_ok("emails[type eq work].value") ||
                 con_scim_path_ok("emails[primary eq true]") || con_scim_path_ok("urn:x y:z") ||
                 con_scim_path_ok(SCIM_ENTERPRISE ":") || con_scim_path_ok("a.b.c") || con_scim_path_ok("userName\"") ||
                 con_scim_path_ok("1/2"));
}

static void test_values_in_any_manner(void **state)
{
    struct cv_arena *arena = *state;
    const struct cv_jany *r =
        doc(arena, "{\"USERNAME\":\"an\",\"id\":17,\"name\":{\"familyname\":\"N\"},\"emails\":[{\"value\":\"h\","
                   "\"type\":\"home\"},"
                   "{\"value\":\"w\",\"type\":\"Work\"}],\"phoneNumbers\":[{\"value\":\"+84\"}],"
                   "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:user\":{\"department\":\"D\"}}");
    assert_string_equal(con_scim_value(r, "userName", arena), "an");
    assert_string_equal(con_scim_value(r, "name.familyName", arena), "N");
    assert_string_equal(con_scim_value(r, "emails", arena), "w");
    assert_string_equal(con_scim_value(r, "phoneNumbers", arena), "+84");
    assert_string_equal(con_scim_value(r, SCIM_ENTERPRISE ":department", arena), "D");
    assert_null(con_scim_value(r, "title", arena));
    assert_null(con_scim_value(r, "name.givenName", arena));
}

static void test_an_account_read_liberally(void **state)
{
    struct cv_arena *arena = *state;
    struct con_scim_account a;
    const struct con_scim_call call = {
        .arena = arena, .login_path = "userName", .mark_path = "externalId", .active_path = "active"};
    assert_true(con_scim_account_of(&call, doc(arena, "{\"id\":17,\"userName\":\"an\",\"active\":\"False\"}"), &a));
    assert_string_equal(a.id, "17");
    assert_true(a.has_active && !a.active && a.mark == NULL);
    assert_false(con_scim_account_of(&call, doc(arena, "{\"userName\":\"an\"}"), &a));
    assert_false(con_scim_account_of(&call, doc(arena, "[]"), &a));
    assert_false(con_scim_account_of(&call, NULL, &a));
}

/* Neither many items nor long texts of theirs take more than their own room. */
static void test_what_is_compared_has_bounds(void **state)
{
    enum { ITEMS = 3000, LONG = 3 << 20 };
    struct cv_arena *arena = *state;
    cv_auto_arena scratch = cv_arena_new(1 << 20);
    cv_auto_buf json = {0};
    cv_buf_init(&json, 8 << 20);
    cv_buf_puts(&json, "{\"title\":\"");
    for (int i = 0; i < LONG; i++)
        cv_buf_putc(&json, 'x');
    cv_buf_puts(&json, "\",\"emails\":[");
    for (int i = 0; i < ITEMS; i++)
        cv_buf_puts(&json, "{\"type\":1000000,\"value\":\"a\"},");
    cv_buf_puts(&json, "{\"type\":\"work\",\"value\":\"b\"}]}");
    const struct cv_jany *r = doc(arena, cv_buf_str(&json));
    assert_string_equal(con_scim_value(r, "emails", scratch), "b");
    assert_true(con_scim_differs(r, &(struct con_scim_field){.path = "title", .value = "x"}, scratch));
    assert_true(cv_arena_ok(scratch));
}

static const struct con_scim_field wanted[] = {
    {.path = "userName", .value = "noivu_an"},
    {.path = "active", .value = "true", .truth = true},
    {.path = "name.familyName", .value = "Nguyễn"},
    {.path = "name.givenName", .value = "An"},
    {.path = "title", .value = NULL},
    {.path = "emails", .value = "an@x.vn"},
    {.path = SCIM_ENTERPRISE ":department", .value = "D"},
};

static void test_a_new_resource_holds_what_is_mapped_and_nothing_else(void **state)
{
    struct cv_arena *arena = *state;
    cv_auto_buf buf = {0};
    cv_buf_init(&buf, 1 << 16);
    scim_write_resource(&buf, NULL, scim_fields(arena, wanted, CV_COUNT(wanted)), CV_COUNT(wanted), arena);
    assert_string_equal(cv_buf_str(&buf), "{\"schemas\":[\"" SCIM_USER "\",\"" SCIM_ENTERPRISE
                                          "\"],\"userName\":\"noivu_an\",\"active\":true,"
                                          "\"name\":{\"familyName\":\"Nguyễn\",\"givenName\":\"An\"},\"emails\":[{"
                                          "\"value\":\"an@x.vn\",\"type\":\"work\",\"primary\":true}],"
                                          "\"" SCIM_ENTERPRISE "\":{\"department\":\"D\"}}");
}

static const char there[] =
    "{\"schemas\":[\"" SCIM_USER
    "\",\"urn:x\"],\"id\":\"7\",\"meta\":{\"version\":\"1\"},\"userName\":\"NOIVU_AN\",\"active\":false,"
    "\"name\":{\"familyName\":\"Nguyễn\",\"honorificPrefix\":\"Ông\"},\"title\":\"T\",\"nickName\":null,\"timezone\":"
    "\"x\","
    "\"emails\":[{\"value\":\"home@x.vn\",\"type\":\"home\"},{\"value\":\"old@x.vn\",\"type\":\"work\"}],\"groups\":[{"
    "\"value\":\"g\"}]}";

/* Everything that is not ours stays, and no null goes out. */
static void test_a_put_keeps_what_is_not_ours(void **state)
{
    struct cv_arena *arena = *state;
    cv_auto_buf buf = {0};
    cv_buf_init(&buf, 1 << 16);
    scim_write_resource(&buf, doc(arena, there), scim_fields(arena, wanted, CV_COUNT(wanted)), CV_COUNT(wanted), arena);
    assert_string_equal(
        cv_buf_str(&buf),
        "{\"schemas\":[\"" SCIM_USER "\",\"" SCIM_ENTERPRISE "\",\"urn:x\"],\"id\":\"7\",\"timezone\":\"x\","
        "\"userName\":\"noivu_an\",\"active\":true,"
        "\"name\":{\"honorificPrefix\":\"Ông\",\"familyName\":\"Nguyễn\",\"givenName\":\"An\"},"
        "\"emails\":[{\"value\":\"home@x.vn\",\"type\":\"home\"},{\"value\":\"an@x.vn\",\"type\":\"work\"}],"
        "\"" SCIM_ENTERPRISE "\":{\"department\":\"D\"}}");
}

/* Of an extension in which this person has nothing of ours now, too. */
static void test_a_put_keeps_what_others_have_in_an_extension(void **state)
{
    struct cv_arena *arena = *state;
    const struct con_scim_field fields[] = {{.path = "userName", .value = "an"},
                                            {.path = SCIM_ENTERPRISE ":department", .value = NULL}};
    cv_auto_buf buf = {0};
    cv_buf_init(&buf, 1 << 16);
    scim_write_resource(&buf,
                        doc(arena, "{\"schemas\":[\"" SCIM_USER "\",\"" SCIM_ENTERPRISE
                                   "\"],\"id\":\"7\",\"userName\":\"an\",\"" SCIM_ENTERPRISE
                                   "\":{\"department\":\"D\",\"costCenter\":\"C1\"}}"),
                        scim_fields(arena, fields, CV_COUNT(fields)), CV_COUNT(fields), arena);
    assert_string_equal(cv_buf_str(&buf),
                        "{\"schemas\":[\"" SCIM_USER "\",\"" SCIM_ENTERPRISE
                        "\"],\"id\":\"7\",\"userName\":\"an\",\"" SCIM_ENTERPRISE "\":{\"costCenter\":\"C1\"}}");
}

/* Nor a part that others have of an attribute of ours. */
static void test_a_put_keeps_the_parts_of_others(void **state)
{
    struct cv_arena *arena = *state;
    const struct con_scim_field fields[] = {{.path = "userName", .value = "an"},
                                            {.path = SCIM_ENTERPRISE ":manager.value", .value = NULL}};
    cv_auto_buf buf = {0};
    cv_buf_init(&buf, 1 << 16);
    scim_write_resource(&buf,
                        doc(arena, "{\"schemas\":[\"" SCIM_USER "\",\"" SCIM_ENTERPRISE
                                   "\"],\"id\":\"7\",\"userName\":\"an\",\"" SCIM_ENTERPRISE
                                   "\":{\"manager\":{\"value\":\"9\",\"displayName\":\"X\"}}}"),
                        scim_fields(arena, fields, CV_COUNT(fields)), CV_COUNT(fields), arena);
    assert_non_null(strstr(cv_buf_str(&buf), "\"" SCIM_ENTERPRISE "\":{\"manager\":{\"displayName\":\"X\"}}"));
}

static void test_a_patch_names_what_differs(void **state)
{
    struct cv_arena *arena = *state;
    cv_auto_buf buf = {0};
    cv_buf_init(&buf, 1 << 16);
    assert_true(scim_write_patch(&buf, doc(arena, there), scim_fields(arena, wanted, CV_COUNT(wanted)),
                                 CV_COUNT(wanted), true, arena));
    assert_string_equal(
        cv_buf_str(&buf),
        "{\"schemas\":[\"" SCIM_PATCH_OP "\"],\"Operations\":["
        "{\"op\":\"Replace\",\"path\":\"active\",\"value\":true},"
        "{\"op\":\"Replace\",\"path\":\"name.givenName\",\"value\":\"An\"},"
        "{\"op\":\"Remove\",\"path\":\"title\"},"
        "{\"op\":\"Replace\",\"path\":\"emails\",\"value\":[{\"value\":\"home@x.vn\",\"type\":\"home\"},"
        "{\"value\":\"an@x.vn\",\"type\":\"work\"}]},"
        "{\"op\":\"Add\",\"path\":\"" SCIM_ENTERPRISE ":department\",\"value\":\"D\"}]}");
}

static void test_nothing_is_sent_when_nothing_differs(void **state)
{
    struct cv_arena *arena = *state;
    cv_auto_buf buf = {0};
    const struct con_scim_field same[] = {{.path = "userName", .value = "noivu_AN"},
                                          {.path = "active", .value = "false", .truth = true},
                                          {.path = "emails", .value = "OLD@x.vn"},
                                          {.path = "displayName", .value = NULL}};
    cv_buf_init(&buf, 1 << 16);
    assert_false(scim_write_patch(&buf, doc(arena, there), scim_fields(arena, same, CV_COUNT(same)), CV_COUNT(same),
                                  false, arena));
}

/* ---- one reading for many lookups ---- */
static size_t indexed(struct con_scim_call *call, bool by_login, const char *value, bool *out_known)
{
    struct con_scim_account found[4];
    size_t count = 0;
    *out_known = scim_index_find(call, by_login, value, found, CV_COUNT(found), &count);
    return count;
}

static void test_lookups_share_a_reading_that_is_young_enough(void **state)
{
    enum { MANY = 5000 };
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct con_scim *server = NULL;
    struct cv_error err;
    bool known;
    (void)state;
    assert_true(con_scim_new(&server, &err));
    struct con_scim_call call = {.server = server, .arena = arena};
    assert_int_equal(indexed(&call, true, "an", &known), 0);
    assert_false(known);
    struct scim_index *index = scim_index_new();
    for (int i = 0; i < MANY; i++) {
        const char *id = cv_arena_printf(arena, "u-%d", i);
        const struct con_scim_account a = {
            .id = id, .login = cv_arena_printf(arena, "Noivu_%d", i), .mark = i % 2 ? "" : id};
        scim_index_add(index, &a, arena);
    }
    scim_index_publish(server, index);
    assert_int_equal(indexed(&call, true, "noivu_4999", &known), 1);
    assert_true(known);
    assert_int_equal(indexed(&call, false, "u-4998", &known), 1);
    assert_int_equal(indexed(&call, false, "noivu_4999", &known), 0); /* a login is no mark */
    assert_int_equal(indexed(&call, true, "stranger", &known), 0);
    assert_true(known);
    scim_index_note(server, &(struct con_scim_account){.id = "new", .login = "stranger"}, arena);
    assert_int_equal(indexed(&call, true, "stranger", &known), 1);
    call.not_before = cv_now() + 1; /* a try since then may have made somebody */
    assert_int_equal(indexed(&call, true, "noivu_1", &known), 0);
    assert_false(known);
    call.not_before = 0;
    scim_index_publish(server, NULL);
    indexed(&call, true, "noivu_1", &known);
    assert_false(known);
    con_scim_free(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lookups_share_a_reading_that_is_young_enough),
        cmocka_unit_test(test_paths),
        with_arena(test_values_in_any_manner),
        with_arena(test_an_account_read_liberally),
        with_arena(test_what_is_compared_has_bounds),
        with_arena(test_a_new_resource_holds_what_is_mapped_and_nothing_else),
        with_arena(test_a_put_keeps_what_is_not_ours),
        with_arena(test_a_put_keeps_what_others_have_in_an_extension),
        with_arena(test_a_put_keeps_the_parts_of_others),
        with_arena(test_a_patch_names_what_differs),
        with_arena(test_nothing_is_sent_when_nothing_differs),
    };
    struct cv_error err = {0};
    return cv_text_init(&err) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
