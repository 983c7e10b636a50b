/*
 * The server over real sockets: what the gate lets pass, what becomes of it, and the server's start and end.
 * `test_gate serve PORT` only serves, for tests/http/malformed.mjs and load generators.
 */
#define _GNU_SOURCE
#include "client.h"
#include "unit.h"

#include "core/clock.h"
#include "core/log.h"
#include "http/http.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zlib.h>

/* --- The site */

static sem_t gate, entered; /* /wait says that it has begun and waits to be let go */
static _Atomic int workers_started, workers_stopped;
static _Atomic int echoed;
static char page_text[2048];

static void text(struct request *r, const char *body)
{
    reply(r, 200, "text/plain; charset=utf-8", body, strlen(body));
}

static void health(struct request *r)
{
    text(r, "ok\n");
}

static void static_file(struct request *r)
{
    reply(r, 200, "text/css; charset=utf-8", page_text, sizeof page_text);
}

static void public_page(struct request *r)
{
    reply(r, 200, "text/html; charset=utf-8", page_text, sizeof page_text);
}

static void personal_page(struct request *r)
{
    reply_cookie(r, "seen", "1", "/", 60, true);
    reply_cookie(r, "other", "", "/", 0, false);
    reply_header(r, "X-Frame-Options", "SAMEORIGIN");
    public_page(r);
}

static void add_pairs(struct request *r, struct buf *out, const char *title, const struct pairs *pairs)
{
    for (size_t i = 0; i < pairs->n; i++)
        buf_printf(out, "%s %.*s=%.*s\n", title, (int)pairs->at[i].name.n, pairs->at[i].name.p,
                   (int)pairs->at[i].value.n, pairs->at[i].value.p);
    (void)r;
}

static void echo(struct request *r)
{
    struct buf out = {.max = 1 << 20};
    echoed++;
    buf_printf(&out, "path %.*s\n", (int)r->path.n, r->path.p);
    add_pairs(r, &out, "param", &r->params);
    add_pairs(r, &out, "query", &r->query);
    add_pairs(r, &out, "form", &r->form);
    add_pairs(r, &out, "cookie", &r->cookies);
    for (size_t i = 0; i < r->upload_count; i++)
        buf_printf(&out, "upload %.*s %zu\n", (int)r->uploads[i].name.n, r->uploads[i].name.p,
                   r->uploads[i].data.n);
    buf_printf(&out, "json %d client %s bearer %.*s\n", r->wants_json, r->client, (int)r->bearer.n,
               r->bearer.n ? r->bearer.p : "");
    reply(r, 200, "text/plain; charset=utf-8", arena_strndup(r->arena, out.p, out.n), out.n);
    buf_free(&out);
}

static void wait_here(struct request *r)
{
    sem_post(&entered);
    while (sem_wait(&gate) != 0)
        ;
    text(r, "waited\n");
}

static void no_answer(struct request *r)
{
    (void)r;
}
static void bad_header(struct request *r)
{
    text(r, "x");
    reply_header(r, "X-Note", "a\r\nSet-Cookie: b");
}
static void bad_redirect(struct request *r)
{
    reply_redirect(r, 303, "//evil.example/");
}
static void good_redirect(struct request *r)
{
    reply_redirect(r, 0, "/therapists?q=a");
}
static void no_memory(struct request *r)
{
    while (arena_alloc(r->arena, 1 << 20))
        ;
    text(r, "x");
}

/* Takes all there is, to the last piece: the second time what it says fits, but no header of ours does. */
static void full_memory(struct request *r)
{
    static size_t fit;
    size_t n = 0;
    while ((fit == 0 || n < fit) && arena_alloc(r->arena, 1))
        n++;
    fit = n;
    text(r, "x");
}

