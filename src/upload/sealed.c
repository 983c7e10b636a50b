#include "upload/sealed.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG   crypto_aead_xchacha20poly1305_ietf_ABYTES
enum { BOUND_MAX = 120 };

void file_key_new(char text[FILE_KEY_CHARS])
{
    unsigned char raw[32];
    randombytes_buf(raw, sizeof raw);
    text_base64(text, FILE_KEY_CHARS, raw, sizeof raw);
    sodium_memzero(raw, sizeof raw);
}

int file_pieces(size_t size)
{
    return size ? (int)((size + PIECE_BYTES - 1) / PIECE_BYTES) : 1;
}

/* What a piece is bound to: opening it as another piece, or of another file, fails. */
static size_t bind(char out[BOUND_MAX], const char *file, int n, int of)
{
    int size = snprintf(out, BOUND_MAX, "unknot file %.60s piece %d of %d", file, n, of);
    return size > 0 ? (size_t)size : 0;
}

static bool key_read(const char *text, unsigned char key[32])
{
    return text_unbase64(key, 32, str_of(text)) == 32;
}

static struct str piece_of(struct str whole, int n)
{
    size_t from = (size_t)n * PIECE_BYTES, rest = from < whole.n ? whole.n - from : 0;
    return (struct str){rest ? whole.p + from : "", rest < PIECE_BYTES ? rest : PIECE_BYTES};
}

bool file_piece_seal(const char *key_text, const char *file, int n, int of, struct str whole, struct buf *out)
{
    struct str plain = piece_of(whole, n);
    size_t size = NONCE + plain.n + TAG, cap = (size + 2) / 3 * 4 + 1;
    unsigned char key[32], *raw = malloc(size);
    char bound[BOUND_MAX], *text = malloc(cap);
    bool good = raw && text && key_read(key_text, key);
    if (good) {
        randombytes_buf(raw, NONCE);
        crypto_aead_xchacha20poly1305_ietf_encrypt(raw + NONCE, NULL, (const unsigned char *)plain.p, plain.n,
                                                   (const unsigned char *)bound, bind(bound, file, n, of),
                                                   NULL, raw, key);
        good = text_base64(text, cap, raw, size) > 0;
    }
    buf_reset(out);
    if (good)
        buf_puts(out, text);
    sodium_memzero(key, sizeof key);
    free(raw);
    free(text);
    return good && !out->failed;
}

bool file_piece_open(const char *key_text, const char *file, int n, int of, const char *sealed,
                     struct buf *out)
{
    struct str in = str_of(sealed);
    unsigned char key[32], *raw = malloc(in.n + 1);
    char bound[BOUND_MAX];
    size_t size = raw && key_read(key_text, key) ? text_unbase64(raw, in.n + 1, in) : 0;
    unsigned long long plain = 0;
    bool good = size >= NONCE + TAG &&
                crypto_aead_xchacha20poly1305_ietf_decrypt(raw + NONCE, &plain, NULL, raw + NONCE,
                                                           size - NONCE, (const unsigned char *)bound,
                                                           bind(bound, file, n, of), raw, key) == 0;
    if (good)
        buf_put(out, (const char *)raw + NONCE, (size_t)plain);
    if (raw)
        sodium_memzero(raw, in.n);
    sodium_memzero(key, sizeof key);
    free(raw);
    return good && !out->failed;
}
