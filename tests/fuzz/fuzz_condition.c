/*
 * A condition as somebody may write it, then a NUL and the bytes of answers. What compiles is weighed alike
 * each time; what is decided with some questions open is what comes out when they are answered; an example is
 * one.
 */
#include "../unit/questionnaire_text.h"
#include "intake/condition_inner.h"

#include <stdlib.h>
#include <string.h>

static struct arena *arena;

static const struct questionnaire *sample(void)
{
    static const struct questionnaire *q;
    static struct arena *own;
    struct questionnaire_fault f;
    if (!q && (own = arena_new(1 << 22)) && !(q = questionnaire_read(own, STR(DOCUMENT), true, &f)))
        abort();
    return q;
}

/* Any bits at all, fitting or not. */
static void fill(const uint8_t *data, size_t size, struct answers *given, uint64_t *open)
{
    for (size_t i = 0; i < sample()->question_count && size >= 3; i++, data += 3, size -= 3) {
        given->is[i] = (struct answer){.given = data[0] & 1, .chosen = data[1], .number = data[1] * data[2]};
        if (data[0] & 2)
            given->is[i].number = TODAY - data[1] * data[2];
        if (data[0] & 4)
            open[i / 64] |= UINT64_C(1) << (i % 64);
    }
}

static void weighed(const struct condition *c, const uint8_t *data, size_t size)
{
    struct answers given = {0};
    uint64_t open[QUESTION_WORDS] = {0};
    fill(data, size, &given, open);
    bool holds = condition_holds(c, sample(), &given, TODAY);
    enum truth early = condition_weigh(c, &given, TODAY, open);
    if (holds != condition_holds(c, sample(), &given, TODAY))
        abort();
    if (early != UNDECIDED && (early == HOLDS) != holds)
        abort();
}

static void exemplified(const struct condition *c)
{
    uint64_t names[QUESTION_WORDS] = {0};
    condition_names(c, sample(), names);
    if (__builtin_popcountll(names[0]) > 3)
        return; /* takes too long here */
    for (int wanted = 0; wanted < 2; wanted++) {
        struct answers given = {0};
        bool tired;
        if (condition_example(c, sample(), TODAY, wanted, &given, &tired) &&
            condition_holds(c, sample(), &given, TODAY) != wanted)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct condition c;
    struct condition_fault f = {0};
    size_t text = strnlen((const char *)data, size), rest = text < size ? text + 1 : size;
    if (!sample() || (!arena && !(arena = arena_new(1 << 20))))
        return 0;
    if (condition_compile(&c, sample(), arena, (struct str){(const char *)data, text}, &f)) {
        weighed(&c, data + rest, size - rest);
        exemplified(&c);
    } else if (f.line < 1 || f.column < 1 || !f.reason[0]) {
        abort();
    }
    arena_reset(arena);
    return 0;
}
