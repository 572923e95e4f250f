/* What a person is looked for by: the words of his name, his logins and addresses, codes and phone, and one sign of all
 * of them that rules most people out without a look at them. */
#include <stdio.h>
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

/* ---- the texts of a person, one after the other ---- */
enum { PHONE_TEXT = 24 };
struct texts {
    const struct person *p;
    size_t next;
    char phone[PHONE_TEXT];
};

/* 84912345678 is dialled as 0912345678 too. */
static struct span phone_text(struct texts *t, bool national)
{
    uint64_t number = person_mobile(t->p);
    snprintf(t->phone, sizeof(t->phone), national ? "0%llu" : "%llu",
             (unsigned long long)(national ? number % 1000000000 : number));
    return number == 0 || (national && number / 1000000000 != 84) ? whole("") : whole(t->phone);
}

static bool next_text(struct texts *t, struct span *out)
{
    const struct person *p = t->p;
    size_t i = t->next++;
    const char *folded = person_text(p, p->folded), *code = person_text(p, p->code);
    if (i == 0)
        *out = whole(folded ? folded : "");
    else if (i == 1)
        *out = whole(folded && p->apart ? folded + strlen(folded) + 1 : "");
    else if (i == 2)
        *out = whole(code ? code : "");
    else if (i < 5)
        *out = phone_text(t, i == 4);
    else if (i < 5u + p->names)
        *out = own_part(person_name_held(p, i - 5) ? person_name_held(p, i - 5) : "");
    else if (i < 5u + p->names + p->formers)
        *out = whole(person_name_held(p, i - 5) ? person_name_held(p, i - 5) : "");
    else
        return false;
    return true;
}

static bool is_phone(size_t text)
{
    return text == 3 || text == 4;
}

/* ---- the sign ---- bits for the first letter, and for the first two and three, of each word */
enum { LETTERS = 25, HASHED = 38 };
static const uint64_t listed = UINT64_C(1) << 63;

/* f, j, w and z are rare and share one; digits have one. */
static unsigned first_bit(char c)
{
    static const char order[] = "abcdeghiklmnopqrstuvxy";
    const char *at = c ? strchr(order, c) : NULL;
    return at ? (unsigned)(at - order) : c >= '0' && c <= '9' ? 23 : (unsigned char)c >= 0x80 ? 24 : 22;
}

uint64_t view_word_sign(const char *word, size_t len)
{
    char head[3] = {0};
    for (size_t i = 0; i < 3 && i < len; i++)
        head[i] = cv_ascii_lower(word[i]);
    uint64_t sign = UINT64_C(1) << first_bit(head[0]);
    for (size_t n = 2; n <= 3 && n <= len; n++)
        sign |= UINT64_C(1) << (LETTERS + view_hash(head, n) % HASHED);
    return sign;
}

static uint64_t text_sign(struct span text)
{
    struct span word;
    uint64_t sign = listed;
    while (next_word(&text, &word))
        sign |= view_word_sign(word.at, (size_t)(word.end - word.at));
    return sign;
}

uint64_t view_text_sign(const char *folded)
{
    return text_sign(whole(folded));
}

uint64_t view_person_sign(const struct person *p)
{
    struct texts texts = {.p = p};
    struct span text;
    uint64_t sign = listed;
    while (next_text(&texts, &text))
        sign |= text_sign(text);
    return sign;
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

bool view_person_has(const struct person *p, bool phones, const char *with, size_t len)
{
    struct texts texts = {.p = p};
    struct span text;
    while (next_text(&texts, &text))
        if ((phones || !is_phone(texts.next - 1)) && some_word_begins(text, with, len))
            return true;
    return false;
}
