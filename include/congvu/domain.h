/* The field itself: records and rules. Pure: no directory, no HTTP, no clock of its own (the moment is always an
 * argument).
 *
 * Story of use. A use case reads a record (struct dom_staff, dom_unit, ...), lets the rules below change or judge it,
 * and saves it. Records are plain data whose strings live in an arena; copying a struct is shallow. Codes of enums have
 * one table of words each (dom_word), the same words in JSON and in the directory.
 *
 * Thread: pure functions, any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "congvu/clock.h"
#include "congvu/error.h"
#include "congvu/json.h"
#include "congvu/memory.h"
#include "congvu/secret.h"

/* ---- words ---- each list ends with NULL; index = enum value; words are the API's and the directory's */
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
enum dom_category {
    DOM_CAN_BO,
    DOM_CONG_CHUC,
    DOM_VIEN_CHUC,
    DOM_NLD_HOP_DONG,
    DOM_LUC_LUONG_VU_TRANG,
    DOM_KHONG_CHUYEN_TRACH,
    DOM_CATEGORIES
};
enum dom_post_kind { DOM_CHINH_THUC, DOM_KIEM_NHIEM, DOM_BIET_PHAI, DOM_POST_KINDS };
enum dom_status { DOM_PENDING, DOM_ACTIVE, DOM_ON_LEAVE, DOM_DEPARTING, DOM_DEPARTED, DOM_STATUSES };
enum dom_desired { DOM_PRESENT, DOM_LOCKED, DOM_CLOSED, DOM_REVOKED, DOM_DESIREDS };
enum dom_observed {
    DOM_REQUESTED,
    DOM_PROVISIONED,
    DOM_OBS_ACTIVE,
    DOM_TEMP_LOCKED,
    DOM_OBS_CLOSED,
    DOM_OBS_REVOKED,
    DOM_MIGRATING,
    DOM_OBSERVEDS
};
enum dom_system_kind { DOM_DIRECTORY, DOM_CONNECTOR, DOM_MANUAL, DOM_SYSTEM_KINDS };
enum dom_departure_state {
    DOM_SCHEDULED,
    DOM_IN_PROGRESS,
    DOM_DONE,
    DOM_FAILED,
    DOM_HELD,
    DOM_WITHDRAWN,
    DOM_DEPARTURE_STATES
};
enum dom_reason {
    DOM_NGHI_HUU,
    DOM_THOI_VIEC,
    DOM_CHUYEN_CONG_TAC,
    DOM_TU_TRAN,
    DOM_BUOC_THOI_VIEC,
    DOM_HET_HOP_DONG,
    DOM_HET_NHIEM_KY,
    DOM_TINH_GIAN_BIEN_CHE,
    DOM_GIAI_THE,
    DOM_KHAC,
    DOM_REASONS
};
enum dom_lock_reason {
    DOM_LOCK_DEFAULT_PASSWORD,
    DOM_LOCK_INACTIVITY,
    DOM_LOCK_WRONG_PASSWORD,
    DOM_LOCK_COMPROMISED,
    DOM_LOCK_VIOLATION,
    DOM_LOCK_LEAVE,
    DOM_LOCK_SUSPENDED,
    DOM_LOCK_LEAVER_PENDING,
    DOM_LOCK_OTHER,
    DOM_LOCK_REASONS
};
enum dom_leave_kind {
    DOM_LEAVE_THAI_SAN,
    DOM_LEAVE_KHONG_LUONG,
    DOM_LEAVE_DI_HOC,
    DOM_LEAVE_OM_DAU,
    DOM_LEAVE_KHAC,
    DOM_LEAVE_KINDS
};

extern const char
    *const dom_unit_kind_words[]; /* so_nganh ubnd_huyen phong ubnd_xa dang mat_tran doan_the su_nghiep truong_hoc */
extern const char *const dom_block_words[];     /* chinh_quyen dang_doan_the */
extern const char *const dom_category_words[];  /* can_bo cong_chuc vien_chuc nld_hop_dong luc_luong_vu_trang
                                                   nguoi_hoat_dong_khong_chuyen_trach */
