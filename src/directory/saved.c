/* Therapists side by side, and the list of those somebody wants to find again: a cookie of theirs without an
 * account, rows of the account with one. */
#include "directory/directory.h"

#include "web/web.h"

#include <string.h>

#define SAVED_SECONDS (365L * 24 * 3600)

enum { T, NEAR, DIFF };
static const char *const yes[] = {"1", NULL};
static const struct field fields[] = {
    [T] = {"t", FIELD_SLUGS, .max = 4, .wrong = "Choose two to four therapists to compare"},
    [NEAR] = {"near", FIELD_LINE, .max = 100,
              .wrong = "Where must be a ZIP code or a town, 100 characters or fewer"},
    [DIFF] = {"diff", FIELD_CHOICE, .choices = yes, .wrong = "diff is 1 or is not there"},
};

void compare_get(struct request *r)
{
    struct form f;
    r->form = r->query;
    form_read(&f, r, fields, 3);
    if (!f.count)
        return;
    if (f.errors) {
        page_form(r, "directory/compare", "{\"few\":true}", &f);
        return;
    }
    const char *slugs = f.value[T] ? f.value[T] : "{}";
    const char *doc = ask(r, Q_directory_compare, slugs, f.value[NEAR], f.value[DIFF] ? "t" : "f");
    if (doc)
        page(r, "directory/compare", doc);
}

/* "12.903.5" as "{12,903,5}"; "{}" for anything that is not of our making. */
static const char *saved_ids(struct request *r)
{
    const char *cookie = cookie_value(r, "saved");
    char *ids = cookie && strlen(cookie) < 400 ? arena_printf(r->arena, "{%s}", cookie) : NULL;
    size_t digits = 0;
    for (char *c = ids ? ids + 1 : NULL; c && c[1]; c++) {
        digits = *c == '.' ? 0 : digits + 1;
        if ((*c == '.' && (c[-1] == '{' || c[-1] == ',' || c[1] == '}')) || digits > 9 ||
            (*c != '.' && (*c < '0' || *c > '9')))
            return "{}";
        if (*c == '.')
            *c = ',';
    }
    return ids ? ids : "{}";
}

void saved_get(struct request *r)
{
    const char *doc = ask(r, Q_directory_saved, saved_ids(r));
    if (doc)
        page(r, "directory/saved", doc);
}

static const char *const acts[] = {"save", "remove", "clear", NULL};
static const struct field change[] = {
    {"therapist", FIELD_LINE, .max = 80, .wrong = "therapist must be the last part of a profile's address"},
    {"act", FIELD_CHOICE, .required = true, .choices = acts, .missing = "act must be save, remove or clear",
     .wrong = "act must be save, remove or clear"},
};

void saved_post(struct request *r)
{
    struct form f;
    form_read(&f, r, change, 2);
    if (!f.count)
        return;
    if (f.errors) {
        reply_error(r, 422, f.error[0] ? f.error[0] : f.error[1]);
        return;
    }
    const char *doc = ask(r, Q_directory_saved_change, saved_ids(r), f.value[0], f.value[1]);
    if (!doc)
        return;
    const char *ids = doc_text(r, doc, "ids");
    bool some = ids && *ids;
    cookie_set(r, "saved", some ? ids : "", some ? SAVED_SECONDS : 0);
    if (r->wants_json)
        page(r, "directory/saved", doc);
    else
        reply_redirect(r, 303, "/saved");
}
