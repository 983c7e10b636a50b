/* The pages of the guided finder. */
#include "finder/finder.h"

#include "booking/booking.h"
#include "intake/edition.h"
#include "intake/intake.h"

#include <string.h>

/* One page after the safety questions: a kind of value (see finder_kinds() in SQL). "not_sure" is a value of
 * each. */
struct step {
    const char *name, *ask, *hint, *unsure, *missing;
    bool one;
};
static const struct step steps[] = {
    {"region", "Where does it hurt?", "Choose every place, in the list or on the figure.",
     "All over, or I cannot say", "Choose where it hurts, or that you cannot say", false},
    {"duration", "How long has it hurt this time?", NULL, "I cannot say",
     "Choose how long it has hurt, or that you cannot say", true},
    {"pain", "What is it like?", "Choose all that fit.", "Hard to say",
     "Choose what it is like, or that it is hard to say", false},
    {"cause", "Does any of this belong to it?",
     "What you think, or what you were told. Choose all that fit. Most people do not know.",
     "None of these, or I do not know", "Choose what belongs to it, or that you do not know", false},
    {"goal", "What should get better?", "Choose what matters most to you, one or more.", "I do not know yet",
     "Choose what should get better, or that you do not know yet", false},
};
enum { STEPS = sizeof steps / sizeof *steps, SAID_MAX = 120 };

static const char *const kinds[] = {"region", "duration", "pain", "cause", "age", "goal"};
enum { KINDS = sizeof kinds / sizeof *kinds };

struct said {
    const char *kind;
    struct str value;
};

struct finder {
    struct request *r;
    const struct questionnaire *q;
    const char *at, *to;
    struct signs signs;
    struct said said[SAID_MAX];
    size_t count;
};

/* --- Reading */

static const struct step *step_named(const char *name)
{
    for (size_t i = 0; name && i < STEPS; i++)
        if (strcmp(steps[i].name, name) == 0)
            return &steps[i];
    return NULL;
}

/* A kind is answered on the page of its step; age on that of the causes. */
static const char *step_of_kind(const char *kind)
{
    return strcmp(kind, "age") == 0 ? "cause" : kind;
}

static const char *kind_named(struct str name)
{
    for (size_t i = 0; i < KINDS; i++)
        if (str_is(name, kinds[i]))
            return kinds[i];
    return NULL;
}

static bool is_slug(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '-' &&
            s.p[i] != '_')
            return false;
    return s.n > 0 && s.n <= 60;
}

static bool has_said(const struct finder *f, const char *kind, struct str value)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->said[i].kind == kind && (!value.p || str_eq(f->said[i].value, value)))
            return true;
    return false;
}

static bool take_said(struct finder *f, const char *kind, struct str value)
{
    if (!is_slug(value) || f->count == SAID_MAX)
        return false;
    if (!has_said(f, kind, value))
        f->said[f->count++] = (struct said){kind, value};
    return true;
}

static bool take_step(struct finder *f, const char **step, struct str value)
{
    const char *name = arena_strndup(f->r->arena, value.p, value.n);
    *step = name && (signs_is_step(f->q, name) || step_named(name)) ? name : NULL;
    return *step != NULL;
}

/* False for a field that is none of ours, or a value that cannot be one of its own. */
static bool take_field(struct finder *f, const struct pair *p)
{
    const char *kind = kind_named(p->name);
    if (!p->value.n || str_is(p->name, "csrf"))
        return true;
    if (str_is(p->name, "at"))
        return take_step(f, &f->at, p->value);
    if (str_is(p->name, "to"))
        return take_step(f, &f->to, p->value);
    if (kind)
        return take_said(f, kind, p->value);
    return signs_take(f->q, &f->signs, f->r->arena, p->name, p->value) == SIGNS_TAKEN;
}

static bool finder_read(struct finder *f, struct request *r)
{
    *f = (struct finder){.r = r, .q = questionnaire_now(r)};
    if (!f->q)
        return false;
    for (size_t i = 0; i < r->form.n; i++) {
        const struct pair *p = &r->form.at[i];
        if (take_field(f, p))
            continue;
        reply_error(r, 422,
                    arena_printf(r->arena, "%.60s is not a question here, or has no such answer.",
                                 arena_strndup(r->arena, p->name.p, p->name.n)));
        return false;
    }
    return true;
}

/* --- What goes to the database: {region:neck,duration:acute} */

static const char *said_array(struct finder *f)
{
    struct buf *out = booking_buf(f->r);
    buf_putc(out, '{');
    for (size_t i = 0; i < f->count; i++)
        buf_printf(out, "%s%s:%.*s", i ? "," : "", f->said[i].kind, (int)f->said[i].value.n,
                   f->said[i].value.p);
    buf_putc(out, '}');
    return out->failed ? NULL : arena_strndup(f->r->arena, out->p, out->n);
}

