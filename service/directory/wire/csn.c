/* Which server wrote: the third part of a CSN. */
#include <string.h>

#include "directory/internal.h"

static const char *writer_of(const char *csn)
{
    const char *count = strchr(csn, '#');
    const char *sid = count ? strchr(count + 1, '#') : NULL;
    return sid ? sid + 1 : "";
}

bool dir_csn_same_writer(const char *a, const char *b)
{
    a = writer_of(a);
    b = writer_of(b);
    size_t len = strcspn(a, "#");
    return len > 0 && len == strcspn(b, "#") && memcmp(a, b, len) == 0;
}
