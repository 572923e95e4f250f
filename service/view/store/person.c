/* One person, packed: a fixed part, then posts, accounts and strings behind it in the same allocation. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/store/view.h"

/* ---- texts that need ICU: before the lock ---- */

/* A part of a name: its sort key, and how it is searched for. */
struct part {
    const char *text, *folded;
    const uint8_t *key;
    size_t len; /* of the key */
};

/* Parts repeat: of most people's three none is made anew. */
static struct part part_of(struct view *v, const char *text, struct cv_arena *scratch)
{
    struct part p = {.text = text ? text : ""};
    struct view_name_part *known = &v->name_parts[view_hash(p.text, strlen(p.text)) % VIEW_NAME_PARTS];
    if (known->len == 0 || strcmp(known->text, p.text) != 0) {
        p.key = cv_text_sort_key(scratch, p.text, &p.len);
        p.folded = cv_text_fold(scratch, p.text);
        if (strlen(p.text) >= sizeof(known->text) || strlen(p.folded) >= sizeof(known->folded) ||
            p.len > sizeof(known->key))
            return p;
        memcpy(known->text, p.text, strlen(p.text) + 1);
        memcpy(known->folded, p.folded, strlen(p.folded) + 1);
        memcpy(known->key, p.key, p.len);
        known->len = (uint8_t)p.len;
    }
    p.len = known->len;
    p.key = memcpy(cv_arena_room(scratch, 1, p.len), known->key, p.len);
    p.folded = cv_arena_strdup(scratch, known->folded);
    return p;
}

/* Family, middle and given name with a blank between, as almost every name is written? */
static bool is_of_parts(const char *name, const struct part *const *in_order)
{
    bool first = true;
    for (int i = 0; i < 3; i++) {
        size_t len = strlen(in_order[i]->text);
        if (len == 0)
            continue;
        if (!first && *name++ != ' ')
            return false;
        if (strncmp(name, in_order[i]->text, len) != 0)
            return false;
        name += len;
        first = false;
    }
    return !first && *name == '\0';
}

static const char *joined(struct cv_arena *scratch, const struct part *const *in_order)
{
    size_t len = 0;
    char *out = cv_arena_room(
        scratch, 1, strlen(in_order[0]->folded) + strlen(in_order[1]->folded) + strlen(in_order[2]->folded) + 3);
    for (int i = 0; i < 3; i++) {
        size_t more = strlen(in_order[i]->folded);
        if (more > 0 && len > 0)
            out[len++] = ' ';
        memcpy(out + len, in_order[i]->folded, more);
        len += more;
    }
    out[len] = '\0';
    return out;
}

void view_person_texts(struct view *v, const struct dom_staff *s, struct cv_arena *scratch,
                       struct view_person_texts *out)
{
    const char *name = s->full_name ? s->full_name : "";
    const struct part parts[] = {part_of(v, s->given_name ? s->given_name : name, scratch),
                                 part_of(v, s->family_name, scratch), part_of(v, s->middle_name, scratch)};
    const struct part *const in_order[] = {&parts[1], &parts[2], &parts[0]};
    uint8_t *key = cv_arena_alloc(scratch, parts[0].len + parts[1].len + parts[2].len + 3);
    out->key = key;
    for (int i = 0; i < 3; i++) { /* a zero between: sort keys hold none, so "An" comes before "Anh" whatever follows */
        memcpy(key, parts[i].key, parts[i].len);
        key += parts[i].len + 1;
    }
    out->key_len = (size_t)(key - out->key) - 1;
    out->folded = is_of_parts(name, in_order) ? joined(scratch, in_order) : cv_text_fold(scratch, name);
    out->apart = cv_text_fold_apart(scratch, name);
}

/* ---- packing ---- */
struct pack {
    uint8_t *data;
    size_t len, texts;
};

/* What does not fit into 64 KiB reads as absent; the limits of the API stay far below. */
static uint16_t put(struct pack *b, const void *bytes, size_t size)
{
    if (b->len + size > PERSON_DATA_MAX)
        return 0;
    memcpy(b->data + b->len, bytes, size);
    b->len += size;
    return (uint16_t)(b->len - size);
}

