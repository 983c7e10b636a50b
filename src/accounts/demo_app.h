/* The app that makes the codes of all accounts of the demo: command/demo.c sets it up, /dev/codes shows it.
 */
#ifndef UNKNOT_ACCOUNTS_DEMO_APP_H
#define UNKNOT_ACCOUNTS_DEMO_APP_H

#include "accounts/totp.h"

void demo_app_key(const unsigned char master[32], unsigned char key[TOTP_KEY]);

#endif
