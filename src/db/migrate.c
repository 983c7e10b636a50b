/*
 * The schema: numbered migrations, then functions, then seed data; and whether a database fits this program.
 *
 * unknot.migration holds one row for each applied migration; row 0 is the checksum of functions and seed,
 * which are run anew each time.
 */
#include "db/internal.h"

#include "core/asset.h"
#include "core/log.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIGRATIONS_MAX 1000
#define CHECKSUM       (2 * crypto_generichash_BYTES + 1)
#define FOLDER         "sql/migrations/"
#define REPEATED       "functions and seed"
/* Waits for another run as long as that may take; then no lock is worth holding up the web for long. */
#define LOCK "set lock_timeout = '10min'; select pg_advisory_lock(7246101); set lock_timeout = '10s'"

struct migration {
    int number;              /* 1 to 9999; 0 is the row of functions and seed */
    char name[80];           /* NNNN_what, without .sql */
    char checksum[CHECKSUM]; /* BLAKE2b of the file, in hex */
    const struct asset *file;
};

struct schema {
    struct migration wanted[MIGRATIONS_MAX]; /* by number */
    size_t count;
    char repeated[CHECKSUM];       /* of all files of functions and seed, their paths among it */
    crypto_generichash_state hash; /* while `repeated` is made */
    size_t applied;                /* of `wanted`, from the front: how many the database has */
    bool fresh_functions;          /* what the database has of functions and seed is ours */
    char problem[400];             /* a sentence, once something does not fit */
};

/* False. The first problem is the one that is told. */
__attribute__((format(printf, 2, 3))) static bool problem(struct schema *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (!s->problem[0])
        vsnprintf(s->problem, sizeof s->problem, format, args);
    va_end(args);
    return false;
}

/* --- What the program brings */

static void hex(char out[CHECKSUM], const unsigned char digest[crypto_generichash_BYTES])
{
    sodium_bin2hex(out, CHECKSUM, digest, crypto_generichash_BYTES);
}

/* FOLDER NNNN_name.sql, one number after the other in the order of names. */
static bool add_migration(const struct asset *file, void *context)
{
    struct schema *s = context;
    struct migration *m = &s->wanted[s->count];
    struct str name = str_of(file->path + strlen(FOLDER));
    int64_t number = 0;
    bool good = name.n > 9 && name.n - 4 < sizeof m->name && name.p[4] == '_' &&
                strcmp(name.p + name.n - 4, ".sql") == 0 &&
                text_int((struct str){name.p, 4}, 1, 9999, &number);
    if (!good)
        return problem(s, "%s is not named like 0001_what.sql", file->path);
    if (s->count > 0 && s->wanted[s->count - 1].number == number)
        return problem(s, "%s has a number that is already taken", file->path);
    if (s->count + 1 >= MIGRATIONS_MAX)
        return problem(s, "%s is one migration too many", file->path);
    unsigned char digest[crypto_generichash_BYTES];
    crypto_generichash(digest, sizeof digest, file->data, file->size, NULL, 0);
    m->number = (int)number;
    m->file = file;
    memcpy(m->name, name.p, name.n - 4);
    hex(m->checksum, digest);
    s->count++;
    return true;
}

static bool add_repeated(const struct asset *file, void *context)
{
    struct schema *s = context;
    crypto_generichash_update(&s->hash, (const unsigned char *)file->path, strlen(file->path) + 1);
    crypto_generichash_update(&s->hash, file->data, file->size);
    return true;
}

static struct schema *schema_new(void)
{
    struct schema *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    unsigned char digest[crypto_generichash_BYTES];
    crypto_generichash_init(&s->hash, NULL, 0, sizeof digest);
    asset_each(FOLDER, add_migration, s);
    asset_each("sql/functions/", add_repeated, s);
    asset_each("sql/seed/", add_repeated, s);
    crypto_generichash_final(&s->hash, digest, sizeof digest);
    hex(s->repeated, digest);
    return s;
}

/* --- What the database has */

static struct migration *wanted(struct schema *s, int64_t number)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->wanted[i].number == number)
            return &s->wanted[i];
    return NULL;
}

/* One row of unknot.migration (in the order of numbers) beside what the program knows. */
static bool compare(struct schema *s, const char *number_text, const char *name, const char *checksum)
{
    int64_t number = -1;
    text_int(str_of(number_text), 0, 9999, &number);
    if (number == 0) {
        s->fresh_functions = strcmp(checksum, s->repeated) == 0;
        return true;
    }
    const struct migration *m = wanted(s, number);
    if (!m && (s->count == 0 || number > s->wanted[s->count - 1].number))
        return problem(s,
                       "The database is newer than this program: it has migration %s. Use the program it was "
                       "made with, or a later one.",
                       name);
    if (!m)
        return problem(s, "Migration %s was applied to the database, but this program does not have it.",
                       name);
    if (strcmp(m->name, name) != 0 || strcmp(m->checksum, checksum) != 0)
        return problem(
            s, "Migration %s was changed after it was applied. Put it back as it was and write another one.",
            m->name);
    if (m != &s->wanted[s->applied])
        return problem(
            s, "Migration %s was added below one that is already applied. Give it the next free number.",
            s->wanted[s->applied].name);
    s->applied++;
    return true;
}

