/* Frozen reports: what was sent upward, as it was, for ever.
 *
 * Story of use. Freezing fills a rep_report with everything that a reader will see: figures, names of units as they
 * were, rules, dates of the data, the letterhead. From then on nothing else is asked: rep_json(), rep_tables() and
 * rep_html() read only the report, so last quarter's paper is the same bytes after units moved, merged or were renamed.
 * Figures are stored as counts; every percentage is computed where it is printed, from the counts of its own line.
 *
 *     rep_json(&buf, &report);                     // canonical: writing what was read gives the same bytes
 *     rep_hash(&report, hash);                     // SHA-256 over those bytes
 *     rep_read(arena, bytes, len, &report, err);
 *     rep_tables(&report, CV_VI, arena, &tables, &count);
 *     rep_html(&buf, &report, CV_VI, arena);
 *     rep_pdf(&buf, &report, CV_VI, arena, &options, &err);
 *     rep_docx(&buf, &report, CV_VI, arena, &err);
 *
 * A report is a draft (number, comment and figures may still change) or final. A correction of a final report is a new
 * report of the next revision.
 *
 * Thread: pure but for the file that the XLSX writer needs and the fonts of a PDF; one thread per report. Memory:
 * strings in the arena. */
#pragma once

#include "congvu/adoption.h"
#include "congvu/coverage.h"
#include "congvu/departure.h"
#include "congvu/json.h"
#include "congvu/table.h"

enum rep_kind { REP_COVERAGE, REP_LOCKED, REP_UNUSED, REP_INDICATORS, REP_KINDS };
extern const char *const rep_kind_words[]; /* coverage locked_accounts unused_accounts indicators */
bool rep_is_of_people(enum rep_kind kind); /* who may be read with staff:read alone */
enum rep_state { REP_DRAFT, REP_FINAL, REP_STATES };
extern const char *const rep_state_words[]; /* draft final */
/* Who was there on the day of freezing; or, of a period that is over, from records before days were kept, or from dated
 * ones. */
enum rep_population { REP_CLOSING_DAY, REP_RECONSTRUCTED, REP_DATED, REP_POPULATIONS };
extern const char *const rep_population_words[]; /* closing_day reconstructed */
extern const char *const rep_basis_words[];      /* recorded declared */
extern const char *const rep_calendar_words[];   /* civil admin */

/* One line's counts. REP_NONE = not known (null). */
enum { REP_NONE = -1 };
struct rep_counts {
    int32_t headcount, recorded, unrecorded, over_recorded, undeclared_units, undeclared_recorded;
    int32_t eligible, issued, activated, used, regular, too_new, never_used, unknown;
    int32_t on_long_leave, on_leave_unused, locked, revoked, seconded_in, seconded_out;
    int32_t category_left;       /* in the base no more since their category changed in the period */
    int32_t leave_undecided;     /* of on_long_leave, without a decision */
    int32_t undeclared_eligible; /* of undeclared_recorded, must have it; REP_NONE in reports from before it was kept */
    int32_t issued_beyond;       /* to people who need not have it; in no rate */
    int32_t base;                /* coverage = issued / base */
    int32_t usage_base;          /* adoption = used / usage_base, regular ratio = regular / usage_base */
};
/* Which figures the sources can tell; none at all of days before the unit was written down. */
struct rep_known {
    bool use, regular, activation, locked, not_recorded_yet;
};
/* From the view's counts; what is not known or was not declared is REP_NONE; what is counted person by person,
 * or unit by unit (`revoked`, `category_left`, `leave_undecided`, `undeclared_eligible`) is left 0. */
struct rep_counts rep_counts_of(const struct dom_counts *c, struct rep_known known, bool declared);
/* Of days before the unit was written down: nothing is known but what is counted person by person. */
bool rep_not_recorded_yet(const struct rep_counts *c);
/* Adds what is known; a figure that is unknown on both sides stays so. */
void rep_counts_add(struct rep_counts *sum, const struct rep_counts *part);

/* ---- what moves a rate without anybody working more or less: shown beside it ---- */
enum rep_lever {
    REP_OVER_RECORDED,        /* recorded above the declared headcount */
    REP_BASE_ABOVE_HEADCOUNT, /* b is above the people in post */
    REP_CATEGORY_CHANGED,     /* left the base by a change of category */
    REP_LEAVE_DEDUCTED,       /* on long leave and not using: out of the base of use */
    REP_LEAVE_UNDECIDED,      /* on long leave without a decision */
    REP_TOO_NEW,              /* issued less than 14 days before the end */
    REP_UNDECLARED,           /* recorded in units that declared nothing */
    REP_LEVERS
};
extern const char *const rep_lever_words[]; /* over_recorded base_above_headcount category_changed leave_deducted ... */
/* How many people it is about; 0 = it does not move these counts, or nobody knows. */
int32_t rep_lever_people(const struct rep_counts *counts, enum rep_lever lever);

