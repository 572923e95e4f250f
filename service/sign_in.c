/* What signing in needs of the settings: the common sign-in, and who needs a second factor. */
#include <stdio.h>
#include <string.h>

#include "congvu/connect.h"
#include "congvu/oidc.h"
#include "congvu/role.h"
#include "service.h"

/* "site_admin unit_admin" */
bool sign_in_roles(const struct conf *conf, uint32_t *out, struct cv_error *err)
{
    const char *words = conf->second_factor_roles;
    *out = 0;
    for (const char *at = words + strspn(words, " ,"); *at != '\0'; at += strspn(at, " ,")) {
        char word[32];
        size_t len = strcspn(at, " ,");
        snprintf(word, sizeof word, "%.*s", (int)len, at);
        int role = dom_word_index(dom_role_words, word);
        if (role < 0)
            return cv_fail_as(err, CV_INVALID, "second_factor_roles", "Không có vai trò “%s”", "There is no role “%s”",
                              word);
        *out |= 1u << role;
        at += len;
    }
    return true;
}

/* Words of a setting, apart by blanks or commas. */
static const char *const *words_of(struct cv_arena *arena, const char *text, size_t *out_count)
{
    const char **words = CV_NEWS(arena, const char *, strlen(text) / 2 + 1);
    *out_count = 0;
    for (const char *at = text + strspn(text, " ,"); *at != '\0'; at += strspn(at, " ,")) {
        size_t len = strcspn(at, " ,");
        words[(*out_count)++] = cv_arena_strndup(arena, at, len);
        at += len;
    }
    return words;
}

static bool bad_provider(struct cv_error *err, const char *setting)
{
    return cv_fail_as(err, CV_INVALID, setting, "Thiết lập %s chưa đúng hoặc còn thiếu",
                      "The setting %s is wrong or missing", setting);
}

bool sign_in_provider(struct service *s, struct oidc_options *out, struct cv_error *err)
{
    static const char *const kinds[] = {"address", "login", "staff_code", NULL};
    const struct conf *c = &s->conf;
    *out = (struct oidc_options){.issuer = c->oidc_issuer,
                                 .client_id = c->oidc_client_id,
                                 .credential_file = *c->oidc_credential_file != '\0' ? c->oidc_credential_file : NULL,
                                 .redirect_uri = c->oidc_redirect_uri,
                                 .claim = c->oidc_claim,
                                 .ca_file = *c->oidc_ca_file != '\0' ? c->oidc_ca_file : NULL};
    out->allow = words_of(s->arena, c->oidc_allow, &out->allow_count);
    for (size_t i = 0; i < out->allow_count; i++)
        if (!con_allow_ok(out->allow[i]))
            return bad_provider(err, "oidc_allow");
    int claim_is = dom_word_index(kinds, c->oidc_claim_is);
    if (!con_url_ok(c->oidc_issuer))
        return bad_provider(err, "oidc_issuer");
    if (!con_url_ok(c->oidc_redirect_uri))
        return bad_provider(err, "oidc_redirect_uri");
    if (*c->oidc_client_id == '\0' || claim_is < 0)
        return bad_provider(err, claim_is < 0 ? "oidc_claim_is" : "oidc_client_id");
    s->api.oidc_claim_is = claim_is;
    return true;
}
