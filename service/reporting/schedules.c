/* The calendar of reports: a small document each, beside the reports that they make. */
#include <string.h>

#include "congvu/prov_schedule.h"
#include "reporting/internal.h"

enum { DOCUMENT_MOST = 256 << 10, TEXT = 64, LINE_TEXT = 500, LINES_MAX = 64, LOOK_MS = 60000 };
#define PREFIX "sch_"

struct kept {
    struct prov_schedule schedule;
    struct dir_document document;
};

/* ---- as it is kept ---- */

static void put_lines(struct cv_jout *j, const struct prov_schedule *s)
{
    cv_jout_array(j, "indicators");
    for (size_t i = 0; i < s->indicator_count; i++) {
        const struct rep_indicator *line = &s->indicators[i];
        cv_jout_object(j, NULL);
        cv_jout_string(j, "system", line->system);
        cv_jout_string(j, "figure", rep_figure_words[line->figure]);
        cv_jout_int(j, "max_hundredths", line->max_hundredths);
        cv_jout_string(j, "code", line->code);
        cv_jout_string(j, "name", line->name);
        cv_jout_string(j, "evidence", line->evidence);
        cv_jout_end(j);
    }
    cv_jout_end(j);
}

static void take_line(const struct cv_jin *o, struct rep_indicator *out)
{
    int figure = 0;
    int64_t most = 0;
    cv_jin_string(o, "system", CV_REQUIRED, TEXT, &out->system);
    cv_jin_word(o, "figure", CV_REQUIRED, rep_figure_words, &figure);
    cv_jin_int(o, "max_hundredths", CV_REQUIRED, 0, INT32_MAX, &most);
    cv_jin_string(o, "code", CV_NULLABLE, TEXT, &out->code);
    cv_jin_string(o, "name", CV_NULLABLE, LINE_TEXT, &out->name);
    cv_jin_string(o, "evidence", CV_NULLABLE, LINE_TEXT, &out->evidence);
    out->figure = (enum rep_figure)figure;
    out->max_hundredths = (int32_t)most;
}

static void take_lines(struct cv_arena *arena, const struct cv_jin *o, struct prov_schedule *s)
{
    const struct cv_jin_list *list = NULL;
    if (cv_jin_array(o, "indicators", CV_OPTIONAL, LINES_MAX, &list) != CV_VALUE)
        return;
    s->indicators = CV_NEWS(arena, struct rep_indicator, cv_jin_count(list) + 1);
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const struct cv_jin *item = cv_jin_item(list, i);
        if (item != NULL)
            take_line(item, &s->indicators[s->indicator_count++]);
    }
}

static const char *bytes_of(struct cv_arena *arena, const struct prov_schedule *s)
{
    cv_auto_buf out = {0};
    struct cv_jout j;
    cv_buf_init(&out, DOCUMENT_MOST);
    cv_jout_init(&j, &out);
    cv_jout_object(&j, NULL);
    cv_jout_string(&j, "kind", rep_kind_words[s->kind]);
    cv_jout_string(&j, "unit", s->unit);
    cv_jout_string(&j, "every", dom_period_kind_words[s->every]);
    cv_jout_string(&j, "calendar", dom_calendar_words[s->calendar]);
    if (s->indicator_count > 0)
        put_lines(&j, s);
    cv_jout_int(&j, "categories", s->categories);
    cv_jout_int(&j, "cut_off", s->cut_off);
    cv_jout_int(&j, "due", s->due);
    cv_jout_day(&j, "since", s->since);
    cv_jout_string(&j, "made_period", s->made_period);
    cv_jout_string(&j, "made_report", s->made_report);
    cv_jout_end(&j);
    return cv_arena_strndup(arena, cv_buf_str(&out), out.len);
}

