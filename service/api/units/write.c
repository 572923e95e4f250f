/* JSON of units and systems. */
#include "api/internal.h"
#include "api/units/units.h"

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
