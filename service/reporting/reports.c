/* Frozen reports: made, changed while drafts, made final, corrected. */
#include <stdio.h>
#include <string.h>

#include "congvu/token.h"
#include "reporting/internal.h"

void prov_report_sort_id(struct cv_id *id, cv_moment at)
{
    uint64_t left = (UINT64_C(1) << 48) - 1 - (uint64_t)at; /* later = smaller: lists begin with the newest */
    for (int i = 5; i >= 0; i--, left >>= 8)
        id->bytes[i] = (uint8_t)left;
}

static const char *fresh_id(struct cv_arena *arena)
{
    struct cv_id id = cv_id_make();
    prov_report_sort_id(&id, cv_now());
    return cv_id_kept("rep_", id, arena);
}

/* ---- the question ---- */

static void place(struct prov_call *call, const struct prov_report_input *in, struct rep_report *r)
{
    char text[CV_ID_TEXT];
    struct view_unit unit;
    struct cv_error none = {0};
    const char *key = in->unit;
    if (key == NULL && call->scope.everywhere) {
        cv_fault_add(call->faults, CV_AT_POINTER, "/unit", "required", "Vui lòng chọn đơn vị", "Please choose a unit");
        return;
    }
    if (key == NULL)
        key = cv_id_text("unt_", call->scope.top, text);
    if (view_unit_find(call->prov->options.view, call->scope, key, CV_NO_DAY, call->arena, &unit, &none))
        r->unit = cv_id_kept("unt_", unit.id, call->arena);
    else
        cv_fault_add(call->faults, CV_AT_POINTER, "/unit", "not_found",
                     "Không tìm thấy đơn vị “%s” trong phạm vi của bạn", "There is no unit “%s” within your reach",
                     key);
}

static void add_sheet(struct rep_report *r, const char *slug)
{
    for (size_t i = 0; i < r->sheet_count; i++)
        if (strcmp(r->sheets[i].system, slug) == 0)
            return;
    if (r->sheet_count < DOM_SYSTEMS_MAX)
        r->sheets[r->sheet_count++] = (struct rep_sheet){.system = slug};
}

static bool choose_systems(struct prov_call *call, const struct prov_report_input *in, struct rep_report *r,
                           struct cv_error *err)
{
    struct prov_systems all;
    if (!prov_load_systems(call, &all, err))
        return false;
    r->sheets = CV_NEWS(call->arena, struct rep_sheet, DOM_SYSTEMS_MAX);
    for (size_t i = 0; i < in->system_count; i++) {
        if (prov_system_of(&all, in->systems[i]) == NULL)
            cv_fault_add(call->faults, CV_AT_POINTER, cv_arena_printf(call->arena, "/systems/%zu", i), "not_found",
                         "Không có hệ thống “%s”", "There is no system “%s”", in->systems[i]);
        add_sheet(r, in->systems[i]);
    }
    for (size_t i = 0; i < in->indicator_count; i++)
        add_sheet(r, in->indicators[i].system);
    return in->system_count + in->indicator_count > 0 || call->faults->count > 0 ||
           prov_usual_systems(call, &all, r, err);
}

static void choose_days(struct prov_call *call, const struct prov_report_input *in, struct rep_report *r)
{
    char text[DOM_PERIOD_LABEL];
    if (!in->has_period) {
        r->from = in->from;
        r->to = in->to;
    } else if (in->cumulative) {
        dom_period_cumulative(&in->period, &r->from, &r->to);
    } else {
        dom_period_days(&in->period, &r->from, &r->to);
    }
    for (int lang = 0; lang < CV_LANGS && in->has_period; lang++)
        r->period_name[lang] = cv_arena_strdup(call->arena, dom_period_label(&in->period, (enum cv_lang)lang, text));
    if (in->has_period)
        r->period = cv_arena_strdup(call->arena, dom_period_text(&in->period, text));
    const char *at = in->has_period ? "/period" : "/from";
    if (r->from == CV_NO_DAY || r->to == CV_NO_DAY)
        cv_fault_add(call->faults, CV_AT_POINTER, "/period", "required",
                     "Vui lòng chọn kỳ báo cáo, hoặc cả ngày đầu và ngày cuối",
                     "Please give a period, or both its first and its last day");
    else if (r->from > r->to || r->from > cv_today())
        cv_fault_add(call->faults, CV_AT_POINTER, at, "out_of_range",
                     "Kỳ báo cáo phải bắt đầu trước khi kết thúc và không ở tương lai",
                     "The period must begin before it ends, and not in the future");
}

