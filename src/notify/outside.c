/*
 * Who has the address of a calendar can read it: it is kept sealed, opened here for the one request, and
 * of what comes back nothing but spans of time is stored.
 */
#include "notify/outside.h"

#include "booking/busy.h"
#include "core/json.h"
#include "core/log.h"
#include "notify/fetch.h"
#include "web/web.h"

#include <stdlib.h>

/* A calendar to be read, for its busy times within from..to (seconds since 1970-01-01 UTC). */
struct due {
    const char *id, *sealed, *host, *zone;
    int64_t from, to;
};

static bool read_due(struct arena *a, const char *doc, struct due *due)
{
    *due = (struct due){.id = json_member(a, doc, "id"),
                        .sealed = json_member(a, doc, "sealed"),
                        .host = json_member(a, doc, "host"),
                        .zone = json_member(a, doc, "zone")};
    return due->id && due->sealed && due->host && due->zone &&
           text_int(str_of(json_member(a, doc, "from")), 0, INT64_MAX, &due->from) &&
           text_int(str_of(json_member(a, doc, "to")), 0, INT64_MAX, &due->to);
}

static const char *spans_json(const struct busy *busy, struct arena *a)
{
    struct buf b = {.max = 256 * 1024};
    buf_putc(&b, '[');
    for (size_t i = 0; i < busy->count; i++)
        buf_printf(&b, "%s[%lld,%lld]", i ? "," : "", (long long)busy->span[i].from,
                   (long long)busy->span[i].to);
    buf_putc(&b, ']');
    const char *json = b.failed ? NULL : arena_strndup(a, b.p, b.n);
    buf_free(&b);
    return json;
}

/* What went wrong, or NULL and *spans. */
static const char *read_calendar(const struct config *config, const unsigned char key[32],
                                 const struct due *due, struct arena *a, const char **spans)
{
    struct buf body = {.max = FETCH_MAX};
    struct busy *busy = malloc(sizeof *busy);
    const char *url = unseal_with(key, a, OUTSIDE_PURPOSE, due->host, due->sealed);
    const char *problem = !url ? "key" : !busy ? "unavailable" : fetch(url, config->calendar_loopback, &body);
    if (!problem)
        problem =
            busy_read_caged((struct str){body.p ? body.p : "", body.n}, due->zone, due->from, due->to, busy);
    if (!problem && !(*spans = spans_json(busy, a)))
        problem = "too-complex";
    free(busy);
    buf_free(&body);
    return problem;
}

enum db_status outside_step(struct db *db, const struct config *config, const unsigned char key[32],
                            struct arena *a)
{
    struct due due;
    const char *doc = NULL, *spans = NULL;
    enum db_status s = db_query_as(db, NULL, a, Q_worker_outside_take, &doc, 0, NULL);
    if (s != DB_OK)
        return s;
    if (!read_due(a, doc, &due))
        return DB_ERROR;
    const char *problem = read_calendar(config, key, &due, a, &spans);
    if (arena_failed(a)) /* nothing is wrong with the calendar: it is due again soon */
        return DB_ERROR;
    if (problem) /* the address is a secret: not even its host is logged */
        log_event(LOG_INFO, "calendar-not-read", "calendar", due.id, "class", problem, NULL);
    const char *const values[] = {due.id, spans, problem};
    s = db_query_as(db, NULL, a, Q_worker_outside_store, NULL, 3, values);
    return s == DB_NONE ? DB_OK : s;
}
