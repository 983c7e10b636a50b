/*
 * The loop: one thread (http_run's caller) polls two descriptors, libmicrohttpd's epoll set and an eventfd of
 * ours, and lets libmicrohttpd work after each wake. Static files and refusals are answered in it; all else
 * is suspended, handled in a lane, resumed and answered. Measured beside four other designs: as fast as any,
 * and it bounds overload.
 *
 * What libmicrohttpd 0.9.75 wants one to know:
 *  1. Its own epoll loop stalls at exactly 128 ready events; polled from outside with timeout 0 it does not.
 *  2. Polled from outside, MHD_resume_connection wakes nobody: our eventfd does (queue.c). Its sockets are
 * edge-triggered, so MHD_run follows every wake, and MHD_get_timeout says when there is more to do at once.
 *  3. A connection may be suspended only in the handler's last call (no upload data, not the first call);
 * suspended in the first one, a POST comes back looking finished and empty. on_request therefore collects the
 * body first.
 *  4. The response is queued by the handler's call after the resume, never from the worker's thread.
 *  5. A suspended connection neither times out nor notices that the client left, and MHD_stop_daemon aborts
 * while there is one: deadlines are ours (peers.c), and http_run ends only when none is left.
 *  6. The handler consumes each piece of upload whole.
 *  7. A response can be queued in the first call (the connection then closes behind it) or in the last, never
 * between: refusals that depend on the head come first, those that depend on the body last.
 *  8. Its time limit is for silence only: peers.c has the absolute ones.
 *  9. What it accepts and should not: gate.c.
 * 10. Headers beyond the connection's memory it answers itself; the memory is three times what the gate lets
 * pass.
 * 11. Resuming walks the list of suspended connections, which the lanes' caps keep short.
 * 12. Its post processor, cookie parser and unescaping are not used.
 */
#define _GNU_SOURCE
#include "core/clock.h"
#include "core/log.h"
#include "http/server.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#define POOL_BYTES   (26 * 1024) /* libmicrohttpd's memory for a connection: request and answer's headers */
#define IDLE_SECONDS 15
#define SWEEP_MS     250
#define HELD_MS      2   /* while somebody may begin to write soon */
#define SPARE_FILES  128 /* descriptors beside the clients': database, templates, log */

/* --- One request, call by call */

/* MHD_queue_response takes a reference of its own: x->built stays ours to destroy (answer_free). */
static enum MHD_Result send_answer(struct exchange *x)
{
    struct MHD_Response *answer = answer_to_send(x);
    if (!answer)
        return MHD_NO; /* no memory for a response: the connection is closed */
    if (x->server->draining)
        MHD_add_response_header(answer, MHD_HTTP_HEADER_CONNECTION, "close");
    x->stage = STAGE_SENT;
    return MHD_queue_response(x->connection, (unsigned)x->response.status, answer);
}

/* May be called for an exchange that was to be queued and was not: STAGE_SENT then follows STAGE_QUEUED. */
static enum MHD_Result refuse(struct exchange *x, int status)
{
    exchange_answer_due(x);
    exchange_refuse(x, status);
    return send_answer(x);
}

/* First call. A refusal that leaves the connection usable (gate_pass: false with x->refusal set) waits for
 * the last call, as all answers do that do not close it. */
static enum MHD_Result on_head(struct exchange *x, const char *method, const char *url, const char *version)
{
    if (gate_pass(x, method, url, version))
        return refuse(x, x->refusal);
    if (x->body_expected > 0) {
        x->stage = STAGE_BODY;
        x->body_counted = true;
        x->server->bodies += x->body_expected;
        exchange_body_due(x);
    } else {
        x->stage = STAGE_READY;
    }
    return MHD_YES;
}

/* The time is written first: from lane_push on x is a worker's. */
static bool push(struct exchange *x)
{
    x->queued_us = clock_us();
    return lane_push(lane_of(x->server, x->r.route->cost), x);
}

