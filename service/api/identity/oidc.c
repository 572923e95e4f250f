/* Signing in through an OpenID provider: the way there, and the way back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/frame/session.h"
#include "congvu/log.h"
#include "congvu/oidc.h"

/* Relative: the proxy may have put a prefix before it. */
#define CONSOLE    "../../console"
#define WAY_COOKIE "__Host-congvu-oidc"
enum { WAY_S = 600 };

static bool no_provider(struct htp_exchange *x)
{
    struct cv_error err = {0};
    if (api_of(x)->oidc != NULL)
        return false;
    cv_fail(&err, cvp_not_found, NULL, "Không có đăng nhập chung ở đây", "There is no common sign-in here");
    htp_problem(x, &err, NULL);
    return true;
}

/* ---- there ---- */

/* SameSite=Lax: it has to come along when the provider sends the browser back. The browser's own mark does not, so it
 * is carried in this one. */
static void remember(struct htp_exchange *x, const struct oidc_kept *kept)
{
    const struct prov_browser browser = api_browser_get(x);
    char id[CV_ID_TEXT];
    const char *plain =
        cv_arena_printf(x->arena, "%s %s %s %lld %s %s", kept->state, kept->nonce, kept->verifier, (long long)cv_now(),
                        cv_id_text("stf_", browser.staff, id), browser.mark != NULL ? browser.mark : "");
    const char *sealed = cv_seal(x->arena, &api_of(x)->session_key, plain, strlen(plain), WAY_COOKIE);
    if (sealed != NULL)
        htp_header_set(x, "Set-Cookie", WAY_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%d", sealed,
                       WAY_S);
}

struct beginning {
    struct htp_exchange *x;
    struct oidc_start start;
};

static bool begin(void *ctx, struct cv_error *err)
{
    struct beginning *b = ctx;
    return oidc_begin(api_of(b->x)->oidc, b->x->deadline, b->x->arena, &b->start, err);
}

void api_begin_oidc(struct htp_exchange *x)
{
    struct prov_call call;
    struct beginning b = {.x = x};
    struct cv_error err = {0};
    const struct prov_browser browser = api_browser_get(x);
    if (no_provider(x) || !api_call(x, &call))
        return;
    call.peer = htp_peer(x);
    if (!prov_sign_in_try(&call, &browser, begin, &b, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    remember(x, &b.start.kept);
    explicit_bzero(&b.start.kept, sizeof b.start.kept);
    htp_header_set(x, "Location", "%s", b.start.url);
    htp_reply_empty(x, 303);
}

/* ---- back ---- */

static bool word(const char **at, char out[OIDC_RANDOM_TEXT])
{
    size_t len = strcspn(*at, " ");
    if (len != OIDC_RANDOM_TEXT - 1)
        return false;
    snprintf(out, OIDC_RANDOM_TEXT, "%.*s", (int)len, *at);
    *at += len + 1;
    return true;
}

struct coming {
    struct htp_exchange *x;
    struct prov_call *call;
    struct oidc_kept kept;
    bool remembered, cancelled;
    struct prov_browser browser;
    struct prov_signed_in who;
};

/* "STATE NONCE VERIFIER SECONDS stf_... MARK" */
static void recall(struct coming *c)
{
    const char *at = api_cookie_opened(c->x, WAY_COOKIE);
    char *end = NULL;
    if (at == NULL || !word(&at, c->kept.state) || !word(&at, c->kept.nonce) || !word(&at, c->kept.verifier))
        return;
    c->remembered = cv_now() - strtoll(at, &end, 10) <= WAY_S;
    const char *mark = *end == ' ' ? strchr(end + 1, ' ') : NULL;
    if (mark != NULL && mark[1] != '\0' &&
        cv_id_parse("stf_", cv_arena_strndup(c->x->arena, end + 1, (size_t)(mark - end - 1)), &c->browser.staff))
        c->browser.mark = mark + 1;
}

static bool refused(struct cv_error *err)
{
    return cv_fail(err, cvp_sign_in_refused, NULL,
                   "Không đăng nhập được qua hệ thống chung; vui lòng đăng nhập lại từ đầu",
                   "The common sign-in was not accepted; please begin again");
}

/* The answer is to a question of this browser, of a moment ago. */
static bool ours(const struct coming *c)
{
    const char *state = htp_query(c->x, "state");
    return state != NULL && c->remembered && cv_secret_equal(state, c->kept.state);
}

static bool come_back(void *ctx, struct cv_error *err)
{
    struct coming *c = ctx;
    struct htp_exchange *x = c->x;
    struct oidc_person person;
    if (!oidc_finish(api_of(x)->oidc, x->deadline, htp_query(x, "code"), htp_query(x, "iss"), &c->kept, x->arena,
                     &person, err))
        return false;
    const struct prov_subject in = {.issuer = person.issuer,
                                    .subject = person.subject,
                                    .claim = person.claim,
                                    .claim_is = (enum prov_claim)api_of(x)->oidc_claim_is,
                                    .with_factor = person.with_factor};
    return prov_sign_in_subject(c->call, &in, &c->who, err);
}

/* A code is slowed as wrong passwords are, and by the same count: it costs a call to the provider and a search. Who
 * thought better of it there brings none. */
static bool signed_in(struct coming *c, struct cv_error *err)
{
    recall(c);
    c->call->peer = htp_peer(c->x);
    const char *error = htp_query(c->x, "error");
    bool asked = ours(c);
    c->cancelled = asked && error != NULL && strcmp(error, "access_denied") == 0;
    bool ok = asked && htp_query(c->x, "code") != NULL ? prov_sign_in_try(c->call, &c->browser, come_back, c, err)
                                                       : refused(err);
    explicit_bzero(&c->kept, sizeof c->kept);
    return ok;
}

static const char *word_of(const struct coming *c, const struct cv_error *err)
{
    if (err->problem == cvp_rate_limited)
        return "wait";
    if (err->problem == cvp_sign_in_refused)
        return c->cancelled ? "cancelled" : "refused";
    return "later";
}

/* What the provider sends back is a person's page: it goes on to one on which people begin again. */
static void not_signed_in(const struct coming *c, const struct cv_error *err)
{
    struct htp_exchange *x = c->x;
    const char *accept = htp_header(x, "Accept");
    cv_log(CV_LOG_WARN, "sign_in_refused", "%s (oidc) from %s", cv_problem_row(err->problem)->code, htp_peer(x));
    if (accept == NULL || strstr(accept, "text/html") == NULL) {
        htp_problem(x, err, &x->faults);
        return;
    }
    htp_header_set(x, "Location", CONSOLE "?sign_in=%s", word_of(c, err));
    htp_reply_empty(x, 303);
}

void api_finish_oidc(struct htp_exchange *x)
{
    struct prov_call call;
    struct coming c = {.x = x, .call = &call};
    struct api_session session;
    struct cv_error err = {0};
    if (no_provider(x) || !api_call(x, &call))
        return;
    htp_header_set(x, "Set-Cookie", WAY_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    if (!signed_in(&c, &err)) {
        not_signed_in(&c, &err);
        return;
    }
    api_session_begin(x, &c.who, 0, &session);
    htp_header_set(x, "Location", CONSOLE);
    htp_reply_empty(x, 303);
}

void api_delete_oidc_subject(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_error err = {0};
    if (!api_if_match_given(x) || !api_call(x, &call))
        return;
    if (!prov_subject_drop(&call, htp_param(x, "staff"), &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    htp_reply_empty(x, 204);
}
