/* A request as a document, and what the day tells of it. */
#include <string.h>

#include "congvu/token.h"
#include "congvu/working.h"
#include "provision/requests/requests.h"

const char *const prov_ask_words[] = {"transfer", "new_account", "lock", "restore", "reset", NULL};
const char *const prov_answer_words[] = {"waiting", "confirmed", "done", "refused", "withdrawn", "lapsed", NULL};
_Static_assert(CV_COUNT(prov_ask_words) == PROV_ASKS + 1, "a word for each kind");
_Static_assert(CV_COUNT(prov_answer_words) == PROV_ANSWERS + 1, "a word for each state");

enum { TEXT_MAX = 2000, BODY_MAX = 8192, TIME_BYTES = 6 };

/* Milliseconds first, so that names are in the order of asking. */
struct cv_id prov_request_id_make(void)
{
    struct cv_id id = cv_id_make();
    uint64_t ms = (uint64_t)cv_now_ms();
    for (int i = 0; i < TIME_BYTES; i++)
        id.bytes[i] = (uint8_t)(ms >> (8 * (TIME_BYTES - 1 - i)));
    return id;
}

/* ---- bytes ---- */

static void put_id(struct cv_jout *j, const char *name, const char *prefix, struct cv_id id)
{
    char text[CV_ID_TEXT];
    cv_jout_string(j, name, cv_id_is_zero(id) ? NULL : cv_id_text(prefix, id, text));
}

static void put_request(struct cv_jout *j, const struct prov_request *r)
{
    cv_jout_object(j, NULL);
    cv_jout_string(j, "kind", prov_ask_words[r->kind]);
    cv_jout_string(j, "state", prov_answer_words[r->state]);
    put_id(j, "unit", "unt_", r->unit);
    put_id(j, "staff", "stf_", r->staff);
    cv_jout_string(j, "key", r->key);
    cv_jout_string(j, "full_name", r->full_name);
    cv_jout_string(j, "system", r->system);
    cv_jout_string(j, "reason", r->reason);
    cv_jout_string(j, "title", r->title);
    cv_jout_string(j, "number", r->decision.number);
    cv_jout_day(j, "signed_on", r->decision.signed_on);
    cv_jout_day(j, "effective_on", r->decision.effective_on);
    cv_jout_string(j, "body", r->body);
    cv_jout_string(j, "note", r->note);
    cv_jout_moment(j, "asked_at", r->asked_at);
    cv_jout_string(j, "asked_by", r->asked_by);
    cv_jout_moment(j, "answered_at", r->answered_at);
    cv_jout_string(j, "answered_by", r->answered_by);
    cv_jout_string(j, "answer", r->answer);
    cv_jout_end(j);
}

static bool bytes_of(struct prov_call *call, const struct prov_request *r, const char **out, size_t *out_len,
                     struct cv_error *err)
{
    struct cv_jout j;
    cv_auto_buf buf = {0};
    cv_buf_init(&buf, DIR_DOCUMENT_MAX);
    cv_jout_init(&j, &buf);
    put_request(&j, r);
    *out = cv_arena_strndup(call->arena, cv_buf_str(&buf), buf.len);
    *out_len = buf.len;
    return (cv_jout_ok(&j) && cv_buf_ok(&buf)) || cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
}

static bool take_id(const struct cv_jin *o, const char *name, const char *prefix, struct cv_id *out)
{
    const char *text = NULL;
    *out = (struct cv_id){0};
    return cv_jin_string(o, name, CV_NULLABLE, CV_ID_TEXT, &text) != CV_VALUE || cv_id_parse(prefix, text, out);
}

static bool take_request(const struct cv_jin *o, struct prov_request *r)
{
    int kind = 0, state = 0;
    cv_jin_word(o, "kind", CV_REQUIRED, prov_ask_words, &kind);
    cv_jin_word(o, "state", CV_REQUIRED, prov_answer_words, &state);
    cv_jin_string(o, "key", CV_NULLABLE, TEXT_MAX, &r->key);
    cv_jin_string(o, "full_name", CV_NULLABLE, TEXT_MAX, &r->full_name);
    cv_jin_string(o, "system", CV_NULLABLE, TEXT_MAX, &r->system);
    cv_jin_string(o, "reason", CV_NULLABLE, TEXT_MAX, &r->reason);
    cv_jin_string(o, "title", CV_NULLABLE, TEXT_MAX, &r->title);
    cv_jin_string(o, "number", CV_NULLABLE, TEXT_MAX, &r->decision.number);
    cv_jin_day(o, "signed_on", CV_NULLABLE, &r->decision.signed_on);
    cv_jin_day(o, "effective_on", CV_NULLABLE, &r->decision.effective_on);
    cv_jin_string(o, "body", CV_NULLABLE, BODY_MAX, &r->body);
    cv_jin_string(o, "note", CV_NULLABLE, TEXT_MAX, &r->note);
    cv_jin_moment(o, "asked_at", CV_REQUIRED, &r->asked_at);
    cv_jin_string(o, "asked_by", CV_REQUIRED, TEXT_MAX, &r->asked_by);
    cv_jin_moment(o, "answered_at", CV_NULLABLE, &r->answered_at);
    cv_jin_string(o, "answered_by", CV_NULLABLE, TEXT_MAX, &r->answered_by);
    cv_jin_string(o, "answer", CV_NULLABLE, TEXT_MAX, &r->answer);
    r->kind = (enum prov_ask)kind;
    r->state = (enum prov_answer)state;
    return take_id(o, "unit", "unt_", &r->unit) && take_id(o, "staff", "stf_", &r->staff) && cv_jin_ok(o);
}

