/*
 * The writer. It does not check that brackets match or that keys are given where they must be: who writes
 * a document of ours knows its shape, and a buffer that failed says so.
 */
#include "core/json.h"

#include <inttypes.h>
#include <string.h>

/* Escaped as RFC 8259, section 7 asks and no more: '/' and characters beyond ASCII stay as they are. */
static void put_text(struct buf *out, struct str text)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    size_t done = 0;
    buf_putc(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_put(out, text.p + done, i - done);
        done = i + 1;
        const char *named = c ? strchr(from, c) : NULL;
        if (named)
            buf_put(out, (const char[]){'\\', to[named - from]}, 2);
        else
            buf_printf(out, "\\u%04x", c);
    }
    if (text.n > done) /* an empty text may have no address */
        buf_put(out, text.p + done, text.n - done);
    buf_putc(out, '"');
}

/* The comma that is due and the key. */
static void begin(struct json_writer *w, const char *key)
{
    if (w->comma)
        buf_putc(w->out, ',');
    w->comma = true;
    if (!key)
        return;
    put_text(w->out, str_of(key));
    buf_putc(w->out, ':');
}

void json_open(struct json_writer *w, const char *key, char bracket)
{
    begin(w, key);
    buf_putc(w->out, bracket);
    w->comma = false;
}

void json_close(struct json_writer *w, char bracket)
{
    buf_putc(w->out, bracket);
    w->comma = true;
}

void json_put(struct json_writer *w, const char *key, const char *text)
{
    if (text)
        json_put_str(w, key, str_of(text));
    else
        json_put_raw(w, key, "null");
}

void json_put_str(struct json_writer *w, const char *key, struct str text)
{
    begin(w, key);
    put_text(w->out, text);
}

void json_put_bool(struct json_writer *w, const char *key, bool value)
{
    json_put_raw(w, key, value ? "true" : "false");
}

void json_put_int(struct json_writer *w, const char *key, int64_t value)
{
    begin(w, key);
    buf_printf(w->out, "%" PRId64, value);
}

void json_put_raw(struct json_writer *w, const char *key, const char *json)
{
    begin(w, key);
    buf_puts(w->out, json);
}
