/* URLs of targets, judged by the same parser that will use them. */
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#include "congvu/lock.h"
#include "connect/internal.h"

static bool has(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    bool there = curl_url_get(url, part, &text, 0) == CURLUE_OK && *text != '\0';
    curl_free(text);
    return there;
}

static bool http_scheme(CURLU *url)
{
    char *scheme = NULL;
    bool ok = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
              (strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0);
    curl_free(scheme);
    return ok;
}

bool con_url_ok(const char *text)
{
    CURLU *url = strlen(text) <= CON_MAX_URL ? curl_url() : NULL;
    bool ok = url != NULL && strpbrk(text, " \t?#\\") == NULL &&
              curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER) == CURLUE_OK && http_scheme(url) &&
              has(url, CURLUPART_HOST) && !has(url, CURLUPART_QUERY) && !has(url, CURLUPART_FRAGMENT);
    curl_url_cleanup(url);
    return ok;
}

bool con_url_is_at(const char *text, const char *host)
{
    CURLU *url = curl_url();
    char *name = NULL, *port = NULL;
    bool same = url != NULL && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
                curl_url_get(url, CURLUPART_HOST, &name, 0) == CURLUE_OK &&
                curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK;
    size_t len = same ? strlen(name) : 0;
    same = same && strncasecmp(host, name, len) == 0;
    if (same && host[len] == ':')
        same = strcmp(host + len + 1, port) == 0;
    else if (same)
        same = host[len] == '\0' && strcmp(port, strncasecmp(text, "https:", 6) == 0 ? "443" : "80") == 0;
    curl_free(name);
    curl_free(port);
    curl_url_cleanup(url);
    return same;
}

/* "scheme://authority" without the path; an absolute path has none. */
static size_t origin_length(const char *url)
{
    const char *authority = strstr(url, "://");
    return authority != NULL ? (size_t)(authority + 3 - url) + strcspn(authority + 3, "/?#") : 0;
}

/* The same scheme, host and port, however they are written. */
static bool same_origin(const char *base, const char *url)
{
    static const CURLUPart parts[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};
    CURLU *a = curl_url(), *b = curl_url();
    bool same = a != NULL && b != NULL && curl_url_set(a, CURLUPART_URL, base, 0) == CURLUE_OK &&
                curl_url_set(b, CURLUPART_URL, url, CURLU_DISALLOW_USER) == CURLUE_OK;
    for (size_t i = 0; same && i < CV_COUNT(parts); i++) {
        char *x = NULL, *y = NULL;
        same = curl_url_get(a, parts[i], &x, CURLU_DEFAULT_PORT) == CURLUE_OK &&
               curl_url_get(b, parts[i], &y, CURLU_DEFAULT_PORT) == CURLUE_OK && strcasecmp(x, y) == 0;
        curl_free(x);
        curl_free(y);
    }
    curl_url_cleanup(a);
    curl_url_cleanup(b);
    return same;
}

/* Nothing that a server may read as "one up" or "to here". */
static bool plain_path(const char *path)
{
    for (const char *c = path; *c != '\0'; c++) {
        bool dot = *c == '.' || strncasecmp(c, "%2e", 3) == 0;
        bool begins = c > path && c[-1] == '/';
        if (*c <= ' ' || *c >= 0x7F || strchr("?#\\", *c) != NULL || (dot && begins))
            return false;
    }
    return true;
}

const char *con_url_below(const char *base, const char *location)
{
    size_t len = strlen(base), origin = origin_length(base), theirs = origin_length(location);
    while (len > origin && base[len - 1] == '/')
        len--;
    if (strlen(location) > CON_MAX_URL || (theirs > 0 ? !same_origin(base, location) : *location != '/'))
        return NULL;
    const char *path = location + theirs;
    if (strncmp(path, base + origin, len - origin) != 0)
        return NULL;
    path += len - origin;
    return path[0] == '/' && path[1] != '\0' && plain_path(path) ? path : NULL;
}

const char *con_escape(struct cv_arena *arena, const char *text)
{
    char *escaped = curl_easy_escape(NULL, text, 0);
    cv_must(escaped != NULL); /* there is always memory, or nothing goes on */
    const char *kept = cv_arena_strdup(arena, escaped);
    curl_free(escaped);
    return kept;
}
