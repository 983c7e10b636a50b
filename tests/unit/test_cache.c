/* The store of kept answers: what is one answer's own, how much is kept, and when it goes. */
#include "unit.h"

#include "http/cache.h"

#include <pthread.h>

#define MIB ((size_t)1 << 20)

/* An exchange as a worker leaves it: asked for, answered, with a key. */
struct asked {
    struct exchange x;
    struct header headers[2];
};

static struct arena *arena;
static char body[MIB];

static struct exchange *ask(struct asked *a, const struct http_cache *c, const char *target, size_t size)
{
    memset(a, 0, sizeof *a);
    a->headers[0] = (struct header){"ETag", "\"0123-gz\"", &a->headers[1]};
    a->headers[1] = (struct header){"Cache-Control", "public, max-age=60", NULL};
    a->x.r = (struct request){.arena = arena, .target = str_of(target)};
    a->x.response = (struct response){
        .status = 200, .type = "text/html", .data = body, .size = size, .headers = a->headers};
    a->x.key = cache_key(&a->x, "", arena);
    a->x.seen = http_cache_seen(c);
    return &a->x;
}

/* Made now, about `subject`, and put in. */
static void keep(struct http_cache *c, const char *target, const char *subject, size_t size, int64_t now)
{
    struct asked a;
    struct exchange *x = ask(&a, c, target, size);
    x->response.subject = subject;
    x->made_us = now;
    cache_put(c, kept_make(c, x, "0123"), now);
}

static struct kept *find(struct http_cache *c, const char *target, int64_t now)
{
    struct asked a;
    return cache_find(c, ask(&a, c, target, 0)->key, now);
}

static uint64_t bytes(const struct http_cache *c)
{
    return http_cache_facts(c).bytes;
}

static int setup(void **state)
{
    memset(body, 'b', sizeof body);
    arena = arena_new(64 * MIB);
    *state = http_cache_new(MIB);
    return *state && arena ? 0 : -1;
}

static int teardown(void **state)
{
    http_cache_free(*state);
    arena_free(arena);
    return 0;
}

static void an_answer_comes_back_whole(void **state)
{
    struct http_cache *c = *state;
    struct asked a;
    char value[] = "public, max-age=60", type[] = "text/html";
    struct exchange *x = ask(&a, c, "/a?b", 3);
    a.headers[1].value = value;
    x->response.type = type;
    x->made_us = 7;
    cache_put(c, kept_make(c, x, "0123"), 7);
    memset(value, 'x', sizeof value - 1); /* the request is over, its memory somebody else's */
    memset(type, 'x', sizeof type - 1);
    const struct kept *k = find(c, "/a?b", 8);
    assert_non_null(k);
    assert_string_equal(k->tag, "0123");
    assert_string_equal(MHD_get_response_header(k->ready, "Content-Type"), "text/html");
    assert_string_equal(MHD_get_response_header(k->ready, "ETag"), "\"0123-gz\"");
    assert_string_equal(MHD_get_response_header(k->ready, "Cache-Control"), "public, max-age=60");
    assert_int_equal(MHD_get_response_headers(k->ready, NULL, NULL), 3);
    assert_true(str_is(k->body, "bbb"));
    assert_int_equal(k->made_us, 7);
    struct http_cache_facts f = http_cache_facts(c);
    assert_int_equal(f.hits, 1);
    assert_int_equal(f.answers, 1);
    assert_null(find(c, "/a?c", 8));
    assert_int_equal(http_cache_facts(c).misses, 1);
}

