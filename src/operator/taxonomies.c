/* Taxonomies: which there are, their values, and what is suggested for a complaint or a goal. */
#include "operator/edit.h"
#include "operator/operator.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *const stated_of[] = {"therapist", "location", "person", NULL};

static const struct field kind_fields[] = {
    {.name = "short",
     .kind = FIELD_LINE,
     .max = 30,
     .wrong = "Use at most 30 small letters and _ for the name"},
    {.name = "label",
     .kind = FIELD_LINE,
     .required = true,
     .max = 60,
     .missing = "Enter what it is called",
     .wrong = "Shorten what it is called to 60 characters"},
    {.name = "ask", .kind = FIELD_LINE, .max = 160, .wrong = "Shorten the question to 160 characters"},
    {.name = "stated_of", .kind = FIELD_CHOICE, .choices = stated_of, .wrong = "Say who states it"},
    {.name = "one",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = yes_no,
     .missing = "Say whether only one can be chosen",
     .wrong = "Say whether only one can be chosen"},
    {.name = "in_filters",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = yes_no,
     .missing = "Say whether people can filter by it",
     .wrong = "Say whether people can filter by it"},
    {.name = "nth",
     .kind = FIELD_INT,
     .required = true,
     .max = 30000,
     .missing = "Enter its place in the order",
     .wrong = "Enter its place in the order as a number from 0 to 30000"},
};

static const struct field tag_fields[] = {
    {.name = "label",
     .kind = FIELD_LINE,
     .required = true,
     .max = 120,
     .missing = "Enter what it is called",
     .wrong = "Shorten what it is called to 120 characters"},
    {.name = "short", .kind = FIELD_LINE, .max = 60, .wrong = "Shorten the short name to 60 characters"},
    {.name = "about", .kind = FIELD_TEXT, .max = 600, .wrong = "Shorten the description to 600 characters"},
    {.name = "part", .kind = FIELD_LINE, .max = 40, .wrong = "Shorten the group to 40 characters"},
    {.name = "basis", .kind = FIELD_LINE, .max = 200, .wrong = "Shorten the source to 200 characters"},
    {.name = "pressure_min", .kind = FIELD_INT, .max = 5, .wrong = "Enter a number from 0 to 5"},
    {.name = "pressure_max", .kind = FIELD_INT, .max = 5, .wrong = "Enter a number from 0 to 5"},
    {.name = "nth",
     .kind = FIELD_INT,
     .max = 30000,
     .wrong = "Enter its place in the order as a number from 0 to 30000"},
    {.name = "words", .kind = FIELD_TEXT, .max = 3000, .wrong = "Shorten the words to 3,000 characters"},
};

static const struct field guidance_fields[] = {
    {.name = "careful", .kind = FIELD_TEXT, .max = 400, .wrong = "Shorten this to 400 characters"},
    {.name = "plan", .kind = FIELD_LINE, .max = 200, .wrong = "Shorten the plan to 200 characters"},
    {.name = "evidence",
     .kind = FIELD_LINE,
     .required = true,
     .max = 200,
     .missing = "Say how sure this is: every suggestion is shown with it",
     .wrong = "Shorten the evidence to 200 characters"},
    {.name = "basis", .kind = FIELD_LINE, .max = 300, .wrong = "Shorten the source to 300 characters"},
    {.name = "others", .kind = FIELD_SLUGS, .wrong = "Choose techniques from the list"},
    {.name = "suggest", .kind = FIELD_SLUGS, .wrong = "Choose techniques from the list"},
};

static const char *kind_saved(struct request *r, const char *doc)
{
    return arena_printf(r->arena, "/operator/taxonomies/%s?saved=1", doc_text(r, doc, "kind"));
}

static const char *tag_saved(struct request *r, const char *doc)
{
    (void)doc;
    return arena_printf(r->arena, "/operator/taxonomies/%s?saved=1", param(r, "kind"));
}

static const char *guidance_saved(struct request *r, const char *doc)
{
    (void)doc;
    return arena_printf(r->arena, "/operator/taxonomies/%s/%s?saved=1", param(r, "kind"), param(r, "slug"));
}

static const struct editor kind_editor = {
    .one = Q_operator_kind,
    .fresh = Q_operator_kind_new,
    .save = Q_operator_kind_save,
    .key = "kind",
    .fields = kind_fields,
    .count = COUNT(kind_fields),
    .template = "operator/kind-settings",
    .next = kind_saved,
};

static const struct editor tag_editor = {
    .one = Q_operator_tag,
    .fresh = Q_operator_tag_new,
    .save = Q_operator_tag_save,
    .outer = "kind",
    .key = "slug",
    .fields = tag_fields,
    .count = COUNT(tag_fields),
    .template = "operator/tag",
    .next = tag_saved,
};

/* There is no new one: guidance belongs to a value. */
static const struct editor guidance_editor = {
    .one = Q_operator_guidance,
    .fresh = Q_operator_guidance,
    .save = Q_operator_guidance_save,
    .outer = "kind",
    .key = "slug",
    .fields = guidance_fields,
    .count = COUNT(guidance_fields),
    .ticks = true,
    .template = "operator/guidance",
    .next = guidance_saved,
};

void operator_taxonomies_get(struct request *r)
{
    page_with_saved(r, "operator/taxonomies", ask(r, Q_operator_taxonomies));
}

void operator_kind_get(struct request *r)
{
    page_with_saved(r, "operator/kind", ask(r, Q_operator_kind, param(r, "kind")));
}

void operator_kind_new_get(struct request *r)
{
    edit_new_get(r, &kind_editor);
}

void operator_kind_new_post(struct request *r)
{
    edit_new_post(r, &kind_editor);
}

void operator_kind_settings_get(struct request *r)
{
    edit_get(r, &kind_editor);
}

void operator_kind_settings_post(struct request *r)
{
    edit_post(r, &kind_editor);
}

void operator_tag_new_get(struct request *r)
{
    edit_new_get(r, &tag_editor);
}

void operator_tag_new_post(struct request *r)
{
    edit_new_post(r, &tag_editor);
}

void operator_tag_get(struct request *r)
{
    edit_get(r, &tag_editor);
}

void operator_tag_post(struct request *r)
{
    edit_post(r, &tag_editor);
}

void operator_guidance_get(struct request *r)
{
    edit_get(r, &guidance_editor);
}

void operator_guidance_post(struct request *r)
{
    edit_post(r, &guidance_editor);
}

void operator_tag_offer_post(struct request *r)
{
    static const struct field offer = {.name = "offer",
                                       .kind = FIELD_CHOICE,
                                       .required = true,
                                       .choices = yes_no,
                                       .missing = "Say whether it is offered: yes or no",
                                       .wrong = "Say whether it is offered: yes or no"};
    const char *said = form_only(r, &offer);
    const char *doc = said ? ask(r, Q_operator_tag_offer, param(r, "kind"), param(r, "slug"), said) : NULL;
    if (doc)
        page_saved(r, doc, guidance_saved(r, doc));
}
