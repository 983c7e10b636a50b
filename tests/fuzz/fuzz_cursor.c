/* A cursor comes back from strangers: what is taken must be whole numbers that PostgreSQL takes. */
#include "core/arena.h"
#include "directory/directory.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(1 << 16);
    struct cursor c;
    int64_t n;
    if (a && cursor_read(&c, a, (struct str){(const char *)data, size}))
        if (!text_int(str_of(c.key), 0, INT64_MAX, &n) || !text_int(str_of(c.id), 1, INT32_MAX, &n) ||
            !text_int(str_of(c.seen), 1, 1000000, &n) || !strchr("bnspr", c.sort))
            abort();
    arena_free(a);
    return 0;
}
