#include "accounts/link.h"

#include "web/web.h"

#include <sodium.h>
#include <string.h>

/* A key of its own for each purpose, so that the token tells nothing of the code nor the code's hash. */
static void derive(const unsigned char master[32], const char *purpose, const char *key,
                   unsigned char out[32])
{
    unsigned char own[32];
    key_derive(master, purpose, own);
    crypto_generichash(out, 32, (const unsigned char *)key, strlen(key), own, sizeof own);
    sodium_memzero(own, sizeof own);
}

void link_token(const unsigned char master[32], const char *key, char out[44])
{
    unsigned char raw[32];
    derive(master, "mail link", key, raw);
    text_base64(out, 44, raw, sizeof raw);
    sodium_memzero(raw, sizeof raw);
}

/* 64 bits folded to eight digits: no digit is likelier than another by more than 1 in 10^11. */
void link_code(const unsigned char master[32], const char *key, char out[LINK_CODE_SIZE])
{
    unsigned char raw[32];
    uint64_t n = 0;
    derive(master, "mail code", key, raw);
    for (size_t i = 0; i < 8; i++)
        n = n << 8 | raw[i];
    snprintf(out, LINK_CODE_SIZE, "%08u", (unsigned)(n % 100000000U));
    sodium_memzero(raw, sizeof raw);
}

bool link_code_hash(const unsigned char master[32], const char *typed, char out[LINK_HEX])
{
    char digits[LINK_CODE_SIZE] = "";
    unsigned char raw[32];
    size_t n = 0;
    for (; *typed != '\0'; typed++) {
        if (*typed == ' ' || *typed == '-')
            continue;
        if (n == LINK_CODE_SIZE - 1 || *typed < '0' || *typed > '9')
            return false;
        digits[n++] = *typed;
    }
    if (n != LINK_CODE_SIZE - 1)
        return false;
    derive(master, "mail code hash", digits, raw);
    sodium_bin2hex(out, LINK_HEX, raw, sizeof raw);
    sodium_memzero(digits, sizeof digits);
    return true;
}
