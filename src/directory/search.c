/* Results of a search: the question is a form that came with the query, the answer one document, drawn with a
 * map. */
#include "directory/choices.h"
#include "directory/map.h"
#include "directory/question.h"

#include <string.h>

/* The fields that the page of results shows, by their names in the query. */
static bool has_field(const char *name)
{
    static const char *const shown[] = {"q",    "near", "radius_km", "technique", "complaint",
                                        "when", "part", "length",    "price_max", NULL};
    for (const char *const *s = shown; *s; s++)
        if (strcmp(name, *s) == 0)
            return true;
    return false;
}

/* The document with `strays`: what is wrong and has no field of its own that the summary could lead to. */
static const char *strays_add(struct request *r, const struct form *f, const char *doc)
{
    struct buf b = {.max = 64 * 1024};
    struct json_writer w = {.out = &b};
    json_open(&w, NULL, '[');
    for (size_t i = 0; i < f->count; i++)
        if (f->error[i] && !has_field(f->fields[i].name))
            json_put(&w, NULL, f->fields[i].name);
    json_close(&w, ']');
    const char *all =
        b.failed ? NULL : arena_printf(r->arena, "%.*s,\"strays\":%s}", (int)strlen(doc) - 1, doc, b.p);
    buf_free(&b);
    return all ? all : doc;
}

/* The form again, with what was typed. */
static void refuse(struct request *r, const struct question *q, const char *doc)
{
    const char *const *v = q->form.value;
    if (!doc)
        doc = ask(r, Q_directory_again, v[ASK_Q], v[ASK_NEAR], v[ASK_RADIUS], v[ASK_WHEN], v[ASK_PART],
                  v[ASK_FROM], v[ASK_TO], v[ASK_LENGTH], v[ASK_PRICE], v[ASK_RATING], v[ASK_SORT], q->tags);
    if (doc && (r->wants_json || choices_add(r, doc)))
        page_form(r, "directory/results", strays_add(r, &q->form, doc), &q->form);
}

static const char *search(struct request *r, const struct question *q)
{
    const char *const *v = q->form.value;
    return ask(r, Q_directory_search, v[ASK_Q], v[ASK_NEAR], v[ASK_RADIUS], v[ASK_WHEN], v[ASK_PART],
               v[ASK_FROM], v[ASK_TO], v[ASK_LENGTH], v[ASK_PRICE], v[ASK_RATING], v[ASK_SORT], q->tags,
               q->back ? "t" : "f", q->cursor.key, q->cursor.id, q->cursor.seen);
}

/* What cannot be answered begins with what is wrong: no need to read all of an answer to see that it is one.
 */
static bool is_refusal(const char *doc)
{
    static const char begins[] = "{\"wrong\"";
    return strncmp(doc, begins, sizeof begins - 1) == 0;
}

/* With the form, as far as it can be told. */
static void refuse_asked(struct request *r, struct question *q, const char *doc)
{
    if (question_fail(q, doc_text(r, doc, "wrong"), doc_text(r, doc, "why")))
        refuse(r, q, doc);
}

void therapists_get(struct request *r)
{
    struct question q;
    page_locates(r);
    if (!question_read(&q, r))
        return;
    if (q.form.errors) {
        refuse(r, &q, NULL);
        return;
    }
    const char *doc = search(r, &q);
    if (!doc)
        return;
    if (is_refusal(doc)) {
        refuse_asked(r, &q, doc);
        return;
    }
    if (!r->wants_json) {
        const struct json *lists = choices_add(r, doc);
        if (!lists)
            return;
        map_add(r, doc, lists);
    }
    page(r, "directory/results", doc);
}

void filters_get(struct request *r)
{
    struct question q;
    if (!question_read(&q, r))
        return;
    if (q.form.errors) {
        refuse(r, &q, NULL);
        return;
    }
    const char *const *v = q.form.value;
    const char *doc =
        ask(r, Q_directory_filters, v[ASK_Q], v[ASK_NEAR], v[ASK_RADIUS], v[ASK_WHEN], v[ASK_PART],
            v[ASK_FROM], v[ASK_TO], v[ASK_LENGTH], v[ASK_PRICE], v[ASK_RATING], v[ASK_SORT], q.tags);
    if (!doc)
        return;
    if (is_refusal(doc))
        refuse_asked(r, &q, doc);
    else
        page(r, "directory/filters", doc);
}
