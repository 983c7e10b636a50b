#include "unit.h"

#include "core/json.h"

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(64 << 20);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static bool reads(const char *text)
{
    struct json j;
    return json_parse(&j, arena, str_of(text));
}

static void refuses_what_is_not_json(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "{",
        "}",
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{1:1}",
        "{\"a\" 1}",
        "{,}",
        "[}",
        "{]",
        "1 2",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "1e+",
        "+1",
        "0x1",
        "tru",
        "nul",
        "True",
        "NaN",
        "'a'",
        "\"a",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\n\"",
        "\"\t\"",
        "\"\\",
        "\"\\u",
        "\"a\\\"",
        "[1]]",
        "{\"a\":1}}",
        "truefalse",
        "\"a\"\"b\"",
        "//x\n1",
        "[\"abcdefghijklmnop\x01qrstuvwxyz\"]",
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        check_row(!reads(bad[i]), i);
    struct json j;
    assert_false(json_parse(&j, arena, STR("[1]\0")));
    assert_false(json_parse(&j, arena, STR("\"\\\0\"")));
    assert_false(json_parse(&j, arena, (struct str){"[1,2]", 4}));
    assert_false(json_parse(&j, arena, (struct str){"\"ab\"", 3}));
}

static void reads_json(void **state)
{
    (void)state;
    static const char *const good[] = {
        "0",
        "-0",
        "10.50",
        "1e5",
        "-1.25E-3",
        "null",
        "true",
        " false ",
        "\"\"",
        "[]",
        "{}",
        "[[],{}]",
        "\r\n\t[ 1 , 2 ]\n",
        "{\"a\":{\"a\":[null,true]}}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
        "{\"\":0}",
    };
    for (size_t i = 0; i < COUNT(good); i++)
        check_row(reads(good[i]), i);
}

static void tokens_are_flat(void **state)
{
    (void)state;
    struct json j;
    assert_true(json_parse(&j, arena, STR("{\"a\":[1,\"two\",{}],\"b\":null}")));
    assert_int_equal(j.count, 8);
    assert_int_equal(j.token[0].kind, JSON_OBJECT);
    assert_int_equal(j.token[0].count, 2);
    assert_int_equal(j.token[0].next, 8);
    assert_int_equal(j.token[2].kind, JSON_ARRAY);
    assert_int_equal(j.token[2].count, 3);
    assert_int_equal(j.token[2].next, 6);
    assert_true(str_is(json_raw(&j, 0), "{\"a\":[1,\"two\",{}],\"b\":null}"));
    assert_true(str_is(json_raw(&j, 2), "[1,\"two\",{}]"));
    assert_true(str_is(json_raw(&j, 4), "two"));
    assert_int_equal(json_get(&j, 0, "a"), 2);
    assert_int_equal(json_get(&j, 0, "b"), 7);
    assert_int_equal(json_get(&j, 0, "c"), 0);
    assert_int_equal(json_get(&j, 0, "two"), 0); /* a value, not a key */
    assert_int_equal(json_get(&j, 2, "two"), 0); /* not an object */
    assert_int_equal(json_get(&j, 5, "a"), 0);   /* an empty one does not run on into what follows */
}

static void strings_are_decoded(void **state)
{
    (void)state;
    static const struct {
        const char *json, *text;
    } rows[] = {
        {"\"plain\"", "plain"},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
        {"\"a\\u0041\\u00e9\\u20ac\"", "aA\xC3\xA9\xE2\x82\xAC"},
        {"\"\\ud83d\\ude00!\"", "\xF0\x9F\x98\x80!"},
        {"\"\\ud83d!\"", "\xEF\xBF\xBD!"},
        {"\"\\ud83d\\u0041\"", "\xEF\xBF\xBD"
                               "A"},
        {"\"\\ude00\"", "\xEF\xBF\xBD"},
        {"\"a\\u0000b\"", "a\xEF\xBF\xBD"
                          "b"},
        {"-12.50", "-12.50"},
        {"true", "true"},
        {"null", ""},
    };
    struct buf out = {.max = 100};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json j;
        check_row(json_parse(&j, arena, str_of(rows[i].json)), i);
        check_row(str_is(json_text(&j, 0, arena), rows[i].text), i);
        if (j.token[0].kind != JSON_STRING)
            continue;
        buf_reset(&out);
        json_append(&j, 0, &out, false);
        assert_string_equal(out.p, rows[i].text);
    }
    struct json j;
    assert_true(json_parse(&j, arena, STR("\"\\u003cb\\u003e & \\\"x\\\"\"")));
    buf_reset(&out);
    json_append(&j, 0, &out, true);
    assert_string_equal(out.p, "&lt;b&gt; &amp; &quot;x&quot;");
    buf_free(&out);
}

