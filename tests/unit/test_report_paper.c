/* A frozen report: the same bytes for ever, lines that add up, percentages from their own line. */
#include "report_test.h"

enum { ROOM = 4 << 20 };

static void write_json(struct cv_buf *out, const struct rep_report *r)
{
    cv_buf_init(out, ROOM);
    rep_json(out, r);
    assert_true(cv_buf_ok(out));
}

static void canonical_json_comes_back_byte_for_byte(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a), back = {0};
    struct cv_error err = {0};
    cv_auto_buf one, two;
    char hash[REP_HASH_TEXT];
    r.sheets[0].people = CV_NEWS(a, struct rep_person, 1);
    r.sheets[0].people_count = 1;
    r.sheets[0].people[0] = (struct rep_person){.full_name = "Nguyễn Văn An",
                                                .unit_code = "H43.99.02",
                                                .unit_name = {"Phòng Nội vụ", NULL},
                                                .stage = REP_IS_LOCKED,
                                                .since = r.from,
                                                .reason = "inactivity",
                                                .revoke_on = CV_NO_DAY};
    r.indicators = CV_NEWS(a, struct rep_indicator, 1);
    r.indicator_count = 1;
    r.indicators[0] = (struct rep_indicator){
        .system = "mailbox", .figure = REP_FIGURE_REGULAR, .max_hundredths = 150, .a = REP_NONE, .b = 8};
    write_json(&one, &r);
    assert_true(rep_read(a, cv_buf_str(&one), one.len, &back, &err));
    write_json(&two, &back);
    assert_string_equal(cv_buf_str(&one), cv_buf_str(&two));
    rep_hash(cv_buf_str(&one), one.len, hash);
    assert_int_equal(strlen(hash), 64);
}

static void rubbish_is_no_report(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a), back = {.number = "untouched"};
    struct cv_error err = {0};
    cv_auto_buf whole;
    write_json(&whole, &r);
    assert_false(rep_read(a, "{}", 2, &back, &err));
    assert_false(rep_read(a, cv_buf_str(&whole), whole.len - 1, &back, &err));
    assert_string_equal(back.number, "untouched");
}

