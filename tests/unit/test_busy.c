#define _GNU_SOURCE /* strptime, timegm */
/* Calendars of others as people's programs write them, and as nobody should. Spans are checked as UTC. */
#include "unit.h"

#include "booking/busy.h"

#include <libical/ical.h>
#include <time.h>

#define HEAD         "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n"
#define TAIL         "END:VCALENDAR\r\n"
#define EVENT(lines) "BEGIN:VEVENT\r\nUID:a@x\r\nDTSTAMP:20261101T000000Z\r\n" lines "END:VEVENT\r\n"

static int64_t at(const char *text)
{
    struct tm tm = {0};
    assert_non_null(strptime(text, "%Y-%m-%dT%H:%MZ", &tm));
    return (int64_t)timegm(&tm);
}

/* "2026-11-24T09:15Z/10:00Z …": the ends without a day are of the day of their start. */
static const char *spans(const struct busy *busy)
{
    static char out[4000];
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < busy->count; i++) {
        char from[40], to[40];
        struct tm a, b;
        time_t x = (time_t)busy->span[i].from, y = (time_t)busy->span[i].to;
        gmtime_r(&x, &a);
        gmtime_r(&y, &b);
        strftime(from, sizeof from, "%Y-%m-%dT%H:%MZ", &a);
        strftime(to, sizeof to, a.tm_yday == b.tm_yday ? "%H:%MZ" : "%Y-%m-%dT%H:%MZ", &b);
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%s/%s", i ? " " : "", from, to);
    }
    return out;
}

