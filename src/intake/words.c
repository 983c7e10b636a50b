#include "intake/words.h"

#include "booking/booking.h"
#include "core/day.h"

#include <string.h>

static const char *finished(struct request *r, struct buf *out)
{
    return out->failed ? NULL : arena_strndup(r->arena, out->p, out->n);
}

/* --- A question */

static const char *control_id(struct request *r, enum question q, size_t i)
{
    return i ? arena_printf(r->arena, "%s-%zu", questions[q].id, i + 1) : questions[q].id;
}

static bool opens(enum question q, enum answer a)
{
    if (q == RF15)
        return a == SAID_FINE;
    for (enum question other = 0; other < QUESTIONS; other++)
        if (other != q && questions[other].shown_by == q && questions[other].shown_when == a)
            return true;
    return false;
}

static void put_question(struct request *r, struct json_writer *w, const char *key, enum question q,
                         const struct answers *a, const char *error)
{
    json_open(w, key, '{');
    json_put(w, "name", questions[q].id);
    json_put_bool(w, "heading", questions[q].shown_by == q);
    json_put(w, "ask", questions[q].ask);
    json_put(w, "hint", questions[q].hint);
    json_put(w, "error", error);
    json_put_bool(w, "optional", questions[q].optional);
    json_open(w, "options", '[');
    for (size_t i = 0; questions[q].options[i].answer != UNANSWERED; i++) {
        const struct option *o = &questions[q].options[i];
        json_open(w, NULL, '{');
        json_put(w, "id", control_id(r, q, i));
        json_put(w, "value", o->slug);
        json_put(w, "label", o->label);
        json_put_bool(w, "checked", a->is[q] == o->answer);
        json_put_bool(w, "opens", opens(q, o->answer));
        json_close(w, '}');
    }
    json_close(w, ']');
    json_close(w, '}');
}

static void put_error(struct json_writer *w, const char *field, const char *message)
{
    if (!message)
        return;
    json_open(w, NULL, '{');
    json_put(w, "field", field);
    json_put(w, "message", message);
    json_close(w, '}');
}

static void put_errors(struct json_writer *w, const struct faults *f)
{
    json_open(w, "errors", '[');
    for (enum question q = 0; q < QUESTIONS; q++)
        put_error(w, questions[q].id, f->question[q]);
    put_error(w, "RF15_date", f->date);
    put_error(w, "RF15_clinician", f->clinician);
    json_close(w, ']');
}

static bool any_fault(const struct faults *f)
{
    for (enum question q = 0; q < QUESTIONS; q++)
        if (f->question[q])
            return true;
    return f->date || f->clinician;
}

/* The clinician's day and name, below the answer that they said massage is fine. */
static void put_clinician(struct json_writer *w, const struct answers *a, const struct faults *f)
{
    char day[11] = "";
    if (a->cleared_on > 0)
        day_write(a->cleared_on, day);
    json_open(w, "clinician", '{');
    json_put(w, "date", f->typed_date ? f->typed_date : day);
    json_put(w, "name", f->typed_clinician ? f->typed_clinician : a->cleared_by);
    json_put(w, "error_date", f->date);
    json_put(w, "error_name", f->clinician);
    json_close(w, '}');
}

const char *question_document(struct request *r, const char *booking, int number, const struct answers *a,
                              const struct faults *faults)
{
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    if (booking)
        json_put_raw(&w, "booking", booking);
    json_put_int(&w, "number", number);
    json_put_int(&w, "of", SAFETY_PAGES);
    json_put_bool(&w, "counted", number <= SAFETY_PAGES);
    json_put_int(&w, "back", number - 1);
    json_put_bool(&w, "first", number == 1);
    json_put_bool(&w, "has_errors", any_fault(faults));
    put_errors(&w, faults);
    for (enum question q = 0; q < QUESTIONS; q++)
        if (questions[q].page == number)
            put_question(r, &w, questions[q].shown_by == q ? "question" : "then", q, a, faults->question[q]);
    if (number == CLEARANCE_PAGE)
        put_clinician(&w, a, faults);
    json_close(&w, '}');
    return finished(r, out);
}

/* --- A judgement */

static const char *text_of(struct request *r, const struct fired *f)
{
    struct buf *out = booking_buf(r);
    safety_text(f, app_of(r)->config.emergency, app_of(r)->config.urgent_line, out);
    return finished(r, out);
}

static void put_slugs(struct json_writer *w, const char *key, unsigned bits, const char *(*slug)(unsigned))
{
    json_open(w, key, '[');
    for (unsigned bit = 0; slug(bit); bit++)
        if (bits >> bit & 1)
            json_put(w, NULL, slug(bit));
    json_close(w, ']');
}

static void put_limits(struct json_writer *w, const struct limits *l)
{
    json_open(w, "limits", '{');
    if (l->pressure_max)
        json_put_int(w, "pressure_max", l->pressure_max);
    if (l->duration_max)
        json_put_int(w, "duration_max", l->duration_max);
    put_slugs(w, "exclude", l->exclude, excluded_slug);
    put_slugs(w, "avoid", l->avoid, avoided_slug);
    json_close(w, '}');
}

