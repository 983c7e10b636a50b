/*
 * The questions of the day (section S7): answered by the client by the secret link from two days before the
 * visit, and gone through by the therapist with the client when they are there. Kept sealed, with what
 * follows from them; a STOP that the client answered is lifted by the client alone.
 */
#ifndef UNKNOT_INTAKE_TODAY_H
#define UNKNOT_INTAKE_TODAY_H

#include "web/web.h"

void today_get(struct request *r); /* GET  /bookings/{id}/today; ?again=1: the questions once more */
void today_post(struct request *r);
void practice_today_get(struct request *r); /* GET  /practice/bookings/{id}/today */
void practice_today_post(struct request *r);

/* For care/: what the newest answers ask of the visit, for its therapist, as
 * {"moment","by_client","stop","clearance","modify","proceed","notes":["…"],"pain"|null,"lost"}; "null" when
 * there are none; NULL after having replied. */
const char *today_for_therapist(struct request *r, const char *id);

#endif
