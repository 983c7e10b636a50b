/* Sealed text and the keys for it. The format: version 1, nonce (24), ciphertext of the padded text with its
 * tag, in base64url. */
#include "web/web.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define NONCE   crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG     crypto_aead_xchacha20poly1305_ietf_ABYTES
#define VERSION 1
/* Answers of any usual length look alike; a length would tell yes from no. */
#define BLOCK 256

void web_random(char *out43)
{
    unsigned char raw[32];
    randombytes_buf(raw, sizeof raw);
    text_base64(out43, 44, raw, sizeof raw);
    sodium_memzero(raw, sizeof raw);
}

void web_uuid(char out[37])
{
    unsigned char u[16];
    randombytes_buf(u, sizeof u);
    u[6] = (unsigned char)((u[6] & 0x0f) | 0x40);
    u[8] = (unsigned char)((u[8] & 0x3f) | 0x80);
    snprintf(out, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0], u[1],
             u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
}

void key_derive(const unsigned char key[32], const char *purpose, unsigned char out[32])
{
    crypto_generichash(out, 32, (const unsigned char *)purpose, strlen(purpose), key, 32);
}

/* What is authenticated beside the text. The lengths are said, so that no two pairs read alike. NULL without
 * memory, also for `bound`. */
static const char *associated(struct arena *a, const char *purpose, const char *bound)
{
    if (!bound)
        return NULL;
    return arena_printf(a, "unknot %d %zu:%s %zu:%s", VERSION, strlen(purpose), purpose, strlen(bound),
                        bound);
}

static const char *sealed_text(struct arena *a, const unsigned char *raw, size_t size)
{
    size_t cap = (size + 2) / 3 * 4 + 1;
    char *out = arena_alloc(a, cap);
    return out && text_base64(out, cap, raw, size) ? out : NULL;
}

const char *seal_with(const unsigned char key[32], struct arena *a, const char *purpose, const char *bound,
                      struct str plain)
{
    /* always more than the text: sodium_pad needs a byte */
    size_t padded = (plain.n / BLOCK + 1) * BLOCK;
    unsigned char *raw = arena_alloc(a, 1 + NONCE + padded + TAG);
    const char *with = associated(a, purpose, bound);
    if (!raw || !with)
        return NULL;
    raw[0] = VERSION;
    randombytes_buf(raw + 1, NONCE);
    unsigned char *text = raw + 1 + NONCE;
    if (plain.n)
        memcpy(text, plain.p, plain.n);
    if (sodium_pad(NULL, text, plain.n, BLOCK, padded) != 0)
        return NULL;
    unsigned char own[32];
    key_derive(key, purpose, own);
    crypto_aead_xchacha20poly1305_ietf_encrypt(text, NULL, text, padded, (const unsigned char *)with,
                                               strlen(with), NULL, raw + 1, own);
    sodium_memzero(own, sizeof own);
    return sealed_text(a, raw, 1 + NONCE + padded + TAG);
}

const char *unseal_with(const unsigned char key[32], struct arena *a, const char *purpose, const char *bound,
                        const char *sealed)
{
    struct str in = str_of(sealed);
    /* more than base64 can come to */
    unsigned char *raw = arena_alloc(a, in.n + 1);
    const char *with = associated(a, purpose, bound);
    if (!raw || !with)
        return NULL;
    size_t size = text_unbase64(raw, in.n + 1, in);
    if (size < 1 + NONCE + BLOCK + TAG || raw[0] != VERSION)
        return NULL;
    unsigned char *text = raw + 1 + NONCE;
    size_t length = size - 1 - NONCE - TAG, plain;
    unsigned char own[32];
    key_derive(key, purpose, own);
    int wrong = crypto_aead_xchacha20poly1305_ietf_decrypt(
        text, NULL, NULL, text, length + TAG, (const unsigned char *)with, strlen(with), raw + 1, own);
    sodium_memzero(own, sizeof own);
    if (wrong || sodium_unpad(&plain, text, length, BLOCK) != 0)
        return NULL;
    text[plain] = '\0'; /* over the padding: there is always at least one byte of it */
    return (const char *)text;
}

const char *seal(struct request *r, const char *purpose, const char *bound, struct str plain)
{
    return seal_with(app_of(r)->key, r->arena, purpose, bound, plain);
}

const char *unseal(struct request *r, const char *purpose, const char *bound, const char *sealed)
{
    return unseal_with(app_of(r)->key, r->arena, purpose, bound, sealed);
}
