/* Posts: exactly one primary; the top-level unit and title mirror it. A new unit follows the transfer rules. */
#include "provision/internal.h"

#include <string.h>

static const char *post_pointer(struct prov_call *call, size_t i, const char *member)
{
    return cv_arena_printf(call->arena, "/posts/%zu/%s", i, member);
}

/* The unit by id or code; a fault when the caller cannot see it. */
static bool resolve_unit(struct prov_call *call, const char *key, const char *pointer, struct cv_id *out)
{
    struct view_unit unit;
    struct cv_error err = {0};
    if (key == NULL)
        return false; /* its fault is known already */
    if (!view_unit_find(call->prov->options.view, call->scope, key, CV_NO_DAY, call->arena, &unit, &err)) {
        cv_fault_add(call->faults, CV_AT_POINTER, pointer, "not_found",
                     "Không tìm thấy đơn vị “%s” trong phạm vi của bạn", "There is no unit “%s” within your reach",
                     key);
        return false;
    }
    if (unit.active_to != CV_NO_DAY && unit.active_to <= cv_today()) {
        cv_fault_add(call->faults, CV_AT_POINTER, pointer, "dissolved", "Đơn vị “%s” đã giải thể",
                     "The unit “%s” is dissolved", key);
        return false;
    }
    *out = unit.id;
    return true;
}

static void check_primary(struct prov_call *call, const struct dom_post *posts, size_t count)
{
    size_t primaries = 0;
    for (size_t i = 0; i < count; i++)
        primaries += posts[i].primary ? 1 : 0;
    if (primaries != 1)
        cv_fault_add(call->faults, CV_AT_POINTER, "/posts", "one_primary",
                     "Cần đúng một vị trí chính (primary), đang có %zu",
                     "Exactly one post must be primary, there are %zu", primaries);
}

/* Posts that the caller cannot name stay as they are. */
static size_t keep_foreign(struct prov_change *change, struct dom_post *posts, size_t count)
{
    const struct dom_staff *before = change->before;
    for (size_t i = 0; i < before->post_count && count < DOM_POSTS_MAX; i++) {
        const struct dom_post *post = &before->posts[i];
        if (!post->primary && !view_in_scope(change->call->prov->options.view, change->call->scope, post->unit))
            posts[count++] = *post;
    }
    return count;
}

static void posts_from_list(struct prov_change *change, const struct prov_staff_input *in)
{
    struct prov_call *call = change->call;
    struct dom_post *posts = CV_NEWS(call->arena, struct dom_post, DOM_POSTS_MAX + 1);
    size_t count = 0;
    for (size_t i = 0; i < in->post_count && i < DOM_POSTS_MAX; i++) {
        const struct prov_post_input *given = &in->posts[i];
        struct dom_post *post = &posts[count++];
        *post = (struct dom_post){.title = given->title,
                                  .kind = given->kind,
                                  .primary = given->primary,
                                  .from = given->from,
                                  .to = given->to,
                                  .decision = given->decision};
        resolve_unit(call, given->unit, post_pointer(call, i, "unit"), &post->unit);
        if (given->primary && given->kind == DOM_KIEM_NHIEM)
            cv_fault_add(call->faults, CV_AT_POINTER, post_pointer(call, i, "kind"), "not_allowed_value",
                         "Vị trí chính không thể là kiêm nhiệm", "The primary post cannot be a concurrent one");
    }
    check_primary(call, posts, count);
    change->after->posts = posts;
    change->after->post_count = keep_foreign(change, posts, count);
}

static struct dom_post *primary_of(struct dom_staff *staff)
{
    for (size_t i = 0; i < staff->post_count; i++)
        if (staff->posts[i].primary)
            return &staff->posts[i];
    return NULL;
}

static cv_day from_day(const struct prov_staff_input *in, const struct dom_staff *staff, bool fresh)
{
    if (in->decision.given == CV_VALUE && in->decision.value.effective_on != CV_NO_DAY)
        return in->decision.value.effective_on;
    return fresh ? staff->hired_on : cv_today();
}

/* The short form: unit and title stand for the primary post. */
static void primary_from_members(struct prov_change *change, const struct prov_staff_input *in)
{
    struct prov_call *call = change->call;
    struct dom_staff *after = change->after;
    struct dom_post *primary = primary_of(after);
    bool fresh = primary == NULL;
    struct cv_id unit = {0};
    if (in->unit.given == CV_VALUE && !resolve_unit(call, in->unit.value, "/unit", &unit))
        return;
    if (fresh) {
        primary = &after->posts[after->post_count++];
        *primary = dom_post_new(unit);
        primary->primary = true;
    }
    if (in->unit.given == CV_VALUE && (fresh || !cv_id_equal(unit, primary->unit))) {
        primary->unit = unit;
        primary->from = from_day(in, after, fresh);
        if (in->decision.given == CV_VALUE)
            primary->decision = in->decision.value;
    }
    if (in->title.given != CV_ABSENT)
        primary->title = in->title.given == CV_VALUE ? in->title.value : NULL;
}

static void check_mirror(struct prov_change *change, const struct prov_staff_input *in)
{
    struct prov_call *call = change->call;
    const struct dom_post *primary = primary_of(change->after);
    struct cv_id unit = {0};
    if (primary == NULL || in->posts_given != CV_VALUE || in->unit.given != CV_VALUE)
        return;
    if (resolve_unit(call, in->unit.value, "/unit", &unit) && !cv_id_equal(unit, primary->unit))
        cv_fault_add(call->faults, CV_AT_POINTER, "/unit", "mismatch",
                     "unit khác với đơn vị của vị trí chính trong posts",
                     "unit differs from the primary post in posts");
}

bool prov_apply_posts(struct prov_change *change, const struct prov_staff_input *in, bool *out_moved,
                      struct cv_error *err)
{
    const struct dom_post *before = change->before->post_count > 0 ? dom_primary_post(change->before) : NULL;
    if (in->posts_given == CV_VALUE)
        posts_from_list(change, in);
    else
        primary_from_members(change, in);
    check_mirror(change, in);
    if (in->unit.given != CV_VALUE && before == NULL && in->posts_given != CV_VALUE)
        cv_fault_add(change->call->faults, CV_AT_POINTER, "/unit", "required", "Thiếu đơn vị", "The unit is missing");
    if (!cv_faults_check(change->call->faults, cvp_validation_failed, err))
        return false;
    const struct dom_post *now = primary_of(change->after);
    *out_moved = before != NULL && !cv_id_equal(before->unit, now->unit);
    return true;
}
