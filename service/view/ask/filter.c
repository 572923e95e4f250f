/* Who matches. */
#include <stdlib.h>
#include <string.h>

#include "view/ask/ask.h"

/* ---- words that are looked for ---- */
bool view_filter_words(struct view_filter *f, const char *q, struct cv_arena *arena)
{
    f->sign = view_word_sign("", 0).all;
    if (q == NULL || q[0] == '\0')
        return true;
    const char *folded = cv_text_fold(arena, q);
    while (folded && *folded && f->word_count < WORDS) {
        size_t len = strcspn(folded, " ");
        f->words[f->word_count] = folded;
        f->word_signs[f->word_count] = view_word_sign(folded, len);
        f->sign |= f->word_signs[f->word_count].all;
        f->word_len[f->word_count++] = len;
        folded += len + strspn(folded + len, " ");
    }
    return f->word_count > 0;
}

/* "+84 912 345 678" is one word; a few digits may be two codes, and so may many that begin as no number does. */
static const char *as_phone(struct cv_arena *arena, const char *q)
{
    enum { LEAST = 8 };
    const char *begin = q + strspn(q, " .-()");
    char *digits = cv_arena_strdup(arena, q), *to = digits;
    if (*begin != '+' && *begin != '0' && strncmp(begin, "84", 2) != 0)
        return NULL;
    for (; *q; q++)
        if (*q >= '0' && *q <= '9')
            *to++ = *q;
        else if (!strchr(" .-+()", *q))
            return NULL;
    *to = '\0';
    return to - digits >= LEAST ? digits : NULL;
}

/* Of "annv@ninhthuan.gov.vn" the domain is everybody's. */
static const char *without_domains(struct cv_arena *arena, const char *q)
{
    char *out = cv_arena_strdup(arena, q);
    for (char *at = strchr(out, '@'); at; at = strchr(at, '@'))
        memset(at, ' ', strcspn(at, " "));
    return out;
}

bool view_filter_person(struct view_filter *f, const char *q, bool phones, struct cv_arena *arena)
{
    f->phones = phones;
    f->phone = q ? as_phone(arena, q) : NULL;
    if (f->phone)
        f->phone_sign = view_word_sign(f->phone, f->phone_len = strlen(f->phone));
    return view_filter_words(f, q ? without_domains(arena, q) : NULL, arena);
}

bool view_words_match(const char *folded, const struct view_filter *f)
{
    for (size_t i = 0; i < f->word_count; i++)
        if (!view_text_has(folded, f->words[i], f->word_len[i]))
            return false;
    return true;
}

static bool may_begin(uint64_t words, const struct view_sign *with)
{
    return !(with->finer & ~words);
}

/* Each word in the name or in the rest, as far as the signs tell. */
static bool finer_allow(const struct view_finer_sign *sign, const struct view_filter *f)
{
    for (size_t i = 0; i < f->word_count; i++)
        if (!may_begin(sign->name, &f->word_signs[i]) && !may_begin(sign->rest, &f->word_signs[i]))
            return false;
    return true;
}

static bool has_phone(const struct view_finer_sign *sign, const struct person *p, const struct view_filter *f)
{
    return f->phone && may_begin(sign->rest, &f->phone_sign) && view_rest_has(p, f->phones, f->phone, f->phone_len);
}

static bool person_words_match(const struct view_finer_sign *sign, const struct person *p, const struct view_filter *f)
{
    for (size_t i = 0; i < f->word_count; i++) {
        const struct view_sign *with = &f->word_signs[i];
        if (!(may_begin(sign->name, with) && view_name_has(p, f->words[i], f->word_len[i])) &&
            !(may_begin(sign->rest, with) && view_rest_has(p, f->phones, f->words[i], f->word_len[i])))
            return false;
    }
    return true;
}

bool view_signs_allow(const struct view *v, const struct view_filter *f, uint32_t slot)
{
    const struct view_finer_sign *finer = &v->finer_signs[slot];
    return (!(f->sign & ~v->signs[slot]) && finer_allow(finer, f)) ||
           (f->phone && !(f->phone_sign.all & ~v->signs[slot]) && may_begin(finer->rest, &f->phone_sign));
}

void view_fetch(const struct view *v, uint32_t slot)
{
    __builtin_prefetch(&v->tallies[slot]);
    __builtin_prefetch(&v->people[slot]->key);
}

void view_fetch_names(const struct view *v, const uint32_t *slots, size_t count)
{
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(v->people[slots[i]]->data + v->people[slots[i]]->folded);
}

size_t view_candidates(const struct view *v, const struct view_filter *f, uint32_t *from, uint32_t out[VIEW_CANDIDATES])
{
    size_t count = 0;
    uint32_t slot = *from;
    for (; slot < v->people_end && count < VIEW_CANDIDATES; slot++) {
        if (!view_signs_allow(v, f, slot))
            continue;
        if (f->word_count > 0)
            view_fetch(v, slot);
        out[count++] = slot;
    }
    *from = slot;
    if (f->word_count > 0)
        view_fetch_names(v, out, count);
    return count;
}

/* ---- where ---- */
static bool has_post(const struct view *v, const struct person *p, uint32_t top)
{
    cv_day day = atomic_load(&v->day);
    const struct post *home = view_home_on(p, day);
    for (size_t i = 0; i < p->posts; i++) {
        const struct post *post = &person_posts(p)[i];
        if ((post == home || view_post_in_force(post, day)) && view_names_below(v, post->unit, top))
            return true;
    }
    return false;
}

bool view_person_visible(const struct view *v, const struct person *p, uint32_t top)
{
    return p->posts > 0 && (top == 0 || has_post(v, p, top));
}

