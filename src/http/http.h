/*
 * HTTP: one loop thread drives libmicrohttpd by external polling (epoll, own eventfd), a gate refuses
 * doubtful requests before anything is parsed, a bounded queue hands the rest to worker threads. See design
 * notes in server.c.
 *
 * This folder knows routes as rows and handlers as functions; it knows nothing of pages, sessions or the
 * database. libmicrohttpd is not visible outside it.
 */
#ifndef UNKNOT_HTTP_H
#define UNKNOT_HTTP_H

#include "core/arena.h"
#include "core/text.h"
#include <stdint.h>

/* jansson's; who reads request.json includes <jansson.h>, and then not core/json.h, whose names collide with
 * it. */
typedef struct json_t json_t;

enum http_method { HTTP_GET, HTTP_POST, HTTP_METHODS }; /* HEAD is served as GET; OPTIONS and all else: 405 */

enum body_form {
    BODY_NONE,      /* a body is refused (413/400) */
    BODY_FORM,      /* application/x-www-form-urlencoded or application/json, at most 64 KiB */
    BODY_MULTIPART, /* as above, or multipart/form-data */
};

enum cost {
    COST_INLINE, /* answered by the loop itself: never blocks, never touches the database */
    COST_NORMAL, /* a worker */
    COST_SLOW,   /* the slow lane: password hashing, images */
    COST_FETCH,  /* a lane for what waits for other servers: no `admit` (who = 0, everyone), no worker of the
                    server's user's */
};

enum cache_class {
    CACHE_NEVER,  /* no-store: everything personal, every form, every error */
    CACHE_PUBLIC, /* public, max-age=60, ETag of the body; 304 when it matches */
    CACHE_STATIC, /* content-hashed name: public, max-age=31536000, immutable */
};

struct request;

/* One row of the route table. `who` is the access rule; its values are the server's user's (web/web.h). */
struct route {
    enum http_method method;
    const char *path; /* "/therapists/{slug}/slots": literal segments and {names}; no regular expressions */
    uint8_t who;      /* handed to `admit`; means nothing in this folder */
    enum body_form form;              /* what a POST may bring */
    void (*handle)(struct request *); /* in a worker, but for COST_INLINE, which is run in the loop */
    enum cost cost;                   /* where it is run, and so whom it may hold up */
    enum cache_class cache;           /* of a 200; any other answer of the row is CACHE_NEVER */
};

/* Decoded name=value pairs of a query, a form or the Cookie header, in order. Names and values are
 * well-formed UTF-8 without NUL. A name may come twice; whether that is fine is the reader's to say. */
struct pair {
    struct str name, value; /* NUL stands behind neither: not for C's string functions */
};
struct pairs {
    struct pair *at;
    size_t n;
};

/* First value of `name`; p is NULL when absent. */
struct str pairs_get(const struct pairs *pairs, const char *name);

struct upload { /* one file part of a multipart body, in memory, owned by the request */
    /* name: of the field. filename and type are the client's word; neither is believed. */
    struct str name, filename, type, data;
};

/* What a handler sees. Everything points into `arena` or into the server; nothing outlives the request. */
struct request {
    struct arena *arena;
    const struct route *route;
    enum http_method method;
    bool head;           /* the client sent HEAD */
    struct str target;   /* raw path and query as sent, checked by the gate; for redirects back */
    struct str path;     /* decoded path */
    struct pairs params; /* {names} of the route's path */
    struct pairs query, form, cookies;
    struct upload *uploads;
    size_t upload_count;
    json_t *json;      /* a JSON body (an object), or NULL; form is then filled from its scalar members and
                          arrays of scalars, so a handler reads `form` for both */
    bool wants_json;   /* Accept prefers application/json to text/html, or a JSON body was sent */
    struct str bearer; /* Authorization: Bearer …, or empty */
    bool accepts_gzip; /* Accept-Encoding names gzip: a static route may answer with the .gz file and
                          Content-Encoding */
    struct str if_none_match, origin, fetch_site, fragment /* X-Fragment */, accept_language, idempotency_key,
        user_agent;
    const char *client;  /* peer address as text, or X-Forwarded-For's when listening on a Unix socket */
    char id[17];         /* request id, also in the log and on error pages */
    int64_t deadline_us; /* monotonic; work past it is pointless */
    void *app;           /* the server's user's: same for all requests */
    void *worker;        /* made by `worker_start`, one per thread; NULL for inline and fetching routes */
    void *session;       /* what `admit` found out about the caller */
    struct response *response;
};

