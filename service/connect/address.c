/* Which addresses a target may reach: decided on the resolved address, so that no name can lead elsewhere. */
#include "connect/internal.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

struct network {
    const char *text;
    enum con_reach reach;
};

/* Everything in the registries of special addresses (IANA) that is not the open internet. */
static const struct network special[] = {
    {"127.0.0.0/8", CON_LOOPBACK},   {"10.0.0.0/8", CON_PRIVATE},      {"172.16.0.0/12", CON_PRIVATE},
    {"192.168.0.0/16", CON_PRIVATE}, {"100.64.0.0/10", CON_PRIVATE},   {"0.0.0.0/8", CON_SPECIAL},
    {"169.254.0.0/16", CON_SPECIAL}, {"192.0.0.0/24", CON_SPECIAL},    {"192.0.2.0/24", CON_SPECIAL},
    {"198.18.0.0/15", CON_SPECIAL},  {"198.51.100.0/24", CON_SPECIAL}, {"203.0.113.0/24", CON_SPECIAL},
    {"224.0.0.0/4", CON_SPECIAL},    {"240.0.0.0/4", CON_SPECIAL},     {"::1/128", CON_LOOPBACK},
    {"fc00::/7", CON_PRIVATE},       {"::/128", CON_SPECIAL},          {"fe80::/10", CON_SPECIAL},
    {"fec0::/10", CON_SPECIAL},      {"ff00::/8", CON_SPECIAL},        {"2001:db8::/32", CON_SPECIAL},
    {"100::/64", CON_SPECIAL},       {"2001::/32", CON_SPECIAL},       {"64:ff9b:1::/48", CON_SPECIAL},
};

struct bits {
    uint8_t bytes[16];
    size_t len; /* 4 or 16 */
};

static struct bits inner_v4(const uint8_t *from)
{
    struct bits out = {.len = 4};
    memcpy(out.bytes, from, 4);
    return out;
}

/* An IPv4 address that travels inside an IPv6 one is judged as what it is. */
static struct bits unwrap(const uint8_t v6[16])
{
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF}, nat64[12] = {0x00, 0x64, 0xFF, 0x9B}, compatible[12];
    struct bits out = {.len = 16};
    bool tiny = v6[12] == 0 && v6[13] == 0 && v6[14] == 0; /* :: and ::1 are themselves */
    memcpy(out.bytes, v6, 16);
    if (memcmp(v6, mapped, 12) == 0 || memcmp(v6, nat64, 12) == 0 || (memcmp(v6, compatible, 12) == 0 && !tiny))
        return inner_v4(v6 + 12);
    return v6[0] == 0x20 && v6[1] == 0x02 ? inner_v4(v6 + 2) : out;
}

static bool bits_of(const struct sockaddr *address, struct bits *out)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)address;
        *out = inner_v4((const uint8_t *)&in->sin_addr);
        return true;
    }
    if (address->sa_family != AF_INET6)
        return false;
    *out = unwrap(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
    return true;
}

static bool parse_network(const char *text, struct bits *out, unsigned *out_prefix)
{
    char host[INET6_ADDRSTRLEN];
    char *end = NULL;
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : 0;
    if (len == 0 || len >= sizeof host || slash[1] < '0' || slash[1] > '9')
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    unsigned long prefix = strtoul(slash + 1, &end, 10);
    out->len = strchr(host, ':') ? 16 : 4;
    *out_prefix = (unsigned)prefix;
    return *end == '\0' && prefix <= out->len * 8 &&
           inet_pton(out->len == 16 ? AF_INET6 : AF_INET, host, out->bytes) == 1;
}

static bool within(const struct bits *address, const char *network)
{
    struct bits net;
    unsigned prefix;
    if (!parse_network(network, &net, &prefix) || net.len != address->len)
        return false;
    for (unsigned i = 0; i < prefix; i++)
        if ((net.bytes[i / 8] ^ address->bytes[i / 8]) >> (7 - i % 8) & 1)
            return false;
    return true;
}

static enum con_reach reach_of(const struct bits *address)
{
    for (size_t i = 0; i < CV_COUNT(special); i++)
        if (within(address, special[i].text))
            return special[i].reach;
    return CON_GLOBAL;
}

enum con_reach con_reach_of(const struct sockaddr *address)
{
    struct bits bits;
    return bits_of(address, &bits) ? reach_of(&bits) : CON_SPECIAL;
}

static bool allowed(const struct bits *address, const char *const *allow, size_t allow_count)
{
    enum con_reach reach = reach_of(address);
    if (reach == CON_GLOBAL)
        return true;
    for (size_t i = 0; i < allow_count; i++) {
        if (strcmp(allow[i], "loopback") == 0  ? reach == CON_LOOPBACK
            : strcmp(allow[i], "private") == 0 ? reach == CON_PRIVATE
                                               : within(address, allow[i]))
            return true;
    }
    return false;
}

bool con_reachable(const struct sockaddr *address, const char *const *allow, size_t allow_count)
{
    struct bits bits;
    return bits_of(address, &bits) && allowed(&bits, allow, allow_count);
}

bool con_address_allowed(const char *address, const char *const *allow, size_t allow_count)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
        return con_reachable((const struct sockaddr *)&v4, allow, allow_count);
    return inet_pton(AF_INET6, address, &v6.sin6_addr) == 1 &&
           con_reachable((const struct sockaddr *)&v6, allow, allow_count);
}

bool con_allow_ok(const char *word)
{
    struct bits net;
    unsigned prefix;
    return strcmp(word, "loopback") == 0 || strcmp(word, "private") == 0 || parse_network(word, &net, &prefix);
}
