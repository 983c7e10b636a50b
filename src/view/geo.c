#include "view/geo.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846

/* --- Points */

void geo_add(struct geo_line *line, struct geo_point p)
{
    if (line->n == line->cap && !line->failed) {
        size_t cap = line->cap ? 2 * line->cap : 64;
        struct geo_point *grown = reallocarray(line->p, cap, sizeof *grown);
        line->failed = !grown;
        line->p = grown ? grown : line->p;
        line->cap = grown ? cap : line->cap;
    }
    if (!line->failed)
        line->p[line->n++] = p;
}

void geo_clear(struct geo_line *line)
{
    line->n = 0;
}

void geo_free(struct geo_line *line)
{
    free(line->p);
    *line = (struct geo_line){0};
}

struct geo_point geo_mercator(double lat, double lon)
{
    double s = sin(lat * PI / 180);
    return (struct geo_point){lon / 360 + 0.5, 0.5 - log((1 + s) / (1 - s)) / (4 * PI)};
}

/* The projection stretches the ground by 1 / cos(lat) both ways. */
double geo_side_m(double lat)
{
    return 2 * PI * EARTH_M * cos(lat * PI / 180);
}

/* Of no points a box that touches nothing. */
struct geo_box geo_bounds(const struct geo_line *line)
{
    struct geo_box b = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < line->n; i++) {
        b.x0 = fmin(b.x0, line->p[i].x);
        b.y0 = fmin(b.y0, line->p[i].y);
        b.x1 = fmax(b.x1, line->p[i].x);
        b.y1 = fmax(b.y1, line->p[i].y);
    }
    return b;
}

bool geo_touch(struct geo_box a, struct geo_box b)
{
    return a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1;
}

double geo_area(const struct geo_line *ring)
{
    double twice = 0;
    for (size_t i = 1; i < ring->n; i++) {
        /* seen from the first point, so that far from the origin nothing is lost */
        double ax = ring->p[i - 1].x - ring->p[0].x, ay = ring->p[i - 1].y - ring->p[0].y;
        double bx = ring->p[i].x - ring->p[0].x, by = ring->p[i].y - ring->p[0].y;
        twice += ax * by - bx * ay;
    }
    return twice / 2;
}

/* By how often a ray to the right crosses the ring. A point on its line may count as either. */
bool geo_inside(const struct geo_line *ring, struct geo_point p)
{
    bool in = false;
    for (size_t i = 1; i < ring->n; i++) {
        struct geo_point a = ring->p[i - 1], b = ring->p[i];
        if ((a.y > p.y) != (b.y > p.y) && p.x < a.x + (b.x - a.x) * (p.y - a.y) / (b.y - a.y))
            in = !in;
    }
    return in;
}

void geo_reverse(struct geo_line *line)
{
    for (size_t i = 0, j = line->n; i + 1 < j; i++) {
        struct geo_point p = line->p[i];
        line->p[i] = line->p[--j];
        line->p[j] = p;
    }
}

/* --- Thinning */

/* Square of the distance of p from the stretch a to b. */
static double off_line(struct geo_point p, struct geo_point a, struct geo_point b)
{
    double dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy;
    double t = square > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / square : 0;
    t = fmin(1, fmax(0, t));
    dx = a.x + t * dx - p.x;
    dy = a.y + t * dy - p.y;
    return dx * dx + dy * dy;
}

/* Marks what stays between two points that do. The longer half is done in the same call: calls nest no deeper
 * than the logarithm of the number of points. */
static void mark(const struct geo_point *p, bool *stays, size_t from, size_t to, double square)
{
    while (to - from > 1) {
        size_t far = from;
        double most = square;
        for (size_t i = from + 1; i < to; i++) {
            double off = off_line(p[i], p[from], p[to]);
            if (off > most) {
                most = off;
                far = i;
            }
        }
        if (far == from)
            return;
        stays[far] = true;
        if (far - from < to - far) {
            mark(p, stays, from, far, square);
            from = far;
        } else {
            mark(p, stays, far, to, square);
            to = far;
        }
    }
}

