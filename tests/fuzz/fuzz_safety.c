/* Answers as a client or a sealed draft carries them, and the judgement over whatever was read. */
#include "core/arena.h"
#include "intake/record.h"

#include <stdlib.h>
#include <string.h>

static void judge(const struct answers *a, int32_t today)
{
    struct judgement j, again;
    safety_judge(a, today, &j);
    safety_judge(a, today, &again);
    if (memcmp(&j, &again, sizeof j) != 0)
        abort();
    for (uint8_t i = 0; i < j.count; i++)
        if (j.passed && j.fired[i].outcome > MODIFY)
            abort();
    if (j.passed && (j.missing || j.ends || !j.count))
        abort();
    int page = safety_open_page(a, &j);
    if (page < 0 || page > CLEARANCE_PAGE)
        abort();
}

/* Raw bytes as answers: the judgement must not trust their values. */
static void raw(const uint8_t *data, size_t size)
{
    struct answers a = {0};
    memcpy(a.is, data, size < sizeof a.is ? size : sizeof a.is);
    if (size > sizeof a.is) {
        a.cleared_on = 20000 + data[sizeof a.is];
        memset(a.cleared_by, 'x', sizeof a.cleared_by);
    }
    judge(&a, 20100);
}

static void written_back(struct arena *arena, const struct answers *a, const struct judgement *j)
{
    struct answers again;
    struct buf out = {.max = 100000};
    record_write(a, j, 20778, &out);
    if (out.failed || !record_read(arena, (struct str){out.p, out.n}, &again, NULL))
        abort();
    if (memcmp(a->is, again.is, sizeof again.is) != 0 || a->cleared_on != again.cleared_on ||
        strcmp(a->cleared_by, again.cleared_by) != 0)
        abort();
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *arena;
    struct answers a;
    struct judgement j;
    if (!arena && !(arena = arena_new(1 << 22)))
        return 0;
    raw(data, size);
    if (record_read(arena, (struct str){(const char *)data, size}, &a, &j)) {
        judge(&a, 20778);
        written_back(arena, &a, &j);
    } else if (record_read(arena, (struct str){(const char *)data, size}, &a, NULL)) {
        judge(&a, 20778);
        written_back(arena, &a, NULL);
    }
    arena_reset(arena);
    return 0;
}
