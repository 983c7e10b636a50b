/* Whose address counts as one for the limits of holding: that of a house, however much of it a device may
 * choose. */
#include "booking/booking.h"
#include "request.h"

#include <sodium.h>

/* The address as the limits see it. */
static const char *seen_from(struct fake *f, const char *client)
{
    struct request *r = &f->x.r;
    r->client = client;
    assert_non_null(state_of(r));
    const char *address = json_member(r->arena, booking_origin(r), "address");
    assert_non_null(address);
    return address;
}

static void a_house_is_one(void **state)
{
    static const struct {
        const char *one, *other;
        bool same;
    } rows[] = {
        {"192.0.2.7", "192.0.2.7", true},
        {"192.0.2.7", "192.0.2.8", false},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::9", true},
        {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
        {"2001:db8::a:b:c:d", "2001:db8::e:f:1:2", true}, /* zeros among the first four groups */
        {"2001:db8::1", "2001:DB8:0:0:5:6:7:8", true},
        {"2001:db8:0:1::1", "2001:db8::1", false},
        {"::ffff:192.0.2.7", "192.0.2.7", true},
        {"local", "192.0.2.7", false},
    };
    struct fake f;
    (void)state;
    struct request *r = fake_request(&f, HTTP_POST);
    assert_true(sodium_init() >= 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *one = seen_from(&f, rows[i].one);
        check_row((strcmp(one, seen_from(&f, rows[i].other)) == 0) == rows[i].same, i);
    }
    arena_free(r->arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_house_is_one)};
    return cmocka_run_group_tests_name("origin", tests, NULL, NULL);
}
