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

/* A sort key as PostgreSQL writes a float8: 0.0123, 1795511700, and below a ten-thousandth 3e-05. */
static bool is_key(struct str s)
{
    const char *e = s.n ? memchr(s.p, 'e', s.n) : NULL;
    size_t n = e ? (size_t)(e - s.p) : s.n;
    double mantissa;
    int64_t exponent;
    if (!text_double((struct str){s.p, n}, 0, e ? 10 : 1e16, &mantissa))
        return false;
    return !e || text_int((struct str){e + 1, s.n - n - 1}, -300, -1, &exponent);
}

bool cursor_read(struct cursor *c, struct arena *a, struct str text)
{
    struct str part[PARTS];
    int64_t number;
    if (text.n == 0 || text.n > 100 || !split(text, part))
        return false;
    if (!str_is(part[0], "n") && !str_is(part[0], "s"))
        return false;
    if (!is_key(part[1]) || !is_key(part[2]) || !text_int(part[3], 1, INT32_MAX, &number) ||
        !text_int(part[4], 1, 1000000, &number))
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
