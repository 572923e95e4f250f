#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "congvu/json.h"
#include "congvu/naming.h"
#include "congvu/staff.h"
#include "congvu/text.h"

static const char *const presets[] = {"ninhthuan-demo", "ninhbinh-2025", "dongthap-2025",
                                      "bacninh-2025",   "nghean-2025",   "hcmc-style"};

static char *slurp(const char *name, size_t *len)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", POLICIES, name);
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("cannot open %s", path);
    char *text = calloc(1, 1 << 18);
    *len = fread(text, 1, (1 << 18) - 1, f);
    fclose(f);
    return text;
}

static struct dom_policy *load(const char *preset)
{
    struct cv_error err = {0};
    struct dom_policy *policy = NULL;
    char name[128];
    size_t len;
    snprintf(name, sizeof name, "%s.json", preset);
    char *text = slurp(name, &len);
    if (!dom_policy_load(text, len, &policy, &err))
        fail_msg("%s: %s %s", preset, err.field, err.text[CV_EN]);
    free(text);
    text = slurp("deny-words.txt", &len);
    if (!dom_policy_deny(policy, text, len, &err))
        fail_msg("deny-words: %s", err.text[CV_EN]);
    free(text);
    return policy;
}

static const char *text_of(const struct cv_jin *o, const char *name)
{
    const char *s = NULL;
    cv_jin_string(o, name, CV_OPTIONAL, 200, &s);
    return s;
}

static void read_person(struct cv_arena *arena, const struct cv_jin *o, struct dom_naming_input *who)
{
    int64_t n;
    const char *full = text_of(o, "full_name");
    *who = (struct dom_naming_input){.unit_slug = text_of(o, "unit_slug"),
                                     .parent_slug = text_of(o, "parent_slug"),
                                     .id_digits = text_of(o, "id_digits"),
                                     .family = text_of(o, "family_name"),
                                     .middle = text_of(o, "middle_name"),
                                     .given = text_of(o, "given_name")};
    if (cv_jin_int(o, "birth_year", CV_OPTIONAL, 1900, 2100, &n) == CV_VALUE)
        who->birth_year = (int)n;
    if (cv_jin_int(o, "birth_month", CV_OPTIONAL, 1, 12, &n) == CV_VALUE)
        who->birth_month = (int)n;
    if (full)
        dom_split_name(arena, full, &who->family, &who->middle, &who->given);
}

static bool listed(const struct cv_jin_list *list, const char *word)
{
    for (size_t i = 0; list && i < cv_jin_count(list); i++)
        if (strcmp(cv_jin_item_string(list, i, 200), word) == 0)
            return true;
    return false;
}

static bool next_free(struct dom_naming *naming, struct cv_arena *arena, const struct cv_jin_list *taken,
                      struct dom_candidate *out)
{
    while (dom_naming_next(naming, arena, out))
        if (!listed(taken, out->local))
            return true;
    return false;
}

static void check_vector(struct cv_arena *arena, const struct dom_policy *policy, const struct cv_jin *o, size_t number)
{
    const struct cv_jin_list *expect = NULL, *taken = NULL;
    struct dom_naming_input who;
    struct dom_naming naming;
    struct dom_candidate c;
    bool ends = false;
    read_person(arena, o, &who);
    cv_jin_array(o, "expect", CV_REQUIRED, 50, &expect);
    cv_jin_array(o, "taken", CV_OPTIONAL, 50, &taken);
    cv_jin_bool(o, "ends", CV_OPTIONAL, &ends);
    text_of(o, "reason");
    const char *rule = text_of(o, "rule");
    cv_jin_done(o);
    if (rule)
        dom_naming_start_rule(&naming, policy, &who, &(struct dom_login_rule){.rule = rule});
    else
        dom_naming_start(&naming, policy, &who);
    for (size_t i = 0; i < cv_jin_count(expect); i++) {
        const char *want = cv_jin_item_string(expect, i, 200);
        if (!next_free(&naming, arena, taken, &c))
            fail_msg("%s vector %zu: none where %s was expected", dom_policy_preset(policy), number, want);
        if (strcmp(c.local, want) != 0)
            fail_msg("%s vector %zu: %s instead of %s", dom_policy_preset(policy), number, c.local, want);
    }
    if ((ends || cv_jin_count(expect) == 0) && next_free(&naming, arena, taken, &c))
        fail_msg("%s vector %zu: %s where nothing was expected", dom_policy_preset(policy), number, c.local);
}

