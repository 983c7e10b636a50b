/*
 * Answers that are being made and will be kept: one request makes it, those that want the same meanwhile wait
 * for it. When what was kept goes, at each change of the directory, everybody asks at once, and without this
 * each of them would ask the database.
 *
 * Loop thread only. Nobody waits for an answer whose making began before the last change that was heard of,
 * and nobody twice: what could not be kept is then made for each.
 */
#include "http/cache.h"
#include "http/server.h"

#include <stdlib.h>
#include <string.h>

#define WAITING_MAX 1024 /* suspended connections are walked through at each resume */

struct making {
    struct making *next;
    uint64_t seen;                 /* http_cache_seen when it began */
    struct exchange *first, *last; /* who waits, by x->next */
    size_t n;
    char key[];
};

static struct making *find(const struct exchange *x)
{
    uint64_t seen = http_cache_seen(x->server->hooks.cache);
    for (struct making *m = x->server->makings; m; m = m->next)
        if (m->seen == seen && str_eq((struct str){m->key, m->n}, x->key))
            return m;
    return NULL;
}

bool making_join(struct exchange *x)
{
    struct making *m = x->key.p && x->server->waiting < WAITING_MAX ? find(x) : NULL;
    if (!m)
        return false;
    x->next = NULL;
    if (m->last)
        m->last->next = x;
    else
        m->first = x;
    m->last = x;
    x->server->waiting++;
    return true;
}

void making_begin(struct exchange *x)
{
    struct http_server *s = x->server;
    struct making *m = x->key.p ? malloc(sizeof *m + x->key.n) : NULL;
    if (!m) /* nobody can wait for it, no more */
        return;
    *m = (struct making){.next = s->makings, .seen = http_cache_seen(s->hooks.cache), .n = x->key.n};
    memcpy(m->key, x->key.p, x->key.n);
    s->makings = m;
    x->making = m;
}

struct exchange *making_end(struct exchange *x)
{
    struct http_server *s = x->server;
    struct making *m = x->making, **at = &s->makings;
    if (!m)
        return NULL;
    while (*at != m)
        at = &(*at)->next;
    *at = m->next;
    x->making = NULL;
    struct exchange *first = m->first;
    for (struct exchange *w = first; w; w = w->next)
        s->waiting--;
    free(m);
    return first;
}

void makings_free(struct http_server *s)
{
    struct making *next;
    for (struct making *m = s->makings; m; m = next) {
        next = m->next;
        free(m);
    }
    s->makings = NULL;
}
