/*
 * Answers: what handlers say (reply_*), and how it becomes a response with caching headers, entity tag and
 * compression; and the answers that are there already. Runs in the thread that handles the request; the built
 * response is handed to the loop, which only queues it. The body is not copied: it lives in the request's
 * arena, which outlives the sending, or in what is kept. What a worker lends is copied into one of them.
 */
#define _GNU_SOURCE /* memmem */
#include "http/cache.h"
#include "http/parse.h"
#include "http/server.h"

#include "core/clock.h"
#include "core/log.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define GZIP_FROM   1024
#define GZIP_SUFFIX "-gz" /* the compressed form is another representation: its strong tag differs */
#define TAG_BYTES   crypto_onetimeauth_BYTES

/* --- What handlers say */

/* Handlers need not look: answer_build makes a 500 of it and logs. */
static void break_answer(struct request *r)
{
    r->response->broken = true;
}

void reply(struct request *r, int status, const char *type, const void *data, size_t size)
{
    r->response->status = status;
    r->response->type = type;
    r->response->data = data;
    r->response->size = data ? size : 0;
    r->response->lent = false;
    if (!data && size > 0) /* a page that could not be made */
        break_answer(r);
}

void reply_lent(struct request *r, int status, const char *type, const void *data, size_t size)
{
    reply(r, status, type, data, size);
    r->response->lent = true;
}

void reply_subject(struct request *r, const char *subject)
{
    r->response->subject = subject;
}

void reply_constant(struct request *r)
{
    r->response->constant = true;
}

int reply_status(const struct request *r)
{
    return r->response->status;
}

/* The first of that name: only Set-Cookie may be there several times. */
static struct header *find_header(const struct response *a, const char *name)
{
    struct str wanted = str_of(name);
    for (struct header *h = a->headers; h; h = h->next)
        if (str_is_nocase(wanted, h->name))
            return h;
    return NULL;
}

/* No control byte but tab: a CR or LF would end the header and begin another one. */
static bool is_header_value(const char *value)
{
    for (; *value; value++)
        if (((unsigned char)*value < ' ' && *value != '\t') || *value == 0x7F)
            return false;
    return true;
}

static void add_header(struct request *r, const char *name, const char *value)
{
    struct response *a = r->response;
    struct header *h = arena_alloc(r->arena, sizeof *h);
    if (!h) /* the arena has failed, which makes it a 500 */
        return;
    *h = (struct header){name, value, NULL};
    if (a->last)
        a->last->next = h;
    else
        a->headers = h;
    a->last = h;
}

void reply_header(struct request *r, const char *name, const char *value)
{
    if (!name || !value || !*value || !text_is_token(str_of(name)) || !is_header_value(value)) {
        break_answer(r);
        return;
    }
    struct header *present = find_header(r->response, name);
    char *copy = arena_strdup(r->arena, value);
    if (present && !str_is_nocase(str_of(name), "Set-Cookie"))
        present->value = copy ? copy : present->value;
    else if (copy)
        add_header(r, name, copy);
}

/* A path of this site: a browser reads "//host" and "/\host" as another one. */
static bool is_local(const char *path)
{
    if (path[0] != '/' || path[1] == '/')
        return false;
    for (; *path; path++)
        if (*path <= ' ' || *path > '~' || *path == '\\')
            return false;
    return true;
}

void reply_redirect(struct request *r, int status, const char *path)
{
    if (!path || !is_local(path)) {
        break_answer(r);
        return;
    }
    reply_header(r, "Location", path);
    reply(r, status ? status : 303, NULL, NULL, 0);
}

static bool is_cookie_text(const char *value)
{
    for (; *value; value++)
        if (*value <= ' ' || *value > '~' || strchr("\",;\\", *value))
            return false;
    return true;
}

