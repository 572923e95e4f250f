/* Use of one account, judged by the rule of its system. */
#include <endian.h>
#include <string.h>

#include "congvu/adoption.h"
#include "congvu/coverage.h"

const char *const dom_unknown_use_words[] = {"known",  "stale",       "not_reached", "begins_inside",
                                             "silent", "before_kept", NULL};

enum { SHORTEST_MONTH = 28, LONGEST_MONTH = 31, MONTH_TENTHS = 304 };

/* ---- the rule ---- */
static int scaled(const struct dom_activity *rule, int days)
{
    int64_t of = rule->regular_of > 0 ? rule->regular_of : 1;
    int64_t wanted = ((int64_t)rule->regular_days * days + of - 1) / of;
    return wanted > 1 ? (int)wanted : 1;
}

static bool is_monthly(const struct dom_activity *rule)
{
    return rule->regular_of >= SHORTEST_MONTH && rule->regular_of <= LONGEST_MONTH;
}

/* As many whole months as a window of so many days can be; 0 = it is none. */
static int months_in(int days)
{
    int months = (10 * days + MONTH_TENTHS / 2) / MONTH_TENTHS;
    return days >= months * SHORTEST_MONTH && days <= months * LONGEST_MONTH ? months : 0;
}

/* A rule of about a month asks for the same days in every month, however long it is. */
static int wanted_in(const struct dom_activity *rule, int days)
{
    int months = is_monthly(rule) ? months_in(days) : 0;
    return months > 0 ? months * rule->regular_days : scaled(rule, days);
}

int dom_regular_days(const struct dom_activity *rule, int window_days)
{
    if (rule->regular_days <= 0 || window_days < (is_monthly(rule) ? SHORTEST_MONTH : rule->regular_of))
        return 0;
    return wanted_in(rule, window_days);
}

bool dom_usage_stale(const struct dom_activity *rule, cv_day data_through, cv_day today)
{
    return !rule->reported || data_through == CV_NO_DAY || (int64_t)today - 1 - data_through > rule->stale_after;
}

/* ---- days ---- */
/* A bit a day from `from` on; ascending. */
static void keep(struct dom_active *out, uint8_t *bits, cv_day from, uint32_t days)
{
    if (days == 0)
        return;
    if (out->first == CV_NO_DAY)
        out->first = from + __builtin_ctz(days);
    int64_t at = (int64_t)from - out->first;
    if (at <= -32)
        return;
    uint64_t word = at < 0 ? (uint64_t)days >> -at : (uint64_t)days << at % 8;
    at = at < 0 ? 0 : at - at % 8;
    for (; word != 0 && at < DOM_KEPT_DAYS_MAX; at += 8, word >>= 8) {
        bits[at / 8] |= (uint8_t)word;
        out->len = (size_t)at / 8 + 1;
    }
}

void dom_active_pack(const struct dom_use *use, cv_day oldest, uint8_t *bits, struct dom_active *out)
{
    *out = (struct dom_active){.first = CV_NO_DAY, .bits = bits, .older = use->earlier_days > 0};
    memset(bits, 0, DOM_ACTIVE_BYTES_MAX);
    for (size_t i = 0; i < use->month_count; i++) {
        cv_day first = cv_day_join(use->months[i].month / 12, use->months[i].month % 12 + 1, 1);
        int before = oldest <= first ? 0 : oldest - first < 32 ? oldest - first : 32; /* days of it that are not kept */
        uint32_t kept = before < 32 ? use->months[i].days >> before << before : 0;
        out->older = out->older || kept != use->months[i].days;
        keep(out, bits, first, kept);
    }
    if (use->last_on != CV_NO_DAY && (use->last_on >= oldest || out->first == CV_NO_DAY))
        keep(out, bits, use->last_on, 1);
}

/* 64 days at once, from the bit 64 * i on; what was not kept is 0. */
static uint64_t word_of(const struct dom_active *days, size_t i)
{
    const uint8_t *at = days->bits + i * 8;
    size_t left = days->len - i * 8;
    uint64_t word = 0;
    if (left >= sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        return le64toh(word);
    }
    while (left-- > 0)
        word = word << 8 | at[left];
    return word;
}

