#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "congvu/conf.h"

struct loaded {
    struct cv_arena *arena;
    struct conf conf;
    struct cv_faults faults;
    struct cv_error err;
    bool ok;
};

static struct loaded load(const char *file, const char *const *sets, size_t count)
{
    struct loaded l = {.arena = cv_arena_new(1 << 20)};
    cv_faults_init(&l.faults, l.arena);
    l.ok = conf_load(file, sets, count, l.arena, &l.conf, &l.faults, &l.err);
    return l;
}

static void file_then_environment_then_command_line(void **state)
{
    (void)state;
    char path[] = "/tmp/congvu-conf-XXXXXX";
    int fd = mkstemp(path);
    const char text[] = "listen = 127.0.0.1:1\nqueue_bulk = 7\ntick_ms = 50\n";
    assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
    close(fd);
    setenv("CONGVU_QUEUE_BULK", "8", 1);
    setenv("CONGVU_TICK_MS", "60", 1);
    const char *sets[] = {"data_dir=/x", "tick_ms=70"};
    struct loaded l = load(path, sets, 2);
    unsetenv("CONGVU_QUEUE_BULK");
    unsetenv("CONGVU_TICK_MS");
    unlink(path);
    assert_true(l.ok);
    assert_string_equal(l.conf.listen, "127.0.0.1:1");
    assert_int_equal(l.conf.queue_bulk, 8);
    assert_int_equal(l.conf.tick_ms, 70);
    cv_arena_free(&l.arena);
}

static struct loaded load_text(const char *text)
{
    char path[] = "/tmp/congvu-conf-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    struct loaded l = load(path, NULL, 0);
    unlink(path);
    return l;
}

static void a_value_is_the_rest_of_its_line_however_long(void **state)
{
    (void)state;
    char proxies[400] = "", text[600];
    for (int i = 0; i < 16; i++)
        snprintf(proxies + strlen(proxies), sizeof(proxies) - strlen(proxies), "%s10.200.%d.0/24", i > 0 ? ", " : "",
                 100 + i);
    snprintf(text, sizeof(text),
             "\xef\xbb\xbf# first\n; second\n\ndata_dir=/x\r\nprovince = Ninh Thuan # nam; 2 \n%s%s",
             "trusted_proxies = ", proxies);
    assert_true(strlen(proxies) > 200);
    struct loaded l = load_text(text);
    assert_true(l.ok);
    assert_string_equal(l.conf.data_dir, "/x");
    assert_string_equal(l.conf.province, "Ninh Thuan # nam; 2");
    assert_string_equal(l.conf.trusted_proxies, proxies);
    cv_arena_free(&l.arena);
}

static void what_is_not_one_setting_a_line_is_told_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *at;
    } wrong[] = {{"directory_uri = ldaps://a.vn\n ldaps://b.vn\ndata_dir = /x\n", "line 2 (directory_uri)"},
                 {"data_dir = /x\nlisten = 127.0.0.1:1\nlisten = 127.0.0.1:2\n", "line 3 (listen)"},
                 {"data_dir = /x\nno value here\n", "line 2"},
                 {"data_dir = /x\n[service]\n", "line 2"},
                 {"data_dir = /x\n= 7\n", "line 2"},
                 {"data_dir = /x\nprovince = Ninh ; main\n", "line 2 (province)"}};
    for (size_t i = 0; i < CV_COUNT(wrong); i++) {
        struct loaded l = load_text(wrong[i].text);
        assert_false(l.ok);
        assert_int_equal(l.faults.count, 1);
        const char *at = l.faults.items[0].at;
        assert_string_equal(at + strlen(at) - strlen(wrong[i].at), wrong[i].at);
        cv_arena_free(&l.arena);
    }
    struct loaded l = load("/tmp", NULL, 0);
    assert_false(l.ok);
    assert_non_null(strstr(l.faults.items[0].text[CV_EN], "cannot be read"));
    cv_arena_free(&l.arena);
}

static void all_faults_at_once(void **state)
{
    (void)state;
    const char *sets[] = {"no_such=1", "queue_bulk=0", "allow_root=yes", "log_level=loud", "data_dir=/x"};
    struct loaded l = load(NULL, sets, CV_COUNT(sets));
    assert_false(l.ok);
    assert_int_equal(l.faults.count, 4);
    assert_non_null(strstr(l.faults.items[0].at, "no_such"));
    cv_arena_free(&l.arena);
}

static void needs_a_directory(void **state)
{
    (void)state;
    struct loaded l = load(NULL, NULL, 0);
    assert_false(l.ok);
    cv_arena_free(&l.arena);
}

static void sample_file_loads(void **state)
{
    (void)state;
    struct cv_buf out;
    cv_buf_init(&out, 1 << 16);
    conf_print_sample(&out);
    assert_non_null(strstr(cv_buf_str(&out), "#listen = 127.0.0.1:8080"));
    char path[] = "/tmp/congvu-conf-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, out.data, out.len), out.len);
    close(fd);
    const char *sets[] = {"data_dir=/x"};
    struct loaded l = load(path, sets, 1);
    unlink(path);
    assert_true(l.ok);
    cv_arena_free(&l.arena);
    cv_buf_free(&out);
}

int main(void)
{
    clearenv(); /* what the caller has set is no part of these tests */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_then_environment_then_command_line),
        cmocka_unit_test(a_value_is_the_rest_of_its_line_however_long),
        cmocka_unit_test(what_is_not_one_setting_a_line_is_told_with_its_place),
        cmocka_unit_test(all_faults_at_once),
        cmocka_unit_test(needs_a_directory),
        cmocka_unit_test(sample_file_loads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
