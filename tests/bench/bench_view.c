/* How large and how fast the view is: bench_view PEOPLE UNITS. Records are made on the fly and sent through the feed,
 * as the sync consumer would, with the use of 180 days in 2.2 systems a person. Prints one JSON object. Not part of the
 * tests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "congvu/connector.h"
#include "congvu/text.h"
#include "congvu/view_figures.h"
#include "congvu/view_lists.h"

enum { SYSTEMS = 4, OFFICE = 3, ROUNDS = 400, COVERAGE_ROUNDS = 2000, DAYS = 180 };

static const char *const slugs[SYSTEMS] = {"certificate", "e-office", "mailbox", "td-office"};
static const char *const families[] = {"Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Võ", "Đặng", "Bùi", "Đỗ"};
static const char *const middles[] = {"Văn", "Thị", "Đức", "Hữu", "Ngọc", "Quốc", "Thị Thanh", "Minh"};
static const char *const givens[] = {"An",    "Anh",   "Bình", "Cường",  "Dung", "Dũng",  "Duy",  "Đạt",  "Đức",
                                     "Giang", "Hà",    "Hải",  "Hạnh",   "Hiền", "Hoa",   "Hòa",  "Hùng", "Hương",
                                     "Khánh", "Lan",   "Linh", "Long",   "Mai",  "Minh",  "Nam",  "Nga",  "Ngân",
                                     "Ngọc",  "Nhung", "Phúc", "Phương", "Quân", "Quỳnh", "Sơn",  "Tâm",  "Thảo",
                                     "Thành", "Thủy",  "Thúy", "Trang",  "Tú",   "Tuấn",  "Uyên", "Vân",  "Yến"};
/* What logins are made from, as the service does it: given name, initials of family and middle name, a number. */
static const char family_initials[] = "ntlphpvdbd";
static const char *const middle_initials[] = {"v", "t", "d", "h", "n", "q", "tt", "m"};
static const char *const plain_givens[] = {"an",    "anh",   "binh", "cuong",  "dung", "dung",  "duy",  "dat",  "duc",
                                           "giang", "ha",    "hai",  "hanh",   "hien", "hoa",   "hoa",  "hung", "huong",
                                           "khanh", "lan",   "linh", "long",   "mai",  "minh",  "nam",  "nga",  "ngan",
                                           "ngoc",  "nhung", "phuc", "phuong", "quan", "quynh", "son",  "tam",  "thao",
                                           "thanh", "thuy",  "thuy", "trang",  "tu",   "tuan",  "uyen", "van",  "yen"};
static const char *const titles[] = {"Chuyên viên", "Giáo viên", "Trưởng phòng", "Kế toán", "Văn thư"};
static uint64_t state = 42;

static uint32_t pick(uint32_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((state >> 33) % below);
}

static struct cv_id number_id(uint32_t kind, uint32_t n)
{
    struct cv_id id = {{0}};
    uint64_t mixed = ((uint64_t)kind << 32 | n) * UINT64_C(0x9E3779B97F4A7C15);
    memcpy(id.bytes, &mixed, 8);
    memcpy(id.bytes + 8, &n, 4);
    memcpy(id.bytes + 12, &kind, 4);
    return id;
}

static size_t resident(void)
{
    size_t total, pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f == NULL || fscanf(f, "%zu %zu", &total, &pages) != 2)
        pages = 0;
    if (f)
        fclose(f);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void send_units(struct dir_feed *feed, uint32_t units)
{
    for (uint32_t i = 0; i < units; i++) {
        char code[24], name[64];
        struct cv_id uuid = number_id(1, i);
        struct dom_headcount headcount = {
            .on = 1, .total = 100, .establishment = -1, .by_category = {-1, -1, -1, -1, -1, -1}};
        snprintf(code, sizeof code, "H43.%05u", i);
        snprintf(name, sizeof name, "Phòng Nội vụ số %u", i);
        struct dom_unit unit = {.id = number_id(2, i),
                                .code = code,
                                .name = {name, NULL},
                                .kind = DOM_PHONG,
                                .block = i == 0 ? 0 : -1,
                                .has_parent = i > 0,
                                .parent = number_id(2, i <= 20 ? 0 : 1 + i % 20),
                                .slug = "noivu",
                                .active_from = CV_NO_DAY,
                                .active_to = CV_NO_DAY,
                                .headcounts = &headcount,
                                .headcount_count = 1,
                                .revision = 1};
        feed->unit(feed->ctx, uuid.bytes, "20261124000000.000000Z#000000#001#000000", &unit);
    }
}

