/* Lists over many people, from the view. */
#include <string.h>

#include "api/frame/tables.h"
#include "api/frame/window.h"
#include "api/staff/table.h"

static const char *const stage_words[] = {"any",        "missing",     "issued",  "not_activated", "locked", "unused",
                                          "never_used", "not_regular", "unknown", "issued_beyond", NULL};
_Static_assert(CV_COUNT(stage_words) == VIEW_STAGES + 1, "stage_words differs from its enum");

static void bad_parameter(struct htp_exchange *x, const char *name, const char *value)
{
    cv_fault_add(&x->faults, CV_AT_PARAMETER, name, "not_allowed_value", "Không hiểu giá trị “%s”",
                 "“%s” is not understood", value);
}

static void read_sort(struct htp_exchange *x, struct view_staff_query *q)
{
    static const char *const words[] = {"given_name", "staff_code", "hired_on", "updated_at", "match", NULL};
    const char *sort = htp_query(x, "sort");
    if (sort == NULL)
        return;
    q->descending = *sort == '-';
    int at = dom_word_index(words, sort + (q->descending ? 1 : 0));
    if (at < 0 || (at == VIEW_BY_MATCH && q->descending))
        bad_parameter(x, "sort", sort);
    else
        q->sort = (enum view_sort)at;
}

static void known_system(struct htp_exchange *x, const char *name, const char **out)
{
    struct dom_system system;
    struct cv_error err = {0};
    const char *slug = htp_query(x, name);
    if (slug == NULL)
        return;
    *out = slug;
    if (strcmp(slug, "required") == 0 && strcmp(name, "system") == 0)
        *out = NULL;
    else if (!view_system_find(api_of(x)->view, slug, x->arena, &system, &err))
        bad_parameter(x, name, slug);
}

static void read_stage(struct htp_exchange *x, struct view_staff_query *q)
{
    struct api_window window;
    known_system(x, "system", &q->system);
    htp_query_words(x, "stage", stage_words, &q->stages);
    if (q->stages >> VIEW_ANY_STAGE & 1)
        bad_parameter(x, "stage", "any");
    api_read_window(x, &window);
    q->window = window.days;
    if (window.given && q->stages == 0)
        cv_fault_add(&x->faults, CV_AT_PARAMETER, window.length ? "window" : "period", "not_allowed",
                     "window và period chỉ đi cùng stage", "window and period go with stage only");
}

/* ---- exactly these ---- */
enum { KEYS_MAX = 500 };
static const struct {
    const char *parameter;
    enum view_key by;
} key_parameters[] = {{"staff_code", VIEW_BY_CODE}, {"address", VIEW_BY_NAME}, {"login", VIEW_BY_LOGIN}};

/* The local part alone means our own domain: five hundred of them fit into one request. */
static const char *whole_key(struct htp_exchange *x, enum view_key by, const char *key)
{
    const char *domain = api_of(x)->mail_domain;
    return by == VIEW_BY_NAME && !strchr(key, '@') ? cv_arena_printf(x->arena, "%s@%s", key, domain) : key;
}

static void split_keys(struct htp_exchange *x, struct view_staff_query *q, const char *name, const char *list)
{
    const char **keys = CV_NEWS(x->arena, const char *, KEYS_MAX);
    while (*list) {
        size_t len = strcspn(list, ",");
        if (len > 0 && q->key_count == KEYS_MAX) {
            api_query_fault(x, name, "too_many", "Nhiều nhất 500 giá trị một lần", "At most 500 at once");
            break;
        }
        if (len > 0)
            keys[q->key_count++] = whole_key(x, q->by, cv_arena_strndup(x->arena, list, len));
        list += len + (list[len] == ',');
    }
    q->keys = keys;
}

