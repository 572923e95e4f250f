/* Vietnamese text: normal form, folding, sort keys, words, by ICU. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ucol.h>
#include <unicode/uloc.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>
#include <unicode/uversion.h>

#include "base/inner.h"
#include "congvu/text.h"

/* Texts of people are short: up to here no arena memory goes into intermediate forms. */
enum { QUICK = 256 };

static UCollator *pattern; /* each thread clones it at its first sort key */
static pthread_key_t collator_key;
static char version_text[96];

static void close_collator(void *collator)
{
    ucol_close(collator);
}

static void describe_version(void)
{
    UVersionInfo icu, collation;
    char a[U_MAX_VERSION_STRING_LENGTH], b[U_MAX_VERSION_STRING_LENGTH];

    u_getVersion(icu);
    ucol_getVersion(pattern, collation);
    u_versionToString(icu, a);
    u_versionToString(collation, b);
    snprintf(version_text, sizeof(version_text), "icu-%s/vi-%s", a, b);
}

bool cv_text_init(struct cv_error *err)
{
    UErrorCode status = U_ZERO_ERROR;

    if (pattern)
        return true;
    UCollator *fresh = ucol_open("vi", &status);
    const char *actual = U_SUCCESS(status) ? ucol_getLocaleByType(fresh, ULOC_ACTUAL_LOCALE, &status) : "";

    if (U_FAILURE(status) || !actual || strncmp(actual, "vi", 2) != 0 ||
        pthread_key_create(&collator_key, close_collator)) {
        cv_fail_as(err, CV_INTERNAL, NULL, "Thư viện ICU thiếu quy tắc sắp xếp tiếng Việt",
                   "The ICU library lacks the Vietnamese collation data");
        err->lib_code = status;
        if (U_SUCCESS(status) || fresh)
            ucol_close(fresh);
        return false;
    }
    pattern = fresh;
    describe_version();
    return true;
}

void cv_text_close(void)
{
    if (!pattern)
        return;
    void *own = pthread_getspecific(collator_key);

    if (own)
        ucol_close(own);
    pthread_key_delete(collator_key);
    ucol_close(pattern);
    pattern = NULL;
}

bool cv_text_valid(const char *s, size_t len)
{
    const uint8_t *p = (const uint8_t *)s;
    size_t i = 0;

    while (i < len) {
        if (p[i] - 1u < 0x7F) {
            i++;
            continue;
        }
        size_t part = len - i < 4 ? len - i : 4;
        int32_t at = 0;
        UChar32 c;

        U8_NEXT(p + i, at, (int32_t)part, c);
        if (c <= 0)
            return false;
        i += (size_t)at;
    }
    return true;
}

size_t cv_text_length(const char *s)
{
    size_t n = 0;

    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

bool cv_text_same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool is_ascii(const char *s, size_t len)
{
    unsigned char all = 0;

    for (size_t i = 0; i < len; i++)
        all |= (unsigned char)s[i];
    return all < 0x80;
}

/* UTF-16 working text: on the stack when short, else in the arena. */
struct wide {
    UChar quick[QUICK];
    UChar *s;
    int32_t len, cap;
};

static void wide_room(struct wide *w, struct cv_arena *arena, size_t units)
{
    w->len = 0;
    if (units > INT32_MAX / 8)
        cv_die("a text of impossible length");
    w->cap = units <= QUICK ? QUICK : (int32_t)units;
    w->s = units <= QUICK ? w->quick : CV_NEWS(arena, UChar, units);
}

/* Broken bytes become U+FFFD. */
static void wide_from(struct wide *w, struct cv_arena *arena, const char *s, size_t len)
{
    UErrorCode status = U_ZERO_ERROR;

    wide_room(w, arena, len + 1);
    u_strFromUTF8WithSub(w->s, w->cap, &w->len, s, (int32_t)len, 0xFFFD, NULL, &status);
    if (U_FAILURE(status))
        cv_die("UTF-8 to UTF-16");
}

/* `how` of `from` into `to`; three units in NFD or NFC per unit suffice for NFC, eighteen are the worst for NFD. */
static void normalise(struct wide *to, struct cv_arena *arena, const struct wide *from, const UNormalizer2 *how)
{
    size_t room = (size_t)from->len * 4 + 8;

    for (;;) {
        UErrorCode status = U_ZERO_ERROR;

        wide_room(to, arena, room);
        to->len = unorm2_normalize(how, from->s, from->len, to->s, to->cap, &status);
        if (status == U_BUFFER_OVERFLOW_ERROR) {
            room = (size_t)to->len + 1;
            continue;
        }
        if (U_FAILURE(status))
            cv_die("normalisation");
        return;
    }
}

static char *narrow(struct cv_arena *arena, const UChar *s, int32_t len)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t size = 0;
    char *out = cv_arena_alloc(arena, (size_t)len * 3 + 1);

    u_strToUTF8WithSub(out, len * 3 + 1, &size, s, len, 0xFFFD, NULL, &status);
    if (U_FAILURE(status))
        cv_die("UTF-16 to UTF-8");
    return out;
}