/* Login, names and address end alike ("annv", "mailbox/annv"): the end of a text that is there already will do. */
static uint16_t put_text(struct pack *b, const char *text)
{
    if (text == NULL)
        return 0;
    size_t size = strlen(text) + 1;
    const uint8_t *there = memmem(b->data + b->texts, b->len - b->texts, text, size);
    return there ? (uint16_t)(there - b->data) : put(b, text, size);
}

/* Of a text that is no other's end. */
static uint16_t put_alone(struct pack *b, const char *text)
{
    return text == NULL ? 0 : put(b, text, strlen(text) + 1);
}

static uint16_t put_both(struct pack *b, const struct view_person_texts *texts)
{
    size_t first = strlen(texts->folded) + 1, second = strlen(texts->apart) + 1;
    char both[2 * 256];
    if (first + second > sizeof both)
        return put_text(b, texts->folded);
    memcpy(both, texts->folded, first);
    memcpy(both + first, texts->apart, second);
    return put(b, both, first + second);
}

/* A number of fourteen digits at most is kept whole; of a longer one only equality is ever asked. */
void view_mobile_pack(const char *mobile, uint8_t out[6])
{
    uint64_t number = 0;
    for (const char *p = mobile ? mobile : ""; *p; p++)
        if (*p >= '0' && *p <= '9')
            number = number * 10 + (uint64_t)(*p - '0');
    memcpy(out, &number, 6);
}

static void pack_leaving(struct pack *b, struct person *p, const struct dom_staff *s)
{
    const struct dom_departure *d = dom_current_departure(s);
    if (d == NULL)
        return;
    struct leaving l = {.recorded_at = d->recorded_at,
                        .on = d->effective_on,
                        .number = (uint16_t)d->number,
                        .state = (uint8_t)d->state,
                        .reason = (uint8_t)d->reason};
    put(b, &l, sizeof l);
    p->has_leaving = true;
}

/* Accounts by slug, so that every replica lists them alike. Their logins follow when texts are packed. */
static size_t sort_accounts(const struct dom_staff *s, const struct dom_account *out[DOM_SYSTEMS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < s->account_count && count < DOM_SYSTEMS_MAX; i++) {
        size_t at = count++;
        for (; at > 0 && strcmp(out[at - 1]->system, s->accounts[i].system) > 0; at--)
            out[at] = out[at - 1];
        out[at] = &s->accounts[i];
    }
    return count;
}

static bool waits(const struct dom_account *a, int64_t revision)
{
    return a->attempts > 0 && a->tried == revision && a->next_try_at != CV_NO_MOMENT;
}

/* What only some accounts have. Their texts follow when texts are packed. */
static bool has_more(const struct dom_account *a)
{
    return a->reason || a->last_error || a->remote_id || a->attempts > 0 || a->not_taken != 0 || a->lost_at != 0;
}

static void pack_accounts(struct view *v, struct pack *b, struct person *p, const struct dom_account **sorted,
                          size_t count, int64_t revision)
{
    for (size_t i = 0; i < count; i++) {
        const struct dom_account *a = sorted[i];
        unsigned system = view_system_slot(v, a->system);
        if (system == DOM_SYSTEMS_MAX) {
            sorted[i] = NULL;
            continue;
        }
        struct account packed = {.since = a->since > 0 && a->since <= UINT32_MAX ? (uint32_t)a->since : 0,
                                 .issued = dom_issued_since(a),
                                 .system = (uint8_t)system & 15u,
                                 .desired = (uint8_t)a->desired & 7u,
                                 .observed = (uint8_t)a->observed & 15u,
                                 .synced = a->synced == revision,
                                 .formers = a->former_count > 0,
                                 .kept = a->kept != 0,
                                 .more = has_more(a)};
        put(b, &packed, sizeof packed);
        p->cutting |= dom_cut_off_open(a);
        p->accounts++;
    }
}

static void pack_mores(struct view *v, struct pack *b, struct person *p, const struct dom_account **sorted,
                       size_t count, int64_t revision)
{
    for (size_t i = 0; i < count; i++) {
        const struct dom_account *a = sorted[i];
        if (a == NULL || !has_more(a))
            continue;
        struct account_more packed = {.reason = view_word_take(&v->words, a->reason, v->scratch),
                                      .next_try = waits(a, revision) ? (uint32_t)a->next_try_at : 0,
                                      .lost_at = (uint32_t)a->lost_at,
                                      .attempts = (uint16_t)(a->attempts < UINT16_MAX ? a->attempts : UINT16_MAX),
                                      .not_taken = (uint16_t)a->not_taken};
        put(b, &packed, sizeof packed);
        p->mores++;
    }
}

