/* The audit port: who does what, on whose behalf the session writes meanwhile. */
#include "congvu/log.h"
#include "congvu/provision.h"

void prov_audit_begin(struct prov_audit *audit, const struct prov_call *call, const char *action, const char *target,
                      const struct dom_decision *decision)
{
    *audit = (struct prov_audit){.call = call, .action = action, .target = target, .decision = decision};
    audit->outer = dir_session_doing(call->dir, audit);
    cv_log(CV_LOG_DEBUG, "audit_begin", "%s %s by %s via %s", action, target, call->actor, call->via);
}

void prov_audit_end(struct prov_audit *audit, bool ok, const struct cv_error *err)
{
    const struct prov_call *call = audit->call;
    const char *number = audit->decision != NULL && audit->decision->number != NULL ? audit->decision->number : "-";
    dir_session_doing(call->dir, audit->outer);
    const char *outcome = ok ? "ok" : cv_problem_row(err->problem)->code;
    cv_log(CV_LOG_INFO, "audit", "%s %s by %s%s%s via %s decision %s: %s%s%s%s", audit->action, audit->target,
           call->actor, call->behalf != NULL ? " for " : "", call->behalf != NULL ? call->behalf : "", call->via,
           number, call->validate_only ? "dry run, " : "", outcome, call->reason != NULL ? ", because: " : "",
           call->reason != NULL ? call->reason : "");
}
