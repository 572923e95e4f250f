/* The input of POST, PUT and PATCH onto a unit: absent keeps, null clears, all faults at once; then what the tree has
 * to say. */
#include <string.h>

#include "congvu/text.h"
#include "congvu/view_lists.h"
#include "provision/units/units.h"

#define FAULT(change, at, code, ...) cv_fault_add((change)->call->faults, CV_AT_POINTER, at, code, __VA_ARGS__)

static bool is_new(const struct prov_unit_change *change)
{
    return change->before->revision == 0;
}

/* For a day that is to come. */
static bool waits(const struct prov_unit_change *change)
{
    return change->in->effective_on.given == CV_VALUE && change->in->effective_on.value > cv_today();
}

/* It is taken back, or put off, that the unit ends. */
static bool goes_on_longer(const struct prov_unit_change *change)
{
    cv_day was = change->before->active_to, is = change->after->active_to;
    return !is_new(change) && was != CV_NO_DAY && (is == CV_NO_DAY || is > was);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool slug_sign(char c)
{
    return (c >= 'a' && c <= 'z') || is_digit(c);
}

static void keep_former(struct prov_unit_change *change, const char *code)
{
    struct dom_unit *unit = change->after;
    const char **grown = CV_NEWS(change->call->arena, const char *, unit->former_code_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < unit->former_code_count; i++)
        if (cv_ascii_casecmp(unit->former_codes[i], unit->code) != 0)
            grown[count++] = unit->former_codes[i];
    grown[count++] = code;
    unit->former_codes = grown;
    unit->former_code_count = count;
    if (count > DOM_CODES_MAX)
        FAULT(change, "/code", "too_many", "Đơn vị này đã đổi mã quá nhiều lần",
              "This unit has changed its code too often");
}

static void apply_code(struct prov_unit_change *change)
{
    const struct prov_text *code = &change->in->code;
    struct dom_unit *unit = change->after;
    if (code->given != CV_VALUE) {
        if (unit->code == NULL || code->given == CV_NULL)
            FAULT(change, "/code", "required", "Thiếu mã đơn vị", "code is missing");
        return;
    }
    if (unit->code != NULL && strcmp(unit->code, code->value) == 0)
        return;
    if (!dom_code_valid(code->value))
        FAULT(change, "/code", "bad_format",
              "Mã đơn vị chỉ gồm chữ không dấu, số và các dấu . _ -, tối đa 35 ký tự, ví dụ H43.99.01",
              "A unit code has letters, digits and . _ - only, at most 35, like H43.99.01");
    const char *old = unit->code;
    unit->code = code->value;
    if (old != NULL && cv_ascii_casecmp(old, unit->code) != 0)
        keep_former(change, old);
}

static void apply_names(struct prov_unit_change *change)
{
    const struct prov_unit_input *in = change->in;
    struct dom_unit *unit = change->after;
    if (in->name_vi.given == CV_VALUE)
        unit->name[CV_VI] = in->name_vi.value;
    if (unit->name[CV_VI] == NULL || in->name_vi.given == CV_NULL)
        FAULT(change, "/name/vi", "required", "Thiếu tên đơn vị", "The name (name.vi) is missing");
    if (in->name_en.given != CV_ABSENT)
        unit->name[CV_EN] = in->name_en.given == CV_VALUE ? in->name_en.value : NULL;
    if (in->slug.given != CV_ABSENT)
        unit->slug = in->slug.given == CV_VALUE ? in->slug.value : NULL;
    if (in->slug.given == CV_VALUE && (strlen(unit->slug) > DOM_SLUG_MAX || !cv_ascii_is(unit->slug, slug_sign)))
        FAULT(change, "/slug", "bad_format", "Tên viết tắt chỉ gồm chữ thường không dấu và số, tối đa %d ký tự",
              "A slug has lower-case letters and digits only, at most %d", (int)DOM_SLUG_MAX);
}

static void apply_facts(struct prov_unit_change *change)
{
    const struct prov_unit_input *in = change->in;
    struct dom_unit *unit = change->after;
    prov_given_apply(&in->given, unit);
    if (is_new(change) && prov_given_of(&in->given, "kind") == CV_ABSENT)
        FAULT(change, "/kind", "required", "Thiếu loại đơn vị", "kind is missing");
    if (in->position.given == CV_VALUE)
        unit->position = (int)in->position.value;
    if (unit->active_from != CV_NO_DAY && unit->active_to != CV_NO_DAY && unit->active_to <= unit->active_from)
        FAULT(change, "/active_to", "out_of_range", "Ngày giải thể phải sau ngày bắt đầu hoạt động",
              "The day of dissolution must be later than active_from");
}

static void apply_lines(const struct prov_text_lines *in, struct dom_lines *lines)
{
    if (in->given != CV_ABSENT)
        *lines = in->lines;
}

static void apply_letterhead(struct prov_unit_change *change)
{
    const struct prov_letterhead_input *in = &change->in->letterhead;
    struct dom_unit *unit = change->after;
    struct dom_letterhead *l = &unit->letterhead;
    if (in->present == CV_NULL)
        *l = (struct dom_letterhead){0};
    if (in->present != CV_VALUE) {
        unit->has_letterhead = unit->has_letterhead && in->present == CV_ABSENT;
        return;
    }
    prov_given_apply(&in->given, l);
    apply_lines(&in->addressees, &l->addressees);
    apply_lines(&in->recipients, &l->recipients);
    unit->has_letterhead = !dom_letterhead_empty(l);
}

/* Whose a fact is, is decided for the site: else the unit's own people would decide it. */
static bool apply_hr_feed(struct prov_unit_change *change, struct cv_error *err)
{
    const struct prov_unit_input *in = change->in;
    struct dom_unit *unit = change->after;
    if (in->hr_feed_given != CV_ABSENT)
        unit->hr_feed = in->hr_feed_given == CV_VALUE ? in->hr_feed | DOM_HR_FEED_SAID : 0;
    return unit->hr_feed == change->before->hr_feed || change->call->scope.everywhere ||
           cv_fail(err, cvp_scope_missing, "/hr_feed_fields",
                   "Chỉ quản trị toàn hệ thống mới quyết định phần mềm nhân sự cập nhật những mục nào",
                   "Only who may see everything decides what the HR system keeps");
}

/* ---- the place in the tree ---- */

static void set_parent(struct prov_unit_change *change, const char *key)
{
    struct prov_call *call = change->call;
    struct dom_unit *unit = change->after;
    struct view_unit parent;
    struct cv_error none = {0};
    if (!view_unit_find(call->prov->options.view, call->scope, key, CV_NO_DAY, call->arena, &parent, &none)) {
        FAULT(change, "/parent", "not_found", "Không tìm thấy đơn vị “%s” trong phạm vi của bạn",
              "There is no unit “%s” within your reach", key);
        return;
    }
    if (parent.active_to != CV_NO_DAY &&
        parent.active_to <= (waits(change) ? change->in->effective_on.value : cv_today()))
        FAULT(change, "/parent", "dissolved", "Đơn vị “%s” đã giải thể", "The unit “%s” is dissolved", key);
    unit->has_parent = true;
    unit->parent = parent.id;
}

static bool moved(const struct prov_unit_change *change)
{
    const struct dom_unit *a = &change->until, *b = change->after;
    return is_new(change) || a->has_parent != b->has_parent || (a->has_parent && !cv_id_equal(a->parent, b->parent));
}

static bool apply_parent(struct prov_unit_change *change, struct cv_error *err)
{
    struct prov_call *call = change->call;
    struct dom_unit *unit = change->after;
    if (change->in->parent.given == CV_VALUE)
        set_parent(change, change->in->parent.value);
    else if (change->in->parent.given == CV_NULL)
        unit->has_parent = false;
    if (!moved(change) || call->faults->count > 0)
        return true;
    if (!unit->has_parent && !call->scope.everywhere)
        return cv_fail(
            err, cvp_scope_missing, "/parent",
            "Chỉ người có quyền trên toàn hệ thống mới lập được đơn vị cấp cao nhất; hãy chọn đơn vị cấp trên",
            "Only a token for everything may make a top unit; please give the parent");
    if (is_new(change))
        return true;
    if (!prov_parent_in_reach(call, change->before) || !prov_parent_in_reach(call, &change->until))
        return cv_fail(err, cvp_scope_missing, "/parent", "Không được chuyển đơn vị cao nhất trong phạm vi của bạn",
                       "The top of your own subtree cannot be moved by you");
    if (unit->has_parent && view_unit_cycle(call->prov->options.view, unit->id, unit->parent))
        return cv_fail(err, cvp_unit_cycle, "/parent", "Không thể đặt đơn vị dưới chính nó hoặc dưới đơn vị con của nó",
                       "A unit cannot lie below itself");
    return true;
}

static int block_of(const struct prov_unit_change *change, const struct dom_unit *unit)
{
    struct view_unit parent;
    if (unit->block >= 0 || !unit->has_parent ||
        !view_unit_by_id(change->call->prov->options.view, unit->parent, change->call->arena, &parent))
        return unit->block;
    return parent.effective_block;
}

/* By the block it is settled who knows the unit's people by name; nobody lets himself in. */
static bool keeps_block(const struct prov_unit_change *change, struct cv_error *err)
{
    if (is_new(change) || change->call->scope.everywhere ||
        block_of(change, &change->until) == block_of(change, change->after))
        return true;
    return cv_fail(err, cvp_scope_missing, "/block",
                   "Chỉ vai trò toàn hệ thống mới được chuyển đơn vị sang khối khác, vì khối quyết định ai được xem "
                   "hồ sơ của người trong đơn vị",
                   "Only a role for everything may change a unit's block, for it settles who sees the people there");
}

static bool living_children(struct prov_call *call, const struct cv_id *parent, struct view_unit_page *out,
                            struct cv_error *err)
{
    struct view_unit_query query = {
        .scope = {.everywhere = true}, .depth = parent != NULL ? 1 : 0, .page_size = PROV_UNITS_MAX};
    if (parent != NULL) {
        query.has_parent = true;
        query.parent = *parent;
    }
    return view_unit_list(call->prov->options.view, &query, call->arena, out, err);
}

/* The slug is part of addresses, so two living siblings never share one; a new unit comes last. */
static bool among_siblings(struct prov_unit_change *change, struct cv_error *err)
{
    struct dom_unit *unit = change->after;
    struct view_unit_page siblings;
    bool look = is_new(change) || moved(change) || (unit->slug != NULL && change->in->slug.given == CV_VALUE) ||
                (goes_on_longer(change) && dom_day_within(CV_NO_DAY, unit->active_to, cv_today()));
    int last = 0;
    if (!look)
        return true;
    if (!living_children(change->call, unit->has_parent ? &unit->parent : NULL, &siblings, err))
        return false;
    for (size_t i = 0; i < siblings.count; i++) {
        const struct view_unit *other = &siblings.items[i];
        if (cv_id_equal(other->id, unit->id))
            continue;
        last = other->position > last ? other->position : last;
        if (unit->slug != NULL && other->slug != NULL && strcmp(unit->slug, other->slug) == 0)
            return cv_fail(err, cvp_name_taken, "/slug", "Tên viết tắt %s đã dùng cho đơn vị cùng cấp (%s)",
                           "The slug %s belongs to a unit beside it (%s)", unit->slug, other->code);
    }
    if (is_new(change) && change->in->position.given != CV_VALUE)
        unit->position = last + 1;
    return true;
}

static bool code_is_free(struct prov_unit_change *change, const char *code, cv_day from, struct cv_error *err)
{
    struct prov_call *call = change->call;
    const struct view *view = call->prov->options.view;
    struct cv_id holder;
    if (!view_unit_rival(view, change->after, code, from, &holder))
        return true;
    if (!view_in_scope(view, call->scope, holder))
        return cv_fail(err, cvp_held_elsewhere, "/code", "Mã đơn vị %s đang thuộc đơn vị ngoài phạm vi của bạn",
                       "The unit code %s is held outside your units", code);
    return cv_fail(err, cvp_code_taken, "/code", "Mã đơn vị %s đã được dùng", "The unit code %s is in use", code);
}

/* Nobody else has the code while this unit goes on. One that comes back or goes on longer has its former codes again,
 * too, from the day on which it ended. */
static bool codes_free(struct prov_unit_change *change, struct cv_error *err)
{
    const struct dom_unit *before = change->before, *unit = change->after;
    const cv_day begun = unit->active_from == CV_NO_DAY ? cv_today() : unit->active_from;
    bool same = cv_ascii_same(before->code, unit->code);
    if (!same && !code_is_free(change, unit->code, begun, err))
        return false;
    if (!goes_on_longer(change))
        return true;
    for (size_t i = 0; i < before->former_code_count; i++)
        if (!code_is_free(change, before->former_codes[i], before->active_to, err))
            return false;
    return !same || code_is_free(change, unit->code, before->active_to, err);
}

/* ---- dissolving, and coming back ---- */

static bool may_dissolve(struct prov_unit_change *change, struct cv_error *err)
{
    cv_day day = change->after->active_to;
    bool awaits = false;
    if (is_new(change) || day == CV_NO_DAY || day == change->before->active_to)
        return true;
    if (!view_unit_awaits(change->call->prov->options.view, change->after->id, day, &awaits, err))
        return false;
    return !awaits || cv_fail(err, cvp_unit_not_empty, "/active_to",
                              "Đơn vị còn người hoặc đơn vị trực thuộc vào ngày đó; hãy chuyển hết trước",
                              "People or sub-units remain on that day; please move them first");
}

/* A unit ends before the one above it does. */
static void check_parent_lasts(struct prov_unit_change *change)
{
    const struct dom_unit *unit = change->after;
    struct view_unit parent;
    if (!goes_on_longer(change) || !unit->has_parent ||
        !view_unit_by_id(change->call->prov->options.view, unit->parent, change->call->arena, &parent))
        return;
    if (parent.active_to != CV_NO_DAY && (unit->active_to == CV_NO_DAY || unit->active_to > parent.active_to))
        FAULT(change, "/parent", "dissolved", "Đơn vị cấp trên đã giải thể, hoặc giải thể trước đơn vị này",
              "The unit above is dissolved, or will be before this one");
}

/* A letterhead that is filled in for the first time, without a day of its own, is what the unit always had. */
static struct dom_unit headed_ever(const struct prov_unit_change *change)
{
    struct dom_unit before = *change->before;
    if (change->in->effective_on.given == CV_VALUE || dom_unit_was_headed(&before) || !change->after->has_letterhead)
        return before;
    before.has_letterhead = true;
    before.letterhead = change->after->letterhead;
    dom_unit_keep_past(change->before, &before, CV_NO_DAY, change->call->arena);
    return before;
}

/* From its day on, or today; what was corrected on the day on which it was written down was never so. */
static void keep_past(struct prov_unit_change *change)
{
    const struct prov_day *on = &change->in->effective_on;
    cv_day from = on->given == CV_VALUE ? on->value : prov_holds_from(change->call, change->before->created_at);
    if (is_new(change))
        return;
    struct dom_unit before = headed_ever(change);
    dom_unit_keep_past(&before, change->after, from, change->call->arena);
}

/* What is said now stands against a plan whose day has come and that could not be carried out. */
static void call_off(struct prov_unit_change *change)
{
    const struct prov_unit_input *in = change->in;
    const struct {
        bool said;
        uint32_t part;
    } parts[] = {{in->name_vi.given != CV_ABSENT || in->name_en.given != CV_ABSENT, DOM_PART_NAME},
                 {prov_given_of(&in->given, "kind") != CV_ABSENT, DOM_PART_KIND},
                 {prov_given_of(&in->given, "block") != CV_ABSENT, DOM_PART_BLOCK},
                 {in->parent.given != CV_ABSENT, DOM_PART_PARENT},
                 {in->letterhead.present != CV_ABSENT, DOM_PART_LETTERHEAD}};
    uint32_t said = 0;
    for (size_t i = 0; i < CV_COUNT(parts); i++)
        said |= parts[i].said ? parts[i].part : 0;
    if (change->before->next_count > 0)
        dom_unit_call_off(change->after, said, cv_today(), change->call->arena);
}

static void not_ahead(struct prov_unit_change *change, bool changed, const char *at)
{
    if (changed)
        FAULT(change, at, "not_together", "Mục này không hẹn ngày được; hãy lưu riêng, không kèm ngày hiệu lực",
              "This does not wait for a day; send it by itself, without effective_on");
}

/* Claims and what figures do not date have no day of their own. */
static void only_what_waits(struct prov_unit_change *change)
{
    const struct dom_unit *a = change->before, *b = change->after;
    if (is_new(change)) {
        not_ahead(change, true, "/effective_on");
        return;
    }
    not_ahead(change, strcmp(a->code, b->code) != 0, "/code");
    not_ahead(change, !cv_text_same(a->slug, b->slug), "/slug");
    not_ahead(change, a->position != b->position, "/position");
    not_ahead(change, a->active_from != b->active_from, "/active_from");
    not_ahead(change, a->active_to != b->active_to, "/active_to");
    not_ahead(change, a->hr_feed != b->hr_feed, "/hr_feed_fields");
}

static void plan(struct prov_unit_change *change)
{
    dom_unit_plan(change->before, change->after, change->in->effective_on.value, change->call->arena);
    if (change->after->next_count > DOM_NEXT_MAX)
        FAULT(change, "/effective_on", "too_many", "Đơn vị đã có %d thay đổi hẹn ngày",
              "The unit has %d planned changes", (int)DOM_NEXT_MAX);
}

/* What the tree, the codes and the brake have to say. */
static bool may_be(struct prov_unit_change *change, struct cv_error *err)
{
    return codes_free(change, err) && among_siblings(change, err) && may_dissolve(change, err) &&
           (is_new(change) || prov_withdrawn_by_unit(change, &change->withdrawn, err));
}

bool prov_apply_unit(struct prov_unit_change *change, struct cv_error *err)
{
    bool ahead = waits(change);
    change->until = *change->before;
    if (ahead)
        *change->after = change->until = dom_unit_planned(change->before, change->in->effective_on.value);
    apply_code(change);
    apply_names(change);
    apply_facts(change);
    apply_letterhead(change);
    if (!apply_hr_feed(change, err) || !apply_parent(change, err) || !keeps_block(change, err))
        return false;
    check_parent_lasts(change);
    if (ahead)
        only_what_waits(change);
    else {
        keep_past(change);
        call_off(change);
    }
    if (!cv_faults_check(change->call->faults, cvp_validation_failed, err))
        return false;
    if (!may_be(change, err))
        return false;
    if (ahead)
        plan(change);
    return cv_faults_check(change->call->faults, cvp_validation_failed, err);
}
