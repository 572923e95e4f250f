/* What a row of a list would do, asked of the same use cases that do it; and doing it. */
#include <string.h>

#include "api/intake/imports.h"
#include "api/units/units.h"

const char *const imp_action_words[] = {"create", "update",       "move",   "depart", "unchanged",
                                        "absent", "needs_review", "failed", NULL};
const char *const imp_outcome_words[] = {"done", "scheduled",      "unchanged", "changed_since",
                                         "held", "needs_decision", "failed",    NULL};
_Static_assert(CV_COUNT(imp_outcome_words) == IMP_OUTCOMES + 1, "a word for each outcome");
static const char *const weight_words[] = {"said", "review", "fault"};

bool imp_begin(struct imp *imp, struct cv_error *err)
{
    return imp_units_load(imp->x, &imp->units, err);
}

/* ---- notes ---- */
static void add_note(struct imp_row *r, struct imp_note note)
{
    if (r->note_count < IMP_NOTES)
        r->notes[r->note_count++] = note;
}

/* Has a person looked at notes of this code, and lets the rows pass? */
static bool accepted(const struct imp *imp, const char *code)
{
    size_t len = strlen(code);
    const char *at = imp->options->accept;
    for (; at && *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] == ','))
        if (strncmp(at, code, len) == 0 && (at[len] == ',' || at[len] == '\0'))
            return true;
    return false;
}

static void review(const struct imp *imp, struct imp_row *r, const char *code, const char *vi, const char *en)
{
    bool passes = accepted(imp, code);
    if (!passes && r->action != IMP_FAILED)
        r->action = IMP_REVIEW;
    add_note(r, (struct imp_note){.code = code, .weight = passes ? "said" : "review", .text = {vi, en}});
}

static void take_notes(const struct imp *imp, const struct int_proposal *p, struct cv_arena *arena, struct imp_row *out)
{
    for (size_t i = 0; i < p->note_count; i++) {
        const struct int_note *n = &p->notes[i];
        char *letters = cv_arena_alloc(arena, INT_COLUMN_TEXT);
        enum int_weight weight = n->weight == INT_REVIEW && accepted(imp, n->code) ? INT_SAID : n->weight;
        if (weight != INT_SAID && out->action != IMP_FAILED)
            out->action = weight == INT_FAULT ? IMP_FAILED : IMP_REVIEW;
        add_note(out,
                 (struct imp_note){.column = n->column >= 0 ? int_column_letters((size_t)n->column, letters) : NULL,
                                   .code = n->code,
                                   .weight = weight_words[weight],
                                   .text = {n->text[CV_VI], n->text[CV_EN]}});
    }
}

static void take_error(struct cv_arena *arena, const struct cv_error *err, const struct cv_faults *faults,
                       struct imp_row *r)
{
    const char *code = cv_problem_row(err->problem)->code;
    r->action = err->problem == cvp_possible_duplicate || err->problem == cvp_staff_departed ? IMP_REVIEW : IMP_FAILED;
    for (size_t i = 0; i < faults->count; i++)
        add_note(r, (struct imp_note){.code = faults->items[i].code,
                                      .weight = "fault",
                                      .text = {faults->items[i].text[CV_VI], faults->items[i].text[CV_EN]}});
    if (faults->count == 0)
        add_note(r, (struct imp_note){
                        .code = code,
                        .weight = r->action == IMP_REVIEW ? "review" : "fault",
                        .text = {cv_arena_strdup(arena, err->text[CV_VI]), cv_arena_strdup(arena, err->text[CV_EN])}});
}

/* ---- bodies ---- */
static const char *value(const struct int_proposal *p, enum int_field field)
{
    return p->value[field];
}

static void put_text(struct cv_jout *j, const char *name, const char *text)
{
    if (text)
        cv_jout_string(j, name, text);
}

