/* The file with a target's secret: a line "Host: NAME[:PORT]", the only place it may be sent to, then "Bearer TOKEN",
 * "Basic USER:PASSWORD" or a bare token. Without the first line whoever may change a system's URL would be sent it. */
#include <string.h>
#include <strings.h>

#include "congvu/secret.h"
#include "connect/internal.h"

#define HOST "Host:"

static bool refuse(struct cv_error *err, const char *why)
{
    return cv_fail_as(err, CV_REFUSED, "credential_file", "Không dùng được tệp mật khẩu của kết nối: %s",
                      "The credential file of the connector cannot be used: %s", why);
}

/* A line break would end the header that carries it. */
static bool printable(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p < 0x20 || *p == 0x7F)
            return false;
    return true;
}

static void drop_word(struct con_credential *c, size_t len)
{
    char *rest = c->text + len;
    rest += strspn(rest, " ");
    memmove(c->text, rest, strlen(rest) + 1);
}

static bool split_basic(struct con_credential *c)
{
    char *colon = strchr(c->text, ':');
    if (colon == NULL)
        return false;
    *colon = '\0';
    c->password = colon + 1;
    return true;
}

/* Takes the line with the host off the text. NULL, or what is wrong with it. */
static const char *take_host(struct con_credential *c, const char *url)
{
    if (strncasecmp(c->text, HOST, sizeof HOST - 1) != 0)
        return "its first line must be Host: NAME[:PORT], where it may be sent to";
    char *rest = c->text + strcspn(c->text, "\n");
    if (*rest != '\0')
        *rest++ = '\0';
    const char *host = c->text + sizeof HOST - 1;
    host += strspn(host, " \t");
    c->text[strcspn(c->text, "\r")] = '\0';
    bool same = con_url_is_at(url, host);
    memmove(c->text, rest, strlen(rest) + 1);
    return same ? NULL : "it is meant for another host";
}

bool con_credential_read(const char *path, const char *url, struct con_credential *out, struct cv_error *err)
{
    size_t len = 0;
    memset(out, 0, sizeof *out);
    const char *why = cv_secret_read(path, out->text, sizeof out->text, &len);
    if (why == NULL && strlen(out->text) != len)
        why = "must be text";
    if (why == NULL)
        why = take_host(out, url);
    if (why == NULL && !printable(out->text))
        why = "must be one line after that of the host";
    if (why != NULL)
        return refuse(err, why);
    if (strncasecmp(out->text, "bearer ", 7) == 0) {
        drop_word(out, 7);
    } else if (strncasecmp(out->text, "basic ", 6) == 0) {
        drop_word(out, 6);
        out->basic = true;
        if (!split_basic(out))
            return refuse(err, "Basic needs USER:PASSWORD");
    }
    return *out->text != '\0' || refuse(err, "empty");
}
