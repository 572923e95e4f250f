/* A small world for the tests of the view: people and units in plain arrays, sent through the feed as records, and
 * random changes of it. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "congvu/system.h"
#include "congvu/text.h"
#include "congvu/usage.h"
#include "congvu/view.h"

enum { W_PEOPLE = 400, W_UNITS = 40, W_SYSTEMS = 4, W_POSTS = 3, W_DAYS = 280, W_AHEAD = 20 };

struct w_person {
    bool used, sent;
    struct cv_id id;
    uint8_t uuid[16];
    char code[24], former[24], family[16], middle[16], given[16], full[64], address[40], names[2][40], login[24],
        mobile[16];
    enum dom_category category;
    struct dom_post posts[W_POSTS];
    size_t post_count;
    struct dom_account accounts[W_SYSTEMS];
    size_t account_count;
    bool on_leave, credential;
    struct dom_leave leave;
    cv_day hired_on;
    struct dom_departure departure;
    bool has_departure;
    int birth_year;
    int64_t revision;
    cv_moment updated_at;
    bool active[W_SYSTEMS][W_DAYS]; /* from world.first_day on; as sent */
};
struct w_unit {
    bool used, sent;
    struct cv_id id;
    uint8_t uuid[16];
    char code[24], name[48];
    int parent; /* index or -1 */
    int block, position;
    enum dom_unit_kind kind;
    cv_day from, to;
    struct dom_headcount headcounts[3];
    size_t headcount_count;
};
struct world {
    struct view *view;
    struct dir_feed feed;
    uint64_t random;
    struct w_person people[W_PEOPLE];
    struct w_unit units[W_UNITS];
    struct dom_system systems[W_SYSTEMS];
    struct dom_required rules[W_SYSTEMS][2];
    cv_day data_through[W_SYSTEMS], first_day;
    bool use_open; /* the refresh of use is left open */
    int64_t csn;
};

static const char *const w_slugs[W_SYSTEMS] = {"mailbox", "td-office", "e-office", "certificate"};
static const char *const w_titles[] = {"Chuyên viên", "Trưởng phòng", "Chủ tịch", "Văn thư"};
static const char *const w_titles_folded[] = {"chuyen vien", "truong phong", "chu tich", "van thu"};

static inline uint32_t w_random(struct world *w, uint32_t below)
{
    w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((w->random >> 33) % below);
}

static inline struct cv_id w_id(struct world *w)
{
    struct cv_id id;
    for (size_t i = 0; i < 16; i++)
        id.bytes[i] = (uint8_t)w_random(w, 256);
    return id;
}

static inline void w_csn(struct world *w, char out[DIR_CSN_TEXT])
{
    snprintf(out, DIR_CSN_TEXT, "20261124000000.%06dZ#000000#001#000000", (int)++w->csn);
}

static inline void w_staff(struct w_person *p, struct dom_staff *out, const char **names, const char **formers)
{
    names[0] = p->names[0];
    names[1] = p->names[1];
    formers[0] = p->former;
    *out = (struct dom_staff){.id = p->id,
                              .staff_code = p->code[0] ? p->code : NULL,
                              .former_codes = formers,
                              .former_code_count = p->former[0] != 0,
                              .full_name = p->full,
                              .family_name = p->family,
                              .middle_name = p->middle,
                              .given_name = p->given,
                              .category = p->category,
                              .mobile = p->mobile[0] ? p->mobile : NULL,
                              .birth_year = p->birth_year,
                              .hired_on = p->hired_on,
                              .posts = p->posts,
                              .post_count = p->post_count,
                              .login = p->login,
                              .address = p->address,
                              .names = names,
                              .name_count = p->names[0][0] ? 2 : 0,
                              .accounts = p->accounts,
                              .account_count = p->account_count,
                              .home_on = CV_NO_DAY,
                              .leaves = &p->leave,
                              .leave_count = p->on_leave,
                              .departures = &p->departure,
                              .departure_count = p->has_departure,
                              .credential_set = p->credential,
                              .activation_until = CV_NO_MOMENT,
                              .revision = p->revision,
                              .created_at = 0,
                              .updated_at = p->updated_at};
}

