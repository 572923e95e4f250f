/* Unit mailboxes. The address lies on the unit, who reads it on the people: their sign-in is tested against their own
 * entries. Several entries, so several writes: the new holder first, and a document that says who they shall be. */
#include <string.h>

#include "congvu/naming.h"
#include "congvu/token.h"
#include "provision/core/underway.h"
#include "provision/units/units.h"

#define HOLDERS "holders" /* the folder: a document for a unit whose holders are being changed */
enum { HOLDERS_MAX = 256, BYTES_MAX = 32768 };

static bool none_there(struct cv_error *err)
{
    return cv_fail(err, cvp_unit_mailbox_not_found, NULL, "Đơn vị này chưa có hộp thư", "This unit has no mailbox");
}

/* ---- its name ---- */
struct making {
    struct cv_id id;
    const struct prov_unit_mailbox_input *in;
    struct prov_unit_mailbox *out;
};

/* True: saved, or failed for good (err). False: that name is somebody's. */
static bool try_name(struct prov_call *call, struct making *m, const struct dom_unit *before, const char *login,
                     struct dir_stamp *stamp, struct cv_error *err)
{
    struct dom_unit *unit = &m->out->unit;
    struct dir_actor actor = prov_dir_actor(call);
    const char *address = cv_arena_printf(call->arena, "%s@%s", login, dom_policy_domain(call->prov->options.policy));
    const char *names[] = {address, cv_arena_printf(call->arena, "mailbox/%s", login)};
    bool free = false;
    if (!prov_unit_names_free(call, before, names, CV_COUNT(names), &free, err))
        return true;
    if (!free)
        return false;
    *unit = *before;
    unit->mail_login = login;
    unit->mail_address = address;
    unit->mail_store = cv_id_kept("unt_", unit->id, call->arena);
    unit->mail_names = CV_NEWS(call->arena, const char *, before->mail_name_count + CV_COUNT(names));
    if (before->mail_name_count > 0)
        memcpy(unit->mail_names, before->mail_names, before->mail_name_count * sizeof *unit->mail_names);
    for (size_t i = 0; i < CV_COUNT(names); i++)
        unit->mail_names[unit->mail_name_count++] = names[i];
    if (call->validate_only || dir_unit_save(call->dir, before, unit, false, &actor, stamp, err) ||
        err->kind != CV_CONFLICT)
        return true;
    cv_error_clear(err);
    return false;
}

static bool name_it(struct prov_call *call, struct making *m, const struct dom_unit *before, struct dir_stamp *stamp,
                    struct cv_error *err)
{
    const struct dom_policy *policy = call->prov->options.policy;
    struct dom_naming_input who = {.unit_slug = before->slug};
    struct view_unit parent;
    size_t count = 0;
    const char *const *rules = dom_policy_unit_rules(policy, &count);
    if (before->has_parent && view_unit_by_id(call->prov->options.view, before->parent, call->arena, &parent))
        who.parent_slug = parent.slug;
    for (size_t i = 0; i < count; i++) {
        struct dom_naming naming;
        struct dom_candidate candidate;
        dom_naming_start_rule(&naming, policy, &who, &(struct dom_login_rule){.rule = rules[i]});
        if (dom_naming_next(&naming, call->arena, &candidate) && try_name(call, m, before, candidate.local, stamp, err))
            return err->kind == CV_OK;
    }
    return cv_fail(err, cvp_naming_manual_required, "/login",
                   "Không đặt được địa chỉ theo quy tắc, vui lòng tự đặt tên hộp thư",
                   "No address follows from the rules; please choose one yourself (member login)");
}

