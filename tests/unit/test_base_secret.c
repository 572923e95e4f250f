#include <endian.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base_test.h"
#include "congvu/secret.h"

static char folder[64];
static char path[96];

static int folder_make(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/congvu-key-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof(path), "%s/key", folder);
    return 0;
}

static int folder_remove(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder); /* fails when something else was left in it */
}

static void write_file(size_t size, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    char bytes[64] = "0123456789abcdefghijklmnopqrstuv";

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static void key_is_made_once_and_read_again(void **state)
{
    struct cv_key a, b;
    struct cv_error err;
    struct stat st;

    (void)state;
    assert_false(cv_key_load(path, false, &a, &err));
    assert_int_equal(access(path, F_OK), -1);
    assert_true(cv_key_load(path, true, &a, &err));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(st.st_size, 32);
    assert_true(cv_key_load(path, true, &b, &err));
    assert_memory_equal(&a, &b, sizeof(a));
}

static void bad_key_files_are_refused(void **state)
{
    struct cv_key key;
    struct cv_error err;

    (void)state;
    memset(&key, 7, sizeof(key));
    write_file(31, 0600);
    assert_false(cv_key_load(path, true, &key, &err));
    write_file(33, 0600);
    assert_false(cv_key_load(path, true, &key, &err));
    write_file(32, 0640);
    assert_false(cv_key_load(path, true, &key, &err));
    assert_non_null(strstr(err.text[CV_EN], "chmod 600"));
    write_file(32, 0600);
    assert_true(cv_key_load(path, false, &key, &err));
    assert_memory_equal(key.bytes, "0123456789abcdefghijklmnopqrstuv", 32);
    unlink(path);
    assert_int_equal(symlink("/dev/zero", path), 0);
    assert_false(cv_key_load(path, true, &key, &err));
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_false(cv_key_load(path, true, &key, &err));
    rmdir(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_false(cv_key_load(path, true, &key, &err)); /* and does not hang */
    assert_memory_equal(key.bytes, "0123456789abcdefghijklmnopqrstuv", 32);
}

static void *load_in_a_thread(void *out)
{
    struct cv_error err;

    return cv_key_load(path, true, out, &err) ? out : NULL;
}

static void starters_at_once_get_one_key(void **state)
{
    pthread_t threads[8];
    struct cv_key keys[8];

    (void)state;
    for (size_t i = 0; i < CV_COUNT(threads); i++)
        pthread_create(&threads[i], NULL, load_in_a_thread, &keys[i]);
    for (size_t i = 0; i < CV_COUNT(threads); i++) {
        void *ok = NULL;

        pthread_join(threads[i], &ok);
        assert_non_null(ok);
    }
    for (size_t i = 1; i < CV_COUNT(keys); i++)
        assert_memory_equal(&keys[0], &keys[i], sizeof(keys[0]));
}

/* Computed with Python's hmac, key = 32 bytes 0..31; HKDF with empty salt. */
static struct cv_key counting_key(void)
{
    struct cv_key key;

    for (size_t i = 0; i < sizeof(key.bytes); i++)
        key.bytes[i] = (uint8_t)i;
    return key;
}

static void digests_are_hmac_sha256(void **state)
{
    struct cv_key key = counting_key(), sub;
    char text[CV_DIGEST_TEXT], print[17];

    (void)state;
    cv_digest(&key, "congvu", 6, text);
    assert_string_equal(text, "3c2ddd72972652547256e100870032befc087e9f0070ae06769eb5e7d9187bf8");
    cv_digest(&key, "", 0, text);
    assert_string_equal(text, "d38b42096d80f45f826b44a9d5607de72496a415d3f4a1a8c88e3bb9da8dc1cb");
    cv_key_derive(&key, "token", &sub);
    cv_digest(&sub, "congvu", 6, text);
    assert_string_equal(text, "5fd1f5f63540f5b3f2955e06ba97f1944276bfc990672837667606c08011eaf7");
    cv_key_fingerprint(&key, print);
    assert_string_equal(print, "034ee3b9f550f91d");
}

static void *digest_in_a_thread(void *unused)
{
    struct cv_key key = counting_key();
    char first[CV_DIGEST_TEXT], text[CV_DIGEST_TEXT];
    bool same = true;

    (void)unused;
    cv_digest(&key, "x", 1, first);
    for (int i = 0; i < 2000; i++) {
        cv_digest(&key, "x", 1, text);
        same = same && cv_secret_equal(first, text);
    }
    return same ? folder : NULL;
}

static void digests_in_many_threads(void **state)
{
    pthread_t threads[4];

    (void)state;
    for (size_t i = 0; i < CV_COUNT(threads); i++)
        pthread_create(&threads[i], NULL, digest_in_a_thread, NULL);
    for (size_t i = 0; i < CV_COUNT(threads); i++) {
        void *same = NULL;

        pthread_join(threads[i], &same);
        assert_non_null(same);
    }
}

static void sealed_texts_open_only_as_sealed(void **state)
{
    struct cv_key key = counting_key(), other;
    size_t len = 0;

    cv_key_derive(&key, "other", &other);
    for (size_t size = 0; size < 40; size++) {
        char plain[40];

        memset(plain, (int)size, sizeof(plain));
        const char *sealed = cv_seal(*state, &key, plain, size, "staff?sort=a");
        const void *back = cv_unseal(*state, &key, sealed, "staff?sort=a", &len);

        assert_non_null(back);
        assert_int_equal(len, size);
        assert_memory_equal(back, plain, size);
        assert_null(cv_unseal(*state, &key, sealed, "staff?sort=b", &len));
        assert_null(cv_unseal(*state, &other, sealed, "staff?sort=a", &len));
    }
    const char *one = cv_seal(*state, &key, "abc", 3, ""), *two = cv_seal(*state, &key, "abc", 3, "");

    assert_string_not_equal(one, two);
    for (size_t i = 0; i < strlen(one); i++) { /* every sign counts */
        char *bent = cv_arena_strdup(*state, one);

        bent[i] = bent[i] == 'A' ? 'B' : 'A';
        assert_null(cv_unseal(*state, &key, bent, "", &len));
        bent[i] = '=';
        assert_null(cv_unseal(*state, &key, bent, "", &len));
        assert_null(cv_unseal(*state, &key, cv_arena_strndup(*state, one, i), "", &len));
    }
}

static void ids_have_one_spelling(void **state)
{
    char text[CV_ID_TEXT], again[CV_ID_TEXT];
    struct cv_id id, back;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        id = cv_id_make();
        cv_id_text("stf_", id, text);
        assert_int_equal(strlen(text), 30);
        assert_true(cv_id_parse("stf_", text, &back));
        assert_true(cv_id_equal(id, back));
    }
    memset(&id, 0xFF, sizeof(id));
    assert_string_equal(cv_id_text("stf_", id, text), "stf_7zzzzzzzzzzzzzzzzzzzzzzzzz");
    assert_true(cv_id_parse("stf_", text, &back) && cv_id_equal(id, back));
    memset(&id, 0, sizeof(id));
    assert_true(cv_id_is_zero(id));
    assert_string_equal(cv_id_text("u_", id, again), "u_00000000000000000000000000");
    static const char *const bad[] = {
        "",
        "stf_",
        "unt_00000000000000000000000000",
        "stf_0000000000000000000000000",
        "stf_000000000000000000000000000",
        "stf_80000000000000000000000000",
        "stf_0000000000000000000000000l",
        "stf_0000000000000000000000000A",
        "stf_0000000000000000000000000-",
        "STF_00000000000000000000000000",
    };
    for (size_t i = 0; i < CV_COUNT(bad); i++)
        assert_false(cv_id_parse("stf_", bad[i], &back));
    assert_memory_equal(back.bytes, "\xFF\xFF\xFF\xFF", 4);
}

static void random_texts(void **state)
{
    char a[33], b[33];

    (void)state;
    cv_random_text(a, 32, true);
    cv_random_text(b, 32, true);
    assert_int_equal(strlen(a), 32);
    assert_string_not_equal(a, b);
    assert_int_equal(strspn(a, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), 32);
    cv_random_text(a, 32, false);
    assert_int_equal(strspn(a, "0123456789abcdefghjkmnpqrstvwxyz"), 32);
}

static void equality(void **state)
{
    (void)state;
    assert_true(cv_secret_equal("abc", "abc") && cv_secret_equal("", ""));
    assert_false(cv_secret_equal("abc", "abd") || cv_secret_equal("abc", "ab") || cv_secret_equal("", "a"));
}

/* `openssl mac -macopt size:16 SIPHASH` with the key 00 01 .. 0f over 00 01 .. */
static void tags_are_siphash(void **state)
{
    static const struct {
        size_t len;
        uint64_t high, low;
    } known[] = {
        {0, 0xa3817f04ba25a8e6, 0x6df67214c7550293},  {1, 0xda87c1d86b99af44, 0x347659119b22fc45},
        {7, 0xa1f1ebbed8dbc153, 0xc0b84aa61ff08239},  {8, 0x3b62a9ba6258f561, 0x0f83e264f31497b4},
        {15, 0x5493e99933b0a811, 0x7e08ec0f97cfc3d9}, {16, 0x6ee2a4ca67b054bb, 0xfd3315bf85230577},
        {52, 0x2c97325cbd06b36e, 0xb2133dd08b3a017c},
    };
    struct cv_key key = {{0}};
    uint8_t data[64];

    (void)state;
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)i;
    memcpy(key.bytes, data, 16);
    for (size_t i = 0; i < CV_COUNT(known); i++) {
        struct cv_tag tag = cv_tag_make(&key, data, known[i].len);
        struct cv_tag other = tag;

        assert_int_equal(be64toh(known[i].high), tag.half[0]);
        assert_int_equal(be64toh(known[i].low), tag.half[1]);
        assert_true(cv_tag_equal(tag, other));
        other.half[1] ^= UINT64_C(1) << 63;
        assert_false(cv_tag_equal(tag, other));
    }
}

/* RFC 6238, appendix B, SHA-1; the last six of its eight digits. */
static void one_time_passwords_are_rfc_6238(void **state)
{
    static const struct {
        uint64_t at;
        const char *code;
    } known[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                 {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    const uint8_t *seed = (const uint8_t *)"12345678901234567890";
    char text[CV_TOTP_SEED_TEXT], code[CV_TOTP_DIGITS + 1];

    (void)state;
    for (size_t i = 0; i < CV_COUNT(known); i++) {
        cv_one_time_password(seed, known[i].at / CV_TOTP_STEP_S, code);
        assert_string_equal(code, known[i].code);
    }
    cv_seed_text(seed, text);
    assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_are_siphash),
        cmocka_unit_test_setup_teardown(key_is_made_once_and_read_again, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(bad_key_files_are_refused, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(starters_at_once_get_one_key, folder_make, folder_remove),
        cmocka_unit_test(digests_are_hmac_sha256),
        cmocka_unit_test(digests_in_many_threads),
        with_arena(sealed_texts_open_only_as_sealed),
        cmocka_unit_test(one_time_passwords_are_rfc_6238),
        cmocka_unit_test(ids_have_one_spelling),
        cmocka_unit_test(random_texts),
        cmocka_unit_test(equality),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
