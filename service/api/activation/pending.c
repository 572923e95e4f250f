/* Who has been given an account and has not set a password: until when, who is to be reminded, who was locked for it.
 */
#include <string.h>

#include "api/internal.h"

static const char *const stage_words[] = {"waiting", "reminded", "locked", NULL};
enum { EVERY_STAGE = 7 };

static void write_row(struct htp_exchange *x, const struct view_account_query *asked,
                      const struct view_account_row *row)
{
    struct cv_jout *j = &x->out;
    cv_day last = dom_activate_by(row->account.since, row->staff.hired_on, asked->activation_days);
    enum dom_pending stage =
        dom_pending_of(row->account.observed, row->account.reason, last, asked->activation_warn, cv_today());
    cv_jout_object(j, NULL);
    api_write_staff_ref(x, &row->staff);
    cv_jout_string(j, "system", row->account.system);
    cv_jout_string(j, "login", row->account.login);
    cv_jout_moment(j, "since", row->account.since);
    cv_jout_day(j, "last_day", stage == DOM_PENDING_LOCKED ? CV_NO_DAY : last);
    cv_jout_string(j, "stage", stage_words[stage]);
    cv_jout_end(j);
}

void api_list_activations(struct htp_exchange *x)
{
    const char *system = htp_query(x, "system");
    struct view_account_query query = {.scope = api_actor(x)->scope, .system = system != NULL ? system : "mailbox"};
    struct view_account_page found;
    struct api_page page;
    struct cv_error err = {0};
    const char *bound = api_page_bound(x);
    htp_query_words(x, "stage", stage_words, &query.pending);
    if (!api_unit_filter(x, &query.has_unit, &query.unit, &query.recursive) || !api_page_in(x, bound, &page))
        return;
    query.pending = query.pending != 0 ? query.pending : EVERY_STAGE;
    query.activation_days = prov_activation_days(api_of(x)->prov, &query.activation_warn);
    query.want_total = page.want_total;
    query.page_size = page.size;
    query.after = page.after;
    query.after_len = page.after_len;
    if (!view_account_list(api_of(x)->view, &query, x->arena, &found, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    api_view_age(x);
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < found.count; i++)
        write_row(x, &query, &found.items[i]);
    cv_jout_end(&x->out);
    api_page_out(x, bound, found.next, found.next_len, &page, found.total);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}
