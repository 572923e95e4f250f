/* Making a backup: dumped while the service goes on, then loaded once to see that it can be. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "directory/backup/backup.h"

struct job {
    const struct dir_backup *what;
    char folder[DIR_PATH_MAX + 16], config[DIR_PATH_MAX + 32];
    struct manifest manifest;
};

static const char *suffix_of(const struct dir_backup *what, int database)
{
    return slapd_databases[database].suffix != NULL ? slapd_databases[database].suffix : what->base;
}

/* A little before now: a change may get its CSN a moment before the dump and be written a moment after. */
static void stamp(char out[MANIFEST_TIME])
{
    struct tm parts;
    time_t moment = time(NULL) - 600;
    gmtime_r(&moment, &parts);
    strftime(out, MANIFEST_TIME, "%Y%m%d%H%M%S", &parts);
}

/* The log last: it then knows every change that the main database has, and some more. */
static bool dump(struct job *job, int database, struct cv_error *err)
{
    char data[DIR_PATH_MAX + 64], file[DIR_PATH_MAX + 64];
    const char *name = slapd_databases[database].name;
    struct manifest_file *m = &job->manifest.files[database];
    snprintf(data, sizeof data, "%s/slapd/%s/data.mdb", job->what->data_dir, name);
    snprintf(file, sizeof file, "%s/%s.ldif", job->folder, name);
    if (database != SLAPD_MAIN && access(data, F_OK) != 0)
        return true; /* data of an older version */
    return tool_dump(job->config, suffix_of(job->what, database), file, err) && tool_count(file, &m->entries, err) &&
           tool_digest(file, m->digest, &m->bytes, err);
}

static bool try_one(struct job *job, const struct slapd_paths *paths, int database, struct cv_error *err)
{
    char file[DIR_PATH_MAX + 64], again[DIR_PATH_MAX + 64];
    uint64_t entries = 0;
    const struct manifest_file *m = &job->manifest.files[database];
    if (m->digest[0] == '\0' || m->entries == 0)
        return true;
    snprintf(file, sizeof file, "%s/%s.ldif", job->folder, slapd_databases[database].name);
    snprintf(again, sizeof again, "%s/trial/%s.ldif", job->folder, slapd_databases[database].name);
    if (!tool_load(paths->config, suffix_of(job->what, database), file, err) ||
        !tool_dump(paths->config, suffix_of(job->what, database), again, err) || !tool_count(again, &entries, err))
        return false;
    return entries == m->entries ||
           tool_fault(err, file, "nạp thử không đủ bản ghi", "loading it on trial gave other entries");
}

/* A copy that nobody has ever loaded is only a hope. */
static bool try_all(struct job *job, struct cv_error *err)
{
    char folder[DIR_PATH_MAX + 32];
    struct slapd_paths paths;
    const struct dir_embedded_options options = {
        .data_dir = folder, .base = job->what->base, .max_bytes = job->what->max_bytes, .nosync = true};
    snprintf(folder, sizeof folder, "%s/trial", job->folder);
    bool ok = tool_prepare(&options, folder, &paths, err);
    for (int i = 0; ok && i < SLAPD_DATABASES; i++)
        ok = try_one(job, &paths, i, err);
    tool_remove(folder);
    return ok;
}

static bool make(struct job *job, struct cv_error *err)
{
    static const int order[] = {SLAPD_MAIN, SLAPD_USAGE, SLAPD_WORK, SLAPD_LOG};
    stamp(job->manifest.started);
    job->manifest.schema = DIR_SCHEMA_VERSION;
    snprintf(job->manifest.fingerprint, sizeof job->manifest.fingerprint, "%s", job->what->fingerprint);
    for (size_t i = 0; i < CV_COUNT(order); i++)
        if (!dump(job, order[i], err))
            return false;
    return try_all(job, err) && job->what->beside(job->what->ctx, job->folder, err) &&
           manifest_write(job->folder, &job->manifest, job->what->version, err) && tool_flush(job->folder, err) &&
           (rename(job->folder, job->what->to) == 0 ||
            tool_refused(err, job->what->to, "không đặt tên được", "cannot get its name"));
}

bool dir_backup(const struct dir_backup *what, struct dir_backup_done *out, struct cv_error *err)
{
    struct job job = {.what = what};
    struct stat st;
    *out = (struct dir_backup_done){0};
    if (lstat(what->to, &st) == 0)
        return tool_fault(err, what->to, "đã có; hãy chọn tên khác", "is there already; choose another name");
    snprintf(job.config, sizeof job.config, "%s/slapd/slapd.conf", what->data_dir);
    if (access(job.config, R_OK) != 0)
        return tool_fault(err, what->data_dir, "không có dữ liệu để sao lưu", "holds no data to back up");
    if ((size_t)snprintf(job.folder, sizeof job.folder, "%s.part", what->to) >= DIR_PATH_MAX - 64 ||
        mkdir(job.folder, 0700) != 0)
        return tool_refused(err, job.folder, "không tạo được thư mục", "the folder cannot be made");
    if (!make(&job, err)) {
        tool_remove(job.folder);
        return false;
    }
    for (int i = 0; i < SLAPD_DATABASES; i++) {
        out->entries += job.manifest.files[i].entries;
        out->bytes += job.manifest.files[i].bytes;
    }
    return true;
}
