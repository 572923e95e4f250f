/* A system's members in JSON, and those of its rule of use: the tables. */
#include <stddef.h>

#include "api/systems/fields.h"
#include "congvu/naming.h"
#include "congvu/view_figures.h"

enum { DAYS_MAX = 180, STALE_MAX = 90 };

/* ---- what counts as use ---- */

#define RULE(m) .at = offsetof(struct dom_activity, m), .flags = PROV_UPDATE | PROV_SHOWN | PROV_VALUE
static const struct prov_field activity_fields[] = {
    {"reported", PROV_BOOL, RULE(reported)},
    {"precision", PROV_WORD, .words = dom_precision_words, RULE(precision)},
    {"regular_days", PROV_COUNT, .least = 1, .most = DAYS_MAX, RULE(regular_days)},
    {"regular_of", PROV_COUNT, .least = 1, .most = DAYS_MAX, RULE(regular_of)},
    {"stale_after_days", PROV_COUNT, .most = STALE_MAX, RULE(stale_after)},
    {"version", PROV_COUNT, .at = offsetof(struct dom_activity, version), .flags = PROV_SHOWN},
};
const struct prov_fields api_activity_fields = {"activity", activity_fields, CV_COUNT(activity_fields)};

static void read_activity(const struct cv_jin *o, void *input, void *ctx)
{
    const struct cv_jin *activity = NULL;
    if (cv_jin_object(o, "activity", CV_OPTIONAL, &activity) != CV_VALUE)
        return;
    prov_fields_read(&api_activity_fields, PROV_UPDATE, activity, NULL, &((struct prov_system_input *)input)->activity,
                     ctx);
    cv_jin_done(activity);
}

static void write_activity(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    cv_jout_object(j, name);
    prov_fields_write(&api_activity_fields, j, &((const struct dom_system *)record)->activity, ctx);
    cv_jout_end(j);
}

/* ---- the system ---- */

static void write_login_max(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    (void)ctx;
    cv_jout_int(j, name, dom_login_max(record));
}

static void write_activation(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    (void)ctx;
    cv_jout_bool(j, name, ((const struct dom_system *)record)->kind == DOM_DIRECTORY);
}

static void write_definition(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    const struct dom_system *system = record;
    const struct htp_exchange *x = ctx;
    const char *text = cv_arena_printf(x->arena, "regular-%s-%d", system->slug, system->activity.version);
    cv_jout_string(j, name, system->activity.reported ? text : NULL);
}

static struct view_system_usage feed_of(const struct htp_exchange *x, const struct dom_system *system)
{
    struct view_system_usage usage = {.data_from = CV_NO_DAY, .data_through = CV_NO_DAY, .unknown = DOM_USE_STALE};
    view_system_usage(api_of(x)->view, system->slug, &usage);
    return usage;
}

static void write_data_through(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    cv_jout_day(j, name, feed_of(ctx, record).data_through);
}

static void write_data_from(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    cv_jout_day(j, name, feed_of(ctx, record).data_from);
}

static void write_stale(struct cv_jout *j, const char *name, const void *record, void *ctx)
{
    cv_jout_bool(j, name, feed_of(ctx, record).unknown == DOM_USE_STALE); /* of any window */
}

static void tell_name(struct prov_telling *t, const char *name)
{
    const struct dom_system *before = t->before, *after = t->after;
    static const char *const languages[] = {[CV_VI] = "vi", [CV_EN] = "en"};
    for (size_t i = 0; i < CV_COUNT(languages); i++)
        prov_tell_text(t, cv_arena_printf(t->arena, "%s/%s", name, languages[i]),
                       before != NULL ? before->name[i] : NULL, after->name[i]);
}

static const char *required_json(struct prov_telling *t, const struct dom_system *system)
{
    if (system == NULL)
        return NULL;
    const char **lines = CV_NEWS(t->arena, const char *, system->required_count + 1);
    for (size_t i = 0; i < system->required_count; i++)
        lines[i] = prov_json_of(t->arena, api_write_required_line, &system->required[i], NULL);
    return prov_json_list(t->arena, lines, system->required_count);
}

static void tell_required(struct prov_telling *t, const char *name)
{
    prov_tell_json(t, name, required_json(t, t->before), required_json(t, t->after));
}

#define AT(m)  .at = offsetof(struct dom_system, m)
#define MEMBER PROV_CREATE | PROV_UPDATE | PROV_SHOWN | PROV_TOLD
#define SLUG_COMPLAINT                                                                                                 \
    {                                                                                                                  \
        [CV_VI] = "Cần chữ thường a-z, số và dấu gạch nối, bắt đầu bằng chữ, tối đa 32 ký tự",                         \
        [CV_EN] = "It must be lower case letters, digits and hyphens, beginning with a letter, 32 signs at most"       \
    }
