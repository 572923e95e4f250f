/* Which addresses a target may reach: decided on the resolved address, so that no name can lead elsewhere. */
#include <string.h>

#include "congvu/network.h"
#include "connect/internal.h"

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

/* An IPv4 address that travels inside an IPv6 one by whatever way is judged as what it is. */
static struct cv_address unwrap(struct cv_address a)
{
    static const uint8_t nat64[12] = {0x00, 0x64, 0xFF, 0x9B}, compatible[12];
    struct cv_address inner = {.len = 4};
    bool tiny = a.bytes[12] == 0 && a.bytes[13] == 0 && a.bytes[14] == 0; /* :: and ::1 are themselves */
    bool six_to_four = a.bytes[0] == 0x20 && a.bytes[1] == 0x02;
    if (a.len == 4)
        return a;
    if (memcmp(a.bytes, nat64, 12) == 0 || (memcmp(a.bytes, compatible, 12) == 0 && !tiny))
        memcpy(inner.bytes, a.bytes + 12, 4);
    else if (six_to_four)
        memcpy(inner.bytes, a.bytes + 2, 4);
    else
        return a;
    return inner;
}

static bool within(const struct cv_address *address, const char *network)
{
    struct cv_network net;
    return cv_network_parse(network, strlen(network), &net) && cv_network_holds(&net, address);
}

static enum con_reach reach_of(const struct cv_address *address)
{
    for (size_t i = 0; i < CV_COUNT(special); i++)
        if (within(address, special[i].text))
            return special[i].reach;
    return CON_GLOBAL;
}

enum con_reach con_reach_of(const struct sockaddr *address)
{
    struct cv_address a;
    if (!cv_address_of(address, &a))
        return CON_SPECIAL;
    a = unwrap(a);
    return reach_of(&a);
}

static bool allowed(const struct cv_address *address, const char *const *allow, size_t allow_count)
{
    enum con_reach reach = reach_of(address);
    if (reach == CON_GLOBAL)
        return true;
    for (size_t i = 0; i < allow_count; i++)
        if (strcmp(allow[i], "loopback") == 0  ? reach == CON_LOOPBACK
            : strcmp(allow[i], "private") == 0 ? reach == CON_PRIVATE
                                               : within(address, allow[i]))
            return true;
    return false;
}

bool con_reachable(const struct sockaddr *address, const char *const *allow, size_t allow_count)
{
    struct cv_address a;
    if (!cv_address_of(address, &a))
        return false;
    a = unwrap(a);
    return allowed(&a, allow, allow_count);
}

bool con_address_allowed(const char *address, const char *const *allow, size_t allow_count)
{
    struct cv_address a;
    if (!cv_address_parse(address, strlen(address), &a))
        return false;
    a = unwrap(a);
    return allowed(&a, allow, allow_count);
}

bool con_allow_ok(const char *word)
{
    struct cv_network net;
    return strcmp(word, "loopback") == 0 || strcmp(word, "private") == 0 ||
           (strchr(word, '/') != NULL && cv_network_parse(word, strlen(word), &net));
}
