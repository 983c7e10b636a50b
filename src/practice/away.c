/* When a practice is closed although the week says otherwise: days that differ, time off, public holidays;
 * and the way between its places. */
#include "practice/practice.h"

#include "core/day.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* --- Days that differ */

#define PERIODS 3
static const char *const day_kinds[] = {"closed", "extra", "instead", NULL};
#define WRONG_TIME(which) "Enter the time " which ", such as 9:00 am or 17:30"
static const struct field day_fields[] = {
    {.name = "from_1", .kind = FIELD_TIME, .wrong = WRONG_TIME("from which period 1 goes")},
    {.name = "to_1", .kind = FIELD_TIME, .wrong = WRONG_TIME("until which period 1 goes")},
    {.name = "from_2", .kind = FIELD_TIME, .wrong = WRONG_TIME("from which period 2 goes")},
    {.name = "to_2", .kind = FIELD_TIME, .wrong = WRONG_TIME("until which period 2 goes")},
    {.name = "from_3", .kind = FIELD_TIME, .wrong = WRONG_TIME("from which period 3 goes")},
    {.name = "to_3", .kind = FIELD_TIME, .wrong = WRONG_TIME("until which period 3 goes")},
    {.name = "day",
     .kind = FIELD_DATE,
     .required = true,
     .missing = "Enter the day",
     .wrong = "Enter the day as a date"},
    {.name = "kind",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = day_kinds,
     .missing = "Say what is different on that day",
     .wrong = "Say what is different on that day"},
};

/* "HH:MM" compares as text. */
static void check_periods(struct form *f)
{
    const char *last = NULL, *kind = form_get(f, "kind");
    size_t used = 0;
    for (size_t i = 0; i < PERIODS * 2; i += 2) {
        const char *a = f->value[i], *b = f->value[i + 1];
        if (f->error[i] != NULL || f->error[i + 1] != NULL || (a == NULL && b == NULL))
            continue;
        if (a == NULL || b == NULL)
            form_fail(f, f->fields[a == NULL ? i : i + 1].name, "Enter both times of a period, or neither");
        else if (strcmp(a, b) >= 0)
            form_fail(f, f->fields[i + 1].name, "A period must end after it starts");
        else if (last != NULL && strcmp(a, last) < 0)
            form_fail(f, f->fields[i].name, "A period cannot start before the one above it ends");
        last = b;
        used++;
    }
    if (f->errors == 0 && kind != NULL && used == 0 && strcmp(kind, "closed") != 0)
        form_fail(f, "from_1", "Enter from when to when it is open");
}

static const char *periods_json(const struct form *f)
{
    struct buf b = {.max = 1024};
    struct json_writer w = {&b, false};
    json_open(&w, NULL, '[');
    for (size_t i = 0; i < PERIODS * 2; i += 2) {
        if (f->value[i] == NULL || strcmp(form_get(f, "kind"), "closed") == 0)
            continue;
        json_open(&w, NULL, '{');
        json_put(&w, "from", f->value[i]);
        json_put(&w, "to", f->value[i + 1]);
        json_close(&w, '}');
    }
    json_close(&w, ']');
    const char *json = b.failed ? NULL : arena_strndup(f->r->arena, b.p, b.n);
    buf_free(&b);
    return json;
}

void practice_days_get(struct request *r)
{
    int32_t day;
    const char *id = path_number(r, "location"), *text = query_value(r, "day");
    if (id != NULL)
        page_with_saved(
            r, "practice/days",
            ask(r, Q_practice_days, id, text != NULL && day_read(str_of(text), &day) ? text : NULL));
}

void practice_days_post(struct request *r)
{
    struct form f;
    const char *doc = NULL, *id = path_number(r, "location");
    if (id == NULL)
        return;
    form_read(&f, r, day_fields, COUNT(day_fields));
    check_periods(&f);
    if (f.errors == 0) {
        doc = ask(r, Q_practice_day_save, id, form_get(&f, "day"), form_get(&f, "kind"), periods_json(&f));
        if (doc == NULL)
            return;
    }
    if (doc != NULL && !form_refused(&f, doc)) {
        page_saved(r, doc, arena_printf(r->arena, "/practice/hours/%s/days?saved=1", id));
        return;
    }
    doc = ask(r, Q_practice_days, id, NULL);
    if (doc == NULL)
        return;
    for (size_t i = 2; i < PERIODS * 2; i++)
        if (form_value(r, day_fields[i].name) != NULL)
            page_value(r, "more_open", "yes");
    page_form(r, "practice/days", doc, &f);
}

void practice_day_remove_post(struct request *r)
{
    int32_t day;
    const char *id = path_number(r, "location");
    if (id == NULL)
        return;
    if (!day_read(str_of(param(r, "day")), &day)) {
        reply_error(r, 404, NULL);
        return;
    }
    page_saved(r, ask(r, Q_practice_day_remove, id, param(r, "day")),
               arena_printf(r->arena, "/practice/hours/%s/days?saved=1", id));
}

/* --- Time off */

