/* Who calls, and whether they may. The row says who; the database says it again (row-level security). */
#include "web/inner.h"

#include <string.h>

static const char *wire_name(struct request *r, const char *name)
{
    return app_of(r)->https ? arena_printf(r->arena, "__Host-%s", name) : name;
}

/* NULL for a name that could not be made. */
static const char *cookie_text(struct request *r, const char *wire)
{
    struct str s = wire ? pairs_get(&r->cookies, wire) : (struct str){0};
    return s.n ? arena_strndup(r->arena, s.p, s.n) : NULL;
}

const char *cookie_value(struct request *r, const char *name)
{
    return cookie_text(r, wire_name(r, name));
}

void cookie_set(struct request *r, const char *name, const char *value, long max_age)
{
    const char *wire = wire_name(r, name);
    if (wire)
        reply_cookie(r, wire, value, "/", max_age, app_of(r)->https);
}

void cookie_set_booking(struct request *r, const char *id, const char *token, long max_age)
{
    const char *name = arena_printf(r->arena, "booking_%s", id);
    const char *path = arena_printf(r->arena, "/bookings/%s", id);
    if (name && path && text_is_uuid(str_of(id)))
        reply_cookie(r, name, token, path, max_age, app_of(r)->https);
}

/* The path decides which booking's cookie counts, so that one guest may hold several. */
static const char *booking_cookie(struct request *r)
{
    struct str id = pairs_get(&r->params, "id");
    if (!text_is_uuid(id))
        return NULL;
    return cookie_text(r, arena_printf(r->arena, "booking_%.*s", (int)id.n, id.p));
}

/* A session that is not known, or lacks its second factor where that is needed, is as if it had not been
 * sent; what a guest has of a booking stays. */
static void find_caller(struct request *r, struct state *state)
{
    struct session *s = &state->session;
    struct app *app = app_of(r);
    s->visitor = cookie_value(r, VISITOR_COOKIE);
    s->bearer = r->bearer.n > 0;
    s->booking = s->bearer ? arena_strndup(r->arena, r->bearer.p, r->bearer.n) : booking_cookie(r);
    state->booking_by_cookie = s->booking && !s->bearer;
    s->token = app->identify ? cookie_value(r, SESSION_COOKIE) : NULL;
    if (!s->token)
        return;
    bool known = app->identify(r, s);
    if (known && (!s->half || (r->route->who & WHO_MASK) == WHO_HALF))
        state->session_by_cookie = true;
    else
        *s = (struct session){
            .booking = s->booking, .visitor = s->visitor, .bearer = s->bearer, .half = known && s->half};
}

/* A test build alone: all routes are open, so that the database is seen to hold by itself
 * (tests/http/walls.mjs). */
#ifdef UNKNOT_TEST_ROUTE_WALL_OFF
enum { WALL_OFF = true };
#else
enum { WALL_OFF = false };
#endif

/* The row against the caller. That a booking's token is a good one, and whose things are whose, only the
 * database knows. */
static bool may_call(enum who row, const struct session *s)
{
    if (WALL_OFF)
        return true;
    switch (row & WHO_MASK) {
    case WHO_ANYONE:
        return true;
    case WHO_BOOKING:
        return s->booking != NULL && (s->role != ROLE_DESK || (row & AT_DESK));
    case WHO_SIGNED_IN:
        return s->role != ROLE_VISITOR;
    case WHO_THERAPIST:
        return s->role == ROLE_THERAPIST;
    case WHO_OPERATOR:
        return s->role == ROLE_OPERATOR;
    case WHO_HALF:
        return s->half;
    case WHO_DESK:
        return s->role == ROLE_DESK || s->role == ROLE_THERAPIST;
    default:
        break;
    }
    return false;
}

/* With the address to come back to. */
static void ask_to_sign_in(struct request *r)
{
    struct buf *b = scratch(r, 4096);
    buf_puts(b, session_of(r)->half ? "/sign-in/second?next=" : "/sign-in?next=");
    buf_url(b, r->target.p, r->target.n);
    const char *path = b->failed ? "/sign-in" : arena_strndup(r->arena, b->p, b->n);
    if (path)
        reply_redirect(r, 303, path);
}

/* What is not one's own is answered as if it were not there. */
static void turn_away(struct request *r, enum who who, const struct session *s)
{
    if (who == WHO_BOOKING && r->wants_json) {
        reply_header(r, "WWW-Authenticate", "Bearer");
        reply_error(r, 401, "Send the booking's token: Authorization: Bearer …");
    } else if (who == WHO_BOOKING) {
        reply_error(r, 404, "Open this booking with the link you were given when you booked.");
    } else if (who == WHO_HALF && s->role != ROLE_VISITOR && !r->wants_json) {
        reply_redirect(r, 303, "/account"); /* back in the browser, after the second step */
    } else if (s->role != ROLE_VISITOR) {
        reply_error(r, 404, NULL);
    } else if (r->method == HTTP_GET && !r->wants_json) {
        ask_to_sign_in(r);
    } else {
        reply_error(r, 401, NULL);
    }
}

/* A second factor, where the row is for nobody without. */
static bool lacks_factor(const struct request *r, const struct session *s)
{
    enum who who = r->route->who & WHO_MASK;
    return !s->factored && (who == WHO_OPERATOR || (who == WHO_THERAPIST && (r->route->who & PROVED)));
}

static bool lacks_proof(const struct request *r, const struct session *s)
{
    bool act = (r->route->who & WHO_MASK) == WHO_OPERATOR && r->method == HTTP_POST;
    return !s->proved && (act || (r->route->who & PROVED));
}

static bool is_proved(struct request *r)
{
    const struct session *s = session_of(r);
    if (WALL_OFF || s->role == ROLE_VISITOR || (!lacks_factor(r, s) && !lacks_proof(r, s)))
        return true;
    app_of(r)->prove(r);
    return false;
}

bool web_allow(struct request *r)
{
    enum who who = r->route->who & WHO_MASK;
    if (may_call(r->route->who, session_of(r)))
        return is_proved(r);
    turn_away(r, who, session_of(r));
    return false;
}

bool web_admit(struct request *r)
{
    struct worker *w = r->worker;
    struct state *state = state_of(r);
    enum who who = r->route->who & WHO_MASK;
    if (!state)
        return false;
    if (w)
        db_deadline(w->db, r->deadline_us);
    find_caller(r, state);
    if (reply_status(r))
        return false; /* who calls could not be found out now, and that has been said */
    if (!may_call(r->route->who, &state->session)) {
        turn_away(r, who, &state->session);
        return false;
    }
    if (r->method == HTTP_POST && !csrf_check(r)) {
        reply_error(r, 403, NULL);
        return false;
    }
    return is_proved(r);
}