extern const char *const dom_post_kind_words[]; /* chinh_thuc kiem_nhiem biet_phai */
extern const char *const dom_status_words[];    /* pending active on_leave departing departed */
extern const char *const dom_desired_words[];   /* present locked closed revoked */
extern const char *const dom_observed_words[];  /* requested provisioned active temp_locked closed revoked migrating */
extern const char *const dom_system_kind_words[]; /* directory connector manual */
extern const char *const dom_departure_state_words[];
extern const char *const dom_reason_words[];
extern const char *const dom_lock_reason_words[];
extern const char *const dom_leave_kind_words[]; /* thai_san khong_luong di_hoc om_dau khac */
/* Index of a word, or -1. */
int dom_word_index(const char *const *words, const char *word);

/* ---- records ---- */
enum {
    DOM_SYSTEMS_MAX = 16,
    DOM_POSTS_MAX = 8,
    DOM_NAMES_MAX = 64, /* addresses and logins a person ever held */
    DOM_CODES_MAX = 16,
    DOM_RULES_MAX = 16,
    DOM_DEPARTURES_MAX = 16,
    DOM_HEADCOUNTS_MAX = 400,
    DOM_HOLDS_MAX = 16, /* unit mailboxes of one person, people of one unit mailbox */
    DOM_SLUG_MAX = 32,
    DOM_CODE_MAX = 35,
};

struct dom_decision {
    const char *number;
    cv_day signed_on, effective_on;
}; /* number NULL = none */

struct dom_post {
    struct cv_id unit;
    const char *title; /* or NULL */
    enum dom_post_kind kind;
    bool primary;    /* exactly one per person */
    cv_day from, to; /* CV_NO_DAY = open; `to` is the first day out */
    struct dom_decision decision;
};

/* Somebody who may no longer sign in may still sit in a session. Asked for with the change that took the login away, in
 * the same write; open until the system itself shows that nobody is left. */
struct dom_cut_off {
    cv_moment asked, auth_cache, sessions; /* the moments of proof, CV_NO_MOMENT = open */
};

/* An account that a move left behind in a system whose logins belong to units: still to be closed there. */
struct dom_former {
    const char *login;
    const char *remote_id; /* or NULL */
};

struct dom_account {
    const char *system; /* slug */
    enum dom_desired desired;
    enum dom_observed observed;
    const char *login;      /* or NULL */
    const char *reason;     /* why locked or closed, or NULL */
    cv_moment since;        /* of the observed state */
    cv_day issued_on;       /* since when it has counted as issued without a break; 0 = it does not, or nobody
                               knows */
    const char *last_error; /* or NULL */
    bool asked;             /* set by a person (PUT account), so that required_for does not take it away */
    const struct dom_cut_off *cut_off; /* NULL = nothing to end */
    /* What the reconciler remembers of an account in a `connector` system; written by it alone, quietly. */
    const char *remote_id; /* its id there, or NULL */
    int64_t synced;        /* revision of the person whose data were confirmed there; 0 = none */
    int attempts;          /* failures in a row; 0 = none, and the next two say nothing */
    cv_moment next_try_at; /* CV_NO_MOMENT = at once */
    int64_t tried;         /* revision that the failures speak of: a later one is tried at once */
    struct dom_former *formers;
    size_t former_count;
};

struct dom_alias {
    const char *address;
    cv_day until; /* last day of delivery; CV_NO_DAY = without end */
};

struct dom_departure {
    int number; /* 1, 2, ... */
    enum dom_departure_state state;
    enum dom_reason reason;
    const char *reason_text; /* obligatory with khac */
    cv_day effective_on;     /* first day out */
    struct dom_decision decision;
    cv_moment recorded_at, started_at, ended_at; /* started_at = the moment of the first lock */
    const char *recorded_by;                     /* actor */
    const char *ended_by;                        /* who withdrew or reinstated */
    bool counted;                                /* judged by the brake when scheduled */
    const char *keep_mail_until;                 /* ISO day or NULL: the last day of delivery */
    const char *delegate_to;                     /* staff id text or NULL */
    const char *handed_over;                     /* logins of unit mailboxes that went to others, with blanks between */
    const char *auto_reply;                      /* text of their own, NULL = the usual one */
};

struct dom_idempotency {
    const char *key, *body;
    cv_moment at;
}; /* digests; key NULL = none */