bool prov_request_take(struct prov_call *call, const struct dir_document *document, struct prov_request *out,
                       struct cv_error *err)
{
    *out = (struct prov_request){.answered_at = CV_NO_MOMENT,
                                 .decision = {.signed_on = CV_NO_DAY, .effective_on = CV_NO_DAY},
                                 .document = *document,
                                 .revision = document->revision};
    const struct cv_jin *o = cv_json_parse_own(call->arena, document->bytes, document->len, err);
    if (o == NULL)
        return false;
    if (!cv_id_parse("req_", document->name, &out->id) || !take_request(o, out))
        return cv_fail(err, cvp_internal, NULL, "Đề nghị %s lưu trữ bị hỏng", "The stored request %s is damaged",
                       document->name);
    out->staff = prov_stands_for(call, out->staff);
    prov_request_tell(call, out);
    return true;
}

bool prov_request_add(struct prov_call *call, struct prov_request *r, struct cv_error *err)
{
    struct dir_actor actor = prov_dir_actor(call);
    struct dir_document fresh = dir_document_of(PROV_REQUESTS, cv_id_kept("req_", r->id, call->arena), NULL, 0);
    fresh.idempotency = prov_new_idempotency(call);
    if (!bytes_of(call, r, &fresh.bytes, &fresh.len, err) || !dir_document_add(call->dir, &fresh, &actor, NULL, err))
        return false;
    r->revision = 1;
    r->document = fresh;
    return true;
}

bool prov_request_save(struct prov_call *call, struct prov_request *r, struct cv_error *err)
{
    struct dir_actor actor = prov_dir_actor(call);
    const char *bytes;
    size_t len;
    struct dir_stamp stamp = {0};
    if (!bytes_of(call, r, &bytes, &len, err) ||
        !dir_document_save(call->dir, &r->document, bytes, len, &actor, &stamp, err))
        return false;
    r->document.bytes = bytes;
    r->document.len = len;
    if (stamp.changed)
        r->document.revision = r->revision = stamp.revision;
    prov_request_tell(call, r);
    return true;
}

/* ---- what the day tells ---- */

struct cv_id prov_request_home(const struct prov_call *call, const struct prov_request *r)
{
    const struct view_scope everywhere = {.everywhere = true};
    struct view_staff found;
    if (cv_id_is_zero(r->staff))
        return r->unit;
    if (!view_staff_by_id(call->prov->options.view, everywhere, r->staff, call->arena, &found))
        return (struct cv_id){0};
    return found.unit;
}

bool prov_request_visible(const struct prov_call *call, const struct prov_request *r)
{
    if (prov_reaches_people(call, r->unit))
        return true;
    struct cv_id home = prov_request_home(call, r);
    return !cv_id_is_zero(home) && prov_reaches_people(call, home);
}

uint32_t prov_request_right(enum prov_ask kind)
{
    return kind == PROV_ASK_TRANSFER || kind == PROV_ASK_NEW ? DOM_STAFF_WRITE : DOM_ACCOUNTS_WRITE;
}

static int days_of(const struct prov_call *call, enum prov_ask kind)
{
    static const enum dom_sla what[PROV_ASKS] = {DOM_SLA_CHANGE, DOM_SLA_CREATE, DOM_SLA_LOCK, DOM_SLA_RESTORE,
                                                 DOM_SLA_RESET};
    return dom_policy_sla_days(call->prov->options.policy, what[kind]);
}

/* The nearest unit above whose people know those of the home by name. False: there is none. */
static bool next_above(const struct prov_call *call, struct cv_id home, struct cv_id *at)
{
    const struct view *view = call->prov->options.view;
    struct view_unit unit;
    if (!view_unit_by_id(view, *at, call->arena, &unit) || !unit.has_parent)
        return false;
    struct cv_id above = prov_unit_over(view, call->arena, unit.parent, &home, 1);
    if (cv_id_is_zero(above))
        return false;
    *at = above;
    return true;
}

/* The home's turn first; after each term the next unit above, up to the top. */
static void tell_turn(const struct prov_call *call, struct prov_request *r)
{
    const struct cv_id home = prov_request_home(call, r);
    int days = days_of(call, r->kind);
    cv_day end = r->due_on;
    r->waits_for = home;
    while (end < cv_today() && next_above(call, home, &r->waits_for)) {
        r->risen++;
        end = dom_working_due(end, days);
    }
}

void prov_request_tell(const struct prov_call *call, struct prov_request *r)
{
    cv_day asked = cv_day_of(r->asked_at);
    r->risen = 0;
    r->waits_for = (struct cv_id){0};
    r->due_on = dom_working_due(asked, days_of(call, r->kind));
    if (r->state == PROV_WAITING && cv_today() > asked + PROV_REQUEST_LIFE_DAYS)
        r->state = PROV_LAPSED;
    if (r->state == PROV_WAITING)
        tell_turn(call, r);
}
