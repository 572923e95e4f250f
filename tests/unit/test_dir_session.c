/* Session and embedded server against the real slapd: what a caller is told in each kind of trouble. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "congvu/log.h"
#include "dir_server.h"

static struct dir_attrs title(struct server *s, const char *text, int64_t revision)
{
    struct dir_attrs a;
    dir_attrs_init(&a, s->arena);
    dir_put(&a, "title", text);
    dir_put_int(&a, "cvRevision", revision);
    return a;
}

/* Sets a title; asserts the revision when it is not 0. */
static bool set_title(struct server *s, const char *id, const char *text, int64_t asserted, struct dir_stamp *out)
{
    struct dir_attrs before = title(s, NULL, 1), after = title(s, text, 2);
    const char *filter = asserted ? cv_arena_printf(s->arena, "(cvRevision=%d)", (int)asserted) : NULL;
    return dir_modify_entry(s->session, person_dn(s, id), &before, &after, filter, out, &s->err);
}

static int bind_as(struct server *s, const char *dn, const char *password)
{
    LDAP *ld = NULL;
    int version = LDAP_VERSION3;
    struct berval credential = {strlen(password), (char *)(uintptr_t)password};
    assert_int_equal(ldap_initialize(&ld, s->config.uri), LDAP_SUCCESS);
    ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
    int rc = ldap_sasl_bind_s(ld, dn, LDAP_SASL_SIMPLE, &credential, NULL, NULL, NULL);
    ldap_unbind_ext(ld, NULL, NULL);
    return rc;
}

/* A new slapd answers; call it only after the old one was killed. */
static bool restarted(struct server *s)
{
    static uint64_t seen;
    uint64_t now = cv_counter_value(CVM_directory_restarts);
    if (now == seen || !pings(s))
        return false;
    seen = now;
    return true;
}

/* ---- writing and reading ---- */

static void test_add_read_stamp(void **state)
{
    struct server *s = *state;
    struct dir_stamp stamp, again;
    struct dir_entry entry;
    assert_ok(s, add_person(s, "p1", "uocnv@x.vn", true, &stamp));
    assert_true(stamp.changed);
    assert_int_equal(stamp.revision, 1);
    assert_ok(s, dir_read_entry(s->session, person_dn(s, "p1"), s->arena, &entry, &s->err));
    assert_string_equal(dir_get_text(&entry, "entryCSN"), stamp.csn);
    uint8_t uuid[16];
    assert_true(dir_get_uuid(&entry, uuid));
    assert_memory_equal(uuid, stamp.uuid, 16);
    assert_string_equal(dir_get_text(&entry, "CN"), "Nguyễn Văn Ước");
    assert_string_equal(dir_get_text(&entry, "cvAccountState;x-mailbox"), "active");
    assert_ok(s, set_title(s, "p1", "Chuyên viên", 1, &again));
    assert_int_equal(again.revision, 2);
    assert_string_not_equal(again.csn, stamp.csn);
    assert_false(add_person(s, "p1", "other@x.vn", true, NULL));
    assert_int_equal(s->err.kind, CV_EXISTS);
}

static void test_nothing_differs(void **state)
{
    struct server *s = *state;
    struct dir_stamp stamp = {.changed = true};
    struct dir_attrs before = title(s, "A", 7), after = title(s, "A", 8);
    dir_put(&after, "cvActor", "system");
    uint64_t sent = cv_counter_value(CVM_directory_operations);
    assert_ok(s, dir_modify_entry(s->session, "cvId=nobody," SERVICE_PEOPLE, &before, &after, NULL, &stamp, &s->err));
    assert_false(stamp.changed);
    assert_int_equal(stamp.revision, 7);
    assert_int_equal(cv_counter_value(CVM_directory_operations), sent);
}

static void many(struct dir_attrs *a, struct server *s, int from, int to)
{
    dir_attrs_init(a, s->arena);
    for (int i = from; i < to; i++)
        dir_put(a, "cvFormerCode", cv_arena_printf(s->arena, "ma-%03d", i));
}

