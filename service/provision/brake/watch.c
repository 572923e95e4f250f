/* What nobody would notice by himself: a site where nobody can release, and what has waited too long. */
#include "congvu/working.h"
#include "provision/brake/status.h"

enum { LOOK_MS = 60000, REMIND_WORKING_S = 4 * 3600 };

/* ---- one line only ---- */

static bool may_release(const struct dom_token *token)
{
    return token->revoked_at == CV_NO_MOMENT && (token->scopes & DOM_BRAKE_RELEASE) != 0 &&
           (token->expires_at == CV_NO_MOMENT || token->expires_at > cv_now());
}

static bool several_lines(const struct prov_lines *lines)
{
    struct cv_id first = {0};
    for (size_t i = 0; i < lines->count; i++) {
        struct cv_id line = prov_line_of(lines, lines->tokens[i].id);
        if (!may_release(&lines->tokens[i]))
            continue;
        if (!cv_id_is_zero(first) && !cv_id_equal(first, line))
            return true;
        first = line;
    }
    return false;
}

static void tell_one_line(struct prov_call *call)
{
    struct prov_lines lines;
    struct cv_error err = {0};
    if (prov_lines_load(call, &lines, &err) && !several_lines(&lines))
        cv_log(CV_LOG_WARN, "brake_one_line",
               "all tokens with brake:release are of one line: what the brake holds of it nobody can release; make one "
               "with brake:release for a second person from the first token");
}

/* ---- what waits ---- */

static cv_moment oldest(const struct prov_wait_list *all)
{
    cv_moment first = CV_NO_MOMENT;
    for (size_t i = 0; i < all->count; i++)
        if (first == CV_NO_MOMENT || all->items[i].since < first)
            first = all->items[i].since;
    return first;
}

static void remind(struct prov_call *call, const struct prov_wait_list *all)
{
    struct prov *prov = call->prov;
    cv_moment since = oldest(all), from = since;
    char when[CV_MOMENT_TEXT];
    if (since == CV_NO_MOMENT)
        return;
    if (prov->reminded_at != CV_NO_MOMENT && prov->reminded_at > from)
        from = prov->reminded_at;
    if (dom_working_seconds(from, cv_now()) < REMIND_WORKING_S)
        return;
    prov->reminded_at = cv_now();
    cv_log(CV_LOG_WARN, "brake_waiting",
           "%zu deactivations wait for a second person, the oldest since %s; see /v1/brake", all->count,
           cv_moment_people(since, when));
}

static void look(struct prov_call *call)
{
    struct prov_lines lines;
    struct dom_brake *brakes;
    struct prov_wait_list all;
    size_t count;
    struct cv_error err = {0};
    if (!prov_lines_load(call, &lines, &err) || !dir_brake_list(call->dir, call->arena, &brakes, &count, &err) ||
        !prov_waiting_gather(call, &lines, brakes, count, &all, &err)) {
        cv_log_error(CV_LOG_WARN, "brake_look", &err);
        return;
    }
    atomic_store(&call->prov->brake_waiting, (int)all.count);
    remind(call, &all);
}

void prov_brake_watch(struct prov_call *call)
{
    struct prov *prov = call->prov;
    if (!prov->lines_told)
        tell_one_line(call);
    prov->lines_told = true;
    if (!cv_deadline_passed(prov->next_brake_look))
        return;
    look(call);
    prov->next_brake_look = cv_deadline_in_ms(LOOK_MS);
}

int prov_brake_waiting(const struct prov *prov)
{
    return atomic_load(&prov->brake_waiting);
}
