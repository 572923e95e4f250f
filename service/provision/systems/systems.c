/* The catalogue: names, kind and who must have an account. */
#include <string.h>

#include "congvu/connect.h"
#include "congvu/connector.h"
#include "congvu/prov_systems.h"
#include "congvu/view_lists.h"
#include "provision/units/units.h"

static bool no_system(struct cv_error *err, const char *slug)
{
    return cv_fail(err, cvp_system_not_found, NULL, "Không có hệ thống “%s”", "There is no system “%s”", slug);
}

/* Figures name the version of the rule that they follow: another rule, another version. */
static void apply_activity(struct cv_faults *faults, const struct prov_given *in, struct dom_activity *activity)
{
    struct dom_activity before = *activity;
    prov_given_apply(in, activity);
    if (activity->regular_days > activity->regular_of)
        cv_fault_add(faults, CV_AT_POINTER, "/activity/regular_days", "out_of_range",
                     "Số ngày phải làm việc không nhiều hơn số ngày xét (%d)",
                     "At most as many days as are looked at (%d)", activity->regular_of);
    if (activity->precision != before.precision || activity->regular_days != before.regular_days ||
        activity->regular_of != before.regular_of)
        activity->version++;
}

static void fault(struct cv_faults *faults, const char *pointer, const char *vi, const char *en)
{
    cv_fault_add(faults, CV_AT_POINTER, pointer, "not_allowed_value", "%s%.0s", "%.0s%s", vi, en);
}

/* The credential is a name in the service's own folder: a path would let whoever writes systems read any file. */
static bool plain_name(const char *name)
{
    return *name != '\0' && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(name);
}

static void apply_sessions(struct cv_faults *faults, const struct prov_system_input *in, struct dom_system *system)
{
    const struct dom_sessions *s = &in->sessions;
    if (in->sessions_given == CV_ABSENT)
        return;
    system->sessions = in->sessions_given == CV_VALUE ? s : NULL;
    if (system->sessions == NULL)
        return;
    if (!con_url_ok(s->url))
        fault(faults, "/sessions/url", "cần địa chỉ http hoặc https đầy đủ, không kèm mật khẩu",
              "needs an absolute http or https URL without a password");
    if (s->credential != NULL && !plain_name(s->credential))
        fault(faults, "/sessions/credential", "cần tên tệp trong connector_secret_dir, gồm a-z 0-9 - _",
              "needs a file's name in connector_secret_dir, of a-z 0-9 - _");
    for (size_t i = 0; i < s->allow_count; i++)
        if (!con_allow_ok(s->allow[i]))
            fault(faults, "/sessions/allow", "chỉ nhận loopback, private hoặc một mạng như 10.1.0.0/16",
                  "takes loopback, private or a network such as 10.1.0.0/16");
}

static void apply(struct cv_faults *faults, const struct prov_system_input *in, struct dom_system *system)
{
    if (in->name_vi.given == CV_VALUE)
        system->name[CV_VI] = in->name_vi.value;
    if (in->name_en.given == CV_VALUE)
        system->name[CV_EN] = in->name_en.value;
    prov_given_apply(&in->given, system);
    if (system->login_max == DOM_LOGIN_MAX)
        system->login_max = 0; /* as without one */
    apply_activity(faults, &in->activity, &system->activity);
    apply_sessions(faults, in, system);
    if (in->required_given == CV_ABSENT)
        return;
    system->required = in->required;
    system->required_count = in->required_given == CV_VALUE ? in->required_count : 0;
    if (system->required_count > DOM_RULES_MAX)
        cv_fault_add(faults, CV_AT_POINTER, "/required_for", "too_many", "Nhiều nhất %d dòng", "At most %d lines",
                     (int)DOM_RULES_MAX);
}

/* Rules reach everybody, so a token of one subtree may not change them. */
static bool reaches_everybody(const struct prov_call *call, struct cv_error *err)
{
    return call->scope.everywhere ||
           cv_fail(err, cvp_scope_missing, NULL, "Chỉ mã truy cập toàn hệ thống mới được sửa hệ thống",
                   "Only a token for everything may change a system");
}

