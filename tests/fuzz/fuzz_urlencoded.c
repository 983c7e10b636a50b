/* A form that is accepted is well-formed UTF-8 throughout, has no empty name, and encodes to one that reads
 * the same. The first byte chooses between the urlencoded form and JSON. */
#include "http/parse.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static void check_pairs(const struct pairs *pairs)
{
    for (size_t i = 0; i < pairs->n; i++)
        check(text_is_utf8(pairs->at[i].name) && text_is_utf8(pairs->at[i].value));
}

static void check_round_trip(const struct pairs *pairs, struct arena *a)
{
    struct pairs again;
    struct buf out = {.max = 1 << 20};
    for (size_t i = 0; i < pairs->n; i++) {
        check(pairs->at[i].name.n > 0);
        if (i > 0)
            buf_putc(&out, '&');
        buf_url(&out, pairs->at[i].name.p, pairs->at[i].name.n);
        buf_putc(&out, '=');
        buf_url(&out, pairs->at[i].value.p, pairs->at[i].value.n);
    }
    check(parse_urlencoded((struct str){out.p, out.n}, 64, a, &again) && again.n == pairs->n);
    for (size_t i = 0; i < pairs->n; i++)
        check(str_eq(again.at[i].name, pairs->at[i].name) && str_eq(again.at[i].value, pairs->at[i].value));
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *a;
    struct pairs pairs;
    json_t *json;
    if (!a)
        a = arena_new(1 << 20);
    arena_reset(a);
    if (size == 0)
        return 0;
    struct str raw = {(const char *)data + 1, size - 1};
    if (data[0] == '{') {
        if (parse_json(raw, a, &json, &pairs))
            check_pairs(&pairs);
    } else if (parse_urlencoded(raw, 64, a, &pairs)) {
        check(pairs.n <= 64);
        check_pairs(&pairs);
        check_round_trip(&pairs, a);
    }
    return 0;
}
