/* From a passed safety check to a booked appointment, or to a request for one. */
#include "booking/booking.h"

#include <string.h>

static const struct field details_fields[] = {
    {.name = "name",
     .kind = FIELD_LINE,
     .required = true,
     .max = 120,
     .missing = "Enter your name",
     .wrong = "Enter your name in 120 characters or fewer"},
    {.name = "email",
     .kind = FIELD_EMAIL,
     .required = true,
     .missing = "Enter your e-mail address",
     .wrong = "Enter an e-mail address like name@example.com"},
    HOME_FIELDS,
};
#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { NAME_AND_EMAIL = 2, AND_PHONE }; /* how many of details_fields are asked for: see details_count */

/* What is asked of who comes: where the therapist goes to them or calls first, more than a name. */
static size_t details_count(struct request *r, const char *doc)
{
    if (doc_is(r, doc, "at_home"))
        return COUNT(details_fields);
    return doc_is(r, doc, "precall") ? AND_PHONE : NAME_AND_EMAIL;
}

/* A page of the booking in the path. */
static const char *path_of(struct request *r, const char *rest)
{
    return arena_printf(r->arena, "/bookings/%s%s", param(r, "id"), rest);
}

/* The booking of the path if it is held and its safety check passed; NULL after having replied. */
static const char *passed(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id ? ask(r, Q_booking_show, id) : NULL;
    if (!doc || !booking_is_held(r, doc))
        return NULL;
    if (doc_is(r, doc, "safety_passed"))
        return doc;
    if (r->wants_json)
        reply_error(r, 409, "Answer the safety check first.");
    else
        reply_redirect(r, 303, booking_next(r, doc));
    return NULL;
}

/* Of a client who is signed in the account's; it can be changed. */
static void prefill(struct request *r, const char *doc)
{
    const char *own = NULL;
    if (session_of(r)->role != ROLE_CLIENT || doc_is(r, doc, "by_therapist") || r->wants_json ||
        web_ask_account(r, Q_accounts_prefill, &own) != DB_OK)
        return;
    page_value(r, "own_name", doc_text(r, own, "name"));
    page_value(r, "own_email", doc_text(r, own, "email"));
    page_value(r, "own_phone", doc_text(r, own, "phone"));
}

void booking_details_get(struct request *r)
{
    const char *doc = passed(r);
    if (!doc)
        return;
    prefill(r, doc);
    page(r, "booking/details", doc);
}

/* All that is missing of an address at once; the database would name one after the other. */
static void home_needed(struct form *f)
{
    static const char *const needed[][2] = {
        {"phone", "Enter a telephone number: a home visit needs one"},
        {"home_street", "Enter the street and number"},
        {"home_place", "Enter the town and its state, or the ZIP code"},
    };
    for (size_t i = 0; i < COUNT(needed); i++)
        if (!form_get(f, needed[i][0]))
            form_fail(f, needed[i][0], needed[i][1]);
}

/* Reads and stores who comes, and for a home visit where to. NULL after having replied. */
static const char *details_save(struct request *r, const char *shown)
{
    struct form f;
    const char *doc = NULL;
    form_read(&f, r, details_fields, details_count(r, shown));
    if (f.count > AND_PHONE)
        home_needed(&f);
    else if (f.count == AND_PHONE && !form_get(&f, "phone"))
        form_fail(&f, "phone", "Enter a telephone number: your therapist calls you before the visit");
    if (!f.errors) {
        doc = ask(r, Q_booking_details, param(r, "id"), form_get(&f, "name"), form_get(&f, "email"),
                  f.count > AND_PHONE ? form_json(&f) : NULL,
                  f.count == AND_PHONE ? form_get(&f, "phone") : NULL);
        if (!doc)
            return NULL;
        if (doc_text(r, doc, "field"))
            form_fail(&f, doc_text(r, doc, "field"), doc_text(r, doc, "title"));
    }
    if (f.errors) {
        page_form(r, "booking/details", shown, &f);
        return NULL;
    }
    if (booking_problem(r, doc)) /* the service is not for this person */
        return NULL;
    return booking_is_held(r, doc) ? doc : NULL;
}

void booking_details_post(struct request *r)
{
    const char *doc = passed(r);
    if (doc)
        doc = details_save(r, doc);
    if (!doc)
        return;
    if (r->wants_json)
        page(r, "booking/details", doc);
    else
        reply_redirect(r, 303, booking_next(r, doc));
}

