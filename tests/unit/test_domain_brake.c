#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "congvu/brake.h"
#include "congvu/staff.h"
#include "congvu/token.h"
#include "congvu/unit.h"
#include "congvu/working.h"

enum { NOW = 1000000, HUGE_UNIT = 1000 };

static struct cv_id id(int n)
{
    return (struct cv_id){.bytes = {(uint8_t)n, (uint8_t)(n >> 8), 1}};
}

static enum dom_brake_verdict judge(struct dom_brake *b, struct cv_arena *arena, cv_moment now, int subtree,
                                    int unit_size, int unit, int staff)
{
    const struct dom_brake_case one = {.kind = DOM_BRAKE_ORDINARY,
                                       .subtree_size = subtree,
                                       .unit_size = unit_size,
                                       .unit = id(unit),
                                       .staff = id(staff),
                                       .opening = -1};
    return dom_brake_judge(b, arena, now, &one);
}

static void the_limit(void **state)
{
    (void)state;
    assert_int_equal(dom_brake_limit(DOM_BRAKE_ORDINARY, 0), 5);
    assert_int_equal(dom_brake_limit(DOM_BRAKE_ORDINARY, 250), 5);
    assert_int_equal(dom_brake_limit(DOM_BRAKE_ORDINARY, 299), 5);
    assert_int_equal(dom_brake_limit(DOM_BRAKE_ORDINARY, 300), 6);
    assert_int_equal(dom_brake_limit(DOM_BRAKE_ORDINARY, 999), 19);
    assert_int_equal(dom_brake_limit(DOM_BRAKE_ORDINARY, 1000), 20);
    assert_int_equal(dom_brake_limit(DOM_BRAKE_ORDINARY, 100000), 20);
    for (int n = 1; n < 3000; n++)
        assert_true(dom_brake_limit(DOM_BRAKE_ORDINARY, n) >= dom_brake_limit(DOM_BRAKE_ORDINARY, n - 1));
}

static void holds_after_the_limit(void **state)
{
    cv_auto_arena arena = cv_arena_new(8 << 20);
    struct dom_brake b = {0};
    (void)state;
    for (int i = 0; i < 24; i++) {
        assert_int_equal(dom_brake_done(&b, DOM_BRAKE_ORDINARY, NOW + i), i < 20 ? i : 20);
        enum dom_brake_verdict v = judge(&b, arena, NOW + i, 1205, HUGE_UNIT, 1, 100 + i);
        assert_int_equal(v, i < 20 ? DOM_BRAKE_PASS : DOM_BRAKE_HOLD_HOUR);
    }
    assert_int_equal(b.event_count, 20);
}

static void the_hour_slides(void **state)
{
    cv_auto_arena arena = cv_arena_new(8 << 20);
    struct dom_brake b = {0};
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(judge(&b, arena, NOW + i * 600, 10, HUGE_UNIT, 1, i), DOM_BRAKE_PASS);
    assert_int_equal(judge(&b, arena, NOW + 3599, 10, HUGE_UNIT, 1, 9), DOM_BRAKE_HOLD_HOUR);
    assert_int_equal(dom_brake_room_at(&b, DOM_BRAKE_ORDINARY, 10, NOW + 3599), NOW + 3600);
    assert_int_equal(dom_brake_room_at(&b, DOM_BRAKE_ORDINARY, 10, NOW + 3600), CV_NO_MOMENT);
    assert_int_equal(dom_brake_done(&b, DOM_BRAKE_ORDINARY, NOW + 3600), 4);
    assert_int_equal(judge(&b, arena, NOW + 3600, 10, HUGE_UNIT, 1, 9), DOM_BRAKE_PASS);
    assert_int_equal(judge(&b, arena, NOW + 3600, 10, HUGE_UNIT, 1, 10), DOM_BRAKE_HOLD_HOUR);
    assert_int_equal(judge(&b, arena, NOW + 4200, 10, HUGE_UNIT, 1, 10), DOM_BRAKE_PASS);
    assert_int_equal(b.event_count, 5); /* the old ones are gone */
}

