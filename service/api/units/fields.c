/* A unit's members in JSON, and those of its letterhead: the tables. */
#include <stddef.h>

#include "api/frame/window.h"
#include "api/units/units.h"

static const char *word_or_null(const char *const *words, int index)
{
    return index >= 0 ? words[index] : NULL;
}

/* ---- the letterhead ---- */

static void read_lines(const struct cv_jin *o, const char *name, size_t most, struct prov_text_lines *out,
                       const struct htp_exchange *x)
{
    const struct cv_jin_list *list = NULL;
    out->given = cv_jin_array(o, name, CV_NULLABLE, most, &list);
    if (out->given != CV_VALUE)
        return;
    out->lines.text = CV_NEWS(x->arena, const char *, cv_jin_count(list) + 1);
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        const char *text = cv_jin_item_string(list, i, 200);
        if (text != NULL)
            out->lines.text[out->lines.count++] = text;
    }
}

static void read_addressees(const struct cv_jin *o, void *input, void *ctx)
{
    read_lines(o, "addressees", DOM_ADDRESSEES_MAX, &((struct prov_letterhead_input *)input)->addressees, ctx);
}

static void read_recipients(const struct cv_jin *o, void *input, void *ctx)
{
    read_lines(o, "recipients", DOM_RECIPIENTS_MAX, &((struct prov_letterhead_input *)input)->recipients, ctx);
}

static void write_lines(struct cv_jout *j, const char *name, const struct dom_lines *lines)
{
    cv_jout_strings(j, name, lines->text, lines->count);
}

static void write_addressees(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    (void)ctx;
    write_lines(j, name, &((const struct dom_letterhead *)record)->addressees);
}

static void write_recipients(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    (void)ctx;
    write_lines(j, name, &((const struct dom_letterhead *)record)->recipients);
}

#define BODY         PROV_CREATE | PROV_UPDATE
#define LINE(member) #member, PROV_TEXT, .at = offsetof(struct dom_letterhead, member), .max = 200
static const struct prov_field letterhead_fields[] = {
    {LINE(superior_body), .flags = BODY | PROV_SHOWN},
    {LINE(issuing_body), .flags = BODY | PROV_SHOWN},
    {LINE(place), .flags = BODY | PROV_SHOWN},
    {LINE(on_behalf), .flags = BODY | PROV_SHOWN},
    {LINE(signatory_title), .flags = BODY | PROV_SHOWN},
    {LINE(signatory_name), .flags = BODY | PROV_SHOWN},
    {"addressees", PROV_OWN, .read = read_addressees, .write = write_addressees, .flags = BODY | PROV_SHOWN},
    {"recipients", PROV_OWN, .read = read_recipients, .write = write_recipients, .flags = BODY | PROV_SHOWN},
};
const struct prov_fields api_letterhead_fields = {"letterhead", letterhead_fields, CV_COUNT(letterhead_fields)};

static void read_letterhead(const struct cv_jin *o, void *input, void *ctx)
{
    struct prov_letterhead_input *in = &((struct prov_unit_input *)input)->letterhead;
    const struct cv_jin *l = NULL;
    in->present = cv_jin_object(o, "letterhead", CV_NULLABLE, &l);
    if (in->present != CV_VALUE)
        return;
    prov_fields_read(&api_letterhead_fields, PROV_UPDATE, l, in, &in->given, ctx);
    cv_jin_done(l);
}

/* All of it is one member, also in the changes. */
static void write_letterhead(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_unit *unit = record;
    if (!unit->has_letterhead) {
        cv_jout_null(j, name);
        return;
    }
    cv_jout_object(j, name);
    prov_fields_write(&api_letterhead_fields, j, &unit->letterhead, ctx);
    cv_jout_end(j);
}

/* ---- the unit ---- */

static bool preview(const struct dom_unit *unit)
{
    return unit->revision == 0;
}

static void write_id(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_unit *unit = record;
    cv_jout_string(j, name, preview(unit) ? NULL : api_unit_id(ctx, unit->id));
}

static void write_former_codes(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_unit *unit = record;
    (void)ctx;
    cv_jout_strings(j, name, unit->former_codes, unit->former_code_count);
}

static const char *codes_json(struct prov_telling *t, const struct dom_unit *unit)
{
    return unit != NULL ? prov_json_texts(t->arena, unit->former_codes, unit->former_code_count) : NULL;
}

static void tell_former_codes(struct prov_telling *t, const char *name)
{
    prov_tell_json(t, name, codes_json(t, t->before), codes_json(t, t->after));
}

