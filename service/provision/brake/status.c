/* What each line has done this hour, what of it waits, and who may let that go on. */
#include <string.h>

#include "congvu/prov_tokens.h"
#include "provision/brake/status.h"

enum { ASKED_MAX = 200 }; /* people with the right, of whom some are no second person */

const char *const prov_oneness_words[] = {"", "own_line", "lent_role", "way_in", NULL};
_Static_assert(CV_COUNT(prov_oneness_words) == PROV_ONENESSES + 1, "prov_oneness_words differs from its enum");

static bool reaches(const struct view *view, struct view_scope scope, const struct prov_waiting *w)
{
    if (w->kind == PROV_WAITS_SYSTEM)
        return false;
    return w->kind == PROV_WAITS_UNIT ? view_in_scope(view, scope, w->unit)
                                      : view_reaches_people(view, scope, w->staff.unit);
}

typedef bool covers_fn(const struct view *view, struct view_scope scope, const void *what);

static bool covers_line(const struct view *view, struct view_scope scope, const void *what)
{
    const struct prov_brake_line *line = what;
    for (size_t i = 0; i < line->count && !scope.everywhere; i++)
        if (!reaches(view, scope, &line->items[i]))
            return false;
    return true;
}

static bool covers_scope(const struct view *view, struct view_scope scope, const void *what)
{
    const struct view_scope *other = what;
    return scope.everywhere || (!other->everywhere && view_reaches_people(view, scope, other->top));
}

/* Who may release what a line was stopped from. */
struct search {
    struct prov_call *call;
    struct cv_id line;
    covers_fn *covers;
    const void *what;
    struct prov_releaser *found;
    size_t count;
};

static bool covers(const struct search *s, bool everywhere, struct cv_id unit)
{
    return s->covers(s->call->prov->options.view, (struct view_scope){.everywhere = everywhere, .top = unit}, s->what);
}

static const char *person_name(struct prov_call *call, struct view_scope scope, struct cv_id id)
{
    struct view_staff staff;
    return view_staff_by_id(call->prov->options.view, scope, id, call->arena, &staff) ? staff.full_name : NULL;
}

static bool another(const struct search *s, const struct prov_lines *lines, struct cv_id line)
{
    return prov_oneness(s->call, lines, line, s->line) == PROV_TWO;
}

static void find_people(struct search *s, const struct prov_lines *lines)
{
    cv_auto_arena arena = cv_arena_new(1 << 20); /* a line each: not in that of the call */
    struct view_signer *found = arena != NULL ? CV_NEWS(arena, struct view_signer, ASKED_MAX) : NULL;
    if (found == NULL || !cv_arena_ok(arena))
        return;
    size_t count = view_signers_with(s->call->prov->options.view, DOM_BRAKE_RELEASE, found, ASKED_MAX);
    for (size_t i = 0; i < count && s->count < PROV_RELEASERS_MAX; i++) {
        bool may = false;
        for (size_t r = 0; r < found[i].role_count; r++)
            may = may || covers(s, found[i].roles[r].everywhere, found[i].roles[r].unit);
        if (may && another(s, lines, found[i].staff))
            s->found[s->count++] = (struct prov_releaser){
                .id = found[i].staff,
                .person = true,
                .name = person_name(s->call, (struct view_scope){.everywhere = true}, found[i].staff)};
    }
}

/* Whom to ask, people first: a name is all that is said of them. */
static void find_releasers(struct search *s, const struct prov_lines *lines)
{
    find_people(s, lines);
    for (size_t i = 0; i < lines->count && s->count < PROV_RELEASERS_MAX; i++) {
        const struct dom_token *token = &lines->tokens[i];
        if ((prov_token_rights(s->call->prov->options.view, token) & DOM_BRAKE_RELEASE) != 0 &&
            covers(s, token->everywhere, token->unit) && another(s, lines, prov_line_of(lines, token->id)))
            s->found[s->count++] = (struct prov_releaser){.id = token->id, .name = token->name};
    }
}

void prov_releasers_of(struct prov_call *call, const struct prov_lines *lines, struct prov_brake_line *line)
{
    struct search s = {.call = call, .line = line->line, .covers = covers_line, .what = line, .found = line->releasers};
    find_releasers(&s, lines);
    line->releaser_count = s.count;
}

const char *prov_releaser_names(struct cv_arena *arena, const struct prov_releaser *people, size_t count)
{
    enum { SHOWN = 3 };
    const char *names = count > 0 ? "" : "–";
    for (size_t i = 0; i < count && i < SHOWN; i++)
        names = cv_arena_printf(arena, "%s%s%s", names, i > 0 ? ", " : "", people[i].name);
    return count > SHOWN ? cv_arena_printf(arena, "%s, ...", names) : names;
}

bool prov_no_second(enum prov_oneness why, const char *field, const char *names, struct cv_error *err)
{
    enum { DAYS = DOM_WAY_IN_S / (24 * 3600) };
    if (why == PROV_ONE_BY_WAY_IN)
        return cv_fail(err, cvp_scope_missing, field,
                       "Trong %1$d ngày qua, bạn hoặc người bị dừng được cấp mã hay gỡ xác thực hai lớp bởi người kia "
                       "hoặc cùng một người, nên bạn chưa phải người thứ hai; vui lòng nhờ: %2$s",
                       "Within the last %1$d days you or who was stopped got a code, or lost the second factor, by the "
                       "other or by one and the same person, so you are no second person yet; please ask: %2$s",
                       DAYS, names);
    if (why == PROV_ONE_BY_LOAN)
        return cv_fail(err, cvp_scope_missing, field,
                       "Người cho mượn hay được giao vai trò thay của người bị dừng không phải người thứ hai; vui lòng "
                       "nhờ: %s",
                       "Who lends a role to who was stopped, or has one lent by him, is no second person; please ask: "
                       "%s",
                       names);
    return cv_fail(err, cvp_scope_missing, field,
                   "Người bị dừng, hay mã truy cập cùng nguồn, không tự cho phép; vui lòng nhờ: %s",
                   "Who was stopped, or a token of the same line, cannot agree to it; please ask: %s", names);
}

