/* The form page by page, and in one JSON call. */
#include "booking/booking.h"
#include "intake/asked.h"
#include "intake/check.h"
#include "intake/consent.h"
#include "intake/intake.h"
#include "intake/own.h"
#include "intake/shape.h"

#include <string.h>

/* The form if it can be answered; false after having replied. */
static bool open_check(struct request *r, struct check *c)
{
    return check_load(r, c) && check_open(r, c);
}

/* The hold ran out while a question was being read, or the form was finished or left in another window. */
static bool is_late(struct request *r, const struct check *c)
{
    bool stands = doc_is(r, c->booking, "confirmed") || doc_is(r, c->booking, "requested");
    return doc_is(r, c->booking, "expired") || (stands && !c->again && !doc_is(r, c->booking, "past"));
}

static void weigh(const struct check *c, struct course *way)
{
    course_take(way, c->q, &c->record, &c->setting);
}

static const char *path_of(struct request *r, const struct check *c, uint8_t page)
{
    if (page == COURSE_START)
        return arena_printf(r->arena, "/bookings/%s/safety/start", c->id);
    return arena_printf(r->arena, "/bookings/%s/safety/%d", c->id, page + 1);
}

static void to_page(struct request *r, const struct check *c, uint8_t page)
{
    reply_redirect(r, 303, path_of(r, c, page));
}

/* Where one comes back to; the last page again when all is answered but not concluded (that takes a POST). */
static void to_open(struct request *r, const struct check *c)
{
    struct course way;
    struct outcome_of o;
    weigh(c, &way);
    if (shape_is_left_out(r, c, &o))
        reply_redirect(r, 303, arena_printf(r->arena, "/bookings/%s/safety/done", c->id));
    else if (way.open == COURSE_END)
        to_page(r, c, course_before(&way, COURSE_END));
    else
        to_page(r, c, way.at_start ? COURSE_START : way.open);
}

void safety_get(struct request *r)
{
    struct check c;
    if (!open_check(r, &c))
        return;
    if (c.passed)
        reply_redirect(r, 303, booking_next(r, c.booking));
    else
        to_open(r, &c);
}

/* --- A page */

/* Where the arrow leads: the page before, or the times to choose from. */
static const char *back_from(struct request *r, const struct check *c, const struct course *way, uint8_t page)
{
    uint8_t before = course_before(way, page);
    const char *therapist = doc_text(r, c->booking, "therapist"),
               *service = doc_text(r, c->booking, "service");
    if (before != COURSE_END)
        return path_of(r, c, before);
    if (c->again)
        return arena_printf(r->arena, "/bookings/%s/update", c->id);
    if (!therapist || !service)
        return NULL;
    return arena_printf(r->arena, "/therapists/%s/book?service=%s", doc_text(r, therapist, "slug"),
                        doc_text(r, service, "id"));
}

static void put_place(struct request *r, struct json_writer *w, const struct check *c,
                      const struct course *way, uint8_t page)
{
    int of, number = course_number(way, page, &of);
    json_put_raw(w, "booking", c->booking);
    json_put(w, "action", path_of(r, c, page));
    json_put(w, "back", back_from(r, c, way, page));
    json_put_bool(w, "counted", number > 0);
    json_put_raw(w, "number", number ? arena_printf(r->arena, "%d", number) : "null");
    json_put_raw(w, "of", number ? arena_printf(r->arena, "%d", of) : "null");
    json_put_bool(w, "in_person", c->record.in_person);
    json_put_bool(w, "again", c->again);
    json_put(w, "signed_by", c->q->signed_by);
}

static bool is_carried(const struct record *record)
{
    for (size_t i = 0; i < QUESTIONS_MAX; i++)
        if (record->since[i])
            return true;
    return false;
}

/* What is agreed to on this page; false after having replied. */
static bool consent_of(struct request *r, const struct check *c, uint8_t page, const char **consent)
{
    *consent = NULL;
    if (c->q->pages[page].section == S6)
        *consent = consent_document(r, c->id, check_minor(c));
    return c->q->pages[page].section != S6 || *consent;
}

static void draw(struct request *r, const struct check *c, const struct course *way, uint8_t page, int status,
                 const struct faults *f)
{
    const char *consent;
    if (!consent_of(r, c, page, &consent))
        return;
    const struct asked a = {.q = c->q,
                            .answers = &c->record.answers,
                            .faults = f,
                            .since = c->record.since,
                            .today = c->setting.today,
                            .month_first = c->month_first,
                            .page = page,
                            .consent = consent};
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    put_place(r, &w, c, way, page);
    json_put_bool(&w, "carried", is_carried(&c->record));
    asked_put(r, &a, &w);
    json_close(&w, '}');
    if (out->failed)
        reply_error(r, 500, NULL);
    else
        page_status(r, status, "intake/page", arena_strndup(r->arena, out->p, out->n));
}

