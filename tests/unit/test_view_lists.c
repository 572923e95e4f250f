/* Lists, search, paging and keys against a plain filter and sort. */
#include "congvu/view_lists.h"
#include "view_test.h"

static const struct view_scope everywhere = {.everywhere = true};

/* ---- the plain way ---- */
struct plain {
    struct w_person *p;
    const uint8_t *key[3];
    size_t len[3];
    const char *folded;
};

static int bytes_order(const uint8_t *a, size_t an, const uint8_t *b, size_t bn)
{
    int order = memcmp(a, b, an < bn ? an : bn);
    return order ? order : (an > bn) - (an < bn);
}

static int by_name(const void *a, const void *b)
{
    const struct plain *x = a, *y = b;
    for (int i = 0; i < 3; i++) {
        int order = bytes_order(x->key[i], x->len[i], y->key[i], y->len[i]);
        if (order)
            return order;
    }
    return memcmp(x->p->id.bytes, y->p->id.bytes, 16);
}

static int by_code(const void *a, const void *b)
{
    const struct plain *x = a, *y = b;
    int order = cv_ascii_casecmp(x->p->code, y->p->code);
    return order ? order : memcmp(x->p->id.bytes, y->p->id.bytes, 16);
}

static int by_hired(const void *a, const void *b)
{
    const struct plain *x = a, *y = b;
    int order = (x->p->hired_on > y->p->hired_on) - (x->p->hired_on < y->p->hired_on);
    return order ? order : memcmp(x->p->id.bytes, y->p->id.bytes, 16);
}

static int by_update(const void *a, const void *b)
{
    const struct plain *x = a, *y = b;
    int order = (x->p->updated_at > y->p->updated_at) - (x->p->updated_at < y->p->updated_at);
    return order ? order : memcmp(x->p->id.bytes, y->p->id.bytes, 16);
}

static int (*const plain_order[])(const void *, const void *) = {by_name, by_code, by_hired, by_update};

static int unit_index(struct world *w, struct cv_id id)
{
    for (int i = 0; i < W_UNITS; i++)
        if (w->units[i].used && cv_id_equal(w->units[i].id, id))
            return i;
    return -1;
}

/* Known by name to who has the unit `top`: below it, and of its block. */
static bool plain_in(struct world *w, const struct w_person *p, int top)
{
    cv_day day = cv_today();
    for (size_t i = 0; i < p->post_count; i++) {
        const struct dom_post *post = &p->posts[i];
        bool current = post->primary ||
                       ((post->from == CV_NO_DAY || post->from <= day) && (post->to == CV_NO_DAY || day < post->to));
        int unit = unit_index(w, post->unit);
        if (current && w_below(w, unit, top) && w_block(w, &w->units[unit]) == w_block(w, &w->units[top]))
            return true;
    }
    return false;
}

static bool plain_home(struct world *w, const struct w_person *p, int top, bool recursive)
{
    for (size_t i = 0; i < p->post_count; i++)
        if (p->posts[i].primary) {
            int unit = unit_index(w, p->posts[i].unit);
            return recursive ? w_below(w, unit, top) : unit == top;
        }
    return false;
}

static bool plain_words(const char *folded, const char *q, struct cv_arena *arena)
{
    char *words = cv_arena_strdup(arena, cv_text_fold(arena, q)), *save = NULL;
    for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        char *padded = cv_arena_printf(arena, " %s", folded), *wanted = cv_arena_printf(arena, " %s", word);
        if (!strstr(padded, wanted))
            return false;
    }
    return true;
}

/* All that a person is looked for by, as one folded text. */
static const char *plain_text(const struct w_person *p, const char *folded, struct cv_arena *arena)
{
    const char *text =
        cv_arena_printf(arena, "%s %s %s", folded, cv_text_fold(arena, p->code), cv_text_fold(arena, p->former));
    for (int i = 0; i < 2 && p->names[0][0]; i++) {
        const char *slash = strchr(p->names[i], '/'), *own = slash ? slash + 1 : p->names[i];
        const char *local = cv_arena_strndup(arena, own, strcspn(own, "@"));
        text = cv_arena_printf(arena, "%s %s", text, cv_text_fold(arena, local));
    }
    return text;
}

struct plain_query {
    struct view_staff_query q;
    int scope, unit;
};

