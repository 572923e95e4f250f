/* What the figures say, in sentences and in bars. */
#include <string.h>

#include "congvu/titles.h"
#include "report/letter/letter.h"

/* "961 người, đạt 80,49% (961/1.194)" */
static const char *reached(struct rep_letter *l, int32_t a, int32_t b)
{
    if (a == REP_NONE || b == REP_NONE)
        return rep_unknown(l->lang);
    if (b == 0)
        return REP_SAY(l->lang, "không có người thuộc diện", "nobody to count");
    return cv_arena_printf(l->arena, REP_SAY(l->lang, "%s người, đạt tỷ lệ %s%% (%s/%s)", "%s people, %s%% (%s/%s)"),
                           rep_number(l->arena, l->lang, a), rep_decimal(l->arena, l->lang, rep_percent_of(a, b)),
                           rep_number(l->arena, l->lang, a), rep_number(l->arena, l->lang, b));
}

/* Where everybody who must have it is away, nobody is left to count, but there are people. */
static const char *used(struct rep_letter *l, int32_t a, const struct rep_counts *c)
{
    if (a != REP_NONE && c->usage_base == 0 && c->base > 0)
        return REP_SAY(l->lang, "không tính tỷ lệ, vì mọi người thuộc diện phải cấp đều nghỉ dài ngày",
                       "no rate, as everybody to be issued is on long leave");
    return reached(l, a, c->usage_base);
}

static const char *activated(struct rep_letter *l, const struct rep_counts *c)
{
    return c->issued == 0 ? REP_SAY(l->lang, "chưa có tài khoản nào được cấp", "no account issued")
                          : reached(l, c->activated, c->issued);
}

/* "tỷ lệ cấp tăng 1,20 điểm phần trăm", from the printed rates. */
static const char *change(struct rep_letter *l, const char *what, int32_t a, int32_t b, int32_t a0, int32_t b0)
{
    if (a == REP_NONE || b <= 0 || a0 == REP_NONE || b0 <= 0)
        return cv_arena_printf(l->arena, "%s %s", what, rep_unknown(l->lang));
    int64_t by = rep_percent_of(a, b) - rep_percent_of(a0, b0);
    if (by == 0)
        return cv_arena_printf(l->arena, REP_SAY(l->lang, "%s không đổi", "%s unchanged"), what);
    return cv_arena_printf(l->arena, REP_SAY(l->lang, "%s %s %s điểm phần trăm", "%s %s by %s points"), what,
                           by > 0 ? REP_SAY(l->lang, "tăng", "up") : REP_SAY(l->lang, "giảm", "down"),
                           rep_decimal(l->arena, l->lang, by > 0 ? by : -by));
}

/* ---- and why ---- */

static const char *cause_text(struct rep_letter *l, const struct rep_cause *c, int32_t by)
{
    static const char *const words[REP_WHYS][CV_LANGS] = {
        [REP_WHY_JOINED] = {"%s người mới đến", "%s new"},
        [REP_WHY_LEFT] = {"%s thôi làm việc", "%s left"},
        [REP_WHY_MOVED_IN] = {"%s chuyển đến từ đơn vị khác", "%s from another unit"},
        [REP_WHY_MOVED_OUT] = {"%s chuyển sang đơn vị khác", "%s to another unit"},
        [REP_WHY_REQUIRED] = {"%s mới thuộc diện phải cấp", "%s to be issued since"},
        [REP_WHY_NOT_REQUIRED] = {"%s thôi thuộc diện phải cấp", "%s to be issued no more"},
        [REP_WHY_ISSUED] = {"%s được cấp", "%s issued"},
        [REP_WHY_REVOKED] = {"%s thôi có tài khoản", "%s without the account since"},
        [REP_WHY_UNRECORDED] = {"số chưa có trên hệ thống %s", "those not in the system %s"},
        [REP_WHY_LATER] = {"bổ sung số liệu của kỳ trước sau khi chốt %s", "recorded later of the period before %s"},
    };
    static const char mark[] = "%s";
    const char *number = rep_number(l->arena, l->lang, by > 0 ? by : -by);
    if (c->why == REP_WHY_LEFT && c->reason >= 0)
        return cv_arena_printf(l->arena, "%s %s", number, rep_reason_title((enum dom_reason)c->reason, l->lang));
    if (c->why == REP_WHY_UNRECORDED || c->why == REP_WHY_LATER)
        number = cv_arena_printf(l->arena, "%s %s",
                                 by > 0 ? REP_SAY(l->lang, "tăng", "up") : REP_SAY(l->lang, "giảm", "down"), number);
    const char *form = words[c->why][l->lang], *at = strstr(form, mark);
    return cv_arena_printf(l->arena, "%.*s%s%s", (int)(at - form), form, number, at + strlen(mark));
}