static void read_name(const struct cv_jin *o, void *input, void *ctx)
{
    struct prov_unit_input *in = input;
    const struct cv_jin *name = NULL;
    (void)ctx;
    if (cv_jin_object(o, "name", CV_OPTIONAL, &name) != CV_VALUE)
        return;
    in->name_vi.given = cv_jin_string(name, "vi", CV_OPTIONAL, 200, &in->name_vi.value);
    if (in->name_vi.given == CV_VALUE && *in->name_vi.value == '\0')
        cv_jin_fault(name, "vi", "too_short", "Tên đơn vị không được để trống", "The name may not be empty");
    api_read_text(name, "en", 200, &in->name_en);
    cv_jin_done(name);
}

static void write_name(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    (void)name, (void)ctx;
    api_write_unit_name(j, ((const struct dom_unit *)record)->name);
}

static void tell_name(struct prov_telling *t, const char *name)
{
    const struct dom_unit *before = t->before, *after = t->after;
    static const char *const languages[] = {[CV_VI] = "vi", [CV_EN] = "en"};
    for (size_t i = 0; i < CV_COUNT(languages); i++)
        prov_tell_text(t, cv_arena_printf(t->arena, "%s/%s", name, languages[i]),
                       before != NULL ? before->name[i] : NULL, after->name[i]);
}

static void read_hr_feed(const struct cv_jin *o, void *input, void *ctx)
{
    struct prov_unit_input *in = input;
    (void)ctx;
    in->hr_feed_given = cv_jin_words(o, "hr_feed_fields", CV_NULLABLE, dom_fact_words, &in->hr_feed);
}

static void write_hr_feed(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    (void)ctx;
    api_write_hr_feed(j, name, ((const struct dom_unit *)record)->hr_feed);
}

static int block_in_force(struct htp_exchange *x, const struct dom_unit *unit)
{
    struct view_unit parent;
    if (unit->block >= 0 || !unit->has_parent || !view_unit_by_id(api_of(x)->view, unit->parent, x->arena, &parent))
        return unit->block;
    return parent.effective_block;
}

static void write_block(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    cv_jout_string(j, name, word_or_null(dom_block_words, block_in_force(ctx, record)));
}

/* Its own, not the one in force. */
static void tell_block(struct prov_telling *t, const char *name)
{
    const struct dom_unit *before = t->before, *after = t->after;
    prov_tell_text(t, name, before != NULL ? word_or_null(dom_block_words, before->block) : NULL,
                   word_or_null(dom_block_words, after->block));
}

static void write_parent(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_unit *unit = record;
    (void)j, (void)name;
    api_write_unit_parent(ctx, unit->has_parent, unit->parent);
}

static const char *parent_code(struct htp_exchange *x, const struct dom_unit *unit)
{
    struct view_unit parent;
    bool seen = unit != NULL && unit->has_parent && api_sees_unit(x, unit->parent);
    return seen && view_unit_by_id(api_of(x)->view, unit->parent, x->arena, &parent) ? parent.code : NULL;
}

static void tell_parent(struct prov_telling *t, const char *name)
{
    prov_tell_text(t, name, parent_code(t->ctx, t->before), parent_code(t->ctx, t->after));
}

/* By way of the parent, so that a unit that the view has not seen yet is answered too. */
static void write_path(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_unit *unit = record;
    struct htp_exchange *x = ctx;
    struct view_unit *above = NULL;
    size_t count = 0;
    struct cv_error none = {0};
    if (unit->has_parent)
        view_unit_ancestors(api_of(x)->view, api_actor(x)->scope, unit->parent, x->arena, &above, &count, &none);
    cv_jout_array(j, name);
    for (size_t i = 0; i < count; i++)
        cv_jout_string(j, NULL, api_unit_id(x, above[i].id));
    if (!preview(unit))
        cv_jout_string(j, NULL, api_unit_id(x, unit->id));
    cv_jout_end(j);
}

static void write_part(struct cv_jout *j, const struct dom_next_unit *next, struct htp_exchange *x)
{
    const struct dom_past_unit *f = &next->facts;
    if (next->parts & DOM_PART_NAME)
        api_write_unit_name(j, f->name);
    if (next->parts & DOM_PART_KIND)
        cv_jout_string(j, "kind", dom_unit_kind_words[f->kind]);
    if (next->parts & DOM_PART_BLOCK)
        cv_jout_string(j, "block", word_or_null(dom_block_words, f->block));
    if (next->parts & DOM_PART_PARENT)
        cv_jout_string(j, "parent", f->has_parent && api_sees_unit(x, f->parent) ? api_unit_id(x, f->parent) : NULL);
    if (!(next->parts & DOM_PART_LETTERHEAD))
        return;
    const struct dom_unit then = {.has_letterhead = f->has_letterhead, .letterhead = f->letterhead};
    write_letterhead(j, "letterhead", &then, x);
}

