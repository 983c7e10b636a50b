#include "unit.h"
#include "cluster.h"

#include "core/clock.h"
#include "core/log.h"
#include "db/internal.h"

#include <errno.h>
#include <poll.h>

/* The queries of this test stand in for the program's; their numbers are places in this list. */
#define TESTED(X)                                                                                            \
    X(one, "test.one")                                                                                       \
    X(none, "test.none")                                                                                     \
    X(two, "test.two")                                                                                       \
    X(add, "test.add")                                                                                       \
    X(add_quiet, "test.add_quiet")                                                                           \
    X(change, "test.change")                                                                                 \
    X(note, "test.note")                                                                                     \
    X(count, "test.count")                                                                                   \
    X(claim, "test.claim")                                                                                   \
    X(refer, "test.refer")                                                                                   \
    X(divide, "test.divide")                                                                                 \
    X(raise, "test.raise")                                                                                   \
    X(forbidden, "test.forbidden")                                                                           \
    X(sleep, "test.sleep")                                                                                   \
    X(settings, "test.settings")                                                                             \
    X(pid, "test.pid")                                                                                       \
    X(now, "test.now")                                                                                       \
    X(session, "test.session")                                                                               \
    X(secrets, "test.secrets")                                                                               \
    X(doom, "test.doom")                                                                                     \
    X(repeatable, "test.repeatable")                                                                         \
    X(series, "test.series")                                                                                 \
    X(copy, "test.copy")                                                                                     \
    X(chore, "chores.chore")

#define ID(id, name)   T_##id,
#define NAME(id, name) name,
enum { TESTED(ID) TESTS };
static const char *const names[] = {TESTED(NAME)};
#define Q(id) ((enum query)T_##id)

static const char test_sql[] =
    "-- Queries of a test\n\n"
    "-- name: test.one\nselect $1::text;\n"
    "-- name: test.none\nselect 1 where false\n"
    "-- name: test.two\nselect $1::text || $2::text\n"
    "-- name: test.add\n-- (id, note) → id\ninsert into item (id, note) values ($1, $2) returning id;\n\n"
    "-- name: test.add_quiet\ninsert into item (id, note) values ($1, $2)\n"
    "-- name: test.change\nupdate item set note = $2 where id = $1 returning id\n"
    "-- name: test.note\nselect note from item where id = $1\n"
    "-- name: test.count\nselect count(*) from item\n"
    "-- name: test.claim\ninsert into slot values ($1, $2) returning 1\n"
    "-- name: test.refer\ninsert into slot_note (item) values ($1)\n"
    "-- name: test.divide\nselect 1 / $1::int\n"
    "-- name: test.raise\nselect raise_it($1)\n"
    "-- name: test.forbidden\nselect * from forbidden where x = $1\n"
    "-- name: test.sleep\nselect pg_sleep($1)::text\n"
    "-- name: test.settings\nselect current_setting($1)\n"
    "-- name: test.pid\nselect pg_backend_pid()\n"
    "-- name: test.now\nselect now()\n"
    "-- name: test.session\nselect nullif(current_setting('app.session', true), '')\n"
    "-- name: test.secrets\nselect count(*) from secret\n"
    "-- name: test.doom\ninsert into doomed values (1) returning 1\n"
    "-- name: test.repeatable\nset transaction isolation level repeatable read\n"
    "-- name: test.series\nselect g, nullif(g, 2), repeat('x', 1000) from generate_series(1, $1::int) g\n"
    "-- name: test.copy\ncopy item (id, note) from stdin\n";

static const char schema_sql[] =
    "create schema unknot; create schema auth; grant usage on schema unknot, auth to public;"
    "create table item (id int primary key, note text check (length(note) < 40));"
    "create table slot (room int, during int4range, exclude using gist (room with =, during with &&));"
    "create table slot_note (item int references item on delete cascade);"
    "create table secret (owner text);"
    "insert into secret values ('mine'), ('yours');"
    "alter table secret enable row level security;"
    "create policy mine on secret using (owner = nullif(current_setting('app.session', true), ''));"
    "create table doomed (id int);"
    "create function die() returns trigger language plpgsql as"
    " $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;"
    "create constraint trigger die after insert on doomed deferrable initially deferred for each row execute "
    "function die();"
    "grant all on all tables in schema unknot to unknot_web;"
    "create table forbidden (x text);"
    "create function raise_it(text) returns text language plpgsql as"
    " $$ begin raise exception 'a sentence with %', $1; end $$;"
    "create function auth.enter(s text, b text) returns void language sql as"
    " $$ select set_config('app.session', coalesce(s, ''), true), set_config('app.booking', coalesce(b, ''), "
    "true) $$";

#define TIMEOUT_MS 1500

static struct db *db;
static struct arena *arena;
static struct query_text *tested;

/* A query's value, "" for none; *status says how it went. */
static const char *value_of(enum db_status *status, enum query q, const char *parameter)
{
    const char *out = NULL;
    *status = db_get(db, arena, q, &out, parameter);
    return out ? out : "";
}

