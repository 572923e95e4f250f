#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "congvu/person_name.h"
#include "congvu/staff.h"
#include "congvu/system.h"
#include "congvu/text.h"
#include "congvu/token.h"

enum { TODAY = 20000 };

static struct dom_departure departure(int number, enum dom_departure_state state, cv_day on, bool ended)
{
    return (struct dom_departure){
        .number = number, .state = state, .effective_on = on, .ended_at = ended ? 1 : CV_NO_MOMENT};
}

static struct dom_staff person(struct dom_post *post)
{
    *post = (struct dom_post){.primary = true, .from = CV_NO_DAY, .to = CV_NO_DAY};
    return (struct dom_staff){.posts = post, .post_count = 1, .hired_on = CV_NO_DAY, .home_on = CV_NO_DAY};
}

static void the_date_decides(void **state)
{
    static const enum dom_departure_state running[] = {DOM_SCHEDULED, DOM_IN_PROGRESS, DOM_DONE, DOM_FAILED};
    struct dom_post post;
    struct dom_staff s = person(&post);
    struct dom_departure d;
    (void)state;
    s.departures = &d;
    s.departure_count = 1;
    for (size_t i = 0; i < CV_COUNT(running); i++) {
        for (cv_day on = TODAY - 2; on <= TODAY + 2; on++) {
            d = departure(1, running[i], on, false);
            assert_int_equal(dom_status_on(&s, TODAY), on <= TODAY ? DOM_DEPARTED : DOM_DEPARTING);
            assert_int_equal(dom_recorded_on(&s, TODAY), on > TODAY);
        }
    }
    for (cv_day on = TODAY - 1; on <= TODAY + 1; on++) {
        d = departure(1, DOM_HELD, on, false);
        assert_int_equal(dom_status_on(&s, TODAY), DOM_ACTIVE);
        assert_true(dom_recorded_on(&s, TODAY));
        d = departure(1, DOM_WITHDRAWN, on, true);
        assert_int_equal(dom_status_on(&s, TODAY), DOM_ACTIVE);
        d = departure(1, DOM_DONE, on, true); /* reinstated */
        assert_int_equal(dom_status_on(&s, TODAY), DOM_ACTIVE);
    }
}

static void the_current_departure(void **state)
{
    struct dom_post post;
    struct dom_staff s = person(&post);
    (void)state;
    assert_null(dom_current_departure(&s));
    struct dom_departure all[] = {departure(1, DOM_DONE, 5, true), departure(2, DOM_SCHEDULED, 9, false),
                                  departure(3, DOM_WITHDRAWN, 8, false), departure(4, DOM_DONE, 8, true)};
    s.departures = all;
    s.departure_count = 4;
    assert_int_equal(dom_current_departure(&s)->number, 2);
    all[3].ended_at = CV_NO_MOMENT;
    assert_int_equal(dom_current_departure(&s)->number, 4);
    s.departure_count = 1;
    assert_null(dom_current_departure(&s));
}

static void other_states(void **state)
{
    struct dom_post post;
    struct dom_staff s = person(&post);
    (void)state;
    s.hired_on = TODAY + 1;
    assert_int_equal(dom_status_on(&s, TODAY), DOM_PENDING);
    assert_false(dom_recorded_on(&s, TODAY));
    assert_true(dom_recorded_on(&s, TODAY + 1));
    s.hired_on = TODAY;
    assert_int_equal(dom_status_on(&s, TODAY), DOM_ACTIVE);
    struct dom_leave leaves[] = {{.kind = DOM_LEAVE_OM_DAU, .from = TODAY, .to = TODAY + 2},
                                 {.kind = DOM_LEAVE_DI_HOC, .from = TODAY + 9, .to = CV_NO_DAY}};
    s.leaves = leaves;
    s.leave_count = 1;
    assert_int_equal(dom_status_on(&s, TODAY), DOM_ON_LEAVE);
    assert_int_equal(dom_status_on(&s, TODAY + 2), DOM_ON_LEAVE); /* the last day is one of it */
    assert_int_equal(dom_status_on(&s, TODAY + 3), DOM_ACTIVE);
    s.leave_count = 2;
    assert_ptr_equal(dom_leave_shown(&s, TODAY + 2), &leaves[0]);
    assert_ptr_equal(dom_leave_shown(&s, TODAY + 3), &leaves[1]);
    assert_int_equal(dom_status_on(&s, TODAY + 8), DOM_ACTIVE);
    assert_int_equal(dom_status_on(&s, TODAY + 900), DOM_ON_LEAVE);
    assert_true(dom_recorded_on(&s, TODAY + 5)); /* on leave is recorded */
    struct dom_departure d = departure(1, DOM_SCHEDULED, TODAY + 3, false);
    s.departures = &d;
    s.departure_count = 1;
    assert_int_equal(dom_status_on(&s, TODAY + 1), DOM_DEPARTING);
    s.hired_on = TODAY + 1;
    assert_int_equal(dom_status_on(&s, TODAY), DOM_PENDING);
    s.post_count = 0;
    assert_false(dom_recorded_on(&s, TODAY + 1));
    assert_null(dom_home_on(&s, TODAY));
}

