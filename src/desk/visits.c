/* The days of a practice at its front desk, and each visit of them. */
#include "desk/desk.h"

#include "booking/booking.h"
#include "practice/practice.h"

#include <string.h>

/* The day of the query; false after having replied. */
static bool day_of(struct request *r, const char **day)
{
    static const struct field field = {.name = "day", .kind = FIELD_DATE};
    struct form f;
    r->form = r->query;
    form_read(&f, r, &field, 1);
    *day = f.count > 0 ? form_get(&f, "day") : NULL;
    if (f.errors > 0 || (*day != NULL && strcmp(*day, "2200") > 0)) {
        reply_error(r, 400, "The day is written as in /desk?day=2026-11-23.");
        return false;
    }
    return true;
}

static void days(struct request *r, enum query q, const char *template)
{
    const char *day, *doc = NULL;
    if (!day_of(r, &day))
        return;
    enum db_status s = web_ask_status(r, q, &doc, 1, &day);
    page_value(r, "left", query_value(r, "left"));
    if (s == DB_NONE && session_of(r)->role == ROLE_DESK)
        page(r, "desk/none", "{}"); /* who left, or was removed */
    else if (s != DB_OK)
        reply_db(r, s);
    else
        page(r, template, doc);
}

void desk_get(struct request *r)
{
    days(r, Q_desk_day, "desk/day");
}

void desk_week_get(struct request *r)
{
    days(r, Q_desk_week, "desk/week");
}

/* --- For a client */

static const struct practice_side desk = {.form = Q_desk_new,
                                          .book = Q_desk_book,
                                          .key = Q_desk_key,
                                          .ask = Q_desk_ask,
                                          .times = Q_desk_times,
                                          .move_to = Q_desk_move_to,
                                          .visit = Q_desk_booking,
                                          .state = Q_desk_move,
                                          .chooses = true,
                                          .name = "desk",
                                          .template = "desk/new",
                                          .move_template = "desk/move",
                                          .visit_template = "desk/booking",
                                          .visits = "/desk/bookings"};

void desk_new_get(struct request *r)
{
    practice_side_get(r, &desk);
}

void desk_new_post(struct request *r)
{
    practice_side_post(r, &desk);
}

void desk_ask_post(struct request *r)
{
    practice_side_ask(r, &desk);
}

/* --- One visit */

/* This browser may have asked the client the questions: once that is over it acts as the client no more. */
void desk_booking_get(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id != NULL ? ask(r, Q_desk_booking, id) : NULL;
    if (doc == NULL)
        return;
    if (!doc_is(r, doc, "waits_for_client"))
        cookie_set_booking(r, id, "", 0);
    page_value(r, "saved", query_value(r, "saved"));
    page(r, "desk/booking", doc);
}

void desk_booking_post(struct request *r)
{
    practice_side_state(r, &desk);
}

void desk_move_get(struct request *r)
{
    practice_side_times(r, &desk);
}

void desk_move_post(struct request *r)
{
    practice_side_move(r, &desk);
}