static void golden_vectors(void **state)
{
    (void)state;
    for (size_t p = 0; p < CV_COUNT(presets); p++) {
        cv_auto_arena arena = cv_arena_new(64 << 20);
        struct cv_error err = {0};
        const struct cv_jin_list *vectors = NULL;
        char name[128];
        size_t len;
        snprintf(name, sizeof name, "vectors/%s.json", presets[p]);
        char *text = slurp(name, &len);
        const struct cv_jin *top = cv_json_parse_own(arena, text, len, &err);
        if (!top)
            fail_msg("%s: %s", name, err.text[CV_EN]);
        assert_string_equal(text_of(top, "preset"), presets[p]);
        cv_jin_array(top, "vectors", CV_REQUIRED, 500, &vectors);
        assert_true(cv_jin_count(vectors) > 2);
        struct dom_policy *policy = load(presets[p]);
        for (size_t i = 0; i < cv_jin_count(vectors); i++)
            check_vector(arena, policy, cv_jin_item(vectors, i), i);
        cv_jin_done(top);
        assert_true(cv_jin_ok(top));
        dom_policy_free(&policy);
        free(text);
    }
}

static const char *first_of(struct cv_arena *arena, const struct dom_policy *policy, const char *full_name)
{
    struct dom_naming_input who = {0};
    struct dom_naming naming;
    struct dom_candidate c = {0};
    dom_split_name(arena, full_name, &who.family, &who.middle, &who.given);
    dom_naming_start(&naming, policy, &who);
    return dom_naming_next(&naming, arena, &c) ? c.local : "(none)";
}

/* One name as NFC, as NFD and as Windows-1258 decodes it. */
static void spellings_agree(void **state)
{
    static const char *const names[][3] = {
        {"Nguyễn Đức Ước", "Nguye\u0302\u0303n Đu\u031b\u0301c U\u031bo\u031b\u0301c",
         "Nguyê\u0303n Đư\u0301c Ươ\u0301c"},
        {"Đỗ Thị Ý", "Đo\u0302\u0303 Thi\u0323 Y\u0301", "Đô\u0303 Thi\u0323 Y\u0301"},
        {"Pi Năng Thị Thủy", "Pi Na\u0306ng Thi\u0323 Thu\u0309y", "Pi Năng Thi\u0323 Thu\u0309y"},
        {"K'Bảy", "K'Ba\u0309y", "K\u2019Ba\u0309y"},
        {"Ka Tơr Lan", "Ka To\u031br Lan", "ka  tơr\u00a0lan"},
    };
    static const char *const expected[] = {"nguyenducuoc", "dothiy", "pinangthithuy", "kbay", "katorlan"};
    cv_auto_arena arena = cv_arena_new(16 << 20);
    (void)state;
    struct dom_policy *policy = load("dongthap-2025");
    for (size_t i = 0; i < CV_COUNT(names); i++)
        for (size_t j = 0; j < 3; j++)
            assert_string_equal(first_of(arena, policy, names[i][j]), expected[i]);
    dom_policy_free(&policy);
}

