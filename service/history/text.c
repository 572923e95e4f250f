/* A snapshot as lines of text. Counts of a unit's second and further systems are written only where they differ from
 * those before: figures of people are the same in all of them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/internal.h"

#define HEAD "congvu-history 1\n"

/* ---- scanning ---- */

struct scan {
    const char *at, *end;
};

static bool take_text(struct scan *s, const char *text)
{
    size_t len = strlen(text);
    if ((size_t)(s->end - s->at) < len || memcmp(s->at, text, len) != 0)
        return false;
    s->at += len;
    return true;
}

/* Up to a blank, a tab or the end of the line, which stay. */
static size_t word_length(const struct scan *s)
{
    size_t n = 0;
    while (s->at + n < s->end && strchr(" \t\n", s->at[n]) == NULL)
        n++;
    return n;
}

static bool take_word(struct scan *s, char *out, size_t size)
{
    if (s->at < s->end && *s->at == ' ')
        s->at++;
    size_t n = word_length(s);
    if (n == 0 || n >= size)
        return false;
    memcpy(out, s->at, n);
    out[n] = '\0';
    s->at += n;
    return true;
}

static bool take_int(struct scan *s, int64_t *out)
{
    char text[24], *end;
    if (!take_word(s, text, sizeof text))
        return false;
    *out = strtoll(text, &end, 10);
    return *end == '\0';
}

static bool take_day(struct scan *s, cv_day *out)
{
    char text[CV_DAY_TEXT];
    if (!take_word(s, text, sizeof text))
        return false;
    *out = CV_NO_DAY;
    return strcmp(text, "-") == 0 || cv_day_parse(text, out);
}

/* To the tab or the end of the line, which is passed over. */
static const char *take_field(struct scan *s, struct cv_arena *arena)
{
    size_t n = 0;
    while (s->at + n < s->end && s->at[n] != '\t' && s->at[n] != '\n')
        n++;
    const char *text = cv_arena_strndup(arena, s->at, n);
    s->at += n + (s->at + n < s->end);
    return text;
}

static const char *day_text(cv_day day, char out[CV_DAY_TEXT])
{
    return day == CV_NO_DAY ? "-" : cv_day_iso(day, out);
}

/* ---- the day ---- */

static void put_system(struct cv_buf *out, const struct view_system_usage *s)
{
    char through[CV_DAY_TEXT], from[CV_DAY_TEXT], silent[CV_DAY_TEXT];
    cv_buf_printf(out, "system %s %s %d %d %d %d %d %d %d %d %d %" PRId64, s->system,
                  day_text(s->data_through, through), s->rule.reported, s->rule.regular_days, s->rule.regular_of,
                  s->rule.stale_after, (int)s->rule.precision, s->rule.version, (int)s->unknown, s->regular_known,
                  s->activation_known, s->open_until);
    if (!s->missing_unknown)
        cv_buf_printf(out, " %zu %s %s", s->missing_there, day_text(s->data_from, from),
                      day_text(s->silent_since, silent));
    cv_buf_putc(out, '\n');
}

static void put_refs(struct cv_buf *out, const char *kind, const struct history_ref *refs, size_t count)
{
    char day[CV_DAY_TEXT];
    for (size_t i = 0; i < count; i++)
        cv_buf_printf(out, "%s %s %s\n", kind, cv_day_iso(refs[i].day, day), refs[i].digest);
}

void history_put_day(struct cv_buf *out, const struct history_day *day)
{
    char a[CV_DAY_TEXT], b[CV_DAY_TEXT], c[CV_DAY_TEXT];
    cv_buf_printf(out, HEAD "day %s %" PRId64 " %s %s %zu\n", cv_day_iso(day->day, a), day->taken_at,
                  cv_day_iso(day->window.from, b), cv_day_iso(day->window.to, c), day->unit_count);
    for (size_t i = 0; i < day->system_count; i++)
        put_system(out, &day->systems[i]);
    put_refs(out, "tree", day->tree, day->tree_count);
    put_refs(out, "rows", day->rows, day->row_count);
    put_refs(out, "late", day->late, day->late_count);
    put_refs(out, "people", day->people, day->people_count);
}

static bool has_more(const struct scan *s)
{
    return s->at < s->end && *s->at == ' ';
}

/* What earlier versions did not write: nothing of it, or the first alone. */
static bool take_later_members(struct scan *s, struct view_system_usage *out)
{
    int64_t missing = 0;
    out->open_until = CV_NO_MOMENT;
    out->data_from = out->silent_since = CV_NO_DAY;
    out->missing_unknown = true;
    if (has_more(s) && !take_int(s, &out->open_until))
        return false;
    if (!has_more(s))
        return true;
    out->missing_unknown = false;
    if (!take_int(s, &missing) || !take_day(s, &out->data_from) || !take_day(s, &out->silent_since))
        return false;
    out->missing_there = (size_t)missing;
    return missing >= 0 && missing <= INT32_MAX;
}

