/* Who matches. */
#include <stdlib.h>
#include <string.h>

#include "view/internal.h"

static const uint64_t listed = UINT64_C(1) << 63;

/* ---- letters of a name ---- one bit for each first letter, and bits for the first two and three letters of each word
 */
enum { LETTERS = 26, HASHED = 37 };

static uint64_t word_sign(const char *word, size_t len)
{
    uint32_t letter = (uint8_t)word[0];
    uint64_t sign = UINT64_C(1) << (letter >= 'a' ? (letter - 'a') % LETTERS : letter % LETTERS);
    for (size_t n = 2; n <= 3 && n <= len; n++)
        sign |= UINT64_C(1) << (LETTERS + view_hash(word, n) % HASHED);
    return sign;
}

uint64_t view_name_sign(const char *folded)
{
    uint64_t sign = listed;
    while (folded && *folded) {
        size_t len = strcspn(folded, " ");
        if (len)
            sign |= word_sign(folded, len);
        folded += len + strspn(folded + len, " ");
    }
    return sign;
}

bool view_filter_words(struct view_filter *f, const char *q, struct cv_arena *arena)
{
    f->sign = listed;
    if (q == NULL || q[0] == '\0')
        return true;
    const char *folded = cv_text_fold(arena, q);
    while (folded && *folded && f->word_count < WORDS) {
        size_t len = strcspn(folded, " ");
        f->words[f->word_count] = folded;
        f->word_len[f->word_count++] = len;
        f->sign |= word_sign(folded, len);
        folded += len + strspn(folded + len, " ");
    }
    return f->word_count > 0;
}

static bool some_word_begins(const char *folded, const char *with, size_t len)
{
    while (*folded) {
        if (strncmp(folded, with, len) == 0)
            return true;
        folded += strcspn(folded, " ");
        folded += strspn(folded, " ");
    }
    return false;
}

bool view_words_match(const char *folded, const struct view_filter *f)
{
    for (size_t i = 0; i < f->word_count; i++)
        if (!some_word_begins(folded, f->words[i], f->word_len[i]))
            return false;
    return true;
}

/* ---- where ---- */
static bool current(const struct post *post, cv_day day)
{
    return post->primary ||
           ((post->from == CV_NO_DAY || post->from <= day) && (post->to == CV_NO_DAY || day < post->to));
}

static bool has_post(const struct view *v, const struct person *p, uint32_t top, bool recursive)
{
    cv_day day = atomic_load(&v->day);
    for (size_t i = 0; i < p->posts; i++) {
        const struct post *post = &person_posts(p)[i];
        if (current(post, day) && (recursive ? view_below(v, post->unit, top) : post->unit == top))
            return true;
    }
    return false;
}

bool view_person_visible(const struct view *v, const struct person *p, uint32_t top)
{
    return p->posts > 0 && (top == 0 || has_post(v, p, top, true));
}

static bool in_place(const struct view *v, const struct view_filter *f, const struct person *p)
{
    if (!f->at_home)
        return view_person_visible(v, p, f->scope) && (f->unit == 0 || has_post(v, p, f->unit, f->recursive));
    uint32_t home = p->tally.home; /* of the primary post, whatever the day */
    return home != NONE && view_below(v, home, f->scope) &&
           (f->recursive ? view_below(v, home, f->unit) : f->unit == 0 || home == f->unit);
}

/* ---- what ---- */
static bool holds_code(const struct person *p, const char *code)
{
    if (p->code && cv_ascii_casecmp(person_text(p, p->code), code) == 0)
        return true;
    for (size_t i = 0; i < p->formers; i++)
        if (person_former(p, i) && cv_ascii_casecmp(person_former(p, i), code) == 0)
            return true;
    return false;
}

