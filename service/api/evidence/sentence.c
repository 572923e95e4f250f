/* Clauses of a history's sentences: what changed by one event, in words; no code, no id. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/evidence/evidence.h"
#include "congvu/text.h"
#include "congvu/token.h"

void api_clause(struct api_sentence *s, const char *vi, const char *en, ...)
{
    va_list ap;
    va_start(ap, en);
    const char *text =
        s->x->lang == CV_EN ? cv_arena_vprintf(s->x->arena, en, ap) : cv_arena_vprintf(s->x->arena, vi, ap);
    va_end(ap);
    s->text = *s->text == '\0' ? text : cv_arena_printf(s->x->arena, "%s; %s", s->text, text);
}

const struct cv_jany *api_change_of(const struct prov_event *event, const char *attribute, size_t nth, const char **tag,
                                    struct cv_arena *arena)
{
    const struct cv_jany *changes = cv_jany_get(event->entry, "changes");
    size_t len = strlen(attribute);
    for (size_t i = 0; changes != NULL && i < cv_jany_count(changes); i++) {
        const struct cv_jany *change = cv_jany_item(changes, i);
        const char *name = cv_jany_text(cv_jany_get(change, "attribute"), arena);
        if (name == NULL || strncmp(name, attribute, len) != 0 || (name[len] != '\0' && name[len] != ';') || nth-- > 0)
            continue;
        if (tag != NULL)
            *tag = strncmp(name + len, ";x-", 3) == 0 ? name + len + 3 : "";
        return change;
    }
    return NULL;
}

const char *api_value(const struct cv_jany *change, const char *side, struct cv_arena *arena)
{
    const struct cv_jany *values = change != NULL ? cv_jany_get(change, side) : NULL;
    return values != NULL && cv_jany_count(values) > 0 ? cv_jany_text(cv_jany_item(values, 0), arena) : NULL;
}

const char *api_changed(const struct prov_event *event, const char *attribute, const char *side, struct cv_arena *arena)
{
    const char *value = NULL;
    const struct cv_jany *change;
    for (size_t i = 0; value == NULL && (change = api_change_of(event, attribute, i, NULL, arena)) != NULL; i++)
        value = api_value(change, side, arena);
    return value;
}

const char *api_unit_name(struct htp_exchange *x, const char *id)
{
    struct cv_id unit;
    struct view_unit found;
    if (id == NULL || !cv_id_parse("unt_", id, &unit) || !api_sees_unit(x, unit) ||
        !view_unit_by_id(api_of(x)->view, unit, x->arena, &found))
        return NULL;
    return api_in_language(found.name, x->lang);
}

const char *api_by_decision(struct htp_exchange *x, const struct cv_jany *decision)
{
    const char *number = decision != NULL ? cv_jany_text(cv_jany_get(decision, "number"), x->arena) : NULL;
    const char *signed_on = number != NULL ? cv_jany_text(cv_jany_get(decision, "signed_on"), x->arena) : NULL;
    char day[CV_DAY_TEXT];
    cv_day on;
    bool en = x->lang == CV_EN;
    if (number == NULL)
        return "";
    if (signed_on == NULL || !cv_day_parse(signed_on, &on))
        return cv_arena_printf(x->arena, en ? " by decision %s" : " theo QĐ %s", number);
    return cv_arena_printf(x->arena, en ? " by decision %s of %s" : " theo QĐ %s ngày %s", number,
                           cv_day_people(on, day));
}

static const char *role_name(struct htp_exchange *x, const char *word)
{
    static const char *const names[DOM_ROLES][CV_LANGS] = {
        [DOM_SITE_ADMIN] = {"Quản trị toàn tỉnh", "site administrator"},
        [DOM_UNIT_ADMIN] = {"Quản trị đơn vị", "unit administrator"},
        [DOM_UNIT_HR] = {"Nhân sự đơn vị", "unit HR"},
        [DOM_UNIT_HEAD] = {"Thủ trưởng đơn vị", "head of unit"},
        [DOM_CLERK] = {"Văn thư", "clerk"},
        [DOM_INSPECTOR] = {"Thanh tra", "inspector"}};
    int kind = dom_word_index(dom_role_words, word);
    return kind >= 0 ? names[kind][x->lang] : NULL;
}

const char *api_person_named(struct htp_exchange *x, const char *id)
{
    struct view_staff staff;
    struct cv_error none = {0};
    bool seen = id != NULL && strncmp(id, "stf_", 4) == 0 && api_may_read_staff(x) &&
                view_staff_find(api_of(x)->view, api_actor(x)->scope, id, x->arena, &staff, &none);
    return seen ? staff.full_name : NULL;
}

const char *api_event_target(struct htp_exchange *x, const struct prov_event *event)
{
    const char *id = event->target;
    if (id == NULL || strncmp(id, "stf_", 4) != 0)
        return api_unit_name(x, id);
    return api_may_read_staff(x) && api_sees_staff(x, id) ? api_person_named(x, id) : NULL;
}

/* One for everything, or for a unit that the caller is in or above. */
static bool known_here(struct htp_exchange *x, const struct dom_token *token)
{
    const struct view_scope whose = {.everywhere = token->everywhere, .top = token->unit};
    return token->everywhere || api_sees_unit(x, token->unit) ||
           view_in_scope(api_of(x)->view, whose, api_actor(x)->scope.top);
}

