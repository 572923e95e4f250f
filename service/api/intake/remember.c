/* Headings that a person has set right once are understood the next time, for lists of the same unit and kind. */
#include <string.h>

#include "api/intake/imports.h"

static const char folder[] = "imports";

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

/* What is set now, and what was known and is not set now. */
static const char *written(struct imp *imp, const struct int_table *table, const struct cv_jany *known)
{
    struct cv_buf buf;
    struct cv_jout j;
    const struct imp_options *o = imp->options;
    cv_buf_init(&buf, 1 << 16);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    for (size_t i = 0; i < table->column_count; i++) {
        const char *key = key_of(imp, table, i), *word = NULL;
        for (size_t k = 0; k < o->override_count; k++)
            word = o->overrides[k].column == i ? int_field_words[o->overrides[k].field] : word;
        if (word == NULL && known)
            word = cv_jany_text(cv_jany_get(known, key), imp->x->arena);
        if (*key && word)
            cv_jout_string(&j, key, word);
    }
    cv_jout_end(&j);
    const char *text = cv_buf_ok(&buf) ? cv_arena_strdup(imp->x->arena, cv_buf_str(&buf)) : NULL;
    cv_buf_free(&buf);
    return text;
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
