#include "intake/shape.h"

#include "booking/booking.h"

#include <string.h>

/* The limits of a judgement as the database reads them; NULL after having replied. */
static const char *limits_of(struct request *r, const struct check *c, const struct judgement *j)
{
    const char *limits = shape_limits(r, c->q, j);
    if (!limits)
        reply_error(r, 500, NULL);
    return limits;
}

/* A program reads the judgement with it: its rules and limits. */
static void say_left_out(struct request *r, const struct check *c, const struct judgement *j,
                         const char *problem)
{
    const struct outcome_of o = check_outcome(c, j);
    const char *judged = r->wants_json ? judgement_document(r, &o) : NULL;
    if (!r->wants_json)
        reply_redirect(r, 303, arena_printf(r->arena, "/bookings/%s/safety/done", c->id));
    else if (judged)
        booking_problem(r,
                        arena_printf(r->arena, "%.*s,%s", (int)(strlen(problem) - 1), problem, judged + 1));
    else
        reply_error(r, 500, NULL);
}

bool shape_fits(struct request *r, struct check *c, const struct judgement *j)
{
    const char *problem = NULL, *limits = limits_of(r, c, j);
    if (!limits)
        return false;
    if (c->was_booked) /* its therapist reads what is new */
        return true;
    enum db_status s = ask_status(r, Q_intake_unfit, &problem, c->id, limits);
    if (s == DB_NONE)
        return true;
    c->record.seen = UINT64_MAX; /* nothing more is asked of who answered all at once */
    if (s != DB_OK)
        reply_db(r, s);
    else if (check_save(r, c))
        say_left_out(r, c, j, problem);
    return false;
}

/* Nothing more is asked, and what was answered lets a visit take place. */
static bool is_through(const struct check *c, struct course *way)
{
    course_take(way, c->q, &c->record, &c->setting);
    return way->open == COURSE_END && way->now.passed;
}

bool shape_is_left_out(struct request *r, const struct check *c, struct outcome_of *o)
{
    struct course way;
    if (c->was_booked || !is_through(c, &way))
        return false;
    struct judgement *j = arena_alloc(r->arena, sizeof *j);
    const char *limits = j ? shape_limits(r, c->q, &way.now) : NULL;
    if (!limits)
        return false;
    *j = way.now;
    *o = check_outcome(c, j);
    return ask_status(r, Q_intake_shape, &o->shape, c->id, limits) == DB_OK && doc_is(r, o->shape, "unfit");
}

void shape_left_out(struct request *r, const struct check *c, const struct outcome_of *o)
{
    const char *doc = outcome_document(r, o);
    page_value(r, "answers_path", arena_printf(r->arena, "/bookings/%s/safety/1", c->id));
    if (doc)
        page(r, "intake/unfit", doc);
    else
        reply_error(r, 500, NULL);
}

/* --- Another service at the same time */

/* What was answered holds for it too; a text that changed since is read again on its page. */
static void go_on(struct request *r, struct check *c)
{
    struct course way;
    if (r->wants_json) {
        page(r, "intake/page", c->booking);
        return;
    }
    bool through = !c->passed && !c->was_booked && is_through(c, &way);
    if (through)
        check_conclude(r, c, &way.now);
    if (!through || c->consent_changed)
        reply_redirect(r, 303, booking_next(r, c->booking));
}

void safety_service_post(struct request *r)
{
    static const struct field fields[] = {{.name = "service",
                                           .kind = FIELD_INT,
                                           .required = true,
                                           .min = 1,
                                           .max = INT32_MAX,
                                           .missing = "Choose a service",
                                           .wrong = "Choose a service"}};
    struct check c;
    struct form f;
    if (!check_load(r, &c) || !booking_is_held(r, c.booking))
        return;
    form_read(&f, r, fields, 1);
    if (f.errors) {
        reply_error(r, 422, "Choose one of the services.");
        return;
    }
    const char *doc = ask(r, Q_intake_service, c.id, form_get(&f, "service"));
    if (!doc || booking_problem(r, doc))
        return;
    c.booking = doc;
    go_on(r, &c);
}

/* --- Somebody else */

void safety_others_get(struct request *r)
{
    struct check c;
    struct course way;
    int64_t n = 1;
    if (!check_load(r, &c) || !check_open(r, &c))
        return;
    bool through = c.passed || is_through(&c, &way);
    if (!through) { /* what is not known yet cannot be looked for */
        reply_redirect(r, 303, booking_next(r, c.booking));
        return;
    }
    text_int(str_of(query_value(r, "page")), 1, 10000, &n);
    const char *limits = limits_of(r, &c, c.passed ? &c.kept : &way.now);
    const char *doc =
        limits ? ask(r, Q_intake_others, c.id, limits, arena_printf(r->arena, "%d", (int)n)) : NULL;
    if (doc)
        page(r, "intake/therapists", doc);
}
