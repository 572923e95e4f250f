/* The certificate of an account: until when it is valid, and who has the device with its key. That the device came back
 * is confirmed by a person; nobody who leaves is done before. */
#include <string.h>

#include "provision/internal.h"

struct putting {
    const char *system;
    const struct prov_certificate *in;
    struct view_staff custodian;
};

static bool fault(struct prov_change *change, const char *pointer, const char *vi, const char *en)
{
    cv_fault_add(change->call->faults, CV_AT_POINTER, pointer, "not_allowed_value", "%s%.0s", "%.0s%s", vi, en);
    return false;
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static bool gave(const struct putting *p, const char *member)
{
    return prov_given_of(&p->in->given, member) == CV_VALUE;
}

static void keep_custodian(const struct putting *p, struct cv_id holder, struct dom_certificate *c)
{
    if (p->in->custodian.given == CV_ABSENT)
        return;
    bool other = p->in->custodian.given == CV_VALUE && !cv_id_equal(p->custodian.id, holder);
    c->custodian = other ? p->custodian.id : (struct cv_id){0};
}

static void check(struct prov_change *change, const struct putting *p, const struct dom_certificate *c)
{
    if (c->token_serial == NULL && gave(p, "token_returned_on"))
        fault(change, "/token_returned_on", "chưa ghi số hiệu thiết bị", "no device is recorded");
    if (c->token_serial == NULL && p->in->custodian.given == CV_VALUE)
        fault(change, "/custodian", "chưa ghi số hiệu thiết bị", "no device is recorded");
    if (c->returned_on != CV_NO_DAY && c->returned_on > cv_today())
        fault(change, "/token_returned_on", "ngày này chưa đến", "this day is still to come");
}

/* Another device begins anew. Of who leaves the one that is out is not replaced: it has to come back. */
static bool take(struct prov_change *change, const struct putting *p, const struct dom_account *account,
                 struct dom_certificate *c, struct cv_error *err)
{
    const struct dom_departure *leaves = dom_current_departure(change->before);
    const char *was = c->token_serial;
    prov_given_apply(&p->in->given, c);
    keep_custodian(p, change->after->id, c);
    bool other = !same_text(was, c->token_serial);
    if (other && dom_token_out(account) && leaves != NULL && leaves->started_at != CV_NO_MOMENT)
        return cv_fail(err, cvp_conflict, "/token_serial",
                       "Người này đã kết thúc công tác mà thiết bị %s chưa trả; vui lòng xác nhận ngày trả trước",
                       "This person has left and the device %s is out; please confirm the day of its return first",
                       was);
    if (other && !gave(p, "token_returned_on"))
        c->returned_on = CV_NO_DAY;
    check(change, p, c);
    if (c->token_serial == NULL)
        c->custodian = (struct cv_id){0};
    return cv_faults_check(change->call->faults, cvp_validation_failed, err);
}

static bool certify(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct putting *p = ctx;
    const struct dom_system *system = prov_system_of(&change->systems, p->system);
    struct dom_account *account = dom_account_of(change->after, p->system);
    if (system == NULL)
        return cv_fail(err, cvp_system_not_found, NULL, "Không có hệ thống “%s”", "There is no system “%s”", p->system);
    if (!system->certificates && (account == NULL || account->certificate == NULL))
        return cv_fail(err, cvp_conflict, NULL, "Tài khoản ở hệ thống “%s” không phải chứng thư số",
                       "Accounts of the system “%s” are no digital certificates", system->slug);
    if (account == NULL)
        return cv_fail(err, cvp_account_not_found, NULL, "Người này chưa có tài khoản ở hệ thống “%s”",
                       "This person has no account in “%s”", system->slug);
    struct dom_certificate *c = CV_NEW(change->call->arena, struct dom_certificate);
    *c = account->certificate != NULL ? *account->certificate
                                      : (struct dom_certificate){.valid_to = CV_NO_DAY, .returned_on = CV_NO_DAY};
    if (!take(change, p, account, c, err))
        return false;
    account->certificate = c->token_serial != NULL || c->valid_to != CV_NO_DAY ? c : NULL;
    return true;
}

bool prov_certificate_put(struct prov_call *call, const char *key, const char *system,
                          const struct prov_certificate *in, struct prov_staff_result *out, struct cv_error *err)
{
    struct putting p = {.system = system, .in = in};
    *out = (struct prov_staff_result){0};
    if (in->custodian.given == CV_VALUE)
        prov_find_custodian(call, in->custodian.value, &p.custodian);
    return cv_faults_check(call->faults, cvp_validation_failed, err) &&
           prov_staff_modify(call, key, "account.certificate", NULL, certify, &p, out, err);
}