static bool take_system(struct scan *s, struct cv_arena *arena, struct view_system_usage *out)
{
    char slug[DOM_SLUG_MAX + 1];
    int64_t n[9];
    if (!take_word(s, slug, sizeof slug) || !take_day(s, &out->data_through))
        return false;
    for (size_t i = 0; i < CV_COUNT(n); i++)
        if (!take_int(s, &n[i]))
            return false;
    if (!take_later_members(s, out))
        return false;
    out->system = cv_arena_strdup(arena, slug);
    out->rule = (struct dom_activity){.reported = n[0] != 0,
                                      .regular_days = (int)n[1],
                                      .regular_of = (int)n[2],
                                      .stale_after = (int)n[3],
                                      .precision = n[4] == DOM_LAST_ONLY ? DOM_LAST_ONLY : DOM_BY_DAY,
                                      .version = (int)n[5]};
    out->unknown = n[6] >= 0 && n[6] < DOM_UNKNOWN_USES ? (enum dom_unknown_use)n[6] : DOM_USE_STALE;
    out->stale = n[6] != 0;
    out->regular_known = n[7] != 0;
    out->activation_known = n[8] != 0;
    return true;
}

static bool take_ref(struct scan *s, struct history_ref *refs, size_t *io_count)
{
    struct history_ref ref;
    if (!take_day(s, &ref.day) || ref.day == CV_NO_DAY || !take_word(s, ref.digest, sizeof ref.digest) ||
        strlen(ref.digest) != HISTORY_DIGEST)
        return false;
    refs[(*io_count)++] = ref;
    return true;
}

static bool take_day_line(struct scan *s, struct cv_arena *arena, struct history_day *out)
{
    if (take_text(s, "system "))
        return out->system_count < DOM_SYSTEMS_MAX && take_system(s, arena, &out->systems[out->system_count++]);
    if (take_text(s, "tree "))
        return take_ref(s, out->tree, &out->tree_count);
    if (take_text(s, "late "))
        return take_ref(s, out->late, &out->late_count);
    if (take_text(s, "people "))
        return take_ref(s, out->people, &out->people_count);
    return take_text(s, "rows ") && take_ref(s, out->rows, &out->row_count);
}

static size_t count_lines(const char *bytes, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += bytes[i] == '\n';
    return n;
}

bool history_take_day(const char *bytes, size_t len, struct cv_arena *arena, struct history_day *out)
{
    struct scan s = {bytes, bytes + len};
    size_t lines = count_lines(bytes, len);
    struct history_day day = {.systems = CV_NEWS(arena, struct view_system_usage, DOM_SYSTEMS_MAX),
                              .tree = CV_NEWS(arena, struct history_ref, lines + 1),
                              .rows = CV_NEWS(arena, struct history_ref, lines + 1),
                              .late = CV_NEWS(arena, struct history_ref, lines + 1),
                              .people = CV_NEWS(arena, struct history_ref, lines + 1)};
    int64_t units;
    if (!take_text(&s, HEAD "day ") || !take_day(&s, &day.day) || !take_int(&s, &day.taken_at) ||
        !take_day(&s, &day.window.from) || !take_day(&s, &day.window.to) || !take_int(&s, &units) ||
        !take_text(&s, "\n") || units < 0 || units > INT32_MAX)
        return false;
    while (s.at < s.end)
        if (!take_day_line(&s, arena, &day) || !take_text(&s, "\n"))
            return false;
    day.unit_count = (size_t)units;
    *out = day;
    return day.row_count > 0 && day.tree_count > 0 && cv_arena_ok(arena);
}

/* ---- the tree ---- */

/* Tabs and line ends are the file's own. */
static void put_field(struct cv_buf *out, const char *text)
{
    for (const char *p = text != NULL ? text : ""; *p != '\0'; p++)
        cv_buf_putc(out, (unsigned char)*p < ' ' ? ' ' : *p);
}

void history_put_unit(struct cv_buf *out, const struct view_unit *u)
{
    char id[CV_ID_TEXT], parent[CV_ID_TEXT] = "-";
    if (u->has_parent)
        cv_id_text("unt_", u->parent, parent);
    cv_buf_printf(out, "%s %s %d %d\t", cv_id_text("unt_", u->id, id), parent, u->depth, u->position);
    put_field(out, u->code);
    cv_buf_putc(out, '\t');
    put_field(out, u->name[CV_VI]);
    cv_buf_putc(out, '\t');
    put_field(out, u->name[CV_EN]);
    cv_buf_putc(out, '\n');
}

