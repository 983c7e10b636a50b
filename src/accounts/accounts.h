/*
 * People who sign in: passwords, sessions, who is calling.
 *
 * Passwords are Argon2id (libsodium, 64 MiB, 2 passes), hashed in the slow lane only. A session is 32 random
 * bytes in a cookie; the database keeps their hash. Known and unknown addresses get the same answer after the
 * same work.
 *
 * An account is made, and a forgotten password replaced, by a link in a mail: see link.h and
 * sql/functions/45_account_link.sql.
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

/* Sign-up for clients and therapists, and a forgotten password: each ends in a mail (sign_up.c). */
void sign_up_get(struct request *r);
void sign_up_post(struct request *r); /* name, email, password */
void sign_up_therapist_get(struct request *r);
void sign_up_therapist_post(struct request *r);
void forgot_get(struct request *r);
void forgot_post(struct request *r); /* email */

/* What the mail leads to (link.c). Without a token it is what this browser asked for last, by the code. */
void links_get(struct request *r);  /* GET  /links */
void links_post(struct request *r); /* POST /links (code, password) */
void link_get(struct request *r);   /* GET  /links/{token} */
void link_post(struct request *r);  /* POST /links/{token} (code, password) */

/* For app.identify: the account behind the session cookie. */
bool accounts_identify(struct request *r, struct session *s);

/* The mark of a browser that signed in to an account before: a cookie of random bytes and their MAC with the
 * address. It opens nothing; failures of such a browser are counted apart from those of strangers. */
const char *device_known(struct request *r, const char *email); /* the cookie when it is one, else NULL */
void device_mark(struct request *r, const char *email);         /* sets one, unless there is one */

/* The device that calls, in words: "Firefox on Windows". */
const char *device_words(struct request *r);

/* The cookie of a browser that asked for a mail. */
#define ASKED_COOKIE "asked"

/* Asks for a mail of `kind` (mail_link.kind) that goes to `email`; role, name and hash as the kind needs. The
 * browser gets its cookie and is sent to /links. False after having replied something else. */
struct mail_asked {
    const char *kind, *email, *role, *name, *hash;
};
bool mail_ask(struct request *r, const struct mail_asked *asked);
/* 429 with the seconds to wait, for `what` ("There were many failed attempts to sign in."). */
void ask_to_wait(struct request *r, const char *what, const char *seconds);

/* Where somebody of this role begins. */
const char *home_of(const char *role);
/* After a session was opened by `doc` (session_begin): its cookie, the mark of the browser, and on to `next`
 * or home. */
void session_welcome(struct request *r, const char *doc, const char *token, const char *next);

/* Whether this is the caller's password. False with *problem set to what to say of it, or NULL after having
 * replied. *email, *hash: the account's (hash may be NULL). */
bool password_proves(struct request *r, const char *typed, const char **email, const char **hash,
                     const char **problem);

/* The hash of a password nobody has: an unknown address costs what a known one does. */
extern const char password_nobody[PASSWORD_HASH_SIZE];

/* Hashes a password into `hash`; false when memory is short. */
bool password_hash(const char *password, char hash[PASSWORD_HASH_SIZE]);

/* Why this password of PASSWORD_MIN to PASSWORD_MAX bytes is refused, NULL when it is not: it is one of the
 * commonest, or hardly more than the address, the name (either may be NULL) or the site's name. */
const char *password_problem(struct request *r, const char *password, const char *email, const char *name);

/* True when the password fits. With hash NULL the same work is done and the answer is false. *rehash is set
 * to a better hash of the same password when the stored one has older parameters, else left alone. */
bool password_verify(const char *hash, const char *password, char rehash[PASSWORD_HASH_SIZE], bool *rehashed);

#endif
