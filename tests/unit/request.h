/* A request as the gate would hand it on, without a connection: what handlers read and answer. */
#ifndef UNKNOT_TESTS_REQUEST_H
#define UNKNOT_TESTS_REQUEST_H

#include "http/server.h"
#include "unit.h"
#include "web/inner.h"

struct fake {
    struct http_server server;
    struct exchange x;
    struct app app;
    struct route route;
    struct pair form[32], cookies[8], params[4], query[8];
};

static inline struct request *fake_request(struct fake *f, enum http_method method)
{
    memset(f, 0, sizeof *f);
    f->app.config.origin = (char *)(uintptr_t) "http://unknot.test";
    f->app.site = "no page can be made of this"; /* errors are plain; web_start puts the real one */
    memset(f->app.key, 7, sizeof f->app.key);
    f->server.hooks.error = web_error;
    f->x.server = &f->server;
    struct request *r = &f->x.r;
    f->route = (struct route){.method = method, .path = "/", .who = WHO_ANYONE, .cache = CACHE_NEVER};
    *r = (struct request){.arena = arena_new((size_t)16 << 20),
                          .route = &f->route,
                          .method = method,
                          .target = STR("/a?b=c"),
                          .path = STR("/a"),
                          .form = {f->form, 0},
                          .cookies = {f->cookies, 0},
                          .params = {f->params, 0},
                          .query = {f->query, 0},
                          .id = "0123456789abcdef",
                          .app = &f->app,
                          .response = &f->x.response};
    return r;
}

static inline void fake_free(struct fake *f)
{
    arena_free(f->x.r.arena);
}

static inline void fake_put(struct pairs *pairs, const char *name, const char *value)
{
    pairs->at[pairs->n++] = (struct pair){str_of(name), str_of(value)};
}

/* The last value of a header of the answer, NULL when there is none. */
static inline const char *fake_header(const struct fake *f, const char *name)
{
    const char *value = NULL;
    for (const struct header *h = f->x.response.headers; h; h = h->next)
        if (strcmp(h->name, name) == 0)
            value = h->value;
    return value;
}

/* The answer's body as text. */
static inline const char *fake_body(const struct fake *f)
{
    const struct response *a = &f->x.response;
    return a->data ? arena_strndup(f->x.r.arena, a->data, a->size) : "";
}

#endif
