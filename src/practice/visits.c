/* Visits that a therapist moves, suggests, or books for a client. */
#include "practice/practice.h"

#include "booking/booking.h"
#include "core/day.h"

#include <string.h>

static bool is(const char *text, const char *what)
{
    return text != NULL && strcmp(text, what) == 0;
}

/* The visit as it is now, with what was typed for it and what is wrong with that. */
static void visit_again(struct request *r, const struct practice_side *side, const char *id, int status,
                        const struct form *f)
{
    const char *doc = ask(r, side->visit, id);
    if (doc != NULL && side->with != NULL)
        doc = side->with(r, id, doc);
    if (doc != NULL)
        page_form_status(r, status, side->visit_template, doc, f);
}

/* The answer to a change that was asked for with `f`: its document or a problem (NULL: replied already). A
 * browser is sent to the visit's page, `said` in its query. */
static void changed(struct request *r, const struct practice_side *side, const char *id, const char *doc,
                    const char *said, struct form *f)
{
    if (doc == NULL)
        return;
    if (form_refused(f, doc) && r->wants_json)
        reply_error(r, 409, f->general);
    else if (f->errors > 0)
        visit_again(r, side, id, 409, f);
    else if (r->wants_json)
        page(r, side->visit_template, doc);
    else
        reply_redirect(r, 303, arena_printf(r->arena, "%s/%s?saved=%s", side->visits, id, said));
}

/* --- What is said of it */

static const char *const states[] = {"confirmed", "declined", "attended", "no_show", "cancelled", NULL};
static const struct field state_fields[] = {
    {.name = "state",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = states,
     .missing = "Choose what happened",
     .wrong = "Choose what happened: confirmed, declined, attended, no_show or cancelled"},
    {.name = "why", .kind = FIELD_TEXT, .max = 500, .wrong = "Shorten the reason to 500 characters"},
};

void practice_side_state(struct request *r, const struct practice_side *side)
{
    struct form f;
    const char *id = path_uuid(r);
    if (id == NULL)
        return;
    form_read(&f, r, state_fields, sizeof state_fields / sizeof *state_fields);
    const char *to = form_get(&f, "state"), *why = form_get(&f, "why");
    if (is(to, "declined") && why == NULL)
        form_fail(&f, "why", "Say why, in a few words: the client reads it");
    if (to == NULL)
        reply_error(r, 422, f.error[0]);
    else if (f.errors > 0)
        visit_again(r, side, id, 422, &f);
    else
        changed(r, side, id, ask(r, side->state, id, to, why, booking_via(r, "web")), "1", &f);
}

/* --- Another time */

void practice_side_times(struct request *r, const struct practice_side *side)
{
    static const struct field from = {.name = "from", .kind = FIELD_DATE};
    struct form f;
    const char *id = path_uuid(r);
    if (id == NULL)
        return;
    r->form = r->query;
    form_read(&f, r, &from, 1);
    const char *day = f.count > 0 ? form_get(&f, "from") : NULL;
    const char *doc = ask(r, side->times, id, day != NULL && strcmp(day, "2200") < 0 ? day : NULL);
    if (doc == NULL)
        return;
    if (doc_is(r, doc, "can_move") || doc_is(r, doc, "can_suggest") || r->wants_json)
        page(r, side->move_template, doc);
    else
        reply_redirect(r, 303, arena_printf(r->arena, "%s/%s", side->visits, id));
}

/* The time was gone: the nearest others, each a button to move to it. */
static void taken(struct request *r, const struct practice_side *side, const char *id, const char *doc)
{
    page_value(r, "again_path", arena_printf(r->arena, "%s/%s/move", side->visits, id));
    page_value(r, side->name, "yes");
    page_status(r, 409, "booking/taken", doc);
}