static void put_missing(struct json_writer *w, const struct judgement *j)
{
    json_open(w, "missing", '[');
    for (enum question q = 0; q < QUESTIONS; q++)
        if (j->missing >> q & 1)
            json_put(w, NULL, questions[q].id);
    if (j->missing_date)
        json_put(w, NULL, "RF15_date");
    if (j->missing_clinician)
        json_put(w, NULL, "RF15_clinician");
    json_close(w, ']');
}

static void put_rules(struct request *r, struct json_writer *w, const struct judgement *j)
{
    json_open(w, "rules", '[');
    for (uint8_t i = 0; i < j->count; i++) {
        const struct fired *f = &j->fired[i];
        json_open(w, NULL, '{');
        json_put(w, "id", rules[f->rule].id);
        json_put(w, "outcome", outcome_name(f->outcome));
        json_put(w, "urgency", urgency_name(f->urgency));
        json_put(w, "text", text_of(r, f));
        json_close(w, '}');
    }
    json_close(w, ']');
}

bool judgement_incomplete(const struct judgement *j)
{
    return !j->ends && (j->missing || j->missing_date || j->missing_clinician);
}

static void put_judgement(struct request *r, struct json_writer *w, const struct judgement *j)
{
    bool open = judgement_incomplete(j);
    json_put(w, "outcome", open ? "INCOMPLETE" : outcome_name(j->outcome));
    json_put(w, "urgency", open ? NULL : urgency_name(j->urgency));
    put_rules(r, w, j);
    put_missing(w, j);
    put_limits(w, &j->limits);
}

const char *judgement_document(struct request *r, const struct judgement *j)
{
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    put_judgement(r, &w, j);
    json_close(&w, '}');
    return finished(r, out);
}

/* --- The pages at the end */

/* What is said to the client, the most urgent first and nothing twice; after a STOP or CLEARANCE only what
 * belongs to it. */
static void put_says(struct request *r, struct json_writer *w, const struct judgement *j)
{
    const char *said[RULES_MAX];
    size_t n = 0;
    json_open(w, "says", '[');
    for (int u = EMERGENCY; u >= URGENCY_NONE; u--) {
        for (uint8_t i = 0; i < j->count; i++) {
            const struct fired *f = &j->fired[i];
            if (f->urgency != (enum urgency)u || (j->outcome >= CLEARANCE && f->outcome < CLEARANCE))
                continue;
            const char *text = text_of(r, f);
            bool again = !text;
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

static void put_answers(struct json_writer *w, const struct answers *a)
{
    json_open(w, "answers", '[');
    for (enum question q = 0; q < QUESTIONS; q++) {
        const struct option *o = question_option(q, (enum answer)a->is[q]);
        if (!o)
            continue;
        json_open(w, NULL, '{');
        json_put(w, "about", questions[q].plain);
        json_put(w, "answer", o->label);
        json_close(w, '}');
    }
    json_close(w, ']');
}

/* Moving, warmth and rest are safe advice only when every rule that holds the person back says so. */
static bool stay_active(const struct judgement *j)
{
    if (j->outcome != CLEARANCE)
        return false;
    for (uint8_t i = 0; i < j->count; i++)
        if (j->fired[i].outcome == CLEARANCE && !rules[j->fired[i].rule].stay_active)
            return false;
    return true;
}

const char *outcome_document(struct request *r, const char *booking, const struct answers *a, int32_t today,
                             const struct judgement *j)
{
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    char day[11];
    day_write(today, day);
    json_open(&w, NULL, '{');
    if (booking)
        json_put_raw(&w, "booking", booking);
    put_judgement(r, &w, j);
    put_says(r, &w, j);
    put_answers(&w, a);
    json_put(&w, "day", day);
    json_put_bool(&w, "emergency", j->outcome == STOP && j->urgency == EMERGENCY);
    json_put_bool(&w, "same_day", j->outcome == STOP && j->urgency == SAME_DAY);
    json_put_bool(&w, "stop_soon", j->outcome == STOP && j->urgency == SOON);
    json_put_bool(&w, "clearance", j->outcome == CLEARANCE);
    json_put(&w, "tel", dialable(r, app_of(r)->config.emergency));
    json_put(&w, "urgent_tel", dialable(r, app_of(r)->config.urgent_line));
    json_put_bool(&w, "stay_active", stay_active(j));
    json_close(&w, '}');
    return finished(r, out);
}

const char *passed_document(struct request *r, const struct judgement *j)
{
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    put_judgement(r, &w, j);
    put_says(r, &w, j);
    json_close(&w, '}');
    return finished(r, out);
}

const char *therapist_document(struct request *r, const struct answers *a, const struct judgement *j)
{
    struct buf *out = booking_buf(r);
    char day[11];
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    json_put(&w, "outcome", outcome_name(j->outcome));
    json_open(&w, "notes", '[');
    for (uint8_t i = 0; i < j->count; i++)
        if (rule_therapist(&j->fired[i]))
            json_put(&w, NULL, rule_therapist(&j->fired[i]));
    json_close(&w, ']');
    if (a->cleared_on > 0 && a->is[RF15] == SAID_FINE) {
        day_write(a->cleared_on, day);
        json_put(&w, "cleared_on", day);
        json_put(&w, "cleared_by", a->cleared_by);
    }
    put_limits(&w, &j->limits);
    json_close(&w, '}');
    return finished(r, out);
}
