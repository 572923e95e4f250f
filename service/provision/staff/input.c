/* The input of POST, PUT and PATCH onto a person: absent keeps, null clears, all faults at once. */
#include <string.h>

#include "congvu/naming.h"
#include "congvu/person_name.h"
#include "congvu/usage.h"
#include "provision/internal.h"

/* Parts by hand count until the full name changes or one of them is set to null. */
static bool parts_given(const struct prov_staff_input *in, enum cv_presence how)
{
    return in->family_name.given == how || in->middle_name.given == how || in->given_name.given == how;
}

static const char *part(const struct prov_text *in)
{
    return in->given == CV_VALUE ? in->value : "";
}

static bool same_parts(const struct dom_staff *a, const struct dom_staff *b)
{
    return strcmp(a->family_name, b->family_name) == 0 && strcmp(a->middle_name, b->middle_name) == 0 &&
           strcmp(a->given_name, b->given_name) == 0;
}

static void apply_name(struct prov_change *change, const struct prov_staff_input *in)
{
    struct dom_staff *staff = change->after, split = *staff;
    bool by_hand = parts_given(in, CV_VALUE);
    bool renamed = in->full_name.given == CV_VALUE &&
                   (staff->full_name == NULL || strcmp(in->full_name.value, staff->full_name) != 0);
    if (in->full_name.given == CV_VALUE)
        staff->full_name = in->full_name.value;
    if (staff->full_name == NULL || (!by_hand && !renamed && !parts_given(in, CV_NULL)))
        return;
    dom_split_name(change->call->arena, staff->full_name, &split.family_name, &split.middle_name, &split.given_name);
    staff->family_name = by_hand ? part(&in->family_name) : split.family_name;
    staff->middle_name = by_hand ? part(&in->middle_name) : split.middle_name;
    staff->given_name = by_hand ? part(&in->given_name) : split.given_name;
    staff->split_by_hand = !same_parts(staff, &split);
    if (*staff->given_name == '\0')
        cv_fault_add(change->call->faults, CV_AT_POINTER, "/given_name", "required", "Khi tự tách họ tên cần ghi tên",
                     "A split by hand needs the given name");
}

/* The parts by hand must make the full name: otherwise address and list order would belong to somebody else. */
static void check_split(struct prov_change *change)
{
    const struct dom_staff *staff = change->after;
    if (!staff->split_by_hand || staff->full_name == NULL ||
        dom_name_parts_fit(change->call->arena, staff->full_name, staff->family_name, staff->middle_name,
                           staff->given_name))
        return;
    cv_fault_add(change->call->faults, CV_AT_POINTER, "/full_name", "mismatch",
                 "Họ, đệm, tên ghép lại không khớp với họ và tên", "The name parts do not add up to full_name");
}

/* A name that is there already stays, whatever it looks like, so that its other facts can be changed. */
static void check_letters(struct prov_change *change, const struct prov_staff_input *in)
{
    const struct dom_staff *staff = change->after;
    const char *before = change->before->full_name;
    bool renamed = before == NULL || staff->full_name == NULL || strcmp(before, staff->full_name) != 0;
    if (staff->full_name != NULL && in->full_name.given == CV_VALUE && renamed)
        dom_person_name_ok(change->call->arena, staff->full_name, parts_given(in, CV_VALUE), change->call->faults,
                           "/full_name");
}

/* A record that was merged into his keeps the number with its other names: it is his, and is not written twice. */
static bool known_by_merge(const struct prov_change *change, const char *digest)
{
    const struct dom_staff *staff = change->before;
    struct prov_call *call = change->call;
    struct dom_staff holder;
    struct cv_error none = {0};
    if (staff->absorbed_count == 0 || !dir_staff_find_hr_ref(call->dir, digest, call->arena, &holder, &none))
        return false;
    const char *id = cv_id_kept("stf_", holder.id, call->arena);
    for (size_t i = 0; i < staff->absorbed_count; i++)
        if (strcmp(staff->absorbed[i], id) == 0)
            return true;
    return false;
}

