/* The safety check page by page, and in one JSON call. */
#include "booking/booking.h"
#include "core/day.h"
#include "intake/check.h"
#include "intake/intake.h"
#include "intake/record.h"
#include "intake/words.h"

#include <string.h>

/* The check if its booking is still held; false after having replied. */
static bool open_check(struct request *r, struct check *c)
{
    return check_load(r, c) && booking_is_held(r, c->booking);
}

/* The hold ran out while a question was being read. */
static bool is_late(struct request *r, const struct check *c)
{
    return doc_is(r, c->booking, "expired");
}

static void to_page(struct request *r, const struct check *c, int page)
{
    reply_redirect(r, 303, arena_printf(r->arena, "/bookings/%s/safety/%d", c->id, page));
}

/* The page that comes next; the last one again when all is answered but not concluded (that takes a POST). */
static int next_page(const struct check *c)
{
    struct judgement j;
    safety_judge(&c->answers, c->today, &j);
    int page = safety_open_page(&c->answers, &j);
    return page ? page : SAFETY_PAGES;
}

void safety_get(struct request *r)
{
    struct check c;
    if (!open_check(r, &c))
        return;
    if (c.passed)
        reply_redirect(r, 303, booking_next(r, c.booking));
    else
        to_page(r, &c, next_page(&c));
}

static void draw(struct request *r, const struct check *c, int page_number, int status,
                 const struct faults *f)
{
    const char *doc = question_document(r, c->booking, page_number, &c->answers, f);
    if (doc)
        page_status(r, status, "intake/question", doc);
    else
        reply_error(r, 500, NULL);
}

static int page_number(struct request *r)
{
    int64_t n;
    return text_int(str_of(param(r, "n")), 1, CLEARANCE_PAGE, &n) ? (int)n : 0;
}

static void done_get(struct request *r)
{
    struct check c;
    if (!open_check(r, &c))
        return;
    if (!c.passed) {
        to_page(r, &c, next_page(&c));
        return;
    }
    const char *doc = outcome_document(r, c.booking, &c.answers, c.today, &c.kept);
    if (doc)
        page(r, "intake/done", doc);
    else
        reply_error(r, 500, NULL);
}

void safety_page_get(struct request *r)
{
    struct check c;
    int number = page_number(r);
    if (strcmp(param(r, "n"), "done") == 0) {
        done_get(r);
        return;
    }
    if (!number) {
        reply_error(r, 404, NULL);
        return;
    }
    if (!open_check(r, &c))
        return;
    if (c.passed)
        reply_redirect(r, 303, booking_next(r, c.booking));
    else if (number > next_page(&c)) /* no page is skipped: emergencies come first */
        to_page(r, &c, next_page(&c));
    else
        draw(r, &c, number, 200, &(struct faults){0});
}

/* One question from the form into the answers; the message when there is none that fits. */
static const char *take(struct request *r, struct check *c, enum question q)
{
    const struct question_info *info = &questions[q];
    const char *typed = form_value(r, info->id);
    c->answers.is[q] = UNANSWERED; /* the new answer takes the place of an old one */
    if (typed && answers_set(&c->answers, str_of(info->id), str_of(typed)))
        return NULL;
    if (typed || !info->optional)
        return info->missing;
    /* left out on purpose: the page offers the words for it */
    c->answers.is[q] = PREFER_NOT;
    return NULL;
}

static void take_clinician(struct request *r, struct check *c, struct faults *f)
{
    f->typed_date = form_value(r, "RF15_date");
    f->typed_clinician = form_value(r, "RF15_clinician");
    c->answers.cleared_on = 0;
    c->answers.cleared_by[0] = '\0';
    if (c->answers.is[RF15] != SAID_FINE)
        return;
    if (!f->typed_date)
        f->date = "Enter the date when they said so";
    else if (!day_read(str_of(f->typed_date), &c->answers.cleared_on) || c->answers.cleared_on > c->today)
        f->date = "Enter a date that is today or earlier, like 2026-11-20";
    if (!f->typed_clinician)
        f->clinician = "Enter the name of the doctor, nurse or physical therapist";
    else if (!answers_set(&c->answers, STR("RF15_clinician"), str_of(f->typed_clinician)))
        f->clinician = "Enter their name in 120 characters or fewer";
}

