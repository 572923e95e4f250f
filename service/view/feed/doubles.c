/* Two people with one name or one code: the directory's uniqueness was gone round, by two servers that both took writes
 * or by hand. Looked for after each refresh. */
#include <string.h>

#include "congvu/log.h"
#include "view/feed/feed.h"

enum { LOGGED = 20 };

/* The i-th text of a person, NULL = nothing there. */
typedef const char *(*text_of)(const struct person *p, size_t i);

static const char *code_of(const struct person *p, size_t i)
{
    return i == 0 ? person_text(p, p->code) : person_former(p, i - 1);
}

/* The first text that both have, or NULL. */
static const char *shared(const struct person *a, size_t a_count, const struct person *b, size_t b_count, text_of text)
{
    for (size_t i = 0; i < a_count; i++)
        for (size_t k = 0; k < b_count; k++)
            if (text(a, i) && text(b, k) && cv_ascii_casecmp(text(a, i), text(b, k)) == 0)
                return text(a, i);
    return NULL;
}

static const char *shared_name(const struct person *a, const struct person *b)
{
    return shared(a, a->names, b, b->names, person_name_held);
}

static const char *shared_code(const struct person *a, const struct person *b)
{
    return shared(a, 1 + (size_t)a->formers, b, 1 + (size_t)b->formers, code_of);
}

static void tell(const struct person *a, const struct person *b, const char *what, size_t found)
{
    char first[CV_ID_TEXT], second[CV_ID_TEXT];
    if (found < LOGGED)
        cv_log(CV_LOG_ERROR, "view.double", "%s and %s have the same %s", cv_id_text("stf_", a->id, first),
               cv_id_text("stf_", b->id, second), what);
}

struct index {
    const struct view_lookup *lookup;
    const char *what;
    const char *(*shared)(const struct person *a, const struct person *b);
    uint32_t (*hash)(const char *text);
};

/* Two who share several are met once: at the first. */
static size_t among(const struct view *v, const struct index *x)
{
    struct view_probe probe;
    size_t found = 0;
    for (size_t i = 0; i < x->lookup->cap; i++) {
        struct view_cell cell = x->lookup->cells[i];
        uint32_t at = cell.value == NONE ? NONE : view_lookup_first(x->lookup, cell.hash, &probe);
        for (; at != NONE; at = view_lookup_next(x->lookup, &probe)) {
            const char *text = at > cell.value ? x->shared(v->people[cell.value], v->people[at]) : NULL;
            if (text && x->hash(text) == cell.hash)
                tell(v->people[cell.value], v->people[at], x->what, found++);
        }
    }
    return found;
}

void view_find_doubles(struct view *v)
{
    const struct index names = {&v->by_name, "name", shared_name, view_hash_text};
    const struct index codes = {&v->by_code, "code", shared_code, view_hash_code};
    atomic_store(&v->doubles, among(v, &names) + among(v, &codes));
}
