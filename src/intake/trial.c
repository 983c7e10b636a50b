#include "intake/trial.h"

#include "core/day.h"

#define NOT_ANSWERS "Answers are written as {\"RF01\": \"no\"}."

/* --- Answers */

static struct str text_at(const struct json *d, uint32_t t, struct arena *a)
{
    return t && d->token[t].kind == JSON_STRING ? json_text(d, t, a) : (struct str){0};
}

static const char *choose(const struct question *q, struct str slug, struct arena *a, struct answer *into)
{
    uint8_t option = option_by_slug(q, slug);
    if (option == OPTIONS_MAX)
        return arena_printf(a, "%s has no option \"%.*s\".", q->id, (int)slug.n, slug.p);
    into->chosen |= UINT64_C(1) << option;
    into->given = true;
    return NULL;
}

static const char *take_several(const struct question *q, const struct json *d, uint32_t t, struct arena *a,
                                struct answer *into)
{
    const char *wrong = NULL;
    if (d->token[t].kind != JSON_ARRAY || !d->token[t].count)
        return arena_printf(a, "%s wants a list of options.", q->id);
    for (uint32_t at = t + 1; at < d->token[t].next && !wrong; at = d->token[at].next)
        wrong = choose(q, text_at(d, at, a), a, into);
    return wrong;
}

static const char *take_number(const struct question *q, const struct json *d, uint32_t t, struct arena *a,
                               struct answer *into)
{
    int64_t number;
    if (d->token[t].kind != JSON_NUMBER || !text_int(json_raw(d, t), q->low, q->high, &number))
        return arena_printf(a, "%s wants a whole number from %d to %d.", q->id, q->low, q->high);
    into->number = (int32_t)number;
    into->given = true;
    return NULL;
}

static const char *take_date(const struct question *q, const struct json *d, uint32_t t, struct arena *a,
                             struct answer *into)
{
    into->given = day_read_past(text_at(d, t, a), &into->number);
    return into->given ? NULL : arena_printf(a, "%s wants a date like 2026-11-22.", q->id);
}

static const char *take_text(const struct question *q, const struct json *d, uint32_t t, struct arena *a,
                             struct answer *into)
{
    struct str text = text_at(d, t, a);
    into->text = text.n ? arena_strndup(a, text.p, text.n) : NULL;
    into->given = into->text != NULL;
    return into->given ? NULL : arena_printf(a, "%s wants a text.", q->id);
}

static const char *take(const struct question *q, const struct json *d, uint32_t t, struct arena *a,
                        struct answer *into)
{
    switch (q->kind) {
    case KIND_MULTI:
    case KIND_AREAS:
        return take_several(q, d, t, a, into);
    case KIND_NUMBER:
        return take_number(q, d, t, a, into);
    case KIND_DATE:
        return take_date(q, d, t, a, into);
    case KIND_TEXT:
        return take_text(q, d, t, a, into);
    default:
        return choose(q, text_at(d, t, a), a, into);
    }
}

const char *trial_answers(const struct questionnaire *q, const struct json *document, uint32_t object,
                          struct arena *a, struct answers *given)
{
    const struct json_token *token = document->token;
    *given = (struct answers){0};
    if (token[object].kind != JSON_OBJECT)
        return NOT_ANSWERS;
    for (uint32_t key = object + 1; key < token[object].next; key = token[key + 1].next) {
        struct str id = json_text(document, key, a);
        uint16_t question = question_by_id(q, id);
        if (question == NO_QUESTION)
            return arena_printf(a, "There is no question \"%.*s\".", (int)id.n, id.p);
        const char *wrong = take(&q->questions[question], document, key + 1, a, &given->is[question]);
        if (wrong)
            return wrong;
    }
    return NULL;
}

/* --- What comes out, beside what must */

static int32_t day_at(const struct json *d, uint32_t one, const char *key, struct arena *a)
{
    int32_t day = 0;
    day_read(text_at(d, json_get(d, one, key), a), &day);
    return day;
}

static bool named(const struct json *d, uint32_t rules, const char *id, struct arena *a)
{
    for (uint32_t at = rules + 1; at < d->token[rules].next; at = d->token[at].next)
        if (str_is(text_at(d, at, a), id))
            return true;
    return false;
}

/* Every rule that fired is named, and as many are named as fired. */
static bool rules_match(const struct questionnaire *q, const struct judgement *j, const struct json *d,
                        uint32_t rules, struct arena *a)
{
    uint32_t count = rules ? d->token[rules].count : 0;
    if (!j->count)
        return count == 1 && q->rule_default < q->rule_count &&
               named(d, rules, q->rules[q->rule_default].id, a);
    for (uint16_t i = 0; i < j->count; i++)
        if (count != j->count || !named(d, rules, q->rules[j->fired[i].rule].id, a))
            return false;
    return true;
}

static bool pressure_matches(const struct judgement *j, const struct json *d, uint32_t one)
{
    int64_t expected = 0;
    uint32_t t = json_get(d, one, "pressure_max");
    if (t && d->token[t].kind == JSON_NUMBER)
        text_int(json_raw(d, t), 1, 5, &expected);
    return j->limits.pressure_max == expected;
}

static bool as_expected(const struct questionnaire *q, const struct judgement *j, const struct json *d,
                        uint32_t one, struct arena *a)
{
    struct str urgency = text_at(d, json_get(d, one, "urgency"), a);
    return str_is(text_at(d, json_get(d, one, "outcome"), a), outcome_name(j->outcome)) &&
           str_eq(urgency, str_of(urgency_name(j->urgency))) && pressure_matches(j, d, one) &&
           rules_match(q, j, d, json_get(d, one, "rules"), a);
}

void trial_run(const struct questionnaire *q, const struct json *document, uint32_t one, struct arena *a,
               struct trial *t)
{
    struct answers given;
    struct setting s = {.today = day_at(document, one, "today", a),
                        .note_on = day_at(document, one, "note_on", a),
                        .call_on = day_at(document, one, "call_on", a)};
    uint32_t answers = json_get(document, one, "answers");
    *t = (struct trial){.wrong = answers ? trial_answers(q, document, answers, a, &given) : NOT_ANSWERS};
    if (t->wrong)
        return;
    judge(q, &given, &s, &t->j);
    t->holds = as_expected(q, &t->j, document, one, a);
}

const char *trial_rules(const struct questionnaire *q, const struct judgement *j, struct arena *a)
{
    const char *ids = j->count || q->rule_default >= q->rule_count ? "" : q->rules[q->rule_default].id;
    for (uint16_t i = 0; i < j->count && ids; i++)
        ids = arena_printf(a, "%s%s%s", ids, i ? " " : "", q->rules[j->fired[i].rule].id);
    return ids;
}