static void test_differences_of_sets(void **state)
{
    struct server *s = *state;
    static const int steps[][2] = {{0, 0}, {0, 200}, {3, 204}, {203, 205}, {204, 205}, {0, 0}};
    assert_ok(s, add_person(s, "p2", "sets@x.vn", true, NULL));
    for (size_t i = 1; i < CV_COUNT(steps); i++) {
        struct dir_attrs before, after;
        struct dir_entry entry;
        many(&before, s, steps[i - 1][0], steps[i - 1][1]);
        many(&after, s, steps[i][0], steps[i][1]);
        assert_ok(s, dir_modify_entry(s->session, person_dn(s, "p2"), &before, &after, NULL, NULL, &s->err));
        assert_ok(s, dir_read_entry(s->session, person_dn(s, "p2"), s->arena, &entry, &s->err));
        const struct dir_attr *got = dir_get(&entry, "cvFormerCode");
        assert_int_equal(got ? got->count : 0, (size_t)(steps[i][1] - steps[i][0]));
    }
}

static void test_letter_case_changes(void **state)
{
    struct server *s = *state;
    struct dir_attrs before, after;
    struct dir_entry entry;
    assert_ok(s, add_person(s, "p3", "case@x.vn", true, NULL));
    dir_attrs_init(&before, s->arena);
    many(&after, s, 0, 5);
    dir_put(&after, "cvFormerCode", "An");
    assert_ok(s, dir_modify_entry(s->session, person_dn(s, "p3"), &before, &after, NULL, NULL, &s->err));
    before = after;
    many(&after, s, 0, 5);
    dir_put(&after, "cvFormerCode", "AN");
    assert_ok(s, dir_modify_entry(s->session, person_dn(s, "p3"), &before, &after, NULL, NULL, &s->err));
    assert_ok(s, dir_find_entry(s->session, SERVICE_PEOPLE, "(cvId=p3)", s->arena, &entry, &s->err));
    const struct dir_attr *got = dir_get(&entry, "cvFormerCode");
    bool seen = false;
    for (size_t i = 0; got && i < got->count; i++)
        seen |= strcmp(got->values[i].bytes, "AN") == 0;
    assert_true(seen);
}

static void test_refusals(void **state)
{
    struct server *s = *state;
    assert_ok(s, add_person(s, "p4", "twin@x.vn", true, NULL));
    assert_false(add_person(s, "p5", "TWIN@x.vn", true, NULL));
    assert_int_equal(s->err.kind, CV_CONFLICT);
    assert_string_equal(s->err.field, "cvName");
    assert_false(set_title(s, "p4", "x", 99, NULL));
    assert_int_equal(s->err.kind, CV_STALE);
    assert_false(set_title(s, "nobody", "x", 0, NULL));
    assert_int_equal(s->err.kind, CV_NOT_FOUND);
    struct dir_entry entry;
    assert_false(dir_find_entry(s->session, BASE, "(cvName=none@x.vn)", s->arena, &entry, &s->err));
    assert_int_equal(s->err.kind, CV_NOT_FOUND);
    struct dir_attrs bad = person(s, "p6", "bad@x.vn", true);
    dir_put(&bad, "cvUnitCode", "not of this class");
    assert_false(dir_add_entry(s->session, person_dn(s, "p6"), &bad, NULL, &s->err));
    assert_int_equal(s->err.kind, CV_INVALID);
    assert_string_equal(s->err.field, "cvUnitCode");
    struct dir_attrs two = person(s, "p6", "bad@x.vn", true);
    dir_put_int(&two, "cvBirthYear", 1980);
    dir_put_int(&two, "cvBirthYear", 1981);
    assert_false(dir_add_entry(s->session, person_dn(s, "p6"), &two, NULL, &s->err));
    assert_int_equal(s->err.kind, CV_INVALID);
    assert_string_equal(s->err.field, "cvBirthYear");
}

static void test_weak_password(void **state)
{
    struct server *s = *state;
    struct dir_attrs none, weak;
    assert_ok(s, add_person(s, "p7", "weak@x.vn", true, NULL));
    dir_attrs_init(&none, s->arena);
    dir_attrs_init(&weak, s->arena);
    dir_put(&weak, "userPassword", "ngan");
    assert_false(dir_modify_entry(s->session, person_dn(s, "p7"), &none, &weak, NULL, NULL, &s->err));
    assert_int_equal(s->err.kind, CV_INVALID);
    assert_string_equal(s->err.field, "userPassword");
}

