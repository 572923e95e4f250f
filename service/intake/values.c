/* Cells as values of the field: days, phones, addresses, words. */
#include <stdlib.h>
#include <string.h>

#include "congvu/clock.h"
#include "congvu/departure.h"
#include "congvu/record.h"
#include "congvu/text.h"
#include "congvu/unit.h"
#include "intake/rows.h"

enum { COUNT_DIGITS = 12 };

/* ---- days ---- */
/* Where the time of day begins, as programs add it: " 00:00:00", "T00:00". */
static size_t day_part(const char *text)
{
    const char *colon = strchr(text, ':');
    if (colon == NULL)
        return strlen(text);
    while (colon > text && colon[-1] >= '0' && colon[-1] <= '9')
        colon--;
    return colon > text && (colon[-1] == ' ' || colon[-1] == 'T') ? (size_t)(colon - 1 - text) : strlen(text);
}

/* The numbers of "05/11/2026", "5.11.2026", "ngày 05 tháng 11 năm 2026". */
static size_t numbers_of(const char *text, int out[4], size_t digits[4])
{
    size_t n = 0;
    const char *end = text + day_part(text);
    while (text < end && n < 4) {
        size_t len = strspn(text, "0123456789");
        if (len > 0 && len <= 8) {
            out[n] = (int)strtol(text, NULL, 10);
            digits[n++] = len;
        } else if (len > 8) {
            return 0;
        }
        text += len > 0 ? len : 1;
    }
    return n;
}

static bool join_day(int year, int month, int day, char out[CV_DAY_TEXT])
{
    static const int lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    char iso[40];
    cv_day parsed;
    if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1 || day > lengths[month - 1])
        return false;
    snprintf(iso, sizeof iso, "%04d-%02d-%02d", year, month, day);
    if (!cv_day_parse(iso, &parsed))
        return false;
    cv_day_iso(parsed, out);
    return true;
}

/* 29530 = 05/11/1980: days since 1899-12-30, as a spreadsheet counts them; a year has four digits. */
static bool serial_day(const char *text, char out[CV_DAY_TEXT])
{
    enum { EPOCH = -25569, DIGITS = 5, FIRST = 10000, LAST = 80000 };
    int serial = (int)strtol(text, NULL, 10);
    if (strlen(text) != DIGITS || strspn(text, "0123456789") != DIGITS || serial < FIRST || serial > LAST)
        return false;
    cv_day_iso((cv_day)(EPOCH + serial), out);
    return true;
}

enum value_found int_read_day(const char *text, char out[CV_DAY_TEXT])
{
    int n[4];
    size_t digits[4], count = numbers_of(text, n, digits);
    if (serial_day(text, out))
        return VALUE_MENDED;
    if (count == 3 && digits[0] == 4)
        return join_day(n[0], n[1], n[2], out) ? VALUE_FINE : VALUE_BAD;
    if (count == 3 && digits[2] == 4)
        return join_day(n[2], n[1], n[0], out) ? VALUE_FINE : VALUE_BAD;
    return count == 3 && digits[2] == 2 ? VALUE_AMBIGUOUS : VALUE_BAD; /* which century? */
}

enum value_found int_read_year(const char *text, int *out)
{
    char day[CV_DAY_TEXT];
    int n[4];
    size_t digits[4], count = numbers_of(text, n, digits);
    if (count == 1 && digits[0] == 4 && n[0] >= 1900 && n[0] <= 2100) {
        *out = n[0];
        return VALUE_FINE;
    }
    if (count == 2 && digits[1] == 4 && n[0] >= 1 && n[0] <= 12 && n[1] >= 1900 && n[1] <= 2100) {
        *out = n[1];
        return VALUE_FINE;
    }
    if (count == 1 && digits[0] == 5 && (n[0] / 1000 == 19 || n[0] / 1000 == 20))
        return VALUE_BAD; /* 19990: sooner a year with a digit too many than a day of the fifties */
    enum value_found found = int_read_day(text, day);
    if (found == VALUE_FINE || found == VALUE_MENDED)
        *out = (int)strtol(day, NULL, 10);
    return found;
}

/* ---- phones ---- */
enum value_found int_read_mobile(const char *text, char out[INT_MOBILE_TEXT])
{
    char digits[32];
    size_t n = 0;
    const char *dot = strstr(text, ".0");
    size_t end = dot && dot[2] == '\0' ? (size_t)(dot - text) : strlen(text);
    for (size_t i = 0; i < end; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (!digit && !strchr(" .-()+'", text[i]))                       /* the apostrophe that keeps a number text */
            return strchr("/;,", text[i]) ? VALUE_AMBIGUOUS : VALUE_BAD; /* two numbers, or no number */
        if (digit && n + 1 >= sizeof digits)
            return VALUE_AMBIGUOUS;
        if (digit)
            digits[n++] = text[i];
    }
    digits[n] = '\0';
    if (n == 10 && digits[0] == '0')
        snprintf(out, INT_MOBILE_TEXT, "+84%.9s", digits + 1);
    else if ((n == 11 && strncmp(digits, "84", 2) == 0) || (n == 9 && digits[0] != '0'))
        snprintf(out, INT_MOBILE_TEXT, "+84%.9s", digits + (n == 11 ? 2 : 0));
    else
        return VALUE_BAD;
    return n == 9 ? VALUE_MENDED : VALUE_FINE;
}

