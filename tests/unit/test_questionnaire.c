/* Reading a questionnaire: what it becomes, and that nothing faulty gets through. */
#include "questionnaire.h"

static void test_what_is_read(void **state)
{
    (void)state;
    const struct questionnaire *q = sample();
    assert_int_equal(q->version, 7);
    assert_string_equal(q->name, "7");
    assert_false(q->draft);
    assert_string_equal(q->published_on, "2026-11-21");
    assert_null(q->signed_by);
    assert_int_equal(q->question_count, 17);
    assert_int_equal(q->page_count, 5);
    assert_string_equal(q->pages[2].about, "Short.");
    assert_string_equal(q->rules[q->rule_down].id, "X-DOWN");
    assert_string_equal(q->rules[q->rule_default].id, "OK-00");
    assert_string_equal(q->questions[q->birth].id, "A01");
    assert_string_equal(q->questions[q->told].id, "RF15");
    assert_string_equal(q->questions[q->told_date].id, "RF15_date");
    assert_string_equal(q->questions[q->told_clinician].id, "RF15_clinician");
}

static void test_a_question(void **state)
{
    (void)state;
    const struct questionnaire *q = sample();
    const struct question *legs = &q->questions[question_by_id(q, STR("RF03"))];
    assert_int_equal(legs->kind, KIND_CHOICE);
    assert_int_equal(legs->section, S1);
    assert_true(legs->required);
    assert_true(legs->harmless_set);
    assert_string_equal(legs->options[legs->harmless].slug, "fine");
    assert_int_equal(legs->signs, 1);
    assert_null(legs->hint);
    const struct question *skin = &q->questions[question_by_id(q, STR("H06"))];
    assert_true(skin->options[option_by_slug(skin, STR("none"))].alone);
    assert_false(skin->options[option_by_slug(skin, STR("rash"))].alone);
    assert_false(skin->harmless_set);
    assert_int_equal(option_by_slug(skin, STR("burn")), OPTIONS_MAX);
    assert_int_equal(q->questions[question_by_id(q, STR("P07"))].high, 10);
}

static void test_a_rule(void **state)
{
    (void)state;
    const struct questionnaire *q = sample();
    const struct rule *combo = &q->rules[rule_by_id(q, STR("X-COMBO"))];
    assert_int_equal(combo->outcome, STOP);
    assert_int_equal(combo->urgency, SOON);
    assert_int_equal(combo->raised_urgency, SAME_DAY);
    assert_int_equal(combo->limits.duration_max, 45);
    const struct rule *skin = &q->rules[rule_by_id(q, STR("HE-06a"))];
    assert_int_equal(skin->limits.set[AVOID], 3);
    assert_int_equal(skin->limits.set[REQUIRE], 3);
    assert_int_equal(skin->limits.set[EXCLUDE], 0);
    assert_int_equal(q->terms[AVOID][0].areas, question_by_id(q, STR("H06a")) + 1);
    assert_int_equal(q->terms[AVOID][1].areas, 0);
    assert_true(q->rules[rule_by_id(q, STR("PA-07"))].pressure_is_local);
    assert_int_equal(q->rules[rule_by_id(q, STR("AG-18"))].limits.flags, GUARDIAN_CONSENT | GUARDIAN_PRESENT);
    assert_int_equal(q->rules[rule_by_id(q, STR("DY-02"))].limits.not_before, AFTER_48H);
    assert_int_equal(rule_by_id(q, STR("RF-99")), RULES_MAX);
}

static void test_ids_are_found(void **state)
{
    (void)state;
    const struct questionnaire *q = sample();
    for (uint16_t i = 0; i < q->question_count; i++)
        assert_int_equal(question_by_id(q, str_of(q->questions[i].id)), i);
    static const char *const none[] = {"", "RF", "RF010", "RF0", "a01", "ZZ"};
    for (size_t i = 0; i < COUNT(none); i++)
        check_row(question_by_id(q, str_of(none[i])) == NO_QUESTION, i);
}

static void test_checked(void **state)
{
    (void)state;
    struct questionnaire_fault f;
    if (!read_text(DOCUMENT, true, &f))
        fail_msg("%s, %s: %s", f.where, f.what, f.at.reason);
}