const char *api_event_actor(struct htp_exchange *x, const struct prov_event *event)
{
    struct cv_id id;
    struct dom_token token;
    const char *actor = event->actor != NULL ? event->actor : "system";
    if (strcmp(event->kind, "on_machine") == 0)
        return cv_arena_printf(x->arena, x->lang == CV_EN ? "an operator (%s)" : "người vận hành máy chủ (%s)",
                               cv_jany_text(cv_jany_get(event->entry, "said"), x->arena));
    if (strcmp(actor, "system") == 0)
        return NULL;
    if (strcmp(event->kind, "by_hand") == 0)
        return x->lang == CV_EN ? "somebody outside this service" : "người ngoài hệ thống này";
    if (strcmp(actor, "activation") == 0)
        return x->lang == CV_EN ? "whoever had the one-time code" : "người có mã dùng một lần";
    if (cv_id_parse("tok_", actor, &id) && view_token_by_id(api_of(x)->view, id, x->arena, &token)) {
        if (!known_here(x, &token))
            return x->lang == CV_EN ? "a program of another unit" : "chương trình của đơn vị khác";
        return cv_arena_printf(x->arena, x->lang == CV_EN ? "program “%s”" : "chương trình tự động “%s”", token.name);
    }
    const char *name = api_person_named(x, actor);
    const char *lender = api_person_named(x, cv_jany_text(cv_jany_get(event->entry, "on_behalf_of"), x->arena));
    const char *role = role_name(x, cv_jany_text(cv_jany_get(event->entry, "role"), x->arena));
    if (name == NULL && role != NULL)
        return role;
    if (name == NULL)
        return x->lang == CV_EN ? "somebody who is no longer kept" : "người không còn trong hồ sơ";
    if (lender != NULL)
        name = cv_arena_printf(x->arena, x->lang == CV_EN ? "%s on behalf of %s" : "%s thay mặt %s", name, lender);
    return role != NULL ? cv_arena_printf(x->arena, "%s (%s)", name, role) : name;
}

struct api_line api_line_of(const struct api_sentence *s, const struct prov_event *event)
{
    struct htp_exchange *x = s->x;
    bool en = x->lang == CV_EN;
    if (*s->text == '\0')
        return (struct api_line){0};
    const char *text = cv_arena_printf(x->arena, "%s.", s->text);
    const char *why = cv_jany_text(cv_jany_get(event->entry, "reason"), x->arena);
    const char *who = api_event_actor(x, event);
    if (why != NULL)
        text = cv_arena_printf(x->arena, en ? "%s Reason: %s." : "%s Lý do: %s.", text, why);
    if (who != NULL)
        text = cv_arena_printf(x->arena, en ? "%s Done by: %s." : "%s Người thực hiện: %s.", text, who);
    return (struct api_line){.at = event->at, .text = text, .who = who, .event = event};
}