/* Only its keyed digest is kept: two records of one person meet, and nobody can read whose number it is. */
static void apply_hr_ref(struct prov_change *change, const struct prov_staff_input *in)
{
    char digest[CV_DIGEST_TEXT];
    if (in->hr_ref.given == CV_NULL)
        change->after->hr_ref = NULL;
    if (in->hr_ref.given != CV_VALUE)
        return;
    cv_digest(&change->call->prov->options.hr_key, in->hr_ref.value, strlen(in->hr_ref.value), digest);
    if (!known_by_merge(change, digest))
        change->after->hr_ref = cv_arena_strdup(change->call->arena, digest);
}

/* From the day of the decision that brings it, else from today: a line that is sent every night repeats the decision of
 * another change. */
static cv_day category_from(const struct prov_change *change, const struct prov_staff_input *in)
{
    bool dated = in->decision.given == CV_VALUE && in->decision.value.effective_on != CV_NO_DAY;
    return dated && !prov_post_decided_by(change->before, in->decision.value.number)
               ? in->decision.value.effective_on
               : prov_holds_from(change->call, change->before->created_at);
}

static void apply_category(struct prov_change *change, const struct prov_staff_input *in)
{
    struct dom_staff *staff = change->after;
    enum dom_category given = staff->category;
    cv_day from = category_from(change, in), today = cv_today();
    if (change->before->revision == 0 || prov_given_of(&in->given, "category") != CV_VALUE)
        return;
    staff->category = change->before->category;
    if (given != dom_category_on(staff, from > today ? from : today))
        dom_set_category(staff, given, from, change->call->arena);
}

static void apply_facts(struct prov_change *change, const struct prov_staff_input *in)
{
    struct dom_staff *staff = change->after;
    prov_given_apply(&in->given, staff);
    apply_category(change, in);
    apply_hr_ref(change, in);
    if (in->hired_on.given != CV_ABSENT)
        staff->hired_on = in->hired_on.given == CV_VALUE ? in->hired_on.value : CV_NO_DAY;
    else if (change->before->revision == 0 && in->decision.given == CV_VALUE)
        staff->hired_on = in->decision.value.effective_on;
}

/* A first day that has not come wipes out what is past: only of who was taken on today, or is to come, is it moved. */
static bool has_worked(struct prov_change *change, bool *out, struct cv_error *err)
{
    const struct dom_staff *before = change->before;
    struct dom_usage usage;
    *out = dom_began_before(before, cv_today());
    if (*out || dom_status_on(before, cv_today()) == DOM_PENDING)
        return true;
    *out = before->credential_set;
    if (*out || !dir_usage_read(change->call->dir, before->id, change->call->arena, &usage, err))
        return *out;
    *out = usage.use_count > 0;
    return true;
}

static bool check_hiring(struct prov_change *change, const struct prov_staff_input *in, struct cv_error *err)
{
    bool worked = false, ahead = in->hired_on.given == CV_VALUE && in->hired_on.value > cv_today();
    if (!ahead || change->before->revision == 0 || change->before->hired_on == in->hired_on.value)
        return true;
    if (!has_worked(change, &worked, err))
        return false;
    if (worked)
        cv_fault_add(change->call->faults, CV_AT_POINTER, "/hired_on", "out_of_range",
                     "Người này đã vào làm, ngày vào làm không thể sau hôm nay; nếu đã thôi làm việc, vui lòng ghi kết "
                     "thúc công tác, nếu nhầm, vui lòng ghi đúng ngày",
                     "This person has begun already, and no first day is ahead; record a departure of who has left, or "
                     "the right day");
    return true;
}

/* Those that have ended stay, one under way ended yesterday. What is planned stays too, unless it is that which is
 * called off, or all of it is. */
static void end_leaves(struct prov_change *change, bool planned_too)
{
    struct dom_staff *staff = change->after;
    const cv_day today = cv_today();
    const struct dom_leave *off = dom_leave_on(staff, today) == NULL ? dom_leave_shown(staff, today) : NULL;
    struct dom_leave *kept = CV_NEWS(change->call->arena, struct dom_leave, staff->leave_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < staff->leave_count; i++) {
        struct dom_leave leave = staff->leaves[i];
        if (leave.from == today || (leave.from > today && (planned_too || &staff->leaves[i] == off)))
            continue;
        if (leave.from < today && (leave.to == CV_NO_DAY || leave.to >= today))
            leave.to = today - 1;
        kept[count++] = leave;
    }
    staff->leaves = kept;
    staff->leave_count = count;
}

