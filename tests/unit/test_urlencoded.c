#include "unit.h"

#include "http/parse.h"

/* What came out, as "name|value;" pairs: none of the inputs has these marks decoded. */
static const char *written(const struct pairs *pairs, char *out, size_t cap)
{
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < pairs->n && n < cap; i++)
        n += (size_t)snprintf(out + n, cap - n, "%.*s|%.*s;", (int)pairs->at[i].name.n, pairs->at[i].name.p,
                              (int)pairs->at[i].value.n, pairs->at[i].value.p);
    return out;
}

static const struct row {
    const char *raw, *pairs; /* NULL: refused */
} rows[] = {
    {"", ""},
    {"q=back+pain", "q|back pain;"},
    {"q=a%2Bb", "q|a+b;"},
    {"a=1&b=2&a=3", "a|1;b|2;a|3;"},
    {"explain", "explain|;"},
    {"a=&b=", "a|;b|;"},
    {"a=b=c", "a|b=c;"},
    {"a=%26%3D", "a|&=;"},
    {"n%61me=x", "name|x;"},
    {"name=Zo%C3%AB", "name|Zo\xC3\xAB;"},
    {"text=a%0D%0Ab", "text|a\r\nb;"},
    {"x=%25252", "x|%252;"},
    {"p=/a/b?c:d@e,f", "p|/a/b?c:d@e,f;"},
    {"note=abc%4&role=1client", NULL}, /* the case that bleeds into the next field elsewhere */
    {"a=%", NULL},
    {"a=%4", NULL},
    {"a=%zz", NULL},
    {"a=%00", NULL},
    {"a%00b=1", NULL},
    {"=c", NULL},
    {"b=&=c", NULL},
    {"=", NULL},
    {"&", NULL},
    {"a=1&", NULL},
    {"&a=1", NULL},
    {"a=1&&b=2", NULL},
    {"a=b c", NULL},
    {"a=b\tc", NULL},
    {"a=b\n", NULL},
    {"a=Zo\xC3\xAB", NULL},
    {"a=%C3", NULL},
    {"a=%C0%80", NULL},
    {"a=%ED%A0%80", NULL},
    {"a=%C3&b=%AB", NULL},
};

static void table(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 16);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pairs pairs;
        char out[256];
        bool ok = parse_urlencoded(str_of(rows[i].raw), 8, a, &pairs);
        check_row(ok == (rows[i].pairs != NULL), i);
        check_row(!ok || strcmp(written(&pairs, out, sizeof out), rows[i].pairs) == 0, i);
        check_row(ok || pairs.n == 0, i); /* nothing of a refused form is seen */
        arena_reset(a);
    }
    arena_free(a);
}

static void limits(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 16);
    struct pairs pairs;
    assert_true(parse_urlencoded(STR("a&b&c"), 3, a, &pairs));
    assert_false(parse_urlencoded(STR("a&b&c&d"), 3, a, &pairs));
    assert_true(parse_urlencoded(STR("a=1&b=&a=2"), 3, a, &pairs));
    assert_true(str_is(pairs_get(&pairs, "a"), "1"));
    assert_non_null(pairs_get(&pairs, "b").p);
    assert_null(pairs_get(&pairs, "c").p);
    arena_free(a);
}

static const struct row json_rows[] = {
    {"{}", ""},
    {"{\"a\":\"x\",\"b\":12,\"c\":true,\"d\":false,\"e\":1.5}", "a|x;b|12;c|true;d|false;e|1.5;"},
    {"{\"a\":null,\"b\":{\"c\":1}}", ""},
    {"{\"t\":[\"neck\",\"back\",3]}", "t|neck;t|back;t|3;"},
    {"{\"t\":[[1],null,\"x\"]}", "t|x;"},
    {"{\"a\":\"Zo\\u00eb\"}", "a|Zo\xC3\xAB;"},
    {"{\"a\":\"]]]]]]]]]]]]]]]]]]]]{{{{{{{{{{{{{{{{{{\\\"{\"}",
     "a|]]]]]]]]]]]]]]]]]]]]{{{{{{{{{{{{{{{{{{\"{;"},
    {"", NULL},
    {"[]", NULL},
    {"\"a\"", NULL},
    {"null", NULL},
    {"{\"a\":1,\"a\":2}", NULL},
    {"{\"a\":1}x", NULL},
    {"{\"a\":1", NULL},
    {"{\"a\":\"\\u0000\"}", NULL},
    {"{\"a\\u0000b\":1}", NULL},
    {"{\"a\":\"\\ud800\"}", NULL},
    {"{\"a\":\"\xC3\"}", NULL},
    {"{\"a\":99999999999999999999}", NULL},
    {"{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", NULL},
    {"{'a':1}", NULL},
    {"{\"a\":NaN}", NULL},
};

static void json(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 16);
    for (size_t i = 0; i < COUNT(json_rows); i++) {
        struct pairs pairs;
        json_t *object;
        char out[256];
        bool ok = parse_json(str_of(json_rows[i].raw), a, &object, &pairs);
        check_row(ok == (json_rows[i].pairs != NULL), i);
        check_row(!ok || strcmp(written(&pairs, out, sizeof out), json_rows[i].pairs) == 0, i);
        check_row(ok == (object != NULL), i);
        arena_reset(a);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(table), cmocka_unit_test(limits),
                                       cmocka_unit_test(json)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
