#include "booking/waiting.h"

#include "booking/booking.h"

#include <string.h>

static const char *const weekdays[] = {"1", "2", "3", "4", "5", "6", "7", NULL};
static const char *const parts[] = {"morning", "afternoon", "evening", NULL};
static const char *const yes_no[] = {"on", "off", NULL};

/* What is waited for. slug is the path's, and no field. */
static const struct field fields[] = {
    {.name = "service",
     .kind = FIELD_INT,
     .min = 1,
     .max = INT32_MAX,
     .wrong = "Choose a service from the list"},
    {.name = "near", .kind = FIELD_LINE, .max = 120, .wrong = "Enter a town and its state, or a ZIP code"},
    {.name = "km", .kind = FIELD_INT, .min = 1, .max = 100, .wrong = "Choose a distance from the list"},
    {.name = "tag", .kind = FIELD_LINE, .max = 60},
    {.name = "minutes", .kind = FIELD_INT, .min = 10, .max = 240, .wrong = "Choose a length from the list"},
    {.name = "days", .kind = FIELD_SLUGS, .choices = weekdays, .wrong = "Choose days from the list"},
    {.name = "parts",
     .kind = FIELD_SLUGS,
     .choices = parts,
     .wrong = "Choose parts of the day from the list"},
    {.name = "from", .kind = FIELD_DATE, .wrong = "Enter the first day as a date"},
    {.name = "until", .kind = FIELD_DATE, .wrong = "Enter the last day as a date"},
    {.name = "email",
     .kind = FIELD_EMAIL,
     .required = true,
     .missing = "Enter your e-mail address",
     .wrong = "Enter an e-mail address like name@example.com"},
    {.name = "key", .kind = FIELD_UUID, .missing = "Send a UUID of your own as key"},
};

static const char *slug_of(struct request *r)
{
    return pairs_get(&r->params, "slug").n ? param(r, "slug") : NULL;
}

/* The number when it is one from 1 to max, else NULL. */
static const char *whole(const char *text, int64_t max)
{
    int64_t n;
    return text && text_int(str_of(text), 1, max, &n) ? text : NULL;
}

/* Links lead here with what was searched for; one that was changed by hand asks for less. */
static const char *asked(struct request *r, const char *service, const char *near, const char *km,
                         const char *tag, const struct form *f)
{
    return ask(r, Q_waiting_asks, slug_of(r), whole(service, INT32_MAX), near, whole(km, 100), tag,
               f ? form_get(f, "days") : NULL, f ? form_get(f, "parts") : NULL);
}

void waiting_asks_get(struct request *r)
{
    const char *technique = query_value(r, "technique"), *km = query_value(r, "radius_km");
    const char *doc = asked(r, query_value(r, "service"), query_value(r, "near"), km,
                            technique ? technique : query_value(r, "complaint"), NULL);
    if (!doc)
        return;
    page_value(r, "sent", query_value(r, "sent"));
    page(r, "booking/waiting", doc);
}

static const char *path_here(struct request *r)
{
    const char *slug = slug_of(r);
    return slug ? arena_printf(r->arena, "/therapists/%s/waiting", slug) : "/waiting";
}

/* The page again, with what was typed and what is wrong. */
static void again(struct request *r, const struct form *f)
{
    const char *doc =
        asked(r, form_get(f, "service"), form_value(r, "near"), form_get(f, "km"), form_get(f, "tag"), f);
    if (doc)
        page_form(r, "booking/waiting", doc, f);
}

/* {"slug":…, and each field}: texts as they were read, null where missing. */
static const char *asked_json(struct request *r, const struct form *f)
{
    const char *values = form_json(f), *slug = slug_of(r);
    return values ? arena_printf(r->arena, "{\"slug\":%s%s%s,%s", slug ? "\"" : "", slug ? slug : "null",
                                 slug ? "\"" : "", values + 1)
                  : NULL;
}

void waiting_join_post(struct request *r)
{
    struct form f;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    const char *key = booking_key(r, &f), *slug = slug_of(r);
    if (!key)
        form_fail(&f, "key", "Send a UUID of your own as key");
    if (!slug && !form_get(&f, "near"))
        form_fail(&f, "near", "Enter a town and its state, or a ZIP code");
    const char *token = booking_token(r->arena, app_of(r)->key, key);
    if (f.errors || !token ||
        (slug && strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(slug))) {
        again(r, &f);
        return;
    }
    session_of(r)->booking = token;
    const char *doc = ask(r, Q_waiting_join, key, asked_json(r, &f));
    if (!doc)
        return;
    if (form_refused(&f, doc)) {
        again(r, &f);
    } else if (r->wants_json) {
        page_status(r, 201, "booking/waiting", doc);
    } else {
        reply_redirect(r, 303, arena_printf(r->arena, "%s?sent=1", path_here(r)));
    }
}

/* --- With the token of the mail */

/* The token of the path is the caller's authority, as a booking's is. */
static void entry(struct request *r, enum query q, bool change)
{
    const char *token = param(r, "token");
    session_of(r)->booking = token;
    const char *doc = web_ask(r, q, 0, NULL);
    if (!doc)
        return;
    if (change && !r->wants_json) {
        reply_redirect(r, 303, arena_printf(r->arena, "/waiting/%s", token));
        return;
    }
    page_value(r, "token", token);
    page(r, "booking/waiting-entry", doc);
}

void waiting_get(struct request *r)
{
    entry(r, Q_waiting_show, false);
}

void waiting_confirm_post(struct request *r)
{
    entry(r, Q_waiting_confirm, true);
}

void waiting_leave_post(struct request *r)
{
    entry(r, Q_waiting_leave, true);
}

/* --- The therapist's side: how many, and whether at all */

void practice_waiting_get(struct request *r)
{
    page_with_saved(r, "practice/waiting", ask(r, Q_waiting_practice));
}

void practice_waiting_post(struct request *r)
{
    static const struct field switch_fields[] = {{.name = "list",
                                                  .kind = FIELD_CHOICE,
                                                  .required = true,
                                                  .choices = yes_no,
                                                  .missing = "Choose on or off",
                                                  .wrong = "Choose on or off"}};
    struct form f;
    form_read(&f, r, switch_fields, 1);
    const char *list = form_get(&f, "list");
    const char *doc = list ? ask(r, Q_waiting_practice_set, strcmp(list, "on") == 0 ? "true" : "false")
                           : ask(r, Q_waiting_practice);
    if (!doc)
        return;
    if (f.errors)
        page_form(r, "practice/waiting", doc, &f);
    else if (r->wants_json)
        page(r, "practice/waiting", doc);
    else
        reply_redirect(r, 303, "/practice/waiting?saved=1");
}