static bool plain_match(struct world *w, const struct plain_query *pq, const struct plain *x, struct cv_arena *arena)
{
    const struct view_staff_query *q = &pq->q;
    struct dom_staff staff;
    const char *names[2], *formers[1];
    w_staff(x->p, &staff, names, formers);
    enum dom_status status = dom_status_on(&staff, cv_today());
    if ((q->statuses && !(q->statuses >> status & 1)) || (q->categories && !(q->categories >> x->p->category & 1)))
        return false;
    if (q->updated_since != CV_NO_MOMENT && x->p->updated_at < q->updated_since)
        return false;
    if (q->q && !plain_words(plain_text(x->p, x->folded, arena), q->q, arena))
        return false;
    if (q->has) {
        const struct dom_account *a = dom_account_of(&staff, q->has);
        if (!a || !dom_counts_issued(a->observed))
            return false;
    }
    return (pq->scope < 0 || plain_in(w, x->p, pq->scope)) &&
           (!q->has_unit || plain_home(w, x->p, pq->unit, q->recursive));
}

static size_t plain_list(struct world *w, const struct plain_query *pq, struct plain *out, struct cv_arena *arena)
{
    size_t count = 0;
    for (int i = 0; i < W_PEOPLE; i++) {
        struct w_person *p = &w->people[i];
        if (!p->used)
            continue;
        struct plain x = {.p = p, .folded = cv_text_fold(arena, p->full)};
        const char *parts[] = {p->given, p->family, p->middle};
        for (int k = 0; k < 3; k++)
            x.key[k] = cv_text_sort_key(arena, parts[k], &x.len[k]);
        if (plain_match(w, pq, &x, arena))
            out[count++] = x;
    }
    qsort(out, count, sizeof *out, plain_order[pq->q.sort]);
    for (size_t i = 0; pq->q.descending && i < count / 2; i++) {
        struct plain t = out[i];
        out[i] = out[count - 1 - i];
        out[count - 1 - i] = t;
    }
    return count;
}

static void check_query(struct world *w, const struct plain_query *pq, uint64_t seed, int number)
{
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct plain *expected = calloc(W_PEOPLE, sizeof *expected);
    size_t count = plain_list(w, pq, expected, arena), seen = 0;
    struct view_staff_query q = pq->q;
    struct view_staff_page page;
    struct cv_error err = {0};
    do {
        assert_true(view_staff_list(w->view, &q, arena, &page, &err));
        if (page.total != count && q.want_total)
            fail_msg("seed %llu query %d: total %zu, expected %zu", (unsigned long long)seed, number, page.total,
                     count);
        for (size_t i = 0; i < page.count; i++, seen++)
            if (seen >= count || !cv_id_equal(page.items[i].id, expected[seen].p->id))
                fail_msg("seed %llu query %d: row %zu differs q=%s unit=%d scope=%d rec=%d (%s)",
                         (unsigned long long)seed, number, seen, q.q, pq->unit, pq->scope, q.recursive,
                         page.items[i].full_name);
        q.after = page.next;
        q.after_len = page.next_len;
    } while (page.next);
    if (seen != count)
        fail_msg("seed %llu query %d: %zu rows, expected %zu", (unsigned long long)seed, number, seen, count);
    free(expected);
}

static void random_query(struct world *w, struct plain_query *pq)
{
    static const char *const q[] = {"an",  "nguyen an", "AN nguyễn", "duc",    "đứ",      "thi t",  "pi nang", "x",
                                    "a n", "van",       "uoc",       "login1", "C-1 duc", "LOGIN4", "old ng"};
    *pq = (struct plain_query){.scope = -1, .unit = -1};
    pq->q = (struct view_staff_query){.scope = everywhere,
                                      .page_size = 1 + w_random(w, 30),
                                      .want_total = w_random(w, 2),
                                      .sort = (enum view_sort)w_random(w, 4),
                                      .descending = w_random(w, 2),
                                      .updated_since = CV_NO_MOMENT};
    if (w_random(w, 3) == 0) {
        pq->scope = w_any_unit(w, true);
        pq->q.scope = (struct view_scope){.top = w->units[pq->scope].id};
    }
    if (w_random(w, 3) == 0) {
        do
            pq->unit = w_any_unit(w, true);
        while (pq->scope >= 0 && !w_below(w, pq->unit, pq->scope));
        pq->q.has_unit = true;
        pq->q.unit = w->units[pq->unit].id;
        pq->q.recursive = w_random(w, 2);
    }
    if (w_random(w, 2))
        pq->q.q = q[w_random(w, CV_COUNT(q))];
    pq->q.statuses = w_random(w, 2) ? 0 : w_random(w, 32);
    pq->q.categories = w_random(w, 3) ? 0 : w_random(w, 64);
    pq->q.has = w_random(w, 4) ? NULL : "mailbox";
    if (w_random(w, 5) == 0)
        pq->q.updated_since = 1500;
}