static int32_t part_of(const struct rep_cause *c, bool issued)
{
    return issued ? c->issued : c->base;
}

static int32_t size_of(int32_t by)
{
    return by > 0 ? by : -by;
}

/* The largest that is smaller than the one before, or as large and behind it; NULL = no more. */
static const struct rep_cause *next_largest(const struct rep_previous *p, bool issued, const struct rep_cause *before)
{
    const struct rep_cause *found = NULL;
    for (size_t i = 0; i < p->cause_count; i++) {
        const struct rep_cause *c = &p->causes[i];
        int32_t size = size_of(part_of(c, issued)), limit = before != NULL ? size_of(part_of(before, issued)) : 0;
        bool behind = before == NULL || size < limit || (size == limit && c > before);
        if (size > 0 && behind && (found == NULL || size > size_of(part_of(found, issued))))
            found = c;
    }
    return found;
}

/* " Số đã cấp giảm 3 người: 2 nghỉ hưu, 1 chuyển công tác." The three largest. */
static const char *why(struct rep_letter *l, const struct rep_previous *p, bool issued, int32_t by)
{
    enum { MOST = 3 };
    const char *out = "";
    const struct rep_cause *c = next_largest(p, issued, NULL);
    if (by == 0 || c == NULL)
        return "";
    for (int i = 0; i < MOST && c != NULL; i++, c = next_largest(p, issued, c))
        out = cv_arena_printf(l->arena, "%s%s%s", out, i > 0 ? ", " : "", cause_text(l, c, part_of(c, issued)));
    return cv_arena_printf(
        l->arena, REP_SAY(l->lang, " %s %s %s người: %s%s.", " %s %s by %s people: %s%s."),
        issued ? REP_SAY(l->lang, "Số đã cấp", "Issued") : REP_SAY(l->lang, "Số thuộc diện phải cấp", "To be issued"),
        by > 0 ? REP_SAY(l->lang, "tăng", "up") : REP_SAY(l->lang, "giảm", "down"),
        rep_number(l->arena, l->lang, size_of(by)), out,
        c != NULL ? REP_SAY(l->lang, ", còn lại do nguyên nhân khác", ", the rest by other causes") : "");
}

static void comparison(struct rep_letter *l, const struct rep_sheet *s, const struct rep_counts *c)
{
    const struct rep_previous *before = &s->previous;
    if (!before->given)
        return;
    const struct rep_counts *o = &before->counts;
    rep_block(l, REP_BLOCK_PARAGRAPH,
              cv_arena_printf(l->arena,
                              REP_SAY(l->lang, "So với kỳ trước (từ ngày %s đến ngày %s): %s; %s; %s.%s%s",
                                      "Against the period before (%s to %s): %s; %s; %s.%s%s"),
                              rep_date(l->arena, before->from), rep_date(l->arena, before->to),
                              change(l, REP_SAY(l->lang, "tỷ lệ cấp", "issue"), c->issued, c->base, o->issued, o->base),
                              change(l, REP_SAY(l->lang, "tỷ lệ có sử dụng", "use"), c->used, c->usage_base, o->used,
                                     o->usage_base),
                              change(l, REP_SAY(l->lang, "tỷ lệ thường xuyên sử dụng", "regular use"), c->regular,
                                     c->usage_base, o->regular, o->usage_base),
                              why(l, before, true, c->issued - o->issued), why(l, before, false, c->base - o->base)));
}

