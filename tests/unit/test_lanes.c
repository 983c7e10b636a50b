/* Lanes over real sockets: which of several workers takes a request. */
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

static void *worker_start(void *app, bool slow)
{
    (void)app;
    return slow ? &of_slow_lane : &asked[workers++];
}
static void page(struct request *r)
{
    int *mine = (void *)r->worker;
    ++*mine;
    reply(r, 200, "text/plain", "here", 4);
}
static const struct route routes[] = {{HTTP_GET, "/", 0, BODY_NONE, page, COST_NORMAL, CACHE_NEVER}};

static void *run(void *s)
{
    http_run(s);
    return NULL;
}

/* One after the other, each a moment after the answer before it, so that the worker is back in its lane. Now
 * and then it is not, on a machine with much to do: then another one has that request and the next ones. */
static void one_at_a_time_is_served_by_one(void **state)
{
    char where[64];
    int most = 0;
    pthread_t runner;
    (void)state;
    port = free_port();
    snprintf(where, sizeof where, "127.0.0.1:%d", port);
    struct http_settings set = {.listen = where, .workers = WORKERS};
    struct http_hooks hooks = {.worker_start = worker_start};
    struct http_server *server = http_start(&set, routes, COUNT(routes), &hooks);
    assert_non_null(server);
    assert_int_equal(pthread_create(&runner, NULL, run, server), 0);
    for (int i = 0; i < REQUESTS; i++) {
        assert_int_equal(ask(GET("/")), 200);
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    http_stop(server);
    pthread_join(runner, NULL);
    assert_int_equal(workers, WORKERS);
    for (int i = 0; i < WORKERS; i++)
        most = asked[i] > most ? asked[i] : most;
    assert_true(most > REQUESTS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_at_a_time_is_served_by_one),
    };
    log_threshold(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