void reply_cookie(struct request *r, const char *name, const char *value, const char *path, long max_age,
                  bool secure)
{
    char age[40] = "";
    if (!value || !text_is_token(str_of(name)) || !is_cookie_text(value) || !is_local(path)) {
        break_answer(r);
        return;
    }
    if (max_age >= 0)
        snprintf(age, sizeof age, "; Max-Age=%ld", max_age);
    const char *cookie = arena_printf(r->arena, "%s=%s; Path=%s%s; HttpOnly; SameSite=Lax%s", name, value,
                                      path, age, secure ? "; Secure" : "");
    if (cookie)
        reply_header(r, "Set-Cookie", cookie);
}

/* When there is no page for it: one line. */
static void reply_plainly(struct request *r, int status)
{
    const char *reason = http_reason(status);
    reply(r, status, "text/plain; charset=utf-8", reason, strlen(reason));
}

void reply_error(struct request *r, int status, const char *detail)
{
    const struct http_hooks *hooks = &exchange_of(r)->server->hooks;
    r->response->status = 0;
    if (hooks->error)
        hooks->error(r, status, detail);
    if (reply_status(r) == 0)
        reply_plainly(r, status);
    if (status == 503 && !find_header(r->response, "Retry-After"))
        reply_header(r, "Retry-After", "2");
}

/* --- From answer to response */

/* A status was set, nothing impossible was asked for, and all memory that was asked for was had. */
static bool is_usable(const struct request *r)
{
    return r->response->status >= 200 && r->response->status <= 599 && !r->response->broken &&
           !arena_failed(r->arena);
}

/* A lent body moves into the arena; false when it has no room. */
static bool own_body(struct exchange *x)
{
    struct response *a = &x->response;
    if (a->lent && a->size > 0)
        a->data = arena_strndup(x->r.arena, a->data, a->size);
    a->lent = false;
    return a->data || a->size == 0;
}

/* Starts the request's memory anew, as it may be what ran out; what pointed into it is gone from the request.
 */
static void answer_500(struct exchange *x)
{
    struct request old = x->r;
    log_event(LOG_ERROR, "answer", "id", old.id, "route", old.route ? old.route->path : NULL, "memory",
              arena_failed(old.arena) ? "out" : "ok", "status", x->response.status ? "set" : NULL, NULL);
    arena_reset(old.arena);
    x->response = (struct response){.status = 0};
    x->key = (struct str){NULL, 0};
    x->r = (struct request){.arena = old.arena,
                            .route = old.route,
                            .method = old.method,
                            .head = old.head,
                            .wants_json = old.wants_json,
                            .client = x->address,
                            .deadline_us = old.deadline_us,
                            .app = old.app,
                            .worker = old.worker,
                            .response = &x->response};
    memcpy(x->r.id, old.id, sizeof old.id);
    reply_error(&x->r, 500, NULL);
    if (!own_body(x) || !is_usable(&x->r)) {
        x->response = (struct response){.status = 0};
        reply_plainly(&x->r, 500);
    }
}

static enum cache_class cache_class_of(const struct exchange *x)
{
    return x->r.route && x->response.status == 200 ? x->r.route->cache : CACHE_NEVER;
}

/* Only where the handler has not set one itself. `value` lives for ever or in the arena. */
static void default_header(struct exchange *x, const char *name, const char *value)
{
    if (!find_header(&x->response, name))
        add_header(&x->r, name, value);
}

/* Pages differ by theme and by who is signed in, both told by cookies: with one they are for that browser
 * only. */
static void cache_headers(struct exchange *x, enum cache_class class)
{
    bool personal = x->carries_cookie || find_header(&x->response, "Set-Cookie");
    switch (class) {
    case CACHE_NEVER:
        default_header(x, "Cache-Control", "no-store");
        break;
    case CACHE_PUBLIC:
        default_header(x, "Cache-Control", personal ? "private, max-age=0" : "public, max-age=60");
        default_header(x, "Vary", "Accept, X-Fragment, Accept-Encoding, Cookie");
        break;
    case CACHE_STATIC:
        default_header(x, "Cache-Control", "public, max-age=31536000, immutable");
        default_header(x, "Vary", "Accept-Encoding");
        break;
    }
}

