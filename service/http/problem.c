/* problem+json (RFC 9457): the one shape of everything that went wrong. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "congvu/log.h"
#include "http/internal.h"

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s);
    size_t m = strlen(end);

    return n >= m && memcmp(s + n - m, end, m) == 0;
}

/* The name of a link in `links`, from where it leads. */
const char *htp_link_name(const char *link)
{
    static const struct {
        const char *end, *name;
    } names[] = {
        {"/brake-releases", "release"},
        {"/reinstatements", "reinstatement"},
        {"/departure", "departure"},
    };

    for (size_t i = 0; i < CV_COUNT(names); i++)
        if (ends_with(link, names[i].end))
            return names[i].name;
    return "next";
}

/* A JSON pointer as a URI fragment: the bytes that a fragment cannot hold are escaped. */
static const char *fragment(struct cv_arena *arena, const char *pointer)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = cv_arena_alloc(arena, strlen(pointer) * 3 + 2);
    size_t n = 0;

    if (!cv_arena_ok(arena))
        return "#";
    out[n++] = '#';
    for (const char *p = pointer; *p; p++) {
        unsigned char c = (unsigned char)*p;

        if (c > 0x20 && c < 0x7f && !strchr("\"#%<>[\\]^`{|}", c)) {
            out[n++] = (char)c;
        } else {
            out[n++] = '%';
            out[n++] = hex[c >> 4];
            out[n++] = hex[c & 15];
        }
    }
    out[n] = '\0';
    return out;
}

static void write_fault(struct htp_exchange *x, const struct cv_fault *fault)
{
    static const char *const where[] = {
        [CV_AT_POINTER] = "pointer", [CV_AT_PARAMETER] = "parameter", [CV_AT_HEADER] = "header"};
    bool pointer = fault->where == CV_AT_POINTER;

    cv_jout_object(&x->out, NULL);
    cv_jout_string(&x->out, where[fault->where], pointer ? fragment(x->arena, fault->at) : fault->at);
    cv_jout_string(&x->out, "code", fault->code);
    cv_jout_string(&x->out, "detail", fault->text[x->lang]);
    cv_jout_end(&x->out);
}

/* The word for a problem that is about one member. */
static const char *fault_word(enum cv_problem problem)
{
    static const struct {
        enum cv_problem problem;
        const char *word;
    } words[] = {{cvp_code_taken, "duplicate"},         {cvp_name_taken, "duplicate"},
                 {cvp_address_taken, "duplicate"},      {cvp_held_elsewhere, "duplicate"},
                 {cvp_possible_duplicate, "duplicate"}, {cvp_naming_manual_required, "required"},
                 {cvp_scope_missing, "not_allowed"},    {cvp_conflict, "not_allowed"},
                 {cvp_unit_cycle, "not_allowed"},       {cvp_unit_not_empty, "not_allowed"},
                 {cvp_unit_not_found, "not_found"},     {cvp_token_not_found, "not_found"},
                 {cvp_staff_not_found, "not_found"}};
    for (size_t i = 0; i < CV_COUNT(words); i++)
        if (words[i].problem == problem)
            return words[i].word;
    return "mismatch";
}

/* A refusal that is about one member of the body says which. */
static void write_place(struct htp_exchange *x, const struct cv_error *err)
{
    struct cv_fault fault = {.where = CV_AT_POINTER, .at = err->field, .code = fault_word(err->problem)};

    for (int i = 0; i < CV_LANGS; i++)
        fault.text[i] = err->text[i];
    if (err->field[0] == '/')
        write_fault(x, &fault);
}

static void write_faults(struct htp_exchange *x, const struct cv_error *err, const struct cv_faults *faults)
{
    cv_jout_array(&x->out, "errors");
    if (!faults || faults->count == 0)
        write_place(x, err);
    for (size_t i = 0; faults && i < faults->count; i++)
        write_fault(x, &faults->items[i]);
    cv_jout_end(&x->out);
}

static void write_extras(struct htp_exchange *x, const struct cv_error *err)
{
    if (err->etag[0])
        cv_jout_string(&x->out, "etag", err->etag);
    if (err->retry_after_s > 0)
        cv_jout_int(&x->out, "retry_after", err->retry_after_s);
    if (err->problem == cvp_body_too_large)
        cv_jout_int(&x->out, "limit", (int64_t)htp_body_max(x->priv));
    if (err->link[0]) {
        cv_jout_object(&x->out, "links");
        cv_jout_string(&x->out, htp_link_name(err->link), err->link);
        cv_jout_end(&x->out);
    }
}

