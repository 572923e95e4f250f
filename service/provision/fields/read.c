/* Members of records in JSON, by their tables: bodies onto records. */
#include <string.h>

#include "congvu/prov_fields.h"

static void *in_record(const struct prov_field *field, void *record)
{
    return (char *)record + field->at;
}

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
