/* What the records say by themselves. */
#include <stdlib.h>
#include <string.h>

#include "check/internal.h"
#include "congvu/text.h"
#include "congvu/wish.h"

static const char *keep(struct chk *c, const char *text)
{
    return text != NULL ? cv_arena_strdup(c->arena, text) : NULL;
}

static void keep_lists(struct chk *c, const struct dom_staff *staff, struct chk_person *p)
{
    p->aliases = CV_NEWS(c->arena, const char *, staff->alias_count + 1);
    for (size_t i = 0; i < staff->alias_count && cv_arena_ok(c->arena); i++)
        p->aliases[p->alias_count++] = keep(c, staff->aliases[i].address);
    p->units = CV_NEWS(c->arena, struct cv_id, staff->post_count + 1);
    for (size_t i = 0; i < staff->post_count && cv_arena_ok(c->arena); i++)
        p->units[p->unit_count++] = staff->posts[i].unit;
}

static bool may_sign_in(const struct dom_staff *staff)
{
    for (size_t i = 0; i < staff->account_count; i++)
        if (staff->accounts[i].desired == DOM_PRESENT || dom_may_login(staff->accounts[i].observed))
            return true;
    return false;
}

/* While a departure is at work, what it has ordered to end may still be open: a certificate until its issuer has
 * revoked it. */
static void keep_left_open(struct chk *c, const struct dom_staff *staff, const struct dom_departure *d,
                           struct chk_person *p)
{
    p->departure.reason = d->reason;
    p->left_open = CV_NEWS(c->arena, const char *, staff->account_count + 1);
    for (size_t i = 0; i < staff->account_count && cv_arena_ok(c->arena); i++) {
        const struct dom_account *account = &staff->accounts[i];
        if (account->desired == DOM_PRESENT || (d->state != DOM_IN_PROGRESS && dom_may_login(account->observed)))
            p->left_open[p->left_open_count++] = keep(c, account->system);
    }
}

void chk_add_person(struct chk *c, const struct dom_staff *staff)
{
    struct chk_person *grown = chk_grow(c->arena, c->people, c->count, &c->cap, sizeof(*grown));
    const struct dom_post *primary = dom_home_on(staff, cv_today());
    const struct dom_departure *d = dom_current_departure(staff);
    c->summary->people++;
    if (grown == NULL)
        return;
    c->people = grown;
    struct chk_person *p = &c->people[c->count++];
    *p = (struct chk_person){.id = staff->id,
                             .code = keep(c, staff->staff_code),
                             .name = keep(c, staff->full_name),
                             .folded = cv_text_fold(c->arena, staff->full_name),
                             .mobile = keep(c, staff->mobile),
                             .address = keep(c, staff->address),
                             .birth_year = staff->birth_year,
                             .unit = primary->unit,
                             .post_from = primary->from,
                             .hired_on = staff->hired_on,
                             .departed = d != NULL && d->started_at != CV_NO_MOMENT,
                             .merged = staff->merge != NULL,
                             .may_sign_in = may_sign_in(staff),
                             .credential_set = staff->credential_set};
    keep_lists(c, staff, p);
    if (p->departed)
        keep_left_open(c, staff, d, p);
}

static int by_id(const void *a, const void *b)
{
    return memcmp(((const struct chk_person *)a)->id.bytes, ((const struct chk_person *)b)->id.bytes,
                  sizeof(struct cv_id));
}

void chk_sort_people(struct chk *c)
{
    if (c->count > 1)
        qsort(c->people, c->count, sizeof(*c->people), by_id);
}

struct chk_person *chk_person_of(struct chk *c, struct cv_id id)
{
    const struct chk_person key = {.id = id};
    return c->count > 0 ? bsearch(&key, c->people, c->count, sizeof(key), by_id) : NULL;
}

/* ---- two records of one person ---- */

static int by_name(const void *a, const void *b)
{
    const struct chk_person *x = *(struct chk_person *const *)a, *y = *(struct chk_person *const *)b;
    int order = strcmp(x->folded, y->folded);
    return order != 0 ? order : by_id(x, y);
}

struct words {
    const char *vi, *en;
};

static const struct words *alike(const struct chk_person *a, const struct chk_person *b)
{
    static const struct words mobile = {"số điện thoại", "mobile number"}, born = {"năm sinh", "birth year"},
                              unit = {"đơn vị", "unit"};
    if (a->mobile != NULL && b->mobile != NULL && strcmp(a->mobile, b->mobile) == 0)
        return &mobile;
    if (a->birth_year != 0 && a->birth_year == b->birth_year)
        return &born;
    if (cv_id_equal(a->unit, b->unit) && (a->birth_year == 0 || b->birth_year == 0))
        return &unit;
    return NULL;
}

