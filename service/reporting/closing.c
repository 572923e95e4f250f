/* The list of the closing day: who was there and what he had, kept with a draft, so that usage which arrives later is
 * counted for the people of that day. It goes when the report becomes final.
 *
 * A line each: id, line of the report, away (A or -), then for each system: - not eligible, m missing, i issued,
 * a activated; l = locked for inactivity; the day of issue as a number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reporting/internal.h"

/* ---- writing ---- */

static void put_state(struct cv_buf *out, const struct view_closing *p, size_t i)
{
    uint16_t bit = (uint16_t)(1u << i);
    if (!(p->eligible & bit)) {
        cv_buf_puts(out, " -");
        return;
    }
    if (!(p->issued & bit)) {
        cv_buf_puts(out, " m");
        return;
    }
    cv_buf_printf(out, " %s%s", p->activated & bit ? "a" : "i", p->idle & bit ? "l" : "");
    if (p->issued_on[i] != CV_NO_DAY)
        cv_buf_printf(out, "%d", (int)p->issued_on[i]);
}

/* They come unit by unit, nearly. */
static bool begins_unit(const struct view_closing *people, size_t i)
{
    return i == 0 || !cv_id_equal(people[i].unit, people[i - 1].unit);
}

/* The same line in another sheet, which may have one more or less before it. */
static struct rep_row *same_line(struct rep_sheet *s, const struct rep_row *line)
{
    for (size_t i = 0; i < s->row_count; i++)
        if (s->rows[i].kind == line->kind && strcmp(s->rows[i].unit, line->unit) == 0)
            return &s->rows[i];
    return NULL;
}

/* Whom the list holds of each line, in each system: those whom the figures count. */
struct listed {
    int32_t eligible, issued;
};

struct listing {
    struct rep_report *r;
    struct listed *of[DOM_SYSTEMS_MAX];   /* by system and line, the total first */
    struct listed *line[DOM_SYSTEMS_MAX]; /* of the unit whose people come; NULL = the total alone */
};

static void begin_listing(struct listing *l, struct rep_report *r, struct cv_arena *arena)
{
    l->r = r;
    for (size_t k = 0; k < r->sheet_count; k++)
        l->of[k] = CV_NEWS(arena, struct listed, r->sheets[k].row_count + 1);
}

static void turn_to(struct listing *l, const struct rep_row *line)
{
    for (size_t k = 0; k < l->r->sheet_count; k++) {
        struct rep_sheet *s = &l->r->sheets[k];
        const struct rep_row *row = line != NULL ? same_line(s, line) : NULL;
        l->line[k] = row != NULL && row->kind != REP_ROW_TOTAL ? &l->of[k][row - s->rows] : NULL;
    }
}

static void add_listed(struct listed *to, const struct view_closing *p, size_t system)
{
    if (to == NULL)
        return;
    to->eligible += p->eligible >> system & 1;
    to->issued += p->eligible & p->issued & 1u << system ? 1 : 0;
}

static bool same_count(int32_t listed, int32_t counted)
{
    return listed == (counted == REP_NONE ? 0 : counted);
}

static bool agrees(const struct listing *l)
{
    bool same = true;
    for (size_t k = 0; k < l->r->sheet_count; k++)
        for (size_t i = 0; i < l->r->sheets[k].row_count; i++) {
            const struct rep_counts *c = &l->r->sheets[k].rows[i].counts;
            same &= same_count(l->of[k][i].eligible, c->eligible) && same_count(l->of[k][i].issued, c->issued);
        }
    return same;
}

static void put_person(struct cv_buf *out, struct listing *l, const struct view_closing *p, size_t line)
{
    char id[CV_ID_TEXT];
    cv_buf_printf(out, "%s %zu %s", cv_id_text("", p->staff, id), line, p->away ? "A" : "-");
    for (size_t k = 0; k < l->r->sheet_count; k++) {
        put_state(out, p, k);
        add_listed(&l->of[k][0], p, k);
        add_listed(l->line[k], p, k);
    }
    cv_buf_puts(out, "\n");
}