void practice_side_move(struct request *r, const struct practice_side *side)
{
    static const struct field fields[] = {
        {.name = "start", .kind = FIELD_LINE, .required = true, .max = 40, .missing = "Choose a time"},
        {.name = "from", .kind = FIELD_DATE}};
    struct form f;
    const char *id = path_uuid(r);
    if (id == NULL)
        return;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    if (f.errors == 0 && !instant_valid(str_of(form_get(&f, "start"))))
        form_fail(&f, "start", "Choose a time");
    const char *doc = f.errors > 0 ? ask(r, side->times, id, form_get(&f, "from"))
                                   : ask(r, side->move_to, id, form_get(&f, "start"), booking_via(r, "web"));
    if (doc == NULL)
        return;
    if (f.errors > 0)
        page_form(r, side->move_template, doc, &f);
    else if (is(doc_text(r, doc, "type"), "time-taken"))
        taken(r, side, id, doc);
    else
        changed(r, side, id, doc, "moved", &f);
}

/* --- For a client */

static const char *const ways[] = {"send", "ask", NULL};
static const char *const yes[] = {"yes", NULL};
static const struct field new_fields[] = {
    {.name = "service",
     .kind = FIELD_INT,
     .required = true,
     .min = 1,
     .max = INT32_MAX,
     .missing = "Choose a service"},
    {.name = "place",
     .kind = FIELD_INT,
     .required = true,
     .min = 1,
     .max = INT32_MAX,
     .missing = "Choose a place"},
    {.name = "day",
     .kind = FIELD_DATE,
     .required = true,
     .missing = "Enter a day",
     .wrong = "Enter a day like 2026-11-24"},
    {.name = "time",
     .kind = FIELD_TIME,
     .required = true,
     .missing = "Enter a time",
     .wrong = "Enter a time such as 9:30 am or 17:30"},
    {.name = "outside", .kind = FIELD_CHOICE, .choices = yes},
    {.name = "name",
     .kind = FIELD_LINE,
     .required = true,
     .max = 120,
     .missing = "Enter the client's name",
     .wrong = "Enter the client's name in 120 characters or fewer"},
    {.name = "email", .kind = FIELD_EMAIL, .wrong = "Enter an e-mail address like name@example.com"},
    HOME_FIELDS,
    {.name = "how",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = ways,
     .missing = "Choose how the client answers the safety check"},
    {.name = "key", .kind = FIELD_UUID, .required = true, .missing = "Send a UUID of your own as key"},
};

/* The next visit of somebody who came before: their name and address, and the last service where none is
 * named. */
static bool begin_with(struct request *r, const char *client, const char **service)
{
    static const char *const said[] = {"name", "email", "phone"};
    const char *doc = ask(r, Q_clients_begins, client);
    if (doc == NULL)
        return false;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        page_value(r, said[i], doc_text(r, doc, said[i]));
    if (*service == NULL)
        *service = doc_text(r, doc, "service");
    return true;
}

/* The form, for `who` where the side chooses a therapist. */
static const char *form_doc(struct request *r, const struct practice_side *side, const char *service,
                            const char *day, const char *typed, const char *who)
{
    const char *const values[] = {service, day, typed, who};
    page_value(r, side->chooses ? "of_desk" : "practice", "yes");
    return web_ask(r, side->form, side->chooses ? 4 : 3, values);
}

void practice_side_get(struct request *r, const struct practice_side *side)
{
    static const struct field fields[] = {{.name = "service", .kind = FIELD_INT, .min = 1, .max = INT32_MAX},
                                          {.name = "day", .kind = FIELD_DATE},
                                          {.name = "client", .kind = FIELD_UUID}};
    struct form f;
    r->form = r->query;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    const char *service = f.count > 0 ? form_get(&f, "service") : NULL;
    const char *day = f.count > 0 ? form_get(&f, "day") : NULL;
    const char *client = f.count > 0 ? form_get(&f, "client") : NULL;
    if (client != NULL && !side->chooses && !begin_with(r, client, &service))
        return;
    const char *doc = form_doc(r, side, service, day, NULL, query_value(r, "therapist"));
    if (doc != NULL)
        page(r, side->template, doc);
}

static void draw_new(struct request *r, const struct practice_side *side, struct form *f)
{
    const char *doc = form_doc(r, side, NULL, NULL, form_json(f), form_value(r, "therapist"));
    if (doc != NULL)
        page_form(r, side->template, doc, f);
}

/* The address at which the client of the booking made with `key` answers; this request acts as that client,
 * too. */
static const char *link_of(struct request *r, const char *key)
{
    const char *token = booking_token(r->arena, app_of(r)->key, key);
    if (token == NULL)
        return NULL;
    session_of(r)->booking = token;
    return arena_printf(r->arena, "%s/b/%s", app_of(r)->config.origin, token);
}

