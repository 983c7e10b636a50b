/* Fields: what fits and in which form it comes out; the three states; the page again. */
#include "request.h"
#include "web/field.h"

static const char *const days[] = {"mon", "tue", NULL};

static const struct row {
    struct field field;
    const char *typed, *value; /* NULL: does not fit */
} rows[] = {
    {{.kind = FIELD_LINE, .max = 5}, "abcde", "abcde"},
    {{.kind = FIELD_LINE, .max = 5}, "abcdef", NULL},
    {{.kind = FIELD_LINE, .max = 5},
     "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa9",
     "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa9"},
    {{.kind = FIELD_LINE, .min = 3}, "ab", NULL},
    {{.kind = FIELD_LINE}, "a\nb", NULL},
    {{.kind = FIELD_LINE}, "a\tb", NULL},
    {{.kind = FIELD_LINE},
     "a\x7f"
     "b",
     NULL},
    {{.kind = FIELD_LINE},
     "a\xc2\x85"
     "b",
     NULL},
    {{.kind = FIELD_LINE},
     "a\xe2\x80\xae"
     "b",
     NULL},
    {{.kind = FIELD_LINE},
     "a\xe2\x81\xa7"
     "b",
     NULL},
    {{.kind = FIELD_LINE},
     "a\xe2\x80\x94"
     "b",
     "a\xe2\x80\x94"
     "b"},
    {{.kind = FIELD_TEXT}, "a\r\nb\rc\nd", "a\nb\nc\nd"},
    {{.kind = FIELD_TEXT, .max = 3}, "a\r\nb", "a\nb"},
    {{.kind = FIELD_TEXT, .max = 2}, "a\r\nb", NULL},
    {{.kind = FIELD_TEXT}, "a\x01", NULL},
    {{.kind = FIELD_EMAIL}, "marta@example.org", "marta@example.org"},
    {{.kind = FIELD_EMAIL}, "o'brien+x@mail.example.org", "o'brien+x@mail.example.org"},
    {{.kind = FIELD_EMAIL}, "marta@example", NULL},
    {{.kind = FIELD_EMAIL}, "@example.org", NULL},
    {{.kind = FIELD_EMAIL}, "marta@", NULL},
    {{.kind = FIELD_EMAIL}, "marta@example.org?bcc=x@example.org", NULL},
    {{.kind = FIELD_EMAIL}, "marta?bcc=x@example.org", NULL},
    {{.kind = FIELD_EMAIL}, "marta@exa_mple.org", NULL},
    {{.kind = FIELD_EMAIL}, "z\xc3\xb6@example.org", NULL},
    {{.kind = FIELD_EMAIL}, "a@b@example.org", NULL},
    {{.kind = FIELD_EMAIL}, "a b@example.org", NULL},
    {{.kind = FIELD_EMAIL}, "a@example.org,b@example.org", NULL},
    {{.kind = FIELD_EMAIL}, "Marta <a@example.org>", NULL},
    {{.kind = FIELD_EMAIL}, "a@example..org", NULL},
    {{.kind = FIELD_EMAIL}, "a@.example.org", NULL},
    {{.kind = FIELD_EMAIL}, "a@example.org.", NULL},
    {{.kind = FIELD_EMAIL}, "a@exam\r\nBcc: x@y.org", NULL},
    {{.kind = FIELD_EMAIL}, "a\r\nb@example.org", NULL},
    {{.kind = FIELD_EMAIL}, "a\tb@example.org", NULL},
    {{.kind = FIELD_EMAIL}, "a\x01@example.org", NULL},
    {{.kind = FIELD_EMAIL}, "a\x7f@example.org", NULL},
    {{.kind = FIELD_INT, .min = 10, .max = 480}, "10", "10"},
    {{.kind = FIELD_INT, .min = 10, .max = 480}, "010", "10"},
    {{.kind = FIELD_INT, .min = 10, .max = 480}, "481", NULL},
    {{.kind = FIELD_INT, .min = 10, .max = 480}, "9", NULL},
    {{.kind = FIELD_INT, .min = 10, .max = 480}, "60.0", NULL},
    {{.kind = FIELD_INT, .min = 10, .max = 480}, "1e2", NULL},
    {{.kind = FIELD_INT}, "99999999999999999999", NULL},
    {{.kind = FIELD_INT, .min = -5, .max = 5}, "-5", "-5"},
    {{.kind = FIELD_MONEY}, "85", "8500"},
    {{.kind = FIELD_MONEY}, "$85", "8500"},
    {{.kind = FIELD_MONEY}, "85.5", "8550"},
    {{.kind = FIELD_MONEY}, "85,05", "8505"},
    {{.kind = FIELD_MONEY}, "0.01", "1"},
    {{.kind = FIELD_MONEY}, "85.", NULL},
    {{.kind = FIELD_MONEY}, ".5", NULL},
    {{.kind = FIELD_MONEY}, "85.555", NULL},
    {{.kind = FIELD_MONEY}, "85.5x", NULL},
    {{.kind = FIELD_MONEY}, "-85", NULL},
    {{.kind = FIELD_MONEY}, "$", NULL},
    {{.kind = FIELD_MONEY, .max = 10000}, "100", "10000"},
    {{.kind = FIELD_MONEY, .max = 10000}, "100.01", NULL},
    {{.kind = FIELD_DATE}, "2028-02-29", "2028-02-29"},
    {{.kind = FIELD_DATE}, "2027-02-29", NULL},
    {{.kind = FIELD_DATE}, "2100-02-29", NULL},
    {{.kind = FIELD_DATE}, "2026-13-01", NULL},
    {{.kind = FIELD_DATE}, "2026-04-31", NULL},
    {{.kind = FIELD_DATE}, "2026-4-3", NULL},
    {{.kind = FIELD_DATE}, "2026-00-10", NULL},
    {{.kind = FIELD_TIME}, "09:30", "09:30"},
    {{.kind = FIELD_TIME}, "9:30", "09:30"},
    {{.kind = FIELD_TIME}, "09:30:00", "09:30"},
    {{.kind = FIELD_TIME}, "9:30:00", "09:30"},
    {{.kind = FIELD_TIME}, "09:30:01", NULL},
    {{.kind = FIELD_TIME}, "24:00", "24:00"},
    {{.kind = FIELD_TIME}, "24:01", NULL},
    {{.kind = FIELD_TIME}, "09:60", NULL},
    {{.kind = FIELD_TIME}, "0930", NULL},
    {{.kind = FIELD_TIME}, ":", NULL},
    {{.kind = FIELD_TIME}, "9:3", NULL},
    {{.kind = FIELD_TIME}, "9:30:0000", NULL},
    {{.kind = FIELD_TIME}, "9 am", "09:00"},
    {{.kind = FIELD_TIME}, "9:30am", "09:30"},
    {{.kind = FIELD_TIME}, "5:30 PM", "17:30"},
    {{.kind = FIELD_TIME}, "11:05 pm", "23:05"},
    {{.kind = FIELD_TIME}, "12 am", "00:00"},
    {{.kind = FIELD_TIME}, "12:15 pm", "12:15"},
    {{.kind = FIELD_TIME}, "13 pm", NULL},
    {{.kind = FIELD_TIME}, "0 am", NULL},
    {{.kind = FIELD_TIME}, "9:5 am", NULL},
    {{.kind = FIELD_TIME}, "9:60 am", NULL},
    {{.kind = FIELD_TIME}, "9x30 am", NULL},
    {{.kind = FIELD_TIME}, " am", NULL},
    {{.kind = FIELD_TIME}, "am", NULL},
    {{.kind = FIELD_TIME}, "9 xm", NULL},
    {{.kind = FIELD_CHOICE, .choices = days}, "tue", "tue"},
    {{.kind = FIELD_CHOICE, .choices = days}, "wed", NULL},
    {{.kind = FIELD_CHOICE, .choices = days}, "tu", NULL},
    {{.kind = FIELD_UUID}, "0B125AAE-154D-489F-8B4A-93C703587F85", "0b125aae-154d-489f-8b4a-93c703587f85"},
    {{.kind = FIELD_UUID}, "0b125aae-154d-489f-8b4a-93c703587f8", NULL},
    {{.kind = FIELD_SECRET, .min = 1, .max = 4}, " a b", " a b"},
    {{.kind = FIELD_SECRET, .min = 1, .max = 4}, "abcde", NULL},
};

