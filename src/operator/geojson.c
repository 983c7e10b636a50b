/*
 * jansson reads the file whole; after that one feature at a time is taken apart into parts (struct
 * geo_line), which are reused for the next and lent to `each`.
 */
#include "operator/geojson.h"

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 4  /* of collections in collections */
#define NAME_MAX  60 /* bytes; a longer name finds no room on the map */

struct reader {
    struct geojson_result *result;
    bool (*each)(const struct geojson_shape *, void *);
    void *context;
    size_t feature; /* from 1 */
    enum map_kind kind;
    const char *name;
    double point_m; /* how wide a place is that is only a point */
    struct geo_line *parts;
    size_t count, cap;
};

__attribute__((format(printf, 2, 3))) static bool fail(struct reader *r, const char *format, ...)
{
    char *at = r->result->problem;
    size_t cap = sizeof r->result->problem;
    int n = r->feature > 0 ? snprintf(at, cap, "feature %zu: ", r->feature) : 0;
    va_list args;
    va_start(args, format);
    vsnprintf(at + n, cap - (size_t)n, format, args);
    va_end(args);
    return false;
}

static bool no_memory(struct reader *r)
{
    return fail(r, "there is not enough memory for it");
}

/* --- What a feature is */

struct tag {
    const char *key, *values; /* a value is between bars; "*": any */
    enum map_kind kind;
    double point_m;
};

/* The first that fits. */
static const struct tag tags[] = {
    {"natural", "|water|bay|strait|", MAP_WATER, 0},
    {"water", "*", MAP_WATER, 0},
    {"waterway", "|river|canal|riverbank|", MAP_WATER, 0},
    {"landuse", "|reservoir|basin|", MAP_WATER, 0},
    {"leisure", "|park|nature_reserve|garden|golf_course|", MAP_PARK, 0},
    {"landuse", "|forest|recreation_ground|village_green|cemetery|meadow|", MAP_PARK, 0},
    {"natural", "|wood|", MAP_PARK, 0},
    {"boundary", "|national_park|protected_area|", MAP_PARK, 0},
    {"highway", "|motorway|trunk|primary|secondary|motorway_link|trunk_link|primary_link|", MAP_ROAD, 0},
    {"boundary", "|administrative|", MAP_DISTRICT, 3000},
    {"place", "|city|", MAP_DISTRICT, 25000},
    {"place", "|town|borough|", MAP_DISTRICT, 10000},
    {"place", "|suburb|village|", MAP_DISTRICT, 3500},
    {"place", "|quarter|neighbourhood|hamlet|", MAP_DISTRICT, 1500},
};

static bool has_tag(const json_t *properties, const struct tag *tag)
{
    const char *value = json_string_value(json_object_get(properties, tag->key));
    if (!value || !*value || strcmp(value, "no") == 0)
        return false;
    if (tag->values[0] == '*')
        return true;
    size_t n = strlen(value);
    for (const char *at = tag->values; (at = strstr(at, value)); at++)
        if (at > tag->values && at[-1] == '|' && at[n] == '|')
            return true;
    return false;
}

static bool kind_of_name(const char *name, enum map_kind *kind)
{
    static const enum map_kind kinds[] = {MAP_WATER, MAP_PARK, MAP_ROAD, MAP_DISTRICT};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(name, map_kind_names[kinds[i]]) == 0) {
            *kind = kinds[i];
            return true;
        }
    return false;
}

/* 1: known; 0: nothing that is drawn; -1: a kind that there is not. */
static int find_kind(struct reader *r, const json_t *properties)
{
    const json_t *kind = json_object_get(properties, "kind");
    r->point_m = 2500;
    if (json_is_string(kind)) {
        if (kind_of_name(json_string_value(kind), &r->kind))
            return 1;
        fail(r, "its \"kind\" is \"%.40s\"; it must be water, park, road or district",
             json_string_value(kind));
        return -1;
    }
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (has_tag(properties, &tags[i])) {
            r->kind = tags[i].kind;
            r->point_m = tags[i].point_m > 0 ? tags[i].point_m : r->point_m;
            return 1;
        }
    return 0;
}

