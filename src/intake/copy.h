/*
 * What was answered, to take along: for its client as a page to read or print and as FHIR, for the therapist
 * of the visit as FHIR while its client agrees that the answers are shared, without the safety check's own
 * answers. Each opening is written down as a reading like any other.
 */
#ifndef UNKNOT_INTAKE_COPY_H
#define UNKNOT_INTAKE_COPY_H

#include "web/web.h"

void answers_all_get(struct request *r);      /* GET /bookings/{id}/answers/all */
void answers_fhir_get(struct request *r);     /* GET /bookings/{id}/answers/fhir.json */
void practice_answers_get(struct request *r); /* GET /practice/bookings/{id}/fhir.json */

#endif
