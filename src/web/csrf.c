/*
 * Who made the browser send this POST?
 *
 * 1. Sec-Fetch-Site, when there, must be same-origin or none; else Origin, when there, must be ours. A
 * request that says it comes from elsewhere never acts, whatever it carries.
 * 2. A form needs one of the two headers (every browser since 2020 sends one; a request with neither is
 * refused, not trusted) and the token of its page: keyed BLAKE2b of the session's id, which a new token does
 * not change, or, before there is a session, of the `visitor` cookie, so that a sign-in form is covered too.
 * Rows with NO_TOKEN make do with the header.
 * 3. No token is asked of a request without a browser's own authority, that is without session and booking
 * cookie, if its content type or its Authorization header shows that no form of another site can have made
 * it: application/json and bearers make a browser ask first (a CORS preflight), and nothing here ever answers
 * yes. So a script may POST JSON with no ceremony.
 * 4. A JSON body sent with one of those cookies needs one of the headers of 1, or the token as member "csrf".
 */
#include "web/inner.h"

#include <sodium.h>
#include <string.h>

enum origin { ORIGIN_OURS, ORIGIN_FOREIGN, ORIGIN_UNSAID };

/* Sec-Fetch-Site decides alone where it is sent: no page can forge it, and Origin may be "null" where it says
 * same-origin. */
static enum origin origin_of(const struct request *r)
{
    if (r->fetch_site.p)
        return str_is(r->fetch_site, "same-origin") || str_is(r->fetch_site, "none") ? ORIGIN_OURS
                                                                                     : ORIGIN_FOREIGN;
    if (r->origin.p)
        return str_is(r->origin, app_of(r)->config.origin) ? ORIGIN_OURS : ORIGIN_FOREIGN;
    return ORIGIN_UNSAID;
}

/* The token itself, before it is masked: the same for all pages of one holder. */
static void mac_of(const unsigned char key[32], const char *bound, unsigned char mac[32])
{
    unsigned char own[32];
    key_derive(key, "csrf", own);
    crypto_generichash(mac, 32, (const unsigned char *)bound, strlen(bound), own, sizeof own);
    sodium_memzero(own, sizeof own);
}

void csrf_token(const unsigned char key[32], const char *bound, char out[CSRF_CHARS])
{
    unsigned char mac[32], raw[64];
    mac_of(key, bound, mac);
    randombytes_buf(raw, 32);
    for (size_t i = 0; i < 32; i++)
        raw[32 + i] = raw[i] ^ mac[i];
    text_base64(out, CSRF_CHARS, raw, sizeof raw);
    sodium_memzero(mac, sizeof mac);
}

bool csrf_valid(const unsigned char key[32], const char *bound, struct str token)
{
    unsigned char mac[32], raw[64];
    if (!bound || token.n != CSRF_CHARS - 1 || text_unbase64(raw, sizeof raw, token) != sizeof raw)
        return false;
    for (size_t i = 0; i < 32; i++)
        raw[32 + i] ^= raw[i];
    mac_of(key, bound, mac);
    bool same = sodium_memcmp(mac, raw + 32, sizeof mac) == 0;
    sodium_memzero(mac, sizeof mac);
    return same;
}

/* Of the session's id and not its token, which is renewed while pages are open. */
static bool token_valid(struct request *r, const struct session *s)
{
    return csrf_valid(app_of(r)->key, s->token ? s->id : s->visitor, pairs_get(&r->form, "csrf"));
}

/* By the numbers above: ORIGIN_FOREIGN is 1, !ambient 3, r->json 4, the rest 2. */
bool csrf_check(struct request *r)
{
    struct state *state = state_of(r);
    if (!state)
        return false;
    enum origin origin = origin_of(r);
    if (origin == ORIGIN_FOREIGN)
        return false;
    bool ambient = state->session_by_cookie || state->booking_by_cookie;
    if (!ambient && (r->json || state->session.bearer))
        return true;
    if (r->json)
        return origin == ORIGIN_OURS || token_valid(r, &state->session);
    if (origin == ORIGIN_UNSAID)
        return false;
    return (r->route->who & NO_TOKEN) || token_valid(r, &state->session);
}

const char *csrf_for_page(struct request *r, const char **fresh)
{
    struct state *state = state_of(r);
    *fresh = NULL;
    if (!state)
        return "";
    const char *bound = state->session.token ? state->session.id : NULL;
    if (!bound) {
        /* what shared caches may keep is the same for all visitors */
        if (!r->route || r->route->cache != CACHE_NEVER)
            return "";
        bound = state->session.visitor;
    }
    if (!bound) {
        char *made = arena_alloc(r->arena, 44);
        if (!made)
            return "";
        web_random(made);
        bound = *fresh = made;
    }
    char *token = arena_alloc(r->arena, CSRF_CHARS);
    if (token)
        csrf_token(app_of(r)->key, bound, token);
    return token ? token : "";
}
