/* JSON of units in lists. */
#include "api/internal.h"
#include "api/units/units.h"

void api_write_unit_parent(struct htp_exchange *x, bool has_parent, struct cv_id parent)
{
    if (has_parent && view_in_scope(api_of(x)->view, api_actor(x)->scope, parent))
        api_write_unit_ref(x, "parent", parent);
    else
        cv_jout_null(&x->out, "parent");
}

void api_write_unit_name(struct cv_jout *j, const char *const name[CV_LANGS])
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

void api_write_unit_row(struct htp_exchange *x, const struct view_unit *unit)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "id", api_unit_id(x, unit->id));
    cv_jout_string(j, "code", unit->code);
    api_write_unit_name(j, unit->name);
    cv_jout_string(j, "kind", dom_unit_kind_words[unit->kind]);
    cv_jout_string(j, "block", word_or_null(dom_block_words, unit->effective_block));
    api_write_unit_parent(x, unit->has_parent, unit->parent);
    cv_jout_string(j, "slug", unit->slug);
    cv_jout_int(j, "position", unit->position);
    cv_jout_int(j, "depth", unit->depth);
    cv_jout_day(j, "active_from", unit->active_from);
    cv_jout_day(j, "active_to", unit->active_to);
    cv_jout_int(j, "revision", unit->revision);
    cv_jout_end(j);
}
