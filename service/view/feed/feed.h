/* Inside view/: what comes in. */
#pragma once

#include "view/figures/figures.h"

/* ---- feed side; the feed's thread only ---- */
void view_feed_sweep(struct view *v); /* sweep.c */
void view_find_doubles(struct view *v);
bool view_sweep_allowed(struct view *v);
void view_drop_entry(struct view *v, uint32_t entry);
void view_put_staff(struct view *v, const uint8_t uuid[16], const struct dom_staff *staff); /* people.c; locks inside */
void view_drop_person(struct view *v, uint32_t slot);                                       /* under the write lock */
void view_people_free(struct view *v);
void view_put_unit(struct view *v, const uint8_t uuid[16], const struct dom_unit *unit); /* units.c; locks inside */
void view_drop_unit(struct view *v, uint32_t slot);                                      /* locks inside */
void view_units_free(struct view *v);
void view_put_system(struct view *v, const uint8_t uuid[16], const struct dom_system *system); /* catalog.c */
void view_put_token(struct view *v, const uint8_t uuid[16], const struct dom_token *token);
void view_drop_system(struct view *v, uint32_t slot);
void view_drop_token(struct view *v, uint32_t slot);
void view_catalog_free(struct view *v);
