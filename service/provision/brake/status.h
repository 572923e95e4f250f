/* Inside provision/brake/: what waits. */
#pragma once

#include "congvu/prov_brake.h"
#include "provision/core/brake.h"

/* Everything that waits in the caller's scope, of all lines or of one, by line and key. */
struct prov_wait_list {
    struct prov_waiting *items;
    struct cv_id *lines; /* one each */
    size_t count, cap;
};
bool prov_waiting_gather(struct prov_call *call, const struct prov_lines *lines, const struct dom_brake *brakes,
                         size_t brake_count, struct prov_wait_list *out, struct cv_error *err);
/* Of what waits in one line, as prov_brake_status() gives it. */
bool prov_waiting_of(struct prov_call *call, const struct prov_wait_list *all, struct cv_id line,
                     struct prov_brake_line *out, struct cv_error *err);
/* What a target names, when that lies in the caller's scope. */
bool prov_waiting_place(struct prov_call *call, const char *target, struct prov_waiting *out);
/* Of an order to leave that waits. */
const char *prov_order_key(struct cv_arena *arena, struct cv_id staff, const struct dom_departure *d);
/* Who may release all that waits in the line. */
void prov_releasers_of(struct prov_call *call, const struct prov_lines *lines, struct prov_brake_line *line);
/* Fails: the caller is no second person here, why, and who is. */
bool prov_no_second(enum prov_oneness why, const char *field, const char *names, struct cv_error *err);
