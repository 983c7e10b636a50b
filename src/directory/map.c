/* The map beside a list of results, from the same document as the list. */
#include "directory/map.h"

#include "directory/directory.h"
#include "directory/tile.h"
#include "view/cell.h"
#include "view/svg.h"
#include "web/web.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RADIAN (3.14159265358979323846 / 180)

/* 0 where it is missing: json_get then gives the document itself, which is no number. */
static double number_at(const struct json *j, uint32_t object, const char *key)
{
    uint32_t token = json_get(j, object, key);
    double value = 0;
    text_double(json_raw(j, token), -1e9, 1e9, &value);
    return value;
}

static size_t pins_read(struct request *r, const struct json *j, struct map_pin *pins, size_t cap)
{
    uint32_t place = json_get(j, 0, "place"), results = json_get(j, 0, "results");
    double lat = number_at(j, place, "lat"), lon = number_at(j, place, "lon");
    size_t n = 0;
    for (uint32_t t = results + 1; n < cap && t < j->token[results].next; t = j->token[t].next) {
        struct str name = json_text(j, json_get(j, t, "name"), r->arena);
        pins[n] = (struct map_pin){.number = (int)number_at(j, t, "number"),
                                   .label = arena_strndup(r->arena, name.p, name.n)};
        map_pin_place(&pins[n], lat, lon, number_at(j, t, "lat"), number_at(j, t, "lon"));
        n++;
    }
    return n;
}

/* --- The ground */

#define GROUND_BYTES 4200 /* of markup: a page of results stays below 14 KB when compressed */
#define SHAPES_MAX   2000
#define NAMES_MAX    12

/* MAP_KINDS: none of ours. */
static int kind_of(struct str name)
{
    int kind = 0;
    while (kind < MAP_KINDS && !str_is(name, map_kind_names[kind]))
        kind++;
    return kind;
}

/* The document of map.frame as shapes; what is none is left out. */
static size_t shapes_read(struct request *r, const char *doc, int z, struct map_shape *shapes, size_t cap)
{
    struct json j;
    size_t n = 0;
    if (!json_parse(&j, r->arena, str_of(doc)) || j.token[0].kind != JSON_ARRAY)
        return 0;
    for (uint32_t t = 1; n < cap && t < j.count; t = j.token[t].next) {
        int kind = kind_of(json_raw(&j, json_get(&j, t, "kind")));
        struct str name = json_text(&j, json_get(&j, t, "name"), r->arena);
        if (kind == MAP_KINDS)
            continue;
        shapes[n++] = (struct map_shape){.kind = (enum map_kind)kind,
                                         .z = z,
                                         .x = (int)number_at(&j, t, "x"),
                                         .y = (int)number_at(&j, t, "y"),
                                         .path = json_raw(&j, json_get(&j, t, "path")),
                                         .name = name.n ? arena_strndup(r->arena, name.p, name.n) : NULL};
    }
    return n;
}

/* What is stored of the ground where the frame is; NULL when nothing is, or it cannot be read now: the map
 * does without. */
static const char *shapes_ask(struct request *r, const struct map_frame *frame, int z)
{
    const struct geo_box box = map_frame_box(frame);
    /* what is smaller than a sixtieth of the reach would not be seen: not asked for */
    const double cells = ldexp(1, z), least = frame->reach_m / 60;
    const char *doc = NULL, *value[6];
    const double number[6] = {
        z, floor(box.x0 * cells), floor(box.x1 * cells), floor(box.y0 * cells), floor(box.y1 * cells), least};
    for (int i = 0; i < 6; i++)
        value[i] = arena_printf(r->arena, "%.0f", number[i]);
    if (ask_status(r, Q_map_frame, &doc, value[0], value[1], value[2], value[3], value[4], value[5]) != DB_OK)
        return NULL;
    return doc;
}

/* Fills the ground from the operator's shapes. */
static void ground_shapes(struct request *r, const struct map_frame *frame, struct map_ground *ground)
{
    const struct geo_box box = map_frame_box(frame);
    int z = cell_level(box.x1 - box.x0);
    const char *doc = z ? shapes_ask(r, frame, z) : NULL;
    struct map_shape *shapes = doc ? arena_alloc(r->arena, SHAPES_MAX * sizeof *shapes) : NULL;
    struct map_name *names = shapes ? arena_alloc(r->arena, NAMES_MAX * sizeof *names) : NULL;
    struct buf markup = {.max = 256 * 1024};
    if (!names)
        return;
    size_t n = shapes_read(r, doc, z, shapes, SHAPES_MAX);
    if (svg_ground(&markup, frame, shapes, n, GROUND_BYTES) && markup.n > 0) {
        ground->markup = arena_strndup(r->arena, markup.p, markup.n);
        ground->names = names;
        ground->name_count = map_names(frame, shapes, n, names, NAMES_MAX);
    }
    buf_free(&markup);
}