static void a_long_leave(void **state)
{
    struct dom_leave leave = {.kind = DOM_LEAVE_OM_DAU, .from = TODAY, .to = TODAY + 28};
    (void)state;
    assert_false(dom_leave_is_long(&leave)); /* 29 days */
    leave.to = TODAY + 29;
    assert_true(dom_leave_is_long(&leave));
    leave.to = CV_NO_DAY;
    assert_true(dom_leave_is_long(&leave));
}

static struct dom_post primary(cv_day from, cv_day to)
{
    struct dom_post post = dom_post_new((struct cv_id){0});
    post.primary = true;
    post.from = from;
    post.to = to;
    return post;
}

static void the_home_on_a_day(void **state)
{
    struct dom_post posts[] = {primary(CV_NO_DAY, TODAY - 5), primary(TODAY - 5, TODAY), primary(TODAY + 3, CV_NO_DAY)};
    struct dom_staff s = dom_staff_new((struct cv_id){0});
    (void)state;
    s.posts = posts;
    s.post_count = 3;
    assert_ptr_equal(dom_home_on(&s, TODAY - 6), &posts[0]);
    assert_ptr_equal(dom_home_on(&s, TODAY - 5), &posts[1]);
    assert_ptr_equal(dom_home_on(&s, TODAY - 1), &posts[1]);
    assert_ptr_equal(dom_home_on(&s, TODAY), &posts[1]); /* a gap: still there, but counted nowhere */
    assert_false(dom_recorded_on(&s, TODAY));
    assert_true(dom_recorded_on(&s, TODAY - 1));
    assert_ptr_equal(dom_home_on(&s, TODAY + 3), &posts[2]);
    assert_true(dom_recorded_on(&s, TODAY + 3));
    assert_ptr_equal(dom_next_home(&s, TODAY - 6), &posts[1]);
    assert_ptr_equal(dom_next_home(&s, TODAY), &posts[2]);
    assert_null(dom_next_home(&s, TODAY + 3));
    assert_ptr_equal(dom_home_shown(&s), &posts[0]);
    s.home_on = TODAY - 2;
    assert_ptr_equal(dom_home_shown(&s), &posts[1]);
    s.posts = &posts[2];
    s.post_count = 1;
    assert_ptr_equal(dom_home_on(&s, TODAY), &posts[2]); /* not begun */
    assert_int_equal(dom_status_on(&s, TODAY), DOM_PENDING);
    assert_false(dom_recorded_on(&s, TODAY));
}

static void codes(void **state)
{
    cv_auto_arena arena = cv_arena_new(1 << 16);
    static const char *const good[] = {"NS-0001",   "0012", "a",
                                       "H43.99.01", "x_y",  "123456789012345678901234567890abcde"};
    static const char *const bad[] = {
        "",   "123456789012345678901234567890abcdef", "a b", "a/b", "é", "stf_1", "STF_1", "unt_a", "tok_", ".", "..",
        "a%b"};
    (void)state;
    for (size_t i = 0; i < CV_COUNT(good); i++)
        assert_true(dom_code_valid(good[i]));
    for (size_t i = 0; i < CV_COUNT(bad); i++)
        if (dom_code_valid(bad[i]))
            fail_msg("%s passes", bad[i]);
    assert_string_equal(dom_code_key(arena, "Ns-0001"), "ns-0001");
    assert_true(dom_code_clash("0012", "12"));
    assert_true(dom_code_clash("12", "00012"));
    assert_true(dom_code_clash("0", "000"));
    assert_false(dom_code_clash("12", "12"));
    assert_false(dom_code_clash("012", "0120"));
    assert_false(dom_code_clash("NS-01", "NS-1"));
    assert_false(dom_code_clash("", "0"));
}

