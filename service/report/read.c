/* The way back from the canonical JSON. */
#include <string.h>

#include "report/internal.h"

enum { TEXT = 4000, COMMENT = 20000, RECIPIENTS = 50, COUNT_MOST = 100 * 1000 * 1000 };

static const char *text(const struct cv_jin *o, const char *name)
{
    const char *out = NULL;
    cv_jin_string(o, name, CV_NULLABLE, TEXT, &out);
    return out;
}

/* One that is always there, and not empty. */
static const char *must(const struct cv_jin *o, const char *name)
{
    const char *out = "";
    cv_jin_string(o, name, CV_REQUIRED, TEXT, &out);
    return out;
}

static void texts(const struct cv_jin *o, const char *name, const char *out[CV_LANGS])
{
    const struct cv_jin *both = NULL;
    if (cv_jin_object(o, name, CV_REQUIRED, &both) != CV_VALUE)
        return;
    out[CV_VI] = text(both, "vi");
    out[CV_EN] = text(both, "en");
}

static int word(const struct cv_jin *o, const char *name, const char *const *words)
{
    int out = 0;
    cv_jin_word(o, name, CV_REQUIRED, words, &out);
    return out;
}

static int32_t number(const struct cv_jin *o, const char *name)
{
    int64_t out = REP_NONE;
    cv_jin_int(o, name, CV_NULLABLE, 0, COUNT_MOST, &out);
    return (int32_t)out;
}

/* A number that is always there. */
static int32_t whole(const struct cv_jin *o, const char *name)
{
    int64_t out = 0;
    cv_jin_int(o, name, CV_REQUIRED, 0, COUNT_MOST, &out);
    return (int32_t)out;
}

static bool flag(const struct cv_jin *o, const char *name)
{
    bool out = false;
    cv_jin_bool(o, name, CV_REQUIRED, &out);
    return out;
}

static cv_day day(const struct cv_jin *o, const char *name)
{
    cv_day out = CV_NO_DAY;
    cv_jin_day(o, name, CV_NULLABLE, &out);
    return out;
}

static cv_moment moment(const struct cv_jin *o, const char *name)
{
    cv_moment out = CV_NO_MOMENT;
    cv_jin_moment(o, name, CV_NULLABLE, &out);
    return out;
}

static void counts(const struct cv_jin *o, struct rep_counts *out)
{
    const struct cv_jin *c = NULL;
    if (cv_jin_object(o, "counts", CV_REQUIRED, &c) != CV_VALUE)
        return;
    for (size_t i = 0; i < rep_member_count; i++)
        *rep_count_at(out, i) = number(c, rep_members[i].name);
}

/* The items of an array of objects, each read by `one` into a place of `size` bytes. */
static void *items_of(struct cv_arena *arena, const struct cv_jin_list *list, size_t size,
                      void (*one)(struct cv_arena *, const struct cv_jin *, void *), size_t *out_count)
{
    char *out = cv_arena_alloc_n(arena, cv_jin_count(list), size);
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const struct cv_jin *item = cv_jin_item(list, i);
        if (item == NULL)
            return NULL;
        one(arena, item, out + i * size);
    }
    *out_count = cv_jin_count(list);
    return out;
}

static void *items(struct cv_arena *arena, const struct cv_jin *o, const char *name, size_t most, size_t size,
                   void (*one)(struct cv_arena *, const struct cv_jin *, void *), size_t *out_count)
{
    const struct cv_jin_list *list = NULL;
    *out_count = 0;
    if (cv_jin_array(o, name, CV_REQUIRED, most, &list) != CV_VALUE || cv_jin_count(list) == 0)
        return NULL;
    return items_of(arena, list, size, one, out_count);
}

static void row(struct cv_arena *arena, const struct cv_jin *o, void *place)
{
    struct rep_row *r = place;
    (void)arena;
    r->kind = (enum rep_row_kind)word(o, "row_kind", rep_row_kind_words);
    r->unit = must(o, "unit");
    r->code = text(o, "code");
    texts(o, "name", r->name);
    r->unit_kind = (enum dom_unit_kind)word(o, "kind", dom_unit_kind_words);
    r->group = (enum rep_group)word(o, "group", rep_group_words);
    counts(o, &r->counts);
}

