/* How units and people are named inside other answers. What the caller could not read by itself is not named either. */
#include "api/units/units.h"
#include "congvu/token.h"

bool api_sees_unit(const struct htp_exchange *x, struct cv_id unit)
{
    struct view_scope scope = api_actor(x)->scope;
    return scope.everywhere || view_in_scope(api_of(x)->view, scope, unit);
}

bool api_reaches_people(const struct htp_exchange *x, struct cv_id unit)
{
    struct view_scope scope = api_actor(x)->scope;
    return scope.everywhere || view_reaches_people(api_of(x)->view, scope, unit);
}

bool api_sees_mailbox(const struct htp_exchange *x, const char *login, struct view_unit *out)
{
    return view_unit_by_mailbox(api_of(x)->view, login, x->arena, out) && api_sees_unit(x, out->id);
}

bool api_sees_staff(const struct htp_exchange *x, const char *id)
{
    struct cv_id found;
    return view_staff_holder(api_of(x)->view, api_actor(x)->scope, VIEW_BY_ID, id, &found);
}

bool api_may_read_staff(const struct htp_exchange *x)
{
    return (api_actor(x)->scopes & DOM_STAFF_READ) != 0;
}

const char *api_unit_id(struct htp_exchange *x, struct cv_id id)
{
    return cv_id_kept("unt_", id, x->arena);
}

const char *api_in_language(const char *const name[CV_LANGS], enum cv_lang lang)
{
    return name[lang] != NULL ? name[lang] : name[CV_VI];
}

const char *api_system_name(struct htp_exchange *x, const char *slug)
{
    struct dom_system system;
    struct cv_error none = {0};
    if (slug != NULL && view_system_find(api_of(x)->view, slug, x->arena, &system, &none))
        return api_in_language(system.name, x->lang);
    return x->lang == CV_EN ? "a system" : "một hệ thống";
}

void api_write_unit_row_ref(struct htp_exchange *x, const char *name, const struct view_unit *unit)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, name);
    cv_jout_string(j, "id", api_unit_id(x, unit->id));
    cv_jout_string(j, "code", unit->code != NULL ? unit->code : "");
    const char *shown = api_in_language(unit->name, x->lang);
    cv_jout_string(j, "name", shown != NULL ? shown : "");
    cv_jout_end(j);
}

void api_write_unit_ref(struct htp_exchange *x, const char *name, struct cv_id unit)
{
    if (api_sees_unit(x, unit))
        api_write_unit_known(x, name, unit);
    else
        cv_jout_null(&x->out, name);
}

void api_write_home_ref(struct htp_exchange *x, const char *name, struct cv_id home)
{
    if (api_reaches_people(x, home))
        api_write_unit_known(x, name, home);
    else
        cv_jout_null(&x->out, name);
}

void api_write_unit_known(struct htp_exchange *x, const char *name, struct cv_id unit)
{
    struct view_unit found;
    if (!view_unit_by_id(api_of(x)->view, unit, x->arena, &found))
        found = (struct view_unit){.id = unit}; /* gone: still named, for null would say "everything" */
    api_write_unit_row_ref(x, name, &found);
}

void api_write_home(struct htp_exchange *x, const struct view_staff *staff)
{
    struct cv_jout *j = &x->out;
    const char *name = api_in_language(staff->unit_name, x->lang);
    if (!api_reaches_people(x, staff->unit)) {
        cv_jout_null(j, "unit");
        return;
    }
    cv_jout_object(j, "unit");
    cv_jout_string(j, "id", api_unit_id(x, staff->unit));
    cv_jout_string(j, "code", staff->unit_code);
    cv_jout_string(j, "name", name);
    cv_jout_end(j);
}

void api_write_staff_ref(struct htp_exchange *x, const struct view_staff *staff)
{
    cv_jout_object(&x->out, "staff");
    api_write_staff_names(x, staff);
    cv_jout_end(&x->out);
}

void api_write_staff_names(struct htp_exchange *x, const struct view_staff *staff)
{
    struct cv_jout *j = &x->out;
    cv_jout_string(j, "id", cv_id_kept("stf_", staff->id, x->arena));
    cv_jout_string(j, "staff_code", staff->staff_code);
    cv_jout_string(j, "full_name", staff->full_name);
    api_write_home(x, staff);
}

void api_write_scopes(struct cv_jout *j, uint32_t scopes)
{
    cv_jout_words(j, "scopes", dom_scope_words, scopes);
}

void api_write_reach(struct htp_exchange *x, bool everywhere, struct cv_id unit)
{
    if (everywhere)
        cv_jout_null(&x->out, "unit");
    else
        api_write_unit_known(x, "unit", unit);
}

void api_write_hr_feed(struct cv_jout *j, const char *name, uint32_t hr_feed)
{
    if (hr_feed == 0)
        cv_jout_null(j, name);
    else
        cv_jout_words(j, name, dom_fact_words, hr_feed);
}