enum rep_row_kind { REP_ROW_TOTAL, REP_ROW_OWN, REP_ROW_UNIT, REP_ROW_KINDS };
extern const char *const rep_row_kind_words[]; /* total own unit */
enum rep_group { REP_PARTY, REP_OFFICES, REP_COMMUNES, REP_SERVICES, REP_GROUPS };
extern const char *const rep_group_words[]; /* party offices communes services */
enum rep_group rep_group_of(enum dom_unit_kind kind, int effective_block);

struct rep_row {
    enum rep_row_kind kind;  /* total; own people of a unit that is broken down; a unit with all below it */
    const char *unit, *code; /* "unt_..." */
    const char *name[CV_LANGS];
    enum dom_unit_kind unit_kind;
    enum rep_group group;
    struct rep_counts counts;
};

/* Someone on a list; only in the kinds that are lists. */
enum rep_stage { REP_NOT_ISSUED, REP_NOT_ACTIVATED, REP_NEVER_USED, REP_NOT_USED, REP_IS_LOCKED, REP_STAGES };
extern const char *const rep_stage_words[]; /* missing not_activated never_used unused locked */
struct rep_person {
    const char *full_name, *title, *address;
    struct cv_id unit; /* while it is counted; not kept */
    const char *unit_code, *unit_name[CV_LANGS];
    enum rep_stage stage;
    cv_day since;       /* of the lock; CV_NO_DAY = not said */
    const char *reason; /* lock reason word, or NULL */
    cv_day revoke_on;   /* when the box is taken back; CV_NO_DAY = not set */
};

/* Why a and b of the issued are others than in the period before. */
enum rep_why {
    REP_WHY_JOINED,
    REP_WHY_LEFT,
    REP_WHY_MOVED_IN,
    REP_WHY_MOVED_OUT,
    REP_WHY_REQUIRED,
    REP_WHY_NOT_REQUIRED,
    REP_WHY_ISSUED,
    REP_WHY_REVOKED,
    REP_WHY_UNRECORDED, /* declared and not recorded: more or fewer of them */
    REP_WHY_LATER,      /* what was recorded of the period before when its figures were frozen already */
    REP_WHYS
};
extern const char *const rep_why_words[]; /* joined left moved_in moved_out became_required no_longer_required ... */
struct rep_cause {
    enum rep_why why;
    int reason; /* of REP_WHY_LEFT: enum dom_reason; -1 = none */
    int32_t issued, base;
};
enum { REP_CAUSES_MAX = REP_WHYS + DOM_REASONS };

struct rep_previous {
    bool given;
    const char *report; /* id of the frozen report it comes from, or NULL: counted with this one */
    cv_day from, to;
    struct rep_counts counts; /* of the whole unit */
    struct rep_cause *causes; /* they add up to the differences of issued and base; none where nobody can tell */
    size_t cause_count;
};

struct rep_sheet {
    const char *system, *name[CV_LANGS];
    int rule_version, regular_days, regular_of, regular_needed, stale_after;
    bool reported, last_only; /* does any source report use; only the latest day? */
    cv_day data_from;         /* while it is counted; not kept */
    cv_day data_through;
    bool stale;
    enum dom_unknown_use unknown; /* why */
    struct rep_row *rows;         /* the total, then lines that add up to it: each person in one of them */
    size_t row_count;
    struct rep_person *people;
    size_t people_count;
    struct rep_previous previous;
};

const char *rep_stale_reason(const struct rep_sheet *sheet); /* a stable code, or NULL */

/* A line of a scoring table: a of b, points = a / b * max. */
enum rep_figure { REP_FIGURE_ISSUED, REP_FIGURE_ACTIVATED, REP_FIGURE_USED, REP_FIGURE_REGULAR, REP_FIGURES };
extern const char *const rep_figure_words[]; /* issued activated used regular */
struct rep_indicator {
    const char *code; /* or NULL: rep_indicator_code makes one of system and figure */
    const char *name; /* or NULL: the usual words for the figure */
    const char *system;
    enum rep_figure figure;
    int32_t max_hundredths;
    const char *evidence;  /* or NULL */
    int32_t a, b;          /* REP_NONE = not known */
    int32_t issued_beyond; /* beside a of the issued; REP_NONE with other figures */
};

/* Fills a, b and issued_beyond from the report's sheets; REP_NONE where they do not tell. */
struct rep_report;
void rep_score(const struct rep_report *report, struct rep_indicator *indicator);
/* The report's own lines, or of a report of another kind the four figures of each system. */
const struct rep_indicator *rep_indicators(const struct rep_report *report, struct cv_arena *arena, size_t *out_count);
const char *rep_indicator_code(const struct rep_indicator *indicator, struct cv_arena *arena);
const char *rep_indicator_name(const struct rep_report *report, const struct rep_indicator *indicator,
                               enum cv_lang lang, struct cv_arena *arena);
