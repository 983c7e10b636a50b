/* Questionnaires and answers as FHIR, and a questionnaire from outside. What is sent out is held against the
 * rules of R4 in tests/http/questionnaire.mjs. */
#include "questionnaire.h"

#include "intake/fhir.h"

static const char *response(const char *answers)
{
    struct buf out = {.max = 100000};
    struct answers given = answers_of(sample(), answers), shown;
    struct fhir_response about = {.id = "r1",
                                  .subject = "Patient/1",
                                  .author = "Patient/1",
                                  .authored = "2026-11-22T10:00:00Z",
                                  .status = "completed"};
    answers_shown(sample(), &given, TODAY, &shown);
    fhir_response(sample(), &shown, &about, &out);
    char *text = arena_strndup(arena, out.p, out.n);
    buf_free(&out);
    return text;
}

#define HEAD_OF_RESPONSE                                                                                     \
    "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"r1\","                                             \
    "\"questionnaire\":\"urn:unknot:questionnaire:form|7\",\"status\":\"completed\","                        \
    "\"subject\":{\"reference\":\"Patient/1\"},\"authored\":\"2026-11-22T10:00:00Z\","                       \
    "\"author\":{\"reference\":\"Patient/1\"}"
#define CODING(question, code, display)                                                                      \
    "{\"valueCoding\":{\"system\":\"urn:unknot:questionnaire:options:" question "\",\"code\":\"" code        \
    "\",\"display\":\"" display "\"}}"

static void test_response(void **state)
{
    (void)state;
    assert_string_equal(response(""), HEAD_OF_RESPONSE "}");
    assert_string_equal(
        response("RF01=no A01=1980-05-05 P07=3"), HEAD_OF_RESPONSE
        ",\"item\":["
        "{\"linkId\":\"S1\",\"item\":[{\"linkId\":\"S1.1\",\"item\":["
        "{\"linkId\":\"RF01\",\"text\":\"What?\",\"answer\":[" CODING(
            "RF01", "no",
            "No") "]}]}]},"
                  "{\"linkId\":\"S2\",\"item\":[{\"linkId\":\"S2.1\",\"item\":["
                  "{\"linkId\":\"A01\",\"text\":\"What?\",\"answer\":[{\"valueDate\":\"1980-05-05\"}]}]}]},"
                  "{\"linkId\":\"S4\",\"item\":[{\"linkId\":\"S4.1\",\"item\":["
                  "{\"linkId\":\"P07\",\"text\":\"What?\",\"answer\":[{\"valueInteger\":3}]}]}]}]}");
    assert_null(strstr(response("RF03=fine RF03b=yes"), "RF03b")); /* what is not shown is not sent */
}

static void refuses(const char *text, const char *why)
{
    char fault[200];
    struct buf out = {.max = 100000};
    assert_false(fhir_read(str_of(text), &out, fault));
    if (!strstr(fault, why))
        fail_msg("%s: %s", text, fault);
    buf_free(&out);
}

#define FORM(items) "{\"resourceType\":\"Questionnaire\",\"item\":[" items "]}"
#define PAGE(items)                                                                                          \
    FORM("{\"linkId\":\"S1\",\"type\":\"group\",\"item\":[{\"linkId\":\"S1.2\",\"text\":\"Two\",\"type\":"   \
         "\"group\",\"item\":[" items "]}]}")
#define ITEM(id, type, more) "{\"linkId\":\"" id "\",\"text\":\"What?\",\"type\":\"" type "\"" more "}"
#define CODE(slug)           "{\"valueCoding\":{\"code\":\"" slug "\",\"display\":\"" slug "\"}}"
#define WHEN(tests)          ",\"enableWhen\":[" tests "]"
#define IS(code)             "{\"question\":\"RF01\",\"operator\":\"=\",\"answerCoding\":{\"code\":\"" code "\"}}"

