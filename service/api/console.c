/* The console, carried inside the program: a page and the files that it loads, plain and compressed. */
#include <string.h>

#include "api/internal.h"
#include "console_hash.h"

#define CONSOLE_FILE(number, name, type)                                                                               \
    extern const char console_##number[], console_##number##_end[], console_##number##_gz[],                           \
        console_##number##_gz_end[];
#include "console_files.inc"
#undef CONSOLE_FILE

static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/* The page has no name; the end has no type. */
static const struct file {
    const char *name, *media_type, *plain, *plain_end, *packed, *packed_end;
} files[] = {
#define CONSOLE_FILE(number, name, type)                                                                               \
    {name, type, console_##number, console_##number##_end, console_##number##_gz, console_##number##_gz_end},
#include "console_files.inc"
#undef CONSOLE_FILE
    {0}};

const char *api_console_hash(void)
{
    return CONSOLE_HASH;
}

/* A browser always takes gzip; `gzip;q=0` is nobody's habit, but it is a refusal. */
static bool takes_gzip(const struct htp_exchange *x)
{
    const char *accepted = htp_header(x, "Accept-Encoding");
    return accepted && strstr(accepted, "gzip") && !strstr(accepted, "gzip;q=0");
}

/* A name changes with its content, so that a page of yesterday never gets half of today's. */
static void send(struct htp_exchange *x, const char *name)
{
    const struct file *f = files;
    bool packed = takes_gzip(x);

    while (f->media_type && strcmp(f->name, name) != 0)
        f++;
    if (!f->media_type) {
        struct cv_error err = {0};
        if (files[0].media_type != NULL)
            cv_fail(&err, cvp_not_found, NULL, "Giao diện web không có tệp này", "The console has no such file");
        else
            cv_fail(&err, cvp_not_found, NULL, "Bản này không có giao diện web", "This build carries no console");
        htp_problem(x, &err, NULL);
        return;
    }
    htp_header_set(x, "Content-Security-Policy", "%s", policy);
    htp_header_set(x, "Referrer-Policy", "no-referrer");
    htp_header_set(x, "Cache-Control", *name ? "public, max-age=31536000, immutable" : "no-cache");
    htp_header_set(x, "Vary", "Accept-Encoding");
    if (packed)
        htp_header_set(x, "Content-Encoding", "gzip");
    htp_reply_text(x, 200, f->media_type, packed ? f->packed : f->plain,
                   (size_t)(packed ? f->packed_end - f->packed : f->plain_end - f->plain));
}

void api_get_console(struct htp_exchange *x)
{
    send(x, "");
}
void api_get_console_file(struct htp_exchange *x)
{
    send(x, htp_param(x, "file"));
}
