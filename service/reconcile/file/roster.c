/* An export as rows: which column is which, and what cannot be understood. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/text.h"
#include "reconcile/file/file.h"

enum { FAULTS_SHOWN = 5 };

static const char *folded(struct roster *r, const char *text)
{
    return cv_text_fold(r->arena, text);
}

static const char *cell(const struct int_row *row, int column)
{
    return column >= 0 && (size_t)column < row->count ? row->cells[column].text : "";
}

static const char *field_cell(const struct roster *r, const struct int_row *row, enum dom_field field)
{
    for (size_t i = 0; i < r->file->column_count; i++)
        if (r->file->columns[i].field == (int)field)
            return cell(row, r->column_of[i]);
    return "";
}

/* ---- the head ---- */
static int find_title(struct roster *r, const struct int_row *row, const char *title)
{
    for (size_t i = 0; i < row->count; i++)
        if (strcmp(folded(r, row->cells[i].text), folded(r, title)) == 0)
            return (int)i;
    return -1;
}

/* The first row that has the login's and the state's title; above it may stand whatever the system writes there. */
static void look_for_head(struct roster *r, const struct int_row *row)
{
    bool login = false, active = false;
    for (size_t i = 0; i < r->file->column_count; i++) {
        int field = r->file->columns[i].field;
        r->column_of[i] = field < 0 ? -1 : find_title(r, row, r->file->columns[i].title);
        login = login || (field == DOM_FIELD_LOGIN && r->column_of[i] >= 0);
        active = active || (field == DOM_FIELD_ACTIVE && r->column_of[i] >= 0);
    }
    r->headed = login && active;
}

/* ---- rows ---- */
static void fault(struct roster *r, uint32_t row, const char *what)
{
    size_t at = strlen(r->faults);
    if (r->fault_count++ < FAULTS_SHOWN)
        snprintf(r->faults + at, sizeof r->faults - at, "%s%u: %s", at > 0 ? "; " : "", row, what);
}

static bool is_empty(const struct roster *r, const struct int_row *row)
{
    for (size_t i = 0; i < r->file->column_count; i++)
        if (*cell(row, r->column_of[i]) != '\0')
            return false;
    return true;
}

static bool read_state(struct roster *r, const struct int_row *row, bool *out)
{
    const char *word = folded(r, field_cell(r, row, DOM_FIELD_ACTIVE));
    *out = strcmp(word, folded(r, r->file->active)) == 0;
    return *out || strcmp(word, folded(r, r->file->inactive)) == 0;
}

static struct roster_row *new_row(struct roster *r)
{
    if (r->count == r->room) {
        size_t room = r->room > 0 ? 2 * r->room : 1024;
        struct roster_row *grown = CV_NEWS(r->arena, struct roster_row, room);
        if (r->count > 0)
            memcpy(grown, r->rows, r->count * sizeof *grown);
        r->rows = grown;
        r->room = room;
    }
    return &r->rows[r->count++];
}

static bool take_row(void *ctx, const struct int_row *row)
{
    struct roster *r = ctx;
    bool active = false;
    if (!r->headed) {
        look_for_head(r, row);
        return cv_arena_ok(r->arena);
    }
    if (is_empty(r, row))
        return true;
    const char *login = field_cell(r, row, DOM_FIELD_LOGIN);
    if (*login == '\0')
        fault(r, row->number, "login?");
    else if (!read_state(r, row, &active))
        fault(r, row->number, field_cell(r, row, DOM_FIELD_ACTIVE));
    struct roster_row *out = new_row(r);
    *out = (struct roster_row){.number = row->number, .active = active};
    out->login = cv_arena_strdup(r->arena, login);
    out->mark = cv_arena_strdup(r->arena, field_cell(r, row, DOM_FIELD_ID));
    out->values = CV_NEWS(r->arena, const char *, r->file->column_count);
    for (size_t i = 0; i < r->file->column_count; i++)
        out->values[i] = r->column_of[i] >= 0 ? cv_arena_strdup(r->arena, cell(row, r->column_of[i])) : NULL;
    return cv_arena_ok(r->arena);
}

/* ---- looking up ---- */
static int by_login(const void *a, const void *b)
{
    return cv_ascii_casecmp((*(struct roster_row *const *)a)->login, (*(struct roster_row *const *)b)->login);
}

static int by_mark(const void *a, const void *b)
{
    return strcmp((*(struct roster_row *const *)a)->mark, (*(struct roster_row *const *)b)->mark);
}

static void sort(struct roster *r)
{
    r->by_login = CV_NEWS(r->arena, struct roster_row *, r->count + 1);
    r->by_mark = CV_NEWS(r->arena, struct roster_row *, r->count + 1);
    for (size_t i = 0; i < r->count; i++) {
        r->by_login[i] = &r->rows[i];
        if (*r->rows[i].mark != '\0')
            r->by_mark[r->marked++] = &r->rows[i];
    }
    qsort(r->by_login, r->count, sizeof *r->by_login, by_login);
    qsort(r->by_mark, r->marked, sizeof *r->by_mark, by_mark);
}

struct roster_row *roster_by_login(const struct roster *r, const char *login)
{
    struct roster_row key = {.login = login}, *at = &key;
    struct roster_row **hit = bsearch(&at, r->by_login, r->count, sizeof *r->by_login, by_login);
    return hit != NULL ? *hit : NULL;
}

struct roster_row *roster_by_mark(const struct roster *r, const char *mark)
{
    struct roster_row key = {.mark = mark}, *at = &key;
    struct roster_row **hit = bsearch(&at, r->by_mark, r->marked, sizeof *r->by_mark, by_mark);
    return hit != NULL ? *hit : NULL;
}

/* One login twice is nobody's for sure. */
static void look_for_doubles(struct roster *r)
{
    for (size_t i = 1; i < r->count; i++)
        if (cv_ascii_casecmp(r->by_login[i]->login, r->by_login[i - 1]->login) == 0)
            fault(r, r->by_login[i]->number, r->by_login[i]->login);
}

bool roster_read(const struct dom_file *file, const struct cv_buf *bytes, struct cv_arena *arena, struct roster *out,
                 struct cv_error *err)
{
    struct int_list *list = NULL;
    *out = (struct roster){.file = file, .arena = arena};
    if (!int_open(bytes->data, bytes->len, NULL, &list, err))
        return false;
    bool ok = int_rows(list, take_row, out, err);
    int_close(&list);
    if (!ok)
        return false;
    if (!out->headed)
        return cv_fail_as(err, CV_INVALID, NULL, "Không thấy hàng tiêu đề có cột tên đăng nhập và trạng thái",
                          "No row has the titles of the login and of the state");
    sort(out);
    look_for_doubles(out);
    if (out->fault_count > 0)
        return cv_fail_as(err, CV_INVALID, NULL, "%zu dòng không hiểu được (%s)", "%zu rows are not understood (%s)",
                          out->fault_count, out->faults);
    if (out->count == 0)
        return cv_fail_as(err, CV_INVALID, NULL, "Tệp không có dòng nào; không kết luận được ai đã mất",
                          "The export has no row; nothing follows from it");
    return cv_arena_ok(arena) || cv_fail_as(err, CV_INVALID, NULL, "Tệp quá lớn", "The export is too large");
}