/* The sample with one piece of its text exchanged. */
static const struct {
    const char *piece, *by;
    bool checked;
    const char *where, *what;
    int line, column;
    const char *reason;
} faults[] = {
    {"{\"version\":7", "[{\"version\":7", false, "the document", "document", 0, 0,
     "It is not JSON, or memory has ended."},
    {"\"version\":7,", "", false, "the version", "version", 0, 0, "It is missing."},
    {"\"version\":7,", "\"version\":0,", false, "the version", "version", 0, 0,
     "It is no document of a questionnaire."},
    {"\"title\":\"You\",", "", false, "page S2", "title", 0, 0, "Page 1 has no title."},
    {"{\"section\":\"S2\",\"page\":1,\"title\"", "{\"section\":\"S1\",\"page\":1,\"title\"", false, "page S1",
     "page", 0, 0, "Page 1 does not come after the one before it."},
    {"{\"section\":\"S2\",\"page\":1,\"title\"", "{\"section\":\"S2\",\"page\":100,\"title\"", false,
     "page S2", "page", 0, 0, "It must be a whole number from 1 to 99."},
    {"{\"section\":\"S2\",\"page\":1,\"title\"", "{\"section\":\"S9\",\"page\":1,\"title\"", false, "page S9",
     "section", 0, 0, "\"S9\" is none of those that are known."},
    {"\"id\":\"RF08\"", "\"id\":\"RF09\"", false, "question RF09", "id", 0, 0, "There are two of this name."},
    {"\"id\":\"RF08\"", "\"id\":\"rf08\"", false, "question rf08", "id", 0, 0,
     "It must be a capital letter, then letters, digits and _."},
    {"\"id\":\"RF08\",", "", false, "question without a name", "id", 0, 0,
     "It must be a capital letter, then letters, digits and _."},
    {"\"kind\":\"multi\"", "\"kind\":\"group\"", false, "question H06", "kind", 0, 0,
     "\"group\" is none of those that are known."},
    {"\"kind\":\"multi\",", "", false, "question H06", "kind", 0, 0, "It is missing."},
    {"\"section\":\"S2\",\"page\":1,\"kind\":\"date\"", "\"section\":\"S2\",\"page\":2,\"kind\":\"date\"",
     false, "question A01", "page", 0, 0, "There is no page 2 of S2."},
    {"\"Today\"}]", "\"Today\"},{\"section\":\"S7\",\"page\":2,\"title\":\"More\"}]", true, "page More",
     "section", 6, 1, "The questions of the day (S7) stand on one page; this is page 2 of them."},
    {"\"section\":\"S2\",\"page\":1,\"kind\":\"date\"", "\"section\":\"S7\",\"page\":1,\"kind\":\"date\"",
     false, "question A03_name", "page", 0, 0, "It stands behind a question of a later page."},
    {"\"kind\":\"number\",\"ask\":\"What?\"", "\"kind\":\"number\"", false, "question P07", "ask", 0, 0,
     "There is no wording."},
    {"\"kind\":\"number\",\"ask\":\"What?\",\"missing\":\"Please answer.\"",
     "\"kind\":\"number\",\"ask\":\"What?\"", false, "question P07", "missing", 0, 0,
     "A required question needs a sentence for when it is left out."},
    {"\"sign\":\"Legs\",", "", false, "question RF03", "sign", 0, 0,
     "In the list of signs it needs words of its own."},
    {"\"signs\":1", "\"signs\":3", false, "question RF03", "signs", 0, 0,
     "It must be a whole number from 0 to 2."},
    {"\"harmless\":\"fine\"", "\"harmless\":\"well\"", false, "question RF03", "harmless", 0, 0,
     "There is no option \"well\"."},
    {"{\"slug\":\"both_legs\"", "{\"slug\":\"fine\"", false, "question RF03", "options", 0, 0,
     "\"fine\" stands there twice."},
    {"{\"slug\":\"both_legs\"", "{\"slug\":\"Both\"", false, "question RF03", "options", 0, 0,
     "\"Both\" is no name of an option."},
    {"{\"slug\":\"both_legs\",\"label\":\"x\"}", "{\"slug\":\"both_legs\"}", false, "question RF03",
     "options", 0, 0, "\"both_legs\" has no label."},
    {",\"options\":[" OPTION("neck") "," OPTION("low_back") "]", "", false, "question H06a", "options", 0, 0,
     "There are none."},
    {"\"options\":[" OPTION("yes") "]", "\"options\":[" OPTION("no") "]", false, "question H22", "options", 0,
     0, "What is to be ticked has one option, \"yes\"."},
    {"\"high\":10", "\"high\":10,\"options\":[" OPTION("no") "]", false, "question P07", "options", 0, 0,
     "A number, a date or a text has none."},
    {",\"low\":0,\"high\":10", "", false, "question P07", "high", 0, 0,
     "A number needs its bounds, and the higher one last."},
    {"\"high\":80,", "", false, "question A03_name", "high", 0, 0,
     "A text needs the most characters it may have, 1 to 4000."},
    {"\"shown\":\"age < 18\"", "\"shown\":\"age << 18\"", false, "question A03_name", "shown", 1, 6,
     "Here a number should stand, not \"<\"."},
    {"\"shown\":\"age < 18\"", "\"shown\":\"P07 < 3\"", false, "question A03_name", "shown", 0, 0,
     "P07 does not come before it."},
    {"\"shown\":\"age < 18\"", "\"shown\":\"A03_name answered\"", false, "question A03_name", "shown", 0, 0,
     "A03_name does not come before it."},
    {",\"required\":true,\"shown\":\"RF15 = ok\"", "", false, "question RF15_date", "shown", 0, 0,
     "It says nothing; this one belongs to an answer of RF15."},
    {"\"id\":\"RF-08u\"", "\"id\":\"RF-08\"", false, "rule RF-08", "id", 0, 0, "There are two of this name."},
    {"\"when\":\"RF08 = not_sure\"", "\"when\":\"RF08 = unsure\"", false, "rule RF-08u", "condition", 1, 8,
     "RF08 has no option \"unsure\"."},
    {"\"when\":\"RF08 = not_sure\"", "\"when\":\"RF08 = yes or\\n RF77 = unsure\"", false, "rule RF-08u",
     "condition", 2, 2, "There is no question \"RF77\"."},
    {"\"when\":\"RF08 = not_sure\",", "", false, "rule RF-08u", "condition", 0, 0, "It is missing."},
    {"\"when\":\"RF08 = not_sure\"", "\"when\":\"RF08 = not_sure and RF08 = yes\"", true, "rule RF-08u",
     "condition", 1, 1, "It can never be true."},
    {"\"when\":\"RF08 = not_sure\"", "\"when\":\"not RF08 = not_sure or RF08 = not_sure\"", true,
     "rule RF-08u", "condition", 1, 1, "It is always true."},
    {"\"shown\":\"age < 18\"", "\"shown\":\"age < 18 and age > 20\"", true, "question A03_name", "shown", 1,
     1, "It can never be true."},
    {"{\"when\":\"RF11 = yes\"", "{\"when\":\"RF11 = yes and RF11 = no\"", true, "rule X-COMBO", "raised", 1,
     1, "It can never be true."},
    {"\"outcome\":\"MODIFY\",\"reason\":\"Why\",\"text\":\"Text of RF-08u\"",
     "\"outcome\":\"WAIT\",\"reason\":\"Why\",\"text\":\"Text of RF-08u\"", false, "rule RF-08u", "outcome",
     0, 0, "\"WAIT\" is none of those that are known."},
    {"\"outcome\":\"MODIFY\",\"reason\":\"Why\",\"text\":\"Text of RF-08u\"",
     "\"reason\":\"Why\",\"text\":\"Text of RF-08u\"", false, "rule RF-08u", "outcome", 0, 0,
     "It is missing."},
    {"\"text\":\"Text of RF-08u\",", "", false, "rule RF-08u", "text", 0, 0,
     "The client must be told something."},
    {"\"text\":\"Text of RF-08u\"", "\"text\":\"Call {PHONE}\"", false, "rule RF-08u", "text", 0, 0,
     "Only {EMERGENCY} and {URGENT_LINE} can be filled in, not \"{PHONE}\"."},
    {"Today: {URGENT_LINE}.", "Today: {LINE}.", false, "rule X-COMBO", "raised", 0, 0,
     "Only {EMERGENCY} and {URGENT_LINE} can be filled in, not \"{LINE}.\"."},
    {",\"urgency\":\"emergency\"", "", false, "rule RF-01", "urgency", 0, 0,
     "A STOP has one; PROCEED and MODIFY have none."},
    {"\"urgency\":\"emergency\"", "\"urgency\":\"now\"", false, "rule RF-01", "urgency", 0, 0,
     "\"now\" is none of those that are known."},
    {"\"urgency\":\"same_day\",\"text\"", "\"urgency\":\"soon\",\"text\"", false, "rule X-COMBO", "raised", 0,
     0, "Its urgency is not higher than the rule's own."},
    {"{\"when\":\"RF11 = yes\",", "{", false, "rule X-COMBO", "raised", 0, 0, "It has no condition."},
    {CLINICIAN ",\"written\":true", ",\"written\":true", false, "rule HE-20", "cleared_by", 0, 0,
     "A CLEARANCE says who gives it."},
    {"\"written\":true", "\"written\":true,\"self\":true", false, "rule HE-20", "self", 0, 0,
     "What time or the person lifts needs no written note."},
    {"\"default\":true,", "\"default\":true,\"when\":\"RF01 = yes\",", false, "rule OK-00", "condition", 0, 0,
     "The rule for when no other fires has none."},
    {"\"default\":true,", "\"when\":\"RF01 = yes\",", false, "all rules", "default", 0, 0,
     "There is no rule for when no other fires."},
    {"\"outcome\":\"PROCEED\",\"default\"", "\"outcome\":\"MODIFY\",\"default\"", false, "rule OK-00",
     "default", 0, 0, "The rule for when no other fires is a PROCEED."},
    {"\"guardian\":\"present\"", "\"guardian\":\"near\"", false, "rule AG-18", "guardian", 0, 0,
     "\"near\" is none of those that are known."},
    {"\"guardian\":\"present\"", "\"guardian\":\"present\",\"presure\":2", false, "rule AG-18", "limits", 0,
     0, "\" presure \" is not known."},
    {"\"pressure_max\":2", "\"pressure_max\":6", false, "rule PA-07", "pressure_max", 0, 0,
     "It must be a whole number from 1 to 5."},
    {"\"pressure_max\":2", "\"pressure_max\":\"2\"", false, "rule PA-07", "pressure_max", 0, 0,
     "It must be a whole number from 1 to 5."},
    {"\"not_before\":\"48h\"", "\"not_before\":\"1h\"", false, "rule DY-02", "not_before", 0, 0,
     "\"1h\" is none of those that are known."},
    {"\"exclude\":[\"thai\"]", "\"exclude\":[\"tai\"]", false, "rule HE-20", "exclude", 0, 0,
     "\"tai\" is none of the terms."},
    {"\"exclude\":[\"thai\"]", "\"exclude\":[3]", false, "rule HE-20", "exclude", 0, 0,
     "\"\" is none of the terms."},
    {"[\"oncology\",", "[\"dentistry\",", false, "rule HE-06a", "require", 0, 0,
     "\"dentistry\" is none of the terms."},
    {"{\"slug\":\"@H06a\"", "{\"slug\":\"@H06\"", false, "avoid @H06", "slug", 0, 0,
     "\"H06\" is no question with areas of the body."},
    {"{\"slug\":\"cupping\"", "{\"slug\":\"thai\"", false, "exclude thai", "slug", 0, 0,
     "There are two of this name."},
    {"{\"slug\":\"cupping\"", "{\"slug\":\"Cupping\"", false, "exclude Cupping", "slug", 0, 0,
     "That is no name of a term."},
    {"\"when\":\"RF08 = not_sure\",\"outcome\":\"MODIFY\"",
     "\"when\":\"RF08 = not_sure\",\"outcome\":\"MODIFY\",\"lowers\":true", false, "rule X-DOWN", "lowers", 0,
     0, "RF-08u is that already."},
};

