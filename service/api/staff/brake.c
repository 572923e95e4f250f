/* The brake: what waits for a second person, and letting it go on. */
#include <string.h>

#include "api/internal.h"
#include "congvu/prov_brake.h"

enum { PEOPLE_MAX = 500, CHANGES_MAX = 50 };

static const char *line_text(struct htp_exchange *x, struct cv_id id, bool person)
{
    char text[CV_ID_TEXT];
    return cv_arena_strdup(x->arena, cv_id_text(person ? "stf_" : "tok_", id, text));
}

/* ---- what waits ---- names only for who may read people, or has to judge them */

static void write_person(struct htp_exchange *x, const struct view_staff *staff)
{
    struct cv_jout *j = &x->out;
    char id[CV_ID_TEXT];
    bool named = (api_actor(x)->scopes & (DOM_STAFF_READ | DOM_BRAKE_RELEASE)) != 0;
    cv_jout_object(j, "staff");
    cv_jout_string(j, "id", cv_id_text("stf_", staff->id, id));
    cv_jout_string(j, "staff_code", staff->staff_code);
    cv_jout_string(j, "full_name", named ? staff->full_name : NULL);
    api_write_home_ref(x, "unit", staff->unit);
    cv_jout_end(j);
}

static void write_waiting(struct htp_exchange *x, const struct prov_waiting *w)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "kind", prov_waiting_words[w->kind]);
    if (w->kind <= PROV_WAITS_CHANGE)
        write_person(x, &w->staff);
    if (w->system != NULL)
        cv_jout_string(j, "system", w->system);
    if (w->kind == PROV_WAITS_UNIT)
        api_write_unit_ref(x, "unit", w->unit);
    if (w->kind >= PROV_WAITS_SYSTEM)
        cv_jout_string(j, "change", w->change);
    if (w->kind == PROV_WAITS_DEPARTURE) {
        cv_jout_string(j, "reason", dom_reason_words[w->reason]);
        cv_jout_day(j, "effective_on", w->effective_on);
    }
    cv_jout_int(j, "people", w->people);
    cv_jout_bool(j, "kept", w->kind <= PROV_WAITS_LOCK);
    cv_jout_string(j, "by", w->by);
    cv_jout_moment(j, "since", w->since);
    cv_jout_end(j);
}

static void write_count(struct cv_jout *j, const struct prov_brake_line *line, const char *name,
                        enum dom_brake_kind kind)
{
    cv_jout_object(j, name);
    cv_jout_int(j, "done", line->done[kind]);
    cv_jout_int(j, "limit", line->limit[kind]);
    cv_jout_moment(j, "room_at", line->room_at[kind]);
    cv_jout_end(j);
}

void api_write_releasers(struct cv_jout *j, const char *name, const struct prov_releaser *who, size_t count)
{
    char text[CV_ID_TEXT];
    cv_jout_array(j, name);
    for (size_t i = 0; i < count; i++) {
        cv_jout_object(j, NULL);
        cv_jout_string(j, "token", cv_id_text(who[i].person ? "stf_" : "tok_", who[i].id, text));
        cv_jout_string(j, "name", who[i].name);
        cv_jout_end(j);
    }
    cv_jout_end(j);
}

/* The members that a problem and a batch carry too; the caller opens and closes. */
static void write_line_head(struct htp_exchange *x, const struct prov_brake_line *line)
{
    struct cv_jout *j = &x->out;
    cv_jout_string(j, "token", line_text(x, line->line, line->person));
    write_count(j, line, "ordinary", DOM_BRAKE_ORDINARY);
    write_count(j, line, "locks", DOM_BRAKE_LOCK);
    write_count(j, line, "dismissals", DOM_BRAKE_DISMISSAL);
    api_write_releasers(j, "releasers", line->releasers, line->releaser_count);
}

static void write_waiting_counts(struct cv_jout *j, const struct prov_brake_line *line)
{
    cv_jout_int(j, "waiting", (int64_t)line->count);
    cv_jout_int(j, "untouched", (int64_t)line->untouched);
    cv_jout_string(j, "digest", line->digest);
}

static void write_line(struct htp_exchange *x, const struct prov_brake_line *line)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    write_line_head(x, line);
    cv_jout_string(j, "name", line->name);
    cv_jout_bool(j, "own", line->own);
    cv_jout_bool(j, "may_release", line->may_release);
    cv_jout_string(j, "why_not", line->why_not == PROV_TWO ? NULL : prov_oneness_words[line->why_not]);
    write_waiting_counts(j, line);
    cv_jout_array(j, "items");
    for (size_t i = 0; i < line->count; i++)
        write_waiting(x, &line->items[i]);
    cv_jout_end(j);
    cv_jout_end(j);
}

