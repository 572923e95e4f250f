/* Does a plan let so many go that a second person has to see the names? As the brake would say, were it run now. */
#include <string.h>

#include "api/intake/imports.h"
#include "congvu/prov_brake.h"

static bool dismisses(const struct imp_row *row, struct cv_arena *arena)
{
    struct cv_error none = {0};
    const struct cv_jany *body = row->body != NULL ? cv_jany_parse(arena, row->body, strlen(row->body), &none) : NULL;
    const char *reason = cv_jany_text(cv_jany_get(body, "reason"), arena);
    return reason != NULL && strcmp(reason, dom_reason_words[DOM_BUOC_THOI_VIEC]) == 0;
}

static bool leaver_of(struct imp *imp, const struct imp_row *row, struct cv_arena *arena, struct prov_leaver *out)
{
    struct view_staff staff;
    struct cv_error none = {0};
    const char *key = row->staff != NULL ? row->staff : row->key;
    if (row->action != IMP_DEPART || key == NULL ||
        !view_staff_find(api_of(imp->x)->view, api_actor(imp->x)->scope, key, arena, &staff, &none))
        return false;
    *out = (struct prov_leaver){.staff = staff.id,
                                .unit = staff.unit,
                                .kind = dismisses(row, arena) ? DOM_BRAKE_DISMISSAL : DOM_BRAKE_ORDINARY};
    return true;
}

bool imp_lets_many_go(struct imp *imp, const struct cv_buf *rows, int64_t departs, bool *out, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(IMP_ROW_ARENA);
    struct prov_leaver *leavers = CV_NEWS(imp->x->arena, struct prov_leaver, (size_t)departs + 1);
    const char *at = cv_buf_str(rows), *end = at + rows->len, *line = NULL;
    size_t count = 0, len = 0;
    if (arena == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    while (count < (size_t)departs && imp_next_line(&at, end, &line, &len)) {
        struct imp_row row;
        cv_arena_reset(arena);
        count += imp_row_read(arena, line, len, &row) && leaver_of(imp, &row, arena, &leavers[count]);
    }
    return prov_brake_too_many(&imp->call, leavers, count, out, err);
}
