/* What an event says about a unit. */
#include <string.h>

#include "api/evidence/evidence.h"

static const struct {
    const char *attribute, *words[CV_LANGS];
} edits[] = {{"cvTarget", {"chỉ tiêu", "targets"}},
             {"cvLetterhead", {"tiêu đề văn bản", "letterhead"}},
             {"cvUnitAccount", {"tài khoản đơn vị", "unit accounts"}},
             {"mail", {"hộp thư đơn vị", "unit mailbox"}},
             {"cvUnitCode", {"mã đơn vị", "unit code"}},
             {"cvKind", {"loại đơn vị", "kind"}},
             {"cvBlock", {"khối", "block"}},
             {"cvHrFeed", {"mục do phần mềm nhân sự cập nhật", "what the HR system keeps"}},
             {"cvNext", {"thay đổi hẹn ngày", "planned changes"}},
             {"cvPosition", {"thứ tự", "order"}}};

static void tell_name(struct api_sentence *s, const struct prov_event *event)
{
    struct cv_arena *arena = s->x->arena;
    const struct cv_jany *change = api_change_of(event, "cvLabel", 0, NULL, arena);
    const char *was = api_value(change, "before", arena), *now = api_value(change, "after", arena);
    if (was != NULL && now != NULL)
        api_clause(s, "Đổi tên từ %s thành %s", "Renamed from %s to %s", was, now);
}

static void tell_parent(struct api_sentence *s, const struct prov_event *event)
{
    struct cv_arena *arena = s->x->arena;
    const char *dn = api_value(api_change_of(event, "cvParent", 0, NULL, arena), "after", arena);
    const char *from = dn != NULL ? strchr(dn, '=') : NULL;
    const char *name =
        from != NULL ? api_unit_name(s->x, cv_arena_strndup(arena, from + 1, strcspn(from + 1, ","))) : NULL;
    if (dn != NULL)
        api_clause(s, "Chuyển về %s", "Moved to %s",
                   name != NULL          ? name
                   : s->x->lang == CV_EN ? "another unit"
                                         : "đơn vị khác");
}

static void tell_end(struct api_sentence *s, const struct prov_event *event)
{
    struct cv_arena *arena = s->x->arena;
    char day[CV_DAY_TEXT];
    cv_day on;
    const struct cv_jany *change = api_change_of(event, "cvActiveTo", 0, NULL, arena);
    const char *was = api_value(change, "before", arena), *text = api_value(change, "after", arena);
    if (text != NULL && cv_day_parse(text, &on))
        api_clause(s, "Kết thúc hoạt động từ ngày %s", "Ends on %s", cv_day_people(on, day));
    else if (text == NULL && was != NULL && cv_day_parse(was, &on))
        api_clause(s, "Hủy việc kết thúc hoạt động từ ngày %s", "The end on %s was taken back", cv_day_people(on, day));
}

/* ---- headcounts ---- */

struct declared {
    cv_day on;
    int64_t total;
};

/* The one of the change's side, or false. */
static bool declared_in(struct api_sentence *s, const struct cv_jany *change, const char *side, struct declared *out)
{
    struct cv_error none = {0};
    const char *text = api_value(change, side, s->x->arena);
    const struct cv_jany *o = text != NULL ? cv_jany_parse(s->x->arena, text, strlen(text), &none) : NULL;
    const char *on = o != NULL ? cv_jany_text(cv_jany_get(o, "on"), s->x->arena) : NULL;
    return on != NULL && cv_day_parse(on, &out->on) && cv_jany_int(cv_jany_get(o, "total"), &out->total);
}

static bool declares(struct api_sentence *s, const struct prov_event *event, cv_day on)
{
    const struct cv_jany *change;
    struct declared d;
    for (size_t i = 0; (change = api_change_of(event, "cvHeadcount", i, NULL, s->x->arena)) != NULL; i++)
        if (declared_in(s, change, "after", &d) && d.on == on)
            return true;
    return false;
}

static void tell_headcounts(struct api_sentence *s, const struct prov_event *event)
{
    const struct cv_jany *change;
    struct declared d;
    char day[CV_DAY_TEXT];
    for (size_t i = 0; (change = api_change_of(event, "cvHeadcount", i, NULL, s->x->arena)) != NULL; i++) {
        if (declared_in(s, change, "after", &d))
            api_clause(s, "Khai báo tổng số hiện có ngày %s: %lld người", "Headcount declared for %s: %lld",
                       cv_day_people(d.on, day), (long long)d.total);
        if (declared_in(s, change, "before", &d) && !declares(s, event, d.on))
            api_clause(s, "Bỏ số khai báo ngày %s (%lld người)", "Declaration for %s taken away (headcount %lld)",
                       cv_day_people(d.on, day), (long long)d.total);
    }
}

static void tell_edits(struct api_sentence *s, const struct prov_event *event)
{
    const char *list = "";
    for (size_t i = 0; i < CV_COUNT(edits); i++)
        if (api_change_of(event, edits[i].attribute, 0, NULL, s->x->arena) != NULL)
            list = cv_arena_printf(s->x->arena, "%s%s%s", list, *list != '\0' ? ", " : "", edits[i].words[s->x->lang]);
    if (*list != '\0')
        api_clause(s, "Sửa thông tin: %s", "Edited: %s", list);
}

struct api_line api_tell_unit_event(struct htp_exchange *x, const struct prov_event *event)
{
    struct api_sentence s = {.x = x, .text = ""};
    const char *verb = cv_jany_text(cv_jany_get(event->entry, "verb"), x->arena);
    if (strcmp(event->kind, "by_hand") == 0)
        api_clause(&s, "Thông tin bị sửa trực tiếp trong máy chủ danh bạ", "Changed in the directory itself");
    else if (verb != NULL && strcmp(verb, "add") == 0)
        api_clause(&s, "Lập đơn vị trong hệ thống", "Unit made in the system");
    else {
        tell_name(&s, event);
        tell_parent(&s, event);
        tell_end(&s, event);
        tell_headcounts(&s, event);
        tell_edits(&s, event);
    }
    return api_line_of(&s, event);
}
