/* Departures of a person: one value each, by number. */
#include <stdlib.h>

#include "directory/map/common.h"

static void put_departure(const struct dom_departure *d, struct dir_attrs *out)
{
    struct dir_json j;

    dir_json_begin(&j);
    cv_jout_int(&j.out, "number", d->number);
    dir_json_text(&j, "state", dom_departure_state_words[d->state]);
    dir_json_text(&j, "reason", dom_reason_words[d->reason]);
    dir_json_text(&j, "reason_text", d->reason_text);
    dir_json_day(&j, "effective_on", d->effective_on);
    dir_json_decision(&j, &d->decision);
    dir_json_moment(&j, "recorded_at", d->recorded_at);
    dir_json_moment(&j, "started_at", d->started_at);
    dir_json_moment(&j, "ended_at", d->ended_at);
    dir_json_text(&j, "recorded_by", d->recorded_by);
    dir_json_text(&j, "ended_by", d->ended_by);
    if (d->counted)
        cv_jout_bool(&j.out, "counted", true);
    dir_json_text(&j, "held_by", d->held_by);
    dir_json_moment(&j, "held_at", d->held_at);
    dir_json_text(&j, "released_by", d->released_by);
    dir_json_text(&j, "keep_mail_until", d->keep_mail_until);
    dir_json_text(&j, "delegate_to", d->delegate_to);
    dir_json_text(&j, "auto_reply", d->auto_reply);
    dir_json_text(&j, "handed_over", d->handed_over);
    dir_json_end(&j, out, "cvDeparture");
}

void dir_put_departures(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;

    (void)base;
    for (size_t i = 0; i < s->departure_count; i++)
        put_departure(&s->departures[i], out);
}

static bool take_departure(struct dir_reader *r, const struct dir_attr *attr, size_t at, struct dom_departure *d)
{
    struct dir_json_in in;
    int state = 0, reason = 0;

    if (!dir_read_begin(&in, r, attr, at))
        return false;
    *d = (struct dom_departure){.effective_on = CV_NO_DAY,
                                .recorded_at = CV_NO_MOMENT,
                                .started_at = CV_NO_MOMENT,
                                .ended_at = CV_NO_MOMENT,
                                .held_at = CV_NO_MOMENT};
    dir_read_int(in.object, "number", &d->number);
    cv_jin_word(in.object, "state", CV_REQUIRED, dom_departure_state_words, &state);
    cv_jin_word(in.object, "reason", CV_REQUIRED, dom_reason_words, &reason);
    dir_read_text(in.object, "reason_text", &d->reason_text);
    cv_jin_day(in.object, "effective_on", CV_REQUIRED, &d->effective_on);
    dir_read_decision(&in, in.object, &d->decision);
    dir_read_moment(&in, in.object, "recorded_at", &d->recorded_at);
    dir_read_moment(&in, in.object, "started_at", &d->started_at);
    dir_read_moment(&in, in.object, "ended_at", &d->ended_at);
    dir_read_text(in.object, "recorded_by", &d->recorded_by);
    dir_read_text(in.object, "ended_by", &d->ended_by);
    cv_jin_bool(in.object, "counted", CV_OPTIONAL, &d->counted);
    dir_read_text(in.object, "held_by", &d->held_by);
    dir_read_moment(&in, in.object, "held_at", &d->held_at);
    dir_read_text(in.object, "released_by", &d->released_by);
    dir_read_text(in.object, "keep_mail_until", &d->keep_mail_until);
    dir_read_text(in.object, "delegate_to", &d->delegate_to);
    dir_read_text(in.object, "auto_reply", &d->auto_reply);
    dir_read_text(in.object, "handed_over", &d->handed_over);
    d->state = (enum dom_departure_state)state;
    d->reason = (enum dom_reason)reason;
    return dir_read_ok(&in);
}

/* LDAP keeps no order among values; departures are by number. */
static void sort_departures(struct dom_departure *d, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct dom_departure moving = d[i];
        size_t to = i;

        for (; to > 0 && d[to - 1].number > moving.number; to--)
            d[to] = d[to - 1];
        d[to] = moving;
    }
}

bool dir_take_departures(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_staff *s = r->record;
    struct dom_departure *all = CV_NEWS(r->arena, struct dom_departure, attr->count);

    (void)tag;
    for (size_t i = 0; i < attr->count; i++) {
        if (!cv_arena_ok(r->arena))
            return dir_unreadable(r->err, r->entry, attr->name, "is too large");
        if (!take_departure(r, attr, i, &all[i]))
            return false;
    }
    sort_departures(all, attr->count);
    s->departures = all;
    s->departure_count = attr->count;
    return true;
}