static void known_hash(void **state)
{
    (void)state;
    char hash[REP_HASH_TEXT];
    rep_hash("abc", 3, hash); /* FIPS 180-2, appendix B.1 */
    assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static int64_t sum_of(const struct rep_table *t, enum rep_line_kind kind, size_t column)
{
    int64_t sum = 0;
    for (size_t i = 0; i < t->line_count; i++)
        if (t->lines[i].kind == kind && t->lines[i].cells[column].kind == REP_INT)
            sum += t->lines[i].cells[column].n;
    return sum;
}

static const struct rep_table *table_of(const struct rep_report *r, size_t i, enum cv_lang lang, struct cv_arena *a)
{
    const struct rep_table **tables;
    size_t count;
    rep_tables(r, lang, a, &tables, &count);
    assert_true(i < count);
    return tables[i];
}

static void own_and_units_and_groups_add_up_to_the_total(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    for (size_t s = 0; s < R_SYSTEMS; s++) {
        const struct rep_table *t = table_of(&r, s, CV_VI, a);
        for (size_t c = 2; c < t->column_count; c++) {
            int64_t total = sum_of(t, REP_LINE_TOTAL, c);
            assert_int_equal(total, sum_of(t, REP_LINE_OWN, c) + sum_of(t, REP_LINE_PLAIN, c));
            assert_int_equal(total, sum_of(t, REP_LINE_OWN, c) + sum_of(t, REP_LINE_GROUP, c));
        }
        assert_true(sum_of(t, REP_LINE_TOTAL, 4) > 0);
    }
}

/* (7)=(6)/(5), (9)=(8)/(6), (12)=(11)/((5)-(10)), (14)=(13)/((5)-(10)): as the paper says above its columns. */
static void every_percentage_can_be_checked_from_its_line(void **state)
{
    (void)state;
    static const int rates[][4] = {{7, 6, 5, 0}, {9, 8, 6, 0}, {12, 11, 5, 10}, {14, 13, 5, 10}};
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    const struct rep_table *t = table_of(&r, 0, CV_VI, a);
    int checked = 0;
    for (size_t i = 0; i < t->line_count; i++)
        for (size_t k = 0; k < CV_COUNT(rates); k++) {
            const struct rep_cell *cells = t->lines[i].cells;
            int64_t b = cells[rates[k][2] - 1].n - (rates[k][3] > 0 ? cells[rates[k][3] - 1].n : 0);
            struct rep_cell expected = rep_percent(cells[rates[k][1] - 1].n, b), printed = cells[rates[k][0] - 1];
            assert_string_equal(rep_cell_text(a, CV_VI, printed), rep_cell_text(a, CV_VI, expected));
            checked++;
        }
    assert_int_equal(checked, 4 * (R_ROWS + 4)); /* own, units, four groups, total */
}

static void stale_data_are_words_not_numbers(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    const struct rep_table *t = table_of(&r, 1, CV_VI, a);
    static const size_t of_use[] = {9, 10, 11, 12, 13};
    for (size_t i = 0; i < t->line_count; i++) {
        for (size_t k = 0; k < CV_COUNT(of_use); k++)
            assert_string_equal(rep_cell_text(a, CV_VI, t->lines[i].cells[of_use[k]]), "chưa xác định");
        assert_int_equal(t->lines[i].cells[14].n, t->lines[i].cells[5].n); /* everybody issued is unknown */
    }
    assert_non_null(strstr(t->notes[0], "01/07/2026"));
}

static bool has_line(const struct rep_table *t, const char *name)
{
    bool has = false;
    for (size_t i = 0; i < t->line_count; i++)
        has |= t->lines[i].cells[1].text != NULL && strcmp(t->lines[i].cells[1].text, name) == 0;
    return has;
}

/* Counted by who is recorded, a unit that declared fifty people and entered nobody has nobody to be issued. */
static void a_unit_that_entered_nobody_keeps_its_line(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    struct rep_row *row = &r.sheets[0].rows[4];
    static const char bare[] = "1 đơn vị không có người thuộc diện phải cấp";
    r.declared = false;
    assert_int_equal(row->counts.base, 0);
    row->counts.issued_beyond = 0;
    assert_true(has_line(table_of(&r, 0, CV_VI, a), bare));
    row->counts.headcount = row->counts.unrecorded = 50;
    assert_false(has_line(table_of(&r, 0, CV_VI, a), bare));
    assert_true(has_line(table_of(&r, 0, CV_VI, a), row->name[CV_VI]));
}

static void groups_stand_in_the_order_of_the_form(void **state)
{
    (void)state;
    static const char *const names[] = {"Trực thuộc trực tiếp",
                                        "Khối Đảng, Mặt trận, đoàn thể",
                                        "Ban Tổ chức",
                                        "Cơ quan chuyên môn",
                                        "Phòng Nội vụ",
                                        "=HYPERLINK(\"http://x\")<b>",
                                        "UBND xã, phường, đặc khu",
                                        "UBND xã Lâm Sơn",
                                        "Đơn vị sự nghiệp, trường học",
                                        "Trường THCS Nguyễn Huệ",
                                        "TỔNG CỘNG"};
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    const struct rep_table *t = table_of(&r, 0, CV_VI, a);
    assert_int_equal(t->line_count, CV_COUNT(names));
    for (size_t i = 0; i < CV_COUNT(names); i++)
        assert_string_equal(t->lines[i].cells[1].text, names[i]);
    assert_string_equal(table_of(&r, 0, CV_EN, a)->lines[4].cells[1].text, "Home Affairs Division");
}

static void points_are_a_of_b_of_the_maximum(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    struct rep_indicator all[] = {
        {.system = "mailbox", .figure = REP_FIGURE_ISSUED, .max_hundredths = 200, .a = 1199, .b = 1200},
        {.system = "mailbox", .figure = REP_FIGURE_ISSUED, .max_hundredths = 100, .a = 1, .b = 3},
        {.system = "mailbox", .figure = REP_FIGURE_ISSUED, .max_hundredths = 100, .a = 0, .b = 0},
        {.system = "td-office", .figure = REP_FIGURE_REGULAR, .max_hundredths = 100, .a = REP_NONE, .b = 9},
    };
    static const char *const points[] = {"1,99", "0,33", "–", "chưa xác định"};
    r.kind = REP_INDICATORS;
    r.indicators = all;
    r.indicator_count = CV_COUNT(all);
    const struct rep_table *t = table_of(&r, 0, CV_VI, a);
    for (size_t i = 0; i < CV_COUNT(all); i++)
        assert_string_equal(rep_cell_text(a, CV_VI, t->lines[i].cells[6]), points[i]);
    assert_string_equal(t->lines[3].cells[1].text, "Tỷ lệ CBCCVC, NLĐ thường xuyên sử dụng TD.Office");
}

/* An office declared ten and has twelve, a school declared nothing and has fifty who need not have it, and twenty who
 * must: of these nobody knows. */
static void above_the_people_in_post_are_only_those_of_units_that_declared(void **state)
{
    struct rep_counts c = {.headcount = 10, .undeclared_units = 1, .undeclared_recorded = 70, .base = 12};
    (void)state;
    assert_int_equal(rep_lever_people(&c, REP_BASE_ABOVE_HEADCOUNT), 2);
    c.undeclared_eligible = 20;
    c.base = 32;
    assert_int_equal(rep_lever_people(&c, REP_BASE_ABOVE_HEADCOUNT), 2);
    c.base = 30;
    assert_int_equal(rep_lever_people(&c, REP_BASE_ABOVE_HEADCOUNT), 0);
    c.undeclared_eligible = REP_NONE; /* a report from before it was kept */
    c.base = 83;
    assert_int_equal(rep_lever_people(&c, REP_BASE_ABOVE_HEADCOUNT), 3);
    c.headcount = REP_NONE;
    assert_int_equal(rep_lever_people(&c, REP_BASE_ABOVE_HEADCOUNT), 0);
}

static void write_html(struct cv_buf *out, const struct rep_report *r, enum cv_lang lang, struct cv_arena *a)
{
    cv_buf_init(out, ROOM);
    rep_html(out, r, lang, a);
    assert_true(cv_buf_ok(out));
}

static void the_page_is_the_form_and_escapes_everything(void **state)
{
    (void)state;
    static const char *const there[] = {"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
                                        "Độc lập - Tự do - Hạnh phúc",
                                        "Số: 15/BC-UBND",
                                        "Kính gửi:",
                                        "- Sở Nội vụ.",
                                        "- Như trên;",
                                        "Tân Sơn, ngày 04 tháng 10 năm 2026",
                                        "Phụ lục I<",
                                        "Phụ lục III<",
                                        "Chi tiết từng đơn vị tại Phụ lục II.",
                                        "Cách tính và nguồn số liệu tại Phụ lục III.",
                                        "&lt;script&gt;alert(1)&lt;/script&gt;",
                                        "=HYPERLINK(&quot;http://x&quot;)&lt;b&gt;",
                                        "Các phòng, ban &amp; &quot;đơn vị&quot;",
                                        "TM. Ủy ban nhân dân",
                                        "Nơi nhận:",
                                        "tỷ lệ có sử dụng tăng 4,21 điểm phần trăm",
                                        "chưa xác định"};
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    cv_auto_buf page;
    write_html(&page, &r, CV_VI, a);
    for (size_t i = 0; i < CV_COUNT(there); i++)
        if (strstr(cv_buf_str(&page), there[i]) == NULL)
            fail_msg("not on the page: %s", there[i]);
    assert_null(strstr(cv_buf_str(&page), "<script"));
    assert_null(strstr(cv_buf_str(&page), "href="));
    assert_null(strstr(cv_buf_str(&page), "src="));
    assert_null(strstr(cv_buf_str(&page), "DỰ THẢO"));
}

static void says(const struct rep_report *r, struct cv_arena *a, const char *wanted, bool there)
{
    cv_auto_buf page;
    write_html(&page, r, CV_VI, a);
    if ((strstr(cv_buf_str(&page), wanted) != NULL) != there)
        fail_msg("%s on the page: %s", there ? "not" : "but it is", wanted);
}

static void the_three_largest_causes_are_said(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a), back = {0};
    struct rep_cause causes[] = {{REP_WHY_JOINED, -1, 1, 2},
                                 {REP_WHY_LEFT, DOM_NGHI_HUU, -3, -3},
                                 {REP_WHY_LEFT, DOM_CHUYEN_CONG_TAC, -2, -2},
                                 {REP_WHY_REVOKED, -1, -1, 0},
                                 {REP_WHY_LATER, -1, 2, 0}};
    struct rep_previous *before = &r.sheets[0].previous;
    struct cv_error err = {0};
    cv_auto_buf json;
    before->causes = causes;
    before->cause_count = CV_COUNT(causes);
    before->counts.issued += 3;
    before->counts.base += 3;
    write_json(&json, &r);
    assert_true(rep_read(a, cv_buf_str(&json), json.len, &back, &err));
    assert_int_equal(back.sheets[0].previous.cause_count, CV_COUNT(causes));
    assert_memory_equal(back.sheets[0].previous.causes, causes, sizeof(causes));
    says(&back, a,
         "Số đã cấp giảm 3 người: 3 nghỉ hưu, 2 chuyển công tác, bổ sung số liệu của kỳ trước sau khi chốt tăng 2, còn "
         "lại do nguyên nhân khác.",
         true);
    says(&back, a, "Số thuộc diện phải cấp giảm 3 người: 3 nghỉ hưu, 2 người mới đến, 2 chuyển công tác.", true);
}

