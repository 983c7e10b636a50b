/*
 * Second factors: what is shown beside the password, when somebody signs in and when they prove anew who they
 * are. What is taken and what it counts for is the database's: sql/functions/45_account_factor.sql.
 */
#ifndef UNKNOT_ACCOUNTS_FACTOR_H
#define UNKNOT_ACCOUNTS_FACTOR_H

#include "web/web.h"

/* --- The second step (second.c): WHO_HALF */

void second_get(struct request *r);          /* GET  /sign-in/second?next= */
void second_post(struct request *r);         /* POST /sign-in/second (code, next) */
void second_passkey_post(struct request *r); /* POST /sign-in/second/passkey (credential, …, next) */
void second_leave_post(struct request *r);   /* POST /sign-in/second/leave */

/* --- Proof anew (prove.c) */

/* For app.prove: asks who calls for what the row wants, and keeps what was typed. */
void prove_ask(struct request *r);
void prove_get(struct request *r); /* GET  /account/prove?next= */
void prove_post(
    struct request *r); /* POST /account/prove (prove_password or prove_code, prove_to, prove_post) */

/* --- Looking after them (security.c) */

void security_get(struct request *r);      /* GET  /account/security */
void security_app_get(struct request *r);  /* GET  /account/security/app?next= */
void security_app_post(struct request *r); /* POST /account/security/app (code, name, offer, next) */
void security_codes_get(struct request *r);
void security_codes_post(struct request *r); /* POST /account/security/codes: ten new ones, shown once */
void security_factor_get(struct request *r);
void security_factor_post(struct request *r);        /* POST /account/security/factors/{id} (name) */
void security_factor_remove_post(struct request *r); /* POST /account/security/factors/{id}/remove */

void security_passkey_get(struct request *r);  /* GET  /account/security/passkey?next= */
void security_passkey_post(struct request *r); /* POST /account/security/passkey (name, …, next) */

/* For development: the code of the demo's accounts (dev_codes.c). */
void dev_codes_get(struct request *r); /* GET /dev/codes */

/* --- What they share (factor.c) */

#define FACTOR_SEAL "code app"

/* factor_look() for whoever calls; NULL after having replied. Its failures are counted with *device. */
const char *factor_look(struct request *r, const char **device);
/* What was typed as the proof that factor_take() takes: a code of one of the apps, or a recovery code. NULL:
 * it is none of theirs. *is_code tells whether it has the form of one at all. */
const char *code_proof(struct request *r, const char *look, const char *typed, bool *is_code);
/* To what the key of this app is bound when it is sealed. */
const char *app_bound(struct arena *a, const char *account, const char *factor);

/* For a page with a form for a passkey (templates/assets/passkey.js): challenge, rp, passkey_ids, js_passkey.
 */
void passkey_values(struct request *r, const char *look, const char *what);
/* What the form sent back as the proof that factor_take() takes; NULL with *problem. */
const char *passkey_proof(struct request *r, const char *prefix, const char **problem);

/* After a factor was added: the session goes on under `token`; the first one shows recovery codes. */
void factor_added(struct request *r, const char *done, const char *token, const char *next);

/* The session goes on under this token. `days`: of a document with it. */
void session_cookie(struct request *r, const char *doc, const char *token);

/* Ten recovery codes: as they are shown, and their keyed hashes as array text for PostgreSQL. */
#define RECOVERY_CODES 10
#define RECOVERY_SIZE  12 /* "abcde-fghjk" */
struct recovery {
    char code[RECOVERY_CODES][RECOVERY_SIZE];
};
bool recovery_make(struct request *r, const char *account, struct recovery *made, const char **hashes);
/* The keyed hash in hex of what was typed; false when that has not the form of one. */
bool recovery_hash(struct request *r, const char *account, const char *typed, char out[65]);

/* Makes ten new ones and shows them, once; with the way on. */
void recovery_show(struct request *r, const char *account, const char *next);

#endif
