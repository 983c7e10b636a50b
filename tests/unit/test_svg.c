/* Drawings: what a page relies on (links, distances between pins, readable labels, escaping), read back from
 * the markup. */
#include "view/svg.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct buf out;

static int setup(void **state)
{
    (void)state;
    out = (struct buf){.max = 65536};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buf_free(&out);
    return 0;
}

static void draw(const struct map_pin *pins, size_t n, bool miles)
{
    buf_reset(&out);
    assert_true(svg_distance_map(&out, pins, n, "Old Town", miles, NULL));
}

static size_t times(const char *what)
{
    size_t n = 0;
    for (const char *s = out.p; s && (s = strstr(s, what)); s++)
        n++;
    return n;
}

static double attribute(const char *element, const char *name)
{
    const char *s = strstr(element, name);
    assert_non_null(s);
    return strtod(s + strlen(name), NULL);
}

/* Centres of the pins, from the texts in them. */
static size_t pin_centres(double (*at)[2], size_t max)
{
    size_t n = 0;
    for (const char *s = out.p; (s = strstr(s, "<a class=\"pin\"")) && n < max; s++, n++) {
        const char *text = strstr(s, "<text ");
        at[n][0] = attribute(text, " x=\"");
        at[n][1] = attribute(text, " y=\"") - 4.8;
    }
    return n;
}

static void check_layout(void)
{
    double at[MAP_PINS_MAX][2];
    size_t n = pin_centres(at, MAP_PINS_MAX);
    for (size_t i = 0; i < n; i++) {
        assert_true(at[i][0] >= 14 && at[i][0] <= 326 && at[i][1] >= 14 && at[i][1] <= 326);
        for (size_t j = i + 1; j < n; j++)
            assert_true(hypot(at[i][0] - at[j][0], at[i][1] - at[j][1]) >= 28);
    }
    for (const char *s = out.p; (s = strstr(s, "class=\"km\"")); s++)
        for (size_t i = 0; i < n; i++)
            assert_true(hypot(at[i][0] - attribute(s, " x=\""), at[i][1] - attribute(s, " y=\"") + 4) >= 20);
}

static void one_pin_stands_where_it_belongs(void **state)
{
    (void)state;
    struct map_pin pin = {.distance_m = 3000, .bearing = 90, .number = 1, .label = "Marta Ilves"};
    draw(&pin, 1, false);
    double at[1][2];
    assert_int_equal(pin_centres(at, 1), 1);
    assert_true(fabs(at[0][0] - 314) < 1 && fabs(at[0][1] - 170) < 1);
    assert_non_null(strstr(out.p, "href=\"#r1\""));
    assert_non_null(strstr(out.p, "<title>1. Marta Ilves, 3.0 km</title>"));
    assert_null(strstr(out.p, "class=\"tie\""));
}

static void rings_follow_the_spread(void **state)
{
    (void)state;
    static const struct {
        double far_m;
        bool miles;
        const char *first, *outer;
        size_t rings;
    } table[] = {
        {0, false, ">0.5 km<", ">1 km<", 2},         {900, false, ">0.5 km<", ">1 km<", 2},
        {1400, false, ">0.5 km<", ">1.5 km<", 3},    {2900, false, ">1 km<", ">3 km<", 3},
        {3100, false, ">2 km<", ">4 km<", 2},        {14000, false, ">5 km<", ">15 km<", 3},
        {3100, true, ">1 mi<", ">2 mi<", 2},         {40000, true, ">10 mi<", ">30 mi<", 3},
        {700000, false, ">500 km<", ">1000 km<", 2},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct map_pin pin = {.distance_m = table[i].far_m, .bearing = 200, .number = 1};
        draw(&pin, 1, table[i].miles);
        assert_non_null(strstr(out.p, table[i].first));
        assert_non_null(strstr(out.p, table[i].outer));
        assert_int_equal(times("class=\"ring\""), table[i].rings);
    }
}

static void pins_of_one_spot_become_one(void **state)
{
    (void)state;
    struct map_pin pins[] = {
        {.distance_m = 2000, .bearing = 45, .number = 5, .label = "E"},
        {.distance_m = 2000, .bearing = 45, .number = 3, .label = "C"},
        {.distance_m = 900, .bearing = 250, .number = 1, .label = "A"},
        {.distance_m = 2000, .bearing = 45, .number = 4, .label = "D"},
        {.distance_m = 900, .bearing = 250, .number = 7, .label = "G"},
    };
    draw(pins, 5, false);
    assert_int_equal(times("<a class=\"pin\""), 2);
    assert_non_null(strstr(out.p, ">3-5</text>"));
    assert_non_null(strstr(out.p, ">1,7</text>"));
    assert_non_null(strstr(out.p, "<title>3. C, 2.0 km; 4. D, 2.0 km; 5. E, 2.0 km</title>"));
    assert_non_null(strstr(out.p, "href=\"#r3\""));
    assert_true(strstr(out.p, "href=\"#r1\"") < strstr(out.p, "href=\"#r3\""));
    check_layout();
}

