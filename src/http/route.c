/*
 * Finding the row for a path. The table is short, so it is simply walked; where several rows fit, the one
 * with a literal segment further left wins ("/therapists/new" before "/therapists/{slug}").
 */
#include "http/http.h"

#include <string.h>

#define SEGMENTS_MAX 16

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
        rank = rank * 2 + !named;
    }
    return want.n == 0 && path.n == 0 ? rank : 0;
}

/* Most rows differ from the path within a few letters: no need to take them apart. */
static bool begins_alike(const char *pattern, struct str path)
{
    size_t i = 0;
    while (i < path.n && pattern[i] != '{' && pattern[i] == path.p[i])
        i++;
    return i == path.n || pattern[i] == '{';
}

static const char *allowed(unsigned methods)
{
    static const char *const names[] = {NULL, "GET, HEAD", "POST", "GET, HEAD, POST"};
    return names[methods & 3];
}

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

const struct route *route_find(const struct route *routes, size_t count, enum http_method method,
                               struct str path, struct pairs *params, struct arena *a, const char **allow)
{
    const struct route *best = NULL;
    struct pair found[SEGMENTS_MAX], best_found[SEGMENTS_MAX];
    size_t found_count, best_count = 0;
    unsigned best_rank = 0, methods = 0;
    *allow = NULL;
    for (size_t i = 0; i < count && path.n > 0; i++) {
        unsigned rank =
            begins_alike(routes[i].path, path) ? match(routes[i].path, path, found, &found_count) : 0;
        if (rank == 0)
            continue;
        methods |= 1u << routes[i].method;
        if (routes[i].method != method || rank <= best_rank)
            continue;
        best = &routes[i];
        best_rank = rank;
        best_count = found_count;
        memcpy(best_found, found, sizeof found[0] * found_count);
    }
    if (!best)
        *allow = allowed(methods);
    if (best && !keep_params(params, best_found, best_count, a))
        return NULL; /* the arena has failed, which the caller sees before it believes in a 404 */
    return best;
}
