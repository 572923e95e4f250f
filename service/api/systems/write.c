/* JSON of systems. */
#include "api/internal.h"
#include "congvu/connector.h"
#include "congvu/view_figures.h"

static void write_words(struct cv_jout *j, const char *name, const char *const *words, uint32_t bits)
{
    cv_jout_array(j, name);
    for (int i = 0; words[i] != NULL; i++)
        if (bits >> i & 1u)
            cv_jout_string(j, NULL, words[i]);
    cv_jout_end(j);
}

static void write_required(struct cv_jout *j, const struct dom_system *system)
{
    cv_jout_array(j, "required_for");
    for (size_t i = 0; i < system->required_count; i++) {
        const struct dom_required *r = &system->required[i];
        cv_jout_object(j, NULL);
        write_words(j, "blocks", dom_block_words, r->blocks);
        write_words(j, "unit_kinds", dom_unit_kind_words, r->unit_kinds);
        write_words(j, "categories", dom_category_words, r->categories);
        cv_jout_array(j, "positions");
        for (size_t k = 0; k < r->position_count; k++)
            cv_jout_string(j, NULL, r->positions[k]);
        cv_jout_end(j);
        cv_jout_end(j);
    }
    cv_jout_end(j);
}

static void write_activity(struct cv_jout *j, const struct dom_activity *a)
{
    cv_jout_object(j, "activity");
    cv_jout_bool(j, "reported", a->reported);
    cv_jout_string(j, "precision", dom_precision_words[a->precision]);
    cv_jout_int(j, "regular_days", a->regular_days);
    cv_jout_int(j, "regular_of", a->regular_of);
    cv_jout_int(j, "stale_after_days", a->stale_after);
    cv_jout_int(j, "version", a->version);
    cv_jout_end(j);
}

static void write_feed(struct htp_exchange *x, const struct dom_system *system)
{
    struct view_system_usage usage = {.data_through = CV_NO_DAY, .stale = true};
    view_system_usage(api_of(x)->view, system->slug, &usage);
    cv_jout_day(&x->out, "data_through", usage.data_through);
    cv_jout_bool(&x->out, "stale", usage.stale);
}

static void write_sessions(struct cv_jout *j, const struct dom_sessions *s)
{
    if (s == NULL) {
        cv_jout_null(j, "sessions");
        return;
    }
    cv_jout_object(j, "sessions");
    cv_jout_string(j, "kind", "doveadm");
    cv_jout_string(j, "url", s->url);
    cv_jout_string(j, "credential", s->credential);
    cv_jout_array(j, "allow");
    for (size_t i = 0; i < s->allow_count; i++)
        cv_jout_string(j, NULL, s->allow[i]);
    cv_jout_end(j);
    cv_jout_bool(j, "auth_cache", !s->no_cache);
    cv_jout_end(j);
}

void api_write_system(struct htp_exchange *x, const char *name, const struct dom_system *system)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, name);
    cv_jout_string(j, "id", system->slug);
    cv_jout_object(j, "name");
    cv_jout_string(j, "vi", system->name[CV_VI]);
    cv_jout_string(j, "en", system->name[CV_EN] != NULL ? system->name[CV_EN] : system->name[CV_VI]);
    cv_jout_end(j);
    cv_jout_string(j, "kind", dom_system_kind_words[system->kind]);
    write_required(j, system);
    cv_jout_string(j, "login_rule", system->login_rule);
    cv_jout_string(j, "login_short_rule", system->login_short_rule);
    cv_jout_int(j, "login_max_length", dom_login_max(system));
    write_sessions(j, system->sessions);
    cv_jout_bool(j, "activation", system->kind == DOM_DIRECTORY);
    write_activity(j, &system->activity);
    if (system->activity.reported)
        cv_jout_string(j, "definition",
                       cv_arena_printf(x->arena, "regular-%s-%d", system->slug, system->activity.version));
    else
        cv_jout_null(j, "definition");
    write_feed(x, system);
    if (system->connector != NULL)
        dom_connector_write(j, "connector", system->connector);
    else
        cv_jout_null(j, "connector");
    api_write_health(x, system);
    cv_jout_int(j, "revision", system->revision);
    cv_jout_end(j);
}
