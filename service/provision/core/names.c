/* Addresses and logins: the view proposes, the directory's unique overlay arbitrates. */
#include <string.h>

#include "congvu/naming.h"
#include "provision/internal.h"

#define MAILBOX    "mailbox"
#define LOGIN_ENDS "abcdefghijklmnopqrstuvwxyz0123456789"

void prov_names_init(struct prov_names *names, struct prov_call *call)
{
    *names = (struct prov_names){.call = call};
}

void prov_names_drop(struct prov_names *names)
{
    for (size_t i = 0; i < names->held_count; i++)
        prov_unreserve(names->call->prov, names->held[i]);
    names->held_count = 0;
}

void prov_names_done(struct prov_names *names)
{
    prov_names_drop(names);
}

static void refuse(struct prov_names *names, const char *name)
{
    if (names->refused_count == names->refused_cap) {
        size_t cap = names->refused_cap == 0 ? 16 : names->refused_cap * 2;
        const char **grown = CV_NEWS(names->call->arena, const char *, cap);
        if (names->refused_count > 0)
            memcpy(grown, names->refused, names->refused_count * sizeof(*grown));
        names->refused = grown;
        names->refused_cap = cap;
    }
    names->refused[names->refused_count++] = name;
}

bool prov_names_free(struct prov_names *names, struct cv_error *err)
{
    bool held = false;
    if (names->held_count == 0 || names->call->planned != NULL)
        return true;
    return dir_names_held(names->call->dir, names->held, names->held_count, &held, err) &&
           (!held || cv_fail_as(err, CV_CONFLICT, "cvName", "Tên này đã có người dùng hoặc từng có người dùng",
                                "The name is or was somebody's"));
}

bool prov_names_refused(struct prov_names *names, const struct cv_error *err)
{
    struct cv_error lost = {0};
    if (err->kind != CV_CONFLICT || strcmp(err->field, "cvName") != 0)
        return false;
    for (size_t i = 0; i < names->held_count; i++) {
        bool held = false;
        if (!dir_name_held(names->call->dir, names->held[i], &held, &lost))
            return false;
        if (held) {
            refuse(names, names->held[i]);
            cv_count(CVM_name_collisions);
        }
    }
    prov_names_drop(names);
    return true;
}

static bool was_refused(const struct prov_names *names, const char *name)
{
    for (size_t i = 0; i < names->refused_count; i++)
        if (cv_ascii_casecmp(names->refused[i], name) == 0)
            return true;
    return false;
}

static bool own_name(const struct dom_staff *staff, const char *name)
{
    for (size_t i = 0; i < staff->name_count; i++)
        if (cv_ascii_casecmp(staff->names[i], name) == 0)
            return true;
    return false;
}

/* ---- names of a plan ---- */
struct prov_planned {
    const char **slots;       /* by hash, open addressing */
    size_t size, used, known; /* known: from the start, because the directory has them */
    struct cv_arena *arena;
};

struct prov_planned *prov_planned_new(struct cv_arena *arena, size_t lines)
{
    struct prov_planned *planned = CV_NEW(arena, struct prov_planned);
    size_t size = 64;
    while (size < lines * 16) /* a person has some names, and half of the slots stay free */
        size *= 2;
    *planned = (struct prov_planned){.slots = CV_NEWS(arena, const char *, size), .size = size, .arena = arena};
    return planned;
}

static const char **slot_of(struct prov_planned *planned, const char *name)
{
    uint32_t hash = UINT32_C(2166136261);
    for (const char *c = name; *c != '\0'; c++)
        hash = (hash ^ (uint8_t)*c) * UINT32_C(16777619);
    size_t at = hash & (planned->size - 1);
    while (planned->slots[at] != NULL && strcmp(planned->slots[at], name) != 0)
        at = (at + 1) & (planned->size - 1);
    return &planned->slots[at];
}

static void plan_name(struct prov_planned *planned, const char *name)
{
    const char **slot = planned->used < planned->size / 2 ? slot_of(planned, name) : NULL;
    if (slot != NULL && *slot == NULL) {
        *slot = cv_arena_strdup(planned->arena, name);
        planned->used++;
    }
}

