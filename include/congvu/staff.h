/* People: records, and the rules that need nothing but the record and a day.
 *
 * Story of use. A person is read as a struct dom_staff, changed as a copy, and saved. Status, primary post and the
 * departure in force are derived, never stored.
 *
 * Thread: plain data and pure functions, any thread. */
#pragma once

#include "congvu/account.h"
#include "congvu/departure.h"
#include "congvu/record.h"
#include "congvu/role.h"

enum dom_post_kind { DOM_CHINH_THUC, DOM_KIEM_NHIEM, DOM_BIET_PHAI, DOM_POST_KINDS };

enum dom_status { DOM_PENDING, DOM_ACTIVE, DOM_ON_LEAVE, DOM_DEPARTING, DOM_DEPARTED, DOM_STATUSES };

enum dom_leave_kind {
    DOM_LEAVE_THAI_SAN,
    DOM_LEAVE_KHONG_LUONG,
    DOM_LEAVE_DI_HOC,
    DOM_LEAVE_OM_DAU,
    DOM_LEAVE_KHAC,
    DOM_LEAVE_KINDS
};

extern const char *const dom_post_kind_words[];  /* chinh_thuc kiem_nhiem biet_phai */
extern const char *const dom_status_words[];     /* pending active on_leave departing departed */
extern const char *const dom_leave_kind_words[]; /* thai_san khong_luong di_hoc om_dau khac */

struct dom_post {
    struct cv_id unit;
    const char *title; /* or NULL */
    enum dom_post_kind kind;
    bool primary;    /* those of a person follow each other; see dom_home_on */
    cv_day from, to; /* CV_NO_DAY = open; `to` is the first day out */
    struct dom_decision decision;
};

struct dom_alias {
    const char *address;
    cv_day until; /* last day of delivery; CV_NO_DAY = without end */
};

struct dom_leave {
    enum dom_leave_kind kind;
    cv_day from, to; /* `to` is the last day; CV_NO_DAY = open */
    struct dom_decision decision;
};

/* What held before the day `to`, the first on which it did not. */
struct dom_past_category {
    cv_day to;
    enum dom_category category;
};

/* A record found to be a second one of somebody: emptied, but its names and codes stay its own. */
struct dom_merge {
    struct cv_id into;
    cv_moment at;
    const char *by, *reason;
};
enum { DOM_MERGE_UNDO_S = 24 * 3600 }; /* so long it can be taken back */

/* Who gave somebody a way in: a one-time code, or the second factor or the provider's account taken away. For a while
 * he may be the one who signs in as him. */
struct dom_way_in {
    const char *by; /* "stf_...", "tok_..." */
    cv_moment at;
};
enum { DOM_WAY_IN_S = 7 * 24 * 3600, DOM_WAYS_IN_MAX = 32 };

/* Facts of a person that have an owner where a unit says so: the feed of the HR system keeps those it names, people the
 * others. */
enum dom_fact {
    DOM_FACT_NAME,
    DOM_FACT_BIRTH_YEAR,
    DOM_FACT_CATEGORY,
    DOM_FACT_MOBILE,
    DOM_FACT_POSTS, /* in which units, from and to when, and hired_on */
    DOM_FACT_TITLE,
    DOM_FACT_LEAVE,
    DOM_FACTS
};
extern const char *const dom_fact_words[]; /* full_name birth_year category mobile posts title leave */

