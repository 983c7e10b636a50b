/*
 * LISTEN: a connection and a thread of its own. One question at a time is on its way, `listen` first and then
 * a comment, which is the cheapest thing one can ask. PostgreSQL hands out what was notified before it says
 * that it is ready again; so once a question is answered, everything that was committed before it was asked
 * has been heard. The same answers are the sign that the connection lives.
 */
#define _GNU_SOURCE
#include "db/internal.h"

#include "core/clock.h"
#include "core/log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define QUIET_US         INT64_C(2000000) /* after an answer, before the next question that nobody asked for */
#define ANSWER_US        INT64_C(2000000) /* after a question, before the connection is given up */
#define BACKOFF_FIRST_MS 50
#define BACKOFF_LAST_MS  2000

struct db_listener {
    char *conninfo;
    const char *channel;
    void (*heard)(void *context, const char *payload);
    void *context;
    pthread_t thread;
    int wake_fd;
    atomic_bool stopping, listening;
    _Atomic uint64_t asked, answered; /* db_listen_ask's count, and how far it has been answered */

    /* the thread's own */
    PGconn *conn;
    uint64_t asking; /* `asked` when the present question went out */
    bool waiting;    /* for its answer */
    int64_t due_us;  /* the answer, or the next question */
    int backoff_ms;
};

/* libpq's own would write them to stderr. */
static void ignore_notice(void *context, const PGresult *r)
{
    (void)context, (void)r;
}

/* heard(NULL) only once for each loss, however many attempts fail after it. */
static void lose(struct db_listener *l, const char *why)
{
    bool listened = atomic_exchange(&l->listening, false);
    if (listened) {
        log_event(LOG_WARN, "listen", "state", "lost", "reason", why, NULL);
        l->heard(l->context, NULL);
    }
    PQfinish(l->conn);
    l->conn = NULL;
}

/* `asking` is read before the question goes out: what is asked for meanwhile waits for the next one. */
static bool question(struct db_listener *l)
{
    char text[100];
    snprintf(text, sizeof text, "%s %s", atomic_load(&l->listening) ? "-- still listening to" : "listen",
             l->channel);
    l->asking = atomic_load(&l->asked);
    l->waiting = true;
    l->due_us = clock_us() + ANSWER_US;
    return PQsendQuery(l->conn, text) == 1;
}

/* heard comes before `answered` and `listening` are stored: who finds us current finds everything dropped
 * that had to be. */
static void answered(struct db_listener *l)
{
    l->waiting = false;
    l->due_us = clock_us() + QUIET_US;
    l->backoff_ms = 0;
    if (!atomic_load(&l->listening)) {
        log_event(LOG_INFO, "listen", "state", "on", NULL);
        l->heard(l->context, NULL); /* whatever was missed so far */
    }
    atomic_store(&l->answered, l->asking);
    atomic_store(&l->listening, true);
}

/* What libpq has parsed so far. Called whenever input was consumed. */
static void hear(struct db_listener *l)
{
    PGnotify *n;
    while ((n = PQnotifies(l->conn))) {
        l->heard(l->context, n->extra);
        PQfreemem(n);
    }
}

/* False when the answer is an error. */
static bool take_answer(struct db_listener *l)
{
    while (l->waiting && !PQisBusy(l->conn)) {
        PGresult *r = PQgetResult(l->conn);
        ExecStatusType status = PQresultStatus(r);
        PQclear(r);
        if (r && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY)
            return false;
        hear(l);
        if (!r)
            answered(l);
    }
    return true;
}

/* Rounded up, so that poll does not return a moment too early and spin. */
static int ms_until(int64_t us)
{
    int64_t left = (us - clock_us() + 999) / 1000;
    return left > 0 ? (int)left : 0;
}

/* Returns when the socket or the eventfd has something, or at `until_us`. */
static void wait_for_news(struct db_listener *l, int64_t until_us)
{
    struct pollfd p[] = {{.fd = l->wake_fd, .events = POLLIN},
                         {.fd = l->conn ? PQsocket(l->conn) : -1, .events = POLLIN}};
    uint64_t ignored;
    if (poll(p, 2, ms_until(until_us)) > 0 && (p[0].revents & POLLIN) &&
        read(l->wake_fd, &ignored, sizeof ignored) < 0)
        log_event(LOG_ERROR, "listen", "error", strerror(errno), NULL);
}

/* What is wrong with the connection, or NULL. */
static const char *turn(struct db_listener *l)
{
    wait_for_news(l, l->due_us);
    if (!PQconsumeInput(l->conn))
        return "closed by the server";
    hear(l);
    if (!take_answer(l))
        return "refused by the server";
    bool due = clock_us() >= l->due_us;
    if (l->waiting)
        return due ? "no answer" : NULL;
    due = due || atomic_load(&l->asked) != atomic_load(&l->answered);
    return due && !question(l) ? "cannot be written to" : NULL;
}

/* Before the next attempt to connect; ends at once when we are to stop. */
static void rest(struct db_listener *l)
{
    l->backoff_ms = l->backoff_ms ? l->backoff_ms * 2 : BACKOFF_FIRST_MS;
    if (l->backoff_ms > BACKOFF_LAST_MS)
        l->backoff_ms = BACKOFF_LAST_MS;
    int64_t until = clock_us() + l->backoff_ms * INT64_C(1000);
    while (!atomic_load(&l->stopping) && clock_us() < until)
        wait_for_news(l, until);
}

static bool dial(struct db_listener *l)
{
    l->conn = db_dial(l->conninfo, "-c client_min_messages=warning -c idle_session_timeout=0");
    if (l->conn)
        PQsetNoticeReceiver(l->conn, ignore_notice, NULL);
    return l->conn && question(l);
}

static void *listener_main(void *listener)
{
    struct db_listener *l = listener;
    pthread_setname_np(pthread_self(), "listener");
    while (!atomic_load(&l->stopping)) {
        const char *wrong = l->conn || dial(l) ? turn(l) : "not connected";
        if (wrong) {
            lose(l, wrong);
            rest(l);
        }
    }
    PQfinish(l->conn);
    return NULL;
}

static bool start_thread(struct db_listener *l)
{
    sigset_t all, before;
    sigfillset(&all); /* signals are for other threads */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&l->thread, NULL, listener_main, l) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void free_listener(struct db_listener *l)
{
    if (l->wake_fd >= 0)
        close(l->wake_fd);
    free(l->conninfo);
    free(l);
}

struct db_listener *db_listen(const char *conninfo, const char *channel,
                              void (*heard)(void *context, const char *payload), void *context)
{
    struct db_listener *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    l->conninfo = strdup(conninfo);
    l->channel = channel;
    l->heard = heard;
    l->context = context;
    l->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (l->conninfo && l->wake_fd >= 0 && start_thread(l))
        return l;
    free_listener(l);
    return NULL;
}

bool db_listen_current(const struct db_listener *l)
{
    return atomic_load(&l->listening) && atomic_load(&l->asked) == atomic_load(&l->answered);
}

static void wake(struct db_listener *l)
{
    const uint64_t one = 1;
    ssize_t written = write(l->wake_fd, &one, sizeof one);
    (void)written; /* only fails when it is awake already */
}

void db_listen_ask(struct db_listener *l)
{
    atomic_fetch_add(&l->asked, 1);
    wake(l);
}

void db_listen_stop(struct db_listener *l)
{
    if (!l)
        return;
    atomic_store(&l->stopping, true);
    wake(l);
    pthread_join(l->thread, NULL);
    free_listener(l);
}
