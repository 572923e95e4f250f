/* Inside provision/evidence: the evidence log as use cases write it. Thread: any. */
#pragma once

#include <stdatomic.h>

#include "congvu/json.h"
#include "congvu/lock.h"
#include "congvu/prov_evidence.h"
#include "congvu/provision.h"

enum { PROV_READINGS = 64, PROV_READING_MS = 60000, PROV_PEERS = 16, PROV_PEER_TEXT = 200 };

/* The same reading again, within a minute. */
struct prov_reading {
    struct cv_tag what;
    int64_t since_ns;
    uint64_t again, rows;
    char *entry; /* what is told of the first one, without its end */
};

struct prov_evidence {
    struct prov_evidence_options options;
    struct dir_witness witness;
    _Atomic(struct ev_log *) log;
    _Atomic uint64_t by_hand; /* changes that did not come through a service */
    uint8_t *used;            /* bits: marks of ours that were met in the directory's log; of the thread that looks */
    size_t used_size;
    struct cv_key tags;
    struct prov_targets *targets; /* which entries are about what */
    struct cv_lock lock;          /* guards what follows */
    struct prov_reading readings[PROV_READINGS];
    char peers[PROV_PEERS][PROV_PEER_TEXT];
    size_t peer_count;
    char single[DIR_SINGLE_TEXT]; /* who said last that one server is enough; of the thread that looks */
    bool single_over;
    char shared[EV_NOTE_MAX]; /* the last checkpoint that the others saw; of the thread that shares */
};

/* An entry on its way: begins with kind and time. */
struct prov_entry {
    struct cv_buf text;
    struct cv_jout out;
};
void prov_entry_begin(struct prov_entry *e, const char *kind);
bool prov_entry_end(struct prov_entry *e); /* false: it is too long */
void prov_entry_who(struct prov_entry *e, const struct prov_call *call);
/* targets.c: an index in memory, brought up to date when it is asked. */
struct prov_targets;
struct prov_targets *prov_targets_new(void);
void prov_targets_free(struct prov_targets **targets);
bool prov_readings_init(struct prov_evidence *evidence);
void prov_readings_look(struct prov_evidence *evidence, bool all);
