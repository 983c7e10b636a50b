/*
 * What a mail proves: the secret of a link and the code beside it, both made from the link's key (in the
 * database) and the master key (not there).
 */
#ifndef UNKNOT_ACCOUNTS_LINK_H
#define UNKNOT_ACCOUNTS_LINK_H

#include <stdbool.h>

#define LINK_CODE_SIZE 9 /* eight digits and NUL */

/* The token at the end of the link's address: 43 characters and NUL. */
void link_token(const unsigned char master[32], const char *key, char out[44]);
void link_code(const unsigned char master[32], const char *key, char out[LINK_CODE_SIZE]);

/* Keyed hash of a code as it was typed, blanks and hyphens aside, in hex: what the database compares. False
 * when that is no code. */
#define LINK_HEX 65
bool link_code_hash(const unsigned char master[32], const char *typed, char out[LINK_HEX]);

#endif
