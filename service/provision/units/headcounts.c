/* Declared headcounts: one per day and unit, in force until the next. */
#include <string.h>

#include "provision/units/units.h"

static void judge(struct prov_call *call, const struct dom_headcount *in)
{
    int64_t sum = 0;
    for (int c = 0; in->has_categories && c < DOM_CATEGORIES; c++)
        sum += in->by_category[c] > 0 ? in->by_category[c] : 0;
    if (in->total < 0)
        cv_fault_add(call->faults, CV_AT_POINTER, "/total", "out_of_range", "Số người không thể âm",
                     "A headcount cannot be below zero");
    if (sum > in->total)
        cv_fault_add(call->faults, CV_AT_POINTER, "/by_category", "out_of_range",
                     "Tổng theo đối tượng (%lld) lớn hơn tổng số (%d)",
                     "The categories add up to %lld, more than the total of %d", (long long)sum, in->total);
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static bool same(const struct dom_headcount *a, const struct dom_headcount *b)
{
    if (a->total != b->total || a->establishment != b->establishment || a->has_categories != b->has_categories ||
        !same_text(a->source, b->source))
        return false;
    for (int c = 0; a->has_categories && c < DOM_CATEGORIES; c++)
        if (a->by_category[c] != b->by_category[c])
            return false;
    return true;
}

/* The list stays in order of days. False: full. */
static bool place(struct prov_call *call, const struct dom_headcount *in, struct dom_unit *unit, bool *out_same)
{
    struct dom_headcount *list = CV_NEWS(call->arena, struct dom_headcount, unit->headcount_count + 1);
    size_t count = 0, i = 0;
    *out_same = false;
    for (; i < unit->headcount_count && unit->headcounts[i].on < in->on; i++)
        list[count++] = unit->headcounts[i];
    if (i < unit->headcount_count && unit->headcounts[i].on == in->on)
        *out_same = same(&unit->headcounts[i++], in);
    list[count++] = *in;
    for (; i < unit->headcount_count; i++)
        list[count++] = unit->headcounts[i];
    unit->headcounts = list;
    unit->headcount_count = count;
    return count <= DOM_HEADCOUNTS_MAX;
}

/* False: there is none. */
static bool take_away(struct prov_call *call, cv_day on, struct dom_unit *unit)
{
    struct dom_headcount *list = CV_NEWS(call->arena, struct dom_headcount, unit->headcount_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < unit->headcount_count; i++)
        if (unit->headcounts[i].on != on)
            list[count++] = unit->headcounts[i];
    bool found = count < unit->headcount_count;
    unit->headcounts = list;
    unit->headcount_count = count;
    return found;
}

struct declaration {
    struct cv_id id;
    const struct dom_headcount *in; /* NULL: `on` goes */
    cv_day on;
    struct prov_unit_result *out;
};

static bool apply(struct prov_call *call, const struct declaration *declared, bool *out_same, struct cv_error *err)
{
    struct dom_unit *unit = &declared->out->unit;
    *out_same = false;
    if (declared->in == NULL)
        return take_away(call, declared->on, unit) ||
               cv_fail(err, cvp_headcount_not_found, "/on", "Chưa có số khai báo cho ngày này",
                       "Nothing was declared for this day");
    return place(call, declared->in, unit, out_same) ||
           cv_fail(err, cvp_conflict, NULL, "Đơn vị này đã có %d lần khai báo", "This unit has %d declarations already",
                   (int)DOM_HEADCOUNTS_MAX);
}

static bool attempt(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    const struct declaration *declared = ctx;
    struct prov_unit_result *out = declared->out;
    struct dir_actor actor = prov_dir_actor(call);
    bool unchanged;
    if (!prov_unit_fetch(call, declared->id, &out->before, err))
        return false;
    out->unit = out->before;
    if (!apply(call, declared, &unchanged, err))
        return false;
    out->outcome = PROV_UNCHANGED;
    if (unchanged || call->validate_only)
        return true;
    if (!dir_unit_save(call->dir, &out->before, &out->unit, false, &actor, stamp, err))
        return false;
    out->outcome = stamp->changed ? PROV_CHANGED : PROV_UNCHANGED;
    return true;
}

bool prov_headcount_put(struct prov_call *call, const char *key, const struct dom_headcount *in,
                        struct prov_unit_result *out, struct cv_error *err)
{
    struct declaration declared = {.in = in, .out = out};
    *out = (struct prov_unit_result){0};
    judge(call, in);
    return cv_faults_check(call->faults, cvp_validation_failed, err) &&
           prov_unit_locate(call, key, &declared.id, err) &&
           prov_write(call, "headcount.put", key, attempt, &declared, err);
}

bool prov_headcount_remove(struct prov_call *call, const char *key, cv_day on, const char *reason,
                           struct prov_unit_result *out, struct cv_error *err)
{
    struct declaration declared = {.on = on, .out = out};
    struct prov_call own = *call;
    *out = (struct prov_unit_result){0};
    own.reason = reason;
    return prov_unit_locate(&own, key, &declared.id, err) &&
           prov_write(&own, "headcount.remove", key, attempt, &declared, err);
}
