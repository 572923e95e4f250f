/* Times that are over: "FROM TO", of an account with a word behind it. FROM - is not known. */
#include <stdlib.h>
#include <string.h>

#include "directory/map/common.h"

const char *dir_span_text(struct cv_arena *arena, const struct dom_span *span)
{
    char from[CV_DAY_TEXT] = "-", to[CV_DAY_TEXT];

    if (span->from != CV_NO_DAY)
        cv_day_iso(span->from, from);
    cv_day_iso(span->to, to);
    return cv_arena_printf(arena, "%s %s", from, to);
}

/* The word that ends at a blank or with the text; *at moves behind it. False: too long for a day, or none. */
static bool take_word(const char **at, char out[CV_DAY_TEXT])
{
    size_t len = strcspn(*at, " ");

    if (len == 0 || len >= CV_DAY_TEXT)
        return false;
    memcpy(out, *at, len);
    out[len] = '\0';
    *at += len + ((*at)[len] == ' ');
    return true;
}

static bool take_span(const char *text, struct dom_span *out)
{
    char from[CV_DAY_TEXT], to[CV_DAY_TEXT];
    int how;

    *out = (struct dom_span){.from = CV_NO_DAY};
    if (!take_word(&text, from) || !take_word(&text, to) || !cv_day_parse(to, &out->to) ||
        (strcmp(from, "-") != 0 && !cv_day_parse(from, &out->from)))
        return false;
    how = *text ? dom_word_index(dom_stand_words, text) : DOM_STOOD_ISSUED;
    out->how = (enum dom_stand)how;
    return how >= 0;
}

static int by_end(const void *a, const void *b)
{
    const struct dom_span *x = a, *y = b;

    return (x->to > y->to) - (x->to < y->to);
}

bool dir_take_spans(struct dir_reader *r, const struct dir_attr *attr, struct dom_span spans[DOM_SPANS_MAX],
                    size_t *count)
{
    for (size_t i = 0; i < attr->count && i < DOM_SPANS_MAX; i++) {
        if (!take_span(attr->values[i].bytes, &spans[i]))
            return dir_unreadable(r->err, r->entry, attr->name, "is no span of days");
        *count = i + 1;
    }
    qsort(spans, *count, sizeof(spans[0]), by_end);
    return true;
}

/* ---- passwords ---- */
void dir_put_passwords(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_staff *s = record;

    (void)base;
    for (size_t i = 0; i < s->password_count; i++)
        dir_put(out, "cvCredentialSpan", dir_span_text(out->arena, &s->passwords[i]));
}

bool dir_take_passwords(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_staff *s = r->record;

    (void)tag;
    return dir_take_spans(r, attr, s->passwords, &s->password_count);
}
