/* A unit of the organisation. */
#include <stdlib.h>
#include <string.h>

#include "directory/map/common.h"

#define AT(m)    .at = offsetof(struct dom_unit, m)
#define COUNT(m) .count_at = offsetof(struct dom_unit, m)

static const char *const classes[] = {"top", "cvUnitEntry", NULL};

/* A dissolved unit's codes may be used again: its claims carry the day on which they ended. */
static void put_claims(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_unit *u = record;

    (void)base;
    dir_put_claim(out, "unit", u->code, u->active_to);
    for (size_t i = 0; i < u->former_code_count; i++)
        dir_put_claim(out, "unit", u->former_codes[i], u->active_to);
}

/* Two living siblings never share a slug: whoever has no end claims it under its parent. */
static void put_slug_claim(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_unit *u = record;
    char parent[CV_ID_TEXT];

    (void)base;
    if (u->slug && u->active_to == CV_NO_DAY) {
        dir_put(
            out, "cvSlugClaim",
            cv_arena_printf(out->arena, "%s/%s", u->has_parent ? cv_id_text("unt_", u->parent, parent) : "", u->slug));
    }
}

static void put_names(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_unit *u = record;

    (void)base;
    dir_put_labels(u->name, out);
}

static bool take_name(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    dir_take_label(attr, tag, ((struct dom_unit *)r->record)->name);
    return true;
}

static void put_parent(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_unit *u = record;

    if (u->has_parent)
        dir_put(out, "cvParent", dir_dn_unit(out->arena, base, u->parent));
}

static bool take_parent(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_unit *u = r->record;

    (void)tag;
    u->has_parent = dir_dn_id(attr->values[0].bytes, "unt_", &u->parent);
    return u->has_parent || dir_unreadable(r->err, r->entry, attr->name, "is not the name of a unit");
}

/* "none": people keep everything. */
static void put_hr_feed(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_unit *u = record;

    (void)base;
    for (size_t i = 0; i < DOM_FACTS; i++)
        if (u->hr_feed >> i & 1u)
            dir_put(out, "cvHrFeed", dom_fact_words[i]);
    if (u->hr_feed == DOM_HR_FEED_SAID)
        dir_put(out, "cvHrFeed", "none");
}

static bool take_hr_feed(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_unit *u = r->record;

    (void)tag;
    u->hr_feed = DOM_HR_FEED_SAID;
    for (size_t i = 0; i < attr->count; i++) {
        int fact = dom_word_index(dom_fact_words, attr->values[i].bytes);

        if (fact < 0 && strcmp(attr->values[i].bytes, "none") != 0)
            return dir_unreadable(r->err, r->entry, attr->name, "has a value that is not understood");
        u->hr_feed |= fact >= 0 ? 1u << fact : 0;
    }
    return true;
}

/* ---- the letterhead: its own value, and a member of what held before ---- */
static void put_lines(struct dir_json *j, const struct dom_letterhead *l)
{
    dir_json_text(j, "superior_body", l->superior_body);
    dir_json_text(j, "issuing_body", l->issuing_body);
    dir_json_text(j, "place", l->place);
    dir_json_text(j, "on_behalf", l->on_behalf);
    dir_json_text(j, "signatory_title", l->signatory_title);
    dir_json_text(j, "signatory_name", l->signatory_name);
    if (l->addressees.count > 0)
        cv_jout_strings(&j->out, "addressees", l->addressees.text, l->addressees.count);
    cv_jout_strings(&j->out, "recipients", l->recipients.text, l->recipients.count);
}

static void put_letterhead(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_unit *u = record;
    struct dir_json j;

    (void)base;
    if (!u->has_letterhead)
        return;
    dir_json_begin(&j);
    put_lines(&j, &u->letterhead);
    dir_json_end(&j, out, "cvLetterhead");
}

static void take_list(struct dir_json_in *in, const struct cv_jin *o, const char *name, size_t most,
                      struct dom_lines *out)
{
    const struct cv_jin_list *list;

    if (cv_jin_array(o, name, CV_OPTIONAL, most, &list) != CV_VALUE)
        return;
    out->text = CV_NEWS(in->reader->arena, const char *, cv_jin_count(list) + 1);
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const char *text = cv_jin_item_string(list, i, SIZE_MAX);

        if (!text) {
            in->bad = true;
            return;
        }
        out->text[out->count++] = text;
    }
}

