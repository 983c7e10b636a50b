/*
 * What came from a person stands in base64, in the body (put_base64) as in headers (put_words); what
 * stands bare is an address that message_address let pass, an id or a constant. So no text can begin a
 * header or a part of its own.
 */
#include "notify/message.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Base64 in lines of 76, which any text survives on any server. */
static void put_base64(struct buf *out, struct str text)
{
    char line[80];
    for (size_t at = 0; at < text.n; at += 57) {
        size_t part = text.n - at < 57 ? text.n - at : 57;
        sodium_bin2base64(line, sizeof line, (const unsigned char *)text.p + at, part,
                          sodium_base64_VARIANT_ORIGINAL);
        buf_printf(out, "%s\r\n", line);
    }
}

/* Encoded words of RFC 2047, each of at most 39 bytes of whole UTF-8 characters and on a line of its own.
 * Always encoded: then there is nothing to look for in it. */
static void put_words(struct buf *out, struct str s)
{
    char word[72];
    while (s.n > 0) {
        size_t n = s.n < 39 ? s.n : 39;
        while (n < s.n && n > 1 && ((unsigned char)s.p[n] & 0xC0) == 0x80)
            n--;
        sodium_bin2base64(word, sizeof word, (const unsigned char *)s.p, n, sodium_base64_VARIANT_ORIGINAL);
        buf_printf(out, " =?utf-8?B?%s?=\r\n", word);
        s = (struct str){s.p + n, s.n - n};
    }
}

bool message_address(const char *s)
{
    if (!s || strchr(s, '@') == NULL || strlen(s) > 254)
        return false;
    for (; *s != '\0'; s++)
        if ((unsigned char)*s <= ' ' || *s == 127 || strchr("<>,;:\"\\()", *s) != NULL ||
            (unsigned char)*s >= 0x80)
            return false;
    return true;
}

static void put_from(struct buf *out, const struct message *m)
{
    buf_puts(out, "From:");
    if (m->from_name && *m->from_name)
        put_words(out, str_of(m->from_name));
    buf_printf(out, " <%s>\r\n", m->from);
}

static void put_headers(struct buf *out, const struct message *m)
{
    char date[64];
    struct tm tm;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", &tm);
    put_from(out, m);
    buf_printf(out, "To: <%s>\r\nDate: %s\r\nMessage-ID: <%s@%s>\r\n", m->to, date, m->id,
               strchr(m->from, '@') + 1);
    buf_puts(out, "Subject:");
    put_words(out, m->subject);
    buf_puts(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
}

static void put_part(struct buf *out, const char *type, const char *more, struct str body)
{
    buf_printf(out, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n%s\r\n", type, more);
    put_base64(out, body);
}

/* A boundary from the id: base64 has no '=' but at its end and never "--" at the start of a line. */
static void put_edge(struct buf *out, const struct message *m, const char *which, const char *end)
{
    buf_printf(out, "--=_%s_%s%s\r\n", which, m->id, end);
}

/* Text, HTML, and for clients that know calendars the entry itself: the same message thrice. */
static void put_alternatives(struct buf *out, const struct message *m, const char *calendar_type)
{
    buf_printf(out, "Content-Type: multipart/alternative;\r\n boundary=\"=_alt_%s\"\r\n\r\n", m->id);
    put_edge(out, m, "alt", "");
    put_part(out, "text/plain; charset=utf-8", "", m->text);
    if (m->html.n > 0) {
        put_edge(out, m, "alt", "");
        put_part(out, "text/html; charset=utf-8", "", m->html);
    }
    if (m->calendar.n > 0) {
        put_edge(out, m, "alt", "");
        put_part(out, calendar_type, "", m->calendar);
    }
    put_edge(out, m, "alt", "--");
}

static void put_body(struct buf *out, const struct message *m)
{
    char type[60];
    if (m->calendar.n > 0) {
        snprintf(type, sizeof type, "text/calendar; charset=utf-8; method=%s", m->method);
        buf_printf(out, "Content-Type: multipart/mixed;\r\n boundary=\"=_mix_%s\"\r\n\r\n", m->id);
        put_edge(out, m, "mix", "");
        put_alternatives(out, m, type);
        put_edge(out, m, "mix", "");
        put_part(out, type, "Content-Disposition: attachment; filename=\"appointment.ics\"\r\n", m->calendar);
        put_edge(out, m, "mix", "--");
    } else if (m->html.n > 0) {
        put_alternatives(out, m, "");
    } else {
        put_part(out, "text/plain; charset=utf-8", "", m->text);
    }
}

static bool has_line_end(struct str s)
{
    return memchr(s.p, '\r', s.n) || memchr(s.p, '\n', s.n);
}

bool message_write(const struct message *m, struct buf *out)
{
    if (!message_address(m->to) || !message_address(m->from) || m->subject.n == 0 ||
        has_line_end(m->subject) || m->text.n == 0)
        return false;
    put_headers(out, m);
    put_body(out, m);
    return !out->failed;
}
