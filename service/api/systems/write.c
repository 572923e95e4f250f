/* JSON of systems: members that are lists or hold others. */
#include "api/systems/fields.h"
#include "congvu/connector.h"

void api_write_required_line(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_required *r = record;
    (void)ctx;
    cv_jout_object(j, name);
    cv_jout_words(j, "blocks", dom_block_words, r->blocks);
    cv_jout_words(j, "unit_kinds", dom_unit_kind_words, r->unit_kinds);
    cv_jout_words(j, "categories", dom_category_words, r->categories);
    cv_jout_strings(j, "positions", r->positions, r->position_count);
    cv_jout_end(j);
}

void api_write_required(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_system *system = record;
    cv_jout_array(j, name);
    for (size_t i = 0; i < system->required_count; i++)
        api_write_required_line(j, NULL, &system->required[i], ctx);
    cv_jout_end(j);
}

void api_write_sessions(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_sessions *s = ((const struct dom_system *)record)->sessions;
    (void)ctx;
    if (s == NULL) {
        cv_jout_null(j, name);
        return;
    }
    cv_jout_object(j, name);
    cv_jout_string(j, "kind", "doveadm");
    cv_jout_string(j, "url", s->url);
    cv_jout_string(j, "credential", s->credential);
    cv_jout_strings(j, "allow", s->allow, s->allow_count);
    cv_jout_bool(j, "auth_cache", !s->no_cache);
    cv_jout_end(j);
}

void api_write_system_name(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_system *system = record;
    (void)ctx;
    cv_jout_object(j, name);
    cv_jout_string(j, "vi", system->name[CV_VI]);
    cv_jout_string(j, "en", api_in_language(system->name, CV_EN));
    cv_jout_end(j);
}

void api_write_connector(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_system *system = record;
    (void)ctx;
    if (system->connector != NULL)
        dom_connector_write(j, name, system->connector);
    else
        cv_jout_null(j, name);
}

/* Into the answer: as the engine sees it now. */
void api_write_connector_health(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    (void)j, (void)name;
    api_write_health(ctx, record);
}
