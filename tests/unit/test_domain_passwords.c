#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "congvu/staff.h"
#include "congvu/text.h"

static const struct dom_staff an = {.full_name = "Nguyễn Thị Ý An Khánh",
                                    .family_name = "Nguyễn",
                                    .middle_name = "Thị Ý An",
                                    .given_name = "Khánh",
                                    .login = "khanhntya.noivu",
                                    .birth_year = 1985};

static void refuses(const char *password, const char *code)
{
    cv_auto_arena arena = cv_arena_new(1 << 20);
    struct cv_faults faults;
    cv_faults_init(&faults, arena);
    char *ready = NULL;
    bool ok = dom_password_ok(password, &an, &faults, &ready);
    if (!code) {
        if (!ok)
            fail_msg("%s is refused: %s", password, faults.items[0].code);
        return;
    }
    assert_false(ok);
    for (size_t i = 0; i < faults.count; i++) {
        assert_string_equal(faults.items[i].at, "/password");
        assert_null(strstr(faults.items[i].text[CV_EN], password));
        if (strcmp(faults.items[i].code, code) == 0)
            return;
    }
    fail_msg("%s lacks the fault %s, has %s", password, code, faults.items[0].code);
}

static void form(void **state)
{
    char long_one[140];
    (void)state;
    refuses("Xe-dap91", "too_short");
    refuses("Xe-dap913", NULL);
    refuses("xe-dap913", "too_simple");
    refuses("XE-DAP913", "too_simple");
    refuses("Xe-daplon", "too_simple");
    refuses("Xedap9135", "too_simple");
    refuses("Xedạp9135", NULL); /* a marked letter is a special sign */
    refuses("Xe-dap\t913", "bad_characters");
    refuses("Xe-dap\xff 913", "bad_characters");
    memset(long_one, 'x', sizeof long_one);
    memcpy(long_one, "A-1", 3);
    long_one[128] = '\0';
    refuses(long_one, NULL);
    memset(long_one + 128, 'x', 1);
    long_one[129] = '\0';
    refuses(long_one, "too_long");
}

static void content(void **state)
{
    (void)state;
    refuses("Khánh#2031x", "contains_name");
    refuses("kHANH#2031x", "contains_name");
    refuses("K.h.a.n.h#31x", "contains_name");
    refuses("NGUYỄN-31x-q", "contains_name");
    refuses("Thi#31xxxxx", "contains_name");
    refuses("An#31xxxxxx", NULL); /* two letters are no part worth forbidding */
    refuses("Khanhntya-noivu#1", "contains_login");
    refuses("Xe-dap#1985", "contains_birth_year");
    refuses("Xe-dap#1986", NULL);
}

static void a_person_without_particulars(void **state)
{
    static const struct dom_staff bare = {.given_name = "Ý", .family_name = "", .middle_name = ""};
    cv_auto_arena arena = cv_arena_new(1 << 20);
    struct cv_faults faults;
    (void)state;
    cv_faults_init(&faults, arena);
    char *ready = NULL;
    assert_true(dom_password_ok("Xe-dap#0000", &bare, &faults, &ready));
    assert_int_equal(faults.count, 0);
}

/* However it is typed: composed, decomposed, with the blanks of other keyboards. */
static void one_form(void **state)
{
    static const char composed[] = "  S\u00F4ng C\u00E1i 9";
    static const char *const typed[] = {"  S\u00F4ng C\u00E1i 9", "  So\u0302ng Ca\u0301i 9",
                                        "\u00A0\u2003So\u0302ng\u00A0C\u00E1i 9"};
    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        cv_auto_arena arena = cv_arena_new(1 << 20);
        struct cv_faults faults;
        char *ready = NULL;
        cv_faults_init(&faults, arena);
        assert_true(dom_password_ok(typed[i], &an, &faults, &ready));
        assert_string_equal(ready, composed);
    }
    refuses("\u1EA2\u1EA5\u1EBF9-ab", "too_short"); /* eight signs, however many marks */
    refuses("A\u0309a\u0302\u0301e\u0302\u03019-ab", "too_short");
    refuses("Xe-dap\u200B913", "bad_characters");
    refuses("Xe-dap\x7F"
            "913",
            "bad_characters");
    refuses("Xe-dap\U0001F6B2913", NULL);
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
        cmocka_unit_test(form),
        cmocka_unit_test(content),
        cmocka_unit_test(one_form),
        cmocka_unit_test(a_person_without_particulars),
    };
    int failed = cmocka_run_group_tests(tests, begin, NULL);
    cv_text_close();
    return failed;
}
