/* Accounts of a person: attributes of one system share its tag (";x-mailbox"). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "congvu/connector.h"
#include "congvu/wish.h"
#include "directory/map/common.h"

enum account_part {
    STATE,
    DESIRED,
    LOGIN,
    REASON,
    CAUSE,
    SINCE,
    ISSUED,
    ERROR,
    REMOTE,
    SYNCED,
    RETRY,
    FORMER,
    CUT_OFF,
    SEEN,
    NEXT,
    SPAN,
    CERTIFICATE,
    ASKED
};
static const char *const account_attrs[] = {
    [STATE] = "cvAccountState",     [DESIRED] = "cvAccountDesired", [LOGIN] = "cvAccountLogin",
    [REASON] = "cvAccountReason",   [CAUSE] = "cvAccountCause",     [SINCE] = "cvAccountSince",
    [ISSUED] = "cvAccountIssuedOn", [ERROR] = "cvAccountError",     [REMOTE] = "cvAccountRemoteId",
    [SYNCED] = "cvAccountSynced",   [RETRY] = "cvAccountRetry",     [FORMER] = "cvAccountFormer",
    [CUT_OFF] = "cvCutOff",         [ASKED] = "cvAccountAsked",     [SEEN] = "cvAccountSeen",
    [NEXT] = "cvAccountNext",       [SPAN] = "cvAccountSpan",       [CERTIFICATE] = "cvCertificate",
};

static void put_retry(const struct dom_account *a, struct dir_attrs *out)
{
    struct dir_json j;

    if (a->attempts == 0)
        return;
    dir_json_begin(&j);
    cv_jout_int(&j.out, "attempts", a->attempts);
    dir_json_moment(&j, "next", a->next_try_at);
    cv_jout_int(&j.out, "revision", a->tried);
    dir_json_end(&j, out, dir_tagged(out->arena, account_attrs[RETRY], a->system));
}

static void put_next(const struct dom_account *a, struct dir_attrs *out)
{
    char unit[CV_ID_TEXT];
    struct dir_json j;

    if (!a->next_login)
        return;
    dir_json_begin(&j);
    dir_json_text(&j, "login", a->next_login);
    dir_json_text(&j, "unit", cv_id_text("unt_", a->next_unit, unit));
    dir_json_end(&j, out, dir_tagged(out->arena, account_attrs[NEXT], a->system));
}

static void put_spans(const struct dom_account *a, struct dir_attrs *out)
{
    for (size_t i = 0; i < a->span_count; i++) {
        const struct dom_span *span = &a->spans[i];

        dir_put(out, dir_tagged(out->arena, account_attrs[SPAN], a->system),
                cv_arena_printf(out->arena, "%s %s", dir_span_text(out->arena, span), dom_stand_words[span->how]));
    }
}

static void put_formers(const struct dom_account *a, struct dir_attrs *out)
{
    for (size_t i = 0; i < a->former_count; i++) {
        struct dir_json j;

        dir_json_begin(&j);
        dir_json_text(&j, "login", a->formers[i].login);
        dir_json_text(&j, "remote_id", a->formers[i].remote_id);
        dir_json_end(&j, out, dir_tagged(out->arena, account_attrs[FORMER], a->system));
    }
}

static void put_seen(const struct dom_account *a, struct dir_attrs *out)
{
    struct dir_json j;

    if (a->not_taken == 0 && a->lost_at == 0)
        return;
    dir_json_begin(&j);
    cv_jout_words(&j.out, "not_taken", dom_field_words, a->not_taken);
    cv_jout_words(&j.out, "kept", dom_field_words, a->kept);
    dir_json_moment(&j, "lost_at", a->lost_at != 0 ? a->lost_at : CV_NO_MOMENT);
    dir_json_end(&j, out, dir_tagged(out->arena, account_attrs[SEEN], a->system));
}

static void put_certificate(const struct dom_account *a, struct dir_attrs *out)
{
    const struct dom_certificate *c = a->certificate;
    char id[CV_ID_TEXT];
    struct dir_json j;

    if (!c)
        return;
    dir_json_begin(&j);
    dir_json_day(&j, "valid_to", c->valid_to);
    dir_json_text(&j, "token_serial", c->token_serial);
    if (!cv_id_is_zero(c->custodian))
        dir_json_text(&j, "custodian", cv_id_text("stf_", c->custodian, id));
    dir_json_day(&j, "returned_on", c->returned_on);
    dir_json_end(&j, out, dir_tagged(out->arena, account_attrs[CERTIFICATE], a->system));
}

static void put_account(const struct dom_account *a, struct dir_attrs *out)
{
    struct cv_arena *arena = out->arena;

    dir_put(out, dir_tagged(arena, account_attrs[STATE], a->system), dom_observed_words[a->observed]);
    dir_put(out, dir_tagged(arena, account_attrs[DESIRED], a->system), dom_desired_words[a->desired]);
    dir_put(out, dir_tagged(arena, account_attrs[LOGIN], a->system), a->login);
    dir_put(out, dir_tagged(arena, account_attrs[REASON], a->system), a->reason);
    if (a->cause_told && a->desired != DOM_PRESENT)
        dir_put(out, dir_tagged(arena, account_attrs[CAUSE], a->system), dom_cause_words[a->cause]);
    dir_put_moment(out, dir_tagged(arena, account_attrs[SINCE], a->system), a->since);
    dir_put_day(out, dir_tagged(arena, account_attrs[ISSUED], a->system), a->issued_on ? a->issued_on : CV_NO_DAY);
    dir_put(out, dir_tagged(arena, account_attrs[ERROR], a->system), a->last_error);
    dir_put_bool(out, dir_tagged(arena, account_attrs[ASKED], a->system), a->asked);
    dir_put(out, dir_tagged(arena, account_attrs[REMOTE], a->system), a->remote_id);
    if (a->synced > 0) {
        dir_put(out, dir_tagged(arena, account_attrs[SYNCED], a->system),
                cv_arena_printf(arena, "%lld", (long long)a->synced));
    }
    dir_put_cut_off(out, dir_tagged(arena, account_attrs[CUT_OFF], a->system), a->cut_off);
    put_next(a, out);
    put_spans(a, out);
    put_retry(a, out);
    put_seen(a, out);
    put_formers(a, out);
    put_certificate(a, out);
}

void dir_put_accounts(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;

    (void)base;
    for (size_t i = 0; i < s->account_count; i++)
        put_account(&s->accounts[i], out);
}

/* Values that no entry holds: an account needs both states. */
enum { NO_STATE = -1 };

