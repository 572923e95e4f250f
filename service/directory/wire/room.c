/* What a full directory forbids. New entries stop first, so that locks, departures and corrections still have room; the
 * lease is a database of its own and always goes on. */
#include <stdatomic.h>
#include <string.h>
#include <sys/statvfs.h>

#include "congvu/text.h"
#include "directory/internal.h"

enum { FULL_FOR_NEW = 900, FULL_FOR_ALL = 970 };

static int fill_of(const struct dir_room *room, enum dir_fill which)
{
    return atomic_load(&room->permille[which]);
}

bool dir_below(const char *dn, const char *base)
{
    size_t len = strlen(dn), tail = strlen(base);
    return len >= tail && cv_ascii_casecmp(dn + len - tail, base) == 0;
}

static int higher(int a, int b)
{
    return a > b ? a : b;
}

int dir_room_fill(const struct dir_room *room, const char *dn)
{
    if (room == NULL || dir_below(dn, DIR_LEASES_BASE))
        return 0;
    int disk = fill_of(room, DIR_FILL_DISK);
    if (dir_below(dn, DIR_USAGE_BASE))
        return higher(disk, fill_of(room, DIR_FILL_USAGE));
    if (dir_below(dn, DIR_WORK_BASE))
        return higher(disk, fill_of(room, DIR_FILL_WORK));
    return higher(disk, higher(fill_of(room, DIR_FILL_MAIN), fill_of(room, DIR_FILL_LOG)));
}

void dir_room_disk(struct dir_room *room)
{
    struct statvfs disk;
    if (*room->folder == '\0' || statvfs(room->folder, &disk) != 0)
        return;
    uint64_t used = disk.f_blocks - disk.f_bfree, all = used + disk.f_bavail; /* as df counts for who is not root */
    atomic_store(&room->permille[DIR_FILL_DISK], all == 0 ? DIR_FILL_UNKNOWN : (int)(used * 1000 / all));
}

/* A server that has no room says no more than that it could not: whoever meets it first looks at the disk. */
bool dir_room_gone(struct dir_room *room)
{
    if (room == NULL)
        return false;
    dir_room_disk(room);
    return fill_of(room, DIR_FILL_DISK) >= FULL_FOR_ALL;
}

bool dir_room_full(struct cv_error *err)
{
    return cv_fail(err, cvp_directory_full, NULL,
                   "Thư mục hoặc ổ đĩa của nó gần đầy; chưa có gì thay đổi. Hãy báo người quản trị",
                   "The directory or its disk is almost full; nothing was changed. Please tell the operator");
}

/* Without its entry the brake would let no lock through. */
static bool waits(const char *dn)
{
    return strstr(dn, ",ou=brakes,ou=system,") == NULL;
}

/* Restored, and not opened yet. */
static bool open_for(const struct dir_room *room, const char *dn, struct cv_error *err)
{
    return room == NULL || !atomic_load(&room->closed) || dir_below(dn, DIR_LEASES_BASE) ||
           strstr(dn, ",ou=tokens,ou=system,") != NULL ||
           cv_fail(err, cvp_restored_closed, NULL, "Dữ liệu vừa được phục hồi và chưa được mở; chưa có gì thay đổi",
                   "The data were restored and are not opened yet; nothing was changed");
}

bool dir_room_for(const struct dir_room *room, const char *dn, bool anew, struct cv_error *err)
{
    return open_for(room, dn, err) &&
           (dir_room_fill(room, dn) < (anew && waits(dn) ? FULL_FOR_NEW : FULL_FOR_ALL) || dir_room_full(err));
}

bool dir_room_to_delete(const struct dir_room *room, const char *dn, struct cv_error *err)
{
    return dir_below(dn, DIR_WORK_BASE) ? open_for(room, dn, err) : dir_room_for(room, dn, false, err);
}
