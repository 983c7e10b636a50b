/* Which pages are kept in memory, for whom, and until when: as long as the database says of each change. And
 * what pages are made of besides, kept by each worker for itself. */
#include "core/log.h"
#include "web/inner.h"

#include <stdlib.h>
#include <string.h>

/* In the listener's thread. NULL, when something may have been missed, and the empty payload both mean
 * everything. */
static void hear(void *cache, const char *subject)
{
    http_cache_changed(cache, subject && subject[0] ? subject : NULL);
}

void web_keep_start(struct app *app)
{
    const struct config *c = &app->config;
    if (c->page_cache_mb == 0 || c->dev)
        return;
    app->cache = http_cache_new((size_t)c->page_cache_mb << 20);
    app->changes = app->cache ? db_listen(c->database, "unknot_pages", hear, app->cache) : NULL;
    if (app->changes)
        return;
    log_event(LOG_WARN, "pages", "kept", "none", "reason", "out of memory", NULL);
    web_keep_stop(app);
}

static void log_figures(const struct app *app)
{
    struct http_cache_facts f = http_cache_facts(app->cache);
    char hits[24], misses[24];
    snprintf(hits, sizeof hits, "%llu", (unsigned long long)f.hits);
    snprintf(misses, sizeof misses, "%llu", (unsigned long long)f.misses);
    log_event(LOG_INFO, "pages", "hits", hits, "misses", misses, NULL);
}

/* The listener first: it calls into the cache. */
void web_keep_stop(struct app *app)
{
    db_listen_stop(app->changes);
    if (app->changes)
        log_figures(app);
    http_cache_free(app->cache);
    app->changes = NULL;
    app->cache = NULL;
}

struct http_cache_facts web_kept(const struct app *app)
{
    return app->cache ? http_cache_facts(app->cache) : (struct http_cache_facts){0};
}

/* Cookies of ours that make a page somebody's; `visitor` and `device` change nothing on a public one. */
static bool is_personal(struct str name)
{
    return str_is(name, SESSION_COOKIE) || str_starts(name, "booking_");
}

static struct str without_prefix(struct str name)
{
    static const char prefix[] = "__Host-";
    size_t n = str_starts(name, prefix) ? sizeof prefix - 1 : 0;
    return (struct str){name.p + n, name.n - n};
}

/* Only the theme differs between visitors' pages. While the listener is behind or not connected no answer is
 * taken from the cache and none put in. */
const char *web_variant(struct request *r)
{
    const struct app *app = app_of(r);
    if (!app->changes || !db_listen_current(app->changes) || r->bearer.p)
        return NULL;
    for (size_t i = 0; i < r->cookies.n; i++)
        if (is_personal(without_prefix(r->cookies.at[i].name)))
            return NULL;
    return theme_of(r);
}

/* Until what was written has been heard of here, pages are made anew: who wrote it finds it on the next. */
void web_wrote(struct request *r)
{
    struct app *app = app_of(r);
    if (app->changes)
        db_listen_ask(app->changes);
}

/* --- Documents */

#define KEPT_DOCS    8
#define KEPT_DOC_MAX ((size_t)1 << 20)

struct kept_docs {
    struct kept_doc {
        struct arena *arena; /* of what follows */
        const char *asked;   /* the query and its values */
        struct json read;
        uint64_t seen;
    } doc[KEPT_DOCS];
    size_t next; /* to make room */
};

void keep_free(struct worker *w)
{
    for (size_t i = 0; w->kept && i < KEPT_DOCS; i++)
        arena_free(w->kept->doc[i].arena);
    free(w->kept);
}

static const char *asked_of(struct request *r, enum query q, int count, const char *const *values)
{
    struct buf *b = scratch(r, 4096);
    buf_printf(b, "%d", (int)q);
    for (int i = 0; i < count; i++)
        buf_printf(b, values[i] ? "\n=%s" : "\n", values[i]);
    return b->failed ? NULL : arena_strndup(r->arena, b->p, b->n);
}

/* What was kept of the same, or the place of what has to go for it. NULL when out of memory. */
static struct kept_doc *place_of(struct worker *w, const char *asked)
{
    if (!w->kept)
        w->kept = calloc(1, sizeof *w->kept);
    if (!w->kept)
        return NULL;
    for (size_t i = 0; i < KEPT_DOCS; i++)
        if (w->kept->doc[i].asked && strcmp(w->kept->doc[i].asked, asked) == 0)
            return &w->kept->doc[i];
    struct kept_doc *k = &w->kept->doc[w->kept->next];
    w->kept->next = (w->kept->next + 1) % KEPT_DOCS;
    if (!k->arena)
        k->arena = arena_new(KEPT_DOC_MAX);
    k->asked = NULL;
    return k->arena ? k : NULL;
}

static const struct json *keep(struct kept_doc *k, const char *asked, const char *doc, uint64_t seen)
{
    arena_reset(k->arena);
    k->seen = seen;
    const char *text = arena_strdup(k->arena, doc);
    k->asked = text && json_parse(&k->read, k->arena, str_of(text)) ? arena_strdup(k->arena, asked) : NULL;
    return k->asked ? &k->read : NULL;
}

/* Without anybody who hears of changes, and while who wrote waits to be heard, nothing is kept. */
const struct json *web_ask_kept(struct request *r, enum query q, int count, const char *const *values)
{
    const struct app *app = app_of(r);
    const bool keeps = r->worker && app->changes && db_listen_current(app->changes);
    const char *asked = keeps ? asked_of(r, q, count, values) : NULL;
    struct kept_doc *k = asked ? place_of(r->worker, asked) : NULL;
    if (k && k->asked && http_cache_stands(app->cache, k->seen))
        return &k->read;
    uint64_t seen = k ? http_cache_seen(app->cache) : 0;
    const char *doc = web_ask(r, q, count, values);
    if (!doc)
        return NULL;
    struct json *own = k ? NULL : arena_alloc(r->arena, sizeof *own);
    const struct json *read = k                                               ? keep(k, asked, doc, seen)
                              : own && json_parse(own, r->arena, str_of(doc)) ? own
                                                                              : NULL;
    if (!read)
        reply_error(r, 500, NULL);
    return read;
}
