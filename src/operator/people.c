/* The second step of somebody who lost it: found by e-mail, and taken off by two operators (acts.c decides).
 */
#include "operator/operator.h"

#include <string.h>

/* --- Whose account it is */

static const struct field find_fields[] = {
    {.name = "email",
     .kind = FIELD_EMAIL,
     .required = true,
     .missing = "Enter the e-mail address that the person signs in with",
     .wrong = "Enter an e-mail address like name@example.com"},
};

void operator_people_get(struct request *r)
{
    const char *doc = ask(r, Q_operator_people);
    if (doc)
        page(r, "operator/people", doc);
}

/* Leads to an address in which no person's name or e-mail stands. */
void operator_people_post(struct request *r)
{
    struct form f;
    const char *who = NULL, *id = NULL, *doc;
    form_read(&f, r, find_fields, 1);
    if (!f.errors && !(who = ask(r, Q_operator_audit_person, form_get(&f, "email"))))
        return;
    if (who && !(id = doc_text(r, who, "id")))
        form_fail(&f, "email", "Nobody has an account with this address");
    if (!f.errors)
        page_saved(r, who, arena_printf(r->arena, "/operator/people/%s", id));
    else if ((doc = ask(r, Q_operator_people)) != NULL)
        page_form(r, "operator/people", doc, &f);
}

/* --- One person */

static const struct field reset_fields[] = {
    {.name = "reason",
     .kind = FIELD_TEXT,
     .required = true,
     .min = 10,
     .max = 1000,
     .missing = "Say why, and how you made sure who it is",
     .wrong = "Say why in 10 to 1,000 characters"},
};

void operator_person_get(struct request *r)
{
    const char *id = path_uuid(r), *doc = id ? ask(r, Q_operator_person, id) : NULL;
    page_with_saved(r, "operator/person", doc);
}

void operator_person_post(struct request *r)
{
    struct form f;
    const char *id = path_uuid(r), *doc = NULL;
    if (!id)
        return;
    form_read(&f, r, reset_fields, 1);
    if (!f.errors && !(doc = ask(r, Q_operator_propose_reset, id, form_get(&f, "reason"))))
        return;
    form_refused(&f, doc);
    if (!f.errors)
        page_saved(r, doc, arena_printf(r->arena, "/operator/people/%s?saved=1", id));
    else if ((doc = ask(r, Q_operator_person, id)) != NULL)
        page_form(r, "operator/person", doc, &f);
}