struct dom_staff {
    struct cv_id id;
    const char *staff_code; /* or NULL */
    const char **former_codes;
    size_t former_code_count;
    const char *full_name, *family_name, *middle_name, *given_name; /* middle may be "" */
    bool split_by_hand;
    enum dom_category category;
    const char *mobile; /* E.164 or NULL */
    int birth_year;     /* 0 = not given */
    cv_day hired_on;    /* CV_NO_DAY = from the start */
    struct dom_post *posts;
    size_t post_count;
    const char *login;   /* mailbox login, current; or NULL */
    const char *address; /* primary, or NULL */
    struct dom_alias *aliases;
    size_t alias_count;
    const char **names;
    size_t name_count; /* all ever held: "annv@x", "mailbox/annv", "td-office/noivu_an" */
    const char *mail_store;
    const char **holds; /* logins of unit mailboxes */
    size_t hold_count;
    int mail_quota_mib;      /* 0 = as the mail server has it for everybody */
    const char *naming_rule; /* pattern that gave the address */
    bool named_by_hand;
    struct dom_account *accounts;
    size_t account_count;
    bool on_leave;
    enum dom_leave_kind leave_kind;
    cv_day leave_from, leave_to; /* leave_to = the first day back */
    struct dom_departure *departures;
    size_t departure_count; /* by number */
    bool credential_set;    /* the person has set an own password */
    const char *activation_digest;
    cv_moment activation_until;
    cv_moment due_at; /* from then on the calendar has something to do here; CV_NO_MOMENT = never */
    struct dom_idempotency idempotency;
    int64_t revision;
    cv_moment created_at, updated_at;
};

struct dom_headcount {
    cv_day on;
    int total;                       /* people in post */
    int by_category[DOM_CATEGORIES]; /* -1 = not declared */
    bool has_categories;
    int establishment; /* -1 = not declared */
    const char *source;
};

/* Head and foot of the papers that a unit signs. NULL = left open. */
enum { DOM_RECIPIENTS_MAX = 20 };
struct dom_letterhead {
    const char *superior_body, *issuing_body, *place;
    const char *on_behalf; /* "TM. ỦY BAN NHÂN DÂN" */
    const char *signatory_title, *signatory_name;
    const char **recipients;
    size_t recipient_count;
};

/* What a unit is to reach with a system, in percent; -1 = nothing set. Holds for the units below that set none. */
enum { DOM_TARGETS_MAX = DOM_SYSTEMS_MAX + 1 };
struct dom_target {
    const char *system; /* slug, or "required" */
    int coverage, adoption, regular;
};

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
    const char *slug;
    bool has_letterhead; /* else that of the nearest unit above which has one */
    struct dom_letterhead letterhead;
    const char *mail_login, *mail_address, *mail_store; /* of the unit's mailbox; NULL = none */
    const char **mail_names;                            /* all that it ever held, as of a person */
    size_t mail_name_count;
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

/* One line of required_for: a post matches when every list that is not empty has it. Bits by enum value. */
struct dom_required {
    uint32_t blocks, unit_kinds, categories;
    const char **positions;
    size_t position_count; /* folded titles; empty = any */
};

/* What counts as use of a system, and when its figures go stale. A change of the rule makes a new version. */
enum dom_precision {
    DOM_BY_DAY,    /* every active day is reported */
    DOM_LAST_ONLY, /* only the latest one: `used` can be told, `regular` cannot */
    DOM_PRECISIONS
};
extern const char *const dom_precision_words[]; /* by_day last_only */
struct dom_activity {
    bool reported;    /* does any source report usage? Without one everything is unknown */
    int regular_days; /* active days ... */
    int regular_of;   /* ... of so many, for "regular" (4 of 30); in a period ceil(regular_days * days / regular_of) */
    int stale_after;  /* days behind yesterday after which usage figures are null */
    enum dom_precision precision;
    int version; /* 1, 2, ... */
};

/* Where running sessions of a system can be seen and ended: Dovecot's doveadm over HTTP. */
struct dom_sessions {
    const char *url;
    const char *credential; /* name of a file in the service's folder of credentials */
    const char **allow;     /* special addresses that it may lie at */
    size_t allow_count;
};

