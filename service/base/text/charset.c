/* Charsets of files, by ICU. */
#include <string.h>
#include <unicode/ucnv.h>

#include "congvu/text.h"

const char *cv_text_from_charset(struct cv_arena *arena, const char *charset, const void *bytes, size_t len)
{
    UErrorCode status = U_ZERO_ERROR;
    size_t cap = len * 3 + 4; /* no byte of these charsets becomes more than three of UTF-8 */
    char *out = cv_arena_alloc(arena, cap);
    int32_t size = ucnv_convert("UTF-8", charset, out, (int32_t)cap, bytes, (int32_t)len, &status);

    if (U_FAILURE(status))
        return NULL;
    out[size] = '\0';
    return out;
}
