/* The brake on mass deactivation. Its counters lie in the directory, one entry a line of tokens, saved by
 * compare-and-swap BEFORE the deactivation is written: a crash between the two counts once too often, never once too
 * seldom, and the same person within the hour does not count twice. */
#include <stdio.h>
#include <string.h>

#include "congvu/prov_brake.h"
#include "congvu/wish.h"
#include "provision/core/brake.h"

enum { HOUR_S = 3600 };

struct judged {
    struct cv_id line;
    struct dom_brake_case one;
    int times;
    bool kept;                   /* what is held runs by itself once released; else it is to be sent again */
    const char *target, *digest; /* under which a release may have let it pass; NULL = none can */
};

static void say_why(struct cv_error *err, enum dom_brake_verdict verdict, int limit, bool kept)
{
    const char *vi = kept ? "Yêu cầu được giữ lại và tự thực hiện khi người thứ hai cho phép"
                          : "Cần người thứ hai cho phép, sau đó gửi lại";
    const char *en = kept ? "It is kept, and runs by itself when a second person releases it"
                          : "A second person must release it; then send it again";
    if (verdict == DOM_BRAKE_HOLD_UNIT)
        cv_fail(err, cvp_brake_engaged, NULL,
                "Đã dừng: quá nửa số người của đơn vị sẽ bị khóa trong một giờ. %1$s%2$.0s",
                "Held: more than half of the unit would be deactivated within an hour. %2$s%1$.0s", vi, en);
    else
        cv_fail(err, cvp_brake_engaged, NULL,
                "Đã dừng: quá nhiều tài khoản bị khóa trong một giờ (tối đa %1$d). %2$s%3$.0s",
                "Held: too many deactivations within an hour (limit %1$d). %3$s%2$.0s", limit, vi, en);
    snprintf(err->link, sizeof(err->link), "/v1/brake-releases");
    err->retry_after_s = kept ? 0 : HOUR_S;
}

/* For whoever tells whom to ask: a second person has to reach it. */
static void name_subject(struct prov_call *call, const struct judged *what, struct cv_error *err)
{
    const char *subject = what->target != NULL ? what->target : prov_staff_target(call->arena, what->one.staff);
    snprintf(err->subject, sizeof(err->subject), "%s", subject);
}

static bool engaged(struct prov_call *call, const struct judged *what, enum dom_brake_verdict verdict,
                    struct cv_error *err)
{
    char text[CV_ID_TEXT];
    if (!call->validate_only) {
        cv_count(CVM_brake_engaged);
        cv_log(CV_LOG_WARN, "brake_engaged", "deactivations of the line of %s are held",
               cv_id_text("tok_", what->line, text));
    }
    say_why(err, verdict, dom_brake_limit(what->one.kind, view_recorded(call->prov->options.view, call->scope)),
            what->kept);
    name_subject(call, what, err);
    return false;
}

static bool no_room(struct cv_error *err)
{
    struct cv_error held = *err;
    cv_fail(err, cvp_brake_engaged, NULL,
            "Đã dừng và không giữ lại được, vì danh sách đang chờ đã đầy; vui lòng cho phép bớt những việc đang chờ, "
            "sau đó gửi lại",
            "Held, and not kept, for the list of what waits is full; please have some of it released, then send it "
            "again");
    memcpy(err->subject, held.subject, sizeof(err->subject));
    snprintf(err->link, sizeof(err->link), "/v1/brake-releases");
    err->retry_after_s = HOUR_S;
    return false;
}

bool prov_brake_waits(struct cv_id staff, struct cv_error *err)
{
    cv_fail(err, cvp_brake_engaged, NULL, "Đang chờ người thứ hai cho phép; gửi lại không làm thay đổi gì",
            "It waits for a second person; sending it again changes nothing. The list is at /v1/brake");
    char id[CV_ID_TEXT];
    snprintf(err->subject, sizeof(err->subject), "staff/%s", cv_id_text("stf_", staff, id));
    snprintf(err->link, sizeof(err->link), "/v1/brake-releases");
    return false;
}

/* ---- lines ---- */

bool prov_lines_load(struct prov_call *call, struct prov_lines *out, struct cv_error *err)
{
    return view_tokens(call->prov->options.view, call->arena, &out->tokens, &out->count, err);
}

const struct dom_token *prov_lines_token(const struct prov_lines *lines, struct cv_id id)
{
    for (size_t i = 0; i < lines->count; i++)
        if (cv_id_equal(lines->tokens[i].id, id))
            return &lines->tokens[i];
    return NULL;
}

struct cv_id prov_line_of(const struct prov_lines *lines, struct cv_id token)
{
    return dom_line_of(lines->tokens, lines->count, token);
}

