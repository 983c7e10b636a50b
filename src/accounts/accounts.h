/*
 * People who sign in: passwords, sessions, who is calling.
 *
 * Passwords are Argon2id (libsodium, 64 MiB, 2 passes), hashed in the slow lane only. A session is 32 random
 * bytes in a cookie; the database keeps their hash. Known and unknown addresses get the same answer after the
 * same work.
 */
#ifndef UNKNOT_ACCOUNTS_H
#define UNKNOT_ACCOUNTS_H

#include "web/web.h"

#define PASSWORD_HASH_SIZE 128 /* crypto_pwhash_STRBYTES */
#define PASSWORD_MIN       8
#define PASSWORD_MAX       128

void sign_in_get(struct request *r);  /* GET  /sign-in?next= */
void sign_in_post(struct request *r); /* POST /sign-in (email, password, next) */
void sign_out_post(struct request *r);

/* For app.identify: the account behind the session cookie. */
bool accounts_identify(struct request *r, struct session *s);

/* The mark of a browser that signed in to an account before: a cookie of random bytes and their MAC with the
 * address. It opens nothing; failures of such a browser are counted apart from those of strangers. */
const char *device_known(struct request *r, const char *email); /* the cookie when it is one, else NULL */
void device_mark(struct request *r, const char *email);         /* sets one, unless there is one */

/* The hash of a password nobody has: an unknown address costs what a known one does. */
extern const char password_nobody[PASSWORD_HASH_SIZE];

/* Hashes a password into `hash`; false when memory is short. */
bool password_hash(const char *password, char hash[PASSWORD_HASH_SIZE]);

/* True when the password fits. With hash NULL the same work is done and the answer is false. *rehash is set
 * to a better hash of the same password when the stored one has older parameters, else left alone. */
bool password_verify(const char *hash, const char *password, char rehash[PASSWORD_HASH_SIZE], bool *rehashed);

#endif
