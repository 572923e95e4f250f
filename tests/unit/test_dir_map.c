/* Records become attributes and come back the same, whatever is absent, in whatever order the directory answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "congvu/text.h"
#include "congvu/token.h"
#include "directory/map/common.h"

static const char base[] = "dc=congvu";
enum { ROUNDS = 300, ARENA_MAX = 32 << 20 };

/* ---- seeded chance ---- */
static uint64_t state;

static unsigned chance(unsigned below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % below;
}

static bool maybe(void)
{
    return chance(2) == 1;
}

static const char *some_text(struct cv_arena *a)
{
    static const char *const words[] = {"Nguyễn", "Đặng Ước",       "\"quote\"", "back\\slash", "phẩy, chấm; bằng=",
                                        "K'Bảy",  "tab\tnew\nline", "<x> #",     "ẩ",           "Trưởng phòng"};

    return cv_arena_printf(a, "%s %s %u", words[chance(10)], words[chance(10)], chance(100000));
}

static const char *text_or_null(struct cv_arena *a)
{
    return maybe() ? some_text(a) : NULL;
}

static struct cv_id some_id(void)
{
    struct cv_id id;

    for (size_t i = 0; i < sizeof(id.bytes); i++)
        id.bytes[i] = (uint8_t)chance(256);
    id.bytes[0] |= 1;
    return id;
}

static cv_day some_day(void)
{
    return maybe() ? CV_NO_DAY : (cv_day)(chance(40000));
}

static cv_moment some_moment(void)
{
    return maybe() ? CV_NO_MOMENT : (cv_moment)chance(2000000000u);
}

static const char **some_texts(struct cv_arena *a, size_t *count, size_t max)
{
    const char **texts = CV_NEWS(a, const char *, max);

    *count = chance((unsigned)max + 1);
    for (size_t i = 0; i < *count; i++)
        texts[i] = cv_arena_printf(a, "%s-%zu", some_text(a), i);
    return *count ? texts : NULL;
}

static struct dom_decision some_decision(struct cv_arena *a)
{
    struct dom_decision d = {.number = text_or_null(a), .signed_on = CV_NO_DAY, .effective_on = CV_NO_DAY};

    if (d.number) {
        d.signed_on = some_day();
        d.effective_on = some_day();
    }
    return d;
}

static struct dom_idempotency some_idempotency(struct cv_arena *a)
{
    return maybe() ? (struct dom_idempotency){some_text(a), some_text(a), (cv_moment)chance(2000000000u)}
                   : (struct dom_idempotency){.at = CV_NO_MOMENT};
}

/* ---- comparing ---- */
static void same_text(const char *a, const char *b)
{
    if (!a || !b) {
        assert_null(a);
        assert_null(b);
        return;
    }
    assert_string_equal(a, b);
}

static void same_texts(const char **a, size_t a_count, const char **b, size_t b_count)
{
    assert_int_equal(a_count, b_count);
    for (size_t i = 0; i < a_count; i++)
        assert_string_equal(a[i], b[i]);
}

static void same_decision(const struct dom_decision *a, const struct dom_decision *b)
{
    same_text(a->number, b->number);
    assert_int_equal(a->signed_on, b->signed_on);
    assert_int_equal(a->effective_on, b->effective_on);
}

static void same_idempotency(const struct dom_idempotency *a, const struct dom_idempotency *b)
{
    same_text(a->key, b->key);
    same_text(a->body, b->body);
    assert_true(a->at == b->at);
}

static void same_post(const struct dom_post *a, const struct dom_post *b)
{
    assert_true(cv_id_equal(a->unit, b->unit));
    same_text(a->title, b->title);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->primary, b->primary);
    assert_int_equal(a->from, b->from);
    assert_int_equal(a->to, b->to);
    same_decision(&a->decision, &b->decision);
}

static void same_certificate(const struct dom_certificate *a, const struct dom_certificate *b)
{
    assert_int_equal(a != NULL, b != NULL);
    if (!a)
        return;
    assert_int_equal(a->valid_to, b->valid_to);
    same_text(a->token_serial, b->token_serial);
    assert_true(cv_id_equal(a->custodian, b->custodian));
    assert_int_equal(a->returned_on, b->returned_on);
}

static void same_spans(const struct dom_span *a, size_t a_count, const struct dom_span *b, size_t b_count)
{
    assert_int_equal(a_count, b_count);
    for (size_t i = 0; i < a_count; i++) {
        assert_int_equal(a[i].from, b[i].from);
        assert_int_equal(a[i].to, b[i].to);
        assert_int_equal(a[i].how, b[i].how);
    }
}