static const struct route routes[] = {
    {HTTP_GET, "/healthz", 0, BODY_NONE, health, COST_INLINE, CACHE_NEVER},
    {HTTP_GET, "/static/app.css", 0, BODY_NONE, static_file, COST_INLINE, CACHE_STATIC},
    {HTTP_GET, "/public", 0, BODY_NONE, public_page, COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET, "/personal", 0, BODY_NONE, personal_page, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET, "/secret", 1, BODY_NONE, public_page, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET, "/echo/{id}", 0, BODY_NONE, echo, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/bookings", 0, BODY_FORM, echo, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/photos", 0, BODY_MULTIPART, echo, COST_SLOW, CACHE_NEVER},
    {HTTP_GET, "/wait", 0, BODY_NONE, wait_here, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET, "/fetch", 0, BODY_NONE, wait_here, COST_FETCH, CACHE_NEVER},
    {HTTP_GET, "/fault/silent", 0, BODY_NONE, no_answer, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET, "/fault/header", 0, BODY_NONE, bad_header, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET, "/fault/redirect", 0, BODY_NONE, bad_redirect, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET, "/fault/memory", 0, BODY_NONE, no_memory, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET, "/fault/full", 0, BODY_NONE, full_memory, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET, "/redirect", 0, BODY_NONE, good_redirect, COST_NORMAL, CACHE_NEVER},
};

static void *start_worker(void *app, bool slow)
{
    (void)slow;
    workers_started++;
    return strcmp(app, "broken") == 0 ? NULL : app;
}
static void stop_worker(void *app, void *worker)
{
    (void)app, (void)worker;
    workers_stopped++;
}
static bool admit(struct request *r)
{
    if (r->route->who == 0)
        return true;
    reply_error(r, 403, "not for you");
    return false;
}
static void error_page(struct request *r, int status, const char *detail)
{
    const char *body =
        arena_printf(r->arena, "<p>%d %s %s", status, http_reason(status), detail ? detail : "");
    reply(r, status, "text/html; charset=utf-8", body, body ? strlen(body) : 0);
}
static const char *const security[] = {"X-Content-Type-Options", "nosniff", "X-Frame-Options", "DENY", NULL};

/* --- The server in a thread */

static struct http_server *server;
static pthread_t runner;
static char where[64];

static void *run(void *s)
{
    http_run(s);
    return NULL;
}

static struct http_server *start_as(const char *app, struct http_settings set)
{
    static char name[16];
    snprintf(name, sizeof name, "%s", app);
    struct http_hooks hooks = {.app = name,
                               .worker_start = start_worker,
                               .worker_stop = stop_worker,
                               .admit = admit,
                               .error = error_page,
                               .headers = security};
    return http_start(&set, routes, sizeof routes / sizeof *routes, &hooks);
}

static void start(struct http_settings set)
{
    if (!set.listen) {
        port = free_port();
        snprintf(where, sizeof where, "127.0.0.1:%d", port);
        set.listen = where;
    }
    sem_init(&gate, 0, 0);
    sem_init(&entered, 0, 0);
    server = start_as("site", set);
    assert_non_null(server);
    assert_int_equal(pthread_create(&runner, NULL, run, server), 0);
}

static void stop(void)
{
    http_stop(server);
    assert_int_equal(pthread_join(runner, NULL), 0);
}

static int setup(void **state)
{
    (void)state;
    start((struct http_settings){.workers = 2});
    return 0;
}
static int teardown(void **state)
{
    (void)state;
    stop();
    return 0;
}

/* --- Exchanges */

static void keep_alive(void **state)
{
    (void)state;
    int fd = dial();
    for (int i = 0; i < 3; i++) {
        say(fd, GET("/healthz"));
        assert_int_equal(hear(fd, false), 200);
        assert_string_equal(body_of(), "ok\n");
        say(fd, GET("/echo/7?q=a+b&r"));
        assert_int_equal(hear(fd, false), 200);
        assert_true(has("path /echo/7\nparam id=7\nquery q=a b\nquery r=\n"));
        say(fd, GET("/nowhere"));
        assert_int_equal(hear(fd, false), 404);
        assert_true(has("<p>404 Not Found"));
        say(fd, "DELETE /healthz HTTP/1.1\r\n" H "\r\n");
        assert_int_equal(hear(fd, false), 405);
        assert_true(has("\r\nAllow: GET, HEAD\r\n"));
    }
    close(fd);
}

