/* GET /v1/audit-events: what was done, by whom, as page, lines of JSON or a sheet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/evidence/evidence.h"
#include "api/frame/tables.h"
#include "api/units/units.h"
#include "congvu/text.h"

bool api_shows_event(void *ctx, const struct prov_event *event)
{
    struct htp_exchange *x = ctx;
    struct cv_id id;
    if (api_actor(x)->scope.everywhere)
        return true;
    if (event->target == NULL)
        return false;
    if (strncmp(event->target, "stf_", 4) == 0)
        return api_sees_staff(x, event->target);
    return cv_id_parse("unt_", event->target, &id) && api_sees_unit(x, id);
}

/* ---- one event in JSON ---- */

/* Does a text name a unit or person that is not there for the caller? */
static bool names_unseen(struct htp_exchange *x, const char *text)
{
    enum { ID = 4 + 26 };
    char id[ID + 1];
    struct cv_id unit;
    for (const char *at = text; (at = strchr(at, '_')) != NULL; at++) {
        if (at - text < 3 || strlen(at - 3) < ID)
            continue;
        snprintf(id, sizeof(id), "%.*s", ID, at - 3);
        if (strncmp(id, "stf_", 4) == 0 ? !api_sees_staff(x, id)
                                        : cv_id_parse("unt_", id, &unit) && !api_sees_unit(x, unit))
            return true;
    }
    return false;
}

static const char *shown(struct htp_exchange *x, const char *text)
{
    return text == NULL || api_actor(x)->scope.everywhere || !names_unseen(x, text) ? text : "***";
}

/* What stood there may name others, by codes and names that no rule finds: whose reach is part of the tree is told
 * which attributes changed, and reads the record itself for the rest. */
static void put_changes(struct htp_exchange *x, struct cv_jout *j, const struct cv_jany *changes)
{
    if (api_actor(x)->scope.everywhere) {
        cv_jout_any(j, "changes", changes);
        return;
    }
    cv_jout_array(j, "changes");
    for (size_t i = 0; i < cv_jany_count(changes); i++) {
        cv_jout_object(j, NULL);
        cv_jout_string(j, "attribute", cv_jany_text(cv_jany_get(cv_jany_item(changes, i), "attribute"), x->arena));
        cv_jout_end(j);
    }
    cv_jout_end(j);
}

struct writing {
    struct htp_exchange *x;
    struct cv_jout *j;
};

static void put_member(void *ctx, const char *name, const struct cv_jany *value)
{
    static const char *const known[] = {"kind", "at", "dn"};
    struct writing *w = ctx;
    for (size_t i = 0; i < CV_COUNT(known); i++)
        if (strcmp(name, known[i]) == 0)
            return;
    if (strcmp(name, "changes") == 0)
        put_changes(w->x, w->j, value);
    else if (cv_jany_kind(value) == CV_JANY_TEXT)
        cv_jout_string(w->j, name, shown(w->x, cv_jany_text(value, w->x->arena)));
    else
        cv_jout_any(w->j, name, value);
}

static void write_event(struct htp_exchange *x, struct cv_jout *j, const struct prov_event *event)
{
    struct ev_log *log = prov_evidence_log(api_of(x)->evidence);
    cv_jout_object(j, NULL);
    cv_jout_string(j, "id", cv_arena_printf(x->arena, "%s/%lld", ev_origin(log), (long long)event->index));
    cv_jout_moment(j, "at", event->at);
    cv_jout_string(j, "kind", event->kind);
    if (strcmp(event->kind, "intent") == 0)
        cv_jout_string(j, "outcome", event->outcome);
    cv_jout_string(j, "actor_name", api_event_actor(x, event));
    cv_jout_string(j, "target_name", api_event_target(x, event));
    struct writing w = {.x = x, .j = j};
    cv_jany_each(event->entry, put_member, &w);
    cv_jout_end(j);
}

/* ---- the question ---- */

static const char *target_of(struct htp_exchange *x)
{
    const char *key = htp_query(x, "target");
    struct view_staff staff;
    struct view_unit unit;
    struct cv_error none = {0};
    if (key == NULL)
        return NULL;
    if (view_staff_find(api_of(x)->view, api_actor(x)->scope, key, x->arena, &staff, &none))
        return cv_id_kept("stf_", staff.id, x->arena);
    cv_error_clear(&none);
    if (view_unit_find(api_of(x)->view, api_actor(x)->scope, key, CV_NO_DAY, x->arena, &unit, &none))
        return api_unit_id(x, unit.id);
    return key;
}

static bool read_question(struct htp_exchange *x, struct api_page *page, struct prov_event_query *q)
{
    cv_day from = CV_NO_DAY, to = CV_NO_DAY;
    *q = (struct prov_event_query){.actor = htp_query(x, "actor"),
                                   .action = htp_query(x, "action"),
                                   .target = target_of(x),
                                   .from = CV_NO_MOMENT,
                                   .to = CV_NO_MOMENT,
                                   .before = -1,
                                   .shows = api_shows_event,
                                   .ctx = x};
    htp_query_day(x, "from", &from);
    htp_query_day(x, "to", &to);
    if (!api_faultless(x, cvp_invalid_parameter) || !api_page_in(x, api_page_bound(x), page))
        return false;
    if (from != CV_NO_DAY)
        q->from = cv_day_start(from);
    if (to != CV_NO_DAY)
        q->to = cv_day_start(to + 1);
    q->most = page->size;
    if (page->after_len == sizeof(q->before))
        memcpy(&q->before, page->after, sizeof(q->before));
    return true;
}