static inline void w_send_person(struct world *w, struct w_person *p)
{
    struct dom_staff staff;
    const char *names[2], *formers[1];
    char csn[DIR_CSN_TEXT];
    w_staff(p, &staff, names, formers);
    w_csn(w, csn);
    w->feed.staff(w->feed.ctx, p->uuid, csn, &staff);
    p->sent = true;
}

static inline void w_unit_record(struct world *w, struct w_unit *u, struct dom_unit *out)
{
    *out = (struct dom_unit){.id = u->id,
                             .code = u->code,
                             .name = {u->name, NULL},
                             .kind = u->kind,
                             .block = u->block,
                             .has_parent = u->parent >= 0,
                             .slug = "x",
                             .position = u->position,
                             .active_from = u->from,
                             .active_to = u->to,
                             .headcounts = u->headcounts,
                             .headcount_count = u->headcount_count,
                             .revision = 1};
    if (u->parent >= 0)
        out->parent = w->units[u->parent].id;
}

static inline void w_send_unit(struct world *w, struct w_unit *u)
{
    struct dom_unit unit;
    char csn[DIR_CSN_TEXT];
    w_unit_record(w, u, &unit);
    w_csn(w, csn);
    w->feed.unit(w->feed.ctx, u->uuid, csn, &unit);
    u->sent = true;
}

static inline void w_send_system(struct world *w, int i)
{
    uint8_t uuid[16] = {0xEE, (uint8_t)i};
    char csn[DIR_CSN_TEXT];
    w_csn(w, csn);
    w->feed.system(w->feed.ctx, uuid, csn, &w->systems[i]);
}

static inline void w_new_system(struct world *w, int i)
{
    w->systems[i] = (struct dom_system){.slug = w_slugs[i],
                                        .name = {w_slugs[i], w_slugs[i]},
                                        .kind = i == 3 ? DOM_MANUAL : DOM_DIRECTORY,
                                        .required = w->rules[i],
                                        .revision = 1};
}

/* ---- use ---- */
static inline bool w_active(const struct world *w, const struct w_person *p, int system, cv_day day)
{
    return day >= w->first_day && day < w->first_day + W_DAYS && p->active[system][day - w->first_day];
}

/* Some use a system daily, some now and then, some once long ago, some never; a few days lie ahead of the clock. */
static inline void w_new_use(struct world *w, struct w_person *p)
{
    memset(p->active, 0, sizeof p->active);
    for (int s = 0; s < W_SYSTEMS; s++) {
        uint32_t habit = w_random(w, 5), rarely = w_random(w, 60) + 2;
        if (habit == 4)
            p->active[s][w_random(w, W_DAYS)] = true;
        for (int d = 0; habit < 3 && d < W_DAYS; d++)
            p->active[s][d] = w_random(w, habit == 0 ? 2 : habit == 1 ? 8 : rarely) == 0;
    }
}

static inline void w_send_use(struct world *w, const struct w_person *p)
{
    struct dom_usage usage = {.staff = p->id};
    for (int s = 0; s < W_SYSTEMS; s++) {
        struct dom_use *use = dom_use_need(&usage, w_slugs[s]);
        for (cv_day day = w->first_day; day < w->first_day + W_DAYS; day++)
            if (w_active(w, p, s, day))
                dom_use_set(use, day);
    }
    w->feed.usage(w->feed.ctx, &usage);
}

static inline void w_send_data_through(struct world *w, int s)
{
    struct dom_usage_feed feed = {.system = w_slugs[s], .data_through = w->data_through[s], .received_at = 1};
    w->feed.usage_feed(w->feed.ctx, &feed);
}