static char *exchanged(const char *text, const char *piece, const char *by)
{
    const char *at = strstr(text, piece);
    if (!at)
        fail_msg("not in the sample: %s", piece);
    return arena_printf(arena, "%.*s%s%s", (int)(at - text), text, by, at + strlen(piece));
}

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct questionnaire_fault f;
        check_row(!read_text(exchanged(DOCUMENT, faults[i].piece, faults[i].by), faults[i].checked, &f), i);
        if (strcmp(f.where, faults[i].where) != 0 || strcmp(f.what, faults[i].what) != 0 ||
            f.at.line != faults[i].line || f.at.column != faults[i].column ||
            strcmp(f.at.reason, faults[i].reason) != 0)
            fail_msg("row %zu: %s, %s, %d:%d %s", i, f.where, f.what, f.at.line, f.at.column, f.at.reason);
    }
}

/* `before`, a number, `behind`, so many times with commas. */
static char *many(const char *before, const char *behind, int count)
{
    struct buf text = {.max = 1 << 20};
    for (int i = 0; i < count; i++)
        buf_printf(&text, "%s%s%d%s", i ? "," : "", before, i, behind);
    char *copy = arena_strndup(arena, text.p, text.n);
    buf_free(&text);
    return copy;
}

static void test_too_many(void **state)
{
    (void)state;
    struct questionnaire_fault f;
    char *questions =
        many("{\"id\":\"Q", "\",\"section\":\"S1\",\"page\":1,\"kind\":\"date\",\"ask\":\"?\"}", 193);
    char *rules = many("{\"id\":\"R",
                       "\",\"when\":\"Q1 answered\",\"outcome\":\"MODIFY\",\"reason\":\"r\","
                       "\"text\":\"t\",\"basis\":\"b\"}",
                       257);
    char *options = many("{\"slug\":\"o", "\",\"label\":\"l\"}", 65);
    char *terms = many("{\"slug\":\"t", "\",\"label\":\"l\"}", 65);
    char *pages = many("{\"section\":\"S1\",\"title\":\"t\",\"page\":", "}", 65);
    assert_null(read_text(exchanged(DOCUMENT, "\"pages\":[", arena_printf(arena, "\"pages\":[%s,", pages)),
                          false, &f));
    assert_string_equal(f.what, "pages");
    assert_string_equal(f.at.reason, "More than 64 are too many.");
    assert_null(read_text(arena_printf(arena, HEAD PAGES "\"questions\":[%s]}", questions), false, &f));
    assert_string_equal(f.at.reason, "There must be some, and 192 at most.");
    assert_null(read_text(HEAD PAGES "\"questions\":[]}", false, &f));
    assert_string_equal(f.at.reason, "There must be some, and 192 at most.");
    assert_null(read_text(exchanged(DOCUMENT, "\"rules\":[", arena_printf(arena, "\"rules\":[%s,", rules)),
                          false, &f));
    assert_string_equal(f.at.reason, "More than 256 are too many.");
    assert_null(read_text(
        exchanged(DOCUMENT, "\"options\":[", arena_printf(arena, "\"options\":[%s,", options)), false, &f));
    assert_string_equal(f.at.reason, "More than 64 are too many.");
    assert_null(read_text(
        exchanged(DOCUMENT, "\"exclude\":[{", arena_printf(arena, "\"exclude\":[%s,{", terms)), false, &f));
    assert_string_equal(f.at.reason, "More than 64 are too many.");
}