static const char *handle(const struct chk_person *p)
{
    return p->code != NULL ? p->code : p->address != NULL ? p->address : "-";
}

/* A record that was merged into another one is nobody's. */
static bool works(const struct chk_person *p)
{
    return !p->departed && !p->merged;
}

static void judge_twins(struct chk *c, struct chk_person **sorted)
{
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = i + 1; k < c->count && strcmp(sorted[i]->folded, sorted[k]->folded) == 0; k++) {
            const struct words *why = alike(sorted[i], sorted[k]);
            if (why != NULL && works(sorted[i]) && works(sorted[k]))
                chk_found(c, CHK_TWIN, NULL, sorted[i], "Cùng tên và %1$s với %3$s, có thể là một người%2$.0s",
                          "The same name and %2$s as %3$s: perhaps one person%1$.0s", why->vi, why->en,
                          handle(sorted[k]));
        }
}

/* ---- aliases ---- */

struct address {
    const char *text;
    const struct chk_person *owner; /* NULL = a unit */
};

static int by_address(const void *a, const void *b)
{
    return cv_ascii_casecmp(((const struct address *)a)->text, ((const struct address *)b)->text);
}

static struct address *all_addresses(struct chk *c, size_t *out_count)
{
    struct address *all = CV_NEWS(c->arena, struct address, c->count + c->unit_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < c->count && cv_arena_ok(c->arena); i++)
        if (c->people[i].address != NULL && !c->people[i].merged)
            all[count++] = (struct address){c->people[i].address, &c->people[i]};
    for (size_t i = 0; i < c->unit_count && cv_arena_ok(c->arena); i++)
        if (c->units[i].address != NULL)
            all[count++] = (struct address){c->units[i].address, NULL};
    if (count > 1)
        qsort(all, count, sizeof(*all), by_address);
    *out_count = count;
    return all;
}

static struct words whose_address(const struct chk_person *owner, const struct chk_person *person)
{
    if (owner == NULL)
        return (struct words){"một đơn vị", "a unit"};
    if (owner == person)
        return (struct words){"chính người này", "the same person"};
    return (struct words){handle(owner), handle(owner)};
}

static void judge_aliases(struct chk *c)
{
    size_t count;
    struct address *all = all_addresses(c, &count);
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < c->people[i].alias_count; k++) {
            const struct address key = {.text = c->people[i].aliases[k]};
            const struct address *found = count > 0 ? bsearch(&key, all, count, sizeof(key), by_address) : NULL;
            if (found == NULL)
                continue;
            const struct words whose = whose_address(found->owner, &c->people[i]);
            chk_found(c, CHK_ALIAS_IS_ADDRESS, NULL, &c->people[i], "Bí danh %1$s là địa chỉ chính của %2$s%3$.0s",
                      "The alias %1$s is the address of %3$s%2$.0s", key.text, whose.vi, whose.en);
        }
}

/* ---- who has left ---- */

static bool goes_along(const struct chk *c, const struct chk_person *p, const char *slug)
{
    for (size_t i = 0; i < c->system_count; i++)
        if (strcmp(c->systems[i].slug, slug) == 0)
            return dom_goes_along(&p->departure, &c->systems[i]);
    return false;
}

static bool is_left_open(const struct chk *c, const struct chk_person *p)
{
    for (size_t i = 0; i < p->left_open_count; i++)
        if (!goes_along(c, p, p->left_open[i]))
            return true;
    return false;
}

void chk_judge_people(struct chk *c)
{
    struct chk_person **sorted = CV_NEWS(c->arena, struct chk_person *, c->count + 1);
    char day[CV_DAY_TEXT];
    for (size_t i = 0; i < c->count; i++) {
        struct chk_person *p = sorted[i] = &c->people[i];
        if (is_left_open(c, p))
            chk_found(c, CHK_LEAVER_OPEN, NULL, p, "Đã kết thúc công tác nhưng còn tài khoản mở",
                      "Has left, and an account is open");
        if (p->post_from != CV_NO_DAY && p->post_from > cv_today() && p->hired_on <= cv_today() && works(p))
            chk_found(c, CHK_POST_NOT_BEGUN, NULL, p, "Vị trí chính bắt đầu từ %s, chưa đến ngày",
                      "The primary post begins on %s, which is yet to come", cv_day_people(p->post_from, day));
    }
    if (c->count > 1)
        qsort(sorted, c->count, sizeof(struct chk_person *), by_name);
    judge_twins(c, sorted);
    judge_aliases(c);
}
