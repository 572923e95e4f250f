/* Where a report lies: a document of three lines. The figures are kept as their canonical bytes, so that what is read
 * back is what was hashed. */
#include <stdio.h>
#include <string.h>

#include "reporting/internal.h"

enum { SCAN_MOST = 256, SCAN_ARENA = 96 << 20, SERIES = 30 /* "rep_" and 26 signs */ };

const char *prov_report_name(struct cv_arena *arena, const char *base, int revision)
{
    return revision > 1 ? cv_arena_printf(arena, "%.*s.%d", SERIES, base, revision)
                        : cv_arena_strndup(arena, base, SERIES);
}

static void put_paper(struct cv_buf *out, const struct prov_report *report)
{
    struct cv_jout j;
    cv_jout_init(&j, out);
    cv_jout_object(&j, NULL);
    rep_paper_write(&j, &report->report);
    cv_jout_string(&j, "hash", report->figures_hash);
    cv_jout_string(&j, "paper_hash", report->report.hash);
    if (report->report.people_unit_count > 0)
        cv_jout_strings(&j, "people_units", report->report.people_units, report->report.people_unit_count);
    cv_jout_end(&j);
    out->failed = out->failed || !cv_jout_ok(&j);
}

static const char *paper_hash(struct prov_call *call, const struct prov_report *report)
{
    char hash[REP_HASH_TEXT];
    rep_paper_hash(&report->report, report->figures_hash, hash);
    return cv_arena_strdup(call->arena, hash);
}

bool prov_kept_bytes(struct prov_call *call, struct prov_report *report, const char *list, const char **out_bytes,
                     size_t *out_len, struct cv_error *err)
{
    cv_auto_buf figures = {0}, whole = {0};
    cv_buf_init(&figures, DIR_DOCUMENT_MAX);
    cv_buf_init(&whole, DIR_DOCUMENT_MAX);
    rep_json(&figures, &report->report);
    rep_hash(cv_buf_str(&figures), figures.len, report->figures_hash);
    report->report.hash = paper_hash(call, report);
    put_paper(&whole, report);
    cv_buf_printf(&whole, "\n%s\n%s", cv_buf_str(&figures), list);
    if (!cv_buf_ok(&figures) || !cv_buf_ok(&whole))
        return cv_fail(err, cvp_report_too_large, NULL, "Báo cáo quá lớn để lưu (hơn %d MiB); hãy chọn đơn vị nhỏ hơn",
                       "The report is too large to be kept (over %d MiB); choose a smaller unit",
                       DIR_DOCUMENT_MAX >> 20);
    report->figures = cv_arena_bytes(call->arena, cv_buf_str(&figures), figures.len);
    report->figures_len = figures.len;
    *out_bytes = cv_arena_bytes(call->arena, cv_buf_str(&whole), whole.len);
    *out_len = whole.len;
    return true;
}

static bool damaged(struct cv_error *err, const char *name)
{
    return cv_fail(err, cvp_internal, NULL, "Báo cáo %s lưu trữ bị hỏng", "The stored report %s is damaged", name);
}

/* Papers of before had the hash of their figures alone. */
static bool as_kept(const struct cv_jin *paper, const struct prov_report *report)
{
    const char *figures = NULL, *whole = NULL;
    cv_jin_string(paper, "hash", CV_REQUIRED, REP_HASH_TEXT, &figures);
    cv_jin_string(paper, "paper_hash", CV_OPTIONAL, REP_HASH_TEXT, &whole);
    return cv_jin_ok(paper) && figures != NULL && strcmp(figures, report->figures_hash) == 0 &&
           (whole == NULL || strcmp(whole, report->report.hash) == 0);
}

static void take_units(struct cv_arena *arena, const struct cv_jin *paper, struct rep_report *r)
{
    const struct cv_jin_list *list = NULL;
    if (cv_jin_array(paper, "people_units", CV_OPTIONAL, REP_PEOPLE_MAX, &list) != CV_VALUE)
        return;
    const char **units = CV_NEWS(arena, const char *, cv_jin_count(list) + 1);
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const char *unit = cv_jin_item_string(list, i, CV_ID_TEXT);
        units[i] = unit != NULL ? unit : "";
    }
    r->people_units = units;
    r->people_unit_count = cv_jin_count(list);
}