static void mobiles(void **state)
{
    static const char *const bad[] = {
        "", "+", "0900000001", "+0900000001", "+84 900000001", "+8490000a001", "+8412345", "+1234567890123456"};
    (void)state;
    assert_true(dom_mobile_valid("+84900000001"));
    assert_true(dom_mobile_valid("+123456789012345"));
    for (size_t i = 0; i < CV_COUNT(bad); i++)
        assert_false(dom_mobile_valid(bad[i]));
}

static void names_split(void **state)
{
    static const char *const names[][4] = {
        {"Nguyễn Văn An", "Nguyễn", "Văn", "An"},
        {"Nguyễn Thị Ngọc Ánh", "Nguyễn", "Thị Ngọc", "Ánh"},
        {"Nguyễn An", "Nguyễn", "", "An"},
        {"K'Bảy", "", "", "K'Bảy"},
        {"Pi Năng Thị Thủy", "Pi Năng", "Thị", "Thủy"},
        {"Pi Năng Thủy", "Pi Năng", "", "Thủy"},
        {"Pi Năng", "Pi", "", "Năng"},
        {"Chamaléa Thị Hường", "Chamaléa", "Thị", "Hường"},
        {"Ka Tơr Lan", "Ka Tơr", "", "Lan"},
        {"Patâu Axá Minh", "Patâu Axá", "", "Minh"},
        {"Tain Thị Lan", "Tain", "Thị", "Lan"},
        {"Tà In Văn Minh", "Tà In", "Văn", "Minh"},
        {"Tou Prong Minh", "Tou Prong", "", "Minh"},
        {"Tôn Thất Bảo Anh", "Tôn Thất", "Bảo", "Anh"},
        {"  Nguyễn \t Văn\u00a0An ", "Nguyễn", "Văn", "An"},
        {"Nguye\u0302\u0303n Va\u0306n An", "Nguyễn", "Văn", "An"},
        {"", "", "", ""},
    };
    cv_auto_arena arena = cv_arena_new(1 << 20);
    const char *family, *middle, *given;
    (void)state;
    for (size_t i = 0; i < CV_COUNT(names); i++) {
        dom_split_name(arena, names[i][0], &family, &middle, &given);
        assert_string_equal(family, names[i][1]);
        assert_string_equal(middle, names[i][2]);
        assert_string_equal(given, names[i][3]);
    }
    dom_split_name(arena, "a b c d e f g h i j k l m n o p q r s t", &family, &middle, &given);
    assert_string_equal(family, "a");
    assert_non_null(strstr(given, "t")); /* nothing is lost */
    dom_split_name(arena, "\xff\xfe", &family, &middle, &given);
    assert_string_equal(given, "");
}

static void what_a_name_cell_holds_besides(void **state)
{
    static const char *const wrong[][2] = {
        {"ThS. Nguyễn Văn An", "ThS"}, {"TS Nguyễn Văn An", "TS"},          {"BS.CKI Trần An", "BS"},
        {"Bà Nguyễn Thị Lan", "Bà"},   {"ÔNG TRẦN VĂN HAI", "ÔNG"},         {"Ông/Bà Nguyễn Thị Lan", "/"},
        {"12. Nguyễn Văn An", "1"},    {"Đồng chí Lê Văn Tám", "Đồng chí"}, {"Nguyễn Văn An, Lê B", ","},
        {"Nguyễn Văn An ThS", "ThS"},  {"Nguyễn Văn An TS.", "TS"},
    };
    static const char *const right[] = {"Ông Ích Khiêm", "Ông Văn Ổn", "Bá Trung Phụ", "Bà Thị Lan", "Cổ Nguyễn An",
                                        "K'Bảy",         "Anh",        "Y Blô Êban",   "Ô-Rô"};
    cv_auto_arena arena = cv_arena_new(1 << 20);
    (void)state;
    for (size_t i = 0; i < CV_COUNT(wrong); i++) {
        struct cv_faults faults;
        cv_faults_init(&faults, arena);
        assert_false(dom_person_name_ok(arena, wrong[i][0], false, &faults, "/full_name"));
        assert_int_equal(faults.count, 1);
        assert_string_equal(faults.items[0].code, "bad_characters");
        for (int lang = 0; lang < CV_LANGS; lang++)
            assert_non_null(strstr(faults.items[0].text[lang], cv_arena_printf(arena, "“%s”", wrong[i][1])));
    }
    for (size_t i = 0; i < CV_COUNT(right); i++) {
        struct cv_faults faults;
        cv_faults_init(&faults, arena);
        if (!dom_person_name_ok(arena, right[i], false, &faults, "/full_name"))
            fail_msg("a real name is refused: %s", right[i]);
    }
    struct cv_faults faults;
    cv_faults_init(&faults, arena);
    assert_true(dom_person_name_ok(arena, "Ông Trần Hải", true, &faults, "/full_name")); /* the family is Ông */
}

