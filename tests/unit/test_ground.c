/* From a GeoJSON file to pieces in cells, and from those to paths under the map. */
#include "unit.h"

#include "operator/ground.h"
#include "view/cell.h"

#include <math.h>

/* Memory that grows is had so often, and then no more; -1: always. In the place of the C library's. */
static int growths = -1;
void *reallocarray(void *p, size_t n, size_t size)
{
    if (growths == 0)
        return NULL;
    growths -= growths > 0;
    return realloc(p, n * size);
}

static struct ground ground;
static struct geojson_result result;
static struct buf out;

static int setup(void **state)
{
    (void)state;
    ground = (struct ground){.n = 0};
    out = (struct buf){.max = 1 << 20};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ground_free(&ground);
    buf_free(&out);
    return 0;
}

/* The number that follows `what` in `s`. */
static double after(const char *s, const char *what)
{
    const char *at = strstr(s, what);
    assert_non_null(at);
    return strtod(at + strlen(what), NULL);
}

static bool read_text(const char *text)
{
    FILE *in = fmemopen((char *)(uintptr_t)text, strlen(text), "r");
    ground_free(&ground);
    bool good = geojson_read(in, &result, ground_add, &ground);
    fclose(in);
    return good;
}

/* One feature of a collection. */
static bool read_feature(const char *properties, const char *type, const char *coordinates)
{
    static char text[4000];
    snprintf(text, sizeof text,
             "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":%s,"
             "\"geometry\":{\"type\":\"%s\",\"coordinates\":%s}}]}",
             properties, type, coordinates);
    return read_text(text);
}

#define SQUARE "[[[-122.7,45.5],[-122.6,45.5],[-122.6,45.6],[-122.7,45.6],[-122.7,45.5]]]"
#define STREET "[[-122.7,45.5],[-122.6,45.52],[-122.5,45.5]]"

static void kinds_of_features(void **state)
{
    (void)state;
    static const struct {
        const char *properties, *type, *coordinates;
        int kind; /* of the first piece; -1: left out */
    } table[] = {
        {"{\"kind\":\"water\"}", "Polygon", SQUARE, MAP_WATER},
        {"{\"kind\":\"water\"}", "LineString", STREET, MAP_RIVER},
        {"{\"kind\":\"park\"}", "MultiPolygon", "[" SQUARE "]", MAP_PARK},
        {"{\"kind\":\"road\"}", "MultiLineString", "[" STREET "]", MAP_ROAD},
        {"{\"kind\":\"district\"}", "Polygon", SQUARE, MAP_DISTRICT},
        {"{\"kind\":\"district\"}", "LineString", STREET, MAP_DISTRICT},
        {"{\"kind\":\"district\",\"name\":\"Mitte\"}", "Point", "[-122.7,45.5]", MAP_NAME},
        {"{\"kind\":\"district\"}", "Point", "[-122.7,45.5]", -1},
        {"{\"natural\":\"water\"}", "Polygon", SQUARE, MAP_WATER},
        {"{\"waterway\":\"river\"}", "LineString", STREET, MAP_RIVER},
        {"{\"waterway\":\"rive\"}", "LineString", STREET, -1},
        {"{\"waterway\":\"ditch\"}", "LineString", STREET, -1},
        {"{\"leisure\":\"park\",\"name\":\"Common\"}", "Polygon", SQUARE, MAP_PARK},
        {"{\"highway\":\"primary\"}", "LineString", STREET, MAP_ROAD},
        {"{\"highway\":\"residential\"}", "LineString", STREET, -1},
        {"{\"place\":\"suburb\",\"name\":\"Eastgate\"}", "Point", "[-122.7,45.5]", MAP_NAME},
        {"{\"building\":\"yes\"}", "Polygon", SQUARE, -1},
        {"null", "Polygon", SQUARE, -1},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        check_row(read_feature(table[i].properties, table[i].type, table[i].coordinates), i);
        if (table[i].kind < 0)
            check_row(ground.n == 0, i);
        else
            check_row(ground.n > 0 && (int)ground.rows[0].kind == table[i].kind, i);
    }
}