/* As many as there may be still work: the last of each is found. */
static void test_just_enough(void **state)
{
    (void)state;
    struct questionnaire_fault f;
    char *questions =
        many("{\"id\":\"Q", "\",\"section\":\"S1\",\"page\":1,\"kind\":\"date\",\"ask\":\"?\"}", 192);
    char *rules = many("{\"id\":\"R",
                       "\",\"when\":\"Q191 answered\",\"outcome\":\"MODIFY\",\"reason\":\"r\","
                       "\"text\":\"t\",\"basis\":\"b\"}",
                       255);
    const struct questionnaire *q = read_text(
        arena_printf(arena,
                     HEAD PAGES "\"questions\":[%s],\"rules\":[%s,{\"id\":\"OK\",\"default\":true,"
                                "\"outcome\":\"PROCEED\",\"reason\":\"r\",\"text\":\"t\",\"basis\":\"b\"}]}",
                     questions, rules),
        true, &f);
    if (!q)
        fail_msg("%s, %s: %s", f.where, f.what, f.at.reason);
    struct answers given = answers_of(q, "Q191=2026-01-01");
    struct setting s = {.today = TODAY, .sections = SECTION_BIT(S1)};
    struct judgement j;
    judge(q, &given, &s, &j);
    assert_int_equal(j.count, 255);
    assert_int_equal(q->by_id[0], question_by_id(q, STR("Q0")));
}