/* Every two of these are answered differently, and so differ in their keys. */
static void what_differs_is_kept_apart(void **state)
{
    static const struct {
        const char *target, *variant, *fragment;
        bool json, gzip, cookie;
    } rows[] = {
        {"/a", "", NULL, false, false, false},    {"/b", "", NULL, false, false, false},
        {"/a?b", "", NULL, false, false, false},  {"/a", "", NULL, true, false, false},
        {"/a", "", NULL, false, true, false},     {"/a", "", NULL, true, true, false},
        {"/a", "", NULL, false, false, true},     {"/a", "dark", NULL, false, false, true},
        {"/a", "dusk", NULL, false, false, true}, {"/a", "light", NULL, false, false, true},
        {"/a", "", "", false, false, false},      {"/a", "", "y", false, false, false},
        {"/a", "", "x", false, false, false},     {"/a", "x", "", false, false, false},
        {"x/a", "", "", false, false, false},     {"/a", "-", NULL, false, false, false},
    };
    struct str key[COUNT(rows)];
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct asked a;
        struct exchange *x = ask(&a, *state, rows[i].target, 0);
        x->r.fragment = rows[i].fragment ? str_of(rows[i].fragment) : (struct str){NULL, 0};
        x->r.wants_json = rows[i].json;
        x->r.accepts_gzip = rows[i].gzip;
        x->carries_cookie = rows[i].cookie;
        key[i] = cache_key(x, rows[i].variant, arena);
        check_row(key[i].p, i);
        for (size_t k = 0; k < i; k++)
            check_row(!str_eq(key[k], key[i]), i);
    }
    /* what comes with a cookie is never packed */
    struct asked a;
    struct exchange *x = ask(&a, *state, "/a", 0);
    x->carries_cookie = x->r.accepts_gzip = true;
    assert_true(str_eq(cache_key(x, "", arena), key[6]));
}

static void memory_has_a_limit(void **state)
{
    struct http_cache *c = *state;
    char target[16];
    for (int i = 0; i < 1000; i++) {
        snprintf(target, sizeof target, "/%d", i);
        keep(c, target, i % 2 ? "one" : NULL, 10000, i);
        assert_true(bytes(c) <= MIB);
        assert_non_null(find(c, "/0", i)); /* used all the time */
    }
    assert_true(bytes(c) > MIB / 10 * 9);
    assert_non_null(find(c, "/0", 1000));
    assert_null(find(c, "/1", 1000));
    assert_null(find(c, "/2", 1000));
    for (int i = 910; i < 1000; i++) {
        snprintf(target, sizeof target, "/%d", i);
        check_row(find(c, target, 1000), i);
    }
    keep(c, "/large", NULL, MIB / KEPT_SHARE, 1001);
    assert_null(find(c, "/large", 1001));
    keep(c, "/just", NULL, MIB / KEPT_SHARE - 6000, 1001); /* its head, and what it is rounded up by */
    assert_non_null(find(c, "/just", 1001));
}

/* The head takes memory too: the lines that a handler added, and at least as much for each as its text. */
static void the_head_counts(void **state)
{
    static char value[] = "a line of the head that a handler added, as long as some of them are";
    struct http_cache *c = *state;
    size_t before = 0;
    for (int lines = 0; lines < 3; lines++) {
        struct asked a;
        struct exchange *x = ask(&a, c, "/a", 10);
        x->response.headers = lines ? &a.headers[2 - lines] : NULL;
        a.headers[0].value = a.headers[1].value = value;
        cache_put(c, kept_make(c, x, "0123"), lines);
        check_row(bytes(c) > before + sizeof value, lines);
        before = bytes(c);
    }
}

static void the_newer_replaces_the_older(void **state)
{
    struct http_cache *c = *state;
    keep(c, "/a", NULL, 1000, 1);
    uint64_t before = bytes(c);
    keep(c, "/a", "x", 2000, 2);
    assert_int_equal(bytes(c), before + 1000);
    assert_int_equal(http_cache_facts(c).answers, 1);
    assert_int_equal(find(c, "/a", 2)->body.n, 2000);
}

static void a_minute_is_all(void **state)
{
    struct http_cache *c = *state;
    const int64_t minute = INT64_C(60) * 1000 * 1000;
    keep(c, "/a", NULL, 10, 5);
    assert_non_null(find(c, "/a", 5 + minute - 1)); /* being used makes it no younger */
    assert_null(find(c, "/a", 5 + minute));
    assert_int_equal(bytes(c), 0);
}