/* ---- addresses ---- */
/* "@tinh.go", "@tinh.gov", "@gov.vn": the end, or the office's own part, was cut off. */
static bool cut_off(const char *domain)
{
    static const char *const ends[] = {"g", "go", "gov", "v"};
    const char *last = strrchr(domain, '.');
    for (size_t i = 0; last != NULL && i < CV_COUNT(ends); i++)
        if (strcmp(last + 1, ends[i]) == 0)
            return true;
    return strcmp(domain, "gov.vn") == 0;
}

enum value_found int_read_address(struct cv_arena *arena, const char *text, const char **out)
{
    const char *lower = cv_text_lower(arena, text), *at = strchr(lower, '@');
    bool sound = at != NULL && at != lower && !strpbrk(lower, " ,;/") && strchr(at, '.') && !strchr(at + 1, '@') &&
                 !strstr(lower, "..") && lower[strlen(lower) - 1] != '.' && !cut_off(at + 1);
    *out = lower;
    return sound ? VALUE_FINE : VALUE_AMBIGUOUS;
}

/* ---- counts ---- "1.200", "1 200", "41" */
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits, perhaps in groups of three behind the first; what follows is left in *end. */
static size_t grouped(const char *text, bool groups, char digits[COUNT_DIGITS], const char **end)
{
    size_t n = 0;
    while (is_digit(*text) && n + 1 < COUNT_DIGITS) {
        digits[n++] = *text++;
        bool group = groups && strchr(". ", *text) && *text != '\0' && strspn(text + 1, "0123456789") == 3;
        text += group;
    }
    digits[n] = '\0';
    *end = text;
    return n;
}

/* "150.00000000000003", "41.0": what a spreadsheet makes of a sum, or of a whole number. */
static bool is_noise(const char *fraction, int *carry)
{
    enum { SHORTEST = 8 };
    size_t len = strlen(fraction);
    *carry = len >= SHORTEST && strspn(fraction, "9") >= SHORTEST;
    return len > 0 && strspn(fraction, "0123456789") == len &&
           (strspn(fraction, "0") == len || (len >= SHORTEST && strspn(fraction, "0") >= SHORTEST) || *carry);
}

enum value_found int_read_count(const char *text, bool groups, int *out)
{
    enum { MOST = 6 };
    char digits[COUNT_DIGITS];
    const char *rest;
    int carry = 0;
    size_t n = grouped(text, groups, digits, &rest);
    bool noise = *rest != '\0' && strchr(".,", *rest) && is_noise(rest + 1, &carry);
    *out = (int)strtol(digits, NULL, 10) + carry;
    if (n == 0 || n > MOST || (*rest != '\0' && !noise))
        return VALUE_BAD;
    return noise ? VALUE_MENDED : VALUE_FINE;
}

/* ---- words ---- */
struct word {
    const char *folded;
    int value;
};

static const struct word categories[] = {
    {"can bo", DOM_CAN_BO},
    {"cb", DOM_CAN_BO},
    {"cong chuc", DOM_CONG_CHUC},
    {"cc", DOM_CONG_CHUC},
    {"cong chuc cap xa", DOM_CONG_CHUC},
    {"can bo cap xa", DOM_CAN_BO},
    {"vien chuc", DOM_VIEN_CHUC},
    {"vc", DOM_VIEN_CHUC},
    {"hop dong", DOM_NLD_HOP_DONG},
    {"hop dong lao dong", DOM_NLD_HOP_DONG},
    {"lao dong hop dong", DOM_NLD_HOP_DONG},
    {"nguoi lao dong", DOM_NLD_HOP_DONG},
    {"nld", DOM_NLD_HOP_DONG},
    {"hd", DOM_NLD_HOP_DONG},
    {"hdld", DOM_NLD_HOP_DONG},
    {"hd 111", DOM_NLD_HOP_DONG},
    {"hd 68", DOM_NLD_HOP_DONG},
    {"hop dong 111", DOM_NLD_HOP_DONG},
    {"hop dong 68", DOM_NLD_HOP_DONG},
    {"hd nd 111", DOM_NLD_HOP_DONG},
    {"hop dong theo nd 111", DOM_NLD_HOP_DONG},
    {"hop dong nd 111", DOM_NLD_HOP_DONG},
    {"luc luong vu trang", DOM_LUC_LUONG_VU_TRANG},
    {"khong chuyen trach", DOM_KHONG_CHUYEN_TRACH},
    {"nguoi hoat dong khong chuyen trach", DOM_KHONG_CHUYEN_TRACH},
};

