/* From messages to the feed. The rules that keep people from vanishing:
 *   - a sweep is asked for only when a refresh ended in order, and was a full one or named what is unchanged;
 *   - a cookie that came during a refresh counts only when that refresh ended in order and the feed accepted it;
 *   - a record that cannot be read is named as present, so that its last good version stays. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "congvu/log.h"
#include "congvu/token.h"
#include "directory/feed/internal.h"
#include "directory/map/common.h"

enum { SKIPS_LOGGED = 20, FIRST_PAUSE_MS = 50, FIRST_REREAD_MS = 1000 };

/* ---- attribute selection ---- */
static bool listed(char **names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(names[i], name) == 0)
            return true;
    return false;
}

static size_t list_fields(char **names, size_t count, const struct dir_fields *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        const struct dir_field *f = &fields->items[i];
        bool read_back = f->kind != DIR_OWN || f->take;

        if (read_back && !(f->flags & DIR_UNFED) && !listed(names, count, f->name))
            names[count++] = (char *)(uintptr_t)f->name;
    }
    return count;
}

char **sync_names(void)
{
    static const struct dir_fields *const all[] = {&dir_staff_fields, &dir_unit_fields, &dir_system_fields,
                                                   &dir_token_fields};
    size_t room = 2, count = 0;
    char **names;

    for (size_t i = 0; i < CV_COUNT(all); i++)
        room += all[i]->count;
    names = calloc(room, sizeof(*names));
    for (size_t i = 0; names && i < CV_COUNT(all); i++)
        count = list_fields(names, count, all[i]);
    if (names)
        names[count] = (char *)(uintptr_t) "entryCSN";
    return names;
}

static void adopt_cookie(struct dir_sync *sync, const struct sync_cookie *cookie)
{
    if (!cookie->len || sync->refused)
        return;
    *(sync->refreshing ? &sync->pending : &sync->cookie) = *cookie;
}

/* ---- records ---- */
static bool hand_staff(struct dir_sync *sync, const uint8_t uuid[16], const char *csn, const struct dir_entry *e,
                       struct cv_error *err)
{
    struct dom_staff staff;

    if (!dir_unmap_staff(e, sync->arena, &staff, err))
        return false;
    sync->feed.staff(sync->feed.ctx, uuid, csn, &staff);
    return true;
}

static bool hand_unit(struct dir_sync *sync, const uint8_t uuid[16], const char *csn, const struct dir_entry *e,
                      struct cv_error *err)
{
    struct dom_unit unit;

    if (!dir_unmap_unit(e, sync->arena, &unit, err))
        return false;
    sync->feed.unit(sync->feed.ctx, uuid, csn, &unit);
    return true;
}

static bool hand_system(struct dir_sync *sync, const uint8_t uuid[16], const char *csn, const struct dir_entry *e,
                        struct cv_error *err)
{
    struct dom_system system;

    if (!dir_unmap_system(e, sync->arena, &system, err))
        return false;
    sync->feed.system(sync->feed.ctx, uuid, csn, &system);
    return true;
}

static bool hand_token(struct dir_sync *sync, const uint8_t uuid[16], const char *csn, const struct dir_entry *e,
                       struct cv_error *err)
{
    struct dom_token token;

    if (!dir_unmap_token(e, sync->arena, &token, err))
        return false;
    sync->feed.token(sync->feed.ctx, uuid, csn, &token);
    return true;
}

static bool hand_over(struct dir_sync *sync, const uint8_t uuid[16], const struct dir_entry *e, struct cv_error *err)
{
    const char *csn = dir_get_text(e, "entryCSN");

    if (!csn)
        return dir_unreadable(err, e, "entryCSN", "is missing");
    /* The filter lets only our classes through; the id's prefix tells them apart without asking for six classes per
     * person. */
    if (strncasecmp(e->dn, "cvId=stf_", 9) == 0)
        return hand_staff(sync, uuid, csn, e, err);
    if (strncasecmp(e->dn, "cvId=unt_", 9) == 0)
        return hand_unit(sync, uuid, csn, e, err);
    if (strncasecmp(e->dn, "cvId=tok_", 9) == 0)
        return hand_token(sync, uuid, csn, e, err);
    return hand_system(sync, uuid, csn, e, err);
}

static void skip(struct dir_sync *sync, const uint8_t uuid[16], const struct cv_error *why)
{
    cv_log_error(sync->skipped < SKIPS_LOGGED ? CV_LOG_WARN : CV_LOG_DEBUG, "directory.record_skipped", why);
    sync->skipped++;
    sync->feed.present(sync->feed.ctx, uuid);
}

