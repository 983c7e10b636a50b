/*
 * A shape is scaled to each level and thinned there, cut into columns of cells and each column into its
 * cells: cutting everything by every cell would go over long lines again and again. Cells overlap a
 * little, so that no seam shows between them.
 */
#include "operator/ground.h"

#include "view/cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* In units of a cell, of which 3 to 12 are one unit of the map on a page. */
#define TOLERANCE 2.0
#define SMALLEST  6.0

/* A shape while it is cut for one level. */
struct cutting {
    struct ground *ground;
    const struct geojson_shape *shape;
    int z, x, y; /* the cell that is being filled */
    struct buf path;
    struct geo_line strip, piece, spare;
};

/* --- Rows */

static bool stop(struct ground *g, const char *problem)
{
    g->problem = problem;
    return false;
}

static bool no_memory(struct ground *g)
{
    return stop(g, "there is not enough memory for the map");
}

static struct ground_row *next_row(struct ground *g)
{
    if (g->n == GROUND_ROWS_MAX) {
        stop(g,
             "the map is too large or too detailed for one file; take a smaller region, or fewer features");
        return NULL;
    }
    if (g->n == g->cap) {
        size_t cap = g->cap ? 2 * g->cap : 1024;
        struct ground_row *grown = reallocarray(g->rows, cap, sizeof *grown);
        if (!grown) {
            no_memory(g);
            return NULL;
        }
        g->rows = grown;
        g->cap = cap;
    }
    return &g->rows[g->n];
}

static bool put_row(struct cutting *c, enum map_kind kind, const char *path, const char *name)
{
    struct ground *g = c->ground;
    struct ground_row *row = next_row(g);
    if (!row)
        return false;
    *row = (struct ground_row){.kind = kind,
                               .z = c->z,
                               .x = c->x,
                               .y = c->y,
                               .size_m = c->shape->size_m,
                               .path = strdup(path),
                               .name = name ? strdup(name) : NULL};
    g->n++;
    return (row->path && (row->name || !name)) || no_memory(g);
}

/* The path of the present cell becomes a row. */
static bool put_path(struct cutting *c, enum map_kind kind)
{
    bool good = !c->path.failed || no_memory(c->ground);
    if (good && c->path.n > 0)
        good = put_row(c, kind, c->path.p, NULL);
    buf_reset(&c->path);
    return good;
}

/* --- Cells */

static int cell_of(double at)
{
    return (int)floor(at / CELL_SIDE);
}

static struct geo_box cell_box(int x, int y)
{
    double left = (double)x * CELL_SIDE, top = (double)y * CELL_SIDE;
    return (struct geo_box){left - CELL_OVERLAP, top - CELL_OVERLAP, left + CELL_SIDE + CELL_OVERLAP,
                            top + CELL_SIDE + CELL_OVERLAP};
}

/* All cells of a column. */
static struct geo_box strip_box(int x)
{
    struct geo_box b = cell_box(x, 0);
    b.y0 = -INFINITY;
    b.y1 = INFINITY;
    return b;
}

/* The part in the coordinates of its cell, on to the path. */
static void put_part(struct cutting *c, struct geo_line *part, bool ring)
{
    for (size_t i = 0; i < part->n; i++) {
        part->p[i].x -= (double)c->x * CELL_SIDE;
        part->p[i].y -= (double)c->y * CELL_SIDE;
    }
    cell_write(&c->path, part, ring, ring ? 3 : 2);
}

/* The line at this level, in units of a cell, thinned. */
static void scale(struct geo_line *out, const struct geo_line *in, int z)
{
    double side = ldexp(CELL_SIDE, z);
    geo_clear(out);
    for (size_t i = 0; i < in->n; i++)
        geo_add(out, (struct geo_point){in->p[i].x * side, in->p[i].y * side});
    geo_thin(out, TOLERANCE);
}

static bool is_small(const struct geo_line *line)
{
    struct geo_box b = geo_bounds(line);
    return line->n < 2 || fmax(b.x1 - b.x0, b.y1 - b.y0) < SMALLEST;
}

/* --- Areas */

/* Around what is filled forwards, around a hole backwards, whichever way the file has it. */
static void wind(struct geo_line *ring, bool hole)
{
    if ((geo_area(ring) < 0) != hole)
        geo_reverse(ring);
}

static bool fill_column(struct cutting *c, const struct geo_line *rings, struct geo_line *strips, size_t n)
{
    struct geo_box bounds = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < n; i++) {
        geo_cut_ring(&rings[i], strip_box(c->x), &strips[i], &c->spare);
        if (i == 0)
            bounds = geo_bounds(&strips[0]);
    }
    if (strips[0].n == 0)
        return true;
    for (c->y = cell_of(bounds.y0 - CELL_OVERLAP); c->y <= cell_of(bounds.y1 + CELL_OVERLAP); c->y++) {
        for (size_t i = 0; i < n; i++) {
            geo_cut_ring(&strips[i], cell_box(c->x, c->y), &c->piece, &c->spare);
            if (fabs(geo_area(&c->piece)) >= 1)
                put_part(c, &c->piece, true);
        }
        if (!put_path(c, c->shape->kind))
            return false;
    }
    return true;
}

