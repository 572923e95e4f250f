/* A roster against who is on the staff: whom each row means, whose code becomes another, who is in no row.
 *
 * All rows are looked at before any is judged. First by what is certain (former code, address, a code beside the very
 * name of its holder), then by a name that only one unmet person of the unit has, at last by a code whose holder's name
 * is like the row's. A current code beats a former one; a code that is wanted by another row is free for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/intake/imports.h"

enum { PAGE = 500, NONE = -1, SEVERAL = -2 };

struct member {
    struct cv_id id;
    const char *code, *name, *full_name, *folded, *address; /* name: as written */
    int birth;
    int64_t revision, next;   /* of the same name; NONE = the last */
    bool met, perhaps, loses; /* perhaps: a row could mean him or others of his name */
};
struct row {
    const char *folded, *code, *old_code, *address; /* or NULL */
    int birth;
    bool unclear;   /* it is to be looked at, or failed */
    int64_t member; /* NONE, SEVERAL */
};
struct imp_roster {
    struct imp *imp;
    struct member *members;
    size_t member_count;
    struct imp_texts *by_name, *by_id, *wanted; /* wanted: codes by their rows */
    struct imp_texts *unmet_rows;               /* of a name */
    struct row *rows;                           /* by number */
    size_t row_count;
};

/* ---- who is on the staff ---- */

static void add_member(struct imp_roster *r, const struct view_staff *s)
{
    struct cv_arena *arena = r->imp->x->arena;
    struct member *m = &r->members[r->member_count];
    char id[CV_ID_TEXT];
    *m = (struct member){.id = s->id,
                         .code = s->staff_code,
                         .full_name = s->full_name,
                         .folded = cv_text_fold(arena, s->full_name),
                         .address = s->address,
                         .birth = s->birth_year,
                         .revision = s->revision};
    m->next = imp_texts_get(r->by_name, m->folded);
    imp_texts_set(r->by_name, m->folded, (int64_t)r->member_count);
    imp_texts_set(r->by_id, cv_id_text("stf_", s->id, id), (int64_t)r->member_count);
    r->member_count++;
}

/* Guests, who are at home elsewhere, are in the roster of their own unit. */
static bool load_members(struct imp_roster *r, struct cv_error *err)
{
    struct htp_exchange *x = r->imp->x;
    const struct view_scope scope = api_actor(x)->scope;
    const struct imp_options *o = r->imp->options;
    struct view_staff_query q = {.scope = scope,
                                 .has_unit = o->has_unit || !scope.everywhere,
                                 .unit = o->has_unit ? o->unit : scope.top,
                                 .recursive = true,
                                 .statuses = (uint32_t) ~(1u << DOM_DEPARTED),
                                 .updated_since = CV_NO_MOMENT,
                                 .page_size = PAGE,
                                 .want_total = true};
    struct view_staff_page page;
    do {
        if (!view_staff_list(api_of(x)->view, &q, x->arena, &page, err))
            return false;
        if (r->members == NULL) {
            r->members = CV_NEWS(x->arena, struct member, page.total + PAGE);
            r->by_name = imp_texts_new(x->arena, page.total + PAGE);
            r->by_id = imp_texts_new(x->arena, page.total + PAGE);
        }
        for (size_t i = 0; i < page.count; i++)
            add_member(r, &page.items[i]);
        q.want_total = false;
        q.after = page.next;
        q.after_len = page.next_len;
    } while (page.next);
    return true;
}

/* ---- whom a row means ---- */

static const char *code_key(struct cv_arena *arena, const char *code)
{
    return code != NULL ? dom_code_key(arena, code) : NULL;
}

static int64_t member_of(const struct imp_roster *r, struct cv_id id)
{
    char text[CV_ID_TEXT];
    int64_t at = imp_texts_get(r->by_id, cv_id_text("stf_", id, text));
    return at >= 0 && !r->members[at].met ? at : NONE;
}

static int64_t holder_of(const struct imp_roster *r, const char *code)
{
    struct cv_id id;
    return code != NULL && view_code_holder(api_of(r->imp->x)->view, code, &id) ? member_of(r, id) : NONE;
}

static int64_t by_address(const struct imp_roster *r, const char *address)
{
    struct cv_id id;
    bool there = address != NULL &&
                 view_staff_holder(api_of(r->imp->x)->view, api_actor(r->imp->x)->scope, VIEW_BY_NAME, address, &id);
    return there ? member_of(r, id) : NONE;
}

static int64_t certain(const struct imp_roster *r, const struct row *row)
{
    int64_t at = holder_of(r, row->old_code);
    if (at == NONE)
        at = by_address(r, row->address);
    if (at != NONE)
        return at;
    at = holder_of(r, row->code);
    bool his = at != NONE && (row->folded == NULL || strcmp(row->folded, r->members[at].folded) == 0);
    return his ? at : NONE;
}