static const bool *branch_of(const struct view *v, const struct view_tree *then, uint32_t top, bool recursive,
                             struct cv_arena *arena)
{
    struct view_slots tree = {0};
    if (top == 0)
        return NULL;
    bool *branch = CV_NEWS(arena, bool, v->unit_count);
    if (top != NONE && recursive)
        view_subtree_then(v, then, top, &tree);
    else if (top != NONE)
        view_slots_add(&tree, top);
    for (size_t i = 0; i < tree.count; i++)
        branch[tree.items[i]] = true;
    free(tree.items);
    return branch;
}

/* The units whose people the scope knows by name. */
static const bool *names_of(const struct view *v, uint32_t top, struct cv_arena *arena)
{
    struct view_slots tree = {0};
    if (top == 0)
        return NULL;
    bool *named = CV_NEWS(arena, bool, v->unit_count);
    if (top != NONE)
        view_subtree(v, top, &tree);
    for (size_t i = 0; i < tree.count; i++)
        named[tree.items[i]] = view_names_below(v, tree.items[i], top);
    free(tree.items);
    return named;
}

void view_filter_place(const struct view *v, struct view_filter *f, struct cv_arena *arena)
{
    struct view_tree *then = f->slice.special ? view_tree_on(v, f->slice.window.to) : NULL;
    f->in_unit = branch_of(v, then, f->unit, f->recursive, arena);
    f->in_scope = names_of(v, f->scope, arena);
    f->moved = then != NULL;
    view_tree_free(&then);
}

/* A unit that is asked for is where the person is at home; a guest from elsewhere is seen, and listed there. */
static bool in_place(const struct view *v, const struct view_filter *f, uint32_t slot, uint32_t home)
{
    bool asked = f->in_unit == NULL || (home != NONE && f->in_unit[home]);
    bool at_home = f->in_scope == NULL ? home != NONE : home != NONE && f->in_scope[home];
    if (f->at_home)
        return asked && at_home;
    return asked && (f->in_scope == NULL ? (v->tallies[slot].flags & T_POSTED) != 0
                                         : at_home || view_person_visible(v, v->people[slot], f->scope));
}

/* ---- what ---- */
/* Systems in which the person is at the stage. */
static uint16_t at_stage(const struct view_filter *f, const struct tally *t, enum view_stage stage)
{
    uint16_t eligible = t->required & f->staged, issued = eligible & t->issued;
    uint16_t told = issued & (uint16_t)~f->unknown_use, used = t->used[f->slice.slot];
    switch (stage) {
    case VIEW_MISSING:
        return eligible & (uint16_t)~issued;
    case VIEW_ISSUED:
        return issued == eligible ? issued : 0; /* all of them */
    case VIEW_NOT_ACTIVATED:
        return issued & (uint16_t) ~(t->activated | f->unknown_activation);
    case VIEW_LOCKED:
        return eligible & t->locked;
    case VIEW_UNUSED:
        return told & (uint16_t)~used;
    case VIEW_NEVER_USED:
        return told & t->never;
    case VIEW_NOT_REGULAR:
        return told & used & (uint16_t) ~(t->regular[f->slice.slot] | f->unknown_regular);
    case VIEW_UNKNOWN:
        return issued & f->unknown_use;
    case VIEW_BEYOND:
        return f->staged & t->issued & (uint16_t)~t->required;
    default:
        return eligible;
    }
}

uint32_t view_stages_at(const struct view_filter *f, const struct tally *t)
{
    uint32_t stages = f->stages ? f->stages : 1u << VIEW_ANY_STAGE, found = 0;
    for (int stage = 0; stage < VIEW_STAGES; stage++)
        if ((stages >> stage & 1) && at_stage(f, t, (enum view_stage)stage))
            found |= 1u << stage;
    return found;
}

static bool accounts_match(const struct view_filter *f, const struct tally *today, const struct tally *t)
{
    uint16_t lacks = t->flags & T_RECORDED ? t->required & (uint16_t)~today->issued : 0;
    return (today->issued & f->has) == f->has && (lacks & f->missing) == f->missing &&
           (!f->by_stage || view_stages_at(f, t) != 0);
}

/* Of a day that is over people are listed where they were then. */
static bool tally_matches(const struct view *v, const struct view_filter *f, uint32_t slot)
{
    struct tally space;
    const struct tally *t = view_tally_in(v, slot, &f->slice, &space);
    return in_place(v, f, slot, t->home) && (f->categories == 0 || f->categories >> t->category & 1) &&
           (f->statuses == 0 || f->statuses >> t->status & 1) && (!f->at_home || t->flags & T_RECORDED) &&
           accounts_match(f, &v->tallies[slot], t);
}

/* What lies beside each other for everybody comes first, the person after it, and last a tally of a window that is not
 * kept, which is worked out. */
bool view_match(const struct view *v, const struct view_filter *f, uint32_t slot)
{
    if (f->word_count > 0 && !view_signs_allow(v, f, slot))
        return false;
    if (!f->slice.special && !tally_matches(v, f, slot))
        return false;
    return (f->updated_since == CV_NO_MOMENT || v->people[slot]->updated_at >= f->updated_since) &&
           (f->word_count == 0 || person_words_match(&v->finer_signs[slot], v->people[slot], f) ||
            has_phone(&v->finer_signs[slot], v->people[slot], f)) &&
           (!f->slice.special || tally_matches(v, f, slot));
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
            if (!recursive || !(v->tallies[members->items[m]].flags & T_SEVERAL) ||
                taken_here(v, v->people[members->items[m]], tree.items[i], top))
                view_slots_add(out, members->items[m]);
    }
    free(tree.items);
}
