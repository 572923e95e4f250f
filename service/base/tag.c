/* SipHash-2-4 with 128 bits of output (Aumasson and Bernstein). */
#include <endian.h>
#include <string.h>

#include "congvu/secret.h"

struct sip {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static void rounds(struct sip *s, int count)
{
    for (int i = 0; i < count; i++) {
        s->v0 += s->v1;
        s->v2 += s->v3;
        s->v1 = rotate(s->v1, 13) ^ s->v0;
        s->v3 = rotate(s->v3, 16) ^ s->v2;
        s->v0 = rotate(s->v0, 32);
        s->v2 += s->v1;
        s->v0 += s->v3;
        s->v1 = rotate(s->v1, 17) ^ s->v2;
        s->v3 = rotate(s->v3, 21) ^ s->v0;
        s->v2 = rotate(s->v2, 32);
    }
}

/* Up to eight bytes, the first one lowest, whatever the machine. */
static uint64_t word_at(const uint8_t *p, size_t len)
{
    uint64_t word = 0;

    memcpy(&word, p, len);
    return le64toh(word);
}

static void take(struct sip *s, uint64_t word)
{
    s->v3 ^= word;
    rounds(s, 2);
    s->v0 ^= word;
}

static uint64_t half(struct sip *s)
{
    rounds(s, 4);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

struct cv_tag cv_tag_make(const struct cv_key *key, const void *data, size_t len)
{
    uint64_t k0 = word_at(key->bytes, 8);
    uint64_t k1 = word_at(key->bytes + 8, 8);
    struct sip s = {k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d) ^ 0xee,
                    k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573)};
    const uint8_t *p = data;
    size_t left = len;
    struct cv_tag tag;

    for (; left >= 8; p += 8, left -= 8) {
        take(&s, word_at(p, 8));
    }
    take(&s, (uint64_t)len << 56 | word_at(p, left));
    s.v2 ^= 0xee;
    tag.half[0] = half(&s);
    s.v1 ^= 0xdd;
    tag.half[1] = half(&s);
    return tag;
}

bool cv_tag_equal(struct cv_tag a, struct cv_tag b)
{
    return ((a.half[0] ^ b.half[0]) | (a.half[1] ^ b.half[1])) == 0;
}
