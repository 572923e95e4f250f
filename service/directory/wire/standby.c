/* The server that follows: has it what was written? One thread asks it for its contextCSN, often while somebody waits,
 * else once a second, and holds that against what the writing server had before. What a person said about doing without
 * it (`congvud directory single`) lies at the writing server, and ends when somebody follows again. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "congvu/lock.h"
#include "congvu/log.h"
#include "directory/wire/site.h"
#include "directory/wire/standby.h"

enum { SIDS = 8, FOLLOWERS = 8, ASK_MS = 1000, IDLE_MS = 1000, FIRST_PAUSE_MS = 1, MOST_PAUSE_MS = 16 };

/* One CSN for each server that ever wrote. */
struct csns {
    char text[SIDS][DIR_CSN_TEXT];
    size_t count;
};

struct link {
    LDAP *ld;
    size_t server;
    int64_t again_at; /* not tried before */
};

struct dir_standby {
    const struct dir_config *config;
    int wait_ms;
    int64_t refuse_ns;
    pthread_t thread;
    struct cv_lock lock;
    pthread_cond_t called, moved; /* called: somebody waits; moved: the follower has got on */
    bool stopping, known;         /* known: in step or behind, no longer at the start */
    size_t waiting;
    struct csns written, target;     /* target: what was written when it was last reached */
    struct csns reached[FOLLOWERS];  /* by each that follows; count 0 = it does not */
    int64_t target_at, behind_since; /* behind_since 0: in step */
    char single[DIR_SINGLE_TEXT];    /* "" = nobody said so */
    char said[DIR_SINGLE_TEXT];      /* the same, after it is over too */

    /* Below: the thread's. */
    struct link writer, followers[FOLLOWERS];
    int64_t writer_asked;
    int pause_ms;
};

/* ---- sets of CSNs ---- */
static bool has(const struct csns *set, const char *csn)
{
    for (size_t i = 0; i < set->count; i++)
        if (dir_csn_same_writer(set->text[i], csn))
            return strcmp(set->text[i], csn) >= 0;
    return false;
}

static void note(struct csns *set, const char *csn)
{
    size_t i = 0;
    while (i < set->count && !dir_csn_same_writer(set->text[i], csn))
        i++;
    if (i == SIDS || strlen(csn) >= DIR_CSN_TEXT || (i < set->count && strcmp(set->text[i], csn) >= 0))
        return;
    memcpy(set->text[i], csn, strlen(csn) + 1);
    set->count += i == set->count;
}

static bool covers(const struct csns *set, const struct csns *of)
{
    for (size_t i = 0; i < of->count; i++)
        if (!has(set, of->text[i]))
            return false;
    return of->count > 0;
}

/* ---- asking ---- */
static bool values_of(struct dir_standby *s, LDAP *ld, const char *dn, char *name, struct berval ***out)
{
    char *names[] = {name, NULL};
    struct cv_deadline until = cv_deadline_in_ms(ASK_MS);
    LDAPMessage *answer = NULL;
    int msgid;
    (void)s;
    int rc =
        ldap_search_ext(ld, dn, LDAP_SCOPE_BASE, "(objectClass=*)", names, 0, NULL, NULL, NULL, LDAP_NO_LIMIT, &msgid);
    if (rc == LDAP_SUCCESS)
        rc = dir_await(ld, msgid, until, -1, &answer);
    LDAPMessage *entry = rc == LDAP_SUCCESS ? ldap_first_entry(ld, answer) : NULL;
    *out = entry ? ldap_get_values_len(ld, entry, name) : NULL;
    ldap_msgfree(answer);
    return rc == LDAP_SUCCESS || rc == LDAP_NO_SUCH_OBJECT;
}

static bool read_context(struct dir_standby *s, LDAP *ld, struct csns *out)
{
    struct berval **values = NULL;
    *out = (struct csns){0};
    bool ok = values_of(s, ld, s->config->base, (char[]){"contextCSN"}, &values);
    for (size_t i = 0; values && values[i]; i++)
        note(out, values[i]->bv_val);
    ldap_value_free_len(values);
    return ok;
}

static bool read_single(struct dir_standby *s, LDAP *ld, char out[DIR_SINGLE_TEXT])
{
    struct berval **values = NULL;
    char dn[512];
    snprintf(dn, sizeof dn, "cn=state,ou=system,%s", s->config->base);
    bool ok = values_of(s, ld, dn, (char[]){"cvSingle"}, &values);
    snprintf(out, DIR_SINGLE_TEXT, "%s", values && values[0] ? values[0]->bv_val : "");
    ldap_value_free_len(values);
    return ok;
}

static void drop(struct link *link)
{
    if (link->ld)
        ldap_unbind_ext(link->ld, NULL, NULL);
    *link = (struct link){.again_at = cv_mono_ns() + (int64_t)IDLE_MS * 1000000};
}

/* To the one that is written to now. */
static bool writer_there(struct dir_standby *s)
{
    struct link *w = &s->writer;
    struct cv_error err = {0};
    if (w->ld && !dir_site_fits(s->config->site, w->server, true))
        drop(w);
    if (!w->ld && cv_mono_ns() >= w->again_at &&
        !dir_connect_for(s->config, true, cv_deadline_in_ms(ASK_MS), -1, &w->ld, &w->server, &err))
        drop(w);
    return w->ld != NULL;
}

