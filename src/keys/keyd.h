/* unknot keyd, the process that holds the keys of the epochs; see message.h for what is asked of it. */
#ifndef UNKNOT_KEYS_KEYD_H
#define UNKNOT_KEYS_KEYD_H

#include "core/config.h"

/* Answers until SIGTERM; false when it could not begin, which has been said. */
bool keyd_run(const struct config *config);

#endif
