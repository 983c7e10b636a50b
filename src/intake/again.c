/* Another time after a hold ran out: what was answered and who comes go along. */
#include "booking/booking.h"
#include "core/day.h"
#include "intake/check.h"
#include "intake/intake.h"

#include <string.h>

static const struct field again_fields[] = {
    {.name = "start", .kind = FIELD_LINE, .required = true, .max = 40, .missing = "Choose a time"},
    {.name = "key", .kind = FIELD_UUID, .required = true, .missing = "Send a UUID of your own as key"},
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
    const char *doc = ask(r, Q_booking_details, c->id, name, email, doc_text(r, old->booking, "home"));
    if (doc && !doc_is(r, doc, "problem")) /* a service that is not for them is said at the names */
        c->booking = doc;
    return doc != NULL;
}

/* The answers are judged anew for the new visit. A check that would not pass has no draft to come from. */
static bool carry_answers(struct request *r, struct check *c)
{
    struct course way;
    course_take(&way, c->q, &c->record, &c->setting);
    if (way.open == COURSE_END && way.now.passed)
        return check_pass(r, c, &way.now);
    return check_save(r, c);
}

static void carry(struct request *r, const struct check *old, const char *doc)
{
    struct check c = *old;
    c.id = doc_text(r, doc, "id");
    c.booking = doc;
    if (doc_is(r, doc, "safety_passed") || (carry_names(r, old, &c) && carry_answers(r, &c)))
        reply_redirect(r, 303, booking_next(r, c.booking));
}

void safety_again_post(struct request *r)
{
    struct check old;
    struct form f;
    if (!check_load(r, &old))
        return;
    if (!doc_is(r, old.booking, "expired")) {
        reply_redirect(r, 303, booking_next(r, old.booking));
        return;
    }
    form_read(&f, r, again_fields, sizeof again_fields / sizeof *again_fields);
    struct wanted w = {.therapist = inner(r, old.booking, "therapist", "slug"),
                       .service = inner(r, old.booking, "service", "id"),
                       .start = form_get(&f, "start"),
                       .key = form_get(&f, "key")};
    if (f.errors || !instant_valid(str_of(w.start))) {
        page_form(r, "booking/problem", "{\"title\":\"Choose a time again\"}", &f);
        return;
    }
    page_value(r, "again_path", arena_printf(r->arena, "/bookings/%s/again", old.id));
    const char *doc = booking_take(r, &w);
    if (doc)
        carry(r, &old, doc);
}
