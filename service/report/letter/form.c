/* Head and foot of the administrative form (Decree 30/2020). */
#include "report/letter/letter.h"

const char *rep_letter_date(const struct rep_letter *l)
{
    int year, month, day;
    if (l->r->final_at == CV_NO_MOMENT)
        return REP_SAY(l->lang, "ngày      tháng      năm", "date:");
    cv_day_split(cv_day_of(l->r->final_at), &year, &month, &day);
    if (l->lang == CV_EN)
        return cv_arena_printf(l->arena, "%02d/%02d/%d", day, month, year);
    /* the form writes days below 10 and the months 1 and 2 with a zero */
    return month < 3 ? cv_arena_printf(l->arena, "ngày %02d tháng %02d năm %d", day, month, year)
                     : cv_arena_printf(l->arena, "ngày %02d tháng %d năm %d", day, month, year);
}

static const char *or_dots(const char *text)
{
    return text != NULL ? text : "……………………";
}

void rep_letter_head(struct rep_letter *l)
{
    const struct rep_report *r = l->r;
    const struct dom_letterhead *of = &r->letterhead;
    enum cv_lang lang = l->lang;
    l->head = (struct rep_head){
        .superior = of->superior_body,
        .issuer = of->issuing_body != NULL ? of->issuing_body : rep_name(r->name, lang),
        .number = cv_arena_printf(l->arena, REP_SAY(lang, "Số: %s", "No.: %s"), or_dots(r->number)),
        .draft = r->state == REP_DRAFT ? REP_SAY(lang, "DỰ THẢO", "DRAFT") : NULL,
        .nation = REP_SAY(lang, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM"),
        .motto = REP_SAY(lang, "Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness"),
        .date = cv_arena_printf(l->arena, "%s, %s", or_dots(of->place), rep_letter_date(l)),
    };
    rep_block(l, REP_BLOCK_HEAD, NULL);
}

void rep_letter_foot(struct rep_letter *l)
{
    const struct dom_letterhead *of = &l->r->letterhead;
    struct rep_foot *foot = &l->foot;
    *foot = (struct rep_foot){.to = REP_SAY(l->lang, "Nơi nhận:", "Recipients:"),
                              .recipients = CV_NEWS(l->arena, const char *, of->recipient_count + 1),
                              .behalf = of->on_behalf,
                              .post = of->signatory_title,
                              .signatory = of->signatory_name};
    for (size_t i = 0; i < of->recipient_count; i++)
        foot->recipients[foot->recipient_count++] = cv_arena_printf(l->arena, "- %s;", of->recipients[i]);
    foot->recipients[foot->recipient_count++] = REP_SAY(l->lang, "- Lưu: VT.", "- File.");
    rep_block(l, REP_BLOCK_FOOT, NULL);
}
