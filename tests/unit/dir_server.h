/* A real embedded slapd in a temporary folder, for tests of the directory. */
#pragma once

#include <ftw.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "congvu/server.h"
#include "directory/internal.h"

#define BASE           "dc=congvu"
#define SERVICE_PEOPLE "ou=people," BASE

struct server {
    char dir[64];
    struct dir_embedded *slapd;
    struct dir_config config;
    struct dir_session *session;
    struct cv_arena *arena;
    struct cv_error err;
};

static inline int server_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static inline void server_show(const struct cv_error *err)
{
    print_error("kind %d field '%s': %s [%d %s]\n", err->kind, err->field, err->text[CV_EN], err->lib_code,
                err->lib_text);
}

#define assert_ok(s, call)                                                                                             \
    do {                                                                                                               \
        if (!(call)) {                                                                                                 \
            server_show(&(s)->err);                                                                                    \
            fail();                                                                                                    \
        }                                                                                                              \
    } while (0)

static inline bool server_boot(struct server *s)
{
    struct dir_embedded_options options = {.data_dir = s->dir, .base = BASE, .max_bytes = 64 << 20, .nosync = true};
    cv_error_clear(&s->err);
    if (!dir_embedded_start(&options, &s->slapd, &s->err))
        return false;
    s->config = (struct dir_config){.uri = dir_embedded_uri(s->slapd), .base = BASE, .connect_ms = 5000};
    return dir_session_open(&s->config, &s->session, &s->err);
}

static inline void server_halt(struct server *s)
{
    dir_session_close(&s->session);
    dir_embedded_stop(&s->slapd);
}

static inline int server_setup(void **state)
{
    static const struct dir_bootstrap what = {.key_fingerprint = "0123456789abcdef"};
    struct server *s = calloc(1, sizeof *s);
    snprintf(s->dir, sizeof s->dir, "/tmp/cv-dir-XXXXXX");
    s->arena = cv_arena_new(16 << 20);
    *state = s;
    if (!mkdtemp(s->dir) || !server_boot(s) || !dir_bootstrap(s->session, &what, &s->err)) {
        server_show(&s->err);
        return -1;
    }
    return 0;
}

static inline int server_teardown(void **state)
{
    struct server *s = *state;
    server_halt(s);
    nftw(s->dir, server_remove, 16, FTW_DEPTH | FTW_PHYS);
    cv_arena_free(&s->arena);
    free(s);
    return 0;
}

static inline struct dir_attrs person(struct server *s, const char *id, const char *name, bool may_login)
{
    struct dir_attrs a;
    dir_attrs_init(&a, s->arena);
    dir_put(&a, "objectClass", "inetOrgPerson");
    dir_put(&a, "objectClass", "cvStaff");
    dir_put(&a, "objectClass", "authorizedServiceObject");
    dir_put(&a, "cvId", id);
    dir_put(&a, "cn", "Nguyễn Văn Ước");
    dir_put(&a, "sn", "Nguyễn");
    dir_put(&a, "cvName", name);
    dir_put_int(&a, "cvRevision", 1);
    dir_put(&a, dir_tagged(s->arena, "cvAccountState", "mailbox"), "active");
    dir_put(&a, "userPassword", "Thu-2026-mat!khau");
    if (may_login)
        dir_put(&a, "authorizedService", "mailbox");
    return a;
}

static inline const char *person_dn(struct server *s, const char *id)
{
    return dir_dn_child(s->arena, SERVICE_PEOPLE, "cvId", id);
}

static inline bool add_person(struct server *s, const char *id, const char *name, bool may_login, struct dir_stamp *out)
{
    struct dir_attrs a = person(s, id, name, may_login);
    return dir_add_entry(s->session, person_dn(s, id), &a, out, &s->err);
}

/* Waits until it is true, 60 s at most: a busy machine under a sanitizer is slow. */
static inline bool eventually(struct server *s, bool (*test)(struct server *))
{
    struct cv_deadline until = cv_deadline_in_ms(60000);
    while (!test(s)) {
        if (cv_deadline_passed(until))
            return false;
        poll(NULL, 0, 10);
    }
    return true;
}

static inline bool pings(struct server *s)
{
    dir_session_deadline(s->session, cv_deadline_in_ms(5000));
    bool answered = dir_ping(s->session, &s->err);
    dir_session_deadline(s->session, cv_deadline_in_ms(60000)); /* whoever goes on has time of his own */
    return answered;
}
