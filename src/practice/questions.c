#include "practice/questions.h"

#include "practice/practice.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *const kinds[] = {"text", "choice", "yes_no", NULL};
static const char *const moves[] = {"up", "down", "stop", NULL};
static const char *const yes[] = {"yes", NULL};

static const struct field question_fields[] = {
    {.name = "ask",
     .kind = FIELD_LINE,
     .required = true,
     .min = 3,
     .max = 200,
     .missing = "Write your question",
     .wrong = "Write the question in 3 to 200 characters"},
    {.name = "hint", .kind = FIELD_LINE, .max = 200, .wrong = "Shorten the reason to 200 characters"},
    {.name = "kind", .kind = FIELD_CHOICE, .choices = kinds, .wrong = "Say how it is answered"},
    {.name = "options", .kind = FIELD_TEXT, .max = 1200, .wrong = "Shorten the answers"},
    {.name = "required", .kind = FIELD_CHOICE, .choices = yes, .wrong = "Tick the box or leave it empty"},
};
static const struct field move_fields[] = {
    {.name = "move",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = moves,
     .missing = "Say where to",
     .wrong = "Say where to"},
};
static const struct field sign_fields[] = {
    {.name = "name",
     .kind = FIELD_LINE,
     .required = true,
     .min = 2,
     .max = 120,
     .missing = "Type your full name to sign",
     .wrong = "Type your name in 2 to 120 characters"},
};

/* After a change that was saved: back to the list, or the document for a program. */
static void saved(struct request *r, const char *doc, const char *path)
{
    if (!doc)
        return;
    if (r->wants_json)
        reply(r, 200, "application/json; charset=utf-8", doc, strlen(doc));
    else
        reply_redirect(r, 303, path);
}

void practice_questions_get(struct request *r)
{
    const char *doc = ask(r, Q_practice_questions);
    if (!doc)
        return;
    page_value(r, "saved", query_value(r, "saved"));
    page(r, "practice/questions", doc);
}

static const char *question_id(struct request *r)
{
    int64_t id;
    const char *text = param(r, "id");
    if (text_int(str_of(text), 1, INT32_MAX, &id))
        return text;
    reply_error(r, 404, NULL);
    return NULL;
}

void practice_question_new_get(struct request *r)
{
    const char *doc = ask(r, Q_practice_question, NULL);
    if (doc)
        page(r, "practice/question", doc);
}

void practice_question_get(struct request *r)
{
    const char *id = question_id(r);
    const char *doc = id ? ask(r, Q_practice_question, id) : NULL;
    if (doc)
        page(r, "practice/question", doc);
}

/* id NULL: a new one. */
static void save(struct request *r, const char *id)
{
    struct form f;
    form_read(&f, r, question_fields, COUNT(question_fields));
    if (!f.errors) {
        const char *doc = ask(r, Q_practice_question_save, id, form_json(&f));
        if (!doc)
            return;
        if (!doc_text(r, doc, "problem")) {
            saved(r, doc, "/practice/questions?saved=1");
            return;
        }
        form_fail(&f, doc_text(r, doc, "field"), doc_text(r, doc, "title"));
    }
    const char *doc = ask(r, Q_practice_question, id);
    if (doc)
        page_form(r, "practice/question", doc, &f);
}

void practice_question_new_post(struct request *r)
{
    save(r, NULL);
}

void practice_question_post(struct request *r)
{
    const char *id = question_id(r);
    if (id)
        save(r, id);
}

void practice_question_move_post(struct request *r)
{
    struct form f;
    const char *id = question_id(r);
    if (!id)
        return;
    form_read(&f, r, move_fields, COUNT(move_fields));
    if (f.errors)
        reply_error(r, 422, "Send move=up, move=down or move=stop.");
    else
        saved(r, ask(r, Q_practice_question_move, id, form_get(&f, "move")), "/practice/questions?saved=1");
}

void practice_consent_post(struct request *r)
{
    struct form f;
    const char *id = practice_visit_id(r);
    if (!id)
        return;
    form_read(&f, r, sign_fields, COUNT(sign_fields));
    if (f.errors)
        reply_error(r, 422, "Type your full name, in 2 to 120 characters, to sign.");
    else
        saved(r, ask(r, Q_practice_consent_sign, id, form_get(&f, "name")),
              arena_printf(r->arena, "/practice/bookings/%s#consent-title", id));
}
