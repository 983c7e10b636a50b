#include "unit.h"
#include "cluster.h"

#include "core/log.h"
#include "db/internal.h"

static struct arena *arena;
static bool outcome;
static char clear[4096];
static const struct query_text no_queries;

static void run_migrate(void)
{
    outcome = db_migrate(cluster.conninfo[OWNER]);
}

/* Migrates; what was said. */
static const char *migrate(bool expected)
{
    const char *text = stderr_of(run_migrate);
    if (outcome != expected)
        fail_msg("migrate %s: %s", outcome ? "succeeded" : "failed", text);
    return text;
}

static void says(const char *text, const char *what)
{
    if (!text || !strstr(text, what))
        fail_msg("\"%s\" is not said in: %s", what, text);
}

/* What a web connection thinks of the schema. */
static const char *schema_problem(void)
{
    struct db *db = db_open(cluster.conninfo[WEB], 1000, (const char *const[]){NULL});
    assert_non_null(db);
    arena_reset(arena);
    const char *sentence = db_schema_problem(db, arena);
    db_close(db);
    return sentence;
}

static void file(const char *path, const char *text)
{
    if (text)
        cluster_file(path, text);
    else
        unlink(path);
}

#define FIRST  "sql/migrations/0001_first.sql"
#define SECOND "sql/migrations/0002_second.sql"
#define THIRD  "sql/migrations/0003_third.sql"
#define CLEAR  "sql/functions/00_clear.sql"
#define CALLS  "sql/functions/1_calls.sql"
#define CALLED "sql/functions/2_called.sql"
#define SEED   "sql/seed/1_items.sql"

static const char first[] =
    "create table item (id int primary key, label text);\ngrant select on item to unknot_web;\n";
static const char calls[] =
    "create or replace function calls() returns int language sql as 'select called()';\n";
static const char called[] = "create or replace function called() returns int language sql as 'select 7';\n";
static const char seed[] =
    "insert into item values (1, 'one') on conflict (id) do update set label = excluded.label;\n";

/* A database with nothing of ours, and files that make a good schema. */
static int before_each(void **state)
{
    (void)state;
    sql("drop schema if exists unknot cascade");
    file(FIRST, first);
    file(SECOND, NULL);
    file(THIRD, NULL);
    file(CALLS, calls);
    file(CALLED, called);
    file(SEED, seed);
    return 0;
}

static void an_empty_database_is_filled(void **state)
{
    (void)state;
    says(schema_problem(), "empty");
    migrate(true);
    assert_null(schema_problem());
    assert_string_equal(sql("select calls() from item where label = 'one'"), "7");
    assert_string_equal(sql("select string_agg(number || name, ',' order by number) from migration"),
                        "0functions and seed,10001_first");
    assert_string_equal(sql("select length(checksum) from migration where number = 1"), "64");
    assert_string_equal(sql("select tableowner from pg_tables where tablename = 'item'"), "unknot_owner");
}

static void again_changes_nothing(void **state)
{
    (void)state;
    migrate(true);
    sql("create temp table before as select * from migration");
    migrate(true);
    assert_string_equal(sql("select count(*) from migration join before using (number, name, checksum)"),
                        "2");
    assert_string_equal(
        sql("select count(*) from migration join before using (applied_at) where migration.number > 0"), "1");
    sql("drop table before");
}

static void what_is_new_is_applied(void **state)
{
    (void)state;
    migrate(true);
    file(SECOND, "alter table item add column more int not null default 5;");
    says(schema_problem(), "older than this program: migration 0002_second");
    migrate(true);
    assert_null(schema_problem());
    assert_string_equal(sql("select more from item"), "5");
    file(CALLED, "create or replace function called() returns int language sql as 'select 8';");
    file(SEED,
         "insert into item values (1, 'changed') on conflict (id) do update set label = excluded.label;");
    says(schema_problem(), "functions and seed");
    migrate(true);
    assert_null(schema_problem());
    assert_string_equal(sql("select calls() from item where label = 'changed'"), "8");
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *path, *text, *sentence;
    } table[] = {
        {SECOND, "create table other (x int);", "Migration 0002_second was changed after it was applied"},
        {SECOND, NULL,
         "Migration 0002_second was applied to the database, but this program does not have it"},
        {THIRD, NULL, "newer than this program: it has migration 0003_third"},
    };
    file(SECOND, "create table second (x int);");
    file(THIRD, "create table third (x int);");
    migrate(true);
    for (size_t i = 0; i < COUNT(table); i++) {
        file(SECOND, "create table second (x int);");
        file(THIRD, "create table third (x int);");
        file(table[i].path, table[i].text);
        says(schema_problem(), table[i].sentence);
        says(migrate(false), table[i].sentence);
    }
    assert_string_equal(sql("select count(*) from pg_tables where tablename = 'other'"), "0");
}

static void one_squeezed_in_is_refused(void **state)
{
    (void)state;
    file(THIRD, "create table third (x int);");
    migrate(true);
    file(SECOND, "create table second (x int);");
    says(schema_problem(), "Migration 0002_second was added below one that is already applied");
    says(migrate(false), "Migration 0002_second was added below one that is already applied");
    assert_string_equal(sql("select count(*) from pg_tables where tablename = 'second'"), "0");
}

