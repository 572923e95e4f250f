/* Letters of old Vietnamese encodings, recognised to be refused by name. */
#include <unicode/utf8.h>

#include "congvu/text.h"

/* Vietnamese of the nineties, read as Latin-1. TCVN3 put its letters on signs and letters that Unicode Vietnamese never
 * uses inside a word (NguyÔn V¨n); VNI wrote the base letter and then a letter that stood for the marks (Nguyeãn Vaên).
 * Real names must never be refused, so each rule says where the same signs are right. */

enum { SIGNS = 512 }; /* a name is shorter; of a longer text the beginning decides */

enum look {
    FINE,
    NEVER,   /* no Vietnamese letter, in no position */
    AFTER,   /* a sign: wrong right after a letter (Hµ, Th¶o) */
    BETWEEN, /* wrong between two letters (B¾c, M×nh) */
    BEFORE,  /* wrong right before a letter, at the start of a word (§inh, ®ång) */
    BESIDE,  /* wrong beside a letter on either side (V¨n, ¸nh) */
    ONSET,   /* ñ: right in Êđê and Jarai names only */
    INSIDE,  /* eth: at the head of a word it is meant as Đ */
};

static const unsigned char looks[256] = {
    [0x80 ... 0x9F] = NEVER, /* UTF-8 read as Latin-1 */
    [0xA1] = BEFORE,         [0xA2] = BEFORE,  [0xA3] = BEFORE,  [0xA4] = BEFORE,  [0xA5] = BEFORE,  [0xA6] = BEFORE,
    [0xA7] = BEFORE,         [0xA8] = BESIDE,  [0xA9] = AFTER,   [0xAA] = AFTER,   [0xAB] = AFTER,   [0xAC] = BESIDE,
    [0xAD] = BETWEEN,        [0xAE] = BEFORE,  [0xB5] = AFTER,   [0xB6] = BESIDE,  [0xB7] = AFTER,   [0xB8] = BESIDE,
    [0xB9] = AFTER,          [0xBB] = BETWEEN, [0xBC] = BETWEEN, [0xBD] = BETWEEN, [0xBE] = BETWEEN, [0xC4] = NEVER,
    [0xC5] = NEVER,          [0xC6] = NEVER,   [0xC7] = NEVER,   [0xCB] = NEVER,   [0xCE] = NEVER,   [0xCF] = NEVER,
    [0xD0] = INSIDE,         [0xD1] = ONSET,   [0xD6] = NEVER,   [0xD7] = BETWEEN, [0xD8] = NEVER,   [0xDB] = NEVER,
    [0xDC] = NEVER,          [0xDE] = NEVER,   [0xDF] = NEVER,   [0xE4] = NEVER,   [0xE5] = NEVER,   [0xE6] = NEVER,
    [0xE7] = NEVER,          [0xEB] = NEVER,   [0xEE] = NEVER,   [0xEF] = NEVER,   [0xF0] = INSIDE,  [0xF1] = ONSET,
    [0xF6] = NEVER,          [0xF7] = AFTER,   [0xF8] = NEVER,   [0xFB] = NEVER,   [0xFC] = NEVER,   [0xFE] = NEVER,
    [0xFF] = NEVER,
};

static bool letter(UChar32 c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= 0xC0 && c != 0xD7 && c != 0xF7 && c < 0x250) ||
           (c >= 0x1E00 && c < 0x1F00);
}

static bool lower(UChar32 c)
{
    return (c >= 'a' && c <= 'z') || (c >= 0xDF && c <= 0xFF && c != 0xF7);
}

static UChar32 to_lower(UChar32 c)
{
    bool upper = (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7);

    return upper ? c + 0x20 : c;
}

static bool among(UChar32 c, const UChar32 *set)
{
    while (*set && *set != c)
        set++;
    return *set != 0;
}

/* A sign of TCVN3 takes part in a word. */
static bool sign_in_word(enum look how, UChar32 before, UChar32 after)
{
    switch (how) {
    case AFTER:
        return letter(before);
    case BEFORE:
        return !letter(before) && letter(after);
    case BESIDE:
        return letter(before) || letter(after);
    case BETWEEN:
        return letter(before) && letter(after);
    case INSIDE:
        return letter(before) || !letter(after);
    default:
        return false;
    }
}

/* VNI: a base vowel and, right behind it, a letter with the marks, in pairs that Vietnamese never writes. */
static bool vni_pair(UChar32 base, UChar32 mark, UChar32 after)
{
    static const UChar32 behind_a[] = {0xE2, 0xE1, 0xE0, 0xE3, 0xEA, 0xF9, 0xF5, 0};
    static const UChar32 behind_a_closed[] = {0xE9, 0xE8, 0xFA, 0};
    static const UChar32 closing[] = {'c', 'm', 'n', 'p', 't', 0};
    static const UChar32 behind_e[] = {0xE2, 0xE1, 0xE0, 0xE3, 0xF9, 0xF5, 0};
    static const UChar32 behind_o[] = {0xF9, 0xF5, 0xE2, 0};
    static const UChar32 behind_other[] = {0xF9, 0xF5, 0};

    mark = to_lower(mark);
    switch (to_lower(base)) {
    case 'a':
        return among(mark, behind_a) || (among(mark, behind_a_closed) && among(to_lower(after), closing));
    case 'e':
        return among(mark, behind_e);
    case 'o':
        return among(mark, behind_o);
    case 'u':
    case 'y':
    case 0xF4:
        return among(mark, behind_other);
    default:
        return false;
    }
}

/* "Y Ñuân", "H'Ñuôn", or a text with the breves of the highland alphabets. */
static bool highland(const UChar32 *s, size_t n, size_t i)
{
    static const UChar32 breves[] = {0x10D, 0x10C, 0x115, 0x114, 0x12D, 0x12C, 0x14F, 0x14E, 0x16D, 0x16C, 0};

    if (i >= 1 && (s[i - 1] == '\'' || s[i - 1] == 0x2019))
        return true;
    if (i >= 2 && s[i - 1] == ' ' && (s[i - 2] == 'Y' || s[i - 2] == 'H') && (i == 2 || s[i - 3] == ' '))
        return true;
    for (size_t k = 0; k < n; k++)
        if (among(s[k], breves))
            return true;
    return false;
}

/* Code points; broken bytes become U+FFFD. */
static size_t decode(const char *s, UChar32 out[SIGNS])
{
    size_t n = 0;
    int32_t i = 0;

    while (s[i] && n < SIGNS) {
        UChar32 c;

        U8_NEXT(s, i, -1, c);
        out[n++] = c < 0 ? 0xFFFD : c;
    }
    return n;
}

bool cv_text_legacy_charset(const char *s)
{
    UChar32 signs[SIGNS];
    size_t n = decode(s, signs);

    for (size_t i = 0; i < n; i++) {
        UChar32 c = signs[i], before = i > 0 ? signs[i - 1] : ' ', after = i + 1 < n ? signs[i + 1] : ' ';
        enum look how = c < 256 ? (enum look)looks[c] : FINE;

        if (how == NEVER || sign_in_word(how, before, after) || (how == ONSET && !highland(signs, n, i)) ||
            (c >= 0xC0 && c <= 0xDE && lower(before)) || vni_pair(before, c, after))
            return true;
    }
    return false;
}
