/* Candidates of local parts, one pattern after the other. */
#include <string.h>

#include "congvu/naming.h"
#include "congvu/text.h"
#include "domain/naming/policy.h"

enum { STT_APPENDED_FROM = 2, PLAIN = 0, SPENT = POLICY_STT_MAX + 1, NUMBER_DIGITS = 4 };

enum token {
    TEN,
    HO,
    DEM,
    HO_DEM_TEN,
    VT_HO_DEM,
    VT_HO,
    VT_DEM,
    DONVI,
    CHA,
    NAM_SINH,
    THANG_SINH,
    CCCD3,
    CCCD4,
    STT,
    TOKENS
};

static const char *const token_words[] = {"{ten}",        "{ho}",     "{dem}",   "{ho_dem_ten}", "{vt_ho_dem}",
                                          "{vt_ho}",      "{vt_dem}", "{donvi}", "{cha}",        "{nam_sinh}",
                                          "{thang_sinh}", "{cccd3}",  "{cccd4}", "{stt}"};
_Static_assert(CV_COUNT(token_words) == TOKENS, "token_words differs from enum token");

/* A local part in the making. One sign more than allowed tells "too long". */
struct making {
    char text[POLICY_LOCAL_MAX + 2];
    size_t len;
};

static void put(struct making *m, char c)
{
    if (m->len <= POLICY_LOCAL_MAX)
        m->text[m->len++] = c;
}

static void put_text(struct making *m, const char *s)
{
    while (*s)
        put(m, *s++);
}

static void put_number(struct making *m, int n, int digits)
{
    char buf[12];
    int at = (int)sizeof buf - 1;
    buf[at] = '\0';
    while (n > 0 || digits > 0) {
        buf[--at] = (char)('0' + n % 10);
        n /= 10;
        digits--;
    }
    put_text(m, buf + at);
}

static bool alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* What folding leaves beyond a-z 0-9 (other scripts) is dropped. */
static void put_words(struct making *m, const char *folded)
{
    for (; *folded; folded++)
        if (alnum(*folded))
            put(m, *folded);
}

static void put_initials(struct making *m, const char *folded)
{
    bool fresh = true;
    for (; *folded; folded++) {
        if (fresh && alnum(*folded)) {
            put(m, *folded);
            fresh = false;
        } else if (*folded == ' ') {
            fresh = true;
        }
    }
}

static bool put_given(struct making *m, const char *folded)
{
    size_t before = m->len;
    put_words(m, folded);
    return m->len > before;
}

static bool put_slug(struct making *m, const char *slug)
{
    if (!slug || !*slug)
        return false;
    for (const char *p = slug; *p; p++)
        if (!alnum(*p) && *p != '-')
            return false;
    put_text(m, slug);
    return true;
}

static bool put_id_digits(struct making *m, const char *digits, size_t wanted)
{
    size_t len = digits ? strlen(digits) : 0;
    if (len < wanted)
        return false;
    for (const char *p = digits; *p; p++)
        if (*p < '0' || *p > '9')
            return false;
    put_text(m, digits + len - wanted);
    return true;
}

/* False: the person has no value for it. An empty middle or family name is a value: one-word names are common here. */
static bool put_token(struct making *m, const struct dom_naming *n, enum token token, int number)
{
    const struct dom_naming_input *who = &n->who;
    switch (token) {
    case TEN:
        return put_given(m, n->given);
    case HO:
        put_words(m, n->family);
        return true;
    case DEM:
        put_words(m, n->middle);
        return true;
    case HO_DEM_TEN:
        put_words(m, n->family);
        put_words(m, n->middle);
        return put_given(m, n->given);
    case VT_HO_DEM:
        put_initials(m, n->family);
        put_initials(m, n->middle);
        return true;
    case VT_HO:
        put_initials(m, n->family);
        return true;
    case VT_DEM:
        put_initials(m, n->middle);
        return true;
    case DONVI:
        return put_slug(m, who->unit_slug);
    case CHA:
        return put_slug(m, who->parent_slug);
    case NAM_SINH:
        put_number(m, who->birth_year, 4);
        return who->birth_year >= 1900 && who->birth_year <= 2199;
    case THANG_SINH:
        put_number(m, who->birth_month, 2);
        return who->birth_month >= 1 && who->birth_month <= 12;
    case CCCD3:
        return put_id_digits(m, who->id_digits, 3);
    case CCCD4:
        return put_id_digits(m, who->id_digits, 4);
    case STT:
        put_number(m, number, 1);
        return number != PLAIN;
    default:
        return false;
    }
}

