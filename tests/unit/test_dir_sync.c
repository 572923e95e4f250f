/* The live feed against a real slapd: what is refreshed, followed, resumed, refused, and how fast it stops. Between
 * consumer and server stands a relay that can cut the connection at any byte. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "congvu/feed.h"
#include "congvu/lock.h"
#include "congvu/log.h"
#include "congvu/records.h"
#include "congvu/server.h"
#include "congvu/staff.h"
#include "congvu/system.h"
#include "congvu/text.h"
#include "congvu/token.h"
#include "directory/internal.h"

enum { PEOPLE = 60, SEEN_MAX = 400, WAIT_MS = 20000, PAIRS = 8 };

/* ---- the relay ---- */
struct pair {
    int client, server;
};
struct relay {
    char path[108], target[108];
    int listener, wake;
    pthread_t thread;
    pthread_mutex_t lock;
    bool stop, cut;
    long budget; /* bytes towards the client before the connection is cut; -1 = no limit */
    struct pair pairs[PAIRS];
};

static void close_pair(struct pair *p)
{
    close(p->client);
    close(p->server);
    *p = (struct pair){-1, -1};
}

static int dial(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
    if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void relay_accept(struct relay *r)
{
    int client = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC), server = r->cut ? -1 : dial(r->target);

    for (int i = 0; server >= 0 && i < PAIRS; i++) {
        if (r->pairs[i].client < 0) {
            r->pairs[i] = (struct pair){client, server};
            return;
        }
    }
    close(client);
    if (server >= 0)
        close(server);
}

static bool relay_move(struct relay *r, int from, int to, bool counted)
{
    char bytes[4096];
    ssize_t n = recv(from, bytes, counted && r->budget >= 0 && r->budget < 1000 ? 100 : sizeof(bytes), MSG_DONTWAIT);

    if (n <= 0)
        return n < 0 && errno == EAGAIN;
    if (counted && r->budget >= 0) {
        r->budget = r->budget > n ? r->budget - n : 0;
        if (r->budget == 0)
            return false;
    }
    return send(to, bytes, (size_t)n, MSG_NOSIGNAL) == n;
}

static void relay_turn(struct relay *r, const struct pollfd *fds)
{
    uint64_t drop;

    if (fds[1].revents)
        (void)!read(r->wake, &drop, sizeof(drop));
    for (int i = 0; i < PAIRS; i++) {
        struct pair *p = &r->pairs[i];

        if (p->client < 0)
            continue;
        bool ok = !r->cut && (!fds[2 + 2 * i].revents || relay_move(r, p->client, p->server, false)) &&
                  (!fds[3 + 2 * i].revents || relay_move(r, p->server, p->client, true));

        if (!ok)
            close_pair(p);
    }
    if (fds[0].revents)
        relay_accept(r);
}

static void *relay_run(void *argument)
{
    struct relay *r = argument;

    for (;;) {
        struct pollfd fds[2 + 2 * PAIRS] = {{.fd = r->listener, .events = POLLIN}, {.fd = r->wake, .events = POLLIN}};

        for (int i = 0; i < PAIRS; i++) {
            fds[2 + 2 * i] = (struct pollfd){.fd = r->pairs[i].client, .events = POLLIN};
            fds[3 + 2 * i] = (struct pollfd){.fd = r->pairs[i].server, .events = POLLIN};
        }
        poll(fds, CV_COUNT(fds), -1);
        pthread_mutex_lock(&r->lock);
        bool stop = r->stop;

        relay_turn(r, fds);
        pthread_mutex_unlock(&r->lock);
        if (stop)
            return NULL;
    }
}

static void relay_set(struct relay *r, bool cut, long budget, bool stop)
{
    uint64_t one = 1;

    pthread_mutex_lock(&r->lock);
    r->cut = cut;
    r->budget = budget;
    r->stop = stop;
    pthread_mutex_unlock(&r->lock);
    (void)!write(r->wake, &one, sizeof(one));
}

static void relay_start(struct relay *r, const char *path, const char *target)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    memset(r, 0, sizeof(*r));
    snprintf(r->path, sizeof(r->path), "%s", path);
    snprintf(r->target, sizeof(r->target), "%s", target);
    snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
    r->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    r->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    r->budget = -1;
    for (int i = 0; i < PAIRS; i++)
        r->pairs[i] = (struct pair){-1, -1};
    pthread_mutex_init(&r->lock, NULL);
    assert_int_equal(bind(r->listener, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(r->listener, 8), 0);
    assert_int_equal(pthread_create(&r->thread, NULL, relay_run, r), 0);
}

