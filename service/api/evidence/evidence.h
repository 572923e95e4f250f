/* Inside api/evidence: events of the evidence log, and the history of one record told in sentences. Thread: that of the
 * request. */
#pragma once

#include "api/internal.h"
#include "congvu/prov_evidence.h"

/* May the caller see what this event is about? `ctx`: the exchange. */
bool api_shows_event(void *ctx, const struct prov_event *event);
/* Replicas whose part of the log is not here, as missing_from. */
void api_put_missing(struct htp_exchange *x);
/* Who did it, as people call him; NULL = the service itself. */
const char *api_event_actor(struct htp_exchange *x, const struct prov_event *event);
/* The person or unit that it was done to, by name; NULL = another target, or not the caller's to see. */
const char *api_event_target(struct htp_exchange *x, const struct prov_event *event);
/* "theo QĐ 15/QĐ-UBND ngày 28/11/2026", with a blank in front; "" without a decision. */
const char *api_by_decision(struct htp_exchange *x, const struct cv_jany *decision);

/* One line of a history. */
struct api_line {
    cv_moment at;
    const char *text;               /* NULL = there is nothing to tell */
    const char *who;                /* did it; NULL = the service itself */
    const struct prov_event *event; /* or NULL: it comes from more than one */
};
/* What one event says about a person or a unit. */
struct api_line api_tell_person(struct htp_exchange *x, const struct dom_staff *staff, const struct prov_event *event);
struct api_line api_tell_unit_event(struct htp_exchange *x, const struct prov_event *event);

/* ---- sentences (mending.c) ---- */
struct api_sentence;
void api_tell_codes(struct api_sentence *s, const struct prov_event *event);
/* True: the event mends what was entered wrongly, and all but its accounts is told. */
bool api_tell_mending(struct api_sentence *s, const struct prov_event *event);

/* ---- sentences (sentence.c): clauses, joined by semicolons ---- */
struct api_sentence {
    struct htp_exchange *x;
    const char *text; /* so far, "" */
};
void api_clause(struct api_sentence *s, const char *vi, const char *en, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));
/* The change of an attribute (its tag left away when `tag` is asked for); NULL = it did not change. `nth`: the how
 * manieth. */
const struct cv_jany *api_change_of(const struct prov_event *event, const char *attribute, size_t nth, const char **tag,
                                    struct cv_arena *arena);
/* Its only value before or after, or NULL. */
const char *api_value(const struct cv_jany *change, const char *side, struct cv_arena *arena);
/* The first value of an attribute on one side of all its changes, or NULL: what goes from among several values and what
 * comes are two changes. */
const char *api_changed(const struct prov_event *event, const char *attribute, const char *side,
                        struct cv_arena *arena);
/* The line: the clauses, why when it was said, and who did it; nothing without clauses. */
struct api_line api_line_of(const struct api_sentence *s, const struct prov_event *event);
/* The name of who has that id; NULL: nobody whom the caller may see. */
const char *api_person_named(struct htp_exchange *x, const char *id);
const char *api_unit_name(struct htp_exchange *x, const char *id); /* NULL when the caller cannot see it */