bool prov_closing_list(const struct prov_freeze *f, struct rep_report *r, const char **out, bool *out_agrees,
                       struct cv_error *err)
{
    struct view_closing *people;
    size_t count;
    const char *slugs[DOM_SYSTEMS_MAX];
    struct listing listing = {0};
    cv_auto_buf list = {0};
    cv_buf_init(&list, DIR_DOCUMENT_MAX);
    struct view_coverage_query q = prov_freeze_query(f, r, slugs);
    if (!view_closing_list(f->call->prov->options.view, &q, f->call->arena, &people, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) /* a line that is made moves others */
        if (begins_unit(people, i))
            (void)prov_freeze_line(f, &r->sheets[0], people[i].unit);
    begin_listing(&listing, r, f->call->arena);
    const struct rep_row *line = NULL;
    for (size_t i = 0; i < count && cv_buf_ok(&list); i++) {
        if (begins_unit(people, i)) {
            line = prov_freeze_line(f, &r->sheets[0], people[i].unit);
            turn_to(&listing, line);
        }
        put_person(&list, &listing, &people[i], line != NULL ? (size_t)(line - r->sheets[0].rows) : 0);
    }
    if (!cv_buf_ok(&list))
        return cv_fail(err, cvp_report_too_large, NULL, "Danh sách ngày chốt quá lớn; hãy chọn đơn vị nhỏ hơn",
                       "The list of the closing day is too large; choose a smaller unit");
    *out = cv_arena_strndup(f->call->arena, cv_buf_str(&list), list.len);
    *out_agrees = agrees(&listing);
    return true;
}

/* ---- counting again ---- */

struct recount {
    struct prov_call *call;
    struct rep_report *r;
    cv_day to; /* last day counted */
    struct view_listed listed;
    struct cv_error *err;
};

static void clear(struct rep_counts *c, bool stale, bool regular)
{
    if (rep_not_recorded_yet(c))
        return;
    int32_t use = stale ? REP_NONE : 0;
    c->activated = c->activated == REP_NONE ? REP_NONE : 0;
    c->used = c->never_used = c->on_leave_unused = use;
    c->regular = c->too_new = regular ? 0 : REP_NONE;
    c->unknown = stale ? c->issued : 0;
}

static void more(int32_t *count, bool yes)
{
    if (*count != REP_NONE && yes)
        ++*count;
}

static void add(struct rep_counts *c, bool activated, bool away, const struct dom_use_verdict *said)
{
    more(&c->activated, activated || said->ever);
    more(&c->used, said->used & 1);
    more(&c->regular, said->regular & 1);
    more(&c->too_new, said->too_new);
    more(&c->never_used, said->never);
    more(&c->on_leave_unused, away && !(said->used & 1));
}

static bool count_state(struct recount *c, struct rep_sheet *s, struct cv_id staff, const struct rep_row *line,
                        bool away, const char *state)
{
    struct dom_activity rule = {.reported = s->reported,
                                .regular_days = s->regular_days,
                                .regular_of = s->regular_of,
                                .stale_after = s->stale_after,
                                .precision = s->last_only ? DOM_LAST_ONLY : DOM_BY_DAY,
                                .version = s->rule_version};
    bool idle = state[1] == 'l', issued = *state == 'i' || *state == 'a';
    const char *day = state + 1 + idle;
    struct dom_use_case at = {.rule = &rule,
                              .issued_on = *state != '\0' && *day != '\0' ? (cv_day)strtol(day, NULL, 10) : CV_NO_DAY,
                              .data_from = s->data_from,
                              .idle = idle,
                              .day = c->to};
    struct dom_use_verdict said = {0};
    struct rep_row *row = same_line(s, line);
    if (*state == '-')
        return true;
    if (issued && !view_closing_use(c->call->prov->options.view, staff, &c->listed, s->system, &at,
                                    c->to - c->r->from + 1, &said, c->err))
        return false;
    if (issued) {
        if (row != NULL && row->kind != REP_ROW_TOTAL)
            add(&row->counts, *state == 'a', away, &said);
        add(&s->rows[0].counts, *state == 'a', away, &said);
    } else {
        if (row != NULL && row->kind != REP_ROW_TOTAL)
            more(&row->counts.on_leave_unused, away);
        more(&s->rows[0].counts.on_leave_unused, away);
    }
    return true;
}

static bool damaged(struct recount *c)
{
    return cv_fail(c->err, cvp_internal, NULL, "Danh sách ngày chốt bị hỏng", "The list of the closing day is damaged");
}

static bool count_line(struct recount *c, char *text)
{
    char *id = strsep(&text, " "), *line = strsep(&text, " "), *away = strsep(&text, " ");
    struct cv_id staff;
    char *end = NULL;
    unsigned long at = line != NULL ? strtoul(line, &end, 10) : 0;
    if (away == NULL || end == line || at >= c->r->sheets[0].row_count || !cv_id_parse("", id, &staff))
        return damaged(c);
    for (size_t i = 0; i < c->r->sheet_count; i++) {
        const char *state = strsep(&text, " ");
        if (state == NULL)
            return damaged(c);
        if (!count_state(c, &c->r->sheets[i], staff, &c->r->sheets[0].rows[at], *away == 'A', state))
            return false;
    }
    return true;
}

static void finish(struct rep_sheet *s)
{
    for (size_t i = 0; i < s->row_count; i++) {
        struct rep_counts *c = &s->rows[i].counts;
        bool known = c->base != REP_NONE && c->on_leave_unused != REP_NONE;
        c->usage_base = known ? c->base - c->on_leave_unused : REP_NONE;
    }
}

/* Everybody on the list; a line that is none fails when it is counted. */
static struct view_listed listed_of(struct cv_arena *arena, const char *list)
{
    size_t most = 1, count = 0;
    for (const char *at = list; *at != '\0'; at++)
        most += *at == '\n';
    struct cv_id *ids = CV_NEWS(arena, struct cv_id, most);
    for (const char *line = list, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        size_t length = strcspn(line, " \n");
        char id[CV_ID_TEXT];
        if (length < sizeof(id) && count < most) {
            memcpy(id, line, length);
            id[length] = '\0';
            count += cv_id_parse("", id, &ids[count]);
        }
    }
    qsort(ids, count, sizeof(*ids), view_id_order);
    return (struct view_listed){ids, count};
}

bool prov_closing_recount(struct prov_call *call, struct rep_report *r, cv_day to, const char *list,
                          struct cv_error *err)
{
    struct recount c = {.call = call, .r = r, .to = to, .listed = listed_of(call->arena, list), .err = err};
    char *rest = cv_arena_strdup(call->arena, list);
    for (size_t i = 0; i < r->sheet_count; i++)
        for (size_t k = 0; k < r->sheets[i].row_count; k++)
            clear(&r->sheets[i].rows[k].counts, r->sheets[i].stale, r->sheets[i].regular_needed > 0);
    for (char *line = strsep(&rest, "\n"); line != NULL && *line != '\0'; line = strsep(&rest, "\n"))
        if (!count_line(&c, line))
            return false;
    for (size_t i = 0; i < r->sheet_count; i++)
        finish(&r->sheets[i]);
    return true;
}
