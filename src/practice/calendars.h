/* The therapist's calendars: those elsewhere that are read for busy times, and the address of the own one. */
#ifndef UNKNOT_PRACTICE_CALENDARS_H
#define UNKNOT_PRACTICE_CALENDARS_H

#include "web/web.h"

void practice_calendars_get(struct request *r);      /* GET  /practice/calendars */
void practice_calendars_post(struct request *r);     /* POST /practice/calendars (name, url) */
void practice_calendar_post(struct request *r);      /* POST /practice/calendars/{id} (act: remove, now) */
void practice_calendar_feed_post(struct request *r); /* POST /practice/calendar-feed (act) */

#endif
