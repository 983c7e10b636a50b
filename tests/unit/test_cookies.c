#include "unit.h"

#include "http/parse.h"

static const struct row {
    const char *raw, *cookies; /* "name=value " in order */
} rows[] = {
    {"", ""},
    {"a=1", "a=1 "},
    {"a=1; b=2", "a=1 b=2 "},
    {"a=1;b=2", "a=1 b=2 "},
    {"a=", "a= "},
    {"a=b=c", "a=b=c "},
    {"__Host-session=x-Y_z", "__Host-session=x-Y_z "},
    {"a=\"1\"", "a=1 "},
    {"a=1; a=2; b=3", "a=1 b=3 "}, /* the first one stays */
    {"a=1,b=2", ""},               /* a comma separates nothing; it is no cookie octet either */
    /* malformed ones of other sites are passed over, ours are still read */
    {"x=\"; a=1", "a=1 "},
    {"x=\"", ""},
    {"novalue; a=1", "a=1 "},
    {"=v; a=1", "a=1 "},
    {"; ; a=1;", "a=1 "},
    {"b ad=1; a=1", "a=1 "},
    {"x=a b; a=1", "a=1 "},
    {"x=Zo\xC3\xAB; a=1", "a=1 "},
    {"x=a\\b; a=1", "a=1 "},
    {"x=\"a\"b\"; a=1", "a=1 "},
    {"A=1; a=2", "A=1 a=2 "}, /* names have case */
};

static void table(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 16);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pairs cookies;
        char out[128] = "";
        size_t n = 0;
        check_row(parse_cookies(str_of(rows[i].raw), a, &cookies), i);
        for (size_t k = 0; k < cookies.n; k++)
            n += (size_t)snprintf(out + n, sizeof out - n, "%.*s=%.*s ", (int)cookies.at[k].name.n,
                                  cookies.at[k].name.p, (int)cookies.at[k].value.n, cookies.at[k].value.p);
        check_row(strcmp(out, rows[i].cookies) == 0, i);
        arena_reset(a);
    }
    arena_free(a);
}

static void too_many(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 16);
    struct pairs cookies;
    char raw[512];
    for (size_t i = 0; i < sizeof raw; i++)
        raw[i] = "a=;"[i % 3];
    assert_true(parse_cookies((struct str){raw, 128 * 3}, a, &cookies));
    assert_int_equal(cookies.n, 1);
    assert_false(parse_cookies((struct str){raw, 129 * 3}, a, &cookies));
    assert_int_equal(cookies.n, 0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(table), cmocka_unit_test(too_many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
