/* Parameters of the query, each judged by the route that names it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/text.h"
#include "http/internal.h"

static bool allowed(const struct htp_route *route, const char *name)
{
    size_t len = strlen(name);
    const char *next;

    for (const char *p = route->query; p; p = next) {
        const char *end = strchrnul(p, ' ');

        if ((size_t)(end - p) == len && len > 0 && memcmp(p, name, len) == 0)
            return true;
        next = *end ? end + 1 : NULL;
    }
    return false;
}

static bool given_before(const struct htp_private *p, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(p->query[i].name, p->query[at].name) == 0)
            return true;
    return false;
}

static bool has_control(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            return true;
    return false;
}

/* One parameter; true when it is unknown (which names the whole problem). */
static bool look_at(struct htp_private *p, size_t at)
{
    const struct htp_pair *q = &p->query[at];

    if (!allowed(p->x.route, q->name)) {
        cv_fault_add(&p->x.faults, CV_AT_PARAMETER, q->name, "unknown_parameter", "Không có tham số này",
                     "There is no such parameter");
        return true;
    }
    if (given_before(p, at)) {
        cv_fault_add(&p->x.faults, CV_AT_PARAMETER, q->name, "repeated", "Vui lòng chỉ gửi tham số này một lần",
                     "Please send this parameter only once");
    } else if (has_control(q->value)) {
        cv_fault_add(&p->x.faults, CV_AT_PARAMETER, q->name, "bad_characters", "Có ký tự điều khiển",
                     "It holds control characters");
    } else if (strcmp(q->name, "validate_only") == 0 && strcmp(q->value, "true") != 0 &&
               strcmp(q->value, "false") != 0) {
        /* seen here, before any handler: an unreadable "only try" must never become "do it" */
        cv_fault_add(&p->x.faults, CV_AT_PARAMETER, q->name, "wrong_type", "Vui lòng gửi true hoặc false",
                     "Please send true or false");
    }
    return false;
}

static bool unknown_names(const struct htp_private *p, struct cv_error *err)
{
    cv_auto_buf names = {0};

    cv_buf_init(&names, 160);
    for (size_t i = 0; i < p->x.faults.count; i++)
        if (strcmp(p->x.faults.items[i].code, "unknown_parameter") == 0)
            cv_buf_printf(&names, "%s\"%s\"", names.len ? ", " : "", p->x.faults.items[i].at);
    if (!cv_buf_ok(&names)) {
        return cv_fail(err, cvp_unknown_parameter, NULL, "Nhiều tham số không có ở đây; xem danh sách lỗi",
                       "Several parameters are not known here; see the list of faults");
    }
    return cv_fail(err, cvp_unknown_parameter, NULL, "Tham số %s không có ở đây", "The parameter %s is not known here",
                   cv_buf_str(&names));
}

bool htp_query_admit(struct htp_private *p, struct cv_error *err)
{
    bool unknown = false;

    if (!htp_query_split(p->arena, p->x.query_string, p->query, &p->query_count)) {
        return cv_fail(err, cvp_invalid_parameter, NULL, "Chuỗi truy vấn không đọc được hoặc có quá nhiều tham số",
                       "The query string cannot be read or has too many parameters");
    }
    for (size_t i = 0; i < p->query_count; i++)
        unknown = look_at(p, i) || unknown;
    if (unknown)
        return unknown_names(p, err);
    return cv_faults_check(&p->x.faults, cvp_invalid_parameter, err);
}

static enum cv_presence fault(struct htp_exchange *x, const char *name, const char *code, const char *vi,
                              const char *en)
{
    cv_fault_add(&x->faults, CV_AT_PARAMETER, name, code, "%s", "%s", x->lang == CV_EN ? en : vi);
    return CV_ABSENT;
}

enum cv_presence htp_query_bool(struct htp_exchange *x, const char *name, bool *out)
{
    const char *value = htp_query(x, name);

    if (!value)
        return CV_ABSENT;
    if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
        return fault(x, name, "wrong_type", "Vui lòng gửi true hoặc false", "Please send true or false");
    *out = value[0] == 't';
    return CV_VALUE;
}

static bool read_int(const char *value, int64_t *out)
{
    const char *digits = value + (value[0] == '-' ? 1 : 0);
    char *end;
    long long n;

    if (*digits == '\0' || strspn(digits, "0123456789") != strlen(digits))
        return false;
    errno = 0;
    n = strtoll(value, &end, 10);
    *out = n;
    return errno == 0 && *end == '\0';
}

enum cv_presence htp_query_int(struct htp_exchange *x, const char *name, int64_t min, int64_t max, int64_t *out)
{
    const char *value = htp_query(x, name);
    int64_t n;

    if (!value)
        return CV_ABSENT;
    if (!read_int(value, &n))
        return fault(x, name, "wrong_type", "Vui lòng gửi một số nguyên", "Please send a whole number");
    if (n < min || n > max) {
        cv_fault_add(&x->faults, CV_AT_PARAMETER, name, "out_of_range", "Phải từ %lld đến %lld",
                     "Must be from %lld to %lld", (long long)min, (long long)max);
        return CV_ABSENT;
    }
    *out = n;
    return CV_VALUE;
}

enum cv_presence htp_query_day(struct htp_exchange *x, const char *name, cv_day *out)
{
    const char *value = htp_query(x, name);
    cv_day day;

    if (!value)
        return CV_ABSENT;
    if (!cv_day_parse(value, &day)) {
        return fault(x, name, "not_a_date", "Vui lòng nhập ngày dạng 2026-11-15",
                     "Please write a date like 2026-11-15");
    }
    *out = day;
    return CV_VALUE;
}

enum cv_presence htp_query_moment(struct htp_exchange *x, const char *name, cv_moment *out)
{
    const char *value = htp_query(x, name);
    cv_moment moment;

    if (!value)
        return CV_ABSENT;
    if (!cv_moment_parse_rfc3339(value, &moment)) {
        return fault(x, name, "not_a_moment", "Vui lòng nhập thời điểm dạng 2026-11-15T08:00:00%2B07:00",
                     "Please write a moment like 2026-11-15T08:00:00%2B07:00");
    }
    *out = moment;
    return CV_VALUE;
}

static int index_of(const char *const *words, const char *at, size_t len)
{
    for (int i = 0; words[i] && i < 32; i++)
        if (strlen(words[i]) == len && memcmp(words[i], at, len) == 0)
            return i;
    return -1;
}

enum cv_presence htp_query_words(struct htp_exchange *x, const char *name, const char *const *words, uint32_t *out_bits)
{
    const char *value = htp_query(x, name);
    uint32_t bits = 0;

    if (!value)
        return CV_ABSENT;
    for (const char *p = value;; p++) {
        size_t len = strcspn(p, ",");
        int index = index_of(words, p, len);

        if (index < 0) {
            cv_fault_add(&x->faults, CV_AT_PARAMETER, name, "not_allowed_value", "Không có giá trị \"%.*s\"",
                         "There is no value \"%.*s\"", len > 40 ? 0 : (int)len, p);
            return CV_ABSENT;
        }
        bits |= UINT32_C(1) << index;
        p += len;
        if (*p == '\0')
            break;
    }
    *out_bits = bits;
    return CV_VALUE;
}

bool htp_validate_only(struct htp_exchange *x)
{
    const char *value = htp_query(x, "validate_only");
    bool only = value && strcmp(value, "true") == 0;

    if (only)
        htp_header_set(x, "Congvu-Validate-Only", "true");
    return only;
}
