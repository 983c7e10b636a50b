/* Who made the browser send this POST? */
#include "request.h"

#include <sodium.h>

static const unsigned char key[32] = {1, 2, 3}, other_key[32] = {1, 2, 4};

static void a_token_fits_its_holder_only(void **state)
{
    (void)state;
    char token[CSRF_CHARS], again[CSRF_CHARS];
    csrf_token(key, "marta", token);
    csrf_token(key, "marta", again);
    assert_string_not_equal(token, again); /* masked anew */
    assert_true(csrf_valid(key, "marta", str_of(token)));
    assert_true(csrf_valid(key, "marta", str_of(again)));
    assert_false(csrf_valid(key, "martb", str_of(token)));
    assert_false(csrf_valid(key, NULL, str_of(token)));
    assert_false(csrf_valid(other_key, "marta", str_of(token)));
    assert_false(csrf_valid(key, "marta", str_of("")));
    assert_false(csrf_valid(key, "marta", (struct str){token, CSRF_CHARS - 2}));
}

static void a_changed_token_is_refused(void **state)
{
    (void)state;
    char token[CSRF_CHARS];
    csrf_token(key, "marta", token);
    for (size_t i = 0; i + 1 < CSRF_CHARS; i++) {
        char was = token[i];
        token[i] = was == 'A' ? 'B' : 'A';
        check_row(!csrf_valid(key, "marta", str_of(token)), i);
        token[i] = was;
    }
    assert_true(csrf_valid(key, "marta", str_of(token)));
}

enum body { FORM, JSON };
enum auth { NOBODY, SESSION, GUEST, BEARER };
enum token { NONE, RIGHT, WRONG };

static const struct row {
    const char *fetch_site, *origin;
    enum body body;
    enum auth auth;
    enum token token;
    bool row_has_token, may;
} rows[] = {
    /* a form of ours */
    {"same-origin", NULL, FORM, NOBODY, RIGHT, true, true},
    {"same-origin", NULL, FORM, SESSION, RIGHT, true, true},
    {"same-origin", NULL, FORM, GUEST, RIGHT, true, true},
    {"none", NULL, FORM, SESSION, RIGHT, true, true},
    {NULL, "http://unknot.test", FORM, SESSION, RIGHT, true, true},
    /* without its token */
    {"same-origin", NULL, FORM, NOBODY, NONE, true, false},
    {"same-origin", NULL, FORM, SESSION, NONE, true, false},
    {"same-origin", NULL, FORM, SESSION, WRONG, true, false},
    {"same-origin", NULL, FORM, NOBODY, WRONG, true, false},
    /* from elsewhere, with all one could steal */
    {"cross-site", NULL, FORM, SESSION, RIGHT, true, false},
    {"same-site", NULL, FORM, SESSION, RIGHT, true, false},
    {"cross-site", "http://unknot.test", FORM, SESSION, RIGHT, true, false},
    {NULL, "http://evil.test", FORM, SESSION, RIGHT, true, false},
    {NULL, "http://unknot.test.evil.test", FORM, SESSION, RIGHT, true, false},
    {NULL, "null", FORM, SESSION, RIGHT, true, false},
    {NULL, "", FORM, SESSION, RIGHT, true, false},
    /* Sec-Fetch-Site is believed first */
    {"same-origin", "http://evil.test", FORM, SESSION, RIGHT, true, true},
    /* a form that does not say where it comes from */
    {NULL, NULL, FORM, SESSION, RIGHT, true, false},
    {NULL, NULL, FORM, NOBODY, RIGHT, true, false},
    /* rows without a token */
    {"same-origin", NULL, FORM, NOBODY, NONE, false, true},
    {NULL, "http://unknot.test", FORM, SESSION, NONE, false, true},
    {"cross-site", NULL, FORM, NOBODY, NONE, false, false},
    {NULL, NULL, FORM, NOBODY, NONE, false, false},
    /* scripts */
    {NULL, NULL, JSON, NOBODY, NONE, true, true},
    {NULL, NULL, JSON, BEARER, NONE, true, true},
    {NULL, NULL, FORM, BEARER, NONE, true, true},
    {"cross-site", NULL, JSON, NOBODY, NONE, true, false},
    {NULL, "http://evil.test", JSON, BEARER, NONE, true, false},
    /* JSON with a browser's authority */
    {NULL, NULL, JSON, SESSION, NONE, true, false},
    {NULL, NULL, JSON, GUEST, NONE, true, false},
    {NULL, NULL, JSON, SESSION, RIGHT, true, true},
    {"same-origin", NULL, JSON, SESSION, NONE, true, true},
    {NULL, "http://unknot.test", JSON, GUEST, NONE, true, true},
    {"cross-site", NULL, JSON, SESSION, RIGHT, true, false},
};

static bool known(struct request *r, struct session *s)
{
    (void)r;
    s->role = ROLE_THERAPIST;
    s->name = "Marta";
    s->id = "session-id";
    return strcmp(s->token, "session-token") == 0;
}

#define BOOKING "0b125aae-154d-489f-8b4a-93c703587f85"

/* A header that did not come has no pointer either. */
static struct str sent(const char *value)
{
    return value ? str_of(value) : (struct str){NULL, 0};
}

static bool admitted(const struct row *row)
{
    struct fake f;
    struct request *r = fake_request(&f, HTTP_POST);
    char token[CSRF_CHARS];
    f.app.identify = known;
    f.route.who = row->row_has_token ? WHO_ANYONE : WHO_ANYONE | NO_TOKEN;
    r->fetch_site = sent(row->fetch_site);
    r->origin = sent(row->origin);
    if (row->body == JSON)
        r->json = (json_t *)&f; /* only looked whether it is there */
    fake_put(&r->cookies, "visitor", "visitor-cookie");
    fake_put(&r->params, "id", BOOKING);
    if (row->auth == SESSION)
        fake_put(&r->cookies, "session", "session-token");
    if (row->auth == GUEST)
        fake_put(&r->cookies, "booking_" BOOKING, "booking-token");
    if (row->auth == BEARER)
        r->bearer = STR("booking-token");
    csrf_token(f.app.key, row->auth == SESSION ? "session-id" : "visitor-cookie", token);
    if (row->token == WRONG)
        csrf_token(f.app.key, "somebody-else", token);
    if (row->token != NONE)
        fake_put(&r->form, "csrf", token);
    bool may = web_admit(r);
    assert_int_equal(f.x.response.status, may ? 0 : 403);
    fake_free(&f);
    return may;
}

static void posts_from_here_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(admitted(&rows[i]) == rows[i].may, i);
}

/* After signing in, a token of before is worth nothing. */
static void token_ends_with_the_session(void **state)
{
    (void)state;
    char token[CSRF_CHARS];
    struct fake f;
    struct request *r = fake_request(&f, HTTP_POST);
    f.app.identify = known;
    r->fetch_site = STR("same-origin");
    fake_put(&r->cookies, "visitor", "visitor-cookie");
    fake_put(&r->cookies, "session", "session-token");
    csrf_token(f.app.key, "visitor-cookie", token);
    fake_put(&r->form, "csrf", token);
    assert_false(web_admit(r));
    fake_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_fits_its_holder_only),
        cmocka_unit_test(a_changed_token_is_refused),
        cmocka_unit_test(posts_from_here_only),
        cmocka_unit_test(token_ends_with_the_session),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests_name("csrf", tests, NULL, NULL);
}
