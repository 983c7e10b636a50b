/*
 * Comma-separated values (RFC 4180), a record at a time from whatever gives bytes: as much memory for a file
 * of a million records as for one. Quoted fields may hold separators, quotes (doubled) and line ends; a byte
 * order mark and empty lines are passed over. Anything doubtful ends the reading with a sentence: a quote
 * within an unquoted field or after a quoted one, a quote never closed, a NUL, a record that is too long.
 */
#ifndef UNKNOT_CSV_H
#define UNKNOT_CSV_H

#include "core/text.h"

enum { CSV_FIELDS = 256, CSV_RECORD = 256 << 10 };

struct csv {
    /* Up to `cap` bytes into `out`; 0 at the end. */
    size_t (*read)(void *context, char *out, size_t cap);
    void *context;
    char separator; /* ',' when 0 */

    size_t count; /* fields of the record that was read */
    long line;    /* on which it begins, from 1 */
    const char *problem;

    struct buf text;
    size_t start[CSV_FIELDS + 1];
    char in[65536];
    size_t at, n;
    long next_line;
    bool ended;
};

/* False at the end, and when something is wrong: then `problem` says what, on line `line`. */
bool csv_next(struct csv *c);
struct str csv_field(const struct csv *c, size_t i); /* until the next record; empty past the last */
void csv_free(struct csv *c);

#endif
