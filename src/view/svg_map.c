/* The distance map: rings, and pins that keep apart. */
#include "view/svg_inner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE       ((double)MAP_SIDE)
#define CENTRE     (SIDE / 2)
#define REACH      MAP_REACH
#define PIN_RADIUS 14.5
#define PIN_GAP    (2 * PIN_RADIUS + 2) /* between centres; at 320 px still over 24 px */
#define ME_RADIUS  7.0
#define SAME_SPOT  10.0 /* pins this near to each other are one */
#define EDGE       (PIN_RADIUS + 3)
#define ROUNDS     80

#define RADIAN (3.14159265358979323846 / 180)

/* What is drawn: one pin, or several of one spot. */
struct mark {
    double x, y;           /* where it is drawn */
    double true_x, true_y; /* where it belongs */
    double half;           /* half its width: more than PIN_RADIUS when it holds several numbers */
    char numbers[16];      /* what stands in it */
    size_t n;
    const struct map_pin *pin[MAP_PINS_MAX]; /* by number */
};

/* A stretch of writing that others keep clear of. */
struct label {
    double x, y, half; /* middle of its base line, half its width */
};
#define LABELS_MAX 16

struct map {
    struct mark mark[MAP_PINS_MAX];
    size_t n;
    double unit; /* metres of a kilometre or mile */
    double step; /* between rings, in units */
    int rings;
    bool miles;
    size_t labels;
    struct label label[LABELS_MAX];
};

void map_pin_place(struct map_pin *pin, double centre_lat, double centre_lon, double lat, double lon)
{
    double a = centre_lat * RADIAN, b = lat * RADIAN, turn = (lon - centre_lon) * RADIAN;
    double h = pow(sin((b - a) / 2), 2) + cos(a) * cos(b) * pow(sin(turn / 2), 2);
    double bearing = atan2(sin(turn) * cos(b), cos(a) * sin(b) - sin(a) * cos(b) * cos(turn)) / RADIAN;
    pin->distance_m = 2 * EARTH_M * asin(fmin(1, sqrt(h)));
    pin->bearing = bearing < 0 ? bearing + 360 : bearing;
}

/* The smallest step of 1, 2, 5, 10 … (from half a unit on) with which three rings reach `far` units. */
static double ring_step(double far)
{
    static const double series[] = {0.5, 1, 2, 5};
    for (double tens = 1; tens < 1e5; tens *= 10)
        for (size_t i = tens > 1 ? 1 : 0; i < 4; i++)
            if (far <= 3 * series[i] * tens)
                return series[i] * tens;
    return 1e5;
}

/* NaN and infinity would spread to every pin that it is pushed away from. */
static bool usable(const struct map_pin *pin)
{
    return isfinite(pin->distance_m) && isfinite(pin->bearing) && pin->distance_m >= 0;
}

/* Between their middles, as they are drawn now. */
static double apart(const struct mark *a, const struct mark *b)
{
    return hypot(a->x - b->x, a->y - b->y);
}

/* --- Numbers: a map has hundreds, and printf() takes ten times as long. */

static void put_int(struct buf *out, long value)
{
    char digits[24], *p = digits + sizeof digits;
    unsigned long rest = (unsigned long)labs(value);
    do
        *--p = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (value < 0)
        *--p = '-';
    buf_put(out, p, (size_t)(digits + sizeof digits - p));
}

/* "12.3" */
static void put_tenths(struct buf *out, double value)
{
    long tenths = lround(value * 10);
    if (tenths < 0)
        buf_putc(out, '-');
    put_int(out, labs(tenths) / 10);
    buf_put(out, (const char[]){'.', (char)('0' + labs(tenths) % 10)}, 2);
}

/* --- Which pins are one mark */

/* In the order of numbers. There is room: all pins of a map fit into one mark. */
static void mark_add(struct mark *m, const struct map_pin *pin)
{
    size_t at = m->n++;
    for (; at > 0 && m->pin[at - 1]->number > pin->number; at--)
        m->pin[at] = m->pin[at - 1];
    m->pin[at] = pin;
}

/* The numbers of a mark: "3", "3-5", "2,7", or "2 +4" when a list of them would not fit. */
static void mark_numbers(struct mark *m)
{
    struct buf text = {.max = 1024};
    for (size_t i = 0, end; i < m->n; i = end) {
        for (end = i + 1; end < m->n && m->pin[end]->number == m->pin[end - 1]->number + 1;)
            end++;
        buf_puts(&text, i > 0 ? "," : "");
        put_int(&text, m->pin[i]->number);
        if (end - i > 1) {
            buf_putc(&text, end - i > 2 ? '-' : ',');
            put_int(&text, m->pin[end - 1]->number);
        }
    }
    if (text.n > 7)
        snprintf(m->numbers, sizeof m->numbers, "%d +%zu", m->pin[0]->number, m->n - 1);
    else
        snprintf(m->numbers, sizeof m->numbers, "%s", text.p ? text.p : "");
    buf_free(&text);
}

