/* Usage reported by the systems that people sign in to. */
#include <string.h>
#include <strings.h>

#include "api/internal.h"
#include "congvu/view_figures.h"

static const char ndjson[] = "application/x-ndjson";

static bool is_ndjson(const struct htp_exchange *x)
{
    const char *type = htp_header(x, "Content-Type");
    return type != NULL && strncasecmp(type, ndjson, sizeof(ndjson) - 1) == 0;
}

/* With lines there is no other place for what concerns all of them. */
static void read_query(struct htp_exchange *x, struct prov_usage_input *in)
{
    in->system = htp_query(x, "system");
    if (in->system == NULL)
        cv_fault_add(&x->faults, CV_AT_PARAMETER, "system", "required", "Cần tham số system",
                     "The parameter system is needed");
    htp_query_day(x, "data_from", &in->data_from);
    htp_query_day(x, "data_through", &in->data_through);
    htp_query_bool(x, "rewind", &in->rewind);
}

static void refuse_query(struct htp_exchange *x)
{
    static const char *const names[] = {"system", "data_from", "data_through", "rewind"};
    for (size_t i = 0; i < CV_COUNT(names); i++)
        if (htp_query(x, names[i]) != NULL)
            cv_fault_add(&x->faults, CV_AT_PARAMETER, names[i], "not_together",
                         "Với application/json hãy ghi trong nội dung", "With application/json it belongs in the body");
}

static void check_through(struct htp_exchange *x, const struct prov_usage_input *in, enum cv_where where,
                          const char *at)
{
    if (in->data_through != CV_NO_DAY && in->data_through > cv_today())
        cv_fault_add(&x->faults, where, at, "out_of_range", "Ngày này chưa tới", "That day is yet to come");
    if (in->data_from != CV_NO_DAY && in->data_from > (in->data_through != CV_NO_DAY ? in->data_through : cv_today()))
        cv_fault_add(&x->faults, where, where == CV_AT_POINTER ? "/data_from" : "data_from", "out_of_range",
                     "data_from phải trước data_through và không sau hôm nay",
                     "data_from must be before data_through and no later than today");
}

/* False: answered already. */
static bool read_input(struct htp_exchange *x, struct prov_usage_input *in)
{
    const struct cv_jin *body;
    size_t len = 0;
    if (is_ndjson(x)) {
        const char *bytes = htp_body(x, &len);
        struct prov_usage_input lines;
        api_read_usage_lines(x->arena, &x->faults, bytes, len, &lines);
        if (!api_faultless(x, cvp_validation_failed))
            return false;
        *in = lines;
        read_query(x, in);
        check_through(x, in, CV_AT_PARAMETER, "data_through");
        return api_faultless(x, cvp_invalid_parameter);
    }
    refuse_query(x);
    if (!api_faultless(x, cvp_invalid_parameter) || !api_body(x, &body))
        return false;
    api_read_usage(x->arena, &x->faults, body, in);
    check_through(x, in, CV_AT_POINTER, "/data_through");
    return api_faultless(x, cvp_validation_failed);
}

static void write_rejected(struct htp_exchange *x, const struct prov_usage_input *in)
{
    struct cv_jout *j = &x->out;
    cv_jout_array(j, "rejected");
    for (size_t i = 0; i < in->count; i++) {
        const struct prov_usage_event *e = &in->events[i];
        if (e->code == NULL)
            continue;
        cv_jout_object(j, NULL);
        cv_jout_int(j, "index", (int64_t)i);
        cv_jout_string(j, "event_id", e->event_id);
        cv_jout_string(j, "code", e->code);
        cv_jout_string(j, "detail", e->text[x->lang]);
        cv_jout_end(j);
    }
    cv_jout_end(j);
}

/* `index` of the event, or -1: of the call as a whole. */
static void warn(struct htp_exchange *x, const char *code, int64_t index, const char *vi, const char *en)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "code", code);
    if (index >= 0)
        cv_jout_int(j, "index", index);
    else
        cv_jout_null(j, "index");
    cv_jout_string(j, "detail", x->lang == CV_EN ? en : vi);
    cv_jout_end(j);
}

static void warn_silent(struct htp_exchange *x, const struct prov_usage_result *result)
{
    char day[CV_DAY_TEXT];
    cv_day since = view_silent_since(api_of(x)->view, result->system.slug, result->data_through);
    if (since == CV_NO_DAY)
        return;
    cv_day_people(since, day);
    warn(x, "silent", -1,
         cv_arena_printf(
             x->arena,
             "Từ ngày %s không có lượt sử dụng nào dù nguồn vẫn báo đã đủ số liệu; số liệu sử dụng để trống cho "
             "đến khi có lại",
             day),
         cv_arena_printf(
             x->arena,
             "Since %s there has been no use at all although the source says that its data are complete; figures "
             "of use stay empty until there is some again",
             day));
}

static void write_warnings(struct htp_exchange *x, const struct prov_usage_input *in,
                           const struct prov_usage_result *result)
{
    cv_jout_array(&x->out, "warnings");
    if (!result->system.activity.reported)
        warn(x, "not_reported", -1,
             "Số ngày được lưu, nhưng số liệu vẫn là chưa xác định cho đến khi activity.reported của hệ thống là true",
             "The days are kept, but figures stay unknown until activity.reported of the system is true");
    if (result->day_not_over)
        warn(x, "day_not_over", -1, "Hôm nay chưa hết nên chỉ tính là đủ đến hết hôm qua",
             "Today is not over, so the data count as complete until yesterday");
    warn_silent(x, result);
    for (size_t i = 0; i < in->count; i++)
        if (in->events[i].outside)
            warn(x, "outside_service", (int64_t)i, in->events[i].text[CV_VI], in->events[i].text[CV_EN]);
    cv_jout_end(&x->out);
}

void api_create_usage_events(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_usage_input in;
    struct prov_usage_result result;
    struct cv_error err = {0};
    if (!api_call(x, &call) || !read_input(x, &in))
        return;
    if (!prov_usage_record(&call, &in, &result, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_string(&x->out, "system", result.system.slug);
    cv_jout_int(&x->out, "accepted", (int64_t)result.accepted);
    cv_jout_int(&x->out, "duplicate", (int64_t)result.duplicate);
    write_rejected(x, &in);
    cv_jout_day(&x->out, "data_from", result.data_from);
    cv_jout_day(&x->out, "data_through", result.data_through);
    write_warnings(x, &in, &result);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}