static void faults_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *properties, *type, *coordinates, *problem;
    } table[] = {
        {"{\"kind\":\"lake\"}", "Polygon", SQUARE, "feature 1: its \"kind\" is \"lake\"; it must be"},
        {"{\"kind\":\"water\"}", "Polygon", "[[[0,0],[1,0],[0,0]]]", "at least 4 positions and one has 3"},
        {"{\"kind\":\"water\"}", "Polygon", "[[[0,0],[1,0],[1,1],[0,1]]]", "does not end where it begins"},
        {"{\"kind\":\"water\"}", "Polygon", "[]", "a polygon without a ring"},
        {"{\"kind\":\"water\"}", "Polygon", "7", "a polygon without a ring"},
        {"{\"kind\":\"road\"}", "Polygon", SQUARE, "it is a road, which must be a line"},
        {"{\"kind\":\"park\"}", "LineString", STREET, "it is a park, which must be an area"},
        {"{\"kind\":\"road\"}", "LineString", "[[0,0]]", "at least 2 positions and one has 1"},
        {"{\"kind\":\"road\"}", "LineString", "[[0,0],[1,\"1\"]]", "position 2 is not a pair of numbers"},
        {"{\"kind\":\"road\"}", "LineString", "[[0,0],[1]]", "position 2 is not a pair of numbers"},
        {"{\"kind\":\"road\"}", "LineString", "[[0,0],[-13658934,5701000]]",
         "longitude and latitude in degrees"},
        {"{\"kind\":\"road\"}", "LineString", "[[0,0],[1,86]]", "nearer to a pole"},
        {"{\"kind\":\"road\"}", "MultiLineString", "{}", "\"coordinates\" are not an array"},
        {"{\"kind\":\"road\"}", "Circle", "[0,0]", "\"type\" of its geometry is \"Circle\""},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        check_row(!read_feature(table[i].properties, table[i].type, table[i].coordinates), i);
        check_row(strstr(result.problem, "feature 1: ") == result.problem, i);
        if (!strstr(result.problem, table[i].problem))
            fail_msg("row %zu: %s", i, result.problem);
    }
}

