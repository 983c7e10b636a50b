/* The line as a drawing. */
#include "outcome/line.h"
#include "view/chart.h"

struct frame {
    int32_t first, last; /* days */
    int32_t high;        /* the value at its upper end */
};

static bool is_drawn(const struct point *at, unsigned which)
{
    for (size_t m = 0; m < MEASURES; m++)
        if (which >> m & 1 && at->value[m] != NOT_SAID)
            return true;
    return false;
}

static double x_of(const struct frame *f, int32_t day)
{
    return CHART_LEFT + 8 + (double)(day - f->first) * (CHART_RIGHT - CHART_LEFT - 16) / (f->last - f->first);
}

static double y_of(const struct frame *f, int32_t value)
{
    return chart_y(value, f->high);
}

static void put_days(struct buf *out, const struct line *line, unsigned which)
{
    const struct point *first = NULL, *last = NULL;
    for (size_t i = 0; i < line->count; i++) {
        if (!is_drawn(&line->point[i], which))
            continue;
        first = first ? first : &line->point[i];
        last = &line->point[i];
    }
    chart_ends(out, first ? first->said : NULL, last ? last->said : NULL);
}

/* Shapes differ, not only colours. */
static void put_mark(struct buf *out, enum measure m, double x, double y)
{
    if (m == MEASURE_WORST)
        buf_printf(out, "<path d=\"M%.1f %.1fl5 8h-10z\"/>", x, y - 5);
    else if (m == MEASURE_NOW)
        buf_printf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"6\" height=\"6\"/>", x - 3, y - 3);
    else
        buf_printf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"/>", x, y);
}

static void put_measure(struct buf *out, const struct line *line, const struct frame *f, enum measure m)
{
    bool joined = m != MEASURE_NOW, begun = false; /* pain at one moment: no line pretends to know between */
    buf_printf(out, "<g class=\"%s\">", measures[m].key);
    if (joined)
        buf_puts(out, "<path class=\"run\" d=\"");
    for (size_t i = 0; joined && i < line->count; i++) {
        const struct point *at = &line->point[i];
        if (at->value[m] == NOT_SAID)
            continue;
        buf_printf(out, "%c%.1f %.1f", begun ? 'L' : 'M', x_of(f, at->day), y_of(f, at->value[m]));
        begun = true;
    }
    if (joined)
        buf_puts(out, "\"/>");
    for (size_t i = 0; i < line->count; i++)
        if (line->point[i].value[m] != NOT_SAID)
            put_mark(out, m, x_of(f, line->point[i].day), y_of(f, line->point[i].value[m]));
    buf_puts(out, "</g>");
}

static struct frame frame_of(const struct line *line, unsigned which)
{
    struct frame f = {.high = 1000};
    bool begun = false;
    for (size_t m = 0; m < MEASURES; m++)
        if (which >> m & 1 && measures[m].high > f.high)
            f.high = measures[m].high;
    for (size_t i = 0; i < line->count; i++) {
        const struct point *at = &line->point[i];
        if (!is_drawn(at, which))
            continue;
        if (!begun || at->day < f.first)
            f.first = at->day;
        if (!begun || at->day > f.last)
            f.last = at->day;
        begun = true;
    }
    return f;
}

bool chart_write(struct buf *out, const struct line *line, unsigned which, const char *id, const char *title,
                 const char *about)
{
    struct frame f = frame_of(line, which);
    if (f.first == f.last)
        return !out->failed;
    chart_open(out, id, title, about);
    chart_grid(out, f.high / 100);
    put_days(out, line, which);
    static const enum measure order[] = {MEASURE_WORST, MEASURE_NOW, MEASURE_AVERAGE, MEASURE_THINGS,
                                         MEASURE_LIMITS};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (which >> order[i] & 1)
            put_measure(out, line, &f, order[i]);
    chart_close(out);
    return !out->failed;
}
