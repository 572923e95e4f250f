/* Signs and letters of the names of people. */
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include "congvu/text.h"

static bool joins(UChar32 c)
{
    return c == ' ' || c == '\'' || c == '-' || c == 0x2018 || c == 0x2019 || c == 0x02BC;
}

static enum cv_name_sign judge(UChar32 c, bool first)
{
    UErrorCode status = U_ZERO_ERROR;

    if (u_isdigit(c))
        return first ? CV_SIGN_LIST_NUMBER : CV_SIGN_DIGIT;
    if (c == '.')
        return CV_SIGN_STOP;
    if (u_isalpha(c))
        return uscript_getScript(c, &status) == USCRIPT_LATIN || c == 0x02BC ? CV_SIGN_FINE : CV_SIGN_FOREIGN;
    if (first || !(joins(c) || u_charType(c) == U_NON_SPACING_MARK))
        return CV_SIGN_OTHER;
    return CV_SIGN_FINE;
}

enum cv_name_sign cv_text_name_sign(const char *s, char out[CV_SIGN_TEXT])
{
    for (int32_t i = 0; s[i];) {
        int32_t at = i;
        UChar32 c;

        U8_NEXT(s, i, -1, c);
        enum cv_name_sign sign = c < 0 ? CV_SIGN_OTHER : judge(c, at == 0);
        if (sign != CV_SIGN_FINE) {
            memcpy(out, s + at, (size_t)(i - at));
            out[i - at] = '\0';
            return sign;
        }
    }
    out[0] = '\0';
    return CV_SIGN_FINE;
}

/* ---- upper and lower case ---- */
struct cases {
    size_t upper, lower, words;
};

static struct cases count_cases(const char *s)
{
    struct cases n = {0};
    bool inside = false;

    for (int32_t i = 0; s[i];) {
        UChar32 c;

        U8_NEXT(s, i, -1, c);
        n.upper += c >= 0 && u_isupper(c);
        n.lower += c >= 0 && u_islower(c);
        n.words += !inside && c >= 0 && u_isalpha(c);
        inside = c != ' ';
    }
    return n;
}

/* One letter to a word ("Ý", "A") tells nothing about the case of the others. */
static bool one_case(const char *s)
{
    struct cases n = count_cases(s);

    return (n.lower == 0 && n.upper > n.words) || (n.upper == 0 && n.lower > 0);
}

enum way { LOWER, UPPER, PROPER };

static const char *recase(struct cv_arena *arena, const char *s, enum way way)
{
    size_t cap = strlen(s) * 3 + 1, len = 0; /* a letter's other case may take more bytes */
    char *out = cv_arena_alloc(arena, cap);
    bool head = true;

    for (int32_t i = 0; s[i];) {
        UBool full = false;
        UChar32 c;

        U8_NEXT(s, i, -1, c);
        c = c < 0 ? 0xFFFD : c;
        UChar32 cased = way == UPPER || (way == PROPER && head) ? u_toupper(c) : u_tolower(c);
        U8_APPEND((uint8_t *)out, len, cap, cased, full);
        if (full)
            break;
        head = joins(c);
    }
    out[len] = '\0';
    return out;
}

const char *cv_text_proper(struct cv_arena *arena, const char *s)
{
    return one_case(s) ? recase(arena, s, PROPER) : NULL;
}

const char *cv_text_lower(struct cv_arena *arena, const char *s)
{
    return recase(arena, s, LOWER);
}

const char *cv_text_upper(struct cv_arena *arena, const char *s)
{
    return recase(arena, s, UPPER);
}
