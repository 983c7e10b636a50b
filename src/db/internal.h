/* What the files of this room share. */
#ifndef UNKNOT_DB_INTERNAL_H
#define UNKNOT_DB_INTERNAL_H

#include "db/db.h"

#include <libpq-fe.h>

/* --- queries.c: the catalogue, read once and kept */

struct query_text {
    const char *name; /* "subject.what"; also the name of the prepared statement */
    char *sql;
    bool web; /* its file is for the web role */
};

/* One entry for each enum query, in its order; NULL with a log line when the files do not hold them all. */
const struct query_text *queries_all(size_t *count);
/* The same of the files under `folder` for other names (tests, fuzzing); NULL on failure. queries_free after.
 */
struct query_text *queries_read(const char *const *names, size_t count, const char *folder);
void queries_free(struct query_text *q, size_t count);
/* Reads one file into the entries it has; false with a log line when it is not well-formed. */
bool queries_file(struct query_text *q, size_t count, const char *path, const char *text);
/* From now on, until it is called again with NULL, queries_all gives these. Not while connections are open.
 */
void queries_use(const struct query_text *q, size_t count);

/* --- connect.c */

/* A blocking connection with `settings` (-c name=value …) and those that all sessions share; NULL with a log
 * line. */
PGconn *db_dial(const char *conninfo, const char *settings);

struct db {
    PGconn *conn; /* NULL: not connected */
    char *conninfo;
    int timeout_ms; /* statement_timeout; 0: none */
    const struct query_text *queries;
    size_t query_count;
    bool *wanted;            /* by query: prepared on this connection */
    bool can_enter;          /* auth.enter is prepared on this connection */
    bool writes;             /* a statement outside a transaction of ours may */
    bool shares;             /* … reads in one with others */
    int64_t read_us;         /* when the last such read was over */
    int64_t shared_until_us; /* when the transaction they share is; 0: none is open */

    bool in_transaction; /* no reconnecting meanwhile */
    bool in_rows;        /* a result is being read */
    char failed[6];      /* SQLSTATE of the first failed statement of this transaction, or "" */

    int64_t deadline_us;
    int64_t answer_until_us; /* the running statement */
    int64_t next_try_us;     /* not to be called before */
    int backoff_ms;          /* what the last failed attempt made us wait; 0: it did not fail */
};

/* True with a connection that was alive just now; makes one if need be and allowed. */
bool db_ready(struct db *db);
/* False when the server has closed the connection: what is sent now is never executed. */
bool db_alive(struct db *db);
/* Closes the connection; what was sent on it may or may not be done. */
void db_drop(struct db *db, const char *why);
/* False, at once, when the request's deadline would pass meanwhile. */
bool db_sleep(struct db *db, int ms);

bool db_prepare(struct db *db, const char *name, const char *sql);

/* --- query.c */

/* Sends a prepared statement. False: refused by libpq or the connection is broken (and dropped). */
bool db_send(struct db *db, const char *name, int count, const char *const *values);
bool db_sent(struct db *db, int accepted); /* for other PQsend… calls: flushes and starts the clock */
bool db_flush(struct db *db);
/* The next result of what was sent, NULL when there is none or the connection broke (then dropped). */
PGresult *db_result(struct db *db);
/* Discards results until the connection is free. */
void db_drain(struct db *db);
/* Sends, and returns the only result with the connection free again; NULL: connection lost. */
PGresult *db_run(struct db *db, const char *name, int count, const char *const *values);
/* Status of a result; failures are logged and remembered for the transaction. */
enum db_status db_outcome(struct db *db, const char *name, const PGresult *r);
enum db_status db_status_of(const char *sqlstate);
/* The name of a query this connection has, or NULL with a log line. */
const char *db_query_name(struct db *db, enum query q);

/* --- transaction.c */

/* Before a read outside a transaction of ours: in the one that reads share, if it is to be. False: the
 * connection was lost meanwhile. */
bool db_share(struct db *db);
/* After it. */
void db_shared(struct db *db, enum db_status s);

/* db_transaction without its repetitions. */
enum db_status db_transaction_once(struct db *db, const struct db_identity *who,
                                   enum db_status (*work)(struct db *, void *), void *context);

#endif
