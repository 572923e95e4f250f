/* A former provider comes back as a follower. What only it has is listed by name, and which names were given on both
 * sides; its data are kept as LDIF, then its databases are emptied, so that it reads everything from the one that is
 * written to now. Its slapd is stopped meanwhile, and its configuration is a follower's already. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "congvu/server.h"
#include "directory/backup/backup.h"

enum { SCRATCH_MAX = 64 << 20, PATH_MAX_ = 1024, LINE_MAX_ = 4096 };

struct rejoin {
    const struct dir_rejoin *what;
    struct dir_session *now; /* the one that is written to */
    struct cv_arena *arena;
    const char *from; /* what is later was taken after the other one had been promoted without it */
    int64_t term;     /* the site's */
    size_t only_here, twice;
};

static void tell(struct rejoin *r, const char *line)
{
    r->what->tell(r->what->ctx, line);
}

/* ---- its configuration ---- */

/* The value between quotes of `name "value"`. */
static bool quoted(const char *line, const char *name, char *out, size_t size)
{
    size_t len = strlen(name);
    if (strncmp(line, name, len) != 0 || line[len] != ' ' || line[len + 1] != '"')
        return false;
    snprintf(out, size, "%.*s", (int)strcspn(line + len + 2, "\"\n"), line + len + 2);
    return true;
}

typedef bool folder_fn(struct rejoin *r, const char *suffix, const char *folder, struct cv_error *err);

/* Every database of it but the audit, which is its own. */
static bool each_folder(struct rejoin *r, folder_fn *fn, bool *out_follows, struct cv_error *err)
{
    char line[LINE_MAX_], suffix[512] = "", folder[512];
    FILE *f = fopen(r->what->slapd_conf, "re");
    if (f == NULL)
        return tool_fault(err, r->what->slapd_conf, "không đọc được", "cannot be read");
    bool ok = true;
    while (ok && fgets(line, sizeof line, f) != NULL) {
        *out_follows = *out_follows || strncmp(line, "syncrepl ", 9) == 0;
        if (!quoted(line, "suffix", suffix, sizeof suffix) && quoted(line, "directory", folder, sizeof folder) &&
            strcmp(suffix, "cn=log") != 0)
            ok = fn == NULL || fn(r, suffix, folder, err);
    }
    fclose(f);
    return ok;
}

/* LMDB holds a lock on this file while anybody has the database open. */
static bool at_rest(struct rejoin *r, const char *suffix, const char *folder, struct cv_error *err)
{
    char path[PATH_MAX_];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    (void)r;
    (void)suffix;
    snprintf(path, sizeof path, "%s/lock.mdb", folder);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || tool_fault(err, path, "không mở được", "cannot be opened");
    bool free = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK;
    close(fd);
    return free || cv_fail_as(err, CV_CONFLICT, "", "slapd ở đây vẫn chạy; hãy dừng nó trước",
                              "slapd still runs here; stop it first");
}

static bool empty(struct rejoin *r, const char *suffix, const char *folder, struct cv_error *err)
{
    static const char *const files[] = {"data.mdb", "lock.mdb"};
    char path[PATH_MAX_];
    (void)r;
    (void)suffix;
    for (size_t i = 0; i < CV_COUNT(files); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        if (unlink(path) != 0 && errno != ENOENT)
            return tool_fault(err, path, "không xóa được", "cannot be removed");
    }
    return true;
}

/* ---- what only it has ---- */
static void look_for_double(struct rejoin *r, const struct dir_entry *mine, const char *attr, const char *value)
{
    struct dir_entry theirs;
    struct cv_error err = {0};
    if (!dir_find_entry(r->now, r->what->config->base, dir_filter_eq(r->arena, attr, value), r->arena, &theirs, &err) ||
        strcasecmp(theirs.dn, mine->dn) == 0)
        return;
    r->twice++;
    tell(r, cv_arena_printf(r->arena, "twice / trùng: %s: %s (here / ở đây), %s", value, mine->dn, theirs.dn));
}

