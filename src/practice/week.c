/* Today, the week and one visit. */
#include "practice/practice.h"

#include "booking/booking.h"
#include "intake/intake.h"
#include "intake/own.h"

#include <string.h>

void practice_week_get(struct request *r)
{
    struct form f;
    static const struct field week = {.name = "week", .kind = FIELD_DATE};
    /* a GET: the day comes from the query, checked like a field */
    r->form = r->query;
    form_read(&f, r, &week, 1);
    if (f.errors > 0) {
        reply_error(r, 400, "The week is named by a day, such as /practice?week=2026-11-23.");
        return;
    }
    page_with_saved(r, "practice/week", ask(r, Q_practice_week, form_get(&f, "week")));
}

/* The document with what the client answered to the therapist's own questions. */
static const char *with_own(struct request *r, const char *id, const char *doc)
{
    const char *own = own_for_therapist(r, id, doc_text(r, doc, "answered_for"));
    if (own == NULL)
        return NULL;
    return arena_printf(r->arena, "%.*s,\"own\":%s,\"has_own\":%s,\"own_lost\":%s}", (int)(strlen(doc) - 1),
                        doc, own, own[0] == '[' && own[1] != ']' ? "true" : "false",
                        own[0] == '[' ? "false" : "true");
}

/* When the seal does not open, the page says so, and still says who comes. */
const char *practice_with_health(struct request *r, const char *id, const char *doc)
{
    const char *sealed = NULL;
    enum db_status s = ask_status(r, Q_practice_sealed, &sealed, id);
    doc = s == DB_OK || s == DB_NONE ? with_own(r, id, doc) : doc;
    if (s == DB_NONE || doc == NULL)
        return doc;
    if (s != DB_OK) {
        reply_db(r, s);
        return NULL;
    }
    const char *health = intake_for_therapist(r, id, doc_text(r, doc, "answered_for"), sealed,
                                              doc_is(r, doc_text(r, doc, "booking"), "month_first"));
    if (health == NULL && reply_status(r) != 0)
        return NULL;
    return arena_printf(r->arena, "%.*s,\"health\":%s,\"health_lost\":%s}", (int)(strlen(doc) - 1), doc,
                        health != NULL ? health : "null", health != NULL ? "false" : "true");
}

void practice_booking_get(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id != NULL ? ask(r, Q_practice_booking, id) : NULL;
    if (doc != NULL)
        doc = practice_with_health(r, id, doc);
    if (doc == NULL)
        return;
    const char *saved = query_value(r, "saved");
    page_value(r, "saved", saved);
    if (saved != NULL && strcmp(saved, "moved") == 0)
        page_value(r, "moved", "yes");
    page(r, "practice/booking", doc);
}

void practice_booking_post(struct request *r)
{
    practice_side_state(r, &practice_own);
}
