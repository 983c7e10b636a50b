/*
 * The safety check of a held booking: one question a page, or all answers at once as JSON. Answers lie sealed
 * in the booking while it is held. A passed check is kept with the booking, sealed; after STOP or CLEARANCE
 * the booking and all answers are gone and the time is free before the page is sent.
 */
#ifndef UNKNOT_INTAKE_INTAKE_H
#define UNKNOT_INTAKE_INTAKE_H

#include "web/web.h"

void safety_get(struct request *r);  /* GET  /bookings/{id}/safety: to the first open page */
void safety_post(struct request *r); /* POST /bookings/{id}/safety: all answers at once */
void safety_page_get(
    struct request *r); /* GET  /bookings/{id}/safety/{n}; {n} "done": what the passed check means */
void safety_page_post(struct request *r);  /* POST /bookings/{id}/safety/{n} */
void safety_again_post(struct request *r); /* POST /bookings/{id}/again: another time, with the answers and
                                              names of a hold that ran out */

/* For practice/: what the therapist reads of the check kept as `sealed` (safety_check.sealed) with booking
 * `id`, as a JSON document
 * {"outcome","notes":["…"],"limits":{"pressure_max","duration_max","exclude":[],"avoid":[]}}; NULL when it
 * cannot be opened. */
const char *intake_for_therapist(struct request *r, const char *id, const char *sealed);

#endif
