/* Posts: primary ones follow each other, one is in force; the top-level unit and title stand for it. */
#include <stdlib.h>
#include <string.h>

#include "provision/internal.h"

static const char *post_pointer(struct prov_call *call, size_t i, const char *member)
{
    return cv_arena_printf(call->arena, "/posts/%zu/%s", i, member);
}

/* The unit by id or code; a fault when the caller cannot see it. */
static bool find_unit(struct prov_call *call, const char *key, const char *pointer, struct view_unit *out)
{
    static const struct view_scope everywhere = {.everywhere = true};
    struct cv_error none = {0};
    struct cv_id id;
    if (key == NULL)
        return false; /* its fault is known already */
    bool settled = cv_id_parse("unt_", key, &id) && cv_id_equal(id, call->settled);
    if (view_unit_of_people(call->prov->options.view, settled ? everywhere : call->scope, key, call->arena, out, &none))
        return true;
    cv_fault_add(call->faults, CV_AT_POINTER, pointer, "not_found", "Không tìm thấy đơn vị “%s” trong phạm vi của bạn",
                 "There is no unit “%s” within your reach", key);
    return false;
}

static bool goes_on_then(const struct view_unit *unit, cv_day day)
{
    return unit->active_to == CV_NO_DAY || unit->active_to > (day > cv_today() ? day : cv_today());
}

/* A fault, too, when it does not go on on that day. */
static bool resolve_unit(struct prov_call *call, const char *key, const char *pointer, cv_day from, struct cv_id *out)
{
    struct view_unit unit;
    if (!find_unit(call, key, pointer, &unit))
        return false;
    if (!goes_on_then(&unit, from))
        cv_fault_add(call->faults, CV_AT_POINTER, pointer, "dissolved",
                     "Đơn vị “%s” đã giải thể, hoặc đến ngày đó thì giải thể",
                     "The unit “%s” is dissolved, or will be by that day", key);
    *out = unit.id;
    return goes_on_then(&unit, from);
}

/* ---- primary posts follow each other ---- */

static int by_first_day(const void *a, const void *b)
{
    const struct dom_post *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

static bool same_post(const struct dom_post *a, const struct dom_post *b)
{
    return a->primary == b->primary && a->from == b->from && cv_id_equal(a->unit, b->unit);
}

static bool has_ended(const struct dom_post *post, cv_day day)
{
    return post->to != CV_NO_DAY && post->to <= day;
}

static bool listed(const struct dom_post *posts, size_t count, const struct dom_post *post)
{
    for (size_t i = 0; i < count; i++)
        if (same_post(&posts[i], post))
            return true;
    return false;
}

/* From `day` on the primary post is another one: what was in force ends, what was to come is not to come any more. */
static size_t end_primaries(struct dom_post *posts, size_t count, cv_day day)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct dom_post post = posts[i];
        if (post.primary && post.from != CV_NO_DAY && post.from >= day)
            continue;
        if (post.primary && (post.to == CV_NO_DAY || post.to > day))
            post.to = day;
        posts[kept++] = post;
    }
    return kept;
}

/* Room is made by forgetting what is over for longest, nothing else; there are so few in force and to come that it does
 * (check_many). */
static size_t forget_old(const struct prov_call *call, struct dom_post *posts, size_t count, size_t most)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!has_ended(&posts[i], view_dated_from(call->prov->options.view)))
            posts[kept++] = posts[i];
    while (kept > most) {
        size_t oldest = 0;
        for (size_t i = 1; i < kept; i++)
            if (has_ended(&posts[i], cv_today()) &&
                (!has_ended(&posts[oldest], cv_today()) || posts[i].to < posts[oldest].to))
                oldest = i;
        if (!has_ended(&posts[oldest], cv_today()))
            break;
        memmove(&posts[oldest], &posts[oldest + 1], (kept - oldest - 1) * sizeof(*posts));
        kept--;
    }
    return kept;
}

/* ---- the long form: a list ---- */

