/* Results of a search: the question is a form that came with the query, the answer one document, drawn with a
 * map. */
#include "directory/directory.h"

#include "directory/map.h"
#include "web/web.h"

#include <stdlib.h>
#include <string.h>

static const char *const sorts[] = {"nearest", "soonest", NULL};
static const char *const days[] = {"any", "today", "tomorrow", "week", "weekend", NULL};

enum { Q, NEAR, RADIUS, TECHNIQUE, COMPLAINT, WHEN, SORT, AFTER };
static const struct field fields[] = {
    [Q] = {"q", FIELD_LINE, .max = 100,
           .wrong = "What hurts, or a technique, must be 100 characters or fewer"},
    [NEAR] = {"near", FIELD_LINE, .max = 100,
              .wrong = "Where must be a ZIP code or a town, 100 characters or fewer"},
    [RADIUS] = {"radius_km", FIELD_INT, .min = 1, .max = 160,
                .wrong = "Distance must be a whole number of kilometers from 1 to 160"},
    [TECHNIQUE] = {"technique", FIELD_LINE, .max = 60, .wrong = "Choose a technique from the list"},
    [COMPLAINT] = {"complaint", FIELD_LINE, .max = 60, .wrong = "Choose what it is for from the list"},
    [WHEN] = {"when", FIELD_LINE, .max = 10,
              .wrong = "When must be a day from the list, or a date like 2026-11-24 within the next 60 days"},
    [SORT] = {"sort", FIELD_CHOICE, .choices = sorts, .wrong = "Sort by nearest or by soonest"},
    [AFTER] = {"after", FIELD_LINE, .max = 100,
               .wrong = "This page of the list is not there any more: start at the first page"},
};
#define FIELDS (sizeof fields / sizeof *fields)

static bool is_day_word(const char *text)
{
    for (const char *const *d = days; *d; d++)
        if (strcmp(text, *d) == 0)
            return true;
    return false;
}

/* One of the words, or a date that exists; whether it lies ahead is the place's clock's to say. */
static void when_check(struct form *f)
{
    static const struct field date = {"when", FIELD_DATE, .wrong = "When"};
    const char *when = f->value[WHEN];
    struct form as_date;
    if (!when || is_day_word(when))
        return;
    form_read(&as_date, f->r, &date, 1);
    if (as_date.errors)
        form_fail(f, "when", fields[WHEN].wrong);
}

/* Goes on only in the order it was made for; without a place that is always by time. */
static bool after_check(struct form *f, struct cursor *c)
{
    const char *sort = f->value[SORT];
    bool soonest = !f->value[NEAR] || (sort && strcmp(sort, "soonest") == 0);
    *c = (struct cursor){'n', "-1", "-1", "0", "0"};
    if (!f->value[AFTER])
        return true;
    return cursor_read(c, f->r->arena, str_of(f->value[AFTER])) && c->sort == (soonest ? 's' : 'n');
}

/* The form again, with what was typed. */
static void refuse(struct request *r, const struct form *f, const char *doc)
{
    if (!doc)
        doc = ask(r, Q_directory_choices, f->value[TECHNIQUE], f->value[COMPLAINT], f->value[WHEN]);
    if (doc)
        page_form(r, "directory/results", doc, f);
}

void therapists_get(struct request *r)
{
    struct form f;
    struct cursor c;
    r->form = r->query;
    form_read(&f, r, fields, FIELDS);
    if (!f.count)
        return;
    when_check(&f);
    if (!after_check(&f, &c))
        form_fail(&f, "after", fields[AFTER].wrong);
    if (f.errors) {
        refuse(r, &f, NULL);
        return;
    }
    const char *const *v = f.value;
    const char *doc = ask(r, Q_directory_search, v[Q], v[NEAR], v[RADIUS], v[TECHNIQUE], v[COMPLAINT],
                          v[WHEN], v[SORT], c.key1, c.key2, c.id, c.seen, r->wants_json ? "f" : "t");
    if (!doc)
        return;
    const char *wrong = doc_text(r, doc, "wrong");
    if (wrong) {
        for (size_t i = 0; i < FIELDS; i++)
            if (strcmp(fields[i].name, wrong) == 0)
                form_fail(&f, wrong, fields[i].wrong);
        refuse(r, &f, doc);
        return;
    }
    if (!r->wants_json)
        map_add(r, doc);
    page(r, "directory/results", doc);
}
