/* What is remembered of each system with a connector, as long as the process runs. */
#include <stdlib.h>
#include <string.h>

#include "congvu/lock.h"
#include "reconcile/internal.h"

struct rec_peer *rec_peer_of(struct rec_connectors *c, const char *slug)
{
    for (size_t i = 0; i < c->peer_count; i++)
        if (strcmp(c->peers[i].slug, slug) == 0)
            return &c->peers[i];
    return NULL;
}

struct rec_peer *rec_peer_made(struct rec_connectors *c, const char *slug)
{
    struct rec_peer *peer = rec_peer_of(c, slug);
    struct cv_error err = {0};
    if (peer != NULL || c->peer_count == DOM_SYSTEMS_MAX || strlen(slug) > DOM_SLUG_MAX)
        return peer;
    peer = &c->peers[c->peer_count];
    *peer = (struct rec_peer){.comparison = {.compared_at = CV_NO_MOMENT}};
    memcpy(peer->slug, slug, strlen(slug));
    if (!con_scim_new(&peer->server, &err))
        return NULL;
    c->peer_count++;
    return peer;
}

bool rec_take_revisit(struct rec_connectors *c, const char *slug, struct cv_id staff)
{
    bool found = false;
    cv_lock_take(&c->lock);
    struct rec_peer *peer = rec_peer_of(c, slug);
    for (size_t i = 0; peer != NULL && i < peer->revisit_count && !found; i++) {
        found = cv_id_equal(peer->revisit[i], staff);
        if (found)
            peer->revisit[i] = peer->revisit[--peer->revisit_count];
    }
    cv_lock_give(&c->lock);
    return found;
}

struct rec_limits rec_limits(struct rec_connectors *c, const char *system)
{
    static const enum rec_whether shuts[] = {
        [CON_SCIM_SHUTS_UNKNOWN] = REC_UNKNOWN, [CON_SCIM_SHUTS] = REC_YES, [CON_SCIM_SHUTS_NOT] = REC_NO};
    struct rec_limits out = {0};
    cv_lock_take(&c->lock);
    const struct rec_peer *peer = rec_peer_of(c, system);
    if (peer != NULL)
        out = (struct rec_limits){shuts[con_scim_shuts(peer->server)], con_scim_not_taken(peer->server)};
    cv_lock_give(&c->lock);
    return out;
}

void rec_peer_publish(struct rec_connectors *c, const char *slug, const struct rec_comparison *found,
                      struct cv_arena *memory)
{
    struct cv_arena *old = memory;
    cv_lock_take(&c->lock);
    struct rec_peer *peer = rec_peer_of(c, slug);
    if (peer != NULL) {
        old = peer->memory;
        peer->memory = memory;
        peer->comparison = *found;
    }
    cv_lock_give(&c->lock);
    cv_arena_free(&old);
}

void rec_peers_free(struct rec_connectors *c)
{
    for (size_t i = 0; i < c->peer_count; i++) {
        con_scim_free(&c->peers[i].server);
        cv_arena_free(&c->peers[i].memory);
        free(c->peers[i].revisit);
    }
}
