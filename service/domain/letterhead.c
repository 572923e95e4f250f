/* A letterhead line by line. */
#include <stddef.h>
#include <string.h>

#include "congvu/text.h"
#include "congvu/unit.h"

static const size_t lines[] = {
    offsetof(struct dom_letterhead, superior_body),   offsetof(struct dom_letterhead, issuing_body),
    offsetof(struct dom_letterhead, place),           offsetof(struct dom_letterhead, on_behalf),
    offsetof(struct dom_letterhead, signatory_title), offsetof(struct dom_letterhead, signatory_name),
};

static const char *line_of(const struct dom_letterhead *l, size_t line)
{
    return *(const char *const *)((const char *)l + lines[line]);
}

static bool same_list(const struct dom_lines *a, const struct dom_lines *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = strcmp(a->text[i], b->text[i]) == 0;
    return same;
}

bool dom_letterhead_same(const struct dom_letterhead *a, const struct dom_letterhead *b)
{
    bool same = same_list(&a->addressees, &b->addressees) && same_list(&a->recipients, &b->recipients);
    for (size_t i = 0; same && i < CV_COUNT(lines); i++)
        same = cv_text_same(line_of(a, i), line_of(b, i));
    return same;
}

bool dom_letterhead_empty(const struct dom_letterhead *l)
{
    static const struct dom_letterhead nothing;
    return dom_letterhead_same(l, &nothing);
}

void dom_letterhead_change(struct dom_letterhead *l, const struct dom_letterhead *was, const struct dom_letterhead *is)
{
    for (size_t i = 0; i < CV_COUNT(lines); i++)
        if (!cv_text_same(line_of(was, i), line_of(is, i)))
            *(const char **)((char *)l + lines[i]) = line_of(is, i);
    if (!same_list(&was->addressees, &is->addressees))
        l->addressees = is->addressees;
    if (!same_list(&was->recipients, &is->recipients))
        l->recipients = is->recipients;
}
