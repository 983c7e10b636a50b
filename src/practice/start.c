/* From a new account to a page that is found: the steps, publishing, and the addresses of places. */
#include "practice/start.h"
#include "practice/practice.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *const on_off[] = {"on", "off", NULL};
static const struct field publish_fields[] = {
    {.name = "publish",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = on_off,
     .missing = "Say whether your page is published",
     .wrong = "Say whether your page is published"},
};

static const struct field place_fields[] = {
    {.name = "name", .kind = FIELD_LINE, .max = 120, .wrong = "Shorten the name to 120 characters"},
    {.name = "street",
     .kind = FIELD_LINE,
     .required = true,
     .max = 200,
     .missing = "Enter the street and number",
     .wrong = "Shorten the street to 200 characters"},
    {.name = "town",
     .kind = FIELD_LINE,
     .required = true,
     .max = 100,
     .missing = "Enter the town and state, or the ZIP code",
     .wrong = "Shorten the town to 100 characters"},
    {.name = "postcode", .kind = FIELD_LINE, .max = 20, .wrong = "Shorten the ZIP code to 20 characters"},
    {.name = "access", .kind = FIELD_LINE, .max = 400, .wrong = "Shorten the text to 400 characters"},
    {.name = "position", .kind = FIELD_LINE, .max = 60, .wrong = "Enter the position as two numbers"},
    {.name = "zone", .kind = FIELD_LINE, .max = 60, .wrong = "Choose a time zone from the list"},
};

static const struct practice_form place_form = {.fields = place_fields,
                                                .count = COUNT(place_fields),
                                                .save = Q_practice_place_address,
                                                .form = Q_practice_place_form,
                                                .typed = true,
                                                .template = "practice/place",
                                                .path = "/practice/profile?saved=1"};

void practice_start_get(struct request *r)
{
    page_with_saved(r, "practice/start", ask(r, Q_practice_start));
}

/* What is missing is on the page itself, whoever asks for more. */
static void refuse(struct request *r, struct form *f, const char *problem)
{
    form_fail(f, "publish", doc_text(r, problem, "title"));
    const char *doc = ask(r, Q_practice_start);
    if (doc != NULL)
        page_form(r, "practice/start", doc, f);
}

void practice_publish_post(struct request *r)
{
    struct form f;
    form_read(&f, r, publish_fields, COUNT(publish_fields));
    const char *doc = f.errors == 0 ? ask(r, Q_practice_publish, form_get(&f, "publish")) : "{}";
    if (doc == NULL)
        return;
    if (f.errors > 0 || doc_text(r, doc, "problem") != NULL)
        refuse(r, &f, doc);
    else
        page_saved(r, doc, "/practice/start?saved=1");
}

static void address_show(struct request *r, const char *id)
{
    const char *doc = ask(r, Q_practice_place_form, id, NULL);
    if (doc != NULL)
        page(r, "practice/place", doc);
}

void practice_place_new_get(struct request *r)
{
    address_show(r, NULL);
}

void practice_place_new_post(struct request *r)
{
    practice_save(r, &place_form, NULL);
}

void practice_address_get(struct request *r)
{
    const char *id = path_number(r, "location");
    if (id != NULL)
        address_show(r, id);
}

void practice_address_post(struct request *r)
{
    const char *id = path_number(r, "location");
    if (id != NULL)
        practice_save(r, &place_form, id);
}

void practice_place_remove_post(struct request *r)
{
    const char *id = path_number(r, "location");
    const char *doc = id != NULL ? ask(r, Q_practice_place_remove, id) : NULL;
    struct form f;
    if (doc == NULL)
        return;
    if (doc_text(r, doc, "problem") == NULL) {
        page_saved(r, doc, practice_path(r, doc, "/practice/profile?saved=1"));
        return;
    }
    form_read(&f, r, NULL, 0);
    form_fail(&f, NULL, doc_text(r, doc, "title"));
    const char *again = ask(r, Q_practice_place_form, id, NULL);
    if (again != NULL)
        page_form(r, "practice/place", again, &f);
}

/* --- What was changed, and one change undone */

void practice_versions_get(struct request *r)
{
    page_with_saved(r, "practice/versions", ask(r, Q_practice_versions));
}

void practice_version_undo_post(struct request *r)
{
    const char *id = path_number(r, "version");
    const char *doc = id != NULL ? ask(r, Q_practice_version_undo, id) : NULL;
    struct form f;
    if (doc == NULL)
        return;
    if (doc_text(r, doc, "problem") == NULL) {
        page_saved(r, doc, "/practice/versions?saved=1");
        return;
    }
    form_read(&f, r, NULL, 0);
    form_fail(&f, NULL, doc_text(r, doc, "title"));
    const char *again = ask(r, Q_practice_versions);
    if (again != NULL)
        page_form(r, "practice/versions", again, &f);
}
