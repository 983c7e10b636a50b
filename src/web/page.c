/* A page: a template over the site's context, what the handler added, and the document of the database. */
#define _GNU_SOURCE /* memmem */
#include "core/log.h"
#include "web/inner.h"

#include <string.h>
#include <time.h>

/* `name` and `text` must live as long as the request. Without memory it is left out; the arena has failed
 * then. */
static void extra_add(struct request *r, const char *name, const char *text, bool raw)
{
    struct state *state = state_of(r);
    struct extra *e = arena_alloc(r->arena, sizeof *e);
    if (!state || !e)
        return;
    *e = (struct extra){state->extras, name, text, raw};
    state->extras = e;
}

void page_raw(struct request *r, const char *name, const char *html)
{
    extra_add(r, name, html, true);
}

void page_value(struct request *r, const char *name, const char *text)
{
    extra_add(r, name, text, false);
}

void page_context(struct request *r, const struct json *object)
{
    struct state *state = state_of(r);
    if (state && state->alsos < ALSO_MAX)
        state->also[state->alsos] = object;
    if (state)
        state->alsos++;
}

/* What a scratch buffer holds, in the arena: the buffer is used for the next text. */
static const char *kept(struct request *r, const struct buf *b)
{
    return b->failed ? NULL : arena_strndup(r->arena, b->p, b->n);
}

/* One of three texts: a cookie cannot put one of its own into a page or a cache key. */
const char *theme_of(struct request *r)
{
    const char *theme = cookie_value(r, "theme");
    return theme && (strcmp(theme, "light") == 0 || strcmp(theme, "dark") == 0) ? theme : "";
}

/* For the foot of the page, in UTC; nothing is reckoned with it. */
static int64_t year_now(void)
{
    struct timespec now;
    struct tm tm;
    clock_gettime(CLOCK_REALTIME, &now);
    return gmtime_r(&now.tv_sec, &tm) ? tm.tm_year + 1900 : 0;
}

static void put_signed_in(struct json_writer *w, const struct session *s)
{
    if (!s || s->role == ROLE_VISITOR) {
        json_put_bool(w, "signed_in", false);
        return;
    }
    json_open(w, "signed_in", '{');
    json_put(w, "name", s->name);
    json_put_bool(w, "is_client", s->role == ROLE_CLIENT);
    json_put_bool(w, "is_therapist", s->role == ROLE_THERAPIST);
    json_put_bool(w, "is_operator", s->role == ROLE_OPERATOR);
    json_put_bool(w, "is_desk", s->role == ROLE_DESK);
    json_close(w, '}');
}

static const char *site_context(struct request *r, const char *csrf)
{
    char key[37] = "";
    struct buf *b = scratch(r, 64 * 1024);
    struct json_writer w = {.out = b};
    json_open(&w, NULL, '{');
    json_open(&w, "site", '{');
    buf_puts(b, app_of(r)->site);
    w.comma = true;
    json_put(&w, "csrf", csrf[0] ? csrf : NULL);
    if (csrf[0])
        web_uuid(key);
    json_put(&w, "key", csrf[0] ? key : NULL);
    json_put_str(&w, "path", r->target);
    json_put(&w, "theme", theme_of(r));
    json_put(&w, "request_id", r->id);
    json_put_int(&w, "year", year_now());
    put_signed_in(&w, session_of(r));
    json_close(&w, '}');
    json_close(&w, '}');
    return kept(r, b);
}

static void put_token(struct json *j, char **end, enum json_kind kind, const char *text)
{
    size_t n = text ? strlen(text) : 0;
    j->token[j->count] = (struct json_token){.kind = (uint8_t)kind,
                                             .start = (uint32_t)(*end - j->text),
                                             .size = (uint32_t)n,
                                             .next = j->count + 1};
    j->count++;
    if (n > 0)
        memcpy(*end, text, n);
    *end += n;
}

static void put_extras(struct json *j, char **end, const struct extra *e, bool raw)
{
    for (; e; e = e->next)
        if (e->raw == raw) {
            put_token(j, end, JSON_STRING, e->name);
            put_token(j, end, e->text ? JSON_STRING : JSON_NULL, e->text);
        }
}

/* {"name": text, …, "raw": {"name": html, …}}: the tokens alone, since nothing of it need be escaped and read
 * again. */
