#include "intake/words.h"

#include "booking/booking.h"
#include "core/day.h"

#include <string.h>

static const char *finished(struct request *r, struct buf *out)
{
    return out->failed ? NULL : arena_strndup(r->arena, out->p, out->n);
}

/* --- A judgement */

static const char *emergency_of(struct request *r, const struct numbers *n)
{
    return n->emergency ? n->emergency : app_of(r)->config.emergency;
}

static const char *urgent_line_of(struct request *r, const struct numbers *n)
{
    return n->urgent_line ? n->urgent_line : app_of(r)->config.urgent_line;
}

static const char *text_of(struct request *r, const struct outcome_of *o, const struct fired *f)
{
    struct buf *out = booking_buf(r);
    rule_text(o->q, f, emergency_of(r, &o->numbers), urgent_line_of(r, &o->numbers), out);
    return finished(r, out);
}

static void put_terms(struct json_writer *w, const char *key, const struct questionnaire *q,
                      enum limit_set set, uint64_t bits, bool labels)
{
    json_open(w, key, '[');
    for (uint8_t i = 0; i < q->term_count[set]; i++)
        if (bits >> i & 1)
            json_put(w, NULL, labels ? q->terms[set][i].label : q->terms[set][i].slug);
    json_close(w, ']');
}

static void put_sets(struct json_writer *w, const struct questionnaire *q, const struct limits *l)
{
    static const struct {
        enum limit_set set;
        const char *slugs, *labels, *has;
    } sets[] = {{EXCLUDE, "exclude", "exclude_labels", "has_exclude"},
                {AVOID, "avoid", "avoid_labels", "has_avoid"},
                {POSITION, "position", "position_labels", "has_position"},
                {PRODUCT, "product", "product_labels", "has_product"}};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        put_terms(w, sets[i].slugs, q, sets[i].set, l->set[sets[i].set], false);
        put_terms(w, sets[i].labels, q, sets[i].set, l->set[sets[i].set], true);
        json_put_bool(w, sets[i].has, l->set[sets[i].set] != 0);
    }
}

static void put_limits(struct json_writer *w, const struct questionnaire *q, const struct limits *l)
{
    json_open(w, "limits", '{');
    if (l->pressure_max)
        json_put_int(w, "pressure_max", l->pressure_max);
    if (l->duration_max)
        json_put_int(w, "duration_max", l->duration_max);
    put_sets(w, q, l);
    json_put_bool(w, "confirm_required", l->flags & CONFIRM_FIRST);
    json_put_bool(w, "precall", l->flags & PRECALL);
    json_put_bool(w, "guardian_consent", l->flags & GUARDIAN_CONSENT);
    json_put_bool(w, "guardian_present", l->flags & GUARDIAN_PRESENT);
    json_put(w, "not_before", not_before_name((enum not_before)l->not_before));
    json_close(w, '}');
}

static void put_missing(struct json_writer *w, const struct questionnaire *q, const struct judgement *j)
{
    json_open(w, "missing", '[');
    for (uint16_t i = 0; i < q->question_count; i++)
        if (judgement_misses(j, i))
            json_put(w, NULL, q->questions[i].id);
    if (j->missing_date)
        json_put(w, NULL, q->questions[q->told_date].id);
    if (j->missing_clinician)
        json_put(w, NULL, q->questions[q->told_clinician].id);
    json_close(w, ']');
}

static void put_rules(struct request *r, struct json_writer *w, const struct outcome_of *o)
{
    json_open(w, "rules", '[');
    for (uint16_t i = 0; i < o->j->count; i++) {
        const struct fired *f = &o->j->fired[i];
        json_open(w, NULL, '{');
        json_put(w, "id", o->q->rules[f->rule].id);
        json_put(w, "outcome", outcome_name((enum outcome)f->outcome));
        json_put(w, "urgency", urgency_name((enum urgency)f->urgency));
        json_put(w, "text", text_of(r, o, f));
        json_close(w, '}');
    }
    json_close(w, ']');
}

bool judgement_incomplete(const struct judgement *j)
{
    return !j->ends && judgement_misses_any(j);
}

static void put_judgement(struct request *r, struct json_writer *w, const struct outcome_of *o)
{
    bool open = judgement_incomplete(o->j);
    json_put(w, "outcome", open ? "INCOMPLETE" : outcome_name(o->j->outcome));
    json_put(w, "urgency", open ? NULL : urgency_name(o->j->urgency));
    json_put(w, "version", o->q->name);
    json_put(w, "signed_by", o->q->signed_by);
    put_rules(r, w, o);
    put_missing(w, o->q, o->j);
    put_limits(w, o->q, &o->j->limits);
}

