/* What stands in a list's name cell and is no name: list numbers, titles, forms of address, remarks. An address made of
 * it would be wrong for ever, so it is refused with the sign and the remedy. */
#include <string.h>

#include "congvu/person_name.h"
#include "congvu/text.h"

/* Degrees and ranks, folded: no syllable of a name is without a vowel, so these are never part of one. */
static const char *const degrees[] = {"ths", "ts", "pgs", "gs",  "bs", "bsck", "cn", "ks",  "kts", "ds",  "dr", "mr",
                                      "mrs", "ms", "dc",  "pct", "tp", "ptp",  "ct", "pgd", "gd",  "cvc", "nv"};

/* Forms of address, marks kept: "Ông" and "Cổ" are family names too. */
static const char *const addresses[] = {"ông", "bà", "anh", "chị", "cô", "chú", "thầy", "đồng chí"};

static const char *const families[] = {"nguyen", "tran",   "le",  "pham",   "hoang", "huynh", "phan",  "vu",
                                       "vo",     "dang",   "bui", "do",     "ho",    "ngo",   "duong", "ly",
                                       "dinh",   "truong", "mai", "dao",    "doan",  "lam",   "trinh", "cao",
                                       "luu",    "luong",  "ta",  "ha",     "to",    "chau",  "thai",  "quach",
                                       "tang",   "kieu",   "mac", "nghiem", "vuong", "ton",   "pi",    "chamalea"};

static bool among(const char *word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(word, list[i]) == 0)
            return true;
    return false;
}

static const char *word_at(struct cv_arena *arena, const char *s)
{
    return cv_arena_strndup(arena, s, strcspn(s, " ."));
}

static const char *skip_word(const char *s)
{
    s += strcspn(s, " .");
    return s + strspn(s, " .");
}

/* A degree or rank wherever it stands, with or without its full stop; "" when there is none, or nothing beside it. */
static const char *degree_of(struct cv_arena *arena, const char *name)
{
    bool alone = *skip_word(name) == '\0';
    for (const char *at = name; *at != '\0' && !alone; at = skip_word(at)) {
        const char *word = word_at(arena, at);
        if (among(cv_text_fold(arena, word), degrees, CV_COUNT(degrees)))
            return word;
    }
    return "";
}

/* "Bà Nguyễn Thị Lan": a form of address, then a usual family name, then more. */
static const char *address_of(struct cv_arena *arena, const char *name)
{
    const char *lower = cv_text_lower(arena, name);
    for (size_t i = 0; i < CV_COUNT(addresses); i++) {
        size_t len = strlen(addresses[i]);
        if (strncmp(lower, addresses[i], len) != 0 || lower[len] != ' ')
            continue;
        const char *family = word_at(arena, lower + len + 1), *rest = skip_word(lower + len + 1);
        if (*rest && among(cv_text_fold(arena, family), families, CV_COUNT(families)))
            return cv_arena_strndup(arena, name, len);
    }
    return "";
}

static void refuse_sign(struct cv_faults *faults, const char *pointer, enum cv_name_sign sign, const char *text)
{
    switch (sign) {
    case CV_SIGN_LIST_NUMBER:
        cv_fault_add(faults, CV_AT_POINTER, pointer, "bad_characters",
                     "Số thứ tự “%s” đứng trước họ tên; vui lòng bỏ số này",
                     "The list number “%s” stands before the name; please remove it", text);
        break;
    case CV_SIGN_DIGIT:
        cv_fault_add(
            faults, CV_AT_POINTER, pointer, "bad_characters",
            "Họ và tên có chữ số “%s”; vui lòng bỏ đi, người trùng tên không cần đánh số vì địa chỉ tự khác nhau",
            "The name has the digit “%s”; please remove it: people of one name need no number, their addresses "
            "differ by themselves",
            text);
        break;
    case CV_SIGN_STOP:
        cv_fault_add(faults, CV_AT_POINTER, pointer, "bad_characters",
                     "Họ và tên có dấu chấm “%s”; vui lòng viết đầy đủ, bỏ học vị và chữ viết tắt",
                     "The name has a full stop “%s”; please write it in full, without degrees and abbreviations", text);
        break;
    case CV_SIGN_FOREIGN:
        cv_fault_add(faults, CV_AT_POINTER, pointer, "bad_characters",
                     "Chữ “%s” trông giống nhưng không phải chữ Việt (gõ từ bảng chữ khác); vui lòng gõ lại chữ này",
                     "“%s” looks like one of our letters but is of another script; please type it again", text);
        break;
    default:
        cv_fault_add(faults, CV_AT_POINTER, pointer, "bad_characters",
                     "Họ và tên có ký hiệu “%s”; chức danh, hai người chung một ô, ghi chú để ở mục khác",
                     "The name has the sign “%s”; titles, a second person and remarks do not belong here", text);
    }
}

