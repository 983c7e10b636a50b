#include "home/home.h"

#include "core/asset.h"
#include "core/clock.h"
#include "directory/directory.h"
#include "keys/keys.h"
#include "web/web.h"

#include <pthread.h>
#include <string.h>

/* Counting walks the whole listing, so it is done once a minute: the page is as old in any public cache. */
#define COUNTS_AGE_US ((int64_t)60 * 1000 * 1000)

static struct {
    pthread_mutex_t lock;
    int64_t until_us;
    char doc[200];
} counts = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const char *counts_known(struct request *r)
{
    const char *doc = NULL;
    pthread_mutex_lock(&counts.lock);
    if (clock_us() < counts.until_us)
        doc = arena_strdup(r->arena, counts.doc);
    pthread_mutex_unlock(&counts.lock);
    return doc;
}

static void counts_keep(const char *doc)
{
    size_t n = strlen(doc);
    if (n >= sizeof counts.doc)
        return;
    pthread_mutex_lock(&counts.lock);
    memcpy(counts.doc, doc, n + 1);
    counts.until_us = clock_us() + COUNTS_AGE_US;
    pthread_mutex_unlock(&counts.lock);
}

void home_get(struct request *r)
{
    const char *doc = counts_known(r);
    page_locates(r);
    page_value(r, "canonical", "/");
    if (!doc && (doc = ask(r, Q_home_counts)))
        counts_keep(doc);
    reply_subject(r, "home"); /* counts may be a minute old anyway */
    if (doc)
        page(r, "home/index", doc);
}

/* The form stands on every page, also on those that shared caches keep, and so has no token (NO_TOKEN): all
 * that a foreign site could gain is another colour, and Sec-Fetch-Site or Origin refuse it even that. */
void theme_post(struct request *r)
{
    const char *theme = form_value(r, "theme");
    if (theme && (strcmp(theme, "light") == 0 || strcmp(theme, "dark") == 0))
        cookie_set(r, "theme", theme, 365L * 24 * 3600);
    else
        cookie_set(r, "theme", "", 0);
    reply_redirect(r, 303, local_path(form_value(r, "back"), "/"));
}

static void reply_text(struct request *r, int status, const char *type, const char *text)
{
    reply(r, status, type, text, strlen(text));
}

void healthz_get(struct request *r)
{
    reply_text(r, 200, "application/json", "{\"status\":\"ok\"}\n");
}

static bool keyd_answers(struct request *r)
{
    unsigned char answer[KEY_ANSWER_MAX];
    size_t size;
    const struct key_question q = {.operation = KEY_STATE};
    return key_ask(app_of(r)->config.key_socket, &q, answer, &size) == KEY_OK;
}

/* With figures for whoever watches over the place. Without keyd all is served but what is sealed. */
static void reply_ready(struct request *r)
{
    struct http_cache_facts f = web_kept(app_of(r));
    const char *text = arena_printf(r->arena,
                                    "{\"status\":\"ready\",\"keyd\":\"%s\",\"pages\":{\"hits\":%llu,"
                                    "\"misses\":%llu,\"kept\":%llu,\"bytes\":%llu}}\n",
                                    keyd_answers(r) ? "ready" : "does not answer", (unsigned long long)f.hits,
                                    (unsigned long long)f.misses, (unsigned long long)f.answers,
                                    (unsigned long long)f.bytes);
    if (text)
        reply_text(r, 200, "application/json", text);
}

void readyz_get(struct request *r)
{
    struct worker *w = r->worker;
    if (db_ping(w->db))
        reply_ready(r);
    else
        reply_text(r, 503, "application/json", "{\"status\":\"the database does not answer\"}\n");
}

void favicon_get(struct request *r)
{
    const struct asset *ico = asset_find("assets/favicon.ico"), *svg = asset_find("assets/favicon.svg");
    if (ico)
        reply(r, 200, "image/x-icon", ico->data, ico->size);
    else if (svg)
        reply(r, 200, "image/svg+xml", svg->data, svg->size);
    else
        reply_error(r, 404, NULL);
}

void robots_get(struct request *r)
{
    const char *text = arena_printf(r->arena,
                                    "User-agent: *\n"
                                    "Disallow: /b/\n"
                                    "Disallow: /bookings\n"
                                    "Disallow: /filters\n"
                                    "Disallow: /practice\n"
                                    "Disallow: /operator\n"
                                    "Disallow: /sign-in\n"
                                    "Sitemap: %s/sitemap.xml\n",
                                    app_of(r)->config.origin);
    if (text)
        reply_text(r, 200, "text/plain; charset=utf-8", text);
}

void styleguide_get(struct request *r)
{
    if (!app_of(r)->config.dev || !view_has(app_of(r)->view, "styleguide/index")) {
        reply_error(r, 404, NULL);
        return;
    }
    map_sample(r);
    page(r, "styleguide/index", NULL);
}
