/* Results of a search: the question is a form that came with the query, the answer one document, drawn with a
 * map. */
#include "directory/question.h"
#include "view/svg.h"

#include <string.h>

static bool has_field(const char *name)
{
    static const char *const shown[] = {"q",    "near", "radius_km", "technique", "complaint",
                                        "when", "part", "length",    "price_max", NULL};
    for (const char *const *s = shown; *s; s++)
        if (strcmp(name, *s) == 0)
            return true;
    return false;
}

/* The document with `strays`: what is wrong and has no field of its own that the summary could lead to. */
static const char *strays_add(struct request *r, const struct form *f, const char *doc)
{
    struct buf b = {.max = 64 * 1024};
    struct json_writer w = {.out = &b};
    json_open(&w, NULL, '[');
    for (size_t i = 0; i < f->count; i++)
        if (f->error[i] && !has_field(f->fields[i].name))
            json_put(&w, NULL, f->fields[i].name);
    json_close(&w, ']');
    const char *all =
        b.failed ? NULL : arena_printf(r->arena, "%.*s,\"strays\":%s}", (int)strlen(doc) - 1, doc, b.p);
    buf_free(&b);
    return all ? all : doc;
}

/* The form again, with what was typed. */
static void refuse(struct request *r, const struct question *q, const char *doc)
{
    const char *const *v = q->form.value;
    if (!doc)
        doc = ask(r, Q_directory_choices, v[ASK_Q], v[ASK_NEAR], v[ASK_RADIUS], v[ASK_WHEN], v[ASK_PART],
                  v[ASK_FROM], v[ASK_TO], v[ASK_LENGTH], v[ASK_PRICE], v[ASK_RATING], v[ASK_SORT], q->tags);
    if (doc)
        page_form(r, "directory/results", strays_add(r, &q->form, doc), &q->form);
}

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

/* The drawing beside the list: only where there is a place to stand in the middle. */
static void map_add(struct request *r, const char *doc)
{
    struct map_pin pins[MAP_PINS_MAX];
    struct json j;
    struct buf svg = {.max = 256 * 1024};
    if (!json_parse(&j, r->arena, str_of(doc)) || j.token[json_get(&j, 0, "place")].kind != JSON_OBJECT ||
        j.token[json_get(&j, 0, "results")].kind != JSON_ARRAY)
        return;
    size_t n = pins_read(r, &j, pins, MAP_PINS_MAX);
    struct str place = json_text(&j, json_get(&j, json_get(&j, 0, "place"), "name"), r->arena);
    const char *name = arena_strndup(r->arena, place.p, place.n);
    bool miles = j.token[json_get(&j, 0, "miles")].kind == JSON_TRUE;
    if (n && name && svg_distance_map(&svg, pins, n, name, miles))
        page_raw(r, "map", arena_strndup(r->arena, svg.p, svg.n));
    buf_free(&svg);
}

static const char *search(struct request *r, const struct question *q)
{
    const char *const *v = q->form.value;
    return ask(r, Q_directory_search, v[ASK_Q], v[ASK_NEAR], v[ASK_RADIUS], v[ASK_WHEN], v[ASK_PART],
               v[ASK_FROM], v[ASK_TO], v[ASK_LENGTH], v[ASK_PRICE], v[ASK_RATING], v[ASK_SORT], q->tags,
               q->back ? "t" : "f", q->cursor.key, q->cursor.id, q->cursor.seen, r->wants_json ? "f" : "t");
}

void therapists_get(struct request *r)
{
    struct question q;
    page_locates(r);
    if (!question_read(&q, r))
        return;
    if (q.form.errors) {
        refuse(r, &q, NULL);
        return;
    }
    const char *doc = search(r, &q);
    if (!doc)
        return;
    const char *wrong = doc_text(r, doc, "wrong");
    if (wrong) {
        if (question_fail(&q, wrong, doc_text(r, doc, "why")))
            refuse(r, &q, doc);
        return;
    }
    if (!r->wants_json)
        map_add(r, doc);
    page(r, "directory/results", doc);
}
