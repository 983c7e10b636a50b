/* Kept answers over real sockets: who is answered by the loop, with what, and what is never kept. */
#define _GNU_SOURCE
#include "client.h"
#include "unit.h"

#include "core/log.h"
#include "http/http.h"

#include <pthread.h>
#include <semaphore.h>

/* --- The site: pages count how often they are made */

static _Atomic int made;
static sem_t begun, go_on;
static struct http_cache *cache;
static char page_text[4096], large_text[6 << 20], lent_text[4096];

static void page(struct request *r)
{
    made++;
    reply(r, 200, "text/html; charset=utf-8", page_text, sizeof page_text);
}
static void about(struct request *r)
{
    page(r);
    reply_header(r, "X-Note", "of the handler");
    reply_subject(r, "ana");
}
static void slow_page(struct request *r)
{
    sem_post(&begun);
    while (sem_wait(&go_on) != 0)
        ;
    about(r);
}
static void large_page(struct request *r)
{
    made++;
    reply(r, 200, "text/plain", large_text, sizeof large_text);
}
/* In the worker's memory: filled by the query, and by nothing once the answer is built. */
static void lent(struct request *r)
{
    memset(lent_text, r->query.n ? r->query.at[0].name.p[0] : 'l', sizeof lent_text);
    reply_lent(r, 200, "text/html; charset=utf-8", lent_text, sizeof lent_text);
}
static void lent_without_room(struct request *r)
{
    for (int i = 0; i < 20; i++)
        arena_take(r->arena, 1 << 20);
    reply_lent(r, 200, "text/plain", large_text, sizeof large_text);
}
static void rest(void *app, void *worker)
{
    (void)app;
    (void)worker;
    memset(lent_text, 'w', sizeof lent_text);
}
/* What makes the answer is asked each time, and only its data tell one from another. */
static void constant(struct request *r)
{
    static const char *const text[] = {"one", "another"};
    const char *data = text[str_is(pairs_get(&r->params, "name"), "b")];
    made++;
    if (r->accepts_gzip) {
        data = "packed";
        reply_header(r, "Content-Encoding", "gzip");
    }
    reply(r, 200, "text/css", data, strlen(data));
    reply_constant(r);
}
static void with_cookie(struct request *r)
{
    page(r);
    reply_cookie(r, "seen", "1", "/", 60, true);
}
static void with_own_caching(struct request *r)
{
    page(r);
    reply_header(r, "Cache-Control", "no-store");
}
static void with_own_tag(struct request *r)
{
    page(r);
    reply_header(r, "ETag", "\"mine\"");
}
static void with_id(struct request *r)
{
    made++;
    const char *text = arena_printf(r->arena, "Reference %s.", r->id);
    reply(r, 200, "text/plain", text, strlen(text));
}
static void not_here(struct request *r)
{
    made++;
    reply_error(r, 404, NULL);
}
static void elsewhere(struct request *r)
{
    made++;
    reply_redirect(r, 303, "/page");
}
static const struct route routes[] = {
    {HTTP_GET, "/page", 0, BODY_NONE, page, COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET, "/about", 0, BODY_NONE, about, COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET, "/slow", 0, BODY_NONE, slow_page, COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET, "/large", 0, BODY_NONE, large_page, COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET, "/cookie", 0, BODY_NONE, with_cookie, COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET, "/own-caching", 0, BODY_NONE, with_own_caching, COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET, "/own-tag", 0, BODY_NONE, with_own_tag, COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET, "/id", 0, BODY_NONE, with_id, COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET, "/not-here", 0, BODY_NONE, not_here, COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET, "/elsewhere", 0, BODY_NONE, elsewhere, COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET, "/constant/{name}", 0, BODY_NONE, constant, COST_INLINE, CACHE_STATIC},
    {HTTP_GET, "/inline", 0, BODY_NONE, page, COST_INLINE, CACHE_PUBLIC},
    {HTTP_GET, "/personal", 0, BODY_NONE, page, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET, "/lent", 0, BODY_NONE, lent, COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET, "/lent-personal", 0, BODY_NONE, lent, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET, "/lent-without-room", 0, BODY_NONE, lent_without_room, COST_NORMAL, CACHE_NEVER},
};

