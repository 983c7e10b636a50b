/* The language of the rules: what each word means, how tightly it binds, what is refused and where. */
#include "questionnaire.h"

static struct condition compiled(const char *text)
{
    struct condition c;
    struct condition_fault f;
    if (!condition_compile(&c, sample(), arena, str_of(text), &f))
        fail_msg("%s: %d:%d %s", text, f.line, f.column, f.reason);
    return c;
}

static bool holds(const char *text, const char *answers)
{
    struct answers given = answers_of(sample(), answers);
    struct condition c = compiled(text);
    return condition_holds(&c, sample(), &given, TODAY);
}

static const struct {
    const char *condition, *when, *unless;
} meanings[] = {
    {"RF01 = yes", "RF01=yes", "RF01=no"},
    {"RF01 = yes", "RF01=yes", ""},
    {"RF01 != yes", "RF01=not_sure", "RF01=yes"},
    {"RF01 != yes", "RF01=no", ""},
    {"RF01 in (yes, not_sure)", "RF01=not_sure", "RF01=no"},
    {"RF01 in (yes)", "RF01=yes", ""},
    {"H06 = bruise", "H06=rash+bruise", "H06=rash"},
    {"H06 != bruise", "H06=rash", "H06=rash+bruise"},
    {"H06 has bruise", "H06=rash+bruise", "H06=none"},
    {"H06 has (bruise, rash)", "H06=rash", "H06=sunburn"},
    {"H06 lacks bruise", "H06=none", "H06=bruise+rash"},
    {"H06 lacks (bruise, rash)", "H06=sunburn", "H06=rash+sunburn"},
    {"H06 lacks bruise", "H06=none", ""},
    {"H06 only (bruise, rash)", "H06=bruise", "H06=bruise+sunburn"},
    {"H06 only rash", "H06=rash", ""},
    {"H06a has neck", "H06a=neck+low_back", "H06a=low_back"},
    {"H22 = yes", "H22=yes", ""},
    {"P07 = 3", "P07=3", "P07=4"},
    {"P07 != 3", "P07=4", "P07=3"},
    {"P07 != 3", "P07=4", ""},
    {"P07 < 3", "P07=2", "P07=3"},
    {"P07 <= 3", "P07=3", "P07=4"},
    {"P07 > 3", "P07=4", "P07=3"},
    {"P07 >= 3", "P07=3", "P07=2"},
    {"P07 < 3", "P07=0", ""},
    {"P07 answered", "P07=0", ""},
    {"A03_name answered", "A03_name=Ann", ""},
    {"A01 answered", "A01=1970-01-01", ""},
    {"H06 answered", "H06=none", ""},
    {"RF15_date within 30 days", "RF15_date=2026-10-22", "RF15_date=2026-10-21"},
    {"RF15_date within 30 days", "RF15_date=2026-11-21", "RF15_date=2026-11-22"},
    {"RF15_date within 0 days", "RF15_date=2026-11-21", "RF15_date=2026-11-20"},
    {"RF15_date within 2 weeks", "RF15_date=2026-11-07", "RF15_date=2026-11-06"},
    {"RF15_date within 9 months", "RF15_date=2026-02-21", "RF15_date=2026-02-20"},
    {"RF15_date within 1 years", "RF15_date=2025-11-21", "RF15_date=2025-11-20"},
    {"RF15_date within 30 days", "RF15_date=2026-11-21", ""},
    {"age >= 18", "A01=2008-11-21", "A01=2008-11-22"},
    {"age < 18", "A01=2008-11-22", "A01=2008-11-21"},
    {"age = 18", "A01=2007-11-22", "A01=2007-11-21"},
    {"age >= 0", "A01=2026-11-21", ""},
    {"any S4 = in_person", "H06=in_person", "H06=none H20=no"},
    {"any S4 = in_person", "H20=in_person", ""},
    {"any S1 = not_sure", "RF09=not_sure", "RF09=yes"},
    {"not RF01 = yes", "", "RF01=yes"},
    {"not RF01 != yes", "", "RF01=no"},
    {"not not RF01 = yes", "RF01=yes", ""},
    {"RF01 = yes and RF09 = yes", "RF01=yes RF09=yes", "RF01=yes"},
    {"RF01 = yes or RF09 = yes", "RF09=yes", "RF01=no RF09=no"},
    /* "and" binds closer than "or", "not" closer than both */
    {"RF01 = yes or RF08 = yes and RF09 = yes", "RF01=yes", "RF08=yes"},
    {"RF08 = yes and RF09 = yes or RF01 = yes", "RF01=yes", "RF09=yes"},
    {"(RF01 = yes or RF08 = yes) and RF09 = yes", "RF01=yes RF09=yes", "RF01=yes"},
    {"not RF01 = yes and RF08 = yes", "RF08=yes", "RF09=yes"},
    {"not RF01 = yes or RF08 = yes", "RF01=yes RF08=yes", "RF01=yes"},
    {"not (RF01 = yes or RF08 = yes)", "", "RF08=yes"},
    {"RF01 = yes and RF08 = yes and RF09 = yes", "RF01=yes RF08=yes RF09=yes", "RF01=yes RF08=yes"},
    {"RF01 = yes or RF08 = yes or RF09 = yes", "RF09=yes", "RF09=no"},
    {"count(RF01 = yes, RF08 = yes, RF09 = yes) >= 2", "RF01=yes RF09=yes", "RF09=yes"},
    {"count(RF01 = yes, RF08 = yes, RF09 = yes) = 1", "RF09=yes", "RF01=yes RF09=yes"},
    {"count(RF01 = yes and RF08 = yes, RF09 = yes or RF11 = yes) = 2", "RF01=yes RF08=yes RF11=yes",
     "RF01=yes RF11=yes RF09=yes"},
    {"count(RF01 = yes, count(RF08 = yes, RF09 = yes) = 2) < 1", "RF08=yes", "RF08=yes RF09=yes"},
    {"\r\n\tRF01\n=\nyes ", "RF01=yes", ""},
    {"RF01=yes", "RF01=yes", ""},
    {"P07>=3", "P07=3", "P07=2"},
    {"RF01 in(yes,not_sure)", "RF01=yes", "RF01=no"},
};

