/* Systems with a connector as a source of work: whom to offer, and how a system is reached. */
#include <stdlib.h>
#include <string.h>

#include "congvu/lock.h"
#include "congvu/view_lists.h"
#include "reconcile/file/file.h"

enum { SCRATCH = 8 << 20 };
static const int64_t OVERDUE_NS = INT64_C(30000000000);

bool rec_connectors_new(const struct rec_connectors_options *options, struct rec_connectors **out, struct cv_error *err)
{
    struct rec_connectors *c = calloc(1, sizeof *c);
    if (c == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    c->options = *options;
    c->scratch = cv_arena_new(SCRATCH);
    cv_lock_init(&c->lock, CV_RANK_PEERS);
    *out = c;
    return true;
}

void rec_connectors_free(struct rec_connectors **connectors)
{
    struct rec_connectors *c = *connectors;
    if (c == NULL)
        return;
    rec_peers_free(c);
    cv_arena_free(&c->scratch);
    cv_lock_destroy(&c->lock);
    free(c);
    *connectors = NULL;
}

/* ---- offering ---- */
struct look {
    bool compare, overdue; /* overdue: although there is still work */
    size_t cursor, revisit_count;
    struct cv_id revisit[REC_ROOM_MAX];
};

/* A changed configuration may name another server: what was learned is forgotten, and everything compared at once. */
static bool begin_look(struct rec_connectors *c, const struct dom_system *system, struct look *out)
{
    cv_lock_take(&c->lock);
    struct rec_peer *peer = rec_peer_made(c, system->slug);
    if (peer != NULL) {
        if (peer->revision != system->revision) {
            con_scim_forget(peer->server);
            peer->revision = system->revision;
            peer->compare_at_ns = cv_mono_ns();
        }
        int64_t late_ns = cv_mono_ns() - peer->compare_at_ns;
        out->compare = late_ns >= 0;
        out->overdue = late_ns >= OVERDUE_NS;
        out->cursor = peer->cursor;
        for (size_t i = 0; i < peer->revisit_count && i < REC_ROOM_MAX; i++)
            out->revisit[out->revisit_count++] = peer->revisit[i];
    }
    cv_lock_give(&c->lock);
    return peer != NULL;
}

static void end_look(struct rec_connectors *c, const char *slug, size_t cursor)
{
    cv_lock_take(&c->lock);
    struct rec_peer *peer = rec_peer_of(c, slug);
    if (peer != NULL)
        peer->cursor = cursor;
    cv_lock_give(&c->lock);
}

static void offer_system(struct rec_connectors *c, struct rec_scan *scan, const struct dom_system *system)
{
    struct cv_id due[REC_ROOM_MAX];
    struct look look = {0};
    struct view_connector_backlog backlog = {.oldest_at = CV_NO_MOMENT};
    const char *slug = system->slug;
    if (!begin_look(c, system, &look))
        return;
    size_t count = view_connector_due(c->options.view, slug, system->connector, cv_now(), &look.cursor, due,
                                      rec_room(scan, slug), &backlog);
    rec_backlog(scan, slug, backlog.queue, backlog.oldest_at);
    if (look.overdue || (look.compare && backlog.queue == 0))
        rec_offer(scan, slug, (struct cv_id){0});
    for (size_t i = 0; i < count && rec_offer(scan, slug, due[i]); i++) {
    }
    for (size_t i = 0; i < look.revisit_count && rec_offer(scan, slug, look.revisit[i]); i++) {
    }
    end_look(c, slug, look.cursor);
}

static void offer(void *ctx, struct rec_scan *scan)
{
    struct rec_connectors *c = ctx;
    struct dom_system *systems;
    size_t count;
    struct cv_error err = {0};
    cv_arena_reset(c->scratch);
    if (!view_systems(c->options.view, c->scratch, &systems, &count, &err))
        return;
    for (size_t i = 0; i < count; i++)
        if (systems[i].kind == DOM_CONNECTOR && systems[i].connector != NULL && !systems[i].retired)
            (systems[i].connector->kind == DOM_FILE ? file_offer : offer_system)(c, scan, &systems[i]);
}

/* ---- working ---- */
static const char *secret_path(const struct rec_connectors *c, struct cv_arena *arena, const char *name)
{
    return name != NULL ? cv_arena_printf(arena, "%s/%s", c->options.secret_dir, name) : NULL;
}

static bool open_link(struct rec_connectors *c, struct rec_worker *w, const char *slug, struct rec_link *out,
                      struct cv_error *err)
{
    static const enum con_scim_patch styles[DOM_PATCH_STYLES] = {[DOM_PATCH_AUTO] = CON_PATCH_AUTO,
                                                                 [DOM_PATCH_STANDARD] = CON_PATCH_STANDARD,
                                                                 [DOM_PATCH_CAPITALIZED] = CON_PATCH_CAPITALIZED,
                                                                 [DOM_PATCH_NONE] = CON_PATCH_NONE};
    struct cv_arena *arena = w->call.arena;
    *out = (struct rec_link){.w = w};
    if (!view_system_find(c->options.view, slug, arena, &out->system, err))
        return false;
    const struct dom_connector *connector = out->system.connector;
    if (connector == NULL || out->system.kind != DOM_CONNECTOR)
        return cv_fail_as(err, CV_INVALID, NULL, "Hệ thống không còn kết nối", "The system has no connector any more");
    out->target = (struct con_target){.url = connector->url,
                                      .credential_file = secret_path(c, arena, connector->credential_file),
                                      .ca_file = secret_path(c, arena, connector->ca_file),
                                      .allow = connector->allow,
                                      .allow_count = connector->allow_count,
                                      .total_ms = c->options.total_ms};
    cv_lock_take(&c->lock);
    struct rec_peer *peer = rec_peer_of(c, slug);
    out->scim = (struct con_scim_call){.client = w->http,
                                       .target = &out->target,
                                       .server = peer != NULL ? peer->server : NULL,
                                       .arena = arena,
                                       .patch = styles[connector->patch],
                                       .login_path = connector->map[DOM_FIELD_LOGIN],
                                       .mark_path = connector->map[DOM_FIELD_ID],
                                       .active_path = connector->map[DOM_FIELD_ACTIVE]};
    cv_lock_give(&c->lock);
    return out->scim.server != NULL;
}

static bool work(void *ctx, struct rec_worker *w, const char *target, struct cv_id staff, struct cv_error *err)
{
    struct rec_connectors *c = ctx;
    struct rec_link link;
    if (!open_link(c, w, target, &link, err))
        return false;
    if (link.system.connector->kind == DOM_FILE)
        return file_round(c, &link, err);
    if (cv_id_is_zero(staff))
        return rec_compare(c, &link, err);
    return rec_account_step(&link, staff, rec_take_revisit(c, target, staff), err);
}

struct rec_source rec_connectors_source(struct rec_connectors *connectors)
{
    return (struct rec_source){.ctx = connectors, .offer = offer, .work = work};
}