static bool take(struct prov_call *call, const struct dir_document *document, struct kept *out, struct cv_error *err)
{
    int kind = 0, every = 0, calendar = 0;
    int64_t cut_off = 0, due = 0, categories = 0;
    struct prov_schedule s = {.code = document->name + strlen(PREFIX), .revision = document->revision};
    const struct cv_jin *o = cv_json_parse_own(call->arena, document->bytes, document->len, err);
    if (o != NULL) {
        cv_jin_word(o, "kind", CV_REQUIRED, rep_kind_words, &kind);
        cv_jin_string(o, "unit", CV_REQUIRED, TEXT, &s.unit);
        cv_jin_word(o, "every", CV_REQUIRED, dom_period_kind_words, &every);
        cv_jin_word(o, "calendar", CV_REQUIRED, dom_calendar_words, &calendar);
        take_lines(call->arena, o, &s);
        cv_jin_int(o, "categories", CV_OPTIONAL, 0, UINT32_MAX, &categories);
        cv_jin_int(o, "cut_off", CV_REQUIRED, 1, PROV_SCHEDULE_DAYS, &cut_off);
        cv_jin_int(o, "due", CV_REQUIRED, 1, PROV_SCHEDULE_DAYS, &due);
        cv_jin_day(o, "since", CV_REQUIRED, &s.since);
        cv_jin_string(o, "made_period", CV_NULLABLE, TEXT, &s.made_period);
        cv_jin_string(o, "made_report", CV_NULLABLE, TEXT, &s.made_report);
    }
    if (o == NULL || !cv_jin_ok(o))
        return cv_fail(err, cvp_internal, NULL, "Lịch báo cáo %s lưu trữ bị hỏng", "The stored schedule %s is damaged",
                       s.code);
    s.kind = (enum rep_kind)kind;
    s.every = (enum dom_period_kind)every;
    s.calendar = (enum dom_calendar)calendar;
    s.categories = (uint32_t)categories;
    s.cut_off = (int)cut_off;
    s.due = (int)due;
    *out = (struct kept){s, *document};
    return true;
}

static bool visible(const struct prov_call *call, const struct prov_schedule *s)
{
    struct cv_id unit;
    return call->scope.everywhere ||
           (cv_id_parse("unt_", s->unit, &unit) && view_in_scope(call->prov->options.view, call->scope, unit));
}

/* Whoever asks; CV_NOT_FOUND when there is none. */
static bool fetch(struct prov_call *call, const char *code, struct kept *out, struct cv_error *err)
{
    struct dir_document document;
    const char *name = cv_arena_printf(call->arena, PREFIX "%s", code);
    if (!dir_document_read(call->dir, REPORT_FOLDER, name, call->arena, &document, err))
        return false;
    return take(call, &document, out, err);
}

static bool fetch_all(struct prov_call *call, struct kept **out, size_t *out_count, struct cv_error *err)
{
    struct dir_document *found;
    size_t count, n = 0;
    if (!dir_document_list(call->dir, REPORT_FOLDER, PREFIX, NULL, PROV_SCHEDULES_MAX, true, call->arena, &found,
                           &count, err))
        return false;
    struct kept *all = CV_NEWS(call->arena, struct kept, count + 1);
    for (size_t i = 0; i < count; i++)
        if (take(call, &found[i], &all[n], err)) {
            n++;
        } else {
            cv_log_error(CV_LOG_ERROR, "report_schedule", err);
            cv_error_clear(err);
        }
    *out = all;
    *out_count = n;
    return true;
}

/* ---- days ---- */

static cv_day end_of(const struct dom_period *p)
{
    cv_day from, to;
    dom_period_days(p, &from, &to);
    return to;
}

/* The last period whose cut-off day has come. */
static struct dom_period last_cut_off(const struct prov_schedule *s, cv_day today)
{
    return dom_period_over(s->every, s->calendar, today - s->cut_off);
}

struct prov_schedule_next prov_schedule_next(const struct prov_schedule *s, cv_day today)
{
    struct dom_period last = last_cut_off(s, today), next = dom_period_following(&last);
    cv_day end = end_of(&next);
    return (struct prov_schedule_next){next, end + s->cut_off, end + s->due};
}

/* ---- use cases ---- */

struct putting {
    struct prov_schedule wanted; /* its unit is an id */
    struct prov_schedule *out;
};

