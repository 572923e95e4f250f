/* Addresses and networks of IP. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "congvu/network.h"

static struct cv_address unwrap(struct cv_address a)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

    if (a.len == 16 && memcmp(a.bytes, mapped, sizeof(mapped)) == 0) {
        memmove(a.bytes, a.bytes + 12, 4);
        memset(a.bytes + 4, 0, 12);
        a.len = 4;
    }
    return a;
}

bool cv_address_parse(const char *text, size_t len, struct cv_address *out)
{
    char copy[INET6_ADDRSTRLEN];
    struct cv_address a = {.len = memchr(text, ':', len) ? 16 : 4};

    if (len == 0 || len >= sizeof(copy) || memchr(text, '\0', len))
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (inet_pton(a.len == 16 ? AF_INET6 : AF_INET, copy, a.bytes) != 1)
        return false;
    *out = unwrap(a);
    return true;
}

bool cv_address_of(const struct sockaddr *from, struct cv_address *out)
{
    struct cv_address a = {.len = from->sa_family == AF_INET6 ? 16 : 4};

    if (from->sa_family == AF_INET6)
        memcpy(a.bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
    else if (from->sa_family == AF_INET)
        memcpy(a.bytes, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
    else
        return false;
    *out = unwrap(a);
    return true;
}

void cv_address_text(const struct cv_address *address, char out[CV_ADDRESS_TEXT])
{
    if (!inet_ntop(address->len == 16 ? AF_INET6 : AF_INET, address->bytes, out, CV_ADDRESS_TEXT))
        out[0] = '\0';
}

bool cv_address_is_loopback(const struct cv_address *address)
{
    static const uint8_t one[16] = {[15] = 1};

    return address->len == 4 ? address->bytes[0] == 127 : memcmp(address->bytes, one, 16) == 0;
}

static bool parse_prefix(const char *text, size_t len, size_t address_len, unsigned *out)
{
    unsigned n = 0;

    if (len == 0 || len > 3)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        n = n * 10 + (unsigned)(text[i] - '0');
    }
    *out = n;
    return n <= address_len * 8;
}

bool cv_network_parse(const char *text, size_t len, struct cv_network *out)
{
    const char *slash = memchr(text, '/', len);
    size_t head = slash ? (size_t)(slash - text) : len;
    struct cv_network network;

    if (!cv_address_parse(text, head, &network.address))
        return false;
    network.prefix = (unsigned)network.address.len * 8;
    if (slash && !parse_prefix(slash + 1, len - head - 1, network.address.len, &network.prefix))
        return false;
    *out = network;
    return true;
}

bool cv_network_holds(const struct cv_network *network, const struct cv_address *address)
{
    if (network->address.len != address->len)
        return false;
    for (unsigned i = 0; i < network->prefix; i++)
        if ((network->address.bytes[i / 8] ^ address->bytes[i / 8]) >> (7 - i % 8) & 1)
            return false;
    return true;
}

bool cv_networks_parse(const char *list, struct cv_network out[CV_MAX_NETWORKS], size_t *out_count)
{
    static const char between[] = ", \t";
    size_t count = 0;

    for (const char *p = list + strspn(list, between); *p; p += strspn(p, between)) {
        size_t len = strcspn(p, between);

        if (count == CV_MAX_NETWORKS || !cv_network_parse(p, len, &out[count]))
            return false;
        count++;
        p += len;
    }
    *out_count = count;
    return true;
}

static bool parse_port(const char *text, uint16_t *out)
{
    unsigned port = 0;

    if (*text == '\0' || strlen(text) > 5)
        return false;
    for (; *text >= '0' && *text <= '9'; text++)
        port = port * 10 + (unsigned)(*text - '0');
    *out = (uint16_t)port;
    return *text == '\0' && port <= 65535;
}

bool cv_listen_parse(const char *listen, struct cv_address *out, uint16_t *out_port)
{
    bool v6 = listen[0] == '[';
    const char *end = strchr(listen, v6 ? ']' : ':');
    const char *host = listen + v6;

    if (!end || (v6 && end[1] != ':') || (v6 && !memchr(host, ':', (size_t)(end - host))))
        return false;
    return parse_port(end + 1 + v6, out_port) && cv_address_parse(host, (size_t)(end - host), out);
}

bool cv_listen_socket(const char *listen, struct sockaddr_storage *out, unsigned *out_len)
{
    struct sockaddr_in *v4 = (void *)out;
    struct sockaddr_in6 *v6 = (void *)out;
    struct cv_address host;
    uint16_t port;

    if (!cv_listen_parse(listen, &host, &port))
        return false;
    memset(out, 0, sizeof(*out));
    if (host.len == 16) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        memcpy(&v6->sin6_addr, host.bytes, 16);
    } else {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        memcpy(&v4->sin_addr, host.bytes, 4);
    }
    *out_len = host.len == 16 ? sizeof(*v6) : sizeof(*v4);
    return true;
}

uint16_t cv_port_of(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)(const void *)address)->sin6_port);
    return address->sa_family == AF_INET ? ntohs(((const struct sockaddr_in *)(const void *)address)->sin_port) : 0;
}
