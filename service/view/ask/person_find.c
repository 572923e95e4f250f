/* Questions about single people, and the small lists of the scheduler. */
#include <stdio.h>
#include <string.h>

#include "congvu/person_name.h"
#include "view/ask/ask.h"

/* ---- answers ---- */
bool view_drifts(const struct person *p, const struct account *a)
{
    const struct account_more more = view_account_more(p, a);
    return dom_account_drifts((enum dom_desired)a->desired, (enum dom_observed)a->observed, more.attempts, a->kept,
                              more.lost_at != 0);
}

const struct certificate *view_certificate_of(const struct person *p, const struct account *a)
{
    for (size_t i = 0; i < p->certificates; i++)
        if (person_certificates(p)[i].system == a->system)
            return &person_certificates(p)[i];
    return NULL;
}

/* A record as it is now, for texts that outlast the lock: one copy costs less than one of each. */
static const struct person *kept(const struct person *p, struct cv_arena *arena)
{
    size_t size = offsetof(struct person, data) + p->size;
    return memcpy(cv_arena_alloc(arena, size), p, size);
}

static const struct dom_certificate *fill_certificate(const struct person *p, const struct account *a,
                                                      struct cv_arena *arena)
{
    const struct certificate *c = view_certificate_of(p, a);
    if (c == NULL)
        return NULL;
    struct dom_certificate *out = CV_NEW(arena, struct dom_certificate);
    *out = (struct dom_certificate){.valid_to = c->valid_to,
                                    .token_serial = person_text(p, c->serial),
                                    .custodian = c->custodian,
                                    .returned_on = c->returned_on};
    return out;
}

void view_fill_account(const struct view *v, uint32_t slot, const struct person *p, size_t at, struct cv_arena *arena,
                       struct view_account *out)
{
    const struct account *a = &person_accounts(p)[at];
    struct view_pool keep = {.arena = arena};
    const struct account_more more = view_account_more(p, a);
    *out = (struct view_account){
        .system = v->systems[a->system].slug, /* stays as long as the view */
        .desired = (enum dom_desired)a->desired,
        .observed = (enum dom_observed)a->observed,
        .login = person_text(p, a->login),
        .reason = view_pool_text(&keep, view_word_text(&v->words, more.reason)),
        .since = a->since != 0 ? (cv_moment)a->since : CV_NO_MOMENT,
        .last_error = person_text(p, more.error),
        .remote_id = person_text(p, more.remote_id),
        .attempts = more.attempts,
        .next_try_at = more.next_try ? (cv_moment)more.next_try : CV_NO_MOMENT,
        .not_taken = more.not_taken,
        .kept = a->kept,
        .lost = more.lost_at != 0,
        .drifts = view_drifts(p, a),
        .certificate = fill_certificate(p, a, arena),
        .required = v->tallies[slot].required >> a->system & 1,
        .last_active_on = view_last_active(v, p, a),
        .ended_on = CV_NO_DAY,
    };
}

static void fill_post(const struct view *v, const struct post *post, struct view_pool *keep, struct view_staff *out)
{
    if (post == NULL)
        return;
    const struct unit *u = v->units[post->unit];
    out->title = view_pool_text(keep, view_word_text(&v->words, post->title));
    out->unit = u->id;
    out->unit_code = view_pool_text(keep, u->u.code);
    for (int i = 0; i < CV_LANGS; i++)
        out->unit_name[i] = view_pool_text(keep, u->u.name[i]);
}

static void fill_departure(const struct person *p, struct view_staff *out)
{
    const struct leaving *l = person_leaving(p);
    out->departure_on = CV_NO_DAY;
    out->departure_recorded_at = CV_NO_MOMENT;
    if (l == NULL)
        return;
    out->has_departure = true;
    out->departure_state = (enum dom_departure_state)l->state;
    out->departure_reason = (enum dom_reason)l->reason;
    out->departure_on = l->on;
    out->departure_number = l->number;
    out->departure_recorded_at = l->recorded_at;
}

