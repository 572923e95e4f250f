/* Who the client is: the address of the connection, or what a proxy that was named says of it. */
#include <microhttpd.h>
#include <string.h>

#include "http/internal.h"

static bool is_proxy(const struct htp_proxies *proxies, const struct cv_address *address)
{
    for (size_t i = 0; i < proxies->count; i++)
        if (cv_network_holds(&proxies->networks[i], address))
            return true;
    return false;
}

/* The last element of the comma list that ends at *end, which moves before it. False: there is none, or no address. */
static bool last_element(const char *list, const char **end, struct cv_address *out)
{
    const char *to = *end, *from;

    while (to > list && (to[-1] == ' ' || to[-1] == '\t'))
        to--;
    from = to;
    while (from > list && from[-1] != ',')
        from--;
    *end = from > list ? from - 1 : list;
    from += strspn(from, " \t");
    return from < to && cv_address_parse(from, (size_t)(to - from), out);
}

struct cv_address htp_peer_of(struct cv_address connection, const char *forwarded, const struct htp_proxies *proxies)
{
    struct cv_address peer = connection;
    const char *end = forwarded ? forwarded + strlen(forwarded) : NULL;

    while (end && end > forwarded && is_proxy(proxies, &peer) && last_element(forwarded, &end, &peer)) {
    }
    return peer;
}

const char *htp_peer(const struct htp_exchange *x)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->priv->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    struct cv_address address;
    char text[CV_ADDRESS_TEXT];

    if (!info || !info->client_addr || !cv_address_of(info->client_addr, &address))
        return "";
    address = htp_peer_of(address, x->priv->head.value[HTP_FORWARDED_FOR], &x->priv->server->proxies);
    cv_address_text(&address, text);
    return cv_arena_strdup(x->arena, text);
}