static void check_primaries(struct prov_call *call, const struct dom_post *posts, size_t count)
{
    struct dom_post *row = CV_NEWS(call->arena, struct dom_post, count + 1);
    size_t primaries = 0;
    for (size_t i = 0; i < count; i++)
        if (posts[i].primary)
            row[primaries++] = posts[i];
    if (primaries == 0)
        cv_fault_add(call->faults, CV_AT_POINTER, "/posts", "one_primary", "Cần một vị trí chính",
                     "One post must be primary");
    qsort(row, primaries, sizeof(*row), by_first_day);
    for (size_t i = 0; i + 1 < primaries; i++)
        if (row[i].to == CV_NO_DAY || row[i + 1].from == CV_NO_DAY || row[i].to > row[i + 1].from)
            cv_fault_add(call->faults, CV_AT_POINTER, "/posts", "one_primary",
                         "Mỗi ngày chỉ có một vị trí chính; hãy ghi ngày kết thúc của vị trí trước",
                         "There is one primary post a day; say on which day the former one ends");
}

/* Who belongs nowhere any more has left, and for that there is a departure. */
static void check_goes_on(struct prov_call *call, const struct dom_post *posts, size_t count)
{
    size_t last = count;
    for (size_t i = 0; i < count; i++) {
        if (posts[i].primary && !has_ended(&posts[i], cv_today()))
            return;
        if (posts[i].primary && (last == count || posts[i].to > posts[last].to))
            last = i;
    }
    if (last < count)
        cv_fault_add(call->faults, CV_AT_POINTER, post_pointer(call, last, "to"), "out_of_range",
                     "Không còn vị trí chính nào từ hôm nay; nếu đã thôi làm việc, vui lòng ghi kết thúc công tác",
                     "No primary post is in force today or to come; record a departure of who has left");
}

/* Nobody was here before he was recorded, unless it is said: by hired_on (null = nobody knows since when) or a
 * decision. */
static cv_day first_day(const struct dom_staff *staff, const struct prov_staff_input *in)
{
    bool said = in->hired_on.given != CV_ABSENT || staff->hired_on != CV_NO_DAY;
    return said ? staff->hired_on : cv_today();
}

/* A primary post without a first day: the present one goes on, another one begins with its decision or today. */
static void date_primary(const struct prov_change *change, const struct prov_staff_input *in, struct dom_post *post)
{
    const struct dom_post *home = dom_home_on(change->before, cv_today());
    if (!post->primary || post->from != CV_NO_DAY)
        return;
    if (home == NULL)
        post->from = first_day(change->after, in);
    else if (cv_id_equal(home->unit, post->unit))
        post->from = home->from;
    else
        post->from = post->decision.effective_on != CV_NO_DAY ? post->decision.effective_on : cv_today();
}

static void check_days(struct prov_call *call, const struct dom_post *post, size_t i)
{
    if (post->from != CV_NO_DAY && post->to != CV_NO_DAY && post->to <= post->from)
        cv_fault_add(call->faults, CV_AT_POINTER, post_pointer(call, i, "to"), "out_of_range",
                     "Vị trí kết thúc trước khi bắt đầu", "The post ends before it begins");
}

static size_t read_list(struct prov_change *change, const struct prov_staff_input *in, struct dom_post *posts)
{
    struct prov_call *call = change->call;
    size_t count = 0;
    for (size_t i = 0; i < in->post_count && i < DOM_POSTS_KEPT_MAX; i++) {
        const struct prov_post_input *given = &in->posts[i];
        struct dom_post *post = &posts[count++];
        *post = (struct dom_post){.title = given->title,
                                  .kind = given->kind,
                                  .primary = given->primary,
                                  .from = given->from,
                                  .to = given->to,
                                  .decision = given->decision};
        resolve_unit(call, given->unit, post_pointer(call, i, "unit"), given->from, &post->unit);
        if (given->primary && given->kind == DOM_KIEM_NHIEM)
            cv_fault_add(call->faults, CV_AT_POINTER, post_pointer(call, i, "kind"), "not_allowed_value",
                         "Vị trí chính không thể là kiêm nhiệm", "The primary post cannot be a concurrent one");
        date_primary(change, in, post);
        check_days(call, post, i);
    }
    check_primaries(call, posts, count);
    check_goes_on(call, posts, count);
    return count;
}

static cv_day first_primary(const struct dom_post *posts, size_t count)
{
    cv_day first = INT32_MAX;
    for (size_t i = 0; i < count; i++)
        if (posts[i].primary && posts[i].from < first)
            first = posts[i].from;
    return first;
}