static void person(struct cv_arena *arena, const struct cv_jin *o, void *place)
{
    struct rep_person *p = place;
    (void)arena;
    p->full_name = must(o, "full_name");
    p->title = text(o, "title");
    p->address = text(o, "address");
    p->unit_code = must(o, "unit_code");
    texts(o, "unit_name", p->unit_name);
    p->stage = (enum rep_stage)word(o, "stage", rep_stage_words);
    p->since = day(o, "since_on");
    p->reason = text(o, "reason");
    p->revoke_on = day(o, "revoke_on");
}

static int32_t difference(const struct cv_jin *o, const char *name)
{
    int64_t out = 0;
    cv_jin_int(o, name, CV_REQUIRED, -COUNT_MOST, COUNT_MOST, &out);
    return (int32_t)out;
}

static void cause(struct cv_arena *arena, const struct cv_jin *o, void *place)
{
    struct rep_cause *c = place;
    (void)arena;
    c->why = (enum rep_why)word(o, "cause", rep_why_words);
    c->reason = dom_word_index(dom_reason_words, text(o, "reason"));
    c->issued = difference(o, "issued");
    c->base = difference(o, "base");
}

static void previous(struct cv_arena *arena, const struct cv_jin *o, struct rep_previous *out)
{
    const struct cv_jin *p = NULL;
    const struct cv_jin_list *causes = NULL;
    out->from = out->to = CV_NO_DAY;
    out->given = cv_jin_object(o, "previous", CV_NULLABLE, &p) == CV_VALUE;
    if (!out->given)
        return;
    out->report = text(p, "report");
    out->from = day(p, "from");
    out->to = day(p, "to");
    counts(p, &out->counts);
    if (cv_jin_array(p, "causes", CV_OPTIONAL, REP_CAUSES_MAX, &causes) == CV_VALUE && cv_jin_count(causes) > 0)
        out->causes = items_of(arena, causes, sizeof(*out->causes), cause, &out->cause_count);
}

static void rule(const struct cv_jin *o, struct rep_sheet *s)
{
    const struct cv_jin *r = NULL;
    if (cv_jin_object(o, "rule", CV_REQUIRED, &r) != CV_VALUE)
        return;
    s->rule_version = whole(r, "version");
    s->regular_days = whole(r, "regular_days");
    s->regular_of = whole(r, "regular_of");
    s->regular_needed = whole(r, "regular_needed");
    s->stale_after = whole(r, "stale_after");
    s->reported = flag(r, "reported");
    s->last_only = flag(r, "last_only");
}

static enum dom_unknown_use reason(const struct cv_jin *o, bool stale)
{
    const char *word = NULL;
    cv_jin_string(o, "stale_reason", CV_NULLABLE, TEXT, &word);
    for (int i = DOM_USE_NOT_REACHED; word != NULL && i < DOM_UNKNOWN_USES; i++)
        if (strcmp(word, dom_unknown_use_words[i]) == 0)
            return (enum dom_unknown_use)i;
    return stale ? DOM_USE_STALE : DOM_USE_KNOWN;
}

static void sheet(struct cv_arena *arena, const struct cv_jin *o, void *place)
{
    struct rep_sheet *s = place;
    s->system = must(o, "system");
    texts(o, "name", s->name);
    rule(o, s);
    s->data_through = day(o, "data_through");
    s->stale = flag(o, "stale");
    s->unknown = reason(o, s->stale);
    s->rows = items(arena, o, "rows", REP_ROWS_MAX, sizeof(*s->rows), row, &s->row_count);
    s->people = items(arena, o, "people", REP_PEOPLE_MAX, sizeof(*s->people), person, &s->people_count);
    previous(arena, o, &s->previous);
}

static void indicator(struct cv_arena *arena, const struct cv_jin *o, void *place)
{
    struct rep_indicator *i = place;
    (void)arena;
    i->code = text(o, "code");
    i->name = text(o, "name");
    i->system = must(o, "system");
    i->figure = (enum rep_figure)word(o, "figure", rep_figure_words);
    i->max_hundredths = whole(o, "max_points_hundredths");
    i->evidence = text(o, "evidence");
    i->a = number(o, "a");
    i->b = number(o, "b");
    i->issued_beyond = number(o, "issued_beyond");
}