static void relay_stop(struct relay *r)
{
    relay_set(r, true, -1, true);
    pthread_join(r->thread, NULL);
    for (int i = 0; i < PAIRS; i++)
        if (r->pairs[i].client >= 0)
            close_pair(&r->pairs[i]);
    close(r->listener);
    close(r->wake);
    unlink(r->path);
    pthread_mutex_destroy(&r->lock);
}

/* ---- a small view: mark and sweep by entryUUID ---- */
struct known {
    uint8_t uuid[16];
    bool there, marked;
    int kind; /* 's' 'u' 'y' 't' */
    struct cv_id id;
    char name[64];
};
struct seen {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct known known[SEEN_MAX];
    size_t count;
    int begins, fresh_begins, ends, sweeps, refuse; /* refuse: how many ends to answer with false */
    int staff, presents, removes, settled, ticks;
    int alive;    /* -1 not said */
    size_t least; /* fewest people at any moment since it was set */
};

static size_t people(const struct seen *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->count; i++)
        n += s->known[i].there && s->known[i].kind == 's';
    return n;
}

static void done(struct seen *s)
{
    size_t n = people(s);

    s->least = n < s->least ? n : s->least;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static struct known *find(struct seen *s, const uint8_t uuid[16], bool make)
{
    for (size_t i = 0; i < s->count; i++)
        if (memcmp(s->known[i].uuid, uuid, 16) == 0)
            return &s->known[i];
    if (!make || s->count == SEEN_MAX)
        return NULL;
    memcpy(s->known[s->count].uuid, uuid, 16);
    return &s->known[s->count++];
}

static void upsert(struct seen *s, const uint8_t uuid[16], int kind, struct cv_id id, const char *name)
{
    struct known *k = find(s, uuid, true);

    if (k) {
        k->there = k->marked = true;
        k->kind = kind;
        k->id = id;
        snprintf(k->name, sizeof(k->name), "%s", name);
    }
}

static void on_begin(void *ctx, bool fresh)
{
    struct seen *s = ctx;

    pthread_mutex_lock(&s->lock);
    s->begins++;
    s->fresh_begins += fresh;
    for (size_t i = 0; i < s->count; i++)
        s->known[i].marked = false;
    done(s);
}

static void on_staff(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_staff *staff)
{
    struct seen *s = ctx;

    pthread_mutex_lock(&s->lock);
    s->staff += csn[0] != '\0';
    upsert(s, uuid, 's', staff->id, staff->full_name);
    done(s);
}

static void on_unit(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_unit *unit)
{
    struct seen *s = ctx;

    (void)csn;
    pthread_mutex_lock(&s->lock);
    upsert(s, uuid, 'u', unit->id, unit->name[CV_VI]);
    done(s);
}

static void on_system(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_system *system)
{
    struct seen *s = ctx;

    (void)csn;
    pthread_mutex_lock(&s->lock);
    upsert(s, uuid, 'y', (struct cv_id){0}, system->slug);
    done(s);
}

static void on_token(void *ctx, const uint8_t uuid[16], const char *csn, const struct dom_token *token)
{
    struct seen *s = ctx;

    (void)csn;
    pthread_mutex_lock(&s->lock);
    upsert(s, uuid, 't', token->id, token->name);
    done(s);
}

static void on_present(void *ctx, const uint8_t uuid[16])
{
    struct seen *s = ctx;
    struct known *k;

    pthread_mutex_lock(&s->lock);
    s->presents++;
    k = find(s, uuid, false);
    if (k)
        k->marked = true;
    done(s);
}

static void on_remove(void *ctx, const uint8_t uuid[16])
{
    struct seen *s = ctx;
    struct known *k;

    pthread_mutex_lock(&s->lock);
    k = find(s, uuid, false);
    s->removes += k && k->there;
    if (k)
        k->there = false;
    done(s);
}

static bool on_end(void *ctx, bool sweep)
{
    struct seen *s = ctx;
    bool accepted;

    pthread_mutex_lock(&s->lock);
    s->ends++;
    s->sweeps += sweep;
    accepted = s->refuse == 0;
    s->refuse -= !accepted;
    for (size_t i = 0; sweep && accepted && i < s->count; i++)
        s->known[i].there = s->known[i].there && s->known[i].marked;
    done(s);
    return accepted;
}

static bool on_settled(void *ctx)
{
    struct seen *s = ctx;

    pthread_mutex_lock(&s->lock);
    s->settled++;
    done(s);
    return true;
}

static void on_tick(void *ctx)
{
    struct seen *s = ctx;

    pthread_mutex_lock(&s->lock);
    s->ticks++;
    done(s);
}

static void on_alive(void *ctx, bool alive)
{
    struct seen *s = ctx;

    pthread_mutex_lock(&s->lock);
    s->alive = alive;
    done(s);
}

static void seen_init(struct seen *s)
{
    memset(s, 0, sizeof(*s));
    s->alive = -1;
    pthread_mutex_init(&s->lock, NULL);
    cv_cond_init(&s->changed);
}

static struct dir_feed feed_of(struct seen *s)
{
    return (struct dir_feed){.ctx = s,
                             .begin = on_begin,
                             .staff = on_staff,
                             .unit = on_unit,
                             .system = on_system,
                             .token = on_token,
                             .present = on_present,
                             .remove = on_remove,
                             .end = on_end,
                             .settled = on_settled,
                             .tick = on_tick,
                             .alive = on_alive};
}

/* Waits until the condition holds (asked under the lock). */
#define WAIT(seen, condition)                                                                                          \
    do {                                                                                                               \
        struct timespec until;                                                                                         \
        int rc_ = 0;                                                                                                   \
        clock_gettime(CLOCK_MONOTONIC, &until);                                                                        \
        until.tv_sec += WAIT_MS / 1000;                                                                                \
        pthread_mutex_lock(&(seen)->lock);                                                                             \
        while (!(condition) && rc_ == 0) {                                                                             \
            rc_ = pthread_cond_timedwait(&(seen)->changed, &(seen)->lock, &until);                                     \
        }                                                                                                              \
        bool held_ = (condition);                                                                                      \
        pthread_mutex_unlock(&(seen)->lock);                                                                           \
        if (!held_) {                                                                                                  \
            fail_msg("never came true: %s", #condition);                                                               \
        }                                                                                                              \
    } while (0)

static int read_int(struct seen *s, const int *what)
{
    pthread_mutex_lock(&s->lock);
    int value = *what;

    pthread_mutex_unlock(&s->lock);
    return value;
}

/* Under the lock. */
static const struct known *person(struct seen *s, struct cv_id id)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->known[i].there && s->known[i].kind == 's' && cv_id_equal(s->known[i].id, id))
            return &s->known[i];
    return NULL;
}

