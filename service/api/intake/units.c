/* Units as lists name them: by code, by name, by abbreviation, or by a path. */
#include <string.h>

#include "api/intake/imports.h"

struct known {
    struct cv_id id;            /* zero: to be made by a row above */
    const char *code, *written; /* written: its name */
    const char *key;            /* of its code */
    const char *name, *slug;    /* folded */
    const struct known *above;  /* or NULL */
};
struct imp_units {
    struct known **items;
    size_t count, size;
    size_t loaded; /* those that are there; behind them, those that rows make */
};

static struct known *known_of(struct cv_arena *arena, const struct view_unit *u)
{
    struct known *out = CV_NEW(arena, struct known);
    *out = (struct known){.id = u->id,
                          .code = u->code,
                          .key = dom_code_key(arena, u->code),
                          .written = u->name[CV_VI],
                          .name = cv_text_fold(arena, u->name[CV_VI]),
                          .slug = u->slug ? cv_text_fold(arena, u->slug) : ""};
    return out;
}

/* What lies above the scope is named in paths, and nothing more. */
static struct known *beyond(const struct view *view, struct cv_id id, struct cv_arena *arena)
{
    struct view_unit unit;
    if (!view_unit_by_id(view, id, arena, &unit))
        return NULL;
    struct known *out = known_of(arena, &unit);
    out->above = unit.has_parent ? beyond(view, unit.parent, arena) : NULL;
    return out;
}

static void add(struct imp_units *units, struct known *unit, struct cv_arena *arena)
{
    if (units->count == units->size) {
        struct known **grown = CV_NEWS(arena, struct known *, 2 * units->size + 64);
        if (units->count > 0)
            memcpy(grown, units->items, units->count * sizeof(*grown));
        units->items = grown;
        units->size = 2 * units->size + 64;
    }
    units->items[units->count++] = unit;
}

bool imp_units_load(struct imp *imp, struct cv_error *err)
{
    enum { ALL = 20000 };
    struct htp_exchange *x = imp->x;
    const struct view *view = api_of(x)->view;
    struct view_unit_query q = {
        .scope = api_actor(x)->scope, .recursive = true, .depth = -1, .by_code = true, .page_size = ALL};
    struct view_unit_page page;
    struct imp_units *units = CV_NEW(x->arena, struct imp_units);
    char id[CV_ID_TEXT];
    if (!view_unit_list(view, &q, x->arena, &page, err))
        return false;
    struct imp_texts *by_id = imp_texts_new(x->arena, page.count);
    for (size_t i = 0; i < page.count; i++) {
        add(units, known_of(x->arena, &page.items[i]), x->arena);
        imp_texts_set(by_id, cv_id_text("unt_", page.items[i].id, id), (int64_t)i);
    }
    for (size_t i = 0; i < page.count; i++) {
        const struct view_unit *u = &page.items[i];
        int64_t at = u->has_parent ? imp_texts_get(by_id, cv_id_text("unt_", u->parent, id)) : -1;
        units->items[i]->above = at >= 0 ? units->items[at] : u->has_parent ? beyond(view, u->parent, x->arena) : NULL;
    }
    units->loaded = units->count;
    imp->units = units;
    return true;
}

void imp_units_forget(struct imp *imp)
{
    imp->units->count = imp->units->loaded;
}

/* By a code that a row above has; or NULL. */
static const struct known *of_row_above(const struct imp *imp, const char *code, struct cv_arena *arena)
{
    const char *key = dom_code_key(arena, code);
    for (size_t i = imp->units->loaded; i < imp->units->count; i++)
        if (strcmp(imp->units->items[i]->key, key) == 0)
            return imp->units->items[i];
    return NULL;
}

static const struct known *by_code(const struct imp_units *units, const char *code)
{
    for (size_t i = 0; code != NULL && i < units->count; i++)
        if (strcmp(units->items[i]->code, code) == 0)
            return units->items[i];
    return NULL;
}

void imp_units_add(const struct imp *imp, const char *code, const char *name, const char *parent)
{
    struct cv_arena *arena = imp->x->arena;
    struct known *unit = CV_NEW(arena, struct known);
    *unit = (struct known){.code = cv_arena_strdup(arena, code),
                           .key = dom_code_key(arena, code),
                           .written = cv_arena_strdup(arena, name),
                           .name = cv_text_fold(arena, name),
                           .slug = "",
                           .above = by_code(imp->units, parent)};
    add(imp->units, unit, arena);
}