static void test_delete(void **state)
{
    struct server *s = *state;
    struct dir_entry entry;
    assert_ok(s, add_person(s, "p8", "gone@x.vn", true, NULL));
    assert_false(dir_delete_entry(s->session, person_dn(s, "p8"), "(cvRevision=5)", &s->err));
    assert_int_equal(s->err.kind, CV_STALE);
    assert_ok(s, dir_delete_entry(s->session, person_dn(s, "p8"), "(cvRevision=1)", &s->err));
    assert_false(dir_read_entry(s->session, person_dn(s, "p8"), s->arena, &entry, &s->err));
    assert_int_equal(s->err.kind, CV_NOT_FOUND);
}

/* ---- rights ---- */

static void test_nobody_reads_passwords(void **state)
{
    struct server *s = *state;
    struct dir_entry entry;
    assert_ok(s, add_person(s, "p9", "secret@x.vn", true, NULL));
    assert_ok(s, dir_read_entry(s->session, person_dn(s, "p9"), s->arena, &entry, &s->err));
    assert_null(dir_get(&entry, "userPassword"));
    assert_false(dir_find_entry(s->session, SERVICE_PEOPLE, "(&(cvId=p9)(userPassword=*))", s->arena, &entry, &s->err));
    assert_int_equal(s->err.kind, CV_NOT_FOUND);
    /* the audit names the change and hides the value */
    assert_ok(s, dir_find_entry(s->session, "cn=log", "(&(reqType=add)(reqDN=cvId=p9," SERVICE_PEOPLE "))", s->arena,
                                &entry, &s->err));
    const struct dir_attr *mods = dir_get(&entry, "reqMod");
    assert_non_null(mods);
    for (size_t i = 0; i < mods->count; i++)
        assert_null(strstr(mods->values[i].bytes, "assword"));
}

static void test_bind_needs_a_service(void **state)
{
    struct server *s = *state;
    assert_ok(s, add_person(s, "p10", "with@x.vn", true, NULL));
    assert_ok(s, add_person(s, "p11", "without@x.vn", false, NULL));
    assert_int_equal(bind_as(s, person_dn(s, "p10"), "Thu-2026-mat!khau"), LDAP_SUCCESS);
    assert_int_equal(bind_as(s, person_dn(s, "p10"), "wrong-wrong-1"), LDAP_INVALID_CREDENTIALS);
    assert_int_equal(bind_as(s, person_dn(s, "p11"), "Thu-2026-mat!khau"), LDAP_INVALID_CREDENTIALS);
    struct dir_attrs before, after;
    dir_attrs_init(&before, s->arena);
    dir_attrs_init(&after, s->arena);
    dir_put(&before, "authorizedService", "mailbox");
    assert_ok(s, dir_modify_entry(s->session, person_dn(s, "p10"), &before, &after, NULL, NULL, &s->err));
    assert_int_equal(bind_as(s, person_dn(s, "p10"), "Thu-2026-mat!khau"), LDAP_INVALID_CREDENTIALS);
    assert_int_not_equal(bind_as(s, "cn=slapd," BASE, "x"), LDAP_SUCCESS);
}

static int read_count(LDAP *ld, const char *base, int scope, const char *filter)
{
    LDAPMessage *answer = NULL;
    int rc = ldap_search_ext_s(ld, base, scope, filter, NULL, 0, NULL, NULL, NULL, 0, &answer);
    int count = rc == LDAP_SUCCESS ? ldap_count_entries(ld, answer) : -rc;
    ldap_msgfree(answer);
    return count;
}

