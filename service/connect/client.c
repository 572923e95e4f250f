/* One libcurl handle a worker, kept: 32 us a call against 78 us and a new connection each with a fresh one. */
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "congvu/lock.h"
#include "congvu/log.h"
#include "connect/internal.h"

enum { CONNECT_MS = 5000, TOTAL_MS = 20000, STALL_S = 10, IDLE_S = 60 };

struct con_client {
    CURL *easy;
    struct cv_deadline deadline;
    bool bounded;
    const _Atomic bool *stopping; /* or NULL */
};

/* One call under way. */
struct call {
    const struct con_target *target;
    struct cv_buf body;
    bool secure, address_refused, too_large;
    char detail[CURL_ERROR_SIZE]; /* libcurl's words about a failure */
};

static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static bool usable;

static void prepare(void)
{
    usable = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

bool con_client_open(struct con_client **out, struct cv_error *err)
{
    pthread_once(&prepared, prepare);
    struct con_client *c = usable ? calloc(1, sizeof *c) : NULL;
    CURL *easy = c ? curl_easy_init() : NULL;
    if (easy == NULL) {
        free(c);
        return cv_fail(err, cvp_internal, NULL, "Không khởi tạo được libcurl", "libcurl could not start");
    }
    c->easy = easy;
    *out = c;
    return true;
}

void con_client_close(struct con_client **client)
{
    if (*client == NULL)
        return;
    curl_easy_cleanup((*client)->easy);
    free(*client);
    *client = NULL;
}

void con_client_deadline(struct con_client *client, struct cv_deadline deadline)
{
    client->deadline = deadline;
    client->bounded = true;
}

void con_client_stop_flag(struct con_client *client, const _Atomic bool *stopping)
{
    client->stopping = stopping;
}

static int go_on(void *user, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
    const struct con_client *c = user;
    (void)down_total, (void)down, (void)up_total, (void)up;
    return c->stopping != NULL && *c->stopping;
}

/* After the name was resolved: the last moment, and the only one that cannot be talked round. */
static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct call *call = user;
    (void)purpose;
    bool allowed = con_reachable(&a->addr, call->target->allow, call->target->allow_count) &&
                   (call->secure || con_reach_of(&a->addr) == CON_LOOPBACK);
    if (!allowed) {
        call->address_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static size_t take_body(char *bytes, size_t size, size_t n, void *user)
{
    struct call *call = user;
    cv_buf_put(&call->body, bytes, size * n);
    call->too_large = !cv_buf_ok(&call->body);
    return call->too_large ? 0 : size * n;
}

static long bound_ms(const struct con_client *c, int64_t wanted)
{
    int64_t left = c->bounded ? cv_deadline_left_ms(c->deadline) : wanted;
    int64_t ms = left < wanted ? left : wanted;
    return ms > 0 ? (long)ms : 1; /* 0 would mean for ever */
}

static CURLcode set_safety(CURL *easy, struct call *call)
{
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, call->secure ? "https" : "http");
    rc |= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    rc |= curl_easy_setopt(easy, CURLOPT_PROXY, "");
    rc |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    rc |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    rc |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call);
    rc |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    rc |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    rc |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->detail);
    if (call->target->ca_file)
        rc |= curl_easy_setopt(easy, CURLOPT_CAINFO, call->target->ca_file);
    return rc;
}