static void pipelined(void **state)
{
    (void)state;
    static const char *const path[] = {"/echo/1", "/healthz", "/echo/2", "/nowhere", "/echo/3", "/healthz"};
    char requests[1024];
    size_t n = 0;
    for (size_t i = 0; i < COUNT(path); i++)
        n += (size_t)snprintf(requests + n, sizeof requests - n, "GET %s HTTP/1.1\r\n" H "\r\n", path[i]);
    int fd = dial();
    say(fd, requests);
    for (size_t i = 0; i < COUNT(path); i++) {
        check_row(hear(fd, false) == (i == 3 ? 404 : 200), i);
        check_row(path[i][1] != 'e' || has(path[i]), i);
    }
    close(fd);
}

static int post(const char *path, const char *type, const char *body)
{
    char request[1024];
    snprintf(request, sizeof request,
             "POST %s HTTP/1.1\r\n" H "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s", path, type,
             strlen(body), body);
    return ask(request);
}

static void bodies(void **state)
{
    (void)state;
    static const char form[] = "application/x-www-form-urlencoded",
                      json[] = "application/json; charset=UTF-8";
    static const char multipart[] = "multipart/form-data; boundary=q";
    assert_int_equal(post("/bookings", form, "a=1&b=x%2By"), 200);
    assert_true(has("form a=1\nform b=x+y\njson 0"));
    assert_int_equal(post("/bookings", json, "{\"a\":[1,\"b\"],\"c\":true}"), 200);
    assert_true(has("form a=1\nform a=b\nform c=true\njson 1"));
    assert_int_equal(post("/photos", multipart,
                          "--q\r\nContent-Disposition: form-data; name=\"p\"; filename=\"f\"\r\n"
                          "Content-Type: a/b\r\n\r\n12345\r\n--q--"),
                     200);
    assert_true(has("upload p 5\n"));
    assert_int_equal(ask("POST /bookings HTTP/1.1\r\n" H "\r\n"), 200); /* a form without fields */
    assert_int_equal(post("/bookings", form, "a=1&b=%zz"), 400);
    assert_true(has("The form could not be read."));
    assert_int_equal(post("/bookings", json, "{\"a\":1,\"a\":2}"), 400);
    assert_int_equal(post("/photos", multipart, "--q\r\n"), 400);
    assert_int_equal(post("/bookings", multipart, "12345"), 415);
    assert_true(has("\r\nConnection: close\r\n"));
    assert_int_equal(post("/bookings", "text/plain", "12345"), 415);
    assert_int_equal(post("/bookings", "application/x-www-form-urlencodedX", "a=1"), 415);
    assert_int_equal(ask("GET /healthz HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\n12345"), 413);
}

static void slow_body(void **state)
{
    (void)state;
    int fd = dial();
    say(fd, "POST /bookings HTTP/1.1\r\n" H "Content-Type: application/x-www-form-urlencoded\r\n");
    usleep(30000);
    say(fd, "Content-Length: 9\r\nExpect: 100-continue\r\n\r\n");
    assert_int_equal(hear(fd, true), 100);
    for (const char *c = "a=1&b=2&c"; *c; c++) {
        say_bytes(fd, c, 1);
        usleep(10000);
    }
    assert_int_equal(hear(fd, false), 200);
    assert_true(has("form a=1\nform b=2\nform c=\n"));
    close(fd);
}

/* The answer is seen although the client is still sending. */
static void too_large(void **state)
{
    (void)state;
    static char megabyte[1 << 20];
    int fd = dial();
    say(fd,
        "POST /bookings HTTP/1.1\r\n" H "Content-Type: application/json\r\nContent-Length: 20971520\r\n\r\n");
    for (int i = 0; i < 20; i++)
        say_bytes(fd, megabyte, sizeof megabyte);
    assert_int_equal(hear(fd, false), 413);
    assert_true(has("<p>413"));
    close(fd);
    assert_int_equal(ask("POST /photos HTTP/1.1\r\n" H "Content-Type: multipart/form-data; boundary=q\r\n"
                         "Content-Length: 99999999\r\n\r\n"),
                     413);
    assert_int_equal(
        ask("POST /photos HTTP/1.1\r\n" H "Content-Type: application/json\r\nContent-Length: 65537\r\n\r\n"),
        413);
}

static void heads(void **state)
{
    (void)state;
    int fd = dial();
    say(fd, "HEAD /public HTTP/1.1\r\n" H "\r\n" GET("/healthz"));
    assert_int_equal(hear(fd, true), 200);
    assert_true(has("\r\nContent-Length: 2048\r\n"));
    assert_int_equal(hear(fd, false), 200); /* nothing of a body stood in between */
    assert_string_equal(body_of(), "ok\n");
    close(fd);
}

