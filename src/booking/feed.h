/*
 * Calendars to subscribe to, under a secret address: /calendars/<secret>.ics. The secret follows from a nonce
 * and the program's key; the database has the nonce and the secret's hash. Whoever has the address reads the
 * calendar, so it can be renewed.
 */
#ifndef UNKNOT_BOOKING_FEED_H
#define UNKNOT_BOOKING_FEED_H

#include "web/web.h"

void calendar_feed_get(struct request *r); /* GET  /calendars/{file} */
void booking_feed_post(struct request *r); /* POST /bookings/{id}/feed (act: on, renew, off) */
const char *feed_secret(struct request *r, const char *nonce); /* NULL: no memory */
/* The address of a document's feed {nonce}; NULL when it has none. */
const char *feed_url(struct request *r, const char *doc);

#endif