/* The list stands for what is in force and to come. What has ended stays, and so does what the caller cannot name. */
static void posts_from_list(struct prov_change *change, const struct prov_staff_input *in)
{
    struct prov_call *call = change->call;
    const struct dom_staff *before = change->before;
    struct dom_post *posts = CV_NEWS(call->arena, struct dom_post, 2 * DOM_POSTS_KEPT_MAX + 2);
    struct dom_post *old = CV_NEWS(call->arena, struct dom_post, DOM_POSTS_KEPT_MAX + 1);
    size_t count = read_list(change, in, posts), given = count;
    if (before->post_count != 0)
        memcpy(old, before->posts, before->post_count * sizeof(*old));
    size_t old_count = end_primaries(old, before->post_count, first_primary(posts, count));
    for (size_t i = 0; i < old_count && count < 2 * DOM_POSTS_KEPT_MAX; i++) {
        bool foreign = !old[i].primary && !prov_sees_post(call, &old[i]);
        bool over = has_ended(&old[i], old[i].primary ? first_primary(posts, given) : cv_today());
        if ((foreign || over) && !listed(posts, given, &old[i]))
            posts[count++] = old[i];
    }
    change->after->posts = posts;
    change->after->post_count = forget_old(call, posts, count, DOM_POSTS_KEPT_MAX);
}

/* ---- the short form: unit and title stand for the primary post ---- */

static cv_day decided_for(const struct prov_staff_input *in)
{
    return in->decision.given == CV_VALUE ? in->decision.value.effective_on : CV_NO_DAY;
}

static const char *title_of(const struct prov_staff_input *in)
{
    return in->title.given == CV_VALUE ? in->title.value : NULL;
}

static void begin_first(struct prov_change *change, const struct prov_staff_input *in, struct cv_id unit)
{
    struct dom_staff *after = change->after;
    struct dom_post *post = &after->posts[after->post_count++];
    *post = dom_post_new(unit);
    post->primary = true;
    post->from = first_day(after, in);
    post->title = title_of(in);
    if (in->decision.given == CV_VALUE)
        post->decision = in->decision.value;
}

static bool same_title(const struct dom_post *post, const struct prov_staff_input *in)
{
    const char *now = post->title != NULL ? post->title : "";
    const char *wanted = in->title.given == CV_VALUE ? in->title.value : "";
    return in->title.given == CV_ABSENT || strcmp(now, wanted) == 0;
}

/* The line of an old decision that a later one has overtaken: nothing to do, night after night. */
static bool overtaken(const struct dom_staff *staff, const struct dom_post *then, const struct prov_staff_input *in)
{
    const char *number = in->decision.given == CV_VALUE ? in->decision.value.number : NULL;
    bool over = then->from < cv_today() && then != dom_home_on(staff, cv_today());
    return over && number != NULL && then->decision.number != NULL && strcmp(number, then->decision.number) == 0;
}

static void move_on(struct prov_change *change, const struct prov_staff_input *in, struct cv_id unit, cv_day day)
{
    struct dom_staff *after = change->after;
    const struct dom_post *home = dom_home_on(after, day);
    struct dom_post next = dom_post_new(unit);
    next.primary = true;
    next.from = day;
    next.kind = home->kind;
    next.title = in->title.given == CV_ABSENT ? home->title : title_of(in);
    if (in->decision.given == CV_VALUE)
        next.decision = in->decision.value;
    after->post_count = forget_old(change->call, after->posts, end_primaries(after->posts, after->post_count, day),
                                   DOM_POSTS_KEPT_MAX - 1);
    after->posts[after->post_count++] = next;
}

static void correct_title(struct dom_staff *staff, const struct prov_staff_input *in, const struct dom_post *post)
{
    if (in->title.given != CV_ABSENT)
        staff->posts[post - staff->posts].title = title_of(in);
}

/* From the day on as long as the post of that day lasts; who is away then has it when he comes back. */
static void retitle(struct prov_change *change, const struct prov_staff_input *in, cv_day day)
{
    struct dom_staff *after = change->after;
    const struct dom_post *then = dom_home_on(after, day), *next = dom_next_home(after, day);
    if (has_ended(then, day) && next == NULL)
        move_on(change, in, then->unit, day);
    else if (has_ended(then, day))
        correct_title(after, in, next);
    else if (then->from >= day)
        correct_title(after, in, then);
    else {
        struct dom_post anew = *then;
        anew.from = after->posts[then - after->posts].to = day;
        anew.title = title_of(in);
        anew.decision = in->decision.value;
        after->post_count = forget_old(change->call, after->posts, after->post_count, DOM_POSTS_KEPT_MAX - 1);
        after->posts[after->post_count++] = anew;
    }
}

