/* Inside of a loaded policy; only domain/ looks at it. */
#pragma once

#include "congvu/account.h"
#include "congvu/coverage.h"
#include "congvu/naming.h"

enum { POLICY_LOCAL_MAX = 64, POLICY_STT_MAX = 9999, POLICY_DENY_MAX = 4096 };

/* A denied word: the whole segment, or its beginning, end or any part. */
struct deny {
    const char *word;
    size_t len;
    bool open_head, open_tail;
};

struct dom_policy {
    struct cv_arena *arena;
    const char *preset, *domain;
    const char *person[DOM_RULES_MAX];
    size_t person_count;
    const char *unit[DOM_RULES_MAX];
    size_t unit_count;
    int max_local_len, stt_from;
    int alias_days, keep_days, revoke_days, audit_months;
    enum dom_desired leaver_state;
    struct dom_bands bands;
    int activation_days, activation_warn, lead_days;
    int sla[DOM_SLAS];
    const char **reserved;
    size_t reserved_count;
    bool use_deny_file;
    struct deny *denied;
    size_t denied_count, denied_cap;
};

/* Is it text a-z 0-9 . _ - and known tokens, with one token at least? */
bool dom_pattern_valid(const char *pattern);
bool dom_reserved(const struct dom_policy *policy, const char *local);