const char *judgement_document(struct request *r, const struct outcome_of *o)
{
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    put_judgement(r, &w, o);
    json_close(&w, '}');
    return finished(r, out);
}

/* --- The pages at the end */

void put_says(struct request *r, struct json_writer *w, const struct outcome_of *o)
{
    const char *said[RULES_MAX];
    size_t n = 0;
    json_open(w, "says", '[');
    for (int u = EMERGENCY; u >= URGENCY_NONE; u--) {
        for (uint16_t i = 0; i < o->j->count; i++) {
            const struct fired *f = &o->j->fired[i];
            if (f->urgency != u || (o->j->outcome >= CLEARANCE && f->outcome < CLEARANCE))
                continue;
            const char *text = text_of(r, o, f);
            bool again = !text || !*text;
            for (size_t k = 0; k < n && !again; k++)
                again = strcmp(said[k], text) == 0;
            if (again)
                continue;
            said[n++] = text;
            json_put(w, NULL, text);
        }
    }
    json_close(w, ']');
}

/* A number that a telephone can dial, or NULL when the text is more than a number. */
static const char *dialable(struct request *r, const char *number)
{
    char *out = arena_strdup(r->arena, number), *to = out;
    for (const char *c = out; c && *c; c++) {
        if ((*c >= '0' && *c <= '9') || (*c == '+' && c == out))
            *to++ = *c;
        else if (*c != ' ' && *c != '-')
            return NULL;
    }
    if (!out || to == out)
        return NULL;
    *to = '\0';
    return out;
}

static const char *answer_text(struct request *r, const struct question *question,
                               const struct answer *answer, bool month_first)
{
    struct buf *out = booking_buf(r);
    answer_say(question, answer, month_first, out);
    return finished(r, out);
}

/* For the note to a clinician: what is about the person's health, in its plain words. */
static void put_answers(struct request *r, struct json_writer *w, const struct outcome_of *o)
{
    struct answers shown;
    answers_shown(o->q, o->answers, o->today, &shown);
    json_open(w, "answers", '[');
    for (uint16_t i = 0; i < o->q->question_count; i++) {
        const struct question *question = &o->q->questions[i];
        if (!shown.is[i].given || !question->plain)
            continue;
        json_open(w, NULL, '{');
        json_put(w, "about", question->plain);
        json_put(w, "answer", answer_text(r, question, &shown.is[i], o->month_first));
        json_close(w, '}');
    }
    json_close(w, ']');
}

/* Moving, warmth and rest are safe advice only when every rule that holds the person back says so. */
static bool stay_active(const struct outcome_of *o)
{
    if (o->j->outcome != CLEARANCE)
        return false;
    for (uint16_t i = 0; i < o->j->count; i++)
        if (o->j->fired[i].outcome == CLEARANCE && !o->q->rules[o->j->fired[i].rule].stay_active)
            return false;
    return true;
}

/* Why, in a word each: what holds the person back. */
static void put_reasons(struct json_writer *w, const struct outcome_of *o)
{
    bool any = false;
    json_open(w, "reasons", '[');
    for (uint16_t i = 0; i < o->j->count; i++) {
        const char *reason = o->q->rules[o->j->fired[i].rule].reason;
        if (o->j->fired[i].outcome < CLEARANCE || !reason)
            continue;
        json_put(w, NULL, reason);
        any = true;
    }
    json_close(w, ']');
    json_put_bool(w, "has_reasons", any);
}

static void put_numbers(struct request *r, struct json_writer *w, const struct outcome_of *o)
{
    const char *emergency = emergency_of(r, &o->numbers), *urgent_line = urgent_line_of(r, &o->numbers);
    json_put(w, "emergency_number", emergency);
    json_put(w, "tel", dialable(r, emergency));
    json_put(w, "urgent_line", urgent_line);
    json_put(w, "urgent_tel", dialable(r, urgent_line));
    json_put(w, "helpline", o->numbers.helpline);
}

/* What the therapist reads of it. */
static void put_notes(struct json_writer *w, const char *key, const struct questionnaire *q,
                      const struct judgement *j)
{
    json_open(w, key, '[');
    for (uint16_t i = 0; i < j->count; i++)
        if (rule_therapist(q, &j->fired[i]))
            json_put(w, NULL, rule_therapist(q, &j->fired[i]));
    json_close(w, ']');
}

static bool has_notes(const struct questionnaire *q, const struct judgement *j)
{
    for (uint16_t i = 0; i < j->count; i++)
        if (rule_therapist(q, &j->fired[i]))
            return true;
    return false;
}

