/* What a log has since a backup, done again: all of it, or it is said why not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base_test.h"
#include "directory/backup/backup.h"

#define DN   "cvId=a,ou=people,dc=congvu"
#define OLD  "20260101000000.000000Z#000000#001#000000"
#define NEXT "20260102000000.000000Z#000000#001#000000"
#define LAST "20260103000000.000000Z#000000#001#000000"

struct folder {
    char path[64], main[80], log[80], out[80];
    struct dir_restore_done done;
    struct cv_error err;
};

static int folder_open(void **state)
{
    struct folder *f = calloc(1, sizeof *f);
    snprintf(f->path, sizeof f->path, "/tmp/replay.XXXXXX");
    assert_non_null(mkdtemp(f->path));
    snprintf(f->main, sizeof f->main, "%s/db.ldif", f->path);
    snprintf(f->log, sizeof f->log, "%s/log.ldif", f->path);
    snprintf(f->out, sizeof f->out, "%s/out.ldif", f->path);
    *state = f;
    return 0;
}

static int folder_close(void **state)
{
    struct folder *f = *state;
    unlink(f->main);
    unlink(f->log);
    unlink(f->out);
    rmdir(f->path);
    free(f);
    return 0;
}

static void put(const char *path, const char *text)
{
    FILE *to = fopen(path, "we");
    assert_true(to != NULL && fputs(text, to) >= 0 && fclose(to) == 0);
}

static char *text_of(const char *path)
{
    static char text[1 << 16];
    FILE *from = fopen(path, "re");
    assert_non_null(from);
    text[fread(text, 1, sizeof text - 1, from)] = '\0';
    fclose(from);
    return text;
}

static bool replayed(struct folder *f, size_t memory)
{
    const struct replay what = {
        .main_ldif = f->main, .log_ldif = f->log, .out_ldif = f->out, .since = "20260101", .memory = memory};
    return replay(&what, stderr, &f->done, &f->err);
}

#define CHANGE(type, dn, csn) "dn: reqStart=" csn ",cn=log\nreqType: " type "\nreqResult: 0\nreqDN: " dn "\n"

static void test_a_value_that_was_there_is_not_added_again(void **state)
{
    struct folder *f = *state;
    put(f->main, "dn: " DN "\nauthorizedService: mail\ncvPost: {\"a\":\"x\"}\nentryCSN: " OLD "\n");
    put(f->log, CHANGE("modify", DN, NEXT) "reqMod: authorizedService:+ MAIL\nreqMod: cvPost:+ {\"a\":\"X\"}\n"
                                           "reqMod: entryCSN:= " NEXT "\n");
    assert_true(replayed(f, 1 << 20));
    assert_string_equal(text_of(f->out), "dn: " DN "\nauthorizedService: mail\ncvPost: {\"a\":\"x\"}\n"
                                         "cvPost: {\"a\":\"X\"}\nentryCSN: " NEXT "\n\n");
    unlink(f->out);
    put(f->log, CHANGE("modify", DN, NEXT) "reqMod: cvPost:- {\"a\":\"X\"}\nreqMod: authorizedService:- MAIL\n"
                                           "reqMod: entryCSN:= " NEXT "\n");
    assert_true(replayed(f, 1 << 20));
    assert_string_equal(text_of(f->out), "dn: " DN "\ncvPost: {\"a\":\"x\"}\nentryCSN: " NEXT "\n\n");
}

static void test_a_log_that_does_not_fit_is_no_restore(void **state)
{
    enum { ROOM = 8 << 10, PEOPLE = 200 };
    struct folder *f = *state;
    put(f->main, "dn: " DN "\ntitle: before\nentryCSN: " OLD "\n");
    FILE *log = fopen(f->log, "we");
    assert_non_null(log);
    for (int i = 0; i < PEOPLE; i++)
        fprintf(log,
                "dn: reqStart=%d,cn=log\nreqType: add\nreqResult: 0\nreqDN: cvId=%d,ou=people,dc=congvu\n"
                "reqMod: cn:+ Nguyen Van %d\nreqMod: entryCSN:+ " NEXT "\n\n",
                i, i, i);
    fputs(CHANGE("modify", DN, LAST) "reqMod: title:= after\nreqMod: entryCSN:= " LAST "\n", log);
    assert_int_equal(fclose(log), 0);
    assert_false(replayed(f, ROOM));
    assert_int_equal(f->err.kind, CV_LIMIT);
    assert_non_null(strstr(f->err.text[CV_EN], "use a later backup"));
    assert_int_not_equal(access(f->out, F_OK), 0);
    f->done = (struct dir_restore_done){0};
    assert_true(replayed(f, 1 << 20));
    assert_int_equal(f->done.replayed, PEOPLE + 1);
    assert_int_equal(f->done.entries, PEOPLE + 1);
    const char *text = text_of(f->out);
    assert_non_null(strstr(text, "title: after"));
    assert_non_null(strstr(text, "cn: Nguyen Van 199"));
}

/* The log is read from a while before the backup on. */
static void test_what_was_deleted_in_the_end_is_not_lost(void **state)
{
    struct folder *f = *state;
    put(f->main, "dn: cvId=b,ou=people,dc=congvu\nentryCSN: " OLD "\n");
    put(f->log, CHANGE("modify", DN, NEXT) "reqMod: title:= after\nreqMod: entryCSN:= " NEXT
                                           "\n\n" CHANGE("delete", DN, LAST) "entryCSN: " LAST "\n");
    assert_true(replayed(f, 1 << 20));
    assert_int_equal(f->done.missing, 0);
    assert_int_equal(f->done.entries, 1);
    unlink(f->out);
    put(f->log, CHANGE("delete", DN, NEXT) "entryCSN: " NEXT "\n\n" CHANGE(
                    "modify", DN, LAST) "reqMod: title:= after\nreqMod: entryCSN:= " LAST "\n");
    assert_true(replayed(f, 1 << 20));
    assert_int_equal(f->done.missing, 1);
}

#define with_folder(fn) cmocka_unit_test_setup_teardown(fn, folder_open, folder_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_folder(test_a_value_that_was_there_is_not_added_again),
        with_folder(test_a_log_that_does_not_fit_is_no_restore),
        with_folder(test_what_was_deleted_in_the_end_is_not_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