static void same_account(const struct dom_account *a, const struct dom_account *b)
{
    assert_string_equal(a->system, b->system);
    assert_int_equal(a->desired, b->desired);
    assert_int_equal(a->observed, b->observed);
    same_text(a->login, b->login);
    same_text(a->reason, b->reason);
    assert_true(a->since == b->since);
    assert_int_equal(a->issued_on, b->issued_on);
    same_text(a->last_error, b->last_error);
    same_spans(a->spans, a->span_count, b->spans, b->span_count);
    assert_int_equal(a->asked, b->asked);
    assert_int_equal(a->cut_off != NULL, b->cut_off != NULL);
    if (a->cut_off)
        assert_memory_equal(a->cut_off, b->cut_off, sizeof(*a->cut_off));
    same_certificate(a->certificate, b->certificate);
    same_text(a->remote_id, b->remote_id);
    assert_int_equal(a->synced, b->synced);
    assert_int_equal(a->attempts, b->attempts);
    assert_true(a->attempts == 0 || (a->next_try_at == b->next_try_at && a->tried == b->tried));
    assert_int_equal(a->former_count, b->former_count);
    for (size_t i = 0; i < a->former_count; i++) { /* LDAP keeps no order: logins differ by their number */
        size_t k = 0;

        while (k < b->former_count && strcmp(a->formers[i].login, b->formers[k].login) != 0)
            k++;
        assert_true(k < b->former_count);
        same_text(a->formers[i].remote_id, b->formers[k].remote_id);
    }
}

static void same_departure(const struct dom_departure *a, const struct dom_departure *b)
{
    assert_int_equal(a->number, b->number);
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->reason, b->reason);
    same_text(a->reason_text, b->reason_text);
    assert_int_equal(a->effective_on, b->effective_on);
    same_decision(&a->decision, &b->decision);
    assert_true(a->recorded_at == b->recorded_at && a->started_at == b->started_at && a->ended_at == b->ended_at);
    same_text(a->recorded_by, b->recorded_by);
    same_text(a->ended_by, b->ended_by);
    assert_int_equal(a->counted, b->counted);
    same_text(a->keep_mail_until, b->keep_mail_until);
    same_text(a->delegate_to, b->delegate_to);
    same_text(a->auto_reply, b->auto_reply);
    same_text(a->handed_over, b->handed_over);
}

static void same_lists(const struct dom_staff *a, const struct dom_staff *b)
{
    same_texts(a->former_codes, a->former_code_count, b->former_codes, b->former_code_count);
    same_texts(a->names, a->name_count, b->names, b->name_count);
    assert_int_equal(a->post_count, b->post_count);
    for (size_t i = 0; i < a->post_count; i++)
        same_post(&a->posts[i], &b->posts[i]);
    assert_int_equal(a->alias_count, b->alias_count);
    for (size_t i = 0; i < a->alias_count; i++) {
        assert_string_equal(a->aliases[i].address, b->aliases[i].address);
        assert_int_equal(a->aliases[i].until, b->aliases[i].until);
    }
    assert_int_equal(a->way_in_count, b->way_in_count);
    for (size_t i = 0; i < a->way_in_count; i++) {
        assert_string_equal(a->ways_in[i].by, b->ways_in[i].by);
        assert_true(a->ways_in[i].at == b->ways_in[i].at);
    }
    assert_int_equal(a->account_count, b->account_count);
    for (size_t i = 0; i < a->account_count; i++) { /* the order of systems is the directory's */
        const struct dom_account *other = NULL;

        for (size_t j = 0; j < b->account_count && !other; j++)
            other = strcmp(a->accounts[i].system, b->accounts[j].system) == 0 ? &b->accounts[j] : NULL;
        assert_non_null(other);
        same_account(&a->accounts[i], other);
    }
    assert_int_equal(a->departure_count, b->departure_count);
    for (size_t i = 0; i < a->departure_count; i++)
        same_departure(&a->departures[i], &b->departures[i]);
}

