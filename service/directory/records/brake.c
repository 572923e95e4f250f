/* The brake of one line: one small document, changed by compare-and-swap. */
#include <string.h>

#include "congvu/brake.h"
#include "congvu/records.h"
#include "directory/records/records.h"

enum { EVENTS_MAX = 10000, LINES_MAX = 10000 };

/* A brake that is full everywhere can still be written: bytes of each item at most (an opening's reason has 500 signs),
 * and of events what an hour and thirty full openings may bring. */
enum {
    LOCK_BYTES = 160,
    REFUSAL_BYTES = 256,
    OPENING_BYTES = 2400,
    EVENT_BYTES = 130,
    OPENINGS = 101,
    OWN_EVENTS = 60
};
enum {
    FULL_LOCKS = DOM_BRAKE_LOCKS_HELD_MAX * LOCK_BYTES,
    FULL_REFUSALS = DOM_BRAKE_REFUSALS_MAX * REFUSAL_BYTES,
    FULL_OPENINGS = OPENINGS * OPENING_BYTES,
    FULL_EVENTS = (30 * DOM_BRAKE_LOCKS_AHEAD_MAX + OWN_EVENTS) * EVENT_BYTES,
    FULL = FULL_LOCKS + FULL_REFUSALS + FULL_OPENINGS + FULL_EVENTS
};
_Static_assert((int)FULL < (int)DIR_JSON_MAX, "the document of a brake holds all that a brake may hold");

static void put_events(struct dir_json *j, const struct dom_brake *brake)
{
    char id[CV_ID_TEXT];

    cv_jout_array(&j->out, "events");
    for (size_t i = 0; i < brake->event_count; i++) {
        const struct dom_brake_event *e = &brake->events[i];

        cv_jout_object(&j->out, NULL);
        dir_json_moment(j, "at", e->at);
        cv_jout_string(&j->out, "unit", cv_id_text("unt_", e->unit, id));
        cv_jout_string(&j->out, "staff", cv_id_text("stf_", e->staff, id));
        dir_json_text(j, "kind", dom_brake_kind_words[e->kind]);
        cv_jout_end(&j->out);
    }
    cv_jout_end(&j->out);
}

static void put_openings(struct dir_json *j, const struct dom_brake *brake)
{
    char id[CV_ID_TEXT];

    cv_jout_array(&j->out, "openings");
    for (size_t i = 0; i < brake->opening_count; i++) {
        const struct dom_brake_opening *o = &brake->openings[i];

        cv_jout_object(&j->out, NULL);
        dir_json_text(j, "by", o->by);
        dir_json_text(j, "reason", o->reason);
        cv_jout_bool(&j->out, "everywhere", o->everywhere);
        cv_jout_string(&j->out, "unit", cv_id_text("unt_", o->unit, id));
        cv_jout_int(&j->out, "allow", o->allow);
        cv_jout_int(&j->out, "used", o->used);
        dir_json_moment(j, "until", o->until);
        cv_jout_end(&j->out);
    }
    cv_jout_end(&j->out);
}

static void put_locks(struct dir_json *j, const struct dom_brake *brake)
{
    char id[CV_ID_TEXT];

    cv_jout_array(&j->out, "locks");
    for (size_t i = 0; i < brake->lock_count; i++) {
        const struct dom_brake_lock *l = &brake->locks[i];

        cv_jout_object(&j->out, NULL);
        cv_jout_string(&j->out, "staff", cv_id_text("stf_", l->staff, id));
        dir_json_text(j, "system", l->system);
        dir_json_text(j, "by", l->by);
        dir_json_moment(j, "at", l->at);
        cv_jout_end(&j->out);
    }
    cv_jout_end(&j->out);
}

static void put_refusals(struct dir_json *j, const struct dom_brake *brake)
{
    cv_jout_array(&j->out, "refusals");
    for (size_t i = 0; i < brake->refusal_count; i++) {
        const struct dom_brake_refusal *r = &brake->refusals[i];

        cv_jout_object(&j->out, NULL);
        dir_json_text(j, "target", r->target);
        dir_json_text(j, "digest", r->digest);
        cv_jout_int(&j->out, "people", r->people);
        dir_json_text(j, "by", r->by);
        dir_json_moment(j, "at", r->at);
        dir_json_moment(j, "released_until", r->released_until);
        cv_jout_end(&j->out);
    }
    cv_jout_end(&j->out);
}

