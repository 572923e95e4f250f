/* Ending sessions by Dovecot's doveadm over HTTP: one call for many commands, each answered under its own tag.
 * Cache, kick, a short pause, kick and look again: a sign-in that passed just before is seen by the second round. */
#include <poll.h>
#include <string.h>

#include "congvu/connect.h"
#include "congvu/json.h"

enum { SETTLE_MS = 150 };

static const char *tag_of(struct cv_arena *arena, char kind, size_t i)
{
    return cv_arena_printf(arena, "%c%zu", kind, i);
}

static void put_command(struct cv_jout *j, struct cv_arena *arena, const char *command, const char *list,
                        const char *user, char kind, size_t i)
{
    cv_jout_array(j, NULL);
    cv_jout_string(j, NULL, command);
    cv_jout_object(j, NULL);
    cv_jout_array(j, list);
    cv_jout_string(j, NULL, user);
    cv_jout_end(j);
    cv_jout_end(j);
    cv_jout_string(j, NULL, tag_of(arena, kind, i));
    cv_jout_end(j);
}

struct cut {
    bool cache;
    const char *const *users;
    size_t count;
};

static void put_round(struct cv_buf *body, struct cv_arena *arena, const struct cut *cut, bool first)
{
    struct cv_jout j;
    cv_jout_init(&j, body);
    cv_jout_array(&j, NULL);
    for (size_t i = 0; i < cut->count; i++) {
        if (first && cut->cache)
            put_command(&j, arena, "authCacheFlush", "user", cut->users[i], 'f', i);
        put_command(&j, arena, "kick", "mask", cut->users[i], 'k', i);
        if (!first)
            put_command(&j, arena, "who", "mask", cut->users[i], 'w', i);
    }
    cv_jout_end(&j);
}

static bool send_round(struct con_client *client, const struct con_target *target, const struct cut *cut, bool first,
                       struct cv_arena *arena, struct con_answer *out, struct cv_error *err)
{
    cv_auto_buf body = {0};
    cv_buf_init(&body, CON_MAX_ANSWER);
    put_round(&body, arena, cut, first);
    if (!cv_buf_ok(&body))
        return cv_fail_as(err, CV_LIMIT, "", "Quá nhiều phiên một lúc", "Too many sessions at once");
    const struct con_request request = {
        .method = CON_POST, .content_type = "application/json", .body = body.data, .body_len = body.len};
    return con_send(client, target, &request, arena, out, err);
}

/* Quotes inside a JSON text are escaped, so neither can be part of a value: `tail` is what stands before the tag. */
static bool answered(const struct con_answer *answer, struct cv_arena *arena, const char *tail, char kind, size_t i)
{
    return answer->body != NULL &&
           strstr(answer->body, cv_arena_printf(arena, "%s,\"%s\"]", tail, tag_of(arena, kind, i))) != NULL;
}

bool con_doveadm_cut_off(struct con_client *client, const struct con_target *target, bool cache,
                         const char *const *users, size_t count, struct cv_arena *arena, struct con_cut_off *out,
                         struct cv_error *err)
{
    const struct cut cut = {cache, users, count};
    struct con_answer first = {0}, second = {0};
    if (!send_round(client, target, &cut, true, arena, &first, err))
        return false;
    poll(NULL, 0, SETTLE_MS);
    if (!send_round(client, target, &cut, false, arena, &second, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        out[i].cache_empty = !cache || answered(&first, arena, "}]", 'f', i);
        out[i].nobody_left = answered(&second, arena, "[\"doveadmResponse\",[]", 'w', i);
    }
    return true;
}
