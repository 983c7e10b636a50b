/*
 * Finding answers under which a condition comes out as wanted. The questions that matter are taken in their
 * order, each with the few answers that can make a difference; as soon as the condition is decided whatever
 * the rest is answered, the search goes on elsewhere or is over.
 */
#include "intake/condition_inner.h"

#include "core/day.h"

#include <string.h>

enum { VALUES_MAX = 40, FREE_MAX = 12, STEPS_MAX = 200000 };

/* A question that matters, and what it can be answered: nothing, then one of the numbers, or one of the
 * options that stand alone, or any of the others together. */
struct variable {
    uint16_t question, numbers, singles, frees;
    int32_t number[VALUES_MAX];
    uint8_t option[OPTIONS_MAX]; /* singles, then frees */
};

struct search {
    const struct condition *c;
    const struct questionnaire *q;
    int32_t today;
    enum truth wanted;
    uint64_t matters[QUESTION_WORDS], open[QUESTION_WORDS];
    struct answers work;
    uint16_t count;
    struct variable variable[QUESTIONS_MAX];
    long steps; /* answers tried, up to STEPS_MAX */
    bool tired; /* given up: what was not found may still be there */
};

/* --- What matters */

/* The questions named, those that show them, and so on; a question is shown by earlier ones. */
static void collect(struct search *s)
{
    condition_names(s->c, s->q, s->matters);
    for (size_t i = s->q->question_count; i-- > 0;)
        if (has_bit(s->matters, (uint16_t)i))
            condition_names(&s->q->questions[i].shown, s->q, s->matters);
}

/* Calls `see` for every test of the question, in the condition and where it shows another. */
static bool each_test(const struct search *s, uint16_t question,
                      bool (*see)(const struct condition_node *, void *), void *with)
{
    for (size_t i = 0; i <= s->q->question_count; i++) {
        const struct condition *c = i ? &s->q->questions[i - 1].shown : s->c;
        if (i && !has_bit(s->matters, (uint16_t)(i - 1)))
            continue;
        for (size_t n = 0; n < c->count; n++)
            if (c->node[n].op >= OP_HAS && c->node[n].question == question && !see(&c->node[n], with))
                return false;
    }
    return true;
}

static bool same_bit(const struct condition_node *n, void *with)
{
    const uint8_t *pair = with;
    return (n->options >> pair[0] & 1) == (n->options >> pair[1] & 1);
}

/* Whether no test can tell the two options from each other. */
static bool alike(const struct search *s, uint16_t question, uint8_t a, uint8_t b)
{
    const struct option *options = s->q->questions[question].options;
    return options[a].alone == options[b].alone && each_test(s, question, same_bit, (uint8_t[]){a, b});
}

static bool has_twin_before(const struct search *s, uint16_t question, uint8_t option)
{
    for (uint8_t i = 0; i < option; i++)
        if (alike(s, question, i, option))
            return true;
    return false;
}

static bool together(const struct question *question, uint8_t option)
{
    bool several = question->kind == KIND_MULTI || question->kind == KIND_AREAS;
    return several && !question->options[option].alone;
}

static void take_options(struct search *s, struct variable *v)
{
    const struct question *question = &s->q->questions[v->question];
    for (uint8_t i = 0; i < question->option_count; i++)
        if (!together(question, i) && !has_twin_before(s, v->question, i))
            v->option[v->singles++] = i;
    for (uint8_t i = 0; i < question->option_count; i++)
        if (together(question, i) && !has_twin_before(s, v->question, i)) {
            if (v->frees == FREE_MAX)
                s->tired = true;
            else
                v->option[v->singles + v->frees++] = i;
        }
}

struct bounds {
    struct search *s;
    struct variable *v;
};

static void take_number(struct bounds *b, int32_t number)
{
    const struct question *question = &b->s->q->questions[b->v->question];
    if (question->kind == KIND_NUMBER && (number < question->low || number > question->high))
        return;
    for (uint16_t i = 0; i < b->v->numbers; i++)
        if (b->v->number[i] == number)
            return;
    if (b->v->numbers == VALUES_MAX)
        b->s->tired = true;
    else
        b->v->number[b->v->numbers++] = number;
}

