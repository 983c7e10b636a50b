/*
 * The form of a visit that is booked or asked for, answered again: because something has changed, because its
 * therapist asks, or because a year has passed. The pages are those of the form (intake.h); until its end
 * nothing of the visit changes, and leaving it changes nothing.
 */
#ifndef UNKNOT_INTAKE_REOPEN_H
#define UNKNOT_INTAKE_REOPEN_H

#include "web/web.h"

void update_get(struct request *r);           /* GET  /bookings/{id}/update */
void update_post(struct request *r);          /* POST (act: begin, afresh or leave) */
void booking_phone_post(struct request *r);   /* POST /bookings/{id}/phone, when new answers want a call */
void practice_update_post(struct request *r); /* POST /practice/bookings/{id}/update: asks its client */

#endif