/* As the server's user would: nobody with a session; who has a theme gets pages of their own. */
static const char *variant(struct request *r)
{
    struct str theme = pairs_get(&r->cookies, "theme");
    if (pairs_get(&r->cookies, "session").p)
        return NULL;
    return theme.p ? arena_strndup(r->arena, theme.p, theme.n) : "";
}
static const char *const security[] = {"X-Content-Type-Options", "nosniff", NULL};

/* --- The server in a thread */

static struct http_server *server;
static pthread_t runner;

static void *run(void *s)
{
    http_run(s);
    return NULL;
}

static int setup(void **state)
{
    static char where[64];
    (void)state;
    port = free_port();
    snprintf(where, sizeof where, "127.0.0.1:%d", port);
    memset(page_text, 'p', sizeof page_text);
    memset(large_text, 'l', sizeof large_text);
    made = 0;
    sem_init(&begun, 0, 0);
    sem_init(&go_on, 0, 0);
    cache = http_cache_new((size_t)128 << 20);
    struct http_settings set = {.listen = where, .workers = 2};
    struct http_hooks hooks = {.cache = cache, .variant = variant, .headers = security, .rest = rest};
    server = http_start(&set, routes, COUNT(routes), &hooks);
    return server && pthread_create(&runner, NULL, run, server) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    http_stop(server);
    pthread_join(runner, NULL);
    http_cache_free(cache);
    return 0;
}

/* The value of a header of what was heard. */
static const char *value_of(const char *name)
{
    static char value[100];
    char line[60];
    snprintf(line, sizeof line, "\r\n%s: ", name);
    const char *at = strcasestr(heard, line);
    snprintf(value, sizeof value, "%.*s", at ? (int)strcspn(at + strlen(line), "\r") : 0,
             at ? at + strlen(line) : "");
    return value;
}

/* The head of what was heard, but for the lines that are each answer's own. */
static const char *head_text(void)
{
    static char text[2000];
    size_t n = 0;
    for (const char *line = heard; strncmp(line, "\r\n", 2) != 0; line = strstr(line, "\r\n") + 2)
        if (strncasecmp(line, "Age:", 4) != 0 && strncasecmp(line, "Date:", 5) != 0 &&
            strncasecmp(line, "X-Request-Id:", 13) != 0)
            n += (size_t)snprintf(text + n, sizeof text - n, "%.*s\n", (int)strcspn(line, "\r"), line);
    return text;
}

/* --- What is answered from memory */

static void the_loop_answers_the_second(void **state)
{
    (void)state;
    char head[2000], id[100];
    assert_int_equal(ask(GET("/about")), 200);
    assert_false(has("\r\nAge:"));
    snprintf(head, sizeof head, "%s", head_text());
    snprintf(id, sizeof id, "%s", value_of("X-Request-Id"));
    assert_int_equal(strlen(id), 16);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ask(GET("/about")), 200);
        assert_true(has("\r\nAge: 0\r\n"));
        assert_string_equal(head_text(), head);
        assert_memory_equal(body_of(), page_text, sizeof page_text);
        assert_string_not_equal(value_of("X-Request-Id"), id);
        assert_int_equal(strlen(value_of("X-Request-Id")), 16);
    }
    assert_true(has("\r\nX-Content-Type-Options: nosniff\r\n") && has("\r\nX-Note: of the handler\r\n"));
    assert_int_equal(made, 1);
    struct http_cache_facts f = http_cache_facts(cache);
    assert_int_equal(f.hits, 3);
    assert_int_equal(f.misses, 1);
}

/* What is lent is the server's when the next may be made of the same memory. */
static void what_is_lent_is_copied(void **state)
{
    char text[sizeof lent_text];
    (void)state;
    assert_int_equal(ask(GET("/lent?a")), 200);
    assert_int_equal(ask(GET("/lent?b")), 200);
    assert_int_equal(ask(GET("/lent?a")), 200);
    assert_true(has("\r\nAge: 0\r\n"));
    assert_memory_equal(body_of(), memset(text, 'a', sizeof text), sizeof text);
    assert_int_equal(ask(GET("/lent-personal?c")), 200);
    assert_memory_equal(body_of(), memset(text, 'c', sizeof text), sizeof text);
    assert_int_equal(ask(GET("/lent-without-room")), 500);
    assert_true(has("\r\nCache-Control: no-store\r\n"));
}

