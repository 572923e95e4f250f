/* Snapshots as text: what goes in comes out, and nothing that is cut off or garbled is taken for figures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "history/internal.h"

enum { UNITS = 50, SYSTEMS = 5, ROUNDS = 60 };

static uint64_t state = 1;

static uint32_t chance(uint32_t n)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(state >> 33) % n;
}

static const char *const slugs[SYSTEMS] = {"mailbox", "td-office", "e-office", "certificate", "x"};

/* Figures of people are mostly alike in all systems, as real ones are. */
static void some_counts(struct dom_counts counts[SYSTEMS])
{
    int32_t values[DOM_COUNT_MEMBERS];
    for (int s = 0; s < SYSTEMS; s++) {
        for (size_t i = 0; i < DOM_COUNT_MEMBERS; i++)
            if (s == 0 || !dom_count_members[i].of_people)
                values[i] = chance(3) ? (int32_t)chance(2000) : chance(2) ? 0 : -(int32_t)chance(50);
        dom_counts_from_array(values, &counts[s]);
    }
}

static void counts_come_back(void **unused)
{
    struct cv_id ids[UNITS];
    struct dom_counts in[UNITS][SYSTEMS], out[SYSTEMS];
    const char *asked[] = {slugs[3], "unheard-of", slugs[0]};
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        cv_auto_buf text;
        cv_day on;
        cv_buf_init(&text, 1 << 20);
        history_put_members(&text, NULL);
        for (int u = 0; u < UNITS; u++) {
            ids[u] = cv_id_make();
            some_counts(in[u]);
            history_put_counts(&text, ids[u], u % 3 ? 20000 + u : CV_NO_DAY, slugs, in[u], SYSTEMS);
        }
        for (int u = 0; u < UNITS; u++) {
            assert_true(history_take_counts(text.data, text.len, ids[u], slugs, SYSTEMS, out, &on));
            assert_memory_equal(out, in[u], sizeof in[u]);
            assert_int_equal(on, u % 3 ? 20000 + u : CV_NO_DAY);
            assert_true(history_take_counts(text.data, text.len, ids[u], asked, 3, out, &on));
            assert_memory_equal(&out[0], &in[u][3], sizeof out[0]);
            assert_memory_equal(&out[2], &in[u][0], sizeof out[0]);
            assert_int_equal(out[1].recorded, 0);
        }
        assert_false(history_take_counts(text.data, text.len, cv_id_make(), slugs, SYSTEMS, out, &on));
    }
}

/* What nobody counted then is not said to be 0 by a part that is written anew. */
static void what_was_not_counted_stays_so(void **unused)
{
    struct cv_id id = cv_id_make();
    struct dom_counts in[1] = {{.recorded = 4, .issued = 3, .issued_beyond = 2, .used = 1}}, out[1];
    cv_auto_buf text;
    cv_day on;
    (void)unused;
    cv_buf_init(&text, 1 << 16);
    history_put_members(&text, "issued_beyond");
    history_put_counts(&text, id, CV_NO_DAY, slugs, in, 1);
    assert_true(history_take_counts(text.data, text.len, id, slugs, 1, out, &on));
    in[0].issued_beyond = 0;
    assert_memory_equal(out, in, sizeof in);
    assert_false(history_counted(text.data, text.len, "issued_beyond"));
    assert_true(history_counted(text.data, text.len, "used"));
}

/* A later version may know more members, or name them in another order. */
static void members_are_known_by_name(void **unused)
{
    struct cv_id id = cv_id_make();
    char text[256], name[CV_ID_TEXT];
    struct dom_counts out[1];
    cv_day on;
    (void)unused;
    snprintf(text, sizeof text, "congvu-history 1\nmembers issued brand_new recorded\n%s 2026-11-01 mailbox=7,8,9,\n",
             cv_id_text("unt_", id, name));
    assert_true(history_take_counts(text, strlen(text), id, slugs, 1, out, &on));
    assert_true(out[0].issued == 7 && out[0].recorded == 9 && out[0].eligible == 0);
    assert_true(history_counted(text, strlen(text), "issued"));
    assert_false(history_counted(text, strlen(text), "issued_beyond")); /* 0 would be a lie */
}