bool prov_kept_take(struct prov_call *call, const struct dir_document *document, struct prov_kept *out,
                    struct cv_error *err)
{
    const char *bytes = document->bytes, *figures = memchr(bytes, '\n', document->len), *list = NULL;
    struct prov_report r = {.revision = document->revision};
    if (figures != NULL)
        list = memchr(figures + 1, '\n', document->len - (size_t)(figures + 1 - bytes));
    if (list == NULL)
        return damaged(err, document->name);
    const struct cv_jin *paper = cv_json_parse_own(call->arena, bytes, (size_t)(figures - bytes), err);
    r.figures_len = (size_t)(list - figures) - 1;
    r.figures = cv_arena_bytes(call->arena, figures + 1, r.figures_len);
    if (paper == NULL || !rep_read(call->arena, r.figures, r.figures_len, &r.report, err))
        return damaged(err, document->name);
    rep_paper_read(paper, &r.report);
    take_units(call->arena, paper, &r.report);
    rep_hash(r.figures, r.figures_len, r.figures_hash);
    r.report.hash = paper_hash(call, &r);
    if (!as_kept(paper, &r))
        return damaged(err, document->name);
    *out =
        (struct prov_kept){.report = r,
                           .document = *document,
                           .list = cv_arena_strndup(call->arena, list + 1, document->len - (size_t)(list + 1 - bytes))};
    return true;
}

static bool knows_unit(const struct prov_call *call, const char *key)
{
    struct view_unit unit;
    struct cv_error none = {0};
    return view_unit_of_people(call->prov->options.view, call->scope, key, call->arena, &unit, &none);
}

/* A list may name people whom the caller's scope does not know by name, whoever froze it first. */
static bool knows_everybody(const struct prov_call *call, const struct rep_report *r)
{
    for (size_t i = 0; i < r->people_unit_count; i++)
        if (!knows_unit(call, r->people_units[i]))
            return false;
    for (size_t s = 0; r->people_unit_count == 0 && s < r->sheet_count; s++) /* papers of before know codes alone */
        for (size_t i = 0; i < r->sheets[s].people_count; i++)
            if (!knows_unit(call, r->sheets[s].people[i].unit_code))
                return false;
    return true;
}

bool prov_kept_visible(const struct prov_call *call, const struct rep_report *r)
{
    struct cv_id unit;
    return call->scope.everywhere ||
           (r->unit != NULL && cv_id_parse("unt_", r->unit, &unit) &&
            view_in_scope(call->prov->options.view, call->scope, unit) && knows_everybody(call, r));
}

static bool not_found(struct cv_error *err)
{
    cv_error_clear(err);
    return cv_fail(err, cvp_report_not_found, NULL, "Không tìm thấy báo cáo", "There is no such report");
}

bool prov_kept_read(struct prov_call *call, const char *id, struct prov_kept *out, struct cv_error *err)
{
    struct dir_document document;
    if (strlen(id) >= REPORT_NAME || strncmp(id, "rep_", 4) != 0)
        return not_found(err);
    if (!dir_document_read(call->dir, REPORT_FOLDER, id, call->arena, &document, err))
        return err->kind == CV_NOT_FOUND ? not_found(err) : false;
    if (!prov_kept_take(call, &document, out, err))
        return false;
    return prov_kept_visible(call, &out->report.report) || not_found(err);
}

/* The correction of a report has the next number of its series. */
static bool find_correction(struct prov_call *call, struct prov_report *r, struct cv_error *err)
{
    struct dir_document *found;
    size_t count;
    const char *next = prov_report_name(call->arena, r->report.id, r->report.revision + 1);
    if (!dir_document_list(call->dir, REPORT_FOLDER, next, NULL, 1, false, call->arena, &found, &count, err))
        return false;
    if (count > 0 && strcmp(found[0].name, next) == 0)
        r->superseded_by = next;
    return true;
}

