/* Members of records in JSON, by their tables: records, and the tables themselves. */
#include "congvu/prov_fields.h"

static void write_int(struct cv_jout *j, const char *name, int value)
{
    if (value != 0)
        cv_jout_int(j, name, value);
    else
        cv_jout_null(j, name);
}

void prov_field_write(const struct prov_field *field, struct cv_jout *j, const char *name, const void *record,
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
            prov_field_write(&fields->items[i], j, fields->items[i].name, record, ctx);
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
