/* What stands below the figures, and the sheet that says how everything was counted. */
#include <string.h>

#include "congvu/titles.h"
#include "report/internal.h"

enum { NAMES_MOST = 12 };

/* A line with units below it says how many of them; a name may have commas of its own. */
static const char *undeclared_of(const struct rep_row *row, const char *name, enum cv_lang lang, struct cv_arena *arena)
{
    int n = row->counts.undeclared_units;
    return n == 1 ? name
                  : cv_arena_printf(arena, REP_SAY(lang, "%s (%s đơn vị)", "%s (%s units)"), name,
                                    rep_number(arena, lang, n));
}

/* Names of the units that declared no headcount, the first dozen. */
static const char *undeclared_names(const struct rep_sheet *s, enum cv_lang lang, struct cv_arena *arena)
{
    const char *out = "";
    int named = 0;
    for (size_t i = 0; i < s->row_count; i++) {
        const struct rep_row *row = &s->rows[i];
        if (row->kind == REP_ROW_TOTAL || row->counts.undeclared_units <= 0)
            continue;
        if (++named > NAMES_MOST)
            return cv_arena_printf(arena, "%s; …", out);
        const char *name = undeclared_of(row, rep_row_name(s, row, lang, arena), lang, arena);
        out = cv_arena_printf(arena, "%s%s%s", out, named > 1 ? "; " : "", name);
    }
    return named > 0 ? cv_arena_printf(arena, ": %s", out) : "";
}

static void note_undeclared(const struct rep_sheet *s, const struct rep_counts *c, struct rep_table *t)
{
    struct cv_arena *a = t->arena;
    if (c->undeclared_units <= 0)
        return;
    rep_table_note(
        t, cv_arena_printf(a,
                           REP_SAY(t->lang,
                                   "Có %s đơn vị chưa khai báo số người hiện có, với %s người đã có trên hệ thống%s.",
                                   "%s units declared no number of people in post; %s people are recorded there%s."),
                           rep_number(a, t->lang, c->undeclared_units), rep_number(a, t->lang, c->undeclared_recorded),
                           undeclared_names(s, t->lang, a)));
}

static const char *const unknown_use[DOM_UNKNOWN_USES][CV_LANGS] = {
    [DOM_USE_NOT_REACHED] = {"số liệu sử dụng chưa tới kỳ báo cáo", "the usage data end before the period begins"},
    [DOM_USE_BEGINS_INSIDE] = {"nguồn số liệu sử dụng chỉ bắt đầu trong kỳ", "the usage data begin inside the period"},
    [DOM_USE_SILENT] = {"nhiều ngày làm việc liền không có lượt sử dụng nào dù nguồn báo đã đủ số liệu",
                        "working days went by without any use although the source says that its data are complete"},
    [DOM_USE_BEFORE_KEPT] = {"kỳ báo cáo bắt đầu trước những ngày còn giữ số liệu sử dụng",
                             "the period begins before the days of which usage is kept"},
};

static void note_data(const struct rep_report *r, const struct rep_sheet *s, struct rep_table *t)
{
    struct cv_arena *a = t->arena;
    const char *name = rep_name(s->name, t->lang), *day = rep_date(a, s->data_through);
    if (!s->reported || (s->stale && s->data_through == CV_NO_DAY))
        rep_table_note(
            t, cv_arena_printf(a,
                               REP_SAY(t->lang, "%s: chưa có nguồn số liệu sử dụng; tình hình sử dụng chưa xác định.",
                                       "%s: there is no source of usage data; use is unknown."),
                               name));
    else if (s->unknown > DOM_USE_STALE)
        rep_table_note(
            t, cv_arena_printf(a,
                               REP_SAY(t->lang, "%s: %s (số liệu đến hết ngày %s); tình hình sử dụng chưa xác định.",
                                       "%s: %s (data until %s); use is unknown."),
                               name, unknown_use[s->unknown][t->lang], day));
    else if (s->stale)
        rep_table_note(t, cv_arena_printf(
                              a,
                              REP_SAY(t->lang,
                                      "%s: số liệu sử dụng mới có đến hết ngày %s, chậm quá %d ngày; tình hình sử dụng "
                                      "chưa xác định.",
                                      "%s: usage data reach %s, more than %d days behind; use is unknown."),
                              name, day, s->stale_after));
    else if (s->data_through < r->to)
        rep_table_note(
            t, cv_arena_printf(a,
                               REP_SAY(t->lang, "%s: số liệu sử dụng tính đến hết ngày %s, chưa hết kỳ báo cáo (%s).",
                                       "%s: usage data reach %s, not the end of the period (%s)."),
                               name, day, rep_date(a, r->to)));
}