static enum db_status add(struct db *d, const char *id, const char *note)
{
    return db_get(d, arena, Q(add), NULL, id, note);
}

static const char *pid_of(struct db *d)
{
    const char *pid = NULL;
    assert_int_equal(db_get(d, arena, Q(pid), &pid), DB_OK);
    return pid;
}

/* Ends the backend of a connection and comes back when its process, and so its end of the socket, is gone. */
static void terminate(const char *pid)
{
    char text[120];
    snprintf(text, sizeof text, "select pg_terminate_backend(%s)", pid);
    sql(text);
    for (int i = 0; i < 500 && kill((pid_t)strtol(pid, NULL, 10), 0) == 0; i++)
        poll(NULL, 0, 10);
}

/* kill -9: the whole server starts again, and everybody's connection is gone. */
static void kill_backend(const char *pid)
{
    struct pollfd p = {.fd = PQsocket(cluster.super), .events = POLLIN};
    assert_int_equal(kill((pid_t)strtol(pid, NULL, 10), SIGKILL), 0);
    while (poll(&p, 1, 5000) == 1 && PQconsumeInput(cluster.super))
        continue;
    for (int i = 0; i < 500; i++) {
        PQreset(cluster.super);
        if (PQstatus(cluster.super) == CONNECTION_OK)
            return;
        poll(NULL, 0, 10);
    }
    fail_msg("the server did not come back");
}

/* --- Queries */

static void a_value_a_null_and_no_row(void **state)
{
    (void)state;
    enum db_status s;
    assert_string_equal(value_of(&s, Q(one), "grüß ' \\ \" $1"), "grüß ' \\ \" $1");
    assert_int_equal(s, DB_OK);
    assert_string_equal(value_of(&s, Q(one), NULL), "");
    assert_int_equal(s, DB_NONE);
    const char *out = "left over";
    assert_int_equal(db_get(db, arena, Q(none), &out), DB_NONE);
    assert_null(out);
    assert_int_equal(db_get(db, arena, Q(none), NULL), DB_NONE);
}

static void a_wrong_number_of_parameters_is_our_defect(void **state)
{
    (void)state;
    const char *out = NULL;
    assert_int_equal(db_get(db, arena, Q(two), &out, "only one"), DB_ERROR);
    assert_int_equal(db_get(db, arena, Q(two), &out, "a", "b"), DB_OK);
    assert_string_equal(out, "ab");
}

static void a_result_larger_than_the_arena_is_said(void **state)
{
    (void)state;
    struct arena *small = arena_new(4096);
    char *big = calloc(1, 100001);
    const char *out = NULL;
    memset(big, 'x', 100000);
    assert_int_equal(db_get(db, small, Q(one), &out, big), DB_ERROR);
    assert_null(out);
    assert_int_equal(db_get(db, arena, Q(one), &out, big), DB_OK);
    assert_string_equal(out, big);
    free(big);
    arena_free(small);
}

static void a_read_cannot_write(void **state)
{
    (void)state;
    assert_int_equal(add(db, "1", "by accident"), DB_ERROR);
    assert_string_equal(sql("select count(*) from item"), "0");
}

static void whoever_says_so_writes_in_one_statement(void **state)
{
    (void)state;
    struct db *own = db_open(cluster.conninfo[WEB], TIMEOUT_MS, NULL);
    db_writes(own);
    assert_int_equal(add(own, "1", "on purpose"), DB_OK);
    sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'unknot_web'");
    assert_int_equal(add(own, "2", "also on the next connection"), DB_OK);
    assert_string_equal(sql("select count(*) from item"), "2");
    db_close(own);
}

static void a_session_is_pinned(void **state)
{
    (void)state;
    static const char *const settings[][2] = {
        {"search_path", "unknot,public"},
        {"timezone", "UTC"},
        {"client_encoding", "UTF8"},
        {"application_name", "unknot"},
        {"statement_timeout", "1500ms"},
        {"lock_timeout", "1s"},
        {"idle_in_transaction_session_timeout", "5s"},
        {"default_transaction_isolation", "read committed"},
        {"default_transaction_read_only", "on"},
        {"plan_cache_mode", "force_generic_plan"},
        {"jit", "off"},
        {"log_parameter_max_length", "0"},
    };
    enum db_status s;
    for (size_t i = 0; i < COUNT(settings); i++)
        assert_string_equal(value_of(&s, Q(settings), settings[i][0]), settings[i][1]);
}

/* The operator's own options stay, but ours win. */
static void options_of_the_connection_string_stay(void **state)
{
    (void)state;
    char conninfo[400];
    snprintf(conninfo, sizeof conninfo,
             "%s application_name=mine options='-c work_mem=9MB -c timezone=Asia/Tokyo'",
             cluster.conninfo[WEB]);
    struct db *own = db_open(conninfo, 0, NULL);
    assert_non_null(own);
    static const char *const settings[][2] = {{"work_mem", "9MB"},
                                              {"timezone", "UTC"},
                                              {"application_name", "mine"},
                                              {"statement_timeout", "0"},
                                              {"idle_in_transaction_session_timeout", "0"}};
    for (size_t i = 0; i < COUNT(settings); i++) {
        const char *out = NULL;
        assert_int_equal(db_get(own, arena, Q(settings), &out, settings[i][0]), DB_OK);
        assert_string_equal(out, settings[i][1]);
    }
    db_close(own);
}