static void test_reader_sees_mail_only(void **state)
{
    struct server *s = *state;
    struct dir_attrs none, password;
    assert_ok(s, add_person(s, "p12", "read@x.vn", true, NULL));
    dir_attrs_init(&none, s->arena);
    dir_attrs_init(&password, s->arena);
    dir_put(&password, "userPassword", "doc-thu-muc-12");
    const char *dn = "cn=dovecot,ou=readers,ou=system," BASE;
    assert_ok(s, dir_modify_entry(s->session, dn, &none, &password, NULL, NULL, &s->err));
    LDAP *ld = NULL;
    int version = LDAP_VERSION3;
    struct berval credential = {14, (char[]){"doc-thu-muc-12"}};
    ldap_initialize(&ld, s->config.uri);
    ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
    assert_int_equal(ldap_sasl_bind_s(ld, dn, LDAP_SASL_SIMPLE, &credential, NULL, NULL, NULL), LDAP_SUCCESS);
    assert_int_equal(read_count(ld, person_dn(s, "p12"), LDAP_SCOPE_BASE, "(authorizedService=mailbox)"), 1);
    assert_int_equal(read_count(ld, person_dn(s, "p12"), LDAP_SCOPE_BASE, "(cvName=*)"), 0);
    assert_true(read_count(ld, "ou=system," BASE, LDAP_SCOPE_SUBTREE, "(objectClass=*)") <= 0);
    assert_true(read_count(ld, "cn=log", LDAP_SCOPE_SUBTREE, "(objectClass=*)") <= 0);
    ldap_unbind_ext(ld, NULL, NULL);
}

/* ---- trouble ---- */

/* Returns when every thread of slapd has stopped. */
static void freeze(struct server *s)
{
    siginfo_t info;
    int pid = dir_embedded_pid(s->slapd);
    kill(pid, SIGSTOP);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT), 0);
}

struct since {
    int64_t wall_ns, ready_ns;
};

/* Now, and for how long this thread has computed or waited for a processor until now. */
static struct since since_now(void)
{
    unsigned long long run = 0, queued = 0;
    FILE *f = fopen("/proc/thread-self/schedstat", "re");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%llu %llu", &run, &queued), 2);
    fclose(f);
    struct timespec cpu;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
    return (struct since){cv_mono_ns(), (int64_t)queued + cpu.tv_sec * INT64_C(1000000000) + cpu.tv_nsec};
}

static int64_t took_ms(struct since began)
{
    return (since_now().wall_ns - began.wall_ns) / 1000000;
}

/* What of it this thread slept. On a busy machine a call takes longer, but it sleeps no longer. */
static int64_t slept_ms(struct since began)
{
    struct since now = since_now();
    return (now.wall_ns - began.wall_ns - (now.ready_ns - began.ready_ns)) / 1000000;
}

static void test_frozen(void **state)
{
    struct server *s = *state;
    struct dir_entry entry;
    assert_ok(s, add_person(s, "p13", "frozen@x.vn", true, NULL));
    int pid = dir_embedded_pid(s->slapd);
    freeze(s);
    struct since began = since_now();
    dir_session_deadline(s->session, cv_deadline_in_ms(300));
    bool wrote = set_title(s, "p13", "later", 0, NULL);
    enum cv_kind write_kind = s->err.kind;
    /* the bind of the fresh connection finds it frozen: certainly not sent */
    dir_session_deadline(s->session, cv_deadline_in_ms(300));
    bool again = set_title(s, "p13", "never", 0, NULL);
    enum cv_kind again_kind = s->err.kind;
    dir_session_deadline(s->session, cv_deadline_in_ms(300));
    bool read = dir_read_entry(s->session, person_dn(s, "p13"), s->arena, &entry, &s->err);
    int64_t slept = slept_ms(began), took = took_ms(began);
    kill(pid, SIGCONT);
    assert_false(wrote || again || read);
    assert_int_equal(write_kind, CV_UNKNOWN);
    assert_int_equal(again_kind, CV_UNAVAILABLE);
    assert_int_equal(s->err.kind, CV_UNAVAILABLE);
    assert_true(took >= 850);
    assert_true(slept <= 1000);
    assert_true(eventually(s, pings));
    assert_ok(s, dir_read_entry(s->session, person_dn(s, "p13"), s->arena, &entry, &s->err));
    const char *now = dir_get_text(&entry, "title");
    assert_true(!now || strcmp(now, "never") != 0);
}

static void test_frozen_reader(void **state)
{
    struct server *s = *state;
    struct dir_entry entry;
    assert_true(pings(s));
    freeze(s);
    dir_session_deadline(s->session, cv_deadline_in_ms(200));
    bool read = dir_read_entry(s->session, BASE, s->arena, &entry, &s->err);
    kill(dir_embedded_pid(s->slapd), SIGCONT);
    assert_false(read);
    assert_int_equal(s->err.kind, CV_UNAVAILABLE);
    assert_true(eventually(s, pings));
}