static bool named(struct seen *s, struct cv_id id, const char *name)
{
    const struct known *k = person(s, id);

    return k && strcmp(k->name, name) == 0;
}

/* ---- the directory ---- */
static struct {
    char folder[64], relay_uri[256];
    struct dir_embedded *slapd;
    struct dir_config direct, relayed;
    struct dir_session *session;
    struct relay relay;
    struct cv_arena *arena;
    struct dom_staff people[PEOPLE];
    struct dom_post posts[PEOPLE];
    struct cv_id unit;
} world;

static const struct dir_actor actor = {"system", "req-1", "test", NULL};

#define MUST(call)                                                                                                     \
    do {                                                                                                               \
        struct cv_error err = {0};                                                                                     \
        if (!(call))                                                                                                   \
            fail_msg("%s: %s (%s)", #call, err.text[CV_EN], err.lib_text);                                             \
    } while (0)

static void need_container(const char *dn, const char *class, const char *attr, const char *value)
{
    struct cv_error err;
    struct dir_attrs attrs;

    dir_attrs_init(&attrs, world.arena);
    dir_put(&attrs, "objectClass", "top");
    dir_put(&attrs, "objectClass", class);
    if (strcmp(class, "organization") == 0) {
        dir_put(&attrs, "objectClass", "dcObject");
        dir_put(&attrs, "o", value);
    }
    dir_put(&attrs, attr, value);
    if (!dir_add_entry(world.session, dn, &attrs, NULL, &err) && err.kind != CV_EXISTS)
        fail_msg("%s: %s (%s)", dn, err.text[CV_EN], err.lib_text);
}

static void make_containers(void)
{
    need_container("dc=congvu", "organization", "dc", "congvu");
    need_container("ou=people,dc=congvu", "organizationalUnit", "ou", "people");
    need_container("ou=units,dc=congvu", "organizationalUnit", "ou", "units");
    need_container("ou=system,dc=congvu", "organizationalUnit", "ou", "system");
    need_container("ou=systems,ou=system,dc=congvu", "organizationalUnit", "ou", "systems");
    need_container("ou=tokens,ou=system,dc=congvu", "organizationalUnit", "ou", "tokens");
    need_container("ou=brakes,ou=system,dc=congvu", "organizationalUnit", "ou", "brakes");
    need_container("ou=usage", "organizationalUnit", "ou", "usage");
    need_container("ou=leases", "organizationalUnit", "ou", "leases");
}

static struct dom_staff make_person(struct dom_post *post, const char *name)
{
    *post = dom_post_new(world.unit);
    post->primary = true;
    post->title = "Chuyên viên";
    struct dom_staff s = dom_staff_new(cv_id_make());
    s.full_name = name;
    s.family_name = "Nguyễn";
    s.given_name = "An";
    s.posts = post;
    s.post_count = 1;
    return s;
}

static void add_person(struct dom_staff *s)
{
    struct dir_stamp stamp;

    MUST(dir_staff_add(world.session, s, &actor, &stamp, &err));
    s->revision = stamp.revision;
}

static void rename_in_place(struct dom_staff *s, const char *name)
{
    struct dom_staff after = *s;
    struct dir_stamp stamp;

    after.full_name = name;
    MUST(dir_staff_save(world.session, s, &after, false, &actor, &stamp, &err));
    assert_true(stamp.changed);
    after.revision = stamp.revision;
    *s = after;
}

static void add_system_and_token(void)
{
    struct dir_attrs attrs;
    struct dom_system system = {.slug = "mailbox", .name = {"Thư điện tử", "Mail"}, .kind = DOM_DIRECTORY};
    struct dom_token token = {.id = cv_id_make(),
                              .name = "thẻ",
                              .digest = "00ff",
                              .scopes = DOM_STAFF_READ,
                              .everywhere = true,
                              .expires_at = CV_NO_MOMENT,
                              .revoked_at = CV_NO_MOMENT,
                              .created_at = CV_NO_MOMENT,
                              .idempotency.at = CV_NO_MOMENT};

    dir_attrs_init(&attrs, world.arena);
    dir_map_system(&system, "dc=congvu", &attrs);
    dir_put_int(&attrs, "cvRevision", 1);
    MUST(dir_add_entry(world.session, dir_dn_system(world.arena, "dc=congvu", "mailbox"), &attrs, NULL, &err));
    MUST(dir_token_add(world.session, &token, &actor, NULL, &err));
}

static void populate(void)
{
    struct dom_unit unit = {.code = "H43",
                            .name = {"Sở Nội vụ", NULL},
                            .block = -1,
                            .active_from = CV_NO_DAY,
                            .active_to = CV_NO_DAY,
                            .idempotency.at = CV_NO_MOMENT,
                            .created_at = CV_NO_MOMENT,
                            .updated_at = CV_NO_MOMENT};

    make_containers();
    world.unit = unit.id = cv_id_make();
    MUST(dir_unit_add(world.session, &unit, &actor, NULL, &err));
    add_system_and_token();
    for (size_t i = 0; i < PEOPLE; i++) {
        world.people[i] = make_person(&world.posts[i], cv_arena_printf(world.arena, "Người thứ %zu", i));
        add_person(&world.people[i]);
    }
}

static const char *uri_of(const char *path, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "ldapi://");

    for (; *path && n + 4 < size; path++)
        n += (size_t)snprintf(out + n, size - n, *path == '/' ? "%%2F" : "%c", *path);
    return out;
}

