/* Documents against a real slapd: whole or not at all, one winner of two writers, listing by name. */
#include "congvu/records.h"
#include "dir_server.h"

static const struct dir_actor actor = {"tok_x", "req-7", "http", NULL};

static struct dir_document doc_of(const char *name, const char *bytes)
{
    return (struct dir_document){
        .folder = "reports", .name = name, .bytes = bytes, .len = strlen(bytes), .created_at = CV_NO_MOMENT};
}

static void add(struct server *s, const char *name, const char *bytes)
{
    struct dir_document d = doc_of(name, bytes);
    assert_ok(s, dir_document_add(s->session, &d, &actor, NULL, &s->err));
}

static void added_saved_and_deleted(void **state)
{
    struct server *s = *state;
    struct dir_document d = doc_of("rep_1", "{\"a\":1}"), back, again;
    struct dir_stamp stamp;

    d.idempotency = (struct dom_idempotency){"doc-key", "doc-body", 1700000000};
    assert_ok(s, dir_document_add(s->session, &d, &actor, &stamp, &s->err));
    assert_int_equal(stamp.revision, 1);
    assert_false(dir_document_add(s->session, &d, &actor, NULL, &s->err));
    assert_true(s->err.kind == CV_EXISTS || s->err.kind == CV_CONFLICT);
    assert_ok(s, dir_document_read(s->session, "reports", "rep_1", s->arena, &back, &s->err));
    assert_string_equal(back.name, "rep_1");
    assert_string_equal(back.folder, "reports");
    assert_string_equal(back.actor, "tok_x");
    assert_string_equal(back.idempotency.key, "doc-key");
    assert_true(back.len == 7 && memcmp(back.bytes, "{\"a\":1}", 7) == 0 && back.created_at != CV_NO_MOMENT);

    assert_ok(s, dir_document_save(s->session, &back, "{}", 2, &actor, &stamp, &s->err));
    assert_true(stamp.changed && stamp.revision == 2);
    assert_false(dir_document_save(s->session, &back, "[]", 2, &actor, &stamp, &s->err));
    assert_int_equal(s->err.kind, CV_STALE);
    assert_ok(s, dir_document_read(s->session, "reports", "rep_1", s->arena, &again, &s->err));
    assert_true(again.len == 2 && again.bytes[0] == '{' && again.created_at == back.created_at);

    assert_ok(s, dir_document_delete(s->session, "reports", "rep_1", &actor, &s->err));
    assert_false(dir_document_read(s->session, "reports", "rep_1", s->arena, &again, &s->err));
    assert_int_equal(s->err.kind, CV_NOT_FOUND);
}

static void as_large_as_it_may_be(void **state)
{
    struct server *s = *state;
    char *bytes = malloc(DIR_DOCUMENT_MAX + 1);
    struct dir_document d = doc_of("large", ""), back;

    memset(bytes, 'x', DIR_DOCUMENT_MAX + 1);
    d.bytes = bytes;
    d.len = DIR_DOCUMENT_MAX;
    assert_ok(s, dir_document_add(s->session, &d, &actor, NULL, &s->err));
    assert_ok(s, dir_document_read(s->session, "reports", "large", s->arena, &back, &s->err));
    assert_int_equal(back.len, DIR_DOCUMENT_MAX);
    bytes[0] = 'y';
    assert_ok(s, dir_document_save(s->session, &back, bytes, DIR_DOCUMENT_MAX, &actor, NULL, &s->err));
    d.name = "larger";
    d.len = DIR_DOCUMENT_MAX + 1;
    assert_false(dir_document_add(s->session, &d, &actor, NULL, &s->err));
    assert_int_equal(s->err.kind, CV_LIMIT);
    free(bytes);
}

static void listed_by_name(void **state)
{
    struct server *s = *state;
    static const char *const names[] = {"2026-11-03", "2026-10-31", "2026-11-01.b", "2026-11-01", "a*(b)\\c"};
    struct dir_document *docs;
    size_t count;

    for (size_t i = 0; i < CV_COUNT(names); i++) {
        struct dir_document d = doc_of(names[i], names[i]);
        d.folder = "snapshots";
        assert_ok(s, dir_document_add(s->session, &d, &actor, NULL, &s->err));
    }
    assert_ok(s,
              dir_document_list(s->session, "snapshots", "2026-11", NULL, 2, true, s->arena, &docs, &count, &s->err));
    assert_int_equal(count, 2);
    assert_string_equal(docs[0].name, "2026-11-01");
    assert_string_equal(docs[1].bytes, "2026-11-01.b");
    assert_ok(s, dir_document_list(s->session, "snapshots", "2026-11", "2026-11-01.b", 9, false, s->arena, &docs,
                                   &count, &s->err));
    assert_int_equal(count, 1);
    assert_string_equal(docs[0].name, "2026-11-03");
    assert_ok(s, dir_document_list(s->session, "snapshots", "", NULL, 99, false, s->arena, &docs, &count, &s->err));
    assert_int_equal(count, 5);
    assert_string_equal(docs[4].name, "a*(b)\\c");
    assert_ok(s, dir_document_list(s->session, "snapshots", "a*", NULL, 99, true, s->arena, &docs, &count, &s->err));
    assert_int_equal(count, 1);
    assert_ok(s, dir_document_list(s->session, "targets", "", NULL, 99, true, s->arena, &docs, &count, &s->err));
    assert_int_equal(count, 0);
}

/* A directory that was made before there were documents gets its folders at the next start. */
static void folders_come_later(void **state)
{
    struct server *s = *state;
    const struct dir_bootstrap what = {.key_fingerprint = "0123456789abcdef"};
    struct dir_document *docs;
    size_t count;

    assert_ok(s, dir_delete_entry(s->session, "ou=targets,ou=system," BASE, NULL, &s->err));
    assert_false(dir_document_list(s->session, "targets", "", NULL, 9, false, s->arena, &docs, &count, &s->err));
    assert_ok(s, dir_bootstrap(s->session, &what, &s->err));
    add(s, "after", "x");
    assert_ok(s, dir_document_list(s->session, "targets", "", NULL, 9, false, s->arena, &docs, &count, &s->err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(added_saved_and_deleted),
        cmocka_unit_test(as_large_as_it_may_be),
        cmocka_unit_test(listed_by_name),
        cmocka_unit_test(folders_come_later),
    };
    return cmocka_run_group_tests(tests, server_setup, server_teardown);
}