/* Whatever the name, a candidate is one that HR could have chosen, and no two are the same. */
static void candidates_are_sound(void **state)
{
    static const char *const words[] = {"Nguyễn", "Đỗ",   "K'Bảy", "Ý", "Lộn", "Cu", "Thị",
                                        "Ánh",    "Ô-Rô", "Admin", "9", "…",   "Ngữ"};
    enum { MANY = 30 };
    (void)state;
    for (size_t p = 0; p < CV_COUNT(presets); p++) {
        struct dom_policy *policy = load(presets[p]);
        for (size_t i = 0; i < CV_COUNT(words) * CV_COUNT(words); i++) {
            cv_auto_arena arena = cv_arena_new(8 << 20);
            const char *seen[MANY] = {0};
            struct cv_faults faults;
            cv_faults_init(&faults, arena);
            struct dom_naming_input who = {.family = words[i % CV_COUNT(words)],
                                           .middle = "",
                                           .given = words[i / CV_COUNT(words)],
                                           .unit_slug = "noivu",
                                           .parent_slug = "ninhson",
                                           .birth_year = 1980,
                                           .birth_month = 11,
                                           .id_digits = "4321"};
            struct dom_naming naming;
            struct dom_candidate c;
            dom_naming_start(&naming, policy, &who);
            for (size_t n = 0; n < MANY && dom_naming_next(&naming, arena, &c); n++) {
                if (!dom_local_valid(policy, c.local, &faults, "/login"))
                    fail_msg("%s: %s is not valid", presets[p], c.local);
                for (size_t k = 0; k < n; k++)
                    assert_string_not_equal(seen[k], c.local);
                seen[n] = c.local;
            }
        }
        dom_policy_free(&policy);
    }
}

static void numbers_end(void **state)
{
    cv_auto_arena arena = cv_arena_new(16 << 20);
    (void)state;
    struct dom_policy *policy = load("nghean-2025");
    struct dom_naming_input who = {.family = "Nguyễn", .middle = "Văn", .given = "Long"};
    struct dom_naming naming;
    struct dom_candidate c;
    size_t count = 0;
    dom_naming_start(&naming, policy, &who);
    while (dom_naming_next(&naming, arena, &c))
        count++;
    assert_int_equal(count, 1 + 9999);
    assert_string_equal(c.local, "longnv9999");
    assert_string_equal(c.pattern, "{ten}{vt_ho_dem}{stt}");
    assert_false(dom_naming_next(&naming, arena, &c));
    assert_true(cv_arena_ok(arena));
    dom_policy_free(&policy);
}

/* Nobody is refused by a system because his name is long. */
static void long_logins_are_shortened(void **state)
{
    cv_auto_arena arena = cv_arena_new(1 << 20);
    struct dom_naming_input who = {
        .family = "Nguyễn", .middle = "Hoàng Phương Quỳnh", .given = "Trang", .unit_slug = "tainguyenmoitruong"};
    struct dom_naming naming;
    struct dom_candidate c;
    struct dom_policy *policy = load("ninhthuan-demo");
    (void)state;
    dom_naming_start_rule(&naming, policy, &who,
                          &(struct dom_login_rule){"{donvi}_{ho_dem_ten}", "{donvi}_{ten}{vt_ho_dem}", NULL, 64});
    assert_true(dom_naming_next(&naming, arena, &c));
    assert_string_equal(c.local, "tainguyenmoitruong_nguyenhoangphuongquynhtrang");
    dom_naming_start_rule(&naming, policy, &who,
                          &(struct dom_login_rule){"{donvi}_{ho_dem_ten}", "{donvi}_{ten}{vt_ho_dem}", NULL, 30});
    assert_true(dom_naming_next(&naming, arena, &c));
    assert_string_equal(c.local, "tainguyenmoitruong_trangnhpq");
    assert_true(dom_naming_next(&naming, arena, &c));
    assert_string_equal(c.local, "tainguyenmoitruong_trangnhpq2");
    dom_naming_start_rule(&naming, policy, &who, &(struct dom_login_rule){"{donvi}_{ho_dem_ten}", NULL, NULL, 23});
    assert_true(dom_naming_next(&naming, arena, &c));
    assert_string_equal(c.local, "tainguyenmoitruong"); /* cut, and no sign left hanging */
    assert_true(dom_naming_next(&naming, arena, &c));
    assert_string_equal(c.local, "tainguyenmoitruong2");
    who.unit_slug = NULL;
    dom_naming_start_rule(&naming, policy, &who,
                          &(struct dom_login_rule){"{donvi}_{ho_dem_ten}", NULL, "trangnhpq", 23});
    assert_true(dom_naming_next(&naming, arena, &c));
    assert_string_equal(c.local, "trangnhpq");
    dom_policy_free(&policy);
}

