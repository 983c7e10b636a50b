/* What a client sets for a booked visit: when to be reminded, and the address for their own calendar. */
#ifndef UNKNOT_BOOKING_REMINDERS_H
#define UNKNOT_BOOKING_REMINDERS_H

#include "web/web.h"

void booking_reminders_get(struct request *r);  /* GET  /bookings/{id}/reminders */
void booking_reminders_post(struct request *r); /* POST /bookings/{id}/reminders (when: two at most) */

#endif
