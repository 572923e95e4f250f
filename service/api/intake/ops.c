/* What a row stands for is a request of its own: tried, told what it would change, and done. */
#include <string.h>

#include "api/intake/imports.h"
#include "api/units/units.h"
#include "congvu/text.h"

const char *const imp_action_words[] = {"create",    "update",       "move",           "depart",    "withdraw",
                                        "reinstate", "remove",       "needs_decision", "unchanged", "changed_since",
                                        "absent",    "needs_review", "failed",         NULL};
_Static_assert(CV_COUNT(imp_action_words) == IMP_ACTIONS + 1, "a word for each action");
const char *const imp_outcome_words[] = {"done", "scheduled",      "unchanged", "changed_since",
                                         "held", "needs_decision", "failed",    NULL};
_Static_assert(CV_COUNT(imp_outcome_words) == IMP_OUTCOMES + 1, "a word for each outcome");
const char *const imp_op_words[] = {
    "put_staff", "patch_staff",        "put_departure", "put_unit",    "patch_unit", "put_headcount",
    "set_code",  "withdraw_departure", "reinstate",     "delete_unit", NULL};
_Static_assert(CV_COUNT(imp_op_words) == IMP_OPS + 1, "a word for each op");

enum imp_op imp_op_of_kind(enum int_list_kind kind)
{
    static const enum imp_op of[INT_LIST_KINDS] = {[INT_STAFF] = IMP_PUT_STAFF,
                                                   [INT_LEAVERS] = IMP_PUT_DEPARTURE,
                                                   [INT_HEADCOUNTS] = IMP_PUT_HEADCOUNT,
                                                   [INT_UNITS] = IMP_PUT_UNIT,
                                                   [INT_ROSTER] = IMP_PUT_STAFF};
    return of[kind];
}

bool imp_of_units(enum imp_op op)
{
    return op == IMP_PUT_UNIT || op == IMP_PATCH_UNIT || op == IMP_PUT_HEADCOUNT || op == IMP_DELETE_UNIT;
}

/* ---- one row as a request of its own ---- */

void imp_trial_begin(struct imp_trial *t, const struct imp *imp, struct cv_arena *arena, bool only)
{
    *t = (struct imp_trial){.x = *imp->x, .call = imp->call};
    t->x.arena = arena;
    cv_faults_init(&t->x.faults, arena);
    cv_buf_init(&t->buf, 1 << 20);
    cv_jout_init(&t->x.out, &t->buf);
    t->call.arena = arena;
    t->call.faults = &t->x.faults;
    t->call.validate_only = only;
    t->call.match = PROV_MATCH_ABSENT;
    t->call.create_only = false;
    t->call.idempotency = (struct dom_idempotency){.at = CV_NO_MOMENT};
}

void imp_trial_end(struct imp_trial *t)
{
    cv_buf_free(&t->buf);
}

static bool faultless(struct imp_trial *t)
{
    return cv_faults_check(&t->x.faults, cvp_validation_failed, &t->err);
}

static bool put_staff(struct imp_trial *t, const char *key, const struct cv_jin *o)
{
    struct prov_staff_input in;
    if (key == NULL) {
        api_read_staff_new(&t->x, o, &in);
        return prov_staff_create(&t->call, &in, &t->staff, &t->err);
    }
    api_read_staff_update(&t->x, o, &in);
    return prov_staff_put(&t->call, key, &in, &t->staff, &t->err);
}

static bool patch_staff(struct imp_trial *t, const char *key, const struct cv_jin *o)
{
    struct prov_staff_input in;
    api_read_staff_update(&t->x, o, &in);
    return prov_staff_patch(&t->call, key, &in, &t->staff, &t->err);
}

static bool put_departure(struct imp_trial *t, const char *key, const struct cv_jin *o)
{
    struct prov_departure_input in;
    api_read_departure(o, &in);
    in.batch = true;
    return faultless(t) && prov_departure_put(&t->call, key, &in, &t->staff, &t->err);
}

static bool put_unit(struct imp_trial *t, const char *key, const struct cv_jin *o)
{
    struct prov_unit_input in;
    api_read_unit(&t->x, PROV_UPDATE, o, &in);
    return faultless(t) && prov_unit_put(&t->call, key, &in, &t->unit, &t->err);
}

static bool patch_unit(struct imp_trial *t, const char *key, const struct cv_jin *o)
{
    struct prov_unit_input in;
    api_read_unit(&t->x, PROV_UPDATE, o, &in);
    return faultless(t) && prov_unit_patch(&t->call, key, &in, &t->unit, &t->err);
}

