/* What the short form of a search offers. */
#ifndef UNKNOT_DIRECTORY_CHOICES_H
#define UNKNOT_DIRECTORY_CHOICES_H

#include "core/json.h"
#include "http/http.h"

/* Makes it a context of the page, {"choices": …}, with what `doc` says was asked for marked. NULL after
 * having replied. */
const struct json *choices_add(struct request *r, const char *doc);

#endif
