/* Inside provision/staff/: what creating somebody asks of the questions kept. */
#pragma once

#include "congvu/prov_duplicates.h"
#include "provision/internal.h"

#define PROV_DUPLICATES "duplicates" /* the folder, a document a code */
bool prov_duplicate_read(struct prov_call *call, const struct dir_document *document, struct prov_duplicate *d,
                         struct cv_error *err);
bool prov_duplicate_fetch(struct prov_call *call, const char *code, struct dir_document *document,
                          struct prov_duplicate *out, struct cv_error *err);
/* Over `before`, or anew (NULL). */
bool prov_duplicate_keep(struct prov_call *call, const struct dir_document *before, const struct prov_duplicate *d,
                         struct cv_error *err);
/* Was it decided that the line of this code is nobody of those in *out? Without a code, a question or a decision: no.
 */
bool prov_duplicate_cleared(struct prov_call *call, const char *code, struct prov_duplicate *out);
bool prov_duplicate_has(const struct prov_duplicate *d, struct cv_id id);
/* Keeps the question of a line that met look-alikes (result->staff, ->candidates); a dry run only shows it. */
bool prov_duplicate_ask(struct prov_call *call, const struct prov_staff_result *result, struct prov_duplicate *out,
                        struct cv_error *err);