static void judge_systems(struct prov_call *call, const struct rep_indicator *lines, size_t count)
{
    struct prov_systems all;
    struct cv_error none = {0};
    if (!prov_load_systems(call, &all, &none))
        return; /* freezing says so */
    for (size_t i = 0; i < count; i++)
        if (prov_system_of(&all, lines[i].system) == NULL)
            cv_fault_add(call->faults, CV_AT_POINTER, cv_arena_printf(call->arena, "/indicators/%zu/system", i),
                         "not_found", "Không có hệ thống “%s”", "There is no system “%s”", lines[i].system);
}

void prov_report_judge_kind(struct prov_call *call, enum rep_kind kind, const struct rep_indicator *lines, size_t count)
{
    judge_systems(call, lines, count);
    if (kind == REP_INDICATORS && count == 0)
        cv_fault_add(call->faults, CV_AT_POINTER, "/indicators", "required", "Vui lòng nêu các chỉ số",
                     "Please give the indicators");
    if (kind != REP_INDICATORS && count > 0)
        cv_fault_add(call->faults, CV_AT_POINTER, "/indicators", "not_allowed",
                     "Chỉ báo cáo chấm điểm mới có các chỉ số", "Only a scoring report has indicators");
    if (rep_is_of_people(kind) && (call->scopes & DOM_STAFF_READ) == 0)
        cv_fault_add(call->faults, CV_AT_POINTER, "/kind", "not_allowed",
                     "Cần quyền xem danh sách người để lập báo cáo này",
                     "This report needs the right to see people (staff:read)");
}

static bool ask(struct prov_call *call, const struct prov_report_input *in, struct rep_report *r, struct cv_error *err)
{
    *r = (struct rep_report){.id = in->id != NULL ? in->id : fresh_id(call->arena),
                             .state = in->state,
                             .revision = 1,
                             .number = in->number,
                             .comment = in->comment,
                             .created_by = in->made_by != NULL ? in->made_by : call->actor,
                             .created_at = cv_now(),
                             .final_at = in->state == REP_FINAL ? cv_now() : CV_NO_MOMENT,
                             .kind = in->kind,
                             .from = CV_NO_DAY,
                             .to = CV_NO_DAY,
                             .admin_calendar = in->has_period && in->period.calendar == DOM_ADMIN,
                             .cumulative = in->has_period && in->cumulative,
                             .categories = in->categories,
                             .declared = in->declared,
                             .depth = in->depth,
                             .indicators = in->indicators,
                             .indicator_count = in->indicator_count};
    place(call, in, r);
    prov_report_judge_kind(call, in->kind, in->indicators, in->indicator_count);
    choose_days(call, in, r);
    return choose_systems(call, in, r, err) && cv_faults_check(call->faults, cvp_validation_failed, err);
}

/* ---- keeping ---- */

static bool add(struct prov_call *call, struct prov_report *out, const char *list, struct cv_error *err)
{
    struct dir_actor actor = prov_dir_actor(call);
    struct dir_stamp stamp = {0};
    struct prov_audit audit;
    struct dir_document document = {.folder = REPORT_FOLDER,
                                    .name = out->report.id,
                                    .created_at = out->report.created_at,
                                    .idempotency = prov_new_idempotency(call)};
    if (!prov_kept_bytes(call, out, list, &document.bytes, &document.len, err))
        return false;
    prov_audit_begin(&audit, call, "report.create", out->report.id, NULL);
    bool ok = dir_document_add(call->dir, &document, &actor, &stamp, err);
    prov_audit_end(&audit, ok, err);
    out->outcome = PROV_CREATED;
    out->revision = stamp.revision;
    return ok;
}