static bool take_page(struct request *r, struct check *c, int number, struct faults *f)
{
    bool fine = true;
    for (enum question q = 0; q < QUESTIONS; q++) {
        const struct question_info *info = &questions[q];
        if (info->page != number)
            continue;
        if (info->shown_by == q || c->answers.is[info->shown_by] == info->shown_when)
            f->question[q] = take(r, c, q);
        else
            c->answers.is[q] = UNANSWERED;
        fine = fine && !f->question[q];
    }
    if (number == CLEARANCE_PAGE)
        take_clinician(r, c, f);
    return fine && !f->date && !f->clinician;
}

/* A new answer on an earlier page can make the clinician's question needless or new, so it is asked afresh.
 */
static void forget_clearance(struct check *c)
{
    c->answers.is[RF15] = UNANSWERED;
    c->answers.cleared_on = 0;
    c->answers.cleared_by[0] = '\0';
}

static void go_on(struct request *r, struct check *c)
{
    struct judgement j;
    safety_judge(&c->answers, c->today, &j);
    int open = safety_open_page(&c->answers, &j);
    if (j.ends || !open)
        check_conclude(r, c, &j);
    else if (check_save(r, c))
        to_page(r, c, open);
}

/* No time is held any more, but somebody who just said that they need help is told so before anything else.
 */
static void go_on_late(struct request *r, struct check *c, int number)
{
    struct faults f = {0};
    struct judgement j;
    take_page(r, c, number, &f);
    safety_judge(&c->answers, c->today, &j);
    if (j.ends)
        check_conclude(r, c, &j);
    else
        booking_is_held(r, c->booking);
}

void safety_page_post(struct request *r)
{
    struct check c;
    struct faults f = {0};
    int number = page_number(r);
    if (!number) {
        reply_error(r, 404, NULL);
        return;
    }
    if (!check_load(r, &c))
        return;
    if (is_late(r, &c)) {
        go_on_late(r, &c, number);
        return;
    }
    if (!booking_is_held(r, c.booking))
        return;
    if (c.passed) {
        reply_redirect(r, 303, booking_next(r, c.booking));
        return;
    }
    if (number > next_page(&c)) {
        to_page(r, &c, next_page(&c));
        return;
    }
    if (number < CLEARANCE_PAGE)
        forget_clearance(&c);
    if (take_page(r, &c, number, &f))
        go_on(r, &c);
    else
        draw(r, &c, number, 422, &f);
}

/* Every member must be an answer; a wrong one is said, not skipped. */
static const char *take_all(struct request *r, struct answers *a)
{
    *a = (struct answers){0};
    for (size_t i = 0; i < r->form.n; i++) {
        const struct pair *p = &r->form.at[i];
        if (str_is(p->name, "csrf") || !p->value.n)
            continue;
        if (!answers_set(a, p->name, p->value))
            return answers_key(p->name)
                       ? arena_printf(r->arena, "%.*s has no such answer.", (int)p->name.n, p->name.p)
                       : "There is no such question. Answers go by question id, for instance \"RF01\": "
                         "\"no\".";
    }
    return NULL;
}

void safety_post(struct request *r)
{
    struct check c;
    struct judgement j;
    if (!check_load(r, &c) || (!is_late(r, &c) && !booking_is_held(r, c.booking)))
        return;
    const char *wrong = take_all(r, &c.answers);
    if (wrong) {
        reply_error(r, 422, wrong);
        return;
    }
    safety_judge(&c.answers, c.today, &j);
    if (is_late(r, &c) && !j.ends) {
        booking_is_held(r, c.booking);
    } else if (!judgement_incomplete(&j)) {
        check_conclude(r, &c, &j);
    } else if (r->wants_json) {
        page(r, "intake/outcome", judgement_document(r, &j));
    } else if (check_save(r, &c)) {
        to_page(r, &c, next_page(&c));
    }
}
