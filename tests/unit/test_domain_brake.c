#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "congvu/brake.h"
#include "congvu/token.h"

enum { NOW = 1000000, HUGE_UNIT = 1000 };

static struct cv_id id(int n)
{
    return (struct cv_id){.bytes = {(uint8_t)n, (uint8_t)(n >> 8), 1}};
}

static void the_limit(void **state)
{
    (void)state;
    assert_int_equal(dom_brake_limit(0), 5);
    assert_int_equal(dom_brake_limit(250), 5);
    assert_int_equal(dom_brake_limit(299), 5);
    assert_int_equal(dom_brake_limit(300), 6);
    assert_int_equal(dom_brake_limit(999), 19);
    assert_int_equal(dom_brake_limit(1000), 20);
    assert_int_equal(dom_brake_limit(100000), 20);
    for (int n = 1; n < 3000; n++)
        assert_true(dom_brake_limit(n) >= dom_brake_limit(n - 1));
}

static void holds_after_the_limit(void **state)
{
    cv_auto_arena arena = cv_arena_new(8 << 20);
    struct dom_brake b = {0};
    (void)state;
    for (int i = 0; i < 24; i++) {
        assert_int_equal(dom_brake_room(&b, NOW + i, 1205), i < 20 ? 20 - i : 0);
        enum dom_brake_verdict v = dom_brake_judge(&b, arena, NOW + i, 1205, HUGE_UNIT, id(1), id(100 + i));
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
        assert_int_equal(dom_brake_judge(&b, arena, NOW + i * 600, 10, HUGE_UNIT, id(1), id(i)), DOM_BRAKE_PASS);
    assert_int_equal(dom_brake_judge(&b, arena, NOW + 3599, 10, HUGE_UNIT, id(1), id(9)), DOM_BRAKE_HOLD_HOUR);
    assert_int_equal(dom_brake_room(&b, NOW + 3600, 10), 1);
    assert_int_equal(dom_brake_judge(&b, arena, NOW + 3600, 10, HUGE_UNIT, id(1), id(9)), DOM_BRAKE_PASS);
    assert_int_equal(dom_brake_judge(&b, arena, NOW + 3600, 10, HUGE_UNIT, id(1), id(10)), DOM_BRAKE_HOLD_HOUR);
    assert_int_equal(dom_brake_judge(&b, arena, NOW + 4200, 10, HUGE_UNIT, id(1), id(10)), DOM_BRAKE_PASS);
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
        if (dom_brake_judge(&b, arena, now, 400, HUGE_UNIT, id(1), id(i)) == DOM_BRAKE_PASS)
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
        assert_int_equal(dom_brake_judge(&b, arena, NOW + i, 10, 4, id(1), id(7)), DOM_BRAKE_PASS);
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
            enum dom_brake_verdict v = dom_brake_judge(&b, arena, NOW + i, 5000, size - gone, id(1), id(i));
            if (v == DOM_BRAKE_PASS)
                gone++;
            else
                assert_int_equal(v, DOM_BRAKE_HOLD_UNIT);
        }
        assert_int_equal(gone, size < 4 ? size : size / 2);
        /* another unit is not concerned */
        assert_int_equal(dom_brake_judge(&b, arena, NOW + 50, 5000, 10, id(2), id(99)), DOM_BRAKE_PASS);
    }
}

static void releases(void **state)
{
    cv_auto_arena arena = cv_arena_new(8 << 20);
    struct dom_brake_release given[] = {{.id = id(1), .allow = 2, .until = NOW + 100, .at = NOW},
                                        {.id = id(2), .allow = 9, .until = NOW - 1, .at = NOW - 500}};
    struct dom_brake b = {.releases = given, .release_count = 2};
    (void)state;
    assert_int_equal(dom_brake_room(&b, NOW, 10), 7);
    for (int i = 0; i < 7; i++)
        assert_int_equal(dom_brake_judge(&b, arena, NOW + i, 10, HUGE_UNIT, id(1), id(i)), DOM_BRAKE_PASS);
    assert_int_equal(b.release_count, 1); /* the expired one went */
    assert_int_equal(b.releases[0].used, 2);
    assert_int_equal(given[0].used, 0); /* the record as read is untouched */
    assert_int_equal(dom_brake_judge(&b, arena, NOW + 8, 10, HUGE_UNIT, id(1), id(8)), DOM_BRAKE_HOLD_HOUR);
    assert_int_equal(dom_brake_room(&b, NOW + 8, 10), 0);

    /* a release opens the unit's half as well, and not after its end */
    struct dom_brake_release one = {.id = id(3), .allow = 1, .until = NOW + 10};
    struct dom_brake c = {.releases = &one, .release_count = 1};
    assert_int_equal(dom_brake_judge(&c, arena, NOW, 500, 4, id(1), id(1)), DOM_BRAKE_PASS);
    assert_int_equal(dom_brake_judge(&c, arena, NOW, 500, 3, id(1), id(2)), DOM_BRAKE_PASS);
    assert_int_equal(c.releases[0].used, 0);
    struct dom_brake late = c;
    assert_int_equal(dom_brake_judge(&late, arena, NOW + 10, 500, 2, id(1), id(3)), DOM_BRAKE_HOLD_UNIT);
    assert_int_equal(dom_brake_judge(&c, arena, NOW + 9, 500, 2, id(1), id(3)), DOM_BRAKE_PASS);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limit),       cmocka_unit_test(holds_after_the_limit),
        cmocka_unit_test(the_hour_slides), cmocka_unit_test(never_more_in_any_hour),
        cmocka_unit_test(half_of_a_unit),  cmocka_unit_test(the_same_person_counts_once),
        cmocka_unit_test(releases),        cmocka_unit_test(lines_begin_below_the_first_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
