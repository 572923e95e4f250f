/* One server is enough, says a person: names are given although nobody follows. Written at the server that takes
 * writes, where every process reads it, and in its audit. */
#include "congvu/server.h"
#include "directory/internal.h"

enum { SCRATCH_MAX = 1 << 20 };

bool dir_single(struct dir_session *s, const char *who, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(SCRATCH_MAX);
    struct dir_attrs before, after;
    if (!arena)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    dir_attrs_init(&before, arena);
    dir_attrs_init(&after, arena);
    dir_put(&before, "cvSingle", "-");
    dir_put(&after, "cvSingle", who);
    return dir_modify_entry(s, cv_arena_printf(arena, "cn=state,ou=system,%s", dir_session_base(s)), &before, &after,
                            NULL, NULL, err);
}
