/* The map beside a list of results, from the same document as the list. */
#include "directory/map.h"

#include "directory/directory.h"
#include "view/svg.h"
#include "web/web.h"

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

static void draw(struct request *r, const char *name, const struct map_pin *pins, size_t n, const char *place,
                 bool miles)
{
    struct buf svg = {.max = 256 * 1024};
    if (n && place && svg_distance_map(&svg, pins, n, place, miles))
        page_raw(r, name, arena_strndup(r->arena, svg.p, svg.n));
    buf_free(&svg);
}

void map_add(struct request *r, const char *doc)
{
    struct map_pin pins[MAP_PINS_MAX];
    struct json j;
    if (!json_parse(&j, r->arena, str_of(doc)) || j.token[json_get(&j, 0, "place")].kind != JSON_OBJECT ||
        j.token[json_get(&j, 0, "results")].kind != JSON_ARRAY)
        return;
    size_t n = pins_read(r, &j, pins, MAP_PINS_MAX);
    struct str place = json_text(&j, json_get(&j, json_get(&j, 0, "place"), "name"), r->arena);
    draw(r, "map", pins, n, arena_strndup(r->arena, place.p, place.n),
         j.token[json_get(&j, 0, "miles")].kind == JSON_TRUE);
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
    draw(r, "map", pins, sizeof pins / sizeof *pins, "Portland, OR", true);
}