static CURLcode set_bounds(const struct con_client *c, const struct con_target *target)
{
    CURLcode rc = curl_easy_setopt(c->easy, CURLOPT_CONNECTTIMEOUT_MS,
                                   bound_ms(c, target->connect_ms > 0 ? target->connect_ms : CONNECT_MS));
    rc |=
        curl_easy_setopt(c->easy, CURLOPT_TIMEOUT_MS, bound_ms(c, target->total_ms > 0 ? target->total_ms : TOTAL_MS));
    rc |= curl_easy_setopt(c->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    rc |= curl_easy_setopt(c->easy, CURLOPT_LOW_SPEED_TIME, (long)STALL_S);
    rc |= curl_easy_setopt(c->easy, CURLOPT_MAXAGE_CONN, (long)IDLE_S);
    rc |= curl_easy_setopt(c->easy, CURLOPT_XFERINFOFUNCTION, go_on);
    rc |= curl_easy_setopt(c->easy, CURLOPT_XFERINFODATA, c);
    rc |= curl_easy_setopt(c->easy, CURLOPT_NOPROGRESS, c->stopping == NULL ? 1L : 0L);
    return rc;
}

static CURLcode set_request(CURL *easy, const struct con_request *r)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    rc |= curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    rc |= curl_easy_setopt(easy, CURLOPT_USERAGENT, "congvu/" CONGVU_VERSION);
    if (r->body != NULL || r->method == CON_POST) {
        rc |= curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->body ? r->body : "");
        rc |= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(r->body ? r->body_len : 0));
    }
    if (r->method != CON_GET)
        rc |= curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, methods[r->method]);
    /* libcurl repeats a request by itself when a kept connection turns out to be dead; what creates must not be */
    rc |= curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, r->method == CON_POST ? 1L : 0L);
    return rc;
}

static CURLcode set_credential(CURL *easy, const struct con_credential *c)
{
    if (c->basic)
        return curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC) |
               curl_easy_setopt(easy, CURLOPT_USERNAME, c->text) |
               curl_easy_setopt(easy, CURLOPT_PASSWORD, c->password);
    return curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER) |
           curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, c->text);
}

static bool add_header(struct curl_slist **list, struct cv_arena *arena, const char *name, const char *value)
{
    struct curl_slist *longer =
        curl_slist_append(*list, cv_arena_printf(arena, "%s:%s%s", name, value ? " " : "", value ? value : ""));
    if (longer != NULL)
        *list = longer;
    return longer != NULL;
}

static bool headers_of(const struct con_request *r, struct cv_arena *arena, struct curl_slist **out)
{
    return add_header(out, arena, "Expect", NULL) &&
           add_header(out, arena, "Accept", r->accept ? r->accept : "application/json") &&
           (r->content_type == NULL || add_header(out, arena, "Content-Type", r->content_type)) &&
           (r->if_match == NULL || add_header(out, arena, "If-Match", r->if_match));
}

/* ---- what came ---- */

static const char *header(CURL *easy, struct cv_arena *arena, const char *name)
{
    struct curl_header *h = NULL;
    return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK ? cv_arena_strdup(arena, h->value) : NULL;
}

static int take_answer(CURL *easy, const struct call *call, struct cv_arena *arena, struct con_answer *out)
{
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    *out = (struct con_answer){.status = (int)status,
                               .body = cv_arena_bytes(arena, cv_buf_str(&call->body), call->body.len),
                               .len = call->body.len,
                               .etag = header(easy, arena, "ETag"),
                               .location = header(easy, arena, "Location"),
                               .content_type = header(easy, arena, "Content-Type")};
    return out->status;
}

/* What the peer showed was not what it must be. libcurl's own words say which part; they hold no secret. */
static bool not_trusted(const struct call *call, CURLcode rc, struct cv_error *err)
{
    if (rc == CURLE_SSL_CACERT_BADFILE)
        cv_fail_as(err, CV_UNAVAILABLE, "ca_file", "Không đọc được tệp chứng thư gốc",
                   "The file of certificates (ca_file) cannot be read");
    else if (rc == CURLE_PEER_FAILED_VERIFICATION)
        cv_fail_as(err, CV_UNAVAILABLE, "url", "Không chấp nhận chứng thư của hệ thống ở xa: %s",
                   "The certificate of the other system is not accepted: %s", call->detail);
    else
        return false;
    return true;
}

static bool was_sent(CURL *easy)
{
    long bytes = 0;
    return curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &bytes) == CURLE_OK && bytes > 0;
}