static int open_world(void **unused)
{
    char socket_path[100], relay_path[100];
    struct cv_error why;
    const struct dir_embedded_options options = {
        .data_dir = world.folder, .base = "dc=congvu", .max_bytes = 256 << 20, .nosync = true};

    (void)unused;
    snprintf(world.folder, sizeof(world.folder), "/tmp/congvu-sync-XXXXXX");
    if (!cv_clock_init("Asia/Ho_Chi_Minh", 0, &why) || !cv_text_init(&why) || !mkdtemp(world.folder))
        return -1;
    cv_log_level(CV_LOG_ERROR);
    signal(SIGPIPE, SIG_IGN); /* as congvud does */
    world.arena = cv_arena_new(32 << 20);
    MUST(dir_embedded_start(&options, &world.slapd, &err));
    world.direct = (struct dir_config){.uri = dir_embedded_uri(world.slapd), .base = "dc=congvu", .connect_ms = 3000};
    snprintf(socket_path, sizeof(socket_path), "%s/run/ldapi", world.folder);
    snprintf(relay_path, sizeof(relay_path), "%s/relay", world.folder);
    relay_start(&world.relay, relay_path, socket_path);
    world.relayed = world.direct;
    world.relayed.uri = uri_of(relay_path, world.relay_uri, sizeof(world.relay_uri));
    MUST(dir_session_open(&world.direct, &world.session, &err));
    populate();
    return 0;
}

