/*
 * In this order: every rule whose condition holds fires; then a clinician's word, a kept note or a
 * recorded call lowers some of them to MODIFY (weigh_clearance); then what is missing is counted; and only
 * when nothing fired and nothing is missing does the default rule say that all is well. Silence is never
 * taken for health: without a fired rule `passed` stays false.
 */
#include "intake/judge.h"

#include <string.h>

#define BLOCKED "Booking blocked. Do not treat. "

struct work {
    const struct questionnaire *q;
    const struct setting *s;
    struct judgement *j;
    struct answers shown;
};

/* --- Firing */

static void fire(struct work *w, uint16_t rule, enum urgency urgency)
{
    const struct questionnaire *q = w->q;
    if (w->j->count < RULES_MAX)
        w->j->fired[w->j->count++] =
            (struct fired){.rule = rule, .outcome = q->rules[rule].outcome, .urgency = (uint8_t)urgency};
}

static bool holds(const struct work *w, const struct condition *c)
{
    return condition_holds(c, w->q, &w->shown, w->s->today);
}

static enum urgency urgency_of(const struct work *w, const struct rule *rule)
{
    bool raised = rule->raised_urgency > rule->urgency && holds(w, &rule->raised);
    return raised ? rule->raised_urgency : rule->urgency;
}

static void fire_all(struct work *w)
{
    for (uint16_t i = 0; i < w->q->rule_count; i++) {
        const struct rule *rule = &w->q->rules[i];
        if (!rule->is_default && !rule->lowers && holds(w, &rule->when))
            fire(w, i, urgency_of(w, rule));
    }
}

/* Fires a rule after the others, at its place in the table. */
static void fire_between(struct work *w, uint16_t rule)
{
    struct judgement *j = w->j;
    uint16_t at = 0;
    if (rule >= w->q->rule_count || j->count == RULES_MAX)
        return;
    while (at < j->count && j->fired[at].rule < rule)
        at++;
    memmove(&j->fired[at + 1], &j->fired[at], (size_t)(j->count - at) * sizeof *j->fired);
    j->fired[at] = (struct fired){.rule = rule, .outcome = w->q->rules[rule].outcome};
    j->count++;
}

/* --- What a clinician says */

/* What a clinician may lift: not an emergency or a matter for today, and not a rule that time or the person
 * has to lift (`self`). */
static bool can_be_lowered(const struct work *w, const struct fired *f)
{
    if (w->q->rules[f->rule].self || f->lowered)
        return false;
    return f->outcome == CLEARANCE || (f->outcome == STOP && f->urgency == SOON);
}

/* … on the person's own report of it; a `written` rule wants the note itself. */
static bool by_word(const struct work *w, const struct fired *f)
{
    return can_be_lowered(w, f) && !w->q->rules[f->rule].written;
}

static bool by_call(const struct work *w, const struct fired *f)
{
    return by_word(w, f) && f->outcome == CLEARANCE;
}

static bool any(const struct work *w, bool (*can)(const struct work *, const struct fired *))
{
    for (uint16_t i = 0; i < w->j->count; i++)
        if (can(w, &w->j->fired[i]))
            return true;
    return false;
}

/* Whether it lowered any. */
static bool lower(struct work *w, bool (*can)(const struct work *, const struct fired *))
{
    bool found = any(w, can);
    for (uint16_t i = 0; i < w->j->count; i++) {
        struct fired *f = &w->j->fired[i];
        if (can(w, f))
            *f = (struct fired){.rule = f->rule, .lowered = true, .outcome = MODIFY};
    }
    return found;
}

static bool recent(const struct work *w, int32_t day)
{
    return day > 0 && day <= w->s->today && day >= w->s->today - NOTE_DAYS;
}

/* Whether it is asked and has no answer yet. The three questions about the clinician's word are not among the
 * missing ones: they are shown only while there is something to lower. */
static bool open_detail(const struct work *w, uint16_t question)
{
    return question != NO_QUESTION && !w->shown.is[question].given &&
           condition_holds(&w->q->questions[question].shown, w->q, &w->shown, w->s->today);
}

/* The clinician's question is there only when its answer can change something. */
static bool weigh_word(struct work *w)
{
    const struct questionnaire *q = w->q;
    if (q->told == NO_QUESTION || q->rule_down == RULES_MAX || !any(w, by_word))
        return false;
    w->j->asks_clearance = !w->shown.is[q->told].given;
    w->j->missing_date = open_detail(w, q->told_date);
    w->j->missing_clinician = open_detail(w, q->told_clinician);
    return holds(w, &q->rules[q->rule_down].when) && lower(w, by_word);
}

