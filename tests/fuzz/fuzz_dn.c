/* Any value put into a DN or a filter comes back byte for byte when libldap reads it. */
#include <stdlib.h>
#include <string.h>

#include "directory/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_dn(struct cv_arena *arena, const char *value, size_t len)
{
    LDAPDN dn = NULL;
    if (len == 0)
        return;
    if (ldap_str2dn(dir_dn_child(arena, "dc=x", "cn", value), &dn, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS)
        abort();
    const LDAPAVA *ava = dn[0][0];
    if (dn[0][1] || !dn[1] || dn[2] || ava->la_value.bv_len != len || memcmp(ava->la_value.bv_val, value, len) != 0)
        abort();
    ldap_dnfree(dn);
}

static void check_filter(struct cv_arena *arena, LDAP *ld, const char *value, size_t len)
{
    struct berval bytes = {0}, attr, got;
    const char *filter = dir_filter_eq(arena, "cvName", value);
    if (len == 0)
        return;
    if (ldap_create_assertion_control_value(ld, (char *)(uintptr_t)filter, &bytes) != LDAP_SUCCESS)
        abort();
    BerElement *ber = ber_init(&bytes);
    ber_len_t inner;
    if (!ber || ber_peek_tag(ber, &inner) != LDAP_FILTER_EQUALITY ||
        ber_scanf(ber, "{mm}", &attr, &got) == LBER_ERROR || got.bv_len != len || memcmp(got.bv_val, value, len) != 0)
        abort();
    ber_free(ber, 1);
    ldap_memfree(bytes.bv_val);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static LDAP *ld;
    if (!ld && ldap_initialize(&ld, NULL) != LDAP_SUCCESS)
        abort();
    if (size > 4096)
        return 0;
    cv_auto_arena arena = cv_arena_new(1 << 20);
    const char *value = cv_arena_strndup(arena, (const char *)data, size);
    struct cv_id id;
    check_dn(arena, value, strlen(value));
    check_filter(arena, ld, value, strlen(value));
    dir_dn_id(value, "stf_", &id);
    return 0;
}