static void take_lines(struct dir_json_in *in, const struct cv_jin *o, struct dom_letterhead *l)
{
    dir_read_text(o, "superior_body", &l->superior_body);
    dir_read_text(o, "issuing_body", &l->issuing_body);
    dir_read_text(o, "place", &l->place);
    dir_read_text(o, "on_behalf", &l->on_behalf);
    dir_read_text(o, "signatory_title", &l->signatory_title);
    dir_read_text(o, "signatory_name", &l->signatory_name);
    take_list(in, o, "addressees", DOM_ADDRESSEES_MAX, &l->addressees);
    take_list(in, o, "recipients", DOM_RECIPIENTS_MAX, &l->recipients);
}

static bool take_letterhead(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_unit *u = r->record;
    struct dir_json_in in;

    (void)tag;
    if (!dir_read_begin(&in, r, attr, 0))
        return false;
    u->has_letterhead = true;
    take_lines(&in, in.object, &u->letterhead);
    return dir_read_ok(&in);
}

/* ---- what held before ---- */
/* Empty where there was none. */
static void put_past_head(struct dir_json *j, const struct dom_past_unit *p)
{
    if (!p->headed)
        return;
    dir_json_text(j, "slug", p->slug);
    cv_jout_object(&j->out, "letterhead");
    if (p->has_letterhead)
        put_lines(j, &p->letterhead);
    cv_jout_end(&j->out);
}

static void take_past_head(struct dir_json_in *in, struct dom_past_unit *out)
{
    const struct cv_jin *o;

    out->headed = cv_jin_object(in->object, "letterhead", CV_OPTIONAL, &o) == CV_VALUE;
    if (!out->headed)
        return;
    dir_read_text(in->object, "slug", &out->slug);
    take_lines(in, o, &out->letterhead);
    out->has_letterhead = !dom_letterhead_empty(&out->letterhead);
}

static void put_past_unit(const struct dom_past_unit *p, struct dir_attrs *out)
{
    char parent[CV_ID_TEXT];
    struct dir_json j;

    dir_json_begin(&j);
    dir_json_day(&j, "to", p->to);
    dir_json_text(&j, "code", p->code);
    dir_json_text(&j, "vi", p->name[CV_VI]);
    dir_json_text(&j, "en", p->name[CV_EN]);
    dir_json_text(&j, "kind", dom_unit_kind_words[p->kind]);
    dir_json_text(&j, "block", p->block >= 0 ? dom_block_words[p->block] : NULL);
    dir_json_text(&j, "parent", p->has_parent ? cv_id_text("unt_", p->parent, parent) : NULL);
    put_past_head(&j, p);
    dir_json_end(&j, out, "cvPast");
}

static void put_past(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_unit *u = record;

    (void)base;
    for (size_t i = 0; i < u->past_count; i++)
        put_past_unit(&u->past[i], out);
}

static bool take_past_unit(struct dir_reader *r, const struct dir_attr *attr, size_t at, struct dom_past_unit *out)
{
    struct dir_json_in in;
    const char *parent = NULL;
    int kind = 0;

    if (!dir_read_begin(&in, r, attr, at))
        return false;
    *out = (struct dom_past_unit){.block = -1};
    cv_jin_day(in.object, "to", CV_REQUIRED, &out->to);
    dir_read_text(in.object, "code", &out->code);
    dir_read_text(in.object, "vi", &out->name[CV_VI]);
    dir_read_text(in.object, "en", &out->name[CV_EN]);
    cv_jin_word(in.object, "kind", CV_REQUIRED, dom_unit_kind_words, &kind);
    out->kind = (enum dom_unit_kind)kind;
    cv_jin_word(in.object, "block", CV_OPTIONAL, dom_block_words, &out->block);
    dir_read_text(in.object, "parent", &parent);
    out->has_parent = parent != NULL;
    take_past_head(&in, out);
    in.bad = in.bad || !out->code || !out->name[CV_VI] || (parent && !cv_id_parse("unt_", parent, &out->parent));
    return dir_read_ok(&in);
}

static int by_last_day(const void *a, const void *b)
{
    const struct dom_past_unit *x = a, *y = b;

    return (x->to > y->to) - (x->to < y->to);
}

static bool take_past(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_unit *u = r->record;

    (void)tag;
    u->past = CV_NEWS(r->arena, struct dom_past_unit, attr->count);
    for (size_t i = 0; i < attr->count && cv_arena_ok(r->arena); i++)
        if (!take_past_unit(r, attr, i, &u->past[i]))
            return false;
    qsort(u->past, attr->count, sizeof(*u->past), by_last_day);
    u->past_count = attr->count;
    return true;
}

