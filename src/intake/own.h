/*
 * The page with the questions of a therapist's own, before what is agreed to. No rule looks at the answers;
 * they are sealed under the client's key, each with the words of its question.
 */
#ifndef UNKNOT_INTAKE_OWN_H
#define UNKNOT_INTAKE_OWN_H

#include "web/web.h"

void own_get(struct request *r);  /* GET  /bookings/{id}/own */
void own_post(struct request *r); /* POST /bookings/{id}/own (T12=…) */

/* Whether the therapist of a held booking asks something that has no answer yet; of one whose form is
 * answered again, something that is new since then or asked each time. */
bool own_waits(struct request *r, const char *booking);

/* For programs: doc, a JSON object, with what that therapist asks and where the answers go, if anything:
 * {…,"own":{"path","answered","questions":[{"id","kind","ask","hint","required","options"}]}}. An option is
 * answered by its number, from 1; for yes_no 1 is yes, 2 no. */
const char *own_told(struct request *r, const char *booking, const char *doc);

/* What was answered, for the therapist whose visit `id` is: [{"id","ask","answer"}]; "[]" when there is
 * nothing to read, "null" when it does not open; NULL without memory. `lead`: the booking that was answered
 * for. */
const char *own_for_therapist(struct request *r, const char *id, const char *lead);

/* The same of what was opened: without the questions that were left open. */
const char *own_answered(struct request *r, const char *plain);

#endif