static void put_document(const struct dom_brake *brake, struct dir_attrs *out)
{
    struct dir_json j;

    dir_json_begin(&j);
    put_events(&j, brake);
    put_openings(&j, brake);
    put_locks(&j, brake);
    put_refusals(&j, brake);
    dir_json_end(&j, out, "cvDocument");
}

/* Lists that are not there are empty: brakes of an earlier version know events only, and none of its kinds. */
static size_t list_of(struct dir_json_in *in, const char *name, size_t size, void **out,
                      const struct cv_jin_list **list)
{
    size_t count = 0;

    if (cv_jin_array(in->object, name, CV_OPTIONAL, EVENTS_MAX, list) == CV_VALUE)
        count = cv_jin_count(*list);
    *out = cv_arena_alloc(in->reader->arena, (count + 1) * size);
    return cv_arena_ok(in->reader->arena) ? count : 0;
}

static const struct cv_jin *item_of(struct dir_json_in *in, const struct cv_jin_list *list, size_t i)
{
    const struct cv_jin *o = cv_jin_item(list, i);

    in->bad = in->bad || !o;
    return o;
}

static void take_events(struct dir_json_in *in, struct dom_brake *out)
{
    const struct cv_jin_list *list;
    void *items;
    size_t count = list_of(in, "events", sizeof(*out->events), &items, &list);

    out->events = items;
    for (size_t i = 0; i < count && !in->bad; i++) {
        struct dom_brake_event *e = &out->events[out->event_count++];
        const struct cv_jin *o = item_of(in, list, i);
        int kind = DOM_BRAKE_ORDINARY;

        if (!o)
            return;
        *e = (struct dom_brake_event){.at = CV_NO_MOMENT};
        dir_read_moment(in, o, "at", &e->at);
        dir_read_id(in, o, "unit", "unt_", &e->unit);
        dir_read_id(in, o, "staff", "stf_", &e->staff);
        cv_jin_word(o, "kind", CV_OPTIONAL, dom_brake_kind_words, &kind);
        e->kind = (enum dom_brake_kind)kind;
    }
}

static void take_openings(struct dir_json_in *in, struct dom_brake *out)
{
    const struct cv_jin_list *list;
    void *items;
    size_t count = list_of(in, "openings", sizeof(*out->openings), &items, &list);

    out->openings = items;
    for (size_t i = 0; i < count && !in->bad; i++) {
        struct dom_brake_opening *p = &out->openings[out->opening_count++];
        const struct cv_jin *o = item_of(in, list, i);

        if (!o)
            return;
        *p = (struct dom_brake_opening){.until = CV_NO_MOMENT};
        dir_read_text(o, "by", &p->by);
        dir_read_text(o, "reason", &p->reason);
        cv_jin_bool(o, "everywhere", CV_OPTIONAL, &p->everywhere);
        dir_read_id(in, o, "unit", "unt_", &p->unit);
        dir_read_int(o, "allow", &p->allow);
        dir_read_int(o, "used", &p->used);
        dir_read_moment(in, o, "until", &p->until);
    }
}

static void take_locks(struct dir_json_in *in, struct dom_brake *out)
{
    const struct cv_jin_list *list;
    void *items;
    size_t count = list_of(in, "locks", sizeof(*out->locks), &items, &list);

    out->locks = items;
    for (size_t i = 0; i < count && !in->bad; i++) {
        struct dom_brake_lock *l = &out->locks[out->lock_count++];
        const struct cv_jin *o = item_of(in, list, i);

        if (!o)
            return;
        *l = (struct dom_brake_lock){.system = "", .at = CV_NO_MOMENT};
        dir_read_id(in, o, "staff", "stf_", &l->staff);
        dir_read_text(o, "system", &l->system);
        dir_read_text(o, "by", &l->by);
        dir_read_moment(in, o, "at", &l->at);
    }
}

static void take_refusals(struct dir_json_in *in, struct dom_brake *out)
{
    const struct cv_jin_list *list;
    void *items;
    size_t count = list_of(in, "refusals", sizeof(*out->refusals), &items, &list);

    out->refusals = items;
    for (size_t i = 0; i < count && !in->bad; i++) {
        struct dom_brake_refusal *r = &out->refusals[out->refusal_count++];
        const struct cv_jin *o = item_of(in, list, i);

        if (!o)
            return;
        *r = (struct dom_brake_refusal){.target = "", .digest = "", .at = CV_NO_MOMENT, .released_until = CV_NO_MOMENT};
        dir_read_text(o, "target", &r->target);
        dir_read_text(o, "digest", &r->digest);
        dir_read_int(o, "people", &r->people);
        dir_read_text(o, "by", &r->by);
        dir_read_moment(in, o, "at", &r->at);
        dir_read_moment(in, o, "released_until", &r->released_until);
    }
}

