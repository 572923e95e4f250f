/* Reads a preset. Every member is known and checked, also those that a later part of the service will use: a misspelt
 * rule must not silently be no rule. A null number means that the regulation does not say; then the service's own value
 * holds. */
#include "congvu/json.h"
#include "congvu/text.h"
#include "domain/naming/policy.h"
#include "congvu/naming.h"

#include <stdlib.h>
#include <string.h>

enum { POLICY_ARENA = 4 << 20, POLICY_BYTES = 64 << 10, DAYS_MAX = 3660, LIST_MAX = 64, TEXT_MAX = 200 };

static const char *const leaver_words[] = {"locked", "closed", NULL};
static const char *const decision_words[] = {"none", "locked", "closed", NULL};
static const char *const forbid_words[] = {"login", "name", "birth_date", NULL};
static const enum dom_desired leaver_states[] = {DOM_LOCKED, DOM_CLOSED};

struct number_rule {
    const char *name;
    int min, max;
};

static void numbers(const struct cv_jin *o, const struct number_rule *rules, size_t count)
{
    int64_t ignored;
    for (size_t i = 0; i < count; i++)
        cv_jin_int(o, rules[i].name, CV_NULLABLE, rules[i].min, rules[i].max, &ignored);
}

static void flags(const struct cv_jin *o, const char *const *names)
{
    bool ignored;
    for (; *names; names++)
        cv_jin_bool(o, *names, CV_OPTIONAL, &ignored);
}

static void number(const struct cv_jin *o, const char *name, int min, int max, int *out)
{
    int64_t value;
    if (cv_jin_int(o, name, CV_NULLABLE, min, max, &value) == CV_VALUE)
        *out = (int)value;
}

static void words(const struct cv_jin *o, const char *name, const char *const *allowed)
{
    const struct cv_jin_list *list;
    int ignored;
    if (cv_jin_array(o, name, CV_OPTIONAL, LIST_MAX, &list) != CV_VALUE)
        return;
    for (size_t i = 0; i < cv_jin_count(list); i++)
        cv_jin_item_word(list, i, allowed, &ignored);
}

static void day_list(const struct cv_jin *o, const char *name)
{
    const struct cv_jin_list *list;
    int64_t ignored;
    if (cv_jin_array(o, name, CV_NULLABLE, LIST_MAX, &list) != CV_VALUE)
        return;
    for (size_t i = 0; i < cv_jin_count(list); i++)
        cv_jin_item_int(list, i, 1, DAYS_MAX, &ignored);
}

/* Reads patterns into out (room for DOM_RULES_MAX) or only checks them when out is NULL. */
static size_t patterns(const struct cv_jin *naming, const char *name, unsigned presence, const char **out)
{
    const struct cv_jin_list *list;
    size_t count = 0;
    if (cv_jin_array(naming, name, presence, DOM_RULES_MAX, &list) != CV_VALUE)
        return 0;
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const char *pattern = cv_jin_item_string(list, i, TEXT_MAX);
        if (!pattern)
            continue;
        if (!dom_pattern_valid(pattern))
            cv_jin_fault(naming, name, "bad_pattern", "Mẫu thứ %zu không hợp lệ: %s", "Pattern %zu is not valid: %s",
                         i + 1, pattern);
        else if (out)
            out[count++] = pattern;
    }
    if (cv_jin_count(list) == 0 && presence == CV_REQUIRED)
        cv_jin_fault(naming, name, "required", "Cần ít nhất một mẫu", "At least one pattern is needed");
    return count;
}

static void read_reserved(struct dom_policy *p, const struct cv_jin *naming)
{
    const struct cv_jin_list *list;
    if (cv_jin_array(naming, "reserved", CV_OPTIONAL, 500, &list) != CV_VALUE)
        return;
    p->reserved = CV_NEWS(p->arena, const char *, cv_jin_count(list) + 1);
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const char *word = cv_jin_item_string(list, i, POLICY_LOCAL_MAX);
        if (word && cv_arena_ok(p->arena))
            p->reserved[p->reserved_count++] = word;
    }
}

static void read_naming(struct dom_policy *p, const struct cv_jin *top)
{
    const struct cv_jin *naming;
    if (cv_jin_object(top, "naming", CV_REQUIRED, &naming) != CV_VALUE)
        return;
    p->person_count = patterns(naming, "person", CV_REQUIRED, p->person);
    p->unit_count = patterns(naming, "unit", CV_OPTIONAL, p->unit);
    patterns(naming, "eoffice", CV_OPTIONAL, NULL);
    number(naming, "max_local_len", 8, POLICY_LOCAL_MAX, &p->max_local_len);
    number(naming, "stt_from", 1, POLICY_STT_MAX, &p->stt_from);
    read_reserved(p, naming);
    cv_jin_bool(naming, "deny_words_file", CV_OPTIONAL, &p->use_deny_file);
    cv_jin_done(naming);
}

