/* DNs and filters from hostile and from Vietnamese values; libldap must read back the very bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "directory/internal.h"

static const char *const values[] = {
    "an",
    "Nguyễn Thị Ước",
    "Nguye\xcc\x82\xcc\x83n",
    "a,b",
    "a+b=c",
    "\"quoted\"",
    "#1",
    "a#1",
    " front",
    "back ",
    "  ",
    " ",
    "semi;colon",
    "<x>",
    "back\\slash",
    "\\",
    "line\nbreak",
    "tab\there",
    "\x01\x1f\x7f",
    "star*(paren)",
    "*",
    ")(uid=*",
    "latin1 \xe1\xe9",
    "\xff\xfe",
    "\xc3",
    "\xf0\x9f\x98\x80",
    "trailing\\ ",
    "đặng,văn=#ưu+\"; ",
    "cn=a,dc=b",
};

static void check_dn(const char *dn, const char *value)
{
    LDAPDN parsed = NULL;
    assert_int_equal(ldap_str2dn(dn, &parsed, LDAP_DN_FORMAT_LDAPV3), LDAP_SUCCESS);
    LDAPAVA *first = parsed[0][0];
    assert_null(parsed[0][1]);
    assert_non_null(parsed[1]);
    assert_int_equal(first->la_value.bv_len, strlen(value));
    assert_memory_equal(first->la_value.bv_val, value, strlen(value));
    ldap_dnfree(parsed);
}

static void test_dn_round_trip(void **state)
{
    (void)state;
    cv_auto_arena arena = cv_arena_new(1 << 20);
    for (size_t i = 0; i < CV_COUNT(values); i++)
        check_dn(dir_dn_child(arena, "ou=x,dc=congvu", "cn", values[i]), values[i]);
}

/* The filter as libldap sends it: [3] { attribute, value }. */
static void check_filter(LDAP *ld, const char *filter, const char *value)
{
    struct berval bytes = {0}, attr, got;
    if (ldap_create_assertion_control_value(ld, (char *)(uintptr_t)filter, &bytes) != LDAP_SUCCESS)
        fail_msg("filter refused: %s", filter);
    BerElement *ber = ber_init(&bytes);
    ber_len_t len;
    assert_int_equal(ber_peek_tag(ber, &len), LDAP_FILTER_EQUALITY);
    assert_int_not_equal(ber_scanf(ber, "{mm}", &attr, &got), LBER_ERROR);
    assert_int_equal(attr.bv_len, 6);
    assert_memory_equal(attr.bv_val, "cvName", 6);
    assert_int_equal(got.bv_len, strlen(value));
    assert_memory_equal(got.bv_val, value, strlen(value));
    ber_free(ber, 1);
    ldap_memfree(bytes.bv_val);
}

static void test_filter_round_trip(void **state)
{
    (void)state;
    LDAP *ld = NULL;
    cv_auto_arena arena = cv_arena_new(1 << 20);
    assert_int_equal(ldap_initialize(&ld, NULL), LDAP_SUCCESS);
    for (size_t i = 0; i < CV_COUNT(values); i++)
        check_filter(ld, dir_filter_eq(arena, "cvName", values[i]), values[i]);
    ldap_unbind_ext(ld, NULL, NULL);
}

static void test_readable(void **state)
{
    (void)state;
    cv_auto_arena arena = cv_arena_new(1 << 20);
    assert_string_equal(dir_dn_child(arena, "dc=x", "cn", "Đặng Ước"), "cn=Đặng Ước,dc=x");
    assert_string_equal(
        dir_filter_and(arena, dir_filter_class(arena, "cvStaff"), dir_filter_eq(arena, "cvName", "a*b")),
        "(&(objectClass=cvStaff)(cvName=a\\2ab))");
}

static void test_ids(void **state)
{
    (void)state;
    cv_auto_arena arena = cv_arena_new(1 << 20);
    struct cv_id id = cv_id_make(), back;
    assert_true(dir_dn_id(dir_dn_staff(arena, "dc=x", id), "stf_", &back));
    assert_true(cv_id_equal(id, back));
    assert_true(dir_dn_id(dir_dn_unit(arena, "dc=x", id), "unt_", &back));
    assert_true(dir_dn_id(dir_dn_token(arena, "dc=x", id), "tok_", &back));
    assert_true(dir_dn_id(dir_dn_brake(arena, "dc=x", id), "tok_", &back));
    assert_false(dir_dn_id(dir_dn_staff(arena, "dc=x", id), "unt_", &back));
    assert_false(dir_dn_id(NULL, "stf_", &back));
    assert_false(dir_dn_id("cn=stf_,dc=x", "stf_", &back));
    assert_false(dir_dn_id("cvId=stf_,dc=x", "stf_", &back));
    const char *two = cv_arena_printf(arena, "%.*s+cn=x,dc=x", 35, dir_dn_staff(arena, "dc=x", id));
    assert_false(dir_dn_id(two, "stf_", &back));
}

static void test_values_of_attributes(void **state)
{
    (void)state;
    cv_auto_arena arena = cv_arena_new(1 << 20);
    struct dir_entry e = {0};
    dir_attrs_init(&e.attrs, arena);
    dir_put(&e.attrs, "cvScope", NULL);
    dir_put(&e.attrs, "cvScope", "");
    dir_put_bool(&e.attrs, "cvEverywhere", false);
    assert_int_equal(e.attrs.count, 0);
    for (int i = 0; i < 1000; i++)
        dir_put_int(&e.attrs, i % 2 ? "cvPosition" : "CVPOSITION", i);
    assert_int_equal(e.attrs.count, 1);
    assert_int_equal(dir_get(&e, "cvposition")->count, 1000);
    assert_string_equal(dir_get(&e, "cvposition")->values[999].bytes, "999");
    dir_put_moment(&e.attrs, "cvCreatedAt", 1764028800);
    assert_int_equal(dir_get_moment(&e, "cvCreatedAt"), 1764028800);
    assert_true(dir_get_moment(&e, "none") == CV_NO_MOMENT);
    dir_put(&e.attrs, "cvRevision", "12x");
    assert_int_equal(dir_get_int(&e, "cvRevision", -1), -1);
    dir_put(&e.attrs, "entryUUID", "6ba7b810-9dad-11d1-80b4-00c04fd430c");
    uint8_t uuid[16];
    assert_false(dir_get_uuid(&e, uuid));
}

/* A full arena must never lose a value silently: the owner sees it at the end. */
static void test_full_arena(void **state)
{
    (void)state;
    cv_auto_arena arena = cv_arena_new(8 << 10);
    struct dir_attrs a;
    dir_attrs_init(&a, arena);
    for (int i = 0; i < 2000; i++)
        dir_put(&a, "cvPost", cv_arena_ok(arena) ? "{\"unit\":\"unt_0123456789\"}" : "late");
    assert_false(cv_arena_ok(arena));
    assert_true(strlen(dir_dn_child(arena, "dc=x", "cn", "abc")) < CV_MAX_DN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dn_round_trip),
        cmocka_unit_test(test_filter_round_trip),
        cmocka_unit_test(test_readable),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_values_of_attributes),
        cmocka_unit_test(test_full_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