static struct dom_account *account_for(struct dir_reader *r, const char *system)
{
    struct dom_staff *s = r->record;
    struct dom_account *a;

    for (size_t i = 0; i < s->account_count; i++)
        if (strcasecmp(s->accounts[i].system, system) == 0)
            return &s->accounts[i];
    s->accounts = dir_grow(r->arena, s->accounts, sizeof(*a), s->account_count, &r->room);
    if (!s->accounts) {
        s->account_count = 0;
        return NULL;
    }
    a = &s->accounts[s->account_count++];
    *a = (struct dom_account){.system = system, .since = CV_NO_MOMENT, .next_try_at = CV_NO_MOMENT};
    a->observed = (enum dom_observed)NO_STATE;
    a->desired = (enum dom_desired)NO_STATE;
    return a;
}

static enum account_part part_of(const char *name)
{
    size_t len = strcspn(name, ";");

    for (enum account_part part = STATE; part < ASKED; part++)
        if (strncasecmp(account_attrs[part], name, len) == 0 && account_attrs[part][len] == '\0')
            return part;
    return ASKED;
}

static bool take_account_part(struct dom_account *a, enum account_part part, const char *text)
{
    int word;

    switch (part) {
    case STATE:
        word = dom_word_index(dom_observed_words, text);
        a->observed = (enum dom_observed)word;
        return word >= 0;
    case DESIRED:
        word = dom_word_index(dom_desired_words, text);
        a->desired = (enum dom_desired)word;
        return word >= 0;
    case LOGIN:
        a->login = text;
        return true;
    case REASON:
        a->reason = text;
        return true;
    case CAUSE:
        word = dom_word_index(dom_cause_words, text);
        a->cause = (enum dom_cause)word;
        a->cause_told = true;
        return word >= 0;
    case SINCE:
        return cv_moment_parse_ldap(text, &a->since);
    case ISSUED:
        return cv_day_parse(text, &a->issued_on);
    case ERROR:
        a->last_error = text;
        return true;
    case REMOTE:
        a->remote_id = text;
        return true;
    case SYNCED:
        a->synced = strtoll(text, NULL, 10);
        return a->synced > 0;
    case ASKED:
        a->asked = strcasecmp(text, "TRUE") == 0;
        return true;
    default:
        return false; /* read as JSON */
    }
}

