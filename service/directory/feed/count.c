/* Now and then the server is asked how many records it has. A feed that lost one looks like any other: it answers, it
 * brings changes, it has nothing to say. */
#include "congvu/log.h"
#include "directory/feed/internal.h"

static char *nothing[] = {(char[]){LDAP_NO_ATTRS}, NULL};

static void next_in(struct dir_sync *sync, int64_t ms)
{
    sync->count.next_at = cv_mono_ns() + ms * 1000000;
}

/* What was read whole is proven; what went on from a cookie is asked at once. */
void sync_count_due(struct dir_sync *sync)
{
    sync->count.id = -1;
    next_in(sync, sync->fresh ? sync->feed.count_ms : 0);
}

bool sync_count_start(struct dir_sync *sync, int64_t now)
{
    struct sync_count *c = &sync->count;

    if (!sync->feed.counted || !sync->feed.count_ms || sync->refreshing || sync->refused || c->id >= 0 ||
        now < c->next_at)
        return true;
    c->records = 0;
    c->moved = sync->moved;
    return ldap_search_ext(sync->ld, sync->config->base, LDAP_SCOPE_SUBTREE, sync_classes, nothing, 0, NULL, NULL, NULL,
                           LDAP_NO_LIMIT, &c->id) == LDAP_SUCCESS;
}

/* Records that came or went meanwhile may or may not have been counted; those that cannot be read may be known. */
static void judge(struct dir_sync *sync)
{
    size_t slack = sync->moved - sync->count.moved;
    size_t most = sync->count.records + slack;
    size_t least = sync->count.records > slack + sync->skipped ? sync->count.records - slack - sync->skipped : 0;

    if (!sync->feed.counted(sync->feed.ctx, least, most))
        sync_incomplete(sync, "the directory has another number of records than came");
}

void sync_count_take(struct dir_sync *sync, LDAPMessage *message, int type)
{
    int code = LDAP_OTHER;

    if (type == LDAP_RES_SEARCH_ENTRY) {
        sync->count.records++;
    } else if (type == LDAP_RES_SEARCH_RESULT) {
        ldap_parse_result(sync->ld, message, &code, NULL, NULL, NULL, NULL, 0);
        sync->count.id = -1;
        next_in(sync, sync->feed.count_ms);
        if (code == LDAP_SUCCESS && !sync->refreshing && !sync->refused)
            judge(sync);
    }
}
