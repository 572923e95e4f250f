/* Head and foot of the administrative form (Decree 30/2020). */
#include <string.h>

#include "report/letter/letter.h"

const char *rep_letter_date(const struct rep_letter *l)
{
    char text[CV_DAY_WORDS], day[CV_DAY_TEXT];
    if (l->r->final_at == CV_NO_MOMENT)
        return REP_SAY(l->lang, "ngày      tháng      năm", "date:");
    cv_day on = cv_day_of(l->r->final_at);
    return cv_arena_strdup(l->arena, l->lang == CV_EN ? cv_day_people(on, day) : cv_day_words(on, text));
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

static size_t stack(struct rep_beside *lines, int side, size_t at, const char *text, bool bold)
{
    if (text == NULL)
        return at;
    lines[at].text[side] = text;
    lines[at].bold[side] = bold;
    return at + 1;
}

void rep_letterhead(const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena, struct rep_xlsx_options *out)
{
    enum { LINES = 4 };
    struct rep_letter *l = CV_NEW(arena, struct rep_letter);
    struct rep_beside *lines = CV_NEWS(arena, struct rep_beside, LINES);
    *l = (struct rep_letter){.r = r, .arena = arena, .lang = lang};
    rep_letter_head(l);
    size_t left = stack(lines, 0, 0, l->head.superior, false), right = stack(lines, 1, 0, l->head.nation, true);
    left = stack(lines, 0, left, l->head.issuer, true);
    left = stack(lines, 0, left, l->head.number, false);
    left = stack(lines, 0, left, l->head.draft, true);
    right = stack(lines, 1, right, l->head.motto, true);
    right = stack(lines, 1, right, l->head.date, false);
    out->letterhead = lines;
    out->letterhead_lines = left > right ? left : right;
}

/* A line without the dash and the marks with which a clerk began and ended it: the form has its own. */
static const char *bare(struct rep_letter *l, const char *text)
{
    text += strspn(text, "- ");
    size_t len = strlen(text);
    while (len > 0 && strchr(";., ", text[len - 1]) != NULL)
        len--;
    return cv_arena_strndup(l->arena, text, len);
}

/* One on the line of the words, several on lines of their own. */
void rep_letter_addressees(struct rep_letter *l)
{
    const struct dom_lines *to = &l->r->letterhead.addressees;
    if (to->count == 1)
        rep_block(l, REP_BLOCK_ADDRESS,
                  cv_arena_printf(l->arena, REP_SAY(l->lang, "Kính gửi: %s.", "To: %s."), bare(l, to->text[0])));
    if (to->count < 2)
        return;
    rep_block(l, REP_BLOCK_ADDRESS, REP_SAY(l->lang, "Kính gửi:", "To:"));
    for (size_t i = 0; i < to->count; i++)
        rep_block(l, REP_BLOCK_ADDRESS,
                  cv_arena_printf(l->arena, i + 1 < to->count ? "- %s;" : "- %s.", bare(l, to->text[i])));
}

static void recipient(struct rep_letter *l, const char *text)
{
    struct dom_lines *all = &l->foot.recipients;
    all->text[all->count++] = text;
}

static bool begins(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

/* "Lưu: VT, NV"; a person may be called Lưu. */
static bool is_file(const char *text)
{
    static const char word[] = "Lưu";
    const char *rest = text + strlen(word);
    return begins(text, word) && (rest[strspn(rest, " ")] == ':' || *rest == '\0' || begins(rest, " VT"));
}

void rep_letter_foot(struct rep_letter *l)
{
    enum { AS_ABOVE_AND_FILE = 2 };
    const struct dom_letterhead *of = &l->r->letterhead;
    const struct dom_lines *to = &of->recipients;
    const char **lines = CV_NEWS(l->arena, const char *, to->count + 1), *file = NULL;
    bool said = false;
    for (size_t i = 0; i < to->count; i++) {
        lines[i] = bare(l, to->text[i]);
        said |= begins(lines[i], "Như trên");
        file = is_file(lines[i]) ? lines[i] : file;
    }
    l->foot = (struct rep_foot){.to = REP_SAY(l->lang, "Nơi nhận:", "Recipients:"),
                                .recipients.text = CV_NEWS(l->arena, const char *, to->count + AS_ABOVE_AND_FILE),
                                .behalf = of->on_behalf,
                                .post = of->signatory_title,
                                .signatory = of->signatory_name};
    if (of->addressees.count > 0 && !said)
        recipient(l, REP_SAY(l->lang, "- Như trên;", "- As above;"));
    for (size_t i = 0; i < to->count; i++)
        if (lines[i] != file && *lines[i] != '\0')
            recipient(l, cv_arena_printf(l->arena, "- %s;", lines[i]));
    recipient(l, file != NULL ? cv_arena_printf(l->arena, "- %s.", file) : REP_SAY(l->lang, "- Lưu: VT.", "- File."));
    rep_block(l, REP_BLOCK_FOOT, NULL);
}
