/* iCalendar text: read back by a reader of its own, which unfolds and unescapes as RFC 5545 says. */
#include "unit.h"

#include "booking/ics.h"

static const struct ics_event plain = {.uid = "1@example.org",
                                       .stamp = "2026-11-21T02:53:54Z",
                                       .start = "2026-11-24T09:15:00Z",
                                       .end = "2026-11-24T10:00:00Z",
                                       .summary = "Massage with Ana",
                                       .location = "12 Long Lane",
                                       .description = "Reference ABCD-EFGH"};

static void whole(void **state)
{
    (void)state;
    struct buf out = {.max = 4096};
    assert_true(ics_write(&plain, &out));
    assert_string_equal(out.p,
                        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//unknot//booking//EN\r\n"
                        "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\nUID:1@example.org\r\n"
                        "DTSTAMP:20261121T025354Z\r\nDTSTART:20261124T091500Z\r\nDTEND:20261124T100000Z\r\n"
                        "SUMMARY:Massage with Ana\r\nLOCATION:12 Long Lane\r\n"
                        "DESCRIPTION:Reference ABCD-EFGH\r\nSTATUS:CONFIRMED\r\nSEQUENCE:0\r\n"
                        "END:VEVENT\r\nEND:VCALENDAR\r\n");
    buf_free(&out);
    struct ics_event gone = plain;
    gone.cancelled = true;
    gone.description = NULL;
    struct buf again = {.max = 4096};
    assert_true(ics_write(&gone, &again));
    assert_non_null(strstr(again.p, "STATUS:CANCELLED\r\nSEQUENCE:1\r\n"));
    assert_null(strstr(again.p, "DESCRIPTION"));
    buf_free(&again);
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
        struct ics_event e = plain;
        struct buf out = {.max = 8000};
        char back[1000];
        e.summary = texts[i][0];
        check_row(ics_write(&e, &out), i);
        summary_back(out.p, back, sizeof back);
        assert_string_equal(back, texts[i][1] ? texts[i][1] : texts[i][0]);
        buf_free(&out);
    }
}

static void times(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",    "2026-11-24T09:15:00+00:00", "2026-11-24T09:15:00.5Z",      "2026-11-24",
        "now", "2026-02-30T09:15:00Z",      "2026-11-24T09:15:00Z\r\nX:1", NULL};
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct ics_event e = plain;
        struct buf out = {.max = 8000};
        e.start = bad[i];
        check_row(!ics_write(&e, &out), i);
        buf_free(&out);
    }
    struct buf small = {.max = 100};
    assert_false(ics_write(&plain, &small));
    buf_free(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole), cmocka_unit_test(summaries),
                                       cmocka_unit_test(times)};
    return cmocka_run_group_tests_name("ics", tests, NULL, NULL);
}