static bool replayed(struct prov_call *call, struct prov_report *out, bool *out_replay, struct cv_error *err)
{
    struct dir_document document;
    struct prov_kept kept = {0};
    *out_replay = false;
    if (call->idempotency.key == NULL)
        return true;
    bool found =
        dir_document_find_idempotency(call->dir, REPORT_FOLDER, call->idempotency.key, call->arena, &document, err);
    if (found && !prov_kept_take(call, &document, &kept, err))
        return false;
    const struct prov_recall recall = {.found = found,
                                       .pair = &document.idempotency,
                                       .visible = found && prov_kept_visible(call, &kept.report.report),
                                       .missing = cvp_report_not_found};
    if (!prov_seen_before(call, &recall, out_replay, err) || !*out_replay)
        return err->kind == CV_OK;
    *out = kept.report;
    out->outcome = PROV_REPLAYED;
    return true;
}

/* Somebody was faster with the same key: what he made is the answer. */
static bool add_or_replay(struct prov_call *call, struct prov_report *out, const char *list, struct cv_error *err)
{
    bool replay = false;
    if (add(call, out, list, err))
        return true;
    if (err->kind != CV_CONFLICT || strcmp(err->field, "cvIdempotencyKey") != 0)
        return false;
    cv_error_clear(err);
    return replayed(call, out, &replay, err) && replay;
}

static bool compare(struct prov_call *call, const struct prov_report_input *in, struct rep_report *r,
                    struct cv_error *err)
{
    cv_day from = r->from - (r->to - r->from + 1), to = r->from - 1;
    if (!in->compare)
        return true;
    if (in->has_period) {
        struct dom_period before = dom_period_previous(&in->period);
        if (in->cumulative)
            dom_period_cumulative(&before, &from, &to);
        else
            dom_period_days(&before, &from, &to);
    }
    return prov_compare(call, r, from, to, err);
}

bool prov_report_create(struct prov_call *call, const struct prov_report_input *in, struct prov_report *out,
                        struct cv_error *err)
{
    bool replay = false;
    *out = (struct prov_report){0};
    if (!replayed(call, out, &replay, err))
        return false;
    if (replay)
        return true;
    const char *list = "";
    return ask(call, in, &out->report, err) && compare(call, in, &out->report, err) &&
           prov_freeze(call, &out->report, in->accept_incomplete, &list, err) && add_or_replay(call, out, list, err);
}

/* ---- corrections ---- */

/* The question of a kept report, without its answers. */
static struct rep_report question_of(struct cv_arena *arena, const struct rep_report *old)
{
    struct rep_report r = *old;
    r.sheets = CV_NEWS(arena, struct rep_sheet, old->sheet_count + 1);
    for (size_t i = 0; i < old->sheet_count; i++) {
        r.sheets[i].system = old->sheets[i].system;
        r.sheets[i].previous = old->sheets[i].previous;
    }
    return r;
}

static void put_words(const struct prov_report_patch *in, struct rep_report *r)
{
    if (in->number.given != CV_ABSENT)
        r->number = in->number.value;
    if (in->comment.given != CV_ABSENT)
        r->comment = in->comment.value;
}

static bool correctable(const struct prov_report *old, struct cv_error *err)
{
    if (old->report.state != REP_FINAL)
        return cv_fail(err, cvp_report_draft, NULL, "Báo cáo còn là dự thảo, hãy sửa dự thảo",
                       "The report is still a draft; change the draft");
    if (old->superseded_by == NULL)
        return true;
    cv_fail(err, cvp_report_superseded, NULL, "Báo cáo đã được thay thế bởi %s", "The report was replaced by %s",
            old->superseded_by);
    snprintf(err->link, sizeof(err->link), "/v1/reports/%s", old->superseded_by);
    return false;
}

