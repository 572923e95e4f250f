/* How units and people are named inside other answers. */
#include "api/units/units.h"

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

void api_write_home(struct htp_exchange *x, const struct view_staff *staff)
{
    struct cv_jout *j = &x->out;
    const char *name = staff->unit_name[x->lang] != NULL ? staff->unit_name[x->lang] : staff->unit_name[CV_VI];
    cv_jout_object(j, "unit");
    cv_jout_string(j, "id", api_unit_id(x, staff->unit));
    cv_jout_string(j, "code", staff->unit_code);
    cv_jout_string(j, "name", name);
    cv_jout_end(j);
}

void api_write_staff_ref(struct htp_exchange *x, const struct view_staff *staff)
{
    struct cv_jout *j = &x->out;
    char id[CV_ID_TEXT];
    cv_jout_object(j, "staff");
    cv_jout_string(j, "id", cv_arena_strdup(x->arena, cv_id_text("stf_", staff->id, id)));
    cv_jout_string(j, "staff_code", staff->staff_code);
    cv_jout_string(j, "full_name", staff->full_name);
    api_write_home(x, staff);
    cv_jout_end(j);
}
