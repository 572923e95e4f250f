/* Facts of a person have one owner, as his unit says: the feed of the HR system or people. What the other side would
 * change is refused, whatever way it comes; what stays as it is may be sent by both. */
#include "congvu/token.h"
#include "provision/internal.h"

/* A person cannot be recorded without them: whoever makes the record gives them. */
enum { FIRST = 1 << DOM_FACT_NAME | 1 << DOM_FACT_CATEGORY | 1 << DOM_FACT_POSTS };

static const struct {
    const char *pointer, *vi, *en;
} facts[DOM_FACTS] = {[DOM_FACT_NAME] = {"/full_name", "Họ và tên", "The name"},
                      [DOM_FACT_BIRTH_YEAR] = {"/birth_year", "Năm sinh", "The year of birth"},
                      [DOM_FACT_CATEGORY] = {"/category", "Đối tượng", "The category"},
                      [DOM_FACT_MOBILE] = {"/mobile", "Số di động", "The mobile number"},
                      [DOM_FACT_POSTS] = {"/posts", "Đơn vị, vị trí công tác", "The unit or post"},
                      [DOM_FACT_TITLE] = {"/title", "Chức vụ", "The title"},
                      [DOM_FACT_LEAVE] = {"/leave", "Thời gian nghỉ dài ngày", "The leave"}};

static bool is_feed(const struct prov_call *call)
{
    struct dom_token token;
    return view_token_by_id(call->prov->options.view, call->token, call->arena, &token) && token.feed;
}

uint32_t prov_hr_feed(const struct view *view, const struct dom_staff *staff, struct cv_arena *arena)
{
    struct view_unit unit;
    return view_unit_by_id(view, dom_home_on(staff, cv_today())->unit, arena, &unit) ? unit.hr_feed : 0;
}

static struct cv_id last_home(const struct dom_staff *staff)
{
    enum { FAR = 100 * 366 };
    return dom_home_on(staff, cv_today() + FAR)->unit;
}

/* The member of the body that most likely brought it. */
static const char *pointer_of(const struct prov_change *change, enum dom_fact fact)
{
    bool moves = fact == DOM_FACT_POSTS && change->before->revision > 0 &&
                 !cv_id_equal(last_home(change->before), last_home(change->after));
    return moves ? "/unit" : facts[fact].pointer;
}

static void refuse(const struct prov_change *change, enum dom_fact fact, bool feed)
{
    struct cv_faults *faults = change->call->faults;
    const char *at = pointer_of(change, fact), *vi = facts[fact].vi, *en = facts[fact].en;
    if (feed)
        cv_fault_add(faults, CV_AT_POINTER, at, "field_owned",
                     "%s%.0s do đơn vị tự cập nhật; vui lòng bỏ mục này khỏi dữ liệu của phần mềm nhân sự",
                     "%.0s%s is kept by the people of the unit; please leave it out of what the HR system sends", vi,
                     en);
    else
        cv_fault_add(faults, CV_AT_POINTER, at, "field_owned",
                     "%s%.0s do phần mềm nhân sự cập nhật; vui lòng sửa ở phần mềm nhân sự, mục này giữ nguyên",
                     "%.0s%s is kept by the HR system; please change it there and leave it here as it is", vi, en);
}

/* The calendar is on neither side. */
bool prov_may_change_facts(const struct prov_change *change, struct cv_error *err)
{
    struct prov_call *call = change->call;
    const struct dom_staff *before = change->before, *after = change->after;
    bool made = before->revision == 0;
    uint32_t feeds = prov_hr_feed(call->prov->options.view, made ? after : before, call->arena);
    if (feeds == 0 || cv_id_is_zero(call->token))
        return true;
    bool feed = is_feed(call);
    uint32_t refused =
        dom_facts_changed(before, after, view_dated_from(call->prov->options.view)) & (feed ? ~feeds : feeds);
    if (made)
        refused &= ~(uint32_t)FIRST;
    for (int fact = 0; fact < DOM_FACTS; fact++)
        if ((refused >> fact & 1u) != 0)
            refuse(change, (enum dom_fact)fact, feed);
    return cv_faults_check(call->faults, cvp_field_owned, err);
}