#define RULE_COMPLAINT                                                                                                 \
    {                                                                                                                  \
        [CV_VI] = "Cần mẫu gồm a-z 0-9 . _ - và ít nhất một phần tử như {ten}",                                        \
        [CV_EN] = "It must be a pattern of a-z 0-9 . _ - with one token such as {ten} at least"                        \
    }

/* In the order of writing. */
static const struct prov_field system_fields[] = {
    {"id", PROV_TEXT, AT(slug), .max = DOM_SLUG_MAX, .valid = dom_system_slug_valid, .complaint = SLUG_COMPLAINT,
     .flags = PROV_CREATE | PROV_SHOWN | PROV_VALUE},
    {"name", PROV_OWN, .read = api_read_system_name, .write = api_write_system_name, .tell = tell_name,
     .flags = MEMBER},
    {"kind", PROV_WORD, AT(kind), .words = dom_system_kind_words, .flags = MEMBER | PROV_VALUE},
    {"required_for", PROV_OWN, .read = api_read_required, .write = api_write_required, .tell = tell_required,
     .flags = MEMBER},
    {"login_rule", PROV_TEXT, AT(login_rule), .max = 100, .valid = dom_login_rule_valid, .complaint = RULE_COMPLAINT,
     .flags = PROV_CREATE | PROV_SHOWN},
    {"login_per_unit", PROV_BOOL, AT(login_per_unit), .flags = PROV_CREATE | PROV_SHOWN | PROV_VALUE},
    {"certificates", PROV_BOOL, AT(certificates), .flags = MEMBER | PROV_VALUE},
    {"login_short_rule", PROV_TEXT, AT(login_short_rule), .max = 100, .valid = dom_rule_valid,
     .complaint = RULE_COMPLAINT, .flags = MEMBER},
    {"login_max_length", PROV_INT, AT(login_max), .least = DOM_LOGIN_MAX_LEAST, .most = DOM_LOGIN_MAX,
     .write = write_login_max, .flags = MEMBER},
    {"sessions", PROV_OWN, .read = api_read_sessions, .write = api_write_sessions, .flags = MEMBER},
    {"activation", PROV_OWN, .write = write_activation, .flags = PROV_SHOWN},
    {"activity", PROV_OWN, .read = read_activity, .write = write_activity, .flags = MEMBER},
    {"definition", PROV_OWN, .write = write_definition, .flags = PROV_SHOWN},
    {"data_from", PROV_OWN, .write = write_data_from, .flags = PROV_SHOWN},
    {"data_through", PROV_OWN, .write = write_data_through, .flags = PROV_SHOWN},
    {"stale", PROV_OWN, .write = write_stale, .flags = PROV_SHOWN},
    {"connector", PROV_OWN, .read = api_read_connector, .write = api_write_connector, .flags = MEMBER},
    {"health", PROV_OWN, .write = api_write_connector_health, .flags = PROV_SHOWN},
    {"retired", PROV_BOOL, AT(retired), .flags = PROV_UPDATE | PROV_SHOWN | PROV_TOLD | PROV_VALUE},
    {"revision", PROV_LONG, AT(revision), .flags = PROV_SHOWN},
};
const struct prov_fields api_system_fields = {"system", system_fields, CV_COUNT(system_fields)};
_Static_assert(sizeof(enum dom_system_kind) == sizeof(int) && sizeof(enum dom_precision) == sizeof(int),
               "a word is kept as an int");

void api_read_system(struct htp_exchange *x, const struct cv_jin *o, struct prov_system_input *out)
{
    *out = (struct prov_system_input){0};
    prov_fields_read(&api_system_fields, PROV_UPDATE, o, out, &out->given, x);
    cv_jin_done(o);
}

void api_read_new_system(struct htp_exchange *x, const struct cv_jin *o, struct prov_system_input *out)
{
    *out = (struct prov_system_input){0};
    prov_fields_read(&api_system_fields, PROV_CREATE, o, out, &out->given, x);
    cv_jin_done(o);
}

void api_write_system(struct htp_exchange *x, const char *name, const struct dom_system *system)
{
    cv_jout_object(&x->out, name);
    prov_fields_write(&api_system_fields, &x->out, system, x);
    cv_jout_end(&x->out);
}

void api_write_system_changes(struct htp_exchange *x, const struct dom_system *before, const struct dom_system *after)
{
    struct prov_telling t = {.j = &x->out, .arena = x->arena, .before = before, .after = after, .ctx = x};
    cv_jout_array(&x->out, "changes");
    prov_fields_tell(&api_system_fields, &t);
    cv_jout_end(&x->out);
}
