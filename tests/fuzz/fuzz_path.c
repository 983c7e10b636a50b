/* A path that is accepted is absolute, has no empty or dot segment, no control byte, and parses to itself. */
#define _GNU_SOURCE
#include "http/parse.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static void check_segments(struct str path)
{
    check(path.n == 1 || path.p[path.n - 1] != '/');
    check(!memmem(path.p, path.n, "//", 2) && !memmem(path.p, path.n, "/../", 4) &&
          !memmem(path.p, path.n, "/./", 3));
    check(path.n < 3 || memcmp(path.p + path.n - 3, "/..", 3) != 0);
    check(path.n < 2 || memcmp(path.p + path.n - 2, "/.", 2) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *a;
    struct str path, again;
    struct buf encoded = {.max = 1 << 16};
    if (!a)
        a = arena_new(1 << 16);
    arena_reset(a);
    if (!parse_path((struct str){(const char *)data, size}, a, &path))
        return 0;
    check(path.n > 0 && path.n <= size && path.p[0] == '/' && text_is_utf8(path));
    check_segments(path);
    for (size_t i = 0; i < path.n; i++) {
        check((unsigned char)path.p[i] >= ' ' && path.p[i] != 0x7F && path.p[i] != '\\');
        if (path.p[i] == '/')
            buf_putc(&encoded, '/');
        else
            buf_url(&encoded, path.p + i, 1);
    }
    if (encoded.n <= 1024)
        check(parse_path((struct str){encoded.p, encoded.n}, a, &again) && str_eq(path, again));
    buf_free(&encoded);
    return 0;
}
