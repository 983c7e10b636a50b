/* The rules of the safety check: each one alone, what they do together, and what must hold for any answers.
 */
#include "unit.h"

#include "core/day.h"
#include "intake/answers.h"
#include "intake/record.h"
#include "intake/safety.h"

enum { TODAY = 20778 }; /* 2026-11-21 */

static const struct answers healthy = {.is = {[RF12] = NO,
                                              [RF16] = NO,
                                              [RF01] = NO,
                                              [RF02] = NO,
                                              [RF03] = LEGS_FINE,
                                              [RF04] = NO,
                                              [RF05] = NO,
                                              [RF07] = NO,
                                              [RF13] = NO,
                                              [RF10] = NO,
                                              [RF06] = NO,
                                              [RF08] = NO,
                                              [RF09] = NO,
                                              [RF11] = NO,
                                              [RF14] = NO}};

/* One "RF03b=no": "-" takes the answer away, an underscore in a name stands for a blank. */
static void change(struct answers *a, struct str key, struct str value)
{
    char text[40];
    enum question q = question_by_id(key);
    if (q != QUESTIONS)
        a->is[q] = UNANSWERED;
    snprintf(text, sizeof text, "%.*s", (int)value.n, value.p);
    for (char *c = text; *c && q == QUESTIONS; c++)
        if (*c == '_')
            *c = ' ';
    if (!str_is(value, "-") && !answers_set(a, key, str_of(text)))
        fail_msg("%.*s has no answer %s", (int)key.n, key.p, text);
}

/* "RF03=one_leg_weak RF03b=no" over the healthy answers. */
static struct answers with(const char *changes)
{
    struct answers a = healthy;
    for (const char *at = changes; *at;) {
        at += strspn(at, " ");
        size_t key = strcspn(at, "="), whole = strcspn(at, " ");
        if (key < whole)
            change(&a, (struct str){at, key}, (struct str){at + key + 1, whole - key - 1});
        at += whole;
    }
    return a;
}

static struct judgement judged(const char *changes)
{
    struct answers a = with(changes);
    struct judgement j;
    safety_judge(&a, TODAY, &j);
    return j;
}

static const struct fired *fired(const struct judgement *j, const char *id)
{
    for (uint8_t i = 0; i < j->count; i++)
        if (strcmp(rules[j->fired[i].rule].id, id) == 0)
            return &j->fired[i];
    return NULL;
}

/* "RF-08 X-COMBO": exactly these, in this order. */
static bool fired_are(const struct judgement *j, const char *ids)
{
    char all[400] = "";
    size_t n = 0;
    for (uint8_t i = 0; i < j->count; i++)
        n += (size_t)snprintf(all + n, sizeof all - n, "%s%s", i ? " " : "", rules[j->fired[i].rule].id);
    if (strcmp(all, ids) != 0)
        print_error("fired %s, wanted %s\n", all, ids);
    return strcmp(all, ids) == 0;
}

