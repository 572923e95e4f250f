/* How full the databases and their disk are, and what that forbids: what one more write would not leave room for is
 * refused before it is sent, while the log of changes still has room for what must go on. */
#include <stdatomic.h>

#include "congvu/server.h"
#include "congvu/text.h"
#include "directory/internal.h"

enum { SCRATCH_MAX = 1 << 20, MONITORED_MAX = 16 };

static const char *const base_of[DIR_FILLS] = {
    [DIR_FILL_LOG] = "cn=log", [DIR_FILL_USAGE] = DIR_USAGE_BASE, [DIR_FILL_WORK] = DIR_WORK_BASE};

const char *const dir_fill_names[DIR_FILLS] = {"main", "log", "usage", "work", "disk"};

void dir_room_init(struct dir_room *room, const char *folder)
{
    room->folder = folder;
    for (int i = 0; i < DIR_FILLS; i++)
        atomic_store(&room->permille[i], DIR_FILL_UNKNOWN);
}

static int permille_of(const struct dir_entry *database)
{
    int64_t max = dir_get_int(database, "olmMDBPagesMax", 0), used = dir_get_int(database, "olmMDBPagesUsed", 0);
    int64_t taken = used - dir_get_int(database, "olmMDBPagesFree", 0);
    return max <= 0 ? DIR_FILL_UNKNOWN : (int)((taken < 0 ? 0 : taken) * 1000 / max);
}

static void note_database(struct dir_room *room, const struct dir_entry *database, const char *base)
{
    const char *suffix = dir_get_text(database, "namingContexts");
    for (int i = 0; suffix && i < DIR_FILL_DISK; i++)
        if (cv_ascii_casecmp(suffix, base_of[i] ? base_of[i] : base) == 0)
            atomic_store(&room->permille[i], permille_of(database));
}

bool dir_room_measure(struct dir_session *s, struct dir_room *room, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(SCRATCH_MAX);
    struct dir_entry *found = NULL;
    size_t count = 0;
    if (!arena)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    dir_room_disk(room);
    if (!dir_find_operational(s, "cn=Databases,cn=Monitor", "(olmMDBPagesMax=*)", MONITORED_MAX, arena, &found, &count,
                              err))
        return false;
    for (size_t i = 0; i < count; i++)
        note_database(room, &found[i], dir_session_base(s));
    return true;
}
