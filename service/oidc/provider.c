/* The provider: what it publishes, and the exchange of a code for a token. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "congvu/connect.h"
#include "congvu/json.h"
#include "congvu/lock.h"
#include "congvu/log.h"
#include "congvu/oidc.h"
#include "congvu/secret.h"
#include "oidc/pkce.h"
#include "oidc/token.h"

enum { PUBLISHED_MAX = 1 << 20, KEEP_MS = 3600 * 1000, AGAIN_MS = 10 * 1000, REST_MS = 3 * 1000 };
/* Who waits for the answer to somebody else's question, as long as nothing is known: few, and briefly. */
enum { WAIT_MS = 2000, WAITERS_MAX = 2 };

/* What it publishes, as read at one time. */
struct published {
    char authorization[CON_MAX_URL + 1], token[CON_MAX_URL + 1];
    struct oidc_keys *keys;
};

struct oidc {
    struct oidc_options options;
    pthread_cond_t told; /* the asking is over */
    struct cv_lock lock; /* guards what follows */
    struct published now;
    bool known;
    bool asking;                     /* somebody reads it just now */
    int waiting;                     /* for him, because nothing is known yet */
    struct cv_deadline stale, again; /* to be read anew, and no sooner although a key is unknown */
    struct cv_deadline rest;         /* it did not answer and is not asked before */
};

