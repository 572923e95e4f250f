/* A person: inetOrgPerson for everybody's LDAP clients, cvStaff for what only we need. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "directory/map/common.h"

#define AT(m)    .at = offsetof(struct dom_staff, m)
#define COUNT(m) .count_at = offsetof(struct dom_staff, m)

static const char *const classes[] = {
    "top", "person", "organizationalPerson", "inetOrgPerson", "cvStaff", "authorizedServiceObject", NULL};

/* ---- attributes that serve other LDAP clients; never read back ---- */
static void put_sn(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;
    bool has_family = s->family_name && *s->family_name;
    bool has_given = s->given_name && *s->given_name;

    (void)base;
    dir_put(out, "sn", has_family ? s->family_name : has_given ? s->given_name : s->full_name);
}

/* One subject is one person, wherever two sign in for the first time at once. */
const char *dir_subject_claim(struct cv_arena *arena, const char *subject)
{
    char digest[CV_DIGEST_TEXT];

    cv_sha256(subject, strlen(subject), digest);
    return cv_arena_printf(arena, "subject/%s", digest);
}

static void put_claims(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;

    (void)base;
    dir_put_claim(out, "staff", s->staff_code, CV_NO_DAY);
    for (size_t i = 0; i < s->former_code_count; i++)
        dir_put_claim(out, "staff", s->former_codes[i], CV_NO_DAY);
    if (s->hr_ref)
        dir_put(out, "cvCode", cv_arena_printf(out->arena, "hr/%s", s->hr_ref));
    if (s->subject)
        dir_put(out, "cvCode", dir_subject_claim(out->arena, s->subject));
}

static void put_employee_number(const void *record, const char *base, struct dir_attrs *out)
{
    (void)base;
    dir_put(out, "employeeNumber", ((const struct dom_staff *)record)->staff_code);
}

static void put_unit(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_post *home = dom_home_shown(record);

    if (home)
        dir_put(out, "cvUnit", dir_dn_unit(out->arena, base, home->unit));
}

static void put_title(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_post *home = dom_home_shown(record);

    (void)base;
    dir_put(out, "title", home ? home->title : NULL);
}

/* ---- roles ---- */
static void put_roles(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;
    char id[CV_ID_TEXT];

    (void)base;
    for (size_t i = 0; i < s->role_count; i++) {
        const struct dom_role *role = &s->roles[i];
        struct dir_json j;

        dir_json_begin(&j);
        cv_jout_int(&j.out, "number", role->number);
        dir_json_text(&j, "role", dom_role_words[role->kind]);
        dir_json_text(&j, "unit", role->everywhere ? NULL : cv_id_text("unt_", role->unit, id));
        dir_json_day(&j, "from", role->from);
        dir_json_day(&j, "to", role->to);
        dir_json_text(&j, "given_by", role->given_by);
        dir_json_text(&j, "lent_by", cv_id_is_zero(role->lent_by) ? NULL : cv_id_text("stf_", role->lent_by, id));
        dir_json_decision(&j, &role->decision);
        dir_json_end(&j, out, "cvRole");
    }
}

static bool take_role(struct dir_reader *r, const struct dir_attr *attr, size_t at, struct dom_role *out)
{
    struct dir_json_in in;
    const char *unit = NULL, *lender = NULL;
    int kind = DOM_INSPECTOR;

    if (!dir_read_begin(&in, r, attr, at))
        return false;
    *out = (struct dom_role){.from = CV_NO_DAY, .to = CV_NO_DAY};
    dir_read_int(in.object, "number", &out->number);
    cv_jin_word(in.object, "role", CV_REQUIRED, dom_role_words, &kind);
    out->kind = (enum dom_role_kind)kind;
    dir_read_text(in.object, "unit", &unit);
    out->everywhere = unit == NULL;
    in.bad = in.bad || (unit && !cv_id_parse("unt_", unit, &out->unit));
    dir_read_day(in.object, "from", &out->from);
    dir_read_day(in.object, "to", &out->to);
    dir_read_text(in.object, "given_by", &out->given_by);
    dir_read_text(in.object, "lent_by", &lender);
    in.bad = in.bad || (lender && !cv_id_parse("stf_", lender, &out->lent_by));
    dir_read_decision(&in, in.object, &out->decision);
    return dir_read_ok(&in);
}

