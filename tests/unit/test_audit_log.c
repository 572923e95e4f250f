/* The evidence log: what it acknowledges is there afterwards, a failing disk is told, indices are never used twice. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/internal.h"
#include "base_test.h"

static char folder[64], key_file[96], audit[96];

static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/congvu-audit-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(key_file, sizeof(key_file), "%s/audit.key", folder);
    snprintf(audit, sizeof(audit), "%s/audit", folder);
    return 0;
}

static int teardown(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

static void gave_up(void *ctx, int64_t index, char *out, size_t size, size_t *out_len)
{
    (void)ctx;
    *out_len = (size_t)snprintf(out, size, "abandoned %lld", (long long)index);
}

static struct ev_log *open_log(void)
{
    const struct ev_options options = {.folder = audit, .key_file = key_file, .site = "tinh.vn", .given_up = gave_up};
    struct cv_error err = {0};
    struct ev_log *log = NULL;
    if (!ev_open(&options, &log, &err))
        fail_msg("%s", err.text[CV_EN]);
    return log;
}

static int64_t put(struct ev_log *log, const char *text)
{
    struct cv_error err = {0};
    int64_t index = -1;
    assert_true(ev_append(log, text, strlen(text), &index, &err));
    assert_true(ev_wait(log, index, cv_deadline_in_ms(20000), &err));
    return index;
}

static void assert_entry(struct ev_log *log, int64_t index, const char *text)
{
    struct ev_reader reader;
    const char *entry;
    size_t len;
    ev_reader_init(&reader, log);
    assert_true(ev_read(&reader, index, &entry, &len));
    assert_int_equal(len, strlen(text));
    assert_memory_equal(entry, text, len);
    ev_reader_free(&reader);
}

static void assert_sound(int64_t size)
{
    const struct ev_verify what = {.folder = audit};
    struct ev_verdict verdict;
    if (!ev_verify(&what, &verdict))
        fail_msg("%s", verdict.words);
    assert_int_equal(verdict.size, size);
}

static void entries_are_there_after_a_new_start(void **state)
{
    char text[32];
    (void)state;
    for (int round = 0; round < 3; round++) {
        struct ev_log *log = open_log();
        for (int i = 0; i < 150; i++) {
            snprintf(text, sizeof(text), "entry %d", round * 150 + i);
            assert_int_equal(put(log, text), round * 150 + i);
        }
        for (int i = 0; i < (round + 1) * 150; i += 7) {
            snprintf(text, sizeof(text), "entry %d", i);
            assert_entry(log, i, text);
        }
        ev_close(&log);
        assert_sound((round + 1) * 150);
    }
}

/* RFC 6962's own values: the empty tree, and the tree over its seven test leaves. */
static void hashes_are_those_of_the_rfc(void **state)
{
    static const char *const leaves[] = {
        "", "\x00", "\x10", "\x20\x21", "\x30\x31", "\x40\x41\x42\x43", "\x50\x51\x52\x53\x54\x55\x56\x57"};
    static const size_t lengths[] = {0, 1, 1, 2, 2, 4, 8};
    static const uint8_t seven[4] = {0xdd, 0xb8, 0x9b, 0xe4};
    struct ev_tree *tree = calloc(1, sizeof(*tree));
    int full;
    (void)state;
    assert_int_equal(ev_tree_root(tree).bytes[0], 0xe3);
    for (size_t i = 0; i < CV_COUNT(leaves); i++)
        ev_tree_add(tree, ev_leaf(leaves[i], lengths[i]), &full);
    assert_memory_equal(ev_tree_root(tree).bytes, seven, sizeof(seven));
    free(tree);
}

static void large_entries_roll_segments_over(void **state)
{
    char *text = malloc(EV_ENTRY_MAX + 1);
    struct ev_log *log = open_log();
    (void)state;
    memset(text, 'x', EV_ENTRY_MAX);
    text[EV_ENTRY_MAX] = '\0';
    for (int i = 0; i < 300; i++)
        assert_int_equal(put(log, text), i);
    assert_entry(log, 3, text);
    ev_close(&log);
    assert_sound(300);
    free(text);
}

/* No file may grow past `bytes`: what a full disk does, to this process alone. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_is_told_and_the_entry_abandoned_when_it_comes_late(void **state)
{
    struct cv_error err = {0};
    struct ev_state s;
    int64_t index;
    struct ev_log *log = open_log();
    (void)state;
    put(log, "before");
    limit_files(16);
    assert_true(ev_append(log, "late", 4, &index, &err));
    assert_false(ev_wait(log, index, cv_deadline_in_ms(20000), &err));
    assert_int_equal(err.problem, cvp_audit_unavailable);
    ev_state(log, &s);
    assert_false(s.works);
    assert_int_equal(s.size, 1);
    assert_false(ev_append(log, "more", 4, &index, &err));
    limit_files(RLIM_INFINITY);
    do
        ev_state(log, &s);
    while (s.size < 3);
    assert_entry(log, 1, "late");
    assert_entry(log, 2, "abandoned 1");
    assert_int_equal(put(log, "after"), 3);
    ev_close(&log);
    assert_sound(4);
}

/* Writes that never come back keep nobody else's intent. */
static void one_who_waits_alone_is_not_kept_by_a_directory_that_hangs(void **state)
{
    struct ev_log *log = open_log();
    (void)state;
    for (int i = 0; i < 5; i++)
        ev_under_way(log, true);
    assert_int_equal(put(log, "alone"), 0);
    ev_close(&log);
    assert_sound(1);
}

