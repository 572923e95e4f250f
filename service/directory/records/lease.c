/* A lease: one entry that only its holder changes, turn by turn.
 *
 * Why there is never a second holder: the holder works until two thirds of the term after the moment at which it SENT
 * its last successful renewal. A challenger waits a whole term after the moment at which it HAD READ that renewal,
 * which is later, and then takes the entry by a write asserted on the turn it saw. No clock is compared with another
 * machine's. A renewal whose outcome is not known counts as not done. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "directory/records/lease.h"
#include "directory/records/records.h"

enum { NAME_MAX_BYTES = 64, HOLDER_SIGNS = 26, TERM_LEAST_MS = 30 };

struct dir_lease {
    char name[NAME_MAX_BYTES];
    char holder[HOLDER_SIGNS + 1]; /* drawn anew by each process */
    int64_t term_ns;
    int64_t (*now)(void *ctx);
    void *clock_ctx;
    _Atomic int64_t until; /* may work before this moment; 0 = not */
    /* what follows belongs to the thread that tends */
    bool mine;
    int64_t turn;       /* as seen last */
    bool seen;          /* is there a turn to wait for? */
    int64_t seen_at;    /* when this turn was first read */
    int64_t renewed_at; /* when the last successful renewal was sent */
};

/* What an entry says. */
struct look {
    bool there, free, ours;
    int64_t turn;
};