static const char *excluded_array(struct finder *f, const struct limits *l)
{
    struct buf *out = booking_buf(f->r);
    const char *comma = "";
    buf_putc(out, '{');
    for (uint8_t bit = 0; bit < f->q->term_count[EXCLUDE]; bit++) {
        if (!(l->set[EXCLUDE] >> bit & 1))
            continue;
        buf_printf(out, "%s%s", comma, f->q->terms[EXCLUDE][bit].slug);
        comma = ",";
    }
    buf_putc(out, '}');
    return out->failed ? NULL : arena_strndup(f->r->arena, out->p, out->n);
}

/* NULL after having replied. */
static const char *suggestions(struct finder *f, const struct judgement *j)
{
    const char *pressure =
        j->limits.pressure_max ? arena_printf(f->r->arena, "%d", j->limits.pressure_max) : NULL;
    return ask(f->r, Q_finder_suggestions, said_array(f), pressure, excluded_array(f, &j->limits));
}

/* --- Pages: the document of a step, what its form must carry along, and where it is */

static void put_hidden_said(const struct finder *f, const char *step, struct json_writer *w)
{
    for (size_t i = 0; i < f->count; i++) {
        if (strcmp(step_of_kind(f->said[i].kind), step) == 0)
            continue;
        json_open(w, NULL, '{');
        json_put(w, "name", f->said[i].kind);
        json_put_str(w, "value", f->said[i].value);
        json_close(w, '}');
    }
}

/* Every answer but those that the page of `step` asks for itself; of "" there are none of those. */
static void put_fields(const struct finder *f, const char *key, const char *step, struct json_writer *w)
{
    json_open(w, key, '[');
    signs_hidden(f->q, &f->signs, step, w);
    put_hidden_said(f, step, w);
    json_close(w, ']');
}

/* For the form of the page, and for the one that goes back. */
static void put_hidden(const struct finder *f, const char *step, struct json_writer *w)
{
    put_fields(f, "hidden", step, w);
    put_fields(f, "all", "", w);
}

static const char *previous(const struct finder *f, const char *step)
{
    const struct step *s = step_named(step);
    if (!s)
        return signs_before(f->q, step);
    return s == steps ? signs_before(f->q, NULL) : s[-1].name;
}

static void put_place(const struct finder *f, const char *step, struct json_writer *w)
{
    const struct step *s = step_named(step);
    json_put(w, "at", step);
    json_put(w, "back", previous(f, step));
    json_put_int(w, "of", SIGNS_LISTS + STEPS);
    if (s)
        json_put_int(w, "number", SIGNS_LISTS + 1 + (s - steps));
    else if (signs_list(step))
        json_put_int(w, "number", signs_list(step));
}

static void put_error(const char *field, const char *message, struct json_writer *w)
{
    json_put_bool(w, "has_errors", message != NULL);
    json_open(w, "errors", '[');
    if (message) {
        json_open(w, NULL, '{');
        json_put(w, "field", field);
        json_put(w, "message", message);
        json_close(w, '}');
    }
    json_close(w, ']');
}

/* The members of `doc` and of `more`, which are objects. */
static const char *joined(struct request *r, const char *doc, struct buf *more)
{
    if (!doc || more->failed)
        return NULL;
    bool empty = doc[1] == '}';
    return arena_printf(r->arena, "%.*s%s%s", (int)more->n - 1, more->p, empty ? "" : ",", doc + 1);
}

static void answer_page(struct request *r, int status, const char *name, const char *doc)
{
    if (doc)
        page_status(r, status, name, doc);
    else
        reply_error(r, 500, NULL);
}

