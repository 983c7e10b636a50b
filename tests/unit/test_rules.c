/*
 * The questionnaire that a fresh database holds: every rule fires in an example that is found for it and is
 * silent in one that differs in a single answer; so with every raised urgency; what was thought out by hand
 * comes out. And the version of this process is the published one, whatever happens around it.
 */
#include "questionnaire.h"
#include "cluster.h"

#include "intake/edition.h"
#include "intake/trial.h"

#include <pthread.h>

static struct db *db;
static const struct questionnaire *q;

static void print_fault(const char *what, const struct condition_fault *f)
{
    fail_msg("%s: %d:%d %s", what, f->line, f->column, f->reason);
}

/* --- Somebody who is well, with the whole form filled in */

static uint64_t first_of(const struct question *question)
{
    static const char *const well[] = {"no",     "none",    "nothing", "me",
                                       "helped", "chronic", "front",   "localized"};
    for (size_t i = 0; i < COUNT(well); i++) {
        uint8_t option = option_by_slug(question, str_of(well[i]));
        if (option != OPTIONS_MAX)
            return UINT64_C(1) << option;
    }
    return 1;
}

static struct answer well_answer(const struct question *question)
{
    struct answer a = {.given = true};
    if (question->kind == KIND_NUMBER)
        a.number = question->low + (question->high - question->low) / 3;
    else if (question->kind == KIND_DATE)
        a.number = 3653; /* 1980-01-02 */
    else if (question->kind == KIND_TEXT)
        a.text = "words";
    else
        a.chosen = question->harmless_set ? UINT64_C(1) << question->harmless : first_of(question);
    return a;
}

static struct answers well_answers(void)
{
    struct answers given = {0}, shown;
    for (size_t i = 0; i < q->question_count; i++)
        if (i != q->told && i != q->told_date && i != q->told_clinician)
            given.is[i] = well_answer(&q->questions[i]);
    answers_shown(q, &given, TODAY, &shown);
    return shown;
}

static struct judgement judged(const struct answers *given)
{
    struct setting s = {.today = TODAY, .sections = WHOLE_FORM | SECTION_BIT(S7)};
    struct judgement j;
    judge(q, given, &s, &j);
    return j;
}

static const struct fired *fired(const struct judgement *j, uint16_t rule)
{
    for (uint16_t i = 0; i < j->count; i++)
        if (j->fired[i].rule == rule)
            return &j->fired[i];
    return NULL;
}

static void test_who_is_well_passes(void **state)
{
    (void)state;
    struct answers given = well_answers();
    struct judgement j = judged(&given);
    assert_true(j.passed);
    assert_int_equal(j.count, 1);
    assert_int_equal(j.fired[0].rule, q->rule_default);
}

/* --- Fires, and next to it does not */

static uint32_t others_of(const struct question *question)
{
    bool one = question->kind == KIND_CHOICE || question->kind == KIND_MULTI ||
               question->kind == KIND_AREAS || question->kind == KIND_ACCEPT;
    return one ? question->option_count : question->kind == KIND_NUMBER ? 2 : 1;
}

static struct answer other(const struct question *question, const struct answer *now, uint32_t i)
{
    struct answer a = {.given = true, .chosen = UINT64_C(1) << i, .text = "other"};
    if (question->kind == KIND_NUMBER)
        a.number = i ? question->low : question->high;
    if (question->kind == KIND_DATE)
        a.number = now->number - 365 * 30;
    return a;
}

typedef bool (*holds_fn)(const struct answers *given, uint16_t rule);

static bool fires(const struct answers *given, uint16_t rule)
{
    struct judgement j = judged(given);
    return fired(&j, rule) != NULL;
}

static bool is_raised(const struct answers *given, uint16_t rule)
{
    struct judgement j = judged(given);
    const struct fired *f = fired(&j, rule);
    return f && f->urgency == q->rules[rule].raised_urgency;
}

static bool stays_without(const struct answers *given, uint16_t rule, uint16_t question, holds_fn holds)
{
    struct answers changed = *given;
    for (uint32_t i = 0; i < others_of(&q->questions[question]); i++) {
        changed.is[question] = other(&q->questions[question], &given->is[question], i);
        if (!holds(&changed, rule))
            return false;
    }
    return true;
}

/* One other answer to one of the questions it names, and it holds no longer. */
static bool has_silent_neighbour(const struct answers *given, uint16_t rule, const struct condition *c,
                                 holds_fn holds)
{
    uint64_t names[QUESTION_WORDS] = {0};
    condition_names(c, q, names);
    for (uint16_t i = 0; i < q->question_count; i++)
        if (names[i / 64] >> (i % 64) & 1 && !stays_without(given, rule, i, holds))
            return true;
    return false;
}

