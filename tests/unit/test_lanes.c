/* Lanes over real sockets: which of several workers takes a request, and who waits for whom. */
#define _GNU_SOURCE
#include "client.h"
#include "unit.h"

#include "core/log.h"
#include "http/http.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>

enum { WORKERS = 4, REQUESTS = 40 };

static _Atomic int workers;
static int asked[WORKERS], of_slow_lane; /* requests */
static _Atomic int rested[WORKERS];      /* times that nothing was to do */

static void *worker_start(void *app, bool slow)
{
    (void)app;
    return slow ? &of_slow_lane : &asked[workers++];
}

static void worker_idle(void *app, void *worker)
{
    (void)app;
    if (worker != &of_slow_lane)
        rested[(int *)worker - asked]++;
}

static void page(struct request *r)
{
    int *mine = (void *)r->worker;
    ++*mine;
    reply(r, 200, "text/plain", "here", 4);
}

/* Requests that stay with their workers until the gate opens */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static bool gate_open[HTTP_METHODS];
static _Atomic int inside[HTTP_METHODS];

static void stay(struct request *r)
{
    inside[r->method]++;
    pthread_mutex_lock(&lock);
    while (!gate_open[r->method])
        pthread_cond_wait(&opened, &lock);
    pthread_mutex_unlock(&lock);
    reply(r, 200, "text/plain", "gone", 4);
}

static void open_gate(enum http_method method)
{
    pthread_mutex_lock(&lock);
    gate_open[method] = true;
    pthread_cond_broadcast(&opened);
    pthread_mutex_unlock(&lock);
}

static void a_moment(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
}

/* In place of libc's. True: who has woken another by it stands still, as if that one had taken its processor.
 */
static _Atomic bool waking_stops;

ssize_t write(int fd, const void *data, size_t n)
{
    ssize_t written = syscall(SYS_write, fd, data, n);
    if (waking_stops)
        a_moment();
    return written;
}

/* In place of libc's, too. */
static struct timespec stopped_at;
static _Atomic bool time_stopped;

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (!time_stopped || clock != CLOCK_MONOTONIC)
        return (int)syscall(SYS_clock_gettime, clock, now);
    *now = stopped_at;
    return 0;
}

static void time_stops(bool stops)
{
    clock_gettime(CLOCK_MONOTONIC, &stopped_at);
    time_stopped = stops;
}

static void await_inside(enum http_method method, int many)
{
    for (int i = 0; i < 2000 && inside[method] < many; i++)
        a_moment();
    assert_int_equal(inside[method], many);
}

