/* JSON of units and systems. */
#include "api/internal.h"
#include "api/units.h"

const char *api_unit_id(struct htp_exchange *x, struct cv_id id)
{
    char text[CV_ID_TEXT];
    return cv_arena_strdup(x->arena, cv_id_text("unt_", id, text));
}

static const char *in_language(const char *const name[CV_LANGS], enum cv_lang lang)
{
    return name[lang] != NULL ? name[lang] : name[CV_VI];
}

void api_write_unit_row_ref(struct htp_exchange *x, const char *name, const struct view_unit *unit)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, name);
    cv_jout_string(j, "id", api_unit_id(x, unit->id));
    cv_jout_string(j, "code", unit->code != NULL ? unit->code : "");
    const char *shown = in_language(unit->name, x->lang);
    cv_jout_string(j, "name", shown != NULL ? shown : "");
    cv_jout_end(j);
}

void api_write_unit_ref(struct htp_exchange *x, const char *name, struct cv_id unit)
{
    struct view_unit found;
    if (!view_unit_by_id(api_of(x)->view, unit, x->arena, &found))
        found = (struct view_unit){.id = unit}; /* gone: still named, for null would say "everything" */
    api_write_unit_row_ref(x, name, &found);
}

static void write_parent(struct htp_exchange *x, bool has_parent, struct cv_id parent)
{
    if (has_parent && view_in_scope(api_of(x)->view, api_actor(x)->scope, parent))
        api_write_unit_ref(x, "parent", parent);
    else
        cv_jout_null(&x->out, "parent");
}

static void write_name(struct cv_jout *j, const char *const name[CV_LANGS])
{
    cv_jout_object(j, "name");
    cv_jout_string(j, "vi", name[CV_VI]);
    cv_jout_string(j, "en", name[CV_EN]);
    cv_jout_end(j);
}

static const char *word_or_null(const char *const *words, int index)
{
    return index >= 0 ? words[index] : NULL;
}

/* By way of the parent, so that a unit that the view has not seen yet is answered too. */
static void write_path(struct htp_exchange *x, const struct dom_unit *unit)
{
    struct view_unit *above = NULL;
    size_t count = 0;
    struct cv_error none = {0};
    if (unit->has_parent)
        view_unit_ancestors(api_of(x)->view, api_actor(x)->scope, unit->parent, x->arena, &above, &count, &none);
    cv_jout_array(&x->out, "path");
    for (size_t i = 0; i < count; i++)
        cv_jout_string(&x->out, NULL, api_unit_id(x, above[i].id));
    if (unit->revision > 0)
        cv_jout_string(&x->out, NULL, api_unit_id(x, unit->id));
    cv_jout_end(&x->out);
}

static int block_in_force(struct htp_exchange *x, const struct dom_unit *unit)
{
    struct view_unit parent;
    if (unit->block >= 0 || !unit->has_parent || !view_unit_by_id(api_of(x)->view, unit->parent, x->arena, &parent))
        return unit->block;
    return parent.effective_block;
}

static void write_letterhead(struct cv_jout *j, const struct dom_unit *unit)
{
    const struct dom_letterhead *l = &unit->letterhead;
    if (!unit->has_letterhead) {
        cv_jout_null(j, "letterhead");
        return;
    }
    cv_jout_object(j, "letterhead");
    cv_jout_string(j, "superior_body", l->superior_body);
    cv_jout_string(j, "issuing_body", l->issuing_body);
    cv_jout_string(j, "place", l->place);
    cv_jout_string(j, "on_behalf", l->on_behalf);
    cv_jout_string(j, "signatory_title", l->signatory_title);
    cv_jout_string(j, "signatory_name", l->signatory_name);
    cv_jout_array(j, "recipients");
    for (size_t i = 0; i < l->recipient_count; i++)
        cv_jout_string(j, NULL, l->recipients[i]);
    cv_jout_end(j);
    cv_jout_end(j);
}

void api_write_unit(struct htp_exchange *x, const char *name, const struct dom_unit *unit)
{
    struct cv_jout *j = &x->out;
    bool preview = unit->revision == 0;
    cv_jout_object(j, name);
    cv_jout_string(j, "id", preview ? NULL : api_unit_id(x, unit->id));
    cv_jout_string(j, "code", unit->code);
    cv_jout_array(j, "former_codes");
    for (size_t i = 0; i < unit->former_code_count; i++)
        cv_jout_string(j, NULL, unit->former_codes[i]);
    cv_jout_end(j);
    write_name(j, unit->name);
    cv_jout_string(j, "kind", dom_unit_kind_words[unit->kind]);
    cv_jout_string(j, "block", word_or_null(dom_block_words, block_in_force(x, unit)));
    write_parent(x, unit->has_parent, unit->parent);
    write_path(x, unit);
    cv_jout_string(j, "slug", unit->slug);
    cv_jout_int(j, "position", unit->position);
    cv_jout_day(j, "active_from", unit->active_from);
    cv_jout_day(j, "active_to", unit->active_to);
    write_letterhead(j, unit);
    cv_jout_int(j, "revision", unit->revision);
    cv_jout_moment(j, "created_at", preview ? CV_NO_MOMENT : unit->created_at);
    cv_jout_moment(j, "updated_at", preview ? CV_NO_MOMENT : unit->updated_at);
    cv_jout_end(j);
}

void api_write_unit_row(struct htp_exchange *x, const struct view_unit *unit)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "id", api_unit_id(x, unit->id));
    cv_jout_string(j, "code", unit->code);
    write_name(j, unit->name);
    cv_jout_string(j, "kind", dom_unit_kind_words[unit->kind]);
    cv_jout_string(j, "block", word_or_null(dom_block_words, unit->effective_block));
    write_parent(x, unit->has_parent, unit->parent);
    cv_jout_string(j, "slug", unit->slug);
    cv_jout_int(j, "position", unit->position);
    cv_jout_int(j, "depth", unit->depth);
    cv_jout_day(j, "active_from", unit->active_from);
    cv_jout_day(j, "active_to", unit->active_to);
    cv_jout_int(j, "revision", unit->revision);
    cv_jout_end(j);
}

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
    cv_jout_end(j);
}

void api_write_system(struct htp_exchange *x, const char *name, const struct dom_system *system)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, name);
    cv_jout_string(j, "id", system->slug);
    cv_jout_object(j, "name");
    cv_jout_string(j, "vi", in_language(system->name, CV_VI));
    cv_jout_string(j, "en", in_language(system->name, CV_EN));
    cv_jout_end(j);
    cv_jout_string(j, "kind", dom_system_kind_words[system->kind]);
    write_required(j, system);
    cv_jout_string(j, "login_rule", system->login_rule);
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
