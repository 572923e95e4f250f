/* The contract, carried inside the program. */
#include "api/frame/state.h"

extern const char api_json[], api_json_end[], api_yaml[], api_yaml_end[], api_html[], api_html_end[];

static struct htp_shared *blob(const struct api *api, const char *from, const char *to, const char *media_type)
{
    char tag[CV_DIGEST_TEXT];
    size_t len = (size_t)(to - from);
    api_body_tag(api, from, len, tag);
    return htp_shared_new(from, len, media_type, tag);
}

bool api_docs_open(struct api *api)
{
    struct api_state *s = api->state;
    s->json = blob(api, api_json, api_json_end, "application/json");
    s->yaml = blob(api, api_yaml, api_yaml_end, "application/yaml");
    s->html = blob(api, api_html, api_html_end, "text/html; charset=utf-8");
    return s->json != NULL && s->yaml != NULL && s->html != NULL;
}

void api_docs_close(struct api *api)
{
    htp_shared_unref(&api->state->json);
    htp_shared_unref(&api->state->yaml);
    htp_shared_unref(&api->state->html);
}

void api_get_openapi_json(struct htp_exchange *x)
{
    htp_reply_shared(x, api_of(x)->state->json);
}
void api_get_openapi_yaml(struct htp_exchange *x)
{
    htp_reply_shared(x, api_of(x)->state->yaml);
}
void api_get_docs(struct htp_exchange *x)
{
    htp_reply_shared(x, api_of(x)->state->html);
}