static bool is_text(const char *type)
{
    struct str t = str_of(type);
    return str_starts(t, "text/") || str_starts(t, "application/json") || str_starts(t, "image/svg+xml");
}

/* Two pages have one tag by chance alone: nobody gains by making one on purpose, so a universal hash with a
 * key that anybody may know will do, which takes a third of the time of a cryptographic one. */
static void hash_body(const struct response *a, char tag[2 * TAG_BYTES + 1])
{
    static const unsigned char key[crypto_onetimeauth_KEYBYTES] = "The same for all of our servers";
    unsigned char hash[crypto_onetimeauth_BYTES];
    crypto_onetimeauth(hash, a->data, a->size, key);
    sodium_bin2hex(tag, 2 * TAG_BYTES + 1, hash, sizeof hash);
}

/* The entity tag. False where the handler gave one itself. */
static bool tag_answer(struct exchange *x, bool packed, char tag[2 * TAG_BYTES + 1])
{
    if (find_header(&x->response, "ETag"))
        return false;
    hash_body(&x->response, tag);
    const char *quoted = arena_printf(x->r.arena, "\"%s%s\"", tag, packed ? GZIP_SUFFIX : "");
    if (quoted)
        add_header(&x->r, "ETag", quoted);
    return true;
}

/* The client has this very page already. */
static bool is_known(const struct exchange *x, const char *tag)
{
    return x->r.if_none_match.p && parse_none_match(x->r.if_none_match, tag, GZIP_SUFFIX);
}

/* A 304 has the headers that the 200 would have had (RFC 9110, 15.4.5), and no body. */
static void say_unchanged(struct response *a)
{
    *a = (struct response){.status = 304, .headers = a->headers, .last = a->last};
}

/* The whole body at once, into the arena; without room there it goes as it is. The stream is left ready for
 * the next. */
static void pack(struct exchange *x, z_stream *z)
{
    struct response *a = &x->response;
    size_t cap = deflateBound(z, (uLong)a->size);
    unsigned char *out = arena_take(x->r.arena, cap);
    if (!out)
        return;
    z->next_in = (z_const Bytef *)(uintptr_t)a->data;
    z->avail_in = (uInt)a->size;
    z->next_out = out;
    z->avail_out = (uInt)cap;
    if (deflate(z, Z_FINISH) == Z_STREAM_END) {
        a->data = out;
        a->size = cap - z->avail_out;
        a->lent = false;
        add_header(&x->r, "Content-Encoding", "gzip");
    }
    deflateReset(z);
}

/* Only what is the same for everybody is compressed: a secret (the form token) beside text that an attacker
 * chose would show in the length (BREACH). */
static bool is_packable(const struct exchange *x, const z_stream *packer, enum cache_class class)
{
    const struct response *a = &x->response;
    return packer && class == CACHE_PUBLIC && !x->carries_cookie && x->r.accepts_gzip &&
           a->size > GZIP_FROM && a->size < 1u << 30 && a->type && is_text(a->type) &&
           !find_header(a, "Content-Encoding") && !find_header(a, "Set-Cookie");
}

/* A page that names its request is that request's alone. */
static bool names_request(const struct exchange *x)
{
    return memmem(x->response.data, x->response.size, x->r.id, strlen(x->r.id));
}

/* To be asked before cache_headers: what stands there then is the handler's. */
static bool is_keepable(const struct exchange *x, enum cache_class class)
{
    const struct response *a = &x->response;
    return x->key.p && class == CACHE_PUBLIC && a->data && !find_header(a, "Set-Cookie") &&
           !find_header(a, "Cache-Control") && !find_header(a, "ETag") && !names_request(x);
}

static bool put(struct MHD_Response *m, const char *name, const char *value)
{
    return MHD_add_response_header(m, name, value) == MHD_YES;
}

static bool put_lines(struct MHD_Response *m, const struct response *a)
{
    bool ok = !a->type || put(m, "Content-Type", a->type);
    for (const struct header *h = a->headers; h; h = h->next)
        if (a->status != 304 || strcmp(h->name, "Content-Encoding") != 0) /* of a body that is not there */
            ok = ok && put(m, h->name, h->value);
    return ok;
}