static void look_at(struct rejoin *r, const struct dir_entry *mine)
{
    static const char *const names[] = {"cvName", "cvCode", "cvSlugClaim"};
    const char *csn = dir_get_text(mine, "entryCSN");
    if (csn == NULL || strcmp(csn, r->from) <= 0)
        return;
    r->only_here++;
    tell(r, cv_arena_printf(r->arena, "only here / chỉ có ở đây: %s", mine->dn));
    for (size_t i = 0; i < CV_COUNT(names); i++) {
        const struct dir_attr *attr = dir_get(mine, names[i]);
        for (size_t k = 0; attr != NULL && k < attr->count; k++)
            look_for_double(r, mine, names[i], attr->values[k].bytes);
    }
}

/* Its own term, and then each entry. */
static bool read_dump(struct rejoin *r, const char *path, bool list, int64_t *out_term, struct cv_error *err)
{
    LDIFFP *in = ldif_open(path, "r");
    bool end = false, ok = in != NULL || tool_fault(err, path, "không đọc được", "cannot be read");
    while (ok && !end) {
        struct ldif_record record;
        cv_arena_reset(r->arena);
        ok = ldif_next(in, r->arena, &record, &end, err);
        if (!ok || end)
            break;
        if (strncasecmp(record.entry.dn, "cn=state,ou=system,", 19) == 0)
            *out_term = dir_get_int(&record.entry, "cvTerm", 0);
        if (list)
            look_at(r, &record.entry);
    }
    if (in != NULL)
        ldif_close(in);
    return ok;
}

/* ---- all of it ---- */
static bool ask_site(struct rejoin *r, struct cv_arena *arena, struct cv_error *err)
{
    struct dir_entry state;
    const char *dn = cv_arena_printf(arena, "cn=state,ou=system,%s", r->what->config->base);
    if (!dir_read_entry(r->now, dn, arena, &state, err))
        return false;
    r->term = dir_get_int(&state, "cvTerm", 0);
    r->from = dir_get_text(&state, "cvTermFrom");
    return r->from != NULL ||
           cv_fail_as(err, CV_CONFLICT, "", "Chưa từng có máy chủ nào được chọn thay (congvud directory promote)",
                      "No other server was ever promoted (congvud directory promote)");
}

static bool of_former(struct rejoin *r, const char *dump, struct cv_error *err)
{
    int64_t term = -1;
    if (!read_dump(r, dump, false, &term, err))
        return false;
    return term < r->term ||
           cv_fail_as(
               err, CV_CONFLICT, "", "Máy chủ này không phải máy chủ cũ: nhiệm kỳ của nó là %lld, của hệ thống là %lld",
               "This is no former server: its term is %lld, the site's is %lld", (long long)term, (long long)r->term);
}

static bool rejoin(struct rejoin *r, struct cv_arena *arena, struct cv_error *err)
{
    bool follows = false;
    int64_t term;
    const char *dump = r->what->keep;
    if (!ask_site(r, arena, err) || !each_folder(r, at_rest, &follows, err))
        return false;
    if (!follows)
        return cv_fail_as(
            err, CV_CONFLICT, "",
            "%s không chạy theo máy chủ nào; hãy ghi vào đó kết quả của congvud directory print --role standby",
            "%s follows nobody; put there what congvud directory print --role standby says", r->what->slapd_conf);
    return tool_dump(r->what->slapd_conf, r->what->config->base, dump, err) && of_former(r, dump, err) &&
           read_dump(r, dump, true, &term, err) && each_folder(r, empty, &follows, err);
}

bool dir_rejoin(const struct dir_rejoin *what, size_t *out_only, size_t *out_twice, struct cv_error *err)
{
    cv_auto_arena arena = cv_arena_new(1 << 20);
    cv_auto_arena each = cv_arena_new(SCRATCH_MAX);
    struct rejoin r = {.what = what, .arena = each};
    if (arena == NULL || each == NULL)
        return cv_fail_as(err, CV_INTERNAL, "", "Hết bộ nhớ", "Out of memory");
    if (!dir_session_open(what->config, &r.now, err))
        return false;
    dir_session_deadline(r.now, cv_deadline_in_ms(what->patience_ms));
    bool ok = rejoin(&r, arena, err);
    dir_session_close(&r.now);
    *out_only = r.only_here;
    *out_twice = r.twice;
    return ok;
}