static struct history_day a_day(struct history_ref *refs, struct view_system_usage *systems)
{
    for (int i = 0; i < 4; i++) {
        refs[i] = (struct history_ref){.day = 20700 + i};
        memset(refs[i].digest, 'a' + i, HISTORY_DIGEST);
    }
    systems[0] = (struct view_system_usage){.system = "mailbox",
                                            .rule = {true, 4, 30, 3, DOM_BY_DAY, 2},
                                            .data_through = 20780,
                                            .data_from = 20001,
                                            .silent_since = 20779,
                                            .missing_there = 12,
                                            .open_until = CV_NO_MOMENT,
                                            .regular_known = true,
                                            .activation_known = true};
    systems[1] = (struct view_system_usage){.system = "certificate",
                                            .data_through = CV_NO_DAY,
                                            .data_from = CV_NO_DAY,
                                            .silent_since = CV_NO_DAY,
                                            .open_until = 1795000123,
                                            .unknown = DOM_USE_STALE,
                                            .stale = true};
    return (struct history_day){.day = 20783,
                                .taken_at = 1795000000,
                                .window = {20754, 20783},
                                .unit_count = 77,
                                .systems = systems,
                                .system_count = 2,
                                .tree = refs,
                                .tree_count = 1,
                                .rows = refs + 1,
                                .row_count = 3};
}

static void a_day_comes_back(void **unused)
{
    struct history_ref refs[4];
    struct view_system_usage systems[2];
    struct history_day in = a_day(refs, systems), out;
    cv_auto_arena arena = cv_arena_new(1 << 20);
    cv_auto_buf text;
    (void)unused;
    cv_buf_init(&text, 1 << 20);
    history_put_day(&text, &in);
    assert_true(history_take_day(text.data, text.len, arena, &out));
    assert_true(out.day == in.day && out.taken_at == in.taken_at && out.unit_count == 77 && out.row_count == 3 &&
                out.tree_count == 1 && out.window.from == 20754);
    for (int i = 0; i < 3; i++)
        assert_true(out.rows[i].day == in.rows[i].day && strcmp(out.rows[i].digest, in.rows[i].digest) == 0);
    assert_true(out.systems[0].rule.regular_days == 4 && out.systems[0].rule.version == 2 &&
                out.systems[0].rule.reported);
    assert_true(out.systems[1].stale && !out.systems[1].regular_known && out.systems[1].data_through == CV_NO_DAY);
    const struct view_system_usage *a = &out.systems[0], *b = &out.systems[1];
    assert_true(a->data_from == 20001 && a->silent_since == 20779 && a->missing_there == 12 && !a->missing_unknown);
    assert_true(b->data_from == CV_NO_DAY && b->silent_since == CV_NO_DAY && b->missing_there == 0);
    assert_true(a->open_until == CV_NO_MOMENT && b->open_until == 1795000123);
}

static void days_of_earlier_versions_say_less(void **unused)
{
    static const char *const lines[] = {"system mailbox 2026-11-22 1 4 30 3 0 2 0 1 1\n",
                                        "system mailbox 2026-11-22 1 4 30 3 0 2 0 1 1 1795000000\n"};
    (void)unused;
    for (size_t i = 0; i < CV_COUNT(lines); i++) {
        char text[512];
        struct history_day out;
        cv_auto_arena arena = cv_arena_new(1 << 20);
        int len = snprintf(text, sizeof text,
                           "congvu-history 1\nday 2026-11-25 1795000000 2026-10-27 2026-11-25 1\n%s"
                           "tree 2026-11-20 aaaaaaaaaaaaaaaa\nrows 2026-11-20 bbbbbbbbbbbbbbbb\n",
                           lines[i]);
        assert_true(history_take_day(text, (size_t)len, arena, &out));
        assert_true(out.systems[0].missing_unknown && out.systems[0].data_from == CV_NO_DAY);
        assert_int_equal(out.systems[0].open_until, i == 0 ? CV_NO_MOMENT : 1795000000);
    }
}

