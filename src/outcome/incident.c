/* What its therapist sees of a course, and closes what must be looked into; what an operator sees of it. */
#include "booking/booking.h"
#include "care/record.h"
#include "keys/keys.h"
#include "outcome/line.h"
#include "outcome/outcome.h"
#include "practice/practice.h"

#include <string.h>

static const char *note_bound(struct request *r, const char *incident)
{
    return arena_printf(r->arena, "incident %s", incident);
}

/* The document of the line, opened: all but its last bracket. NULL after having replied. */
static struct json_writer *course_open(struct request *r, const char *id, const char **doc)
{
    struct json j;
    *doc = ask(r, Q_outcome_line, id, "therapist");
    if (!*doc)
        return NULL;
    struct buf *b = care_buf(r);
    struct json_writer *w = arena_alloc(r->arena, sizeof *w);
    const struct line *line = NULL;
    if (b && w && json_parse(&j, r->arena, str_of(*doc)) && !(line = line_open(r, &j)))
        return NULL;
    if (!line) {
        reply_error(r, 500, NULL);
        return NULL;
    }
    *w = (struct json_writer){.out = b};
    json_open(w, NULL, '{');
    json_put_raw(w, "booking", doc_text(r, *doc, "booking"));
    json_put_raw(w, "incidents", doc_text(r, *doc, "incidents"));
    json_put_bool(w, "agreed", doc_is(r, *doc, "agreed"));
    json_put_bool(w, "therapist", true);
    json_put(w, "day", NULL);
    line_put(r, w, line, id);
    return w;
}

const char *outcome_for_therapist(struct request *r, const char *id)
{
    const char *doc;
    struct json_writer *w = course_open(r, id, &doc);
    if (!w)
        return NULL;
    json_close(w, '}');
    const char *text = care_text(r, w->out);
    if (!text)
        reply_error(r, 500, NULL);
    return text;
}

/* --- Closing */

/* Of a visit's incident; 0: there is none. */
static uint32_t incident_of(const struct json *j)
{
    uint32_t list = json_get(j, 0, "incidents"), at = list + 1;
    for (uint32_t i = 0; list && i < j->token[list].count; i++, at = j->token[at].next)
        if (j->token[json_get(j, at, "this")].kind == JSON_TRUE)
            return at;
    return 0;
}

static const char *raw(struct request *r, const struct json *j, uint32_t token)
{
    struct str s = json_raw(j, token);
    return arena_strndup(r->arena, s.p, s.n);
}

static void put_note(struct request *r, struct json_writer *w, const char *id, const char *incident)
{
    const char *sealed = doc_text(r, incident, "sealed");
    const char *note =
        sealed ? client_open(r, id, OUTCOME_SEAL, note_bound(r, doc_text(r, incident, "id")), sealed) : NULL;
    json_put(w, "note_kept", note);
    json_put_bool(w, "note_lost", sealed && !note);
}

static void draw(struct request *r, const char *id, struct form *f)
{
    struct json j;
    const char *doc;
    struct json_writer *w = course_open(r, id, &doc);
    if (!w)
        return;
    uint32_t at = json_parse(&j, r->arena, str_of(doc)) ? incident_of(&j) : 0;
    if (!at) {
        reply_error(r, 404, NULL);
        return;
    }
    const char *incident = raw(r, &j, at);
    json_put_raw(w, "incident", incident);
    put_note(r, w, id, incident);
    json_close(w, '}');
    const char *text = care_text(r, w->out);
    if (!text)
        reply_error(r, 500, NULL);
    else if (f)
        page_form(r, "outcome/incident", text, f);
    else
        page(r, "outcome/incident", text);
}

void practice_incident_get(struct request *r)
{
    const char *id = path_uuid(r);
    if (id)
        draw(r, id, NULL);
}

static const struct field close_fields[] = {
    {.name = "which", .kind = FIELD_UUID, .required = true, .missing = "Open the page again"},
    {.name = "note",
     .kind = FIELD_TEXT,
     .required = true,
     .max = 2000,
     .missing = "Write what you found out and did",
     .wrong = "Shorten it to 2,000 characters"},
};

void practice_incident_post(struct request *r)
{
    struct form f;
    const char *id = path_uuid(r);
    if (!id)
        return;
    form_read(&f, r, close_fields, sizeof close_fields / sizeof *close_fields);
    if (f.errors > 0) {
        draw(r, id, &f);
        return;
    }
    const char *incident = form_get(&f, "which");
    const char *sealed =
        client_seal(r, id, OUTCOME_SEAL, note_bound(r, incident), str_of(form_get(&f, "note")));
    if (!sealed) {
        client_key_say(r, NULL);
        return;
    }
    const char *doc = ask(r, Q_outcome_incident_close, id, incident, sealed);
    if (doc && doc_text(r, doc, "problem"))
        reply_error(r, 409, doc_text(r, doc, "title"));
    else
        page_saved(r, doc, arena_printf(r->arena, "/practice/bookings/%s/incident", id));
}

void operator_incidents_get(struct request *r)
{
    const char *doc = ask(r, Q_outcome_incidents);
    if (doc)
        page(r, "outcome/incidents", doc);
}