static void fields_fit_or_not(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *value = field_value(&rows[i].field, a, str_of(rows[i].typed));
        check_row((value == NULL) == (rows[i].value == NULL), i);
        if (value)
            assert_string_equal(value, rows[i].value);
    }
    arena_free(a);
}

static const struct field fields[] = {
    {"name", FIELD_LINE, true, 1, 20, NULL, "Enter your name", "Enter a name of at most 20 characters"},
    {"email", FIELD_EMAIL, false, 0, 0, NULL, "Enter your e-mail",
     "Enter an e-mail address like name@example.org"},
    {"day", FIELD_CHOICE, true, 0, 0, days, "Choose a day", "Choose one of the days"},
    {"tags", FIELD_SLUGS, false, 0, 3, NULL, "Choose", "Choose at most 3"},
    {"only", FIELD_SLUGS, true, 0, 0, days, "Choose a day at least", "Choose days"},
    {"password", FIELD_SECRET, false, 1, 20, NULL, "Enter it", "Shorter"},
};

static void three_states(void **state)
{
    (void)state;
    struct fake f;
    struct form form;
    struct request *r = fake_request(&f, HTTP_POST);
    fake_put(&r->form, "name", "  Marta \n");
    fake_put(&r->form, "email", "nonsense");
    fake_put(&r->form, "day", " ");
    fake_put(&r->form, "tags", "swedish");
    fake_put(&r->form, "tags", "");
    fake_put(&r->form, "tags", "deep-tissue");
    fake_put(&r->form, "password", " pass ");
    form_read(&form, r, fields, COUNT(fields));
    assert_string_equal(form_get(&form, "name"), "Marta");
    assert_null(form_get(&form, "email"));
    assert_string_equal(form.error[1], "Enter an e-mail address like name@example.org");
    assert_null(form_get(&form, "day"));
    assert_string_equal(form.error[2], "Choose a day");
    assert_string_equal(form_get(&form, "tags"), "{swedish,deep-tissue}");
    assert_string_equal(form.error[4], "Choose a day at least");
    assert_string_equal(form_get(&form, "password"), " pass ");
    assert_int_equal(form.errors, 3);
    form_fail(&form, "email", "second");
    assert_int_equal(form.errors, 3);
    assert_string_equal(form.error[1], "Enter an e-mail address like name@example.org");
    form_fail(&form, "name", "This name is taken");
    form_fail(&form, NULL, "The time is gone");
    assert_int_equal(form.errors, 5);
    assert_null(form_get(&form, "name"));
    fake_free(&f);
}

