/* JSON values inside attributes: written with members in one fixed order and without what is absent, so that the same
 * fact is always the same bytes. */
#include <string.h>

#include "directory/map/common.h"

enum { TEXT_MAX = 64 << 10 };

void dir_json_begin(struct dir_json *j)
{
    cv_buf_init(&j->buf, DIR_JSON_MAX);
    cv_jout_init(&j->out, &j->buf);
    cv_jout_object(&j->out, NULL);
}

void dir_json_end(struct dir_json *j, struct dir_attrs *a, const char *name)
{
    cv_jout_end(&j->out);
    if (cv_jout_ok(&j->out))
        dir_put_distinct(a, name, cv_buf_str(&j->buf));
    else
        cv_arena_overflow(a->arena); /* the record must not be written without this value */
    cv_buf_free(&j->buf);
}

void dir_json_text(struct dir_json *j, const char *name, const char *value)
{
    if (value && *value)
        cv_jout_string(&j->out, name, value);
}

void dir_json_day(struct dir_json *j, const char *name, cv_day d)
{
    if (d != CV_NO_DAY)
        cv_jout_day(&j->out, name, d);
}

void dir_json_moment(struct dir_json *j, const char *name, cv_moment m)
{
    char text[CV_MOMENT_TEXT];

    if (m != CV_NO_MOMENT)
        cv_jout_string(&j->out, name, cv_moment_ldap(m, text));
}

void dir_json_decision(struct dir_json *j, const struct dom_decision *d)
{
    if (!d->number)
        return;
    cv_jout_object(&j->out, "decision");
    cv_jout_string(&j->out, "number", d->number);
    dir_json_day(j, "signed_on", d->signed_on);
    dir_json_day(j, "effective_on", d->effective_on);
    cv_jout_end(&j->out);
}

bool dir_read_begin(struct dir_json_in *in, struct dir_reader *r, const struct dir_attr *attr, size_t value)
{
    struct cv_error why;

    memset(in, 0, sizeof(*in));
    in->reader = r;
    in->attribute = attr->name;
    in->object = cv_json_parse_own(r->arena, attr->values[value].bytes, attr->values[value].len, &why);
    return in->object || dir_unreadable(r->err, r->entry, attr->name, "is not JSON");
}

bool dir_read_ok(const struct dir_json_in *in)
{
    return (!in->bad && cv_jin_ok(in->object)) ||
           dir_unreadable(in->reader->err, in->reader->entry, in->attribute, "has a member that is not understood");
}

void dir_read_text(const struct cv_jin *o, const char *name, const char **out)
{
    cv_jin_string(o, name, CV_OPTIONAL | CV_RAW, TEXT_MAX, out);
}

void dir_read_day(const struct cv_jin *o, const char *name, cv_day *out)
{
    cv_jin_day(o, name, CV_OPTIONAL, out);
}

void dir_read_moment(struct dir_json_in *in, const struct cv_jin *o, const char *name, cv_moment *out)
{
    const char *text;

    if (cv_jin_string(o, name, CV_OPTIONAL | CV_RAW, CV_MOMENT_TEXT, &text) == CV_VALUE &&
        !cv_moment_parse_ldap(text, out))
        in->bad = true;
}

void dir_read_int(const struct cv_jin *o, const char *name, int *out)
{
    int64_t wide;

    if (cv_jin_int(o, name, CV_OPTIONAL, INT32_MIN, INT32_MAX, &wide) == CV_VALUE)
        *out = (int)wide;
}

void dir_read_id(struct dir_json_in *in, const struct cv_jin *o, const char *name, const char *prefix,
                 struct cv_id *out)
{
    const char *text;

    if (cv_jin_string(o, name, CV_REQUIRED | CV_RAW, CV_ID_TEXT, &text) != CV_VALUE || !cv_id_parse(prefix, text, out))
        in->bad = true;
}

void dir_read_decision(struct dir_json_in *in, const struct cv_jin *o, struct dom_decision *out)
{
    const struct cv_jin *d;

    *out = (struct dom_decision){.signed_on = CV_NO_DAY, .effective_on = CV_NO_DAY};
    if (cv_jin_object(o, "decision", CV_OPTIONAL, &d) != CV_VALUE)
        return;
    dir_read_text(d, "number", &out->number);
    dir_read_day(d, "signed_on", &out->signed_on);
    dir_read_day(d, "effective_on", &out->effective_on);
    in->bad = in->bad || !out->number;
}
