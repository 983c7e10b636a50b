/* Any UTF-8 as the texts of an appointment: lines end and fold as they must, and nothing gets out of its
 * line. */
#include "booking/ics.h"
#include "core/json.h"

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

/* A document with the text everywhere. */
static void put_document(struct buf *b, struct str text)
{
    struct json_writer w = {.out = b};
    json_open(&w, NULL, '{');
    json_open(&w, "events", '[');
    json_open(&w, NULL, '{');
    json_put(&w, "uid", "1");
    json_put(&w, "stamp", "2026-11-21T02:53:54Z");
    json_put(&w, "start", "2026-11-24T09:15:00Z");
    json_put(&w, "end", "2026-11-24T10:00:00Z");
    json_put_str(&w, "zone", text);
    json_put_str(&w, "summary", text);
    json_put_str(&w, "location", text);
    json_put_str(&w, "description", text);
    json_put_int(&w, "sequence", 0);
    json_close(&w, '}');
    json_close(&w, ']');
    json_open(&w, "zones", '[');
    json_close(&w, ']');
    json_close(&w, '}');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ics_how how = {.method = "PUBLISH", .host = "example.org"};
    struct str text = {(const char *)data, size};
    struct buf document = {.max = 200000}, out = {.max = 200000};
    struct arena *a = arena_new(1 << 20);
    if (size > 2000 || !text_is_utf8(text) || !a) {
        arena_free(a);
        return 0;
    }
    put_document(&document, text);
    if (!ics_write(document.p, &how, a, &out))
        abort();
    check_lines(out.p);
    /* and the bytes as the document itself: written or refused, but lines are lines */
    char *raw = arena_strndup(a, text.p, text.n);
    buf_reset(&out);
    if (ics_write(raw, &how, a, &out) && strstr(out.p, "\n\n"))
        abort();
    buf_free(&document);
    buf_free(&out);
    arena_free(a);
    return 0;
}