/* However the requests fall, no hour ever has more than the limit. */
static void never_more_in_any_hour(void **state)
{
    cv_auto_arena arena = cv_arena_new(64 << 20);
    cv_moment passed[2000];
    size_t n = 0;
    struct dom_brake b = {0};
    uint32_t dice = 12345;
    cv_moment now = NOW;
    (void)state;
    for (int i = 0; i < 2000; i++) {
        dice = dice * 1664525u + 1013904223u;
        now += dice >> 24;
        if (judge(&b, arena, now, 400, HUGE_UNIT, 1, i) == DOM_BRAKE_PASS)
            passed[n++] = now;
    }
    assert_true(n > 100);
    for (size_t i = 8; i < n; i++)
        assert_true(passed[i] - passed[i - 8] >= 3600);
}

static void the_same_person_counts_once(void **state)
{
    cv_auto_arena arena = cv_arena_new(8 << 20);
    struct dom_brake b = {0};
    (void)state;
    for (int i = 0; i < 50; i++)
        assert_int_equal(judge(&b, arena, NOW + i, 10, 4, 1, 7), DOM_BRAKE_PASS);
    assert_int_equal(b.event_count, 1);
}

/* People leave one by one, so the present size shrinks as events come. */
static void half_of_a_unit(void **state)
{
    (void)state;
    for (int size = 1; size <= 30; size++) {
        cv_auto_arena arena = cv_arena_new(8 << 20);
        struct dom_brake b = {0};
        int gone = 0;
        for (int i = 0; i < size; i++) {
            enum dom_brake_verdict v = judge(&b, arena, NOW + i, 5000, size - gone, 1, i);
            if (v == DOM_BRAKE_PASS)
                gone++;
            else
                assert_int_equal(v, DOM_BRAKE_HOLD_UNIT);
        }
        assert_int_equal(gone, size < 4 ? size : size / 2);
        /* another unit is not concerned */
        assert_int_equal(judge(&b, arena, NOW + 50, 5000, 10, 2, 99), DOM_BRAKE_PASS);
    }
}

static struct dom_brake_case special(enum dom_brake_kind kind, int unit, int staff, int opening)
{
    return (struct dom_brake_case){
        .kind = kind, .subtree_size = 10, .unit_size = 4, .unit = id(unit), .staff = id(staff), .opening = opening};
}

/* One word does not switch it off: what is urgent has an hour of its own, and the unit's half holds none of it. */
static void urgent_ones_have_bounds_of_their_own(void **state)
{
    static const struct {
        enum dom_brake_kind kind;
        int most;
    } rows[] = {{DOM_BRAKE_LOCK, 30}, {DOM_BRAKE_DISMISSAL, 5}};
    (void)state;
    for (size_t r = 0; r < CV_COUNT(rows); r++) {
        cv_auto_arena arena = cv_arena_new(8 << 20);
        struct dom_brake b = {0};
        for (int i = 0; i < 80; i++) {
            struct dom_brake_case one = special(rows[r].kind, 1, i, -1);
            assert_int_equal(dom_brake_judge(&b, arena, NOW, &one),
                             i < rows[r].most ? DOM_BRAKE_PASS : DOM_BRAKE_HOLD_HOUR);
        }
        for (int i = 0; i < 6; i++) /* beside them the ordinary ones have their own room */
            assert_int_equal(judge(&b, arena, NOW, 10, HUGE_UNIT, 2, 1000 + i),
                             i < 5 ? DOM_BRAKE_PASS : DOM_BRAKE_HOLD_HOUR);
        assert_int_equal(dom_brake_limit(rows[r].kind, 100000), rows[r].most);
    }
}