static struct buf *place_buf(const struct finder *f, const char *step, const char *field, const char *message)
{
    struct buf *out = booking_buf(f->r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    put_place(f, step, &w);
    put_error(field, message, &w);
    put_hidden(f, step, &w);
    json_close(&w, '}');
    return out;
}

static void show_signs(struct finder *f, const char *step, const char *field, const char *message)
{
    const char *doc = signs_page(f->r, f->q, &f->signs, step, message, field);
    doc = joined(f->r, doc, place_buf(f, step, field, message));
    answer_page(f->r, message ? 422 : 200, "finder/signs", doc);
}

static void show_step(struct finder *f, const struct step *s, const char *message)
{
    const char *doc = ask(f->r, Q_finder_choices, s->name, said_array(f));
    if (!doc)
        return;
    struct buf *out = booking_buf(f->r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    put_place(f, s->name, &w);
    put_error(s->name, message, &w);
    put_hidden(f, s->name, &w);
    json_put(&w, "ask", s->ask);
    json_put(&w, "hint", s->hint);
    json_put(&w, "error", message);
    json_put(&w, "unsure", s->unsure);
    json_put_bool(&w, "unsure_on", has_said(f, s->name, STR("not_sure")));
    json_put(&w, "type", s->one ? "radio" : "checkbox");
    json_put_bool(&w, "figure", s == steps);
    json_put_bool(&w, "wide", s == steps || strcmp(s->name, "cause") == 0);
    json_close(&w, '}');
    answer_page(f->r, message ? 422 : 200, "finder/step", joined(f->r, doc, out));
}

/* STOP and CLEARANCE. Only what a word of a clinician can lift carries the answers on. */
static void show_outcome(struct finder *f, const struct judgement *j)
{
    const char *here = ask(f->r, Q_finder_today);
    if (!here)
        return;
    struct buf *out = booking_buf(f->r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    json_put_bool(&w, "finder", true);
    if (j->asks_clearance) {
        json_open(&w, "may_go_on", '{');
        put_hidden(f, "", &w);
        json_close(&w, '}');
    }
    json_close(&w, '}');
    const char *doc = signs_outcome(f->r, f->q, &f->signs, j, here);
    answer_page(f->r, 200, "intake/outcome", joined(f->r, doc, out));
}

static void show_result(struct finder *f, const struct judgement *j)
{
    const char *doc = suggestions(f, j);
    if (!doc)
        return;
    const char *wrong = doc_text(f->r, doc, "wrong"); /* a value that was retired while somebody answered */
    if (wrong) {
        const struct step *s = step_named(step_of_kind(wrong));
        show_step(f, s, s->missing);
        return;
    }
    struct buf *out = booking_buf(f->r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    put_hidden(f, "", &w);
    put_error(NULL, NULL, &w);
    json_put(&w, "back", steps[STEPS - 1].name);
    json_put_raw(&w, "safety", signs_says(f->r, f->q, &f->signs, j));
    json_close(&w, '}');
    answer_page(f->r, 200, "finder/result", joined(f->r, doc, out));
}

/* --- The way */

static bool step_answered(const struct finder *f, const struct step *s)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(step_of_kind(f->said[i].kind), s->name) == 0)
            return true;
    return false;
}

/* After the safety questions: the first that is open, or the end. */
static void go_on_safe(struct finder *f, const struct judgement *j, const struct step *wanted)
{
    if (!j->passed) {
        show_outcome(f, j);
        return;
    }
    for (size_t i = 0; i < STEPS && !wanted; i++)
        if (!step_answered(f, &steps[i]))
            wanted = &steps[i];
    if (wanted)
        show_step(f, wanted, NULL);
    else
        show_result(f, j);
}

/* Whatever page is wanted, no safety question is skipped, and their answers are judged anew. */
static void go_on(struct finder *f)
{
    struct judgement j;
    const char *open = signs_next(f->q, &f->signs, &j);
    if (f->to && signs_may_show(f->q, &f->signs, f->to, open))
        show_signs(f, f->to, NULL, NULL);
    else if (open)
        show_signs(f, open, NULL, NULL);
    else
        go_on_safe(f, &j, step_named(f->to));
}

/* The page that was answered, again when the answer does not do. */
static void submit(struct finder *f)
{
    const struct step *s = step_named(f->at);
    const char *field = NULL, *message = NULL;
    if (f->at && signs_is_step(f->q, f->at))
        message = signs_submit(f->q, &f->signs, f->at, &field);
    if (message)
        show_signs(f, f->at, field, message);
    else if (s && !step_answered(f, s))
        show_step(f, s, s->missing);
    else
        go_on(f);
}

static void answer_json(struct finder *f)
{
    struct judgement j;
    signs_judge(f->q, &f->signs, &j);
    if (!j.passed) {
        answer_page(f->r, 200, "intake/outcome", signs_judgement(f->r, f->q, &f->signs, &j));
        return;
    }
    const char *doc = suggestions(f, &j), *wrong = doc ? doc_text(f->r, doc, "wrong") : NULL;
    struct buf *out = booking_buf(f->r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    json_put_raw(&w, "safety", signs_says(f->r, f->q, &f->signs, &j));
    json_close(&w, '}');
    if (wrong)
        reply_error(f->r, 422, arena_printf(f->r->arena, "%s has no such value.", wrong));
    else if (doc)
        answer_page(f->r, 200, "finder/result", joined(f->r, doc, out));
}

void finder_get(struct request *r)
{
    struct finder f = {.r = r, .q = questionnaire_now(r)};
    if (f.q)
        show_signs(&f, "signs", NULL, NULL);
}

void finder_post(struct request *r)
{
    struct finder f;
    if (!finder_read(&f, r))
        return;
    if (r->wants_json)
        answer_json(&f);
    else if (f.to)
        go_on(&f);
    else
        submit(&f);
}
