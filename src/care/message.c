/* The therapist asks, the client answers behind the secret link; a mail says only that there is something to
 * read. */
#include "care/message.h"

#include "care/care.h"

static const char *part_of(struct request *r, struct str id)
{
    return arena_printf(r->arena, "message %.*s", (int)id.n, id.p);
}

static void put_message(struct request *r, struct json_writer *w, const char *booking, const struct json *j,
                        uint32_t message)
{
    struct str sealed = json_raw(j, json_get(j, message, "sealed"));
    const char *text = care_open(r, booking, part_of(r, json_raw(j, json_get(j, message, "id"))),
                                 arena_strndup(r->arena, sealed.p, sealed.n));
    json_open(w, NULL, '{');
    json_put_bool(w, "own", j->token[json_get(j, message, "own")].kind == JSON_TRUE);
    json_put_str(w, "name", json_text(j, json_get(j, message, "name"), r->arena));
    json_put_str(w, "moment", json_text(j, json_get(j, message, "moment"), r->arena));
    json_put(w, "text", text);
    json_put_bool(w, "lost", text == NULL);
    json_close(w, '}');
}

void messages_put(struct request *r, struct json_writer *w, const char *key, const char *booking,
                  const struct json *j, uint32_t list)
{
    uint32_t at = list + 1, count = list != 0 ? j->token[list].count : 0;
    json_put_bool(w, "has_thread", count > 0);
    json_open(w, key, '[');
    for (uint32_t i = 0; i < count; i++, at = j->token[at].next)
        put_message(r, w, booking, j, at);
    json_close(w, ']');
}

/* The document of the send, or a problem; NULL after having replied. */
static const char *message_send(struct request *r, const char *booking, const char *text)
{
    char id[37];
    web_uuid(id); /* made here, since the text is sealed for it */
    const char *sealed = care_seal(r, booking, part_of(r, str_of(id)), str_of(text));
    if (sealed == NULL) {
        care_not_sealed(r);
        return NULL;
    }
    return ask(r, Q_care_message, booking, id, sealed);
}

/* Reads the one field and sends it. NULL when all is done or said; else the fault stands in f. */
static struct form *take(struct request *r, struct form *f, const char *booking, const struct field *field,
                         const char *back)
{
    form_read(f, r, field, 1);
    if (f->errors > 0)
        return f;
    const char *doc = message_send(r, booking, form_get(f, field->name));
    if (doc == NULL)
        return NULL;
    if (doc_text(r, doc, "problem") != NULL)
        care_refused(r, doc_text(r, doc, "title"));
    else if (r->wants_json)
        page(r, "care/answer", doc);
    else
        reply_redirect(r, 303, back);
    return NULL;
}

void care_question_post(struct request *r)
{
    static const struct field field = {.name = "question",
                                       .kind = FIELD_TEXT,
                                       .required = true,
                                       .max = 2000,
                                       .missing = "Write your question",
                                       .wrong = "Shorten your question to 2,000 characters"};
    struct form f;
    const char *id = path_uuid(r);
    /* a visit that is not theirs is not there, whatever was typed */
    if (id == NULL || ask(r, Q_practice_booking, id) == NULL)
        return;
    if (take(r, &f, id, &field, arena_printf(r->arena, "/practice/bookings/%s/intake?asked=1#messages", id)))
        care_before_draw(r, id, &f);
}

void care_answer_post(struct request *r)
{
    static const struct field field = {.name = "message",
                                       .kind = FIELD_TEXT,
                                       .required = true,
                                       .max = 2000,
                                       .missing = "Write your answer",
                                       .wrong = "Shorten your answer to 2,000 characters"};
    struct form f;
    const char *id = path_uuid(r);
    const char *doc = id != NULL ? ask(r, Q_booking_page, id) : NULL;
    if (doc == NULL ||
        take(r, &f, id, &field, arena_printf(r->arena, "/bookings/%s?answered=1#messages", id)) == NULL)
        return;
    doc = care_for_client(r, id, doc);
    if (doc != NULL)
        page_form(r, "care/answer", doc, &f);
}
