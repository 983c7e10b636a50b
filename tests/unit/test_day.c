#include "unit.h"

#include "core/day.h"

static void days(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t day;
    } good[] = {{"2000-01-01", 10957}, {"2000-02-29", 11016}, {"2026-11-21", 20778},
                {"2024-12-31", 20088}, {"2100-03-01", 47541}, {"2199-12-31", 84005}};
    static const char *const bad[] = {"",           "2026-11-2",  "2026-11-211", "2026-02-29", "2100-02-29",
                                      "2026-04-31", "2026-00-10", "2026-13-01",  "2026-01-00", "2026-01-32",
                                      "1999-12-31", "2200-01-01", "2026/01/01",  "20260101",   "2026-1-001",
                                      " 026-01-01", "2026-+1-01", "2026-01--1",  "2026-0a-01", "2026-01-01 "};
    for (size_t i = 0; i < COUNT(good); i++) {
        int32_t day = 0;
        char again[11];
        check_row(day_read(str_of(good[i].text), &day) && day == good[i].day, i);
        day_write(day, again);
        assert_string_equal(again, good[i].text);
    }
    char said[13];
    day_say(20778, false, said);
    assert_string_equal(said, "21 Nov 2026");
    day_say(47541, false, said);
    assert_string_equal(said, "1 Mar 2100");
    day_say(20778, true, said);
    assert_string_equal(said, "Nov 21, 2026");
    day_say(47541, true, said);
    assert_string_equal(said, "Mar 1, 2100");
    int32_t kept = 7;
    for (size_t i = 0; i < COUNT(bad); i++)
        check_row(!day_read(str_of(bad[i]), &kept) && kept == 7, i);
}

/* One day after another for 200 years: written, read, always one more. */
static void every_day(void **state)
{
    (void)state;
    for (int32_t day = 10957; day <= 84005; day++) {
        char text[11];
        int32_t back = 0;
        day_write(day, text);
        if (!day_read(str_of(text), &back) || back != day)
            fail_msg("day %d is written %s and read %d", day, text, back);
    }
}

static void instants(void **state)
{
    (void)state;
    static const char *const good[] = {"2026-11-24T09:15:00Z",      "2026-11-24T00:00:00Z",
                                       "2026-11-24T23:59:59Z",      "2028-02-29T09:15:00+02:00",
                                       "2026-11-24T09:15:00.5Z",    "2026-11-24T09:15:00.123456-08:00",
                                       "2026-11-24T09:15:00-00:00", "2026-11-24T09:15:00.000+14:00"};
    static const char *const bad[] = {"",
                                      "now",
                                      "tomorrow",
                                      "2026-11-24",
                                      "2026-11-24T09:15:00",
                                      "2026-11-24T09:15Z",
                                      "2026-11-24 09:15:00Z",
                                      "2026-11-24T24:00:00Z",
                                      "2026-11-24T09:60:00Z",
                                      "2026-11-24T09:15:60Z",
                                      "2026-02-29T09:15:00Z",
                                      "2026-11-24T09:15:00.Z",
                                      "2026-11-24T09:15:00.1234567Z",
                                      "2026-11-24T09:15:00.",
                                      "2026-11-24T09:15:00z",
                                      "2026-11-24t09:15:00Z",
                                      "2026-11-24T09:15:00ZZ",
                                      "2026-11-24T-0:15:00Z",
                                      "2026-11-24T09:-0:00Z",
                                      "2026-11-24T09:15:00+-0:00",
                                      "2026-11-24T09:15:00+2:00",
                                      "2026-11-24T09:15:00+0200",
                                      "2026-11-24T09:15:00+15:00",
                                      "2026-11-24T09:15:00+02:60",
                                      "2026-11-24T09:15:00+02:00 ",
                                      "2026-11-24T09:15:00 America/New_York",
                                      "infinity-infinity-infinity"};
    for (size_t i = 0; i < COUNT(good); i++)
        check_row(instant_valid(str_of(good[i])), i);
    for (size_t i = 0; i < COUNT(bad); i++)
        check_row(!instant_valid(str_of(bad[i])), i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(days), cmocka_unit_test(every_day),
                                       cmocka_unit_test(instants)};
    return cmocka_run_group_tests_name("day", tests, NULL, NULL);
}
