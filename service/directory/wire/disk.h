/* Inside directory/: when what the embedded server acknowledged is on its disk (disk.c). */
#pragma once

#include "directory/internal.h"

/* `path`: its database of the records. */
bool dir_disk_open(const char *path, struct dir_disk **out, struct cv_error *err);
/* Around each change of the records: a flush waits for what slapd still has. Of NULL: nothing. */
void dir_disk_sent(struct dir_disk *disk);
void dir_disk_answered(struct dir_disk *disk);
/* Returns when what was acknowledged before the call is on the disk. Of NULL: at once. False, CV_UNKNOWN: the disk
 * refused. */
bool dir_disk_settle(struct dir_disk *disk, struct cv_error *err);
/* Before a write: false, CV_UNAVAILABLE, once the disk has refused and until the service starts anew, because a second
 * flush may say yes without having written what the first one lost. Of NULL: always. */
bool dir_disk_admits(struct dir_disk *disk, struct cv_error *err);