/* Both sides of what a test tells apart. */
static bool take_bounds(const struct condition_node *n, void *with)
{
    struct bounds *b = with;
    int32_t today = b->s->today;
    for (int32_t i = -1; i <= 1; i++) {
        if (n->op == OP_NUMBER)
            take_number(b, n->number + i);
        if (n->op == OP_WITHIN)
            take_number(b, within_since(n, today) + i);
        if (n->op == OP_AGE && n->number + i >= 0)
            take_number(b, day_months_before(today, 12 * (n->number + i)));
    }
    return true;
}

static void take_numbers(struct search *s, struct variable *v)
{
    const struct question *question = &s->q->questions[v->question];
    struct bounds b = {.s = s, .v = v};
    if (question->kind == KIND_NUMBER) {
        take_number(&b, question->low);
        take_number(&b, question->high);
    } else {
        take_number(&b, s->today);
        take_number(&b, s->today + 1);
    }
    each_test(s, v->question, take_bounds, &b);
}

static void take_variables(struct search *s)
{
    for (uint16_t i = 0; i < s->q->question_count; i++) {
        if (!has_bit(s->matters, i))
            continue;
        struct variable *v = &s->variable[s->count++];
        *v = (struct variable){.question = i};
        set_bit(s->open, i);
        s->work.is[i] = (struct answer){0};
        if (s->q->questions[i].kind == KIND_NUMBER || s->q->questions[i].kind == KIND_DATE)
            take_numbers(s, v);
        else if (s->q->questions[i].kind != KIND_TEXT)
            take_options(s, v);
    }
}

/* --- Trying */

static uint32_t answers_count(const struct search *s, const struct variable *v)
{
    if (s->q->questions[v->question].kind == KIND_TEXT)
        return 2;
    return (UINT32_C(1) << v->frees) + v->numbers + v->singles; /* "nothing" is the set without any */
}

static struct answer answer_at(const struct search *s, const struct variable *v, uint32_t i)
{
    struct answer a = {.given = i > 0};
    if (i == 0)
        return a;
    if (s->q->questions[v->question].kind == KIND_TEXT)
        a.text = "-";
    else if (i <= v->numbers)
        a.number = v->number[i - 1];
    else if (i <= v->singles)
        a.chosen = UINT64_C(1) << v->option[i - 1];
    else
        for (uint32_t set = i - v->singles, bit = 0; set >> bit; bit++)
            if (set >> bit & 1)
                a.chosen |= UINT64_C(1) << v->option[v->singles + bit];
    return a;
}

static bool is_shown(const struct search *s, uint16_t question)
{
    return condition_weigh(&s->q->questions[question].shown, &s->work, s->today, NULL) == HOLDS;
}

/* `open` holds the questions not yet answered: as soon as the condition is decided whatever they are, this
 * branch is over. That, and has_twin_before(), is what keeps the tries few. */
static bool try_from(struct search *s, uint16_t at)
{
    enum truth now = condition_weigh(s->c, &s->work, s->today, s->open);
    if (now != UNDECIDED || at == s->count || s->tired)
        return now == s->wanted;
    const struct variable *v = &s->variable[at];
    uint32_t count = is_shown(s, v->question) ? answers_count(s, v) : 1;
    s->open[v->question / 64] &= ~(UINT64_C(1) << (v->question % 64));
    for (uint32_t i = 0; i < count; i++) {
        s->tired = s->tired || ++s->steps > STEPS_MAX;
        s->work.is[v->question] = answer_at(s, v, i);
        if (try_from(s, at + 1))
            return true;
    }
    s->work.is[v->question] = (struct answer){0};
    set_bit(s->open, v->question);
    return false;
}

bool condition_example(const struct condition *c, const struct questionnaire *q, int32_t today, bool wanted,
                       struct answers *given, bool *tired)
{
    struct search s = {.c = c, .q = q, .today = today, .wanted = wanted ? HOLDS : HOLDS_NOT, .work = *given};
    collect(&s);
    take_variables(&s);
    bool found = try_from(&s, 0);
    *tired = s.tired && !found;
    if (found)
        answers_shown(q, &s.work, today, given);
    return found;
}
