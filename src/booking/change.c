/* What a client does to a booking by its secret link: another time, yes or no to a suggested one, cancelling.
 */
#include "booking/booking.h"

#include "core/day.h"

#include <string.h>

/* A page of the booking in the path. */
static const char *page_of(struct request *r, const char *rest)
{
    return arena_printf(r->arena, "/bookings/%s%s", param(r, "id"), rest);
}

void booking_cancel_get(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id ? ask(r, Q_booking_show, id) : NULL;
    if (!doc)
        return;
    if (doc_is(r, doc, "can_cancel") || r->wants_json)
        page(r, "booking/cancel", doc);
    else
        reply_redirect(r, 303, page_of(r, ""));
}

void booking_cancel_post(struct request *r)
{
    const char *id = path_uuid(r);
    if (id)
        booking_changed(r, ask(r, Q_booking_cancel, id, booking_via(r, "link")), "");
}

void booking_move_get(struct request *r)
{
    static const struct field from = {.name = "from", .kind = FIELD_DATE};
    struct form f;
    const char *id = path_uuid(r);
    if (!id)
        return;
    r->form = r->query;
    form_read(&f, r, &from, 1);
    if (!f.count)
        return;
    /* links made by us: one that was changed by hand leads to the first free times */
    const char *day = form_get(&f, "from");
    const char *doc = ask(r, Q_booking_times, id, day && strcmp(day, "2200") < 0 ? day : NULL);
    if (!doc)
        return;
    if (doc_is(r, doc, "can_move") || r->wants_json)
        page(r, "booking/move", doc);
    else
        reply_redirect(r, 303, page_of(r, ""));
}

void booking_move_post(struct request *r)
{
    static const struct field fields[] = {
        {.name = "start", .kind = FIELD_LINE, .required = true, .max = 40, .missing = "Choose a time"},
        {.name = "from", .kind = FIELD_DATE}};
    struct form f;
    const char *id = path_uuid(r);
    if (!id)
        return;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    if (!f.errors && !instant_valid(str_of(form_get(&f, "start"))))
        form_fail(&f, "start", "Choose a time");
    if (f.errors) {
        const char *doc = ask(r, Q_booking_times, id, form_get(&f, "from"));
        if (doc)
            page_form(r, "booking/move", doc, &f);
        return;
    }
    booking_changed(r, ask(r, Q_booking_move, id, form_get(&f, "start"), booking_via(r, "link")), "?moved=1");
}

void booking_answer_post(struct request *r)
{
    static const char *const answers[] = {"yes", "no", NULL};
    static const struct field field = {.name = "answer",
                                       .kind = FIELD_CHOICE,
                                       .required = true,
                                       .choices = answers,
                                       .missing = "Say yes or no to the suggested time",
                                       .wrong = "Say yes or no to the suggested time"};
    const char *id = path_uuid(r);
    const char *said = id ? form_only(r, &field) : NULL;
    if (said)
        booking_changed(r, ask(r, Q_booking_answer, id, said, booking_via(r, "link")), "");
}
