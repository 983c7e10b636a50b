/* The grammar needs one byte of look-ahead (next_byte). What has been read of a record is in `text`, field
 * after field; field i lies between start[i] and start[i + 1]. */
#include "core/csv.h"

#include <string.h>

/* The next byte without taking it; -1 at the end, for ever after. */
static int next_byte(struct csv *c)
{
    if (c->at == c->n && !c->ended) {
        c->at = 0;
        c->n = c->read(c->context, c->in, sizeof c->in);
        c->ended = c->n == 0;
    }
    return c->ended ? -1 : (unsigned char)c->in[c->at];
}

/* Takes it, and counts lines. */
static int take(struct csv *c)
{
    int byte = next_byte(c);
    if (byte >= 0)
        c->at++;
    if (byte == '\n')
        c->next_line++;
    return byte;
}

static bool fail(struct csv *c, const char *problem)
{
    c->problem = problem;
    return false;
}

/* Adds a byte to the field. */
static bool keep(struct csv *c, int byte)
{
    if (byte == 0)
        return fail(c, "a byte that no text has");
    buf_putc(&c->text, (char)byte);
    return !c->text.failed || fail(c, "a record that is too long");
}

/* After its opening quote; takes the closing one. */
static bool quoted(struct csv *c)
{
    for (;;) {
        int byte = take(c);
        if (byte < 0)
            return fail(c, "a quote that is never closed");
        if (byte == '"') {
            if (next_byte(c) != '"')
                return true;
            take(c);
        }
        if (!keep(c, byte))
            return false;
    }
}

static bool ends_field(const struct csv *c, int byte)
{
    return byte < 0 || byte == '\n' || byte == '\r' || byte == c->separator;
}

static bool field(struct csv *c)
{
    if (next_byte(c) == '"') {
        take(c);
        return quoted(c) && (ends_field(c, next_byte(c)) || fail(c, "something behind a closing quote"));
    }
    while (!ends_field(c, next_byte(c))) {
        int byte = take(c);
        if (byte == '"')
            return fail(c, "a quote within a field that has none around it");
        if (!keep(c, byte))
            return false;
    }
    return true;
}

/* CR LF, LF or CR alone. */
static void pass_line_end(struct csv *c)
{
    if (next_byte(c) == '\r')
        take(c);
    if (next_byte(c) == '\n')
        take(c);
}

/* Passes a byte order mark over, in however small pieces it comes. */
static bool begin(struct csv *c)
{
    static const unsigned char mark[] = {0xef, 0xbb, 0xbf};
    if (!c->separator)
        c->separator = ',';
    c->next_line = c->line = 1;
    c->text.max = CSV_RECORD;
    if (next_byte(c) != mark[0])
        return true;
    for (size_t i = 0; i < sizeof mark; i++)
        if (take(c) != mark[i])
            return fail(c, "a beginning that is no text");
    return true;
}

static bool record(struct csv *c)
{
    for (;;) {
        if (c->count == CSV_FIELDS)
            return fail(c, "a record of too many fields");
        c->start[c->count++] = c->text.n;
        if (!field(c))
            return false;
        c->start[c->count] = c->text.n;
        if (next_byte(c) != c->separator)
            break;
        take(c);
    }
    pass_line_end(c);
    return true;
}

bool csv_next(struct csv *c)
{
    if (c->problem)
        return false;
    if (!c->next_line && !begin(c))
        return false;
    while (next_byte(c) == '\r' || next_byte(c) == '\n')
        pass_line_end(c);
    buf_reset(&c->text);
    c->count = 0;
    c->line = c->next_line;
    return next_byte(c) >= 0 && record(c);
}

struct str csv_field(const struct csv *c, size_t i)
{
    if (i >= c->count || !c->text.p)
        return (struct str){"", 0};
    return (struct str){c->text.p + c->start[i], c->start[i + 1] - c->start[i]};
}

void csv_free(struct csv *c)
{
    buf_free(&c->text);
}
