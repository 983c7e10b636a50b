/* Every URL of the program. */
#ifndef UNKNOT_ROUTES_H
#define UNKNOT_ROUTES_H

#include "web/web.h"

extern const struct route routes[];
extern const size_t route_count;

/* What the subjects need before the first request, and what they give to the app. False after a sentence on
 * stderr. */
bool routes_start(struct app *app);
void routes_stop(void);

#endif
