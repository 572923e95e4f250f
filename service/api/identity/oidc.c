/* Signing in through an OpenID provider: the way there, and the way back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/frame/session.h"
#include "congvu/log.h"
#include "congvu/oidc.h"

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

/* SameSite=Lax: it has to come along when the provider sends the browser back. */
static void remember(struct htp_exchange *x, const struct oidc_kept *kept)
{
    const char *plain =
        cv_arena_printf(x->arena, "%s %s %s %lld", kept->state, kept->nonce, kept->verifier, (long long)cv_now());
    const char *sealed = cv_seal(x->arena, &api_of(x)->session_key, plain, strlen(plain), WAY_COOKIE);
    if (sealed != NULL)
        htp_header_set(x, "Set-Cookie", WAY_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%d", sealed,
                       WAY_S);
}

void api_begin_oidc(struct htp_exchange *x)
{
    struct oidc_start start;
    struct cv_error err = {0};
    if (no_provider(x))
        return;
    if (!oidc_begin(api_of(x)->oidc, x->deadline, x->arena, &start, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    remember(x, &start.kept);
    explicit_bzero(&start.kept, sizeof start.kept);
    htp_header_set(x, "Location", "%s", start.url);
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

static bool remembered(struct htp_exchange *x, struct oidc_kept *out)
{
    const char *at = api_cookie_opened(x, WAY_COOKIE);
    return at != NULL && word(&at, out->state) && word(&at, out->nonce) && word(&at, out->verifier) &&
           cv_now() - strtoll(at, NULL, 10) <= WAY_S;
}

static bool refused(struct cv_error *err)
{
    return cv_fail(err, cvp_sign_in_refused, NULL,
                   "Không đăng nhập được qua hệ thống chung; vui lòng đăng nhập lại từ đầu",
                   "The common sign-in was not accepted; please begin again");
}

/* The answer is to a question of this browser, of a moment ago. */
static bool ours(struct htp_exchange *x, struct oidc_kept *kept, struct cv_error *err)
{
    const char *state = htp_query(x, "state");
    return (state != NULL && remembered(x, kept) && cv_secret_equal(state, kept->state) &&
            htp_query(x, "code") != NULL) ||
           refused(err);
}

static bool signed_in(struct htp_exchange *x, struct prov_call *call, struct prov_signed_in *who, struct cv_error *err)
{
    struct oidc_kept kept;
    struct oidc_person person;
    bool ok = ours(x, &kept, err) && oidc_finish(api_of(x)->oidc, x->deadline, htp_query(x, "code"),
                                                 htp_query(x, "iss"), &kept, x->arena, &person, err);
    explicit_bzero(&kept, sizeof kept);
    if (!ok)
        return false;
    const struct prov_subject in = {.issuer = person.issuer,
                                    .subject = person.subject,
                                    .claim = person.claim,
                                    .claim_is = (enum prov_claim)api_of(x)->oidc_claim_is,
                                    .with_factor = person.with_factor};
    return prov_sign_in_subject(call, &in, who, err);
}

void api_finish_oidc(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_signed_in who;
    struct api_session session;
    struct cv_error err = {0};
    if (no_provider(x) || !api_call(x, &call))
        return;
    htp_header_set(x, "Set-Cookie", WAY_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    if (!signed_in(x, &call, &who, &err)) {
        cv_log(CV_LOG_WARN, "sign_in_refused", "%s (oidc) from %s", cv_problem_row(err.problem)->code, htp_peer(x));
        htp_problem(x, &err, &x->faults);
        return;
    }
    api_session_begin(x, &who, 0, &session);
    htp_header_set(x, "Location", "/console");
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
