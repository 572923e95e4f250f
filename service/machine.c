/* Backup, restore and opening: what an operator does on the machine itself. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "congvu/backup.h"
#include "congvu/evidence.h"
#include "congvu/naming.h"
#include "service.h"

static bool has_folder(const char *folder, struct cv_error *err)
{
    return folder != NULL || cv_fail(err, cvp_validation_failed, NULL, "Thiếu tên thư mục của bản sao lưu",
                                     "The backup's folder is missing");
}

/* The files hold hashes of passwords, and root's would shut the service out of its own. */
static bool as_the_owner(const struct service *s, struct cv_error *err)
{
    struct stat st;
    umask(077);
    return stat(s->conf.data_dir, &st) != 0 || st.st_uid == geteuid() ||
           cv_fail(err, cvp_validation_failed, NULL, "Hãy chạy bằng người dùng sở hữu %s",
                   "Run this as the user who owns %s", s->conf.data_dir);
}

static bool own_data(const struct service *s, struct cv_error *err)
{
    return *s->conf.data_dir != '\0' && *s->conf.directory_uri == '\0'
               ? as_the_owner(s, err)
               : cv_fail(err, cvp_validation_failed, NULL,
                         "Chỉ dùng với thư mục nhúng (data_dir); máy chủ LDAP riêng thì sao lưu bằng slapcat",
                         "Only for the embedded directory (data_dir); back a site's own server up with slapcat");
}

/* Its age is a metric of the running service. */
static bool note_backup(struct service *s, struct cv_error *err)
{
    const char *path = cv_arena_printf(s->arena, "%s/backed-up", s->conf.data_dir);
    FILE *f = fopen(path, "we");
    return (f != NULL && fclose(f) == 0) ||
           cv_fail(err, cvp_internal, NULL, "Không ghi được %s", "Cannot write %s", path);
}

/* ---- the evidence log ---- */

static const char *audit_folder(struct service *s)
{
    return *s->conf.audit_dir != '\0' ? s->conf.audit_dir : cv_arena_printf(s->arena, "%s/audit", s->conf.data_dir);
}

/* Nothing is there to be taken along from data of an older version. */
static bool take_evidence(struct service *s, const char *from, const char *into, const char *name, struct cv_error *err)
{
    return access(cv_arena_printf(s->arena, "%s/checkpoint", from), F_OK) != 0 ||
           ev_copy(from, cv_arena_printf(s->arena, "%s/%s", into, name), err);
}

/* A damaged evidence log must not keep anybody from his data: it is said at the end. */
struct beside {
    struct service *s;
    const struct options *options;
    struct cv_error err; /* of the evidence */
    bool taken;
};

static bool say_taken(const struct beside *beside, const char *folder, struct cv_error *err)
{
    return beside->taken ||
           cv_fail(err, cvp_internal, NULL, "Dữ liệu đã ở %1$s; riêng nhật ký kiểm tra thì chưa: %2$s%3$.0s",
                   "The data are in %1$s, the evidence log is not: %3$s%2$.0s", folder, beside->err.text[CV_VI],
                   beside->err.text[CV_EN]);
}

static bool backup_beside(void *ctx, const char *folder, struct cv_error *err)
{
    struct beside *b = ctx;
    (void)err;
    b->taken = take_evidence(b->s, audit_folder(b->s), folder, "audit", &b->err);
    return true;
}

bool machine_backup(const struct options *options, struct service *s, struct cv_error *err)
{
    struct dir_folder folder;
    struct dir_backup_done done;
    struct beside beside = {.s = s, .options = options};
    if (!has_folder(options->folder, err) || !own_data(s, err) || !dir_folder_look(s->conf.data_dir, &folder, err))
        return false;
    const struct dir_backup what = {.data_dir = s->conf.data_dir,
                                    .base = s->conf.directory_base,
                                    .to = options->folder,
                                    .fingerprint = folder.fingerprint,
                                    .version = CONGVU_VERSION,
                                    .max_bytes = (uint64_t)s->conf.directory_max_mib << 20,
                                    .beside = backup_beside,
                                    .ctx = &beside};
    if (!dir_backup(&what, &done, err) || !say_taken(&beside, options->folder, err) || !note_backup(s, err))
        return false;
    printf("%s: %" PRIu64 " entries, %" PRIu64 " bytes, loaded once on trial / bản ghi, byte, đã nạp thử\n"
           "The keys are not in it; keep %s/secret.key elsewhere / Không có tệp khóa trong đó; hãy giữ riêng.\n",
           options->folder, done.entries, done.bytes, s->conf.data_dir);
    return true;
}

/* ---- restore ---- */