struct account_more view_account_some(const struct person *p, const struct account *a)
{
    const struct account_more *more = person_mores(p);
    for (const struct account *before = person_accounts(p); before < a; before++)
        more += before->more;
    return *more;
}

static void pack_span(struct pack *b, struct person *p, const struct dom_span *span, unsigned system)
{
    bool since = span->from != CV_NO_DAY;
    struct account_span packed = {.from = span->from,
                                  .days = (uint32_t)(since ? span->to - span->from : span->to) & 0x7FFFFFu,
                                  .how = span->how & 15u,
                                  .system = system & 31u};
    if (p->spans == UINT8_MAX)
        return;
    put(b, &packed, sizeof packed);
    p->spans++;
}

static void pack_spans(struct view *v, struct pack *b, struct person *p, const struct dom_staff *s,
                       const struct dom_account **sorted, size_t count)
{
    for (size_t i = 0; i < s->password_count; i++)
        pack_span(b, p, &s->passwords[i], SPAN_PASSWORD);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; sorted[i] && k < sorted[i]->span_count; k++)
            pack_span(b, p, &sorted[i]->spans[k], view_system_slot(v, sorted[i]->system));
}

static void pack_pasts(struct pack *b, struct person *p, const struct dom_staff *s)
{
    for (size_t i = 0; i < s->past_count && i < DOM_PAST_MAX; i++, p->pasts++)
        put(b, &(struct past){.to = s->past[i].to, .category = (uint8_t)s->past[i].category}, sizeof(struct past));
}

static void pack_roles(struct view *v, struct pack *b, struct person *p, const struct dom_staff *s)
{
    for (size_t i = 0; i < s->role_count && i < DOM_ROLES_MAX; i++, p->roles++) {
        const struct dom_role *role = &s->roles[i];
        struct role packed = {.unit = role->everywhere ? 0 : view_unit_slot(v, role->unit),
                              .from = role->from,
                              .to = role->to,
                              .lent_by = role->lent_by,
                              .kind = (uint8_t)role->kind,
                              .number = (uint8_t)role->number};
        put(b, &packed, sizeof packed);
    }
}

static void pack_certificates(struct view *v, struct pack *b, struct person *p, const struct dom_account **sorted,
                              size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (sorted[i] == NULL || sorted[i]->certificate == NULL)
            continue;
        const struct dom_certificate *c = sorted[i]->certificate;
        struct certificate packed = {.custodian = c->custodian,
                                     .valid_to = c->valid_to,
                                     .returned_on = c->returned_on,
                                     .system = (uint8_t)view_system_slot(v, sorted[i]->system)};
        put(b, &packed, sizeof packed);
        p->certificates++;
    }
}

/* Those that count no more, of most people all, take no room. */
static void pack_ways(struct pack *b, struct person *p, const struct dom_staff *s)
{
    for (size_t i = 0; i < s->way_in_count && i < DOM_WAYS_IN_MAX; i++) {
        const struct dom_way_in *way = &s->ways_in[i];
        struct way_in packed = {.at = (uint32_t)way->at};
        if (cv_now() - way->at >= DOM_WAY_IN_S ||
            (!cv_id_parse("stf_", way->by, &packed.by) && !cv_id_parse("tok_", way->by, &packed.by)))
            continue;
        put(b, &packed, sizeof packed);
        p->ways++;
    }
}

static void pack_serials(struct pack *b, const struct person *p, const struct dom_account **sorted, size_t count,
                         size_t at)
{
    struct certificate *packed = (struct certificate *)(void *)(b->data + at);
    for (size_t i = 0; i < count && p->certificates > 0; i++)
        if (sorted[i] != NULL && sorted[i]->certificate != NULL)
            (packed++)->serial = put_text(b, sorted[i]->certificate->token_serial);
}