static void same_staff(const struct dom_staff *a, const struct dom_staff *b)
{
    assert_true(cv_id_equal(a->id, b->id));
    same_text(a->staff_code, b->staff_code);
    same_text(a->full_name, b->full_name);
    same_text(a->family_name, b->family_name);
    same_text(a->middle_name, b->middle_name);
    same_text(a->given_name, b->given_name);
    assert_int_equal(a->split_by_hand, b->split_by_hand);
    assert_int_equal(a->category, b->category);
    same_text(a->mobile, b->mobile);
    assert_int_equal(a->birth_year, b->birth_year);
    assert_int_equal(a->mail_quota_mib, b->mail_quota_mib);
    assert_int_equal(a->hold_count, b->hold_count);
    assert_int_equal(a->held_from_count, b->held_from_count);
    assert_int_equal(a->hired_on, b->hired_on);
    same_text(a->login, b->login);
    same_text(a->address, b->address);
    same_text(a->mail_store, b->mail_store);
    same_text(a->naming_rule, b->naming_rule);
    assert_int_equal(a->named_by_hand, b->named_by_hand);
    assert_int_equal(a->home_on, b->home_on);
    assert_int_equal(a->leave_count, b->leave_count);
    for (size_t i = 0; i < a->leave_count; i++) {
        assert_int_equal(a->leaves[i].kind, b->leaves[i].kind);
        assert_int_equal(a->leaves[i].from, b->leaves[i].from);
        assert_int_equal(a->leaves[i].to, b->leaves[i].to);
        same_decision(&a->leaves[i].decision, &b->leaves[i].decision);
    }
    assert_int_equal(a->credential_set, b->credential_set);
    assert_int_equal(a->credential_on, b->credential_on);
    same_spans(a->passwords, a->password_count, b->passwords, b->password_count);
    same_text(a->activation_digest, b->activation_digest);
    assert_true(a->activation_until == b->activation_until);
    same_idempotency(&a->idempotency, &b->idempotency);
    assert_true(a->revision == b->revision && a->created_at == b->created_at && a->updated_at == b->updated_at);
    same_lists(a, b);
}

/* ---- making people ---- */
static void make_posts(struct cv_arena *a, struct dom_staff *s)
{
    s->post_count = 1 + chance(DOM_POSTS_MAX);
    s->posts = CV_NEWS(a, struct dom_post, s->post_count);
    size_t primary = chance((unsigned)s->post_count);

    for (size_t i = 0; i < s->post_count; i++) {
        s->posts[i] = (struct dom_post){some_id(),       text_or_null(a), (enum dom_post_kind)chance(DOM_POST_KINDS),
                                        i == primary,    some_day(),      some_day(),
                                        some_decision(a)};
    }
}

static const struct dom_cut_off *some_cut_off(struct cv_arena *a)
{
    struct dom_cut_off *cut = CV_NEW(a, struct dom_cut_off);

    *cut = (struct dom_cut_off){some_moment(), some_moment(), some_moment()};
    return maybe() ? cut : NULL;
}

static void make_formers(struct cv_arena *a, struct dom_account *account)
{
    account->former_count = chance(3);
    account->formers = CV_NEWS(a, struct dom_former, account->former_count + 1);
    for (size_t i = 0; i < account->former_count; i++) {
        account->formers[i] =
            (struct dom_former){.login = cv_arena_printf(a, "login-%zu", i), .remote_id = text_or_null(a)};
    }
}

static const struct dom_certificate *some_certificate(struct cv_arena *a)
{
    struct dom_certificate *c = CV_NEW(a, struct dom_certificate);
    *c = (struct dom_certificate){.valid_to = CV_NO_DAY, .token_serial = text_or_null(a), .returned_on = CV_NO_DAY};
    c->valid_to = maybe() ? (cv_day)chance(40000) : CV_NO_DAY;
    c->returned_on = maybe() ? (cv_day)chance(40000) : CV_NO_DAY;
    if (maybe())
        c->custodian = cv_id_make();
    return maybe() ? c : NULL;
}

static size_t make_spans(struct dom_span *out, unsigned stands)
{
    size_t count = maybe() ? chance(DOM_SPANS_MAX + 1) : 0;

    for (size_t i = 0; i < count; i++)
        out[i] = (struct dom_span){.from = i == 0 && maybe() ? CV_NO_DAY : (cv_day)(i * 10),
                                   .to = (cv_day)(i * 10 + 1 + chance(9)),
                                   .how = (enum dom_stand)chance(stands)};
    return count;
}

static void make_accounts(struct cv_arena *a, struct dom_staff *s)
{
    static const char *const systems[] = {"mailbox", "td-office", "e-office", "certificate", "x1",
                                          "x2",      "x3",        "x4",       "x5"};

    s->account_count = chance(CV_COUNT(systems) + 1);
    s->accounts = CV_NEWS(a, struct dom_account, s->account_count + 1);
    for (size_t i = 0; i < s->account_count; i++) {
        s->accounts[i] = (struct dom_account){.system = systems[i],
                                              .desired = (enum dom_desired)chance(DOM_DESIREDS),
                                              .observed = (enum dom_observed)chance(DOM_OBSERVEDS),
                                              .login = text_or_null(a),
                                              .reason = text_or_null(a),
                                              .since = some_moment(),
                                              .issued_on = maybe() ? 1 + (cv_day)chance(40000) : 0,
                                              .last_error = text_or_null(a),
                                              .asked = maybe(),
                                              .remote_id = text_or_null(a),
                                              .synced = chance(3),
                                              .attempts = (int)chance(3),
                                              .next_try_at = some_moment(),
                                              .tried = chance(100),
                                              .cut_off = some_cut_off(a),
                                              .certificate = some_certificate(a)};
        make_formers(a, &s->accounts[i]);
        s->accounts[i].span_count = make_spans(s->accounts[i].spans, DOM_STANDS);
    }
}