static bool has_said(const struct dom_post *post, const struct prov_staff_input *in, struct cv_id unit)
{
    return (in->unit.given != CV_VALUE || cv_id_equal(post->unit, unit)) && same_title(post, in);
}

/* The post to come with which what is said begins, when it is earlier than the day that is said now; or NULL. */
static const struct dom_post *planned_earlier(const struct dom_staff *staff, const struct prov_staff_input *in,
                                              struct cv_id unit, cv_day day)
{
    const struct dom_post *plan = dom_home_on(staff, day);
    bool said = in->unit.given == CV_VALUE || in->title.given != CV_ABSENT;
    if (!said || has_ended(plan, day) || !has_said(plan, in, unit))
        return NULL;
    while (plan->from > cv_today()) {
        const struct dom_post *former = dom_home_on(staff, plan->from - 1);
        bool moves = !cv_id_equal(former->unit, plan->unit);
        if (former == plan || (moves && in->unit.given != CV_VALUE))
            return NULL; /* his service begins with it, or it is more than a title */
        if (!dom_post_in_force(former, plan->from - 1) || !has_said(former, in, unit))
            return plan->from < day ? plan : NULL;
        plan = former;
    }
    return NULL;
}

/* Until the later day he stays where he was to be before it. */
static void put_off(struct prov_change *change, const struct prov_staff_input *in, cv_day first, cv_day day)
{
    struct dom_staff *after = change->after;
    struct dom_post later = *dom_home_on(after, day);
    size_t kept = 0;
    for (size_t i = 0; i < after->post_count; i++) {
        struct dom_post post = after->posts[i];
        if (post.primary && post.from >= first && post.from <= day)
            continue;
        if (post.primary && post.to == first)
            post.to = day;
        after->posts[kept++] = post;
    }
    later.from = day;
    later.decision = in->decision.value;
    after->posts[kept++] = later;
    after->post_count = kept;
}

/* Another unit, or another title by a decision with a day, is a post of its own that begins on that day. */
static void change_home(struct prov_change *change, const struct prov_staff_input *in, struct cv_id unit)
{
    struct dom_staff *after = change->after;
    cv_day decided = decided_for(in), day = decided != CV_NO_DAY ? decided : cv_today();
    const struct dom_post *then = dom_home_on(after, day), *now = dom_home_on(after, cv_today());
    const struct dom_post *plan = decided != CV_NO_DAY ? planned_earlier(after, in, unit, day) : NULL;
    bool elsewhere = in->unit.given == CV_VALUE && !cv_id_equal(unit, then->unit);
    bool back = in->unit.given == CV_VALUE && !elsewhere && day < cv_today() && !cv_id_equal(unit, now->unit);
    bool wanted = has_said(then, in, unit) && !back;
    change->overtaken = !elsewhere && !wanted && overtaken(after, then, in);
    if (change->overtaken)
        return;
    if (elsewhere || back)
        move_on(change, in, unit, back ? cv_today() : day);
    else if (decided == CV_NO_DAY)
        correct_title(after, in, now);
    else if (plan != NULL)
        put_off(change, in, plan->from, day);
    else if (!wanted)
        retitle(change, in, day);
}

static void primary_from_members(struct prov_change *change, const struct prov_staff_input *in)
{
    struct cv_id unit = {0};
    if (in->unit.given == CV_VALUE && !resolve_unit(change->call, in->unit.value, "/unit", decided_for(in), &unit))
        return;
    if (dom_home_on(change->after, cv_today()) == NULL)
        begin_first(change, in, unit);
    else
        change_home(change, in, unit);
}

/* Somebody taken on earlier or later than was said was there from that day on. */
static void follow_hiring(struct prov_change *change)
{
    struct dom_staff *after = change->after;
    cv_day was = change->before->hired_on, now = after->hired_on;
    for (size_t i = 0; i < after->post_count && was != CV_NO_DAY && was != now; i++) {
        struct dom_post *post = &after->posts[i];
        if (!post->primary || post->from != was)
            continue;
        post->from = now;
        if (has_ended(post, now))
            cv_fault_add(change->call->faults, CV_AT_POINTER, "/hired_on", "out_of_range",
                         "Vị trí đầu tiên đã kết thúc trước ngày này; vui lòng sửa các vị trí trước",
                         "The first post had ended by that day; please correct the posts first");
    }
}

