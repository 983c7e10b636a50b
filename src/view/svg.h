/*
 * The distance map beside a list of results, drawn by the server.
 *
 * The result is markup made here from numbers and escaped text, so it may go under `raw.`; colours come from
 * the style sheet (.map). All return false when `out` failed; nothing useful is in it then.
 */
#ifndef UNKNOT_VIEW_SVG_H
#define UNKNOT_VIEW_SVG_H

#include "core/text.h"
#include "view/geo.h"

/* One result on the map, seen from the place that was searched. */
struct map_pin {
    double distance_m;
    double bearing; /* degrees clockwise from north, any turn */
    int number;     /* as in the list; the pin leads to #r{number} unless href says otherwise */
    const char *label;
    const char *href; /* NULL: "#r{number}" */
};

#define MAP_PINS_MAX 50  /* more are not drawn */
#define MAP_SIDE     340 /* units of the square it is drawn in: about its width in pixels */

/* Distance (metres, great circle) and first bearing of a point from a centre, all in degrees. Fills only
 * these two. */
void map_pin_place(struct map_pin *pin, double centre_lat, double centre_lon, double lat, double lon);

/* The square of the earth that a map shows: its middle, and how far its outermost ring is from there. */
struct map_frame {
    double lat, lon;
    double reach_m;
};

/* How far the outermost ring is that svg_distance_map draws around these pins. */
double map_reach_m(const struct map_pin *pins, size_t n, bool miles);
struct geo_box map_frame_box(const struct map_frame *frame); /* in the Mercator square */

/* What lies under the rings. Names are in the map's units; one that finds no room is left out. */
struct map_name {
    double x, y;
    const char *text;
};
struct map_ground {
    const char *markup; /* of svg_ground or svg_tiles; NULL: nothing */
    const struct map_name *names;
    size_t name_count;
};

/* Rings of equal distance around `place`, north up, and the pins at their true direction and distance. Pins
 * never touch: they move apart (a line leads back to the true spot), and those of one spot become one pin,
 * "3-5". Pins whose distance or bearing is no number are left out. `ground` may be NULL. Writes nothing for
 * n = 0. */
bool svg_distance_map(struct buf *out, const struct map_pin *pins, size_t n, const char *place, bool miles,
                      const struct map_ground *ground);

/* A piece of the operator's map as it is stored (view/cell.h). */
struct map_shape {
    enum map_kind { MAP_PARK, MAP_WATER, MAP_RIVER, MAP_DISTRICT, MAP_ROAD, MAP_NAME } kind;
    int z, x, y; /* its cell */
    struct str path;
    const char *name; /* of a MAP_NAME, which has a path of one point */
};
#define MAP_KINDS 6
extern const char *const map_kind_names[MAP_KINDS]; /* "park", …: as stored, and the class of what is drawn */

/* The shapes, cut to the frame, in at most `bytes` of markup: given the largest first, the smallest are left
 * out. Writes nothing when nothing of them is in the frame. */
bool svg_ground(struct buf *out, const struct map_frame *frame, const struct map_shape *shapes, size_t n,
                size_t bytes);
/* Where in the map the names among the shapes belong; at most `cap`. */
size_t map_names(const struct map_frame *frame, const struct map_shape *shapes, size_t n,
                 struct map_name *names, size_t cap);

/* Images of /map/{z}/{x}/{y} under the frame, at most nine, at the zoom that suits it; none when that is not
 * within what there is. */
bool svg_tiles(struct buf *out, const struct map_frame *frame, int zoom_min, int zoom_max);

#endif