/* But for when it was said, and what it made. */
static bool same_rule(struct cv_arena *arena, const struct prov_schedule *a, const struct prov_schedule *b)
{
    struct prov_schedule said = *b;
    said.since = a->since;
    said.made_period = a->made_period;
    said.made_report = a->made_report;
    return strcmp(bytes_of(arena, a), bytes_of(arena, &said)) == 0;
}

/* What was made for another unit, of another kind or by another calendar says nothing of what is due now. */
static void keep_made(struct prov_schedule *s, const struct prov_schedule *old)
{
    bool same = strcmp(s->unit, old->unit) == 0 && s->kind == old->kind && s->every == old->every &&
                s->calendar == old->calendar;
    s->made_period = same ? old->made_period : NULL;
    s->made_report = same ? old->made_report : NULL;
}

static bool add(struct prov_call *call, struct putting *p, struct dir_stamp *stamp, struct cv_error *err)
{
    struct dir_actor actor = prov_dir_actor(call);
    const char *bytes = bytes_of(call->arena, &p->wanted);
    struct dir_document document =
        dir_document_of(REPORT_FOLDER, cv_arena_printf(call->arena, PREFIX "%s", p->wanted.code), bytes, strlen(bytes));
    struct kept *all;
    size_t count;
    if (!fetch_all(call, &all, &count, err))
        return false;
    if (count >= PROV_SCHEDULES_MAX)
        return cv_fail(err, cvp_conflict, NULL, "Đã có %d lịch báo cáo, không thêm được nữa",
                       "There are %d schedules of reports already, and no more than that", PROV_SCHEDULES_MAX);
    *p->out = p->wanted;
    p->out->outcome = PROV_CREATED;
    if (!dir_document_add(call->dir, &document, &actor, stamp, err))
        return false;
    p->out->revision = stamp->revision;
    stamp->changed = false; /* the view does not follow documents */
    return true;
}

static bool put_once(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    struct putting *p = ctx;
    struct kept kept;
    struct dir_actor actor = prov_dir_actor(call);
    if (!fetch(call, p->wanted.code, &kept, err)) {
        if (!cv_error_forgive(err, CV_NOT_FOUND))
            return false;
        return add(call, p, stamp, err);
    }
    if (!visible(call, &kept.schedule))
        return cv_fail(err, cvp_conflict, NULL, "Mã lịch báo cáo này đã được dùng, hãy chọn mã khác",
                       "This code of a schedule is taken; please choose another one");
    *p->out = kept.schedule;
    p->out->outcome = PROV_UNCHANGED;
    if (same_rule(call->arena, &kept.schedule, &p->wanted))
        return true;
    struct prov_schedule s = p->wanted;
    keep_made(&s, &kept.schedule);
    const char *bytes = bytes_of(call->arena, &s);
    if (!dir_document_save(call->dir, &kept.document, bytes, strlen(bytes), &actor, stamp, err))
        return false;
    *p->out = s;
    p->out->outcome = PROV_CHANGED;
    p->out->revision = stamp->revision;
    stamp->changed = false;
    return true;
}

static void judge_code(struct prov_call *call, const char *code)
{
    size_t len = strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789-");
    if (code[len] != '\0' || len == 0 || len > PROV_SCHEDULE_CODE)
        cv_fault_add(call->faults, CV_AT_PARAMETER, "schedule", "bad_format",
                     "Mã lịch gồm chữ thường không dấu, chữ số, gạch nối, tối đa %d ký tự",
                     "The code has lower-case letters without marks, digits and hyphens, at most %d",
                     PROV_SCHEDULE_CODE);
}

