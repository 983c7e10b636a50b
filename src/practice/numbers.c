#include "practice/numbers.h"

#include "view/chart.h"

#include <string.h>

enum { WEEKS_MAX = 52, TABLE_MAX = 16 * 1024, DRAWING_MAX = 32 * 1024 };

static const char *const spans[] = {"4", "12", "52", NULL};

/* The document; NULL after having replied. */
static const char *numbers(struct request *r, struct json *j)
{
    static const struct field weeks = {.name = "weeks", .kind = FIELD_CHOICE, .choices = spans};
    struct form f;
    r->form = r->query; /* a GET: what is asked comes from the query, checked like a form */
    form_read(&f, r, &weeks, 1);
    if (f.errors > 0) {
        reply_error(r, 400, "Numbers are shown for 4, 12 or 52 weeks: /practice/numbers?weeks=12.");
        return NULL;
    }
    const char *doc = ask(r, Q_practice_numbers, form_get(&f, "weeks"));
    if (!doc || json_parse(j, r->arena, str_of(doc)))
        return doc;
    reply_error(r, 500, NULL);
    return NULL;
}

static int32_t value_of(const struct json *j, uint32_t week, const char *key)
{
    int64_t value;
    return text_int(json_raw(j, json_get(j, week, key)), 0, INT32_MAX, &value) ? (int32_t)value : BAR_NONE;
}

static const char *label_of(struct request *r, const struct json *j, uint32_t week)
{
    struct str s = json_text(j, json_get(j, week, "label"), r->arena);
    return arena_strndup(r->arena, s.p, s.n);
}

static void free_buf(void *b)
{
    buf_free(b);
}

static struct buf *drawing(struct request *r, size_t max)
{
    struct buf *b = arena_alloc(r->arena, sizeof *b);
    if (!b || !arena_defer(r->arena, free_buf, b))
        return NULL;
    *b = (struct buf){.max = max};
    return b;
}

struct chart {
    const char *name, *first, *second; /* of the drawing, and of its values in the document */
    int32_t least;                     /* the scale goes up to this at least */
    const char *title, *about;
};
static const struct chart charts[] = {
    {"chart_filled", "filled", NULL, 100, "Filled hours, week by week",
     "Of 100 hours that were offered, how many were booked."},
    {"chart_people", "new", "returning", 4, "Clients, week by week",
     "Below, how many came for the first time; above, how many came again."},
    {"chart_no_shows", "no_shows", NULL, 4, "Visits to which nobody came, week by week",
     "How many clients did not come."},
    {"chart_late", "late", NULL, 4, "Late cancellations, week by week",
     "How many visits clients canceled when that was no longer free."},
};

static void draw(struct request *r, const struct json *j, uint32_t list, const struct chart *c)
{
    struct bar bar[WEEKS_MAX];
    struct bars bars = {.bar = bar, .two = c->second != NULL};
    uint32_t at = list + 1;
    for (uint32_t i = 0; i < j->token[list].count && i < WEEKS_MAX; i++, at = j->token[at].next) {
        bar[bars.count++] =
            (struct bar){{value_of(j, at, c->first), c->second ? value_of(j, at, c->second) : BAR_NONE}};
        bars.last = label_of(r, j, at);
        bars.first = bars.first ? bars.first : bars.last;
    }
    struct buf *b = drawing(r, DRAWING_MAX);
    const char *id = arena_printf(r->arena, "c-%s", c->first);
    if (b && chart_bars(b, &bars, c->least, id, c->title, c->about) && b->n > 0)
        page_raw(r, c->name, b->p);
}

void practice_numbers_get(struct request *r)
{
    struct json j;
    const char *doc = numbers(r, &j);
    uint32_t list = doc ? json_get(&j, 0, "weeks") : 0;
    if (!doc)
        return;
    for (size_t i = 0; list && i < sizeof charts / sizeof *charts; i++)
        draw(r, &j, list, &charts[i]);
    page(r, "practice/numbers", doc);
}

/* --- As a table for a spreadsheet (RFC 4180) */

static void put_row(struct buf *b, const struct json *j, uint32_t week)
{
    static const char *const columns[] = {"from",     "offered", "booked", "filled",   "kept",
                                          "no_shows", "late",    "new",    "returning"};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        uint32_t cell = json_get(j, week, columns[i]);
        struct str s = j->token[cell].kind == JSON_NULL ? STR("") : json_raw(j, cell);
        buf_printf(b, "%s%.*s", i > 0 ? "," : "", (int)s.n, s.p);
    }
    buf_puts(b, "\r\n");
}

void practice_numbers_table_get(struct request *r)
{
    struct json j;
    const char *doc = numbers(r, &j), *text = NULL;
    struct buf *b = doc ? drawing(r, TABLE_MAX) : NULL;
    if (!doc)
        return;
    if (b) {
        uint32_t list = json_get(&j, 0, "weeks"), at = list + 1;
        buf_puts(b, "week from,minutes offered,minutes booked,percent filled,visits,did not come,late "
                    "cancellations,new clients,returning clients\r\n");
        for (uint32_t i = 0; i < j.token[list].count; i++, at = j.token[at].next)
            put_row(b, &j, at);
        text = b->failed ? NULL : arena_strndup(r->arena, b->p, b->n);
    }
    if (!text) {
        reply_error(r, 500, NULL);
        return;
    }
    reply_header(r, "Content-Disposition", "attachment; filename=\"numbers.csv\"");
    reply(r, 200, "text/csv; charset=utf-8; header=present", text, strlen(text));
}
