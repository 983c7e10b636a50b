#include "operator/trial.h"

#include "intake/trial.h"
#include "operator/questionnaire_inner.h"

#include <string.h>

struct report {
    struct request *r;
    struct arena *arena;
    const struct questionnaire *now, *before; /* before: the published one; NULL when it cannot be read */
    struct json cases;
    struct buf failing, changed;
    struct json_writer failing_list, changed_list;
    int count, failing_count, changed_count;
};

static const char *text_of(const struct report *p, uint32_t one, const char *key)
{
    uint32_t t = json_get(&p->cases, one, key);
    if (!t || p->cases.token[t].kind == JSON_NULL)
        return NULL;
    struct str text = json_text(&p->cases, t, p->arena);
    return arena_strndup(p->arena, text.p, text.n);
}

static void put_judgement(struct json_writer *w, const char *key, const struct questionnaire *q,
                          const struct trial *t, struct arena *a)
{
    json_open(w, key, '{');
    json_put(w, "wrong", t->wrong);
    if (!t->wrong) {
        json_put(w, "outcome", outcome_name(t->j.outcome));
        json_put(w, "urgency", urgency_name(t->j.urgency));
        json_put_bool(w, "is_today", t->j.urgency == SAME_DAY);
        json_put(w, "rules", trial_rules(q, &t->j, a));
        if (t->j.limits.pressure_max)
            json_put_int(w, "pressure_max", t->j.limits.pressure_max);
        else
            json_put(w, "pressure_max", NULL);
    }
    json_close(w, '}');
}

static const char *expected_rules(const struct report *p, uint32_t one)
{
    const char *ids = "";
    uint32_t rules = json_get(&p->cases, one, "rules");
    for (uint32_t at = rules + 1; rules && at < p->cases.token[rules].next; at = p->cases.token[at].next) {
        struct str id = json_text(&p->cases, at, p->arena);
        ids = arena_printf(p->arena, "%s%s%.*s", ids, ids[0] ? " " : "", (int)id.n, id.p);
        if (!ids)
            return NULL;
    }
    return ids;
}

static void put_expected(const struct report *p, struct json_writer *w, uint32_t one)
{
    json_open(w, "expected", '{');
    json_put(w, "wrong", NULL);
    json_put(w, "outcome", text_of(p, one, "outcome"));
    const char *urgency = text_of(p, one, "urgency");
    json_put(w, "urgency", urgency);
    json_put_bool(w, "is_today", urgency && strcmp(urgency, urgency_name(SAME_DAY)) == 0);
    json_put(w, "rules", expected_rules(p, one));
    json_put(w, "pressure_max", text_of(p, one, "pressure_max"));
    json_close(w, '}');
}

static void put_case(const struct report *p, struct json_writer *w, uint32_t one, const struct trial *now,
                     const struct trial *before)
{
    json_open(w, NULL, '{');
    json_put(w, "key", text_of(p, one, "key"));
    json_put(w, "name", text_of(p, one, "name"));
    put_judgement(w, "now", p->now, now, p->arena);
    if (before)
        put_judgement(w, "was", p->before, before, p->arena);
    put_expected(p, w, one);
    json_close(w, '}');
}

static bool same(const struct report *p, const struct trial *a, const struct trial *b)
{
    if (a->wrong || b->wrong)
        return a->wrong && b->wrong;
    return a->j.outcome == b->j.outcome && a->j.urgency == b->j.urgency &&
           a->j.limits.pressure_max == b->j.limits.pressure_max &&
           str_eq(str_of(trial_rules(p->now, &a->j, p->arena)),
                  str_of(trial_rules(p->before, &b->j, p->arena)));
}

static bool must_hold(const struct report *p, uint32_t one)
{
    uint32_t t = json_get(&p->cases, one, "must_hold");
    return !t || p->cases.token[t].kind != JSON_FALSE;
}

static void try_case(struct report *p, uint32_t one)
{
    struct trial now, before;
    p->count++;
    trial_run(p->now, &p->cases, one, p->arena, &now);
    if (!now.holds && must_hold(p, one)) {
        p->failing_count++;
        put_case(p, &p->failing_list, one, &now, NULL);
    }
    if (!p->before)
        return;
    trial_run(p->before, &p->cases, one, p->arena, &before);
    if (!same(p, &now, &before)) {
        p->changed_count++;
        put_case(p, &p->changed_list, one, &now, &before);
    }
}

static void try_all(struct report *p)
{
    uint32_t list = json_get(&p->cases, 0, "cases");
    json_open(&p->failing_list, NULL, '[');
    json_open(&p->changed_list, NULL, '[');
    for (uint32_t at = list + 1; list && at < p->cases.token[list].next; at = p->cases.token[at].next)
        try_case(p, at);
    json_close(&p->failing_list, ']');
    json_close(&p->changed_list, ']');
}

static const char *written(struct report *p, const char *version, bool draft, const char *fault)
{
    struct buf out = {.max = 4 << 20};
    struct json_writer w = {.out = &out};
    json_open(&w, NULL, '{');
    json_put(&w, "version", version);
    json_put_bool(&w, "is_draft", draft);
    json_put(&w, "fault", fault);
    if (!fault) {
        json_put_int(&w, "count", p->count);
        json_put_int(&w, "failing_count", p->failing_count);
        json_put_int(&w, "changed_count", p->changed_count);
        json_put_bool(&w, "fine", !p->failing_count);
        json_put_bool(&w, "any_changed", p->changed_count);
        json_put_raw(&w, "failing", p->failing.p);
        json_put_raw(&w, "changed", p->changed.p);
    }
    json_close(&w, '}');
    bool whole = !out.failed && !p->failing.failed && !p->changed.failed && !arena_failed(p->arena);
    const char *doc = whole ? arena_strndup(p->r->arena, out.p, out.n) : NULL;
    buf_free(&out);
    return doc;
}

static const char *report_of(struct report *p, const char *document, const char *published, const char *cases)
{
    struct questionnaire_fault fault, ignored;
    const char *version = doc_text(p->r, document, "version"), *state = doc_text(p->r, document, "state");
    bool draft = state && strcmp(state, "draft") == 0;
    p->now = document_checked(p->arena, document, &fault);
    if (!p->now)
        return written(
            p, version, draft,
            arena_printf(p->r->arena, "%s, %s. %s", fault.where, fault.what, fault_sentence(p->r, &fault)));
    p->before = questionnaire_read(p->arena, str_of(published), false, &ignored);
    if (!json_parse(&p->cases, p->arena, str_of(cases)))
        return NULL;
    try_all(p);
    return written(p, version, draft, NULL);
}

const char *trial_report(struct request *r, const char *document)
{
    const char *published = ask(r, Q_questionnaire_document, NULL);
    const char *cases = published ? ask(r, Q_questionnaire_cases) : NULL;
    if (!cases)
        return NULL;
    struct report p = {
        .r = r, .arena = arena_new(TRIAL_MEMORY), .failing.max = 2 << 20, .changed.max = 2 << 20};
    p.failing_list.out = &p.failing;
    p.changed_list.out = &p.changed;
    const char *doc = p.arena ? report_of(&p, document, published, cases) : NULL;
    if (p.arena)
        arena_free(p.arena);
    buf_free(&p.failing);
    buf_free(&p.changed);
    if (!doc)
        reply_error(r, 500, NULL);
    return doc;
}