static void errors_have_their_status(void **state)
{
    (void)state;
    static const struct {
        const char *sqlstate;
        enum db_status status;
    } table[] = {{"23P01", DB_CONFLICT}, {"23505", DB_CONFLICT}, {"23514", DB_REFUSED}, {"23503", DB_REFUSED},
                 {"22P02", DB_REFUSED},  {"22021", DB_REFUSED},  {"P0001", DB_REFUSED}, {"42501", DB_DENIED},
                 {"55P03", DB_BUSY},     {"57014", DB_BUSY},     {"53100", DB_BUSY},    {"53300", DB_BUSY},
                 {"40001", DB_BUSY},     {"40P01", DB_BUSY},     {"08006", DB_GONE},    {"57P01", DB_GONE},
                 {"57P03", DB_GONE},     {"25P03", DB_GONE},     {"08P01", DB_ERROR},   {"42P01", DB_ERROR},
                 {"25006", DB_ERROR},    {"XX000", DB_ERROR},    {"", DB_ERROR}};
    for (size_t i = 0; i < COUNT(table); i++)
        check_row(db_status_of(table[i].sqlstate) == table[i].status, i);
}

struct statement {
    enum query q;
    int count;
    const char *values[2];
};

static enum db_status run_statement(struct db *d, void *context)
{
    const struct statement *s = context;
    return db_query(d, arena, s->q, NULL, s->count, s->values);
}

static enum db_status as_transaction(struct statement s)
{
    return db_transaction(db, NULL, run_statement, &s);
}

static void real_errors_have_their_status(void **state)
{
    (void)state;
    sql("insert into item values (1, 'first')");
    assert_int_equal(as_transaction((struct statement){Q(add), 2, {"1", "again"}}), DB_CONFLICT);
    assert_int_equal(as_transaction((struct statement){Q(claim), 2, {"1", "[1,5)"}}), DB_OK);
    assert_int_equal(as_transaction((struct statement){Q(claim), 2, {"1", "[4,6)"}}), DB_CONFLICT);
    assert_int_equal(
        as_transaction((struct statement){Q(add), 2, {"2", "longer than the constraint lets anybody write"}}),
        DB_REFUSED);
    assert_int_equal(as_transaction((struct statement){Q(add), 2, {"two", "x"}}), DB_REFUSED);
    assert_int_equal(as_transaction((struct statement){Q(add), 2, {"2", "\xff"}}), DB_REFUSED);
    assert_int_equal(as_transaction((struct statement){Q(refer), 1, {"77"}}), DB_REFUSED);
    assert_int_equal(as_transaction((struct statement){Q(raise), 1, {"x"}}), DB_REFUSED);
    assert_int_equal(as_transaction((struct statement){Q(divide), 1, {"0"}}), DB_REFUSED);
    assert_int_equal(as_transaction((struct statement){Q(forbidden), 1, {"x"}}), DB_DENIED);
    assert_int_equal(as_transaction((struct statement){Q(add_quiet), 2, {"2", "x"}}), DB_NONE);
    assert_string_equal(sql("select count(*) from item"), "2");
}

static void provoke(void)
{
    as_transaction((struct statement){Q(add), 2, {"1", "topsecret-note"}});
    as_transaction((struct statement){Q(add), 2, {"topsecret-id", "x"}});
    as_transaction((struct statement){Q(raise), 1, {"topsecret-raise"}});
    as_transaction((struct statement){Q(forbidden), 1, {"topsecret-where"}});
}

static void the_log_has_codes_and_no_values(void **state)
{
    (void)state;
    sql("insert into item values (1, 'first')");
    log_threshold(LOG_DEBUG);
    const char *text = stderr_of(provoke);
    log_threshold(LOG_ERROR + 1);
    assert_non_null(strstr(text, "db.failed query=test.add sqlstate=23505 status=conflict detail=item_pkey"));
    assert_non_null(strstr(text, "sqlstate=22P02"));
    assert_non_null(strstr(text, "sqlstate=P0001"));
    assert_non_null(strstr(text, "db.denied query=test.forbidden sqlstate=42501"));
    assert_null(strstr(text, "topsecret"));
}

static void limits_of_time_are_busy(void **state)
{
    (void)state;
    int64_t start = clock_us();
    enum db_status s;
    value_of(&s, Q(sleep), "30");
    assert_int_equal(s, DB_BUSY);
    sql("insert into item values (1, 'locked')");
    sql("begin; select 1 from item where id = 1 for update");
    assert_int_equal(as_transaction((struct statement){Q(change), 2, {"1", "x"}}), DB_BUSY);
    sql("commit");
    assert_in_range(clock_us() - start, 2000000, 4000000);
}

/* --- Rows */

struct seen {
    int rows, nulls, stop_after;
    enum db_status nested;
};