static void files_that_are_none(void **state)
{
    (void)state;
    static const struct {
        const char *text, *problem;
    } table[] = {
        {"{\n \"type\": \"FeatureCollection\",\n \"features\": [\n  oops ]}",
         "line 4, column 6: invalid token"},
        {"{\"type\":\"FeatureCollection\"}", "not a GeoJSON FeatureCollection"},
        {"[]", "not a GeoJSON FeatureCollection"},
        {"{\"type\":\"Polygon\",\"coordinates\":[]}", "not a GeoJSON FeatureCollection"},
        {"{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{},\"geometry\":"
         "null},7]}",
         "feature 2: its \"type\" is not \"Feature\""},
        {"{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"kind\":"
         "\"road\"}}]}",
         "feature 1: it has no geometry"},
        {"{\"type\":\"FeatureCollection\",\"features\":[],\"crs\":{\"type\":\"name\",\"properties\":{"
         "\"name\":"
         "\"urn:ogc:def:crs:EPSG::3857\"}}}",
         "convert it to WGS 84"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        check_row(!read_text(table[i].text), i);
        if (!strstr(result.problem, table[i].problem))
            fail_msg("row %zu: %s", i, result.problem);
    }
    assert_true(
        read_text("{\"type\":\"FeatureCollection\",\"features\":[],\"crs\":{\"type\":\"name\",\"properties\":"
                  "{\"name\":\"urn:ogc:def:crs:OGC:1.3:CRS84\"}}}"));
}

/* Of an area on one level: what all its pieces cover together, without what they overlap. */
static double covered(int z, enum map_kind kind)
{
    struct geo_line part = {0}, cut = {0}, spare = {0};
    const struct geo_box cell = {0, 0, CELL_SIDE, CELL_SIDE};
    double sum = 0;
    for (size_t i = 0; i < ground.n; i++) {
        const struct ground_row *row = &ground.rows[i];
        struct str at = str_of(row->path);
        if (row->z != z || row->kind != kind)
            continue;
        while (cell_read(&at, &part)) {
            geo_add(&part, part.p[0]);
            struct geo_box b = geo_bounds(&part);
            assert_true(b.x0 >= -CELL_OVERLAP && b.y0 >= -CELL_OVERLAP && b.x1 <= CELL_SIDE + CELL_OVERLAP &&
                        b.y1 <= CELL_SIDE + CELL_OVERLAP);
            geo_cut_ring(&part, cell, &cut, &spare);
            sum += geo_area(&cut);
        }
    }
    geo_free(&part);
    geo_free(&cut);
    geo_free(&spare);
    return sum / pow(ldexp(CELL_SIDE, z), 2);
}

/* The pieces of all cells together are the shape, whichever way round its rings were written. */
static void areas_are_cut_into_cells(void **state)
{
    (void)state;
    static const char *const files[] = {
        "[[[-122.7,45.5],[-122.6,45.5],[-122.6,45.6],[-122.7,45.6],[-122.7,45.5]],"
        "[[-122.68,45.52],[-122.62,45.52],[-122.62,45.58],[-122.68,45.58],[-122.68,45.52]]]",
        "[[[-122.7,45.5],[-122.7,45.6],[-122.6,45.6],[-122.6,45.5],[-122.7,45.5]],"
        "[[-122.68,45.52],[-122.68,45.58],[-122.62,45.58],[-122.62,45.52],[-122.68,45.52]]]",
    };
    struct geo_point a = geo_mercator(45.5, -122.7), b = geo_mercator(45.6, -122.6);
    struct geo_point c = geo_mercator(45.52, -122.68), d = geo_mercator(45.58, -122.62);
    double whole = fabs((b.x - a.x) * (b.y - a.y)) - fabs((d.x - c.x) * (d.y - c.y));
    for (size_t i = 0; i < COUNT(files); i++) {
        assert_true(read_feature("{\"kind\":\"water\"}", "Polygon", files[i]));
        check_row(fabs(covered(14, MAP_WATER) / whole - 1) < 0.002, i);
        check_row(fabs(covered(10, MAP_WATER) / whole - 1) < 0.05, i);
        assert_true(fabs(ground.rows[0].size_m - hypot(7797, 11119)) < 100);
    }
}

static void lines_are_cut_into_cells(void **state)
{
    (void)state;
    double length = 0, true_length = hypot(0.2 / 360, 0);
    assert_true(read_feature("{\"highway\":\"primary\"}", "LineString", "[[-122.7,45.5],[-122.5,45.5]]"));
    for (size_t i = 0; i < ground.n; i++) {
        struct str at = str_of(ground.rows[i].path);
        struct geo_line part = {0};
        while (ground.rows[i].z == 14 && cell_read(&at, &part))
            length += fmin(CELL_SIDE, part.p[1].x) - fmax(0, part.p[0].x);
        geo_free(&part);
    }
    assert_true(fabs(length / ldexp(CELL_SIDE, 14) / true_length - 1) < 0.001);
}

static void names_stand_inside(void **state)
{
    (void)state;
    /* a horseshoe: the middle of its bounds is not in it */
    assert_true(read_feature("{\"kind\":\"district\",\"name\":\"Bend\"}", "Polygon",
                             "[[[0,0],[1,0],[1,1],[0.7,1],[0.7,0.2],[0.3,0.2],[0.3,1],[0,1],[0,0]]]"));
    size_t names = 0;
    for (size_t i = 0; i < ground.n; i++)
        if (ground.rows[i].kind == MAP_NAME && ground.rows[i].z == 14) {
            double x = strtod(ground.rows[i].path, NULL);
            double lon = ((ground.rows[i].x + x / CELL_SIDE) / ldexp(1, 14) - 0.5) * 360;
            assert_true((lon > 0 && lon < 0.3) || (lon > 0.7 && lon < 1));
            assert_string_equal(ground.rows[i].name, "Bend");
            names++;
        }
    assert_int_equal(names, 1);
}

/* A map that lacks something is not taken for whole, and none crashes. */
static void without_memory(void **state)
{
    static const char map[] =
        "{\"type\":\"FeatureCollection\",\"features\":["
        "{\"type\":\"Feature\",\"properties\":{\"kind\":\"park\"},"
        "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":" SQUARE "}},"
        "{\"type\":\"Feature\",\"properties\":{\"kind\":\"road\"},"
        "\"geometry\":{\"type\":\"LineString\",\"coordinates\":" STREET "}},"
        "{\"type\":\"Feature\",\"properties\":{\"kind\":\"district\",\"name\":\"Bend\"},"
        "\"geometry\":{\"type\":\"Point\",\"coordinates\":[-122.6,45.5]}}]}";
    (void)state;
    assert_true(read_text(map));
    size_t whole = ground.n;
    for (int n = 0, good = false; !good; n++) {
        assert_true(n < 1000);
        growths = n;
        good = read_text(map);
        growths = -1;
        check_row(good ? ground.n == whole : result.problem[0] || ground.problem, (size_t)n);
    }
}

