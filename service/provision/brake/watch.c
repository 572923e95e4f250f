/* What nobody would notice by himself: a site where nobody can release, and what has waited too long. */
#include "congvu/prov_tokens.h"
#include "congvu/working.h"
#include "provision/brake/status.h"

enum { LOOK_MS = 60000, REMIND_WORKING_S = 4 * 3600 };

/* ---- one line only ---- */

/* People are lines of their own: two of them are several already. */
static bool several_lines(const struct view *view, const struct prov_lines *lines)
{
    struct view_signer people[2];
    size_t count = view_signers_with(view, DOM_BRAKE_RELEASE, people, CV_COUNT(people));
    struct cv_id first = count > 0 ? people[0].staff : (struct cv_id){0};
    for (size_t i = 0; i < lines->count && count < 2; i++) {
        struct cv_id line = prov_line_of(lines, lines->tokens[i].id);
        if ((prov_token_rights(view, &lines->tokens[i]) & DOM_BRAKE_RELEASE) == 0 || cv_id_equal(first, line))
            continue;
        first = line;
        count++;
    }
    return count >= 2;
}

static void tell_one_line(struct prov_call *call)
{
    struct prov_lines lines;
    struct cv_error err = {0};
    if (prov_lines_load(call, &lines, &err) && !several_lines(call->prov->options.view, &lines))
        cv_log(CV_LOG_WARN, "brake_one_line",
               "whoever may release is of one line: what the brake holds of it nobody can release; give a second "
               "person a role with brake:release, or make a token with it for one from the first token");
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