static void head_and_304_too(void **state)
{
    (void)state;
    char again[256];
    assert_int_equal(ask("HEAD /page HTTP/1.1\r\n" H "\r\n"), 200);
    assert_int_equal(ask(GET("/page")), 200);
    assert_memory_equal(body_of(), page_text, sizeof page_text);
    assert_int_equal(ask("HEAD /page HTTP/1.1\r\n" H "\r\n"), 200);
    assert_true(has("\r\nContent-Length: 4096\r\n") && has("\r\nAge: "));
    snprintf(again, sizeof again, "GET /page HTTP/1.1\r\n" H "If-None-Match: %s\r\n\r\n", value_of("ETag"));
    assert_int_equal(ask(again), 304);
    assert_true(has("\r\nAge: ") && has("max-age=60") && has("\r\nVary: ") && has("nosniff"));
    assert_false(has("\r\nContent-Type:"));
    assert_int_equal(ask("GET /page HTTP/1.1\r\n" H "If-None-Match: \"other\"\r\n\r\n"), 200);
    assert_int_equal(made, 1);
}

static int times(const char *s)
{
    int n = 0;
    for (const char *at = heard; (at = strcasestr(at, s)); at++)
        n++;
    return n;
}

/* What was heard is somebody's own: its id is not the last one's. */
static void check_own(char last[17], int i)
{
    check_row(times("\r\nX-Request-Id: ") == 1, i);
    check_row(strlen(value_of("X-Request-Id")) == 16 && strcmp(value_of("X-Request-Id"), last) != 0, i);
    snprintf(last, 17, "%s", value_of("X-Request-Id"));
}

/* One answer is sent to all of them. */
static void each_has_an_id_of_its_own(void **state)
{
    (void)state;
    char last[17] = "";
    int fd = dial();
    assert_int_equal(ask(GET("/page")), 200);
    say(fd, GET("/page") GET("/page") "HEAD /page HTTP/1.1\r\n" H "\r\n" GET("/page"));
    for (int i = 0; i < 4; i++) {
        check_row(hear(fd, i == 2) == 200 && times("\r\nAge: ") == 1, i);
        check_own(last, i);
    }
    close(fd);
    assert_int_equal(made, 1);
}

static void constants_are_put_together_once(void **state)
{
    static const struct {
        const char *request, *body;
    } rows[] = {
        {GET("/constant/a"), "one"},
        {GET("/constant/b"), "another"},
        {"GET /constant/a HTTP/1.1\r\n" H "Accept-Encoding: gzip\r\n\r\n", "packed"},
        {"GET /constant/b HTTP/1.1\r\n" H "Cookie: theme=dark; session=x\r\n\r\n", "another"},
    };
    (void)state;
    char last[17] = "";
    for (size_t i = 0; i < 3 * COUNT(rows); i++) {
        bool packed = i % COUNT(rows) == 2;
        check_row(ask(rows[i % COUNT(rows)].request) == 200, i);
        check_row(strcmp(body_of(), rows[i % COUNT(rows)].body) == 0, i);
        check_own(last, (int)i);
        check_row(times("\r\nAge: ") == 0 && times("\r\nX-Content-Type-Options: nosniff\r\n") == 1, i);
        check_row(times("\r\nCache-Control: public, max-age=31536000, immutable\r\n") == 1, i);
        check_row(times("\r\nVary: Accept-Encoding\r\n") == 1 && times("Set-Cookie") == 0, i);
        check_row(times("\r\nContent-Encoding: gzip\r\n") == packed, i);
    }
    assert_int_equal(ask("HEAD /constant/a HTTP/1.1\r\n" H "\r\n"), 200);
    assert_true(has("\r\nContent-Length: 3\r\n"));
    assert_int_equal(made, 3 * COUNT(rows) + 1);
    assert_int_equal(http_cache_facts(cache).answers, 0);
}