static bool overlap(const struct dom_leave *a, const struct dom_leave *b)
{
    return (a->to == CV_NO_DAY || a->to >= b->from) && (b->to == CV_NO_DAY || b->to >= a->from);
}

/* What `fresh` leaves of it: the days before, those behind. */
static size_t outside(const struct dom_leave *leave, const struct dom_leave *fresh, struct dom_leave out[2])
{
    bool goes_on = fresh->to != CV_NO_DAY && (leave->to == CV_NO_DAY || leave->to > fresh->to);
    size_t count = 0;
    if (leave->from < fresh->from) {
        out[count] = *leave;
        out[count++].to = fresh->from - 1;
    }
    if (goes_on) {
        out[count] = *leave;
        out[count++].from = fresh->to + 1;
    }
    return count;
}

/* The fresh one holds on its days; `told_anew` (or NULL) gives way whole. */
static void put_leave(struct prov_change *change, struct dom_leave fresh, const struct dom_leave *told_anew)
{
    struct dom_staff *staff = change->after;
    struct dom_leave *kept = CV_NEWS(change->call->arena, struct dom_leave, 2 * staff->leave_count + 1);
    size_t count = 0, at;
    for (size_t i = 0; i < staff->leave_count; i++) {
        const struct dom_leave *leave = &staff->leaves[i];
        if (leave == told_anew)
            continue;
        if (overlap(leave, &fresh))
            count += outside(leave, &fresh, &kept[count]);
        else
            kept[count++] = *leave;
    }
    for (at = count++; at > 0 && kept[at - 1].from > fresh.from; at--)
        kept[at] = kept[at - 1];
    kept[at] = fresh;
    size_t oldest = count > DOM_LEAVES_MAX ? count - DOM_LEAVES_MAX : 0; /* they go */
    if (at < oldest)
        cv_fault_add(change->call->faults, CV_AT_POINTER, "/leave", "too_many",
                     "Hồ sơ giữ nhiều nhất %d đợt nghỉ, và các đợt đang giữ đều sau đợt này",
                     "A record keeps %d leaves at most, and those that it keeps are all later than this one",
                     DOM_LEAVES_MAX);
    staff->leaves = kept + oldest;
    staff->leave_count = count - oldest;
}

/* From today, nobody has said until when: until the next one begins. */
static void begin_leave(struct prov_change *change)
{
    const cv_day today = cv_today();
    const struct dom_leave *next = dom_leave_shown(change->after, today);
    if (dom_leave_on(change->after, today) == NULL)
        put_leave(
            change,
            (struct dom_leave){.kind = DOM_LEAVE_KHAC, .from = today, .to = next != NULL ? next->from - 1 : CV_NO_DAY},
            NULL);
}

static const struct dom_leave *leave_from(const struct dom_staff *staff, cv_day from)
{
    for (size_t i = 0; i < staff->leave_count; i++)
        if (staff->leaves[i].from == from)
            return &staff->leaves[i];
    return NULL;
}

static struct dom_leave leave_of(const struct prov_staff_input *in, const struct dom_staff *staff)
{
    struct dom_leave leave = {.kind = (enum dom_leave_kind)in->leave_kind,
                              .from = in->leave_from != CV_NO_DAY ? in->leave_from : cv_today(),
                              .to = in->leave_to};
    const struct dom_leave *was = leave_from(staff, leave.from);
    if (in->leave_decision.given == CV_VALUE)
        leave.decision = in->leave_decision.value;
    else if (in->leave_decision.given == CV_ABSENT && was != NULL)
        leave.decision = was->decision;
    return leave;
}

/* That of today or the next, when what is sent overlaps it, or puts it to other days that are to come. */
static const struct dom_leave *told_anew(const struct dom_staff *staff, const struct dom_leave *sent)
{
    const cv_day today = cv_today();
    const struct dom_leave *shown = dom_leave_shown(staff, today);
    bool put_off = shown != NULL && shown->from > today && sent->from > today && shown->kind == sent->kind;
    return shown != NULL && (put_off || overlap(shown, sent)) ? shown : NULL;
}