static void lists_equal_filter_and_sort(void **state)
{
    uint64_t seed = w_seed();
    struct world *w = w_new(seed);
    struct plain_query pq;
    (void)state;
    w_load(w, 25, 350);
    for (int n = 0; n < 300; n++) {
        random_query(w, &pq);
        check_query(w, &pq, seed, n);
        int i = (int)w_random(w, 350); /* the kept order follows changes */
        struct w_person *p = &w->people[i], old = *p;
        w_new_person(w, i);
        if (w_random(w, 2)) { /* the same entry under another name */
            p->id = old.id;
            memcpy(p->uuid, old.uuid, 16);
        } else {
            w->feed.remove(w->feed.ctx, old.uuid);
        }
        w_send_person(w, p);
    }
    w_free(w);
}

/* What is inserted before the position neither shifts nor repeats a page. */
static void pages_do_not_shift(void **state)
{
    struct world *w = w_new(3);
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_error err = {0};
    struct view_staff_page first, second, again;
    (void)state;
    w_load(w, 3, 60);
    struct view_staff_query q = {.scope = everywhere, .page_size = 20, .updated_since = CV_NO_MOMENT};
    assert_true(view_staff_list(w->view, &q, arena, &first, &err));
    q.after = first.next;
    q.after_len = first.next_len;
    assert_true(view_staff_list(w->view, &q, arena, &second, &err));
    w_new_person(w, 100);
    snprintf(w->people[100].given, sizeof w->people[100].given, "%s", "A");
    w_send_person(w, &w->people[100]);
    assert_true(view_staff_list(w->view, &q, arena, &again, &err));
    assert_int_equal(again.count, second.count);
    for (size_t i = 0; i < again.count; i++)
        assert_memory_equal(&again.items[i].id, &second.items[i].id, 16);
    w_free(w);
}

static void vietnamese_order(void **state)
{
    static const char *const expected[] = {"Ái", "An", "Anh", "Ánh", "Ân", "Bình", "Dũng", "Duy", "Đạt", "Đức"};
    static const int arrival[] = {9, 4, 1, 7, 0, 5, 3, 8, 2, 6};
    struct world *w = w_new(5);
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_error err = {0};
    struct view_staff_page page;
    (void)state;
    w_load(w, 1, 0);
    for (int i = 0; i < 10; i++) {
        struct w_person *p = &w->people[i];
        w_new_person(w, i);
        snprintf(p->given, sizeof p->given, "%s", expected[arrival[i]]);
        snprintf(p->full, sizeof p->full, "Trần %s", expected[arrival[i]]);
        w_send_person(w, p);
    }
    struct view_staff_query q = {.scope = everywhere, .page_size = 50, .updated_since = CV_NO_MOMENT};
    assert_true(view_staff_list(w->view, &q, arena, &page, &err));
    assert_int_equal(page.count, 10);
    for (size_t i = 0; i < 10; i++)
        assert_string_equal(strrchr(page.items[i].full_name, ' ') + 1, expected[i]);
    w_free(w);
}

/* ---- what a clerk types ---- */
static size_t found_by(struct world *w, const char *q, bool phones)
{
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_error err = {0};
    struct view_staff_page page;
    struct view_staff_query query = {.scope = everywhere,
                                     .q = q,
                                     .phones = phones,
                                     .page_size = 9,
                                     .want_total = true,
                                     .updated_since = CV_NO_MOMENT};
    assert_true(view_staff_list(w->view, &query, arena, &page, &err));
    assert_int_equal(page.total, page.count);
    return page.count;
}

static void whatever_a_clerk_types_finds_the_person(void **state)
{
    static const char *const found[] = {"k bay",           "kbay",  "K'Bảy",   "k'b",      "NS-07",
                                        "ns 07",           "07",    "cu-9",    "kbaya",    "kbaya@x",
                                        "kbaya@xa.gov.vn", "noivu", "noivu_k", "bay noivu"};
    static const char *const not [] = {"bay k x", "ay", "gov", "xa", "bayk", "s-07", "mailbox", "td-office"};
    static const char *const phone[] = {"0912", "091234", "84912345", "+84 912 345 678", "0912.345.678", "0912345678"};
    struct world *w = w_new(21);
    (void)state;
    w_load(w, 2, 0);
    w_new_person(w, 0);
    struct w_person *p = &w->people[0];
    snprintf(p->full, sizeof p->full, "%s", "K'Bảy");
    snprintf(p->code, sizeof p->code, "%s", "NS-0712");
    snprintf(p->former, sizeof p->former, "%s", "Cu-9");
    snprintf(p->names[0], sizeof p->names[0], "%s", "kbaya@xa.gov.vn");
    snprintf(p->names[1], sizeof p->names[1], "%s", "td-office/noivu_kbay");
    snprintf(p->mobile, sizeof p->mobile, "%s", "+84912345678");
    w_send_person(w, p);
    for (size_t i = 0; i < CV_COUNT(found); i++)
        if (found_by(w, found[i], false) != 1)
            fail_msg("“%s” finds nobody", found[i]);
    for (size_t i = 0; i < CV_COUNT(not ); i++)
        if (found_by(w, not [i], true) != 0)
            fail_msg("“%s” finds somebody", not [i]);
    for (size_t i = 0; i < CV_COUNT(phone); i++) {
        if (found_by(w, phone[i], true) != 1)
            fail_msg("“%s” finds nobody", phone[i]);
        assert_int_equal(found_by(w, phone[i], false), 0); /* who may not read phones learns nothing by asking */
    }
    w_free(w);
}

