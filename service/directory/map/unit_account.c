/* Accounts of a unit: one JSON value each, what is seen of it at a system with a connector included. */
#include <string.h>

#include "congvu/connector.h"
#include "congvu/unit.h"
#include "directory/map/common.h"

static void put_number(struct dir_json *j, const char *name, int64_t number)
{
    if (number != 0)
        cv_jout_int(&j->out, name, number);
}

static void put_seen(struct dir_json *j, const struct dom_account *a)
{
    dir_json_text(j, "desired", dom_desired_words[a->desired]);
    dir_json_text(j, "observed", dom_observed_words[a->observed]);
    dir_json_moment(j, "observed_since", a->since);
    dir_json_text(j, "remote_id", a->remote_id);
    dir_json_text(j, "last_error", a->last_error);
    put_number(j, "synced", a->synced);
    put_number(j, "not_taken", a->not_taken);
    put_number(j, "kept", a->kept);
    dir_json_moment(j, "lost_at", a->lost_at != 0 ? a->lost_at : CV_NO_MOMENT);
    if (a->attempts == 0)
        return;
    put_number(j, "attempts", a->attempts);
    put_number(j, "tried", a->tried);
    dir_json_moment(j, "next_try_at", a->next_try_at);
}

void dir_put_unit_accounts(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_unit *u = record;

    (void)base;
    for (size_t i = 0; i < u->account_count; i++) {
        char id[CV_ID_TEXT];
        struct dir_json j;

        dir_json_begin(&j);
        dir_json_text(&j, "system", u->accounts[i].account.system);
        dir_json_text(&j, "login", u->accounts[i].account.login);
        dir_json_text(&j, "custodian", cv_id_text("stf_", u->accounts[i].custodian, id));
        dir_json_moment(&j, "since", u->accounts[i].since);
        put_seen(&j, &u->accounts[i].account);
        dir_json_end(&j, out, "cvUnitAccount");
    }
}

static void take_word(struct dir_json_in *in, const char *name, const char *const *words, int *out)
{
    const char *word = NULL;

    dir_read_text(in->object, name, &word);
    *out = word ? dom_word_index(words, word) : 0;
    in->bad = in->bad || *out < 0;
}

static void take_seen(struct dir_json_in *in, struct dom_account *a)
{
    int desired, observed;
    int64_t not_taken = 0, kept = 0;
    cv_moment lost_at = CV_NO_MOMENT;

    take_word(in, "desired", dom_desired_words, &desired);
    take_word(in, "observed", dom_observed_words, &observed);
    a->desired = (enum dom_desired)desired;
    a->observed = (enum dom_observed)observed;
    dir_read_moment(in, in->object, "observed_since", &a->since);
    dir_read_text(in->object, "remote_id", &a->remote_id);
    dir_read_text(in->object, "last_error", &a->last_error);
    cv_jin_int(in->object, "synced", CV_OPTIONAL, 0, INT64_MAX, &a->synced);
    cv_jin_int(in->object, "not_taken", CV_OPTIONAL, 0, UINT32_MAX, &not_taken);
    cv_jin_int(in->object, "kept", CV_OPTIONAL, 0, UINT32_MAX, &kept);
    dir_read_moment(in, in->object, "lost_at", &lost_at);
    dir_read_int(in->object, "attempts", &a->attempts);
    cv_jin_int(in->object, "tried", CV_OPTIONAL, 0, INT64_MAX, &a->tried);
    dir_read_moment(in, in->object, "next_try_at", &a->next_try_at);
    a->not_taken = (uint32_t)not_taken;
    a->kept = (uint32_t)kept;
    a->lost_at = lost_at != CV_NO_MOMENT ? lost_at : 0;
}

bool dir_take_unit_accounts(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_unit *u = r->record;

    (void)tag;
    u->accounts = CV_NEWS(r->arena, struct dom_unit_account, attr->count);
    for (size_t i = 0; i < attr->count; i++) {
        struct dom_unit_account *a = &u->accounts[i];
        struct dir_json_in in;

        if (!cv_arena_ok(r->arena) || !dir_read_begin(&in, r, attr, i))
            return false;
        a->account = (struct dom_account){.since = CV_NO_MOMENT, .next_try_at = CV_NO_MOMENT};
        dir_read_text(in.object, "system", &a->account.system);
        dir_read_text(in.object, "login", &a->account.login);
        dir_read_id(&in, in.object, "custodian", "stf_", &a->custodian);
        dir_read_moment(&in, in.object, "since", &a->since);
        take_seen(&in, &a->account);
        in.bad = in.bad || !a->account.system || !a->account.login;
        if (!dir_read_ok(&in))
            return false;
    }
    u->account_count = attr->count;
    return true;
}
