/* What lies under the rings of the distance map: the operator's shapes, or images of the operator's tiles. */
#include "view/cell.h"
#include "view/svg_inner.h"

#include <math.h>
#include <stdio.h>

/* Shapes are drawn in halves of a unit, whole numbers being the shortest. */
#define FINE   2
#define MARGIN 12.0 /* beyond the edge, so that ends of strokes do not show */
#define SMALL  5.0  /* what is smaller than this is not drawn, in halves of a unit */

const char *const map_kind_names[MAP_KINDS] = {"park", "water", "river", "district", "road", "name"};

/* --- The frame */

struct geo_box map_frame_box(const struct map_frame *frame)
{
    struct geo_point middle = geo_mercator(frame->lat, frame->lon);
    double half = MAP_SIDE / 2.0 / MAP_REACH * frame->reach_m / geo_side_m(frame->lat);
    return (struct geo_box){middle.x - half, middle.y - half, middle.x + half, middle.y + half};
}

struct geo_point map_point(const struct map_frame *frame, struct geo_point p)
{
    struct geo_box box = map_frame_box(frame);
    double scale = MAP_SIDE / (box.x1 - box.x0);
    return (struct geo_point){(p.x - box.x0) * scale, (p.y - box.y0) * scale};
}

/* --- Shapes */

/* The path of each kind while it is drawn; `bytes` is what they may take together. */
struct drawing {
    struct geo_box box; /* of the frame, in the Mercator square */
    struct geo_box cut; /* of the picture and its margin, in halves of a unit */
    double tolerance;
    size_t bytes;
    struct buf path[MAP_KINDS];
    struct buf *into; /* the one that is written to */
    struct geo_line part, cut_part, spare;
    bool ring;
};

/* A minus sign separates it from the number before; else a blank does. */
static void put_number(struct buf *out, long n, bool first)
{
    buf_printf(out, n < 0 || first ? "%ld" : " %ld", n);
}

/* "M12 34l5-3 2 7z": a start and steps, without those that are nothing. */
static bool put_part(struct geo_line *part, void *context)
{
    struct drawing *d = context;
    geo_thin(part, d->tolerance);
    struct geo_box size = geo_bounds(part);
    size_t count = part->n - d->ring;
    if (count < (d->ring ? 3 : 2) || fmax(size.x1 - size.x0, size.y1 - size.y0) < SMALL)
        return true;
    long x = lround(part->p[0].x), y = lround(part->p[0].y);
    buf_printf(d->into, "M%ld %ld", x, y);
    bool first = true;
    for (size_t i = 1; i < count; i++) {
        long dx = lround(part->p[i].x) - x, dy = lround(part->p[i].y) - y;
        if (dx == 0 && dy == 0)
            continue;
        buf_puts(d->into, first ? "l" : "");
        put_number(d->into, dx, first);
        put_number(d->into, dy, false);
        x += dx;
        y += dy;
        first = false;
    }
    buf_puts(d->into, d->ring ? "z" : "");
    return true;
}

/* From the units of the shape's cell to halves of the map's. */
static void to_picture(const struct drawing *d, const struct map_shape *shape, struct geo_line *part)
{
    double cell = ldexp(1, -shape->z), scale = FINE * MAP_SIDE / (d->box.x1 - d->box.x0);
    for (size_t i = 0; i < part->n; i++) {
        double x = (shape->x + part->p[i].x / CELL_SIDE) * cell;
        double y = (shape->y + part->p[i].y / CELL_SIDE) * cell;
        part->p[i] = (struct geo_point){(x - d->box.x0) * scale, (y - d->box.y0) * scale};
    }
}

/* Drawn filled, as rings; the others are lines. */
static bool is_area(enum map_kind kind)
{
    return kind == MAP_PARK || kind == MAP_WATER;
}

/* All parts of a shape into the path of its kind. A path that is not one ends the shape where it goes wrong.
 */
static void draw_shape(struct drawing *d, const struct map_shape *shape)
{
    struct str at = shape->path;
    d->into = &d->path[shape->kind];
    d->ring = is_area(shape->kind);
    while (cell_read(&at, &d->part)) {
        if (d->ring)
            geo_add(&d->part, d->part.p[0]);
        to_picture(d, shape, &d->part);
        if (!geo_touch(geo_bounds(&d->part), d->cut))
            continue;
        if (d->ring) {
            geo_cut_ring(&d->part, d->cut, &d->cut_part, &d->spare);
            if (d->cut_part.n > 0)
                put_part(&d->cut_part, d);
        } else {
            geo_cut_line(&d->part, d->cut, put_part, d);
        }
    }
}

static size_t drawn_bytes(const struct drawing *d)
{
    size_t n = 0;
    for (int kind = 0; kind < MAP_KINDS; kind++)
        n += d->path[kind].n;
    return n;
}

