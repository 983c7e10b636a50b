/* What a process that holds keys gives up once it has all it needs. */
#ifndef UNKNOT_KEYS_CAGE_H
#define UNKNOT_KEYS_CAGE_H

#include <stdbool.h>

/* No other program is started, no process looked into, nothing mounted, no socket but of the kind that the
 * database is reached by. False after a sentence. */
bool cage(const char *database);

#endif
