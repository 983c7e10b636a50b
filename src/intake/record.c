#include "intake/record.h"

#include "core/day.h"

#include <string.h>

static void put_fired(const struct fired *f, struct json_writer *w)
{
    json_open(w, NULL, '{');
    json_put(w, "id", rules[f->rule].id);
    json_put(w, "outcome", outcome_name(f->outcome));
    json_put(w, "urgency", urgency_name(f->urgency));
    json_put_bool(w, "lowered", f->lowered);
    json_close(w, '}');
}

void record_write(const struct answers *a, const struct judgement *j, int32_t today, struct buf *out)
{
    struct json_writer w = {.out = out};
    char day[11];
    day_write(today, day);
    json_open(&w, NULL, '{');
    json_put(&w, "version", SAFETY_VERSION);
    json_put(&w, "day", day);
    json_open(&w, "answers", '{');
    answers_write(a, &w);
    json_close(&w, '}');
    if (j) {
        json_open(&w, "rules", '[');
        for (uint8_t i = 0; i < j->count; i++)
            put_fired(&j->fired[i], &w);
        json_close(&w, ']');
    }
    json_close(&w, '}');
}

static bool outcome_read(struct str name, enum outcome *o)
{
    for (enum outcome i = PROCEED; i <= STOP; i++) {
        if (str_is(name, outcome_name(i))) {
            *o = i;
            return true;
        }
    }
    return false;
}

static enum urgency urgency_read(struct str name)
{
    for (enum urgency u = SOON; u <= EMERGENCY; u++)
        if (str_is(name, urgency_name(u)))
            return u;
    return URGENCY_NONE;
}

static uint8_t rule_by_id(struct str id)
{
    for (uint8_t i = 0; i < rule_count; i++)
        if (str_is(id, rules[i].id))
            return i;
    return RULE_NONE;
}

/* The text of a member; nothing when it is not there. */
static struct str member(const struct json *j, uint32_t object, const char *key, struct arena *arena)
{
    uint32_t token = json_get(j, object, key);
    return token ? json_text(j, token, arena) : (struct str){0};
}

static bool fired_read(const struct json *json, uint32_t token, struct arena *arena, struct fired *f)
{
    uint32_t lowered = json_get(json, token, "lowered");
    f->rule = rule_by_id(member(json, token, "id", arena));
    f->urgency = urgency_read(member(json, token, "urgency", arena));
    f->lowered = lowered && json->token[lowered].kind == JSON_TRUE;
    return outcome_read(member(json, token, "outcome", arena), &f->outcome);
}

static bool judgement_read(struct judgement *j, const struct json *json, uint32_t list, struct arena *arena)
{
    memset(j, 0, sizeof *j);
    if (!list || json->token[list].kind != JSON_ARRAY || json->token[list].count > RULES_MAX)
        return false;
    uint32_t at = list + 1;
    for (uint32_t i = 0; i < json->token[list].count; i++) {
        struct fired f;
        if (!fired_read(json, at, arena, &f))
            return false;
        if (f.rule != RULE_NONE)
            j->fired[j->count++] = f;
        at = json->token[at].next;
    }
    safety_conclude(j);
    return true;
}

bool record_read(struct arena *arena, struct str text, struct answers *a, struct judgement *j)
{
    struct json json;
    if (!json_parse(&json, arena, text))
        return false;
    uint32_t answers = json_get(&json, 0, "answers");
    if (!answers || !answers_read(a, &json, answers, arena))
        return false;
    return !j || judgement_read(j, &json, json_get(&json, 0, "rules"), arena);
}
