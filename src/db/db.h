/*
 * PostgreSQL: one connection per worker thread, named and prepared statements, one transaction runner.
 *
 * SQL lives in sql/: queries are `-- name: subject.what` blocks in sql/queries/<subject>.sql, each one
 * statement; the build numbers them as enum query { Q_subject_what, … } (build/gen/queries.h), so an unknown
 * name does not compile and a query that does not fit the schema stops the start. Parameters are bound,
 * always text; NULL is SQL null. A page's data is one row, one column: a JSON document.
 *
 * A file of queries that the web role may not run says so in a line `-- role: worker`, `keyd` or
 * `owner` above its first query (default: web).
 *
 * Outside a transaction of ours a session is READ ONLY: db_query and db_rows can then be repeated without
 * harm when a connection is lost, and a write by accident is DB_ERROR (25006). Every write, be it a function
 * that writes, goes through db_transaction or db_query_as (but see db_writes).
 *
 * Session settings, pinned when a connection is made: search_path `unknot, public`, UTF-8, UTC, read
 * committed, read only, lock_timeout 1 s, idle_in_transaction_session_timeout 5 s or statement_timeout if
 * that is longer, generic plans, no JIT.
 *
 * Reads that follow close upon each other may share a transaction (db_shares): the database makes a
 * function's expressions ready anew in each, which takes a sixth to a quarter of a search.
 *
 * A struct db belongs to one thread.
 */
#ifndef UNKNOT_DB_H
#define UNKNOT_DB_H

#include "core/arena.h"
#include "core/text.h"
#include "queries.h"

enum db_status {
    DB_OK,       /* done; for a query: a row came back */
    DB_NONE,     /* done; no row, or null */
    DB_CONFLICT, /* 23P01, 23505: somebody was first */
    DB_REFUSED,  /* 23514, 23503, 22xxx, P0001…: the database says this must not be */
    DB_DENIED,   /* 42501: logged as a security event; answered as if the thing did not exist */
    DB_BUSY,     /* 55P03, 57014, 53xxx, 40xxx: lock or time limit, disk, memory, connections; tried enough */
    DB_GONE,     /* no connection, and nothing was committed */
    DB_UNKNOWN,  /* the connection was lost after COMMIT was sent: the outcome is not known */
    DB_ERROR,    /* a defect of ours: bad SQL, bad parameter count */
};

const char *db_status_name(enum db_status s);

struct db;

/* Who asks. Set for one transaction only; row-level security reads it. Members may be NULL. */
struct db_identity {
    const char *session; /* session token as the cookie carries it */
    const char *booking; /* booking token */
};

/* A connection to `conninfo` (statement_timeout in ms, 0: none; application_name "unknot" unless conninfo has
 * one). Connects now, one try, and prepares the queries of `subjects` (NULL-ended), or with NULL all whose
 * file is for the web role. A query of another subject is DB_ERROR later. `subjects` and `conninfo` are
 * copied. NULL with a log line when the server cannot be reached or a query does not fit; an empty list of
 * subjects (for db_schema_problem) always fits. */
struct db *db_open(const char *conninfo, int statement_timeout_ms, const char *const *subjects);
void db_close(struct db *db);

/* From now on, on a connection made anew, single statements may write, too: each is a transaction in one
 * round trip, tried again when the connection is lost. For who asks nothing but what may be done twice. */
void db_writes(struct db *db);

/* From now on db_query outside a transaction of ours, when asked within 20 ms of the last one, reads in a
 * transaction (read committed, read only) that the next ones go on with, for 100 ms at most: as long may
 * now() lag behind, what is read never does. Transactions, db_rows and db_copy end it first. db_rest ends it,
 * too: for who has nothing to ask at present. */
void db_shares(struct db *db);
void db_rest(struct db *db);

/* From now on: when the present request is over (clock_us(); 0: none). Nothing is tried again past it, nor
 * for more than 4 s. */
void db_deadline(struct db *db, int64_t deadline_us);

/* True when a round trip works (one try to reconnect if it was lost). */
bool db_ping(struct db *db);

/* One statement outside a transaction of ours (read only), or inside the one that is running. The first
 * column of the first row, copied into `a`, as *out (NULL otherwise; `out` may be NULL). Outside a
 * transaction a lost connection is re-made (backoff 50 ms … 1 s, never past the deadline) and the read is
 * tried once more; inside, it gives DB_GONE until the transaction is over. The client waits statement_timeout
 * and 2 s more for an answer, then drops the connection. */
