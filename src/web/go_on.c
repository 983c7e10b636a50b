/* A request inside another one: what was kept while its sender proved who they are. */
#include "web/inner.h"

#include <string.h>

/* The fields of the proof itself are not its. */
static void drop_proof(struct request *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->form.n; i++)
        if (!str_starts(r->form.at[i].name, "prove_"))
            r->form.at[n++] = r->form.at[i];
    r->form.n = n;
}

static bool find_route(struct request *r, const char *to)
{
    const char *query = strchr(to, '?');
    struct str raw = {to, query ? (size_t)(query - to) : strlen(to)}, path;
    struct pairs params, asked = {0};
    if (!parse_path(raw, r->arena, &path) ||
        (query && !parse_urlencoded(str_of(query + 1), 64, r->arena, &asked)))
        return false;
    const struct route *route = route_of(r, HTTP_POST, path, &params);
    /* uploads were not kept over the proof */
    if (!route || route->form != BODY_FORM)
        return false;
    r->route = route;
    r->params = params;
    r->query = asked;
    r->path = path;
    r->target = str_of(to);
    return true;
}

bool web_go_on(struct request *r, const char *to)
{
    if (!find_route(r, to))
        return false;
    drop_proof(r);
    if (web_allow(r))
        web_run(r);
    return true;
}
