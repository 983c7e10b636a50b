/* One URL, two readers: pages for people, documents and problems for programs; and who is let in at all. */
#include "request.h"

#include "core/json.h"

#include <sodium.h>

static struct view *view;

static struct request *with_site(struct fake *f, enum http_method method)
{
    struct request *r = fake_request(f, method);
    f->app.config.site_name = (char *)(uintptr_t) "unknot";
    f->app.view = view;
    assert_true(web_start(&f->app));
    return r;
}

static void done(struct fake *f)
{
    fake_free(f);
    web_stop(&f->app);
}

static const char guides[] = "{\"guides\":[{\"slug\":\"a\",\"title\":\"<A>\",\"summary\":\"b\"}]}";

static void a_document_goes_out_untouched(void **state)
{
    (void)state;
    struct fake f;
    struct request *r = with_site(&f, HTTP_GET);
    r->wants_json = true;
    page(r, "guides/index", guides);
    assert_int_equal(f.x.response.status, 200);
    assert_string_equal(f.x.response.type, "application/json");
    assert_string_equal(fake_body(&f), guides);
    page_status(r, 409, "guides/index", guides);
    assert_string_equal(f.x.response.type, "application/problem+json");
    done(&f);
}

static void a_page_is_escaped_html(void **state)
{
    (void)state;
    struct fake f;
    struct request *r = with_site(&f, HTTP_GET);
    page(r, "guides/index", guides);
    assert_int_equal(f.x.response.status, 200);
    assert_string_equal(f.x.response.type, "text/html; charset=utf-8");
    assert_non_null(strstr(fake_body(&f), "&lt;A&gt;"));
    assert_null(strstr(fake_body(&f), "<A>"));
    done(&f);
}

static void raw_and_values_reach_the_page(void **state)
{
    (void)state;
    struct fake f;
    struct request *r = with_site(&f, HTTP_GET);
    page_raw(r, "body", "<p>from a \"renderer\"</p>");
    page_value(r, "title", "A & B");
    page(r, "guides/page", NULL);
    assert_non_null(strstr(fake_body(&f), "<p>from a \"renderer\"</p>"));
    assert_non_null(strstr(fake_body(&f), "A &amp; B"));
    done(&f);
}

/* The innermost of two counts; a third is not left out unseen. */
static void a_page_takes_two_objects_and_no_more(void **state)
{
    (void)state;
    for (int count = 1; count <= 3; count++) {
        struct fake f;
        struct json outer, inner;
        struct request *r = with_site(&f, HTTP_GET);
        assert_true(json_parse(&outer, r->arena, STR("{\"title\":\"Outer\"}")));
        assert_true(json_parse(&inner, r->arena, STR("{\"title\":\"Inner\"}")));
        page_context(r, &outer);
        for (int i = 1; i < count; i++)
            page_context(r, &inner);
        page(r, "guides/page", NULL);
        assert_int_equal(f.x.response.status, count > 2 ? 500 : 200);
        if (count < 3)
            assert_non_null(strstr(fake_body(&f), count == 1 ? "Outer" : "Inner"));
        done(&f);
    }
}

/* What was said after the mark is taken back, also what took the place of something before it; each time. */
static void an_answer_goes_back_to_its_mark(void **state)
{
    (void)state;
    struct fake f;
    struct request *r = with_site(&f, HTTP_POST);
    reply_header(r, "X-One", "before");
    const struct answer_mark *mark = reply_mark(r);
    assert_non_null(mark);
    for (int again = 0; again < 2; again++) {
        reply_header(r, "X-One", "after");
        reply_header(r, "X-Two", "after");
        reply(r, 200, "text/plain", "x", 1);
        reply_return(r, mark);
        assert_string_equal(fake_header(&f, "X-One"), "before");
        assert_null(fake_header(&f, "X-Two"));
        assert_int_equal(reply_status(r), 0);
    }
    done(&f);
}

static bool known(struct request *r, struct session *s)
{
    (void)r;
    s->role = ROLE_THERAPIST;
    s->name = "Marta Moll";
    return strcmp(s->token, "session-token") == 0;
}

/* What shared caches may keep has nothing of anybody in it, not even a token or a cookie. */
static void public_pages_are_nobodys(void **state)
{
    (void)state;
    struct fake f;
    struct request *r = with_site(&f, HTTP_GET);
    f.route.cache = CACHE_PUBLIC;
    fake_put(&r->cookies, "visitor", "visitor-cookie");
    assert_true(web_admit(r));
    page(r, "guides/index", guides);
    assert_non_null(strstr(fake_body(&f), "name=\"csrf\" value=\"\""));
    assert_null(fake_header(&f, "Set-Cookie"));
    assert_null(fake_header(&f, "Cache-Control"));
    done(&f);

    r = with_site(&f, HTTP_GET);
    f.route.cache = CACHE_PUBLIC;
    f.app.identify = known;
    fake_put(&r->cookies, "session", "session-token");
    assert_true(web_admit(r));
    page(r, "guides/index", guides);
    assert_non_null(strstr(fake_body(&f), "Marta Moll"));
    assert_string_equal(fake_header(&f, "Cache-Control"), "no-store");
    done(&f);
}