static void test_every_rule_fires_and_is_silent_beside(void **state)
{
    (void)state;
    size_t tried = 0;
    for (uint16_t i = 0; i < q->rule_count; i++) {
        const struct rule *rule = &q->rules[i];
        struct answers given = well_answers();
        bool tired;
        if (rule->is_default || rule->lowers)
            continue;
        if (!condition_example(&rule->when, q, TODAY, true, &given, &tired))
            fail_msg("no example makes %s fire", rule->id);
        struct judgement j = judged(&given);
        if (!fired(&j, i) || j.outcome < rule->outcome)
            fail_msg("%s does not fire in its example", rule->id);
        if (!has_silent_neighbour(&given, i, &rule->when, fires))
            fail_msg("%s fires beside its example too", rule->id);
        tried++;
    }
    assert_int_equal(tried, q->rule_count - 2);
    assert_in_range(tried, 100, RULES_MAX);
}

static struct condition compiled(const char *text)
{
    struct condition c;
    struct condition_fault f;
    if (!condition_compile(&c, q, arena, str_of(text), &f))
        print_fault(text, &f);
    return c;
}

/* Both conditions of a rule at once, from the texts that were written. */
static struct condition raised_condition(const char *id)
{
    return compiled(sql(arena_printf(
        arena,
        "select '(' || fires || ') and (' || raised_fires || ')' from unknot.safety_rule where id = '%s'",
        id)));
}

static void test_every_raised_urgency(void **state)
{
    (void)state;
    size_t tried = 0;
    for (uint16_t i = 0; i < q->rule_count; i++) {
        struct answers given = well_answers();
        bool tired;
        if (!q->rules[i].raised_urgency)
            continue;
        struct condition both = raised_condition(q->rules[i].id);
        if (!condition_example(&both, q, TODAY, true, &given, &tired) || !is_raised(&given, i))
            fail_msg("%s is never raised", q->rules[i].id);
        if (!has_silent_neighbour(&given, i, &q->rules[i].raised, is_raised))
            fail_msg("%s is raised beside its example too", q->rules[i].id);
        tried++;
    }
    assert_in_range(tried, 4, RULES_MAX);
}

/* Whatever else is answered: an emergency stays one. Each STOP together with each other rule, and a
 * clinician's word, a note and a call on top. */
static void test_no_stop_for_today_is_ever_lowered(void **state)
{
    (void)state;
    struct setting s = {.today = TODAY, .sections = WHOLE_FORM, .note_on = TODAY, .call_on = TODAY};
    for (uint16_t i = 0; i < q->rule_count; i++) {
        if (q->rules[i].outcome != STOP || q->rules[i].urgency == SOON)
            continue;
        for (uint16_t k = 0; k < q->rule_count; k++) {
            struct answers given = well_answers();
            struct judgement j;
            bool tired;
            put_answers(q, "RF15=ok RF15_date=2026-11-20 RF15_clinician=Lee", &given);
            if (q->rules[k].when.count)
                condition_example(&q->rules[k].when, q, TODAY, true, &given, &tired);
            if (!condition_example(&q->rules[i].when, q, TODAY, true, &given, &tired))
                continue; /* the two exclude each other */
            judge(q, &given, &s, &j);
            if (!j.ends || j.passed || j.outcome != STOP)
                fail_msg("%s with %s is %s", q->rules[i].id, q->rules[k].id, outcome_name(j.outcome));
        }
    }
}

/* --- The cases that were thought out by hand */

static void one_case(const struct json *document, uint32_t t)
{
    struct trial trial;
    struct str name = json_text(document, json_get(document, t, "name"), arena);
    trial_run(q, document, t, arena, &trial);
    if (trial.wrong)
        fail_msg("%.*s: %s", (int)name.n, name.p, trial.wrong);
    if (!trial.holds)
        fail_msg("%.*s: %s by %s, pressure %u", (int)name.n, name.p, outcome_name(trial.j.outcome),
                 trial_rules(q, &trial.j, arena), trial.j.limits.pressure_max);
}

static void test_stored_cases(void **state)
{
    (void)state;
    struct json document;
    PGresult *r =
        PQexec(cluster.super, "select json_agg(c order by position) from unknot.questionnaire_case c");
    assert_int_equal(PQntuples(r), 1);
    const char *text = arena_strdup(arena, PQgetvalue(r, 0, 0));
    PQclear(r);
    assert_true(json_parse(&document, arena, str_of(text)));
    assert_in_range(document.token[0].count, 60, 1000);
    for (uint32_t i = 0, t = 1; i < document.token[0].count; i++, t = document.token[t].next)
        one_case(&document, t);
}

/* --- The version of this process */

static void publish_next(void)
{
    sql("begin; insert into unknot.questionnaire (version, state, made_by) values (2, 'draft', 'test');"
        "insert into unknot.questionnaire_page select 2, section, page, title, about from "
        "unknot.questionnaire_page where version = 1;"
        "do $$ declare t text; c text; begin foreach t in array array['question', 'question_option', "
        "'questionnaire_term', 'safety_rule'] loop "
        "select string_agg(quote_ident(attname), ',' order by attnum) into c from pg_attribute where "
        "attrelid = ('unknot.' || t)::regclass and "
        "attnum > 0 and not attisdropped and attname <> 'version'; "
        "execute format('insert into unknot.%I (version, %s) select 2, %s from unknot.%I where version = 1', "
        "t, c, c, t); end loop; end $$;"
        "commit");
}

