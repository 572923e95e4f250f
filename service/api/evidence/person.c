/* What an event says about a person: taken on, moved, given and taken accounts, left. */
#include <string.h>

#include "api/evidence/evidence.h"
#include "congvu/text.h"
#include "congvu/titles.h"

/* ---- posts ---- */

struct post {
    const char *unit, *title;
    cv_day from;
    const struct cv_jany *decision;
    bool there;
};

static struct post read_post(struct htp_exchange *x, const char *text)
{
    struct cv_error none = {0};
    struct post p = {.from = CV_NO_DAY};
    const struct cv_jany *post = text != NULL ? cv_jany_parse(x->arena, text, strlen(text), &none) : NULL;
    bool primary = false;
    if (post == NULL || !cv_jany_bool(cv_jany_get(post, "primary"), &primary) || !primary)
        return p;
    const char *from = cv_jany_text(cv_jany_get(post, "from"), x->arena);
    p = (struct post){.unit = cv_jany_text(cv_jany_get(post, "unit"), x->arena),
                      .title = cv_jany_text(cv_jany_get(post, "title"), x->arena),
                      .from = CV_NO_DAY,
                      .decision = cv_jany_get(post, "decision"),
                      .there = true};
    if (from != NULL)
        (void)cv_day_parse(from, &p.from);
    return p;
}

/* The youngest primary post among the values of one side: what goes and what comes may be two changes. */
static struct post youngest(struct htp_exchange *x, const struct prov_event *event, const char *side)
{
    struct post best = {0};
    const struct cv_jany *change;
    for (size_t n = 0; (change = api_change_of(event, "cvPost", n, NULL, x->arena)) != NULL; n++) {
        const struct cv_jany *values = cv_jany_get(change, side);
        for (size_t i = 0; values != NULL && i < cv_jany_count(values); i++) {
            struct post p = read_post(x, cv_jany_text(cv_jany_item(values, i), x->arena));
            if (p.there && (!best.there || p.from > best.from))
                best = p;
        }
    }
    return best;
}

static const char *decision_of(struct htp_exchange *x, const struct prov_event *event, const struct post *post)
{
    const struct cv_jany *own = cv_jany_get(event->entry, "decision");
    return api_by_decision(x, own != NULL ? own : post->decision);
}

static const char *unit_of(struct htp_exchange *x, const char *id)
{
    const char *name = api_unit_name(x, id);
    return name != NULL ? name : x->lang == CV_EN ? "another unit" : "đơn vị khác";
}

static void tell_taken_on(struct api_sentence *s, const struct prov_event *event)
{
    struct htp_exchange *x = s->x;
    struct post p = youngest(x, event, "after");
    const char *decision = decision_of(x, event, &p);
    const char *comma = *decision != '\0' ? "," : "";
    if (!p.there)
        return;
    if (p.title != NULL)
        api_clause(s, "Tiếp nhận vào %s, chức vụ %s%s%s", "Taken on at %s, position %s%s%s", unit_of(x, p.unit),
                   p.title, comma, decision);
    else
        api_clause(s, "Tiếp nhận vào %s%s%s", "Taken on at %s%s%s", unit_of(x, p.unit), comma, decision);
}

static void tell_post(struct api_sentence *s, const struct prov_event *event)
{
    struct htp_exchange *x = s->x;
    char day[CV_DAY_TEXT];
    struct post was = youngest(x, event, "before"), now = youngest(x, event, "after");
    if (!now.there)
        return;
    const char *decision = decision_of(x, event, &now);
    if (was.there && cv_text_same(was.unit, now.unit) && !cv_text_same(was.title, now.title))
        api_clause(s, "Đổi chức vụ thành %s%s", "Position changed to %s%s", now.title != NULL ? now.title : "–",
                   decision);
    else if (was.there && cv_text_same(was.unit, now.unit))
        return;
    else if (now.from != CV_NO_DAY && now.from > cv_day_of(event->at))
        api_clause(s, "Ghi nhận điều động sang %s từ ngày %s%s", "Transfer to %s from %s recorded%s",
                   unit_of(x, now.unit), cv_day_people(now.from, day), decision);
    else
        api_clause(s, "Điều động sang %s%s", "Transferred to %s%s", unit_of(x, now.unit), decision);
}

/* ---- logins and accounts ---- */