static bool see(int columns, const char *const *values, void *context)
{
    struct seen *s = context;
    assert_int_equal(columns, 3);
    assert_int_equal(strtol(values[0], NULL, 10), ++s->rows);
    s->nulls += !values[1];
    assert_int_equal(strlen(values[2]), 1000);
    s->nested = db_get(db, arena, Q(none), NULL);
    return s->rows != s->stop_after;
}

static void rows_come_one_by_one(void **state)
{
    (void)state;
    struct seen all = {0}, some = {.stop_after = 5};
    assert_int_equal(db_rows(db, Q(series), 1, (const char *const[]){"5000"}, see, &all), DB_OK);
    assert_int_equal(all.rows, 5000);
    assert_int_equal(all.nulls, 1);
    assert_int_equal(all.nested, DB_ERROR);
    assert_int_equal(db_rows(db, Q(series), 1, (const char *const[]){"5000"}, see, &some), DB_OK);
    assert_int_equal(some.rows, 5);
    assert_int_equal(db_rows(db, Q(series), 1, (const char *const[]){"0"}, see, &some), DB_NONE);
    assert_int_equal(db_rows(db, Q(series), 1, (const char *const[]){"no number"}, see, &some), DB_REFUSED);
    assert_string_equal(pid_of(db), sql("select pid from pg_stat_activity where usename = 'unknot_web'"));
}

/* --- COPY */

struct lines {
    int next, count;
    bool same_id, too_long;
};

static bool next_line(struct buf *row, void *context)
{
    struct lines *l = context;
    char id[12];
    if (l->next == l->count)
        return false;
    snprintf(id, sizeof id, "%d", l->same_id ? 7 : l->next);
    db_copy_field(row, id);
    db_copy_field(row, l->next == 0   ? "tab\tline\nreturn\rback\\slash\\N."
                       : l->next == 1 ? NULL
                       : l->next == 2 ? ""
                                      : "x");
    for (int i = 0; l->too_long && i < 2000; i++)
        db_copy_field(row,
                      "a thousand and more of these do not fit into the largest row there is ................"
                      "................................................................................");
    for (int i = 0; l->too_long && i < 20000; i++)
        db_copy_field(row, "a thousand and more of these do not fit into the largest row there is");
    l->next++;
    return true;
}

static void copy_takes_what_it_is_given(void **state)
{
    (void)state;
    struct lines many = {.count = 50000}, none = {0}, twice = {.count = 3, .same_id = true},
                 huge = {.count = 1, .too_long = true};
    assert_int_equal(db_copy(db, Q(copy), next_line, &many), DB_OK);
    assert_string_equal(sql("select count(*) from item"), "50000");
    assert_string_equal(sql("select note from item where id = 0"), "tab\tline\nreturn\rback\\slash\\N.");
    assert_string_equal(sql("select count(*) from item where note is null"), "1");
    assert_string_equal(sql("select count(*) from item where note = ''"), "1");
    assert_int_equal(db_copy(db, Q(copy), next_line, &none), DB_NONE);
    sql("delete from item");
    assert_int_equal(db_copy(db, Q(copy), next_line, &twice), DB_CONFLICT);
    assert_int_equal(db_copy(db, Q(copy), next_line, &huge), DB_REFUSED);
    assert_int_equal(db_copy(db, Q(one), next_line, &none), DB_ERROR);
    assert_string_equal(sql("select count(*) from item"), "0");
    assert_true(db_ping(db));
}

/* --- Identity */

static void identity_lasts_one_transaction(void **state)
{
    (void)state;
    const struct db_identity who = {.session = "mine"};
    const char *out = NULL;
    assert_int_equal(db_query_as(db, &who, arena, Q(session), &out, 0, NULL), DB_OK);
    assert_string_equal(out, "mine");
    assert_int_equal(db_query_as(db, &who, arena, Q(secrets), &out, 0, NULL), DB_OK);
    assert_string_equal(out, "1");
    assert_int_equal(db_query_as(db, NULL, arena, Q(session), &out, 0, NULL), DB_NONE);
    assert_int_equal(db_get(db, arena, Q(session), &out), DB_NONE);
    assert_int_equal(db_get(db, arena, Q(secrets), &out), DB_OK);
    assert_string_equal(out, "0");
    const struct db_identity booking = {.booking = "b"};
    assert_int_equal(db_query_as(db, &booking, arena, Q(session), &out, 0, NULL), DB_NONE);
    assert_int_equal(
        db_query_as(db, &booking, arena, Q(settings), &out, 1, (const char *const[]){"app.booking"}), DB_OK);
    assert_string_equal(out, "b");
}

/* --- Transactions */

/* Work that adds item 1 and then meets with something, once or always. */
struct plan {
    int attempts;
    bool always;
    void (*meet)(struct plan *p);
    char pid[12];
    bool after_last; /* it happens behind the last statement */
    enum db_status give;
};

static enum db_status meet_with(struct db *d, void *context)
{
    struct plan *p = context;
    snprintf(p->pid, sizeof p->pid, "%s", pid_of(d));
    enum db_status s = add(d, "1", "planned");
    if (s == DB_OK && (p->attempts++ == 0 || p->always))
        p->meet(p);
    if (s == DB_OK && !p->after_last)
        s = add(d, "2", "planned");
    return p->give ? p->give : s;
}

