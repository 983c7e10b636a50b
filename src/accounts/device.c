/*
 * The cookie is a nonce and its MAC with the address: it needs no row, cannot be made by others, and one
 * of another account does not count.
 */
#include "accounts/accounts.h"

#include <sodium.h>
#include <string.h>

#define COOKIE    "device"
#define DAYS_KEPT 180
#define NONCE     16
#define MAC       32
#define CHARS     64 /* of NONCE + MAC bytes in base64url */

/* Over the address as the database compares it: without case. */
static bool mac_of(struct request *r, const unsigned char nonce[NONCE], const char *email,
                   unsigned char mac[MAC])
{
    unsigned char key[32];
    char *folded = arena_strdup(r->arena, email);
    if (folded == NULL)
        return false;
    for (char *c = folded; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    crypto_generichash_state state;
    key_derive(app_of(r)->key, "device", key);
    crypto_generichash_init(&state, key, sizeof key, MAC);
    crypto_generichash_update(&state, nonce, NONCE);
    crypto_generichash_update(&state, (const unsigned char *)folded, strlen(folded));
    crypto_generichash_final(&state, mac, MAC);
    sodium_memzero(key, sizeof key);
    return true;
}

const char *device_known(struct request *r, const char *email)
{
    unsigned char raw[NONCE + MAC], mac[MAC];
    const char *cookie = cookie_value(r, COOKIE);
    if (cookie == NULL || email == NULL || strlen(cookie) != CHARS ||
        text_unbase64(raw, sizeof raw, str_of(cookie)) != sizeof raw || !mac_of(r, raw, email, mac))
        return NULL;
    return sodium_memcmp(mac, raw + NONCE, MAC) == 0 ? cookie : NULL;
}

void device_mark(struct request *r, const char *email)
{
    unsigned char raw[NONCE + MAC];
    char cookie[CHARS + 1];
    if (email == NULL || device_known(r, email) != NULL)
        return;
    randombytes_buf(raw, NONCE);
    if (!mac_of(r, raw, email, raw + NONCE))
        return;
    text_base64(cookie, sizeof cookie, raw, sizeof raw);
    cookie_set(r, COOKIE, cookie, DAYS_KEPT * 24L * 3600);
}
