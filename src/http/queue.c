/*
 * Lanes: bounded queues with worker threads behind them. The normal lane has several workers; the slow lane
 * (password hashing, images) one, at low priority, with a short queue of its own, so that ten logins cannot
 * hold up a hundred searches. What waits for other servers has two in a lane of their own: however slow those
 * are, nobody waits for them to sign in or to search.
 *
 * Within the normal lane who writes leaves room to who reads. A booking costs the database several times what
 * a search costs it; with every worker at one, a search would share its processors with all of them. So while
 * somebody reads, part of the workers write and the rest is there for those who read; who writes waits a
 * little longer, and nobody waits while nobody reads. Who reads one page after the other reads between them,
 * too: else each answer would let all workers begin to write, and the next question find them at it.
 *
 * A worker runs the server's user's code to the end and puts the exchange on the finished list. The loop
 * waits in poll(), so the first one on an empty list writes its eventfd (libmicrohttpd has no wake-up of its
 * own when polled from outside).
 */
#define _GNU_SOURCE
#include "core/clock.h"
#include "core/log.h"
#include "http/server.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define SLOW_NICE        10
#define FETCH_WORKERS    2
#define FETCH_QUEUE      64
#define WRITERS_OF       4 /* one worker of as many may write while somebody reads */
#define FAREWELL_SECONDS 5
#define READ_GAP_US      2000 /* between two questions of somebody who reads */
#define IDLE_NS          20000000
#define STACK_USED       (64 * 1024) /* of a worker, and some more */

/* --- Lanes */

struct lane *lane_of(struct http_server *s, enum cost cost)
{
    return cost == COST_SLOW ? &s->slow : cost == COST_FETCH ? &s->fetch : &s->normal;
}

static void queue_add(struct queue *q, struct exchange *x)
{
    x->next = NULL;
    if (q->tail)
        q->tail->next = x;
    else
        q->head = x;
    q->tail = x;
}

static bool somebody_reads(const struct lane *lane)
{
    return lane->queues[HTTP_GET].head || lane->running[HTTP_GET] > 0 ||
           clock_us() - lane->read_us < READ_GAP_US;
}

/* The queue whose turn it is; NULL: nothing waits that may begin now. */
static struct queue *next_queue(struct lane *lane)
{
    /* Other methods have been refused before they get here. */
    struct queue *reads = &lane->queues[HTTP_GET], *writes = &lane->queues[HTTP_POST];
    const bool may_write =
        writes->head && (lane->running[HTTP_POST] < lane->writers || !somebody_reads(lane));
    if (may_write && (!reads->head || writes->head->queued_us < reads->head->queued_us))
        return writes;
    return reads->head ? reads : NULL;
}

/* The one that went idle last, not idle any more and still to be woken; NULL when all are at work. */
static struct worker_thread *take_idle(struct lane *lane)
{
    struct worker_thread *t = lane->idle;
    if (t) {
        lane->idle = t->next_idle;
        t->turn = TURN_CALLED;
        lane->called++;
    }
    return t;
}

/* Somebody to wake for what may begin; NULL when there is nothing, or who was woken for it is on the way. */
static struct worker_thread *call(struct lane *lane)
{
    return lane->called < lane->waiting && next_queue(lane) ? take_idle(lane) : NULL;
}

/* Woken while the lock is held, a worker would only go to sleep again over it. */
static void unlock_and_wake(struct lane *lane, struct worker_thread *t)
{
    pthread_mutex_unlock(&lane->lock);
    if (t)
        pthread_cond_signal(&t->wake);
}

bool lane_push(struct lane *lane, struct exchange *x)
{
    struct worker_thread *t = NULL;
    pthread_mutex_lock(&lane->lock);
    bool fits = lane->waiting < lane->cap && !lane->closed;
    if (fits) {
        queue_add(&lane->queues[x->r.method], x);
        lane->waiting++;
        t = call(lane);
    }
    unlock_and_wake(lane, t);
    return fits;
}

bool lane_holds_back(struct lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    struct worker_thread *t = call(lane);
    bool holds_back = lane->idle && lane->called < lane->waiting;
    unlock_and_wake(lane, t);
    return holds_back;
}

