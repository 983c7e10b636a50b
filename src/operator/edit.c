#include "operator/edit.h"

#include <string.h>

const char *const yes_no[] = {"yes", "no", NULL};

static int keys(const struct request *r, const struct editor *e, bool fresh, const char **values)
{
    int n = 0;
    if (e->outer != NULL)
        values[n++] = param(r, e->outer);
    values[n++] = fresh ? NULL : param(r, e->key);
    return n;
}

/* The row's document; a new one's has only what stands in the form at first. */
static const char *row(struct request *r, const struct editor *e, bool fresh, const char *ticked)
{
    const char *values[3];
    int n = keys(r, e, fresh, values);
    if (fresh)
        return web_ask(r, e->fresh, n - 1, values);
    if (e->ticks)
        values[n++] = ticked;
    return web_ask(r, e->one, n, values);
}

static const char *save(struct request *r, const struct editor *e, bool fresh, const struct form *f,
                        const char *ticked)
{
    const char *values[4];
    int n = keys(r, e, fresh, values);
    values[n++] = form_json(f);
    if (e->ticks)
        values[n++] = ticked;
    return web_ask(r, e->save, n, values);
}

static void show(struct request *r, const struct editor *e, bool fresh)
{
    const char *doc = row(r, e, fresh, NULL);
    page_with_saved(r, e->template, doc);
}

static void again(struct request *r, const struct editor *e, bool fresh, struct form *f, const char *ticked)
{
    const char *doc = row(r, e, fresh, ticked);
    if (doc != NULL)
        page_form(r, e->template, doc, f);
}

static void post(struct request *r, const struct editor *e, bool fresh)
{
    struct form f;
    form_read(&f, r, e->fields, e->count);
    const char *ticked = e->ticks ? form_ticked(&f) : NULL;
    const char *doc = f.errors == 0 ? save(r, e, fresh, &f, ticked) : NULL;
    if (f.errors == 0 && doc == NULL)
        return;
    form_refused(&f, doc);
    if (f.errors > 0)
        again(r, e, fresh, &f, ticked);
    else
        page_saved(r, doc, e->next(r, doc));
}

void edit_get(struct request *r, const struct editor *e)
{
    show(r, e, false);
}

void edit_new_get(struct request *r, const struct editor *e)
{
    show(r, e, true);
}

void edit_post(struct request *r, const struct editor *e)
{
    post(r, e, false);
}

void edit_new_post(struct request *r, const struct editor *e)
{
    post(r, e, true);
}