static void optional_missing_is_no_error(void **state)
{
    (void)state;
    struct fake f;
    struct form form;
    struct request *r = fake_request(&f, HTTP_POST);
    form_read(&form, r, fields + 1, 1);
    assert_int_equal(form.errors, 0);
    assert_null(form.value[0]);
    assert_null(form.error[0]);
    fake_free(&f);
}

static void twice_is_wrong(void **state)
{
    (void)state;
    struct fake f;
    struct form form;
    struct request *r = fake_request(&f, HTTP_POST);
    fake_put(&r->form, "name", "Marta");
    fake_put(&r->form, "name", "Marta");
    form_read(&form, r, fields, 1);
    assert_null(form.value[0]);
    assert_string_equal(form.error[0], "Enter a name of at most 20 characters");
    fake_free(&f);
}

static void slugs_are_bounded(void **state)
{
    static const char *const bad[] = {"a,b", "a\"", "{a}", "A", "a b", "\\", "wed"};
    (void)state;
    struct fake f;
    struct form form;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct request *r = fake_request(&f, HTTP_POST);
        fake_put(&r->form, "tags", bad[i]);
        fake_put(&r->form, "only", bad[i]);
        form_read(&form, r, fields + 3, 2);
        check_row(form.value[1] == NULL && form.error[1] != NULL, i);
        check_row(i == COUNT(bad) - 1 || form.error[0] != NULL, i); /* `wed` is a slug, but not of days */
        fake_free(&f);
    }
    struct request *r = fake_request(&f, HTTP_POST);
    for (int i = 0; i < 4; i++)
        fake_put(&r->form, "tags", "a");
    form_read(&form, r, fields + 3, 1);
    assert_non_null(form.error[0]);
    fake_free(&f);
}

