/* The map beside a list of results. */
#ifndef UNKNOT_DIRECTORY_MAP_H
#define UNKNOT_DIRECTORY_MAP_H

#include "http/http.h"

/* Draws the map of a results document ("place", "results", "miles") as `raw.map`. Nothing where there is no
 * place to stand in the middle, or nobody to show. */
void map_add(struct request *r, const char *doc);

#endif
