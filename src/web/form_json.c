/* A form handed to the database as one document: for pages whose fields are rows of a table. */
#include "web/field.h"
#include "web/inner.h"

#include <string.h>

static const char *written(struct request *r, const struct buf *b)
{
    return b->failed ? NULL : arena_strndup(r->arena, b->p, b->n);
}

const char *form_json(const struct form *f)
{
    struct buf *b = scratch(f->r, PAGE_MAX);
    struct json_writer w = {.out = b};
    json_open(&w, NULL, '{');
    for (size_t i = 0; i < f->count; i++)
        json_put(&w, f->fields[i].name, f->value[i]);
    json_close(&w, '}');
    return written(f->r, b);
}

/* Not one of the ticked: a declared field of one value, or the form's token. */
static bool is_single(const struct form *f, struct str name)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->fields[i].kind != FIELD_SLUGS && str_is(name, f->fields[i].name))
            return true;
    return str_is(name, "csrf");
}

static void put_slug(struct json_writer *w, struct str s)
{
    static const struct field any = {.kind = FIELD_SLUGS};
    json_put_str(w, NULL, slug_fits(&any, s) ? s : STR("?"));
}

const char *form_ticked(const struct form *f)
{
    struct buf *b = scratch(f->r, PAGE_MAX);
    struct json_writer w = {.out = b};
    const struct pairs *form = &f->r->form;
    json_open(&w, NULL, '[');
    for (size_t i = 0; i < form->n; i++) {
        if (form->at[i].value.n == 0 || is_single(f, form->at[i].name))
            continue;
        json_open(&w, NULL, '[');
        put_slug(&w, form->at[i].name);
        put_slug(&w, form->at[i].value);
        json_close(&w, ']');
    }
    json_close(&w, ']');
    return written(f->r, b);
}
