/* Any UTF-8 as the texts of an appointment: lines end and fold as they must, and nothing gets out of its
 * line. */
#include "booking/ics.h"

#include <stdlib.h>
#include <string.h>

static void check_lines(const char *ics)
{
    size_t events = 0;
    for (const char *line = ics; *line;) {
        const char *end = strstr(line, "\r\n");
        if (!end || end - line > 75 || memchr(line, '\n', (size_t)(end - line)) ||
            !text_is_utf8((struct str){line, (size_t)(end - line)}))
            abort();
        events += strncmp(line, "BEGIN:VEVENT\r", 13) == 0;
        line = end + 2;
    }
    if (events != 1)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 2000 || !text_is_utf8((struct str){(const char *)data, size}))
        return 0;
    char *text = calloc(1, size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    struct ics_event e = {.uid = "1@example.org",
                          .stamp = "2026-11-21T02:53:54Z",
                          .start = "2026-11-24T09:15:00Z",
                          .end = "2026-11-24T10:00:00Z",
                          .summary = text,
                          .location = text,
                          .description = text};
    struct buf out = {.max = 100000};
    if (!ics_write(&e, &out))
        abort();
    check_lines(out.p);
    buf_free(&out);
    free(text);
    return 0;
}