static void apply_leave(struct prov_change *change, const struct prov_staff_input *in)
{
    struct dom_staff *staff = change->after;
    bool said = in->status.given == CV_VALUE, back = said && in->status.value == DOM_ACTIVE;
    if (in->leave_given == CV_NULL && (back || !said))
        end_leaves(change, true);
    else if (back)
        end_leaves(change, false);
    else if (said && in->leave_given != CV_VALUE)
        begin_leave(change);
    if (back || in->leave_given != CV_VALUE)
        return;
    const struct dom_leave leave = leave_of(in, staff);
    if (leave.to != CV_NO_DAY && leave.to < leave.from)
        cv_fault_add(change->call->faults, CV_AT_POINTER, "/leave/to", "out_of_range",
                     "Ngày kết thúc nghỉ trước ngày bắt đầu", "The leave ends before it begins");
    put_leave(change, leave, told_anew(staff, &leave));
}

static void claim_code(struct prov_change *change, const char *code)
{
    struct prov_call *call = change->call;
    const struct view *view = call->prov->options.view;
    const char *clash = view_code_clash(view, code, call->arena);
    if (!dom_code_valid(code))
        cv_fault_add(call->faults, CV_AT_POINTER, "/staff_code", "bad_characters",
                     "Số hiệu chỉ gồm chữ không dấu, số, dấu chấm, gạch dưới, gạch ngang, tối đa 35 ký tự",
                     "A staff code has only A-Z a-z 0-9 . _ -, at most 35 signs, and no id prefix");
    else if (dom_citizen_id(code))
        cv_fault_add(call->faults, CV_AT_POINTER, "/staff_code", "citizen_id",
                     "Đây là số căn cước, không dùng làm số hiệu; vui lòng ghi số hiệu do cơ quan cấp hoặc để trống",
                     "This is a citizen id, which is no staff code; to match by it, send it as hr_ref");
    else if (clash != NULL)
        cv_fault_add(
            call->faults, CV_AT_POINTER, "/staff_code", "duplicate",
            "Số hiệu “%s” chỉ khác số 0 ở đầu so với số hiệu đã có, vui lòng kiểm tra (Excel thường làm mất số 0)",
            "The code “%s” differs from an existing one only by leading zeros; please check (Excel drops them)", code);
}

static void apply_code(struct prov_change *change, const struct prov_staff_input *in)
{
    struct dom_staff *staff = change->after;
    struct cv_arena *arena = change->call->arena;
    if (in->staff_code.given == CV_ABSENT)
        return;
    const char *code = in->staff_code.given == CV_VALUE ? in->staff_code.value : NULL;
    bool same = code != NULL && staff->staff_code != NULL && strcmp(code, staff->staff_code) == 0;
    if (same || (code == NULL && staff->staff_code == NULL))
        return;
    bool respelt = code != NULL && staff->staff_code != NULL && cv_ascii_casecmp(code, staff->staff_code) == 0;
    if (code != NULL && !respelt)
        claim_code(change, code);
    if (staff->staff_code != NULL && !respelt) {
        const char **grown = CV_NEWS(arena, const char *, staff->former_code_count + 1);
        if (staff->former_code_count > 0)
            memcpy(grown, staff->former_codes, staff->former_code_count * sizeof(*grown));
        grown[staff->former_code_count++] = staff->staff_code;
        staff->former_codes = grown;
    }
    staff->staff_code = code;
}

/* A code that somebody holds: his own former one is fine, a visible holder is named by the code, an invisible one is
 * not. */
static bool code_free(struct prov_change *change, const struct prov_staff_input *in, struct cv_error *err)
{
    struct prov_call *call = change->call;
    struct cv_id holder;
    struct view_staff seen;
    struct cv_error hidden = {0};
    if (in->staff_code.given != CV_VALUE ||
        !view_code_holder(call->prov->options.view, in->staff_code.value, &holder) ||
        cv_id_equal(holder, change->before->id))
        return true;
    if (view_staff_find(call->prov->options.view, call->scope, in->staff_code.value, call->arena, &seen, &hidden))
        return cv_fail(err, cvp_code_taken, "/staff_code", "Số hiệu %s đã thuộc về người khác",
                       "The staff code %s belongs to somebody else", in->staff_code.value);
    return prov_held_elsewhere(err, "/staff_code", in->staff_code.value);
}

