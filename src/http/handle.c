/* From a complete request to a built response. */
#include "core/clock.h"
#include "http/cache.h"
#include "http/server.h"

#define WAIT_MAX_US INT64_C(5000000)

/* In a lane for so long that serving it would only keep the others waiting too, or past any use. */
static bool came_too_late(const struct exchange *x)
{
    int64_t now = clock_us();
    return now > x->r.deadline_us || (x->queued_us > 0 && now - x->queued_us > WAIT_MAX_US);
}

/* Inline and fetching routes are for everyone; the rest asks the server's user, who has replied when the
 * answer is no. */
static bool is_admitted(struct request *r, const struct http_hooks *hooks)
{
    return r->route->cost == COST_INLINE || r->route->cost == COST_FETCH || !hooks->admit || hooks->admit(r);
}

/* What the answer says is no older than this moment. */
static void note_beginning(struct exchange *x)
{
    if (!x->key.p)
        return;
    x->seen = http_cache_seen(x->server->hooks.cache);
    x->made_us = clock_us();
}

/* What is answered inline or waits for others has nothing of the server's user's to run it with. */
static void run(struct request *r, const struct http_hooks *hooks)
{
    if (hooks->run && r->route->cost != COST_INLINE && r->route->cost != COST_FETCH)
        hooks->run(r);
    else
        r->route->handle(r);
}

void exchange_handle(struct exchange *x, z_stream *packer)
{
    struct request *r = &x->r;
    note_beginning(x);
    if (came_too_late(x))
        reply_error(r, 503, NULL);
    else if (body_parse(x) && is_admitted(r, &x->server->hooks))
        run(r, &x->server->hooks);
    answer_build(x, packer);
}

void exchange_refuse(struct exchange *x, int status)
{
    if (status == 405)
        reply_header(&x->r, "Allow", x->allow);
    reply_error(&x->r, status, NULL);
    answer_build(x, NULL);
}
