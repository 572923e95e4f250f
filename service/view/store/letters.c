/* What a person is looked for by: the words of his name, his logins and addresses, codes and phone, and the signs of
 * them that rule most people out without a look at them. */
#include <string.h>

#include "view/store/view.h"

/* ---- words of a text ---- letters and digits; capitals count as small */
struct span {
    const char *at, *end;
};

static bool in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* The next word of *rest, which moves behind it; false: none is left. */
static bool next_word(struct span *rest, struct span *word)
{
    while (rest->at < rest->end && !in_word(*rest->at))
        rest->at++;
    word->at = rest->at;
    while (rest->at < rest->end && in_word(*rest->at))
        rest->at++;
    word->end = rest->at;
    return word->at < word->end;
}

static struct span whole(const char *text)
{
    return (struct span){text, text + strlen(text)};
}

/* Of "annv@x" and "td-office/noivu_an" what is the person's own: "annv", "noivu_an". */
static struct span own_part(const char *name)
{
    const char *slash = strchr(name, '/');
    struct span part = whole(slash ? slash + 1 : name);
    const char *at = memchr(part.at, '@', (size_t)(part.end - part.at));
    part.end = at ? at : part.end;
    return part;
}

/* ---- the texts of a person ---- */
enum { PHONE_TEXT = 24 };
struct texts {
    const struct person *p;
    bool phones;
    size_t next;
    char phone[PHONE_TEXT];
};

/* 84912345678 is dialled as 0912345678 too. */
static struct span phone_text(struct texts *t, bool national)
{
    uint64_t number = person_mobile(t->p);
    char *end = t->phone + sizeof(t->phone), *at = end;
    if (national)
        number = number / 1000000000 == 84 ? number % 1000000000 : 0;
    for (uint64_t left = number; left > 0; left /= 10)
        *--at = (char)('0' + left % 10);
    while (national && number > 0 && end - at < 10)
        *--at = '0';
    return (struct span){at, end};
}

static struct span name_text(const struct person *p)
{
    const char *folded = person_text(p, p->folded);
    return whole(folded ? folded : "");
}

static struct span name_apart(const struct person *p)
{
    return p->apart ? whole(name_text(p).end + 1) : whole("");
}

/* All but the name. */
static bool next_text(struct texts *t, struct span *out)
{
    const struct person *p = t->p;
    size_t i = t->next++;
    const char *code = person_text(p, p->code);
    const char *held = i >= 3 && i < 3u + p->names + p->formers ? person_name_held(p, i - 3) : NULL;
    if (i == 0)
        *out = whole(code ? code : "");
    else if (i < 3)
        *out = t->phones ? phone_text(t, i == 2) : whole("");
    else if (i < 3u + p->names)
        *out = own_part(held ? held : "");
    else if (i < 3u + p->names + p->formers)
        *out = whole(held ? held : "");
    else
        return false;
    return true;
}

/* ---- signs ---- `all`: bits for the first letter, and for the first two and three, of each word; `finer`: for its
 * beginnings of two to five letters, two of each from three on: one alone meets that of a common word too often */
enum { LETTERS = 25, HASHED = 38, HEAD = 5 };
static const uint64_t listed = UINT64_C(1) << 63;
static const uint32_t GOLDEN = UINT32_C(0x9E3779B1);

/* f, j, w and z are rare and share one; digits have one. */
static unsigned first_bit(char c)
{
    static const uint8_t bits['z' - 'a' + 1] = {0,  1,  2,  3,  4,  22, 5,  6,  7,  22, 8,  9,  10,
                                                11, 12, 13, 14, 15, 16, 17, 18, 19, 22, 20, 21, 22};
    if (c >= 'a' && c <= 'z')
        return bits[c - 'a'];
    return c >= '0' && c <= '9' ? 23 : (unsigned char)c >= 0x80 ? 24 : 22;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Numbers, of which each has several, have fewer, so that they do not let words through. */
static uint64_t finer_bits(uint32_t hash, size_t n, bool number)
{
    if (number)
        return n == 3 || n == HEAD ? UINT64_C(1) << (hash >> 26) : 0;
    return (n > 1 ? UINT64_C(1) << (hash >> 26) : 0) | (n > 2 ? UINT64_C(1) << (hash >> 20 & 63) : 0);
}

struct view_sign view_word_sign(const char *word, size_t len)
{
    struct view_sign sign = {.all = listed | (len > 0 ? UINT64_C(1) << first_bit(cv_ascii_lower(word[0])) : 0)};
    uint32_t hash = 0; /* of its first n letters */
    for (size_t n = 1; n <= HEAD && n <= len; n++) {
        hash = (hash ^ (uint8_t)cv_ascii_lower(word[n - 1])) * GOLDEN;
        hash ^= hash >> 15;
        sign.all |= n == 2 || n == 3 ? UINT64_C(1) << (LETTERS + ((uint64_t)hash * HASHED >> 32)) : 0;
        sign.finer |= finer_bits(hash, n, is_digit(word[0]));
    }
    return sign;
}

static void sign_text(struct span text, uint64_t *all, uint64_t *finer)
{
    struct span word;
    while (next_word(&text, &word)) {
        struct view_sign sign = view_word_sign(word.at, (size_t)(word.end - word.at));
        *all |= sign.all;
        *finer |= sign.finer;
    }
}

void view_sign_person(struct view *v, uint32_t slot)
{
    struct texts texts = {.p = v->people[slot], .phones = true};
    struct view_finer_sign finer = {0};
    struct span text;
    uint64_t all = listed;
    sign_text(name_text(texts.p), &all, &finer.name);
    sign_text(name_apart(texts.p), &all, &finer.name);
    while (next_text(&texts, &text))
        sign_text(text, &all, &finer.rest);
    v->signs[slot] = all;
    v->finer_signs[slot] = finer;
}

/* ---- the match ---- */
static bool some_word_begins(struct span text, const char *with, size_t len)
{
    struct span word;
    while (next_word(&text, &word)) {
        size_t i = 0;
        while (i < len && word.at + i < word.end && cv_ascii_lower(word.at[i]) == with[i])
            i++;
        if (i == len)
            return true;
    }
    return false;
}

bool view_text_has(const char *folded, const char *with, size_t len)
{
    return some_word_begins(whole(folded), with, len);
}

bool view_name_has(const struct person *p, const char *with, size_t len)
{
    return some_word_begins(name_text(p), with, len) || some_word_begins(name_apart(p), with, len);
}

static bool words_in_order(struct span text, const char *const *words, const size_t *lens, size_t count)
{
    struct span word;
    size_t met = 0;
    while (met < count && next_word(&text, &word)) {
        size_t len = (size_t)(word.end - word.at), i = 0;
        while (len == lens[met] && i < len && cv_ascii_lower(word.at[i]) == words[met][i])
            i++;
        met += len == lens[met] && i == len;
    }
    return met == count;
}

bool view_name_is(const struct person *p, const char *const *words, const size_t *lens, size_t count)
{
    return words_in_order(name_text(p), words, lens, count) || words_in_order(name_apart(p), words, lens, count);
}

bool view_rest_has(const struct person *p, bool phones, const char *with, size_t len)
{
    struct texts texts = {.p = p, .phones = phones && is_digit(*with)};
    struct span text;
    while (next_text(&texts, &text))
        if (some_word_begins(text, with, len))
            return true;
    return false;
}
