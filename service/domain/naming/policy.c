/* Reads a preset. Every member is obeyed or refused: a misspelt rule, or one that nothing here obeys, must not silently
 * be no rule. What else a regulation says stands in also_regulated, for people. A null number means that the regulation
 * does not say; then the service's own value holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/json.h"
#include "congvu/naming.h"
#include "congvu/text.h"
#include "domain/naming/policy.h"

enum { POLICY_ARENA = 4 << 20, POLICY_BYTES = 64 << 10, DAYS_MAX = 3660, LIST_MAX = 64, TEXT_MAX = 200 };

static const char *const leaver_words[] = {"locked", "closed", NULL};
static const enum dom_desired leaver_states[] = {DOM_LOCKED, DOM_CLOSED};

/* What regulations also say and nothing here obeys: refused where a rule stands, so that nobody believes it works. */
static const char *const unobeyed[] = {"timezone",
                                       "eligible",
                                       "password_reset_hours",
                                       "must_request_within_days",
                                       "password",
                                       "lockout",
                                       "merge",
                                       "eoffice",
                                       "on_decision_date",
                                       "leader_keep_days",
                                       "keep_mailbox",
                                       "move_eoffice",
                                       "lock_after_days",
                                       "warn_before_days",
                                       "store_citizen_id",
                                       "person_erase_after_revoke_days",
                                       "activity_keep_months"};

static void done(const struct cv_jin *o)
{
    for (size_t i = 0; i < CV_COUNT(unobeyed); i++)
        if (cv_jin_has(o, unobeyed[i]) != CV_ABSENT)
            cv_jin_fault(o, unobeyed[i], "not_allowed_value",
                         "Dịch vụ không thực hiện quy định này; chỉ để ghi nhớ thì đặt trong also_regulated",
                         "Nothing obeys this rule; to keep it for people to read, put it into also_regulated");
    cv_jin_done(o);
}

static void number(const struct cv_jin *o, const char *name, int min, int max, int *out)
{
    int64_t value;
    if (cv_jin_int(o, name, CV_NULLABLE, min, max, &value) == CV_VALUE)
        *out = (int)value;
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
    number(naming, "max_local_len", 8, POLICY_LOCAL_MAX, &p->max_local_len);
    number(naming, "stt_from", 1, POLICY_STT_MAX, &p->stt_from);
    read_reserved(p, naming);
    cv_jin_bool(naming, "deny_words_file", CV_OPTIONAL, &p->use_deny_file);
    done(naming);
}

static void read_leaver(struct dom_policy *p, const struct cv_jin *top)
{
    const struct cv_jin *leaver;
    int word;
    if (cv_jin_object(top, "leaver", CV_OPTIONAL, &leaver) != CV_VALUE)
        return;
    if (cv_jin_word(leaver, "on_effective_date", CV_OPTIONAL, leaver_words, &word) == CV_VALUE)
        p->leaver_state = leaver_states[word];
    number(leaver, "wipe_after_days", 0, DAYS_MAX, &p->keep_days);
    done(leaver);
}

static void read_transfer(struct dom_policy *p, const struct cv_jin *top)
{
    const struct cv_jin *transfer;
    if (cv_jin_object(top, "transfer", CV_OPTIONAL, &transfer) != CV_VALUE)
        return;
    number(transfer, "old_unit_alias_days", 0, DAYS_MAX, &p->alias_days);
    done(transfer);
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
    done(o);
}

static void read_inactivity(struct dom_policy *p, const struct cv_jin *top)
{
    const struct cv_jin *o;
    if (cv_jin_object(top, "inactivity", CV_OPTIONAL, &o) != CV_VALUE)
        return;
    number(o, "revoke_after_locked_days", 1, DAYS_MAX, &p->revoke_days);
    done(o);
}

static void read_sla(struct dom_policy *p, const struct cv_jin *top)
{
    static const char *const words[DOM_SLAS] = {"create", "change", "lock", "restore", "reset"};
    const struct cv_jin *o;
    if (cv_jin_object(top, "sla_working_days", CV_OPTIONAL, &o) != CV_VALUE)
        return;
    for (int i = 0; i < DOM_SLAS; i++)
        number(o, words[i], 1, 60, &p->sla[i]);
    done(o);
}

/* Whoever has not set a password in time is locked; the first of the warnings is when he is reminded. */
static void read_default_password(struct dom_policy *p, const struct cv_jin *top)
{
    const struct cv_jin *o;
    const struct cv_jin_list *list;
    if (cv_jin_object(top, "default_password", CV_OPTIONAL, &o) != CV_VALUE)
        return;
    number(o, "max_age_days", 1, DAYS_MAX, &p->activation_days);
    if (cv_jin_array(o, "warn_days", CV_NULLABLE, LIST_MAX, &list) == CV_VALUE)
        for (size_t i = 0; i < cv_jin_count(list); i++) {
            int64_t days = 0;
            if (cv_jin_item_int(list, i, 0, DAYS_MAX, &days) && days > p->activation_warn)
                p->activation_warn = (int)days;
        }
    done(o);
}

static void read_onboarding(struct dom_policy *p, const struct cv_jin *top)
{
    const struct cv_jin *o;
    if (cv_jin_object(top, "onboarding", CV_OPTIONAL, &o) != CV_VALUE)
        return;
    number(o, "lead_days", 0, 366, &p->lead_days);
    done(o);
}

static void read_privacy(struct dom_policy *p, const struct cv_jin *top)
{
    const struct cv_jin *o;
    if (cv_jin_object(top, "privacy", CV_OPTIONAL, &o) != CV_VALUE)
        return;
    number(o, "audit_keep_months", 1, 600, &p->audit_months);
    done(o);
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
    read_inactivity(p, top);
    read_privacy(p, top);
    read_bands(p, top);
    read_sla(p, top);
    read_default_password(p, top);
    read_onboarding(p, top);
    cv_jin_has(top, "also_regulated");
    done(top);
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
    p->lead_days = -1;
    p->alias_days = 180;
    p->keep_days = -1;
    p->leaver_state = DOM_CLOSED;
    p->bands = (struct dom_bands){{85, 70, 50}};
    memcpy(p->sla, (const int[DOM_SLAS]){3, 3, 1, 3, 1}, sizeof(p->sla));
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

int dom_policy_log_days(const struct dom_policy *policy)
{
    return policy->audit_months * 31;
}

int dom_policy_activation_days(const struct dom_policy *policy)
{
    return policy->activation_days;
}

int dom_policy_activation_warn(const struct dom_policy *policy)
{
    return policy->activation_warn;
}

int dom_policy_sla_days(const struct dom_policy *policy, enum dom_sla what)
{
    return policy->sla[what];
}

int dom_policy_lead_days(const struct dom_policy *policy)
{
    return policy->lead_days;
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
