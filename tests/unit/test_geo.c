#include "unit.h"

#include "view/cell.h"
#include "view/geo.h"

#include <math.h>

static struct geo_line line_of(const double *xy, size_t n)
{
    struct geo_line line = {0};
    for (size_t i = 0; i < n; i++)
        geo_add(&line, (struct geo_point){xy[2 * i], xy[2 * i + 1]});
    return line;
}
#define LINE(...)                                                                                            \
    line_of((const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / (2 * sizeof(double)))

static bool at(struct geo_point p, double x, double y)
{
    return fabs(p.x - x) < 1e-9 && fabs(p.y - y) < 1e-9;
}

/* Tiles of known places, as every map of the web numbers them. */
static void points_of_the_square(void **state)
{
    (void)state;
    static const struct {
        double lat, lon;
        int z, x, y;
    } table[] = {
        {0, 0, 1, 1, 1},
        {51.5074, -0.1278, 10, 511, 340},     /* London */
        {40.7128, -74.0060, 12, 1205, 1540},  /* New York */
        {-33.8688, 151.2093, 12, 3768, 2457}, /* Sydney */
        {45.5152, -122.6784, 14, 2608, 5860}, /* Portland, OR */
        {84.9, -179.9, 4, 0, 0},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct geo_point p = geo_mercator(table[i].lat, table[i].lon);
        double side = ldexp(1, table[i].z);
        check_row((int)floor(p.x * side) == table[i].x && (int)floor(p.y * side) == table[i].y, i);
    }
    assert_true(fabs(geo_side_m(0) - 40030230) < 100);
    assert_true(fabs(geo_side_m(60) - 20015115) < 100);
}

static void thinning_keeps_what_stands_out(void **state)
{
    (void)state;
    struct geo_line l = LINE(0, 0, 1, 1.7, 2, 3.3, 3, 5, 4, 0.2, 9, 0);
    geo_thin(&l, 0.5);
    assert_int_equal(l.n, 4); /* the two on the way up are gone */
    assert_true(at(l.p[0], 0, 0) && at(l.p[1], 3, 5) && at(l.p[3], 9, 0));
    geo_free(&l);

    struct geo_line ring = LINE(0, 0, 5, 0.01, 10, 0, 10, 10, 5, 10.01, 0, 10, 0, 0);
    geo_thin(&ring, 0.1);
    assert_int_equal(ring.n, 5);
    assert_true(at(ring.p[0], 0, 0) && at(ring.p[4], 0, 0));
    assert_true(fabs(geo_area(&ring) - 100) < 0.2);
    geo_free(&ring);
}

/* Of every line: no point that was left out is farther than the tolerance from what stayed. */
static void thinning_stays_within_its_tolerance(void **state)
{
    (void)state;
    unsigned seed = 3;
    for (int round = 0; round < 50; round++) {
        struct geo_line all = {0}, thin = {0};
        for (int i = 0; i < 200; i++) {
            seed = seed * 1103515245u + 12345u;
            struct geo_point p = {i, (seed >> 16 & 255) / 32.0};
            geo_add(&all, p);
            geo_add(&thin, p);
        }
        geo_thin(&thin, 2);
        assert_in_range(thin.n, 2, 199);
        for (size_t i = 0, k = 0; i < all.n; i++) {
            while (k + 2 < thin.n && thin.p[k + 1].x <= all.p[i].x)
                k++;
            struct geo_point a = thin.p[k], b = thin.p[k + 1], p = all.p[i];
            double off =
                fabs((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)) / hypot(b.x - a.x, b.y - a.y);
            assert_true(off <= 2 + 1e-9);
        }
        geo_free(&all);
        geo_free(&thin);
    }
}

static void rings_are_cut_to_a_box(void **state)
{
    (void)state;
    const struct geo_box box = {0, 0, 10, 10};
    struct geo_line out = {0}, spare = {0};
    struct geo_line inside = LINE(2, 2, 4, 2, 4, 4, 2, 2), across = LINE(-5, 2, 5, 2, 5, 8, -5, 8, -5, 2),
                    around = LINE(-5, -5, 20, -5, 20, 20, -5, 20, -5, -5),
                    away = LINE(20, 0, 30, 0, 30, 10, 20, 0),
                    fork = LINE(-5, -5, 15, -5, 15, 15, -5, 15, -5, 9, 9, 9, 9, 1, -5, 1, -5, -5);
    geo_cut_ring(&inside, box, &out, &spare);
    assert_true(fabs(geo_area(&out) - geo_area(&inside)) < 1e-9);
    geo_cut_ring(&across, box, &out, &spare);
    assert_true(fabs(geo_area(&out) - 30) < 1e-9);
    assert_true(geo_bounds(&out).x0 == 0 && geo_bounds(&out).x1 == 5);
    geo_cut_ring(&around, box, &out, &spare);
    assert_true(fabs(geo_area(&out) - 100) < 1e-9);
    geo_cut_ring(&away, box, &out, &spare);
    assert_int_equal(out.n, 0);
    geo_cut_ring(&fork, box, &out, &spare); /* a strip above, one at the right, one below */
    assert_true(fabs(geo_area(&out) - (100 - 9 * 8)) < 1e-9);
    struct geo_line *all[] = {&inside, &across, &around, &away, &fork, &out, &spare};
    for (size_t i = 0; i < COUNT(all); i++)
        geo_free(all[i]);
}

struct pieces {
    size_t n, points;
    double length;
};

static bool note(struct geo_line *piece, void *context)
{
    struct pieces *p = context;
    p->n++;
    p->points += piece->n;
    for (size_t i = 1; i < piece->n; i++)
        p->length += hypot(piece->p[i].x - piece->p[i - 1].x, piece->p[i].y - piece->p[i - 1].y);
    return p->n < 10;
}

static void lines_are_cut_to_a_box(void **state)
{
    (void)state;
    const struct geo_box box = {0, 0, 10, 10};
    static const struct {
        double xy[12];
        size_t n, pieces, points;
        double length;
    } table[] = {
        {{1, 1, 5, 1, 5, 5}, 3, 1, 3, 8},
        {{-5, 5, 15, 5}, 2, 1, 2, 10},
        {{-5, 5, 5, 5, 5, 15, 7, 15, 7, 5, 20, 5}, 6, 2, 6, 5 + 5 + 5 + 3},
        {{-5, -5, -1, 20}, 2, 0, 0, 0},
        {{-5, 11, 15, 11}, 2, 0, 0, 0},
        {{9, -1, 11, 1.5}, 2, 1, 2, 0.3201562118716424},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct geo_line l = line_of(table[i].xy, table[i].n);
        struct pieces p = {0, 0, 0};
        assert_true(geo_cut_line(&l, box, note, &p));
        check_row(p.n == table[i].pieces && p.points == table[i].points, i);
        check_row(fabs(p.length - table[i].length) < 1e-9, i);
        geo_free(&l);
    }
}

static void inside_and_out(void **state)
{
    (void)state;
    struct geo_line horseshoe = LINE(0, 0, 10, 0, 10, 10, 7, 10, 7, 3, 3, 3, 3, 10, 0, 10, 0, 0);
    assert_true(geo_inside(&horseshoe, (struct geo_point){1, 9}));
    assert_false(geo_inside(&horseshoe, (struct geo_point){5, 9}));
    assert_false(geo_inside(&horseshoe, (struct geo_point){11, 1}));
    assert_true(geo_area(&horseshoe) > 0);
    geo_reverse(&horseshoe);
    assert_true(geo_area(&horseshoe) < 0);
    geo_free(&horseshoe);
}

static void paths_come_back_as_they_went(void **state)
{
    (void)state;
    struct buf path = {.max = 10000};
    struct geo_line ring = LINE(10.4, 20.4, 10.3, 20.2, 40, 20, 40, -32, 10.4, 20.4),
                    line = LINE(0, 0, 2080, 2079.6), dot = LINE(5, 5, 5.2, 5.1, 5, 5), part = {0};
    cell_write(&path, &ring, true, 3);
    cell_write(&path, &line, false, 2);
    cell_write(&path, &dot, true, 3); /* nothing is left of it */
    assert_string_equal(path.p, "10 20 30 0 0 -52;0 0 2080 2080");
    struct str rest = {path.p, path.n};
    assert_true(cell_read(&rest, &part) && part.n == 3 && at(part.p[2], 40, -32));
    assert_true(cell_read(&rest, &part) && part.n == 2 && at(part.p[1], 2080, 2080));
    assert_false(cell_read(&rest, &part));
    buf_free(&path);
    struct geo_line *all[] = {&ring, &line, &dot, &part};
    for (size_t i = 0; i < COUNT(all); i++)
        geo_free(all[i]);
}

static void what_is_no_path_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int parts; /* that are read before the fault */
    } table[] = {
        {"", 0},      {"1", 0},    {"1 ", 0},       {"1 2 3", 0},    {";1 2", 0},      {"1  2", 0},
        {"1 2 x", 0}, {"a b", 0},  {"1,2", 0},      {"1 2  3 4", 0}, {"99999 1", 0},   {"1 2 3 4z", 0},
        {"1.5 2", 0}, {"1 2;", 1}, {"1 2;;3 4", 1}, {"1 2;3", 1},    {"1 2;3 4\n", 1},
    };
    struct geo_line part = {0};
    for (size_t i = 0; i < COUNT(table); i++) {
        struct str rest = str_of(table[i].text);
        int parts = 0;
        while (cell_read(&rest, &part))
            parts++;
        check_row(parts == table[i].parts, i);
    }
    geo_free(&part);
}

static void levels_touch_few_cells(void **state)
{
    (void)state;
    for (double width = 1e-5; width < 0.03; width *= 1.1) {
        int z = cell_level(width);
        assert_true(z >= 6 && z <= 14);
        assert_true(width * ldexp(1, z) <= 2); /* at most three cells a side */
        assert_true(z == 14 || width * ldexp(1, z + 2) > 2);
    }
    assert_int_equal(cell_level(0.04), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_of_the_square),
        cmocka_unit_test(thinning_keeps_what_stands_out),
        cmocka_unit_test(thinning_stays_within_its_tolerance),
        cmocka_unit_test(rings_are_cut_to_a_box),
        cmocka_unit_test(lines_are_cut_to_a_box),
        cmocka_unit_test(inside_and_out),
        cmocka_unit_test(paths_come_back_as_they_went),
        cmocka_unit_test(what_is_no_path_is_refused),
        cmocka_unit_test(levels_touch_few_cells),
    };
    return cmocka_run_group_tests_name("geo", tests, NULL, NULL);
}
