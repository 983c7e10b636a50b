/* Codes of an app, against the test vectors of RFC 6238; challenges; what is refused of a passkey's words,
 * and of what an authenticator signs. */
#include "request.h"

#include "accounts/passkey.h"
#include "accounts/totp.h"

#include <sodium.h>

static const unsigned char master[32] = {1, 2, 3}, other[32] = {4};

static void codes_are_those_of_the_standard(void **state)
{
    static const struct {
        int64_t at;
        const char *code;
    } known[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                 {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    char made[TOTP_CODE];
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_true(totp_code((const unsigned char *)"12345678901234567890", known[i].at / 30, made));
        assert_string_equal(made, known[i].code);
    }
}

static void a_code_is_good_for_three_steps(void **state)
{
    const unsigned char *key = (const unsigned char *)"12345678901234567890";
    (void)state;
    char made[TOTP_CODE];
    assert_true(totp_code(key, 1000, made));
    assert_int_equal(totp_match(key, 999, made), 1000);
    assert_int_equal(totp_match(key, 1000, made), 1000);
    assert_int_equal(totp_match(key, 1001, made), 1000);
    assert_int_equal(totp_match(key, 998, made), 0);
    assert_int_equal(totp_match(key, 1002, made), 0);
    assert_int_equal(totp_match(key, 1000, ""), 0);
    assert_int_equal(totp_match(key, 1000, "12345"), 0);
}

static void a_key_is_typed_in_base32(void **state)
{
    char text[TOTP_BASE32];
    struct buf address = {.max = 512};
    (void)state;
    assert_true(totp_base32((const unsigned char *)"12345678901234567890", text));
    assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    totp_address(&address, "Back & more", "ana@example.org", text);
    assert_string_equal(address.p, "otpauth://totp/Back%20%26%20more:ana%40example.org?secret="
                                   "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Back%20%26%20more");
    buf_free(&address);
}

static void a_challenge_is_of_one_session_purpose_and_five_minutes(void **state)
{
    char challenge[CHALLENGE_SIZE], changed[CHALLENGE_SIZE];
    const int64_t now = 1700000000000;
    (void)state;
    challenge_make(master, "one", "get", now, challenge);
    assert_int_equal(challenge_made(master, "one", "get", now, challenge), now);
    assert_int_equal(challenge_made(master, "one", "get", now + CHALLENGE_MS, challenge), now);
    assert_int_equal(challenge_made(master, "one", "get", now + CHALLENGE_MS + 1, challenge), 0);
    assert_int_equal(challenge_made(master, "one", "get", now - 1, challenge), 0);
    assert_int_equal(challenge_made(master, "two", "get", now, challenge), 0);
    assert_int_equal(challenge_made(master, "one", "create", now, challenge), 0);
    assert_int_equal(challenge_made(other, "one", "get", now, challenge), 0);
    for (size_t i = 0; i < CHALLENGE_SIZE - 1; i++) {
        memcpy(changed, challenge, sizeof changed);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_int_equal(challenge_made(master, "one", "get", now, changed), 0);
    }
}

#define TEXT "\"challenge\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""
#define SITE "\"origin\":\"https://unknot.example\""

static void the_browsers_words_are_of_this_site_and_purpose(void **state)
{
    static const char *const refused[] = {
        "",
        "{}",
        "[]",
        "null",
        "{\"type\":\"webauthn.get\"}",
        "{\"type\":\"webauthn.get\"," TEXT "}",
        "{\"type\":\"webauthn.create\"," TEXT "," SITE "}",
        "{\"type\":\"webauthn.get\"," SITE "}",
        "{\"type\":\"webauthn.get\"," TEXT ",\"origin\":\"https://unknot.example.evil\"}",
        "{\"type\":\"webauthn.get\"," TEXT ",\"origin\":\"http://unknot.example\"}",
        "{\"type\":\"webauthn.get\"," TEXT "," SITE ",\"crossOrigin\":true}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"AAAA\"," SITE "}",
        "{\"type\":\"webauthn.get\",\"challenge\":7," SITE "}"};
    struct arena *a = arena_new(65536);
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_null(client_data_challenge(a, str_of(refused[i]), "webauthn.get", "https://unknot.example"));
    assert_string_equal(
        client_data_challenge(a, STR("{\"type\":\"webauthn.get\"," TEXT "," SITE ",\"crossOrigin\":false}"),
                              "webauthn.get", "https://unknot.example"),
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    arena_free(a);
}

static void the_site_is_the_host(void **state)
{
    char site[20];
    (void)state;
    assert_true(passkey_site("https://unknot.example", site, sizeof site));
    assert_string_equal(site, "unknot.example");
    assert_true(passkey_site("http://localhost:8080", site, sizeof site));
    assert_string_equal(site, "localhost");
    assert_false(passkey_site("https://a-name-that-is-too-long.example", site, sizeof site));
    assert_false(passkey_site("https://", site, sizeof site));
    assert_false(passkey_site("unknot.example", site, sizeof site));
}

static void nonsense_is_no_passkey(void **state)
{
    struct passkey p = {.algorithm = -7, .key_size = 64};
    unsigned char data[37] = {0};
    uint32_t count = 9;
    (void)state;
    assert_false(passkey_read((struct str){(const char *)data, sizeof data}, "localhost", &p));
    p = (struct passkey){.algorithm = -7, .key_size = 64};
    assert_false(passkey_signed(&p, STR("{}"), (struct str){(const char *)data, sizeof data}, STR("x"),
                                "localhost", &count));
    assert_int_equal(count, 0);
}

/* --- An authenticator of our own: Ed25519, which takes no more than libsodium */

enum { PRESENT = 0x01, RECOGNISED = 0x04, ATTESTED = 0x40, EXTENDED = 0x80 };
#define HEAD 37 /* hash of the site, flags, counter */

struct authenticator {
    unsigned char key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    unsigned char data[200];
};

static struct str says(struct authenticator *a, const char *site, int flags, uint32_t count)
{
    crypto_hash_sha256(a->data, (const unsigned char *)site, strlen(site));
    a->data[32] = (unsigned char)flags;
    for (int i = 0; i < 4; i++)
        a->data[33 + i] = (unsigned char)(count >> (24 - 8 * i));
    return (struct str){(const char *)a->data, HEAD};
}

/* … of a new passkey, whose id is "id". */
static struct str makes(struct authenticator *a, const char *site, int flags, uint32_t count)
{
    static const unsigned char cose[] = {0, 2, 'i', 'd', 0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32};
    crypto_sign_seed_keypair(a->key, a->secret, (const unsigned char *)"01234567890123456789012345678901");
    says(a, site, flags, count);
    memset(a->data + HEAD, 0, 16);
    memcpy(a->data + HEAD + 16, cose, sizeof cose);
    memcpy(a->data + HEAD + 16 + sizeof cose, a->key, sizeof a->key);
    return (struct str){(const char *)a->data, HEAD + 16 + sizeof cose + sizeof a->key};
}

static void signs(const struct authenticator *a, struct str data, struct str words, unsigned char out[64])
{
    unsigned char said[sizeof a->data + crypto_hash_sha256_BYTES];
    memcpy(said, data.p, data.n);
    crypto_hash_sha256(said + data.n, (const unsigned char *)words.p, words.n);
    crypto_sign_detached(out, NULL, said, data.n + crypto_hash_sha256_BYTES, a->secret);
}

static void a_passkey_is_of_this_site_and_of_who_was_recognised(void **state)
{
    struct authenticator a;
    struct passkey p;
    const int all = PRESENT | RECOGNISED | ATTESTED;
    (void)state;
    assert_true(passkey_read(makes(&a, "unknot.example", all, 7), "unknot.example", &p));
    assert_int_equal(p.algorithm, -8);
    assert_int_equal(p.count, 7);
    assert_memory_equal(p.id, "id", p.id_size);
    assert_memory_equal(p.key, a.key, p.key_size);
    assert_false(passkey_read(makes(&a, "evil.example", all, 7), "unknot.example", &p));
    assert_false(passkey_read(makes(&a, "unknot.example", all & ~RECOGNISED, 7), "unknot.example", &p));
    assert_false(passkey_read(makes(&a, "unknot.example", all & ~PRESENT, 7), "unknot.example", &p));
    assert_false(passkey_read(makes(&a, "unknot.example", all | EXTENDED, 7), "unknot.example", &p));
    struct str data = makes(&a, "unknot.example", all, 7);
    for (size_t n = 0; n < data.n; n++)
        check_row(!passkey_read((struct str){data.p, n}, "unknot.example", &p), n);
}

static void a_signature_is_of_this_site_and_of_who_was_recognised(void **state)
{
    static const struct {
        const char *site;
        int flags;
        bool good;
    } rows[] = {{"unknot.example", PRESENT | RECOGNISED, true},
                {"evil.example", PRESENT | RECOGNISED, false},
                {"unknot.example", PRESENT, false},
                {"unknot.example", RECOGNISED, false},
                {"unknot.example", PRESENT | RECOGNISED | ATTESTED, false},
                {"unknot.example", PRESENT | RECOGNISED | EXTENDED, false}};
    struct authenticator a;
    struct passkey p;
    unsigned char signature[64];
    const struct str words = STR("what the browser says"), made = {(const char *)signature, sizeof signature};
    uint32_t count;
    (void)state;
    assert_true(
        passkey_read(makes(&a, "unknot.example", PRESENT | RECOGNISED | ATTESTED, 1), "unknot.example", &p));
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str data = says(&a, rows[i].site, rows[i].flags, 0x01020304);
        signs(&a, data, words, signature);
        check_row(passkey_signed(&p, words, data, made, "unknot.example", &count) == rows[i].good, i);
        check_row(count == (rows[i].good ? 0x01020304 : 0), i);
    }
    struct str data = says(&a, "unknot.example", PRESENT | RECOGNISED, 9);
    signs(&a, data, words, signature);
    assert_false(passkey_signed(&p, STR("what the browser said"), data, made, "unknot.example", &count));
    a.data[HEAD - 1]++; /* the counter */
    assert_false(passkey_signed(&p, words, data, made, "unknot.example", &count));
    a.data[HEAD - 1]--;
    assert_true(passkey_signed(&p, words, data, made, "unknot.example", &count));
    a.data[HEAD] = 0;
    assert_false(passkey_signed(&p, words, (struct str){data.p, HEAD + 1}, made, "unknot.example", &count));
    p.key[3] ^= 1;
    assert_false(passkey_signed(&p, words, data, made, "unknot.example", &count));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_those_of_the_standard),
        cmocka_unit_test(a_code_is_good_for_three_steps),
        cmocka_unit_test(a_key_is_typed_in_base32),
        cmocka_unit_test(a_challenge_is_of_one_session_purpose_and_five_minutes),
        cmocka_unit_test(the_browsers_words_are_of_this_site_and_purpose),
        cmocka_unit_test(the_site_is_the_host),
        cmocka_unit_test(nonsense_is_no_passkey),
        cmocka_unit_test(a_passkey_is_of_this_site_and_of_who_was_recognised),
        cmocka_unit_test(a_signature_is_of_this_site_and_of_who_was_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