static const struct field off_fields[] = {
    {.name = "from_day",
     .kind = FIELD_DATE,
     .required = true,
     .missing = "Enter the first day",
     .wrong = "Enter the first day as a date"},
    {.name = "until_day", .kind = FIELD_DATE, .wrong = "Enter the last day as a date"},
    {.name = "from_time", .kind = FIELD_TIME, .wrong = WRONG_TIME("on the first day")},
    {.name = "until_time", .kind = FIELD_TIME, .wrong = WRONG_TIME("on the last day")},
    {.name = "note", .kind = FIELD_LINE, .max = 200, .wrong = "Shorten the note to 200 characters"},
};

void practice_time_off_get(struct request *r)
{
    page_with_saved(r, "practice/time-off", ask(r, Q_practice_time_off));
}

/* The two moments, by the wall clock: whole days where no time is said. "YYYY-MM-DD HH:MM" compares as text.
 */
static bool off_span(struct form *f, const char **from, const char **to)
{
    const char *first = form_get(f, "from_day"), *last = form_get(f, "until_day");
    const char *since = form_get(f, "from_time"), *until = form_get(f, "until_time");
    *from = arena_printf(f->r->arena, "%s %s", first, since != NULL ? since : "00:00");
    *to = arena_printf(f->r->arena, "%s %s", last != NULL ? last : first, until != NULL ? until : "24:00");
    if (last != NULL && strcmp(last, first) < 0)
        form_fail(f, "until_day", "The last day must not be before the first");
    else if (*from != NULL && *to != NULL && strcmp(*to, *from) <= 0)
        form_fail(f, "until_time", "It must end after it starts");
    return f->errors == 0;
}

void practice_time_off_post(struct request *r)
{
    struct form f;
    const char *from, *to, *note, *doc = NULL;
    form_read(&f, r, off_fields, COUNT(off_fields));
    if (f.errors == 0 && off_span(&f, &from, &to)) {
        note = form_get(&f, "note");
        doc = ask(r, Q_practice_time_off_save, from, to, note != NULL ? note : "");
        if (doc == NULL)
            return;
    }
    if (doc != NULL && !form_refused(&f, doc)) {
        page_saved(r, doc, "/practice/time-off?saved=1");
        return;
    }
    doc = ask(r, Q_practice_time_off);
    if (doc == NULL)
        return;
    if (form_value(r, "from_time") != NULL || form_value(r, "until_time") != NULL)
        page_value(r, "part_open", "yes");
    page_form(r, "practice/time-off", doc, &f);
}

void practice_time_off_remove_post(struct request *r)
{
    const char *id = path_number(r, "id");
    if (id != NULL)
        page_saved(r, ask(r, Q_practice_time_off_remove, id), "/practice/time-off?saved=1");
}

/* --- Public holidays */

static const struct field holiday_fields[] = {
    {.name = "holiday", .kind = FIELD_SLUGS, .max = 200, .wrong = "Choose holidays from the list"},
};

void practice_holidays_get(struct request *r)
{
    page_with_saved(r, "practice/holidays", ask(r, Q_practice_holidays));
}

void practice_holidays_post(struct request *r)
{
    struct form f;
    const char *ids, *doc = NULL;
    form_read(&f, r, holiday_fields, COUNT(holiday_fields));
    if (f.errors == 0) {
        ids = form_get(&f, "holiday");
        doc = ask(r, Q_practice_holidays_save, ids != NULL ? ids : "{}");
        if (doc == NULL)
            return;
    }
    if (doc != NULL && !form_refused(&f, doc)) {
        page_saved(r, doc, "/practice/holidays?saved=1");
        return;
    }
    doc = ask(r, Q_practice_holidays);
    if (doc != NULL)
        page_form(r, "practice/holidays", doc, &f);
}

/* --- The way between two places */

static const struct field travel_fields[] = {
    {.name = "a",
     .kind = FIELD_INT,
     .required = true,
     .min = 1,
     .max = INT32_MAX,
     .missing = "Choose a place"},
    {.name = "b",
     .kind = FIELD_INT,
     .required = true,
     .min = 1,
     .max = INT32_MAX,
     .missing = "Choose a place"},
    {.name = "minutes", .kind = FIELD_INT, .max = 480, .wrong = "Enter minutes from 0 to 480"},
};

void practice_travel_get(struct request *r)
{
    page_with_saved(r, "practice/travel", ask(r, Q_practice_travel, NULL, NULL, NULL, NULL));
}

void practice_travel_post(struct request *r)
{
    struct form f;
    form_read(&f, r, travel_fields, COUNT(travel_fields));
    const char *a = form_get(&f, "a"), *b = form_get(&f, "b"), *minutes = form_get(&f, "minutes");
    if (f.errors == 0) {
        page_saved(r, ask(r, Q_practice_travel_save, a, b, minutes != NULL ? minutes : "0"),
                   "/practice/travel?saved=1");
        return;
    }
    const char *doc = ask(r, Q_practice_travel, a, b, form_value(r, "minutes"), f.error[2]);
    if (doc == NULL)
        return;
    if (a != NULL && b != NULL)
        page_value(r, "wrong_field", arena_printf(r->arena, "minutes_%s_%s", a, b));
    page_form(r, "practice/travel", doc, &f);
}