/* The 24 statements are for pain in the low back, once a course, and nobody is asked them who tells all else
 * in person. */
static bool statements_wait(struct request *r, const struct check *c)
{
    const char *doc = NULL;
    return !c->again && !c->record.in_person && answers_low_back(c->q, &c->record.answers) &&
           ask_status(r, Q_statements_waits, &doc, c->id) == DB_OK && doc_is(r, doc, "waits");
}

/* A page of its own that comes before what is agreed to; NULL: none does. */
static const char *asked_before_consent(struct request *r, const struct check *c)
{
    if (own_waits(r, c->id))
        return "own";
    return statements_wait(r, c) ? "statements" : NULL;
}

static void draw_fresh(struct request *r, const struct check *c, uint8_t page)
{
    static const struct faults none;
    struct course way;
    weigh(c, &way);
    bool show = course_may_show(&way, page); /* no page is skipped: emergencies come first */
    const char *first = show && c->q->pages[page].section == S6 ? asked_before_consent(r, c) : NULL;
    if (first)
        reply_redirect(r, 303, arena_printf(r->arena, "/bookings/%s/%s", c->id, first));
    else if (show)
        draw(r, c, &way, page, 200, &none);
    else
        to_open(r, c);
}

static void page_get(struct request *r, uint8_t page)
{
    struct check c;
    if (!open_check(r, &c))
        return;
    if (c.passed)
        reply_redirect(r, 303, booking_next(r, c.booking));
    else
        draw_fresh(r, &c, page);
}

/* --- Between the check and the rest */

enum { SECONDS_A_QUESTION = 8 };

