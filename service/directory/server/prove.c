/* Is the server configured as the paper says? Asked by behaviour, not by reading its configuration: what must be unique
 * is written twice, what must be indexed is searched for. Leaves nothing behind. */
#include <stdio.h>

#include "congvu/secret.h"
#include "congvu/server.h"
#include "directory/internal.h"

enum { PROVE_ARENA = 4 << 20, CODE_LENGTH = 12 };

static const char *const unique[] = {"cvName", "cvCode", "cvSlugClaim", "cvIdempotencyKey"};
static const char *const indexed[] = {"objectClass",       "cvName",  "cvCode", "cvUnit", "uid", "mail", "cvReceives",
                                      "authorizedService", "cvSignIn"};

struct proving {
    struct dir_session *s;
    struct cv_arena *arena;
    struct cv_faults *faults;
    char code[CODE_LENGTH + 1];
};

static void fault(struct proving *p, const char *what, const char *vi, const char *en)
{
    cv_fault_add(p->faults, CV_AT_PARAMETER, what, "bad_setting", "%s%.0s", "%.0s%s", vi, en);
}

/* In ou=system, of a class that no feed and no reader looks for. */
static const char *probe_dn(const struct proving *p, int number)
{
    return cv_arena_printf(p->arena, "cn=check-%s-%d,ou=system,%s", p->code, number, dir_session_base(p->s));
}

static bool add_probe(struct proving *p, int number, const char *attr, struct cv_error *err)
{
    struct dir_attrs a;
    dir_attrs_init(&a, p->arena);
    dir_put(&a, "objectClass", "organizationalRole");
    dir_put(&a, "objectClass", "extensibleObject");
    dir_put(&a, "cn", cv_arena_printf(p->arena, "check-%s-%d", p->code, number));
    dir_put(&a, attr, cv_arena_printf(p->arena, "check/%s", p->code));
    return dir_add_entry(p->s, probe_dn(p, number), &a, NULL, err);
}

static void take_away(struct proving *p, int number)
{
    struct cv_error ignored = {0};
    dir_delete_entry(p->s, probe_dn(p, number), NULL, &ignored);
}

static bool prove_unique(struct proving *p, const char *attr, struct cv_error *err)
{
    struct cv_error second = {0};
    if (!add_probe(p, 1, attr, err))
        return false;
    bool twice = add_probe(p, 2, attr, &second);
    take_away(p, 2);
    take_away(p, 1);
    if (twice)
        fault(p, attr, "nhận hai lần cùng một giá trị; thiếu unique_uri của thuộc tính này",
              "the server took one value twice; its unique_uri is missing");
    return true;
}

static bool found_again(struct proving *p, const struct dir_entry *person, const char *attr)
{
    struct dir_entry other;
    struct cv_error err = {0};
    const char *value = dir_get_text(person, attr);
    if (value == NULL)
        return true;
    const char *filter = dir_filter_and(p->arena, dir_filter_eq(p->arena, attr, value),
                                        dir_filter_eq(p->arena, "cvId", dir_get_text(person, "cvId")));
    return dir_find_entry(p->s, dir_session_base(p->s), filter, p->arena, &other, &err);
}

/* An index that was added without slapindex finds what is new and not what is old: so somebody who is there already. */
static void prove_indices(struct proving *p)
{
    struct dir_entry *people = NULL;
    size_t count = 0;
    struct cv_error err = {0};
    const char *folder = dir_dn_people(p->arena, dir_session_base(p->s));
    if (!dir_find_entries(p->s, folder, dir_filter_prefix(p->arena, "cvId", ""), 1, p->arena, &people, &count, &err) ||
        count == 0)
        return;
    for (size_t i = 0; i < CV_COUNT(indexed); i++)
        if (!found_again(p, &people[0], indexed[i]))
            fault(p, indexed[i], "tìm không thấy người đã có; hãy dừng slapd và chạy slapindex",
                  "somebody who is there is not found by it; stop slapd and run slapindex");
}

/* What the service cannot do without: it is asked for where it would be needed. */
static bool prove_databases(struct proving *p, struct cv_error *err)
{
    static const char *const suffixes[] = {DIR_USAGE_BASE, DIR_LEASES_BASE, DIR_WORK_BASE};
    struct dir_entry entry;
    struct dir_room room;
    struct cv_error full = {0};
    char fingerprint[17];
    if (!dir_data_fingerprint(p->s, fingerprint, err))
        return false;
    /* before the first start, which makes their first entries, it says so itself */
    for (size_t i = 0; *fingerprint != '\0' && i < CV_COUNT(suffixes); i++)
        if (!dir_read_entry(p->s, suffixes[i], p->arena, &entry, err)) {
            fault(p, suffixes[i], "thiếu cơ sở dữ liệu này, hoặc dịch vụ không đọc được",
                  "this database is missing, or the service cannot read it");
            cv_error_clear(err);
        }
    dir_room_init(&room, "");
    if (!dir_room_measure(p->s, &room, &full))
        fault(p, "cn=monitor", "dịch vụ không đọc được: sẽ không báo trước khi đầy",
              "the service cannot read it: nobody will be warned before a database is full");
    return true;
}

bool dir_prove(struct dir_session *s, struct cv_faults *faults, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(PROVE_ARENA);
    struct proving p = {.s = s, .arena = arena, .faults = faults};
    if (arena == NULL)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    cv_random_text(p.code, CODE_LENGTH, false);
    for (size_t i = 0; i < CV_COUNT(unique); i++)
        if (!prove_unique(&p, unique[i], err))
            return false;
    prove_indices(&p);
    return prove_databases(&p, err);
}
