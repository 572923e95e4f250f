/* backup.json: what lies in the folder, so that nothing of it is taken for whole that is not. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/json.h"
#include "directory/backup/backup.h"

enum { MANIFEST_MAX = 16 << 10, MANIFEST_ARENA = 1 << 20, FORMAT = 1 };

bool manifest_write(const char *folder, const struct manifest *m, const char *version, struct cv_error *err)
{
    char path[DIR_PATH_MAX + 32];
    struct cv_jout j;
    cv_auto_buf text = {0};
    cv_buf_init(&text, MANIFEST_MAX);
    cv_jout_init(&j, &text);
    cv_jout_object(&j, NULL);
    cv_jout_int(&j, "format", FORMAT);
    cv_jout_string(&j, "congvud", version);
    cv_jout_int(&j, "schema", m->schema);
    cv_jout_string(&j, "key", m->fingerprint);
    cv_jout_string(&j, "started", m->started);
    cv_jout_object(&j, "files");
    for (int i = 0; i < SLAPD_DATABASES; i++) {
        if (m->files[i].digest[0] == '\0')
            continue;
        cv_jout_object(&j, slapd_databases[i].name);
        cv_jout_int(&j, "bytes", (int64_t)m->files[i].bytes);
        cv_jout_int(&j, "entries", (int64_t)m->files[i].entries);
        cv_jout_string(&j, "sha256", m->files[i].digest);
        cv_jout_end(&j);
    }
    cv_jout_end(&j);
    cv_jout_end(&j);
    cv_buf_putc(&text, '\n');
    snprintf(path, sizeof path, "%s/backup.json", folder);
    return slapd_write_file(path, text.data, text.len, err);
}

static bool bad(const char *folder, struct cv_error *err)
{
    return tool_fault(err, folder, "không phải bản sao lưu của congvud, hoặc đã hỏng",
                      "is no backup of congvud, or damaged");
}

static void read_text(const struct cv_jin *o, const char *name, char *out, size_t size)
{
    const char *text = "";
    cv_jin_string(o, name, CV_REQUIRED, size - 1, &text);
    snprintf(out, size, "%s", text);
}

static void read_files(const struct cv_jin *o, struct manifest *out)
{
    for (int i = 0; i < SLAPD_DATABASES; i++) {
        const struct cv_jin *file;
        int64_t bytes = 0, entries = 0;
        if (cv_jin_object(o, slapd_databases[i].name, i == SLAPD_MAIN ? CV_REQUIRED : CV_OPTIONAL, &file) != CV_VALUE)
            continue;
        cv_jin_int(file, "bytes", CV_REQUIRED, 0, INT64_MAX, &bytes);
        cv_jin_int(file, "entries", CV_REQUIRED, 0, INT64_MAX, &entries);
        read_text(file, "sha256", out->files[i].digest, sizeof out->files[i].digest);
        out->files[i].bytes = (uint64_t)bytes;
        out->files[i].entries = (uint64_t)entries;
    }
}

static bool read_all(const char *folder, struct manifest *out, struct cv_error *err)
{
    char path[DIR_PATH_MAX + 32], text[MANIFEST_MAX];
    int64_t format = 0, schema = 0;
    const struct cv_jin *files = NULL;
    cv_auto_arena arena = cv_arena_new(MANIFEST_ARENA);
    snprintf(path, sizeof path, "%s/backup.json", folder);
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return tool_refused(err, path, "không mở được", "cannot be opened");
    size_t len = fread(text, 1, sizeof text, f);
    fclose(f);
    const struct cv_jin *top = arena != NULL && len > 0 ? cv_json_parse_own(arena, text, len, err) : NULL;
    if (top == NULL)
        return bad(folder, err);
    cv_jin_int(top, "format", CV_REQUIRED, FORMAT, FORMAT, &format);
    cv_jin_int(top, "schema", CV_REQUIRED, 1, INT32_MAX, &schema);
    read_text(top, "key", out->fingerprint, sizeof out->fingerprint);
    read_text(top, "started", out->started, sizeof out->started);
    if (cv_jin_object(top, "files", CV_REQUIRED, &files) == CV_VALUE)
        read_files(files, out);
    out->schema = (int)schema;
    return cv_jin_ok(top) || bad(folder, err);
}

bool manifest_check(const char *folder, struct manifest *out, struct cv_error *err)
{
    *out = (struct manifest){0};
    if (!read_all(folder, out, err))
        return false;
    if (out->schema > DIR_SCHEMA_VERSION)
        return dir_newer_data(err);
    for (int i = 0; i < SLAPD_DATABASES; i++) {
        char path[DIR_PATH_MAX + 32], digest[CV_DIGEST_TEXT];
        uint64_t bytes = 0;
        if (out->files[i].digest[0] == '\0')
            continue;
        snprintf(path, sizeof path, "%s/%s.ldif", folder, slapd_databases[i].name);
        if (!tool_digest(path, digest, &bytes, err))
            return false;
        if (bytes != out->files[i].bytes || strcmp(digest, out->files[i].digest) != 0)
            return bad(path, err);
    }
    return true;
}
