/*
 * The transaction runner: what is repeated, what is not, and what is known about the outcome.
 */
#include "db/internal.h"

#include "core/clock.h"
#include "core/log.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* See db_shares: how soon a read must follow the last, and how long a transaction is shared. */
#define SHARE_GAP_US  20000
#define SHARE_LAST_US 100000

/* What leaves a transaction fit to be committed. */
static bool done(enum db_status s)
{
    return s == DB_OK || s == DB_NONE;
}

/* auth.enter is prepared when it is first needed: other roles have no right to it. */
enum db_status db_enter(struct db *db, const struct db_identity *who)
{
    if (!db->can_enter)
        db->can_enter = db_prepare(db, "enter", "select auth.enter($1, $2)");
    if (!db->can_enter)
        return db->conn ? DB_ERROR : DB_GONE;
    PGresult *r = db_run(db, "enter", 2, (const char *const[]){who->session, who->booking});
    enum db_status s = db_outcome(db, "enter", r);
    PQclear(r);
    return s;
}

enum db_status db_failure(const struct db *db)
{
    if (!db->conn)
        return DB_GONE;
    return db->failed[0] ? db_status_of(db->failed) : DB_OK;
}

/* A server that refuses to begin (a standby that was the primary, say) is no use: the next try asks for
 * another. */
static enum db_status begin(struct db *db)
{
    PGresult *r = db_run(db, "begin", 0, NULL);
    enum db_status s = db_outcome(db, "begin", r);
    PQclear(r);
    if (done(s))
        return s;
    db_drop(db, "the server does not begin a transaction");
    return DB_GONE;
}

/* Its outcome does not matter: a connection on which it failed is not idle, and settle drops it. */
static void rollback(struct db *db)
{
    if (db_alive(db))
        PQclear(db_run(db, "rollback", 0, NULL));
}

/* What COMMIT came to. Before it is sent the connection is looked at: found dead, nothing was committed.
 * Afterwards only an answer tells, and a server that says it is going down may have committed first. */
static enum db_status commit(struct db *db, enum db_status s)
{
    if (!db_alive(db))
        return DB_GONE;
    PGresult *r = db_run(db, "commit", 0, NULL);
    enum db_status end = db_outcome(db, "commit", r);
    if (end == DB_GONE)
        end = DB_UNKNOWN;
    if (done(end) && strcmp(PQcmdStatus(r), "COMMIT") !=
                         0) /* COMMIT of a failed transaction succeeds, by the tag ROLLBACK */
        end = db->failed[0] ? db_status_of(db->failed) : DB_ERROR;
    PQclear(r);
    if (end == DB_UNKNOWN)
        log_event(LOG_ERROR, "db.unknown", "reason", "the connection was lost at COMMIT", NULL);
    return done(end) ? s : end;
}

/* The connection has to be free of any transaction afterwards; one that is not is not used again. */
static void settle(struct db *db)
{
    db->in_transaction = false;
    if (db->conn && PQtransactionStatus(db->conn) != PQTRANS_IDLE)
        db_drop(db, "not idle after a transaction");
}

/* --- The one that reads share */

void db_rest(struct db *db)
{
    if (!db->shared_until_us)
        return;
    db->shared_until_us = 0;
    PQclear(db_run(db, "rest", 0, NULL)); /* a failed one ends, too */
    settle(db);
}

bool db_share(struct db *db)
{
    if (!db->shares || db->in_transaction)
        return true;
    int64_t now = clock_us();
    if (db->shared_until_us && now >= db->shared_until_us)
        db_rest(db);
    /* The first read of a burst goes by itself, in one round trip; only what follows is worth a BEGIN. */
    if (db->conn && !db->shared_until_us && now - db->read_us < SHARE_GAP_US) {
        PGresult *r = db_run(db, "share", 0, NULL);
        if (done(db_outcome(db, "share", r)))
            db->shared_until_us = now + SHARE_LAST_US;
        PQclear(r);
    }
    return db->conn;
}

/* A statement that failed has failed the transaction it was in: it ends here, so that the next read does not
 * meet it. */
void db_shared(struct db *db, enum db_status s)
{
    db->read_us = clock_us();
    if (!done(s))
        db_rest(db);
}

/* --- One of ours */

enum db_status db_transaction_once(struct db *db, const struct db_identity *who,
                                   enum db_status (*work)(struct db *, void *), void *context)
{
    if (db->in_transaction || db->in_rows) {
        log_event(LOG_ERROR, "db.misuse", "reason", "a transaction inside another one", NULL);
        return DB_ERROR;
    }
    memset(db->failed, 0, sizeof db->failed);
    if (!db_ready(db))
        return DB_GONE;
    db_rest(db);
    db->in_transaction = true;
    enum db_status s = begin(db);
    if (done(s) && who && (who->session || who->booking))
        s = db_enter(db, who);
    if (done(s))
        s = work(db, context);
    if (done(s)) {
        s = commit(db, s);
    } else {
        rollback(db);
        if (!db->conn)
            s = DB_GONE; /* whatever `work` made of it */
    }
    settle(db);
    return s;
}

struct tries {
    int serialization, deadlock, lost;
};

/* Whether the same again may end better: only when it is certain that nothing was committed. */
static bool again(struct db *db, enum db_status s, struct tries *left)
{
    if (done(s) || s == DB_UNKNOWN)
        return false;
    if (s == DB_GONE)
        return left->lost-- > 0;
    bool serialization = strcmp(db->failed, "40001") == 0;
    bool deadlock = strcmp(db->failed, "40P01") == 0;
    if ((!serialization || left->serialization-- <= 0) && (!deadlock || left->deadlock-- <= 0))
        return false;
    return db_sleep(db, 5 + (int)randombytes_uniform(76));
}

enum db_status db_transaction(struct db *db, const struct db_identity *who,
                              enum db_status (*work)(struct db *, void *), void *context)
{
    struct tries left = {.serialization = 5, .deadlock = 3, .lost = 1};
    enum db_status s;
    do
        s = db_transaction_once(db, who, work, context);
    while (again(db, s, &left));
    return s;
}

struct single {
    struct arena *a;
    enum query q;
    const char **out;
    int count;
    const char *const *values;
};

/* For db_transaction, which may run it several times: db_query sets *out anew each time. */
static enum db_status run_single(struct db *db, void *context)
{
    const struct single *s = context;
    return db_query(db, s->a, s->q, s->out, s->count, s->values);
}

enum db_status db_query_as(struct db *db, const struct db_identity *who, struct arena *a, enum query q,
                           const char **out, int count, const char *const *values)
{
    enum db_status s = db_transaction(db, who, run_single, &(struct single){a, q, out, count, values});
    if (!done(s) && out)
        *out = NULL;
    return s;
}
