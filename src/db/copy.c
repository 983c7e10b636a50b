/* COPY … FROM STDIN: many rows in one go. */
#include "db/internal.h"

#include "core/log.h"

#define ROW_MAX ((size_t)1024 * 1024)

struct copy {
    enum query q;
    bool (*next)(struct buf *row, void *);
    void *context;
};

void db_copy_field(struct buf *row, const char *value)
{
    for (const char *c = value ? value : "\\N"; *c; c++) {
        if (!value) /* null is \N, whose backslash must stay one */
            buf_putc(row, *c);
        else if (*c == '\\')
            buf_puts(row, "\\\\");
        else if (*c == '\t')
            buf_puts(row, "\\t");
        else if (*c == '\n')
            buf_puts(row, "\\n");
        else if (*c == '\r')
            buf_puts(row, "\\r");
        else
            buf_putc(row, *c);
    }
    buf_putc(row, '\t');
}

/* Sends one row; the tab behind its last column becomes its end. */
static bool put_row(struct db *db, struct buf *row)
{
    row->p[row->n - 1] = '\n';
    for (;;) {
        int put = PQputCopyData(db->conn, row->p, (int)row->n);
        if (put == 1)
            return true;
        if (put < 0 || !db_flush(db))
            return false;
    }
}

/* All rows, up to the end or to a row that fails; false when the connection is lost. */
static bool put_rows(struct db *db, const struct copy *c, bool *any, const char **fault)
{
    struct buf row = {.max = ROW_MAX};
    bool good = true;
    while (good && !*fault && c->next(&row, c->context)) {
        if (row.failed || row.n == 0)
            *fault = "a row that is too long or empty";
        else
            good = put_row(db, &row);
        *any = true;
        buf_reset(&row);
    }
    buf_free(&row);
    return good;
}

static enum db_status finish(struct db *db, const char *name, const char *fault)
{
    if (PQputCopyEnd(db->conn, fault) < 0 || !db_sent(db, 1))
        return DB_GONE;
    PGresult *r = db_result(db);
    enum db_status s = db_outcome(db, name, r);
    PQclear(r);
    db_drain(db);
    return s;
}

static enum db_status copy(struct db *db, void *context)
{
    const struct copy *c = context;
    const char *name = db_query_name(db, c->q);
    if (!name)
        return DB_ERROR;
    if (!db_ready(db) || !db_send(db, name, 0, NULL))
        return DB_GONE;
    PGresult *r = db_result(db);
    enum db_status s = db_outcome(db, name, r);
    bool ready = PQresultStatus(r) == PGRES_COPY_IN;
    PQclear(r);
    if (!ready) {
        db_drain(db);
        return s == DB_OK || s == DB_NONE ? DB_ERROR : s;
    }
    bool any = false;
    const char *fault = NULL;
    db->answer_until_us = 0; /* the time is the rows' */
    if (!put_rows(db, c, &any, &fault)) {
        db_drop(db, "cannot send");
        return DB_GONE;
    }
    s = finish(db, name, fault);
    if (fault && s != DB_GONE)
        return DB_REFUSED;
    return s == DB_NONE && any ? DB_OK : s;
}

enum db_status db_copy(struct db *db, enum query q, bool (*next)(struct buf *row, void *), void *context)
{
    struct copy c = {q, next, context};
    return db->in_transaction ? copy(db, &c) : db_transaction_once(db, NULL, copy, &c);
}
