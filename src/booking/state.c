#include "booking/state.h"

#include <stddef.h>
#include <string.h>

static const char *const names[BOOKING_STATES] = {
    [HELD] = "held",           [REQUESTED] = "requested", [SUGGESTED] = "suggested",
    [CONFIRMED] = "confirmed", [ATTENDED] = "attended",   [NO_SHOW] = "no_show",
    [CANCELLED] = "cancelled", [DECLINED] = "declined",   [EXPIRED] = "expired",
};

const char *booking_state_name(enum booking_state s)
{
    return names[s];
}

bool booking_state_read(const char *name, enum booking_state *s)
{
    for (enum booking_state i = 0; name && i < BOOKING_STATES; i++) {
        if (strcmp(names[i], name) == 0) {
            *s = i;
            return true;
        }
    }
    return false;
}

bool booking_may_move(enum booking_state from, enum booking_state to)
{
    switch (from) {
    case HELD:
        return to == REQUESTED || to == CONFIRMED || to == CANCELLED || to == EXPIRED;
    case REQUESTED:
        return to == HELD || to == SUGGESTED || to == CONFIRMED || to == CANCELLED || to == DECLINED ||
               to == EXPIRED;
    case SUGGESTED:
        return to == CONFIRMED || to == CANCELLED || to == DECLINED || to == EXPIRED;
    case CONFIRMED:
        return to == HELD || to == ATTENDED || to == NO_SHOW || to == CANCELLED;
    case ATTENDED:
    case NO_SHOW:
        return to == CONFIRMED; /* noted by mistake */
    case CANCELLED:
    case DECLINED:
    case EXPIRED:
    case BOOKING_STATES:
        break;
    }
    return false;
}

bool booking_move(enum booking_state *s, enum booking_state to)
{
    if (!booking_may_move(*s, to))
        return false;
    *s = to;
    return true;
}
