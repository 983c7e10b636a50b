/* What a therapist states, one topic a page: of themself, and of each place they work at. The boxes of a page
 * are rows of the taxonomies; only the fields beside them are known here. */
#include "directory/directory.h"
#include "practice/practice.h"
#include "practice/start.h"
#include "view/view.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *const yes_no[] = {"yes", "no", NULL};

static const struct field about_fields[] = {
    {.name = "headline", .kind = FIELD_LINE, .max = 160, .wrong = "Shorten the headline to 160 characters"},
    {.name = "profession",
     .kind = FIELD_LINE,
     .max = 80,
     .wrong = "Shorten what you call yourself to 80 characters"},
    {.name = "pronouns", .kind = FIELD_LINE, .max = 40, .wrong = "Shorten the pronouns to 40 characters"},
    {.name = "about", .kind = FIELD_TEXT, .max = 4000, .wrong = "Shorten the text to 4,000 characters"},
};

static const struct field not_fields[] = {
    {.name = "not_for",
     .kind = FIELD_TEXT,
     .max = 600,
     .wrong = "Shorten what you do not work with to 600 characters"},
};

static const struct field visits_fields[] = {
    {.name = "new_clients",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = yes_no,
     .missing = "Say whether you take new clients",
     .wrong = "Say whether you take new clients: yes or no"},
    {.name = "since",
     .kind = FIELD_INT,
     .min = 1940,
     .max = 2200,
     .wrong = "Enter the year you began with four digits, such as 2012"},
    {.name = "back_share", .kind = FIELD_INT, .max = 100, .wrong = "Enter a number from 0 to 100"},
    {.name = "first_visit", .kind = FIELD_TEXT, .max = 1500, .wrong = "Shorten the text to 1,500 characters"},
};

static const struct field home_fields[] = {
    {.name = "home",
     .kind = FIELD_INT,
     .max = 120,
     .wrong = "Enter how far you travel as a whole number from 0 to 120"},
};

static const struct topic {
    const char *name;
    const struct field *fields;
    size_t count;
} topics[] = {
    {"about", about_fields, COUNT(about_fields)},
    {"not", not_fields, COUNT(not_fields)},
    {"visits", visits_fields, COUNT(visits_fields)},
    {"home", home_fields, COUNT(home_fields)},
};

/* The fields beside the boxes; none for a topic that is boxes alone. */
static struct topic topic_named(const char *name)
{
    for (size_t i = 0; i < COUNT(topics); i++)
        if (strcmp(topics[i].name, name) == 0)
            return topics[i];
    return (struct topic){name, NULL, 0};
}

/* `location` NULL: of oneself. */
static const char *topic_doc(struct request *r, const char *location, const char *ticked, const char *wrong,
                             const char *why)
{
    const char *topic = param(r, "topic");
    return location != NULL ? ask(r, Q_practice_place, location, topic, ticked, wrong, why)
                            : ask(r, Q_practice_topic, topic, ticked, wrong, why);
}

static void topic_show(struct request *r, const char *location)
{
    const char *doc = topic_doc(r, location, NULL, NULL, NULL);
    page_with_saved(r, "practice/topic", doc);
}

static bool is_field(const struct form *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->fields[i].name, name) == 0)
            return true;
    return false;
}

/* The page again. What is wrong with boxes is about a name that is no field yet: it becomes one, so that the
 * summary can lead to it. */
static void topic_again(struct request *r, const char *location, struct form *f, const char *ticked,
                        const char *problem)
{
    const char *wrong = problem != NULL ? doc_text(r, problem, "field") : NULL;
    const char *why = problem != NULL ? doc_text(r, problem, "title") : NULL;
    struct field *fields = arena_alloc(r->arena, (f->count + 1) * sizeof *fields);
    struct form again;
    if (fields == NULL) {
        reply_error(r, 500, NULL);
        return;
    }
    if (f->count > 0)
        memcpy(fields, f->fields, f->count * sizeof *fields);
    fields[f->count] = (struct field){.name = wrong, .kind = FIELD_SLUGS, .wrong = why};
    form_read(&again, r, fields, f->count + (wrong != NULL && !is_field(f, wrong)));
    if (wrong != NULL)
        form_fail(&again, wrong, why);
    const char *doc = topic_doc(r, location, ticked, wrong, why);
    if (doc != NULL)
        page_form(r, "practice/topic", doc, &again);
}

static void topic_save(struct request *r, const char *location, const char *path)
{
    const char *topic = param(r, "topic"), *doc = NULL;
    struct topic known = topic_named(topic);
    struct form f;
    form_read(&f, r, known.fields, known.count);
    const char *ticked = form_ticked(&f), *form = form_json(&f);
    if (f.errors == 0)
        doc = location != NULL ? ask(r, Q_practice_place_save, location, topic, form, ticked)
                               : ask(r, Q_practice_topic_save, topic, form, ticked);
    if (f.errors == 0 && doc == NULL)
        return;
    if (doc == NULL || doc_text(r, doc, "problem") != NULL)
        topic_again(r, location, &f, ticked, doc);
    else
        page_saved(r, doc, practice_path(r, doc, path));
}

/* What stands in the topic's text, as it will be read. */
static void words_put(struct request *r, const struct form *f, const char *name)
{
    const char *text = is_field(f, name) ? form_value(r, name) : NULL;
    if (text == NULL)
        return;
    page_raw(r, "preview", view_markdown_typed(r->arena, str_of(text)));
    page_value(r, "previewed", "yes");
}

void practice_words_post(struct request *r)
{
    struct topic known = topic_named(param(r, "topic"));
    struct form f;
    form_read(&f, r, known.fields, known.count);
    words_put(r, &f, "about");
    words_put(r, &f, "first_visit");
    const char *doc = topic_doc(r, NULL, form_ticked(&f), NULL, NULL);
    if (doc == NULL)
        return;
    page_typed(r, r->fragment.n > 0 ? "practice/topic.preview" : "practice/topic", doc, &f);
}

void practice_profile_get(struct request *r)
{
    page_with_saved(r, "practice/profile", ask(r, Q_practice_profile));
}

void practice_topic_get(struct request *r)
{
    topic_show(r, NULL);
}

void practice_topic_post(struct request *r)
{
    topic_save(r, NULL, "/practice/profile?saved=1");
}

void practice_place_get(struct request *r)
{
    const char *id = path_number(r, "location");
    if (id != NULL)
        topic_show(r, id);
}

void practice_place_post(struct request *r)
{
    const char *id = path_number(r, "location");
    if (id != NULL)
        topic_save(r, id, "/practice/profile?saved=1");
}

void practice_preview_get(struct request *r)
{
    const char *doc = ask(r, Q_practice_preview);
    if (doc == NULL)
        return;
    page_value(r, "preview", "1");
    profile_words_add(r, doc);
    page(r, "directory/profile", doc);
}