/* Length of the token that stands at `text`, 0 when none does. */
static size_t token_at(const char *text, enum token *out)
{
    for (size_t i = 0; i < TOKENS; i++) {
        size_t len = strlen(token_words[i]);
        if (strncmp(text, token_words[i], len) == 0) {
            *out = (enum token)i;
            return len;
        }
    }
    return 0;
}

bool dom_pattern_valid(const char *pattern)
{
    size_t tokens = 0;
    enum token token;
    while (*pattern) {
        size_t len = token_at(pattern, &token);
        if (len == 0 && !alnum(*pattern) && *pattern != '.' && *pattern != '_' && *pattern != '-')
            return false;
        tokens += len > 0;
        pattern += len > 0 ? len : 1;
    }
    return tokens > 0;
}

/* Begins and ends with a letter or digit, no two dots together, one letter at least. */
static bool well_formed(const char *local)
{
    size_t len = strlen(local), letters = 0;
    if (len == 0 || !alnum(local[0]) || !alnum(local[len - 1]) || strstr(local, ".."))
        return false;
    for (const char *p = local; *p; p++) {
        if (!alnum(*p) && *p != '.' && *p != '_' && *p != '-')
            return false;
        letters += *p >= 'a' && *p <= 'z';
    }
    return letters > 0;
}

/* Leaves room for every number, so that all of one name differ in the number alone. */
static void cut(const struct dom_naming *n, struct making *m)
{
    size_t room = (size_t)n->max_len - NUMBER_DIGITS;
    m->len = m->len < room ? m->len : room;
    while (m->len > 0 && !alnum(m->text[m->len - 1]))
        m->len--;
}

/* False when the pattern gives nothing sound for this person with this number. */
static bool render(const struct dom_naming *n, size_t at, int number, struct making *m)
{
    enum token token;
    const char *pattern = n->patterns[at];
    m->len = 0;
    while (*pattern) {
        size_t len = token_at(pattern, &token);
        if (len == 0)
            put(m, *pattern++);
        else if (!put_token(m, n, token, number))
            return false;
        pattern += len;
    }
    if (at >= n->cut_from)
        cut(n, m);
    if (n->appends_number && number != PLAIN && !strstr(n->patterns[at], token_words[STT]))
        put_number(m, number, 1);
    m->text[m->len] = '\0';
    return m->len <= (size_t)n->max_len && well_formed(m->text);
}

/* One-word names make several patterns say the same. */
static bool said_before(const struct dom_naming *n, const char *local)
{
    struct making earlier;
    for (size_t i = 0; i < n->at; i++)
        if (render(n, i, PLAIN, &earlier) && strcmp(earlier.text, local) == 0)
            return true;
    return false;
}

/* The pattern's next candidate. Numbers do not mend a denied word nor a name too long, so these end the pattern. */
static bool next_of_pattern(struct dom_naming *n, struct making *m)
{
    const char *pattern = n->patterns[n->at];
    bool counts = strstr(pattern, token_words[STT]) != NULL;
    if (n->number == PLAIN && counts)
        n->number = n->policy->stt_from;
    while (n->number < SPENT) {
        int number = n->number;
        if (number != PLAIN)
            n->number++;
        else
            n->number = n->appends_number ? STT_APPENDED_FROM : SPENT;
        if (!render(n, n->at, number, m))
            return false;
        if (dom_denied(n->policy, m->text)) {
            n->skipped_denied++;
            return false;
        }
        if (!dom_reserved(n->policy, m->text) && !(number == PLAIN && said_before(n, m->text)))
            return true;
    }
    return false;
}

