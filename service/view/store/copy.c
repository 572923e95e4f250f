/* Copies of whole records: into the view (pieces of malloc, freed together) or into an answer's arena. */
#include <stdlib.h>
#include <string.h>

#include "congvu/connector.h"
#include "view/store/view.h"

struct view_piece {
    struct view_piece *next;
    max_align_t bytes[];
};

void *view_pool_alloc(struct view_pool *k, size_t size)
{
    if (k->arena)
        return cv_arena_alloc(k->arena, size);
    struct view_piece *piece = view_must(calloc(1, sizeof(*piece) + size));
    piece->next = k->pieces;
    k->pieces = piece;
    return piece->bytes;
}

const char *view_pool_text(struct view_pool *k, const char *text)
{
    if (text == NULL)
        return NULL;
    size_t size = strlen(text) + 1;
    return memcpy(view_pool_alloc(k, size), text, size);
}

void view_pool_free(struct view_pool *k)
{
    while (k->pieces) {
        struct view_piece *piece = k->pieces;
        k->pieces = piece->next;
        free(piece);
    }
}

static const char **copy_texts(struct view_pool *k, const char **in, size_t count)
{
    if (count == 0)
        return NULL;
    const char **out = view_pool_alloc(k, count * sizeof(*out));
    for (size_t i = 0; i < count; i++)
        out[i] = view_pool_text(k, in[i]);
    return out;
}

static struct dom_target *copy_targets(struct view_pool *k, const struct dom_target *in, size_t count)
{
    if (count == 0)
        return NULL;
    struct dom_target *out = view_pool_alloc(k, count * sizeof(*out));
    for (size_t i = 0; i < count; i++) {
        out[i] = in[i];
        out[i].system = view_pool_text(k, in[i].system);
    }
    return out;
}

static struct dom_unit_account *copy_accounts(struct view_pool *k, const struct dom_unit_account *in, size_t count)
{
    if (count == 0)
        return NULL;
    struct dom_unit_account *out = view_pool_alloc(k, count * sizeof *out);
    for (size_t i = 0; i < count; i++) {
        out[i] = in[i];
        out[i].account.system = view_pool_text(k, in[i].account.system);
        out[i].account.login = view_pool_text(k, in[i].account.login);
        out[i].account.remote_id = view_pool_text(k, in[i].account.remote_id);
        out[i].account.last_error = NULL; /* only the full record shows it */
    }
    return out;
}

static struct dom_past_unit *copy_past(struct view_pool *k, const struct dom_past_unit *in, size_t count)
{
    if (count == 0)
        return NULL;
    struct dom_past_unit *out = view_pool_alloc(k, count * sizeof(*out));
    for (size_t i = 0; i < count; i++) {
        out[i] = in[i];
        out[i].code = view_pool_text(k, in[i].code);
        for (int l = 0; l < CV_LANGS; l++)
            out[i].name[l] = view_pool_text(k, in[i].name[l]);
        out[i].slug = view_pool_text(k, in[i].slug);
        out[i].letterhead = (struct dom_letterhead){0}; /* only papers show it */
    }
    return out;
}

/* Of what is planned the places alone are of interest; and the first day of all: struct unit. */
static struct dom_next_unit *copy_next_places(struct view_pool *k, const struct dom_unit *in, size_t *out_count)
{
    struct dom_next_unit *out = in->next_count > 0 ? view_pool_alloc(k, in->next_count * sizeof(*out)) : NULL;
    *out_count = 0;
    for (size_t i = 0; i < in->next_count; i++)
        if (in->next[i].parts & DOM_PART_PARENT)
            out[(*out_count)++] = (struct dom_next_unit){
                .from = in->next[i].from,
                .parts = DOM_PART_PARENT,
                .facts = {.has_parent = in->next[i].facts.has_parent, .parent = in->next[i].facts.parent}};
    return out;
}

