/* Figures of a day on which nobody was there. */
#include <string.h>

#include "check/internal.h"

struct chk_document {
    const char *name;
    bool units, people; /* a tree names any; rows count any */
    const char *text;   /* of a day: which tree and rows are its own */
};

/* A line's first word, and the line behind it. */
static bool next_line(const char **at, const char **out, size_t *out_len)
{
    if (**at == '\0')
        return false;
    *out = *at;
    *out_len = strcspn(*at, "\n");
    *at += *out_len + ((*at)[*out_len] == '\n');
    return true;
}

static bool begins(const char *line, size_t len, const char *with)
{
    return len >= strlen(with) && strncmp(line, with, strlen(with)) == 0;
}

/* Which place `recorded` has in "members a b c". */
static int place_of_recorded(const char *line, size_t len)
{
    int place = -1;
    for (size_t i = 0; i < len; place++) {
        i += strspn(line + i, " ");
        size_t word = strcspn(line + i, " \n");
        if (word == strlen("recorded") && strncmp(line + i, "recorded", word) == 0)
            return place;
        i += word;
    }
    return -1;
}

/* "unt_... - mailbox=12,,4, td-office=": of the first system, a place that is not empty and not 0. */
static bool counts(const char *line, size_t len, int place)
{
    const char *at = memchr(line, '=', len);
    for (int i = 0; at != NULL && i < place; i++) {
        at++;
        at += strcspn(at, ", \n");
        if (*at != ',')
            return false;
    }
    return at != NULL && at[1] >= '1' && at[1] <= '9';
}

static void read_lines(struct chk_document *d, const char *text)
{
    const char *line;
    size_t len;
    int place = -1;
    while (next_line(&text, &line, &len)) {
        if (begins(line, len, "members "))
            place = place_of_recorded(line, len);
        if (!begins(line, len, "unt_"))
            continue;
        d->units = true;
        d->people = d->people || (place >= 0 && counts(line, len, place));
    }
}

void chk_add_document(struct chk *c, const struct dir_document *document)
{
    struct chk_document *grown = chk_grow(c->arena, c->documents, c->document_count, &c->document_cap, sizeof(*grown));
    if (grown == NULL)
        return;
    c->documents = grown;
    struct chk_document *d = &c->documents[c->document_count++];
    *d = (struct chk_document){.name = cv_arena_strdup(c->arena, document->name)};
    read_lines(d, document->bytes);
    if (strncmp(d->name, "day.", 4) == 0)
        d->text = cv_arena_strdup(c->arena, document->bytes);
}

static const struct chk_document *find(const struct chk *c, const char *name)
{
    for (size_t i = 0; i < c->document_count; i++)
        if (strcmp(c->documents[i].name, name) == 0)
            return &c->documents[i];
    return NULL;
}

/* "rows 2026-11-29 dacadc08..." -> rows.2026-11-29.dacadc08... */
static const struct chk_document *named(struct chk *c, const char *line, size_t len)
{
    char *name = cv_arena_strndup(c->arena, line, len);
    for (char *p = name; *p != '\0'; p++)
        if (*p == ' ')
            *p = '.';
    return find(c, name);
}

static bool empty(struct chk *c, const struct chk_document *day)
{
    const char *at = day->text, *line;
    size_t len;
    bool told = false;
    while (next_line(&at, &line, &len)) {
        if (!begins(line, len, "rows ") && !begins(line, len, "tree "))
            continue;
        const struct chk_document *d = named(c, line, len);
        if (d == NULL || d->people)
            return false;
        told = true;
    }
    return told;
}

void chk_judge_snapshots(struct chk *c)
{
    for (size_t i = 0; i < c->document_count; i++) {
        const struct chk_document *d = &c->documents[i];
        if (d->text == NULL)
            continue;
        c->summary->snapshots++;
        if (empty(c, d))
            chk_found(c, CHK_EMPTY_SNAPSHOT, d->name + 4, NULL, "Ảnh chụp số liệu ngày %s không có người nào",
                      "The snapshot of %s counts nobody", d->name + 4);
    }
}