static const char *folded(struct cv_arena *arena, const char *name)
{
    const char *f = name && *name ? cv_text_fold(arena, name) : NULL;
    return f ? f : "";
}

void dom_naming_start(struct dom_naming *naming, const struct dom_policy *policy, const struct dom_naming_input *who)
{
    *naming = (struct dom_naming){.policy = policy,
                                  .who = *who,
                                  .patterns = policy->person,
                                  .pattern_count = policy->person_count,
                                  .max_len = policy->max_local_len,
                                  .cut_from = DOM_RULES_MAX};
}

void dom_naming_start_rule(struct dom_naming *naming, const struct dom_policy *policy,
                           const struct dom_naming_input *who, const struct dom_login_rule *rule)
{
    *naming = (struct dom_naming){.policy = policy, .who = *who, .appends_number = true};
    naming->max_len = rule->max > 0 ? rule->max : policy->max_local_len;
    const char **own = naming->own;
    size_t count = 0;
    if (rule->rule && dom_pattern_valid(rule->rule))
        own[count++] = rule->rule;
    if (rule->shorter && dom_pattern_valid(rule->shorter))
        own[count++] = rule->shorter;
    naming->cut_from = count;
    if (count > 0 && rule->max > 0) {
        own[count] = own[count - 1];
        count++;
    }
    if (rule->max > 0 && rule->otherwise)
        own[count++] = rule->otherwise;
    naming->patterns = own;
    naming->pattern_count = count;
}

bool dom_naming_next(struct dom_naming *naming, struct cv_arena *arena, struct dom_candidate *out)
{
    struct making m;
    if (!naming->given) {
        naming->family = folded(arena, naming->who.family);
        naming->middle = folded(arena, naming->who.middle);
        naming->given = folded(arena, naming->who.given);
    }
    while (naming->at < naming->pattern_count) {
        if (next_of_pattern(naming, &m)) {
            out->local = cv_arena_strndup(arena, m.text, m.len);
            out->pattern = naming->patterns[naming->at];
            return cv_arena_ok(arena);
        }
        naming->at++;
        naming->number = PLAIN;
    }
    return false;
}

bool dom_rule_valid(const char *rule)
{
    return dom_pattern_valid(rule);
}

bool dom_local_valid(const struct dom_policy *policy, const char *local, struct cv_faults *faults, const char *pointer)
{
    size_t before = faults->count + faults->dropped;
    if (strlen(local) > (size_t)policy->max_local_len)
        cv_fault_add(faults, CV_AT_POINTER, pointer, "too_long", "Tên hộp thư dài quá %d ký tự",
                     "A mailbox name has %d signs at most", policy->max_local_len);
    else if (!well_formed(local))
        cv_fault_add(
            faults, CV_AT_POINTER, pointer, "bad_name",
            "Tên hộp thư chỉ gồm a-z, 0-9 và . _ -, có ít nhất một chữ cái, bắt đầu và kết thúc bằng chữ hoặc số, "
            "không có hai dấu chấm liền nhau",
            "A mailbox name has only a-z, 0-9 and . _ -, at least one letter, begins and ends with a letter or digit, "
            "and has no two dots together");
    else if (dom_reserved(policy, local))
        cv_fault_add(faults, CV_AT_POINTER, pointer, "reserved",
                     "Tên này dành riêng cho hệ thống, vui lòng chọn tên khác",
                     "This name is reserved for the system, please choose another");
    else if (dom_denied(policy, local))
        cv_fault_add(faults, CV_AT_POINTER, pointer, "denied",
                     "Tên này dễ bị đọc thành từ không phù hợp, vui lòng chọn tên khác",
                     "This name spells an unsuitable word, please choose another");
    return faults->count + faults->dropped == before;
}

bool dom_login_rule_valid(const char *rule)
{
    return strcmp(rule, "address") == 0 || dom_rule_valid(rule);
}