static int close_world(void **unused)
{
    char command[128];

    (void)unused;
    dir_session_close(&world.session);
    relay_stop(&world.relay);
    dir_embedded_stop(&world.slapd);
    cv_arena_free(&world.arena);
    snprintf(command, sizeof(command), "rm -rf '%s'", world.folder);
    return system(command);
}

static struct dir_sync *follow(const struct dir_config *config, struct seen *s)
{
    struct dir_feed feed = feed_of(s);
    struct dir_sync *sync = NULL;

    MUST(dir_sync_start(config, &feed, &sync, &err));
    return sync;
}

static int64_t timed_stop(struct dir_sync **sync)
{
    int64_t before = cv_mono_ns();

    dir_sync_stop(sync);
    return (cv_mono_ns() - before) / 1000000;
}

/* ---- the tests ---- */
static void refresh_names_everything(void **unused)
{
    static struct seen s;

    (void)unused;
    seen_init(&s);
    struct dir_sync *sync = follow(&world.direct, &s);

    WAIT(&s, s.ends == 1 && s.settled > 0);
    pthread_mutex_lock(&s.lock);
    int kinds[128] = {0};

    for (size_t i = 0; i < s.count; i++)
        kinds[s.known[i].kind]++;
    assert_int_equal(kinds['s'], PEOPLE);
    assert_int_equal(kinds['u'], 1);
    assert_int_equal(kinds['y'], 1);
    assert_int_equal(kinds['t'], 1);
    assert_true(s.fresh_begins == 1 && s.begins == 1 && s.sweeps == 1 && s.alive == 1);
    assert_true(named(&s, world.people[3].id, world.people[3].full_name));
    pthread_mutex_unlock(&s.lock);
    int settled = read_int(&s, &s.settled);

    WAIT(&s, s.settled >= settled + 2); /* also when nothing happens */
    assert_true(timed_stop(&sync) < 500);
}

static void change_id(const struct dom_staff *s, struct cv_id to)
{
    char rdn[64] = "cvId=";
    LDAP *ld = NULL;

    cv_id_text("stf_", to, rdn + 5);
    MUST(dir_connect(&world.direct, cv_deadline_in_ms(3000), &ld, &err));
    assert_int_equal(ldap_rename_s(ld, dir_dn_staff(world.arena, "dc=congvu", s->id), rdn, NULL, 1, NULL, NULL),
                     LDAP_SUCCESS);
    ldap_unbind_ext(ld, NULL, NULL);
}

static void changes_arrive(void **unused)
{
    static struct seen s;
    struct dom_post post;
    struct dom_staff extra = make_person(&post, "Trần Thị Thêm");
    struct cv_id other = cv_id_make();

    (void)unused;
    seen_init(&s);
    struct dir_sync *sync = follow(&world.direct, &s);

    WAIT(&s, s.ends == 1);
    add_person(&extra);
    WAIT(&s, named(&s, extra.id, "Trần Thị Thêm"));
    rename_in_place(&extra, "Trần Thị Bớt");
    WAIT(&s, named(&s, extra.id, "Trần Thị Bớt"));
    change_id(&extra, other);
    WAIT(&s, named(&s, other, "Trần Thị Bớt") && !person(&s, extra.id)); /* one entryUUID, one person */
    extra.id = other;
    MUST(dir_staff_delete(world.session, &extra, &actor, &err));
    WAIT(&s, !person(&s, other) && s.removes == 1);
    assert_int_equal(read_int(&s, &s.begins), 1);
    dir_sync_stop(&sync);
}

