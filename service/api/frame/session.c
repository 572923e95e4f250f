/* Sessions of people: sealed, checked, renewed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/frame/session.h"

enum { CSRF_SIGNS = 32, COOKIE_MAX = 600, PARTS = 6 };

void api_session_set(struct htp_exchange *x, const struct api_session *session)
{
    char id[CV_ID_TEXT];
    const char *plain = cv_arena_printf(x->arena, "%s %d %d %d %lld %lld", cv_id_text("stf_", session->staff, id),
                                        session->epoch, session->role, session->with_factor,
                                        (long long)session->issued_at, (long long)session->seen_at);
    const char *sealed = cv_seal(x->arena, &api_of(x)->session_key, plain, strlen(plain), API_SESSION_COOKIE);
    if (sealed != NULL)
        htp_header_set(x, "Set-Cookie", API_SESSION_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict", sealed);
}

void api_session_drop(struct htp_exchange *x)
{
    htp_header_set(x, "Set-Cookie", API_SESSION_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
}

/* The cookie's value out of "a=1; __Host-congvu=...; b=2", or NULL. */
static const char *cookie_of(const struct htp_exchange *x, const char *name)
{
    const char *at = htp_header(x, "Cookie");
    size_t name_len = strlen(name);
    while (at != NULL && *at != '\0') {
        at += strspn(at, " ;");
        size_t len = strcspn(at, ";");
        if (len > name_len && len < COOKIE_MAX && strncmp(at, name, name_len) == 0 && at[name_len] == '=')
            return cv_arena_strndup(x->arena, at + name_len + 1, len - name_len - 1);
        at += len;
    }
    return NULL;
}

const char *api_cookie_opened(struct htp_exchange *x, const char *name)
{
    size_t len = 0;
    const char *sealed = cookie_of(x, name);
    const char *plain = sealed != NULL ? cv_unseal(x->arena, &api_of(x)->session_key, sealed, name, &len) : NULL;
    return plain != NULL ? cv_arena_strndup(x->arena, plain, len) : NULL;
}

static bool take_numbers(const char *text, long long out[PARTS - 1])
{
    for (int i = 0; i < PARTS - 1; i++) {
        char *end;
        if (*text != ' ')
            return false;
        out[i] = strtoll(text, &end, 10);
        text = end;
    }
    return *text == '\0';
}

static bool parse(const char *plain, struct api_session *out)
{
    char id[CV_ID_TEXT];
    long long number[PARTS - 1];
    size_t len = strcspn(plain, " ");
    if (len >= sizeof id)
        return false;
    snprintf(id, sizeof id, "%.*s", (int)len, plain);
    if (!cv_id_parse("stf_", id, &out->staff) || !take_numbers(plain + len, number))
        return false;
    out->epoch = (int)number[0];
    out->role = (int)number[1];
    out->with_factor = number[2] != 0;
    out->issued_at = number[3];
    out->seen_at = number[4];
    return true;
}

static bool too_old(const struct api_session *session)
{
    cv_moment now = cv_now();
    return now - session->issued_at > API_SESSION_MOST_S || now - session->seen_at > API_SESSION_IDLE_S;
}

bool api_session_get(struct htp_exchange *x, struct api_session *out)
{
    const char *plain = api_cookie_opened(x, API_SESSION_COOKIE);
    return plain != NULL && parse(plain, out) && !too_old(out);
}

bool api_session_needed(struct htp_exchange *x, struct api_session *out)
{
    struct cv_error err = {0};
    if (api_actor(x)->is_person && api_session_get(x, out))
        return true;
    cv_fail(&err, cvp_session_ended, NULL, "Việc này cần phiên làm việc của một người; vui lòng đăng nhập",
            "This needs the session of a person; please sign in");
    htp_problem(x, &err, NULL);
    return false;
}

/* ---- browsers ---- */

void api_browser_set(struct htp_exchange *x, struct cv_id staff)
{
    enum { MARK_SIGNS = 16 };
    char id[CV_ID_TEXT], mark[MARK_SIGNS + 1];
    cv_random_text(mark, MARK_SIGNS, false);
    const char *plain = cv_arena_printf(x->arena, "%s %s", cv_id_text("stf_", staff, id), mark);
    const char *sealed = cv_seal(x->arena, &api_of(x)->session_key, plain, strlen(plain), API_BROWSER_COOKIE);
    if (sealed != NULL)
        htp_header_set(x, "Set-Cookie", API_BROWSER_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=%d",
                       sealed, API_BROWSER_KEEP_S);
}

struct prov_browser api_browser_get(struct htp_exchange *x)
{
    struct prov_browser found = {.mark = NULL};
    const char *plain = api_cookie_opened(x, API_BROWSER_COOKIE), *blank = plain != NULL ? strchr(plain, ' ') : NULL;
    if (blank != NULL && cv_id_parse("stf_", cv_arena_strndup(x->arena, plain, (size_t)(blank - plain)), &found.staff))
        found.mark = blank + 1;
    return found;
}

const char *api_session_csrf(struct htp_exchange *x, const struct api_session *session)
{
    char id[CV_ID_TEXT], digest[CV_DIGEST_TEXT];
    const char *bound = cv_arena_printf(x->arena, "csrf %s %lld", cv_id_text("stf_", session->staff, id),
                                        (long long)session->issued_at);
    cv_digest(&api_of(x)->session_key, bound, strlen(bound), digest);
    return cv_arena_strndup(x->arena, digest, CSRF_SIGNS);
}

const struct view_role *api_session_role(const struct view_signer *signer, const struct api_session *session)
{
    for (size_t i = 0; i < signer->role_count; i++)
        if (signer->roles[i].number == session->role)
            return &signer->roles[i];
    return NULL;
}

/* ---- beginning ---- */

/* The role that was asked for, else the first of the widest reach. */
static const struct view_role *choose(struct htp_exchange *x, const struct prov_signed_in *who, int64_t number)
{
    const struct view_role *found = NULL;
    for (size_t i = 0; i < who->signer.role_count; i++) {
        const struct view_role *role = &who->signer.roles[i];
        if (who->own_account_only || !prov_role_open(api_of(x)->prov, role->kind, who->with_factor))
            continue;
        if (number != 0 ? role->number == number : found == NULL || (role->everywhere && !found->everywhere))
            found = role;
    }
    return found;
}

bool api_session_begin(struct htp_exchange *x, const struct prov_signed_in *who, int64_t number,
                       struct api_session *out)
{
    const struct view_role *role = choose(x, who, number);
    struct prov_browser browser = api_browser_get(x);
    cv_moment now = cv_now();
    if (role == NULL && number != 0)
        return false;
    *out = (struct api_session){.staff = who->signer.staff,
                                .epoch = who->signer.epoch,
                                .with_factor = who->with_factor,
                                .role = role != NULL ? role->number : 0,
                                .issued_at = now,
                                .seen_at = now};
    api_session_set(x, out);
    if (browser.mark == NULL || !cv_id_equal(browser.staff, who->signer.staff))
        api_browser_set(x, who->signer.staff);
    return true;
}
