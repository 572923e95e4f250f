/* Naming: addresses and logins from Vietnamese names, by a policy that is data.
 *
 * Story of use. A policy file (deploy/policies/<preset>.json) is read once into a dom_policy. For a person,
 * dom_naming_next() yields candidate local parts in the policy's order: each pattern once, then the numbered one for
 * ever (up to a bound). The use case takes the first candidate that nobody holds or ever held; the directory's unique
 * overlay has the last word, and a refused candidate means asking for the next. A candidate that spells a denied word,
 * is reserved or has no letters is skipped; when none is left the answer is "name by hand".
 *
 *     struct dom_naming naming;
 *     dom_naming_start(&naming, policy, &who);
 *     while (dom_naming_next(&naming, arena, &candidate))
 *             if (!taken(candidate.local)) break;
 *
 * Tokens of patterns: {ten} {ho} {dem} {ho_dem_ten} {vt_ho_dem} {vt_ho} {vt_dem} {donvi} {cha} {nam_sinh} {thang_sinh}
 * {cccd3} {cccd4} {stt}. A pattern whose token has no value for this person is skipped. Letters fold to a-z by
 * cv_text_fold, words joined.
 *
 * Thread: a policy is read-only after loading, share it; a dom_naming belongs to one thread. */
#pragma once

#include "congvu/account.h"
#include "congvu/coverage.h"

struct dom_policy; /* owned by whoever loaded it; freed by dom_policy_free */

/* From the JSON text of a preset. Faults name the member. */
bool dom_policy_load(const char *json, size_t len, struct dom_policy **out, struct cv_error *err);
void dom_policy_free(struct dom_policy **policy);
/* Extra denied words, one per line, '#' comments (deploy/policies/deny-words.txt): `word` = a whole segment (between .
 * _ -, digits at its end apart), `*word` = its end, `word*` = its beginning, `*word*` = anywhere. Not applied where the
 * preset says "deny_words_file": false. */
bool dom_policy_deny(struct dom_policy *policy, const char *lines, size_t len, struct cv_error *err);
const char *dom_policy_preset(const struct dom_policy *policy);
const char *dom_policy_domain(const struct dom_policy *policy); /* mail domain */
/* Patterns of unit mailboxes, in the order to try. */
const char *const *dom_policy_unit_rules(const struct dom_policy *policy, size_t *out_count);
int dom_policy_alias_days(const struct dom_policy *policy);      /* old unit's address after a transfer */
int dom_policy_revoke_days(const struct dom_policy *policy);     /* after a lock for inactivity; 0 = not said */
int dom_policy_keep_days(const struct dom_policy *policy);       /* of a leaver, then his names alone; -1 = not said */
int dom_policy_log_days(const struct dom_policy *policy);        /* a change stays in the log; 0 = not said */
int dom_policy_activation_days(const struct dom_policy *policy); /* to set a password in, then locked; 0 = for ever */
int dom_policy_activation_warn(const struct dom_policy *policy); /* reminded so many days before */
int dom_policy_lead_days(const struct dom_policy *policy); /* accounts before the first day of work; -1 = at once */
enum dom_sla { DOM_SLA_CREATE, DOM_SLA_CHANGE, DOM_SLA_LOCK, DOM_SLA_RESTORE, DOM_SLA_RESET, DOM_SLAS };
int dom_policy_sla_days(const struct dom_policy *policy, enum dom_sla what); /* working days; 3, a lock and a reset 1 */
struct dom_bands dom_policy_bands(const struct dom_policy *policy);          /* of rates: 85, 70, 50 by default */
enum dom_desired dom_policy_leaver_state(const struct dom_policy *policy);   /* on_effective_date: locked or closed */

struct dom_naming_input {
    const char *family, *middle, *given; /* as displayed */
    const char *unit_slug, *parent_slug; /* or NULL */
    int birth_year, birth_month;         /* 0 = unknown */
    const char *id_digits;               /* last digits of the citizen id, or NULL */
};

struct dom_candidate {
    const char *local;   /* "annv.noivu" */
    const char *pattern; /* the rule that gave it, static in the policy */
};

/* A system's own way to its logins. */
struct dom_login_rule {
    const char *rule;      /* pattern; 2, 3, ... are appended */
    const char *shorter;   /* pattern for who would be too long by the first, or NULL */
    const char *otherwise; /* a login taken when the patterns say nothing for the person, or NULL */
    int max; /* signs; nobody is refused for being longer: the last pattern is cut. 0 = the policy's, uncut */
};

struct dom_naming {
    const struct dom_policy *policy;
    struct dom_naming_input who;
    const char *const *patterns;
    size_t pattern_count;
    size_t at;           /* next pattern */
    int number;          /* next {stt} */
    bool appends_number; /* a system's own rule: 2, 3, ... after it */
    int max_len;
    size_t cut_from;    /* patterns from here on are cut to the limit */
    const char *own[4]; /* a system's own rule, shorter, cut, otherwise: `patterns` points here, so do not copy */
    int skipped_denied;
    const char *family, *middle, *given; /* folded at the first next(), in its arena */
};

/* Person's mailbox names. `who` strings must outlive the naming. */
void dom_naming_start(struct dom_naming *naming, const struct dom_policy *policy, const struct dom_naming_input *who);
/* A system's own patterns (e-office "{donvi}_{ho_dem_ten}", then the same with 2, 3, ... appended; then the shorter
 * one, then cut to the limit). */
void dom_naming_start_rule(struct dom_naming *naming, const struct dom_policy *policy,
                           const struct dom_naming_input *who, const struct dom_login_rule *rule);
/* Is it a pattern of known tokens and a-z 0-9 . _ - ? */
bool dom_rule_valid(const char *rule);
/* A pattern for the logins of a system, or "address". */
bool dom_login_rule_valid(const char *rule);
/* False: no candidate is left (naming by hand). One arena for all calls of one naming. Numbers go up to 9999. A
 * candidate that an earlier pattern gave already is not said twice. */
bool dom_naming_next(struct dom_naming *naming, struct cv_arena *arena, struct dom_candidate *out);
/* HR's own choice: signs [a-z0-9._-], begins and ends with a letter or digit, no "..", length, not reserved, not
 * denied. */
bool dom_local_valid(const struct dom_policy *policy, const char *local, struct cv_faults *faults, const char *pointer);
/* Is a folded word or candidate on the deny list? */
bool dom_denied(const struct dom_policy *policy, const char *local);