static bool take_roles(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_staff *s = r->record;

    (void)tag;
    s->roles = CV_NEWS(r->arena, struct dom_role, attr->count);
    for (size_t i = 0; i < attr->count && cv_arena_ok(r->arena); i++)
        if (!take_role(r, attr, i, &s->roles[i]))
            return false;
    s->role_count = attr->count;
    return true;
}

/* Written with the first role, and it stays: a role that ends is no reason to be locked out from outside. */
static void put_password_policy(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;

    if (s->role_count > 0)
        dir_put(out, "pwdPolicySubentry", dir_dn_policy(out->arena, base, DIR_POLICY_OFFICIALS));
}

static void put_services(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;

    (void)base;
    for (size_t i = 0; i < s->account_count; i++)
        if (dom_may_login(s->accounts[i].observed))
            dir_put_once(out, "authorizedService", s->accounts[i].system);
}

/* For clients that cannot ask for a tagged attribute. */
static void put_sign_ins(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;

    (void)base;
    for (size_t i = 0; i < s->account_count; i++)
        if (dom_may_login(s->accounts[i].observed) && s->accounts[i].login)
            dir_put_once(out, "cvSignIn",
                         cv_arena_printf(out->arena, "%s/%s", s->accounts[i].system, s->accounts[i].login));
}

static void put_receives(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;

    (void)base;
    for (size_t i = 0; i < s->account_count; i++)
        if (strcmp(s->accounts[i].system, "mailbox") == 0)
            dir_put_bool(out, "cvReceives", dom_may_receive(s->accounts[i].observed));
}

static void put_departure_on(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_departure *current = dom_current_departure(record);

    (void)base;
    if (current)
        dir_put_day(out, "cvDepartureOn", current->effective_on);
}

/* ---- posts ---- */
static void put_posts(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;
    char id[CV_ID_TEXT];

    (void)base;
    for (size_t i = 0; i < s->post_count; i++) {
        const struct dom_post *p = &s->posts[i];
        struct dir_json j;

        dir_json_begin(&j);
        dir_json_text(&j, "unit", cv_id_text("unt_", p->unit, id));
        dir_json_text(&j, "title", p->title);
        dir_json_text(&j, "kind", dom_post_kind_words[p->kind]);
        if (p->primary)
            cv_jout_bool(&j.out, "primary", true);
        dir_json_day(&j, "from", p->from);
        dir_json_day(&j, "to", p->to);
        dir_json_decision(&j, &p->decision);
        dir_json_end(&j, out, "cvPost");
    }
}

static bool take_post(struct dir_reader *r, const struct dir_attr *attr, size_t at, struct dom_post *out)
{
    struct dir_json_in in;
    int kind = DOM_CHINH_THUC;

    if (!dir_read_begin(&in, r, attr, at))
        return false;
    *out = (struct dom_post){.from = CV_NO_DAY, .to = CV_NO_DAY};
    dir_read_id(&in, in.object, "unit", "unt_", &out->unit);
    dir_read_text(in.object, "title", &out->title);
    cv_jin_word(in.object, "kind", CV_REQUIRED, dom_post_kind_words, &kind);
    out->kind = (enum dom_post_kind)kind;
    cv_jin_bool(in.object, "primary", CV_OPTIONAL, &out->primary);
    dir_read_day(in.object, "from", &out->from);
    dir_read_day(in.object, "to", &out->to);
    dir_read_decision(&in, in.object, &out->decision);
    return dir_read_ok(&in);
}

static bool take_posts(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_staff *s = r->record;
    struct dom_post *posts = CV_NEWS(r->arena, struct dom_post, attr->count);

    (void)tag;
    if (!cv_arena_ok(r->arena))
        return dir_unreadable(r->err, r->entry, attr->name, "is too large");
    for (size_t i = 0; i < attr->count; i++)
        if (!take_post(r, attr, i, &posts[i]))
            return false;
    s->posts = posts;
    s->post_count = attr->count;
    return dom_home_shown(s) || dir_unreadable(r->err, r->entry, attr->name, "names no primary post");
}

