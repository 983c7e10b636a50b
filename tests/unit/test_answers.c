/* Answers of every kind: what is taken, what is refused, and that they come back as they were written. */
#include "form.h"

#include "core/day.h"

#include <string.h>

static enum answer_taken taken(struct answers *a, const char *id, const char *value)
{
    return answers_take(form(), a, memory, str_of(id), str_of(value));
}

static void each_kind(void **state)
{
    (void)state;
    static const struct {
        const char *id, *value;
        enum answer_taken taken;
    } rows[] = {
        {"RF12", "no", ANSWER_TAKEN},
        {"RF12", "no", ANSWER_WRONG}, /* twice */
        {"RF03", "maybe", ANSWER_WRONG},
        {"RF99", "no", ANSWER_FOREIGN},
        {"rf03", "fine", ANSWER_FOREIGN},
        {"", "no", ANSWER_FOREIGN},
        {"H06", "bruise", ANSWER_TAKEN},
        {"H06", "bruise", ANSWER_WRONG},
        {"H06", "none", ANSWER_WRONG}, /* stands alone */
        {"H06", "rash", ANSWER_TAKEN},
        {"P01", "all", ANSWER_TAKEN},
        {"P01", "neck", ANSWER_WRONG},
        {"P07", "11", ANSWER_WRONG},
        {"P07", "-1", ANSWER_WRONG},
        {"P07", "4.5", ANSWER_WRONG},
        {"P07", "", ANSWER_WRONG},
        {"P07", "0", ANSWER_TAKEN},
        {"P07", "1", ANSWER_WRONG},
        {"A01", "1931-13-01", ANSWER_WRONG},
        {"A01", "3.2.1931", ANSWER_WRONG},
        {"A01", "1931-02-03", ANSWER_TAKEN},
        {"K02", "no", ANSWER_WRONG},
        {"K02", "yes", ANSWER_TAKEN},
        {"K07", "   ", ANSWER_WRONG},
        {"K07", "Kim\nExample", ANSWER_WRONG},
        {"K07", "Kim\x01", ANSWER_WRONG},
        {"K07", "Kim\xff", ANSWER_WRONG},
        {"K07", "  Kim Åse  ", ANSWER_TAKEN},
        {"P12", "  Sitting\r\nmakes it worse\t.\n", ANSWER_TAKEN},
    };
    struct answers a = {0};
    form();
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(taken(&a, rows[i].id, rows[i].value) == rows[i].taken, i);
    assert_string_equal(a.is[asked("K07")].text, "Kim Åse");
    assert_string_equal(a.is[asked("P12")].text, "Sitting\nmakes it worse .");
    assert_int_equal(a.is[asked("P07")].number, 0);
    assert_true(a.is[asked("P07")].given);
}

/* A limit counts characters, not bytes. */
static void long_text(void **state)
{
    (void)state;
    char text[4 * 120 + 2] = "";
    struct answers a = {0};
    form();
    for (int i = 0; i < 120; i++)
        memcpy(text + 4 * i, "\xf0\x9f\x99\x82", 4);
    assert_int_equal(taken(&a, "K07", text), ANSWER_TAKEN);
    a.is[asked("K07")] = (struct answer){0};
    text[480] = 'x';
    assert_int_equal(taken(&a, "K07", text), ANSWER_WRONG);
    assert_false(a.is[asked("K07")].given);
}

static const char *written(const struct answers *a)
{
    static struct buf out = {.max = 1 << 16};
    struct json_writer w = {.out = &out};
    buf_reset(&out);
    json_open(&w, NULL, '{');
    answers_write(form(), a, &w);
    json_close(&w, '}');
    assert_false(out.failed);
    return out.p;
}

static bool back(struct answers *a, const char *text, bool lenient)
{
    struct json json;
    return json_parse(&json, memory, str_of(text)) && answers_read(form(), a, &json, 0, memory, lenient);
}

static void come_back(void **state)
{
    (void)state;
    struct answers a = {0}, b;
    form();
    put(&a, "RF12=no A01=1931-02-03 P01=neck P01=low_back_r P07=0 P12=Sit\"ting H06=bruise K02=yes");
    assert_string_equal(written(&a),
                        "{\"RF12\":\"no\",\"A01\":\"1931-02-03\",\"P01\":[\"neck\",\"low_back_r\"],"
                        "\"P07\":0,\"P12\":\"Sit\\\"ting\",\"H06\":[\"bruise\"],\"K02\":\"yes\"}");
    assert_true(back(&b, written(&a), false));
    for (size_t i = 0; i < QUESTIONS_MAX; i++) {
        check_row(a.is[i].given == b.is[i].given && a.is[i].chosen == b.is[i].chosen &&
                      a.is[i].number == b.is[i].number,
                  i);
        check_row(!a.is[i].text || strcmp(a.is[i].text, b.is[i].text) == 0, i);
    }
}

static void strict_and_lenient(void **state)
{
    (void)state;
    static const char *const bad[] = {"{\"RF12\":\"no\",\"RF99\":\"no\"}", "{\"RF12\":\"no\",\"P07\":true}",
                                      "{\"RF12\":\"no\",\"P07\":1.5}",
                                      "{\"RF12\":\"no\",\"H06\":[\"none\",\"rash\"]}",
                                      "{\"RF12\":\"no\",\"H06\":{\"a\":1}}"};
    struct answers a;
    form();
    for (size_t i = 0; i < COUNT(bad); i++) {
        check_row(!back(&a, bad[i], false), i);
        check_row(back(&a, bad[i], true) && a.is[asked("RF12")].given, i);
    }
    assert_false(back(&a, "[]", true));
}

static void in_words(void **state)
{
    (void)state;
    struct answers a = {0};
    struct buf out = {.max = 1000};
    form();
    put(&a, "P01=neck P01=low_back_l H05=spine_op H05a_weeks=3 A01=1931-02-03 P12=Sitting");
    for (const char *const *id = (const char *const[]){"P01", "H05a_weeks", "A01", "P12", "RF12", NULL}; *id;
         id++) {
        answer_say(&form()->questions[asked(*id)], &a.is[asked(*id)], false, &out);
        buf_putc(&out, '|');
    }
    assert_string_equal(out.p, "Neck; Low back, left|3 weeks|3 Feb 1931|Sitting||");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind),          cmocka_unit_test(long_text), cmocka_unit_test(come_back),
        cmocka_unit_test(strict_and_lenient), cmocka_unit_test(in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