static enum db_status carry_out(struct plan *p)
{
    sql("delete from item");
    return db_transaction(db, NULL, meet_with, p);
}

static void nothing(struct plan *p)
{
    (void)p;
}
static void be_terminated(struct plan *p)
{
    terminate(p->pid);
}
static void be_killed(struct plan *p)
{
    kill_backend(p->pid);
}

static void a_transaction_is_all_or_nothing(void **state)
{
    (void)state;
    struct plan good = {.meet = nothing}, refused = {.meet = nothing, .give = DB_REFUSED},
                none = {.meet = nothing, .give = DB_NONE};
    assert_int_equal(carry_out(&good), DB_OK);
    assert_string_equal(sql("select count(*) from item"), "2");
    assert_int_equal(carry_out(&refused), DB_REFUSED);
    assert_string_equal(sql("select count(*) from item"), "0");
    assert_int_equal(carry_out(&none), DB_NONE);
    assert_string_equal(sql("select count(*) from item"), "2");
    assert_int_equal(good.attempts + refused.attempts + none.attempts, 3);
}

static enum db_status look_away(struct db *d, void *context)
{
    int *attempts = context;
    ++*attempts;
    add(d, "2", "first");
    add(d, "1", "there already");
    add(d, "3", "in a failed transaction");
    return DB_OK;
}

/* COMMIT says OK here; only its tag is ROLLBACK. */
static void a_commit_that_rolls_back_is_no_success(void **state)
{
    (void)state;
    int attempts = 0;
    sql("insert into item values (1, 'first')");
    assert_int_equal(db_transaction(db, NULL, look_away, &attempts), DB_CONFLICT);
    assert_string_equal(sql("select count(*) from item"), "1");
    assert_int_equal(attempts, 1);
}

static enum db_status nest(struct db *d, void *context)
{
    struct plan inner = {.meet = nothing};
    (void)context;
    assert_int_equal(db_transaction(d, NULL, meet_with, &inner), DB_ERROR);
    assert_int_equal(inner.attempts, 0);
    return add(d, "5", "outer");
}

static void transactions_do_not_nest(void **state)
{
    (void)state;
    assert_int_equal(db_transaction(db, NULL, nest, NULL), DB_OK);
    assert_string_equal(sql("select string_agg(id::text, ',') from item"), "5");
}

static void lost_before_commit_is_repeated_once(void **state)
{
    (void)state;
    void (*const ways[])(struct plan *) = {be_terminated, be_killed};
    for (size_t i = 0; i < COUNT(ways); i++) {
        struct plan once = {.meet = ways[i]};
        assert_int_equal(carry_out(&once), DB_OK);
        assert_int_equal(once.attempts, 2);
        assert_string_equal(sql("select count(*) from item"), "2");
    }
    struct plan always = {.meet = be_terminated, .always = true};
    assert_int_equal(carry_out(&always), DB_GONE);
    assert_int_equal(always.attempts, 2);
    assert_string_equal(sql("select count(*) from item"), "0");
    assert_true(db_ping(db));
}

/* The connection is found dead when COMMIT is due: it was never sent, so the outcome is known. */
static void lost_just_before_commit_is_repeated_too(void **state)
{
    (void)state;
    struct plan p = {.meet = be_terminated, .after_last = true};
    assert_int_equal(carry_out(&p), DB_OK);
    assert_int_equal(p.attempts, 2);
    assert_string_equal(sql("select count(*) from item"), "1");
}

static enum db_status doom(struct db *d, void *context)
{
    ++*(int *)context;
    return db_get(d, arena, Q(doom), NULL);
}

/* A deferred trigger ends the backend while it commits. */
static void lost_at_commit_is_unknown(void **state)
{
    (void)state;
    int attempts = 0;
    assert_int_equal(db_transaction(db, NULL, doom, &attempts), DB_UNKNOWN);
    assert_int_equal(attempts, 1);
    assert_true(db_ping(db));
}

static struct {
    int attempts, disturbed;
} serial;

/* Reads item 1 in a snapshot, lets somebody else change it, and changes it: 40001. */
static enum db_status change_what_was_read(struct db *d, void *context)
{
    int attempt = serial.attempts++;
    (void)context;
    db_get(d, arena, Q(repeatable), NULL);
    db_get(d, arena, Q(note), NULL, "1");
    if (attempt < serial.disturbed)
        sql("update item set note = 'other'");
    return db_get(d, arena, Q(change), NULL, "1", "mine");
}

static void a_serialization_failure_is_repeated_five_times(void **state)
{
    (void)state;
    sql("insert into item values (1, 'first')");
    serial.attempts = 0;
    serial.disturbed = 5;
    assert_int_equal(db_transaction(db, NULL, change_what_was_read, NULL), DB_OK);
    assert_int_equal(serial.attempts, 6);
    assert_string_equal(sql("select note from item"), "mine");
    serial.attempts = 0;
    serial.disturbed = 100;
    assert_int_equal(db_transaction(db, NULL, change_what_was_read, NULL), DB_BUSY);
    assert_int_equal(serial.attempts, 6);
    assert_string_equal(sql("select note from item"), "other");
}

