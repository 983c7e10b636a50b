#include "intake/reopen.h"

#include "booking/booking.h"
#include "practice/practice.h"

#include <string.h>

void update_get(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id ? ask(r, Q_intake_update, id) : NULL;
    if (!doc)
        return;
    page_value(r, "left", query_value(r, "left"));
    if (doc_text(r, doc, "update") || r->wants_json)
        page(r, "intake/update", doc);
    else
        reply_redirect(r, 303, arena_printf(r->arena, "/bookings/%s", id));
}

static bool is(const char *act, const char *what)
{
    return strcmp(act, what) == 0;
}

static void answer(struct request *r, const char *id, const char *doc, bool leaves)
{
    const char *update = doc_text(r, doc, "update");
    if (!update)
        reply_error(r, 409, "The form belongs to a visit to come that is booked or asked for.");
    else if (r->wants_json)
        page(r, "intake/update", doc);
    else if (leaves)
        reply_redirect(r, 303, arena_printf(r->arena, "/bookings/%s/update?left=1", id));
    else
        reply_redirect(r, 303, arena_printf(r->arena, "/bookings/%s/safety", id));
}

void update_post(struct request *r)
{
    static const char *const acts[] = {"begin", "afresh", "leave", NULL};
    static const struct field field = {.name = "act",
                                       .kind = FIELD_CHOICE,
                                       .required = true,
                                       .choices = acts,
                                       .missing = "Choose what to do: begin, afresh or leave",
                                       .wrong = "Choose what to do: begin, afresh or leave"};
    const char *id = path_uuid(r);
    const char *act = id ? form_only(r, &field) : NULL;
    if (!act)
        return;
    const char *doc = is(act, "leave") ? ask(r, Q_intake_leave, id)
                                       : ask(r, Q_intake_reopen, id, is(act, "afresh") ? "yes" : NULL);
    if (doc)
        answer(r, id, doc, is(act, "leave"));
}

void booking_phone_post(struct request *r)
{
    static const struct field field = {.name = "phone",
                                       .kind = FIELD_LINE,
                                       .required = true,
                                       .min = 5,
                                       .max = 40,
                                       .missing = "Enter a telephone number",
                                       .wrong = "Enter a telephone number of 5 to 40 characters"};
    struct form f;
    const char *id = path_uuid(r);
    if (!id)
        return;
    form_read(&f, r, &field, 1);
    const char *doc =
        f.errors ? ask(r, Q_intake_update, id) : ask(r, Q_intake_phone, id, form_get(&f, "phone"));
    if (doc && f.errors)
        page_form(r, "booking/show", doc, &f);
    else if (doc && doc_text(r, doc, "problem"))
        reply_error(r, 409, doc_text(r, doc, "title"));
    else
        page_saved(r, doc, arena_printf(r->arena, "/bookings/%s", id));
}

void practice_update_post(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id ? ask(r, Q_care_reopen, id) : NULL;
    if (!doc)
        return;
    if (doc_text(r, doc, "problem"))
        reply_error(r, 409, doc_text(r, doc, "title"));
    else if (r->wants_json)
        page(r, "practice/booking", doc);
    else
        reply_redirect(r, 303,
                       arena_printf(r->arena, "/practice/bookings/%s/intake?form_asked=1#update", id));
}