/* ---- what is to hold from a day that is to come ---- */
static const struct {
    const char *word;
    uint32_t part;
} parts[] = {{"name", DOM_PART_NAME},
             {"kind", DOM_PART_KIND},
             {"block", DOM_PART_BLOCK},
             {"parent", DOM_PART_PARENT},
             {"letterhead", DOM_PART_LETTERHEAD}};

static void put_parts(struct dir_json *j, const struct dom_next_unit *n)
{
    const struct dom_past_unit *f = &n->facts;
    char parent[CV_ID_TEXT];

    cv_jout_array(&j->out, "parts");
    for (size_t i = 0; i < CV_COUNT(parts); i++)
        if (n->parts & parts[i].part)
            cv_jout_string(&j->out, NULL, parts[i].word);
    cv_jout_end(&j->out);
    dir_json_text(j, "vi", n->parts & DOM_PART_NAME ? f->name[CV_VI] : NULL);
    dir_json_text(j, "en", n->parts & DOM_PART_NAME ? f->name[CV_EN] : NULL);
    dir_json_text(j, "kind", n->parts & DOM_PART_KIND ? dom_unit_kind_words[f->kind] : NULL);
    dir_json_text(j, "block", n->parts & DOM_PART_BLOCK && f->block >= 0 ? dom_block_words[f->block] : NULL);
    dir_json_text(j, "parent",
                  n->parts & DOM_PART_PARENT && f->has_parent ? cv_id_text("unt_", f->parent, parent) : NULL);
}

static void put_next(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_unit *u = record;

    (void)base;
    for (size_t i = 0; i < u->next_count; i++) {
        struct dir_json j;

        dir_json_begin(&j);
        dir_json_day(&j, "from", u->next[i].from);
        put_parts(&j, &u->next[i]);
        if (u->next[i].parts & DOM_PART_LETTERHEAD) {
            cv_jout_object(&j.out, "letterhead");
            put_lines(&j, &u->next[i].facts.letterhead);
            cv_jout_end(&j.out);
        }
        dir_json_end(&j, out, "cvNext");
    }
}

static void take_parts(struct dir_json_in *in, struct dom_next_unit *out)
{
    const struct cv_jin_list *list;

    if (cv_jin_array(in->object, "parts", CV_REQUIRED, CV_COUNT(parts), &list) != CV_VALUE)
        return;
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const char *word = cv_jin_item_string(list, i, SIZE_MAX);

        for (size_t n = 0; word && n < CV_COUNT(parts); n++)
            if (strcmp(word, parts[n].word) == 0)
                out->parts |= parts[n].part;
    }
}

static bool take_next_unit(struct dir_reader *r, const struct dir_attr *attr, size_t at, struct dom_next_unit *out)
{
    struct dir_json_in in;
    struct dom_past_unit *f = &out->facts;
    const struct cv_jin *letterhead;
    const char *parent = NULL;
    int kind = 0;

    if (!dir_read_begin(&in, r, attr, at))
        return false;
    *out = (struct dom_next_unit){.facts = {.to = CV_NO_DAY, .block = -1}};
    cv_jin_day(in.object, "from", CV_REQUIRED, &out->from);
    take_parts(&in, out);
    dir_read_text(in.object, "vi", &f->name[CV_VI]);
    dir_read_text(in.object, "en", &f->name[CV_EN]);
    cv_jin_word(in.object, "kind", CV_OPTIONAL, dom_unit_kind_words, &kind);
    f->kind = (enum dom_unit_kind)kind;
    cv_jin_word(in.object, "block", CV_OPTIONAL, dom_block_words, &f->block);
    dir_read_text(in.object, "parent", &parent);
    f->has_parent = parent != NULL;
    if (cv_jin_object(in.object, "letterhead", CV_OPTIONAL, &letterhead) == CV_VALUE)
        take_lines(&in, letterhead, &f->letterhead);
    f->has_letterhead = !dom_letterhead_empty(&f->letterhead);
    in.bad = in.bad || (out->parts & DOM_PART_NAME && !f->name[CV_VI]) ||
             (parent && !cv_id_parse("unt_", parent, &f->parent));
    return dir_read_ok(&in);
}

static int by_first_day(const void *a, const void *b)
{
    const struct dom_next_unit *x = a, *y = b;

    return (x->from > y->from) - (x->from < y->from);
}

static bool take_next(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_unit *u = r->record;

    (void)tag;
    u->next = CV_NEWS(r->arena, struct dom_next_unit, attr->count);
    for (size_t i = 0; i < attr->count && cv_arena_ok(r->arena); i++)
        if (!take_next_unit(r, attr, i, &u->next[i]))
            return false;
    qsort(u->next, attr->count, sizeof(*u->next), by_first_day);
    u->next_count = attr->count;
    return true;
}

