/* Any cookie that a server may send: what is kept is never longer, and its CSNs lie in it. */
#include <stdlib.h>
#include <string.h>

#include "directory/feed/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t walk(const struct sync_cookie *c)
{
    struct sync_csn csn;
    size_t at = 0, sum = 0;

    while (sync_csn_next(c, &at, &csn)) {
        sum += strlen(csn.text) + 1;
        (void)sync_cookie_passed(c, csn.text, 0);
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct dir_attr nothing = {0};
    struct berval value = {size, (char *)(uintptr_t)data};
    struct sync_cookie c = {0};

    if (!sync_cookie_set(&c, &value))
        return 0;
    if (c.len > size || walk(&c) > c.len + 1 || sync_cookie_covered(&c, &nothing))
        abort();
    (void)sync_cookie_passed(&c, "20261129125735.123456Z#000000#000#000000", 0);
    return 0;
}