/* A lock says nothing about leaving; whoever was stopped altogether may be locked, too. */
static void an_urgent_one_covers_its_own_kind_only(void **state)
{
    cv_auto_arena arena = cv_arena_new(8 << 20);
    struct dom_brake b = {0};
    struct dom_brake_case lock = special(DOM_BRAKE_LOCK, 1, 1, -1);
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(judge(&b, arena, NOW, 10, HUGE_UNIT, 2, 100 + i), DOM_BRAKE_PASS);
    assert_int_equal(dom_brake_judge(&b, arena, NOW, &lock), DOM_BRAKE_PASS);
    assert_int_equal(judge(&b, arena, NOW, 10, HUGE_UNIT, 1, 1), DOM_BRAKE_HOLD_HOUR);
    lock.staff = id(100);
    assert_int_equal(dom_brake_judge(&b, arena, NOW, &lock), DOM_BRAKE_PASS);
    assert_int_equal(b.event_count, 6);
}

static void locks_may_be_opened_beforehand(void **state)
{
    cv_auto_arena arena = cv_arena_new(8 << 20);
    struct dom_brake_opening given = {.by = "tok_b", .everywhere = true, .allow = 30, .until = NOW + 3600};
    struct dom_brake b = {.openings = &given, .opening_count = 1};
    (void)state;
    for (int i = 0; i < 61; i++) {
        struct dom_brake_case one = special(DOM_BRAKE_LOCK, 1, i, 0);
        assert_int_equal(dom_brake_judge(&b, arena, NOW, &one), i < 60 ? DOM_BRAKE_PASS : DOM_BRAKE_HOLD_HOUR);
    }
    assert_int_equal(b.openings[0].used, 30);
    assert_int_equal(given.used, 0); /* the record as read is untouched */
    struct dom_brake late = {.openings = &given, .opening_count = 1};
    struct dom_brake_case dismissal = special(DOM_BRAKE_DISMISSAL, 1, 7, 0);
    for (int i = 0; i < 6; i++) {
        dismissal.staff = id(i);
        assert_int_equal(dom_brake_judge(&late, arena, NOW, &dismissal), i < 5 ? DOM_BRAKE_PASS : DOM_BRAKE_HOLD_HOUR);
    }
    for (int i = 0; i < 31; i++) {
        struct dom_brake_case one = special(DOM_BRAKE_LOCK, 1, i, 0);
        assert_int_equal(dom_brake_judge(&late, arena, NOW + 3600, &one),
                         i < 30 ? DOM_BRAKE_PASS : DOM_BRAKE_HOLD_HOUR);
    }
}

static void what_is_refused_or_held_is_noted_once(void **state)
{
    cv_auto_arena arena = cv_arena_new(8 << 20);
    struct dom_brake b = {0};
    struct dom_brake_refusal many = {.target = "system/e-office",
                                     .digest = "aa",
                                     .people = 300,
                                     .by = "tok_a",
                                     .at = NOW,
                                     .released_until = CV_NO_MOMENT};
    struct dom_brake_lock lock = {.staff = id(1), .system = "mailbox", .by = "tok_a", .at = NOW};
    (void)state;
    assert_int_equal(dom_brake_refuse(&b, arena, &many), DOM_BRAKE_NOTED);
    assert_int_equal(dom_brake_refuse(&b, arena, &many), DOM_BRAKE_THERE);
    assert_false(dom_brake_released(&b, "system/e-office", "aa", NOW));
    b.refusals[0].released_until = NOW + 100;
    assert_true(dom_brake_released(&b, "system/e-office", "aa", NOW + 99));
    assert_false(dom_brake_released(&b, "system/e-office", "aa", NOW + 100));
    assert_false(dom_brake_released(&b, "system/e-office", "bb", NOW)); /* other people */
    many.at = NOW + 100;
    /* the release is over, and the note with it */
    assert_int_equal(dom_brake_refuse(&b, arena, &many), DOM_BRAKE_NOTED);
    assert_int_equal(b.refusal_count, 1);

    assert_int_equal(dom_brake_hold(&b, arena, &lock), DOM_BRAKE_NOTED);
    assert_int_equal(dom_brake_hold(&b, arena, &lock), DOM_BRAKE_THERE);
    lock.system = "td-office";
    assert_int_equal(dom_brake_hold(&b, arena, &lock), DOM_BRAKE_NOTED);
    dom_brake_drop_lock(&b, arena, id(1), "mailbox");
    assert_int_equal(b.lock_count, 1);
    assert_string_equal(b.locks[0].system, "td-office");
}

