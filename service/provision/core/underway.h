/* What takes several directory writes: kept as a document before the first one, forgotten after the last one. A process
 * that dies in between leaves it to the calendar of any other. Each step does nothing when it was done before.
 *
 * Thread: that of the call. Memory: documents live in call->arena. */
#pragma once

#include "provision/internal.h"

/* Trouble passes; what is refused now is refused for ever. */
bool prov_refused_for_good(const struct cv_error *err);
/* `folder` lies below ou=system. A document of that name that is there already gives way. */
bool prov_underway_keep(struct prov_call *call, const char *folder, const char *name, const struct cv_buf *bytes,
                        struct cv_error *err);
/* For what two must not do at once: another document of that name is 409, and goes when whoever is at it, or the
 * calendar, has ended it. The same one is a repeat of what broke off. */
bool prov_underway_claim(struct prov_call *call, const char *folder, const char *name, const struct cv_buf *bytes,
                         struct cv_error *err);
bool prov_underway_elsewhere(struct cv_error *err); /* says so */
bool prov_underway_forget(struct prov_call *call, const char *folder, const char *name, struct cv_error *err);
/* Ends what broke off in that folder. Forgotten when it is done, and when it is refused for good: somebody has to look
 * then, and the log says so. */
typedef bool prov_underway_fn(struct prov_call *call, const struct dir_document *doc, struct cv_error *err);
void prov_underway_finish(struct prov_call *call, const char *folder, prov_underway_fn *carry_out);
