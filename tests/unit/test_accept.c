#include "unit.h"

#include "http/parse.h"

static void json(void **state)
{
    (void)state;
    static const struct {
        const char *accept;
        bool json;
    } rows[] = {
        {"", false},
        {"*/*", false},
        {"text/html", false},
        {"application/json", true},
        {"Application/JSON", true},
        {"application/problem+json", true},
        {"application/json, text/plain, */*", true},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false},
        {"text/html, application/json", false},
        {"application/json, text/html", false},
        {"application/json, text/html;q=0.9", true},
        {"application/json;q=0.5, text/html;q=0.9", false},
        {"application/json;q=0", false},
        {"application/json;q=0, */*", false},
        {"text/html;q=0, */*", true},
        {"application/*", true},
        {"text/*, application/json;q=0.9", false},
        {"application/json;q=0.001", true},
        {"application/json; charset=utf-8; q=1.000", true},
        {"application/json;q=1.001", false},
        {"application/json;q=2", false},
        {"application/json;q=", true}, /* not a weight: passed over */
        {"application/json;q=x", false},
        {"application/json;q=0.1234", false},
        {"application/jsonx", false},
        {",,,", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(parse_accept_json(str_of(rows[i].accept)) == rows[i].json, i);
}

static void gzip(void **state)
{
    (void)state;
    static const struct {
        const char *accept;
        bool gzip;
    } rows[] = {
        {"", false},
        {"gzip", true},
        {"deflate, gzip, br", true},
        {"GZIP", true},
        {"gzip;q=0", false},
        {"gzip;q=0.0", false},
        {"gzip; q=0.5", true},
        {"*", false},
        {"identity", false},
        {"gzip;q=nope", false},
        {"gzipx", false},
        {"br;q=1, gzip;q=0.1", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(parse_accept_gzip(str_of(rows[i].accept)) == rows[i].gzip, i);
}

static void none_match(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        bool match;
    } rows[] = {
        {"\"abc\"", true},        {"\"abc-gz\"", true}, {"W/\"abc\"", true},
        {"\"x\", \"abc\"", true}, {"*", true},          {"abc", false},
        {"\"abcd\"", false},      {"\"ab\"", false},    {"\"abc-br\"", false},
        {"\"abc", false},         {"", false},          {"\"", false},
        {"\"abc-gzz\"", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(parse_none_match(str_of(rows[i].header), "abc", "-gz") == rows[i].match, i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(json), cmocka_unit_test(gzip),
                                       cmocka_unit_test(none_match)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