/* What is at the writing server, written by whomever; once a second. */
static void look_at_writer(struct dir_standby *s)
{
    struct csns context;
    char single[DIR_SINGLE_TEXT];
    if (cv_mono_ns() - s->writer_asked < (int64_t)IDLE_MS * 1000000 || !writer_there(s))
        return;
    s->writer_asked = cv_mono_ns();
    if (!read_single(s, s->writer.ld, single) || !read_context(s, s->writer.ld, &context)) { /* in this order: over() */
        drop(&s->writer);
        return;
    }
    cv_lock_take(&s->lock);
    for (size_t i = 0; i < context.count; i++)
        note(&s->written, context.text[i]);
    memcpy(s->single, single, sizeof single);
    if (single[0] != '\0')
        memcpy(s->said, single, sizeof single);
    cv_lock_give(&s->lock);
}

static void look_at_follower(struct dir_standby *s, size_t server, size_t used)
{
    struct link *f = &s->followers[server];
    struct csns context = {0};
    if (f->ld && server == used)
        drop(f);
    if (!f->ld && server != used && cv_mono_ns() >= f->again_at &&
        !dir_site_follower(s->config, server, cv_deadline_in_ms(ASK_MS), &f->ld))
        drop(f);
    if (f->ld && !read_context(s, f->ld, &context))
        drop(f);
    cv_lock_take(&s->lock);
    s->reached[server] = context;
    cv_lock_give(&s->lock);
}

/* ---- in step or behind ---- */

/* Under the lock. */
static bool anybody_has(const struct dir_standby *s, const struct csns *what)
{
    for (size_t i = 0; i < FOLLOWERS; i++)
        if (covers(&s->reached[i], what))
            return true;
    return false;
}

/* Under the lock. */
static void fall_behind(struct dir_standby *s, int64_t since)
{
    if (s->behind_since == 0)
        cv_log(CV_LOG_WARN, "directory.standby", "no other server has what is written");
    s->behind_since = s->behind_since == 0 ? since : s->behind_since;
}

/* Under the lock. In step stays who has what was written when he last was; at the start, and after falling behind, he
 * needs all of it, or a former writer that comes back with its old data would pass for a follower. */
static void judge(struct dir_standby *s)
{
    int64_t now = cv_mono_ns();
    bool was_there = s->behind_since == 0 && s->target.count > 0;
    if (anybody_has(s, was_there ? &s->target : &s->written)) {
        if (s->behind_since != 0)
            cv_log(CV_LOG_INFO, "directory.standby", "another server has all that is written");
        s->behind_since = 0;
        s->target = s->written;
        s->target_at = now;
        s->pause_ms = FIRST_PAUSE_MS;
    } else if (now - s->target_at > s->wait_ms * INT64_C(1000000)) {
        fall_behind(s, s->target_at);
    }
    s->known = s->known || s->target.count > 0 || s->behind_since != 0;
    pthread_cond_broadcast(&s->moved);
}

/* Under the lock. Somebody has even the word that was said, not only what he had before. */
static bool over(const struct dir_standby *s)
{
    return s->single[0] != '\0' && anybody_has(s, &s->written);
}

/* Somebody follows again: what was said about doing without ends, if it is still what was said. */
static void end_single(struct dir_standby *s)
{
    char dn[512], *values[] = {s->single, NULL};
    LDAPMod mod = {.mod_op = LDAP_MOD_DELETE, .mod_type = (char[]){"cvSingle"}, .mod_values = values},
            *mods[] = {&mod, NULL};
    int msgid;
    snprintf(dn, sizeof dn, "cn=state,ou=system,%s", s->config->base);
    if (!s->writer.ld || ldap_modify_ext(s->writer.ld, dn, mods, NULL, NULL, &msgid) != LDAP_SUCCESS)
        return;
    if (dir_await(s->writer.ld, msgid, cv_deadline_in_ms(ASK_MS), -1, NULL) == LDAP_SUCCESS)
        cv_log(CV_LOG_WARN, "directory.standby", "another server follows again; \"%s\" is over", s->single);
    cv_lock_take(&s->lock);
    s->single[0] = '\0';
    cv_lock_give(&s->lock);
}

static void look(struct dir_standby *s)
{
    size_t count, used = dir_site_used(s->config->site, &count);
    look_at_writer(s);
    for (size_t i = 0; i < count && i < FOLLOWERS; i++)
        look_at_follower(s, i, used);
    cv_lock_take(&s->lock);
    judge(s);
    bool ends = over(s);
    cv_lock_give(&s->lock);
    if (ends)
        end_single(s);
}

/* ---- the thread ---- */
/* False: the end. */
static bool rest(struct dir_standby *s)
{
    cv_lock_take(&s->lock);
    bool busy = s->waiting > 0;
    struct timespec due = cv_timespec(cv_deadline_in_ms(busy ? s->pause_ms : IDLE_MS));
    if (busy && s->pause_ms < MOST_PAUSE_MS)
        s->pause_ms *= 2;
    if (!s->stopping)
        pthread_cond_timedwait(&s->called, &s->lock.mutex, &due);
    bool go_on = !s->stopping;
    cv_lock_give(&s->lock);
    return go_on;
}

