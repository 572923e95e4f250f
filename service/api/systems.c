/* The catalogue of systems. */
#include "api/internal.h"

void api_list_systems(struct htp_exchange *x)
{
    struct dom_system *systems = NULL;
    size_t count = 0;
    struct cv_error err = {0};
    if (!view_systems(api_of(x)->view, x->arena, &systems, &count, &err)) {
        htp_problem(x, &err, NULL);
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
        htp_problem(x, &err, NULL);
        return;
    }
    htp_etag(x, system.revision);
    api_write_system(x, NULL, &system);
    htp_reply(x, 200);
}

static uint32_t read_bits(const struct cv_jin *o, const char *name, const char *const *words)
{
    const struct cv_jin_list *list = NULL;
    uint32_t bits = 0;
    if (cv_jin_array(o, name, CV_OPTIONAL, 16, &list) != CV_VALUE)
        return 0;
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        int word = 0;
        if (!cv_jin_item_word(list, i, words, &word))
            continue;
        if (bits >> word & 1)
            cv_jin_fault(o, name, "duplicate", "“%s” bị lặp", "“%s” is there twice", words[word]);
        bits |= UINT32_C(1) << word;
    }
    return bits;
}

static void read_required(struct htp_exchange *x, const struct cv_jin *o, struct dom_required *out)
{
    const struct cv_jin_list *list = NULL;
    *out = (struct dom_required){.blocks = read_bits(o, "blocks", dom_block_words),
                                 .unit_kinds = read_bits(o, "unit_kinds", dom_unit_kind_words),
                                 .categories = read_bits(o, "categories", dom_category_words)};
    if (cv_jin_array(o, "positions", CV_OPTIONAL, 50, &list) == CV_VALUE) {
        out->positions = CV_NEWS(x->arena, const char *, cv_jin_count(list) + 1);
        for (size_t i = 0; i < cv_jin_count(list); i++) {
            const char *title = cv_jin_item_string(list, i, 200);
            const char *folded = title != NULL ? cv_text_fold(x->arena, title) : NULL;
            if (folded != NULL && *folded == '\0') /* an empty title would match people without one */
                cv_jin_fault(o, "positions", "bad_characters", "Chức danh không có chữ cái nào", "A position has no letters");
            else if (folded != NULL)
                out->positions[out->position_count++] = folded;
        }
    }
    cv_jin_done(o);
}

/* A system has both names, always. */
static void read_name(const struct cv_jin *o, const char *lang, struct prov_text *out)
{
    out->given = cv_jin_string(o, lang, CV_OPTIONAL, 200, &out->value);
    if (out->given == CV_VALUE && *out->value == '\0')
        cv_jin_fault(o, lang, "required", "Tên không được để trống", "The name cannot be empty");
}

static void read_system(struct htp_exchange *x, const struct cv_jin *o, struct prov_system_input *out)
{
    const struct cv_jin *name = NULL;
    const struct cv_jin_list *list = NULL;
    *out = (struct prov_system_input){0};
    if (cv_jin_object(o, "name", CV_OPTIONAL, &name) == CV_VALUE) {
        read_name(name, "vi", &out->name_vi);
        read_name(name, "en", &out->name_en);
        cv_jin_done(name);
    }
    api_read_word(o, "kind", dom_system_kind_words, &out->kind);
    out->required_given = cv_jin_array(o, "required_for", CV_OPTIONAL, DOM_RULES_MAX, &list);
    size_t count = out->required_given == CV_VALUE ? cv_jin_count(list) : 0;
    out->required = CV_NEWS(x->arena, struct dom_required, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct cv_jin *item = cv_jin_item(list, i);
        if (item != NULL)
            read_required(x, item, &out->required[out->required_count++]);
    }
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
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_system_patch(&call, htp_param(x, "system"), &in, &result, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    htp_etag(x, result.system.revision);
    api_write_system(x, NULL, &result.system);
    htp_reply(x, 200);
}
