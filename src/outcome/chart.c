/* The line as a drawing: 320 units wide, so that it can be read on the narrowest phone without turning it. */
#include "outcome/line.h"

enum { LEFT = 26, RIGHT = 306, TOP = 12, BOTTOM = 162, FOOT = 184 };

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
    return LEFT + 8 + (double)(day - f->first) * (RIGHT - LEFT - 16) / (f->last - f->first);
}

static double y_of(const struct frame *f, int32_t value)
{
    return BOTTOM - (double)value * (BOTTOM - TOP) / f->high;
}

static void put_grid(struct buf *out, const struct frame *f)
{
    for (int32_t value = 0; value <= f->high; value += f->high / 2)
        buf_printf(out,
                   "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" "
                   "text-anchor=\"end\">%d</text>",
                   LEFT, y_of(f, value), RIGHT, LEFT - 6, y_of(f, value) + 4, (int)value / 100);
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
    const struct point *const ends[] = {first, last};
    for (int i = 0; i < 2 && first; i++) {
        buf_printf(out, "<text x=\"%d\" y=\"%d\"%s>", i ? RIGHT : LEFT, FOOT,
                   i ? " text-anchor=\"end\"" : "");
        if (ends[i]->said)
            buf_html(out, ends[i]->said, strlen(ends[i]->said));
        buf_puts(out, "</text>");
    }
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

static void put_head(struct buf *out, const char *id, const char *title, const char *about)
{
    buf_printf(out,
               "<svg class=\"course\" viewBox=\"0 0 320 190\" role=\"img\" aria-labelledby=\"%s-t %s-d\">"
               "<title id=\"%s-t\">",
               id, id, id);
    buf_html(out, title, strlen(title));
    buf_printf(out, "</title><desc id=\"%s-d\">", id);
    buf_html(out, about, strlen(about));
    buf_puts(out, " All values stand in the table below.</desc>");
}

bool chart_write(struct buf *out, const struct line *line, unsigned which, const char *id, const char *title,
                 const char *about)
{
    struct frame f = frame_of(line, which);
    if (f.first == f.last)
        return !out->failed;
    put_head(out, id, title, about);
    put_grid(out, &f);
    put_days(out, line, which);
    static const enum measure order[] = {MEASURE_WORST, MEASURE_NOW, MEASURE_AVERAGE, MEASURE_THINGS,
                                         MEASURE_LIMITS};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (which >> order[i] & 1)
            put_measure(out, line, &f, order[i]);
    buf_puts(out, "</svg>");
    return !out->failed;
}
