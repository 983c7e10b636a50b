/*
 * PostgreSQL: one connection per worker thread, named and prepared statements, one transaction runner.
 *
 * SQL lives in sql/: queries are `-- name: subject.what` blocks in sql/queries/<subject>.sql, each one statement; the build numbers them
 * as enum query { Q_subject_what, … } (build/gen/queries.h), so an unknown name does not compile and a query
 * that does not fit the schema stops the start. Parameters are bound, always text; NULL is SQL null. A page's data is
 * one row, one column: a JSON document.
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
    DB_BUSY,     /* 55P03, 57014, 53xxx: lock or time limit, out of disk, memory or connections */
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

/* A connection to `conninfo` (statement_timeout in ms, application_name "unknot"). Connects now and prepares every query whose
 * subject is in `subjects` (NULL: all); NULL with a log line when the server cannot be reached or a query does not fit. */
struct db *db_open(const char *conninfo, int statement_timeout_ms, const char *const *subjects);
void db_close(struct db *db);

/* True when a round trip works (reconnects if it was lost). */
bool db_ping(struct db *db);

/* One statement outside a transaction of ours. The first column of the first row, copied into `a`, as *out.
 * A lost connection is re-made (backoff 50 ms … 2 s, never past `deadline_us`) and a read is tried once more. */
enum db_status db_query(struct db *db, struct arena *a, enum query q, const char **out, int count,
                        const char *const *values);

/* The variadic form: db_get(db, a, Q_x_y, &out, first, second) */
#define db_get(db, a, q, out, ...)                                                                           \
    db_query((db), (a), (q), (out), DB_COUNT(__VA_ARGS__), DB_VALUES(__VA_ARGS__))
#define DB_VALUES(...)  ((const char *const[]){"" __VA_OPT__(, ) __VA_ARGS__} + 1)
#define DB_COUNT(...)   ((int)(sizeof((const char *const[]){"" __VA_OPT__(, ) __VA_ARGS__}) / sizeof(char *)) - 1)

/* One transaction: BEGIN, the identity set locally, `work`, COMMIT (its command tag is read). Anything but DB_OK, DB_NONE from `work`
 * rolls back. 40001 and 40P01 run the whole thing again (≤ 5 and ≤ 3 times, jitter 5–80 ms), a connection lost before COMMIT once;
 * `work` must therefore start from scratch each time and touch nothing but the database and its own context. */
enum db_status db_transaction(struct db *db, const struct db_identity *who, enum db_status (*work)(struct db *, void *),
                              void *context);

/* db_query inside a transaction of its own, as `who`. */
enum db_status db_query_as(struct db *db, const struct db_identity *who, struct arena *a, enum query q, const char **out,
                           int count, const char *const *values);

/* Runs every row of a query through `each` (columns as text); for the worker and the command line. */
enum db_status db_rows(struct db *db, enum query q, int count, const char *const *values,
                       bool (*each)(int columns, const char *const *values, void *), void *context);

/* COPY … FROM STDIN: statement is one of ours, rows come from `next` (false: end). For imports and demo data. */
enum db_status db_copy(struct db *db, enum query q, bool (*next)(struct buf *row, void *), void *context);

/* Brings the schema at `owner_conninfo` up to this program's migrations (sql/migrations/NNNN_name.sql, each in a transaction,
 * registered with its checksum, under one advisory lock) and re-creates sql/functions/ after them and sql/seed/ last. A changed or missing
 * applied migration, or a newer schema than the program, is refused with a sentence on stderr. */
bool db_migrate(const char *owner_conninfo);
/* 0: schema fits this program; otherwise the sentence to show. For doctor and start. */
const char *db_schema_problem(struct db *db, struct arena *a);

#endif
