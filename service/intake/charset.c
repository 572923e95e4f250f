/* Vietnamese of the nineties: fonts with letters of their own (TCVN3, VNI), whose files read as Latin-1. */
#include <string.h>

#include "congvu/text.h"
#include "intake/internal.h"

const char *const int_encoding_words[] = {"utf-8", "utf-16le", "utf-16be", "windows-1258", "tcvn3", "vni", NULL};

/* ---- one letter out of UTF-8 ---- */
static uint32_t next_letter(const char **at)
{
    const unsigned char *p = (const unsigned char *)*at;
    int more = *p < 0x80 ? 0 : *p < 0xE0 ? 1 : *p < 0xF0 ? 2 : 3;
    uint32_t c = more == 0 ? *p : *p & (0x3Fu >> more);
    for (int i = 1; i <= more && (p[i] & 0xC0) == 0x80; i++)
        c = c << 6 | (p[i] & 0x3Fu);
    (*at)++;
    while (((unsigned char)**at & 0xC0) == 0x80)
        (*at)++;
    return c;
}

/* TCVN 5712:1993, third part, as the .VnTime fonts show it. */
static const char *const tcvn3[256] = {
    [0xA1] = "Ă", [0xA2] = "Â", [0xA3] = "Ê", [0xA4] = "Ô", [0xA5] = "Ơ", [0xA6] = "Ư", [0xA7] = "Đ", [0xA8] = "ă",
    [0xA9] = "â", [0xAA] = "ê", [0xAB] = "ô", [0xAC] = "ơ", [0xAD] = "ư", [0xAE] = "đ", [0xB5] = "à", [0xB6] = "ả",
    [0xB7] = "ã", [0xB8] = "á", [0xB9] = "ạ", [0xBB] = "ằ", [0xBC] = "ẳ", [0xBD] = "ẵ", [0xBE] = "ắ", [0xC6] = "ặ",
    [0xC7] = "ầ", [0xC8] = "ẩ", [0xC9] = "ẫ", [0xCA] = "ấ", [0xCB] = "ậ", [0xCC] = "è", [0xCE] = "ẻ", [0xCF] = "ẽ",
    [0xD0] = "é", [0xD1] = "ẹ", [0xD2] = "ề", [0xD3] = "ể", [0xD4] = "ễ", [0xD5] = "ế", [0xD6] = "ệ", [0xD7] = "ì",
    [0xD8] = "ỉ", [0xDC] = "ĩ", [0xDD] = "í", [0xDE] = "ị", [0xDF] = "ò", [0xE1] = "ỏ", [0xE2] = "õ", [0xE3] = "ó",
    [0xE4] = "ọ", [0xE5] = "ồ", [0xE6] = "ổ", [0xE7] = "ỗ", [0xE8] = "ố", [0xE9] = "ộ", [0xEA] = "ờ", [0xEB] = "ở",
    [0xEC] = "ỡ", [0xED] = "ớ", [0xEE] = "ợ", [0xEF] = "ù", [0xF1] = "ủ", [0xF2] = "ũ", [0xF3] = "ú", [0xF4] = "ụ",
    [0xF5] = "ừ", [0xF6] = "ử", [0xF7] = "ữ", [0xF8] = "ứ", [0xF9] = "ự", [0xFA] = "ỳ", [0xFB] = "ỷ", [0xFC] = "ỹ",
    [0xFD] = "ý", [0xFE] = "ỵ"};

/* Capitals of TCVN3 lie in a font of their own (.VnTimeH): the file has small letters. Where the letters around are
 * capitals, these were too. */
static bool capitals_only(const char *s)
{
    size_t capitals = 0;
    for (; *s; s++) {
        if (*s >= 'a' && *s <= 'z')
            return false;
        capitals += *s >= 'A' && *s <= 'Z';
    }
    return capitals > 1; /* one begins any name: "Vò" */
}

const char *int_from_tcvn3(struct cv_arena *arena, const char *utf8)
{
    size_t len = strlen(utf8);
    char *out = cv_arena_alloc(arena, len * 2 + 4), *to = out;
    for (const char *at = utf8; *at;) {
        const char *from = at;
        uint32_t c = next_letter(&at);
        const char *letter = c < 256 ? tcvn3[c] : NULL;
        size_t size = letter ? strlen(letter) : (size_t)(at - from);
        memcpy(to, letter ? letter : from, size);
        to += size;
    }
    *to = '\0';
    return capitals_only(utf8) ? cv_text_upper(arena, out) : out;
}