const struct rep_sheet *rep_sheet_of(const struct rep_report *report, const char *system); /* or NULL */
cv_day rep_cut_off(const struct rep_report *report);                                       /* the last day counted */

struct rep_report {
    /* Of the paper; changes with its life. */
    const char *id;
    enum rep_state state;
    int revision;                /* 1, 2, ... */
    const char *corrects;        /* id of the report that this one replaces, or NULL */
    const char *corrects_number; /* its number, or NULL */
    const char *number;          /* "15/BC-UBND", or NULL */
    const char *comment;         /* paragraphs apart by a line feed, or NULL */
    const char *created_by;
    cv_moment created_at, final_at;
    const char *const *people_units; /* "unt_...": where the people of its lists were, each once; beside the paper */
    size_t people_unit_count;
    const char *hash; /* of the whole paper, as rep_paper_hash makes it; NULL = not kept yet, so none is printed */
    /* Frozen. */
    enum rep_kind kind;
    const char *unit, *code, *name[CV_LANGS];
    const char *period; /* "2026-Q3", or NULL: from and to */
    const char *period_name[CV_LANGS];
    cv_day from, to;
    bool admin_calendar, cumulative;
    uint32_t categories; /* bits of dom_category; 0 = all */
    bool declared;       /* basis */
    int depth;           /* how many levels below the unit are broken down */
    enum rep_population population;
    bool incomplete; /* accepted with data that do not reach the end of the period */
    const char *unit_tree, *definition;
    cv_moment as_of, frozen_at;
    struct dom_letterhead letterhead;
    struct rep_sheet *sheets;
    size_t sheet_count;
    struct rep_indicator *indicators;
    size_t indicator_count;
};

/* ---- canonical JSON of what is frozen ---- */
enum { REP_HASH_TEXT = 65, REP_MAX_BYTES = 3 << 20, REP_ROWS_MAX = 4096, REP_PEOPLE_MAX = 20000 };
void rep_json(struct cv_buf *out, const struct rep_report *report);
void rep_hash(const char *json, size_t len, char out[REP_HASH_TEXT]);
/* Over the figures' hash, revision, number and comment: who changes any of them changes this. The contract says how. */
void rep_paper_hash(const struct rep_report *report, const char *figures_hash, char out[REP_HASH_TEXT]);
/* Reads what rep_json wrote (the members of the paper stay as they are in *out). CV_INTERNAL when it is not that. */
bool rep_read(struct cv_arena *arena, const char *json, size_t len, struct rep_report *out, struct cv_error *err);
/* The members of the paper beside it, into an open object, and back. */
void rep_paper_write(struct cv_jout *j, const struct rep_report *report);
void rep_paper_read(const struct cv_jin *o, struct rep_report *out);

/* "categories": the words, or null for all of them. */
void rep_categories_write(struct cv_jout *j, const struct rep_report *report);

/* ---- papers ---- */
/* The annexes: one per system, whose slug is the table's key, or one for a scoring table. */
void rep_tables(const struct rep_report *report, enum cv_lang lang, struct cv_arena *arena,
                const struct rep_table ***out, size_t *out_count);
/* The head of the form for its workbook, in the words of the other papers. */
void rep_letterhead(const struct rep_report *report, enum cv_lang lang, struct cv_arena *arena,
                    struct rep_xlsx_options *out);
/* The sheet that says how everything was counted. */
const struct rep_table *rep_definitions(const struct rep_report *report, enum cv_lang lang, struct cv_arena *arena);
/* A page to print: the administrative form with its annexes. No outside resources, no scripts. */
void rep_html(struct cv_buf *out, const struct rep_report *report, enum cv_lang lang, struct cv_arena *arena);
/* What papers made as PDF are set in: LiberationSerif-{Regular,Bold,Italic,BoldItalic}.ttf of the folder, with the
 * letters of Vietnamese, so of version 2; "" = where Debian has them. Read at the first paper, and then kept; no other
 * font is ever used. NULL when the process is out of memory. Any thread. */
struct rep_fonts;
struct rep_fonts *rep_fonts_new(const char *dir);
void rep_fonts_free(struct rep_fonts **fonts); /* accepts NULL in it */

/* The page as a PDF: A4 with the margins of the form, fonts embedded, tables with their heads on every page.
 * font_missing without the fonts, deadline_exceeded when the time is over; then what is in *out is worth nothing. */
struct rep_pdf_options {
    struct rep_fonts *fonts;
    struct cv_deadline deadline;
};
bool rep_pdf(struct cv_buf *out, const struct rep_report *report, enum cv_lang lang, struct cv_arena *arena,
             const struct rep_pdf_options *options, struct cv_error *err);
/* The page as an office document, to be written into: Times New Roman, real tables whose heads repeat. The same report
 * is the same bytes. */
bool rep_docx(struct cv_buf *out, const struct rep_report *report, enum cv_lang lang, struct cv_arena *arena,
              struct cv_error *err);