static bool same_birth(const struct member *m, const struct row *row)
{
    return m->birth == 0 || row->birth == 0 || m->birth == row->birth;
}

/* Only one of the unit has the name and nobody has met him, and only one row without a person has it. */
static int64_t by_name(const struct imp_roster *r, const struct row *row)
{
    int64_t found = NONE, exact = NONE;
    size_t count = 0;
    for (int64_t at = row->folded != NULL ? imp_texts_get(r->by_name, row->folded) : NONE; at != NONE;
         at = r->members[at].next) {
        if (r->members[at].met || !same_birth(&r->members[at], row))
            continue;
        found = at;
        count++;
        if (row->birth != 0 && r->members[at].birth == row->birth)
            exact = exact == NONE ? at : SEVERAL;
    }
    if (exact >= 0)
        return exact;
    bool alone = count == 1 && imp_texts_get(r->unmet_rows, row->folded) == 1;
    return count == 0 ? NONE : alone ? found : SEVERAL;
}

/* All of the name who could be meant: who stands in the list does not leave for want of a birth year. */
static void meet_perhaps(struct imp_roster *r, const struct row *row, const char *name)
{
    for (int64_t at = imp_texts_get(r->by_name, name); at != NONE; at = r->members[at].next)
        r->members[at].perhaps = r->members[at].perhaps || same_birth(&r->members[at], row);
}

/* "ThS. Lê Văn An", or two people in one cell: whose name stands inside is no more absent than who could be meant. */
static void meet_inside(struct imp_roster *r, const struct row *row)
{
    enum { WORDS = 24 };
    char *name = cv_arena_strdup(r->imp->x->arena, row->folded);
    char *words[WORDS], *save = NULL;
    size_t count = 0;
    for (char *w = strtok_r(name, " ", &save); w != NULL && count < WORDS; w = strtok_r(NULL, " ", &save))
        words[count++] = w;
    for (size_t first = 0; first < count; first++)
        for (size_t last = first + 1; last < count; last++) {
            size_t begin = (size_t)(words[first] - name), end = (size_t)(words[last] - name) + strlen(words[last]);
            char part[256];
            snprintf(part, sizeof(part), "%.*s", (int)(end - begin), row->folded + begin);
            meet_perhaps(r, row, part);
        }
}

static void meet(struct imp_roster *r, struct row *row, int64_t member)
{
    row->member = member;
    if (member >= 0)
        r->members[member].met = true;
    else if (member == SEVERAL)
        meet_perhaps(r, row, row->folded);
}

static bool take_row(void *ctx, const struct int_proposal *p)
{
    struct imp_roster *r = ctx;
    struct cv_arena *arena = r->imp->x->arena;
    if (p->state == INT_SKIPPED || p->row >= r->row_count)
        return true;
    struct row *row = &r->rows[p->row];
    const char *birth = p->value[INT_F_BIRTH], *address = p->value[INT_F_ADDRESS];
    *row = (struct row){.folded = p->value[INT_F_NAME] ? cv_text_fold(arena, p->value[INT_F_NAME]) : NULL,
                        .code = code_key(arena, p->value[INT_F_CODE]),
                        .old_code = code_key(arena, p->value[INT_F_OLD_CODE]),
                        .address = address ? cv_arena_strdup(arena, address) : NULL,
                        .birth = birth ? (int)strtol(birth, NULL, 10) : 0,
                        .unclear = p->state != INT_READY,
                        .member = NONE};
    if (row->code != NULL)
        imp_texts_set(r->wanted, row->code, p->row);
    meet(r, row, certain(r, row));
    return true;
}

static bool is_row(const struct row *row)
{
    return row->folded != NULL || row->code != NULL || row->address != NULL;
}

static void count_unmet(struct imp_roster *r)
{
    for (size_t i = 0; i < r->row_count; i++) {
        const struct row *row = &r->rows[i];
        if (!is_row(row) || row->member != NONE || row->folded == NULL)
            continue;
        int64_t before = imp_texts_get(r->unmet_rows, row->folded);
        imp_texts_set(r->unmet_rows, row->folded, before < 0 ? 1 : before + 1);
    }
}

/* Whose record is written when a row gives somebody else a code that he has or had. */
static void find_losers(struct imp_roster *r)
{
    for (size_t i = 0; i < r->row_count; i++) {
        const struct row *row = &r->rows[i];
        struct cv_id holder;
        char id[CV_ID_TEXT];
        if (!is_row(row) || row->member < 0 || row->code == NULL ||
            cv_ascii_same(r->members[row->member].code, row->code) ||
            !view_code_holder(api_of(r->imp->x)->view, row->code, &holder))
            continue;
        int64_t at = imp_texts_get(r->by_id, cv_id_text("stf_", holder, id));
        if (at >= 0 && at != row->member)
            r->members[at].loses = true;
    }
}