/* The word that holds the bit `last`, without what comes behind it. */
static uint64_t word_until(const struct dom_active *days, int64_t last)
{
    return word_of(days, (size_t)last / 64) & UINT64_MAX >> (63 - last % 64);
}

int dom_active_count(const struct dom_active *days, cv_day from, cv_day to)
{
    int64_t a = (int64_t)from - days->first, b = (int64_t)to - days->first, end = (int64_t)days->len * 8 - 1;
    int count = 0;
    a = a < 0 ? 0 : a;
    b = b > end ? end : b;
    if (days->first == CV_NO_DAY || a > b)
        return 0;
    for (int64_t i = a / 64; i <= b / 64; i++) {
        uint64_t word = i == b / 64 ? word_until(days, b) : word_of(days, (size_t)i);
        count += __builtin_popcountll(i == a / 64 ? word & UINT64_MAX << a % 64 : word);
    }
    return count;
}

static int highest_bit(uint64_t word)
{
    return 63 - __builtin_clzll(word);
}

/* The k-th latest active day on or before `to`; CV_NO_DAY when there are fewer. */
static cv_day kth_latest(const struct dom_active *days, cv_day to, int k)
{
    int64_t end = (int64_t)days->len * 8 - 1, last = (int64_t)to - days->first;
    if (days->first == CV_NO_DAY || last < 0)
        return CV_NO_DAY;
    last = last > end ? end : last;
    for (int64_t i = last / 64; i >= 0; i--) {
        uint64_t word = i == last / 64 ? word_until(days, last) : word_of(days, (size_t)i);
        int here = __builtin_popcountll(word);
        if (here < k) {
            k -= here;
            continue;
        }
        while (--k > 0)
            word ^= UINT64_C(1) << highest_bit(word);
        return days->first + (cv_day)(i * 64 + highest_bit(word));
    }
    return CV_NO_DAY;
}

cv_day dom_active_last(const struct dom_active *days)
{
    return kth_latest(days, INT32_MAX, 1);
}

static bool active_on(const struct dom_active *days, cv_day day)
{
    if (days->first == CV_NO_DAY || day < days->first)
        return false;
    size_t at = (size_t)(day - days->first);
    return at / 8 < days->len && (days->bits[at / 8] >> at % 8 & 1);
}

void dom_active_join(const struct dom_active *a, const struct dom_active *b, uint8_t *bits, struct dom_active *out)
{
    cv_day last_a = dom_active_last(a), last_b = dom_active_last(b);
    *out = (struct dom_active){.first = CV_NO_DAY, .bits = bits, .older = a->older || b->older};
    if (last_a == CV_NO_DAY && last_b == CV_NO_DAY)
        return;
    cv_day last = last_b == CV_NO_DAY || (last_a != CV_NO_DAY && last_a > last_b) ? last_a : last_b;
    cv_day from = a->first == CV_NO_DAY || (b->first != CV_NO_DAY && b->first < a->first) ? b->first : a->first;
    if (last - from >= DOM_KEPT_DAYS_MAX) {
        from = last - DOM_KEPT_DAYS_MAX + 1;
        out->older = true;
    }
    memset(bits, 0, DOM_ACTIVE_BYTES_MAX);
    for (cv_day day = from; day <= last; day++) {
        if (!active_on(a, day) && !active_on(b, day))
            continue;
        out->first = out->first == CV_NO_DAY ? day : out->first;
        size_t at = (size_t)(day - out->first);
        bits[at / 8] |= (uint8_t)(1u << at % 8);
        out->len = at / 8 + 1;
    }
}