static void note_rule(const struct rep_sheet *s, struct rep_table *t)
{
    const char *name = rep_name(s->name, t->lang);
    if (s->stale || s->regular_needed > 0)
        return;
    rep_table_note(t, cv_arena_printf(
                          t->arena,
                          s->last_only ? REP_SAY(t->lang,
                                                 "%s: nguồn số liệu chỉ cho biết lần sử dụng gần nhất nên chưa xác "
                                                 "định được mức thường xuyên.",
                                                 "%s: the source tells only the latest use, so regular use is unknown.")
                                       : REP_SAY(t->lang,
                                                 "%s: kỳ báo cáo ngắn hơn quy tắc nên chưa xác định được mức thường "
                                                 "xuyên.",
                                                 "%s: the period is shorter than the rule, so regular use is unknown."),
                          name));
}

/* Behind how many are on long leave. */
static const char *undecided(const struct rep_counts *c, struct rep_table *t)
{
    int32_t people = rep_lever_people(c, REP_LEAVE_UNDECIDED);
    return people == 0 ? ""
                       : cv_arena_printf(t->arena,
                                         REP_SAY(t->lang, ", trong đó %s người chưa có quyết định",
                                                 ", %s of them without a decision"),
                                         rep_number(t->arena, t->lang, people));
}

static void note_people(const struct rep_counts *c, struct rep_table *t)
{
    struct cv_arena *a = t->arena;
    if (c->on_long_leave > 0 && c->on_leave_unused != REP_NONE)
        rep_table_note(
            t,
            cv_arena_printf(
                a,
                REP_SAY(t->lang,
                        "Có %s người nghỉ dài ngày (từ 30 ngày)%s; %s người nghỉ dài ngày không sử dụng (n), không "
                        "tính vào mẫu số của tỷ lệ sử dụng.",
                        "%s people are on long leave (30 days or more)%s; %s on long leave did not use it (n) and are "
                        "not in the base of the rates of use."),
                rep_number(a, t->lang, c->on_long_leave), undecided(c, t), rep_number(a, t->lang, c->on_leave_unused)));
    if (c->too_new > 0)
        rep_table_note(
            t, cv_arena_printf(
                   a,
                   REP_SAY(t->lang, "Có %s tài khoản mới cấp dưới 14 ngày; mức thường xuyên chỉ xét từ ngày cấp.",
                           "%s accounts were issued under 14 days before the end; their regular use counts from then."),
                   rep_number(a, t->lang, c->too_new)));
    if (c->over_recorded > 0)
        rep_table_note(t, cv_arena_printf(a,
                                          REP_SAY(t->lang, "Có %s người trên hệ thống vượt số đơn vị đã khai báo.",
                                                  "%s people are recorded above the numbers that units declared."),
                                          rep_number(a, t->lang, c->over_recorded)));
}

static void note_population(const struct rep_report *r, struct rep_table *t)
{
    const char *day = rep_date(t->arena, r->to);
    if (r->population == REP_DATED)
        rep_table_note(
            t, cv_arena_printf(t->arena,
                               REP_SAY(t->lang, "Số người lấy từ hồ sơ có ghi ngày, theo tình trạng cuối ngày %s.",
                                       "The people are those of the dated records at the end of %s."),
                               day));
    if (r->population == REP_RECONSTRUCTED)
        rep_table_note(t, cv_arena_printf(t->arena,
                                          REP_SAY(t->lang,
                                                  "Số người được dựng lại theo tình trạng cuối ngày %s; khi đó hệ "
                                                  "thống chưa ghi ngày của mọi thay đổi.",
                                                  "The people are reconstructed as of the end of %s, when not every "
                                                  "change was kept with its day yet."),
                                          day));
}

void rep_sheet_notes(const struct rep_report *r, const struct rep_sheet *s, struct rep_table *t)
{
    const struct rep_row *total = rep_total_row(s);
    if (total != NULL && rep_not_recorded_yet(&total->counts)) {
        rep_table_note(t,
                       cv_arena_printf(t->arena, "%s %s.", rep_name(r->name, t->lang), rep_not_recorded_text(t->lang)));
        return;
    }
    if (r->kind != REP_LOCKED)
        note_data(r, s, t);
    if (total != NULL && r->kind == REP_COVERAGE) {
        note_undeclared(s, &total->counts, t);
        note_people(&total->counts, t);
        note_rule(s, t);
    }
    note_population(r, t);
}

/* ---- definitions ---- */

static void line(struct rep_table *t, const char *what, const char *how)
{
    struct rep_cell *cells = rep_table_line(t, REP_LINE_PLAIN);
    cells[0] = rep_text(what);
    cells[1] = rep_text(how);
}