static bool take_unit(struct scan *s, struct cv_arena *arena, struct view_unit *u)
{
    char id[CV_ID_TEXT], parent[CV_ID_TEXT];
    int64_t depth, position;
    if (!take_word(s, id, sizeof id) || !cv_id_parse("unt_", id, &u->id) || !take_word(s, parent, sizeof parent) ||
        !take_int(s, &depth) || !take_int(s, &position) || !take_text(s, "\t"))
        return false;
    u->has_parent = strcmp(parent, "-") != 0;
    u->depth = (int)depth;
    u->position = (int)position;
    u->code = take_field(s, arena);
    u->name[CV_VI] = take_field(s, arena);
    u->name[CV_EN] = take_field(s, arena);
    if (*u->name[CV_EN] == '\0')
        u->name[CV_EN] = NULL;
    return depth >= 0 && (!u->has_parent || cv_id_parse("unt_", parent, &u->parent));
}

bool history_take_units(const char *bytes, size_t len, struct cv_arena *arena, struct history_unit *units, size_t cap,
                        size_t *io_count)
{
    struct scan s = {bytes, bytes + len};
    if (!take_text(&s, HEAD))
        return false;
    while (s.at < s.end) {
        if (*io_count == cap || !take_unit(&s, arena, &units[*io_count].u))
            return false;
        units[(*io_count)++].headcount_on = CV_NO_DAY;
    }
    return cv_arena_ok(arena);
}

/* ---- the counts ---- */

size_t history_part_of(struct cv_id unit, size_t parts)
{
    uint32_t n;
    memcpy(&n, unit.bytes, sizeof n);
    return n % parts;
}

void history_put_members(struct cv_buf *out, const char *uncounted)
{
    cv_buf_puts(out, HEAD "members");
    for (size_t i = 0; i < DOM_COUNT_MEMBERS; i++) {
        const char *name = dom_count_members[i].name;
        cv_buf_printf(out, " %s", uncounted != NULL && strcmp(name, uncounted) == 0 ? "-" : name);
    }
    cv_buf_putc(out, '\n');
}

static void put_list(struct cv_buf *out, const int32_t now[DOM_COUNT_MEMBERS], const int32_t before[DOM_COUNT_MEMBERS])
{
    size_t end = DOM_COUNT_MEMBERS;
    while (end > 0 && now[end - 1] == before[end - 1])
        end--;
    for (size_t i = 0; i < end; i++) {
        if (now[i] != before[i])
            cv_buf_printf(out, "%" PRId32, now[i]);
        cv_buf_putc(out, ',');
    }
}

void history_put_counts(struct cv_buf *out, struct cv_id unit, cv_day headcount_on, const char *const *systems,
                        const struct dom_counts *counts, size_t system_count)
{
    char id[CV_ID_TEXT], day[CV_DAY_TEXT];
    int32_t before[DOM_COUNT_MEMBERS] = {0}, now[DOM_COUNT_MEMBERS];
    cv_buf_printf(out, "%s %s", cv_id_text("unt_", unit, id), day_text(headcount_on, day));
    for (size_t i = 0; i < system_count; i++) {
        dom_counts_to_array(&counts[i], now);
        cv_buf_printf(out, " %s=", systems[i]);
        put_list(out, now, before);
        memcpy(before, now, sizeof before);
    }
    cv_buf_putc(out, '\n');
}

/* Which member each number of a list is: -1 = one that this version does not know. */
struct members {
    int at[DOM_COUNT_MEMBERS * 2];
    size_t count;
};

static int member_index(const char *name)
{
    for (int i = 0; i < DOM_COUNT_MEMBERS; i++)
        if (strcmp(dom_count_members[i].name, name) == 0)
            return i;
    return -1;
}

static bool take_members(struct scan *s, struct members *out)
{
    char name[64];
    out->count = 0;
    if (!take_text(s, HEAD "members"))
        return false;
    while (s->at < s->end && *s->at == ' ') {
        if (out->count == CV_COUNT(out->at) || !take_word(s, name, sizeof name))
            return false;
        out->at[out->count++] = member_index(name);
    }
    return s->at < s->end && *s->at == '\n'; /* stays: every line then begins behind one */
}

/* "12,3,,5," onto what the system before had. */
static bool take_list(struct scan *s, const struct members *members, int32_t io[DOM_COUNT_MEMBERS])
{
    for (size_t i = 0; s->at < s->end && *s->at != ' ' && *s->at != '\n'; i++) {
        int64_t value = 0;
        bool given = false, negative = s->at < s->end && *s->at == '-';
        s->at += negative;
        for (; s->at < s->end && *s->at >= '0' && *s->at <= '9' && value <= INT32_MAX; s->at++, given = true)
            value = value * 10 + (*s->at - '0');
        if (i == members->count || value > INT32_MAX || !take_text(s, ","))
            return false;
        if (given && members->at[i] >= 0)
            io[members->at[i]] = (int32_t)(negative ? -value : value);
    }
    return true;
}