static void put_decision(const struct imp *imp, const struct int_proposal *p, const char *effective, struct cv_jout *j)
{
    const struct imp_options *o = imp->options;
    const char *number = value(p, INT_F_DECISION) ? value(p, INT_F_DECISION) : o->decision;
    char day[CV_DAY_TEXT];
    if (number == NULL)
        return;
    cv_jout_object(j, "decision");
    cv_jout_string(j, "number", number);
    if (value(p, INT_F_SIGNED) || o->signed_on != CV_NO_DAY)
        cv_jout_string(j, "signed_on", value(p, INT_F_SIGNED) ? value(p, INT_F_SIGNED) : cv_day_iso(o->signed_on, day));
    if (effective)
        cv_jout_string(j, "effective_on", effective);
    cv_jout_end(j);
}

static const char *effective_of(const struct imp *imp, const struct int_proposal *p, char out[CV_DAY_TEXT])
{
    if (value(p, INT_F_EFFECTIVE))
        return value(p, INT_F_EFFECTIVE);
    return imp->options->effective_on != CV_NO_DAY ? cv_day_iso(imp->options->effective_on, out) : NULL;
}

/* "Y Blô Êban", looked at: the given name stands first. */
static void put_parts(const struct imp *imp, const struct int_proposal *p, struct cv_jout *j)
{
    const char *family = NULL, *given = NULL;
    if (value(p, INT_F_NAME) == NULL || !accepted(imp, "given_name_first") ||
        !dom_split_given_first(imp->x->arena, value(p, INT_F_NAME), &family, &given))
        return;
    cv_jout_string(j, "family_name", family);
    cv_jout_string(j, "given_name", given);
}

static void staff_body(const struct imp *imp, const struct int_proposal *p, const char *unit, bool anew,
                       struct cv_jout *j)
{
    const struct imp_options *o = imp->options;
    char day[CV_DAY_TEXT];
    const char *effective = effective_of(imp, p, day),
               *hired = value(p, INT_F_HIRED) ? value(p, INT_F_HIRED) : effective;
    put_text(j, "full_name", value(p, INT_F_NAME));
    put_parts(imp, p, j);
    put_text(j, "unit", unit);
    put_text(j, "title", value(p, INT_F_TITLE));
    put_text(j, "category", value(p, INT_F_CATEGORY) ? value(p, INT_F_CATEGORY) : anew ? o->category : NULL);
    put_text(j, "mobile", value(p, INT_F_MOBILE));
    if (value(p, INT_F_BIRTH))
        cv_jout_raw(j, "birth_year", value(p, INT_F_BIRTH), strlen(value(p, INT_F_BIRTH)));
    if (anew && !o->here_before)
        put_text(j, "hired_on", hired);
    put_decision(imp, p, o->here_before ? NULL : effective, j);
}

static void leaver_body(const struct imp *imp, const struct int_proposal *p, struct cv_jout *j)
{
    char day[CV_DAY_TEXT];
    const char *effective = effective_of(imp, p, day);
    put_text(j, "reason", value(p, INT_F_REASON));
    put_text(j, "effective_on", effective);
    put_decision(imp, p, NULL, j);
}

static void unit_body(const char *parent, const struct int_proposal *p, struct cv_jout *j)
{
    cv_jout_object(j, "name");
    cv_jout_string(j, "vi", value(p, INT_F_UNIT_NAME));
    cv_jout_end(j);
    put_text(j, "kind", value(p, INT_F_UNIT_KIND));
    put_text(j, "parent", parent);
    put_text(j, "slug", value(p, INT_F_SLUG));
}

static void headcount_body(const struct int_proposal *p, struct cv_jout *j)
{
    cv_jout_raw(j, "total", value(p, INT_F_TOTAL), strlen(value(p, INT_F_TOTAL)));
    if (value(p, INT_F_ESTABLISHMENT))
        cv_jout_raw(j, "establishment", value(p, INT_F_ESTABLISHMENT), strlen(value(p, INT_F_ESTABLISHMENT)));
    put_text(j, "on", value(p, INT_F_DAY));
}