/* 4.4: half the width of a digit, in units. */
static void mark_size(struct mark *m)
{
    mark_numbers(m);
    m->half = fmax(PIN_RADIUS, 4.4 * (double)strlen(m->numbers) + 6);
}

/* Where they belong; those within SAME_SPOT of one that is there already join it. What is beyond the
 * outermost ring goes onto it. */
static void marks_place(struct map *map, const struct map_pin *pins, size_t n)
{
    double scale = REACH / (map->unit * map->step * map->rings);
    for (size_t i = 0; i < n; i++) {
        if (!usable(&pins[i]))
            continue;
        struct mark at = {.half = PIN_RADIUS};
        double r = fmin(pins[i].distance_m * scale, REACH), angle = pins[i].bearing * RADIAN;
        at.x = at.true_x = CENTRE + r * sin(angle);
        at.y = at.true_y = CENTRE - r * cos(angle);
        size_t same = 0;
        while (same < map->n && apart(&map->mark[same], &at) > SAME_SPOT)
            same++;
        if (same == map->n)
            map->mark[map->n++] = at;
        mark_add(&map->mark[same], &pins[i]);
    }
    for (size_t i = 0; i < map->n; i++)
        mark_size(&map->mark[i]);
}

/* --- Moving marks apart */

/* Half the distance by which two marks are too near, along the line between them; 0 when they are not. */
static double too_near(const struct mark *a, const struct mark *b)
{
    double gap = PIN_GAP;
    if (fabs(a->y - b->y) < 2 * PIN_RADIUS + 1) /* side by side: wide marks need more */
        gap = fmax(gap, a->half + b->half + 2);
    if (fabs(a->x - b->x) >= gap || fabs(a->y - b->y) >= gap)
        return 0;
    double d = apart(a, b);
    return d < gap ? (gap - d) / 2 : 0;
}

/* Never over the edge of the drawing. */
static void push(struct mark *m, double dx, double dy)
{
    m->x = fmin(fmax(m->x + dx, m->half + 3), SIDE - m->half - 3);
    m->y = fmin(fmax(m->y + dy, EDGE), SIDE - EDGE);
}

/* Direction from b to a; for two in one point one that differs from pair to pair. */
static void direction(double dx, double dy, size_t salt, double *ux, double *uy)
{
    double d = hypot(dx, dy), angle = 2.4 * (double)salt;
    *ux = d > 0.01 ? dx / d : cos(angle);
    *uy = d > 0.01 ? dy / d : sin(angle);
}

/* The middle is the place that was searched: its dot stays visible. False when it was. */
static bool push_from_centre(struct mark *m, size_t salt)
{
    double ux, uy, dx = m->x - CENTRE, dy = m->y - CENTRE, need = m->half + ME_RADIUS + 3 - hypot(dx, dy);
    if (need <= 0.1)
        return false;
    direction(dx, dy, salt, &ux, &uy);
    push(m, ux * need, uy * need);
    return true;
}

/* One round of pushing; false when nothing had to move. */
static bool marks_push(struct map *map)
{
    bool moved = false;
    for (size_t i = 0; i < map->n; i++) {
        struct mark *a = &map->mark[i];
        moved |= push_from_centre(a, i);
        for (size_t j = i + 1; j < map->n; j++) {
            struct mark *b = &map->mark[j];
            double ux, uy, need = too_near(a, b);
            if (need <= 0.05)
                continue;
            direction(a->x - b->x, a->y - b->y, i + j, &ux, &uy);
            push(a, ux * need, uy * need);
            push(b, -ux * need, -uy * need);
            moved = true;
        }
    }
    return moved;
}

/* Puts mark `j` into mark `i`. */
static void marks_merge(struct map *map, size_t i, size_t j)
{
    struct mark *into = &map->mark[i];
    for (size_t k = 0; k < map->mark[j].n; k++)
        mark_add(into, map->mark[j].pin[k]);
    mark_size(into);
    push(into, 0, 0);
    map->mark[j] = map->mark[--map->n];
}

/* The first pair that still overlaps. */
static bool marks_touch(const struct map *map, size_t *i, size_t *j)
{
    for (*i = 0; *i < map->n; ++*i)
        for (*j = *i + 1; *j < map->n; ++*j)
            if (too_near(&map->mark[*i], &map->mark[*j]) > 1)
                return true;
    return false;
}

/* Spreads; where there is no room left, two that still touch become one and the rest is tried again. */
static void marks_spread(struct map *map)
{
    size_t i, j;
    do {
        for (int round = 0; round < ROUNDS && marks_push(map); round++)
            continue;
        if (!marks_touch(map, &i, &j))
            return;
        marks_merge(map, i, j);
    } while (map->n > 1);
}

