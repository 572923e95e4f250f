/* What days bring about, and the end of sessions of people who may no longer sign in.
 *
 * Story of use. The clockwork calls prov_tick() again and again, the cut-off's thread prov_cut_off_round(); both are
 * safe on every replica at once.
 *
 * Thread: one each, with a session of its own. */
#pragma once

#include "congvu/provision.h"

/* ---- the calendar's work: what is planned of units, dated departures, held ones that were released, newly required
 * accounts, ends of aliases and kept mailboxes, idempotency keys that have had their 24 hours. Safe on every replica at
 * once. ---- */
void prov_tick(struct prov_call *call);

/* ---- ending sessions: a thread of its own, several times a second; safe on every replica at once ---- */
struct prov_cutter;
/* `credentials_dir` must outlive it: where the files lie that systems name as their sessions' credential. */
bool prov_cutter_new(const char *credentials_dir, struct prov_cutter **out, struct cv_error *err);
void prov_cutter_free(struct prov_cutter **cutter);
/* Takes what is open, tells the systems, writes down what is proven. */
void prov_cut_off_round(struct prov_cutter *cutter, struct prov_call *call);
