/* A plan that lets many go waits for a second person, who has seen the names, before it is carried out: none of its
 * departures is held again then. */
#include <string.h>

#include "api/runs/run.h"
#include "congvu/prov_brake.h"

static const char folder[] = "imports";

struct wanted {
    bool needed;
    const char *digest, *made_by;
    struct view_scope made_in;
};

static struct wanted wanted_of(struct cv_arena *arena, const struct imp_stored *plan)
{
    struct cv_error none = {0};
    struct wanted w = {0};
    const struct cv_jany *head = cv_jany_parse(arena, plan->head, plan->head_len, &none);
    const char *top = cv_jany_text(cv_jany_get(head, "top"), arena);
    cv_jany_bool(cv_jany_get(head, "needs_approval"), &w.needed);
    w.digest = cv_jany_text(cv_jany_get(head, "digest"), arena);
    w.made_by = cv_jany_text(cv_jany_get(head, "created_by"), arena);
    w.made_in.everywhere = top == NULL || !cv_id_parse("unt_", top, &w.made_in.top);
    return w;
}

static const char *name_of(struct cv_arena *arena, const char *import)
{
    return cv_arena_printf(arena, "%s.approval", import);
}

/* "DIGEST WHO" */
static bool find(struct prov_call *call, const struct imp_stored *plan, const char *digest, const char **out_by,
                 struct cv_error *err)
{
    struct dir_document doc;
    if (!dir_document_read(call->dir, folder, name_of(call->arena, plan->id), call->arena, &doc, err))
        return false;
    const char *text = cv_arena_strndup(call->arena, doc.bytes, doc.len), *blank = strchr(text, ' ');
    size_t len = digest != NULL ? strlen(digest) : 0;
    *out_by = blank != NULL ? blank + 1 : NULL;
    return (blank != NULL && len == (size_t)(blank - text) && strncmp(text, digest, len) == 0) ||
           cv_fail_as(err, CV_NOT_FOUND, NULL, "Đã cho phép một danh sách khác", "Another plan was agreed to");
}

bool imp_approval_read(struct prov_call *call, const struct imp_stored *plan, struct imp_progress *out,
                       struct cv_error *err)
{
    const struct wanted w = wanted_of(call->arena, plan);
    struct prov_releaser *people = CV_NEWS(call->arena, struct prov_releaser, PROV_RELEASERS_MAX);
    out->approved = !w.needed || find(call, plan, w.digest, &out->approved_by, err);
    if (out->approved || err->kind != CV_NOT_FOUND)
        return out->approved;
    cv_error_clear(err);
    out->wait_for = people;
    return prov_second_people(call, w.made_by, w.made_in, people, &out->wait_for_count, err);
}

bool imp_approved(struct prov_call *call, const struct imp_stored *plan, const char **out_by, struct cv_error *err)
{
    struct imp_progress p = {0};
    if (!imp_approval_read(call, plan, &p, err))
        return false;
    *out_by = p.approved_by;
    return p.approved ||
           cv_fail(err, cvp_import_needs_approval, NULL,
                   "Danh sách cho nghỉ nhiều người hơn mức được tự làm; cần người thứ hai xem tên và cho phép: %1$s",
                   "The list lets more people go than its maker may alone; a second person has to see the names and "
                   "agree: %1$s",
                   prov_releaser_names(call->arena, p.wait_for, p.wait_for_count));
}

static bool keep(struct prov_call *call, const char *import, const char *digest, struct cv_error *err)
{
    const struct dir_actor actor = prov_dir_actor(call);
    const char *text = cv_arena_printf(call->arena, "%s %s", digest, call->actor);
    const struct dir_document doc = dir_document_of(folder, name_of(call->arena, import), text, strlen(text));
    return dir_document_add(call->dir, &doc, &actor, NULL, err) || cv_error_forgive(err, CV_EXISTS);
}

static bool approve(struct prov_call *call, const struct imp_stored *plan, const char *digest, struct cv_error *err)
{
    struct wanted w = wanted_of(call->arena, plan);
    struct prov_audit audit;
    if (!prov_second_person(call, w.made_by, w.made_in, err))
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
