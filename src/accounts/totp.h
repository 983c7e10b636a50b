/*
 * Codes of an app (RFC 6238 as every app does it: SHA-1, six digits, a step of 30 seconds).
 */
#ifndef UNKNOT_ACCOUNTS_TOTP_H
#define UNKNOT_ACCOUNTS_TOTP_H

#include "core/text.h"

#define TOTP_KEY    20 /* bytes of a key */
#define TOTP_BASE32 33 /* … as people type it, with NUL */
#define TOTP_CODE   7  /* six digits and NUL */

int64_t totp_now(void); /* the step of this moment */
bool totp_code(const unsigned char key[TOTP_KEY], int64_t step, char out[TOTP_CODE]);
/* The step that this code is of: `now` or one beside it, for clocks that are a little off; 0: none. All three
 * are looked at, whichever fits. */
int64_t totp_match(const unsigned char key[TOTP_KEY], int64_t now, const char *code);
bool totp_base32(const unsigned char key[TOTP_KEY], char out[TOTP_BASE32]);

/* Appends what the QR code says: otpauth://totp/SITE:ACCOUNT?secret=… */
void totp_address(struct buf *out, const char *site, const char *account, const char *base32);

#endif