void prov_names_plan(struct prov_names *names)
{
    struct prov_planned *planned = names->call->planned;
    for (size_t i = 0; planned != NULL && i < names->held_count; i++)
        plan_name(planned, names->held[i]);
}

/* Which of them the directory has. */
static bool keep_held(struct prov_call *call, const char *const *names, size_t count, struct prov_planned *out,
                      struct cv_error *err)
{
    bool any = false;
    if (count == 0)
        return true;
    if (!dir_names_held(call->dir, names, count, &any, err))
        return false;
    for (size_t i = 0; any && i < count; i++) {
        bool held = false;
        if (!dir_name_held(call->dir, names[i], &held, err))
            return false;
        if (held)
            plan_name(out, names[i]);
    }
    return true;
}

bool prov_planned_held(struct prov_call *call, struct prov_planned **out, struct cv_error *err)
{
    enum { AT_ONCE = 200 };
    const struct prov_planned *planned = call->planned;
    struct prov_planned *held = prov_planned_new(planned->arena, planned->size / 16);
    const char *names[AT_ONCE];
    size_t count = 0;
    for (size_t i = 0; i < planned->size; i++) {
        if (planned->slots[i] != NULL)
            names[count++] = planned->slots[i];
        if (count < AT_ONCE && i + 1 < planned->size)
            continue;
        if (!keep_held(call, names, count, held, err))
            return false;
        count = 0;
    }
    held->known = held->used;
    *out = held->known > planned->known ? held : NULL;
    return true;
}

static bool is_planned(const struct prov_names *names, const char *name)
{
    return names->call->planned != NULL && *slot_of(names->call->planned, name) != NULL;
}

/* Nobody else holds or ever held it, and nobody in this process is about to. A name that was the person's own comes
 * back to him. */
static bool claim(struct prov_names *names, const struct dom_staff *staff, const char *name)
{
    if (own_name(staff, name))
        return true;
    if (was_refused(names, name) || is_planned(names, name) || view_name_taken(names->call->prov->options.view, name) ||
        names->held_count >= CV_COUNT(names->held))
        return false;
    if (!prov_reserve(names->call->prov, name))
        return false;
    names->held[names->held_count++] = name;
    return true;
}

static void unclaim(struct prov_names *names, const char *name)
{
    if (names->held_count > 0 && names->held[names->held_count - 1] == name) {
        prov_unreserve(names->call->prov, name);
        names->held_count--;
    }
}

static void add_name(struct cv_arena *arena, struct dom_staff *staff, const char *name)
{
    if (own_name(staff, name))
        return;
    const char **grown = CV_NEWS(arena, const char *, staff->name_count + 1);
    if (staff->name_count > 0)
        memcpy(grown, staff->names, staff->name_count * sizeof(*grown));
    grown[staff->name_count] = name;
    staff->names = grown;
    staff->name_count++;
}

static void naming_input(struct prov_call *call, const struct dom_staff *staff, struct cv_id home,
                         struct dom_naming_input *out)
{
    *out = (struct dom_naming_input){.family = staff->family_name,
                                     .middle = staff->middle_name,
                                     .given = staff->given_name,
                                     .birth_year = staff->birth_year};
    const struct view *view = call->prov->options.view;
    struct view_unit unit, parent;
    if (!view_unit_by_id(view, home, call->arena, &unit))
        return;
    out->unit_slug = unit.slug;
    if (unit.has_parent && view_unit_by_id(view, unit.parent, call->arena, &parent))
        out->parent_slug = parent.slug;
}

static bool too_many(const struct dom_staff *staff, struct cv_error *err)
{
    if (staff->name_count + 2 <= DOM_NAMES_MAX)
        return false;
    cv_fail(err, cvp_conflict, NULL, "Người này đã giữ quá nhiều địa chỉ (%d)",
            "This person already holds too many names (%d)", DOM_NAMES_MAX);
    return true;
}

