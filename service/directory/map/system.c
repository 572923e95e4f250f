/* A system of the catalogue in which people have accounts. */
#include <stdlib.h>

#include "congvu/connector.h"
#include "directory/map/common.h"

#define AT(m) .at = offsetof(struct dom_system, m)

enum { POSITIONS_MAX = 1000, POSITION_LENGTH_MAX = 1000 };

static const char *const classes[] = {"top", "cvSystemEntry", NULL};

static void put_names(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_system *s = record;

    (void)base;
    dir_put_labels(s->name, out);
}

static bool take_name(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    dir_take_label(attr, tag, ((struct dom_system *)r->record)->name);
    return true;
}

static void put_bits(struct dir_json *j, const char *name, uint32_t bits, const char *const *words)
{
    if (bits != 0)
        cv_jout_words(&j->out, name, words, bits);
}

static void put_positions(struct dir_json *j, const struct dom_required *line)
{
    if (!line->position_count)
        return;
    cv_jout_strings(&j->out, "positions", line->positions, line->position_count);
}

static void put_line(struct dir_json *j, const struct dom_required *line)
{
    put_bits(j, "blocks", line->blocks, dom_block_words);
    put_bits(j, "unit_kinds", line->unit_kinds, dom_unit_kind_words);
    put_bits(j, "categories", line->categories, dom_category_words);
    put_positions(j, line);
}

static void put_required(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_system *s = record;

    (void)base;
    for (size_t i = 0; i < s->required_count; i++) {
        struct dir_json j;

        dir_json_begin(&j);
        put_line(&j, &s->required[i]);
        dir_json_end(&j, out, "cvRequired");
    }
}

static void take_positions(struct dir_json_in *in, struct dom_required *line)
{
    const struct cv_jin_list *list;
    struct cv_arena *arena = in->reader->arena;
    size_t count;

    if (cv_jin_array(in->object, "positions", CV_OPTIONAL, POSITIONS_MAX, &list) != CV_VALUE)
        return;
    count = cv_jin_count(list);
    line->positions = CV_NEWS(arena, const char *, count);
    for (size_t i = 0; i < count && cv_arena_ok(arena); i++) {
        line->positions[i] = cv_jin_item_string(list, i, POSITION_LENGTH_MAX);
        in->bad = in->bad || !line->positions[i];
    }
    line->position_count = count;
}

static void take_line_members(struct dir_json_in *in, struct dom_required *line)
{
    cv_jin_words(in->object, "blocks", CV_OPTIONAL, dom_block_words, &line->blocks);
    cv_jin_words(in->object, "unit_kinds", CV_OPTIONAL, dom_unit_kind_words, &line->unit_kinds);
    cv_jin_words(in->object, "categories", CV_OPTIONAL, dom_category_words, &line->categories);
    take_positions(in, line);
}

static bool take_line(struct dir_reader *r, const struct dir_attr *attr, size_t at, struct dom_required *line)
{
    struct dir_json_in in;

    if (!dir_read_begin(&in, r, attr, at))
        return false;
    take_line_members(&in, line);
    return dir_read_ok(&in);
}

static bool take_required(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_system *s = r->record;
    struct dom_required *lines = CV_NEWS(r->arena, struct dom_required, attr->count);

    (void)tag;
    for (size_t i = 0; i < attr->count; i++) {
        if (!cv_arena_ok(r->arena))
            return dir_unreadable(r->err, r->entry, attr->name, "is too large");
        if (!take_line(r, attr, i, &lines[i]))
            return false;
    }
    s->required = lines;
    s->required_count = attr->count;
    return true;
}

static void put_rule(struct dir_json *j, const struct dom_activity *a)
{
    cv_jout_bool(&j->out, "reported", a->reported);
    cv_jout_string(&j->out, "precision", dom_precision_words[a->precision]);
    cv_jout_int(&j->out, "regular_days", a->regular_days);
    cv_jout_int(&j->out, "regular_of", a->regular_of);
    cv_jout_int(&j->out, "stale_after", a->stale_after);
    cv_jout_int(&j->out, "version", a->version);
}

