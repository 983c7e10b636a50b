/* Calendar days and instants as text: the forms that come from outside, read strictly. */
#ifndef UNKNOT_CORE_DAY_H
#define UNKNOT_CORE_DAY_H

#include "core/text.h"

/* Days since 1970-01-01 of a real date "YYYY-MM-DD" between 2000 and 2199; false for anything else. */
bool day_read(struct str text, int32_t *day);
void day_write(int32_t day, char out[11]); /* any day of the years 0 to 9999 */

/* RFC 3339 with capital T and Z: a real date between 2000 and 2199, hours 00 to 23, an offset of at most 14
 * hours; a fraction of at most 6 digits; no leap second. */
bool instant_valid(struct str text);

#endif
