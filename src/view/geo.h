/*
 * Plane geometry for maps: the Mercator square, and cutting and thinning of lines and rings.
 *
 * The square is the one that tiles are counted on: x from 0 at 180° west to 1, y from 0 at 85.05° north to 1
 * in the south. A ring is a line whose last point is its first.
 */
#ifndef UNKNOT_VIEW_GEO_H
#define UNKNOT_VIEW_GEO_H

#include <stdbool.h>
#include <stddef.h>

struct geo_point {
    double x, y;
};

struct geo_box {
    double x0, y0, x1, y1;
};

/* Points, growing. Zero-initialise; without memory `failed` stays set, and nothing more is added until it is
 * freed: whoever fills one again and again asks once. */
struct geo_line {
    struct geo_point *p;
    size_t n, cap;
    bool failed;
};

void geo_add(struct geo_line *line, struct geo_point p);
void geo_clear(struct geo_line *line); /* empty again, memory kept */
void geo_free(struct geo_line *line);

/* The earth as a ball, as the distances of the program have it. */
#define EARTH_M 6371008.8

struct geo_point geo_mercator(double lat, double lon); /* degrees, within 85 of the equator */
/* Metres on the ground along the whole side of the square, as it is stretched at a latitude. */
double geo_side_m(double lat);

struct geo_box geo_bounds(const struct geo_line *line);
bool geo_touch(struct geo_box a, struct geo_box b);
double geo_area(const struct geo_line *ring); /* positive where x turns towards y */
bool geo_inside(const struct geo_line *ring, struct geo_point p);
void geo_reverse(struct geo_line *line);

/* Leaves out what is nearer than `tolerance` to the line through what stays (Douglas and Peucker); the ends
 * stay. */
void geo_thin(struct geo_line *line, double tolerance);

/* What of a ring is in the box, as one ring (Sutherland and Hodgman): parts that fall apart hang together by
 * edges along the box, which a fill does not show. Empty when nothing is. `spare` is written over. */
void geo_cut_ring(const struct geo_line *ring, struct geo_box box, struct geo_line *out,
                  struct geo_line *spare);

/* Calls `each` with every part of a line that is in the box; `piece` is gone after the call. False when it
 * was stopped or memory ran out. */
bool geo_cut_line(const struct geo_line *line, struct geo_box box,
                  bool (*each)(struct geo_line *piece, void *context), void *context);

#endif