static bool put_headcount(struct imp_trial *t, const char *key, const struct cv_jin *o)
{
    struct dom_headcount h = {.establishment = -1};
    int64_t total = 0, establishment = -1;
    cv_jin_int(o, "total", CV_REQUIRED, 0, 1000000, &total);
    cv_jin_int(o, "establishment", CV_OPTIONAL, 0, 1000000, &establishment);
    cv_jin_day(o, "on", CV_REQUIRED, &h.on);
    cv_jin_done(o);
    h.total = (int)total;
    h.establishment = (int)establishment;
    t->day = h.on;
    return faultless(t) && prov_headcount_put(&t->call, key, &h, &t->unit, &t->err);
}

static bool set_code(struct imp_trial *t, const char *key, const struct cv_jin *o)
{
    struct prov_renumber in = {0};
    cv_jin_string(o, "staff_code", CV_REQUIRED, DOM_CODE_MAX, &in.code);
    cv_jin_string(o, "was", CV_OPTIONAL, DOM_CODE_MAX, &in.was);
    cv_jin_string(o, "taken_from", CV_OPTIONAL, CV_ID_TEXT, &in.from);
    cv_jin_bool(o, "given_on", CV_OPTIONAL, &in.given_on);
    cv_jin_done(o);
    return faultless(t) && prov_renumber(&t->call, key, &in, &t->staff, &t->err);
}

static bool withdraw(struct imp_trial *t, const char *key, const struct cv_jin *o)
{
    (void)o;
    return prov_departure_withdraw(&t->call, key, &t->staff, &t->err);
}

static bool reinstate(struct imp_trial *t, const char *key, const struct cv_jin *o)
{
    const struct prov_reinstatement_input in = {0};
    (void)o;
    return prov_reinstate(&t->call, key, &in, &t->staff, &t->err);
}

static bool delete_unit(struct imp_trial *t, const char *key, const struct cv_jin *o)
{
    (void)o;
    return prov_unit_read(&t->call, key, &t->unit.before, &t->err) && prov_unit_delete(&t->call, key, &t->err);
}

bool imp_try(struct imp_trial *t, enum imp_op op, const char *key, const char *body)
{
    static bool (*const how[IMP_OPS])(struct imp_trial *, const char *, const struct cv_jin *) = {
        [IMP_PUT_STAFF] = put_staff,     [IMP_PATCH_STAFF] = patch_staff,     [IMP_PUT_DEPARTURE] = put_departure,
        [IMP_PUT_UNIT] = put_unit,       [IMP_PATCH_UNIT] = patch_unit,       [IMP_PUT_HEADCOUNT] = put_headcount,
        [IMP_SET_CODE] = set_code,       [IMP_WITHDRAW_DEPARTURE] = withdraw, [IMP_REINSTATE_STAFF] = reinstate,
        [IMP_DELETE_UNIT] = delete_unit,
    };
    const struct cv_jin *o = cv_json_parse(t->x.arena, &t->x.faults, body, strlen(body), &t->err);
    return o != NULL && how[op](t, key, o);
}

/* ---- what it would change ---- */

static void tell_count(struct cv_jout *j, const char *field, int from, int to)
{
    if (from == to)
        return;
    cv_jout_object(j, NULL);
    cv_jout_string(j, "field", field);
    if (from < 0)
        cv_jout_null(j, "from");
    else
        cv_jout_int(j, "from", from);
    if (to < 0)
        cv_jout_null(j, "to");
    else
        cv_jout_int(j, "to", to);
    cv_jout_end(j);
}

static void tell_headcount(struct imp_trial *t)
{
    const struct dom_headcount *from = dom_headcount_of_day(&t->unit.before, t->day),
                               *to = dom_headcount_of_day(&t->unit.unit, t->day);
    cv_jout_array(&t->x.out, "changes");
    tell_count(&t->x.out, "total", from ? from->total : -1, to ? to->total : -1);
    tell_count(&t->x.out, "establishment", from ? from->establishment : -1, to ? to->establishment : -1);
    cv_jout_end(&t->x.out);
}

static const char *changes_of(struct imp_trial *t, enum imp_op op)
{
    cv_jout_object(&t->x.out, NULL);
    if (op == IMP_PUT_HEADCOUNT)
        tell_headcount(t);
    else if (imp_of_units(op))
        api_write_unit_changes(&t->x, &t->unit.before, &t->unit.unit);
    else
        api_write_staff_changes(&t->x, &t->staff.before, &t->staff.staff);
    cv_jout_end(&t->x.out);
    const char *text = cv_buf_str(&t->buf), *from = strchr(text, '[');
    size_t len = strlen(text);
    return from ? cv_arena_strndup(t->x.arena, from, len - (size_t)(from - text) - 1) : "[]";
}