void geo_thin(struct geo_line *line, double tolerance)
{
    bool *stays = line->n > 2 ? calloc(line->n, sizeof *stays) : NULL;
    if (!stays)
        return;
    stays[0] = stays[line->n - 1] = true;
    mark(line->p, stays, 0, line->n - 1, tolerance * tolerance);
    size_t n = 0;
    for (size_t i = 0; i < line->n; i++)
        if (stays[i])
            line->p[n++] = line->p[i];
    line->n = n;
    free(stays);
}

/* --- Cutting */

/* How far p is on the good side of one side of the box: 0 left, 1 right, 2 top, 3 bottom. */
static double depth(struct geo_point p, struct geo_box b, int side)
{
    switch (side) {
    case 0:
        return p.x - b.x0;
    case 1:
        return b.x1 - p.x;
    case 2:
        return p.y - b.y0;
    default:
        return b.y1 - p.y;
    }
}

/* Where the stretch a to b crosses a side, given how deep both are. */
static struct geo_point crossing(struct geo_point a, struct geo_point b, double da, double db)
{
    double t = da / (da - db);
    return (struct geo_point){a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
}

/* What of the ring is on the good side of one side; closed again by its first point. */
static void cut_side(const struct geo_line *in, struct geo_box box, int side, struct geo_line *out)
{
    geo_clear(out);
    for (size_t i = 1; i < in->n; i++) {
        struct geo_point a = in->p[i - 1], b = in->p[i];
        double da = depth(a, box, side), db = depth(b, box, side);
        if (da >= 0)
            geo_add(out, a);
        if ((da > 0 && db < 0) || (da < 0 && db > 0))
            geo_add(out, crossing(a, b, da, db));
    }
    if (out->n > 0)
        geo_add(out, out->p[0]);
    out->failed = out->failed || in->failed;
}

void geo_cut_ring(const struct geo_line *ring, struct geo_box box, struct geo_line *out,
                  struct geo_line *spare)
{
    cut_side(ring, box, 0, out);
    cut_side(out, box, 1, spare);
    cut_side(spare, box, 2, out);
    cut_side(out, box, 3, spare);
    struct geo_line kept = *out;
    *out = *spare;
    *spare = kept;
}

/* What of the stretch a to b is in the box (Liang and Barsky). */
static bool cut_stretch(struct geo_box box, struct geo_point *a, struct geo_point *b)
{
    double from = 0, to = 1;
    for (int side = 0; side < 4; side++) {
        double da = depth(*a, box, side), db = depth(*b, box, side);
        if (da < 0 && db < 0)
            return false;
        if (da < 0)
            from = fmax(from, da / (da - db));
        else if (db < 0)
            to = fmin(to, da / (da - db));
    }
    if (from > to)
        return false;
    struct geo_point p = *a, d = {b->x - a->x, b->y - a->y};
    if (from > 0)
        *a = (struct geo_point){p.x + from * d.x, p.y + from * d.y};
    if (to < 1)
        *b = (struct geo_point){p.x + to * d.x, p.y + to * d.y};
    return true;
}

/* A piece of fewer than two points is no line. False: stop. */
static bool hand_on(struct geo_line *piece, bool (*each)(struct geo_line *, void *), void *context)
{
    bool go = !piece->failed && (piece->n < 2 || each(piece, context));
    geo_clear(piece);
    return go;
}

bool geo_cut_line(const struct geo_line *line, struct geo_box box,
                  bool (*each)(struct geo_line *piece, void *context), void *context)
{
    struct geo_line piece = {0};
    bool go = true;
    for (size_t i = 1; i < line->n && go; i++) {
        struct geo_point a = line->p[i - 1], b = line->p[i];
        if (!cut_stretch(box, &a, &b))
            continue;
        bool joins = piece.n > 0 && piece.p[piece.n - 1].x == a.x && piece.p[piece.n - 1].y == a.y;
        if (!joins) {
            go = hand_on(&piece, each, context);
            geo_add(&piece, a);
        }
        geo_add(&piece, b);
    }
    go = go && hand_on(&piece, each, context);
    geo_free(&piece);
    return go;
}
