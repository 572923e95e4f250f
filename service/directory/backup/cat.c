/* Databases read by slapd's own reader, which needs no server and takes no lock from one. Its configuration lies in a
 * folder of a moment, so that the data folder is only read. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "directory/backup/backup.h"
#include "directory/backup/cat.h"

enum { CONFIG_MAX = 64 << 10, ENTRY_MAX = 64 << 20 };

struct cat {
    struct slapd_paths paths;
    char folder[DIR_PATH_MAX]; /* of a moment */
    char config[DIR_PATH_MAX + 16], errors[DIR_PATH_MAX + 16];
    const char *database, *suffix, *filter; /* folder of the database */
    pid_t pid;
    int out;
};

static bool failed(struct cv_error *err, const char *what)
{
    return cv_fail_as(err, CV_UNAVAILABLE, "", "Không đọc được dữ liệu (%s)", "The data cannot be read (%s)", what);
}

/* ---- the folder of a moment ---- */

static bool write_text(const char *path, const char *bytes, size_t len)
{
    FILE *f = fopen(path, "wxe");
    bool ok = f != NULL && fwrite(bytes, 1, len, f) == len;
    return f != NULL && fclose(f) == 0 && ok;
}

static bool write_config(struct cat *c, const char *base, struct cv_error *err)
{
    const struct dir_embedded_options options = {.base = base, .max_bytes = 1 << 20};
    const char *tmp = getenv("TMPDIR");
    cv_auto_buf text = {0};
    cv_buf_init(&text, CONFIG_MAX);
    snprintf(c->folder, sizeof c->folder, "%s/congvu-check-XXXXXX", tmp != NULL && *tmp == '/' ? tmp : "/tmp");
    if (mkdtemp(c->folder) == NULL) {
        c->folder[0] = '\0';
        return failed(err, "mkdtemp");
    }
    snprintf(c->config, sizeof c->config, "%s/slapd.conf", c->folder);
    snprintf(c->errors, sizeof c->errors, "%s/errors", c->folder);
    snprintf(c->paths.schema, sizeof c->paths.schema, "%.480s/congvu.schema", c->folder);
    slapd_reading_text(&options, &c->paths, c->suffix, c->database, &text);
    if (!cv_buf_ok(&text) || !write_text(c->paths.schema, dir_schema_text, strlen(dir_schema_text)) ||
        !write_text(c->config, text.data, text.len))
        return failed(err, c->folder);
    return true;
}

static void drop_config(const struct cat *c)
{
    if (c->folder[0] == '\0')
        return;
    unlink(c->config);
    unlink(c->errors);
    unlink(c->paths.schema);
    rmdir(c->folder);
}

/* ---- the child ---- */

_Noreturn static void become(const struct cat *c, char *const *env, int out, int errors)
{
    char *const argv[] = {(char *)(uintptr_t)c->paths.program,
                          (char[]){"-Tcat"},
                          (char[]){"-f"},
                          (char *)(uintptr_t)c->config,
                          (char[]){"-b"},
                          (char *)(uintptr_t)c->suffix,
                          (char[]){"-a"},
                          (char *)(uintptr_t)c->filter,
                          (char[]){"-o"},
                          (char[]){"ldif-wrap=no"},
                          NULL};
    if (dup2(out, 1) < 0 || dup2(errors, 2) < 0)
        _exit(126);
    execve(argv[0], argv, env);
    _exit(127);
}

static bool spawn(struct cat *c, struct cv_error *err)
{
    int ends[2], errors = open(c->errors, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (errors < 0)
        return failed(err, "open");
    char **env = slapd_environment();
    if (env == NULL || pipe2(ends, O_CLOEXEC) != 0) {
        free(env);
        close(errors);
        return failed(err, "pipe");
    }
    c->pid = fork();
    if (c->pid == 0)
        become(c, env, ends[1], errors);
    free(env);
    close(ends[1]);
    close(errors);
    c->out = ends[0];
    return c->pid > 0 || failed(err, "fork");
}

static void last_words(const struct cat *c, char *out, size_t size)
{
    char line[256];
    FILE *f = fopen(c->errors, "re");
    out[0] = '\0';
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        snprintf(out, size, "%.*s", (int)strcspn(line, "\n"), line);
    if (f != NULL)
        fclose(f);
}

/* Whoever stops reading before the end lets the child end by its next write. */
static bool reap(struct cat *c, bool whole, struct cv_error *err)
{
    int status = 0;
    close(c->out);
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!whole || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
        return whole;
    failed(err, "slapcat");
    last_words(c, err->lib_text, sizeof err->lib_text);
    return false;
}

/* ---- entries ---- */

static bool read_all(LDIFFP *in, struct cv_arena *arena, slapd_cat_fn *fn, void *ctx, struct cv_error *err)
{
    bool end = false;
    while (!end) {
        struct ldif_record record;
        cv_arena_reset(arena);
        if (!ldif_next(in, arena, &record, &end, err) || (!end && !fn(ctx, &record.entry, arena, err)))
            return false;
    }
    return true;
}

static bool read_child(struct cat *c, slapd_cat_fn *fn, void *ctx, struct cv_error *err)
{
    char path[32];
    cv_auto_arena arena = cv_arena_new(ENTRY_MAX);
    snprintf(path, sizeof path, "/dev/fd/%d", c->out);
    LDIFFP *in = arena != NULL ? ldif_open(path, "r") : NULL;
    if (in == NULL)
        return failed(err, "pipe");
    bool ok = read_all(in, arena, fn, ctx, err);
    ldif_close(in);
    return ok;
}

bool slapd_cat(const char *data_dir, const char *base, bool log, const char *filter, slapd_cat_fn *fn, void *ctx,
               struct cv_error *err)
{
    struct cat c = {.database = log ? "log" : "db", .suffix = log ? "cn=log" : base, .filter = filter};
    char data[DIR_PATH_MAX + 32];
    if (!slapd_files_find(data_dir, &c.paths, err))
        return false;
    snprintf(data, sizeof data, "%s/%s/data.mdb", c.paths.folder, c.database);
    if (access(data, R_OK) != 0)
        return cv_fail_as(err, CV_NOT_FOUND, "data_dir", "%s: không có dữ liệu", "%s: there are no data", data_dir);
    bool ok = write_config(&c, base, err) && spawn(&c, err);
    if (ok)
        ok = reap(&c, read_child(&c, fn, ctx, err), err);
    drop_config(&c);
    return ok;
}