static void weigh_clearance(struct work *w)
{
    bool lowered = recent(w, w->s->note_on) && lower(w, can_be_lowered);
    if (recent(w, w->s->call_on) && lower(w, by_call))
        lowered = true;
    if (weigh_word(w))
        lowered = true;
    if (lowered)
        fire_between(w, w->q->rule_down);
}

/* --- What is missing, and the sum of it */

static bool asked_by_engine(const struct questionnaire *q, size_t i)
{
    return i == q->told || i == q->told_date || i == q->told_clinician;
}

static void count_missing(struct work *w)
{
    for (size_t i = 0; i < w->q->question_count; i++) {
        const struct question *question = &w->q->questions[i];
        if (question->required && w->s->sections & SECTION_BIT(question->section) && !w->shown.is[i].given &&
            !asked_by_engine(w->q, i) && holds(w, &question->shown))
            w->j->missing[i / 64] |= UINT64_C(1) << (i % 64);
    }
}

bool judgement_misses(const struct judgement *j, uint16_t question)
{
    return question < QUESTIONS_MAX && j->missing[question / 64] >> (question % 64) & 1;
}

bool judgement_misses_any(const struct judgement *j)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < QUESTION_WORDS; i++)
        bits |= j->missing[i];
    return bits || j->missing_date || j->missing_clinician;
}

static uint16_t least(uint16_t a, uint16_t b)
{
    return a && (!b || a < b) ? a : b;
}

static void merge(struct limits *into, const struct rule *rule)
{
    const struct limits *more = &rule->limits;
    if (!rule->pressure_is_local)
        into->pressure_max = (uint8_t)least(into->pressure_max, more->pressure_max);
    into->duration_max = least(into->duration_max, more->duration_max);
    if (more->not_before > into->not_before)
        into->not_before = more->not_before;
    into->flags |= more->flags;
    for (size_t set = 0; set < LIMIT_SETS; set++)
        if (set != REQUIRE)
            into->set[set] |= more->set[set];
}

void judge_conclude(const struct questionnaire *q, struct judgement *j)
{
    j->outcome = PROCEED;
    j->urgency = URGENCY_NONE;
    j->limits = (struct limits){0};
    for (uint16_t i = 0; i < j->count; i++) {
        const struct fired *f = &j->fired[i];
        merge(&j->limits, &q->rules[f->rule]);
        if (f->outcome > j->outcome || (f->outcome == j->outcome && f->urgency > j->urgency)) {
            j->outcome = f->outcome;
            j->urgency = f->urgency;
        }
    }
    j->ends = j->outcome == STOP && j->urgency >= SAME_DAY;
    j->passed = j->count && j->outcome <= MODIFY && !judgement_misses_any(j);
}

void judge(const struct questionnaire *q, const struct answers *given, const struct setting *s,
           struct judgement *j)
{
    struct work w = {.q = q, .s = s, .j = j};
    memset(j, 0, sizeof *j);
    answers_shown(q, given, s->today, &w.shown);
    fire_all(&w);
    weigh_clearance(&w);
    count_missing(&w);
    if (!j->count && !judgement_misses_any(j) && s->sections)
        fire_between(&w, q->rule_default);
    judge_conclude(q, j);
}

/* --- Words */

static const char *text_of(const struct questionnaire *q, const struct fired *f)
{
    bool down = f->lowered && q->rule_down < q->rule_count;
    const struct rule *rule = &q->rules[down ? q->rule_down : f->rule];
    return !f->lowered && f->urgency > rule->urgency && rule->raised_text ? rule->raised_text : rule->text;
}

void rule_text(const struct questionnaire *q, const struct fired *f, const char *emergency,
               const char *urgent_line, struct buf *out)
{
    const char *p = text_of(q, f);
    while (*p) {
        if (str_starts(str_of(p), "{EMERGENCY}")) {
            buf_puts(out, emergency);
            p += sizeof "{EMERGENCY}" - 1;
        } else if (str_starts(str_of(p), "{URGENT_LINE}")) {
            buf_puts(out, urgent_line);
            p += sizeof "{URGENT_LINE}" - 1;
        } else {
            buf_putc(out, *p++);
        }
    }
}

const char *rule_therapist(const struct questionnaire *q, const struct fired *f)
{
    const char *text = q->rules[f->rule].therapist;
    bool blocked = text && str_starts(str_of(text), BLOCKED);
    return f->lowered && blocked ? text + sizeof BLOCKED - 1 : text;
}
