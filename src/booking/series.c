#include "booking/series.h"

#include "booking/booking.h"
#include "core/day.h"

#include <string.h>

#define VISITS_MAX 13 /* twelve and a review */

static const char *const yes_no[] = {"yes", "no", NULL};

/* The plan: what a page of it is asked for, and the form that holds it sends along to be drawn again. */
#define PLAN                                                                                                 \
    {.name = "service",                                                                                      \
     .kind = FIELD_INT,                                                                                      \
     .required = true,                                                                                       \
     .min = 1,                                                                                               \
     .max = INT32_MAX,                                                                                       \
     .missing = "Choose a service"},                                                                         \
        {.name = "start",                                                                                    \
         .kind = FIELD_LINE,                                                                                 \
         .required = true,                                                                                   \
         .max = 40,                                                                                          \
         .missing = "Choose a first time"},                                                                  \
        {.name = "visits", .kind = FIELD_INT, .min = 2, .max = 12, .wrong = "Choose from 2 to 12 visits"},   \
        {.name = "weeks", .kind = FIELD_INT, .min = 1, .max = 4, .wrong = "Choose from 1 to 4 weeks"},       \
    {                                                                                                        \
        .name = "review", .kind = FIELD_CHOICE, .choices = yes_no, .wrong = "Choose yes or no"               \
    }
static const struct field plan_fields[] = {PLAN};
static const struct field hold_fields[] = {
    {.name = "therapist", .kind = FIELD_LINE, .required = true, .max = 80, .missing = "Choose a therapist"},
    {.name = "service",
     .kind = FIELD_INT,
     .required = true,
     .min = 1,
     .max = INT32_MAX,
     .missing = "Choose a service"},
    {.name = "key", .kind = FIELD_UUID, .missing = "Send a UUID of your own as key"},
    {.name = "start", .kind = FIELD_LINE, .max = 40},
    {.name = "visits", .kind = FIELD_INT, .min = 2, .max = 12, .wrong = "Choose from 2 to 12 visits"},
    {.name = "weeks", .kind = FIELD_INT, .min = 1, .max = 4, .wrong = "Choose from 1 to 4 weeks"},
    {.name = "review", .kind = FIELD_CHOICE, .choices = yes_no, .wrong = "Choose yes or no"},
};

/* Four weekly visits and a review, unless it was said otherwise. */
static const char *plan_ask(struct request *r, const char *slug, const struct form *f, const char *chosen)
{
    const char *visits = form_get(f, "visits"), *weeks = form_get(f, "weeks"),
               *review = form_get(f, "review");
    return ask(r, Q_series_plan, slug, form_get(f, "service"), form_get(f, "start"), visits ? visits : "4",
               weeks ? weeks : "1", review && strcmp(review, "no") == 0 ? "false" : "true", chosen);
}

static void start_check(struct form *f)
{
    const char *start = form_get(f, "start");
    if (start && !instant_valid(str_of(start)))
        form_fail(f, "start", "Send the start as an RFC 3339 instant");
}

void series_plan_get(struct request *r)
{
    struct form f;
    r->form = r->query;
    form_read(&f, r, plan_fields, sizeof plan_fields / sizeof *plan_fields);
    start_check(&f);
    if (f.errors) {
        booking_choose_again(r, param(r, "slug"), &f);
        return;
    }
    const char *doc = plan_ask(r, param(r, "slug"), &f, NULL);
    if (doc)
        page(r, "booking/series", doc);
}

/* The other button of the page of times. The times and the form's token stay out of the address, but for the
 * one that was chosen. */
void series_plan_post(struct request *r)
{
    struct form f;
    form_read(&f, r, plan_fields, sizeof plan_fields / sizeof *plan_fields);
    start_check(&f);
    if (f.errors)
        booking_choose_again(r, param(r, "slug"), &f);
    else
        reply_redirect(r, 303,
                       arena_printf(r->arena, "/therapists/%s/series?service=%s&start=%s", param(r, "slug"),
                                    form_get(&f, "service"), form_get(&f, "start")));
}

/* --- Holding */

static void put_start(struct buf *out, struct form *f, struct str text)
{
    buf_puts(out, out->n > 1 ? "," : "");
    if (!text.n || str_is(text, "none")) {
        buf_puts(out, "NULL");
    } else if (instant_valid(text)) { /* digits, letters, - : and . : nothing that an array's text minds */
        buf_puts(out, "\"");
        buf_put(out, text.p, text.n);
        buf_puts(out, "\"");
    } else {
        form_fail(f, NULL, "Send each start as an RFC 3339 instant, or none");
    }
}

/* The starts in the order of the visits, as the text of an array: v1, v2 … of the page, or `starts` of JSON.
 */