static void make_departures(struct cv_arena *a, struct dom_staff *s)
{
    s->departure_count = chance(4);
    s->departures = CV_NEWS(a, struct dom_departure, s->departure_count + 1);
    for (size_t i = 0; i < s->departure_count; i++) {
        s->departures[i] = (struct dom_departure){.number = (int)i + 1,
                                                  .state = (enum dom_departure_state)chance(DOM_DEPARTURE_STATES),
                                                  .reason = (enum dom_reason)chance(DOM_REASONS),
                                                  .reason_text = text_or_null(a),
                                                  .effective_on = (cv_day)chance(40000),
                                                  .decision = some_decision(a),
                                                  .recorded_at = some_moment(),
                                                  .started_at = some_moment(),
                                                  .ended_at = some_moment(),
                                                  .recorded_by = text_or_null(a),
                                                  .ended_by = text_or_null(a),
                                                  .counted = maybe(),
                                                  .keep_mail_until = maybe() ? "2027-01-31" : NULL,
                                                  .delegate_to = text_or_null(a),
                                                  .handed_over = text_or_null(a),
                                                  .auto_reply = text_or_null(a)};
    }
}

static void make_aliases(struct cv_arena *a, struct dom_staff *s)
{
    s->alias_count = chance(5);
    s->aliases = CV_NEWS(a, struct dom_alias, s->alias_count + 1);
    for (size_t i = 0; i < s->alias_count; i++)
        s->aliases[i] = (struct dom_alias){cv_arena_printf(a, "alias%zu.%u@x.vn", i, chance(1000)), some_day()};
}

static void make_ways_in(struct cv_arena *a, struct dom_staff *s)
{
    for (unsigned i = chance(4); i > 0; i--)
        dom_way_in_given(s, a, cv_id_kept(maybe() ? "stf_" : "tok_", cv_id_make(), a), 1700000000 - (cv_moment)i);
}

static void make_staff(struct cv_arena *a, struct dom_staff *s)
{
    struct dom_leave *leaves = CV_NEWS(a, struct dom_leave, 2);

    leaves[0] = (struct dom_leave){(enum dom_leave_kind)chance(DOM_LEAVE_KINDS), 20000, 20000 + (cv_day)chance(30),
                                   some_decision(a)};
    leaves[1] = (struct dom_leave){(enum dom_leave_kind)chance(DOM_LEAVE_KINDS), 20100, CV_NO_DAY, some_decision(a)};
    *s = (struct dom_staff){.id = some_id(),
                            .staff_code = text_or_null(a),
                            .full_name = some_text(a),
                            .family_name = maybe() ? some_text(a) : "",
                            .middle_name = maybe() ? some_text(a) : "",
                            .given_name = some_text(a),
                            .split_by_hand = maybe(),
                            .category = (enum dom_category)chance(DOM_CATEGORIES),
                            .mobile = maybe() ? "+84901234567" : NULL,
                            .birth_year = maybe() ? 1990 : 0,
                            .mail_quota_mib = maybe() ? 500 : 0,
                            .hired_on = some_day(),
                            .login = text_or_null(a),
                            .address = text_or_null(a),
                            .mail_store = text_or_null(a),
                            .naming_rule = text_or_null(a),
                            .named_by_hand = maybe(),
                            .home_on = some_day(),
                            .leaves = leaves,
                            .leave_count = chance(3),
                            .credential_set = maybe(),
                            .credential_on = some_day(),
                            .activation_digest = text_or_null(a),
                            .activation_until = some_moment(),
                            .idempotency = some_idempotency(a),
                            .revision = 1 + chance(1000),
                            .created_at = some_moment(),
                            .updated_at = some_moment()};
    s->former_codes = some_texts(a, &s->former_code_count, 4);
    s->names = some_texts(a, &s->name_count, 12);
    make_posts(a, s);
    make_accounts(a, s);
    make_departures(a, s);
    make_aliases(a, s);
    make_ways_in(a, s);
    s->password_count = make_spans(s->passwords, 1);
}

