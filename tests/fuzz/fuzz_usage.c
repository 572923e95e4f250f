/* The reader of usage events, as lines and as one object. Every event is either refused with a reason, or has a person
 * and a day; what is wrong with one never becomes a fault of the whole. */
#include <stdlib.h>
#include <string.h>

#include "api/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void start(void)
{
    static bool started;
    struct cv_error err;
    if (!started && (!cv_text_init(&err) || !cv_clock_init("Asia/Ho_Chi_Minh", 0, &err)))
        abort();
    started = true;
}

static void check(const struct prov_usage_input *in)
{
    if (in->count > PROV_USAGE_EVENTS_MAX)
        abort();
    for (size_t i = 0; i < in->count; i++) {
        const struct prov_usage_event *e = &in->events[i];
        bool refused = e->code != NULL && e->text[CV_VI] != NULL && e->text[CV_EN] != NULL;
        bool readable = e->code == NULL && e->key != NULL && e->on != CV_NO_DAY;
        if (refused == readable)
            abort();
    }
}

static bool only_too_many(const struct cv_faults *faults)
{
    return faults->count == 0 || (faults->count == 1 && strcmp(faults->items[0].code, "too_many") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    start();
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_faults faults;
    struct prov_usage_input in;
    struct cv_error err = {0};
    cv_faults_init(&faults, arena);
    api_read_usage_lines(arena, &faults, (const char *)data, size, &in);
    check(&in);
    if (!only_too_many(&faults))
        abort();
    cv_faults_init(&faults, arena);
    const struct cv_jin *body = cv_json_parse(arena, &faults, (const char *)data, size, &err);
    if (body == NULL)
        return 0;
    api_read_usage(arena, &faults, body, &in);
    check(&in);
    return 0;
}
