/*
 * A line is put together on the stack and written by one write(2): no lock of ours, no allocation, safe in
 * any thread, and of use when memory is what went wrong.
 */
#include "core/log.h"

#include "core/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* One write of at most this many bytes: lines of several threads do not mix (PIPE_BUF), and none is
 * unbounded. */
#define LINE_MAX_BYTES 4000

struct line {
    /* 96: for what finish adds to a full line */
    char text[LINE_MAX_BYTES + 96];
    size_t n;
};

static _Atomic int threshold = LOG_INFO;

void log_threshold(enum log_level lowest)
{
    atomic_store(&threshold, (int)lowest);
}

/* What does not fit is cut off; finish marks the line then. */
static void put(struct line *l, const char *s, size_t n)
{
    if (n > LINE_MAX_BYTES - l->n)
        n = LINE_MAX_BYTES - l->n;
    memcpy(l->text + l->n, s, n);
    l->n += n;
}

static void put_time(struct line *l)
{
    struct timespec now;
    struct tm utc;
    char text[64];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    int more = snprintf(text + n, sizeof text - n, ".%03ldZ", now.tv_nsec / 1000000);
    put(l, text, n + (size_t)more);
}

/* Letters, digits and the marks of numbers, paths and identifiers stand bare; all else is quoted. */
static bool is_plain(const char *value)
{
    static const char marks[] = "-._:/@+,%{}*";
    if (value[0] == '\0' || strcmp(value, "-") == 0)
        return false;
    for (const char *c = value; *c; c++) {
        bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9');
        if (!letter && !strchr(marks, *c))
            return false;
    }
    return true;
}

static void put_escaped(struct line *l, const char *value)
{
    bool utf8 = text_is_utf8(str_of(value));
    for (const unsigned char *c = (const unsigned char *)value; *c; c++) {
        char code[8];
        bool c1 = utf8 && c[0] == 0xC2 && c[1] < 0xA0; /* U+0080 to U+009F are control characters too */
        if (*c == '"' || *c == '\\')
            put(l, (const char[]){'\\', (char)*c}, 2);
        else if (*c == '\n')
            put(l, "\\n", 2);
        else if (*c >= ' ' && *c != 0x7F && (*c < 0x80 || utf8) && !c1)
            put(l, (const char *)c, 1);
        else
            put(l, code, (size_t)snprintf(code, sizeof code, "\\x%02x", *c));
        if (c1)
            put(l, code, (size_t)snprintf(code, sizeof code, "\\x%02x", *++c));
    }
}

static void put_pair(struct line *l, const char *key, const char *value)
{
    put(l, " ", 1);
    put(l, key, strlen(key));
    put(l, "=", 1);
    if (!value) {
        put(l, "-", 1);
    } else if (is_plain(value)) {
        put(l, value, strlen(value));
    } else {
        put(l, "\"", 1);
        put_escaped(l, value);
        put(l, "\"", 1);
    }
}

static void finish(struct line *l)
{
    if (l->n == LINE_MAX_BYTES) {
        static const char cut[] = "…\" cut=true";
        memcpy(l->text + l->n, cut, sizeof cut - 1);
        l->n += sizeof cut - 1;
    }
    l->text[l->n++] = '\n';
}

bool log_wants(enum log_level level)
{
    return (int)level >= atomic_load_explicit(&threshold, memory_order_relaxed);
}

void log_event(enum log_level level, const char *event, ...)
{
    static const char *const name[] = {"debug", "info", "warn", "error"};
    struct line l;
    va_list pairs;
    if (!log_wants(level))
        return;
    int saved = errno;
    l.n = 0;
    put_time(&l);
    put(&l, " ", 1);
    put(&l, name[level], strlen(name[level]));
    put(&l, " ", 1);
    put(&l, event, strlen(event));
    va_start(pairs, event);
    for (const char *key = va_arg(pairs, const char *); key; key = va_arg(pairs, const char *))
        put_pair(&l, key, va_arg(pairs, const char *));
    va_end(pairs);
    finish(&l);
    ssize_t written = write(STDERR_FILENO, l.text, l.n);
    (void)written; /* nobody to tell */
    errno = saved;
}
