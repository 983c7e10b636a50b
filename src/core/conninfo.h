/* libpq connection strings, in their keyword and their URI form. What comes back is malloc'd; NULL when the
 * string does not parse or memory is out. */
#ifndef UNKNOT_CORE_CONNINFO_H
#define UNKNOT_CORE_CONNINFO_H

#include <stdbool.h>

bool conninfo_fits(const char *conninfo);

/* The same connection as another user. */
char *conninfo_as(const char *conninfo, const char *user);

/* For showing: passwords as "…". */
char *conninfo_masked(const char *conninfo);

/* Whether all its hosts are Unix sockets. */
bool conninfo_is_local(const char *conninfo);

#endif
