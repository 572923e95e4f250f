/* Systems: the catalogue and who must have what. */
#include "api/internal.h"
#include "congvu/connector.h"

#include <string.h>

static void fail(struct htp_exchange *x, const struct cv_error *err)
{
    htp_problem(x, err, &x->faults);
}

void api_list_systems(struct htp_exchange *x)
{
    struct dom_system *systems;
    size_t count;
    struct cv_error err = {0};
    if (!view_systems(api_of(x)->view, x->arena, &systems, &count, &err)) {
        fail(x, &err);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < count; i++)
        api_write_system(x, NULL, &systems[i]);
    cv_jout_end(&x->out);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

void api_get_system(struct htp_exchange *x)
{
    struct dom_system system;
    struct cv_error err = {0};
    if (!view_system_find(api_of(x)->view, htp_param(x, "system"), x->arena, &system, &err)) {
        fail(x, &err);
        return;
    }
    htp_etag_moving(x, system.revision);
    api_write_system(x, NULL, &system);
    htp_reply(x, 200);
}

static uint32_t read_bits(const struct cv_jin *o, const char *name, const char *const *words)
{
    const struct cv_jin_list *list = NULL;
    uint32_t bits = 0;
    if (cv_jin_array(o, name, CV_OPTIONAL, 32, &list) != CV_VALUE)
        return 0;
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        int word = 0;
        if (!cv_jin_item_word(list, i, words, &word))
            continue;
        if (bits >> word & 1u)
            cv_jin_fault(o, name, "repeated", "Giá trị %s ghi hai lần", "The value %s is there twice", words[word]);
        bits |= 1u << word;
    }
    return bits;
}

static void read_positions(struct htp_exchange *x, const struct cv_jin *o, struct dom_required *out)
{
    enum { MOST = 50 };
    const struct cv_jin_list *list = NULL;
    if (cv_jin_array(o, "positions", CV_OPTIONAL, MOST, &list) != CV_VALUE)
        return;
    out->positions = CV_NEWS(x->arena, const char *, MOST);
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const char *title = cv_jin_item_string(list, i, 200);
        const char *folded = title != NULL ? cv_text_fold(x->arena, title) : "";
        if (title != NULL && *folded == '\0')
            cv_jin_fault(o, "positions", "too_short", "Chức vụ không được để trống", "A position may not be empty");
        else if (title != NULL)
            out->positions[out->position_count++] = folded;
    }
}

static void read_required(struct htp_exchange *x, const struct cv_jin *o, struct prov_system_input *in)
{
    const struct cv_jin_list *list = NULL;
    in->required_given = cv_jin_array(o, "required_for", CV_OPTIONAL, DOM_RULES_MAX, &list);
    if (in->required_given != CV_VALUE)
        return;
    in->required = CV_NEWS(x->arena, struct dom_required, DOM_RULES_MAX);
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const struct cv_jin *line = cv_jin_item(list, i);
        if (line == NULL)
            continue;
        struct dom_required *r = &in->required[in->required_count++];
        r->blocks = read_bits(line, "blocks", dom_block_words);
        r->unit_kinds = read_bits(line, "unit_kinds", dom_unit_kind_words);
        r->categories = read_bits(line, "categories", dom_category_words);
        read_positions(x, line, r);
        cv_jin_done(line);
    }
}

static void read_name(const struct cv_jin *name, const char *lang, struct prov_text *out)
{
    out->given = cv_jin_string(name, lang, CV_OPTIONAL, 200, &out->value);
    if (out->given == CV_VALUE && *out->value == '\0')
        cv_jin_fault(name, lang, "too_short", "Tên không được để trống", "The name may not be empty");
}

static void read_days(const struct cv_jin *o, const char *name, int64_t least, int64_t most, struct prov_int *out)
{
    out->given = cv_jin_int(o, name, CV_OPTIONAL, least, most, &out->value);
}

static void read_activity(const struct cv_jin *o, struct prov_activity_input *out)
{
    enum { DAYS_MAX = 180, STALE_MAX = 90 };
    const struct cv_jin *activity = NULL;
    if (cv_jin_object(o, "activity", CV_OPTIONAL, &activity) != CV_VALUE)
        return;
    out->reported_given = cv_jin_bool(activity, "reported", CV_OPTIONAL, &out->reported);
    api_read_word(activity, "precision", dom_precision_words, &out->precision);
    read_days(activity, "regular_days", 1, DAYS_MAX, &out->regular_days);
    read_days(activity, "regular_of", 1, DAYS_MAX, &out->regular_of);
    read_days(activity, "stale_after_days", 0, STALE_MAX, &out->stale_after);
    cv_jin_done(activity);
}

static void read_sessions(struct htp_exchange *x, const struct cv_jin *o, struct prov_system_input *in)
{
    static const char *const kinds[] = {"doveadm", NULL};
    const struct cv_jin *s = NULL;
    const struct cv_jin_list *list = NULL;
    int kind = 0;
    in->sessions_given = cv_jin_object(o, "sessions", CV_NULLABLE, &s);
    if (in->sessions_given != CV_VALUE)
        return;
    cv_jin_word(s, "kind", CV_REQUIRED, kinds, &kind);
    if (cv_jin_string(s, "url", CV_REQUIRED, 2048, &in->sessions.url) != CV_VALUE)
        in->sessions.url = "";
    cv_jin_string(s, "credential", CV_NULLABLE, 64, &in->sessions.credential);
    bool cache = true;
    cv_jin_bool(s, "auth_cache", CV_OPTIONAL, &cache);
    in->sessions.no_cache = !cache;
    if (cv_jin_array(s, "allow", CV_OPTIONAL, DOM_ALLOW_MAX, &list) == CV_VALUE) {
        in->sessions.allow = CV_NEWS(x->arena, const char *, DOM_ALLOW_MAX);
        for (size_t i = 0; i < cv_jin_count(list); i++) {
            const char *word = cv_jin_item_string(list, i, 64);
            if (word != NULL)
                in->sessions.allow[in->sessions.allow_count++] = word;
        }
    }
    cv_jin_done(s);
}

static void read_system(struct htp_exchange *x, const struct cv_jin *o, struct prov_system_input *in)
{
    const struct cv_jin *name = NULL;
    *in = (struct prov_system_input){0};
    if (cv_jin_object(o, "name", CV_OPTIONAL, &name) == CV_VALUE) {
        read_name(name, "vi", &in->name_vi);
        read_name(name, "en", &in->name_en);
        cv_jin_done(name);
    }
    api_read_word(o, "kind", dom_system_kind_words, &in->kind);
    api_read_text(o, "login_short_rule", 100, &in->login_short_rule);
    api_read_int(o, "login_max_length", DOM_LOGIN_MAX_LEAST, DOM_LOGIN_MAX, &in->login_max);
    in->connector_given = cv_jin_object(o, "connector", CV_NULLABLE, &in->connector);
    read_required(x, o, in);
    read_activity(o, &in->activity);
    read_sessions(x, o, in);
    cv_jin_done(o);
}

void api_patch_system(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_system_input in;
    struct prov_system_result result;
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_if_match_given(x) || !api_call(x, &call) || !api_body(x, &body))
        return;
    read_system(x, body, &in);
    if (!prov_system_patch(&call, htp_param(x, "system"), &in, &result, &err)) {
        fail(x, &err);
        return;
    }
    htp_etag(x, result.system.revision);
    api_write_system(x, NULL, &result.system);
    htp_reply(x, 200);
}
