/*
 * Connections and the exchanges on them, with their deadlines. libmicrohttpd's own time limit starts anew
 * with every byte, so a client that trickles keeps a connection for ever; here each phase has an end that
 * nothing moves: the head of a request, its body, the whole exchange. Past it the socket is shut down, which
 * libmicrohttpd sees as a lost connection.
 *
 * Everything here runs in the loop thread: its callbacks, or between two of its turns. That makes the list
 * safe without a lock, and the descriptor of a listed peer is open, because libmicrohttpd says CLOSED before
 * it closes it.
 */
#include "core/clock.h"
#include "core/log.h"
#include "http/cache.h"
#include "http/server.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ARENA_MAX    ((size_t)24 * 1024 * 1024)
#define SPARE_MAX    64
#define IDLE_SECONDS 15 /* as MHD_OPTION_CONNECTION_TIMEOUT */

const char no_cookie[] = "";

/* --- Peers */

/* Clients of a Unix socket have none: "local". find_client (gate.c) replaces it by what the proxy says. */
static void put_address(struct peer *p, const struct sockaddr *a)
{
    const void *bytes = NULL;
    if (a && a->sa_family == AF_INET)
        bytes = &((const struct sockaddr_in *)(const void *)a)->sin_addr;
    else if (a && a->sa_family == AF_INET6)
        bytes = &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
    if (!bytes || !inet_ntop(a->sa_family, bytes, p->address, sizeof p->address))
        memcpy(p->address, "local", sizeof "local");
}

static void peer_open(struct http_server *s, struct MHD_Connection *c, void **socket_context)
{
    const union MHD_ConnectionInfo *fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct peer *p = fd ? calloc(1, sizeof *p) : NULL;
    *socket_context = p;
    if (!p) /* exchange_begin finds none and the request is dropped */
        return;
    p->fd = fd->connect_fd;
    p->deadline_us = clock_us() + s->set.header_seconds * INT64_C(1000000);
    const union MHD_ConnectionInfo *address = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    put_address(p, address ? address->client_addr : NULL);
    p->next = s->peers;
    if (p->next)
        p->next->previous = p;
    s->peers = p;
}

static void peer_close(struct http_server *s, struct peer *p)
{
    if (p->next)
        p->next->previous = p->previous;
    if (p->previous)
        p->previous->next = p->next;
    else
        s->peers = p->next;
    free(p);
}

void peer_notify(void *server, struct MHD_Connection *c, void **socket_context,
                 enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        peer_open(server, c, socket_context);
    } else if (*socket_context) {
        peer_close(server, *socket_context);
        *socket_context = NULL;
    }
}