static uint32_t unconfirmed = UINT32_MAX; /* whose change has not reached the office */

/* "annv", then "annv2" and so on. Texts that share a place share its count, so no login is there twice. */
static void make_login(uint32_t family, uint32_t middle, uint32_t given, char *out, size_t size)
{
    static uint32_t taken[1 << 14];
    int len = snprintf(out, size, "%s%c%s", plain_givens[given], family_initials[family], middle_initials[middle]);
    uint32_t hash = 0;
    for (const char *c = out; *c; c++)
        hash = (hash ^ (uint8_t)*c) * 0x01000193u;
    uint32_t number = ++taken[hash >> 18];
    if (number > 1)
        snprintf(out + len, size - (size_t)len, "%u", number);
}

static void send_person(struct dir_feed *feed, uint32_t i, uint32_t units)
{
    const int64_t revision = 3;
    char full[96], code[24], address[64], login[24], mailbox[40], office[48], mobile[20];
    uint32_t f = pick(10), m = pick(8), g = pick(45);
    const char *family = families[f], *middle = middles[m], *given = givens[g];
    struct cv_id uuid = number_id(3, i);
    snprintf(full, sizeof full, "%s %s %s", family, middle, given);
    snprintf(code, sizeof code, "NS-%07u", i);
    make_login(f, m, g, login, sizeof login);
    snprintf(address, sizeof address, "%s@ninhthuan.gov.vn", login);
    snprintf(mailbox, sizeof mailbox, "mailbox/%s", login);
    snprintf(office, sizeof office, "td-office/noivu_%s", login);
    snprintf(mobile, sizeof mobile, "+8490%07u", i);
    const char *names[] = {address, mailbox, office};
    struct dom_post post = {.unit = number_id(2, pick(units)),
                            .title = titles[pick(5)],
                            .primary = true,
                            .from = CV_NO_DAY,
                            .to = CV_NO_DAY};
    struct dom_account accounts[SYSTEMS];
    for (size_t s = 0; s < SYSTEMS; s++)
        accounts[s] = (struct dom_account){.system = slugs[s],
                                           .login = s == 3 ? office + 10 : login,
                                           .since = 1700000000,
                                           .synced = s == OFFICE ? revision : 0,
                                           .observed = s == OFFICE || pick(20) ? DOM_OBS_ACTIVE : DOM_REQUESTED};
    accounts[OFFICE].synced -= i == unconfirmed ? 1 : 0;
    struct dom_staff staff = {.id = number_id(4, i),
                              .staff_code = code,
                              .full_name = full,
                              .family_name = family,
                              .middle_name = middle,
                              .given_name = given,
                              .category = (enum dom_category)pick(DOM_CATEGORIES),
                              .mobile = mobile,
                              .birth_year = 1970 + (int)pick(30),
                              .hired_on = 10000,
                              .posts = &post,
                              .post_count = 1,
                              .login = login,
                              .address = address,
                              .names = names,
                              .name_count = 3,
                              .accounts = accounts,
                              .account_count = SYSTEMS,
                              .credential_set = pick(2),
                              .activation_until = CV_NO_MOMENT,
                              .revision = revision,
                              .updated_at = 1700000000 + pick(10000000)};
    feed->staff(feed->ctx, uuid.bytes, "20261124000000.000000Z#000000#001#000000", &staff);
}

/* Three of four work with a system on most days, the others now and then. */
static void use_system(struct dom_use *use, cv_day today)
{
    bool daily = pick(4) != 0;
    for (cv_day day = today - DAYS + 1; day < today; day++)
        if (day % 7 >= 2 && pick(10) < (daily ? 7u : 1u))
            dom_use_set(use, day);
}

static void send_usage(struct dir_feed *feed, uint32_t person)
{
    static const unsigned of_ten[SYSTEMS] = {1, 2, 10, 9}; /* certificate, e-office, mailbox, td-office */
    struct dom_usage usage = {.staff = number_id(4, person)};
    cv_day today = cv_today();
    for (size_t s = 0; s < SYSTEMS; s++)
        if (pick(10) < of_ten[s])
            use_system(dom_use_need(&usage, slugs[s]), today);
    feed->usage(feed->ctx, &usage);
}