/* IDLE_NS from now, on the monotonic clock, as pthread_cond_clockwait wants it. */
static struct timespec soon(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += IDLE_NS;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

static void leave_open_nothing(const struct worker_thread *t)
{
    const struct http_hooks *hooks = &t->server->hooks;
    if (hooks->idle && t->cost != COST_FETCH)
        hooks->idle(hooks->app, t->worker);
}

/* Who went idle last is woken first: what the processor keeps of its memory, and of its database
 * connection's, is still there. Taking turns costs a search a quarter more. */
static void go_idle(struct worker_thread *t)
{
    t->next_idle = t->lane->idle;
    t->lane->idle = t;
    t->turn = TURN_IDLE;
}

/* Until it is called. */
static void wait_idle(struct worker_thread *t)
{
    struct lane *lane = t->lane;
    const struct timespec until = soon();
    int late = 0;
    while (t->turn == TURN_IDLE && !late)
        late = pthread_cond_clockwait(&t->wake, &lane->lock, CLOCK_MONOTONIC, &until);
    if (t->turn == TURN_IDLE) {
        pthread_mutex_unlock(&lane->lock);
        leave_open_nothing(t);
        pthread_mutex_lock(&lane->lock);
    }
    while (t->turn == TURN_IDLE)
        pthread_cond_wait(&t->wake, &lane->lock);
    t->turn = TURN_WORK;
    lane->called--;
}

/* Waits; NULL when the lane is closed. */
static struct exchange *lane_pop(struct worker_thread *t)
{
    struct lane *lane = t->lane;
    struct queue *q;
    struct exchange *x = NULL;
    struct worker_thread *other = NULL;
    pthread_mutex_lock(&lane->lock);
    while (t->turn != TURN_WORK || (!(q = next_queue(lane)) && !lane->closed)) {
        if (t->turn == TURN_WORK)
            go_idle(t);
        wait_idle(t);
    }
    if (!lane->closed) {
        x = q->head;
        q->head = x->next;
        if (!q->head)
            q->tail = NULL;
        lane->waiting--;
        lane->running[x->r.method]++;
        other = call(lane);
    }
    unlock_and_wake(lane, other);
    return x;
}

/* Before the answer goes out: who asks again at once then finds the worker that has just answered among the
 * idle, not only those beside it. Wakes nobody for what may begin now: the worker that leaves is back in
 * lane_pop at once and sees it. */
static void lane_leave(struct worker_thread *t, enum http_method method)
{
    struct lane *lane = t->lane;
    pthread_mutex_lock(&lane->lock);
    lane->running[method]--;
    if (method == HTTP_GET)
        lane->read_us = clock_us();
    if (!next_queue(lane) && !lane->closed)
        go_idle(t);
    pthread_mutex_unlock(&lane->lock);
}

static void lane_init(struct lane *lane, int cap, int writers)
{
    pthread_mutex_init(&lane->lock, NULL);
    lane->cap = cap;
    lane->writers = writers;
}

/* What still waits in it stays there: nobody is to be answered any more (peers_abandon), and its memory goes
 * with the server. */
static void lane_close(struct lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    lane->closed = true;
    for (struct worker_thread *t = take_idle(lane); t; t = take_idle(lane))
        pthread_cond_signal(&t->wake);
    pthread_mutex_unlock(&lane->lock);
}

static void lane_destroy(struct lane *lane)
{
    pthread_mutex_destroy(&lane->lock);
}

/* --- Finished exchanges */

/* The eventfd is written outside the lock: the loop, woken, wants it. */
static void finished_push(struct exchange *x)
{
    struct http_server *s = x->server;
    const uint64_t one = 1;
    pthread_mutex_lock(&s->finished_lock);
    bool first = !s->finished;
    x->next = NULL;
    if (first)
        s->finished = x;
    else
        s->finished_last->next = x;
    s->finished_last = x;
    pthread_mutex_unlock(&s->finished_lock);
    if (first && write(s->wake_fd, &one, sizeof one) < 0)
        log_event(LOG_ERROR, "wake", "error", strerror(errno), NULL);
}

struct exchange *finished_take(struct http_server *s)
{
    pthread_mutex_lock(&s->finished_lock);
    struct exchange *list = s->finished;
    s->finished = NULL;
    s->finished_last = NULL;
    pthread_mutex_unlock(&s->finished_lock);
    return list;
}

/* --- Workers */

/* A worker that has nothing to work with (no database) makes http_start fail. */
static void report_start(struct worker_thread *t)
{
    struct http_server *s = t->server;
    pthread_mutex_lock(&s->start_lock);
    s->started++;
    if (!t->worker)
        s->start_failed = true;
    pthread_cond_signal(&s->start_wake);
    pthread_mutex_unlock(&s->start_lock);
}

/* After a page that is somebody's own nothing of it stays with the worker: its memory between requests, the
 * stack below. The request's own memory goes when it is sent. */
static void leave_nothing(const struct worker_thread *t, const struct exchange *x)
{
    const struct http_hooks *hooks = &t->server->hooks;
    if (x->r.route && x->r.route->cache != CACHE_NEVER)
        return;
    if (hooks->rest && x->r.worker)
        hooks->rest(hooks->app, x->r.worker);
    sodium_stackzero(STACK_USED);
}

static void serve_lane(struct worker_thread *t)
{
    z_stream packer = {.zalloc = NULL};
    /* 16: gzip wrapper. Level 1: three quarters of what level 6 saves, in half the time. */
    bool packs = deflateInit2(&packer, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    struct exchange *x;
    while ((x = lane_pop(t))) {
        x->r.worker = t->cost == COST_FETCH ? NULL : t->worker;
        exchange_handle(x, packs ? &packer : NULL);
        leave_nothing(t, x);
        lane_leave(t, x->r.method);
        finished_push(x);
    }
    if (packs)
        deflateEnd(&packer);
}

static void *worker_main(void *thread)
{
    struct worker_thread *t = thread;
    const struct http_hooks *hooks = &t->server->hooks;
    static const char *const names[] = {
        [COST_NORMAL] = "http-worker", [COST_SLOW] = "http-slow", [COST_FETCH] = "http-fetch"};
    bool slow = t->cost == COST_SLOW, bare = t->cost == COST_FETCH || !hooks->worker_start;
    pthread_setname_np(pthread_self(), names[t->cost]);
    if (slow) /* on Linux a nice value is a thread's own */
        setpriority(PRIO_PROCESS, (id_t)gettid(), SLOW_NICE);
    static char nothing;
    t->worker = bare ? &nothing : hooks->worker_start(hooks->app, slow);
    report_start(t);
    if (t->worker) {
        serve_lane(t);
        if (!bare && hooks->worker_stop)
            hooks->worker_stop(hooks->app, t->worker);
    }
    return NULL;
}

/* The new thread's place in s->threads never moves: they are all allocated before the first. */
static void start_thread(struct http_server *s, enum cost cost)
{
    struct worker_thread *t = &s->threads[s->thread_count];
    *t = (struct worker_thread){.server = s, .cost = cost, .lane = lane_of(s, cost)};
    pthread_cond_init(&t->wake, NULL);
    if (pthread_create(&t->thread, NULL, worker_main, t) == 0)
        s->thread_count++;
    else
        s->start_failed = true;
}

/* True when every thread that was made has said that it can work. */
static bool await_start(struct http_server *s)
{
    pthread_mutex_lock(&s->start_lock);
    while (s->started < s->thread_count)
        pthread_cond_wait(&s->start_wake, &s->start_lock);
    bool ok = !s->start_failed;
    pthread_mutex_unlock(&s->start_lock);
    return ok;
}

/* How many threads wait for other servers: none where no route does. */
static int fetchers(const struct http_server *s)
{
    for (size_t i = 0; i < s->route_count; i++)
        if (s->routes[i].cost == COST_FETCH)
            return FETCH_WORKERS;
    return 0;
}

bool lanes_start(struct http_server *s)
{
    sigset_t all, before;
    const int fetching = fetchers(s);
    lane_init(&s->normal, s->set.queue, s->set.workers > WRITERS_OF ? s->set.workers / WRITERS_OF : 1);
    lane_init(&s->slow, s->set.slow_queue, 1);
    lane_init(&s->fetch, FETCH_QUEUE, FETCH_WORKERS);
    pthread_mutex_init(&s->finished_lock, NULL);
    pthread_mutex_init(&s->start_lock, NULL);
    pthread_cond_init(&s->start_wake, NULL);
    s->threads = calloc((size_t)(s->set.workers + 1 + fetching), sizeof *s->threads);
    if (!s->threads)
        return false;
    sigfillset(&all); /* signals are for the loop's thread */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (int i = 0; i < s->set.workers; i++)
        start_thread(s, COST_NORMAL);
    start_thread(s, COST_SLOW);
    for (int i = 0; i < fetching; i++)
        start_thread(s, COST_FETCH);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return await_start(s);
}

/* A thread that does not end still uses the server's memory and its user's: there is no way back to the
 * caller. */
static void join(struct worker_thread *t, const struct timespec *until)
{
    if (pthread_timedjoin_np(t->thread, NULL, until) == 0)
        return;
    log_event(LOG_ERROR, "worker", "error", "a request did not end; stopping without it", NULL);
    _exit(1);
}

void lanes_stop(struct http_server *s)
{
    struct timespec until;
    lane_close(&s->normal);
    lane_close(&s->slow);
    lane_close(&s->fetch);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += FAREWELL_SECONDS;
    for (int i = 0; i < s->thread_count; i++)
        join(&s->threads[i], &until);
    for (int i = 0; i < s->thread_count; i++)
        pthread_cond_destroy(&s->threads[i].wake);
    free(s->threads);
    lane_destroy(&s->normal);
    lane_destroy(&s->slow);
    lane_destroy(&s->fetch);
    pthread_mutex_destroy(&s->finished_lock);
    pthread_mutex_destroy(&s->start_lock);
    pthread_cond_destroy(&s->start_wake);
}