static void repetitions_end_with_the_deadline(void **state)
{
    (void)state;
    sql("insert into item values (1, 'first')");
    serial.attempts = 0;
    serial.disturbed = 100;
    db_deadline(db, clock_us());
    assert_int_equal(db_transaction(db, NULL, change_what_was_read, NULL), DB_BUSY);
    db_deadline(db, 0);
    assert_int_equal(serial.attempts, 1);
}

static void finish_other(void)
{
    for (PGresult *r = PQgetResult(cluster.super); r; r = PQgetResult(cluster.super)) {
        assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
        PQclear(r);
    }
    sql("commit");
}

/* Item 1 here and 2 there, then crosswise. The other side has looked for a deadlock before there is one, so
 * it is us whom it hits. */
static enum db_status cross(struct db *d, void *context)
{
    int attempt = (*(int *)context)++;
    if (attempt > 0)
        finish_other();
    db_get(d, arena, Q(change), NULL, "1", "mine");
    if (attempt == 0) {
        sql("set deadlock_timeout = '10ms'; begin; update item set note = 'other' where id = 2");
        assert_int_equal(PQsendQuery(cluster.super, "update item set note = 'other' where id = 1"), 1);
        poll(NULL, 0, 200);
    }
    return db_get(d, arena, Q(change), NULL, "2", "mine");
}

static void a_deadlock_is_repeated(void **state)
{
    (void)state;
    int attempts = 0;
    sql("insert into item values (1, 'first'), (2, 'first')");
    assert_int_equal(db_transaction(db, NULL, cross, &attempts), DB_OK);
    assert_int_equal(attempts, 2);
    assert_string_equal(sql("select string_agg(note, ',') from item"), "mine,mine");
}

/* --- Reads that share a transaction */

/* A value read a moment after the last one, however slow the machine. */
static const char *soon(struct db *d, enum query q)
{
    const char *out = NULL;
    d->read_us = clock_us();
    assert_int_equal(db_get(d, arena, q, &out), DB_OK);
    return out;
}

static bool open_for_more(const struct db *d)
{
    return PQtransactionStatus(d->conn) == PQTRANS_INTRANS;
}

static struct db *sharing(void)
{
    struct db *d = db_open(cluster.conninfo[WEB], TIMEOUT_MS, NULL);
    assert_non_null(d);
    db_shares(d);
    soon(d, Q(count));
    assert_true(open_for_more(d));
    d->shared_until_us = INT64_MAX;
    return d;
}

static void reads_close_together_share_a_transaction(void **state)
{
    (void)state;
    struct db *d = sharing();
    const char *now = soon(d, Q(now));
    assert_string_equal(soon(d, Q(count)), "0");
    sql("insert into item values (1, 'by somebody else')");
    assert_string_equal(soon(d, Q(count)), "1");
    assert_string_equal(soon(d, Q(now)), now);
    d->shared_until_us = clock_us() - 1;
    assert_string_not_equal(soon(d, Q(now)), now);
    assert_in_range(d->shared_until_us - clock_us(), 0, 100000);
    db_rest(d);
    assert_int_equal(PQtransactionStatus(d->conn), PQTRANS_IDLE);
    d->read_us = clock_us() - 20000;
    assert_int_equal(db_get(d, arena, Q(count), NULL), DB_OK);
    assert_false(open_for_more(d));
    db_close(d);
}

static void who_does_not_say_so_shares_nothing(void **state)
{
    (void)state;
    soon(db, Q(count));
    soon(db, Q(count));
    assert_false(open_for_more(db));
}

static void what_reads_share_takes_no_writes(void **state)
{
    (void)state;
    struct db *d = sharing();
    assert_int_equal(add(d, "1", "by accident"), DB_ERROR);
    assert_false(open_for_more(d));
    assert_string_equal(soon(d, Q(count)), "0");
    db_close(d);
}

static void a_failure_ends_what_reads_share(void **state)
{
    (void)state;
    struct db *d = sharing();
    assert_int_equal(db_get(d, arena, Q(divide), NULL, "0"), DB_REFUSED);
    assert_int_equal(PQtransactionStatus(d->conn), PQTRANS_IDLE);
    assert_string_equal(soon(d, Q(count)), "0");
    db_close(d);
}

static void transactions_and_rows_end_what_reads_share(void **state)
{
    (void)state;
    struct db *d = sharing();
    struct plan p = {.meet = nothing};
    struct seen seen = {0};
    const char *pid = soon(d, Q(pid));
    assert_int_equal(db_transaction(d, NULL, meet_with, &p), DB_OK);
    assert_string_equal(soon(d, Q(pid)), pid);
    assert_string_equal(soon(d, Q(count)), sql("select count(*) from item"));
    assert_true(open_for_more(d));
    assert_int_equal(db_rows(d, Q(series), 1, (const char *const[]){"2"}, see, &seen), DB_OK);
    assert_false(open_for_more(d));
    db_close(d);
}

