/* Members of records in JSON, by their tables. */
#include "congvu/prov_fields.h"

#include <stdlib.h>
#include <string.h>

static void *in_record(const struct prov_field *field, void *record)
{
    return (char *)record + field->at;
}

/* ---- in ---- */

static struct prov_value read_text(const struct prov_field *field, const struct cv_jin *o, unsigned null)
{
    struct prov_value v = {0};
    v.given = cv_jin_string(o, field->name, null, field->max, &v.text);
    if (v.given != CV_VALUE)
        return v;
    if (*v.text == '\0') {
        if (null == CV_OPTIONAL)
            cv_jin_fault(o, field->name, "too_short", "Mục này không được để trống", "This may not be empty");
        return (struct prov_value){.given = null == CV_NULLABLE ? CV_NULL : CV_ABSENT};
    }
    if (field->valid != NULL && !field->valid(v.text))
        cv_jin_fault(o, field->name, "bad_format", "%s%.0s", "%.0s%s", field->complaint[CV_VI],
                     field->complaint[CV_EN]);
    return v;
}

static struct prov_value read_value(const struct prov_field *field, const struct cv_jin *o)
{
    struct prov_value v = {.day = CV_NO_DAY};
    unsigned null = field->flags & PROV_VALUE ? CV_OPTIONAL : CV_NULLABLE;
    int word = 0;
    bool yes = false;
    switch (field->kind) {
    case PROV_TEXT:
        return read_text(field, o, null);
    case PROV_INT:
    case PROV_COUNT:
        v.given = cv_jin_int(o, field->name, null, field->least, field->most, &v.number);
        break;
    case PROV_WORD:
        v.given = cv_jin_word(o, field->name, null, field->words, &word);
        v.number = word;
        break;
    case PROV_BOOL:
        v.given = cv_jin_bool(o, field->name, null, &yes);
        v.number = yes ? 1 : 0;
        break;
    case PROV_DAY:
        v.given = cv_jin_day(o, field->name, null, &v.day);
        break;
    default:
        break;
    }
    return v;
}

static void put_into(const struct prov_field *field, const struct prov_value *v, void *input)
{
    void *to = (char *)input + field->into - 1;
    switch (field->kind) {
    case PROV_TEXT:
        *(struct prov_text *)to = (struct prov_text){v->given, v->text};
        break;
    case PROV_INT:
    case PROV_COUNT:
    case PROV_WORD:
        *(struct prov_int *)to = (struct prov_int){v->given, v->number};
        break;
    case PROV_DAY:
        *(struct prov_day *)to = (struct prov_day){v->given, v->day};
        break;
    default:
        break;
    }
}

void prov_fields_read(const struct prov_fields *fields, unsigned flag, const struct cv_jin *o, void *input,
                      struct prov_given *out, void *ctx)
{
    *out = (struct prov_given){.fields = fields};
    for (size_t i = 0; i < fields->count; i++) {
        const struct prov_field *field = &fields->items[i];
        if ((field->flags & flag) == 0)
            continue;
        if (field->read != NULL) {
            field->read(o, input, ctx);
            continue;
        }
        struct prov_value v = read_value(field, o);
        if (field->into != 0)
            put_into(field, &v, input);
        else
            out->values[i] = v;
    }
}

static void apply_value(const struct prov_field *field, const struct prov_value *v, void *record)
{
    bool value = v->given == CV_VALUE;
    void *to = in_record(field, record);
    switch (field->kind) {
    case PROV_TEXT:
        *(const char **)to = value ? v->text : NULL;
        break;
    case PROV_INT:
    case PROV_COUNT:
        *(int *)to = value ? (int)v->number : 0;
        break;
    case PROV_WORD:
        *(int *)to = value ? (int)v->number : -1;
        break;
    case PROV_BOOL:
        *(bool *)to = value && v->number != 0;
        break;
    case PROV_DAY:
        *(cv_day *)to = value ? v->day : CV_NO_DAY;
        break;
    default:
        break;
    }
}