bool imp_roster_make(struct imp *imp, struct int_list *list, const struct int_table *table, struct cv_error *err)
{
    struct cv_arena *arena = imp->x->arena;
    struct imp_roster *r = CV_NEW(arena, struct imp_roster);
    size_t rows = int_about(list)->rows + 2;
    *r = (struct imp_roster){.imp = imp,
                             .wanted = imp_texts_new(arena, rows),
                             .unmet_rows = imp_texts_new(arena, rows),
                             .rows = CV_NEWS(arena, struct row, rows),
                             .row_count = rows};
    imp->roster = r;
    if (!load_members(r, err) || !int_proposals(list, table, take_row, r, err))
        return false;
    count_unmet(r);
    for (int by = 0; by < 2; by++)
        for (size_t i = 0; i < rows; i++)
            if (is_row(&r->rows[i]) && r->rows[i].member == NONE)
                meet(r, &r->rows[i], by == 0 ? by_name(r, &r->rows[i]) : holder_of(r, r->rows[i].code));
    for (size_t i = 0; i < rows; i++)
        if (r->rows[i].unclear && r->rows[i].folded != NULL)
            meet_inside(r, &r->rows[i]);
    find_losers(r);
    return true;
}

/* ---- what follows for a row ---- */

/* Is it a code of somebody on the staff, and no former one? That one may still mean him, and the run would ask. */
static bool is_current(const struct imp_roster *r, const char *code, struct cv_id holder)
{
    char text[CV_ID_TEXT];
    int64_t at = imp_texts_get(r->by_id, cv_id_text("stf_", holder, text));
    return at >= 0 && cv_ascii_same(r->members[at].code, code);
}

/* Who has or had the code gives it up: to another of his own, or because it is a former one only. */
static bool freed(const struct imp_roster *r, const char *code, struct cv_id holder)
{
    char text[CV_ID_TEXT];
    int64_t at = imp_texts_get(r->by_id, cv_id_text("stf_", holder, text));
    if (at < 0)
        return false;
    if (!cv_ascii_same(r->members[at].code, code))
        return true;
    for (size_t i = 0; i < r->row_count; i++)
        if (is_row(&r->rows[i]) && r->rows[i].member == at)
            return r->rows[i].code != NULL && !cv_ascii_same(r->rows[i].code, code);
    return false;
}

static void tell_code(struct imp_roster *r, const struct member *m, const char *code, struct cv_arena *arena,
                      struct imp_met *out)
{
    struct cv_id holder;
    out->code = code;
    out->was = m->code;
    out->given_on = m->code != NULL && imp_texts_get(r->wanted, dom_code_key(arena, m->code)) >= 0;
    if (!view_code_holder(api_of(r->imp->x)->view, code, &holder) || cv_id_equal(holder, m->id))
        return;
    out->from = cv_id_kept("stf_", holder, arena);
    out->code_taken = !freed(r, code, holder);
}

void imp_roster_met(struct imp_roster *r, const struct int_proposal *p, struct cv_arena *arena, struct imp_met *out)
{
    const struct row *row = p->row < r->row_count ? &r->rows[p->row] : NULL;
    const char *code = p->value[INT_F_CODE];
    struct cv_id holder;
    *out = (struct imp_met){0};
    if (row == NULL)
        return;
    out->several = row->member == SEVERAL;
    if (row->member >= 0) {
        const struct member *m = &r->members[row->member];
        out->staff = cv_id_kept("stf_", m->id, arena);
        out->loses = m->loses;
        if (code != NULL && !cv_ascii_same(m->code, code))
            tell_code(r, m, code, arena, out);
        return;
    }
    out->fresh = code != NULL && view_code_holder(api_of(r->imp->x)->view, code, &holder) &&
                 is_current(r, code, holder) && freed(r, code, holder);
}

size_t imp_roster_size(const struct imp_roster *r)
{
    return r->member_count;
}

bool imp_roster_absent(const struct imp_roster *r, size_t *at, struct imp_row *out, struct cv_arena *arena)
{
    while (*at < r->member_count && (r->members[*at].met || r->members[*at].perhaps))
        ++*at;
    if (*at >= r->member_count)
        return false;
    const struct member *m = &r->members[(*at)++];
    const char *id = cv_id_kept("stf_", m->id, arena);
    *out = (struct imp_row){.action = IMP_ABSENT,
                            .op = IMP_PUT_DEPARTURE,
                            .staff = id,
                            .key = m->code ? m->code : id,
                            .name = m->full_name,
                            .address = m->address,
                            .revision = m->loses ? IMP_BY_CHANGES : m->revision};
    return true;
}
