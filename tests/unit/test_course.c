/* The way through the form: what comes next after any answers, what is skipped, and where it ends. */
#include "form.h"

#include "intake/course.h"

static struct record record;
static struct course course;

static void walk(uint8_t sections)
{
    const struct setting s = {.today = TODAY, .sections = sections};
    course_take(&course, form(), &record, &s);
}

static void begin(const char *answers)
{
    record = (struct record){.day = TODAY};
    form();
    put(&record.answers, answers);
}

/* "S4.2", "start", "end". */
static const char *name(uint8_t page)
{
    static char text[16];
    if (page == COURSE_START)
        return "start";
    if (page >= form()->page_count)
        return "end";
    snprintf(text, sizeof text, "%s.%d", section_name((enum section)form()->pages[page].section),
             form()->pages[page].page);
    return text;
}

static uint8_t page(const char *wanted)
{
    for (uint8_t i = 0; i < form()->page_count; i++)
        if (strcmp(name(i), wanted) == 0)
            return i;
    fail_msg("there is no page %s", wanted);
    return 0;
}

/* Sends page after page as it is, from the start to where nothing more is open or an answer is missing. */
static const char *pages_sent(uint8_t sections)
{
    static char all[400];
    size_t n = 0;
    all[0] = '\0';
    for (;;) {
        walk(sections);
        if (course.open == COURSE_END || record.seen >> course.open & 1)
            break;
        n += (size_t)snprintf(all + n, sizeof all - n, "%s%s", n ? " " : "", name(course.open));
        record.seen |= UINT64_C(1) << course.open;
    }
    return all;
}

#define S1_PAGES "S1.1 S1.2 S1.3 S1.4 S1.5 S1.6 S1.7"

static void check_alone(void **state)
{
    (void)state;
    begin(CHECK_OK);
    assert_string_equal(pages_sent(ONLY_S1), S1_PAGES);
    assert_true(course.open == COURSE_END && course.now.passed);
    assert_string_equal(name(course_before(&course, COURSE_END)), "S1.7");
}

static void whole(void **state)
{
    (void)state;
    begin(CHECK_OK REST_OK);
    assert_string_equal(pages_sent(WHOLE_FORM),
                        S1_PAGES " S2.1 S2.3 S3.1 S3.2 S3.3 S4.1 S4.2 S4.3 S5.1 S6.1"); /* no guardian */
    assert_true(course.open == COURSE_END && course.now.passed);
    assert_int_equal(course.now.outcome, PROCEED);
    assert_string_equal(name(course_before(&course, COURSE_END)), "S6.1");
    begin(CHECK_OK REST_OK " A01=2012-01-01");
    assert_string_equal(pages_sent(WHOLE_FORM), S1_PAGES " S2.1 S2.2"); /* the guardian is missing */
    assert_string_equal(name(course.open), "S2.2");
    assert_false(course.now.passed);
}

static void in_person(void **state)
{
    (void)state;
    begin(CHECK_OK " A02=me A01=1980-02-03 K02=yes K07=Kim");
    assert_true(course_in_person(form(), &record, true));
    assert_string_equal(pages_sent(WHOLE_FORM), S1_PAGES " S2.1 S6.1");
    assert_true(course.open == COURSE_END && course.now.passed);
    assert_int_equal(course.now.outcome, MODIFY);
    assert_true(course.now.limits.flags & PRECALL);
    assert_true(course_in_person(form(), &record, false)); /* after all here */
    assert_false(record.answers.is[asked("H05")].given);
    walk(WHOLE_FORM);
    assert_string_equal(name(course.open), "S2.3");
    /* who has answered all about health has nothing left to tell */
    begin(CHECK_OK REST_OK);
    assert_false(course_in_person(form(), &record, true));
    assert_false(record.in_person);
}

/* What may be an emergency ends the form wherever it is said; what only time lifts ends it too. */
static void ends(void **state)
{
    (void)state;
    begin(CHECK_OK " RF12=yes");
    walk(WHOLE_FORM);
    assert_int_equal(course.open, COURSE_END);
    begin(CHECK_OK " A02=me A01=1980-02-03 P01=neck P07=4 H05=no H06=rash H06a=neck");
    pages_sent(WHOLE_FORM);
    assert_int_equal(course.open, COURSE_END);
    assert_true(course.now.ends);
    begin(CHECK_OK " A02=adult A01=1980-02-03");
    pages_sent(WHOLE_FORM);
    assert_int_equal(course.open, COURSE_END);
    assert_int_equal(course.now.outcome, CLEARANCE);
    assert_false(course.now.passed);
}

/* The clinician is asked for once after the check, and again at the end for what fired since. */
static void told(void **state)
{
    (void)state;
    begin(CHECK_OK " RF08=yes" REST_OK " H19=yes");
    assert_string_equal(pages_sent(WHOLE_FORM), S1_PAGES " S1.8");
    put(&record.answers, "RF15=ok RF15_date=2026-11-20 RF15_clinician=Dr_Oja");
    walk(WHOLE_FORM);
    assert_string_equal(name(course.open), "S1.8"); /* not asked for this yet */
    course_told(&course, &record);
    record.told_for[0] &= ~(UINT64_C(1) << rule_by_id(form(), STR("HE-19"))); /* that came later */
    walk(WHOLE_FORM);
    assert_true(course.at_start);
    assert_string_equal(name(course.open), "S2.1");
    pages_sent(WHOLE_FORM);
    assert_string_equal(name(course.open), "S1.8");
    assert_true(course_may_show(&course, page("S1.8")));
    assert_string_equal(name(course_before(&course, course.open)), "S6.1");
    course_told(&course, &record);
    walk(WHOLE_FORM);
    assert_true(course.open == COURSE_END && course.now.passed);
    put(&record.answers, "RF15=no RF15_date=- RF15_clinician=-");
    walk(WHOLE_FORM);
    assert_true(course.open == COURSE_END && course.now.outcome == CLEARANCE);
}

static void back_and_forth(void **state)
{
    (void)state;
    int of;
    begin(CHECK_OK " A02=me A01=1980-02-03 P01=neck");
    pages_sent(WHOLE_FORM);
    assert_string_equal(name(course.open), "S3.2");
    assert_true(course_may_show(&course, page("S1.3")) && course_may_show(&course, page("S3.1")));
    assert_true(course_may_show(&course, COURSE_START));
    assert_false(course_may_show(&course, page("S3.3")));
    assert_false(course_may_show(&course, page("S2.2"))); /* hidden */
    assert_false(course_may_show(&course, page("S1.8")));
    assert_false(course_may_show(&course, page("S7.1")));
    assert_string_equal(name(course_before(&course, page("S3.1"))), "S2.3");
    assert_string_equal(name(course_before(&course, page("S2.1"))), "start");
    assert_string_equal(name(course_before(&course, COURSE_START)), "S1.7");
    assert_string_equal(name(course_before(&course, page("S1.1"))), "end");
    assert_int_equal(course_number(&course, page("S1.3"), &of), 3);
    assert_int_equal(of, 7);
    assert_int_equal(course_number(&course, page("S3.1"), &of), 3);
    assert_int_equal(of, 10);
    assert_int_equal(course_number(&course, page("S1.8"), &of), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_alone), cmocka_unit_test(whole), cmocka_unit_test(in_person),
        cmocka_unit_test(ends),        cmocka_unit_test(told),  cmocka_unit_test(back_and_forth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