static void units_of_one_name_are_told_apart(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    struct rep_row *rows = r.sheets[0].rows;
    rows[3].name[CV_VI] = rows[6].name[CV_VI];
    const struct rep_table *t = table_of(&r, 0, CV_VI, a);
    assert_true(has_line(t, "Trường THCS Nguyễn Huệ (H43.99.02)") && has_line(t, "Trường THCS Nguyễn Huệ (H43.99.05)"));
    assert_true(has_line(t, "UBND xã Lâm Sơn"));
    struct rep_person people[] = {
        {.full_name = "A", .unit_code = "X1", .unit_name = {"Trường Một", NULL}},
        {.full_name = "B", .unit_code = "X2", .unit_name = {"Trường Một", NULL}},
        {.full_name = "C", .unit_code = "X3", .unit_name = {"Trường Hai", NULL}},
    };
    r.kind = REP_UNUSED;
    r.sheets[0].people = people;
    r.sheets[0].people_count = CV_COUNT(people);
    t = table_of(&r, 0, CV_VI, a);
    assert_true(has_line(t, "Trường Một (X1)") && has_line(t, "Trường Một (X2)") && has_line(t, "Trường Hai"));
    assert_string_equal(t->lines[1].cells[3].text, "Trường Một (X1)");
}

static void of_the_recipients_the_file_is_the_last_and_stands_once(void **state)
{
    static const char *lines[] = {"- UBND tỉnh;", "Lưu: VT, NV.", "Như trên;", "Lưu Văn Nam, Trưởng phòng;"};
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    r.letterhead.recipients = (struct dom_lines){lines, CV_COUNT(lines)};
    says(&r, a,
         ">- UBND tỉnh;</div>\n<div class=\"recipient\">- Như trên;</div>\n<div class=\"recipient\">- Lưu Văn Nam, "
         "Trưởng phòng;</div>\n<div class=\"recipient\">- Lưu: VT, NV.</div>\n</td>",
         true);
    r.letterhead.recipients.count = 1;
    says(&r, a,
         ">- Như trên;</div>\n<div class=\"recipient\">- UBND tỉnh;</div>\n<div class=\"recipient\">- Lưu: VT.</div>",
         true);
}