bool prov_apply_code(struct prov_change *change, const struct prov_staff_input *in, struct cv_error *err)
{
    apply_code(change, in);
    return code_free(change, in, err);
}

/* First what takes away: what a lock says about the password counts for what is opened beside it. */
static bool apply_accounts(struct prov_change *change, const struct prov_staff_input *in, struct cv_error *err)
{
    for (int opening = 0; opening < 2; opening++)
        for (size_t i = 0; i < in->account_count; i++) {
            const struct prov_account_input *given = &in->accounts[i];
            if ((given->wish.state == DOM_PRESENT) == (opening == 1) &&
                !prov_wish(change, prov_system_of(&change->systems, given->system), &given->wish, err))
                return false;
        }
    return cv_faults_check(change->call->faults, cvp_validation_failed, err);
}

/* Before anything is looked up, so that one answer names these faults too. */
static void check_accounts(struct prov_change *change, const struct prov_staff_input *in)
{
    struct prov_call *call = change->call;
    for (size_t i = 0; i < in->account_count; i++) {
        const char *id = in->accounts[i].system, *at = cv_arena_printf(call->arena, "/accounts/%zu/system", i);
        size_t first = 0;
        dom_wish_check(&in->accounts[i].wish, cv_arena_printf(call->arena, "/accounts/%zu/desired", i), call->faults);
        while (first < i && strcmp(in->accounts[first].system, id) != 0)
            first++;
        if (prov_system_of(&change->systems, id) == NULL)
            cv_fault_add(call->faults, CV_AT_POINTER, at, "not_found", "Không có hệ thống “%s”",
                         "There is no system “%s”", id);
        else if (first < i)
            cv_fault_add(call->faults, CV_AT_POINTER, at, "duplicate", "Hệ thống “%s” được nêu hai lần",
                         "The system “%s” is named twice", id);
    }
}

static bool new_login(const struct dom_staff *staff, const struct prov_staff_input *in)
{
    return in->login.given == CV_VALUE && (staff->login == NULL || strcmp(in->login.value, staff->login) != 0);
}

static void check_login(struct prov_change *change, const struct prov_staff_input *in)
{
    const struct prov_call *call = change->call;
    if (new_login(change->after, in))
        dom_local_valid(call->prov->options.policy, in->login.value, call->faults, "/login");
}

static bool apply_address(struct prov_change *change, const struct prov_staff_input *in, struct cv_error *err)
{
    struct dom_staff *staff = change->after;
    bool by_hand = new_login(staff, in);
    if (!by_hand && !(in->new_address && staff->address != NULL))
        return true;
    if (!prov_name_mailbox(&change->names, staff, by_hand ? in->login.value : NULL, err))
        return false;
    struct dom_account *mailbox = dom_account_of(staff, "mailbox");
    if (mailbox != NULL)
        mailbox->login = staff->login;
    return true;
}

bool prov_apply_staff(struct prov_change *change, const struct prov_staff_input *in, struct cv_error *err)
{
    struct prov_call *call = change->call;
    bool moved = false;
    apply_name(change, in);
    if (change->after->full_name == NULL)
        cv_fault_add(call->faults, CV_AT_POINTER, "/full_name", "required", "Thiếu họ và tên", "full_name is missing");
    if (prov_given_of(&in->given, "category") != CV_VALUE && change->before->revision == 0)
        cv_fault_add(call->faults, CV_AT_POINTER, "/category", "required", "Thiếu đối tượng", "category is missing");
    check_split(change);
    check_letters(change, in);
    apply_facts(change, in);
    apply_leave(change, in);
    apply_code(change, in);
    check_login(change, in);
    check_accounts(change, in);
    if (!check_hiring(change, in, err) || !prov_apply_posts(change, in, &moved, err) || !code_free(change, in, err))
        return false;
    return apply_address(change, in, err) && apply_accounts(change, in, err) && prov_sync_accounts(change, moved, err);
}