/* ---- what the directory makes of it ---- */
static struct dir_entry answered(const char *dn, struct dir_attrs *attrs, int64_t revision, cv_moment created,
                                 cv_moment updated)
{
    dir_put_int(attrs, "cvRevision", revision);
    dir_put_moment(attrs, "cvCreatedAt", created);
    dir_put_moment(attrs, "cvUpdatedAt", updated);
    dir_put(attrs, "entryCSN", "20261124000000.000000Z#000000#000#000000");
    dir_put(attrs, "cvSomethingNewer", "of a later version");
    assert_true(cv_arena_ok(attrs->arena));
    for (size_t i = attrs->count; i > 1; i--) { /* in any order */
        size_t j = chance((unsigned)i);
        struct dir_attr moved = attrs->items[i - 1];

        attrs->items[i - 1] = attrs->items[j];
        attrs->items[j] = moved;
    }
    return (struct dir_entry){.dn = dn, .attrs = *attrs};
}

static void check_staff(struct cv_arena *arena, const struct dom_staff *in)
{
    struct dir_attrs attrs;
    struct dom_staff out;
    struct cv_error err;

    dir_attrs_init(&attrs, arena);
    dir_map_staff(in, base, &attrs);
    struct dir_entry e = answered("cvId=x", &attrs, in->revision, in->created_at, in->updated_at);

    if (!dir_unmap_staff(&e, arena, &out, &err))
        fail_msg("%s", err.text[CV_EN]);
    same_staff(in, &out);
}

static void staff_round_trip(void **unused)
{
    cv_auto_arena arena = cv_arena_new(ARENA_MAX);

    (void)unused;
    for (state = 1; state <= ROUNDS; state++) {
        uint64_t seed = state;
        struct dom_staff in;

        make_staff(arena, &in);
        check_staff(arena, &in);
        cv_arena_reset(arena);
        state = seed;
    }
}

static struct dom_staff bare_staff(struct dom_post *post)
{
    *post = dom_post_new(some_id());
    post->primary = true;
    struct dom_staff s = dom_staff_new(some_id());
    s.full_name = "Ước";
    s.given_name = "Ước";
    s.posts = post;
    s.post_count = 1;
    s.revision = 1;
    return s;
}

static const char *value_of(const struct dir_attrs *attrs, const char *name)
{
    const struct dir_entry e = {.attrs = *attrs};

    return dir_get_text(&e, name);
}

static bool has_value(const struct dir_attrs *attrs, const char *name, const char *value)
{
    const struct dir_entry e = {.attrs = *attrs};
    const struct dir_attr *a = dir_get(&e, name);

    for (size_t i = 0; a && i < a->count; i++)
        if (strcmp(a->values[i].bytes, value) == 0)
            return true;
    return false;
}

static void staff_without_options(void **unused)
{
    cv_auto_arena arena = cv_arena_new(ARENA_MAX);
    struct dom_post post;
    struct dom_staff in = bare_staff(&post);
    struct dir_attrs attrs;

    (void)unused;
    check_staff(arena, &in);
    dir_attrs_init(&attrs, arena);
    dir_map_staff(&in, base, &attrs);
    assert_string_equal(value_of(&attrs, "sn"), "Ước"); /* obligatory in `person` */
    assert_null(value_of(&attrs, "authorizedService"));
    assert_null(value_of(&attrs, "cvReceives"));
    assert_null(value_of(&attrs, "cvCode"));
}

/* What other LDAP clients stand on. */
static void staff_for_other_clients(void **unused)
{
    cv_auto_arena arena = cv_arena_new(ARENA_MAX);
    struct dom_post post;
    struct dom_staff in = bare_staff(&post);
    struct dom_account accounts[] = {{.system = "mailbox", .observed = DOM_TEMP_LOCKED, .since = CV_NO_MOMENT},
                                     {.system = "td-office", .observed = DOM_OBS_ACTIVE, .since = CV_NO_MOMENT},
                                     {.system = "e-office", .observed = DOM_OBS_CLOSED, .since = CV_NO_MOMENT},
                                     {.system = "sso", .observed = DOM_PROVISIONED, .since = CV_NO_MOMENT}};
    const char *former[] = {"NS-0001", "ns-0007"};
    struct dir_attrs attrs;

    (void)unused;
    in.accounts = accounts;
    in.account_count = CV_COUNT(accounts);
    in.staff_code = "ns-0001"; /* as before, in other letters: one claim */
    in.former_codes = former;
    in.former_code_count = 2;
    dir_attrs_init(&attrs, arena);
    dir_map_staff(&in, base, &attrs);
    assert_true(has_value(&attrs, "authorizedService", "td-office"));
    assert_true(has_value(&attrs, "authorizedService", "sso"));
    assert_false(has_value(&attrs, "authorizedService", "mailbox"));
    assert_false(has_value(&attrs, "authorizedService", "e-office"));
    assert_string_equal(value_of(&attrs, "cvReceives"), "TRUE"); /* locked still receives */
    const struct dir_entry e = {.attrs = attrs};

    assert_int_equal(dir_get(&e, "cvCode")->count, 2);
    assert_true(has_value(&attrs, "objectClass", "authorizedServiceObject"));
    accounts[0].observed = DOM_OBS_CLOSED;
    dir_attrs_init(&attrs, arena);
    dir_map_staff(&in, base, &attrs);
    assert_null(value_of(&attrs, "cvReceives"));
}