static void put_headcount(const struct dom_headcount *h, struct dir_attrs *out)
{
    struct dir_json j;

    dir_json_begin(&j);
    dir_json_day(&j, "on", h->on);
    cv_jout_int(&j.out, "total", h->total);
    if (h->has_categories) {
        cv_jout_object(&j.out, "by_category");
        for (int c = 0; c < DOM_CATEGORIES; c++)
            if (h->by_category[c] >= 0)
                cv_jout_int(&j.out, dom_category_words[c], h->by_category[c]);
        cv_jout_end(&j.out);
    }
    if (h->establishment >= 0)
        cv_jout_int(&j.out, "establishment", h->establishment);
    dir_json_text(&j, "source", h->source);
    dir_json_end(&j, out, "cvHeadcount");
}

static void put_headcounts(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_unit *u = record;

    (void)base;
    for (size_t i = 0; i < u->headcount_count; i++)
        put_headcount(&u->headcounts[i], out);
}

static void take_categories(const struct cv_jin *o, struct dom_headcount *h)
{
    const struct cv_jin *by;

    if (cv_jin_object(o, "by_category", CV_OPTIONAL, &by) != CV_VALUE)
        return;
    h->has_categories = true;
    for (int c = 0; c < DOM_CATEGORIES; c++)
        dir_read_int(by, dom_category_words[c], &h->by_category[c]);
}

static bool take_headcount(struct dir_reader *r, const struct dir_attr *attr, size_t at, struct dom_headcount *h)
{
    struct dir_json_in in;

    if (!dir_read_begin(&in, r, attr, at))
        return false;
    *h = (struct dom_headcount){.on = CV_NO_DAY, .total = -1, .establishment = -1};
    for (int c = 0; c < DOM_CATEGORIES; c++)
        h->by_category[c] = -1;
    cv_jin_day(in.object, "on", CV_REQUIRED, &h->on);
    dir_read_int(in.object, "total", &h->total);
    take_categories(in.object, h);
    dir_read_int(in.object, "establishment", &h->establishment);
    dir_read_text(in.object, "source", &h->source);
    in.bad = in.bad || h->total < 0;
    return dir_read_ok(&in);
}

static int by_day(const void *a, const void *b)
{
    cv_day x = ((const struct dom_headcount *)a)->on, y = ((const struct dom_headcount *)b)->on;

    return (x > y) - (x < y);
}

static bool take_headcounts(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_unit *u = r->record;
    struct dom_headcount *all = CV_NEWS(r->arena, struct dom_headcount, attr->count);

    (void)tag;
    for (size_t i = 0; i < attr->count; i++) {
        if (!cv_arena_ok(r->arena))
            return dir_unreadable(r->err, r->entry, attr->name, "is too large");
        if (!take_headcount(r, attr, i, &all[i]))
            return false;
    }
    qsort(all, attr->count, sizeof(*all), by_day);
    u->headcounts = all;
    u->headcount_count = attr->count;
    return true;
}

/* A unit's mailbox is never closed with a person. */
static void put_receives(const void *record, const char *base, struct dir_attrs *out)
{
    (void)base;
    dir_put_bool(out, "cvReceives", ((const struct dom_unit *)record)->mail_login != NULL);
}

static void put_percent(struct dir_json *j, const char *name, int percent)
{
    if (percent >= 0)
        cv_jout_int(&j->out, name, percent);
}

static void put_targets(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_unit *u = record;

    (void)base;
    for (size_t i = 0; i < u->target_count; i++) {
        const struct dom_target *t = &u->targets[i];
        struct dir_json j;

        dir_json_begin(&j);
        dir_json_text(&j, "system", t->system);
        put_percent(&j, "coverage", t->coverage);
        put_percent(&j, "adoption", t->adoption);
        put_percent(&j, "regular", t->regular);
        dir_json_end(&j, out, "cvTarget");
    }
}

static int by_system(const void *a, const void *b)
{
    return strcmp(((const struct dom_target *)a)->system, ((const struct dom_target *)b)->system);
}

