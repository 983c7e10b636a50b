#include "booking/reminders.h"

#include "booking/booking.h"
#include "booking/feed.h"

#include <string.h>

/* minutes before the visit: two hours, one, two and three days, a week */
static const char *const leads[] = {"120", "1440", "2880", "4320", "10080", NULL};
static const struct field fields[] = {
    {.name = "when",
     .kind = FIELD_SLUGS,
     .choices = leads,
     .max = 2,
     .wrong = "Choose two reminders at most"},
};

void booking_reminders_get(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id ? ask(r, Q_booking_reminders, id) : NULL;
    if (!doc)
        return;
    page_value(r, "saved", query_value(r, "saved"));
    page_value(r, "feed_url", feed_url(r, doc));
    page(r, "booking/reminders", doc);
}

void reminders_answer(struct request *r, const char *id, const char *doc, struct form *f)
{
    if (!doc)
        return;
    if (f->errors) {
        page_value(r, "feed_url", feed_url(r, doc));
        page_form(r, "booking/reminders", doc, f);
    } else {
        page_saved(r, doc, arena_printf(r->arena, "/bookings/%s/reminders?saved=1", id));
    }
}

void booking_reminders_post(struct request *r)
{
    struct form f;
    const char *id = path_uuid(r), *when;
    if (!id)
        return;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    when = form_get(&f, "when");
    const char *doc =
        f.errors ? ask(r, Q_booking_reminders, id) : ask(r, Q_booking_remind, id, when ? when : "{}");
    reminders_answer(r, id, doc, &f);
}