static void each_rule(void **state)
{
    (void)state;
    static const struct {
        const char *changes, *rules;
        enum outcome outcome;
        enum urgency urgency;
    } rows[] = {
        {"", "OK-00", PROCEED, URGENCY_NONE},
        {"RF01=yes", "RF-01", STOP, EMERGENCY},
        {"RF01=not_sure", "RF-01", STOP, EMERGENCY},
        {"RF02=yes", "RF-02", STOP, EMERGENCY},
        {"RF02=not_sure", "RF-02", STOP, EMERGENCY},
        {"RF03=both_legs", "RF-03a", STOP, EMERGENCY},
        {"RF03=one_leg_weak RF03b=yes", "RF-03b", STOP, SAME_DAY},
        {"RF03=one_leg_weak RF03b=not_sure", "RF-03b", STOP, SAME_DAY},
        {"RF03=not_sure", "RF-03b", STOP, SAME_DAY},
        {"RF03=one_leg_weak RF03b=no", "RF-03c", CLEARANCE, URGENCY_NONE},
        {"RF04=yes", "RF-04", STOP, EMERGENCY},
        {"RF04=not_sure", "RF-04", STOP, EMERGENCY},
        {"RF04=prefer_not", "RF-04x", PROCEED, URGENCY_NONE},
        {"RF04=-", "OK-00", PROCEED, URGENCY_NONE},
        {"RF05=yes RF05a=no", "RF-05a", STOP, SAME_DAY},
        {"RF05=yes RF05a=cleared", "RF-05b", MODIFY, URGENCY_NONE},
        {"RF05=yes RF05a=fracture", "RF-05c", CLEARANCE, URGENCY_NONE},
        {"RF06=yes", "RF-06", CLEARANCE, SOON},
        {"RF06=not_sure", "RF-06", CLEARANCE, SOON},
        {"RF07=yes", "RF-07", STOP, SAME_DAY},
        {"RF07=yes RF11=yes", "RF-07 RF-11b", STOP, EMERGENCY},
        {"RF08=yes", "RF-08", CLEARANCE, SOON},
        {"RF08=not_sure", "RF-08u", MODIFY, URGENCY_NONE},
        {"RF09=yes", "RF-09", CLEARANCE, SOON},
        {"RF09=not_sure", "RF-09u", MODIFY, URGENCY_NONE},
        {"RF10=yes RF10a=yes", "RF-10", STOP, SOON},
        {"RF10=yes RF10a=not_sure", "RF-10", STOP, SOON},
        {"RF10=yes RF10a=no", "OK-00", PROCEED, URGENCY_NONE},
        {"RF10=prefer_not", "OK-00", PROCEED, URGENCY_NONE},
        {"RF10=yes RF10a=yes RF03=one_leg_weak RF03b=no", "RF-03c RF-10", STOP, SAME_DAY},
        {"RF11=yes", "RF-11b", MODIFY, URGENCY_NONE},
        {"RF11=prefer_not", "OK-00", PROCEED, URGENCY_NONE},
        {"RF11=yes RF08=yes", "RF-08 RF-11a X-COMBO", STOP, SOON},
        {"RF11=yes RF09=yes", "RF-09 RF-11a X-COMBO", STOP, SOON},
        {"RF11=yes RF09=yes RF07=yes", "RF-07 RF-09 RF-11a X-COMBO", STOP, EMERGENCY},
        {"RF11=yes RF14=yes", "RF-11b RF-14 X-COMBO", STOP, SOON},
        {"RF12=yes", "RF-12", STOP, EMERGENCY},
        {"RF13=yes", "RF-13", STOP, SAME_DAY},
        {"RF13=not_sure", "RF-13", STOP, SAME_DAY},
        {"RF13=yes RF12=yes", "RF-12 RF-13", STOP, EMERGENCY},
        {"RF14=yes", "RF-14", CLEARANCE, SOON},
        {"RF14=not_sure", "RF-14", CLEARANCE, SOON},
        {"RF16=yes", "RF-16", STOP, EMERGENCY},
        {"RF08=yes RF09=yes", "RF-08 RF-09 X-COMBO", STOP, SOON},
        {"RF08=yes RF14=yes", "RF-08 RF-14 X-COMBO", STOP, SOON},
        {"RF08=not_sure RF09=yes", "RF-08u RF-09", CLEARANCE, SOON},
        {"RF08=yes RF14=not_sure", "RF-08 RF-14", CLEARANCE, SOON},
        {"RF06=yes RF08=not_sure", "RF-06 RF-08u", CLEARANCE, SOON},
        /* hidden questions count for nothing */
        {"RF03=fine RF03b=yes", "OK-00", PROCEED, URGENCY_NONE},
        {"RF05=no RF05a=fracture", "OK-00", PROCEED, URGENCY_NONE},
        {"RF10=no RF10a=yes", "OK-00", PROCEED, URGENCY_NONE},
        {"RF15=no", "OK-00", PROCEED, URGENCY_NONE},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct judgement j = judged(rows[i].changes);
        check_row(fired_are(&j, rows[i].rules), i);
        check_row(j.outcome == rows[i].outcome && j.urgency == rows[i].urgency, i);
        check_row(j.passed == (rows[i].outcome <= MODIFY), i);
        check_row(j.ends == (rows[i].outcome == STOP && rows[i].urgency >= SAME_DAY), i);
        check_row(!j.missing, i);
    }
}

static void raised(void **state)
{
    (void)state;
    struct judgement j = judged("RF13=yes RF12=yes");
    assert_int_equal(fired(&j, "RF-13")->urgency, EMERGENCY);
    j = judged("RF11=yes RF09=yes RF07=yes");
    assert_int_equal(fired(&j, "RF-11a")->urgency, SAME_DAY);
    assert_int_equal(fired(&j, "RF-07")->urgency, EMERGENCY);
    static const char *const nerves[] = {"RF01=yes", "RF02=not_sure", "RF03=both_legs", "RF03=not_sure",
                                         "RF04=yes"};
    for (size_t i = 0; i < COUNT(nerves); i++) {
        char changes[80];
        snprintf(changes, sizeof changes, "RF10=yes RF10a=yes %s", nerves[i]);
        j = judged(changes);
        check_row(fired(&j, "RF-10")->urgency == SAME_DAY, i);
    }
}

