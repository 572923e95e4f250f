/* A small frozen report made by hand: a district with people of its own, a Party office, two offices, a commune and a
 * school; two systems, the second one's feed stale. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "congvu/report.h"
#include "congvu/text.h"

enum { R_UNITS = 5, R_ROWS = R_UNITS + 2, R_SYSTEMS = 2 };

static int r_setup(void **state)
{
    struct cv_error err = {0};
    (void)state;
    assert_true(cv_clock_init("Asia/Ho_Chi_Minh", 0, &err));
    assert_true(cv_text_init(&err));
    return 0;
}

/* headcount, recorded, eligible, issued, activated, used, regular, on leave and not using */
static struct dom_counts r_counts(int headcount, int recorded, int eligible, int issued, int activated, int used,
                                  int regular, int away)
{
    struct dom_counts c = {.recorded = recorded,
                           .eligible = eligible,
                           .issued = issued,
                           .activated = activated,
                           .used = used,
                           .regular = regular,
                           .on_long_leave = away,
                           .on_leave_unused = away};
    if (headcount >= 0) {
        c.headcount = headcount;
        c.declared_units = 1;
        c.unrecorded = headcount > recorded ? headcount - recorded : 0;
        c.over_recorded = recorded > headcount ? recorded - headcount : 0;
    } else {
        c.undeclared_units = 1;
        c.undeclared_recorded = recorded;
    }
    return c;
}

static void r_rows(struct rep_sheet *s, struct rep_row *rows)
{
    static const struct {
        const char *code, *vi, *en;
        enum dom_unit_kind kind;
        int block;
        int counts[8];
    } all[R_ROWS - 1] = {
        {"H43.99", "Huyện Thử", "Thu District", DOM_UBND_HUYEN, DOM_CHINH_QUYEN, {12, 12, 12, 12, 12, 11, 9, 0}},
        {"H43.99.01", "Ban Tổ chức", NULL, DOM_DANG, DOM_DANG_DOAN_THE, {9, 9, 9, 9, 8, 7, 6, 1}},
        {"H43.99.02", "Phòng Nội vụ", "Home Affairs Division", DOM_PHONG, DOM_CHINH_QUYEN, {10, 8, 8, 8, 8, 8, 8, 0}},
        {"H43.99.03", "=HYPERLINK(\"http://x\")<b>", NULL, DOM_PHONG, DOM_CHINH_QUYEN, {0, 0, 0, 0, 0, 0, 0, 0}},
        {"H43.99.04", "UBND xã Lâm Sơn", NULL, DOM_UBND_XA, DOM_CHINH_QUYEN, {-1, 21, 21, 20, 15, 12, 8, 0}},
        {"H43.99.05",
         "Trường THCS Nguyễn Huệ",
         NULL,
         DOM_TRUONG_HOC,
         DOM_CHINH_QUYEN,
         {1150, 1160, 1150, 1149, 1100, 900, 700, 12}},
    };
    struct dom_counts sum = {0};
    struct rep_known known = {.use = !s->stale, .regular = !s->stale, .activation = true};
    for (int i = 1; i < R_ROWS; i++) {
        const int *c = all[i - 1].counts;
        struct dom_counts counts = r_counts(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]);
        counts.unknown = s->stale ? counts.issued : 0;
        counts.issued_beyond = counts.eligible == 0; /* has a line of its own all the same */
        dom_counts_add(&sum, &counts);
        rows[i] = (struct rep_row){.kind = i == 1 ? REP_ROW_OWN : REP_ROW_UNIT,
                                   .unit = i == 1 ? "unt_00000000000000000000000001" : all[i - 1].code,
                                   .code = all[i - 1].code,
                                   .name = {all[i - 1].vi, all[i - 1].en},
                                   .unit_kind = all[i - 1].kind,
                                   .group = rep_group_of(all[i - 1].kind, all[i - 1].block),
                                   .counts = rep_counts_of(&counts, known, true)};
    }
    rows[0] = rows[1];
    rows[0].kind = REP_ROW_TOTAL;
    rows[0].counts = rep_counts_of(&sum, known, true);
    s->rows = rows;
    s->row_count = R_ROWS;
}

static struct rep_report r_report(struct cv_arena *arena)
{
    struct rep_sheet *s = CV_NEWS(arena, struct rep_sheet, R_SYSTEMS);
    const char **to = CV_NEWS(arena, const char *, 2), **above = CV_NEWS(arena, const char *, 2);
    cv_day from = CV_NO_DAY, end = CV_NO_DAY;
    assert_true(cv_day_parse("2026-07-01", &from) && cv_day_parse("2026-09-30", &end));
    s[0] = (struct rep_sheet){.system = "mailbox",
                              .name = {"Hộp thư điện tử công vụ", "Official mailbox"},
                              .rule_version = 1,
                              .regular_days = 4,
                              .regular_of = 30,
                              .regular_needed = 13,
                              .stale_after = 7,
                              .reported = true,
                              .data_through = end};
    s[1] = s[0];
    s[1].system = "td-office";
    s[1].name[CV_VI] = s[1].name[CV_EN] = "TD.Office";
    s[1].stale = true;
    s[1].data_through = from;
    for (int i = 0; i < R_SYSTEMS; i++)
        r_rows(&s[i], CV_NEWS(arena, struct rep_row, R_ROWS));
    s[0].previous =
        (struct rep_previous){.given = true, .from = from - 92, .to = from - 1, .counts = s[0].rows[0].counts};
    s[0].previous.counts.used -= 50;
    above[0] = "Ủy ban nhân dân tỉnh Thử";
    above[1] = "Sở Nội vụ";
    to[0] = "UBND tỉnh (báo cáo)";
    to[1] = "Các phòng, ban & \"đơn vị\"";
    return (struct rep_report){
        .id = "rep_00000000000000000000000001",
        .state = REP_FINAL,
        .revision = 1,
        .number = "15/BC-UBND",
        .comment = "Đề nghị các đơn vị khai báo đủ số người hiện có.\n<script>alert(1)</script>",
        .created_by = "tok_00000000000000000000000001",
        .created_at = 1790000000,
        .final_at = 1791100000,
        .kind = REP_COVERAGE,
        .unit = "unt_00000000000000000000000001",
        .code = "H43.99",
        .name = {"Huyện Thử", "Thu District"},
        .period = "2026-Q3",
        .period_name = {"quý III năm 2026", "quarter III 2026"},
        .from = from,
        .to = end,
        .declared = true,
        .depth = 1,
        .unit_tree = "7",
        .definition = "coverage-1",
        .as_of = 1790000000,
        .frozen_at = 1790000000,
        .letterhead = {.superior_body = "Ủy ban nhân dân tỉnh Thử",
                       .issuing_body = "Ủy ban nhân dân huyện Thử",
                       .place = "Tân Sơn",
                       .on_behalf = "TM. Ủy ban nhân dân",
                       .signatory_title = "Chủ tịch",
                       .signatory_name = "Trần Văn Thử",
                       .addressees = {above, 2},
                       .recipients = {to, 2}},
        .sheets = s,
        .sheet_count = R_SYSTEMS,
    };
}