/* How a name is searched for follows from the name itself, whatever its parts say. */
static void a_name_is_searched_for_as_it_is_written(void **state)
{
    static const struct {
        const char *full, *found, *not_found;
    } written[] = {{"Lê Thị Hoa", "thi", "lethi"},
                   {"LêThị Hoa", "lethi", "thi"},
                   {"Hoa Lê Thị", "hoa le thi", "lethi"},
                   {"Lê Thị Hoa Mai", "mai", "hoamai"},
                   {"Lê Thị", "le thi", "hoa"}};
    struct world *w = w_new(23);
    (void)state;
    w_load(w, 2, 0);
    w_new_person(w, 0);
    struct w_person *p = &w->people[0];
    snprintf(p->family, sizeof p->family, "%s", "Lê");
    snprintf(p->middle, sizeof p->middle, "%s", "Thị");
    snprintf(p->given, sizeof p->given, "%s", "Hoa");
    for (size_t i = 0; i < CV_COUNT(written); i++) {
        snprintf(p->full, sizeof p->full, "%s", written[i].full);
        w_send_person(w, p);
        assert_int_equal(found_by(w, written[i].found, false), 1);
        assert_int_equal(found_by(w, written[i].not_found, false), 0);
    }
    w_free(w);
}

/* Digits with signs between them are a telephone number only as one begins; a code may begin so too. */
static void codes_of_digits_alone_are_no_phone_numbers(void **state)
{
    static const struct {
        const char *code;
        const char *asked[4];
    } all[] = {{"2024-00123", {"2024-00123", "2024 00123", "2024.00123", "00123"}},
               {"01.2024.00123", {"01.2024.00123", "01 2024 00123", "2024-00123", "01-00123"}},
               {"84-2024-00123", {"84-2024-00123", "84 2024", "2024.00123", "84.00123"}},
               {"0912-345-678", {"0912-345-678", "0912 345 678", "345-678", "0912"}}};
    struct world *w = w_new(24);
    (void)state;
    w_load(w, 2, 0);
    w_new_person(w, 0);
    w_new_person(w, 1);
    snprintf(w->people[1].mobile, sizeof w->people[1].mobile, "%s", "+84912345678");
    w_send_person(w, &w->people[1]);
    struct w_person *p = &w->people[0];
    p->mobile[0] = '\0';
    for (size_t i = 0; i < CV_COUNT(all); i++) {
        snprintf(p->code, sizeof p->code, "%s", all[i].code);
        w_send_person(w, p);
        for (size_t k = 0; k < CV_COUNT(all[i].asked); k++)
            if (found_by(w, all[i].asked[k], false) != 1)
                fail_msg("“%s” finds nobody", all[i].asked[k]);
    }
    assert_int_equal(found_by(w, "0912 345 678", true), 2); /* one by his code, one by his number */
    assert_int_equal(found_by(w, "(+84) 912-345-678", true), 1);
    assert_int_equal(found_by(w, "912 345 678", true), 0);
    w_free(w);
}

static void exactly_these(void **state)
{
    struct world *w = w_new(22);
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_error err = {0};
    struct view_staff_page page;
    struct view_holding held[3];
    size_t holders;
    (void)state;
    w_load(w, 5, 100);
    struct w_person *p = &w->people[40];
    snprintf(p->former, sizeof p->former, "%s", "Cu-40");
    w_send_person(w, p);
    const char *codes[] = {"cu-40", p->code, "nobody"};
    struct view_staff_query q = {.scope = everywhere,
                                 .by = VIEW_BY_CODE,
                                 .keys = codes,
                                 .key_count = 3,
                                 .page_size = 9,
                                 .want_total = true,
                                 .updated_since = CV_NO_MOMENT};
    assert_true(view_staff_list(w->view, &q, arena, &page, &err));
    assert_int_equal(page.total, 1);
    assert_true(cv_id_equal(page.items[0].id, p->id));
    assert_true(view_staff_holdings(w->view, everywhere, VIEW_BY_CODE, codes, 3, held, &holders, &err));
    assert_true(held[0].found && !held[0].current && held[1].found && held[1].current && !held[2].found);
    const char *logins[] = {"login40", "LOGIN41"}, *address[] = {"login40@example.vn"};
    q.by = VIEW_BY_LOGIN;
    q.keys = logins;
    q.key_count = 2;
    assert_true(view_staff_list(w->view, &q, arena, &page, &err));
    assert_int_equal(page.total, 2);
    assert_true(view_staff_holdings(w->view, everywhere, VIEW_BY_NAME, address, 1, held, &holders, &err));
    assert_true(held[0].found && held[0].current && cv_id_equal(held[0].staff, p->id));
    w_free(w);
}

