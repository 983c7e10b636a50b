/* What an operator decides about reviews. */
#include "reviews/reviews.h"

#include <string.h>

void operator_reviews_get(struct request *r)
{
    const char *state = query_value(r, "state"), *after = query_value(r, "after");
    bool decided = state != NULL && strcmp(state, "decided") == 0;
    if ((state != NULL && !decided && strcmp(state, "open") != 0) ||
        (after != NULL && !text_is_uuid(str_of(after)))) {
        reply_error(r, 400, "state is open or decided; after is the id of a case.");
        return;
    }
    page_with_saved(r, "reviews/cases", ask(r, Q_review_cases, decided ? "false" : "true", after));
}

void operator_review_get(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id != NULL ? ask(r, Q_review_case, id, NULL) : NULL;
    if (doc != NULL)
        page(r, "reviews/case", doc);
}

static const char *const decisions[] = {"keep", "remove", NULL};
static const struct field fields[] = {
    {.name = "decision",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = decisions,
     .missing = "Choose whether it stays",
     .wrong = "Choose whether it stays"},
    {.name = "reason", .kind = FIELD_LINE, .max = 20, .wrong = "Choose the reason that its author will read"},
    {.name = "edition",
     .kind = FIELD_INT,
     .required = true,
     .min = 1,
     .max = 32767,
     .missing = "Open the page again",
     .wrong = "Open the page again"},
};

void operator_review_post(struct request *r)
{
    struct form f;
    const char *id = path_uuid(r), *doc = NULL;
    if (id == NULL)
        return;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    if (f.errors == 0) {
        doc = ask(r, Q_review_decide, id, form_get(&f, "decision"), form_get(&f, "reason"),
                  form_get(&f, "edition"));
        if (doc == NULL)
            return;
        if (!form_refused(&f, doc)) {
            page_saved(r, doc, "/operator/reviews?saved=1");
            return;
        }
    }
    doc = ask(r, Q_review_case, id, form_value(r, "reason"));
    if (doc != NULL)
        page_form(r, "reviews/case", doc, &f);
}
