#include "operator/operator.h"

#include <string.h>

void operator_get(struct request *r)
{
    reply_redirect(r, 303, "/operator/credentials");
}

void operator_therapists_get(struct request *r)
{
    const char *after = query_value(r, "after");
    int64_t id;
    if (after != NULL && !text_int(str_of(after), 1, INT32_MAX, &id))
        after = NULL;
    const char *doc = ask(r, Q_operator_therapists, query_value(r, "q"), after);
    if (doc != NULL)
        page(r, "operator/therapists", doc);
}

static bool is_state(const char *s)
{
    static const char *const states[] = {"unchecked", "lapsed", "ending", "refused", "checked"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(s, states[i]) == 0)
            return true;
    return false;
}

void operator_credentials_get(struct request *r)
{
    const char *state = query_value(r, "state");
    if (state == NULL)
        state = "unchecked";
    if (!is_state(state)) {
        reply_error(r, 400, "A credential is unchecked, lapsed, ending, refused or checked.");
        return;
    }
    const char *doc = ask(r, Q_operator_queue, state);
    if (doc != NULL)
        page(r, "operator/credentials", doc);
}

void operator_credential_get(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id != NULL ? ask(r, Q_operator_credential, id, NULL) : NULL;
    page_with_saved(r, "operator/credential", doc);
}

static const char *const results[] = {"register", "document", "not_found", "differs", "inactive", NULL};

static const struct field fields[] = {
    {.name = "result",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = results,
     .missing = "Choose what came of it",
     .wrong = "Choose what came of it"},
    {.name = "note", .kind = FIELD_TEXT, .max = 600, .wrong = "Shorten the note to 600 characters"},
    {.name = "where",
     .kind = FIELD_LINE,
     .required = true,
     .min = 3,
     .max = 300,
     .missing = "Enter where you checked it: the register and its address",
     .wrong = "Say where you checked it in 3 to 300 characters"},
    {.name = "on",
     .kind = FIELD_DATE,
     .required = true,
     .missing = "Enter the day you checked it",
     .wrong = "Enter the day you checked it as 2026-11-23"},
    {.name = "until", .kind = FIELD_DATE, .wrong = "Enter the last day of the check as 2026-11-23"},
    {.name = "specialism", .kind = FIELD_LINE, .max = 60, .wrong = "Choose what it was about from the list"},
    {.name = "hours",
     .kind = FIELD_INT,
     .min = 1,
     .max = 5000,
     .wrong = "Enter the hours as a whole number from 1 to 5000"},
};

static void credential_again(struct request *r, const char *id, struct form *f)
{
    const char *typed = form_value(r, "specialism");
    const char *doc = ask(r, Q_operator_credential, id, typed != NULL ? typed : "");
    if (doc != NULL)
        page_form(r, "operator/credential", doc, f);
}

void operator_credential_post(struct request *r)
{
    struct form f;
    const char *id = path_uuid(r), *doc = NULL;
    if (id == NULL)
        return;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    if (f.errors == 0)
        doc = ask(r, Q_operator_check, id, form_get(&f, "where"), form_get(&f, "on"), form_get(&f, "until"),
                  form_get(&f, "specialism"), form_get(&f, "hours"), form_get(&f, "result"),
                  form_get(&f, "note"));
    if (f.errors == 0 && doc == NULL)
        return;
    form_refused(&f, doc);
    if (f.errors > 0)
        credential_again(r, id, &f);
    else if (r->wants_json)
        page(r, "operator/credential", doc);
    else
        reply_redirect(r, 303, arena_printf(r->arena, "/operator/credentials/%s?saved=1", id));
}
