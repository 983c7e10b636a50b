/* Weekly hours of one place, the usual ones or those of a part of the year: seven days of up to three
 * periods, saved as a whole. */
#include "practice/practice.h"

#include <stdio.h>
#include <string.h>

#define DAYS        7
#define PERIODS     3
#define WEEK_FIELDS (DAYS * PERIODS * 2)

#define PERIOD(d, n, day)                                                                                    \
    {.name = "d" #d "_" #n "_from",                                                                          \
     .kind = FIELD_TIME,                                                                                     \
     .wrong = day ": enter times such as 9:00 am or 17:30"},                                                 \
    {                                                                                                        \
        .name = "d" #d "_" #n "_to", .kind = FIELD_TIME,                                                     \
        .wrong = day ": enter times such as 9:00 am or 17:30"                                                \
    }
#define DAY(d, day) PERIOD(d, 1, day), PERIOD(d, 2, day), PERIOD(d, 3, day)

#define WEEK                                                                                                 \
    DAY(1, "Monday"), DAY(2, "Tuesday"), DAY(3, "Wednesday"), DAY(4, "Thursday"), DAY(5, "Friday"),          \
        DAY(6, "Saturday"), DAY(7, "Sunday")

/* Both forms begin with the week. */
static const struct field usual_fields[] = {
    WEEK,
    {.name = "zone",
     .kind = FIELD_LINE,
     .required = true,
     .min = 1,
     .max = 60,
     .missing = "Choose a time zone",
     .wrong = "Choose a time zone from the list"},
};
enum { FIELDS = sizeof usual_fields / sizeof *usual_fields };
_Static_assert(FIELDS == WEEK_FIELDS + 1, "a field for each end of each period, and the zone");

static const struct field season_fields[] = {
    WEEK,
    {.name = "season_name", .kind = FIELD_LINE, .max = 60, .wrong = "Shorten the name to 60 characters"},
    {.name = "valid_from",
     .kind = FIELD_DATE,
     .required = true,
     .missing = "Enter the first day",
     .wrong = "Enter the first day as a date"},
    {.name = "valid_until", .kind = FIELD_DATE, .wrong = "Enter the last day as a date, or leave it empty"},
};
enum { SEASON_FIELDS = sizeof season_fields / sizeof *season_fields };

void practice_hours_list_get(struct request *r)
{
    page_with_saved(r, "practice/hours-list", ask(r, Q_practice_locations));
}

void practice_hours_get(struct request *r)
{
    const char *id = path_number(r, "location");
    const char *doc = id != NULL ? ask(r, Q_practice_hours, id, NULL, NULL) : NULL;
    page_with_saved(r, "practice/hours", doc);
}

static void fail(struct form *f, size_t field, const char *message)
{
    static const char *const days[DAYS] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                           "Friday", "Saturday", "Sunday"};
    form_fail(f, f->fields[field].name,
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
    for (size_t i = 0; i < f->count; i++) {
        char error[32];
        snprintf(error, sizeof error, "error_%s", f->fields[i].name);
        json_put(&w, f->fields[i].name, form_value(f->r, f->fields[i].name));
        json_put(&w, error, f->error[i]);
    }
    json_close(&w, '}');
    const char *json = b.failed ? NULL : arena_strndup(f->r->arena, b.p, b.n);
    buf_free(&b);
    return json;
}

/* The days as the page lists them, so that what is wrong is said in that order: from `first`, 1 on Monday. */
static bool week_turned(struct form *f, size_t first)
{
    struct arena *a = f->r->arena;
    struct field *fields = arena_alloc(a, f->count * sizeof *fields);
    const char **value = arena_alloc(a, f->count * sizeof *value);
    const char **error = arena_alloc(a, f->count * sizeof *error);
    if (fields == NULL || value == NULL || error == NULL)
        return false;
    for (size_t i = 0; i < f->count; i++) {
        size_t from = i < WEEK_FIELDS ? (i + (first - 1) * PERIODS * 2) % WEEK_FIELDS : i;
        fields[i] = f->fields[from];
        value[i] = f->value[from];
        error[i] = f->error[from];
    }
    f->fields = fields;
    f->value = value;
    f->error = error;
    return true;
}

