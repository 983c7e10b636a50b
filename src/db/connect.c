/*
 * One connection: made, pinned to our settings, filled with prepared statements, and made anew when it is
 * lost.
 */
#include "db/internal.h"

#include "core/clock.h"
#include "core/log.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BACKOFF_FIRST_MS 50
#define BACKOFF_LAST_MS  1000
#define IDLE_MS          5000    /* in a transaction, at least */
#define PATIENCE_US      4000000 /* a server that restarts is back in two or three seconds */

/* What a failed attempt to connect says may name users and hosts, but nothing personal. Its first line is
 * enough. */
static void log_trouble(const char *event, const char *name, const char *message)
{
    char line[200];
    snprintf(line, sizeof line, "%.*s", (int)strcspn(message, "\n"), message);
    log_event(LOG_ERROR, event, "query", name, "message", line, NULL);
}

/* Settings travel with the connection's start, so they cost no round trip. What the operator put into
 * options= stays unless it is one of them. */
static bool write_options(const char *conninfo, const char *settings, char *out, size_t cap)
{
    PQconninfoOption *given = PQconninfoParse(conninfo, NULL);
    const char *own = "";
    for (const PQconninfoOption *o = given; o && o->keyword; o++)
        if (strcmp(o->keyword, "options") == 0 && o->val)
            own = o->val;
    int n = snprintf(out, cap, "%s -c search_path=unknot,public -c timezone=UTC -c datestyle=ISO %s", own,
                     settings);
    PQconninfoFree(given);
    return n > 0 && (size_t)n < cap;
}

/* Of several hosts the one that takes writes. "read-write" asks a session whether it may write by its own
 * settings, and ours may not until a transaction begins: "primary" asks the same of the server. */
static const char *host_wanted(const char *conninfo)
{
    PQconninfoOption *given = PQconninfoParse(conninfo, NULL);
    bool several = false;
    const char *said = "any";
    for (const PQconninfoOption *o = given; o && o->keyword; o++) {
        if (o->val && (strcmp(o->keyword, "host") == 0 || strcmp(o->keyword, "hostaddr") == 0))
            several |= strchr(o->val, ',') != NULL;
        if (o->val && strcmp(o->keyword, "target_session_attrs") == 0)
            said = o->val;
    }
    bool writes = strcmp(said, "read-write") == 0 || (several && strcmp(said, "any") == 0);
    PQconninfoFree(given);
    return writes ? "primary" : NULL;
}

PGconn *db_dial(const char *conninfo, const char *settings)
{
    char options[2000];
    if (!write_options(conninfo, settings, options, sizeof options)) {
        log_event(LOG_ERROR, "db.connect", "message", "options= of the connection string is too long", NULL);
        return NULL;
    }
    /* Later entries win, and those of the connection string stand where dbname does. */
    const char *const key[] = {"connect_timeout", "fallback_application_name", "dbname", "client_encoding",
                               "options",         "target_session_attrs",      NULL};
    const char *const value[] = {"2", "unknot", conninfo, "UTF8", options, host_wanted(conninfo), NULL};
    PGconn *conn = PQconnectdbParams(key, value, 1);
    if (PQstatus(conn) == CONNECTION_OK)
        return conn;
    log_trouble("db.connect", NULL, conn ? PQerrorMessage(conn) : "out of memory");
    PQfinish(conn);
    return NULL;
}

/* RAISE WARNING and the like may carry values: only the code is logged. */
static void on_notice(void *context, const PGresult *r)
{
    (void)context;
    log_event(LOG_WARN, "db.notice", "sqlstate", PQresultErrorField(r, PG_DIAG_SQLSTATE), NULL);
}

/* A session that may take its time over a statement (the worker, the owner: 0 is no limit) may take as long
 * between two, to hand on a mail or to read a file. */
static bool dial(struct db *db)
{
    int idle_ms = db->timeout_ms == 0 || db->timeout_ms > IDLE_MS ? db->timeout_ms : IDLE_MS;
    char settings[500];
    snprintf(settings, sizeof settings,
             "-c client_min_messages=warning -c default_transaction_isolation=read\\ committed"
             " -c default_transaction_read_only=%s -c statement_timeout=%d -c lock_timeout=1s"
             " -c idle_in_transaction_session_timeout=%d -c plan_cache_mode=force_generic_plan -c jit=off",
             db->writes ? "off" : "on", db->timeout_ms, idle_ms);
    db->conn = db_dial(db->conninfo, settings);
    if (!db->conn)
        return false;
    PQsetNoticeReceiver(db->conn, on_notice, NULL);
    return PQsetnonblocking(db->conn, 1) == 0;
}

bool db_prepare(struct db *db, const char *name, const char *sql)
{
    PGresult *r = NULL;
    if (db_sent(db, PQsendPrepare(db->conn, name, sql, 0, NULL))) {
        r = db_result(db);
        db_drain(db);
    }
    bool good = r && PQresultStatus(r) == PGRES_COMMAND_OK;
    if (!good)
        log_trouble("db.prepare", name, r ? PQresultErrorMessage(r) : "connection lost");
    PQclear(r);
    return good;
}