static void put_topics(struct json_writer *w, const struct check *c, const struct course *way)
{
    json_open(w, "pages", '[');
    for (uint8_t page = 0; page < c->q->page_count; page++) {
        if (!course_asks(way, page) || c->q->pages[page].section == S1)
            continue;
        json_open(w, NULL, '{');
        json_put(w, "title", c->q->pages[page].title);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_length(struct json_writer *w, const struct course *way)
{
    int questions, pages = course_length(way, &questions), minutes = questions * SECONDS_A_QUESTION / 60;
    json_put_int(w, "page_count", pages);
    json_put_int(w, "minutes", minutes ? minutes : 1);
}

static const char *start_document(struct request *r, const struct check *c, const struct course *way)
{
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    const struct outcome_of o = check_outcome(c, &way->now);
    json_open(&w, NULL, '{');
    json_put_raw(&w, "booking", c->booking);
    json_put_bool(&w, "again", c->again);
    json_put(&w, "begin",
             path_of(r, c, way->open == COURSE_END ? course_before(way, COURSE_END) : way->open));
    json_put(&w, "back", path_of(r, c, course_before(way, COURSE_START)));
    json_put(&w, "in_person_path", path_of(r, c, COURSE_START));
    json_put_bool(&w, "in_person", c->record.in_person);
    json_put_bool(&w, "has_errors", false);
    json_put_raw(&w, "errors", "[]");
    put_length(&w, way);
    put_topics(&w, c, way);
    put_says(r, &w, &o);
    json_put(&w, "signed_by", c->q->signed_by);
    json_close(&w, '}');
    return out->failed ? NULL : arena_strndup(r->arena, out->p, out->n);
}

/* The start when the check is behind the person; false after having gone elsewhere. */
static bool open_start(struct request *r, struct check *c, struct course *way)
{
    if (!open_check(r, c))
        return false;
    weigh(c, way);
    if (!c->passed && course_may_show(way, COURSE_START))
        return true;
    if (c->passed)
        reply_redirect(r, 303, booking_next(r, c->booking));
    else
        to_open(r, c);
    return false;
}

static void start_get(struct request *r)
{
    struct check c;
    struct course way;
    if (!open_start(r, &c, &way))
        return;
    const char *doc = start_document(r, &c, &way);
    if (doc)
        page(r, "intake/start", doc);
    else
        reply_error(r, 500, NULL);
}

/* how=in_person: what is about health is left to the visit; how=form: it is answered here after all. */
static void start_post(struct request *r)
{
    struct check c;
    struct course way;
    const char *how = form_value(r, "how");
    bool in_person = how && strcmp(how, "in_person") == 0;
    if (!open_start(r, &c, &way))
        return;
    if (!in_person && (!how || strcmp(how, "form") != 0)) {
        reply_error(r, 422, "Choose whether you answer here or tell the therapist in person.");
        return;
    }
    course_in_person(c.q, &c.record, in_person);
    weigh(&c, &way);
    if (check_save(r, &c))
        to_page(r, &c, way.open == COURSE_END ? course_before(&way, COURSE_END) : way.open);
}

static void done_get(struct request *r)
{
    struct check c;
    if (!check_load(r, &c))
        return;
    bool stands = c.passed && (doc_is(r, c.booking, "confirmed") || doc_is(r, c.booking, "requested"));
    if (!stands && !check_open(r, &c))
        return;
    struct outcome_of o;
    if (!c.passed) {
        if (shape_is_left_out(r, &c, &o))
            shape_left_out(r, &c, &o);
        else
            to_open(r, &c);
        return;
    }
    page_value(r, "stands", stands ? "yes" : "");
    o = check_outcome(&c, &c.kept);
    const char *limits = shape_limits(r, c.q, &c.kept);
    if (!limits || !(o.shape = ask(r, Q_intake_shape, c.id, limits)))
        return;
    const char *doc = outcome_document(r, &o);
    page_value(r, "not_kept", c.in_person ? "yes" : "");
    if (doc)
        page(r, "intake/done", doc);
    else
        reply_error(r, 500, NULL);
}

static int64_t page_number(struct request *r)
{
    int64_t n;
    return text_int(str_of(param(r, "n")), 1, PAGES_MAX, &n) ? n : 0;
}

void safety_page_get(struct request *r)
{
    if (strcmp(param(r, "n"), "done") == 0)
        done_get(r);
    else if (strcmp(param(r, "n"), "start") == 0)
        start_get(r);
    else if (page_number(r))
        page_get(r, (uint8_t)(page_number(r) - 1));
    else
        reply_error(r, 404, NULL);
}

/* --- What comes back from it */

static uint8_t page_with(const struct questionnaire *q, uint16_t question)
{
    uint8_t page = 0;
    while (page < q->page_count - 1 && !asked_here(q, question, page))
        page++;
    return page;
}

/* An answer keeps the day it came from for as long as it is the same. */
static void mark_seen(struct check *c, uint8_t page, const struct answers *was)
{
    for (uint16_t i = 0; i < c->q->question_count; i++)
        if (asked_here(c->q, i, page) && !answer_same(&c->record.answers.is[i], &was->is[i]))
            c->record.since[i] = 0;
    c->record.seen |= UINT64_C(1) << page;
}

/* The text that is agreed to is another one by now. */
static void read_again(struct request *r, struct check *c, const struct course *way)
{
    static const char changed[] = "The text has changed. Read it again, then tick the box";
    struct faults f = {0};
    uint16_t question = question_by_id(c->q, STR("K02"));
    if (question == NO_QUESTION || r->wants_json) {
        reply_error(r, 409, changed);
        return;
    }
    f.message[question] = changed;
    c->record.answers.is[question] = (struct answer){0};
    draw(r, c, way, page_with(c->q, question), 422, &f);
}

static void conclude(struct request *r, struct check *c, const struct course *way)
{
    struct judgement end = way->now;
    if (end.outcome >= CLEARANCE) /* what was not asked any more is not missing */
        memset(end.missing, 0, sizeof end.missing);
    check_conclude(r, c, &end);
    if (c->consent_changed)
        read_again(r, c, way);
}

static void go_on(struct request *r, struct check *c)
{
    struct course way;
    weigh(c, &way);
    if (way.open == COURSE_END)
        conclude(r, c, &way);
    else if (check_save(r, c))
        to_open(r, c);
}

/* No time is held any more, but somebody who just said that they need help is told so before anything else.
 */
static void go_on_late(struct request *r, struct check *c, uint8_t page)
{
    struct faults f = {0};
    struct course way;
    asked_take(r, c->q, page, c->setting.today, true, &c->record.answers, &f);
    weigh(c, &way);
    if (way.now.ends)
        conclude(r, c, &way);
    else
        booking_is_held(r, c->booking);
}

/* More time was asked for: what is answered is kept, what is missing is no fault yet. */
static void hold_longer(struct request *r, struct check *c, uint8_t page)
{
    struct faults f = {0};
    struct course way;
    const char *minutes = arena_printf(r->arena, "%d", app_of(r)->config.hold_minutes);
    bool fine = asked_take(r, c->q, page, c->setting.today, false, &c->record.answers, &f);
    weigh(c, &way);
    if (way.now.ends) { /* that cannot wait */
        conclude(r, c, &way);
        return;
    }
    if (!check_save(r, c) || !(c->booking = ask(r, Q_booking_extend, c->id, minutes)))
        return;
    if (fine)
        to_page(r, c, page);
    else
        draw(r, c, &way, page, 422, &f);
}

static void take_page(struct request *r, struct check *c, uint8_t page)
{
    struct faults f = {0};
    struct course way;
    const struct answers was = c->record.answers;
    bool fine = asked_take(r, c->q, page, c->setting.today, true, &c->record.answers, &f);
    weigh(c, &way);
    if (!fine) {
        draw(r, c, &way, page, 422, &f);
        return;
    }
    mark_seen(c, page, &was);
    if (page == course_told_page(c->q))
        course_told(&way, &c->record);
    go_on(r, c);
}

static void page_post(struct request *r, uint8_t page)
{
    struct check c;
    struct course way;
    if (!check_load(r, &c))
        return;
    if (page >= c.q->page_count) {
        reply_error(r, 404, NULL);
        return;
    }
    if (is_late(r, &c)) {
        go_on_late(r, &c, page);
        return;
    }
    if (!check_open(r, &c))
        return;
    weigh(&c, &way);
    if (c.passed)
        reply_redirect(r, 303, booking_next(r, c.booking));
    else if (!course_may_show(&way, page))
        to_open(r, &c);
    else if (form_value(r, "extend"))
        hold_longer(r, &c, page);
    else
        take_page(r, &c, page);
}

void safety_page_post(struct request *r)
{
    if (strcmp(param(r, "n"), "start") == 0)
        start_post(r);
    else if (page_number(r))
        page_post(r, (uint8_t)(page_number(r) - 1));
    else
        reply_error(r, 404, NULL);
}

/* --- All answers at once */

/* Every member must be an answer; a wrong one is said, not skipped. */
static const char *take_all(struct request *r, const struct questionnaire *q, struct answers *a)
{
    for (size_t i = 0; i < r->form.n; i++) {
        const struct pair *p = &r->form.at[i];
        if (str_is(p->name, "csrf") || str_is(p->name, "in_person") || str_starts(p->name, "consent_") ||
            !p->value.n)
            continue;
        switch (answers_take(q, a, r->arena, p->name, p->value)) {
        case ANSWER_TAKEN:
            break;
        case ANSWER_WRONG:
            return arena_printf(r->arena, "%.*s has no such answer. %s.", (int)p->name.n, p->name.p,
                                answer_fits(&q->questions[question_by_id(q, p->name)], r->arena));
        case ANSWER_FOREIGN:
            return "There is no such question. Answers go by question id, for instance \"RF01\": \"no\".";
        }
    }
    return NULL;
}

/* What is answered as it was keeps the day it came from. */
static void keep_days(struct check *c, const struct record *was)
{
    for (uint16_t i = 0; i < c->q->question_count; i++)
        if (answer_same(&c->record.answers.is[i], &was->answers.is[i]))
            c->record.since[i] = was->since[i];
}

/* The pages of which something was answered need not be looked at any more. */
static void see_answered(struct check *c)
{
    for (uint16_t i = 0; i < c->q->question_count; i++)
        for (uint8_t page = 0; c->record.answers.is[i].given && page < c->q->page_count && page < PAGES_MAX;
             page++)
            if (asked_here(c->q, i, page))
                c->record.seen |= UINT64_C(1) << page;
}

/* Without a script of its own a browser can send them too: what is missing is then asked page by page. */
static void all_at_once(struct request *r, struct check *c)
{
    struct course way;
    weigh(c, &way);
    course_told(&way, &c->record);
    const struct outcome_of o = check_outcome(c, &way.now);
    if (is_late(r, c) && !way.now.ends)
        booking_is_held(r, c->booking);
    else if (!judgement_incomplete(&way.now))
        conclude(r, c, &way);
    else if (r->wants_json)
        page(r, "intake/outcome", own_told(r, c->id, judgement_document(r, &o)));
    else
        go_on(r, c);
}

void safety_post(struct request *r)
{
    struct check c;
    if (!check_load(r, &c) || (!is_late(r, &c) && !check_open(r, &c)))
        return;
    const struct record was = c.record;
    c.record = (struct record){0};
    const char *wrong = take_all(r, c.q, &c.record.answers);
    if (wrong) {
        reply_error(r, 422, wrong);
        return;
    }
    keep_days(&c, &was);
    if (form_value(r, "in_person"))
        course_in_person(c.q, &c.record, true);
    see_answered(&c);
    all_at_once(r, &c);
}
