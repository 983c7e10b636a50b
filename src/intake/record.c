/*
 * Questions, options, rules and pages are written by name, not by number: another version of the
 * questionnaire can read what of it still has that name. A judgement is read only by the version it was
 * made with.
 */
#include "intake/record.h"

#include "core/day.h"

#include <stdio.h>
#include <string.h>

/* --- Writing */

static void put_fired(const struct questionnaire *q, const struct fired *f, struct json_writer *w)
{
    json_open(w, NULL, '{');
    json_put(w, "id", q->rules[f->rule].id);
    json_put(w, "outcome", outcome_name((enum outcome)f->outcome));
    json_put(w, "urgency", urgency_name((enum urgency)f->urgency));
    if (f->lowered)
        json_put_bool(w, "lowered", true);
    json_close(w, '}');
}

/* "S3.2": names a page in every version. */
static void page_name(const struct page_info *page, char out[16])
{
    snprintf(out, 16, "%s.%u", section_name((enum section)page->section), page->page);
}

static void put_seen(const struct questionnaire *q, uint64_t seen, struct json_writer *w)
{
    char name[16];
    json_open(w, "seen", '[');
    for (size_t i = 0; i < q->page_count && i < PAGES_MAX; i++) {
        page_name(&q->pages[i], name);
        if (seen >> i & 1)
            json_put(w, NULL, name);
    }
    json_close(w, ']');
}

static void put_since(const struct questionnaire *q, const struct record *record, struct json_writer *w)
{
    char day[11];
    json_open(w, "since", '{');
    for (size_t i = 0; i < q->question_count; i++) {
        if (!record->since[i] || !record->answers.is[i].given)
            continue;
        day_write(record->since[i], day);
        json_put(w, q->questions[i].id, day);
    }
    json_close(w, '}');
}

static void put_told_for(const struct questionnaire *q, const struct record *record, struct json_writer *w)
{
    json_open(w, "told_for", '[');
    for (size_t i = 0; i < q->rule_count; i++)
        if (record->told_for[i / 64] >> i % 64 & 1)
            json_put(w, NULL, q->rules[i].id);
    json_close(w, ']');
}

static void put_before(const struct questionnaire *q, const struct record *record, struct json_writer *w)
{
    char day[11];
    day_write(record->before_day, day);
    json_open(w, "before", '{');
    json_put(w, "day", day);
    json_open(w, "rules", '[');
    for (size_t i = 0; i < q->rule_count; i++)
        if (record->before[i / 64] >> i % 64 & 1)
            json_put(w, NULL, q->rules[i].id);
    json_close(w, ']');
    json_close(w, '}');
}

static void put_rules(const struct questionnaire *q, const struct judgement *j, struct json_writer *w)
{
    json_open(w, "rules", '[');
    for (uint16_t i = 0; i < j->count; i++)
        put_fired(q, &j->fired[i], w);
    json_close(w, ']');
}

void record_write(const struct questionnaire *q, const struct record *record, const struct judgement *j,
                  struct buf *out)
{
    struct json_writer w = {.out = out};
    char day[11];
    if (out->max > RECORD_MAX)
        out->max = RECORD_MAX;
    day_write(record->day, day);
    json_open(&w, NULL, '{');
    json_put(&w, "version", q->name);
    json_put(&w, "day", day);
    if (record->in_person)
        json_put_bool(&w, "in_person", true);
    if (!j)
        put_seen(q, record->seen, &w);
    put_since(q, record, &w);
    put_told_for(q, record, &w);
    if (record->before_day)
        put_before(q, record, &w);
    json_open(&w, "answers", '{');
    answers_write(q, &record->answers, &w);
    json_close(&w, '}');
    if (j)
        put_rules(q, j, &w);
    json_close(&w, '}');
}

/* --- Reading */

static bool outcome_read(struct str name, uint8_t *o)
{
    for (enum outcome i = PROCEED; i <= STOP; i++) {
        if (str_is(name, outcome_name(i))) {
            *o = (uint8_t)i;
            return true;
        }
    }
    return false;
}

static uint8_t urgency_read(struct str name)
{
    for (enum urgency u = SOON; u <= EMERGENCY; u++)
        if (str_is(name, urgency_name(u)))
            return (uint8_t)u;
    return URGENCY_NONE;
}

/* The text of a member; nothing when it is not there. */
static struct str member(const struct json *j, uint32_t object, const char *key, struct arena *arena)
{
    uint32_t token = json_get(j, object, key);
    return token ? json_text(j, token, arena) : (struct str){0};
}

static bool is_true(const struct json *json, uint32_t object, const char *key)
{
    uint32_t token = json_get(json, object, key);
    return token && json->token[token].kind == JSON_TRUE;
}

static bool fired_read(const struct questionnaire *q, const struct json *json, uint32_t token,
                       struct arena *arena, struct fired *f)
{
    f->rule = rule_by_id(q, member(json, token, "id", arena));
    f->urgency = urgency_read(member(json, token, "urgency", arena));
    f->lowered = is_true(json, token, "lowered");
    return f->rule != RULES_MAX && outcome_read(member(json, token, "outcome", arena), &f->outcome);
}

/* The elements of a member that is an array; 0 where there is none. */
static uint32_t elements(const struct json *json, const char *key, uint32_t *first)
{
    uint32_t list = json_get(json, 0, key);
    if (!list || json->token[list].kind != JSON_ARRAY)
        return 0;
    *first = list + 1;
    return json->token[list].count;
}