static void names_are_checked(void **state)
{
    (void)state;
    file("sql/migrations/2_second.sql", "select 1");
    says(migrate(false), "2_second.sql is not named like 0001_what.sql");
    unlink("sql/migrations/2_second.sql");
    file("sql/migrations/0001_twice.sql", "select 1");
    says(migrate(false), "0001_twice.sql has a number that is already taken");
    unlink("sql/migrations/0001_twice.sql");
}

static void a_failed_migration_leaves_nothing(void **state)
{
    (void)state;
    file(SECOND, "create table second (x int);\n-- grüße äöüäöüäöüäöüäöü\n\ninsert into second values "
                 "(1);\nselect nonsense "
                 "from second;\n");
    says(migrate(false),
         "sql/migrations/0002_second.sql, line 5: column \"nonsense\" does not exist (42703)");
    assert_string_equal(sql("select count(*) from pg_tables where tablename = 'second'"), "0");
    assert_string_equal(sql("select max(number) from migration"), "1");
    says(schema_problem(), "migration 0002_second is missing");
    file(SECOND,
         "create table second (x int);\ninsert into second values (1);\ninsert into second select 1 / 0;\n");
    says(migrate(false),
         "sql/migrations/0002_second.sql, after 2 statements, the last INSERT 0 1: division by zero (22012)");
    file(SECOND, "create table second (x int); commit; create table third (x int);");
    says(migrate(false), "0002_second.sql ends the transaction");
}

static void failing_functions_and_seed_are_told(void **state)
{
    (void)state;
    file(CALLED, NULL);
    says(migrate(false), "sql/functions/1_calls.sql, line 1: function called() does not exist");
    assert_string_equal(sql("select count(*) from pg_proc where proname = 'calls'"), "0");
    file(CALLED, called);
    file(SEED, "insert into item values (1, 'one');\ninsert into item values (1, 'one');\n");
    says(migrate(false), "sql/seed/1_items.sql, after 1 statements, the last INSERT 0 1: duplicate key");
    says(schema_problem(), "functions and seed");
    assert_string_equal(sql("select count(*) from item"), "0");
}

/* Another run holds the lock: this one waits for it and then finds the work done. */
/* What an earlier version had under another signature is gone, what a table rests on is not. */
static void functions_are_made_anew(void **state)
{
    (void)state;
    migrate(true);
    sql("create function called(int) returns int language sql as 'select 8'");
    sql("create function doubled(int) returns int language sql immutable as 'select 2 * $1'");
    sql("create index rests_on on item (doubled(id))");
    file(CLEAR, clear);
    migrate(true);
    file(CLEAR, NULL);
    assert_string_equal(
        sql("select string_agg(oid::regprocedure::text, ' ' order by oid::regprocedure::text) from pg_proc "
            "where pronamespace = 'unknot'::regnamespace"),
        "called() calls() doubled(integer)");
}

static void runs_wait_for_each_other(void **state)
{
    (void)state;
    migrate(true);
    sql("select pg_advisory_lock(7246101)");
    pid_t other = fork();
    if (other == 0)
        _exit(db_migrate(cluster.conninfo[OWNER]) ? 0 : 1);
    for (int i = 0;
         i < 500 &&
         strcmp(sql("select count(*) from pg_locks where locktype = 'advisory' and not granted"), "1");
         i++)
        usleep(10000);
    int status = -1;
    assert_int_equal(waitpid(other, &status, WNOHANG), 0);
    sql("select pg_advisory_unlock(7246101)");
    waitpid(other, &status, 0);
    assert_int_equal(status, 0);
}

static void run_without_a_server(void)
{
    outcome = db_migrate("host=/nowhere user=unknot_owner");
}

static void without_a_server_it_says_so(void **state)
{
    (void)state;
    says(stderr_of(run_without_a_server), "unknot: no connection to the database as its owner");
    assert_false(outcome);
}

static int before_all(void **state)
{
    (void)state;
    log_threshold(LOG_ERROR + 1);
    FILE *f = fopen(CLEAR, "r"); /* the program's own, before the tests leave for a tree of theirs */
    assert_non_null(f);
    assert_true(fread(clear, 1, sizeof clear - 1, f) > 100 && feof(f));
    fclose(f);
    cluster_up();
    queries_use(&no_queries, 0); /* the program's are not in this tree */
    sql("set client_min_messages = warning");
    arena = arena_new(1 << 16);
    return 0;
}

static int after_all(void **state)
{
    (void)state;
    arena_free(arena);
    cluster_down();
    return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, before_each)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_database_is_filled),
        TEST(again_changes_nothing),
        TEST(what_is_new_is_applied),
        TEST(what_does_not_fit_is_refused),
        TEST(one_squeezed_in_is_refused),
        TEST(names_are_checked),
        TEST(a_failed_migration_leaves_nothing),
        TEST(failing_functions_and_seed_are_told),
        TEST(functions_are_made_anew),
        TEST(runs_wait_for_each_other),
        TEST(without_a_server_it_says_so),
    };
    return cmocka_run_group_tests(tests, before_all, after_all);
}
