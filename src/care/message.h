/* Questions and answers about a visit, as both sides read them. */
#ifndef UNKNOT_CARE_MESSAGE_H
#define UNKNOT_CARE_MESSAGE_H

#include "care/record.h"

/* The array `list` of kept messages in j as `key`, opened: [{"own","name","moment","text"|"lost"}]. */
void messages_put(struct request *r, struct json_writer *w, const char *key, const char *booking,
                  const struct json *j, uint32_t list);

#endif
