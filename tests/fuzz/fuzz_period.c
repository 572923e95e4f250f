/* A period that is read is written back as it was, begins where the one before ends (nine months apart), and has a
 * name. */
#include <stdlib.h>
#include <string.h>

#include "congvu/memory.h"
#include "congvu/period.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct dom_period *p, const char *text)
{
    char space[DOM_PERIOD_TEXT], label[DOM_PERIOD_LABEL];
    cv_day from, to, from_before, to_before;
    struct dom_period before = dom_period_previous(p);
    if (strcmp(dom_period_text(p, space), text) != 0)
        abort();
    dom_period_days(p, &from, &to);
    dom_period_days(&before, &from_before, &to_before);
    if (from > to || to - from > 366 || to_before >= from)
        abort();
    if (p->kind != DOM_NINE_MONTHS && to_before + 1 != from)
        abort();
    dom_period_cumulative(p, &from_before, &to_before);
    if (from_before > from || to_before != to)
        abort();
    for (int lang = 0; lang < CV_LANGS; lang++)
        if (strlen(dom_period_label(p, (enum cv_lang)lang, label)) < 4)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 64)
        return 0;
    cv_auto_arena arena = cv_arena_new(4096);
    const char *text = cv_arena_strndup(arena, (const char *)data, size);
    struct dom_period p;
    for (int calendar = 0; calendar < DOM_CALENDARS; calendar++)
        if (dom_period_parse(text, (enum dom_calendar)calendar, &p))
            check(&p, text);
    return 0;
}
