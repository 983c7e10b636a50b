/*
 * The log: one line per event on standard error, `time level event key=value …`, values quoted and control
 * bytes escaped. Never log personal data, tokens, or a path that carries them: log the route's pattern.
 */
#ifndef UNKNOT_CORE_LOG_H
#define UNKNOT_CORE_LOG_H

#include <stdbool.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_threshold(enum log_level lowest);
bool log_wants(enum log_level level); /* whether it is worth making the values */

/* Pairs of (const char *key, const char *value), ended by NULL. A NULL value is written as `-`. */
void log_event(enum log_level level, const char *event, ...) __attribute__((sentinel));

#endif