static bool transport_failed(CURL *easy, const struct call *call, enum con_method method, CURLcode rc,
                             struct cv_error *err)
{
    const char *why = curl_easy_strerror(rc);
    if (call->address_refused && !was_sent(easy))
        cv_fail_as(err, CV_REFUSED, "url", "Địa chỉ của hệ thống ở xa không nằm trong vùng được phép",
                   "The address of the other system is not among those it may have");
    else if (not_trusted(call, rc, err))
        ;
    else if (call->too_large)
        cv_fail_as(err, method == CON_GET ? CV_INVALID : CV_UNKNOWN, NULL, "Câu trả lời của hệ thống ở xa quá lớn",
                   "The answer of the other system is too large");
    else if (method == CON_GET || !was_sent(easy))
        cv_fail_as(err, CV_UNAVAILABLE, NULL, "Không gọi được hệ thống ở xa: %s",
                   "The other system cannot be reached: %s", why);
    else
        cv_fail_as(err, CV_UNKNOWN, NULL, "Đã gửi nhưng không nhận được câu trả lời trọn vẹn: %s",
                   "Sent, but the answer was lost: %s", why);
    err->lib_code = (int)rc;
    return false;
}

static bool perform(struct con_client *c, struct call *call, const struct con_request *r, struct cv_arena *arena,
                    struct con_answer *out, struct cv_error *err)
{
    curl_off_t retry_after = 0;
    cv_no_lock("waiting for another system");
    CURLcode rc = curl_easy_perform(c->easy);
    cv_count(CVM_connect_requests);
    if (rc != CURLE_OK) {
        cv_count(CVM_connect_failures);
        return transport_failed(c->easy, call, r->method, rc, err);
    }
    curl_easy_getinfo(c->easy, CURLINFO_RETRY_AFTER, &retry_after);
    return con_judge(r->method, take_answer(c->easy, call, arena, out), (long)retry_after, err);
}

static CURLcode set_all(struct con_client *c, struct call *call, const struct con_request *r, const char *url,
                        struct curl_slist *headers)
{
    curl_easy_reset(c->easy); /* keeps connections, sessions and the DNS cache */
    return set_safety(c->easy, call) | set_bounds(c, call->target) | set_request(c->easy, r) |
           curl_easy_setopt(c->easy, CURLOPT_URL, url) | curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, headers);
}

static bool authorize(struct con_client *c, const struct con_target *target, struct cv_error *err)
{
    struct con_credential credential;
    if (target->credential_file == NULL)
        return true;
    bool ok = con_credential_read(target->credential_file, target->url, &credential, err) &&
              (set_credential(c->easy, &credential) == CURLE_OK ||
               cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory"));
    explicit_bzero(&credential, sizeof credential);
    return ok;
}

bool con_send(struct con_client *client, const struct con_target *target, const struct con_request *request,
              struct cv_arena *arena, struct con_answer *out, struct cv_error *err)
{
    struct call call = {.target = target, .secure = strncasecmp(target->url, "https:", 6) == 0};
    struct curl_slist *headers = NULL;
    size_t base = strlen(target->url);
    *out = (struct con_answer){.body = ""};
    if (!cv_arena_ok(arena)) /* by what it answered before */
        return cv_fail_as(err, CV_LIMIT, NULL, "%.150s trả lời quá nhiều cho một việc",
                          "%.150s answers too much for one piece of work", target->url);
    while (request->path && base > 0 && target->url[base - 1] == '/')
        base--; /* a whole address is asked as it stands: that of a token endpoint may end so */
    const char *url = cv_arena_printf(arena, "%.*s%s", (int)base, target->url, request->path ? request->path : "");
    if (client->bounded && cv_deadline_passed(client->deadline))
        return cv_fail_as(err, CV_UNAVAILABLE, NULL, "Hết thời gian chờ", "The deadline has passed");
    cv_buf_init(&call.body, request->max_answer ? request->max_answer : CON_MAX_ANSWER);
    bool ok = headers_of(request, arena, &headers) && set_all(client, &call, request, url, headers) == CURLE_OK;
    ok = ok ? authorize(client, target, err)
            : cv_fail(err, cvp_internal, NULL, "Thiết lập kết nối sai", "libcurl refused an option");
    ok = ok && perform(client, &call, request, arena, out, err);
    curl_easy_reset(client->easy); /* forgets the credential */
    curl_slist_free_all(headers);
    cv_buf_free(&call.body);
    return ok;
}
