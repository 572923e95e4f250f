/* The list that goes out: who should be there, and who not. */
#include <stdlib.h>
#include <string.h>

#include "congvu/prov_calendar.h"
#include "congvu/prov_staff.h"
#include "congvu/table.h"
#include "congvu/text.h"
#include "congvu/view_lists.h"
#include "reconcile/file/file.h"

enum { WIDTH = 24 };

struct making {
    struct rec_link *link;
    struct rep_table *table;
    struct cv_arena *arena; /* of the table */
};

const char *file_national_number(struct cv_arena *arena, const char *number)
{
    return strncmp(number, "+84", 3) == 0 ? cv_arena_printf(arena, "0%s", number + 3) : number;
}

static const char *cell_text(struct making *m, const struct con_scim_field *field)
{
    const struct dom_file *file = m->link->system.connector->file;
    if (field->truth)
        return strcmp(field->value, "true") == 0 ? file->active : file->inactive;
    if (field->value != NULL && field->number == DOM_FIELD_MOBILE)
        return file_national_number(m->arena, field->value);
    return field->value != NULL ? cv_arena_strdup(m->arena, field->value) : NULL;
}

static void add_row(struct making *m, const struct rec_owner *owner, const struct dom_account *account, bool active)
{
    struct con_scim_field fields[DOM_FIELDS];
    const struct dom_file *file = m->link->system.connector->file;
    size_t count = rec_wanted(m->link, owner, account, active, fields);
    struct rep_cell *cells = rep_table_line(m->table, REP_LINE_PLAIN);
    for (size_t i = 0; i < file->column_count; i++) {
        if (file->columns[i].field < 0)
            cells[i] = rep_int((int64_t)m->table->line_count);
        for (size_t k = 0; k < count; k++)
            if (fields[k].number == file->columns[i].field)
                cells[i] = rep_text(cell_text(m, &fields[k]));
    }
}

/* Nobody who was never there and shall not be, nobody who is known to be shut. */
static bool belongs(const struct dom_account *a)
{
    if (a->login == NULL)
        return false;
    return a->desired == DOM_PRESENT || a->desired == DOM_LOCKED ||
           (a->observed != DOM_OBS_CLOSED && a->observed != DOM_OBS_REVOKED);
}

static void add_owner(struct making *m, const struct rec_owner *owner)
{
    const struct dom_account *account = owner->account;
    if (belongs(account))
        add_row(m, owner, account, account->desired == DOM_PRESENT);
    for (size_t i = 0; i < account->former_count; i++) {
        struct dom_account former = *account;
        former.login = account->formers[i].login;
        if (account->login == NULL || cv_ascii_casecmp(former.login, account->login) != 0)
            add_row(m, owner, &former, false);
    }
}

static int by_login(const void *a, const void *b)
{
    const struct view_connector_account *x = a, *y = b;
    return strcmp(x->login != NULL ? x->login : "", y->login != NULL ? y->login : "");
}

static bool add_everybody(struct making *m, struct view_connector_account *all, size_t count, struct cv_error *err)
{
    struct prov_call *call = &m->link->w->call;
    for (size_t i = 0; i < count; i++) {
        cv_auto_arena scratch = cv_arena_new(1 << 20);
        struct cv_arena *own = call->arena;
        struct rec_owner owner;
        dir_session_deadline(call->dir, cv_deadline_in_ms(5000));
        call->arena = scratch; /* of the units' names too */
        bool read = rec_owner_read(m->link, all[i].owner, all[i].of_unit, &owner, err);
        if (read && owner.account != NULL)
            add_owner(m, &owner);
        call->arena = own;
        if (rec_stopping(m->link->w) || (!read && err->kind != CV_NOT_FOUND))
            return false;
        if (!cv_arena_ok(own))
            return cv_fail_as(err, CV_INTERNAL, NULL, "Danh sách quá lớn", "The list is too large");
    }
    return true;
}

bool file_make_list(struct rec_link *link, const char *tmp_dir, struct cv_buf *out, size_t *out_rows,
                    struct cv_error *err)
{
    const struct dom_file *file = link->system.connector->file;
    struct prov_call *call = &link->w->call;
    struct making m = {
        .link = link, .arena = call->arena, .table = rep_table_new(call->arena, CV_VI, file->column_count)};
    struct view_connector_account *all;
    struct cv_arena *memory;
    size_t count;
    m.table->sheet = link->system.slug;
    for (size_t i = 0; i < file->column_count; i++)
        m.table->columns[i] = (struct rep_column){.title = file->columns[i].title, .width = WIDTH};
    if (!rec_all_accounts(link, &memory, &all, &count, err))
        return false;
    qsort(all, count, sizeof *all, by_login);
    if (!add_everybody(&m, all, count, err))
        return false;
    const struct rep_table *const tables[] = {m.table};
    const struct rep_xlsx_options options = {
        .title = link->system.name[CV_VI], .author = "Congvu", .made_at = cv_now(), .tmp_dir = tmp_dir};
    *out_rows = m.table->line_count;
    cv_buf_init(out, INT_FILE_MAX);
    if (file->format == DOM_FILE_CSV)
        rep_csv(out, tables, 1, ',');
    else if (!rep_xlsx(out, tables, 1, &options, err))
        return false;
    return (cv_buf_ok(out) && cv_arena_ok(call->arena)) ||
           cv_fail_as(err, CV_INTERNAL, NULL, "Danh sách quá lớn", "The list is too large");
}
