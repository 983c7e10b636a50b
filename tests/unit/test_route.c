#include "unit.h"

#include "http/http.h"

static const struct route routes[] = {
    {HTTP_GET, "/", 0, BODY_NONE, NULL, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET, "/therapists", 0, BODY_NONE, NULL, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET, "/therapists/{slug}", 0, BODY_NONE, NULL, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET, "/therapists/new", 0, BODY_NONE, NULL, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/therapists/new", 0, BODY_FORM, NULL, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET, "/therapists/{slug}/slots", 0, BODY_NONE, NULL, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET, "/{kind}/{id}/slots", 0, BODY_NONE, NULL, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings/{id}/cancel", 0, BODY_FORM, NULL, COST_NORMAL, CACHE_NEVER},
};

static const struct row {
    enum http_method method;
    const char *path;
    int found;          /* index, -1: none */
    const char *params; /* "name=value " */
    const char *allow;
} rows[] = {
    {HTTP_GET, "/", 0, "", NULL},
    {HTTP_GET, "/therapists", 1, "", NULL},
    {HTTP_GET, "/therapists/ana", 2, "slug=ana ", NULL},
    {HTTP_GET, "/therapists/new", 3, "", NULL}, /* the literal wins though it stands later */
    {HTTP_POST, "/therapists/new", 4, "", NULL},
    {HTTP_GET, "/therapists/ana/slots", 5, "slug=ana ", NULL},
    {HTTP_GET, "/places/5/slots", 6, "kind=places id=5 ", NULL},
    {HTTP_GET, "/therapists/Zo\xC3\xAB x", 2, "slug=Zo\xC3\xAB x ", NULL},
    {HTTP_GET, "/therapists/{slug}", 2, "slug={slug} ", NULL}, /* a name as it stands in the table */
    {HTTP_GET, "/therapists/{sly/slots", 5, "slug={sly ", NULL},
    {HTTP_POST, "/bookings/7/cancel", 7, "id=7 ", NULL},
    {HTTP_GET, "/bookings/7/cancel", -1, "", "POST"},
    {HTTP_POST, "/therapists/ana", -1, "", "GET, HEAD"},
    {HTTP_METHODS, "/therapists/new", -1, "", "GET, HEAD, POST"},
    {HTTP_GET, "/therapist", -1, "", NULL},
    {HTTP_GET, "/therapistss", -1, "", NULL},
    {HTTP_GET, "/therapists/a/b/c", -1, "", NULL},
    {HTTP_GET, "/bookings//cancel", -1, "", NULL},
    {HTTP_GET, "/therapists/", -1, "", NULL},
    {HTTP_GET, "", -1, "", NULL},
    {HTTP_GET, "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", -1, "", NULL},
};

static void table(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 16);
    struct route_table *t = route_table_new(routes, COUNT(routes));
    assert_non_null(t);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *allow = "unset";
        struct pairs params = {NULL, 0};
        char out[128] = "";
        size_t n = 0;
        const struct route *found = route_find(t, rows[i].method, str_of(rows[i].path), &params, a, &allow);
        check_row(found == (rows[i].found < 0 ? NULL : &routes[rows[i].found]), i);
        check_row(rows[i].allow ? allow && strcmp(allow, rows[i].allow) == 0 : allow == NULL, i);
        for (size_t k = 0; k < params.n; k++)
            n += (size_t)snprintf(out + n, sizeof out - n, "%.*s=%.*s ", (int)params.at[k].name.n,
                                  params.at[k].name.p, (int)params.at[k].value.n, params.at[k].value.p);
        check_row(strcmp(out, rows[i].params) == 0, i);
    }
    route_table_free(t);
    arena_free(a);
}

static void no_memory(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct route_table *t = route_table_new(routes, COUNT(routes));
    struct pairs params;
    const char *allow;
    assert_null(route_find(t, HTTP_GET, STR("/therapists/ana"), &params, a, &allow));
    assert_true(arena_failed(a));
    route_table_free(t);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(table), cmocka_unit_test(no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
