/* Services: what is offered, how long, for how much. */
#include "practice/practice.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* After a change that was saved: back to the list, or the document for a program. */
static void saved(struct request *r, const char *doc, const char *path)
{
    if (doc == NULL)
        return;
    if (r->wants_json)
        reply(r, 200, "application/json; charset=utf-8", doc, strlen(doc));
    else
        reply_redirect(r, 303, path);
}

static const char *or_empty(const char *s, const char *empty)
{
    return s != NULL ? s : empty;
}

static const struct field service_fields[] = {
    {.name = "name",
     .kind = FIELD_LINE,
     .required = true,
     .min = 1,
     .max = 120,
     .missing = "Enter a name for the service",
     .wrong = "Shorten the name to 120 characters"},
    {.name = "about", .kind = FIELD_TEXT, .max = 600, .wrong = "Shorten the description to 600 characters"},
    {.name = "minutes",
     .kind = FIELD_INT,
     .required = true,
     .min = 10,
     .max = 480,
     .missing = "Enter the length in minutes",
     .wrong = "The length must be from 10 to 480 minutes"},
    {.name = "price",
     .kind = FIELD_MONEY,
     .required = true,
     .min = 0,
     .max = 10000000,
     .missing = "Enter the price, 0 if it is free",
     .wrong = "Enter the price as a number, such as 85 or 85.50"},
    {.name = "buffer_before",
     .kind = FIELD_INT,
     .min = 0,
     .max = 240,
     .wrong = "The time before must be from 0 to 240 minutes"},
    {.name = "buffer_after",
     .kind = FIELD_INT,
     .min = 0,
     .max = 240,
     .wrong = "The time after must be from 0 to 240 minutes"},
};

void practice_services_get(struct request *r)
{
    const char *doc = ask(r, Q_practice_services);
    if (doc == NULL)
        return;
    page_value(r, "saved", query_value(r, "saved"));
    page(r, "practice/services", doc);
}

static const char *service_id(struct request *r)
{
    int64_t id;
    const char *text = param(r, "id");
    if (text_int(str_of(text), 1, INT32_MAX, &id))
        return text;
    reply_error(r, 404, NULL);
    return NULL;
}

void practice_service_new_get(struct request *r)
{
    const char *doc = ask(r, Q_practice_service_new);
    if (doc != NULL)
        page(r, "practice/service", doc);
}

void practice_service_get(struct request *r)
{
    const char *id = service_id(r);
    const char *doc = id != NULL ? ask(r, Q_practice_service, id) : NULL;
    if (doc != NULL)
        page(r, "practice/service", doc);
}

/* id NULL: a new one. */
static void save_service(struct request *r, const char *id)
{
    struct form f;
    form_read(&f, r, service_fields, COUNT(service_fields));
    if (f.errors > 0) {
        const char *doc = id != NULL ? ask(r, Q_practice_service, id) : ask(r, Q_practice_service_new);
        if (doc != NULL)
            page_form(r, "practice/service", doc, &f);
        return;
    }
    saved(r,
          ask(r, Q_practice_service_save, id, form_get(&f, "name"), or_empty(form_get(&f, "about"), ""),
              form_get(&f, "minutes"), form_get(&f, "price"), or_empty(form_get(&f, "buffer_before"), "0"),
              or_empty(form_get(&f, "buffer_after"), "0")),
          "/practice/services?saved=1");
}

void practice_service_new_post(struct request *r)
{
    save_service(r, NULL);
}

void practice_service_post(struct request *r)
{
    const char *id = service_id(r);
    if (id != NULL)
        save_service(r, id);
}

void practice_service_retire_post(struct request *r)
{
    const char *id = service_id(r);
    if (id != NULL)
        saved(r, ask(r, Q_practice_service_retire, id), "/practice/services?saved=1");
}