struct cv_id prov_line_of_actor(const struct prov_lines *lines, const char *actor)
{
    struct cv_id id = {0};
    if (actor == NULL || cv_id_parse("stf_", actor, &id))
        return id;
    return cv_id_parse("tok_", actor, &id) ? prov_line_of(lines, id) : (struct cv_id){0};
}

/* As in his session, by the widest of his roles that order departures; whoever has none has the smallest reach. */
static struct view_scope reach_of_person(const struct view *view, struct cv_id id)
{
    struct view_scope widest = {0};
    struct view_signer signer;
    bool there = view_signer(view, id, &signer);
    for (size_t i = 0; there && i < signer.role_count; i++) {
        const struct view_role *role = &signer.roles[i];
        const struct view_scope one = {.everywhere = role->everywhere, .top = role->unit};
        if ((dom_role_rights(role->kind) & DOM_DEPARTURES_WRITE) != 0 &&
            view_recorded(view, one) > view_recorded(view, widest))
            widest = one;
    }
    return widest;
}

struct view_scope prov_reach_of(struct prov_call *call, struct cv_id id)
{
    struct dom_token token;
    if (cv_id_is_zero(id))
        return (struct view_scope){.everywhere = true};
    if (!view_token_by_id(call->prov->options.view, id, call->arena, &token))
        return reach_of_person(call->prov->options.view, id);
    return (struct view_scope){.everywhere = token.everywhere, .top = token.unit};
}

/* ---- reading and saving ---- */

/* A dry run counts for itself only, so that the lines of a batch are told apart as they would be. */
static bool read_brake(struct prov_call *call, struct cv_id line, struct dom_brake *out, struct cv_error *err)
{
    if (call->trial != NULL)
        *out = *call->trial;
    return call->trial != NULL || dir_brake_read(call->dir, line, call->arena, out, err);
}

static bool keep_brake(struct prov_call *call, const struct dom_brake *brake, struct cv_error *err)
{
    struct dir_actor actor = prov_dir_actor(call);
    if (!call->validate_only)
        return dir_brake_save(call->dir, brake, &actor, err);
    call->trial = CV_NEW(call->arena, struct dom_brake);
    *call->trial = *brake;
    return true;
}

bool prov_brake_edit(struct prov_call *call, struct cv_id line, prov_brake_fn *fn, void *ctx, struct cv_error *err)
{
    struct dir_actor actor = prov_dir_actor(call);
    for (int i = 0; i < PROV_NAME_TRIES; i++) {
        struct dom_brake brake;
        cv_error_clear(err);
        if (!dir_brake_read(call->dir, line, call->arena, &brake, err))
            return false;
        if (!fn(&brake, call->arena, ctx) || call->validate_only || dir_brake_save(call->dir, &brake, &actor, err))
            return true;
        if (err->kind != CV_STALE || cv_deadline_passed(call->deadline))
            return false;
    }
    return false;
}

/* ---- judging ---- */

/* The judge adds this hour's events of a unit back to its size; those whose people are still recorded (locked, or
 * leaving later) are in the size already. */
static int size_without_events(struct prov_call *call, const struct dom_brake *brake, struct cv_id unit, int recorded)
{
    const struct view_scope everywhere = {.everywhere = true};
    for (size_t i = 0; i < brake->event_count; i++) {
        struct view_staff staff;
        if (!cv_id_equal(brake->events[i].unit, unit) || cv_now() - brake->events[i].at >= HOUR_S)
            continue;
        if (view_staff_by_id(call->prov->options.view, everywhere, brake->events[i].staff, call->arena, &staff) &&
            staff.status != DOM_DEPARTED && cv_id_equal(staff.unit, unit))
            recorded--;
    }
    return recorded;
}

static int fitting_opening(struct prov_call *call, const struct dom_brake *brake, struct cv_id unit)
{
    for (size_t i = 0; i < brake->opening_count; i++) {
        const struct dom_brake_opening *o = &brake->openings[i];
        if (o->until > cv_now() && o->used < o->allow &&
            (o->everywhere || view_unit_within(call->prov->options.view, unit, o->unit)))
            return (int)i;
    }
    return -1;
}

/* One of those whom a change of rules concerns: the same one at another attempt, or when it is sent again. */
static struct cv_id one_of_many(const struct judged *what, int i)
{
    static const struct cv_key no_key; /* a fingerprint, not a secret */
    struct cv_id id;
    char text[CV_DIGEST_TEXT + 16];
    snprintf(text, sizeof(text), "%s %d", what->digest, i);
    struct cv_tag tag = cv_tag_make(&no_key, text, strlen(text));
    memcpy(id.bytes, &tag, sizeof(id.bytes));
    return id;
}

/* Reads the brake and judges; what passes is counted in *brake, not yet in the directory. *out_free: a release lets it
 * pass, nothing is counted. */