static const char *find_name(const json_t *properties)
{
    const char *name = json_string_value(json_object_get(properties, "name"));
    size_t n = name ? strlen(name) : 0;
    return n > 0 && n <= NAME_MAX && strpbrk(name, "\t\r\n") == NULL ? name : NULL;
}

/* --- Positions */

static struct geo_line *next_part(struct reader *r)
{
    if (r->count == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 16;
        struct geo_line *grown = reallocarray(r->parts, cap, sizeof *grown);
        if (!grown) {
            no_memory(r);
            return NULL;
        }
        memset(grown + r->cap, 0, (cap - r->cap) * sizeof *grown);
        r->parts = grown;
        r->cap = cap;
    }
    geo_clear(&r->parts[r->count]);
    return &r->parts[r->count++];
}

static bool read_position(struct reader *r, const json_t *position, size_t number, struct geo_point *p)
{
    const json_t *lon = json_array_get(position, 0), *lat = json_array_get(position, 1);
    if (!json_is_number(lon) || !json_is_number(lat))
        return fail(r, "position %zu is not a pair of numbers [longitude, latitude]", number);
    double x = json_number_value(lon), y = json_number_value(lat);
    if (!(fabs(x) <= 180 && fabs(y) <= 90))
        return fail(r, "position %zu is [%g, %g]; it must be longitude and latitude in degrees (WGS 84)",
                    number, x, y);
    if (fabs(y) > 85)
        return fail(r, "position %zu is nearer to a pole than the map reaches (85 degrees)", number);
    *p = geo_mercator(y, x);
    return true;
}

static bool read_line(struct reader *r, const json_t *positions, bool ring)
{
    size_t n = json_array_size(positions), i;
    struct geo_line *part = next_part(r);
    const json_t *position;
    struct geo_point p;
    if (!part)
        return false;
    if (!json_is_array(positions) || n < (ring ? 4 : 2))
        return fail(r, "a %s needs at least %d positions and one has %zu",
                    ring ? "ring of a polygon" : "line", ring ? 4 : 2, n);
    json_array_foreach((json_t *)(uintptr_t)positions, i, position)
    {
        if (!read_position(r, position, i + 1, &p))
            return false;
        geo_add(part, p);
    }
    if (part->failed)
        return no_memory(r);
    if (ring && (part->p[0].x != part->p[n - 1].x || part->p[0].y != part->p[n - 1].y))
        return fail(r, "a ring of a polygon does not end where it begins");
    return true;
}

/* --- Geometries */

/* The shape that stands in the parts. */
static bool hand_on(struct reader *r, enum map_kind kind, bool area)
{
    struct geo_box b = geo_bounds(&r->parts[0]);
    double middle = 1 - (b.y0 + b.y1); /* of the Mercator square, -1 to 1; its inverse gives the latitude */
    double lat = atan(sinh(middle * 3.14159265358979323846)) * 180 / 3.14159265358979323846;
    struct geojson_shape shape = {
        .kind = kind,
        .name = r->name,
        .area = area,
        .parts = r->parts,
        .count = r->count,
        .size_m = kind == MAP_NAME ? r->point_m : hypot(b.x1 - b.x0, b.y1 - b.y0) * geo_side_m(lat),
    };
    r->count = 0;
    return r->each(&shape, r->context);
}

static bool read_polygon(struct reader *r, const json_t *rings)
{
    size_t i;
    const json_t *ring;
    if (r->kind == MAP_ROAD)
        return fail(r, "it is a road, which must be a line and is a polygon");
    if (!json_is_array(rings) || json_array_size(rings) == 0)
        return fail(r, "it is a polygon without a ring");
    r->count = 0;
    json_array_foreach((json_t *)(uintptr_t)rings, i, ring)
    {
        if (!read_line(r, ring, true))
            return false;
    }
    return hand_on(r, r->kind, true);
}

static bool read_line_string(struct reader *r, const json_t *positions)
{
    if (r->kind == MAP_PARK)
        return fail(r, "it is a park, which must be an area and is a line");
    r->count = 0;
    return read_line(r, positions, false) && hand_on(r, r->kind == MAP_WATER ? MAP_RIVER : r->kind, false);
}

