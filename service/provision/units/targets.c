/* Targets: what a unit, and what lies below it, is to reach with a system. */
#include <string.h>

#include "provision/units/units.h"

static bool nothing(const struct dom_target *t)
{
    return t->coverage < 0 && t->adoption < 0 && t->regular < 0;
}

static void place(struct prov_call *call, const struct dom_target *in, struct dom_unit *unit)
{
    struct dom_target *list = CV_NEWS(call->arena, struct dom_target, unit->target_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < unit->target_count; i++)
        if (strcmp(unit->targets[i].system, in->system) != 0)
            list[count++] = unit->targets[i];
    if (!nothing(in))
        list[count++] = *in;
    unit->targets = list;
    unit->target_count = count;
}

struct setting {
    struct cv_id id;
    const struct dom_target *in;
    struct prov_unit_result *out;
};

static bool attempt(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    const struct setting *setting = ctx;
    struct prov_unit_result *out = setting->out;
    struct dir_actor actor = prov_dir_actor(call);
    if (!prov_unit_fetch(call, setting->id, &out->before, err) || !prov_check_match(call, out->before.revision, err))
        return false;
    out->unit = out->before;
    place(call, setting->in, &out->unit);
    if (out->unit.target_count > DOM_TARGETS_MAX)
        return cv_fail(err, cvp_conflict, NULL, "Đơn vị này có quá nhiều chỉ tiêu", "This unit has too many targets");
    if (!dir_unit_save(call->dir, &out->before, &out->unit, false, &actor, stamp, err))
        return false;
    out->outcome = stamp->changed ? PROV_CHANGED : PROV_UNCHANGED;
    return true;
}

static bool system_there(struct prov_call *call, const char *slug, struct cv_error *err)
{
    struct dom_system system;
    return strcmp(slug, "required") == 0 || view_system_find(call->prov->options.view, slug, call->arena, &system, err);
}

bool prov_target_put(struct prov_call *call, const char *key, const struct dom_target *in, struct prov_unit_result *out,
                     struct cv_error *err)
{
    struct setting setting = {.in = in, .out = out};
    *out = (struct prov_unit_result){0};
    return system_there(call, in->system, err) && prov_unit_locate(call, key, &setting.id, err) &&
           prov_write(call, "target.put", key, attempt, &setting, err);
}
