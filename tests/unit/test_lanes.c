/* Lanes over real sockets: which of several workers takes a request, and who waits for whom. */
#define _GNU_SOURCE
#include "client.h"
#include "unit.h"

#include "core/log.h"
#include "http/http.h"

#include <pthread.h>
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

/* One after the other, each a moment after the answer before it, so that the worker is back in its lane. Now
 * and then it is not, on a machine with much to do: then another one has that request and the next ones. */
static void one_at_a_time_is_served_by_one(void **state)
{
    int most = 0;
    (void)state;
    struct http_server *server = start();
    for (int i = 0; i < REQUESTS; i++) {
        assert_int_equal(ask(GET("/")), 200);
        a_moment();
    }
    stop(server);
    assert_int_equal(workers, WORKERS);
    for (int i = 0; i < WORKERS; i++)
        most = asked[i] > most ? asked[i] : most;
    assert_true(most > REQUESTS / 2);
}

/* Once for each time that it had something to do, not once every 20 ms. */
static void who_has_nothing_to_do_rests(void **state)
{
    int before = 0;
    (void)state;
    struct http_server *server = start();
    for (int i = 0; i < WORKERS; i++) {
        for (int n = 0; n < 2000 && rested[i] == 0; n++)
            a_moment();
        before += rested[i];
    }
    for (int i = 0; i < 20; i++)
        a_moment();
    assert_int_equal(before, WORKERS);
    assert_int_equal(ask(GET("/")), 200);
    for (int n = 0; n < 2000 && rested[0] + rested[1] + rested[2] + rested[3] == before; n++)
        a_moment();
    stop(server);
    assert_int_equal(rested[0] + rested[1] + rested[2] + rested[3], before + 1);
}

/* While somebody reads one of four workers writes, and whoever else comes to read is served at once. When
 * nobody reads any more all write, also those that nobody came to wake. */
static void who_writes_leaves_room_to_who_reads(void **state)
{
    int reader = -1, writers[2 * WORKERS];
    (void)state;
    struct http_server *server = start();
    reader = dial();
    say(reader, GET("/stay"));
    await_inside(HTTP_GET, 1);
    for (int i = 0; i < 2 * WORKERS; i++) {
        writers[i] = dial();
        say(writers[i], "POST /stay HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n");
    }
    await_inside(HTTP_POST, 1);
    for (int i = 0; i < 20; i++)
        assert_int_equal(ask(GET("/")), 200);
    assert_int_equal(inside[HTTP_POST], 1);
    open_gate(HTTP_GET);
    assert_int_equal(hear(reader, false), 200);
    await_inside(HTTP_POST, WORKERS);
    open_gate(HTTP_POST);
    for (int i = 0; i < 2 * WORKERS; i++) {
        assert_int_equal(hear(writers[i], false), 200);
        close(writers[i]);
    }
    close(reader);
    assert_int_equal(inside[HTTP_POST], 2 * WORKERS);
    stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_nothing_to_do_rests),
        cmocka_unit_test(one_at_a_time_is_served_by_one),
        cmocka_unit_test(who_writes_leaves_room_to_who_reads),
    };
    log_threshold(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