static void tell_logins(struct api_sentence *s, const struct prov_event *event)
{
    const char *tag = "";
    struct cv_arena *arena = s->x->arena;
    const struct cv_jany *mail = api_change_of(event, "mail", 0, NULL, arena);
    if (api_value(mail, "before", arena) != NULL && api_value(mail, "after", arena) != NULL)
        api_clause(s, "địa chỉ thư: %s thành %s", "mail address: %s becomes %s", api_value(mail, "before", arena),
                   api_value(mail, "after", arena));
    for (size_t i = 0;; i++) {
        const struct cv_jany *change = api_change_of(event, "cvAccountLogin", i, &tag, arena);
        if (change == NULL)
            return;
        const char *was = api_value(change, "before", arena), *now = api_value(change, "after", arena);
        if (was != NULL && now != NULL)
            api_clause(s, "%s: %s thành %s", "%s: %s becomes %s", api_system_name(s->x, tag), was, now);
    }
}

/* " (why)" of the lock of one system, or nothing. */
static const char *lock_reason(struct htp_exchange *x, const struct prov_event *event, const char *slug)
{
    const char *tag = "";
    for (size_t i = 0;; i++) {
        const struct cv_jany *change = api_change_of(event, "cvAccountReason", i, &tag, x->arena);
        if (change == NULL)
            return "";
        const char *reason = strcmp(tag, slug) == 0 ? api_value(change, "after", x->arena) : NULL;
        if (reason != NULL && dom_word_index(dom_lock_reason_words, reason) >= 0)
            return cv_arena_printf(x->arena, " (%s)", cv_text_lower(x->arena, rep_lock_title(reason, x->lang)));
    }
}

static void tell_account(struct api_sentence *s, const struct prov_event *event, const char *slug, const char *was,
                         const char *now)
{
    const char *name = api_system_name(s->x, slug);
    if (now == NULL)
        return;
    if (strcmp(now, "present") == 0 && was == NULL)
        api_clause(s, "Cấp tài khoản %s", "Account given: %s", name);
    else if (strcmp(now, "present") == 0)
        api_clause(s, "Mở lại tài khoản %s", "Account opened again: %s", name);
    else if (strcmp(now, "locked") == 0)
        api_clause(s, "Khóa tài khoản %s%s%s", "Account locked: %s%s%s", name, lock_reason(s->x, event, slug),
                   api_by_decision(s->x, cv_jany_get(event->entry, "decision")));
    else if (strcmp(now, "closed") == 0)
        api_clause(s, "Đóng tài khoản %s", "Account closed: %s", name);
    else
        api_clause(s, "Thu hồi tài khoản %s", "Account revoked: %s", name);
}

static void tell_accounts(struct api_sentence *s, const struct prov_event *event)
{
    const char *tag = "";
    struct cv_arena *arena = s->x->arena;
    for (size_t i = 0;; i++) {
        const struct cv_jany *change = api_change_of(event, "cvAccountDesired", i, &tag, arena);
        if (change == NULL)
            return;
        tell_account(s, event, tag, api_value(change, "before", arena), api_value(change, "after", arena));
    }
}

/* The members of a certificate on one side; NULL. */
static const struct cv_jany *certificate_of(const struct cv_jany *change, const char *side, struct cv_arena *arena)
{
    const char *text = api_value(change, side, arena);
    struct cv_error none = {0};
    return text != NULL ? cv_jany_parse(arena, text, strlen(text), &none) : NULL;
}

static bool certificate_day(const struct cv_jany *c, const char *member, char out[CV_DAY_TEXT], struct cv_arena *arena)
{
    const char *text = c != NULL ? cv_jany_text(cv_jany_get(c, member), arena) : NULL;
    cv_day day;
    if (text == NULL || !cv_day_parse(text, &day))
        return false;
    cv_day_people(day, out);
    return true;
}

