/*
 * One statement: sent, waited for with a deadline of our own, and its outcome named.
 */
#include "db/internal.h"

#include "core/clock.h"
#include "core/log.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define GRACE_US INT64_C(2000000) /* for a server that should have ended the statement itself */
#define COLUMNS  1664             /* PostgreSQL's MaxTupleAttributeNumber */

const char *db_status_name(enum db_status s)
{
    static const char *const names[] = {"ok",   "none", "conflict", "refused", "denied",
                                        "busy", "gone", "unknown",  "error"};
    return (size_t)s < sizeof names / sizeof *names ? names[s] : "?";
}

/* The longest prefix that fits counts. */
enum db_status db_status_of(const char *sqlstate)
{
    static const struct {
        const char *prefix;
        enum db_status status;
    } table[] = {
        {"08", DB_GONE},        /* connection */
        {"08P01", DB_ERROR},    /* protocol: a wrong number of parameters */
        {"22", DB_REFUSED},     /* data */
        {"23", DB_REFUSED},     /* constraints */
        {"23505", DB_CONFLICT}, /* … unique */
        {"23P01", DB_CONFLICT}, /* … exclusion */
        {"25P03", DB_GONE},     /* idle in a transaction for too long: the server hung up */
        {"40", DB_BUSY},        /* serialization, deadlock */
        {"42501", DB_DENIED},   /* privileges, row-level security */
        {"44000", DB_REFUSED},  /* WITH CHECK OPTION */
        {"53", DB_BUSY},        /* disk, memory, connections */
        {"55P03", DB_BUSY},     /* lock_timeout, NOWAIT */
        {"57", DB_GONE},        /* shutdown, termination */
        {"57014", DB_BUSY},     /* statement_timeout, cancel */
        {"58", DB_BUSY},        /* input and output of the server's system */
        {"P0", DB_REFUSED},     /* RAISE */
    };
    enum db_status best = DB_ERROR;
    size_t longest = 0;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t n = strlen(table[i].prefix);
        if (n > longest && strncmp(sqlstate, table[i].prefix, n) == 0) {
            best = table[i].status;
            longest = n;
        }
    }
    return best;
}

static enum log_level level_of(enum db_status s, const char *sqlstate)
{
    if (s == DB_ERROR || strcmp(sqlstate, "40P01") == 0)
        return LOG_ERROR; /* the bookings are made so that there are no deadlocks: one is an alarm */
    return s == DB_CONFLICT || s == DB_REFUSED ? LOG_INFO : LOG_WARN;
}

/* What may be logged of an error: its message only where it speaks of SQL and names and never of values. */
static const char *harmless(const PGresult *r, const char *sqlstate)
{
    bool of_sql = strncmp(sqlstate, "42", 2) == 0 || strncmp(sqlstate, "25", 2) == 0 ||
                  strncmp(sqlstate, "0A", 2) == 0 || strcmp(sqlstate, "08P01") == 0;
    return PQresultErrorField(r, of_sql ? PG_DIAG_MESSAGE_PRIMARY : PG_DIAG_CONSTRAINT_NAME);
}

static enum db_status failure(struct db *db, const char *name, const PGresult *r)
{
    const char *sqlstate = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    if (!sqlstate)
        sqlstate = "08000"; /* libpq's own errors have none: the connection is broken */
    enum db_status s = db_status_of(sqlstate);
    if (db->in_transaction && !db->failed[0])
        memcpy(db->failed, sqlstate, strnlen(sqlstate, 5));
    log_event(level_of(s, sqlstate), s == DB_DENIED ? "db.denied" : "db.failed", "query", name, "sqlstate",
              sqlstate, "status", db_status_name(s), "detail", harmless(r, sqlstate), NULL);
    return s;
}

/* NULL, no result at all, is a lost connection; PGRES_EMPTY_QUERY, a statement of nothing but comments, a
 * defect of ours. */
enum db_status db_outcome(struct db *db, const char *name, const PGresult *r)
{
    switch (r ? PQresultStatus(r) : PGRES_EMPTY_QUERY) {
    case PGRES_TUPLES_OK:
        return PQntuples(r) > 0 && !PQgetisnull(r, 0, 0) ? DB_OK : DB_NONE;
    case PGRES_COMMAND_OK:
    case PGRES_COPY_IN:
    case PGRES_SINGLE_TUPLE:
        return DB_NONE;
    case PGRES_EMPTY_QUERY:
        return r ? DB_ERROR : DB_GONE;
    default:
        return failure(db, name, r);
    }
}

/* Waits for `events`; those that came, or 0 past the statement's time. */
static short wait_for(struct db *db, short events)
{
    for (;;) {
        struct pollfd p = {.fd = PQsocket(db->conn), .events = events};
        int64_t left = db->answer_until_us ? (db->answer_until_us - clock_us() + 999) / 1000 : -1;
        if (p.fd < 0 || (db->answer_until_us && left <= 0))
            return 0;
        int n = poll(&p, 1, left > 60000 ? 60000 : (int)left);
        if (n > 0)
            return p.revents;
        if (n < 0 && errno != EINTR)
            return 0;
    }
}