/* ---- aliases: the plain address for mail servers, and beside it the one that is read back ---- */
static void put_aliases(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;

    (void)base;
    for (size_t i = 0; i < s->alias_count; i++)
        dir_put_once(out, "cvMailAlias", s->aliases[i].address);
}

/* The former login opens as long as the former address receives; a name only of the domain's change is the login still.
 */
static void put_former_logins(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;

    (void)base;
    for (size_t i = 0; i < s->alias_count; i++) {
        const char *login = dom_alias_login(s, &s->aliases[i], out->arena);

        if (login)
            dir_put_once(out, "cvFormerLogin", login);
    }
}

static void put_alias_ends(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;

    (void)base;
    for (size_t i = 0; i < s->alias_count; i++) {
        struct dir_json j;

        dir_json_begin(&j);
        dir_json_text(&j, "address", s->aliases[i].address);
        dir_json_day(&j, "until", s->aliases[i].until);
        dir_json_end(&j, out, "cvAliasUntil");
    }
}

static bool take_alias(struct dir_reader *r, const struct dir_attr *attr, size_t at, struct dom_alias *out)
{
    struct dir_json_in in;

    if (!dir_read_begin(&in, r, attr, at))
        return false;
    *out = (struct dom_alias){.until = CV_NO_DAY};
    dir_read_text(in.object, "address", &out->address);
    dir_read_day(in.object, "until", &out->until);
    in.bad = in.bad || !out->address;
    return dir_read_ok(&in);
}

static bool take_alias_ends(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_staff *s = r->record;
    struct dom_alias *aliases = CV_NEWS(r->arena, struct dom_alias, attr->count);

    (void)tag;
    for (size_t i = 0; i < attr->count; i++) {
        if (!cv_arena_ok(r->arena))
            return dir_unreadable(r->err, r->entry, attr->name, "is too large");
        if (!take_alias(r, attr, i, &aliases[i]))
            return false;
    }
    s->aliases = aliases;
    s->alias_count = attr->count;
    return true;
}

/* ---- who gave him a way in ---- "20261124000500Z stf_..." */
static void put_ways_in(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;
    char at[CV_MOMENT_TEXT], text[CV_MOMENT_TEXT + CV_ID_TEXT + 1];

    (void)base;
    for (size_t i = 0; i < s->way_in_count; i++) {
        snprintf(text, sizeof text, "%s %s", cv_moment_ldap(s->ways_in[i].at, at), s->ways_in[i].by);
        dir_put(out, "cvWayIn", text);
    }
}

static bool take_way_in(struct dir_reader *r, const struct dir_attr *attr, size_t at, struct dom_way_in *out)
{
    const char *text = attr->values[at].bytes, *blank = strchr(text, ' ');

    if (blank == NULL || !cv_moment_parse_ldap(cv_arena_strndup(r->arena, text, (size_t)(blank - text)), &out->at))
        return dir_unreadable(r->err, r->entry, attr->name, "is damaged");
    out->by = blank + 1;
    return true;
}

static int by_moment(const void *a, const void *b)
{
    const struct dom_way_in *x = a, *y = b;
    return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : strcmp(x->by, y->by);
}

static bool take_ways_in(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_staff *s = r->record;

    (void)tag;
    s->ways_in = CV_NEWS(r->arena, struct dom_way_in, attr->count);
    for (size_t i = 0; i < attr->count && cv_arena_ok(r->arena); i++)
        if (!take_way_in(r, attr, i, &s->ways_in[i]))
            return false;
    qsort(s->ways_in, attr->count, sizeof(*s->ways_in), by_moment);
    s->way_in_count = attr->count;
    return true;
}

/* ---- merged into another record ---- */
static void put_merge(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_merge *m = ((const struct dom_staff *)record)->merge;
    char id[CV_ID_TEXT];
    struct dir_json j;

    (void)base;
    if (m == NULL)
        return;
    dir_json_begin(&j);
    dir_json_text(&j, "into", cv_id_text("stf_", m->into, id));
    dir_json_moment(&j, "at", m->at);
    dir_json_text(&j, "by", m->by);
    dir_json_text(&j, "reason", m->reason);
    dir_json_end(&j, out, "cvMergedInto");
}