static void take_rule(struct dir_json_in *in, struct dom_activity *a)
{
    int precision;

    cv_jin_bool(in->object, "reported", CV_OPTIONAL, &a->reported);
    if (cv_jin_word(in->object, "precision", CV_REQUIRED, dom_precision_words, &precision) == CV_VALUE)
        a->precision = (enum dom_precision)precision;
    dir_read_int(in->object, "regular_days", &a->regular_days);
    dir_read_int(in->object, "regular_of", &a->regular_of);
    dir_read_int(in->object, "stale_after", &a->stale_after);
    dir_read_int(in->object, "version", &a->version);
}

static void put_activity(const void *record, const char *base, struct dir_attrs *out)
{
    struct dir_json j;

    (void)base;
    dir_json_begin(&j);
    put_rule(&j, &((const struct dom_system *)record)->activity);
    dir_json_end(&j, out, "cvActivity");
}

static bool take_activity(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dir_json_in in;

    (void)tag;
    if (!dir_read_begin(&in, r, attr, 0))
        return false;
    take_rule(&in, &((struct dom_system *)r->record)->activity);
    return dir_read_ok(&in);
}

/* ---- former rules ---- */
static void put_past_rules(const struct dom_past_rules *past, struct dir_attrs *out)
{
    struct dir_json j;

    dir_json_begin(&j);
    dir_json_day(&j, "to", past->to);
    if (past->retired)
        cv_jout_bool(&j.out, "retired", true);
    cv_jout_array(&j.out, "required");
    for (size_t i = 0; i < past->required_count; i++) {
        cv_jout_object(&j.out, NULL);
        put_line(&j, &past->required[i]);
        cv_jout_end(&j.out);
    }
    cv_jout_end(&j.out);
    put_rule(&j, &past->activity);
    dir_json_end(&j, out, "cvPast");
}

static void put_past(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_system *s = record;

    (void)base;
    for (size_t i = 0; i < s->past_count; i++)
        put_past_rules(&s->past[i], out);
}

static void take_past_lines(struct dir_json_in *in, struct dom_past_rules *out)
{
    const struct cv_jin_list *list;

    if (cv_jin_array(in->object, "required", CV_REQUIRED, DOM_RULES_MAX, &list) != CV_VALUE)
        return;
    out->required = CV_NEWS(in->reader->arena, struct dom_required, cv_jin_count(list) + 1);
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        struct dir_json_in line = {.reader = in->reader, .attribute = in->attribute, .object = cv_jin_item(list, i)};

        if (line.object)
            take_line_members(&line, &out->required[out->required_count++]);
        in->bad = in->bad || !line.object || line.bad;
    }
}

static bool take_past_rules(struct dir_reader *r, const struct dir_attr *attr, size_t at, struct dom_past_rules *out)
{
    struct dir_json_in in;

    if (!dir_read_begin(&in, r, attr, at))
        return false;
    *out = (struct dom_past_rules){.activity = dom_activity_default()};
    cv_jin_day(in.object, "to", CV_REQUIRED, &out->to);
    cv_jin_bool(in.object, "retired", CV_OPTIONAL, &out->retired);
    take_past_lines(&in, out);
    take_rule(&in, &out->activity);
    return dir_read_ok(&in);
}

static int by_last_day(const void *a, const void *b)
{
    const struct dom_past_rules *x = a, *y = b;

    return (x->to > y->to) - (x->to < y->to);
}

static bool take_past(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_system *s = r->record;

    (void)tag;
    s->past = CV_NEWS(r->arena, struct dom_past_rules, attr->count);
    for (size_t i = 0; i < attr->count && cv_arena_ok(r->arena); i++)
        if (!take_past_rules(r, attr, i, &s->past[i]))
            return false;
    qsort(s->past, attr->count, sizeof(*s->past), by_last_day);
    s->past_count = attr->count;
    return true;
}

static void put_sessions(const void *record, const char *base, struct dir_attrs *out)
{
    (void)base;
    dir_put_sessions(out, ((const struct dom_system *)record)->sessions);
}

