/* Another time after a hold ran out, and another visit from the page of one that was booked: what was
 * answered and who comes go along. */
#include "booking/booking.h"
#include "core/day.h"
#include "intake/check.h"
#include "intake/edition.h"
#include "intake/intake.h"

#include <string.h>

static const struct field again_fields[] = {
    {.name = "start", .kind = FIELD_LINE, .required = true, .max = 40, .missing = "Choose a time"},
    {.name = "key", .kind = FIELD_UUID, .required = true, .missing = "Send a UUID of your own as key"},
    {.name = "from", .kind = FIELD_DATE},
    {.name = "fresh", .kind = FIELD_LINE},
};

/* A member of a nested object. */
static const char *inner(struct request *r, const char *doc, const char *object, const char *key)
{
    const char *text = doc_text(r, doc, object);
    return text ? doc_text(r, text, key) : NULL;
}

static bool carry_names(struct request *r, const struct check *old, struct check *c)
{
    const char *name = inner(r, old->booking, "client", "name");
    const char *email = inner(r, old->booking, "client", "email");
    if (!name || !email)
        return true;
    const char *doc = ask(r, Q_booking_details, c->id, name, email, doc_text(r, old->booking, "home"),
                          inner(r, old->booking, "client", "phone"));
    if (doc && !doc_is(r, doc, "problem")) /* a service that is not for them is said at the names */
        c->booking = doc;
    return doc != NULL;
}

/* All but what was agreed to: that is read and agreed to for each booking anew, and then judged anew. */
static bool carry_answers(struct request *r, struct check *c)
{
    for (uint16_t i = 0; i < c->q->question_count; i++)
        if (c->q->questions[i].section == S6)
            c->record.answers.is[i] = (struct answer){0};
    for (size_t page = 0; page < c->q->page_count && page < PAGES_MAX; page++)
        if (c->q->pages[page].section == S6)
            c->record.seen &= ~(UINT64_C(1) << page);
    return check_save(r, c);
}

/* --- Another visit, later */

/* The answers of then in the words of now, each with its day; no page counts as seen. */
static void remember(struct request *r, const struct check *old, struct check *c)
{
    c->record = (struct record){0};
    c->q = questionnaire_now(r);
    if (c->q && old->record.day && old->setting.today - old->record.day <= ANSWERS_DAYS &&
        !form_value(r, "fresh"))
        record_carry(old->q, &old->record, c->q, r->arena, &c->record);
}

/* It was booked, and is past or stands: a hold that still waits for something goes on where it is. */
static bool was_booked(struct request *r, const struct check *old)
{
    static const char *const states[] = {"confirmed", "attended", "no_show", "cancelled"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (old->passed && doc_is(r, old->booking, states[i]))
            return true;
    return false;
}

void safety_again_get(struct request *r)
{
    struct check old;
    if (!check_load(r, &old))
        return;
    if (!was_booked(r, &old)) {
        reply_redirect(r, 303, booking_next(r, old.booking));
        return;
    }
    int32_t day;
    const char *from =
        query_value(r, "from"); /* links made by us: one that was changed by hand leads to the first */
    const char *doc = ask(r, Q_booking_times, old.id, from && day_read(str_of(from), &day) ? from : NULL);
    if (doc)
        page(r, "booking/again", doc);
}

/* `token` is that of the old booking: who holds it takes another visit of the same course. */
static void carry(struct request *r, const struct check *old, const char *token, const char *doc)
{
    struct check c = *old;
    c.id = c.lead = doc_text(r, doc, "id");
    c.booking = doc;
    c.passed = c.was_booked = false;
    if (!doc_is(r, old->booking, "expired"))
        remember(r, old, &c);
    if (!c.q || !ask(r, Q_outcome_join, c.id, old->id, token))
        return;
    if (doc_is(r, doc, "safety_passed") || (carry_names(r, old, &c) && carry_answers(r, &c)))
        reply_redirect(r, 303, booking_next(r, c.booking));
}

void safety_again_post(struct request *r)
{
    struct check old;
    struct form f;
    if (!check_load(r, &old))
        return;
    if (!doc_is(r, old.booking, "expired") && !was_booked(r, &old)) {
        reply_redirect(r, 303, booking_next(r, old.booking));
        return;
    }
    form_read(&f, r, again_fields, sizeof again_fields / sizeof *again_fields);
    struct wanted w = {.therapist = inner(r, old.booking, "therapist", "slug"),
                       .service = inner(r, old.booking, "service", "id"),
                       .start = form_get(&f, "start"),
                       .key = form_get(&f, "key")};
    if (!f.errors && !instant_valid(str_of(w.start)))
        form_fail(&f, "start", "Choose a time");
    if (f.errors) {
        const char *times = ask(r, Q_booking_times, old.id, form_get(&f, "from"));
        if (times)
            page_form(r, "booking/again", times, &f);
        return;
    }
    page_value(r, "again_path", arena_printf(r->arena, "/bookings/%s/again", old.id));
    const char *token = session_of(r)->booking; /* from here on it is the new booking's */
    const char *taken = booking_take(r, &w);
    const char *doc = taken ? ask(r, Q_booking_show, doc_text(r, taken, "id")) : NULL;
    if (doc)
        carry(r, &old, token, doc);
}