static void a_long_list_of_numbers_is_cut(void **state)
{
    (void)state;
    struct map_pin pins[6];
    for (int i = 0; i < 6; i++)
        pins[i] = (struct map_pin){.distance_m = 500, .bearing = 10, .number = 3 + 4 * i, .label = "x"};
    draw(pins, 6, true);
    assert_non_null(strstr(out.p, ">3 +5</text>"));
}

static void crowded_pins_keep_their_distance(void **state)
{
    (void)state;
    struct map_pin pins[MAP_PINS_MAX + 5];
    unsigned seed = 7;
    for (int round = 0; round < 60; round++) {
        size_t n = (size_t)(round % MAP_PINS_MAX) + 2;
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1103515245u + 12345u;
            double spread = round % 3 == 0 ? 300 : 9000;
            pins[i] = (struct map_pin){.distance_m = 1000 + spread * (seed >> 16 & 1023) / 1024,
                                       .bearing = round % 2 ? (seed >> 8 & 255) : 40 + (seed >> 8 & 15),
                                       .number = (int)i + 1,
                                       .label = "Name"};
        }
        draw(pins, n, round % 2);
        check_layout();
    }
    draw(pins, MAP_PINS_MAX + 5, false);
}

static void no_pin_covers_the_middle(void **state)
{
    (void)state;
    struct map_pin pins[] = {{.distance_m = 0, .number = 1},
                             {.distance_m = 9000, .bearing = 10, .number = 2}};
    draw(pins, 2, false);
    double at[2][2];
    assert_int_equal(pin_centres(at, 2), 2);
    assert_true(hypot(at[0][0] - 170, at[0][1] - 170) >= 21);
}

static void text_is_escaped(void **state)
{
    (void)state;
    struct map_pin pin = {.distance_m = 10, .number = 1, .label = "<b>&\"", .href = "/t/a\"b?x=1&y"};
    buf_reset(&out);
    assert_true(svg_distance_map(&out, &pin, 1, "<script>", false, NULL));
    assert_null(strstr(out.p, "<b>"));
    assert_null(strstr(out.p, "<script>"));
    assert_non_null(strstr(out.p, "1. &lt;b&gt;&amp;&quot;"));
    assert_non_null(strstr(out.p, "href=\"/t/a&quot;b?x=1&amp;y\""));
}

static void nothing_odd_is_drawn(void **state)
{
    (void)state;
    struct map_pin pins[] = {{.distance_m = NAN, .number = 1},
                             {.distance_m = INFINITY, .number = 2},
                             {.distance_m = -1, .number = 3},
                             {.distance_m = 1, .bearing = NAN, .number = 4},
                             {.distance_m = 100, .bearing = -3690, .number = 5, .label = NULL}};
    draw(pins, 5, false);
    assert_int_equal(times("<a class=\"pin\""), 1);
    assert_null(strstr(out.p, "nan"));
    assert_null(strstr(out.p, "inf"));
    buf_reset(&out);
    assert_true(svg_distance_map(&out, pins, 0, NULL, false, NULL));
    assert_int_equal(out.n, 0);
    out.max = 100;
    assert_false(svg_distance_map(&out, pins, 5, "x", false, NULL));
}

static void places_become_distance_and_bearing(void **state)
{
    (void)state;
    struct map_pin pin = {.number = 9};
    map_pin_place(&pin, 40, -75, 41, -75); /* a degree of latitude is 111.2 km */
    assert_true(fabs(pin.distance_m - 111195) < 50 && fabs(pin.bearing) < 0.01);
    map_pin_place(&pin, 0, 179.5, 0, -179.5); /* across the date line, eastwards */
    assert_true(fabs(pin.distance_m - 111195) < 50 && fabs(pin.bearing - 90) < 0.01);
    map_pin_place(&pin, 40, -75, 40, -76);
    assert_true(pin.bearing > 269 && pin.bearing < 271);
    assert_int_equal(pin.number, 9);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(one_pin_stands_where_it_belongs),
        TEST(rings_follow_the_spread),
        TEST(pins_of_one_spot_become_one),
        TEST(a_long_list_of_numbers_is_cut),
        TEST(crowded_pins_keep_their_distance),
        TEST(no_pin_covers_the_middle),
        TEST(text_is_escaped),
        TEST(nothing_odd_is_drawn),
        TEST(places_become_distance_and_bearing),
    };
    return cmocka_run_group_tests_name("svg", tests, NULL, NULL);
}