/* Also runs while the machine sleeps: a holder that wakes up must know how long it was away. */
static int64_t boot_clock(void *ctx)
{
    struct timespec t;
    (void)ctx;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int64_t now_of(const struct dir_lease *lease)
{
    return lease->now(lease->clock_ctx);
}

void lease_set_clock(struct dir_lease *lease, int64_t (*now)(void *ctx), void *ctx)
{
    lease->now = now ? now : boot_clock;
    lease->clock_ctx = ctx;
}

bool dir_lease_open(const char *name, int64_t term_ms, struct dir_lease **out, struct cv_error *err)
{
    if (!*name || strlen(name) >= NAME_MAX_BYTES || term_ms < TERM_LEAST_MS)
        return cv_fail_as(err, CV_INVALID, "lease", "Tên hoặc thời hạn không dùng được",
                          "The name or the term cannot be used");
    struct dir_lease *lease = calloc(1, sizeof *lease);
    if (!lease)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    memcpy(lease->name, name, strlen(name) + 1);
    cv_random_text(lease->holder, HOLDER_SIGNS, false);
    lease->term_ns = term_ms * 1000000;
    lease_set_clock(lease, NULL, NULL);
    *out = lease;
    return true;
}

void dir_lease_close(struct dir_lease **lease)
{
    free(*lease);
    *lease = NULL;
}

bool dir_lease_held(const struct dir_lease *lease)
{
    return now_of(lease) < atomic_load(&lease->until);
}

/* ---- the entry ---- */

static const char *entry_dn(const struct dir_lease *lease, struct cv_arena *arena)
{
    return dir_dn_child(arena, DIR_LEASES_BASE, "cn", lease->name);
}

static bool look(const struct dir_lease *lease, struct dir_session *s, struct cv_arena *arena, struct look *out,
                 struct cv_error *err)
{
    struct dir_entry entry;
    *out = (struct look){.free = true};
    if (!dir_read_entry(s, entry_dn(lease, arena), arena, &entry, err))
        return cv_error_forgive(err, CV_NOT_FOUND);
    const char *holder = dir_get_text(&entry, "cvLeaseHolder");
    *out = (struct look){.there = true,
                         .free = !holder,
                         .ours = holder && strcmp(holder, lease->holder) == 0,
                         .turn = dir_get_int(&entry, "cvLeaseTurn", 0)};
    return true;
}

static struct dir_attrs say(struct cv_arena *arena, const char *holder, int64_t turn)
{
    struct dir_attrs a;
    dir_attrs_init(&a, arena);
    dir_put(&a, "cvLeaseHolder", holder);
    dir_put_int(&a, "cvLeaseTurn", turn);
    return a;
}

/* From this turn to the next, for `holder` (NULL = nobody). The turns rule out that two succeed from the same one. */
static bool turn_over(const struct dir_lease *lease, struct dir_session *s, struct cv_arena *arena, int64_t turn,
                      const char *holder, struct cv_error *err)
{
    struct dir_attrs before = say(arena, "-", turn), after = say(arena, holder, turn + 1);
    const char *filter = cv_arena_printf(arena, "(cvLeaseTurn=%lld)", (long long)turn);
    return dir_modify_entry(s, entry_dn(lease, arena), &before, &after, filter, NULL, err);
}

static bool make_entry(const struct dir_lease *lease, struct dir_session *s, struct cv_arena *arena,
                       struct cv_error *err)
{
    struct dir_attrs a = say(arena, lease->holder, 1);
    dir_put(&a, "objectClass", "cvLeaseEntry");
    dir_put(&a, "cn", lease->name);
    return dir_add_entry(s, entry_dn(lease, arena), &a, NULL, err);
}

/* ---- holding and waiting ---- */

static void lose(struct dir_lease *lease)
{
    atomic_store(&lease->until, 0);
    lease->mine = lease->seen = false;
}

/* `what` was read before: the write succeeds only from there. False + *err: the directory did not answer. */
static bool take(struct dir_lease *lease, struct dir_session *s, struct cv_arena *arena, struct look what,
                 struct cv_error *err)
{
    int64_t sent_at = now_of(lease);
    bool done =
        what.there ? turn_over(lease, s, arena, what.turn, lease->holder, err) : make_entry(lease, s, arena, err);
    if (done) {
        lease->mine = true;
        lease->turn = what.turn + 1;
        lease->renewed_at = sent_at;
        atomic_store(&lease->until, sent_at + lease->term_ns / 3 * 2);
        return true;
    }
    if (err->kind != CV_STALE && err->kind != CV_EXISTS && err->kind != CV_NOT_FOUND)
        return false; /* perhaps done: what is held runs out by itself, and the next look tells */
    cv_error_clear(err);
    lose(lease);
    return true;
}

/* Not ours: taken when it is free, or when nothing moved for a whole term. */
static bool challenge(struct dir_lease *lease, struct dir_session *s, struct cv_arena *arena, struct cv_error *err)
{
    struct look what;
    if (!look(lease, s, arena, &what, err))
        return false;
    if (what.free || what.ours)
        return take(lease, s, arena, what, err);
    if (!lease->seen || lease->turn != what.turn) {
        lease->seen = true;
        lease->turn = what.turn;
        lease->seen_at = now_of(lease);
        return true;
    }
    return now_of(lease) - lease->seen_at < lease->term_ns || take(lease, s, arena, what, err);
}

static bool renew(struct dir_lease *lease, struct dir_session *s, struct cv_arena *arena, struct cv_error *err)
{
    if (now_of(lease) - lease->renewed_at < lease->term_ns / 3)
        return true;
    if (take(lease, s, arena, (struct look){.there = true, .ours = true, .turn = lease->turn}, err))
        return true;
    lease->mine = lease->seen = false; /* the turn is not known any more: look before the next try */
    return false;
}

bool dir_lease_tend(struct dir_lease *lease, struct dir_session *s, struct cv_error *err)
{
    cv_auto_arena arena = dir_scratch(err);
    if (!arena)
        return false;
    return lease->mine ? renew(lease, s, arena, err) : challenge(lease, s, arena, err);
}

void dir_lease_release(struct dir_lease *lease, struct dir_session *s)
{
    struct cv_error err = {0};
    cv_auto_arena arena = dir_scratch(&err);
    bool mine = lease->mine;
    lose(lease);
    /* failing is no harm: a challenger then waits the term */
    if (mine && arena)
        (void)turn_over(lease, s, arena, lease->turn, NULL, &err);
}
