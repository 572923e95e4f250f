/* A person's members in JSON: the table. */
#include <stddef.h>
#include <string.h>

#include "api/frame/window.h"
#include "api/staff/fields.h"
#include "congvu/records.h"
#include "congvu/text.h"

static const char *or_null(const char *s)
{
    return s != NULL && *s != '\0' ? s : NULL;
}

/* Not there yet: answers to validate_only. */
static bool preview(const struct dom_staff *staff)
{
    return staff->revision == 0;
}

static void write_id(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_staff *staff = record;
    char id[CV_ID_TEXT];
    (void)ctx;
    cv_jout_string(j, name, preview(staff) ? NULL : cv_id_text("stf_", staff->id, id));
}

static void write_proposed_name(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct htp_exchange *x = ctx;
    cv_jout_string(j, name, cv_text_proper(x->arena, ((const struct dom_staff *)record)->full_name));
}

static void write_family_name(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    (void)ctx;
    cv_jout_string(j, name, or_null(((const struct dom_staff *)record)->family_name));
}

static void write_middle_name(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    (void)ctx;
    cv_jout_string(j, name, or_null(((const struct dom_staff *)record)->middle_name));
}

/* Into the answer: references to units are never written anywhere else. */
static void write_unit(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    (void)j;
    api_write_home_ref(ctx, name, dom_home_on(record, cv_today())->unit);
}

static void write_title(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_post *primary = dom_home_on(record, cv_today());
    cv_jout_string(j, name, api_reaches_people(ctx, primary->unit) ? primary->title : NULL);
}

static void write_status(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    (void)ctx;
    cv_jout_string(j, name, dom_status_words[dom_status_on(record, cv_today())]);
}

static void write_leave(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_leave *leave = dom_leave_shown(record, cv_today());
    (void)ctx;
    if (leave == NULL) {
        cv_jout_null(j, name);
        return;
    }
    cv_jout_object(j, name);
    cv_jout_day(j, "from", leave->from);
    cv_jout_day(j, "to", leave->to);
    cv_jout_string(j, "kind", dom_leave_kind_words[leave->kind]);
    if (leave->decision.number != NULL)
        api_write_decision(j, "decision", &leave->decision);
    cv_jout_end(j);
}

static void write_category(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    (void)ctx;
    cv_jout_string(j, name, dom_category_words[dom_category_on(record, cv_today())]);
}

static void write_next_category(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    cv_day from = dom_category_turns(record, cv_today());
    (void)ctx;
    if (from == CV_NO_DAY) {
        cv_jout_null(j, name);
        return;
    }
    cv_jout_object(j, name);
    cv_jout_string(j, "category", dom_category_words[dom_category_on(record, from)]);
    cv_jout_day(j, "from", from);
    cv_jout_end(j);
}

static void write_aliases(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_staff *staff = record;
    (void)ctx;
    cv_jout_array(j, name);
    for (size_t i = 0; i < staff->alias_count; i++) {
        cv_jout_object(j, NULL);
        cv_jout_string(j, "address", staff->aliases[i].address);
        cv_jout_day(j, "until", staff->aliases[i].until);
        cv_jout_end(j);
    }
    cv_jout_end(j);
}

static void write_mail_store(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_staff *staff = record;
    (void)ctx;
    cv_jout_string(j, name, preview(staff) ? NULL : staff->mail_store);
}

static void write_naming(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_staff *staff = record;
    (void)ctx;
    cv_jout_object(j, name);
    cv_jout_string(j, "rule", staff->naming_rule);
    cv_jout_bool(j, "manual", staff->named_by_hand);
    cv_jout_end(j);
}

static void write_posts(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_staff *staff = record;
    cv_jout_array(j, name);
    for (size_t i = 0; i < staff->post_count; i++) {
        const struct dom_post *post = &staff->posts[i];
        if (!api_reaches_people(ctx, post->unit))
            continue;
        cv_jout_object(j, NULL);
        api_write_unit_ref(ctx, "unit", post->unit);
        api_write_post_facts(j, post);
        cv_jout_end(j);
    }
    cv_jout_end(j);
}