static void where_everybody_is_away_the_paper_says_so(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    struct rep_counts *c = &r.sheets[0].rows[0].counts;
    c->on_leave_unused = c->base;
    c->used = c->regular = c->usage_base = 0;
    says(&r, a,
         "Có sử dụng trong kỳ: không tính tỷ lệ, vì mọi người thuộc diện phải cấp đều nghỉ dài ngày; nếu không trừ",
         true);
    says(&r, a, "không có người thuộc diện", false);
}

static void days_and_numbers_are_those_of_the_figures(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    says(&r, a, "Số liệu chốt ngày 21/09/2026.", true);
    says(&r, a, "lũy kế", false);
    r.frozen_at += 5 * 86400;
    r.cumulative = true;
    r.sheets[0].rows[0].counts.undeclared_recorded = 1234;
    r.sheets[0].rows[0].counts.on_long_leave = 2345;
    says(&r, a, "Số người và tài khoản chốt ngày 21/09/2026; tình hình sử dụng chốt ngày 26/09/2026.", true);
    says(&r, a, "Chốt số người và tài khoản ngày</td>\n<td class=\"text\">21/09/2026", true);
    says(&r, a, "<div class=\"subject\">quý III năm 2026, lũy kế từ đầu năm</div>", true);
    says(&r, a, "với 1.234 người đã có trên hệ thống", true);
    says(&r, a, "Có 2.345 người nghỉ dài ngày", true);
}