const struct person *view_fill_staff(const struct view *v, uint32_t slot, bool accounts, struct cv_arena *arena,
                                     struct view_staff *out)
{
    struct view_pool keep = {.arena = arena};
    const struct person *p = kept(v->people[slot], arena);
    *out = (struct view_staff){
        .id = p->id,
        .staff_code = person_text(p, p->code),
        .full_name = person_text(p, p->name),
        .address = person_text(p, p->address),
        .category = (enum dom_category)v->tallies[slot].category,
        .birth_year = p->birth_year,
        .status = (enum dom_status)v->tallies[slot].status,
        .hired_on = p->hired_on,
        .revision = p->revision,
        .updated_at = p->updated_at,
    };
    fill_post(v, view_home_on(p, atomic_load(&v->day)), &keep, out);
    fill_departure(p, out);
    if (!accounts || p->accounts == 0)
        return p;
    out->accounts = CV_NEWS(arena, struct view_account, p->accounts);
    out->account_count = p->accounts;
    for (size_t i = 0; i < p->accounts; i++)
        view_fill_account(v, slot, p, i, arena, &out->accounts[i]);
    return p;
}

/* ---- by key ---- */
static bool carries(const struct person *p, const char *code)
{
    return p->code && cv_ascii_casecmp(person_text(p, p->code), code) == 0;
}

static bool carried(const struct person *p, const char *code)
{
    for (size_t i = 0; i < p->formers; i++)
        if (person_former(p, i) && cv_ascii_casecmp(person_former(p, i), code) == 0)
            return true;
    return false;
}

/* Who carries it now goes before who carried it. */
static uint32_t by_code(const struct view *v, const char *code)
{
    struct view_probe probe;
    uint32_t former = NONE, at = view_lookup_first(&v->by_code, view_hash_code(code), &probe);
    while (at != NONE && !carries(v->people[at], code)) {
        if (carried(v->people[at], code))
            former = at;
        at = view_lookup_next(&v->by_code, &probe);
    }
    return at != NONE ? at : former;
}

/* ---- merged records ---- */

/* Seen by who sees the unit where it was at home. */
static bool plate_visible(const struct view *v, const struct person *p, uint32_t top)
{
    struct cv_id unit;
    const char *at = person_text(p, p->into);
    uint32_t slot = cv_id_parse("unt_", strchr(at, ' ') + 1, &unit) ? view_unit_slot_of(v, unit) : NONE;
    return top == 0 || (slot != NONE && view_names_below(v, slot, top));
}

static bool record_visible(const struct view *v, const struct person *p, uint32_t top)
{
    return p->into ? plate_visible(v, p, top) : view_person_visible(v, p, top);
}

/* The record that stands for him now; NONE when a way there is not for the caller. */
static uint32_t led(const struct view *v, uint32_t slot, uint32_t top)
{
    for (int i = 0; slot != NONE && v->people[slot]->into && i < VIEW_HOPS; i++)
        slot = plate_visible(v, v->people[slot], top) ? view_person_slot(v, view_into_of(v->people[slot])) : NONE;
    return slot;
}

bool view_staff_itself(const struct view *v, struct view_scope scope, const char *key, struct cv_arena *arena,
                       struct view_staff *out, bool *out_merged)
{
    struct cv_id id;
    if (!view_enter(v, NULL))
        return false;
    uint32_t top = view_scope_slot(v, scope);
    uint32_t slot = cv_id_parse("stf_", key, &id) ? view_person_slot(v, id) : by_code(v, key);
    bool merged = slot != NONE && v->people[slot]->into;
    bool found = slot != NONE && record_visible(v, v->people[slot], top);
    if (found)
        view_fill_staff(v, slot, false, arena, out);
    if (found && merged)
        cv_id_parse("unt_", strchr(person_text(v->people[slot], v->people[slot]->into), ' ') + 1, &out->unit);
    *out_merged = merged;
    view_leave(v);
    return found;
}

bool view_staff_find(const struct view *v, struct view_scope scope, const char *key, struct cv_arena *arena,
                     struct view_staff *out, struct cv_error *err)
{
    struct cv_id id;
    if (!view_enter(v, err))
        return false;
    uint32_t top = view_scope_slot(v, scope);
    uint32_t slot = led(v, cv_id_parse("stf_", key, &id) ? view_person_slot(v, id) : by_code(v, key), top);
    bool found = slot != NONE && view_person_visible(v, v->people[slot], top);
    if (found)
        view_fill_staff(v, slot, true, arena, out);
    view_leave(v);
    return found || (view_may_deny(v, err) &&
                     cv_fail(err, cvp_staff_not_found, NULL, "Không tìm thấy người này", "There is no such person"));
}

bool view_staff_by_id(const struct view *v, struct view_scope scope, struct cv_id id, struct cv_arena *arena,
                      struct view_staff *out)
{
    char key[CV_ID_TEXT];
    struct cv_error none = {0};
    return view_staff_find(v, scope, cv_id_text("stf_", id, key), arena, out, &none);
}

