/* Small numbers of a practice, week by week: filled hours, who came and who did not; with their tables. */
#ifndef UNKNOT_PRACTICE_NUMBERS_H
#define UNKNOT_PRACTICE_NUMBERS_H

#include "web/web.h"

void practice_numbers_get(struct request *r);       /* GET  /practice/numbers?weeks=4|12|52 */
void practice_numbers_table_get(struct request *r); /* GET  /practice/numbers.csv?weeks=4|12|52 */

#endif