#define OK_30 " RF15=ok RF15_date=2026-10-22 RF15_clinician=Dr_Oja" /* 30 days before */

static void lowered(void **state)
{
    (void)state;
    static const char *const can[] = {
        "RF08=yes",          "RF06=not_sure", "RF08=yes RF09=yes",       "RF10=yes RF10a=yes",
        "RF11=yes RF08=yes", "RF14=yes",      "RF05=yes RF05a=fracture", "RF03=one_leg_weak RF03b=no"};
    for (size_t i = 0; i < COUNT(can); i++) {
        char changes[120];
        snprintf(changes, sizeof changes, "%s" OK_30, can[i]);
        struct judgement before = judged(can[i]), j = judged(changes);
        check_row(!before.passed && before.asks_clearance, i);
        check_row(j.passed && j.outcome == MODIFY && fired(&j, "X-DOWN") && !j.asks_clearance, i);
        check_row(j.count == before.count + 1, i); /* the lowered ones stay listed */
    }
    struct judgement j = judged("RF03=one_leg_weak RF03b=no" OK_30);
    assert_true(fired(&j, "RF-03c")->lowered);
    assert_int_equal(j.limits.pressure_max, 3); /* and keep their limits */
    assert_int_equal(j.limits.avoid, AVOID_LOW_BACK_DEEP);
}

static void not_lowered(void **state)
{
    (void)state;
    static const char *const cannot[] = {
        "RF08=yes RF15=no",
        "RF08=yes RF15=waiting",
        "RF08=yes RF15=ok",
        "RF08=yes RF15=ok RF15_clinician=Dr_Oja",
        "RF08=yes RF15=ok RF15_date=2026-11-20",
        "RF08=yes RF15=ok RF15_date=2026-10-21 RF15_clinician=Dr_Oja", /* 31 days */
        "RF08=yes RF15=ok RF15_date=2026-11-22 RF15_clinician=Dr_Oja", /* tomorrow */
        "RF08=yes RF15=waiting RF15_date=2026-11-20 RF15_clinician=Dr_Oja",
        "RF08=yes RF01=yes" OK_30,
        "RF08=yes RF13=yes" OK_30,
        "RF08=yes RF05=yes RF05a=no" OK_30,
        "RF10=yes RF10a=yes RF03=one_leg_weak RF03b=no" OK_30,
        "RF11=yes RF09=yes RF07=yes" OK_30,
    };
    for (size_t i = 0; i < COUNT(cannot); i++) {
        struct judgement j = judged(cannot[i]);
        check_row(!j.passed && j.outcome >= CLEARANCE, i);
    }
    struct judgement j = judged("RF01=yes" OK_30); /* nothing to lower: RF15 is hidden */
    assert_true(fired_are(&j, "RF-01"));
    j = judged("RF08=yes RF15=ok");
    assert_true(j.missing_date && j.missing_clinician);
}

static void missing(void **state)
{
    (void)state;
    for (enum question q = 0; q < RF15; q++) {
        struct answers a = healthy;
        struct judgement j;
        if (questions[q].shown_by != q) { /* brought up by its question, without an answer */
            a.is[questions[q].shown_by] = (uint8_t)questions[q].shown_when;
        } else {
            a.is[q] = UNANSWERED;
        }
        safety_judge(&a, TODAY, &j);
        check_row(j.passed == questions[q].optional, q);
        check_row(j.missing == (questions[q].optional ? 0 : UINT32_C(1) << q), q);
        check_row(safety_open_page(&a, &j) == questions[q].page, q);
    }
    struct answers none = {0};
    struct judgement j;
    safety_judge(&none, TODAY, &j);
    assert_false(j.passed);
    assert_int_equal(j.count, 0); /* "no flags" is not said of no answers */
    assert_int_equal(safety_open_page(&none, &j), 1);
    none.is[RF01] = YES; /* an emergency needs no other answer */
    safety_judge(&none, TODAY, &j);
    assert_true(j.ends);
    struct answers all = healthy;
    safety_judge(&all, TODAY, &j);
    assert_int_equal(safety_open_page(&all, &j), 0);
    all.is[RF08] = YES;
    safety_judge(&all, TODAY, &j);
    assert_int_equal(safety_open_page(&all, &j), CLEARANCE_PAGE);
}

