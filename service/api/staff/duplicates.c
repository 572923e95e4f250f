/* Who may be there already: candidates of a refusal, questions that wait, decisions. */
#include <string.h>

#include "api/internal.h"
#include "congvu/prov_duplicates.h"

/* ---- candidates ---- */

static void write_candidate(struct htp_exchange *x, const struct view_staff *staff)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    api_write_staff_names(x, staff);
    if (staff->birth_year != 0)
        cv_jout_int(j, "birth_year", staff->birth_year);
    else
        cv_jout_null(j, "birth_year");
    cv_jout_string(j, "address", staff->address);
    cv_jout_string(j, "status", dom_status_words[staff->status]);
    cv_jout_end(j);
}

/* Answers how many of them the caller may not see. */
static size_t write_ids(struct htp_exchange *x, const struct cv_id *ids, size_t count)
{
    size_t hidden = 0;
    struct view_staff found;
    cv_jout_array(&x->out, "candidates");
    for (size_t i = 0; i < count; i++) {
        bool seen = view_staff_by_id(api_of(x)->view, api_actor(x)->scope, ids[i], x->arena, &found);
        if (seen && api_may_read_staff(x))
            write_candidate(x, &found);
        hidden += !seen;
    }
    cv_jout_end(&x->out);
    return hidden;
}

/* Those whom the caller may see; of the others, how many they are and whose office decides. */
static void write_candidates(struct htp_exchange *x, struct cv_id unit, const struct cv_id *ids, size_t count)
{
    size_t hidden = write_ids(x, ids, count);
    cv_jout_int(&x->out, "candidates_elsewhere", (int64_t)hidden);
    struct cv_id office =
        hidden > 0 ? prov_duplicate_office(api_of(x)->view, x->arena, unit, ids, count) : (struct cv_id){0};
    if (cv_id_is_zero(office))
        cv_jout_null(&x->out, "decides");
    else
        api_write_unit_known(x, "decides", office);
}

void api_write_candidates(struct htp_exchange *x, const struct prov_staff_result *result)
{
    write_candidates(x, dom_home_shown(&result->staff)->unit, result->candidates,
                     result->candidate_count + result->elsewhere);
}

/* ---- questions ---- */

static void write_decision(struct htp_exchange *x, const struct prov_duplicate *d)
{
    struct cv_jout *j = &x->out;
    char id[CV_ID_TEXT];
    bool named = d->verdict == PROV_SAME && api_sees_staff(x, cv_id_text("stf_", d->staff, id));
    cv_jout_string(j, "decision", d->verdict != PROV_OPEN ? prov_verdict_words[d->verdict] : NULL);
    cv_jout_string(j, "staff", named ? id : NULL);
    cv_jout_moment(j, "asked_at", d->asked_at);
    cv_jout_string(j, "asked_by", d->asked_by);
    cv_jout_moment(j, "decided_at", d->decided_at);
    cv_jout_string(j, "decided_by", d->decided_by);
}

static void write_duplicate(struct htp_exchange *x, const char *name, const struct prov_duplicate *d)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, name);
    cv_jout_string(j, "about", prov_about_words[d->about]);
    cv_jout_string(j, "staff_code", d->of_unit ? NULL : d->staff_code);
    cv_jout_string(j, "unit_code", d->of_unit ? d->staff_code : NULL);
    cv_jout_string(j, "state", d->verdict == PROV_OPEN ? "open" : "decided");
    cv_jout_string(j, "full_name", d->full_name);
    if (d->birth_year != 0)
        cv_jout_int(j, "birth_year", d->birth_year);
    else
        cv_jout_null(j, "birth_year");
    api_write_unit_ref(x, "unit", d->unit);
    write_candidates(x, d->unit, d->candidates, d->candidate_count);
    write_decision(x, d);
    cv_jout_end(j);
}

void api_reply_needs_decision(struct htp_exchange *x, const struct prov_duplicate *question)
{
    x->mark = 0; /* nothing was changed, but not because all was as wanted */
    htp_header_set(x, "Congvu-Needs-Decision", "true");
    if (!htp_validate_only(x))
        htp_header_set(x, "Location", "/v1/duplicates/%s", prov_duplicate_key(x->arena, question));
    cv_jout_object(&x->out, NULL);
    cv_jout_string(&x->out, "outcome", "needs_decision");
    write_duplicate(x, "duplicate", question);
    cv_jout_end(&x->out);
    htp_reply(x, 202);
}

void api_list_duplicates(struct htp_exchange *x)
{
    static const char *const states[] = {"open", "decided", NULL};
    struct prov_call call;
    struct prov_duplicate *items;
    struct prov_duplicate_query q = {0};
    struct api_page page;
    size_t count = 0;
    const char *next = NULL, *bound = api_page_bound(x);
    uint32_t asked = 0;
    struct cv_error err = {0};
    htp_query_words(x, "state", states, &asked);
    if (!api_page_in(x, bound, &page) || !api_call(x, &call))
        return;
    q.verdicts |= (asked & 1u) != 0 ? 1u << PROV_OPEN : 0;
    q.verdicts |= (asked & 2u) != 0 ? 1u << PROV_NOT_SAME | 1u << PROV_SAME : 0;
    q.max = page.size;
    q.after = page.after != NULL ? cv_arena_strndup(x->arena, page.after, page.after_len) : NULL;
    if (!prov_duplicates(&call, &q, &items, &count, &next, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < count; i++)
        write_duplicate(x, NULL, &items[i]);
    cv_jout_end(&x->out);
    api_page_out(x, bound, next, next != NULL ? strlen(next) : 0, &page, 0);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

void api_put_duplicate(struct htp_exchange *x)
{
    static const char *const words[] = {"not_same", "same", NULL};
    struct prov_call call;
    struct prov_decide in = {0};
    struct prov_duplicate duplicate;
    struct cv_error err = {0};
    const struct cv_jin *body;
    int word = 0;
    if (!api_call(x, &call) || !api_body(x, &body))
        return;
    cv_jin_word(body, "decision", CV_REQUIRED, words, &word);
    cv_jin_string(body, "staff", CV_NULLABLE, 64, &in.staff);
    in.verdict = word == 0 ? PROV_NOT_SAME : PROV_SAME;
    cv_jin_done(body);
    if (!api_faultless(x, cvp_validation_failed))
        return;
    if (!prov_duplicate_decide(&call, htp_param(x, "duplicate"), &in, &duplicate, &err)) {
        htp_problem(x, &err, &x->faults);
        return;
    }
    write_duplicate(x, NULL, &duplicate);
    htp_reply(x, 200);
}