/* --- Answers. Called by the handler, at most one body; the last call wins before the handler returns. A
 * handler that returns without an answer, or when the arena failed, becomes a 500. Headers and cookies stay
 * whichever body wins; a header given twice keeps the last value. Not to be set here: Content-Length,
 * Connection, Date, Transfer-Encoding. Cache-Control, Vary, ETag and the 304 follow from the route's cache
 * class; any status but 200 is no-store. A handler that sets one of them itself, or a header of
 * http_hooks.headers, has its own value sent. */

/* `data` must live in the arena or for ever. `type` carries its charset. */
void reply(struct request *r, int status, const char *type, const void *data, size_t size);
/* The same with `data` that need only stay until the answer is built, in this thread: copied if it has to be.
 */
void reply_lent(struct request *r, int status, const char *type, const void *data, size_t size);
void reply_header(struct request *r, const char *name, const char *value); /* refuses CR/LF: 500 */
/* Redirects with a local path ("/…", not "//…"); anything else becomes a 500. Status 303 unless said. */
void reply_redirect(struct request *r, int status, const char *path);
/* Set-Cookie with HttpOnly, SameSite=Lax, Path, and Secure when `secure`; max_age 0 expires it, -1 is a
 * session cookie. */
void reply_cookie(struct request *r, const char *name, const char *value, const char *path, long max_age,
                  bool secure);
/* The page (or problem+json) for a status, made by the server's user's `error` hook. detail may be NULL. */
void reply_error(struct request *r, int status, const char *detail);
/* What a CACHE_PUBLIC answer rests on, where it is kept (http_cache): it goes when http_cache_changed is told
 * this subject. Not called: it goes with every change. `subject` must live in the arena or for ever. */
void reply_subject(struct request *r, const char *subject);
/* Of a CACHE_STATIC route answered inline: the data lives for ever, and whenever it is answered with, the
 * type and the headers are these. The answer is then put together once. */
void reply_constant(struct request *r);
int reply_status(const struct request *r); /* 0 before an answer */

/* What has been said so far, to come back to it: a handler that is run again starts from there. NULL: no
 * memory. */
const struct answer_mark *reply_mark(struct request *r);
void reply_return(struct request *r, const struct answer_mark *m);
/* The answer as text that reply_read makes the same answer of, cookies and all. reply_read: false when that
 * is not such a text; something may have been said then. */
void reply_write(const struct request *r, struct buf *out);
bool reply_read(struct request *r, struct str written);

/* --- Kept answers: a 200 of a CACHE_PUBLIC route stays in memory for a minute at most, with its headers, and
 * the loop gives it to the next who ask the same, also as HEAD and 304, with an Age header. An answer with a
 * cookie, with a Cache-Control or ETag of its handler's or with the request's id in it is nobody else's. */

struct http_cache;

/* Of at most `limit` bytes; the least recently used makes room. NULL when out of memory. */
struct http_cache *http_cache_new(size_t limit);
void http_cache_free(struct http_cache *c); /* NULL is fine; after http_run */

/* What rests on `subject` has changed, or with NULL everything: what was kept of it goes, and what is being
 * made of it now is not kept. From one thread at a time, any one. */
void http_cache_changed(struct http_cache *c, const char *subject);

/* For who keeps something else as long as nothing changes everything: where the count of changes stands, to
 * be taken before it is made, and whether what was made then still counts. */
uint64_t http_cache_seen(const struct http_cache *c);
bool http_cache_stands(const struct http_cache *c, uint64_t seen);

struct http_cache_facts {
    uint64_t hits, misses;   /* since the start */
    uint64_t answers, bytes; /* kept at this moment; bytes with an estimate of libmicrohttpd's own memory */
};
struct http_cache_facts http_cache_facts(const struct http_cache *c);

/* --- The server */