/* --- Drawing */

static void put_attribute(struct buf *out, const char *name, double value)
{
    buf_putc(out, ' ');
    buf_puts(out, name);
    buf_put(out, "=\"", 2);
    put_tenths(out, value);
    buf_putc(out, '"');
}

/* Clear of marks, of labels that are drawn, and of the edge. */
static bool label_free(const struct map *map, const struct label *l)
{
    for (size_t i = 0; i < map->n; i++)
        if (fabs(map->mark[i].x - l->x) < map->mark[i].half + l->half + 2 &&
            fabs(map->mark[i].y - (l->y - 4)) < PIN_RADIUS + 9)
            return false;
    for (size_t i = 0; i < map->labels; i++)
        if (fabs(map->label[i].x - l->x) < map->label[i].half + l->half + 4 &&
            fabs(map->label[i].y - l->y) < 17)
            return false;
    return l->x - l->half > 2 && l->x + l->half < SIDE - 2 && l->y > 14 && l->y < SIDE - 4 &&
           map->labels < LABELS_MAX;
}

/* label_free has said that there is room for it in map->label. */
static void draw_label(struct buf *out, struct map *map, struct label l, const char *class, const char *text)
{
    map->label[map->labels++] = l;
    buf_puts(out, "<text class=\"");
    buf_puts(out, class);
    buf_putc(out, '"');
    put_attribute(out, "x", l.x);
    put_attribute(out, "y", l.y);
    buf_puts(out, " text-anchor=\"middle\">");
    buf_html(out, text, strlen(text));
    buf_puts(out, "</text>");
}

/* The distance written on a ring, at the first of 24 directions from north on where no pin is; nowhere when
 * there is none, as a label under a pin cannot be read. */
static void draw_ring_label(struct buf *out, struct map *map, int ring)
{
    static const int order[] = {0,   15,  345, 30,  330, 45,  315, 60,  300, 75,  285, 90,
                                270, 105, 255, 120, 240, 135, 225, 150, 210, 165, 195, 180};
    char text[24];
    int size = snprintf(text, sizeof text, "%g %s", map->step * ring, map->miles ? "mi" : "km");
    double r = REACH * ring / map->rings;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct label l = {CENTRE + r * sin(order[i] * RADIAN), CENTRE - r * cos(order[i] * RADIAN) + 4,
                          4.1 * size};
        if (label_free(map, &l)) {
            draw_label(out, map, l, "km", text);
            return;
        }
    }
}

/* Names of districts, where there is room; the middle of the map is the place that was searched. */
static void draw_names(struct buf *out, struct map *map, const struct map_ground *ground)
{
    for (size_t i = 0; i < ground->name_count; i++) {
        const struct map_name *name = &ground->names[i];
        struct label l = {name->x, name->y + 4, 3.6 * (double)text_characters(str_of(name->text))};
        bool on_middle = fabs(l.x - CENTRE) < l.half + ME_RADIUS + 2 && fabs(l.y - 4 - CENTRE) < 18;
        if (!on_middle && label_free(map, &l))
            draw_label(out, map, l, "name", name->text);
    }
}

static void put_circle(struct buf *out, double x, double y, double radius)
{
    put_attribute(out, "cx", x);
    put_attribute(out, "cy", y);
    put_attribute(out, "r", radius);
    buf_puts(out, "/>");
}

static void draw_rings(struct buf *out, struct map *map, const struct map_ground *ground)
{
    if (ground && ground->markup)
        buf_puts(out, ground->markup);
    else {
        buf_puts(out, "<circle class=\"disc\"");
        put_circle(out, CENTRE, CENTRE, REACH);
    }
    for (int ring = 1; ring <= map->rings; ring++) {
        buf_puts(out, "<circle class=\"ring\"");
        put_circle(out, CENTRE, CENTRE, REACH * ring / map->rings);
    }
    for (int ring = 1; ring <= map->rings; ring++)
        draw_ring_label(out, map, ring);
    if (ground)
        draw_names(out, map, ground);
    buf_puts(out, "<circle class=\"me\"");
    put_circle(out, CENTRE, CENTRE, ME_RADIUS);
}

/* The name a screen reader says and the pointer shows: "3. Marta Ilves, 1.2 mi". */
static void draw_mark_title(struct buf *out, const struct map *map, const struct mark *m)
{
    buf_puts(out, "<title>");
    for (size_t i = 0; i < m->n; i++) {
        const char *label = m->pin[i]->label ? m->pin[i]->label : "";
        buf_puts(out, i > 0 ? "; " : "");
        put_int(out, m->pin[i]->number);
        buf_puts(out, ". ");
        buf_html(out, label, strlen(label));
        buf_puts(out, *label ? ", " : "");
        put_tenths(out, m->pin[i]->distance_m / map->unit);
        buf_puts(out, map->miles ? " mi" : " km");
    }
    buf_puts(out, "</title>");
}