static void refuse_word(struct cv_faults *faults, const char *pointer, const char *word)
{
    cv_fault_add(faults, CV_AT_POINTER, pointer, "bad_characters",
                 "“%s” là học vị, chức danh hoặc từ xưng hô; vui lòng chỉ ghi họ và tên",
                 "“%s” is a degree, a rank or a form of address; please give the name alone", word);
}

static void refuse_address(struct cv_faults *faults, const char *pointer, const char *word)
{
    cv_fault_add(faults, CV_AT_POINTER, pointer, "bad_characters",
                 "“%s” có vẻ là từ xưng hô; vui lòng bỏ đi, hoặc nếu là họ thì ghi riêng họ, đệm và tên",
                 "“%s” seems to be a form of address; please remove it or, if it is the family name, give the parts of "
                 "the name",
                 word);
}

bool dom_person_name_ok(struct cv_arena *arena, const char *name, bool split_by_hand, struct cv_faults *faults,
                        const char *pointer)
{
    char text[CV_SIGN_TEXT];
    const char *word = degree_of(arena, name);
    if (*word)
        return refuse_word(faults, pointer, word), false;
    if (strstr(name, " -") != NULL || strstr(name, "- ") != NULL) /* K'Sor-Y, but not "An - Trưởng phòng" */
        return refuse_sign(faults, pointer, CV_SIGN_OTHER, "-"), false;
    enum cv_name_sign sign = cv_text_name_sign(name, text);
    if (sign != CV_SIGN_FINE)
        return refuse_sign(faults, pointer, sign, text), false;
    word = split_by_hand ? "" : address_of(arena, name);
    if (*word)
        return refuse_address(faults, pointer, word), false;
    if (*cv_text_fold(arena, name) != '\0')
        return true;
    cv_fault_add(faults, CV_AT_POINTER, pointer, "bad_characters", "Họ và tên không có chữ cái nào",
                 "full_name has no letters");
    return false;
}

bool dom_name_parts_fit(struct cv_arena *arena, const char *full_name, const char *family, const char *middle,
                        const char *given)
{
    static const unsigned char orders[][3] = {{0, 1, 2}, {2, 0, 1}, {2, 1, 0}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}};
    const char *parts[] = {family, middle, given};
    const char *whole = cv_text_fold(arena, full_name);
    for (size_t i = 0; i < CV_COUNT(orders); i++) {
        const char *joined =
            cv_arena_printf(arena, "%s %s %s", parts[orders[i][0]], parts[orders[i][1]], parts[orders[i][2]]);
        if (strcmp(cv_text_fold(arena, joined), whole) == 0)
            return true;
    }
    return false;
}

/* ---- alike ---- */

/* Behind a consonant and in "qu" one writes y or i: Lý and Lí, Quý and Quí. Mây and Mai are two names. */
bool dom_y_is_i(const char *text, const char *at)
{
    if (at == text || (*at != 'y' && *at != 'i'))
        return false;
    return at[-1] == 'u' ? at - text > 1 && at[-2] == 'q' : at[-1] != ' ' && strchr("aeiouy", at[-1]) == NULL;
}

bool dom_names_alike(const char *a, const char *b)
{
    const char *p = a, *q = b;
    while (*p != '\0' && (*p == *q || (dom_y_is_i(a, p) && dom_y_is_i(b, q))))
        p++, q++;
    return *p == *q;
}

const char *dom_name_key(struct cv_arena *arena, const char *full_name)
{
    const char *folded = cv_text_fold(arena, full_name);
    char *key = cv_arena_strdup(arena, folded);
    for (char *c = key; *c != '\0'; c++)
        if (dom_y_is_i(folded, folded + (c - key)))
            *c = 'i';
    return key;
}