static void read_keys(struct htp_exchange *x, struct view_staff_query *q)
{
    const char *first = NULL;
    for (size_t i = 0; i < CV_COUNT(key_parameters); i++) {
        const char *list = htp_query(x, key_parameters[i].parameter);
        if (list == NULL)
            continue;
        if (first != NULL)
            api_query_fault(x, key_parameters[i].parameter, "not_together",
                            "Chỉ dùng một trong staff_code, address, login",
                            "Give one of staff_code, address and login only");
        first = key_parameters[i].parameter;
        q->by = key_parameters[i].by;
        q->key_count = 0;
        split_keys(x, q, first, list);
        if (q->key_count == 0) /* nobody is asked for: that is not everybody */
            api_query_fault(x, first, "too_few", "Cần ít nhất một giá trị", "At least one value is needed");
    }
}

/* Of each key who holds it, and whether today or once; null for nobody whom the caller may see. */
static bool write_holders(struct htp_exchange *x, const struct view_staff_query *q, struct cv_error *err)
{
    size_t each = q->by == VIEW_BY_LOGIN ? VIEW_HOLDERS_MAX : 1, count;
    struct view_holding *held = CV_NEWS(x->arena, struct view_holding, q->key_count * each + 1);
    struct cv_jout *j = &x->out;
    char id[CV_ID_TEXT];
    if (!view_staff_holdings(api_of(x)->view, q->scope, q->by, q->keys, q->key_count, held, &count, err))
        return false;
    cv_jout_array(j, "holders");
    for (size_t i = 0; i < count; i++) {
        cv_jout_object(j, NULL);
        cv_jout_string(j, "key", held[i].key);
        cv_jout_string(j, "staff", held[i].found ? cv_id_text("stf_", held[i].staff, id) : NULL);
        cv_jout_bool(j, "current", held[i].found && held[i].current);
        cv_jout_end(j);
    }
    cv_jout_end(j);
    return true;
}

static void read_filters(struct htp_exchange *x, struct view_staff_query *q)
{
    q->updated_since = CV_NO_MOMENT;
    q->q = htp_query(x, "q");
    q->phones = true; /* who may list people may read them, phone and all */
    read_keys(x, q);
    htp_query_words(x, "status", dom_status_words, &q->statuses);
    htp_query_words(x, "category", dom_category_words, &q->categories);
    htp_query_moment(x, "updated_since", &q->updated_since);
    known_system(x, "has", &q->has);
    known_system(x, "missing", &q->missing);
    read_stage(x, q);
    read_sort(x, q);
}

/* Reading a list of names is audited: who, what filter, how many. */
static void audit_list(struct htp_exchange *x, size_t count)
{
    struct prov_call call;
    if (api_call(x, &call))
        prov_audit_reading(&call, x->route->operation, x->query_string, count);
}

/* What every list shares: filter by unit, paging in and out, the audit line. */
struct list {
    const char *bound;
    struct api_page paging;
};

static bool begin(struct htp_exchange *x, struct list *list, bool *out_has_unit, struct cv_id *out_unit,
                  bool *out_recursive)
{
    list->bound = api_page_bound(x);
    return api_unit_filter(x, out_has_unit, out_unit, out_recursive) && api_faultless(x, cvp_invalid_parameter) &&
           api_page_in(x, list->bound, &list->paging);
}

static void open_items(struct htp_exchange *x)
{
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
}

static void finish(struct htp_exchange *x, const struct list *list, const void *next, size_t next_len, size_t total,
                   size_t count)
{
    cv_jout_end(&x->out);
    api_page_out(x, list->bound, next, next_len, &list->paging, total);
    cv_jout_end(&x->out);
    api_view_age(x);
    audit_list(x, count);
    htp_reply(x, 200);
}

/* The three queries of the view have the same paging members. */
#define SET_PAGE(query, list)                                                                                          \
    ((query)->page_size = (list)->paging.size, (query)->after = (list)->paging.after,                                  \
     (query)->after_len = (list)->paging.after_len, (query)->want_total = (list)->paging.want_total)

