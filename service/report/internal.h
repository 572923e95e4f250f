/* Inside report/: what its files share. */
#pragma once

#include "congvu/report.h"

/* The counts by name, in the order of the JSON. */
struct rep_member {
    const char *name;
    size_t offset;
};
extern const struct rep_member rep_members[];
extern const size_t rep_member_count;
static inline int32_t *rep_count_at(struct rep_counts *c, size_t i)
{
    return (int32_t *)((char *)c + rep_members[i].offset);
}
static inline int32_t rep_count_of(const struct rep_counts *c, size_t i)
{
    return *(const int32_t *)((const char *)c + rep_members[i].offset);
}

/* ---- words of the paper ---- */
/* "the data reach 30/09/2026", ... : everything a reader must know of how a sheet was counted. */
const char *rep_name(const char *const name[CV_LANGS], enum cv_lang lang); /* falls back to the other language */
const char *rep_date(struct cv_arena *arena, cv_day d);                    /* 30/09/2026, or a dash */
const char *rep_group_title(enum rep_group group, enum cv_lang lang);
const char *rep_stage_title(enum rep_stage stage, enum cv_lang lang);
const char *rep_report_title(const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena);
const char *rep_sheet_title(const struct rep_report *r, const struct rep_sheet *s, enum cv_lang lang,
                            struct cv_arena *arena);
const char *rep_period_name(const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena); /* without days */
const char *rep_period_text(const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena);
const char *rep_unknown(enum cv_lang lang);           /* "chưa xác định" */
const char *rep_not_recorded_text(enum cv_lang lang); /* what is said of a unit in place of figures */

/* Texts in the reader's language; a macro, so that the compiler still sees the formats. */
#define REP_SAY(lang, vi, en) ((lang) == CV_EN ? (en) : (vi))

size_t rep_signs_in(const char *text, size_t len); /* of UTF-8 */
/* Lines of a text in a cell of so many signs: it breaks at spaces and line feeds, a longer word anywhere. NULL has 1.
 */
int rep_lines_of(const char *text, double width);
/* " Ngoài ra ..." behind the sentence of the issued: who has it beyond those required; "" = nobody. */
const char *rep_beyond_text(const struct rep_counts *c, enum cv_lang lang, struct cv_arena *arena);
/* "; nếu không trừ ..." behind a rate of use; "" = nobody was left out. */
const char *rep_undeducted_text(int32_t a, const struct rep_counts *c, enum cv_lang lang, struct cv_arena *arena);
/* When people and accounts were counted, and when their use: of a draft counted again the former is the earlier day. */
bool rep_is_recounted(const struct rep_report *r);
/* What must stand below the figures of a sheet: undeclared units, stale data, long leave, too new. */
void rep_sheet_notes(const struct rep_report *r, const struct rep_sheet *s, struct rep_table *t);
struct rep_table *rep_sheet_table(const struct rep_report *r, const struct rep_sheet *s, enum cv_lang lang,
                                  struct cv_arena *arena);
struct rep_table *rep_people_table(const struct rep_report *r, const struct rep_sheet *s, enum cv_lang lang,
                                   struct cv_arena *arena);
struct rep_table *rep_indicator_table(const struct rep_report *r, enum cv_lang lang, struct cv_arena *arena);
const struct rep_row *rep_total_row(const struct rep_sheet *s);
/* People directly in the unit that the report is about. */
bool rep_row_is_top(const struct rep_sheet *s, const struct rep_row *row);
/* The name; where another unit of the same paper has it too, with the code. */
const char *rep_unit_text(const char *name, const char *code, bool twice, struct cv_arena *arena);
const char *rep_row_name(const struct rep_sheet *s, const struct rep_row *row, enum cv_lang lang,
                         struct cv_arena *arena);