/* The form again, with what was typed. season NULL: of the usual hours. */
static void hours_again(struct request *r, const char *id, const char *season, struct form *f)
{
    int64_t first = 1;
    const char *doc = ask(r, Q_practice_hours, id, season, typed_json(f));
    if (doc == NULL)
        return;
    text_int(str_of(doc_text(r, doc, "week_begins")), 1, DAYS, &first);
    if (week_turned(f, (size_t)first))
        page_form(r, season != NULL ? "practice/season" : "practice/hours", doc, f);
    else
        reply_error(r, 500, NULL);
}

void practice_hours_post(struct request *r)
{
    struct form f;
    const char *doc = NULL, *id = path_number(r, "location");
    if (id == NULL)
        return;
    form_read(&f, r, usual_fields, FIELDS);
    check_week(&f);
    if (f.errors == 0) {
        doc = ask(r, Q_practice_hours_save, id, form_get(&f, "zone"), periods_json(&f));
        if (doc == NULL)
            return;
    }
    if (doc == NULL || form_refused(&f, doc))
        hours_again(r, id, NULL, &f);
    else
        page_saved(r, doc, practice_path(r, doc, arena_printf(r->arena, "/practice/hours/%s?saved=1", id)));
}

/* "new" is 0. */
static const char *season_id(struct request *r)
{
    return strcmp(param(r, "season"), "new") == 0 ? "0" : path_number(r, "season");
}

void practice_season_get(struct request *r)
{
    const char *id = path_number(r, "location"), *season = id != NULL ? season_id(r) : NULL;
    const char *doc = season != NULL ? ask(r, Q_practice_hours, id, season, NULL) : NULL;
    if (doc != NULL)
        page(r, "practice/season", doc);
}

void practice_season_post(struct request *r)
{
    struct form f;
    const char *doc = NULL, *id = path_number(r, "location"), *season = id != NULL ? season_id(r) : NULL;
    if (season == NULL)
        return;
    form_read(&f, r, season_fields, SEASON_FIELDS);
    check_week(&f);
    if (f.errors == 0) {
        const char *name = form_get(&f, "season_name");
        doc = ask(r, Q_practice_season_save, id, strcmp(season, "0") == 0 ? NULL : season,
                  name != NULL ? name : "", form_get(&f, "valid_from"), form_get(&f, "valid_until"),
                  periods_json(&f));
        if (doc == NULL)
            return;
    }
    if (doc == NULL || form_refused(&f, doc))
        hours_again(r, id, season, &f);
    else
        page_saved(r, doc, "/practice/hours?saved=1");
}

void practice_season_remove_post(struct request *r)
{
    const char *id = path_number(r, "location"), *season = id != NULL ? season_id(r) : NULL;
    const char *doc = season != NULL ? ask(r, Q_practice_season_remove, id, season) : NULL;
    if (doc != NULL)
        page_saved(r, doc, "/practice/hours?saved=1");
}

/* A question, not a change: it comes as a query. */
void practice_why_get(struct request *r)
{
    static const struct field asked[] = {
        {.name = "day",
         .kind = FIELD_DATE,
         .required = true,
         .missing = "Enter the day you ask about",
         .wrong = "Enter the day as a date, such as 2026-11-24"},
        {.name = "time",
         .kind = FIELD_TIME,
         .required = true,
         .missing = "Enter the time you ask about, such as 9:00 am or 17:30",
         .wrong = "Enter a time such as 9:00 am or 17:30"},
    };
    struct form f = {0};
    const char *service = query_value(r, "service"), *day = NULL, *time = NULL;
    r->form = r->query;
    if (service != NULL || query_value(r, "day") != NULL || query_value(r, "time") != NULL)
        form_read(&f, r, asked, sizeof asked / sizeof *asked);
    if (f.count > 0 && f.errors == 0) {
        day = form_get(&f, "day");
        time = form_get(&f, "time");
    }
    const char *doc = ask(r, Q_practice_why, service, query_value(r, "place"), day, time);
    if (doc == NULL)
        return;
    if (f.errors > 0)
        page_form(r, "practice/why", doc, &f);
    else
        page(r, "practice/why", doc);
}