static const struct questionnaire *load(int32_t version, enum db_status expected)
{
    const struct questionnaire *found;
    enum db_status status = questionnaire_load(db, arena, version, &found);
    if (status != expected)
        fail_msg("version %d: %s", version, db_status_name(status));
    assert_true((found != NULL) == (status == DB_OK));
    return found;
}

static void test_kept_and_replaced(void **state)
{
    (void)state;
    assert_ptr_equal(load(0, DB_OK), q);
    assert_ptr_equal(load(1, DB_OK), q);
    load(2, DB_NONE);
    publish_next();
    load(2, DB_NONE); /* a draft is for operators */
    assert_ptr_equal(load(0, DB_OK), q);
    sql("begin; update unknot.questionnaire set state = 'replaced' where version = 1; update "
        "unknot.questionnaire set "
        "state = 'published', published_at = now(), published_by = 'test' where version = 2; commit");
    const struct questionnaire *next = load(0, DB_OK);
    assert_int_equal(next->version, 2);
    assert_ptr_equal(load(1, DB_OK), q);
    assert_null(next->signed_by);
    sql("update unknot.questionnaire set signed_name = 'Kim Doe', signed_profession = 'physician', "
        "signed_on = '2026-11-21' where version = 2");
    assert_string_equal(load(0, DB_OK)->signed_by, "Kim Doe, physician, November 21, 2026");
}

static void *load_often(void *version)
{
    struct db *own = db_open(cluster.conninfo[WEB], 1000, (const char *const[]){"intake", NULL});
    struct arena *mine = arena_new(1 << 24);
    const struct questionnaire *found, *always = NULL;
    for (int i = 0; i < 20; i++) {
        enum db_status status = questionnaire_load(own, mine, *(int32_t *)version, &found);
        always = status == DB_OK && (i == 0 || found == always) ? found : NULL;
    }
    db_close(own);
    arena_free(mine);
    return (void *)(uintptr_t)always;
}

static void test_threads_get_the_same(void **state)
{
    (void)state;
    pthread_t thread[4];
    int32_t version = 1;
    void *found[4];
    for (size_t i = 0; i < COUNT(thread); i++)
        assert_int_equal(pthread_create(&thread[i], NULL, load_often, &version), 0);
    for (size_t i = 0; i < COUNT(thread); i++) {
        pthread_join(thread[i], &found[i]);
        assert_ptr_equal(found[i], q);
    }
}

static const struct questionnaire *broken;

static void load_broken(void)
{
    assert_int_equal(questionnaire_load(db, arena, 0, &broken), DB_ERROR);
}

static void test_a_broken_one_is_said(void **state)
{
    (void)state;
    enum db_status status;
    sql("set session_replication_role = replica; update unknot.questionnaire set version = 3 where version = "
        "2;"
        "update unknot.safety_rule set version = 3, fires = case id when 'RF-08' then E'RF08 = yes\nor RF98 "
        "= no' else "
        "fires end where version = 2; update unknot.question set version = 3 where version = 2; update "
        "unknot.question_option set version = 3 where version = 2; update unknot.questionnaire_page set "
        "version = 3 "
        "where version = 2; update unknot.questionnaire_term set version = 3 where version = 2; reset "
        "session_replication_role");
    const char *said = stderr_of(load_broken);
    assert_null(broken);
    assert_non_null(strstr(said, "rule RF-08, condition, line 2, column 4: There is no question"));
    assert_non_null(
        strstr(questionnaire_problem(db, arena, 0, &status), "rule RF-08, condition, line 2, column 4"));
    assert_int_equal(status, DB_OK);
    assert_null(questionnaire_problem(db, arena, 1, &status));
    assert_int_equal(status, DB_OK);
}

static int set_up(void **state)
{
    (void)state;
    cluster_up();
    asset_from_disk(false);
    arena = arena_new(1 << 26);
    assert_true(db_migrate(cluster.conninfo[OWNER]));
    db = db_open(cluster.conninfo[WEB], 1000, (const char *const[]){"intake", NULL});
    assert_non_null(db);
    q = load(0, DB_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    db_close(db);
    arena_free(arena);
    cluster_down();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_is_well_passes),
        cmocka_unit_test(test_every_rule_fires_and_is_silent_beside),
        cmocka_unit_test(test_every_raised_urgency),
        cmocka_unit_test(test_no_stop_for_today_is_ever_lowered),
        cmocka_unit_test(test_stored_cases),
        cmocka_unit_test(test_kept_and_replaced),
        cmocka_unit_test(test_threads_get_the_same),
        cmocka_unit_test(test_a_broken_one_is_said),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