static void limits(void **state)
{
    (void)state;
    struct judgement j = judged("RF05=yes RF05a=cleared RF11=yes");
    assert_int_equal(j.outcome, MODIFY);
    assert_int_equal(j.limits.pressure_max, 2); /* the lower of 2 and 3 */
    assert_int_equal(j.limits.duration_max, 45);
    assert_int_equal(j.limits.exclude, NO_DEEP_TISSUE | NO_ASHIATSU | NO_THAI | NO_CUPPING | NO_IASTM);
    j = judged("RF11=yes");
    assert_int_equal(j.limits.pressure_max, 3);
    assert_int_equal(j.limits.duration_max, 0);
}

static void texts(void **state)
{
    (void)state;
    static const struct {
        const char *changes, *rule, *text;
    } rows[] = {
        {"RF01=yes", "RF-01",
         "Numbness here can mean nerves low in the spine are being squeezed. It is rare but needs checking "
         "today. "
         "Please do not book. Call 112 or go to an emergency department now."},
        {"RF13=yes", "RF-13",
         "One swollen, warm or tender leg can be a blood clot. Massage could be dangerous. Please do not "
         "book yet. "
         "Get medical help today (1220, or emergency care if you cannot reach them)."},
        {"RF13=yes RF12=yes", "RF-13",
         "One swollen, warm or tender leg can be a blood clot. Massage could be dangerous. Please do not "
         "book. Call "
         "112 or go to an emergency department now."},
        {"RF08=yes" OK_30, "RF-08",
         "Thank you. Your therapist will confirm with you and may ask to see the note."},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct judgement j = judged(rows[i].changes);
        struct buf out = {.max = 1000};
        safety_text(fired(&j, rows[i].rule), "112", "1220", &out);
        assert_string_equal(out.p, rows[i].text);
        buf_free(&out);
    }
    struct judgement j = judged("RF10=yes RF10a=yes");
    assert_non_null(strstr(rule_therapist(fired(&j, "RF-10")), "Booking blocked"));
    j = judged("RF10=yes RF10a=yes" OK_30);
    assert_null(strstr(rule_therapist(fired(&j, "RF-10")), "blocked"));
}

static uint32_t dice(uint32_t *seed, uint32_t sides)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % sides;
}

static void random_answers(uint32_t *seed, struct answers *a)
{
    *a = healthy;
    for (enum question q = 0; q < QUESTIONS; q++)
        if (dice(seed, 4) == 0)
            a->is[q] = (uint8_t)dice(seed, ANSWERS + 2); /* also values that are no answer at all */
    a->cleared_on = dice(seed, 2) ? TODAY - 40 + (int32_t)dice(seed, 50) : 0;
    if (dice(seed, 2))
        memcpy(a->cleared_by, "Dr Oja", 7);
}

/* What must hold for any answers whatever. */
static void always(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (size_t i = 0; i < 200000; i++) {
        struct answers a;
        struct judgement j, again;
        random_answers(&seed, &a);
        safety_judge(&a, TODAY, &j);
        safety_judge(&a, TODAY, &again);
        check_row(memcmp(&j, &again, sizeof j) == 0, i);
        check_row(j.count <= rule_count, i);
        enum outcome strongest = PROCEED;
        for (uint8_t k = 0; k < j.count; k++) {
            const struct fired *f = &j.fired[k];
            strongest = f->outcome > strongest ? f->outcome : strongest;
            check_row(!f->lowered || (rules[f->rule].outcome >= CLEARANCE && rules[f->rule].urgency <= SOON),
                      i);
        }
        check_row(j.outcome == strongest, i);
        bool open = j.missing || j.missing_date || j.missing_clinician;
        check_row(j.passed == (strongest <= MODIFY && !open), i);
        check_row(!j.passed || (j.count > 0 && !j.ends), i);
    }
}

/* Nobody passes by one answer that is worse: a "yes" where "no" stood never turns a stop into a pass. */
static void worse_is_not_better(void **state)
{
    (void)state;
    static const enum question sharp[] = {RF12, RF16, RF01, RF02, RF04, RF07, RF13, RF06, RF08, RF09, RF14};
    uint32_t seed = 11;
    for (size_t i = 0; i < 50000; i++) {
        struct answers a;
        struct judgement before, after;
        random_answers(&seed, &a);
        a.is[RF15] = UNANSWERED;
        enum question q = sharp[dice(&seed, COUNT(sharp))];
        a.is[q] = NO;
        safety_judge(&a, TODAY, &before);
        a.is[q] = YES;
        safety_judge(&a, TODAY, &after);
        check_row(after.outcome >= before.outcome, i);
        check_row(!after.passed, i);
    }
}

