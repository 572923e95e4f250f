/* Inside connect/: what the files of the SCIM client share. */
#pragma once

#include <stdatomic.h>

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
/* Same text for the purpose: logins and addresses in any case. */
bool scim_same_value(const struct scim_path *path, const char *a, const char *b, struct cv_arena *arena);

/* A wanted field with its path taken apart. */
struct scim_field {
    struct scim_path path;
    const char *text; /* of the path */
    const char *value;
    bool truth;
};
struct scim_field *scim_fields(struct cv_arena *arena, const struct con_scim_field *in, size_t count);
bool scim_field_differs(const struct cv_jany *resource, const struct scim_field *field, struct cv_arena *arena);

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

/* ---- scim_manners.c ---- */
enum scim_method { SCIM_PATCH, SCIM_PATCH_CAPITALS, SCIM_PUT, SCIM_PATCH_VALUE, SCIM_METHODS };
enum scim_extension { SCIM_EXTENSION_UNKNOWN, SCIM_EXTENSION_KNOWN, SCIM_EXTENSION_REFUSED };
struct con_scim {
    _Atomic bool asked, plain_json, no_filter_mark, no_filter_login, etags, marks;
    _Atomic int method;    /* that is tried first, of the next enum */
    _Atomic int extension; /* of the enterprise schema */
    _Atomic int page;
};
/* Without the fields of an extension that the server does not have; returns how many stay. */
size_t scim_fields_known(const struct con_scim *manners, struct scim_field *fields, size_t count);

/* ---- scim.c ---- */
bool scim_send(struct con_scim_call *call, struct con_request *request, struct con_answer *answer,
               const struct cv_jany **out_document, struct cv_error *err);
