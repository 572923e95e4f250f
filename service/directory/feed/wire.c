/* The controls of syncrepl in BER (RFC 4533). */
#include <lber.h>
#include <string.h>

#include "directory/feed/wire.h"

LDAPControl *sync_request_control(const struct sync_cookie *cookie)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    struct berval sent = {cookie->len, (char *)(uintptr_t)cookie->bytes};
    struct berval value;
    LDAPControl *control = NULL;

    if (!ber)
        return NULL;
    int rc = cookie->len ? ber_printf(ber, "{eO}", LDAP_SYNC_REFRESH_AND_PERSIST, &sent)
                         : ber_printf(ber, "{e}", LDAP_SYNC_REFRESH_AND_PERSIST);

    if (rc >= 0 && ber_flatten2(ber, &value, 0) == 0)
        ldap_control_create(LDAP_CONTROL_SYNC, 1, &value, 1, &control);
    ber_free(ber, 1);
    return control;
}

/* An optional cookie at this place. */
static bool read_cookie(BerElement *ber, struct sync_cookie *out)
{
    struct berval value;
    ber_len_t len;

    if (ber_peek_tag(ber, &len) != LDAP_TAG_SYNC_COOKIE)
        return true;
    return ber_scanf(ber, "m", &value) != LBER_ERROR && sync_cookie_set(out, &value);
}

/* An optional boolean at this place, `otherwise` when it is not there. */
static bool read_flag(BerElement *ber, bool otherwise, bool *out)
{
    ber_len_t len;
    ber_int_t value;

    *out = otherwise;
    if (ber_peek_tag(ber, &len) != LBER_BOOLEAN)
        return true;
    if (ber_scanf(ber, "b", &value) == LBER_ERROR)
        return false;
    *out = value != 0;
    return true;
}

static bool parse_state(const struct berval *value, struct sync_entry *out)
{
    BerElement *ber = ber_init((struct berval *)(uintptr_t)value);
    struct berval uuid;
    ber_int_t state;
    bool ok;

    if (!ber)
        return false;
    ok = ber_scanf(ber, "{em", &state, &uuid) != LBER_ERROR && state >= SYNC_PRESENT && state <= SYNC_DELETE &&
         uuid.bv_len == sizeof(out->uuid);
    if (ok) {
        out->state = (enum sync_state)state;
        memcpy(out->uuid, uuid.bv_val, sizeof(out->uuid));
        ok = read_cookie(ber, &out->cookie);
    }
    ber_free(ber, 1);
    return ok;
}

bool sync_parse_entry(LDAP *ld, LDAPMessage *entry, struct sync_entry *out)
{
    LDAPControl **controls = NULL;
    LDAPControl *state;
    bool ok;

    out->cookie.len = 0;
    if (ldap_get_entry_controls(ld, entry, &controls) != LDAP_SUCCESS)
        return false;
    state = ldap_control_find(LDAP_CONTROL_SYNC_STATE, controls, NULL);
    ok = state && parse_state(&state->ldctl_value, out);
    ldap_controls_free(controls);
    return ok;
}

static bool parse_refresh(BerElement *ber, struct sync_info *out)
{
    ber_tag_t tag;
    ber_len_t len;

    if (ber_skip_tag(ber, &len) == LBER_ERROR)
        return false;
    out->refresh_done = true;
    tag = len ? ber_peek_tag(ber, &len) : LBER_ERROR;
    if (tag == LBER_ERROR) /* empty: no cookie, done */
        return true;
    return read_cookie(ber, &out->cookie) && read_flag(ber, true, &out->refresh_done);
}

static bool parse_id_set(BerElement *ber, struct sync_info *out)
{
    ber_len_t len;

    if (ber_skip_tag(ber, &len) == LBER_ERROR || !read_cookie(ber, &out->cookie) ||
        !read_flag(ber, false, &out->refresh_deletes) || ber_scanf(ber, "[W]", &out->uuids) == LBER_ERROR)
        return false;
    for (size_t i = 0; out->uuids && out->uuids[i].bv_val; i++)
        if (out->uuids[i].bv_len != 16)
            return false;
    return true;
}

static bool parse_value(const struct berval *value, struct sync_info *out)
{
    BerElement *ber = ber_init((struct berval *)(uintptr_t)value);
    struct berval cookie;
    ber_len_t len;
    bool ok = false;

    if (!ber)
        return false;
    switch (ber_peek_tag(ber, &len)) {
    case LDAP_TAG_SYNC_NEW_COOKIE:
        out->kind = SYNC_NEW_COOKIE;
        ok = ber_scanf(ber, "m", &cookie) != LBER_ERROR && sync_cookie_set(&out->cookie, &cookie);
        break;
    case LDAP_TAG_SYNC_REFRESH_DELETE:
        out->kind = SYNC_REFRESH_DELETE;
        ok = parse_refresh(ber, out);
        break;
    case LDAP_TAG_SYNC_REFRESH_PRESENT:
        out->kind = SYNC_REFRESH_PRESENT;
        ok = parse_refresh(ber, out);
        break;
    case LDAP_TAG_SYNC_ID_SET:
        out->kind = SYNC_ID_SET;
        ok = parse_id_set(ber, out);
        break;
    default:
        break;
    }
    ber_free(ber, 1);
    return ok;
}

bool sync_parse_info(LDAP *ld, LDAPMessage *message, bool *out_ours, struct sync_info *out)
{
    struct berval *value = NULL;
    char *oid = NULL;
    bool ok = true;

    memset(out, 0, sizeof(*out));
    if (ldap_parse_intermediate(ld, message, &oid, &value, NULL, 0) != LDAP_SUCCESS)
        return false;
    *out_ours = oid && strcmp(oid, LDAP_SYNC_INFO) == 0;
    if (*out_ours)
        ok = value && parse_value(value, out);
    if (!ok)
        sync_info_free(out);
    ldap_memfree(oid);
    ber_bvfree(value);
    return ok;
}

void sync_info_free(struct sync_info *info)
{
    ber_bvarray_free(info->uuids);
    info->uuids = NULL;
}
