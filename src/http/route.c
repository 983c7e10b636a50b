/*
 * Finding the row for a path. The rows that begin with its first segment are walked, and those that begin
 * with a name; where several rows fit, the one with a literal segment further left wins ("/therapists/new"
 * before "/therapists/{slug}").
 */
#include "http/http.h"

#include <stdlib.h>
#include <string.h>

#define SEGMENTS_MAX 16
#define HEADS        256 /* several times as many as there are first segments */
#define NAMED        HEADS

struct route_table {
    const struct route *rows;  /* the server's user's */
    uint16_t first[HEADS + 1]; /* by the hash of the first segment, and those whose first is a {name} */
    uint16_t next[];           /* in the order of the rows; a row's number and 1, 0 ends */
};

/* The next segment of *rest, which begins with '/'. */
static struct str take_segment(struct str *rest)
{
    const char *from = rest->p + 1;
    const char *end = rest->n > 1 ? memchr(from, '/', rest->n - 1) : NULL;
    size_t n = end ? (size_t)(end - from) : rest->n - 1;
    *rest = (struct str){from + n, rest->n - 1 - n};
    return (struct str){from, n};
}

static bool is_name(struct str pattern)
{
    return pattern.n > 2 && pattern.p[0] == '{';
}

/* 0 when the path does not fit; else a number that is greater the earlier and the more literals match. */
static unsigned match(const char *pattern, struct str path, struct pair *params, size_t *count)
{
    struct str want = str_of(pattern);
    unsigned rank = 1;
    size_t depth = 0;
    *count = 0;
    while (want.n > 0 && path.n > 0) {
        struct str w = take_segment(&want), have = take_segment(&path);
        bool named = is_name(w);
        if (++depth > SEGMENTS_MAX || (named ? have.n == 0 : !str_eq(w, have)))
            return 0;
        if (named)
            params[(*count)++] = (struct pair){{w.p + 1, w.n - 2}, have};
        rank = rank * 2 + !named; /* a bit a segment, the first the highest: SEGMENTS_MAX of them fit */
    }
    return want.n == 0 && path.n == 0 ? rank : 0;
}

static struct str head_of(struct str path)
{
    return take_segment(&path);
}

/* FNV-1a */
static size_t chain_of(struct str head)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < head.n; i++)
        hash = (hash ^ (unsigned char)head.p[i]) * 16777619u;
    return hash % HEADS;
}

struct route_table *route_table_new(const struct route *rows, size_t count)
{
    struct route_table *t = count < UINT16_MAX ? calloc(1, sizeof *t + count * sizeof *t->next) : NULL;
    if (!t)
        return NULL;
    t->rows = rows;
    for (size_t i = count; i-- > 0;) {
        struct str head = head_of(str_of(rows[i].path));
        uint16_t *first = &t->first[is_name(head) ? NAMED : chain_of(head)];
        t->next[i] = *first;
        *first = (uint16_t)(i + 1);
    }
    return t;
}

void route_table_free(struct route_table *t)
{
    free(t);
}

/* Most rows differ from the path within a few letters: no need to take them apart. */
static bool begins_alike(const char *pattern, struct str path)
{
    size_t i = 0;
    while (i < path.n && pattern[i] != '{' && pattern[i] == path.p[i])
        i++;
    return pattern[i] == (i < path.n ? '{' : '\0');
}

/* The Allow header (RFC 9110, 10.2.1) for a set of 1 << enum http_method; NULL for none, which is a 404. */
static const char *allowed(unsigned methods)
{
    static const char *const names[] = {NULL, "GET, HEAD", "POST", "GET, HEAD, POST"};
    return names[methods & 3];
}

/* The values still point into the path. */
static bool keep_params(struct pairs *params, const struct pair *found, size_t count, struct arena *a)
{
    *params = (struct pairs){NULL, 0};
    if (count == 0)
        return true;
    params->at = arena_alloc(a, count * sizeof *found);
    if (!params->at)
        return false;
    memcpy(params->at, found, count * sizeof *found);
    params->n = count;
    return true;
}

/* The best row so far, and what its names stand for. */
struct best {
    const struct route *row;
    unsigned rank, methods; /* methods: of all that fit */
    struct pair params[SEGMENTS_MAX];
    size_t count;
};

/* Improves *best by the rows of one chain. Rows of other methods count only for Allow. */
static void look_through(const struct route_table *t, size_t chain, enum http_method method, struct str path,
                         struct best *best)
{
    struct pair params[SEGMENTS_MAX];
    size_t count;
    for (uint16_t i = t->first[chain]; i > 0; i = t->next[i - 1]) {
        const struct route *row = &t->rows[i - 1];
        unsigned rank = begins_alike(row->path, path) ? match(row->path, path, params, &count) : 0;
        if (rank == 0)
            continue;
        best->methods |= 1u << row->method;
        if (row->method != method || rank <= best->rank)
            continue;
        best->row = row;
        best->rank = rank;
        best->count = count;
        memcpy(best->params, params, sizeof params[0] * count);
    }
}

const struct route *route_find(const struct route_table *t, enum http_method method, struct str path,
                               struct pairs *params, struct arena *a, const char **allow)
{
    struct best best = {.row = NULL};
    *allow = NULL;
    if (path.n > 0) {
        look_through(t, chain_of(head_of(path)), method, path, &best);
        look_through(t, NAMED, method, path, &best);
    }
    if (!best.row)
        *allow = allowed(best.methods);
    if (best.row && !keep_params(params, best.params, best.count, a))
        return NULL; /* the arena has failed, which the caller sees before it believes in a 404 */
    return best.row;
}
