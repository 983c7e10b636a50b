/* Several visits planned, held and booked as one (sql/functions/42_series.sql). The safety check, the names
 * and the last step are those of its first booking (booking.h, intake/). */
#ifndef UNKNOT_BOOKING_SERIES_H
#define UNKNOT_BOOKING_SERIES_H

#include "web/web.h"

void series_plan_get(
    struct request *r); /* GET  /therapists/{slug}/series (service, start, visits, weeks, review) */
void series_plan_post(
    struct request *r);              /* POST /therapists/{slug}/series: leads to the plan, changes nothing */
void series_post(struct request *r); /* POST /series (service, v1 … v13 or starts) */
void series_get(struct request *r);  /* GET  /bookings/{id}/series */
void series_calendar_get(struct request *r); /* GET  /bookings/{id}/series/calendar.ics */

#endif