bool prov_report_revise(struct prov_call *call, const char *id, const struct prov_report_patch *in,
                        struct prov_report *out, struct cv_error *err)
{
    bool replay = false;
    struct prov_report old = {0};
    const char *list = "";
    *out = (struct prov_report){0};
    if (!replayed(call, out, &replay, err))
        return false;
    if (replay)
        return true;
    if (!prov_report_read(call, id, &old, err) || !correctable(&old, err))
        return false;
    struct rep_report *r = &out->report;
    *r = question_of(call->arena, &old.report);
    r->revision++;
    r->id = prov_report_name(call->arena, old.report.id, r->revision);
    r->corrects = old.report.id;
    r->corrects_number = old.report.number;
    r->number = NULL; /* another paper, another number */
    r->state = in->final ? REP_FINAL : REP_DRAFT;
    r->created_by = call->actor;
    r->created_at = cv_now();
    r->final_at = in->final ? cv_now() : CV_NO_MOMENT;
    put_words(in, r);
    if (!prov_freeze(call, r, in->accept_incomplete, &list, err))
        return false;
    if (add_or_replay(call, out, list, err))
        return true;
    if (err->kind == CV_EXISTS) {
        old.superseded_by = r->id;
        return correctable(&old, err);
    }
    return false;
}

/* ---- drafts ---- */

static bool still_draft(const struct prov_kept *kept, struct cv_error *err)
{
    if (kept->report.report.state == REP_DRAFT)
        return true;
    cv_fail(err, cvp_report_final, NULL, "Báo cáo đã phát hành, không sửa được",
            "The report is final and never changed");
    snprintf(err->link, sizeof(err->link), "/v1/reports/%s/revisions", kept->report.report.id);
    return false;
}

struct patching {
    const char *id;
    const struct prov_report_patch *in;
    struct prov_report *out;
};

/* Made before its period was over, and more of its days count by now: its list is of another day than its use. */
static bool outlived(const struct prov_call *call, const struct rep_report *r)
{
    cv_day today = view_day(call->prov->options.view);
    return cv_day_of(r->as_of) < (r->to < today ? r->to : today);
}

static bool refreeze(struct prov_call *call, struct prov_kept *kept, bool accept, struct cv_error *err)
{
    struct rep_report *r = &kept->report.report;
    if (outlived(call, r))
        kept->list = "";
    if (*kept->list == '\0')
        *r = question_of(call->arena, r);
    return prov_refreeze(call, r, accept, &kept->list, err);
}

static bool patch_once(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    struct patching *p = ctx;
    struct dir_actor actor = prov_dir_actor(call);
    struct prov_kept kept = {0};
    const char *bytes;
    size_t len;
    if (!prov_kept_read(call, p->id, &kept, err) || !prov_check_match(call, kept.document.revision, err) ||
        !still_draft(&kept, err))
        return false;
    put_words(p->in, &kept.report.report);
    if (p->in->refreeze && !refreeze(call, &kept, p->in->accept_incomplete, err))
        return false;
    if (p->in->final) {
        kept.report.report.state = REP_FINAL;
        kept.report.report.final_at = cv_now();
        kept.list = "";
    }
    if (!prov_kept_bytes(call, &kept.report, kept.list, &bytes, &len, err) ||
        !dir_document_save(call->dir, &kept.document, bytes, len, &actor, stamp, err))
        return false;
    *p->out = kept.report;
    p->out->revision = stamp->changed ? stamp->revision : kept.document.revision;
    stamp->changed = false; /* the view does not follow documents */
    return true;
}

bool prov_report_patch(struct prov_call *call, const char *id, const struct prov_report_patch *in,
                       struct prov_report *out, struct cv_error *err)
{
    struct patching patching = {id, in, out};
    return prov_write(call, "report.change", id, patch_once, &patching, err);
}

static bool delete_once(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    struct dir_actor actor = prov_dir_actor(call);
    struct prov_kept kept = {0};
    (void)stamp;
    return prov_kept_read(call, ctx, &kept, err) && prov_check_match(call, kept.document.revision, err) &&
           still_draft(&kept, err) && dir_document_delete(call->dir, REPORT_FOLDER, kept.report.report.id, &actor, err);
}

bool prov_report_delete(struct prov_call *call, const char *id, struct cv_error *err)
{
    return prov_write(call, "report.delete", id, delete_once, (void *)id, err);
}
