/* What an export says of every account of ours: issued, locked, closed, other data, gone; and who is nobody's. */
#include <stdlib.h>
#include <string.h>

#include "congvu/log.h"
#include "congvu/prov_calendar.h"
#include "congvu/prov_staff.h"
#include "congvu/text.h"
#include "congvu/view_lists.h"
#include "reconcile/file/file.h"

enum { MEMORY = 4 << 20, SCRATCH = 1 << 20 };

struct judging {
    struct rec_connectors *c;
    struct rec_link *link;
    struct roster *r;
    struct cv_arena *scratch; /* of one account */
    size_t missing;
    bool suspicious; /* so many are missing that the export is more likely wrong than what is known */
    /* the account at hand */
    struct roster_row *row; /* or NULL */
    uint32_t other;         /* fields that read otherwise there */
};

/* ---- which row is whose ---- */
static struct roster_row *row_of(const struct judging *j, const struct view_connector_account *a)
{
    char mark[CV_ID_TEXT];
    struct roster_row *row = roster_by_mark(j->r, rec_mark_of(a, mark));
    if (row != NULL && (a->login == NULL || cv_ascii_casecmp(row->login, a->login) == 0))
        return row;
    row = a->login != NULL ? roster_by_login(j->r, a->login) : NULL;
    bool strangers = row != NULL && *row->mark != '\0' && strcmp(row->mark, mark) != 0;
    return strangers ? NULL : row;
}

static bool missed(const struct view_connector_account *a)
{
    return dom_counts_issued(a->observed) && (a->desired == DOM_PRESENT || a->desired == DOM_LOCKED);
}

static void look_who_is_missing(struct judging *j, const struct view_connector_account *all, size_t count)
{
    size_t issued = 0;
    for (size_t i = 0; i < count; i++) {
        struct roster_row *row = row_of(j, &all[i]);
        if (row != NULL)
            row->ours = true;
        if (!missed(&all[i]) || dom_connector_restores(j->link->system.connector, all[i].lost_at))
            continue;
        issued++;
        j->missing += row == NULL ? 1 : 0;
    }
    j->suspicious = rec_too_many_missing(j->missing, issued);
    if (j->suspicious)
        cv_log(CV_LOG_WARN, "connector_missing", "the export of %s lacks %zu of %zu accounts; nothing follows from it",
               j->link->system.slug, j->missing, issued);
}

/* ---- one account ---- */
static const char *bare(struct cv_arena *arena, int field, const char *text)
{
    if (field != DOM_FIELD_MOBILE)
        return cv_text_fold(arena, text);
    char *digits = cv_arena_strdup(arena, file_national_number(arena, text)), *to = digits;
    for (const char *c = digits; *c != '\0'; c++)
        if (*c >= '0' && *c <= '9')
            *to++ = *c;
    *to = '\0';
    return digits + strspn(digits, "0"); /* spreadsheets lose leading zeros */
}

/* Fields of which the export shows something else. A column that it has not says nothing. */
static uint32_t other_fields(const struct judging *j, const struct rec_owner *owner, const struct dom_account *a)
{
    struct con_scim_field fields[DOM_FIELDS];
    size_t count = rec_wanted(j->link, owner, a, true, fields);
    const struct dom_file *file = j->r->file;
    uint32_t other = 0;
    for (size_t i = 0; i < file->column_count; i++)
        for (size_t k = 0; k < count; k++) {
            int field = file->columns[i].field;
            const char *there = j->row->values[i];
            if (fields[k].number != field || fields[k].truth || field == DOM_FIELD_ID || there == NULL)
                continue;
            const char *wanted = fields[k].value != NULL ? fields[k].value : "";
            if (strcmp(bare(j->scratch, field, there), bare(j->scratch, field, wanted)) != 0)
                other |= UINT32_C(1) << field;
        }
    return other;
}

static enum dom_observed seen_open(const struct rec_owner *owner, const struct dom_account *a)
{
    return a->observed == DOM_OBS_ACTIVE ? DOM_OBS_ACTIVE : dom_observed_for(DOM_PRESENT, owner->staff.credential_set);
}

static enum dom_observed seen_shut(const struct dom_account *a)
{
    return a->desired == DOM_CLOSED ? DOM_OBS_CLOSED : a->desired == DOM_REVOKED ? DOM_OBS_REVOKED : DOM_TEMP_LOCKED;
}

/* Not in the export. A leaver is gone only when nobody else is missed: else it is the export that lacks rows. */
static void judge_absent(const struct judging *j, struct dom_account *a)
{
    bool wanted = a->desired == DOM_PRESENT || a->desired == DOM_LOCKED;
    bool restores = dom_connector_restores(j->link->system.connector, a->lost_at);
    if (!wanted && j->missing == 0)
        rec_observe(a, seen_shut(a));
    if (!wanted || !dom_counts_issued(a->observed))
        return;
    if (j->suspicious && !restores) {
        a->lost_at = a->lost_at != 0 ? a->lost_at : cv_now();
        return;
    }
    rec_observe(a, DOM_REQUESTED); /* on the next list again */
    a->lost_at = 0;
    a->not_taken = a->kept = 0;
}

static void judge_present(struct judging *j, const struct rec_owner *owner, struct dom_account *a)
{
    j->other = other_fields(j, owner, a);
    rec_observe(a, j->row->active ? seen_open(owner, a) : seen_shut(a));
    a->lost_at = 0;
    a->not_taken = a->kept = j->other;
    a->synced = j->other == 0 ? owner->revision : a->synced;
}

