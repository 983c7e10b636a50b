/* The way of a booking. The same moves stand in sql/functions/40_booking.sql (booking_may_move), which has
 * the last word. */
#ifndef UNKNOT_BOOKING_STATE_H
#define UNKNOT_BOOKING_STATE_H

#include <stdbool.h>

enum booking_state {
    HELD,
    REQUESTED, /* the therapist is asked */
    SUGGESTED, /* the client is asked: another time */
    CONFIRMED,
    ATTENDED,
    NO_SHOW,
    CANCELLED,
    DECLINED,
    EXPIRED,
    BOOKING_STATES
};

const char *booking_state_name(enum booking_state s);             /* as in the database and in JSON */
bool booking_state_read(const char *name, enum booking_state *s); /* false: no such state (or NULL) */

bool booking_may_move(enum booking_state from, enum booking_state to);
/* The one way to change a state; false, and *s as it was, when the move is not allowed. */
bool booking_move(enum booking_state *s, enum booking_state to);

#endif
