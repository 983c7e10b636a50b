/*
 * Both readers look at the form of the authenticator's data before the library does (is_new, is_plain): it
 * parses CBOR that anybody may send.
 */
#include "accounts/passkey.h"

#include "core/json.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define RECOGNISED 0x04 /* flags of the authenticator's data: user verified */
#define PRESENT    0x01
#define ATTESTED   0x40 /* a key follows */
#define EXTENDED   0x80 /* … and what extensions say, of which we ask for none */

/* The authenticator's data: hash of the site, flags, counter; of a new passkey then 16 bytes of its make, the
 * size of its id, its id and its key. */
#define FLAGS 32
#define HEAD  37
#define MADE  (HEAD + 18)

static void start(void)
{
    fido_init(0);
}

static void ready(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
}

/* --- The challenge: the moment in eight bytes, and a MAC of it with what it is bound to in 24 */

#define MOMENT 8
#define MAC    24

static void moment_mac(const unsigned char master[32], const char *session, const char *what,
                       const unsigned char moment[MOMENT], unsigned char mac[MAC])
{
    unsigned char own[32];
    crypto_generichash_state state;
    crypto_generichash(own, sizeof own, (const unsigned char *)"passkey challenge", 17, master, 32);
    crypto_generichash_init(&state, own, sizeof own, MAC);
    crypto_generichash_update(&state, moment, MOMENT);
    crypto_generichash_update(&state, (const unsigned char *)what, strlen(what) + 1);
    crypto_generichash_update(&state, (const unsigned char *)session, strlen(session));
    crypto_generichash_final(&state, mac, MAC);
    sodium_memzero(own, sizeof own);
}

void challenge_make(const unsigned char master[32], const char *session, const char *what, int64_t now_ms,
                    char out[CHALLENGE_SIZE])
{
    unsigned char raw[MOMENT + MAC];
    for (size_t i = 0; i < MOMENT; i++)
        raw[i] = (unsigned char)((uint64_t)now_ms >> (56 - 8 * i));
    moment_mac(master, session, what, raw, raw + MOMENT);
    text_base64(out, CHALLENGE_SIZE, raw, sizeof raw);
}

int64_t challenge_made(const unsigned char master[32], const char *session, const char *what, int64_t now_ms,
                       const char *challenge)
{
    unsigned char raw[MOMENT + MAC], mac[MAC];
    uint64_t made = 0;
    if (text_unbase64(raw, sizeof raw, str_of(challenge)) != sizeof raw)
        return 0;
    for (size_t i = 0; i < MOMENT; i++)
        made = made << 8 | raw[i];
    moment_mac(master, session, what, raw, mac);
    bool ours = sodium_memcmp(mac, raw + MOMENT, MAC) == 0;
    return ours && (int64_t)made <= now_ms && now_ms - (int64_t)made <= CHALLENGE_MS ? (int64_t)made : 0;
}

/* --- What the browser says */

bool passkey_site(const char *origin, char *out, size_t cap)
{
    const char *host = strstr(origin, "://");
    size_t n = host != NULL ? strcspn(host + 3, ":/") : 0;
    if (n == 0 || n >= cap)
        return false;
    memcpy(out, host + 3, n);
    out[n] = '\0';
    return true;
}

static bool says(struct arena *a, const struct json *j, const char *name, const char *wanted)
{
    uint32_t at = json_get(j, 0, name);
    return at != 0 && j->token[at].kind == JSON_STRING && str_is(json_text(j, at, a), wanted);
}

const char *client_data_challenge(struct arena *a, struct str client_data, const char *type,
                                  const char *origin)
{
    struct json j;
    if (!json_parse(&j, a, client_data) || j.count == 0 || j.token[0].kind != JSON_OBJECT ||
        !says(a, &j, "type", type) || !says(a, &j, "origin", origin))
        return NULL;
    uint32_t cross = json_get(&j, 0, "crossOrigin"), at = json_get(&j, 0, "challenge");
    if ((cross != 0 && !str_is(json_raw(&j, cross), "false")) || at == 0 || j.token[at].kind != JSON_STRING)
        return NULL;
    struct str text = json_text(&j, at, a);
    return text.n == CHALLENGE_SIZE - 1 ? arena_strndup(a, text.p, text.n) : NULL;
}

/* --- What the authenticator says */

static const int algorithms[] = {COSE_ES256, COSE_EDDSA, COSE_RS256};

/* One item of CBOR that is a number, or a string of bytes within *rest. */
static bool skip_item(struct str *rest)
{
    unsigned head = rest->n > 0 ? (unsigned char)rest->p[0] : 0xff, kind = head >> 5, more = head & 31;
    size_t size = more < 24 ? 0 : more == 24 ? 1 : more == 25 ? 2 : rest->n, value = more;
    if (kind > 2 || rest->n < 1 + size)
        return false;
    if (size > 0)
        value = (unsigned char)rest->p[1];
    if (size == 2)
        value = value << 8 | (unsigned char)rest->p[2];
    size += 1 + (kind == 2 ? value : 0);
    if (rest->n < size)
        return false;
    *rest = (struct str){rest->p + size, rest->n - size};
    return true;
}

