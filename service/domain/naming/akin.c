/* Two names that may be of the same one: a word in both that says who or which. */
#include <string.h>

#include "congvu/akin.h"
#include "congvu/person_name.h"
#include "congvu/text.h"

/* Folded words that say nothing. */
static const char *const of_people[] = {"van", "thi", NULL};
static const char *const of_units[] = {"phong", "ban", "so",   "xa",    "phuong", "huyen",  "tinh", "thi",
                                       "tran",  "dac", "khu",  "trung", "tam",    "uy",     "nhan", "dan",
                                       "ubnd",  "hoi", "dong", "van",   "va",     "truong", NULL};

static bool among(const char *word, const char *const *list)
{
    while (*list != NULL && strcmp(word, *list) != 0)
        list++;
    return *list != NULL;
}

static const char *word_at(struct cv_arena *arena, const char *folded)
{
    return cv_arena_strndup(arena, folded, strcspn(folded, " "));
}

static const char *behind(const char *folded)
{
    folded += strcspn(folded, " ");
    return folded + strspn(folded, " ");
}

static bool has_word(struct cv_arena *arena, const char *folded, const char *word)
{
    for (; *folded != '\0'; folded = behind(folded))
        if (dom_names_alike(word_at(arena, folded), word))
            return true;
    return false;
}

static bool share_word(struct cv_arena *arena, const char *a, const char *b, const char *const *empty)
{
    for (; *a != '\0'; a = behind(a)) {
        const char *word = word_at(arena, a);
        if (!among(word, empty) && has_word(arena, b, word))
            return true;
    }
    return false;
}

/* "k bay" and "kbay" are the same. */
static bool same_letters(const char *a, const char *b)
{
    for (;;) {
        a += strspn(a, " ");
        b += strspn(b, " ");
        if (*a != *b || *a == '\0')
            return *a == *b;
        a++, b++;
    }
}

bool dom_names_akin(struct cv_arena *arena, const char *a, const char *b)
{
    const char *p = cv_text_fold(arena, a), *q = cv_text_fold(arena, b);
    if (dom_names_alike(p, q) || same_letters(p, q))
        return true;
    bool family = dom_names_alike(word_at(arena, p), word_at(arena, q));
    return share_word(arena, family ? behind(p) : p, q, of_people);
}

static bool tells(struct cv_arena *arena, const char *folded)
{
    for (; *folded != '\0'; folded = behind(folded))
        if (!among(word_at(arena, folded), of_units))
            return true;
    return false;
}

bool dom_unit_names_akin(struct cv_arena *arena, const char *a, const char *b)
{
    static const char *const none[] = {NULL};
    const char *p = cv_text_fold(arena, a), *q = cv_text_fold(arena, b);
    bool telling = tells(arena, p) && tells(arena, q);
    return same_letters(p, q) || share_word(arena, p, q, telling ? of_units : none);
}
