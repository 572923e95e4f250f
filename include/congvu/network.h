/* Addresses and networks of IP, as bytes: what one listens on, who a client is, which proxies are believed.
 *
 * Story of use. Settings name networks ("10.0.0.0/8", "::1"); cv_network_parse() reads one, cv_network_holds() asks
 * whether an address lies in it. cv_listen_parse() reads "127.0.0.1:8080" and "[::1]:0". An IPv4 address that travels
 * inside an IPv6 one (::ffff:192.0.2.1) is read as what it is.
 *
 * Thread: any; nothing is kept. No names are resolved here. Source: RFC 4291 2.2, RFC 4632. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr;
struct sockaddr_storage;

struct cv_address {
    uint8_t bytes[16]; /* in the order of the wire */
    size_t len;        /* 4 or 16 */
};
#define CV_ADDRESS_TEXT 46

/* `text` of `len` bytes is exactly one address; false: it is not, *out is untouched. */
bool cv_address_parse(const char *text, size_t len, struct cv_address *out);
/* Of a socket's peer; false for families other than IP. */
bool cv_address_of(const struct sockaddr *from, struct cv_address *out);
void cv_address_text(const struct cv_address *address, char out[CV_ADDRESS_TEXT]);
bool cv_address_is_loopback(const struct cv_address *address);

struct cv_network {
    struct cv_address address;
    unsigned prefix; /* in bits */
};
/* "10.0.0.0/8", or one address for itself. */
bool cv_network_parse(const char *text, size_t len, struct cv_network *out);
bool cv_network_holds(const struct cv_network *network, const struct cv_address *address);

#define CV_MAX_NETWORKS 16
/* A list with commas or blanks between; false: something is no network, or there are more than CV_MAX_NETWORKS. */
bool cv_networks_parse(const char *list, struct cv_network out[CV_MAX_NETWORKS], size_t *out_count);

/* "127.0.0.1:8080", "[::1]:0"; the port in the machine's order. */
bool cv_listen_parse(const char *listen, struct cv_address *out, uint16_t *out_port);
/* The same as what bind() takes; *out_len is its length. */
bool cv_listen_socket(const char *listen, struct sockaddr_storage *out, unsigned *out_len);
uint16_t cv_port_of(const struct sockaddr *address); /* 0 for families other than IP */
