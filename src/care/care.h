/*
 * Care: what a therapist writes down about a visit. Everything said here about a person's health is sealed
 * before it reaches the database and opened for one page.
 */
#ifndef UNKNOT_CARE_CARE_H
#define UNKNOT_CARE_CARE_H

#include "web/web.h"

void care_note_get(struct request *r);  /* GET  /practice/bookings/{id}/note; ?correct=1: its form again */
void care_note_post(struct request *r); /* POST: the first version, or a correction (after) */

#endif
