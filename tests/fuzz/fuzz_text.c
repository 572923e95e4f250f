/* Any bytes as a name, a date, an id, a page token. What comes out must be valid and stable. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "congvu/clock.h"
#include "congvu/secret.h"
#include "congvu/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void names(struct cv_arena *arena, const char *s)
{
    const char *nfc = cv_text_nfc(arena, s);
    const char *fold = cv_text_fold(arena, s);
    size_t a, b;

    require((nfc != NULL) == cv_text_valid(s, strlen(s)));
    require(cv_text_valid(fold, strlen(fold)));
    require(strcmp(cv_text_fold(arena, fold), fold) == 0);
    cv_text_legacy_charset(s);
    const char *secret = cv_text_opaque(arena, s);
    if (secret) {
        require(cv_text_valid(secret, strlen(secret)));
        require(strcmp(cv_text_opaque(arena, secret), secret) == 0);
    }
    if (nfc) {
        require(cv_text_valid(nfc, strlen(nfc)));
        require(strcmp(cv_text_nfc(arena, nfc), nfc) == 0);
        require(strcmp(cv_text_fold(arena, nfc), fold) == 0);
        const uint8_t *x = cv_text_sort_key(arena, nfc, &a), *y = cv_text_sort_key(arena, nfc, &b);

        require(a == b && memcmp(x, y, a) == 0);
    }
}

static void dates(const char *s)
{
    char text[CV_MOMENT_TEXT], day_text[CV_DAY_TEXT];
    cv_moment m, back;
    cv_day day;

    if (cv_moment_parse_rfc3339(s, &m) || cv_moment_parse_ldap(s, &m))
        require(cv_moment_parse_ldap(cv_moment_ldap(m, text), &back) ? back == m : true);
    if (cv_day_parse(s, &day))
        require(strcmp(cv_day_iso(day, day_text), s) == 0);
}

static void tokens(struct cv_arena *arena, const char *s)
{
    static const struct cv_key key = {{1, 2, 3}};
    char text[CV_ID_TEXT];
    struct cv_id id;
    size_t len;

    require(cv_unseal(arena, &key, s, "fuzz", &len) == NULL);
    if (cv_id_parse("stf_", s, &id))
        require(strcmp(cv_id_text("stf_", id, text), s) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cv_arena *arena = cv_arena_new(CV_MAX_ARENA);
    struct cv_error err;

    if (size > 4096)
        size = 4096;
    require(arena && cv_text_init(&err));
    char *s = cv_arena_alloc(arena, size + 1);

    memcpy(s, data, size);
    names(arena, s);
    dates(s);
    tokens(arena, s);
    cv_arena_free(&arena);
    return 0;
}
