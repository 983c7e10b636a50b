/*
 * The growing buffer of text.h. Capacity doubles up to max + 1, the NUL's byte; when room cannot be had
 * the buffer stays as it was and is marked as failed.
 */
#include "core/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST 256

/* To at least `need` bytes, which reserve has found to be at most max + 1. */
static bool grow(struct buf *b, size_t need)
{
    size_t cap = b->cap ? b->cap : SMALLEST;
    while (cap < need)
        cap *= 2;
    if (cap > b->max + 1)
        cap = b->max + 1;
    char *p = realloc(b->p, cap);
    if (!p) {
        b->failed = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

/* Room for `n` more bytes and the NUL behind them. */
static bool reserve(struct buf *b, size_t n)
{
    if (b->failed)
        return false;
    /* a max that large would let `cap *= 2` run over */
    if (b->max > SIZE_MAX / 4 || n > b->max - b->n) {
        b->failed = true;
        return false;
    }
    return b->n + n < b->cap || grow(b, b->n + n + 1);
}

void buf_put_slowly(struct buf *b, const char *s, size_t n)
{
    if (!reserve(b, n))
        return;
    if (n > 0)
        memcpy(b->p + b->n, s, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
    if (s)
        buf_put(b, s, strlen(s));
    else
        b->failed = true;
}

void buf_putc(struct buf *b, char c)
{
    buf_put(b, &c, 1);
}

/* Into the room there is; most fits, and is printed once. */
void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    size_t end = b->max < b->cap ? b->max + 1 : b->cap; /* it may have grown under another cap */
    size_t room = b->failed || b->n >= end ? 0 : end - b->n;
    va_start(args, format);
    int n = vsnprintf(room ? b->p + b->n : NULL, room, format, args);
    va_end(args);
    bool fits = n >= 0 && (size_t)n < room;
    if (!fits && room)
        b->p[b->n] = '\0';
    if (n < 0)
        b->failed = true;
    if (n < 0 || (!fits && !reserve(b, (size_t)n)))
        return;
    if (!fits) {
        va_start(args, format);
        vsnprintf(b->p + b->n, (size_t)n + 1, format, args);
        va_end(args);
    }
    b->n += (size_t)n;
}

/* By byte; size 0: stands for itself. Enough for text and for attribute values in quotes of either kind. */
static const struct str html_entity[256] = {
    ['&'] = {"&amp;", 5},  ['<'] = {"&lt;", 4},   ['>'] = {"&gt;", 4},
    ['"'] = {"&quot;", 6}, ['\''] = {"&#39;", 5},
};

/* How many bytes from `s` on have no entity, eight at a step: & and \' differ in their lowest bit, < and > in
 * the next. */
static size_t plain_bytes(const char *s, size_t n)
{
    const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    size_t i = 0;
    for (uint64_t w; n - i >= sizeof w; i += sizeof w) {
        memcpy(&w, s + i, sizeof w);
        uint64_t quote = w ^ (ones * '"'), amp = (w | ones) ^ (ones * '\''),
                 angle = (w | (ones * 2)) ^ (ones * '>');
        if ((((quote - ones) & ~quote) | ((amp - ones) & ~amp) | ((angle - ones) & ~angle)) & tops)
            break;
    }
    while (i < n && html_entity[(unsigned char)s[i]].n == 0)
        i++;
    return i;
}

void buf_html(struct buf *b, const char *s, size_t n)
{
    size_t from = 0;
    for (size_t i = plain_bytes(s, n); i < n; i += 1 + plain_bytes(s + i + 1, n - i - 1)) {
        const struct str *entity = &html_entity[(unsigned char)s[i]];
        buf_put(b, s + from, i - from);
        buf_put(b, entity->p, entity->n);
        from = i + 1;
    }
    if (from < n)
        buf_put(b, s + from, n - from);
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void buf_url(struct buf *b, const char *s, size_t n)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (is_unreserved(s[i]))
            buf_putc(b, s[i]);
        else
            buf_put(b, (const char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
    }
}

void buf_reset(struct buf *b)
{
    b->n = 0;
    b->failed = false;
    if (b->p)
        b->p[0] = '\0';
}

void buf_free(struct buf *b)
{
    free(b->p);
    *b = (struct buf){.max = b->max};
}