static void *waiter(void *log)
{
    put(log, "together");
    return NULL;
}

static void those_who_wait_together_share_a_flush(void **state)
{
    pthread_t threads[32];
    struct ev_state s;
    struct ev_log *log = open_log();
    (void)state;
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 32; i++)
            pthread_create(&threads[i], NULL, waiter, log);
        for (int i = 0; i < 32; i++)
            pthread_join(threads[i], NULL);
    }
    ev_state(log, &s);
    assert_int_equal(s.size, 640);
    assert_true(s.groups < 640);
    ev_close(&log);
}

static void a_log_behind_its_checkpoint_is_not_gone_on_with(void **state)
{
    char command[512];
    const struct ev_options options = {.folder = audit, .key_file = key_file, .site = "tinh.vn"};
    struct cv_error err = {0};
    struct ev_log *log = open_log();
    (void)state;
    put(log, "one");
    ev_close(&log);
    snprintf(command, sizeof(command), "cp -a %s/wal %s/wal.old", audit, folder);
    assert_int_equal(system(command), 0);
    log = open_log();
    put(log, "two");
    ev_close(&log);
    snprintf(command, sizeof(command), "rm -r %s/wal && mv %s/wal.old %s/wal", audit, folder, audit);
    assert_int_equal(system(command), 0);
    assert_false(ev_open(&options, &log, &err));
    assert_non_null(strstr(err.text[CV_EN], "damaged or was changed"));
}

static void two_processes_never_write_one_log(void **state)
{
    const struct ev_options options = {.folder = audit, .key_file = key_file, .site = "tinh.vn"};
    struct cv_error err = {0};
    struct ev_log *log = open_log(), *second = NULL;
    (void)state;
    assert_false(ev_open(&options, &second, &err));
    ev_close(&log);
}

static void put_and_close(const char *text, char note[EV_NOTE_MAX])
{
    char path[128];
    cv_auto_buf published = {0};
    struct ev_log *log = open_log();
    put(log, text);
    ev_close(&log);
    snprintf(path, sizeof(path), "%s/checkpoint", audit);
    assert_true(ev_read_whole(path, EV_NOTE_MAX, &published));
    snprintf(note, EV_NOTE_MAX, "%s", cv_buf_str(&published));
}

static void witnessed(const char *file, const char *note, int64_t size)
{
    struct cv_error err = {0};
    const struct ev_verify what = {.folder = audit, .witness = file};
    struct ev_verdict verdict;
    if (!ev_witness(file, note, &err))
        fail_msg("%s", err.text[CV_EN]);
    if (!ev_verify(&what, &verdict))
        fail_msg("%s", verdict.words);
    assert_int_equal(verdict.witnessed, size);
}

static void what_a_power_cut_left_of_a_note_is_no_part_of_the_next_one(void **state)
{
    char first[EV_NOTE_MAX], second[EV_NOTE_MAX], file[96];
    struct stat before, after;
    (void)state;
    snprintf(file, sizeof(file), "%s/witness", folder);
    put_and_close("one", first);
    put_and_close("two", second);
    witnessed(file, first, 1);
    assert_int_equal(stat(file, &before), 0);
    for (size_t cut = 1; cut <= strlen(second); cut += 7) {
        assert_int_equal(truncate(file, before.st_size), 0);
        FILE *out = fopen(file, "a");
        assert_int_equal(fwrite(second, 1, cut, out), cut);
        assert_int_equal(fclose(out), 0);
        witnessed(file, second, 2);
        assert_int_equal(stat(file, &after), 0);
        assert_in_range(after.st_size - before.st_size, strlen(second), strlen(second) + 1);
    }
}

static void an_empty_log_is_witnessed_too(void **state)
{
    char none[EV_NOTE_MAX], one[EV_NOTE_MAX], file[96];
    struct ev_log *log = open_log();
    (void)state;
    snprintf(file, sizeof(file), "%s/witness", folder);
    assert_true(ev_published(log, none));
    ev_close(&log);
    witnessed(file, none, 0);
    put_and_close("one", one);
    witnessed(file, one, 1);
}

/* Where the path of a setting was mistaken. */
static void what_is_no_note_is_not_taken_away(void **state)
{
    char note[EV_NOTE_MAX], file[96];
    struct cv_error err = {0};
    struct stat after;
    (void)state;
    snprintf(file, sizeof(file), "%s/letter", folder);
    FILE *out = fopen(file, "a");
    fputs("somebody's letter", out);
    assert_int_equal(fclose(out), 0);
    put_and_close("one", note);
    assert_true(ev_witness(file, note, &err));
    assert_int_equal(stat(file, &after), 0);
    assert_true(after.st_size > (off_t)strlen(note) + 10);
}

#define with_folder(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_folder(entries_are_there_after_a_new_start),
        cmocka_unit_test(hashes_are_those_of_the_rfc),
        with_folder(large_entries_roll_segments_over),
        with_folder(a_full_disk_is_told_and_the_entry_abandoned_when_it_comes_late),
        with_folder(those_who_wait_together_share_a_flush),
        with_folder(one_who_waits_alone_is_not_kept_by_a_directory_that_hangs),
        with_folder(a_log_behind_its_checkpoint_is_not_gone_on_with),
        with_folder(two_processes_never_write_one_log),
        with_folder(what_a_power_cut_left_of_a_note_is_no_part_of_the_next_one),
        with_folder(an_empty_log_is_witnessed_too),
        with_folder(what_is_no_note_is_not_taken_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
