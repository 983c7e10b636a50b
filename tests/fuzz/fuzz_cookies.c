/* Values of request headers. Cookies that are accepted have token names, each once, and clean values; the
 * parsers of preferences and entity tags only have to come back. */
#include "http/parse.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static void check_cookies(const struct pairs *cookies)
{
    for (size_t i = 0; i < cookies->n; i++) {
        struct pair c = cookies->at[i];
        check(text_is_token(c.name));
        for (size_t k = 0; k < c.value.n; k++)
            check(c.value.p[k] > ' ' && c.value.p[k] <= '~' && c.value.p[k] != ';' && c.value.p[k] != '"');
        for (size_t k = 0; k < i; k++)
            check(!str_eq(cookies->at[k].name, c.name));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *a;
    struct pairs cookies;
    struct str raw = {(const char *)data, size};
    if (!a)
        a = arena_new(1 << 20);
    arena_reset(a);
    if (parse_cookies(raw, a, &cookies))
        check_cookies(&cookies);
    parse_accept_json(raw);
    parse_accept_gzip(raw);
    parse_none_match(raw, "abc", "-gz");
    return 0;
}
