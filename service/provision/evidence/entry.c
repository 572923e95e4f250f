/* One entry of the evidence log on its way: what all kinds share. */
#include "provision/evidence/evidence.h"

void prov_entry_begin(struct prov_entry *e, const char *kind)
{
    cv_buf_init(&e->text, EV_ENTRY_MAX);
    cv_jout_init(&e->out, &e->text);
    cv_jout_object(&e->out, NULL);
    cv_jout_string(&e->out, "kind", kind);
    cv_jout_moment(&e->out, "at", cv_now());
}

bool prov_entry_end(struct prov_entry *e)
{
    cv_jout_end(&e->out);
    return cv_jout_ok(&e->out);
}

void prov_entry_who(struct prov_entry *e, const struct prov_call *call)
{
    cv_jout_string(&e->out, "actor", call->actor);
    if (call->role != NULL)
        cv_jout_string(&e->out, "role", call->role);
    if (call->behalf != NULL)
        cv_jout_string(&e->out, "on_behalf_of", call->behalf);
    cv_jout_string(&e->out, "via", call->via);
    cv_jout_string(&e->out, "request_id", call->request_id);
}