static bool push_first(struct exchange *x)
{
    making_begin(x);
    if (push(x))
        return true;
    making_end(x); /* nobody waits yet */
    return false;
}

/* Full: 503 at once, which costs less than letting everybody wait. */
static enum MHD_Result enqueue(struct exchange *x)
{
    x->stage = STAGE_QUEUED;
    if (!making_join(x) && !push_first(x))
        return refuse(x, 503);
    x->server->suspended++;
    MHD_suspend_connection(x->connection);
    return MHD_YES;
}

/* Last call: the request is whole. */
static enum MHD_Result on_complete(struct exchange *x)
{
    exchange_answer_due(x);
    if (x->refusal)
        return refuse(x, x->refusal);
    if (x->body.failed)
        return refuse(x, 503);
    if (x->body.n != x->body_expected)
        return MHD_NO; /* cut short: not a request */
    if (x->r.route->cost == COST_INLINE)
        exchange_handle(x, NULL);
    else if (!answer_kept(x))
        return enqueue(x);
    return send_answer(x);
}

/* MHD_AccessHandlerCallback: called once with the head, once for each piece of body, once when it is whole,
 * and once more after a resume. MHD_NO closes the connection. */
static enum MHD_Result on_request(void *server, struct MHD_Connection *c, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_size,
                                  void **context)
{
    const struct http_server *s = server;
    struct exchange *x = *context;
    (void)c;
    /* No memory for an exchange, or the drain is over: nothing more is begun. */
    if (!x || x->abandoned || s->ending)
        return MHD_NO;
    switch (x->stage) {
    case STAGE_HEAD:
        return on_head(x, method, url, version);
    case STAGE_BODY:
        if (*upload_size > 0) {
            buf_put(&x->body, upload, *upload_size);
            *upload_size = 0;
            return MHD_YES;
        }
        return on_complete(x);
    case STAGE_READY:
        return on_complete(x);
    case STAGE_DONE:
        return send_answer(x);
    case STAGE_QUEUED: /* suspended: not called */
    case STAGE_SENT:
        break;
    }
    return MHD_YES;
}

/* --- libmicrohttpd */

/* Decoding is ours (parse.c): the raw target stays as it is. */
static size_t leave_escaped(void *unused, struct MHD_Connection *c, char *text)
{
    (void)unused, (void)c;
    return strlen(text);
}

/* Its complaints about clients are many and quote nothing that helps: debug. */
__attribute__((format(printf, 2, 0))) static void log_library(void *unused, const char *format, va_list args)
{
    char text[256];
    (void)unused;
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\n")] = '\0';
    log_event(LOG_DEBUG, "libmicrohttpd", "text", text, NULL);
}

static void panic(void *unused, const char *file, unsigned line, const char *reason)
{
    char where[16];
    (void)unused, (void)file;
    snprintf(where, sizeof where, "%u", line);
    log_event(LOG_ERROR, "libmicrohttpd", "panic", reason, "line", where, NULL);
    abort();
}

#if MHD_VERSION >= 0x01000000
#define STRICTNESS MHD_OPTION_CLIENT_DISCIPLINE_LVL
#define STRICT     1 /* no bare LF, no folding, no stray blanks */
#else
#define STRICTNESS MHD_OPTION_STRICT_FOR_CLIENT
#define STRICT     0 /* 1 adds nothing that the gate lacks, and answers some of it with doubled headers */
#endif

static struct MHD_Daemon *start_daemon(struct http_server *s)
{
    const struct MHD_OptionItem options[] = {
        {MHD_OPTION_LISTEN_SOCKET, s->listen_fd, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, s->set.connections, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, POOL_BYTES, NULL},
        {STRICTNESS, STRICT, NULL},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)exchange_begin, s},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)peer_notify, s},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)exchange_end, s},
        {MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    MHD_set_panic_func(panic, NULL);
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
                            on_request, s, MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL, MHD_OPTION_ARRAY,
                            options, MHD_OPTION_END);
}