static bool take_merge(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dir_json_in in;
    struct dom_merge *m = CV_NEW(r->arena, struct dom_merge);

    (void)tag;
    if (!dir_read_begin(&in, r, attr, 0))
        return false;
    dir_read_id(&in, in.object, "into", "stf_", &m->into);
    dir_read_moment(&in, in.object, "at", &m->at);
    dir_read_text(in.object, "by", &m->by);
    dir_read_text(in.object, "reason", &m->reason);
    ((struct dom_staff *)r->record)->merge = m;
    return dir_read_ok(&in);
}

/* ---- leave ---- */
static void put_leaves(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;

    (void)base;
    for (size_t i = 0; i < s->leave_count; i++) {
        const struct dom_leave *leave = &s->leaves[i];
        struct dir_json j;

        dir_json_begin(&j);
        dir_json_text(&j, "kind", dom_leave_kind_words[leave->kind]);
        dir_json_day(&j, "from", leave->from);
        dir_json_day(&j, "to", leave->to);
        dir_json_decision(&j, &leave->decision);
        dir_json_end(&j, out, "cvLeave");
    }
}

static bool take_leave(struct dir_reader *r, const struct dir_attr *attr, size_t at, struct dom_leave *out)
{
    struct dir_json_in in;
    int kind = DOM_LEAVE_KHAC;

    if (!dir_read_begin(&in, r, attr, at))
        return false;
    *out = (struct dom_leave){.from = CV_NO_DAY, .to = CV_NO_DAY};
    cv_jin_word(in.object, "kind", CV_REQUIRED, dom_leave_kind_words, &kind);
    out->kind = (enum dom_leave_kind)kind;
    dir_read_day(in.object, "from", &out->from);
    dir_read_day(in.object, "to", &out->to);
    dir_read_decision(&in, in.object, &out->decision);
    return dir_read_ok(&in);
}

static int by_first_day(const void *a, const void *b)
{
    const struct dom_leave *x = a, *y = b;

    return (x->from > y->from) - (x->from < y->from);
}

static bool take_leaves(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_staff *s = r->record;
    struct dom_leave *leaves = CV_NEWS(r->arena, struct dom_leave, attr->count);

    (void)tag;
    if (!cv_arena_ok(r->arena))
        return dir_unreadable(r->err, r->entry, attr->name, "is too large");
    for (size_t i = 0; i < attr->count; i++)
        if (!take_leave(r, attr, i, &leaves[i]))
            return false;
    qsort(leaves, attr->count, sizeof(*leaves), by_first_day);
    s->leaves = leaves;
    s->leave_count = attr->count;
    return true;
}

/* ---- former categories ---- */
static void put_past(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;

    (void)base;
    for (size_t i = 0; i < s->past_count; i++) {
        struct dir_json j;

        dir_json_begin(&j);
        dir_json_day(&j, "to", s->past[i].to);
        dir_json_text(&j, "category", dom_category_words[s->past[i].category]);
        dir_json_end(&j, out, "cvPast");
    }
}

static bool take_past_category(struct dir_reader *r, const struct dir_attr *attr, size_t at,
                               struct dom_past_category *out)
{
    struct dir_json_in in;
    int category = 0;

    if (!dir_read_begin(&in, r, attr, at))
        return false;
    cv_jin_day(in.object, "to", CV_REQUIRED, &out->to);
    cv_jin_word(in.object, "category", CV_REQUIRED, dom_category_words, &category);
    out->category = (enum dom_category)category;
    return dir_read_ok(&in);
}

static int by_last_day(const void *a, const void *b)
{
    const struct dom_past_category *x = a, *y = b;

    return (x->to > y->to) - (x->to < y->to);
}

