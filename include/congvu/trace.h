/* What the directory's own log (cn=log) says of writes, for the evidence log: where the mark of one is, and which have
 * none.
 *
 * Story of use. After a crash dir_trace_find() tells whether the write with this mark was done. Every few seconds
 * dir_trace_since() reads the changes behind the last one seen: those that carry no mark, are not slapd's own and touch
 * more than what is never recorded are changes by hand.
 *
 * Thread: that of the session. */
#pragma once

#include "congvu/session.h"

enum dir_found { DIR_FOUND, DIR_FOUND_NOT, DIR_FOUND_UNKNOWN };
/* Has a write to `dn` carried this mark around that moment, by the log or by what the entry says? Unknown: the log
 * cannot be read, or does not reach so far. */
struct dir_sought {
    const char *dn, *mark;
    cv_moment at;
    enum dir_found found; /* the answer */
};
/* Of all of them, ascending by `at`, so that the log, which knows moments alone by an index, is gone through once. */
bool dir_trace_find(struct dir_session *s, struct dir_sought *items, size_t count, struct cv_error *err);

/* Has the log the directory's last change? A power cut may take that of the log alone. *out_csn: the change's stamp.
 * Unknown: as above, or the directory is still empty. */
bool dir_trace_last(struct dir_session *s, struct cv_arena *arena, enum dir_found *out, const char **out_csn,
                    struct cv_error *err);

/* A change of the directory as its log has it. */
struct dir_trace {
    const char *at;   /* reqStart, ascending, unique */
    const char *verb; /* "add", "modify", "delete", "modrdn" */
    const char *dn;
    const char *who;               /* DN that did it */
    const char *mark;              /* "origin/index", or NULL */
    bool own;                      /* slapd's own, or nothing that is recorded */
    const char *const *attributes; /* names that it touches, each once */
    size_t attribute_count;
};
/* At most `most` changes behind `after` ("" = from now on), ascending; *out_last: where to go on. */
bool dir_trace_since(struct dir_session *s, const char *after, size_t most, struct cv_arena *arena,
                     struct dir_trace **out, size_t *out_count, const char **out_last, struct cv_error *err);

/* How far the log of this server was looked through by whoever did so last; "" = nobody did. */
bool dir_trace_place(struct dir_session *s, struct cv_arena *arena, const char **out, struct cv_error *err);
bool dir_trace_place_put(struct dir_session *s, const char *at, struct cv_error *err);

/* ---- checkpoints where all replicas see them (ou=leases, which is not replicated between servers) ---- */
bool dir_checkpoint_put(struct dir_session *s, const char *origin, const char *note, struct cv_error *err);
bool dir_checkpoint_origins(struct dir_session *s, struct cv_arena *arena, const char ***out, size_t *out_count,
                            struct cv_error *err);
