/* Waiting lists (sql/functions/44_waiting.sql): joining with one therapist or near a place, proving the
 * address, leaving; and what the therapist sees of it. An offer is a booking that is held (booking.h). */
#ifndef UNKNOT_BOOKING_WAITING_H
#define UNKNOT_BOOKING_WAITING_H

#include "web/web.h"

void waiting_asks_get(struct request *r); /* GET  /therapists/{slug}/waiting, /waiting: the form */
void waiting_join_post(struct request *r);
void waiting_get(struct request *r);          /* GET  /waiting/{token}: only shows */
void waiting_confirm_post(struct request *r); /* POST /waiting/{token}/confirm */
void waiting_leave_post(struct request *r);   /* POST /waiting/{token}/leave */
void practice_waiting_get(struct request *r);
void practice_waiting_post(struct request *r);

#endif
