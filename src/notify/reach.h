/* Which hosts we speak to, and in the clear only with ourselves. */
#ifndef UNKNOT_NOTIFY_REACH_H
#define UNKNOT_NOTIFY_REACH_H

#include <stdbool.h>

/* Whether the address's host is this machine by name or number: localhost, 127.0.0.0/8, [::1]. */
bool reach_is_loopback(const char *url);
/* Whether it starts with `scheme`://, in any case. */
bool reach_is_scheme(const char *url, const char *scheme);
/* The first line of a file, without its end, which has room as well in the `cap` bytes; false when it cannot
 * be read, is empty or does not fit. */
bool reach_secret(const char *path, char *out, int cap);

#endif
