/* A booking seen again: its page, its secret link, its calendar file. */
#include "booking/booking.h"
#include "booking/ics.h"
#include "care/care.h"

#include <string.h>

#define BASE64URL "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

/* The document of a query about the booking in the path; NULL after having replied. */
static const char *show(struct request *r, enum query q)
{
    const char *id = path_uuid(r);
    return id ? ask(r, q, id) : NULL;
}

static const char *secret_link(struct request *r)
{
    return arena_printf(r->arena, "%s/b/%s", app_of(r)->config.origin, session_of(r)->booking);
}

void booking_get(struct request *r)
{
    if (session_of(r)->role == ROLE_DESK) { /* which asked its client the questions: its own page of it */
        reply_redirect(r, 303, arena_printf(r->arena, "/desk/bookings/%s", param(r, "id")));
        return;
    }
    const char *doc = show(r, Q_booking_page);
    if (!doc)
        return;
    page_value(r, "next", booking_next(r, doc));
    if (doc_is(r, doc, "expired") && !doc_is(r, doc, "unanswered") && !r->wants_json) {
        booking_is_held(r, doc);
        return;
    }
    page_value(r, "moved", query_value(r, "moved"));
    page_value(r, "answered", query_value(r, "answered"));
    if (doc_is(r, doc, "offered"))
        page_value(r, "leave", arena_printf(r->arena, "/waiting/%s", session_of(r)->booking));
    /* shown when it was just booked; who comes by the link knows it */
    if ((doc_is(r, doc, "confirmed") || doc_is(r, doc, "requested")) && query_value(r, "booked"))
        page_value(r, "link", secret_link(r));
    doc = care_for_client(r, param(r, "id"), doc);
    if (doc)
        page(r, "booking/show", doc);
}

/* A mail about one visit of the link's leads to a page of it: ?today=ID. False: it names none. */
static bool leads_on(struct request *r, const char *token, const char *page_of)
{
    const char *visit = query_value(r, page_of);
    if (!visit || !text_is_uuid(str_of(visit)))
        return false;
    cookie_set_booking(r, visit, token, -1);
    reply_redirect(r, 303, arena_printf(r->arena, "/bookings/%s/%s", visit, page_of));
    return true;
}

/* Only reads: mail scanners follow links. */
void booking_link_get(struct request *r)
{
    const char *token = param(r, "token");
    session_of(r)->booking = token;
    const char *doc = ask(r, Q_booking_by_token);
    if (!doc)
        return;
    if (doc_is(r, doc, "waiting")) {
        reply_redirect(r, 303, arena_printf(r->arena, "/waiting/%s", token));
        return;
    }
    if (doc_is(r, doc, "clinician")) {
        reply_redirect(r, 303, arena_printf(r->arena, "/recommend/%s", token));
        return;
    }
    const char *id = doc_text(r, doc, "id");
    const char *code = query_value(r, "code"); /* of a mail that proves the address */
    if (code && (strlen(code) != 43 || strspn(code, BASE64URL) != 43))
        code = NULL;
    if (leads_on(r, token, "today") || leads_on(r, token, "review") || leads_on(r, token, "after") ||
        leads_on(r, token, "look-back"))
        return;
    const char *all = doc_is(r, doc, "series") ? "/series" : ""; /* one link for all visits of a plan */
    const char *path =
        arena_printf(r->arena, "/bookings/%s%s%s", id, code ? "/email?code=" : all, code ? code : "");
    cookie_set_booking(r, id, token, -1);
    if (path)
        reply_redirect(r, 303, path);
}

const char *booking_host(const struct config *c)
{
    const char *host = strstr(c->origin, "://");
    return host ? host + 3 : "unknot";
}

void booking_calendar_reply(struct request *r, const char *doc, const char *file)
{
    const struct ics_how how = {.method = "PUBLISH", .host = booking_host(&app_of(r)->config)};
    struct buf *out = booking_buf(r);
    if (!ics_write(doc, &how, r->arena, out)) {
        reply_error(r, 500, NULL);
        return;
    }
    reply_header(r, "Content-Disposition", arena_printf(r->arena, "attachment; filename=\"%s\"", file));
    reply(r, 200, "text/calendar; charset=utf-8", arena_strndup(r->arena, out->p, out->n), out->n);
}

void booking_calendar_get(struct request *r)
{
    const char *doc = show(r, Q_booking_calendar); /* only what was booked has one */
    if (doc)
        booking_calendar_reply(r, doc, "appointment.ics");
}