static inline void w_new_activity(struct world *w, int i)
{
    static const int rules[][2] = {{4, 30}, {2, 7}, {12, 90}, {4, 31}};
    const int *rule = rules[w_random(w, 4)];
    w->systems[i].activity = (struct dom_activity){.reported = w_random(w, 8) != 0,
                                                   .regular_days = rule[0],
                                                   .regular_of = rule[1],
                                                   .stale_after = 3,
                                                   .precision = w_random(w, 8) ? DOM_BY_DAY : DOM_LAST_ONLY,
                                                   .version = 1};
    w->data_through[i] = w_random(w, 8) ? cv_today() - 1 - (cv_day)w_random(w, 7) : CV_NO_DAY;
}

static inline void w_new_rules(struct world *w, int i)
{
    static const char *one_title[] = {"truong phong"};
    w->systems[i].required_count = w_random(w, 3);
    for (size_t r = 0; r < w->systems[i].required_count; r++)
        w->rules[i][r] = (struct dom_required){.blocks = w_random(w, 3) ? 0 : 1u << w_random(w, DOM_BLOCKS),
                                               .unit_kinds = w_random(w, 3) ? 0 : w_random(w, 512),
                                               .categories = w_random(w, 2) ? 0 : w_random(w, 64),
                                               .positions = one_title,
                                               .position_count = w_random(w, 4) == 0};
}

static inline void w_new_unit(struct world *w, int i)
{
    struct w_unit *u = &w->units[i];
    *u = (struct w_unit){.used = true,
                         .id = w_id(w),
                         .parent = -1,
                         .block = (int)w_random(w, 3) - 1,
                         .position = (int)w_random(w, 4),
                         .kind = (enum dom_unit_kind)w_random(w, DOM_UNIT_KINDS),
                         .from = CV_NO_DAY,
                         .to = CV_NO_DAY};
    memcpy(u->uuid, w_id(w).bytes, 16);
    snprintf(u->code, sizeof u->code, "H43.%02d", i);
    snprintf(u->name, sizeof u->name, "%s %d", i % 2 ? "Phòng Nội vụ" : "Ủy ban nhân dân xã", i);
}

static inline void w_new_span(struct world *w, struct dom_account *a)
{
    cv_day from = cv_today() - 40 + (cv_day)w_random(w, 20);
    a->spans[0] = (struct dom_span){.from = w_random(w, 4) ? from : CV_NO_DAY,
                                    .to = from + 1 + (cv_day)w_random(w, 30),
                                    .how = (enum dom_stand)w_random(w, DOM_STANDS)};
    a->span_count = 1;
}

static inline void w_new_accounts(struct world *w, struct w_person *p)
{
    p->account_count = 0;
    for (int s = 0; s < W_SYSTEMS; s++)
        if (w_random(w, 4))
            p->accounts[p->account_count++] = (struct dom_account){
                .system = w_slugs[s],
                .desired = (enum dom_desired)w_random(w, DOM_DESIREDS),
                .observed = (enum dom_observed)w_random(w, DOM_OBSERVEDS),
                .login = p->login,
                .reason = w_random(w, 3)   ? NULL
                          : w_random(w, 2) ? "leave"
                                           : "inactivity",
                .since = w_random(w, 2) ? 1000 + w_random(w, 99) : cv_day_start(cv_today() - 50 + (int)w_random(w, 52)),
                .last_error = w_random(w, 9) ? NULL : "x"};
    for (size_t i = 0; i < p->account_count; i++)
        if (w_random(w, 3) == 0)
            w_new_span(w, &p->accounts[i]);
}

static inline int w_any_unit(struct world *w, bool sent_only)
{
    for (int tries = 0; tries < 1000; tries++) {
        int i = (int)w_random(w, W_UNITS);
        if (w->units[i].used && (w->units[i].sent || !sent_only))
            return i;
    }
    return 0;
}