struct peer *peer_of(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* Not closed: the descriptor is libmicrohttpd's, which sees the end of the stream and closes it. */
static void cut(struct peer *p)
{
    p->cut = true;
    shutdown(p->fd, SHUT_RDWR);
}

void peers_sweep(struct http_server *s, int64_t now)
{
    for (struct peer *p = s->peers; p; p = p->next)
        if (!p->cut && now > p->deadline_us)
            cut(p);
}

/* At the end of the drain: what a lane or a worker still holds is given up; its memory stays until they have
 * ended. */
void peers_abandon(struct http_server *s)
{
    for (struct peer *p = s->peers; p; p = p->next) {
        struct exchange *x = p->exchange;
        if (!x || x->stage != STAGE_QUEUED)
            continue;
        x->abandoned = true;
        cut(p);
        MHD_resume_connection(x->connection);
    }
}

/* --- Exchanges */

/* One that was used before, its arena's first block with it, or a new one; all else in it is zero. */
static struct exchange *exchange_take(struct http_server *s)
{
    struct exchange *x = s->spare;
    if (x) {
        s->spare = x->next;
        s->spare_count--;
        return x;
    }
    x = calloc(1, sizeof *x);
    if (x && !(x->r.arena = arena_new(ARENA_MAX))) {
        free(x);
        return NULL;
    }
    return x;
}

/* Wiped also where free() does not (core/wipe.c, with the sanitizers). */
static void body_free(struct buf *body)
{
    if (body->p)
        sodium_memzero(body->p, body->n);
    buf_free(body);
}

static void answer_free(struct exchange *x)
{
    if (x->built)
        MHD_destroy_response(x->built);
    kept_release(x->kept);
}

static void exchange_free(struct exchange *x)
{
    answer_free(x);
    body_free(&x->body);
    arena_free(x->r.arena);
    free(x);
}

/* For the next request, with an empty arena. */
static void exchange_give_back(struct http_server *s, struct exchange *x)
{
    struct arena *arena = x->r.arena;
    if (s->spare_count == SPARE_MAX) {
        exchange_free(x);
        return;
    }
    answer_free(x);
    body_free(&x->body);
    arena_reset(arena);
    *x = (struct exchange){.r.arena = arena, .next = s->spare};
    s->spare = x;
    s->spare_count++;
}

void exchanges_free(struct http_server *s)
{
    struct exchange *next;
    for (struct exchange *x = s->spare; x; x = next) {
        next = x->next;
        exchange_free(x);
    }
    for (struct exchange *x = s->abandoned; x; x = next) {
        next = x->abandoned_next;
        exchange_free(x);
    }
}

/* Sixteen hexadecimal digits that do not repeat (splitmix64 over a counter that started at random). */
static void make_id(struct http_server *s, char id[17])
{
    static const char digits[] = "0123456789abcdef";
    uint64_t z = (s->id_state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    for (int i = 0; i < 16; i++, z >>= 4)
        id[i] = digits[z & 15];
    id[16] = '\0';
}

/*
 * MHD_OPTION_URI_LOG_CALLBACK: the request line has been read. The result becomes the handler's *con_cls.
 *
 * Two habits of 0.9.75 are cut off here, while the target is still in its buffer and no header has been seen:
 * it would parse the query (and, running out of memory for 500 arguments, neither answer nor close), so the
 * query is ended behind its '?' once it has been copied; and it would parse the first Cookie header (and
 * answer 431 to `x="`, until the browser loses that cookie), so an empty one is put in front of the client's.
 */
void *exchange_begin(void *server, const char *target, struct MHD_Connection *c)
{
    struct http_server *s = server;
    struct peer *peer = peer_of(c);
    struct exchange *x = peer ? exchange_take(s) : NULL;
    if (!x)
        return NULL;
    s->open++;
    x->server = s;
    x->connection = c;
    x->peer = peer;
    x->started_us = clock_us();
    x->r.response = &x->response;
    x->r.app = s->hooks.app;
    memcpy(x->address, peer->address, sizeof x->address);
    x->r.client = x->address;
    x->r.target = str_of(arena_strdup(x->r.arena, target));
    x->r.deadline_us = x->started_us + s->set.total_seconds * INT64_C(1000000);
    make_id(s, x->r.id);
    peer->exchange = x;
    int64_t head_due = x->started_us + s->set.header_seconds * INT64_C(1000000);
    if (head_due < peer->deadline_us) /* a kept connection may have waited longer for this request than its
                                         head may take */
        peer->deadline_us = head_due;
    char *query =
        (char *)(uintptr_t)strchr(target, '?'); /* the buffer is libmicrohttpd's, writable, not const */
    if (query)
        query[1] = '\0';
    MHD_set_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_COOKIE, no_cookie);
    return x;
}

/* Never later than the exchange's own. */
void exchange_body_due(struct exchange *x)
{
    x->peer->deadline_us = clock_us() + x->server->set.body_seconds * INT64_C(1000000);
    if (x->peer->deadline_us > x->r.deadline_us)
        x->peer->deadline_us = x->r.deadline_us;
}

void exchange_answer_due(struct exchange *x)
{
    x->peer->deadline_us = x->r.deadline_us;
}

/* For the log: sent, lost (the client left during the answer), dropped (before there was one), deadline. */
static const char *how_it_ended(const struct exchange *x, enum MHD_RequestTerminationCode code)
{
    if (x->peer->cut)
        return "deadline";
    if (x->stage < STAGE_SENT)
        return "dropped"; /* answered by libmicrohttpd itself, or left by the client, before there was an
                             answer */
    return code == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "sent" : "lost";
}

/* One line for each request. The route's pattern stands for the path, which may carry secrets. Static files,
 * kept pages and health checks that went well are many and say little: debug. */
static void log_exchange(const struct exchange *x, const char *end)
{
    char status[16], us[24], bytes[24];
    const struct route *route = x->r.route;
    int code = x->stage < STAGE_SENT ? 0 : x->response.status;
    bool inside = x->from_cache || (route && route->cost == COST_INLINE);
    bool dull = inside && code < 400 && code > 0;
    if (!log_wants(dull ? LOG_DEBUG : LOG_INFO))
        return;
    snprintf(status, sizeof status, "%d", code);
    snprintf(us, sizeof us, "%lld", (long long)(clock_us() - x->started_us));
    snprintf(bytes, sizeof bytes, "%zu", x->r.head || !code ? 0 : x->response.size);
    static const char *const method[] = {"GET", "POST", "-"};
    log_event(dull ? LOG_DEBUG : LOG_INFO, "request", "id", x->r.id, "method",
              x->r.head ? "HEAD" : method[x->r.method], "route", route ? route->path : NULL, "status",
              code ? status : NULL, "us", us, "bytes", bytes, "end", end, NULL);
}

/* MHD_OPTION_NOTIFY_COMPLETED */
void exchange_end(void *server, struct MHD_Connection *c, void **context,
                  enum MHD_RequestTerminationCode code)
{
    struct http_server *s = server;
    struct exchange *x = *context;
    (void)c;
    *context = NULL;
    if (!x)
        return;
    log_exchange(x, how_it_ended(x, code));
    x->peer->exchange = NULL;
    x->peer->deadline_us = clock_us() + (IDLE_SECONDS + s->set.header_seconds) * INT64_C(1000000);
    s->open--;
    if (x->body_counted)
        s->bodies -= x->body_expected;
    if (x->abandoned) { /* still in a lane or with a worker, by x->next */
        x->abandoned_next = s->abandoned;
        s->abandoned = x;
        return;
    }
    exchange_give_back(s, x);
}
