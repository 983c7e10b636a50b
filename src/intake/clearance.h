/*
 * While a clinician is asked: the time is kept, the client sends the answer, the therapist reads it or
 * records a call, and the safety check is judged again with that. A STOP is lifted by none of it.
 */
#ifndef UNKNOT_INTAKE_CLEARANCE_H
#define UNKNOT_INTAKE_CLEARANCE_H

#include "intake/check.h"

/* A CLEARANCE whose time can be kept, or is: replies with the page that says so and keeps the answers. False:
 * nothing done, the booking is to be discarded. */
bool clearance_keeps(struct request *r, struct check *c, const struct judgement *j);

void clearance_get(struct request *r);        /* GET  /bookings/{id}/clearance */
void clearance_post(struct request *r);       /* POST: judge again */
void clearance_keep_post(struct request *r);  /* POST /bookings/{id}/clearance/keep */
void clearance_note_post(struct request *r);  /* POST /bookings/{id}/clearance/note (dated, who, file) */
void clearance_letter_get(struct request *r); /* GET  /bookings/{id}/clearance/letter: for the clinician */
void clearance_paper_get(struct request *r);  /* GET  /bookings/{id}/papers/{item}: a note that was sent */

void practice_clearance_get(struct request *r);  /* GET  /practice/bookings/{id}/clearance */
void practice_clearance_post(struct request *r); /* POST: a call (dated, who, said) */
void practice_paper_get(struct request *r);      /* GET  /practice/bookings/{id}/papers/{item} */

#endif