/* ---- one bad value: this record is refused, by name ---- */
static void refused(struct cv_arena *arena, const char *attribute, const char *value)
{
    struct dom_post post;
    struct dom_staff in = bare_staff(&post), out = {.revision = 77};
    struct dir_attrs attrs;
    struct cv_error err;

    dir_attrs_init(&attrs, arena);
    dir_map_staff(&in, base, &attrs);
    struct dir_entry e = answered("cvId=stf_1,ou=people", &attrs, 1, CV_NO_MOMENT, CV_NO_MOMENT);

    for (size_t i = 0; i < e.attrs.count; i++) {
        if (strcmp(e.attrs.items[i].name, attribute) == 0) {
            e.attrs.items[i].name = "cvGone";
            e.attrs.items[i].name_len = strlen("cvGone");
        }
    }
    dir_put(&e.attrs, attribute, value);
    assert_false(dir_unmap_staff(&e, arena, &out, &err));
    assert_int_equal(err.kind, CV_INTERNAL);
    assert_non_null(strstr(err.text[CV_EN], "cvId=stf_1"));
    assert_int_equal(out.revision, 77);
}

static void broken_values(void **unused)
{
    cv_auto_arena arena = cv_arena_new(ARENA_MAX);

    (void)unused;
    refused(arena, "cvPost", "{\"unit\":");
    refused(arena, "cvPost", "{\"unit\":\"unt_x\",\"kind\":\"chinh_thuc\",\"primary\":true}");
    refused(arena, "cvPost", "{\"unit\":\"unt_00000000000000000000000001\",\"kind\":\"chinh_thuc\"}"); /* no primary */
    refused(arena, "cvPost", NULL);
    refused(arena, "cvCategory", "unheard_of");
    refused(arena, "cvCategory", NULL);
    refused(arena, "cvRevision", "7x");
    refused(arena, "cvRevision", NULL);
    refused(arena, "cvHiredOn", "2026-02-30");
    refused(arena, "cvDeparture",
            "{\"number\":1,\"state\":\"scheduled\",\"reason\":\"nope\",\"effective_on\":\"2026-01-01\"}");
    refused(arena, "cvAccountState;x-mailbox", "active"); /* without a desired state */
    refused(arena, "cvAccountDesired;x-mailbox", "gone");
    refused(arena, "cn", NULL);
}

/* ---- units, systems, tokens ---- */
static void same_headcount(const struct dom_headcount *a, const struct dom_headcount *b)
{
    assert_int_equal(a->on, b->on);
    assert_int_equal(a->total, b->total);
    assert_int_equal(a->has_categories, b->has_categories);
    assert_memory_equal(a->by_category, b->by_category, sizeof(a->by_category));
    assert_int_equal(a->establishment, b->establishment);
    same_text(a->source, b->source);
}

