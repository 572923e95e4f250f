/* Request targets and query strings. What passes the check must decode without dots, slashes or controls sneaking in.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../service/http/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_path(const char *raw, const struct htp_target *target)
{
    char *path = malloc(target->path_len + 1);

    if (path && htp_decode(raw, target->path_len, false, path)) {
        if (strstr(path, "/../") || strstr(path, "//") || strchr(path, '\\') || strchr(path, '\n'))
            abort();
    }
    free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *raw = malloc(size + 1);
    struct htp_target target;
    struct htp_pair pairs[HTP_MAX_QUERY];
    size_t count = 0;
    cv_auto_arena arena = cv_arena_new(1 << 20);

    if (!raw || !arena) {
        free(raw);
        return 0;
    }
    memcpy(raw, data, size);
    raw[size] = '\0';
    if (htp_target_check(raw, &target) == HTP_TARGET_PATH) {
        check_path(raw, &target);
        if (target.query && htp_query_split(arena, raw + target.path_len + 1, pairs, &count)) {
            for (size_t i = 0; i < count; i++) {
                (void)strlen(pairs[i].name);
                (void)strlen(pairs[i].value);
            }
        }
    }
    free(raw);
    return 0;
}