static void lines(struct cv_arena *arena, const struct cv_jin *o, const char *name, unsigned flags,
                  struct dom_lines *out)
{
    const struct cv_jin_list *list = NULL;
    if (cv_jin_array(o, name, flags, RECIPIENTS, &list) != CV_VALUE)
        return;
    out->count = cv_jin_count(list);
    out->text = CV_NEWS(arena, const char *, out->count + 1);
    for (size_t i = 0; i < out->count; i++)
        out->text[i] = cv_jin_item_string(list, i, TEXT);
}

static void letterhead(struct cv_arena *arena, const struct cv_jin *o, struct dom_letterhead *out)
{
    const struct cv_jin *l = NULL;
    if (cv_jin_object(o, "letterhead", CV_REQUIRED, &l) != CV_VALUE)
        return;
    out->superior_body = text(l, "superior_body");
    out->issuing_body = text(l, "issuing_body");
    out->place = text(l, "place");
    out->on_behalf = text(l, "on_behalf");
    out->signatory_title = text(l, "signatory_title");
    out->signatory_name = text(l, "signatory_name");
    lines(arena, l, "addressees", CV_OPTIONAL, &out->addressees);
    lines(arena, l, "recipients", CV_REQUIRED, &out->recipients);
}

static void period(const struct cv_jin *o, struct rep_report *r)
{
    const struct cv_jin *p = NULL;
    if (cv_jin_object(o, "period", CV_REQUIRED, &p) != CV_VALUE)
        return;
    r->period = text(p, "code");
    texts(p, "name", r->period_name);
    r->from = day(p, "from");
    r->to = day(p, "to");
    r->admin_calendar = word(p, "calendar", rep_calendar_words) != 0;
    r->cumulative = flag(p, "cumulative");
}

static void subject(const struct cv_jin *o, struct rep_report *r)
{
    const struct cv_jin *unit = NULL;
    r->kind = (enum rep_kind)word(o, "kind", rep_kind_words);
    if (cv_jin_object(o, "unit", CV_REQUIRED, &unit) == CV_VALUE) {
        r->unit = must(unit, "id");
        r->code = text(unit, "code");
        texts(unit, "name", r->name);
    }
    period(o, r);
    cv_jin_words(o, "categories", CV_NULLABLE, dom_category_words, &r->categories);
    r->declared = word(o, "basis", rep_basis_words) != 0;
    r->depth = whole(o, "depth");
    r->population = (enum rep_population)word(o, "population", rep_population_words);
    r->incomplete = flag(o, "incomplete");
    r->unit_tree = text(o, "unit_tree");
    r->definition = text(o, "definition");
    r->as_of = moment(o, "as_of");
    r->frozen_at = moment(o, "frozen_at");
}

bool rep_read(struct cv_arena *arena, const char *json, size_t len, struct rep_report *out, struct cv_error *err)
{
    const struct cv_jin *o = cv_json_parse_own(arena, json, len, err);
    struct rep_report r = *out;
    if (o == NULL)
        return cv_fail(err, cvp_internal, NULL, "Báo cáo lưu trữ không đọc được", "The stored report cannot be read");
    subject(o, &r);
    letterhead(arena, o, &r.letterhead);
    r.sheets = items(arena, o, "sheets", DOM_SYSTEMS_MAX, sizeof(*r.sheets), sheet, &r.sheet_count);
    r.indicators = items(arena, o, "indicators", (size_t)DOM_SYSTEMS_MAX * REP_FIGURES, sizeof(*r.indicators),
                         indicator, &r.indicator_count);
    if (!cv_jin_ok(o) || !cv_arena_ok(arena))
        return cv_fail(err, cvp_internal, NULL, "Báo cáo lưu trữ không đọc được", "The stored report cannot be read");
    *out = r;
    return true;
}

void rep_paper_read(const struct cv_jin *o, struct rep_report *r)
{
    int64_t revision = 1;
    r->id = text(o, "id");
    r->state = (enum rep_state)word(o, "state", rep_state_words);
    cv_jin_int(o, "revision", CV_REQUIRED, 1, 9999, &revision);
    r->revision = (int)revision;
    r->corrects = text(o, "corrects");
    r->corrects_number = text(o, "corrects_number");
    r->number = text(o, "number");
    cv_jin_string(o, "comment", CV_NULLABLE, COMMENT, &r->comment);
    r->created_by = text(o, "created_by");
    r->created_at = moment(o, "created_at");
    r->final_at = moment(o, "final_at");
}