bool prov_report_read(struct prov_call *call, const char *id, struct prov_report *out, struct cv_error *err)
{
    struct prov_kept kept = {0};
    if (!prov_kept_read(call, id, &kept, err) || !find_correction(call, &kept.report, err))
        return false;
    *out = kept.report;
    return true;
}

/* ---- lists ---- */

/* `kept` is gone behind it. False = enough. */
typedef bool scan_fn(struct prov_call *call, const struct prov_kept *kept, void *ctx);

/* One that was deleted meanwhile is passed over, and so is a damaged one. */
static bool scan_one(struct prov_call *call, const char *name, scan_fn *take, void *ctx, bool *out_go_on,
                     struct cv_error *err)
{
    struct dir_document document;
    struct prov_kept kept = {0};
    *out_go_on = true;
    if (!dir_document_read(call->dir, REPORT_FOLDER, name, call->arena, &document, err)) {
        if (err->kind != CV_NOT_FOUND)
            return false;
    } else if (!prov_kept_take(call, &document, &kept, err)) {
        cv_log(CV_LOG_ERROR, "report_damaged", "%s is left out of lists", name);
    } else if (prov_kept_visible(call, &kept.report.report)) {
        *out_go_on = take(call, &kept, ctx);
    }
    cv_error_clear(err);
    return true;
}

/* Reports behind `after`, the newest first, at most so many; a single one of them is in memory at a time. *out_last =
 * name of the last one looked at, NULL at the end of all. */
