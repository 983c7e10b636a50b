/*
 * What drawings of numbers have in common: 320 units wide, so that they can be read on the narrowest phone
 * without turning it, with a title and a description for who does not see them. Every drawing stands beside a
 * table of the same values. Colours are the style sheet's (outcome.css).
 */
#ifndef UNKNOT_VIEW_CHART_H
#define UNKNOT_VIEW_CHART_H

#include "core/text.h"

#define CHART_LEFT   26
#define CHART_RIGHT  306
#define CHART_TOP    12
#define CHART_BOTTOM 162
#define CHART_FOOT   184

/* Opens the <svg> with title and description (escaped here); `id` makes theirs. chart_close ends it. */
void chart_open(struct buf *out, const char *id, const char *title, const char *about);
void chart_close(struct buf *out);

/* Where a value lies that is `value` of `top`. */
double chart_y(int32_t value, int32_t top);
/* Lines at 0, the middle and `top` (even), with their numbers. */
void chart_grid(struct buf *out, int32_t top);
/* What the first and the last value belong to, below the drawing; NULL: nothing. */
void chart_ends(struct buf *out, const char *first, const char *last);

/* --- Bars, one on another where there are two values */

enum { BAR_NONE = -1 }; /* nothing is known: no bar, which is not the same as 0 */
struct bar {
    int32_t value[2]; /* the second is drawn on top of the first where `two` says so */
};
struct bars {
    const struct bar *bar;
    size_t count;
    bool two;
    const char *first, *last; /* what the ends are called */
};
/* The whole drawing. `least`: the scale goes up to this at least. */
bool chart_bars(struct buf *out, const struct bars *bars, int32_t least, const char *id, const char *title,
                const char *about);

#endif