/* A circle, or for several numbers a rectangle with round ends. */
static void draw_disc(struct buf *out, const struct mark *m)
{
    if (m->half > PIN_RADIUS) {
        buf_puts(out, "<rect");
        put_attribute(out, "x", m->x - m->half);
        put_attribute(out, "y", m->y - PIN_RADIUS);
        put_attribute(out, "width", 2 * m->half);
        put_attribute(out, "height", 2 * PIN_RADIUS);
        put_attribute(out, "rx", PIN_RADIUS);
        buf_puts(out, "/>");
    } else {
        buf_puts(out, "<circle");
        put_circle(out, m->x, m->y, PIN_RADIUS);
    }
}

/* The link leads to the first of its pins. */
static void draw_mark(struct buf *out, const struct map *map, const struct mark *m)
{
    const struct map_pin *first = m->pin[0];
    buf_puts(out, "<a class=\"pin\" href=\"");
    if (first->href)
        buf_html(out, first->href, strlen(first->href));
    else {
        buf_puts(out, "#r");
        put_int(out, first->number);
    }
    buf_puts(out, "\">");
    draw_mark_title(out, map, m);
    draw_disc(out, m);
    buf_puts(out, "<text");
    put_attribute(out, "x", m->x);
    put_attribute(out, "y", m->y + 4.8);
    buf_puts(out, " aria-hidden=\"true\">");
    buf_puts(out, m->numbers);
    buf_puts(out, "</text></a>");
}

/* From where the pin belongs to where it is drawn; none while it still covers its place. */
static void draw_tie(struct buf *out, const struct mark *m)
{
    if (hypot(m->x - m->true_x, m->y - m->true_y) <= PIN_RADIUS)
        return;
    buf_puts(out, "<line class=\"tie\"");
    put_attribute(out, "x1", m->true_x);
    put_attribute(out, "y1", m->true_y);
    put_attribute(out, "x2", m->x);
    put_attribute(out, "y2", m->y);
    buf_puts(out, "/>");
}

static void draw_head(struct buf *out, const struct map *map, const char *place)
{
    buf_printf(out,
               "<svg class=\"map\" viewBox=\"0 0 %g %g\" role=\"group\" aria-labelledby=\"map-title\">"
               "<title id=\"map-title\">Results by distance and direction from ",
               SIDE, SIDE);
    buf_html(out, place, strlen(place));
    buf_printf(out, ". North is up. The outer ring is at %g %s.</title>", map->step * map->rings,
               map->miles ? "miles" : "kilometers");
}

/* Links follow the order of the list, whatever merging did to the array. */
static int by_first_number(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    return (x->pin[0]->number > y->pin[0]->number) - (x->pin[0]->number < y->pin[0]->number);
}

static double farthest(const struct map_pin *pins, size_t n)
{
    double far = 0;
    for (size_t i = 0; i < n; i++)
        if (usable(&pins[i]))
            far = fmax(far, pins[i].distance_m);
    return far;
}

/* Two rings or three, the outermost at or beyond the farthest pin; 1e-9 so that rounding adds none. */
static void scale(struct map *map, const struct map_pin *pins, size_t n, bool miles)
{
    map->miles = miles;
    map->unit = miles ? 1609.344 : 1000;
    double far = farthest(pins, n) / map->unit;
    map->step = ring_step(far);
    map->rings = (int)fmin(3, fmax(2, ceil(far / map->step - 1e-9)));
}

double map_reach_m(const struct map_pin *pins, size_t n, bool miles)
{
    struct map map; /* of which scale() makes what is asked for: all of it would be 24 KB to clear */
    scale(&map, pins, n < MAP_PINS_MAX ? n : MAP_PINS_MAX, miles);
    return map.unit * map.step * map.rings;
}

bool svg_distance_map(struct buf *out, const struct map_pin *pins, size_t n, const char *place, bool miles,
                      const struct map_ground *ground)
{
    if (n == 0)
        return !out->failed;
    struct map map; /* marks and labels as far as they are counted: all of it would be 24 KB to clear */
    map.n = map.labels = 0;
    n = n < MAP_PINS_MAX ? n : MAP_PINS_MAX;
    scale(&map, pins, n, miles);
    marks_place(&map, pins, n);
    marks_spread(&map);
    qsort(map.mark, map.n, sizeof *map.mark, by_first_number);

    draw_head(out, &map, place ? place : "the place you searched");
    draw_rings(out, &map, ground);
    for (size_t i = 0; i < map.n; i++)
        draw_tie(out, &map.mark[i]);
    for (size_t i = 0; i < map.n; i++)
        draw_mark(out, &map, &map.mark[i]);
    buf_puts(out, "</svg>");
    return !out->failed;
}
