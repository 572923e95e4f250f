/* Fields of a person or unit in the words of another system. */
#include <string.h>

#include "reconcile/internal.h"

/* A unit has one name and one address. */
static const char *text_of_unit(const struct dom_unit *unit, const struct dom_account *account, enum dom_field field)
{
    switch (field) {
    case DOM_FIELD_LOGIN:
        return account->login;
    case DOM_FIELD_FULL_NAME:
    case DOM_FIELD_GIVEN_NAME:
    case DOM_FIELD_UNIT_NAME:
        return unit->name[CV_VI];
    case DOM_FIELD_UNIT_CODE:
        return unit->code;
    case DOM_FIELD_ADDRESS:
        return unit->mail_address;
    default:
        return NULL;
    }
}

static const char *unit_text(const struct rec_link *link, const struct dom_staff *staff, enum dom_field field)
{
    struct view_unit unit;
    const struct prov_call *call = &link->w->call;
    if (!view_unit_by_id(call->prov->options.view, dom_home_on(staff, cv_today())->unit, call->arena, &unit))
        return NULL;
    return field == DOM_FIELD_UNIT_CODE ? unit.code : unit.name[CV_VI];
}

static const char *text_of_person(const struct rec_link *link, const struct dom_staff *staff,
                                  const struct dom_account *account, enum dom_field field)
{
    switch (field) {
    case DOM_FIELD_LOGIN:
        return account->login;
    case DOM_FIELD_STAFF_CODE:
        return staff->staff_code;
    case DOM_FIELD_FULL_NAME:
        return staff->full_name;
    case DOM_FIELD_FAMILY_NAME:
        return staff->family_name;
    case DOM_FIELD_MIDDLE_NAME:
        return staff->middle_name;
    case DOM_FIELD_GIVEN_NAME:
        return staff->given_name;
    case DOM_FIELD_ADDRESS:
        return staff->address;
    case DOM_FIELD_MOBILE:
        return staff->mobile;
    case DOM_FIELD_TITLE:
        return dom_home_on(staff, cv_today())->title;
    case DOM_FIELD_UNIT_NAME:
    case DOM_FIELD_UNIT_CODE:
        return unit_text(link, staff, field);
    case DOM_FIELD_CATEGORY:
        return dom_category_words[dom_category_on(staff, cv_today())];
    default:
        return NULL;
    }
}

static const char *text_of(const struct rec_link *link, const struct rec_owner *owner,
                           const struct dom_account *account, enum dom_field field)
{
    if (field == DOM_FIELD_ID)
        return cv_arena_strdup(link->w->call.arena, owner->mark);
    return owner->is_unit ? text_of_unit(&owner->unit, account, field)
                          : text_of_person(link, &owner->staff, account, field);
}

size_t rec_wanted(const struct rec_link *link, const struct rec_owner *owner, const struct dom_account *account,
                  bool active, struct con_scim_field out[DOM_FIELDS])
{
    const struct dom_connector *c = link->system.connector;
    size_t count = 0;
    for (int i = 0; i < DOM_FIELDS; i++) {
        if (c->map[i] == NULL)
            continue;
        const char *text = text_of(link, owner, account, (enum dom_field)i);
        out[count] = (struct con_scim_field){
            .path = c->map[i], .value = text != NULL && *text != '\0' ? text : NULL, .number = i};
        if (i == DOM_FIELD_ACTIVE)
            out[count] = (struct con_scim_field){
                .path = c->map[i], .value = active ? "true" : "false", .truth = true, .number = i};
        count++;
    }
    return count;
}