static void a_form_brings_its_cookie(void **state)
{
    (void)state;
    struct fake f;
    struct request *r = with_site(&f, HTTP_GET);
    assert_true(web_admit(r));
    page(r, "accounts/sign-in", NULL);
    const char *cookie = fake_header(&f, "Set-Cookie"), *html = fake_body(&f);
    assert_non_null(cookie);
    assert_non_null(strstr(cookie, "visitor="));
    assert_non_null(strstr(cookie, "HttpOnly"));
    char visitor[44] = "";
    memcpy(visitor, cookie + strlen("visitor="), 43);
    const char *token = strstr(html, "name=\"csrf\" value=\"");
    assert_non_null(token);
    assert_true(csrf_valid(f.app.key, visitor, (struct str){token + 19, CSRF_CHARS - 1}));
    done(&f);
}

static void https_cookies_are_host_cookies(void **state)
{
    (void)state;
    struct fake f;
    struct request *r = fake_request(&f, HTTP_GET);
    f.app.https = true;
    fake_put(&r->cookies, "session", "planted");
    assert_null(cookie_value(r, SESSION_COOKIE));
    fake_put(&r->cookies, "__Host-session", "real");
    assert_string_equal(cookie_value(r, SESSION_COOKIE), "real");
    cookie_set(r, SESSION_COOKIE, "x", -1);
    assert_non_null(strstr(fake_header(&f, "Set-Cookie"), "__Host-session=x; Path=/;"));
    assert_non_null(strstr(fake_header(&f, "Set-Cookie"), "Secure"));
    fake_free(&f);
}

/* Errors: a page with the request's id, a problem for programs, and plain words when there is no view at all.
 */
static void errors_as_page_problem_and_plain(void **state)
{
    (void)state;
    struct fake f;
    struct request *r = with_site(&f, HTTP_GET);
    reply_error(r, 404, NULL);
    assert_int_equal(f.x.response.status, 404);
    assert_non_null(strstr(fake_body(&f), "Page not found"));
    assert_non_null(strstr(fake_body(&f), r->id));
    r->wants_json = true;
    reply_error(r, 404, "No <such> thing");
    assert_string_equal(f.x.response.type, "application/problem+json");
    struct json j;
    assert_true(json_parse(&j, r->arena, str_of(fake_body(&f))));
    assert_string_equal(json_member(r->arena, fake_body(&f), "status"), "404");
    assert_string_equal(json_member(r->arena, fake_body(&f), "detail"), "No <such> thing");
    assert_string_equal(json_member(r->arena, fake_body(&f), "request_id"), r->id);
    done(&f);

    r = with_site(&f, HTTP_GET);
    const char *site = f.app.site;
    f.app.site = "not json";
    reply_error(r, 503, "No <such> thing");
    assert_int_equal(f.x.response.status, 503);
    assert_non_null(strstr(fake_body(&f), "No &lt;such&gt; thing"));
    assert_non_null(strstr(fake_body(&f), r->id));
    assert_non_null(fake_header(&f, "Retry-After"));
    f.app.site = site;
    done(&f);
}

static void an_unknown_outcome_is_no_failure(void **state)
{
    (void)state;
    struct fake f;
    struct request *r = with_site(&f, HTTP_POST);
    reply_db(r, DB_UNKNOWN);
    assert_int_equal(f.x.response.status, 202);
    assert_non_null(strstr(fake_body(&f), "Do not book again"));
    done(&f);
}

static void each_status_of_the_database_has_its_answer(void **state)
{
    static const int answers[] = {
        [DB_OK] = 500,   [DB_NONE] = 404, [DB_CONFLICT] = 409, [DB_REFUSED] = 422, [DB_DENIED] = 404,
        [DB_BUSY] = 503, [DB_GONE] = 503, [DB_UNKNOWN] = 202,  [DB_ERROR] = 500};
    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        struct fake f;
        struct request *r = with_site(&f, HTTP_GET);
        r->wants_json = true;
        reply_db(r, (enum db_status)i);
        check_row(f.x.response.status == answers[i], i);
        done(&f);
    }
}

#define BOOKING "0b125aae-154d-489f-8b4a-93c703587f85"

