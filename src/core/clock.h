/* Process time. Deadlines use the monotonic clock; what is stored uses the database's. */
#ifndef UNKNOT_CORE_CLOCK_H
#define UNKNOT_CORE_CLOCK_H

#include <stdint.h>

int64_t clock_us(void); /* monotonic microseconds */
void clock_sleep(int64_t us);

#endif
