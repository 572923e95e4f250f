/* Secrets as people type them: RFC 8265, OpaqueString. */
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include "base/inner.h"
#include "congvu/text.h"

/* What RFC 8264's FreeformClass does not have: controls, formats, what is not assigned or not seen, jamo of old Hangul.
 */
static bool disallowed(UChar32 c)
{
    switch (u_charType(c)) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_UNASSIGNED:
    case U_PRIVATE_USE_CHAR:
    case U_SURROGATE:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
        return true;
    default:
        break;
    }
    int32_t hangul = u_getIntPropertyValue(c, UCHAR_HANGUL_SYLLABLE_TYPE);
    return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) || hangul == U_HST_LEADING_JAMO ||
           hangul == U_HST_VOWEL_JAMO || hangul == U_HST_TRAILING_JAMO;
}

/* Every kind of blank becomes a space, in place. */
static bool take_signs(UChar *s, int32_t len)
{
    for (int32_t i = 0; i < len;) {
        int32_t at = i;
        UChar32 c;
        U16_NEXT(s, i, len, c);
        if (disallowed(c))
            return false;
        if (u_charType(c) == U_SPACE_SEPARATOR)
            s[at] = ' '; /* all of them are in the first plane */
    }
    return true;
}

static char *composed(struct cv_arena *arena, UChar *s, int32_t len)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t room = len * 3 + 1, size = 0; /* NFC never needs more than three units for one */
    UChar *to = CV_NEWS(arena, UChar, room);
    char *out = cv_arena_alloc(arena, (size_t)room * 3);
    int32_t n = unorm2_normalize(unorm2_getNFCInstance(&status), s, len, to, room, &status);
    u_strToUTF8(out, room * 3, &size, to, n, &status);
    explicit_bzero(to, (size_t)room * sizeof(*to));
    if (U_FAILURE(status))
        cv_die("NFC of a secret");
    return out;
}

char *cv_text_opaque(struct cv_arena *arena, const char *secret)
{
    size_t len = strlen(secret);
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = 0;
    if (!cv_text_valid(secret, len))
        return NULL;
    UChar *wide = CV_NEWS(arena, UChar, len + 1);
    u_strFromUTF8(wide, (int32_t)len + 1, &n, secret, (int32_t)len, &status);
    char *out = U_SUCCESS(status) && take_signs(wide, n) ? composed(arena, wide, n) : NULL;
    explicit_bzero(wide, (len + 1) * sizeof(*wide));
    return out;
}