static void nobody_is_known_in_what_reads_share(void **state)
{
    (void)state;
    struct db *d = sharing();
    const struct db_identity mine = {.session = "mine"};
    const char *out = NULL;
    assert_string_equal(soon(d, Q(secrets)), "0");
    assert_int_equal(db_query_as(d, &mine, arena, Q(secrets), &out, 0, NULL), DB_OK);
    assert_string_equal(out, "1");
    assert_string_equal(soon(d, Q(secrets)), "0");
    assert_true(open_for_more(d));
    db_close(d);
}

static void a_read_that_shares_survives_the_loss_of_its_connection(void **state)
{
    (void)state;
    struct db *d = sharing();
    terminate(soon(d, Q(pid)));
    assert_string_equal(soon(d, Q(count)), "0");
    assert_int_equal(open_for_more(d),
                     d->shared_until_us != 0); /* connecting may have taken too long to share */
    terminate(soon(d, Q(pid)));
    db_rest(d);
    assert_string_equal(soon(d, Q(count)), "0");
    db_close(d);
}

/* --- Connections */

static void a_read_survives_the_loss_of_its_connection(void **state)
{
    (void)state;
    enum db_status s;
    terminate(pid_of(db));
    assert_string_equal(value_of(&s, Q(one), "here"), "here");
    assert_int_equal(s, DB_OK);
    kill_backend(pid_of(db));
    assert_string_equal(value_of(&s, Q(one), "again"), "again");
    terminate(pid_of(db));
    assert_true(db_ping(db));
    terminate(pid_of(db));
    struct seen seen = {0};
    assert_int_equal(db_rows(db, Q(series), 1, (const char *const[]){"2"}, see, &seen), DB_OK);
}

/* A backend that neither works nor ends, as when its machine is frozen. */
static void a_server_that_says_nothing_is_given_up(void **state)
{
    (void)state;
    enum db_status s;
    pid_t pid = (pid_t)strtol(pid_of(db), NULL, 10);
    int64_t start = clock_us();
    kill(pid, SIGSTOP);
    assert_string_equal(value_of(&s, Q(one), "from another one"), "from another one");
    assert_in_range(clock_us() - start, (TIMEOUT_MS + 1900) * 1000, (TIMEOUT_MS + 3000) * 1000);
    kill(pid, SIGCONT);
}

static void without_a_server_it_ends_with_the_deadline(void **state)
{
    (void)state;
    enum db_status s;
    struct plan p = {.meet = nothing};
    cluster_run("kill");
    int64_t start = clock_us();
    db_deadline(db, start + 300000);
    value_of(&s, Q(one), "x");
    assert_int_equal(s, DB_GONE);
    assert_int_equal(db_transaction(db, NULL, meet_with, &p), DB_GONE);
    assert_int_equal(p.attempts, 0);
    assert_false(db_ping(db));
    assert_in_range(clock_us() - start, 100000, 600000);
    db_deadline(db, 0);
    assert_null(db_open(cluster.conninfo[WEB], TIMEOUT_MS, NULL));
    cluster_run("start");
    cluster_connect();
    assert_string_equal(value_of(&s, Q(one), "back"), "back");
    assert_true(db_ping(db));
}

static void a_connection_has_its_subjects_only(void **state)
{
    (void)state;
    const char *out = NULL;
    assert_int_equal(db_get(db, arena, Q(chore), &out), DB_ERROR);
    assert_int_equal(db_get(db, arena, (enum query)TESTS, &out), DB_ERROR);
    struct db *worker = db_open(cluster.conninfo[WORKER], TIMEOUT_MS, (const char *const[]){"chores", NULL});
    assert_non_null(worker);
    assert_int_equal(db_get(worker, arena, Q(chore), &out), DB_OK);
    assert_string_equal(out, "unknot_worker");
    assert_int_equal(db_get(worker, arena, Q(one), &out, "x"), DB_ERROR);
    db_close(worker);
}

static void open_misfit(void)
{
    assert_null(db_open(cluster.conninfo[WEB], TIMEOUT_MS, NULL));
}

static void a_query_that_does_not_fit_stops_the_start(void **state)
{
    (void)state;
    char wrong[] = "select no_such_column from item", *right = tested[T_one].sql;
    tested[T_one].sql = wrong;
    log_threshold(LOG_ERROR);
    const char *text = stderr_of(open_misfit);
    log_threshold(LOG_ERROR + 1);
    tested[T_one].sql = right;
    assert_non_null(strstr(text, "db.prepare query=test.one"));
    assert_non_null(strstr(text, "no_such_column"));
}

/* --- The files */