static size_t wanted_index(const struct scan *s, size_t len, const char *const *systems, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(systems[i]) == len && memcmp(systems[i], s->at, len) == 0)
            return i;
    return count;
}

static bool take_lists(struct scan *s, const struct members *members, const char *const *systems, size_t count,
                       struct dom_counts *out)
{
    int32_t values[DOM_COUNT_MEMBERS] = {0};
    while (take_text(s, " ")) {
        const char *equals = memchr(s->at, '=', (size_t)(s->end - s->at));
        if (equals == NULL)
            return false;
        size_t wanted = wanted_index(s, (size_t)(equals - s->at), systems, count);
        s->at = equals + 1;
        if (!take_list(s, members, values))
            return false;
        if (wanted < count)
            dom_counts_from_array(values, &out[wanted]);
    }
    return s->at == s->end || *s->at == '\n';
}

bool history_take_counts(const char *bytes, size_t len, struct cv_id unit, const char *const *systems,
                         size_t system_count, struct dom_counts *counts, cv_day *out_headcount_on)
{
    struct scan s = {bytes, bytes + len};
    struct members members;
    char line[CV_ID_TEXT + 2], id[CV_ID_TEXT];
    if (!take_members(&s, &members))
        return false;
    snprintf(line, sizeof line, "\n%s ", cv_id_text("unt_", unit, id));
    const char *found = memmem(s.at, (size_t)(s.end - s.at), line, strlen(line));
    if (found == NULL)
        return false;
    memset(counts, 0, system_count * sizeof *counts);
    s.at = found + strlen(line);
    return take_day(&s, out_headcount_on) && take_lists(&s, &members, systems, system_count, counts);
}

bool history_counted(const char *bytes, size_t len, const char *member)
{
    struct scan s = {bytes, bytes + len};
    struct members members;
    int wanted = member_index(member);
    bool found = false;
    if (!take_members(&s, &members))
        return false;
    for (size_t i = 0; i < members.count; i++)
        found |= members.at[i] == wanted;
    return found;
}

/* ---- people ---- "unt_... eligible issued used locked away stf_... stf_...": bits as numbers */
static bool counted_alike(const struct view_standing *a, const struct view_standing *b)
{
    return cv_id_equal(a->unit, b->unit) && a->eligible == b->eligible && a->issued == b->issued &&
           a->used == b->used && a->locked == b->locked && a->away == b->away;
}

void history_put_people(struct cv_buf *out, const struct view_standing *people, size_t count)
{
    char id[CV_ID_TEXT];
    cv_buf_puts(out, HEAD);
    for (size_t i = 0; i < count; i++) {
        const struct view_standing *p = &people[i];
        if (i == 0 || !counted_alike(p, p - 1))
            cv_buf_printf(out, "%s%s %d %d %d %d %d", i > 0 ? "\n" : "", cv_id_text("unt_", p->unit, id), p->eligible,
                          p->issued, p->used, p->locked, p->away);
        cv_buf_printf(out, " %s", cv_id_text("stf_", p->staff, id));
    }
    if (count > 0)
        cv_buf_putc(out, '\n');
}

static bool take_alike(struct scan *s, struct view_standing *out)
{
    char unit[CV_ID_TEXT];
    int64_t n[5];
    if (!take_word(s, unit, sizeof unit) || !cv_id_parse("unt_", unit, &out->unit))
        return false;
    for (size_t i = 0; i < CV_COUNT(n); i++)
        if (!take_int(s, &n[i]) || n[i] < 0 || n[i] > UINT16_MAX)
            return false;
    out->eligible = (uint16_t)n[0];
    out->issued = (uint16_t)n[1];
    out->used = (uint16_t)n[2];
    out->locked = (uint16_t)n[3];
    out->away = n[4] != 0;
    return true;
}

bool history_take_people(const char *bytes, size_t len, struct view_standing *people, size_t cap, size_t *io_count)
{
    struct scan s = {bytes, bytes + len};
    struct view_standing one = {0};
    char staff[CV_ID_TEXT];
    if (!take_text(&s, HEAD))
        return false;
    while (s.at < s.end) {
        if (!take_alike(&s, &one))
            return false;
        for (; has_more(&s); people[(*io_count)++] = one)
            if (*io_count == cap || !take_word(&s, staff, sizeof staff) || !cv_id_parse("stf_", staff, &one.staff))
                return false;
        if (!take_text(&s, "\n"))
            return false;
    }
    return true;
}

const char *history_part_name(struct cv_arena *arena, const char *kind, const struct history_ref *ref)
{
    char day[CV_DAY_TEXT];
    return cv_arena_printf(arena, "%s.%s.%s", kind, cv_day_iso(ref->day, day), ref->digest);
}
