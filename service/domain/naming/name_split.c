/* Family, middle and given name out of a full name. */
#include <string.h>

#include "congvu/staff.h"
#include "congvu/text.h"

/* Family names of two words, folded. HR's own split always wins; this only spares the usual cases. */
static const char *const two_word_families[] = {
    "pi nang",   /* Pi Năng (Raglai) */
    "ka to",     /* Ka Tơ */
    "ka tor",    /* Ka Tơr */
    "patau axa", /* Patâu Axá */
    "ta in",     /* Tà In, also written Tain */
    "ta yen",    /* Tà Yên */
    "tou prong", /* Tou Prong (Churu) */
    "tou neh",   /* Tou Neh, also written Touneh */
    "ton that",  /* Tôn Thất */
    "ton nu",    /* Tôn Nữ */
};

/* Clans of the Ê Đê and M'Nông, folded: they stand behind the given name, which begins with Y or H'. */
static const char *const clans[] = {"nie",    "eban", "mlo",  "knul",  "ayun",  "kbuor", "ktla", "kdoh",
                                    "bkrong", "buon", "hmok", "hwing", "enuol", "hdok",  "bya",  "kbin",
                                    "adrong", "ksor", "rcam", "kpor",  "arul",  "kman",  "hlong"};

struct word {
    const char *at;
    size_t len;
};
enum { WORDS_MAX = 16 };

/* Whatever stands beyond WORDS_MAX stays part of the last word. */
static size_t words_of(const char *text, struct word words[WORDS_MAX])
{
    size_t n = 0;
    while (*text == ' ')
        text++;
    while (*text && n < WORDS_MAX) {
        size_t len = n == WORDS_MAX - 1 ? strlen(text) : strcspn(text, " ");
        words[n++] = (struct word){text, len};
        text += len;
        while (*text == ' ')
            text++;
    }
    return n;
}

/* How many of the first words are the family name; at least one word stays for the given name. */
static size_t family_words(struct cv_arena *arena, const struct word *words, size_t n)
{
    if (n < 3)
        return n - 1;
    const char *head =
        cv_text_fold(arena, cv_arena_strndup(arena, words[0].at, (size_t)(words[1].at + words[1].len - words[0].at)));
    for (size_t i = 0; head && i < CV_COUNT(two_word_families); i++)
        if (strcmp(head, two_word_families[i]) == 0)
            return 2;
    return 1;
}

static const char *span(struct cv_arena *arena, const struct word *words, size_t from, size_t to)
{
    if (from >= to)
        return "";
    return cv_arena_strndup(arena, words[from].at, (size_t)(words[to - 1].at + words[to - 1].len - words[from].at));
}

static const char *folded_word(struct cv_arena *arena, struct word word)
{
    return cv_text_fold(arena, cv_arena_strndup(arena, word.at, word.len));
}

static bool apostrophe(struct word word)
{
    return word.len > 2 && (word.at[1] == '\'' || strncmp(word.at + 1, "\u2019", 3) == 0);
}

/* Words of a given name that stands first: "Y Blô" Êban, "H'Hen" Niê, "H' Hen" Niê. 0 = the name is no such. */
static size_t given_first(struct cv_arena *arena, const struct word *words, size_t n)
{
    bool male = n > 2 && words[0].len == 1 && (*words[0].at == 'Y' || *words[0].at == 'y');
    bool female = n > 1 && (*words[0].at == 'H' || *words[0].at == 'h');
    const char *first = female ? folded_word(arena, words[0]) : "";
    bool joined = female && apostrophe(words[0]);
    size_t given = joined ? 1 : male || (n > 2 && strcmp(first, "h") == 0) ? 2 : 0;
    const char *clan = given ? folded_word(arena, words[given]) : "";
    clan = *clan && strchr(clan, ' ') ? cv_arena_strndup(arena, clan, strcspn(clan, " ")) : clan; /* Niê-Kdăm */
    for (size_t i = 0; given && i < CV_COUNT(clans); i++)
        if (strcmp(clan, clans[i]) == 0)
            return given;
    return 0;
}

void dom_split_name(struct cv_arena *arena, const char *full_name, const char **out_family, const char **out_middle,
                    const char **out_given)
{
    struct word words[WORDS_MAX];
    const char *clean = cv_text_nfc(arena, full_name);
    size_t n = clean ? words_of(clean, words) : 0;
    size_t family = n > 0 ? family_words(arena, words, n) : 0;
    *out_family = span(arena, words, 0, family);
    *out_middle = n > 0 ? span(arena, words, family, n - 1) : "";
    *out_given = n > 0 ? span(arena, words, n - 1, n) : "";
}

bool dom_split_given_first(struct cv_arena *arena, const char *full_name, const char **out_family,
                           const char **out_given)
{
    struct word word[WORDS_MAX];
    const char *clean = cv_text_nfc(arena, full_name);
    size_t n = clean ? words_of(clean, word) : 0;
    size_t first = n > 1 ? given_first(arena, word, n) : 0;
    *out_given = span(arena, word, 0, first);
    *out_family = span(arena, word, first, n);
    return first > 0;
}