/* --- The loop */

/* For poll: never longer than to the next sweep while there is a deadline to keep, without end while there is
 * none. libmicrohttpd says 0 when it has more to do at once. */
static int wait_ms(struct http_server *s)
{
    MHD_UNSIGNED_LONG_LONG ms = 0;
    int most = s->suspended > 0 && lane_holds_back(&s->normal) ? HELD_MS : SWEEP_MS;
    if (MHD_get_timeout(s->daemon, &ms) == MHD_YES)
        return ms < (unsigned)most ? (int)ms : most;
    return s->peers || s->draining ? most : -1;
}

/* The events themselves are not looked at: MHD_run asks its own epoll set. Reading the eventfd sets it to 0.
 */
static void wait_for_work(struct http_server *s)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    struct pollfd fds[] = {{.fd = info->epoll_fd, .events = POLLIN}, {.fd = s->wake_fd, .events = POLLIN}};
    uint64_t ignored;
    if (poll(fds, 2, wait_ms(s)) > 0 && (fds[1].revents & POLLIN) &&
        read(s->wake_fd, &ignored, sizeof ignored) < 0)
        log_event(LOG_ERROR, "wake", "error", strerror(errno), NULL);
}

static void resume(struct exchange *x)
{
    x->stage = STAGE_DONE;
    x->server->suspended--;
    MHD_resume_connection(x->connection);
}

/* With the answer they waited for, or, where it was not kept, one for each. */
static void serve_waiting(struct exchange *x)
{
    struct exchange *next;
    for (; x; x = next) {
        next = x->next;
        bool kept = answer_kept(x);
        if (!kept && push(x))
            continue;
        if (!kept)
            exchange_refuse(x, 503);
        resume(x);
    }
}

/* answer_keep comes before serve_waiting, so that those who waited find it. */
static void resume_finished(struct http_server *s)
{
    struct exchange *next;
    for (struct exchange *x = finished_take(s); x; x = next) {
        next = x->next;
        struct exchange *waiting = making_end(x);
        answer_keep(x);
        resume(x);
        serve_waiting(waiting);
    }
}

/* The socket is closed and its file gone at once, so that the next process can take the address over. */
static void begin_drain(struct http_server *s)
{
    MHD_socket fd = MHD_quiesce_daemon(s->daemon);
    if (s->unix_path)
        unlink(s->unix_path);
    if (fd != MHD_INVALID_SOCKET)
        close(fd);
    s->draining = true;
    s->drain_end_us = clock_us() + s->set.drain_seconds * INT64_C(1000000);
    log_event(LOG_INFO, "drain", NULL);
}

/* One wake: what workers have finished is resumed before MHD_run, which then sends it in the same turn. */
static void turn(struct http_server *s)
{
    wait_for_work(s);
    resume_finished(s);
    MHD_run(s->daemon);
    int64_t now = clock_us();
    if (now >= s->next_sweep_us) {
        peers_sweep(s, now);
        s->next_sweep_us = now + SWEEP_MS * 1000;
    }
    if (!s->draining && atomic_load(&s->stopping))
        begin_drain(s);
}

/* Connections without a request are no reason to stay. */
static bool is_drained(const struct http_server *s)
{
    return s->draining && (s->open == 0 || clock_us() > s->drain_end_us);
}

static void free_server(struct http_server *s)
{
    exchanges_free(s);
    makings_free(s);
    constants_free(s);
    route_table_free(s->table);
    close(s->wake_fd);
    free(s);
}

void http_run(struct http_server *s)
{
    while (!is_drained(s))
        turn(s);
    s->ending = true; /* what comes now is not suspended any more: MHD_stop_daemon aborts over that */
    peers_abandon(s);
    MHD_run(s->daemon);
    MHD_stop_daemon(s->daemon);
    lanes_stop(s);
    log_event(LOG_INFO, "stopped", NULL);
    /* A signal handler may still be between its two counts, about to write to wake_fd. */
    while (atomic_load(&s->stoppers) > 0)
        sched_yield();
    free_server(s);
}