static void restart_slapd(int by)
{
    int pid = dir_embedded_pid(world.slapd);
    struct cv_deadline until = cv_deadline_in_ms(WAIT_MS);
    struct cv_error err;

    kill(pid, by);
    for (;;) {
        dir_session_deadline(world.session, cv_deadline_in_ms(1000));
        if (dir_embedded_pid(world.slapd) != pid && dir_ping(world.session, &err))
            break;
        assert_false(cv_deadline_passed(until));
        struct timespec turn = {.tv_nsec = 5000000};

        nanosleep(&turn, NULL); /* asks again, up to the deadline */
    }
    dir_session_deadline(world.session, cv_deadline_in_ms(10000));
}

/* `by`: the signal that ends slapd while the consumer is away, 0 = it stays up. */
static void resume_with(int by)
{
    static struct seen s;
    struct dom_post posts[2];
    struct dom_staff gone = make_person(&posts[0], "Sẽ đi"), added = make_person(&posts[1], "Mới đến");

    add_person(&gone);
    seen_init(&s);
    struct dir_sync *sync = follow(&world.relayed, &s);

    WAIT(&s, s.ends == 1 && s.settled > 0);
    int staff = read_int(&s, &s.staff);

    relay_set(&world.relay, true, -1, false);
    WAIT(&s, s.alive == 0);
    MUST(dir_staff_delete(world.session, &gone, &actor, &err));
    add_person(&added);
    rename_in_place(&world.people[0], cv_arena_printf(world.arena, "Đổi tên %d", by));
    if (by)
        restart_slapd(by);
    relay_set(&world.relay, false, -1, false);
    WAIT(&s, s.alive == 1 && s.ends == 2);
    pthread_mutex_lock(&s.lock);
    assert_true(named(&s, added.id, "Mới đến"));
    assert_true(named(&s, world.people[0].id, world.people[0].full_name));
    assert_null(person(&s, gone.id));
    assert_int_equal(people(&s), PEOPLE + 1);
    if (by == SIGKILL) { /* it came back with an old contextCSN */
        assert_true(s.fresh_begins == 2 && s.staff - staff >= PEOPLE);
    } else {
        assert_int_equal(s.staff - staff, 2); /* only what differs */
        assert_true(s.fresh_begins == 1 && s.removes == 1);
    }
    pthread_mutex_unlock(&s.lock);
    dir_sync_stop(&sync);
    MUST(dir_staff_delete(world.session, &added, &actor, &err));
}

static void resume_brings_differences(void **unused)
{
    (void)unused;
    resume_with(0);
}

static void resume_over_a_restart(void **unused)
{
    (void)unused;
    resume_with(SIGTERM);
}

/* A killed slapd forgets how far it was (its contextCSN); what it had acknowledged must arrive nevertheless. */
static void recovery_after_a_kill(void **unused)
{
    (void)unused;
    resume_with(SIGKILL);
}

/* Another day begins also while nobody answers. */
static void time_goes_on_without_a_server(void **unused)
{
    static struct seen s;

    (void)unused;
    seen_init(&s);
    struct dir_sync *sync = follow(&world.relayed, &s);

    WAIT(&s, s.ends == 1 && s.settled > 0);
    relay_set(&world.relay, true, -1, false);
    WAIT(&s, s.alive == 0);
    int ticks = read_int(&s, &s.ticks);

    WAIT(&s, s.ticks >= ticks + 3 || s.alive == 1);
    assert_int_equal(read_int(&s, &s.alive), 0);
    relay_set(&world.relay, false, -1, false);
    WAIT(&s, s.alive == 1);
    assert_true(timed_stop(&sync) < 500);
}

/* Somebody else's data under the same address: everything is read. */
static void another_server_is_read_whole(void **unused)
{
    static struct seen s;

    (void)unused;
    seen_init(&s);
    struct dir_sync *sync = follow(&world.relayed, &s);

    WAIT(&s, s.ends == 1 && s.settled > 0);
    relay_set(&world.relay, true, -1, false);
    WAIT(&s, s.alive == 0);
    MUST(dir_mark_renew(world.session, &err));
    relay_set(&world.relay, false, -1, false);
    WAIT(&s, s.alive == 1 && s.ends == 2);
    assert_int_equal(read_int(&s, &s.fresh_begins), 2);
    dir_sync_stop(&sync);
}