static bool take_targets(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_unit *u = r->record;

    (void)tag;
    u->targets = CV_NEWS(r->arena, struct dom_target, attr->count);
    for (size_t i = 0; i < attr->count; i++) {
        struct dom_target *t = &u->targets[i];
        struct dir_json_in in;

        if (!cv_arena_ok(r->arena) || !dir_read_begin(&in, r, attr, i))
            return false;
        *t = (struct dom_target){.coverage = -1, .adoption = -1, .regular = -1};
        dir_read_text(in.object, "system", &t->system);
        dir_read_int(in.object, "coverage", &t->coverage);
        dir_read_int(in.object, "adoption", &t->adoption);
        dir_read_int(in.object, "regular", &t->regular);
        in.bad = in.bad || !t->system;
        if (!dir_read_ok(&in))
            return false;
    }
    qsort(u->targets, attr->count, sizeof(*u->targets), by_system);
    u->target_count = attr->count;
    return true;
}

static const struct dir_field fields[] = {
    {"cvId", DIR_ID, AT(id), .prefix = "unt_", .flags = DIR_NEEDED},
    {"cvRevision", DIR_LONG, AT(revision), .flags = DIR_BOOK | DIR_NEEDED},
    {"cvCreatedAt", DIR_MOMENT, AT(created_at), .flags = DIR_BOOK},
    {"cvUpdatedAt", DIR_MOMENT, AT(updated_at), .flags = DIR_BOOK},
    {"cvUnitCode", DIR_TEXT, AT(code), .flags = DIR_NEEDED},
    {"cvFormerCode", DIR_TEXTS, AT(former_codes), COUNT(former_code_count)},
    {"cvCode", DIR_OWN, .put = put_claims},
    {"cvLabel", DIR_OWN, .put = put_names, .take = take_name, .flags = DIR_NEEDED},
    {"cvKind", DIR_WORD, AT(kind), .words = dom_unit_kind_words, .flags = DIR_NEEDED},
    {"cvBlock", DIR_WORD, AT(block), .words = dom_block_words},
    {"cvParent", DIR_OWN, .put = put_parent, .take = take_parent},
    {"cvHrFeed", DIR_OWN, .put = put_hr_feed, .take = take_hr_feed},
    {"cvPast", DIR_OWN, .put = put_past, .take = take_past},
    {"cvNext", DIR_OWN, .put = put_next, .take = take_next},
    {"cvSlug", DIR_TEXT, AT(slug)},
    {"cvSlugClaim", DIR_OWN, .put = put_slug_claim, .flags = DIR_UNFED},
    {"uid", DIR_TEXT, AT(mail_login)},
    {"mail", DIR_TEXT, AT(mail_address)},
    {"cvName", DIR_TEXTS, AT(mail_names), COUNT(mail_name_count)},
    {"cvMailStore", DIR_TEXT, AT(mail_store), .flags = DIR_UNFED},
    {"cvReceives", DIR_OWN, .put = put_receives, .flags = DIR_UNFED},
    {"cvPosition", DIR_INT, AT(position)},
    {"cvActiveFrom", DIR_DAY, AT(active_from)},
    {"cvActiveTo", DIR_DAY, AT(active_to)},
    {"cvHeadcount", DIR_OWN, .put = put_headcounts, .take = take_headcounts},
    {"cvUnitAccount", DIR_OWN, .put = dir_put_unit_accounts, .take = dir_take_unit_accounts},
    {"cvTarget", DIR_OWN, .put = put_targets, .take = take_targets},
    {"cvLetterhead", DIR_OWN, .put = put_letterhead, .take = take_letterhead, .flags = DIR_UNFED},
    {"cvIdempotencyKey", DIR_TEXT, AT(idempotency.key), .flags = DIR_UNFED},
    {"cvIdempotencyBody", DIR_TEXT, AT(idempotency.body), .flags = DIR_UNFED},
    {"cvIdempotencyAt", DIR_MOMENT, AT(idempotency.at), .flags = DIR_UNFED},
};
const struct dir_fields dir_unit_fields = {fields, CV_COUNT(fields), classes};

void dir_map_unit(const struct dom_unit *unit, const char *base, struct dir_attrs *out)
{
    dir_fields_put(&dir_unit_fields, unit, base, out);
}

bool dir_unmap_unit(const struct dir_entry *entry, struct cv_arena *arena, struct dom_unit *out, struct cv_error *err)
{
    struct dom_unit u = {
        .block = -1,
        .active_from = CV_NO_DAY,
        .active_to = CV_NO_DAY,
        .idempotency.at = CV_NO_MOMENT,
        .created_at = CV_NO_MOMENT,
        .updated_at = CV_NO_MOMENT,
    };

    if (!dir_fields_take(&dir_unit_fields, entry, arena, &u, err))
        return false;
    *out = u;
    return true;
}
