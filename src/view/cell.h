/*
 * Cells: what an operator's map of the ground is cut into, so that a page reads only what its own frame
 * touches.
 *
 * A cell is a tile of the Mercator square at one of a few levels (2^z cells a side). Each level holds the
 * whole map, thinned for the sizes at which it is shown. Points are whole numbers from 0 to CELL_SIDE within
 * the cell; what is cut reaches CELL_OVERLAP beyond, so that no gap shows between neighbours.
 *
 * A path is text: parts divided by `;`, each "x y dx dy dx dy …", a first point and steps. Of an area each
 * part is a ring, closed without its last point, wound forwards for what is filled and backwards for holes.
 */
#ifndef UNKNOT_VIEW_CELL_H
#define UNKNOT_VIEW_CELL_H

#include "core/text.h"
#include "view/geo.h"

#define CELL_SIDE    2048
#define CELL_OVERLAP 32
#define CELL_LEVELS  5

extern const int cell_levels[CELL_LEVELS]; /* from coarse to fine */

/* The level for a frame of this width (in sides of the square): the finest of which it touches at most three
 * cells a side. 0: the frame is wider than the map is made for. */
int cell_level(double width);

/* Appends a part to a path, points rounded and repeated ones left out; nothing for fewer than `least` points.
 * `ring`: without the last point. */
void cell_write(struct buf *path, const struct geo_line *part, bool ring, size_t least);

/* The next part of a path, moving *at behind it. False at the end, or where the text is not a path. */
bool cell_read(struct str *at, struct geo_line *part);

#endif