/* How a system is reached that has accounts of its own (SCIM 2.0, RFC 7643 and 7644). */
enum dom_connector_kind { DOM_SCIM, DOM_CONNECTOR_KINDS };
enum dom_patch_style {
    DOM_PATCH_AUTO,        /* tries what the standard says, then what others want, and remembers what worked */
    DOM_PATCH_STANDARD,    /* "op": "replace" */
    DOM_PATCH_CAPITALIZED, /* "op": "Replace" */
    DOM_PATCH_NONE,        /* PUT of the whole resource */
    DOM_PATCH_STYLES
};
enum dom_field {
    DOM_FIELD_ID,
    DOM_FIELD_LOGIN,
    DOM_FIELD_ACTIVE,
    DOM_FIELD_STAFF_CODE,
    DOM_FIELD_FULL_NAME,
    DOM_FIELD_FAMILY_NAME,
    DOM_FIELD_MIDDLE_NAME,
    DOM_FIELD_GIVEN_NAME,
    DOM_FIELD_ADDRESS,
    DOM_FIELD_MOBILE,
    DOM_FIELD_TITLE,
    DOM_FIELD_UNIT_NAME,
    DOM_FIELD_UNIT_CODE,
    DOM_FIELD_CATEGORY,
    DOM_FIELDS
};
extern const char *const dom_connector_kind_words[]; /* scim */
extern const char *const dom_patch_style_words[];    /* auto standard capitalized none */
extern const char *const dom_field_words[];          /* id login active staff_code full_name ... */
enum { DOM_ALLOW_MAX = 8, DOM_KEEP_DAYS_MAX = 3650 };
struct dom_connector {
    enum dom_connector_kind kind;
    const char *url;
    const char *credential_file, *ca_file; /* names in the operator's folder, or NULL */
    const char **allow;                    /* see con_target */
    size_t allow_count;
    const char *map[DOM_FIELDS]; /* attribute path there, NULL = not sent; id, login and active always have one */
    bool match_login;            /* adopts an account there of the same login that nobody has marked */
    int delete_after_days;       /* days after closing; -1 = never */
    enum dom_patch_style patch;
};

struct dom_system {
    const char *slug;
    const char *name[CV_LANGS];
    enum dom_system_kind kind;
    const char *login_rule; /* naming pattern for its login, e.g. "{donvi}_{ho_dem_ten}"; "address" = the mailbox
                               address; NULL = the mailbox login */
    bool login_per_unit;    /* a move closes the old login and opens one of the new unit */
    bool receives_mail;     /* locked keeps receiving */
    struct dom_required *required;
    size_t required_count;               /* empty = optional for all */
    const struct dom_sessions *sessions; /* NULL = not reachable */
    struct dom_activity activity;
    const struct dom_connector *connector; /* or NULL */
    int64_t revision;
    cv_moment updated_at;
};

/* ---- usage: one bit per person, system and day, 13 months; what is older is a sum ---- */
enum { DOM_USE_MONTHS_MAX = 14 };
struct dom_use_month {
    int32_t month; /* year * 12 + (month - 1) */
    uint32_t days; /* bit d-1 = active on day d */
};
struct dom_use {
    const char *system;
    struct dom_use_month months[DOM_USE_MONTHS_MAX]; /* ascending, each once, none without a day */
    size_t month_count;
    cv_day last_on;   /* latest active day ever; CV_NO_DAY = never */
    int earlier_days; /* active days of months no longer kept */
};
struct dom_usage {
    struct cv_id staff;
    struct dom_use uses[DOM_SYSTEMS_MAX]; /* each system once */
    size_t use_count;
    int64_t revision; /* of the stored record; 0 = none yet */
};
/* How far the usage data of a system reach; of the source, not of the rule. */
struct dom_usage_feed {
    const char *system;
    cv_day data_through;   /* last day that is completely reported; CV_NO_DAY = none yet */
    cv_moment received_at; /* of the last accepted call */
};

enum dom_scope {
    DOM_STAFF_READ = 1 << 0,
    DOM_STAFF_WRITE = 1 << 1,
    DOM_ACCOUNTS_WRITE = 1 << 2,
    DOM_DEPARTURES_WRITE = 1 << 3,
    DOM_BRAKE_RELEASE = 1 << 4,
    DOM_UNITS_READ = 1 << 5,
    DOM_UNITS_WRITE = 1 << 6,
    DOM_SYSTEMS_WRITE = 1 << 7,
    DOM_COVERAGE_READ = 1 << 8,
    DOM_TOKENS_WRITE = 1 << 9,
    DOM_USAGE_WRITE = 1 << 10,
    DOM_REPORTS_WRITE = 1 << 11,
    DOM_ALL_SCOPES = (1 << 12) - 1,
};
extern const char *const dom_scope_words[]; /* "staff:read" ...; bit i = word i */