static void check_retired(struct cv_faults *faults, const struct dom_system *system)
{
    if (system->retired && strcmp(system->slug, "mailbox") == 0)
        fault(faults, "/retired", "hộp thư công vụ không ngừng được", "the official mailbox cannot be retired");
}

static void check_certificates(struct cv_faults *faults, const struct dom_system *system)
{
    if (system->certificates && system->kind != DOM_MANUAL)
        fault(faults, "/certificates", "chỉ hệ thống xác nhận bằng tay mới là chứng thư số",
              "only a system that is confirmed by hand is one of certificates");
}

void prov_system_build(const struct prov_system_input *in, struct cv_faults *faults, struct dom_system *out)
{
    out->activity = dom_activity_default();
    out->updated_at = CV_NO_MOMENT;
    out->kind = DOM_MANUAL;
    apply(faults, in, out);
    check_certificates(faults, out);
    out->activity.version = 1;
    if (out->slug == NULL)
        fault(faults, "/id", "thiếu mã hệ thống", "the id is missing");
    if (out->name[CV_VI] == NULL)
        fault(faults, "/name/vi", "thiếu tên hệ thống", "the name is missing");
}

static bool create(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    struct prov_system_result *out = ctx;
    struct dom_system *all;
    size_t count = 0;
    struct dir_actor actor = prov_dir_actor(call);
    if (!view_systems(call->prov->options.view, call->arena, &all, &count, err))
        return false;
    if (count >= DOM_SYSTEMS_MAX)
        return cv_fail(err, cvp_conflict, NULL, "Đã có đủ %d hệ thống; hệ thống ngừng dùng vẫn giữ chỗ",
                       "There are %d systems already; retired ones keep their place", (int)DOM_SYSTEMS_MAX);
    if (!dir_system_add(call->dir, &out->system, &actor, stamp, err))
        return err->kind == CV_EXISTS ? cv_fail(err, cvp_conflict, "/id", "Đã có hệ thống “%s”",
                                                "There is a system “%s” already", out->system.slug)
                                      : false;
    out->outcome = PROV_CREATED;
    out->system.revision = stamp->revision;
    out->system.updated_at = stamp->updated_at;
    return true;
}

bool prov_system_create(struct prov_call *call, const struct prov_system_input *in, struct prov_system_result *out,
                        struct cv_error *err)
{
    *out = (struct prov_system_result){0};
    prov_system_build(in, call->faults, &out->system);
    prov_apply_connector(call, in, &out->system);
    return cv_faults_check(call->faults, cvp_validation_failed, err) && reaches_everybody(call, err) &&
           prov_write(call, "system.create", out->system.slug, create, out, err);
}

struct patch {
    const char *slug;
    const struct prov_system_input *in;
    struct prov_system_result *out;
};

/* A system that is retired requires nobody, and ends every account. */
static bool may_withdraw(const struct prov_system_input *in, const struct prov_system_result *out)
{
    return in->required_given != CV_ABSENT || (out->system.retired && !out->before.retired);
}

static bool attempt(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    const struct patch *patch = ctx;
    const char *slug = patch->slug;
    const struct prov_system_input *in = patch->in;
    struct prov_system_result *out = patch->out;
    struct dir_actor actor = prov_dir_actor(call);
    struct prov_withdrawn people = {0};
    if (!dir_system_read(call->dir, slug, call->arena, &out->before, err))
        return err->kind == CV_NOT_FOUND ? no_system(err, slug) : false;
    if (!prov_check_match(call, out->before.revision, err))
        return false;
    out->system = out->before;
    apply(call->faults, in, &out->system);
    check_retired(call->faults, &out->system);
    check_certificates(call->faults, &out->system);
    prov_apply_connector(call, in, &out->system);
    if (!cv_faults_check(call->faults, cvp_validation_failed, err))
        return false;
    dom_system_keep_past(&out->before, &out->system, prov_holds_from(call, CV_NO_MOMENT), call->arena);
    if (may_withdraw(in, out) && !prov_withdrawn_by_system(call, &out->before, &out->system, &people, err))
        return false;
    if (!prov_brake_pass_many(call, prov_system_target(call->arena, slug), &people, err))
        return false;
    out->outcome = PROV_WOULD;
    if (call->validate_only)
        return true;
    if (!dir_system_save(call->dir, &out->before, &out->system, &actor, stamp, err))
        return false;
    out->outcome = stamp->changed ? PROV_CHANGED : PROV_UNCHANGED;
    if (stamp->changed) {
        out->system.revision = stamp->revision;
        out->system.updated_at = stamp->updated_at;
    }
    return true;
}