static void send_all_usage(struct dir_feed *feed, uint32_t people)
{
    feed->usage_begin(feed->ctx, true);
    for (uint32_t i = 0; i < people; i++)
        send_usage(feed, i);
    for (size_t s = 0; s < SYSTEMS; s++)
        feed->usage_feed(feed->ctx, &(struct dom_usage_feed){
                                        .system = slugs[s], .data_from = CV_NO_DAY, .data_through = cv_today() - 1});
    feed->usage_end(feed->ctx);
}

static void send_systems(struct dir_feed *feed)
{
    static struct dom_required all;
    for (uint32_t s = 0; s < SYSTEMS; s++) {
        struct cv_id uuid = number_id(5, s);
        struct dom_system system = {.slug = slugs[s],
                                    .name = {slugs[s], slugs[s]},
                                    .required = &all,
                                    .required_count = 1,
                                    .activity = dom_activity_default(),
                                    .revision = 1};
        system.activity.reported = true;
        feed->system(feed->ctx, uuid.bytes, "1", &system);
    }
}

/* ---- measuring ---- */
static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Of this thread: what others do on the machine does not count. */
static int64_t spent_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void print_times(const char *name, int64_t *ns, size_t count)
{
    qsort(ns, count, sizeof *ns, by_time);
    printf(",\"%s\":{\"p50_us\":%.1f,\"p99_us\":%.1f}", name, (double)ns[count / 2] / 1e3,
           (double)ns[count * 99 / 100] / 1e3);
}

static void check(bool ok)
{
    if (!ok) {
        fprintf(stderr, "bench_view: a question failed\n");
        exit(1);
    }
}

/* One word is a given or a family name; of two the second is now and then nobody's. */
static void make_words(int words, char *out, size_t size)
{
    const char *family = families[pick(10)], *middle = middles[pick(8)], *given = givens[pick(45)];
    bool other = pick(4) == 0;
    if (words == 1)
        snprintf(out, size, "%s", other ? family : given);
    else if (words == 2)
        snprintf(out, size, "%s %s", family, other ? "xu" : given);
    else
        snprintf(out, size, "%s %s %s", family, middle, given);
}

/* `units` 0: of everybody, else of one unit and what lies below, another one each time. */
static void time_lists(struct view *v, const char *name, int words, bool total, uint32_t units)
{
    static int64_t ns[ROUNDS];
    struct cv_arena *arena = cv_arena_new(CV_MAX_ARENA);
    for (size_t i = 0; i < ROUNDS; i++) {
        char q[64];
        struct view_staff_page page;
        struct cv_error err = {0};
        make_words(words, q, sizeof q);
        struct view_staff_query query = {.scope = {.everywhere = true},
                                         .page_size = 50,
                                         .updated_since = CV_NO_MOMENT,
                                         .q = words ? q : NULL,
                                         .want_total = total};
        if (units > 0) {
            query.has_unit = query.recursive = true;
            query.unit = number_id(2, pick(units));
        }
        cv_arena_reset(arena);
        int64_t start = spent_ns();
        check(view_staff_list(v, &query, arena, &page, &err));
        ns[i] = spent_ns() - start;
    }
    print_times(name, ns, ROUNDS);
    cv_arena_free(&arena);
}

static void time_coverage(struct view *v, const char *name, size_t rounds, struct view_window window)
{
    static int64_t ns[COVERAGE_ROUNDS];
    struct cv_arena *arena = cv_arena_new(CV_MAX_ARENA);
    for (size_t i = 0; i < rounds; i++) {
        struct view_coverage c;
        struct cv_error err = {0};
        struct view_coverage_query q = {.scope = {.everywhere = true},
                                        .unit = number_id(2, 0),
                                        .recursive = true,
                                        .depth = 1,
                                        .by_unit = true,
                                        .by_system = true,
                                        .window = window};
        cv_arena_reset(arena);
        int64_t start = spent_ns();
        check(view_coverage(v, &q, arena, &c, &err));
        ns[i] = spent_ns() - start;
    }
    print_times(name, ns, rounds);
    cv_arena_free(&arena);
}

static void time_changes(struct dir_feed *feed, uint32_t people, uint32_t units)
{
    static int64_t ns[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        int64_t start = spent_ns();
        send_person(feed, pick(people), units);
        ns[i] = spent_ns() - start;
    }
    print_times("change", ns, ROUNDS);
}