struct dom_token {
    struct cv_id id;
    const char *name;
    const char *digest; /* of the secret */
    uint32_t scopes;
    bool everywhere;
    struct cv_id unit; /* top of the subtree, unless everywhere */
    cv_moment expires_at, revoked_at, created_at;
    const char *created_by;
    struct dom_idempotency idempotency;
    int64_t revision;
};

/* The brake of one token: what it did in the last hour and what was released. */
struct dom_brake_event {
    cv_moment at;
    struct cv_id unit, staff;
};
struct dom_brake_release {
    struct cv_id id;
    const char *by, *reason;
    int allow, used;
    cv_moment at, until;
};
struct dom_brake {
    struct cv_id token;
    struct dom_brake_event *events;
    size_t event_count;
    struct dom_brake_release *releases;
    size_t release_count;
    int64_t revision; /* 0 = no entry yet */
};

/* ---- people ---- */
/* A person of whom nothing is known but the id, and a post from and to whenever: every day and moment is "none", texts
 * are empty. */
struct dom_staff dom_staff_new(struct cv_id id);
struct dom_post dom_post_new(struct cv_id unit);
const struct dom_post *dom_primary_post(const struct dom_staff *s); /* never NULL for a saved person */
/* The one that is not withdrawn or undone, or NULL. */
const struct dom_departure *dom_current_departure(const struct dom_staff *s);
/* From hired_on, leave and the current departure: nothing of this is stored. Asked in this order: departed (the date
 * decides, not how far the work got; a held departure counts for nothing), pending, departing, on_leave, active. */
enum dom_status dom_status_on(const struct dom_staff *s, cv_day today);
/* The departure under which his mail is still taken, or NULL: it has begun, and the mailbox is kept. */
const struct dom_departure *dom_kept_mail(const struct dom_staff *s);
/* What is answered to who writes to somebody whose mail is kept; NULL when it is not. */
const char *dom_auto_reply(const struct dom_staff *s, struct cv_arena *arena);
/* Primary post there and hired_on <= day < departure's effective_on: active, on leave, departing. */
bool dom_recorded_on(const struct dom_staff *s, cv_day day);
struct dom_account *dom_account_of(const struct dom_staff *s, const char *system); /* or NULL */
bool dom_code_valid(const char *code); /* [A-Za-z0-9._-]{1,35}, no id prefix (stf_ unt_ tok_ ...) */
const char *dom_code_key(struct cv_arena *arena, const char *code); /* caseless form */
bool dom_code_clash(const char *a,
                    const char *b);        /* equal after stripping leading zeros of digit-only codes, but not equal */
bool dom_mobile_valid(const char *mobile); /* E.164 */

/* Splits a name: last word = given, first = family (known two-word families of the region: Pi Năng, ...), the rest =
 * middle. One word is the given name alone. Outputs live in the arena, never NULL. */
void dom_split_name(struct cv_arena *arena, const char *full_name, const char **out_family, const char **out_middle,
                    const char **out_given);

/* Nothing is filled in. */
bool dom_letterhead_empty(const struct dom_letterhead *letterhead);

/* ---- accounts: the one table of DOMAIN states ---- */
enum dom_observed dom_observed_for(enum dom_desired desired, bool credential_set); /* of a `directory` system */
bool dom_counts_issued(enum dom_observed observed);
/* The account is in this state since then. A lock and its end are no new issue. */
void dom_observe(struct dom_account *account, enum dom_observed observed, cv_moment since);
bool dom_may_login(enum dom_observed observed);
bool dom_may_receive(enum dom_observed observed);
bool dom_in_drift(enum dom_desired desired, enum dom_observed observed);
bool dom_cut_off_open(const struct dom_account *account);
/* As wanted, and nobody left inside. */
bool dom_settled(const struct dom_account *account);
/* Required by any current post? `block` is the unit's effective block, `title_folded` cv_text_fold of the post's title.
 */