static bool take_sessions(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    (void)tag;
    return dir_take_sessions(r, attr, &((struct dom_system *)r->record)->sessions);
}

static void put_connector(const void *record, const char *base, struct dir_attrs *out)
{
    const struct dom_system *s = record;
    struct dir_json j;

    (void)base;
    if (!s->connector)
        return;
    dir_json_begin(&j);
    dom_connector_store(&j.out, s->connector);
    dir_json_text(&j, "set_by", s->connector->set_by);
    dir_json_moment(&j, "list_at", s->connector->list_at != 0 ? s->connector->list_at : CV_NO_MOMENT);
    dir_json_moment(&j, "restore_at", s->connector->restore_at != 0 ? s->connector->restore_at : CV_NO_MOMENT);
    dir_json_end(&j, out, "cvConnector");
}

static bool take_connector(struct dir_reader *r, const struct dir_attr *attr, const char *tag)
{
    struct dom_system *s = r->record;
    struct dom_connector *c = CV_NEW(r->arena, struct dom_connector);
    struct dir_json_in in;

    (void)tag;
    if (!dir_read_begin(&in, r, attr, 0))
        return false;
    *c = dom_connector_default();
    cv_moment restore = CV_NO_MOMENT, list = CV_NO_MOMENT;
    const char *set_by = NULL;
    dir_read_text(in.object, "set_by", &set_by);
    dir_read_moment(&in, in.object, "list_at", &list);
    dir_read_moment(&in, in.object, "restore_at", &restore);
    dom_connector_read(in.object, r->arena, c);
    c->set_by = set_by;
    c->list_at = list != CV_NO_MOMENT ? list : 0;
    c->restore_at = restore != CV_NO_MOMENT ? restore : 0;
    s->connector = c;
    return dir_read_ok(&in);
}

static const struct dir_field fields[] = {
    {"cn", DIR_TEXT, AT(slug), .flags = DIR_NEEDED},
    {"cvRevision", DIR_LONG, AT(revision), .flags = DIR_BOOK | DIR_NEEDED},
    {"cvUpdatedAt", DIR_MOMENT, AT(updated_at), .flags = DIR_BOOK},
    {"cvLabel", DIR_OWN, .put = put_names, .take = take_name, .flags = DIR_NEEDED},
    {"cvKind", DIR_WORD, AT(kind), .words = dom_system_kind_words, .flags = DIR_NEEDED},
    {"cvLoginRule", DIR_TEXT, AT(login_rule)},
    {"cvLoginShortRule", DIR_TEXT, AT(login_short_rule)},
    {"cvLoginMax", DIR_INT, AT(login_max)},
    {"cvLoginPerUnit", DIR_BOOL, AT(login_per_unit)},
    {"cvReceivesMail", DIR_BOOL, AT(receives_mail)},
    {"cvCertificates", DIR_BOOL, AT(certificates)},
    {"cvRetired", DIR_BOOL, AT(retired)},
    {"cvRequired", DIR_OWN, .put = put_required, .take = take_required},
    {"cvSessions", DIR_OWN, .put = put_sessions, .take = take_sessions},
    {"cvActivity", DIR_OWN, .put = put_activity, .take = take_activity},
    {"cvPast", DIR_OWN, .put = put_past, .take = take_past},
    {"cvConnector", DIR_OWN, .put = put_connector, .take = take_connector},
};
const struct dir_fields dir_system_fields = {fields, CV_COUNT(fields), classes};

void dir_map_system(const struct dom_system *system, const char *base, struct dir_attrs *out)
{
    dir_fields_put(&dir_system_fields, system, base, out);
}

bool dir_unmap_system(const struct dir_entry *entry, struct cv_arena *arena, struct dom_system *out,
                      struct cv_error *err)
{
    struct dom_system s = {.updated_at = CV_NO_MOMENT, .activity = dom_activity_default()};

    if (!dir_fields_take(&dir_system_fields, entry, arena, &s, err))
        return false;
    *out = s;
    return true;
}
