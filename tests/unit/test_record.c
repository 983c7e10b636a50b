/* What is kept of a form comes back as it was, in the version that it names, and is never too long. */
#include "form.h"

#include "intake/record.h"

#include <string.h>

static const char *written(const struct record *record, const struct judgement *j)
{
    static struct buf out;
    buf_free(&out);
    out = (struct buf){.max = 1 << 16};
    record_write(form(), record, j, &out);
    return out.failed ? NULL : out.p;
}

static struct record filled(const char *answers)
{
    struct record record = {.day = TODAY};
    put(&record.answers, answers);
    return record;
}

static void draft(void **state)
{
    (void)state;
    struct record a = filled(CHECK_OK REST_OK), b;
    a.in_person = true;
    a.seen = 0x105;
    a.since[asked("P07")] = TODAY - 40;
    a.since[asked("P12")] = TODAY - 40; /* has no answer: nothing to say about it */
    a.told_for[0] = 0x8;
    const char *text = written(&a, NULL);
    assert_string_equal(record_version(memory, str_of(text)), "7");
    assert_string_equal(record_version(memory, STR("{\"version\":\"s1-1\"}")), "1");
    assert_true(record_read(form(), memory, str_of(text), &b, NULL));
    assert_int_equal(b.day, TODAY);
    assert_true(b.in_person);
    assert_int_equal(b.seen, a.seen);
    assert_int_equal(b.since[asked("P07")], TODAY - 40);
    assert_int_equal(b.since[asked("P12")], 0);
    assert_memory_equal(b.told_for, a.told_for, sizeof b.told_for);
    assert_string_equal(b.answers.is[asked("K07")].text, "Kim Example");
}

static void kept(void **state)
{
    (void)state;
    struct record a = filled(CHECK_OK " RF08=yes RF15=ok RF15_date=2026-11-20 RF15_clinician=Dr_Oja" REST_OK),
                  b;
    const struct setting s = {.today = TODAY, .sections = WHOLE_FORM};
    struct judgement j, again;
    judge(form(), &a.answers, &s, &j);
    assert_true(j.passed);
    assert_true(record_read(form(), memory, str_of(written(&a, &j)), &b, &again));
    assert_int_equal(again.count, j.count);
    assert_int_equal(again.outcome, MODIFY);
    assert_memory_equal(&again.limits, &j.limits, sizeof j.limits);
    for (uint16_t i = 0; i < j.count; i++)
        check_row(again.fired[i].rule == j.fired[i].rule && again.fired[i].lowered == j.fired[i].lowered, i);
}

/* Of another version: a draft as far as it fits, and every page again; what was kept not at all. */
static void versions(void **state)
{
    (void)state;
    static const char old[] = "{\"version\":\"6\",\"day\":\"2026-11-20\",\"seen\":[\"S1.1\"],"
                              "\"answers\":{\"RF12\":\"no\",\"GONE\":\"x\",\"P07\":99,\"H19\":\"no\"},"
                              "\"rules\":[{\"id\":\"OK-00\",\"outcome\":\"PROCEED\",\"urgency\":null}]}";
    struct record record;
    struct judgement j;
    form();
    assert_true(record_read(form(), memory, STR(old), &record, NULL));
    assert_int_equal(record.seen, 0);
    assert_true(record.answers.is[asked("H19")].given);
    assert_false(record.answers.is[asked("P07")].given);
    assert_false(record_read(form(), memory, STR(old), &record, &j));
}

static void refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "{}",
        "[]",
        "{\"version\":\"7\",\"answers\":{}}",
        "{\"version\":\"7\",\"day\":\"2026-11-31\",\"answers\":{}}",
        "{\"version\":\"7\",\"day\":\"2026-11-20\",\"answers\":{\"GONE\":\"x\"}}",
        "{\"version\":\"7\",\"day\":\"2026-11-20\",\"answers\":[]}",
    };
    static const char *const unjudged[] = {
        "{\"version\":\"7\",\"day\":\"2026-11-20\",\"answers\":{}}",
        "{\"version\":\"7\",\"day\":\"2026-11-20\",\"answers\":{},\"rules\":[]}",
        "{\"version\":\"7\",\"day\":\"2026-11-20\",\"answers\":{},\"rules\":[{\"id\":\"NONE\",\"outcome\":"
        "\"MODIFY\"}]}",
        "{\"version\":\"7\",\"day\":\"2026-11-20\",\"answers\":{},\"rules\":[{\"id\":\"OK-00\",\"outcome\":"
        "\"FINE\"}]}",
    };
    struct record record;
    struct judgement j;
    form();
    for (size_t i = 0; i < COUNT(bad); i++)
        check_row(!record_read(form(), memory, str_of(bad[i]), &record, NULL), i);
    for (size_t i = 0; i < COUNT(unjudged); i++) {
        check_row(record_read(form(), memory, str_of(unjudged[i]), &record, NULL), i);
        check_row(!record_read(form(), memory, str_of(unjudged[i]), &record, &j), i);
    }
}

static void too_long(void **state)
{
    (void)state;
    static char text[RECORD_MAX];
    struct record record = filled(CHECK_OK);
    memset(text, 'x', sizeof text - 1);
    record.answers.is[asked("P12")] = (struct answer){.text = text, .given = true};
    assert_null(written(&record, NULL));
    text[2000] = '\0';
    assert_non_null(written(&record, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draft),   cmocka_unit_test(kept),     cmocka_unit_test(versions),
        cmocka_unit_test(refused), cmocka_unit_test(too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
