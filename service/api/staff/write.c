/* JSON of people, accounts and departures. */
#include <stdio.h>
#include <string.h>

#include "api/frame/window.h"
#include "api/staff/fields.h"
#include "congvu/connector.h"

static const char *id_text(struct cv_arena *arena, const char *prefix, struct cv_id id)
{
    return cv_id_kept(prefix, id, arena);
}

void api_write_departure_summary(struct cv_jout *j, const struct dom_departure *d)
{
    if (d == NULL) {
        cv_jout_null(j, "departure");
        return;
    }
    cv_jout_object(j, "departure");
    cv_jout_string(j, "state", dom_departure_state_words[d->state]);
    cv_jout_int(j, "number", d->number);
    cv_jout_string(j, "reason", dom_reason_words[d->reason]);
    cv_jout_day(j, "effective_on", d->effective_on);
    cv_jout_end(j);
}

const char *api_cause_word(const struct dom_account *account)
{
    bool given = account->desired == DOM_PRESENT && !account->asked;
    return given ? "required" : dom_cause_words[account->cause];
}

static void write_desired(struct cv_jout *j, const struct dom_account *account)
{
    cv_jout_object(j, "desired");
    cv_jout_string(j, "state", dom_desired_words[account->desired]);
    cv_jout_string(j, "reason", account->reason);
    cv_jout_string(j, "cause", api_cause_word(account));
    cv_jout_end(j);
}

static bool required_of(struct htp_exchange *x, const struct dom_staff *staff, const char *slug)
{
    struct dom_system system;
    struct cv_error err = {0};
    const struct view *view = api_of(x)->view;
    return view_system_find(view, slug, x->arena, &system, &err) && prov_requires(view, x->arena, staff, &system);
}

static void write_cut_step(struct cv_jout *j, const char *step, cv_moment proven)
{
    cv_jout_object(j, NULL);
    cv_jout_string(j, "step", step);
    cv_jout_string(j, "state", proven != CV_NO_MOMENT ? "done" : "open");
    cv_jout_moment(j, "done_at", proven);
    cv_jout_end(j);
}

/* The directory's step is the change itself. */
static void write_cut_off(struct cv_jout *j, const struct dom_account *account)
{
    const struct dom_cut_off *cut = account->cut_off;
    if (cut == NULL) {
        cv_jout_null(j, "cut_off");
        return;
    }
    cv_jout_object(j, "cut_off");
    cv_jout_string(j, "state", dom_cut_off_open(account) ? "open" : "done");
    cv_jout_moment(j, "asked_at", cut->asked);
    cv_jout_array(j, "steps");
    write_cut_step(j, "directory", cut->asked);
    write_cut_step(j, "auth_cache", cut->auth_cache);
    write_cut_step(j, "sessions", cut->sessions);
    cv_jout_end(j);
    cv_jout_end(j);
}

/* Only where there is something to say. */
static void write_seen(struct htp_exchange *x, const char *slug, enum dom_observed observed, uint32_t not_taken,
                       bool lost)
{
    struct dom_system system;
    struct cv_error err = {0};
    if (lost)
        cv_jout_bool(&x->out, "missing_there", true);
    if (observed == DOM_REQUESTED && view_system_find(api_of(x)->view, slug, x->arena, &system, &err) &&
        system.connector != NULL && system.connector->kind == DOM_FILE)
        cv_jout_string(&x->out, "awaits", x->lang == CV_EN ? "confirmation" : "chờ xác nhận");
    if (not_taken != 0 && view_system_find(api_of(x)->view, slug, x->arena, &system, &err) && system.connector != NULL)
        not_taken = dom_connector_mapped(system.connector, not_taken);
    else
        not_taken = 0;
    if (not_taken != 0)
        api_write_fields(&x->out, "not_taken", system.connector, not_taken);
}