static void denied_words(void **state)
{
    static const char *const denied[] = {"lon",    "lon2",    "cut",    "cut.noivu", "a.cut-b",
                                         "anhdcm", "anhdcm7", "xfuckx", "1.dm"};
    static const char *const fine[] = {"longnv", "lonnv",  "nguyen",  "anhdm",  "cutnv",
                                       "assnv",  "hungnv", "thuypnt", "dcminh", ""};
    (void)state;
    struct dom_policy *policy = load("ninhthuan-demo");
    for (size_t i = 0; i < CV_COUNT(denied); i++)
        if (!dom_denied(policy, denied[i]))
            fail_msg("%s passes", denied[i]);
    for (size_t i = 0; i < CV_COUNT(fine); i++)
        if (dom_denied(policy, fine[i]))
            fail_msg("%s is refused", fine[i]);
    struct cv_error err = {0};
    assert_false(dom_policy_deny(policy, "newword\nHoa\n", 12, &err));
    assert_non_null(strstr(err.text[CV_EN], "Line 2"));
    assert_false(dom_denied(policy, "newword")); /* a list with a fault changes nothing */
    assert_true(dom_policy_deny(policy, "# c\r\n*newword # why\r\n", 21, &err));
    assert_true(dom_denied(policy, "mynewword3"));
    dom_policy_free(&policy);
}

static void check_local(const struct dom_policy *policy, const char *local, const char *code)
{
    cv_auto_arena arena = cv_arena_new(1 << 20);
    struct cv_faults faults;
    cv_faults_init(&faults, arena);
    bool ok = dom_local_valid(policy, local, &faults, "/address");
    if (!code) {
        assert_true(ok);
        return;
    }
    assert_false(ok);
    assert_int_equal(faults.count, 1);
    assert_string_equal(faults.items[0].code, code);
    assert_string_equal(faults.items[0].at, "/address");
}

static void names_by_hand(void **state)
{
    static const char *const bad[] = {"", ".an", "an.", "a..b", "-an", "an_", "An", "đan", "a b", "123", "a@b"};
    (void)state;
    struct dom_policy *policy = load("ninhthuan-demo");
    for (size_t i = 0; i < CV_COUNT(bad); i++)
        check_local(policy, bad[i], "bad_name");
    check_local(policy, "an.nguyen-van_2", NULL);
    check_local(policy, "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd", NULL);
    check_local(policy, "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddde", "too_long");
    check_local(policy, "postmaster", "reserved");
    check_local(policy, "lon", "denied");
    dom_policy_free(&policy);
}

#define HEAD   "\"preset\":\"x\",\"domain\":\"x.gov.vn\""
#define NAMING "\"naming\":{\"person\":[\"{ten}\"]}"

static void refuses(const char *json, const char *field)
{
    struct cv_error err = {0};
    struct dom_policy *policy = NULL;
    if (dom_policy_load(json, strlen(json), &policy, &err))
        fail_msg("accepted: %s", json);
    assert_null(policy);
    if (strcmp(err.field, field) != 0)
        fail_msg("%s: field %s instead of %s", json, err.field, field);
    assert_true(err.text[CV_VI][0] && err.text[CV_EN][0]);
}