/* Whether any limit of it is worth a line of its own. */
static bool shapes(const struct limits *l)
{
    return l->pressure_max || l->duration_max || l->flags & (CONFIRM_FIRST | PRECALL) || l->set[EXCLUDE] ||
           l->set[AVOID] || l->set[POSITION] || l->set[PRODUCT];
}

/* What a passed check means for the visit. */
static void put_visit(struct json_writer *w, const struct outcome_of *o)
{
    json_put_bool(w, "shaped", shapes(&o->j->limits));
    json_put_bool(w, "in_person", o->in_person);
    json_put_raw(w, "shape", o->shape ? o->shape : "{}");
    json_put_bool(w, "has_told", has_notes(o->q, o->j));
    put_notes(w, "told", o->q, o->j);
}

const char *shape_limits(struct request *r, const struct questionnaire *q, const struct judgement *j)
{
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    if (j->limits.duration_max)
        json_put_int(&w, "duration_max", j->limits.duration_max);
    if (j->limits.pressure_max)
        json_put_int(&w, "pressure_max", j->limits.pressure_max);
    put_terms(&w, "exclude", q, EXCLUDE, j->limits.set[EXCLUDE], false);
    put_terms(&w, "position", q, POSITION, j->limits.set[POSITION], false);
    json_open(&w, "require", '[');
    for (uint16_t i = 0; i < j->count; i++) {
        uint64_t any = q->rules[j->fired[i].rule].limits.set[REQUIRE];
        if (any)
            put_terms(&w, NULL, q, REQUIRE, any, false);
    }
    json_close(&w, ']');
    json_close(&w, '}');
    return finished(r, out);
}

const char *outcome_document(struct request *r, const struct outcome_of *o)
{
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    const struct judgement *j = o->j;
    char day[11];
    char said[13];
    day_write(o->today, day);
    day_say(o->today, o->month_first, said);
    json_open(&w, NULL, '{');
    if (o->booking)
        json_put_raw(&w, "booking", o->booking);
    put_judgement(r, &w, o);
    put_says(r, &w, o);
    put_reasons(&w, o);
    put_answers(r, &w, o);
    json_put(&w, "day", day);
    json_put(&w, "said_day", said);
    json_put_bool(&w, "emergency", j->outcome == STOP && j->urgency == EMERGENCY);
    json_put_bool(&w, "same_day", j->outcome == STOP && j->urgency == SAME_DAY);
    json_put_bool(&w, "stop_soon", j->outcome == STOP && j->urgency == SOON);
    json_put_bool(&w, "clearance", j->outcome == CLEARANCE);
    put_numbers(r, &w, o);
    put_visit(&w, o);
    json_put_bool(&w, "stay_active", stay_active(o));
    json_close(&w, '}');
    return finished(r, out);
}

const char *passed_document(struct request *r, const struct outcome_of *o)
{
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    put_judgement(r, &w, o);
    put_says(r, &w, o);
    json_close(&w, '}');
    return finished(r, out);
}

/* --- For the therapist */

static void put_cleared(struct json_writer *w, const struct questionnaire *q, const struct answers *a,
                        const struct judgement *j, bool month_first)
{
    bool lowered = false;
    char day[11];
    char said[13];
    for (uint16_t i = 0; i < j->count; i++)
        lowered = lowered || j->fired[i].rule == q->rule_down;
    if (!lowered || q->told_date == NO_QUESTION || q->told_clinician == NO_QUESTION ||
        !a->is[q->told_date].given)
        return;
    day_write(a->is[q->told_date].number, day);
    day_say(a->is[q->told_date].number, month_first, said);
    json_put(w, "cleared_on", day);
    json_put(w, "said_cleared", said);
    json_put(w, "cleared_by", a->is[q->told_clinician].text);
}

/* Places on the body, for a figure: {"P01":["neck"],…}. */
static void put_areas(struct json_writer *w, const struct questionnaire *q, const struct answers *shown)
{
    json_open(w, "areas", '[');
    for (uint16_t i = 0; i < q->question_count; i++) {
        const struct question *question = &q->questions[i];
        if (question->kind != KIND_AREAS || !shown->is[i].given)
            continue;
        json_open(w, NULL, '{');
        json_put(w, "id", question->id);
        json_put(w, "about", question->plain ? question->plain : question->ask);
        json_open(w, "slugs", '[');
        for (uint8_t option = 0; option < question->option_count; option++)
            if (chosen(&shown->is[i], option))
                json_put(w, NULL, question->options[option].slug);
        json_close(w, ']');
        json_open(w, "labels", '[');
        for (uint8_t option = 0; option < question->option_count; option++)
            if (chosen(&shown->is[i], option))
                json_put(w, NULL, question->options[option].label);
        json_close(w, ']');
        json_close(w, '}');
    }
    json_close(w, ']');
}