static void changes_drop_what_rests_on_them(void **state)
{
    struct http_cache *c = *state;
    keep(c, "/ana", "ana", 10, 1);
    keep(c, "/bea", "bea", 10, 1);
    keep(c, "/list", NULL, 10, 1);
    http_cache_changed(c, "ana");
    assert_null(find(c, "/nothing", 2));
    assert_int_equal(http_cache_facts(c).answers, 2); /* the list's memory is free */
    assert_null(find(c, "/ana", 2));
    assert_null(find(c, "/list", 2));
    assert_non_null(find(c, "/bea", 2));
    keep(c, "/ana", "ana", 10, 3);
    keep(c, "/list", NULL, 10, 3);
    assert_non_null(find(c, "/ana", 3));
    assert_non_null(find(c, "/list", 3));
    http_cache_changed(c, NULL);
    assert_null(find(c, "/nothing", 4)); /* whatever is asked for first: all memory is free */
    assert_int_equal(bytes(c), 0);
    assert_int_equal(http_cache_facts(c).answers, 0);
}

/* What was begun before a change may have seen what was before it. */
static void nothing_overtaken_is_kept(void **state)
{
    static const struct {
        const char *subject, *changed;
        bool kept;
    } rows[] = {
        {"ana", "ana", false}, {"ana", "bea", true}, {"ana", NULL, false},
        {NULL, "bea", false},  {NULL, NULL, false},
    };
    struct http_cache *c = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct asked a;
        struct exchange *x = ask(&a, c, "/a", 10);
        x->response.subject = rows[i].subject;
        http_cache_changed(c, rows[i].changed);
        cache_put(c, kept_make(c, x, "0123"), 1);
        check_row((find(c, "/a", 1) != NULL) == rows[i].kept, i);
        check_row(rows[i].kept || bytes(c) == 0, i);
        http_cache_changed(c, NULL);
    }
}

static void what_is_being_sent_stays(void **state)
{
    struct http_cache *c = *state;
    keep(c, "/a", NULL, 1000, 1);
    struct kept *first = kept_share(find(c, "/a", 1)), *second = kept_share(find(c, "/a", 1));
    http_cache_changed(c, NULL);
    assert_null(find(c, "/a", 1));
    kept_release(first);
    assert_memory_equal(second->body.p, body, 1000);
    kept_release(second);
    kept_release(NULL);
}

/* Once http_cache_changed has returned, what was begun before it is not found, whatever the loop does
 * meanwhile. */
static atomic_bool over;
static _Atomic uint64_t told;

static void *tell(void *cache)
{
    while (!atomic_load(&over)) {
        http_cache_changed(cache, "ana");
        atomic_fetch_add(&told, 1);
    }
    return NULL;
}

static void changes_come_from_another_thread(void **state)
{
    struct http_cache *c = *state;
    pthread_t teller;
    int overtaken = 0;
    atomic_store(&over, false);
    assert_int_equal(pthread_create(&teller, NULL, tell, c), 0);
    for (int i = 0; i < 20000 || overtaken < 10; i++) {
        struct asked a;
        struct exchange *x = ask(&a, c, "/a", 10);
        uint64_t before = atomic_load(&told);
        x->response.subject = "ana";
        cache_put(c, kept_make(c, x, "0123"), 1);
        bool whole = atomic_load(&told) > before + 1; /* a change was made since, from begin to end */
        overtaken += whole;
        if (whole && find(c, "/a", 1))
            fail_msg("round %d", i);
        arena_reset(arena);
    }
    atomic_store(&over, true);
    pthread_join(teller, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_answer_comes_back_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(what_differs_is_kept_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_has_a_limit, setup, teardown),
        cmocka_unit_test_setup_teardown(the_head_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(the_newer_replaces_the_older, setup, teardown),
        cmocka_unit_test_setup_teardown(a_minute_is_all, setup, teardown),
        cmocka_unit_test_setup_teardown(changes_drop_what_rests_on_them, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_overtaken_is_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_being_sent_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(changes_come_from_another_thread, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