/* ---- the answers ---- */

void api_put_missing(struct htp_exchange *x)
{
    const char **peers;
    size_t count = prov_evidence_peers(api_of(x)->evidence, x->arena, &peers);
    cv_jout_strings(&x->out, "missing_from", peers, count);
}

static void answer_page(struct htp_exchange *x, const struct prov_event *events, size_t count, int64_t next,
                        const struct api_page *page)
{
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < count; i++)
        write_event(x, &x->out, &events[i]);
    cv_jout_end(&x->out);
    api_put_missing(x);
    api_page_out(x, api_page_bound(x), next >= 0 ? &next : NULL, sizeof(next), page, 0);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

static void answer_lines(struct htp_exchange *x, const struct prov_event *events, size_t count)
{
    cv_auto_buf out = {0};
    cv_buf_init(&out, CV_MAX_RESPONSE);
    for (size_t i = 0; i < count; i++) {
        struct cv_jout j;
        cv_jout_init(&j, &out);
        write_event(x, &j, &events[i]);
        cv_buf_putc(&out, '\n');
    }
    htp_reply_text(x, 200, "application/x-ndjson", cv_buf_str(&out), out.len);
}

static const struct {
    const char *title[CV_LANGS];
    int width;
} columns[] = {{{"Lúc", "At"}, 20},
               {{"Người thực hiện", "Actor"}, 32},
               {{"Qua", "Via"}, 10},
               {{"Việc", "Action"}, 22},
               {{"Đối tượng", "Target"}, 34},
               {{"Kết quả", "Outcome"}, 12},
               {{"Quyết định", "Decision"}, 20},
               {{"Mã yêu cầu", "Request"}, 24}};

static const char *who(struct htp_exchange *x, const struct prov_event *e)
{
    const char *behalf = cv_jany_text(cv_jany_get(e->entry, "on_behalf_of"), x->arena);
    if (behalf == NULL)
        return shown(x, e->actor);
    return cv_arena_printf(x->arena, x->lang == CV_EN ? "%s on behalf of %s" : "%s thay mặt %s", shown(x, e->actor),
                           shown(x, behalf));
}

static void put_line(struct htp_exchange *x, struct rep_table *t, const struct prov_event *e)
{
    char at[CV_MOMENT_TEXT];
    struct rep_cell *cells = rep_table_line(t, REP_LINE_PLAIN);
    const struct cv_jany *decision = cv_jany_get(e->entry, "decision");
    cells[0] = rep_text(cv_arena_strdup(x->arena, cv_moment_rfc3339(e->at, at)));
    cells[1] = rep_text(who(x, e));
    cells[2] = rep_text(cv_jany_text(cv_jany_get(e->entry, "via"), x->arena));
    cells[3] = rep_text(e->action);
    cells[4] = rep_text(e->target);
    cells[5] = rep_text(e->outcome);
    cells[6] = rep_code(decision != NULL ? cv_jany_text(cv_jany_get(decision, "number"), x->arena) : NULL);
    cells[7] = rep_text(cv_jany_text(cv_jany_get(e->entry, "request_id"), x->arena));
}

static void answer_sheet(struct htp_exchange *x, const struct prov_event *events, size_t count)
{
    struct rep_table *t = rep_table_new(x->arena, x->lang, CV_COUNT(columns));
    const struct rep_table *tables[] = {t};
    cv_auto_buf out = {0};
    cv_buf_init(&out, CV_MAX_RESPONSE);
    for (size_t i = 0; i < CV_COUNT(columns); i++)
        t->columns[i] = (struct rep_column){columns[i].title[x->lang], NULL, columns[i].width};
    for (size_t i = 0; i < count; i++)
        put_line(x, t, &events[i]);
    rep_csv(&out, tables, 1, ',');
    htp_reply_text(x, 200, api_media_type(API_CSV), cv_buf_str(&out), out.len);
}

void api_list_audit_events(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_event_query q;
    struct prov_event *events;
    struct api_page page;
    struct cv_error err = {0};
    size_t count;
    int64_t next;
    if (!api_call(x, &call) || !read_question(x, &page, &q))
        return;
    if (!prov_events(api_of(x)->evidence, &q, x->arena, &events, &count, &next, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    prov_audit_reading(&call, x->route->operation, x->query_string, count);
    if (htp_accepts(x, "application/json")) {
        answer_page(x, events, count, next, &page);
        return;
    }
    api_page_link(x, api_page_bound(x), next >= 0 ? &next : NULL, sizeof(next));
    if (htp_accepts(x, "application/x-ndjson"))
        answer_lines(x, events, count);
    else
        answer_sheet(x, events, count);
}
