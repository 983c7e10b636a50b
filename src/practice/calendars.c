#include "practice/calendars.h"

#include "booking/feed.h"
#include "notify/fetch.h"
#include "notify/outside.h"

#include <string.h>

/* The page; the feed's address is made here, nothing stores it. */
static void show(struct request *r, const char *doc, struct form *f)
{
    page_value(r, "feed_url", feed_url(r, doc));
    if (f)
        page_form(r, "practice/calendars", doc, f);
    else
        page(r, "practice/calendars", doc);
}

void practice_calendars_get(struct request *r)
{
    const char *doc = ask(r, Q_practice_calendars);
    if (!doc)
        return;
    page_value(r, "saved", query_value(r, "saved"));
    show(r, doc, NULL);
}

static const struct field add_fields[] = {
    {.name = "name",
     .kind = FIELD_LINE,
     .required = true,
     .min = 1,
     .max = 60,
     .missing = "Enter a name for the calendar, such as Family",
     .wrong = "Enter a name in 60 characters or fewer"},
    {.name = "url",
     .kind = FIELD_LINE,
     .required = true,
     .max = 1900,
     .missing = "Enter the address of the calendar",
     .wrong = "Enter the address of the calendar, which begins with https:// or webcal://"},
};

static const char *add(struct request *r, struct form *f)
{
    char url[2000], host[256];
    form_read(f, r, add_fields, sizeof add_fields / sizeof *add_fields);
    if (form_get(f, "url") && !fetch_address(form_get(f, "url"), url, host))
        form_fail(f, "url", add_fields[1].wrong);
    if (f->errors)
        return ask(r, Q_practice_calendars);
    const char *sealed = seal_with(app_of(r)->key, r->arena, OUTSIDE_PURPOSE, host, str_of(url));
    const char *doc = sealed ? ask(r, Q_practice_calendar_add, form_get(f, "name"), sealed, host) : NULL;
    if (!sealed)
        reply_error(r, 500, NULL);
    if (form_refused(f, doc)) {
        return ask(r, Q_practice_calendars);
    }
    return doc;
}

static void done(struct request *r, const char *doc)
{
    page_saved(r, doc, "/practice/calendars?saved=1");
}

void practice_calendars_post(struct request *r)
{
    struct form f;
    const char *doc = add(r, &f);
    if (doc && f.errors)
        show(r, doc, &f);
    else
        done(r, doc);
}

static const char *const acts[] = {"remove", "now", NULL};
static const char *const feed_acts[] = {"on", "renew", "off", "busy", "names", NULL};

/* What is wanted of `choices`; NULL after the page with what is wrong. */
static const char *wanted(struct request *r, const char *const *choices)
{
    struct form f;
    const struct field field[] = {{.name = "act",
                                   .kind = FIELD_CHOICE,
                                   .required = true,
                                   .choices = choices,
                                   .missing = "Choose what to do",
                                   .wrong = "Choose what to do"}};
    form_read(&f, r, field, 1);
    if (!f.errors)
        return form_get(&f, "act");
    const char *doc = ask(r, Q_practice_calendars);
    if (doc)
        show(r, doc, &f);
    return NULL;
}

void practice_calendar_post(struct request *r)
{
    const char *id = path_number(r, "id");
    const char *act = id ? wanted(r, acts) : NULL;
    if (act)
        done(r, ask(r, Q_practice_calendar_act, id, act));
}

void practice_calendar_feed_post(struct request *r)
{
    char nonce[37];
    const char *act = wanted(r, feed_acts);
    if (!act)
        return;
    web_uuid(nonce);
    done(r, ask(r, Q_practice_feed, nonce, feed_secret(r, nonce), act));
}
