/* `congvud directory ...`: what a person says about the servers of a site. */
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "congvu/naming.h"
#include "congvu/server.h"
#include "service.h"

enum { SINGLE_MS = 10000, REJOIN_MS = 600000, PRINT_MAX = 1 << 20 };

static void say(void *ctx, const char *line)
{
    (void)ctx;
    fprintf(stderr, "congvud: %s\n", line);
}

static bool has_url(const struct options *options, struct cv_error *err)
{
    return options->url != NULL || cv_fail(err, cvp_validation_failed, NULL, "Cần --url: máy chủ sẽ nhận ghi",
                                           "Needs --url: the server that is to be written to");
}

static bool promote(const struct options *options, struct service *s, struct cv_error *err)
{
    int64_t term;
    if (!has_url(options, err) ||
        !dir_promote(&s->directory, options->url, options->accept_missing, say, NULL, &term, err))
        return false;
    printf("%s is written to from now on, term %" PRId64 "; the former one comes back by congvud directory rejoin "
           "alone / từ nay ghi vào máy chủ này; máy chủ cũ chỉ trở lại bằng congvud directory rejoin\n",
           options->url, term);
    return true;
}

/* "root at 2026-11-29T18:00:00+07:00" */
static const char *who_and_when(struct service *s)
{
    char now[CV_MOMENT_TEXT];
    const struct passwd *user = getpwuid(getuid());
    return cv_arena_printf(s->arena, "%.64s at %s", user != NULL ? user->pw_name : "-",
                           cv_moment_rfc3339(cv_now(), now));
}

static bool single(const struct options *options, struct service *s, struct cv_error *err)
{
    (void)options;
    dir_session_deadline(s->timer_session, cv_deadline_in_ms(SINGLE_MS));
    if (!dir_single(s->timer_session, who_and_when(s), err))
        return false;
    puts("Names are given although no other server has them, until one follows again. Say this on one side only: what "
         "is written at both is given twice / Tên mới được cấp dù không có máy chủ dự phòng, cho đến khi có lại. Chỉ "
         "cho phép ở một phía: ghi ở cả hai phía thì một tên sẽ cấp cho hai người");
    return true;
}

/* Whose folder it is. */
static void give_to_the_owner(const char *folder, const char *file)
{
    struct stat st;
    if (stat(folder, &st) == 0 && st.st_uid != geteuid() && lchown(file, st.st_uid, st.st_gid) != 0)
        say(NULL, "the file that was kept stays this user's");
}

static bool rejoin(const struct options *options, struct service *s, struct cv_error *err)
{
    size_t only, twice;
    char now[CV_MOMENT_TEXT];
    const char *keep = cv_arena_printf(s->arena, "%s/former-%s.ldif", s->conf.data_dir, cv_moment_ldap(cv_now(), now));
    const struct dir_rejoin what = {.config = &s->directory,
                                    .slapd_conf =
                                        options->slapd_conf != NULL ? options->slapd_conf : "/etc/ldap/slapd.conf",
                                    .keep = keep,
                                    .patience_ms = REJOIN_MS,
                                    .tell = say};
    umask(077);
    if (!dir_rejoin(&what, &only, &twice, err))
        return false;
    give_to_the_owner(s->conf.data_dir, keep);
    printf(
        "%zu entries only here, %zu names twice; what was here is kept in %s, start slapd now / %zu bản ghi chỉ có ở "
        "đây, %zu tên trùng; dữ liệu cũ giữ ở đó, hãy chạy slapd\n",
        only, twice, keep, only, twice);
    return true;
}

static bool wrong_role(struct cv_error *err)
{
    return cv_fail(err, cvp_validation_failed, NULL,
                   "Cần --role provider, hoặc --role standby cùng --url và --replica-password-file",
                   "Needs --role provider, or --role standby with --url and --replica-password-file");
}

static bool role(const struct options *options, struct service *s, struct dir_print *out, struct cv_error *err)
{
    bool follows = options->role != NULL && strcmp(options->role, "standby") == 0;
    if (options->role == NULL || (!follows && strcmp(options->role, "provider") != 0))
        return wrong_role(err);
    if (!follows)
        return true;
    if (options->url == NULL || options->password_file == NULL)
        return wrong_role(err);
    out->follow = options->url;
    return dir_password_of(options->password_file, s->arena, &out->password, err);
}

static bool print(const struct options *options, struct service *s, struct cv_error *err)
{
    struct dir_print site = {.base = s->conf.directory_base,
                             .version = CONGVU_VERSION,
                             .max_bytes = (uint64_t)s->conf.directory_max_mib << 20,
                             .ca_file = *s->conf.directory_ca_file != '\0' ? s->conf.directory_ca_file : NULL};
    cv_auto_buf out = {0};
    cv_buf_init(&out, PRINT_MAX);
    if (!role(options, s, &site, err) || !startup_policy(s, NULL, err))
        return false;
    site.log_days = dom_policy_log_days(s->policy);
    dir_print(&site, &out);
    return fputs(cv_buf_str(&out), stdout) >= 0 && fflush(stdout) == 0;
}

static const struct {
    const char *word;
    bool (*run)(const struct options *options, struct service *s, struct cv_error *err);
    bool asks; /* the servers */
} commands[] = {
    {"print", print, false}, {"promote", promote, true}, {"single", single, true}, {"rejoin", rejoin, true}};

static bool site(struct service *s, struct cv_error *err)
{
    return *s->conf.directory_uri != '\0'
               ? startup_directory(s, true, err) && dir_session_open(&s->directory, &s->timer_session, err)
               : cv_fail(err, cvp_validation_failed, NULL, "Chỉ dùng với máy chủ LDAP riêng (directory_uri)",
                         "Only for a site's own servers (directory_uri)");
}

bool machine_pair(const struct options *options, struct service *s, struct cv_error *err)
{
    size_t i = 0;
    while (i < CV_COUNT(commands) && (options->folder == NULL || strcmp(options->folder, commands[i].word) != 0))
        i++;
    if (i == CV_COUNT(commands))
        return cv_fail(err, cvp_validation_failed, NULL, "Chỉ có: congvud directory print, promote, single, rejoin",
                       "There is only: congvud directory print, promote, single, rejoin");
    bool ok = cv_text_init(err) && cv_clock_init(s->conf.timezone, s->conf.clock_offset, err) &&
              (!commands[i].asks || site(s, err)) && commands[i].run(options, s, err);
    service_stop(s);
    return ok;
}