static const struct word reasons[] = {
    {"nghi huu", DOM_NGHI_HUU},
    {"huu tri", DOM_NGHI_HUU},
    {"huu", DOM_NGHI_HUU},
    {"nghi huu truoc tuoi", DOM_NGHI_HUU},
    {"thoi viec", DOM_THOI_VIEC},
    {"nghi viec", DOM_THOI_VIEC},
    {"chuyen cong tac", DOM_CHUYEN_CONG_TAC},
    {"thuyen chuyen", DOM_CHUYEN_CONG_TAC},
    {"tu tran", DOM_TU_TRAN},
    {"chet", DOM_TU_TRAN},
    {"buoc thoi viec", DOM_BUOC_THOI_VIEC},
    {"het hop dong", DOM_HET_HOP_DONG},
    {"cham dut hop dong", DOM_HET_HOP_DONG},
    {"het nhiem ky", DOM_HET_NHIEM_KY},
    {"tinh gian bien che", DOM_TINH_GIAN_BIEN_CHE},
    {"tinh gian", DOM_TINH_GIAN_BIEN_CHE},
    {"giai the", DOM_GIAI_THE},
};

/* The last lines are the console's own words, in both languages. */
static const struct word unit_kinds[] = {
    {"phong", DOM_PHONG},
    {"so nganh", DOM_SO_NGANH},
    {"so", DOM_SO_NGANH},
    {"ubnd xa", DOM_UBND_XA},
    {"xa", DOM_UBND_XA},
    {"phuong", DOM_UBND_XA},
    {"dac khu", DOM_UBND_XA},
    {"dang", DOM_DANG},
    {"mat tran", DOM_MAT_TRAN},
    {"doan the", DOM_DOAN_THE},
    {"su nghiep", DOM_SU_NGHIEP},
    {"truong hoc", DOM_TRUONG_HOC},
    {"truong", DOM_TRUONG_HOC},
    {"ubnd huyen", DOM_UBND_HUYEN},
    {"ubnd huyen thi xa thanh pho", DOM_UBND_HUYEN},
    {"district", DOM_UBND_HUYEN},
    {"ubnd xa phuong dac khu", DOM_UBND_XA},
    {"commune", DOM_UBND_XA},
    {"so ban nganh", DOM_SO_NGANH},
    {"provincial department", DOM_SO_NGANH},
    {"division", DOM_PHONG},
    {"co quan dang", DOM_DANG},
    {"party body", DOM_DANG},
    {"fatherland front", DOM_MAT_TRAN},
    {"mass organisation", DOM_DOAN_THE},
    {"don vi su nghiep", DOM_SU_NGHIEP},
    {"public service unit", DOM_SU_NGHIEP},
    {"school", DOM_TRUONG_HOC},
};

/* Said at length: "Nghỉ hưu theo chế độ". "Chuyển công tác" may stay inside, so it is no beginning. */
static const struct word reason_heads[] = {
    {"nghi huu ", DOM_NGHI_HUU},
    {"thoi viec ", DOM_THOI_VIEC},
    {"buoc thoi viec ", DOM_BUOC_THOI_VIEC},
    {"cham dut hop dong ", DOM_HET_HOP_DONG},
    {"cham dut hdld", DOM_HET_HOP_DONG},
    {"het han hop dong", DOM_HET_HOP_DONG},
    {"het hop dong ", DOM_HET_HOP_DONG},
    {"tinh gian bien che ", DOM_TINH_GIAN_BIEN_CHE},
    {"qua doi", DOM_TU_TRAN},
};

static const char *word_of(struct cv_arena *arena, const char *text, const struct word *words, size_t count,
                           const char *const *names)
{
    const char *folded = cv_text_fold(arena, text);
    int own = dom_word_index(names, text);
    for (size_t i = 0; i < count && own < 0; i++)
        if (strcmp(folded, words[i].folded) == 0)
            own = words[i].value;
    return own >= 0 ? names[own] : NULL;
}

const char *int_read_category(struct cv_arena *arena, const char *text)
{
    return word_of(arena, text, categories, CV_COUNT(categories), dom_category_words);
}

const char *int_read_reason(struct cv_arena *arena, const char *text)
{
    const char *word = word_of(arena, text, reasons, CV_COUNT(reasons), dom_reason_words);
    const char *folded = cv_text_fold(arena, text);
    for (size_t i = 0; i < CV_COUNT(reason_heads) && word == NULL; i++)
        if (strncmp(folded, reason_heads[i].folded, strlen(reason_heads[i].folded)) == 0)
            word = dom_reason_words[reason_heads[i].value];
    return word;
}

const char *int_read_unit_kind(struct cv_arena *arena, const char *text)
{
    return word_of(arena, text, unit_kinds, CV_COUNT(unit_kinds), dom_unit_kind_words);
}