bool oidc_open(const struct oidc_options *options, struct oidc **out, struct cv_error *err)
{
    struct oidc *o = calloc(1, sizeof *o);
    if (o == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    cv_cond_init(&o->told);
    o->options = *options;
    cv_lock_init(&o->lock, CV_RANK_PROVIDER);
    *out = o;
    return true;
}

void oidc_close(struct oidc **oidc)
{
    if (*oidc == NULL)
        return;
    oidc_keys_unref(&(*oidc)->now.keys);
    cv_lock_destroy(&(*oidc)->lock);
    pthread_cond_destroy(&(*oidc)->told);
    free(*oidc);
    *oidc = NULL;
}

/* ---- asking ---- */

static bool away(struct cv_error *err, const char *why)
{
    cv_log(CV_LOG_WARN, "oidc.provider", "%s", why);
    return cv_fail(err, cvp_provider_unavailable, NULL, "Hệ thống đăng nhập chung chưa trả lời; vui lòng thử lại sau",
                   "The common sign-in does not answer; please try again later");
}

/* One call on a connection of its own: people sign in seldom. */
static bool send(const struct oidc *o, const char *url, const struct con_request *request, bool as_client,
                 struct cv_deadline deadline, struct cv_arena *arena, struct con_answer *answer, struct cv_error *err)
{
    struct con_client *client = NULL;
    struct con_target target = {.url = url,
                                .credential_file = as_client ? o->options.credential_file : NULL,
                                .ca_file = o->options.ca_file,
                                .allow = o->options.allow,
                                .allow_count = o->options.allow_count};
    if (!con_client_open(&client, err))
        return false;
    con_client_deadline(client, deadline);
    bool ok = con_send(client, &target, request, arena, answer, err);
    con_client_close(&client);
    return ok;
}

static const struct cv_jany *get(const struct oidc *o, const char *url, struct cv_deadline deadline,
                                 struct cv_arena *arena, struct con_answer *answer, struct cv_error *err)
{
    const struct con_request request = {.method = CON_GET, .accept = "application/json", .max_answer = PUBLISHED_MAX};
    if (!send(o, url, &request, false, deadline, arena, answer, err))
        return NULL;
    return cv_jany_parse(arena, answer->body, answer->len, err);
}

static bool take_url(const struct cv_jany *document, const char *name, struct cv_arena *arena,
                     char out[CON_MAX_URL + 1])
{
    const char *url = cv_jany_text(cv_jany_get(document, name), arena);
    if (url == NULL || strlen(url) > CON_MAX_URL ||
        (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://127.0.0.1", 16) != 0))
        return false;
    for (const char *p = url; *p != '\0'; p++)
        if ((unsigned char)*p <= ' ' || (unsigned char)*p > '~')
            return false;
    snprintf(out, CON_MAX_URL + 1, "%s", url);
    return true;
}

static const char *discovery_url(const struct oidc *o, struct cv_arena *arena)
{
    size_t len = strlen(o->options.issuer);
    while (len > 0 && o->options.issuer[len - 1] == '/')
        len--;
    return cv_arena_printf(arena, "%.*s/.well-known/openid-configuration", (int)len, o->options.issuer);
}

static bool read_published(const struct oidc *o, struct cv_deadline deadline, struct cv_arena *arena,
                           struct published *out, struct cv_error *err)
{
    char keys_url[CON_MAX_URL + 1];
    struct con_answer answer = {0};
    *out = (struct published){.keys = NULL};
    const struct cv_jany *document = get(o, discovery_url(o, arena), deadline, arena, &answer, err);
    const char *issuer = cv_jany_text(cv_jany_get(document, "issuer"), arena);
    if (document == NULL)
        return away(err, "its description cannot be read");
    if (issuer == NULL || strcmp(issuer, o->options.issuer) != 0)
        return away(err, "it names itself otherwise than oidc_issuer");
    if (!take_url(document, "authorization_endpoint", arena, out->authorization) ||
        !take_url(document, "token_endpoint", arena, out->token) || !take_url(document, "jwks_uri", arena, keys_url))
        return away(err, "its description lacks an address");
    if (get(o, keys_url, deadline, arena, &answer, err) == NULL)
        return away(err, "its keys cannot be read");
    out->keys = oidc_keys_parse(answer.body, answer.len);
    if (oidc_keys_count(out->keys) > 0)
        return true;
    oidc_keys_unref(&out->keys);
    return away(err, "it publishes no key that can be used");
}

/* ---- kept for an hour ---- */

static void copy(struct oidc *o, struct published *out)
{
    *out = o->now;
    oidc_keys_ref(out->keys);
}

/* Under the lock. Just after a start several people sign in at once: the second one needs no more than the answer that
 * the first one is getting. */
static void wait_for_the_asker(struct oidc *o, struct cv_deadline deadline)
{
    struct timespec due = cv_timespec(cv_deadline_min(deadline, cv_deadline_in_ms(WAIT_MS)));
    int rc = 0;
    if (o->waiting == WAITERS_MAX)
        return;
    o->waiting++;
    while (!o->known && o->asking && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&o->told, &o->lock.mutex, &due);
    o->waiting--;
}

enum look { LOOK_KNOWN, LOOK_ASK, LOOK_NOTHING };

/* `anew`: a key was unknown; not more often than every few seconds, so that forged names of keys cost nothing. One asks
 * at a time: anybody may begin to sign in, and a provider that hangs must not keep a worker for each who does. */
static enum look look(struct oidc *o, bool anew, struct cv_deadline deadline, struct published *out)
{
    cv_lock_take(&o->lock);
    if (!o->known && o->asking)
        wait_for_the_asker(o, deadline);
    bool fresh = o->known && !cv_deadline_passed(anew ? o->again : o->stale);
    bool ask = !fresh && !o->asking && cv_deadline_passed(o->rest);
    if (ask)
        o->asking = true;
    else if (o->known)
        copy(o, out);
    enum look found = ask ? LOOK_ASK : o->known ? LOOK_KNOWN : LOOK_NOTHING;
    cv_lock_give(&o->lock);
    return found;
}

static bool asked(struct oidc *o, bool answered)
{
    cv_lock_take(&o->lock);
    o->asking = false;
    if (!answered)
        o->rest = cv_deadline_in_ms(REST_MS);
    pthread_cond_broadcast(&o->told);
    cv_lock_give(&o->lock);
    return answered;
}

static void keep(struct oidc *o, const struct published *fresh)
{
    cv_lock_take(&o->lock);
    struct oidc_keys *former = o->now.keys;
    o->now = *fresh;
    oidc_keys_ref(fresh->keys);
    o->known = true;
    o->stale = cv_deadline_in_ms(KEEP_MS);
    o->again = cv_deadline_in_ms(AGAIN_MS);
    cv_lock_give(&o->lock);
    oidc_keys_unref(&former);
}

/* Out has a reference of its own. */
static bool published(struct oidc *o, bool anew, struct cv_deadline deadline, struct cv_arena *arena,
                      struct published *out, struct cv_error *err)
{
    enum look found = look(o, anew, deadline, out);
    if (found == LOOK_KNOWN)
        return true;
    if (found == LOOK_NOTHING)
        return away(err, "it did not answer a moment ago");
    bool answered = read_published(o, deadline, arena, out, err);
    if (answered)
        keep(o, out);
    return asked(o, answered);
}

/* ---- begin ---- */

bool oidc_begin(struct oidc *o, struct cv_deadline deadline, struct cv_arena *arena, struct oidc_start *out,
                struct cv_error *err)
{
    struct published p;
    if (!published(o, false, deadline, arena, &p, err))
        return false;
    oidc_keys_unref(&p.keys);
    cv_random_text(out->kept.state, OIDC_RANDOM_TEXT - 1, false);
    cv_random_text(out->kept.nonce, OIDC_RANDOM_TEXT - 1, false);
    cv_random_text(out->kept.verifier, OIDC_RANDOM_TEXT - 1, false);
    out->url = cv_arena_printf(
        arena,
        "%s%cresponse_type=code&client_id=%s&redirect_uri=%s&scope=openid%%20email%%20profile&state=%s&nonce=%s"
        "&code_challenge=%s&code_challenge_method=S256",
        p.authorization, strchr(p.authorization, '?') != NULL ? '&' : '?', con_escape(arena, o->options.client_id),
        con_escape(arena, o->options.redirect_uri), out->kept.state, out->kept.nonce,
        oidc_challenge(arena, out->kept.verifier));
    return true;
}

/* ---- finish ---- */

static bool refused(struct cv_error *err, const char *why)
{
    cv_log(CV_LOG_WARN, "oidc.refused", "%s", why);
    return cv_fail(err, cvp_sign_in_refused, NULL,
                   "Không đăng nhập được qua hệ thống chung; vui lòng đăng nhập lại từ đầu",
                   "The common sign-in was not accepted; please begin again");
}

/* The ID token, or NULL. */
static const char *exchange(const struct oidc *o, const char *url, const char *code, const char *verifier,
                            struct cv_deadline deadline, struct cv_arena *arena, struct cv_error *err)
{
    const char *body =
        cv_arena_printf(arena, "grant_type=authorization_code&code=%s&redirect_uri=%s&client_id=%s&code_verifier=%s",
                        con_escape(arena, code), con_escape(arena, o->options.redirect_uri),
                        con_escape(arena, o->options.client_id), verifier);
    const struct con_request request = {.method = CON_POST,
                                        .accept = "application/json",
                                        .content_type = "application/x-www-form-urlencoded",
                                        .body = body,
                                        .body_len = strlen(body),
                                        .max_answer = PUBLISHED_MAX};
    struct con_answer answer = {0};
    if (!send(o, url, &request, true, deadline, arena, &answer, err)) {
        bool no = answer.status >= 400 && answer.status < 500 && answer.status != 429;
        (void)(no ? refused(err, "the provider does not take the code") : away(err, "no answer about the code"));
        return NULL;
    }
    const struct cv_jany *document = cv_jany_parse(arena, answer.body, answer.len, err);
    const struct cv_jany *token = cv_jany_get(document, "id_token");
    if (cv_jany_kind(token) == CV_JANY_TEXT)
        return cv_jany_text(token, arena);
    refused(err, "the answer about the code has no ID token");
    return NULL;
}

static const char *judge(struct oidc *o, const struct oidc_keys *keys, const char *token, const struct oidc_kept *kept,
                         struct cv_arena *arena, struct oidc_person *out, bool *out_unknown)
{
    const struct oidc_wanted wanted = {.issuer = o->options.issuer,
                                       .audience = o->options.client_id,
                                       .nonce = kept->nonce,
                                       .claim = o->options.claim,
                                       .now = cv_now()};
    return oidc_judge(keys, &wanted, token, strlen(token), arena, out, out_unknown);
}

/* With the keys that are known; once more with those that the provider has now. */
static bool believe(struct oidc *o, struct published *p, const char *token, const struct oidc_kept *kept,
                    struct cv_deadline deadline, struct cv_arena *arena, struct oidc_person *out, struct cv_error *err)
{
    bool unknown = false;
    const char *why = judge(o, p->keys, token, kept, arena, out, &unknown);
    if (why != NULL && unknown) {
        struct published fresh;
        if (!published(o, true, deadline, arena, &fresh, err))
            return false;
        why = judge(o, fresh.keys, token, kept, arena, out, &unknown);
        oidc_keys_unref(&fresh.keys);
    }
    return why == NULL || refused(err, why);
}

bool oidc_finish(struct oidc *o, struct cv_deadline deadline, const char *code, const char *issuer,
                 const struct oidc_kept *kept, struct cv_arena *arena, struct oidc_person *out, struct cv_error *err)
{
    struct published p;
    if (issuer != NULL && strcmp(issuer, o->options.issuer) != 0)
        return refused(err, "the answer comes from another provider");
    if (!published(o, false, deadline, arena, &p, err))
        return false;
    const char *token = exchange(o, p.token, code, kept->verifier, deadline, arena, err);
    bool ok = token != NULL && believe(o, &p, token, kept, deadline, arena, out, err);
    oidc_keys_unref(&p.keys);
    return ok;
}
