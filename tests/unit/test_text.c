#include "unit.h"

#include "core/text.h"

#include <float.h>

static void views(void **state)
{
    (void)state;
    assert_true(str_is(str_of(NULL), ""));
    assert_true(str_eq(STR("neck"), str_of("neck")));
    assert_false(str_eq(STR("neck"), STR("necks")));
    assert_false(str_eq(STR("neck"), STR("nect")));
    assert_true(str_eq((struct str){NULL, 0}, STR("")));
    assert_true(str_starts(STR("/therapists/ana"), "/therapists/"));
    assert_false(str_starts(STR("/the"), "/therapists/"));
    assert_true(str_starts(STR(""), ""));
    assert_true(str_is(str_trim(STR(" \t a b\t ")), "a b"));
    assert_true(str_is(str_trim(STR(" \t ")), ""));
    assert_true(str_is(str_trim(STR("\nx\n")), "\nx\n")); /* line ends are not blanks */
}

static void utf8(void **state)
{
    (void)state;
    static const char *const good[] = {"",
                                       "plain",
                                       "Zo\xC3\xAB",
                                       "\xE2\x82\xAC",
                                       "\xED\x9F\xBF",
                                       "\xEE\x80\x80",
                                       "\xF0\x90\x80\x80",
                                       "\xF4\x8F\xBF\xBF",
                                       "\xC2\x80",
                                       "\xE0\xA0\x80"};
    static const char *const bad[] = {"\x80",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xC3",
                                      "a\xC3",
                                      "\xE2\x82",
                                      "\xE0\x9F\xBF",
                                      "\xED\xA0\x80",
                                      "\xED\xBF\xBF",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF",
                                      "\xFE",
                                      "\xC3(",
                                      "\xE2(\xAC",
                                      "\xE2\x82(",
                                      "\xF0\x90\x80("};
    for (size_t i = 0; i < COUNT(good); i++)
        check_row(text_is_utf8(str_of(good[i])), i);
    for (size_t i = 0; i < COUNT(bad); i++)
        check_row(!text_is_utf8(str_of(bad[i])), i);
    assert_false(text_is_utf8(STR("a\0b")));
    assert_false(text_is_utf8((struct str){"\xE2\x82\xAC", 2})); /* cut by the end of the view */
}

static void whole_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0},       {"7", 7},         {"-7", -7},
                {"007", 7},     {"-0", 0},        {"9223372036854775807", INT64_MAX},
                {"1000", 1000}, {"-1000", -1000}, {"-9223372036854775808", INT64_MIN}};
    static const char *const bad[] = {"",
                                      "-",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "0x1",
                                      "1e3",
                                      "--1",
                                      "1-",
                                      "１",
                                      "abc",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999999999"};
    int64_t out = 0;
    for (size_t i = 0; i < COUNT(good); i++)
        check_row(text_int(str_of(good[i].text), INT64_MIN, INT64_MAX, &out) && out == good[i].value, i);
    out = 42;
    for (size_t i = 0; i < COUNT(bad); i++)
        check_row(!text_int(str_of(bad[i]), INT64_MIN, INT64_MAX, &out) && out == 42, i);
    assert_false(text_int(STR("0"), 1, 10, &out));
    assert_false(text_int(STR("11"), 1, 10, &out));
    assert_true(text_int(STR("10"), 1, 10, &out));
    assert_false(text_int(STR("1\0"), 1, 10, &out));
    assert_true(text_int((struct str){"123", 2}, 0, 99, &out) && out == 12);
}

static void decimal_numbers(void **state)
{
    (void)state;
    static const char *const bad[] = {"",   "-",  ".",  "1.",  ".5",    "1e3", "inf",      "nan", "0x10",
                                      " 1", "1 ", "+1", "1,5", "1.5.2", "-.5", "infinity", "1.5f"};
    double out = 0;
    assert_true(text_double(STR("40.7128"), -90, 90, &out) && out > 40.71279 && out < 40.71281);
    assert_true(text_double(STR("-0.5"), -90, 90, &out) && out > -0.51 && out < -0.49);
    assert_true(text_double(STR("90"), -90, 90, &out) && out > 89.9);
    assert_false(text_double(STR("90.0001"), -90, 90, &out));
    assert_true(out > 89.9 && out < 90.00005);
    for (size_t i = 0; i < COUNT(bad); i++)
        check_row(!text_double(str_of(bad[i]), -DBL_MAX, DBL_MAX, &out), i);
    char longest[80];
    memset(longest, '1', sizeof longest);
    assert_false(text_double((struct str){longest, sizeof longest}, -DBL_MAX, DBL_MAX, &out));
}

static void uuids(void **state)
{
    (void)state;
    assert_true(text_is_uuid(STR("0190b3a0-7c1e-7abc-8def-0123456789ab")));
    assert_true(text_is_uuid(STR("0190B3A0-7C1E-7ABC-8DEF-0123456789AB")));
    assert_false(text_is_uuid(STR("0190b3a0-7c1e-7abc-8def-0123456789a")));
    assert_false(text_is_uuid(STR("0190b3a0-7c1e-7abc-8def-0123456789abc")));
    assert_false(text_is_uuid(STR("0190b3a007c1e-7abc-8def-0123456789ab")));
    assert_false(text_is_uuid(STR("0190b3a0-7c1e-7abc-8def-0123456789ag")));
    assert_false(text_is_uuid(STR("{190b3a0-7c1e-7abc-8def-0123456789a}")));
    assert_false(text_is_uuid(STR("")));
}