static void parts_in_any_order(void **state)
{
    cv_auto_arena arena = cv_arena_new(1 << 20);
    (void)state;
    assert_true(dom_name_parts_fit(arena, "Y Blô Êban", "Êban", "", "Y Blô"));
    assert_true(dom_name_parts_fit(arena, "Nguyễn Văn An", "Nguyễn", "Văn", "An"));
    assert_true(dom_name_parts_fit(arena, "Ksor H'Phia Jrai", "Ksor", "Jrai", "H'Phia"));
    assert_false(dom_name_parts_fit(arena, "Nguyễn Văn An", "Nguyễn", "", "An"));
    assert_false(dom_name_parts_fit(arena, "Nguyễn Văn An", "Nguyễn An", "", "Văn"));
    assert_false(dom_name_parts_fit(arena, "Nguyễn Văn An", "Nguyễn", "Văn", "Ân Ái"));
}

static void given_names_that_stand_first(void **state)
{
    static const char *const first[][3] = {
        {"Y Blô Êban", "Êban", "Y Blô"},
        {"H'Hen Niê", "Niê", "H'Hen"},
        {"H' Hen Niê", "Niê", "H' Hen"},
        {"H’Ñuôn Niê-Kdăm", "Niê-Kdăm", "H’Ñuôn"},
        {"Y Thông Buôn Krông", "Buôn Krông", "Y Thông"},
    };
    static const char *const last[] = {"Hồ Niê", "Y Thị Lan", "Nguyễn Văn An", "H'Hen", "K'Bảy", "Y Niê", ""};
    cv_auto_arena arena = cv_arena_new(1 << 20);
    const char *family, *given;
    (void)state;
    for (size_t i = 0; i < CV_COUNT(first); i++) {
        assert_true(dom_split_given_first(arena, first[i][0], &family, &given));
        assert_string_equal(family, first[i][1]);
        assert_string_equal(given, first[i][2]);
    }
    for (size_t i = 0; i < CV_COUNT(last); i++)
        if (dom_split_given_first(arena, last[i], &family, &given))
            fail_msg("%s", last[i]);
}

static void all_words_found(void **state)
{
    static const char *const *const lists[] = {
        dom_unit_kind_words,   dom_block_words,      dom_category_words,    dom_post_kind_words,       dom_status_words,
        dom_desired_words,     dom_observed_words,   dom_system_kind_words, dom_departure_state_words, dom_reason_words,
        dom_lock_reason_words, dom_leave_kind_words, dom_scope_words};
    (void)state;
    for (size_t l = 0; l < CV_COUNT(lists); l++) {
        for (int i = 0; lists[l][i]; i++)
            assert_int_equal(dom_word_index(lists[l], lists[l][i]), i);
        assert_int_equal(dom_word_index(lists[l], "nothing"), -1);
        assert_int_equal(dom_word_index(lists[l], NULL), -1);
    }
    assert_int_equal(dom_word_index(dom_reason_words, "khac"), DOM_KHAC);
    assert_int_equal(dom_word_index(dom_departure_state_words, "withdrawn"), DOM_WITHDRAWN);
    assert_int_equal(dom_word_index(dom_scope_words, "tokens:write"), 9);
}

static int begin(void **state)
{
    struct cv_error err = {0};
    (void)state;
    return cv_text_init(&err) ? 0 : 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_date_decides),
        cmocka_unit_test(the_current_departure),
        cmocka_unit_test(other_states),
        cmocka_unit_test(a_long_leave),
        cmocka_unit_test(the_home_on_a_day),
        cmocka_unit_test(codes),
        cmocka_unit_test(mobiles),
        cmocka_unit_test(names_split),
        cmocka_unit_test(all_words_found),
        cmocka_unit_test(given_names_that_stand_first),
        cmocka_unit_test(what_a_name_cell_holds_besides),
        cmocka_unit_test(parts_in_any_order),
    };
    int failed = cmocka_run_group_tests(tests, begin, NULL);
    cv_text_close();
    return failed;
}
