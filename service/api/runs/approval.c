/* A roster that lets a fifth of the staff go waits for a second person, who has seen the names. */
#include <string.h>

#include "api/runs/run.h"
#include "congvu/prov_brake.h"

static const char folder[] = "imports";

struct wanted {
    bool needed;
    const char *digest, *made_by;
};

static struct wanted wanted_of(struct cv_arena *arena, const struct imp_stored *plan)
{
    struct cv_error none = {0};
    struct wanted w = {0};
    const struct cv_jany *head = cv_jany_parse(arena, plan->head, plan->head_len, &none);
    cv_jany_bool(cv_jany_get(head, "needs_approval"), &w.needed);
    w.digest = cv_jany_text(cv_jany_get(head, "digest"), arena);
    w.made_by = cv_jany_text(cv_jany_get(head, "created_by"), arena);
    return w;
}

static const char *name_of(struct cv_arena *arena, const char *import)
{
    return cv_arena_printf(arena, "%s.approval", import);
}

bool imp_approval_read(struct dir_session *dir, struct cv_arena *arena, const struct imp_stored *plan, bool *out,
                       struct cv_error *err)
{
    struct dir_document doc;
    bool agreed =
        !wanted_of(arena, plan).needed || dir_document_read(dir, folder, name_of(arena, plan->id), arena, &doc, err);
    if (!agreed && err->kind != CV_NOT_FOUND)
        return false;
    cv_error_clear(err);
    *out = agreed;
    return true;
}

bool imp_approved(struct dir_session *dir, struct cv_arena *arena, const struct imp_stored *plan, struct cv_error *err)
{
    bool agreed = false;
    if (!imp_approval_read(dir, arena, plan, &agreed, err))
        return false;
    return agreed ||
           cv_fail(err, cvp_import_needs_approval, NULL,
                   "Danh sách thiếu từ một phần năm số người trở lên; cần người thứ hai xem tên và cho phép",
                   "The roster lacks a fifth of the staff or more; a second person has to see the names and agree");
}

static bool keep(struct prov_call *call, const char *import, const char *digest, struct cv_error *err)
{
    const struct dir_actor actor = prov_dir_actor(call);
    const struct dir_document doc = dir_document_of(folder, name_of(call->arena, import), digest, strlen(digest));
    if (dir_document_add(call->dir, &doc, &actor, NULL, err))
        return true;
    bool before = err->kind == CV_EXISTS;
    if (before)
        cv_error_clear(err);
    return before;
}

static bool approve(struct prov_call *call, const struct imp_stored *plan, const char *digest, struct cv_error *err)
{
    struct wanted w = wanted_of(call->arena, plan);
    struct prov_audit audit;
    if (!prov_second_person(call, w.made_by, err))
        return false;
    if (w.digest == NULL || strcmp(digest, w.digest) != 0)
        return cv_fail(err, cvp_brake_changed, "/digest", "Đây không phải danh sách mà bạn đã xem",
                       "This is not the plan that you have seen");
    prov_audit_begin(&audit, call, "import.approve", plan->id, NULL);
    bool ok = keep(call, plan->id, digest, err);
    prov_audit_end(&audit, ok, err);
    return ok;
}

void api_approve_import(struct htp_exchange *x)
{
    struct prov_call call;
    struct imp_stored stored;
    struct cv_error err = {0};
    const struct cv_jin *body;
    const char *digest = "";
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    cv_jin_string(body, "digest", CV_REQUIRED, CV_DIGEST_TEXT, &digest);
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (imp_load(x, &call, htp_param(x, "import"), false, false, &stored, &err) &&
        approve(&call, &stored, digest, &err))
        htp_reply_empty(x, 204);
    else
        htp_problem(x, &err, NULL);
}
