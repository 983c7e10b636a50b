/*
 * The set of templates: loaded, compiled and checked against each other at the start, sorted by name,
 * read-only from then on.
 */
#include "view/mustache.h"

#include "core/asset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    char *name; /* without "templates/" and the end */
    const char *path;
    struct mustache *m;
};

struct view {
    struct entry *entry;
    size_t n, cap;
};

static const struct {
    const char *end;
    enum escaping escaping;
} kinds[] = {{".html", ESCAPE_HTML}, {".txt", ESCAPE_NONE}};

/* The name of a template file and how it escapes; false for other files. */
static bool template_name(const char *path, struct str *name, enum escaping *escaping)
{
    struct str rest = str_of(path + strlen("templates/"));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t n = strlen(kinds[i].end);
        if (rest.n <= n || memcmp(rest.p + rest.n - n, kinds[i].end, n) != 0)
            continue;
        *name = (struct str){rest.p, rest.n - n};
        *escaping = kinds[i].escaping;
        return true;
    }
    return false;
}

static bool refuse(const char *path, uint32_t line, const char *what, struct str name)
{
    fprintf(stderr, "unknot: %s: line %u: %s \"%.*s\"\n", path, line, what, (int)name.n, name.p);
    return false;
}

/* Room for one more. */
static bool grow(struct view *view)
{
    size_t cap = view->cap ? view->cap * 2 : 128;
    struct entry *more = view->n < view->cap ? view->entry : realloc(view->entry, cap * sizeof *more);
    if (!more)
        return false;
    view->cap = view->n < view->cap ? view->cap : cap;
    view->entry = more;
    return true;
}

static bool add(const struct asset *file, void *context)
{
    struct view *view = context;
    struct buf error = {.max = 1000};
    struct str name;
    enum escaping escaping;
    if (!template_name(file->path, &name, &escaping))
        return true;
    struct mustache *m = mustache_compile((struct str){(const char *)file->data, file->size}, &error);
    char *copy = m && grow(view) ? strndup(name.p, name.n) : NULL;
    if (copy) {
        m->escaping = escaping;
        view->entry[view->n++] = (struct entry){copy, file->path, m};
    } else {
        fprintf(stderr, "unknot: %s: %s\n", file->path, error.n > 0 ? error.p : "out of memory");
        mustache_free(m);
    }
    buf_free(&error);
    return copy != NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* `name` need not end in NUL: strncmp says 0 also for a longer entry, which then comes later in the order. */
static const struct mustache *find(const struct view *view, struct str name)
{
    size_t low = 0, high = view->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const char *at = view->entry[mid].name;
        int order = strncmp(name.p, at, name.n);
        if (order == 0 && at[name.n] == '\0')
            return view->entry[mid].m;
        if (order > 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* What a set of templates must keep, beyond what one template alone must */

static bool check_target(const struct view *view, const struct entry *e, struct node *n)
{
    n->target = find(view, n->text);
    if (!n->target)
        return refuse(e->path, n->line, "there is no template", n->text);
    if (n->target->escaping != e->m->escaping)
        return refuse(e->path, n->line, "a template that escapes otherwise:", n->text);
    return true;
}

static bool check_node(const struct view *view, const struct entry *e, struct node *n)
{
    if (n->kind == NODE_RAW && !(n->parts > 1 && str_is(e->m->part[n->part], "raw")))
        return refuse(e->path, n->line, "a raw tag for what is not under raw.:", n->text);
    if (n->kind == NODE_PARTIAL || n->kind == NODE_PARENT)
        return check_target(view, e, n);
    return true;
}

/* Whether `m`, or what it includes, has a {{$name}}. Templates that include each other end the search. */
static bool has_place(const struct mustache *m, struct str name, int depth)
{
    for (uint32_t i = 0; i < m->nodes; i++) {
        const struct node *n = &m->node[i];
        if (n->kind == NODE_BLOCK && str_eq(n->text, name))
            return true;
        if (n->target && depth < 8 && has_place(n->target, name, depth + 1))
            return true;
    }
    return false;
}

/* A misspelt {{$name}} would vanish without a word. */
static bool check_fillings(const struct entry *e)
{
    const struct mustache *m = e->m;
    for (uint32_t i = 0; i < m->nodes; i++) {
        const struct node *parent = &m->node[i];
        for (uint32_t k = i + 1; parent->kind == NODE_PARENT && k < parent->end; k = m->node[k].end)
            if (m->node[k].kind == NODE_BLOCK && !has_place(parent->target, m->node[k].text, 0))
                return refuse(e->path, m->node[k].line, "the parent has no place for", m->node[k].text);
    }
    return true;
}

/* Fillings after all targets: has_place goes through them. */
static bool check(struct view *view)
{
    for (size_t i = 0; i < view->n; i++) {
        struct entry *e = &view->entry[i];
        if (i > 0 && strcmp(e->name, e[-1].name) == 0)
            return refuse(e->path, 1, "another file has the same name:", str_of(e[-1].path));
        for (uint32_t k = 0; k < e->m->nodes; k++)
            if (!check_node(view, e, &e->m->node[k]))
                return false;
    }
    for (size_t i = 0; i < view->n; i++)
        if (!check_fillings(&view->entry[i]))
            return false;
    return true;
}

struct view *view_load(void)
{
    struct view *view = calloc(1, sizeof *view);
    if (!view)
        return NULL;
    bool good = asset_each("templates/", add, view);
    if (good && view->n > 0)
        qsort(view->entry, view->n, sizeof *view->entry, by_name);
    if (good && check(view))
        return view;
    view_free(view);
    return NULL;
}

void view_free(struct view *view)
{
    if (!view)
        return;
    for (size_t i = 0; i < view->n; i++) {
        free(view->entry[i].name);
        mustache_free(view->entry[i].m);
    }
    free(view->entry);
    free(view);
}

bool view_has(const struct view *view, const char *name)
{
    return find(view, str_of(name)) != NULL;
}

bool view_render(const struct view *view, const char *name, const struct json *contexts, size_t count,
                 struct arena *a, struct buf *out)
{
    const struct mustache *m = find(view, str_of(name));
    return m && mustache_render(m, contexts, count, NULL, NULL, a, out);
}