void api_get_brake(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_brake_line *lines;
    size_t count;
    struct cv_error err = {0};
    if (!api_call(x, &call))
        return;
    if (!prov_brake_status(&call, &lines, &count, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "lines");
    for (size_t i = 0; i < count; i++)
        write_line(x, &lines[i]);
    cv_jout_end(&x->out);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

static void write_own(struct htp_exchange *x, const struct prov_brake_line *own, bool with_waiting)
{
    if (own == NULL) {
        cv_jout_null(&x->out, "brake"); /* what was asked for has its answer all the same */
        return;
    }
    cv_jout_object(&x->out, "brake");
    write_line_head(x, own);
    if (with_waiting)
        write_waiting_counts(&x->out, own);
    cv_jout_end(&x->out);
}

void api_write_own_brake(struct htp_exchange *x, struct prov_call *call)
{
    struct prov_brake_line *lines;
    size_t count;
    struct cv_error err = {0};
    write_own(x, prov_brake_status(call, &lines, &count, &err) ? &lines[0] : NULL, true);
}

void api_problem_members(struct htp_exchange *x, const struct cv_error *err)
{
    struct prov_call call;
    struct prov_brake_line own;
    struct cv_error none = {0};
    if (err->problem == cvp_brake_engaged)
        cv_jout_bool(&x->out, "kept", err->retry_after_s == 0); /* what is kept is not to be sent again */
    if (err->problem == cvp_brake_engaged && x->actor != NULL && x->thread != NULL && api_call(x, &call))
        write_own(x, prov_brake_own(&call, err->subject, &own, &none) ? &own : NULL, false);
    if (err->problem == cvp_possible_duplicate && x->aside != NULL)
        api_write_candidates(x, x->aside);
}

/* ---- letting go ---- */

static size_t read_texts(struct htp_exchange *x, const struct cv_jin *o, const char *name, size_t max, size_t len,
                         const char ***out)
{
    const struct cv_jin_list *list = NULL;
    if (cv_jin_array(o, name, CV_OPTIONAL, max, &list) != CV_VALUE)
        return 0;
    size_t count = cv_jin_count(list), kept = 0;
    *out = CV_NEWS(x->arena, const char *, count + 1);
    if (count == 0)
        cv_jin_fault(o, name, "too_few", "Cần ít nhất một dòng", "At least one line is needed");
    for (size_t i = 0; i < count; i++) {
        const char *text = cv_jin_item_string(list, i, len);
        if (text != NULL)
            (*out)[kept++] = text;
    }
    return kept;
}

static bool read_ahead(const struct cv_jin *body, struct prov_release_input *in)
{
    const struct cv_jin *ahead = NULL;
    int64_t allow = 0;
    if (cv_jin_object(body, "locks_ahead", CV_OPTIONAL, &ahead) != CV_VALUE)
        return false;
    cv_jin_string(ahead, "unit", CV_NULLABLE, 64, &in->ahead_unit);
    cv_jin_int(ahead, "allow", CV_REQUIRED, 1, DOM_BRAKE_LOCKS_AHEAD_MAX, &allow);
    cv_jin_done(ahead);
    in->locks_ahead = (int)allow;
    return true;
}

static void read_release(struct htp_exchange *x, const struct cv_jin *body, struct prov_release_input *in)
{
    *in = (struct prov_release_input){0};
    cv_jin_string(body, "token", CV_REQUIRED, 64, &in->token);
    cv_jin_string(body, "reason", CV_REQUIRED, 500, &in->reason);
    in->person_count = read_texts(x, body, "people", PEOPLE_MAX, 64, &in->people);
    in->change_count = read_texts(x, body, "changes", CHANGES_MAX, 64, &in->changes);
    bool listed = cv_jin_has(body, "people") != CV_ABSENT || cv_jin_has(body, "changes") != CV_ABSENT;
    bool digest = cv_jin_string(body, "digest", CV_OPTIONAL, 64, &in->digest) != CV_ABSENT;
    bool ahead = read_ahead(body, in);
    if (listed + digest + ahead != 1)
        cv_jin_fault(body, NULL, listed + digest + ahead == 0 ? "required" : "not_together",
                     "Cần đúng một trong: những dòng đã xem, cả danh sách đã xem, số lần khóa cho phép trước",
                     "Exactly one is needed of: people and changes, digest, locks_ahead");
    cv_jin_done(body);
}

static void write_released(struct htp_exchange *x, const struct prov_released *r)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    if (r->asked != NULL)
        cv_jout_string(j, "asked", r->asked);
    cv_jout_string(j, "outcome", prov_released_words[r->as]);
    if (r->waiting != NULL) {
        cv_jout_string(j, "kind", prov_waiting_words[r->waiting->kind]);
        if (r->waiting->kind <= PROV_WAITS_CHANGE)
            write_person(x, &r->waiting->staff);
        else
            cv_jout_string(j, "change", r->waiting->change);
    }
    if (r->as == PROV_RELEASED_FAILED)
        cv_jout_string(j, "detail", r->err.text[x->lang]);
    cv_jout_end(j);
}

static void write_release(struct htp_exchange *x, const struct prov_release *release)
{
    struct cv_jout *j = &x->out;
    char id[CV_ID_TEXT];
    size_t released = 0;
    for (size_t i = 0; i < release->count; i++)
        released += release->items[i].as <= PROV_RELEASED_OPEN;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "id", cv_id_text("brl_", release->id, id));
    cv_jout_string(j, "token", line_text(x, release->line, release->person));
    cv_jout_string(j, "reason", release->reason);
    cv_jout_int(j, "released", (int64_t)released);
    cv_jout_int(j, "waiting", (int64_t)release->left);
    cv_jout_int(j, "locks_ahead", release->locks_ahead);
    cv_jout_moment(j, "expires_at", release->until);
    cv_jout_moment(j, "created_at", release->at);
    cv_jout_array(j, "results");
    for (size_t i = 0; i < release->count; i++)
        write_released(x, &release->items[i]);
    cv_jout_end(j);
    cv_jout_end(j);
}

void api_create_brake_release(struct htp_exchange *x)
{
    struct prov_call call;
    struct prov_release_input in;
    struct prov_release release;
    struct cv_error err = {0};
    const struct cv_jin *body;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    read_release(x, body, &in);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_brake_release(&call, &in, &release, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    write_release(x, &release);
    htp_reply(x, 201);
}
