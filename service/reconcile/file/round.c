/* A system of kind file as work: an export that waits is read, a list that is due goes out. */
#include <stdio.h>
#include <string.h>

#include "congvu/lock.h"
#include "congvu/log.h"
#include "congvu/prov_calendar.h"
#include "congvu/prov_staff.h"
#include "congvu/view_lists.h"
#include "reconcile/file/file.h"

enum { LOOK_MS = 1000, HOUR_S = 3600, ROSTER_MAX = 64 << 20 };

/* After the hour of today on which none went out yet; at once when there is none at all; and when somebody has asked
 * since the last one was begun, in the next second, for that is how fine a list's name is. */
static bool list_is_due(const struct dom_connector *connector, cv_moment last)
{
    cv_moment now = cv_now(), hour = cv_day_start(cv_today()) + (cv_moment)connector->file->hour * HOUR_S;
    bool asked = connector->list_at >= last && now > connector->list_at;
    return last == 0 || asked || (now >= hour && last < hour);
}

static bool may_look(struct rec_connectors *c, const char *slug)
{
    bool due = false;
    cv_lock_take(&c->lock);
    struct rec_peer *peer = rec_peer_made(c, slug);
    if (peer != NULL && cv_mono_ns() >= peer->compare_at_ns) {
        peer->compare_at_ns = cv_mono_ns() + (int64_t)LOOK_MS * 1000000;
        due = true;
    }
    cv_lock_give(&c->lock);
    return due;
}

void file_offer(struct rec_connectors *c, struct rec_scan *scan, const struct dom_system *system)
{
    const struct dom_connector *connector = system->connector;
    struct view_connector_backlog backlog = {.oldest_at = CV_NO_MOMENT};
    struct cv_error err = {0};
    struct file_box box;
    char name[NAME_MAX + 1];
    size_t cursor = 0;
    view_connector_due(c->options.view, system->slug, connector, cv_now(), &cursor, NULL, 0, &backlog);
    rec_backlog(scan, system->slug, backlog.queue, backlog.oldest_at);
    if (!may_look(c, system->slug))
        return;
    if (!file_box_open(c->options.file_dir, connector->file->folder, &box, &err) ||
        file_waiting(&box, connector->file->checksum, name) || list_is_due(connector, file_last_list(&box)))
        rec_offer(scan, system->slug, (struct cv_id){0});
}

/* ---- what health shows ---- */
static void note(struct rec_connectors *c, const char *slug, const struct rec_exchange *seen)
{
    cv_lock_take(&c->lock);
    struct rec_peer *peer = rec_peer_of(c, slug);
    if (peer != NULL)
        peer->exchange = *seen;
    cv_lock_give(&c->lock);
}

struct rec_exchange rec_exchange(struct rec_connectors *c, const char *system)
{
    struct rec_exchange out = {0};
    cv_lock_take(&c->lock);
    const struct rec_peer *peer = rec_peer_of(c, system);
    if (peer != NULL)
        out = peer->exchange;
    cv_lock_give(&c->lock);
    return out;
}

/* ---- the round ---- */
static void say(struct rec_exchange *seen, const char *refused, const struct cv_error *why)
{
    snprintf(seen->refused, sizeof seen->refused, "%s", refused);
    for (int i = 0; i < CV_LANGS; i++)
        snprintf(seen->why[i], sizeof seen->why[i], "%s", why->text[i]);
}

static void refuse(struct rec_exchange *seen, const char *slug, const char *name, const struct cv_error *why)
{
    say(seen, name, why);
    cv_log(CV_LOG_WARN, "export_refused", "%s of %s: %s", name, slug, why->text[CV_EN]);
}

/* An export that cannot be read is put aside, with the reason; one that the directory hindered is read again. */
static bool read_export(struct rec_connectors *c, struct rec_link *link, const struct file_box *box, const char *name,
                        struct rec_exchange *seen, struct cv_error *err)
{
    cv_auto_buf bytes = {0};
    cv_auto_arena arena = cv_arena_new(ROSTER_MAX);
    struct roster roster;
    const struct dom_file *file = link->system.connector->file;
    if (!file_read(box, name, file->checksum, &bytes, err) || !roster_read(file, &bytes, arena, &roster, err)) {
        if (err->kind == CV_UNAVAILABLE)
            return false;
        refuse(seen, link->system.slug, name, err);
        file_put_away(box, name, false);
        cv_error_clear(err);
        return true;
    }
    if (!roster_judge(c, link, &roster, err))
        return false;
    seen->read_at = cv_now();
    seen->rows_read = roster.count;
    seen->refused[0] = '\0';
    file_put_away(box, name, true);
    return true;
}

static bool write_list(struct rec_connectors *c, struct rec_link *link, const struct file_box *box,
                       struct rec_exchange *seen, struct cv_error *err)
{
    cv_auto_buf bytes = {0};
    char name[DOM_SLUG_MAX + 64], began[CV_MOMENT_TEXT];
    size_t rows = 0;
    cv_moment_ldap(cv_now(), began);
    const struct dom_file *file = link->system.connector->file;
    if (!file_make_list(link, c->options.tmp_dir, &bytes, &rows, err))
        return false;
    snprintf(name, sizeof name, "%s-%s.%s", link->system.slug, began, dom_file_format_words[file->format]);
    if (!file_write_list(box, name, &bytes, err))
        return false;
    seen->listed_at = cv_now();
    seen->rows_listed = rows;
    return roster_await(link, err);
}

static bool look(struct rec_connectors *c, struct rec_link *link, struct rec_exchange *seen, struct cv_error *err)
{
    const struct dom_connector *connector = link->system.connector;
    struct file_box box;
    char name[NAME_MAX + 1];
    if (!file_box_open(c->options.file_dir, connector->file->folder, &box, err) ||
        (file_waiting(&box, connector->file->checksum, name) && !read_export(c, link, &box, name, seen, err)))
        return false;
    return !list_is_due(connector, file_last_list(&box)) || write_list(c, link, &box, seen, err);
}

bool file_round(struct rec_connectors *c, struct rec_link *link, struct cv_error *err)
{
    static const struct cv_error nothing = {0};
    struct rec_exchange seen = rec_exchange(c, link->system.slug);
    bool ok = look(c, link, &seen, err);
    if (!ok || seen.refused[0] == '\0')
        say(&seen, "", ok ? &nothing : err);
    note(c, link->system.slug, &seen);
    return ok;
}
