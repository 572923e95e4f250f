/* A token from anybody against the keys of a provider: nothing is believed but what the provider signed for us. */
#include <stdlib.h>
#include <string.h>

#include "congvu/text.h"
#include "oidc/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Public halves; nobody has the private ones any more. */
static const char set[] =
    "{\"keys\":["
    "{\"kty\":\"RSA\",\"kid\":\"r1\",\"e\":\"AQAB\",\"n\":\"oRbClcISFPtJStf9FRLUVB2E-pW79P_ZT7AzOxG7w"
    "rheX6Hu_01FVpcDtyvu2xTa1i5ujxN4LRA5n0JN98dTEM-QN2s3i8UXtBO-JOUc3qYrKo8wCIyirHTkI4rHTXOu7WfKgbYb9"
    "KISxL8uahjrwDpfVzjuymnQpVB1qwBSIW6hreO9zMa3VxVWltzqzux95rlIYWMLxYwf1G3E6PZH-DLah4x06nGJs0n6vDMyq"
    "WVHIuSkhdmAbl3eqEPp_RzZVmRLWeyZqlVBEWMZtKM0k-i4VmnS6Vsh7jiATrDFGfZv407WeTAKrJEL-6S_j5-TvFVgXsvnQ"
    "vhsFtxTU-GGgw\"},{\"kty\":\"EC\",\"kid\":\"e1\",\"crv\":\"P-256\",\"x\":\"BChDnp20_zDzBO095D9Sc-"
    "OtmTqLhdxMvyfiOru4hEU\",\"y\":\"phajL3G_dKOjgqrAw4GPZ9u7An0CM3DgQaMC-B6u1dQ\"}"
    "]}";

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct oidc_wanted wanted = {.issuer = "https://id.example.vn",
                                              .audience = "congvu",
                                              .nonce = "n-0S6_WzA2Mj",
                                              .claim = "email",
                                              .now = 1798700000};
    struct cv_arena *arena = cv_arena_new(CV_MAX_ARENA);
    struct oidc_keys *keys = oidc_keys_parse(set, sizeof set - 1);
    struct oidc_person person = {0};
    bool unknown;
    require(arena != NULL && oidc_keys_count(keys) == 2);
    const char *why = oidc_judge(keys, &wanted, (const char *)data, size, arena, &person, &unknown);
    if (why == NULL)
        require(strcmp(person.issuer, wanted.issuer) == 0 && strcmp(person.subject, "an") == 0);
    oidc_keys_unref(&keys);
    keys = oidc_keys_parse((const char *)data, size); /* and whatever a provider may publish */
    require(oidc_keys_count(keys) <= OIDC_KEYS_MAX);
    oidc_keys_unref(&keys);
    cv_arena_free(&arena);
    return 0;
}
