/* Calendar days and instants as text: the forms that come from outside, read strictly. */
#ifndef UNKNOT_CORE_DAY_H
#define UNKNOT_CORE_DAY_H

#include "core/text.h"

/* Days since 1970-01-01 of a real date "YYYY-MM-DD" between 2000 and 2199; false for anything else. */
bool day_read(struct str text, int32_t *day);
bool day_read_past(struct str text, int32_t *day); /* from 1880 on: a date of birth, an old illness */
void day_write(int32_t day, char out[11]);         /* any day of the years 0 to 9999 */
/* The same for people: 9 Nov 2026, or Nov 9, 2026 as where the month is written first. */
void day_say(int32_t day, bool month_first, char out[13]);

/* Of the years 1880 to 2199. So many months earlier by the calendar, the last day of the month where that one
 * is shorter; and the whole years between two days (of a 29 February full on 1 March). */
int32_t day_months_before(int32_t day, int32_t months);
int32_t day_full_years(int32_t from, int32_t to);

/* RFC 3339 with capital T and Z: a real date between 2000 and 2199, hours 00 to 23, an offset of at most 14
 * hours; a fraction of at most 6 digits; no leap second. */
bool instant_valid(struct str text);

#endif
