/* The systems of a new directory, from a list of what POST /v1/systems takes. */
#include <string.h>

#include "api/systems/fields.h"
#include "congvu/api.h"

static bool read_one(const struct cv_jin *o, struct cv_arena *arena, struct cv_faults *faults, struct dom_system *out)
{
    struct htp_exchange x = {.arena = arena}; /* all that the readers of members look at */
    struct prov_system_input in = {0};
    prov_fields_read(&api_system_fields, PROV_CREATE, o, &in, &in.given, &x);
    cv_jin_bool(o, "receives_mail", CV_OPTIONAL, &out->receives_mail); /* of the mailbox alone: no member for people */
    cv_jin_done(o);
    prov_system_build(&in, faults, out);
    return faults->count == 0;
}

bool api_catalogue(const char *text, size_t len, struct cv_arena *arena, struct dom_system **out, size_t *out_count,
                   struct cv_error *err)
{
    struct cv_faults faults;
    const struct cv_jin_list *list = NULL;
    cv_faults_init(&faults, arena);
    const char *whole = cv_arena_printf(arena, "{\"systems\":%.*s}", (int)len, text);
    const struct cv_jin *body = cv_json_parse(arena, &faults, whole, strlen(whole), err);
    if (body == NULL || cv_jin_array(body, "systems", CV_REQUIRED, DOM_SYSTEMS_MAX, &list) != CV_VALUE)
        return body != NULL ? cv_faults_check(&faults, cvp_validation_failed, err) : false;
    struct dom_system *systems = CV_NEWS(arena, struct dom_system, DOM_SYSTEMS_MAX);
    for (size_t i = 0; i < cv_jin_count(list); i++)
        if (!read_one(cv_jin_item(list, i), arena, &faults, &systems[i]))
            return cv_faults_check(&faults, cvp_validation_failed, err);
    *out = systems;
    *out_count = cv_jin_count(list);
    return true;
}
