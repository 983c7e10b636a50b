/*
 * The document of a questionnaire: any bytes, or a good one with a piece of it exchanged (two bytes where,
 * one how much, then what is put there). Whatever is read can be asked and judged, with answers of any bytes.
 */
#include "../unit/questionnaire_text.h"
#include "intake/judge.h"

#include <stdlib.h>
#include <string.h>

static const char document[] = DOCUMENT;

static struct str spliced(const uint8_t *data, size_t size)
{
    static char text[sizeof document + 4096];
    size_t at = ((size_t)data[0] << 8 | data[1]) % sizeof document, cut = data[2];
    size_t put = size - 3 < 4096 ? size - 3 : 4096;
    if (cut > sizeof document - 1 - at)
        cut = sizeof document - 1 - at;
    memcpy(text, document, at);
    memcpy(text + at, data + 3, put);
    memcpy(text + at + put, document + at + cut, sizeof document - 1 - at - cut);
    return (struct str){text, sizeof document - 1 - cut + put};
}

static void fill(const struct questionnaire *q, const uint8_t *data, size_t size, struct answers *given)
{
    for (size_t i = 0; i < q->question_count && size; i++) {
        uint8_t byte = data[i * 7 % size];
        given->is[i] = (struct answer){.given = byte & 1,
                                       .chosen = byte & 2 ? UINT64_C(1) << (byte >> 5) : byte,
                                       .number = byte & 4 ? TODAY - byte : byte >> 3,
                                       .text = byte & 8 ? "x" : NULL};
    }
}

static bool lowers_nothing_urgent(const struct questionnaire *q, const struct judgement *j)
{
    for (uint16_t i = 0; i < j->count; i++)
        if (j->fired[i].lowered &&
            (q->rules[j->fired[i].rule].self || q->rules[j->fired[i].rule].urgency > SOON))
            return false;
    return true;
}

static void sound(const struct questionnaire *q, const struct judgement *j)
{
    for (uint16_t i = 0; i < j->count; i++)
        if (j->fired[i].rule >= q->rule_count || (i && j->fired[i].rule <= j->fired[i - 1].rule) ||
            j->fired[i].outcome > j->outcome)
            abort();
    if (j->passed && (judgement_misses_any(j) || j->ends || !j->count || j->outcome > MODIFY))
        abort();
    if (!lowers_nothing_urgent(q, j))
        abort();
}

static void judged(const struct questionnaire *q, const uint8_t *data, size_t size)
{
    struct answers given = {0};
    struct judgement j, again;
    struct setting s = {.today = TODAY, .sections = size ? data[size - 1] & 0x7f : 0};
    fill(q, data, size, &given);
    judge(q, &given, &s, &j);
    sound(q, &j);
    again = j;
    judge_conclude(q, &again);
    if (memcmp(&j, &again, sizeof j) != 0)
        abort();
    s.note_on = s.call_on = TODAY; /* paper makes nothing worse */
    judge(q, &given, &s, &again);
    sound(q, &again);
    if (again.outcome > j.outcome || (j.ends && !again.ends))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *arena;
    struct questionnaire_fault f;
    if (size < 3 || (!arena && !(arena = arena_new(1 << 24))))
        return 0;
    struct str text = data[0] == '{' ? (struct str){(const char *)data, size} : spliced(data, size);
    const struct questionnaire *q = questionnaire_read(arena, text, false, &f);
    if (q)
        judged(q, data, size);
    else if (!f.where[0] || !f.what || !f.at.reason[0])
        abort();
    arena_reset(arena);
    return 0;
}