/* What of an order is no member of the person that `changes` tell. */
static bool same_order(const struct dom_departure *a, const struct dom_departure *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->number == b->number && a->state == b->state && a->reason == b->reason &&
           a->effective_on == b->effective_on && cv_text_same(a->reason_text, b->reason_text) &&
           cv_text_same(a->decision.number, b->decision.number) && a->decision.signed_on == b->decision.signed_on;
}

static enum imp_action action_by_changes(const struct imp_trial *t, enum imp_op op, const char *changes)
{
    bool none = strcmp(changes, "[]") == 0, person = op == IMP_PUT_STAFF || op == IMP_PATCH_STAFF;
    if (op == IMP_PUT_DEPARTURE)
        return none && same_order(dom_current_departure(&t->staff.before), dom_current_departure(&t->staff.staff))
                   ? IMP_UNCHANGED
                   : IMP_DEPART;
    if (none)
        return IMP_UNCHANGED;
    return person && strstr(changes, "\"field\":\"unit\"") ? IMP_MOVE : IMP_UPDATE;
}

enum imp_action imp_action_of(struct imp_trial *t, enum imp_op op, const char **changes)
{
    if (op == IMP_DELETE_UNIT)
        return IMP_REMOVE;
    if (op == IMP_WITHDRAW_DEPARTURE)
        return IMP_WITHDRAW;
    if (op == IMP_REINSTATE_STAFF)
        return IMP_REINSTATE;
    if (op != IMP_PUT_HEADCOUNT && imp_revision_of(t, op) == 0)
        return IMP_CREATE;
    *changes = changes_of(t, op);
    return action_by_changes(t, op, *changes);
}

int64_t imp_revision_of(const struct imp_trial *t, enum imp_op op)
{
    return imp_of_units(op) ? t->unit.before.revision : t->staff.before.revision;
}

/* ---- doing it ---- */

static void key_of(struct imp *imp, const char *import, int64_t row, struct imp_trial *t)
{
    char digest[CV_DIGEST_TEXT];
    const char *text = cv_arena_printf(t->x.arena, "import\n%s/%lld", import, (long long)row);
    cv_digest(&api_of(imp->x)->idempotency_key, text, strlen(text), digest);
    t->call.idempotency = (struct dom_idempotency){
        .key = cv_arena_strdup(t->x.arena, digest), .body = cv_arena_strdup(t->x.arena, digest), .at = cv_now()};
}

bool imp_undecided(const struct imp_trial *t, enum imp_op op)
{
    return (imp_of_units(op) ? t->unit.outcome : t->staff.outcome) == PROV_NEEDS_DECISION;
}

static enum imp_outcome outcome_of(const struct imp_trial *t, enum imp_op op)
{
    enum prov_outcome outcome = imp_of_units(op) ? t->unit.outcome : t->staff.outcome;
    if (op == IMP_DELETE_UNIT)
        return IMP_DONE;
    if (imp_undecided(t, op))
        return IMP_UNDECIDED;
    if (outcome == PROV_UNCHANGED || outcome == PROV_REPLAYED)
        return IMP_SAME;
    const struct dom_departure *d = op == IMP_PUT_DEPARTURE ? dom_current_departure(&t->staff.staff) : NULL;
    return d != NULL && d->state == DOM_SCHEDULED ? IMP_SCHEDULED : IMP_DONE;
}

static void take_record(const struct imp_trial *t, enum imp_op op, struct cv_arena *arena, struct imp_done *out)
{
    out->revision = imp_of_units(op) ? t->unit.unit.revision : t->staff.staff.revision;
    out->updated_at = imp_of_units(op) ? t->unit.unit.updated_at : t->staff.staff.updated_at;
    if (imp_of_units(op))
        return;
    out->address = t->staff.staff.address;
    if (!cv_id_is_zero(t->staff.staff.id))
        out->staff = cv_id_kept("stf_", t->staff.staff.id, arena);
}

/* What became of a record about which the plan could only ask. */
static const char *answered(struct imp_trial *t, const struct imp_row *row, struct cv_arena *arena)
{
    const char *changes = NULL;
    if (row->action == IMP_QUESTION)
        (void)imp_action_of(t, row->op, &changes);
    return changes != NULL ? cv_arena_strdup(arena, changes) : NULL;
}