bool view_code_holder(const struct view *v, const char *code, struct cv_id *out_staff)
{
    if (!view_enter(v, NULL))
        return false;
    uint32_t slot = by_code(v, code);
    if (slot != NONE)
        *out_staff = v->people[slot]->id;
    view_leave(v);
    return slot != NONE;
}

static const char *clash_with(const struct person *p, const char *code)
{
    if (p->code && dom_code_clash(person_text(p, p->code), code))
        return person_text(p, p->code);
    for (size_t i = 0; i < p->formers; i++)
        if (person_former(p, i) && dom_code_clash(person_former(p, i), code))
            return person_former(p, i);
    return NULL;
}

const char *view_code_clash(const struct view *v, const char *code, struct cv_arena *arena)
{
    struct view_probe probe;
    const char *clash = NULL;
    if (!view_enter(v, NULL))
        return NULL;
    for (uint32_t at = view_lookup_first(&v->by_code, view_hash_code(code), &probe); at != NONE && !clash;
         at = view_lookup_next(&v->by_code, &probe))
        clash = clash_with(v->people[at], code);
    if (clash)
        clash = cv_arena_strdup(arena, clash);
    view_leave(v);
    return clash;
}

static bool holds_name(const struct person *p, const char *name)
{
    for (size_t i = 0; i < p->names; i++)
        if (person_name_held(p, i) && cv_ascii_casecmp(person_name_held(p, i), name) == 0)
            return true;
    return false;
}

static uint32_t by_name(const struct view *v, const char *name)
{
    struct view_probe probe;
    uint32_t at = view_lookup_first(&v->by_name, view_hash_text(name), &probe);
    while (at != NONE && !holds_name(v->people[at], name))
        at = view_lookup_next(&v->by_name, &probe);
    return at;
}

static bool of_a_unit(const struct view *v, const char *name)
{
    struct view_probe probe;
    for (uint32_t at = view_lookup_first(&v->unit_by_name, view_hash_text(name), &probe); at != NONE;
         at = view_lookup_next(&v->unit_by_name, &probe)) {
        const struct dom_unit *u = &v->units[at]->u;
        for (size_t i = 0; i < u->mail_name_count; i++)
            if (cv_ascii_casecmp(u->mail_names[i], name) == 0)
                return true;
    }
    return false;
}

bool view_name_taken(const struct view *v, const char *name)
{
    if (!view_enter(v, NULL))
        return false;
    bool taken = by_name(v, name) != NONE || of_a_unit(v, name);
    view_leave(v);
    return taken;
}

static uint32_t by_name_in(const struct view *v, const char *slug, const char *login)
{
    enum { NAME_MAX = 400 };
    char name[NAME_MAX];
    return snprintf(name, sizeof name, "%s/%s", slug, login) < NAME_MAX ? by_name(v, name) : NONE;
}

/* A login is a name of its system; where the system takes the mailbox login or the address, of the mailbox. People sign
 * in to mailboxes by address too. */
static uint32_t by_login(const struct view *v, const struct system *system, const char *login)
{
    uint32_t at = by_name_in(v, system->slug, login);
    if (at == NONE && system->s.login_rule == NULL)
        at = by_name_in(v, "mailbox", login);
    return at == NONE && strchr(login, '@') != NULL ? by_name(v, login) : at;
}

static uint32_t holder_slot(const struct view *v, enum view_key by, const char *key)
{
    struct cv_id id;
    switch (by) {
    case VIEW_BY_NAME:
        return by_name(v, key);
    case VIEW_BY_CODE:
        return by_code(v, key);
    default:
        return cv_id_parse("stf_", key, &id) ? view_person_slot(v, id) : NONE;
    }
}

size_t view_slots_add_once(uint32_t *slots, size_t count, uint32_t slot)
{
    for (size_t i = 0; i < count; i++)
        if (slots[i] == slot)
            return count;
    if (slot != NONE)
        slots[count++] = slot;
    return count;
}

size_t view_holders(const struct view *v, uint32_t top, enum view_key by, const char *key,
                    uint32_t out[VIEW_HOLDERS_MAX])
{
    size_t count = 0;
    if (by != VIEW_BY_LOGIN)
        return view_slots_add_once(out, 0, led(v, holder_slot(v, by, key), top));
    for (unsigned s = 0; s < v->system_count; s++)
        if (v->systems[s].slug)
            count = view_slots_add_once(out, count, led(v, by_login(v, &v->systems[s], key), top));
    return count;
}