static void caching(void **state)
{
    (void)state;
    char again[256], tag[64];
    assert_int_equal(ask(GET("/public")), 200);
    assert_true(has("\r\nCache-Control: public, max-age=60\r\n"));
    assert_true(has("\r\nVary: Accept, X-Fragment, Accept-Encoding, Cookie\r\n"));
    assert_true(has("\r\nX-Content-Type-Options: nosniff\r\n") && has("\r\nX-Frame-Options: DENY\r\n"));
    const char *at = strstr(heard, "\r\nETag: ") + 8;
    snprintf(tag, sizeof tag, "%.*s", (int)(strchr(at, '\r') - at), at);
    assert_int_equal(strlen(tag), 34);
    snprintf(again, sizeof again, "GET /public HTTP/1.1\r\n" H "If-None-Match: \"x\", %s\r\n\r\n", tag);
    assert_int_equal(ask(again), 304);
    assert_true(has(tag) && has("max-age=60") && !has("\r\nContent-Type:"));
    assert_int_equal(ask("GET /public HTTP/1.1\r\n" H "If-None-Match: \"other\"\r\n\r\n"), 200);
    assert_int_equal(ask("GET /public HTTP/1.1\r\n" H "Cookie: theme=dark\r\n\r\n"), 200);
    assert_true(has("\r\nCache-Control: private, max-age=0\r\n"));
    assert_int_equal(ask(GET("/static/app.css")), 200);
    assert_true(has("\r\nCache-Control: public, max-age=31536000, immutable\r\n") && !has("ETag"));
    assert_int_equal(ask(GET("/personal")), 200);
    assert_true(has("\r\nCache-Control: no-store\r\n") && !has("ETag"));
    assert_true(has("\r\nX-Frame-Options: SAMEORIGIN\r\n") && !has("DENY"));
    assert_true(has("\r\nSet-Cookie: seen=1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure\r\n"));
    assert_true(has("\r\nSet-Cookie: other=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax\r\n"));
    assert_int_equal(ask(GET("/nowhere")), 404);
    assert_true(has("\r\nCache-Control: no-store\r\n") && has("nosniff"));
}

static void compression(void **state)
{
    (void)state;
    unsigned char plain[4096];
    assert_int_equal(ask("GET /public HTTP/1.1\r\n" H "Accept-Encoding: gzip, br\r\n\r\n"), 200);
    assert_true(has("\r\nContent-Encoding: gzip\r\n") && has("-gz\"\r\n"));
    size_t size = strtoul(strcasestr(heard, "Content-Length: ") + 16, NULL, 10);
    assert_true(size < sizeof page_text / 2);
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)body_of(),
                  .avail_in = (uInt)size,
                  .next_out = plain,
                  .avail_out = sizeof plain};
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    inflateEnd(&z);
    assert_int_equal(z.total_out, sizeof page_text);
    assert_memory_equal(plain, page_text, sizeof page_text);
    /* what may carry a secret is not compressed */
    assert_int_equal(ask("GET /personal HTTP/1.1\r\n" H "Accept-Encoding: gzip\r\n\r\n"), 200);
    assert_false(has("Content-Encoding"));
    assert_int_equal(ask("GET /public HTTP/1.1\r\n" H "Accept-Encoding: gzip\r\nCookie: a=b\r\n\r\n"), 200);
    assert_false(has("Content-Encoding"));
}

static void faults(void **state)
{
    (void)state;
    static const char *const requests[] = {GET("/fault/silent"), GET("/fault/header"), GET("/fault/redirect"),
                                           GET("/fault/memory"), GET("/fault/full"),   GET("/fault/full")};
    for (size_t i = 0; i < COUNT(requests); i++) {
        check_row(ask(requests[i]) == 500, i);
        check_row(has("<p>500 Internal Server Error"), i);
        check_row(!has("evil") && !has("Set-Cookie"), i);
    }
    assert_int_equal(ask(GET("/redirect")), 303);
    assert_true(has("\r\nLocation: /therapists?q=a\r\n"));
    assert_int_equal(ask(GET("/secret")), 403);
    assert_true(has("not for you"));
}

