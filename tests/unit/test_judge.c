/* The engine's own rules: what counts, what is strongest, what lowers, what is missing. */
#include "questionnaire.h"

#define WELL  "RF01=no RF03=fine RF08=no RF09=no RF11=no "
#define WHOLE WELL "A01=1980-05-05 P07=3 H06=none H20=no "

static struct setting setting(void)
{
    return (struct setting){.today = TODAY, .sections = WHOLE_FORM};
}

static struct judgement judged_in(const char *answers, struct setting s)
{
    struct judgement j;
    struct answers given = answers_of(sample(), answers);
    judge(sample(), &given, &s, &j);
    return j;
}

static struct judgement judged(const char *answers)
{
    return judged_in(answers, setting());
}

/* "RF-08 X-DOWN", the lowered with an asterisk. */
static const char *fired_ids(const struct judgement *j)
{
    struct buf out = {.max = 10000};
    for (uint16_t i = 0; i < j->count; i++)
        buf_printf(&out, "%s%s%s", i ? " " : "", sample()->rules[j->fired[i].rule].id,
                   j->fired[i].lowered ? "*" : "");
    char *ids = arena_strndup(arena, out.p ? out.p : "", out.n);
    buf_free(&out);
    return ids;
}

static void expect(const struct judgement *j, const char *ids, enum outcome outcome, enum urgency urgency,
                   bool passed, size_t row)
{
    if (strcmp(fired_ids(j), ids) != 0 || j->outcome != outcome || j->urgency != urgency ||
        j->passed != passed)
        fail_msg("row %zu: %s is %s, urgency %d, %s", row, fired_ids(j), outcome_name(j->outcome), j->urgency,
                 j->passed ? "passed" : "not passed");
}

static const struct {
    const char *answers, *fired;
    enum outcome outcome;
    enum urgency urgency;
    bool passed;
} cases[] = {
    {WHOLE, "OK-00", PROCEED, URGENCY_NONE, true},
    {WHOLE "RF08=not_sure", "RF-08u", MODIFY, URGENCY_NONE, true},
    {WHOLE "RF08=yes", "RF-08", CLEARANCE, SOON, false},
    {WHOLE "RF01=not_sure", "RF-01", STOP, EMERGENCY, false},
    /* the strongest decides, all are listed, in the order of the table */
    {WHOLE "RF08=not_sure P07=9 H06=open_wound H20=yes", "RF-08u PA-07 HE-06a HE-20", CLEARANCE, URGENCY_NONE,
     false},
    {WHOLE "RF01=yes RF03=one_leg_weak RF03b=yes RF08=yes", "RF-01 RF-03b RF-08", STOP, EMERGENCY, false},
    /* the urgency is of the strongest outcome, not the highest of any */
    {WHOLE "RF08=yes H20=yes", "RF-08 HE-20", CLEARANCE, SOON, false},
    /* what is hidden is not answered */
    {WHOLE "RF03=fine RF03b=yes", "OK-00", PROCEED, URGENCY_NONE, true},
    {WHOLE "RF03=one_leg_weak RF03b=yes", "RF-03b", STOP, SAME_DAY, false},
    {WHOLE "RF03=one_leg_weak", "", PROCEED, URGENCY_NONE, false},
    {WHOLE "RF03=one_leg_weak RF03b=no", "OK-00", PROCEED, URGENCY_NONE, true},
    /* weak signs together; raised by another answer */
    {WHOLE "RF08=yes RF09=yes", "RF-08 X-COMBO", STOP, SOON, false},
    {WHOLE "RF08=yes RF11=yes", "RF-08", CLEARANCE, SOON, false}, /* under 55 */
    {WHOLE "A01=1971-11-21 RF08=yes RF11=yes", "RF-08 X-COMBO", STOP, SAME_DAY, false},
    {WHOLE "A01=1971-11-22 RF08=yes RF11=yes", "RF-08", CLEARANCE, SOON, false},
    /* a clinician's word */
    {WHOLE "RF08=yes RF15=ok RF15_date=2026-11-01 RF15_clinician=Lee", "RF-08* X-DOWN", MODIFY, URGENCY_NONE,
     true},
    {WHOLE "RF08=yes RF09=yes RF15=ok RF15_date=2026-11-01 RF15_clinician=Lee", "RF-08* X-COMBO* X-DOWN",
     MODIFY, URGENCY_NONE, true},
    {WHOLE "RF08=yes RF15=ok RF15_date=2026-10-22 RF15_clinician=Lee", "RF-08* X-DOWN", MODIFY, URGENCY_NONE,
     true},
    {WHOLE "RF08=yes RF15=ok RF15_date=2026-10-21 RF15_clinician=Lee", "RF-08", CLEARANCE, SOON, false},
    {WHOLE "RF08=yes RF15=ok RF15_date=2026-11-22 RF15_clinician=Lee", "RF-08", CLEARANCE, SOON, false},
    {WHOLE "RF08=yes RF15=ok RF15_date=2026-11-01", "RF-08", CLEARANCE, SOON, false},
    {WHOLE "RF08=yes RF15=ok RF15_clinician=Lee", "RF-08", CLEARANCE, SOON, false},
    {WHOLE "RF08=yes RF15=waiting RF15_date=2026-11-01 RF15_clinician=Lee", "RF-08", CLEARANCE, SOON, false},
    /* … never lowers an emergency or a STOP for today, raised or not */
    {WHOLE "RF01=yes RF08=yes RF15=ok RF15_date=2026-11-01 RF15_clinician=Lee", "RF-01 RF-08* X-DOWN", STOP,
     EMERGENCY, false},
    {WHOLE "RF03=one_leg_weak RF03b=yes RF15=ok RF15_date=2026-11-01 RF15_clinician=Lee", "RF-03b", STOP,
     SAME_DAY, false},
    {WHOLE "A01=1960-01-01 RF09=yes RF11=yes RF15=ok RF15_date=2026-11-01 RF15_clinician=Lee", "X-COMBO",
     STOP, SAME_DAY, false},
    /* … nor what needs the note itself, nor what time lifts */
    {WHOLE "H20=yes RF15=ok RF15_date=2026-11-01 RF15_clinician=Lee", "HE-20", CLEARANCE, URGENCY_NONE,
     false},
    {WHOLE "H06=rash RF15=ok RF15_date=2026-11-01 RF15_clinician=Lee", "HE-06b", CLEARANCE, URGENCY_NONE,
     false},
    {WHOLE "H06=rash RF08=yes RF15=ok RF15_date=2026-11-01 RF15_clinician=Lee", "RF-08* X-DOWN HE-06b",
     CLEARANCE, URGENCY_NONE, false},
    /* … and is nothing by itself */
    {WHOLE "RF15=ok RF15_date=2026-11-01 RF15_clinician=Lee", "OK-00", PROCEED, URGENCY_NONE, true},
    /* of other sections, what is answered counts all the same */
    {WHOLE "D02=yes", "DY-02", CLEARANCE, URGENCY_NONE, false},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct judgement j = judged(cases[i].answers);
        expect(&j, cases[i].fired, cases[i].outcome, cases[i].urgency, cases[i].passed, i);
    }
}

