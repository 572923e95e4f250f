/* Bodies about people into the inputs of the use cases. */
#include <string.h>

#include "api/staff/fields.h"

static void read_post(const struct cv_jin *o, struct prov_post_input *out)
{
    int kind = DOM_CHINH_THUC;
    struct prov_decision decision = {0};
    *out = (struct prov_post_input){.from = CV_NO_DAY, .to = CV_NO_DAY};
    cv_jin_string(o, "unit", CV_REQUIRED, 64, &out->unit);
    cv_jin_string(o, "title", CV_NULLABLE, 200, &out->title);
    cv_jin_word(o, "kind", CV_OPTIONAL, dom_post_kind_words, &kind);
    cv_jin_bool(o, "primary", CV_OPTIONAL, &out->primary);
    cv_jin_day(o, "from", CV_NULLABLE, &out->from);
    cv_jin_day(o, "to", CV_NULLABLE, &out->to);
    api_read_decision(o, "decision", &decision);
    out->kind = (enum dom_post_kind)kind;
    out->decision = decision.value;
    cv_jin_done(o);
}

static const struct prov_post_input *read_one(const struct cv_jin *o, const char *name, const struct htp_exchange *x)
{
    const struct cv_jin *post = NULL;
    if (cv_jin_object(o, name, CV_OPTIONAL, &post) != CV_VALUE)
        return NULL;
    struct prov_post_input *out = CV_NEW(x->arena, struct prov_post_input);
    read_post(post, out);
    return out;
}

void api_read_add_post(const struct cv_jin *o, void *input, void *ctx)
{
    ((struct prov_staff_input *)input)->add_post = read_one(o, "add_post", ctx);
}

/* Which one, by its unit, and its first day out. */
void api_read_end_post(const struct cv_jin *o, void *input, void *ctx)
{
    const struct htp_exchange *x = ctx;
    struct prov_staff_input *out = input;
    const struct cv_jin *given = NULL;
    if (cv_jin_object(o, "end_post", CV_OPTIONAL, &given) != CV_VALUE)
        return;
    struct prov_post_input *post = CV_NEW(x->arena, struct prov_post_input);
    *post = (struct prov_post_input){.from = CV_NO_DAY, .to = CV_NO_DAY};
    cv_jin_string(given, "unit", CV_REQUIRED, 64, &post->unit);
    cv_jin_day(given, "to", CV_NULLABLE, &post->to);
    cv_jin_done(given);
    out->end_post = post;
}

void api_read_posts(const struct cv_jin *o, void *input, void *ctx)
{
    const struct htp_exchange *x = ctx;
    struct prov_staff_input *out = input;
    const struct cv_jin_list *list = NULL;
    out->posts_given = cv_jin_array(o, "posts", CV_OPTIONAL, DOM_POSTS_MAX, &list);
    if (out->posts_given != CV_VALUE)
        return;
    size_t count = cv_jin_count(list);
    out->posts = CV_NEWS(x->arena, struct prov_post_input, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct cv_jin *item = cv_jin_item(list, i);
        if (item != NULL)
            read_post(item, &out->posts[out->post_count++]);
    }
}

static void read_account(const struct cv_jin *o, struct prov_account_input *out)
{
    const struct cv_jin *desired = NULL;
    int state = DOM_PRESENT;
    *out = (struct prov_account_input){0};
    cv_jin_string(o, "system", CV_REQUIRED, DOM_SLUG_MAX, &out->system);
    if (cv_jin_object(o, "desired", CV_REQUIRED, &desired) == CV_VALUE) {
        cv_jin_word(desired, "state", CV_REQUIRED, dom_desired_words, &state);
        cv_jin_string(desired, "reason", CV_NULLABLE, 64, &out->wish.reason);
        cv_jin_done(desired);
    }
    out->wish.state = (enum dom_desired)state;
    cv_jin_done(o);
}

void api_read_accounts(const struct cv_jin *o, void *input, void *ctx)
{
    const struct htp_exchange *x = ctx;
    struct prov_staff_input *out = input;
    const struct cv_jin_list *list = NULL;
    if (cv_jin_array(o, "accounts", CV_OPTIONAL, DOM_SYSTEMS_MAX, &list) != CV_VALUE)
        return;
    size_t count = cv_jin_count(list);
    out->accounts = CV_NEWS(x->arena, struct prov_account_input, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct cv_jin *item = cv_jin_item(list, i);
        if (item != NULL)
            read_account(item, &out->accounts[out->account_count++]);
    }
}