static void base64(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *text;
    } pairs[] = {{"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"foob", "Zm9vYg"}, {"\xFB\xFF\xFE", "-__-"}};
    static const char *const bad[] = {"Z",     "Zg==",  "Zm8=", "Zh",           "Zm9", "Zm9v\n",
                                      " Zm9v", "Zm9v ", "+//+", "\xDC\x91\x30", "Zm.v"};
    char text[16];
    unsigned char bytes[16];
    for (size_t i = 0; i < COUNT(pairs); i++) {
        size_t n = strlen(pairs[i].bytes);
        const unsigned char *in = (const unsigned char *)pairs[i].bytes;
        check_row(text_base64(text, sizeof text, in, n) == strlen(pairs[i].text), i);
        assert_string_equal(text, pairs[i].text);
        check_row(text_unbase64(bytes, sizeof bytes, str_of(text)) == n, i);
        assert_memory_equal(bytes, in, n);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        check_row(text_unbase64(bytes, sizeof bytes, str_of(bad[i])) == 0, i);
    assert_int_equal(text_base64(text, 4, (const unsigned char *)"foo", 3), 0);
    assert_string_equal(text, "");
    assert_int_equal(text_base64(text, 5, (const unsigned char *)"foo", 3), 4);
    assert_int_equal(text_unbase64(bytes, 2, STR("Zm9v")), 0);
}

static void buffer_appends(void **state)
{
    (void)state;
    struct buf b = {.max = 1 << 20};
    buf_puts(&b, "");
    assert_string_equal(b.p, "");
    for (int i = 0; i < 3000; i++)
        buf_printf(&b, "%04d", i);
    assert_false(b.failed);
    assert_int_equal(b.n, 12000);
    assert_int_equal(strlen(b.p), 12000);
    assert_memory_equal(b.p + 4 * 2999, "2999", 4);
    char *kept = b.p;
    buf_reset(&b);
    assert_int_equal(b.n, 0);
    assert_string_equal(b.p, "");
    buf_putc(&b, 'x');
    assert_ptr_equal(b.p, kept);
    buf_free(&b);
    assert_null(b.p);
    buf_puts(&b, "used again");
    assert_string_equal(b.p, "used again");
    buf_free(&b);
}

static void buffer_keeps_its_cap(void **state)
{
    (void)state;
    struct buf b = {.max = 10};
    buf_puts(&b, "0123456789");
    assert_false(b.failed);
    buf_put(&b, "", 0);
    assert_false(b.failed);
    buf_putc(&b, 'x');
    assert_true(b.failed);
    assert_string_equal(b.p, "0123456789");
    buf_reset(&b);
    buf_puts(&b, "01234");
    buf_printf(&b, "%s", "567890");
    assert_true(b.failed);
    buf_putc(&b, 'x'); /* would fit, but what came before is missing */
    assert_string_equal(b.p, "01234");
    buf_free(&b);
    struct buf none = {0};
    buf_putc(&none, 'x');
    assert_true(none.failed);
    buf_free(&none);
}

static void buffer_escapes(void **state)
{
    (void)state;
    struct buf b = {.max = 1000};
    buf_html(&b, "<a href='x'>\"&\"</a>", 19);
    assert_string_equal(b.p, "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;");
    buf_reset(&b);
    buf_html(&b, "Zo\xC3\xAB & co", 9);
    assert_string_equal(b.p, "Zo\xC3\xAB &amp; co");
    /* each byte at each place among others */
    for (int byte = 0; byte < 256; byte++)
        for (size_t at = 0; at < 20; at++) {
            char text[] = "abcdefghijklmnopqrst", escaped[8];
            const char *entity = byte == '&'    ? "&amp;"
                                 : byte == '<'  ? "&lt;"
                                 : byte == '>'  ? "&gt;"
                                 : byte == '"'  ? "&quot;"
                                 : byte == '\'' ? "&#39;"
                                                : NULL;
            snprintf(escaped, sizeof escaped, "%s", entity ? entity : (const char[]){(char)byte, 0});
            text[at] = (char)byte;
            buf_reset(&b);
            buf_html(&b, text, 20);
            size_t n = entity ? strlen(entity) : 1;
            assert_int_equal(b.n, 19 + n);
            assert_memory_equal(b.p, text, at);
            assert_memory_equal(b.p + at, escaped, n);
            assert_memory_equal(b.p + at + n, text + at + 1, 19 - at);
        }
    buf_reset(&b);
    buf_url(&b, "a-b_c.d~e /?&=+%\xC3\xAB\0", 19);
    assert_string_equal(b.p, "a-b_c.d~e%20%2F%3F%26%3D%2B%25%C3%AB%00");
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views),          cmocka_unit_test(utf8),
        cmocka_unit_test(whole_numbers),  cmocka_unit_test(decimal_numbers),
        cmocka_unit_test(uuids),          cmocka_unit_test(base64),
        cmocka_unit_test(buffer_appends), cmocka_unit_test(buffer_keeps_its_cap),
        cmocka_unit_test(buffer_escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