static cv_day first_after(const struct dom_active *days, cv_day day)
{
    int64_t at = (int64_t)day + 1 - days->first, end = (int64_t)days->len * 8;
    if (days->first == CV_NO_DAY)
        return CV_NO_DAY;
    for (at = at < 0 ? 0 : at; at < end; at++)
        if (days->bits[at / 8] >> at % 8 & 1u)
            return days->first + (cv_day)at;
    return CV_NO_DAY;
}

/* ---- the verdict ---- */
struct judging {
    const struct dom_use_case *at;
    const struct dom_active *days;
    cv_day issued; /* CV_NO_DAY = before everything */
    struct dom_use_verdict *out;
};

static void ahead(struct judging *j, int64_t candidate)
{
    if (!j->at->once && candidate > j->at->day && (j->out->next_day == CV_NO_DAY || candidate < j->out->next_day))
        j->out->next_day = (cv_day)candidate;
}

/* From `from`, or from the day of issue when that is later: is the rule kept? With fewer days the rule asks for less,
 * so every day that passes may ask for one more, but never for more than the whole window. */
static bool is_regular(struct judging *j, cv_day from, int length)
{
    const struct dom_activity *rule = j->at->rule;
    bool since_issue = j->issued != CV_NO_DAY && j->issued > from;
    cv_day start = since_issue ? j->issued : from;
    int span = j->at->day - start + 1, wanted = wanted_in(rule, length);
    if (since_issue && scaled(rule, span) < wanted)
        wanted = scaled(rule, span);
    if (dom_active_count(j->days, start, j->at->day) < wanted)
        return false;
    if (j->at->once)
        return true;
    ahead(j, (int64_t)kth_latest(j->days, j->at->day, wanted) + length);
    if (since_issue)
        ahead(j, (int64_t)j->issued + (int64_t)wanted * rule->regular_of / rule->regular_days);
    return true;
}

static void judge_window(struct judging *j, const int *lengths, size_t i)
{
    const struct dom_activity *rule = j->at->rule;
    cv_day from = j->at->day - lengths[i] + 1;
    if (dom_active_count(j->days, from, j->at->day) == 0)
        return;
    j->out->used |= (uint8_t)(1u << i);
    if (!j->at->once)
        ahead(j, (int64_t)kth_latest(j->days, j->at->day, 1) + lengths[i]);
    if (rule->precision == DOM_BY_DAY && !j->at->idle && dom_regular_days(rule, lengths[i]) > 0 &&
        is_regular(j, from, lengths[i]))
        j->out->regular |= (uint8_t)(1u << i);
}

static void judge_age(struct judging *j)
{
    if (j->issued == CV_NO_DAY || (int64_t)j->at->day - j->issued >= DOM_NEW_DAYS)
        return;
    ahead(j, (int64_t)j->issued + DOM_NEW_DAYS);
    j->out->too_new = true;
}

/* Nobody uses what he does not have yet: an earlier active day is the day of issue. */
static cv_day issue_of(const struct dom_use_case *at, const struct dom_active *days)
{
    if (at->issued_on == CV_NO_DAY || days->older)
        return CV_NO_DAY;
    return days->first != CV_NO_DAY && days->first < at->issued_on ? days->first : at->issued_on;
}

void dom_use_judge(const struct dom_use_case *at, const struct dom_active *days, const int *lengths, size_t count,
                   struct dom_use_verdict *out)
{
    struct judging j = {.at = at, .days = days, .issued = issue_of(at, days), .out = out};
    *out = (struct dom_use_verdict){.next_day = CV_NO_DAY};
    out->ever = days->first != CV_NO_DAY && (days->older || days->first <= at->day);
    out->never = !out->ever && (at->data_from == CV_NO_DAY || (j.issued != CV_NO_DAY && j.issued >= at->data_from));
    if (j.issued != CV_NO_DAY && j.issued > at->day) { /* of another day, or another clock: as if issued today */
        ahead(&j, (int64_t)at->day + 1);
        j.issued = at->day;
    }
    if (!at->once)
        ahead(&j, first_after(days, at->day));
    for (size_t i = 0; i < count; i++)
        judge_window(&j, lengths, i);
    judge_age(&j);
}