static void write_whole_account(struct htp_exchange *x, const struct dom_staff *staff,
                                const struct dom_account *account)
{
    struct cv_jout *j = &x->out;
    cv_jout_string(j, "system", account->system);
    write_desired(j, account);
    cv_jout_object(j, "observed");
    cv_jout_string(j, "state", dom_observed_words[account->observed]);
    cv_jout_string(j, "login", account->login);
    cv_jout_moment(j, "since", account->since);
    cv_jout_string(j, "last_error", prov_text_in(x->arena, account->last_error, x->lang));
    cv_jout_int(j, "attempts", account->attempts);
    cv_jout_moment(j, "next_try_at", account->attempts > 0 ? account->next_try_at : CV_NO_MOMENT);
    write_seen(x, account->system, account->observed, account->not_taken, account->lost_at != 0);
    cv_jout_end(j);
    cv_jout_string(j, "next_login", account->next_login);
    cv_jout_bool(j, "drift",
                 dom_account_drifts(account->desired, account->observed, account->attempts, account->kept != 0,
                                    account->lost_at != 0));
    cv_jout_bool(j, "required", required_of(x, staff, account->system));
    write_cut_off(j, account);
    api_write_certificate(x, account->certificate);
}

void api_write_account(struct htp_exchange *x, const struct dom_staff *staff, const struct dom_account *account)
{
    cv_jout_object(&x->out, NULL);
    write_whole_account(x, staff, account);
    cv_jout_end(&x->out);
}

static void write_last_administrator(struct htp_exchange *x)
{
    cv_jout_object(&x->out, NULL);
    cv_jout_string(&x->out, "code", "last_administrator");
    cv_jout_string(&x->out, "detail",
                   x->lang == CV_EN ? "Nobody else can sign in as a site administrator"
                                    : "Không còn ai khác đăng nhập được với vai trò quản trị toàn tỉnh");
    cv_jout_end(&x->out);
}

static void write_account_warnings(struct htp_exchange *x, const struct prov_staff_result *result)
{
    cv_day from = dom_touches_from(&result->before, &result->staff, cv_today());
    if (result->outcome == PROV_REPLAYED)
        return;
    if (!result->last_administrator) {
        api_write_touched(x, from);
        return;
    }
    cv_jout_array(&x->out, "warnings");
    api_write_touched_item(x, from);
    write_last_administrator(x);
    cv_jout_end(&x->out);
}

void api_write_account_result(struct htp_exchange *x, const struct prov_staff_result *result,
                              const struct dom_account *account)
{
    cv_jout_object(&x->out, NULL);
    write_whole_account(x, &result->staff, account);
    write_account_warnings(x, result);
    cv_jout_end(&x->out);
}

/* ---- rows of lists, from the view ---- */

static void write_account_members(struct htp_exchange *x, const struct view_account *account)
{
    struct cv_jout *j = &x->out;
    cv_jout_string(j, "system", account->system);
    cv_jout_object(j, "desired");
    cv_jout_string(j, "state", dom_desired_words[account->desired]);
    cv_jout_string(j, "reason", account->reason);
    cv_jout_end(j);
    cv_jout_object(j, "observed");
    cv_jout_string(j, "state", dom_observed_words[account->observed]);
    cv_jout_string(j, "login", account->login);
    cv_jout_moment(j, "since", account->since);
    cv_jout_string(j, "last_error", prov_text_in(x->arena, account->last_error, x->lang));
    cv_jout_int(j, "attempts", account->attempts);
    cv_jout_moment(j, "next_try_at", account->next_try_at);
    write_seen(x, account->system, account->observed, account->not_taken, account->lost);
    cv_jout_end(j);
    cv_jout_bool(j, "has_error", account->last_error != NULL);
    cv_jout_bool(j, "drift", account->drifts);
    cv_jout_bool(j, "required", account->required);
    cv_jout_day(j, "last_active_on", account->last_active_on);
    api_write_certificate(x, account->certificate);
}

static void write_row_departure(struct cv_jout *j, const struct view_staff *staff)
{
    struct dom_departure d = {.state = staff->departure_state,
                              .reason = staff->departure_reason,
                              .effective_on = staff->departure_on,
                              .number = staff->departure_number};
    api_write_departure_summary(j, staff->has_departure ? &d : NULL);
}