static void done(struct imp *imp, const char *import, const struct imp_row *row, struct cv_arena *arena,
                 struct imp_done *out, struct cv_error *err)
{
    struct imp_trial t;
    imp_trial_begin(&t, imp, arena, false);
    if (row->revision > 0 && row->op != IMP_SET_CODE) {
        t.call.match = PROV_MATCH_REVISION;
        t.call.match_revision = row->revision;
    }
    if (row->key == NULL)
        key_of(imp, import, row->row, &t);
    if (row->action == IMP_CREATE)
        t.call.told = row->address;
    *out = (struct imp_done){.outcome = IMP_NOT_DONE, .updated_at = CV_NO_MOMENT};
    if (imp_try(&t, row->op, row->key, row->body)) {
        out->outcome = outcome_of(&t, row->op);
        out->made = out->outcome == IMP_DONE || out->outcome == IMP_SCHEDULED ||
                    (!imp_of_units(row->op) && t.staff.outcome == PROV_REPLAYED);
        take_record(&t, row->op, arena, out);
        out->changes = out->outcome == IMP_DONE ? answered(&t, row, arena) : NULL;
    } else if (t.err.problem == cvp_brake_engaged) {
        out->outcome = IMP_HELD;
    } else if (t.err.problem == cvp_etag_mismatch) {
        out->outcome = IMP_CHANGED_SINCE;
    }
    *err = t.err;
    imp_trial_end(&t);
}

/* Nobody has the code, and the view has all that was done before: there is nothing to compare with. */
static bool nothing_there(const struct imp *imp, const struct imp_row *row)
{
    struct cv_id holder;
    return row->key == NULL || (row->op == IMP_PUT_STAFF && row->revision == 0 &&
                                !view_code_holder(api_of(imp->x)->view, row->key, &holder));
}

/* What takes something away finds nothing when it has been done. */
static bool taken_away(enum imp_op op, enum cv_problem problem)
{
    return (op == IMP_WITHDRAW_DEPARTURE && problem == cvp_departure_not_found) ||
           (op == IMP_REINSTATE_STAFF && problem == cvp_not_departed) ||
           (op == IMP_DELETE_UNIT && problem == cvp_unit_not_found);
}

/* Is the record what the plan saw? Of a question nothing was seen: it was answered since. */
static bool as_planned(const struct imp_trial *t, const struct imp_row *row, const char *changes)
{
    if (row->op == IMP_SET_CODE || row->action == IMP_QUESTION)
        return true;
    if (row->revision == IMP_BY_CHANGES)
        return changes != NULL && row->changes != NULL && strcmp(changes, row->changes) == 0;
    return imp_revision_of(t, row->op) == row->revision;
}

static bool look(struct imp *imp, const struct imp_row *row, struct cv_arena *arena, struct imp_done *out,
                 struct cv_error *err)
{
    struct imp_trial t;
    const char *changes = NULL;
    imp_trial_begin(&t, imp, arena, true);
    bool ok = imp_try(&t, row->op, row->key, row->body);
    bool asks = ok && imp_undecided(&t, row->op); /* the question is kept when it is asked in earnest */
    bool same = asks ? false
                : ok ? imp_action_of(&t, row->op, &changes) == IMP_UNCHANGED
                     : taken_away(row->op, t.err.problem);
    bool planned = ok && as_planned(&t, row, changes);
    *out = (struct imp_done){.outcome = same ? IMP_SAME
                                        : ok ? IMP_CHANGED_SINCE
                                             : IMP_NOT_DONE,
                             .updated_at = CV_NO_MOMENT};
    if (ok)
        take_record(&t, row->op, arena, out);
    *err = t.err;
    imp_trial_end(&t);
    if (err->problem == cvp_etag_mismatch)
        out->outcome = IMP_CHANGED_SINCE;
    return asks || (!same && (planned || err->problem == cvp_brake_engaged));
}

/* First looked at: what is there already as wished is done, whoever did it; only then does it count that somebody
 * changed the record since the plan was made. */
void imp_carry_out(struct imp *imp, const char *import, const struct imp_row *row, struct cv_arena *arena,
                   struct imp_done *out, struct cv_error *err)
{
    if (nothing_there(imp, row) || look(imp, row, arena, out, err))
        done(imp, import, row, arena, out, err);
}

/* Who was made without a code is known by the key of the row alone. */
static void recall(struct imp *imp, const char *import, const struct imp_row *row, struct cv_arena *arena,
                   struct imp_done *out, struct cv_error *err)
{
    struct imp_trial t;
    bool replayed = false;
    imp_trial_begin(&t, imp, arena, false);
    key_of(imp, import, row->row, &t);
    if (prov_staff_seen(&t.call, &t.staff, &replayed, err) && replayed) {
        out->outcome = IMP_SAME;
        out->made = true;
        take_record(&t, row->op, arena, out);
    }
    imp_trial_end(&t);
}

void imp_look_back(struct imp *imp, const char *import, const struct imp_row *row, struct cv_arena *arena,
                   struct imp_done *out, struct cv_error *err)
{
    *out = (struct imp_done){.outcome = IMP_NOT_DONE, .updated_at = CV_NO_MOMENT};
    if (row->key == NULL)
        recall(imp, import, row, arena, out, err);
    else
        (void)look(imp, row, arena, out, err);
}

bool imp_to_be_done(enum imp_action action)
{
    return action <= IMP_QUESTION;
}