static bool take_past(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_staff *s = r->record;

    (void)tag;
    s->past = CV_NEWS(r->arena, struct dom_past_category, attr->count);
    for (size_t i = 0; i < attr->count && cv_arena_ok(r->arena); i++)
        if (!take_past_category(r, attr, i, &s->past[i]))
            return false;
    qsort(s->past, attr->count, sizeof(*s->past), by_last_day);
    s->past_count = attr->count;
    return true;
}

/* In the order of writing. */
static const struct dir_field fields[] = {
    {"cvId", DIR_ID, AT(id), .prefix = "stf_", .flags = DIR_NEEDED},
    {"cvRevision", DIR_LONG, AT(revision), .flags = DIR_BOOK | DIR_NEEDED},
    {"cvCreatedAt", DIR_MOMENT, AT(created_at), .flags = DIR_BOOK},
    {"cvUpdatedAt", DIR_MOMENT, AT(updated_at), .flags = DIR_BOOK},
    {"cvStaffCode", DIR_TEXT, AT(staff_code)},
    {"cvFormerCode", DIR_TEXTS, AT(former_codes), COUNT(former_code_count)},
    {"cvCode", DIR_OWN, .put = put_claims},
    {"employeeNumber", DIR_OWN, .put = put_employee_number},
    {"cn", DIR_TEXT, AT(full_name), .flags = DIR_NEEDED},
    {"sn", DIR_OWN, .put = put_sn},
    {"cvFamilyName", DIR_TEXT_BLANK, AT(family_name)},
    {"cvMiddleName", DIR_TEXT_BLANK, AT(middle_name)},
    {"givenName", DIR_TEXT_BLANK, AT(given_name)},
    {"cvSplitByHand", DIR_BOOL, AT(split_by_hand)},
    {"cvCategory", DIR_WORD, AT(category), .words = dom_category_words, .flags = DIR_NEEDED},
    {"cvPast", DIR_OWN, .put = put_past, .take = take_past},
    {"mobile", DIR_TEXT, AT(mobile)},
    {"cvBirthYear", DIR_INT, AT(birth_year)},
    {"cvHiredOn", DIR_DAY, AT(hired_on)},
    {"cvUnit", DIR_OWN, .put = put_unit},
    {"title", DIR_OWN, .put = put_title},
    {"cvHomeOn", DIR_DAY, AT(home_on), .flags = DIR_UNFED},
    {"cvPost", DIR_OWN, .put = put_posts, .take = take_posts, .flags = DIR_NEEDED},
    {"uid", DIR_TEXT, AT(login)},
    {"mail", DIR_TEXT, AT(address)},
    {"cvMailAlias", DIR_OWN, .put = put_aliases},
    {"cvFormerLogin", DIR_OWN, .put = put_former_logins},
    {"cvAliasUntil", DIR_OWN, .put = put_alias_ends, .take = take_alias_ends},
    {"cvName", DIR_TEXTS, AT(names), COUNT(name_count)},
    {"cvMergedInto", DIR_OWN, .put = put_merge, .take = take_merge},
    {"cvAbsorbed", DIR_TEXTS, AT(absorbed), COUNT(absorbed_count)},
    {"cvMailStore", DIR_TEXT, AT(mail_store)},
    {"cvHolds", DIR_TEXTS, AT(holds), COUNT(hold_count), .flags = DIR_UNFED},
    {"cvHeldFrom", DIR_TEXTS, AT(held_from), COUNT(held_from_count), .flags = DIR_UNFED},
    {"cvMailQuota", DIR_INT, AT(mail_quota_mib)},
    {"cvDelegate", DIR_OWN, .put = dir_put_delegate},
    {"cvAutoReply", DIR_OWN, .put = dir_put_auto_reply},
    {"cvNamingRule", DIR_TEXT, AT(naming_rule)},
    {"cvNamedByHand", DIR_BOOL, AT(named_by_hand)},
    {"cvAccountState", DIR_OWN, .put = dir_put_accounts, .take = dir_take_account},
    {"cvAccountDesired", DIR_OWN, .take = dir_take_account},
    {"cvAccountLogin", DIR_OWN, .take = dir_take_account},
    {"cvAccountReason", DIR_OWN, .take = dir_take_account},
    {"cvAccountCause", DIR_OWN, .take = dir_take_account, .flags = DIR_UNFED},
    {"cvAccountSince", DIR_OWN, .take = dir_take_account},
    {"cvAccountIssuedOn", DIR_OWN, .take = dir_take_account},
    {"cvAccountError", DIR_OWN, .take = dir_take_account},
    {"cvAccountAsked", DIR_OWN, .take = dir_take_account},
    {"cvCutOff", DIR_OWN, .take = dir_take_account},
    {"cvAccountRemoteId", DIR_OWN, .take = dir_take_account},
    {"cvAccountSynced", DIR_OWN, .take = dir_take_account},
    {"cvAccountRetry", DIR_OWN, .take = dir_take_account},
    {"cvAccountFormer", DIR_OWN, .take = dir_take_account},
    {"cvAccountSeen", DIR_OWN, .take = dir_take_account},
    {"cvAccountSpan", DIR_OWN, .take = dir_take_account},
    {"cvAccountNext", DIR_OWN, .take = dir_take_account, .flags = DIR_UNFED},
    {"cvCertificate", DIR_OWN, .take = dir_take_account},
    {"authorizedService", DIR_OWN, .put = put_services},
    {"cvSignIn", DIR_OWN, .put = put_sign_ins},
    {"cvReceives", DIR_OWN, .put = put_receives},
    {"cvRole", DIR_OWN, .put = put_roles, .take = take_roles},
    {"pwdPolicySubentry", DIR_OWN, .put = put_password_policy},
    {"cvWayIn", DIR_OWN, .put = put_ways_in, .take = take_ways_in},
    {"cvSessionEpoch", DIR_INT, AT(session_epoch)},
    {"cvSecondFactor", DIR_TEXT, AT(factor_seed), .flags = DIR_UNFED},
    {"cvSecondFactorStep", DIR_LONG, AT(factor_step), .flags = DIR_UNFED},
    {"cvHrRef", DIR_TEXT, AT(hr_ref), .flags = DIR_UNFED},
    {"cvSubject", DIR_TEXT, AT(subject), .flags = DIR_UNFED},
    {"cvLeave", DIR_OWN, .put = put_leaves, .take = take_leaves},
    {"cvDeparture", DIR_OWN, .put = dir_put_departures, .take = dir_take_departures},
    {"cvDepartureOn", DIR_OWN, .put = put_departure_on},
    {"cvCredentialSet", DIR_BOOL, AT(credential_set)},
    {"cvCredentialSetOn", DIR_DAY, AT(credential_on)},
    {"cvCredentialSpan", DIR_OWN, .put = dir_put_passwords, .take = dir_take_passwords},
    {"cvActivationDigest", DIR_TEXT, AT(activation_digest), .flags = DIR_UNFED},
    {"cvActivationUntil", DIR_MOMENT, AT(activation_until)},
    {"cvDueAt", DIR_MOMENT, AT(due_at), .flags = DIR_UNFED},
    {"cvIdempotencyKey", DIR_TEXT, AT(idempotency.key), .flags = DIR_UNFED},
    {"cvIdempotencyBody", DIR_TEXT, AT(idempotency.body), .flags = DIR_UNFED},
    {"cvIdempotencyAt", DIR_MOMENT, AT(idempotency.at), .flags = DIR_UNFED},
};
const struct dir_fields dir_staff_fields = {fields, CV_COUNT(fields), classes};
_Static_assert(CV_COUNT(fields) <= DIR_FIELDS_MAX, "what was seen is noted field by field");

void dir_map_staff(const struct dom_staff *staff, const char *base, struct dir_attrs *out)
{
    dir_fields_put(&dir_staff_fields, staff, base, out);
}

bool dir_unmap_staff(const struct dir_entry *entry, struct cv_arena *arena, struct dom_staff *out, struct cv_error *err)
{
    struct dom_staff s = dom_staff_new((struct cv_id){0});

    if (!dir_fields_take(&dir_staff_fields, entry, arena, &s, err) || !dir_accounts_whole(&s, entry, err))
        return false;
    *out = s;
    return true;
}