static void write_planned(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_unit *unit = record;
    cv_jout_array(j, name);
    for (size_t i = 0; i < unit->next_count; i++) {
        cv_jout_object(j, NULL);
        cv_jout_day(j, "from", unit->next[i].from);
        write_part(j, &unit->next[i], ctx);
        cv_jout_end(j);
    }
    cv_jout_end(j);
}

#define AT(m)   .at = offsetof(struct dom_unit, m)
#define INTO(m) PROV_INTO(struct prov_unit_input, m)
#define MEMBER  BODY | PROV_SHOWN | PROV_TOLD

/* In the order of writing. */
static const struct prov_field unit_fields[] = {
    {"id", PROV_OWN, .write = write_id, .flags = PROV_SHOWN},
    {"code", PROV_TEXT, AT(code), INTO(code), .max = DOM_CODE_MAX, .flags = MEMBER | PROV_VALUE},
    {"former_codes", PROV_OWN, .write = write_former_codes, .tell = tell_former_codes, .flags = PROV_SHOWN | PROV_TOLD},
    {"name", PROV_OWN, .read = read_name, .write = write_name, .tell = tell_name, .flags = MEMBER},
    {"kind", PROV_WORD, AT(kind), .words = dom_unit_kind_words, .flags = MEMBER | PROV_VALUE},
    {"block", PROV_WORD, AT(block), .words = dom_block_words, .write = write_block, .tell = tell_block,
     .flags = MEMBER},
    {"parent", PROV_TEXT, INTO(parent), .max = 64, .write = write_parent, .tell = tell_parent, .flags = MEMBER},
    {"path", PROV_OWN, .write = write_path, .flags = PROV_SHOWN},
    {"slug", PROV_TEXT, AT(slug), INTO(slug), .max = DOM_SLUG_MAX, .flags = MEMBER},
    {"position", PROV_COUNT, AT(position), INTO(position), .most = 100000, .flags = MEMBER | PROV_VALUE},
    {"active_from", PROV_DAY, AT(active_from), .flags = MEMBER},
    {"active_to", PROV_DAY, AT(active_to), .flags = MEMBER},
    {"hr_feed_fields", PROV_OWN, .read = read_hr_feed, .write = write_hr_feed, .flags = MEMBER},
    {"effective_on", PROV_DAY, INTO(effective_on), .flags = PROV_UPDATE},
    {"letterhead", PROV_OWN, .read = read_letterhead, .write = write_letterhead, .flags = MEMBER},
    {"planned", PROV_OWN, .write = write_planned, .flags = PROV_SHOWN | PROV_TOLD},
    {"revision", PROV_LONG, AT(revision), .flags = PROV_SHOWN},
    {"created_at", PROV_MOMENT, AT(created_at), .flags = PROV_SHOWN},
    {"updated_at", PROV_MOMENT, AT(updated_at), .flags = PROV_SHOWN},
};
const struct prov_fields api_unit_fields = {"unit", unit_fields, CV_COUNT(unit_fields)};
_Static_assert(CV_COUNT(unit_fields) <= PROV_FIELDS_MAX, "a body's values have room");
_Static_assert(sizeof(enum dom_unit_kind) == sizeof(int), "a word is kept as an int");

void api_read_unit(struct htp_exchange *x, unsigned flag, const struct cv_jin *o, struct prov_unit_input *out)
{
    *out = (struct prov_unit_input){0};
    prov_fields_read(&api_unit_fields, flag, o, out, &out->given, x);
    cv_jin_done(o);
}

void api_write_unit(struct htp_exchange *x, const char *name, const struct dom_unit *unit)
{
    cv_jout_object(&x->out, name);
    prov_fields_write(&api_unit_fields, &x->out, unit, x);
    cv_jout_end(&x->out);
}

void api_write_unit_result(struct htp_exchange *x, const char *name, const struct prov_unit_result *result)
{
    cv_jout_object(&x->out, name);
    prov_fields_write(&api_unit_fields, &x->out, &result->unit, x);
    if (result->outcome != PROV_REPLAYED && result->before.revision > 0) /* a new one is no change of the past */
        api_write_touched(x, dom_unit_touches_from(&result->before, &result->unit, cv_today()));
    cv_jout_end(&x->out);
}

void api_write_unit_changes(struct htp_exchange *x, const struct dom_unit *before, const struct dom_unit *after)
{
    struct prov_telling t = {
        .j = &x->out, .arena = x->arena, .before = preview(before) ? NULL : before, .after = after, .ctx = x};
    cv_jout_array(&x->out, "changes");
    prov_fields_tell(&api_unit_fields, &t);
    cv_jout_end(&x->out);
}