struct http_hooks {
    void *app;
    /* One per worker thread, called in it. NULL stops the start. */
    void *(*worker_start)(void *app, bool slow);
    void (*worker_stop)(void *app, void *worker);
    /* After a request of a CACHE_NEVER route, before it is sent: wipes what the worker keeps between
     * requests. */
    void (*rest)(void *app, void *worker);
    /* When a worker has had nothing to do for 20 ms: ends what it keeps open for the next request. NULL:
     * nothing. */
    void (*idle)(void *app, void *worker);
    /* Access: fills r->session, decides by r->route->who; false after having replied (401, 403, 404,
     * redirect). Also the CSRF test. Called in the worker, before the handler; for inline and fetching routes
     * not called (they must be who = 0, everyone). */
    bool (*admit)(struct request *r);
    /* Runs the row's handler, which has been admitted; NULL: it is just called. */
    void (*run)(struct request *r);
    /* Writes the body for an error into the request. Must not touch the database. */
    void (*error)(struct request *r, int status, const char *detail);
    /* Security headers for every answer: name, value pairs ended by NULL. */
    const char *const *headers;
    /* Kept answers; NULL: none are. */
    struct http_cache *cache;
    /* For a request that a kept answer could serve: what of its cookies the answer depends on, as text that
     * lives as long as the request. NULL: this one is neither served so nor its answer kept. In the loop,
     * before `admit`. */
    const char *(*variant)(struct request *r);
};

struct http_settings {
    const char *listen; /* "127.0.0.1:8080", "[::1]:8080" or "unix:/path" (mode 0660) */
    const char
        *host; /* the one Host served; requests for another get 421. NULL: any (loopback development) */
    /* threads of the normal lane, requests that may wait in it and in the slow one, clients: 4, 64, 8, 12000
     */
    int workers, queue, slow_queue, connections;
    int header_seconds, body_seconds, total_seconds; /* absolute deadlines: 10, 30, 60 */
    int drain_seconds; /* how long http_run waits for what was admitted, 20. Any number left 0 takes its
                          default. */
};

struct http_server;

/* Listens and starts the threads; does not return a server that does not listen. NULL after a sentence on
 * stderr (port taken, no permission, …). Routes and settings must outlive it. */
struct http_server *http_start(const struct http_settings *s, const struct route *routes, size_t count,
                               const struct http_hooks *hooks);
/* Runs the loop in the calling thread until http_stop; then drains: stops accepting, finishes what was
 * admitted (at most drain_seconds), joins workers, frees. A worker that has not ended 5 s later ends the
 * process. */
void http_run(struct http_server *server);
void http_stop(struct http_server *server); /* async-signal-safe; not after http_run has returned */

/* --- Route table */

struct route_table;

/* Rows in an order of their own, to be found by path; they must outlive it. NULL: no memory. */
struct route_table *route_table_new(const struct route *rows, size_t count);
void route_table_free(struct route_table *t);

/* The row for a method and decoded path, params filled into `a`. NULL with *allow = NULL: no such path; with
 * *allow = "GET, HEAD": wrong method. */
const struct route *route_find(const struct route_table *t, enum http_method method, struct str path,
                               struct pairs *params, struct arena *a, const char **allow);
/* Among the rows of the server that handles `r`. */
const struct route *route_of(const struct request *r, enum http_method method, struct str path,
                             struct pairs *params);

/* --- Parsers of foreign bytes, exposed for tests and fuzzing. Each refuses on the first doubt. */

/* The raw path of a request target: exactly one leading '/', no empty or dot segment, no %00 %2f %5c, '\' or
 * ';', good escapes, valid UTF-8, at most 1024 bytes. Decoded once, into `a`. */
bool parse_path(struct str raw, struct arena *a, struct str *path);
/* application/x-www-form-urlencoded, also a query: at most `max_pairs`; a name may repeat (checkbox groups).
 */
bool parse_urlencoded(struct str raw, size_t max_pairs, struct arena *a, struct pairs *out);
/* A Cookie header: cookies this site did not set are skipped when malformed, a name that repeats keeps the
 * first. */
bool parse_cookies(struct str raw, struct arena *a, struct pairs *out);
/* multipart/form-data (RFC 7578) over a whole body in memory. `type` is the Content-Type value. */
bool parse_multipart(struct str type, struct str body, size_t max_parts, struct arena *a,
                     struct pairs *fields, struct upload **uploads, size_t *upload_count);
/* Accept: 1 when application/json is preferred to text/html, 0 otherwise. */
bool parse_accept_json(struct str raw);

/* A JSON body without these members (ended by NULL), always written alike: for comparing two. NULL: no
 * memory. */
const char *json_content(const struct request *r, const char *const *without);

/* The text for a status: "Not Found". */
const char *http_reason(int status);

#endif
