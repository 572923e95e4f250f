/* Connectors: their configuration as JSON, and when an account there wants something done. */
#include <string.h>

#include "congvu/connector.h"

enum { DAY_S = 24 * 3600, PATH_MAX_LENGTH = 200, URL_MAX_LENGTH = 2048 };

#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:"

const char *const dom_connector_kind_words[] = {"scim", "file", NULL};
const char *const dom_patch_style_words[] = {"auto", "standard", "capitalized", "none", NULL};
const char *const dom_on_move_words[] = {"new", "rename", NULL};
static const char *const default_map[DOM_FIELDS] = {
    [DOM_FIELD_ID] = "externalId",
    [DOM_FIELD_LOGIN] = "userName",
    [DOM_FIELD_ACTIVE] = "active",
    [DOM_FIELD_STAFF_CODE] = ENTERPRISE "employeeNumber",
    [DOM_FIELD_FULL_NAME] = "displayName",
    [DOM_FIELD_FAMILY_NAME] = "name.familyName",
    [DOM_FIELD_MIDDLE_NAME] = "name.middleName",
    [DOM_FIELD_GIVEN_NAME] = "name.givenName",
    [DOM_FIELD_ADDRESS] = "emails",
    [DOM_FIELD_MOBILE] = "phoneNumbers",
    [DOM_FIELD_TITLE] = "title",
    [DOM_FIELD_UNIT_NAME] = ENTERPRISE "department",
};

struct dom_connector dom_connector_default(void)
{
    struct dom_connector c = {.kind = DOM_SCIM, .match_login = true, .delete_after_days = -1};
    memcpy(c.map, default_map, sizeof c.map);
    return c;
}

uint32_t dom_connector_mapped(const struct dom_connector *c, uint32_t fields)
{
    for (int i = 0; i < DOM_FIELDS; i++)
        if (c->map[i] == NULL)
            fields &= ~(UINT32_C(1) << i);
    return fields;
}

/* ---- reading ---- */
static void read_text(const struct cv_jin *o, const char *name, unsigned flags, size_t max, const char **out)
{
    if (cv_jin_string(o, name, flags, max, out) == CV_NULL)
        *out = NULL;
}

static void read_file(const struct cv_jin *o, const char *name, const char **out)
{
    const char *given = NULL;
    enum cv_presence found = cv_jin_string(o, name, CV_NULLABLE, 100, &given);
    if (found == CV_VALUE && !dom_secret_name_valid(given))
        cv_jin_fault(o, name, "bad_format", "Cần tên một tệp trong thư mục connector_secret_dir, không có đường dẫn",
                     "It must be the name of a file in the folder connector_secret_dir, without a path");
    else if (found != CV_ABSENT)
        *out = given;
}

static void read_allow(const struct cv_jin *o, struct cv_arena *arena, struct dom_connector *c)
{
    const struct cv_jin_list *list = NULL;
    enum cv_presence found = cv_jin_array(o, "allow", CV_NULLABLE, DOM_ALLOW_MAX, &list);
    if (found == CV_ABSENT)
        return;
    c->allow = CV_NEWS(arena, const char *, DOM_ALLOW_MAX);
    c->allow_count = 0;
    for (size_t i = 0; found == CV_VALUE && i < cv_jin_count(list); i++) {
        const char *word = cv_jin_item_string(list, i, 60);
        if (word != NULL)
            c->allow[c->allow_count++] = word;
    }
}

static bool indispensable(enum dom_field field)
{
    return field == DOM_FIELD_ID || field == DOM_FIELD_LOGIN || field == DOM_FIELD_ACTIVE;
}

static void read_map(const struct cv_jin *o, struct dom_connector *c)
{
    const struct cv_jin *map = NULL;
    enum cv_presence found = cv_jin_object(o, "map", CV_NULLABLE, &map);
    if (found == CV_NULL)
        memcpy(c->map, default_map, sizeof c->map);
    if (found != CV_VALUE)
        return;
    for (int i = 0; i < DOM_FIELDS; i++) {
        enum cv_presence given = cv_jin_string(map, dom_field_words[i], CV_NULLABLE, PATH_MAX_LENGTH, &c->map[i]);
        if (given == CV_NULL && indispensable((enum dom_field)i))
            cv_jin_fault(map, dom_field_words[i], "required", "Trường này luôn cần có", "This field is always needed");
        else if (given == CV_NULL)
            c->map[i] = NULL;
    }
    cv_jin_done(map);
}

static void read_numbers(const struct cv_jin *o, struct dom_connector *c)
{
    int64_t days = 0;
    int word = 0;
    enum cv_presence found = cv_jin_int(o, "delete_after_days", CV_NULLABLE, 0, DOM_KEEP_DAYS_MAX, &days);
    if (found != CV_ABSENT)
        c->delete_after_days = found == CV_NULL ? -1 : (int)days;
    if (cv_jin_word(o, "patch", CV_OPTIONAL, dom_patch_style_words, &word) == CV_VALUE)
        c->patch = (enum dom_patch_style)word;
    if (cv_jin_word(o, "on_move", CV_OPTIONAL, dom_on_move_words, &word) == CV_VALUE)
        c->on_move = (enum dom_on_move)word;
    cv_jin_bool(o, "match_login", CV_OPTIONAL, &c->match_login);
}

/* The titles of columns are the paths there. */
static void map_columns(struct dom_connector *c)
{
    memset(c->map, 0, sizeof c->map);
    for (size_t i = 0; i < c->file->column_count; i++)
        if (c->file->columns[i].field >= 0)
            c->map[c->file->columns[i].field] = c->file->columns[i].title;
}