static void write_posts_elsewhere(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_staff *staff = record;
    int64_t elsewhere = 0;
    for (size_t i = 0; i < staff->post_count; i++)
        elsewhere += api_reaches_people(ctx, staff->posts[i].unit) ? 0 : 1;
    cv_jout_int(j, name, elsewhere);
}

static void write_former_codes(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_staff *staff = record;
    (void)ctx;
    cv_jout_strings(j, name, staff->former_codes, staff->former_code_count);
}

static void write_accounts(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_staff *staff = record;
    cv_jout_array(j, name);
    for (size_t i = 0; i < staff->account_count; i++)
        api_write_account(ctx, staff, &staff->accounts[i]);
    cv_jout_end(j);
}

/* Unit mailboxes that he reads. */
static void write_holds(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_staff *staff = record;
    struct view_unit unit;
    cv_jout_array(j, name);
    for (size_t i = 0; i < staff->hold_count; i++) {
        if (!api_sees_mailbox(ctx, staff->holds[i], &unit))
            continue;
        cv_jout_object(j, NULL);
        api_write_unit_ref(ctx, "unit", unit.id);
        cv_jout_string(j, "login", unit.mail_login);
        cv_jout_string(j, "address", unit.mail_address);
        cv_jout_end(j);
    }
    cv_jout_end(j);
}

static void write_holds_elsewhere(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_staff *staff = record;
    struct view_unit unit;
    int64_t elsewhere = 0;
    for (size_t i = 0; i < staff->hold_count; i++)
        elsewhere += api_sees_mailbox(ctx, staff->holds[i], &unit) ? 0 : 1;
    cv_jout_int(j, name, elsewhere);
}

static void write_departure(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    (void)name, (void)ctx;
    api_write_departure_summary(j, dom_current_departure(record));
}

#define AT(m)   .at = offsetof(struct dom_staff, m)
#define INTO(m) PROV_INTO(struct prov_staff_input, m)
#define BODY    PROV_CREATE | PROV_UPDATE
#define MEMBER  BODY | PROV_SHOWN | PROV_TOLD
#define DERIVED PROV_SHOWN | PROV_TOLD
#define NUMBER_COMPLAINT                                                                                               \
    {                                                                                                                  \
        [CV_VI] = "Số điện thoại cần dạng quốc tế, ví dụ +84900000001",                                                \
        [CV_EN] = "The phone number must be international, like +84900000001"                                          \
    }

#define HR_REF_COMPLAINT                                                                                               \
    {                                                                                                                  \
        [CV_VI] = "Mã đối chiếu gồm 6 đến 64 chữ không dấu, số, dấu gạch ngang",                                       \
        [CV_EN] = "A number of the HR system has 6 to 64 signs A-Z a-z 0-9 -"                                          \
    }