/* True when everything fitted; what does not fit, and all that is smaller, is left out. */
static bool draw_all(struct drawing *d, const struct map_shape *shapes, size_t n)
{
    for (int kind = 0; kind < MAP_KINDS; kind++) {
        /* more than `bytes`: the shape that goes beyond is taken back */
        d->path[kind].max = 4 * d->bytes + 65536;
        buf_reset(&d->path[kind]);
    }
    for (size_t i = 0; i < n; i++) {
        if (shapes[i].kind == MAP_NAME)
            continue;
        size_t before = d->path[shapes[i].kind].n;
        draw_shape(d, &shapes[i]);
        if (d->into->failed || drawn_bytes(d) > d->bytes) {
            d->into->failed = false;
            d->into->n = before;
            if (d->into->p)
                d->into->p[before] = '\0';
            return false;
        }
    }
    return true;
}

/* One path for each kind, in the order of enum map_kind: later ones lie on top. */
static void put_paths(struct buf *out, const struct drawing *d)
{
    if (drawn_bytes(d) == 0)
        return;
    buf_printf(out, "<g class=\"ground\" transform=\"scale(%g)\" aria-hidden=\"true\">", 1.0 / FINE);
    for (int kind = 0; kind < MAP_KINDS; kind++)
        if (d->path[kind].n > 0)
            buf_printf(out, "<path class=\"%s\" d=\"%s\"/>", map_kind_names[kind], d->path[kind].p);
    buf_puts(out, "</g>");
}

bool svg_ground(struct buf *out, const struct map_frame *frame, const struct map_shape *shapes, size_t n,
                size_t bytes)
{
    const double side = FINE * MAP_SIDE;
    struct drawing d = {.box = map_frame_box(frame),
                        .cut = {-MARGIN, -MARGIN, side + MARGIN, side + MARGIN},
                        .tolerance = 1,
                        .bytes = bytes};
    if (!draw_all(&d, shapes, n)) { /* coarser first, and fewer only when that is not enough */
        d.tolerance = 2.5;
        draw_all(&d, shapes, n);
    }
    put_paths(out, &d);
    for (int kind = 0; kind < MAP_KINDS; kind++)
        buf_free(&d.path[kind]);
    bool made = !d.part.failed && !d.cut_part.failed && !d.spare.failed;
    geo_free(&d.part);
    geo_free(&d.cut_part);
    geo_free(&d.spare);
    return made && !out->failed;
}

size_t map_names(const struct map_frame *frame, const struct map_shape *shapes, size_t n,
                 struct map_name *names, size_t cap)
{
    size_t count = 0;
    struct geo_line point = {0};
    for (size_t i = 0; i < n && count < cap; i++) {
        struct str at = shapes[i].path;
        if (shapes[i].kind != MAP_NAME || !shapes[i].name || !cell_read(&at, &point))
            continue;
        double cell = ldexp(1, -shapes[i].z);
        struct geo_point p =
            map_point(frame, (struct geo_point){(shapes[i].x + point.p[0].x / CELL_SIDE) * cell,
                                                (shapes[i].y + point.p[0].y / CELL_SIDE) * cell});
        if (p.x > 0 && p.x < MAP_SIDE && p.y > 0 && p.y < MAP_SIDE)
            names[count++] = (struct map_name){p.x, p.y, shapes[i].name};
    }
    geo_free(&point);
    return count;
}

/* --- Tiles */

/* The zoom at which three tiles a side are enough: one is then 170 to 340 units wide. Where there are none so
 * fine, up to four times as wide. */
static int tile_zoom(double width, int zoom_min, int zoom_max)
{
    int zoom = (int)ceil(log2(1 / width));
    if (zoom > zoom_max && zoom <= zoom_max + 2)
        zoom = zoom_max;
    return zoom >= zoom_min && zoom <= zoom_max ? zoom : -1;
}

bool svg_tiles(struct buf *out, const struct map_frame *frame, int zoom_min, int zoom_max)
{
    struct geo_box box = map_frame_box(frame);
    int zoom = tile_zoom(box.x1 - box.x0, zoom_min, zoom_max);
    if (zoom < 0)
        return !out->failed;
    const double side = ldexp(1, zoom), scale = MAP_SIDE / ((box.x1 - box.x0) * side);
    const long count = 1L << zoom;
    const long left = (long)floor(box.x0 * side), right = (long)floor(box.x1 * side);
    const long first = (long)fmax(0, floor(box.y0 * side)), last = (long)fmin(side - 1, floor(box.y1 * side));
    buf_puts(out, "<g class=\"tiles\" aria-hidden=\"true\">");
    for (long y = first; y <= last; y++)
        for (long x = left; x <= right; x++)
            /* a little larger than it is: no line of the ground between two of them */
            buf_printf(
                out, "<image href=\"/map/%d/%ld/%ld\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>",
                zoom, (x % count + count) % count, y, ((double)x - box.x0 * side) * scale,
                ((double)y - box.y0 * side) * scale, scale + 0.3, scale + 0.3);
    buf_printf(out, "<rect class=\"veil\" width=\"%d\" height=\"%d\"/></g>", MAP_SIDE, MAP_SIDE);
    return !out->failed;
}
