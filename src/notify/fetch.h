/*
 * Fetching what a stranger named: http and https to public hosts only. Every hop (three redirects at most) is
 * resolved, each of its addresses looked at, and the connection pinned to what was looked at; and looked at
 * once more when the socket is opened. No proxy, no cookies, no password, limits of time and size.
 */
#ifndef UNKNOT_NOTIFY_FETCH_H
#define UNKNOT_NOTIFY_FETCH_H

#include "core/text.h"

#include <sys/socket.h>

#define FETCH_MAX ((size_t)4 * 1024 * 1024)

/* Whether an address is the open internet's: not private, loopback, link-local, shared, multicast, reserved,
 * or one that carries an IPv4 address in it; and not of a network this machine is part of. */
bool fetch_is_public(const struct sockaddr *address);

/* An address as people paste it, checked without asking anybody: scheme http, https or webcal (as https), a
 * host, no user, port 80, 443 or above 1023. In `url` the address to keep (2000 bytes), in `host` what may be
 * shown of it (256). */
bool fetch_address(const char *text, char url[2000], char host[256]);

/* The body of a 200. `loopback`: this machine may be asked as well, for tests. NULL when it came; else:
 *   address      not a public host              unreachable  no such host, or no connection
 *   redirects    more than three, or to nowhere too-large    above FETCH_MAX
 *   timeout      it stalled                     not-found    4xx
 *   unavailable  any other answer               tls          no safe connection */
const char *fetch(const char *url, bool loopback, struct buf *body);

#endif
