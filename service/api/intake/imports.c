/* Plans: looked at, carried out, forgotten. */
#include <string.h>

#include "api/intake/imports.h"

enum { ITEMS_MAX = 500 };

/* ---- looking ---- */

void api_get_import(struct htp_exchange *x)
{
    struct prov_call call;
    struct imp_stored stored;
    if (imp_open(x, &call, IMP_TO_LOOK, &stored))
        imp_write_head(x, 200, &stored);
}

void api_list_imports(struct htp_exchange *x)
{
    struct prov_call call;
    struct imp_stored *all = NULL;
    struct cv_error err = {0};
    size_t count = 0;
    if (!api_call(x, &call))
        return;
    if (!imp_list(x, &call, &all, &count, &err)) {
        htp_problem(x, &err, NULL);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    for (size_t i = 0; i < count; i++)
        if (imp_may_look(x, &all[i], &err))
            imp_put_head(x, &all[i]);
    cv_jout_end(&x->out);
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}

void api_delete_import(struct htp_exchange *x)
{
    struct prov_call call;
    struct imp_stored stored;
    struct cv_error err = {0};
    if (!api_if_match_given(x) || !imp_open(x, &call, IMP_HEAD, &stored))
        return;
    if (call.match == PROV_MATCH_REVISION && call.match_revision != stored.revision)
        cv_fail(&err, cvp_etag_mismatch, "If-Match", "Danh sách đã đổi", "The list has changed");
    else
        (void)imp_delete(&call, stored.id, &err);
    if (err.kind == CV_OK)
        htp_reply_empty(x, 204);
    else
        htp_problem(x, &err, NULL);
}

static void write_row(struct htp_exchange *x, const struct imp_row *row)
{
    struct cv_jout *j = &x->out;
    cv_jout_object(j, NULL);
    cv_jout_int(j, "row", row->row);
    cv_jout_string(j, "action", imp_action_words[row->action]);
    cv_jout_string(j, "key", row->key);
    cv_jout_string(j, "staff", row->staff);
    cv_jout_string(j, "name", row->name);
    cv_jout_string(j, "address", row->address);
    cv_jout_raw(j, "request", row->body ? row->body : "null", row->body ? strlen(row->body) : 4);
    cv_jout_raw(j, "changes", row->changes ? row->changes : "[]", row->changes ? strlen(row->changes) : 2);
    cv_jout_array(j, "notes");
    for (size_t i = 0; i < row->note_count; i++) {
        cv_jout_object(j, NULL);
        cv_jout_string(j, "column", row->notes[i].column);
        cv_jout_string(j, "code", row->notes[i].code);
        cv_jout_string(j, "weight", row->notes[i].weight);
        cv_jout_string(j, "detail", row->notes[i].text[x->lang]);
        cv_jout_end(j);
    }
    cv_jout_end(j);
    cv_jout_end(j);
}

void api_list_import_rows(struct htp_exchange *x)
{
    struct prov_call call;
    struct imp_stored stored;
    struct imp_row row;
    uint32_t actions = 0;
    int64_t after = 0, most = ITEMS_MAX, number = 0, written = 0;
    const char *line = NULL;
    size_t len = 0;
    struct cv_error err = {0};
    htp_query_words(x, "action", imp_action_words, &actions);
    htp_query_int(x, "after", 0, INT64_MAX, &after);
    htp_query_int(x, "page_size", 1, ITEMS_MAX, &most);
    if (!api_faultless(x, cvp_invalid_parameter) || !imp_open(x, &call, IMP_ROWS | IMP_TO_LOOK, &stored))
        return;
    const char *at = stored.rows, *end = stored.rows + stored.rows_len;
    cv_auto_arena arena = cv_arena_new(IMP_ROW_ARENA);
    if (arena == NULL) {
        cv_fail(&err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
        htp_problem(x, &err, NULL);
        return;
    }
    cv_jout_object(&x->out, NULL);
    cv_jout_array(&x->out, "items");
    while (written < most && imp_next_line(&at, end, &line, &len)) {
        number++;
        cv_arena_reset(arena);
        if (number <= after || !imp_row_read(arena, line, len, &row) || (actions && !(actions >> row.action & 1)))
            continue;
        write_row(x, &row);
        written++;
    }
    cv_jout_end(&x->out);
    if (at < end)
        cv_jout_int(&x->out, "next", number);
    else
        cv_jout_null(&x->out, "next");
    cv_jout_end(&x->out);
    htp_reply(x, 200);
}