/* ---- VNI: a base letter, then a letter that stands for its marks ---- */
enum mark_kind { TONE, ROOF, BREVE };
static const struct {
    uint32_t sign;
    enum mark_kind kind;
    const char *combining;
} vni_marks[] = {{0xF9, TONE, "\u0301"},        {0xF8, TONE, "\u0300"},        {0xFB, TONE, "\u0309"},
                 {0xF5, TONE, "\u0303"},        {0xEF, TONE, "\u0323"},        {0xE2, ROOF, "\u0302"},
                 {0xE1, ROOF, "\u0302\u0301"},  {0xE0, ROOF, "\u0302\u0300"},  {0xE5, ROOF, "\u0302\u0309"},
                 {0xE3, ROOF, "\u0302\u0303"},  {0xE4, ROOF, "\u0302\u0323"},  {0xEA, BREVE, "\u0306"},
                 {0xE9, BREVE, "\u0306\u0301"}, {0xE8, BREVE, "\u0306\u0300"}, {0xFA, BREVE, "\u0306\u0309"},
                 {0xFC, BREVE, "\u0306\u0303"}, {0xEB, BREVE, "\u0306\u0323"}};

/* Letters that stand for themselves. */
static const struct {
    uint32_t sign;
    const char *small, *capital;
} vni_letters[] = {{0xF1, "đ", "Đ"}, {0xF4, "ơ", "Ơ"}, {0xF6, "ư", "Ư"}, {0xED, "í", "Í"}, {0xEC, "ì", "Ì"},
                   {0xE6, "ỉ", "Ỉ"}, {0xF3, "ĩ", "Ĩ"}, {0xF2, "ị", "Ị"}, {0xEE, "ỵ", "Ỵ"}};

static uint32_t small_of(uint32_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ? c + 0x20 : c;
}

static bool bears(uint32_t base, enum mark_kind kind)
{
    bool open = base == 'a' || base == 'e' || base == 'o';
    if (kind == BREVE)
        return base == 'a';
    return open || (kind == TONE && (base == 'u' || base == 'y' || base == 0xF4 || base == 0xF6));
}

static const char *vni_mark(uint32_t before, uint32_t c)
{
    for (size_t i = 0; i < CV_COUNT(vni_marks); i++)
        if (vni_marks[i].sign == small_of(c) && bears(small_of(before), vni_marks[i].kind))
            return vni_marks[i].combining;
    return NULL;
}

static const char *vni_letter(uint32_t c)
{
    for (size_t i = 0; i < CV_COUNT(vni_letters); i++)
        if (vni_letters[i].sign == small_of(c))
            return c == small_of(c) ? vni_letters[i].small : vni_letters[i].capital;
    return NULL;
}

const char *int_from_vni(struct cv_arena *arena, const char *utf8)
{
    size_t len = strlen(utf8);
    char *out = cv_arena_alloc(arena, len * 3 + 4), *to = out;
    uint32_t before = ' ';
    for (const char *at = utf8; *at;) {
        const char *from = at;
        uint32_t c = next_letter(&at);
        const char *put = c < 0x80 ? NULL : vni_mark(before, c);
        before = put ? ' ' : c;
        put = put || c < 0x80 ? put : vni_letter(c);
        size_t size = put ? strlen(put) : (size_t)(at - from);
        memcpy(to, put ? put : from, size);
        to += size;
    }
    *to = '\0';
    return cv_text_nfc(arena, out);
}

bool int_latin_only(const char *utf8)
{
    bool some = false;
    while (*utf8) {
        uint32_t c = next_letter(&utf8);
        if (c >= 0x100)
            return false;
        some = some || c >= 0x80;
    }
    return some;
}

/* ---- is it a Vietnamese syllable? ---- */
static const char *const onsets[] = {"",  "b",  "c",   "ch", "d", "đ",  "g", "gh", "gi", "h", "k",  "kh", "l", "m",
                                     "n", "ng", "ngh", "nh", "p", "ph", "q", "r",  "s",  "t", "th", "tr", "v", "x"};