static const struct {
    const char *answers;
    int32_t note, call; /* days ago; -1: none */
    const char *fired;
    enum outcome outcome;
    bool passed;
} papers[] = {
    {WHOLE "RF08=yes", 0, -1, "RF-08* X-DOWN", MODIFY, true},
    {WHOLE "RF08=yes", 30, -1, "RF-08* X-DOWN", MODIFY, true},
    {WHOLE "RF08=yes", 31, -1, "RF-08", CLEARANCE, false},
    {WHOLE "RF08=yes", -2, -1, "RF-08", CLEARANCE, false}, /* of tomorrow */
    {WHOLE "H20=yes", 3, -1, "X-DOWN HE-20*", MODIFY, true},
    {WHOLE "H20=yes", -1, 3, "HE-20", CLEARANCE, false}, /* written: a call is no note */
    {WHOLE "RF08=yes RF09=yes", 3, -1, "RF-08* X-COMBO* X-DOWN", MODIFY, true},
    {WHOLE "RF08=yes RF09=yes", -1, 3, "RF-08* X-COMBO X-DOWN", STOP, false}, /* a call lowers no STOP */
    {WHOLE "RF08=yes", -1, 3, "RF-08* X-DOWN", MODIFY, true},
    {WHOLE "RF08=yes", -1, 31, "RF-08", CLEARANCE, false},
    {WHOLE "RF08=yes", -1, -2, "RF-08", CLEARANCE, false},
    {WHOLE "H06=rash", 0, 0, "HE-06b", CLEARANCE, false}, /* time lifts it */
    {WHOLE "RF01=yes", 0, 0, "RF-01", STOP, false},
    {WHOLE "RF03=one_leg_weak RF03b=yes", 0, 0, "RF-03b", STOP, false},
    {WHOLE, 0, 0, "OK-00", PROCEED, true},
};

