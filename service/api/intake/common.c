/* What the handlers of lists share: rights by kind, opening a stored one, its lines. */
#include <string.h>

#include "api/intake/imports.h"

static const uint32_t rights[INT_LIST_KINDS] = {[INT_STAFF] = DOM_STAFF_WRITE | DOM_STAFF_READ,
                                                [INT_LEAVERS] = DOM_DEPARTURES_WRITE | DOM_STAFF_READ,
                                                [INT_HEADCOUNTS] = DOM_UNITS_WRITE | DOM_UNITS_READ,
                                                [INT_UNITS] = DOM_UNITS_WRITE | DOM_UNITS_READ,
                                                [INT_ROSTER] = DOM_STAFF_WRITE | DOM_STAFF_READ};

uint32_t imp_rights(const struct imp_options *options)
{
    return rights[options->kind] | (options->absent_reason != NULL ? DOM_DEPARTURES_WRITE : 0);
}

bool imp_may(struct htp_exchange *x, const struct imp_options *options, struct cv_error *err)
{
    uint32_t needed = imp_rights(options);
    return (api_actor(x)->scopes & needed) == needed ||
           cv_fail(err, cvp_scope_missing, NULL,
                   "Vai trò hoặc mã truy cập hiện tại không có quyền với loại danh sách này",
                   "The role or token in use has no right for this kind of list");
}

/* Who may agree to it sees what it is about: whoever may see what its maker sees, as with everything of a plan. */
bool imp_may_look(struct htp_exchange *x, const struct imp_stored *plan, struct cv_error *err)
{
    return (plan->needs_approval && (api_actor(x)->scopes & DOM_BRAKE_RELEASE)) || imp_may(x, &plan->options, err);
}

static bool may_open(struct htp_exchange *x, enum imp_what what, const struct imp_stored *plan, struct cv_error *err)
{
    return what & IMP_TO_LOOK ? imp_may_look(x, plan, err) : imp_may(x, &plan->options, err);
}

bool imp_open(struct htp_exchange *x, struct prov_call *call, enum imp_what what, struct imp_stored *out)
{
    struct cv_error err = {0};
    if (!api_call(x, call))
        return false;
    if (imp_load(x, call, htp_param(x, "import"), what & IMP_ROWS, what & IMP_FILE, out, &err) &&
        may_open(x, what, out, &err))
        return true;
    htp_problem(x, &err, NULL);
    return false;
}

/* The next stored line; false at the end. */
bool imp_next_line(const char **at, const char *end, const char **line, size_t *len)
{
    if (*at >= end)
        return false;
    const char *nl = memchr(*at, '\n', (size_t)(end - *at));
    *line = *at;
    *len = nl ? (size_t)(nl - *at) : (size_t)(end - *at);
    *at = nl ? nl + 1 : end;
    return true;
}

/* Codes first, so that new people get the free ones; who leaves goes last. */
int imp_phase(const struct imp_row *row)
{
    if (row->op == IMP_SET_CODE)
        return 0;
    return row->action == IMP_DEPART ? 2 : 1;
}

static const char *copied(struct cv_arena *arena, const char *text)
{
    return text != NULL ? cv_arena_strdup(arena, text) : NULL;
}

struct imp_options imp_options_copy(struct cv_arena *arena, const struct imp_options *from)
{
    struct imp_options out = *from;
    out.unit_code = copied(arena, from->unit_code);
    out.category = copied(arena, from->category);
    out.decision = copied(arena, from->decision);
    out.sheet = copied(arena, from->sheet);
    out.absent_reason = copied(arena, from->absent_reason);
    out.accept = copied(arena, from->accept);
    return out;
}

/* What came of it later is no part of what is kept. */
void imp_put_head(struct htp_exchange *x, const struct imp_stored *stored)
{
    const char *head = stored->head;
    size_t len = stored->head_len;
    if (stored->replaced_by != NULL) {
        head = cv_arena_printf(x->arena, "%.*s,\"replaced_by\":\"%s\"}", (int)len - 1, head, stored->replaced_by);
        len = strlen(head);
    }
    cv_jout_raw(&x->out, NULL, head, len);
}

void imp_write_head(struct htp_exchange *x, int status, const struct imp_stored *stored)
{
    htp_etag(x, stored->revision);
    imp_put_head(x, stored);
    htp_reply(x, status);
}