static void tell_certificate(struct api_sentence *s, const char *slug, const struct cv_jany *was,
                             const struct cv_jany *now)
{
    struct cv_arena *arena = s->x->arena;
    char before[CV_DAY_TEXT] = "", day[CV_DAY_TEXT] = "";
    const char *name = api_system_name(s->x, slug);
    const char *had = was != NULL ? cv_jany_text(cv_jany_get(was, "token_serial"), arena) : NULL;
    const char *serial = now != NULL ? cv_jany_text(cv_jany_get(now, "token_serial"), arena) : NULL;
    const char *keeper = now != NULL ? cv_jany_text(cv_jany_get(now, "custodian"), arena) : NULL;
    const char *kept = was != NULL ? cv_jany_text(cv_jany_get(was, "custodian"), arena) : NULL;
    const char *by = keeper != NULL ? api_person_named(s->x, keeper) : NULL;
    certificate_day(was, "valid_to", before, arena);
    if (certificate_day(now, "valid_to", day, arena) && strcmp(before, day) != 0)
        api_clause(s, "%s có hiệu lực đến hết ngày %s", "%s valid until %s", name, day);
    if (serial != NULL && !cv_text_same(had, serial))
        api_clause(s, "giao thiết bị %s", "device %s handed out", serial);
    if (serial != NULL && keeper != NULL && !cv_text_same(kept, keeper))
        api_clause(s, "thiết bị %s do %s giữ", "device %s kept by %s", serial,
                   by != NULL            ? by
                   : s->x->lang == CV_EN ? "somebody else"
                                         : "người khác");
    else if (serial != NULL && keeper == NULL && kept != NULL)
        api_clause(s, "thiết bị %s do chính người dùng giữ", "device %s kept by the holder", serial);
    if (!certificate_day(was, "returned_on", before, arena))
        *before = '\0';
    if (certificate_day(now, "returned_on", day, arena) && strcmp(before, day) != 0)
        api_clause(s, "đã trả thiết bị %s ngày %s", "device %s came back on %s", serial != NULL ? serial : "–", day);
}

static void tell_certificates(struct api_sentence *s, const struct prov_event *event)
{
    const char *tag = "";
    struct cv_arena *arena = s->x->arena;
    for (size_t i = 0;; i++) {
        const struct cv_jany *change = api_change_of(event, "cvCertificate", i, &tag, arena);
        if (change == NULL)
            return;
        tell_certificate(s, tag, certificate_of(change, "before", arena), certificate_of(change, "after", arena));
    }
}

/* ---- leaving, roles, the rest ---- */

static void tell_departure(struct api_sentence *s, const struct prov_event *event)
{
    struct htp_exchange *x = s->x;
    struct cv_error none = {0};
    char day[CV_DAY_TEXT];
    const char *text = api_changed(event, "cvDeparture", "after", x->arena);
    const struct cv_jany *d = text != NULL ? cv_jany_parse(x->arena, text, strlen(text), &none) : NULL;
    const char *state = d != NULL ? cv_jany_text(cv_jany_get(d, "state"), x->arena) : NULL;
    const char *on = d != NULL ? cv_jany_text(cv_jany_get(d, "effective_on"), x->arena) : NULL;
    int reason = d != NULL ? dom_word_index(dom_reason_words, cv_jany_text(cv_jany_get(d, "reason"), x->arena)) : -1;
    cv_day effective;
    if (state == NULL || on == NULL || !cv_day_parse(on, &effective) || reason < 0)
        return;
    if (strcmp(state, "withdrawn") == 0)
        api_clause(s, "Rút lại việc nghỉ", "Departure withdrawn");
    else if (strcmp(state, "scheduled") == 0)
        api_clause(s, "Ghi nhận kết thúc công tác từ ngày %s (%s)%s", "Departure on %s recorded (%s)%s",
                   cv_day_people(effective, day), rep_reason_title((enum dom_reason)reason, x->lang),
                   api_by_decision(x, cv_jany_get(d, "decision")));
    else if (strcmp(state, "held") == 0)
        api_clause(s, "Kết thúc công tác chờ người thứ hai đồng ý", "Departure waits for a second person");
    else if (strcmp(state, "in_progress") == 0)
        api_clause(s, "Kết thúc công tác (%s)%s", "Departed (%s)%s", rep_reason_title((enum dom_reason)reason, x->lang),
                   api_by_decision(x, cv_jany_get(d, "decision")));
    else if (strcmp(state, "done") == 0)
        api_clause(s, "Kết thúc công tác (%s)%s, đã thu hồi xong tài khoản", "Departed (%s)%s, all accounts taken back",
                   rep_reason_title((enum dom_reason)reason, x->lang), api_by_decision(x, cv_jany_get(d, "decision")));
}

static void tell_action(struct api_sentence *s, const struct prov_event *event)
{
    static const struct {
        const char *action, *words[CV_LANGS];
    } plain[] = {{"credential.reset", {"Cấp phiếu kích hoạt mới", "New activation slip"}},
                 {"credential.activate", {"Kích hoạt tài khoản và đặt mật khẩu", "Account activated, password set"}},
                 {"role.give", {"Giao vai trò trong hệ thống", "A role in the system was given"}},
                 {"role.take", {"Thôi giao vai trò trong hệ thống", "A role in the system was taken back"}},
                 {"staff.delete", {"Xóa hồ sơ", "Record deleted"}}};
    for (size_t i = 0; i < CV_COUNT(plain); i++)
        if (event->action != NULL && strcmp(event->action, plain[i].action) == 0)
            api_clause(s, "%s", "%s", plain[i].words[s->x->lang]);
}