/* A query that does not fit the schema fails here, and with it the start. */
static bool prepare_all(struct db *db)
{
    bool good = db_prepare(db, "begin", "begin isolation level read committed read write") &&
                db_prepare(db, "commit", "commit") && db_prepare(db, "rollback", "rollback") &&
                db_prepare(db, "share", "begin isolation level read committed read only") &&
                db_prepare(db, "rest", "commit") && db_prepare(db, "ping", "select 1");
    for (size_t i = 0; good && i < db->query_count; i++)
        if (db->wanted[i])
            good = db_prepare(db, db->queries[i].name, db->queries[i].sql) && db->conn;
    db->can_enter = false;
    return good;
}

/* A failed attempt puts the next one off (next_try_us), twice as long each time; db_ready and nobody else
 * waits for it. */
static bool connect_once(struct db *db)
{
    if (dial(db) && prepare_all(db)) {
        db->backoff_ms = 0;
        db->next_try_us = 0;
        return true;
    }
    db_drop(db, NULL);
    db->backoff_ms = db->backoff_ms ? db->backoff_ms * 2 : BACKOFF_FIRST_MS;
    if (db->backoff_ms > BACKOFF_LAST_MS)
        db->backoff_ms = BACKOFF_LAST_MS;
    db->next_try_us = clock_us() + db->backoff_ms * INT64_C(1000);
    return false;
}

void db_drop(struct db *db, const char *why)
{
    if (db->conn && why)
        log_event(LOG_WARN, "db.lost", "reason", why, NULL);
    PQfinish(db->conn);
    db->conn = NULL;
    db->shared_until_us = 0;
}

/* The backend may have been ended while the connection lay idle: then its farewell, or the end of the stream,
 * is waiting to be read. The farewell needs several looks. */
bool db_alive(struct db *db)
{
    struct pollfd p = {.fd = db->conn ? PQsocket(db->conn) : -1, .events = POLLIN};
    for (int look = 0; p.fd >= 0 && look < 16; look++) {
        if (poll(&p, 1, 0) <= 0)
            return true;
        if (!PQconsumeInput(db->conn))
            break;
        /* parses what has come in: without it the next look would find the same bytes */
        PQisBusy(db->conn);
    }
    if (db->conn)
        db_drop(db, "closed by the server");
    return false;
}

bool db_sleep(struct db *db, int ms)
{
    if (db->deadline_us && clock_us() + ms * INT64_C(1000) >= db->deadline_us)
        return false;
    clock_sleep(ms * INT64_C(1000));
    return true;
}

bool db_ready(struct db *db)
{
    if (db_alive(db))
        return true;
    if (db->in_transaction)
        return false;
    int64_t until = clock_us() + PATIENCE_US;
    if (db->deadline_us && db->deadline_us < until)
        until = db->deadline_us;
    for (;;) {
        int64_t now = clock_us();
        int64_t start = db->next_try_us > now ? db->next_try_us : now;
        if (start >= until)
            return false;
        if (start > now)
            clock_sleep(start - now);
        if (connect_once(db))
            return true;
    }
}

/* Whether this connection is to have the query. */
static bool listed(const char *const *subjects, const struct query_text *q)
{
    if (!subjects)
        return q->web;
    size_t n = strcspn(q->name, ".");
    for (; *subjects; subjects++)
        if (strlen(*subjects) == n && memcmp(*subjects, q->name, n) == 0)
            return true;
    return false;
}

struct db *db_open(const char *conninfo, int statement_timeout_ms, const char *const *subjects)
{
    struct db *db = calloc(1, sizeof *db);
    if (!db)
        return NULL;
    db->timeout_ms = statement_timeout_ms;
    db->conninfo = strdup(conninfo);
    db->queries = queries_all(&db->query_count);
    db->wanted = calloc(db->query_count + 1, sizeof *db->wanted);
    bool good = db->conninfo && db->queries && db->wanted;
    for (size_t i = 0; good && i < db->query_count; i++)
        db->wanted[i] = listed(subjects, &db->queries[i]);
    if (good && connect_once(db))
        return db;
    db_close(db);
    return NULL;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    db_drop(db, NULL);
    free(db->wanted);
    free(db->conninfo);
    free(db);
}

/* The setting goes with the connection's start, so the one that is there is given up. */
void db_writes(struct db *db)
{
    db->writes = true;
    db_drop(db, NULL);
}

void db_shares(struct db *db)
{
    db->shares = true;
}

void db_deadline(struct db *db, int64_t deadline_us)
{
    db->deadline_us = deadline_us;
}

bool db_ping(struct db *db)
{
    for (int tries = 0; tries < 2; tries++) {
        if (!db_alive(db) &&
            !connect_once(db)) /* one try, whatever next_try_us says: who pings wants to know now */
            return false;
        PGresult *r = db_run(db, "ping", 0, NULL);
        bool good = r && PQresultStatus(r) == PGRES_TUPLES_OK;
        PQclear(r);
        if (good)
            return true;
    }
    return false;
}
