/* What a server announces, and what it was seen to refuse. Nothing here is taken for granted: every answer may be
 * absent, and an announcement that turns out wrong is forgotten for what works. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "connect/scim.h"

enum { PAGE = 100 };

bool con_scim_new(struct con_scim **out, struct cv_error *err)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return cv_fail(err, cvp_internal, NULL, "Hết bộ nhớ", "Out of memory");
    (*out)->page = PAGE;
    cv_lock_init(&(*out)->lock, CV_RANK_INDEX);
    return true;
}

void con_scim_free(struct con_scim **scim)
{
    if (*scim == NULL)
        return;
    scim_index_free(&(*scim)->index);
    cv_lock_destroy(&(*scim)->lock);
    free(*scim);
    *scim = NULL;
}

void con_scim_forget(struct con_scim *m)
{
    m->asked = m->plain_json = m->etags = m->marks = false;
    m->filter_mark = m->filter_login = SCIM_FILTER_UNTRIED;
    m->method = SCIM_PATCH;
    m->extension = SCIM_EXTENSION_UNKNOWN;
    m->page = PAGE;
    m->shuts = CON_SCIM_SHUTS_UNKNOWN;
    m->not_taken = 0;
    scim_index_publish(m, NULL);
}

enum con_scim_shuts con_scim_shuts(const struct con_scim *scim)
{
    return (enum con_scim_shuts)scim->shuts;
}

uint32_t con_scim_not_taken(const struct con_scim *scim)
{
    return scim->not_taken;
}

static bool announced(const struct cv_jany *config, const char *name, bool fallback)
{
    cv_jany_bool(cv_jany_get(cv_jany_get(config, name), "supported"), &fallback);
    return fallback;
}

static void read_config(struct con_scim *m, const struct cv_jany *config)
{
    int64_t most = 0;
    bool filter = announced(config, "filter", true);
    m->method = announced(config, "patch", true) ? SCIM_PATCH : SCIM_PUT;
    m->filter_mark = m->filter_login = filter ? SCIM_FILTER_UNTRIED : SCIM_FILTER_REFUSED;
    m->etags = announced(config, "etag", false);
    if (cv_jany_int(cv_jany_get(cv_jany_get(config, "filter"), "maxResults"), &most) && most > 0)
        m->page = (int)(most < PAGE ? most : PAGE);
}

static bool is_user_type(const struct cv_jany *type, struct cv_arena *arena)
{
    const char *name = cv_jany_text(cv_jany_get(type, "name"), arena);
    const char *endpoint = cv_jany_text(cv_jany_get(type, "endpoint"), arena);
    size_t len = endpoint ? strlen(endpoint) : 0;
    return (name && strcasecmp(name, "User") == 0) || (len >= 5 && strcasecmp(endpoint + len - 5, "Users") == 0);
}

static void read_types(struct con_scim *m, const struct cv_jany *types, struct cv_arena *arena)
{
    const struct cv_jany *list = cv_jany_kind(types) == CV_JANY_LIST ? types : cv_jany_get(types, "Resources");
    for (size_t i = 0; i < cv_jany_count(list); i++) {
        const struct cv_jany *extensions = cv_jany_get(cv_jany_item(list, i), "schemaExtensions");
        if (!is_user_type(cv_jany_item(list, i), arena))
            continue;
        m->extension = SCIM_EXTENSION_REFUSED;
        for (size_t k = 0; k < cv_jany_count(extensions); k++) {
            const char *urn = cv_jany_text(cv_jany_get(cv_jany_item(extensions, k), "schema"), arena);
            if (urn && strcasecmp(urn, SCIM_ENTERPRISE) == 0)
                m->extension = SCIM_EXTENSION_KNOWN;
        }
    }
}

/* An answer that is not there or cannot be read says nothing; a server that is away says it for every question. */
static bool ask(struct con_scim_call *call, const char *path, const struct cv_jany **out, bool *denied,
                struct cv_error *err)
{
    struct con_request request = {.method = CON_GET, .path = path};
    struct con_answer answer;
    *out = NULL;
    if (scim_send(call, &request, &answer, out, err))
        return true;
    if (err->kind == CV_UNAVAILABLE && answer.status == 0)
        return false;
    *denied = *denied || answer.status == 401; /* the credential is wrong, or only this question is not for us */
    if (err->kind == CV_LIMIT || (err->kind == CV_REFUSED && answer.status != 403 && answer.status != 401))
        return false;
    *out = NULL;
    cv_error_clear(err);
    return true;
}

bool con_scim_prepare(struct con_scim_call *call, struct cv_error *err)
{
    const struct cv_jany *config, *types;
    struct con_scim *m = call->server;
    bool denied = false;
    if (m->asked)
        return true;
    if (!ask(call, "/ServiceProviderConfig", &config, &denied, err) ||
        !ask(call, "/ResourceTypes", &types, &denied, err))
        return false;
    if (config != NULL)
        read_config(m, config);
    if (types != NULL)
        read_types(m, types, call->arena);
    m->asked = !denied;
    return true;
}

size_t scim_fields_known(const struct con_scim *server, struct scim_field *fields, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool enterprise = fields[i].path.schema && strcasecmp(fields[i].path.schema, SCIM_ENTERPRISE) == 0;
        if (!enterprise || server->extension != SCIM_EXTENSION_REFUSED)
            fields[kept++] = fields[i];
    }
    return kept;
}