static void a_scoring_paper_says_whom_its_rates_leave_out(void **state)
{
    struct rep_indicator all[] = {
        {.system = "mailbox", .figure = REP_FIGURE_ISSUED, .max_hundredths = 200, .a = 1198, .b = 1202},
        {.system = "mailbox", .figure = REP_FIGURE_USED, .max_hundredths = 100, .a = 938, .b = 1189},
    };
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    r.kind = REP_INDICATORS;
    r.indicators = all;
    r.indicator_count = CV_COUNT(all);
    says(&r, a,
         "Dòng 2: b không tính 13 người nghỉ dài ngày, không sử dụng; nếu không trừ 13 người nghỉ dài ngày thì đạt "
         "78,04% "
         "(938/1.202).",
         true);
    says(&r, a, "Dòng 1:", false);
    says(&r, a, ">Phụ lục<", true); /* the only one has no number */
}

/* Of none nothing is a rate; that is known. */
static void a_bar_of_nothing_says_so_as_the_table_does(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    struct rep_counts *total = &r.sheets[0].rows[0].counts;
    cv_auto_buf page;
    total->issued = total->activated = 0;
    write_html(&page, &r, CV_VI, a);
    const char *bar = strstr(cv_buf_str(&page), "Đã kích hoạt (/ đã cấp)</text>");
    assert_non_null(bar);
    const char *next = strstr(bar, "Có sử dụng</text>");
    assert_non_null(next);
    bar = cv_arena_strndup(a, bar, (size_t)(next - bar));
    assert_non_null(strstr(bar, ">–</text>"));
    assert_null(strstr(bar, "chưa xác định"));
}

static void a_draft_says_so_and_leaves_the_date_open(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    cv_auto_buf page;
    r.state = REP_DRAFT;
    r.final_at = CV_NO_MOMENT;
    r.number = NULL;
    write_html(&page, &r, CV_VI, a);
    assert_non_null(strstr(cv_buf_str(&page), "DỰ THẢO"));
    assert_non_null(strstr(cv_buf_str(&page), "Số: ……"));
    assert_null(strstr(cv_buf_str(&page), "ngày 04"));
}

/* Nothing half drawn is ever handed out. */
static void a_pdf_stops_when_the_time_is_over(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    struct rep_pdf_options options = {.fonts = rep_fonts_new(""), .deadline = cv_deadline_in_ms(0)};
    struct cv_error err = {0};
    cv_auto_buf out = {0};
    cv_buf_init(&out, ROOM);
    assert_non_null(options.fonts);
    assert_false(rep_pdf(&out, &r, CV_VI, a, &options, &err));
    assert_int_equal(err.problem, cvp_deadline_exceeded);
    rep_fonts_free(&options.fonts);
}

