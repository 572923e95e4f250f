/* Who may be behind somebody's sign-in: whoever gave him a way in lately. All of them count, not only the last: a code
 * given by one is no remedy while the password set by another still opens. */
#include <string.h>

#include "congvu/staff.h"

static bool of_somebody_else(const struct dom_staff *staff, const char *by)
{
    struct cv_id id;
    if (by == NULL)
        return false;
    return cv_id_parse("tok_", by, &id) || (cv_id_parse("stf_", by, &id) && !cv_id_equal(id, staff->id));
}

void dom_way_in_given(struct dom_staff *staff, struct cv_arena *arena, const char *by, cv_moment now)
{
    if (!of_somebody_else(staff, by))
        return;
    struct dom_way_in *kept = CV_NEWS(arena, struct dom_way_in, staff->way_in_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < staff->way_in_count && cv_arena_ok(arena); i++)
        if (now - staff->ways_in[i].at < DOM_WAY_IN_S && strcmp(staff->ways_in[i].by, by) != 0)
            kept[count++] = staff->ways_in[i];
    size_t over = count >= DOM_WAYS_IN_MAX ? count + 1 - DOM_WAYS_IN_MAX : 0;
    if (!cv_arena_ok(arena))
        return;
    kept[count++] = (struct dom_way_in){.by = by, .at = now};
    staff->ways_in = kept + over;
    staff->way_in_count = count - over;
}
