/* The home plan as it is kept: {"items":[…],"weeks","visits","note"}. */
#ifndef UNKNOT_CARE_PLAN_H
#define UNKNOT_CARE_PLAN_H

#include "care/record.h"

/* `kept` in j is {"version","sealed",…} or null. NULL when there is none or it does not open. */
const char *plan_open(struct request *r, const char *id, const struct json *j, uint32_t kept);
/* Writes the plan as `key`: its members, who wrote it when, and a path that leads to times for the next
 * visit; null when nothing is suggested. */
void plan_put(struct request *r, struct json_writer *w, const char *key, const char *plan,
              const struct json *j, uint32_t kept);

#endif
