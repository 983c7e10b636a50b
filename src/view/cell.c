/* Paths of cells, written by the import of a map and read back for each drawing. */
#include "view/cell.h"

#include <math.h>

const int cell_levels[CELL_LEVELS] = {6, 8, 10, 12, 14};

/* A frame of up to two cells' width touches three at most, wherever it lies. */
int cell_level(double width)
{
    int level = 0;
    for (int i = 0; i < CELL_LEVELS; i++)
        if (width <= ldexp(2, -cell_levels[i]))
            level = cell_levels[i];
    return level;
}

/* Number of points that differ once they are rounded. */
static size_t distinct(const struct geo_line *part)
{
    size_t n = part->n > 0;
    for (size_t i = 1; i < part->n; i++)
        n += lround(part->p[i].x) != lround(part->p[i - 1].x) ||
             lround(part->p[i].y) != lround(part->p[i - 1].y);
    return n;
}

void cell_write(struct buf *path, const struct geo_line *part, bool ring, size_t least)
{
    long x = 0, y = 0;
    /* a ring's last point is its first, and is not said again */
    size_t n = distinct(part) - (ring && part->n > 0), written = 0;
    if (n < least || part->n == 0)
        return;
    if (path->n > 0)
        buf_putc(path, ';');
    for (size_t i = 0; i < part->n && written < n; i++) {
        long px = lround(part->p[i].x), py = lround(part->p[i].y);
        if (i > 0 && px == x && py == y)
            continue;
        buf_printf(path, i > 0 ? " %ld %ld" : "%ld %ld", px - x, py - y);
        x = px;
        y = py;
        written++;
    }
}

/* The number at *at, which ends at a blank, at `;` or at the end. */
static bool read_number(struct str *at, double *value)
{
    size_t n = 0;
    int64_t number;
    while (n < at->n && at->p[n] != ' ' && at->p[n] != ';')
        n++;
    if (!text_int((struct str){at->p, n}, -4 * CELL_SIDE, 4 * CELL_SIDE, &number))
        return false;
    *value = (double)number;
    *at = (struct str){at->p + n, at->n - n};
    return true;
}

/* True when `c` came next, which is then behind us. */
static bool skip(struct str *at, char c)
{
    if (at->n == 0 || at->p[0] != c)
        return false;
    *at = (struct str){at->p + 1, at->n - 1};
    return true;
}

bool cell_read(struct str *at, struct geo_line *part)
{
    struct geo_point p = {0, 0}, step;
    geo_clear(part);
    if (at->n == 0)
        return false;
    do {
        if (!read_number(at, &step.x) || !skip(at, ' ') || !read_number(at, &step.y))
            return false;
        p = (struct geo_point){p.x + step.x, p.y + step.y};
        geo_add(part, p);
    } while (skip(at, ' '));
    return (at->n == 0 || skip(at, ';')) && !part->failed;
}