static void test_notes_and_calls(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(papers); i++) {
        struct setting s = setting();
        s.note_on = papers[i].note == -1 ? 0 : TODAY - papers[i].note + (papers[i].note == -2 ? -1 : 0);
        s.call_on = papers[i].call == -1 ? 0 : TODAY - papers[i].call + (papers[i].call == -2 ? -1 : 0);
        struct judgement j = judged_in(papers[i].answers, s);
        expect(&j, papers[i].fired, papers[i].outcome, j.urgency, papers[i].passed, i);
    }
}

static const struct {
    const char *answers;
    bool asks, date, clinician;
} asking[] = {
    {WHOLE, false, false, false},
    {WHOLE "RF08=yes", true, false, false},
    {WHOLE "RF08=yes RF09=yes", true, false, false},
    {WHOLE "RF08=yes RF15=no", false, false, false},
    {WHOLE "RF08=yes RF15=waiting", false, false, false},
    {WHOLE "RF08=yes RF15=ok", false, true, true},
    {WHOLE "RF08=yes RF15=ok RF15_clinician=Lee", false, true, false},
    {WHOLE "RF08=yes RF15=ok RF15_date=2026-11-01", false, false, true},
    {WHOLE "RF15=ok", false, false, false},  /* it changes nothing */
    {WHOLE "RF01=yes", false, false, false}, /* it cannot */
    {WHOLE "H20=yes", false, false, false},
    {WHOLE "H06=rash", false, false, false},
    {WHOLE "H06=rash RF08=yes", true, false, false},
    {WHOLE "RF08=not_sure", false, false, false},
};

static void test_when_the_clinician_is_asked_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(asking); i++) {
        struct judgement j = judged(asking[i].answers);
        check_row(j.asks_clearance == asking[i].asks, i);
        check_row(j.missing_date == asking[i].date, i);
        check_row(j.missing_clinician == asking[i].clinician, i);
        check_row(!(j.passed && (j.missing_date || j.missing_clinician || j.asks_clearance)), i);
    }
    struct setting s = setting();
    s.note_on = TODAY;
    assert_false(judged_in(WHOLE "RF08=yes", s).asks_clearance);
}

static bool misses(const struct judgement *j, const char *question)
{
    return judgement_misses(j, question_by_id(sample(), str_of(question)));
}

static void test_missing_by_section(void **state)
{
    (void)state;
    struct setting s = setting();
    struct judgement j = judged_in("RF01=no", s);
    assert_true(misses(&j, "RF03"));
    assert_true(misses(&j, "A01"));
    assert_true(misses(&j, "H06"));
    assert_false(misses(&j, "RF01"));
    assert_false(misses(&j, "RF11"));      /* may be left out */
    assert_false(misses(&j, "RF03b"));     /* is not shown */
    assert_false(misses(&j, "RF15_date")); /* asked for only when it counts */
    assert_false(misses(&j, "D02"));       /* not asked now */
    s.sections = SECTION_BIT(S1);
    j = judged_in("RF03=one_leg_weak RF01=no RF08=no", s);
    assert_true(misses(&j, "RF03b"));
    assert_true(misses(&j, "RF09"));
    assert_false(misses(&j, "A01"));
    assert_false(j.passed);
    j = judged_in(WELL, s);
    assert_true(j.passed);
    assert_string_equal(fired_ids(&j), "OK-00");
    s.sections = SECTION_BIT(S7);
    j = judged_in(WHOLE, s);
    assert_true(misses(&j, "D02"));
    assert_false(j.passed);
    assert_true(judged_in(WHOLE "D02=no", s).passed);
}

/* Nothing asked, nothing answered, half answered: none of it passes. */
static void test_fails_closed(void **state)
{
    (void)state;
    struct setting s = setting();
    assert_false(judged_in("", s).passed);
    s.sections = 0;
    assert_false(judged_in("", s).passed);
    assert_false(judged_in(WHOLE, s).passed);
    static const char *const required[] = {"RF01=-", "RF03=-", "RF08=-", "RF09=-", "A01=-", "P07=-", "H06=-"};
    for (size_t i = 0; i < COUNT(required); i++) {
        struct judgement j = judged(arena_printf(arena, WHOLE "RF08=not_sure %s", required[i]));
        check_row(!j.passed, i);
        check_row(judgement_misses_any(&j), i);
    }
}