static void test_refuses(void **state)
{
    (void)state;
    refuses("", "not JSON");
    refuses("[]", "no FHIR Questionnaire");
    refuses("{\"resourceType\":\"Patient\"}", "no FHIR Questionnaire");
    refuses("{\"resourceType\":\"Questionnaire\",\"resourceType\":\"Questionnaire\"}", "not JSON: line 1");
    refuses(FORM(""), "no questions");
    refuses(FORM(ITEM("RF01", "choice", "")), "RF01: the first items are groups S1 to S7");
    refuses(FORM("{\"linkId\":\"S8\",\"type\":\"group\"}"), "S8: the first items");
    refuses(FORM("{\"linkId\":\"S1\",\"type\":\"group\",\"item\":[{\"linkId\":\"S2.1\",\"text\":\"x\","
                 "\"type\":\"group\"}]}"),
            "S2.1: in a part");
    refuses(
        FORM("{\"linkId\":\"S1\",\"type\":\"group\",\"item\":[{\"linkId\":\"S1.1\",\"type\":\"group\"}]}"),
        "S1.1 has no text");
    refuses(PAGE("{\"linkId\":\"RF01\",\"type\":\"date\"}"), "no text");
    refuses(PAGE(ITEM("RF01", "attachment", "")), "RF01 is of a type");
    refuses(PAGE(ITEM("RF02", "date", WHEN(IS("yes") "," IS("no")))), "RF02 has several enableWhen");
    refuses(
        PAGE(ITEM("RF02", "date", WHEN("{\"question\":\"RF01\",\"operator\":\"=\",\"answerQuantity\":{}}"))),
        "RF02 has an enableWhen");
    refuses(
        PAGE(ITEM("RF02", "date",
                  WHEN("{\"question\":\"RF01\",\"operator\":\">\",\"answerCoding\":{\"code\":\"yes\"}}"))),
        "RF02 has an enableWhen");
    refuses(PAGE(ITEM("RF02", "date",
                      WHEN(IS("yes")) ",\"extension\":[{\"url\":\"urn:unknot:questionnaire:condition\","
                                      "\"valueString\":\"age < 18\"}]")),
            "both");
}

static void test_reads(void **state)
{
    (void)state;
    char fault[200];
    struct buf out = {.max = 100000};
    const char *text = PAGE(ITEM("RF01", "choice",
                                 ",\"required\":true,\"answerOption\":[" CODE("yes") "," CODE(
                                     "no") "]") "," ITEM("RF02", "integer",
                                                         ",\"enableBehavior\":\"any\"" WHEN(IS(
                                                             "yes") ",{\"question\":\"RF01\",\"operator\":"
                                                                    "\"exists\",\"answerBoolean\":false}")));
    if (!fhir_read(str_of(text), &out, fault))
        fail_msg("%s", fault);
    assert_string_equal(
        out.p, "{\"pages\":[{\"section\":\"S1\",\"page\":2,\"title\":\"Two\"}],\"questions\":["
               "{\"id\":\"RF01\",\"section\":\"S1\",\"page\":2,\"kind\":\"choice\",\"ask\":\"What?\","
               "\"missing\":\"Answer this "
               "question\",\"required\":true,\"options\":[{\"slug\":\"yes\",\"label\":\"yes\"},"
               "{\"slug\":\"no\",\"label\":\"no\"}]},"
               "{\"id\":\"RF02\",\"section\":\"S1\",\"page\":2,\"kind\":\"number\",\"ask\":\"What?\","
               "\"missing\":\"Answer this question\",\"required\":false,\"options\":[],"
               "\"shown\":\"RF01 = yes or not RF01 answered\"}]}");
    buf_free(&out);
}

/* What goes out comes in again as the same questions. */
static void test_there_and_back(void **state)
{
    (void)state;
    char fault[200];
    struct questionnaire_fault problem;
    struct buf out = {.max = 1000000}, back = {.max = 1000000}, again = {.max = 1000000};
    assert_true(fhir_questionnaire(sample(), str_of(DOCUMENT), &out));
    if (!fhir_read((struct str){out.p, out.n}, &back, fault))
        fail_msg("%s", fault);
    const char *document = arena_printf(arena, HEAD "%.*s," RULES_TEXT TERMS, (int)back.n - 2, back.p + 1);
    const struct questionnaire *q = questionnaire_read(arena, str_of(document), true, &problem);
    if (!q)
        fail_msg("%s, %s: %s", problem.where, problem.what, problem.at.reason);
    assert_int_equal(q->question_count, sample()->question_count);
    assert_true(fhir_questionnaire(q, str_of(document), &again));
    assert_string_equal(again.p, out.p);
    buf_free(&out);
    buf_free(&back);
    buf_free(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_response),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
