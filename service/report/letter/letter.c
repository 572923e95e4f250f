/* The paper put together from what is frozen: the text, then an annex a table. */
#include <string.h>

#include "report/letter/letter.h"

static void table(struct rep_letter *l, const struct rep_table *t)
{
    rep_block(l, REP_BLOCK_TABLE, REP_SAY(l->lang, "Ghi chú:", "Notes:"))->table = t;
}

static void title(struct rep_letter *l)
{
    const char *period = rep_period_name(l->r, l->lang, l->arena);
    rep_block(l, REP_BLOCK_TITLE, REP_SAY(l->lang, "BÁO CÁO", "REPORT"));
    rep_block(l, REP_BLOCK_SUBJECT, l->title);
    rep_block(l, REP_BLOCK_SUBJECT, *period != '\0' ? period : rep_period_text(l->r, l->lang, l->arena));
    rep_block(l, REP_BLOCK_RULE, NULL);
}

/* How far the sources reach that end before the period does. */
static void incomplete(struct rep_letter *l)
{
    const struct rep_report *r = l->r;
    for (size_t i = 0; i < r->sheet_count && r->incomplete; i++) {
        const struct rep_sheet *s = &r->sheets[i];
        if (!s->reported || s->data_through >= r->to || s->data_through == CV_NO_DAY)
            continue;
        rep_block(
            l, REP_BLOCK_PARAGRAPH,
            cv_arena_printf(l->arena,
                            REP_SAY(l->lang, "Số liệu sử dụng %s tính đến hết ngày %s.", "Usage data of %s reach %s."),
                            rep_name(s->name, l->lang), rep_date(l->arena, s->data_through)));
    }
}

static const char *frozen_on(const struct rep_letter *l)
{
    const struct rep_report *r = l->r;
    const char *use = rep_date(l->arena, cv_day_of(r->frozen_at));
    if (!rep_is_recounted(r))
        return cv_arena_printf(l->arena, REP_SAY(l->lang, "Số liệu chốt ngày %s.", "Figures as of %s."), use);
    return cv_arena_printf(l->arena,
                           REP_SAY(l->lang, "Số người và tài khoản chốt ngày %s; tình hình sử dụng chốt ngày %s.",
                                   "People and accounts as of %s; use as of %s."),
                           rep_date(l->arena, cv_day_of(r->as_of)), use);
}

static void general(struct rep_letter *l)
{
    const struct rep_report *r = l->r;
    rep_block(l, REP_BLOCK_PART, REP_SAY(l->lang, "I. TÌNH HÌNH CHUNG", "I. GENERAL"));
    rep_block(l, REP_BLOCK_PARAGRAPH,
              cv_arena_printf(l->arena,
                              REP_SAY(l->lang, "%s báo cáo kết quả %s. %s Cách tính và nguồn số liệu tại %s.",
                                      "%s reports for %s. %s How they were counted: see %s."),
                              rep_name(r->name, l->lang), rep_period_text(r, l->lang, l->arena), frozen_on(l),
                              rep_annex_name(l, rep_annex_count(l) - 1)));
    incomplete(l);
    if (r->corrects != NULL)
        rep_block(
            l, REP_BLOCK_PARAGRAPH,
            cv_arena_printf(l->arena,
                            REP_SAY(l->lang, "Báo cáo này (lần %d) thay thế Báo cáo số %s đã gửi trước đó (mã %s).",
                                    "This report (revision %d) replaces report No. %s sent before (%s)."),
                            r->revision, r->corrects_number != NULL ? r->corrects_number : "………", r->corrects));
}

static void results(struct rep_letter *l)
{
    rep_block(l, REP_BLOCK_PART, REP_SAY(l->lang, "II. KẾT QUẢ", "II. RESULTS"));
    if (l->r->kind == REP_INDICATORS)
        table(l, rep_indicator_table(l->r, l->lang, l->arena));
    for (size_t i = 0; i < l->r->sheet_count && l->r->kind != REP_INDICATORS; i++)
        rep_letter_sentences(l, &l->r->sheets[i], i + 1);
}

static void comment(struct rep_letter *l)
{
    const char *rest = l->r->comment;
    rep_block(l, REP_BLOCK_PART, REP_SAY(l->lang, "III. ĐÁNH GIÁ, KIẾN NGHỊ", "III. ASSESSMENT AND PROPOSALS"));
    if (rest == NULL)
        rep_block(l, REP_BLOCK_PARAGRAPH, REP_SAY(l->lang, "Không có kiến nghị.", "None."));
    while (rest != NULL && *rest != '\0') {
        size_t len = strcspn(rest, "\n");
        rep_block(l, REP_BLOCK_PARAGRAPH, cv_arena_strndup(l->arena, rest, len));
        rest += len + (rest[len] == '\n');
    }
}

static void annex(struct rep_letter *l, const struct rep_table *t, size_t number)
{
    const struct rep_report *r = l->r;
    rep_block(l, REP_BLOCK_ANNEX, NULL)->across = t->column_count > 4;
    rep_block(l, REP_BLOCK_TITLE, rep_annex_name(l, number));
    for (size_t i = 0; i < t->title_count; i++)
        rep_block(l, i == 0 ? REP_BLOCK_SUBJECT : REP_BLOCK_WITH, t->titles[i])->capitals = i == 0;
    rep_block(l, REP_BLOCK_WITH,
              cv_arena_printf(l->arena,
                              REP_SAY(l->lang, "(Kèm theo Báo cáo số %s %s của %s)", "(With report No. %s, %s, of %s)"),
                              r->number != NULL ? r->number : "………", rep_letter_date(l), l->head.issuer));
    table(l, t);
}

static void annexes(struct rep_letter *l)
{
    const struct rep_table **tables;
    size_t count, annexed = 0;
    rep_tables(l->r, l->lang, l->arena, &tables, &count);
    while (l->r->kind != REP_INDICATORS && annexed < count) {
        annex(l, tables[annexed], annexed);
        annexed++;
    }
    annex(l, rep_definitions(l->r, l->lang, l->arena), annexed);
}

static void check(struct rep_letter *l)
{
    if (l->r->hash == NULL)
        return;
    rep_block(l, REP_BLOCK_CHECK,
              cv_arena_printf(l->arena,
                              REP_SAY(l->lang, "Mã kiểm tra, để đối chiếu giấy này với bản trên hệ thống: %s",
                                      "Check, to hold this paper against the copy in the system: %s"),
                              l->r->hash));
}

const struct rep_letter *rep_letter(const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena)
{
    struct rep_letter *l = CV_NEW(arena, struct rep_letter);
    *l = (struct rep_letter){.r = r, .arena = arena, .lang = lang, .title = rep_report_title(r, lang, arena)};
    rep_letter_head(l);
    title(l);
    rep_letter_addressees(l);
    general(l);
    results(l);
    comment(l);
    rep_letter_foot(l);
    annexes(l);
    check(l);
    return l;
}
