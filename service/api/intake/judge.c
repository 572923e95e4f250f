/* What a row of a list would do, asked of the same use cases that do it; and doing it. */
#include <stdio.h>
#include <string.h>

#include "api/intake/imports.h"
#include "api/units/units.h"
#include "congvu/akin.h"
#include "congvu/person_name.h"
#include "congvu/prov_duplicates.h"

static const char *const weight_words[] = {"said", "review", "fault"};

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

static void say(const struct imp *imp, struct imp_row *r, bool passes, const char *code,
                const char *const text[CV_LANGS])
{
    if (!passes && r->action != IMP_FAILED)
        r->action = IMP_REVIEW;
    add_note(r, (struct imp_note){.column = imp_column_of(imp->table, code, imp->call.arena),
                                  .code = code,
                                  .weight = passes ? "said" : "review",
                                  .text = {text[CV_VI], text[CV_EN]}});
}

void imp_say(const struct imp *imp, struct imp_row *r, const char *code, const char *vi, const char *en)
{
    const char *const text[CV_LANGS] = {[CV_VI] = vi, [CV_EN] = en};
    say(imp, r, accepted(imp, code), code, text);
}

void imp_ask(const struct imp *imp, struct imp_row *r, const char *code, const char *vi, const char *en)
{
    const char *const text[CV_LANGS] = {[CV_VI] = vi, [CV_EN] = en};
    say(imp, r, false, code, text);
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

static void take_error(const struct imp *imp, struct cv_arena *arena, const struct cv_error *err,
                       const struct cv_faults *faults, struct imp_row *r)
{
    const char *code = cv_problem_row(err->problem)->code;
    r->action = err->problem == cvp_possible_duplicate || err->problem == cvp_staff_departed ? IMP_REVIEW : IMP_FAILED;
    for (size_t i = 0; i < faults->count; i++)
        add_note(r, imp_note_of_fault(imp->table, &faults->items[i], arena));
    if (faults->count == 0)
        add_note(r, (struct imp_note){
                        .column = imp_column_of(imp->table, code, arena),
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

/* The day of the whole list; that of a roster which says why the absent leave is theirs. */
static cv_day list_day(const struct imp *imp)
{
    return imp->options->absent_reason == NULL ? imp->options->effective_on : CV_NO_DAY;
}

static const char *effective_of(const struct imp *imp, const struct int_proposal *p, char out[CV_DAY_TEXT])
{
    if (value(p, INT_F_EFFECTIVE))
        return value(p, INT_F_EFFECTIVE);
    return list_day(imp) != CV_NO_DAY ? cv_day_iso(list_day(imp), out) : NULL;
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
    put_decision(imp, p, anew && o->here_before ? NULL : effective, j);
}

/* The days of a decision lie in it: without its number they would be lost, and a change for a later day be done today.
 */
static bool lacks_number(const struct imp *imp, const struct int_proposal *p)
{
    const struct imp_options *o = imp->options;
    bool dated =
        value(p, INT_F_EFFECTIVE) || value(p, INT_F_SIGNED) || list_day(imp) != CV_NO_DAY || o->signed_on != CV_NO_DAY;
    return dated && value(p, INT_F_DECISION) == NULL && o->decision == NULL;
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

static void headcount_body(const struct imp *imp, const struct int_proposal *p, struct cv_jout *j)
{
    char day[CV_DAY_TEXT];
    const char *of_list = list_day(imp) != CV_NO_DAY ? cv_day_iso(list_day(imp), day) : NULL;
    cv_jout_raw(j, "total", value(p, INT_F_TOTAL), strlen(value(p, INT_F_TOTAL)));
    if (value(p, INT_F_ESTABLISHMENT))
        cv_jout_raw(j, "establishment", value(p, INT_F_ESTABLISHMENT), strlen(value(p, INT_F_ESTABLISHMENT)));
    put_text(j, "on", value(p, INT_F_DAY) ? value(p, INT_F_DAY) : of_list);
}

/* ---- what it would do ---- */

/* Looked at or not, the run cannot answer it either: it asks. */
static void say_undecided(const struct imp *imp, struct imp_row *r, const struct prov_duplicate *question,
                          struct cv_arena *arena)
{
    static const char *const then[CV_LANGS] = {"khi thực hiện, dòng này chỉ được đưa vào đó, chưa tạo hay sửa gì",
                                               "when the list is carried out the row is only put there, and nothing is "
                                               "made or changed"};
    static const char *const texts[PROV_ABOUTS][CV_LANGS] = {
        [PROV_LOOKS_ALIKE] = {"Có thể người này đã có trên hệ thống, vui lòng xem ở mục hồ sơ trùng",
                              "Perhaps this person is in the system already; please look among the duplicates"},
        [PROV_OTHER_NAME] = {"Mã này trên hệ thống mang tên khác hẳn, vui lòng xem ở mục hồ sơ trùng",
                             "In the system this code has quite another name; please look among the duplicates"},
        [PROV_FORMER_CODE] = {"Đây là mã cũ trên hệ thống, vui lòng xem ở mục hồ sơ trùng",
                              "In the system this is a former code; please look among the duplicates"},
    };
    const char *text[CV_LANGS];
    for (int i = 0; i < CV_LANGS; i++)
        text[i] = accepted(imp, "possible_duplicate")
                      ? cv_arena_printf(arena, "%s; %s", texts[question->about][i], then[i])
                      : texts[question->about][i];
    imp_say(imp, r, "possible_duplicate", text[CV_VI], text[CV_EN]);
}

/* "These are other people", as somebody said who looked at them: named in the body, so that whoever comes since is
 * asked about. None: everybody, for who is made by a row above has no id yet. */
static const char *insisting(const char *body, const struct cv_id *others, size_t count, struct cv_arena *arena)
{
    struct cv_jout j;
    cv_auto_buf buf = {0};
    char id[CV_ID_TEXT];
    cv_buf_init(&buf, 1 << 16);
    cv_jout_init(&j, &buf);
    cv_jout_array(&j, NULL);
    for (size_t i = 0; i < count; i++)
        cv_jout_string(&j, NULL, cv_id_text("stf_", others[i], id));
    if (count == 0)
        cv_jout_string(&j, NULL, "*");
    cv_jout_end(&j);
    return cv_arena_printf(arena, "%.*s,\"not_same_as\":%s}", (int)strlen(body) - 1, body, cv_buf_str(&buf));
}

/* Whom somebody looks like who would be made; the caller may see them. */
static size_t look_alikes(const struct imp_trial *t, const struct imp_row *r, const struct cv_id **out)
{
    const struct prov_duplicate *question = r->op == IMP_PUT_STAFF ? t->staff.question : NULL;
    bool asked = question != NULL && question->about == PROV_LOOKS_ALIKE;
    *out = t->staff.candidates;
    return asked || t->err.problem == cvp_possible_duplicate ? t->staff.candidate_count : 0;
}

static bool try_row(struct imp *imp, struct imp_row *r, struct imp_trial *t, struct cv_arena *arena)
{
    const struct cv_id *others;
    imp_trial_begin(t, imp, arena, true);
    bool done = imp_try(t, r->op, r->fresh ? NULL : r->key, r->body);
    size_t count = look_alikes(t, r, &others);
    if (count == 0 || !accepted(imp, "possible_duplicate"))
        return done;
    imp_say(imp, r, "possible_duplicate", "Giống người đã có; đã xem và là người khác",
            "Looks like somebody who is there; seen, and somebody else");
    r->body = insisting(r->body, others, count, arena);
    imp_trial_end(t);
    imp_trial_begin(t, imp, arena, true);
    return imp_try(t, r->op, r->fresh ? NULL : r->key, r->body);
}

/* The number of the row above that makes somebody of this name with the same birth year, mobile or unit; 0 = none. */
static int64_t alike_above(const struct imp *imp, const struct dom_staff *staff, int64_t row, struct cv_arena *arena)
{
    char unit[CV_ID_TEXT];
    const char *name = dom_name_key(arena, staff->full_name);
    const char *const keys[] = {
        cv_arena_printf(arena, "\n%s/%s", name, cv_id_text("unt_", dom_home_shown(staff)->unit, unit)),
        staff->birth_year != 0 ? cv_arena_printf(arena, "\n%s/%d", name, staff->birth_year) : NULL,
        staff->mobile != NULL ? cv_arena_printf(arena, "\n%s/%s", name, staff->mobile) : NULL};
    int64_t above = 0;
    for (size_t i = 0; i < CV_COUNT(keys) && imp->met != NULL; i++) {
        int64_t met = keys[i] != NULL ? imp_texts_get(imp->met, keys[i]) : 0;
        if (met > 0)
            above = met;
        else if (met < 0)
            imp_texts_set(imp->met, keys[i], row);
    }
    return above;
}

static void ask_of_row_above(struct imp *imp, struct imp_row *r, const char *body, const struct dom_staff *staff,
                             struct cv_arena *arena)
{
    int64_t above = alike_above(imp, staff, r->row, arena);
    if (above == 0)
        return;
    imp_say(imp, r, "possible_duplicate",
            cv_arena_printf(arena, "Có thể là cùng một người với dòng %lld", (long long)above),
            cv_arena_printf(arena, "Perhaps the same person as in row %lld", (long long)above));
    if (accepted(imp, "possible_duplicate"))
        r->body = insisting(body, NULL, 0, arena);
}

/* Of what is decided: a post, a title, a category. */
static bool decided(const char *changes)
{
    static const char *const fields[] = {"unit", "title", "category"};
    char member[32];
    for (size_t i = 0; i < CV_COUNT(fields); i++) {
        snprintf(member, sizeof(member), "\"field\":\"%s\"", fields[i]);
        if (strstr(changes, member) != NULL)
            return true;
    }
    return false;
}

static void ask_for_number(const struct imp *imp, struct imp_row *r, struct cv_arena *arena)
{
    const struct cv_fault fault = {.at = "/decision/number", .code = "required"};
    r->action = IMP_FAILED;
    add_note(r, imp_note_of_fault(imp->table, &fault, arena));
}

static void judge(struct imp *imp, struct imp_row *r, struct cv_arena *arena)
{
    const char *body = r->body;
    struct imp_trial t;
    if (!try_row(imp, r, &t, arena)) {
        take_error(imp, arena, &t.err, &t.x.faults, r);
    } else if (imp_undecided(&t, r->op)) {
        say_undecided(imp, r, imp_of_units(r->op) ? t.unit.question : t.staff.question, arena);
        r->action = r->action == IMP_REVIEW ? IMP_REVIEW : IMP_QUESTION;
    } else {
        enum imp_action action = imp_action_of(&t, r->op, &r->changes);
        r->action = r->action == IMP_REVIEW ? IMP_REVIEW : action;
        if (r->revision != IMP_BY_CHANGES || r->action == IMP_CREATE)
            r->revision = imp_revision_of(&t, r->op);
        r->address = imp_of_units(r->op) ? NULL : t.staff.staff.address;
        r->corrects = action == IMP_DEPART && dom_current_departure(&t.staff.before) != NULL;
        if (!imp_of_units(r->op) && imp_revision_of(&t, r->op) > 0)
            r->staff = cv_id_kept("stf_", t.staff.before.id, arena);
        if (action == IMP_CREATE && r->op == IMP_PUT_STAFF)
            ask_of_row_above(imp, r, body, &t.staff.staff, arena);
        if (r->lacks_number && (action == IMP_UPDATE || action == IMP_MOVE) && decided(r->changes))
            ask_for_number(imp, r, arena);
    }
    imp_trial_end(&t);
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
        return cv_id_kept("stf_", holder, arena);
    return NULL;
}

/* A code with somebody else's name beside it is a row that slipped. */
static bool is_there(struct imp *imp, const struct int_proposal *p, struct cv_arena *arena, struct imp_row *r)
{
    struct view_staff seen;
    struct cv_error none = {0};
    if (r->key == NULL || !view_staff_find(api_of(imp->x)->view, api_actor(imp->x)->scope, r->key, arena, &seen, &none))
        return false;
    if (value(p, INT_F_NAME) == NULL || dom_names_akin(arena, value(p, INT_F_NAME), seen.full_name))
        return true;
    imp_say(imp, r, "name_mismatch", cv_arena_printf(arena, "Trên hệ thống người này là “%s”", seen.full_name),
            cv_arena_printf(arena, "In the system this person is “%s”", seen.full_name));
    if (accepted(imp, "name_mismatch")) /* looked at: it is him, whatever his name */
        r->key = cv_id_kept("stf_", seen.id, arena);
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
    r->unclear = r->unclear || code == NULL;
    if (code == NULL)
        imp_ask(imp, r, ambiguous ? "unit_ambiguous" : "unit_unknown",
                ambiguous ? cv_arena_printf(arena, "Có nhiều đơn vị tên “%s”; vui lòng ghi mã đơn vị", text)
                          : cv_arena_printf(
                                arena, "Không tìm thấy đơn vị “%s”; vui lòng ghi mã hoặc tên như trên hệ thống", text),
                ambiguous ? cv_arena_printf(arena, "Several units are called “%s”; please give the unit's code", text)
                          : cv_arena_printf(
                                arena, "There is no unit “%s”; please write its code or name as in the system", text));
    return code;
}

static void several(const struct imp *imp, struct imp_row *r)
{
    r->unclear = true;
    imp_ask(imp, r, "several_of_name",
            "Có nhiều người trùng họ tên này; vui lòng ghi số hiệu cũ, thư điện tử hoặc năm sinh",
            "Several people have this name; please give the former code, the address or the birth year");
}

/* Whom the row means; true: he is there. */
static bool whom(struct imp *imp, const struct int_proposal *p, struct cv_arena *arena, struct imp_row *r)
{
    struct imp_met met = {0};
    if (imp->roster != NULL)
        imp_roster_met(imp->roster, p, arena, &met);
    r->key = met.staff != NULL ? met.staff : person_key(imp, p, arena);
    r->fresh = met.fresh;
    if (met.several)
        several(imp, r);
    if (met.staff != NULL && (met.code != NULL || met.loses))
        r->revision = IMP_BY_CHANGES;
    return !met.fresh && is_there(imp, p, arena, r);
}

static bool unit_is_there(const struct imp *imp, const char *code, struct cv_arena *arena)
{
    struct view_unit unit;
    struct cv_error none = {0};
    return view_unit_find(api_of(imp->x)->view, api_actor(imp->x)->scope, code, CV_NO_DAY, arena, &unit, &none);
}

/* A unit's row: its parent may be made by a row above. */
static void unit_row(struct imp *imp, const struct int_proposal *p, struct cv_arena *arena, struct imp_row *r,
                     struct cv_jout *j)
{
    const char *wanted = value(p, INT_F_PARENT);
    bool ambiguous = false;
    const char *parent = wanted ? imp_unit_of(imp, wanted, arena, &ambiguous) : imp->options->unit_code;
    r->key = value(p, INT_F_UNIT_CODE);
    r->parent_above = parent != NULL && !unit_is_there(imp, parent, arena);
    unit_body(parent ? parent : wanted, p, j);
    if (r->key != NULL && !unit_is_there(imp, r->key, arena))
        imp_units_add(imp, r->key, value(p, INT_F_UNIT_NAME), parent);
}

static void make_body(struct imp *imp, const struct int_proposal *p, struct cv_arena *arena, struct imp_row *r)
{
    struct cv_buf buf;
    struct cv_jout j;
    enum int_list_kind kind = imp->options->kind;
    cv_buf_init(&buf, 1 << 16);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    if (kind == INT_UNITS) {
        unit_row(imp, p, arena, r, &j);
    } else if (kind == INT_HEADCOUNTS) {
        r->key = unit_of(imp, p, true, arena, r);
        r->revision = IMP_BY_CHANGES; /* another day of the unit may stand in a row above */
        headcount_body(imp, p, &j);
    } else {
        bool there = whom(imp, p, arena, r);
        r->lacks_number = there && kind != INT_LEAVERS && lacks_number(imp, p);
        if (kind == INT_LEAVERS)
            leaver_body(imp, p, &j);
        else
            staff_body(imp, p, unit_of(imp, p, !there, arena, r), !there, &j);
    }
    cv_jout_end(&j);
    r->body = cv_arena_strdup(arena, cv_buf_str(&buf));
    cv_buf_free(&buf);
}

/* What a unit below one of the same list would do cannot be asked before that one is there. */
void imp_judge(struct imp *imp, const struct int_proposal *p, const struct int_table *table, struct cv_arena *arena,
               struct imp_row *out)
{
    imp->table = table;
    *out = (struct imp_row){.row = p->row, .action = IMP_CREATE, .op = imp_op_of_kind(imp->options->kind)};
    out->name = value(p, INT_F_NAME) ? value(p, INT_F_NAME) : value(p, INT_F_UNIT_NAME);
    take_notes(imp, p, arena, out);
    if (out->action == IMP_FAILED)
        return;
    make_body(imp, p, arena, out);
    if (out->unclear) {
        out->action = IMP_REVIEW; /* nothing was asked: nothing is let through */
        return;
    }
    if ((imp->options->kind == INT_LEAVERS || imp->options->kind == INT_HEADCOUNTS ||
         imp->options->kind == INT_UNITS) &&
        out->key == NULL) {
        if (out->action != IMP_REVIEW)
            imp_ask(imp, out, "not_found", "Không tìm thấy trên hệ thống", "Not found in the system");
        return;
    }
    if (!out->parent_above || unit_is_there(imp, out->key, arena))
        judge(imp, out, arena);
}

/* ---- rows of a roster that stand in no line ---- */

static const char *code_body(const struct imp_met *met, struct cv_arena *arena)
{
    struct cv_jout j;
    cv_auto_buf buf = {0};
    cv_buf_init(&buf, 1 << 12);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    cv_jout_string(&j, "staff_code", met->code);
    put_text(&j, "was", met->was);
    put_text(&j, "taken_from", met->from);
    cv_jout_bool(&j, "given_on", met->given_on);
    cv_jout_end(&j);
    return cv_arena_strdup(arena, cv_buf_str(&buf));
}

bool imp_judge_code(struct imp *imp, const struct int_proposal *p, struct cv_arena *arena, struct imp_row *out)
{
    struct imp_met met;
    imp_roster_met(imp->roster, p, arena, &met);
    if (met.staff == NULL || met.code == NULL)
        return false;
    *out = (struct imp_row){.row = p->row,
                            .action = IMP_UPDATE,
                            .op = IMP_SET_CODE,
                            .key = met.staff,
                            .name = value(p, INT_F_NAME),
                            .body = code_body(&met, arena)};
    judge(imp, out, arena);
    if (met.code_taken && out->action != IMP_FAILED)
        imp_say(imp, out, "code_taken", cv_arena_printf(arena, "Số hiệu %s đang là của người khác", met.code),
                cv_arena_printf(arena, "The code %s is somebody else's", met.code));
    return true;
}

static const char *absent_body(const struct imp *imp, struct cv_arena *arena)
{
    const struct imp_options *o = imp->options;
    const struct int_proposal none = {0};
    char day[CV_DAY_TEXT];
    struct cv_jout j;
    cv_auto_buf buf = {0};
    cv_buf_init(&buf, 1 << 12);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    cv_jout_string(&j, "reason", o->absent_reason);
    cv_jout_string(&j, "effective_on", cv_day_iso(o->effective_on != CV_NO_DAY ? o->effective_on : cv_today(), day));
    put_decision(imp, &none, NULL, &j);
    cv_jout_end(&j);
    return cv_arena_strdup(arena, cv_buf_str(&buf));
}

void imp_judge_absent(struct imp *imp, struct cv_arena *arena, struct imp_row *row)
{
    if (imp->options->absent_reason == NULL)
        return;
    row->key = row->staff;
    row->body = absent_body(imp, arena);
    judge(imp, row, arena);
}
