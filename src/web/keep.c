/* Which pages are kept in memory, for whom, and until when: as long as the database says of each change. */
#include "core/log.h"
#include "web/inner.h"

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
