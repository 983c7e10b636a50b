/*
 * Drawings the server makes: the distance map beside a list of results, and the initials that stand in for a
 * photo.
 *
 * The result is markup made here from numbers and escaped text, so it may go under `raw.`; colours come from
 * the style sheet (.map, .ava). Both return false when `out` failed; nothing useful is in it then.
 */
#ifndef UNKNOT_VIEW_SVG_H
#define UNKNOT_VIEW_SVG_H

#include "core/text.h"

/* One result on the map, seen from the place that was searched. */
struct map_pin {
    double distance_m;
    double bearing; /* degrees clockwise from north, any turn */
    int number;     /* as in the list; the pin leads to #r{number} unless href says otherwise */
    const char *label;
    const char *href; /* NULL: "#r{number}" */
};

#define MAP_PINS_MAX 50 /* more are not drawn */

/* Distance (metres, great circle) and first bearing of a point from a centre, all in degrees. Fills only
 * these two. */
void map_pin_place(struct map_pin *pin, double centre_lat, double centre_lon, double lat, double lon);

/* Rings of equal distance around `place`, north up, and the pins at their true direction and distance. Pins
 * never touch: they move apart (a line leads back to the true spot), and those of one spot become one pin,
 * "3-5". Pins whose distance or bearing is no number are left out. Writes nothing for n = 0. */
bool svg_distance_map(struct buf *out, const struct map_pin *pins, size_t n, const char *place, bool miles);

/* Initials of a name (first and last word) on one of eight tints, always the same one for a name. */
bool svg_avatar(struct buf *out, const char *name);

#endif