static void read_file_kind(const struct cv_jin *o, struct cv_arena *arena, struct dom_connector *c)
{
    struct dom_file *file = CV_NEW(arena, struct dom_file);
    *file = c->file != NULL ? *c->file : dom_file_default();
    dom_file_read(o, arena, file);
    c->file = file;
    map_columns(c);
    cv_jin_done(o);
}

/* What another kind had is of no use to this one. */
static void read_kind(const struct cv_jin *o, struct dom_connector *c)
{
    int word = 0;
    if (cv_jin_word(o, "kind", CV_OPTIONAL, dom_connector_kind_words, &word) != CV_VALUE || word == (int)c->kind)
        return;
    const char *set_by = c->set_by;
    *c = dom_connector_default();
    c->kind = (enum dom_connector_kind)word;
    c->set_by = set_by;
}

void dom_connector_read(const struct cv_jin *o, struct cv_arena *arena, struct dom_connector *c)
{
    read_kind(o, c);
    if (c->kind == DOM_FILE) {
        read_file_kind(o, arena, c);
        return;
    }
    read_text(o, "url", CV_OPTIONAL, URL_MAX_LENGTH, &c->url);
    read_file(o, "credential_file", &c->credential_file);
    read_file(o, "ca_file", &c->ca_file);
    read_allow(o, arena, c);
    read_map(o, c);
    read_numbers(o, c);
    cv_jin_done(o);
}

/* ---- writing ---- */
static bool is_default(const char *path, int field)
{
    const char *usual = default_map[field];
    return path == usual || (path != NULL && usual != NULL && strcmp(path, usual) == 0);
}

static void write_members(struct cv_jout *j, const struct dom_connector *c)
{
    cv_jout_string(j, "kind", dom_connector_kind_words[c->kind]);
    if (c->kind == DOM_FILE) {
        dom_file_write(j, c->file);
        return;
    }
    cv_jout_string(j, "url", c->url);
    cv_jout_string(j, "credential_file", c->credential_file);
    cv_jout_string(j, "ca_file", c->ca_file);
    cv_jout_strings(j, "allow", c->allow, c->allow_count);
    cv_jout_bool(j, "match_login", c->match_login);
    if (c->delete_after_days >= 0)
        cv_jout_int(j, "delete_after_days", c->delete_after_days);
    else
        cv_jout_null(j, "delete_after_days");
    cv_jout_string(j, "patch", dom_patch_style_words[c->patch]);
    cv_jout_string(j, "on_move", dom_on_move_words[c->on_move]);
}

static void write_map(struct cv_jout *j, const struct dom_connector *c, bool all)
{
    cv_jout_object(j, "map");
    for (int i = 0; i < DOM_FIELDS; i++)
        if (all || !is_default(c->map[i], i))
            cv_jout_string(j, dom_field_words[i], c->map[i]);
    cv_jout_end(j);
}

void dom_connector_write(struct cv_jout *j, const char *name, const struct dom_connector *c)
{
    cv_jout_object(j, name);
    write_members(j, c);
    if (c->kind != DOM_FILE)
        write_map(j, c, true);
    cv_jout_end(j);
}

void dom_connector_store(struct cv_jout *j, const struct dom_connector *c)
{
    write_members(j, c);
    if (c->kind != DOM_FILE)
        write_map(j, c, false);
}

/* ---- what is to be done ---- */
bool dom_connector_expired(enum dom_observed observed, cv_moment since, int delete_after_days, cv_moment now)
{
    return observed == DOM_OBS_CLOSED && delete_after_days >= 0 && since != CV_NO_MOMENT &&
           now - since >= (cv_moment)delete_after_days * DAY_S;
}

static bool as_wanted(const struct dom_connector_look *l, int delete_after_days)
{
    switch (l->desired) {
    case DOM_PRESENT:
        return l->observed == DOM_PROVISIONED || l->observed == DOM_OBS_ACTIVE || l->observed == DOM_MIGRATING;
    case DOM_LOCKED:
        return l->observed == DOM_TEMP_LOCKED || l->observed == DOM_REQUESTED; /* never made: nothing to lock */
    case DOM_REVOKED:                                                          /* closed until its keep time is over */
        return l->observed == DOM_OBS_REVOKED || (l->observed == DOM_OBS_CLOSED && delete_after_days >= 0);
    default:
        return l->observed == DOM_OBS_CLOSED || l->observed == DOM_OBS_REVOKED;
    }
}

bool dom_connector_restores(const struct dom_connector *connector, cv_moment lost_at)
{
    return lost_at != 0 && connector->restore_at >= lost_at;
}

static bool unconfirmed(const struct dom_connector_look *l)
{
    return !l->synced && (dom_counts_issued(l->observed) || l->observed == DOM_REQUESTED);
}

bool dom_connector_ever_due(const struct dom_connector_look *l)
{
    return l->formers || l->lost_at != 0 || l->observed == DOM_OBS_CLOSED || !as_wanted(l, 0) || unconfirmed(l);
}

bool dom_connector_due(const struct dom_connector_look *l, const struct dom_connector *connector, cv_moment now)
{
    int delete_after_days = connector->delete_after_days;
    bool restore = dom_counts_issued(l->observed) && dom_connector_restores(connector, l->lost_at);
    if (l->formers || restore || dom_connector_expired(l->observed, l->since, delete_after_days, now) ||
        !as_wanted(l, delete_after_days))
        return true;
    return unconfirmed(l);
}

struct dom_connector_look dom_connector_look_at(const struct dom_account *account, int64_t revision)
{
    return (struct dom_connector_look){.desired = account->desired,
                                       .observed = account->observed,
                                       .since = account->since,
                                       .synced = account->synced == revision,
                                       .formers = account->former_count > 0,
                                       .lost_at = account->lost_at};
}
