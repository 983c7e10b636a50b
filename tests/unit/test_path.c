#include "unit.h"

#include "http/parse.h"

static const struct row {
    const char *raw, *path; /* path NULL: refused */
} rows[] = {
    {"/", "/"},
    {"/therapists", "/therapists"},
    {"/therapists/ana-lopez/slots", "/therapists/ana-lopez/slots"},
    {"/a%20b", "/a b"},
    {"/Zo%C3%AB", "/Zo\xC3\xAB"},
    {"/%7euser", "/~user"},
    {"/100%25", "/100%"},
    {"/%252f", "/%2f"}, /* decoded once */
    {"/a/...", "/a/..."},
    {"/.well-known/x", "/.well-known/x"},
    {"/a..b/c.", "/a..b/c."},
    {"/-._~!$&'()*+,=:@", "/-._~!$&'()*+,=:@"},
    {"/a+b", "/a+b"}, /* no space: that is for forms */
    {"", NULL},
    {"*", NULL},
    {"a", NULL},
    {"http://evil/x", NULL},
    {"//evil/x", NULL},
    {"/a//b", NULL},
    {"/a/", NULL},
    {"/.", NULL},
    {"/..", NULL},
    {"/a/../b", NULL},
    {"/a/./b", NULL},
    {"/a/..", NULL},
    {"/%2e", NULL},
    {"/%2e%2E/b", NULL},
    {"/a/.%2e/b", NULL},
    {"/x%2f..%2foperator", NULL},
    {"/x%2F", NULL},
    {"/x%5c", NULL},
    {"/x%5C..", NULL},
    {"/x\\y", NULL},
    {"/a;b", NULL},
    {"/a%00b", NULL},
    {"/a%0a", NULL},
    {"/a%0D%0Ab", NULL},
    {"/a%1f", NULL},
    {"/a%7f", NULL},
    {"/a%", NULL},
    {"/a%4", NULL},
    {"/a%4g", NULL},
    {"/a%g4", NULL},
    {"/a% 4", NULL},
    {"/a%+4", NULL},
    {"/a b", NULL},
    {"/a\tb", NULL},
    {"/a?b", NULL},
    {"/a#b", NULL},
    {"/a\"b", NULL},
    {"/a<b>", NULL},
    {"/a^b", NULL},
    {"/a`b", NULL},
    {"/{a}", NULL},
    {"/a|b", NULL},
    {"/Zo\xC3\xAB", NULL},
    {"/%C3", NULL},
    {"/%C0%AF", NULL},
    {"/%ED%A0%80", NULL},
    {"/%FF", NULL},
    {"/%C3/%AB", NULL},
};

static void table(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 16);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str path = {NULL, 0};
        bool ok = parse_path(str_of(rows[i].raw), a, &path);
        check_row(ok == (rows[i].path != NULL), i);
        check_row(!ok || str_is(path, rows[i].path), i);
        arena_reset(a);
    }
    struct str path;
    assert_false(parse_path(STR("/a\0b"), a, &path));
    arena_free(a);
}

static void length(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 16);
    char raw[1100];
    struct str path;
    memset(raw, 'a', sizeof raw);
    raw[0] = '/';
    assert_true(parse_path((struct str){raw, 1024}, a, &path));
    assert_int_equal(path.n, 1024);
    assert_false(parse_path((struct str){raw, 1025}, a, &path));
    arena_free(a);
    a = arena_new(64); /* no memory is a refusal as well */
    assert_false(parse_path((struct str){raw, 1024}, a, &path));
    assert_true(arena_failed(a));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(table), cmocka_unit_test(length)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