/* Any size of headers ends in an answer, never in silence. */
static void header_sizes(void **state)
{
    (void)state;
    static char filler[40001], request[41000];
    memset(filler, 'a', sizeof filler - 1);
    for (int size = 500; size <= 40000; size += 500) {
        snprintf(request, sizeof request, "GET /healthz HTTP/1.1\r\n" H "X-Filler: %.*s\r\n\r\n", size,
                 filler);
        int status = ask(request);
        check_row(status == (size <= 8000 ? 200 : 431), size);
        check_row(size > 16000 || status == 200 || has("<p>431"), size); /* ours up to twice the limit */
    }
}

static void deadlines(void **state)
{
    (void)state;
    start((struct http_settings){.header_seconds = 1, .body_seconds = 1, .total_seconds = 30});
    int head = dial(), body = dial(), silent = dial();
    int64_t began = clock_us();
    say(head, "GET /healthz HTTP/1.1\r\nX: ");
    say(body,
        "POST /bookings HTTP/1.1\r\n" H "Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n");
    for (int i = 0; i < 18; i++) { /* a byte every tenth of a second moves nothing */
        say(head, "a");
        say(body, " ");
        usleep(100000);
    }
    assert_true(is_closed(head) && is_closed(body) && is_closed(silent));
    assert_true(clock_us() - began < 2600000);
    assert_int_equal(ask(GET("/healthz")), 200);
    stop();
}

/* Both threads that wait for other servers wait, and so does a third request behind them. */
static void fetching_holds_up_nobody(void **state)
{
    (void)state;
    start((struct http_settings){.workers = 1, .queue = 2});
    int fd[3];
    for (int i = 0; i < 3; i++) {
        fd[i] = dial();
        say(fd[i], GET("/fetch"));
    }
    sem_wait(&entered);
    sem_wait(&entered);
    assert_int_equal(ask(GET("/public")), 200);
    assert_int_equal(ask("POST /photos HTTP/1.1\r\n" H "\r\n"), 200);
    for (int i = 0; i < 3; i++)
        sem_post(&gate);
    sem_wait(&entered);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(hear(fd[i], false), 200);
        close(fd[i]);
    }
    stop();
}

static void full_queue(void **state)
{
    (void)state;
    start((struct http_settings){.workers = 1, .queue = 2});
    int fd[4];
    fd[0] = dial();
    say(fd[0], GET("/wait"));
    sem_wait(&entered); /* the worker is busy */
    for (int i = 1; i < 4; i++) {
        fd[i] = dial();
        say(fd[i], GET("/wait"));
        usleep(20000);
    }
    assert_int_equal(hear(fd[3], false), 503); /* two wait, the third is told so at once */
    assert_true(has("\r\nRetry-After: 2\r\n") && has("<p>503"));
    assert_int_equal(ask(GET("/healthz")), 200);                      /* the loop goes on */
    assert_int_equal(ask("POST /photos HTTP/1.1\r\n" H "\r\n"), 200); /* and so does the slow lane */
    for (int i = 0; i < 3; i++)
        sem_post(&gate);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(hear(fd[i], false), 200);
        close(fd[i]);
    }
    close(fd[3]);
    stop();
}

static void drain(void **state)
{
    (void)state;
    workers_started = workers_stopped = 0;
    start((struct http_settings){.workers = 2});
    int fd = dial(), idle = dial();
    say(fd, GET("/wait"));
    sem_wait(&entered);
    http_stop(server);
    usleep(100000);
    assert_int_equal(dial(), -1); /* nobody new */
    sem_post(&gate);
    assert_int_equal(hear(fd, false), 200); /* who was in is served */
    assert_true(has("waited") && has("\r\nConnection: close\r\n"));
    assert_int_equal(pthread_join(runner, NULL), 0);
    assert_true(is_closed(idle));
    assert_int_equal(workers_started, 3);
    assert_int_equal(workers_stopped, 3);
    close(fd);
    close(idle);
}

