/* Any bytes that may lie where a log's tail, bundle or checkpoint is expected: read within their bounds, nothing
 * believed that is not signed. */
#include <stdlib.h>
#include <string.h>

#include "audit/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t walk_frames(const char *bytes, size_t len)
{
    struct ev_frame frame;
    size_t at = 0, sum = 0;
    while (ev_frame_next(bytes, len, &at, &frame))
        sum += frame.len + (frame.len > 0 && frame.bytes[frame.len - 1] == 0);
    if (at > len || sum > 2 * len)
        abort();
    return at;
}

static void walk_bundle(const char *bytes, size_t len)
{
    const struct cv_buf bundle = {.data = (char *)(uintptr_t)bytes, .len = len};
    const char *entry;
    size_t entry_len;
    for (size_t i = 0; i < 256 && ev_bundle_entry(&bundle, i, &entry, &entry_len); i++)
        if (entry < bytes || entry + entry_len > bytes + len)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[CV_PUBLIC_KEY] = {1};
    const char *bytes = (const char *)data;
    struct ev_checkpoint checkpoint;
    char origin[EV_NAME_MAX];
    uint8_t found[CV_PUBLIC_KEY];
    size_t used;
    (void)walk_frames(bytes, size);
    walk_bundle(bytes, size);
    if (ev_checkpoint_read(bytes, size, "site/replica", key, &checkpoint, &used))
        abort(); /* nobody has the key of these bytes */
    char *text = strndup(bytes, size);
    (void)ev_verifier_parse(text, origin, found);
    free(text);
    return 0;
}
