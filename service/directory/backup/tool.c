/* slapcat, slapadd, and files. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "directory/backup/backup.h"

bool tool_fault(struct cv_error *err, const char *path, const char *vi, const char *en)
{
    return cv_fail_as(err, CV_CONFLICT, "", "%1$s: %2$s.%3$.0s", "%1$s: %3$s.%2$.0s", path, vi, en);
}

bool tool_refused(struct cv_error *err, const char *path, const char *vi, const char *en)
{
    char text[128];
    int number = errno;
    const char *said = strerror_r(number, text, sizeof text);
    cv_fail_as(err, CV_CONFLICT, "", "%1$s: %2$s%3$.0s", "%1$s: %3$s%2$.0s", path, vi, en);
    err->lib_code = number;
    snprintf(err->lib_text, sizeof err->lib_text, "%s", said);
    return false;
}

/* Runs slapd in one of its roles to its end; what it says goes to standard error. argv[0] is filled in. */
static bool run(const char **argv)
{
    char program[DIR_PATH_MAX];
    pid_t pid = 0;
    int status = 0;
    argv[0] = program;
    char **env = slapd_environment();
    bool runs = env != NULL && slapd_find_program(program, sizeof program) &&
                posix_spawn(&pid, program, NULL, NULL, (char *const *)(uintptr_t)argv, env) == 0;
    free(env);
    if (!runs)
        return false;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool tool_dump(const char *config, const char *suffix, const char *file, struct cv_error *err)
{
    const char *argv[] = {NULL, "-Tcat", "-f", config, "-b", suffix, "-l", file, NULL};
    return run(argv) || tool_fault(err, suffix, "slapcat không đọc được", "slapcat cannot read it");
}

bool tool_load(const char *config, const char *suffix, const char *file, struct cv_error *err)
{
    const char *argv[] = {NULL, "-Tadd", "-q", "-w", "-f", config, "-b", suffix, "-l", file, NULL};
    return run(argv) || tool_fault(err, file, "slapadd không nạp được", "slapadd cannot load it");
}

bool tool_count(const char *file, uint64_t *out_entries, struct cv_error *err)
{
    char line[256];
    bool start = true; /* of a line, however long it is */
    FILE *f = fopen(file, "re");
    *out_entries = 0;
    if (f == NULL)
        return tool_refused(err, file, "không mở được", "cannot be opened");
    while (fgets(line, sizeof line, f) != NULL) {
        *out_entries += start && strncmp(line, "dn:", 3) == 0;
        start = strchr(line, '\n') != NULL;
    }
    bool ok = !ferror(f);
    fclose(f);
    return ok || tool_fault(err, file, "không đọc được", "cannot be read");
}

bool tool_digest(const char *file, char out[CV_DIGEST_TEXT], uint64_t *out_bytes, struct cv_error *err)
{
    struct stat st;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return tool_refused(err, file, "không đọc được", "cannot be read");
    bool ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    void *bytes = ok && st.st_size > 0 ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    ok = ok && bytes != MAP_FAILED;
    if (ok) {
        cv_sha256(bytes != NULL ? bytes : "", (size_t)st.st_size, out);
        *out_bytes = (uint64_t)st.st_size;
    }
    if (ok && bytes != NULL)
        munmap(bytes, (size_t)st.st_size);
    close(fd);
    return ok || tool_fault(err, file, "không đọc được", "cannot be read");
}

bool tool_copy(const char *from, const char *to, struct cv_error *err)
{
    struct stat st;
    int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (in < 0)
        return tool_refused(err, from, "không đọc được", "cannot be read");
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = out >= 0 && fstat(in, &st) == 0;
    for (off_t done = 0; ok && done < st.st_size;)
        ok = sendfile(out, in, &done, (size_t)(st.st_size - done)) > 0;
    ok = ok && fsync(out) == 0;
    close(in);
    if (out >= 0)
        close(out);
    return ok || tool_fault(err, from, "không chép được", "cannot be copied");
}

bool tool_flush(const char *folder, struct cv_error *err)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && syncfs(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok || tool_fault(err, folder, "không ghi được xuống đĩa", "cannot be flushed to the disk");
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

void tool_remove(const char *folder)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

bool tool_prepare(const struct dir_embedded_options *options, const char *folder, struct slapd_paths *out,
                  struct cv_error *err)
{
    bool reindex = false;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return tool_refused(err, folder, "không tạo được thư mục", "the folder cannot be made");
    if (!slapd_make_folders(folder, err))
        return false;
    *out = (struct slapd_paths){0};
    char *real = realpath(folder, NULL);
    bool fits = real != NULL && (size_t)snprintf(out->data, sizeof out->data, "%s", real) < sizeof out->data - 32;
    free(real);
    if (!fits)
        return tool_fault(err, folder, "đường dẫn không dùng được", "the path cannot be used");
    snprintf(out->folder, sizeof out->folder, "%.*s/slapd", DIR_PATH_MAX - 32, out->data);
    snprintf(out->config, sizeof out->config, "%.*s/slapd.conf", DIR_PATH_MAX - 16, out->folder);
    snprintf(out->schema, sizeof out->schema, "%.*s/congvu.schema", DIR_PATH_MAX - 16, out->folder);
    return slapd_files_write(options, out, &reindex, err);
}
