/*
 * An operator's map of the ground on its way into the database: each shape thinned for each level and cut
 * into cells (view/cell.h).
 */
#ifndef UNKNOT_OPERATOR_GROUND_H
#define UNKNOT_OPERATOR_GROUND_H

#include "operator/geojson.h"

struct ground_row {
    enum map_kind kind;
    int z, x, y;
    double size_m;
    char *path;
    char *name; /* NULL but for a MAP_NAME */
};

#define GROUND_ROWS_MAX 400000

/* Zero-initialise. */
struct ground {
    struct ground_row *rows;
    size_t n, cap;
    const char *problem; /* why it stopped */
};

/* Adds the rows of a shape. False when there are too many, or no memory. `ground` is a struct ground. */
bool ground_add(const struct geojson_shape *shape, void *ground);
void ground_free(struct ground *g);

#endif