static void test_limits_merged(void **state)
{
    (void)state;
    struct judgement j = judged(WHOLE "A01=2010-01-01 A03_name=Ann RF08=yes P07=9 H06=open_wound H20=yes");
    assert_int_equal(j.limits.pressure_max, 3); /* not the 2 that is for one area */
    assert_int_equal(j.limits.duration_max, 60);
    assert_int_equal(j.limits.set[EXCLUDE], 3);
    assert_int_equal(j.limits.set[AVOID], 3);
    assert_int_equal(j.limits.set[REQUIRE], 0); /* which would be "any of": the rules say */
    assert_int_equal(j.limits.flags, GUARDIAN_CONSENT | GUARDIAN_PRESENT | CONFIRM_FIRST | PRECALL);
    j = judged(WHOLE "A01=2010-01-01 A03_name=Ann RF08=yes RF09=yes");
    assert_int_equal(j.limits.duration_max, 45);
    j = judged(WHOLE "D02=yes");
    assert_int_equal(j.limits.not_before, AFTER_48H);
    j = judged(WHOLE "D02=yes H06=rash");
    assert_int_equal(j.limits.not_before, WHEN_CLEAR);
    j = judged(WHOLE "P07=9");
    assert_int_equal(j.limits.pressure_max, 0);
}

static void test_lowered_keeps_its_limits(void **state)
{
    (void)state;
    struct judgement j = judged(WHOLE "RF08=yes RF15=ok RF15_date=2026-11-01 RF15_clinician=Lee");
    assert_int_equal(j.limits.pressure_max, 3);
    assert_int_equal(j.limits.set[EXCLUDE], 1);
}

static void test_ends(void **state)
{
    (void)state;
    assert_true(judged("RF01=yes").ends);
    assert_true(judged("RF03=one_leg_weak RF03b=yes").ends);
    assert_false(judged(WHOLE "RF08=yes RF09=yes").ends); /* soon */
    assert_false(judged(WHOLE "RF08=yes").ends);
}

/* A kept judgement is concluded again from what it fired and missed. */
static void test_concluded_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct judgement j = judged(cases[i].answers), kept = {.count = j.count};
        memcpy(kept.missing, j.missing, sizeof kept.missing);
        memcpy(kept.fired, j.fired, sizeof kept.fired);
        kept.missing_date = j.missing_date;
        kept.missing_clinician = j.missing_clinician;
        kept.asks_clearance = j.asks_clearance;
        judge_conclude(sample(), &kept);
        check_row(memcmp(&kept, &j, sizeof j) == 0, i);
    }
}

/* The urgency is that of the strongest outcome, whatever a weaker one says. */
static void test_urgency_of_the_strongest(void **state)
{
    (void)state;
    const struct questionnaire *q = sample();
    struct judgement j = {.count = 2};
    j.fired[0] = (struct fired){.rule = rule_by_id(q, STR("X-COMBO")), .outcome = STOP, .urgency = SOON};
    j.fired[1] =
        (struct fired){.rule = rule_by_id(q, STR("HE-20")), .outcome = CLEARANCE, .urgency = EMERGENCY};
    judge_conclude(q, &j);
    assert_int_equal(j.outcome, STOP);
    assert_int_equal(j.urgency, SOON);
    assert_false(j.ends);
    j.fired[0] = j.fired[1];
    j.count = 1;
    judge_conclude(q, &j);
    assert_int_equal(j.urgency, EMERGENCY);
    assert_false(j.ends);
}

static const char *said(const struct judgement *j, uint16_t fired)
{
    struct buf out = {.max = 1000};
    rule_text(sample(), &j->fired[fired], "911", "your doctor", &out);
    char *text = arena_strndup(arena, out.p, out.n);
    buf_free(&out);
    return text;
}

static void test_texts(void **state)
{
    (void)state;
    struct judgement j = judged(WHOLE "RF08=yes RF09=yes");
    assert_string_equal(said(&j, 0), "Text of RF-08");
    assert_string_equal(said(&j, 1), "Soon, or 911.");
    assert_string_equal(rule_therapist(sample(), &j.fired[1]), "Booking blocked. Do not treat. Two signs.");
    j = judged(WHOLE "A01=1960-01-01 RF11=yes RF09=yes");
    assert_string_equal(said(&j, 0), "Today: your doctor.");
    j = judged(WHOLE "RF08=yes RF09=yes RF15=ok RF15_date=2026-11-01 RF15_clinician=Lee");
    assert_string_equal(said(&j, 1), "Text of X-DOWN");
    assert_string_equal(rule_therapist(sample(), &j.fired[1]), "Two signs.");
    assert_string_equal(rule_therapist(sample(), &j.fired[0]), "For them");
    j = judged(WHOLE);
    assert_null(rule_therapist(sample(), &j.fired[0]));
}

int main(void)
{
    sample();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_notes_and_calls),
        cmocka_unit_test(test_when_the_clinician_is_asked_for),
        cmocka_unit_test(test_missing_by_section),
        cmocka_unit_test(test_fails_closed),
        cmocka_unit_test(test_limits_merged),
        cmocka_unit_test(test_lowered_keeps_its_limits),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_concluded_again),
        cmocka_unit_test(test_urgency_of_the_strongest),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