/* --- Drawing */

static const struct map_frame frame = {45.55, -122.65, 5000};

/* The rows of the level that suits the frame, as the page gets them. */
static size_t shapes_of(struct map_shape *shapes, size_t cap)
{
    struct geo_box box = map_frame_box(&frame);
    int z = cell_level(box.x1 - box.x0);
    size_t n = 0;
    for (size_t i = 0; i < ground.n && n < cap; i++)
        if (ground.rows[i].z == z)
            shapes[n++] = (struct map_shape){.kind = ground.rows[i].kind,
                                             .z = z,
                                             .x = ground.rows[i].x,
                                             .y = ground.rows[i].y,
                                             .path = str_of(ground.rows[i].path),
                                             .name = ground.rows[i].name};
    return n;
}

static void shapes_are_drawn_to_scale(void **state)
{
    (void)state;
    struct map_shape shapes[200];
    assert_true(
        read_feature("{\"kind\":\"park\"}", "Polygon",
                     "[[[-122.65,45.55],[-122.6,45.55],[-122.6,45.58],[-122.65,45.58],[-122.65,45.55]]]"));
    assert_true(svg_ground(&out, &frame, shapes, shapes_of(shapes, COUNT(shapes)), 5000));
    /* one corner is the middle of the map; a kilometre is 28.8 units, drawn in halves */
    double x0 = 1e9, y0 = 1e9, x1 = -1e9, y1 = -1e9;
    for (const char *s = strstr(out.p, "class=\"park\""); s && (s = strchr(s, 'M')); s++) {
        char *at;
        double x = strtod(s + 1, &at), y = strtod(at, &at), dx, dy;
        assert_int_equal(*at, 'l');
        at++;
        do {
            x0 = fmin(x0, x), x1 = fmax(x1, x), y0 = fmin(y0, y), y1 = fmax(y1, y);
            dx = strtod(at, &at);
            dy = strtod(at, &at);
            x += dx;
            y += dy;
        } while (dx != 0 || dy != 0);
    }
    assert_true(fabs(x0 - 340) <= 1 && fabs(y1 - 340) <= 1);
    assert_true(fabs(x1 - x0 - 2 * 28.8 * 3.893) <= 2);
    assert_true(fabs(y1 - y0 - 2 * 28.8 * 3.336) <= 2);
}

