/* Checkpoints as signed notes (C2SP signed-note, tlog-checkpoint). */
#include <stdlib.h>
#include <string.h>

#include "audit/internal.h"

enum { ALGORITHM = 1, KEY_HASH = 4 };

/* First four bytes of SHA-256(name, line feed, algorithm, key). */
static void key_hash(const char *origin, const uint8_t key[CV_PUBLIC_KEY], uint8_t out[KEY_HASH])
{
    uint8_t tail[2 + CV_PUBLIC_KEY] = {'\n', ALGORITHM}, hash[CV_HASH];
    memcpy(tail + 2, key, CV_PUBLIC_KEY);
    cv_hash(-1, origin, strlen(origin), tail, sizeof(tail), hash);
    memcpy(out, hash, KEY_HASH);
}

void ev_verifier(const char *origin, const uint8_t key[CV_PUBLIC_KEY], char out[EV_KEY_TEXT])
{
    uint8_t hash[KEY_HASH], bytes[1 + CV_PUBLIC_KEY] = {ALGORITHM};
    char text[64];
    key_hash(origin, key, hash);
    memcpy(bytes + 1, key, CV_PUBLIC_KEY);
    cv_base64(bytes, sizeof(bytes), text);
    snprintf(out, EV_KEY_TEXT, "%s+%02x%02x%02x%02x+%s", origin, hash[0], hash[1], hash[2], hash[3], text);
}

bool ev_verifier_parse(const char *text, char origin[EV_NAME_MAX], uint8_t key[CV_PUBLIC_KEY])
{
    uint8_t bytes[1 + CV_PUBLIC_KEY];
    char again[EV_KEY_TEXT];
    size_t name = strcspn(text, "+"), len;
    if (name == 0 || name >= EV_NAME_MAX || strlen(text) < name + 10 || text[name + 9] != '+')
        return false;
    const char *encoded = text + name + 10;
    if (!cv_unbase64(encoded, strcspn(encoded, "\r\n"), bytes, sizeof(bytes), &len) || len != sizeof(bytes) ||
        bytes[0] != ALGORITHM)
        return false;
    memcpy(origin, text, name);
    origin[name] = '\0';
    memcpy(key, bytes + 1, CV_PUBLIC_KEY);
    ev_verifier(origin, key, again);
    return strncmp(again, text, strlen(again)) == 0;
}

void ev_checkpoint_sign(const struct ev_checkpoint *what, const struct cv_signer *signer, char out[EV_NOTE_MAX])
{
    uint8_t signature[KEY_HASH + CV_SIGNATURE];
    char root[64], text[128];
    cv_base64(what->root.bytes, CV_HASH, root);
    int len = snprintf(out, EV_NOTE_MAX, "%s\n%lld\n%s\n", what->origin, (long long)what->size, root);
    key_hash(what->origin, cv_signer_public(signer), signature);
    cv_sign(signer, out, (size_t)len, signature + KEY_HASH);
    cv_base64(signature, sizeof(signature), text);
    snprintf(out + len, EV_NOTE_MAX - (size_t)len, "\n" EV_NOTE_DASH "%s %s\n", what->origin, text);
}

/* One line without its end; false when there is none. */
static bool line(const char **at, const char *end, const char **out, size_t *out_len)
{
    const char *stop = memchr(*at, '\n', (size_t)(end - *at));
    if (stop == NULL)
        return false;
    *out = *at;
    *out_len = (size_t)(stop - *at);
    *at = stop + 1;
    return true;
}

static bool read_size(const char *text, size_t len, int64_t *out)
{
    int64_t size = 0;
    if (len == 0 || len > 15 || (len > 1 && text[0] == '0'))
        return false;
    for (size_t i = 0; i < len; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
        else
            size = size * 10 + (text[i] - '0');
    *out = size;
    return true;
}

/* "- origin base64(hash, signature)" over what stands before it. */
static bool signature_right(const char *text, size_t len, const char *note, size_t note_len, const char *origin,
                            const uint8_t key[CV_PUBLIC_KEY])
{
    uint8_t bytes[KEY_HASH + CV_SIGNATURE], hash[KEY_HASH];
    size_t lead = strlen(EV_NOTE_DASH), name = strlen(origin), got;
    if (len < lead + name + 1 || memcmp(text, EV_NOTE_DASH, lead) != 0 || memcmp(text + lead, origin, name) != 0 ||
        text[lead + name] != ' ')
        return false;
    size_t skip = lead + name + 1;
    if (!cv_unbase64(text + skip, len - skip, bytes, sizeof(bytes), &got) || got != sizeof(bytes))
        return false;
    key_hash(origin, key, hash);
    return memcmp(hash, bytes, KEY_HASH) == 0 && cv_signed(key, note, note_len, bytes + KEY_HASH);
}

bool ev_checkpoint_read(const char *text, size_t len, const char *origin, const uint8_t key[CV_PUBLIC_KEY],
                        struct ev_checkpoint *out, size_t *out_len)
{
    const char *at = text, *end = text + len, *l;
    size_t n, got;
    if (!line(&at, end, &l, &n) || n != strlen(origin) || n >= EV_NAME_MAX || memcmp(l, origin, n) != 0)
        return false;
    *out = (struct ev_checkpoint){0};
    memcpy(out->origin, l, n);
    if (!line(&at, end, &l, &n) || !read_size(l, n, &out->size))
        return false;
    if (!line(&at, end, &l, &n) || !cv_unbase64(l, n, out->root.bytes, CV_HASH, &got) || got != CV_HASH)
        return false;
    size_t body = (size_t)(at - text);
    if (!line(&at, end, &l, &n) || n != 0 || !line(&at, end, &l, &n) || !signature_right(l, n, text, body, origin, key))
        return false;
    *out_len = (size_t)(at - text);
    return true;
}