static bool zero_width(UChar32 c)
{
    return (c >= 0x200B && c <= 0x200D) || c == 0xFEFF;
}

uint32_t cv_text_hidden_sign(const char *s)
{
    UChar32 hidden = 0;
    bool inside = false; /* a word */

    for (int32_t i = 0; s[i];) {
        UChar32 c;

        U8_NEXT(s, i, -1, c);
        if (c >= 0 && zero_width(c)) {
            hidden = inside ? c : 0;
            continue;
        }
        bool letter = c >= 0 && u_isalpha(c);
        if (hidden != 0 && letter)
            return (uint32_t)hidden;
        inside = letter || (c >= 0 && u_charType(c) == U_NON_SPACING_MARK);
        hidden = 0;
    }
    return 0;
}

/* Letters that look like Đ and are not: the eth of old fonts and keyboards, the African d. An eth inside a word is no
 * Đ.
 */
static UChar true_letter(const UChar *s, int32_t len, int32_t i)
{
    bool head = (i == 0 || !u_isalpha(s[i - 1])) && i + 1 < len && u_isalpha(s[i + 1]);

    switch (s[i]) {
    case 0x189:
        return 0x110;
    case 0x256:
        return 0x111;
    case 0xD0:
        return head ? 0x110 : 0xD0;
    case 0xF0:
        return head ? 0x111 : 0xF0;
    default:
        return s[i];
    }
}

/* Drops what has no width, makes each run of blanks one space and Đ of its look-alikes, in place; no outer blanks. */
static void tidy(struct wide *w)
{
    int32_t out = 0;
    bool blank = false;

    for (int32_t i = 0; i < w->len; i++) {
        UChar c = true_letter(w->s, w->len, i); /* all of these are in the first plane */

        if (zero_width(c))
            continue;
        if (u_isUWhiteSpace(c)) {
            blank = true;
            continue;
        }
        if (blank && out > 0)
            w->s[out++] = ' ';
        blank = false;
        w->s[out++] = c;
    }
    w->len = out;
}

static const UNormalizer2 *form(bool compose)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *n = compose ? unorm2_getNFCInstance(&status) : unorm2_getNFDInstance(&status);

    if (U_FAILURE(status))
        cv_die("ICU has no normalisation data");
    return n;
}

static bool ascii_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static char *tidy_ascii(struct cv_arena *arena, const char *s, size_t len)
{
    char *out = cv_arena_alloc(arena, len + 1), *p = out;
    bool blank = false;

    for (size_t i = 0; i < len; i++) {
        if (ascii_blank(s[i])) {
            blank = true;
            continue;
        }
        if (blank && p > out)
            *p++ = ' ';
        blank = false;
        *p++ = s[i];
    }
    *p = '\0';
    return out;
}

const char *cv_text_nfc(struct cv_arena *arena, const char *s)
{
    size_t len = strlen(s);
    struct wide in, out;

    if (is_ascii(s, len))
        return tidy_ascii(arena, s, len);
    if (!cv_text_valid(s, len))
        return NULL;
    UErrorCode status = U_ZERO_ERROR;

    wide_from(&in, arena, s, len);
    tidy(&in); /* first: a zero-width sign may stand between a letter and its mark */
    if (unorm2_quickCheck(form(true), in.s, in.len, &status) == UNORM_YES)
        return narrow(arena, in.s, in.len);
    normalise(&out, arena, &in, form(true));
    return narrow(arena, out.s, out.len);
}

static bool apostrophe(UChar32 c)
{
    return c == '\'' || c == '`' || c == 0xB4 || c == 0x2018 || c == 0x2019 || c == 0x02BC || c == 0x02BB;
}