static void make_unit(struct cv_arena *a, struct dom_unit *u)
{
    *u = (struct dom_unit){.id = some_id(),
                           .code = "H43.99",
                           .name = {some_text(a), text_or_null(a)},
                           .kind = (enum dom_unit_kind)chance(DOM_UNIT_KINDS),
                           .block = (int)chance(DOM_BLOCKS + 1) - 1,
                           .has_parent = maybe(),
                           .slug = text_or_null(a),
                           .position = (int)chance(100) - 50,
                           .active_from = some_day(),
                           .active_to = some_day(),
                           .idempotency = some_idempotency(a),
                           .revision = 3,
                           .created_at = some_moment(),
                           .updated_at = some_moment()};
    u->former_codes = some_texts(a, &u->former_code_count, 3);
    if (u->has_parent)
        u->parent = some_id();
    static const char *const systems[] = {"certificate", "mailbox", "required"};
    u->target_count = chance(4);
    u->targets = CV_NEWS(a, struct dom_target, u->target_count + 1);
    for (size_t i = 0; i < u->target_count; i++) {
        u->targets[i] =
            (struct dom_target){systems[i], (int)chance(102) - 1, (int)chance(102) - 1, (int)chance(102) - 1};
    }
    u->has_letterhead = maybe();
    if (u->has_letterhead) {
        u->letterhead = (struct dom_letterhead){.superior_body = text_or_null(a),
                                                .issuing_body = text_or_null(a),
                                                .place = text_or_null(a),
                                                .on_behalf = text_or_null(a),
                                                .signatory_title = text_or_null(a),
                                                .signatory_name = text_or_null(a)};
        u->letterhead.addressees.text = some_texts(a, &u->letterhead.addressees.count, 3);
        u->letterhead.recipients.text = some_texts(a, &u->letterhead.recipients.count, 4);
    }
    u->headcount_count = chance(6);
    u->headcounts = CV_NEWS(a, struct dom_headcount, u->headcount_count + 1);
    for (size_t i = 0; i < u->headcount_count; i++) {
        struct dom_headcount *h = &u->headcounts[i];

        *h = (struct dom_headcount){.on = (cv_day)(i * 400 + chance(300)),
                                    .total = (int)chance(1000),
                                    .has_categories = maybe(),
                                    .establishment = (int)chance(3) - 1,
                                    .source = text_or_null(a)};
        for (int c = 0; c < DOM_CATEGORIES; c++)
            h->by_category[c] = h->has_categories ? (int)chance(4) - 1 : -1;
    }
}

static void same_letterhead(const struct dom_unit *a, const struct dom_unit *b)
{
    const struct dom_letterhead *x = &a->letterhead, *y = &b->letterhead;

    assert_true(a->has_letterhead == b->has_letterhead);
    same_text(x->superior_body, y->superior_body);
    same_text(x->issuing_body, y->issuing_body);
    same_text(x->place, y->place);
    same_text(x->on_behalf, y->on_behalf);
    same_text(x->signatory_title, y->signatory_title);
    same_text(x->signatory_name, y->signatory_name);
    same_texts(x->addressees.text, x->addressees.count, y->addressees.text, y->addressees.count);
    same_texts(x->recipients.text, x->recipients.count, y->recipients.text, y->recipients.count);
}

static void unit_round_trip(void **unused)
{
    cv_auto_arena arena = cv_arena_new(ARENA_MAX);

    (void)unused;
    for (state = 1; state <= ROUNDS; state++) {
        uint64_t seed = state;
        struct dom_unit in, out;
        struct dir_attrs attrs;
        struct cv_error err;

        make_unit(arena, &in);
        dir_attrs_init(&attrs, arena);
        dir_map_unit(&in, base, &attrs);
        struct dir_entry e = answered("cvId=x", &attrs, in.revision, in.created_at, in.updated_at);

        if (!dir_unmap_unit(&e, arena, &out, &err))
            fail_msg("%s", err.text[CV_EN]);
        assert_true(cv_id_equal(in.id, out.id) && in.has_parent == out.has_parent &&
                    cv_id_equal(in.parent, out.parent));
        same_text(in.code, out.code);
        same_text(in.name[CV_VI], out.name[CV_VI]);
        same_text(in.name[CV_EN], out.name[CV_EN]);
        same_text(in.slug, out.slug);
        same_texts(in.former_codes, in.former_code_count, out.former_codes, out.former_code_count);
        assert_true(in.kind == out.kind && in.block == out.block && in.position == out.position);
        assert_true(in.active_from == out.active_from && in.active_to == out.active_to && in.revision == out.revision);
        same_letterhead(&in, &out);
        assert_int_equal(in.target_count, out.target_count);
        for (size_t i = 0; i < in.target_count; i++) {
            const struct dom_target *t = &in.targets[i], *o = &out.targets[i];
            same_text(t->system, o->system);
            assert_true(t->coverage == o->coverage && t->adoption == o->adoption && t->regular == o->regular);
        }
        same_idempotency(&in.idempotency, &out.idempotency);
        assert_int_equal(in.headcount_count, out.headcount_count);
        for (size_t i = 0; i < in.headcount_count; i++)
            same_headcount(&in.headcounts[i], &out.headcounts[i]);
        cv_arena_reset(arena);
        state = seed;
    }
}

static void unit_claims(void **unused)
{
    cv_auto_arena arena = cv_arena_new(ARENA_MAX);
    struct dom_unit u = {.id = some_id(),
                         .code = "H43.99",
                         .name = {"Sở", NULL},
                         .slug = "noivu",
                         .block = -1,
                         .active_from = CV_NO_DAY,
                         .active_to = CV_NO_DAY,
                         .idempotency.at = CV_NO_MOMENT};
    struct dir_attrs attrs;

    (void)unused;
    dir_attrs_init(&attrs, arena);
    dir_map_unit(&u, base, &attrs);
    assert_string_equal(value_of(&attrs, "cvCode"), "unit/h43.99");
    assert_string_equal(value_of(&attrs, "cvSlugClaim"), "/noivu");
    assert_true(cv_day_parse("2025-07-01", &u.active_to));
    dir_attrs_init(&attrs, arena);
    dir_map_unit(&u, base, &attrs);
    assert_string_equal(value_of(&attrs, "cvCode"), "unit/h43.99@2025-07-01");
    assert_null(value_of(&attrs, "cvSlugClaim"));
}