static bool name_by_hand(struct prov_call *call, struct making *m, const struct dom_unit *before,
                         struct dir_stamp *stamp, struct cv_error *err)
{
    const char *login = m->in->login;
    if (!dom_local_valid(call->prov->options.policy, login, call->faults, "/login"))
        return cv_faults_check(call->faults, cvp_validation_failed, err);
    if (try_name(call, m, before, login, stamp, err))
        return err->kind == CV_OK;
    return cv_fail(err, cvp_address_taken, "/login", "Địa chỉ %s đã có người dùng hoặc từng có người dùng",
                   "The address %s is or was somebody's", login);
}

static bool make(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    struct making *m = ctx;
    struct dom_unit before;
    m->out->outcome = PROV_UNCHANGED;
    if (!prov_unit_fetch(call, m->id, &before, err))
        return false;
    m->out->unit = before;
    if (before.mail_login != NULL)
        return true;
    m->out->outcome = PROV_CREATED;
    return m->in->login != NULL ? name_by_hand(call, m, &before, stamp, err) : name_it(call, m, &before, stamp, err);
}

/* ---- its holders ---- */
struct holding {
    const char *login;
    bool hold;
};

static const char *with_word(struct cv_arena *arena, const char *words, const char *word)
{
    return words != NULL ? cv_arena_printf(arena, "%s %s", words, word) : word;
}

/* The texts that are not about this mailbox, with room for one more. */
static const char **without(struct cv_arena *arena, const char *const *texts, size_t *count, const char *login)
{
    const char **kept = CV_NEWS(arena, const char *, *count + 1);
    size_t len = strlen(login), n = 0;
    for (size_t i = 0; i < *count; i++)
        if (strncmp(texts[i], login, len) != 0 || (texts[i][len] != '\0' && texts[i][len] != ' '))
            kept[n++] = texts[i];
    *count = n;
    return kept;
}

/* Where he is at home now: if that changes, somebody has to say again who holds it. */
static void note_home(struct prov_change *change, const struct holding *h)
{
    struct dom_staff *staff = change->after;
    char home[CV_ID_TEXT];
    staff->held_from = without(change->call->arena, staff->held_from, &staff->held_from_count, h->login);
    if (h->hold)
        staff->held_from[staff->held_from_count++] = cv_arena_printf(
            change->call->arena, "%s %s", h->login, cv_id_text("unt_", dom_home_on(staff, cv_today())->unit, home));
}

static bool change_holding(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct holding *h = ctx;
    struct dom_staff *staff = change->after;
    size_t count = staff->hold_count;
    const char **kept = without(change->call->arena, staff->holds, &count, h->login);
    if (!h->hold && count < staff->hold_count) {
        const struct dom_departure *d = dom_current_departure(staff);
        if (d != NULL) {
            const char **over = &staff->departures[d - staff->departures].handed_over;
            *over = with_word(change->call->arena, *over, h->login);
        }
    }
    if (h->hold && count >= DOM_HOLDS_MAX)
        return cv_fail(err, cvp_conflict, "/holders", "Người này đã giữ quá nhiều hộp thư đơn vị",
                       "This person already holds too many unit mailboxes");
    if (h->hold)
        kept[count++] = h->login;
    staff->holds = kept;
    staff->hold_count = count;
    note_home(change, h);
    return true;
}

/* *out_changed counts people. */
static bool set_holding(struct prov_call *call, struct cv_id id, const char *login, bool hold, size_t *out_changed,
                        struct cv_error *err)
{
    struct holding h = {login, hold};
    struct prov_staff_result result = {0};
    if (!prov_staff_modify_id(call, id, "unit_mailbox.hold", NULL, change_holding, &h, &result, err))
        return false;
    *out_changed += result.outcome == PROV_CHANGED || (result.outcome == PROV_WOULD && !result.same);
    return true;
}

static bool listed(const struct prov_unit_mailbox *mailbox, struct cv_id id)
{
    for (size_t i = 0; i < mailbox->named; i++)
        if (cv_id_equal(mailbox->holders[i].id, id))
            return true;
    return false;
}