static const char *starts_read(struct request *r, struct form *f)
{
    struct buf *out = booking_buf(r);
    size_t n = 0;
    buf_puts(out, "{");
    for (size_t i = 0; i < r->form.n && n <= VISITS_MAX; i++)
        if (str_is(r->form.at[i].name, "starts")) {
            put_start(out, f, r->form.at[i].value);
            n++;
        }
    for (int v = 1; n < (size_t)v && v <= VISITS_MAX; v++) {
        const char *name = arena_printf(r->arena, "v%d", v), *text = name ? form_value(r, name) : NULL;
        if (!text)
            break;
        put_start(out, f, str_of(text));
        n++;
    }
    buf_puts(out, "}");
    if (n > VISITS_MAX)
        form_fail(f, NULL, "A plan has 13 visits at most");
    return out->failed ? NULL : arena_strndup(r->arena, out->p, out->n);
}

/* Replies to a plan that cannot be held: the plan again, with what is free now, or the problem. */
static void not_held(struct request *r, struct form *f, const char *doc, const char *chosen)
{
    const char *type = doc_text(r, doc, "type");
    const char *plan = NULL;
    if (!r->wants_json && form_get(f, "start") && type &&
        (strcmp(type, "time-taken") == 0 || strcmp(type, "series-too-short") == 0))
        plan = plan_ask(r, form_get(f, "therapist"), f, strcmp(type, "time-taken") == 0 ? chosen : NULL);
    if (!plan) {
        booking_problem(r, doc);
        return;
    }
    page_value(r, "wrong", doc_text(r, doc, "title"));
    page_status(r, 409, "booking/series", plan);
}

/* The cookies of all visits: the token is one, but the path says which booking it is sent to. */
static void set_cookies(struct request *r, const char *doc)
{
    struct json j;
    const char *series = doc_text(r, doc, "series");
    if (!series || !json_parse(&j, r->arena, str_of(series)))
        return;
    uint32_t visits = json_get(&j, 0, "visits");
    if (!visits || j.token[visits].kind != JSON_ARRAY)
        return;
    uint32_t at = visits + 1;
    for (uint32_t i = 0; i < j.token[visits].count; i++, at = j.token[at].next) {
        struct str id = json_text(&j, json_get(&j, at, "id"), r->arena);
        cookie_set_booking(r, arena_strndup(r->arena, id.p, id.n), session_of(r)->booking, -1);
    }
}

static void held(struct request *r, const char *doc)
{
    const char *path = arena_printf(r->arena, "/bookings/%s", doc_text(r, doc, "id"));
    if (!path)
        return;
    set_cookies(r, doc);
    if (r->wants_json) {
        reply_header(r, "Location", path);
        page_status(r, 201, "booking/show", booking_with_token(r, doc, session_of(r)->booking));
    } else if (doc_is(r, doc, "safety_passed") || !doc_is(r, doc, "held")) { /* the same key again, later */
        reply_redirect(r, 303, booking_next(r, doc));
    } else {
        reply_redirect(r, 303, arena_printf(r->arena, "%s/safety/1", path));
    }
}

void series_post(struct request *r)
{
    struct form f;
    form_read(&f, r, hold_fields, sizeof hold_fields / sizeof *hold_fields);
    start_check(&f);
    const char *key = booking_key(r, &f), *starts = starts_read(r, &f), *review = form_get(&f, "review");
    const char *minutes = arena_printf(r->arena, "%d", app_of(r)->config.hold_minutes);
    if (!key)
        form_fail(&f, "key", "Send a UUID of your own as key");
    const char *token = booking_token(r->arena, app_of(r)->key, key);
    if (f.errors || !token || !starts || !minutes) {
        booking_choose_again(r, form_get(&f, "therapist"), &f);
        return;
    }
    session_of(r)->booking = token;
    const char *doc = ask(r, Q_series_hold, key, form_get(&f, "therapist"), form_get(&f, "service"), starts,
                          review && strcmp(review, "yes") == 0 ? "true" : "false", minutes,
                          booking_via(r, "web"), booking_origin(r));
    if (!doc)
        return;
    if (doc_is(r, doc, "problem"))
        not_held(r, &f, doc, starts);
    else
        held(r, doc);
}

/* --- All of it */

void series_get(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id ? ask(r, Q_series_show, id) : NULL;
    if (!doc)
        return;
    set_cookies(r, doc);
    page_value(r, "next", booking_next(r, doc));
    if (query_value(r, "booked"))
        page_value(r, "link",
                   arena_printf(r->arena, "%s/b/%s", app_of(r)->config.origin, session_of(r)->booking));
    page(r, "booking/series-visits", doc);
}

void series_calendar_get(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id ? ask(r, Q_series_calendar, id) : NULL;
    if (doc)
        booking_calendar_reply(r, doc, "appointments.ics");
}
