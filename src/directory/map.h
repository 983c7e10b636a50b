/* The map beside a list of results. */
#ifndef UNKNOT_DIRECTORY_MAP_H
#define UNKNOT_DIRECTORY_MAP_H

#include "core/json.h"
#include "http/http.h"

/* Draws the map of a results document ("place", "results", "miles") as `raw.map`, and says where it can be
 * moved as `map_moves`. Nothing where there is no place to stand in the middle, or nobody to show. `lists` is
 * what the form offers (choices.h): its radii, and whether there is ground to draw. */
void map_add(struct request *r, const char *doc, const struct json *lists);

#endif
