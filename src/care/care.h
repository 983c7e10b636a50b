/*
 * Care: what a therapist writes down about a visit. Everything said here about a person's health is sealed
 * before it reaches the database and opened for one page.
 */
#ifndef UNKNOT_CARE_CARE_H
#define UNKNOT_CARE_CARE_H

#include "web/web.h"

void care_note_get(struct request *r);  /* GET  /practice/bookings/{id}/note; ?correct=1: its form again */
void care_note_post(struct request *r); /* POST: the first version, or a correction (after) */

void care_plan_get(struct request *r);   /* GET  /practice/bookings/{id}/plan: suggestions for home */
void care_plan_post(struct request *r);  /* POST: save, or withdraw (act) */
void care_places_get(struct request *r); /* GET /practice/plans: where such plans may be given */
void care_places_post(struct request *r);
void care_before_get(
    struct request *r); /* GET  /practice/bookings/{id}/intake: all that is known before it */
void care_question_post(struct request *r); /* POST /practice/bookings/{id}/questions (question) */
void care_answer_post(struct request *r);   /* POST /bookings/{id}/messages (message), as its client */
/* The page before the visit, with a question that was refused (f) or without. */
void care_before_draw(struct request *r, const char *id, struct form *f);

/* --- For clients/ */

struct json_writer;
/* Puts "note_kept", the newest version of the note of visit `id`, opened; where there is none, or it does not
 * open, only "lost": true. False after having replied. */
bool care_note_put(struct request *r, struct json_writer *w, const char *id);

/* --- For booking/ */

/* The document of a booking's page with what there is of care for its client, opened: {…,"plan":{…}}. NULL
 * after having replied. */
const char *care_for_client(struct request *r, const char *id, const char *doc);

#endif