/* A connection that dies soon after a cookie was used: perhaps because of it. */
static void a_cookie_that_was_bad_for_it_is_not_used_again(void **unused)
{
    static struct seen s;

    (void)unused;
    seen_init(&s);
    struct dir_sync *sync = follow(&world.relayed, &s);

    WAIT(&s, s.ends == 1 && s.settled > 0);
    for (int i = 2; i <= 3; i++) {
        relay_set(&world.relay, true, -1, false);
        WAIT(&s, s.alive == 0);
        relay_set(&world.relay, false, -1, false);
        WAIT(&s, s.alive == 1 && s.ends == i);
        assert_int_equal(read_int(&s, &s.fresh_begins), i - 1);
    }
    dir_sync_stop(&sync);
}

static void full_reading_after_a_kill(void **unused)
{
    static struct seen s;
    struct dom_post posts[2];
    struct dom_staff first = make_person(&posts[0], "Trước"), second = make_person(&posts[1], "Sau");

    (void)unused;
    restart_slapd(SIGTERM);
    add_person(&first);
    add_person(&second);
    restart_slapd(SIGKILL);
    seen_init(&s);
    struct dir_sync *sync = follow(&world.direct, &s);

    WAIT(&s, s.ends == 1);
    pthread_mutex_lock(&s.lock);
    assert_true(named(&s, first.id, "Trước") && named(&s, second.id, "Sau"));
    assert_int_equal(people(&s), PEOPLE + 2);
    pthread_mutex_unlock(&s.lock);
    MUST(dir_staff_delete(world.session, &first, &actor, &err));
    MUST(dir_staff_delete(world.session, &second, &actor, &err));
    WAIT(&s, people(&s) == PEOPLE);
    dir_sync_stop(&sync);
}

/* Cut in the middle of a full refresh, again and again: nobody may vanish, and the end is not announced before the end.
 */
static void cut_refresh_never_sweeps(void **unused)
{
    static struct seen s;

    (void)unused;
    seen_init(&s);
    struct dir_sync *sync = follow(&world.direct, &s);

    WAIT(&s, s.ends == 1);
    dir_sync_stop(&sync);
    pthread_mutex_lock(&s.lock);
    assert_int_equal(people(&s), PEOPLE);
    s.least = PEOPLE;
    pthread_mutex_unlock(&s.lock);
    relay_set(&world.relay, false, 8000,
              false); /* budget for a part of them; then every connection dies at its first answer */
    sync = follow(&world.relayed, &s);
    WAIT(&s, s.alive == 0 && s.begins >= 2);
    assert_int_equal(read_int(&s, &s.ends), 1);
    relay_set(&world.relay, false, -1, false);
    WAIT(&s, s.ends == 2 && s.alive == 1);
    pthread_mutex_lock(&s.lock);
    assert_int_equal(s.least, PEOPLE);
    assert_int_equal(people(&s), PEOPLE);
    pthread_mutex_unlock(&s.lock);
    dir_sync_stop(&sync);
}

static void refused_sweep_is_read_again(void **unused)
{
    static struct seen s;

    (void)unused;
    seen_init(&s);
    s.refuse = 1;
    struct dir_sync *sync = follow(&world.direct, &s);

    WAIT(&s, s.ends == 1);
    rename_in_place(&world.people[1], "Trong lúc chờ"); /* changes go on meanwhile */
    WAIT(&s, named(&s, world.people[1].id, "Trong lúc chờ"));
    WAIT(&s, s.ends == 2);
    pthread_mutex_lock(&s.lock);
    assert_true(s.fresh_begins == 2 && s.sweeps == 2 && s.alive == 1);
    assert_int_equal(people(&s), PEOPLE);
    pthread_mutex_unlock(&s.lock);
    dir_sync_stop(&sync);
}

