/* Codes of people and units (kept as given, compared without case) and mobile numbers. */
#include <string.h>

#include "congvu/staff.h"
#include "congvu/text.h"

/* A path segment that begins so is an id of ours, never a code. */
static const char *const id_prefixes[] = {"stf_", "unt_", "tok_", "rel_", "cvt_"};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool code_sign(char c)
{
    char l = cv_ascii_lower(c);
    return (l >= 'a' && l <= 'z') || is_digit(c) || c == '.' || c == '_' || c == '-';
}

static bool begins_like_id(const char *code)
{
    char head[5] = {0};
    for (size_t i = 0; i < 4 && code[i]; i++)
        head[i] = cv_ascii_lower(code[i]);
    for (size_t i = 0; i < CV_COUNT(id_prefixes); i++)
        if (strcmp(head, id_prefixes[i]) == 0)
            return true;
    return false;
}

bool dom_code_valid(const char *code)
{
    size_t len = strlen(code);
    if (len < 1 || len > DOM_CODE_MAX || begins_like_id(code))
        return false;
    /* "." and ".." would be eaten by every URL library on the way. */
    if (strcmp(code, ".") == 0 || strcmp(code, "..") == 0)
        return false;
    return cv_ascii_is(code, code_sign);
}

bool dom_citizen_id(const char *text)
{
    enum { DIGITS = 12, PROVINCES = 96 };
    size_t len = strlen(text);
    if ((len != DIGITS && len != DIGITS - 1) || !cv_ascii_is(text, is_digit))
        return false;
    const char *rest = len == DIGITS ? text + 1 : text; /* behind the first digit, which is 0 */
    int province = (rest[0] - '0') * 10 + rest[1] - '0';
    return (len < DIGITS || text[0] == '0') && province >= 1 && province <= PROVINCES && rest[2] <= '3';
}

const char *dom_code_key(struct cv_arena *arena, const char *code)
{
    char *key = cv_arena_strdup(arena, code);
    for (char *p = key; *p; p++)
        *p = cv_ascii_lower(*p);
    return key;
}

static const char *without_zeros(const char *digits)
{
    while (*digits == '0')
        digits++;
    return digits;
}

bool dom_code_clash(const char *a, const char *b)
{
    if (!*a || !*b || !cv_ascii_is(a, is_digit) || !cv_ascii_is(b, is_digit))
        return false;
    return strcmp(a, b) != 0 && strcmp(without_zeros(a), without_zeros(b)) == 0;
}

bool dom_mobile_valid(const char *mobile)
{
    if (mobile[0] != '+' || mobile[1] < '1' || mobile[1] > '9')
        return false;
    size_t digits = strlen(mobile + 1);
    return digits >= 8 && digits <= 15 && cv_ascii_is(mobile + 1, is_digit);
}
