/* Units: the offices people belong to, their place in the tree, letterheads, targets and declared headcounts.
 *
 * Story of use. A unit is read as a struct dom_unit, changed as a copy and saved; what it inherits (block, letterhead,
 * targets) is looked up along its parents by who reads.
 *
 * Thread: plain data and pure functions, any thread. */
#pragma once

#include "congvu/account.h"
#include "congvu/record.h"

enum dom_unit_kind {
    DOM_SO_NGANH,
    DOM_UBND_HUYEN,
    DOM_PHONG,
    DOM_UBND_XA,
    DOM_DANG,
    DOM_MAT_TRAN,
    DOM_DOAN_THE,
    DOM_SU_NGHIEP,
    DOM_TRUONG_HOC,
    DOM_UNIT_KINDS
};

enum dom_block { DOM_CHINH_QUYEN, DOM_DANG_DOAN_THE, DOM_BLOCKS };

extern const char
    *const dom_unit_kind_words[]; /* so_nganh ubnd_huyen phong ubnd_xa dang mat_tran doan_the su_nghiep truong_hoc */
extern const char *const dom_block_words[]; /* chinh_quyen dang_doan_the */

struct dom_headcount {
    cv_day on;
    int total;                       /* people in post */
    int by_category[DOM_CATEGORIES]; /* -1 = not declared */
    bool has_categories;
    int establishment; /* -1 = not declared */
    const char *source;
};

/* Head and foot of the papers that a unit signs. NULL = left open. */
enum { DOM_ADDRESSEES_MAX = 5, DOM_RECIPIENTS_MAX = 20 };

struct dom_lines {
    const char **text;
    size_t count;
};

struct dom_letterhead {
    const char *superior_body, *issuing_body, *place;
    const char *on_behalf; /* "TM. ỦY BAN NHÂN DÂN" */
    const char *signatory_title, *signatory_name;
    struct dom_lines addressees; /* "Kính gửi", of papers that go upward */
    struct dom_lines recipients; /* "Nơi nhận" */
};

/* What a unit is to reach with a system, in percent; -1 = nothing set. Holds for the units below that set none. */
enum { DOM_TARGETS_MAX = DOM_SYSTEMS_MAX + 1 };

struct dom_target {
    const char *system; /* slug, or "required" */
    int coverage, adoption, regular;
};

/* An account of the unit itself, and the person who answers for it. What is seen of it counts in systems with a
 * connector; elsewhere whoever runs the system makes it, and only the login is known here. */
struct dom_unit_account {
    struct dom_account account;
    struct cv_id custodian;
    cv_moment since; /* when it was given */
};

/* What held before the day `to`, the first on which it did not. */
struct dom_past_unit {
    cv_day to;
    const char *code, *name[CV_LANGS];
    enum dom_unit_kind kind;
    int block;
    bool has_parent;
    struct cv_id parent;
    bool headed; /* what follows is of then too; else nobody kept it, and that of now is said */
    const char *slug;
    bool has_letterhead;
    struct dom_letterhead letterhead;
};

/* What is to hold from a day that is to come: those parts alone, whatever the others are by then. */
enum dom_unit_part {
    DOM_PART_NAME = 1,
    DOM_PART_KIND = 2,
    DOM_PART_BLOCK = 4,
    DOM_PART_PARENT = 8,
    DOM_PART_LETTERHEAD = 16
};
enum { DOM_NEXT_MAX = 8 };
struct dom_next_unit {
    cv_day from;
    uint32_t parts;             /* enum dom_unit_part */
    struct dom_past_unit facts; /* of these parts */
};

#define DOM_HR_FEED_SAID (1u << 31)

struct dom_unit {
    struct cv_id id;
    const char *code;
    const char **former_codes;
    size_t former_code_count;
    const char *name[CV_LANGS]; /* en may be NULL */
    enum dom_unit_kind kind;
    int block; /* enum dom_block, -1 = inherited */
    bool has_parent;
    struct cv_id parent;
    uint32_t hr_feed; /* facts of its people that the HR feed keeps: 1 << enum dom_fact, with DOM_HR_FEED_SAID; 0 =
                         inherited, and where it is said nowhere nobody owns anything */
    struct dom_past_unit *past; /* what held before, ascending; most units have none */
    size_t past_count;
    struct dom_next_unit *next; /* by day, ascending, each day once */
    size_t next_count;
    const char *slug;
    bool has_letterhead; /* else that of the nearest unit above which has one */
    struct dom_letterhead letterhead;
    const char *mail_login, *mail_address, *mail_store; /* of the unit's mailbox; NULL = none */
    const char **mail_names;                            /* all that it ever held, as of a person */
    size_t mail_name_count;
    struct dom_unit_account *accounts; /* at other systems than the mailbox, one each */
    size_t account_count;
    struct dom_target *targets; /* one per system */
    size_t target_count;
    int position;                  /* order among siblings */
    cv_day active_from, active_to; /* CV_NO_DAY = open */
    struct dom_headcount *headcounts;
    size_t headcount_count; /* by day, ascending */
    struct dom_idempotency idempotency;
    int64_t revision;
    cv_moment created_at, updated_at;
};

/* Code, name, kind, block, parent, slug and letterhead as they were on that day; the rest as it is. */
struct dom_unit dom_unit_as_of(const struct dom_unit *unit, cv_day day);
/* What `after` changes of them holds from that day on (CV_NO_DAY: of all days); of the days before `before` tells. */
void dom_unit_keep_past(const struct dom_unit *before, struct dom_unit *after, cv_day from, struct cv_arena *arena);
/* As it will be on that day by what is planned until then. */
struct dom_unit dom_unit_planned(const struct dom_unit *unit, cv_day day);
/* What `after` has otherwise than `before` will have by then waits for that day, for which nothing else is planned any
 * more; `after` is left as `before` is. Its rows may be more than DOM_NEXT_MAX. */
void dom_unit_plan(const struct dom_unit *before, struct dom_unit *after, cv_day day, struct cv_arena *arena);
/* Of what should have happened by that day those parts will not. */
void dom_unit_call_off(struct dom_unit *unit, uint32_t parts, cv_day day, struct cv_arena *arena);
/* What was planned until today happens, each on its day. False: nothing was. */
bool dom_unit_turn(struct dom_unit *unit, cv_day today, struct cv_arena *arena);
/* Does it lie directly below the other one on that day, or on a later one as it is planned, as long as it goes on? */
bool dom_unit_lies_below(const struct dom_unit *unit, struct cv_id parent, cv_day day, cv_day today);
/* Did, does or is it to lie directly below the other one? */
bool dom_unit_ever_below(const struct dom_unit *unit, struct cv_id parent);
/* Whether it has or had a letterhead of its own. */
bool dom_unit_was_headed(const struct dom_unit *unit);
/* The first day before today on which figures place or name it otherwise than before; CV_NO_DAY: none. */
cv_day dom_unit_touches_from(const struct dom_unit *before, const struct dom_unit *after, cv_day today);
/* Or NULL. */
struct dom_account *dom_unit_account_of(const struct dom_unit *unit, const char *system);
bool dom_letterhead_same(const struct dom_letterhead *a, const struct dom_letterhead *b);
/* Those lines of `l` that differ between the two become the ones of `is`. */
void dom_letterhead_change(struct dom_letterhead *l, const struct dom_letterhead *was, const struct dom_letterhead *is);
/* Nothing is filled in. */
bool dom_letterhead_empty(const struct dom_letterhead *letterhead);
