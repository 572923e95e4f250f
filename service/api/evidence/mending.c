/* What an event says about codes, and about what was entered wrongly: exchanged, corrected, made one. */
#include <string.h>

#include "api/evidence/evidence.h"

/* A member of a value that is JSON itself. */
static const char *inside(struct api_sentence *s, const char *json, const char *member)
{
    struct cv_error none = {0};
    const struct cv_jany *o = json != NULL ? cv_jany_parse(s->x->arena, json, strlen(json), &none) : NULL;
    return o != NULL ? cv_jany_text(cv_jany_get(o, member), s->x->arena) : NULL;
}

static bool is(const struct prov_event *event, const char *action)
{
    return event->action != NULL && strcmp(event->action, action) == 0;
}

/* ---- codes ---- */

void api_tell_codes(struct api_sentence *s, const struct prov_event *event)
{
    const char *was = api_changed(event, "cvStaffCode", "before", s->x->arena),
               *now = api_changed(event, "cvStaffCode", "after", s->x->arena);
    const char *former = api_changed(event, "cvFormerCode", "before", s->x->arena);
    if (was != NULL && now != NULL)
        api_clause(s, "Đổi số hiệu từ %s thành %s", "Staff code changed from %s to %s", was, now);
    else if (now != NULL)
        api_clause(s, "Mang số hiệu %s", "Given the staff code %s", now);
    else if (was != NULL)
        api_clause(s, "Thôi mang số hiệu %s", "The staff code %s is taken from this person", was);
    else if (former != NULL)
        api_clause(s, "Số hiệu cũ %s không còn là của người này", "The former staff code %s is this person's no more",
                   former);
}

/* ---- corrections ---- */

static void tell_alias(struct api_sentence *s, const struct prov_event *event)
{
    const char *alias = api_changed(event, "cvMailAlias", "before", s->x->arena);
    if (alias != NULL)
        api_clause(s, "Bỏ địa chỉ thư phụ nhập nhầm %s", "The address %s, entered by mistake, taken away", alias);
}

static void tell_death(struct api_sentence *s, const struct prov_event *event)
{
    char from[CV_DAY_TEXT], to[CV_DAY_TEXT];
    cv_day was, now;
    const char *before = inside(s, api_changed(event, "cvDeparture", "before", s->x->arena), "effective_on");
    const char *after = inside(s, api_changed(event, "cvDeparture", "after", s->x->arena), "effective_on");
    if (before != NULL && after != NULL && cv_day_parse(before, &was) && cv_day_parse(after, &now))
        api_clause(s, "Sửa ngày từ trần từ %s thành %s", "Day of death corrected from %s to %s",
                   cv_day_people(was, from), cv_day_people(now, to));
}

/* ---- two records of one person ---- */

/* "Nguyễn Văn An, số hiệu NS-0001"; whom the caller does not see is "another one". */
static const char *record_name(struct htp_exchange *x, const char *id)
{
    struct view_staff one;
    bool merged, en = x->lang == CV_EN;
    if (id == NULL || !api_may_read_staff(x) ||
        !view_staff_itself(api_of(x)->view, api_actor(x)->scope, id, x->arena, &one, &merged))
        return en ? "another record" : "hồ sơ khác";
    if (one.staff_code == NULL)
        return cv_arena_printf(x->arena, en ? "the record of %s" : "hồ sơ của %s", one.full_name);
    return cv_arena_printf(x->arena, en ? "the record of %s, staff code %s" : "hồ sơ của %s, số hiệu %s", one.full_name,
                           one.staff_code);
}

static void tell_merge(struct api_sentence *s, const struct prov_event *event)
{
    const char *into = inside(s, api_changed(event, "cvMergedInto", "after", s->x->arena), "into");
    if (into != NULL)
        api_clause(s, "Hồ sơ này được gộp vào %s", "This record was merged into %s", record_name(s->x, into));
    else
        api_clause(s, "Gộp %s vào hồ sơ này", "This record took up %s",
                   record_name(s->x, api_changed(event, "cvAbsorbed", "after", s->x->arena)));
}

static void tell_unmerge(struct api_sentence *s, const struct prov_event *event)
{
    const char *into = inside(s, api_changed(event, "cvMergedInto", "before", s->x->arena), "into");
    const char *other = into != NULL ? into : api_changed(event, "cvAbsorbed", "before", s->x->arena);
    api_clause(s, "Hoàn tác việc gộp, tách khỏi %s", "The merge was taken back, this record is apart from %s again",
               record_name(s->x, other));
}

bool api_tell_mending(struct api_sentence *s, const struct prov_event *event)
{
    static const struct {
        const char *action;
        void (*tell)(struct api_sentence *s, const struct prov_event *event);
    } kinds[] = {{"staff.alias", tell_alias},
                 {"staff.death_date", tell_death},
                 {"staff.merge", tell_merge},
                 {"staff.unmerge", tell_unmerge}};
    for (size_t i = 0; i < CV_COUNT(kinds); i++)
        if (is(event, kinds[i].action)) {
            kinds[i].tell(s, event);
            return true;
        }
    return false;
}
