/* Weekly hours of one place: seven days of up to three periods, saved as a whole. */
#include "practice/practice.h"

#include <stdio.h>
#include <string.h>

#define DAYS    7
#define PERIODS 3

#define PERIOD(d, n, day)                                                                                    \
    {.name = "d" #d "_" #n "_from", .kind = FIELD_TIME, .wrong = day ": enter times as 09:00 or 17:30"},     \
    {                                                                                                        \
        .name = "d" #d "_" #n "_to", .kind = FIELD_TIME, .wrong = day ": enter times as 09:00 or 17:30"      \
    }
#define DAY(d, day) PERIOD(d, 1, day), PERIOD(d, 2, day), PERIOD(d, 3, day)

static const struct field fields[] = {
    DAY(1, "Monday"),
    DAY(2, "Tuesday"),
    DAY(3, "Wednesday"),
    DAY(4, "Thursday"),
    DAY(5, "Friday"),
    DAY(6, "Saturday"),
    DAY(7, "Sunday"),
    {.name = "zone",
     .kind = FIELD_LINE,
     .required = true,
     .min = 1,
     .max = 60,
     .missing = "Choose a time zone",
     .wrong = "Choose a time zone from the list"},
};
enum { FIELDS = sizeof fields / sizeof *fields };
_Static_assert(FIELDS == DAYS * PERIODS * 2 + 1, "a field for each end of each period, and the zone");

void practice_hours_list_get(struct request *r)
{
    const char *doc = ask(r, Q_practice_locations);
    if (doc != NULL)
        page(r, "practice/hours-list", doc);
}

static const char *location_id(struct request *r)
{
    int64_t id;
    const char *text = param(r, "location");
    if (text_int(str_of(text), 1, INT32_MAX, &id))
        return text;
    reply_error(r, 404, NULL);
    return NULL;
}

void practice_hours_get(struct request *r)
{
    const char *id = location_id(r);
    const char *doc = id != NULL ? ask(r, Q_practice_hours, id, NULL) : NULL;
    if (doc == NULL)
        return;
    page_value(r, "saved", query_value(r, "saved"));
    page(r, "practice/hours", doc);
}

static void fail(struct form *f, size_t field, const char *message)
{
    static const char *const days[DAYS] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                           "Friday", "Saturday", "Sunday"};
    form_fail(f, fields[field].name,
              arena_printf(f->r->arena, "%s: %s", days[field / (PERIODS * 2)], message));
}

/* "HH:MM" compares as text; the periods of a day must each end after they start, and after the one before. */
static void check_period(struct form *f, size_t from, const char **last)
{
    const char *a = f->value[from], *b = f->value[from + 1];
    if (a == NULL && b == NULL)
        return;
    if (a == NULL || b == NULL)
        fail(f, a == NULL ? from : from + 1, "enter both times of a period, or neither");
    else if (strcmp(a, b) >= 0)
        fail(f, from + 1, "a period must end after it starts");
    else if (*last != NULL && strcmp(a, *last) < 0)
        fail(f, from, "a period cannot start before the one above it ends");
    if (b != NULL)
        *last = b;
}

static void check_week(struct form *f)
{
    for (size_t day = 0; day < DAYS; day++) {
        const char *last = NULL;
        for (size_t n = 0; n < PERIODS; n++) {
            size_t from = (day * PERIODS + n) * 2;
            if (f->error[from] == NULL && f->error[from + 1] == NULL)
                check_period(f, from, &last);
        }
    }
}

static const char *periods_json(const struct form *f)
{
    struct buf b = {.max = 8192};
    struct json_writer w = {&b, false};
    json_open(&w, NULL, '[');
    for (size_t i = 0; i < DAYS * PERIODS; i++) {
        if (f->value[i * 2] == NULL)
            continue;
        json_open(&w, NULL, '{');
        json_put_int(&w, "weekday", (int64_t)(i / PERIODS) + 1);
        json_put(&w, "from", f->value[i * 2]);
        json_put(&w, "to", f->value[i * 2 + 1]);
        json_close(&w, '}');
    }
    json_close(&w, ']');
    const char *json = b.failed ? NULL : arena_strndup(f->r->arena, b.p, b.n);
    buf_free(&b);
    return json;
}

/* What was typed and what is wrong with it, by field name: the fields stand in nested lists, so the query
 * puts both in place. */
static const char *typed_json(const struct form *f)
{
    struct buf b = {.max = 32768};
    struct json_writer w = {&b, false};
    json_open(&w, NULL, '{');
    for (size_t i = 0; i < FIELDS; i++) {
        char error[32];
        snprintf(error, sizeof error, "error_%s", fields[i].name);
        json_put(&w, fields[i].name, form_value(f->r, fields[i].name));
        json_put(&w, error, f->error[i]);
    }
    json_close(&w, '}');
    const char *json = b.failed ? NULL : arena_strndup(f->r->arena, b.p, b.n);
    buf_free(&b);
    return json;
}

static void hours_again(struct request *r, const char *id, struct form *f)
{
    const char *doc = ask(r, Q_practice_hours, id, typed_json(f));
    if (doc != NULL)
        page_form(r, "practice/hours", doc, f);
}

void practice_hours_post(struct request *r)
{
    struct form f;
    const char *id = location_id(r);
    if (id == NULL)
        return;
    form_read(&f, r, fields, FIELDS);
    check_week(&f);
    const char *doc =
        f.errors == 0 ? ask(r, Q_practice_hours_save, id, form_get(&f, "zone"), periods_json(&f)) : NULL;
    if (f.errors == 0 && doc == NULL)
        return;
    if (doc != NULL && doc_text(r, doc, "problem") != NULL)
        form_fail(&f, doc_text(r, doc, "field"), doc_text(r, doc, "title"));
    if (f.errors > 0)
        hours_again(r, id, &f);
    else if (r->wants_json)
        reply(r, 200, "application/json; charset=utf-8", doc, strlen(doc));
    else
        reply_redirect(r, 303, arena_printf(r->arena, "/practice/hours/%s?saved=1", id));
}