static const char *declared(struct rep_letter *l, int32_t n)
{
    return n == REP_NONE ? REP_SAY(l->lang, "chưa khai báo", "not declared") : rep_number(l->arena, l->lang, n);
}

/* ---- what moved a figure, in the sentence of that figure ---- */

static const char *of_base(struct rep_letter *l, const struct rep_counts *c)
{
    int32_t over = rep_lever_people(c, REP_OVER_RECORDED), above = rep_lever_people(c, REP_BASE_ABOVE_HEADCOUNT),
            changed = rep_lever_people(c, REP_CATEGORY_CHANGED);
    const char *out = "";
    if (over > 0)
        out = cv_arena_printf(l->arena,
                              REP_SAY(l->lang, ", trong đó %s người đã nhập vượt số khai báo",
                                      ", %s of them recorded above the declared number"),
                              rep_number(l->arena, l->lang, over));
    if (above > 0)
        out = cv_arena_printf(
            l->arena,
            REP_SAY(l->lang, "%s, nhiều hơn tổng số hiện có %s người", "%s, %s more than there are people in post"),
            out, rep_number(l->arena, l->lang, above));
    if (changed > 0)
        out = cv_arena_printf(l->arena,
                              REP_SAY(l->lang, "%s, không kể %s người thôi thuộc diện do đổi đối tượng trong kỳ",
                                      "%s, without %s people whose category changed in the period"),
                              out, rep_number(l->arena, l->lang, changed));
    return out;
}

static const char *undecided(struct rep_letter *l, const struct rep_counts *c)
{
    int32_t people = rep_lever_people(c, REP_LEAVE_UNDECIDED);
    if (people == 0)
        return "";
    return cv_arena_printf(l->arena,
                           REP_SAY(l->lang, "; có %s người nghỉ dài ngày chưa có quyết định",
                                   "; %s people are on long leave without a decision"),
                           rep_number(l->arena, l->lang, people));
}

static const char *of_new(struct rep_letter *l, const struct rep_counts *c)
{
    int32_t new = rep_lever_people(c, REP_TOO_NEW);
    if (new == 0)
        return "";
    return cv_arena_printf(l->arena,
                           REP_SAY(l->lang, "; trong số đã cấp có %s tài khoản mới cấp dưới 14 ngày",
                                   "; %s of the issued accounts are under 14 days old"),
                           rep_number(l->arena, l->lang, new));
}

static void figures(struct rep_letter *l, const struct rep_counts *c)
{
    rep_block(
        l, REP_BLOCK_PARAGRAPH,
        cv_arena_printf(
            l->arena,
            REP_SAY(l->lang, "- Tổng số người hiện có: %s; chưa có trên hệ thống: %s; thuộc diện phải cấp: %s người%s.",
                    "- People in post: %s; not in the system: %s; to be issued: %s people%s."),
            declared(l, c->headcount), declared(l, c->unrecorded), rep_number(l->arena, l->lang, c->base),
            of_base(l, c)));
    rep_block(l, REP_BLOCK_PARAGRAPH,
              cv_arena_printf(l->arena,
                              REP_SAY(l->lang, "- Đã cấp: %s.%s Đã kích hoạt: %s.", "- Issued: %s.%s Activated: %s."),
                              reached(l, c->issued, c->base), rep_beyond_text(c, l->lang, l->arena), activated(l, c)));
    rep_block(
        l, REP_BLOCK_PARAGRAPH,
        cv_arena_printf(l->arena,
                        REP_SAY(l->lang, "- Có sử dụng trong kỳ: %s%s%s. Thường xuyên sử dụng trong công việc: %s%s%s.",
                                "- Used in the period: %s%s%s. Regularly used at work: %s%s%s."),
                        used(l, c->used, c), rep_undeducted_text(c->used, c, l->lang, l->arena), undecided(l, c),
                        used(l, c->regular, c), rep_undeducted_text(c->regular, c, l->lang, l->arena), of_new(l, c)));
    rep_block(l, REP_BLOCK_PARAGRAPH,
              cv_arena_printf(
                  l->arena,
                  REP_SAY(l->lang, "- Tạm khóa: %s; thu hồi trong kỳ: %s.", "- Locked: %s; revoked in the period: %s."),
                  c->locked == REP_NONE ? rep_unknown(l->lang) : rep_number(l->arena, l->lang, c->locked),
                  rep_number(l->arena, l->lang, c->revoked)));
}

