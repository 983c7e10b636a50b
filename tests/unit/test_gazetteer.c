#include "operator/gazetteer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

static size_t read_all(enum gazetteer_format format, const char *const *lines, struct gazetteer_place *places,
                       long *skipped)
{
    struct gazetteer g;
    size_t n = 0;
    gazetteer_start(&g, format);
    for (; *lines != NULL; lines++)
        if (gazetteer_line(&g, str_of(*lines), &places[n]))
            n++;
    if (gazetteer_end(&g, &places[n]))
        n++;
    *skipped = g.skipped;
    return n;
}

static void weather_sections(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "# comment",
        "",
        "[fips0100124]",
        "centroid = (0.5509080, -1.4880524)",
        "description = Abbeville city, AL",
        "[fips01001]",
        "centroid = (0.5677946, -1.5122657)",
        "description = Autauga County, AL",
        "[fips4752006]",
        "centroid = (0.631, -1.514)",
        "description = Nashville-Davidson metropolitan government (balance), TN",
        "[fips2501501370]",
        "centroid = (0.739, -1.265)",
        "description = Amherst town, MA",
        "[fips1701501370]",
        "centroid = (0.739, -1.265)",
        "description = Somewhere township, IL",
        "[fips3209700]",
        "centroid = (0.68, -2.09)",
        "description = Carson City, NV",
        "[00602]",
        "centroid = (0.3204764, -1.1724353)",
        "station = ('tjbq', 0.0025091)",
        "[00603]",
        "centroid = nonsense",
        "[60601]",
        "centroid = (0.73, -1.53)",
        NULL};
    struct gazetteer_place p[8];
    long skipped;
    assert_int_equal(read_all(GAZETTEER_WEATHER, lines, p, &skipped), 6);
    assert_int_equal(skipped, 0);
    assert_string_equal(p[0].name, "Abbeville");
    assert_string_equal(p[0].region, "AL");
    assert_string_equal(p[0].country, "US");
    assert_true(fabs(p[0].lat - 31.5647) < 0.001 && fabs(p[0].lon + 85.2591) < 0.001);
    assert_string_equal(p[1].name, "Nashville-Davidson");
    assert_string_equal(p[2].name, "Amherst");
    assert_string_equal(p[3].name, "Carson City");
    assert_true(p[4].is_postcode);
    assert_string_equal(p[4].postcode, "00602");
    assert_string_equal(p[5].postcode, "60601");
}

static void geonames_rows(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "588335\tTartu\tTartu\tDorpat\t58.38062\t26.72509\tP\tPPLA\tEE\t\t18\t\t\t\t91407\t\t61\tEurope/"
        "Tallinn\t2024-01-01",
        "1\tLake\tLake\t\t58.1\t26.1\tH\tLK\tEE\t\t18\t\t\t\t0\t\t61\tEurope/Tallinn\t2024-01-01",
        "5128581\tNyack\tNyack\t\t41.09\t-73.91\tP\tPPL\tUS\t\tNY\t087\t\t\t6765\t\t21\tAmerica/"
        "New_York\t2024-01-01",
        "2\tBroken\tBroken\t\tninety\t26.1\tP\tPPL\tEE\t\t18\t\t\t\t0\t\t61\tEurope/Tallinn\t2024-01-01",
        "too\tfew\tcolumns",
        NULL};
    struct gazetteer_place p[8];
    long skipped;
    assert_int_equal(read_all(GAZETTEER_GEONAMES, lines, p, &skipped), 2);
    assert_int_equal(skipped, 2);
    assert_string_equal(p[0].name, "Tartu");
    assert_string_equal(p[0].region, "");
    assert_int_equal(p[0].population, 91407);
    assert_string_equal(p[1].region, "NY");
}

static void postal_rows(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "EE\t51003\tTartu\tTartumaa\t78\t\t\t\t\t58.3806\t26.7251\t4",
        "US\t10960\tNyack\tNew York\tNY\tRockland\t087\t\t\t41.0946\t-73.929\t4\r",
        "EE\t\tTartu\tTartumaa\t78\t\t\t\t\t58.3806\t26.7251\t4",
        "EE\t51003\tTartu\tTartumaa\t78\t\t\t\t\t89.9\t26.7251\t4", NULL};
    struct gazetteer_place p[8];
    long skipped;
    assert_int_equal(read_all(GAZETTEER_POSTAL, lines, p, &skipped), 2);
    assert_int_equal(skipped, 2);
    assert_string_equal(p[0].postcode, "51003");
    assert_string_equal(p[0].country, "EE");
    assert_string_equal(p[1].name, "Nyack");
    assert_string_equal(p[1].region, "NY");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weather_sections),
        cmocka_unit_test(geonames_rows),
        cmocka_unit_test(postal_rows),
    };
    return cmocka_run_group_tests_name("gazetteer", tests, NULL, NULL);
}