bool prov_post_decided_by(const struct dom_staff *staff, const char *number)
{
    for (size_t i = 0; i < staff->post_count && number != NULL; i++) {
        const char *of_post = staff->posts[i].decision.number;
        if (of_post != NULL && strcmp(of_post, number) == 0)
            return true;
    }
    return false;
}

bool prov_decision_kept(const struct prov_staff_input *in, const struct prov_staff_result *result)
{
    const char *number = in->decision.given == CV_VALUE ? in->decision.value.number : NULL;
    bool kept = number == NULL || prov_post_decided_by(&result->staff, number);
    for (size_t i = 0; i < result->staff.past_count && !kept; i++)
        kept = result->staff.past[i].to == in->decision.value.effective_on;
    return kept && !result->overtaken;
}

/* ---- one post beside the primary one ---- */

static bool goes_on(const struct dom_post *post, cv_day day)
{
    return !post->primary && (post->to == CV_NO_DAY || post->to > day);
}

static void add_post(struct prov_change *change, const struct prov_post_input *given)
{
    struct prov_call *call = change->call;
    struct dom_staff *after = change->after;
    struct dom_post post = {.title = given->title,
                            .kind = given->kind,
                            .from = given->from != CV_NO_DAY ? given->from : cv_today(),
                            .to = given->to,
                            .decision = given->decision};
    if (given->primary)
        cv_fault_add(call->faults, CV_AT_POINTER, "/add_post/primary", "not_allowed",
                     "Vị trí chính được đổi bằng việc điều động", "The primary post is changed by unit and title");
    if (post.to != CV_NO_DAY && post.to <= post.from)
        cv_fault_add(call->faults, CV_AT_POINTER, "/add_post/to", "out_of_range", "Vị trí kết thúc trước khi bắt đầu",
                     "The post ends before it begins");
    if (!resolve_unit(call, given->unit, "/add_post/unit", post.from, &post.unit))
        return;
    for (size_t i = 0; i < after->post_count; i++) /* the same line again */
        if (goes_on(&after->posts[i], post.from) && after->posts[i].kind == post.kind &&
            cv_id_equal(after->posts[i].unit, post.unit))
            return;
    struct dom_post *grown = CV_NEWS(call->arena, struct dom_post, after->post_count + 2);
    memcpy(grown, after->posts, after->post_count * sizeof(*grown));
    after->posts = grown;
    after->post_count = forget_old(call, grown, after->post_count, DOM_POSTS_KEPT_MAX - 1);
    after->posts[after->post_count++] = post;
}

static void end_post(struct prov_change *change, const struct prov_post_input *given)
{
    struct dom_staff *after = change->after;
    cv_day day = given->to != CV_NO_DAY ? given->to : cv_today();
    struct view_unit unit;
    bool found = false;
    if (!find_unit(change->call, given->unit, "/end_post/unit", &unit))
        return;
    size_t kept = 0;
    for (size_t i = 0; i < after->post_count; i++) {
        struct dom_post post = after->posts[i];
        bool meant = !post.primary && cv_id_equal(post.unit, unit.id);
        found = found || meant;
        if (meant && post.from != CV_NO_DAY && post.from >= day && !has_ended(&post, cv_today()))
            continue; /* it is not to come any more, or never was */
        if (meant && goes_on(&post, day))
            post.to = day;
        after->posts[kept++] = post;
    }
    after->post_count = kept;
    if (!found)
        cv_fault_add(change->call->faults, CV_AT_POINTER, "/end_post/unit", "not_found",
                     "Người này không có vị trí kiêm nhiệm, biệt phái ở đơn vị đó",
                     "This person has no post there beside the primary one");
}

static void change_one(struct prov_change *change, const struct prov_staff_input *in)
{
    bool one = in->add_post != NULL || in->end_post != NULL;
    if (one && in->posts_given == CV_VALUE)
        cv_fault_add(change->call->faults, CV_AT_POINTER, "/posts", "not_together",
                     "Sửa cả danh sách vị trí, hoặc thêm và kết thúc từng vị trí, không cả hai",
                     "Give either posts, or add_post and end_post");
    if (in->end_post != NULL)
        end_post(change, in->end_post);
    if (in->add_post != NULL)
        add_post(change, in->add_post);
}

