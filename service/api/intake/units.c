/* Units as lists name them: by code, by name, by abbreviation, or by a path. */
#include <string.h>

#include "api/intake/imports.h"

struct known {
    struct cv_id id;
    const char *code, *written, *above, *name, *slug, *down, *up; /* folded but for the first three; down: name and
                                                                     parent's name, up: the reverse */
};
struct imp_units {
    struct known *items;
    size_t count;
};

static struct known known_of(struct cv_arena *arena, const struct view *view, const struct view_unit *u)
{
    struct view_unit parent;
    const char *name = cv_text_fold(arena, u->name[CV_VI]), *above = "";
    bool below = u->has_parent && view_unit_by_id(view, u->parent, arena, &parent);
    if (below)
        above = cv_text_fold(arena, parent.name[CV_VI]);
    return (struct known){.id = u->id,
                          .code = u->code,
                          .written = u->name[CV_VI],
                          .above = below ? parent.name[CV_VI] : NULL,
                          .name = name,
                          .slug = u->slug ? cv_text_fold(arena, u->slug) : "",
                          .down = cv_arena_printf(arena, "%s %s", name, above),
                          .up = cv_arena_printf(arena, "%s %s", above, name)};
}

bool imp_units_load(struct htp_exchange *x, struct imp_units **out, struct cv_error *err)
{
    enum { ALL = 20000 };
    const struct view *view = api_of(x)->view;
    struct view_unit_query q = {
        .scope = api_actor(x)->scope, .recursive = true, .depth = -1, .by_code = true, .page_size = ALL};
    struct view_unit_page page;
    struct imp_units *units = CV_NEW(x->arena, struct imp_units);
    if (!view_unit_list(view, &q, x->arena, &page, err))
        return false;
    units->items = CV_NEWS(x->arena, struct known, page.count + 1);
    for (size_t i = 0; i < page.count; i++)
        units->items[units->count++] = known_of(x->arena, view, &page.items[i]);
    *out = units;
    return true;
}

static bool says(const struct known *k, const char *folded)
{
    return strcmp(k->name, folded) == 0 || strcmp(k->slug, folded) == 0 || strcmp(k->down, folded) == 0 ||
           strcmp(k->up, folded) == 0;
}

/* Several of one name: the one below the unit that the list is for, when only one lies there. */
const char *imp_unit_of(const struct imp *imp, const char *text, struct cv_arena *arena, bool *ambiguous)
{
    const struct view *view = api_of(imp->x)->view;
    struct view_unit by_code;
    struct cv_error none = {0};
    const char *folded = cv_text_fold(arena, text), *any = NULL, *below = NULL;
    size_t all = 0, here = 0;
    *ambiguous = false;
    if (*folded == '\0') /* "-": units without a slug are not meant */
        return NULL;
    if (view_unit_find(view, api_actor(imp->x)->scope, text, CV_NO_DAY, arena, &by_code, &none))
        return by_code.code;
    for (size_t i = 0; i < imp->units->count; i++) {
        const struct known *k = &imp->units->items[i];
        if (!says(k, folded))
            continue;
        all++;
        any = k->code;
        if (imp->options->has_unit && view_unit_within(view, k->id, imp->options->unit)) {
            here++;
            below = k->code;
        }
    }
    *ambiguous = all > 1 && here != 1;
    return here == 1 ? below : all == 1 ? any : NULL;
}

/* A name that several have is told with the unit above, and when that says it of several, by its code. */
bool imp_unit_names(const struct imp *imp, const char ***out, size_t *out_count)
{
    struct cv_arena *arena = imp->x->arena;
    const struct imp_units *units = imp->units;
    struct imp_texts *by_name = imp_texts_new(arena, units->count), *by_path = imp_texts_new(arena, units->count);
    *out = CV_NEWS(arena, const char *, units->count + 1);
    for (size_t i = 0; i < units->count; i++) {
        const struct known *k = &units->items[i];
        imp_texts_set(by_name, k->name, imp_texts_get(by_name, k->name) < 0 ? 1 : 2);
        imp_texts_set(by_path, k->down, imp_texts_get(by_path, k->down) < 0 ? 1 : 2);
    }
    for (size_t i = 0; i < units->count; i++) {
        const struct known *k = &units->items[i];
        bool alone = imp_texts_get(by_name, k->name) == 1, told = k->above && imp_texts_get(by_path, k->down) == 1;
        (*out)[(*out_count)++] = alone  ? k->written
                                 : told ? cv_arena_printf(arena, "%s, %s", k->written, k->above)
                                        : k->code;
    }
    return cv_arena_ok(arena);
}