static void write_problem(struct htp_exchange *x, const struct cv_error *err, const struct cv_faults *faults)
{
    const struct cv_problem_row *row = cv_problem_row(err->problem);
    const char *detail = err->text[x->lang][0] ? err->text[x->lang] : row->remedy[x->lang];
    char type[96];

    snprintf(type, sizeof(type), "/v1/problems/%s", row->code);
    cv_buf_reset(&x->body_out);
    cv_jout_init(&x->out, &x->body_out);
    cv_jout_object(&x->out, NULL);
    cv_jout_string(&x->out, "type", type);
    cv_jout_string(&x->out, "title", row->title[x->lang]);
    cv_jout_int(&x->out, "status", row->status);
    cv_jout_string(&x->out, "detail", detail);
    if (x->path && x->path[0])
        cv_jout_string(&x->out, "instance", x->path);
    cv_jout_string(&x->out, "code", row->code);
    cv_jout_string(&x->out, "request_id", x->request_id);
    write_faults(x, err, faults);
    write_extras(x, err);
    if (x->priv->server->options.problem_members)
        x->priv->server->options.problem_members(x, err);
    cv_jout_end(&x->out);
}

static void set_headers(struct htp_exchange *x, const struct cv_error *err, int status)
{
    if (status == 429 || status == 503)
        htp_header_set(x, "Retry-After", "%u", err->retry_after_s ? err->retry_after_s : 1);
    if (status == 401 && !htp_answer_header_get(x->priv, "WWW-Authenticate")) {
        htp_header_set(x, "WWW-Authenticate", "Bearer realm=\"congvu\"%s",
                       err->problem == cvp_unauthenticated ? "" : ", error=\"invalid_token\"");
    }
    if (status == 504 && err->link[0])
        htp_header_set(x, "Location", "%s", err->link);
}

/* The boundary: a failure that is not the client's is logged here, once. What the server itself says when full or
 * stopping is counted instead. */
static void log_failure(const struct cv_error *err, int status)
{
    if (status >= 500 && err->problem != cvp_busy && err->problem != cvp_stopping)
        cv_log_error(status == 500 ? CV_LOG_ERROR : CV_LOG_WARN, "request_failed", err);
}

static bool denies(const struct cv_faults *faults)
{
    for (size_t i = 0; faults != NULL && i < faults->count; i++)
        if (strcmp(faults->items[i].code, "not_found") == 0)
            return true;
    return false;
}

void htp_problem(struct htp_exchange *x, const struct cv_error *err, const struct cv_faults *faults)
{
    struct htp_private *p = x->priv;
    struct cv_error doubt = {0};
    if (denies(faults) && p->server->options.may_deny != NULL && !p->server->options.may_deny(x, &doubt)) {
        err = &doubt;
        faults = NULL;
    }
    int status = cv_problem_row(err->problem)->status;

    if (htp_answered(p)) {
        cv_log(CV_LOG_ERROR, "answered_twice", "%s: %d, then %d", x->route ? x->route->operation : "-", p->status,
               status);
        return;
    }
    log_failure(err, status);
    if (htp_answer_header_get(p, "ETag"))
        htp_answer_header(p, "ETag", NULL); /* of a record that this answer does not show */
    set_headers(x, err, status);
    write_problem(x, err, faults);
    p->status = status;
    p->media_type = "application/problem+json";
}

void htp_refuse(struct htp_private *p, enum cv_problem problem, const char *vi, const char *en, ...)
{
    struct cv_error err = {.problem = problem};
    va_list ap;

    va_start(ap, en);
    vsnprintf(err.text[CV_EN], sizeof(err.text[CV_EN]), en, ap);
    va_end(ap);
    va_start(ap, en);
    vsnprintf(err.text[CV_VI], sizeof(err.text[CV_VI]), vi, ap);
    va_end(ap);
    err.kind = problem == cvp_internal ? CV_INTERNAL : CV_INVALID;
    htp_problem(&p->x, &err, p->x.faults.count ? &p->x.faults : NULL);
}