/* What a move left behind: shut, or no longer there. */
static void judge_formers(const struct judging *j, struct dom_account *a)
{
    size_t kept = 0;
    for (size_t i = 0; i < a->former_count; i++) {
        struct roster_row *row = roster_by_login(j->r, a->formers[i].login);
        bool again = a->login != NULL && cv_ascii_casecmp(a->formers[i].login, a->login) == 0;
        if (row != NULL)
            row->ours = true;
        if (!again && (row != NULL ? row->active : j->missing > 0))
            a->formers[kept++] = a->formers[i];
    }
    a->former_count = kept;
}

static void note_seen(struct dom_account *a, const struct rec_owner *now, void *ctx, bool *loud)
{
    struct judging *j = ctx;
    (void)loud;
    if (j->row != NULL)
        judge_present(j, now, a);
    else
        judge_absent(j, a);
    judge_formers(j, a);
    a->attempts = 0;
    a->last_error = NULL;
}

/* With an arena and a time of its own. */
static bool note_one(struct rec_link *link, const struct view_connector_account *a, struct cv_arena *scratch,
                     rec_noting *note, void *ctx, struct cv_error *err)
{
    struct prov_call *call = &link->w->call;
    struct cv_arena *own = call->arena;
    cv_arena_reset(scratch);
    call->arena = scratch;
    call->deadline = cv_deadline_in_ms(5000);
    dir_session_deadline(call->dir, call->deadline);
    bool ok =
        rec_owner_note(link, a->owner, a->of_unit, "account.observed", note, ctx, err) || err->kind == CV_NOT_FOUND;
    call->arena = own;
    return ok;
}

static bool judge(struct judging *j, const struct view_connector_account *a, struct cv_error *err)
{
    j->row = row_of(j, a);
    return note_one(j->link, a, j->scratch, note_seen, j, err);
}

/* ---- who is nobody's ---- */
static int by_owner(const void *a, const void *b)
{
    const struct view_connector_account *x = a, *y = b;
    return memcmp(x->owner.bytes, y->owner.bytes, sizeof x->owner.bytes);
}

/* A login that somebody of ours had before, shut. */
static bool is_former(const struct roster_row *row, struct view_connector_account *all, size_t count)
{
    struct view_connector_account wanted = {0};
    bool behind;
    return !row->active && rec_mark_parse(row->mark, &wanted.owner, &behind) &&
           bsearch(&wanted, all, count, sizeof *all, by_owner) != NULL;
}

static void publish(struct judging *j, struct view_connector_account *all, size_t count)
{
    struct cv_arena *memory = cv_arena_new(MEMORY);
    struct rec_orphan *items = CV_NEWS(memory, struct rec_orphan, REC_ORPHANS_MAX);
    struct rec_comparison found = {.compared_at = cv_now(),
                                   .whole = !j->suspicious,
                                   .there = j->r->count,
                                   .missing_there = j->missing,
                                   .items = items};
    for (size_t i = 0; i < count; i++) {
        const struct roster_row *row = all[i].login != NULL ? roster_by_login(j->r, all[i].login) : NULL;
        bool taken = row != NULL && !row->ours;
        bool gone = row_of(j, &all[i]) == NULL && missed(&all[i]);
        found.login_taken += taken ? 1 : 0;
        if ((!taken && !gone) || found.count == REC_ORPHANS_MAX)
            continue;
        items[found.count++] = (struct rec_orphan){.kind = taken ? REC_LOGIN_TAKEN : REC_MISSING_THERE,
                                                   .login = cv_arena_strdup(memory, all[i].login),
                                                   .of_unit = all[i].of_unit,
                                                   .owner = all[i].owner};
    }
    qsort(all, count, sizeof *all, by_owner);
    for (size_t i = 0; i < j->r->count; i++) {
        const struct roster_row *row = &j->r->rows[i];
        if (row->ours || is_former(row, all, count))
            continue;
        found.unknown_here++;
        if (found.count < REC_ORPHANS_MAX)
            items[found.count++] =
                (struct rec_orphan){.kind = REC_UNKNOWN_HERE, .login = cv_arena_strdup(memory, row->login)};
    }
    found.unknown_here -= found.login_taken < found.unknown_here ? found.login_taken : found.unknown_here;
    rec_peer_publish(j->c, j->link->system.slug, &found, memory);
}

bool roster_judge(struct rec_connectors *c, struct rec_link *link, struct roster *r, struct cv_error *err)
{
    cv_auto_arena scratch = cv_arena_new(SCRATCH);
    struct judging j = {.c = c, .link = link, .r = r, .scratch = scratch};
    struct view_connector_account *all;
    struct cv_arena *memory;
    size_t count;
    if (!rec_all_accounts(link, &memory, &all, &count, err))
        return false;
    look_who_is_missing(&j, all, count);
    for (size_t i = 0; i < count; i++)
        if (rec_stopping(link->w) || !judge(&j, &all[i], err))
            return false;
    publish(&j, all, count);
    return true;
}

/* ---- who was said to be there by nobody ---- */
static void note_unconfirmed(struct dom_account *a, const struct rec_owner *now, void *ctx, bool *loud)
{
    bool seen = a->synced != 0 || a->not_taken != 0;
    (void)now;
    (void)ctx;
    (void)loud;
    if (!seen && dom_counts_issued(a->observed))
        rec_observe(a, DOM_REQUESTED);
    a->attempts = 0;
    a->last_error = NULL;
}

bool roster_await(struct rec_link *link, struct cv_error *err)
{
    cv_auto_arena scratch = cv_arena_new(SCRATCH);
    struct view_connector_account *all;
    struct cv_arena *memory;
    size_t count;
    if (!rec_all_accounts(link, &memory, &all, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!all[i].synced && (rec_stopping(link->w) || !note_one(link, &all[i], scratch, note_unconfirmed, NULL, err)))
            return false;
    return true;
}
