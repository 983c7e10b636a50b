/* What the files that draw the map share. */
#ifndef UNKNOT_VIEW_SVG_INNER_H
#define UNKNOT_VIEW_SVG_INNER_H

#include "view/svg.h"

#define MAP_REACH 144.0 /* radius of the outermost ring: leaves room for a pin on it */

/* From a point of the Mercator square to the map's units. */
struct geo_point map_point(const struct map_frame *frame, struct geo_point p);

#endif