void http_stop(struct http_server *s)
{
    const uint64_t one = 1;
    /* called from a signal handler, which must leave errno as it found it */
    int saved = errno;
    atomic_fetch_add(&s->stoppers, 1);
    atomic_store(&s->stopping, true);
    ssize_t written = write(s->wake_fd, &one, sizeof one);
    (void)written; /* only fails when the eventfd is full, that is, awake already */
    atomic_fetch_sub(&s->stoppers, 1);
    errno = saved;
}

/* --- Start */

/* Every client takes a descriptor. With fewer allowed than wished for, fewer clients are served at a time. */
static void fit_files(struct http_settings *set)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    rlim_t wanted = (rlim_t)set->connections + SPARE_FILES;
    if (files.rlim_cur < wanted) {
        files.rlim_cur = wanted < files.rlim_max ? wanted : files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (files.rlim_cur < wanted && files.rlim_cur > 2 * SPARE_FILES) {
        char text[32];
        set->connections = (int)(files.rlim_cur - SPARE_FILES);
        snprintf(text, sizeof text, "%d", set->connections);
        log_event(LOG_WARN, "connections", "limit", text, "reason", "open files", NULL);
    }
}

static int or_default(int value, int otherwise)
{
    return value > 0 ? value : otherwise;
}

/* Everything that needs no thread and no socket. NULL leaves nothing behind. */
static struct http_server *make_server(const struct http_settings *set, const struct route *routes,
                                       size_t count, const struct http_hooks *hooks)
{
    struct http_server *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->set = *set;
    s->set.workers = or_default(set->workers, 4);
    s->set.queue = or_default(set->queue, 64);
    s->set.slow_queue = or_default(set->slow_queue, 8);
    s->set.connections = or_default(set->connections, 12000);
    s->set.header_seconds = or_default(set->header_seconds, 10);
    s->set.body_seconds = or_default(set->body_seconds, 30);
    s->set.total_seconds = or_default(set->total_seconds, 60);
    s->set.drain_seconds = or_default(set->drain_seconds, 20);
    s->routes = routes;
    s->route_count = count;
    s->hooks = *hooks;
    atomic_init(&s->stopping, false);
    atomic_init(&s->stoppers, 0);
    randombytes_buf(&s->id_state, sizeof s->id_state);
    s->table = route_table_new(routes, count);
    s->wake_fd = s->table ? eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) : -1;
    if (s->wake_fd >= 0)
        return s;
    route_table_free(s->table);
    free(s);
    return NULL;
}

/* NULL, for http_start to return; `sentence` NULL: it was said already. */
static struct http_server *give_up(struct http_server *s, const char *sentence)
{
    if (sentence)
        fprintf(stderr, "unknot: %s\n", sentence);
    if (s)
        free_server(s);
    return NULL;
}

static void stop_listening(struct http_server *s)
{
    close(s->listen_fd);
    if (s->unix_path)
        unlink(s->unix_path);
}

struct http_server *http_start(const struct http_settings *set, const struct route *routes, size_t count,
                               const struct http_hooks *hooks)
{
    struct http_server *s = sodium_init() < 0 ? NULL : make_server(set, routes, count, hooks);
    if (!s)
        return give_up(s, "no memory or no descriptor for the server.");
    signal(SIGPIPE, SIG_IGN);
    fit_files(&s->set);
    s->listen_fd = listen_open(s->set.listen, &s->unix_path);
    if (s->listen_fd < 0)
        return give_up(s, NULL);
    s->daemon = lanes_start(s) ? start_daemon(s) : NULL;
    if (!s->daemon) {
        lanes_stop(s);
        stop_listening(s);
        return give_up(s, "the server's threads could not start.");
    }
    return s;
}