/* A key is a map of few numbers and strings, to the end. The library, which reads it, makes room for whatever
 * size is told before it looks for it. */
static bool is_flat(struct str key)
{
    unsigned head = key.n > 0 ? (unsigned char)key.p[0] : 0;
    struct str rest = {key.p + 1, key.n - 1};
    if (head < 0xa1 || head > 0xa8)
        return false;
    for (unsigned i = 0; i < 2 * (head & 15); i++)
        if (!skip_item(&rest))
            return false;
    return rest.n == 0;
}

static bool is_new(struct str d)
{
    if (d.n <= MADE || (d.p[FLAGS] & EXTENDED) || !(d.p[FLAGS] & ATTESTED))
        return false;
    size_t id = (size_t)(unsigned char)d.p[MADE - 2] << 8 | (unsigned char)d.p[MADE - 1];
    return id <= PASSKEY_ID_MAX && d.n > MADE + id && is_flat((struct str){d.p + MADE + id, d.n - MADE - id});
}

static bool is_plain(struct str d)
{
    return d.n == HEAD && !(d.p[FLAGS] & (EXTENDED | ATTESTED));
}

static bool is_of(struct str auth_data, const char *site)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)site, strlen(site));
    return auth_data.n > sizeof hash && sodium_memcmp(auth_data.p, hash, sizeof hash) == 0;
}

static bool take(const fido_cred_t *cred, int algorithm, struct passkey *out)
{
    out->algorithm = algorithm;
    out->id_size = fido_cred_id_len(cred);
    out->key_size = fido_cred_pubkey_len(cred);
    out->count = fido_cred_sigcount(cred);
    uint8_t flags = fido_cred_flags(cred);
    if (out->id_size == 0 || out->id_size > PASSKEY_ID_MAX || out->key_size == 0 ||
        out->key_size > PASSKEY_KEY_MAX || !(flags & RECOGNISED) || !(flags & PRESENT))
        return false;
    memcpy(out->id, fido_cred_id_ptr(cred), out->id_size);
    memcpy(out->key, fido_cred_pubkey_ptr(cred), out->key_size);
    return true;
}

bool passkey_read(struct str auth_data, const char *site, struct passkey *out)
{
    bool good = false;
    ready();
    if (auth_data.n > 4096 || !is_of(auth_data, site) || !is_new(auth_data))
        return false;
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms && !good; i++) {
        fido_cred_t *cred = fido_cred_new();
        good = cred != NULL && fido_cred_set_type(cred, algorithms[i]) == FIDO_OK &&
               fido_cred_set_authdata_raw(cred, (const unsigned char *)auth_data.p, auth_data.n) == FIDO_OK &&
               take(cred, algorithms[i], out);
        fido_cred_free(&cred);
    }
    return good;
}

static bool verify(fido_assert_t *assert, const struct passkey *p)
{
    bool good = false;
    if (p->algorithm == COSE_ES256) {
        es256_pk_t *key = es256_pk_new();
        good = key != NULL && es256_pk_from_ptr(key, p->key, p->key_size) == FIDO_OK &&
               fido_assert_verify(assert, 0, COSE_ES256, key) == FIDO_OK;
        es256_pk_free(&key);
    } else if (p->algorithm == COSE_EDDSA) {
        eddsa_pk_t *key = eddsa_pk_new();
        good = key != NULL && eddsa_pk_from_ptr(key, p->key, p->key_size) == FIDO_OK &&
               fido_assert_verify(assert, 0, COSE_EDDSA, key) == FIDO_OK;
        eddsa_pk_free(&key);
    } else if (p->algorithm == COSE_RS256) {
        rs256_pk_t *key = rs256_pk_new();
        good = key != NULL && rs256_pk_from_ptr(key, p->key, p->key_size) == FIDO_OK &&
               fido_assert_verify(assert, 0, COSE_RS256, key) == FIDO_OK;
        rs256_pk_free(&key);
    }
    return good;
}

static const unsigned char *bytes(struct str s)
{
    return (const unsigned char *)s.p;
}

bool passkey_signed(const struct passkey *p, struct str client_data, struct str auth_data,
                    struct str signature, const char *site, uint32_t *count)
{
    ready();
    fido_assert_t *said = is_plain(auth_data) ? fido_assert_new() : NULL;
    bool good = said != NULL && fido_assert_set_rp(said, site) == FIDO_OK &&
                fido_assert_set_clientdata(said, bytes(client_data), client_data.n) == FIDO_OK &&
                fido_assert_set_count(said, 1) == FIDO_OK &&
                fido_assert_set_authdata_raw(said, 0, bytes(auth_data), auth_data.n) == FIDO_OK &&
                fido_assert_set_sig(said, 0, bytes(signature), signature.n) == FIDO_OK &&
                fido_assert_set_up(said, FIDO_OPT_TRUE) == FIDO_OK &&
                fido_assert_set_uv(said, FIDO_OPT_TRUE) == FIDO_OK && verify(said, p);
    *count = good ? fido_assert_sigcount(said, 0) : 0;
    fido_assert_free(&said);
    return good;
}