/* What was edited, by the names that people have for it. */
static void tell_edits(struct api_sentence *s, const struct prov_event *event)
{
    static const struct {
        const char *attribute, *words[CV_LANGS];
    } fields[] = {{"cn", {"họ tên", "name"}},
                  {"mobile", {"số di động", "mobile"}},
                  {"cvCategory", {"diện", "category"}},
                  {"cvBirthYear", {"năm sinh", "year of birth"}},
                  {"cvHiredOn", {"ngày vào ngành", "hired on"}},
                  {"cvLeave", {"nghỉ dài ngày", "leave"}},
                  {"cvHolds", {"hộp thư đơn vị phụ trách", "unit mailboxes held"}},
                  {"cvMailAlias", {"địa chỉ thư phụ", "further addresses"}},
                  {"cvPost", {"vị trí công tác", "posts"}}};
    const char *list = "";
    for (size_t i = 0; i < CV_COUNT(fields); i++)
        if (api_change_of(event, fields[i].attribute, 0, NULL, s->x->arena) != NULL)
            list = cv_arena_printf(s->x->arena, "%s%s%s", list, *list != '\0' ? ", " : "", fields[i].words[s->x->lang]);
    if (*list != '\0')
        api_clause(s, "Sửa hồ sơ: %s", "Record edited: %s", list);
}

/* ---- the day of a transfer ---- */

/* The first write that meets the day turns what other systems see; it is told at the beginning of that day. */
static struct api_line tell_turn(struct htp_exchange *x, const struct dom_staff *staff, const struct prov_event *event)
{
    struct api_sentence s = {.x = x, .text = ""};
    const struct dom_post *home = dom_home_on(staff, cv_day_of(event->at));
    char id[CV_ID_TEXT], day[CV_DAY_TEXT];
    if (home == NULL || home->from == CV_NO_DAY)
        return (struct api_line){0};
    const char *unit = unit_of(x, cv_id_text("unt_", home->unit, id));
    const char *decision = "";
    if (home->decision.number != NULL && home->decision.signed_on != CV_NO_DAY)
        decision = cv_arena_printf(x->arena, x->lang == CV_EN ? " by decision %s of %s" : " theo QĐ %s ngày %s",
                                   home->decision.number, cv_day_people(home->decision.signed_on, day));
    else if (home->decision.number != NULL)
        decision =
            cv_arena_printf(x->arena, x->lang == CV_EN ? " by decision %s" : " theo QĐ %s", home->decision.number);
    api_clause(&s, "Điều động sang %s%s", "Transferred to %s%s", unit, decision);
    tell_logins(&s, event);
    return (struct api_line){.at = cv_day_start(home->from), .text = cv_arena_printf(x->arena, "%s.", s.text)};
}

static bool by_the_calendar(const struct prov_event *event, struct cv_arena *arena)
{
    return event->actor != NULL && strcmp(event->actor, "system") == 0 &&
           api_change_of(event, "cvHomeOn", 0, NULL, arena) != NULL &&
           api_change_of(event, "cvUnit", 0, NULL, arena) != NULL;
}

struct api_line api_tell_person(struct htp_exchange *x, const struct dom_staff *staff, const struct prov_event *event)
{
    struct api_sentence s = {.x = x, .text = ""};
    const char *verb = cv_jany_text(cv_jany_get(event->entry, "verb"), x->arena);
    if (by_the_calendar(event, x->arena))
        return tell_turn(x, staff, event);
    if (strcmp(event->kind, "by_hand") == 0)
        api_clause(&s, "Hồ sơ bị sửa trực tiếp trong máy chủ danh bạ",
                   "The record was changed in the directory itself");
    else if (verb != NULL && strcmp(verb, "add") == 0)
        tell_taken_on(&s, event);
    else {
        tell_action(&s, event);
        api_tell_codes(&s, event);
        if (!api_tell_mending(&s, event)) {
            tell_post(&s, event);
            tell_logins(&s, event);
            tell_departure(&s, event);
        }
        tell_accounts(&s, event);
        tell_certificates(&s, event);
        if (*s.text == '\0')
            tell_edits(&s, event);
    }
    return api_line_of(&s, event);
}