static bool holder_seen(const struct view *v, struct view_scope scope, uint32_t slot, struct cv_id *out)
{
    bool found = slot != NONE && record_visible(v, v->people[slot], view_scope_slot(v, scope));
    if (found)
        *out = v->people[slot]->id;
    return found;
}

bool view_staff_holder(const struct view *v, struct view_scope scope, enum view_key by, const char *key,
                       struct cv_id *out)
{
    if (!view_enter(v, NULL))
        return false;
    bool found = holder_seen(v, scope, holder_slot(v, by, key), out);
    view_leave(v);
    return found;
}

bool view_login_holder(const struct view *v, struct view_scope scope, const char *system, const char *login,
                       struct cv_id *out)
{
    if (!view_enter(v, NULL))
        return false;
    int at = view_system_known(v, system);
    bool found = at >= 0 && holder_seen(v, scope, by_login(v, &v->systems[at], login), out);
    view_leave(v);
    return found;
}

static bool carries_now(const struct person *p, enum view_key by, const char *key)
{
    if (by == VIEW_BY_CODE)
        return cv_ascii_same(person_text(p, p->code), key);
    if (by != VIEW_BY_ID && cv_ascii_same(person_text(p, p->address), key))
        return true;
    for (size_t i = 0; by == VIEW_BY_LOGIN && i < p->accounts; i++)
        if (cv_ascii_same(person_text(p, person_accounts(p)[i].login), key))
            return true;
    return by == VIEW_BY_ID;
}

static size_t hold(const struct view *v, uint32_t top, enum view_key by, const char *key, struct view_holding *out)
{
    uint32_t slots[VIEW_HOLDERS_MAX];
    size_t count = view_holders(v, top, by, key, slots), held = 0;
    for (size_t i = 0; i < count; i++) {
        const struct person *p = v->people[slots[i]];
        if (view_person_visible(v, p, top))
            out[held++] =
                (struct view_holding){.key = key, .found = true, .current = carries_now(p, by, key), .staff = p->id};
    }
    return held;
}

bool view_staff_holdings(const struct view *v, struct view_scope scope, enum view_key by, const char *const *keys,
                         size_t count, struct view_holding *out, size_t *out_count, struct cv_error *err)
{
    *out_count = 0;
    if (!view_enter_people(v, err))
        return false;
    uint32_t top = view_scope_slot(v, scope);
    for (size_t i = 0; i < count; i++) {
        size_t held = hold(v, top, by, keys[i], &out[*out_count]);
        if (held == 0)
            out[*out_count] = (struct view_holding){.key = keys[i]};
        *out_count += held > 0 ? held : 1;
    }
    view_leave(v);
    return true;
}

/* ---- likely the same person ---- */
struct twin {
    const char *folded;
    uint64_t sign;
    int birth_year;
    bool has_mobile;
    uint8_t mobile[6];
    uint32_t unit;
    cv_day day;
};

/* Of the words that can be written in one way only. */
static uint64_t sure_sign(const char *folded)
{
    uint64_t sign = 0;
    for (const char *word = folded; *word != '\0'; word += strspn(word, " ")) {
        size_t len = strcspn(word, " ");
        bool sure = true;
        for (size_t i = 0; i < len; i++)
            sure = sure && !dom_y_is_i(folded, word + i);
        sign |= sure ? view_word_sign(word, len).all : 0;
        word += len;
    }
    return sign;
}

static bool is_twin(const struct person *p, const struct twin *t)
{
    const struct post *post = view_home_on(p, t->day);
    const char *folded = person_text(p, p->folded);
    if (!post || !folded || !dom_names_alike(folded, t->folded))
        return false;
    return (t->birth_year && p->birth_year == t->birth_year) ||
           (t->has_mobile && memcmp(p->mobile, t->mobile, sizeof p->mobile) == 0) ||
           (t->unit != NONE && post->unit == t->unit);
}

size_t view_twins(const struct view *v, const struct view_twin_query *q, struct cv_id *out, size_t max)
{
    cv_auto_arena arena = cv_arena_new(CV_MAX_BODY);
    size_t count = 0;
    if (arena == NULL || q->full_name == NULL)
        return 0;
    struct twin t = {
        .folded = cv_text_fold(arena, q->full_name), .birth_year = q->birth_year, .has_mobile = q->mobile != NULL};
    view_mobile_pack(q->mobile, t.mobile);
    t.sign = sure_sign(t.folded);
    if (t.folded[0] == '\0' || !view_enter(v, NULL))
        return 0;
    t.unit = q->has_unit ? view_unit_slot_of(v, q->unit) : NONE;
    t.day = atomic_load(&v->day);
    for (size_t i = 0; i < v->people_end && count < max; i++)
        if (v->people[i] && !(t.sign & ~v->signs[i]) && is_twin(v->people[i], &t))
            out[count++] = v->people[i]->id;
    view_leave(v);
    return count;
}