static void formulas(const struct rep_report *r, struct rep_table *t)
{
    static const struct {
        const char *what[CV_LANGS], *how[CV_LANGS];
    } all[] = {
        {{"Tổng số hiện có", "People in post"},
         {"Số người hiện có do đơn vị khai báo, không tính người biệt phái đến, có tính người biệt phái đi.",
          "People in post as the units declared; without those seconded in, with those seconded out."}},
        {{"Chưa có trên hệ thống", "Not in the system"},
         {"Số khai báo trừ số đã có trên hệ thống, tính từng đơn vị rồi cộng, không bù trừ giữa các đơn vị.",
          "Declared less recorded, unit by unit and then summed; units do not offset each other."}},
        {{"Đã cấp (a)", "Issued (a)"},
         {"Người thuộc diện phải cấp có tài khoản đã cấp, đang hoạt động, tạm khóa hoặc đang chuyển đổi.",
          "Of those to be issued, people whose account is provisioned, active, temporarily locked or migrating."}},
        {{"Cấp ngoài diện phải cấp", "Issued beyond those required"},
         {"Người trên hệ thống có tài khoản dù không thuộc diện phải cấp; nêu riêng, không tính vào tỷ lệ nào.",
          "Recorded people who have the account though they need not; shown apart, in no rate."}},
        {{"Đã kích hoạt", "Activated"},
         {"Trong số đã cấp, người đã tự đặt mật khẩu hoặc đã từng sử dụng.",
          "Of the issued, people who set their own password or ever used the account."}},
        {{"Có sử dụng", "Used"},
         {"Trong số đã cấp, người có ít nhất một ngày sử dụng trong kỳ. Ngày sử dụng là ngày có ít nhất một lần đăng "
          "nhập mà nguồn số liệu báo về; ứng dụng trên điện thoại tự kết nối để nhận thư cũng tính, trừ khi nguồn "
          "chỉ báo việc gửi thư.",
          "Of the issued, people with at least one active day in the period: a day with a sign-in that the source "
          "reports. A telephone that fetches mail by itself counts, unless the source reports sending alone."}},
        {{"Nghỉ dài ngày, không sử dụng (n)", "On long leave, not using (n)"},
         {"Người thuộc diện phải cấp nghỉ từ 30 ngày trở lên và không sử dụng trong kỳ; không tính vào mẫu số của tỷ "
          "lệ sử dụng.",
          "Of those to be issued, people on leave of 30 days or more who did not use it; not in the base of the rates "
          "of use."}},
        {{"Chưa xác định", "Unknown"},
         {"Tài khoản đã cấp mà nguồn số liệu sử dụng chưa có hoặc quá cũ; không suy đoán thành tỷ lệ.",
          "Issued accounts whose usage data are absent or too old; no rate is guessed from them."}},
        {{"Tỷ lệ (%)", "Rates (%)"},
         {"Tính từ các số trên cùng một dòng, làm tròn hai chữ số thập phân; chỉ ghi 100,00 khi tử số bằng mẫu số; mẫu "
          "số bằng 0 ghi "
          "“–”. Tỷ lệ của đơn vị cấp trên là tỷ lệ của tổng, không phải trung bình của các tỷ lệ.",
          "From the numbers of the same line, rounded to two decimals; 100.00 only when both are equal; “–” when the "
          "base is 0. A "
          "parent's rate is the rate of the sums, not the mean of rates."}},
    };
    line(t, REP_SAY(t->lang, "Thuộc diện phải cấp (b)", "To be issued (b)"),
         r->declared
             ? REP_SAY(t->lang, "Người thuộc diện phải có tài khoản theo quy định, cộng số chưa có trên hệ thống.",
                       "People who must have the account, plus those not in the system.")
             : REP_SAY(t->lang, "Người trên hệ thống thuộc diện phải có tài khoản theo quy định.",
                       "Recorded people who must have the account."));
    for (size_t i = 0; i < CV_COUNT(all); i++)
        line(t, all[i].what[t->lang], all[i].how[t->lang]);
}