static bool extras_read(struct request *r, struct json *j)
{
    const struct extra *first = state_of(r)->extras;
    size_t tokens = 3, bytes = sizeof "raw";
    for (const struct extra *e = first; e; e = e->next) {
        tokens += 2;
        bytes += strlen(e->name) + (e->text ? strlen(e->text) : 0);
    }
    char *text = bytes < PAGE_MAX ? arena_take(r->arena, bytes) : NULL, *end = text;
    *j = (struct json){.text = text, .token = text ? arena_take(r->arena, tokens * sizeof *j->token) : NULL};
    if (!j->token)
        return false;
    put_token(j, &end, JSON_OBJECT, NULL);
    put_extras(j, &end, first, false);
    put_token(j, &end, JSON_STRING, "raw");
    uint32_t raw = j->count;
    put_token(j, &end, JSON_OBJECT, NULL);
    put_extras(j, &end, first, true);
    j->token[raw].next = j->token[0].next = j->count;
    j->token[raw].count = (j->count - raw - 1) / 2;
    j->token[0].count = raw / 2;
    return true;
}

/* What a page is made of, from the outermost to the innermost. */
struct contexts {
    struct json at[4 + ALSO_MAX];
    size_t n;
};

static bool context_read(struct request *r, struct contexts *c, const char *text)
{
    return text && json_parse(&c->at[c->n++], r->arena, str_of(text));
}

/* The handler may have read the document already. */
static bool contexts_make(struct request *r, struct contexts *c, const char *csrf, const char *doc,
                          const char *over)
{
    const struct state *state = state_of(r);
    const struct json *read = doc_json(r, doc ? doc : "{}");
    c->n = 0;
    if (!state || !read || state->alsos > ALSO_MAX || !context_read(r, c, site_context(r, csrf)) ||
        !extras_read(r, &c->at[c->n++]))
        return false;
    for (size_t i = 0; i < state->alsos; i++)
        c->at[c->n++] = *state->also[i];
    c->at[c->n++] = *read;
    return !over || context_read(r, c, over);
}

static struct buf *page_buffer(struct request *r)
{
    struct worker *w = r->worker;
    if (!w)
        return scratch(r, PAGE_MAX);
    buf_reset(&w->page);
    w->page.max = PAGE_MAX;
    return &w->page;
}

/* Public caches see the visitors' page only; what they may keep depends on what the answer depends on. */
static void cache_headers(struct request *r)
{
    const struct session *s = session_of(r);
    if (r->route && r->route->cache == CACHE_PUBLIC && s && s->role != ROLE_VISITOR)
        reply_header(r, "Cache-Control", "no-store");
}

bool page_render(struct request *r, int status, const char *name, const char *doc, const char *over,
                 bool error)
{
    const struct session *s = session_of(r);
    const char *fresh = NULL, *csrf = error && (!s || !s->token) ? "" : csrf_for_page(r, &fresh);
    struct contexts c;
    if (!contexts_make(r, &c, csrf, doc, over))
        return false;
    struct buf *out = page_buffer(r);
    if (!view_render(app_of(r)->view, name, c.at, c.n, r->arena, out) || out->failed)
        return false;
    /* a page without a form sets no cookie */
    if (fresh && memmem(out->p, out->n, csrf, CSRF_CHARS - 1))
        cookie_set(r, VISITOR_COOKIE, fresh, -1);
    cache_headers(r);
    reply_lent(r, status, "text/html; charset=utf-8", out->p, out->n);
    return true;
}

void page_over(struct request *r, int status, const char *name, const char *doc, const char *over)
{
    if (page_render(r, status, name, doc, over, false))
        return;
    log_event(LOG_ERROR, "page_failed", "template", name, "request", r->id, NULL);
    reply_error(r, 500, NULL);
}

/* "directory/results.found" for X-Fragment: found on "directory/results", where there is such a template. */
static const char *part_of(struct request *r, const char *name)
{
    struct str part = r->fragment;
    if (!part.n || part.n > 40)
        return name;
    const char *whole = arena_printf(r->arena, "%s.%.*s", name, (int)part.n, part.p);
    return whole && view_has(app_of(r)->view, whole) ? whole : name;
}

void page_saved(struct request *r, const char *doc, const char *path)
{
    if (!doc)
        return;
    if (r->wants_json)
        reply(r, 200, "application/json; charset=utf-8", doc, strlen(doc));
    else
        reply_redirect(r, 303, path);
}

void page_with_saved(struct request *r, const char *name, const char *doc)
{
    if (!doc)
        return;
    page_value(r, "saved", query_value(r, "saved"));
    page(r, name, doc);
}

void page_status(struct request *r, int status, const char *name, const char *doc)
{
    if (!r->wants_json) {
        page_over(r, status, status == 200 ? part_of(r, name) : name, doc, NULL);
        return;
    }
    if (!doc)
        doc = "{}";
    cache_headers(r);
    reply(r, status, status < 400 ? "application/json" : "application/problem+json", doc, strlen(doc));
}

void page(struct request *r, const char *name, const char *doc)
{
    page_status(r, 200, name, doc);
}
