/* Who has been given an account and has not set a password: until when, who is to be reminded, who was locked for it.
 */
#include <string.h>

#include "api/internal.h"

static const char *const stage_words[] = {"waiting", "reminded", "locked", NULL};
enum stage { WAITING, REMINDED, LOCKED };

struct asked {
    struct htp_exchange *x;
    uint32_t stages; /* bits; 0 = all */
    int days, warn;
};

static enum stage stage_of(const struct asked *a, const struct view_account_row *row, cv_day *out_last)
{
    *out_last = dom_activate_by(row->account.since, row->staff.hired_on, a->days);
    if (row->account.observed == DOM_TEMP_LOCKED) {
        *out_last = CV_NO_DAY;
        return LOCKED;
    }
    return *out_last != CV_NO_DAY && *out_last - a->warn <= cv_today() ? REMINDED : WAITING;
}

/* Locked for something else: not ours. */
static bool concerned(const struct view_account_row *row)
{
    return row->account.observed != DOM_TEMP_LOCKED ||
           (row->account.reason != NULL && strcmp(row->account.reason, "default_password") == 0);
}

static void write_row(const struct asked *a, const struct view_account_row *row)
{
    struct cv_jout *j = &a->x->out;
    cv_day last;
    enum stage stage = stage_of(a, row, &last);
    if (!concerned(row) || (a->stages != 0 && (a->stages >> stage & 1u) == 0))
        return;
    cv_jout_object(j, NULL);
    api_write_staff_ref(a->x, &row->staff);
    cv_jout_string(j, "system", row->account.system);
    cv_jout_string(j, "login", row->account.login);
    cv_jout_moment(j, "since", row->account.since);
    cv_jout_day(j, "last_day", last);
    cv_jout_string(j, "stage", stage_words[stage]);
    cv_jout_end(j);
}

void api_list_activations(struct htp_exchange *x)
{
    const char *system = htp_query(x, "system");
    struct view_account_query query = {.scope = api_actor(x)->scope,
                                       .system = system != NULL ? system : "mailbox",
                                       .states = UINT32_C(1) << DOM_PROVISIONED | UINT32_C(1) << DOM_TEMP_LOCKED};
    struct view_account_page found;
    struct api_page page;
    struct asked asked = {.x = x};
    struct cv_error err = {0};
    const char *bound = api_page_bound(x);
    htp_query_words(x, "stage", stage_words, &asked.stages);
    if (!api_unit_filter(x, &query.has_unit, &query.unit, &query.recursive) || !api_page_in(x, bound, &page))
        return;
    asked.days = prov_activation_days(api_of(x)->prov, &asked.warn);
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
        write_row(&asked, &found.items[i]);
    cv_jout_end(&x->out);
    api_page_out(x, bound, found.next, found.next_len, &page, 0);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}
