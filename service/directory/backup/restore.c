/* The way back: a new folder from a backup, and from the log of the dead machine what was done since. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory/backup/backup.h"

struct job {
    const struct dir_restore *what;
    struct dir_restore_done *done;
    struct manifest manifest;
    struct slapd_paths paths;
};

static bool right_key(const struct job *job, struct cv_error *err)
{
    char ours[17];
    cv_key_fingerprint(job->what->key, ours);
    return strcmp(ours, job->manifest.fingerprint) == 0 ||
           tool_fault(err, job->what->from, "thuộc về một tệp khóa khác", "belongs to another key file");
}

static bool load(struct job *job, int database, const char *file, struct cv_error *err)
{
    const char *suffix = slapd_databases[database].suffix;
    uint64_t entries = 0;
    return tool_count(file, &entries, err) &&
           (entries == 0 || tool_load(job->paths.config, suffix != NULL ? suffix : job->what->into.base, file, err));
}

static bool load_from_backup(struct job *job, int database, struct cv_error *err)
{
    char file[DIR_PATH_MAX + 64];
    snprintf(file, sizeof file, "%s/%s.ldif", job->what->from, slapd_databases[database].name);
    return job->manifest.files[database].digest[0] == '\0' || load(job, database, file, err);
}

/* The dead machine's log becomes the new one, so that the history goes on; `out` is its LDIF. */
static bool take_log(struct job *job, char *out, size_t size, struct cv_error *err)
{
    char theirs[DIR_PATH_MAX + 64], ours[DIR_PATH_MAX + 64];
    struct stat st;
    snprintf(theirs, sizeof theirs, "%s/slapd/log/data.mdb", job->what->log_of);
    if (stat(job->what->log_of, &st) == 0 && S_ISREG(st.st_mode)) {
        snprintf(out, size, "%s", job->what->log_of);
        return load(job, SLAPD_LOG, out, err);
    }
    snprintf(ours, sizeof ours, "%s/log/data.mdb", job->paths.folder);
    snprintf(out, size, "%s/log.ldif", job->paths.folder);
    return tool_copy(theirs, ours, err) && tool_dump(job->paths.config, "cn=log", out, err);
}

/* Nothing else runs on a machine that is being set up anew. */
static size_t memory_for_log(void)
{
    enum { LEAST = 1 << 30 };
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    size_t half = pages > 0 && size > 0 ? (size_t)pages / 2 * (size_t)size : 0;
    return half > LEAST ? half : LEAST;
}

static bool with_log(struct job *job, const char *before, const char *after, struct cv_error *err)
{
    char log[DIR_PATH_MAX + 64];
    const struct replay what = {.main_ldif = before,
                                .log_ldif = log,
                                .out_ldif = after,
                                .since = job->manifest.started,
                                .memory = memory_for_log()};
    bool ok = take_log(job, log, sizeof log, err) && replay(&what, job->what->report, job->done, err);
    if (strcmp(log, job->what->log_of) != 0)
        unlink(log);
    return ok;
}

static bool load_main(struct job *job, struct cv_error *err)
{
    char before[DIR_PATH_MAX + 64], after[DIR_PATH_MAX + 64];
    snprintf(before, sizeof before, "%s/db.ldif", job->what->from);
    snprintf(after, sizeof after, "%s/db.ldif", job->paths.folder);
    bool ok = job->what->log_of != NULL
                  ? with_log(job, before, after, err)
                  : load_from_backup(job, SLAPD_LOG, err) && replay_nothing(before, after, job->done, err);
    ok = ok && load(job, SLAPD_MAIN, after, err);
    unlink(after);
    return ok;
}

static bool put_key(const struct job *job, struct cv_error *err)
{
    char path[DIR_PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/secret.key", job->paths.data);
    return slapd_write_file(path, (const char *)job->what->key->bytes, sizeof job->what->key->bytes, err);
}

static bool fill(struct job *job, struct cv_error *err)
{
    return tool_prepare(&job->what->into, job->what->into.data_dir, &job->paths, err) && load_main(job, err) &&
           load_from_backup(job, SLAPD_USAGE, err) && load_from_backup(job, SLAPD_WORK, err) &&
           slapd_files_indexed(&job->paths, err) && put_key(job, err) &&
           job->what->beside(job->what->ctx, job->paths.data, err) && tool_flush(job->paths.data, err) &&
           dir_folder_seal(job->paths.data, job->manifest.fingerprint, err);
}

/* An empty one is filled as it is: who owns it may have no right to make another in its place. */
static bool empty_or_missing(const char *folder, struct cv_error *err)
{
    bool empty = true;
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return errno == ENOENT || tool_refused(err, folder, "không đọc được", "cannot be read");
    for (const struct dirent *one; empty && (one = readdir(dir)) != NULL;)
        empty = strcmp(one->d_name, ".") == 0 || strcmp(one->d_name, "..") == 0;
    bool own = empty && fchmod(dirfd(dir), 0700) == 0;
    bool ok = own || (empty ? tool_refused(err, folder, "không phải của người dùng này", "is not this user's")
                            : tool_fault(err, folder, "không phải thư mục trống", "is not an empty folder"));
    closedir(dir);
    return ok;
}

bool dir_restore(const struct dir_restore *what, struct dir_restore_done *out, struct cv_error *err)
{
    struct job job = {.what = what, .done = out};
    *out = (struct dir_restore_done){0};
    if (!manifest_check(what->from, &job.manifest, err) || !right_key(&job, err) ||
        !empty_or_missing(what->into.data_dir, err))
        return false;
    if (fill(&job, err))
        return true;
    tool_remove(what->into.data_dir);
    return false;
}
