/* The safety questions as lists of signs: a tick is never worth less than the answer it stands for, and no
 * question is skipped. */
#include "form.h"

#include "intake/intake.h"

static struct signs taken(const char *const fields[], size_t count)
{
    struct signs s = {0};
    form();
    for (size_t i = 0; i < count; i++) {
        const char *value = strchr(fields[i], '=');
        struct str name = {fields[i], (size_t)(value - fields[i])};
        if (signs_take(form(), &s, memory, name, str_of(value + 1)) != SIGNS_TAKEN)
            fail_msg("%s was not taken", fields[i]);
    }
    return s;
}
#define TAKEN(...) taken((const char *const[]){__VA_ARGS__}, COUNT(((const char *const[]){__VA_ARGS__})))

static const char *next(const struct signs *s, struct judgement *j)
{
    const char *step = signs_next(form(), s, j);
    return step ? step : "";
}

/* Both lists, of which `ticked` alone is ticked (NULL: nothing); the questions it leaves open stay so. */
static struct signs both(const char *ticked)
{
    struct signs s = {0};
    const char *field;
    for (int list = 0; list < SIGNS_LISTS; list++) {
        static const char *const names[] = {"signs", "soon"};
        bool here = ticked && strcmp(signs_before(form(), ticked), names[list]) == 0;
        s.none = !here;
        if (here)
            s.ticked[asked(ticked) / 64] |= UINT64_C(1) << asked(ticked) % 64;
        assert_null(signs_submit(form(), &s, names[list], &field));
    }
    return s;
}

static void nothing_ticked(void **state)
{
    (void)state;
    struct judgement j;
    struct signs s = both(NULL);
    assert_string_equal(next(&s, &j), "");
    assert_true(j.passed);
    assert_int_equal(j.outcome, PROCEED);
    assert_false(judgement_misses_any(&j));
}

/* What each tick comes to: the end, or the question in full. */
static void each_sign(void **state)
{
    (void)state;
    static const struct {
        const char *id, *asked;
        enum outcome outcome;
        enum urgency urgency;
    } rows[] = {
        {"RF12", "", STOP, EMERGENCY},
        {"RF03", "RF03", PROCEED, URGENCY_NONE},
        {"RF13", "", STOP, SAME_DAY},
        {"RF10", "RF10", PROCEED, URGENCY_NONE},
        {"RF08", "RF08", PROCEED, URGENCY_NONE},
        {"RF11", "", MODIFY, URGENCY_NONE},
        {"RF14", "", CLEARANCE, SOON},
    };
    size_t signs = 0;
    for (size_t q = 0; q < form()->question_count; q++)
        signs += form()->questions[q].signs != 0;
    assert_int_equal(signs, COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct judgement j;
        struct signs s = both(rows[i].id);
        check_row(strcmp(next(&s, &j), rows[i].asked) == 0, i);
        check_row(j.outcome == rows[i].outcome && j.urgency == rows[i].urgency, i);
        check_row(rows[i].asked[0] || j.passed == (rows[i].outcome == MODIFY), i);
    }
}

/* Whatever is ticked beside, a sign that stops is not undone. */
static void many_signs(void **state)
{
    (void)state;
    static const char *const first[] = {"RF12", "RF03", "RF13"};
    for (unsigned ticks = 1; ticks < 1 << COUNT(first); ticks++) {
        const char *field;
        struct judgement j;
        struct signs s = {0};
        for (size_t i = 0; i < COUNT(first); i++)
            if (ticks >> i & 1)
                s.ticked[0] |= UINT64_C(1) << asked(first[i]);
        assert_null(signs_submit(form(), &s, "signs", &field));
        const char *step = next(&s, &j);
        assert_false(j.passed);
        if (ticks != 2)
            assert_true(j.ends);
        else
            assert_string_not_equal(step, "soon"); /* a question is open */
    }
}