/* Those named now; a mailbox that nobody can open would be of no use to the unit. */
static bool find_holders(struct prov_call *call, const struct prov_unit_mailbox_input *in,
                         struct prov_unit_mailbox *out, struct cv_error *err)
{
    out->holders = CV_NEWS(call->arena, struct view_staff, in->holder_count + 1);
    for (size_t i = 0; i < in->holder_count; i++) {
        struct view_staff *found = &out->holders[out->named];
        bool there = view_staff_find(call->prov->options.view, call->scope, in->holders[i], call->arena, found, err);
        if (!there && !cv_error_forgive(err, CV_NOT_FOUND))
            return false;
        if (!there || found->status == DOM_DEPARTED || found->address == NULL)
            cv_fault_add(call->faults, CV_AT_POINTER, cv_arena_printf(call->arena, "/holders/%zu", i), "not_found",
                         "Không có người đang công tác nào như vậy có hộp thư",
                         "Nobody like that is on the staff with a mailbox");
        else if (!listed(out, found->id))
            out->named++;
    }
    return cv_faults_check(call->faults, cvp_validation_failed, err);
}

/* All who hold it, as ids. */
static bool all_holders(struct prov_call *call, const struct dom_unit *unit, struct cv_id out[HOLDERS_MAX],
                        size_t *count, struct cv_error *err)
{
    return dir_staff_holding(call->dir, unit->mail_login, out, HOLDERS_MAX, count, err);
}

static bool find_by_id(struct prov_call *call, struct cv_id id, struct view_staff *out)
{
    return view_staff_by_id(call->prov->options.view, call->scope, id, call->arena, out);
}

/* Only those who had it before go: whoever is named meanwhile, by a process that knows nothing of this one, stays. */
static bool hand_over(struct prov_call *call, struct prov_unit_mailbox *out, size_t *out_changed, struct cv_error *err)
{
    struct cv_id had[HOLDERS_MAX];
    struct view_staff seen;
    size_t count = 0;
    const char *login = out->unit.mail_login;
    if (!all_holders(call, &out->unit, had, &count, err))
        return false;
    for (size_t i = 0; i < out->named; i++)
        if (!set_holding(call, out->holders[i].id, login, true, out_changed, err))
            return false;
    for (size_t i = 0; i < count; i++)
        if (!listed(out, had[i]) && find_by_id(call, had[i], &seen) &&
            !set_holding(call, had[i], login, false, out_changed, err))
            return false;
    return true;
}

/* ---- on its way ---- */

static const char *key_of(const struct prov_call *call, struct cv_id unit)
{
    return cv_id_kept("unt_", unit, call->arena);
}

static bool claim(struct prov_call *call, const struct making *m, struct cv_error *err)
{
    char top[CV_ID_TEXT];
    struct cv_jout j;
    cv_auto_buf buf = {0};
    cv_buf_init(&buf, BYTES_MAX);
    cv_jout_init(&j, &buf);
    cv_jout_object(&j, NULL);
    cv_jout_string(&j, "login", m->in->login);
    cv_jout_string(&j, "by", call->actor);
    cv_jout_string(&j, "within", call->scope.everywhere ? NULL : cv_id_text("unt_", call->scope.top, top));
    cv_jout_array(&j, "holders");
    for (size_t i = 0; i < m->out->named; i++)
        cv_jout_string(&j, NULL, cv_id_kept("stf_", m->out->holders[i].id, call->arena));
    cv_jout_end(&j);
    cv_jout_end(&j);
    return prov_underway_claim(call, HOLDERS, key_of(call, m->id), &buf, err);
}

static bool carry_out(struct prov_call *call, struct making *m, struct cv_error *err)
{
    size_t changed = 0;
    if (!prov_write(call, "unit_mailbox.put", key_of(call, m->id), make, m, err) ||
        !hand_over(call, m->out, &changed, err))
        return false;
    if (changed > 0 && m->out->outcome == PROV_UNCHANGED)
        m->out->outcome = PROV_CHANGED;
    return true;
}

