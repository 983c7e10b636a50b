/* A form: every field read and checked, the faults collected, and the page again with what was typed. */
#include "web/field.h"
#include "web/inner.h"

#include <string.h>

/* The first message of a field stays, and a field with one has no value. */
static void fault(struct form *f, size_t i, const char *message)
{
    if (f->error[i])
        return;
    f->error[i] = message ? message : "Check this answer";
    f->value[i] = NULL;
    f->errors++;
}

/* More than SLUGS_MAX are counted and not stored; that is a fault. */
static void slugs_read(struct form *f, size_t i)
{
    const struct field *field = &f->fields[i];
    struct str values[SLUGS_MAX + 1], *end = values;
    size_t n = form_values(f->r, field->name, values, SLUGS_MAX + 1);
    if (n > SLUGS_MAX) {
        fault(f, i, field->wrong);
        return;
    }
    /* an empty one is how a form says "none of these" in a hidden input */
    for (size_t k = 0; k < n; k++)
        if (values[k].n)
            *end++ = values[k];
    n = (size_t)(end - values);
    if (n)
        f->value[i] = slugs_value(field, f->r->arena, values, n);
    if (!n && field->required)
        fault(f, i, field->missing ? field->missing : field->wrong);
    else if (n && !f->value[i])
        fault(f, i, field->wrong ? field->wrong : field->missing);
}

static void single_read(struct form *f, size_t i)
{
    const struct field *field = &f->fields[i];
    struct str typed = {0};
    size_t n = form_values(f->r, field->name, &typed, 1);
    if (field->kind == FIELD_SECRET && n == 1)
        typed = pairs_get(&f->r->form, field->name); /* blanks at its ends are part of it */
    if (n == 1 && typed.n)
        f->value[i] = field_value(field, f->r->arena, typed);
    if (n <= 1 && !typed.n) {
        if (field->required)
            fault(f, i, field->missing ? field->missing : field->wrong);
    } else if (n > 1 || !f->value[i]) {
        fault(f, i, field->wrong ? field->wrong : field->missing);
    }
}

void form_read(struct form *f, struct request *r, const struct field *fields, size_t count)
{
    static const char *nothing[256]; /* more than the fields of any form */
    *f = (struct form){.r = r, .fields = fields, .count = count};
    f->value = arena_alloc(r->arena, count * sizeof *f->value);
    f->error = arena_alloc(r->arena, count * sizeof *f->error);
    if (!f->value || !f->error) { /* the request ends as 500 */
        f->count = 0;
        f->errors = 1;
        f->value = f->error = nothing; /* callers look at fields they know */
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (fields[i].kind == FIELD_SLUGS)
            slugs_read(f, i);
        else
            single_read(f, i);
}

const char *form_get(const struct form *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->fields[i].name, name) == 0)
            return f->value[i];
    return NULL;
}

const char *form_only(struct request *r, const struct field *field)
{
    struct form f;
    form_read(&f, r, field, 1);
    if (f.errors > 0) {
        reply_error(r, 422, f.error[0]);
        return NULL;
    }
    return form_get(&f, field->name);
}

void form_fail(struct form *f, const char *name, const char *message)
{
    for (size_t i = 0; name && i < f->count; i++)
        if (strcmp(f->fields[i].name, name) == 0) {
            fault(f, i, message);
            return;
        }
    if (!f->general) {
        f->general = message;
        f->errors++;
    }
}

bool form_refused(struct form *f, const char *doc)
{
    if (!doc || !doc_text(f->r, doc, "problem"))
        return false;
    form_fail(f, doc_text(f->r, doc, "field"), doc_text(f->r, doc, "title"));
    return true;
}

/* "<name>_is_<value>": true for what was chosen, and false for what was not, since the document below may say
 * otherwise. */
static void put_chosen(struct json_writer *w, struct arena *a, const struct form *f,
                       const struct field *field)
{
    struct str values[SLUGS_MAX];
    size_t n = form_values(f->r, field->name, values, SLUGS_MAX);
    n = n < SLUGS_MAX ? n : SLUGS_MAX;
    for (const char *const *c = field->choices; c && *c; c++) {
        bool chosen = false;
        for (size_t i = 0; i < n; i++)
            chosen |= str_is(values[i], *c);
        const char *key = arena_printf(a, "%s_is_%s", field->name, *c);
        if (key)
            json_put_bool(w, key, chosen);
    }
    for (size_t i = 0; !field->choices && i < n; i++) {
        const char *key = slug_fits(field, values[i])
                              ? arena_printf(a, "%s_is_%.*s", field->name, (int)values[i].n, values[i].p)
                              : NULL;
        if (key)
            json_put_bool(w, key, true);
    }
}

/* As it was typed, right or wrong; passwords never. */
static void put_typed(struct json_writer *w, const struct form *f)
{
    struct arena *a = f->r->arena;
    for (size_t i = 0; i < f->count; i++) {
        const struct field *field = &f->fields[i];
        struct str typed = STR("");
        if (field->kind != FIELD_SECRET)
            form_values(f->r, field->name, &typed, 1);
        json_put_str(w, field->name, typed);
        if (field->kind == FIELD_CHOICE || field->kind == FIELD_SLUGS)
            put_chosen(w, a, f, field);
        const char *key = arena_printf(a, "error_%s", field->name);
        if (key)
            json_put(w, key, f->error[i]);
    }
}

static void put_error(struct json_writer *w, const char *field, const char *message)
{
    json_open(w, NULL, '{');
    json_put(w, "field", field);
    json_put(w, "message", message);
    json_close(w, '}');
}

static void put_errors(struct json_writer *w, const struct form *f)
{
    json_put_bool(w, "has_errors", f->errors > 0);
    json_open(w, "errors", '[');
    if (f->general)
        put_error(w, NULL, f->general);
    for (size_t i = 0; i < f->count; i++)
        if (f->error[i])
            put_error(w, f->fields[i].name, f->error[i]);
    json_close(w, ']');
}

static void put_problem(struct json_writer *w, const struct request *r, int status)
{
    json_put(w, "type", "about:blank");
    json_put(w, "title", http_reason(status));
    json_put_int(w, "status", status);
    json_put(w, "detail", "Some of what was sent does not fit.");
    json_put(w, "request_id", r->id);
}

/* What page_form lays over the document: for a browser the typed text and messages, for a program a problem
 * (RFC 9457). */
static const char *over_of(struct request *r, int status, const struct form *f)
{
    struct buf *b = scratch(r, PAGE_MAX);
    struct json_writer w = {.out = b};
    json_open(&w, NULL, '{');
    if (r->wants_json)
        put_problem(&w, r, status);
    else
        put_typed(&w, f);
    put_errors(&w, f);
    json_close(&w, '}');
    return b->failed ? NULL : arena_strndup(r->arena, b->p, b->n);
}

void page_form_status(struct request *r, int status, const char *name, const char *doc, const struct form *f)
{
    const char *over = over_of(r, status, f);
    if (!over)
        reply_error(r, 500, NULL);
    else if (r->wants_json)
        reply(r, status, "application/problem+json", over, strlen(over));
    else
        page_over(r, status, name, doc, over);
}

void page_form(struct request *r, const char *name, const char *doc, const struct form *f)
{
    page_form_status(r, 422, name, doc, f);
}

void page_typed(struct request *r, const char *name, const char *doc, const struct form *f)
{
    const char *over = over_of(r, 200, f);
    if (!over)
        reply_error(r, 500, NULL);
    else
        page_over(r, 200, name, doc, over);
}