static void read_leaver(struct dom_policy *p, const struct cv_jin *top)
{
    static const struct number_rule keep[] = {{"pho_phong_tro_xuong", 0, DAYS_MAX},
                                              {"lanh_dao_cap_vu_so", 0, DAYS_MAX}};
    const struct cv_jin *leaver, *keep_days;
    int word;
    if (cv_jin_object(top, "leaver", CV_OPTIONAL, &leaver) != CV_VALUE)
        return;
    if (cv_jin_word(leaver, "on_effective_date", CV_OPTIONAL, leaver_words, &word) == CV_VALUE)
        p->leaver_state = leaver_states[word];
    cv_jin_word(leaver, "on_decision_date", CV_OPTIONAL, decision_words, &word);
    number(leaver, "wipe_after_days", 0, DAYS_MAX, &p->keep_days);
    if (cv_jin_object(leaver, "leader_keep_days", CV_OPTIONAL, &keep_days) == CV_VALUE) {
        numbers(keep_days, keep, CV_COUNT(keep));
        cv_jin_done(keep_days);
    }
    cv_jin_done(leaver);
}

static void read_transfer(struct dom_policy *p, const struct cv_jin *top)
{
    static const char *const names[] = {"keep_mailbox", "move_eoffice", NULL};
    const struct cv_jin *transfer;
    if (cv_jin_object(top, "transfer", CV_OPTIONAL, &transfer) != CV_VALUE)
        return;
    flags(transfer, names);
    number(transfer, "old_unit_alias_days", 0, DAYS_MAX, &p->alias_days);
    cv_jin_done(transfer);
}

static void check_eligible(const struct cv_jin *top)
{
    static const struct number_rule months[] = {{"contract_min_months", 0, 120}};
    const struct cv_jin *o;
    if (cv_jin_object(top, "eligible", CV_OPTIONAL, &o) != CV_VALUE)
        return;
    words(o, "categories", dom_category_words);
    words(o, "exclude_unit_kinds", dom_unit_kind_words);
    numbers(o, months, CV_COUNT(months));
    cv_jin_done(o);
}

static void check_password(const struct cv_jin *top)
{
    static const struct number_rule rules[] = {{"min_len", 8, 128},
                                               {"admin_min_len", 8, 128},
                                               {"classes", 1, 4},
                                               {"history", 0, 24},
                                               {"max_age_days", 1, DAYS_MAX}};
    const struct cv_jin *o;
    if (cv_jin_object(top, "password", CV_OPTIONAL, &o) != CV_VALUE)
        return;
    numbers(o, rules, CV_COUNT(rules));
    words(o, "forbid", forbid_words);
    cv_jin_done(o);
}

/* A section of nothing but numbers, with a list of warning days or a flag at most. */
static void check_section(const struct cv_jin *top, const char *name, const struct number_rule *rules, size_t count,
                          const char *warn_days)
{
    const struct cv_jin *o;
    if (cv_jin_object(top, name, CV_OPTIONAL, &o) != CV_VALUE)
        return;
    numbers(o, rules, count);
    if (warn_days)
        day_list(o, warn_days);
    cv_jin_done(o);
}

static void read_bands(struct dom_policy *p, const struct cv_jin *top)
{
    const struct cv_jin *o;
    int *least = p->bands.least;
    if (cv_jin_object(top, "bands", CV_OPTIONAL, &o) != CV_VALUE)
        return;
    for (int i = 0; i < DOM_BAND_YEU; i++)
        number(o, dom_band_words[i], 1, 100, &least[i]);
    if (least[DOM_BAND_TOT] <= least[DOM_BAND_KHA] || least[DOM_BAND_KHA] <= least[DOM_BAND_TRUNG_BINH])
        cv_jin_fault(top, "bands", "out_of_range", "Các mức phải giảm dần", "The bands must fall");
    cv_jin_done(o);
}

static void check_privacy(const struct cv_jin *top)
{
    static const struct number_rule rules[] = {{"person_erase_after_revoke_days", 0, DAYS_MAX},
                                               {"activity_keep_months", 1, 120},
                                               {"audit_keep_months", 1, 600}};
    static const char *const names[] = {"store_citizen_id", NULL};
    const struct cv_jin *o;
    if (cv_jin_object(top, "privacy", CV_OPTIONAL, &o) != CV_VALUE)
        return;
    numbers(o, rules, CV_COUNT(rules));
    flags(o, names);
    cv_jin_done(o);
}

static void read_inactivity(struct dom_policy *p, const struct cv_jin *top)
{
    const struct cv_jin *o;
    int ignored = 0;
    if (cv_jin_object(top, "inactivity", CV_OPTIONAL, &o) != CV_VALUE)
        return;
    number(o, "lock_after_days", 1, DAYS_MAX, &ignored);
    number(o, "revoke_after_locked_days", 1, DAYS_MAX, &p->revoke_days);
    day_list(o, "warn_before_days");
    cv_jin_done(o);
}

