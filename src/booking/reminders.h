/* What a client sets for a booked visit: when to be reminded, and the address for their own calendar. */
#ifndef UNKNOT_BOOKING_REMINDERS_H
#define UNKNOT_BOOKING_REMINDERS_H

#include "web/web.h"

void booking_reminders_get(struct request *r);  /* GET  /bookings/{id}/reminders */
void booking_reminders_post(struct request *r); /* POST /bookings/{id}/reminders (when: two at most) */

/* After either of the page's forms: the page with what is wrong, or what became of it. NULL: that is said. */
void reminders_answer(struct request *r, const char *id, const char *doc, struct form *f);

#endif
