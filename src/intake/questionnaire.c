#include "intake/questionnaire.h"

#include <string.h>

static int compare_ids(struct str a, struct str b)
{
    int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

uint16_t question_by_id(const struct questionnaire *q, struct str id)
{
    size_t low = 0, high = id.n ? q->question_count : 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare_ids(id, str_of(q->questions[q->by_id[middle]].id));
        if (order == 0)
            return q->by_id[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NO_QUESTION;
}

uint8_t option_by_slug(const struct question *question, struct str slug)
{
    for (uint8_t i = 0; i < question->option_count; i++)
        if (str_is(slug, question->options[i].slug))
            return i;
    return OPTIONS_MAX;
}

uint16_t rule_by_id(const struct questionnaire *q, struct str id)
{
    for (uint16_t i = 0; i < q->rule_count; i++)
        if (str_is(id, q->rules[i].id))
            return i;
    return RULES_MAX;
}

static uint64_t all_options(const struct question *question)
{
    return question->option_count >= 64 ? UINT64_MAX : (UINT64_C(1) << question->option_count) - 1;
}

static uint64_t lone_options(const struct question *question)
{
    uint64_t bits = 0;
    for (uint8_t i = 0; i < question->option_count; i++)
        if (question->options[i].alone || question->kind == KIND_CHOICE)
            bits |= UINT64_C(1) << i;
    return bits;
}

/* Whether it is something the form could have sent. */
static bool fits(const struct question *question, const struct answer *a)
{
    bool one = a->chosen && !(a->chosen & (a->chosen - 1));
    switch (question->kind) {
    case KIND_NUMBER:
        return a->number >= question->low && a->number <= question->high;
    case KIND_DATE:
        return true;
    case KIND_TEXT:
        return a->text && a->text[0];
    default:
        return a->chosen && !(a->chosen & ~all_options(question)) &&
               (one || !(a->chosen & lone_options(question)));
    }
}

static bool shows(const struct questionnaire *q, const struct answers *shown, size_t question, int32_t today)
{
    return condition_holds(&q->questions[question].shown, q, shown, today);
}

/* A question is shown by earlier ones, so one pass will do. */
static void take_shown(const struct questionnaire *q, const struct answers *given, size_t count,
                       int32_t today, struct answers *shown)
{
    memset(shown, 0, sizeof *shown);
    for (size_t i = 0; i < count; i++)
        if (given->is[i].given && fits(&q->questions[i], &given->is[i]) && shows(q, shown, i, today))
            shown->is[i] = given->is[i];
}

void answers_shown(const struct questionnaire *q, const struct answers *given, int32_t today,
                   struct answers *shown)
{
    struct answers copy = *given; /* the two may be the same */
    take_shown(q, &copy, q->question_count, today, shown);
}

bool question_shown(const struct questionnaire *q, const struct answers *given, uint16_t question,
                    int32_t today)
{
    struct answers shown;
    take_shown(q, given, question, today, &shown);
    return shows(q, &shown, question, today);
}

const char *outcome_name(enum outcome o)
{
    static const char *const names[] = {"PROCEED", "MODIFY", "CLEARANCE", "STOP"};
    return names[o];
}

const char *urgency_name(enum urgency u)
{
    static const char *const names[] = {NULL, "soon", "same_day", "emergency"};
    return names[u];
}

const char *section_name(enum section s)
{
    static const char *const names[SECTIONS] = {"S1", "S2", "S3", "S4", "S5", "S6", "S7"};
    return names[s];
}

const char *not_before_name(enum not_before n)
{
    static const char *const names[] = {NULL, "next_day", "48h", "clear"};
    return names[n];
}