void api_write_staff_row(struct htp_exchange *x, const struct view_staff *staff)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "id", id_text(x->arena, "stf_", staff->id));
    cv_jout_string(j, "staff_code", staff->staff_code);
    cv_jout_string(j, "full_name", staff->full_name);
    api_write_home(x, staff);
    cv_jout_string(j, "title", api_reaches_people(x, staff->unit) ? staff->title : NULL);
    cv_jout_string(j, "category", dom_category_words[staff->category]);
    cv_jout_string(j, "status", dom_status_words[staff->status]);
    cv_jout_day(j, "hired_on", staff->hired_on);
    cv_jout_string(j, "address", staff->address);
    cv_jout_array(j, "accounts");
    for (size_t i = 0; i < staff->account_count; i++) {
        cv_jout_object(j, NULL);
        write_account_members(x, &staff->accounts[i]);
        cv_jout_end(j);
    }
    cv_jout_end(j);
    write_row_departure(j, staff);
    cv_jout_int(j, "revision", staff->revision);
    cv_jout_moment(j, "updated_at", staff->updated_at);
    cv_jout_end(j);
}

void api_write_account_row(struct htp_exchange *x, const struct view_account_row *row)
{
    cv_jout_object(&x->out, NULL);
    write_account_members(x, &row->account);
    api_write_staff_ref(x, &row->staff);
    cv_jout_end(&x->out);
}

/* That the device with the key comes back: confirmed by a person. */
static void write_return(struct cv_jout *j, const char *system, const struct dom_certificate *c)
{
    if (c->token_serial == NULL)
        return;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "step", "return_token");
    cv_jout_string(j, "system", system);
    cv_jout_string(j, "token_serial", c->token_serial);
    cv_jout_string(j, "state", c->returned_on != CV_NO_DAY ? "done" : "open");
    cv_jout_null(j, "last_error");
    cv_jout_end(j);
}

/* What is still open where it has begun. */
static void write_open_steps(struct htp_exchange *x, const struct view_staff *staff)
{
    struct cv_jout *j = &x->out;
    bool begun = staff->departure_state == DOM_IN_PROGRESS || staff->departure_state == DOM_FAILED;
    cv_jout_array(j, "open_steps");
    for (size_t i = 0; begun && i < staff->account_count; i++) {
        const struct view_account *account = &staff->accounts[i];
        if (account->drifts) {
            cv_jout_object(j, NULL);
            cv_jout_string(j, "step", "account");
            cv_jout_string(j, "system", account->system);
            cv_jout_string(j, "state", account->last_error != NULL ? "failed" : "pending");
            cv_jout_string(j, "last_error", prov_text_in(x->arena, account->last_error, x->lang));
            cv_jout_end(j);
        }
        if (account->certificate != NULL && account->certificate->returned_on == CV_NO_DAY &&
            !dom_takes_certificate(staff->departure_reason))
            write_return(j, account->system, account->certificate);
    }
    cv_jout_end(j);
}

void api_write_departure_row(struct htp_exchange *x, const struct view_staff *staff)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "state", dom_departure_state_words[staff->departure_state]);
    cv_jout_int(j, "number", staff->departure_number);
    cv_jout_string(j, "reason", dom_reason_words[staff->departure_reason]);
    cv_jout_day(j, "effective_on", staff->departure_on);
    cv_jout_moment(j, "recorded_at", staff->departure_recorded_at);
    api_write_staff_ref(x, staff);
    write_open_steps(x, staff);
    cv_jout_end(j);
}

/* ---- departures ---- */

/* Unit mailboxes are not closed with a person: somebody has to take them over. */
static void write_hand_over(struct htp_exchange *x, const char *login, size_t len, const char *state)
{
    struct cv_jout *j = &x->out;
    struct view_unit unit;
    const char *text = cv_arena_strndup(x->arena, login, len);
    cv_jout_object(j, NULL);
    cv_jout_string(j, "step", "hand_over");
    cv_jout_string(j, "system", "unit-mailbox");
    if (api_sees_mailbox(x, text, &unit))
        cv_jout_string(j, "login", text);
    cv_jout_string(j, "state", state);
    cv_jout_end(j);
}

