/* Answers of a SCIM server from anybody: read as an account and as a list, compared with what is wanted, and written
 * back into a PUT and a PATCH, which must be JSON without a null. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/text.h"
#include "connect/scim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static const struct con_scim_field wanted[] = {
    {.path = "userName", .value = "noivu_an"},
    {.path = "externalId", .value = "stf_1"},
    {.path = "active", .value = "true", .truth = true},
    {.path = "name.familyName", .value = "Nguyễn"},
    {.path = "name.middleName", .value = NULL},
    {.path = "emails", .value = "an@x.vn"},
    {.path = "phoneNumbers[type eq \"work\"].value", .value = NULL},
    {.path = SCIM_ENTERPRISE ":department", .value = "Phòng \"Nội\" vụ"},
};

static void parses(struct cv_arena *arena, struct cv_buf *buf)
{
    struct cv_error err = {0};
    if (cv_buf_ok(buf))
        require(cv_jany_parse(arena, cv_buf_str(buf), buf->len, &err) != NULL);
    cv_buf_free(buf);
}

static void write_back(struct cv_arena *arena, const struct cv_jany *resource)
{
    struct cv_buf buf;
    struct scim_field *fields = scim_fields(arena, wanted, CV_COUNT(wanted));
    cv_buf_init(&buf, 1 << 20);
    scim_write_resource(&buf, resource, fields, CV_COUNT(wanted), arena);
    parses(arena, &buf);
    cv_buf_init(&buf, 1 << 20);
    scim_write_patch(&buf, resource, fields, CV_COUNT(wanted), true, arena);
    parses(arena, &buf);
}

static void read_account(struct con_scim_call *call, const struct cv_jany *resource)
{
    struct con_scim_account account;
    if (con_scim_account_of(call, resource, &account))
        require(*account.id != '\0');
    for (size_t i = 0; i < CV_COUNT(wanted); i++) {
        const char *text = con_scim_value(resource, wanted[i].path, call->arena);
        require(text == NULL || cv_text_valid(text, strlen(text)));
    }
    write_back(call->arena, resource);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cv_arena *arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_error err = {0};
    struct con_scim_call call = {
        .arena = arena, .login_path = "userName", .mark_path = "externalId", .active_path = "active"};
    require(arena && cv_text_init(&err));
    const struct cv_jany *document = size < 65536 ? cv_jany_parse(arena, (const char *)data, size, &err) : NULL;
    if (document) {
        const struct cv_jany *list = cv_jany_get(document, "Resources");
        read_account(&call, document);
        for (size_t i = 0; i < cv_jany_count(list) && i < 20; i++)
            read_account(&call, cv_jany_item(list, i));
    }
    con_scim_path_ok(cv_arena_strndup(arena, (const char *)data, size < 300 ? size : 300));
    cv_arena_free(&arena);
    return 0;
}