static void test_meanings(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(meanings); i++) {
        check_row(holds(meanings[i].condition, meanings[i].when), i);
        check_row(!holds(meanings[i].condition, meanings[i].unless), i);
    }
}

static const struct {
    const char *condition;
    int line, column;
    const char *reason;
} faults[] = {
    {"", 1, 1, "It ends where a question should follow."},
    {"   ", 1, 4, "It ends where a question should follow."},
    {"RF99 = yes", 1, 1, "There is no question \"RF99\"."},
    {"RF01 = yes and\n  RF98 = yes", 2, 3, "There is no question \"RF98\"."},
    {"RF01 = maybe", 1, 8, "RF01 has no option \"maybe\"."},
    {"RF01 in (yes,\n maybe)", 2, 2, "RF01 has no option \"maybe\"."},
    {"RF01 in (yes, yes)", 1, 15, "\"yes\" stands there twice."},
    {"RF01 in yes", 1, 9, "Here an opening bracket should stand, not \"yes\"."},
    {"RF01 in (yes", 1, 13, "It ends where a comma or a closing bracket should follow."},
    {"RF01 in ()", 1, 10, "Here an option should stand, not \")\"."},
    {"RF01 = 3", 1, 8, "Here an option should stand, not \"3\"."},
    {"RF01 = (yes)", 1, 8, "Here an option should stand, not \"(\"."},
    {"RF01", 1, 5,
     "It ends where what is asked of the answer (=, in, has, lacks, only, <, within, answered …) should "
     "follow."},
    {"RF01 yes", 1, 6,
     "Here what is asked of the answer (=, in, has, lacks, only, <, within, answered …) should stand, not "
     "\"yes\"."},
    {"RF01 < 3", 1, 1, "RF01 has options, no number or date."},
    {"H22 >= 1", 1, 1, "H22 has options, no number or date."},
    {"RF01 within 3 days", 1, 1, "RF01 has options, no number or date."},
    {"P07 within 3 days", 1, 1, "P07 is a number: compare it with one."},
    {"P07 has yes", 1, 1, "P07 is a number: compare it with one."},
    {"P07 = yes", 1, 7, "Here a number should stand, not \"yes\"."},
    {"P07 > 11", 1, 7, "P07 is from 0 to 10, never 11."},
    {"P07 > -1", 1, 7, "P07 is from 0 to 10, never -1."},
    {"P07 > 99999999999", 1, 7, "Here a number should stand, not \"99999999999\"."},
    {"P07 > 3x", 1, 7, "Here a number should stand, not \"3x\"."},
    {"A01 = 3", 1, 1, "A01 is a date: it can be \"within\" a time, or \"answered\"."},
    {"A03_name = x", 1, 1, "A03_name is a text: all that can be asked is \"answered\"."},
    {"A03_name in (x)", 1, 1, "A03_name is a text: all that can be asked is \"answered\"."},
    {"RF15_date within 3", 1, 19,
     "It ends where \"days\", \"weeks\", \"months\" or \"years\" should follow."},
    {"RF15_date within 3 moons", 1, 20,
     "Here \"days\", \"weeks\", \"months\" or \"years\" should stand, not \"moons\"."},
    {"RF15_date within 2000 days", 1, 18, "Such a time is from 0 to 1000, never 2000."},
    {"age = yes", 1, 7, "Here a number should stand, not \"yes\"."},
    {"age > 131", 1, 7, "An age is from 0 to 130, never 131."},
    {"age", 1, 4, "It ends where a comparison should follow."},
    {"any S9 = in_person", 1, 5, "Here a section, S1 to S7, should stand, not \"S9\"."},
    {"any S4 = maybe", 1, 10, "No question of S4 has an option \"maybe\"."},
    {"any S4 != yes", 1, 8, "Here \"=\" should stand, not \"!=\"."},
    {"count(RF01 = yes) >= 2", 1, 22, "This count is from 0 to 1, never 2."},
    {"count RF01 = yes", 1, 7, "Here an opening bracket should stand, not \"RF01\"."},
    {"count(RF01 = yes; RF08 = yes) > 1", 1, 17,
     "Here a comma or a closing bracket should stand, not \";\"."},
    {"count(RF01 = yes) and", 1, 19, "Here a comparison should stand, not \"and\"."},
    {"(RF01 = yes", 1, 12, "It ends where \"and\", \"or\" or a closing bracket should follow."},
    {"RF01 = yes)", 1, 11, "Here \"and\", \"or\" or nothing more should stand, not \")\"."},
    {"RF01 = yes RF08 = yes", 1, 12, "Here \"and\", \"or\" or nothing more should stand, not \"RF08\"."},
    {"RF01 = yes or", 1, 14, "It ends where a question should follow."},
    {"and RF01 = yes", 1, 1, "There is no question \"and\"."},
    {"RF01 = yes AND RF08 = yes", 1, 12, "Here \"and\", \"or\" or nothing more should stand, not \"AND\"."},
    {"RF01 == yes", 1, 7, "Here an option should stand, not \"=\"."},
    {"RF01 = no or é = 1", 1, 14, "Here a question should stand, not \"é\"."},
    {"\"é\" RF01", 1, 1, "Here a question should stand, not \"\"\"."},
    {"é = RF01 @", 1, 1, "Here a question should stand, not \"é\"."},
    {"((((((((((((((((((RF01 = yes))))))))))))))))))", 1, 18, "This is nested too deeply."},
    {"not not not not not not not not not not not not not not not not not not RF01 = yes", 1, 69,
     "This is nested too deeply."},
};

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct condition c;
        struct condition_fault f = {0};
        check_row(!condition_compile(&c, sample(), arena, str_of(faults[i].condition), &f), i);
        if (f.line != faults[i].line || f.column != faults[i].column ||
            strcmp(f.reason, faults[i].reason) != 0)
            fail_msg("%s: %d:%d %s", faults[i].condition, f.line, f.column, f.reason);
    }
}