static void a_pdf_names_the_font_that_is_missing(void **state)
{
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    struct rep_pdf_options options = {.fonts = rep_fonts_new("/nonexistent"), .deadline = cv_deadline_in_ms(60000)};
    struct cv_error err = {0};
    cv_auto_buf out = {0};
    cv_buf_init(&out, ROOM);
    assert_non_null(options.fonts);
    assert_false(rep_pdf(&out, &r, CV_VI, a, &options, &err));
    assert_int_equal(err.problem, cvp_font_missing);
    assert_non_null(strstr(err.text[CV_VI], "/nonexistent/LiberationSerif-Regular.ttf"));
    rep_fonts_free(&options.fonts);
}

/* Lines of the head and foot at their most and longest; the same again is the same bytes. */
static void a_long_letter_goes_over_pages(void **state)
{
    enum { LINES = 20, SIGNS = 200 };
    (void)state;
    cv_auto_arena a = cv_arena_new(ROOM);
    struct rep_report r = r_report(a);
    struct rep_pdf_options options = {.fonts = rep_fonts_new(""), .deadline = cv_deadline_in_ms(60000)};
    struct cv_error err = {0};
    cv_auto_buf out = {0}, again = {0};
    char *line = cv_arena_alloc(a, SIGNS + 1);
    for (int i = 0; i < SIGNS; i++)
        line[i] = i % 7 == 6 ? ' ' : 'w';
    r.letterhead.recipients.text = CV_NEWS(a, const char *, LINES);
    r.letterhead.recipients.count = LINES;
    for (int i = 0; i < LINES; i++)
        r.letterhead.recipients.text[i] = line;
    r.letterhead.issuing_body = r.letterhead.superior_body = r.comment = line;
    cv_buf_init(&out, ROOM);
    cv_buf_init(&again, ROOM);
    assert_true(rep_pdf(&out, &r, CV_VI, a, &options, &err));
    assert_true(rep_pdf(&again, &r, CV_VI, a, &options, &err));
    assert_true(out.len > 0 && out.len == again.len && memcmp(out.data, again.data, out.len) == 0);
    rep_fonts_free(&options.fonts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_json_comes_back_byte_for_byte),
        cmocka_unit_test(rubbish_is_no_report),
        cmocka_unit_test(known_hash),
        cmocka_unit_test(own_and_units_and_groups_add_up_to_the_total),
        cmocka_unit_test(every_percentage_can_be_checked_from_its_line),
        cmocka_unit_test(stale_data_are_words_not_numbers),
        cmocka_unit_test(a_unit_that_entered_nobody_keeps_its_line),
        cmocka_unit_test(groups_stand_in_the_order_of_the_form),
        cmocka_unit_test(points_are_a_of_b_of_the_maximum),
        cmocka_unit_test(above_the_people_in_post_are_only_those_of_units_that_declared),
        cmocka_unit_test(the_page_is_the_form_and_escapes_everything),
        cmocka_unit_test(the_three_largest_causes_are_said),
        cmocka_unit_test(units_of_one_name_are_told_apart),
        cmocka_unit_test(of_the_recipients_the_file_is_the_last_and_stands_once),
        cmocka_unit_test(where_everybody_is_away_the_paper_says_so),
        cmocka_unit_test(days_and_numbers_are_those_of_the_figures),
        cmocka_unit_test(a_scoring_paper_says_whom_its_rates_leave_out),
        cmocka_unit_test(a_bar_of_nothing_says_so_as_the_table_does),
        cmocka_unit_test(a_draft_says_so_and_leaves_the_date_open),
        cmocka_unit_test(a_pdf_stops_when_the_time_is_over),
        cmocka_unit_test(a_pdf_names_the_font_that_is_missing),
        cmocka_unit_test(a_long_letter_goes_over_pages),
    };
    return cmocka_run_group_tests(tests, r_setup, NULL);
}