bool dom_required_by(const struct dom_system *system, int block, enum dom_unit_kind kind, enum dom_category category,
                     const char *title_folded);

/* ---- usage ---- */
/* Regular = 4 days of 30, stale 3 days behind yesterday, by day, not reported, version 1. */
struct dom_activity dom_activity_default(void);
/* The first day whose bit is kept: months from the 13th before today's on. What is older can be counted but not told
 * apart, and is not accepted any more. */
cv_day dom_use_keep_from(cv_day today);
struct dom_use *dom_use_of(const struct dom_usage *usage, const char *system); /* or NULL */
/* The same, made when it is not there; NULL when there are DOM_SYSTEMS_MAX of them. `system` must live as long. */
struct dom_use *dom_use_need(struct dom_usage *usage, const char *system);
/* False: the day was known already. The day must not lie before dom_use_keep_from(today) nor the use hold months older
 * than that (dom_use_fold). */
bool dom_use_set(struct dom_use *use, cv_day day);
/* Both sides' days of kept months, and the later last day. How many days were new. */
int dom_use_merge(struct dom_use *into, const struct dom_use *from);
/* Months before dom_use_keep_from(today) become a number of days. False: there was none. */
bool dom_use_fold(struct dom_use *use, cv_day today);
/* Active days in from..to, both included; of kept months only. */
int dom_use_count(const struct dom_use *use, cv_day from, cv_day to);

/* ---- connectors ---- */
/* Nothing but the sensible map (externalId, userName, ...) and matching by login; no URL. */
struct dom_connector dom_connector_default(void);
/* Reads members onto *c, as a merge patch: absent keeps, null is the default again. Faults of form go to the document's
 * list; what the URL, the networks and the paths mean is judged by those who use them. */
void dom_connector_read(const struct cv_jin *o, struct cv_arena *arena, struct dom_connector *c);
void dom_connector_write(struct cv_jout *j, const char *name, const struct dom_connector *c); /* all members */
/* What the map adds to the default one, for storing. */
void dom_connector_store(struct cv_jout *j, const struct dom_connector *c);
/* A plain name in the operator's folder: [A-Za-z0-9._-]{1,100}, not beginning with a dot. */
bool dom_secret_name_valid(const char *name);

/* Is there something to do for an account of a connector system now? A level: decided from what is wanted and what was
 * seen. `synced`: the person's present data were confirmed there; `formers`: a move left accounts behind. */
struct dom_connector_look {
    enum dom_desired desired;
    enum dom_observed observed;
    cv_moment since;
    bool synced, formers;
};
bool dom_connector_due(const struct dom_connector_look *look, int delete_after_days, cv_moment now);
/* Has the time come to delete a closed account? */
bool dom_connector_expired(enum dom_observed observed, cv_moment since, int delete_after_days, cv_moment now);
struct dom_connector_look dom_connector_look_at(const struct dom_account *account, int64_t revision);

/* ---- naming ---- see domain_naming.h */

/* ---- the brake: max(5, min(20, 2 % of the subtree)) an hour per token; never more than half of a unit of 4 or more
 * ---- */
int dom_brake_limit(int subtree_size);
enum dom_brake_verdict { DOM_BRAKE_PASS, DOM_BRAKE_HOLD_HOUR, DOM_BRAKE_HOLD_UNIT };
/* Judges one more deactivation of `staff` in `unit` and, when it passes, adds it to *brake (events in the arena; those
 * older than an hour go; a release with room lets it pass and is used). The same staff within the hour passes and does
 * not count twice. `unit_size`: the unit's recorded people whom nothing has deactivated yet (without those departing,
 * departed or locked); this hour's events of the unit are added back to it. */
enum dom_brake_verdict dom_brake_judge(struct dom_brake *brake, struct cv_arena *arena, cv_moment now, int subtree_size,
                                       int unit_size, struct cv_id unit, struct cv_id staff);
/* How many more may pass now; for answers. */
int dom_brake_room(const struct dom_brake *brake, cv_moment now, int subtree_size);

/* ---- passwords ---- 9 to 128 signs, 4 classes, not containing login, name parts (folded, >= 3 letters) or birth year
 */
bool dom_password_ok(const char *password, const struct dom_staff *who, struct cv_faults *faults);