static bool compare_all(struct schema *s, const PGresult *r)
{
    for (int i = 0; i < PQntuples(r); i++)
        if (!compare(s, PQgetvalue(r, i, 0), PQgetvalue(r, i, 1), PQgetvalue(r, i, 2)))
            return false;
    return true;
}

#define APPLIED "select number, name, checksum from unknot.migration order by number"

/* --- Telling of SQL errors */

/* `position` counts characters from 1. */
static int line_of(const char *text, long position)
{
    int line = 1;
    for (long at = 1; *text && at < position; text++) {
        if (((unsigned char)text[1] & 0xc0) != 0x80)
            at++;
        line += *text == '\n';
    }
    return line;
}

/* Statements that were done before, for errors without a position. */
struct progress {
    int statements;
    char last[64];
};

/* An SQL error as a person can use it: file, line, message, detail, hint and context. `text` is what was
 * sent; `p` may be NULL. */
static void complain(const char *path, const char *text, const PGresult *r, const struct progress *p)
{
    const char *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    const char *position = PQresultErrorField(r, PG_DIAG_STATEMENT_POSITION);
    const char *sqlstate = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    const char *more[] = {PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL),
                          PQresultErrorField(r, PG_DIAG_MESSAGE_HINT),
                          PQresultErrorField(r, PG_DIAG_CONTEXT)};
    int64_t at = 0;
    fprintf(stderr, "unknot: %s", path);
    if (position && text_int(str_of(position), 1, INT32_MAX, &at))
        fprintf(stderr, ", line %d", line_of(text, (long)at));
    else if (p && p->statements > 0)
        fprintf(stderr, ", after %d statements, the last %s", p->statements, p->last);
    fprintf(stderr, ": %s (%s)\n", message ? message : "the connection was lost",
            sqlstate ? sqlstate : "08000");
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        if (more[i])
            fprintf(stderr, "  %s\n", more[i]);
}

/* False, with a sentence for whoever started the program. */
static bool tell(const char *sentence)
{
    fprintf(stderr, "unknot: %s\n", sentence);
    return false;
}

/* --- Running */

/* All statements of a text; stops at the first that fails. */
static bool run_text(PGconn *conn, const char *path, const char *text)
{
    struct progress p = {0};
    bool good = PQsendQuery(conn, text) == 1;
    if (!good)
        return tell("the connection to the database was lost");
    for (PGresult *r = PQgetResult(conn); r; r = PQgetResult(conn)) {
        ExecStatusType status = PQresultStatus(r);
        if (good && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
            good = false;
            complain(path, text, r, &p);
        }
        p.statements++;
        snprintf(p.last, sizeof p.last, "%s", PQcmdStatus(r));
        PQclear(r);
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || PQstatus(conn) != CONNECTION_OK)
            break;
    }
    return good;
}

static bool run_file(PGconn *conn, const struct asset *file)
{
    if (memchr(file->data, '\0', file->size))
        return tell("a file of SQL holds a NUL byte");
    if (!run_text(conn, file->path, (const char *)file->data))
        return false;
    if (PQtransactionStatus(conn) == PQTRANS_INTRANS)
        return true;
    fprintf(stderr, "unknot: %s ends the transaction it is run in; leave out begin, commit and rollback\n",
            file->path);
    return false;
}

static bool run_asset(const struct asset *file, void *conn)
{
    return run_file(conn, file);
}

/* A transaction that has failed answers COMMIT with the tag ROLLBACK, and no error. */
static bool commit(PGconn *conn)
{
    PGresult *r = PQexec(conn, "commit");
    bool good = PQresultStatus(r) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(r), "COMMIT") == 0;
    if (!good)
        complain("commit", "", r, NULL);
    PQclear(r);
    return good;
}

static bool record(PGconn *conn, int number, const char *name, const char *checksum)
{
    char text[12];
    snprintf(text, sizeof text, "%d", number);
    const char *const values[] = {text, name, checksum};
    PGresult *r =
        PQexecParams(conn,
                     "insert into unknot.migration (number, name, checksum) values ($1, $2, $3) "
                     "on conflict (number) do update set checksum = excluded.checksum, applied_at = now()",
                     3, NULL, values, NULL, NULL, 0);
    bool good = PQresultStatus(r) == PGRES_COMMAND_OK;
    if (!good)
        complain("unknot.migration", "", r, NULL);
    PQclear(r);
    return good;
}

