/* Documents of what is on its way. */
#include <string.h>

#include "provision/core/underway.h"

bool prov_refused_for_good(const struct cv_error *err)
{
    return err->problem != cvp_none && cv_problem_row(err->problem)->status < 500 && err->kind != CV_STALE;
}

bool prov_underway_elsewhere(struct cv_error *err)
{
    return cv_fail(err, cvp_conflict, NULL, "Người khác đang thay đổi mục này; vui lòng thử lại sau ít phút",
                   "Somebody else is changing this right now; please try again in a few minutes");
}

/* True: nothing of that name was there. False: `before` is there (CV_OK), or trouble. */
static bool add(struct prov_call *call, const struct dir_document *doc, struct dir_document *before,
                struct cv_error *err)
{
    struct dir_actor actor = prov_dir_actor(call);
    if (dir_document_add(call->dir, doc, &actor, NULL, err))
        return true;
    if (!cv_error_forgive(err, CV_EXISTS))
        return false;
    dir_document_read(call->dir, doc->folder, doc->name, call->arena, before, err);
    return false;
}

static bool replace(struct prov_call *call, const struct dir_document *before, const struct dir_document *doc,
                    struct cv_error *err)
{
    struct dir_actor actor = prov_dir_actor(call);
    return dir_document_save(call->dir, before, doc->bytes, doc->len, &actor, NULL, err);
}

bool prov_underway_keep(struct prov_call *call, const char *folder, const char *name, const struct cv_buf *bytes,
                        struct cv_error *err)
{
    struct dir_document before;
    if (!cv_buf_ok(bytes))
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    const struct dir_document doc = dir_document_of(folder, name, cv_buf_str(bytes), bytes->len);
    return add(call, &doc, &before, err) || (err->kind == CV_OK && replace(call, &before, &doc, err));
}

bool prov_underway_claim(struct prov_call *call, const char *folder, const char *name, const struct cv_buf *bytes,
                         struct cv_error *err)
{
    struct dir_document before;
    if (!cv_buf_ok(bytes))
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    const struct dir_document doc = dir_document_of(folder, name, cv_buf_str(bytes), bytes->len);
    if (add(call, &doc, &before, err))
        return true;
    if (err->kind != CV_OK)
        return false;
    if (before.len == doc.len && memcmp(before.bytes, doc.bytes, doc.len) == 0)
        return true;
    return prov_underway_elsewhere(err);
}

bool prov_underway_forget(struct prov_call *call, const char *folder, const char *name, struct cv_error *err)
{
    struct dir_actor actor = prov_dir_actor(call);
    return dir_document_delete(call->dir, folder, name, &actor, err) ||
           cv_error_forgive(err, CV_NOT_FOUND); /* ended by another process */
}

static void finish(struct prov_call *call, const struct dir_document *doc, prov_underway_fn *carry_out)
{
    struct cv_error err = {0}, gone = {0};
    bool ok = carry_out(call, doc, &err);
    if (ok)
        cv_log(CV_LOG_WARN, "cut_short", "%s %s was cut short and is ended now: %.*s", doc->folder, doc->name,
               (int)doc->len, doc->bytes);
    else
        cv_log_error(CV_LOG_WARN, "cut_short", &err);
    if ((ok || prov_refused_for_good(&err)) && !prov_underway_forget(call, doc->folder, doc->name, &gone))
        cv_log_error(CV_LOG_WARN, "cut_short", &gone);
}

void prov_underway_finish(struct prov_call *call, const char *folder, prov_underway_fn *carry_out)
{
    enum { AT_ONCE = 100 };
    struct dir_document *docs;
    size_t count = AT_ONCE;
    const char *after = NULL;
    struct cv_error err = {0};
    while (count == AT_ONCE && cv_arena_ok(call->arena) && !cv_deadline_passed(call->deadline)) {
        if (!dir_document_list(call->dir, folder, "", after, AT_ONCE, true, call->arena, &docs, &count, &err)) {
            cv_log_error(CV_LOG_WARN, "cut_short", &err);
            return;
        }
        for (size_t i = 0; i < count && !cv_deadline_passed(call->deadline); i++)
            finish(call, &docs[i], carry_out);
        after = count > 0 ? docs[count - 1].name : after;
    }
}
