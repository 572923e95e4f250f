/* The console, carried inside the program: a page, its script and its style, plain and compressed. */
#include <string.h>

#include "api/internal.h"

#define BLOB(name) extern const char name[], name##_end[], name##_gz[], name##_gz_end[]
BLOB(console_html);
BLOB(console_js);
BLOB(console_css);
#undef BLOB

static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct blob {
    const char *media_type, *plain, *plain_end, *packed, *packed_end;
};

bool api_console_carried(void)
{
    return &console_html_end[0] > &console_html[0];
}

/* A browser always takes gzip; `gzip;q=0` is nobody's habit, but it is a refusal. */
static bool takes_gzip(const struct htp_exchange *x)
{
    const char *accepted = htp_header(x, "Accept-Encoding");
    return accepted && strstr(accepted, "gzip") && !strstr(accepted, "gzip;q=0");
}

static void send(struct htp_exchange *x, const struct blob *b)
{
    bool packed = takes_gzip(x);

    if (!api_console_carried()) {
        struct cv_error err = {0};
        cv_fail(&err, cvp_not_found, NULL, "Bản này không có giao diện web", "This build carries no console");
        htp_problem(x, &err, NULL);
        return;
    }
    htp_header_set(x, "Content-Security-Policy", "%s", policy);
    htp_header_set(x, "Referrer-Policy", "no-referrer");
    htp_header_set(x, "Cache-Control", "no-cache");
    htp_header_set(x, "Vary", "Accept-Encoding");
    if (packed)
        htp_header_set(x, "Content-Encoding", "gzip");
    htp_reply_text(x, 200, b->media_type, packed ? b->packed : b->plain,
                   (size_t)(packed ? b->packed_end - b->packed : b->plain_end - b->plain));
}

#define SEND(x, type, name) send(x, &(struct blob){type, name, name##_end, name##_gz, name##_gz_end})

void api_get_console(struct htp_exchange *x)
{
    SEND(x, "text/html; charset=utf-8", console_html);
}
void api_get_console_script(struct htp_exchange *x)
{
    SEND(x, "text/javascript; charset=utf-8", console_js);
}
void api_get_console_style(struct htp_exchange *x)
{
    SEND(x, "text/css; charset=utf-8", console_css);
}
