/* An appointment as iCalendar text (RFC 5545), times in UTC. */
#ifndef UNKNOT_BOOKING_ICS_H
#define UNKNOT_BOOKING_ICS_H

#include "core/text.h"

struct ics_event {
    const char *uid;
    const char *stamp, *start, *end;              /* RFC 3339 in UTC: "2026-11-24T09:15:00Z" */
    const char *summary, *location, *description; /* any UTF-8; NULL: left out */
    bool cancelled;
};

/* Appends a calendar with the one event: CRLF, lines folded at 75 octets between characters. False when a
 * time is not in the form above; control characters in texts are dropped, line ends become \n. */
bool ics_write(const struct ics_event *e, struct buf *out);

#endif