static void policy_faults_say_where(void **state)
{
    (void)state;
    refuses("", "");
    refuses("[]", "");
    refuses("{" HEAD "," HEAD "," NAMING "}", "");
    refuses("{" HEAD "," NAMING ",\"colour\":1}", "/colour");
    refuses("{" HEAD ",\"naming\":{\"person\":[\"{ten}\"],\"persons\":[]}}", "/naming/persons");
    refuses("{\"domain\":\"x.vn\"," NAMING "}", "/preset");
    refuses("{\"preset\":\"x\"," NAMING "}", "/domain");
    refuses("{\"preset\":\"x\",\"domain\":\"x y.vn\"," NAMING "}", "/domain");
    refuses("{" HEAD "}", "/naming");
    refuses("{" HEAD ",\"naming\":{}}", "/naming/person");
    refuses("{" HEAD ",\"naming\":{\"person\":[]}}", "/naming/person");
    refuses("{" HEAD ",\"naming\":{\"person\":[\"{tên}\"]}}", "/naming/person");
    refuses("{" HEAD ",\"naming\":{\"person\":[\"{ten\"]}}", "/naming/person");
    refuses("{" HEAD ",\"naming\":{\"person\":[\"fixed\"]}}", "/naming/person");
    refuses("{" HEAD ",\"naming\":{\"person\":[7]}}", "/naming/person/0");
    refuses("{" HEAD ",\"naming\":{\"person\":[\"{ten}\"],\"unit\":[\"{x}\"]}}", "/naming/unit");
    refuses("{" HEAD ",\"naming\":{\"person\":[\"{ten}\"],\"max_local_len\":65}}", "/naming/max_local_len");
    refuses("{" HEAD "," NAMING ",\"leaver\":{\"on_effective_date\":\"present\"}}", "/leaver/on_effective_date");
    /* known to regulations, obeyed by nothing: never silent */
    refuses("{" HEAD "," NAMING ",\"leaver\":{\"leader_keep_days\":{\"x\":1}}}", "/leaver/leader_keep_days");
    refuses("{" HEAD "," NAMING ",\"inactivity\":{\"lock_after_days\":90}}", "/inactivity/lock_after_days");
    refuses("{" HEAD "," NAMING ",\"privacy\":{\"store_citizen_id\":false}}", "/privacy/store_citizen_id");
    refuses("{" HEAD "," NAMING ",\"inactivity\":{\"lock_after_days\":0}}", "/inactivity/lock_after_days");
    refuses("{" HEAD "," NAMING ",\"eligible\":{\"categories\":[\"x\"]}}", "/eligible");
    refuses("{" HEAD "," NAMING ",\"password\":{\"classes\":5}}", "/password");
    refuses("{" HEAD "," NAMING ",\"privacy\":{\"store_citizen_id\":1}}", "/privacy/store_citizen_id");
}

static void policy_values(void **state)
{
    struct cv_error err = {0};
    struct dom_policy *policy = NULL;
    (void)state;
    policy = load("ninhthuan-demo");
    assert_string_equal(dom_policy_domain(policy), "ninhthuan.gov.vn");
    assert_int_equal(dom_policy_alias_days(policy), 180);
    assert_int_equal(dom_policy_keep_days(policy), 90);
    assert_int_equal(dom_policy_leaver_state(policy), DOM_CLOSED);
    dom_policy_free(&policy);
    policy = load("nghean-2025");
    assert_int_equal(dom_policy_leaver_state(policy), DOM_LOCKED);
    assert_int_equal(dom_policy_keep_days(policy), -1); /* null: the regulation does not say */
    dom_policy_free(&policy);
    static const char set[] =
        "{" HEAD "," NAMING ",\"leaver\":{\"on_effective_date\":\"locked\",\"wipe_after_days\":7},"
        "\"transfer\":{\"old_unit_alias_days\":11}}";
    assert_true(dom_policy_load(set, sizeof set - 1, &policy, &err));
    assert_int_equal(dom_policy_keep_days(policy), 7);
    assert_int_equal(dom_policy_alias_days(policy), 11);
    dom_policy_free(&policy);
    dom_policy_free(&policy);
    assert_true(dom_rule_valid("{donvi}_{ho_dem_ten}"));
    assert_false(dom_rule_valid("address"));
    assert_false(dom_rule_valid("{donvi}/{ten}"));
}

static int begin(void **state)
{
    struct cv_error err = {0};
    (void)state;
    return cv_text_init(&err) ? 0 : 1;
}

static int end(void **state)
{
    (void)state;
    cv_text_close();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_vectors),
        cmocka_unit_test(spellings_agree),
        cmocka_unit_test(candidates_are_sound),
        cmocka_unit_test(numbers_end),
        cmocka_unit_test(denied_words),
        cmocka_unit_test(names_by_hand),
        cmocka_unit_test(policy_values),
        cmocka_unit_test(policy_faults_say_where),
        cmocka_unit_test(long_logins_are_shortened),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