static char *fold_ascii(struct cv_arena *arena, const char *s, size_t len)
{
    char *out = cv_arena_alloc(arena, len + 1), *p = out;
    bool blank = false;

    for (size_t i = 0; i < len; i++) {
        char c = cv_ascii_lower(s[i]);

        if (apostrophe((unsigned char)c))
            continue;
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
            blank = true;
            continue;
        }
        if (blank && p > out)
            *p++ = ' ';
        blank = false;
        *p++ = c;
    }
    *p = '\0';
    return out;
}

/* Keeps letters and digits of decomposed, case-folded text, in place. */
static void strip(struct wide *w)
{
    int32_t out = 0, i = 0;
    bool blank = false;

    while (i < w->len) {
        UChar32 c;

        U16_NEXT(w->s, i, w->len, c);
        int8_t kind = u_charType(c);

        if (kind == U_NON_SPACING_MARK || kind == U_FORMAT_CHAR || apostrophe(c))
            continue;
        if (!u_isalnum(c)) {
            blank = true;
            continue;
        }
        if (blank && out > 0)
            w->s[out++] = ' '; /* the blank's own place */
        blank = false;
        c = c == 0x111 || c == 0xF0 || c == 0x256 ? 'd' : c;
        U16_APPEND_UNSAFE(w->s, out, c);
    }
    w->len = out;
}

const char *cv_text_fold(struct cv_arena *arena, const char *s)
{
    size_t len = strlen(s);
    struct wide in, flat, parts;
    UErrorCode status = U_ZERO_ERROR;

    if (is_ascii(s, len))
        return fold_ascii(arena, s, len);
    wide_from(&in, arena, s, len);
    wide_room(&flat, arena, (size_t)in.len * 3 + 1);
    flat.len = u_strFoldCase(flat.s, flat.cap, in.s, in.len, U_FOLD_CASE_DEFAULT, &status);
    if (U_FAILURE(status))
        cv_die("case folding");
    normalise(&parts, arena, &flat, form(false));
    strip(&parts);
    return narrow(arena, parts.s, parts.len);
}

const char *cv_text_fold_apart(struct cv_arena *arena, const char *s)
{
    static const char *const signs[] = {"'", "\u2019", "\u2018", "\u02BC", "\u02BB", "`", "\u00B4"};
    char *out = cv_arena_strdup(arena, s);
    bool found = false;

    for (size_t i = 0; i < CV_COUNT(signs); i++) {
        for (char *at = strstr(out, signs[i]); at; at = strstr(at, signs[i])) {
            memset(at, ' ', strlen(signs[i]));
            found = true;
        }
    }
    return found ? cv_text_fold(arena, out) : NULL;
}

static UCollator *own_collator(void)
{
    if (!pattern)
        cv_die("cv_text_init() was not called");
    UCollator *own = pthread_getspecific(collator_key);
    UErrorCode status = U_ZERO_ERROR;

    if (own)
        return own;
    own = ucol_clone(pattern, &status);
    if (U_FAILURE(status) || pthread_setspecific(collator_key, own) != 0)
        cv_die("a collator for this thread");
    return own;
}

const uint8_t *cv_text_sort_key(struct cv_arena *arena, const char *s, size_t *out_len)
{
    UCollator *collator = own_collator();
    uint8_t quick[QUICK];
    struct wide w;

    wide_from(&w, arena, s, strlen(s));
    int32_t need = ucol_getSortKey(collator, w.s, w.len, quick, QUICK);
    uint8_t *key = cv_arena_alloc(arena, (size_t)need);

    if (need <= QUICK)
        memcpy(key, quick, (size_t)need);
    else
        ucol_getSortKey(collator, w.s, w.len, key, need);
    *out_len = (size_t)need;
    return key;
}

const char *cv_text_collation_version(void)
{
    return version_text;
}

char cv_ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

int cv_ascii_casecmp(const char *a, const char *b)
{
    while (*a && cv_ascii_lower(*a) == cv_ascii_lower(*b)) {
        a++;
        b++;
    }
    return (unsigned char)cv_ascii_lower(*a) - (unsigned char)cv_ascii_lower(*b);
}

bool cv_ascii_same(const char *a, const char *b)
{
    return a != NULL && b != NULL && cv_ascii_casecmp(a, b) == 0;
}

bool cv_ascii_is(const char *s, bool (*accept)(char))
{
    for (; *s; s++)
        if (!accept(*s))
            return false;
    return true;
}