/* A problem stands at its field; one of no field above the form; what is none changes nothing. */
static void a_problem_of_the_database_is_a_fault(void **state)
{
    (void)state;
    struct fake f;
    struct form form;
    struct request *r = fake_request(&f, HTTP_POST);
    form_read(&form, r, fields + COUNT(fields), 0);
    assert_false(form_refused(&form, NULL));
    assert_false(form_refused(&form, "{\"id\":1,\"field\":\"name\",\"title\":\"None\"}"));
    assert_int_equal(form.errors, 0);
    assert_true(form_refused(&form, "{\"problem\":true,\"field\":null,\"title\":\"Too late\"}"));
    assert_string_equal(form.general, "Too late");
    fake_put(&r->form, "name", "Marta");
    form_read(&form, r, fields, 1);
    assert_int_equal(form.errors, 0);
    assert_true(form_refused(&form, "{\"problem\":true,\"field\":\"name\",\"title\":\"Taken\"}"));
    assert_string_equal(form.error[0], "Taken");
    fake_free(&f);
}

/* As JSON the faults are problem+json, and nothing typed comes back. */
static void faults_as_json(void **state)
{
    (void)state;
    struct fake f;
    struct form form;
    struct request *r = fake_request(&f, HTTP_POST);
    r->wants_json = true;
    fake_put(&r->form, "name", "<b>");
    fake_put(&r->form, "password", "secret");
    form_read(&form, r, fields, COUNT(fields));
    page_form(r, "none", NULL, &form);
    assert_int_equal(f.x.response.status, 422);
    assert_string_equal(f.x.response.type, "application/problem+json");
    assert_non_null(strstr(fake_body(&f), "{\"field\":\"day\",\"message\":\"Choose a day\"}"));
    assert_null(strstr(fake_body(&f), "secret"));
    fake_free(&f);
}

/* A real template: the typed text is back, escaped, the password is not. */
static void form_is_drawn_again(void **state)
{
    (void)state;
    static const struct field sign_in[] = {
        {"email", FIELD_EMAIL, true, 0, 0, NULL, "Enter your e-mail address",
         "Enter an e-mail address like this"},
        {"password", FIELD_SECRET, true, 1, 128, NULL, "Enter your password", "Enter your password"},
    };
    struct fake f;
    struct form form;
    struct request *r = fake_request(&f, HTTP_POST);
    f.app.config.site_name = (char *)(uintptr_t) "unknot";
    f.app.view = view_load();
    assert_non_null(f.app.view);
    assert_true(web_start(&f.app));
    fake_put(&r->form, "email", "<marta>");
    fake_put(&r->form, "password", "opensesame");
    form_read(&form, r, sign_in, 2);
    page_form(r, "accounts/sign-in", NULL, &form);
    assert_int_equal(f.x.response.status, 422);
    const char *html = fake_body(&f);
    assert_non_null(strstr(html, "&lt;marta&gt;"));
    assert_null(strstr(html, "<marta>"));
    assert_null(strstr(html, "opensesame"));
    assert_non_null(strstr(html, "There is a problem"));
    assert_non_null(strstr(html, "href=\"#email\""));
    fake_free(&f);
    view_free(f.app.view);
    web_stop(&f.app);
}

/* What is no declared single field is a box: a name and a slug; what cannot be one is said to be none. */
static void boxes_and_fields_as_json(void **state)
{
    (void)state;
    struct fake f;
    struct form form;
    struct request *r = fake_request(&f, HTTP_POST);
    fake_put(&r->form, "csrf", "token");
    fake_put(&r->form, "name", "Ma\"rta");
    fake_put(&r->form, "day", "never");
    fake_put(&r->form, "access", "step_free");
    fake_put(&r->form, "access", "parking");
    fake_put(&r->form, "access", "");
    fake_put(&r->form, "Bad name", "x\",[");
    fake_put(&r->form, "tags", "a");
    form_read(&form, r, fields, 4);
    assert_string_equal(
        form_ticked(&form),
        "[[\"access\",\"step_free\"],[\"access\",\"parking\"],[\"?\",\"?\"],[\"tags\",\"a\"]]");
    const char *json = form_json(&form);
    assert_non_null(strstr(json, "\"name\":\"Ma\\\"rta\""));
    assert_non_null(strstr(json, "\"day\":null"));
    assert_non_null(strstr(json, "\"tags\":\"{a}\""));
    fake_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_fit_or_not),
        cmocka_unit_test(three_states),
        cmocka_unit_test(optional_missing_is_no_error),
        cmocka_unit_test(twice_is_wrong),
        cmocka_unit_test(slugs_are_bounded),
        cmocka_unit_test(a_problem_of_the_database_is_a_fault),
        cmocka_unit_test(faults_as_json),
        cmocka_unit_test(boxes_and_fields_as_json),
        cmocka_unit_test(form_is_drawn_again),
    };
    return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
