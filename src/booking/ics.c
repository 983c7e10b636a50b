#include "booking/ics.h"

#include "core/day.h"

#include <string.h>

/* One content line while it is written: octets so far since the last line end. */
struct line {
    struct buf *out;
    size_t octets;
};

/* One character of `n` bytes, on a new physical line when it does not fit; the space of a continuation
 * counts. */
static void put_character(struct line *l, const char *c, size_t n)
{
    if (l->octets + n > 75) {
        buf_puts(l->out, "\r\n ");
        l->octets = 1;
    }
    buf_put(l->out, c, n);
    l->octets += n;
}

static size_t character_size(const char *c)
{
    size_t n = 1;
    while (((unsigned char)c[n] & 0xc0) == 0x80)
        n++;
    return n;
}

/* A value of type TEXT: , ; \ and line ends escaped (RFC 5545, 3.3.11). An escape may be folded in its
 * middle, as any text. */
static void put_text(struct line *l, const char *text)
{
    for (const char *c = text; *c;) {
        size_t n = character_size(c);
        if (*c == '\r' && c[1] == '\n') {
            c++;
        } else if (*c == '\n' || *c == '\r') {
            put_character(l, "\\n", 2);
            c++;
        } else if ((unsigned char)*c < ' ' || *c == 0x7f) {
            c++;
        } else {
            if (strchr(",;\\", *c))
                put_character(l, "\\", 1);
            put_character(l, c, n);
            c += n;
        }
    }
}

static void text_line(struct buf *out, const char *name, const char *text)
{
    if (!text)
        return;
    struct line l = {out, strlen(name) + 1};
    buf_puts(out, name);
    buf_putc(out, ':');
    put_text(&l, text);
    buf_puts(out, "\r\n");
}

/* "2026-11-24T09:15:00Z" as 20261124T091500Z */
static bool time_line(struct buf *out, const char *name, const char *at)
{
    struct str text = str_of(at);
    if (text.n != sizeof "2026-11-24T09:15:00Z" - 1 || text.p[19] != 'Z' || !instant_valid(text))
        return false;
    buf_printf(out, "%s:%.4s%.2s%.5s%.2s%.2sZ\r\n", name, at, at + 5, at + 8, at + 14, at + 17);
    return true;
}

bool ics_write(const struct ics_event *e, struct buf *out)
{
    buf_puts(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//unknot//booking//EN\r\nCALSCALE:GREGORIAN\r\n"
                  "METHOD:PUBLISH\r\nBEGIN:VEVENT\r\n");
    text_line(out, "UID", e->uid);
    if (!time_line(out, "DTSTAMP", e->stamp) || !time_line(out, "DTSTART", e->start) ||
        !time_line(out, "DTEND", e->end))
        return false;
    text_line(out, "SUMMARY", e->summary);
    text_line(out, "LOCATION", e->location);
    text_line(out, "DESCRIPTION", e->description);
    buf_printf(out, "STATUS:%s\r\nSEQUENCE:%d\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
               e->cancelled ? "CANCELLED" : "CONFIRMED", e->cancelled ? 1 : 0);
    return !out->failed;
}
