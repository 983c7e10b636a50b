#define _GNU_SOURCE /* memmem */
#include "notify/read.h"

#include <sodium.h>

/* The rest of the header line `name:` and its continuations, up to the end of the head; empty: none. */
static struct str header(struct str head, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = head.p, *end = head.p + head.n; at && at < end;) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        next = next ? next + 1 : end;
        if ((size_t)(end - at) > length && strncmp(at, name, length) == 0 && at[length] == ':') {
            while (next < end && *next == ' ') {
                const char *more = memchr(next, '\n', (size_t)(end - next));
                next = more ? more + 1 : end;
            }
            return (struct str){at + length + 1, (size_t)(next - at) - length - 1};
        }
        at = next;
    }
    return (struct str){"", 0};
}

static bool unbase64(struct str in, struct arena *a, struct buf *out)
{
    size_t n = 0;
    unsigned char *bytes = arena_alloc(a, in.n + 1);
    if (!bytes ||
        sodium_base642bin(bytes, in.n + 1, in.p, in.n, "\r\n", &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
        return false;
    buf_put(out, (const char *)bytes, n);
    return !out->failed;
}

static const char *kept(struct buf *b, struct arena *a)
{
    const char *text = b->failed ? NULL : arena_strndup(a, b->p ? b->p : "", b->n);
    buf_free(b);
    return text;
}

/* Encoded words, one a line, or plain text. */
static const char *words(struct str value, struct arena *a)
{
    static const char start[] = "=?utf-8?B?";
    struct buf out = {.max = 4096};
    const char *at = value.p, *end = value.p + value.n;
    while (at < end) {
        const char *word = memmem(at, (size_t)(end - at), start, sizeof start - 1);
        const char *close = word ? memmem(word + 10, (size_t)(end - word) - 10, "?=", 2) : NULL;
        if (!close)
            break;
        unbase64((struct str){word + 10, (size_t)(close - word) - 10}, a, &out);
        at = close + 2;
    }
    if (out.n == 0)
        for (at = value.p; at < end; at++)
            if ((unsigned char)*at >= ' ' && !(out.n == 0 && *at == ' '))
                buf_putc(&out, *at);
    return kept(&out, a);
}

/* One part, from its head to the next boundary. */
static void take_part(struct str head, struct str body, struct arena *a, struct read_mail *mail)
{
    struct str type = str_trim(header(head, "Content-Type"));
    const char **to = str_starts(type, "text/plain")      ? &mail->text
                      : str_starts(type, "text/html")     ? &mail->html
                      : str_starts(type, "text/calendar") ? &mail->calendar
                                                          : NULL;
    struct buf out = {.max = 512 * 1024};
    if (!to || *to)
        return;
    /* base64 never has it: see put_edge in message.c */
    const char *edge = memmem(body.p, body.n, "--=_", 4);
    if (edge)
        body.n = (size_t)(edge - body.p);
    if (unbase64(body, a, &out))
        *to = kept(&out, a);
    else
        buf_free(&out);
}

bool message_read(struct str message, struct arena *a, struct read_mail *mail)
{
    const char *gap = memmem(message.p, message.n, "\r\n\r\n", 4), *end = message.p + message.n;
    *mail = (struct read_mail){.subject = ""};
    if (!gap)
        return false;
    struct str head = {message.p, (size_t)(gap - message.p) + 2};
    mail->subject = words(header(head, "Subject"), a);
    mail->to = words(header(head, "To"), a);
    mail->date = words(header(head, "Date"), a);
    for (const char *at = message.p; gap; at = gap + 4, gap = memmem(at, (size_t)(end - at), "\r\n\r\n", 4))
        take_part((struct str){at, (size_t)(gap - at) + 2}, (struct str){gap + 4, (size_t)(end - gap) - 4}, a,
                  mail);
    return mail->subject && mail->to && mail->date && mail->text && !arena_failed(a);
}
