/* Hearing of changes from a real PostgreSQL, also one that goes and comes; and whose pages may be kept. */
#include "request.h"
#include "unit.h"

#include "cluster.h"

#include "core/clock.h"
#include "core/log.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

/* --- A listener and what it said */

static struct db_listener *listener;
static _Atomic int changes, anything; /* notifications; times that anything may have been missed */
#define WRITERS 4
static _Atomic int heard_of[WRITERS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char last[100];

static void hear(void *context, const char *payload)
{
    assert_string_equal(context, "context");
    pthread_mutex_lock(&lock);
    snprintf(last, sizeof last, "%s", payload ? payload : "(anything)");
    pthread_mutex_unlock(&lock);
    if (payload && strncmp(payload, "writer ", 7) == 0)
        heard_of[payload[7] - '0']++;
    (*(payload ? &changes : &anything))++;
}

static bool is_current(void)
{
    return db_listen_current(listener);
}
static bool is_lost(void)
{
    return !is_current();
}
static bool heard_one(void)
{
    return changes > 0;
}

/* As soon as it is so, or not within 20 s. */
static bool comes(bool (*so)(void))
{
    for (int i = 0; i < 4000; i++) {
        if (so())
            return true;
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    return false;
}

static int listen_now(void **state)
{
    (void)state;
    changes = anything = 0;
    listener = db_listen(cluster.conninfo[WEB], "tested", hear, (void *)(uintptr_t) "context");
    return listener && comes(is_current) ? 0 : -1;
}

static int listen_no_more(void **state)
{
    (void)state;
    db_listen_stop(listener);
    return 0;
}

static int backend(void)
{
    int pid =
        (int)strtol(sql("select pid from pg_stat_activity where query like '%listen%tested'"), NULL, 10);
    assert_true(pid > 1); /* signals go there, and 0 is everybody of this test */
    return pid;
}

/* --- */

static void notifications_are_heard(void **state)
{
    (void)state;
    assert_int_equal(anything, 1); /* what was before is not known */
    sql("notify other, 'x'");
    sql("notify tested, 'ana'");
    assert_true(comes(heard_one));
    assert_int_equal(changes, 1);
    assert_string_equal(last, "ana");
    sql("begin; notify tested, 'rolled back'; rollback");
    sql("begin; notify tested; notify tested; notify tested, 'bea'; commit");
    db_listen_ask(listener);
    assert_true(comes(is_current));
    assert_int_equal(changes, 3);
    assert_string_equal(last, "bea");
}

/* What was committed before it was asked is heard when it is current again, every time. */
static void asked_it_is_not_behind(void **state)
{
    (void)state;
    for (int i = 1; i <= 300; i++) {
        sql("notify tested");
        db_listen_ask(listener);
        while (!is_current())
            nanosleep(&(struct timespec){.tv_nsec = 1000}, NULL);
        assert_int_equal(changes, i);
    }
}

/* The same of many who change and ask at once, each on a connection of its own: questions are always under
 * way, and none of them answers for what came after it. */
static _Atomic int behind;

static void *write_often(void *number)
{
    int me = *(const int *)number;
    char notify[40];
    snprintf(notify, sizeof notify, "notify tested, 'writer %d'", me);
    PGconn *conn = PQconnectdb(cluster.conninfo[WEB]);
    for (int i = 1; i <= 500; i++) {
        PQclear(PQexec(conn, notify));
        db_listen_ask(listener);
        while (!is_current())
            sched_yield();
        if (heard_of[me] < i)
            behind++;
    }
    PQfinish(conn);
    return NULL;
}

static void nobody_is_answered_for_another(void **state)
{
    pthread_t thread[WRITERS];
    int number[WRITERS];
    (void)state;
    for (int i = 0; i < WRITERS; i++) {
        number[i] = i;
        assert_int_equal(pthread_create(&thread[i], NULL, write_often, &number[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(thread[i], NULL);
    assert_int_equal(behind, 0);
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(heard_of[i], 500);
}

static void a_lost_connection_is_made_again(void **state)
{
    (void)state;
    for (int i = 1; i <= 3; i++) {
        char end[60];
        snprintf(end, sizeof end, "select pg_terminate_backend(%d)", backend());
        assert_string_equal(sql(end), "t");
        assert_true(comes(is_lost));
        assert_true(comes(is_current));
        assert_int_equal(anything, 2 * i + 1); /* lost, and made again */
    }
    sql("notify tested");
    assert_true(comes(heard_one));
}

/* A connection that nobody answers on looks like one on which nothing happens. */
static void silence_is_noticed(void **state)
{
    (void)state;
    int pid = backend();
    assert_int_equal(kill(pid, SIGSTOP), 0);
    assert_true(comes(is_lost));
    assert_int_equal(anything, 2);
    assert_int_equal(kill(pid, SIGCONT), 0);
    assert_true(comes(is_current));
}

static void a_server_may_go_and_come(void **state)
{
    (void)state;
    cluster_run("kill");
    assert_true(comes(is_lost));
    cluster_run("start");
    cluster_connect();
    assert_true(comes(is_current));
    sql("notify tested");
    assert_true(comes(heard_one));
}

static void it_ends_at_once_also_without_a_server(void **state)
{
    (void)state;
    struct db_listener *l =
        db_listen("host=/nowhere dbname=unknot", "tested", hear, (void *)(uintptr_t) "context");
    assert_non_null(l);
    assert_false(db_listen_current(l));
    db_listen_ask(l);
    db_listen_stop(l);
    db_listen_stop(NULL);
}

/* --- Whose pages */

static const char *variant(const char *name, const char *value, bool https)
{
    static struct fake f;
    static char text[20];
    struct request *r = fake_request(&f, HTTP_GET);
    f.app.changes = listener;
    f.app.https = https;
    fake_put(&r->cookies, "unrelated", "1");
    if (name)
        fake_put(&r->cookies, name, value);
    const char *v = web_variant(r);
    snprintf(text, sizeof text, "%s", v ? v : "(none)");
    fake_free(&f);
    return text;
}

static void pages_are_kept_for_visitors(void **state)
{
    static const struct {
        const char *name, *value, *variant;
        bool https;
    } rows[] = {
        {NULL, NULL, "", false},
        {"theme", "dark", "dark", false},
        {"theme", "light", "light", false},
        {"theme", "nonsense", "", false},
        {"visitor", "x", "", false},
        {"device", "x", "", false},
        {"session", "x", "(none)", false},
        {"booking_1b4e28ba-2fa1-41d2-883f-0016d3cca427", "x", "(none)", false},
        {NULL, NULL, "", true},
        {"__Host-theme", "dark", "dark", true},
        {"theme", "dark", "", true},
        {"__Host-session", "x", "(none)", true},
        {"session", "x", "(none)", true},
        {"__Host-visitor", "x", "", true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (strcmp(variant(rows[i].name, rows[i].value, rows[i].https), rows[i].variant) != 0)
            fail_msg("row %zu: %s", i, variant(rows[i].name, rows[i].value, rows[i].https));
}

static void nothing_is_kept_for_who_writes_or_while_deaf(void **state)
{
    struct fake f;
    (void)state;
    struct request *r = fake_request(&f, HTTP_GET);
    assert_null(web_variant(r)); /* nobody listens */
    f.app.changes = listener;
    assert_non_null(web_variant(r));
    r->bearer = STR("token");
    assert_null(web_variant(r));
    r->bearer = (struct str){NULL, 0};
    int pid = backend();
    assert_int_equal(kill(pid, SIGSTOP), 0);
    web_wrote(r);
    assert_null(web_variant(r)); /* until what was done has been heard of */
    assert_int_equal(kill(pid, SIGCONT), 0);
    assert_true(comes(is_current));
    assert_non_null(web_variant(r));
    fake_free(&f);
}

static void pages_are_kept_while_there_is_memory_for_them(void **state)
{
    (void)state;
    struct app app = {.config = {.database = cluster.conninfo[WEB], .page_cache_mb = 1}};
    web_keep_start(&app);
    listener = app.changes;
    assert_true(app.cache && comes(is_current));
    web_keep_stop(&app);
    assert_true(!app.cache && !app.changes);
    app.config.dev = true;
    web_keep_start(&app);
    assert_true(!app.cache && !app.changes);
    app.config = (struct config){.database = cluster.conninfo[WEB], .page_cache_mb = 0};
    web_keep_start(&app);
    assert_true(!app.cache && !app.changes);
    web_keep_stop(&app);
    assert_int_equal(web_kept(&app).bytes, 0);
}

static int up(void **state)
{
    (void)state;
    cluster_up();
    return 0;
}
static int down(void **state)
{
    (void)state;
    cluster_down();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(notifications_are_heard, listen_now, listen_no_more),
        cmocka_unit_test_setup_teardown(asked_it_is_not_behind, listen_now, listen_no_more),
        cmocka_unit_test_setup_teardown(nobody_is_answered_for_another, listen_now, listen_no_more),
        cmocka_unit_test_setup_teardown(a_lost_connection_is_made_again, listen_now, listen_no_more),
        cmocka_unit_test_setup_teardown(silence_is_noticed, listen_now, listen_no_more),
        cmocka_unit_test_setup_teardown(pages_are_kept_for_visitors, listen_now, listen_no_more),
        cmocka_unit_test_setup_teardown(nothing_is_kept_for_who_writes_or_while_deaf, listen_now,
                                        listen_no_more),
        cmocka_unit_test_setup_teardown(a_server_may_go_and_come, listen_now, listen_no_more),
        cmocka_unit_test(it_ends_at_once_also_without_a_server),
        cmocka_unit_test(pages_are_kept_while_there_is_memory_for_them),
    };
    log_threshold(LOG_ERROR + 1);
    return cmocka_run_group_tests(tests, up, down);
}
