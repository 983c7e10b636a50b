/* What is made once: the fixed part of the `site` context, the security headers, the workers. */
#include "core/log.h"
#include "web/inner.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Trusted Types name the one policy of app.js. `style-src 'self'` has no exception: no style attribute
 * anywhere. */
#define CSP                                                                                                  \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "       \
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "                      \
    "require-trusted-types-for 'script'; trusted-types unknot"

/* Only pages that ask for a place may use the reader's, and only themselves. */
#define PERMISSIONS(where)                                                                                   \
    "camera=(), geolocation=(" where "), microphone=(), payment=(), usb=(), browsing-topics=()"

/* Referrer-Policy: other sites learn nothing either way, but with no-referrer browsers send `Origin: null`
 * with our own forms, and Origin is what tells them from foreign ones where Sec-Fetch-Site is not sent (plain
 * http, older browsers). */
static const char *headers[] = {"Content-Security-Policy",
                                CSP,
                                "X-Content-Type-Options",
                                "nosniff",
                                "Referrer-Policy",
                                "same-origin",
                                "Permissions-Policy",
                                PERMISSIONS(""),
                                "Cross-Origin-Opener-Policy",
                                "same-origin",
                                "Cross-Origin-Resource-Policy",
                                "same-origin",
                                "X-Frame-Options",
                                "DENY",
                                NULL,
                                NULL, /* HSTS on an https origin */
                                NULL};

const char *const *web_headers(void)
{
    return headers;
}

void page_locates(struct request *r)
{
    reply_header(r, "Permissions-Policy", PERMISSIONS("self"));
}

/* HSTS that came by plain http is ignored (RFC 6797, 8.1). */
static void headers_make(bool https)
{
    size_t last = sizeof headers / sizeof *headers - 3;
    headers[last] = https ? "Strict-Transport-Security" : NULL;
    headers[last + 1] = https ? "max-age=31536000; includeSubDomains" : NULL;
}

#define LARGE ((size_t)256 * 1024)

/* Nothing, also the empty text, is null: false to a template. */
static void put_text(struct json_writer *w, const char *key, const char *text)
{
    json_put(w, key, text && text[0] ? text : NULL);
}

/* The members without braces, of malloc: each page puts them into its own `site`. */
static const char *site_make(const struct config *c)
{
    struct buf b = {.max = 32 * 1024};
    struct json_writer w = {.out = &b};
    put_text(&w, "name", c->site_name);
    put_text(&w, "origin", c->origin);
    put_text(&w, "css", static_url("assets/app.css"));
    put_text(&w, "css_work", static_url("assets/work.css"));
    put_text(&w, "css_body", static_url("assets/body.css"));
    put_text(&w, "css_intake", static_url("assets/intake.css"));
    put_text(&w, "css_outcome", static_url("assets/outcome.css"));
    put_text(&w, "css_card", static_url("assets/card.css"));
    put_text(&w, "css_account", static_url("assets/account.css"));
    put_text(&w, "css_desk", static_url("assets/desk.css"));
    put_text(&w, "js", static_url("assets/app.js"));
    put_text(&w, "js_profile", static_url("assets/profile.js"));
    put_text(&w, "js_share", static_url("assets/share.js"));
    put_text(&w, "icons", static_url("assets/icons.svg"));
    put_text(&w, "font", static_url("assets/font.css"));
    put_text(&w, "font_file", static_url("assets/atkinson-latin.woff2"));
    put_text(&w, "favicon", static_url("assets/favicon.svg"));
    put_text(&w, "touch", static_url("assets/touch.png"));
    put_text(&w, "share", static_url("assets/share.png"));
    put_text(&w, "emergency", c->emergency);
    put_text(&w, "urgent_line", c->urgent_line);
    put_text(&w, "operator_email", c->operator_email);
    put_text(&w, "directions", c->directions);
    json_put_bool(&w, "dev", c->dev);
    if (b.failed)
        buf_free(&b);
    return b.p;
}

bool web_start(struct app *app)
{
    if (sodium_init() < 0 || !static_start(app->config.dev)) {
        fprintf(stderr, "unknot: out of memory\n");
        return false;
    }
    app->https = strncmp(app->config.origin, "https://", 8) == 0;
    headers_make(app->https);
    app->site = site_make(&app->config);
    if (!app->site)
        fprintf(stderr, "unknot: the texts of the configuration are too long for a page\n");
    return app->site;
}

void web_stop(struct app *app)
{
    free((char *)(uintptr_t)app->site);
    app->site = NULL;
    static_stop();
}

/* A worker without a database connection is none: NULL ends the start. */
void *web_worker_start(void *context, bool slow)
{
    const struct app *app = context;
    struct worker *w = calloc(1, sizeof *w);
    (void)slow;
    if (w)
        w->db = db_open(app->config.database, app->config.statement_timeout_ms, NULL);
    if (w && !w->db) {
        free(w);
        return NULL;
    }
    if (w)
        db_shares(w->db);
    return w;
}

/* What is large is rare, and given back rather than wiped each time. */
static void wipe(struct buf *b)
{
    if (b->cap > LARGE)
        buf_free(b);
    else if (b->p)
        sodium_memzero(b->p, b->cap);
    buf_reset(b);
}

void web_worker_rest(void *context, void *worker)
{
    struct worker *w = worker;
    (void)context;
    wipe(&w->page);
    wipe(&w->scratch);
}

void web_worker_idle(void *context, void *worker)
{
    struct worker *w = worker;
    (void)context;
    db_rest(w->db);
}

void web_worker_stop(void *context, void *worker)
{
    struct worker *w = worker;
    (void)context;
    db_close(w->db);
    keep_free(w);
    sodium_free(w->keys);
    buf_free(&w->page);
    buf_free(&w->scratch);
    free(w);
}
