/* What was ticked of the 24 statements (statements.h), as it lies sealed. Pure. */
#ifndef UNKNOT_OUTCOME_TICKED_H
#define UNKNOT_OUTCOME_TICKED_H

#include "core/arena.h"
#include "outcome/statements.h"

/* {"statements":3,"ticked":[1,24]}: version and numbers; {"statements":3,"left_out":true}: nothing was said.
 */
struct ticked {
    int32_t version;
    uint32_t which; /* bit per statement */
};
/* False: it is none, or was left out. */
bool ticked_read(struct arena *a, struct str plain, struct ticked *t);
int ticked_count(const struct ticked *t); /* 0 to 24: the score */

#endif