struct dom_staff {
    struct cv_id id;
    const struct dom_merge *merge; /* into another record; NULL = it is somebody's own */
    const char **absorbed;         /* ids of records that were merged into this one */
    size_t absorbed_count;
    const char *staff_code; /* or NULL */
    const char **former_codes;
    size_t former_code_count;
    const char *full_name, *family_name, *middle_name, *given_name; /* middle may be "" */
    bool split_by_hand;
    enum dom_category category;     /* the last one; see dom_category_on */
    struct dom_past_category *past; /* former ones, ascending; most people have none */
    size_t past_count;
    const char *mobile;     /* E.164 or NULL */
    int birth_year;         /* 0 = not given */
    cv_day hired_on;        /* CV_NO_DAY = from the start */
    struct dom_post *posts; /* former ones too, for as long as figures of their time are asked for */
    size_t post_count;
    cv_day home_on; /* the day whose home the logins and the attributes for others follow; CV_NO_DAY = the first one */
    const char *login;   /* mailbox login, current; or NULL */
    const char *address; /* primary, or NULL */
    struct dom_alias *aliases;
    size_t alias_count;
    const char **names;
    size_t name_count; /* all ever held: "annv@x", "mailbox/annv", "td-office/noivu_an" */
    const char *mail_store;
    const char **holds; /* logins of unit mailboxes */
    size_t hold_count;
    const char **held_from; /* "LOGIN unt_...": his home unit when he was named holder */
    size_t held_from_count;
    int mail_quota_mib;      /* 0 = as the mail server has it for everybody */
    const char *naming_rule; /* pattern that gave the address */
    bool named_by_hand;
    struct dom_account *accounts;
    size_t account_count;
    struct dom_leave *leaves; /* ascending, none over another */
    size_t leave_count;
    struct dom_role *roles; /* those that have ended too, for a while */
    size_t role_count;
    struct dom_way_in *ways_in; /* ascending, one of each who gave any lately */
    size_t way_in_count;
    int session_epoch;       /* raised = signed out everywhere */
    const char *hr_ref;      /* keyed digest of a number of the HR system; NULL = none */
    const char *subject;     /* "ISSUER SUBJECT" of the OpenID provider; NULL = never signed in there */
    const char *factor_seed; /* of the second factor, sealed; NULL = none */
    int64_t factor_step;     /* the last one of which a code was taken; 0 = it was never shown to work */
    struct dom_departure *departures;
    size_t departure_count;                   /* by number */
    bool credential_set;                      /* the person has set an own password ... */
    cv_day credential_on;                     /* ... on that day, the last time; CV_NO_DAY = nobody knows */
    struct dom_span passwords[DOM_SPANS_MAX]; /* when he had one before that day, ascending */
    size_t password_count;
    const char *activation_digest;
    cv_moment activation_until;
    cv_moment due_at; /* from then on the calendar has something to do here; CV_NO_MOMENT = never */
    struct dom_idempotency idempotency;
    int64_t revision;
    cv_moment created_at, updated_at;
};

/* A person of whom nothing is known but the id, and a post from and to whenever: every day and moment is "none", texts
 * are empty. */
struct dom_staff dom_staff_new(struct cv_id id);
struct dom_post dom_post_new(struct cv_id unit);
/* Somebody gives him a way in now; those of long ago are forgotten. What gives none to others is not noted: himself,
 * the service. */
void dom_way_in_given(struct dom_staff *staff, struct cv_arena *arena, const char *by, cv_moment now);
/* from <= day < to; CV_NO_DAY is open. */
static inline bool dom_day_within(cv_day from, cv_day to, cv_day day)
{
    return (from == CV_NO_DAY || from <= day) && (to == CV_NO_DAY || day < to);
}
static inline bool dom_post_in_force(const struct dom_post *post, cv_day day)
{
    return dom_day_within(post->from, post->to, day);
}
/* The primary post in force on the day. Before the first one begins it is that one, in a gap or after the last one the
 * one that has ended: whoever has no post in force still belongs somewhere, but counts nowhere (dom_recorded_on).
 * Lists, rights, figures and logins all ask this. Never NULL for a saved person. */
const struct dom_post *dom_home_on(const struct dom_staff *s, cv_day day);
/* Of two posts out of force the better answer to "where": one that has ended before one to come, then the nearest. */
bool dom_home_nearer(cv_day a_from, cv_day a_to, cv_day b_from, cv_day b_to, cv_day day);
/* The primary post that is to begin next after the day, or NULL. */
const struct dom_post *dom_next_home(const struct dom_staff *s, cv_day day);
/* The home that logins and the attributes for other LDAP clients follow: until the calendar turns them, yesterday's. */
const struct dom_post *dom_home_shown(const struct dom_staff *s);
enum dom_category dom_category_on(const struct dom_staff *s, cv_day day);
/* From that day on it is this one, whatever was said to come; days before stay as they were. */
void dom_set_category(struct dom_staff *s, enum dom_category category, cv_day from, struct cv_arena *arena);
/* The first day after `day` on which it is another one; CV_NO_DAY: it stays. */
cv_day dom_category_turns(const struct dom_staff *s, cv_day day);
/* Have both the same posts in force on the day: of the same units and kinds, the same one primary? */
bool dom_posts_same_on(const struct dom_staff *a, const struct dom_staff *b, cv_day day);
/* The facts (1 << enum dom_fact) that differ; posts count as they stand from `since` on, with their decisions. The
 * title of a post that begins is no change of the title. */