static bool cut_area(struct cutting *c)
{
    size_t n = 0, count = c->shape->count;
    struct geo_line *rings = calloc(2 * count, sizeof *rings);
    bool good = rings || no_memory(c->ground);
    for (size_t i = 0; i < count && good; i++) {
        scale(&rings[n], &c->shape->parts[i], c->z);
        bool kept = rings[n].n >= 4 && !is_small(&rings[n]);
        if (i == 0 && !kept)
            break;
        wind(&rings[n], i > 0);
        n += kept;
    }
    if (good && n > 0) {
        struct geo_box b = geo_bounds(&rings[0]);
        for (c->x = cell_of(b.x0 - CELL_OVERLAP); good && c->x <= cell_of(b.x1 + CELL_OVERLAP); c->x++)
            good = fill_column(c, rings, rings + count, n);
    }
    for (size_t i = 0; rings && i < 2 * count; i++) {
        good = good && (!rings[i].failed || no_memory(c->ground));
        geo_free(&rings[i]);
    }
    free(rings);
    return good;
}

/* --- Lines */

static bool in_cell(struct geo_line *piece, void *context)
{
    struct cutting *c = context;
    put_part(c, piece, false);
    return true;
}

static bool in_column(struct geo_line *piece, void *context)
{
    struct cutting *c = context;
    struct geo_box b = geo_bounds(piece);
    for (c->y = cell_of(b.y0 - CELL_OVERLAP); c->y <= cell_of(b.y1 + CELL_OVERLAP); c->y++)
        if (!geo_cut_line(piece, cell_box(c->x, c->y), in_cell, c) || !put_path(c, c->shape->kind))
            return false;
    return true;
}

static bool cut_line(struct cutting *c, const struct geo_line *part)
{
    scale(&c->strip, part, c->z);
    if (is_small(&c->strip))
        return true;
    struct geo_box b = geo_bounds(&c->strip);
    for (c->x = cell_of(b.x0 - CELL_OVERLAP); c->x <= cell_of(b.x1 + CELL_OVERLAP); c->x++)
        if (!geo_cut_line(&c->strip, strip_box(c->x), in_column, c))
            return c->ground->problem ? false : no_memory(c->ground);
    return true;
}

/* --- Names */

/* A point inside: the middle of the bounds, or else of the widest stretch of the ring at that height. */
static struct geo_point label_point(const struct geo_line *ring)
{
    struct geo_box b = geo_bounds(ring);
    struct geo_point best = {(b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2};
    double widest = 0, from = b.x0;
    const int steps = 64;
    bool inside = false;
    if (geo_inside(ring, best))
        return best;
    for (int i = 0; i <= steps; i++) {
        double x = b.x0 + (b.x1 - b.x0) * i / steps;
        bool in = geo_inside(ring, (struct geo_point){x, best.y});
        if (in && !inside)
            from = x;
        if (in && x - from >= widest) {
            widest = x - from;
            best.x = (from + x) / 2;
        }
        inside = in;
    }
    return best;
}

static bool put_name(struct cutting *c, struct geo_point at)
{
    char path[64];
    double side = ldexp(CELL_SIDE, c->z);
    c->x = cell_of(at.x * side);
    c->y = cell_of(at.y * side);
    snprintf(path, sizeof path, "%ld %ld", lround(at.x * side - (double)c->x * CELL_SIDE),
             lround(at.y * side - (double)c->y * CELL_SIDE));
    return put_row(c, MAP_NAME, path, c->shape->name);
}

/* --- A shape */

static bool cut_level(struct cutting *c)
{
    const struct geojson_shape *shape = c->shape;
    bool good = true;
    if (shape->kind == MAP_NAME)
        return put_name(c, shape->parts[0].p[0]);
    if (shape->kind != MAP_DISTRICT && shape->area)
        return cut_area(c);
    for (size_t i = 0; i < shape->count && good; i++) /* of a district its border is drawn */
        good = cut_line(c, &shape->parts[i]);
    if (good && shape->area && shape->name)
        good = put_name(c, label_point(&shape->parts[0]));
    return good;
}

bool ground_add(const struct geojson_shape *shape, void *ground)
{
    struct cutting c = {.ground = ground, .shape = shape, .path = {.max = (size_t)1 << 20}};
    bool good = true;
    for (size_t i = 0; i < CELL_LEVELS && good; i++) {
        c.z = cell_levels[i];
        good = cut_level(&c);
    }
    if (good && (c.strip.failed || c.piece.failed || c.spare.failed))
        good = stop(c.ground, "there is not enough memory for the map");
    buf_free(&c.path);
    geo_free(&c.strip);
    geo_free(&c.piece);
    geo_free(&c.spare);
    return good;
}

void ground_free(struct ground *g)
{
    for (size_t i = 0; i < g->n; i++) {
        free(g->rows[i].path);
        free(g->rows[i].name);
    }
    free(g->rows);
    *g = (struct ground){.n = 0};
}
