/* The map beside a list of results, from the same document as the list. */
#include "directory/map.h"

#include "directory/directory.h"
#include "directory/tile.h"
#include "view/cell.h"
#include "view/svg.h"
#include "web/web.h"

#include <math.h>

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

void map_add(struct request *r, const char *doc)
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
    if (n > 0 && !ground.markup && j->token[json_get(j, 0, "ground")].kind == JSON_TRUE)
        ground_shapes(r, &frame, &ground);
    if (ground.markup)
        attribute(r);
    draw(r, "map", pins, n, arena_strndup(r->arena, name.p, name.n), miles, &ground);
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
