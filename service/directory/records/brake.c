/* The brake of one token: one small document, changed by compare-and-swap. */
#include <string.h>

#include "directory/records/records.h"
#include "congvu/brake.h"
#include "congvu/records.h"

enum { EVENTS_MAX = 10000 };

static void put_events(struct dir_json *j, const struct dom_brake *brake)
{
    char id[CV_ID_TEXT];

    cv_jout_array(&j->out, "events");
    for (size_t i = 0; i < brake->event_count; i++) {
        cv_jout_object(&j->out, NULL);
        dir_json_moment(j, "at", brake->events[i].at);
        cv_jout_string(&j->out, "unit", cv_id_text("unt_", brake->events[i].unit, id));
        cv_jout_string(&j->out, "staff", cv_id_text("stf_", brake->events[i].staff, id));
        cv_jout_end(&j->out);
    }
    cv_jout_end(&j->out);
}

static void put_releases(struct dir_json *j, const struct dom_brake *brake)
{
    char id[CV_ID_TEXT];

    cv_jout_array(&j->out, "releases");
    for (size_t i = 0; i < brake->release_count; i++) {
        const struct dom_brake_release *r = &brake->releases[i];

        cv_jout_object(&j->out, NULL);
        cv_jout_string(&j->out, "id", cv_id_text("rel_", r->id, id));
        dir_json_text(j, "by", r->by);
        dir_json_text(j, "reason", r->reason);
        cv_jout_int(&j->out, "allow", r->allow);
        cv_jout_int(&j->out, "used", r->used);
        dir_json_moment(j, "at", r->at);
        dir_json_moment(j, "until", r->until);
        cv_jout_end(&j->out);
    }
    cv_jout_end(&j->out);
}

static void put_document(const struct dom_brake *brake, struct dir_attrs *out)
{
    struct dir_json j;

    dir_json_begin(&j);
    put_events(&j, brake);
    put_releases(&j, brake);
    dir_json_end(&j, out, "cvDocument");
}

static void take_events(struct dir_json_in *in, struct dom_brake *out)
{
    struct cv_arena *arena = in->reader->arena;
    const struct cv_jin_list *list;

    if (cv_jin_array(in->object, "events", CV_REQUIRED, EVENTS_MAX, &list) != CV_VALUE) {
        return;
    }
    out->events = CV_NEWS(arena, struct dom_brake_event, cv_jin_count(list));
    for (size_t i = 0; i < cv_jin_count(list) && cv_arena_ok(arena); i++) {
        struct dom_brake_event *e = &out->events[i];
        const struct cv_jin *o = cv_jin_item(list, i);

        if (!o) {
            in->bad = true;
            return;
        }
        e->at = CV_NO_MOMENT;
        dir_read_moment(in, o, "at", &e->at);
        dir_read_id(in, o, "unit", "unt_", &e->unit);
        dir_read_id(in, o, "staff", "stf_", &e->staff);
        out->event_count = i + 1;
    }
}

static void take_releases(struct dir_json_in *in, struct dom_brake *out)
{
    struct cv_arena *arena = in->reader->arena;
    const struct cv_jin_list *list;

    if (cv_jin_array(in->object, "releases", CV_REQUIRED, EVENTS_MAX, &list) != CV_VALUE) {
        return;
    }
    out->releases = CV_NEWS(arena, struct dom_brake_release, cv_jin_count(list));
    for (size_t i = 0; i < cv_jin_count(list) && cv_arena_ok(arena); i++) {
        struct dom_brake_release *r = &out->releases[i];
        const struct cv_jin *o = cv_jin_item(list, i);

        if (!o) {
            in->bad = true;
            return;
        }
        *r = (struct dom_brake_release){.at = CV_NO_MOMENT, .until = CV_NO_MOMENT};
        dir_read_id(in, o, "id", "rel_", &r->id);
        dir_read_text(o, "by", &r->by);
        dir_read_text(o, "reason", &r->reason);
        dir_read_int(o, "allow", &r->allow);
        dir_read_int(o, "used", &r->used);
        dir_read_moment(in, o, "at", &r->at);
        dir_read_moment(in, o, "until", &r->until);
        out->release_count = i + 1;
    }
}

/* A brake that cannot be read must hold, not open: the error is passed on. */
static bool take_document(const struct dir_entry *entry, struct cv_arena *arena, struct dom_brake *out,
                          struct cv_error *err)
{
    const struct dir_attr *attr = dir_get(entry, "cvDocument");
    struct dir_reader r = {.entry = entry, .arena = arena, .record = out, .err = err};
    struct dir_json_in in;

    if (!attr || attr->count == 0) {
        return dir_unreadable(err, entry, "cvDocument", "is missing");
    }
    if (!dir_read_begin(&in, &r, attr, 0)) {
        return false;
    }
    take_events(&in, out);
    take_releases(&in, out);
    if (!cv_arena_ok(arena)) {
        return dir_unreadable(err, entry, "cvDocument", "is too large");
    }
    return dir_read_ok(&in);
}

bool dir_brake_read(struct dir_session *s, struct cv_id token, struct cv_arena *arena, struct dom_brake *out,
                    struct cv_error *err)
{
    struct dom_brake brake = {.token = token};
    struct dir_entry entry;

    if (!dir_read_entry(s, dir_dn_brake(arena, dir_session_base(s), token), arena, &entry, err)) {
        if (err->kind != CV_NOT_FOUND) {
            return false;
        }
        cv_error_clear(err);
        *out = brake;
        return true;
    }
    brake.revision = dir_get_int(&entry, "cvRevision", 0);
    if (!take_document(&entry, arena, &brake, err)) {
        return false;
    }
    *out = brake;
    return true;
}

static bool add_brake(struct dir_session *s, const char *dn, const struct dom_brake *brake, struct dir_attrs *attrs,
                      struct cv_error *err)
{
    char id[CV_ID_TEXT];

    dir_put(attrs, "objectClass", "top");
    dir_put(attrs, "objectClass", "cvBrakeEntry");
    dir_put(attrs, "cvId", cv_id_text("tok_", brake->token, id));
    dir_put_moment(attrs, "cvCreatedAt", cv_now());
    if (dir_add_entry(s, dn, attrs, NULL, err)) {
        return true;
    }
    if (err->kind == CV_EXISTS) {
        err->kind = CV_STALE; /* somebody was faster */
    }
    return false;
}

bool dir_brake_save(struct dir_session *s, const struct dom_brake *brake, const struct dir_actor *actor,
                    struct cv_error *err)
{
    struct dir_attrs was, will;
    cv_auto_arena arena = dir_scratch(err);

    if (!arena) {
        return false;
    }
    const char *dn = dir_dn_brake(arena, dir_session_base(s), brake->token);

    dir_attrs_init(&was, arena);
    dir_attrs_init(&will, arena);
    put_document(brake, &will);
    dir_put_int(&will, "cvRevision", brake->revision + 1);
    dir_put(&will, "cvActor", dir_actor_text(arena, actor));
    dir_put_moment(&will, "cvUpdatedAt", cv_now());
    if (brake->revision == 0) {
        return add_brake(s, dn, brake, &will, err);
    }
    dir_put_int(&was, "cvRevision", brake->revision);
    return dir_modify_entry(s, dn, &was, &will, dir_filter_revision(arena, brake->revision, ""), NULL, err);
}