void view_copy_unit(struct view_pool *k, const struct dom_unit *in, struct dom_unit *out)
{
    *out = *in;
    out->code = view_pool_text(k, in->code);
    out->former_codes = copy_texts(k, in->former_codes, in->former_code_count);
    for (int i = 0; i < CV_LANGS; i++)
        out->name[i] = view_pool_text(k, in->name[i]);
    out->past = copy_past(k, in->past, in->past_count);
    out->next = copy_next_places(k, in, &out->next_count);
    out->slug = view_pool_text(k, in->slug);
    out->idempotency = (struct dom_idempotency){0};
    out->mail_login = view_pool_text(k, in->mail_login);
    out->mail_address = view_pool_text(k, in->mail_address);
    out->mail_store = NULL;
    out->mail_names = copy_texts(k, in->mail_names, in->mail_name_count);
    out->accounts = copy_accounts(k, in->accounts, in->account_count);
    out->targets = copy_targets(k, in->targets, in->target_count);
    out->headcounts = NULL;
    if (in->headcount_count == 0)
        return;
    out->headcounts = view_pool_alloc(k, in->headcount_count * sizeof(*in->headcounts));
    for (size_t i = 0; i < in->headcount_count; i++) {
        out->headcounts[i] = in->headcounts[i];
        out->headcounts[i].source = NULL; /* only the full record shows it */
    }
}

static const struct dom_sessions *copy_sessions(struct view_pool *k, const struct dom_sessions *in)
{
    if (in == NULL)
        return NULL;
    struct dom_sessions *out = view_pool_alloc(k, sizeof(*out));
    *out = (struct dom_sessions){.url = view_pool_text(k, in->url),
                                 .credential = view_pool_text(k, in->credential),
                                 .allow = copy_texts(k, in->allow, in->allow_count),
                                 .allow_count = in->allow_count,
                                 .no_cache = in->no_cache};
    return out;
}

static const struct dom_file *copy_file(struct view_pool *k, const struct dom_file *in)
{
    if (in == NULL)
        return NULL;
    struct dom_file *out = view_pool_alloc(k, sizeof *out);
    *out = *in;
    out->folder = view_pool_text(k, in->folder);
    out->active = view_pool_text(k, in->active);
    out->inactive = view_pool_text(k, in->inactive);
    out->columns = view_pool_alloc(k, (in->column_count + 1) * sizeof *out->columns);
    for (size_t i = 0; i < in->column_count; i++)
        out->columns[i] = (struct dom_file_column){view_pool_text(k, in->columns[i].title), in->columns[i].field};
    return out;
}

static const struct dom_connector *copy_connector(struct view_pool *k, const struct dom_connector *in)
{
    if (in == NULL)
        return NULL;
    struct dom_connector *out = view_pool_alloc(k, sizeof *out);
    *out = *in;
    out->url = view_pool_text(k, in->url);
    out->set_by = view_pool_text(k, in->set_by);
    out->file = copy_file(k, in->file);
    out->credential_file = view_pool_text(k, in->credential_file);
    out->ca_file = view_pool_text(k, in->ca_file);
    out->allow = copy_texts(k, in->allow, in->allow_count);
    for (int i = 0; i < DOM_FIELDS; i++)
        out->map[i] = view_pool_text(k, in->map[i]);
    return out;
}

static struct dom_required *copy_required(struct view_pool *k, const struct dom_required *in, size_t count)
{
    if (count == 0)
        return NULL;
    struct dom_required *out = view_pool_alloc(k, count * sizeof(*in));
    for (size_t i = 0; i < count; i++) {
        out[i] = in[i];
        out[i].positions = copy_texts(k, in[i].positions, in[i].position_count);
    }
    return out;
}

void view_copy_system(struct view_pool *k, const struct dom_system *in, struct dom_system *out)
{
    *out = *in;
    out->slug = view_pool_text(k, in->slug);
    for (int i = 0; i < CV_LANGS; i++)
        out->name[i] = view_pool_text(k, in->name[i]);
    out->login_rule = view_pool_text(k, in->login_rule);
    out->login_short_rule = view_pool_text(k, in->login_short_rule);
    out->sessions = copy_sessions(k, in->sessions);
    out->connector = copy_connector(k, in->connector);
    out->required = copy_required(k, in->required, in->required_count);
    out->past = NULL;
    if (in->past_count == 0)
        return;
    out->past = view_pool_alloc(k, in->past_count * sizeof(*in->past));
    for (size_t i = 0; i < in->past_count; i++) {
        out->past[i] = in->past[i];
        out->past[i].required = copy_required(k, in->past[i].required, in->past[i].required_count);
    }
}

void view_copy_token(struct view_pool *k, const struct dom_token *in, struct dom_token *out)
{
    *out = *in;
    out->name = view_pool_text(k, in->name);
    out->digest = view_pool_text(k, in->digest);
    out->created_by = view_pool_text(k, in->created_by);
    out->idempotency = (struct dom_idempotency){0};
}
