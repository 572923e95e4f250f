/* The embedded server: who may hold a data folder, what happens at a start, and that slapd never outlives its owner. */
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "dir_server.h"
#include "directory/wire/site.h"

/* In place of the library's: how often a folder was flushed. */
static _Atomic int folders_flushed;
int fsync(int fd)
{
    struct stat st;
    folders_flushed += fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
    return (int)syscall(SYS_fsync, fd);
}

static void test_a_sites_term_outlives_a_power_cut(void **state)
{
    struct server *s = *state;
    struct dir_config config = s->config;
    LDAP *ld = NULL;
    char path[128];
    snprintf(path, sizeof path, "%s/term", s->dir);
    assert_ok(s, dir_site_open(s->config.uri, path, &config.site, &s->err));
    int before = folders_flushed;
    assert_ok(s, dir_connect(&config, cv_deadline_in_ms(5000), &ld, &s->err));
    ldap_unbind_ext(ld, NULL, NULL);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(folders_flushed, before + 1);
    dir_site_close(&config.site);
}

static void test_second_start_refused(void **state)
{
    struct server *s = *state;
    struct server other = {.slapd = NULL};
    memcpy(other.dir, s->dir, sizeof other.dir);
    assert_false(server_boot(&other));
    assert_int_equal(other.err.kind, CV_CONFLICT);
    /* slapd holds the lock too: while it lives alone, nobody else starts */
    char link[64], target[128] = "", wanted[128];
    snprintf(link, sizeof link, "/proc/%d/fd/3", dir_embedded_pid(s->slapd));
    snprintf(wanted, sizeof wanted, "%s/lock", s->dir);
    assert_true(readlink(link, target, sizeof target - 1) > 0);
    assert_string_equal(target, wanted);
}

static void test_stop_and_start(void **state)
{
    struct server *s = *state;
    struct dir_entry entry;
    assert_ok(s, add_person(s, "p16", "kept@x.vn", true, NULL));
    int pid = dir_embedded_pid(s->slapd);
    server_halt(s);
    assert_int_equal(kill(pid, 0), -1);
    assert_ok(s, server_boot(s));
    assert_ok(s, dir_read_entry(s->session, person_dn(s, "p16"), s->arena, &entry, &s->err));
}

static void test_indices_made_anew(void **state)
{
    struct server *s = *state;
    char path[128];
    struct dir_entry entry;
    assert_ok(s, add_person(s, "p17", "indexed@x.vn", true, NULL));
    server_halt(s);
    snprintf(path, sizeof path, "%s/slapd/digest", s->dir);
    assert_int_equal(unlink(path), 0);
    assert_ok(s, server_boot(s));
    assert_ok(s, dir_find_entry(s->session, BASE, "(cvName=indexed@x.vn)", s->arena, &entry, &s->err));
    assert_int_equal(access(path, F_OK), 0);
}

/* What slapd says of its end reaches the one who started it. */
static void test_start_that_fails(void **state)
{
    struct server *s = *state;
    char path[128], aside[128];
    server_halt(s);
    snprintf(path, sizeof path, "%s/slapd/db/data.mdb", s->dir);
    snprintf(aside, sizeof aside, "%s/slapd/data.aside", s->dir);
    assert_int_equal(rename(path, aside), 0);
    FILE *f = fopen(path, "w");
    for (int i = 0; i < 4096; i++)
        fputs("this is no database\n", f);
    fclose(f);
    bool started = server_boot(s);
    assert_int_equal(rename(aside, path), 0);
    assert_false(started);
    assert_int_equal(s->err.kind, CV_UNAVAILABLE);
    assert_non_null(strstr(s->err.text[CV_EN], "slapd.log"));
    if (!strstr(s->err.lib_text, "mdb"))
        server_show(&s->err);
    assert_non_null(strstr(s->err.lib_text, "mdb"));
    assert_ok(s, server_boot(s));
    assert_true(pings(s));
}

static void test_open_folder_refused(void **state)
{
    (void)state;
    struct server other = {.slapd = NULL};
    snprintf(other.dir, sizeof other.dir, "/tmp/cv-open-XXXXXX");
    assert_non_null(mkdtemp(other.dir));
    chmod(other.dir, 0755);
    bool started = server_boot(&other);
    rmdir(other.dir);
    assert_false(started);
    assert_int_equal(other.err.kind, CV_INVALID);
    assert_string_equal(other.err.field, "data_dir");
}

static void test_unusable_places(void **state)
{
    (void)state;
    struct cv_error err;
    struct dir_embedded *none = NULL;
    char dir[160] = "/tmp/cv-long-XXXXXX";
    assert_non_null(mkdtemp(dir));
    char top[160];
    snprintf(top, sizeof top, "%s", dir);
    size_t len = strlen(dir);
    memset(dir + len, 'x', 90);
    dir[len] = '/';
    dir[len + 90] = '\0';
    struct dir_embedded_options options = {.data_dir = dir, .base = BASE, .max_bytes = 64 << 20};
    cv_error_clear(&err);
    bool started = dir_embedded_start(&options, &none, &err);
    rmdir(dir);
    rmdir(top);
    assert_false(started);
    assert_int_equal(err.kind, CV_INVALID);
    assert_non_null(strstr(err.text[CV_EN], "too long"));
    options.base = "dc=x\"\ninclude /etc/passwd";
    assert_false(dir_embedded_start(&options, &none, &err));
    assert_string_equal(err.field, "base");
    options.base = BASE;
    options.data_dir = "/nonexistent/there";
    assert_false(dir_embedded_start(&options, &none, &err));
    assert_int_equal(err.kind, CV_INVALID);
}

/* The other process of the next test: starts slapd, tells its number and waits to be killed. */
static int be_owner(const char *dir)
{
    struct server s = {.slapd = NULL};
    snprintf(s.dir, sizeof s.dir, "%s", dir);
    int pid = server_boot(&s) ? dir_embedded_pid(s.slapd) : 0;
    if (write(1, &pid, sizeof pid) == sizeof pid && pid)
        for (;;)
            pause();
    return 1;
}

/* A process with slapd is killed: the kernel ends slapd, and the folder can be used again at once. */
static void test_orphan_ends(void **state)
{
    (void)state;
    struct server s = {.slapd = NULL};
    int report[2], child_pid = 0;
    snprintf(s.dir, sizeof s.dir, "/tmp/cv-orphan-XXXXXX");
    assert_non_null(mkdtemp(s.dir));
    assert_int_equal(pipe(report), 0);
    pid_t owner = fork();
    if (owner == 0) {
        dup2(report[1], 1);
        execl("/proc/self/exe", "owner", s.dir, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(read(report[0], &child_pid, sizeof child_pid), sizeof child_pid);
    kill(owner, SIGKILL);
    waitpid(owner, NULL, 0);
    bool started = server_boot(&s);
    if (started)
        server_halt(&s);
    close(report[0]);
    close(report[1]);
    nftw(s.dir, server_remove, 16, FTW_DEPTH | FTW_PHYS);
    assert_true(child_pid > 0);
    assert_true(started);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strncmp(argv[0], "owner", 5) == 0)
        return be_owner(argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_second_start_refused),
        cmocka_unit_test(test_stop_and_start),
        cmocka_unit_test(test_indices_made_anew),
        cmocka_unit_test(test_start_that_fails),
        cmocka_unit_test(test_open_folder_refused),
        cmocka_unit_test(test_unusable_places),
        cmocka_unit_test(test_a_sites_term_outlives_a_power_cut),
        cmocka_unit_test(test_orphan_ends),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, server_setup, server_teardown);
}