static void nothing_of_elsewhere_is_drawn(void **state)
{
    (void)state;
    struct map_shape shapes[200];
    assert_true(
        read_feature("{\"kind\":\"park\"}", "Polygon",
                     "[[[-122.45,45.55],[-122.4,45.55],[-122.4,45.58],[-122.45,45.58],[-122.45,45.55]]]"));
    assert_true(svg_ground(&out, &frame, shapes, shapes_of(shapes, COUNT(shapes)), 5000));
    assert_int_equal(out.n, 0);
    assert_true(svg_ground(&out, &frame, shapes, 0, 5000));
    assert_int_equal(out.n, 0);
}

/* Crumpled lakes, the largest first, many more than there is room for. */
static void the_smallest_are_left_out(void **state)
{
    (void)state;
    static struct map_shape shapes[400];
    static char paths[400][2000];
    struct geo_box box = map_frame_box(&frame);
    int z = cell_level(box.x1 - box.x0);
    struct geo_point middle = geo_mercator(frame.lat, frame.lon);
    for (int i = 0; i < 400; i++) {
        int at = snprintf(paths[i], sizeof *paths, "%d %d", 100 + i * 4 % 1500, 100 + i * 37 % 1500);
        for (int k = 1; k < 60; k++)
            at += snprintf(paths[i] + at, sizeof *paths - (size_t)at, " %d %d",
                           (k < 30 ? 1 : -1) * (430 - i) / 20, (k % 2 ? 1 : -1) * (430 - i) / 12);
        shapes[i] = (struct map_shape){
            MAP_WATER,        z,   (int)(middle.x * ldexp(1, z)), (int)(middle.y * ldexp(1, z)),
            str_of(paths[i]), NULL};
    }
    static const size_t budgets[] = {300, 2000, 5500};
    size_t before = 0;
    for (size_t i = 0; i < COUNT(budgets); i++) {
        buf_reset(&out);
        assert_true(svg_ground(&out, &frame, shapes, COUNT(shapes), budgets[i]));
        const char *d = strstr(out.p, " d=\"");
        assert_non_null(d);
        size_t n = strcspn(d + 4, "\"");
        check_row(n <= budgets[i] && n > before, i);
        before = n;
    }
}

static void names_come_with_the_ground(void **state)
{
    (void)state;
    struct map_shape shapes[200];
    struct map_name names[3];
    struct map_pin pins[] = {{.distance_m = 4900, .bearing = 90, .number = 1, .label = "A"}};
    assert_true(read_feature("{\"kind\":\"district\",\"name\":\"Nob & Hill\"}", "MultiPoint",
                             "[[-122.65,45.5725],[-122.601,45.55],[-122.65,45.58],[-122.3,45.55]]"));
    size_t n = map_names(&frame, shapes, shapes_of(shapes, COUNT(shapes)), names, COUNT(names));
    assert_int_equal(n, 3); /* the last is outside */
    assert_true(fabs(names[0].x - 170) < 1 && fabs(names[0].y - (170 - 28.8 * 2.502)) < 1);
    struct map_ground under = {"<g class=\"ground\"></g>", names, n};
    assert_true(svg_distance_map(&out, pins, 1, "x", false, &under));
    const char *name = strstr(out.p, "class=\"name\"");
    assert_non_null(name);
    assert_non_null(strstr(name, ">Nob &amp; Hill<"));
    assert_null(strstr(name + 1, "class=\"name\"")); /* the others: under the pin, on the 4 km of a ring */
    assert_null(strstr(out.p, "class=\"disc\""));
    assert_true(strstr(out.p, "class=\"ground\"") < strstr(out.p, "class=\"ring\""));
}

/* --- Tiles under the frame */