static void units_come_back(void **unused)
{
    struct view_unit units[2] = {
        {.id = cv_id_make(), .code = "T1", .name = {"Huyện Thử"}},
        {.id = cv_id_make(), .code = "T1.01", .name = {"Phòng\tNội\nvụ", "Office"}, .depth = 1}};
    struct history_unit out[2];
    size_t count = 0;
    cv_auto_arena arena = cv_arena_new(1 << 20);
    cv_auto_buf text;
    (void)unused;
    units[1].has_parent = true;
    units[1].parent = units[0].id;
    cv_buf_init(&text, 1 << 20);
    cv_buf_puts(&text, "congvu-history 1\n");
    history_put_unit(&text, &units[0]);
    history_put_unit(&text, &units[1]);
    assert_true(history_take_units(text.data, text.len, arena, out, 2, &count));
    assert_int_equal(count, 2);
    assert_true(cv_id_equal(out[1].u.parent, units[0].id) && out[1].u.depth == 1 && !out[0].u.has_parent);
    assert_string_equal(out[1].u.name[CV_VI], "Phòng Nội vụ");
    assert_null(out[0].u.name[CV_EN]);
    count = 0;
    assert_false(history_take_units(text.data, text.len, arena, out, 1, &count));
}

/* Cut anywhere, or with any byte changed: refused or read, never past the end (the sanitizer watches). */
static void people_come_back(void **unused)
{
    enum { PEOPLE = 200 };
    struct view_standing in[PEOPLE] = {0}, out[PEOPLE] = {0};
    struct cv_id unit = cv_id_make();
    size_t count = 0;
    cv_auto_buf text;
    (void)unused;
    cv_buf_init(&text, 1 << 20);
    for (size_t i = 0; i < PEOPLE; i++) {
        unit = chance(5) ? unit : cv_id_make();
        in[i] = (struct view_standing){.staff = cv_id_make(), .unit = unit, .away = chance(9) == 0};
        in[i].eligible = in[i].issued = UINT16_MAX;
        in[i].used = (uint16_t)chance(3);
        in[i].locked = (uint16_t)chance(2);
    }
    history_put_people(&text, in, PEOPLE);
    assert_true(history_take_people(text.data, text.len, out, PEOPLE, &count));
    assert_int_equal(count, PEOPLE);
    assert_memory_equal(in, out, sizeof in);
    count = 0;
    assert_false(history_take_people(text.data, text.len, out, PEOPLE - 1, &count));
    count = 0;
    assert_false(history_take_people(text.data, text.len - 1, out, PEOPLE, &count));
    cv_buf_reset(&text);
    history_put_people(&text, in, 0);
    count = 0;
    assert_true(history_take_people(text.data, text.len, out, PEOPLE, &count) && count == 0);
}

static void garbled(void **unused)
{
    struct history_ref refs[4];
    struct view_system_usage systems[2];
    struct history_day in = a_day(refs, systems), out;
    struct dom_counts counts[SYSTEMS];
    struct cv_id id = cv_id_make();
    cv_day on;
    cv_auto_arena arena = cv_arena_new(8 << 20);
    cv_auto_buf day, rows;
    (void)unused;
    cv_buf_init(&day, 1 << 20);
    cv_buf_init(&rows, 1 << 20);
    history_put_day(&day, &in);
    history_put_members(&rows, NULL);
    some_counts(counts);
    history_put_counts(&rows, id, 20000, slugs, counts, SYSTEMS);
    for (size_t n = 0; n < rows.len; n++) {
        char *cut = malloc(n + 1); /* exactly as long as it is said to be */
        memcpy(cut, rows.data, n);
        (void)history_take_counts(cut, n, id, slugs, SYSTEMS, counts, &on);
        free(cut);
    }
    for (size_t n = 0; n < day.len; n++) {
        char *cut = malloc(day.len);
        memcpy(cut, day.data, day.len);
        cut[n] = (char)chance(256);
        (void)history_take_day(cut, day.len, arena, &out);
        memcpy(cut, day.data, n);
        assert_true(n == 0 || n == day.len || !history_take_day(cut, n, arena, &out) || day.data[n - 1] == '\n');
        cv_arena_reset(arena);
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_come_back),
        cmocka_unit_test(members_are_known_by_name),
        cmocka_unit_test(what_was_not_counted_stays_so),
        cmocka_unit_test(a_day_comes_back),
        cmocka_unit_test(days_of_earlier_versions_say_less),
        cmocka_unit_test(units_come_back),
        cmocka_unit_test(people_come_back),
        cmocka_unit_test(garbled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
