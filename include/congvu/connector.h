/* Connectors: how a system with accounts of its own is reached (SCIM 2.0, RFC 7643 and 7644), and when something is
 * to be done there.
 *
 * Story of use. A body's member "connector" is read onto a default one, stored, and handed to the reconciler, which
 * asks dom_connector_due() account by account.
 *
 * Thread: plain data and pure functions, any thread. */
#pragma once

#include "congvu/account.h"
#include "congvu/record.h"

/* How a system is reached that has accounts of its own (SCIM 2.0, RFC 7643 and 7644). */
enum dom_connector_kind {
    DOM_SCIM,
    DOM_FILE, /* a list goes out every night, the system's own export comes back */
    DOM_CONNECTOR_KINDS
};

enum dom_patch_style {
    DOM_PATCH_AUTO,        /* tries what the standard says, then what others want, and remembers what worked */
    DOM_PATCH_STANDARD,    /* "op": "replace" */
    DOM_PATCH_CAPITALIZED, /* "op": "Replace" */
    DOM_PATCH_NONE,        /* PUT of the whole resource */
    DOM_PATCH_STYLES
};

enum dom_on_move {
    DOM_MOVE_NEW,    /* an account of the new unit's login, then the old one is closed */
    DOM_MOVE_RENAME, /* the same account under the new login */
    DOM_ON_MOVES
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

extern const char *const dom_connector_kind_words[]; /* scim file */
extern const char *const dom_patch_style_words[];    /* auto standard capitalized none */
extern const char *const dom_on_move_words[];        /* new rename */
extern const char *const dom_field_words[];          /* id login active staff_code full_name ... */

/* How a system is reached that knows only files: in the columns that it wants and gives. */
enum dom_file_format { DOM_FILE_XLSX, DOM_FILE_CSV, DOM_FILE_FORMATS };
extern const char *const dom_file_format_words[]; /* xlsx csv */

enum { DOM_FILE_COLUMNS = 32, DOM_FILE_LINE = -1 };
struct dom_file_column {
    const char *title;
    int field; /* enum dom_field, or DOM_FILE_LINE: the number of the line */
};
struct dom_file {
    const char *folder; /* name in the operator's folder */
    enum dom_file_format format;
    bool checksum;                 /* an export without its .sha256 is not read */
    int hour;                      /* of the site's day, when the list goes out */
    const char *active, *inactive; /* the system's words */
    struct dom_file_column *columns;
    size_t column_count;
};
/* 22:00, XLSX, "1" and "0", with checksum; no columns. */
struct dom_file dom_file_default(void);
/* As dom_connector_read(): absent keeps. */
void dom_file_read(const struct cv_jin *o, struct cv_arena *arena, struct dom_file *file);
void dom_file_write(struct cv_jout *j, const struct dom_file *file);

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
    enum dom_on_move on_move;    /* where logins belong to units */
    const struct dom_file *file; /* with DOM_FILE */
    cv_moment list_at;           /* a list is wanted since; 0 = none was asked for */
    const char *set_by;          /* who configured it last, or NULL */
    cv_moment restore_at;        /* accounts that were missed until then may be made again; 0 = none */
};

/* Nothing but the sensible map (externalId, userName, ...) and matching by login; no URL. */
struct dom_connector dom_connector_default(void);
/* Reads members onto *c, as a merge patch: absent keeps, null is the default again. Faults of form go to the document's
 * list; what the URL, the networks and the paths mean is judged by those who use them. */
void dom_connector_read(const struct cv_jin *o, struct cv_arena *arena, struct dom_connector *c);
void dom_connector_write(struct cv_jout *j, const char *name, const struct dom_connector *c); /* all members */
/* What the map adds to the default one, for storing. */
void dom_connector_store(struct cv_jout *j, const struct dom_connector *c);
/* Those of the fields (bits) that are sent at all. */
uint32_t dom_connector_mapped(const struct dom_connector *c, uint32_t fields);
/* A plain name in the operator's folder: [A-Za-z0-9._-]{1,100}, not beginning with a dot. */
bool dom_secret_name_valid(const char *name);

/* Is there something to do for an account of a connector system now? A level: decided from what is wanted and what was
 * seen. `synced`: the person's present data were confirmed there; `formers`: a move left accounts behind. */
struct dom_connector_look {
    enum dom_desired desired;
    enum dom_observed observed;
    cv_moment since;
    bool synced, formers;
    cv_moment lost_at; /* see struct dom_account */
};

bool dom_connector_due(const struct dom_connector_look *look, const struct dom_connector *connector, cv_moment now);
/* Can it become due without another change of the record? Whatever the configuration and the day. */
bool dom_connector_ever_due(const struct dom_connector_look *look);
/* Somebody said that what was missed may be made again. */
bool dom_connector_restores(const struct dom_connector *connector, cv_moment lost_at);
/* Has the time come to delete a closed account? */
bool dom_connector_expired(enum dom_observed observed, cv_moment since, int delete_after_days, cv_moment now);
struct dom_connector_look dom_connector_look_at(const struct dom_account *account, int64_t revision);