/* A page by name with a total counts all places in memory, also those that nobody is at any more. */
static void whoever_was_removed_is_counted_nowhere(void **state)
{
    enum { PEOPLE = 40, GONE = 10 };
    struct world *w = w_new(23);
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_error err = {0};
    (void)state;
    w_load(w, 1, PEOPLE);
    for (int i = 0; i < GONE; i++)
        w->feed.remove(w->feed.ctx, w->people[i * 3].uuid);
    const struct view_window past = {cv_today() - 60, cv_today() - 31};
    const struct view_staff_query all[] = {
        {.updated_since = CV_NO_MOMENT},
        {.updated_since = 1},
        {.updated_since = CV_NO_MOMENT, .system = "mailbox", .stages = 1u << VIEW_MISSING, .window = past},
        {.updated_since = CV_NO_MOMENT, .system = "mailbox", .stages = 1u << VIEW_ISSUED, .window = past},
    };
    for (size_t i = 0; i < 2 * CV_COUNT(all); i++) {
        struct view_staff_query q = all[i / 2];
        struct view_staff_page page;
        q.scope = i % 2 ? everywhere : (struct view_scope){.top = w->units[0].id};
        q.page_size = PEOPLE;
        q.want_total = true;
        assert_true(view_staff_list(w->view, &q, arena, &page, &err));
        assert_int_equal(page.total, page.count);
    }
    w_free(w);
}

/* ---- keys ---- */
static void codes_and_names_are_found(void **state)
{
    struct world *w = w_new(11);
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_error err = {0};
    struct view_staff staff;
    struct cv_id holder;
    char id[CV_ID_TEXT];
    (void)state;
    w_load(w, 5, 100);
    struct w_person *p = &w->people[40];
    snprintf(p->code, sizeof p->code, "%s", "0012");
    snprintf(p->former, sizeof p->former, "%s", "Cu-40");
    w_send_person(w, p);
    assert_true(view_staff_find(w->view, everywhere, "0012", arena, &staff, &err));
    assert_string_equal(staff.full_name, p->full);
    assert_string_equal(staff.address, p->address);
    assert_true(view_staff_find(w->view, everywhere, "cu-40", arena, &staff, &err));
    assert_true(view_staff_find(w->view, everywhere, cv_id_text("stf_", p->id, id), arena, &staff, &err));
    assert_false(view_staff_find(w->view, everywhere, "12", arena, &staff, &err));
    assert_int_equal(err.problem, cvp_staff_not_found);
    assert_string_equal(view_code_clash(w->view, "12", arena), "0012");
    assert_null(view_code_clash(w->view, "0012", arena));
    assert_true(view_code_holder(w->view, "CU-40", &holder));
    assert_true(cv_id_equal(holder, p->id));
    assert_true(view_name_taken(w->view, "LOGIN40@example.vn"));
    assert_true(view_name_taken(w->view, "mailbox/login40"));
    assert_false(view_name_taken(w->view, "login40"));
    w->feed.remove(w->feed.ctx, p->uuid);
    assert_false(view_name_taken(w->view, "mailbox/login40"));
    assert_false(view_code_holder(w->view, "0012", &holder));
    w_free(w);
}

static void twins(void **state)
{
    struct world *w = w_new(12);
    struct cv_id found[4];
    (void)state;
    w_load(w, 2, 0);
    w_new_person(w, 0);
    struct w_person *p = &w->people[0];
    snprintf(p->full, sizeof p->full, "%s", "Nguyễn Thị Hòa");
    snprintf(p->mobile, sizeof p->mobile, "%s", "+84900000001");
    p->birth_year = 1980;
    w_send_person(w, p);
    struct view_twin_query q = {.full_name = "nguyen thi hoà", .birth_year = 1980};
    assert_int_equal(view_twins(w->view, &q, found, 4), 1);
    assert_true(cv_id_equal(found[0], p->id));
    q.birth_year = 1981;
    assert_int_equal(view_twins(w->view, &q, found, 4), 0);
    q.mobile = "+84900000001";
    assert_int_equal(view_twins(w->view, &q, found, 4), 1);
    q = (struct view_twin_query){.full_name = "Nguyễn Thị Hoa", .has_unit = true, .unit = p->posts[0].unit};
    assert_int_equal(view_twins(w->view, &q, found, 4), 1);
    q.full_name = "Nguyễn Thị Hoan";
    assert_int_equal(view_twins(w->view, &q, found, 4), 0);
    static const struct {
        const char *there, *sent;
        size_t alike;
    } spelt[] = {{"Lý Thị Mỹ Quý", "Lí Thị Mĩ Quí", 1}, {"Hồ Sĩ", "Hồ Sỹ", 1}, {"Hồ Thị Mây", "Hồ Thị Mai", 0}};
    for (size_t i = 0; i < CV_COUNT(spelt); i++) {
        snprintf(p->full, sizeof p->full, "%s", spelt[i].there);
        w_send_person(w, p);
        q = (struct view_twin_query){.full_name = spelt[i].sent, .birth_year = 1980};
        assert_int_equal(view_twins(w->view, &q, found, 4), spelt[i].alike);
    }
    w_free(w);
}