void booking_check_get(struct request *r)
{
    const char *doc = passed(r);
    if (!doc)
        return;
    if (doc_is(r, doc, "ready") || r->wants_json)
        page(r, "booking/check", doc);
    else
        reply_redirect(r, 303, booking_next(r, doc));
}

/* A refusal in HTML leads to the page that mends it. */
static bool refused(struct request *r, const char *doc)
{
    const char *type = doc_text(r, doc, "type");
    if (!doc_is(r, doc, "problem"))
        return false;
    if (!r->wants_json && type && strcmp(type, "safety-check-missing") == 0)
        reply_redirect(r, 303, path_of(r, "/safety"));
    else if (!r->wants_json && type && strcmp(type, "details-missing") == 0)
        reply_redirect(r, 303, path_of(r, "/details"));
    else
        booking_problem(r, doc);
    return true;
}

/* A JSON caller may name the guest in the same call. */
static bool named_here(struct request *r)
{
    return form_value(r, "name") || form_value(r, "email");
}

void booking_changed(struct request *r, const char *doc, const char *after)
{
    if (!doc || refused(r, doc))
        return;
    if (r->wants_json)
        page(r, "booking/show", doc);
    else
        reply_redirect(r, 303, path_of(r, after));
}

/* A therapist or a front desk that asked the questions goes back to where it came from, and this browser
 * stops acting as the client. */
static bool back_to_practice(struct request *r, const char *doc)
{
    enum role role = session_of(r)->role;
    if (r->wants_json || (role != ROLE_THERAPIST && role != ROLE_DESK) || !doc_is(r, doc, "by_therapist") ||
        doc_is(r, doc, "link_sent"))
        return false;
    cookie_set_booking(r, param(r, "id"), "", 0);
    reply_redirect(r, 303,
                   arena_printf(r->arena, "/%s/bookings/%s?saved=1",
                                doc_is(r, doc, "by_desk") ? "desk" : "practice", param(r, "id")));
    return true;
}

void booking_confirm_post(struct request *r)
{
    const char *id = path_uuid(r);
    if (!id)
        return;
    if (named_here(r)) {
        const char *shown = ask(r, Q_booking_show, id);
        /* a repeated call finds it booked or asked for: then the names stay as they are */
        if (!shown ||
            (!doc_text(r, shown, "reference") && (!booking_is_held(r, shown) || !details_save(r, shown))))
            return;
    }
    const char *link = arena_printf(r->arena, "%s/b/%s", app_of(r)->config.origin, session_of(r)->booking);
    char code[44];
    web_random(code);
    const char *doc = ask(r, Q_booking_confirm, id, link, booking_via(r, "web"),
                          app_of(r)->config.confirm_email ? code : NULL);
    if (doc && (doc_is(r, doc, "problem") || !back_to_practice(r, doc)))
        booking_changed(r, doc, doc_text(r, doc, "series") ? "/series?booked=1" : "?booked=1");
}

/* The page that the link in the mail leads to. Only its button acts: mail scanners follow links. */
void booking_email_get(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id ? ask(r, Q_booking_show, id) : NULL;
    if (!doc)
        return;
    page_value(r, "code", query_value(r, "code"));
    if (doc_is(r, doc, "email_waits") && !doc_is(r, doc, "expired") &&
        (query_value(r, "code") || r->wants_json))
        page(r, "booking/email", doc);
    else
        reply_redirect(r, 303, path_of(r, ""));
}

void booking_email_post(struct request *r)
{
    const char *id = path_uuid(r), *code = form_value(r, "code");
    if (!id)
        return;
    const char *link = arena_printf(r->arena, "%s/b/%s", app_of(r)->config.origin, session_of(r)->booking);
    booking_changed(r, ask(r, Q_booking_prove_email, id, code ? code : "", link, booking_via(r, "link")),
                    "?booked=1");
}

void booking_extend_post(struct request *r)
{
    const char *id = path_uuid(r);
    const char *minutes = arena_printf(r->arena, "%d", app_of(r)->config.hold_minutes);
    const char *doc = id && minutes ? ask(r, Q_booking_extend, id, minutes) : NULL;
    if (!doc || !booking_is_held(r, doc))
        return;
    if (r->wants_json)
        page(r, "booking/show", doc);
    else
        reply_redirect(r, 303, booking_next(r, doc));
}
