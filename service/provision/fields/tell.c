/* Members of records in JSON, by their tables: what a change changes. */
#include <stdlib.h>
#include <string.h>

#include "congvu/prov_fields.h"
#include "congvu/text.h"

/* Written as the one item of an array, for a value alone is no document; then without the brackets. */
static const char *without_brackets(struct cv_arena *arena, struct cv_buf *buf)
{
    const char *text = cv_buf_ok(buf) && buf->len >= 2 ? cv_arena_strndup(arena, buf->data + 1, buf->len - 2) : "null";
    cv_buf_free(buf);
    return text;
}

static const char *json_of(struct cv_arena *arena, const struct prov_field *field, const void *record, void *ctx)
{
    struct cv_buf buf;
    struct cv_jout j;
    cv_buf_init(&buf, CV_MAX_BODY);
    cv_jout_init(&j, &buf);
    cv_jout_array(&j, NULL);
    prov_field_write(field, &j, NULL, record, ctx);
    cv_jout_end(&j);
    return without_brackets(arena, &buf);
}

const char *prov_json_of(struct cv_arena *arena,
                         void (*write)(struct cv_jout *j, const char *name, const void *record, void *ctx),
                         const void *record, void *ctx)
{
    return json_of(arena, &(const struct prov_field){.kind = PROV_OWN, .write = write}, record, ctx);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *prov_json_list(struct cv_arena *arena, const char **items, size_t count)
{
    const char *text = "[";
    if (count > 1)
        qsort(items, count, sizeof(*items), by_text);
    for (size_t i = 0; i < count; i++)
        text = cv_arena_printf(arena, "%s%s%s", text, i > 0 ? "," : "", items[i]);
    return cv_arena_printf(arena, "%s]", text);
}

static void write_text(struct cv_jout *j, const char *name, const void *text, void *ctx)
{
    (void)ctx;
    cv_jout_string(j, name, *(const char *const *)text);
}

const char *prov_json_texts(struct cv_arena *arena, const char *const *texts, size_t count)
{
    const char **items = CV_NEWS(arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = prov_json_of(arena, write_text, &texts[i], NULL);
    return prov_json_list(arena, items, count);
}

void prov_tell_json(struct prov_telling *t, const char *field, const char *from, const char *to)
{
    const char *was = from != NULL ? from : "null", *is = to != NULL ? to : "null";
    if (strcmp(was, is) == 0)
        return;
    cv_jout_object(t->j, NULL);
    cv_jout_string(t->j, "field", field);
    cv_jout_raw(t->j, "from", was, strlen(was));
    cv_jout_raw(t->j, "to", is, strlen(is));
    cv_jout_end(t->j);
}

static void line(struct prov_telling *t, const char *field, const char *from, const char *to)
{
    cv_jout_object(t->j, NULL);
    cv_jout_string(t->j, "field", field);
    cv_jout_string(t->j, "from", from);
    cv_jout_string(t->j, "to", to);
    cv_jout_end(t->j);
}

void prov_tell_text(struct prov_telling *t, const char *field, const char *from, const char *to)
{
    if (!cv_text_same(from, to))
        line(t, field, from, to);
}

void prov_tell_masked(struct prov_telling *t, const char *field, const char *from, const char *to)
{
    if (!cv_text_same(from, to))
        line(t, field, from != NULL ? "***" : NULL, to != NULL ? "***" : NULL);
}

void prov_fields_tell(const struct prov_fields *fields, struct prov_telling *t)
{
    for (size_t i = 0; i < fields->count; i++) {
        const struct prov_field *field = &fields->items[i];
        if ((field->flags & PROV_TOLD) == 0)
            continue;
        if (field->tell != NULL)
            field->tell(t, field->name);
        else
            prov_tell_json(t, field->name, t->before != NULL ? json_of(t->arena, field, t->before, t->ctx) : NULL,
                           json_of(t->arena, field, t->after, t->ctx));
    }
}