bool prov_system_patch(struct prov_call *call, const char *slug, const struct prov_system_input *in,
                       struct prov_system_result *out, struct cv_error *err)
{
    struct patch patch = {slug, in, out};
    *out = (struct prov_system_result){0};
    return reaches_everybody(call, err) && prov_write(call, "system.patch", slug, attempt, &patch, err);
}

/* ---- accounts that are gone from a system ---- */
/* Not who configured the connector last: it may be a mistake of his, or worse. */
static bool second_person(struct prov_call *call, const char *first, struct cv_error *err)
{
    return first == NULL || prov_second_person(call, first, (struct view_scope){.everywhere = true}, err);
}

struct restore {
    const char *slug;
    struct prov_restoration *out;
};

static bool restore(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    const struct restore *r = ctx;
    struct dom_system before, after;
    struct dom_connector *c = CV_NEW(call->arena, struct dom_connector);
    struct dir_actor actor = prov_dir_actor(call);
    if (!dir_system_read(call->dir, r->slug, call->arena, &before, err))
        return err->kind == CV_NOT_FOUND ? no_system(err, r->slug) : false;
    if (before.connector == NULL || r->out->accounts == 0)
        return cv_fail(err, cvp_conflict, NULL, "Không có tài khoản nào bị mất ở hệ thống này",
                       "No account is missed at this system");
    if (!second_person(call, before.connector->set_by, err))
        return false;
    after = before;
    *c = *before.connector;
    c->restore_at = r->out->at;
    after.connector = c;
    return call->validate_only || dir_system_save(call->dir, &before, &after, &actor, stamp, err);
}

bool prov_system_restore(struct prov_call *call, const char *slug, const char *reason, struct prov_restoration *out,
                         struct cv_error *err)
{
    struct restore r = {slug, out};
    struct prov_call own = *call;
    own.reason = reason;
    *out = (struct prov_restoration){view_connector_lost(call->prov->options.view, slug), cv_now()};
    return cv_faults_check(call->faults, cvp_validation_failed, err) && reaches_everybody(call, err) &&
           prov_write(&own, "system.restore", slug, restore, &r, err);
}

/* ---- lists of systems that know only files ---- */
struct listing {
    const char *slug;
    cv_moment at;
};

static bool want_list(struct prov_call *call, void *ctx, struct dir_stamp *stamp, struct cv_error *err)
{
    const struct listing *l = ctx;
    struct dom_system before, after;
    struct dom_connector *c = CV_NEW(call->arena, struct dom_connector);
    struct dir_actor actor = prov_dir_actor(call);
    if (!dir_system_read(call->dir, l->slug, call->arena, &before, err))
        return err->kind == CV_NOT_FOUND ? no_system(err, l->slug) : false;
    if (before.connector == NULL || before.connector->kind != DOM_FILE)
        return cv_fail(err, cvp_conflict, NULL, "Hệ thống này không trao đổi bằng tệp",
                       "This system is not reached by files");
    after = before;
    *c = *before.connector;
    c->list_at = l->at;
    after.connector = c;
    return call->validate_only || dir_system_save(call->dir, &before, &after, &actor, stamp, err);
}

bool prov_system_list(struct prov_call *call, const char *slug, cv_moment *out_at, struct cv_error *err)
{
    struct listing l = {slug, cv_now()};
    *out_at = l.at;
    return reaches_everybody(call, err) && prov_write(call, "system.list", slug, want_list, &l, err);
}