static void frozen_server_is_noticed(void **unused)
{
    static struct seen s;
    int pid = dir_embedded_pid(world.slapd);

    (void)unused;
    seen_init(&s);
    struct dir_sync *sync = follow(&world.direct, &s);

    WAIT(&s, s.ends == 1 && s.alive == 1);
    kill(pid, SIGSTOP);
    WAIT(&s, s.alive == 0);
    pthread_mutex_lock(&s.lock);
    assert_int_equal(people(&s), PEOPLE);
    pthread_mutex_unlock(&s.lock);
    kill(pid, SIGCONT);
    WAIT(&s, s.alive == 1);
    WAIT(&s, people(&s) == PEOPLE); /* nobody was lost, whether slapd thawed or was started again */
    dir_sync_stop(&sync);
}

static int thaw(void **unused)
{
    (void)unused;
    kill(dir_embedded_pid(world.slapd), SIGCONT);
    return 0;
}

static void stops_while_frozen(void **unused)
{
    static struct seen s, t;
    int pid = dir_embedded_pid(world.slapd);

    (void)unused;
    seen_init(&s);
    seen_init(&t);
    struct dir_sync *following = follow(&world.direct, &s);

    WAIT(&s, s.ends == 1);
    kill(pid, SIGSTOP);
    struct dir_sync *connecting = follow(&world.direct, &t);
    int64_t first = timed_stop(&following), second = timed_stop(&connecting);

    kill(pid, SIGCONT);
    assert_true(first < 500);
    assert_true(second < 500);
}

static void replace_posts(const struct dom_staff *s, const char *value)
{
    char *values[] = {(char *)(uintptr_t)value, NULL};
    LDAPMod mod = {.mod_op = LDAP_MOD_REPLACE, .mod_type = (char *)(uintptr_t) "cvPost", .mod_values = values};
    LDAPMod *mods[] = {&mod, NULL};
    LDAP *ld = NULL;

    MUST(dir_connect(&world.direct, cv_deadline_in_ms(3000), &ld, &err));
    assert_int_equal(ldap_modify_ext_s(ld, dir_dn_staff(world.arena, "dc=congvu", s->id), mods, NULL, NULL),
                     LDAP_SUCCESS);
    ldap_unbind_ext(ld, NULL, NULL);
}

static void broken_record_is_skipped(void **unused)
{
    static struct seen s, t;
    struct dom_staff *broken = &world.people[2];
    struct dir_attrs good;
    struct dir_entry view;

    (void)unused;
    seen_init(&s);
    seen_init(&t);
    struct dir_sync *sync = follow(&world.direct, &s);

    WAIT(&s, s.ends == 1);
    replace_posts(broken, "{\"unit\":");
    WAIT(&s, s.presents == 1); /* named, so that its last good version stays */
    pthread_mutex_lock(&s.lock);
    assert_non_null(person(&s, broken->id));
    pthread_mutex_unlock(&s.lock);
    dir_sync_stop(&sync);
    sync = follow(&world.direct, &t);
    WAIT(&t, t.ends == 1);
    pthread_mutex_lock(&t.lock);
    assert_int_equal(people(&t), PEOPLE - 1);
    assert_int_equal(t.presents, 1);
    pthread_mutex_unlock(&t.lock);
    dir_attrs_init(&good, world.arena);
    dir_map_staff(broken, "dc=congvu", &good);
    view = (struct dir_entry){.attrs = good};
    replace_posts(broken, dir_get_text(&view, "cvPost"));
    WAIT(&t, person(&t, broken->id) != NULL);
    dir_sync_stop(&sync);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refresh_names_everything),
        cmocka_unit_test(changes_arrive),
        cmocka_unit_test(resume_brings_differences),
        cmocka_unit_test(resume_over_a_restart),
        cmocka_unit_test(recovery_after_a_kill),
        cmocka_unit_test(time_goes_on_without_a_server),
        cmocka_unit_test(another_server_is_read_whole),
        cmocka_unit_test(a_cookie_that_was_bad_for_it_is_not_used_again),
        cmocka_unit_test(full_reading_after_a_kill),
        cmocka_unit_test(cut_refresh_never_sweeps),
        cmocka_unit_test(refused_sweep_is_read_again),
        cmocka_unit_test_teardown(frozen_server_is_noticed, thaw),
        cmocka_unit_test_teardown(stops_while_frozen, thaw),
        cmocka_unit_test(broken_record_is_skipped),
    };

    return cmocka_run_group_tests(tests, open_world, close_world);
}