static bool hr_ref_sign(char c)
{
    char l = cv_ascii_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static bool hr_ref_ok(const char *text)
{
    enum { LEAST = 6 };
    return strlen(text) >= LEAST && cv_ascii_is(text, hr_ref_sign);
}

static void tell_hr_ref(struct prov_telling *t, const char *name)
{
    const struct dom_staff *was = t->before, *is = t->after;
    prov_tell_masked(t, name, was != NULL ? was->hr_ref : NULL, is->hr_ref);
}

/* People see all of it where they keep it, or it is their own; else the end, to tell two apart. Programs see it all. */
const char *api_mobile(struct htp_exchange *x, const char *mobile, bool own)
{
    enum { HEAD = 3, TAIL = 3 };
    const struct api_actor *actor = api_actor(x);
    size_t len = mobile != NULL ? strlen(mobile) : 0;
    bool whole = own || (actor != NULL && (!actor->is_person || (actor->scopes & DOM_STAFF_WRITE) != 0));
    if (whole || len <= HEAD + TAIL)
        return mobile;
    char *masked = cv_arena_strdup(x->arena, mobile);
    memset(masked + HEAD, '*', len - HEAD - TAIL);
    return masked;
}

static void write_mobile(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    struct htp_exchange *x = ctx;
    const struct dom_staff *staff = record;
    const struct api_actor *actor = api_actor(x);
    cv_jout_string(j, name, api_mobile(x, staff->mobile, actor != NULL && cv_id_equal(actor->token, staff->id)));
}

/* Null when they cannot be read just now. */
static void write_posts_of(struct cv_jout *j, struct htp_exchange *x, const char *id)
{
    struct dom_staff staff;
    struct cv_error none = {0};
    struct cv_id key;
    bool read =
        x->thread != NULL && cv_id_parse("stf_", id, &key) && dir_staff_read(x->thread, key, x->arena, &staff, &none);
    if (read)
        write_posts(j, "posts", &staff, x);
    else
        cv_jout_null(j, "posts");
}

/* Records that were merged into this one, as far as the caller sees them, with the posts that they had. */
static void write_merged(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    struct htp_exchange *x = ctx;
    const struct dom_staff *staff = record;
    const struct view_scope scope = api_actor(x)->scope;
    cv_jout_array(j, name);
    for (size_t i = 0; i < staff->absorbed_count; i++) {
        struct view_staff one;
        bool merged;
        if (!view_staff_itself(api_of(x)->view, scope, staff->absorbed[i], x->arena, &one, &merged) || !merged)
            continue;
        cv_jout_object(j, NULL);
        cv_jout_string(j, "id", staff->absorbed[i]);
        cv_jout_string(j, "staff_code", one.staff_code);
        cv_jout_string(j, "full_name", one.full_name);
        write_posts_of(j, x, staff->absorbed[i]);
        cv_jout_end(j);
    }
    cv_jout_end(j);
}

/* Who only reads needs to know too why a member cannot be changed here. */
static void write_hr_feed(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct htp_exchange *x = ctx;
    api_write_hr_feed(j, name, prov_hr_feed(api_of(x)->view, record, x->arena));
}

/* In the order of writing. */
static const struct prov_field fields[] = {
    {"id", PROV_OWN, .write = write_id, .flags = PROV_SHOWN},
    {"staff_code", PROV_TEXT, AT(staff_code), INTO(staff_code), .max = 64, .flags = MEMBER},
    {"hr_ref", PROV_TEXT, INTO(hr_ref), .max = 64, .valid = hr_ref_ok, .complaint = HR_REF_COMPLAINT,
     .tell = tell_hr_ref, .flags = BODY | PROV_TOLD},
    {"full_name", PROV_TEXT, AT(full_name), INTO(full_name), .max = 200, .flags = MEMBER | PROV_VALUE},
    {"proposed_name", PROV_OWN, .write = write_proposed_name, .flags = PROV_SHOWN},
    {"family_name", PROV_TEXT, INTO(family_name), .max = 200, .write = write_family_name, .flags = MEMBER},
    {"middle_name", PROV_TEXT, INTO(middle_name), .max = 200, .write = write_middle_name, .flags = MEMBER},
    {"given_name", PROV_TEXT, AT(given_name), INTO(given_name), .max = 200, .flags = MEMBER},
    {"unit", PROV_TEXT, INTO(unit), .max = 64, .write = write_unit, .tell = api_tell_unit,
     .flags = MEMBER | PROV_VALUE},
    {"title", PROV_TEXT, INTO(title), .max = 200, .write = write_title, .flags = MEMBER},
    {"category", PROV_WORD, AT(category), .words = dom_category_words, .write = write_category,
     .flags = MEMBER | PROV_VALUE},
    {"next_category", PROV_OWN, .write = write_next_category, .flags = DERIVED},
    {"mobile", PROV_TEXT, AT(mobile), .max = 20, .write = write_mobile, .valid = dom_mobile_valid,
     .complaint = NUMBER_COMPLAINT, .flags = MEMBER},
    {"birth_year", PROV_INT, AT(birth_year), .least = 1900, .most = 2100, .flags = MEMBER},
    {"hired_on", PROV_DAY, AT(hired_on), INTO(hired_on), .flags = MEMBER},
    {"status", PROV_OWN, .read = api_read_status, .write = write_status, .flags = PROV_UPDATE | DERIVED},
    {"leave", PROV_OWN, .read = api_read_leave, .write = write_leave, .flags = PROV_UPDATE | DERIVED},
    {"login", PROV_TEXT, INTO(login), .max = 64, .flags = BODY | PROV_VALUE},
    {"new_address", PROV_OWN, .read = api_read_new_address, .flags = PROV_UPDATE},
    {"address", PROV_TEXT, AT(address), .flags = DERIVED},
    {"aliases", PROV_OWN, .write = write_aliases, .tell = api_tell_aliases, .flags = DERIVED},
    {"mail_store", PROV_OWN, .write = write_mail_store, .flags = PROV_SHOWN},
    {"mail_quota_mib", PROV_INT, AT(mail_quota_mib), .least = 1, .most = 1 << 20, .flags = MEMBER},
    {"naming", PROV_OWN, .write = write_naming, .flags = DERIVED},
    {"add_post", PROV_OWN, .read = api_read_add_post, .flags = PROV_UPDATE},
    {"end_post", PROV_OWN, .read = api_read_end_post, .flags = PROV_UPDATE},
    {"posts", PROV_OWN, .read = api_read_posts, .write = write_posts, .tell = api_tell_posts, .flags = MEMBER},
    {"posts_elsewhere", PROV_OWN, .write = write_posts_elsewhere, .flags = PROV_SHOWN},
    {"former_codes", PROV_OWN, .write = write_former_codes, .tell = api_tell_former_codes, .flags = DERIVED},
    {"merged", PROV_OWN, .write = write_merged, .flags = PROV_SHOWN},
    {"accounts", PROV_OWN, .read = api_read_accounts, .write = write_accounts, .tell = api_tell_accounts,
     .flags = MEMBER},
    {"holds", PROV_OWN, .write = write_holds, .flags = PROV_SHOWN},
    {"holds_elsewhere", PROV_OWN, .write = write_holds_elsewhere, .flags = PROV_SHOWN},
    {"decision", PROV_OWN, .read = api_read_staff_decision, .flags = BODY},
    {"not_same_as", PROV_OWN, .read = api_read_not_same_as, .flags = BODY},
    {"hr_feed_fields", PROV_OWN, .write = write_hr_feed, .flags = PROV_SHOWN},
    {"departure", PROV_OWN, .write = write_departure, .flags = PROV_SHOWN},
    {"revision", PROV_LONG, AT(revision), .flags = PROV_SHOWN},
    {"created_at", PROV_MOMENT, AT(created_at), .flags = PROV_SHOWN},
    {"updated_at", PROV_MOMENT, AT(updated_at), .flags = PROV_SHOWN},
};
const struct prov_fields api_staff_fields = {"staff", fields, CV_COUNT(fields)};
_Static_assert(CV_COUNT(fields) <= PROV_FIELDS_MAX, "a body's values have room");
_Static_assert(sizeof(enum dom_category) == sizeof(int), "a word is kept as an int");

void api_write_staff(struct htp_exchange *x, const char *name, const struct dom_staff *staff)
{
    cv_jout_object(&x->out, name);
    prov_fields_write(&api_staff_fields, &x->out, staff, x);
    cv_jout_end(&x->out);
}

void api_write_staff_result(struct htp_exchange *x, const char *name, const struct prov_staff_result *result)
{
    cv_jout_object(&x->out, name);
    prov_fields_write(&api_staff_fields, &x->out, &result->staff, x);
    if (result->outcome != PROV_REPLAYED && result->before.revision > 0) /* a newcomer is no change of the past */
        api_write_touched(x, dom_touches_from(&result->before, &result->staff, cv_today()));
    cv_jout_end(&x->out);
}

void api_write_staff_changes(struct htp_exchange *x, const struct dom_staff *before, const struct dom_staff *after)
{
    struct prov_telling t = {
        .j = &x->out, .arena = x->arena, .before = before->revision > 0 ? before : NULL, .after = after, .ctx = x};
    cv_jout_array(&x->out, "changes");
    prov_fields_tell(&api_staff_fields, &t);
    cv_jout_end(&x->out);
}

static void read_staff(struct htp_exchange *x, unsigned flag, const struct cv_jin *o, struct prov_staff_input *out)
{
    *out = (struct prov_staff_input){0};
    prov_fields_read(&api_staff_fields, flag, o, out, &out->given, x);
    cv_jin_done(o);
}

void api_read_staff_new(struct htp_exchange *x, const struct cv_jin *o, struct prov_staff_input *out)
{
    read_staff(x, PROV_CREATE, o, out);
}

void api_read_staff_update(struct htp_exchange *x, const struct cv_jin *o, struct prov_staff_input *out)
{
    read_staff(x, PROV_UPDATE, o, out);
}
