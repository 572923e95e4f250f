/* Mailboxes of units, and who has to hand one over. */
#include "api/internal.h"
#include "congvu/prov_units.h"

enum { LISTED_MAX = 500 };

static void write_unit(struct htp_exchange *x, struct cv_id unit, const char *login, const char *address)
{
    bool seen = api_sees_unit(x, unit);
    api_write_unit_ref(x, "unit", unit);
    cv_jout_string(&x->out, "login", seen ? login : NULL);
    cv_jout_string(&x->out, "address", seen ? address : NULL);
}

static void write_mailbox(struct htp_exchange *x, const struct prov_unit_mailbox *mailbox)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    write_unit(x, mailbox->unit.id, mailbox->unit.mail_login, mailbox->unit.mail_address);
    cv_jout_string(j, "mail_store", mailbox->unit.mail_store);
    cv_jout_array(j, "holders");
    for (size_t i = 0; i < mailbox->named; i++) {
        cv_jout_object(j, NULL);
        api_write_staff_ref(x, &mailbox->holders[i]);
        cv_jout_bool(j, "leaves", mailbox->holders[i].has_departure);
        cv_jout_end(j);
    }
    cv_jout_end(j);
    cv_jout_int(j, "holder_count", (int64_t)mailbox->holder_count);
    cv_jout_end(j);
}

void api_get_unit_mailbox(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_unit_mailbox mailbox;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return;
    if (!prov_unit_mailbox_read(&call, htp_param(x, "unit"), &mailbox, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    write_mailbox(x, &mailbox);
    htp_reply(x, 200);
}

static void read_input(struct htp_exchange *x, const struct cv_jin *body, struct prov_unit_mailbox_input *in)
{
    const struct cv_jin_list *list = NULL;
    *in = (struct prov_unit_mailbox_input){0};
    if (cv_jin_array(body, "holders", CV_REQUIRED, DOM_HOLDS_MAX, &list) == CV_VALUE) {
        in->holders = CV_NEWS(x->arena, const char *, DOM_HOLDS_MAX);
        for (size_t i = 0; i < cv_jin_count(list); i++) {
            const char *key = cv_jin_item_string(list, i, 64);
            if (key != NULL)
                in->holders[in->holder_count++] = key;
        }
    }
    cv_jin_string(body, "login", CV_OPTIONAL, 64, &in->login);
    cv_jin_done(body);
}

void api_put_unit_mailbox(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_unit_mailbox_input in;
    struct prov_unit_mailbox mailbox;
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    read_input(x, body, &in);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_unit_mailbox_put(&call, htp_param(x, "unit"), &in, &mailbox, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    write_mailbox(x, &mailbox);
    htp_reply(x, 200);
}

static void write_token(struct htp_exchange *x, const struct prov_hand_over *item)
{
    struct cv_jout *j = &x->out;
    if (item->token_serial == NULL || !api_reaches_people(x, item->holder.unit)) {
        cv_jout_null(j, "token");
        return;
    }
    cv_jout_object(j, "token");
    cv_jout_string(j, "serial", item->token_serial);
    api_write_staff_ref(x, &item->holder);
    cv_jout_end(j);
}

static void write_hand_over(struct htp_exchange *x, const struct prov_hand_over *item)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "kind", prov_hand_over_words[item->kind]);
    cv_jout_string(j, "state", "open");
    cv_jout_string(j, "system", item->system);
    write_unit(x, item->unit.id, item->login, item->address);
    write_token(x, item);
    if (item->has_staff)
        api_write_staff_ref(x, &item->staff);
    else
        cv_jout_null(j, "staff");
    cv_jout_day(j, "effective_on", item->since);
    cv_jout_end(j);
}

void api_list_hand_overs(struct htp_exchange *x)
{
    struct prov_call call;
    struct cv_jout *j = &x->out;
    struct prov_hand_over *items = CV_NEWS(x->arena, struct prov_hand_over, LISTED_MAX);
    size_t count = 0;
    bool more = false;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return;
    if (!prov_hand_overs(&call, items, LISTED_MAX, &count, &more, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    cv_jout_object(j, NULL);
    cv_jout_array(j, "items");
    for (size_t i = 0; i < count; i++)
        write_hand_over(x, &items[i]);
    cv_jout_end(j);
    cv_jout_bool(j, "more", more);
    cv_jout_end(j);
    htp_reply(x, 200);
}