uint32_t dom_facts_changed(const struct dom_staff *before, const struct dom_staff *after, cv_day since);
/* In force on that day, or the home. */
bool dom_post_counts(const struct dom_staff *s, const struct dom_post *post, cv_day day);
/* The one that is not withdrawn or undone, or NULL. */
const struct dom_departure *dom_current_departure(const struct dom_staff *s);
/* From hired_on, leave and the current departure: nothing of this is stored. Asked in this order: departed (the date
 * decides, not how far the work got; a held departure counts for nothing), pending, departing, on_leave, active. */
enum dom_status dom_status_on(const struct dom_staff *s, cv_day today);
/* The departure under which his mail is still taken, or NULL: it has begun, and the mailbox is kept. */
const struct dom_departure *dom_kept_mail(const struct dom_staff *s);
/* The mailbox login that went with an alias, when it is another than today's; NULL: none. */
const char *dom_alias_login(const struct dom_staff *s, const struct dom_alias *alias, struct cv_arena *arena);
/* What is answered to who writes to somebody whose mail is kept; NULL when it is not. */
const char *dom_auto_reply(const struct dom_staff *s, struct cv_arena *arena);
/* The leave that covers the day, or NULL. */
const struct dom_leave *dom_leave_on(const struct dom_staff *s, cv_day day);
/* That one, else the next to begin, else NULL: what "the leave" of somebody means. */
const struct dom_leave *dom_leave_shown(const struct dom_staff *s, cv_day day);
/* At least 30 days, or open: does not count in the base of adoption. */
bool dom_leave_is_long(const struct dom_leave *leave);
/* Home in force there and hired_on <= day < departure's effective_on: active, on leave, departing. */
bool dom_recorded_on(const struct dom_staff *s, cv_day day);
/* By what is recorded he has been at work on a day before, away or gone since or not. */
bool dom_began_before(const struct dom_staff *s, cv_day day);
/* The first day before today on which figures count him otherwise than before; CV_NO_DAY: none. */
cv_day dom_touches_from(const struct dom_staff *before, const struct dom_staff *after, cv_day today);
struct dom_account *dom_account_of(const struct dom_staff *s, const char *system); /* or NULL */
/* One of his certificates whose device with the key is out, or NULL. */
const struct dom_account *dom_token_kept(const struct dom_staff *s);
bool dom_code_valid(const char *code); /* [A-Za-z0-9._-]{1,35}, no id prefix (stf_ unt_ tok_ ...) */
/* Reads as a citizen id: 12 digits of which the first three are a province and the fourth sex and century; also 11, as
 * a spreadsheet that drops the zero leaves it. */
bool dom_citizen_id(const char *text);
const char *dom_code_key(struct cv_arena *arena, const char *code); /* caseless form */
bool dom_code_clash(const char *a,
                    const char *b);        /* equal after stripping leading zeros of digit-only codes, but not equal */
bool dom_mobile_valid(const char *mobile); /* E.164 */
/* Splits a name: last word = given, first = family (known two-word families of the region: Pi Năng, ...), the rest =
 * middle. One word is the given name alone. Outputs live in the arena, never NULL. */
void dom_split_name(struct cv_arena *arena, const char *full_name, const char **out_family, const char **out_middle,
                    const char **out_given);
/* "Y Blô Êban", "H'Hen Niê": is it a name with the given name first, before a clan that is known? Then parts worth
 * proposing to whoever enters it: dom_split_name() takes the last word for the given name whoever he is. */
bool dom_split_given_first(struct cv_arena *arena, const char *full_name, const char **out_family,
                           const char **out_given);
/* How long a password is and how many classes of signs it has. */
extern const struct dom_password_form {
    int signs_min, signs_max, classes;
} dom_password_form;
/* Of that form, not containing login, name parts (folded, >= 3 letters) or birth year. *out = the form to
 * be kept (cv_text_opaque), in the faults' arena and to be wiped by the caller, whatever the answer; NULL when it has
 * none. Faults at /password. */
bool dom_password_ok(const char *typed, const struct dom_staff *who, struct cv_faults *faults, char **out);
