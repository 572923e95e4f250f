/* Inside connect/: what the files of the SCIM client share. */
#pragma once

#include <stdatomic.h>

#include "congvu/lock.h"
#include "congvu/scim.h"

#define SCIM_USER       "urn:ietf:params:scim:schemas:core:2.0:User"
#define SCIM_ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define SCIM_PATCH_OP   "urn:ietf:params:scim:api:messages:2.0:PatchOp"

/* ---- scim_path.c ---- */
struct scim_path {
    const char *schema; /* URN, or NULL */
    const char *attr;
    const char *sub;  /* or NULL */
    const char *type; /* multi-valued: of the item that is ours; else NULL */
};
bool scim_path_parse(const char *text, struct cv_arena *arena, struct scim_path *out);
/* The object that holds the path's attribute: the resource or its extension. */
const struct cv_jany *scim_holder(const struct cv_jany *resource, const struct scim_path *path);
/* Is this item of a multi-valued attribute the one that the path means? */
bool scim_item_is_ours(const struct cv_jany *list, size_t i, const struct scim_path *path, struct cv_arena *arena);
/* Same text for the purpose: logins and addresses in any case. What is longer than SCIM_VALUE_MAX is no value of ours.
 */
enum { SCIM_VALUE_MAX = 64 << 10, SCIM_ACCOUNT_ARENA = 1 << 20 /* what looking at one account needs, far above */ };
bool scim_same_value(const struct scim_path *path, const char *a, const char *b, struct cv_arena *arena);

/* A wanted field with its path taken apart. */
struct scim_field {
    struct scim_path path;
    const char *text; /* of the path */
    const char *value;
    bool truth;
    int number;
};
struct scim_field *scim_fields(struct cv_arena *arena, const struct con_scim_field *in, size_t count);
bool scim_field_differs(const struct cv_jany *resource, const struct scim_field *field, struct cv_arena *arena);
/* Of one that differs: does something else stand there, not only the same in other letters? */
bool scim_field_stays(const struct cv_jany *resource, const struct scim_field *field, struct cv_arena *arena);

/* ---- scim_write.c ---- */
/* A whole resource: for a POST, or, with `base`, for a PUT: everything of the base that is not ours stays. */
void scim_write_resource(struct cv_buf *out, const struct cv_jany *base, const struct scim_field *fields, size_t count,
                         struct cv_arena *arena);
/* A PATCH of what differs; false when nothing does. */
bool scim_write_patch(struct cv_buf *out, const struct cv_jany *base, const struct scim_field *fields, size_t count,
                      bool capitals, struct cv_arena *arena);
/* The same without paths: one operation with an object of what differs. It takes nothing away. */
void scim_write_value_patch(struct cv_buf *out, const struct cv_jany *base, const struct scim_field *fields,
                            size_t count, struct cv_arena *arena);

/* ---- scim_capabilities.c ---- */
enum scim_method { SCIM_PATCH, SCIM_PATCH_CAPITALS, SCIM_PUT, SCIM_PATCH_VALUE, SCIM_METHODS };
enum scim_filter {
    SCIM_FILTER_UNTRIED, /* never found anybody yet: its "nobody" is checked against the list */
    SCIM_FILTER_WORKS,
    SCIM_FILTER_IDLE, /* nobody there has a value to be found by */
    SCIM_FILTER_REFUSED
};
enum scim_extension { SCIM_EXTENSION_UNKNOWN, SCIM_EXTENSION_KNOWN, SCIM_EXTENSION_REFUSED };
struct con_scim {
    _Atomic bool asked, plain_json, etags, marks;
    _Atomic int filter_mark, filter_login; /* enum scim_filter */
    _Atomic int method;                    /* enum scim_method: that is tried first */
    _Atomic int extension;                 /* of the enterprise schema */
    _Atomic int page;
    struct cv_lock lock;        /* guards the index */
    struct scim_index *index;   /* of the last reading, or NULL */
    _Atomic int shuts;          /* enum con_scim_shuts */
    _Atomic uint32_t not_taken; /* bits of fields */
};
/* Without the fields of an extension that the server does not have; returns how many stay. */
size_t scim_fields_known(const struct con_scim *server, struct scim_field *fields, size_t count);

/* ---- scim_list.c ---- */
const struct cv_jany *scim_resources_of(const struct cv_jany *document);
/* con_scim_list(); *out_broken: whoever was not named may be there all the same. */
bool scim_read_pages(struct con_scim_call *call, bool (*each)(void *ctx, const struct con_scim_account *account),
                     void *ctx, bool *out_whole, bool *out_broken, struct cv_error *err);

/* ---- scim_index.c ---- */
struct scim_index *scim_index_new(void); /* or NULL; before the reading */
void scim_index_free(struct scim_index **index);
void scim_index_add(struct scim_index *index, const struct con_scim_account *account, struct cv_arena *arena);
/* Somebody was made since. */
void scim_index_note(struct con_scim *server, const struct con_scim_account *account, struct cv_arena *arena);
/* Of a reading that was whole; it becomes the server's. NULL: what was read is not to be relied on any more. */
void scim_index_publish(struct con_scim *server, struct scim_index *index);
/* False: there is none that is young enough. Accounts have their id only. */
bool scim_index_find(struct con_scim_call *call, bool by_login, const char *value, struct con_scim_account *out,
                     size_t max, size_t *out_count);

/* ---- scim_find.c ---- */
/* The server says 404 for the account: does it show it all the same when it is looked for? */
bool scim_still_shown(struct con_scim_call *call, const struct con_scim_account *account, bool *out_shown,
                      struct con_scim_account *out, struct cv_error *err);

/* ---- scim.c ---- */
bool scim_send(struct con_scim_call *call, struct con_request *request, struct con_answer *answer,
               const struct cv_jany **out_document, struct cv_error *err);
/* con_scim_get() of an account whose id, and perhaps location, is known. */
bool scim_get(struct con_scim_call *call, const struct con_scim_account *known, struct con_scim_account *out,
              struct cv_error *err);
/* The path of the account below the target's URL, proven by a GET where the server's word and the id do not agree. */
bool scim_address(struct con_scim_call *call, const struct con_scim_account *account, const char **out,
                  struct cv_error *err);
bool scim_unreadable(struct cv_error *err, enum cv_kind kind);
bool scim_oversized(const struct con_scim_call *call, struct cv_error *err);
/* "exists there, cannot be seen" */
bool scim_unreachable(struct cv_error *err, const struct con_scim_account *account);
enum { SCIM_BODY_MAX = 1 << 20, SCIM_TRIES = 3 };
/* A server that compares as HTTP says it never finds a weak tag equal: the last try goes without. */
const char *scim_tag_for_try(const char *version, int i);
/* Did it change there since it was read, so that it is worth reading again? */
bool scim_tag_was_wrong(struct con_scim *server, const struct cv_error *err);