/* Systems in which the person is at the stage. */
static uint16_t at_stage(const struct view_filter *f, const struct person *p, const struct tally *t,
                         enum view_stage stage)
{
    uint16_t eligible = t->required & f->staged, issued = eligible & p->issued;
    uint16_t told = issued & (uint16_t)~f->unknown_use, used = t->used[f->slice.slot];
    switch (stage) {
    case VIEW_MISSING:
        return eligible & (uint16_t)~issued;
    case VIEW_ISSUED:
        return issued == eligible ? issued : 0; /* all of them */
    case VIEW_NOT_ACTIVATED:
        return issued & (uint16_t) ~(t->activated | f->unknown_activation);
    case VIEW_LOCKED:
        return eligible & p->locked;
    case VIEW_UNUSED:
        return told & (uint16_t)~used;
    case VIEW_NEVER_USED:
        return told & (uint16_t)~t->ever;
    case VIEW_NOT_REGULAR:
        return told & used & (uint16_t) ~(t->regular[f->slice.slot] | f->unknown_regular);
    case VIEW_UNKNOWN:
        return issued & f->unknown_use;
    default:
        return eligible;
    }
}

static bool at_some_stage(const struct view_filter *f, const struct person *p, const struct tally *t)
{
    uint32_t stages = f->stages ? f->stages : 1u << VIEW_ANY_STAGE;
    for (int stage = 0; stage < VIEW_STAGES; stage++)
        if ((stages >> stage & 1) && at_stage(f, p, t, (enum view_stage)stage))
            return true;
    return false;
}

static bool accounts_match(const struct view_filter *f, const struct person *p, const struct tally *t)
{
    uint16_t lacks = t->flags & T_RECORDED ? t->required & (uint16_t)~p->issued : 0;
    return (p->issued & f->has) == f->has && (lacks & f->missing) == f->missing &&
           (!f->by_stage || at_some_stage(f, p, t));
}

/* The tally comes last: for a window that is not kept it is worked out. */
bool view_match(const struct view *v, const struct view_filter *f, uint32_t slot)
{
    struct tally space;
    if (f->sign & ~v->signs[slot])
        return false;
    const struct person *p = v->people[slot];
    if ((f->categories != 0 && !(f->categories >> p->category & 1)) ||
        (f->updated_since != CV_NO_MOMENT && p->updated_at < f->updated_since) ||
        (f->word_count != 0 && !view_words_match(person_text(p, p->folded), f)) ||
        (f->code && !holds_code(p, f->code)) || !in_place(v, f, p))
        return false;
    const struct tally *t = view_tally_in(v, p, &f->slice, &space);
    return (f->statuses == 0 || f->statuses >> t->status & 1) && (!f->at_home || t->flags & T_RECORDED) &&
           accounts_match(f, p, t);
}

/* ---- candidates of a branch ---- */
size_t view_members_below(const struct view *v, uint32_t top, bool recursive)
{
    if (top == NONE)
        return 0;
    const struct unit *u = v->units[top];
    size_t count = u->members.count;
    for (size_t i = 0; recursive && i < u->children.count; i++)
        count += view_members_below(v, u->children.items[i], true);
    return count;
}

/* With posts in several units of the branch a person is met several times and taken at the first of them. */
static bool taken_here(const struct view *v, const struct person *p, uint32_t here, uint32_t top)
{
    const struct post *posts = person_posts(p);
    size_t i = 0;
    while (!view_below(v, posts[i].unit, top))
        i++;
    return posts[i].unit == here;
}

void view_people_below(const struct view *v, uint32_t top, bool recursive, struct view_slots *out)
{
    struct view_slots tree = {0};
    if (top == NONE)
        return;
    if (recursive)
        view_subtree(v, top, &tree);
    else
        view_slots_add(&tree, top);
    for (size_t i = 0; i < tree.count; i++) {
        const struct view_slots *members = &v->units[tree.items[i]]->members;
        for (size_t m = 0; m < members->count; m++)
            if (!recursive || taken_here(v, v->people[members->items[m]], tree.items[i], top))
                view_slots_add(out, members->items[m]);
    }
    free(tree.items);
}
