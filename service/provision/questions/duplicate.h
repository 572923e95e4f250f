/* Inside provision/: questions about lines, kept under their codes. */
#pragma once

#include "congvu/prov_duplicates.h"
#include "congvu/unit.h"
#include "provision/internal.h"

#define PROV_DUPLICATES "duplicates" /* the folder, a document a code */
bool prov_duplicate_read(struct prov_call *call, const struct dir_document *document, struct prov_duplicate *d,
                         struct cv_error *err);
bool prov_duplicate_fetch(struct prov_call *call, const char *key, struct dir_document *document,
                          struct prov_duplicate *out, struct cv_error *err);
/* Over `before`, or anew (NULL). */
bool prov_duplicate_keep(struct prov_call *call, const struct dir_document *before, const struct prov_duplicate *d,
                         struct cv_error *err);
/* Was it decided that the line of this code is nobody of those in *out? Without a code, a question or a decision: no.
 */
bool prov_duplicate_cleared(struct prov_call *call, const char *code, struct prov_duplicate *out);
bool prov_duplicate_has(const struct prov_duplicate *d, struct cv_id id);
/* The question of a line that met look-alikes (result->staff, ->candidates). */
struct prov_duplicate prov_duplicate_of(const struct prov_call *call, const struct prov_staff_result *result);
/* Keeps it under its code; one that is kept already stays as it was asked. A dry run only shows it. */
bool prov_duplicate_ask(struct prov_call *call, struct prov_duplicate *question, struct cv_error *err);
/* Of a line of many that runs by night: no error that stops the others (*err is cleared), but a question for somebody
 * who looks. */
bool prov_duplicate_raise(struct prov_call *call, struct prov_duplicate *question, struct prov_staff_result *out,
                          struct cv_error *err);

/* A line whose code somebody has (change->before): is it him? By his name, or a mobile that both have, under his
 * present code; else by what was decided about such a line. False: *out is what is to be asked. */
bool prov_line_is_his(struct prov_change *change, const char *code, const struct prov_staff_input *in,
                      struct prov_duplicate *out);
/* The same of a unit's line; `before` has the code. By its name, or the same slug. */
struct prov_unit_line {
    const char *code, *name, *slug; /* the last two as given, or NULL */
};
bool prov_line_is_units(struct prov_call *call, const struct prov_unit_line *line, const struct dom_unit *before,
                        struct prov_duplicate *out);
/* Does its reason still hold? */
bool prov_duplicate_stands(struct prov_call *call, const struct prov_duplicate *d);