static bool scan(struct prov_call *call, const char *after, size_t most, scan_fn *take, void *ctx,
                 const char **out_last, struct cv_error *err)
{
    cv_auto_arena names = cv_arena_new(SCAN_ARENA);
    cv_auto_arena one = cv_arena_new(SCAN_ARENA);
    struct prov_call apart = *call;
    struct dir_document *found;
    size_t count;
    bool go_on = true;
    *out_last = NULL;
    if (names == NULL || one == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    if (!dir_document_list(call->dir, REPORT_FOLDER, "rep_", after, most, false, names, &found, &count, err))
        return false;
    apart.arena = one;
    for (size_t i = 0; i < count && go_on; i++) {
        cv_arena_reset(one);
        if (!scan_one(&apart, found[i].name, take, ctx, &go_on, err))
            return false;
        if (!go_on || (i + 1 == count && count == most))
            *out_last = cv_arena_strdup(call->arena, found[i].name);
    }
    return true;
}

/* Without its lines and people: a list shows no more of it. */
static bool outline(struct cv_arena *arena, const struct prov_report *from, struct prov_report *out)
{
    struct cv_error none = {0};
    cv_auto_buf figures = {0}, paper = {0};
    struct prov_report r = *from, back = *from;
    struct rep_sheet sheets[DOM_SYSTEMS_MAX];
    for (size_t i = 0; i < r.report.sheet_count; i++) {
        sheets[i] = r.report.sheets[i];
        sheets[i].row_count = sheets[i].row_count > 0;
        sheets[i].people_count = 0;
    }
    r.report.sheets = sheets;
    r.report.people_unit_count = 0;
    cv_buf_init(&figures, DIR_DOCUMENT_MAX);
    cv_buf_init(&paper, DIR_DOCUMENT_MAX);
    rep_json(&figures, &r.report);
    put_paper(&paper, &r);
    back.figures = NULL;
    back.figures_len = 0;
    const struct cv_jin *o = cv_json_parse_own(arena, cv_buf_str(&paper), paper.len, &none);
    if (o == NULL || !rep_read(arena, cv_buf_str(&figures), figures.len, &back.report, &none))
        return false;
    rep_paper_read(o, &back.report);
    back.report.people_units = NULL;
    back.report.people_unit_count = 0;
    back.report.hash = cv_arena_strdup(arena, from->report.hash);
    *out = back;
    return cv_jin_ok(o);
}

struct listing {
    const struct prov_report_query *q;
    struct prov_report_page *page;
    struct cv_arena *arena; /* of the page */
};

static bool is_listed(const struct prov_call *call, const struct prov_report_query *q, const struct rep_report *r)
{
    struct cv_id unit;
    bool in_unit =
        !q->has_unit ||
        (cv_id_parse("unt_", r->unit, &unit) &&
         (q->recursive ? view_unit_within(call->prov->options.view, unit, q->unit) : cv_id_equal(unit, q->unit)));
    return in_unit && (q->kinds == 0 || q->kinds >> r->kind & 1) && (q->states == 0 || q->states >> r->state & 1);
}

static bool take_listed(struct prov_call *call, const struct prov_kept *kept, void *ctx)
{
    struct listing *l = ctx;
    if (is_listed(call, l->q, &kept->report.report))
        l->page->count += outline(l->arena, &kept->report, &l->page->items[l->page->count]);
    return l->page->count < l->q->page_size;
}

bool prov_report_list(struct prov_call *call, const struct prov_report_query *q, struct prov_report_page *out,
                      struct cv_error *err)
{
    struct prov_report_page page = {.items = CV_NEWS(call->arena, struct prov_report, q->page_size)};
    struct listing listing = {q, &page, call->arena};
    if (!scan(call, q->after, SCAN_MOST, take_listed, &listing, &page.next, err))
        return false;
    *out = page;
    return cv_arena_ok(call->arena) || cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
}

/* ---- comparison ---- */

struct earlier {
    struct rep_report *r;
    struct cv_arena *arena; /* of what is kept */
    cv_day from, to;
    size_t wanted;           /* sheets without their figures yet */
    const char *from_series; /* of the last report that gave any; its corrections come right behind it */
};

static bool same_question(const struct rep_report *a, const struct rep_report *b)
{
    return b->state == REP_FINAL && a->kind == b->kind && strcmp(a->unit, b->unit) == 0 && a->declared == b->declared &&
           a->categories == b->categories;
}

static bool same_series(const char *a, const char *b)
{
    return a != NULL && strncmp(a, b, SERIES) == 0;
}

static void take_sheet(struct cv_arena *arena, struct rep_sheet *s, const struct rep_report *before, struct earlier *e)
{
    for (size_t i = 0; i < before->sheet_count; i++) {
        const struct rep_sheet *b = &before->sheets[i];
        bool better = !s->previous.given || same_series(s->previous.report, before->id);
        if (!better || strcmp(b->system, s->system) != 0 || b->row_count == 0)
            continue;
        e->wanted -= !s->previous.given;
        e->from_series = s->previous.report = cv_arena_strdup(arena, before->id);
        s->previous.given = true;
        s->previous.from = before->from;
        s->previous.to = before->to;
        s->previous.counts = b->rows[0].counts;
    }
}

static bool take_earlier(struct prov_call *call, const struct prov_kept *kept, void *ctx)
{
    struct earlier *e = ctx;
    (void)call;
    const struct rep_report *b = &kept->report.report;
    if (b->revision == 1 && b->created_at < cv_day_start(e->from))
        return false; /* what follows was made before the period began */
    if (same_question(e->r, b) && b->from == e->from && b->to == e->to)
        for (size_t i = 0; i < e->r->sheet_count; i++)
            take_sheet(e->arena, &e->r->sheets[i], b, e);
    return e->wanted > 0 || same_series(e->from_series, b->id);
}

bool prov_freeze_previous(struct prov_call *call, struct rep_report *r, cv_day from, cv_day to, struct cv_error *err)
{
    struct earlier e = {.r = r, .arena = call->arena, .from = from, .to = to, .wanted = r->sheet_count};
    const char *end = NULL;
    return scan(call, NULL, DIR_DOCUMENT_NAMES_MAX, take_earlier, &e, &end, err);
}
