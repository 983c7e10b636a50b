/* Where a page of results goes on. Opaque to callers, but checked: it comes back from strangers. */
#include "directory/directory.h"

#include <string.h>

enum { PARTS = 5 };

static bool split(struct str text, struct str part[PARTS])
{
    for (size_t i = 0; i < PARTS; i++) {
        const char *end = i < PARTS - 1 ? memchr(text.p, '~', text.n) : text.p + text.n;
        if (!end)
            return false;
        part[i] = (struct str){text.p, (size_t)(end - text.p)};
        size_t used = part[i].n + (i < PARTS - 1);
        text = (struct str){text.p + used, text.n - used};
    }
    return true;
}

bool cursor_read(struct cursor *c, struct arena *a, struct str text)
{
    struct str part[PARTS];
    double key;
    int64_t number;
    if (text.n == 0 || text.n > 100 || !split(text, part))
        return false;
    if (!str_is(part[0], "n") && !str_is(part[0], "s"))
        return false;
    if (!text_double(part[1], 0, 1e16, &key) || !text_double(part[2], 0, 1e16, &key) ||
        !text_int(part[3], 1, INT32_MAX, &number) || !text_int(part[4], 1, 1000000, &number))
        return false;
    *c = (struct cursor){
        part[0].p[0],
        arena_strndup(a, part[1].p, part[1].n),
        arena_strndup(a, part[2].p, part[2].n),
        arena_strndup(a, part[3].p, part[3].n),
        arena_strndup(a, part[4].p, part[4].n),
    };
    return c->key1 && c->key2 && c->id && c->seen;
}