/* "Tổ Một, Phòng Nội vụ, UBND xã A": its name, then those above it, as far as they are told. */
static bool is_path_up(const struct known *k, const char *folded)
{
    for (; k != NULL; k = k->above) {
        size_t len = strlen(k->name);
        if (strncmp(folded, k->name, len) != 0 || (folded[len] != ' ' && folded[len] != '\0'))
            return false;
        if (folded[len] == '\0')
            return true;
        folded += len + 1;
    }
    return false;
}

/* "UBND xã A, Phòng Nội vụ, Tổ Một" */
static bool is_path_down(const struct known *k, const char *folded)
{
    size_t left = strlen(folded);
    for (; k != NULL; k = k->above) {
        size_t len = strlen(k->name);
        if (len > left || memcmp(folded + left - len, k->name, len) != 0 ||
            (len < left && folded[left - len - 1] != ' '))
            return false;
        if (len == left)
            return true;
        left -= len + 1;
    }
    return false;
}

static bool says(const struct known *k, const char *folded)
{
    return strcmp(k->slug, folded) == 0 || is_path_up(k, folded) || is_path_down(k, folded);
}

static bool lies_in(const struct imp *imp, const struct known *k)
{
    while (k != NULL && cv_id_is_zero(k->id))
        k = k->above;
    return k != NULL && view_unit_within(api_of(imp->x)->view, k->id, imp->options->unit);
}

/* Several of one name: the one below the unit that the list is for, when only one lies there. */
const char *imp_unit_of(const struct imp *imp, const char *text, struct cv_arena *arena, bool *ambiguous)
{
    struct view_unit there;
    struct cv_error none = {0};
    const char *folded = cv_text_fold(arena, text), *any = NULL, *below = NULL;
    size_t all = 0, here = 0;
    *ambiguous = false;
    if (*folded == '\0') /* "-": units without a slug are not meant */
        return NULL;
    if (view_unit_find(api_of(imp->x)->view, api_actor(imp->x)->scope, text, CV_NO_DAY, arena, &there, &none))
        return there.code;
    const struct known *above = of_row_above(imp, text, arena);
    if (above != NULL)
        return above->code;
    for (size_t i = 0; i < imp->units->count; i++) {
        const struct known *k = imp->units->items[i];
        if (!says(k, folded))
            continue;
        all++;
        any = k->code;
        if (imp->options->has_unit && lies_in(imp, k)) {
            here++;
            below = k->code;
        }
    }
    *ambiguous = all > 1 && here != 1;
    return here == 1 ? below : all == 1 ? any : NULL;
}

static const char *path_of(const struct known *k, struct cv_arena *arena)
{
    return cv_arena_printf(arena, "%s %s", k->name, k->above != NULL ? k->above->name : "");
}

/* A name that several have is told with the unit above, and when that says it of several, by its code. */
bool imp_unit_names(const struct imp *imp, const char ***out, size_t *out_count)
{
    struct cv_arena *arena = imp->x->arena;
    const struct imp_units *units = imp->units;
    struct imp_texts *by_name = imp_texts_new(arena, units->count), *by_path = imp_texts_new(arena, units->count);
    *out = CV_NEWS(arena, const char *, units->count + 1);
    for (size_t i = 0; i < units->count; i++) {
        const char *name = units->items[i]->name, *path = path_of(units->items[i], arena);
        imp_texts_set(by_name, name, imp_texts_get(by_name, name) < 0 ? 1 : 2);
        imp_texts_set(by_path, path, imp_texts_get(by_path, path) < 0 ? 1 : 2);
    }
    for (size_t i = 0; i < units->count; i++) {
        const struct known *k = units->items[i];
        bool alone = imp_texts_get(by_name, k->name) == 1,
             told = k->above != NULL && imp_texts_get(by_path, path_of(k, arena)) == 1;
        (*out)[(*out_count)++] = alone  ? k->written
                                 : told ? cv_arena_printf(arena, "%s, %s", k->written, k->above->written)
                                        : k->code;
    }
    return cv_arena_ok(arena);
}
