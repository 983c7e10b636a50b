/* multipart/form-data: the first line is the Content-Type, the rest the body. What is accepted lies inside
 * the body. */
#include "http/parse.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static bool lies_in(struct str part, struct str whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void check_parts(const struct pairs *fields, const struct upload *uploads, size_t count,
                        struct str body)
{
    check(fields->n + count <= 8);
    for (size_t i = 0; i < fields->n; i++) {
        check(fields->at[i].name.n > 0 && lies_in(fields->at[i].name, body) &&
              lies_in(fields->at[i].value, body));
        check(text_is_utf8(fields->at[i].name) && text_is_utf8(fields->at[i].value));
    }
    for (size_t i = 0; i < count; i++)
        check(uploads[i].name.n > 0 && lies_in(uploads[i].data, body) && text_is_utf8(uploads[i].filename));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *a;
    static const char plain[] = "multipart/form-data; boundary=x";
    struct pairs fields;
    struct upload *uploads;
    size_t count;
    const char *text = (const char *)data, *line = size ? memchr(text, '\n', size) : NULL;
    if (!a)
        a = arena_new(1 << 20);
    arena_reset(a);
    struct str type = STR(plain), body = {text, size};
    if (line && size > 9 && memcmp(text, "multipart", 9) == 0) {
        type = (struct str){text, (size_t)(line - text)};
        body = (struct str){line + 1, size - type.n - 1};
    }
    if (parse_multipart(type, body, 8, a, &fields, &uploads, &count))
        check_parts(&fields, uploads, count, body);
    return 0;
}