/* Nothing is to be done with it. */
static bool goes_along(struct htp_exchange *x, const struct dom_account *account, const struct dom_departure *d)
{
    struct dom_system system;
    struct cv_error err = {0};
    return view_system_find(api_of(x)->view, account->system, x->arena, &system, &err) && dom_goes_along(d, &system);
}

static void write_steps(struct htp_exchange *x, const struct dom_staff *staff, const struct dom_departure *d)
{
    struct cv_jout *j = &x->out;
    bool started = d->started_at != CV_NO_MOMENT;
    cv_jout_array(j, "steps");
    for (size_t i = 0; i < staff->account_count; i++) {
        const struct dom_account *account = &staff->accounts[i];
        bool done = started && dom_settled(account) && account->desired != DOM_PRESENT;
        if (goes_along(x, account, d))
            continue;
        cv_jout_object(j, NULL);
        cv_jout_string(j, "step", "account");
        cv_jout_string(j, "system", account->system);
        cv_jout_string(j, "state", done ? "done" : account->last_error != NULL ? "failed" : "pending");
        cv_jout_string(j, "last_error", prov_text_in(x->arena, account->last_error, x->lang));
        write_cut_off(j, account);
        cv_jout_end(j);
        if (account->certificate != NULL)
            write_return(j, account->system, account->certificate);
    }
    for (size_t i = 0; i < staff->hold_count; i++)
        write_hand_over(x, staff->holds[i], strlen(staff->holds[i]), "open");
    for (const char *word = d->handed_over; word != NULL && *word != '\0'; word += strspn(word, " ")) {
        size_t len = strcspn(word, " ");
        write_hand_over(x, word, len, "done");
        word += len;
    }
    cv_jout_end(j);
}

/* What of an order could not be obeyed any more. */
static void write_ignored(struct htp_exchange *x, const struct dom_departure *d, const struct dom_order *said)
{
    struct cv_jout *j = &x->out;
    char day[CV_DAY_TEXT];
    if (!dom_order_late(d, said))
        return;
    cv_jout_array(j, "ignored");
    cv_jout_object(j, NULL);
    cv_jout_string(j, "member", "effective_on");
    cv_jout_string(j, "detail",
                   cv_arena_printf(x->arena, "%s %s", x->lang == CV_EN ? "Carried out on" : "Đã thực hiện từ ngày",
                                   cv_day_people(d->effective_on, day)));
    cv_jout_end(j);
    cv_jout_end(j);
}

void api_write_departure(struct htp_exchange *x, const char *name, const struct prov_staff_result *result,
                         const struct dom_departure *d, const struct dom_order *said)
{
    struct cv_jout *j = &x->out;
    const struct dom_staff *staff = &result->staff;
    cv_jout_object(j, name);
    cv_jout_string(j, "state", dom_departure_state_words[dom_departure_state_now(staff, d)]);
    cv_jout_int(j, "number", d->number);
    cv_jout_string(j, "reason", dom_reason_words[d->reason]);
    cv_jout_string(j, "reason_text", d->reason_text);
    cv_jout_day(j, "effective_on", d->effective_on);
    api_write_decision(j, "decision", &d->decision);
    cv_jout_string(j, "keep_mail_until", d->keep_mail_until);
    cv_jout_day(j, "mail_until", prov_mail_until(api_of(x)->prov, d));
    bool named = d->delegate_to != NULL && api_sees_staff(x, d->delegate_to);
    cv_jout_string(j, "delegate_to", named ? d->delegate_to : NULL);
    cv_jout_bool(j, "delegate_elsewhere", d->delegate_to != NULL && !named);
    cv_jout_string(j, "auto_reply", d->auto_reply);
    cv_jout_moment(j, "recorded_at", d->recorded_at);
    cv_jout_moment(j, "started_at", d->started_at);
    write_steps(x, staff, d);
    if (said != NULL) {
        if (result->outcome == PROV_UNCHANGED)
            cv_jout_bool(j, "unchanged", true);
        write_ignored(x, d, said);
        if (result->before.revision > 0)
            api_write_touched(x, dom_touches_from(&result->before, staff, cv_today()));
    }
    cv_jout_end(j);
}
