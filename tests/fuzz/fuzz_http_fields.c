/* Every parser of a header field's value, with the same bytes; and the guard with name and value cut out of them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../service/http/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct htp_proxies proxies = {.networks = {{.address = {.bytes = {127, 0, 0, 1}, .len = 4}, .prefix = 8}},
                                           .count = 1};

static void parse_all(const char *value)
{
    int64_t revision = 0;
    uint64_t length = 0;

    (void)htp_language(value);
    (void)htp_accept_allows(value, "application/json text/csv");
    (void)htp_media_type_in(value, "application/json text/csv");
    (void)htp_request_id_ok(value);
    (void)htp_traceparent_ok(value);
    (void)htp_none_match_holds(value, "W/\"118-4711\"");
    (void)htp_bearer(value);
    (void)htp_content_length(value, &length);
    (void)htp_host_ok(value);
    (void)htp_peer_of(proxies.networks[0].address, value, &proxies);
    if (htp_match_parse(value, &revision) == HTP_MATCH_VALUE && revision < -1)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *value = malloc(size + 1);
    struct htp_head head = {0};
    size_t name_len;

    if (!value)
        return 0;
    memcpy(value, data, size);
    value[size] = '\0';
    parse_all(value);
    name_len = strcspn(value, ":");
    if (name_len < size) {
        value[name_len] = '\0';
        htp_guard_line(&head, value, value, 0, value + name_len);
        htp_guard_follow(&head, value, name_len, value + name_len + 1, size - name_len - 1);
        htp_guard_end(&head, size);
        htp_guard_field(&head, value, name_len, value + name_len + 1, size - name_len - 1);
        (void)htp_guard_verdict(&head, "POST", "HTTP/1.1");
    }
    free(value);
    return 0;
}