static bool put_all(struct MHD_Response *m, const struct exchange *x)
{
    bool ok = put_lines(m, &x->response);
    ok = ok && (!x->r.id[0] || put(m, "X-Request-Id", x->r.id)); /* what the log has it by */
    for (const char *const *h = x->server->hooks.headers; h && h[0]; h += 2)
        if (!find_header(&x->response, h[0]))
            ok = ok && put(m, h[0], h[1]);
    return ok;
}

static struct MHD_Response *response_over(struct str body)
{
    void *data = (void *)(uintptr_t)body.p; /* only read */
    return MHD_create_response_from_buffer(body.n, data, MHD_RESPMEM_PERSISTENT);
}

/* NULL when a header could not be added: an answer that lacks a security header is not sent. */
static struct MHD_Response *whole(struct MHD_Response *m, bool ok)
{
    if (ok)
        return m;
    if (m)
        MHD_destroy_response(m);
    return NULL;
}

static struct MHD_Response *build(const struct exchange *x)
{
    struct MHD_Response *m = response_over((struct str){x->response.data, x->response.size});
    return whole(m, m && put_all(m, x));
}

struct MHD_Response *answer_ready(const struct response *a, struct str body)
{
    struct MHD_Response *m = response_over(body);
    return whole(m, m && put_lines(m, a));
}

/* The headers of every answer, among this one's own. */
static bool complete(struct exchange *x)
{
    for (const char *const *h = x->server->hooks.headers; h && h[0]; h += 2)
        default_header(x, h[0], h[1]);
    return is_usable(&x->r);
}

static void keep_answer(struct exchange *x, const char *tag)
{
    if (complete(x))
        x->kept = kept_make(x->server->hooks.cache, x, tag);
}

/* --- Constant answers, in the loop */

/* Where the answer over this very data is, or would be put: its address is its name. Compressed and plain
 * form of a file have different ones. */
static struct kept **constant_of(struct exchange *x)
{
    struct kept **k = &x->server->constants[(uintptr_t)x->response.data / 16 % CONSTANTS];
    while (*k && (*k)->body.p != x->response.data)
        k = &(*k)->next;
    return k;
}

static bool is_constant(const struct exchange *x, enum cache_class class)
{
    return x->response.constant && class == CACHE_STATIC && x->r.route->cost == COST_INLINE;
}

/* First time: made. Out of memory x->kept stays NULL, and with it the answer: the connection is closed. */
static void share_constant(struct exchange *x)
{
    struct kept **k = constant_of(x);
    if (!*k && complete(x))
        *k = kept_constant(&x->response);
    x->kept = *k ? kept_share(*k) : NULL;
}

void constants_free(struct http_server *s)
{
    struct kept *next;
    for (size_t i = 0; i < CONSTANTS; i++)
        for (struct kept *k = s->constants[i]; k; k = next) {
            next = k->next;
            kept_release(k);
        }
}

/* A 500 in the place of what there was no room for. */
static void give_up(struct exchange *x)
{
    answer_500(x);
    cache_headers(x, CACHE_NEVER);
    x->built = build(x);
}

/* What is to be kept is made whole also for a client that needs only a 304. */
void answer_build(struct exchange *x, z_stream *packer)
{
    /* Set where `unchanged` or `keep` is looked at: both are false when the handler gave an ETag itself. */
    char tag[2 * TAG_BYTES + 1];
    if (!is_usable(&x->r))
        answer_500(x);
    enum cache_class class = cache_class_of(x);
    bool packed = is_packable(x, packer, class), keep = is_keepable(x, class);
    cache_headers(x, class);
    bool unchanged = class == CACHE_PUBLIC && tag_answer(x, packed, tag) && is_known(x, tag);
    if (arena_failed(x->r.arena)) { /* a header found no room: nobody's page goes out without its no-store */
        give_up(x);
        return;
    }
    if (packed && (keep || !unchanged))
        pack(x, packer);
    if (keep)
        keep_answer(x, tag);
    if (unchanged)
        say_unchanged(&x->response);
    if (is_constant(x, class))
        share_constant(x);
    else if (!x->kept && own_body(x))
        x->built = build(x);
    else if (!x->kept)
        give_up(x);
}

