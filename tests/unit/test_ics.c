/* iCalendar text: read back by a reader of its own, which unfolds and unescapes as RFC 5545 says, and by
 * libical, which did not write it. */
#include "unit.h"

#include "booking/ics.h"
#include "core/json.h"

#include <libical/ical.h>

static struct arena *arena;

static const char zone[] =
    "{\"id\":\"America/Chicago\",\"turns\":["
    "{\"at\":\"20251101T000000\",\"from\":\"-0500\",\"to\":\"-0500\",\"name\":\"CDT\",\"daylight\":true},"
    "{\"at\":\"20251102T020000\",\"from\":\"-0500\",\"to\":\"-0600\",\"name\":\"CST\",\"daylight\":false},"
    "{\"at\":\"20260308T020000\",\"from\":\"-0600\",\"to\":\"-0500\",\"name\":\"CDT\",\"daylight\":true},"
    "{\"at\":\"20261101T020000\",\"from\":\"-0500\",\"to\":\"-0600\",\"name\":\"CST\",\"daylight\":false}]}";

struct event {
    const char *uid, *start, *local_start, *zone, *summary, *sequence;
    bool cancelled;
};
static const struct event plain = {.uid = "1",
                                   .start = "2026-11-24T15:15:00Z",
                                   .local_start = "20261124T091500",
                                   .zone = "America/Chicago",
                                   .summary = "Massage with Ana",
                                   .sequence = "0"};

/* The document of one event, as PostgreSQL would make it. */
static const char *document(const struct event *e, const char *zones)
{
    struct buf b = {.max = 16000};
    struct json_writer w = {.out = &b};
    json_open(&w, NULL, '{');
    json_open(&w, "events", '[');
    json_open(&w, NULL, '{');
    json_put(&w, "uid", e->uid);
    json_put(&w, "stamp", "2026-11-21T02:53:54Z");
    json_put(&w, "start", e->start);
    json_put(&w, "end", "2026-11-24T16:00:00Z");
    json_put(&w, "zone", e->zone);
    json_put(&w, "local_start", e->local_start);
    json_put(&w, "local_end", "20261124T100000");
    json_put(&w, "summary", e->summary);
    json_put(&w, "location", "12 Long Lane");
    json_put(&w, "description", "Reference ABCD-EFGH");
    json_put_bool(&w, "cancelled", e->cancelled);
    json_put_raw(&w, "sequence", e->sequence);
    json_close(&w, '}');
    json_close(&w, ']');
    json_put_raw(&w, "zones", zones);
    json_close(&w, '}');
    const char *text = arena_strndup(arena, b.p, b.n);
    buf_free(&b);
    return text;
}

static const char *zones(void)
{
    return arena_printf(arena, "[%s]", zone);
}

static const struct ics_how publish = {.method = "PUBLISH", .host = "example.org"};

/* The text, in the arena; NULL when it was refused. */
static const char *write_as(const struct event *e, const char *in, const struct ics_how *how)
{
    struct buf out = {.max = 16000};
    const char *text =
        ics_write(document(e, in), how, arena, &out) ? arena_strndup(arena, out.p, out.n) : NULL;
    buf_free(&out);
    return text;
}

static void whole(void **state)
{
    (void)state;
    assert_string_equal(write_as(&plain, "[]", &publish),
                        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//unknot//booking//EN\r\n"
                        "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\nUID:1@example.org\r\n"
                        "DTSTAMP:20261121T025354Z\r\nDTSTART:20261124T151500Z\r\nDTEND:20261124T160000Z\r\n"
                        "SUMMARY:Massage with Ana\r\nLOCATION:12 Long Lane\r\n"
                        "DESCRIPTION:Reference ABCD-EFGH\r\nSTATUS:CONFIRMED\r\nSEQUENCE:0\r\n"
                        "END:VEVENT\r\nEND:VCALENDAR\r\n");
}