/* A handler that does not end is left behind when the time for the drain is over. */
static void hanging_handler(void **state)
{
    (void)state;
    start((struct http_settings){.workers = 1, .drain_seconds = 1});
    int fd = dial(), waiting = dial();
    int64_t began = clock_us();
    say(fd, GET("/wait"));
    sem_wait(&entered);
    say(waiting, GET("/echo/1"));
    http_stop(server);
    assert_true(is_closed(fd) && is_closed(waiting));
    assert_true(clock_us() - began < 2500000);
    sem_post(&gate); /* now it ends, and finds nobody */
    assert_int_equal(pthread_join(runner, NULL), 0);
    close(fd);
    close(waiting);
}

/* What waited past its deadline is not served any more. */
static void late(void **state)
{
    (void)state;
    start((struct http_settings){.workers = 1, .total_seconds = 1});
    int fd = dial(), waiting = dial();
    say(fd, GET("/wait"));
    sem_wait(&entered);
    echoed = 0;
    say(waiting, GET("/echo/1"));
    assert_true(is_closed(waiting));
    sem_post(&gate);
    assert_int_equal(ask("POST /photos HTTP/1.1\r\n" H "\r\n"), 200);
    stop();
    assert_int_equal(echoed, 1); /* the photo */
    close(fd);
    close(waiting);
}

/* A client that leaves while its request is handled harms nobody. */
static void gone_client(void **state)
{
    (void)state;
    start((struct http_settings){.workers = 1});
    int fd = dial();
    say(fd, GET("/wait"));
    sem_wait(&entered);
    close(fd);
    usleep(50000);
    sem_post(&gate);
    assert_int_equal(ask(GET("/echo/1")), 200);
    stop();
}

static void *many_requests(void *seed)
{
    (void)seed;
    for (int i = 0; i < 40; i++) {
        int fd = dial();
        char c;
        say(fd, GET("/echo/9") GET("/healthz") GET("/public"));
        if (i % 4) {
            while (recv(fd, &c, 1, 0) > 0 && c != '\n')
                ;
        }
        close(fd); /* mostly before the answers are read */
    }
    return NULL;
}

static void crowd(void **state)
{
    (void)state;
    start((struct http_settings){.workers = 3, .queue = 16});
    pthread_t clients[6];
    for (size_t i = 0; i < COUNT(clients); i++)
        assert_int_equal(pthread_create(&clients[i], NULL, many_requests, NULL), 0);
    for (size_t i = 0; i < COUNT(clients); i++)
        pthread_join(clients[i], NULL);
    assert_int_equal(ask(GET("/echo/1")), 200);
    stop();
}

/* --- The gate; the long table is tests/http/malformed.mjs */

