/* Calls to other systems: against a server of canned answers on a free port. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base_test.h"
#include "congvu/connect.h"
#include "congvu/scim.h"
#include "congvu/text.h"
#include "connect/internal.h"

/* ---- a server that answers each connection with the same bytes and keeps what it was sent ---- */
struct canned {
    int listener;
    char url[64];
    const char *answer;
    char seen[8192];
    _Atomic int calls;
    pthread_t thread;
};

static void read_request(int fd, char *out, size_t size)
{
    size_t len = 0;
    ssize_t n;
    while (len + 1 < size && (n = recv(fd, out + len, size - len - 1, 0)) > 0) {
        len += (size_t)n;
        out[len] = '\0';
        if (strstr(out, "\r\n\r\n"))
            return;
    }
    out[len] = '\0';
}

static void *serve(void *arg)
{
    struct canned *s = arg;
    int fd;
    while ((fd = accept(s->listener, NULL, NULL)) >= 0) {
        read_request(fd, s->seen, sizeof s->seen);
        s->calls++;
        send(fd, s->answer, strlen(s->answer), MSG_NOSIGNAL);
        close(fd);
    }
    return NULL;
}

static void canned_start(struct canned *s, const char *answer)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    *s = (struct canned){.answer = answer};
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(s->listener, 16), 0);
    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&a, &len), 0);
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d/scim/", ntohs(a.sin_port));
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void canned_stop(struct canned *s)
{
    shutdown(s->listener, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->listener);
}

static const char *const loopback[] = {"loopback"};

static bool ask(struct canned *s, enum con_method method, struct con_target target, struct cv_arena *arena,
                struct con_answer *out, struct cv_error *err)
{
    struct con_client *client = NULL;
    const struct con_request request = {
        .method = method, .path = "/Users/a%20b", .body = method == CON_GET ? NULL : "{}", .body_len = 2};
    cv_error_clear(err);
    target.url = s->url;
    assert_true(con_client_open(&client, err));
    con_client_deadline(client, cv_deadline_in_ms(20000));
    bool ok = con_send(client, &target, &request, arena, out, err);
    con_client_close(&client);
    return ok;
}

static const struct con_target local = {.allow = loopback, .allow_count = 1};

static void test_an_answer_and_its_headers(void **state)
{
    struct canned s;
    struct con_answer a;
    struct cv_error err;
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    (void)state;
    canned_start(
        &s, "HTTP/1.1 200 OK\r\nETag: W/\"7\"\r\nContent-Type: application/scim+json\r\nContent-Length: 2\r\n\r\n{}");
    assert_true(ask(&s, CON_GET, local, arena, &a, &err));
    assert_int_equal(a.status, 200);
    assert_string_equal(a.body, "{}");
    assert_string_equal(a.etag, "W/\"7\"");
    assert_string_equal(a.content_type, "application/scim+json");
    assert_null(a.location);
    assert_non_null(strstr(s.seen, "GET /scim/Users/a%20b HTTP/1.1\r\n"));
    assert_null(strstr(s.seen, "Authorization"));
    canned_stop(&s);
}

static void outcome_is(const char *answer, enum con_method method, enum cv_kind kind, unsigned retry_after_s)
{
    struct canned s;
    struct con_answer a;
    struct cv_error err;
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    canned_start(&s, answer);
    assert_false(ask(&s, method, local, arena, &a, &err));
    canned_stop(&s);
    assert_int_equal(err.kind, kind);
    assert_int_equal(err.retry_after_s, retry_after_s);
    assert_int_equal(s.calls, 1);
}

