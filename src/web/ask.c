/* One question to the database, as the caller. */
#include "web/inner.h"

/* Where a guest acts, an account adds nothing once it is known (role): a therapist does not answer a client's
 * safety check. That of a front desk takes something away, so the database is told of it. */
struct db_identity web_identity(const struct request *r)
{
    const struct session *s = session_of(r);
    bool guest = s && s->role != ROLE_VISITOR && s->role != ROLE_DESK && r->route &&
                 (r->route->who & WHO_MASK) == WHO_BOOKING;
    return (struct db_identity){.session = s && !guest ? s->token : NULL, .booking = s ? s->booking : NULL};
}

enum db_status web_ask_account(struct request *r, enum query q, const char **out)
{
    struct worker *w = r->worker;
    const struct session *s = session_of(r);
    const struct db_identity who = {.session = s ? s->token : NULL};
    *out = NULL;
    if (!w || w->once || !who.session)
        return DB_NONE;
    return db_query_as(w->db, &who, r->arena, q, out, 0, NULL);
}

enum db_status web_ask_status(struct request *r, enum query q, const char **out, int count,
                              const char *const *values)
{
    struct worker *w = r->worker;
    struct db_identity who = web_identity(r);
    *out = NULL;
    if (!w)
        return DB_ERROR; /* an inline route has no database */
    if (w->once)
        return once_ask(r, q, out, count, values);
    /* outside a transaction the database takes no writes */
    if (!who.session && !who.booking && r->method == HTTP_GET)
        return db_query(w->db, r->arena, q, out, count, values);
    enum db_status status = db_query_as(w->db, &who, r->arena, q, out, count, values);
    if (r->method != HTTP_GET)
        web_wrote(r);
    return status;
}

const char *web_ask(struct request *r, enum query q, int count, const char *const *values)
{
    const char *doc;
    enum db_status s = web_ask_status(r, q, &doc, count, values);
    if (s == DB_OK && doc)
        return doc;
    reply_db(r, s == DB_OK ? DB_NONE : s);
    return NULL;
}

void reply_db(struct request *r, enum db_status s)
{
    switch (s) {
    case DB_NONE:
    case DB_DENIED:
        reply_error(r, 404, NULL);
        return;
    case DB_CONFLICT:
        reply_error(r, 409, NULL);
        return;
    case DB_REFUSED:
        reply_error(r, 422, NULL);
        return;
    case DB_BUSY:
    case DB_GONE:
        reply_error(r, 503, NULL);
        return;
    case DB_UNKNOWN:
        reply_error(r, 202, NULL);
        return;
    case DB_OK:
    case DB_ERROR:
        break;
    }
    reply_error(r, 500, NULL);
}