static void system_round_trip(void **unused)
{
    cv_auto_arena arena = cv_arena_new(ARENA_MAX);
    const char *positions[] = {"chu tich", "pho chu tich"};
    struct dom_required lines[] = {
        {.blocks = 1u << DOM_DANG_DOAN_THE},
        {.unit_kinds = 5, .categories = (1u << DOM_CATEGORIES) - 1, .positions = positions, .position_count = 2},
        {0}};
    struct dom_system in = {.slug = "td-office",
                            .name = {"Văn phòng", "Office"},
                            .kind = DOM_MANUAL,
                            .login_rule = "{donvi}_{ho_dem_ten}",
                            .login_per_unit = true,
                            .receives_mail = true,
                            .required = lines,
                            .required_count = 3,
                            .revision = 9,
                            .updated_at = 1700000000},
                      out;
    struct dir_attrs attrs;
    struct cv_error err;

    (void)unused;
    dir_attrs_init(&attrs, arena);
    dir_map_system(&in, base, &attrs);
    struct dir_entry e = answered("cn=td-office", &attrs, 9, CV_NO_MOMENT, in.updated_at);

    assert_true(dir_unmap_system(&e, arena, &out, &err));
    same_text(in.slug, out.slug);
    same_text(in.name[CV_VI], out.name[CV_VI]);
    same_text(in.name[CV_EN], out.name[CV_EN]);
    same_text(in.login_rule, out.login_rule);
    assert_true(out.kind == DOM_MANUAL && out.login_per_unit && out.receives_mail && out.revision == 9);
    assert_int_equal(out.required_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(lines[i].blocks == out.required[i].blocks && lines[i].unit_kinds == out.required[i].unit_kinds &&
                    lines[i].categories == out.required[i].categories);
        same_texts(lines[i].positions, lines[i].position_count, out.required[i].positions,
                   out.required[i].position_count);
    }
}

static void token_round_trip(void **unused)
{
    cv_auto_arena arena = cv_arena_new(ARENA_MAX);

    (void)unused;
    for (state = 1; state <= ROUNDS; state++) {
        uint64_t seed = state;
        struct dom_token out, in = {.id = some_id(),
                                    .name = text_or_null(arena),
                                    .digest = some_text(arena),
                                    .scopes = chance(DOM_ALL_SCOPES + 1),
                                    .everywhere = maybe(),
                                    .expires_at = some_moment(),
                                    .revoked_at = some_moment(),
                                    .created_at = some_moment(),
                                    .created_by = text_or_null(arena),
                                    .idempotency = some_idempotency(arena),
                                    .revision = 2};
        struct dir_attrs attrs;
        struct cv_error err;

        if (!in.everywhere)
            in.unit = some_id();
        dir_attrs_init(&attrs, arena);
        dir_map_token(&in, base, &attrs);
        struct dir_entry e = answered("cvId=x", &attrs, 2, in.created_at, CV_NO_MOMENT);

        if (!dir_unmap_token(&e, arena, &out, &err))
            fail_msg("%s", err.text[CV_EN]);
        assert_true(cv_id_equal(in.id, out.id) && cv_id_equal(in.unit, out.unit) && in.everywhere == out.everywhere);
        same_text(in.name, out.name);
        same_text(in.digest, out.digest);
        same_text(in.created_by, out.created_by);
        assert_true(in.scopes == out.scopes && in.expires_at == out.expires_at && in.revoked_at == out.revoked_at &&
                    in.created_at == out.created_at && out.revision == 2);
        same_idempotency(&in.idempotency, &out.idempotency);
        cv_arena_reset(arena);
        state = seed;
    }
}

static int start(void **unused)
{
    struct cv_error err;

    (void)unused;
    return cv_clock_init("Asia/Ho_Chi_Minh", 0, &err) && cv_text_init(&err) ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(staff_round_trip),        cmocka_unit_test(staff_without_options),
        cmocka_unit_test(staff_for_other_clients), cmocka_unit_test(broken_values),
        cmocka_unit_test(unit_round_trip),         cmocka_unit_test(unit_claims),
        cmocka_unit_test(system_round_trip),       cmocka_unit_test(token_round_trip),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