/* For a spreadsheet: all of them. */
static bool whole(struct htp_exchange *x, bool *out_has_unit, struct cv_id *out_unit, bool *out_recursive)
{
    if (!api_unit_filter(x, out_has_unit, out_unit, out_recursive))
        return false;
    if (htp_query(x, "page_token") != NULL || htp_query(x, "page_size") != NULL)
        api_query_fault(x, htp_query(x, "page_token") != NULL ? "page_token" : "page_size", "not_together",
                        "Tệp gồm cả danh sách, không chia trang", "A file holds the whole list, without pages");
    if (!api_faultless(x, cvp_validation_failed))
        return false;
    api_view_age(x);
    return true;
}

static void answered(struct htp_exchange *x, bool done, size_t count, const struct cv_error *err)
{
    if (done)
        audit_list(x, count);
    else
        htp_problem(x, err, &x->faults);
}

void api_list_staff(struct htp_exchange *x)
{
    struct view_staff_query q = {.scope = api_actor(x)->scope};
    struct view_staff_page page;
    struct list list;
    struct cv_error err = {0};
    read_filters(x, &q);
    if (api_wants_file(x)) {
        size_t count = 0;
        if (whole(x, &q.has_unit, &q.unit, &q.recursive))
            answered(x, api_reply_staff_file(x, &q, &count, &err), count, &err);
        return;
    }
    if (!begin(x, &list, &q.has_unit, &q.unit, &q.recursive))
        return;
    SET_PAGE(&q, &list);
    if (!view_staff_list(api_of(x)->view, &q, x->arena, &page, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    cv_jout_object(&x->out, NULL);
    if (q.key_count > 0 && !write_holders(x, &q, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < page.count; i++)
        api_write_staff_row(x, &page.items[i]);
    finish(x, &list, page.next, page.next_len, page.total, page.count);
}

void api_list_accounts(struct htp_exchange *x)
{
    struct view_account_query q = {.scope = api_actor(x)->scope};
    struct view_account_page page;
    struct list list;
    struct cv_error err = {0};
    known_system(x, "system", &q.system);
    htp_query_words(x, "state", dom_observed_words, &q.states);
    htp_query_bool(x, "drift", &q.drift_only);
    htp_query_bool(x, "failed", &q.failed_only);
    htp_query_day(x, "last_active_before", &q.last_active_before);
    htp_query_day(x, "expires_before", &q.expires_before);
    if (api_wants_file(x)) {
        size_t count = 0;
        if (whole(x, &q.has_unit, &q.unit, &q.recursive))
            answered(x, api_reply_account_file(x, &q, &count, &err), count, &err);
        return;
    }
    if (!begin(x, &list, &q.has_unit, &q.unit, &q.recursive))
        return;
    SET_PAGE(&q, &list);
    if (!view_account_list(api_of(x)->view, &q, x->arena, &page, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    open_items(x);
    for (size_t i = 0; i < page.count; i++)
        api_write_account_row(x, &page.items[i]);
    finish(x, &list, page.next, page.next_len, page.total, page.count);
}

void api_list_departures(struct htp_exchange *x)
{
    struct view_departure_query q = {.scope = api_actor(x)->scope, .from = CV_NO_DAY, .to = CV_NO_DAY};
    struct view_staff_page page;
    struct list list;
    struct cv_error err = {0};
    htp_query_words(x, "state", dom_departure_state_words, &q.states);
    htp_query_day(x, "effective_from", &q.from);
    htp_query_day(x, "effective_to", &q.to);
    if (!begin(x, &list, &q.has_unit, &q.unit, &q.recursive))
        return;
    SET_PAGE(&q, &list);
    if (!view_departure_list(api_of(x)->view, &q, x->arena, &page, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    open_items(x);
    for (size_t i = 0; i < page.count; i++)
        api_write_departure_row(x, &page.items[i]);
    finish(x, &list, page.next, page.next_len, page.total, page.count);
}