static void test_no_condition_holds(void **state)
{
    (void)state;
    struct condition none = {0};
    struct answers given = {0};
    assert_true(condition_holds(&none, sample(), &given, TODAY));
}

static void test_too_long(void **state)
{
    (void)state;
    struct condition c;
    struct condition_fault f;
    struct buf text = {.max = 100000};
    for (int i = 0; i < 1100; i++)
        buf_puts(&text, i ? " or RF01 = yes" : "RF01 = yes");
    sample();
    assert_false(condition_compile(&c, sample(), arena, (struct str){text.p, text.n}, &f));
    assert_string_equal(f.reason, "The condition is too long.");
    buf_free(&text);
}

static void test_names(void **state)
{
    (void)state;
    struct condition c = compiled("age > 3 and not count(RF03b = yes, H06 has rash) > 1");
    static const char *const named[] = {"A01", "RF03b", "H06"};
    uint64_t bits[QUESTION_WORDS] = {0}, expected[QUESTION_WORDS] = {0};
    condition_names(&c, sample(), bits);
    for (size_t i = 0; i < COUNT(named); i++) {
        uint16_t q = question_by_id(sample(), str_of(named[i]));
        expected[q / 64] |= UINT64_C(1) << (q % 64);
    }
    assert_memory_equal(bits, expected, sizeof bits);
}