static void *watch(void *arg)
{
    struct dir_standby *s = arg;
    (void)pthread_setname_np(pthread_self(), "standby");
    do
        look(s);
    while (rest(s));
    return NULL;
}

/* ---- what a write asks ---- */
bool dir_standby_admits(struct dir_standby *standby, struct cv_error *err)
{
    if (!standby)
        return true;
    cv_lock_take(&standby->lock);
    int64_t since = standby->single[0] != '\0' ? 0 : standby->behind_since;
    cv_lock_give(&standby->lock);
    if (since == 0 || cv_mono_ns() - since < standby->refuse_ns)
        return true;
    cv_fail(err, cvp_standby_behind, NULL,
            "Máy chủ danh bạ dự phòng không theo kịp nên chưa cấp tên mới; chưa có gì thay đổi. Hãy báo người quản trị",
            "The standby directory server does not follow, so no new names are given; nothing was changed. Please tell "
            "the operator");
    err->retry_after_s = 30;
    return false;
}

/* Under the lock, which is given meanwhile. */
static bool await(struct dir_standby *s, const struct csns *what, struct cv_deadline until)
{
    struct timespec due = cv_timespec(cv_deadline_min(until, cv_deadline_in_ms(s->wait_ms)));
    bool late = false;
    s->waiting++;
    s->pause_ms = FIRST_PAUSE_MS;
    pthread_cond_signal(&s->called);
    while (!anybody_has(s, what) && s->single[0] == '\0' && !late && !s->stopping)
        late = pthread_cond_timedwait(&s->moved, &s->lock.mutex, &due) != 0;
    s->waiting--;
    return anybody_has(s, what);
}

bool dir_standby_reached(struct dir_standby *standby, const char *csn, bool name, struct cv_deadline until)
{
    struct csns what = {0};
    int64_t start = cv_mono_ns();
    note(&what, csn);
    cv_no_lock("waiting for the standby");
    cv_lock_take(&standby->lock);
    note(&standby->written, csn);
    bool patient = standby->single[0] == '\0' && (name || standby->behind_since == 0);
    bool ok = patient ? await(standby, &what, until) : anybody_has(standby, &what);
    bool single = standby->single[0] != '\0'; /* said, or read for the first time, meanwhile */
    if (!ok && patient)
        fall_behind(standby, start);
    cv_lock_give(&standby->lock);
    if (!ok && patient && !single)
        cv_count(CVM_standby_wait_timeouts);
    return ok || single;
}

/* ---- the object ---- */
static void init_waits(struct dir_standby *s)
{
    cv_cond_init(&s->called);
    cv_cond_init(&s->moved);
    cv_lock_init(&s->lock, CV_RANK_STANDBY);
}

static void release(struct dir_standby *s)
{
    pthread_cond_destroy(&s->called);
    pthread_cond_destroy(&s->moved);
    cv_lock_destroy(&s->lock);
    free(s);
}

bool dir_standby_start(const struct dir_config *config, int wait_ms, int refuse_s, struct dir_standby **out,
                       struct cv_error *err)
{
    struct dir_standby *s = calloc(1, sizeof *s);
    if (!s)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    s->config = config;
    s->wait_ms = wait_ms;
    s->refuse_ns = (int64_t)refuse_s * 1000000000;
    s->pause_ms = FIRST_PAUSE_MS;
    s->target_at = cv_mono_ns();
    init_waits(s);
    if (pthread_create(&s->thread, NULL, watch, s) != 0) {
        release(s);
        return cv_fail_as(err, CV_INTERNAL, "", "Không tạo được luồng", "A thread cannot be made");
    }
    *out = s;
    return true;
}

void dir_standby_stop(struct dir_standby **standby)
{
    struct dir_standby *s = *standby;
    if (!s)
        return;
    cv_lock_take(&s->lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->called);
    pthread_cond_broadcast(&s->moved);
    cv_lock_give(&s->lock);
    pthread_join(s->thread, NULL);
    drop(&s->writer);
    for (size_t i = 0; i < FOLLOWERS; i++)
        drop(&s->followers[i]);
    release(s);
    *standby = NULL;
}

void dir_standby_state(struct dir_standby *standby, struct dir_standby_state *out)
{
    *out = (struct dir_standby_state){0};
    if (!standby)
        return;
    cv_lock_take(&standby->lock);
    out->kept = true;
    out->known = standby->known;
    out->behind_ms = standby->behind_since == 0 ? 0 : (cv_mono_ns() - standby->behind_since) / 1000000 + 1;
    out->refusing = standby->behind_since != 0 && standby->single[0] == '\0' &&
                    cv_mono_ns() - standby->behind_since >= standby->refuse_ns;
    memcpy(out->single, standby->single, sizeof out->single);
    memcpy(out->said, standby->said, sizeof out->said);
    cv_lock_give(&standby->lock);
}
