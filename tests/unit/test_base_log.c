#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base_test.h"
#include "congvu/log.h"

static char text[1 << 16];
static int real_stderr = -1, file = -1;

/* stderr goes to an unnamed file while a test runs. */
static int catch_stderr(void **state)
{
    (void)state;
    file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    return file >= 0 && real_stderr >= 0 && dup2(file, STDERR_FILENO) >= 0 ? 0 : -1;
}

static int give_stderr_back(void **state)
{
    (void)state;
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    close(file);
    cv_log_request(NULL);
    cv_log_level(CV_LOG_INFO);
    return 0;
}

/* Line n of what was written, parsed; NULL when there is none. Every line must be one JSON object. */
static json_t *line(size_t wanted)
{
    ssize_t n = pread(file, text, sizeof(text) - 1, 0);
    char *at = text;
    json_t *found = NULL;

    assert_true(n >= 0);
    text[n] = '\0';
    for (size_t i = 0; *at; i++) {
        char *end = strchr(at, '\n');

        assert_non_null(end);
        assert_true(end - at < CV_MAX_LOG_LINE);
        json_t *object = json_loadb(at, (size_t)(end - at), 0, NULL);

        assert_non_null(object);
        if (i == wanted)
            found = object;
        else
            json_decref(object);
        at = end + 1;
    }
    return found;
}

static void assert_member(json_t *object, const char *name, const char *value)
{
    const char *is = json_string_value(json_object_get(object, name));

    assert_non_null(is);
    assert_string_equal(is, value);
}

static void a_line_is_one_json_object(void **state)
{
    (void)state;
    cv_log(CV_LOG_INFO, "start", "said \"%s\"\n\x01", "ế");
    cv_log_request("req_1");
    cv_log(CV_LOG_WARN, "x", "y");
    json_t *first = line(0), *second = line(1);

    assert_member(first, "level", "info");
    assert_member(first, "event", "start");
    assert_member(first, "message", "said \"ế\"\n\x01");
    assert_null(json_object_get(first, "request_id"));
    assert_member(second, "request_id", "req_1");
    assert_int_equal(strlen(json_string_value(json_object_get(first, "time"))), strlen("2026-11-24T00:05:00.123Z"));
    json_decref(first);
    json_decref(second);
}

static void long_lines_are_cut_and_stay_json(void **state)
{
    char big[9000];

    (void)state;
    for (size_t shift = 0; shift < 3; shift++) {
        for (size_t i = 0; i + 3 < sizeof(big); i += 3) {
            memcpy(big + i, "ế", 3);
            big[i + 3] = '\0';
        }
        cv_log(CV_LOG_INFO, "long", "%s%s", &"xxx"[shift], big);
    }
    memset(big, '\x01', 5000);
    big[5000] = '\0';
    cv_log(CV_LOG_INFO, "long", "%s", big);
    json_t *last = line(3);

    assert_non_null(last);
    json_decref(last);
}

static void debug_lines_come_out_with_an_error(void **state)
{
    struct cv_error err;

    (void)state;
    cv_log_request("req_2");
    for (int i = 0; i < 40; i++)
        cv_log(CV_LOG_DEBUG, "step", "number %d", i);
    assert_null(line(0));
    cv_fail(&err, cvp_directory_unavailable, "/x", "vi", "en");
    err.lib_code = 81;
    snprintf(err.lib_text, sizeof(err.lib_text), "Can't contact");
    cv_log_error(CV_LOG_ERROR, "failed", &err);
    json_t *oldest = line(0), *newest = line(31), *failure = line(32);

    assert_member(oldest, "message", "number 8");
    assert_member(newest, "message", "number 39");
    assert_member(failure, "kind", "unavailable");
    assert_member(failure, "problem", "directory_unavailable");
    assert_member(failure, "message", "en");
    assert_member(failure, "lib_code", "81");
    assert_member(failure, "lib_text", "Can't contact");
    json_decref(oldest);
    json_decref(newest);
    json_decref(failure);
    cv_log(CV_LOG_ERROR, "again", "only this");
    assert_null(line(34));
}

static void the_next_request_does_not_inherit_the_ring(void **state)
{
    (void)state;
    cv_log_request("one");
    cv_log(CV_LOG_DEBUG, "step", "of one");
    cv_log_request(NULL);
    cv_log_request("two");
    cv_log(CV_LOG_ERROR, "failed", "two");
    json_t *first = line(0);

    assert_member(first, "message", "two");
    json_decref(first);
}

static void levels(void **state)
{
    enum cv_level level = CV_LOG_WARN;

    (void)state;
    assert_true(cv_log_level_parse("debug", &level));
    assert_int_equal(level, CV_LOG_DEBUG);
    assert_false(cv_log_level_parse("loud", &level));
    cv_log_level(CV_LOG_ERROR);
    cv_log(CV_LOG_WARN, "x", "not shown");
    assert_null(line(0));
}

static void metrics_are_a_prometheus_page(void **state)
{
    struct cv_buf b;

    (void)state;
    cv_buf_init(&b, CV_MAX_RESPONSE);
    uint64_t before = cv_counter_value(CVM_staff_created);

    cv_count(CVM_staff_created);
    cv_count_n(CVM_staff_created, 2);
    assert_int_equal(cv_counter_value(CVM_staff_created), before + 3);
    cv_count_request("get_me", 200, 1, 0.003);
    cv_count_request("get_me", 200, 1, 99);
    cv_count_request(NULL, 404, 9, 1);
    cv_metrics_print(&b);
    cv_metrics_gauge(&b, "view_people", "people in the view", 1205);
    assert_true(cv_buf_ok(&b));
    assert_non_null(strstr(cv_buf_str(&b), "\ncongvu_staff_created_total 3\n"));
    assert_non_null(strstr(cv_buf_str(&b), "\ncongvu_http_requests_total{operation=\"get_me\",status=\"200\"} 2\n"));
    assert_non_null(strstr(cv_buf_str(&b), "\ncongvu_http_requests_total{operation=\"none\",status=\"404\"} 1\n"));
    assert_non_null(strstr(cv_buf_str(&b), "congvu_http_request_seconds_bucket{lane=\"1\",le=\"0.0025\"} 0\n"));
    assert_non_null(strstr(cv_buf_str(&b), "congvu_http_request_seconds_bucket{lane=\"1\",le=\"0.005\"} 1\n"));
    assert_non_null(strstr(cv_buf_str(&b), "congvu_http_request_seconds_bucket{lane=\"1\",le=\"+Inf\"} 2\n"));
    assert_non_null(strstr(cv_buf_str(&b), "congvu_http_request_seconds_sum{lane=\"1\"} 99.003000\n"));
    assert_non_null(strstr(cv_buf_str(&b), "\ncongvu_view_people 1205\n"));
    cv_buf_free(&b);
}

#define caught(fn) cmocka_unit_test_setup_teardown(fn, catch_stderr, give_stderr_back)

int main(void)
{
    const struct CMUnitTest tests[] = {
        caught(a_line_is_one_json_object),
        caught(long_lines_are_cut_and_stay_json),
        caught(debug_lines_come_out_with_an_error),
        caught(the_next_request_does_not_inherit_the_ring),
        caught(levels),
        cmocka_unit_test(metrics_are_a_prometheus_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