static void test_outcomes(void **state)
{
    (void)state;
    outcome_is("HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n", CON_GET, CV_NOT_FOUND, 0);
    outcome_is("HTTP/1.1 409 x\r\nContent-Length: 0\r\n\r\n", CON_POST, CV_CONFLICT, 0);
    outcome_is("HTTP/1.1 412 x\r\nContent-Length: 0\r\n\r\n", CON_PUT, CV_STALE, 0);
    outcome_is("HTTP/1.1 403 x\r\nContent-Length: 0\r\n\r\n", CON_POST, CV_REFUSED, 0);
    outcome_is("HTTP/1.1 400 x\r\nContent-Length: 0\r\n\r\n", CON_POST, CV_INVALID, 0);
    outcome_is("HTTP/1.1 501 x\r\nContent-Length: 0\r\n\r\n", CON_PATCH, CV_INVALID, 0);
    outcome_is("HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n", CON_POST, CV_UNKNOWN, 0);
    outcome_is("HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n", CON_GET, CV_UNAVAILABLE, 0);
    outcome_is("HTTP/1.1 429 x\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", CON_POST, CV_LIMIT, 7);
    outcome_is("HTTP/1.1 503 x\r\nRetry-After: 86400\r\nContent-Length: 0\r\n\r\n", CON_GET, CV_LIMIT,
               CON_RETRY_AFTER_MAX);
    outcome_is("HTTP/1.1 503 x\r\nRetry-After: Fri, 01 Jan 2100 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n", CON_GET,
               CV_LIMIT, CON_RETRY_AFTER_MAX);
    outcome_is("HTTP/1.1 302 x\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n", CON_GET, CV_REFUSED,
               0);
}

/* Sent and not answered is never "not done", and is never sent again by itself. */
static void test_a_lost_answer_is_unknown(void **state)
{
    (void)state;
    outcome_is("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"id\":", CON_POST, CV_UNKNOWN, 0);
    outcome_is("", CON_POST, CV_UNKNOWN, 0);
    outcome_is("", CON_GET, CV_UNAVAILABLE, 0);
}

static void test_nobody_there_is_certainly_not_done(void **state)
{
    struct canned s;
    struct con_answer a;
    struct cv_error err;
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    (void)state;
    canned_start(&s, "");
    canned_stop(&s);
    assert_false(ask(&s, CON_POST, local, arena, &a, &err));
    assert_int_equal(err.kind, CV_UNAVAILABLE);
    assert_int_equal(a.status, 0);
}

static void test_an_answer_is_bounded(void **state)
{
    struct canned s;
    struct con_answer a;
    struct cv_error err = {0};
    struct con_client *client = NULL;
    struct con_target target = local;
    const struct con_request request = {.method = CON_GET, .max_answer = 16};
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    (void)state;
    canned_start(&s, "HTTP/1.1 200 OK\r\n\r\n0123456789012345678901234567890123456789");
    target.url = s.url;
    assert_true(con_client_open(&client, &err));
    assert_false(con_send(client, &target, &request, arena, &a, &err));
    assert_int_equal(err.kind, CV_INVALID);
    con_client_close(&client);
    canned_stop(&s);
}

