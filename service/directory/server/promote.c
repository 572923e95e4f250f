/* Making another server the one that is written to. Nobody can tell here whether the former one is dead or only cut
 * off, so this is a person's word; what it may cost is told first. The term that it raises is how every process knows
 * the former one when that comes back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/feed.h"
#include "congvu/server.h"
#include "directory/internal.h"

enum { SCRATCH_MAX = 16 << 20, ASK_MS = 5000, LISTED = 1000 };

struct promotion {
    const struct dir_config *config;
    const char *uri; /* of the new one */
    struct cv_arena *arena;
    void (*tell)(void *ctx, const char *line);
    void *ctx;
    size_t missing;
    int64_t term; /* the highest that any server knows */
    const char *csn;
};

/* A session with one server and nothing else. */
static bool open_at(const struct promotion *p, const char *uri, struct dir_config *config, struct dir_session **out,
                    struct cv_error *err)
{
    *config = *p->config;
    config->uri = uri;
    config->site = NULL;
    if (!dir_session_open(config, out, err))
        return false;
    dir_session_deadline(*out, cv_deadline_in_ms(ASK_MS));
    return true;
}

static const char *state_dn(const struct promotion *p)
{
    return cv_arena_printf(p->arena, "cn=state,ou=system,%s", p->config->base);
}

/* How far it is, and the highest term so far. */
static bool ask_server(struct promotion *p, struct dir_session *s, const char **out_csn, struct cv_error *err)
{
    struct dir_entry suffix, state;
    *out_csn = "";
    if (!dir_read_operational(s, p->config->base, p->arena, &suffix, err) ||
        !dir_read_entry(s, state_dn(p), p->arena, &state, err))
        return false;
    const struct dir_attr *context = dir_get(&suffix, "contextCSN");
    for (size_t i = 0; context && i < context->count; i++)
        if (strcmp(context->values[i].bytes, *out_csn) > 0)
            *out_csn = context->values[i].bytes;
    int64_t term = dir_get_int(&state, "cvTerm", 0);
    p->term = term > p->term ? term : p->term;
    return true;
}

static void missing(struct promotion *p, const char *what, const char *name)
{
    p->missing++;
    p->tell(p->ctx, cv_arena_printf(p->arena, "%s: %s", name, what));
}

/* Entries of the other one that are newer than everything here. What was deleted there cannot be listed. */
static bool list_newer(struct promotion *p, struct dir_session *s, struct cv_error *err)
{
    static const char *const folders[] = {
        "ou=people", "ou=units", "ou=system", "ou=tokens,ou=system", "ou=systems,ou=system", "ou=brakes,ou=system"};
    const char *filter = dir_filter_from(p->arena, "entryCSN", p->csn);
    for (size_t i = 0; i < CV_COUNT(folders); i++) {
        struct dir_entry *newer;
        size_t count;
        if (!dir_find_operational(s, cv_arena_printf(p->arena, "%s,%s", folders[i], p->config->base), filter, LISTED,
                                  p->arena, &newer, &count, err))
            return false;
        for (size_t k = 0; k < count; k++) {
            const char *csn = dir_get_text(&newer[k], "entryCSN");
            if (csn && strcmp(csn, p->csn) > 0)
                missing(p, "newer there / mới hơn ở đó", newer[k].dn);
        }
    }
    return true;
}

static void look_at_other(struct promotion *p, const char *uri)
{
    struct dir_config config;
    struct dir_session *s = NULL;
    struct cv_error err = {0};
    const char *csn;
    if (!open_at(p, uri, &config, &s, &err) || !ask_server(p, s, &csn, &err))
        missing(p, "does not answer; what it took last may be missing / không trả lời; có thể thiếu thay đổi cuối",
                uri);
    else if (strcmp(csn, p->csn) > 0) {
        missing(p, "is further / đi trước", uri);
        if (!list_newer(p, s, &err))
            missing(p, "cannot be listed / không liệt kê được", uri);
    }
    dir_session_close(&s);
}

static void look_at_others(struct promotion *p)
{
    char *rest = NULL, *uris = cv_arena_strdup(p->arena, p->config->uri);
    for (char *uri = strtok_r(uris, " ", &rest); uri; uri = strtok_r(NULL, " ", &rest))
        if (strcmp(uri, p->uri) != 0)
            look_at_other(p, uri);
}

static bool raise_term(struct promotion *p, struct dir_session *s, struct cv_error *err)
{
    struct dir_attrs before, after;
    dir_attrs_init(&before, p->arena);
    dir_attrs_init(&after, p->arena);
    dir_put(&before, "cvTerm", "-");
    dir_put_int(&after, "cvTerm", p->term + 1);
    dir_put(&before, "cvTermFrom", "-");
    dir_put(&after, "cvTermFrom", p->csn);
    if (dir_modify_entry(s, state_dn(p), &before, &after, NULL, NULL, err))
        return dir_leases_ready(s, err) && dir_mark_renew(s, err);
    if (err->lib_code == LDAP_REFERRAL || err->lib_code == LDAP_UNWILLING_TO_PERFORM)
        return cv_fail_as(err, CV_CONFLICT, "",
                          "%s vẫn chạy theo máy chủ khác; hãy bỏ syncrepl trong cấu hình, khởi động lại rồi thử lại",
                          "%s still follows another server; take syncrepl out of its configuration, restart it and try "
                          "again",
                          p->uri);
    return false;
}

static bool promote(struct promotion *p, struct dir_session *s, bool accept, struct cv_error *err)
{
    if (!ask_server(p, s, &p->csn, err))
        return false;
    look_at_others(p);
    if (p->missing > 0 && !accept)
        return cv_fail_as(err, CV_CONFLICT, "", "Có thể thiếu những điều trên; nếu chấp nhận, thêm --accept-missing",
                          "What is listed above may be missing; when that is accepted, add --accept-missing");
    return raise_term(p, s, err);
}

bool dir_promote(const struct dir_config *config, const char *uri, bool accept_missing,
                 void (*tell)(void *ctx, const char *line), void *ctx, int64_t *out_term, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(SCRATCH_MAX);
    struct promotion p = {.config = config, .uri = uri, .arena = arena, .tell = tell, .ctx = ctx, .csn = ""};
    struct dir_config at;
    struct dir_session *s = NULL;
    if (!arena)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    bool ok = open_at(&p, uri, &at, &s, err) && promote(&p, s, accept_missing, err);
    *out_term = p.term + 1;
    dir_session_close(&s);
    return ok;
}