/* More than the socket takes: not even sending may wait for ever. */
static void test_frozen_large_write(void **state)
{
    struct server *s = *state;
    struct dir_attrs big = person(s, "p18", "large@x.vn", true);
    for (int i = 0; i < 1000; i++)
        dir_put(&big, "cvPost", cv_arena_printf(s->arena, "{\"n\":%d,\"text\":\"%01000d\"}", i, 0));
    assert_true(pings(s));
    freeze(s);
    struct since began = since_now();
    dir_session_deadline(s->session, cv_deadline_in_ms(400));
    bool wrote = dir_add_entry(s->session, person_dn(s, "p18"), &big, NULL, &s->err);
    int64_t slept = slept_ms(began), took = took_ms(began);
    kill(dir_embedded_pid(s->slapd), SIGCONT);
    assert_false(wrote);
    assert_true(s->err.kind == CV_UNKNOWN || s->err.kind == CV_UNAVAILABLE);
    assert_true(took >= 150);
    assert_true(slept <= 700); /* the last write to the socket may stall for 200 */
    assert_true(eventually(s, pings));
    dir_session_deadline(s->session, cv_deadline_in_ms(5000));
    assert_ok(s, dir_add_entry(s->session, person_dn(s, "p18"), &big, NULL, &s->err));
}

static void test_killed(void **state)
{
    struct server *s = *state;
    struct dir_entry entry;
    assert_ok(s, add_person(s, "p14", "killed@x.vn", true, NULL));
    uint64_t restarts = cv_counter_value(CVM_directory_restarts);
    int pid = dir_embedded_pid(s->slapd);
    kill(pid, SIGKILL);
    assert_true(eventually(s, restarted));
    assert_int_equal(cv_counter_value(CVM_directory_restarts), restarts + 1);
    assert_int_not_equal(dir_embedded_pid(s->slapd), pid);
    dir_session_deadline(s->session, cv_deadline_in_ms(5000));
    assert_ok(s, dir_read_entry(s->session, person_dn(s, "p14"), s->arena, &entry, &s->err));
    assert_ok(s, set_title(s, "p14", "survivor", 1, NULL));
}

/* The idle connection is seen dead before a write is sent, so its outcome is never in doubt. */
static void test_write_on_dead_connection(void **state)
{
    struct server *s = *state;
    struct dir_session *idle = s->session;
    uint64_t unknown = cv_counter_value(CVM_directory_unknown);
    assert_ok(s, add_person(s, "p15", "idle@x.vn", true, NULL));
    assert_ok(s, dir_session_open(&s->config, &s->session, &s->err));
    kill(dir_embedded_pid(s->slapd), SIGKILL);
    assert_true(eventually(s, restarted));
    dir_session_close(&s->session);
    s->session = idle;
    dir_session_deadline(s->session, cv_deadline_in_ms(5000));
    assert_ok(s, set_title(s, "p15", "once", 1, NULL));
    assert_int_equal(cv_counter_value(CVM_directory_unknown), unknown);
}

static void test_bootstrap_again(void **state)
{
    struct server *s = *state;
    struct dir_bootstrap what = {.key_fingerprint = "0123456789abcdef"};
    bool none = false;
    assert_ok(s, dir_bootstrap(s->session, &what, &s->err));
    assert_ok(s, dir_no_token(s->session, &none, &s->err));
    assert_true(none);
    what.key_fingerprint = "fedcba9876543210";
    assert_false(dir_bootstrap(s->session, &what, &s->err));
    assert_int_equal(s->err.kind, CV_CONFLICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add_read_stamp),
        cmocka_unit_test(test_nothing_differs),
        cmocka_unit_test(test_differences_of_sets),
        cmocka_unit_test(test_letter_case_changes),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_weak_password),
        cmocka_unit_test(test_delete),
        cmocka_unit_test(test_nobody_reads_passwords),
        cmocka_unit_test(test_bind_needs_a_service),
        cmocka_unit_test(test_reader_sees_mail_only),
        cmocka_unit_test(test_bootstrap_again),
        cmocka_unit_test(test_frozen),
        cmocka_unit_test(test_frozen_reader),
        cmocka_unit_test(test_frozen_large_write),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_write_on_dead_connection),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, server_setup, server_teardown);
}