static void order(void **state)
{
    (void)state;
    struct judgement j;
    struct signs s = {0};
    assert_string_equal(next(&s, &j), "signs");
    s = TAKEN("listed=soon", "RF14=no", "RF08=no");
    assert_string_equal(next(&s, &j), "signs");
    assert_false(j.passed);
    /* said to be answered, without answers: asked one by one */
    s = TAKEN("listed=signs", "listed=soon");
    assert_string_equal(next(&s, &j), "RF12");
    assert_false(j.passed);
    s = both("RF03");
    assert_int_equal(signs_take(form(), &s, memory, STR("RF03"), STR("one_leg_weak")), SIGNS_TAKEN);
    assert_string_equal(next(&s, &j), "RF03"); /* its follow-up, on its page */
    assert_int_equal(signs_take(form(), &s, memory, STR("RF03b"), STR("no")), SIGNS_TAKEN);
    assert_string_equal(next(&s, &j), "");
    assert_int_equal(j.outcome, CLEARANCE);
    s.cleared = true;
    assert_string_equal(next(&s, &j), "");
    assert_true(j.passed);
    assert_string_equal(form()->terms[EXCLUDE][__builtin_ctzll(j.limits.set[EXCLUDE])].slug, "deep-tissue");
    assert_int_equal(j.limits.pressure_max, 3);
}

static void cleared(void **state)
{
    (void)state;
    struct judgement j;
    struct signs s = both("RF13");
    s.cleared = true;
    signs_judge(form(), &s, &j);
    assert_true(j.ends); /* nobody's word lifts what is for today */
    s = both("RF14");
    s.cleared = true;
    signs_judge(form(), &s, &j);
    assert_true(j.passed);
    const char *field;
    s.none = true;
    assert_null(signs_submit(form(), &s, "signs", &field));
    assert_false(s.cleared); /* it was said of other answers */
}

static void lists_refuse(void **state)
{
    (void)state;
    const char *field = NULL;
    struct signs s = {0};
    assert_non_null(signs_submit(form(), &s, "signs", &field));
    assert_string_equal(field, "sign");
    assert_int_equal(s.listed, 0);
    s = TAKEN("sign=none", "sign=RF12");
    assert_non_null(signs_submit(form(), &s, "signs", &field));
    s = TAKEN("sign=RF14");
    assert_non_null(signs_submit(form(), &s, "signs", &field)); /* a sign of the other list */
    s = TAKEN("listed=signs", "RF03=one_leg_weak");
    assert_string_equal(signs_submit(form(), &s, "RF03", &field), form()->questions[asked("RF03b")].missing);
    assert_string_equal(field, "RF03b");
}

static void fields(void **state)
{
    (void)state;
    struct signs s = {0};
    form();
    static const struct {
        const char *name, *value;
        enum signs_taken taken;
    } rows[] = {
        {"RF12", "no", SIGNS_TAKEN},      {"RF12", "no", SIGNS_WRONG}, /* twice */
        {"RF13", "maybe", SIGNS_WRONG},   {"RF99", "no", SIGNS_FOREIGN},     {"sign", "RF03b", SIGNS_WRONG},
        {"sign", "RF15", SIGNS_WRONG},    {"sign", "rf12", SIGNS_WRONG},     {"sign", "none", SIGNS_TAKEN},
        {"listed", "signs", SIGNS_TAKEN}, {"listed", "all", SIGNS_WRONG},    {"cleared", "no", SIGNS_WRONG},
        {"cleared", "yes", SIGNS_TAKEN},  {"region", "neck", SIGNS_FOREIGN}, {"H19", "no", SIGNS_FOREIGN},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(
            signs_take(form(), &s, memory, str_of(rows[i].name), str_of(rows[i].value)) == rows[i].taken, i);
}

static void pages(void **state)
{
    (void)state;
    struct signs s = both("RF03");
    assert_true(signs_may_show(form(), &s, "signs", "RF03"));
    assert_false(signs_may_show(form(), &s, "soon", "RF03"));
    assert_false(signs_may_show(form(), &s, "soon", "signs"));
    assert_true(signs_may_show(form(), &s, "soon", "RF08"));
    assert_true(signs_may_show(form(), &s, "soon", NULL));
    assert_true(signs_may_show(form(), &s, "RF03", "RF03"));
    assert_false(signs_may_show(form(), &s, "RF03b", "RF03"));
    s = (struct signs){0};
    assert_false(signs_may_show(form(), &s, "RF03", "signs"));
    assert_null(signs_before(form(), "signs"));
    assert_string_equal(signs_before(form(), "soon"), "signs");
    assert_string_equal(signs_before(form(), "RF03"), "signs");
    assert_string_equal(signs_before(form(), "RF11"), "soon");
    assert_string_equal(signs_before(form(), NULL), "soon");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_ticked), cmocka_unit_test(each_sign), cmocka_unit_test(many_signs),
        cmocka_unit_test(order),          cmocka_unit_test(cleared),   cmocka_unit_test(lists_refuse),
        cmocka_unit_test(fields),         cmocka_unit_test(pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