static void rules(const struct rep_report *r, struct rep_table *t)
{
    for (size_t i = 0; i < r->sheet_count; i++) {
        const struct rep_sheet *s = &r->sheets[i];
        const char *name = rep_name(s->name, t->lang);
        if (!s->reported) {
            line(t, cv_arena_printf(t->arena, REP_SAY(t->lang, "Sử dụng: %s", "Use: %s"), name),
                 REP_SAY(t->lang, "Chưa có nguồn số liệu nên chưa xác định.", "No source reports it: unknown."));
            continue;
        }
        line(t, cv_arena_printf(t->arena, REP_SAY(t->lang, "Thường xuyên sử dụng: %s", "Regular use: %s"), name),
             s->regular_needed == 0
                 ? cv_arena_printf(t->arena,
                                   REP_SAY(t->lang, "Ít nhất %d ngày sử dụng trong %d ngày (quy tắc phiên bản %d).",
                                           "At least %d active days of %d (version %d of the rule)."),
                                   s->regular_days, s->regular_of, s->rule_version)
                 : cv_arena_printf(
                       t->arena,
                       REP_SAY(
                           t->lang,
                           "Ít nhất %d ngày sử dụng trong %d ngày; trong kỳ này ít nhất %d ngày, tính từ ngày cấp nếu "
                           "cấp "
                           "sau (quy tắc phiên bản %d).",
                           "At least %d active days of %d; in this period at least %d, counted from the issue if later "
                           "(version %d of the rule)."),
                       s->regular_days, s->regular_of, s->regular_needed, s->rule_version));
        line(t,
             cv_arena_printf(t->arena, REP_SAY(t->lang, "Số liệu sử dụng có đến ngày: %s", "Usage data reach: %s"),
                             name),
             cv_arena_printf(t->arena, "%s%s", rep_date(t->arena, s->data_through),
                             !s->stale ? ""
                             : s->unknown == DOM_USE_STALE
                                 ? REP_SAY(t->lang, " (quá cũ: chưa xác định)", " (too old: unknown)")
                                 : REP_SAY(t->lang, " (chưa xác định)", " (unknown)")));
    }
}

/* "coverage-1": version 1 */
static const char *definition(const struct rep_report *r, struct rep_table *t)
{
    const char *version = r->definition != NULL ? strrchr(r->definition, '-') : NULL;
    return version == NULL ? r->definition
                           : cv_arena_printf(t->arena, REP_SAY(t->lang, "phiên bản %s", "version %s"), version + 1);
}

static void frozen_at(const struct rep_report *r, struct rep_table *t)
{
    char moment[CV_MOMENT_TEXT];
    const char *at = cv_arena_strdup(t->arena, cv_moment_people(r->frozen_at, moment));
    if (!rep_is_recounted(r)) {
        line(t, REP_SAY(t->lang, "Chốt số liệu lúc", "Figures frozen at"), at);
        return;
    }
    line(t, REP_SAY(t->lang, "Chốt số người và tài khoản ngày", "People and accounts as of"),
         rep_date(t->arena, cv_day_of(r->as_of)));
    line(t, REP_SAY(t->lang, "Chốt tình hình sử dụng lúc", "Use as of"), at);
}

static void dates(const struct rep_report *r, struct rep_table *t)
{
    line(t, REP_SAY(t->lang, "Kỳ báo cáo", "Period"), rep_period_text(r, t->lang, t->arena));
    frozen_at(r, t);
    line(t, REP_SAY(t->lang, "Đối tượng được tính", "Categories counted"),
         r->categories == 0 ? REP_SAY(t->lang, "Tất cả", "All")
                            : rep_categories_text(r->categories, t->lang, t->arena));
    line(t, REP_SAY(t->lang, "Cách xác định số người", "Population"),
         r->population == REP_CLOSING_DAY
             ? REP_SAY(t->lang, "Danh sách vào ngày chốt số liệu", "The list of the closing day")
         : r->population == REP_DATED
             ? REP_SAY(t->lang, "Hồ sơ có ghi ngày, theo ngày cuối kỳ", "Dated records, as of the period's last day")
             : REP_SAY(t->lang, "Dựng lại từ hồ sơ (chưa ghi đủ ngày)", "Reconstructed from records"));
    line(t, REP_SAY(t->lang, "Quy tắc tính", "Rules of counting"), definition(r, t));
    line(t, REP_SAY(t->lang, "Phiên bản cây đơn vị", "Version of the unit tree"), r->unit_tree);
}

const struct rep_table *rep_definitions(const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena)
{
    struct rep_table *t = rep_table_new(arena, lang, 2);
    t->sheet = REP_SAY(lang, "cach-tinh", "definitions");
    t->columns[0] = (struct rep_column){REP_SAY(lang, "Nội dung", "Item"), NULL, 40};
    t->columns[1] = (struct rep_column){REP_SAY(lang, "Cách tính, nguồn", "How it is counted, source"), NULL, 110};
    rep_table_title(t, REP_SAY(lang, "Cách tính và nguồn số liệu", "Definitions and sources"));
    formulas(r, t);
    rules(r, t);
    dates(r, t);
    return t;
}