void prov_given_apply(const struct prov_given *given, void *record)
{
    for (size_t i = 0; given->fields != NULL && i < given->fields->count; i++)
        if (given->values[i].given != CV_ABSENT)
            apply_value(&given->fields->items[i], &given->values[i], record);
}

enum cv_presence prov_given_of(const struct prov_given *given, const char *name)
{
    for (size_t i = 0; given->fields != NULL && i < given->fields->count; i++)
        if (strcmp(given->fields->items[i].name, name) == 0)
            return given->values[i].given;
    return CV_ABSENT;
}

/* ---- out ---- */

static void write_int(struct cv_jout *j, const char *name, int value)
{
    if (value != 0)
        cv_jout_int(j, name, value);
    else
        cv_jout_null(j, name);
}

static void write_field(const struct prov_field *field, struct cv_jout *j, const char *name, const void *record,
                        void *ctx)
{
    const void *from = (const char *)record + field->at;
    if (field->write != NULL) {
        field->write(j, name, record, ctx);
        return;
    }
    switch (field->kind) {
    case PROV_TEXT:
        cv_jout_string(j, name, *(const char *const *)from);
        break;
    case PROV_INT:
        write_int(j, name, *(const int *)from);
        break;
    case PROV_COUNT:
        cv_jout_int(j, name, *(const int *)from);
        break;
    case PROV_LONG:
        cv_jout_int(j, name, *(const int64_t *)from);
        break;
    case PROV_BOOL:
        cv_jout_bool(j, name, *(const bool *)from);
        break;
    case PROV_WORD:
        cv_jout_string(j, name, *(const int *)from >= 0 ? field->words[*(const int *)from] : NULL);
        break;
    case PROV_DAY:
        cv_jout_day(j, name, *(const cv_day *)from);
        break;
    case PROV_MOMENT:
        cv_jout_moment(j, name, *(const cv_moment *)from);
        break;
    case PROV_OWN:
        break;
    }
}

void prov_fields_write(const struct prov_fields *fields, struct cv_jout *j, const void *record, void *ctx)
{
    for (size_t i = 0; i < fields->count; i++)
        if ((fields->items[i].flags & PROV_SHOWN) != 0)
            write_field(&fields->items[i], j, fields->items[i].name, record, ctx);
}

/* ---- changes ---- */

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
    write_field(field, &j, NULL, record, ctx);
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

void prov_tell_text(struct prov_telling *t, const char *field, const char *from, const char *to)
{
    if (from == to || (from != NULL && to != NULL && strcmp(from, to) == 0))
        return;
    cv_jout_object(t->j, NULL);
    cv_jout_string(t->j, "field", field);
    cv_jout_string(t->j, "from", from);
    cv_jout_string(t->j, "to", to);
    cv_jout_end(t->j);
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

/* ---- the table, to read ---- */

static void print_flags(const struct prov_field *field, struct cv_jout *j)
{
    static const char *const names[] = {"create", "update", "shown", "told", "value"};
    for (size_t i = 0; i < CV_COUNT(names); i++)
        cv_jout_bool(j, names[i], (field->flags >> i & 1u) != 0);
}

void prov_field_print(const struct prov_fields *fields, const struct prov_field *field, struct cv_jout *j)
{
    static const char *const kinds[] = {"text", "int", "count", "long", "bool", "day", "moment", "word", "own"};
    cv_jout_object(j, NULL);
    cv_jout_string(j, "record", fields->record);
    cv_jout_string(j, "field", field->name);
    cv_jout_string(j, "kind", kinds[field->kind]);
    print_flags(field, j);
    write_int(j, "max", (int)field->max);
    write_int(j, "least", (int)field->least);
    write_int(j, "most", (int)field->most);
    cv_jout_array(j, "words");
    for (size_t i = 0; field->words != NULL && field->words[i] != NULL; i++)
        cv_jout_string(j, NULL, field->words[i]);
    cv_jout_end(j);
    cv_jout_end(j);
}
