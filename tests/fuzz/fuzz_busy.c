/* Any bytes as somebody's calendar: read or refused, and what was read lies in order within what was asked
 * for. */
#include "booking/busy.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct busy busy;
    const int64_t from = 1790812800, to = from + 62 * INT64_C(86400);
    struct str text = {(const char *)data, size};
    if (size > 20000 || busy_read(text, "America/Chicago", from, to, &busy))
        return 0;
    for (size_t i = 0; i < busy.count; i++)
        if (busy.span[i].from < from || busy.span[i].to > to || busy.span[i].from >= busy.span[i].to ||
            (i > 0 && busy.span[i].from <= busy.span[i - 1].to))
            abort();
    return 0;
}