/* Either the client has mail, or the questions are asked now, in this browser. */
static void go_on(struct request *r, const struct practice_side *side, const char *id, const char *doc,
                  bool asks)
{
    if (doc == NULL || id == NULL || !asks || r->wants_json) {
        struct form none = {.r = r};
        changed(r, side, id, doc, "sent", &none);
        return;
    }
    cookie_set_booking(r, id, session_of(r)->booking, -1);
    reply_redirect(r, 303, arena_printf(r->arena, "/bookings/%s/safety", id));
}

static const char *new_id(struct request *r, const char *doc)
{
    const char *booking = doc_text(r, doc, "booking");
    return doc_text(r, booking != NULL ? booking : doc, "id");
}

static const char *book(struct request *r, const struct practice_side *side, struct form *f, const char *link)
{
    const char *const values[] = {form_get(f, "key"),
                                  form_get(f, "service"),
                                  form_get(f, "place"),
                                  form_get(f, "day"),
                                  form_get(f, "time"),
                                  form_get(f, "outside"),
                                  form_get(f, "name"),
                                  form_get(f, "email"),
                                  form_get(f, "phone"),
                                  form_get(f, "how"),
                                  link,
                                  booking_via(r, "web"),
                                  form_json(f),
                                  form_value(r, "therapist")};
    return web_ask(r, side->book, side->chooses ? 14 : 13, values);
}

void practice_side_post(struct request *r, const struct practice_side *side)
{
    struct form f;
    form_read(&f, r, new_fields, sizeof new_fields / sizeof *new_fields);
    if (f.count > 0 && form_value(r, "email") == NULL && form_value(r, "phone") == NULL)
        form_fail(&f, "email", "Enter an e-mail address or a telephone number");
    else if (is(form_get(&f, "how"), "send") && form_value(r, "email") == NULL)
        form_fail(&f, "email", "Enter the e-mail address that the questions go to");
    if (f.errors > 0) {
        draw_new(r, side, &f);
        return;
    }
    const char *doc = book(r, side, &f, link_of(r, form_get(&f, "key")));
    if (doc == NULL)
        return;
    if (form_refused(&f, doc)) {
        draw_new(r, side, &f);
        return;
    }
    go_on(r, side, new_id(r, doc), doc, is(form_get(&f, "how"), "ask"));
}

void practice_side_ask(struct request *r, const struct practice_side *side)
{
    static const struct field field = {.name = "how",
                                       .kind = FIELD_CHOICE,
                                       .required = true,
                                       .choices = ways,
                                       .missing = "Choose how the client answers",
                                       .wrong = "Choose how the client answers: send or ask"};
    const char *id = path_uuid(r);
    const char *how = id != NULL ? form_only(r, &field) : NULL;
    const char *key = how != NULL ? web_ask(r, side->key, 1, &id) : NULL;
    if (key == NULL)
        return;
    const char *const values[] = {id, how, link_of(r, doc_text(r, key, "key"))};
    go_on(r, side, id, web_ask(r, side->ask, 3, values), is(how, "ask"));
}

const struct practice_side practice_own = {.form = Q_practice_new,
                                           .book = Q_practice_book,
                                           .key = Q_practice_key,
                                           .ask = Q_practice_ask,
                                           .times = Q_practice_times,
                                           .move_to = Q_practice_move_to,
                                           .visit = Q_practice_booking,
                                           .state = Q_practice_move,
                                           .with = practice_with_health,
                                           .name = "practice",
                                           .template = "practice/new",
                                           .move_template = "practice/move",
                                           .visit_template = "practice/booking",
                                           .visits = "/practice/bookings"};

void practice_move_get(struct request *r)
{
    practice_side_times(r, &practice_own);
}

void practice_move_post(struct request *r)
{
    practice_side_move(r, &practice_own);
}

void practice_new_get(struct request *r)
{
    practice_side_get(r, &practice_own);
}

void practice_new_post(struct request *r)
{
    practice_side_post(r, &practice_own);
}

void practice_ask_post(struct request *r)
{
    practice_side_ask(r, &practice_own);
}