static bool is_shown(const char *question, const char *answers)
{
    struct answers given = answers_of(sample(), answers);
    return question_shown(sample(), &given, question_by_id(sample(), str_of(question)), TODAY);
}

static void test_shown(void **state)
{
    (void)state;
    assert_true(is_shown("RF01", ""));
    assert_false(is_shown("RF03b", ""));
    assert_true(is_shown("RF03b", "RF03=one_leg_weak"));
    assert_false(is_shown("RF03b", "RF03=both_legs RF03b=yes"));
    assert_true(is_shown("A03_name", "A01=2010-01-01"));
    assert_false(is_shown("A03_name", "A01=1980-01-01"));
    assert_true(is_shown("H06a", "H06=rash"));
    assert_false(is_shown("H06a", "H06=rash+none")); /* which the form never sends, so it is no answer */
}

static const struct {
    const char *given, *left;
} hidden[] = {
    {"RF03=fine RF03b=yes RF01=no", "RF03=fine RF01=no"},
    {"RF03b=yes", ""},
    {"RF03=one_leg_weak RF03b=yes", "RF03=one_leg_weak RF03b=yes"},
    {"RF15=no RF15_date=2026-11-01 RF15_clinician=Lee", "RF15=no"},
    {"RF01=yes+no", ""},
    {"H06=none+rash", ""},
    {"H06=rash+bruise", "H06=rash+bruise"},
    {"P07=11 RF08=yes", "RF08=yes"},
    {"P07=-1", ""},
};