/* On the day of the cut-off the first day of the period still has to be kept. */
static void judge_cut_off(struct prov_call *call, const struct prov_schedule *in)
{
    static const int longest[] = {
        [DOM_MONTH] = 31, [DOM_QUARTER] = 92, [DOM_HALF_YEAR] = 184, [DOM_NINE_MONTHS] = 275, [DOM_YEAR] = 366};
    const struct view *view = call->prov->options.view;
    int most = view_day(view) - view_activity_from(view) + 1 - longest[in->every];
    if (in->cut_off <= most)
        return;
    if (most > 0)
        cv_fault_add(call->faults, CV_AT_POINTER, "/cut_off", "out_of_range",
                     "Số liệu sử dụng không giữ lâu đến thế; chốt muộn nhất sau %d ngày",
                     "Use is not kept that long; cut off after %d days at the latest", most);
    else
        cv_fault_add(call->faults, CV_AT_POINTER, "/every", "out_of_range",
                     "Số liệu sử dụng không giữ hết một kỳ dài như vậy", "Use is not kept over such a long period");
}

static void judge(struct prov_call *call, const char *code, const struct prov_schedule *in, struct prov_schedule *out)
{
    struct view_unit unit;
    struct cv_error none = {0};
    judge_code(call, code);
    if (view_unit_find(call->prov->options.view, call->scope, in->unit, CV_NO_DAY, call->arena, &unit, &none))
        out->unit = cv_id_kept("unt_", unit.id, call->arena);
    else
        cv_fault_add(call->faults, CV_AT_POINTER, "/unit", "not_found",
                     "Không tìm thấy đơn vị “%s” trong phạm vi của bạn", "There is no unit “%s” within your reach",
                     in->unit);
    if (in->due < in->cut_off)
        cv_fault_add(call->faults, CV_AT_POINTER, "/due", "out_of_range", "Hạn gửi không trước ngày chốt số liệu",
                     "It cannot be due before the figures are cut off");
    judge_cut_off(call, in);
    prov_report_judge_kind(call, in->kind, in->indicators, in->indicator_count);
}

bool prov_schedule_put(struct prov_call *call, const char *code, const struct prov_schedule *in,
                       struct prov_schedule *out, struct cv_error *err)
{
    struct putting putting = {.wanted = *in, .out = out};
    putting.wanted.code = code;
    putting.wanted.since = cv_today();
    *out = (struct prov_schedule){0};
    judge(call, code, in, &putting.wanted);
    return cv_faults_check(call->faults, cvp_validation_failed, err) &&
           prov_write(call, "report_schedule.put", code, put_once, &putting, err);
}

static bool delete_once(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    struct kept kept;
    struct dir_actor actor = prov_dir_actor(call);
    (void)stamp;
    bool found = fetch(call, ctx, &kept, err);
    if (!found && !cv_error_forgive(err, CV_NOT_FOUND))
        return false;
    if (!found || !visible(call, &kept.schedule))
        return cv_fail(err, cvp_report_schedule_not_found, NULL, "Không có lịch báo cáo này",
                       "There is no such schedule of reports");
    return prov_check_match(call, kept.document.revision, err) &&
           dir_document_delete(call->dir, REPORT_FOLDER, kept.document.name, &actor, err);
}

bool prov_schedule_delete(struct prov_call *call, const char *code, struct cv_error *err)
{
    return prov_write(call, "report_schedule.delete", code, delete_once, (void *)(uintptr_t)code, err);
}

bool prov_schedule_list(struct prov_call *call, struct prov_schedule **out, size_t *out_count, struct cv_error *err)
{
    struct kept *all;
    size_t count, n = 0;
    if (!fetch_all(call, &all, &count, err))
        return false;
    struct prov_schedule *list = CV_NEWS(call->arena, struct prov_schedule, count + 1);
    for (size_t i = 0; i < count; i++)
        if (visible(call, &all[i].schedule))
            list[n++] = all[i].schedule;
    *out = list;
    *out_count = n;
    return true;
}

/* ---- the clockwork ---- */

static unsigned digit(char hexadecimal)
{
    return (unsigned)(hexadecimal <= '9' ? hexadecimal - '0' : hexadecimal - 'a' + 10);
}

