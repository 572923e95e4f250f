/* Readings of lists of people: the first at once, its repeats within a minute as one entry with their number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provision/evidence/evidence.h"
#include "provision/internal.h"

bool prov_readings_init(struct prov_evidence *evidence)
{
    cv_random(&evidence->tags, sizeof(evidence->tags));
    cv_lock_init(&evidence->lock, CV_RANK_READINGS);
    return true;
}

static void put(struct prov_evidence *evidence, const char *entry, const char *end)
{
    struct ev_log *log = atomic_load(&evidence->log);
    cv_auto_buf text = {0};
    cv_buf_init(&text, EV_ENTRY_MAX);
    cv_buf_puts(&text, entry);
    cv_buf_puts(&text, end);
    if (log != NULL && cv_buf_ok(&text))
        (void)ev_note(log, text.data, text.len);
}

/* Tells of the repeats and gives the place free. Under the lock. */
static void settle(struct prov_evidence *evidence, struct prov_reading *reading)
{
    char end[128];
    snprintf(end, sizeof(end), ",\"times\":%llu,\"rows\":%llu}", (unsigned long long)reading->again,
             (unsigned long long)reading->rows);
    if (reading->again > 0)
        put(evidence, reading->entry, end);
    free(reading->entry);
    *reading = (struct prov_reading){0};
}

void prov_readings_look(struct prov_evidence *evidence, bool all)
{
    int64_t until = cv_mono_ns() - PROV_READING_MS * INT64_C(1000000);
    cv_lock_take(&evidence->lock);
    for (size_t i = 0; i < PROV_READINGS; i++)
        if (evidence->readings[i].entry != NULL && (all || evidence->readings[i].since_ns < until))
            settle(evidence, &evidence->readings[i]);
    cv_lock_give(&evidence->lock);
}

/* Where this reading is counted: its own place, a free one, or that of the oldest. Under the lock. */
static struct prov_reading *place_of(struct prov_evidence *evidence, struct cv_tag what)
{
    struct prov_reading *best = &evidence->readings[0];
    for (size_t i = 0; i < PROV_READINGS; i++) {
        struct prov_reading *r = &evidence->readings[i];
        if (r->entry != NULL && cv_tag_equal(r->what, what))
            return r;
        if (r->entry == NULL || (best->entry != NULL && r->since_ns < best->since_ns))
            best = r;
    }
    return best;
}

static void count(struct prov_evidence *evidence, struct cv_tag what, const char *entry, size_t rows)
{
    char end[64];
    struct prov_reading *r;
    cv_lock_take(&evidence->lock);
    r = place_of(evidence, what);
    bool again = r->entry != NULL && cv_tag_equal(r->what, what) &&
                 cv_mono_ns() - r->since_ns < PROV_READING_MS * INT64_C(1000000);
    if (again) {
        r->again++;
        r->rows += rows;
    } else {
        if (r->entry != NULL)
            settle(evidence, r);
        *r = (struct prov_reading){.what = what, .since_ns = cv_mono_ns(), .entry = strdup(entry)};
        snprintf(end, sizeof(end), ",\"times\":1,\"rows\":%zu}", rows);
        put(evidence, entry, end);
    }
    cv_lock_give(&evidence->lock);
}

void prov_audit_reading(const struct prov_call *call, const char *operation, const char *filter, size_t rows)
{
    struct prov_evidence *evidence = call->prov->options.evidence;
    struct prov_entry e;
    cv_log(CV_LOG_INFO, "audit", "%s by %s: %zu rows", operation, call->actor, rows);
    if (evidence == NULL)
        return;
    prov_entry_begin(&e, "reading");
    prov_entry_who(&e, call);
    cv_jout_string(&e.out, "action", operation);
    cv_jout_string(&e.out, "filter", filter);
    const char *same = cv_arena_printf(call->arena, "%s\n%s\n%s", call->actor, operation, filter);
    if (prov_entry_end(&e)) {
        e.text.data[e.text.len - 1] = '\0'; /* the closing brace comes with the numbers */
        count(evidence, cv_tag_make(&evidence->tags, same, strlen(same)), e.text.data, rows);
    }
    cv_buf_free(&e.text);
}