static void test_answers_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hidden); i++) {
        struct answers given = answers_of(sample(), hidden[i].given), shown;
        struct answers left = answers_of(sample(), hidden[i].left);
        answers_shown(sample(), &given, TODAY, &shown);
        for (size_t k = 0; k < sample()->question_count; k++)
            if (shown.is[k].given != left.is[k].given || shown.is[k].chosen != left.is[k].chosen)
                fail_msg("row %zu: %s", i, sample()->questions[k].id);
    }
}

/* Answers as no form would send them: bits beyond the options, nothing chosen, no text. */
static void test_answers_that_do_not_fit(void **state)
{
    (void)state;
    struct answers given = {0}, shown, none = {0};
    given.is[question_by_id(sample(), STR("RF01"))] =
        (struct answer){.given = true, .chosen = UINT64_C(1) << 63};
    given.is[question_by_id(sample(), STR("H06"))] = (struct answer){.given = true};
    given.is[question_by_id(sample(), STR("H22"))] = (struct answer){.given = true, .chosen = 3};
    given.is[QUESTIONS_MAX - 1] = (struct answer){.given = true, .chosen = 1};
    answers_shown(sample(), &given, TODAY, &shown);
    assert_memory_equal(&shown, &none, sizeof none);
}

int main(void)
{
    sample();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_read),
        cmocka_unit_test(test_a_question),
        cmocka_unit_test(test_a_rule),
        cmocka_unit_test(test_ids_are_found),
        cmocka_unit_test(test_checked),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_just_enough),
        cmocka_unit_test(test_shown),
        cmocka_unit_test(test_answers_shown),
        cmocka_unit_test(test_answers_that_do_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