static void pack_posts(struct view *v, struct pack *b, struct person *p, const struct dom_staff *s)
{
    for (size_t i = 0; i < s->post_count && i < DOM_POSTS_KEPT_MAX; i++) {
        const struct dom_post *post = &s->posts[i];
        struct post packed = {.unit = view_unit_slot(v, post->unit),
                              .title = view_word_take(&v->words, post->title, v->scratch),
                              .from = post->from,
                              .to = post->to,
                              .kind = (uint8_t)post->kind,
                              .primary = post->primary};
        put(b, &packed, sizeof packed);
        p->posts++;
    }
}

static void pack_account_texts(struct pack *b, const struct person *p, const struct dom_account **sorted, size_t count)
{
    size_t at = p->has_leaving ? sizeof(struct leaving) : 0;
    struct account *account = (struct account *)(void *)(b->data + at);
    struct account_more *more = (struct account_more *)(void *)(account + p->accounts);
    const struct account *before = NULL;
    for (size_t i = 0; i < count; i++) {
        const char *login = sorted[i] != NULL ? sorted[i]->login : NULL;
        if (sorted[i] == NULL)
            continue;
        bool same = before != NULL && login != NULL && before->login != 0 &&
                    strcmp((const char *)b->data + before->login, login) == 0; /* of most people at most systems */
        account->login = same ? before->login : put_text(b, login);
        before = account;
        if (account->more) {
            more->error = put_text(b, sorted[i]->last_error);
            more->remote_id = put_text(b, sorted[i]->remote_id);
            more++;
        }
        account++;
    }
}

/* What is left of a record that was merged: where its names and codes lead, and who may follow. */
static uint16_t put_merge(struct pack *b, const struct dom_staff *s)
{
    char text[2 * CV_ID_TEXT], *unit = text + strlen(cv_id_text("stf_", s->merge->into, text));
    *unit++ = ' ';
    cv_id_text("unt_", dom_home_shown(s)->unit, unit);
    return put_text(b, text);
}

static uint16_t put_absorbed(struct pack *b, const struct dom_staff *s)
{
    enum { SOME = 64 };
    char text[SOME * CV_ID_TEXT] = "", *end = text;
    for (size_t i = 0; i < s->absorbed_count && i < SOME; i++)
        end += snprintf(end, (size_t)(text + sizeof text - end), "%s%s", i > 0 ? " " : "", s->absorbed[i]);
    return *text != '\0' ? put_text(b, text) : 0;
}

static void pack_texts(struct pack *b, struct person *p, const struct dom_staff *s,
                       const struct view_person_texts *texts, const struct dom_account **sorted, size_t account_count)
{
    uint16_t offsets[DOM_NAMES_MAX + DOM_CODES_MAX] = {0};
    p->names = (uint8_t)(s->name_count < DOM_NAMES_MAX ? s->name_count : DOM_NAMES_MAX);
    p->formers = (uint8_t)(s->former_code_count < DOM_CODES_MAX ? s->former_code_count : DOM_CODES_MAX);
    size_t size = (size_t)(p->names + p->formers) * sizeof(offsets[0]);
    p->texts = put(b, offsets, size);
    put(b, "", 1); /* so that no text begins at offset 0 */
    b->texts = b->len;
    for (size_t i = 0; i < p->names; i++)
        offsets[i] = put_alone(b, s->names[i]);
    for (size_t i = 0; i < p->formers; i++)
        offsets[p->names + i] = put_alone(b, s->former_codes[i]);
    memcpy(b->data + p->texts, offsets, size);
    p->address = put_text(b, s->address);
    pack_account_texts(b, p, sorted, account_count);
    p->name = put_alone(b, s->full_name);
    p->folded = texts->apart ? put_both(b, texts) : put_text(b, texts->folded);
    p->apart = texts->apart && p->folded;
    p->code = put_alone(b, s->staff_code);
    p->absorbed = put_absorbed(b, s);
    p->into = s->merge != NULL ? put_merge(b, s) : 0;
    p->key = put(b, texts->key, texts->key_len);
    p->key_len = p->key ? (uint16_t)texts->key_len : 0;
}

static void fill_fixed(struct person *p, const uint8_t uuid[16], const struct dom_staff *s)
{
    memcpy(p->uuid, uuid, 16);
    p->id = s->id;
    p->updated_at = s->updated_at;
    p->revision = s->revision;
    p->hired_on = s->hired_on;
    p->epoch = s->session_epoch;
    view_mobile_pack(s->mobile, p->mobile);
    p->birth_year = (uint16_t)s->birth_year;
    p->category = (uint8_t)s->category;
    p->credential_set = s->credential_set;
    p->credential_on = s->credential_on;
}