/* ---- units ---- */
static void units_in_tree_order_page_by_page(void **state)
{
    struct world *w = w_new(21);
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_error err = {0};
    (void)state;
    w_load(w, 30, 0);
    for (int by_code = 0; by_code < 2; by_code++) {
        struct view_unit_query q = {
            .scope = everywhere, .recursive = true, .depth = -1, .page_size = 500, .by_code = by_code};
        struct view_unit_page all, page;
        assert_true(view_unit_list(w->view, &q, arena, &all, &err));
        assert_int_equal(all.count, 30);
        assert_int_equal(all.total, 30);
        for (size_t i = 1; i < all.count && by_code; i++)
            assert_true(strcmp(all.items[i - 1].code, all.items[i].code) < 0);
        for (size_t i = 1; i < all.count && !by_code; i++)
            assert_true(all.items[i].depth <= all.items[i - 1].depth + 1);
        size_t seen = 0;
        q.page_size = 4;
        do {
            assert_true(view_unit_list(w->view, &q, arena, &page, &err));
            assert_int_equal(page.total, 30);
            for (size_t i = 0; i < page.count; i++)
                assert_memory_equal(&page.items[i].id, &all.items[seen++].id, 16);
            q.after = page.next;
            q.after_len = page.next_len;
        } while (page.next);
        assert_int_equal(seen, 30);
    }
    w_free(w);
}

static void units_by_code_scope_and_ancestors(void **state)
{
    struct world *w = w_new(22);
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_error err = {0};
    struct view_unit unit, *way;
    struct view_unit_page page;
    size_t count;
    (void)state;
    w_load(w, 4, 0);
    for (int i = 1; i < 4; i++)
        w->units[i].parent = i - 1;
    w->units[2].block = DOM_DANG_DOAN_THE;
    w->units[3].block = -1;
    for (int i = 0; i < 4; i++)
        w_send_unit(w, &w->units[i]);
    struct view_scope scope = {.top = w->units[2].id};
    assert_true(view_unit_find(w->view, everywhere, "h43.03", CV_NO_DAY, arena, &unit, &err));
    assert_int_equal(unit.effective_block, DOM_DANG_DOAN_THE);
    assert_int_equal(unit.depth, 3);
    assert_true(view_unit_find(w->view, scope, "H43.03", CV_NO_DAY, arena, &unit, &err));
    assert_false(view_unit_find(w->view, scope, "H43.01", CV_NO_DAY, arena, &unit, &err));
    assert_int_equal(err.problem, cvp_unit_not_found);
    assert_true(view_unit_ancestors(w->view, scope, w->units[3].id, arena, &way, &count, &err));
    assert_int_equal(count, 2);
    assert_true(cv_id_equal(way[0].id, w->units[2].id));
    assert_true(view_unit_cycle(w->view, w->units[1].id, w->units[3].id));
    assert_false(view_unit_cycle(w->view, w->units[3].id, w->units[1].id));
    struct view_unit_query q = {
        .scope = everywhere, .has_parent = true, .parent = w->units[0].id, .depth = -1, .page_size = 9};
    assert_true(view_unit_list(w->view, &q, arena, &page, &err));
    assert_int_equal(page.count, 1);
    q.recursive = true;
    q.q = "noi v";
    assert_true(view_unit_list(w->view, &q, arena, &page, &err));
    assert_int_equal(page.count, 2); /* "Phòng Nội vụ" 1 and 3 */
    w_free(w);
}