static inline void w_new_person(struct world *w, int i)
{
    static const char *const families[] = {"Nguyễn", "Trần", "Lê", "Đặng", "Võ", "Pi Năng"};
    static const char *const middles[] = {"Văn", "Thị", "Đức", "Hữu", ""};
    static const char *const givens[] = {"An",  "Ân",  "Ánh", "Anh",  "Ái",   "Bình", "Dũng",
                                         "Duy", "Đạt", "Đức", "Thủy", "Thúy", "Thùy", "Ước"};
    struct w_person *p = &w->people[i];
    *p = (struct w_person){.used = true,
                           .id = w_id(w),
                           .category = (enum dom_category)w_random(w, DOM_CATEGORIES),
                           .hired_on = CV_NO_DAY,
                           .revision = 1,
                           .updated_at = 1000 + w_random(w, 1000),
                           .birth_year = 1970 + (int)w_random(w, 3),
                           .credential = w_random(w, 2)};
    memcpy(p->uuid, w_id(w).bytes, 16);
    const char *family = families[w_random(w, 6)], *middle = middles[w_random(w, 5)], *given = givens[w_random(w, 14)];
    snprintf(p->family, sizeof p->family, "%s", family);
    snprintf(p->middle, sizeof p->middle, "%s", middle);
    snprintf(p->given, sizeof p->given, "%s", given);
    snprintf(p->full, sizeof p->full, "%s %s%s%s", family, middle, middle[0] ? " " : "", given);
    if (w_random(w, 8))
        snprintf(p->code, sizeof p->code, "NS-%04d", i);
    if (w_random(w, 8) == 0)
        snprintf(p->former, sizeof p->former, "Old-%04d", i);
    snprintf(p->login, sizeof p->login, "login%d", i);
    snprintf(p->address, sizeof p->address, "login%d@example.vn", i);
    snprintf(p->names[0], sizeof p->names[0], "login%d@example.vn", i);
    snprintf(p->names[1], sizeof p->names[1], "mailbox/login%d", i);
    if (w_random(w, 2))
        snprintf(p->mobile, sizeof p->mobile, "+8490000%04d", (int)w_random(w, 50));
    p->posts[0] = (struct dom_post){.unit = w->units[w_any_unit(w, false)].id,
                                    .title = w_titles[w_random(w, 4)],
                                    .primary = true,
                                    .from = CV_NO_DAY,
                                    .to = CV_NO_DAY};
    p->post_count = 1;
    w_new_accounts(w, p);
    w_new_use(w, p);
    if (w_random(w, 5) == 0)
        p->hired_on = cv_today() - 3 + (cv_day)w_random(w, 10);
}

static inline void w_second(struct world *w, struct w_person *p)
{
    if (p->post_count == W_POSTS)
        p->post_count--;
    cv_day from = cv_today() - 3 + (cv_day)w_random(w, 6);
    p->posts[p->post_count++] = (struct dom_post){.unit = w->units[w_any_unit(w, false)].id,
                                                  .title = w_titles[w_random(w, 4)],
                                                  .kind = w_random(w, 2) ? DOM_BIET_PHAI : DOM_KIEM_NHIEM,
                                                  .from = w_random(w, 3) ? from : CV_NO_DAY,
                                                  .to = w_random(w, 2) ? from + 1 + (cv_day)w_random(w, 8) : CV_NO_DAY};
}

static inline void w_leave(struct world *w, struct w_person *p)
{
    p->on_leave = w_random(w, 4) != 0;
    p->leave.from = cv_today() - 5 + (cv_day)w_random(w, 10);
    p->leave.to = w_random(w, 3) ? p->leave.from + (cv_day)w_random(w, 60) : CV_NO_DAY;
}

static inline void w_depart(struct world *w, struct w_person *p)
{
    p->has_departure = w_random(w, 4) != 0;
    p->departure = (struct dom_departure){.number = 1,
                                          .state = (enum dom_departure_state)w_random(w, DOM_DEPARTURE_STATES),
                                          .reason = DOM_NGHI_HUU,
                                          .effective_on = cv_today() - 3 + (cv_day)w_random(w, 8),
                                          .recorded_at = 5000,
                                          .started_at = CV_NO_MOMENT,
                                          .ended_at = CV_NO_MOMENT};
}

static inline bool w_below(const struct world *w, int unit, int top)
{
    while (unit >= 0 && unit != top)
        unit = w->units[unit].parent;
    return unit == top;
}

