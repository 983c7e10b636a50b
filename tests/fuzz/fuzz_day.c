/* Dates and instants from outside. */
#include "core/day.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    int32_t day;
    char again[11];
    if (day_read(text, &day)) {
        day_write(day, again);
        if (size != 10 || memcmp(again, data, 10) != 0)
            abort();
    }
    if (instant_valid(text) && !day_read((struct str){text.p, 10}, &day))
        abort();
    return 0;
}
