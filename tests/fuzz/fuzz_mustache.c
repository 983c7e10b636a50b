/* A template, a document and two partials, with zero bytes between them. */
#include "view/view.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct pieces {
    struct str rest;
    struct mustache *partial[2];
};

static struct str cut(struct pieces *p)
{
    const char *end = p->rest.n > 0 ? memchr(p->rest.p, '\0', p->rest.n) : NULL;
    struct str piece = {p->rest.p, end ? (size_t)(end - p->rest.p) : p->rest.n};
    size_t used = piece.n + (end != NULL);
    p->rest = (struct str){p->rest.p + used, p->rest.n - used};
    return piece;
}

/* Names with a `q` in front are the second partial, `none` is unknown, all others are the first. */
static const struct mustache *partial(struct str name, void *context)
{
    struct pieces *p = context;
    return str_is(name, "none") ? NULL : p->partial[name.n > 0 && name.p[0] == 'q'];
}

static struct mustache *compile(struct str text)
{
    struct buf error = {.max = 1000};
    struct mustache *m = mustache_compile(text, &error);
    if ((m == NULL) != (error.n > 0)) /* a refusal says why, and only a refusal does */
        abort();
    buf_free(&error);
    return m;
}

static void render(const struct mustache *m, struct str document, struct pieces *p)
{
    struct arena *a = arena_new(1 << 20);
    struct buf out = {.max = 1 << 16};
    struct json j[2];
    if (!a)
        abort();
    if (json_parse(&j[0], a, STR("{\"a\":[{\"b\":\"<\"},{\"b\":[1,\"\\u0041\"]}],\"c\":{\"a\":true}}"))) {
        bool two = json_parse(&j[1], a, document);
        mustache_render(m, j, two ? 2 : 1, partial, p, a, &out);
    }
    if (out.n > out.max)
        abort();
    buf_free(&out);
    arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pieces p = {.rest = {(const char *)data, size > 4096 ? 4096 : size}};
    struct str template = cut(&p), document = cut(&p), first = cut(&p), second = cut(&p);
    struct mustache *m = compile(template);
    p.partial[0] = compile(first);
    p.partial[1] = compile(second);
    if (m)
        render(m, document, &p);
    mustache_free(m);
    mustache_free(p.partial[0]);
    mustache_free(p.partial[1]);
    return 0;
}