static void framing(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        int status;
    } rows[] = {
        {"GET /healthz HTTP/1.1\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\nHost: a\n\n", 400},
        {"GET /healthz HTTP/1.1\r\n" H "X-Forw\r\n arded-For: 1.2.3.4\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\r\n" H "X: a\r\n b\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\r\n" H "X : a\r\n\r\n", 400},
        {"POST /bookings HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
         400},
        {"POST /bookings HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
        {"GET /x%2f..%2foperator HTTP/1.1\r\n" H "\r\n", 400},
        {"GET /healthz HTTP/1.1\r\n" H "Cookie: x=\"\r\n\r\n", 200},
        {"GET /echo/ HTTP/1.1\r\n" H "\r\n", 404},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(ask(rows[i].request) == rows[i].status, i);
}

static void hosts(void **state)
{
    (void)state;
    start((struct http_settings){.host = "unknot.example"});
    assert_int_equal(ask("GET /healthz HTTP/1.1\r\nHost: unknot.example\r\n\r\n"), 200);
    assert_int_equal(ask("GET /healthz HTTP/1.1\r\nHost: UNKNOT.example\r\n\r\n"), 200);
    assert_int_equal(ask("GET /healthz HTTP/1.1\r\nHost: unknot.example:80\r\n\r\n"), 421);
    assert_int_equal(ask("GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n"), 421);
    assert_int_equal(ask("GET http://unknot.example/healthz HTTP/1.1\r\nHost: unknot.example\r\n\r\n"), 400);
    stop();
}

static void forwarded(void **state)
{
    (void)state;
    assert_int_equal(
        ask("GET /echo/1 HTTP/1.1\r\n" H "X-Forwarded-For: 9.9.9.9\r\nAuthorization: bearer t0k\r\n\r\n"),
        200);
    assert_true(has("client 127.0.0.1 bearer t0k\n")); /* on TCP nobody is believed */
}

static int dial_unix(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

static void unix_socket(void **state)
{
    (void)state;
    char directory[] = "/tmp/unknot-http-XXXXXX";
    struct stat info;
    assert_non_null(mkdtemp(directory));
    snprintf(where, sizeof where, "unix:%s/s", directory);
    const char *path = where + 5;
    for (int i = 0; i < 2; i++) {
        start((struct http_settings){.listen = where});
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(info.st_mode & 0777, 0660);
        int fd = dial_unix(path);
        say(fd, "GET /echo/1 HTTP/1.1\r\n" H "X-Forwarded-For: 8.8.8.8, 2001:db8::1\r\n\r\n");
        assert_int_equal(hear(fd, false), 200);
        assert_true(has("client 2001:db8::1 "));
        say(fd, "GET /echo/1 HTTP/1.1\r\n" H "X-Forwarded-For: <script>\r\n\r\n");
        assert_int_equal(hear(fd, false), 200);
        assert_true(has("client local "));
        close(fd);
        assert_null(start_as("site", (struct http_settings){.listen = where})); /* taken, and still served */
        stop();
        assert_int_equal(stat(path, &info), -1);
        /* a file left by a process that died is replaced */
        struct sockaddr_un a = {.sun_family = AF_UNIX};
        snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
        int dead = socket(AF_UNIX, SOCK_STREAM, 0);
        assert_int_equal(bind(dead, (struct sockaddr *)&a, sizeof a), 0);
        close(dead);
    }
    unlink(path);
    rmdir(directory);
}

static void refused_starts(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",           "8080",  "127.0.0.1:",  "127.0.0.1:99999",
                                        "nowhere:80", "unix:", "256.0.0.1:80"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        check_row(!start_as("site", (struct http_settings){.listen = wrong[i]}), i);
    char taken[32], other[32];
    snprintf(taken, sizeof taken, "127.0.0.1:%d", port);
    assert_null(start_as("site", (struct http_settings){.listen = taken}));
    snprintf(other, sizeof other, "127.0.0.1:%d", free_port());
    assert_null(start_as("broken", (struct http_settings){.listen = other})); /* a worker that cannot work */
}

static void on_signal(int number)
{
    (void)number;
    http_stop(server);
}

static int serve(const char *number)
{
    snprintf(where, sizeof where, "127.0.0.1:%s", number);
    server =
        start_as("site", (struct http_settings){.listen = where, .header_seconds = 3, .body_seconds = 3});
    if (!server)
        return 1;
    signal(SIGTERM, on_signal);
    http_run(server);
    return 0;
}

int main(int argc, char **argv)
{
    log_threshold((enum log_level)(LOG_ERROR + 1)); /* the faults below are made on purpose */
    for (size_t i = 0; i < sizeof page_text; i++)
        page_text[i] = "back pain, "[i % 11];
    if (argc == 3 && strcmp(argv[1], "serve") == 0)
        return serve(argv[2]);
    const struct CMUnitTest alone[] = {
        cmocka_unit_test(deadlines), cmocka_unit_test(full_queue),
        cmocka_unit_test(drain),     cmocka_unit_test(gone_client),
        cmocka_unit_test(crowd),     cmocka_unit_test(hanging_handler),
        cmocka_unit_test(late),      cmocka_unit_test(fetching_holds_up_nobody),
        cmocka_unit_test(hosts),     cmocka_unit_test(unix_socket),
    };
    const struct CMUnitTest served[] = {
        cmocka_unit_test(keep_alive),     cmocka_unit_test(pipelined),   cmocka_unit_test(bodies),
        cmocka_unit_test(slow_body),      cmocka_unit_test(too_large),   cmocka_unit_test(heads),
        cmocka_unit_test(caching),        cmocka_unit_test(compression), cmocka_unit_test(faults),
        cmocka_unit_test(header_sizes),   cmocka_unit_test(framing),     cmocka_unit_test(forwarded),
        cmocka_unit_test(refused_starts),
    };
    int failed = cmocka_run_group_tests(served, setup, teardown);
    return failed + cmocka_run_group_tests(alone, NULL, NULL);
}
