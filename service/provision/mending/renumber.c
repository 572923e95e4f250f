/* Codes that move from one person to another, as when HR counts everybody anew. */
#include <string.h>

#include "congvu/log.h"
#include "provision/internal.h"

static void drop_former(struct prov_change *change, const char *code)
{
    struct dom_staff *staff = change->after;
    const char **kept = CV_NEWS(change->call->arena, const char *, staff->former_code_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < staff->former_code_count; i++)
        if (!cv_ascii_same(staff->former_codes[i], code))
            kept[count++] = staff->former_codes[i];
    staff->former_codes = kept;
    staff->former_code_count = count;
}

static void keep_former(struct prov_change *change, const char *code)
{
    struct dom_staff *staff = change->after;
    drop_former(change, code); /* room for one more too */
    staff->former_codes[staff->former_code_count++] = code;
}

static bool lose(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct prov_renumber *in = ctx;
    (void)err;
    drop_former(change, in->code);
    if (cv_ascii_same(change->after->staff_code, in->code))
        change->after->staff_code = NULL;
    return true;
}

/* Without a code he was made to wait for his new one, by somebody's row of the same list. */
static bool take(struct prov_change *change, void *ctx, struct cv_error *err)
{
    const struct prov_renumber *in = ctx;
    struct dom_staff *staff = change->after;
    const char *was = staff->staff_code;
    if (was != NULL && strcmp(was, in->code) == 0)
        return true;
    if (was != NULL && !cv_ascii_same(was, in->was) && !cv_ascii_same(was, in->code))
        return cv_fail(err, cvp_etag_mismatch, "/was", "Số hiệu của người này nay là %s",
                       "The code of this person is %s by now", was);
    drop_former(change, in->code);
    if (was != NULL && !in->given_on && !cv_ascii_same(was, in->code))
        keep_former(change, was);
    staff->staff_code = in->code;
    return true;
}

bool prov_code_lost(struct prov_call *call, const char *key, const char *code, struct cv_error *err)
{
    struct prov_staff_result result = {0};
    const struct prov_renumber in = {.code = code};
    return prov_staff_modify(call, key, "staff.renumber", NULL, lose, (void *)(uintptr_t)&in, &result, err);
}

static bool valid(struct prov_call *call, const struct prov_renumber *in, struct cv_error *err)
{
    if (!dom_code_valid(in->code))
        cv_fault_add(call->faults, CV_AT_POINTER, "/staff_code", "bad_characters",
                     "Số hiệu chỉ gồm chữ không dấu, số, dấu chấm, gạch dưới, gạch ngang, tối đa 35 ký tự",
                     "A staff code has only A-Z a-z 0-9 . _ -, at most 35 signs, and no id prefix");
    return cv_faults_check(call->faults, cvp_validation_failed, err);
}

/* The other one first: a code is one person's at any moment. */
bool prov_renumber(struct prov_call *call, const char *key, const struct prov_renumber *in,
                   struct prov_staff_result *out, struct cv_error *err)
{
    struct prov_staff_result other = {0};
    *out = (struct prov_staff_result){0};
    if (!valid(call, in, err))
        return false;
    if (in->from != NULL && !call->validate_only) {
        struct cv_id holder;
        bool his = view_code_holder(call->prov->options.view, in->code, &holder);
        char text[CV_ID_TEXT];
        if (his && strcmp(cv_id_text("stf_", holder, text), in->from) == 0 &&
            !prov_staff_modify(call, in->from, "staff.renumber", NULL, lose, (void *)(uintptr_t)in, &other, err))
            return false;
    }
    return prov_staff_modify(call, key, "staff.renumber", NULL, take, (void *)(uintptr_t)in, out, err);
}