static bool read_and_judge(struct prov_call *call, const struct judged *what, struct dom_brake *brake,
                           enum dom_brake_verdict *out, bool *out_free, struct cv_error *err)
{
    if (!read_brake(call, what->line, brake, err))
        return false;
    *out = DOM_BRAKE_PASS;
    *out_free = what->target != NULL && dom_brake_released(brake, what->target, what->digest, cv_now());
    struct dom_brake_case one = what->one;
    one.subtree_size = view_recorded(call->prov->options.view, call->scope);
    one.unit_size = size_without_events(call, brake, one.unit, one.unit_size);
    one.opening = fitting_opening(call, brake, one.unit);
    for (int i = 0; i < what->times && !*out_free && *out == DOM_BRAKE_PASS; i++) {
        one.staff = cv_id_is_zero(what->one.staff) ? one_of_many(what, i) : what->one.staff;
        *out = dom_brake_judge(brake, call->arena, cv_now(), &one);
    }
    return true;
}

static bool judge_once(struct prov_call *call, const struct judged *what, struct cv_error *err)
{
    struct dom_brake brake;
    enum dom_brake_verdict verdict;
    bool free;
    if (!read_and_judge(call, what, &brake, &verdict, &free, err))
        return false;
    if (verdict != DOM_BRAKE_PASS)
        return engaged(call, what, verdict, err);
    return free || keep_brake(call, &brake, err);
}

static bool judge(struct prov_call *call, const struct judged *what, struct cv_error *err)
{
    for (int i = 0; i < PROV_NAME_TRIES; i++) {
        cv_error_clear(err);
        if (judge_once(call, what, err))
            return true;
        if (err->kind != CV_STALE || cv_deadline_passed(call->deadline))
            return false;
    }
    return false;
}

static struct judged one_person(struct prov_call *call, const struct dom_staff *staff, enum dom_brake_kind kind)
{
    struct cv_id unit = dom_home_on(staff, cv_today())->unit;
    return (struct judged){.times = 1,
                           .one = {.kind = kind,
                                   .unit = unit,
                                   .staff = staff->id,
                                   .unit_size = view_unit_recorded(call->prov->options.view, unit)}};
}

bool prov_brake_pass(struct prov_call *call, struct cv_id token, const struct dom_staff *staff,
                     enum dom_brake_kind kind, struct cv_error *err)
{
    struct prov_lines lines;
    struct judged what = one_person(call, staff, kind);
    if (cv_id_is_zero(token))
        return true; /* the calendar's own work was judged when it was ordered */
    what.kept = true;
    if (!prov_lines_load(call, &lines, err))
        return false;
    what.line = prov_line_of(&lines, token);
    return judge(call, &what, err);
}

