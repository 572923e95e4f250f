/* Inside view/: who matches, and the best of them in order. */
#pragma once

#include "congvu/connector.h"
#include "view/figures/figures.h"

/* ---- filter.c, select.c: lists ---- */
enum { WORDS = 8 };
struct view_filter {
    uint32_t scope, unit;           /* tops; 0 = everything, NONE = nothing */
    bool recursive, at_home;        /* at_home: only the unit that counts the person */
    bool moved;                     /* units lay elsewhere on that day: everybody may match */
    const bool *in_unit, *in_scope; /* a unit's slot each; NULL = everything. See view_filter_place */
    uint32_t statuses, categories;
    const char *words[WORDS];
    size_t word_len[WORDS], word_count;
    struct view_sign word_signs[WORDS];
    uint64_t sign;     /* of all of them, and of everybody who is there */
    bool phones;       /* words are looked for in phone numbers too */
    const char *phone; /* the words may be one number, beside what they are; NULL = no */
    size_t phone_len;
    struct view_sign phone_sign;
    uint16_t has, missing, staged;
    bool by_stage;
    uint32_t stages;
    struct view_slice slice;
    uint16_t unknown_use, unknown_regular, unknown_activation; /* systems */
    cv_moment updated_since;
};
bool view_filter_words(struct view_filter *f, const char *q, struct cv_arena *arena); /* false: nothing can match */
/* The same for people: of an address its domain does not count, and what may be a phone number is one word too. */
bool view_filter_person(struct view_filter *f, const char *q, bool phones, struct cv_arena *arena);
bool view_words_match(const char *folded, const struct view_filter *f);
void view_filter_place(const struct view *v, struct view_filter *f, struct cv_arena *arena);
uint32_t view_stages_at(const struct view_filter *f, const struct tally *t); /* of those asked for, all where he is */
bool view_signs_allow(const struct view *v, const struct view_filter *f, uint32_t slot); /* may he have the words? */
/* The next ones, from *from on as they lie in memory, whom the signs allow; 0 = no more. */
/* Into the cache: what decides about somebody; later, when that is there, what he is called. */
void view_fetch(const struct view *v, uint32_t slot);
void view_fetch_names(const struct view *v, const uint32_t *slots, size_t count);
enum { VIEW_CANDIDATES = 64 };
size_t view_candidates(const struct view *v, const struct view_filter *f, uint32_t *from,
                       uint32_t out[VIEW_CANDIDATES]);
/* After view_filter_place. */
bool view_match(const struct view *v, const struct view_filter *f, uint32_t slot);
size_t view_slots_add_once(uint32_t *slots, size_t count, uint32_t slot); /* not NONE; returns how many there are */
/* Who holds or held it (person_find.c), led on from a merged record to the one that stands for the person, each once;
 * not who is led to nobody that whoever sees `top` may see. Returns how many. */
size_t view_holders(const struct view *v, uint32_t top, enum view_key by, const char *key,
                    uint32_t out[VIEW_HOLDERS_MAX]);
/* As it was on the day of `then`. */
/* What a row of figures says of its unit: id, code, names, kind and block; `then`: as they were. */
void view_fill_row_unit(const struct view *v, const struct view_tree *then, cv_day day, uint32_t slot,
                        struct cv_arena *arena, struct view_unit *out);
bool view_person_visible(const struct view *v, const struct person *p, uint32_t top);
/* People with any post at or below `top`, each once. NONE-safe. */
void view_people_below(const struct view *v, uint32_t top, bool recursive, struct view_slots *out);
size_t view_members_below(const struct view *v, uint32_t top, bool recursive); /* at most that many */

enum { BY_DEPARTURE = VIEW_BY_MATCH + 1 };
struct view_sorting {
    int by;
    const struct view_filter *f; /* with VIEW_BY_MATCH: the words */
};
struct view_position {
    const uint8_t *value;
    size_t len;
    struct cv_id id;
};
bool view_position_read(const void *after, size_t len, struct view_position *out);
const void *view_position_write(struct cv_arena *arena, const struct person *p, struct view_sorting sort,
                                size_t *out_len);
int view_position_order(const struct person *p, struct view_sorting sort, const struct view_position *at);
struct view_best {
    uint32_t *slots;
    size_t count, cap;
    struct view_sorting sort;
    bool descending;
    const struct view *v;
};
void view_best_offer(struct view_best *b, uint32_t slot);
void view_best_finish(struct view_best *b); /* in order */
/* Returns the copy of the record in which the texts lie. */
const struct person *view_fill_staff(const struct view *v, uint32_t slot, bool accounts, struct cv_arena *arena,
                                     struct view_staff *out);
bool view_drifts(const struct person *p, const struct account *a);
/* Fails as view_no_unit does. */
bool view_no_system(const struct view *v, const char *parameter, const char *slug, struct cv_error *err);
/* One round over `count` places from the cursor on; false when it is over. */
static inline bool view_next_place(size_t *cursor, size_t *step, size_t count, size_t *out)
{
    if (*step >= count)
        return false;
    *cursor = *cursor < count ? *cursor : 0;
    *out = (*cursor)++;
    (*step)++;
    return true;
}