/* Another library finds the same instant by our VTIMEZONE alone, and all that an invitation needs. */
static void read_by_libical(void **state)
{
    const struct ics_how invite = {.method = "REQUEST",
                                   .host = "[::1]:8080",
                                   .organizer = "desk@unknot.example",
                                   .attendee =
                                       "a-very-long-name-of-somebody-who-books-a-visit@mail.example.org"};
    struct event moved = plain;
    (void)state;
    moved.sequence = "3";
    const char *text = write_as(&moved, zones(), &invite);
    assert_non_null(text);
    assert_non_null(strstr(text, "BEGIN:DAYLIGHT\r\nDTSTART:20260308T020000\r\nTZOFFSETFROM:-0600"));
    assert_non_null(strstr(text, "BEGIN:STANDARD\r\nDTSTART:20261101T020000\r\nTZOFFSETFROM:-0500"));
    icalcomponent *calendar = icalparser_parse_string(text);
    assert_non_null(calendar);
    assert_int_equal(icalcomponent_count_errors(calendar), 0);
    assert_true(icalrestriction_check(calendar));
    assert_int_equal(icalcomponent_get_method(calendar), ICAL_METHOD_REQUEST);
    icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    icaltimezone *tz = icalcomponent_get_timezone(calendar, "America/Chicago");
    assert_non_null(tz);
    icalproperty *p = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);
    struct icaltimetype start = icalproperty_get_dtstart(p);
    assert_int_equal(icaltime_as_timet_with_zone(start, tz), 1795533300); /* 2026-11-24T15:15:00Z */
    assert_int_equal(icalcomponent_get_sequence(event), 3);
    assert_string_equal(icalcomponent_get_uid(event), "1@[::1]:8080");
    p = icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY);
    assert_string_equal(icalproperty_get_attendee(p),
                        "mailto:a-very-long-name-of-somebody-who-books-a-visit@mail.example.org");
    icalcomponent_free(calendar);
}

static void a_cancelled_one(void **state)
{
    struct event gone = plain;
    (void)state;
    gone.cancelled = true;
    gone.sequence = "1";
    assert_non_null(strstr(write_as(&gone, "[]", &publish), "STATUS:CANCELLED\r\nSEQUENCE:1\r\n"));
}

/* The value of SUMMARY, unfolded and unescaped, into `out`; every physical line checked on the way. */
static void summary_back(const char *ics, char *out, size_t cap)
{
    char unfolded[4000];
    size_t n = 0;
    for (const char *line = ics; *line;) {
        const char *end = strstr(line, "\r\n");
        assert_non_null(end);
        size_t length = (size_t)(end - line);
        if (length > 75)
            fail_msg("a line of %zu octets", length);
        assert_true(text_is_utf8((struct str){line, length}));
        assert_null(memchr(line, '\n', length));
        bool folded = line[0] == ' ';
        assert_true(n + length + 2 < sizeof unfolded);
        if (!folded && n)
            unfolded[n++] = '\n';
        memcpy(unfolded + n, line + folded, length - folded);
        n += length - folded;
        line = end + 2;
    }
    unfolded[n] = '\0';
    const char *at = strstr(unfolded, "\nSUMMARY:");
    assert_non_null(at);
    size_t k = 0;
    for (at += 9; *at && *at != '\n'; at++) {
        assert_true(k + 1 < cap);
        if (*at == '\\') {
            at++;
            assert_non_null(strchr("\\;,n", *at));
            out[k++] = *at == 'n' ? '\n' : *at;
        } else {
            assert_null(strchr(";,", *at));
            out[k++] = *at;
        }
    }
    out[k] = '\0';
}