static bool by_hand_needed(struct cv_error *err)
{
    return cv_fail(err, cvp_naming_manual_required, "/login",
                   "Không đặt được địa chỉ theo quy tắc, vui lòng tự đặt tên đăng nhập",
                   "No address follows from the rules; please choose a login yourself (member login)");
}

/* The old address stays for a while; what becomes the address again is no alias any more. */
static void renew_aliases(struct prov_call *call, struct dom_staff *staff, const char *address)
{
    struct dom_alias *kept = CV_NEWS(call->arena, struct dom_alias, staff->alias_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < staff->alias_count; i++)
        if (cv_ascii_casecmp(staff->aliases[i].address, address) != 0)
            kept[count++] = staff->aliases[i];
    if (staff->address != NULL && cv_ascii_casecmp(staff->address, address) != 0)
        kept[count++] = (struct dom_alias){.address = staff->address,
                                           .until = cv_today() + dom_policy_alias_days(call->prov->options.policy)};
    staff->aliases = kept;
    staff->alias_count = count;
}

static void take_mailbox(struct prov_names *names, struct dom_staff *staff, const char *local, const char *address,
                         const char *rule)
{
    struct cv_arena *arena = names->call->arena;
    renew_aliases(names->call, staff, address);
    staff->login = local;
    staff->address = address;
    staff->naming_rule = rule;
    add_name(arena, staff, address);
    add_name(arena, staff, cv_arena_printf(arena, MAILBOX "/%s", local));
}

static bool claim_mailbox(struct prov_names *names, const struct dom_staff *staff, const char *local,
                          const char **out_address)
{
    struct prov_call *call = names->call;
    const char *address = cv_arena_printf(call->arena, "%s@%s", local, dom_policy_domain(call->prov->options.policy));
    const char *login = cv_arena_printf(call->arena, MAILBOX "/%s", local);
    if (!claim(names, staff, address))
        return false;
    if (!claim(names, staff, login)) {
        unclaim(names, address);
        return false;
    }
    *out_address = address;
    return true;
}

static bool mailbox_by_hand(struct prov_names *names, struct dom_staff *staff, const char *local, struct cv_error *err)
{
    struct prov_call *call = names->call;
    const char *address = NULL;
    if (!dom_local_valid(call->prov->options.policy, local, call->faults, "/login"))
        return cv_faults_check(call->faults, cvp_validation_failed, err);
    if (!claim_mailbox(names, staff, local, &address))
        return cv_fail(err, cvp_address_taken, "/login", "Địa chỉ %s đã có người dùng hoặc từng có người dùng",
                       "The address %s is or was somebody's", local);
    take_mailbox(names, staff, local, address, "manual");
    staff->named_by_hand = true;
    return true;
}

static bool is_local_of(const char *address, const char *local)
{
    size_t len = strlen(local);
    return strncmp(address, local, len) == 0 && address[len] == '@';
}

/* The first name that the rules give and nobody has; `told`: that one, or none. */
static bool mailbox_by_rule(struct prov_names *names, struct dom_staff *staff, const char *told)
{
    struct prov_call *call = names->call;
    struct dom_naming_input who;
    struct dom_naming naming;
    struct dom_candidate candidate;
    const char *address = NULL;
    naming_input(call, staff, dom_home_on(staff, cv_today())->unit, &who);
    dom_naming_start(&naming, call->prov->options.policy, &who);
    while (dom_naming_next(&naming, call->arena, &candidate)) {
        if (told != NULL && !is_local_of(told, candidate.local))
            continue;
        if (!claim_mailbox(names, staff, candidate.local, &address)) {
            if (told != NULL)
                return false;
            continue;
        }
        take_mailbox(names, staff, candidate.local, address, candidate.pattern);
        staff->named_by_hand = false;
        return true;
    }
    return false;
}

bool prov_name_mailbox(struct prov_names *names, struct dom_staff *staff, const char *local, struct cv_error *err)
{
    const char *told = names->call->told;
    if (too_many(staff, err))
        return false;
    if (local != NULL)
        return mailbox_by_hand(names, staff, local, err);
    return (told != NULL && mailbox_by_rule(names, staff, told)) || mailbox_by_rule(names, staff, NULL) ||
           by_hand_needed(err);
}

