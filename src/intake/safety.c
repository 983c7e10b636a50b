#include "intake/safety.h"

#include <string.h>

enum { NOTE_DAYS = 30 }; /* how long a clinician's word holds */

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

const char *excluded_slug(unsigned bit)
{
    static const char *const slugs[] = {"deep-tissue", "ashiatsu", "thai", "cupping", "iastm"};
    return bit < sizeof slugs / sizeof *slugs ? slugs[bit] : NULL;
}

const char *avoided_slug(unsigned bit)
{
    static const char *const slugs[] = {"low_back_deep", "fracture_site"};
    return bit < sizeof slugs / sizeof *slugs ? slugs[bit] : NULL;
}

bool question_shown(const struct answers *a, enum question q)
{
    const struct question_info *info = &questions[q];
    return info->shown_by == q || a->is[info->shown_by] == info->shown_when;
}

/* A copy in which hidden questions and answers that are not among a question's options are unanswered. */
static void take_shown(struct answers *a, const struct answers *given)
{
    *a = *given;
    a->cleared_by[sizeof a->cleared_by - 1] = '\0';
    for (enum question q = 0; q < QUESTIONS; q++)
        if (!question_option(q, (enum answer)a->is[q]))
            a->is[q] = UNANSWERED;
    for (enum question q = 0; q < QUESTIONS; q++)
        if (!question_shown(a, q))
            a->is[q] = UNANSWERED;
}

static void fire(struct judgement *j, uint8_t index, enum urgency urgency)
{
    j->fired[j->count++] = (struct fired){.rule = index, .outcome = rules[index].outcome, .urgency = urgency};
}

static void fire_all(struct judgement *j, const struct answers *a)
{
    for (uint8_t i = 0; i < rule_count; i++)
        if (rules[i].when && rules[i].when(a))
            fire(j, i, rules[i].raise ? rules[i].raise(a) : rules[i].urgency);
}

/* What a clinician's word can lower: a CLEARANCE, a STOP that can wait some days; never an emergency. */
static bool can_be_lowered(const struct fired *f)
{
    return f->outcome == CLEARANCE || (f->outcome == STOP && f->urgency == SOON);
}

static bool any_can_be_lowered(const struct judgement *j)
{
    for (uint8_t i = 0; i < j->count; i++)
        if (can_be_lowered(&j->fired[i]))
            return true;
    return false;
}

static bool clinician_agrees(const struct answers *a, int32_t today)
{
    return a->is[RF15] == SAID_FINE && a->cleared_by[0] && a->cleared_on > 0 && a->cleared_on <= today &&
           a->cleared_on >= today - NOTE_DAYS;
}

static void lower(struct judgement *j)
{
    for (uint8_t i = 0; i < j->count; i++) {
        struct fired *f = &j->fired[i];
        if (can_be_lowered(f))
            *f = (struct fired){.rule = f->rule, .lowered = true, .outcome = MODIFY};
    }
    fire(j, rule_down, URGENCY_NONE);
}

/* The clinician's question is there only when its answer can change something. */
static void weigh_clearance(struct judgement *j, const struct answers *a, int32_t today)
{
    if (!any_can_be_lowered(j))
        return;
    j->asks_clearance = a->is[RF15] == UNANSWERED;
    if (a->is[RF15] != SAID_FINE)
        return;
    j->missing_date = a->cleared_on <= 0;
    j->missing_clinician = !a->cleared_by[0];
    if (clinician_agrees(a, today))
        lower(j);
}

static void count_missing(struct judgement *j, const struct answers *a)
{
    for (enum question q = 0; q < RF15; q++)
        if (!questions[q].optional && question_shown(a, q) && a->is[q] == UNANSWERED)
            j->missing |= UINT32_C(1) << q;
}

static uint8_t least(uint8_t a, uint8_t b)
{
    return a && (!b || a < b) ? a : b;
}

static void merge(struct limits *into, const struct limits *more)
{
    into->pressure_max = least(into->pressure_max, more->pressure_max);
    into->duration_max = least(into->duration_max, more->duration_max);
    into->exclude |= more->exclude;
    into->avoid |= more->avoid;
}

void safety_conclude(struct judgement *j)
{
    for (uint8_t i = 0; i < j->count; i++) {
        const struct fired *f = &j->fired[i];
        merge(&j->limits, &rules[f->rule].limits);
        if (f->outcome > j->outcome || (f->outcome == j->outcome && f->urgency > j->urgency)) {
            j->outcome = f->outcome;
            j->urgency = f->urgency;
        }
    }
    j->ends = j->outcome == STOP && j->urgency >= SAME_DAY;
    j->passed = j->outcome <= MODIFY && !j->missing && !j->missing_date && !j->missing_clinician;
}

void safety_judge(const struct answers *given, int32_t today, struct judgement *j)
{
    struct answers a;
    take_shown(&a, given);
    memset(j, 0, sizeof *j);
    fire_all(j, &a);
    weigh_clearance(j, &a, today);
    count_missing(j, &a);
    if (!j->count && !j->missing)
        fire(j, rule_default, URGENCY_NONE);
    safety_conclude(j);
}

void safety_text(const struct fired *f, const char *emergency, const char *urgent_line, struct buf *out)
{
    const struct rule *rule = &rules[f->lowered ? rule_down : f->rule];
    const char *p = rule->text;
    if (!f->lowered && f->urgency > rule->urgency && rule->raised_text)
        p = rule->raised_text;
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

int safety_open_page(const struct answers *given, const struct judgement *j)
{
    struct answers a;
    take_shown(&a, given);
    for (enum question q = 0; q < RF15; q++)
        if (question_shown(&a, q) && a.is[q] == UNANSWERED)
            return questions[q].page;
    return j->asks_clearance || j->missing_date || j->missing_clinician ? CLEARANCE_PAGE : 0;
}