/* The same for every process, and of the day on which it was due, so that it stands among the reports of that day. */
static const char *id_of(struct cv_arena *arena, const struct prov_schedule *s, const char *period, cv_day cut_off)
{
    char hash[REP_HASH_TEXT];
    const char *what = cv_arena_printf(arena, "%s %s %s %s %s", s->code, s->unit, rep_kind_words[s->kind],
                                       dom_calendar_words[s->calendar], period);
    struct cv_id id;
    rep_hash(what, strlen(what), hash);
    for (size_t i = 0; i < sizeof(id.bytes); i++)
        id.bytes[i] = (uint8_t)(digit(hash[2 * i]) << 4 | digit(hash[2 * i + 1]));
    prov_report_sort_id(&id, cv_day_start(cut_off));
    return cv_id_kept("rep_", id, arena);
}

static bool make(struct prov_call *call, const struct prov_schedule *s, const struct dom_period *period, const char *id,
                 struct cv_error *err)
{
    struct prov_report report;
    struct prov_report_input in = {.kind = s->kind,
                                   .unit = s->unit,
                                   .has_period = true,
                                   .period = *period,
                                   .from = CV_NO_DAY,
                                   .to = CV_NO_DAY,
                                   .declared = true,
                                   .compare = s->kind == REP_COVERAGE,
                                   .categories = s->categories,
                                   .indicators = s->indicators,
                                   .indicator_count = s->indicator_count,
                                   .accept_incomplete = true,
                                   .depth = 1,
                                   .id = id,
                                   .made_by = cv_arena_printf(call->arena, "schedule:%s", s->code)};
    cv_faults_init(call->faults, call->arena);
    call->scope = (struct view_scope){.everywhere = false};
    cv_id_parse("unt_", s->unit, &call->scope.top); /* as somebody of that unit sees it */
    bool ok = prov_report_create(call, &in, &report, err);
    call->scope = (struct view_scope){.everywhere = true};
    if (!ok && err->kind == CV_EXISTS) { /* by another process, or before one died */
        cv_error_clear(err);
        return true;
    }
    return ok;
}

static bool note_made(struct prov_call *call, struct kept *k, const char *period, const char *id, struct cv_error *err)
{
    struct dir_actor actor = prov_dir_actor(call);
    struct dir_stamp stamp = {0};
    k->schedule.made_period = period;
    k->schedule.made_report = id;
    const char *bytes = bytes_of(call->arena, &k->schedule);
    return dir_document_save(call->dir, &k->document, bytes, strlen(bytes), &actor, &stamp, err);
}

static void look_at(struct prov_call *call, struct kept *k)
{
    char text[DOM_PERIOD_TEXT];
    struct cv_error err = {0};
    const struct prov_schedule *s = &k->schedule;
    struct dom_period period = last_cut_off(s, cv_today());
    cv_day cut_off = end_of(&period) + s->cut_off;
    const char *name = cv_arena_strdup(call->arena, dom_period_text(&period, text));
    if (cut_off < s->since || (s->made_period != NULL && strcmp(s->made_period, name) == 0))
        return;
    const char *id = id_of(call->arena, s, name, cut_off);
    if (make(call, s, &period, id, &err) && note_made(call, k, name, id, &err)) {
        cv_count(CVM_schedules_made);
        cv_log(CV_LOG_INFO, "report_schedule", "%s: the draft of %s is %s", s->code, name, id);
        return;
    }
    cv_count(CVM_schedules_failed);
    cv_log_error(CV_LOG_WARN, "report_schedule", &err);
}

void prov_schedules_tick(struct prov_call *call)
{
    struct view_state state;
    struct kept *all;
    size_t count;
    struct cv_error err = {0};
    view_state(call->prov->options.view, &state);
    if (!state.usage_ready || !cv_deadline_passed(call->prov->next_schedules))
        return;
    call->prov->next_schedules = cv_deadline_in_ms(LOOK_MS);
    if (!fetch_all(call, &all, &count, &err)) {
        cv_log_error(CV_LOG_WARN, "report_schedule", &err);
        return;
    }
    for (size_t i = 0; i < count && !cv_deadline_passed(call->deadline); i++)
        look_at(call, &all[i]);
}