/* ---- secrets ---- */
static const char *secret_file(char path[64], const char *text, mode_t mode)
{
    strcpy(path, "/tmp/cv-secret-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && fchmod(fd, mode) == 0);
    close(fd);
    return path;
}

static void sent_with(const char *secret, const char *expected)
{
    struct canned s;
    struct con_answer a;
    struct cv_error err;
    char path[64];
    struct con_target target = local;
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    canned_start(&s, "HTTP/1.1 204 x\r\n\r\n");
    target.credential_file = secret_file(
        path, cv_arena_printf(arena, "Host: %.*s\n%s", (int)strcspn(s.url + 7, "/"), s.url + 7, secret), 0600);
    assert_true(ask(&s, CON_DELETE, target, arena, &a, &err));
    assert_non_null(strstr(s.seen, expected));
    canned_stop(&s);
    unlink(path);
}

static void test_credentials(void **state)
{
    (void)state;
    sent_with("Bearer s3cr3t\n", "Authorization: Bearer s3cr3t\r\n");
    sent_with("s3cr3t", "Authorization: Bearer s3cr3t\r\n");
    sent_with("Basic an:mật:khẩu\n", "Authorization: Basic YW46beG6rXQ6a2jhuql1\r\n");
}

static void refused_secret(const char *text, mode_t mode)
{
    struct con_credential c;
    struct cv_error err = {0};
    char path[64];
    assert_false(con_credential_read(secret_file(path, text, mode), "https://eoffice.vn/scim", &c, &err));
    assert_int_equal(err.kind, CV_REFUSED);
    assert_null(strstr(err.text[CV_EN], "s3cr3t"));
    unlink(path);
}

static void test_files_that_are_no_secret(void **state)
{
    (void)state;
    refused_secret("Host: eoffice.vn\ns3cr3t", 0640);
    refused_secret("Host: eoffice.vn\ns3cr3t\r\nX-Injected: 1", 0600);
    refused_secret("", 0600);
    refused_secret("Host: eoffice.vn\nBasic s3cr3t", 0600);
    refused_secret("s3cr3t", 0600); /* it would follow any URL */
    refused_secret("Bearer s3cr3t\n", 0600);
}

static bool meant_for(const char *text, const char *url)
{
    struct con_credential c;
    struct cv_error err = {0};
    char path[64];
    bool ok = con_credential_read(secret_file(path, text, 0600), url, &c, &err);
    assert_true(ok ? !c.basic && strcmp(c.text, "s3cr3t") == 0 : err.kind == CV_REFUSED);
    unlink(path);
    return ok;
}

static void test_a_secret_meant_for_one_host(void **state)
{
    static const char own[] = "Host: eoffice.vn\nBearer s3cr3t\n", port[] = "host:eoffice.vn:8443\r\ns3cr3t\n";
    (void)state;
    assert_true(meant_for(own, "https://eOffice.vn/scim"));
    assert_true(meant_for(own, "https://eoffice.vn:443"));
    assert_false(meant_for(own, "https://eoffice.vn:8443"));
    assert_false(meant_for(own, "http://eoffice.vn:443"));
    assert_false(meant_for(own, "https://eoffice.vn.evil.example"));
    assert_false(meant_for(own, "https://eoffice"));
    assert_true(meant_for(port, "https://eoffice.vn:8443/scim"));
    assert_false(meant_for(port, "https://eoffice.vn/scim"));
    assert_true(meant_for("Host: [::1]:8080\ns3cr3t", "http://[::1]:8080/"));
    assert_false(meant_for("Host:\ns3cr3t", "https://eoffice.vn"));
    refused_secret("s3cr3t\nHost: eoffice.vn\n", 0600);
    refused_secret("Host: eoffice.vn\n\n", 0600);
}

/* ---- addresses ---- */
static void test_special_addresses_are_refused(void **state)
{
    static const char *const bad[] = {"127.0.0.1",       "127.9.9.9",       "0.0.0.0",    "10.1.2.3",
                                      "172.31.0.1",      "192.168.1.1",     "100.64.0.1", "169.254.169.254",
                                      "224.0.0.1",       "255.255.255.255", "::1",        "::",
                                      "fe80::1",         "fd00::1",         "ff02::1",    "::ffff:127.0.0.1",
                                      "64:ff9b::7f00:1", "2002:7f00:1::",   "::10.0.0.1"};
    (void)state;
    for (size_t i = 0; i < CV_COUNT(bad); i++)
        assert_false(con_address_allowed(bad[i], NULL, 0));
    assert_true(con_address_allowed("8.8.8.8", NULL, 0));
    assert_true(con_address_allowed("2606:4700::1111", NULL, 0));
    assert_true(con_address_allowed("172.32.0.1", NULL, 0));
    assert_false(con_address_allowed("somewhere", NULL, 0));
}

static void test_what_a_target_allows(void **state)
{
    static const char *const words[] = {"private", "169.254.10.0/24"};
    (void)state;
    assert_true(con_address_allowed("10.1.2.3", words, 2));
    assert_true(con_address_allowed("fd00::1", words, 2));
    assert_true(con_address_allowed("169.254.10.9", words, 2));
    assert_false(con_address_allowed("169.254.169.254", words, 2));
    assert_false(con_address_allowed("127.0.0.1", words, 2));
    assert_true(con_address_allowed("::ffff:127.0.0.1", loopback, 1));
    assert_true(con_allow_ok("loopback") && con_allow_ok("private") && con_allow_ok("10.0.0.0/8") &&
                con_allow_ok("fd00::/8"));
    assert_false(con_allow_ok("everything") || con_allow_ok("10.0.0.0/33") || con_allow_ok("10.0.0.0") ||
                 con_allow_ok("10.0.0.0/+8") || con_allow_ok("/8") || con_allow_ok(""));
}

static void test_loopback_must_be_allowed(void **state)
{
    struct canned s;
    struct con_answer a;
    struct cv_error err;
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    (void)state;
    canned_start(&s, "HTTP/1.1 200 OK\r\n\r\n");
    assert_false(ask(&s, CON_GET, (struct con_target){0}, arena, &a, &err));
    assert_int_equal(err.kind, CV_REFUSED);
    assert_int_equal(s.calls, 0);
    canned_stop(&s);
}

static void test_urls(void **state)
{
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    (void)state;
    assert_true(con_url_ok("https://e.vn/scim/v2") && con_url_ok("http://127.0.0.1:8080") &&
                con_url_ok("https://[::1]:1/"));
    assert_false(con_url_ok("ftp://e.vn/") || con_url_ok("file:///etc/passwd") || con_url_ok("e.vn/scim") ||
                 con_url_ok("https://u:p@e.vn/") || con_url_ok("https://e.vn/?a=b") || con_url_ok("https://e.vn/#x") ||
                 con_url_ok("https://") || con_url_ok("") || con_url_ok("https://e.vn/a b"));
    assert_string_equal(con_escape(arena, "a b/ü\"~"), "a%20b%2F%C3%BC%22~");
}

static void test_what_lies_below_a_url(void **state)
{
    static const char base[] = "https://e.vn/scim/v2/";
    (void)state;
    assert_string_equal(con_url_below(base, "https://e.vn/scim/v2/Users/1"), "/Users/1");
    assert_string_equal(con_url_below(base, "HTTPS://E.vn:443/scim/v2/People/a%2Fb"), "/People/a%2Fb");
    assert_string_equal(con_url_below(base, "/scim/v2/Users/1"), "/Users/1");
    assert_string_equal(con_url_below("https://e.vn", "https://e.vn/Users/1"), "/Users/1");
    static const char *const outside[] = {"https://e.vn/scim/v20/Users/1",
                                          "https://e.vn/admin",
                                          "https://e.vn/scim/v2/",
                                          "http://e.vn/scim/v2/Users/1",
                                          "https://e.vn:8443/scim/v2/Users/1",
                                          "https://x@e.vn/scim/v2/Users/1",
                                          "https://e.vn.x/scim/v2/Users/1",
                                          "https://e.vn/scim/v2/../admin",
                                          "https://e.vn/scim/v2/%2E%2e/admin",
                                          "https://e.vn/scim/v2/Users/1?x",
                                          "https://e.vn/scim/v2/Users/a b",
                                          "//e.vn/scim/v2/Users/1",
                                          "Users/1",
                                          ""};
    for (size_t i = 0; i < CV_COUNT(outside); i++)
        assert_null(con_url_below(base, outside[i]));
}

/* ---- a peer that means harm, or is broken ---- */
static char *repeated(char sign, size_t len)
{
    char *text = malloc(len + 1);
    assert_non_null(text);
    memset(text, sign, len);
    text[len] = '\0';
    return text;
}

static char *answer_of(const char *before, const char *middle, const char *after)
{
    size_t len = strlen(before) + strlen(middle) + strlen(after), room = len + 128;
    char *answer = malloc(room);
    assert_non_null(answer);
    snprintf(answer, room, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s%s%s", len, before,
             middle, after);
    return answer;
}

/* Looks somebody up at a server that always answers this. */
static bool looked_up(const char *answer, size_t *out_count, struct cv_error *err)
{
    struct canned s;
    struct con_client *client = NULL;
    struct con_scim *server = NULL;
    struct con_scim_account *found = NULL;
    struct con_target target = local;
    cv_auto_arena arena = cv_arena_new(64 << 20);
    canned_start(&s, answer);
    target.url = s.url;
    assert_true(con_client_open(&client, err) && con_scim_new(&server, err));
    con_client_deadline(client, cv_deadline_in_ms(20000));
    struct con_scim_call call = {.client = client,
                                 .target = &target,
                                 .server = server,
                                 .arena = arena,
                                 .login_path = "userName",
                                 .mark_path = "externalId",
                                 .active_path = "active"};
    bool ok = con_scim_find(&call, "userName", "noivu_an", &found, out_count, err);
    con_scim_free(&server);
    con_client_close(&client);
    canned_stop(&s);
    return ok;
}

static void refused_as_oversized(const char *before, const char *after)
{
    struct cv_error err = {0};
    size_t count = 0;
    char *much = repeated('x', (size_t)1100 << 10), *answer = answer_of(before, much, after);
    assert_false(looked_up(answer, &count, &err));
    assert_int_equal(err.kind, CV_UNAVAILABLE);
    assert_non_null(strstr(err.text[CV_EN], "http://127.0.0.1:"));
    assert_non_null(strstr(err.text[CV_EN], "longer than 1024 bytes"));
    free(answer);
    free(much);
}

static void test_names_without_end_are_refused(void **state)
{
    (void)state;
    refused_as_oversized("{\"totalResults\":1,\"Resources\":[{\"id\":\"1\",\"userName\":\"", "\"}]}");
    refused_as_oversized("{\"totalResults\":1,\"Resources\":[{\"userName\":\"noivu_an\",\"id\":\"", "\"}]}");
    refused_as_oversized("{\"totalResults\":1,\"Resources\":[{\"id\":\"1\",\"userName\":\"noivu_an\",\"externalId\":\"",
                         "\"}]}");
    refused_as_oversized(
        "{\"totalResults\":1,\"Resources\":[{\"id\":\"1\",\"userName\":\"noivu_an\",\"meta\":{\"version\":\"",
        "\"}}]}");
}

/* 150 000 accounts in one page, none of whom is asked for. */
static void test_a_page_of_very_many_is_read(void **state)
{
    enum { MANY = 150000 };
    struct cv_error err = {0};
    size_t count = 1, len = 0;
    char *list = repeated('x', (size_t)MANY * 40);
    (void)state;
    for (int i = 0; i < MANY; i++)
        len += (size_t)sprintf(list + len, "{\"id\":%d,\"userName\":\"u%d\"},", i, i);
    list[len - 1] = '\0';
    char *answer = answer_of("{\"totalResults\":150000,\"Resources\":[", list, "]}");
    assert_true(looked_up(answer, &count, &err));
    assert_int_equal(count, 0);
    free(answer);
    free(list);
}

static void test_nothing_is_asked_when_earlier_answers_fill_the_memory(void **state)
{
    struct canned s;
    struct con_answer a;
    struct cv_error err;
    cv_auto_arena arena = cv_arena_new(1 << 10);
    (void)state;
    canned_start(&s, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    cv_arena_alloc(arena, 2 << 10);
    assert_false(ask(&s, CON_GET, local, arena, &a, &err));
    canned_stop(&s);
    assert_int_equal(err.kind, CV_LIMIT);
    assert_int_equal(s.calls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_answer_and_its_headers),
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_a_lost_answer_is_unknown),
        cmocka_unit_test(test_nobody_there_is_certainly_not_done),
        cmocka_unit_test(test_an_answer_is_bounded),
        cmocka_unit_test(test_credentials),
        cmocka_unit_test(test_files_that_are_no_secret),
        cmocka_unit_test(test_a_secret_meant_for_one_host),
        cmocka_unit_test(test_special_addresses_are_refused),
        cmocka_unit_test(test_what_a_target_allows),
        cmocka_unit_test(test_loopback_must_be_allowed),
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_what_lies_below_a_url),
        cmocka_unit_test(test_names_without_end_are_refused),
        cmocka_unit_test(test_a_page_of_very_many_is_read),
        cmocka_unit_test(test_nothing_is_asked_when_earlier_answers_fill_the_memory),
    };
    struct cv_error err = {0};
    return cv_text_init(&err) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
