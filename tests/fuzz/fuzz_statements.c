/* A file with the 24 statements from outside: what is taken has all that is promised, and is taken again as
 * it is written. What was ticked, as it lies sealed, too. */
#include "outcome/statements.h"
#include "outcome/ticked.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void look(const struct statements *s)
{
    if (s->count != STATEMENTS || !s->language.n || !s->source.n || !s->attribution.n)
        abort();
    for (size_t i = 0; i < STATEMENTS; i++) {
        if (!text_is_utf8(s->statement[i]) || s->statement[i].n < 3)
            abort();
        for (size_t k = 0; k < i; k++)
            if (str_eq(s->statement[i], s->statement[k]))
                abort();
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    char fault[200];
    struct ticked t;
    struct statements s;
    struct buf out = {.max = 1 << 20};
    struct arena *a = arena_new(8 << 20);
    struct str file = {(const char *)data, size};
    bool good = a && statements_read(a, file, &s, fault);
    if (!a || good == (fault[0] != '\0'))
        abort(); /* a refusal says why */
    if (good) {
        look(&s);
        if (!statements_write(&s, &out))
            abort();
    }
    if (ticked_read(a, file, &t) && (t.version < 1 || ticked_count(&t) > STATEMENTS || t.which >> STATEMENTS))
        abort();
    arena_free(a);
    buf_free(&out);
    return 0;
}
