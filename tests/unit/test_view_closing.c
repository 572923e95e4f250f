/* The people of a closing day count what coverage counts of the same days. */
#include "congvu/view_figures.h"
#include "view_test.h"

static void count(struct world *w, const struct view_closing *p, const struct view_system_usage *usage,
                  struct view_window win, struct dom_counts *sum)
{
    struct cv_error err = {0};
    struct dom_use_verdict said = {0};
    struct dom_use_case at = {.rule = &usage->rule,
                              .issued_on = p->issued_on[0],
                              .data_from = usage->data_from,
                              .idle = p->idle & 1,
                              .day = win.to};
    if (!(p->eligible & 1))
        return;
    sum->eligible++;
    sum->on_long_leave += p->away;
    if (p->issued & 1)
        assert_true(view_closing_use(w->view, p->staff, NULL, usage->system, &at, win.to - win.from + 1, &said, &err));
    sum->issued += p->issued & 1;
    sum->activated += (p->activated & 1) || said.ever;
    sum->used += said.used & 1;
    sum->regular += said.regular & 1;
    sum->too_new += said.too_new;
    sum->never_used += said.never;
    sum->on_leave_unused += p->away && !(said.used & 1);
}

static void expect_same(struct world *w, int unit, const char *slug, struct view_window win, struct cv_arena *arena)
{
    struct cv_error err = {0};
    struct view_coverage c;
    struct view_closing *people;
    struct dom_counts sum = {0};
    size_t n;
    struct view_coverage_query q = {.scope = {.everywhere = true},
                                    .unit = w->units[unit].id,
                                    .recursive = true,
                                    .systems = &slug,
                                    .system_count = 1,
                                    .window = win};
    assert_true(view_coverage(w->view, &q, arena, &c, &err));
    assert_true(view_closing_list(w->view, &q, arena, &people, &n, &err));
    for (size_t i = 0; i < n; i++)
        count(w, &people[i], &c.systems[0], win, &sum);
    const struct dom_counts *e = &c.rows[0].counts;
    assert_int_equal(n, e->recorded);
    assert_int_equal(sum.eligible, e->eligible);
    assert_int_equal(sum.issued, e->issued);
    assert_int_equal(sum.on_long_leave, e->on_long_leave);
    if (c.rows[0].activation_known)
        assert_int_equal(sum.activated, e->activated);
    if (!c.rows[0].used_known)
        return;
    assert_int_equal(sum.used, e->used);
    assert_int_equal(sum.never_used, e->never_used);
    assert_int_equal(sum.on_leave_unused, e->on_leave_unused);
    if (c.rows[0].regular_known)
        assert_int_equal(sum.regular, e->regular);
}

static void closing_people_count_what_coverage_counts(void **state)
{
    struct world *w = w_new(w_seed() + 11);
    struct cv_arena *arena = cv_arena_new(8 << 20);
    cv_day today = cv_today();
    const struct view_window windows[] = {
        {today - 29, today}, {today - 44, today}, {today - 120, today - 31}, {today - 20, today - 1}};
    (void)state;
    w_load(w, 20, 300);
    for (int s = 0; s < W_SYSTEMS; s++)
        for (int u = 0; u < 20; u++) {
            expect_same(w, u, w_slugs[s], windows[(u + s) % CV_COUNT(windows)], arena);
            cv_arena_reset(arena);
        }
    cv_arena_free(&arena);
    w_free(w);
}

static void only_in_reach_and_only_what_is_there(void **state)
{
    struct world *w = w_new(3);
    struct cv_arena *arena = cv_arena_new(8 << 20);
    struct cv_error err = {0};
    struct view_closing *people;
    size_t n;
    const char *slug = "pigeon";
    (void)state;
    w_load(w, 5, 20);
    struct view_coverage_query q = {
        .scope = {.top = w->units[1].id}, .unit = w->units[0].id, .systems = &slug, .system_count = 1};
    assert_false(view_closing_list(w->view, &q, arena, &people, &n, &err));
    assert_int_equal(err.problem, cvp_unit_not_found);
    q.scope.everywhere = true;
    assert_false(view_closing_list(w->view, &q, arena, &people, &n, &err));
    assert_int_equal(err.problem, cvp_system_not_found);
    struct dom_activity rule = {.reported = true, .regular_days = 4, .regular_of = 30};
    struct dom_use_case at = {.rule = &rule, .issued_on = CV_NO_DAY, .day = cv_today()};
    struct dom_use_verdict said = {.used = 1, .ever = true};
    assert_true(view_closing_use(w->view, cv_id_make(), NULL, "mailbox", &at, 30, &said, &err));
    assert_false(said.used || said.ever);
    cv_arena_free(&arena);
    w_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closing_people_count_what_coverage_counts),
        cmocka_unit_test(only_in_reach_and_only_what_is_there),
    };
    return cmocka_run_group_tests(tests, w_group_setup, w_group_teardown);
}