static bool take_retry(struct dir_reader *r, const struct dir_attr *attr, struct dom_account *a)
{
    struct dir_json_in in;

    if (!dir_read_begin(&in, r, attr, 0))
        return false;
    dir_read_int(in.object, "attempts", &a->attempts);
    dir_read_moment(&in, in.object, "next", &a->next_try_at);
    cv_jin_int(in.object, "revision", CV_OPTIONAL, 0, INT64_MAX, &a->tried);
    return dir_read_ok(&in);
}

static bool take_next(struct dir_reader *r, const struct dir_attr *attr, struct dom_account *a)
{
    struct dir_json_in in;

    if (!dir_read_begin(&in, r, attr, 0))
        return false;
    dir_read_text(in.object, "login", &a->next_login);
    dir_read_id(&in, in.object, "unit", "unt_", &a->next_unit);
    return dir_read_ok(&in);
}

static bool take_formers(struct dir_reader *r, const struct dir_attr *attr, struct dom_account *a)
{
    a->formers = CV_NEWS(r->arena, struct dom_former, attr->count);
    for (size_t i = 0; i < attr->count && cv_arena_ok(r->arena); i++) {
        struct dir_json_in in;

        if (!dir_read_begin(&in, r, attr, i))
            return false;
        dir_read_text(in.object, "login", &a->formers[i].login);
        dir_read_text(in.object, "remote_id", &a->formers[i].remote_id);
        in.bad = in.bad || !a->formers[i].login;
        if (!dir_read_ok(&in))
            return false;
    }
    a->former_count = attr->count;
    return true;
}

static bool take_seen(struct dir_reader *r, const struct dir_attr *attr, struct dom_account *a)
{
    struct dir_json_in in;
    cv_moment lost = CV_NO_MOMENT;

    if (!dir_read_begin(&in, r, attr, 0))
        return false;
    cv_jin_words(in.object, "not_taken", CV_OPTIONAL, dom_field_words, &a->not_taken);
    cv_jin_words(in.object, "kept", CV_OPTIONAL, dom_field_words, &a->kept);
    dir_read_moment(&in, in.object, "lost_at", &lost);
    a->lost_at = lost != CV_NO_MOMENT ? lost : 0;
    return dir_read_ok(&in);
}

static bool take_certificate(struct dir_reader *r, const struct dir_attr *attr, struct dom_account *a)
{
    struct dom_certificate *c = CV_NEW(r->arena, struct dom_certificate);
    struct dir_json_in in;

    if (!dir_read_begin(&in, r, attr, 0))
        return false;
    *c = (struct dom_certificate){.valid_to = CV_NO_DAY, .returned_on = CV_NO_DAY};
    dir_read_day(in.object, "valid_to", &c->valid_to);
    dir_read_text(in.object, "token_serial", &c->token_serial);
    if (cv_jin_has(in.object, "custodian") != CV_ABSENT)
        dir_read_id(&in, in.object, "custodian", "stf_", &c->custodian);
    dir_read_day(in.object, "returned_on", &c->returned_on);
    a->certificate = c;
    return dir_read_ok(&in);
}

bool dir_take_account(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_account *a;

    if (!*tag)
        return true; /* of no system: nothing of ours */
    a = account_for(r, tag);
    if (!a)
        return dir_unreadable(r->err, r->entry, attr->name, "is too large");
    switch (part_of(attr->name)) {
    case RETRY:
        return take_retry(r, attr, a);
    case NEXT:
        return take_next(r, attr, a);
    case SPAN:
        return dir_take_spans(r, attr, a->spans, &a->span_count);
    case FORMER:
        return take_formers(r, attr, a);
    case SEEN:
        return take_seen(r, attr, a);
    case CERTIFICATE:
        return take_certificate(r, attr, a);
    case CUT_OFF:
        return dir_take_cut_off(r, attr, &a->cut_off);
    default:
        break;
    }
    return take_account_part(a, part_of(attr->name), attr->values[0].bytes) ||
           dir_unreadable(r->err, r->entry, attr->name, "has a value that is not understood");
}

bool dir_accounts_whole(struct dom_staff *s, const struct dir_entry *entry, struct cv_error *err)
{
    for (size_t i = 0; i < s->account_count; i++) {
        struct dom_account *a = &s->accounts[i];

        if ((int)a->observed == NO_STATE || (int)a->desired == NO_STATE) {
            return dir_unreadable(err, entry, account_attrs[(int)a->observed == NO_STATE ? STATE : DESIRED],
                                  "is missing");
        }
        if (!a->cause_told)
            a->cause = dom_cause_guess(s, a);
    }
    return true;
}