static void summaries(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"a,b;c\\d", NULL},
        {"two\nlines", NULL},
        {"two\r\nlines", "two\nlines"},
        {"bell\a and tab\t", "bell and tab"},
        {"", NULL},
        {"exactly sixty-seven octets fill the first line to its very last one", NULL},
        {"exactly sixty-eight octets: the last one begins the second line at x", NULL},
        {"Über ëéßøå Über ëéßøå Über ëéßøå Über ëéßøå Über ëéßøå Über ëéßøå Über ëéßøå", NULL},
        {"背中の痛み背中の痛み背中の痛み背中の痛み背中の痛み背中の痛み背中の痛み背中の痛み", NULL},
        {"x背中の痛み背中の痛み背中の痛み背中の痛み背中の痛み背中の痛み背中の痛み背中の痛み", NULL},
        {"🧘🧘🧘🧘🧘🧘🧘🧘🧘🧘🧘🧘🧘🧘🧘🧘🧘🧘🧘🧘🧘🧘🧘🧘",
         NULL},
        {",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,", NULL},
        {"END:VEVENT\nBEGIN:VEVENT\nATTENDEE:mailto:x@example.org", NULL},
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct event e = plain;
        char back[1000] = "";
        e.summary = texts[i][0];
        const char *text = write_as(&e, zones(), &publish);
        check_row(text != NULL, i);
        if (!*e.summary) { /* nothing to say: no line */
            assert_null(strstr(text, "SUMMARY"));
            continue;
        }
        summary_back(text, back, sizeof back);
        assert_string_equal(back, texts[i][1] ? texts[i][1] : texts[i][0]);
    }
}

static void what_is_refused(void **state)
{
    static const char *const starts[] = {
        "",    "2026-11-24T09:15:00+00:00", "2026-11-24T09:15:00.5Z",      "2026-11-24",
        "now", "2026-02-30T09:15:00Z",      "2026-11-24T09:15:00Z\r\nX:1", NULL};
    static const char *const locals[] = {"", "20261124T0915", "20261124T091500Z", "20261124\r\nX:1234", NULL};
    static const char *const addresses[] = {"a@b.c\r\nX:1", "a b@c.d", "a@b.c\n", "", "a@b.c;X=1", "\"@x"};
    static const char *const odd_zones[] = {
        "[{\"id\":\"America/Chicago\",\"turns\":[]}]", "[{\"id\":\"A\\r\\nX:1\",\"turns\":[]}]",
        "[{\"id\":\"A;B:C\",\"turns\":[{\"at\":\"20251102T020000\",\"from\":\"-0500\",\"to\":\"-0600\"}]}]",
        "[{\"id\":\"A\",\"turns\":[{\"at\":\"20251102T020000\",\"from\":\"-5\",\"to\":\"-0600\"}]}]"};
    (void)state;
    for (size_t i = 0; i < COUNT(starts); i++) {
        struct event e = plain;
        e.start = starts[i];
        check_row(!write_as(&e, "[]", &publish), i);
    }
    for (size_t i = 0; i < COUNT(locals); i++) {
        struct event e = plain;
        e.local_start = locals[i];
        check_row(!write_as(&e, zones(), &publish), i);
    }
    for (size_t i = 0; i < COUNT(addresses); i++) {
        struct ics_how how = publish;
        how.attendee = addresses[i];
        check_row(!write_as(&plain, "[]", &how), i);
    }
    for (size_t i = 0; i < COUNT(odd_zones); i++)
        check_row(!write_as(&plain, odd_zones[i], &publish), i);
    struct buf small = {.max = 100};
    assert_false(ics_write(document(&plain, "[]"), &publish, arena, &small));
    assert_false(ics_write("{", &publish, arena, &small));
    assert_false(ics_write(NULL, &publish, arena, &small));
    buf_free(&small);
}

static int up(void **state)
{
    (void)state;
    arena = arena_new(8 << 20);
    return arena == NULL;
}

static int down(void **state)
{
    (void)state;
    arena_free(arena);
    icaltimezone_free_builtin_timezones();
    icalmemory_free_ring();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole), cmocka_unit_test(read_by_libical),
                                       cmocka_unit_test(a_cancelled_one), cmocka_unit_test(summaries),
                                       cmocka_unit_test(what_is_refused)};
    return cmocka_run_group_tests_name("ics", tests, up, down);
}