/* A name is given for ever: whoever may not be named is refused before it is. */
static bool try_out(struct prov_call *call, struct making *m, size_t *out_changes, struct cv_error *err)
{
    struct prov_call trial = prov_unasked(call);
    struct dir_stamp none = {0};
    trial.validate_only = true;
    *out_changes = 0;
    if (!make(&trial, m, &none, err) || !hand_over(&trial, m->out, out_changes, err))
        return false;
    *out_changes += m->out->outcome == PROV_CREATED;
    return true;
}

static bool carry_out_claimed(struct prov_call *call, struct making *m, struct cv_error *err)
{
    struct cv_error left = {0};
    if (!claim(call, m, err))
        return false;
    bool ok = carry_out(call, m, err);
    if ((ok || prov_refused_for_good(err)) && !prov_underway_forget(call, HOLDERS, key_of(call, m->id), &left))
        cv_log_error(CV_LOG_WARN, "holders", &left);
    return ok;
}

/* One at a time: two who each take it from the other would leave nobody. */
static const char *turn_of(const struct prov_call *call, struct cv_id unit)
{
    return cv_arena_printf(call->arena, HOLDERS "/%s", key_of(call, unit));
}

static bool put(struct prov_call *call, struct making *m, struct cv_error *err)
{
    const char *turn = turn_of(call, m->id);
    if (!prov_reserve(call->prov, turn))
        return prov_underway_elsewhere(err);
    bool ok = carry_out_claimed(call, m, err);
    prov_unreserve(call->prov, turn);
    return ok;
}

/* Whoever of them has left since is not named any more; when nobody is left, those of before stay. */
static bool take_holders(struct prov_call *call, const struct cv_jin *o, struct prov_unit_mailbox *out)
{
    const struct cv_jin_list *list = NULL;
    if (cv_jin_array(o, "holders", CV_REQUIRED, HOLDERS_MAX, &list) != CV_VALUE)
        return false;
    out->holders = CV_NEWS(call->arena, struct view_staff, cv_jin_count(list) + 1);
    for (size_t i = 0; i < cv_jin_count(list); i++) {
        struct cv_id id;
        const char *text = cv_jin_item_string(list, i, CV_ID_TEXT);
        struct view_staff *found = &out->holders[out->named];
        out->named += text != NULL && cv_id_parse("stf_", text, &id) && find_by_id(call, id, found) &&
                      found->status != DOM_DEPARTED;
    }
    return out->named > 0;
}

static bool go_on(struct prov_call *call, const struct dir_document *doc, struct cv_error *err)
{
    struct prov_call own = *call;
    struct prov_unit_mailbox out = {0};
    struct prov_unit_mailbox_input in = {0};
    struct making m = {.in = &in, .out = &out};
    const char *within = NULL;
    const struct cv_jin *o = cv_json_parse_own(call->arena, doc->bytes, doc->len, err);
    if (o == NULL)
        return false;
    cv_jin_string(o, "login", CV_NULLABLE, BYTES_MAX, &in.login);
    cv_jin_string(o, "by", CV_REQUIRED, CV_ID_TEXT, &own.actor);
    if (cv_jin_string(o, "within", CV_NULLABLE, CV_ID_TEXT, &within) == CV_VALUE)
        own.scope.everywhere = !cv_id_parse("unt_", within, &own.scope.top);
    if (!cv_id_parse("unt_", doc->name, &m.id) || !take_holders(&own, o, &out) || !cv_jin_ok(o))
        return cv_fail(err, cvp_conflict, NULL, "Không còn ai trong số người được giao hộp thư của đơn vị %s",
                       "Nobody is left of those who were to hold the mailbox of %s", doc->name);
    return carry_out(&own, &m, err);
}

