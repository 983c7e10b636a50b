/* A mapping up to the first NUL, and behind it the file of a register. */
#include "operator/register_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static size_t some(void *context, char *out, size_t cap)
{
    struct str *rest = context;
    size_t n = rest->n < cap ? rest->n : cap;
    n = n > 7 ? n / 2 + 1 : n; /* in pieces */
    memcpy(out, rest->p, n);
    *rest = (struct str){rest->p + n, rest->n - n};
    return n;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const char *text = (const char *)data, *end = size > 0 ? memchr(text, '\0', size) : NULL;
    size_t n = end ? (size_t)(end - text) : 0;
    struct str rest = {text + n, size - n};
    struct arena *a = arena_new(1 << 20);
    struct register_file *f = calloc(1, sizeof *f);
    if (end)
        rest = (struct str){rest.p + 1, rest.n - 1};
    if (a && f) {
        f->csv.read = some;
        f->csv.context = &rest;
        if (register_file_begin(f, a, (struct str){text, n}))
            while (register_file_next(f))
                ;
        register_file_end(f);
    }
    free(f);
    arena_free(a);
    return 0;
}