static void it_grows_older(void **state)
{
    (void)state;
    char again[256], age[100] = "0";
    assert_int_equal(ask(GET("/page")), 200);
    for (int i = 0; strcmp(age, "0") == 0; i++) {
        assert_true(i < 100);
        usleep(50000);
        assert_int_equal(ask(GET("/page")), 200);
        assert_int_equal(times("\r\nAge: "), 1);
        snprintf(age, sizeof age, "%s", value_of("Age"));
    }
    snprintf(again, sizeof again, "GET /page HTTP/1.1\r\n" H "If-None-Match: %s\r\n\r\n", value_of("ETag"));
    assert_int_equal(ask(again), 304);
    assert_int_equal(times("\r\nAge: "), 1);
    assert_string_not_equal(value_of("Age"), "0");
    assert_int_equal(made, 1);
}

/* A client that reads slowly still gets what it asked for, though others were sent the same meanwhile and it
 * is not kept any more. */
static void what_is_being_sent_stays_whole(void **state)
{
    (void)state;
    char last[17];
    int fd = dial();
    struct pollfd begins = {fd, POLLIN, 0};
    assert_int_equal(ask(GET("/large")), 200);
    say(fd, GET("/large"));
    assert_int_equal(poll(&begins, 1, 8000), 1);
    assert_int_equal(ask(GET("/large")), 200);
    assert_true(has("\r\nAge: "));
    snprintf(last, sizeof last, "%s", value_of("X-Request-Id"));
    http_cache_changed(cache, NULL);
    assert_int_equal(ask(GET("/page")), 200);
    assert_int_equal(http_cache_facts(cache).answers, 1);

    assert_int_equal(hear(fd, false), 200);
    check_own(last, 0);
    size_t n = strlen(body_of());
    assert_memory_equal(body_of(), large_text, n);
    for (ssize_t got; n < sizeof large_text; n += (size_t)got) {
        got = recv(fd, heard, sizeof heard, 0);
        assert_true(got > 0);
        assert_memory_equal(heard, large_text, (size_t)got);
    }
    assert_int_equal(n, sizeof large_text);
    assert_int_equal(made, 2);
    close(fd);
}

/* Who waited for an answer is sent the one that was kept, as who asks later. */
static void those_who_wait_have_ids_too(void **state)
{
    (void)state;
    char last[17] = "";
    int fd[4];
    for (size_t i = 0; i < COUNT(fd); i++) {
        fd[i] = dial();
        say(fd[i], GET("/slow"));
        while (i == 0 && sem_wait(&begun) != 0)
            ;
    }
    while (http_cache_facts(cache).misses < COUNT(fd))
        usleep(1000);
    sem_post(&go_on);
    for (size_t i = 0; i < COUNT(fd); i++) {
        check_row(hear(fd[i], false) == 200 && times("\r\nAge: ") == (i > 0), i);
        check_own(last, (int)i);
        close(fd[i]);
    }
    assert_int_equal(made, 1);
}

/* The first to ask has the page already: it is kept whole for the others all the same. */
static void a_304_keeps_the_page(void **state)
{
    (void)state;
    char again[256], tag[100];
    assert_int_equal(ask("GET /page HTTP/1.1\r\n" H "Accept-Encoding: gzip\r\n\r\n"), 200);
    snprintf(tag, sizeof tag, "%s", value_of("ETag"));
    assert_true(strstr(tag, "-gz\""));
    http_cache_changed(cache, NULL);
    snprintf(again, sizeof again,
             "GET /page HTTP/1.1\r\n" H "Accept-Encoding: gzip\r\nIf-None-Match: %s\r\n\r\n", tag);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ask(again), 304);
        assert_int_equal(has("\r\nAge: "), i);
        assert_false(has("Content-Encoding"));
        assert_string_equal(value_of("ETag"), tag);
    }
    assert_int_equal(ask("GET /page HTTP/1.1\r\n" H "Accept-Encoding: gzip\r\n\r\n"), 200);
    assert_true(has("\r\nAge: ") && has("\r\nContent-Encoding: gzip\r\n"));
    assert_int_equal(made, 2);
}