static bool of_another(const struct prov_call *call, const struct dom_staff *staff, const char *slug, const char *login)
{
    const char *name = cv_arena_printf(call->arena, "%s/%s", slug, login);
    return !own_name(staff, name) && view_name_taken(call->prov->options.view, name);
}

bool prov_name_login(struct prov_names *names, struct dom_staff *staff, struct cv_id home,
                     const struct dom_system *system, const char **out_login, struct cv_error *err)
{
    struct prov_call *call = names->call;
    bool by_mailbox = system->login_rule == NULL,
         by_address = !by_mailbox && strcmp(system->login_rule, "address") == 0;
    bool too_long = by_mailbox && staff->login != NULL && strlen(staff->login) > (size_t)dom_login_max(system);
    bool another = by_mailbox && staff->login != NULL && of_another(call, staff, system->slug, staff->login);
    if ((by_mailbox || by_address) && !too_long && !another) {
        *out_login = by_mailbox ? staff->login : staff->address;
        return true;
    }
    if (too_many(staff, err))
        return false;
    struct dom_naming_input who;
    struct dom_naming naming;
    struct dom_candidate candidate;
    const struct dom_login_rule rule = {.rule = system->login_rule,
                                        .shorter = system->login_short_rule,
                                        .otherwise = staff->login,
                                        .max = dom_login_max(system)};
    naming_input(call, staff, home, &who);
    dom_naming_start_rule(&naming, call->prov->options.policy, &who, &rule);
    while (dom_naming_next(&naming, call->arena, &candidate)) {
        const char *name = cv_arena_printf(call->arena, "%s/%s", system->slug, candidate.local);
        if ((system->login_rule == NULL && of_another(call, staff, MAILBOX, candidate.local)) ||
            !claim(names, staff, name))
            continue;
        *out_login = candidate.local;
        add_name(call->arena, staff, name);
        return true;
    }
    return by_hand_needed(err);
}

void prov_judge_login(struct prov_call *call, const struct dom_system *system, const char *login)
{
    size_t len = strlen(login);
    if (len > (size_t)dom_login_max(system))
        cv_fault_add(call->faults, CV_AT_POINTER, "/login", "too_long",
                     "Tên đăng nhập ở hệ thống này dài tối đa %d ký tự", "A login of this system has %d signs at most",
                     dom_login_max(system));
    else if (len < 1 || strspn(login, LOGIN_ENDS "._-") != len || strchr(LOGIN_ENDS, login[0]) == NULL ||
             strchr(LOGIN_ENDS, login[len - 1]) == NULL)
        cv_fault_add(call->faults, CV_AT_POINTER, "/login", "bad_format",
                     "Cần chữ thường a-z, số và dấu . _ -, bắt đầu và kết thúc bằng chữ hoặc số",
                     "It must be lower case letters, digits and . _ -, and begin and end with a letter or digit");
}

bool prov_name_seen_login(struct prov_names *names, struct dom_staff *staff, const struct dom_system *system,
                          struct dom_account *account, const char *login, struct cv_error *err)
{
    struct prov_call *call = names->call;
    const char *name = cv_arena_printf(call->arena, "%s/%s", system->slug, login);
    if (!own_name(staff, name) && too_many(staff, err))
        return false;
    /* where others go by their mailbox login, without a claim of its own, theirs are taken too */
    if ((system->login_rule == NULL && of_another(call, staff, MAILBOX, login)) || !claim(names, staff, name))
        return cv_fail(err, cvp_address_taken, "/login", "Tên đăng nhập %s đã có người dùng hoặc từng có người dùng",
                       "The login %s is or was somebody's", login);
    account->login = login;
    add_name(call->arena, staff, name);
    return true;
}

bool prov_name_hand_login(struct prov_names *names, struct dom_staff *staff, const struct dom_system *system,
                          struct dom_account *account, const char *login, struct cv_error *err)
{
    prov_judge_login(names->call, system, login);
    return cv_faults_check(names->call->faults, cvp_validation_failed, err) &&
           prov_name_seen_login(names, staff, system, account, login, err);
}