/* --- Kept answers, in the loop */

static bool may_be_kept(const struct request *r)
{
    return r->method == HTTP_GET && r->route->cache == CACHE_PUBLIC && r->route->cost != COST_INLINE;
}

/* Also notes under which key the answer may be kept if there is none (x->key). */
static struct kept *find_kept(struct exchange *x)
{
    const struct http_hooks *hooks = &x->server->hooks;
    const char *variant = hooks->cache && may_be_kept(&x->r) ? hooks->variant(&x->r) : NULL;
    x->key = (struct str){NULL, 0};
    if (!variant)
        return NULL;
    x->key = cache_key(x, variant, x->r.arena);
    return x->key.p ? cache_find(hooks->cache, x->key, clock_us()) : NULL;
}

struct copying {
    struct MHD_Response *to;
    bool ok;
};

/* MHD_KeyValueIterator; one that failed stops the walk. */
static enum MHD_Result copy_line(void *copying, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct copying *c = copying;
    (void)kind;
    if (strcmp(name, "Content-Type") != 0 && strcmp(name, "Content-Encoding") != 0)
        c->ok = c->ok && put(c->to, name, value);
    return c->ok ? MHD_YES : MHD_NO;
}

/* The 304 for what is kept, stamped as that is. */
static struct MHD_Response *unchanged(struct MHD_Response *ready)
{
    struct copying c = {.to = response_over((struct str){NULL, 0})};
    c.ok = c.to;
    if (c.ok)
        MHD_get_response_headers(ready, copy_line, &c);
    return whole(c.to, c.ok);
}

/* Age (RFC 9111, 5.1): seconds since it was made. Most answers of one second need no change. */
static bool stamp_age(struct kept *k, long age)
{
    char was[24], is[24];
    if (age == k->age)
        return true;
    snprintf(was, sizeof was, "%ld", k->age);
    snprintf(is, sizeof is, "%ld", age);
    MHD_del_response_header(k->ready, "Age", was);
    k->age = age != AGE_NONE && put(k->ready, "Age", is) ? age : AGE_NONE;
    return k->age == age;
}

static bool stamp_id(struct kept *k, const char *id)
{
    MHD_del_response_header(k->ready, "X-Request-Id", k->id);
    memcpy(k->id, id, sizeof k->id);
    return put(k->ready, "X-Request-Id", id);
}

/* Gives the shared answer the lines of this request. What is constant, or was made for it, has no age. */
static bool stamp(const struct exchange *x)
{
    struct kept *k = x->kept;
    long age = x->from_cache ? (long)((clock_us() - k->made_us) / 1000000) : AGE_NONE;
    return stamp_age(k, age) && stamp_id(k, x->r.id);
}

bool answer_kept(struct exchange *x)
{
    struct kept *k = find_kept(x);
    if (!k)
        return false;
    x->kept = kept_share(k);
    x->from_cache = true;
    x->response = (struct response){.status = is_known(x, k->tag) ? 304 : 200};
    x->response.size = x->response.status == 200 ? k->body.n : 0;
    return true;
}

struct MHD_Response *answer_to_send(struct exchange *x)
{
    if (x->built || !x->kept)
        return x->built;
    if (!stamp(x))
        return NULL;
    if (x->response.status == 200)
        return x->kept->ready;
    x->built = unchanged(x->kept->ready);
    return x->built;
}

void answer_keep(struct exchange *x)
{
    if (x->kept)
        cache_put(x->server->hooks.cache, kept_share(x->kept), clock_us());
}

const char *http_reason(int status)
{
    static const struct {
        int status;
        const char *text;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].text;
    return "Error";
}
