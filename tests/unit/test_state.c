/* The moves of a booking; tests/sql/booking.sql holds the database to the same table. */
#include "unit.h"

#include "booking/state.h"

static const bool may[BOOKING_STATES][BOOKING_STATES] = {
    [HELD] = {[REQUESTED] = true, [CONFIRMED] = true, [CANCELLED] = true, [EXPIRED] = true},
    [REQUESTED] = {[HELD] = true,
                   [SUGGESTED] = true,
                   [CONFIRMED] = true,
                   [CANCELLED] = true,
                   [DECLINED] = true,
                   [EXPIRED] = true},
    [SUGGESTED] = {[CONFIRMED] = true, [CANCELLED] = true, [DECLINED] = true, [EXPIRED] = true},
    [CONFIRMED] = {[HELD] = true, [ATTENDED] = true, [NO_SHOW] = true, [CANCELLED] = true},
    [ATTENDED] = {[CONFIRMED] = true},
    [NO_SHOW] = {[CONFIRMED] = true},
};

static void moves(void **state)
{
    (void)state;
    for (enum booking_state from = 0; from < BOOKING_STATES; from++) {
        for (enum booking_state to = 0; to < BOOKING_STATES; to++) {
            enum booking_state s = from;
            check_row(booking_may_move(from, to) == may[from][to], from * 10 + to);
            check_row(booking_move(&s, to) == may[from][to], from * 10 + to);
            check_row(s == (may[from][to] ? to : from), from * 10 + to);
        }
    }
}

static void names(void **state)
{
    (void)state;
    static const char *const all[] = {"held",    "requested", "suggested", "confirmed", "attended",
                                      "no_show", "cancelled", "declined",  "expired"};
    assert_int_equal(COUNT(all), BOOKING_STATES);
    for (enum booking_state s = 0; s < BOOKING_STATES; s++) {
        enum booking_state read = BOOKING_STATES;
        assert_string_equal(booking_state_name(s), all[s]);
        assert_true(booking_state_read(all[s], &read));
        assert_int_equal(read, s);
    }
    enum booking_state kept = ATTENDED;
    assert_false(booking_state_read("Held", &kept));
    assert_false(booking_state_read("", &kept));
    assert_false(booking_state_read(NULL, &kept));
    assert_int_equal(kept, ATTENDED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(moves), cmocka_unit_test(names)};
    return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