static void tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < rule_count; i++) {
        check_row(rules[i].id && rules[i].text && rules[i].basis, i);
        check_row(rules[i].when || i == rule_down || i == rule_default, i);
        for (size_t k = 0; k < i; k++)
            check_row(strcmp(rules[i].id, rules[k].id) != 0, i);
    }
    assert_string_equal(rules[rule_down].id, "X-DOWN");
    assert_string_equal(rules[rule_default].id, "OK-00");
    int page = 1;
    for (enum question q = 0; q < QUESTIONS; q++) {
        const struct question_info *info = &questions[q];
        check_row(info->ask && info->missing && info->plain && info->options, q);
        check_row(info->page == page || info->page == page + 1,
                  q); /* in the order of the pages, none left out */
        page = info->page;
        check_row(question_by_id(str_of(info->id)) == q, q);
    }
    assert_int_equal(page, CLEARANCE_PAGE);
    assert_int_equal(questions[RF14].page, SAFETY_PAGES);
}

static void kept(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct answers a = with("RF08=yes RF11=yes" OK_30), back;
    struct judgement j, again;
    struct buf out = {.max = 10000};
    safety_judge(&a, TODAY, &j);
    record_write(&a, &j, TODAY, &out);
    assert_true(record_read(arena, (struct str){out.p, out.n}, &back, &again));
    assert_memory_equal(a.is, back.is, sizeof a.is);
    assert_int_equal(a.cleared_on, back.cleared_on);
    assert_string_equal(a.cleared_by, back.cleared_by);
    assert_int_equal(again.count, j.count);
    assert_true(again.outcome == MODIFY && again.passed && fired(&again, "RF-08")->lowered);
    assert_memory_equal(&again.limits, &j.limits, sizeof j.limits);
    static const char *const bad[] = {"",
                                      "{}",
                                      "[]",
                                      "{\"answers\":1}",
                                      "{\"answers\":{\"RF99\":\"no\"}}",
                                      "{\"answers\":{\"RF01\":\"maybe\"}}",
                                      "{\"answers\":{\"RF01\":1}}",
                                      "{\"answers\":{\"RF01\":\"no\",\"RF01\":\"yes\"}}"};
    for (size_t i = 0; i < COUNT(bad); i++)
        check_row(!record_read(arena, str_of(bad[i]), &back, NULL), i);
    assert_true(record_read(arena, str_of("{\"answers\":{\"RF01\":\"no\"}}"), &back, NULL));
    assert_false(record_read(arena, str_of("{\"answers\":{\"RF01\":\"no\"}}"), &back,
                             &again)); /* a draft decides nothing */
    buf_free(&out);
    arena_free(arena);
}

static void answer_values(void **state)
{
    (void)state;
    struct answers a = {0};
    assert_false(answers_set(&a, str_of("RF01"), str_of("Yes")));
    assert_false(
        answers_set(&a, str_of("RF01"), str_of("prefer_not"))); /* an answer, but not to this question */
    assert_false(answers_set(&a, str_of("RF01"), str_of("")));
    assert_false(answers_set(&a, str_of("rf01"), str_of("no")));
    assert_true(answers_set(&a, str_of("RF01"), str_of("no")));
    assert_false(answers_set(&a, str_of("RF01"), str_of("no"))); /* once */
    assert_false(answers_set(&a, str_of("RF15_date"), str_of("21.11.2026")));
    assert_false(answers_set(&a, str_of("RF15_clinician"), str_of("  ")));
    assert_false(answers_set(&a, str_of("RF15_clinician"), str_of("a\nb")));
    char longest[122];
    memset(longest, 'x', sizeof longest);
    assert_false(answers_set(&a, str_of("RF15_clinician"), (struct str){longest, 121}));
    assert_true(answers_set(&a, str_of("RF15_clinician"), (struct str){longest, 120}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule),   cmocka_unit_test(raised),  cmocka_unit_test(lowered),
        cmocka_unit_test(not_lowered), cmocka_unit_test(missing), cmocka_unit_test(limits),
        cmocka_unit_test(texts),       cmocka_unit_test(always),  cmocka_unit_test(worse_is_not_better),
        cmocka_unit_test(tables),      cmocka_unit_test(kept),    cmocka_unit_test(answer_values),
    };
    return cmocka_run_group_tests_name("safety", tests, NULL, NULL);
}
