/* What the view keeps although the directory does not name it any more: an administrator says that it is right. */
#include "api/internal.h"
#include "congvu/feed.h"

static bool may_release(const struct htp_exchange *x, struct cv_error *err)
{
    return api_actor(x)->scope.everywhere ||
           cv_fail(err, cvp_scope_missing, NULL, "Chỉ mã truy cập cho mọi đơn vị mới được xác nhận",
                   "Only a token for everything may release this");
}

static bool release(struct htp_exchange *x, size_t records, struct cv_error *err)
{
    struct view_state state;
    if (view_guard_release(api_of(x)->view, records)) {
        cv_log(CV_LOG_WARN, "view.loss_released", "%zu records may go, says %s", records, api_actor_name(x));
        dir_sync_reread(api_of(x)->sync);
        return true;
    }
    view_state(api_of(x)->view, &state);
    return cv_fail(err, cvp_conflict, "/records", "Hiện đang giữ lại %zu bản ghi; xem lại /readyz",
                   "%zu records are kept at present; look at /readyz again", state.sweep_size);
}

void api_create_loss_release(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    const struct cv_jin *body;
    int64_t records = 0;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    cv_jin_int(body, "records", CV_REQUIRED, 1, INT32_MAX, &records);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!may_release(x, &err) || !release(x, (size_t)records, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_int(&x->out, "records", records);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}