/* ---- one row as a request of its own ---- */
struct trial {
    struct htp_exchange x; /* a copy: arena, faults and answer are the row's */
    struct prov_call call;
    struct cv_buf buf;
    struct prov_staff_result staff;
    struct prov_unit_result unit;
    struct cv_error err;
};

static void trial_begin(struct trial *t, const struct imp *imp, struct cv_arena *arena, bool only)
{
    *t = (struct trial){.x = *imp->x, .call = imp->call};
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

static void trial_end(struct trial *t)
{
    cv_buf_free(&t->buf);
}

static const struct cv_jin *body_of(struct trial *t, const char *body)
{
    return cv_json_parse(t->x.arena, &t->x.faults, body, strlen(body), &t->err);
}

static bool try_staff(struct trial *t, const char *key, const char *body)
{
    struct prov_staff_input in;
    const struct cv_jin *o = body_of(t, body);
    if (o == NULL)
        return false;
    if (key == NULL) {
        api_read_staff_new(&t->x, o, &in);
        return prov_staff_create(&t->call, &in, &t->staff, &t->err);
    }
    api_read_staff_update(&t->x, o, &in);
    return prov_staff_put(&t->call, key, &in, &t->staff, &t->err);
}

static bool try_departure(struct trial *t, const char *key, const char *body)
{
    struct prov_departure_input in;
    const struct cv_jin *o = body_of(t, body);
    if (o == NULL)
        return false;
    api_read_departure(o, &in);
    in.batch = true;
    return cv_faults_check(&t->x.faults, cvp_validation_failed, &t->err) &&
           prov_departure_put(&t->call, key, &in, &t->staff, &t->err);
}

static bool try_unit(struct trial *t, const char *key, const char *body)
{
    struct prov_unit_input in;
    const struct cv_jin *o = body_of(t, body);
    if (o == NULL)
        return false;
    api_read_unit(&t->x, PROV_UPDATE, o, &in);
    return cv_faults_check(&t->x.faults, cvp_validation_failed, &t->err) &&
           prov_unit_put(&t->call, key, &in, &t->unit, &t->err);
}

static bool try_headcount(struct trial *t, const char *key, const char *body)
{
    struct dom_headcount h = {.establishment = -1};
    int64_t total = 0, establishment = -1;
    const struct cv_jin *o = body_of(t, body);
    if (o == NULL)
        return false;
    cv_jin_int(o, "total", CV_REQUIRED, 0, 1000000, &total);
    cv_jin_int(o, "establishment", CV_OPTIONAL, 0, 1000000, &establishment);
    cv_jin_day(o, "on", CV_REQUIRED, &h.on);
    cv_jin_done(o);
    h.total = (int)total;
    h.establishment = (int)establishment;
    return cv_faults_check(&t->x.faults, cvp_validation_failed, &t->err) &&
           prov_headcount_put(&t->call, key, &h, &t->unit, &t->err);
}

static bool try_row(struct trial *t, enum int_list_kind kind, const char *key, const char *body)
{
    switch (kind) {
    case INT_LEAVERS:
        return try_departure(t, key, body);
    case INT_UNITS:
        return try_unit(t, key, body);
    case INT_HEADCOUNTS:
        return try_headcount(t, key, body);
    default:
        return try_staff(t, key, body);
    }
}

static bool of_units(enum int_list_kind kind)
{
    return kind == INT_UNITS || kind == INT_HEADCOUNTS;
}

/* ---- what it would change ---- */
static const struct dom_headcount *count_on(const struct dom_unit *unit, cv_day day)
{
    for (size_t i = 0; i < unit->headcount_count; i++)
        if (unit->headcounts[i].on == day)
            return &unit->headcounts[i];
    return NULL;
}

static bool same_counts(const struct dom_unit *a, const struct dom_unit *b)
{
    if (a->headcount_count != b->headcount_count)
        return false;
    for (size_t i = 0; i < b->headcount_count; i++) {
        const struct dom_headcount *was = count_on(a, b->headcounts[i].on);
        if (was == NULL || was->total != b->headcounts[i].total || was->establishment != b->headcounts[i].establishment)
            return false;
    }
    return true;
}

static const char *changes_of(struct trial *t, enum int_list_kind kind)
{
    cv_jout_object(&t->x.out, NULL);
    if (kind == INT_UNITS)
        api_write_unit_changes(&t->x, &t->unit.before, &t->unit.unit);
    else
        api_write_staff_changes(&t->x, &t->staff.before, &t->staff.staff);
    cv_jout_end(&t->x.out);
    const char *text = cv_buf_str(&t->buf), *from = strchr(text, '[');
    size_t len = strlen(text);
    return from ? cv_arena_strndup(t->x.arena, from, len - (size_t)(from - text) - 1) : "[]";
}

static enum imp_action action_of(struct trial *t, enum int_list_kind kind, const char **changes)
{
    bool person = kind == INT_STAFF || kind == INT_ROSTER;
    int64_t before = person || kind == INT_LEAVERS ? t->staff.before.revision : t->unit.before.revision;
    if (kind == INT_HEADCOUNTS)
        return same_counts(&t->unit.before, &t->unit.unit) ? IMP_UNCHANGED : IMP_UPDATE;
    if (before == 0)
        return IMP_CREATE;
    *changes = changes_of(t, kind);
    if (kind == INT_LEAVERS)
        return t->staff.before.departure_count == t->staff.staff.departure_count && strcmp(*changes, "[]") == 0
                   ? IMP_UNCHANGED
                   : IMP_DEPART;
    if (strcmp(*changes, "[]") == 0)
        return IMP_UNCHANGED;
    return person && strstr(*changes, "\"field\":\"unit\"") ? IMP_MOVE : IMP_UPDATE;
}

static void judge(struct imp *imp, struct imp_row *r, struct cv_arena *arena)
{
    struct trial t;
    enum int_list_kind kind = imp->options->kind;
    bool unit = of_units(kind);
    trial_begin(&t, imp, arena, true);
    if (!try_row(&t, kind, r->key, r->body)) {
        take_error(arena, &t.err, &t.x.faults, r);
    } else if (!unit && t.staff.outcome == PROV_NEEDS_DECISION) {
        review(imp, r, "possible_duplicate", "Có thể người này đã có trên hệ thống, vui lòng xem ở mục hồ sơ trùng",
               "Perhaps this person is in the system already; please look among the duplicates");
    } else {
        enum imp_action action = action_of(&t, kind, &r->changes);
        r->action = r->action == IMP_REVIEW ? IMP_REVIEW : action;
        r->revision = unit ? t.unit.before.revision : t.staff.before.revision;
        r->address = unit ? NULL : t.staff.staff.address;
        if (!unit && r->revision > 0)
            r->staff = cv_id_text("stf_", t.staff.before.id, cv_arena_alloc(arena, CV_ID_TEXT));
    }
    trial_end(&t);
}

/* ---- whom a row means ---- */
/* The code, else whoever has the address. */
static const char *person_key(struct imp *imp, const struct int_proposal *p, struct cv_arena *arena)
{
    struct cv_id holder;
    const char *address = value(p, INT_F_ADDRESS);
    if (value(p, INT_F_CODE))
        return value(p, INT_F_CODE);
    if (address && view_staff_holder(api_of(imp->x)->view, api_actor(imp->x)->scope, VIEW_BY_NAME, address, &holder))
        return cv_id_text("stf_", holder, cv_arena_alloc(arena, CV_ID_TEXT));
    return NULL;
}

static bool shares_a_word(struct cv_arena *arena, const char *a, const char *b)
{
    char *words = cv_arena_strdup(arena, cv_text_fold(arena, a)), *save = NULL;
    const char *other = cv_arena_printf(arena, " %s ", cv_text_fold(arena, b));
    for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
        if (strstr(other, cv_arena_printf(arena, " %s ", word)))
            return true;
    return false;
}

/* A code with somebody else's name beside it is a row that slipped. */
static bool is_there(struct imp *imp, const struct int_proposal *p, struct cv_arena *arena, struct imp_row *r)
{
    struct view_staff seen;
    struct cv_error none = {0};
    if (r->key == NULL || !view_staff_find(api_of(imp->x)->view, api_actor(imp->x)->scope, r->key, arena, &seen, &none))
        return false;
    if (value(p, INT_F_NAME) && !shares_a_word(arena, value(p, INT_F_NAME), seen.full_name))
        review(imp, r, "name_mismatch", cv_arena_printf(arena, "Trên hệ thống người này là “%s”", seen.full_name),
               cv_arena_printf(arena, "In the system this person is “%s”", seen.full_name));
    return true;
}

static const char *unit_of(struct imp *imp, const struct int_proposal *p, bool anew, struct cv_arena *arena,
                           struct imp_row *r)
{
    const char *text = value(p, INT_F_UNIT_CODE) ? value(p, INT_F_UNIT_CODE) : value(p, INT_F_UNIT);
    bool ambiguous = false;
    if (text == NULL)
        return anew ? imp->options->unit_code : NULL;
    const char *code = imp_unit_of(imp, text, arena, &ambiguous);
    r->unclear = code == NULL;
    if (code == NULL)
        review(imp, r, ambiguous ? "unit_ambiguous" : "unit_unknown",
               ambiguous ? cv_arena_printf(arena, "Có nhiều đơn vị tên “%s”; vui lòng ghi mã đơn vị", text)
                         : cv_arena_printf(arena, "Không tìm thấy đơn vị “%s”", text),
               ambiguous ? cv_arena_printf(arena, "Several units are called “%s”; please give the unit's code", text)
                         : cv_arena_printf(arena, "There is no unit “%s”", text));
    return code;
}

static void make_body(struct imp *imp, const struct int_proposal *p, struct cv_arena *arena, struct imp_row *r)
{
    struct cv_buf buf;
    struct cv_jout j;
    const char *parent = NULL;
    enum int_list_kind kind = imp->options->kind;
    cv_buf_init(&buf, 1 << 16);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    if (kind == INT_UNITS) {
        bool ambiguous = false;
        parent = value(p, INT_F_PARENT) ? imp_unit_of(imp, value(p, INT_F_PARENT), arena, &ambiguous)
                                        : imp->options->unit_code;
        r->key = value(p, INT_F_UNIT_CODE);
        unit_body(parent ? parent : value(p, INT_F_PARENT), p, &j); /* perhaps made by a row above */
    } else if (kind == INT_HEADCOUNTS) {
        r->key = unit_of(imp, p, true, arena, r);
        headcount_body(p, &j);
    } else {
        r->key = person_key(imp, p, arena);
        bool there = is_there(imp, p, arena, r);
        if (kind == INT_LEAVERS)
            leaver_body(imp, p, &j);
        else
            staff_body(imp, p, unit_of(imp, p, !there, arena, r), !there, &j);
    }
    cv_jout_end(&j);
    r->body = cv_arena_strdup(arena, cv_buf_str(&buf));
    cv_buf_free(&buf);
}

void imp_judge(struct imp *imp, const struct int_proposal *p, const struct int_table *table, struct cv_arena *arena,
               struct imp_row *out)
{
    (void)table;
    *out = (struct imp_row){.row = p->row, .action = IMP_CREATE};
    out->name = value(p, INT_F_NAME) ? value(p, INT_F_NAME) : value(p, INT_F_UNIT_NAME);
    take_notes(imp, p, arena, out);
    if (out->action == IMP_FAILED)
        return;
    make_body(imp, p, arena, out);
    if (out->unclear)
        return;
    if ((imp->options->kind == INT_LEAVERS || imp->options->kind == INT_HEADCOUNTS ||
         imp->options->kind == INT_UNITS) &&
        out->key == NULL) {
        if (out->action != IMP_REVIEW)
            review(imp, out, "not_found", "Không tìm thấy trên hệ thống", "Not found in the system");
        return;
    }
    judge(imp, out, arena);
}

/* ---- doing it ---- */
static bool planned(const struct trial *t, enum int_list_kind kind, const struct imp_row *row)
{
    return (of_units(kind) ? t->unit.before.revision : t->staff.before.revision) == row->revision;
}

static void key_of(struct imp *imp, const char *import, int64_t row, struct trial *t)
{
    char digest[CV_DIGEST_TEXT];
    const char *text = cv_arena_printf(t->x.arena, "import\n%s/%lld", import, (long long)row);
    cv_digest(&api_of(imp->x)->idempotency_key, text, strlen(text), digest);
    t->call.idempotency = (struct dom_idempotency){
        .key = cv_arena_strdup(t->x.arena, digest), .body = cv_arena_strdup(t->x.arena, digest), .at = cv_now()};
}

static enum imp_outcome outcome_of(const struct trial *t, enum int_list_kind kind)
{
    enum prov_outcome outcome = of_units(kind) ? t->unit.outcome : t->staff.outcome;
    if (outcome == PROV_NEEDS_DECISION)
        return IMP_UNDECIDED;
    if (outcome == PROV_UNCHANGED || outcome == PROV_REPLAYED)
        return IMP_SAME;
    const struct dom_departure *d = kind == INT_LEAVERS ? dom_current_departure(&t->staff.staff) : NULL;
    return d != NULL && d->state == DOM_SCHEDULED ? IMP_SCHEDULED : IMP_DONE;
}

static void done(struct imp *imp, const char *import, const struct imp_row *row, struct cv_arena *arena,
                 struct imp_done *out, struct cv_error *err)
{
    struct trial t;
    trial_begin(&t, imp, arena, false);
    if (row->revision > 0) {
        t.call.match = PROV_MATCH_REVISION;
        t.call.match_revision = row->revision;
    }
    if (row->key == NULL)
        key_of(imp, import, row->row, &t);
    *out = (struct imp_done){.outcome = IMP_NOT_DONE};
    if (try_row(&t, imp->options->kind, row->key, row->body))
        *out = (struct imp_done){outcome_of(&t, imp->options->kind), t.staff.staff.address};
    else if (t.err.problem == cvp_brake_engaged)
        out->outcome = IMP_HELD;
    else if (t.err.problem == cvp_etag_mismatch)
        out->outcome = IMP_CHANGED_SINCE;
    *err = t.err;
    trial_end(&t);
}

/* Nobody has the code, and the view has all that was done before: there is nothing to compare with. */
static bool nothing_there(const struct imp *imp, const struct imp_row *row)
{
    struct cv_id holder;
    bool person = imp->options->kind == INT_STAFF || imp->options->kind == INT_ROSTER;
    return row->key == NULL ||
           (person && row->revision == 0 && !view_code_holder(api_of(imp->x)->view, row->key, &holder));
}

/* First looked at: what is there already as wished is done, whoever did it; only then does it count that somebody
 * changed the record since the plan was made. */
void imp_carry_out(struct imp *imp, const char *import, const struct imp_row *row, struct cv_arena *arena,
                   struct imp_done *out, struct cv_error *err)
{
    struct trial t;
    const char *changes = NULL;
    enum int_list_kind kind = imp->options->kind;
    if (nothing_there(imp, row)) {
        done(imp, import, row, arena, out, err);
        return;
    }
    trial_begin(&t, imp, arena, true);
    bool ok = try_row(&t, kind, row->key, row->body);
    bool same = ok && action_of(&t, kind, &changes) == IMP_UNCHANGED, as_planned = ok && planned(&t, kind, row);
    *out = (struct imp_done){same ? IMP_SAME
                             : ok ? IMP_CHANGED_SINCE
                                  : IMP_NOT_DONE,
                             ok ? t.staff.staff.address : NULL};
    *err = t.err;
    trial_end(&t);
    if (!same && (as_planned || err->problem == cvp_brake_engaged))
        done(imp, import, row, arena, out, err);
}

bool imp_to_be_done(enum imp_action action)
{
    return action == IMP_CREATE || action == IMP_UPDATE || action == IMP_MOVE || action == IMP_DEPART;
}
