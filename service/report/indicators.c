/* Lines of a scoring table: what they count, and what they are called. */
#include <string.h>

#include "report/internal.h"

const struct rep_sheet *rep_sheet_of(const struct rep_report *r, const char *system)
{
    for (size_t i = 0; i < r->sheet_count; i++)
        if (strcmp(r->sheets[i].system, system) == 0)
            return &r->sheets[i];
    return NULL;
}

cv_day rep_cut_off(const struct rep_report *r)
{
    cv_day frozen = cv_day_of(r->frozen_at);
    return r->to < frozen ? r->to : frozen;
}

bool rep_is_recounted(const struct rep_report *r)
{
    return cv_day_of(r->as_of) < cv_day_of(r->frozen_at);
}

void rep_score(const struct rep_report *r, struct rep_indicator *i)
{
    const struct rep_sheet *s = rep_sheet_of(r, i->system);
    i->a = i->b = i->issued_beyond = REP_NONE;
    if (s == NULL || s->row_count == 0)
        return;
    const struct rep_counts *c = &s->rows[0].counts;
    const int32_t a[] = {[REP_FIGURE_ISSUED] = c->issued,
                         [REP_FIGURE_ACTIVATED] = c->activated,
                         [REP_FIGURE_USED] = c->used,
                         [REP_FIGURE_REGULAR] = c->regular};
    const int32_t b[] = {[REP_FIGURE_ISSUED] = c->base,
                         [REP_FIGURE_ACTIVATED] = c->issued,
                         [REP_FIGURE_USED] = c->usage_base,
                         [REP_FIGURE_REGULAR] = c->usage_base};
    i->a = a[i->figure];
    i->b = b[i->figure];
    if (i->figure == REP_FIGURE_ISSUED)
        i->issued_beyond = c->issued_beyond;
}

const struct rep_indicator *rep_indicators(const struct rep_report *r, struct cv_arena *arena, size_t *out_count)
{
    if (r->kind == REP_INDICATORS) {
        *out_count = r->indicator_count;
        return r->indicators;
    }
    struct rep_indicator *all = CV_NEWS(arena, struct rep_indicator, r->sheet_count * REP_FIGURES + 1);
    *out_count = r->sheet_count * REP_FIGURES;
    for (size_t i = 0; i < *out_count; i++) {
        all[i] = (struct rep_indicator){.system = r->sheets[i / REP_FIGURES].system,
                                        .figure = (enum rep_figure)(i % REP_FIGURES)};
        rep_score(r, &all[i]);
    }
    return all;
}

const char *rep_indicator_code(const struct rep_indicator *i, struct cv_arena *arena)
{
    return i->code != NULL ? i->code : cv_arena_printf(arena, "%s.%s", i->system, rep_figure_words[i->figure]);
}

const char *rep_indicator_name(const struct rep_report *r, const struct rep_indicator *i, enum cv_lang lang,
                               struct cv_arena *arena)
{
    static const char *const names[REP_FIGURES][CV_LANGS] = {
        [REP_FIGURE_ISSUED] = {"Tỷ lệ CBCCVC, NLĐ được cấp", "Staff issued with"},
        [REP_FIGURE_ACTIVATED] = {"Tỷ lệ tài khoản đã kích hoạt", "Accounts activated:"},
        [REP_FIGURE_USED] = {"Tỷ lệ CBCCVC, NLĐ có sử dụng", "Staff using"},
        [REP_FIGURE_REGULAR] = {"Tỷ lệ CBCCVC, NLĐ thường xuyên sử dụng", "Staff regularly using"},
    };
    const struct rep_sheet *s = rep_sheet_of(r, i->system);
    if (i->name != NULL)
        return i->name;
    return cv_arena_printf(arena, "%s %s", names[i->figure][lang], s != NULL ? rep_name(s->name, lang) : i->system);
}