bool prov_second_people(struct prov_call *call, const char *made_by, struct view_scope made_in,
                        struct prov_releaser *out, size_t *out_count, struct cv_error *err)
{
    struct prov_lines lines;
    struct search s = {.call = call, .covers = covers_scope, .what = &made_in, .found = out};
    if (!prov_lines_load(call, &lines, err))
        return false;
    s.line = prov_line_of_actor(&lines, made_by);
    find_releasers(&s, &lines);
    *out_count = s.count;
    return true;
}

static void name_line(struct prov_call *call, const struct prov_lines *lines, struct prov_brake_line *line)
{
    const struct dom_token *token = prov_lines_token(lines, line->line);
    line->person = token == NULL;
    if (line->person)
        line->name = person_name(call, call->scope, line->line);
    else
        line->name = prov_sees_token(call, token) ? token->name : NULL;
}

static void fill(struct prov_call *call, const struct prov_lines *lines, const struct dom_brake *brake,
                 struct prov_brake_line *line)
{
    struct view_scope reach = line->own ? call->scope : prov_reach_of(call, line->line);
    int size = view_recorded(call->prov->options.view, reach);
    for (int k = 0; k < DOM_BRAKE_OPENED; k++) {
        enum dom_brake_kind kind = (enum dom_brake_kind)k;
        line->done[k] = brake != NULL ? dom_brake_done(brake, kind, cv_now()) : 0;
        line->limit[k] = dom_brake_limit(kind, size);
        line->room_at[k] = brake != NULL ? dom_brake_room_at(brake, kind, size, cv_now()) : CV_NO_MOMENT;
    }
    name_line(call, lines, line);
    bool right = (call->scopes & DOM_BRAKE_RELEASE) != 0;
    line->why_not = right ? prov_own_line(call, lines, line->line) : PROV_TWO;
    line->may_release = right && line->why_not == PROV_TWO;
    prov_releasers_of(call, lines, line);
}

static const struct dom_brake *brake_of(const struct dom_brake *brakes, size_t count, struct cv_id line)
{
    for (size_t i = 0; i < count; i++)
        if (cv_id_equal(brakes[i].line, line))
            return &brakes[i];
    return NULL;
}

static bool listed(const struct cv_id *ids, size_t count, struct cv_id id)
{
    for (size_t i = 0; i < count; i++)
        if (cv_id_equal(ids[i], id))
            return true;
    return false;
}

/* Own first, then the others in which something waits: also for who may only read people, and has to know whom to ask.
 */
static size_t lines_to_show(struct prov_call *call, struct cv_id own, const struct prov_wait_list *all,
                            struct cv_id *out)
{
    size_t count = 0;
    out[count++] = own;
    bool others = (call->scopes & (DOM_BRAKE_RELEASE | DOM_STAFF_READ)) != 0;
    for (size_t i = 0; i < all->count && others; i++)
        if (!listed(out, count, all->lines[i]))
            out[count++] = all->lines[i];
    return count;
}

bool prov_brake_status(struct prov_call *call, struct prov_brake_line **out, size_t *out_count, struct cv_error *err)
{
    struct prov_lines lines;
    struct dom_brake *brakes;
    struct prov_wait_list all;
    size_t brake_count;
    if (!prov_lines_load(call, &lines, err) || !dir_brake_list(call->dir, call->arena, &brakes, &brake_count, err) ||
        !prov_waiting_gather(call, &lines, brakes, brake_count, &all, err))
        return false;
    struct cv_id own = prov_line_of_actor(&lines, call->actor);
    struct cv_id *shown = CV_NEWS(call->arena, struct cv_id, all.count + 1);
    size_t count = lines_to_show(call, own, &all, shown);
    struct prov_brake_line *found = CV_NEWS(call->arena, struct prov_brake_line, count);
    for (size_t i = 0; i < count; i++) {
        found[i] = (struct prov_brake_line){.own = cv_id_equal(shown[i], own)};
        if (!prov_waiting_of(call, &all, shown[i], &found[i], err))
            return false;
        fill(call, &lines, brake_of(brakes, brake_count, shown[i]), &found[i]);
    }
    *out = found;
    *out_count = count;
    return true;
}

bool prov_brake_own(struct prov_call *call, const char *subject, struct prov_brake_line *out, struct cv_error *err)
{
    struct prov_lines lines;
    struct prov_waiting stopped = {.people = 1};
    struct dom_brake brake;
    if (!prov_lines_load(call, &lines, err))
        return false;
    *out = (struct prov_brake_line){.line = prov_line_of_actor(&lines, call->actor), .own = true};
    if (prov_waiting_place(call, subject, &stopped)) {
        out->items = &stopped;
        out->count = 1;
    }
    if (!dir_brake_read(call->dir, out->line, call->arena, &brake, err))
        return false;
    fill(call, &lines, &brake, out);
    out->items = NULL;
    out->count = 0;
    return true;
}
