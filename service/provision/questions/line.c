/* A line under a code that somebody has, or a unit: is it that one whom it means? */
#include <string.h>

#include "congvu/akin.h"
#include "congvu/view_lists.h"
#include "provision/questions/duplicate.h"

/* The person as the line alone says him. */
static struct dom_staff said(const struct prov_staff_input *in, const struct dom_staff *him)
{
    struct dom_staff line = *him;
    line.birth_year = 0;
    line.mobile = NULL;
    prov_given_apply(&in->given, &line);
    if (in->full_name.given == CV_VALUE)
        line.full_name = in->full_name.value;
    return line;
}

static bool says_him(struct cv_arena *arena, const struct dom_staff *line, const struct dom_staff *him)
{
    return dom_names_akin(arena, line->full_name, him->full_name) ||
           (line->mobile != NULL && him->mobile != NULL && strcmp(line->mobile, him->mobile) == 0);
}

/* A code that is neither his present nor a former one is of a record that was merged into his. */
static bool had_formerly(const struct dom_staff *him, const char *code)
{
    for (size_t i = 0; i < him->former_code_count; i++)
        if (cv_ascii_same(him->former_codes[i], code))
            return !cv_ascii_same(him->staff_code, code);
    return false;
}

/* Whoever has the code, then who looks like the line's person. */
static void find_candidates(struct prov_change *change, struct prov_duplicate *d, const char *mobile)
{
    struct cv_id found[PROV_TWINS_MAX];
    const struct view_twin_query query = {.full_name = d->full_name, .birth_year = d->birth_year, .mobile = mobile};
    size_t count = view_twins(change->call->prov->options.view, &query, found, PROV_TWINS_MAX - 1);
    d->candidates[d->candidate_count++] = change->before->id;
    for (size_t i = 0; i < count; i++)
        if (!cv_id_equal(found[i], change->before->id))
            d->candidates[d->candidate_count++] = found[i];
}

/* The same one: so it was decided, of a line of this name. */
static bool decided(struct prov_call *call, const struct prov_duplicate *question)
{
    struct dir_document document;
    struct prov_duplicate known;
    struct cv_error none = {0};
    const char *key = prov_duplicate_key(call->arena, question);
    if (!prov_duplicate_fetch(call, key, &document, &known, &none) || known.verdict != PROV_SAME)
        return false;
    return question->of_unit ? cv_id_equal(known.unit, question->unit) &&
                                   dom_unit_names_akin(call->arena, known.full_name, question->full_name)
                             : cv_id_equal(known.staff, question->candidates[0]) &&
                                   dom_names_akin(call->arena, known.full_name, question->full_name);
}

bool prov_line_is_his(struct prov_change *change, const char *code, const struct prov_staff_input *in,
                      struct prov_duplicate *out)
{
    const struct dom_staff *him = change->before, line = said(in, him);
    bool named = says_him(change->call->arena, &line, him);
    if (named && !had_formerly(him, code))
        return true;
    *out = (struct prov_duplicate){.about = named ? PROV_FORMER_CODE : PROV_OTHER_NAME,
                                   .staff_code = code,
                                   .full_name = line.full_name,
                                   .birth_year = line.birth_year,
                                   .unit = dom_home_shown(him)->unit,
                                   .asked_at = cv_now(),
                                   .decided_at = CV_NO_MOMENT,
                                   .asked_by = change->call->actor};
    find_candidates(change, out, line.mobile);
    return decided(change->call, out);
}

/* ---- units ---- */

static bool is_name_of(struct cv_arena *arena, const char *name, const char *const of[CV_LANGS])
{
    return name == NULL || dom_unit_names_akin(arena, name, of[CV_VI]) ||
           (of[CV_EN] != NULL && dom_unit_names_akin(arena, name, of[CV_EN]));
}

bool prov_line_is_units(struct prov_call *call, const struct prov_unit_line *line, const struct dom_unit *before,
                        struct prov_duplicate *out)
{
    bool named = is_name_of(call->arena, line->name, before->name) || cv_ascii_same(before->slug, line->slug);
    if (named && cv_ascii_same(before->code, line->code))
        return true;
    *out = (struct prov_duplicate){.of_unit = true,
                                   .about = named ? PROV_FORMER_CODE : PROV_OTHER_NAME,
                                   .staff_code = line->code,
                                   .full_name = line->name != NULL ? line->name : before->name[CV_VI],
                                   .unit = before->id,
                                   .asked_at = cv_now(),
                                   .decided_at = CV_NO_MOMENT,
                                   .asked_by = call->actor};
    return decided(call, out);
}

/* ---- reasons that go ---- */

static bool unit_stands(struct prov_call *call, const struct prov_duplicate *d)
{
    struct view_unit unit;
    struct cv_error none = {0};
    if (!view_unit_find(call->prov->options.view, (struct view_scope){.everywhere = true}, d->staff_code, CV_NO_DAY,
                        call->arena, &unit, &none) ||
        !cv_id_equal(unit.id, d->unit))
        return false;
    return d->about == PROV_OTHER_NAME ? !is_name_of(call->arena, d->full_name, unit.name)
                                       : !cv_ascii_same(unit.code, d->staff_code);
}

bool prov_duplicate_stands(struct prov_call *call, const struct prov_duplicate *d)
{
    const struct view *view = call->prov->options.view;
    struct view_staff him;
    struct cv_id holder;
    if (d->of_unit)
        return unit_stands(call, d);
    bool had = view_code_holder(view, d->staff_code, &holder);
    if (d->about == PROV_LOOKS_ALIKE)
        return !had;
    if (!had || d->candidate_count == 0 || !cv_id_equal(holder, d->candidates[0]) ||
        !view_staff_by_id(view, (struct view_scope){.everywhere = true}, holder, call->arena, &him))
        return false;
    return d->about == PROV_OTHER_NAME ? !dom_names_akin(call->arena, d->full_name, him.full_name)
                                       : !cv_ascii_same(him.staff_code, d->staff_code);
}