static const struct route routes[] = {
    {HTTP_GET, "/", 0, BODY_NONE, page, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET, "/stay", 0, BODY_NONE, stay, COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/stay", 0, BODY_NONE, stay, COST_NORMAL, CACHE_NEVER},
};

static pthread_t runner;

static void *run(void *s)
{
    http_run(s);
    return NULL;
}

static struct http_server *start(void)
{
    char where[64];
    port = free_port();
    snprintf(where, sizeof where, "127.0.0.1:%d", port);
    struct http_settings set = {.listen = where, .workers = WORKERS};
    struct http_hooks hooks = {.worker_start = worker_start, .idle = worker_idle};
    workers = 0;
    struct http_server *server = http_start(&set, routes, COUNT(routes), &hooks);
    assert_non_null(server);
    assert_int_equal(pthread_create(&runner, NULL, run, server), 0);
    return server;
}

static void stop(struct http_server *server)
{
    http_stop(server);
    pthread_join(runner, NULL);
}

static int rests(void)
{
    int n = 0;
    for (int i = 0; i < WORKERS; i++)
        n += rested[i];
    return n;
}

static void await_rests(int many)
{
    for (int i = 0; i < 2000 && rests() < many; i++)
        a_moment();
    assert_int_equal(rests(), many);
}

/* With all workers in their lane, each of which has rested once. */
static struct http_server *start_idle(void)
{
    memset(asked, 0, sizeof asked);
    for (int i = 0; i < WORKERS; i++)
        rested[i] = 0;
    struct http_server *server = start();
    await_rests(WORKERS);
    return server;
}

/* All sent at once, so that each is there as soon as the one before it is answered: also while the worker
 * that answered has not come back from saying so. */
static void one_at_a_time_is_served_by_one(void **state)
{
    int most = 0;
    (void)state;
    struct http_server *server = start_idle();
    int fd = dial();
    waking_stops = true;
    for (int i = 0; i < REQUESTS; i++)
        say(fd, GET("/"));
    for (int i = 0; i < REQUESTS; i++)
        assert_int_equal(hear(fd, false), 200);
    waking_stops = false;
    close(fd);
    stop(server);
    for (int i = 0; i < WORKERS; i++)
        most = asked[i] > most ? asked[i] : most;
    assert_int_equal(most, REQUESTS);
}

/* Once for each time that it had something to do, not once every 20 ms. */
static void who_has_nothing_to_do_rests(void **state)
{
    (void)state;
    struct http_server *server = start_idle();
    for (int i = 0; i < 20; i++)
        a_moment();
    assert_int_equal(rests(), WORKERS);
    assert_int_equal(ask(GET("/")), 200);
    await_rests(WORKERS + 1);
    stop(server);
    assert_int_equal(rests(), WORKERS + 1);
}

/* The gaps between these are shorter than it waits, but for one or the other on a machine with much to do. */
static void who_is_asked_again_at_once_does_not_rest(void **state)
{
    (void)state;
    struct http_server *server = start_idle();
    for (int i = 0; i < REQUESTS; i++)
        assert_int_equal(ask(GET("/")), 200);
    stop(server);
    assert_true(rests() - WORKERS < REQUESTS / 2);
}

/* Somebody who reads, one who writes, and others who wait to */
struct crowd {
    struct http_server *server;
    int reader, writers[2 * WORKERS], many;
};

static void crowd_come(struct crowd *c, int many)
{
    c->many = many;
    for (enum http_method m = HTTP_GET; m < HTTP_METHODS; m++) {
        gate_open[m] = false;
        inside[m] = 0;
    }
    c->server = start();
    c->reader = dial();
    say(c->reader, GET("/stay"));
    await_inside(HTTP_GET, 1);
    for (int i = 0; i < c->many; i++) {
        c->writers[i] = dial();
        say(c->writers[i], "POST /stay HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n");
    }
    await_inside(HTTP_POST, 1);
}

static void reader_leaves(const struct crowd *c)
{
    open_gate(HTTP_GET);
    assert_int_equal(hear(c->reader, false), 200);
}

static void crowd_leaves(const struct crowd *c)
{
    open_gate(HTTP_POST);
    for (int i = 0; i < c->many; i++) {
        assert_int_equal(hear(c->writers[i], false), 200);
        close(c->writers[i]);
    }
    close(c->reader);
    assert_int_equal(inside[HTTP_POST], c->many);
    stop(c->server);
}

/* While somebody reads one of four workers writes, and whoever else comes to read is served at once. When
 * nobody reads any more all write, also those that nobody came to wake. */
static void who_writes_leaves_room_to_who_reads(void **state)
{
    struct crowd c;
    (void)state;
    crowd_come(&c, 2 * WORKERS);
    for (int i = 0; i < 20; i++)
        assert_int_equal(ask(GET("/")), 200);
    assert_int_equal(inside[HTTP_POST], 1);
    reader_leaves(&c);
    await_inside(HTTP_POST, WORKERS);
    crowd_leaves(&c);
}

/* Those who wait to write do not begin between two questions of one reader, but a while after the last. */
static void who_reads_on_reads_between(void **state)
{
    struct crowd c;
    (void)state;
    crowd_come(&c, 2);
    time_stops(true);
    reader_leaves(&c);
    for (int i = 0; i < 20; i++)
        assert_int_equal(ask(GET("/")), 200);
    assert_int_equal(inside[HTTP_POST], 1);
    time_stops(false);
    await_inside(HTTP_POST, 2);
    crowd_leaves(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_nothing_to_do_rests),
        cmocka_unit_test(who_is_asked_again_at_once_does_not_rest),
        cmocka_unit_test(one_at_a_time_is_served_by_one),
        cmocka_unit_test(who_writes_leaves_room_to_who_reads),
        cmocka_unit_test(who_reads_on_reads_between),
    };
    log_threshold(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