static bool judgement_read(const struct questionnaire *q, struct judgement *j, const struct json *json,
                           struct arena *arena)
{
    uint32_t at = 0, n = elements(json, "rules", &at);
    memset(j, 0, sizeof *j);
    if (!n || n > RULES_MAX)
        return false;
    for (uint32_t i = 0; i < n; i++, at = json->token[at].next) {
        if (!fired_read(q, json, at, arena, &j->fired[i]))
            return false;
        j->count++;
    }
    judge_conclude(q, j);
    return true;
}

static void seen_read(const struct questionnaire *q, const struct json *json, struct arena *arena,
                      struct record *record)
{
    char name[16];
    uint32_t at = 0, n = elements(json, "seen", &at);
    for (uint32_t i = 0; i < n; i++, at = json->token[at].next) {
        struct str seen = json_text(json, at, arena);
        for (size_t page = 0; page < q->page_count && page < PAGES_MAX; page++) {
            page_name(&q->pages[page], name);
            if (str_is(seen, name))
                record->seen |= UINT64_C(1) << page;
        }
    }
}

static void before_read(const struct questionnaire *q, const struct json *json, struct arena *arena,
                        struct record *record)
{
    uint32_t before = json_get(json, 0, "before"), list = before ? json_get(json, before, "rules") : 0;
    if (!list || json->token[list].kind != JSON_ARRAY ||
        !day_read(member(json, before, "day", arena), &record->before_day)) {
        record->before_day = 0;
        return;
    }
    for (uint32_t i = 0, at = list + 1; i < json->token[list].count; i++, at = json->token[at].next) {
        uint16_t rule = rule_by_id(q, json_text(json, at, arena));
        if (rule < RULES_MAX)
            record->before[rule / 64] |= UINT64_C(1) << rule % 64;
    }
}

static void told_for_read(const struct questionnaire *q, const struct json *json, struct arena *arena,
                          struct record *record)
{
    uint32_t at = 0, n = elements(json, "told_for", &at);
    for (uint32_t i = 0; i < n; i++, at = json->token[at].next) {
        uint16_t rule = rule_by_id(q, json_text(json, at, arena));
        if (rule < RULES_MAX)
            record->told_for[rule / 64] |= UINT64_C(1) << rule % 64;
    }
}

static void since_read(const struct questionnaire *q, const struct json *json, struct arena *arena,
                       struct record *record)
{
    uint32_t object = json_get(json, 0, "since");
    for (size_t i = 0; object && i < q->question_count; i++) {
        struct str day = member(json, object, q->questions[i].id, arena);
        if (day.n && !day_read(day, &record->since[i]))
            record->since[i] = 0;
    }
}

/* "s1-1" was kept before the questionnaire was data; its version 1 has those questions and rules by the same
 * names. */
static struct str version_of(const struct json *json, struct arena *arena)
{
    struct str version = member(json, 0, "version", arena);
    return str_is(version, "s1-1") ? STR("1") : version;
}

const char *record_version(struct arena *arena, struct str text)
{
    struct json json;
    if (!json_parse(&json, arena, text))
        return NULL;
    struct str version = version_of(&json, arena);
    return version.n ? arena_strndup(arena, version.p, version.n) : NULL;
}

bool record_read(const struct questionnaire *q, struct arena *arena, struct str text, struct record *record,
                 struct judgement *j)
{
    struct json json;
    memset(record, 0, sizeof *record);
    if (!json_parse(&json, arena, text))
        return false;
    bool same = str_is(version_of(&json, arena), q->name);
    uint32_t answers = json_get(&json, 0, "answers");
    if (!answers || !day_read(member(&json, 0, "day", arena), &record->day) || (j && !same) ||
        !answers_read(q, &record->answers, &json, answers, arena, !same))
        return false;
    record->in_person = is_true(&json, 0, "in_person");
    since_read(q, &json, arena, record);
    told_for_read(q, &json, arena, record);
    before_read(q, &json, arena, record);
    if (same)
        seen_read(q, &json, arena, record);
    return !j || judgement_read(q, j, &json, arena);
}

/* --- One form after another */

/* What can have changed overnight or is agreed to for one visit: the safety check, consent, the questions of
 * the day. */
static bool is_asked_afresh(const struct question *question)
{
    return question->section == S1 || question->section == S6 || question->section == S7;
}

static void free_carried(void *b)
{
    buf_free(b);
}

bool record_carry(const struct questionnaire *was, const struct record *then, const struct questionnaire *now,
                  struct arena *arena, struct record *record)
{
    struct record carried = *then;
    struct buf *out = arena_alloc(arena, sizeof *out);
    *record = (struct record){0};
    if (!out || !arena_defer(arena, free_carried, out))
        return false;
    out->max = RECORD_MAX;
    for (uint16_t i = 0; i < was->question_count; i++) {
        if (is_asked_afresh(&was->questions[i]))
            carried.answers.is[i] = (struct answer){0};
        if (!carried.since[i])
            carried.since[i] = then->day;
    }
    /* written by one version and read by the other: so names decide what goes over */
    record_write(was, &carried, NULL, out);
    if (out->failed || !record_read(now, arena, (struct str){out->p, out->n}, record, NULL))
        return false;
    record->seen = 0;
    record->in_person = false;
    record->before_day = 0;
    memset(record->told_for, 0, sizeof record->told_for);
    return true;
}

void record_follow(const struct questionnaire *was, const struct record *then, const struct judgement *j,
                   const struct questionnaire *now, struct record *record)
{
    record->before_day = then->day;
    memset(record->before, 0, sizeof record->before);
    for (uint16_t i = 0; i < j->count; i++) {
        uint16_t rule = rule_by_id(now, str_of(was->rules[j->fired[i].rule].id));
        if (rule < RULES_MAX)
            record->before[rule / 64] |= UINT64_C(1) << rule % 64;
    }
}
