/*
 * When somebody is busy, from a calendar file of theirs (RFC 5545): foreign bytes, read by libical.
 *
 * Events count that are neither cancelled nor transparent ("free"), each with its repetitions, its exceptions
 * and the single visits that were changed; and busy times of VFREEBUSY. An event without a zone, and a whole
 * day, is of the zone given.
 */
#ifndef UNKNOT_BOOKING_BUSY_H
#define UNKNOT_BOOKING_BUSY_H

#include "core/text.h"

#include <stdint.h>

struct busy_span {
    int64_t from, to; /* seconds since 1970; to is after from */
};

#define BUSY_MAX 2000 /* separate spans; more are "too-complex" */

struct busy {
    struct busy_span span[BUSY_MAX];
    size_t count;
};

/* Fills *busy with what overlaps from..to, in order, overlapping and touching ones joined. NULL when it was
 * read; else "no-calendar" or "too-complex" (more events or repetitions than anybody has). */
const char *busy_read(struct str ics, const char *zone, int64_t from, int64_t to, struct busy *busy);

/* The same in a child process of its own with little time and memory: what goes wrong in there goes wrong
 * there, and is "too-complex". */
const char *busy_read_caged(struct str ics, const char *zone, int64_t from, int64_t to, struct busy *busy);

#endif