static void check_times(const struct cv_jin *top)
{
    static const struct number_rule sla[] = {
        {"create", 0, 60}, {"change", 0, 60}, {"lock", 0, 60}, {"restore", 0, 60}, {"revoke", 0, 60}};
    static const struct number_rule leaver[] = {{"leaver", 0, 365}};
    static const struct number_rule unchanged[] = {{"max_age_days", 1, DAYS_MAX}};
    static const struct number_rule lockout[] = {{"bad_logins", 1, 1000}};
    static const struct number_rule merge[] = {{"old_domain_alias_days", 0, DAYS_MAX}};
    static const struct number_rule here[] = {{"password_reset_hours", 1, 720}};
    numbers(top, here, CV_COUNT(here));
    check_section(top, "sla_working_days", sla, CV_COUNT(sla), NULL);
    check_section(top, "must_request_within_days", leaver, CV_COUNT(leaver), NULL);
    check_section(top, "default_password", unchanged, CV_COUNT(unchanged), "warn_days");
    check_section(top, "lockout", lockout, CV_COUNT(lockout), NULL);
    check_section(top, "merge", merge, CV_COUNT(merge), NULL);
}

static bool domain_sign(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

static void read_head(struct dom_policy *p, const struct cv_jin *top)
{
    const char *ignored;
    cv_jin_string(top, "preset", CV_REQUIRED, 64, &p->preset);
    cv_jin_string(top, "source", CV_OPTIONAL, TEXT_MAX, &ignored);
    cv_jin_string(top, "timezone", CV_OPTIONAL, 64, &ignored);
    if (cv_jin_string(top, "domain", CV_REQUIRED, 200, &p->domain) == CV_VALUE &&
        (!cv_ascii_is(p->domain, domain_sign) || !strchr(p->domain, '.') || strstr(p->domain, "..") ||
         p->domain[0] == '.' || p->domain[strlen(p->domain) - 1] == '.'))
        cv_jin_fault(top, "domain", "bad_domain", "Tên miền thư không hợp lệ", "Not a mail domain");
}

static bool read_all(struct dom_policy *p, const char *json, size_t len, struct cv_error *err)
{
    struct cv_faults faults;
    cv_faults_init(&faults, p->arena);
    const struct cv_jin *top = cv_json_parse(p->arena, &faults, json, len, err);
    if (!top)
        return false;
    read_head(p, top);
    read_naming(p, top);
    read_leaver(p, top);
    read_transfer(p, top);
    check_eligible(top);
    check_password(top);
    check_times(top);
    read_inactivity(p, top);
    check_privacy(top);
    read_bands(p, top);
    cv_jin_done(top);
    if (!cv_faults_check(&faults, cvp_validation_failed, err))
        return false;
    if (!cv_arena_ok(p->arena))
        return cv_fail_as(err, CV_LIMIT, "", "Tệp chính sách quá lớn", "The policy file is too large");
    return true;
}

bool dom_policy_load(const char *json, size_t len, struct dom_policy **out, struct cv_error *err)
{
    if (len > POLICY_BYTES)
        return cv_fail_as(err, CV_LIMIT, "", "Tệp chính sách quá lớn", "The policy file is too large");
    struct dom_policy *p = calloc(1, sizeof *p);
    if (p)
        p->arena = cv_arena_new(POLICY_ARENA);
    if (!p || !p->arena) {
        free(p);
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    }
    p->max_local_len = 40;
    p->stt_from = 2;
    p->alias_days = 180;
    p->keep_days = 90;
    p->leaver_state = DOM_CLOSED;
    p->bands = (struct dom_bands){{85, 70, 50}};
    p->use_deny_file = true;
    if (!read_all(p, json, len, err)) {
        dom_policy_free(&p);
        return false;
    }
    *out = p;
    return true;
}

void dom_policy_free(struct dom_policy **policy)
{
    if (!*policy)
        return;
    cv_arena_free(&(*policy)->arena);
    free(*policy);
    *policy = NULL;
}

const char *dom_policy_preset(const struct dom_policy *policy)
{
    return policy->preset;
}

const char *dom_policy_domain(const struct dom_policy *policy)
{
    return policy->domain;
}

const char *const *dom_policy_unit_rules(const struct dom_policy *policy, size_t *out_count)
{
    *out_count = policy->unit_count;
    return policy->unit;
}

int dom_policy_alias_days(const struct dom_policy *policy)
{
    return policy->alias_days;
}

int dom_policy_revoke_days(const struct dom_policy *policy)
{
    return policy->revoke_days;
}

int dom_policy_keep_days(const struct dom_policy *policy)
{
    return policy->keep_days;
}

struct dom_bands dom_policy_bands(const struct dom_policy *policy)
{
    return policy->bands;
}

enum dom_desired dom_policy_leaver_state(const struct dom_policy *policy)
{
    return policy->leaver_state;
}