static const struct entry {
    uint8_t who;
    enum http_method method;
    bool json;
    const char *cookie, *token; /* of the caller */
    int status;                 /* 0: let in */
} entries[] = {
    {WHO_ANYONE, HTTP_GET, false, NULL, NULL, 0},
    {WHO_SIGNED_IN, HTTP_GET, false, NULL, NULL, 303},
    {WHO_THERAPIST, HTTP_GET, false, NULL, NULL, 303},
    {WHO_THERAPIST, HTTP_GET, true, NULL, NULL, 401},
    {WHO_THERAPIST, HTTP_POST, false, NULL, NULL, 401},
    {WHO_OPERATOR, HTTP_GET, false, "session", "forged", 303},
    {WHO_SIGNED_IN, HTTP_GET, false, "session", "session-token", 0},
    {WHO_THERAPIST, HTTP_GET, false, "session", "session-token", 0},
    {WHO_OPERATOR, HTTP_GET, false, "session", "session-token", 404},
    {WHO_OPERATOR, HTTP_GET, true, "session", "session-token", 404},
    {WHO_OPERATOR, HTTP_POST, false, "session", "session-token", 404},
    {WHO_BOOKING, HTTP_GET, false, NULL, NULL, 404},
    {WHO_BOOKING, HTTP_GET, true, NULL, NULL, 401},
    {WHO_BOOKING, HTTP_GET, false, "booking_" BOOKING, "t", 0},
    {WHO_BOOKING, HTTP_GET, false, "booking_1b125aae-154d-489f-8b4a-93c703587f85", "t", 404},
    {WHO_BOOKING, HTTP_GET, false, "session", "session-token", 404},
    {0x0e, HTTP_GET, false, "session", "session-token",
     404}, /* a row that nobody thought through lets nobody in */
};

static void who_is_let_in(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(entries); i++) {
        struct fake f;
        struct request *r = with_site(&f, entries[i].method);
        f.app.identify = known;
        f.route.who = entries[i].who;
        r->wants_json = entries[i].json;
        fake_put(&r->params, "id", BOOKING);
        if (entries[i].cookie)
            fake_put(&r->cookies, entries[i].cookie, entries[i].token);
        bool in = web_admit(r);
        check_row(in == (entries[i].status == 0), i);
        check_row(f.x.response.status == entries[i].status, i);
        if (entries[i].status == 303)
            assert_string_equal(fake_header(&f, "Location"), "/sign-in?next=%2Fa%3Fb%3Dc");
        done(&f);
    }
}

static void only_paths_of_ours_are_redirected_to(void **state)
{
    static const char *const bad[] = {
        "//evil.test", "/\\evil.test", "http://evil.test",    "evil",          "",      "/a b",
        "/a\r\nX: y",  "/\xc3\xa4",    "javascript:alert(1)", "\\\\evil.test", "/a\x7f"};
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        check_row(strcmp(local_path(bad[i], "/home"), "/home") == 0, i);
    assert_string_equal(local_path(NULL, "/home"), "/home");
    assert_string_equal(local_path("/a/b?c=d&e=%2F", "/home"), "/a/b?c=d&e=%2F");
}

static void static_names_carry_their_content(void **state)
{
    (void)state;
    struct fake f;
    struct request *r = with_site(&f, HTTP_GET);
    const char *url = static_url("assets/app.css");
    assert_non_null(url);
    assert_null(static_url("assets/none.css"));
    fake_put(&r->params, "file", url + strlen("/static/"));
    static_get(r);
    assert_int_equal(f.x.response.status, 200);
    assert_string_equal(f.x.response.type, "text/css; charset=utf-8");
    assert_null(fake_header(&f, "Content-Encoding"));
    size_t plain = f.x.response.size;
    r->accepts_gzip = true;
    static_get(r);
    assert_string_equal(fake_header(&f, "Content-Encoding"), "gzip");
    assert_true(f.x.response.size < plain);
    r->params.n = 0;
    fake_put(&r->params, "file", "app.0000000000000000.css");
    static_get(r);
    assert_int_equal(f.x.response.status, 404);
    r->params.n = 0;
    fake_put(&r->params, "file", "app.css");
    static_get(r);
    assert_int_equal(f.x.response.status, 404);
    done(&f);
}

static int view_make(void **state)
{
    (void)state;
    view = view_load();
    return view && sodium_init() >= 0 ? 0 : -1;
}

static int view_end(void **state)
{
    (void)state;
    view_free(view);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_goes_out_untouched),
        cmocka_unit_test(a_page_is_escaped_html),
        cmocka_unit_test(raw_and_values_reach_the_page),
        cmocka_unit_test(a_page_takes_two_objects_and_no_more),
        cmocka_unit_test(an_answer_goes_back_to_its_mark),
        cmocka_unit_test(public_pages_are_nobodys),
        cmocka_unit_test(a_form_brings_its_cookie),
        cmocka_unit_test(https_cookies_are_host_cookies),
        cmocka_unit_test(errors_as_page_problem_and_plain),
        cmocka_unit_test(an_unknown_outcome_is_no_failure),
        cmocka_unit_test(each_status_of_the_database_has_its_answer),
        cmocka_unit_test(who_is_let_in),
        cmocka_unit_test(only_paths_of_ours_are_redirected_to),
        cmocka_unit_test(static_names_carry_their_content),
    };
    return cmocka_run_group_tests_name("negotiate", tests, view_make, view_end);
}
