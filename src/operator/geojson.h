/*
 * GeoJSON (RFC 7946), read as a map of the ground: water, parks, main roads, districts.
 *
 * What a feature is says its property `kind`: water, park, road or district. Without one the tags of
 * OpenStreetMap are understood (natural, water, waterway, leisure, landuse, highway, boundary, place); a
 * feature that is none of these is left out and counted. Water is an area, or a line (a river); a park is an
 * area, a road a line; a district is an area or a line, and its `name` is written on the map; a point is a
 * name alone.
 */
#ifndef UNKNOT_OPERATOR_GEOJSON_H
#define UNKNOT_OPERATOR_GEOJSON_H

#include "view/svg.h"

#include <stdio.h>

/* One polygon, one line, or one point. Gone after the call it is given to. */
struct geojson_shape {
    enum map_kind kind;
    const char *name;             /* of a MAP_NAME or MAP_DISTRICT; may be NULL */
    bool area;                    /* its parts are rings, the first one around the others */
    const struct geo_line *parts; /* in the Mercator square */
    size_t count;
    double size_m; /* from corner to corner of its bounds; for a point what its place usually has */
};

struct geojson_result {
    long taken[MAP_KINDS], left_out; /* features */
    char problem[320]; /* when reading failed: a sentence with the line or the number of the feature */
};

#define GEOJSON_MAX_BYTES ((size_t)64 << 20)

/* Calls `each` with every shape of a FeatureCollection; false when the file is not one that can be drawn, or
 * `each` stopped (then without a problem). */
bool geojson_read(FILE *in, struct geojson_result *result,
                  bool (*each)(const struct geojson_shape *shape, void *context), void *context);

#endif