static void each_form_is_its_own(void **state)
{
    static const char *const forms[] = {
        GET("/page"),
        GET("/page?"),
        "GET /page HTTP/1.1\r\n" H "Accept: application/json\r\n\r\n",
        "GET /page HTTP/1.1\r\n" H "Accept-Encoding: gzip\r\n\r\n",
        "GET /page HTTP/1.1\r\n" H "X-Fragment: results\r\n\r\n",
        "GET /page HTTP/1.1\r\n" H "Cookie: theme=dark\r\n\r\n",
        "GET /page HTTP/1.1\r\n" H "Cookie: theme=light\r\n\r\n",
        "GET /page HTTP/1.1\r\n" H "Cookie: other=1\r\n\r\n",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        check_row(ask(forms[i]) == 200 && !has("\r\nAge: "), i);
        check_row(made == (int)i + 1, i);
    }
    for (size_t i = 0; i < COUNT(forms); i++) {
        check_row(ask(forms[i]) == 200 && has("\r\nAge: "), i);
        check_row((strstr(forms[i], "Cookie") != NULL) == has("private, max-age=0"), i);
    }
    assert_int_equal(made, COUNT(forms));
}

/* --- What is not */

static void not_for_everybody(void **state)
{
    static const struct {
        const char *request;
        int status;
    } rows[] = {
        {"GET /page HTTP/1.1\r\n" H "Cookie: session=x\r\n\r\n", 200},
        {"GET /page HTTP/1.1\r\n" H "Cookie: theme=dark; session=x\r\n\r\n", 200},
        {GET("/cookie"), 200},
        {GET("/own-caching"), 200},
        {GET("/own-tag"), 200},
        {GET("/id"), 200},
        {GET("/not-here"), 404},
        {GET("/elsewhere"), 303},
        {GET("/inline"), 200},
        {GET("/personal"), 200},
    };
    (void)state;
    assert_int_equal(ask(GET("/page")), 200);
    for (size_t i = 0; i < COUNT(rows); i++) {
        made = 0;
        for (int n = 1; n <= 2; n++) {
            check_row(ask(rows[i].request) == rows[i].status && !has("\r\nAge: "), i);
            check_row(made == n || rows[i].status == 404, i);
        }
    }
    assert_int_equal(http_cache_facts(cache).answers, 1);
    assert_int_equal(ask(GET("/page")), 200);
    assert_true(has("\r\nAge: "));
}

static void changes_are_seen(void **state)
{
    (void)state;
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(ask(GET("/about")), 200);
        assert_int_equal(made, i);
        http_cache_changed(cache, i == 1 ? "ana" : NULL);
    }
    assert_int_equal(ask(GET("/about")), 200);
    http_cache_changed(cache, "bea");
    assert_int_equal(ask(GET("/about")), 200);
    assert_int_equal(made, 4);
}

/* A page that was being made while something changed is answered with, and not kept. */
static void what_a_change_overtakes_is_not_kept(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        int fd = dial();
        say(fd, GET("/slow"));
        while (sem_wait(&begun) != 0)
            ;
        if (i < 2)
            http_cache_changed(cache, i ? NULL : "ana");
        sem_post(&go_on);
        assert_int_equal(hear(fd, false), 200);
        assert_false(has("\r\nAge: "));
        close(fd);
    }
    assert_int_equal(ask(GET("/slow")), 200); /* the third was not overtaken; a worker would wait here */
    assert_true(has("\r\nAge: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_loop_answers_the_second, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_lent_is_copied, setup, teardown),
        cmocka_unit_test_setup_teardown(head_and_304_too, setup, teardown),
        cmocka_unit_test_setup_teardown(each_has_an_id_of_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(constants_are_put_together_once, setup, teardown),
        cmocka_unit_test_setup_teardown(it_grows_older, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_being_sent_stays_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(those_who_wait_have_ids_too, setup, teardown),
        cmocka_unit_test_setup_teardown(a_304_keeps_the_page, setup, teardown),
        cmocka_unit_test_setup_teardown(each_form_is_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(not_for_everybody, setup, teardown),
        cmocka_unit_test_setup_teardown(changes_are_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(what_a_change_overtakes_is_not_kept, setup, teardown),
    };
    log_threshold(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
