/*
 * What the answers make of the visit: whether this service fits this person, which others do, and who else.
 * What fits is decided by the database (45_shape.sql) from the limits of the judgement and the techniques
 * that the booking was made with.
 */
#ifndef UNKNOT_INTAKE_SHAPE_H
#define UNKNOT_INTAKE_SHAPE_H

#include "intake/check.h"

/* Whether the visit may be passed with this judgement; one that is booked already always, and its therapist
 * reads what is new. False after having replied: the answers are kept as they are, a browser is sent to the
 * page that says what fits, a program gets the problem. */
bool shape_fits(struct request *r, struct check *c, const struct judgement *j);
/* Whether all is answered and passed, and the service alone does not fit; *o is then its document's. */
bool shape_is_left_out(struct request *r, const struct check *c, struct outcome_of *o);
/* The page of it. */
void shape_left_out(struct request *r, const struct check *c, const struct outcome_of *o);

void safety_service_post(
    struct request *r);                    /* POST /bookings/{id}/service (service): another one, same time */
void safety_others_get(struct request *r); /* GET  /bookings/{id}/therapists?page=2: who fits these answers */

#endif