/* "No" and "none of these" say nothing that changes a treatment. */
static bool is_nothing(const struct question *question, const struct answer *a)
{
    static const char *const nothing[] = {"no", "none", "nothing"};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        uint8_t option = option_by_slug(question, str_of(nothing[i]));
        if (option != OPTIONS_MAX && a->chosen == UINT64_C(1) << option)
            return true;
    }
    return false;
}

static bool is_carried(const struct record *record)
{
    for (size_t i = 0; i < QUESTIONS_MAX; i++)
        if (record->since[i])
            return true;
    return false;
}

/* What was said of oneself, the pain, health and wishes. Of the red flags nothing: the notes say what
 * follows. */
static void put_told(struct request *r, struct json_writer *w, const struct questionnaire *q,
                     const struct record *record, const struct answers *shown, bool month_first)
{
    char day[11];
    char said[13];
    bool carried = is_carried(record);
    json_open(w, "told", '[');
    for (uint16_t i = 0; i < q->question_count; i++) {
        const struct question *question = &q->questions[i];
        bool asked = question->section >= S2 && question->section <= S5 && question->kind != KIND_AREAS;
        if (!asked || !shown->is[i].given || is_nothing(question, &shown->is[i]))
            continue;
        json_open(w, NULL, '{');
        json_put(w, "id", question->id);
        json_put(w, "section", section_name((enum section)question->section));
        json_put(w, "about", question->plain ? question->plain : question->ask);
        json_put(w, "answer", answer_text(r, question, &shown->is[i], month_first));
        if (record->since[i])
            day_write(record->since[i], day);
        json_put(w, "given_on", record->since[i] ? day : NULL);
        if (record->since[i])
            day_say(record->since[i], month_first, said);
        json_put(w, "said_given", record->since[i] ? said : NULL);
        json_put_bool(w, "fresh", carried && !record->since[i]); /* not as it was last time */
        json_close(w, '}');
    }
    json_close(w, ']');
}

/* The notes of rules that one judgement has and the other has not. */
static bool put_difference(struct json_writer *w, const char *key, const struct questionnaire *q,
                           const uint64_t *has, const uint64_t *lacks)
{
    bool any = false;
    json_open(w, key, '[');
    for (uint16_t i = 0; i < q->rule_count; i++) {
        const struct fired f = {.rule = i};
        if (!((has[i / 64] & ~lacks[i / 64]) >> i % 64 & 1) || q->rules[i].is_default ||
            !rule_therapist(q, &f))
            continue;
        json_put(w, NULL, rule_therapist(q, &f));
        any = true;
    }
    json_close(w, ']');
    return any;
}

/* What follows now and did not last time, and the other way round; null where there was no last time. */
static void put_changes(struct json_writer *w, const struct questionnaire *q, const struct record *record,
                        const struct judgement *j, bool month_first)
{
    uint64_t now[RULE_WORDS] = {0};
    char day[11];
    char said[13];
    if (!record->before_day) {
        json_put(w, "changes", NULL);
        return;
    }
    for (uint16_t i = 0; i < j->count; i++)
        now[j->fired[i].rule / 64] |= UINT64_C(1) << j->fired[i].rule % 64;
    day_write(record->before_day, day);
    json_open(w, "changes", '{');
    day_say(record->before_day, month_first, said);
    json_put(w, "before", day);
    json_put(w, "said_before", said);
    json_put_bool(w, "has_new", put_difference(w, "new", q, now, record->before));
    json_put_bool(w, "has_gone", put_difference(w, "gone", q, record->before, now));
    json_close(w, '}');
}

const char *therapist_document(struct request *r, const struct questionnaire *q, const struct record *record,
                               const struct judgement *j, const char *without, bool month_first)
{
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    struct answers shown;
    char day[11];
    char said[13];
    day_write(record->day, day);
    day_say(record->day, month_first, said);
    answers_shown(q, &record->answers, record->day, &shown);
    json_open(&w, NULL, '{');
    json_put(&w, "day", day);
    json_put(&w, "said_day", said);
    json_put(&w, "version", q->name);
    json_put_bool(&w, "in_person", record->in_person);
    json_put(&w, "outcome", outcome_name(j->outcome));
    put_notes(&w, "notes", q, j);
    put_changes(&w, q, record, j, month_first);
    put_cleared(&w, q, &record->answers, j, month_first);
    put_limits(&w, q, &j->limits);
    json_put_raw(&w, "without", without);
    json_put_bool(&w, "has_without", strcmp(without, "[]") != 0);
    put_areas(&w, q, &shown);
    put_told(r, &w, q, record, &shown, month_first);
    json_close(&w, '}');
    return finished(r, out);
}