/* One transaction: the migration and its row, or neither. */
static bool apply(PGconn *conn, const struct migration *m)
{
    if (!run_text(conn, "begin", "begin"))
        return false;
    if (run_file(conn, m->file) && record(conn, m->number, m->name, m->checksum) && commit(conn)) {
        log_event(LOG_INFO, "db.migrated", "migration", m->name, NULL);
        return true;
    }
    PQclear(PQexec(conn, "rollback"));
    return false;
}

/* Functions that call each other need no order: bodies are looked at only in the second round. */
static bool repeat(PGconn *conn, const struct schema *s)
{
    bool good = run_text(conn, "begin", "begin; set local check_function_bodies = off") &&
                asset_each("sql/functions/", run_asset, conn) &&
                run_text(conn, "begin", "set local check_function_bodies = on") &&
                asset_each("sql/functions/", run_asset, conn) && commit(conn) &&
                run_text(conn, "begin", "begin") && asset_each("sql/seed/", run_asset, conn) &&
                record(conn, 0, REPEATED, s->repeated) && commit(conn);
    if (!good)
        PQclear(PQexec(conn, "rollback"));
    return good;
}

/* Everybody may read which migrations are in, so that a program that does not fit can say so. */
static bool lay_ground(PGconn *conn)
{
    return run_text(conn, "lock", LOCK) && run_text(conn, "schema unknot",
                                                    "create schema if not exists unknot;"
                                                    "create table if not exists unknot.migration ("
                                                    "    number int primary key,"
                                                    "    name text not null,"
                                                    "    checksum text not null,"
                                                    "    applied_at timestamptz not null default now());"
                                                    "grant usage on schema unknot to public;"
                                                    "grant select on unknot.migration to public");
}

/* The advisory lock of lay_ground is the session's: it goes with the connection, whatever happens. */
static bool migrate(PGconn *conn, struct schema *s)
{
    if (s->problem[0])
        return tell(s->problem);
    if (!lay_ground(conn))
        return false;
    PGresult *r = PQexecParams(conn, APPLIED, 0, NULL, NULL, NULL, NULL, 0);
    bool read = PQresultStatus(r) == PGRES_TUPLES_OK;
    if (!read)
        complain("unknot.migration", APPLIED, r, NULL);
    bool good = read && compare_all(s, r);
    PQclear(r);
    if (!good)
        return read ? tell(s->problem) : false;
    for (size_t i = s->applied; i < s->count; i++)
        if (!apply(conn, &s->wanted[i]))
            return false;
    return repeat(conn, s);
}

bool db_migrate(const char *owner_conninfo)
{
    struct schema *s = sodium_init() < 0 ? NULL : schema_new();
    if (!s)
        return tell("out of memory");
    PGconn *conn = db_dial(owner_conninfo, "-c client_min_messages=warning");
    bool good = conn && migrate(conn, s);
    if (!conn)
        tell("no connection to the database as its owner (owner_database)");
    PQfinish(conn);
    free(s);
    return good;
}

/* The first thing that does not fit, or NULL. */
static const char *judge(struct schema *s, const PGresult *r)
{
    const char *sqlstate = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    if (r && PQresultStatus(r) == PGRES_TUPLES_OK)
        compare_all(s, r);
    else if (sqlstate && (strcmp(sqlstate, "42P01") == 0 || strcmp(sqlstate, "3F000") == 0))
        problem(s, "The database is empty. Run `%s` first.", "unknot migrate");
    else
        problem(s, "The database does not say which migrations it has (SQLSTATE %s).",
                sqlstate ? sqlstate : "08000");
    if (!s->problem[0] && s->applied < s->count)
        problem(s, "The database is older than this program: migration %s is missing. Run `unknot migrate`.",
                s->wanted[s->applied].name);
    if (!s->problem[0] && !s->fresh_functions)
        problem(s, "The %s in the database are not this program's. Run `unknot migrate`.", REPEATED);
    return s->problem[0] ? s->problem : NULL;
}

const char *db_schema_problem(struct db *db, struct arena *a)
{
    if (!db_ready(db))
        return "The database cannot be reached.";
    struct schema *s = sodium_init() < 0 ? NULL : schema_new();
    if (!s)
        return "Out of memory.";
    PGresult *r = NULL;
    if (db_sent(db, PQsendQueryParams(db->conn, APPLIED, 0, NULL, NULL, NULL, NULL, 0))) {
        r = db_result(db);
        db_drain(db);
    }
    const char *sentence = judge(s, r);
    char *copied = arena_strdup(a, sentence);
    PQclear(r);
    free(s);
    return sentence && !copied ? "Out of memory." : copied;
}
