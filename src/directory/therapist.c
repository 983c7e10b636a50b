/* One therapist: the page, the free times as JSON, the page on which a time is chosen; and the chooser of
 * places. */
#include "directory/directory.h"

#include "view/view.h"
#include "web/web.h"

#include <string.h>

/* A therapist's own Markdown as raw.{name}. */
static void words_add(struct request *r, const char *doc, const char *member, const char *name)
{
    const char *text = doc_text(r, doc, member);
    if (text)
        page_raw(r, name, view_markdown_typed(r->arena, str_of(text)));
}

void profile_words_add(struct request *r, const char *doc)
{
    words_add(r, doc, "about", "about");
    words_add(r, doc, "first_visit_text", "first_visit");
}

void therapist_get(struct request *r)
{
    const char *slug = param(r, "slug"), *doc = ask(r, Q_directory_profile, slug);
    reply_subject(r, slug);
    if (!doc)
        return;
    schema_add(r, slug);
    profile_words_add(r, doc);
    page(r, "directory/profile", doc);
}

enum { SERVICE, FROM, DAYS };
static const struct field fields[] = {
    [SERVICE] = {"service", FIELD_INT, .min = 1, .max = INT32_MAX,
                 .wrong = "service must be the number of a service"},
    [FROM] = {"from", FIELD_DATE, .wrong = "from must be a date like 2026-11-24"},
    [DAYS] = {"days", FIELD_INT, .min = 1, .max = 31, .wrong = "days must be from 1 to 31"},
};

/* Dates that PostgreSQL's arithmetic cannot follow are none of ours. */
static bool from_fits(const char *from)
{
    return !from || (strcmp(from, "2000-01-01") >= 0 && strcmp(from, "2200-01-01") < 0);
}

void therapist_slots_get(struct request *r)
{
    struct form f;
    reply_subject(r, param(r, "slug"));
    r->wants_json = true;
    r->form = r->query;
    form_read(&f, r, fields, 3);
    if (!f.count)
        return;
    if (!from_fits(f.value[FROM]))
        form_fail(&f, "from", fields[FROM].wrong);
    if (f.errors) {
        page_form(r, "directory/book", "{}", &f);
        return;
    }
    const char *days = f.value[DAYS] ? f.value[DAYS] : "10";
    const char *doc = ask(r, Q_directory_slots, param(r, "slug"), f.value[SERVICE], f.value[FROM], days);
    if (doc)
        reply(r, 200, "application/json; charset=utf-8", doc, strlen(doc));
}

void therapist_book_get(struct request *r)
{
    struct form f;
    r->form = r->query;
    form_read(&f, r, fields, 2);
    if (!f.count)
        return;
    /* links made by us: one that was cut or changed by hand leads to the first free times */
    const char *from = from_fits(f.value[FROM]) ? f.value[FROM] : NULL;
    const char *doc = ask(r, Q_directory_book, param(r, "slug"), f.value[SERVICE], from,
                          query_value(r, "start"), query_value(r, "part"));
    if (doc)
        page(r, "directory/book", doc);
}

void places_get(struct request *r)
{
    const char *q = query_value(r, "q");
    if (q && strlen(q) > 100) {
        reply_error(r, 422, "Type a ZIP code or a town, 100 characters or fewer.");
        return;
    }
    const char *doc = ask(r, Q_directory_places, q);
    reply_subject(r, "places");
    if (doc)
        page(r, "directory/places", doc);
}
