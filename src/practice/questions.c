#include "practice/questions.h"

#include "practice/practice.h"

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
    {.name = "each_time", .kind = FIELD_CHOICE, .choices = yes, .wrong = "Tick the box or leave it empty"},
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

void practice_questions_get(struct request *r)
{
    page_with_saved(r, "practice/questions", ask(r, Q_practice_questions));
}

void practice_question_new_get(struct request *r)
{
    const char *doc = ask(r, Q_practice_question, NULL);
    if (doc)
        page(r, "practice/question", doc);
}

void practice_question_get(struct request *r)
{
    const char *id = path_number(r, "id");
    const char *doc = id ? ask(r, Q_practice_question, id) : NULL;
    if (doc)
        page(r, "practice/question", doc);
}

static const struct practice_form question_form = {.fields = question_fields,
                                                   .count = COUNT(question_fields),
                                                   .save = Q_practice_question_save,
                                                   .form = Q_practice_question,
                                                   .template = "practice/question",
                                                   .path = "/practice/questions?saved=1"};

void practice_question_new_post(struct request *r)
{
    practice_save(r, &question_form, NULL);
}

void practice_question_post(struct request *r)
{
    const char *id = path_number(r, "id");
    if (id)
        practice_save(r, &question_form, id);
}

void practice_question_move_post(struct request *r)
{
    struct form f;
    const char *id = path_number(r, "id");
    if (!id)
        return;
    form_read(&f, r, move_fields, COUNT(move_fields));
    if (f.errors)
        reply_error(r, 422, "Send move=up, move=down or move=stop.");
    else
        page_saved(r, ask(r, Q_practice_question_move, id, form_get(&f, "move")),
                   "/practice/questions?saved=1");
}

void practice_consent_post(struct request *r)
{
    struct form f;
    const char *id = path_uuid(r);
    if (!id)
        return;
    form_read(&f, r, sign_fields, COUNT(sign_fields));
    if (f.errors)
        reply_error(r, 422, "Type your full name, in 2 to 120 characters, to sign.");
    else
        page_saved(r, ask(r, Q_practice_consent_sign, id, form_get(&f, "name")),
                   arena_printf(r->arena, "/practice/bookings/%s#consent-title", id));
}
