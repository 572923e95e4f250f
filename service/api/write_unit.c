/* JSON of units and systems. */
#include "api/internal.h"

static const char *id_text(struct cv_arena *arena, struct cv_id id)
{
    char text[CV_ID_TEXT];
    return cv_arena_strdup(arena, cv_id_text("unt_", id, text));
}

void api_write_unit_ref(struct htp_exchange *x, const char *name, struct cv_id unit)
{
    struct cv_jout *j = &x->out;
    struct view_unit found;
    if (cv_id_is_zero(unit) || !view_unit_by_id(api_of(x)->view, unit, x->arena, &found)) {
        cv_jout_null(j, name);
        return;
    }
    cv_jout_object(j, name);
    cv_jout_string(j, "id", id_text(x->arena, unit));
    cv_jout_string(j, "code", found.code);
    cv_jout_string(j, "name", found.name[x->lang] != NULL ? found.name[x->lang] : found.name[CV_VI]);
    cv_jout_end(j);
}

static bool parent_visible(struct htp_exchange *x, const struct dom_unit *unit)
{
    return unit->has_parent && view_in_scope(api_of(x)->view, api_actor(x)->scope, unit->parent);
}

static void write_parent(struct htp_exchange *x, const struct dom_unit *unit)
{
    if (parent_visible(x, unit))
        api_write_unit_ref(x, "parent", unit->parent);
    else
        cv_jout_null(&x->out, "parent");
}

/* Through the parent: a unit that was written a moment ago, or only would be, need not be in the view. */
static void write_path(struct htp_exchange *x, const struct dom_unit *unit)
{
    struct cv_jout *j = &x->out;
    struct view_unit *above = NULL;
    size_t count = 0;
    struct cv_error err = {0};
    if (parent_visible(x, unit) &&
        !view_unit_ancestors(api_of(x)->view, api_actor(x)->scope, unit->parent, x->arena, &above, &count, &err))
        count = 0;
    cv_jout_array(j, "path");
    for (size_t i = 0; i < count; i++)
        cv_jout_string(j, NULL, id_text(x->arena, above[i].id));
    if (unit->revision > 0)
        cv_jout_string(j, NULL, id_text(x->arena, unit->id));
    cv_jout_end(j);
}

static const char *block_in_force(struct htp_exchange *x, const struct dom_unit *unit)
{
    struct view_unit parent;
    int block = unit->block;
    if (block < 0 && unit->has_parent && view_unit_by_id(api_of(x)->view, unit->parent, x->arena, &parent))
        block = parent.effective_block;
    return block >= 0 ? dom_block_words[block] : NULL;
}

static void write_names(struct cv_jout *j, const char *const names[CV_LANGS])
{
    cv_jout_object(j, "name");
    cv_jout_string(j, "vi", names[CV_VI]);
    cv_jout_string(j, "en", names[CV_EN]);
    cv_jout_end(j);
}

void api_write_unit(struct htp_exchange *x, const char *name, const struct dom_unit *unit)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, name);
    cv_jout_string(j, "id", unit->revision > 0 ? id_text(x->arena, unit->id) : NULL);
    cv_jout_string(j, "code", unit->code);
    cv_jout_array(j, "former_codes");
    for (size_t i = 0; i < unit->former_code_count; i++)
        cv_jout_string(j, NULL, unit->former_codes[i]);
    cv_jout_end(j);
    write_names(j, unit->name);
    cv_jout_string(j, "kind", dom_unit_kind_words[unit->kind]);
    cv_jout_string(j, "block", block_in_force(x, unit));
    write_parent(x, unit);
    write_path(x, unit);
    cv_jout_string(j, "slug", unit->slug);
    cv_jout_int(j, "position", unit->position);
    cv_jout_day(j, "active_from", unit->active_from);
    cv_jout_day(j, "active_to", unit->active_to);
    cv_jout_int(j, "revision", unit->revision);
    cv_jout_moment(j, "created_at", unit->created_at);
    cv_jout_moment(j, "updated_at", unit->updated_at);
    cv_jout_end(j);
}

/* ---- systems ---- */

static void write_bits(struct cv_jout *j, const char *name, uint32_t bits, const char *const *words)
{
    cv_jout_array(j, name);
    for (int i = 0; words[i] != NULL; i++)
        if (bits >> i & 1)
            cv_jout_string(j, NULL, words[i]);
    cv_jout_end(j);
}

static void write_required(struct cv_jout *j, const struct dom_required *line)
{
    cv_jout_object(j, NULL);
    write_bits(j, "blocks", line->blocks, dom_block_words);
    write_bits(j, "unit_kinds", line->unit_kinds, dom_unit_kind_words);
    write_bits(j, "categories", line->categories, dom_category_words);
    cv_jout_array(j, "positions");
    for (size_t i = 0; i < line->position_count; i++)
        cv_jout_string(j, NULL, line->positions[i]);
    cv_jout_end(j);
    cv_jout_end(j);
}

void api_write_system(struct htp_exchange *x, const char *name, const struct dom_system *system)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, name);
    cv_jout_string(j, "id", system->slug);
    write_names(j, system->name);
    cv_jout_string(j, "kind", dom_system_kind_words[system->kind]);
    cv_jout_array(j, "required_for");
    for (size_t i = 0; i < system->required_count; i++)
        write_required(j, &system->required[i]);
    cv_jout_end(j);
    cv_jout_string(j, "login_rule", system->login_rule);
    cv_jout_bool(j, "activation", system->kind == DOM_DIRECTORY); /* only there do we keep the person's password */
    cv_jout_null(j, "definition");                                /* no system has a rule of regular use yet */
    cv_jout_int(j, "revision", system->revision);
    cv_jout_end(j);
}