/* Whoever is at it ends it himself. */
static bool end(struct prov_call *call, const struct dir_document *doc, struct cv_error *err)
{
    struct dir_document now;
    struct cv_id unit;
    if (!cv_id_parse("unt_", doc->name, &unit))
        return cv_fail(err, cvp_conflict, NULL, "Bản ghi %s bị hỏng", "The stored %s is damaged", doc->name);
    const char *turn = turn_of(call, unit);
    if (!prov_reserve(call->prov, turn))
        return cv_fail_as(err, CV_STALE, "", "Đang được thực hiện", "It is under way");
    bool there = dir_document_read(call->dir, HOLDERS, doc->name, call->arena, &now, err);
    bool ok = there ? go_on(call, &now, err) : err->kind == CV_NOT_FOUND;
    prov_unreserve(call->prov, turn);
    return ok;
}

void prov_holders_finish(struct prov_call *call)
{
    prov_underway_finish(call, HOLDERS, end);
}

/* Names need the right to read people. */
static bool name_holders(struct prov_call *call, struct prov_unit_mailbox *out, struct cv_error *err)
{
    struct cv_id ids[HOLDERS_MAX];
    if (!all_holders(call, &out->unit, ids, &out->holder_count, err))
        return false;
    out->named = 0;
    out->holders = CV_NEWS(call->arena, struct view_staff, out->holder_count + 1);
    if ((call->scopes & DOM_STAFF_READ) == 0)
        return true;
    for (size_t i = 0; i < out->holder_count; i++)
        out->named += find_by_id(call, ids[i], &out->holders[out->named]);
    return true;
}

/* Looked at: those named would hold it, and go on whom the caller cannot see. */
static bool would_hold(struct prov_call *call, struct prov_unit_mailbox *out, struct cv_error *err)
{
    struct cv_id ids[HOLDERS_MAX];
    struct view_staff seen;
    size_t count = 0;
    if (!all_holders(call, &out->unit, ids, &count, err))
        return false;
    out->holder_count = out->named;
    for (size_t i = 0; i < count; i++)
        out->holder_count += !find_by_id(call, ids[i], &seen);
    if ((call->scopes & DOM_STAFF_READ) == 0)
        out->named = 0;
    return true;
}

/* A name is given once: another one wished for later would be dropped in silence. */
static bool same_login(struct prov_call *call, struct cv_id id, const struct prov_unit_mailbox_input *in,
                       struct cv_error *err)
{
    struct dom_unit unit;
    if (in->login == NULL || !prov_unit_fetch(call, id, &unit, err))
        return in->login == NULL;
    if (unit.mail_login != NULL && strcmp(unit.mail_login, in->login) != 0)
        cv_fault_add(call->faults, CV_AT_POINTER, "/login", "mismatch",
                     "Hộp thư này đã có tên %s, không đổi được; xin để trống tên hộp thư",
                     "This mailbox has the name %s already, which stays; leave login out", unit.mail_login);
    return true;
}

bool prov_unit_mailbox_put(struct prov_call *call, const char *key, const struct prov_unit_mailbox_input *in,
                           struct prov_unit_mailbox *out, struct cv_error *err)
{
    struct making m = {.in = in, .out = out};
    size_t changes = 0;
    *out = (struct prov_unit_mailbox){0};
    if (!prov_unit_locate(call, key, &m.id, err) || !same_login(call, m.id, in, err) ||
        !find_holders(call, in, out, err) || !try_out(call, &m, &changes, err))
        return false;
    if (call->validate_only)
        return would_hold(call, out, err);
    return (changes == 0 || put(call, &m, err)) && name_holders(call, out, err);
}

bool prov_unit_mailbox_read(struct prov_call *call, const char *key, struct prov_unit_mailbox *out,
                            struct cv_error *err)
{
    struct cv_id id;
    *out = (struct prov_unit_mailbox){0};
    if (!prov_unit_locate(call, key, &id, err) || !prov_unit_fetch(call, id, &out->unit, err))
        return false;
    return out->unit.mail_login != NULL ? name_holders(call, out, err) : none_there(err);
}