/* Two replicas each move a unit below the other's: both stay to be seen. */
static void a_cycle_loses_nobody(void **state)
{
    struct world *w = w_new(23);
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_error err = {0};
    struct view_unit_page page;
    (void)state;
    w_load(w, 3, 30);
    w->units[1].parent = 2;
    w->units[2].parent = 0;
    w_send_unit(w, &w->units[1]);
    w->units[2].parent = 1;
    w_send_unit(w, &w->units[2]);
    struct view_unit_query q = {.scope = everywhere, .recursive = true, .depth = -1, .page_size = 9};
    assert_true(view_unit_list(w->view, &q, arena, &page, &err));
    assert_int_equal(page.count, 3);
    w->units[1].parent = 0;
    w_send_unit(w, &w->units[1]);
    assert_true(view_unit_within(w->view, w->units[2].id, w->units[1].id));
    w_free(w);
}

/* ---- accounts and departures ---- */
static void accounts_page_by_page(void **state)
{
    struct world *w = w_new(31);
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_error err = {0};
    struct view_account_page all, page;
    size_t expected = 0, seen = 0;
    (void)state;
    w_load(w, 8, 200);
    for (int i = 0; i < 200; i++)
        for (size_t a = 0; a < w->people[i].account_count; a++)
            expected += dom_in_drift(w->people[i].accounts[a].desired, w->people[i].accounts[a].observed);
    struct view_account_query q = {.scope = everywhere, .drift_only = true, .page_size = 2000, .want_total = true};
    assert_true(view_account_list(w->view, &q, arena, &all, &err));
    assert_int_equal(all.total, expected);
    assert_int_equal(all.count, expected);
    q.page_size = 7;
    do {
        assert_true(view_account_list(w->view, &q, arena, &page, &err));
        assert_int_equal(page.total, expected);
        for (size_t i = 0; i < page.count; i++, seen++) {
            assert_memory_equal(&page.items[i].staff.id, &all.items[seen].staff.id, 16);
            assert_string_equal(page.items[i].account.system, all.items[seen].account.system);
        }
        q.after = page.next;
        q.after_len = page.next_len;
        q.want_total = true;
    } while (page.next);
    assert_int_equal(seen, expected);
    w_free(w);
}

/* Of a unit, large or small: those of everybody's rows whose people are at home there, in the same order. */
static void accounts_of_a_unit(void **state)
{
    struct world *w = w_new(33);
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_error err = {0};
    struct view_account_page all, page;
    size_t small = 0, large = 0;
    (void)state;
    w_load(w, 12, 300);
    struct view_account_query q = {.scope = everywhere, .states = 1u << DOM_OBS_ACTIVE, .page_size = 5000};
    assert_true(view_account_list(w->view, &q, arena, &all, &err));
    for (int u = 0; u < 12; u++) {
        size_t at = 0, met = 0;
        q = (struct view_account_query){
            .scope = everywhere, .has_unit = true, .unit = w->units[u].id, .recursive = true, .states = q.states};
        for (q.page_size = 3; q.page_size == 3 || page.next; q.after = page.next, q.after_len = page.next_len) {
            assert_true(view_account_list(w->view, &q, arena, &page, &err));
            q.page_size = 11;
            for (size_t i = 0; i < page.count; i++, met++, at++) {
                while (!view_unit_within(w->view, all.items[at].staff.unit, q.unit))
                    at++;
                assert_memory_equal(&page.items[i].staff.id, &all.items[at].staff.id, 16);
                assert_string_equal(page.items[i].account.system, all.items[at].account.system);
            }
        }
        for (; at < all.count; at++)
            assert_false(view_unit_within(w->view, all.items[at].staff.unit, q.unit));
        small += met > 0 && met < all.count / 10;
        large += met > all.count / 4;
    }
    assert_true(small > 0 && large > 0);
    w_free(w);
}

/* Of so many that others get their turn in between: everybody once, in order. */
static void accounts_of_many(void **state)
{
    enum { LOTS = 23000 };
    struct world *w = w_new(34);
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_error err = {0};
    struct view_account_page page;
    size_t seen = 0;
    (void)state;
    w_load(w, 2, 1);
    struct w_person *p = &w->people[0];
    w_new_person(w, 0);
    for (int i = 0; i < LOTS; i++) {
        p->id = w_id(w);
        memcpy(p->uuid, w_id(w).bytes, sizeof p->uuid);
        p->post_count = p->account_count = 1;
        p->posts[0] = (struct dom_post){.unit = w->units[0].id, .primary = true, .from = CV_NO_DAY, .to = CV_NO_DAY};
        p->accounts[0] = (struct dom_account){
            .system = w_slugs[0], .login = "x", .observed = i % 1000 == 0 ? DOM_OBS_CLOSED : DOM_OBS_ACTIVE};
        p->code[0] = p->former[0] = p->names[0][0] = '\0';
        w_send_person(w, p);
    }
    struct view_account_query q = {.scope = everywhere, .system = w_slugs[0], .page_size = 9000, .want_total = true};
    q.states = 1u << DOM_OBS_ACTIVE;
    for (bool more = true; more; q.after = page.next, q.after_len = page.next_len) {
        assert_true(view_account_list(w->view, &q, arena, &page, &err));
        assert_true(page.total >= LOTS - LOTS / 1000);
        seen += page.count;
        more = page.next != NULL;
    }
    assert_int_equal(seen, page.total);
    q = (struct view_account_query){.scope = everywhere, .states = 1u << DOM_OBS_CLOSED, .page_size = 9};
    for (seen = 0; seen == 0 || page.next; q.after = page.next, q.after_len = page.next_len) {
        assert_true(view_account_list(w->view, &q, arena, &page, &err));
        seen += page.count;
    }
    assert_true(seen >= LOTS / 1000);
    w_free(w);
}

