/*
 * How it goes: questions a day after a visit, a look back over several, the client's own line, and what must
 * be looked into because medical care was needed. Answers are sealed under the client's key; reading them is
 * written down. Nothing here is counted or shown per therapist.
 */
#ifndef UNKNOT_OUTCOME_OUTCOME_H
#define UNKNOT_OUTCOME_OUTCOME_H

#include "web/web.h"

void outcome_after_get(struct request *r); /* GET  /bookings/{id}/after; ?again=1: the questions once more */
void outcome_after_post(struct request *r);
void outcome_look_back_get(struct request *r); /* GET  /bookings/{id}/look-back */
void outcome_look_back_post(struct request *r);
void outcome_progress_get(struct request *r); /* GET  /bookings/{id}/progress: the line */
void outcome_table_get(struct request *r);    /* GET  /bookings/{id}/progress.csv: its values */
void outcome_fhir_get(struct request *r);     /* GET  /bookings/{id}/progress/fhir.json: as Observations */
void practice_outcome_fhir_get(struct request *r); /* GET  /practice/bookings/{id}/progress/fhir.json */

void outcome_statements_get(struct request *r);  /* GET  /bookings/{id}/statements: the 24 statements */
void outcome_statements_post(struct request *r); /* POST: ticked=3&ticked=4 | none=yes | act=leave_out */

void operator_statements_get(struct request *r);       /* GET  /operator/statements */
void operator_statements_post(struct request *r);      /* POST /operator/statements/{version} (act) */
void operator_statements_file_post(struct request *r); /* POST /operator/statement-files (file) */

void practice_incident_get(struct request *r); /* GET  /practice/bookings/{id}/incident */
void practice_incident_post(struct request *r);
void operator_incidents_get(struct request *r); /* GET  /operator/incidents */

/* For care/: the line of the course of visit `id` as its therapist sees it, as an object, or "null" where
 * there is nothing to show. Its charts go under raw. NULL after having replied. */
const char *outcome_for_therapist(struct request *r, const char *id);

/* For accounts/: the line of the course of visit `id`, whose client asks, as an object {"rows","effects",
 * "statements":[{"day","said"}],"observations": a FHIR Bundle}; NULL where there is nothing, or after having
 * replied. */
const char *outcome_for_client(struct request *r, const char *id);

#endif