/* Data may come while we still send: it has to be taken in, or both sides wait. */
bool db_flush(struct db *db)
{
    int left = PQflush(db->conn);
    while (left == 1) {
        short came = wait_for(db, POLLIN | POLLOUT);
        if (!came || ((came & POLLIN) && !PQconsumeInput(db->conn)))
            break;
        left = PQflush(db->conn);
    }
    if (left != 0)
        db_drop(db, "cannot send");
    return left == 0;
}

bool db_sent(struct db *db, int accepted)
{
    db->answer_until_us = db->timeout_ms > 0 ? clock_us() + db->timeout_ms * INT64_C(1000) + GRACE_US : 0;
    if (accepted)
        return db_flush(db);
    db_drop(db, "cannot send");
    return false;
}

bool db_send(struct db *db, const char *name, int count, const char *const *values)
{
    return db_sent(db, PQsendQueryPrepared(db->conn, name, count, values, NULL, NULL, 0));
}

PGresult *db_result(struct db *db)
{
    while (db->conn && PQisBusy(db->conn)) {
        short came = wait_for(db, POLLIN);
        if (came && PQconsumeInput(db->conn))
            continue;
        db_drop(db, came ? "closed by the server" : "no answer in time");
    }
    return db->conn ? PQgetResult(db->conn) : NULL;
}

void db_drain(struct db *db)
{
    for (PGresult *r = db_result(db); r; r = db_result(db)) {
        /* A COPY we did not ask for would give the same result for ever */
        ExecStatusType s = PQresultStatus(r);
        PQclear(r);
        if (s == PGRES_COPY_IN || s == PGRES_COPY_OUT || s == PGRES_COPY_BOTH)
            db_drop(db, "a COPY where none belongs");
    }
}

PGresult *db_run(struct db *db, const char *name, int count, const char *const *values)
{
    if (!db_send(db, name, count, values))
        return NULL;
    PGresult *r = db_result(db);
    if (r)
        db_drain(db);
    return r;
}

const char *db_query_name(struct db *db, enum query q)
{
    size_t i = (size_t)q;
    if (i < db->query_count && db->wanted[i] && !db->in_rows)
        return db->queries[i].name;
    log_event(LOG_ERROR, "db.misuse", "query", i < db->query_count ? db->queries[i].name : NULL, "reason",
              db->in_rows ? "a query while rows are read" : "not prepared on this connection", NULL);
    return NULL;
}

/* The first column of the first row into `a`. */
static enum db_status give(const PGresult *r, enum db_status s, struct arena *a, const char **out)
{
    if (s != DB_OK || !out)
        return s;
    *out = arena_strndup(a, PQgetvalue(r, 0, 0), (size_t)PQgetlength(r, 0, 0));
    if (*out)
        return s;
    log_event(LOG_ERROR, "db.misuse", "reason", "the result does not fit into the arena", NULL);
    return DB_ERROR;
}

enum db_status db_query(struct db *db, struct arena *a, enum query q, const char **out, int count,
                        const char *const *values)
{
    if (out)
        *out = NULL;
    const char *name = db_query_name(db, q);
    if (!name)
        return DB_ERROR;
    enum db_status s = DB_GONE;
    for (int tries = 0; tries < 2 && s == DB_GONE && db_ready(db); tries++) {
        if (!db_share(db))
            continue;
        PGresult *r = db_run(db, name, count, values);
        s = give(r, db_outcome(db, name, r), a, out);
        PQclear(r);
        db_shared(db, s);
    }
    return s;
}

static bool pass_row(const PGresult *r, bool (*each)(int, const char *const *, void *), void *context)
{
    const char *values[COLUMNS];
    int columns = PQnfields(r);
    for (int i = 0; i < columns; i++)
        values[i] = PQgetisnull(r, 0, i) ? NULL : PQgetvalue(r, 0, i);
    return each(columns, values, context);
}

/* Reads the rows of a statement just sent; *any: one came. */
static enum db_status read_rows(struct db *db, const char *name,
                                bool (*each)(int, const char *const *, void *), void *context, bool *any)
{
    enum db_status s = DB_GONE;
    /* false: the remaining rows are read and thrown away, so that the connection is free again */
    bool go = true;
    db->in_rows = true; /* `each` must not ask: the rest of the rows is still on the connection */
    for (PGresult *r = db_result(db); r; r = db_result(db)) {
        if (PQresultStatus(r) == PGRES_SINGLE_TUPLE) {
            go = go && pass_row(r, each, context);
            *any = true;
        } else {
            s = db_outcome(db, name, r);
        }
        PQclear(r);
    }
    db->in_rows = false;
    return s == DB_NONE && *any ? DB_OK : s;
}

enum db_status db_rows(struct db *db, enum query q, int count, const char *const *values,
                       bool (*each)(int columns, const char *const *values, void *), void *context)
{
    const char *name = db_query_name(db, q);
    if (!name)
        return DB_ERROR;
    enum db_status s = DB_GONE;
    bool any = false;
    db_rest(db);
    for (int tries = 0; tries < 2 && s == DB_GONE && !any && db_ready(db); tries++) {
        if (!db_send(db, name, count, values))
            continue;
        PQsetSingleRowMode(db->conn);
        s = read_rows(db, name, each, context, &any);
    }
    return s;
}
