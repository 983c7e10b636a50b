/* Drawings of numbers: frame, grid and bars. Coordinates are the units of the viewBox; y grows downwards. */
#include "view/chart.h"

#include <string.h>

void chart_open(struct buf *out, const char *id, const char *title, const char *about)
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

void chart_close(struct buf *out)
{
    buf_puts(out, "</svg>");
}

double chart_y(int32_t value, int32_t top)
{
    return CHART_BOTTOM - (double)value * (CHART_BOTTOM - CHART_TOP) / top;
}

void chart_grid(struct buf *out, int32_t top)
{
    for (int32_t value = 0; value <= top; value += top / 2)
        buf_printf(out,
                   "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" "
                   "text-anchor=\"end\">%d</text>",
                   CHART_LEFT, chart_y(value, top), CHART_RIGHT, CHART_LEFT - 6, chart_y(value, top) + 4,
                   (int)value);
}

void chart_ends(struct buf *out, const char *first, const char *last)
{
    const char *const ends[] = {first, last};
    for (int i = 0; i < 2; i++) {
        if (!ends[i])
            continue;
        buf_printf(out, "<text x=\"%d\" y=\"%d\"%s>", i ? CHART_RIGHT : CHART_LEFT, CHART_FOOT,
                   i ? " text-anchor=\"end\"" : "");
        buf_html(out, ends[i], strlen(ends[i]));
        buf_puts(out, "</text>");
    }
}

/* --- Bars */

/* For sums: what is not known adds nothing. */
static int32_t known(int32_t value)
{
    return value == BAR_NONE ? 0 : value;
}

/* An even number from which on all values fit. */
static int32_t top_of(const struct bars *bars, int32_t least)
{
    int32_t top = least;
    for (size_t i = 0; i < bars->count; i++) {
        const struct bar *b = &bars->bar[i];
        int32_t sum = known(b->value[0]) + (bars->two ? known(b->value[1]) : 0);
        top = sum > top ? sum : top;
    }
    return top + top % 2;
}

/* One bar, or its part that begins at the value `from`. None for 0 and BAR_NONE. */
static void put_part(struct buf *out, double x, double width, int32_t from, int32_t value, int32_t top)
{
    if (value > 0)
        buf_printf(out, "<path d=\"M%.1f %.1fh%.1fV%.1fh-%.1fz\"/>", x, chart_y(from, top), width,
                   chart_y(from + value, top), width);
}

static void put_bars(struct buf *out, const struct bars *bars, int32_t top, int which)
{
    double step = (double)(CHART_RIGHT - CHART_LEFT) / (double)bars->count, width = step * 0.75;
    buf_printf(out, "<g class=\"bars%s\">", which ? " more" : "");
    for (size_t i = 0; i < bars->count; i++) {
        const struct bar *b = &bars->bar[i];
        put_part(out, CHART_LEFT + step * ((double)i + 0.125), width, which ? known(b->value[0]) : 0,
                 b->value[which], top);
    }
    buf_puts(out, "</g>");
}

bool chart_bars(struct buf *out, const struct bars *bars, int32_t least, const char *id, const char *title,
                const char *about)
{
    int32_t top = top_of(bars, least);
    if (bars->count == 0 || top <= 0)
        return !out->failed;
    chart_open(out, id, title, about);
    chart_grid(out, top);
    chart_ends(out, bars->first, bars->last);
    for (int which = 0; which <= bars->two; which++)
        put_bars(out, bars, top, which);
    chart_close(out);
    return !out->failed;
}