static void time_usage(struct dir_feed *feed, uint32_t people)
{
    static int64_t ns[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        uint32_t person = pick(people);
        int64_t start = spent_ns();
        send_usage(feed, person);
        ns[i] = spent_ns() - start;
    }
    print_times("usage_change", ns, ROUNDS);
}

static void time_rules(struct dir_feed *feed)
{
    struct cv_id uuid = number_id(5, 2);
    struct dom_required some = {.categories = 3};
    struct dom_system system = {
        .slug = slugs[2], .name = {slugs[2], slugs[2]}, .required = &some, .required_count = 1, .revision = 2};
    int64_t start = spent_ns();
    feed->system(feed->ctx, uuid.bytes, "2", &system);
    printf(",\"rule_change_ms\":%.1f", (double)(spent_ns() - start) / 1e6);
}

/* What the reconciler's clock spends of CPU to find the one person who changed. */
static void time_connector_look(const struct view *v, struct dir_feed *feed, uint32_t people, uint32_t units)
{
    enum { LOOKS = 200 };
    const struct dom_connector connector = {.delete_after_days = -1};
    struct view_connector_backlog backlog;
    struct cv_id due[32];
    size_t cursor = 0;
    unconfirmed = pick(people);
    send_person(feed, unconfirmed, units);
    clock_t start = clock();
    for (int i = 0; i < LOOKS; i++)
        check(view_connector_due(v, slugs[OFFICE], &connector, cv_now(), &cursor, due, 32, &backlog) == 1 &&
              backlog.queue == 1);
    printf(",\"connector_look_ms\":%.4f", (double)(clock() - start) * 1e3 / CLOCKS_PER_SEC / LOOKS);
}

int main(int argc, char **argv)
{
    uint32_t people = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;
    uint32_t units = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : people / 100 + 1;
    struct cv_error err = {0};
    struct view *v = NULL;
    check(people > 0 && units > 0 && cv_clock_init("Asia/Ho_Chi_Minh", 0, &err) && cv_text_init(&err) &&
          view_new(&v, &err));
    view_keep_activity(v, DAYS);
    struct dir_feed feed = view_feed(v);
    size_t before = resident();
    int64_t start = cv_mono_ns();
    feed.alive(feed.ctx, true);
    feed.begin(feed.ctx, true);
    send_systems(&feed);
    send_units(&feed, units);
    for (uint32_t i = 0; i < people; i++)
        send_person(&feed, i, units);
    int64_t read = cv_mono_ns();
    check(feed.end(feed.ctx, true));
    int64_t ready = cv_mono_ns();
    size_t without = resident();
    send_all_usage(&feed, people);
    printf("{\"people\":%u,\"units\":%u,\"bytes_per_person_without_use\":%zu,\"bytes_per_person\":%zu,\"load_ms\":%.0f,"
           "\"end_ms\":%.0f,\"usage_ms\":%.0f",
           people, units, (without - before) / people, (resident() - before) / people, (double)(read - start) / 1e6,
           (double)(ready - read) / 1e6, (double)(cv_mono_ns() - ready) / 1e6);
    time_lists(v, "list", 0, false, 0);
    time_lists(v, "list_with_total", 0, true, 0);
    time_lists(v, "list_of_unit", 0, false, units);
    time_lists(v, "list_of_unit_with_total", 0, true, units);
    time_lists(v, "search_1_word", 1, false, 0);
    time_lists(v, "search_2_words", 2, false, 0);
    time_lists(v, "search_3_words", 3, false, 0);
    time_lists(v, "search_1_word_with_total", 1, true, 0);
    time_lists(v, "search_2_words_with_total", 2, true, 0);
    time_lists(v, "search_3_words_with_total", 3, true, 0);
    cv_day today = cv_today();
    time_coverage(v, "coverage_top", COVERAGE_ROUNDS, (struct view_window){today - 29, today});
    time_coverage(v, "coverage_period_first", 1, (struct view_window){today - 40, today - 10});
    time_coverage(v, "coverage_period_again", 20, (struct view_window){today - 40, today - 10});
    time_changes(&feed, people, units);
    time_usage(&feed, people);
    time_connector_look(v, &feed, people, units);
    time_rules(&feed);
    printf("}\n");
    view_free(&v);
    cv_text_close();
    return 0;
}
