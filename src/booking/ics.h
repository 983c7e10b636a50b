/*
 * Calendar documents of the database (sql/functions/48_calendar.sql) as iCalendar text (RFC 5545, RFC 5546).
 *
 * A document is {"events":[{"uid","stamp","start","end","zone","local_start","local_end","summary",
 * "description","location","cancelled","sequence"}],"zones":[{"id","turns":[{"at","from","to","name",
 * "daylight"}]}]}: instants as RFC 3339 in UTC, wall times as 20261124T091500. An event whose zone is among
 * the zones is written in its wall time with that zone's VTIMEZONE, any other in UTC.
 */
#ifndef UNKNOT_BOOKING_ICS_H
#define UNKNOT_BOOKING_ICS_H

#include "core/arena.h"
#include "core/text.h"

struct ics_how {
    const char *method;               /* PUBLISH, REQUEST or CANCEL */
    const char *host;                 /* UIDs are <uid>@<host> */
    const char *name;                 /* of the calendar, for a feed; NULL: none */
    const char *organizer, *attendee; /* addresses, for REQUEST and CANCEL; NULL: none */
};

/* Appends the calendar: CRLF, lines folded at 75 octets between characters; control characters in texts are
 * dropped, line ends become \n. False when the document is none, a time is not in the form above, or an
 * address could break its line. */
bool ics_write(const char *document, const struct ics_how *how, struct arena *a, struct buf *out);

#endif
