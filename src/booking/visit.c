/* A booking seen again: its page, its secret link, its calendar file. */
#include "booking/booking.h"
#include "booking/ics.h"
#include "booking/state.h"

#include <string.h>

static const char *show(struct request *r)
{
    const char *id = booking_id(r);
    return id ? ask(r, Q_booking_show, id) : NULL;
}

static const char *secret_link(struct request *r)
{
    return arena_printf(r->arena, "%s/b/%s", app_of(r)->config.origin, session_of(r)->booking);
}

void booking_get(struct request *r)
{
    const char *doc = show(r);
    if (!doc)
        return;
    page_value(r, "next", booking_next(r, doc));
    if (doc_is(r, doc, "expired") && !r->wants_json) {
        booking_is_held(r, doc);
        return;
    }
    /* shown when it was just booked; who comes by the link knows it */
    if (doc_is(r, doc, "confirmed") && query_value(r, "booked"))
        page_value(r, "link", secret_link(r));
    page(r, "booking/show", doc);
}

/* Only reads: mail scanners follow links. */
void booking_link_get(struct request *r)
{
    const char *token = param(r, "token");
    session_of(r)->booking = token;
    const char *doc = ask(r, Q_booking_by_token);
    if (!doc)
        return;
    const char *id = doc_text(r, doc, "id");
    const char *path = arena_printf(r->arena, "/bookings/%s", id);
    cookie_set_booking(r, id, token, -1);
    if (path)
        reply_redirect(r, 303, path);
}

/* The members of the document that the calendar shows, and no others. */
struct visit {
    struct json j;
    struct arena *a;
};

static const char *text_in(const struct visit *v, const char *object, const char *key)
{
    uint32_t at = object ? json_get(&v->j, 0, object) : 0;
    uint32_t token = object && !at ? 0 : json_get(&v->j, at, key);
    if (!token || v->j.token[token].kind == JSON_NULL)
        return "";
    struct str s = json_text(&v->j, token, v->a);
    const char *text = arena_strndup(v->a, s.p, s.n);
    return text ? text : "";
}

static const char *joined(struct arena *a, const char *left, const char *between, const char *right)
{
    return left && left[0] && right[0] ? arena_printf(a, "%s%s%s", left, between, right)
           : left && left[0]           ? left
                                       : right;
}

static const char *address(const struct visit *v)
{
    const char *town = joined(v->a, text_in(v, "place", "region"), " ", text_in(v, "place", "postcode"));
    town = joined(v->a, text_in(v, "place", "town"), ", ", town);
    town = joined(v->a, text_in(v, "place", "street"), ", ", town);
    return joined(v->a, text_in(v, "place", "name"), ", ", town);
}

static const char *uid_of(struct request *r, const char *id)
{
    const char *host = strstr(app_of(r)->config.origin, "://");
    return arena_printf(r->arena, "%s@%s", id, host ? host + 3 : "unknot");
}

static bool calendar_write(struct request *r, const char *doc, struct buf *out)
{
    struct visit v = {.a = r->arena};
    enum booking_state state = HELD;
    if (!json_parse(&v.j, r->arena, str_of(doc)))
        return false;
    booking_state_read(text_in(&v, NULL, "state"), &state);
    struct ics_event e = {
        .uid = uid_of(r, text_in(&v, NULL, "id")),
        .stamp = text_in(&v, NULL, "stamp"),
        .start = text_in(&v, NULL, "start"),
        .end = text_in(&v, NULL, "end"),
        .summary =
            joined(r->arena, text_in(&v, "service", "name"), " with ", text_in(&v, "therapist", "name")),
        .location = address(&v),
        .description = arena_printf(r->arena, "Reference %s", text_in(&v, NULL, "reference")),
        .cancelled = state == CANCELLED,
    };
    return !arena_failed(r->arena) && ics_write(&e, out);
}

void booking_calendar_get(struct request *r)
{
    const char *doc = show(r);
    if (!doc)
        return;
    if (!doc_text(r, doc, "reference")) { /* only what was booked has a place in a calendar */
        reply_error(r, 404, NULL);
        return;
    }
    struct buf *out = booking_buf(r);
    if (!calendar_write(r, doc, out)) {
        reply_error(r, 500, NULL);
        return;
    }
    reply_header(r, "Content-Disposition", "attachment; filename=\"appointment.ics\"");
    reply(r, 200, "text/calendar; charset=utf-8", arena_strndup(r->arena, out->p, out->n), out->n);
}
