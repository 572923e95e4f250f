/* The days that use is counted in: a standard window until today, or a period. */
#include <stdio.h>
#include <string.h>

#include "api/frame/window.h"

static const struct {
    const char *word;
    int days;
} lengths[] = {{"P7D", 7}, {"P30D", 30}, {"P90D", 90}, {"P180D", 180}};

void api_query_fault(struct htp_exchange *x, const char *name, const char *code, const char *vi, const char *en)
{
    cv_fault_add(&x->faults, CV_AT_PARAMETER, name, code, "%s%.0s", "%.0s%s", vi, en);
}

static void bad_value(struct htp_exchange *x, const char *name, const char *vi, const char *en)
{
    api_query_fault(x, name, "not_allowed_value", vi, en);
}

static void read_length(struct htp_exchange *x, const char *text, struct api_window *out)
{
    cv_day today = view_day(api_of(x)->view);
    out->length = text == NULL ? VIEW_DEFAULT_WINDOW : 0;
    for (size_t i = 0; text != NULL && i < CV_COUNT(lengths); i++)
        if (strcmp(text, lengths[i].word) == 0)
            out->length = lengths[i].days;
    if (out->length == 0)
        bad_value(x, "window", "window là P7D, P30D, P90D hoặc P180D", "window is P7D, P30D, P90D or P180D");
    out->days = (struct view_window){today - out->length + 1, today};
}

static void read_period(struct htp_exchange *x, const char *text, const char *calendar, struct api_window *out)
{
    int at = calendar == NULL ? DOM_CIVIL : dom_word_index(dom_calendar_words, calendar);
    const struct view *view = api_of(x)->view;
    cv_day today = view_day(view);
    char text_of_day[CV_DAY_TEXT];
    if (at < 0)
        bad_value(x, "calendar", "calendar là civil hoặc admin", "calendar is civil or admin");
    if (!dom_period_parse(text, at < 0 ? DOM_CIVIL : (enum dom_calendar)at, &out->period)) {
        bad_value(x, "period", "period có dạng 2026-11, 2026-Q4, 2026-H1, 2026-9M hoặc 2026",
                  "a period is written 2026-11, 2026-Q4, 2026-H1, 2026-9M or 2026");
        return;
    }
    dom_period_days(&out->period, &out->days.from, &out->days.to);
    if (out->days.from > today)
        bad_value(x, "period", "Kỳ này chưa bắt đầu", "This period has not begun yet");
    if (out->days.to > today)
        out->days.to = today;
    if (x->faults.count == 0 && !view_tells_of(view, out->days))
        cv_fault_add(&x->faults, CV_AT_PARAMETER, "period", "not_allowed_value", "Số liệu chỉ được giữ từ ngày %s",
                     "Figures are kept from %s only", cv_day_iso(view_dated_from(view), text_of_day));
}

void api_read_window(struct htp_exchange *x, struct api_window *out)
{
    const char *window = htp_query(x, "window"), *period = htp_query(x, "period"), *calendar = htp_query(x, "calendar");
    *out = (struct api_window){.given = window != NULL || period != NULL};
    if (window != NULL && period != NULL)
        cv_fault_add(&x->faults, CV_AT_PARAMETER, "period", "not_together",
                     "Chỉ dùng một trong hai: window hoặc period", "Give either window or period, not both");
    if (period != NULL) {
        read_period(x, period, calendar, out);
        return;
    }
    if (calendar != NULL)
        cv_fault_add(&x->faults, CV_AT_PARAMETER, "calendar", "not_allowed", "calendar chỉ đi cùng period",
                     "calendar goes with period only");
    read_length(x, window, out);
}

const char *api_window_query(struct htp_exchange *x, const struct api_window *window)
{
    char period[DOM_PERIOD_TEXT];
    if (window->length != 0)
        return cv_arena_printf(x->arena, "window=P%dD", window->length);
    return cv_arena_printf(x->arena, "period=%s&calendar=%s", dom_period_text(&window->period, period),
                           dom_calendar_words[window->period.calendar]);
}

/* ---- periods that a change changes ---- */

/* The long ones first; of a day years ago there are more than there is room for, and the newest of each are named. */
enum { MOST = 36, YEARS_MOST = 10, MONTHS_LEAST = 12 }; /* all of two years */

static size_t ended_since(cv_day from, cv_day today, struct dom_period out[MOST])
{
    static const enum dom_period_kind kinds[] = {DOM_YEAR, DOM_QUARTER, DOM_MONTH};
    static const size_t rooms[] = {YEARS_MOST, MOST - MONTHS_LEAST, MOST}; /* with the longer ones */
    size_t count = 0;
    int year, month, day;
    cv_day first, last;
    cv_day_split(today, &year, &month, &day);
    for (size_t k = 0; k < CV_COUNT(kinds); k++) {
        const int numbers[] = {1, (month + 2) / 3, month};
        struct dom_period p = {.kind = kinds[k], .calendar = DOM_CIVIL, .year = year, .number = numbers[k]};
        for (p = dom_period_previous(&p); count < rooms[k]; p = dom_period_previous(&p)) {
            dom_period_days(&p, &first, &last);
            if (last < from)
                break;
            out[count++] = p;
        }
    }
    return count;
}

void api_write_touched_item(struct htp_exchange *x, cv_day from)
{
    struct dom_period periods[MOST];
    struct cv_jout *j = &x->out;
    char text[DOM_PERIOD_TEXT], day[CV_DAY_TEXT];
    size_t count = from != CV_NO_DAY ? ended_since(from, cv_today(), periods) : 0;
    if (count == 0)
        return;
    cv_day_people(from, day);
    cv_jout_object(j, NULL);
    cv_jout_string(j, "code", "past_periods");
    cv_jout_string(
        j, "detail",
        cv_arena_printf(x->arena,
                        x->lang == CV_EN
                            ? "This holds from %s, so figures of periods that have ended since are counted "
                              "anew; reports that are final keep theirs"
                            : "Thay đổi có hiệu lực từ ngày %s, nên số liệu của các kỳ đã kết thúc từ ngày đó "
                              "được tính lại; báo cáo đã hoàn tất giữ nguyên số",
                        day));
    cv_jout_day(j, "from", from);
    cv_jout_array(j, "periods");
    for (size_t i = 0; i < count; i++)
        cv_jout_string(j, NULL, dom_period_text(&periods[i], text));
    cv_jout_end(j);
    cv_jout_end(j);
}

void api_write_touched(struct htp_exchange *x, cv_day from)
{
    struct dom_period periods[MOST];
    if (from == CV_NO_DAY || ended_since(from, cv_today(), periods) == 0)
        return;
    cv_jout_array(&x->out, "warnings");
    api_write_touched_item(x, from);
    cv_jout_end(&x->out);
}
