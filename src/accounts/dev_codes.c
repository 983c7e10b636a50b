/* For development: all accounts of the demo have one app, whose key is made from the master key. */
#include "accounts/demo_app.h"
#include "accounts/factor.h"
#include "notify/dev.h"
#include "view/qr.h"

#include <sodium.h>

void demo_app_key(const unsigned char master[32], unsigned char key[TOTP_KEY])
{
    unsigned char own[32];
    key_derive(master, "the app of the demo", own);
    memcpy(key, own, TOTP_KEY);
    sodium_memzero(own, sizeof own);
}

/* The code of now, and the one after it for who used this one already. */
void dev_codes_get(struct request *r)
{
    unsigned char key[TOTP_KEY];
    char now[TOTP_CODE], then[TOTP_CODE], base32[TOTP_BASE32];
    struct buf address = {.max = QR_TEXT_MAX}, drawn = {.max = 64 * 1024};
    if (!dev_is_here(r)) {
        reply_error(r, 404, NULL);
        return;
    }
    demo_app_key(app_of(r)->key, key);
    totp_base32(key, base32);
    totp_address(&address, app_of(r)->config.site_name, "demo", base32);
    if (!address.failed && svg_qr(&drawn, address.p, "QR code with the demo's key"))
        page_raw(r, "qr", arena_strndup(r->arena, drawn.p, drawn.n));
    if (totp_code(key, totp_now(), now) && totp_code(key, totp_now() + 1, then)) {
        page_value(r, "code", arena_strdup(r->arena, now));
        page_value(r, "then", arena_strdup(r->arena, then));
    }
    page_value(r, "key_text", arena_strdup(r->arena, base32));
    buf_free(&address);
    buf_free(&drawn);
    page(r, "accounts/dev-codes", NULL);
}