/* A brake that cannot be read must hold, not open: the error is passed on. */
static bool take_document(const struct dir_entry *entry, struct cv_arena *arena, struct dom_brake *out,
                          struct cv_error *err)
{
    const struct dir_attr *attr = dir_get(entry, "cvDocument");
    struct dir_reader r = {.entry = entry, .arena = arena, .record = out, .err = err};
    struct dir_json_in in;

    if (!attr || attr->count == 0)
        return dir_unreadable(err, entry, "cvDocument", "is missing");
    if (!dir_read_begin(&in, &r, attr, 0))
        return false;
    take_events(&in, out);
    take_openings(&in, out);
    take_locks(&in, out);
    take_refusals(&in, out);
    if (!cv_arena_ok(arena))
        return dir_unreadable(err, entry, "cvDocument", "is too large");
    return dir_read_ok(&in);
}

bool dir_brake_read(struct dir_session *s, struct cv_id line, struct cv_arena *arena, struct dom_brake *out,
                    struct cv_error *err)
{
    struct dom_brake brake = {.line = line};
    struct dir_entry entry;

    if (!dir_read_entry(s, dir_dn_brake(arena, dir_session_base(s), line), arena, &entry, err)) {
        if (!cv_error_forgive(err, CV_NOT_FOUND))
            return false;
        *out = brake;
        return true;
    }
    brake.revision = dir_get_int(&entry, "cvRevision", 0);
    if (!take_document(&entry, arena, &brake, err))
        return false;
    *out = brake;
    return true;
}

bool dir_brake_list(struct dir_session *s, struct cv_arena *arena, struct dom_brake **out, size_t *out_count,
                    struct cv_error *err)
{
    struct dir_entry *found = NULL;
    size_t count = 0, kept = 0;

    if (!dir_find_entries(s, dir_dn_folder(arena, dir_session_base(s), "brakes"),
                          dir_filter_class(arena, "cvBrakeEntry"), LINES_MAX, arena, &found, &count, err))
        return false;
    *out = CV_NEWS(arena, struct dom_brake, count + 1);
    for (size_t i = 0; i < count && cv_arena_ok(arena); i++) {
        struct dom_brake *b = &(*out)[kept++];

        *b = (struct dom_brake){.revision = dir_get_int(&found[i], "cvRevision", 0)};
        if (!dir_dn_id(found[i].dn, "tok_", &b->line) || !take_document(&found[i], arena, b, err))
            return false;
    }
    *out_count = kept;
    return true;
}

static bool add_brake(struct dir_session *s, const char *dn, const struct dom_brake *brake, struct dir_attrs *attrs,
                      struct cv_error *err)
{
    char id[CV_ID_TEXT];

    dir_put(attrs, "objectClass", "top");
    dir_put(attrs, "objectClass", "cvBrakeEntry");
    dir_put(attrs, "cvId", cv_id_text("tok_", brake->line, id));
    dir_put_moment(attrs, "cvCreatedAt", cv_now());
    if (dir_add_entry(s, dn, attrs, NULL, err))
        return true;
    if (err->kind == CV_EXISTS)
        err->kind = CV_STALE; /* somebody was faster */
    return false;
}

bool dir_brake_save(struct dir_session *s, const struct dom_brake *brake, const struct dir_actor *actor,
                    struct cv_error *err)
{
    struct dir_attrs was, will;
    cv_auto_arena arena = dir_scratch(err);

    if (!arena)
        return false;
    const char *dn = dir_dn_brake(arena, dir_session_base(s), brake->line);

    dir_attrs_init(&was, arena);
    dir_attrs_init(&will, arena);
    put_document(brake, &will);
    dir_put_int(&will, "cvRevision", brake->revision + 1);
    dir_put(&will, "cvActor", dir_actor_text(arena, actor));
    dir_put_moment(&will, "cvUpdatedAt", cv_now());
    if (brake->revision == 0)
        return add_brake(s, dn, brake, &will, err);
    dir_put_int(&was, "cvRevision", brake->revision);
    return dir_modify_entry(s, dn, &was, &will, dir_filter_revision(arena, brake->revision, ""), NULL, err);
}
