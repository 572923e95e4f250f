/* Headings that a person has set right once are understood the next time, for lists of the same unit and kind. */
#include <string.h>

#include "api/intake/imports.h"

static const char folder[] = "imports";
enum { HEADINGS_MAX = 500, HEADING_MAX = 200 };

static const char *name_of(const struct imp *imp)
{
    const struct imp_options *o = imp->options;
    const struct api_actor *actor = api_actor(imp->x);
    char id[CV_ID_TEXT];
    const char *whose = o->has_unit               ? cv_id_text("unt_", o->unit, id)
                        : actor->scope.everywhere ? "all"
                                                  : cv_id_text("unt_", actor->scope.top, id);
    return cv_arena_printf(imp->x->arena, "headings.%s.%s", whose, int_list_kind_words[o->kind]);
}

static const struct cv_jany *known_of(struct imp *imp, struct dir_document *doc)
{
    struct cv_error none = {0};
    if (!dir_document_read(imp->call.dir, folder, name_of(imp), imp->x->arena, doc, &none))
        return NULL;
    return cv_jany_parse(imp->x->arena, doc->bytes, doc->len, &none);
}

static const char *key_of(struct imp *imp, const struct int_table *table, size_t column)
{
    return cv_text_fold(imp->x->arena, table->columns[column].heading);
}

static bool set_already(const struct imp_options *o, size_t column)
{
    for (size_t i = 0; i < o->override_count; i++)
        if (o->overrides[i].column == column)
            return true;
    return false;
}

size_t imp_recall(struct imp *imp, const struct int_table *table, struct imp_options *options)
{
    struct dir_document doc;
    const struct cv_jany *known = known_of(imp, &doc);
    size_t before = options->override_count;
    for (size_t i = 0; known && i < table->column_count && options->override_count < INT_FIELDS; i++) {
        const char *key = key_of(imp, table, i);
        const char *word = *key ? cv_jany_text(cv_jany_get(known, key), imp->x->arena) : NULL;
        int field = word ? dom_word_index(int_field_words, word) : -1;
        if (field >= 0 && !set_already(options, i))
            options->overrides[options->override_count++] = (struct int_override){i, (enum int_field)field};
    }
    return options->override_count - before;
}

struct writing {
    struct cv_jout j;
    struct cv_arena *arena;
    struct imp_texts *keys;
    int64_t count;
};

static void put(struct writing *w, const char *key, const char *word)
{
    if (*key == '\0' || strlen(key) > HEADING_MAX || w->count >= HEADINGS_MAX || imp_texts_get(w->keys, key) >= 0)
        return;
    imp_texts_set(w->keys, key, w->count++);
    cv_jout_string(&w->j, key, word);
}

static void put_known(void *ctx, const char *name, const struct cv_jany *value)
{
    struct writing *w = ctx;
    const char *word = cv_jany_text(value, w->arena);
    if (word != NULL)
        put(w, name, word);
}

/* What is set now, and then what was known: the oldest headings are forgotten first. */
static const char *written(struct imp *imp, const struct int_table *table, const struct cv_jany *known)
{
    struct cv_arena *arena = imp->x->arena;
    const struct imp_options *o = imp->options;
    struct writing w = {.arena = arena, .keys = imp_texts_new(arena, HEADINGS_MAX)};
    cv_auto_buf buf = {0};
    cv_buf_init(&buf, 1 << 18);
    cv_jout_init(&w.j, &buf);
    cv_jout_object(&w.j, NULL);
    for (size_t k = 0; k < o->override_count; k++)
        if (o->overrides[k].column < table->column_count)
            put(&w, key_of(imp, table, o->overrides[k].column), int_field_words[o->overrides[k].field]);
    if (known != NULL)
        cv_jany_each(known, put_known, &w);
    cv_jout_end(&w.j);
    return cv_buf_ok(&buf) ? cv_arena_strdup(arena, cv_buf_str(&buf)) : NULL;
}

/* Not kept is no failure: the list is planned, and the person says it again. */
void imp_remember(struct imp *imp, const struct int_table *table)
{
    struct dir_document doc = {0};
    struct dir_actor actor = prov_dir_actor(&imp->call);
    struct cv_error none = {0};
    const struct cv_jany *known = known_of(imp, &doc);
    const char *text = written(imp, table, known);
    if (text == NULL || strcmp(text, "{}") == 0)
        return;
    if (doc.name) {
        (void)dir_document_save(imp->call.dir, &doc, text, strlen(text), &actor, NULL, &none);
        return;
    }
    doc = dir_document_of(folder, name_of(imp), text, strlen(text));
    (void)dir_document_add(imp->call.dir, &doc, &actor, NULL, &none);
}