/* 30/11/2026 is a Monday. */
static void office_hours(void **state)
{
    cv_day monday = cv_day_join(2026, 11, 30);
    cv_moment start = cv_day_start(monday);
    (void)state;
    assert_int_equal(dom_working_seconds(start, start + 24 * 3600), 15 * 1800);
    assert_int_equal(dom_working_seconds(start + 8 * 3600, start + 8 * 3600 + 60), 60);
    assert_int_equal(dom_working_seconds(start + 11 * 3600, start + 14 * 3600), 3600); /* lunch */
    assert_int_equal(dom_working_seconds(start - 48 * 3600, start), 0);                /* a weekend */
    assert_int_equal(dom_working_seconds(start - 8 * 3600, start + 9 * 3600), 90 * 60);
    assert_int_equal(dom_working_seconds(start, start), 0);
    assert_int_equal(dom_working_seconds(start + 3600, start), 0);
}

/* Days off and days swapped are data. */
static void holidays(void **state)
{
    static const char json[] =
        "{\"years\":[{\"year\":2026,\"decided\":true,\"source\":\"x\",\"off\":[{\"on\":\"2026-11-30\",\"name\":\"x\"}],"
        "\"work\":[{\"on\":\"2026-12-05\",\"name\":\"x\"}]}]}";
    static const char summer[] = "{\"years\":[],\"closed\":[{\"unit_kinds\":[\"truong_hoc\"],\"from\":\"2026-11-01\","
                                 "\"to\":\"2026-11-30\",\"name\":\"x\",\"source\":\"x\"}]}";
    static const char none[] = "{\"years\":[]}", bad[] = "{\"years\":[{\"year\":2026}]}";
    struct cv_error err = {0};
    cv_day monday = cv_day_join(2026, 11, 30);
    (void)state;
    assert_true(dom_calendar_load(json, strlen(json), &err));
    assert_false(dom_working_day(monday));
    assert_true(dom_working_day(monday + 1));
    assert_true(dom_working_day(monday + 5));
    assert_false(dom_working_day(monday + 6));
    assert_int_equal(dom_working_due(monday - 3, 4), monday + 4); /* a Friday; Monday is off */
    assert_int_equal(dom_working_due(monday - 3, 5), monday + 5); /* the swapped Saturday */
    assert_int_equal(dom_working_seconds(cv_day_start(monday), cv_day_start(monday + 1)), 0);
    assert_true(dom_working_day_of(0, monday + 1) && !dom_working_day_of(0, monday));
    assert_true(dom_calendar_load(summer, strlen(summer), &err));
    assert_true(dom_working_day(monday) && dom_working_day_of(0, monday));
    assert_false(dom_working_day_of(1u << DOM_TRUONG_HOC, monday));
    assert_true(dom_working_day_of(1u << DOM_TRUONG_HOC | 1u << DOM_PHONG, monday));
    assert_true(dom_working_day_of(1u << DOM_TRUONG_HOC, monday + 1)); /* the last day is behind it */
    assert_false(dom_calendar_load(bad, strlen(bad), &err));
    cv_error_clear(&err);
    assert_true(dom_calendar_load(none, strlen(none), &err));
    assert_true(dom_working_day(monday));
}

static int set_clock(void **state)
{
    struct cv_error err;
    (void)state;
    return cv_clock_init("Asia/Ho_Chi_Minh", 0, &err) ? 0 : -1;
}

