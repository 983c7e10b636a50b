/* The documents of what the form comes to: no member of them stands twice, as a strict reader refuses that.
 */
#include "questionnaire.h"
#include "request.h"

#include "intake/words.h"

static size_t members(const struct json *j, uint32_t object, const char *key)
{
    size_t n = 0;
    for (uint32_t t = object + 1; t < j->token[object].next; t = j->token[t + 1].next)
        n += str_is(json_raw(j, t), key);
    return n;
}

static void check_once(const char *document)
{
    struct json j;
    assert_non_null(document);
    assert_true(json_parse(&j, arena, str_of(document)));
    for (uint32_t t = 1; t < j.token[0].next; t = j.token[t + 1].next) {
        char *key = arena_strndup(arena, json_raw(&j, t).p, json_raw(&j, t).n);
        if (members(&j, 0, key) != 1)
            fail_msg("%s stands %zu times", key, members(&j, 0, key));
    }
}

static void check_documents(const char *text, bool passed)
{
    struct fake f;
    struct request *r = fake_request(&f, HTTP_GET);
    struct setting s = {.today = TODAY, .sections = WHOLE_FORM};
    struct answers given = answers_of(sample(), text);
    struct judgement j;
    f.app.config.emergency = (char *)(uintptr_t) "112";
    f.app.config.urgent_line = (char *)(uintptr_t) "116 117";
    judge(sample(), &given, &s, &j);
    assert_int_equal(j.passed, passed);
    struct outcome_of o = {.q = sample(), .answers = &given, .j = &j, .today = TODAY, .booking = "{}"};
    check_once(outcome_document(r, &o));
    check_once(passed_document(r, &o));
    check_once(judgement_document(r, &o));
    fake_free(&f);
}

static void test_no_member_twice(void **state)
{
    (void)state;
    check_documents("RF01=no RF03=fine RF08=not_sure RF09=no RF11=no A01=1980-05-05 P07=3 H06=none H20=no",
                    true);
    check_documents("RF01=yes", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_member_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