static bool take_entry(struct dir_sync *sync, LDAPMessage *message)
{
    struct sync_entry state;
    struct dir_entry entry;
    struct cv_error err;

    if (!sync_parse_entry(sync->ld, message, &state))
        return false;
    cv_arena_reset(sync->arena);
    sync->moved += state.state == SYNC_ADD || state.state == SYNC_DELETE;
    if (state.state == SYNC_DELETE)
        sync->feed.remove(sync->feed.ctx, state.uuid);
    else if (state.state == SYNC_PRESENT)
        sync->feed.present(sync->feed.ctx, state.uuid);
    else if (!dir_entry_copy(sync->ld, message, sync->arena, &entry, &err) ||
             !hand_over(sync, state.uuid, &entry, &err))
        skip(sync, state.uuid, &err);
    sync_touched(sync);
    adopt_cookie(sync, &state.cookie);
    return true;
}

/* ---- the refresh ---- */
void sync_begin(struct dir_sync *sync)
{
    sync->fresh = sync->cookie.len == 0;
    sync->refreshing = true;
    sync->present_phase = false;
    sync->refused = false;
    sync->pending.len = 0;
    sync->skipped = 0;
    sync->reread_at = 0;
    sync->feed.begin(sync->feed.ctx, sync->fresh);
}

static void end_refresh(struct dir_sync *sync)
{
    bool accepted = sync->feed.end(sync->feed.ctx, sync->fresh || sync->present_phase);

    sync->refreshing = false;
    if (accepted) {
        adopt_cookie(sync, &sync->pending);
        sync->pause_ms = FIRST_PAUSE_MS;
        sync->reread_ms = FIRST_REREAD_MS;
    } else {
        sync_read_again(sync, "directory.sweep_refused", "too many records would vanish");
    }
    if (sync->skipped)
        cv_log(CV_LOG_WARN, "directory.records_skipped", "%u records could not be read", sync->skipped);
    sync_count_due(sync);
    sync_settle(sync, cv_mono_ns());
}

static void take_id_set(struct dir_sync *sync, const struct sync_info *info)
{
    for (size_t i = 0; info->uuids && info->uuids[i].bv_val; i++) {
        const uint8_t *uuid = (const uint8_t *)info->uuids[i].bv_val;

        if (info->refresh_deletes)
            sync->feed.remove(sync->feed.ctx, uuid);
        else
            sync->feed.present(sync->feed.ctx, uuid);
    }
    sync_touched(sync);
}

static bool take_info(struct dir_sync *sync, LDAPMessage *message)
{
    struct sync_info info;
    bool ours;

    if (!sync_parse_info(sync->ld, message, &ours, &info))
        return false;
    if (!ours)
        return true;
    adopt_cookie(sync, &info.cookie);
    switch (info.kind) {
    case SYNC_NEW_COOKIE:
        break;
    case SYNC_ID_SET:
        take_id_set(sync, &info);
        break;
    case SYNC_REFRESH_PRESENT:
        sync->present_phase = true;
        __attribute__((fallthrough));
    case SYNC_REFRESH_DELETE:
        if (info.refresh_done && sync->refreshing)
            end_refresh(sync);
        break;
    }
    sync_info_free(&info);
    return true;
}

/* The server ended the search by itself: it does not know our cookie any more, goes away, or refuses. */
static void take_done(struct dir_sync *sync, LDAPMessage *message, struct sync_cookie *cookie)
{
    struct cv_error why;
    char *text = NULL;
    int code = LDAP_OTHER;

    ldap_parse_result(sync->ld, message, &code, NULL, &text, NULL, NULL, 0);
    dir_fail(&why, NULL, code, text ? text : "", false, "following the directory's changes");
    ldap_memfree(text);
    if (code == LDAP_SYNC_REFRESH_REQUIRED || code == LDAP_UNWILLING_TO_PERFORM) {
        cv_log_error(CV_LOG_DEBUG, "directory.cookie_dropped", &why);
        cookie->len = 0;
        return;
    }
    sync_alive(sync, false, &why);
}

bool sync_take(struct dir_sync *sync, LDAPMessage *message, int type)
{
    bool usage = ldap_msgid(message) == sync->usage.search_id;
    struct sync_cookie *cookie = usage ? &sync->usage.cookie : &sync->cookie;
    struct cv_error why;
    bool ok = true;

    switch (type) {
    case LDAP_RES_SEARCH_ENTRY:
        ok = usage ? sync_usage_entry(sync, message) : take_entry(sync, message);
        break;
    case LDAP_RES_INTERMEDIATE:
        ok = usage ? sync_usage_info(sync, message) : take_info(sync, message);
        break;
    case LDAP_RES_SEARCH_RESULT:
        take_done(sync, message, cookie);
        return false;
    default:
        return true; /* references and whatever else */
    }
    if (!ok) {
        cookie->len = 0; /* what was missed is not known */
        dir_fail(&why, NULL, LDAP_DECODING_ERROR, NULL, false, "following the directory's changes");
        sync_alive(sync, false, &why);
    } else {
        sync_alive(sync, true, NULL);
    }
    return ok;
}