static enum dom_departure_state departure_state_of(const struct world *w, struct cv_id id)
{
    for (int i = 0; i < W_PEOPLE; i++)
        if (cv_id_equal(w->people[i].id, id))
            return w->people[i].departure.state;
    return DOM_WITHDRAWN;
}

static void departures_by_day(void **state)
{
    struct world *w = w_new(32);
    cv_auto_arena arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_error err = {0};
    struct view_staff_page page;
    struct cv_id due[W_PEOPLE];
    size_t expected = 0, expected_due = 0;
    (void)state;
    w_load(w, 9, 300);
    for (int i = 0; i < 300; i++) {
        struct w_person *p = &w->people[i];
        bool current = p->has_departure && p->departure.state != DOM_WITHDRAWN;
        expected += current;
        bool reached = current && p->departure.effective_on <= cv_today();
        expected_due += reached && p->departure.state == DOM_SCHEDULED;
    }
    struct view_departure_query q = {
        .scope = everywhere, .from = CV_NO_DAY, .to = CV_NO_DAY, .page_size = 500, .want_total = true};
    assert_true(view_departure_list(w->view, &q, arena, &page, &err));
    assert_int_equal(page.total, expected);
    assert_int_equal(page.count, expected);
    for (size_t i = 1; i < page.count; i++)
        assert_true(page.items[i - 1].departure_on <= page.items[i].departure_on);
    size_t cursor = 0;
    assert_int_equal(view_due_departures(w->view, cv_today(), &cursor, due, W_PEOPLE), expected_due);
    assert_true(expected_due > 2);
    for (size_t i = 0; i < expected_due; i++)
        assert_int_equal(departure_state_of(w, due[i]), DOM_SCHEDULED);
    for (size_t i = 0; i < 2 * expected_due; i++) { /* nobody waits for somebody who is due for ever */
        struct cv_id one;
        assert_int_equal(view_due_departures(w->view, cv_today(), &cursor, &one, 1), 1);
        assert_true(cv_id_equal(one, due[i % expected_due]));
    }
    w_free(w);
}

/* For a comparison: all, or none with a word. */
static void all_of_a_system_or_none(void **state)
{
    struct world *w = w_new(35);
    cv_auto_arena large = cv_arena_new(CV_MAX_ARENA);
    struct view_connector_account *all;
    struct cv_error err = {0};
    size_t count = 0;
    (void)state;
    w_load(w, W_UNITS, W_PEOPLE);
    assert_true(view_connector_accounts(w->view, w_slugs[0], large, &all, &count, &err));
    assert_true(count > 10);
    cv_auto_arena small = cv_arena_new(cv_arena_used(large) - 64);
    assert_false(view_connector_accounts(w->view, w_slugs[0], small, &all, &count, &err));
    assert_int_equal(err.kind, CV_LIMIT);
    w_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_equal_filter_and_sort),
        cmocka_unit_test(pages_do_not_shift),
        cmocka_unit_test(vietnamese_order),
        cmocka_unit_test(whatever_a_clerk_types_finds_the_person),
        cmocka_unit_test(a_name_is_searched_for_as_it_is_written),
        cmocka_unit_test(codes_of_digits_alone_are_no_phone_numbers),
        cmocka_unit_test(exactly_these),
        cmocka_unit_test(whoever_was_removed_is_counted_nowhere),
        cmocka_unit_test(codes_and_names_are_found),
        cmocka_unit_test(twins),
        cmocka_unit_test(units_in_tree_order_page_by_page),
        cmocka_unit_test(units_by_code_scope_and_ancestors),
        cmocka_unit_test(a_cycle_loses_nobody),
        cmocka_unit_test(accounts_page_by_page),
        cmocka_unit_test(accounts_of_a_unit),
        cmocka_unit_test(accounts_of_many),
        cmocka_unit_test(departures_by_day),
        cmocka_unit_test(all_of_a_system_or_none),
    };
    return cmocka_run_group_tests(tests, w_group_setup, w_group_teardown);
}
