/* What a full directory forbids. New entries stop first, so that locks, departures and corrections still have room; the
 * lease is a database of its own and always goes on. */
#include <stdatomic.h>
#include <string.h>

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

int dir_room_fill(const struct dir_room *room, const char *dn)
{
    if (room == NULL || dir_below(dn, DIR_LEASES_BASE))
        return 0;
    int disk = fill_of(room, DIR_FILL_DISK);
    if (dir_below(dn, DIR_USAGE_BASE))
        return disk > fill_of(room, DIR_FILL_USAGE) ? disk : fill_of(room, DIR_FILL_USAGE);
    int main = fill_of(room, DIR_FILL_MAIN), log = fill_of(room, DIR_FILL_LOG), most = main > log ? main : log;
    return disk > most ? disk : most;
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

static bool closed_for(const struct dir_room *room, const char *dn)
{
    return room != NULL && atomic_load(&room->closed) && !dir_below(dn, DIR_LEASES_BASE) &&
           strstr(dn, ",ou=tokens,ou=system,") == NULL;
}

bool dir_room_for(const struct dir_room *room, const char *dn, bool anew, struct cv_error *err)
{
    if (closed_for(room, dn))
        return cv_fail(err, cvp_restored_closed, NULL, "Dữ liệu vừa được phục hồi và chưa được mở; chưa có gì thay đổi",
                       "The data were restored and are not opened yet; nothing was changed");
    return dir_room_fill(room, dn) < (anew && waits(dn) ? FULL_FOR_NEW : FULL_FOR_ALL) || dir_room_full(err);
}