void api_read_not_same_as(const struct cv_jin *o, void *input, void *ctx)
{
    const struct htp_exchange *x = ctx;
    struct prov_staff_input *out = input;
    const struct cv_jin_list *list = NULL;
    if (cv_jin_array(o, "not_same_as", CV_OPTIONAL, 50, &list) != CV_VALUE)
        return;
    size_t count = cv_jin_count(list);
    out->not_same_as = CV_NEWS(x->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *id = cv_jin_item_string(list, i, 64);
        if (id != NULL && strcmp(id, "*") == 0)
            out->nobody_there = true;
        else if (id != NULL)
            out->not_same_as[out->not_same_as_count++] = id;
    }
}

void api_read_leave(const struct cv_jin *o, void *input, void *ctx)
{
    struct prov_staff_input *out = input;
    const struct cv_jin *leave = NULL;
    (void)ctx;
    out->leave_from = out->leave_to = CV_NO_DAY;
    out->leave_given = cv_jin_object(o, "leave", CV_NULLABLE, &leave);
    if (out->leave_given != CV_VALUE)
        return;
    cv_jin_day(leave, "from", CV_REQUIRED, &out->leave_from);
    cv_jin_day(leave, "to", CV_NULLABLE, &out->leave_to);
    cv_jin_word(leave, "kind", CV_REQUIRED, dom_leave_kind_words, &out->leave_kind);
    api_read_decision(leave, "decision", &out->leave_decision);
    cv_jin_done(leave);
}

void api_read_status(const struct cv_jin *o, void *input, void *ctx)
{
    static const char *const statuses[] = {"active", "on_leave", NULL};
    static const enum dom_status status_of[] = {DOM_ACTIVE, DOM_ON_LEAVE};
    int word = 0;
    (void)ctx;
    if (cv_jin_word(o, "status", CV_OPTIONAL, statuses, &word) == CV_VALUE)
        ((struct prov_staff_input *)input)->status = (struct prov_int){CV_VALUE, status_of[word]};
}

void api_read_new_address(const struct cv_jin *o, void *input, void *ctx)
{
    (void)ctx;
    cv_jin_bool(o, "new_address", CV_OPTIONAL, &((struct prov_staff_input *)input)->new_address);
}

void api_read_staff_decision(const struct cv_jin *o, void *input, void *ctx)
{
    (void)ctx;
    api_read_decision(o, "decision", &((struct prov_staff_input *)input)->decision);
}

static void read_days(const struct cv_jin *o, struct dom_order *out)
{
    cv_day last = CV_NO_DAY;
    bool first = cv_jin_day(o, "effective_on", CV_NULLABLE, &out->effective_on) == CV_VALUE;
    if (cv_jin_day(o, "last_day_on", CV_NULLABLE, &last) != CV_VALUE)
        return;
    if (first)
        cv_jin_fault(o, "last_day_on", "not_together",
                     "Chỉ ghi một trong hai: ngày nghỉ đầu tiên hoặc ngày làm việc cuối cùng",
                     "Give either effective_on or last_day_on, not both");
    out->effective_on = last + 1;
}

static void read_reason(const struct cv_jin *o, struct dom_order *out)
{
    int reason = DOM_KHAC;
    bool given = cv_jin_word(o, "reason", CV_REQUIRED, dom_reason_words, &reason) == CV_VALUE;
    cv_jin_string(o, "reason_text", CV_NULLABLE, 500, &out->reason_text);
    if (given && reason == DOM_KHAC && out->reason_text == NULL)
        cv_jin_fault(o, "reason_text", "required", "Lý do khác thì cần ghi rõ", "The reason “khac” needs reason_text");
    out->reason = (enum dom_reason)reason;
}

/* Somebody's or something's text: given, or taken away. */
static enum cv_presence read_given(const struct cv_jin *o, const char *name, size_t max, const char **out)
{
    struct prov_text text = {0};
    api_read_text(o, name, max, &text);
    *out = text.value;
    return text.given;
}

void api_read_departure(const struct cv_jin *o, struct prov_departure_input *out)
{
    cv_day keep = CV_NO_DAY;
    struct prov_decision decision = {0};
    *out = (struct prov_departure_input){.order.effective_on = CV_NO_DAY};
    struct dom_order *order = &out->order;
    read_given(o, "full_name", 200, &out->full_name);
    read_reason(o, order);
    read_days(o, order);
    api_read_decision(o, "decision", &decision);
    order->decision = decision.value;
    if (cv_jin_day(o, "keep_mail_until", CV_NULLABLE, &keep) == CV_VALUE)
        order->keep_mail_until = cv_day_iso(keep, out->keep_mail_text);
    order->delegate_given = read_given(o, "delegate_to", 64, &order->delegate_to);
    order->reply_given = read_given(o, "auto_reply", 1000, &order->auto_reply);
    cv_jin_done(o);
}