static void keys_with_escapes_are_found(void **state)
{
    (void)state;
    struct json j;
    assert_true(json_parse(&j, arena, STR("{\"\\u0061b\":1,\"abc\":2,\"q\\\"\":3}")));
    assert_int_equal(json_get(&j, 0, "ab"), 2);
    assert_int_equal(json_get(&j, 0, "abc"), 4);
    assert_int_equal(json_get(&j, 0, "q\""), 6);
    assert_int_equal(json_get(&j, 0, "a"), 0);
    assert_int_equal(json_get(&j, 0, "\\u0061b"), 0);
}

static void depth_is_bounded(void **state)
{
    (void)state;
    char text[200] = "";
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    assert_true(reads(text));
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    assert_false(reads(text));
}

static void size_is_bounded(void **state)
{
    (void)state;
    size_t n = 16 * 1024 * 1024;
    char *text = malloc(n + 1);
    memset(text, ' ', n + 1);
    text[0] = '1';
    struct json j;
    assert_true(json_parse(&j, arena, (struct str){text, n}));
    assert_false(json_parse(&j, arena, (struct str){text, n + 1}));
    free(text);
}

/* Many more tokens than bytes suggest, so the array grows; and an arena too small for that. */
static void many_tokens(void **state)
{
    (void)state;
    struct buf text = {.max = 100000};
    buf_puts(&text, "[0");
    for (int i = 1; i < 20000; i++)
        buf_puts(&text, ",0");
    buf_puts(&text, "]");
    struct json j;
    assert_true(json_parse(&j, arena, (struct str){text.p, text.n}));
    assert_int_equal(j.count, 20001);
    assert_int_equal(j.token[0].count, 20000);
    struct arena *small = arena_new(100000);
    assert_false(json_parse(&j, small, (struct str){text.p, text.n}));
    assert_true(arena_failed(small));
    arena_free(small);
    buf_free(&text);
}

static void members_of_small_documents(void **state)
{
    (void)state;
    const char *document =
        "{\"state\":\"held\",\"n\":5,\"none\":null,\"x\":{\"state\":\"inner\"},\"e\":\"a\\nb\"}";
    assert_string_equal(json_member(arena, document, "state"), "held");
    assert_string_equal(json_member(arena, document, "n"), "5");
    assert_string_equal(json_member(arena, document, "e"), "a\nb");
    assert_string_equal(json_member(arena, document, "x"), "{\"state\":\"inner\"}");
    assert_null(json_member(arena, document, "none"));
    assert_null(json_member(arena, document, "absent"));
    assert_null(json_member(arena, "[1]", "state"));
    assert_null(json_member(arena, "{broken", "state"));
    assert_null(json_member(arena, NULL, "state"));
}

static void writes(void **state)
{
    (void)state;
    struct buf out = {.max = 1000};
    struct json_writer w = {.out = &out};
    json_open(&w, NULL, '{');
    json_put(&w, "name", "Ana \"Lu\" \\ \n\x01\x1F z\xC3\xBC");
    json_put(&w, "none", NULL);
    json_put_bool(&w, "yes", true);
    json_put_int(&w, "low", INT64_MIN);
    json_open(&w, "list", '[');
    json_close(&w, ']');
    json_open(&w, "deep", '[');
    json_put_int(&w, NULL, 1);
    json_open(&w, NULL, '{');
    json_put_raw(&w, "raw", "[1,2]");
    json_close(&w, '}');
    json_put_str(&w, NULL, (struct str){"abcdef", 3});
    json_close(&w, ']');
    json_put_bool(&w, "no", false);
    json_close(&w, '}');
    assert_string_equal(
        out.p, "{\"name\":\"Ana \\\"Lu\\\" \\\\ \\n\\u0001\\u001f z\xC3\xBC\",\"none\":null,\"yes\":true,"
               "\"low\":-9223372036854775808,\"list\":[],\"deep\":[1,{\"raw\":[1,2]},\"abc\"],"
               "\"no\":false}");
    struct json j;
    assert_true(json_parse(&j, arena, (struct str){out.p, out.n}));
    assert_true(str_is(json_text(&j, json_get(&j, 0, "name"), arena), "Ana \"Lu\" \\ \n\x01\x1F z\xC3\xBC"));
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_is_not_json),
        cmocka_unit_test(reads_json),
        cmocka_unit_test(tokens_are_flat),
        cmocka_unit_test(strings_are_decoded),
        cmocka_unit_test(keys_with_escapes_are_found),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(size_is_bounded),
        cmocka_unit_test(many_tokens),
        cmocka_unit_test(members_of_small_documents),
        cmocka_unit_test(writes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
