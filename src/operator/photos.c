/* The photos on profiles, for a look, and taking one down. */
#include "operator/operator.h"

#include <string.h>

static const struct field fields[] = {
    {.name = "why",
     .kind = FIELD_LINE,
     .required = true,
     .max = 300,
     .missing = "Say why: its owner reads it",
     .wrong = "Shorten the reason to 300 characters"},
};

void operator_photos_get(struct request *r)
{
    const char *before = query_value(r, "before");
    if (before && strlen(before) != strlen("2026-11-22T08:00:00Z"))
        before = NULL;
    page_with_saved(r, "operator/photos", ask(r, Q_operator_photos, before));
}

void operator_photo_remove_post(struct request *r)
{
    struct form f;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    if (f.errors) { /* one form of many on the page: said at the top */
        const char *why = f.error[0];
        form_read(&f, r, NULL, 0);
        form_fail(&f, NULL, why);
        const char *doc = ask(r, Q_operator_photos, NULL);
        if (doc)
            page_form(r, "operator/photos", doc, &f);
        return;
    }
    const char *doc = ask(r, Q_operator_photo_remove, param(r, "photo"), form_get(&f, "why"));
    page_saved(r, doc, "/operator/photos?saved=1");
}