/* The operator's tiles, when they are of a zoom that suits. */
static void ground_tiles(struct request *r, const struct map_frame *frame, struct map_ground *ground)
{
    int least, most;
    struct buf markup = {.max = 16 * 1024};
    if (tiles_zooms(&least, &most) && svg_tiles(&markup, frame, least, most) && markup.n > 0)
        ground->markup = arena_strndup(r->arena, markup.p, markup.n);
    buf_free(&markup);
}

/* Whom the ground is from, beside the map. */
static void attribute(struct request *r)
{
    const struct config *c = &app_of(r)->config;
    if (!c->map_attribution[0])
        return;
    page_value(r, "map_attribution", c->map_attribution);
    if (c->map_attribution_link[0])
        page_value(r, "map_attribution_link", c->map_attribution_link);
}

/* --- Moves */

/* The same question a step away: half the circle to each side, and the next smaller and larger circle. */
static const struct move {
    const char *label, *about, *icon;
    int north, east, size;
} moves[] = {
    {"North", "look farther north", "up", 1, 0, 0},   {"South", "look farther south", "down", -1, 0, 0},
    {"Closer", "a smaller circle", "plus", 0, 0, -1}, {"West", "look farther west", "left", 0, -1, 0},
    {"East", "look farther east", "right", 0, 1, 0},  {"Wider", "a wider circle", "minus", 0, 0, 1},
};

struct circle {
    double lat, lon;
    int km;
    bool is_round;              /* who comes to a home is asked without a circle */
    const char *words, *others; /* what stands before and behind it in the address of the page */
};

/* The next of the radii that are offered, or, below them, 2 and 1 km; 0: none. */
static int radius_beside(const struct json *lists, int km, bool larger)
{
    uint32_t radii = json_get(lists, json_get(lists, 0, "choices"), "radii");
    int smaller = km > 2 ? 2 : km - 1;
    for (uint32_t t = radii + 1; t < lists->token[radii].next; t = lists->token[t].next) {
        int offered = (int)number_at(lists, t, "value");
        if (offered > km && larger)
            return offered;
        if (offered < km && offered > smaller)
            smaller = offered;
    }
    return larger ? 0 : smaller;
}

static struct str piece_take(struct str *query)
{
    const char *end = memchr(query->p, '&', query->n);
    struct str piece = {query->p, end ? (size_t)(end - query->p) : query->n};
    *query = end ? (struct str){end + 1, query->n - piece.n - 1} : (struct str){"", 0};
    return piece;
}

/* Of an address like all of ours: the words, the place and its radius, all else. */
static void address_read(struct request *r, struct str address, struct circle *c)
{
    const char *mark = memchr(address.p, '?', address.n);
    size_t path = mark ? (size_t)(mark + 1 - address.p) : address.n;
    struct str query = {address.p + path, address.n - path};
    struct buf others = {.max = 8 * 1024};
    c->words = "";
    if (str_starts(query, "q=")) {
        struct str words = piece_take(&query);
        c->words = arena_printf(r->arena, "%.*s&", (int)words.n, words.p);
    }
    while (query.n > 0) {
        struct str piece = piece_take(&query);
        if (!str_starts(piece, "near=") && !str_starts(piece, "radius_km="))
            buf_printf(&others, "&%.*s", (int)piece.n, piece.p);
    }
    c->others = others.n ? arena_strndup(r->arena, others.p, others.n) : "";
    buf_free(&others);
}

static void put_address(struct buf *out, const struct circle *c, const struct move *m, int km)
{
    double step = fmax(c->km / 222.4, 0.01), lat = fmax(-85, fmin(85, c->lat + m->north * step));
    double lon = remainder(c->lon + m->east * fmax(c->km / 222.4 / cos(c->lat * RADIAN), 0.01), 360);
    long y = lround(lat * 100), x = lround(lon * 100);
    buf_printf(out, "/therapists?%snear=%s%ld.%02ld,%s%ld.%02ld&radius_km=%d%s#map", c->words,
               y < 0 ? "-" : "", labs(y) / 100, labs(y) % 100, x < 0 ? "-" : "", labs(x) / 100, labs(x) % 100,
               km, c->others);
}

