/* The review of a visit, by who came to it: form, look before it is published, change, taking back. */
#include "reviews/reviews.h"

#include <string.h>

static const char *const scores[] = {"1", "2", "3", "4", "5", NULL};
static const char *const signs[] = {"name", "client", NULL};
static const char *const yes[] = {"yes", NULL};

#define SCORE(of, say)                                                                                       \
    {                                                                                                        \
        .name = of, .kind = FIELD_CHOICE, .required = true, .choices = scores, .missing = say, .wrong = say  \
    }

static const struct field fields[] = {
    SCORE("expertise", "Say how well they treated your back pain"),
    SCORE("professionalism", "Say how professional they were"),
    SCORE("satisfaction", "Say how satisfied you are overall"),
    {.name = "body",
     .kind = FIELD_TEXT,
     .max = 2000,
     .wrong = "Write at most 2,000 characters, without control characters"},
    {.name = "sign",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = signs,
     .missing = "Choose how to sign it",
     .wrong = "Choose how to sign it"},
    {.name = "edition",
     .kind = FIELD_INT,
     .max = 32767,
     .wrong = "Open the page of your review again: this form is not complete"},
};
#define FIELDS (sizeof fields / sizeof *fields)

void review_get(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id != NULL ? ask(r, Q_review_page, id, NULL, "false") : NULL;
    page_with_saved(r, "reviews/write", doc);
}

/* The form as it was typed. What was left empty stays empty, whatever is kept. */
static void again(struct request *r, const char *id, struct form *f)
{
    const char *doc = ask(r, Q_review_page, id, "{}", "false");
    if (doc != NULL)
        page_form(r, "reviews/write", doc, f);
}

/* The id of the path, with the form read; NULL after having replied. */
static const char *take(struct request *r, struct form *f)
{
    const char *id = path_uuid(r);
    if (id == NULL)
        return NULL;
    form_read(f, r, fields, FIELDS);
    if (f->count > 0 && f->errors == 0)
        return id;
    again(r, id, f);
    return NULL;
}

void review_preview_post(struct request *r)
{
    struct form f;
    const char *id = take(r, &f);
    const char *doc = id != NULL ? ask(r, Q_review_page, id, form_json(&f), "true") : NULL;
    if (doc != NULL)
        page(r, "reviews/write", doc);
}

void review_post(struct request *r)
{
    struct form f;
    const char *id = take(r, &f);
    if (id == NULL)
        return;
    const char *edition = form_get(&f, "edition");
    const char *doc = ask(r, Q_review_save, id, form_json(&f), edition != NULL ? edition : "0");
    if (doc == NULL)
        return;
    if (doc_text(r, doc, "problem") == NULL) {
        page_saved(r, doc, arena_printf(r->arena, "/bookings/%s/review?saved=1", id));
    } else if (r->wants_json) {
        page_status(r, 409, "reviews/write", doc);
    } else {
        form_fail(&f, NULL, doc_text(r, doc, "title"));
        again(r, id, &f);
    }
}

void review_withdraw_post(struct request *r)
{
    static const struct field sure = {.name = "sure",
                                      .kind = FIELD_CHOICE,
                                      .required = true,
                                      .choices = yes,
                                      .missing = "Tick the box to take your review back",
                                      .wrong = "Tick the box to take your review back"};
    struct form f;
    const char *id = path_uuid(r);
    if (id == NULL)
        return;
    form_read(&f, r, &sure, 1);
    const char *doc = f.errors > 0 ? ask(r, Q_review_page, id, NULL, "false") : ask(r, Q_review_withdraw, id);
    if (doc == NULL)
        return;
    if (f.errors > 0)
        page_form(r, "reviews/write", doc, &f);
    else
        page_saved(r, doc, arena_printf(r->arena, "/bookings/%s/review?saved=back", id));
}
