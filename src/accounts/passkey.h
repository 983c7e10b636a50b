/*
 * Passkeys (WebAuthn): what a browser sends, checked. Attestation is not looked at: whoever is signed in may
 * add any device they like. CBOR and signatures are libfido2's.
 */
#ifndef UNKNOT_ACCOUNTS_PASSKEY_H
#define UNKNOT_ACCOUNTS_PASSKEY_H

#include "core/arena.h"
#include "core/text.h"

#define PASSKEY_ID_MAX  1023
#define PASSKEY_KEY_MAX 600
#define CHALLENGE_SIZE  44 /* 43 characters and NUL */
#define CHALLENGE_MS    INT64_C(300000)

struct passkey {
    unsigned char id[PASSKEY_ID_MAX], key[PASSKEY_KEY_MAX];
    size_t id_size, key_size;
    int algorithm; /* COSE: -7, -8 or -257 */
    uint32_t count;
};

/* What a passkey is to sign: bound to a session (its id), what for ("get" or "create") and the moment, so
 * that it need not be kept. */
void challenge_make(const unsigned char master[32], const char *session, const char *what, int64_t now_ms,
                    char out[CHALLENGE_SIZE]);
/* The moment it was made, when it is one of this session and purpose of the last five minutes; else 0. */
int64_t challenge_made(const unsigned char master[32], const char *session, const char *what, int64_t now_ms,
                       const char *challenge);

/* The host of an origin: "https://unknot.example:8443" → "unknot.example". False when it does not fit. */
bool passkey_site(const char *origin, char *out, size_t cap);

/* The challenge in the browser's own words (clientDataJSON), when they are of this type ("webauthn.get",
 * "webauthn.create") and origin, and of no frame of another site; NULL otherwise. */
const char *client_data_challenge(struct arena *a, struct str client_data, const char *type,
                                  const char *origin);

/* A new passkey of this site from the authenticator's data, made by somebody whom it recognised. */
bool passkey_read(struct str auth_data, const char *site, struct passkey *out);
/* Whether it signed these data for this site, and recognised who was there. *count: as it says now. */
bool passkey_signed(const struct passkey *p, struct str client_data, struct str auth_data,
                    struct str signature, const char *site, uint32_t *count);

#endif
