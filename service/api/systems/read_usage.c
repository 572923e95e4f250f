/* Usage events: one JSON object with all of them, or one event a line (NDJSON). An event that cannot be read is refused
 * by itself: a source must not lose a morning's logins over one line. */
#include <string.h>

#include "api/internal.h"

enum { EVENT_ID_MAX = 128, KEY_MAX = 254 };

static const char *const kinds[] = {"sign_in", NULL};

static void read_person(const struct cv_jin *o, struct prov_usage_event *e)
{
    static const char *const names[] = {
        [PROV_BY_LOGIN] = "login", [PROV_BY_ADDRESS] = "address", [PROV_BY_CODE] = "staff_code", [PROV_BY_ID] = "id"};
    int given = 0;
    for (size_t i = 0; i < CV_COUNT(names); i++)
        if (cv_jin_string(o, names[i], CV_OPTIONAL, KEY_MAX, &e->key) == CV_VALUE) {
            e->by = (enum prov_usage_by)i;
            given++;
        }
    if (given != 1)
        cv_jin_fault(o, NULL, "not_together", "Cần đúng một trong login, address, staff_code, id",
                     "Exactly one of login, address, staff_code, id is needed");
}

static void read_day(const struct cv_jin *o, struct prov_usage_event *e)
{
    cv_moment at = CV_NO_MOMENT;
    bool day = cv_jin_day(o, "occurred_on", CV_OPTIONAL, &e->on) == CV_VALUE;
    bool moment = cv_jin_moment(o, "occurred_at", CV_OPTIONAL, &at) == CV_VALUE;
    if (day == moment)
        cv_jin_fault(o, NULL, "not_together", "Cần đúng một trong occurred_on, occurred_at",
                     "Exactly one of occurred_on, occurred_at is needed");
    else if (moment)
        e->on = cv_day_of(at);
}

static void read_event(const struct cv_jin *o, struct prov_usage_event *e)
{
    int kind = 0;
    if (cv_jin_string(o, "event_id", CV_OPTIONAL, EVENT_ID_MAX, &e->event_id) == CV_VALUE && *e->event_id == '\0')
        cv_jin_fault(o, "event_id", "too_short", "event_id không được để trống", "An event_id may not be empty");
    cv_jin_word(o, "kind", CV_OPTIONAL, kinds, &kind);
    read_person(o, e);
    read_day(o, e);
    cv_jin_done(o);
}

static void refuse(struct prov_usage_event *e, const char *vi, const char *en)
{
    e->code = "invalid_event";
    e->text[CV_VI] = vi;
    e->text[CV_EN] = en;
}

/* The first of the faults found since `before` becomes the event's own. */
static void move_faults(struct cv_arena *arena, struct cv_faults *faults, size_t before, struct prov_usage_event *e)
{
    if (faults->count == before)
        return;
    const struct cv_fault *f = &faults->items[before];
    refuse(e, cv_arena_printf(arena, "%s: %s", f->at, f->text[CV_VI]),
           cv_arena_printf(arena, "%s: %s", f->at, f->text[CV_EN]));
    faults->count = before;
    faults->dropped = 0;
}

static struct prov_usage_event new_event(void)
{
    return (struct prov_usage_event){.on = CV_NO_DAY};
}

void api_read_usage(struct cv_arena *arena, struct cv_faults *faults, const struct cv_jin *body,
                    struct prov_usage_input *out)
{
    const struct cv_jin_list *list = NULL;
    *out = (struct prov_usage_input){.data_from = CV_NO_DAY, .data_through = CV_NO_DAY};
    cv_jin_string(body, "system", CV_REQUIRED, DOM_SLUG_MAX, &out->system);
    cv_jin_day(body, "data_from", CV_OPTIONAL, &out->data_from);
    cv_jin_day(body, "data_through", CV_OPTIONAL, &out->data_through);
    cv_jin_bool(body, "rewind", CV_OPTIONAL, &out->rewind);
    bool given = cv_jin_array(body, "events", CV_OPTIONAL, PROV_USAGE_EVENTS_MAX, &list) == CV_VALUE;
    cv_jin_done(body);
    if (!given)
        return;
    out->count = cv_jin_count(list);
    out->events = CV_NEWS(arena, struct prov_usage_event, out->count + 1);
    for (size_t i = 0; i < out->count; i++) {
        size_t before = faults->count;
        const struct cv_jin *o = cv_jin_item(list, i);
        out->events[i] = new_event();
        if (o != NULL)
            read_event(o, &out->events[i]);
        move_faults(arena, faults, before, &out->events[i]);
    }
}

static void read_line(struct cv_arena *arena, struct cv_faults *faults, const char *line, size_t len,
                      struct prov_usage_event *e)
{
    struct cv_error err = {0};
    size_t before = faults->count;
    const struct cv_jin *o = cv_json_parse(arena, faults, line, len, &err);
    *e = new_event();
    if (o != NULL)
        read_event(o, e);
    move_faults(arena, faults, before, e);
    if (o == NULL && e->code == NULL)
        refuse(e, cv_arena_strdup(arena, err.text[CV_VI]), cv_arena_strdup(arena, err.text[CV_EN]));
}

static bool blank(const char *line, size_t len)
{
    size_t i = 0;
    while (i < len && (line[i] == ' ' || line[i] == '\t' || line[i] == '\r'))
        i++;
    return i == len;
}

void api_read_usage_lines(struct cv_arena *arena, struct cv_faults *faults, const char *bytes, size_t len,
                          struct prov_usage_input *out)
{
    *out = (struct prov_usage_input){.data_from = CV_NO_DAY, .data_through = CV_NO_DAY};
    out->events = CV_NEWS(arena, struct prov_usage_event, PROV_USAGE_EVENTS_MAX);
    for (size_t at = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0; at < len;) { /* a BOM is no line */
        const char *end = memchr(bytes + at, '\n', len - at);
        size_t n = end != NULL ? (size_t)(end - (bytes + at)) : len - at;
        if (!blank(bytes + at, n) && out->count == PROV_USAGE_EVENTS_MAX) {
            cv_fault_add(faults, CV_AT_POINTER, "", "too_many", "Nhiều nhất %d dòng", "At most %d lines",
                         (int)PROV_USAGE_EVENTS_MAX);
            return;
        }
        if (!blank(bytes + at, n))
            read_line(arena, faults, bytes + at, n, &out->events[out->count++]);
        at += n + 1;
    }
}