static inline int w_block(const struct world *w, const struct w_unit *u)
{
    while (u->block < 0 && u->parent >= 0 && w->units[u->parent].sent)
        u = &w->units[u->parent];
    return u->block;
}

static inline void w_move_unit(struct world *w, int i)
{
    int parent = (int)w_random(w, 6) ? w_any_unit(w, false) : -1;
    if (parent < 0 || !w_below(w, parent, i))
        w->units[i].parent = parent;
}

static inline void w_declare(struct world *w, struct w_unit *u)
{
    u->headcount_count = w_random(w, 3);
    for (size_t i = 0; i < u->headcount_count; i++) {
        struct dom_headcount *h = &u->headcounts[i];
        *h = (struct dom_headcount){.on = cv_today() - 4 + (cv_day)(5 * i),
                                    .total = (int)w_random(w, 20),
                                    .establishment = -1,
                                    .has_categories = w_random(w, 2)};
        for (int c = 0; c < DOM_CATEGORIES; c++)
            h->by_category[c] = h->has_categories && w_random(w, 4) ? (int)w_random(w, 5) : -1;
    }
}

static inline struct world *w_new(uint64_t seed)
{
    struct cv_error err = {0};
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->random = seed * 2 + 1;
    assert_true(view_new(&w->view, &err));
    w->feed = view_feed(w->view);
    w->first_day = cv_today() - W_DAYS + W_AHEAD;
    for (int i = 0; i < W_SYSTEMS; i++) {
        w_new_system(w, i);
        w_new_rules(w, i);
        w_new_activity(w, i);
    }
    w->systems[0].required_count = 1;
    w->rules[0][0] = (struct dom_required){0};
    return w;
}

/* Some units and people, sent in a first refresh: people first, units from the last to the first, systems at the end.
 */
static inline void w_load(struct world *w, int units, int people)
{
    for (int i = 0; i < units; i++) {
        w_new_unit(w, i);
        w->units[i].parent = i == 0 ? -1 : (int)w_random(w, (uint32_t)i);
        w_declare(w, &w->units[i]);
    }
    for (int i = 0; i < people; i++) {
        w_new_person(w, i);
        if (w_random(w, 4) == 0)
            w_second(w, &w->people[i]);
        if (w_random(w, 6) == 0)
            w_leave(w, &w->people[i]);
        if (w_random(w, 6) == 0)
            w_depart(w, &w->people[i]);
    }
    w->feed.alive(w->feed.ctx, true);
    w->feed.usage_begin(w->feed.ctx, true);
    for (int i = 0; i < people; i += 2)
        w_send_use(w, &w->people[i]);
    w->feed.begin(w->feed.ctx, true);
    for (int i = 0; i < people; i++)
        w_send_person(w, &w->people[i]);
    for (int i = units; i-- > 0;)
        w_send_unit(w, &w->units[i]);
    for (int i = 0; i < W_SYSTEMS; i++)
        w_send_system(w, i);
    assert_true(w->feed.end(w->feed.ctx, true));
    for (int i = 1; i < people; i += 2)
        w_send_use(w, &w->people[i]);
    for (int i = 0; i < W_SYSTEMS; i++)
        w_send_data_through(w, i);
    if (!w->use_open)
        w->feed.usage_end(w->feed.ctx);
    w->feed.settled(w->feed.ctx);
}

static inline void w_free(struct world *w)
{
    view_free(&w->view);
    free(w);
}

static inline uint64_t w_seed(void)
{
    const char *given = getenv("CONGVU_TEST_SEED");
    return given ? strtoull(given, NULL, 10) : 20261124;
}

static inline int w_group_setup(void **state)
{
    struct cv_error err = {0};
    (void)state;
    return cv_clock_init("Asia/Ho_Chi_Minh", 0, &err) && cv_text_init(&err) ? 0 : -1;
}
static inline int w_group_teardown(void **state)
{
    (void)state;
    cv_text_close();
    return 0;
}
