/* Bodies about systems: members that are lists or hold others. */
#include <string.h>

#include "api/systems/fields.h"
#include "congvu/connector.h"
#include "congvu/text.h"

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

void api_read_required(const struct cv_jin *o, void *input, void *ctx)
{
    struct prov_system_input *in = input;
    struct htp_exchange *x = ctx;
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
        cv_jin_words(line, "blocks", CV_OPTIONAL, dom_block_words, &r->blocks);
        cv_jin_words(line, "unit_kinds", CV_OPTIONAL, dom_unit_kind_words, &r->unit_kinds);
        cv_jin_words(line, "categories", CV_OPTIONAL, dom_category_words, &r->categories);
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

void api_read_sessions(const struct cv_jin *o, void *input, void *ctx)
{
    struct prov_system_input *in = input;
    const struct htp_exchange *x = ctx;
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

void api_read_system_name(const struct cv_jin *o, void *input, void *ctx)
{
    struct prov_system_input *in = input;
    const struct cv_jin *name = NULL;
    (void)ctx;
    if (cv_jin_object(o, "name", CV_OPTIONAL, &name) != CV_VALUE)
        return;
    read_name(name, "vi", &in->name_vi);
    read_name(name, "en", &in->name_en);
    cv_jin_done(name);
}

/* A merge patch: read onto what the system has, by the use case. */
void api_read_connector(const struct cv_jin *o, void *input, void *ctx)
{
    struct prov_system_input *in = input;
    (void)ctx;
    in->connector_given = cv_jin_object(o, "connector", CV_NULLABLE, &in->connector);
}
