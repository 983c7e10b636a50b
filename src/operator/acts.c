/* What two operators have to agree on: proposed by one about a therapist, decided by another. */
#include "booking/booking.h"
#include "operator/operator.h"

#include <string.h>

void operator_acts_get(struct request *r)
{
    page_with_saved(r, "operator/acts", ask(r, Q_operator_acts));
}

/* --- Proposing */

static const struct field fields[] = {
    {.name = "credential", .kind = FIELD_UUID, .wrong = "Choose a credential from the list"},
    {.name = "discipline", .kind = FIELD_UUID, .wrong = "Choose a note from the list"},
    {.name = "source",
     .kind = FIELD_LINE,
     .min = 3,
     .max = 160,
     .wrong = "Say who decided it in 3 to 160 characters"},
    {.name = "link", .kind = FIELD_LINE, .max = 310, .wrong = "Shorten the address to 300 characters"},
    {.name = "dated", .kind = FIELD_DATE, .wrong = "Enter the day of the decision as 2026-11-23"},
    {.name = "words", .kind = FIELD_TEXT, .max = 600, .wrong = "Shorten what was decided to 600 characters"},
    {.name = "reason",
     .kind = FIELD_TEXT,
     .required = true,
     .min = 10,
     .max = 1000,
     .missing = "Say why, for the other operator and for the record",
     .wrong = "Say why in 10 to 1,000 characters"},
};

/* The path's words, as the database has them; NULL after a 404. */
static const char *act_named(struct request *r)
{
    static const struct {
        const char *path, *act;
    } acts[] = {{"withdraw", "credential.withdraw"},
                {"suspend", "therapist.suspend"},
                {"restore", "therapist.restore"},
                {"note", "discipline.add"},
                {"remove-note", "discipline.remove"}};
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (strcmp(param(r, "act"), acts[i].path) == 0)
            return acts[i].act;
    reply_error(r, 404, NULL);
    return NULL;
}

void operator_act_get(struct request *r)
{
    const char *act = act_named(r), *doc = act ? ask(r, Q_operator_act, param(r, "slug"), act) : NULL;
    if (!doc)
        return;
    page_value(r, "at", param(r, "act"));
    page(r, "operator/act", doc);
}

void operator_act_post(struct request *r)
{
    struct form f;
    const char *act = act_named(r), *doc = NULL;
    if (!act)
        return;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    if (!f.errors && !(doc = ask(r, Q_operator_propose, param(r, "slug"), act, form_json(&f))))
        return;
    form_refused(&f, doc);
    if (!f.errors) {
        page_saved(r, doc, arena_printf(r->arena, "/operator/therapists/%s?saved=1", param(r, "slug")));
    } else if ((doc = ask(r, Q_operator_act, param(r, "slug"), act)) != NULL) {
        page_value(r, "at", param(r, "act"));
        page_form(r, "operator/act", doc, &f);
    }
}

void operator_therapist_get(struct request *r)
{
    page_with_saved(r, "operator/therapist", ask(r, Q_operator_therapist, param(r, "slug")));
}

/* --- Deciding */

static const char *const decisions[] = {"confirm", "refuse", NULL};
static const struct field decide_fields[] = {
    {.name = "decide",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = decisions,
     .missing = "Agree, or do not",
     .wrong = "Agree, or do not"},
};

void operator_act_decide_post(struct request *r)
{
    struct form f;
    const char *id = path_uuid(r), *doc = NULL;
    if (!id)
        return;
    form_read(&f, r, decide_fields, 1);
    if (!f.errors && !(doc = ask(r, Q_operator_decide, id, form_get(&f, "decide"))))
        return;
    if (doc && doc_text(r, doc, "problem"))
        form_fail(&f, NULL, doc_text(r, doc, "title"));
    if (!f.errors)
        page_saved(r, doc, "/operator/acts?saved=1");
    else if ((doc = ask(r, Q_operator_acts)) != NULL)
        page_form(r, "operator/acts", doc, &f);
}

/* --- Settings */

static const char *const yes_or_no[] = {"yes", "no", NULL};
static const struct field setting_fields[] = {
    {.name = "license",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = yes_or_no,
     .missing = "Choose yes or no",
     .wrong = "Choose yes or no"},
    {.name = "two",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = yes_or_no,
     .missing = "Choose yes or no",
     .wrong = "Choose yes or no"},
    {.name = "confirm_days",
     .kind = FIELD_INT,
     .required = true,
     .min = 1,
     .max = 60,
     .missing = "Enter the days",
     .wrong = "Enter from 1 to 60 days"},
    {.name = "proof_days",
     .kind = FIELD_INT,
     .required = true,
     .max = 3650,
     .missing = "Enter the days",
     .wrong = "Enter from 0 to 3650 days"},
};

void operator_credential_settings_get(struct request *r)
{
    page_with_saved(r, "operator/credential-settings", ask(r, Q_operator_credential_settings));
}

void operator_credential_settings_post(struct request *r)
{
    struct form f;
    const char *doc = NULL;
    form_read(&f, r, setting_fields, sizeof setting_fields / sizeof *setting_fields);
    if (!f.errors && !(doc = ask(r, Q_operator_credential_settings_save, form_json(&f))))
        return;
    form_refused(&f, doc);
    if (!f.errors)
        page_saved(r, doc,
                   doc_is(r, doc, "asked") ? "/operator/acts?saved=1"
                                           : "/operator/credential-settings?saved=1");
    else if ((doc = ask(r, Q_operator_credential_settings)) != NULL)
        page_form(r, "operator/credential-settings", doc, &f);
}