/* Which tile an image is of. */
static void address(const char *image, int *z, int *x, int *y)
{
    char *at = strstr(image, "/map/");
    assert_non_null(at);
    *z = (int)strtol(at + 5, &at, 10);
    *x = (int)strtol(at + 1, &at, 10);
    *y = (int)strtol(at + 1, &at, 10);
    assert_int_equal(*at, '"');
}

static void tiles_cover_the_frame(void **state)
{
    (void)state;
    static const struct map_frame frames[] = {
        {45.55, -122.65, 1000}, {45.55, -122.65, 5000}, {45.55, -122.65, 23456}, {0, 0, 3000},
        {64.1, -21.9, 30000},   {-33.9, 151.2, 400000}, {10, 179.99, 10000},
    };
    for (size_t i = 0; i < COUNT(frames); i++) {
        buf_reset(&out);
        assert_true(svg_tiles(&out, &frames[i], 4, 16));
        double x0 = 1e9, y0 = 1e9, x1 = -1e9, y1 = -1e9;
        size_t n = 0;
        int z, x, y;
        for (const char *s = out.p; (s = strstr(s, "<image")); s++, n++) {
            double left = after(s, " x=\""), top = after(s, " y=\""), width = after(s, " width=\"");
            double height = after(s, " height=\"");
            address(s, &z, &x, &y);
            check_row(width > 170 && width < 341 && width == height, i);
            check_row(x >= 0 && x < 1 << z && y >= 0 && y < 1 << z, i);
            x0 = fmin(x0, left), y0 = fmin(y0, top), x1 = fmax(x1, left + width), y1 = fmax(y1, top + height);
        }
        check_row(n >= 1 && n <= 9, i);
        check_row(x0 <= 0 && y0 <= 0 && x1 >= MAP_SIDE && y1 >= MAP_SIDE, i);
    }
}

static void tiles_stand_where_they_belong(void **state)
{
    (void)state;
    struct map_frame f = {45.55, -122.65, 5000};
    int z, x, y;
    assert_true(svg_tiles(&out, &f, 4, 16));
    const char *first = strstr(out.p, "<image");
    assert_non_null(first);
    double left = after(first, " x=\""), top = after(first, " y=\""), width = after(first, " width=\"");
    address(first, &z, &x, &y);
    struct geo_point middle = geo_mercator(f.lat, f.lon);
    double size = width - 0.3;
    assert_true(fabs(left + (middle.x * ldexp(1, z) - x) * size - 170) < 0.1);
    assert_true(fabs(top + (middle.y * ldexp(1, z) - y) * size - 170) < 0.1);
    /* the outer ring is 144 units away, and 5 km */
    assert_true(fabs(144 / size * geo_side_m(f.lat) / ldexp(1, z) - 5000) < 5);
}

static void tiles_of_few_levels(void **state)
{
    (void)state;
    struct map_frame f = {45.55, -122.65, 5000}; /* wants zoom 12 */
    assert_true(svg_tiles(&out, &f, 4, 10));
    assert_non_null(strstr(out.p, "/map/10/")); /* coarser */
    buf_reset(&out);
    assert_true(svg_tiles(&out, &f, 4, 9));
    assert_int_equal(out.n, 0); /* too coarse to help */
    assert_true(svg_tiles(&out, &f, 14, 16));
    assert_int_equal(out.n, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(kinds_of_features),
        TEST(faults_are_named),
        TEST(files_that_are_none),
        TEST(areas_are_cut_into_cells),
        TEST(lines_are_cut_into_cells),
        TEST(names_stand_inside),
        TEST(without_memory),
        TEST(shapes_are_drawn_to_scale),
        TEST(nothing_of_elsewhere_is_drawn),
        TEST(the_smallest_are_left_out),
        TEST(names_come_with_the_ground),
        TEST(tiles_cover_the_frame),
        TEST(tiles_stand_where_they_belong),
        TEST(tiles_of_few_levels),
    };
    return cmocka_run_group_tests_name("ground", tests, NULL, NULL);
}