static bool example(const char *text, bool wanted, struct answers *given)
{
    bool tired;
    struct condition c = compiled(text);
    bool found = condition_example(&c, sample(), TODAY, wanted, given, &tired);
    assert_false(tired);
    if (found)
        assert_int_equal(condition_holds(&c, sample(), given, TODAY), wanted);
    return found;
}

static void test_examples_of_all_meanings(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(meanings); i++)
        for (int wanted = 0; wanted < 2; wanted++) {
            struct answers given = {0};
            check_row(example(meanings[i].condition, wanted, &given), i);
        }
}

static const struct {
    const char *condition;
    bool can_hold;
} impossible[] = {
    {"RF01 = yes and RF01 = no", false},
    {"RF01 = yes or not RF01 = yes", true},
    {"RF01 != no and not RF01 in (yes, not_sure)", false},
    {"H06 has none and H06 has rash", false},
    {"H06 only rash and H06 has bruise", false},
    {"P07 > 3 and P07 < 4", false},
    {"age < 18 and age >= 18", false},
    {"A03_name answered and age >= 18", false}, /* it is hidden then */
    {"RF03b answered and RF03 = fine", false},
    {"RF15_date within 3 days and not RF15_date within 2 weeks", false},
    {"count(RF01 = yes, RF01 = no) = 2", false},
    {"count(RF01 = yes, RF01 = no) <= 1", true},
    {"any S4 = in_person and H06 = none and H20 = no", false},
};

static void test_what_cannot_be(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(impossible); i++) {
        struct answers given = {0};
        check_row(example(impossible[i].condition, impossible[i].can_hold, &given), i);
        check_row(!example(impossible[i].condition, !impossible[i].can_hold, &given), i);
    }
}

/* It brings the question into sight that it needs, hides what no longer shows, and leaves the rest alone. */
static void test_example_within_other_answers(void **state)
{
    (void)state;
    const struct questionnaire *q = sample();
    struct answers given = answers_of(q, "RF03=fine RF08=yes P07=4"), wanted = given;
    put_answers(q, "RF03=one_leg_weak RF03b=yes", &wanted);
    assert_true(example("RF03b = yes", true, &given));
    assert_memory_equal(&given, &wanted, sizeof given);
    given = answers_of(q, "H06=rash H06a=neck P07=4");
    assert_true(example("H06 has none", true, &given));
    wanted = answers_of(q, "H06=none P07=4");
    assert_memory_equal(&given, &wanted, sizeof given);
}

static void test_tired(void **state)
{
    (void)state;
    struct buf text = {.max = 100000};
    struct answers given = {0};
    struct condition_fault f;
    struct condition c;
    bool tired;
    /* an odd number of things, and an even one: nothing can be decided before the last is known */
    for (int side = 0; side < 2; side++) {
        buf_puts(&text, side ? " and (" : "(");
        for (int n = side; n <= 17; n += 2) {
            buf_printf(&text,
                       "%scount(P07 < 3, P07 > 5, H06 has bruise, H06 has rash, H06 has sunburn, H06 has "
                       "open_wound, H06a has neck, H06a has low_back, RF01 = yes, RF08 = yes, RF09 = yes, "
                       "RF11 = yes, RF03 = fine, H20 = yes, H22 = yes, age < 18, D02 = yes) = %d",
                       n > 1 ? " or " : "", n);
        }
        buf_puts(&text, ")");
    }
    assert_true(condition_compile(&c, sample(), arena, (struct str){text.p, text.n}, &f));
    assert_false(condition_example(&c, sample(), TODAY, true, &given, &tired));
    assert_true(tired);
    buf_free(&text);
}

int main(void)
{
    sample();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_meanings),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_no_condition_holds),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_examples_of_all_meanings),
        cmocka_unit_test(test_what_cannot_be),
        cmocka_unit_test(test_example_within_other_answers),
        cmocka_unit_test(test_tired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