static void files_of_queries(void **state)
{
    (void)state;
    static const char *const two_names[] = {"t.a", "t.b"};
    static const struct {
        bool good;
        const char *text, *a, *b;
        bool web;
    } table[] = {
        {true, "-- name: t.a\nselect 1;\n-- name: t.b\nselect 2", "select 1", "select 2", true},
        {true, "-- head\n\n-- name:  t.a \n-- takes nothing\n  -- gives one\n select 1 -- so\n ; \n",
         "select 1 -- so", NULL, true},
        {true, "-- role: worker\n-- name: t.a\nselect 1\n", "select 1", NULL, false},
        {true, "-- role: web\n-- name: t.a\nselect ';'\n", "select ';'", NULL, true},
        {true, "-- name: t.newer\nselect 1\n", NULL, NULL, false},
        {true, "", NULL, NULL, false},
        {false, "-- name: t.a\nselect 1\n-- name: t.a\nselect 2\n", NULL, NULL, false},
        {false, "-- name: t.a\n-- nothing\n", NULL, NULL, false},
        {false, "-- name: t.a\n;\n-- name: t.b\nselect 1", NULL, NULL, false},
        {false, "-- name: other.a\nselect 1\n", NULL, NULL, false},
        {false, "-- name: a\nselect 1\n", NULL, NULL, false},
        {false, "-- name:\nselect 1\n", NULL, NULL, false},
        {false, "-- role: boss\n-- name: t.a\nselect 1\n", NULL, NULL, false},
        {false, "-- name: t.a\nselect 1\n-- role: worker\n", NULL, NULL, false},
        {false, "select 1;\n-- name: t.a\nselect 1\n", NULL, NULL, false},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct query_text q[] = {{.name = two_names[0]}, {.name = two_names[1]}};
        check_row(queries_file(q, 2, "sql/queries/t.sql", table[i].text) == table[i].good, i);
        check_row(!table[i].a || (q[0].sql && strcmp(q[0].sql, table[i].a) == 0 && q[0].web == table[i].web),
                  i);
        check_row(!table[i].b || (q[1].sql && strcmp(q[1].sql, table[i].b) == 0), i);
        free(q[0].sql);
        free(q[1].sql);
    }
    cluster_file("sql/other.sql", "-- name: other.a\nselect 1");
    assert_null(queries_read((const char *const[]){"other.a", "other.missing"}, 2, "sql/other"));
    queries_free(queries_read((const char *const[]){"other.a"}, 1, "sql/other"), 1);
}

static int before_all(void **state)
{
    (void)state;
    log_threshold(LOG_ERROR + 1);
    cluster_up();
    sql("set role unknot_owner");
    sql(schema_sql);
    sql("reset role");
    cluster_file("sql/queries/test.sql", test_sql);
    cluster_file("sql/queries/chores.sql", "-- role: worker\n-- name: chores.chore\nselect current_user\n");
    tested = queries_read(names, TESTS, "sql/queries/");
    assert_non_null(tested);
    queries_use(tested, TESTS);
    arena = arena_new(1 << 20);
    db = db_open(cluster.conninfo[WEB], TIMEOUT_MS, NULL);
    assert_non_null(db);
    return 0;
}

static int before_each(void **state)
{
    (void)state;
    arena_reset(arena);
    sql("truncate item, slot, slot_note");
    return 0;
}

static int after_all(void **state)
{
    (void)state;
    db_close(db);
    arena_free(arena);
    queries_use(NULL, 0);
    queries_free(tested, TESTS);
    cluster_down();
    return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, before_each)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_value_a_null_and_no_row),
        TEST(a_wrong_number_of_parameters_is_our_defect),
        TEST(a_result_larger_than_the_arena_is_said),
        TEST(a_read_cannot_write),
        TEST(whoever_says_so_writes_in_one_statement),
        TEST(a_session_is_pinned),
        TEST(options_of_the_connection_string_stay),
        TEST(errors_have_their_status),
        TEST(real_errors_have_their_status),
        TEST(the_log_has_codes_and_no_values),
        TEST(limits_of_time_are_busy),
        TEST(rows_come_one_by_one),
        TEST(copy_takes_what_it_is_given),
        TEST(identity_lasts_one_transaction),
        TEST(a_transaction_is_all_or_nothing),
        TEST(a_commit_that_rolls_back_is_no_success),
        TEST(transactions_do_not_nest),
        TEST(lost_before_commit_is_repeated_once),
        TEST(lost_just_before_commit_is_repeated_too),
        TEST(lost_at_commit_is_unknown),
        TEST(a_serialization_failure_is_repeated_five_times),
        TEST(repetitions_end_with_the_deadline),
        TEST(a_deadlock_is_repeated),
        TEST(reads_close_together_share_a_transaction),
        TEST(who_does_not_say_so_shares_nothing),
        TEST(what_reads_share_takes_no_writes),
        TEST(a_failure_ends_what_reads_share),
        TEST(transactions_and_rows_end_what_reads_share),
        TEST(nobody_is_known_in_what_reads_share),
        TEST(a_read_that_shares_survives_the_loss_of_its_connection),
        TEST(a_read_survives_the_loss_of_its_connection),
        TEST(a_server_that_says_nothing_is_given_up),
        TEST(without_a_server_it_ends_with_the_deadline),
        TEST(a_connection_has_its_subjects_only),
        TEST(a_query_that_does_not_fit_stops_the_start),
        TEST(files_of_queries),
    };
    return cmocka_run_group_tests(tests, before_all, after_all);
}
