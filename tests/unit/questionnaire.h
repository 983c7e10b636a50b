/* The small questionnaire read, and answers written as text. */
#ifndef UNKNOT_TESTS_QUESTIONNAIRE_H
#define UNKNOT_TESTS_QUESTIONNAIRE_H

#include "unit.h"

#include "core/day.h"
#include "intake/judge.h"
#include "questionnaire_text.h"

static struct arena *arena;

static inline const struct questionnaire *read_text(const char *document, bool checked,
                                                    struct questionnaire_fault *fault)
{
    if (!arena)
        arena = arena_new(1 << 24);
    return questionnaire_read(arena, str_of(document), checked, fault);
}

static inline const struct questionnaire *sample(void)
{
    static const struct questionnaire *q;
    struct questionnaire_fault f;
    if (!q && !(q = read_text(DOCUMENT, false, &f)))
        fail_msg("%s, %s, %d:%d: %s", f.where, f.what, f.at.line, f.at.column, f.at.reason);
    return q;
}

static inline bool put_options(const struct question *question, struct str value, struct answer *a)
{
    a->chosen = 0;
    while (value.n) {
        const char *end = memchr(value.p, '+', value.n);
        size_t n = end ? (size_t)(end - value.p) : value.n;
        uint8_t option = option_by_slug(question, (struct str){value.p, n});
        if (option == OPTIONS_MAX)
            return false;
        a->chosen |= UINT64_C(1) << option;
        n += end != NULL;
        value = (struct str){value.p + n, value.n - n};
    }
    return a->chosen != 0;
}

/* "none", "bruise+rash", "7", "2026-11-20", words; "-": no answer. */
static inline bool put_answer(const struct question *question, struct str value, struct answer *a)
{
    int64_t number;
    *a = (struct answer){.given = !str_is(value, "-")};
    if (!a->given)
        return true;
    switch (question->kind) {
    case KIND_NUMBER:
        if (!text_int(value, -1000000, 1000000, &number))
            return false;
        a->number = (int32_t)number;
        return true;
    case KIND_DATE:
        return day_read_past(value, &a->number);
    case KIND_TEXT:
        a->text = arena_strndup(arena, value.p, value.n);
        return true;
    default:
        return put_options(question, value, a);
    }
}

/* "RF03=one_leg_weak H06=bruise+rash": into what is there already. */
static inline void put_answers(const struct questionnaire *q, const char *text, struct answers *into)
{
    for (const char *at = text + strspn(text, " "); *at; at += strspn(at, " ")) {
        size_t key = strcspn(at, "="), whole = strcspn(at, " ");
        uint16_t question = question_by_id(q, (struct str){at, key});
        if (key >= whole || question == NO_QUESTION ||
            !put_answer(&q->questions[question], (struct str){at + key + 1, whole - key - 1},
                        &into->is[question]))
            fail_msg("no answer: %.*s", (int)whole, at);
        at += whole;
    }
}

static inline struct answers answers_of(const struct questionnaire *q, const char *text)
{
    struct answers a = {0};
    put_answers(q, text, &a);
    return a;
}

#endif