bool view_person_placed(const struct view *v, const struct dom_staff *s)
{
    bool placed = true;
    for (size_t i = 0; i < s->post_count && placed; i++)
        placed = view_unit_placed(v, s->posts[i].unit) && view_word_placed(&v->words, s->posts[i].title);
    for (size_t i = 0; i < s->role_count && placed; i++)
        placed = s->roles[i].everywhere || view_unit_placed(v, s->roles[i].unit);
    for (size_t i = 0; i < s->account_count && placed; i++)
        placed = view_system_placed(v, s->accounts[i].system) && view_word_placed(&v->words, s->accounts[i].reason);
    return placed;
}

struct person *view_person_build(struct view *v, const uint8_t uuid[16], const struct dom_staff *s,
                                 const struct view_person_texts *texts)
{
    struct person head;
    struct pack b = {.data = v->build};
    const struct dom_account *sorted[DOM_SYSTEMS_MAX];
    size_t accounts = sort_accounts(s, sorted);
    memset(&head, 0, sizeof head);
    fill_fixed(&head, uuid, s);
    if (s->merge == NULL)
        pack_leaving(&b, &head, s);
    pack_accounts(v, &b, &head, sorted, accounts, s->revision);
    pack_mores(v, &b, &head, sorted, accounts, s->revision);
    if (s->merge == NULL) /* without a post he is counted and listed nowhere */
        pack_posts(v, &b, &head, s);
    for (size_t i = 0; i < s->leave_count && i < DOM_LEAVES_MAX; i++, head.absences++) {
        const struct dom_leave *leave = &s->leaves[i];
        put(&b, &(struct absence){leave->from, leave->to, leave->decision.number != NULL}, sizeof(struct absence));
    }
    pack_spans(v, &b, &head, s, sorted, accounts);
    pack_pasts(&b, &head, s);
    pack_roles(v, &b, &head, s);
    size_t certificates = b.len;
    pack_certificates(v, &b, &head, sorted, accounts);
    pack_ways(&b, &head, s);
    pack_texts(&b, &head, s, texts, sorted, accounts);
    pack_serials(&b, &head, sorted, accounts, certificates);
    head.size = (uint16_t)b.len;
    struct person *p = view_must(malloc(sizeof(*p) + b.len));
    memcpy(p, &head, sizeof head);
    memcpy(p->data, b.data, b.len);
    return p;
}

void view_person_free(struct view *v, struct person *p)
{
    for (size_t i = 0; i < p->mores; i++)
        view_word_drop(&v->words, person_mores(p)[i].reason);
    for (size_t i = 0; i < p->posts; i++)
        view_word_drop(&v->words, person_posts(p)[i].title);
    free(p);
}

bool view_person_same(const struct person *a, const struct person *b)
{
    size_t from = offsetof(struct person, uuid);
    return a->size == b->size &&
           memcmp((const uint8_t *)a + from, (const uint8_t *)b + from, sizeof(*a) + a->size - from) == 0;
}

bool view_post_in_force(const struct post *post, cv_day day)
{
    return dom_day_within(post->from, post->to, day);
}

enum dom_category view_category_on(const struct person *p, cv_day day)
{
    for (size_t i = 0; i < p->pasts; i++)
        if (day < person_pasts(p)[i].to)
            return (enum dom_category)person_pasts(p)[i].category;
    return (enum dom_category)p->category;
}

const struct post *view_home_on(const struct person *p, cv_day day)
{
    const struct post *found = NULL;
    for (size_t i = 0; i < p->posts; i++) {
        const struct post *post = &person_posts(p)[i];
        if (!post->primary)
            continue;
        if (view_post_in_force(post, day))
            return post;
        if (found == NULL || dom_home_nearer(post->from, post->to, found->from, found->to, day))
            found = post;
    }
    return found;
}

struct cv_id view_into_of(const struct person *p)
{
    char text[CV_ID_TEXT];
    struct cv_id id = {0};
    const char *at = person_text(p, p->into);
    snprintf(text, sizeof text, "%.*s", (int)strcspn(at, " "), at);
    cv_id_parse("stf_", text, &id);
    return id;
}
