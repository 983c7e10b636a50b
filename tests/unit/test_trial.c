/* A stored case: its answers are read strictly, and it holds when everything that comes out is as expected.
 */
#include "questionnaire.h"

#include "intake/trial.h"

static struct trial tried(const char *text)
{
    struct json d;
    struct trial t;
    if (!sample() || !json_parse(&d, arena, str_of(text)))
        fail_msg("not JSON: %s", text);
    trial_run(sample(), &d, 0, arena, &t);
    return t;
}

#define CASE(answers, outcome, rules, more)                                                                  \
    "{\"answers\":{" answers "},\"today\":\"2026-11-21\",\"outcome\":\"" outcome "\",\"rules\":[" rules      \
    "]" more "}"
#define WEIGHT "\"RF08\":\"yes\""
#define TOLD   ",\"RF15\":\"ok\",\"RF15_date\":\"2026-11-01\",\"RF15_clinician\":\"Lee\""
#define SOONER ",\"urgency\":\"soon\"" LIGHT
#define LIGHT  ",\"pressure_max\":3"

static void test_holds(void **state)
{
    (void)state;
    static const char *const cases[] = {
        CASE("", "PROCEED", "\"OK-00\"", ""),
        CASE(WEIGHT, "CLEARANCE", "\"RF-08\"", SOONER),
        CASE("", "PROCEED", "\"OK-00\"", ",\"pressure_max\":null"),
        CASE(WEIGHT ",\"RF09\":\"yes\"", "STOP", "\"X-COMBO\",\"RF-08\"", SOONER),
        CASE(WEIGHT TOLD, "MODIFY", "\"RF-08\",\"X-DOWN\"", LIGHT),
        CASE(WEIGHT, "MODIFY", "\"RF-08\",\"X-DOWN\"", LIGHT ",\"note_on\":\"2026-11-01\""),
        CASE(WEIGHT, "MODIFY", "\"RF-08\",\"X-DOWN\"", LIGHT ",\"call_on\":\"2026-11-01\""),
        CASE(WEIGHT, "CLEARANCE", "\"RF-08\"", SOONER ",\"call_on\":\"2026-09-01\""),
        CASE("\"H06\":[\"none\"],\"P07\":3,\"A01\":\"1980-05-05\"", "PROCEED", "\"OK-00\"", ""),
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trial t = tried(cases[i]);
        if (t.wrong || !t.holds)
            fail_msg("%s: %s, %s", cases[i], t.wrong ? t.wrong : "does not hold",
                     trial_rules(sample(), &t.j, arena));
    }
}

static void test_does_not_hold(void **state)
{
    (void)state;
    static const char *const cases[] = {
        CASE(WEIGHT, "STOP", "\"RF-08\"", SOONER),
        CASE(WEIGHT, "CLEARANCE", "\"RF-08\"", LIGHT),
        CASE(WEIGHT, "CLEARANCE", "\"RF-08\"", LIGHT ",\"urgency\":\"emergency\""),
        CASE(WEIGHT, "CLEARANCE", "\"RF-08\",\"X-COMBO\"", SOONER),
        CASE(WEIGHT, "CLEARANCE", "\"X-COMBO\"", SOONER),
        CASE(WEIGHT, "CLEARANCE", "", SOONER),
        CASE(WEIGHT, "CLEARANCE", "\"RF-08\",\"RF-08\"", SOONER),
        CASE(WEIGHT, "CLEARANCE", "\"RF-08\"", ",\"urgency\":\"soon\",\"pressure_max\":2"),
        CASE(WEIGHT, "CLEARANCE", "\"RF-08\"", ",\"urgency\":\"soon\""),
        CASE(WEIGHT ",\"RF09\":\"yes\"", "STOP", "\"RF-08\",\"RF-08\"", SOONER),
        CASE("", "PROCEED", "\"RF-08\"", ""),
        CASE("", "PROCEED", "", ""),
        CASE("", "CLEARANCE", "\"OK-00\"", ""),
        CASE("", "PROCEED", "\"NO-99\"", ""),
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trial t = tried(cases[i]);
        if (t.wrong || t.holds)
            fail_msg("%s: %s", cases[i], t.wrong ? t.wrong : "holds");
    }
}

static void test_answers_that_do_not_fit(void **state)
{
    (void)state;
    static const struct {
        const char *answers, *wrong;
    } cases[] = {
        {"\"RF77\":\"yes\"", "There is no question \"RF77\"."},
        {"\"RF08\":\"perhaps\"", "RF08 has no option \"perhaps\"."},
        {"\"RF08\":[\"yes\"]", "RF08 has no option \"\"."},
        {"\"RF08\":null", "RF08 has no option \"\"."},
        {"\"H06\":\"none\"", "H06 wants a list of options."},
        {"\"H06\":[]", "H06 wants a list of options."},
        {"\"H06\":[\"perhaps\"]", "H06 has no option \"perhaps\"."},
        {"\"P07\":11", "P07 wants a whole number from 0 to 10."},
        {"\"P07\":\"3\"", "P07 wants a whole number from 0 to 10."},
        {"\"P07\":3.5", "P07 wants a whole number from 0 to 10."},
        {"\"A01\":\"1980-02-30\"", "A01 wants a date like 2026-11-22."},
        {"\"A01\":1980", "A01 wants a date like 2026-11-22."},
        {"\"RF15_clinician\":\"\"", "RF15_clinician wants a text."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[300];
        snprintf(text, sizeof text, CASE("%s", "PROCEED", "\"OK-00\"", ""), cases[i].answers);
        struct trial t = tried(text);
        assert_false(t.holds);
        assert_non_null(t.wrong);
        assert_string_equal(t.wrong, cases[i].wrong);
    }
    assert_string_equal(tried("{\"answers\":[]}").wrong, "Answers are written as {\"RF01\": \"no\"}.");
    assert_string_equal(tried("{}").wrong, "Answers are written as {\"RF01\": \"no\"}.");
}

static void test_rules_in_order(void **state)
{
    (void)state;
    struct trial t = tried(CASE(WEIGHT ",\"RF09\":\"yes\",\"RF01\":\"yes\"", "STOP", "", ""));
    assert_string_equal(trial_rules(sample(), &t.j, arena), "RF-01 RF-08 X-COMBO");
    t = tried(CASE("", "STOP", "", ""));
    assert_string_equal(trial_rules(sample(), &t.j, arena), "OK-00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holds),
        cmocka_unit_test(test_does_not_hold),
        cmocka_unit_test(test_answers_that_do_not_fit),
        cmocka_unit_test(test_rules_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