static bool one_log(const struct options *options, struct cv_error *err)
{
    return (options->log_of != NULL) != options->without_log ||
           cv_fail(
               err, cvp_validation_failed, NULL,
               "Cần --log-of (thư mục dữ liệu của máy hỏng, hoặc nhật ký LDIF của nó), hoặc --without-log nếu không "
               "còn",
               "Needs --log-of (the dead machine's data folder, or its log as LDIF), or --without-log when there is "
               "none");
}

static const char *closed_mark(struct service *s)
{
    return cv_arena_printf(s->arena, "%s/closed", s->conf.data_dir);
}

static bool close_it(struct service *s, struct cv_error *err)
{
    FILE *f = fopen(closed_mark(s), "wxe");
    return (f != NULL && fclose(f) == 0) ||
           cv_fail(err, cvp_internal, NULL, "Không ghi được %s", "Cannot write %s", closed_mark(s));
}

/* That of the dead machine knows more than its backup. The restored service begins a log of its own: its key is not
 * among what is kept, so nobody can go on with the old one. */
static bool put_evidence(struct beside *b, const char *folder)
{
    const struct options *o = b->options;
    const char *theirs = o->log_of != NULL ? cv_arena_printf(b->s->arena, "%s/audit", o->log_of) : "";
    if (access(cv_arena_printf(b->s->arena, "%s/checkpoint", theirs), F_OK) != 0)
        theirs = cv_arena_printf(b->s->arena, "%s/audit", o->folder);
    return take_evidence(b->s, theirs, folder, "audit.former", &b->err);
}

static bool restore_beside(void *ctx, const char *folder, struct cv_error *err)
{
    struct beside *b = ctx;
    b->taken = put_evidence(b, folder);
    return !b->options->without_log || close_it(b->s, err);
}

static void say_restored(const struct options *options, const struct dir_restore_done *done)
{
    printf("%" PRIu64 " entries / bản ghi\n", done->entries);
    if (options->without_log)
        printf(
            "Without a log nobody knows what was done since: the service opens closed; congvud open, when somebody has "
            "looked / Không có nhật ký: dịch vụ chỉ cho đọc đến khi chạy congvud open.\n");
    else
        printf("%" PRIu64 " changes done again, %" PRIu64 " not (above); the log ends at %s / thay đổi được làm lại, "
               "không làm lại được, nhật ký dừng ở\n",
               done->replayed, done->missing, done->log_end);
}

bool machine_restore(const struct options *options, struct service *s, struct cv_error *err)
{
    struct dir_restore_done done;
    struct beside beside = {.s = s, .options = options};
    if (!has_folder(options->folder, err) || !one_log(options, err) || !own_data(s, err))
        return false;
    if (*s->conf.key_file == '\0')
        return cv_fail(err, cvp_validation_failed, NULL, "Cần --key-file: tệp khóa của dữ liệu này",
                       "Needs --key-file: the key of these data");
    if (!cv_key_load(s->conf.key_file, false, &s->key, err))
        return false;
    const struct dir_restore what = {.from = options->folder,
                                     .into = {.data_dir = s->conf.data_dir,
                                              .base = s->conf.directory_base,
                                              .max_bytes = (uint64_t)s->conf.directory_max_mib << 20},
                                     .key = &s->key,
                                     .log_of = options->log_of,
                                     .report = stdout,
                                     .beside = restore_beside,
                                     .ctx = &beside};
    if (!dir_restore(&what, &done, err))
        return false;
    say_restored(options, &done);
    return say_taken(&beside, s->conf.data_dir, err);
}

bool machine_confirm_clock(struct service *s, struct cv_error *err)
{
    if (*s->conf.data_dir == '\0')
        return cv_fail(err, cvp_validation_failed, NULL, "Cần --data-dir", "Needs --data-dir");
    if (!as_the_owner(s, err) || !cv_clock_init(s->conf.timezone, s->conf.clock_offset, err) ||
        (*s->conf.clock_file != '\0' && !cv_clock_follow(s->conf.clock_file)))
        return false;
    char now[CV_MOMENT_TEXT];
    const char *path = cv_arena_printf(s->arena, "%s/clock-confirmed", s->conf.data_dir);
    FILE *f = fopen(path, "we");
    if (f == NULL || fprintf(f, "%lld\n", (long long)cv_now()) < 0 || fclose(f) != 0)
        return cv_fail(err, cvp_internal, NULL, "Không ghi được %s", "Cannot write %s", path);
    printf("Confirmed: it is %s / Đã xác nhận: bây giờ là %s\n", cv_moment_people(cv_now(), now), now);
    return true;
}

bool machine_open(struct service *s, struct cv_error *err)
{
    return own_data(s, err) &&
           (unlink(closed_mark(s)) == 0 || errno == ENOENT ||
            cv_fail(err, cvp_internal, NULL, "Không xóa được %s", "Cannot remove %s", closed_mark(s)));
}
