#include "intake/answers.h"

#include "core/day.h"

#include <string.h>

static bool set_clinician(struct answers *a, struct str value)
{
    value = str_trim(value);
    if (a->cleared_by[0] || !value.n || value.n >= sizeof a->cleared_by || !text_is_utf8(value))
        return false;
    for (size_t i = 0; i < value.n; i++)
        if ((unsigned char)value.p[i] < ' ' || value.p[i] == 0x7f)
            return false;
    memcpy(a->cleared_by, value.p, value.n);
    a->cleared_by[value.n] = '\0';
    return true;
}

bool answers_key(struct str key)
{
    return question_by_id(key) != QUESTIONS || str_is(key, "RF15_date") || str_is(key, "RF15_clinician");
}

bool answers_set(struct answers *a, struct str key, struct str value)
{
    if (str_is(key, "RF15_date"))
        return !a->cleared_on && day_read(value, &a->cleared_on);
    if (str_is(key, "RF15_clinician"))
        return set_clinician(a, value);
    enum question q = question_by_id(key);
    enum answer answer = q == QUESTIONS ? UNANSWERED : question_answer(q, value);
    if (answer == UNANSWERED || a->is[q] != UNANSWERED)
        return false;
    a->is[q] = (uint8_t)answer;
    return true;
}

bool answers_read(struct answers *a, const struct json *j, uint32_t token, struct arena *arena)
{
    memset(a, 0, sizeof *a);
    if (j->token[token].kind != JSON_OBJECT)
        return false;
    uint32_t at = token + 1;
    for (uint32_t i = 0; i < j->token[token].count; i++) {
        uint32_t value = j->token[at].next;
        if (j->token[value].kind != JSON_STRING ||
            !answers_set(a, json_text(j, at, arena), json_text(j, value, arena)))
            return false;
        at = j->token[value].next;
    }
    return true;
}

void answers_write(const struct answers *a, struct json_writer *w)
{
    for (enum question q = 0; q < QUESTIONS; q++) {
        const struct option *o = question_option(q, (enum answer)a->is[q]);
        if (o)
            json_put(w, questions[q].id, o->slug);
    }
    if (a->cleared_on > 0) {
        char day[11];
        day_write(a->cleared_on, day);
        json_put(w, "RF15_date", day);
    }
    if (a->cleared_by[0])
        json_put(w, "RF15_clinician", a->cleared_by);
}
