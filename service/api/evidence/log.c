/* GET /v1/audit-log/...: the evidence log as C2SP tlog-tiles, for a witness elsewhere. Checkpoint and tiles are hashes,
 * which say nothing of anybody; entries are for who may read all of them. */
#include <string.h>

#include "api/internal.h"
#include "congvu/prov_evidence.h"

void api_get_audit_checkpoint(struct htp_exchange *x)
{
    char note[EV_NOTE_MAX];
    struct cv_error err = {0};
    if (prov_evidence_checkpoint(api_of(x)->evidence, note, &err))
        htp_reply_text(x, 200, "text/plain; charset=utf-8", note, strlen(note));
    else
        htp_problem(x, &err, NULL);
}

static bool send_tile(struct htp_exchange *x, int level, struct cv_error *err)
{
    cv_auto_buf tile = {0};
    if (!prov_evidence_tile(api_of(x)->evidence, level, htp_param(x, "tile"), &tile, err))
        return false;
    htp_reply_text(x, 200, "application/octet-stream", cv_buf_str(&tile), tile.len);
    return true;
}

void api_get_audit_tile(struct htp_exchange *x)
{
    struct cv_error err = {0};
    const char *level = htp_param(x, "level");
    bool one = level[0] >= '0' && level[0] <= '9' && level[1] == '\0';
    if (!send_tile(x, one ? level[0] - '0' : EV_BUNDLE - 1, &err))
        htp_problem(x, &err, NULL);
}

void api_get_audit_entries(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return;
    bool may = api_actor(x)->scope.everywhere ||
               cv_fail(&err, cvp_scope_missing, NULL, "Chỉ ai được xem nhật ký của toàn hệ thống mới đọc được mục này",
                       "Only who may read the evidence of everything may read entries");
    if (may && send_tile(x, EV_BUNDLE, &err))
        prov_audit_reading(&call, x->route->operation, "", 1);
    else
        htp_problem(x, &err, NULL);
}