bool prov_brake_too_many(struct prov_call *call, const struct prov_leaver *leavers, size_t count, bool *out,
                         struct cv_error *err)
{
    struct prov_call trial = *call;
    struct prov_lines lines;
    trial.validate_only = true;
    trial.trial = NULL;
    *out = false;
    if (!prov_lines_load(call, &lines, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct judged what = {
            .line = prov_line_of(&lines, call->token),
            .times = 1,
            .one = {.kind = leavers[i].kind,
                    .unit = leavers[i].unit,
                    .staff = leavers[i].staff,
                    .unit_size = view_unit_recorded(call->prov->options.view, leavers[i].unit)}};
        if (judge(&trial, &what, err))
            continue;
        *out = err->problem == cvp_brake_engaged;
        if (*out)
            cv_error_clear(err);
        return *out;
    }
    return true;
}

/* ---- what a refusal is of ---- */

const char *prov_staff_target(struct cv_arena *arena, struct cv_id staff)
{
    char id[CV_ID_TEXT];
    return cv_arena_printf(arena, "staff/%s", cv_id_text("stf_", staff, id));
}

const char *prov_system_target(struct cv_arena *arena, const char *slug)
{
    return cv_arena_printf(arena, "system/%s", slug);
}

const char *prov_unit_target(struct cv_arena *arena, struct cv_id unit)
{
    char id[CV_ID_TEXT];
    return cv_arena_printf(arena, "unit/%s", cv_id_text("unt_", unit, id));
}

/* ---- a change of one person ---- */

/* The accounts that a change locks for a stolen password. */
static bool locks_now(const struct prov_change *change, size_t i)
{
    const struct dom_account *will = &change->after->accounts[i];
    const struct dom_account *was = dom_account_of(change->before, will->system);
    return was != NULL && was->desired == DOM_PRESENT && dom_locks_stolen(was, will);
}

/* One account stopped for anything else makes the whole an ordinary change. */
static enum dom_brake_kind kind_of(const struct prov_change *change)
{
    if (change->is_order)
        return change->order_kind;
    return change->urgent_events == change->brake_events ? DOM_BRAKE_LOCK : DOM_BRAKE_ORDINARY;
}

/* What is to be noted on the brake, and what became of it. */
struct noting {
    const struct prov_change *change;        /* of locks */
    const struct dom_brake_refusal *refusal; /* of a refused change */
    bool noted, no_room;
};

static void settle(struct noting *noting, enum dom_brake_noted as)
{
    noting->noted = noting->noted || as == DOM_BRAKE_NOTED;
    noting->no_room = noting->no_room || as == DOM_BRAKE_NO_ROOM;
}

static bool note_locks(struct dom_brake *brake, struct cv_arena *arena, void *ctx)
{
    struct noting *noting = ctx;
    const struct prov_change *change = noting->change;
    noting->noted = noting->no_room = false;
    for (size_t i = 0; i < change->after->account_count; i++) {
        const struct dom_brake_lock lock = {.staff = change->before->id,
                                            .system = change->after->accounts[i].system,
                                            .by = change->call->actor,
                                            .at = cv_now()};
        if (locks_now(change, i))
            settle(noting, dom_brake_hold(brake, arena, &lock));
    }
    return noting->noted;
}

static bool note_refusal(struct dom_brake *brake, struct cv_arena *arena, void *ctx)
{
    struct noting *noting = ctx;
    noting->noted = noting->no_room = false;
    settle(noting, dom_brake_refuse(brake, arena, noting->refusal));
    return noting->noted;
}

/* Fails as the brake did in *err; when nobody would find it among what waits, with why instead. */
static bool note(struct prov_call *call, struct cv_id line, prov_brake_fn *fn, struct noting *noting,
                 struct cv_error *err)
{
    struct cv_error held = *err;
    if (!prov_brake_edit(call, line, fn, noting, err))
        return false;
    *err = held;
    return noting->no_room ? no_room(err) : false;
}

static bool note_refused(struct prov_call *call, const struct judged *what, struct cv_error *err)
{
    const struct dom_brake_refusal refusal = {.target = what->target,
                                              .digest = what->digest,
                                              .people = what->times,
                                              .by = call->actor,
                                              .at = cv_now(),
                                              .released_until = CV_NO_MOMENT};
    struct noting noting = {.refusal = &refusal};
    return note(call, what->line, note_refusal, &noting, err);
}

static bool note_locked(struct prov_change *change, const struct judged *what, struct cv_error *err)
{
    struct noting noting = {.change = change};
    return note(change->call, what->line, note_locks, &noting, err);
}

bool prov_brake_change(struct prov_change *change, struct cv_error *err)
{
    struct prov_call *call = change->call;
    struct prov_lines lines;
    enum dom_brake_kind kind = kind_of(change);
    struct judged what = one_person(call, change->before, kind);
    if (cv_id_is_zero(call->token))
        return true;
    if (!prov_lines_load(call, &lines, err))
        return false;
    what.line = prov_line_of(&lines, call->token);
    what.kept = change->is_order || kind == DOM_BRAKE_LOCK;
    if (!change->is_order)
        what.target = prov_staff_target(call->arena, change->before->id);
    what.digest = "";
    if (judge(call, &what, err))
        return true;
    if (err->problem != cvp_brake_engaged || change->is_order)
        return false;
    return kind == DOM_BRAKE_LOCK ? note_locked(change, &what, err) : note_refused(call, &what, err);
}

/* ---- many at once ---- */

void prov_withdrawn_add(struct prov_withdrawn *all, const char *system, struct cv_id staff)
{
    static const struct cv_key no_key; /* a fingerprint, not a secret */
    char id[CV_ID_TEXT], line[CV_ID_TEXT + DOM_SLUG_MAX + 2];
    snprintf(line, sizeof(line), "%s %s", cv_id_text("stf_", staff, id), system);
    struct cv_tag tag = cv_tag_make(&no_key, line, strlen(line));
    all->sum.half[0] ^= tag.half[0];
    all->sum.half[1] ^= tag.half[1];
    all->people++;
}

bool prov_brake_pass_many(struct prov_call *call, const char *target, const struct prov_withdrawn *all,
                          struct cv_error *err)
{
    struct prov_lines lines;
    char digest[CV_DIGEST_TEXT];
    if (all->people <= 0)
        return true;
    if (!prov_lines_load(call, &lines, err))
        return false;
    cv_sha256(&all->sum, sizeof(all->sum), digest);
    struct judged what = {.line = prov_line_of(&lines, call->token),
                          .times = all->people,
                          .target = target,
                          .digest = digest,
                          .one = {.kind = DOM_BRAKE_ORDINARY}};
    if (judge(call, &what, err))
        return true;
    return err->problem == cvp_brake_engaged ? note_refused(call, &what, err) : false;
}