static void put_moves(struct json_writer *w, const struct circle *c, const struct json *lists)
{
    struct buf address = {.max = 8 * 1024};
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        const struct move *m = &moves[i];
        int km = m->size ? radius_beside(lists, c->km, m->size > 0) : c->km;
        if (m->size && (!km || !c->is_round))
            continue;
        buf_reset(&address);
        put_address(&address, c, m, km);
        json_open(w, NULL, '{');
        json_put(w, "label", m->label);
        json_put(w, "about", m->about);
        json_put(w, "icon", m->icon);
        json_put(w, "href", address.p);
        json_close(w, '}');
    }
    buf_free(&address);
}

static void moves_add(struct request *r, const struct json *j, const struct json *lists)
{
    uint32_t place = json_get(j, 0, "place");
    struct circle c = {.lat = number_at(j, place, "lat"),
                       .lon = number_at(j, place, "lon"),
                       .km = (int)number_at(j, 0, "radius_km"),
                       .is_round = j->token[json_get(j, 0, "within")].kind == JSON_STRING};
    address_read(r, json_raw(j, json_get(j, 0, "canonical")), &c);
    struct buf b = {.max = 64 * 1024};
    struct json_writer w = {.out = &b};
    json_open(&w, NULL, '{');
    json_open(&w, "map_moves", '{');
    json_open(&w, "items", '[');
    put_moves(&w, &c, lists);
    json_close(&w, ']');
    json_close(&w, '}');
    json_close(&w, '}');
    struct json *made = arena_alloc(r->arena, sizeof *made);
    const char *text = b.failed ? NULL : arena_strndup(r->arena, b.p, b.n);
    if (made && text && json_parse(made, r->arena, str_of(text)))
        page_context(r, made);
    buf_free(&b);
}

/* --- The map */

/* Puts the drawing under raw.{name}. A map that could not be made is left out; the list says all that it
 * would. */
static void draw(struct request *r, const char *name, const struct map_pin *pins, size_t n, const char *place,
                 bool miles, const struct map_ground *ground)
{
    struct buf svg = {.max = 256 * 1024};
    if (n && place && svg_distance_map(&svg, pins, n, place, miles, ground))
        page_raw(r, name, arena_strndup(r->arena, svg.p, svg.n));
    buf_free(&svg);
}

void map_add(struct request *r, const char *doc, const struct json *lists)
{
    struct map_pin pins[MAP_PINS_MAX];
    const struct json *j = doc_json(r, doc);
    if (!j || j->token[json_get(j, 0, "place")].kind != JSON_OBJECT ||
        j->token[json_get(j, 0, "results")].kind != JSON_ARRAY)
        return;
    size_t n = pins_read(r, j, pins, MAP_PINS_MAX);
    uint32_t place = json_get(j, 0, "place");
    struct str name = json_text(j, json_get(j, place, "name"), r->arena);
    bool miles = j->token[json_get(j, 0, "miles")].kind == JSON_TRUE;
    struct map_ground ground = {.markup = NULL};
    struct map_frame frame = {number_at(j, place, "lat"), number_at(j, place, "lon"),
                              map_reach_m(pins, n, miles)};
    if (n > 0)
        ground_tiles(r, &frame, &ground);
    uint32_t drawn = json_get(lists, json_get(lists, 0, "choices"), "ground");
    if (n > 0 && !ground.markup && lists->token[drawn].kind == JSON_TRUE)
        ground_shapes(r, &frame, &ground);
    if (ground.markup)
        attribute(r);
    draw(r, "map", pins, n, arena_strndup(r->arena, name.p, name.n), miles, &ground);
    moves_add(r, j, lists);
}

void map_sample(struct request *r)
{
    static const struct map_pin pins[] = {
        {.distance_m = 1930, .bearing = 62, .number = 1, .label = "Marta Ilves", .href = "#r1"},
        {.distance_m = 3860,
         .bearing = 231,
         .number = 2,
         .label = "Wilhelmina Krzyżanowska-Featherstonehaugh",
         .href = "#r2"},
        {.distance_m = 4350, .bearing = 18, .number = 3, .label = "Jonas Petrov", .href = "#r2"},
        {.distance_m = 4350, .bearing = 18, .number = 4, .label = "Aiko Tamm", .href = "#r2"},
        {.distance_m = 4350, .bearing = 18, .number = 5, .label = "Liis Kask", .href = "#r2"},
        {.distance_m = 4510, .bearing = 15, .number = 6, .label = "Ana Ruiz", .href = "#r2"},
        {.distance_m = 7080, .bearing = 120, .number = 12, .label = "Bo Lindqvist", .href = "#r2"},
    };
    draw(r, "map", pins, sizeof pins / sizeof *pins, "Portland, OR", true, NULL);
}