enum db_status db_query(struct db *db, struct arena *a, enum query q, const char **out, int count,
                        const char *const *values);

/* The variadic form: db_get(db, a, Q_x_y, &out, first, second) */
#define db_get(db, a, q, out, ...)                                                                           \
    db_query((db), (a), (q), (out), DB_COUNT(__VA_ARGS__), DB_VALUES(__VA_ARGS__))
#define DB_VALUES(...) ((const char *const[]){"" __VA_OPT__(, ) __VA_ARGS__} + 1)
#define DB_COUNT(...)                                                                                        \
    ((int)(sizeof((const char *const[]){"" __VA_OPT__(, ) __VA_ARGS__}) / sizeof(char *)) - 1)

/* One transaction: BEGIN, the identity set locally (select auth.enter($1, $2), skipped when `who` is NULL or
 * empty), `work`, COMMIT (its command tag is read). Anything but DB_OK, DB_NONE from `work` rolls back. 40001
 * and 40P01 run the whole thing again (≤ 5 and ≤ 3 times, jitter 5–80 ms), a connection lost before COMMIT
 * once; `work` must therefore start from scratch each time and touch nothing but the database and its own
 * context. An error of a statement ends the transaction even when `work` looks away: the status is then that
 * statement's. Transactions do not nest (DB_ERROR). */
enum db_status db_transaction(struct db *db, const struct db_identity *who,
                              enum db_status (*work)(struct db *, void *), void *context);

/* Inside the running transaction. db_enter: from here on as `who`. db_failure: DB_OK while nothing has failed
 * in it, else the first failure's status, which is what it will end with. */
enum db_status db_enter(struct db *db, const struct db_identity *who);
enum db_status db_failure(const struct db *db);

/* db_query inside a transaction of its own, as `who`. */
enum db_status db_query_as(struct db *db, const struct db_identity *who, struct arena *a, enum query q,
                           const char **out, int count, const char *const *values);

/* Runs every row of a query through `each` (columns as text, NULL for null, gone after the call) until it
 * returns false; for the worker and the command line. DB_NONE: no row. `each` must not use `db`, and the time
 * it takes counts against statement_timeout. */
enum db_status db_rows(struct db *db, enum query q, int count, const char *const *values,
                       bool (*each)(int columns, const char *const *values, void *), void *context);

/* COPY … FROM STDIN (text format): the query is one of ours, `next` fills one row by db_copy_field, a call
 * for each column, into an empty buffer of at most 1 MiB (false: end; a failed buffer gives up with
 * DB_REFUSED). Inside the running transaction, or else in one of its own that is never repeated. DB_NONE: no
 * row. */
enum db_status db_copy(struct db *db, enum query q, bool (*next)(struct buf *row, void *), void *context);
void db_copy_field(struct buf *row, const char *value); /* NULL is null */

/* --- Hearing of changes (NOTIFY), on a connection and in a thread of its own */

struct db_listener;

/* `heard` is called in that thread: with the payload of each notification on `channel` (an SQL identifier,
 * kept by pointer), and with NULL when the connection was made or lost, for anything may have been missed. A
 * lost connection is made again and again (backoff 50 ms … 2 s), also the first one; one that is silent for 4
 * s counts as lost. NULL: out of memory or threads. */
struct db_listener *db_listen(const char *conninfo, const char *channel,
                              void (*heard)(void *context, const char *payload), void *context);
/* All that was committed before the last db_listen_ask has been heard; false while not connected. Any thread.
 */
bool db_listen_current(const struct db_listener *l);
/* Something was committed: from now on not current, for the time of a round trip. Any thread. */
void db_listen_ask(struct db_listener *l);
void db_listen_stop(struct db_listener *l); /* NULL is fine */

/* Brings the schema at `owner_conninfo` up to this program's migrations (sql/migrations/NNNN_name.sql, each
 * in a transaction, registered with its checksum in unknot.migration, under one advisory lock), re-creates
 * sql/functions/ after them in one transaction (in the order of names, twice: bodies are checked when all
 * functions are there; so every statement must be repeatable) and runs sql/seed/ last in one transaction. A
 * changed or missing applied migration, one squeezed in below an applied one, or a newer schema than the
 * program is refused with a sentence on stderr, as are SQL errors, with file and line where PostgreSQL tells.
 */
bool db_migrate(const char *owner_conninfo);
/* NULL: schema fits this program; otherwise the sentence to show (in `a`). For doctor and start, before the
 * workers open: on a connection opened with an empty list of subjects. */
const char *db_schema_problem(struct db *db, struct arena *a);

#endif