/* ---- for the scheduler ---- */
size_t view_due_departures(const struct view *v, cv_day day, size_t *cursor, struct cv_id *out, size_t max)
{
    size_t count = 0, step = 0, i;
    if (!view_enter(v, NULL))
        return 0;
    while (count < max && view_next_place(cursor, &step, v->leavers.count, &i)) {
        const struct person *p = v->people[v->leavers.items[i]];
        const struct leaving *l = person_leaving(p);
        if (l && l->state == DOM_SCHEDULED && l->on <= day)
            out[count++] = p->id;
    }
    view_leave(v);
    return count;
}

bool view_next_leaver(const struct view *v, size_t *cursor, struct cv_id *out)
{
    bool found = false;
    if (!view_enter(v, NULL))
        return false;
    for (; *cursor < v->people_end && !found; (*cursor)++) {
        const struct person *p = v->people[*cursor];
        const struct leaving *l = p != NULL && !p->into ? person_leaving(p) : NULL;
        found = l != NULL && (l->state == DOM_IN_PROGRESS || l->state == DOM_DONE);
        if (found)
            *out = p->id;
    }
    view_leave(v);
    return found;
}

size_t view_open_cut_offs(const struct view *v, size_t *cursor, struct cv_id *out, size_t max)
{
    size_t count = 0, step = 0, i;
    if (!view_enter(v, NULL))
        return 0;
    while (count < max && view_next_place(cursor, &step, v->cutting.count, &i))
        out[count++] = v->people[v->cutting.items[i]]->id;
    view_leave(v);
    return count;
}

/* ---- merges that are not whole ---- */
static bool has_absorbed(const struct person *p, struct cv_id id)
{
    char text[CV_ID_TEXT];
    const char *all = person_text(p, p->absorbed);
    return all && strstr(all, cv_id_text("stf_", id, text)) != NULL;
}

/* The first record on his way that does not know of him. */
static bool unknown_on_the_way(const struct view *v, const struct person *p, struct cv_id *out)
{
    const struct person *at = p;
    for (int i = 0; at->into && i < VIEW_HOPS; i++) {
        uint32_t slot = view_person_slot(v, view_into_of(at));
        if (slot == NONE)
            return false;
        at = v->people[slot];
        *out = at->id;
        if (!has_absorbed(at, p->id))
            return true;
    }
    return false;
}

/* One that stands by itself again. */
static bool absorbed_no_more(const struct view *v, const struct person *p, struct cv_id *out)
{
    for (const char *at = person_text(p, p->absorbed); view_next_absorbed(&at, out);) {
        uint32_t slot = view_person_slot(v, *out);
        if (slot != NONE && !v->people[slot]->into)
            return true;
    }
    return false;
}

size_t view_half_merged(const struct view *v, struct view_half_merge *out, size_t max)
{
    size_t count = 0;
    if (!view_enter(v, NULL))
        return 0;
    for (size_t i = 0; i < v->people_end && count < max; i++) {
        const struct person *p = v->people[i];
        if (p && p->into && unknown_on_the_way(v, p, &out[count].into))
            out[count++].emptied = p->id;
        else if (p && p->absorbed && absorbed_no_more(v, p, &out[count].emptied))
            out[count++].into = p->id;
    }
    view_leave(v);
    return count;
}

enum { AT_A_TIME = 1000 }; /* people */

static bool lacks_account(const struct view *v, size_t slot, cv_day day)
{
    if (day == atomic_load(&v->day))
        return v->tallies[slot].flags & T_LACKING;
    return view_tally_of(v, v->people[slot], &(struct view_window){day, day}).flags & T_LACKING;
}

size_t view_unprovisioned(const struct view *v, cv_day day, size_t *cursor, struct cv_id *out, size_t max)
{
    size_t count = 0, step = 0, i;
    if (!view_enter(v, NULL))
        return 0;
    bool none = day == atomic_load(&v->day) && v->lacking == 0;
    while (!none && count < max && view_next_place(cursor, &step, v->people_end, &i)) {
        if (step % AT_A_TIME == 0)
            view_breathe(v);
        if (i < v->people_end && v->people[i] && lacks_account(v, i, day))
            out[count++] = v->people[i]->id;
    }
    view_leave(v);
    return count;
}