static void check_title(struct prov_change *change, const struct prov_staff_input *in, const struct dom_post *primary)
{
    if (primary != NULL && in->posts_given == CV_VALUE && !same_title(primary, in))
        cv_fault_add(change->call->faults, CV_AT_POINTER, "/title", "mismatch",
                     "Chức vụ khác với chức vụ của vị trí chính", "title differs from the primary post in posts");
}

static void check_mirror(struct prov_change *change, const struct prov_staff_input *in)
{
    struct prov_call *call = change->call;
    const struct dom_post *primary = dom_home_on(change->after, cv_today());
    struct view_unit unit;
    check_title(change, in, primary);
    if (primary == NULL || in->posts_given != CV_VALUE || in->unit.given != CV_VALUE)
        return;
    if (find_unit(call, in->unit.value, "/unit", &unit) && !cv_id_equal(unit.id, primary->unit))
        cv_fault_add(call->faults, CV_AT_POINTER, "/unit", "mismatch", "Đơn vị khác với đơn vị của vị trí chính",
                     "unit differs from the primary post in posts");
}

void prov_come_back(struct prov_change *change, cv_day away_from, cv_day back_on)
{
    struct dom_staff *after = change->after;
    const struct dom_post home = *dom_home_on(after, away_from - 1);
    if (away_from >= back_on || !dom_post_in_force(&home, away_from))
        return;
    after->post_count = forget_old(change->call, after->posts,
                                   end_primaries(after->posts, after->post_count, away_from), DOM_POSTS_KEPT_MAX - 1);
    struct dom_post *again = &after->posts[after->post_count++];
    *again = home;
    again->from = back_on;
    again->to = CV_NO_DAY;
    after->home_on = cv_today();
}

static size_t lasting(const struct dom_staff *staff)
{
    size_t count = 0;
    for (size_t i = 0; i < staff->post_count; i++)
        count += !has_ended(&staff->posts[i], cv_today());
    return count;
}

static void check_many(struct prov_change *change, const struct prov_staff_input *in)
{
    size_t many = lasting(change->after);
    if (many <= DOM_POSTS_MAX || many <= lasting(change->before))
        return;
    cv_fault_add(change->call->faults, CV_AT_POINTER,
                 in->add_post != NULL          ? "/add_post"
                 : in->posts_given == CV_VALUE ? "/posts"
                                               : "/unit",
                 "too_many", "Một người giữ và chờ giữ nhiều nhất %d vị trí; vui lòng kết thúc bớt",
                 "A person has and waits for %d posts at most; please end some first", (int)DOM_POSTS_MAX);
}

bool prov_home_goes_on(struct prov_change *change, cv_day day, struct cv_error *err)
{
    struct prov_call *call = change->call;
    const struct dom_post *home = dom_home_on(change->after, day);
    struct view_unit unit;
    if (home == NULL || !view_unit_by_id(call->prov->options.view, home->unit, call->arena, &unit) ||
        goes_on_then(&unit, day))
        return true;
    return cv_fail(err, cvp_conflict, "/unit",
                   "Đơn vị của người này đã giải thể hoặc đến ngày đó thì giải thể; vui lòng chọn đơn vị khác",
                   "This person's unit is dissolved, or will be by that day; please name another unit");
}

bool prov_apply_posts(struct prov_change *change, const struct prov_staff_input *in, bool *out_moved,
                      struct cv_error *err)
{
    const struct dom_post *before = dom_home_on(change->before, cv_today());
    if (in->posts_given == CV_VALUE) {
        posts_from_list(change, in);
    } else {
        follow_hiring(change);
        primary_from_members(change, in);
    }
    check_mirror(change, in);
    change_one(change, in);
    check_many(change, in);
    if (in->unit.given != CV_VALUE && before == NULL && in->posts_given != CV_VALUE)
        cv_fault_add(change->call->faults, CV_AT_POINTER, "/unit", "required", "Thiếu đơn vị", "The unit is missing");
    if (!cv_faults_check(change->call->faults, cvp_validation_failed, err))
        return false;
    const struct dom_post *now = dom_home_on(change->after, cv_today());
    *out_moved = before != NULL && !cv_id_equal(before->unit, now->unit);
    bool several = change->after->post_count > 1 && change->after->home_on == CV_NO_DAY; /* they are in no order */
    if (several || now != dom_home_shown(change->after))
        change->after->home_on = cv_today();
    return true;
}