static const struct {
    const char *what, *text, *wanted;
} rows[] = {
    {"in UTC", EVENT("DTSTART:20261124T091500Z\r\nDTEND:20261124T100000Z\r\n"), "2026-11-24T09:15Z/10:00Z"},
    {"with a duration", EVENT("DTSTART:20261124T091500Z\r\nDURATION:PT1H30M\r\n"),
     "2026-11-24T09:15Z/10:45Z"},
    {"of no length", EVENT("DTSTART:20261124T091500Z\r\n"), ""},
    {"that ends before it starts", EVENT("DTSTART:20261124T091500Z\r\nDTEND:20261124T081500Z\r\n"), ""},
    {"in a zone of the system",
     EVENT("DTSTART;TZID=Europe/Berlin:20261124T100000\r\nDTEND;TZID=Europe/Berlin:20261124T110000\r\n"),
     "2026-11-24T09:00Z/10:00Z"},
    {"in no zone: the place's", EVENT("DTSTART:20261124T100000\r\nDTEND:20261124T110000\r\n"),
     "2026-11-24T16:00Z/17:00Z"},
    {"in a zone of its own file",
     "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+"
     "0300\r\nTZOFFSETTO:+0300\r\n"
     "END:STANDARD\r\nEND:VTIMEZONE\r\n" EVENT(
         "DTSTART;TZID=Ours:20261124T100000\r\nDTEND;TZID=Ours:20261124T110000\r\n"),
     "2026-11-24T07:00Z/08:00Z"},
    {"a whole day is the place's", EVENT("DTSTART;VALUE=DATE:20261124\r\nDTEND;VALUE=DATE:20261125\r\n"),
     "2026-11-24T06:00Z/2026-11-25T06:00Z"},
    {"a whole day without an end", EVENT("DTSTART;VALUE=DATE:20261124\r\n"),
     "2026-11-24T06:00Z/2026-11-25T06:00Z"},
    {"days over the end of summer time",
     EVENT("DTSTART;VALUE=DATE:20261031\r\nDTEND;VALUE=DATE:20261102\r\n"),
     "2026-10-31T05:00Z/2026-11-02T06:00Z"},
    {"free, cancelled, and free as Outlook says it",
     EVENT("DTSTART:20261124T091500Z\r\nDTEND:20261124T100000Z\r\nTRANSP:TRANSPARENT\r\n")
         EVENT("DTSTART:20261125T091500Z\r\nDTEND:20261125T100000Z\r\nSTATUS:CANCELLED\r\n") EVENT(
             "DTSTART:20261126T091500Z\r\nDTEND:20261126T100000Z\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n")
             EVENT("DTSTART:20261127T091500Z\r\nDTEND:20261127T100000Z\r\nTRANSP:OPAQUE\r\nSTATUS:"
                   "TENTATIVE\r\n"),
     "2026-11-27T09:15Z/10:00Z"},
    {"weekly over the end of summer time: the wall clock stays",
     EVENT("DTSTART;TZID=America/Chicago:20261023T090000\r\nDTEND;TZID=America/"
           "Chicago:20261023T100000\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n"),
     "2026-10-23T14:00Z/15:00Z 2026-10-30T14:00Z/15:00Z 2026-11-06T15:00Z/16:00Z"},
    {"a series with an exception, a changed visit and a dropped one",
     EVENT("DTSTART:20261102T090000Z\r\nDTEND:20261102T100000Z\r\nRRULE:FREQ=DAILY;UNTIL="
           "20261106T090000Z\r\nEXDATE:20261103T090000Z\r\n")
         EVENT("RECURRENCE-ID:20261104T090000Z\r\nDTSTART:20261104T150000Z\r\nDTEND:20261104T160000Z\r\n")
             EVENT("RECURRENCE-ID:20261105T090000Z\r\nDTSTART:20261105T090000Z\r\nDTEND:"
                   "20261105T100000Z\r\nSTATUS:CANCELLED\r\n"),
     "2026-11-02T09:00Z/10:00Z 2026-11-04T15:00Z/16:00Z 2026-11-06T09:00Z/10:00Z"},
    {"with a date more",
     EVENT("DTSTART:20261102T090000Z\r\nDTEND:20261102T100000Z\r\nRDATE:20261105T090000Z\r\n"),
     "2026-11-02T09:00Z/10:00Z 2026-11-05T09:00Z/10:00Z"},
    {"with two dates more and an exception that is one of them",
     EVENT("DTSTART:20261102T090000Z\r\nDTEND:20261102T100000Z\r\nEXDATE:20261104T150000Z\r\nRDATE:"
           "20261104T150000Z\r\nRDATE:20261105T090000Z\r\n"),
     "2026-11-02T09:00Z/10:00Z 2026-11-05T09:00Z/10:00Z"},
    {"a series that began long ago",
     EVENT("DTSTART:20100105T090000Z\r\nDTEND:20100105T100000Z\r\nRRULE:FREQ=MONTHLY;BYDAY=1TU\r\n"),
     "2026-10-06T09:00Z/10:00Z 2026-11-03T09:00Z/10:00Z 2026-12-01T09:00Z/10:00Z"},
    {"what overlaps is one",
     EVENT("DTSTART:20261124T090000Z\r\nDTEND:20261124T100000Z\r\n")
         EVENT("DTSTART:20261124T093000Z\r\nDTEND:20261124T110000Z\r\n")
             EVENT("DTSTART:20261124T110000Z\r\nDTEND:20261124T113000Z\r\n"),
     "2026-11-24T09:00Z/11:30Z"},
    {"cut to what is asked for", EVENT("DTSTART:20260901T090000Z\r\nDTEND:20261002T100000Z\r\n"),
     "2026-10-01T00:00Z/2026-10-02T10:00Z"},
    {"busy times",
     "BEGIN:VFREEBUSY\r\nUID:f\r\nDTSTAMP:20261101T000000Z\r\nFREEBUSY;FBTYPE=BUSY:20261124T090000Z/"
     "20261124T100000Z\r\n"
     "FREEBUSY;FBTYPE=FREE:20261125T090000Z/20261125T100000Z\r\nFREEBUSY:20261126T090000Z/"
     "PT2H\r\nEND:VFREEBUSY\r\n",
     "2026-11-24T09:00Z/10:00Z 2026-11-26T09:00Z/11:00Z"},
    {"nothing in it", "", ""},
};