static const char *const codas[] = {"", "c", "ch", "m", "n", "ng", "nh", "p", "t"};
static const char *const nuclei[] = {
    "a",   "ă",   "â",   "e",   "ê",   "i",   "o",   "ô",  "ơ",   "u",   "ư",   "y",   "ai",  "ao",  "au",  "ay",
    "âu",  "ây",  "eo",  "êu",  "ia",  "iê",  "iu",  "oa", "oă",  "oe",  "oi",  "ôi",  "ơi",  "ua",  "uâ",  "uê",
    "ui",  "uô",  "uơ",  "uy",  "ưa",  "ưi",  "ươ",  "ưu", "yê",  "oai", "oay", "oao", "oeo", "uây", "uôi", "uya",
    "uyê", "uyu", "uêu", "iêu", "yêu", "ươi", "ươu", "uă", "uai", "uao", "uay", "ue",  "ueo", "uơi", "iai", "iao",
    "iau", "iay", "iây", "iâ",  "iă",  "io",  "ioi", "iô", "iơ",  "iơi", "iư",  "iưa", "iươ"};
/* A vowel in its six tones; the first has none. */
static const char vowels[] = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵ";
enum { TONES = 6, SAC = 4, NANG = 5, SYLLABLE = 32 };

struct syllable {
    char onset[SYLLABLE], nucleus[SYLLABLE], coda[SYLLABLE];
    int tone, tones;
    bool strange; /* a letter that no syllable has */
};

static void add(char *part, const char *from, size_t len)
{
    size_t have = strlen(part);
    if (have + len < SYLLABLE) {
        memcpy(part + have, from, len);
        part[have + len] = '\0';
    }
}

/* The vowel without its tone; 0 = no vowel. */
static size_t toneless(uint32_t c, const char **out, int *tone)
{
    const char *plain = vowels;
    size_t plain_len = 1;
    int i = 0;
    for (const char *at = vowels; *at; i++) {
        const char *from = at;
        uint32_t v = next_letter(&at);
        if (i % TONES == 0) {
            plain = from;
            plain_len = (size_t)(at - from);
        }
        if (v == c) {
            *out = plain;
            *tone = i % TONES;
            return plain_len;
        }
    }
    return 0;
}

static bool among(const char *part, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(part, list[i]) == 0)
            return true;
    return false;
}

static bool syllable_ok(const struct syllable *s)
{
    bool stopped = strcmp(s->coda, "c") == 0 || strcmp(s->coda, "ch") == 0 || strcmp(s->coda, "p") == 0 ||
                   strcmp(s->coda, "t") == 0;
    return !s->strange && s->tones <= 1 && among(s->onset, onsets, CV_COUNT(onsets)) &&
           among(s->nucleus, nuclei, CV_COUNT(nuclei)) && among(s->coda, codas, CV_COUNT(codas)) &&
           (!stopped || s->tone == SAC || s->tone == NANG);
}

static void take_letter(struct syllable *s, uint32_t c, const char *from, size_t len)
{
    const char *plain = from;
    int tone = 0;
    size_t size = toneless(c, &plain, &tone);
    if (size > 0 && *s->coda == '\0') {
        add(s->nucleus, plain, size);
        s->tones += tone > 0;
        s->tone = tone > 0 ? tone : s->tone;
    } else if (size > 0 || !((c >= 'a' && c <= 'z') || c == 0x111)) {
        s->strange = true;
    } else {
        add(*s->nucleus ? s->coda : s->onset, from, len);
    }
}

static bool word_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || c >= 0x80;
}

void int_score_text(const char *utf8, struct cv_arena *scratch, struct int_score *score)
{
    const char *nfc = cv_text_nfc(scratch, utf8);
    const char *at = cv_text_lower(scratch, nfc ? nfc : "");
    while (*at) {
        struct syllable s = {0};
        bool marked = false, any = false;
        while (*at) {
            const char *from = at;
            uint32_t c = next_letter(&at);
            if (!word_letter(c))
                break;
            any = true;
            marked = marked || c >= 0x80;
            take_letter(&s, c, from, (size_t)(at - from));
        }
        if (any && marked)
            *(syllable_ok(&s) ? &score->good : &score->bad) += 1;
    }
}