/* Of points only those are drawn that are the name of a place. */
static bool read_point(struct reader *r, const json_t *position)
{
    struct geo_point p;
    r->count = 0;
    struct geo_line *part = next_part(r);
    if (!part || !read_position(r, position, 1, &p))
        return false;
    geo_add(part, p);
    if (part->failed)
        return no_memory(r);
    return r->kind != MAP_DISTRICT || !r->name || hand_on(r, MAP_NAME, false);
}

static bool read_each(struct reader *r, const json_t *array, bool (*read)(struct reader *, const json_t *))
{
    size_t i;
    const json_t *one;
    if (!json_is_array(array))
        return fail(r, "its \"coordinates\" are not an array");
    json_array_foreach((json_t *)(uintptr_t)array, i, one)
    {
        if (!read(r, one))
            return false;
    }
    return true;
}

static bool read_geometry(struct reader *r, const json_t *geometry, int depth)
{
    static const struct {
        const char *type;
        bool (*read)(struct reader *, const json_t *);
        bool many;
    } types[] = {
        {"Polygon", read_polygon, false},
        {"MultiPolygon", read_polygon, true},
        {"LineString", read_line_string, false},
        {"MultiLineString", read_line_string, true},
        {"Point", read_point, false},
        {"MultiPoint", read_point, true},
    };
    const char *type = json_string_value(json_object_get(geometry, "type"));
    const json_t *coordinates = json_object_get(geometry, "coordinates");
    if (!type)
        return fail(r, "it has no geometry with a \"type\"");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i].type) == 0)
            return types[i].many ? read_each(r, coordinates, types[i].read) : types[i].read(r, coordinates);
    if (strcmp(type, "GeometryCollection") != 0 || depth == DEPTH_MAX)
        return fail(r, "the \"type\" of its geometry is \"%.40s\", which GeoJSON does not have", type);
    const json_t *geometries = json_object_get(geometry, "geometries");
    for (size_t i = 0; i < json_array_size(geometries); i++)
        if (!read_geometry(r, json_array_get(geometries, i), depth + 1))
            return false;
    return true;
}

/* --- Features */

static bool read_feature(struct reader *r, const json_t *feature)
{
    const char *type = json_string_value(json_object_get(feature, "type"));
    const json_t *properties = json_object_get(feature, "properties");
    const json_t *geometry = json_object_get(feature, "geometry");
    if (!type || strcmp(type, "Feature") != 0)
        return fail(r, "its \"type\" is not \"Feature\"");
    int known = find_kind(r, properties);
    if (known < 0)
        return false;
    if (known == 0 || json_is_null(geometry)) {
        r->result->left_out++;
        return true;
    }
    r->result->taken[r->kind]++;
    r->name = r->kind == MAP_DISTRICT ? find_name(properties) : NULL;
    return read_geometry(r, geometry, 0);
}

static bool is_degrees(const json_t *root)
{
    const json_t *name = json_object_get(json_object_get(json_object_get(root, "crs"), "properties"), "name");
    const char *text = json_string_value(name);
    return !text || strstr(text, "CRS84") || strstr(text, "4326");
}

static bool read_root(struct reader *r, const json_t *root)
{
    const char *type = json_string_value(json_object_get(root, "type"));
    const json_t *features = json_object_get(root, "features");
    if (!type || strcmp(type, "FeatureCollection") != 0 || !json_is_array(features))
        return fail(r, "it is not a GeoJSON FeatureCollection");
    if (!is_degrees(root))
        return fail(r,
                    "its coordinates are not longitude and latitude (\"crs\"); convert it to WGS 84 first");
    for (r->feature = 1; r->feature <= json_array_size(features); r->feature++)
        if (!read_feature(r, json_array_get(features, r->feature - 1)))
            return false;
    return true;
}

bool geojson_read(FILE *in, struct geojson_result *result,
                  bool (*each)(const struct geojson_shape *shape, void *context), void *context)
{
    struct reader r = {.result = result, .each = each, .context = context};
    json_error_t error;
    *result = (struct geojson_result){.left_out = 0};
    json_t *root = json_loadf(in, 0, &error);
    bool good =
        root ? read_root(&r, root) : fail(&r, "line %d, column %d: %s", error.line, error.column, error.text);
    json_decref(root);
    for (size_t i = 0; i < r.cap; i++)
        geo_free(&r.parts[i]);
    free(r.parts);
    return good;
}