/* 1 began all; 2 was made on the machine; 3 and 4 begin lines; 5 to 7 hang from 3, 8 from 2; 9 was made by a person. */
static void lines_begin_below_the_first_token(void **state)
{
    static char made_by[10][CV_ID_TEXT];
    static const int maker[] = {0, 0, 0, 1, 1, 3, 5, 6, 2};
    struct dom_token tokens[9];
    (void)state;
    for (int n = 1; n < 9; n++) {
        cv_id_text("tok_", id(maker[n]), made_by[n]);
        tokens[n - 1] =
            (struct dom_token){.id = id(n), .created_at = NOW + n, .created_by = maker[n] == 0 ? "system" : made_by[n]};
    }
    tokens[8] = (struct dom_token){.id = id(9), .created_by = cv_id_text("stf_", id(77), made_by[9])};
    static const int line[] = {0, 1, 1, 3, 4, 3, 3, 3, 8, 77};
    for (int n = 1; n < 10; n++)
        assert_true(cv_id_equal(dom_line_of(tokens, 9, id(n)), id(line[n])));
    assert_true(cv_id_equal(dom_line_of(tokens, 9, id(55)), id(55)));
    assert_true(dom_token_descends(tokens, 9, id(7), id(3)));
    assert_true(dom_token_descends(tokens, 9, id(7), id(1)));
    assert_false(dom_token_descends(tokens, 9, id(3), id(7)));
    assert_false(dom_token_descends(tokens, 9, id(3), id(3)));
    tokens[0].created_by = made_by[4]; /* by hand: 1 made by 1 */
    dom_line_of(tokens, 9, id(7));
    assert_false(dom_token_descends(tokens, 9, id(7), id(4)));
}

/* ---- who gave somebody a way in ---- */

static const char *actor(struct cv_arena *arena, const char *prefix, int n)
{
    return cv_id_kept(prefix, id(n), arena);
}

static void each_who_gave_a_way_in_is_kept_for_a_while(void **state)
{
    cv_auto_arena arena = cv_arena_new(8 << 20);
    struct dom_staff staff = dom_staff_new(id(1));
    (void)state;
    dom_way_in_given(&staff, arena, actor(arena, "stf_", 1), NOW); /* himself */
    dom_way_in_given(&staff, arena, "calendar", NOW);
    dom_way_in_given(&staff, arena, NULL, NOW);
    assert_int_equal(staff.way_in_count, 0);
    dom_way_in_given(&staff, arena, actor(arena, "stf_", 2), NOW);
    dom_way_in_given(&staff, arena, actor(arena, "tok_", 1), NOW + 1); /* a token's id may look like his */
    dom_way_in_given(&staff, arena, actor(arena, "stf_", 2), NOW + 2);
    assert_int_equal(staff.way_in_count, 2);
    assert_string_equal(staff.ways_in[0].by, actor(arena, "tok_", 1));
    assert_true(staff.ways_in[1].at == NOW + 2);
    dom_way_in_given(&staff, arena, actor(arena, "stf_", 3), NOW + 1 + DOM_WAY_IN_S);
    assert_int_equal(staff.way_in_count, 2);
    assert_string_equal(staff.ways_in[0].by, actor(arena, "stf_", 2));
    for (int i = 0; i < 2 * DOM_WAYS_IN_MAX; i++)
        dom_way_in_given(&staff, arena, actor(arena, "stf_", 10 + i), NOW + DOM_WAY_IN_S + 2 + i);
    assert_int_equal(staff.way_in_count, DOM_WAYS_IN_MAX);
    assert_string_equal(staff.ways_in[DOM_WAYS_IN_MAX - 1].by, actor(arena, "stf_", 9 + 2 * DOM_WAYS_IN_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limit),
        cmocka_unit_test(holds_after_the_limit),
        cmocka_unit_test(the_hour_slides),
        cmocka_unit_test(never_more_in_any_hour),
        cmocka_unit_test(half_of_a_unit),
        cmocka_unit_test(the_same_person_counts_once),
        cmocka_unit_test(urgent_ones_have_bounds_of_their_own),
        cmocka_unit_test(an_urgent_one_covers_its_own_kind_only),
        cmocka_unit_test(locks_may_be_opened_beforehand),
        cmocka_unit_test(what_is_refused_or_held_is_noted_once),
        cmocka_unit_test(lines_begin_below_the_first_token),
        cmocka_unit_test(each_who_gave_a_way_in_is_kept_for_a_while),
        cmocka_unit_test(office_hours),
        cmocka_unit_test(holidays),
    };
    return cmocka_run_group_tests(tests, set_clock, NULL);
}