static const char *read_one(const char *body, struct busy *busy)
{
    static char text[60000];
    snprintf(text, sizeof text, HEAD "%s" TAIL, body);
    return busy_read(str_of(text), "America/Chicago", at("2026-10-01T00:00Z"), at("2026-12-31T00:00Z"), busy);
}

static void what_people_have(void **state)
{
    static struct busy busy;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (read_one(rows[i].text, &busy) || strcmp(spans(&busy), rows[i].wanted) != 0)
            fail_msg("%s: %s, not %s", rows[i].what, spans(&busy), rows[i].wanted);
    }
}

static void what_nobody_has(void **state)
{
    static struct busy busy;
    static const char *const rules[] = {"FREQ=SECONDLY", "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
                                        "FREQ=HOURLY;INTERVAL=1"};
    static const char *const none[] = {"", "<html>", "BEGIN:VCARD\r\nEND:VCARD\r\n", "begin",
                                       "BEGIN:VCALENDAR\xff\r\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(rules); i++) {
        char body[300];
        snprintf(body, sizeof body,
                 EVENT("DTSTART:19700102T000000Z\r\nDTEND:19700102T000100Z\r\nRRULE:%s\r\n"), rules[i]);
        const char *problem = read_one(body, &busy);
        check_row(problem && strcmp(problem, "too-complex") == 0, i);
    }
    for (size_t i = 0; i < COUNT(none); i++) {
        const char *problem = busy_read(str_of(none[i]), "UTC", 0, 1, &busy);
        check_row(problem && strcmp(problem, "no-calendar") == 0, i);
    }
    /* digits that are no date are no reason to reckon for minutes */
    assert_null(read_one(
        EVENT("DTSTART:20261105T0900090000Z\r\nDTEND:2026110109T170000Z\r\nRDATE:2026110109T170000Z\r\n")
            EVENT(
                "RECURRENCE-ID:2026110109T170000Z\r\nDTSTART:20261105T090000Z\r\nDTEND:20261105T100000Z\r\n"),
        &busy));
    assert_string_equal(spans(&busy), "2026-11-05T09:00Z/10:00Z");
    /* a rule that never holds ends all the same */
    assert_null(read_one(EVENT("DTSTART:20261102T090000Z\r\nDTEND:20261102T100000Z\r\nRRULE:FREQ=YEARLY;"
                               "BYMONTH=2;BYMONTHDAY=30\r\n"),
                         &busy));
}

static void the_cage_says_the_same(void **state)
{
    static struct busy busy;
    const char *text = HEAD EVENT("DTSTART:20261124T091500Z\r\nDTEND:20261124T100000Z\r\n") TAIL;
    (void)state;
    assert_null(
        busy_read_caged(str_of(text), "UTC", at("2026-10-01T00:00Z"), at("2026-12-31T00:00Z"), &busy));
    assert_string_equal(spans(&busy), "2026-11-24T09:15Z/10:00Z");
    assert_string_equal(busy_read_caged(STR("x"), "UTC", 0, 1, &busy), "no-calendar");
    /* a day of repetitions for years, many times over */
    struct buf many = {.max = 4 << 20};
    buf_puts(&many, HEAD);
    for (int i = 0; i < 9000; i++)
        buf_puts(&many, EVENT("DTSTART:19500102T000000Z\r\nDTEND:19500102T000100Z\r\nRRULE:FREQ=DAILY\r\n"));
    buf_puts(&many, TAIL);
    assert_string_equal(busy_read_caged((struct str){many.p, many.n}, "UTC", at("2026-10-01T00:00Z"),
                                        at("2026-12-31T00:00Z"), &busy),
                        "too-complex");
    buf_free(&many);
}

static int down(void **state)
{
    (void)state;
    icaltimezone_free_builtin_timezones();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_people_have), cmocka_unit_test(what_nobody_has),
                                       cmocka_unit_test(the_cage_says_the_same)};
    return cmocka_run_group_tests_name("busy", tests, NULL, down);
}
