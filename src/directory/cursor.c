/* Where a page of results goes on. Opaque to callers, but checked: it comes back from strangers. */
#include "directory/directory.h"

#include <string.h>

enum { PARTS = 4 };

/* The last part is all that is left, so a `~` too many ends up in a number and is refused there. */
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

/* The order's letter (best, nearest, soonest, price, rating), the key in that order, the location's number,
 * and how many stand before. */
bool cursor_read(struct cursor *c, struct arena *a, struct str text)
{
    struct str part[PARTS];
    int64_t number;
    if (text.n == 0 || text.n > 60 || !split(text, part))
        return false;
    if (part[0].n != 1 || !memchr("bnspr", part[0].p[0], 5))
        return false;
    if (!text_int(part[1], 0, INT64_MAX, &number) || !text_int(part[2], 1, INT32_MAX, &number) ||
        !text_int(part[3], 1, 1000000, &number))
        return false;
    *c = (struct cursor){
        part[0].p[0],
        arena_strndup(a, part[1].p, part[1].n),
        arena_strndup(a, part[2].p, part[2].n),
        arena_strndup(a, part[3].p, part[3].n),
    };
    return c->key && c->id && c->seen;
}
