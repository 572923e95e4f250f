/* A data folder read as it lies on disk, beside the running service or at rest: records, and the changes that the log
 * still has. Nothing is written but the databases' lock files.
 *
 * Story of use. dir_dump_records() hands over every person, unit, system and document; dir_dump_changes() then the
 * changes of people and brakes, oldest first. Both run slapd's own reader as a child and end when it does.
 *
 *     const struct dir_dump dump = {.ctx = me, .staff = on_staff, .document = on_document};
 *     if (!dir_dump_records("/var/lib/congvu", "dc=congvu", &dump, &err)) ...
 *
 * Thread: that of the call; the callbacks run in it. What they are given lives until they return. */
#pragma once

#include "congvu/records.h"
#include "congvu/staff.h"
#include "congvu/system.h"
#include "congvu/unit.h"

/* One change of one person as the log has it: of posts, departures and accounts only what the change touched. */
struct dir_past {
    cv_moment at; /* on the directory's clock */
    struct cv_id staff;
    const char *actor; /* "tok_...", "system", "activation"; "" = not said */
    bool posts, departures;
    struct dom_staff before, after;
    bool password_set, password_dropped;
};

/* One saving of a brake by an earlier version: how often its releases had been used. */
struct dir_past_brake {
    cv_moment at;
    struct cv_id token;
    int released;
};

struct dir_dump {
    void *ctx;
    void (*staff)(void *ctx, const struct dom_staff *staff);
    void (*unit)(void *ctx, const struct dom_unit *unit);
    void (*system)(void *ctx, const struct dom_system *system);
    void (*document)(void *ctx, const struct dir_document *document);
    void (*past)(void *ctx, const struct dir_past *past);
    void (*past_brake)(void *ctx, const struct dir_past_brake *brake);
    void (*unreadable)(void *ctx, const char *dn, const struct cv_error *err);
};
/* CV_NOT_FOUND when there are no data, CV_CONFLICT when they are of a newer version. */
bool dir_dump_records(const char *data_dir, const char *base, const struct dir_dump *dump, struct cv_error *err);
bool dir_dump_changes(const char *data_dir, const char *base, const struct dir_dump *dump, struct cv_error *err);