/* Nothing is known of days before the unit was written down. */
static void no_figures(struct rep_letter *l)
{
    rep_block(l, REP_BLOCK_PARAGRAPH,
              cv_arena_printf(l->arena, "%s %s.", rep_name(l->r->name, l->lang), rep_not_recorded_text(l->lang)));
}

static struct rep_bar bar(struct rep_letter *l, const char *name, int32_t a, int32_t b)
{
    if (a == REP_NONE || b == REP_NONE)
        return (struct rep_bar){.name = name, .value = rep_unknown(l->lang)};
    if (b <= 0)
        return (struct rep_bar){.name = name, .value = "–"};
    int64_t rate = rep_percent_of(a, b);
    return (struct rep_bar){.name = name,
                            .value = cv_arena_printf(l->arena, "%s%%", rep_decimal(l->arena, l->lang, rate)),
                            .length = rate < REP_BAR_WHOLE ? (int)rate : REP_BAR_WHOLE};
}

static void bars(struct rep_letter *l, const struct rep_sheet *s, const struct rep_counts *c)
{
    if (c->base == 0)
        return;
    enum cv_lang lang = l->lang;
    const struct rep_bar all[] = {
        bar(l, REP_SAY(lang, "Đã cấp", "Issued"), c->issued, c->base),
        bar(l, REP_SAY(lang, "Đã kích hoạt (/ đã cấp)", "Activated (/ issued)"), c->activated, c->issued),
        bar(l, REP_SAY(lang, "Có sử dụng", "Used"), c->used, c->usage_base),
        bar(l, REP_SAY(lang, "Thường xuyên sử dụng", "Regularly used"), c->regular, c->usage_base),
    };
    struct rep_block *block = rep_block(l, REP_BLOCK_BARS, rep_name(s->name, lang));
    struct rep_bar *kept = CV_NEWS(l->arena, struct rep_bar, CV_COUNT(all));
    memcpy(kept, all, sizeof(all));
    block->bars = kept;
    block->bar_count = CV_COUNT(all);
}

void rep_letter_sentences(struct rep_letter *l, const struct rep_sheet *s, size_t number)
{
    const struct rep_row *total = rep_total_row(s);
    rep_block(l, REP_BLOCK_SECTION, cv_arena_printf(l->arena, "%zu. %s", number, rep_name(s->name, l->lang)));
    if (l->r->kind != REP_COVERAGE || total == NULL) {
        rep_block(l, REP_BLOCK_PARAGRAPH,
                  cv_arena_printf(
                      l->arena,
                      REP_SAY(l->lang, "Danh sách có %s người, chi tiết tại %s.", "The list has %s people; see %s."),
                      rep_number(l->arena, l->lang, (int64_t)s->people_count), rep_annex_name(l, number - 1)));
        return;
    }
    if (rep_not_recorded_yet(&total->counts)) {
        no_figures(l);
        return;
    }
    figures(l, &total->counts);
    comparison(l, s, &total->counts);
    bars(l, s, &total->counts);
    rep_block(l, REP_BLOCK_PARAGRAPH,
              cv_arena_printf(l->arena, REP_SAY(l->lang, "Chi tiết từng đơn vị tại %s.", "Unit by unit: see %s."),
                              rep_annex_name(l, number - 1)));
}
