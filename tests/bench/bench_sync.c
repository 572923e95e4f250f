/* How long until a consumer of the directory has everything: bench_sync LDAPI-URI empty|view. `empty` reads the same
 * attributes and subtrees and drops them, `view` builds the live view. Prints one JSON object. Not part of the tests.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "congvu/system.h"
#include "congvu/text.h"
#include "congvu/token.h"
#include "congvu/usage.h"
#include "congvu/view.h"

static struct dir_feed real;
static atomic_size_t people, usages;
static _Atomic int64_t ended, usage_ended;

static void on_begin(void *ctx, bool fresh)
{
    if (real.begin)
        real.begin(ctx, fresh);
}

static void on_staff(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_staff *staff)
{
    people++;
    if (real.staff)
        real.staff(ctx, uuid, csn, staff);
}

static void on_unit(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_unit *unit)
{
    if (real.unit)
        real.unit(ctx, uuid, csn, unit);
}

static void on_system(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_system *system)
{
    if (real.system)
        real.system(ctx, uuid, csn, system);
}

static void on_token(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_token *token)
{
    if (real.token)
        real.token(ctx, uuid, csn, token);
}

static void on_entry(void *ctx, const uint8_t uuid[16])
{
    (void)ctx;
    (void)uuid;
}

static bool on_end(void *ctx, bool sweep)
{
    bool ok = !real.end || real.end(ctx, sweep);
    ended = cv_mono_ns();
    return ok;
}

static void on_usage(void *ctx, const struct dom_usage *usage)
{
    usages++;
    if (real.usage)
        real.usage(ctx, usage);
}

static void on_usage_end(void *ctx)
{
    if (real.usage_end)
        real.usage_end(ctx);
    usage_ended = cv_mono_ns();
}

static bool on_settled(void *ctx)
{
    return !real.settled || real.settled(ctx);
}

static void on_alive(void *ctx, bool alive)
{
    if (real.alive)
        real.alive(ctx, alive);
}

static int run(const char *uri, struct view *v)
{
    struct cv_error err = {0};
    struct dir_sync *sync = NULL;
    struct dir_config config = {.uri = uri, .base = "dc=congvu", .connect_ms = 5000};
    struct dir_feed feed = {.ctx = v,
                            .begin = on_begin,
                            .staff = on_staff,
                            .unit = on_unit,
                            .system = on_system,
                            .token = on_token,
                            .present = on_entry,
                            .remove = on_entry,
                            .usage_begin = real.usage_begin,
                            .usage = on_usage,
                            .usage_feed = real.usage_feed,
                            .usage_end = on_usage_end,
                            .end = on_end,
                            .settled = on_settled,
                            .alive = on_alive};
    int64_t start = cv_mono_ns();
    if (!dir_sync_start(&config, &feed, &sync, &err))
        return 1;
    while (!ended || !usage_ended)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    int64_t last = usage_ended > ended ? usage_ended : ended;
    printf("{\"consumer\":\"%s\",\"people\":%zu,\"usages\":%zu,\"ready_ms\":%.0f}\n", v ? "view" : "empty",
           (size_t)people, (size_t)usages, (double)(last - start) / 1e6);
    dir_sync_stop(&sync);
    return 0;
}

int main(int argc, char **argv)
{
    struct cv_error err = {0};
    struct view *v = NULL;
    if (argc != 3 || !cv_clock_init("Asia/Ho_Chi_Minh", 0, &err) || !cv_text_init(&err))
        return 2;
    if (strcmp(argv[2], "view") == 0) {
        if (!view_new(&v, &err))
            return 1;
        view_keep_activity(v, 180);
        real = view_feed(v);
    }
    int status = run(argv[1], v);
    view_free(&v);
    cv_text_close();
    return status;
}
