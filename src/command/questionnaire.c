/* unknot questionnaire check: looks at every stored version as it is looked at before it is published, and
 * says how long the published one takes to judge somebody who answered everything. export and import:
 * questionnaire_fhir.c. */
#include "command/questionnaire.h"

#include "command/command.h"
#include "core/clock.h"
#include "core/json.h"
#include "intake/edition.h"
#include "intake/judge.h"

#include <stdio.h>

static bool check_version(struct db *db, struct arena *a, int32_t version)
{
    enum db_status status;
    const char *problem = questionnaire_problem(db, a, version, &status);
    if (status != DB_OK)
        fprintf(stderr, "unknot: version %d could not be read (%s).\n", version, db_status_name(status));
    else
        printf("version %d: %s\n", version,
               problem ? problem : "every condition can come true and can be false");
    return status == DB_OK && !problem;
}

static bool check_all(struct db *db, struct arena *a)
{
    const char *document;
    struct json j;
    bool all = true;
    enum db_status status = db_get(db, a, Q_intake_versions, &document);
    if (status != DB_OK || !json_parse(&j, a, str_of(document))) {
        fprintf(stderr, "unknot: the versions could not be read (%s).\n", db_status_name(status));
        return false;
    }
    for (uint32_t t = 1; t < j.count; t++) {
        int64_t version;
        if (!text_int(json_raw(&j, t), 1, INT32_MAX, &version) || !check_version(db, a, (int32_t)version))
            all = false;
    }
    if (j.count == 1)
        fprintf(stderr, "unknot: there is no version of the questionnaire: run `unknot migrate`.\n");
    return all && j.count > 1;
}

/* Every question answered with its last option, so that most rules have something to weigh. */
static void answer_all(const struct questionnaire *q, struct answers *given)
{
    for (size_t i = 0; i < q->question_count; i++) {
        const struct question *question = &q->questions[i];
        given->is[i] = (struct answer){.given = true, .number = question->high, .text = "-"};
        if (question->option_count)
            given->is[i].chosen = UINT64_C(1) << (question->option_count - 1);
    }
}

#define TIMES 10000

static void tell_speed(const struct questionnaire *q)
{
    struct answers given = {0};
    struct judgement j;
    struct setting s = {.today = 20000, .sections = WHOLE_FORM};
    answer_all(q, &given);
    int64_t began = clock_us();
    for (int i = 0; i < TIMES; i++)
        judge(q, &given, &s, &j);
    printf("a full form is judged by version %d in %.1f microseconds, %u of %zu rules firing\n", q->version,
           (double)(clock_us() - began) / TIMES, j.count, q->rule_count);
}

static bool check(struct db *db, struct arena *a)
{
    const struct questionnaire *published;
    bool good = check_all(db, a);
    if (good && questionnaire_load(db, a, 0, &published) == DB_OK)
        tell_speed(published);
    return good;
}

static bool run(struct db *db, struct arena *a, int argc, char **argv)
{
    if (strcmp(argv[0], "check") == 0)
        return check(db, a);
    if (strcmp(argv[0], "export") == 0)
        return questionnaire_export(db, a, argc > 1 ? argv[1] : NULL);
    return questionnaire_import(db, a, argv[1]);
}

/* check; export [VERSION]; import FILE */
static bool is_usage(int argc, char **argv)
{
    int64_t version;
    if (argc == 2 && strcmp(argv[0], "export") == 0)
        return text_int(str_of(argv[1]), 1, 1000000, &version);
    if (argc == 1)
        return strcmp(argv[0], "check") == 0 || strcmp(argv[0], "export") == 0;
    return argc == 2 && strcmp(argv[0], "import") == 0;
}

int command_questionnaire(const struct config *config, int argc, char **argv)
{
    if (!is_usage(argc, argv)) {
        fprintf(stderr, "usage: unknot questionnaire check | export [VERSION] | import FILE\n");
        return 2;
    }
    struct arena *a = arena_new((size_t)1 << 26);
    struct db *db =
        db_open(config->owner_database, 30000, (const char *const[]){"intake", "questionnaire", NULL});
    bool good = a && db && run(db, a, argc, argv);
    if (db)
        db_close(db);
    if (a)
        arena_free(a);
    return good ? 0 : 1;
}
